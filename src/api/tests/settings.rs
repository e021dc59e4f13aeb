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

const OIDC: &str = "[kommune.oidc]\nissuer = \"https://login.fjordby.example\"\nclient_id = \"lokalsvar\"\n\
    role_claim = \"groups\"\nroles = { \"Borgerservice\" = [\"booking\"] }\n";

#[test]
fn a_login_of_the_kommune_is_read_and_its_secret_comes_from_the_environment() {
    let folder = Folder::new();
    let more = "public_url = \"https://tid.example\"";
    let text = settings(&folder, "sqlite:a.db", more) + OIDC;
    let env = |name: &str| (name == "LOKALSVAR_OIDC_SECRET_FJORDBY").then(|| "hemmelig".to_owned());
    let config = Config::parse(&text, &folder.0, env).expect("settings");
    assert!(!format!("{config:?}").contains("hemmelig"));
    let sites = config.sites().expect("sites");
    let login = |slug: &str| {
        let site = sites.all().find(|site| site.tenant.slug() == slug);
        site.expect("a kommune").oidc.clone()
    };
    assert!(login("eksempelby").is_none());
    let login = login("fjordby").expect("a login");
    assert_eq!(
        login.redirect.as_str(),
        "https://tid.example/api/v1/staff/oidc/callback"
    );
    assert_eq!(login.client_secret.secret(), "hemmelig");
    assert_eq!(login.scopes, ["profile"]);
}

#[test]
fn every_mistake_of_a_login_is_said_at_once() {
    let folder = Folder::new();
    let wrong = OIDC
        .replace("https://login", "http://login")
        .replace("\"lokalsvar\"", "\"\"")
        .replace("\"groups\"", "\" \"")
        .replace(
            "[\"booking\"]",
            "[\"boking\", \"operator\"], \"Andre\" = []",
        );
    let text = settings(
        &folder,
        "sqlite:a.db",
        "public_url = \"https://tid.example/konsol\"",
    )
    .replace(
        "slug = \"eksempelby\"",
        "slug = \"eksempelby\"\nlocal_accounts = false",
    ) + &wrong;
    let config = Config::parse(&text, &folder.0, |_| None).expect("readable");
    let mistakes = config.sites().expect_err("mistakes").join("\n");
    for part in [
        "kommune `fjordby`: oidc: issuer `http://login.fjordby.example` is no address",
        "public_url is `https://tid.example/konsol`",
        "client_id is empty",
        "role_claim is empty",
        "client_secret is empty",
        "`boking` of `Borgerservice` is no role; write one of booking, booking-admin",
        "`Borgerservice` cannot be operator",
        "`Andre` has no role",
        "kommune `eksempelby`: nobody can sign in",
    ] {
        assert!(mistakes.contains(part), "{part} in {mistakes}");
    }
    let unknown = settings(&folder, "sqlite:a.db", "") + OIDC + "redirect = \"x\"\n";
    assert!(Config::parse(&unknown, &folder.0, |_| None).is_err());
}

#[test]
fn every_setting_is_documented() {
    let text = std::fs::read_to_string(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../docs/operations.md"
    ))
    .expect("a page");
    let code = [
        include_str!("../src/config.rs"),
        include_str!("../src/fallback/settings.rs"),
    ]
    .concat();
    let fields = code
        .lines()
        .filter_map(|line| line.trim().strip_prefix("pub ")?.split_once(": "))
        .map(|(name, _)| name);
    let mut n = 0;
    for name in fields.filter(|name| name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_')) {
        if matches!(
            name,
            "limits" | "mail" | "sms" | "kommune" | "oidc" | "fallback"
        ) {
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
