//! What becomes of a conversation's record, and forgetting it. The schema refuses to forget what nobody has decided.

use super::{Kind, Store, StoreError, Tx};
use sqlx::{Executor as _, Row as _};

/// What a record says of a conversation beside [`TalkRow`](super::handoff::TalkRow).
#[derive(Clone, Debug)]
pub(crate) struct RecordRow {
    pub(crate) privacy_version: String,
    /// When it ended, or 0.
    pub(crate) closed_ms: i64,
    /// How it ended, or empty.
    pub(crate) outcome: String,
    /// `open`, `journalised`, `not-case-relevant`.
    pub(crate) record: String,
    /// Number of the case, or why it matters for none.
    pub(crate) reason: String,
    /// Name of the account that decided.
    pub(crate) by: String,
    pub(crate) decided_ms: i64,
}

/// Tables with what was said in a conversation; the conversation itself goes last.
const PARTS: [&str; 5] = ["entry", "said", "caller", "note", "carried"];

impl Tx {
    /// What the record says of a conversation.
    pub(crate) async fn record_of(&mut self, id: &str) -> Result<Option<RecordRow>, StoreError> {
        let slug = self.slug();
        let row = sqlx::query(
            "SELECT c.privacy_version AS privacy_version, c.closed_ms AS closed_ms, c.outcome AS outcome, c.record AS record,
               c.record_reason AS reason, coalesce(a.name, c.record_by) AS by_name, c.record_ms AS decided_ms
             FROM conversation c LEFT JOIN account a ON a.tenant = c.tenant AND a.id = c.record_by
             WHERE c.tenant = $1 AND c.id = $2",
        )
        .bind(slug)
        .bind(id)
        .fetch_optional(self.connection())
        .await?;
        row.map(|row| {
            Ok(RecordRow {
                privacy_version: row.try_get("privacy_version")?,
                closed_ms: row.try_get("closed_ms")?,
                outcome: row.try_get("outcome")?,
                record: row.try_get("record")?,
                reason: row.try_get("reason")?,
                by: row.try_get("by_name")?,
                decided_ms: row.try_get("decided_ms")?,
            })
        })
        .transpose()
    }

    /// Writes down what becomes of it; the last word counts.
    pub(crate) async fn decide_record(
        &mut self,
        id: &str,
        record: &str,
        reason: &str,
        who: &str,
        now_ms: i64,
    ) -> Result<(), StoreError> {
        let slug = self.slug();
        sqlx::query(
            "UPDATE conversation SET record = $3, record_reason = $4, record_by = $5, record_ms = $6 WHERE tenant = $1 AND id = $2",
        )
        .bind(slug)
        .bind(id)
        .bind(record)
        .bind(reason)
        .bind(who)
        .bind(now_ms)
        .execute(self.connection())
        .await?;
        self.wake_queue().await
    }

    /// Conversations whose record was decided before an instant.
    pub(crate) async fn outdated_talks(
        &mut self,
        before_ms: i64,
    ) -> Result<Vec<String>, StoreError> {
        let slug = self.slug();
        let rows = sqlx::query(
            "SELECT id FROM conversation WHERE tenant = $1 AND record <> 'open' AND record_ms <= $2 ORDER BY record_ms",
        )
        .bind(slug)
        .bind(before_ms)
        .fetch_all(self.connection())
        .await?;
        rows.iter().map(|row| Ok(row.try_get("id")?)).collect()
    }

    /// For tests: ids of all conversations.
    ///
    /// # Errors
    /// The database refuses.
    pub async fn talk_ids(&mut self) -> Result<Vec<String>, StoreError> {
        let slug = self.slug();
        let rows = sqlx::query("SELECT id FROM conversation WHERE tenant = $1 ORDER BY id")
            .bind(slug)
            .fetch_all(self.connection())
            .await?;
        rows.iter().map(|row| Ok(row.try_get("id")?)).collect()
    }

    /// Forgets a conversation with all that was said in it, and what was to be sent about it. What was done stays in the audit
    /// log, without a word of it.
    pub(crate) async fn forget_talk(&mut self, id: &str) -> Result<(), StoreError> {
        let slug = self.slug();
        sqlx::query(
            "DELETE FROM alert WHERE tenant = $1 AND about = 'conversation'
             AND subject = (SELECT receipt FROM conversation WHERE tenant = $1 AND id = $2)",
        )
        .bind(slug)
        .bind(id)
        .execute(self.connection())
        .await?;
        for (table, column) in PARTS
            .into_iter()
            .map(|table| (table, "conversation"))
            .chain([("outbox", "booking"), ("conversation", "id")])
        {
            let slug = self.slug();
            sqlx::query(&format!(
                "DELETE FROM {table} WHERE tenant = $1 AND {column} = $2"
            ))
            .bind(slug)
            .bind(id)
            .execute(self.connection())
            .await?;
        }
        self.wake_queue().await
    }
}

impl Store {
    /// Makes what was deleted unreadable in the files too. SQLite has written zeros over it (`secure_delete`); here its log, which
    /// still holds the former pages, is emptied. PostgreSQL frees the rows of the tables; its own log goes with its checkpoints and
    /// archives.
    ///
    /// # Errors
    /// Somebody reads for too long, or the database is gone; what was deleted is deleted all the same.
    pub async fn scrub(&self) -> Result<(), StoreError> {
        match self.kind {
            Kind::Sqlite => {
                let mut connection = self.writer.acquire().await?;
                let row = sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)")
                    .fetch_one(&mut *connection)
                    .await?;
                if row.try_get::<i64, _>(0)? == 0 {
                    return Ok(());
                }
                Err(StoreError::Sql(sqlx::Error::PoolTimedOut))
            }
            Kind::Postgres => {
                let mut connection = self.writer.acquire().await?;
                for table in PARTS.into_iter().chain(["outbox", "conversation"]) {
                    let vacuum = format!("VACUUM {table}");
                    connection.execute(vacuum.as_str()).await?;
                }
                Ok(())
            }
        }
    }
}
