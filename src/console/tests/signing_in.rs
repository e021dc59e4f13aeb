//! Signing in and out against answers written here: who sees what, and what is gone when somebody leaves.

mod common;

use common::*;
use console::{Event, Main, Press};
use serde_json::{Value, json};

#[test]
fn signing_in_asks_for_the_code_and_forgets_the_password() {
    let mut clerk = Clerk::new();
    clerk.on(Event::Start {
        path: String::new(),
        query: String::new(),
        kommune: String::new(),
    });
    clerk.answer("/session", 401, &problem("signed-out"));
    clerk.press(Press::SignIn);
    assert_eq!(
        clerk.focus.last().map(String::as_str),
        Some("kommune"),
        "an empty field is marked"
    );
    clerk.typed("kommune", " Eksempelby ").press(Press::SignIn);
    let ways = json!({"kommune": {"slug": "eksempelby", "name": "Eksempelby Kommune"}, "local": true, "oidc": true});
    let asked = clerk.answer("/sign-in?kommune=eksempelby", 200, &ways);
    assert!(asked.body.is_none());
    clerk
        .typed("user", "anna")
        .typed("password", "hemmelig sætning")
        .press(Press::SignIn);
    clerk.answer("/sign-in", 422, &problem("code-needed"));
    clerk.typed("code", "123 456").press(Press::SignIn);
    let asked = clerk.answer("/sign-in", 401, &problem("sign-in-wrong"));
    let body: Value = serde_json::from_str(&asked.body.expect("a body")).expect("JSON");
    assert_eq!(
        body,
        json!({"kommune": "eksempelby", "user": "anna", "password": "hemmelig sætning", "code": "123456"})
    );
    clerk.typed("code", "654321").press(Press::SignIn);
    clerk.answer("/sign-in", 200, &session(&["booking"]));
    assert!(
        !format!("{:?}", clerk.app).contains("hemmelig"),
        "the password is gone"
    );
    assert!(clerk.asked.iter().any(|one| one.path.ends_with("/places")));
}

#[test]
fn the_first_sign_in_sets_up_an_app() {
    let mut clerk = Clerk::new();
    clerk.on(Event::Start {
        path: String::new(),
        query: "kommune=eksempelby".into(),
        kommune: String::new(),
    });
    clerk.answer("/session", 401, &problem("signed-out"));
    clerk.answer("/sign-in", 200, &json!({"local": true, "oidc": false}));
    clerk.press(Press::Invited(true));
    clerk
        .typed("user", "anna")
        .typed("invitation", "kode")
        .typed("password", "kort")
        .typed("password2", "kort");
    clerk.press(Press::SignIn);
    assert!(clerk.text().contains("mindst 12 tegn"));
    clerk
        .typed("password", "lang nok adgangskode")
        .typed("password2", "lang nok adgangskode")
        .press(Press::SignIn);
    let enrol = json!({"enrol": {"secret": "ABCDEFGHIJKLMNOP", "uri": "otpauth://totp/x?secret=ABCDEFGHIJKLMNOP"}});
    clerk.answer("/invitation", 200, &enrol);
    assert!(clerk.text().contains("ABCD EFGH IJKL MNOP"));
    clerk.typed("code", "123456").press(Press::SignIn);
    let asked = clerk.answer("/enrol", 200, &session(&["booking"]));
    assert!(asked.body.expect("a body").contains("lang nok adgangskode"));
    assert!(matches!(clerk.page().main, Main::Waiting));
}

#[test]
fn without_the_role_nothing_is_asked_and_no_name_is_shown() {
    let mut clerk = Clerk::new();
    clerk.on(Event::Start {
        path: String::new(),
        query: String::new(),
        kommune: "eksempelby".into(),
    });
    clerk.answer("/session", 200, &session(&["analyst"]));
    assert!(clerk.asked.is_empty());
    clerk.ms += 60_000;
    clerk.on(Event::Tick);
    assert!(clerk.asked.is_empty());
    assert!(clerk.text().contains("giver ikke adgang"));
}

#[test]
fn a_session_that_nobody_uses_ends_after_a_warning_and_names_go() {
    let mut clerk = Clerk::at_desk(&["booking"]);
    clerk.open();
    clerk.ms += 25 * 60_000;
    clerk.on(Event::Tick);
    assert_eq!(
        clerk.page().bar.expect("a warning").title,
        "Er du her stadig?"
    );
    clerk.press(Press::Stay);
    assert!(clerk.page().bar.is_none());
    clerk.ms += 30 * 60_000;
    clerk.on(Event::Tick);
    assert!(!clerk.text().contains("Kaj"));
    assert!(
        !format!("{:?}", clerk.app).contains("Kaj"),
        "nothing of it is kept"
    );
    let out = clerk
        .asked
        .iter()
        .find(|one| one.path.ends_with("/sign-out"))
        .expect("signed out");
    assert_eq!(out.csrf, "token");
}

#[test]
fn a_session_that_ended_on_the_server_says_that_a_change_was_not_saved() {
    let mut clerk = Clerk::at_desk(&["booking"]);
    clerk.open().press(Press::CheckIn("AAAA-1111".into()));
    clerk.answer(
        "/find",
        200,
        &found(visit("AAAA-1111", "confirmed", &["check-in"])),
    );
    clerk.answer("/check-in", 401, &problem("signed-out"));
    clerk.answer("/sign-in", 200, &json!({"local": true, "oidc": false}));
    assert!(clerk.text().contains("Ændringen er ikke gemt"));
    clerk
        .typed("user", "anna")
        .typed("password", "x")
        .press(Press::SignIn);
    clerk.answer("/sign-in", 200, &session(&["booking"]));
    clerk.asked.retain(|one| one.path.contains("/places"));
    clerk.answer("/places", 200, &places());
    assert!(
        clerk
            .asked
            .iter()
            .any(|one| one.path.contains("from=2026-12-04")),
        "back on the same day"
    );
}
