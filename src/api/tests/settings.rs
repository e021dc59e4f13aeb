//! Settings: every mistake at once, unknown ones too, and the environment goes before the file.

mod common;

use api::config::Config;
use common::{Folder, settings};

#[test]
fn fine_settings_are_fine_and_the_environment_goes_first() {
    let folder = Folder::new();
    let text = settings(&folder, "sqlite:a.db", "");
    let env = |name: &str| match name {
        "DATABASE_URL" => Some("postgres://db/lokalsvar".to_owned()),
        "LOKALSVAR_LISTEN" => Some("127.0.0.1:9999".to_owned()),
        _ => None,
    };
    let config = Config::parse(&text, &folder.0, env).expect("settings");
    assert_eq!(config.database, "postgres://db/lokalsvar");
    assert_eq!(config.listen.port(), 9999);
    assert_eq!(config.sites().expect("sites").all().count(), 2);
    assert!(config.key(env).is_err(), "several nodes must share a key");
    let config = Config::parse(&text, &folder.0, |_| None).expect("settings");
    let key = config.key(|_| None).expect("a key");
    assert_eq!(config.key(|_| None).expect("the same key"), key);
}

#[test]
fn every_mistake_is_said_at_once() {
    let folder = Folder::new();
    let fine = settings(&folder, "sqlite:a.db", "");
    let wrong = fine
        .replace("eksempelby-key", "short")
        .replace(
            "https://www.fjordby.example\"]",
            "https://www.fjordby.example/path\"]",
        )
        .replace("requests_burst = 1e9", "requests_burst = 0")
        .replace("slug = \"fjordby\"", "slug = \"andeby\"");
    let config = Config::parse(&wrong, &folder.0, |_| None).expect("readable");
    let mistakes = config.sites().expect_err("mistakes").join("\n");
    for part in [
        "site_key",
        "is no origin",
        "requests_burst",
        "andeby.booking.json",
    ] {
        assert!(mistakes.contains(part), "{part} in {mistakes}");
    }
    assert!(
        Config::parse("port = 1", &folder.0, |_| None).is_err(),
        "unknown settings are mistakes"
    );
}

#[test]
fn every_setting_is_documented() {
    let text = std::fs::read_to_string(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../docs/operations.md"
    ))
    .expect("a page");
    let code = include_str!("../src/config.rs");
    let fields = code
        .lines()
        .filter_map(|line| line.trim().strip_prefix("pub ")?.split_once(": "))
        .map(|(name, _)| name);
    let mut n = 0;
    for name in fields.filter(|name| name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_')) {
        if matches!(name, "limits" | "mail" | "sms" | "kommune") {
            continue;
        }
        assert!(
            text.contains(&format!("`{name}`")) || text.contains(&format!(".{name}`")),
            "`{name}` is not documented"
        );
        n += 1;
    }
    assert!(n > 15, "{n} settings");
}
