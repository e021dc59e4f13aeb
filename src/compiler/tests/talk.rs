//! `samtale.toml` on its way to the server; what `check` says of its mistakes, with line and column.

use compiler::{Knowledge, Settings};
use hours::Date;
use std::fs;
use std::path::PathBuf;

const TOPIC: &str = "# Pas
english: Passport
kle: 23.05.00
kilde: [borger.dk](https://www.borger.dk)
rettet: 2026-11-21
gennemgået: -

## Hvad koster et pas?
id: pas/pris
english: What does it cost?
kle: 23.05.01

Det koster penge.

### Borgere skriver
- pris på pas
";

const TALK: &str = r#"vis_navne = true
lukket_ogsaa = ["juleaften"]
[opbevaring]
dage = 90
regel = "Slettepolitik 4.2"

[privatliv]
formaal = "At svare dig."
formaal_english = "To answer you."
tekst = "Vi sletter det."
tekst_english = "We erase it."

[[fagomraade]]
id = "borgerservice"
navn = "Borgerservice"
navn_english = "Citizen Service"
telefon = "00 12 34 10"
resten = true
kle = "23.00.00"
mandag = ["09:00-15:00"]
undtagelser = [{ dato = 2026-12-21, tider = [] }]

[[fagomraade]]
id = "pas"
navn = "Pas"
navn_english = "Passports"
email = "pas@by.example"
emner = ["pas"]
mail = "pas-indbakke@by.example"

[[fagomraade]]
id = "pris"
navn = "Priser"
navn_english = "Prices"
telefon = "00 12 34 11"
svar = ["pas/pris"]
http = "https://center.example/handoff"
tirsdag = ["09:00-12:00"]

[[lukket]]
fra = "2026-12-01"
kun = ["pris"]
"#;

struct Folder(PathBuf);

impl Folder {
    fn new(name: &str, talk: &str) -> Folder {
        let root =
            std::env::temp_dir().join(format!("lokalsvar-talk-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&root);
        let folder = Folder(root);
        folder.write("faelles/pas.md", TOPIC);
        folder.write("kommuner/by/kommune.toml", "navn = \"By Kommune\"\nkortnavn = \"By\"\nkode = \"9001\"\ndomaene = \"by.example\"\ndemo = true\n");
        folder.write("kommuner/by/samtale.toml", talk);
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

    /// Diagnostics of samtale.toml, `line:column: severity[code]: message (hint)`.
    fn check(&self) -> Vec<String> {
        let all = compiler::check(&self.load());
        let own = all.iter().filter(|d| d.file.ends_with("samtale.toml"));
        let cut = |text: String| {
            text.rsplit("samtale.toml:")
                .next()
                .unwrap_or_default()
                .to_owned()
        };
        own.map(|d| cut(d.short())).collect()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn what_was_written_reaches_the_server_with_the_numbers_of_kle() {
    let folder = Folder::new("whole", TALK);
    assert_eq!(folder.check(), [""; 0]);
    let settings = Settings {
        folds: 0,
        ..Settings::default()
    };
    let built = folder.load().build("by", &settings).expect("kommune by");
    let admin = handoff::Admin::read(&built.talk.expect("samtale.json"), "by").expect("whole");
    assert_eq!(admin.name, "By Kommune");
    assert_eq!(
        (admin.retention.days, admin.privacy.retention_days),
        (90, 90)
    );
    assert_eq!(
        (admin.show_names, admin.callbacks, admin.warn_minutes),
        (true, true, 5)
    );
    assert_eq!(admin.departments[0].carrier, handoff::Carrier::Builtin);
    assert!(admin.departments[0].fallback);
    assert_eq!(
        admin.departments[1].carrier,
        handoff::Carrier::Mail {
            to: "pas-indbakke@by.example".into()
        }
    );
    assert_eq!(
        admin
            .department_for(Some("pas/pris"))
            .map(|d| d.id.as_str()),
        Some("pris")
    );
    assert_eq!(admin.subject(Some("pas/pris"), "pris"), Some("23.05.01"));
    assert_eq!(
        admin.subject(Some("pas"), "borgerservice"),
        Some("23.00.00")
    );
    assert_eq!(admin.closures[0].only, ["pris"]);
    assert_eq!(
        admin.departments[0].exceptions[0].date.to_string(),
        "2026-12-21"
    );
}

#[test]
fn another_text_or_time_of_keeping_is_another_version() {
    let version = |text: &str| {
        let folder = Folder::new("version", text);
        let knowledge = folder.load();
        let talk = knowledge.locals["by"].talk.as_ref().expect("samtale.toml");
        talk.admin.privacy.version.clone()
    };
    let now = version(TALK);
    assert_eq!(now.len(), 12);
    assert_ne!(now, version(&TALK.replace("dage = 90", "dage = 91")));
    assert_ne!(
        now,
        version(&TALK.replace("We erase it.", "We erase it all."))
    );
    assert_eq!(
        now,
        version(&TALK.replace("vis_navne = true", "vis_navne = false"))
    );
}

/// Each change of the good file, and what must be said of it: where it begins, and a piece of the text.
#[test]
fn every_mistake_has_its_place_and_a_way_out() {
    for (name, from, to, place, said) in [
        ("toml", "vis_navne = true", "vis_navne = ", "1:", "kb::toml"),
        (
            "value",
            "dage = 90",
            "dage = \"mange\"",
            "4:8",
            "kb::talk-value",
        ),
        (
            "key",
            "vis_navne",
            "viser_navne",
            "1:1",
            "no key is called `viser_navne`",
        ),
        (
            "rule",
            "regel = \"Slettepolitik 4.2\"",
            "regel = \"\"",
            "3:",
            "no rule says how long",
        ),
        ("days", "dage = 90", "dage = 0", "3:", "0 is not 1 to 3650"),
        (
            "rest",
            "resten = true",
            "resten = false",
            "13:",
            "0 departments take",
        ),
        (
            "id",
            "id = \"pas\"",
            "id = \"borgerservice\"",
            "24:1",
            "is used twice",
        ),
        (
            "both",
            "emner = [\"pas\"]",
            "emner = [\"pas\"]\nhttp = \"https://x.example\"",
            "29:1",
            "both `mail` and `http`",
        ),
        (
            "mail",
            "pas-indbakke@by.example",
            "indbakke",
            "29:1",
            "`indbakke` is no mail address",
        ),
        (
            "plain",
            "https://center.example/handoff",
            "http://center.example/handoff",
            "37:1",
            "begins with https://",
        ),
        (
            "host",
            "https://center.example/handoff",
            "https://me@center.example/",
            "37:1",
            "no address that may be used",
        ),
        (
            "topic",
            "emner = [\"pas\"]",
            "emner = [\"pass\"]",
            "28:10",
            "there is no topic `pass`",
        ),
        (
            "answer",
            "svar = [\"pas/pris\"]",
            "svar = [\"pas/priis\"]",
            "36:9",
            "there is no answer `pas/priis`",
        ),
        (
            "closure",
            "kun = [\"pris\"]",
            "kun = [\"priser\"]",
            "42:1",
            "there is no department `priser`",
        ),
        (
            "kle",
            "kle = \"23.00.00\"",
            "kle = \"23\"",
            "19:1",
            "`23` is no number of KLE",
        ),
        (
            "english",
            "navn_english = \"Prices\"\n",
            "",
            "33:1",
            "the English text is missing",
        ),
        (
            "hours",
            "tirsdag = [\"09:00-12:00\"]",
            "tirsdag = [\"12:00-09:00\"]",
            "38:1",
            "does not end after it begins",
        ),
        (
            "never",
            "tirsdag = [\"09:00-12:00\"]",
            "",
            "32:1",
            "does not answer within 60 days",
        ),
        (
            "idle",
            "mail = \"pas-indbakke@by.example\"",
            "mail = \"p@by.example\"\nmandag = [\"09:00-10:00\"]",
            "30:1",
            "nobody chats there",
        ),
        (
            "mute",
            "telefon = \"00 12 34 11\"\n",
            "",
            "32:1",
            "neither phone nor e-mail",
        ),
    ] {
        assert!(TALK.contains(from), "{name}: {from}");
        let told = Folder::new(name, &TALK.replacen(from, to, 1)).check();
        let hit = |line: &&String| line.starts_with(place) && line.contains(said);
        assert!(
            told.iter().any(|line| hit(&line)),
            "{name}: {place} {said} is not in {told:#?}"
        );
    }
}

#[test]
fn many_mistakes_are_told_in_one_run() {
    let text = TALK
        .replace("dage = 90", "dage = 9000")
        .replace("kle = \"23.00.00\"", "kle = \"x\"")
        .replace("kun = [\"pris\"]", "kun = [\"x\"]");
    assert_eq!(Folder::new("many", &text).check().len(), 3);
}
