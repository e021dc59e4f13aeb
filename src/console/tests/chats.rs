//! Talking with citizens against answers written here: who waits, what is sent and sent again, and what is never claimed.

mod common;

use common::*;
use console::{Area, ChatPress, Effect, Event, Foot, Line, Main, Press, Reply, Speaker, TalkPage};
use serde_json::{Value, json};

/// An agent at /konsol/samtaler with one conversation that waits and one message.
fn agent(roles: &[&str]) -> Clerk {
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

fn queue(version: &str, rows: &[Value]) -> Value {
    json!({
        "version": version, "rows": rows,
        "departments": [
            {"department": {"id": "borger", "name": {"da": "Borgerservice"}}, "hours": true, "waiting": 1, "longest_seconds": 50,
             "there": [{"account": "me", "name": "Anna Jensen", "active": 0}, {"account": "bo", "name": "Bo Berg", "active": 2}]},
            {"department": {"id": "plads", "name": {"da": "Pladsanvisningen"}}, "hours": false, "waiting": 0, "longest_seconds": 0, "there": []}],
        "me": {"account": "me", "there": false, "talks": true, "departments": []}
    })
}

fn row(receipt: &str, stage: &str, owner: Option<&str>) -> Value {
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

fn message(receipt: &str) -> Value {
    let mut row = row(receipt, "waiting", None);
    row["way"] = json!("message");
    row
}

fn entry(seq: u64, who: &str, what: Value) -> Value {
    let mut entry =
        json!({"seq": seq, "at": format!("2026-12-04T09:49:{seq:02}+01:00"), "who": who});
    for (key, value) in what.as_object().expect("an object") {
        entry[key] = value.clone();
    }
    entry
}

fn said(seq: u64, who: &str, id: &str, text: &str) -> Value {
    entry(seq, who, json!({"kind": "message", "id": id, "text": text}))
}

fn reading(row: Value, entries: &[Value], last: u64) -> Value {
    json!({
        "conversation": {"receipt": row["receipt"], "way": row["way"], "stage": row["stage"], "department": {"id": "borger", "name": {"da": "Borgerservice"}},
            "seq": last, "open": true},
        "row": row, "entries": entries, "bundle": "b1", "received": 1
    })
}

/// The agent has taken the conversation and reads it.
fn talking() -> Clerk {
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

fn done(receipt: &str, stage: &str) -> Value {
    json!({"receipt": receipt, "stage": stage, "seq": 2})
}

fn chat(clerk: &mut Clerk, press: ChatPress) {
    clerk.press(Press::Chat(press));
}

/// So many seconds pass.
fn wait(clerk: &mut Clerk, seconds: i64) {
    for _ in 0..seconds {
        clerk.ms += 1000;
        clerk.on(Event::Tick);
    }
}

fn talk(clerk: &Clerk) -> TalkPage {
    clerk
        .page()
        .chats
        .expect("chats")
        .talk
        .expect("a conversation")
}

fn lines(clerk: &Clerk) -> Vec<(Speaker, String)> {
    let lines: Vec<Line> = talk(clerk).lines;
    lines
        .into_iter()
        .map(|line| (line.speaker, line.text))
        .collect()
}

fn state_of(clerk: &Clerk, text: &str) -> String {
    let lines = talk(clerk).lines;
    let line = lines.into_iter().rev().find(|line| line.text == text);
    line.expect("the line")
        .state
        .map_or_else(String::new, |(_, words)| words)
}

fn body(request: &console::Request) -> Value {
    serde_json::from_str(request.body.as_deref().expect("a body")).expect("JSON")
}

fn asked<'a>(clerk: &'a Clerk, path: &str) -> Vec<&'a console::Request> {
    clerk
        .asked
        .iter()
        .filter(|one| one.path.contains(path))
        .collect()
}

#[test]
fn the_list_says_who_waits_and_how_long_and_asks_on_without_end() {
    let mut clerk = agent(&["agent"]);
    let page = clerk.page().chats.expect("the list");
    assert_eq!(page.head.count, "1 venter.");
    let groups: Vec<_> = page
        .groups
        .iter()
        .filter(|one| one.count > 0)
        .map(|one| one.title)
        .collect();
    assert_eq!(groups, ["Venter i chatten", "Beskeder og opkald"]);
    assert_eq!(page.groups[1].rows[0].title, "Borgerservice");
    assert_eq!(
        page.groups[1].rows[0].about, "pas/pas-til-barn",
        "the id until its title is known"
    );
    let clock = |clerk: &Clerk| clerk.page().chats.expect("the list").clocks[0].1.clone();
    assert_eq!(clock(&clerk), "har ventet 1 min. 0 sek.");
    let before = clerk.page().chats.expect("the list").groups;
    wait(&mut clerk, 1);
    assert_eq!(clock(&clerk), "har ventet 1 min. 1 sek.");
    assert!(
        clerk.page().chats.expect("the list").groups == before,
        "the clock alone draws no row anew"
    );
    assert!(clerk.effects.contains(&Effect::Titles(
        "eksempelby".into(),
        vec!["pas/pas-til-barn".into(), "pas/pas-til-barn".into()]
    )));
    clerk.on(Event::Titles(vec![(
        "pas/pas-til-barn".into(),
        "Pas til barn".into(),
    )]));
    assert_eq!(
        clerk.page().chats.expect("the list").groups[1].rows[0].about,
        "Pas til barn"
    );
    let next = asked(&clerk, "/queue");
    assert_eq!(next.len(), 1);
    assert!(
        next[0].path.ends_with("known=1&wait=15"),
        "{}",
        next[0].path
    );
    let unchanged = json!({"version": "1", "rows": [], "departments": [], "me": {"account": "", "there": false, "talks": false, "departments": []}, "unchanged": true});
    clerk.answer("/queue", 200, &unchanged);
    assert_eq!(
        clerk.page().chats.expect("the list").groups[1].count,
        1,
        "nothing has changed"
    );
    wait(&mut clerk, 1);
    assert_eq!(asked(&clerk, "/queue").len(), 1, "and on");
}

#[test]
fn somebody_new_in_the_queue_is_spoken_and_heard_only_where_that_is_wanted() {
    let mut clerk = agent(&["agent"]);
    clerk.effects.clear();
    wait(&mut clerk, 1);
    let rows = [
        row("WAIT-1111", "waiting", None),
        row("WAIT-2222", "waiting", None),
    ];
    clerk.answer("/queue", 200, &queue("2", &rows));
    assert!(
        clerk
            .said
            .contains(&"Ny i køen: Borgerservice. 2 venter.".to_string()),
        "{:?}",
        clerk.said
    );
    assert!(!clerk.effects.contains(&Effect::Sound));
    assert_eq!(clerk.page().title, "(2) Samtaler · Lokalsvar");
    chat(&mut clerk, ChatPress::There(true));
    chat(&mut clerk, ChatPress::Sound);
    chat(&mut clerk, ChatPress::Blink);
    clerk.effects.clear();
    wait(&mut clerk, 1);
    let mut third = queue(
        "3",
        &[
            row("WAIT-1111", "waiting", None),
            row("WAIT-2222", "waiting", None),
            row("WAIT-3333", "waiting", None),
        ],
    );
    third["me"]["there"] = json!(true);
    clerk.answer("/queue", 200, &third);
    assert!(clerk.effects.contains(&Effect::Sound));
    let titles: Vec<String> = (0..2)
        .map(|_| {
            wait(&mut clerk, 1);
            clerk.page().title
        })
        .collect();
    assert!(
        titles.contains(&"● Nyt · Samtaler".to_string()),
        "{titles:?}"
    );
    clerk.on(Event::Touched);
    wait(&mut clerk, 1);
    assert!(clerk.page().title.starts_with("(3)"), "somebody looked");
}

#[test]
fn being_there_is_told_every_twenty_seconds_and_again_after_a_reload() {
    let mut clerk = agent(&["agent"]);
    assert!(
        asked(&clerk, "/presence").is_empty(),
        "nobody is there by themselves"
    );
    chat(&mut clerk, ChatPress::There(true));
    let told = clerk.answer("/presence", 200, &json!({}));
    assert_eq!(body(&told), json!({"there": true, "departments": []}));
    assert!(!told.key.is_empty() && told.csrf == "token");
    wait(&mut clerk, 19);
    assert!(asked(&clerk, "/presence").is_empty());
    wait(&mut clerk, 1);
    clerk.answer("/presence", 0, &json!(null));
    wait(&mut clerk, 3);
    clerk.answer("/presence", 200, &json!({}));
    // In another part of the console it goes on.
    clerk.press(Press::Area(Area::Booking));
    wait(&mut clerk, 20);
    assert_eq!(asked(&clerk, "/presence").len(), 1);
    // A page that was loaded anew knows it from the server.
    let mut again = Clerk::new();
    again.on(Event::Start {
        path: "booking".into(),
        query: String::new(),
        kommune: "eksempelby".into(),
    });
    again.answer("/session", 200, &session(&["booking", "agent"]));
    let mut there = queue("7", &[]);
    there["me"]["there"] = json!(true);
    again.answer("/queue", 200, &there);
    again.on(Event::Tick);
    assert_eq!(asked(&again, "/presence").len(), 1);
}

#[test]
fn a_filter_hides_other_departments_but_never_the_own_conversations() {
    let mut clerk = agent(&["agent"]);
    chat(&mut clerk, ChatPress::Department("plads".into()));
    let told = clerk.answer("/presence", 200, &json!({}));
    assert_eq!(body(&told)["departments"], json!(["plads"]));
    let page = clerk.page().chats.expect("the list");
    assert!(page.groups.iter().all(|group| group.count == 0));
    wait(&mut clerk, 1);
    let mut filtered = queue(
        "2",
        &[
            row("MINE-1111", "active", Some("me")),
            row("WAIT-1111", "waiting", None),
        ],
    );
    filtered["me"]["departments"] = json!(["plads"]);
    clerk.answer("/queue", 200, &filtered);
    let page = clerk.page().chats.expect("the list");
    assert_eq!(
        page.groups
            .iter()
            .map(|group| group.count)
            .collect::<Vec<_>>(),
        [1, 0, 0, 0, 0]
    );
}

#[test]
fn a_conversation_that_waits_is_not_read_before_somebody_wants_to() {
    let mut clerk = agent(&["agent"]);
    chat(&mut clerk, ChatPress::Row("WAIT-1111".into()));
    wait(&mut clerk, 3);
    assert!(
        asked(&clerk, "/conversation").is_empty(),
        "every reading is written down"
    );
    let labels: Vec<_> = talk(&clerk)
        .head
        .buttons
        .into_iter()
        .map(|one| one.label)
        .collect();
    assert_eq!(labels, ["Tag samtalen", "Læs uden at tage den"]);
    chat(&mut clerk, ChatPress::Read);
    let whole = reading(
        row("WAIT-1111", "waiting", None),
        &[said(1, "citizen", "a", "Hej")],
        1,
    );
    let first = clerk.answer("/conversation", 200, &whole);
    assert!(first.path.ends_with("receipt=WAIT-1111"));
    assert_eq!(
        talk(&clerk).foot,
        Foot::Nothing,
        "whoever only reads does not write"
    );
}

#[test]
fn taking_opens_the_conversation_and_a_faster_colleague_is_told() {
    let mut clerk = agent(&["agent"]);
    chat(&mut clerk, ChatPress::Take("WAIT-1111".into()));
    assert!(
        clerk.page().chats.expect("the list").talk.is_none(),
        "nothing is claimed yet"
    );
    clerk.answer("/take", 409, &problem("wrong-state"));
    assert!(
        clerk
            .page()
            .status
            .expect("told")
            .text
            .contains("En kollega var hurtigere")
    );
    let clerk = talking();
    assert_eq!(clerk.focus.last().map(String::as_str), Some("say"));
    assert!(matches!(talk(&clerk).foot, Foot::Compose(_)));
    let speakers: Vec<_> = lines(&clerk).iter().map(|(speaker, _)| *speaker).collect();
    use Speaker::{Bot, Citizen, Event as Happened, Note};
    assert_eq!(
        speakers,
        [Happened, Citizen, Bot, Happened, Note, Citizen, Happened]
    );
    assert!(
        lines(&clerk).contains(&(Citizen, "Hej, <b>hvad</b> koster et pas?".into())),
        "text stays text"
    );
}

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

#[test]
fn coming_back_to_the_page_asks_at_once_and_gives_the_old_questions_up() {
    let mut clerk = talking();
    wait(&mut clerk, 1);
    let old: Vec<u32> = clerk
        .asked
        .iter()
        .filter(|one| one.path.contains("wait=15"))
        .map(|one| one.number)
        .collect();
    assert_eq!(old.len(), 2, "the list and the conversation");
    clerk.on(Event::Back);
    assert!(
        clerk.asked.iter().all(|one| !old.contains(&one.number)),
        "given up"
    );
    let now: Vec<&str> = clerk.asked.iter().map(|one| one.path.as_str()).collect();
    assert!(
        now.iter().any(|path| path.ends_with("/queue?known=2")),
        "{now:?}"
    );
    assert!(
        now.iter()
            .any(|path| path.ends_with("receipt=WAIT-1111&after=2")),
        "{now:?}"
    );
}

#[test]
fn a_lost_connection_is_told_once_and_the_list_keeps_its_time() {
    let mut clerk = talking();
    for _ in 0..4 {
        wait(&mut clerk, 9);
        clerk.answer("/queue", 0, &json!(null));
    }
    let said = clerk
        .said
        .iter()
        .filter(|text| text.contains("ikke forbindelse"))
        .count();
    assert_eq!(said, 1);
    assert!(
        clerk
            .page()
            .status
            .expect("told")
            .text
            .contains("fra kl. 9.50")
    );
    wait(&mut clerk, 9);
    clerk.answer("/queue", 200, &queue("3", &[]));
    assert!(clerk.page().status.is_none());
}

#[test]
fn a_lost_answer_to_a_change_is_told_and_the_same_bytes_go_out() {
    let mut clerk = talking();
    chat(&mut clerk, ChatPress::GiveBack);
    let first = clerk.answer("/give-back", 503, &json!(null));
    assert_eq!(
        clerk.page().bar.expect("a bar").title,
        "Vi ved ikke, om det blev gemt"
    );
    chat(&mut clerk, ChatPress::End);
    assert!(
        !matches!(talk(&clerk).foot, Foot::Form(_)),
        "nothing else begins"
    );
    clerk.press(Press::Retry);
    let again = clerk.answer("/give-back", 200, &done("WAIT-1111", "waiting"));
    assert_eq!((first.body, first.key), (again.body, again.key));
    assert_eq!(
        clerk.page().status.expect("told").text,
        "Samtalen er tilbage i køen."
    );
}

#[test]
fn a_supervisor_sees_the_queues_and_opens_nothing() {
    let mut clerk = agent(&["supervisor"]);
    let page = clerk.page().chats.expect("the list");
    assert_eq!(
        page.desks[0].there,
        "Anna Jensen (ledig), Bo Berg (2 samtaler)"
    );
    assert_eq!(
        (page.desks[0].hours, page.desks[1].hours),
        ("Åbent", "Lukket")
    );
    assert!(
        page.groups
            .iter()
            .flat_map(|group| &group.rows)
            .all(|row| row.press.is_none() && row.take.is_none())
    );
    assert!(page.head.buttons.iter().all(|button| button.id != "there"));
    chat(&mut clerk, ChatPress::Row("WAIT-1111".into()));
    wait(&mut clerk, 2);
    assert!(clerk.page().chats.expect("the list").talk.is_none());
    assert!(asked(&clerk, "/conversation").is_empty());
}

#[test]
fn without_a_role_nothing_is_asked_and_a_kommune_without_chats_says_so() {
    let mut clerk = Clerk::new();
    clerk.on(Event::Start {
        path: "samtaler".into(),
        query: String::new(),
        kommune: "eksempelby".into(),
    });
    clerk.answer("/session", 200, &session(&["booking"]));
    wait(&mut clerk, 5);
    assert!(asked(&clerk, "/queue").is_empty());
    assert!(clerk.text().contains("giver ikke adgang til samtaler"));
    let mut clerk = Clerk::new();
    clerk.on(Event::Start {
        path: String::new(),
        query: String::new(),
        kommune: "eksempelby".into(),
    });
    clerk.answer("/session", 200, &session(&["agent"]));
    clerk.answer("/queue", 404, &problem("not-found"));
    assert!(
        matches!(clerk.page().main, Main::Card(card) if card.title == "Din kommune har ikke åbnet for samtaler")
    );
    wait(&mut clerk, 30);
    assert!(
        asked(&clerk, "/queue").is_empty(),
        "it is not asked all the time"
    );
}

#[test]
fn a_session_that_ends_takes_every_word_off_the_page() {
    let mut clerk = talking();
    clerk.typed("say", "noget om borgeren");
    clerk.ms += 31 * 60_000;
    clerk.on(Event::Tick);
    assert!(!format!("{:?}", clerk.app).contains("koster et pas"));
    assert!(!format!("{:?}", clerk.app).contains("noget om borgeren"));
}

#[test]
fn tasks_for_the_editors_are_shown_and_done_when_the_server_says_so() {
    let mut clerk = agent(&["agent"]);
    chat(&mut clerk, ChatPress::Facts);
    let fact = json!({"facts": [{"fact": "7", "at": "2026-12-04T09:40:00+01:00", "by": "Bo Berg", "intent": "pas/pris-paa-pas", "wrong": "Gammel pris"}]});
    clerk.answer("/facts", 200, &fact);
    assert!(clerk.text().contains("Gammel pris (Bo Berg, 4/12 9.40)"));
    chat(&mut clerk, ChatPress::FactDone("7".into()));
    assert!(
        clerk.text().contains("Gammel pris"),
        "not before the answer"
    );
    clerk.answer("/facts/done", 200, &json!({}));
    clerk.answer("/facts", 200, &json!({"facts": []}));
    assert!(clerk.text().contains("Der er ingen."));
}
