//! Conversations: where they stand and what names them. Whoever changes one has it locked (`lock_talk`), and every change of its state
//! names the state that was seen. What stands in them is in [`super::handoff_entries`].

use super::{StoreError, Tx};
use sqlx::Row as _;
use sqlx::any::AnyRow;

pub(crate) use super::handoff_entries::{CallerRow, EntryRow, NewEntry, SaidRow};

/// A conversation.
#[derive(Clone, Debug)]
pub(crate) struct TalkRow {
    pub(crate) id: String,
    pub(crate) receipt: String,
    /// How often secret and resume code were made anew.
    pub(crate) turn: i64,
    pub(crate) resume_until_ms: i64,
    /// `chat`, `message`, `callback`.
    pub(crate) way: String,
    /// `waiting`, `active`, `closed`.
    pub(crate) stage: String,
    pub(crate) department: String,
    /// Or empty.
    pub(crate) about: String,
    pub(crate) bundle: String,
    pub(crate) language: String,
    pub(crate) seq: u64,
    /// Id of an account, or empty.
    pub(crate) owner: String,
    /// Its name, or empty.
    pub(crate) owner_name: String,
    pub(crate) created_ms: i64,
    pub(crate) queued_ms: i64,
    /// When somebody took it first, or 0.
    pub(crate) taken_ms: i64,
    pub(crate) heard_ms: i64,
    /// Since when the citizen is away, or 0.
    pub(crate) away_ms: i64,
    pub(crate) received: u64,
    pub(crate) unanswered: bool,
    pub(crate) alarm: bool,
    /// `open`, `journalised`, `not-case-relevant`.
    pub(crate) record: String,
}

/// What names a conversation.
#[derive(Clone, Copy)]
pub(crate) enum TalkBy<'a> {
    Id(&'a str),
    Receipt(&'a str),
    /// Hash of the secret.
    Secret(&'a str),
    /// Hash of the resume code.
    Resume(&'a str),
}

/// A conversation that begins.
pub(crate) struct NewTalk<'a> {
    pub(crate) id: &'a str,
    pub(crate) receipt: &'a str,
    pub(crate) secret_hash: &'a str,
    pub(crate) resume_hash: &'a str,
    pub(crate) resume_until_ms: i64,
    pub(crate) way: &'a str,
    pub(crate) department: &'a str,
    pub(crate) about: &'a str,
    pub(crate) bundle: &'a str,
    pub(crate) language: &'a str,
    pub(crate) privacy_version: &'a str,
}

/// Where a conversation goes; what is not named here stays.
#[derive(Clone, Debug)]
pub(crate) struct Moved {
    pub(crate) stage: &'static str,
    pub(crate) owner: String,
    pub(crate) department: String,
    pub(crate) queued_ms: i64,
    pub(crate) taken_ms: i64,
    pub(crate) closed_ms: i64,
    pub(crate) alarm: bool,
    pub(crate) outcome: &'static str,
}

const TALK: &str = "SELECT c.id AS id, c.receipt AS receipt, c.turn AS turn, c.resume_until_ms AS resume_until_ms, c.way AS way,
    c.stage AS stage, c.department AS department, c.about AS about, c.bundle AS bundle, c.language AS language, c.seq AS seq,
    c.owner AS owner, coalesce(a.name, '') AS owner_name, c.created_ms AS created_ms, c.queued_ms AS queued_ms,
    c.taken_ms AS taken_ms, c.heard_ms AS heard_ms, c.away_ms AS away_ms, c.received AS received, c.unanswered AS unanswered,
    c.alarm AS alarm, c.record AS record
    FROM conversation c LEFT JOIN account a ON a.tenant = c.tenant AND a.id = c.owner";

/// Numbers of the database are never negative here.
pub(super) fn number(row: &AnyRow, name: &str) -> Result<u64, sqlx::Error> {
    Ok(row.try_get::<i64, _>(name)?.cast_unsigned())
}

impl TalkRow {
    fn read(row: &AnyRow) -> Result<TalkRow, sqlx::Error> {
        Ok(TalkRow {
            id: row.try_get("id")?,
            receipt: row.try_get("receipt")?,
            turn: row.try_get("turn")?,
            resume_until_ms: row.try_get("resume_until_ms")?,
            way: row.try_get("way")?,
            stage: row.try_get("stage")?,
            department: row.try_get("department")?,
            about: row.try_get("about")?,
            bundle: row.try_get("bundle")?,
            language: row.try_get("language")?,
            seq: number(row, "seq")?,
            owner: row.try_get("owner")?,
            owner_name: row.try_get("owner_name")?,
            created_ms: row.try_get("created_ms")?,
            queued_ms: row.try_get("queued_ms")?,
            taken_ms: row.try_get("taken_ms")?,
            heard_ms: row.try_get("heard_ms")?,
            away_ms: row.try_get("away_ms")?,
            received: number(row, "received")?,
            unanswered: row.try_get::<i64, _>("unanswered")? != 0,
            alarm: row.try_get::<i64, _>("alarm")? != 0,
            record: row.try_get("record")?,
        })
    }

    /// Where it is now.
    pub(crate) fn as_is(&self) -> Moved {
        Moved {
            stage: match self.stage.as_str() {
                "active" => "active",
                "closed" => "closed",
                _ => "waiting",
            },
            owner: self.owner.clone(),
            department: self.department.clone(),
            queued_ms: self.queued_ms,
            taken_ms: self.taken_ms,
            closed_ms: 0,
            alarm: self.alarm,
            outcome: "",
        }
    }
}

impl Tx {
    /// PostgreSQL: until the end of the transaction nobody else changes that conversation.
    pub(crate) async fn lock_talk(&mut self, id: &str) -> Result<(), StoreError> {
        self.lock(&[&format!("conversation:{id}")]).await
    }

    /// Adds a conversation that waits and has no entry yet.
    pub(crate) async fn add_talk(
        &mut self,
        talk: &NewTalk<'_>,
        now_ms: i64,
    ) -> Result<(), StoreError> {
        let slug = self.slug();
        sqlx::query(
            "INSERT INTO conversation (tenant, id, receipt, secret_hash, resume_hash, resume_until_ms, way, stage, department, about,
               bundle, language, privacy_version, created_ms, queued_ms, heard_ms)
             VALUES ($1, $2, $3, $4, $5, $6, $7, 'waiting', $8, $9, $10, $11, $12, $13, $13, $13)",
        )
        .bind(slug)
        .bind(talk.id)
        .bind(talk.receipt)
        .bind(talk.secret_hash)
        .bind(talk.resume_hash)
        .bind(talk.resume_until_ms)
        .bind(talk.way)
        .bind(talk.department)
        .bind(talk.about)
        .bind(talk.bundle)
        .bind(talk.language)
        .bind(talk.privacy_version)
        .bind(now_ms)
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// The conversation of that name.
    pub(crate) async fn talk(&mut self, by: TalkBy<'_>) -> Result<Option<TalkRow>, StoreError> {
        let (column, value) = match by {
            TalkBy::Id(value) => ("id", value),
            TalkBy::Receipt(value) => ("receipt", value),
            TalkBy::Secret(value) => ("secret_hash", value),
            TalkBy::Resume(value) => ("resume_hash", value),
        };
        let slug = self.slug();
        let ask = format!("{TALK} WHERE c.tenant = $1 AND c.{column} = $2 AND c.{column} <> ''");
        let row = sqlx::query(&ask)
            .bind(slug)
            .bind(value)
            .fetch_optional(self.connection())
            .await?;
        Ok(row.map(|row| TalkRow::read(&row)).transpose()?)
    }

    /// Conversations that fulfil a condition without values, in that order.
    pub(crate) async fn talks(&mut self, rest: &str) -> Result<Vec<TalkRow>, StoreError> {
        let slug = self.slug();
        let ask = format!("{TALK} WHERE c.tenant = $1 AND {rest}");
        let rows = sqlx::query(&ask)
            .bind(slug)
            .fetch_all(self.connection())
            .await?;
        Ok(rows.iter().map(TalkRow::read).collect::<Result<_, _>>()?)
    }

    /// True when a conversation or a booking of the kommune has that receipt number.
    pub(crate) async fn has_talk_receipt(&mut self, receipt: &str) -> Result<bool, StoreError> {
        let slug = self.slug();
        let row = sqlx::query(
            "SELECT 1 AS one FROM conversation WHERE tenant = $1 AND receipt = $2
             UNION ALL SELECT 1 AS one FROM booking WHERE tenant = $1 AND receipt = $2",
        )
        .bind(slug)
        .bind(receipt)
        .fetch_optional(self.connection())
        .await?;
        Ok(row.is_some())
    }

    /// New secret and resume code; the former ones open nothing any more. False when somebody else was faster.
    pub(crate) async fn renew_talk(
        &mut self,
        row: &TalkRow,
        secret_hash: &str,
        resume_hash: &str,
        resume_until_ms: i64,
    ) -> Result<bool, StoreError> {
        let slug = self.slug();
        let done = sqlx::query(
            "UPDATE conversation SET turn = turn + 1, secret_hash = $4, resume_hash = $5, resume_until_ms = $6
             WHERE tenant = $1 AND id = $2 AND turn = $3",
        )
        .bind(slug)
        .bind(&row.id)
        .bind(row.turn)
        .bind(secret_hash)
        .bind(resume_hash)
        .bind(resume_until_ms)
        .execute(self.connection())
        .await?;
        Ok(done.rows_affected() == 1)
    }

    /// Where it goes, if it still is where it was seen. False when somebody else was faster; nothing has changed then.
    pub(crate) async fn move_talk(
        &mut self,
        seen: &TalkRow,
        to: &Moved,
    ) -> Result<bool, StoreError> {
        let slug = self.slug();
        let done = sqlx::query(
            "UPDATE conversation SET stage = $6, owner = $7, department = $8, queued_ms = $9, taken_ms = $10, closed_ms = $11,
               alarm = $12, outcome = $13
             WHERE tenant = $1 AND id = $2 AND stage = $3 AND owner = $4 AND department = $5",
        )
        .bind(slug)
        .bind(&seen.id)
        .bind(&seen.stage)
        .bind(&seen.owner)
        .bind(&seen.department)
        .bind(to.stage)
        .bind(&to.owner)
        .bind(&to.department)
        .bind(to.queued_ms)
        .bind(to.taken_ms)
        .bind(to.closed_ms)
        .bind(i64::from(to.alarm))
        .bind(to.outcome)
        .execute(self.connection())
        .await?;
        Ok(done.rows_affected() == 1)
    }

    /// Sets a number or a word of a conversation that no state depends on.
    pub(crate) async fn note_talk(
        &mut self,
        id: &str,
        what: TalkNote<'_>,
    ) -> Result<bool, StoreError> {
        let slug = self.slug();
        let done = match what {
            TalkNote::Heard(now_ms) => sqlx::query(
                "UPDATE conversation SET heard_ms = $3 WHERE tenant = $1 AND id = $2 AND heard_ms < $3",
            )
            .bind(slug)
            .bind(id)
            .bind(now_ms),
            TalkNote::Away { since_ms, heard_ms } => sqlx::query(
                "UPDATE conversation SET away_ms = $3 WHERE tenant = $1 AND id = $2 AND away_ms = 0 AND heard_ms = $4 AND stage <> 'closed'",
            )
            .bind(slug)
            .bind(id)
            .bind(since_ms)
            .bind(heard_ms),
            TalkNote::Back => sqlx::query(
                "UPDATE conversation SET away_ms = 0 WHERE tenant = $1 AND id = $2 AND away_ms <> 0",
            )
            .bind(slug)
            .bind(id),
            TalkNote::Received(seq) => sqlx::query(
                "UPDATE conversation SET received = $3 WHERE tenant = $1 AND id = $2 AND received < $3",
            )
            .bind(slug)
            .bind(id)
            .bind(seq.cast_signed()),
            TalkNote::Unanswered(yes) => sqlx::query(
                "UPDATE conversation SET unanswered = $3 WHERE tenant = $1 AND id = $2 AND unanswered <> $3",
            )
            .bind(slug)
            .bind(id)
            .bind(i64::from(yes)),
            TalkNote::Way(way) => sqlx::query(
                "UPDATE conversation SET way = $3, away_ms = 0 WHERE tenant = $1 AND id = $2 AND way = 'chat' AND stage = 'waiting'",
            )
            .bind(slug)
            .bind(id)
            .bind(way),
        };
        let done = done.execute(self.connection()).await?;
        Ok(done.rows_affected() == 1)
    }
}

/// What is noted beside the state.
#[derive(Clone, Copy, Debug)]
pub(crate) enum TalkNote<'a> {
    /// The citizen was heard from.
    Heard(i64),
    /// The citizen was not heard from since then.
    Away { since_ms: i64, heard_ms: i64 },
    /// The citizen is back.
    Back,
    /// The citizen's page has entries up to that number.
    Received(u64),
    /// The citizen wrote last, or staff did.
    Unanswered(bool),
    /// The citizen does not wait any longer.
    Way(&'a str),
}
