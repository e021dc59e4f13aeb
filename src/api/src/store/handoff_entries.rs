//! What stands in a conversation: its entries, the chat with the bot that went along, and where an answer goes. An entry gets its number
//! in the transaction that writes it; order is by number and by nothing else.

use super::handoff::number;
use super::{StoreError, Tx};
use sqlx::Row as _;
use sqlx::any::AnyRow;

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

const ENTRY: &str = "SELECT e.seq AS seq, e.at_ms AS at_ms, e.who AS who, e.account AS account, coalesce(a.name, '') AS name, e.kind AS kind,
    e.message AS message, e.text AS text, e.answer AS answer, e.target AS target, e.detail AS detail
    FROM entry e LEFT JOIN account a ON a.tenant = e.tenant AND a.id = e.account";

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
