//! What staff may do with bookings, tried on SQLite and on PostgreSQL by the same code: the table of states, moves and cancellations
//! that citizens are told of, looks that leave a line, and that no kommune sees another's.

#[macro_use]
mod common;

use api::desk::{StaffWish, Wish};
use booking::{Actor, Event, State, Times, parse_instant, permit};
use common::{COUNTER, Place, code, key};
use protocol::staff::{
    AlertAbout, Can, DaysQuery, FindQuery, Found, MoveSlotsQuery, ReceiptRequest, SeenRequest,
    StaffCancelRequest, StaffMoveRequest, UnblockRequest,
};
use protocol::{About, Code, NoticeState};

const AT_10: &str = "2026-12-04T10:00:00+01:00";
const AT_11: &str = "2026-12-04T11:00:00+01:00";

both!(
    the_table_of_states_decides_what_staff_can_do,
    a_move_keeps_the_link_and_tells_the_citizen,
    a_colleague_was_faster_and_nothing_is_done_unseen,
    a_cpr_number_is_told_by_its_booking_alone,
    a_cancellation_needs_a_reason_and_tells_it,
    free_times_for_a_move_count_its_own,
    every_look_at_a_person_and_every_change_leaves_a_line,
    a_list_that_is_known_is_not_read_again,
    an_erased_person_is_shown_as_erased,
    another_kommune_finds_nothing_and_cannot_tell_why,
    an_answer_names_nobody_and_a_key_belongs_to_its_account,
    what_waits_too_long_is_an_alert_until_somebody_has_seen_it,
);

fn named(receipt: &str) -> ReceiptRequest {
    ReceiptRequest {
        visit: None,
        receipt: receipt.to_owned(),
    }
}

fn there(receipt: &str, start: &str, location: &str) -> StaffWish {
    StaffWish::Move(StaffMoveRequest {
        visit: None,
        receipt: receipt.to_owned(),
        start: start.to_owned(),
        location: location.to_owned(),
    })
}

fn off(receipt: &str, reason: &str) -> StaffWish {
    StaffWish::Cancel(StaffCancelRequest {
        visit: None,
        receipt: receipt.to_owned(),
        reason: reason.to_owned(),
    })
}

fn day(from: &str, known: Option<&str>) -> DaysQuery {
    DaysQuery {
        location: "raadhus".to_owned(),
        from: from.to_owned(),
        days: None,
        known: known.map(str::to_owned),
    }
}

async fn find(place: &Place, receipt: &str) -> Found {
    let query = FindQuery {
        receipt: receipt.to_owned(),
    };
    let found = place.desk.staff_find(&place.site, "anna", &query).await;
    found.expect("a booking")
}

/// How many lines of the audit log an account has left, by what they say.
async fn lines(place: &Place, who: &str, what: &str) -> i64 {
    let mut tx = place
        .desk
        .store
        .read(&place.site.tenant)
        .await
        .expect("a transaction");
    let ask = format!("SELECT count(*) FROM audit WHERE who = '{who}' AND what LIKE '{what}'");
    tx.count_raw(&ask).await.expect("a number")
}

async fn the_table_of_states_decides_what_staff_can_do(place: &Place) {
    let set = |text: &str| place.clock.set(parse_instant(text).expect("an instant"));
    let start = "2026-12-04T12:00:00+01:00";
    let states = [
        State::Confirmed,
        State::CheckedIn,
        State::NoShow,
        State::Cancelled,
    ];
    let moments = [
        "2026-12-03T12:00:00+01:00",
        "2026-12-04T11:55:00+01:00",
        "2026-12-04T12:02:00+01:00",
        "2026-12-04T13:00:00+01:00",
        "2026-12-05T09:00:00+01:00",
    ];
    let events = [
        (Event::CheckIn, Can::CheckIn),
        (Event::NoShow, Can::NoShow),
        (Event::UndoCheckIn, Can::Undo),
        (Event::Move, Can::Move),
        (Event::Cancel, Can::Cancel),
    ];
    let mut n = 0;
    let (mut done, mut refused) = (0, 0);
    for state in states {
        for moment in moments {
            for (event, can) in events {
                n += 1;
                set(common::NOW);
                let booked = place
                    .receipt("hurtig", start, &format!("2{n:07}"))
                    .await
                    .expect("a booking");
                let receipt = booked.receipt;
                // Brought there at a time at which it is allowed.
                set("2026-12-04T12:00:00+01:00");
                let bring = match state {
                    State::CheckedIn => Some(StaffWish::CheckIn(named(&receipt))),
                    State::NoShow => Some(StaffWish::NoShow(named(&receipt))),
                    State::Cancelled => Some(off(&receipt, "Sygdom")),
                    _ => None,
                };
                if let Some(wish) = bring {
                    place.staff(wish).await.expect("brought there");
                }
                set(moment);
                let times = Times {
                    now_ms: place.clock.now_ms(),
                    start_ms: parse_instant(start).expect("an instant"),
                    end_ms: parse_instant("2026-12-04T12:05:00+01:00").expect("an instant"),
                    hold_expires_ms: 0,
                    change_minutes: 0,
                };
                let expected = permit(state, event, Actor::Staff, &times);
                let shown = find(place, &receipt).await.visit.can;
                assert_eq!(
                    shown.contains(&can),
                    expected.is_ok(),
                    "{state:?} {event:?} {moment}: the console is told"
                );
                let wish = match event {
                    Event::CheckIn => StaffWish::CheckIn(named(&receipt)),
                    Event::NoShow => StaffWish::NoShow(named(&receipt)),
                    Event::UndoCheckIn => StaffWish::Undo(named(&receipt)),
                    Event::Move => {
                        let at = format!("2026-12-09T{:02}:{:02}:00+01:00", n / 12, n % 12 * 5);
                        there(&receipt, &at, "dag")
                    }
                    _ => off(&receipt, "Sygdom"),
                };
                let answer = place.staff(wish).await;
                let after = find(place, &receipt).await.visit.state;
                if let Ok(next) = expected {
                    let answer = answer.expect("allowed");
                    done += 1;
                    // A move leaves a new row that is confirmed.
                    let next = if next == State::Moved {
                        State::Confirmed
                    } else {
                        next
                    };
                    assert_eq!(answer.body["state"], next.name(), "{state:?} {event:?}");
                    assert_eq!(serde_json::json!(after), next.name(), "{state:?} {event:?}");
                } else {
                    refused += 1;
                    assert_eq!(
                        code(answer),
                        Some(Code::WrongState),
                        "{state:?} {event:?} {moment}"
                    );
                    assert_eq!(
                        serde_json::json!(after),
                        state.name(),
                        "{state:?} {event:?} {moment}: nothing changed"
                    );
                }
                // Its counter is needed for the next.
                set("2026-12-04T12:00:00+01:00");
                for wish in [StaffWish::Undo(named(&receipt)), off(&receipt, "Slut")] {
                    drop(place.staff(wish).await);
                }
            }
        }
    }
    assert_eq!((done, refused), (15, 85));
}

async fn a_move_keeps_the_link_and_tells_the_citizen(place: &Place) {
    let booked = place
        .receipt("pas", AT_10, "20304050")
        .await
        .expect("a booking");
    let secret = booked.secret.expect("a secret");
    let answer = place
        .staff(there(&booked.receipt, AT_11, "raadhus"))
        .await
        .expect("moved");
    assert_eq!(answer.body["start"], AT_11);
    assert_eq!(answer.body["told"], serde_json::json!(["email", "sms"]));
    // The citizen's link still opens it, and they can move it on.
    let shown = place.desk.show(&place.site, &secret).await.expect("there");
    assert_eq!((shown.start.as_str(), shown.changeable), (AT_11, true));
    let told: Vec<(About, NoticeState)> =
        shown.notices.iter().map(|n| (n.about, n.state)).collect();
    assert_eq!(
        told.iter().filter(|n| n.0 == About::Moved).count(),
        2,
        "{told:?}"
    );
    let on = protocol::MoveRequest {
        start: "2026-12-04T12:00:00+01:00".to_owned(),
        location: "raadhus".to_owned(),
    };
    place
        .post(&key(), &secret, Wish::Move(on))
        .await
        .expect("moved on");
    // Both counters taken: there is no such time for staff either, and the booking stays.
    for phone in ["20304051", "20304052"] {
        place.receipt("pas", AT_10, phone).await.expect("a booking");
    }
    let full = place.staff(there(&booked.receipt, AT_10, "raadhus")).await;
    assert_eq!(code(full), Some(Code::SlotTaken));
    let closed = place
        .staff(there(
            &booked.receipt,
            "2026-12-04T20:00:00+01:00",
            "raadhus",
        ))
        .await;
    assert_eq!(code(closed), Some(Code::NotASlot));
    let nowhere = place.staff(there(&booked.receipt, AT_11, "dag")).await;
    assert_eq!(code(nowhere), Some(Code::NotFound));
    let shown = place.desk.show(&place.site, &secret).await.expect("there");
    assert_eq!(shown.start, "2026-12-04T12:00:00+01:00");
}

async fn a_colleague_was_faster_and_nothing_is_done_unseen(place: &Place) {
    let booked = place
        .receipt("pas", AT_10, "20304050")
        .await
        .expect("a booking");
    let moved = place
        .staff(there(&booked.receipt, AT_11, "raadhus"))
        .await
        .expect("moved");
    let of = |visit: &str| {
        let visit = Some(visit.to_owned());
        let receipt = booked.receipt.clone();
        [
            StaffWish::Cancel(StaffCancelRequest {
                visit: visit.clone(),
                receipt: receipt.clone(),
                reason: "Skranken er lukket.".to_owned(),
            }),
            StaffWish::Move(StaffMoveRequest {
                visit,
                receipt,
                start: "2026-12-04T12:00:00+01:00".to_owned(),
                location: "raadhus".to_owned(),
            }),
        ]
    };
    for wish in of("the time of before") {
        assert_eq!(code(place.staff(wish).await), Some(Code::WrongState));
    }
    let secret = booked.secret.clone().expect("a secret");
    let shown = place.desk.show(&place.site, &secret).await.expect("there");
    assert_eq!(
        (shown.start.as_str(), shown.state),
        (AT_11, protocol::State::Confirmed)
    );
    let [cancel, _] = of(moved.body["visit"].as_str().expect("its number"));
    place
        .staff(cancel)
        .await
        .expect("called off as it was seen");
}

async fn a_cpr_number_is_told_by_its_booking_alone(place: &Place) {
    let holder = place.hold("cpr", AT_11).await.expect("a hold");
    let mut request = common::request("20304050");
    request.cpr = Some("010101-1234".into());
    let booked = place
        .post(&key(), &holder, Wish::Book(request))
        .await
        .expect("a booking");
    let receipt = booked.body["receipt"].as_str().expect("a receipt");
    let days = place
        .desk
        .staff_days(&place.site, "anna", &day("2026-12-04", None))
        .await
        .expect("a day");
    let list = serde_json::to_string(&days).expect("JSON");
    assert!(list.contains(receipt) && !list.contains("0101011234"));
    let before = lines(place, "anna", "read").await;
    assert_eq!(
        find(place, receipt).await.cpr.as_deref(),
        Some("0101011234")
    );
    assert_eq!(lines(place, "anna", "read").await, before + 1);
    let other = place
        .receipt("pas", AT_10, "20304051")
        .await
        .expect("a booking");
    assert_eq!(find(place, &other.receipt).await.cpr, None);
}

async fn a_cancellation_needs_a_reason_and_tells_it(place: &Place) {
    let booked = place
        .receipt("pas", AT_10, "20304050")
        .await
        .expect("a booking");
    for (reason, expected) in [
        ("  ", Code::Invalid),
        (&*"x".repeat(201), Code::Invalid),
        ("Ring til 010101-1234", Code::CprRefused),
    ] {
        let answer = place.staff(off(&booked.receipt, reason)).await;
        assert_eq!(code(answer), Some(expected), "{reason}");
    }
    let answer = place
        .staff(off(&booked.receipt, "Vi er  syge\ni dag"))
        .await
        .expect("cancelled");
    assert_eq!(answer.body["state"], "cancelled");
    let found = find(place, &booked.receipt).await;
    let about: Vec<About> = found.visit.notices.iter().map(|n| n.about).collect();
    assert_eq!(about.iter().filter(|a| **a == About::Cancelled).count(), 2);
    // Its time is free for another.
    let free = free(place, AT_10).await;
    assert_eq!(free, 2);
}

async fn free_times_for_a_move_count_its_own(place: &Place) {
    let booked = place
        .receipt("pas", AT_10, "20304050")
        .await
        .expect("a booking");
    place
        .receipt("pas", AT_10, "20304051")
        .await
        .expect("a booking");
    assert_eq!(free(place, AT_10).await, 0);
    let query = |receipt: &str, location: Option<&str>| MoveSlotsQuery {
        receipt: receipt.to_owned(),
        from: "2026-12-04".to_owned(),
        days: Some(1),
        location: location.map(str::to_owned),
    };
    let slots = place
        .desk
        .staff_slots(&place.site, &query(&booked.receipt.to_lowercase(), None))
        .await
        .expect("times");
    let at_10 = slots.slots.iter().find(|slot| slot.start == AT_10);
    assert_eq!(at_10.map(|slot| slot.free), Some(1));
    let elsewhere = query(&booked.receipt, Some("dag"));
    let elsewhere = place.desk.staff_slots(&place.site, &elsewhere).await;
    assert_eq!(code(elsewhere), Some(Code::NotFound));
    let typo = place
        .desk
        .staff_slots(&place.site, &query("2222-2223", None))
        .await;
    assert_eq!(code(typo), Some(Code::Invalid));
}

async fn every_look_at_a_person_and_every_change_leaves_a_line(place: &Place) {
    let mut tx = place
        .desk
        .store
        .write(&place.site.tenant)
        .await
        .expect("a transaction");
    tx.try_raw(
        "INSERT INTO account (tenant, id, user_name, name, roles, created_ms)
         VALUES ('eksempelby', 'anna', 'anna', 'Anna Jensen', 'booking', 0)",
    )
    .await
    .expect("an account");
    tx.commit().await.expect("kept");
    let a = place
        .receipt("pas", AT_10, "20304050")
        .await
        .expect("a booking");
    place
        .receipt("pas", AT_10, "20304051")
        .await
        .expect("a booking");
    let days = |who: &'static str| async move {
        place
            .desk
            .staff_days(&place.site, who, &day("2026-12-04", None))
            .await
            .expect("a day")
    };
    let shown = days("anna").await;
    let names: Vec<&str> = shown.days[0]
        .visits
        .iter()
        .map(|v| v.name.as_str())
        .collect();
    assert_eq!(names, ["Ida Andersen", "Ida Andersen"]);
    assert_eq!(
        shown.days[0].visits[1].phone.as_deref(),
        Some("+4520304050")
    );
    assert_eq!(
        (
            lines(place, "anna", "read-days").await,
            lines(place, "anna", "read").await
        ),
        (1, 2)
    );
    // Every look has its line; the persons theirs once an hour for each account.
    days("anna").await;
    assert_eq!(
        (
            lines(place, "anna", "read-days").await,
            lines(place, "anna", "read").await
        ),
        (2, 2)
    );
    days("bo").await;
    assert_eq!(lines(place, "bo", "read").await, 2);
    place.forward(61);
    days("anna").await;
    assert_eq!(lines(place, "anna", "read").await, 4);
    // A day without persons shows none, so nobody is read.
    let empty = place
        .desk
        .staff_days(&place.site, "cai", &day("2026-12-07", None))
        .await;
    assert!(empty.expect("a day").days[0].visits.is_empty());
    assert_eq!(lines(place, "cai", "%").await, 0);
    find(place, &a.receipt).await;
    assert_eq!(lines(place, "anna", "read").await, 5);
    place
        .staff(there(&a.receipt, AT_11, "raadhus"))
        .await
        .expect("moved");
    place.clock.set(parse_instant(AT_11).expect("an instant"));
    place
        .staff(StaffWish::CheckIn(named(&a.receipt)))
        .await
        .expect("checked in");
    place
        .staff(StaffWish::Undo(named(&a.receipt)))
        .await
        .expect("undone");
    place
        .staff(StaffWish::NoShow(named(&a.receipt)))
        .await
        .expect("not there");
    let history = find(place, &a.receipt).await.history;
    let said: Vec<&str> = history.iter().map(|line| line.text.as_str()).collect();
    assert_eq!(
        said,
        [
            "Reserveret af borgeren",
            "Bestilt af borgeren",
            "Set af Anna Jensen",
            "Set af en medarbejder",
            "Set af Anna Jensen",
            "Set af Anna Jensen",
            "Flyttet af Anna Jensen",
            "Mødt, noteret af Anna Jensen",
            "Fremmøde fortrudt af Anna Jensen",
            "Ikke mødt, noteret af Anna Jensen",
            "Set af Anna Jensen",
        ]
    );
    // The citizen is told that it was staff, and not who.
    let secret = a.secret.expect("a secret");
    let export = place
        .desk
        .export(&place.site, &secret)
        .await
        .expect("an export");
    let who: std::collections::BTreeSet<&str> =
        export.history.iter().map(|e| e.by.as_str()).collect();
    assert_eq!(who.into_iter().collect::<Vec<_>>(), ["citizen", "staff"]);
}

async fn a_list_that_is_known_is_not_read_again(place: &Place) {
    place
        .receipt("pas", AT_10, "20304050")
        .await
        .expect("a booking");
    let ask = |known: Option<String>| async move {
        let query = day("2026-12-04", known.as_deref());
        let days = place.desk.staff_days(&place.site, "anna", &query).await;
        days.expect("a day")
    };
    let first = ask(None).await;
    let again = ask(Some(first.version.clone())).await;
    assert!(again.unchanged && again.days.is_empty());
    assert_eq!(again.version, first.version);
    assert_eq!(lines(place, "anna", "read-days").await, 1);
    // A time that is held changes the list, and says nothing about anybody.
    place.hold("pas", AT_11).await.expect("a hold");
    let third = ask(Some(first.version.clone())).await;
    assert!(!third.unchanged && third.version != first.version);
    assert_eq!(
        (third.days[0].visits.len(), third.days[0].held.len()),
        (1, 1)
    );
    assert_eq!(third.days[0].opens[0].from, AT_10);
    place.forward(5);
    let fourth = ask(Some(third.version.clone())).await;
    assert_eq!(
        (fourth.days[0].visits.len(), fourth.days[0].held.len()),
        (1, 0)
    );
    for query in [
        day("2026-12-4", None),
        DaysQuery {
            days: Some(8),
            ..day("2026-12-04", None)
        },
        DaysQuery {
            days: Some(0),
            ..day("2026-12-04", None)
        },
    ] {
        let answer = place.desk.staff_days(&place.site, "anna", &query).await;
        assert_eq!(code(answer), Some(Code::Invalid));
    }
}

async fn an_erased_person_is_shown_as_erased(place: &Place) {
    let booked = place
        .receipt("pas", AT_10, "20304050")
        .await
        .expect("a booking");
    // While it lasts staff see who came; afterwards the person is erased, and the visit stays.
    place.clock.set(parse_instant(AT_10).expect("an instant"));
    place
        .staff(StaffWish::CheckIn(named(&booked.receipt)))
        .await
        .expect("checked in");
    place.forward(60);
    place
        .post(&key(), &booked.secret.expect("a secret"), Wish::Erase)
        .await
        .expect("erased");
    let found = find(place, &booked.receipt).await;
    assert_eq!(
        (found.visit.name.as_str(), found.visit.erased),
        ("slettet", true)
    );
    assert_eq!((&found.visit.phone, &found.visit.email), (&None, &None));
    assert!(found.visit.notices.is_empty());
    assert_eq!(lines(place, "anna", "read").await, 0, "nobody was read");
    let days = place
        .desk
        .staff_days(&place.site, "anna", &day("2026-12-04", None))
        .await
        .expect("a day");
    let text = serde_json::to_string(&days).expect("json");
    assert_eq!(days.days[0].visits[0].name, "slettet");
    for gone in ["Ida", "20304050", "example.dk"] {
        assert!(!text.contains(gone), "{gone}");
    }
    assert_eq!(lines(place, "anna", "read").await, 0);
}

async fn another_kommune_finds_nothing_and_cannot_tell_why(place: &Place) {
    let booked = place
        .receipt("pas", AT_10, "20304050")
        .await
        .expect("a booking");
    let other = place
        .desk
        .sites
        .enter(common::OTHER_KEY, None)
        .expect("a site");
    let block = place
        .staff(StaffWish::Block(protocol::staff::BlockRequest {
            location: "raadhus".to_owned(),
            counter: None,
            start: "2026-12-08T10:00:00+01:00".to_owned(),
            end: "2026-12-08T11:00:00+01:00".to_owned(),
            reason: "Møde".to_owned(),
        }))
        .await
        .expect("a block");
    let block = block.body["block"]["block"]
        .as_str()
        .expect("an id")
        .to_owned();
    place.forward(16);
    place.desk.raise_overdue(&place.site).await.expect("raised");
    let alerts = place
        .desk
        .staff_alerts(&place.site, COUNTER)
        .await
        .expect("alerts");
    let alert = alerts.alerts[0].alert.clone();
    // A number that never was, in the form of one.
    let never = booking::Receipt::from_number(1).to_string();
    let mut said = std::collections::BTreeSet::new();
    let mut note = |fault: Option<api::fault::Fault>| {
        let problem = fault.expect("refused").problem();
        said.insert(serde_json::to_string(&problem).expect("json"));
    };
    for receipt in [&booked.receipt, &never] {
        let wishes = [
            StaffWish::CheckIn(named(receipt)),
            StaffWish::NoShow(named(receipt)),
            StaffWish::Undo(named(receipt)),
            there(receipt, AT_11, "raadhus"),
            off(receipt, "Sygdom"),
        ];
        for wish in wishes {
            note(place.staff_of(&other, &key(), "zoe", wish).await.err());
        }
        let query = FindQuery {
            receipt: receipt.clone(),
        };
        note(place.desk.staff_find(&other, "zoe", &query).await.err());
        let query = MoveSlotsQuery {
            receipt: receipt.clone(),
            from: "2026-12-04".to_owned(),
            days: None,
            location: None,
        };
        note(place.desk.staff_slots(&other, &query).await.err());
    }
    for id in [block.as_str(), alert.as_str(), "never"] {
        let unblock = StaffWish::Unblock(UnblockRequest {
            block: id.to_owned(),
        });
        note(place.staff_of(&other, &key(), "zoe", unblock).await.err());
        let seen = SeenRequest {
            alert: id.to_owned(),
        };
        let seen = StaffWish::Seen(seen, COUNTER);
        note(place.staff_of(&other, &key(), "zoe", seen).await.err());
    }
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(said.iter().all(|text| text.contains("\"status\":404")));
    let days = place
        .desk
        .staff_days(&other, "zoe", &day("2026-12-04", None))
        .await
        .expect("a day");
    assert!(days.days[0].visits.is_empty() && days.days[0].blocks.is_empty());
    let alerts = place
        .desk
        .staff_alerts(&other, COUNTER)
        .await
        .expect("alerts");
    assert!(alerts.alerts.is_empty());
    assert_eq!(find(place, &booked.receipt).await.visit.start, AT_10);
}

async fn an_answer_names_nobody_and_a_key_belongs_to_its_account(place: &Place) {
    let booked = place
        .receipt("pas", AT_10, "20304050")
        .await
        .expect("a booking");
    let once = key();
    let wish = || there(&booked.receipt, AT_11, "raadhus");
    let first = place
        .staff_of(&place.site, &once, "anna", wish())
        .await
        .expect("moved");
    let again = place
        .staff_of(&place.site, &once, "anna", wish())
        .await
        .expect("moved");
    assert_eq!(first, again);
    let text = first.body.to_string();
    for person in ["Ida", "20304050", "example.dk"] {
        assert!(!text.contains(person), "{text}");
    }
    let other = place.staff_of(&place.site, &once, "bo", wish()).await;
    assert_eq!(code(other), Some(Code::KeyReused));
    assert_eq!(lines(place, "anna", "moved").await, 1);
    assert_eq!(lines(place, "bo", "%").await, 0);
}

async fn what_waits_too_long_is_an_alert_until_somebody_has_seen_it(place: &Place) {
    let booked = place
        .receipt("pas", AT_10, "20304050")
        .await
        .expect("a booking");
    place.forward(14);
    assert_eq!(
        place.desk.raise_overdue(&place.site).await.expect("a look"),
        0
    );
    place.forward(1);
    // Mail and text message, though no courier ever came round.
    assert_eq!(
        place.desk.raise_overdue(&place.site).await.expect("a look"),
        2
    );
    assert_eq!(
        place.desk.raise_overdue(&place.site).await.expect("a look"),
        0
    );
    let alerts = place
        .desk
        .staff_alerts(&place.site, COUNTER)
        .await
        .expect("alerts");
    let about: Vec<_> = alerts
        .alerts
        .iter()
        .map(|a| (a.about, a.receipt.as_deref()))
        .collect();
    assert_eq!(
        about,
        [(AlertAbout::Undelivered, Some(&*booked.receipt))],
        "one booking is one matter"
    );
    let seen = |id: &str| {
        let seen = SeenRequest {
            alert: id.to_owned(),
        };
        StaffWish::Seen(seen, COUNTER)
    };
    for _ in 0..2 {
        let again = seen(&alerts.alerts[0].alert);
        place.staff(again).await.expect("seen, or seen already");
    }
    assert_eq!(lines(place, "anna", "alert-seen").await, 1);
    let alerts = place
        .desk
        .staff_alerts(&place.site, COUNTER)
        .await
        .expect("alerts");
    assert!(alerts.alerts.is_empty());
}

async fn free(place: &Place, start: &str) -> u16 {
    let query = protocol::SlotsQuery {
        service: "pas".into(),
        location: None,
        from: start[..10].into(),
        days: Some(1),
        persons: None,
    };
    let slots = place.desk.slots(&place.site, &query).await.expect("times");
    let slot = slots.slots.iter().find(|slot| slot.start == start);
    slot.map_or(0, |slot| slot.free)
}
