//! From key to citizen with the program itself: keygen, publish, verify, a changed file, again, back. What the
//! parts do is tested beside them; this holds their command lines and messages together.

use bundle::content::Core;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A folder that goes when the test ends.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Folder {
        let path = std::env::temp_dir().join(format!("lokalsvar-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(path.join("dist")).expect("temp folder");
        Folder(path)
    }

    fn run(&self, line: &str) -> Output {
        Command::new(env!("CARGO_BIN_EXE_lokalsvar"))
            .args(line.split(' '))
            .current_dir(&self.0)
            .output()
            .expect("starts")
    }

    /// Standard output of a command that must do.
    fn good(&self, line: &str) -> String {
        let output = self.run(line);
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{line}: {told}");
        String::from_utf8(output.stdout).expect("text")
    }

    /// The message of a command that must fail with exit code 1.
    fn bad(&self, line: &str) -> String {
        let output = self.run(line);
        assert_eq!(output.status.code(), Some(1), "{line}");
        String::from_utf8(output.stderr).expect("text")
    }

    fn write(&self, name: &str, bytes: &[u8]) {
        std::fs::write(self.0.join(name), bytes).expect(name);
    }

    fn payload(&self) -> Value {
        let text = std::fs::read(self.0.join("dist/eksempelby.json")).expect("a release");
        let release: Value = serde_json::from_slice(&text).expect("json");
        serde_json::from_str(release["payload"].as_str().expect("text")).expect("json")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Knows nothing; `town` makes it differ from others. Not a demo kommune.
fn core_of(town: &str) -> Core {
    let mut core = Core::default();
    core.meta.slug = "eksempelby".into();
    core.meta.name = "Eksempelby Kommune".into();
    core.meta.phone = "00 12 34 56".into();
    core.meta.towns = vec![town.into()];
    core
}

fn bundle_of(town: &str) -> Vec<u8> {
    let core = core_of(town);
    let model = matcher::Model {
        terms: compiler::terms(std::iter::once("pas")),
        classes: 1,
        starts: vec![0; 2],
        postings: Vec::new(),
        bias: vec![0],
        scale: 1.0,
        calibration: matcher::Calibration::default(),
        thresholds: matcher::Thresholds::default(),
    };
    bundle::write_core(&core, &model, &[])
}

/// Details that say nothing.
fn details() -> Vec<u8> {
    bundle::write_details("eksempelby", &[], &[])
}

/// What of a loader counts here: the key that `keygen` told of.
fn loader(told: &str) -> String {
    let said = |start: &str| {
        let line = told.lines().find_map(|line| line.strip_prefix(start));
        line.expect("printed").trim().to_owned()
    };
    format!("(()=>\"{}:{}\")()", said("key id:"), said("public key:"))
}

#[test]
fn from_key_to_release_and_back() {
    const PUBLISH: &str = "publish --kommune eksempelby --key noegle.txt --bundle";
    let folder = Folder::new("release-tour");
    let told = folder.good("keygen --out noegle.txt");
    let public = told
        .lines()
        .find_map(|line| line.strip_prefix("public key:"))
        .expect("printed")
        .trim();
    let verify = format!("verify dist/eksempelby.json --public {public}");
    assert!(folder.bad("keygen --out noegle.txt").contains("exists"));

    folder.write("a.kb", &bundle_of("A"));
    folder.write("b.kb", &bundle_of("B"));
    folder.write("a.details.kb", &details());
    folder.write("b.details.kb", &details());
    folder.write("dist/lokalsvar.js", loader(&told).as_bytes());
    folder.good(&format!("{PUBLISH} a.kb"));
    assert!(folder.good(&verify).contains("release 1"));
    let first = folder.payload();
    folder.good(&format!("{PUBLISH} b.kb"));
    assert!(folder.good(&verify).contains("release 2"));
    folder.good(&format!("{PUBLISH} b.kb"));
    assert_eq!(
        folder.payload()["serial"],
        3,
        "each release has a new number"
    );

    // A rollback is old content under a new number: a tab that saw release 3 takes it.
    folder.good("rollback --kommune eksempelby --key noegle.txt");
    let back = folder.payload();
    assert_eq!((&back["serial"], &back["restores"]), (&4.into(), &1.into()));
    assert_eq!(back["bundle"], first["bundle"]);
    folder.good(&verify);

    // Tampering, each with a message of its own.
    let release = Path::new("dist/eksempelby.json");
    let whole = std::fs::read_to_string(folder.0.join(release)).expect("a release");
    folder.write(
        "dist/eksempelby.json",
        whole.replace("00 12", "90 12").as_bytes(),
    );
    let changed = folder.bad(&verify);
    assert!(changed.contains("or changed since"), "{changed}");
    folder.write("dist/eksempelby.json", b"<!doctype html>");
    let none = folder.bad(&verify);
    assert!(none.contains("is not a signed release"), "{none}");
    folder.write("dist/eksempelby.json", whole.as_bytes());
    let file = back["bundle"]["file"].as_str().expect("a name");
    folder.write(&format!("dist/{file}"), &bundle_of("C"));
    let other = folder.bad(&verify);
    assert!(other.contains("not the file that was signed"), "{other}");
    std::fs::remove_file(folder.0.join("dist").join(file)).expect("there");
    let gone = folder.bad(&verify);
    assert!(gone.contains("publish the bundle anew"), "{gone}");

    // Another key, and none.
    folder.good("keygen --out anden.txt");
    let other = folder.bad("rollback --kommune eksempelby --key anden.txt");
    assert!(other.contains("does not know the key"), "{other}");
    let told = folder.good("keygen --out tredje.txt");
    folder.write("dist/lokalsvar.js", loader(&told).as_bytes());
    let foreign = folder.bad("rollback --kommune eksempelby --key tredje.txt");
    assert!(foreign.contains("if the key is new"), "{foreign}");
    let wrong = folder.bad("verify dist/eksempelby.json --public abc");
    assert!(wrong.contains("32 bytes in base64"), "{wrong}");
    let missing = folder.bad("rollback --kommune eksempelby --key ingen.txt");
    assert!(missing.contains("lokalsvar keygen"), "{missing}");
}

#[test]
fn details_and_english_beside_the_bundle_come_with_it() {
    const PUBLISH: &str = "publish --kommune eksempelby --key noegle.txt --bundle";
    let folder = Folder::new("release-beside");
    let told = folder.good("keygen --out noegle.txt");
    folder.write("dist/lokalsvar.js", loader(&told).as_bytes());
    folder.write("a.kb", &bundle_of("A"));
    let dead = folder.bad(&format!("{PUBLISH} a.kb"));
    assert!(dead.contains("a.details.kb"), "{dead}");

    let english = bundle::write_language(&core_of("A"), &bundle::content::Language::default(), &[]);
    folder.write("a.details.kb", &details());
    folder.write("a.en.kb", &english);
    folder.good(&format!("{PUBLISH} a.kb"));
    let payload = folder.payload();
    for file in [&payload["details"], &payload["languages"]["en"]] {
        assert!(file["file"].is_string(), "{payload}");
    }

    folder.write("b.kb", &bundle_of("B"));
    folder.write("b.details.kb", &details());
    let poorer = folder.bad(&format!("{PUBLISH} b.kb"));
    assert!(poorer.contains("the language `en`"), "{poorer}");
    folder.good(&format!("{PUBLISH} b.kb --language en=a.en.kb"));
}

/// Booking data with visits of so many minutes.
fn booking(minutes: u16) -> Vec<u8> {
    let text = include_str!("../../booking/tests/small.booking.json");
    let mut data: Value = serde_json::from_str(text).expect("json");
    data["kommune"] = "eksempelby".into();
    data["services"][0]["minutes"] = minutes.into();
    serde_json::to_vec_pretty(&data).expect("json")
}

#[test]
fn what_can_be_booked_is_published_signed_kept_and_brought_back() {
    const PUBLISH: &str = "publish --kommune eksempelby --key noegle.txt --bundle";
    let folder = Folder::new("release-booking");
    let told = folder.good("keygen --out noegle.txt");
    let public = told
        .lines()
        .find_map(|line| line.strip_prefix("public key:"));
    let public = public.expect("printed").trim();
    folder.write("dist/lokalsvar.js", loader(&told).as_bytes());
    for name in ["a", "b"] {
        folder.write(&format!("{name}.kb"), &bundle_of(name));
        folder.write(&format!("{name}.details.kb"), &details());
    }
    let minutes = folder_minutes(&folder);
    let first = minutes_of(&booking(15));
    folder.write("a.booking.json", &booking(15));
    folder.write("b.booking.json", &booking(30));
    // The server's folder is named, or the file stays where it is.
    let output = folder.run(&format!("{PUBLISH} a.kb"));
    assert!(output.status.success());
    let said = String::from_utf8(output.stderr).expect("text");
    assert!(said.contains("--bookings"), "{said}");
    assert!(folder.payload()["booking"].is_null());
    assert!(minutes().is_none());

    folder.good(&format!("{PUBLISH} a.kb --bookings tider"));
    assert_eq!(minutes(), first);
    let verify = format!("verify dist/eksempelby.json --bookings tider --public {public}");
    folder.good(&verify);
    assert!(
        !folder.0.join("dist/eksempelby.booking.json").exists(),
        "not on the web server"
    );
    folder.good(&format!("{PUBLISH} b.kb --bookings tider"));
    assert_eq!(minutes(), Some(30));
    let kept = folder.payload()["booking"]["file"].clone();
    assert!(
        folder
            .0
            .join("tider")
            .join(kept.as_str().expect("a name"))
            .is_file()
    );

    // A file that the server would refuse is not published, and nothing has changed.
    let release = folder.payload()["serial"].clone();
    folder.write("b.booking.json", b"{\"format\":1}");
    let refused = folder.bad(&format!("{PUBLISH} b.kb --bookings tider"));
    assert!(refused.contains("has mistakes"), "{refused}");
    folder.write(
        "b.booking.json",
        &String::from_utf8(booking(30))
            .expect("text")
            .replace("eksempelby", "andeby")
            .into_bytes(),
    );
    let foreign = folder.bad(&format!("{PUBLISH} b.kb --bookings tider"));
    assert!(foreign.contains("andeby"), "{foreign}");
    assert_eq!(
        (minutes(), &folder.payload()["serial"]),
        (Some(30), &release)
    );

    // Back, together with the answers; only when it is said where.
    let lost = folder.bad("rollback --kommune eksempelby --key noegle.txt");
    assert!(lost.contains("--bookings"), "{lost}");
    folder.good("rollback --kommune eksempelby --key noegle.txt --bookings tider");
    assert_eq!(minutes(), first);
    folder.good(&verify);
    // Other times alone can be taken back as well.
    folder.write("a.booking.json", &booking(45));
    folder.good(&format!("{PUBLISH} a.kb --bookings tider"));
    assert_eq!(minutes(), Some(45));
    folder.good("rollback --kommune eksempelby --key noegle.txt --bookings tider");
    assert_eq!(minutes(), first);
    // Changed by hand.
    folder.write("tider/eksempelby.booking.json", &booking(45));
    let changed = folder.bad(&verify);
    assert!(
        changed.contains("not the file that was signed"),
        "{changed}"
    );
}

fn minutes_of(bytes: &[u8]) -> Option<u64> {
    let data: Value = serde_json::from_slice(bytes).ok()?;
    data["services"][0]["minutes"].as_u64()
}

/// Minutes of a visit in the file that the server reads.
fn folder_minutes(folder: &Folder) -> impl Fn() -> Option<u64> {
    let path = folder.0.join("tider/eksempelby.booking.json");
    move || minutes_of(&std::fs::read(&path).ok()?)
}

/// Who answers, with a retention of so many days.
fn talk(days: u16) -> Vec<u8> {
    let words = |text: &str| serde_json::json!({"da": text, "en": text});
    let data = serde_json::json!({"format": 1, "kommune": "eksempelby", "name": "Eksempelby Kommune",
        "holidays": {"public": true, "customary": []}, "retention": {"days": days, "rule": "Slettepolitik 4.2"},
        "privacy": {"version": "1", "controller": "Eksempelby Kommune", "purpose": words("Svar"), "retention_days": days,
            "text": words("Vi sletter det."), "url": ""},
        "show_names": false, "warn_minutes": 5, "callbacks": true, "closures": [],
        "departments": [{"id": "borgerservice", "name": words("Borgerservice"), "phone": "00 12 34 10", "email": "", "address": "",
            "topics": [], "fallback": true, "week": {"days": [[], [], [], [], [], [], []]}, "exceptions": [],
            "carrier": {"kind": "builtin"}, "kle": ""}]});
    serde_json::to_vec_pretty(&data).expect("json")
}

#[test]
fn who_answers_is_published_signed_kept_and_brought_back() {
    const PUBLISH: &str = "publish --kommune eksempelby --key noegle.txt --bundle";
    let folder = Folder::new("release-talk");
    let told = folder.good("keygen --out noegle.txt");
    let public = told
        .lines()
        .find_map(|line| line.strip_prefix("public key:"));
    let public = public.expect("printed").trim();
    folder.write("dist/lokalsvar.js", loader(&told).as_bytes());
    for name in ["a", "b"] {
        folder.write(&format!("{name}.kb"), &bundle_of(name));
        folder.write(&format!("{name}.details.kb"), &details());
    }
    let days = || {
        let file = std::fs::read(folder.0.join("tider/eksempelby.samtale.json")).ok()?;
        let data: Value = serde_json::from_slice(&file).ok()?;
        data["retention"]["days"].as_u64()
    };
    // Without the file the release says nothing of it.
    folder.good(&format!("{PUBLISH} a.kb --bookings tider"));
    assert!(folder.payload()["talk"].is_null());
    folder.write("a.samtale.json", &talk(30));
    // A release tells browsers that somebody can be talked to, also when the server gets its file in another way.
    folder.good(&format!("{PUBLISH} a.kb"));
    assert_eq!(folder.payload()["talk"], true);
    assert_eq!(days(), None);
    folder.good(&format!("{PUBLISH} a.kb --bookings tider"));
    assert_eq!(days(), Some(30));
    let verify = format!("verify dist/eksempelby.json --bookings tider --public {public}");
    folder.good(&verify);
    assert!(
        !folder.0.join("dist/eksempelby.samtale.json").exists(),
        "not on the web server"
    );
    folder.write("b.samtale.json", &talk(90));
    folder.good(&format!("{PUBLISH} b.kb --bookings tider"));
    assert_eq!(days(), Some(90));
    // A mistake in it changes nothing, not even what can be booked.
    folder.write("b.samtale.json", &talk(0));
    folder.write("b.booking.json", &booking(30));
    let refused = folder.bad(&format!("{PUBLISH} b.kb --bookings tider"));
    assert!(
        refused.contains("retention: 0 is not 1 to 3650"),
        "{refused}"
    );
    assert!(!folder.0.join("tider/eksempelby.booking.json").exists());
    assert_eq!(days(), Some(90));
    let lost = folder.bad("rollback --kommune eksempelby --key noegle.txt");
    assert!(lost.contains("--bookings"), "{lost}");
    folder.good("rollback --kommune eksempelby --key noegle.txt --bookings tider");
    assert_eq!(days(), Some(30));
    assert_eq!(folder.payload()["talk"], true);
    folder.good(&verify);
    folder.write("tider/eksempelby.samtale.json", &talk(45));
    let changed = folder.bad(&verify);
    assert!(
        changed.contains("not the file that was signed"),
        "{changed}"
    );
}

#[test]
fn the_record_of_a_conversation_is_whole_or_it_is_not() {
    use handoff::record::{Entry, Head, Moment, Record};
    let folder = Folder::new("record");
    let head = Head {
        name: "Eksempelby Kommune".into(),
        receipt: "4KT8-6JPF".into(),
        begun: Moment::new(1_795_262_400_000),
        ..Head::default()
    };
    let entry = |text: &str| Entry {
        kind: "message".into(),
        who: "citizen".into(),
        text: text.into(),
        ..Entry::default()
    };
    let record = Record::new(head, vec![entry("Hej"), entry("Hvad koster et pas?")]);
    folder.write("samtale.json", record.json().as_bytes());
    let told = folder.good("verify-export samtale.json");
    assert!(
        told.contains("4KT8-6JPF of Eksempelby Kommune, 2 entries, whole"),
        "{told}"
    );
    assert!(told.contains(&record.seal), "{told}");
    folder.write(
        "samtale.json",
        record.json().replace("et pas", "to pas").as_bytes(),
    );
    let told = folder.bad("verify-export samtale.json");
    assert!(told.contains("entry 2"), "{told}");
    assert!(
        folder
            .bad("verify-export nothing.json")
            .contains("cannot read")
    );
}

#[test]
fn a_wrong_folder_a_strange_key_and_a_smaller_number_are_refused() {
    let folder = Folder::new("release-refused");
    let mine = folder.good("keygen --out noegle.txt");
    let other = folder.good("keygen --out anden.txt");
    folder.write("a.kb", &bundle_of("A"));
    folder.write("a.details.kb", &details());
    let publish = |key: &str, dist: &str, more: &str| {
        format!("publish --kommune eksempelby --bundle a.kb --key {key} --dist {dist}{more}")
    };

    let typo = folder.bad(&publish("noegle.txt", "dits", ""));
    assert!(typo.contains("holds no lokalsvar.js"), "{typo}");
    assert!(!folder.0.join("dits").exists(), "nothing was made");

    folder.write("dist/lokalsvar.js", loader(&mine).as_bytes());
    let strange = folder.bad(&publish("anden.txt", "dist", ""));
    assert!(strange.contains("does not know the key"), "{strange}");
    assert!(!folder.0.join("dist/eksempelby.json").exists());

    folder.good(&publish("noegle.txt", "dist", " --serial 7"));
    let smaller = folder.bad(&publish("noegle.txt", "dist", " --serial 6"));
    assert!(smaller.contains("not above 7"), "{smaller}");

    // The loader was renewed with another key: what browsers have seen counts all the same.
    folder.write("dist/lokalsvar.js", loader(&other).as_bytes());
    std::fs::create_dir(folder.0.join("dist/v0.1.0")).expect("new");
    folder.write("dist/v0.1.0/lokalsvar.js", loader(&mine).as_bytes());
    let alone = |serial: u64| {
        let mut line: Vec<String> = publish("anden.txt", "dist", "")
            .split(' ')
            .map(str::to_owned)
            .collect();
        line.extend(["--notice".into(), String::new()]);
        line.extend(["--serial".into(), serial.to_string()]);
        line
    };
    let run = |line: Vec<String>| {
        Command::new(env!("CARGO_BIN_EXE_lokalsvar"))
            .args(line)
            .current_dir(&folder.0)
            .output()
            .expect("starts")
    };
    let early = run(alone(7));
    assert_eq!(early.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&early.stderr).contains("not above 7"));
    let later = run(alone(8));
    let told = String::from_utf8_lossy(&later.stderr);
    assert!(later.status.success(), "{told}");
    assert!(told.contains("v0.1.0/lokalsvar.js"), "{told}");
    assert_eq!(folder.payload()["serial"], 8);
}
