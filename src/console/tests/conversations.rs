//! One conversation against answers written here: what is sent and sent again, what is done with it, and what is never claimed.

mod common;

use common::chats::*;
use common::*;
use console::{ChatPress, Effect, Event, Foot, Reply};
use serde_json::{Value, json};

#[test]
fn messages_go_in_order_with_the_same_bytes_until_the_server_has_them() {
    let mut clerk = talking();
    for text in ["Et pas koster 893 kr.", "Er det til et barn?"] {
        clerk.typed("say", text);
        chat(&mut clerk, ChatPress::Send);
    }
    assert_eq!(talk(&clerk).say, "");
    assert_eq!(
        asked(&clerk, "handoff/message").len(),
        1,
        "one after the other"
    );
    let first = clerk.answer("handoff/message", 0, &json!(null));
    assert_eq!(
        state_of(&clerk, "Et pas koster 893 kr."),
        "Ikke sendt endnu. Vi prøver igen, til det lykkes."
    );
    assert!(
        asked(&clerk, "handoff/message").is_empty(),
        "the second waits for the first"
    );
    wait(&mut clerk, 2);
    let again = clerk.answer("handoff/message", 200, &done("WAIT-1111", "active"));
    assert_eq!(
        (first.body.clone(), first.key.clone()),
        (again.body, again.key.clone())
    );
    assert_eq!(
        body(&first)["id"],
        first.key,
        "the id of the message is its key"
    );
    assert_eq!(state_of(&clerk, "Et pas koster 893 kr."), "Sendt");
    let second = clerk.answer("handoff/message", 422, &problem("cpr-refused"));
    assert_ne!(second.key, again.key);
    assert!(state_of(&clerk, "Er det til et barn?").starts_with("Ikke sendt"));
    chat(&mut clerk, ChatPress::Rewrite(second.key));
    assert_eq!(talk(&clerk).say, "Er det til et barn?");
    // The log brings the first: it stands there once, received.
    wait(&mut clerk, 1);
    let mut news = reading(
        row("WAIT-1111", "active", Some("me")),
        &[said(3, "staff", &again.key, "Et pas koster 893 kr.")],
        3,
    );
    news["received"] = json!(3);
    let asked = clerk.answer("/conversation", 200, &news);
    assert!(asked.path.contains("after=2"), "{}", asked.path);
    let copies = lines(&clerk)
        .iter()
        .filter(|(_, text)| text == "Et pas koster 893 kr.")
        .count();
    assert_eq!(copies, 1);
    assert_eq!(state_of(&clerk, "Et pas koster 893 kr."), "Modtaget");
}

#[test]
fn a_message_that_the_citizen_has_not_received_is_marked_after_a_minute() {
    let mut clerk = talking();
    wait(&mut clerk, 1);
    clerk.answer(
        "/conversation",
        200,
        &reading(
            row("WAIT-1111", "active", Some("me")),
            &[said(3, "staff", "x", "Hej")],
            3,
        ),
    );
    assert_eq!(state_of(&clerk, "Hej"), "Sendt");
    wait(&mut clerk, 60);
    assert_eq!(
        state_of(&clerk, "Hej"),
        "Borgeren har ikke modtaget den endnu"
    );
}

#[test]
fn the_citizen_is_told_of_typing_at_most_every_three_seconds_and_that_it_stopped() {
    let mut clerk = talking();
    let typing = |clerk: &Clerk| {
        asked(clerk, "/typing")
            .iter()
            .map(|one| body(one)["on"].clone())
            .collect::<Vec<_>>()
    };
    clerk.typed("say", "H").typed("say", "He");
    assert_eq!(typing(&clerk), [json!(true)]);
    wait(&mut clerk, 3);
    clerk.typed("say", "Hej");
    assert_eq!(typing(&clerk), [json!(true), json!(true)]);
    wait(&mut clerk, 5);
    assert_eq!(typing(&clerk), [json!(true), json!(true), json!(false)]);
    let keys: Vec<_> = asked(&clerk, "/typing")
        .iter()
        .map(|one| one.key.clone())
        .collect();
    assert!(keys[0] != keys[1] && keys[1] != keys[2]);
}

#[test]
fn typing_of_the_citizen_is_shown_and_stops_by_itself() {
    let mut clerk = talking();
    wait(&mut clerk, 1);
    let types = entry(3, "citizen", json!({"kind": "typing", "on": true}));
    clerk.answer(
        "/conversation",
        200,
        &reading(row("WAIT-1111", "active", Some("me")), &[types], 3),
    );
    assert!(talk(&clerk).typing);
    wait(&mut clerk, 10);
    assert!(!talk(&clerk).typing);
}

#[test]
fn the_kommunes_own_answer_is_named_when_it_is_sent_as_it_stands_and_not_otherwise() {
    let mut clerk = talking();
    let reply = Reply {
        intent: "pas/pris-paa-pas".into(),
        title: "Pris på pas".into(),
        text: "Et pas koster 893 kr.\n".into(),
    };
    for (change, answer) in [
        ("", json!("pas/pris-paa-pas")),
        (" Venlig hilsen", Value::Null),
    ] {
        chat(&mut clerk, ChatPress::Find);
        let wanted = Effect::Replies(
            "eksempelby".into(),
            "Hej, <b>hvad</b> koster et pas?".into(),
            "da",
        );
        assert!(
            clerk.effects.contains(&wanted),
            "what the citizen asked last is looked for"
        );
        clerk.on(Event::Replies(
            "Hej, <b>hvad</b> koster et pas?".into(),
            Some(vec![reply.clone()]),
        ));
        chat(&mut clerk, ChatPress::Reply(0));
        let text = format!("Et pas koster 893 kr.{change}");
        assert_eq!(talk(&clerk).say, "Et pas koster 893 kr.");
        clerk.typed("say", &text);
        chat(&mut clerk, ChatPress::Send);
        let sent = clerk.answer("handoff/message", 200, &done("WAIT-1111", "active"));
        assert_eq!(body(&sent)["text"], text);
        assert_eq!(body(&sent)["answer"], answer);
    }
    chat(&mut clerk, ChatPress::Find);
    clerk.on(Event::Replies(
        "Hej, <b>hvad</b> koster et pas?".into(),
        None,
    ));
    assert!(clerk.text().contains("Kommunens svar kunne ikke hentes."));
}

#[test]
fn handing_on_needs_somebody_and_a_note() {
    let mut clerk = talking();
    chat(&mut clerk, ChatPress::Transfer);
    assert!(
        clerk
            .text()
            .contains("Pladsanvisningen, den, der er ledig (lukket nu)")
    );
    assert!(clerk.text().contains("Borgerservice: Bo Berg"));
    chat(&mut clerk, ChatPress::TransferYes);
    assert_eq!(clerk.focus.last().map(String::as_str), Some("to"));
    assert!(asked(&clerk, "/transfer").is_empty());
    clerk
        .typed("to", "borger bo")
        .typed("note", "Bo kender sagen");
    chat(&mut clerk, ChatPress::TransferYes);
    let sent = clerk.answer("/transfer", 200, &done("WAIT-1111", "active"));
    assert_eq!(
        body(&sent),
        json!({"receipt": "WAIT-1111", "department": "borger", "to": "bo", "note": "Bo kender sagen"})
    );
    assert!(clerk.page().chats.expect("the list").talk.is_none());
    assert_eq!(
        clerk.page().status.expect("told").text,
        "Samtalen er givet videre til Bo Berg."
    );
}

#[test]
fn a_wrong_answer_is_told_to_the_editors_with_the_answer_that_the_bot_gave() {
    let mut clerk = talking();
    chat(&mut clerk, ChatPress::Fact);
    clerk
        .typed("wrong", "Prisen er gammel")
        .typed("right", "893 kr.");
    chat(&mut clerk, ChatPress::FactYes);
    let sent = clerk.answer("/facts", 201, &json!({}));
    assert_eq!(
        body(&sent),
        json!({"intent": "pas/pris-paa-pas", "wrong": "Prisen er gammel", "right": "893 kr."})
    );
    assert!(
        talk(&clerk)
            .told
            .expect("told")
            .text
            .contains("Redaktørerne")
    );
    assert!(
        matches!(talk(&clerk).foot, Foot::Compose(_)),
        "and on with the citizen"
    );
}

#[test]
fn a_record_is_decided_before_it_can_be_deleted() {
    let mut clerk = talking();
    chat(&mut clerk, ChatPress::End);
    clerk.typed("outcome", "answered");
    chat(&mut clerk, ChatPress::EndYes);
    let sent = clerk.answer("/close", 200, &done("WAIT-1111", "closed"));
    assert_eq!(body(&sent)["outcome"], "answered");
    let closed = |record: &str| {
        let mut row = row("WAIT-1111", "closed", Some("me"));
        row["record"] = json!(record);
        reading(
            row,
            &[entry(3, "staff", json!({"kind": "closed", "by": "staff"}))],
            3,
        )
    };
    clerk.answer("/conversation", 200, &closed("open"));
    assert!(!clerk.text().contains("Slet samtalen"));
    let links: Vec<_> = talk(&clerk)
        .head
        .links
        .into_iter()
        .map(|(_, address)| address)
        .collect();
    assert_eq!(
        links,
        ["html", "json"].map(|format| format!(
            "/api/v1/staff/handoff/export?receipt=WAIT-1111&format={format}"
        ))
    );
    clerk.typed("record", "journalised");
    chat(&mut clerk, ChatPress::RecordYes);
    assert!(clerk.text().contains("Skriv sagens nummer."));
    clerk.typed("reason", "26/1234");
    chat(&mut clerk, ChatPress::RecordYes);
    let sent = clerk.answer("/record", 200, &done("WAIT-1111", "closed"));
    assert_eq!(
        body(&sent),
        json!({"receipt": "WAIT-1111", "record": "journalised", "reason": "26/1234"})
    );
    clerk.answer("/conversation", 200, &closed("journalised"));
    chat(&mut clerk, ChatPress::Delete);
    assert!(asked(&clerk, "/delete").is_empty(), "asked first");
    chat(&mut clerk, ChatPress::DeleteYes);
    clerk.answer(
        "/delete",
        200,
        &json!({"receipt": "WAIT-1111", "copies_until": "2027-01-04"}),
    );
    let told = clerk.page().status.expect("told").text;
    assert_eq!(
        told,
        "Samtalen er slettet. Den sidste sikkerhedskopi, der kan have den, udløber mandag den 4. januar 2027."
    );
    assert!(
        !format!("{:?}", clerk.app).contains("koster et pas"),
        "nothing of it is kept here"
    );
}

#[test]
fn an_own_message_is_set_straight_and_both_stay() {
    let mut clerk = talking();
    wait(&mut clerk, 1);
    clerk.answer(
        "/conversation",
        200,
        &reading(
            row("WAIT-1111", "active", Some("me")),
            &[said(3, "staff", "x", "Det koster 100 kr.")],
            3,
        ),
    );
    chat(&mut clerk, ChatPress::Correct(3));
    assert_eq!(talk(&clerk).say, "Det koster 100 kr.");
    clerk.typed("say", "Det koster 893 kr.");
    chat(&mut clerk, ChatPress::Send);
    let sent = clerk.answer("handoff/message", 200, &done("WAIT-1111", "active"));
    assert_eq!(body(&sent)["corrects"], 3);
    wait(&mut clerk, 1);
    let correction = entry(
        4,
        "staff",
        json!({"kind": "correction", "of": 3, "text": "Det koster 893 kr."}),
    );
    clerk.answer(
        "/conversation",
        200,
        &reading(row("WAIT-1111", "active", Some("me")), &[correction], 4),
    );
    let texts: Vec<_> = lines(&clerk)
        .into_iter()
        .map(|(_, text)| text)
        .filter(|text| text.starts_with("Det koster "))
        .collect();
    assert_eq!(
        texts,
        ["Det koster …", "Det koster 100 kr.", "Det koster 893 kr."]
    );
}

#[test]
fn what_was_begun_in_one_conversation_waits_there_and_sending_goes_on() {
    let mut clerk = talking();
    clerk.typed("say", "Sendt på vej ud");
    chat(&mut clerk, ChatPress::Send);
    clerk.answer("handoff/message", 0, &json!(null));
    clerk.typed("say", "halvt skrevet");
    chat(&mut clerk, ChatPress::Row("MESS-1111".into()));
    assert_eq!(talk(&clerk).say, "");
    wait(&mut clerk, 2);
    clerk.answer("handoff/message", 200, &done("WAIT-1111", "active"));
    chat(&mut clerk, ChatPress::Row("WAIT-1111".into()));
    assert_eq!(talk(&clerk).say, "halvt skrevet");
    chat(&mut clerk, ChatPress::Back);
    assert_eq!(clerk.focus.last().map(String::as_str), Some("q-WAIT-1111"));
}
