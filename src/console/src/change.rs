//! A change on its way: it has a key from its beginning to its end, so that sending it again can never do it twice. It
//! counts as done when the server has said so, and not before.

use protocol::{Code, State};

use crate::chats::TalkDeed;

/// What is changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Deed {
    /// The citizen has come.
    CheckIn,
    /// Back to booked.
    Undo,
    /// The citizen did not come.
    NoShow,
    /// Called off.
    Cancel,
    /// Another time: its start.
    Move(String),
    /// Time taken out.
    Block,
    /// Time given back.
    Unblock,
    /// An alert was seen.
    Seen,
    /// Something about a conversation, or about what is told to the editors.
    Talk(TalkDeed),
}

/// How far it has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// The booking is looked at once more: somebody else may have changed it. Nothing has been sent.
    Looking,
    /// Sent.
    Sending,
    /// Sent, and no answer came: nobody here knows whether it was done.
    Lost,
}

/// The booking as the clerk saw it when the button was pressed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expected {
    /// Number of the time.
    pub visit: String,
    /// Its state.
    pub state: State,
}

/// A change on its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// What is changed.
    pub deed: Deed,
    /// Receipt of the booking, id of the block or of the alert.
    pub about: String,
    /// Goes along with every attempt.
    pub key: String,
    /// Where it is sent.
    pub path: &'static str,
    /// The same bytes at every attempt.
    pub body: String,
    /// What must still hold; nothing for what is no booking.
    pub expected: Option<Expected>,
    /// How far it has come.
    pub phase: Phase,
}

/// What an answer means for a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Done.
    Done,
    /// Nobody knows: the same again, with the same key.
    Unsure,
    /// Not done, and why.
    Refused(Code),
    /// Not done: nobody is signed in any more.
    SignedOut,
}

/// Reads status and body of an answer; status 0: no answer came.
pub(crate) fn outcome(status: u16, body: &str) -> Outcome {
    let code = code(body);
    match (status, code) {
        (200..=299, _) => Outcome::Done,
        (401, _) => Outcome::SignedOut,
        // A server in trouble may have done it before it got there.
        (0 | 408 | 500..=599, _) | (_, Code::InProgress) => Outcome::Unsure,
        (_, code) => Outcome::Refused(code),
    }
}

/// The code of a problem; [`Code::Other`] for what is none.
pub(crate) fn code(body: &str) -> Code {
    crate::wire::code(body)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_answer_of_success_counts_as_done() {
        let wrong = r#"{"type":"about:blank","title":"Conflict","status":409,"detail":"","code":"wrong-state"}"#;
        let busy = r#"{"code":"in-progress"}"#;
        for (status, body, expected) in [
            (200, "{}", Outcome::Done),
            (201, "", Outcome::Done),
            (0, "", Outcome::Unsure),
            (408, "", Outcome::Unsure),
            (409, busy, Outcome::Unsure),
            (409, wrong, Outcome::Refused(Code::WrongState)),
            (409, "<html>", Outcome::Refused(Code::Other)),
            (422, "{}", Outcome::Refused(Code::Other)),
            (
                429,
                r#"{"code":"too-many-requests"}"#,
                Outcome::Refused(Code::TooManyRequests),
            ),
            (401, "", Outcome::SignedOut),
            (500, "", Outcome::Unsure),
            (502, "<html>", Outcome::Unsure),
            (304, "", Outcome::Refused(Code::Other)),
        ] {
            assert_eq!(outcome(status, body), expected, "{status} {body}");
        }
    }
}
