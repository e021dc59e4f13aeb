//! The day's bookings against answers written here: what is sent, what is shown, and what is never claimed.

mod common;

use common::*;
use console::{CellView, Event, Main, Part, Press};
use serde_json::{Value, json};

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
    assert!(sent.key.ends_with("-00000000000f"));
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
    assert!(clerk.said.contains(&"Nyt under Beskeder: 1".to_string()));
    clerk.press(Press::Alerts).press(Press::Seen("7".into()));
    assert_eq!(
        clerk.page().top.buttons[0].label,
        "Beskeder (1)",
        "not before the answer"
    );
    clerk.answer("/alerts/seen", 200, &json!({"alert": "7"}));
    assert_eq!(clerk.page().top.buttons[0].label, "Beskeder");
}
