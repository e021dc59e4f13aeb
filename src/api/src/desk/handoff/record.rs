//! The record of a conversation: handed out, decided about, forgotten. Nothing is forgotten before staff have said what becomes of it,
//! and after the kommune's own time everything is. Each of it leaves a line in the audit log; an export leaves its seal there.

use super::open::close;
use super::staff::{found, no_such, receipt};
use super::{AFAR, admin, mask, state};
use crate::desk::{Desk, Draft};
use crate::fault::Fault;
use crate::store::handoff::{EntryRow, TalkBy, TalkRow};
use crate::store::{StoreError, Tx};
use crate::tenant::Site;
use handoff::record::{Contact, Decision, Entry, Head, Moment, Record as File};
use handoff::{Actor, Admin, Event, State, permit};
use protocol::Code;
use protocol::staff_handoff::{ConversationRequest, Deleted, Done, Record, RecordRequest};

/// Entries read at once.
const PAGE: i64 = 200;
const REASON: &str = "reason: 1 to 200 characters";
const DAY_MS: i64 = 86_400_000;
/// Written as the reason when a backup has brought something back that was deleted.
const BROUGHT_BACK: &str = "Slettet før kopien blev hentet tilbage";

/// Says what becomes of the record of a conversation that is over.
pub(super) async fn decide(
    tx: &mut Tx,
    who: &str,
    wish: &RecordRequest,
    now_ms: i64,
) -> Result<Draft, Fault> {
    let (record, what) = match wish.record {
        Record::Journalised => ("journalised", "talk-journalised"),
        Record::NotCaseRelevant => ("not-case-relevant", "talk-not-case-relevant"),
        Record::Open | Record::Other => {
            return Err(Fault::No(
                Code::Invalid,
                "record: journalised or not-case-relevant",
            ));
        }
    };
    let reason = mask::line(&wish.reason, 200, REASON)?;
    if reason.is_empty() {
        return Err(Fault::No(Code::Invalid, REASON));
    }
    if !privacy::find_cpr(&reason).is_empty() {
        return Err(Fault::No(Code::CprRefused, "no CPR number here"));
    }
    let row = found(tx, &wish.receipt).await?;
    permit(state(&row), Event::Decide, Actor::Staff)?;
    tx.decide_record(&row.id, record, &reason, who, now_ms)
        .await?;
    tx.audit(now_ms, &row.id, "", what, who).await?;
    Draft::plain(&Done {
        receipt: row.receipt.clone(),
        stage: super::show::stage(&row.stage),
        seq: row.seq,
    })
}

/// Another system has a conversation that waits: it is over here, and staff say what becomes of its record.
pub(crate) async fn carry_away(tx: &mut Tx, row: &TalkRow, now_ms: i64) -> Result<(), Fault> {
    if permit(state(row), Event::Carry, Actor::System).is_ok() {
        close(tx, row, "system", "", "carried", now_ms).await?;
        tx.audit(now_ms, &row.id, "", "talk-carried", "system")
            .await?;
    }
    Ok(())
}

/// Forgets a conversation about whose record somebody has decided.
pub(super) async fn delete(
    tx: &mut Tx,
    who: &str,
    wish: &ConversationRequest,
    now_ms: i64,
) -> Result<Draft, Fault> {
    let row = found(tx, &wish.receipt).await?;
    permit(state(&row), Event::Delete, Actor::Staff)?;
    tx.forget_talk(&row.id).await?;
    tx.audit(now_ms, &row.id, "", "talk-deleted", who).await?;
    Draft::plain(&Deleted {
        receipt: row.receipt,
        copies_until: None,
    })
}

impl Desk {
    /// The whole record of a conversation. That it was handed out is written down with its seal before anybody has it.
    ///
    /// # Errors
    /// The kommune has none of that receipt.
    pub async fn talk_record(&self, site: &Site, who: &str, typed: &str) -> Result<File, Fault> {
        let admin = admin(site)?;
        let receipt = receipt(typed)?;
        let mut tx = self.store.write(&site.tenant).await?;
        let now_ms = self.clock.now_ms();
        let row = tx.talk(TalkBy::Receipt(&receipt)).await?;
        let row = row.ok_or_else(no_such)?;
        let file = record(&mut tx, admin, &row, now_ms).await?;
        tx.audit(now_ms, &row.id, &file.seal, "talk-exported", who)
            .await?;
        tx.commit().await?;
        Ok(file)
    }

    /// Writes down that a conversation will be deleted, before it is: a backup must not bring it back.
    pub(crate) async fn note_deletion(&self, site: &Site, typed: &str) -> Result<(), Fault> {
        let receipt = receipt(typed)?;
        let mut tx = self.store.read(&site.tenant).await?;
        let row = tx.talk(TalkBy::Receipt(&receipt)).await?;
        drop(tx);
        match row {
            Some(row) if state(&row) == State::Decided => self.note(&site.tenant, &row.id),
            _ => Ok(()),
        }
    }

    /// Forgets the conversations whose time is over. Returns how many.
    pub(crate) async fn forget_talks(&self, site: &Site) -> Result<usize, Fault> {
        let Some(admin) = &site.talk else {
            return Ok(0);
        };
        let now_ms = self.clock.now_ms();
        let before_ms = now_ms - i64::from(admin.retention.days) * DAY_MS;
        let mut tx = self.store.read(&site.tenant).await?;
        let outdated = tx.outdated_talks(before_ms).await?;
        drop(tx);
        if outdated.is_empty() {
            return Ok(0);
        }
        for id in &outdated {
            self.note(&site.tenant, id)?;
        }
        let mut tx = self.store.write(&site.tenant).await?;
        let mut forgotten = 0;
        for id in &outdated {
            tx.lock_talk(id).await?;
            // Somebody may have decided anew since it was read.
            let row = tx.record_of(id).await?;
            if row.is_some_and(|r| r.record != "open" && r.decided_ms <= before_ms) {
                tx.forget_talk(id).await?;
                tx.audit(now_ms, id, "", "talk-deleted", "system").await?;
                forgotten += 1;
            }
        }
        tx.commit().await?;
        if let Err(e) = self.store.scrub().await {
            tracing::warn!(error = %e, "what was forgotten is still in the log of the database; the next round tries again");
        }
        Ok(forgotten)
    }

    /// Deletes again what a backup has brought back. True when it had.
    pub(crate) async fn delete_again(
        tx: &mut Tx,
        id: &str,
        now_ms: i64,
    ) -> Result<bool, StoreError> {
        let Some(row) = tx.record_of(id).await? else {
            return Ok(false);
        };
        if row.record == "open" {
            tx.decide_record(id, "not-case-relevant", BROUGHT_BACK, "system", now_ms)
                .await?;
        }
        tx.forget_talk(id).await?;
        tx.audit(now_ms, id, "", "talk-deleted", "system").await?;
        Ok(true)
    }
}

/// Everything that is kept about a conversation.
async fn record(tx: &mut Tx, admin: &Admin, row: &TalkRow, now_ms: i64) -> Result<File, Fault> {
    let more = tx.record_of(&row.id).await?.ok_or_else(no_such)?;
    let department = admin.department(&row.department);
    let contact = tx.caller(&row.id).await?.map(|caller| Contact {
        name: caller.name,
        phone: caller.phone,
        email: caller.email,
        when: caller.wanted,
    });
    let decision = (more.record != "open").then(|| Decision {
        record: more.record.clone(),
        reason: more.reason.clone(),
        by: more.by.clone(),
        at: Moment::new(more.decided_ms),
    });
    let about = Some(row.about.as_str()).filter(|about| !about.is_empty());
    let head = Head {
        kommune: admin.kommune.clone(),
        name: admin.name.clone(),
        receipt: row.receipt.clone(),
        way: row.way.clone(),
        department: row.department.clone(),
        department_name: department.map(|d| d.name.da.clone()).unwrap_or_default(),
        about: row.about.clone(),
        kle: admin
            .subject(about, &row.department)
            .unwrap_or_default()
            .to_owned(),
        bundle: row.bundle.clone(),
        language: row.language.clone(),
        privacy_version: more.privacy_version,
        contact,
        begun: Moment::new(row.created_ms),
        closed: (more.closed_ms != 0).then(|| Moment::new(more.closed_ms)),
        outcome: more.outcome,
        decision,
        received: row.received,
        retention: admin.retention.clone(),
        exported: Moment::new(now_ms),
        ..Head::default()
    };
    Ok(File::new(head, entries(tx, &row.id).await?))
}

/// The chat with the bot, then the log with the notes of colleagues where they were written.
async fn entries(tx: &mut Tx, id: &str) -> Result<Vec<Entry>, Fault> {
    let mut all: Vec<Entry> = Vec::new();
    for said in tx.said(id).await? {
        all.push(Entry {
            kind: "transcript".to_owned(),
            who: said.who,
            text: said.text,
            answer: said.answer,
            ..Entry::default()
        });
    }
    let mut notes = tx.notes(id).await?.into_iter().peekable();
    let mut after = 0;
    loop {
        let page = tx.entries(id, after, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = last.seq;
        for row in page.into_iter().filter(|row| row.kind != "typing") {
            while let Some(note) = notes.next_if(|note| note.at_ms < row.at_ms) {
                all.push(line(note.at_ms, note.name, note.text));
            }
            all.push(entry(row));
        }
    }
    all.extend(notes.map(|note| line(note.at_ms, note.name, note.text)));
    Ok(all)
}

fn line(at_ms: i64, name: String, text: String) -> Entry {
    Entry {
        kind: "note".to_owned(),
        at: Some(Moment::new(at_ms)),
        who: "staff".to_owned(),
        name,
        text,
        ..Entry::default()
    }
}

fn entry(row: EntryRow) -> Entry {
    Entry {
        n: 0,
        kind: row.kind,
        seq: row.seq,
        at: Some(Moment::new(row.at_ms)),
        who: row.who,
        name: staff_name(row.name, row.account),
        text: row.text,
        answer: row.answer,
        message: row.message,
        of: row.target,
        detail: row.detail,
        hash: String::new(),
    }
}

/// What a person is called in the record: of an account that is no more, its id.
fn staff_name(name: String, account: String) -> String {
    if account == AFAR {
        return "Kontaktcenter".to_owned();
    }
    if name.is_empty() { account } else { name }
}
