//! Tables in and out: what is exported comes back as the same files, comments stay, mistakes are told together.

use super::*;

fn today() -> Date {
    Date::new(2026, 11, 21).expect("a day")
}

fn kb() -> Knowledge {
    Knowledge::load(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("../../kb-bundle"),
        today(),
    )
}

/// Reads `text` as a file with this name.
fn read(name: &str, text: &str, names: &Names) -> Result<Vec<Row>, String> {
    let folder = std::env::temp_dir().join(format!("lokalsvar-exchange-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("folder");
    let path = folder.join(name);
    std::fs::write(&path, text).expect("file");
    let rows = rows(&path, names);
    std::fs::remove_file(&path).expect("file");
    rows
}

fn apply(knowledge: &Knowledge, files: &Files, rows: &[Row]) -> Result<Changed, String> {
    changed(
        knowledge,
        "eksempelby",
        files,
        rows,
        Path::new("t.csv"),
        today(),
    )
}

fn files(values: &str) -> Files {
    Files {
        values: ("variabler.toml".into(), values.into()),
        about: ("kontrol.toml".into(), String::new()),
    }
}

#[test]
fn what_is_exported_comes_back_as_the_same_file() {
    let knowledge = kb();
    let own = Files::read(&knowledge, "eksempelby").expect("files");
    for (name, json) in [("back.csv", false), ("back.json", true)] {
        let text = table(&knowledge, "eksempelby", &own, json).expect("a table");
        let rows = read(name, &text, &Names::default()).expect("rows");
        assert_eq!(rows.len(), knowledge.definitions.len());
        let same = apply(&knowledge, &own, &rows).expect("no mistakes");
        assert_eq!((same.changes, &same.values), (0, &own.values.1), "{name}");
        // Into an empty file: the same values, and once more changes nothing.
        let filled = apply(&knowledge, &files(""), &rows).expect("no mistakes");
        assert_eq!(
            filled.values.parse::<toml::Table>(),
            own.values.1.parse(),
            "{name}"
        );
        let mut both = files(&filled.values);
        both.about.1.clone_from(&filled.about);
        let again = apply(&knowledge, &both, &rows).expect("no mistakes");
        assert_eq!((again.changes, again.values), (0, filled.values), "{name}");
    }
}

const BEFORE: &str = "# Head.
telefon_borgerservice = \"00 12 34 10\" # at the desk
# A price:
pris_vielse = \"950 kroner\"

# When we are open.
[aabningstider_borgerservice]
mandag = [\"10:00-15:00\"]

[[liste_afdelinger]]
navn = \"Byg\"
";

#[test]
fn comments_stay_and_only_what_differs_changes() {
    let table = "\u{feff}Kode;Felt;Indhold;kontrolleret_dato\n101;Telefon;00 99 99 99;2026-11-01\n0101;pris_vielse;950 kroner;\n\
                 0101;aabningstider_borgerservice;\"{\"\"tirsdag\"\":[\"\"09:00-12:00\"\"]}\";\n0101;url_mitid_info;https://by.example/mitid;\n";
    let mut knowledge = kb();
    knowledge
        .locals
        .get_mut("eksempelby")
        .expect("demo")
        .kommune
        .code = "0101".into();
    let mut names = Names::default();
    for (theirs, ours) in [
        ("Kode", "kommunekode"),
        ("Felt", "variable"),
        ("Indhold", "value"),
    ] {
        names.columns.insert(theirs.into(), ours.into());
    }
    names
        .variables
        .insert("Telefon".into(), "telefon_borgerservice".into());
    let rows = read("map.csv", table, &names).expect("rows");
    let mut before = files(BEFORE);
    before.about.1 = "[pris_vielse]\nkontrolleret_dato = \"2025-01-01\"\n[telefon_borgerservice]\ngyldig_til = \"2026-10-31\"\n".into();
    let new = apply(&knowledge, &before, &rows).expect("no mistakes");
    assert_eq!(
        new.values,
        "# Head.
telefon_borgerservice = \"00 99 99 99\" # at the desk
# A price:
pris_vielse = \"950 kroner\"
url_mitid_info = \"https://by.example/mitid\"

# When we are open.
[aabningstider_borgerservice]
tirsdag = [\"09:00-12:00\"]

[[liste_afdelinger]]
navn = \"Byg\"
"
    );
    assert_eq!(
        new.about,
        "[pris_vielse]\nkontrolleret_dato = \"2025-01-01\"\n\n[telefon_borgerservice]\nkontrolleret_dato = \"2026-11-01\"\n",
        "what was said of the old number is gone, what was said of the price stays"
    );
    assert_eq!(new.changes, 3);
}

#[test]
fn all_mistakes_of_a_table_are_told_at_once() {
    let knowledge = kb();
    let table = "kommunekode,variable,value,gyldig_fra,gyldig_til\n9999,pris_vielse,1 krone,,\n,telefon_borgerservice,ring,,\n\
                 ,findes_ikke,x,,\n,url_mitid_info,http://x,,\n,aabningstider_borgerservice,10-12,,\n,pris_vielse,2 kroner,i går,\n";
    let rows = read("wrong.csv", table, &Names::default()).expect("rows");
    let told = apply(&knowledge, &files(BEFORE), &rows).expect_err("mistakes");
    for part in [
        "t.csv: row 2, column kommunekode: found `9999`",
        "t.csv: row 3, column value: found `ring`, expected a Danish phone number (8 digits)",
        "t.csv: row 4, column variable: found `findes_ikke`",
        "t.csv: row 5, column value: found `http://x`, expected an address that begins with https://",
        "t.csv: row 6, column value: found `10-12`, expected JSON",
        "t.csv: row 7, column gyldig_fra: found `i går`, expected a date",
        "6 mistakes; nothing was written",
    ] {
        assert!(told.contains(part), "{part}\n{told}");
    }
}

#[test]
fn a_value_of_another_time_is_skipped() {
    let knowledge = kb();
    let table = "variable,value,gyldig_fra,gyldig_til\npris_vielse,1 krone,2027-01-01,\nurl_mitid_info,https://x.example,,2026-11-20\n";
    let rows = read("later.csv", table, &Names::default()).expect("rows");
    let new = apply(&knowledge, &files(BEFORE), &rows).expect("no mistakes");
    assert_eq!(
        (new.changes, new.told.len(), new.values.as_str()),
        (0, 2, BEFORE)
    );
}

#[test]
fn a_table_that_is_none_is_an_error() {
    for (name, text) in [
        ("a.csv", "x,y\n1,2\n"),
        ("a.json", "{}"),
        ("a.xlsx", "no"),
        ("a.txt", ""),
    ] {
        assert!(read(name, text, &Names::default()).is_err(), "{name}");
    }
}
