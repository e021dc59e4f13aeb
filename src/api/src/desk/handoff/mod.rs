//! Talking with a person: what citizens and staff wish about a conversation, and what they are told. A conversation is a log; all that
//! happens to it is an entry, written in the transaction of the wish and told to whoever waits when that has lasted.
//!
//! A citizen has the secret of one conversation, staff name it by its receipt within the kommune of their session: what is
//! somebody else's is not found, exactly like what never was. Which event is possible in which state says crate `handoff`.

mod afar;
mod mask;
mod open;
mod presence;
mod queue;
mod read;
mod record;
mod say;
mod show;
mod staff;
mod streams;

pub(crate) use afar::{AFAR, hear_from_afar};
pub use presence::Sweeper;
pub use queue::Reader;
pub(crate) use read::FULL;
pub(crate) use record::carry_away;
pub(crate) use streams::{Seat, Streams};

use super::{Desk, Draft, no_such, secret_hash};
use crate::fault::Fault;
use crate::store::Tx;
use crate::store::handoff::{NewEntry, TalkBy, TalkNote, TalkRow};
use crate::tenant::Site;
use handoff::{Admin, State};
use protocol::Code;
use protocol::handoff::{LeaveRequest, MessageRequest, OpenRequest, ResumeRequest, TypingRequest};
use protocol::staff_handoff::{
    CloseRequest, ConversationRequest, FactDoneRequest, FactRequest, PresenceRequest,
    RecordRequest, StaffMessageRequest, StaffTypingRequest, TransferRequest,
};

/// What a citizen wants.
#[derive(Clone, Debug)]
pub enum TalkWish {
    /// Begin a conversation.
    Open(OpenRequest),
    /// Come back to one with the code that was written down.
    Resume(ResumeRequest),
    /// Write.
    Say(MessageRequest),
    /// Say that one writes.
    Type(TypingRequest),
    /// Not to wait any longer.
    Leave(LeaveRequest),
    /// End it.
    End,
}

/// What staff want.
#[derive(Clone, Debug)]
pub enum TalkDeed {
    /// Say that the own console is alive.
    Presence(PresenceRequest),
    /// Have a conversation.
    Take(ConversationRequest),
    /// Give it back to the queue.
    GiveBack(ConversationRequest),
    /// Write to the citizen.
    Say(StaffMessageRequest),
    /// Say that one writes.
    Type(StaffTypingRequest),
    /// Hand it on.
    Transfer(TransferRequest),
    /// End it.
    Close(CloseRequest),
    /// Say what becomes of its record.
    Decide(RecordRequest),
    /// Delete it.
    Delete(ConversationRequest),
    /// Tell the editors that an answer is wrong.
    Fact(FactRequest),
    /// A task for the editors is done.
    FactDone(FactDoneRequest),
}

/// How long a resume code is good.
const RESUME_MS: i64 = 86_400_000;
/// Who is not heard from for so long is away.
const AWAY_MS: i64 = protocol::handoff::AWAY_SECONDS as i64 * 1000;

/// Meets a wish of a citizen.
pub(super) async fn meet(
    desk: &Desk,
    tx: &mut Tx,
    site: &Site,
    wish: &TalkWish,
    secret: &str,
    now_ms: i64,
) -> Result<Draft, Fault> {
    let talk = admin(site)?;
    match wish {
        TalkWish::Open(wish) => open::open(desk, tx, site, wish, now_ms).await,
        TalkWish::Resume(wish) => open::resume(desk, tx, site, wish, now_ms).await,
        TalkWish::Say(wish) => say::say(tx, secret, wish, now_ms).await,
        TalkWish::Type(wish) => say::typing(tx, secret, wish, now_ms).await,
        TalkWish::Leave(wish) => open::leave(tx, talk, secret, wish, now_ms).await,
        TalkWish::End => open::end(tx, talk, secret, now_ms).await,
    }
}

pub(super) use staff::meet as meet_staff;

/// What the kommune has decided about talking.
fn admin(site: &Site) -> Result<&Admin, Fault> {
    site.talk.as_ref().ok_or(Fault::No(
        Code::NotFound,
        "nobody of this kommune talks here",
    ))
}

/// The conversation of a secret, locked. The citizen was heard from.
async fn own(tx: &mut Tx, secret: &str, now_ms: i64) -> Result<TalkRow, Fault> {
    let hash = secret_hash(secret);
    let row = tx.talk(TalkBy::Secret(&hash)).await?.ok_or_else(no_such)?;
    tx.lock_talk(&row.id).await?;
    // Once more, as it is now that nobody else changes it.
    let mut row = tx.talk(TalkBy::Secret(&hash)).await?.ok_or_else(no_such)?;
    heard(tx, &mut row, now_ms).await?;
    Ok(row)
}

/// Notes that the citizen was heard from; who was away is back.
async fn heard(tx: &mut Tx, row: &mut TalkRow, now_ms: i64) -> Result<(), Fault> {
    tx.note_talk(&row.id, TalkNote::Heard(now_ms)).await?;
    row.heard_ms = row.heard_ms.max(now_ms);
    if row.away_ms == 0 || !tx.note_talk(&row.id, TalkNote::Back).await? {
        return Ok(());
    }
    row.away_ms = 0;
    if row.stage != "closed" {
        row.seq = tx
            .add_entry(&row.id, &system("citizen-back", ""), now_ms)
            .await?;
    }
    Ok(())
}

/// An entry of the program.
fn system<'a>(kind: &'a str, detail: &'a str) -> NewEntry<'a> {
    NewEntry {
        who: "system",
        kind,
        detail,
        ..NewEntry::default()
    }
}

/// Where it stands in the table of `handoff`.
fn state(row: &TalkRow) -> State {
    match (row.stage.as_str(), row.record.as_str()) {
        ("waiting", _) => State::Waiting,
        ("active", _) => State::Active,
        (_, "open") => State::Closed,
        _ => State::Decided,
    }
}

/// Somebody else changed it since it was read.
fn faster() -> Fault {
    Fault::No(Code::WrongState, "somebody else was faster")
}
