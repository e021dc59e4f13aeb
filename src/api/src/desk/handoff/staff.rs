//! What staff do with a conversation. One has it at a time: of all who take it in the same moment one does, whatever the number of
//! nodes. Each deed leaves a line in the audit log.

use super::open::close;
use super::say::{add_typing, message_id, not_too_many, of_writer};
use super::{AWAY_MS, TalkDeed, admin, faster, mask, presence, record, state, system};
use crate::carriers;
use crate::desk::Draft;
use crate::fault::Fault;
use crate::secret;
use crate::store::Tx;
use crate::store::handoff::{NewEntry, TalkBy, TalkNote, TalkRow};
use crate::store::handoff_queue::FactRow;
use crate::tenant::Site;
use booking::{Receipt, instant_text};
use handoff::{Actor, Admin, Event, permit};
use protocol::Code;
use protocol::staff_handoff::{
    CloseRequest, Done, Fact, FactDoneRequest, FactRequest, Facts, Noted, Outcome,
    StaffMessageRequest, StaffTypingRequest, TransferRequest,
};

/// Meets a deed of an account.
pub(crate) async fn meet(
    tx: &mut Tx,
    site: &Site,
    who: &str,
    deed: &TalkDeed,
    now_ms: i64,
) -> Result<Draft, Fault> {
    let admin = admin(site)?;
    tx.see_presence(who, now_ms).await?;
    match deed {
        TalkDeed::Presence(wish) => presence::set(tx, admin, who, wish, now_ms).await,
        TalkDeed::Take(wish) => take(tx, who, &wish.receipt, now_ms).await,
        TalkDeed::GiveBack(wish) => give_back(tx, who, &wish.receipt, now_ms).await,
        TalkDeed::Say(wish) => say(tx, who, wish, now_ms).await,
        TalkDeed::Type(wish) => typing(tx, who, wish, now_ms).await,
        TalkDeed::Transfer(wish) => transfer(tx, admin, who, wish, now_ms).await,
        TalkDeed::Close(wish) => end(tx, who, wish, now_ms).await,
        TalkDeed::Decide(wish) => record::decide(tx, who, wish, now_ms).await,
        TalkDeed::Delete(wish) => record::delete(tx, who, wish, now_ms).await,
        TalkDeed::Fact(wish) => fact(tx, who, wish, now_ms).await,
        TalkDeed::FactDone(wish) => fact_done(tx, who, wish, now_ms).await,
    }
}

async fn take(tx: &mut Tx, who: &str, receipt: &str, now_ms: i64) -> Result<Draft, Fault> {
    let row = found(tx, receipt).await?;
    if row.owner == who {
        return done(&row, row.seq, "active");
    }
    permit(state(&row), Event::Take, Actor::Staff)?;
    let seq = give_to(tx, &row, row.department.clone(), who, now_ms).await?;
    tx.audit(now_ms, &row.id, "", "talk-taken", who).await?;
    done(&row, seq, "active")
}

/// An account has it from now on.
async fn give_to(
    tx: &mut Tx,
    row: &TalkRow,
    department: String,
    who: &str,
    now_ms: i64,
) -> Result<u64, Fault> {
    let mut to = row.as_is();
    to.stage = "active";
    to.owner = who.to_owned();
    to.department = department;
    to.alarm = false;
    if to.taken_ms == 0 {
        to.taken_ms = now_ms;
    }
    if !tx.move_talk(row, &to).await? {
        return Err(faster());
    }
    let entry = NewEntry {
        who: "staff",
        account: who,
        kind: "taken",
        ..NewEntry::default()
    };
    Ok(tx.add_entry(&row.id, &entry, now_ms).await?)
}

async fn give_back(tx: &mut Tx, who: &str, receipt: &str, now_ms: i64) -> Result<Draft, Fault> {
    let row = found(tx, receipt).await?;
    permit(state(&row), Event::GiveBack, actor(&row, who))?;
    let seq = requeue(tx, &row, "given-back", now_ms).await?;
    tx.audit(now_ms, &row.id, "", "talk-given-back", who)
        .await?;
    done(&row, seq.ok_or_else(faster)?, "waiting")
}

/// Back to the queue, at its old place in it. `None` when somebody else was faster; nothing has changed then.
pub(super) async fn requeue(
    tx: &mut Tx,
    row: &TalkRow,
    why: &str,
    now_ms: i64,
) -> Result<Option<u64>, Fault> {
    let mut to = row.as_is();
    to.stage = "waiting";
    to.owner.clear();
    to.queued_ms = now_ms;
    to.alarm = why == "staff-away";
    if !tx.move_talk(row, &to).await? {
        return Ok(None);
    }
    let entry = NewEntry {
        account: &row.owner,
        ..system("requeued", why)
    };
    Ok(Some(tx.add_entry(&row.id, &entry, now_ms).await?))
}

async fn say(
    tx: &mut Tx,
    who: &str,
    wish: &StaffMessageRequest,
    now_ms: i64,
) -> Result<Draft, Fault> {
    let row = found(tx, &wish.receipt).await?;
    let id = message_id(&wish.id)?;
    let text = mask::of_staff(&mask::clean(&wish.text)?);
    let answer = mask::id(wish.answer.as_deref(), "answer: id of an answer")?;
    if let Some(former) = tx.entry_of(&row.id, &id).await? {
        let seq = of_writer(&former, "staff")?;
        return done(&row, seq.max(row.seq), &row.stage);
    }
    let mut entry = NewEntry {
        who: "staff",
        account: who,
        kind: "message",
        message: &id,
        text: &text,
        answer: &answer,
        ..NewEntry::default()
    };
    if let Some(of) = wish.corrects {
        permit(state(&row), Event::Correct, actor(&row, who))?;
        own_message(tx, &row, who, of).await?;
        entry.kind = "correction";
        entry.target = of;
    } else {
        permit(state(&row), Event::Write, actor(&row, who))?;
        not_too_many(tx, &row, "staff", now_ms).await?;
        tx.note_talk(&row.id, TalkNote::Unanswered(false)).await?;
    }
    let seq = tx.add_entry(&row.id, &entry, now_ms).await?;
    done(&row, seq, &row.stage)
}

/// What is set right is a message of one's own.
async fn own_message(tx: &mut Tx, row: &TalkRow, who: &str, of: u64) -> Result<(), Fault> {
    let before = of.saturating_sub(1);
    let found = tx.entries(&row.id, before, 1).await?;
    let own = found
        .first()
        .is_some_and(|e| e.seq == of && e.kind == "message" && e.account == who);
    if own {
        return Ok(());
    }
    Err(Fault::No(
        Code::Invalid,
        "corrects: number of a message of one's own",
    ))
}

async fn typing(
    tx: &mut Tx,
    who: &str,
    wish: &StaffTypingRequest,
    now_ms: i64,
) -> Result<Draft, Fault> {
    let row = found(tx, &wish.receipt).await?;
    permit(state(&row), Event::Type, actor(&row, who))?;
    let seq = add_typing(tx, &row, "staff", who, wish.on, now_ms).await?;
    done(&row, seq, &row.stage)
}

async fn transfer(
    tx: &mut Tx,
    admin: &Admin,
    who: &str,
    wish: &TransferRequest,
    now_ms: i64,
) -> Result<Draft, Fault> {
    let note = line_for_colleagues(&wish.note, "note: 1 to 1000 characters")?;
    let department = admin.department(&wish.department).ok_or(Fault::No(
        Code::NotFound,
        "department: the kommune has none of that id",
    ))?;
    let row = found(tx, &wish.receipt).await?;
    let event = if wish.to.is_some() {
        Event::HandOver
    } else {
        Event::Transfer
    };
    permit(state(&row), event, actor(&row, who))?;
    tx.add_note(&row.id, who, &note, now_ms).await?;
    let entry = NewEntry {
        who: "staff",
        account: who,
        kind: "transferred",
        detail: &department.id,
        ..NewEntry::default()
    };
    tx.audit(now_ms, &row.id, "", "talk-transferred", who)
        .await?;
    if let Some(to) = &wish.to {
        let there = tx.present(now_ms - AWAY_MS).await?;
        if !there.iter().any(|p| p.account == *to && p.there) {
            return Err(Fault::No(
                Code::WrongState,
                "to: the colleague takes no chats just now",
            ));
        }
        if department.id != row.department {
            tx.add_entry(&row.id, &entry, now_ms).await?;
        }
        let seq = give_to(tx, &row, department.id.clone(), to, now_ms).await?;
        return done(&row, seq, "active");
    }
    let mut moved = row.as_is();
    moved.stage = "waiting";
    moved.owner.clear();
    moved.department = department.id.clone();
    moved.queued_ms = now_ms;
    if !tx.move_talk(&row, &moved).await? {
        return Err(faster());
    }
    let seq = tx.add_entry(&row.id, &entry, now_ms).await?;
    let row = tx.talk(TalkBy::Id(&row.id)).await?.ok_or_else(no_such)?;
    carriers::come(tx, admin, &row, now_ms).await?;
    done(&row, seq, "waiting")
}

async fn end(tx: &mut Tx, who: &str, wish: &CloseRequest, now_ms: i64) -> Result<Draft, Fault> {
    let outcome = match wish.outcome {
        Outcome::Answered => "answered",
        Outcome::Referred => "referred",
        Outcome::Contacted => "contacted",
        Outcome::NoReply => "no-reply",
        Outcome::Abuse => "abuse",
        Outcome::Other => {
            return Err(Fault::No(
                Code::Invalid,
                "outcome: answered, referred, contacted, no-reply or abuse",
            ));
        }
    };
    let row = found(tx, &wish.receipt).await?;
    permit(state(&row), Event::Close, actor(&row, who))?;
    let seq = close(tx, &row, "staff", who, outcome, now_ms).await?;
    tx.audit(now_ms, &row.id, "", "talk-closed", who).await?;
    done(&row, seq, "closed")
}

async fn fact(tx: &mut Tx, who: &str, wish: &FactRequest, now_ms: i64) -> Result<Draft, Fault> {
    let intent = mask::id(Some(&wish.intent), "intent: id of an intent")?;
    if intent.is_empty() {
        return Err(Fault::No(Code::Invalid, "intent: id of an intent"));
    }
    let row = FactRow {
        id: secret::random::<12>(),
        at_ms: now_ms,
        name: String::new(),
        intent,
        wrong: line_for_colleagues(&wish.wrong, "wrong: 1 to 1000 characters")?,
        correct: match wish.right.as_deref() {
            Some(text) if !text.trim().is_empty() => {
                line_for_colleagues(text, "right: at most 1000 characters")?
            }
            _ => String::new(),
        },
    };
    tx.add_fact(&row, who).await?;
    tx.audit(now_ms, "", &row.id, "fact-told", who).await?;
    let mut draft = Draft::plain(&Noted {})?;
    draft.status = 201;
    Ok(draft)
}

async fn fact_done(
    tx: &mut Tx,
    who: &str,
    wish: &FactDoneRequest,
    now_ms: i64,
) -> Result<Draft, Fault> {
    let first = tx.fact_done(&wish.fact, who, now_ms).await?;
    if first.ok_or_else(no_such)? {
        tx.audit(now_ms, "", &wish.fact, "fact-done", who).await?;
    }
    Draft::plain(&Noted {})
}

impl crate::desk::Desk {
    /// What editors must look at.
    ///
    /// # Errors
    /// The database.
    pub async fn talk_facts(&self, site: &Site) -> Result<Facts, Fault> {
        let mut tx = self.store.read(&site.tenant).await?;
        let facts = tx.facts().await?.into_iter();
        Ok(Facts {
            facts: facts
                .map(|f| Fact {
                    fact: f.id,
                    at: instant_text(f.at_ms),
                    by: f.name,
                    intent: f.intent,
                    wrong: f.wrong,
                    right: Some(f.correct).filter(|text| !text.is_empty()),
                })
                .collect(),
        })
    }
}

/// The conversation of a receipt number as it was typed, locked.
pub(super) async fn found(tx: &mut Tx, typed: &str) -> Result<TalkRow, Fault> {
    let receipt = receipt(typed)?;
    let row = tx.talk(TalkBy::Receipt(&receipt)).await?;
    let row = row.ok_or_else(no_such)?;
    tx.lock_talk(&row.id).await?;
    let row = tx.talk(TalkBy::Receipt(&receipt)).await?;
    row.ok_or_else(no_such)
}

/// What is no receipt number names nothing: one answer for all that cannot be found.
pub(super) fn receipt(typed: &str) -> Result<String, Fault> {
    let receipt: Receipt = typed.parse().map_err(|_| no_such())?;
    Ok(receipt.to_string())
}

/// Nobody is told whether another kommune has it.
pub(super) fn no_such() -> Fault {
    Fault::No(Code::NotFound, "the kommune has nothing of that name")
}

fn actor(row: &TalkRow, who: &str) -> Actor {
    if row.owner == who {
        Actor::Owner
    } else {
        Actor::Staff
    }
}

fn done(row: &TalkRow, seq: u64, stage: &str) -> Result<Draft, Fault> {
    Draft::plain(&Done {
        receipt: row.receipt.clone(),
        stage: super::show::stage(stage),
        seq,
    })
}

/// What colleagues and editors read: 1..=1000 characters, no CPR number.
fn line_for_colleagues(text: &str, wrong: &'static str) -> Result<String, Fault> {
    let clean = mask::clean(text).map_err(|_| Fault::No(Code::Invalid, wrong))?;
    if clean.chars().count() > 1000 {
        return Err(Fault::No(Code::Invalid, wrong));
    }
    if !privacy::find_cpr(&clean).is_empty() {
        return Err(Fault::No(Code::CprRefused, "no CPR number here"));
    }
    Ok(clean)
}
