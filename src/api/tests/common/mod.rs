//! A kommune to book at, and databases to try: the same tests run on SQLite and, where it is installed, on PostgreSQL.
#![allow(
    dead_code,
    unreachable_pub,
    unused_macros,
    reason = "each test uses a part"
)]

pub mod ai;
pub mod faulty;
pub mod knowledge;
pub mod mailbox;
pub mod model;
pub mod node;
pub mod postgres;
pub mod staff;
pub mod system;
pub mod talk;
pub mod trial;

/// Runs a test on both databases.
macro_rules! both {
    ($($name:ident),* $(,)?) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                let place = super::Place::sqlite().await;
                super::$name(&place).await;
                place.sound().await;
            })*
        }
        // One cluster for all: starting one takes longer than the tests.
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn postgres() {
            let Some(cluster) = common::postgres::Cluster::start() else {
                return println!("PostgreSQL is not installed; not tried");
            };
            $({
                let place = Place::postgres(&cluster).await;
                $name(&place).await;
                place.sound().await;
                place.desk.store.close().await;
            })*
        }
    };
}

use api::clock::Clock;
use api::config::Config;
use api::desk::{Answer, Desk, Matters, Post, StaffWish, Wish};
use api::erasures::Erasures;
use api::fault::Fault;
use api::store::Store;
use api::tenant::Site;
use booking::parse_instant;
use protocol::{BookingRequest, Contact, HoldRequest, Language, Receipt};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Thursday 3 December 2026, 08:00.
pub const NOW: &str = "2026-12-03T08:00:00+01:00";
pub const KEY: &str = "eksempelby-key";
pub const OTHER_KEY: &str = "fjordby-key-1";
pub const ORIGIN: &str = "https://www.eksempelby.example";
/// Privacy text of [`admin`].
pub const PRIVACY: &str = "0123456789ab";

/// What somebody at the counter hears of.
pub const COUNTER: Matters = Matters {
    bookings: true,
    talks: false,
};

pub fn now_ms() -> i64 {
    parse_instant(NOW).expect("an instant")
}

/// A new folder under the target folder; goes away with the value.
pub struct Folder(pub PathBuf);

impl Folder {
    pub fn new() -> Folder {
        let name = api::secret::random::<9>();
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        std::fs::create_dir_all(&path).expect("a folder");
        Folder(path)
    }

    pub fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let gone = std::fs::remove_dir_all(&self.0);
        drop(gone);
    }
}

/// Two counters for `pas`, one of which alone does `kode`; `hurtig` is open day and night at eight counters.
pub fn admin(slug: &str) -> String {
    let counters: Vec<String> = (1..=8)
        .map(|n| format!(r#"{{"id":"h{n}","name":"h{n}","location":"dag","services":["hurtig"],"week":null,"exceptions":[],"breaks":[]}}"#))
        .collect();
    let service = |id: &str, minutes: u16, code: bool, cpr: bool| {
        format!(
            r#"{{"id":"{id}","name":{{"da":"Bestil {id}","en":"Book {id}"}},"adapter":{{"kind":"builtin"}},
            "bring":[{{"da":"Dit gamle pas","en":"Your old passport"}}],"minutes":{minutes},"minutes_per_person":10,"minutes_most":60,
            "persons_most":4,"grid_minutes":{minutes},"lead_minutes":60,"horizon_days":60,"change_minutes":60,"code":{code},
            "contact":"phone-or-email","cpr":{cpr}}}"#
        )
    };
    let week = |span: &str| {
        format!(
            r#"{{"days":[["{span}"],["{span}"],["{span}"],["{span}"],["{span}"],["{span}"],["{span}"]]}}"#
        )
    };
    format!(
        r#"{{"format":1,"kommune":"{slug}","name":"{slug} Kommune","holidays":{{"public":false,"customary":[]}},
        "limits":{{"active_per_contact":3,"holds_at_once":1}},
        "privacy":{{"version":"{PRIVACY}","controller":"{slug} Kommune","purpose":{{"da":"Tid.","en":"Time."}},"retention_days":30,
        "text":{{"da":"Vi gemmer dit navn.","en":"We keep your name."}},"url":""}},
        "services":[{},{},{},{},
        {{"id":"link","name":{{"da":"Andet","en":"Other"}},"adapter":{{"kind":"link","url":"https://www.{slug}.example/tid"}},"bring":[],
        "minutes":0,"minutes_per_person":0,"minutes_most":0,"persons_most":0,"grid_minutes":0,"lead_minutes":0,"horizon_days":0,
        "change_minutes":0,"code":false,"contact":"phone-or-email","cpr":false}}],
        "locations":[{{"id":"raadhus","name":{{"da":"Rådhuset","en":"Town hall"}},"address":"Torvet 1, 0010 {slug}","directions":"","also":[],
        "week":{},"exceptions":[]}},{{"id":"dag","name":{{"da":"Døgnet","en":"Day"}},"address":"Torvet 2, 0010 {slug}","directions":"",
        "also":[],"week":{},"exceptions":[]}}],
        "counters":[{{"id":"s1","name":"s1","location":"raadhus","services":["pas","kode","cpr"],"week":null,"exceptions":[],"breaks":[]}},
        {{"id":"s2","name":"s2","location":"raadhus","services":["pas"],"week":null,"exceptions":[],"breaks":[]}},{}],"closures":[]}}"#,
        service("pas", 15, false, false),
        service("kode", 15, true, false),
        service("cpr", 15, false, true),
        service("hurtig", 5, false, false),
        week("10:00-15:00"),
        week("00:00-24:00"),
        counters.join(",")
    )
}

/// Settings for two kommuner in a folder.
pub fn settings(folder: &Folder, database: &str, more: &str) -> String {
    for slug in ["eksempelby", "fjordby"] {
        std::fs::write(folder.file(&format!("{slug}.booking.json")), admin(slug)).expect("a file");
        let talk = talk::admin(slug).to_string();
        std::fs::write(folder.file(&format!("{slug}.samtale.json")), talk).expect("a file");
    }
    format!(
        "database = \"{database}\"\nbooking = \".\"\nlisten = \"127.0.0.1:0\"\n{more}\n\
         [limits]\nrequests_per_second = 1e9\nrequests_burst = 1e9\nholds_per_hour = 1e9\nholds_burst = 1e9\nconversations_per_hour = 1e9\nconversations_burst = 1e9\n\
         [[kommune]]\nslug = \"eksempelby\"\nsite_key = \"{KEY}\"\norigins = [\"{ORIGIN}\"]\npage = \"{ORIGIN}/\"\nquota = 1000000\n\
         [[kommune]]\nslug = \"fjordby\"\nsite_key = \"{OTHER_KEY}\"\norigins = [\"https://www.fjordby.example\"]\n\
         page = \"https://www.fjordby.example/\"\nquota = 1000000\n"
    )
}

pub fn config(folder: &Folder, database: &str) -> Config {
    Config::parse(&settings(folder, database, ""), &folder.0, |_| None).expect("settings")
}

/// A desk whose clock stands at [`NOW`].
pub struct Place {
    pub desk: Desk,
    pub site: Arc<Site>,
    pub clock: Clock,
    pub folder: Folder,
    pub config: Config,
}

impl Place {
    pub async fn sqlite() -> Place {
        let folder = Folder::new();
        let config = config(&folder, "sqlite:tider.db");
        Self::open(folder, config).await
    }

    /// In a new database of a cluster.
    pub async fn postgres(cluster: &postgres::Cluster) -> Place {
        let folder = Folder::new();
        let mut config = config(&folder, "sqlite:unused");
        config.database = cluster.database();
        Self::open(folder, config).await
    }

    /// With settings of one's own and the machine's clock; the folder is not the place's.
    pub async fn real(folder: &Folder, config: Config) -> Place {
        let here = Folder(folder.file("place"));
        Self::open_at(here, config, Clock::system()).await
    }

    async fn open(folder: Folder, config: Config) -> Place {
        Self::open_at(folder, config, Clock::fixed(now_ms())).await
    }

    async fn open_at(folder: Folder, config: Config, clock: Clock) -> Place {
        let sites = Arc::new(config.sites().expect("sites"));
        let store = Store::open(&config.database).await.expect("a database");
        let erasures = Erasures::open(&config.erasures).expect("a file");
        let site = sites.enter(KEY, None).expect("a site");
        Place {
            desk: Desk::new(store, sites, clock.clone(), erasures, &[7; 32]),
            site,
            clock,
            folder,
            config,
        }
    }

    pub fn forward(&self, minutes: i64) {
        self.clock.set(self.clock.now_ms() + minutes * 60_000);
    }

    pub async fn post(&self, key: &str, secret: &str, wish: Wish) -> Result<Answer, Fault> {
        let fingerprint = api::secret::hash(&[&format!("{wish:?}"), secret]);
        let post = Post {
            key: key.to_owned(),
            secret: secret.to_owned(),
            browser: String::new(),
            fingerprint,
            wish,
        };
        self.desk.post(&self.site, &post).await
    }

    /// Holds a time; returns the holder's secret.
    pub async fn hold(&self, service: &str, start: &str) -> Result<String, Fault> {
        let answer = self
            .post(&key(), "", Wish::Hold(wish(service, start)))
            .await?;
        Ok(answer.body["holder"].as_str().expect("a secret").to_owned())
    }

    /// Books a time; returns the booking's secret.
    pub async fn book(&self, start: &str, phone: &str) -> Result<String, Fault> {
        let holder = self.hold("pas", start).await?;
        let answer = self
            .post(&key(), &holder, Wish::Book(request(phone)))
            .await?;
        Ok(answer.body["secret"].as_str().expect("a secret").to_owned())
    }

    /// As staff of the kommune.
    pub async fn staff(&self, wish: StaffWish) -> Result<Answer, Fault> {
        self.staff_of(&self.site, &key(), "anna", wish).await
    }

    /// As an account of a kommune.
    pub async fn staff_of(
        &self,
        site: &Site,
        key: &str,
        who: &str,
        wish: StaffWish,
    ) -> Result<Answer, Fault> {
        let post = Post {
            key: key.to_owned(),
            secret: who.to_owned(),
            browser: String::new(),
            fingerprint: api::secret::hash(&[&format!("{wish:?}"), who]),
            wish: Wish::Staff {
                who: who.to_owned(),
                wish,
            },
        };
        self.desk.post(site, &post).await
    }

    /// Books any service for a phone number; returns the receipt.
    pub async fn receipt(&self, service: &str, start: &str, phone: &str) -> Result<Receipt, Fault> {
        let holder = self.hold(service, start).await?;
        let answer = self
            .post(&key(), &holder, Wish::Book(request(phone)))
            .await?;
        Ok(serde_json::from_value(answer.body).expect("a receipt"))
    }

    /// Another desk with the same kommuner, clock, key and list of erasures, at another database.
    pub async fn desk_at(&self, database: &str) -> Desk {
        let store = Store::open(database).await.expect("a database");
        self.desk_with(store)
    }

    /// The same with a database that is open.
    pub fn desk_with(&self, store: Store) -> Desk {
        let erasures = Erasures::open(&self.config.erasures).expect("a file");
        let sites = Arc::clone(&self.desk.sites);
        Desk::new(store, sites, self.clock.clone(), erasures, &[7; 32])
    }

    /// Panics when a promise is broken.
    pub async fn sound(&self) {
        for site in self.desk.sites.all() {
            let mut tx = self
                .desk
                .store
                .read(&site.tenant)
                .await
                .expect("a transaction");
            assert_eq!(tx.mistakes().await.expect("a look"), Vec::<String>::new());
        }
    }
}

/// A new idempotency key.
pub fn key() -> String {
    let hex = format!("{:032x}", u128::from_le_bytes(api::secret::random_bytes()));
    format!(
        "{}-{}-{}-{}-{}",
        &hex[..8],
        &hex[8..12],
        &hex[12..16],
        &hex[16..20],
        &hex[20..]
    )
}

pub fn wish(service: &str, start: &str) -> HoldRequest {
    HoldRequest {
        service: service.to_owned(),
        location: if service == "hurtig" {
            "dag"
        } else {
            "raadhus"
        }
        .to_owned(),
        start: start.to_owned(),
        persons: 1,
    }
}

pub fn request(phone: &str) -> BookingRequest {
    BookingRequest {
        contact: Contact {
            name: "Ida Andersen".to_owned(),
            phone: Some(phone.to_owned()),
            email: Some(format!("ida{}@example.dk", phone.replace(' ', ""))),
        },
        privacy_version: PRIVACY.to_owned(),
        code: None,
        language: Language::Da,
        cpr: None,
    }
}

/// The code of a refusal.
pub fn code<T>(result: Result<T, Fault>) -> Option<protocol::Code> {
    result.err().map(|fault| fault.problem().code)
}
