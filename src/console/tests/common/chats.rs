//! An agent at /konsol/samtaler, and what a server could answer.
#![allow(dead_code, reason = "each test program uses a part of it")]

use console::{ChatPress, Event, Line, Press, Speaker, TalkPage};
use serde_json::{Value, json};

use super::*;

/// An agent at /konsol/samtaler with one conversation that waits and one message.
pub(crate) fn agent(roles: &[&str]) -> Clerk {
    let mut clerk = Clerk::new();
    clerk.on(Event::Start {
        path: "samtaler".into(),
        query: String::new(),
        kommune: "eksempelby".into(),
    });
    clerk.answer("/session", 200, &session(roles));
    let mut first = queue(
        "1",
        &[row("WAIT-1111", "waiting", None), message("MESS-1111")],
    );
    first["me"]["talks"] = json!(roles.contains(&"agent"));
    clerk.answer("/queue", 200, &first);
    clerk
}

pub(crate) fn queue(version: &str, rows: &[Value]) -> Value {
    json!({
        "version": version, "rows": rows,
        "departments": [
            {"department": {"id": "borger", "name": {"da": "Borgerservice"}}, "hours": true, "waiting": 1, "longest_seconds": 50,
             "there": [{"account": "me", "name": "Anna Jensen", "active": 0}, {"account": "bo", "name": "Bo Berg", "active": 2}]},
            {"department": {"id": "plads", "name": {"da": "Pladsanvisningen"}}, "hours": false, "waiting": 0, "longest_seconds": 0, "there": []}],
        "me": {"account": "me", "there": false, "talks": true, "departments": []}
    })
}

pub(crate) fn row(receipt: &str, stage: &str, owner: Option<&str>) -> Value {
    let mut row = json!({
        "receipt": receipt, "way": "chat", "stage": stage, "department": "borger", "about": "pas/pas-til-barn", "language": "da",
        "since": "2026-12-04T09:48:00+01:00", "queued": "2026-12-04T09:49:00+01:00", "seq": 2, "unanswered": true, "away": false,
        "record": "open"
    });
    if let Some(account) = owner {
        row["owner"] = json!({"account": account, "name": if account == "me" { "Anna Jensen" } else { "Bo Berg" }, "active": 1});
    }
    row
}

pub(crate) fn message(receipt: &str) -> Value {
    let mut row = row(receipt, "waiting", None);
    row["way"] = json!("message");
    row
}

pub(crate) fn entry(seq: u64, who: &str, what: Value) -> Value {
    let mut entry =
        json!({"seq": seq, "at": format!("2026-12-04T09:49:{seq:02}+01:00"), "who": who});
    for (key, value) in what.as_object().expect("an object") {
        entry[key] = value.clone();
    }
    entry
}

pub(crate) fn said(seq: u64, who: &str, id: &str, text: &str) -> Value {
    entry(seq, who, json!({"kind": "message", "id": id, "text": text}))
}

pub(crate) fn reading(row: Value, entries: &[Value], last: u64) -> Value {
    json!({
        "conversation": {"receipt": row["receipt"], "way": row["way"], "stage": row["stage"], "department": {"id": "borger", "name": {"da": "Borgerservice"}},
            "seq": last, "open": true},
        "row": row, "entries": entries, "bundle": "b1", "received": 1
    })
}

/// The agent has taken the conversation and reads it.
pub(crate) fn talking() -> Clerk {
    let mut clerk = agent(&["agent"]);
    chat(&mut clerk, ChatPress::Take("WAIT-1111".into()));
    clerk.answer("/take", 200, &done("WAIT-1111", "active"));
    let mut whole = reading(
        row("WAIT-1111", "active", Some("me")),
        &[
            said(1, "citizen", "a", "Hej, <b>hvad</b> koster et pas?"),
            entry(2, "system", json!({"kind": "taken"})),
        ],
        2,
    );
    whole["transcript"] = json!([{"who": "citizen", "text": "pas?"}, {"who": "bot", "text": "Det koster …", "answer": "pas/pris-paa-pas"}]);
    whole["notes"] =
        json!([{"at": "2026-12-04T09:49:01+01:00", "by": "Bo Berg", "text": "Barnet er 3 år"}]);
    clerk.answer("/conversation", 200, &whole);
    clerk.answer(
        "/queue",
        200,
        &queue("2", &[row("WAIT-1111", "active", Some("me"))]),
    );
    clerk
}

pub(crate) fn done(receipt: &str, stage: &str) -> Value {
    json!({"receipt": receipt, "stage": stage, "seq": 2})
}

pub(crate) fn chat(clerk: &mut Clerk, press: ChatPress) {
    clerk.press(Press::Chat(press));
}

/// So many seconds pass.
pub(crate) fn wait(clerk: &mut Clerk, seconds: i64) {
    for _ in 0..seconds {
        clerk.ms += 1000;
        clerk.on(Event::Tick);
    }
}

pub(crate) fn talk(clerk: &Clerk) -> TalkPage {
    clerk
        .page()
        .chats
        .expect("chats")
        .talk
        .expect("a conversation")
}

pub(crate) fn lines(clerk: &Clerk) -> Vec<(Speaker, String)> {
    let lines: Vec<Line> = talk(clerk).lines;
    lines
        .into_iter()
        .map(|line| (line.speaker, line.text))
        .collect()
}

pub(crate) fn state_of(clerk: &Clerk, text: &str) -> String {
    let lines = talk(clerk).lines;
    let line = lines.into_iter().rev().find(|line| line.text == text);
    line.expect("the line")
        .state
        .map_or_else(String::new, |(_, words)| words)
}

pub(crate) fn body(request: &console::Request) -> Value {
    serde_json::from_str(request.body.as_deref().expect("a body")).expect("JSON")
}

pub(crate) fn asked<'a>(clerk: &'a Clerk, path: &str) -> Vec<&'a console::Request> {
    clerk
        .asked
        .iter()
        .filter(|one| one.path.contains(path))
        .collect()
}
