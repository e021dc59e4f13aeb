//! Why a wish was not met: the one place that decides status and words. What the database said goes to the log.

use crate::store::StoreError;
use booking::{HoldError, Refusal, Refused};
use protocol::staff::BlockRefused;
use protocol::{Code, Problem};

/// A refusal, or a failure of the database.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// Nothing was written.
    #[error("{1}")]
    No(Code, &'static str),
    /// Refused too, but what was counted (a wrong code) stays written.
    #[error("{1}")]
    Counted(Code, &'static str),
    /// Somebody else changed the same booking in the same moment; a new try sees it as it is now.
    #[error("the booking was changed in the meantime")]
    Changed,
    /// Visits are in the way of a block: their receipts, and how many times are held.
    #[error("visits are in the way")]
    Booked(Vec<String>, u32),
    /// The browser holds as many times as it may; the seconds until one of them runs out.
    #[error("as many times are held as are allowed")]
    Held(u64),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<sqlx::Error> for Fault {
    fn from(error: sqlx::Error) -> Self {
        Fault::Store(error.into())
    }
}

impl From<Refusal> for Fault {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Service => Fault::No(Code::NotFound, "there is no such service"),
            Refusal::Location => {
                Fault::No(Code::NotFound, "this service is not given at that place")
            }
            Refusal::Elsewhere => {
                Fault::No(Code::BookedElsewhere, "this service is booked elsewhere")
            }
            Refusal::Persons { .. } => {
                Fault::No(Code::Invalid, "so many persons cannot come in one visit")
            }
            Refusal::Grid => Fault::No(Code::NotASlot, "visits do not start at that time"),
            Refusal::TooSoon => Fault::No(Code::NotASlot, "the visit starts too soon"),
            Refusal::TooFar => Fault::No(Code::NotASlot, "that day cannot be booked yet"),
            Refusal::Closed => Fault::No(Code::NotASlot, "nobody serves at that time"),
        }
    }
}

impl From<Refused> for Fault {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::HoldExpired => {
                Fault::No(Code::HoldExpired, "the hold has expired; choose again")
            }
            Refused::State {
                state: booking::State::Expired | booking::State::Released,
                ..
            } => Fault::No(Code::HoldExpired, "the hold is no more; choose again"),
            Refused::OtherDay => Fault::No(Code::WrongState, "the visit is on another day"),
            Refused::TooEarly => Fault::No(Code::WrongState, "the visit has not begun"),
            Refused::TooLate => Fault::No(Code::WrongState, "too late for that; call the kommune"),
            _ => Fault::No(Code::WrongState, "the booking is not in a state for this"),
        }
    }
}

impl From<handoff::Refused> for Fault {
    fn from(_: handoff::Refused) -> Self {
        Fault::No(
            Code::WrongState,
            "the conversation is not in a state for this: ended, or somebody else has it",
        )
    }
}

impl From<HoldError> for Fault {
    fn from(error: HoldError) -> Self {
        match error {
            HoldError::Expired => {
                Fault::No(Code::HoldExpired, "the hold has expired; choose again")
            }
            HoldError::Spent => {
                Fault::No(Code::WrongState, "the hold cannot be extended any further")
            }
        }
    }
}

impl Fault {
    /// What stands in the way of a block, where that is the fault.
    pub fn block_refused(&self) -> Option<BlockRefused> {
        let Fault::Booked(receipts, held) = self else {
            return None;
        };
        let problem = self.problem();
        Some(BlockRefused {
            kind: problem.kind,
            title: problem.title,
            status: problem.status,
            detail: problem.detail,
            code: problem.code,
            count: u32::try_from(receipts.len()).unwrap_or(u32::MAX),
            receipts: receipts.clone(),
            held: *held,
        })
    }

    /// As it goes over the wire.
    pub fn problem(&self) -> Problem {
        let (code, detail) = match self {
            Fault::No(code, detail) | Fault::Counted(code, detail) => (*code, *detail),
            Fault::Changed => (Code::WrongState, "the booking was changed in the meantime"),
            Fault::Booked(..) => (
                Code::Booked,
                "visits are in the way; move or cancel them first",
            ),
            Fault::Held(_) => (
                Code::TooManyRequests,
                "as many times are held as are allowed; book one or give it back",
            ),
            Fault::Store(StoreError::Sql(sqlx::Error::PoolTimedOut)) => {
                (Code::Unavailable, "too busy; try again with the same key")
            }
            Fault::Store(_) => (
                Code::Internal,
                "a mistake of the server; try again with the same key",
            ),
        };
        problem(code, detail)
    }
}

/// A problem with the status of its code.
pub fn problem(code: Code, detail: &str) -> Problem {
    let (status, title) = match code {
        Code::BadRequest | Code::NoIdempotencyKey => (400, "Bad Request"),
        Code::NoSecret | Code::SignedOut | Code::SignInWrong => (401, "Unauthorized"),
        Code::UnknownSite | Code::Forbidden | Code::Csrf => (403, "Forbidden"),
        Code::NotFound => (404, "Not Found"),
        Code::MethodNotAllowed => (405, "Method Not Allowed"),
        Code::SlotTaken | Code::InProgress | Code::WrongState | Code::Closed | Code::Booked => {
            (409, "Conflict")
        }
        Code::HoldExpired => (410, "Gone"),
        Code::TooLarge => (413, "Content Too Large"),
        Code::NotJson => (415, "Unsupported Media Type"),
        Code::Invalid
        | Code::KeyReused
        | Code::NotASlot
        | Code::CprRefused
        | Code::PrivacyChanged
        | Code::CodeNeeded
        | Code::CodeWrong
        | Code::TooManyBookings
        | Code::BookedElsewhere => (422, "Unprocessable Content"),
        Code::TooManyRequests => (429, "Too Many Requests"),
        Code::Internal | Code::Other => (500, "Internal Server Error"),
        Code::Upstream => (502, "Bad Gateway"),
        Code::Timeout | Code::Unavailable => (503, "Service Unavailable"),
    };
    Problem {
        kind: "about:blank".into(),
        title: title.into(),
        status,
        detail: detail.into(),
        code,
    }
}
