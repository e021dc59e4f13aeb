//! What a citizen and staff write, and that they write. A message has an id of its writer's: sent ten times, it is there once.

use super::{mask, own, state};
use crate::desk::Draft;
use crate::fault::Fault;
use crate::store::Tx;
use crate::store::handoff::{EntryRow, NewEntry, TalkNote, TalkRow};
use handoff::{Actor, Event, permit};
use protocol::Code;
use protocol::handoff::{Accepted, MessageRequest, TypingRequest};

/// Messages that one side may write in a minute.
const A_MINUTE: i64 = 40;
/// Who says so again sooner adds nothing to the log.
const AGAIN_MS: i64 = 3000;

/// The citizen writes.
pub(super) async fn say(
    tx: &mut Tx,
    secret: &str,
    wish: &MessageRequest,
    now_ms: i64,
) -> Result<Draft, Fault> {
    let row = own(tx, secret, now_ms).await?;
    let id = message_id(&wish.id)?;
    let text = mask::clean(&wish.text)?;
    let before = match tx.entry_of(&row.id, &id).await? {
        Some(former) => {
            // A retry whose key was forgotten: what was masked with its neighbour cannot be compared, and need not be.
            let seq = of_writer(&former, "citizen")?;
            return Draft::plain(&Accepted { seq });
        }
        None => last_text(tx, &row, "citizen").await?,
    };
    permit(state(&row), Event::Write, Actor::Citizen)?;
    not_too_many(tx, &row, "citizen", now_ms).await?;
    let entry = NewEntry {
        who: "citizen",
        kind: "message",
        message: &id,
        text: &mask::of_citizen(&before, &text),
        ..NewEntry::default()
    };
    let seq = tx.add_entry(&row.id, &entry, now_ms).await?;
    tx.note_talk(&row.id, TalkNote::Unanswered(true)).await?;
    Draft::plain(&Accepted { seq })
}

/// The citizen writes just now, or has stopped.
pub(super) async fn typing(
    tx: &mut Tx,
    secret: &str,
    wish: &TypingRequest,
    now_ms: i64,
) -> Result<Draft, Fault> {
    let row = own(tx, secret, now_ms).await?;
    permit(state(&row), Event::Type, Actor::Citizen)?;
    let seq = add_typing(tx, &row, "citizen", "", wish.on, now_ms).await?;
    Draft::plain(&Accepted { seq })
}

/// Adds that somebody writes, unless the log says so already.
pub(super) async fn add_typing(
    tx: &mut Tx,
    row: &TalkRow,
    who: &str,
    account: &str,
    on: bool,
    now_ms: i64,
) -> Result<u64, Fault> {
    let detail = if on { "on" } else { "off" };
    let last = tx.last_of(&row.id, who, true).await?;
    let known = match &last {
        // Who has written a message has stopped.
        Some(last) if last.kind == "message" => !on,
        Some(last) => last.detail == detail && (!on || now_ms - last.at_ms < AGAIN_MS),
        None => !on,
    };
    if known {
        return Ok(row.seq);
    }
    let entry = NewEntry {
        who,
        account,
        kind: "typing",
        detail,
        ..NewEntry::default()
    };
    Ok(tx.add_entry(&row.id, &entry, now_ms).await?)
}

/// A UUID in small letters.
pub(super) fn message_id(text: &str) -> Result<String, Fault> {
    let fits = text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        });
    if fits {
        Ok(text.to_ascii_lowercase())
    } else {
        Err(Fault::No(
            Code::Invalid,
            "id: a UUID, the same for every try",
        ))
    }
}

/// The number of a message that is there already; somebody else's id is refused.
pub(super) fn of_writer(former: &EntryRow, who: &str) -> Result<u64, Fault> {
    if former.who == who {
        return Ok(former.seq);
    }
    Err(Fault::No(
        Code::KeyReused,
        "id: another message of the conversation has it",
    ))
}

/// Nobody floods the other side.
pub(super) async fn not_too_many(
    tx: &mut Tx,
    row: &TalkRow,
    who: &str,
    now_ms: i64,
) -> Result<(), Fault> {
    if tx.said_since(&row.id, who, now_ms - 60_000).await? < A_MINUTE {
        return Ok(());
    }
    Err(Fault::No(
        Code::TooManyRequests,
        "too many messages within a minute; wait",
    ))
}

async fn last_text(tx: &mut Tx, row: &TalkRow, who: &str) -> Result<String, Fault> {
    let last = tx.last_of(&row.id, who, false).await?;
    Ok(last.map(|entry| entry.text).unwrap_or_default())
}
