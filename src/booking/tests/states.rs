//! The life of a visit and of a hold: the whole table, who may do what, and every limit to the millisecond.

use booking::{
    Actor, Event, HOLD_MS, Hold, HoldError, Refused, State, TRANSITIONS, Times, next_state, permit,
};

const START: i64 = 1_796_374_800_000; // Friday 4 December 2026, 10:00 in Denmark
const END: i64 = START + 900_000;

fn times(now_ms: i64) -> Times {
    Times {
        now_ms,
        start_ms: START,
        end_ms: END,
        hold_expires_ms: START - 86_400_000,
        change_minutes: 60,
    }
}

#[test]
fn only_what_the_table_says_leads_anywhere() {
    let mut led = Vec::new();
    for state in State::ALL {
        for event in Event::ALL {
            match next_state(state, event) {
                Ok(next) => led.push(format!("{} {event:?} {}", state.name(), next.name())),
                Err(refused) => assert_eq!(refused, Refused::State { state, event }),
            }
        }
    }
    assert_eq!(
        led,
        [
            "held Confirm confirmed",
            "held Release released",
            "held Expire expired",
            "confirmed Move moved",
            "confirmed Cancel cancelled",
            "confirmed CheckIn checked-in",
            "confirmed NoShow no-show",
            "checked-in UndoCheckIn confirmed",
        ]
    );
    assert_eq!(led.len(), TRANSITIONS.len());
}

#[test]
fn only_visits_that_may_take_place_have_cells() {
    let occupying = State::ALL.into_iter().filter(|s| s.occupies());
    assert_eq!(
        occupying.map(State::name).collect::<Vec<_>>(),
        ["held", "confirmed", "checked-in"]
    );
    for state in State::ALL {
        assert_eq!(State::from_name(state.name()), Some(state));
        assert_eq!(serde_json::to_value(state).expect("text"), state.name());
    }
    assert_eq!(State::from_name("Held"), None);
}

#[test]
fn each_event_has_its_actors() {
    for (state, event, next) in TRANSITIONS {
        let may: String = [Actor::Citizen, Actor::Staff, Actor::System]
            .into_iter()
            .map(|actor| {
                // A moment at which nothing else stands in the way.
                let now_ms = match event {
                    Event::Expire => START - 86_400_000,
                    Event::CheckIn | Event::UndoCheckIn | Event::NoShow => START,
                    _ => START - 86_400_001,
                };
                match permit(state, event, actor, &times(now_ms)) {
                    Ok(to) => {
                        assert_eq!(to, next);
                        'x'
                    }
                    Err(refused) => {
                        assert_eq!(refused, Refused::Actor { event, actor });
                        '-'
                    }
                }
            })
            .collect();
        let expected = match event {
            Event::Confirm | Event::Release | Event::Move | Event::Cancel => "xx-",
            Event::CheckIn | Event::UndoCheckIn | Event::NoShow => "-x-",
            Event::Expire => "--x",
        };
        assert_eq!(may, expected, "{event:?}");
    }
}

#[test]
fn limits_hold_to_the_millisecond() {
    let (citizen, staff, system) = (Actor::Citizen, Actor::Staff, Actor::System);
    let (held, booked, came) = (State::Held, State::Confirmed, State::CheckedIn);
    let expires = START - 86_400_000;
    let midnight = START - 10 * 3_600_000; // 4 December, 00:00 in Denmark
    let rows = [
        (held, Event::Confirm, citizen, expires - 1, None),
        (
            held,
            Event::Confirm,
            citizen,
            expires,
            Some(Refused::HoldExpired),
        ),
        (held, Event::Release, citizen, expires - 1, None),
        (
            held,
            Event::Release,
            citizen,
            expires,
            Some(Refused::HoldExpired),
        ),
        (held, Event::Expire, system, expires, None),
        (
            held,
            Event::Expire,
            system,
            expires - 1,
            Some(Refused::TooEarly),
        ),
        (booked, Event::Cancel, citizen, START - 3_600_001, None),
        (
            booked,
            Event::Cancel,
            citizen,
            START - 3_600_000,
            Some(Refused::TooLate),
        ),
        (booked, Event::Move, citizen, START - 3_600_001, None),
        (
            booked,
            Event::Move,
            citizen,
            START - 3_600_000,
            Some(Refused::TooLate),
        ),
        (booked, Event::Cancel, staff, END - 1, None),
        (booked, Event::Cancel, staff, END, Some(Refused::TooLate)),
        (booked, Event::Move, staff, END, Some(Refused::TooLate)),
        (booked, Event::CheckIn, staff, midnight, None),
        (
            booked,
            Event::CheckIn,
            staff,
            midnight - 1,
            Some(Refused::OtherDay),
        ),
        (
            booked,
            Event::CheckIn,
            staff,
            midnight + 86_400_000 - 1,
            None,
        ),
        (
            booked,
            Event::CheckIn,
            staff,
            midnight + 86_400_000,
            Some(Refused::OtherDay),
        ),
        (came, Event::UndoCheckIn, staff, midnight, None),
        (
            came,
            Event::UndoCheckIn,
            staff,
            midnight - 1,
            Some(Refused::OtherDay),
        ),
        (booked, Event::NoShow, staff, START, None),
        (
            booked,
            Event::NoShow,
            staff,
            START - 1,
            Some(Refused::TooEarly),
        ),
    ];
    for (state, event, actor, now_ms, refused) in rows {
        let got = permit(state, event, actor, &times(now_ms)).err();
        assert_eq!(
            got,
            refused,
            "{state:?} {event:?} {actor:?} {}",
            now_ms - START
        );
    }
    // The table goes before everything: a cancelled visit is cancelled, whatever the clock says.
    let (state, event) = (State::Cancelled, Event::Cancel);
    let refused = permit(state, event, system, &times(END));
    assert_eq!(refused, Err(Refused::State { state, event }));
}

#[test]
fn a_hold_lasts_five_minutes_and_can_be_extended_ten_times() {
    let mut hold = Hold::new(START);
    assert_eq!(hold.expires_ms, START + 300_000);
    for round in 1..=10 {
        let late = hold.expires_ms - 1;
        assert_eq!(hold.extended(hold.expires_ms), Err(HoldError::Expired));
        hold = hold
            .extended(late)
            .unwrap_or_else(|e| panic!("{round}: {e}"));
        assert_eq!(hold.expires_ms, late + HOLD_MS);
    }
    // Ten milliseconds are left by now; then it is spent, and never longer than 55 minutes.
    let until = START + 55 * 60_000;
    assert_eq!(hold.extendable_until_ms(), until);
    hold = hold.extended(hold.expires_ms - 1).expect("a little");
    assert_eq!(hold.expires_ms, until);
    assert_eq!(hold.extended(until - 1), Err(HoldError::Spent));
    assert_eq!(hold.extended(until), Err(HoldError::Expired));
}

#[test]
fn a_clock_that_goes_back_shortens_no_hold() {
    let hold = Hold::new(START)
        .extended(START + 60_000)
        .expect("an hour is free");
    assert_eq!(hold.expires_ms, START + 360_000);
    let back = hold.extended(START - 3_600_000).expect("still held");
    assert_eq!(back.expires_ms, hold.expires_ms);
    for now in [i64::MIN, i64::MAX] {
        let hold = Hold::new(now);
        let _ = (
            hold.extended(now),
            hold.extended(0),
            hold.extendable_until_ms(),
        );
    }
}
