//! The life of a visit: which event leads from which state to which, who may cause it and when.
//!
//! A move is two rows: the old one becomes [`State::Moved`] and a new one, confirmed, has the same receipt. What is not
//! in [`TRANSITIONS`] is refused.

use hours::copenhagen;
use serde::{Deserialize, Serialize};

/// How long a hold lasts, and how much each extension gives.
pub const HOLD_MS: i64 = 5 * 60_000;
/// How often a hold can be extended at its very end (WCAG 2.2.1 wants ten times); earlier extensions add up to the same time.
pub const HOLD_EXTENSIONS: i64 = 10;

/// Where a visit stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// Reserved for whoever has the holder token, until the hold expires.
    Held,
    /// Booked.
    Confirmed,
    /// The citizen has come.
    CheckedIn,
    /// The holder gave it back.
    Released,
    /// The hold ran out.
    Expired,
    /// It has another time now, in a row of its own.
    Moved,
    /// Called off, by the citizen or by staff.
    Cancelled,
    /// The citizen did not come.
    NoShow,
}

/// What happens to a visit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Event {
    /// The citizen sends the booking.
    Confirm,
    /// The holder gives the time back.
    Release,
    /// The time of the hold is over.
    Expire,
    /// Another time is taken instead.
    Move,
    /// It is called off.
    Cancel,
    /// The citizen has come.
    CheckIn,
    /// That was a mistake.
    UndoCheckIn,
    /// The citizen did not come.
    NoShow,
}

/// Who causes an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Actor {
    /// With the holder token or the secret of the booking.
    Citizen,
    /// Logged in.
    Staff,
    /// The program itself.
    System,
}

/// Every transition there is.
pub const TRANSITIONS: [(State, Event, State); 8] = [
    (State::Held, Event::Confirm, State::Confirmed),
    (State::Held, Event::Release, State::Released),
    (State::Held, Event::Expire, State::Expired),
    (State::Confirmed, Event::Move, State::Moved),
    (State::Confirmed, Event::Cancel, State::Cancelled),
    (State::Confirmed, Event::CheckIn, State::CheckedIn),
    (State::Confirmed, Event::NoShow, State::NoShow),
    (State::CheckedIn, Event::UndoCheckIn, State::Confirmed),
];

impl State {
    /// Every state.
    pub const ALL: [State; 8] = [
        State::Held,
        State::Confirmed,
        State::CheckedIn,
        State::Released,
        State::Expired,
        State::Moved,
        State::Cancelled,
        State::NoShow,
    ];

    /// True while its cells are taken: held, confirmed and checked in. A hold that has expired takes none, even before
    /// anybody wrote that down.
    pub const fn occupies(self) -> bool {
        matches!(self, State::Held | State::Confirmed | State::CheckedIn)
    }

    /// As it stands in JSON and in the database.
    pub const fn name(self) -> &'static str {
        match self {
            State::Held => "held",
            State::Confirmed => "confirmed",
            State::CheckedIn => "checked-in",
            State::Released => "released",
            State::Expired => "expired",
            State::Moved => "moved",
            State::Cancelled => "cancelled",
            State::NoShow => "no-show",
        }
    }

    /// The state of that name.
    pub fn from_name(name: &str) -> Option<State> {
        State::ALL.into_iter().find(|state| state.name() == name)
    }
}

impl Event {
    /// Every event.
    pub const ALL: [Event; 8] = [
        Event::Confirm,
        Event::Release,
        Event::Expire,
        Event::Move,
        Event::Cancel,
        Event::CheckIn,
        Event::UndoCheckIn,
        Event::NoShow,
    ];
}

/// What [`permit`] must know; all in UTC milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Times {
    /// Now.
    pub now_ms: i64,
    /// When the visit starts.
    pub start_ms: i64,
    /// When it ends.
    pub end_ms: i64,
    /// When the hold expires; looked at while the state is [`State::Held`].
    pub hold_expires_ms: i64,
    /// [`Service::change_minutes`](crate::Service::change_minutes).
    pub change_minutes: u32,
}

/// Why an event was refused. Nothing has changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// The table has no such transition: the visit was cancelled already, for example.
    #[error("a visit that is {state:?} takes no {event:?}")]
    State {
        /// Where it stands.
        state: State,
        /// What was wanted.
        event: Event,
    },
    /// Somebody else does that.
    #[error("{event:?} is not for {actor:?}")]
    Actor {
        /// What was wanted.
        event: Event,
        /// By whom.
        actor: Actor,
    },
    /// The hold ran out.
    #[error("the hold has expired")]
    HoldExpired,
    /// The hold is still running, or the visit has not begun.
    #[error("too early for that")]
    TooEarly,
    /// A citizen moves or cancels after the limit, or anybody after the end.
    #[error("too late for that")]
    TooLate,
    /// Check-in is for the day of the visit.
    #[error("the visit is on another day")]
    OtherDay,
}

/// The state after an event; only the table, no clock.
///
/// # Errors
/// [`Refused::State`] when the table has no such transition.
pub fn next_state(state: State, event: Event) -> Result<State, Refused> {
    let row = TRANSITIONS
        .iter()
        .find(|(from, by, _)| (*from, *by) == (state, event));
    row.map(|(.., to)| *to)
        .ok_or(Refused::State { state, event })
}

/// The state after an event, if that actor may cause it at that time.
///
/// # Errors
/// Why not; nothing has changed then.
pub fn permit(state: State, event: Event, actor: Actor, times: &Times) -> Result<State, Refused> {
    let next = next_state(state, event)?;
    let fits = match event {
        Event::Confirm | Event::Release | Event::Move | Event::Cancel => actor != Actor::System,
        Event::Expire => actor == Actor::System,
        Event::CheckIn | Event::UndoCheckIn | Event::NoShow => actor == Actor::Staff,
    };
    if !fits {
        return Err(Refused::Actor { event, actor });
    }
    let now = times.now_ms;
    let expired = now >= times.hold_expires_ms;
    match event {
        Event::Confirm | Event::Release if expired => Err(Refused::HoldExpired),
        Event::Expire if !expired => Err(Refused::TooEarly),
        Event::Move | Event::Cancel => {
            let limit = match actor {
                Actor::Citizen => times
                    .start_ms
                    .saturating_sub(i64::from(times.change_minutes) * 60_000),
                Actor::Staff | Actor::System => times.end_ms,
            };
            if now < limit {
                Ok(next)
            } else {
                Err(Refused::TooLate)
            }
        }
        Event::CheckIn | Event::UndoCheckIn
            if copenhagen(now).date != copenhagen(times.start_ms).date =>
        {
            Err(Refused::OtherDay)
        }
        Event::NoShow if now < times.start_ms => Err(Refused::TooEarly),
        _ => Ok(next),
    }
}

/// A hold's times, UTC milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hold {
    /// When it was made.
    pub held_ms: i64,
    /// When it expires; from then on it holds nothing.
    pub expires_ms: i64,
}

/// Why a hold was not extended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HoldError {
    /// It ran out.
    #[error("the hold has expired")]
    Expired,
    /// It lasts until [`Hold::extendable_until_ms`] already.
    #[error("the hold cannot be extended any further")]
    Spent,
}

impl Hold {
    /// A new hold.
    pub fn new(now_ms: i64) -> Hold {
        Hold {
            held_ms: now_ms,
            expires_ms: now_ms.saturating_add(HOLD_MS),
        }
    }

    /// The latest expiry that extensions can give: 55 minutes after it was made.
    pub fn extendable_until_ms(&self) -> i64 {
        self.held_ms.saturating_add((HOLD_EXTENSIONS + 1) * HOLD_MS)
    }

    /// The hold with [`HOLD_MS`] left from now. A clock that went back never shortens it.
    ///
    /// # Errors
    /// It has expired, or cannot get any longer.
    pub fn extended(self, now_ms: i64) -> Result<Hold, HoldError> {
        if now_ms >= self.expires_ms {
            return Err(HoldError::Expired);
        }
        let most = self.extendable_until_ms();
        if self.expires_ms >= most {
            return Err(HoldError::Spent);
        }
        let expires_ms = now_ms.saturating_add(HOLD_MS).clamp(self.expires_ms, most);
        Ok(Hold { expires_ms, ..self })
    }
}
