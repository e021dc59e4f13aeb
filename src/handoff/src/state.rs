//! The life of a conversation: which event leads from which state to which, and who may cause it.
//!
//! What is not in [`TRANSITIONS`] is refused. A conversation that was begun as a message or a call waits and is taken like
//! a chat. Nothing is deleted before somebody has decided what becomes of its record.

use serde::{Deserialize, Serialize};

/// Where a conversation stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// Nobody has it.
    Waiting,
    /// One member of staff has it.
    Active,
    /// Over; what becomes of its record is not decided.
    Closed,
    /// Over, and journalised or of no matter for a case.
    Decided,
    /// Gone. No row has this state.
    Deleted,
}

/// What happens to a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Event {
    /// Somebody writes a message.
    Write,
    /// Staff set an own message straight.
    Correct,
    /// Somebody writes just now, or has stopped.
    Type,
    /// The citizen has not been heard from, or is back.
    Presence,
    /// The citizen does not wait any longer and leaves a message or a number.
    Leave,
    /// A member of staff takes it.
    Take,
    /// Who has it gives it back.
    GiveBack,
    /// Who has it has not been heard from.
    StaffAway,
    /// Another department gets it.
    Transfer,
    /// A colleague gets it.
    HandOver,
    /// A line for colleagues.
    Note,
    /// The citizen ends it.
    End,
    /// Staff end it.
    Close,
    /// Staff say what becomes of its record; a second time when the first was a mistake.
    Decide,
    /// Staff delete it.
    Delete,
    /// A mailbox has it, and nothing more happens with it here.
    Carry,
    /// The kommune's time for keeping it is over.
    Expire,
}

/// Who causes an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Actor {
    /// With the secret of the conversation.
    Citizen,
    /// The member of staff who has it. May do all that others may.
    Owner,
    /// Another member of staff who may talk with citizens.
    Staff,
    /// The program itself.
    System,
}

/// Every transition there is.
pub const TRANSITIONS: [(State, Event, State); 25] = [
    (State::Waiting, Event::Write, State::Waiting),
    (State::Waiting, Event::Type, State::Waiting),
    (State::Waiting, Event::Presence, State::Waiting),
    (State::Waiting, Event::Leave, State::Waiting),
    (State::Waiting, Event::Take, State::Active),
    (State::Waiting, Event::Transfer, State::Waiting),
    (State::Waiting, Event::Note, State::Waiting),
    (State::Waiting, Event::End, State::Closed),
    (State::Waiting, Event::Carry, State::Closed),
    (State::Active, Event::Write, State::Active),
    (State::Active, Event::Correct, State::Active),
    (State::Active, Event::Type, State::Active),
    (State::Active, Event::Presence, State::Active),
    (State::Active, Event::GiveBack, State::Waiting),
    (State::Active, Event::StaffAway, State::Waiting),
    (State::Active, Event::Transfer, State::Waiting),
    (State::Active, Event::HandOver, State::Active),
    (State::Active, Event::Note, State::Active),
    (State::Active, Event::End, State::Closed),
    (State::Active, Event::Close, State::Closed),
    (State::Closed, Event::Correct, State::Closed),
    (State::Closed, Event::Decide, State::Decided),
    (State::Decided, Event::Decide, State::Decided),
    (State::Decided, Event::Delete, State::Deleted),
    (State::Decided, Event::Expire, State::Deleted),
];

impl State {
    /// Every state.
    pub const ALL: [State; 5] = [
        State::Waiting,
        State::Active,
        State::Closed,
        State::Decided,
        State::Deleted,
    ];

    /// As it stands in the database.
    pub const fn name(self) -> &'static str {
        match self {
            State::Waiting => "waiting",
            State::Active => "active",
            State::Closed => "closed",
            State::Decided => "decided",
            State::Deleted => "deleted",
        }
    }

    /// The state of that name.
    pub fn from_name(name: &str) -> Option<State> {
        State::ALL.into_iter().find(|state| state.name() == name)
    }

    /// True when nothing more is said in it.
    pub const fn is_over(self) -> bool {
        matches!(self, State::Closed | State::Decided | State::Deleted)
    }
}

impl Event {
    /// Every event.
    pub const ALL: [Event; 17] = [
        Event::Write,
        Event::Correct,
        Event::Type,
        Event::Presence,
        Event::Leave,
        Event::Take,
        Event::GiveBack,
        Event::StaffAway,
        Event::Transfer,
        Event::HandOver,
        Event::Note,
        Event::End,
        Event::Close,
        Event::Decide,
        Event::Delete,
        Event::Carry,
        Event::Expire,
    ];
}

impl Actor {
    /// Everybody.
    pub const ALL: [Actor; 4] = [Actor::Citizen, Actor::Owner, Actor::Staff, Actor::System];
}

/// Why an event was refused. Nothing has changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// The table has no such transition: somebody else has it already, for example.
    #[error("a conversation that is {state:?} takes no {event:?}")]
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
}

/// The state after an event; only the table.
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

/// The state after an event, if that actor may cause it there.
///
/// # Errors
/// Why not; nothing has changed then.
pub fn permit(state: State, event: Event, actor: Actor) -> Result<State, Refused> {
    let next = next_state(state, event)?;
    let staff = matches!(actor, Actor::Owner | Actor::Staff);
    let fits = match event {
        Event::Write | Event::Type => match state {
            State::Waiting => actor == Actor::Citizen,
            _ => matches!(actor, Actor::Citizen | Actor::Owner),
        },
        Event::Leave | Event::End => actor == Actor::Citizen,
        Event::GiveBack | Event::HandOver | Event::Close => actor == Actor::Owner,
        // Who has it decides; while nobody has it, anybody puts it where it belongs.
        Event::Transfer => actor == Actor::Owner || (state == State::Waiting && staff),
        Event::Take | Event::Correct | Event::Note | Event::Decide | Event::Delete => staff,
        Event::Presence | Event::StaffAway | Event::Carry | Event::Expire => actor == Actor::System,
    };
    if fits {
        Ok(next)
    } else {
        Err(Refused::Actor { event, actor })
    }
}
