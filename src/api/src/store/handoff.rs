//! Conversations and their entries. An entry gets its number in the transaction that writes it; whoever changes a conversation has it
//! locked (`lock_talk`), and every change of its state names the state that was seen.

use super::{StoreError, Tx};
use sqlx::Row as _;
use sqlx::any::AnyRow;

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

/// An entry, without its number and time.
#[derive(Clone, Debug, Default)]
pub(crate) struct NewEntry<'a> {
    /// `citizen`, `staff`, `system`.
    pub(crate) who: &'a str,
    pub(crate) account: &'a str,
    pub(crate) kind: &'a str,
    pub(crate) message: &'a str,
    pub(crate) text: &'a str,
    pub(crate) answer: &'a str,
    pub(crate) target: u64,
    pub(crate) detail: &'a str,
}

/// An entry.
#[derive(Clone, Debug)]
pub(crate) struct EntryRow {
    pub(crate) seq: u64,
    pub(crate) at_ms: i64,
    pub(crate) who: String,
    pub(crate) account: String,
    /// Of the account, or empty.
    pub(crate) name: String,
    pub(crate) kind: String,
    pub(crate) message: String,
    pub(crate) text: String,
    pub(crate) answer: String,
    pub(crate) target: u64,
    pub(crate) detail: String,
}

/// One entry of the chat with the bot.
#[derive(Clone, Debug)]
pub(crate) struct SaidRow {
    /// `citizen` or `bot`.
    pub(crate) who: String,
    pub(crate) text: String,
    pub(crate) answer: String,
}

/// Where an answer goes.
#[derive(Clone, Debug)]
pub(crate) struct CallerRow {
    pub(crate) name: String,
    pub(crate) phone: String,
    pub(crate) email: String,
    pub(crate) wanted: String,
}

const TALK: &str = "SELECT c.id AS id, c.receipt AS receipt, c.turn AS turn, c.resume_until_ms AS resume_until_ms, c.way AS way,
    c.stage AS stage, c.department AS department, c.about AS about, c.bundle AS bundle, c.language AS language, c.seq AS seq,
    c.owner AS owner, coalesce(a.name, '') AS owner_name, c.created_ms AS created_ms, c.queued_ms AS queued_ms,
    c.taken_ms AS taken_ms, c.heard_ms AS heard_ms, c.away_ms AS away_ms, c.received AS received, c.unanswered AS unanswered,
    c.alarm AS alarm, c.record AS record
    FROM conversation c LEFT JOIN account a ON a.tenant = c.tenant AND a.id = c.owner";

const ENTRY: &str = "SELECT e.seq AS seq, e.at_ms AS at_ms, e.who AS who, e.account AS account, coalesce(a.name, '') AS name, e.kind AS kind,
    e.message AS message, e.text AS text, e.answer AS answer, e.target AS target, e.detail AS detail
    FROM entry e LEFT JOIN account a ON a.tenant = e.tenant AND a.id = e.account";

/// Numbers of the database are never negative here.
fn number(row: &AnyRow, name: &str) -> Result<u64, sqlx::Error> {
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

impl EntryRow {
    fn read(row: &AnyRow) -> Result<EntryRow, sqlx::Error> {
        Ok(EntryRow {
            seq: number(row, "seq")?,
            at_ms: row.try_get("at_ms")?,
            who: row.try_get("who")?,
            account: row.try_get("account")?,
            name: row.try_get("name")?,
            kind: row.try_get("kind")?,
            message: row.try_get("message")?,
            text: row.try_get("text")?,
            answer: row.try_get("answer")?,
            target: number(row, "target")?,
            detail: row.try_get("detail")?,
        })
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

    /// Adds an entry; its number. Who waits for news is woken when the transaction has lasted.
    pub(crate) async fn add_entry(
        &mut self,
        conversation: &str,
        entry: &NewEntry<'_>,
        now_ms: i64,
    ) -> Result<u64, StoreError> {
        let slug = self.slug();
        let row = sqlx::query(
            "UPDATE conversation SET seq = seq + 1 WHERE tenant = $1 AND id = $2 RETURNING seq",
        )
        .bind(&slug)
        .bind(conversation)
        .fetch_one(self.connection())
        .await?;
        let seq: i64 = row.try_get("seq")?;
        sqlx::query(
            "INSERT INTO entry (tenant, conversation, seq, at_ms, who, account, kind, message, text, answer, target, detail)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        )
        .bind(slug)
        .bind(conversation)
        .bind(seq)
        .bind(now_ms)
        .bind(entry.who)
        .bind(entry.account)
        .bind(entry.kind)
        .bind(entry.message)
        .bind(entry.text)
        .bind(entry.answer)
        .bind(entry.target.cast_signed())
        .bind(entry.detail)
        .execute(self.connection())
        .await?;
        self.wake(conversation).await?;
        Ok(seq.cast_unsigned())
    }

    /// The entry that its writer gave that id.
    pub(crate) async fn entry_of(
        &mut self,
        conversation: &str,
        message: &str,
    ) -> Result<Option<EntryRow>, StoreError> {
        let slug = self.slug();
        let ask = format!("{ENTRY} WHERE e.tenant = $1 AND e.conversation = $2 AND e.message = $3");
        let row = sqlx::query(&ask)
            .bind(slug)
            .bind(conversation)
            .bind(message)
            .fetch_optional(self.connection())
            .await?;
        Ok(row.map(|row| EntryRow::read(&row)).transpose()?)
    }

    /// Entries with a greater number, in order.
    pub(crate) async fn entries(
        &mut self,
        conversation: &str,
        after: u64,
        most: i64,
    ) -> Result<Vec<EntryRow>, StoreError> {
        let slug = self.slug();
        let ask = format!(
            "{ENTRY} WHERE e.tenant = $1 AND e.conversation = $2 AND e.seq > $3 ORDER BY e.seq LIMIT $4"
        );
        let rows = sqlx::query(&ask)
            .bind(slug)
            .bind(conversation)
            .bind(i64::try_from(after).unwrap_or(i64::MAX))
            .bind(most)
            .fetch_all(self.connection())
            .await?;
        Ok(rows.iter().map(EntryRow::read).collect::<Result<_, _>>()?)
    }

    /// The last entry of one side that is a message, or says whether they write just now.
    pub(crate) async fn last_of(
        &mut self,
        conversation: &str,
        who: &str,
        typing_too: bool,
    ) -> Result<Option<EntryRow>, StoreError> {
        let slug = self.slug();
        let other = if typing_too { "typing" } else { "message" };
        let ask = format!(
            "{ENTRY} WHERE e.tenant = $1 AND e.conversation = $2 AND e.who = $3 AND e.kind IN ('message', $4)
             ORDER BY e.seq DESC LIMIT 1"
        );
        let row = sqlx::query(&ask)
            .bind(slug)
            .bind(conversation)
            .bind(who)
            .bind(other)
            .fetch_optional(self.connection())
            .await?;
        Ok(row.map(|row| EntryRow::read(&row)).transpose()?)
    }

    /// Messages of one side since an instant.
    pub(crate) async fn said_since(
        &mut self,
        conversation: &str,
        who: &str,
        since_ms: i64,
    ) -> Result<i64, StoreError> {
        let slug = self.slug();
        let row = sqlx::query(
            "SELECT count(*) AS n FROM entry WHERE tenant = $1 AND conversation = $2 AND who = $3 AND kind = 'message' AND at_ms > $4",
        )
        .bind(slug)
        .bind(conversation)
        .bind(who)
        .bind(since_ms)
        .fetch_one(self.connection())
        .await?;
        Ok(row.try_get("n")?)
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

    /// Keeps the chat with the bot.
    pub(crate) async fn add_said(
        &mut self,
        conversation: &str,
        n: usize,
        said: &SaidRow,
    ) -> Result<(), StoreError> {
        let slug = self.slug();
        sqlx::query(
            "INSERT INTO said (tenant, conversation, n, who, text, answer) VALUES ($1, $2, $3, $4, $5, $6)",
        )
        .bind(slug)
        .bind(conversation)
        .bind(i64::try_from(n).unwrap_or(i64::MAX))
        .bind(&said.who)
        .bind(&said.text)
        .bind(&said.answer)
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// The chat with the bot, the oldest first.
    pub(crate) async fn said(&mut self, conversation: &str) -> Result<Vec<SaidRow>, StoreError> {
        let slug = self.slug();
        let rows = sqlx::query(
            "SELECT who, text, answer FROM said WHERE tenant = $1 AND conversation = $2 ORDER BY n",
        )
        .bind(slug)
        .bind(conversation)
        .fetch_all(self.connection())
        .await?;
        rows.iter()
            .map(|row| {
                Ok(SaidRow {
                    who: row.try_get("who")?,
                    text: row.try_get("text")?,
                    answer: row.try_get("answer")?,
                })
            })
            .collect()
    }

    /// Keeps where an answer goes.
    pub(crate) async fn add_caller(
        &mut self,
        conversation: &str,
        caller: &CallerRow,
    ) -> Result<(), StoreError> {
        let slug = self.slug();
        sqlx::query(
            "INSERT INTO caller (tenant, conversation, name, phone, email, wanted) VALUES ($1, $2, $3, $4, $5, $6)",
        )
        .bind(slug)
        .bind(conversation)
        .bind(&caller.name)
        .bind(&caller.phone)
        .bind(&caller.email)
        .bind(&caller.wanted)
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// Where an answer goes.
    pub(crate) async fn caller(
        &mut self,
        conversation: &str,
    ) -> Result<Option<CallerRow>, StoreError> {
        let slug = self.slug();
        let row = sqlx::query(
            "SELECT name, phone, email, wanted FROM caller WHERE tenant = $1 AND conversation = $2",
        )
        .bind(slug)
        .bind(conversation)
        .fetch_optional(self.connection())
        .await?;
        row.map(|row| {
            Ok(CallerRow {
                name: row.try_get("name")?,
                phone: row.try_get("phone")?,
                email: row.try_get("email")?,
                wanted: row.try_get("wanted")?,
            })
        })
        .transpose()
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
