//! Mail against a real SMTP server (npm's smtp-server): what is sent can be read by others, letter by letter; a line that is cut after
//! the mail was taken repeats the same id; 4xx is tried again, 5xx is told to staff; a false certificate gets nothing.

mod common;

use api::config::MailConfig;
use api::desk::Wish;
use api::metrics::Metrics;
use api::notices::Courier;
use api::notices::mail::Mailer;
use booking::parse_instant;
use common::mailbox::Mailbox;
use common::{Place, key, request};
use protocol::{BookingRequest, CodeRequest, CodeTo, Contact, Language, MoveRequest};
use serde_json::Value;
use std::sync::Arc;

const AT_10: &str = "2026-12-08T10:00:00+01:00";
const AT_11: &str = "2026-12-08T11:00:00+01:00";
const NAME: &str = "Åse Østergård-Æblegren Ærøskøbing";

fn courier(place: &Place, url: String) -> (Courier, Arc<Metrics>) {
    let from = "Borgerservice Ærø <borger@eksempelby.example>".to_owned();
    let mailer = Mailer::new(&MailConfig { server: url, from }).expect("a mailer");
    let metrics = Arc::new(Metrics::new());
    let courier = Courier::new(place.desk.clone(), Arc::clone(&metrics), Some(mailer), None);
    (courier, metrics)
}

/// Mail only, so that nothing waits for text messages.
fn by_mail(name: &str, language: Language) -> Wish {
    Wish::Book(BookingRequest {
        contact: Contact {
            name: name.into(),
            phone: None,
            email: Some("ida@example.dk".into()),
        },
        language,
        ..request("20304050")
    })
}

async fn book(place: &Place, start: &str) -> String {
    let holder = place.hold("pas", start).await.expect("a hold");
    let answer = place
        .post(&key(), &holder, by_mail(NAME, Language::Da))
        .await;
    let answer = answer.expect("a booking");
    answer.body["secret"].as_str().expect("a secret").to_owned()
}

fn text<'a>(value: &'a Value, pointer: &str) -> &'a str {
    let found = value.pointer(pointer).and_then(Value::as_str);
    found.unwrap_or_else(|| panic!("no {pointer} in {value:#}"))
}

/// What every mail must have, whatever it is about.
fn is_well_formed(mail: &Value) {
    for name in ["date", "mime-version", "message-id", "auto-submitted"] {
        assert!(
            mail["headers"][name].is_string(),
            "no {name}: {}",
            mail["headers"]
        );
    }
    assert_eq!(mail["headers"]["auto-submitted"], "auto-generated");
    assert_eq!(text(mail, "/from/address"), "borger@eksempelby.example");
    assert_eq!(text(mail, "/from/name"), "Borgerservice Ærø");
    assert_eq!(text(mail, "/to/0/address"), "ida@example.dk");
    assert_eq!(mail["envelope"]["from"], "borger@eksempelby.example");
    assert_eq!(
        mail["envelope"]["to"],
        serde_json::json!(["ida@example.dk"])
    );
    assert!(
        mail["longest"].as_u64().expect("a number") <= 998,
        "a line is too long"
    );
    assert_eq!(mail["ascii"], true, "eight bits were not announced");
    assert_eq!(mail["loneLineEnds"], false);
    assert!(
        !text(mail, "/raw").contains(NAME),
        "the name stands unencoded"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_sent_can_be_read_by_others() {
    let mut server = Mailbox::start();
    let place = Place::sqlite().await;
    let (courier, _) = courier(&place, format!("smtp://127.0.0.1:{}", server.plain));

    let secret = book(&place, AT_10).await;
    assert_eq!(courier.round().await, 1);
    let there = MoveRequest {
        start: AT_11.into(),
        location: "raadhus".into(),
    };
    place
        .post(&key(), &secret, Wish::Move(there))
        .await
        .expect("moved");
    assert_eq!(courier.round().await, 1);
    place
        .clock
        .set(parse_instant(AT_11).expect("an instant") - 23 * 3_600_000);
    assert_eq!(
        courier.round().await,
        1,
        "the reminder of the new time alone"
    );
    place
        .post(&key(), &secret, Wish::Cancel)
        .await
        .expect("cancelled");
    assert_eq!(courier.round().await, 1);
    let mails = server.mails();
    assert_eq!(mails.len(), 4);
    let receipt = place
        .desk
        .show(&place.site, &secret)
        .await
        .expect("a booking");

    let link = format!("{}/#lokalsvar-tid={secret}", common::ORIGIN);
    let day = "tirsdag den 8. december kl. ";
    for (mail, (subject, hour, over)) in mails.iter().zip([
        ("Din tid er bestilt: ", "10", false),
        ("Din tid er flyttet: ", "11", false),
        ("Husk din tid: ", "11", false),
        ("Din tid er aflyst: ", "11", true),
    ]) {
        is_well_formed(mail);
        let (told, body) = (text(mail, "/subject"), text(mail, "/text"));
        assert!(told.starts_with(&format!("{subject}{day}{hour}")), "{told}");
        assert!(body.contains(&format!("Hej {NAME}")), "{body}");
        assert!(
            body.contains(&receipt.receipt) && body.contains(&format!("{day}{hour}")),
            "{body}"
        );
        assert_eq!(body.contains(&link), !over, "{body}");
        assert_eq!(body.contains("Rådhuset, Torvet 1"), !over, "{body}");
        assert!(!told.contains(NAME), "a subject is seen on a locked phone");
        let events = mail["events"].as_array().expect("events");
        assert_eq!(events.len(), 1);
        let event = &events[0];
        assert_eq!(text(&mail["files"], "/0/name"), "tid.ics");
        let (method, status) = if over {
            ("CANCEL", "CANCELLED")
        } else {
            ("PUBLISH", "CONFIRMED")
        };
        assert_eq!(
            (text(event, "/method"), text(event, "/status")),
            (method, status)
        );
        assert_eq!(
            text(&mail["files"], "/0/method").to_uppercase(),
            method,
            "in the part's type too"
        );
        let utc = if hour == "10" {
            "2026-12-08T09:00:00.000Z"
        } else {
            "2026-12-08T10:00:00.000Z"
        };
        assert_eq!(text(event, "/start"), utc);
        assert_eq!(
            text(event, "/location"),
            "Rådhuset, Torvet 1, 0010 eksempelby"
        );
        assert!(text(event, "/description").contains(&receipt.receipt));
        assert_eq!(
            event["uid"], mails[0]["events"][0]["uid"],
            "one entry in the calendar"
        );
    }
    let sequences: Vec<i64> = mails
        .iter()
        .map(|m| m["events"][0]["sequence"].as_i64().expect("a number"))
        .collect();
    assert_eq!(sequences, [0, 1, 1, 2], "a calendar takes the newest");
    let mut ids: Vec<&str> = mails.iter().map(|m| text(m, "/id")).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 4);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_code_and_english_can_be_read_too() {
    let mut server = Mailbox::start();
    let place = Place::sqlite().await;
    let (courier, _) = courier(&place, format!("smtp://127.0.0.1:{}", server.plain));
    let holder = place.hold("kode", AT_10).await.expect("a hold");
    let ask = CodeRequest {
        contact: CodeTo {
            phone: None,
            email: Some("Ida@Example.dk".into()),
        },
        language: Language::Da,
    };
    place
        .post(&key(), &holder, Wish::Code(ask))
        .await
        .expect("a code");
    assert_eq!(courier.round().await, 1);
    let mails = server.mails();
    is_well_formed(&mails[0]);
    let body = text(&mails[0], "/text");
    let code = body
        .trim_start_matches("Din kode er ")
        .get(..6)
        .expect("a code")
        .to_owned();
    assert!(code.bytes().all(|b| b.is_ascii_digit()), "{body}");
    assert!(
        !text(&mails[0], "/subject").contains(&code),
        "a subject is seen on a locked phone"
    );
    let Wish::Book(mut wish) = by_mail(NAME, Language::En) else {
        panic!("a booking")
    };
    wish.code = Some(code);
    place
        .post(&key(), &holder, Wish::Book(wish))
        .await
        .expect("booked with the code of the mail");
    assert_eq!(courier.round().await, 1);
    let mails = server.mails();
    is_well_formed(&mails[0]);
    assert!(
        text(&mails[0], "/subject").starts_with("Your time is booked: Tuesday 8 December at 10"),
        "{}",
        mails[0]["subject"]
    );
    assert_eq!(mails[0]["events"].as_array().map(Vec::len), Some(1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_line_cut_after_the_mail_was_taken_repeats_the_same_id() {
    let mut server = Mailbox::start();
    let place = Place::sqlite().await;
    let (courier, _) = courier(&place, format!("smtp://127.0.0.1:{}", server.plain));
    let mut copies = Vec::new();
    server.meet("drop");
    book(&place, AT_10).await;
    for _ in 0..3 {
        assert_eq!(
            courier.round().await,
            0,
            "not known to be taken, so not marked"
        );
        place.forward(5);
    }
    copies.extend(server.mails());
    assert_eq!(copies.len(), 3, "at least once");
    place.forward(5);
    assert_eq!(courier.round().await, 1);
    place.forward(60);
    assert_eq!(courier.round().await, 0, "and not again once it is known");
    copies.extend(server.mails());
    assert_eq!(copies.len(), 4);
    for copy in &copies {
        assert_eq!(copy["id"], copies[0]["id"], "so that copies can be told");
        assert_eq!(copy["text"], copies[0]["text"]);
        assert_eq!(copy["events"], copies[0]["events"]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_refused_for_now_is_tried_again_and_what_is_refused_for_good_is_told_at_once() {
    for (word, later) in [
        ("451", true),
        ("rcpt451", true),
        ("550", false),
        ("rcpt550", false),
    ] {
        let mut server = Mailbox::start();
        let place = Place::sqlite().await;
        let (courier, metrics) = courier(&place, format!("smtp://127.0.0.1:{}", server.plain));
        server.meet(word);
        let secret = book(&place, AT_10).await;
        assert_eq!(courier.round().await, 0, "{word}");
        assert_eq!(
            courier.round().await,
            0,
            "{word}: not before the pause is over"
        );
        let alerts = async || {
            let mut tx = place
                .desk
                .store
                .read(&place.site.tenant)
                .await
                .expect("a transaction");
            tx.alerts().await.expect("alerts")
        };
        let receipt = place
            .desk
            .show(&place.site, &secret)
            .await
            .expect("a booking")
            .receipt;
        let told = alerts().await;
        assert_eq!(told.len(), usize::from(!later), "{word}: {told:?}");
        if let Some(alert) = told.first() {
            assert_eq!(
                (alert.about.as_str(), &alert.subject),
                ("undelivered", &receipt)
            );
        }
        assert!(server.meet("pass").is_empty(), "{word}: nothing was taken");
        place.forward(5);
        assert_eq!(courier.round().await, usize::from(later), "{word}");
        assert_eq!(server.mails().len(), usize::from(later), "{word}");
        place.forward(60);
        courier.round().await;
        assert_eq!(alerts().await.len(), usize::from(!later), "{word}: once");
        let outcome = if later { "later" } else { "failed" };
        assert!(
            metrics.text().contains(&format!("outcome=\"{outcome}\"")),
            "{word}"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_with_a_false_certificate_gets_nothing() {
    let mut server = Mailbox::start();
    let place = Place::sqlite().await;
    book(&place, AT_10).await;
    for url in [
        format!("smtps://127.0.0.1:{}", server.tls),
        format!("smtp://127.0.0.1:{}?tls=required", server.plain),
    ] {
        let (courier, _) = courier(&place, url.clone());
        assert_eq!(courier.round().await, 0, "{url}");
        place.forward(5);
    }
    assert!(server.mails().is_empty());
}
