//! What a person at a contact centre does with a conversation, as an entry here. Each event comes once, in order, from `carriers::http`.

use super::open::close;
use super::staff::requeue;
use super::{mask, no_such, state};
use crate::carriers::contract::Happened;
use crate::fault::Fault;
use crate::store::Tx;
use crate::store::handoff::{NewEntry, TalkBy, TalkNote, TalkRow};
use handoff::{Actor, Event, permit};

/// The account of all persons at contact centres. No account has this id.
pub(crate) const AFAR: &str = "afar";

/// Writes down what happened there.
///
/// # Errors
/// It does not fit: the conversation is over, or somebody in the console has it.
pub(crate) async fn hear_from_afar(
    tx: &mut Tx,
    id: &str,
    event: &Happened,
    now_ms: i64,
) -> Result<(), Fault> {
    let row = tx.talk(TalkBy::Id(id)).await?.ok_or_else(no_such)?;
    match event {
        Happened::Taken => {
            taken(tx, row, now_ms).await?;
        }
        Happened::Message { id, text } => {
            let message = format!("{AFAR}:{id}");
            if tx.entry_of(&row.id, &message).await?.is_some() {
                return Ok(());
            }
            let text = mask::of_staff(&mask::clean(text)?);
            let row = taken(tx, row, now_ms).await?;
            permit(state(&row), Event::Write, Actor::Owner)?;
            tx.note_talk(&row.id, TalkNote::Unanswered(false)).await?;
            let entry = NewEntry {
                message: &message,
                text: &text,
                ..of_afar("message")
            };
            tx.add_entry(&row.id, &entry, now_ms).await?;
        }
        Happened::Typing { on } => {
            permit(state(&row), Event::Type, actor(&row))?;
            let entry = NewEntry {
                detail: if *on { "on" } else { "off" },
                ..of_afar("typing")
            };
            tx.add_entry(&row.id, &entry, now_ms).await?;
        }
        Happened::GivenBack => {
            permit(state(&row), Event::GiveBack, actor(&row))?;
            requeue(tx, &row, "given-back", now_ms).await?;
        }
        Happened::Closed => {
            let row = taken(tx, row, now_ms).await?;
            permit(state(&row), Event::Close, actor(&row))?;
            close(tx, &row, "staff", AFAR, "answered", now_ms).await?;
            tx.audit(now_ms, &row.id, "", "talk-closed", AFAR).await?;
        }
        Happened::Other => {}
    }
    Ok(())
}

/// Somebody there has it: at once, or already.
async fn taken(tx: &mut Tx, row: TalkRow, now_ms: i64) -> Result<TalkRow, Fault> {
    if row.owner == AFAR {
        return Ok(row);
    }
    permit(state(&row), Event::Take, Actor::Staff)?;
    let mut to = row.as_is();
    to.stage = "active";
    AFAR.clone_into(&mut to.owner);
    to.alarm = false;
    if to.taken_ms == 0 {
        to.taken_ms = now_ms;
    }
    if !tx.move_talk(&row, &to).await? {
        return Err(super::faster());
    }
    tx.add_entry(&row.id, &of_afar("taken"), now_ms).await?;
    tx.audit(now_ms, &row.id, "", "talk-taken", AFAR).await?;
    tx.talk(TalkBy::Id(&row.id)).await?.ok_or_else(no_such)
}

fn of_afar(kind: &str) -> NewEntry<'_> {
    NewEntry {
        who: "staff",
        account: AFAR,
        kind,
        ..NewEntry::default()
    }
}

fn actor(row: &TalkRow) -> Actor {
    if row.owner == AFAR {
        Actor::Owner
    } else {
        Actor::Staff
    }
}
