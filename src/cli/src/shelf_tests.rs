//! Releases of two small bundles in a folder under the system's temporary one.

use super::*;
use crate::signed::{hex, key_file, sri};
use bundle::content::Core;
use sha2::{Digest as _, Sha256};
use std::iter::once;

/// A folder that goes when the test ends, with a key in it.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Folder {
        let path = std::env::temp_dir().join(format!("lokalsvar-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        write(&path.join("noegle.txt"), key_file(&[5; 32]).as_bytes()).expect("temp folder");
        Folder(path)
    }

    fn shelf(&self) -> Shelf {
        Shelf::open(&self.0.join("dist"), &self.0.join("noegle.txt")).expect("a key")
    }

    fn bytes(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.0.join("dist").join(name)).expect(name)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A bundle that knows nothing; `town` makes it differ from others.
fn bundle_of(town: &str, demo: bool) -> Vec<u8> {
    let mut core = Core::default();
    core.meta.slug = "eksempelby".into();
    core.meta.name = "Eksempelby Kommune".into();
    core.meta.phone = "00 12 34 56".into();
    core.meta.demo = demo;
    core.meta.towns = vec![town.into()];
    let model = matcher::Model {
        terms: compiler::terms(once("pas")),
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

fn order(town: &str) -> Order<'static> {
    let files = Files {
        core: bundle_of(town, true),
        details: None,
        languages: BTreeMap::new(),
        booking: None,
        talk: None,
    };
    Order {
        kommune: "eksempelby",
        files: Some(files),
        notice: None,
        api: None,
        ai: None,
        serial: None,
        issued: Some("2026-11-21"),
        compress: true,
        keep: true,
    }
}

#[test]
fn a_release_names_the_files_beside_it() {
    let folder = Folder::new("publish");
    let payload = folder.shelf().publish(&order("A")).expect("published");
    assert_eq!(
        (payload.serial, payload.phone.as_str(), payload.engine_min),
        (1, "00 12 34 56", bundle::layout::FORMAT)
    );
    let core = bundle_of("A", true);
    assert_eq!(
        payload.bundle.file,
        format!("eksempelby-{}.kb", &hex(&Sha256::digest(&core))[..16])
    );
    assert_eq!(payload.bundle.sha384, sri(&core));
    assert_eq!(folder.bytes(&payload.bundle.file), core);
    let mut unpacked = Vec::new();
    brotli::BrotliDecompress(
        &mut &folder.bytes(&format!("{}.br", payload.bundle.file))[..],
        &mut unpacked,
    )
    .expect("brotli");
    assert_eq!(unpacked, core);
    let text = String::from_utf8(folder.bytes("eksempelby.json")).expect("text");
    let public = folder.shelf().key.verifying_key();
    assert_eq!(
        serde_json::from_str::<Envelope>(&text)
            .expect("json")
            .open(&public),
        Ok(payload)
    );
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    let once = Folder::new("once");
    let twice = Folder::new("twice");
    let fixed = || Order {
        serial: Some(4),
        ..order("A")
    };
    let file = once
        .shelf()
        .publish(&fixed())
        .expect("published")
        .bundle
        .file;
    twice.shelf().publish(&fixed()).expect("published");
    for name in [
        "eksempelby.json".to_owned(),
        file.clone(),
        format!("{file}.br"),
        format!("{file}.gz"),
    ] {
        assert_eq!(once.bytes(&name), twice.bytes(&name), "{name}");
    }
}

#[test]
fn a_rollback_restores_the_bundle_and_keeps_the_notice() {
    let folder = Folder::new("rollback");
    let shelf = folder.shelf();
    let first = shelf.publish(&order("A")).expect("published");
    shelf.publish(&order("B")).expect("published");
    let third = shelf
        .publish(&Order {
            files: None,
            notice: Some("Lukket i dag"),
            ..order("")
        })
        .expect("published");
    assert_eq!(
        (third.serial, third.notice.as_deref()),
        (3, Some("Lukket i dag"))
    );
    let back = shelf
        .rollback("eksempelby", None, None)
        .expect("rolled back");
    assert_eq!((back.serial, back.restores), (4, Some(1)));
    assert_eq!(back.bundle, first.bundle);
    assert_eq!(back.notice.as_deref(), Some("Lukket i dag"));
    let again = shelf
        .rollback("eksempelby", None, None)
        .expect_err("nothing is older than the first");
    assert!(
        again.contains("no other bundle before release 1"),
        "{again}"
    );
    assert_eq!(
        shelf
            .rollback("eksempelby", Some(2), None)
            .expect("by number")
            .restores,
        Some(2)
    );
    let unknown = shelf
        .rollback("eksempelby", Some(77), None)
        .expect_err("no such release");
    assert!(unknown.contains("1, 2, 3, 4"), "{unknown}");
    assert_eq!(
        shelf
            .publish(&Order {
                files: None,
                notice: Some(""),
                ..order("")
            })
            .expect("published")
            .notice,
        None
    );
}

#[test]
fn ai_help_is_off_until_it_is_asked_for_needs_an_api_and_does_not_come_back_with_an_older_release()
{
    let folder = Folder::new("ai");
    let shelf = folder.shelf();
    let ai = |ai, url: &str| {
        let api = Some(Api {
            url: url.into(),
            site: "site".into(),
        });
        shelf.publish(&Order {
            api,
            ai,
            ..order("A")
        })
    };
    let refused = shelf.publish(&Order {
        ai: Some(true),
        ..order("A")
    });
    assert!(refused.is_err_and(|e| e.contains("--api")));
    assert!(
        !ai(None, "https://api.eksempelby.example")
            .expect("published")
            .ai
    );
    let text = String::from_utf8(folder.bytes("eksempelby.json")).expect("a release");
    assert!(
        !text.contains(r#"\"ai\""#),
        "a release without it does not name it"
    );
    assert!(
        ai(Some(true), "https://api.eksempelby.example")
            .expect("published")
            .ai
    );
    let kept = shelf.publish(&order("B")).expect("published");
    assert!(kept.ai, "it stays");
    assert!(
        !ai(Some(false), "https://api.eksempelby.example")
            .expect("published")
            .ai
    );
    let older = shelf.rollback("eksempelby", Some(kept.serial), Some("2026-11-22"));
    assert!(!older.expect("rolled back").ai);
    ai(Some(true), "https://api.eksempelby.example").expect("published");
    assert!(!ai(None, "").expect("published").ai, "nobody to ask");
}

#[test]
fn a_rollback_to_a_damaged_bundle_is_refused() {
    let folder = Folder::new("damaged");
    let shelf = folder.shelf();
    let first = shelf.publish(&order("A")).expect("published");
    shelf.publish(&order("B")).expect("published");
    write(&folder.0.join("dist").join(&first.bundle.file), b"other").expect("written");
    assert!(
        shelf
            .rollback("eksempelby", None, None)
            .expect_err("damaged")
            .contains("not the file that was signed")
    );
}

#[test]
fn a_release_changed_on_the_server_is_not_built_upon() {
    let folder = Folder::new("changed");
    let shelf = folder.shelf();
    shelf.publish(&order("A")).expect("published");
    let changed = String::from_utf8(folder.bytes("eksempelby.json"))
        .expect("text")
        .replace("null", r#"\"Ring til svindleren\""#);
    write(&folder.0.join("dist/eksempelby.json"), changed.as_bytes()).expect("written");
    assert!(
        shelf
            .publish(&order("B"))
            .expect_err("changed")
            .contains("changed since")
    );
    assert!(shelf.rollback("eksempelby", None, None).is_err());
    let alone = Order {
        notice: Some(""),
        serial: Some(9),
        ..order("B")
    };
    assert_eq!(
        shelf
            .publish(&alone)
            .expect("says everything itself")
            .notice,
        None
    );
}

#[test]
fn foreign_broken_and_real_bundles_are_refused() {
    let folder = Folder::new("refused");
    let shelf = folder.shelf();
    let foreign = Order {
        kommune: "fjordby",
        ..order("A")
    };
    assert!(
        shelf
            .publish(&foreign)
            .expect_err("foreign")
            .contains("belongs to `eksempelby`")
    );
    let mut broken = order("A");
    broken.files.as_mut().expect("files").core[100] ^= 1;
    assert!(shelf.publish(&broken).is_err());
    assert!(
        shelf
            .publish(&Order {
                kommune: "../x",
                ..order("A")
            })
            .is_err()
    );
    let demo = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../kb-bundle/demo-noegle.txt");
    let shelf = Shelf::open(&folder.0.join("dist"), &demo).expect("a key");
    let real = Files {
        core: bundle_of("A", false),
        details: None,
        languages: BTreeMap::new(),
        booking: None,
        talk: None,
    };
    let refused = shelf
        .publish(&Order {
            files: Some(real),
            ..order("A")
        })
        .expect_err("real kommune, demo key");
    assert!(refused.contains("demo key"), "{refused}");
    assert!(!folder.0.join("dist").exists(), "nothing was written");
    shelf.publish(&order("A")).expect("a fictional kommune");
}

#[test]
fn the_plain_list_is_signed_and_checked_like_the_bundle() {
    let folder = Folder::new("list");
    let payload = folder.shelf().publish(&order("A")).expect("published");
    let list = payload.list.expect("a list");
    assert!(
        list.file
            .strip_suffix(".json")
            .is_some_and(|stem| stem.starts_with("eksempelby.liste-"))
    );
    let said: serde_json::Value = serde_json::from_slice(&folder.bytes(&list.file)).expect("json");
    assert_eq!(said["name"], "Eksempelby Kommune");
    assert_eq!(said["phone"], "00 12 34 56");
    assert!(check_pinned(&folder.0.join("dist"), &list).is_ok());
    write(&folder.0.join("dist").join(&list.file), b"{}").expect("written");
    assert!(check_pinned(&folder.0.join("dist"), &list).is_err());
}

#[test]
fn pages_of_answers_that_are_gone_are_taken_away_and_other_files_stay() {
    let folder = Folder::new("pages");
    let dist = folder.0.join("dist/eksempelby");
    folder.shelf().publish(&order("A")).expect("published");
    let front = std::fs::read_to_string(dist.join("emner.html")).expect("an index");
    assert!(front.contains("<html lang=\"da\">") && front.contains("noindex"));
    write(&dist.join("pas/gammel.html"), front.as_bytes()).expect("written");
    write(&dist.join("pas/egen.html"), b"<p>Kommunens egen side</p>").expect("written");
    folder.shelf().publish(&order("B")).expect("published");
    assert!(!dist.join("pas/gammel.html").exists());
    assert!(dist.join("pas/egen.html").exists());
}
