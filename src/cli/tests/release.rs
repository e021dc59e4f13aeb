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
