//! The life of a conversation: every state by every event by everybody.

use handoff::{Actor, Event, Refused, State, TRANSITIONS, next_state, permit};
use std::collections::BTreeSet;

#[test]
fn the_table_is_the_only_way() {
    let mut seen = BTreeSet::new();
    for (from, by, _) in TRANSITIONS {
        assert!(seen.insert((from, by)), "{from:?} {by:?} twice");
    }
    for state in State::ALL {
        for event in Event::ALL {
            match next_state(state, event) {
                Ok(to) => assert!(TRANSITIONS.contains(&(state, event, to))),
                Err(refused) => {
                    assert_eq!(refused, Refused::State { state, event });
                    assert!(!seen.contains(&(state, event)));
                }
            }
        }
        assert_eq!(State::from_name(state.name()), Some(state));
    }
}

/// Who may, for each of the 5 x 17 x 4 cases: letters of those who may, in the order citizen, owner, staff, system.
#[test]
fn everybody_may_do_exactly_this() {
    use Event as E;
    use State as S;
    let may = |state, event| match (state, event) {
        (S::Waiting, E::Write | E::Type | E::Leave | E::End) => "c",
        (S::Active, E::Write | E::Type) => "co",
        (S::Active, E::End) => "c",
        (S::Waiting | S::Active, E::Presence) | (S::Waiting, E::Carry) => "y",
        (S::Waiting, E::Take | E::Transfer | E::Note) => "os",
        (S::Active, E::GiveBack | E::HandOver | E::Transfer | E::Close) => "o",
        (S::Active, E::Note | E::Correct) | (S::Closed, E::Correct | E::Decide) => "os",
        (S::Active, E::StaffAway) | (S::Decided, E::Expire) => "y",
        (S::Decided, E::Decide | E::Delete) => "os",
        _ => "",
    };
    for state in State::ALL {
        for event in Event::ALL {
            for (actor, letter) in Actor::ALL.into_iter().zip("cosy".chars()) {
                let allowed = may(state, event).contains(letter);
                let found = permit(state, event, actor);
                assert_eq!(
                    found.is_ok(),
                    allowed,
                    "{state:?} {event:?} {actor:?}: {found:?}"
                );
            }
        }
    }
}

#[test]
fn nothing_is_deleted_before_its_record_is_decided() {
    for (from, _, to) in TRANSITIONS {
        assert!(to != State::Deleted || from == State::Decided, "{from:?}");
        assert!(to != State::Decided || from.is_over(), "{from:?}");
        assert!(!from.is_over() || to.is_over(), "{from:?} comes back");
    }
}
