//! `booking.toml` on its way to the server and into the bundle; what `check` says of its mistakes, with line and column.

use bundle::content::BookVia;
use compiler::{Built, Knowledge, Settings};
use hours::Date;
use std::fs;
use std::path::PathBuf;

const TOPIC: &str = "# Pas
english: Passport
kilde: [borger.dk](https://www.borger.dk)
rettet: 2026-11-21
gennemgået: -

## Hvordan bestiller jeg tid til pas?
id: pas/tid
english: How do I book?

Du bestiller tid.

### Borgere skriver
- bestil tid til pas

## Hvad koster et pas?
id: pas/pris
english: What does it cost?

Det koster penge.

### Borgere skriver
- pris på pas
";

const BOOKING: &str = r#"lukket_ogsaa = ["juleaften"]
[privatliv]
formaal = "At holde en tid."
formaal_english = "To keep a time."
tekst = "Vi sletter det."
tekst_english = "We erase it."

[[ydelse]]
id = "pas"
navn = "Pas"
navn_english = "Passport"
emner = ["pas"]
svar = ["pas/tid"]
medbring = ["Dit gamle pas"]
medbring_english = ["Your old passport"]
minutter = 15
minutter_pr_ekstra = 10
personer_hoejst = 4
varsel = "1 dag"

[[ydelse]]
id = "bygge"
navn = "Byggeri"
navn_english = "Building"
svar = ["pas/pris"]
link = "https://by.example/tid"

[[sted]]
id = "raadhus"
navn = "Rådhuset"
navn_english = "The town hall"
adresse = "Torvet 1, 0010 By"
mandag = ["10:00-15:00"]
"lørdag" = ["9.30-12.00"]
undtagelser = [{ dato = 2026-12-24, tider = [] }]

[[skranke]]
id = "s1"
navn = "Skranke 1"
sted = "raadhus"
ydelser = ["pas"]
pauser = [{ dage = ["mandag"], tid = "12:00-12:30" }]

[[lukket]]
fra = "2026-12-01"
kun = ["s1"]
"#;

struct Folder(PathBuf);

impl Folder {
    fn new(name: &str, booking: &str) -> Folder {
        let root =
            std::env::temp_dir().join(format!("lokalsvar-booking-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&root);
        let folder = Folder(root);
        folder.write("faelles/pas.md", TOPIC);
        folder.write("kommuner/by/kommune.toml", "navn = \"By Kommune\"\nkortnavn = \"By\"\nkode = \"9001\"\ndomaene = \"by.example\"\ndemo = true\n");
        if !booking.is_empty() {
            folder.write("kommuner/by/booking.toml", booking);
        }
        folder
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.0.join(path);
        fs::create_dir_all(path.parent().expect("a file has a folder")).expect("folder");
        fs::write(path, text).expect("file");
    }

    fn load(&self) -> Knowledge {
        Knowledge::load(&self.0, Date::parse("2026-11-21").expect("date"))
    }

    fn built(&self) -> Built {
        let settings = Settings {
            folds: 0,
            ..Settings::default()
        };
        self.load().build("by", &settings).expect("kommune by")
    }

    /// Diagnostics of booking.toml, `line:column: severity[code]: message (hint)`.
    fn check(&self) -> Vec<String> {
        let all = compiler::check(&self.load());
        let own = all.iter().filter(|d| d.file.ends_with("booking.toml"));
        own.map(|d| {
            d.short()
                .rsplit("booking.toml:")
                .next()
                .unwrap_or_default()
                .to_owned()
        })
        .collect()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn what_was_written_reaches_the_server_and_the_chat() {
    let folder = Folder::new("whole", BOOKING);
    assert_eq!(folder.check(), [""; 0]);
    let built = folder.built();
    let json = built.booking.expect("booking.json");
    let admin: booking::Admin = serde_json::from_slice(&json).expect("admin data");
    assert_eq!(admin.check(), Ok(()));
    assert_eq!(
        (admin.kommune.as_str(), admin.name.as_str()),
        ("by", "By Kommune")
    );
    assert_eq!(admin.privacy.controller, "By Kommune");
    let pas = admin.service("pas").expect("pas");
    assert_eq!(
        (pas.minutes, pas.minutes_per_person, pas.minutes_most),
        (15, 10, 45)
    );
    assert_eq!(
        (
            pas.grid_minutes,
            pas.lead_minutes,
            pas.horizon_days,
            pas.change_minutes
        ),
        (15, 1440, 60, 60)
    );
    assert_eq!(pas.bring[0].en, "Your old passport");
    let raadhus = admin.location("raadhus").expect("raadhus");
    let span = |open, close| hours::Span { open, close };
    assert_eq!(raadhus.week.days[0], [span(600, 900)]);
    assert_eq!(raadhus.week.days[5], [span(570, 720)]);
    assert_eq!(raadhus.exceptions[0].date.to_string(), "2026-12-24");
    assert_eq!(admin.counters[0].week, None);
    assert_eq!(admin.counters[0].breaks[0].days, [0]);
    assert_eq!(admin.closures[0].until, admin.closures[0].from);

    let knowledge = bundle::Knowledge::open(built.core, "by").expect("bundle opens");
    let bookable = knowledge.bookable();
    assert_eq!(bookable[0].id, "pas");
    assert_eq!(
        bookable[0].intents,
        [knowledge.find_intent("pas/tid").expect("intent")]
    );
    assert_eq!(
        bookable[0].topics,
        [knowledge.find_topic("pas").expect("topic")]
    );
    assert_eq!(bookable[0].via, BookVia::Builtin);
    assert_eq!(
        bookable[1].via,
        BookVia::Link("https://by.example/tid".into())
    );
    assert_eq!(
        folder.built().booking.expect("again"),
        json,
        "the same bytes again"
    );
}

#[test]
fn a_kommune_without_the_file_has_no_booking() {
    let folder = Folder::new("none", "");
    let built = folder.built();
    assert_eq!(built.booking, None);
    let knowledge = bundle::Knowledge::open(built.core, "by").expect("bundle opens");
    assert_eq!(knowledge.bookable(), []);
    assert!(
        knowledge
            .section_sizes()
            .iter()
            .all(|(name, _)| name != "book")
    );
}

#[test]
fn an_answer_that_is_hidden_leads_nowhere() {
    let folder = Folder::new("hidden", BOOKING);
    folder.write("kommuner/by/kommune.toml", "navn = \"By Kommune\"\nkortnavn = \"By\"\nkode = \"9001\"\ndomaene = \"by.example\"\ndemo = true\nskjul = [\"pas/pris\"]\n");
    let knowledge = bundle::Knowledge::open(folder.built().core, "by").expect("bundle opens");
    assert!(knowledge.bookable()[1].intents.is_empty());
}

#[test]
fn the_privacy_version_follows_every_word() {
    let version = |booking: &str| {
        let json = Folder::new("privacy", booking)
            .built()
            .booking
            .expect("booking.json");
        serde_json::from_slice::<booking::Admin>(&json)
            .expect("admin data")
            .privacy
            .version
    };
    let first = version(BOOKING);
    assert_eq!(first.len(), 12);
    assert_eq!(
        version(&BOOKING.replace("minutter = 15", "minutter = 20")),
        first
    );
    for (from, to) in [
        ("We erase it.", "We erase it!"),
        ("At holde en tid.", "At holde en"),
        ("[privatliv]", "[privatliv]\nslettes_efter_dage = 31"),
    ] {
        assert_ne!(version(&BOOKING.replace(from, to)), first, "{to}");
    }
}

/// One change of the whole file, and what is said about it.
#[test]
fn each_mistake_has_its_line_and_column() {
    let rows: [(&str, &str, &[&str]); 20] = [
        (
            "minutter = 15",
            "minutter = 7",
            &["16:1: error[kb::booking]: `minutter`: 7 minutes is not a multiple of 5 (round it)"],
        ),
        (
            "minutter = 15",
            "minutter = \"15\"",
            &[
                "16:12: error[kb::booking-value]: `minutter` is \"15\" (write a whole number without quotation marks)",
            ],
        ),
        (
            "minutter = 15",
            "minuter = 15",
            &["16:1: error[kb::booking-key]: no key is called `minuter` here (known here: "],
        ),
        (
            "minutter = 15\n",
            "",
            &["8:1: error[kb::booking]: `minutter`: 0 is not 5 to 480"],
        ),
        (
            "varsel = \"1 dag\"",
            "varsel = \"1 uge\"",
            &[
                "19:10: error[kb::booking-value]: `varsel` is \"1 uge\" (write \"30 minutter\", \"2 timer\" or \"1 dag\")",
            ],
        ),
        (
            "svar = [\"pas/tid\"]",
            "svar = [\"pas/tid\", \"pas/tiden\"]",
            &["13:20: error[kb::booking-intent]: there is no answer `pas/tiden`"],
        ),
        (
            "emner = [\"pas\"]",
            "emner = [\"visum\"]",
            &["12:10: error[kb::booking-intent]: there is no topic `visum`"],
        ),
        (
            "\nmandag = [\"10:00-15:00\"]",
            "\nmandag = [\"15:00-10:00\"]",
            &["33:1: error[kb::booking]: `uge`: 15:00-10:00 does not end after it begins"],
        ),
        (
            "\nmandag = [\"10:00-15:00\"]",
            "\nmandag = [\"10-15\"]",
            &["33:10: error[kb::booking-value]: `mandag` is [\"10-15\"] (write hours such as"],
        ),
        (
            "sted = \"raadhus\"",
            "sted = \"raadhuset\"",
            &[
                "9:1: error[kb::booking]: `id`",
                "40:1: error[kb::booking]: `sted`: there is no location `raadhuset`",
            ],
        ),
        (
            "ydelser = [\"pas\"]",
            "ydelser = [\"bygge\"]",
            &[
                "9:1: error[kb::booking]: `id`: no counter serves `pas`",
                "41:1: error[kb::booking]: `ydelser`: `bygge` is booked elsewhere",
            ],
        ),
        (
            "https://by.example/tid",
            "http://by.example/tid",
            &["26:1: error[kb::booking]: `link`"],
        ),
        (
            "https://by.example/tid",
            "https://by.example@evil.example/",
            &["26:1: error[kb::booking]: `link`"],
        ),
        (
            "link = ",
            "minutter = 15\nlink = ",
            &["26:1: error[kb::booking-key]: no key is called `minutter` here"],
        ),
        (
            "kun = [\"s1\"]",
            "kun = [\"s9\"]",
            &["46:1: error[kb::booking]: `kun`: `s9` is no location and no counter"],
        ),
        (
            "fra = \"2026-12-01\"",
            "fra = \"2026-02-29\"",
            &["45:7: error[kb::booking-value]: `fra` is \"2026-02-29\" (write a date"],
        ),
        (
            "fra = \"2026-12-01\"\n",
            "",
            &["44:1: error[kb::booking-value]: `fra` is missing"],
        ),
        (
            "tekst_english = \"We erase it.\"",
            "",
            &["2:2: error[kb::booking]: `privatliv`: the English text is missing"],
        ),
        (
            "medbring_english = [\"Your old passport\"]",
            "",
            &["14:1: error[kb::booking-value]: 1 lines in Danish, 0 in English"],
        ),
        (
            "juleaften",
            "fastelavn",
            &["1:1: error[kb::booking]: `lukket_ogsaa`: `fastelavn` is no customary day"],
        ),
    ];
    for (from, to, expected) in rows {
        assert!(BOOKING.contains(from), "{from}");
        let found = Folder::new("mistake", &BOOKING.replacen(from, to, 1)).check();
        for expected in expected {
            assert!(
                found.iter().any(|f| f.starts_with(expected)),
                "{to}: {expected} is not in {found:#?}"
            );
        }
        assert!(found.len() == expected.len(), "{to}: {found:#?}");
    }
}

#[test]
fn mistakes_in_several_places_come_together_and_broken_toml_stops_nothing_else() {
    let both = BOOKING
        .replace("varsel = \"1 dag\"", "varsel = 1")
        .replace("tid = \"12:00-12:30\"", "tid = 12")
        .replace("fra = ", "til = ");
    let found = Folder::new("several", &both).check();
    let lines: Vec<_> = found
        .iter()
        .map(|f| f.split(':').next().unwrap_or_default())
        .collect();
    assert_eq!(lines, ["19", "42", "44"], "{found:#?}");
    let found = Folder::new("broken", &BOOKING.replace("varsel = ", "varsel : ")).check();
    assert_eq!(found.len(), 1, "{found:#?}");
    assert!(found[0].starts_with("19:8: error[kb::toml]"), "{found:#?}");
}

#[test]
fn what_is_hardly_meant_is_a_warning() {
    for (from, to, expected) in [
        (
            "varsel = \"1 dag\"",
            "cpr = true",
            "warning[kb::booking]: `pas` asks for the CPR number",
        ),
        (
            "minutter = 15",
            "minutter = 480",
            "warning[kb::booking]: `pas` has no free time within 31 days",
        ),
        (
            "minutter = 15",
            "minutter = 15\nstarter_hvert = 60",
            "warning[kb::booking]: `s1` opens at 09:30, but its first visit is at 10:00",
        ),
    ] {
        let found = Folder::new("warning", &BOOKING.replacen(from, to, 1)).check();
        assert!(found.iter().any(|f| f.contains(expected)), "{found:#?}");
        assert!(found.iter().all(|f| f.contains("warning")), "{found:#?}");
    }
}

#[test]
fn both_demo_kommuner_can_be_booked() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../kb-bundle");
    let knowledge = Knowledge::load(&root, Date::parse("2026-11-21").expect("date"));
    let told: Vec<_> = knowledge
        .diagnostics
        .iter()
        .filter(|d| d.file.ends_with("booking.toml"))
        .map(ToString::to_string)
        .collect();
    assert_eq!(told, [""; 0]);
    let mut with = Vec::new();
    for (slug, local) in &knowledge.locals {
        let Some(booking) = &local.booking else {
            continue;
        };
        with.push(slug.as_str());
        let admin = &booking.admin;
        assert_eq!(admin.check(), Ok(()));
        assert!(
            admin.services.len() >= 6 && admin.locations.len() >= 2 && admin.counters.len() >= 4
        );
        for service in admin
            .services
            .iter()
            .filter(|s| s.adapter == booking::Adapter::Builtin)
        {
            let now_ms = 1_795_262_400_000;
            let query = booking::Query {
                service: &service.id,
                location: None,
                persons: service.persons_most,
                from: hours::copenhagen(now_ms).date,
                days: 31,
                now_ms,
            };
            let offer =
                booking::slots(admin, &query, &booking::Taken::default()).expect("an offer");
            assert!(
                offer.slots.len() >= 10,
                "{slug} {}: {}",
                service.id,
                offer.slots.len()
            );
        }
    }
    assert_eq!(with, ["eksempelby", "fjordby"]);
}
