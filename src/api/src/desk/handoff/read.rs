//! Reading a log: everything after a number, now or as soon as there is something. Nobody who waits holds the database: they are woken
//! (store::wake) and read again. A citizen who reads is heard from, and what staff read is written down.

use super::{admin, heard, no_such, show};
use crate::desk::{Desk, secret_hash};
use crate::fault::Fault;
use crate::store::handoff::{TalkBy, TalkNote, TalkRow};
use crate::store::{Ear, StoreError, Tx};
use crate::tenant::Site;
use booking::instant_text;
use handoff::Admin;
use protocol::handoff::{Conversation, Log, LogQuery, Said};
use protocol::staff_handoff::{Note, ReadQuery, Reading};
use protocol::{Code, Contact};
use std::time::{Duration, Instant};

/// Entries of an answer.
const PAGE: i64 = 200;
/// The longest wait, seconds.
const WAIT_MOST: u8 = 20;
/// Who waits looks at the database this often, woken or not.
pub(super) const LOOK: Duration = Duration::from_secs(5);
/// A citizen's reading is noted when the last note is older.
const NOTE_MS: i64 = 5000;

impl Desk {
    /// Entries after a number, and how the conversation stands. Waits for the first one when asked to.
    ///
    /// # Errors
    /// Nothing is known under that secret.
    pub async fn talk_log(
        &self,
        site: &Site,
        secret: &str,
        query: &LogQuery,
    ) -> Result<Log, Fault> {
        let (mut ear, _) = self.hear(site, secret, query.after).await?;
        let until = until(query.wait);
        let mut seen: Option<Conversation> = None;
        loop {
            let log = self.news(site, secret, query.after).await?;
            // It closes, or others were taken: that is news as well.
            let news = !log.entries.is_empty() || seen.is_some_and(|seen| seen != log.conversation);
            if news || !again(&mut ear, until).await {
                return Ok(log);
            }
            seen = Some(log.conversation);
        }
    }

    /// The conversation of a secret, with an ear for its news. The citizen was heard from and has everything up to `after`.
    pub(crate) async fn hear(
        &self,
        site: &Site,
        secret: &str,
        after: u64,
    ) -> Result<(Ear, TalkRow), Fault> {
        admin(site)?;
        let hash = secret_hash(secret);
        let mut tx = self.store.read(&site.tenant).await?;
        let row = tx.talk(TalkBy::Secret(&hash)).await?.ok_or_else(no_such)?;
        drop(tx);
        let ear = self.store.wakes().conversation(site.tenant.slug(), &row.id);
        let now_ms = self.clock.now_ms();
        let has = after.min(row.seq);
        if row.away_ms != 0 || now_ms - row.heard_ms > NOTE_MS || has > row.received {
            self.note_heard(site, &row.id, has, now_ms).await?;
        }
        Ok((ear, row))
    }

    async fn note_heard(&self, site: &Site, id: &str, has: u64, now_ms: i64) -> Result<(), Fault> {
        let mut tx = self.store.write(&site.tenant).await?;
        tx.lock_talk(id).await?;
        if let Some(mut row) = tx.talk(TalkBy::Id(id)).await? {
            heard(&mut tx, &mut row, now_ms).await?;
            if tx.note_talk(id, TalkNote::Received(has)).await? {
                tx.wake(id).await?;
            }
        }
        Ok(tx.commit().await?)
    }

    /// What stands after a number now.
    pub(crate) async fn news(&self, site: &Site, secret: &str, after: u64) -> Result<Log, Fault> {
        let admin = admin(site)?;
        let hash = secret_hash(secret);
        let now_ms = self.clock.now_ms();
        let mut tx = self.store.read(&site.tenant).await?;
        // The state first: an entry that comes in between is in the log and makes the number greater than the state says.
        let row = tx.talk(TalkBy::Secret(&hash)).await?.ok_or_else(no_such)?;
        let rows = tx.entries(&row.id, after, PAGE).await?;
        let conversation = show::conversation(&mut tx, admin, &row, now_ms).await?;
        let names = admin.show_names;
        Ok(Log {
            entries: rows.iter().map(|e| show::entry(admin, e, names)).collect(),
            conversation,
        })
    }

    /// A conversation as staff read it. It is written down who does.
    ///
    /// # Errors
    /// The kommune has none of that number.
    pub async fn talk_reading(
        &self,
        site: &Site,
        who: &str,
        query: &ReadQuery,
    ) -> Result<Reading, Fault> {
        let admin = admin(site)?;
        let receipt = super::staff::receipt(&query.receipt)?;
        let now_ms = self.clock.now_ms();
        let mut tx = self.store.write(&site.tenant).await?;
        let row = tx.talk(TalkBy::Receipt(&receipt)).await?;
        let row = row.ok_or_else(super::staff::no_such)?;
        tx.audit_reading(&row.id, who, now_ms).await?;
        tx.see_presence(who, now_ms).await?;
        tx.commit().await?;
        let wakes = self.store.wakes();
        let mut ear = wakes.conversation(site.tenant.slug(), &row.id);
        let until = until(query.wait);
        let mut seen: Option<Reading> = None;
        loop {
            let mut tx = self.store.read(&site.tenant).await?;
            let now_ms = self.clock.now_ms();
            let row = tx.talk(TalkBy::Id(&row.id)).await?;
            let row = row.ok_or_else(super::staff::no_such)?;
            let reading = reading(&mut tx, admin, &row, query.after, now_ms).await?;
            drop(tx);
            let news = !reading.entries.is_empty() || seen.is_some_and(|seen| seen != reading);
            if news || !again(&mut ear, until).await {
                return Ok(reading);
            }
            seen = Some(reading);
        }
    }
}

fn until(wait: u8) -> Instant {
    Instant::now() + Duration::from_secs(wait.min(WAIT_MOST).into())
}

/// Waits for news, at most for [`LOOK`]. False when the time is up.
pub(super) async fn again(ear: &mut Ear, until: Instant) -> bool {
    let left = until.saturating_duration_since(Instant::now());
    if left.is_zero() || ear.has_ended() {
        return false;
    }
    ear.wait(left.min(LOOK)).await;
    !ear.has_ended()
}

async fn reading(
    tx: &mut Tx,
    admin: &Admin,
    row: &TalkRow,
    after: u64,
    now_ms: i64,
) -> Result<Reading, Fault> {
    let entries = tx.entries(&row.id, after, PAGE).await?;
    let transcript = if after == 0 {
        transcript(tx, &row.id).await?
    } else {
        Vec::new()
    };
    let caller = tx.caller(&row.id).await?;
    let given = |text: &String| (!text.is_empty()).then(|| text.clone());
    let notes = tx.notes(&row.id).await?.into_iter();
    Ok(Reading {
        conversation: show::conversation(tx, admin, row, now_ms).await?,
        row: super::queue::row(admin, row, &[], now_ms),
        entries: entries
            .iter()
            .map(|e| show::entry(admin, e, true))
            .collect(),
        transcript,
        bundle: row.bundle.clone(),
        when: caller.as_ref().and_then(|c| given(&c.wanted)),
        contact: caller.map(|c| Contact {
            phone: given(&c.phone),
            email: given(&c.email),
            name: c.name,
        }),
        notes: notes
            .map(|n| Note {
                at: instant_text(n.at_ms),
                by: n.name,
                text: n.text,
            })
            .collect(),
        received: row.received,
    })
}

async fn transcript(tx: &mut Tx, id: &str) -> Result<Vec<Said>, StoreError> {
    let said = tx.said(id).await?.into_iter();
    Ok(said
        .map(|s| Said {
            who: show::who(&s.who),
            text: s.text,
            answer: Some(s.answer).filter(|a| !a.is_empty()),
        })
        .collect())
}

/// Too many streams: long polling goes on working.
pub(crate) const FULL: Fault = Fault::No(
    Code::Unavailable,
    "too many streams; ask for the log instead",
);
