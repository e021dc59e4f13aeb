//! Talking with a person, at the desk, on both databases: the log, retries, one owner, who is away, who comes back, what is kept.

#[macro_use]
mod common;

use api::desk::{Sweeper, TalkDeed, TalkWish};
use common::talk::{PRIVACY, Talk, chat, in_order, pass, reader, texts};
use common::{Place, code, key};
use protocol::handoff::{
    AvailabilityQuery, Conversation, LeaveRequest, MessageRequest, Opened, Requeue, ResumeRequest,
    Said, Stage, Way, What, Who,
};
use protocol::staff_handoff::{
    CloseRequest, ConversationRequest, Done, FactDoneRequest, FactRequest, Noted, Outcome,
    PresenceRequest, QueueQuery, StaffMessageRequest, StaffTypingRequest, TransferRequest,
};
use protocol::{Code, Contact};
use std::time::Instant;

both!(
    the_whole_story,
    a_retry_gets_the_same_answer_and_a_message_is_there_once,
    of_sixty_four_who_take_one_has_it,
    who_is_not_heard_from_for_a_minute_loses_the_conversation,
    nobody_is_away_because_the_server_was,
    a_citizen_comes_back_after_a_second_ten_minutes_and_three_hours,
    outside_hours_a_message_can_be_left_and_no_chat_begun,
    numbers_of_persons_are_never_kept,
    what_is_not_possible_is_refused,
    the_schema_keeps_entries,
);

fn named(receipt: &str) -> ConversationRequest {
    ConversationRequest {
        receipt: receipt.to_owned(),
    }
}

fn secret(opened: &Opened) -> &str {
    opened.secret.as_deref().expect("a secret")
}

async fn the_whole_story(place: &Place) {
    let talk = Talk::new(place);
    let about = AvailabilityQuery {
        about: Some("pas/pas-til-barn".into()),
        department: None,
    };
    // Within its hours, and nobody there: that is what is told.
    let told = talk.desk.availability(&talk.site, &about).await;
    let told = told.expect("an answer");
    assert_eq!(
        (told.department.id.as_str(), told.hours, told.open),
        ("skat", true, false)
    );
    assert_eq!(told.ways, [Way::Message, Way::Callback]);
    assert_eq!(told.others.len(), 2);
    assert_eq!(code(talk.open("Hej").await), Some(Code::Closed));
    talk.there("anna", &["borgerservice"]).await;
    let told = talk.desk.availability(&talk.site, &about).await;
    assert!(!told.expect("an answer").open, "Anna is not there for Skat");
    let about = AvailabilityQuery {
        about: Some("pas".into()),
        ..about
    };
    let told = talk.desk.availability(&talk.site, &about).await;
    let told = told.expect("an answer");
    assert!(told.open && told.ways.contains(&Way::Chat));
    assert_eq!(told.closes_at.as_deref(), Some("2026-12-03T16:00:00+01:00"));
    assert_eq!((told.waiting, told.wait_minutes), (0, None));

    // Two begin; who came first is first.
    let mut wish = chat("Hvor længe skal jeg vente på mit pas?");
    wish.transcript = vec![
        Said {
            who: Who::Citizen,
            text: "pas".into(),
            answer: None,
        },
        Said {
            who: Who::Bot,
            text: "Det koster 900 kr.".into(),
            answer: Some("pas/pris-paa-pas".into()),
        },
    ];
    let first: Opened = talk
        .wish("", TalkWish::Open(wish))
        .await
        .expect("a conversation");
    place.forward(1);
    talk.there("anna", &["borgerservice"]).await;
    let second = talk.open("Jeg kom som nummer to").await.expect("another");
    assert_eq!(first.conversation.ahead, Some(0));
    assert_eq!(second.conversation.ahead, Some(1));
    assert_eq!(first.conversation.stage, Stage::Waiting);
    assert_eq!(first.conversation.seq, 1);

    let queue = talk.queue("anna").await;
    let order: Vec<&str> = queue.rows.iter().map(|r| r.receipt.as_str()).collect();
    assert_eq!(order, [&first.receipt, &second.receipt]);
    assert!(queue.rows.iter().all(|r| r.unanswered && !r.alarm));
    let counter = &queue.departments[0];
    assert_eq!((counter.waiting, counter.longest_seconds), (2, 60));
    let text = serde_json::to_string(&queue).expect("text");
    assert!(!text.contains("Hvor længe"), "the queue holds no text");
    let known = QueueQuery {
        known: Some(queue.version.clone()),
        wait: 0,
    };
    let anna = reader("anna");
    let same = talk.desk.talk_queue(&talk.site, &anna, &known);
    assert!(same.await.expect("a queue").unchanged);

    // Taken, answered, set right.
    let done = talk.take("anna", &first.receipt).await.expect("taken");
    assert_eq!((done.stage, done.seq), (Stage::Active, 2));
    assert_eq!(
        code(talk.take("bo", &first.receipt).await),
        Some(Code::WrongState)
    );
    let again = talk.take("anna", &first.receipt).await.expect("has it");
    assert_eq!(again.seq, 2, "who has it takes nothing twice");
    let read = talk.read("anna", &first.receipt).await.expect("a reading");
    assert_eq!(read.transcript.len(), 2);
    assert_eq!(
        read.transcript[1].answer.as_deref(),
        Some("pas/pris-paa-pas")
    );
    assert_eq!(read.bundle, "2026-12-03");
    talk.types(secret(&first), true).await.expect("typing");
    talk.say(secret(&first), "Er der nogen?")
        .await
        .expect("said");
    let answer = talk.answer("anna", &first.receipt, "Ja, to uger.").await;
    let answer = answer.expect("answered");
    let right = StaffMessageRequest {
        receipt: first.receipt.clone(),
        id: key(),
        text: "Undskyld: tre uger.".into(),
        answer: None,
        corrects: Some(answer.seq),
    };
    let done: Done = talk
        .deed("anna", TalkDeed::Say(right.clone()))
        .await
        .expect("set right");
    assert_eq!(done.seq, answer.seq + 1);
    let foreign = StaffMessageRequest {
        id: key(),
        corrects: Some(1),
        ..right
    };
    let refused: Result<Done, _> = talk.deed("anna", TalkDeed::Say(foreign)).await;
    assert_eq!(code(refused), Some(Code::Invalid), "not one's own");
    assert_eq!(
        code(talk.answer("bo", &first.receipt, "Hej").await),
        Some(Code::WrongState)
    );
    let typing = StaffTypingRequest {
        receipt: first.receipt.clone(),
        on: true,
    };
    let typed: Done = talk
        .deed("anna", TalkDeed::Type(typing))
        .await
        .expect("typing");
    assert_eq!(typed.seq, done.seq + 1);

    // Handed on, with a note that the citizen does not see; taken by a colleague; over.
    let hand_on = TransferRequest {
        receipt: first.receipt.clone(),
        department: "skat".into(),
        to: None,
        note: "Spørger også om skat".into(),
    };
    let done: Done = talk
        .deed("anna", TalkDeed::Transfer(hand_on.clone()))
        .await
        .expect("handed on");
    assert_eq!(done.stage, Stage::Waiting);
    talk.there("bo", &[]).await;
    talk.take("bo", &first.receipt).await.expect("taken");
    let read = talk.read("bo", &first.receipt).await.expect("a reading");
    assert_eq!(read.notes.len(), 1);
    assert_eq!(read.row.department, "skat");
    let close = CloseRequest {
        receipt: first.receipt.clone(),
        outcome: Outcome::Answered,
    };
    let refused: Result<Done, _> = talk.deed("anna", TalkDeed::Close(close.clone())).await;
    assert_eq!(code(refused), Some(Code::WrongState));
    let done: Done = talk
        .deed("bo", TalkDeed::Close(close))
        .await
        .expect("closed");
    assert_eq!(done.stage, Stage::Closed);

    let log = talk.log(secret(&first), 0, 0).await.expect("a log");
    in_order(&log.entries, 0);
    assert_eq!(log.conversation.stage, Stage::Closed);
    assert_eq!(log.conversation.seq, log.entries.len() as u64);
    assert_eq!(
        texts(&log.entries),
        [
            "Hvor længe skal jeg vente på mit pas?",
            "Er der nogen?",
            "Ja, to uger."
        ]
    );
    let text = serde_json::to_string(&log).expect("text");
    assert!(!text.contains("Spørger også"), "a note is for colleagues");
    let kinds = |what: fn(&What) -> bool| log.entries.iter().filter(|e| what(&e.what)).count();
    assert_eq!(kinds(|w| matches!(w, What::Taken)), 2);
    assert_eq!(kinds(|w| matches!(w, What::Correction { .. })), 1);
    assert_eq!(
        kinds(|w| matches!(w, What::Transferred { department } if department.id == "skat")),
        1
    );
    assert_eq!(kinds(|w| matches!(w, What::Closed { by: Who::Staff })), 1);
    assert_eq!(
        code(talk.say(secret(&first), "Tak").await),
        Some(Code::WrongState)
    );

    // The second does not want to wait any longer.
    let leave = LeaveRequest {
        way: Way::Callback,
        contact: Contact {
            name: "Ida".into(),
            phone: Some("20 30 40 50".into()),
            email: None,
        },
        when: Some("efter klokken 15".into()),
        privacy_version: PRIVACY.into(),
    };
    let left: Conversation = talk
        .wish(secret(&second), TalkWish::Leave(leave))
        .await
        .expect("left");
    assert_eq!((left.way, left.ahead), (Way::Callback, None));
    let read = talk.read("bo", &second.receipt).await.expect("a reading");
    assert_eq!(read.when.as_deref(), Some("efter klokken 15"));
    assert_eq!(
        read.contact.and_then(|c| c.phone).as_deref(),
        Some("+4520304050")
    );
    let ended = talk.end(secret(&second)).await.expect("ended");
    assert_eq!(ended.stage, Stage::Closed);
    let twice = talk.end(secret(&second)).await.expect("ended already");
    assert_eq!(twice.seq, ended.seq);

    // A task for the editors.
    let fact = FactRequest {
        intent: "pas/pris-paa-pas".into(),
        wrong: "Prisen er fra sidste år".into(),
        right: None,
    };
    let _: Noted = talk.deed("bo", TalkDeed::Fact(fact)).await.expect("told");
    let facts = talk.desk.talk_facts(&talk.site).await.expect("facts").facts;
    assert_eq!(facts.len(), 1);
    let fact = facts[0].fact.clone();
    let _: Noted = talk
        .deed("bo", TalkDeed::FactDone(FactDoneRequest { fact }))
        .await
        .expect("done");
    let facts = talk.desk.talk_facts(&talk.site).await.expect("facts").facts;
    assert!(facts.is_empty());
    let mut tx = place
        .desk
        .store
        .read(&talk.site.tenant)
        .await
        .expect("read");
    for what in [
        "talk-read",
        "talk-taken",
        "talk-transferred",
        "talk-closed",
        "fact-told",
    ] {
        let ask =
            format!("SELECT count(*) FROM audit WHERE tenant = 'eksempelby' AND what = '{what}'");
        assert!(tx.count_raw(&ask).await.expect("a number") > 0, "{what}");
    }
}

async fn a_retry_gets_the_same_answer_and_a_message_is_there_once(place: &Place) {
    let talk = Talk::new(place);
    talk.there("anna", &[]).await;
    let (first, wish) = (key(), TalkWish::Open(chat("Hej")));
    let one = talk.wish_again(&first, "", wish.clone()).await;
    let two = talk.wish_again(&first, "", wish).await;
    let (one, two) = (one.expect("an answer"), two.expect("an answer"));
    assert_eq!(one, two, "the secret and the code too");
    let opened: Opened = serde_json::from_value(one).expect("a conversation");
    assert_eq!(secret(&opened).len(), 43, "256 bits");
    let code_text = opened.resume_code.clone().expect("a code");
    assert_eq!(code_text.len(), 11);
    let secret = secret(&opened).to_owned();

    // The same message with other keys, at the same time.
    let id = key();
    let say = |text: &str| {
        TalkWish::Say(MessageRequest {
            id: id.clone(),
            text: text.into(),
        })
    };
    let tries = (0..16).map(|_| talk.wish::<protocol::handoff::Accepted>(&secret, say("Én gang")));
    let all = futures_util::future::join_all(tries).await;
    for accepted in all {
        assert_eq!(accepted.expect("accepted").seq, 2);
    }
    let log = talk.log(&secret, 0, 0).await.expect("a log");
    assert_eq!(texts(&log.entries), ["Hej", "Én gang"]);

    // Nothing that opens anything is in the database.
    let resume_code = code_text.replace('-', "");
    let mut tx = place
        .desk
        .store
        .read(&talk.site.tenant)
        .await
        .expect("read");
    for canary in [&secret, &code_text, &resume_code] {
        for ask in [
            format!(
                "SELECT count(*) FROM idempotency WHERE body LIKE '%{canary}%' OR secret_of LIKE '%{canary}%'"
            ),
            format!(
                "SELECT count(*) FROM conversation WHERE secret_hash LIKE '%{canary}%' OR resume_hash LIKE '%{canary}%' OR id LIKE '%{canary}%'"
            ),
        ] {
            assert_eq!(tx.count_raw(&ask).await.expect("a number"), 0, "{ask}");
        }
    }
}

async fn of_sixty_four_who_take_one_has_it(place: &Place) {
    let talk = Talk::new(place);
    talk.there("anna", &[]).await;
    // On PostgreSQL there is a second node.
    let other = if place.desk.store.kind() == api::store::Kind::Postgres {
        place.desk_at(&place.config.database).await
    } else {
        place.desk.clone()
    };
    let nodes = [talk.clone(), talk.at(&other)];
    for round in 0..5 {
        let opened = talk.open("Hvem tager den?").await.expect("a conversation");
        let claims = (0..64).map(|n| {
            let (node, receipt) = (nodes[n % 2].clone(), opened.receipt.clone());
            tokio::spawn(async move {
                let who = format!("agent-{n}");
                node.take(&who, &receipt).await.map(|_| who)
            })
        });
        let mut owners = Vec::new();
        for claim in futures_util::future::join_all(claims).await {
            match claim.expect("a task") {
                Ok(who) => owners.push(who),
                Err(fault) => assert_eq!(
                    fault.problem().code,
                    Code::WrongState,
                    "round {round}: {fault:?}"
                ),
            }
        }
        assert_eq!(owners.len(), 1, "round {round}: {owners:?}");
        let log = talk.log(secret(&opened), 0, 0).await.expect("a log");
        let taken = log.entries.iter().filter(|e| e.what == What::Taken);
        assert_eq!(taken.count(), 1);
        let queue = talk.queue("anna").await;
        let row = queue.rows.iter().find(|r| r.receipt == opened.receipt);
        let owner = row.and_then(|r| r.owner.clone()).expect("an owner");
        assert_eq!(owner.account, owners[0]);
    }
    other.store.wakes().end();
}

async fn who_is_not_heard_from_for_a_minute_loses_the_conversation(place: &Place) {
    let talk = Talk::new(place);
    talk.there("anna", &[]).await;
    let opened = talk.open("Hej").await.expect("a conversation");
    talk.take("anna", &opened.receipt).await.expect("taken");
    let mut sweeper = Sweeper::default();
    sweeper.round(&place.desk).await;
    // The citizen asks for the log, Anna's console is gone.
    let mut away = 0;
    for _ in 0..24 {
        away += pass(place, &mut sweeper, 5, &[]).await;
        talk.log(secret(&opened), 0, 0).await.expect("a log");
    }
    assert_eq!(away, 1, "once");
    let log = talk.log(secret(&opened), 0, 0).await.expect("a log");
    let back = log.entries.last().expect("an entry");
    assert_eq!(
        back.what,
        What::Requeued {
            why: Requeue::StaffAway
        }
    );
    assert_eq!(log.conversation.stage, Stage::Waiting);
    let gone_ms = booking::parse_instant(common::NOW).expect("an instant");
    let told_ms = booking::parse_instant(&back.at).expect("an instant");
    assert!(
        (60_000..=65_000).contains(&(told_ms - gone_ms)),
        "after {} ms",
        told_ms - gone_ms
    );
    let queue = talk.queue("bo").await;
    assert!(queue.rows[0].alarm, "somebody must look");
    // Two nodes look at the same time: once.
    talk.there("bo", &[]).await;
    talk.take("bo", &opened.receipt).await.expect("taken");
    let (mut one, mut two) = (Sweeper::default(), Sweeper::default());
    let mut count = 0;
    for _ in 0..15 {
        place.clock.set(place.clock.now_ms() + 5000);
        let (a, b) = tokio::join!(one.round(&place.desk), two.round(&place.desk));
        count += a + b;
    }
    assert_eq!(count, 1);
    // Now the citizen is silent as well.
    let before = talk.log(secret(&opened), 0, 0).await.expect("a log");
    pass(place, &mut one, 70, &[]).await;
    let queue = talk.queue("bo").await;
    assert!(queue.rows[0].away);
    let log = talk.log(secret(&opened), before.conversation.seq, 0).await;
    let log = log.expect("a log");
    let kinds: Vec<&What> = log.entries.iter().map(|e| &e.what).collect();
    assert_eq!(kinds, [&What::CitizenAway, &What::CitizenBack]);
    assert!(!talk.queue("bo").await.rows[0].away);
}

async fn nobody_is_away_because_the_server_was(place: &Place) {
    let talk = Talk::new(place);
    talk.there("anna", &[]).await;
    let opened = talk.open("Hej").await.expect("a conversation");
    talk.take("anna", &opened.receipt).await.expect("taken");
    let mut sweeper = Sweeper::default();
    pass(place, &mut sweeper, 20, &["anna"]).await;
    // Ten minutes without a server: after its start everybody has a minute to be heard from.
    place.forward(10);
    let mut sweeper = Sweeper::default();
    assert_eq!(sweeper.round(&place.desk).await, 0);
    assert_eq!(pass(place, &mut sweeper, 30, &[]).await, 0);
    assert_eq!(pass(place, &mut sweeper, 60, &["anna"]).await, 0);
    // And when she really is gone, it is noticed.
    assert_eq!(pass(place, &mut sweeper, 70, &[]).await, 1);
}

async fn a_citizen_comes_back_after_a_second_ten_minutes_and_three_hours(place: &Place) {
    let talk = Talk::new(place);
    talk.there("anna", &[]).await;
    let mut opened = talk.open("Hej").await.expect("a conversation");
    talk.take("anna", &opened.receipt).await.expect("taken");
    let mut sweeper = Sweeper::default();
    let mut has = talk.log(secret(&opened), 0, 0).await.expect("a log");
    for (round, seconds) in [1, 600, 3 * 3600].into_iter().enumerate() {
        let after = has.conversation.seq;
        for n in 0..7 {
            let text = format!("{round}-{n}");
            talk.answer("anna", &opened.receipt, &text)
                .await
                .expect("answered");
        }
        if seconds == 1 {
            place.clock.set(place.clock.now_ms() + 1000);
        } else {
            pass(place, &mut sweeper, seconds, &["anna"]).await;
        }
        // With the secret …
        has = talk.log(secret(&opened), after, 0).await.expect("a log");
        in_order(&has.entries, after);
        let said: Vec<String> = (0..7).map(|n| format!("{round}-{n}")).collect();
        assert_eq!(texts(&has.entries), said, "after {seconds} s");
        assert_eq!(has.conversation.stage, Stage::Active);
        // … and with the code that was written down, which is good once.
        let wish = TalkWish::Resume(ResumeRequest {
            code: opened.resume_code.clone().expect("a code").to_lowercase(),
        });
        let again: Opened = talk.wish("", wish.clone()).await.expect("back");
        assert_eq!(again.receipt, opened.receipt);
        assert_ne!(again.secret, opened.secret);
        let former = talk.log(secret(&opened), 0, 0).await;
        assert_eq!(code(former), Some(Code::NotFound));
        let twice = talk.wish::<Opened>("", wish).await;
        assert_eq!(code(twice), Some(Code::NotFound));
        opened = again;
        has = talk.log(secret(&opened), 0, 0).await.expect("a log");
    }
    // A day later the code is good no more.
    place.forward(24 * 60 + 1);
    let wish = TalkWish::Resume(ResumeRequest {
        code: opened.resume_code.clone().expect("a code"),
    });
    assert_eq!(
        code(talk.wish::<Opened>("", wish).await),
        Some(Code::NotFound)
    );
}

async fn outside_hours_a_message_can_be_left_and_no_chat_begun(place: &Place) {
    let talk = Talk::new(place);
    talk.there("anna", &[]).await;
    let waiting = talk.open("Hej").await.expect("a conversation");
    // Friday 16:00 the department closes; who waits is told when it opens.
    place
        .clock
        .set(booking::parse_instant("2026-12-04T16:00:00+01:00").expect("an instant"));
    talk.there("anna", &[]).await;
    let query = AvailabilityQuery::default();
    let told = talk.desk.availability(&talk.site, &query).await;
    let told = told.expect("an answer");
    assert!(!told.open && !told.hours);
    assert_eq!(told.opens_at.as_deref(), Some("2026-12-07T08:00:00+01:00"));
    assert_eq!(told.ways, [Way::Message, Way::Callback]);
    let log = talk.log(secret(&waiting), 0, 0).await.expect("a log");
    assert!(!log.conversation.open);
    assert_eq!(log.conversation.stage, Stage::Waiting);
    assert_eq!(log.conversation.opens_at, told.opens_at);
    assert_eq!(code(talk.open("Hej").await), Some(Code::Closed));
    let mut wish = chat("Ring til mig");
    wish.way = Way::Callback;
    for (contact, wrong) in [
        (None, Code::Invalid),
        (
            Some(Contact {
                name: "Ida".into(),
                phone: None,
                email: Some("ida@example.dk".into()),
            }),
            Code::Invalid,
        ),
    ] {
        wish.contact = contact;
        let refused = talk.wish::<Opened>("", TalkWish::Open(wish.clone())).await;
        assert_eq!(code(refused), Some(wrong));
    }
    wish.contact = Some(Contact {
        name: "Ida".into(),
        phone: Some("20304050".into()),
        email: None,
    });
    let left: Opened = talk
        .wish("", TalkWish::Open(wish.clone()))
        .await
        .expect("left");
    assert_eq!(left.conversation.way, Way::Callback);
    assert_eq!(left.receipt.len(), 9);
    // A department with a mailbox takes messages, never chats.
    wish.department = "post".into();
    wish.way = Way::Message;
    let left = talk.wish::<Opened>("", TalkWish::Open(wish)).await;
    assert!(left.is_ok());
    place
        .clock
        .set(booking::parse_instant("2026-12-07T09:00:00+01:00").expect("an instant"));
    talk.there("anna", &[]).await;
    let mut wish = chat("Hej");
    wish.department = "post".into();
    let refused = talk.wish::<Opened>("", TalkWish::Open(wish)).await;
    assert_eq!(code(refused), Some(Code::Closed));
}

async fn numbers_of_persons_are_never_kept(place: &Place) {
    const CPR: &str = "010190-1234";
    const CARD: &str = "4111 1111 1111 1111";
    let talk = Talk::new(place);
    talk.there("anna", &[]).await;
    let mut wish = chat(&format!("Mit nummer er {CPR} og kortet {CARD}"));
    wish.transcript = [
        CPR,
        CARD,
        "ring på 20 30 40 50",
        "reg. 1234 konto 0012345678",
    ]
    .into_iter()
    .map(|text| Said {
        who: Who::Citizen,
        text: text.into(),
        answer: None,
    })
    .collect();
    let opened: Opened = talk
        .wish("", TalkWish::Open(wish))
        .await
        .expect("a conversation");
    talk.say(secret(&opened), CPR).await.expect("said");
    talk.say(secret(&opened), "010190").await.expect("said");
    talk.say(secret(&opened), "1234").await.expect("said");
    talk.say(secret(&opened), "Ring på 20 30 40 50")
        .await
        .expect("said");
    talk.take("anna", &opened.receipt).await.expect("taken");
    talk.answer("anna", &opened.receipt, &format!("Er det {CPR}?"))
        .await
        .expect("answered");
    let read = talk.read("anna", &opened.receipt).await.expect("a reading");
    let told = serde_json::to_string(&read).expect("text");
    for canary in ["010190-1234", "4111", "0012345678"] {
        assert!(!told.contains(canary), "{canary} in {told}");
    }
    let said = texts(&read.entries);
    assert_eq!(said[3], "[cpr-nummer]", "in two pieces");
    assert_eq!(said[4], "Ring på 20 30 40 50", "to be called is fine");
    let before = serde_json::to_string(&read.transcript).expect("text");
    assert!(
        !before.contains("20 30"),
        "the chat with the bot holds no phone"
    );
    let refused: Result<Done, _> = talk
        .deed(
            "anna",
            TalkDeed::Transfer(TransferRequest {
                receipt: opened.receipt.clone(),
                department: "skat".into(),
                to: None,
                note: format!("Borgeren er {CPR}"),
            }),
        )
        .await;
    assert_eq!(code(refused), Some(Code::CprRefused));
    // And nowhere in the database.
    let mut tx = place
        .desk
        .store
        .read(&talk.site.tenant)
        .await
        .expect("read");
    for (table, column) in [
        ("entry", "text"),
        ("said", "text"),
        ("note", "text"),
        ("idempotency", "body"),
    ] {
        let ask = format!(
            "SELECT count(*) FROM {table} WHERE {column} LIKE '%010190-1234%' OR {column} LIKE '%4111%'"
        );
        assert_eq!(tx.count_raw(&ask).await.expect("a number"), 0, "{table}");
    }
}

async fn what_is_not_possible_is_refused(place: &Place) {
    let talk = Talk::new(place);
    talk.there("anna", &[]).await;
    let open = |change: &dyn Fn(&mut protocol::handoff::OpenRequest)| {
        let mut wish = chat("Hej");
        change(&mut wish);
        TalkWish::Open(wish)
    };
    let said = |who, text: &str| Said {
        who,
        text: text.into(),
        answer: None,
    };
    let cases: Vec<(TalkWish, Code)> = vec![
        (open(&|w| w.text = String::new()), Code::Invalid),
        (open(&|w| w.text = "x".repeat(4001)), Code::Invalid),
        (open(&|w| w.department = "ukendt".into()), Code::NotFound),
        (open(&|w| w.way = Way::Other), Code::Invalid),
        (
            open(&|w| w.privacy_version = "gammel".into()),
            Code::PrivacyChanged,
        ),
        (open(&|w| w.about = Some("<b>".into())), Code::Invalid),
        (open(&|w| w.when = Some("nu".into())), Code::Invalid),
        (
            open(&|w| w.transcript = vec![said(Who::Staff, "x")]),
            Code::Invalid,
        ),
        (
            open(&|w| w.transcript = vec![said(Who::Bot, "x"); 61]),
            Code::Invalid,
        ),
    ];
    for (wish, wrong) in cases {
        let told = format!("{wish:?}");
        let refused = talk.wish::<Opened>("", wish).await;
        assert_eq!(code(refused), Some(wrong), "{told}");
    }
    let presence = PresenceRequest {
        there: true,
        departments: vec!["ukendt".into()],
    };
    let refused: Result<Noted, _> = talk.deed("anna", TalkDeed::Presence(presence)).await;
    assert_eq!(code(refused), Some(Code::Invalid));
    let opened = talk.open("Hej").await.expect("a conversation");
    // Nobody closes, gives back or hands over what they do not have.
    let close = CloseRequest {
        receipt: opened.receipt.clone(),
        outcome: Outcome::NoReply,
    };
    let refused: Result<Done, _> = talk.deed("anna", TalkDeed::Close(close)).await;
    assert_eq!(code(refused), Some(Code::WrongState));
    let refused: Result<Done, _> = talk
        .deed("anna", TalkDeed::GiveBack(named(&opened.receipt)))
        .await;
    assert_eq!(code(refused), Some(Code::WrongState));
    talk.take("anna", &opened.receipt).await.expect("taken");
    let hand = |to: Option<&str>| {
        TalkDeed::Transfer(TransferRequest {
            receipt: opened.receipt.clone(),
            department: "skat".into(),
            to: to.map(str::to_owned),
            note: "Til dig".into(),
        })
    };
    let refused: Result<Done, _> = talk.deed("anna", hand(Some("bo"))).await;
    assert_eq!(code(refused), Some(Code::WrongState), "Bo is not there");
    talk.there("bo", &[]).await;
    let done: Done = talk.deed("anna", hand(Some("bo"))).await.expect("handed");
    assert_eq!(done.stage, Stage::Active);
    let row = &talk.read("bo", &opened.receipt).await.expect("one").row;
    assert_eq!(row.owner.as_ref().map(|o| o.account.as_str()), Some("bo"));
    let done: Done = talk
        .deed("bo", TalkDeed::GiveBack(named(&opened.receipt)))
        .await
        .expect("given back");
    assert_eq!(done.stage, Stage::Waiting);
    // Forty messages a minute are enough for anybody.
    let begun = Instant::now();
    let mut taken = 0;
    let last = loop {
        match talk.say(secret(&opened), "igen").await {
            Ok(_) => taken += 1,
            Err(fault) => break fault,
        }
        assert!(begun.elapsed().as_secs() < 60 && taken < 60, "no limit");
    };
    assert_eq!(last.problem().code, Code::TooManyRequests);
    assert_eq!(taken, 39, "with the first one forty");
    place.forward(1);
    assert!(talk.say(secret(&opened), "senere").await.is_ok());
}

async fn the_schema_keeps_entries(place: &Place) {
    let talk = Talk::new(place);
    talk.there("anna", &[]).await;
    let opened = talk.open("Hej").await.expect("a conversation");
    for sql in [
        "UPDATE entry SET text = 'andet' WHERE seq = 1",
        "DELETE FROM entry",
        "DELETE FROM conversation",
        "UPDATE conversation SET stage = 'active'",
        "INSERT INTO entry (tenant, conversation, seq, at_ms, who, kind) SELECT tenant, conversation, seq, at_ms, who, kind FROM entry",
        "INSERT INTO entry (tenant, conversation, seq, at_ms, who, kind, message) SELECT tenant, conversation, seq + 1, at_ms, who, kind, message FROM entry",
    ] {
        let store = &place.desk.store;
        let mut tx = store.write(&talk.site.tenant).await.expect("write");
        assert!(tx.try_raw(sql).await.is_err(), "{sql}");
    }
    talk.end(secret(&opened)).await.expect("ended");
    let store = &place.desk.store;
    let mut tx = store.write(&talk.site.tenant).await.expect("write");
    let revived = tx
        .try_raw("UPDATE conversation SET stage = 'waiting'")
        .await;
    assert!(revived.is_err(), "what is over stays over");
}
