//! A service that another system keeps, through the citizen's own routes: the whole way; answers and requests that get lost; a system
//! that is gone or talks nonsense. Nothing is told as done that is not, nothing is booked twice, and nothing about the person
//! is written here.

mod common;

use api::adapter::Adapters;
use api::clock::Clock;
use api::config::Config;
use api::desk::{Answer, Desk, Post, Wish};
use api::erasures::Erasures;
use api::fault::Fault;
use api::store::Store;
use api::tenant::Site;
use common::postgres::Cluster;
use common::system::{Does, SERVICE, System, TOKEN, Wire};
use common::{Folder, KEY, OTHER_KEY, code, key, request};
use protocol::{Adapter, Code, HoldRequest, MoveRequest, Receipt, Slot, SlotsQuery, State};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{SystemTime, UNIX_EPOCH};

/// A kommune whose weddings another system keeps.
struct Town {
    desk: Desk,
    site: Arc<Site>,
    clock: Clock,
    config: Config,
    wire: Wire,
    system: System,
    folder: Folder,
}

fn token(name: &str) -> Option<String> {
    name.starts_with("LOKALSVAR_BOOKING_TOKEN_")
        .then(|| TOKEN.to_owned())
}

async fn desk(config: &Config, clock: &Clock) -> Desk {
    let sites = Arc::new(config.sites().expect("sites"));
    let adapters = Adapters::new(&sites, token).expect("tokens");
    let store = Store::open(&config.database).await.expect("a database");
    let erasures = Erasures::open(&config.erasures).expect("a file");
    Desk::new(store, sites, clock.clone(), erasures, &[7; 32]).with_adapters(adapters)
}

impl Town {
    async fn new() -> Town {
        Town::on(None).await
    }

    /// On SQLite, or in a new database of a cluster.
    async fn on(cluster: Option<&Cluster>) -> Town {
        let folder = Folder::new();
        let system = System::start(&folder.0, &[]);
        let wire = Wire::to(&system).await;
        let mut config = common::config(&folder, "sqlite:tider.db");
        if let Some(cluster) = cluster {
            config.database = cluster.database();
        }
        for slug in ["eksempelby", "fjordby"] {
            let mut admin: serde_json::Value =
                serde_json::from_str(&common::admin(slug)).expect("JSON");
            let mut wedding = admin["services"][4].clone();
            wedding["id"] = SERVICE.into();
            wedding["adapter"] = serde_json::json!({"kind": "http", "url": wire.url});
            admin["services"]
                .as_array_mut()
                .expect("a list")
                .push(wedding);
            std::fs::write(
                folder.file(&format!("{slug}.booking.json")),
                admin.to_string(),
            )
            .expect("a file");
        }
        let now = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .expect("a time");
        let clock = Clock::fixed(now.as_millis() as i64);
        let desk = desk(&config, &clock).await;
        let site = desk.sites.enter(KEY, None).expect("a site");
        Town {
            desk,
            site,
            clock,
            config,
            wire,
            system,
            folder,
        }
    }

    async fn post(&self, key: &str, secret: &str, wish: Wish) -> Result<Answer, Fault> {
        let fingerprint = api::secret::hash(&[&format!("{wish:?}"), secret]);
        let post = Post {
            browser: String::new(),
            key: key.to_owned(),
            secret: secret.to_owned(),
            fingerprint,
            wish,
        };
        self.desk.post(&self.site, &post).await
    }

    async fn free(&self) -> Vec<Slot> {
        let from = hours::copenhagen(self.clock.now_ms()).date.add_days(3);
        let query = SlotsQuery {
            service: SERVICE.into(),
            location: Some("raadhus".into()),
            from: from.to_string(),
            days: None,
            persons: None,
        };
        self.desk
            .slots(&self.site, &query)
            .await
            .expect("times")
            .slots
    }

    fn wish(slot: &Slot) -> Wish {
        Wish::Hold(HoldRequest {
            service: SERVICE.into(),
            location: slot.location.clone(),
            start: slot.start.clone(),
            persons: 1,
        })
    }

    async fn hold(&self, slot: &Slot) -> String {
        let answer = self
            .post(&key(), "", Self::wish(slot))
            .await
            .expect("a hold");
        assert_eq!(answer.status, 201);
        answer.body["holder"].as_str().expect("a secret").to_owned()
    }

    async fn book(&self, slot: &Slot, phone: &str) -> String {
        let holder = self.hold(slot).await;
        let answer = self.post(&key(), &holder, Wish::Book(request(phone))).await;
        let answer = answer.expect("a booking");
        assert_eq!(answer.status, 201);
        answer.body["secret"].as_str().expect("a secret").to_owned()
    }

    fn later(&self, seconds: i64) {
        self.clock.set(self.clock.now_ms() + seconds * 1000);
    }

    async fn alerts(&self) -> Vec<String> {
        let mut tx = self
            .desk
            .store
            .read(&self.site.tenant)
            .await
            .expect("a transaction");
        let all = tx.alerts().await.expect("alerts");
        all.into_iter()
            .map(|a| format!("{} {}", a.about, a.subject))
            .collect()
    }
}

#[tokio::test]
async fn the_whole_way() {
    whole_way(&Town::new().await).await;
}

#[tokio::test]
async fn postgres_does_the_same() {
    let Some(cluster) = Cluster::start() else {
        println!("PostgreSQL is not installed: not tried");
        return;
    };
    whole_way(&Town::on(Some(&cluster)).await).await;
    let town = Town::on(Some(&cluster)).await;
    unknown_and_found(&town).await;
    settled_later(&Town::on(Some(&cluster)).await).await;
    // The second wall: without the kommune of the transaction no row is seen.
    let other = town.desk.sites.enter(OTHER_KEY, None).expect("a site");
    let mut tx = town
        .desk
        .store
        .write(&other.tenant)
        .await
        .expect("a transaction");
    for table in ["afar", "wish"] {
        let gone = tx
            .try_raw(&format!("DELETE FROM {table}"))
            .await
            .expect("tried");
        assert_eq!(gone, 0, "{table}");
    }
}

async fn whole_way(town: &Town) {
    let services = town.desk.services(&town.site).await.services;
    let wedding = services
        .iter()
        .find(|s| s.id == SERVICE)
        .expect("a service");
    assert_eq!(wedding.adapter, Adapter::Http);
    assert_eq!(
        (
            wedding.minutes,
            wedding.persons_max,
            wedding.locations.len()
        ),
        (30, 4, 2)
    );

    let free = town.free().await;
    let (slot, other) = (&free[0], &free[5]);
    let hold_key = key();
    let first = town
        .post(&hold_key, "", Town::wish(slot))
        .await
        .expect("a hold");
    let again = town
        .post(&hold_key, "", Town::wish(slot))
        .await
        .expect("its retry");
    assert_eq!(first, again);
    assert_eq!(
        code(town.post(&hold_key, "", Town::wish(other)).await),
        Some(Code::KeyReused)
    );
    let holder = first.body["holder"].as_str().expect("a secret").to_owned();
    town.post(&key(), &holder, Wish::Extend)
        .await
        .expect("more time");

    let mut old_text = request("20304050");
    old_text.privacy_version = "another".into();
    assert_eq!(
        code(town.post(&key(), &holder, Wish::Book(old_text)).await),
        Some(Code::PrivacyChanged)
    );
    let book_key = key();
    let booked = town
        .post(&book_key, &holder, Wish::Book(request("20304050")))
        .await
        .expect("a booking");
    let again = town
        .post(&book_key, &holder, Wish::Book(request("20304050")))
        .await
        .expect("its retry");
    assert_eq!(booked, again);
    assert_eq!(booked.status, 201);
    let secret = booked.body["secret"].as_str().expect("a secret").to_owned();
    assert_eq!(town.system.bookings("confirmed"), 1);
    let kept = town.system.state()["bookings"].to_string();
    assert!(kept.contains("+4520304050") && kept.contains("Ida Andersen"));

    let shown: Receipt = town
        .desk
        .show(&town.site, &secret)
        .await
        .expect("a booking");
    assert_eq!(
        (shown.state, shown.start.as_str()),
        (State::Confirmed, slot.start.as_str())
    );
    assert!(shown.address.starts_with("Torvet"));
    let file = town
        .desk
        .calendar(&town.site, &secret)
        .await
        .expect("a file");
    assert!(file.contains("BEGIN:VEVENT"));
    let export = town
        .desk
        .export(&town.site, &secret)
        .await
        .expect("the data");
    assert_eq!(export.contact.phone.as_deref(), Some("+4520304050"));

    let there = MoveRequest {
        start: other.start.clone(),
        location: other.location.clone(),
    };
    let moved = town
        .post(&key(), &secret, Wish::Move(there))
        .await
        .expect("moved");
    assert_eq!(moved.body["start"], other.start.as_str());
    let off = town
        .post(&key(), &secret, Wish::Cancel)
        .await
        .expect("cancelled");
    assert_eq!(off.body["state"], "cancelled");
    assert_eq!(
        code(town.post(&key(), &secret, Wish::Cancel).await),
        Some(Code::WrongState)
    );
    assert_eq!(town.system.bookings("cancelled"), 1);
    town.post(&key(), &secret, Wish::Erase)
        .await
        .expect("erased");
    assert_eq!(
        code(town.desk.show(&town.site, &secret).await),
        Some(Code::NotFound)
    );
    assert_eq!(town.system.bookings("cancelled"), 0);
}

#[tokio::test]
async fn a_secret_opens_only_what_it_is_for() {
    let town = Town::new().await;
    let slot = town.free().await.remove(0);
    let secret = town.book(&slot, "20304050").await;
    let holder = town.hold(&town.free().await[3]).await;
    for wish in [Wish::Extend, Wish::Release, Wish::Book(request("20304051"))] {
        assert_eq!(
            code(town.post(&key(), &secret, wish).await),
            Some(Code::NotFound)
        );
    }
    for wish in [Wish::Cancel, Wish::Erase] {
        assert_eq!(
            code(town.post(&key(), &holder, wish).await),
            Some(Code::NotFound)
        );
    }
    assert_eq!(
        code(town.desk.show(&town.site, &holder).await),
        Some(Code::NotFound)
    );
    let other = town.desk.sites.enter(OTHER_KEY, None).expect("a site");
    assert_eq!(
        code(town.desk.show(&other, &secret).await),
        Some(Code::NotFound)
    );
    assert_eq!(town.system.bookings("confirmed"), 1);
}

#[tokio::test]
async fn nothing_about_the_person_is_written_here() {
    let town = Town::new().await;
    let slot = town.free().await.remove(0);
    let secret = town.book(&slot, "20304050").await;
    let holder = town.hold(&town.free().await[3]).await;
    town.wire.set(Does::LosesAnswers);
    let lost = town
        .post(&key(), &holder, Wish::Book(request("20304050")))
        .await;
    assert_eq!(
        code(lost),
        Some(Code::Upstream),
        "also while its end is not known"
    );
    town.desk.store.close().await;
    for name in ["tider.db", "tider.db-wal", "erasures.txt"] {
        let bytes = std::fs::read(town.folder.file(name)).unwrap_or_default();
        let text = String::from_utf8_lossy(&bytes);
        for canary in ["Ida Andersen", "20304050", "ida20304050", secret.as_str()] {
            assert!(!text.contains(canary), "{canary} stands in {name}");
        }
    }
}

#[tokio::test]
async fn an_answer_that_got_lost_is_told_as_unknown_and_found_by_a_retry() {
    unknown_and_found(&Town::new().await).await;
}

async fn unknown_and_found(town: &Town) {
    let slot = town.free().await.remove(0);
    let holder = town.hold(&slot).await;
    town.wire.set(Does::LosesAnswers);
    let book = key();
    let lost = town
        .post(&book, &holder, Wish::Book(request("20304050")))
        .await;
    assert_eq!(
        code(lost),
        Some(Code::Upstream),
        "not known, and not told as done"
    );
    assert_eq!(town.system.bookings("confirmed"), 1, "though it was");
    // Another wish about the same hold waits until that is settled.
    assert_eq!(
        code(town.post(&key(), &holder, Wish::Release).await),
        Some(Code::InProgress)
    );
    town.wire.set(Does::Pass);
    let found = town
        .post(&book, &holder, Wish::Book(request("20304050")))
        .await
        .expect("found");
    assert_eq!(found.status, 201);
    assert_eq!(town.system.bookings("confirmed"), 1, "and it is one");
    let secret = found.body["secret"].as_str().expect("a secret");
    assert!(town.desk.show(&town.site, secret).await.is_ok());
}

#[tokio::test]
async fn a_later_look_settles_what_nobody_asks_for_again() {
    settled_later(&Town::new().await).await;
}

async fn settled_later(town: &Town) {
    let free = town.free().await;
    let holder = town.hold(&free[0]).await;
    let secret = town.book(&free[3], "20304059").await;
    town.wire.set(Does::LosesAnswers);
    let (book, shift) = (key(), key());
    let lost = town
        .post(&book, &holder, Wish::Book(request("20304050")))
        .await;
    assert_eq!(code(lost), Some(Code::Upstream));
    let there = MoveRequest {
        start: free[6].start.clone(),
        location: free[6].location.clone(),
    };
    let lost = town.post(&shift, &secret, Wish::Move(there.clone())).await;
    assert_eq!(code(lost), Some(Code::Upstream));
    town.wire.set(Does::Pass);
    assert_eq!(
        town.desk.settle_wishes().await,
        0,
        "it may still be on its way"
    );
    town.later(31);
    // The server was killed meanwhile: another process finds the wishes in the database.
    let other = desk(&town.config, &town.clock).await;
    assert_eq!(other.settle_wishes().await, 2);
    assert_eq!(other.settle_wishes().await, 0);
    // Now the answers are here: the system is not needed for them.
    town.system.kill();
    let found = town
        .post(&book, &holder, Wish::Book(request("20304050")))
        .await
        .expect("settled");
    assert_eq!(found.status, 201);
    assert!(found.body["secret"].is_string());
    let moved = town
        .post(&shift, &secret, Wish::Move(there))
        .await
        .expect("settled");
    assert_eq!(moved.body["start"], free[6].start.as_str());
    assert!(town.alerts().await.is_empty());
}

#[tokio::test]
async fn a_wish_that_never_arrived_is_settled_as_never_and_can_be_sent_again() {
    let town = Town::new().await;
    let slot = town.free().await.remove(0);
    let holder = town.hold(&slot).await;
    town.wire.set(Does::LosesRequests);
    let book = key();
    let lost = town
        .post(&book, &holder, Wish::Book(request("20304050")))
        .await;
    assert_eq!(code(lost), Some(Code::Upstream));
    assert_eq!(town.system.bookings("confirmed"), 0);
    town.wire.set(Does::Pass);
    town.later(31);
    assert_eq!(town.desk.settle_wishes().await, 1);
    let closed = town.system.state()["keys"].to_string();
    assert!(
        closed.contains("\"closed\":true"),
        "it can never be met late"
    );
    let booked = town
        .post(&book, &holder, Wish::Book(request("20304050")))
        .await
        .expect("anew");
    assert_eq!(booked.status, 201);
    assert_eq!(town.system.bookings("confirmed"), 1);
}

#[tokio::test]
async fn nonsense_is_never_a_success_and_staff_hear_of_it() {
    let town = Town::new().await;
    let slot = town.free().await.remove(0);
    let holder = town.hold(&slot).await;
    town.wire.set(Does::Garbles);
    let book = key();
    let said = town
        .post(&book, &holder, Wish::Book(request("20304050")))
        .await;
    assert_eq!(code(said), Some(Code::Upstream));
    town.later(31);
    assert_eq!(town.desk.settle_wishes().await, 0);
    assert!(town.alerts().await.is_empty());
    town.later(15 * 60);
    town.desk.settle_wishes().await;
    town.later(60);
    town.desk.settle_wishes().await;
    assert_eq!(
        town.alerts().await,
        [format!("unsettled {SERVICE}")],
        "once"
    );
}

#[tokio::test]
async fn a_system_that_is_gone_changes_nothing_and_costs_no_waiting() {
    let town = Town::new().await;
    let slot = town.free().await.remove(0);
    town.system.kill();
    town.wire.set(Does::LosesRequests);
    let before = town.wire.seen.load(Ordering::SeqCst);
    for n in 0..10 {
        let said = code(town.post(&key(), "", Town::wish(&slot)).await);
        let expected = if n < 3 {
            Code::Upstream
        } else {
            Code::Unavailable
        };
        assert_eq!(said, Some(expected), "{n}");
    }
    let tried = town.wire.seen.load(Ordering::SeqCst) - before;
    assert_eq!(tried, 5, "then the circuit is open and nothing is sent");
    let query = SlotsQuery {
        service: SERVICE.into(),
        location: None,
        from: "2026-12-04".into(),
        days: None,
        persons: None,
    };
    assert_eq!(
        code(town.desk.slots(&town.site, &query).await),
        Some(Code::Upstream)
    );
    // What this program keeps itself goes on.
    let own = SlotsQuery {
        service: "hurtig".into(),
        ..query
    };
    let from = hours::copenhagen(town.clock.now_ms())
        .date
        .add_days(2)
        .to_string();
    let own = SlotsQuery { from, ..own };
    assert!(
        !town
            .desk
            .slots(&town.site, &own)
            .await
            .expect("times")
            .slots
            .is_empty()
    );
}

#[tokio::test]
async fn of_retries_at_once_one_goes_out() {
    let town = Town::new().await;
    let slot = town.free().await.remove(0);
    let holder = town.hold(&slot).await;
    let book = key();
    let wish = || Wish::Book(request("20304050"));
    let all =
        futures_util::future::join_all((0..8).map(|_| town.post(&book, &holder, wish()))).await;
    let done = all.iter().filter(|r| r.is_ok()).count();
    let busy = all
        .iter()
        .filter(|r| matches!(r, Err(Fault::No(Code::InProgress, _))))
        .count();
    assert_eq!((done >= 1, done + busy), (true, 8));
    assert_eq!(town.system.bookings("confirmed"), 1);
}

#[test]
fn a_token_that_is_missing_is_told_with_its_name() {
    let folder = Folder::new();
    let config = common::config(&folder, "sqlite:tider.db");
    let mut admin: serde_json::Value =
        serde_json::from_str(&common::admin("eksempelby")).expect("JSON");
    admin["services"][4]["adapter"] =
        serde_json::json!({"kind": "http", "url": "https://tider.example"});
    std::fs::write(folder.file("eksempelby.booking.json"), admin.to_string()).expect("a file");
    let sites = config.sites().expect("sites");
    let wrong = Adapters::new(&sites, |_| None).expect_err("no token");
    assert!(
        wrong[0].contains("LOKALSVAR_BOOKING_TOKEN_EKSEMPELBY_LINK"),
        "{wrong:?}"
    );
    let special =
        |name: &str| (name == "LOKALSVAR_BOOKING_TOKEN_EKSEMPELBY").then(|| "t".to_owned());
    assert!(Adapters::new(&sites, special).is_ok());
}
