//! The queue and who is there, against answers written here: who waits, who is told, and what nobody reads by chance.

mod common;

use common::chats::*;
use common::*;
use console::Speaker::{Bot, Citizen, Event as Happened, Note};
use console::{Area, ChatPress, Effect, Event, Foot, Main, Press};
use serde_json::json;

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
        vec!["pas/pas-til-barn".into()]
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
    let alive = clerk.answer("/presence", 200, &json!({}));
    assert_eq!(
        body(&alive)["there"],
        false,
        "nobody takes chats by themselves"
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
    clerk.answer("/presence", 200, &json!({}));
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

#[test]
fn two_tabs_of_one_account_agree_and_a_server_that_forgot_is_told_again() {
    let mut clerk = agent(&["agent"]);
    clerk.answer("/presence", 200, &json!({}));
    wait(&mut clerk, 1);
    let mut there = queue("2", &[]);
    there["me"]["there"] = json!(true);
    clerk.answer("/queue", 200, &there);
    wait(&mut clerk, 20);
    let told = clerk.answer("/presence", 200, &json!({}));
    assert_eq!(body(&told)["there"], true, "the other tab takes chats");
    // The machine slept: the server has sent the conversations back, and nobody is there any more.
    clerk.ms += 10 * 60_000;
    clerk.answer("/queue", 200, &queue("3", &[]));
    let told = clerk.answer("/presence", 200, &json!({}));
    assert_eq!(body(&told)["there"], true, "this one still does");
}

/// What went wrong: a booking's message, and a conversation's.
fn alert(id: &str, about: &str, receipt: &str) -> serde_json::Value {
    json!({"alert": id, "at": "2026-12-04T09:40:00+01:00", "about": about, "receipt": receipt})
}

#[test]
fn a_conversation_that_did_not_arrive_is_told_where_chats_are_taken() {
    let mut clerk = agent(&["agent"]);
    clerk.answer("/alerts", 200, &json!({"alerts": []}));
    assert_eq!(clerk.page().top.buttons[0].label, "Beskeder");
    wait(&mut clerk, 14);
    assert!(asked(&clerk, "/alerts").is_empty());
    wait(&mut clerk, 1);
    let one = json!({"alerts": [alert("7", "conversation", "K8F9-PLX3")]});
    clerk.answer("/alerts", 200, &one);
    assert_eq!(clerk.page().top.buttons[0].label, "Beskeder (1)");
    assert!(clerk.said.contains(&"Nyt under Beskeder: 1".to_string()));
    clerk.press(Press::Alerts);
    assert_eq!(clerk.focus.last().map(String::as_str), Some("panel-title"));
    assert!(clerk.page().panel.is_none(), "it stands above the list");
    let card = clerk.page().chats.expect("the list").alerts;
    let card = card.expect("the card");
    assert_eq!(buttons(&card), ["Åbn samtalen", "Set"]);
    let text = format!("{card:?}");
    assert!(
        text.contains("En besked om samtale K8F9-PLX3 nåede ikke frem")
            && text.contains("tag den, og svar herfra"),
        "{text}"
    );
    // A colleague's conversation has gone: it is not there any more.
    clerk.press(Press::Seen("7".into()));
    clerk.answer("/alerts/seen", 404, &problem("not-found"));
    let card = clerk.page().chats.expect("the list").alerts;
    assert_eq!(
        told(&card.expect("the card")),
        "Beskeden er der ikke længere."
    );
    clerk.answer("/alerts", 200, &one);
    clerk.press(Press::Seen("7".into()));
    clerk.answer("/alerts/seen", 200, &json!({"alert": "7"}));
    assert_eq!(clerk.page().top.buttons[0].label, "Beskeder");
    clerk.press(Press::Back);
    assert!(clerk.page().chats.expect("the list").alerts.is_none());
    assert_eq!(clerk.focus.last().map(String::as_str), Some("alerts"));
}

#[test]
fn what_went_wrong_leads_to_its_part_of_the_console() {
    let both = json!({"alerts": [alert("1", "undelivered", "AAAA-1111"), alert("2", "conversation", "WAIT-1111")]});
    let mut clerk = agent(&["agent", "booking"]);
    clerk.answer("/alerts", 200, &both);
    clerk.on(Event::Narrow(true));
    chat(&mut clerk, ChatPress::Row("WAIT-1111".into()));
    assert!(clerk.page().covered);
    clerk.press(Press::Alerts);
    assert!(!clerk.page().covered, "what went wrong is not behind it");
    clerk.press(Press::VisitOf("AAAA-1111".into()));
    assert!(clerk.page().chats.is_none());
    clerk.answer("/find", 200, &found(visit("AAAA-1111", "confirmed", &[])));
    assert!(clerk.panel().title.contains("Kaj"), "{:?}", clerk.panel());
    clerk.press(Press::Alerts);
    chat(&mut clerk, ChatPress::Alert("WAIT-1111".into()));
    let page = clerk.page().chats.expect("chats");
    assert!(page.alerts.is_none() && page.talk.is_some());
    // Who only sees the queues is told whom to ask.
    let mut clerk = agent(&["supervisor"]);
    clerk.answer("/alerts", 200, &both);
    clerk.press(Press::Alerts);
    let card = clerk.page().chats.expect("the list").alerts;
    let card = card.expect("the card");
    assert!(!buttons(&card).contains(&"Åbn samtalen".to_string()));
    assert!(format!("{card:?}").contains("Bed en kollega"));
}
