//! The console against answers written here: what is sent, what is shown, and what is never claimed.

use console::{
    App, Card, CellView, Effect, Event, Main, Now, Page, Part, Press, Request, page, step,
};
use serde_json::{Value, json};

/// A Friday, 09:50 in Denmark.
const FRIDAY_MS: i64 = 1_796_374_200_000;

struct Clerk {
    app: App,
    ms: i64,
    keys: u32,
    asked: Vec<Request>,
    said: Vec<String>,
    focus: Vec<String>,
}

impl Clerk {
    fn new() -> Self {
        Self {
            app: App::default(),
            ms: FRIDAY_MS,
            keys: 0,
            asked: Vec::new(),
            said: Vec::new(),
            focus: Vec::new(),
        }
    }

    fn on(&mut self, event: Event) -> &mut Self {
        self.keys += 1;
        let now = Now {
            ms: self.ms,
            fresh: format!("key-{}", self.keys),
        };
        for effect in step(&mut self.app, event, &now) {
            match effect {
                Effect::Ask(request) => self.asked.push(request),
                Effect::Say(text) => self.said.push(text),
                Effect::Focus(id) => self.focus.push(id),
                _ => {}
            }
        }
        self
    }

    fn press(&mut self, press: Press) -> &mut Self {
        self.on(Event::Press(press))
    }

    fn typed(&mut self, field: &'static str, text: &str) -> &mut Self {
        self.on(Event::Typed(field, text.into()))
    }

    /// Answers the oldest request whose path holds `path`.
    fn answer(&mut self, path: &str, status: u16, body: &Value) -> Request {
        let at = self.asked.iter().position(|one| one.path.contains(path));
        let at = at.unwrap_or_else(|| panic!("nothing asked for {path}: {:?}", self.asked));
        let request = self.asked.remove(at);
        self.on(Event::Answer {
            number: request.number,
            status,
            body: if status == 0 {
                String::new()
            } else {
                body.to_string()
            },
        });
        request
    }

    fn page(&self) -> Page {
        page(&self.app)
    }

    fn panel(&self) -> Card {
        self.page().panel.expect("the panel is open")
    }

    /// Every text of the page, one after the other.
    fn text(&self) -> String {
        format!("{:?}", self.page())
    }

    fn at_desk(roles: &[&str]) -> Self {
        let mut clerk = Self::new();
        clerk.on(Event::Start {
            path: "booking".into(),
            query: "sted=raadhus&dag=2026-12-04".into(),
            kommune: "eksempelby".into(),
        });
        clerk.answer("/session", 200, &session(roles));
        clerk.answer("/places", 200, &places());
        clerk.answer("/alerts", 200, &json!({"alerts": []}));
        clerk.answer(
            "/days",
            200,
            &days(
                "1",
                &[visit(
                    "AAAA-1111",
                    "confirmed",
                    &["check-in", "move", "cancel"],
                )],
            ),
        );
        clerk
    }

    /// Opens the one visit and reads it.
    fn open(&mut self) -> &mut Self {
        self.press(Press::Visit("AAAA-1111".into()));
        let found = found(visit(
            "AAAA-1111",
            "confirmed",
            &["check-in", "no-show", "move", "cancel"],
        ));
        self.answer("/find", 200, &found);
        self
    }
}

fn session(roles: &[&str]) -> Value {
    json!({
        "name": "Anna Jensen", "kommune": {"slug": "eksempelby", "name": "Eksempelby Kommune"},
        "roles": roles, "csrf": "token", "expires_at": "2026-12-04T17:00:00+01:00"
    })
}

fn places() -> Value {
    json!({
        "locations": [
            {"id": "raadhus", "name": "Rådhuset", "counters": [
                {"id": "s1", "name": "Skranke 1", "services": ["pas"]}, {"id": "s2", "name": "Skranke 2", "services": ["pas"]}]},
            {"id": "bib", "name": "Biblioteket", "counters": [{"id": "b1", "name": "Bordet", "services": ["pas"]}]}],
        "services": [{"id": "pas", "name": "Pas", "minutes": 15}]
    })
}

fn visit(receipt: &str, state: &str, can: &[&str]) -> Value {
    json!({
        "visit": "v1", "receipt": receipt, "state": state, "service": "pas", "location": "raadhus", "counter": "s1",
        "start": "2026-12-04T10:00:00+01:00", "end": "2026-12-04T10:15:00+01:00", "persons": 2,
        "name": "<b>Kaj</b>", "phone": "+4512345678", "language": "da",
        "notices": [{"channel": "sms", "about": "confirmed", "state": "failed"}], "can": can
    })
}

fn days(version: &str, visits: &[Value]) -> Value {
    json!({"version": version, "days": [{
        "date": "2026-12-04", "opens": [{"from": "2026-12-04T10:00:00+01:00", "to": "2026-12-04T13:00:00+01:00"}],
        "visits": visits, "held": [], "blocks": []}]})
}

fn found(visit: Value) -> Value {
    json!({"visit": visit, "history": [{"at": "2026-12-01T09:00:00+01:00", "what": "confirmed", "by": "citizen", "text": "Booket af borgeren"}]})
}

fn changed(state: &str) -> Value {
    json!({"receipt": "AAAA-1111", "visit": "v1", "state": state, "location": "raadhus", "counter": "s1",
        "start": "2026-12-04T10:00:00+01:00", "end": "2026-12-04T10:15:00+01:00", "told": ["sms"]})
}

fn problem(code: &str) -> Value {
    json!({"type": "about:blank", "title": "", "status": 409, "detail": "", "code": code})
}

fn buttons(card: &Card) -> Vec<String> {
    card.parts
        .iter()
        .flat_map(|part| match part {
            Part::Buttons(buttons) | Part::Times(_, buttons) | Part::Item(_, _, buttons) => {
                buttons.clone()
            }
            _ => Vec::new(),
        })
        .map(|button| button.label)
        .collect()
}

fn told(card: &Card) -> String {
    card.parts
        .iter()
        .find_map(|part| match part {
            Part::Told(told) => Some(told.text.clone()),
            _ => None,
        })
        .unwrap_or_default()
}

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
fn a_change_is_looked_at_sent_with_a_key_and_told_when_it_is_done() {
    let mut clerk = Clerk::at_desk(&["booking"]);
    clerk.open();
    clerk.said.clear();
    clerk.press(Press::CheckIn("AAAA-1111".into()));
    assert!(
        clerk.asked.iter().all(|one| one.body.is_none()),
        "looked at first"
    );
    clerk.answer(
        "/find",
        200,
        &found(visit("AAAA-1111", "confirmed", &["check-in"])),
    );
    assert!(!clerk.text().contains("Gemt"), "nothing is claimed yet");
    assert_eq!(clerk.said, ["Gemmer …"]);
    let sent = clerk.answer("/check-in", 200, &changed("checked-in"));
    assert!(sent.key.starts_with("key-"));
    assert_eq!(sent.csrf, "token");
    assert_eq!(told(&clerk.panel()), "Gemt: Borgeren er mødt.");
    clerk.answer(
        "/find",
        200,
        &found(visit("AAAA-1111", "checked-in", &["undo"])),
    );
    assert_eq!(clerk.panel().tag, Some(("came", "Mødt")));
    assert_eq!(
        told(&clerk.panel()),
        "Gemt: Borgeren er mødt.",
        "our own change is no surprise"
    );
    assert!(
        buttons(&clerk.panel())
            .iter()
            .any(|label| label.contains("Fortryd"))
    );
}

#[test]
fn a_lost_answer_is_told_and_the_same_bytes_go_out_with_the_same_key() {
    let mut clerk = Clerk::at_desk(&["booking"]);
    clerk
        .open()
        .press(Press::Cancel)
        .typed("reason", "Skranken er lukket")
        .press(Press::CancelYes);
    clerk.answer(
        "/find",
        200,
        &found(visit("AAAA-1111", "confirmed", &["cancel"])),
    );
    let first = clerk.answer("/cancel", 0, &json!(null));
    let bar = clerk.page().bar.expect("a bar");
    assert_eq!(bar.title, "Vi ved ikke, om det blev gemt");
    assert!(!clerk.text().contains("er aflyst."));
    assert_eq!(clerk.focus.last().map(String::as_str), Some("retry"));
    // Nothing else can begin meanwhile.
    clerk.press(Press::CheckIn("AAAA-1111".into()));
    assert!(clerk.asked.iter().all(|one| !one.path.contains("check-in")));
    clerk.press(Press::Retry);
    let second = clerk.answer("/cancel", 200, &changed("cancelled"));
    assert_eq!(
        (first.body, first.key, first.path),
        (second.body, second.key, second.path)
    );
    assert_eq!(
        told(&clerk.panel()),
        "Aftalen er aflyst. Borgeren får besked med en sms."
    );
    assert!(clerk.page().bar.is_none());
}

#[test]
fn giving_up_claims_nothing_and_shows_what_the_server_has() {
    let mut clerk = Clerk::at_desk(&["booking"]);
    clerk.open().press(Press::CheckIn("AAAA-1111".into()));
    clerk.answer(
        "/find",
        200,
        &found(visit("AAAA-1111", "confirmed", &["check-in"])),
    );
    clerk.answer("/check-in", 503, &json!(null));
    clerk.press(Press::GiveUp);
    assert!(clerk.page().bar.is_none());
    assert!(told(&clerk.panel()).starts_with("Det er måske gemt"));
    clerk.answer(
        "/find",
        200,
        &found(visit("AAAA-1111", "checked-in", &["undo"])),
    );
    assert_eq!(clerk.panel().tag, Some(("came", "Mødt")));
}

#[test]
fn another_clerk_moved_it_meanwhile_so_nothing_is_sent() {
    let mut clerk = Clerk::at_desk(&["booking"]);
    clerk
        .open()
        .press(Press::Cancel)
        .typed("reason", "Syg")
        .press(Press::CancelYes);
    let mut moved = visit("AAAA-1111", "confirmed", &["cancel"]);
    moved["visit"] = json!("v2");
    moved["start"] = json!("2026-12-07T11:00:00+01:00");
    moved["end"] = json!("2026-12-07T11:15:00+01:00");
    clerk.answer("/find", 200, &found(moved));
    assert!(
        clerk.asked.iter().all(|one| !one.path.contains("/cancel")),
        "not sent"
    );
    assert!(told(&clerk.panel()).contains(
        "En anden har ændret aftalen imens: Tiden er nu mandag den 7. december kl. 11.00."
    ));
    assert!(clerk.page().bar.is_none());
}

#[test]
fn another_clerk_was_faster_by_a_moment() {
    let mut clerk = Clerk::at_desk(&["booking"]);
    clerk.open().press(Press::CheckIn("AAAA-1111".into()));
    clerk.answer(
        "/find",
        200,
        &found(visit("AAAA-1111", "confirmed", &["check-in"])),
    );
    clerk.answer("/check-in", 409, &problem("wrong-state"));
    assert!(told(&clerk.panel()).contains("En anden har ændret aftalen imens"));
    clerk.answer("/find", 200, &found(visit("AAAA-1111", "cancelled", &[])));
    assert_eq!(clerk.panel().tag, Some(("off", "Aflyst")));
    assert!(
        !buttons(&clerk.panel())
            .iter()
            .any(|label| label.contains("mødt"))
    );
}

#[test]
fn the_network_is_gone_before_anything_was_sent() {
    let mut clerk = Clerk::at_desk(&["booking"]);
    clerk.open().press(Press::CheckIn("AAAA-1111".into()));
    clerk.answer("/find", 0, &json!(null));
    assert_eq!(
        told(&clerk.panel()),
        "Vi kunne ikke nå serveren. Intet er ændret. Prøv igen."
    );
    assert!(clerk.page().bar.is_none());
}

#[test]
fn a_refresh_with_another_state_is_told_in_the_open_panel() {
    let mut clerk = Clerk::at_desk(&["booking"]);
    clerk.open();
    clerk.ms += 15_000;
    clerk.on(Event::Tick);
    let asked = clerk.answer(
        "/days",
        200,
        &days("2", &[visit("AAAA-1111", "checked-in", &["undo"])]),
    );
    assert!(asked.path.contains("known=1"));
    clerk.answer(
        "/find",
        200,
        &found(visit("AAAA-1111", "checked-in", &["undo"])),
    );
    assert_eq!(
        told(&clerk.panel()),
        "En anden har ændret aftalen imens: Den står nu som mødt."
    );
}

#[test]
fn a_refresh_that_brings_nothing_changes_nothing() {
    let mut clerk = Clerk::at_desk(&["booking"]);
    clerk.open();
    let before = clerk.page();
    clerk.ms += 15_000;
    clerk.on(Event::Tick);
    clerk.answer(
        "/days",
        200,
        &json!({"days": [], "version": "1", "unchanged": true}),
    );
    clerk.answer("/alerts", 200, &json!({"alerts": []}));
    assert!(clerk.page() == before);
}

#[test]
fn a_lost_connection_is_told_once_and_the_old_day_stays_with_its_time() {
    let mut clerk = Clerk::at_desk(&["booking"]);
    for _ in 0..3 {
        clerk.ms += 15_000;
        clerk.on(Event::Tick);
        clerk.answer("/days", 0, &json!(null));
    }
    let said = clerk
        .said
        .iter()
        .filter(|text| text.contains("ikke forbindelse"))
        .count();
    assert_eq!(said, 1);
    let status = clerk.page().status.expect("told");
    assert!(status.text.contains("fra kl. 9.50"), "{}", status.text);
    assert!(matches!(clerk.page().main, Main::Day(_)));
}

#[test]
fn an_answer_about_another_day_is_not_shown() {
    let mut clerk = Clerk::at_desk(&["booking"]);
    clerk.press(Press::Turn(1));
    let late = clerk
        .asked
        .iter()
        .find(|one| one.path.contains("2026-12-05"))
        .expect("asked")
        .number;
    clerk.press(Press::Turn(1));
    clerk.on(Event::Answer {
        number: late,
        status: 200,
        body: days("9", &[visit("LATE-1111", "confirmed", &[])]).to_string(),
    });
    assert!(!clerk.text().contains("LATE-1111"));
}

#[test]
fn moving_offers_free_times_and_says_where_the_booking_went() {
    let mut clerk = Clerk::at_desk(&["booking"]);
    clerk.open().press(Press::Move);
    let slot = |start: &str, end: &str, location: &str| json!({"start": start, "end": end, "location": location, "free": 1});
    let free = json!({"slots": [
        slot("2026-12-04T10:00:00+01:00", "2026-12-04T10:15:00+01:00", "raadhus"),
        slot("2026-12-07T11:00:00+01:00", "2026-12-07T11:15:00+01:00", "raadhus"),
        slot("2026-12-08T14:00:00+01:00", "2026-12-08T14:15:00+01:00", "bib")], "next": "2026-12-11"});
    clerk.answer("/slots", 200, &free);
    let labels = buttons(&clerk.panel());
    assert_eq!(
        labels[..2],
        ["11.00", "14.00"],
        "its own time is not offered"
    );
    assert!(labels.contains(&"Senere dage".to_string()));
    clerk.press(Press::Slot(2));
    assert!(
        clerk
            .text()
            .contains("Tirsdag den 8. december kl. 14.00, Biblioteket")
    );
    clerk.press(Press::MoveYes);
    clerk.answer(
        "/find",
        200,
        &found(visit("AAAA-1111", "confirmed", &["move"])),
    );
    clerk.answer("/move", 409, &problem("slot-taken"));
    assert!(told(&clerk.panel()).contains("taget af en anden"));
    clerk.answer("/slots", 200, &free);
    clerk.press(Press::Slot(1)).press(Press::MoveYes);
    clerk
        .asked
        .retain(|one| !one.path.contains("/find") || one.path.contains("nothing"));
    assert!(
        clerk
            .asked
            .iter()
            .all(|one| !one.path.contains("/booking/move")),
        "looked at first"
    );
}

#[test]
fn blocked_time_says_who_is_in_the_way() {
    let mut clerk = Clerk::at_desk(&["booking-admin"]);
    clerk.press(Press::NewBlock).press(Press::BlockYes);
    assert_eq!(clerk.focus.last().map(String::as_str), Some("from"));
    clerk
        .typed("from", "12:00")
        .typed("to", "11:00")
        .typed("reason", "Møde")
        .press(Press::BlockYes);
    assert!(clerk.text().contains("Skal være efter"));
    clerk.typed("to", "13:00").press(Press::BlockYes);
    let mut refused = problem("booked");
    refused["count"] = json!(2);
    refused["receipts"] = json!(["AAAA-1111", "BBBB-2222"]);
    refused["held"] = json!(1);
    let sent = clerk.answer("/blocks", 409, &refused);
    let body: Value = serde_json::from_str(&sent.body.expect("a body")).expect("JSON");
    assert_eq!(body["start"], "2026-12-04T12:00:00+01:00");
    assert_eq!(body.get("counter"), None, "the whole place");
    assert_eq!(
        told(&clerk.panel()),
        "Tiden er ikke spærret. Der er 2 aftaler i vejen: AAAA-1111, BBBB-2222. Flyt eller aflys dem først. En borger er ved at booke i den tid. Prøv igen om en time."
    );
    assert!(clerk.text().contains("Møde"), "what was written stays");
}

#[test]
fn only_admins_block_time() {
    let clerk = Clerk::at_desk(&["booking"]);
    assert!(!clerk.page().tools.expect("tools").blocks);
    let clerk = Clerk::at_desk(&["booking-admin"]);
    assert!(clerk.page().tools.expect("tools").blocks);
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

#[test]
fn a_name_is_text_and_links_have_fixed_schemes() {
    let mut clerk = Clerk::at_desk(&["booking"]);
    clerk.open();
    assert_eq!(clerk.panel().title, "<b>Kaj</b>");
    let rows = clerk.panel().parts.into_iter().find_map(|part| match part {
        Part::Rows(rows) => Some(rows),
        _ => None,
    });
    let phone = rows
        .expect("rows")
        .into_iter()
        .find(|row| row.name == "Telefon")
        .expect("a phone");
    assert_eq!(
        (phone.text.as_str(), phone.url.as_deref()),
        ("+45 12 34 56 78", Some("tel:+4512345678"))
    );
}

#[test]
fn a_narrow_window_has_a_list_that_says_the_counter() {
    let mut clerk = Clerk::at_desk(&["booking"]);
    clerk.on(Event::Narrow(true));
    let Main::List(list) = clerk.page().main else {
        panic!("no list");
    };
    let CellView::Visit(card) = &list.entries[0] else {
        panic!("no visit");
    };
    assert_eq!(card.counter, "Skranke 1");
    assert!(card.warn, "a message was not delivered");
    assert_eq!(card.heard, "en besked er ikke sendt");
    assert!(card.check_in.is_some());
    clerk.open();
    assert!(clerk.page().covered);
}

#[test]
fn a_receipt_that_nobody_has_is_said() {
    let mut clerk = Clerk::at_desk(&["booking"]);
    clerk.press(Press::Find);
    assert!(clerk.text().contains("Skriv nummeret"));
    clerk.typed("search", " zzzz-9999 ").press(Press::Find);
    let asked = clerk.answer("/find", 404, &problem("not-found"));
    assert!(asked.path.ends_with("receipt=ZZZZ-9999"));
    assert_eq!(clerk.panel().title, "Ikke fundet");
}

#[test]
fn alerts_are_counted_spoken_and_seen() {
    let mut clerk = Clerk::at_desk(&["booking"]);
    clerk.ms += 15_000;
    clerk.on(Event::Tick);
    let alert = json!({"alerts": [{"alert": "7", "at": "2026-12-04T09:40:00+01:00", "about": "undelivered", "receipt": "AAAA-1111"}]});
    clerk.answer("/alerts", 200, &alert);
    assert_eq!(clerk.page().top.buttons[0].label, "Beskeder (1)");
    assert!(clerk.said.contains(&"Ny besked: 1".to_string()));
    clerk.press(Press::Alerts).press(Press::Seen("7".into()));
    assert_eq!(
        clerk.page().top.buttons[0].label,
        "Beskeder (1)",
        "not before the answer"
    );
    clerk.answer("/alerts/seen", 200, &json!({"alert": "7"}));
    assert_eq!(clerk.page().top.buttons[0].label, "Beskeder");
}
