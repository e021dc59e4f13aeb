//! Messages that must go out: added in the transaction of what they tell, sent afterwards, at least once.

use super::{StoreError, Tx};
use sqlx::Row as _;
use sqlx::any::AnyRow;

/// A message, without its words.
#[derive(Clone, Debug)]
pub(crate) struct OutRow {
    pub(crate) id: String,
    /// Or a conversation. Empty for codes.
    pub(crate) booking: String,
    pub(crate) visit: String,
    /// `confirmed`, `moved`, `cancelled`, `reminder`, `code`, `talk`, `talk-receipt`.
    pub(crate) about: String,
    /// `email` or `sms`.
    pub(crate) channel: String,
    /// For codes; others take it from the booking when they are sent.
    pub(crate) recipient: String,
    /// The code; why staff cancelled; the department of a conversation; `staff` for what they moved. Forgotten when sent.
    pub(crate) payload: String,
    /// The same for every try.
    pub(crate) dedupe: String,
    /// `queued`, `sent`, `failed`.
    pub(crate) state: String,
    pub(crate) tries: i64,
    /// When it should go.
    pub(crate) due_ms: i64,
}

/// A message that has not gone.
#[derive(Clone, Debug)]
pub(crate) struct Overdue {
    /// Receipt number of its booking or conversation, or nothing.
    pub(crate) receipt: String,
    /// As [`OutRow::about`].
    pub(crate) about: String,
}

const COLUMNS: &str =
    "id, booking, visit, about, channel, recipient, payload, dedupe, state, tries, due_ms";

impl OutRow {
    fn read(row: &AnyRow) -> Result<OutRow, sqlx::Error> {
        Ok(OutRow {
            id: row.try_get("id")?,
            booking: row.try_get("booking")?,
            visit: row.try_get("visit")?,
            about: row.try_get("about")?,
            channel: row.try_get("channel")?,
            recipient: row.try_get("recipient")?,
            payload: row.try_get("payload")?,
            dedupe: row.try_get("dedupe")?,
            state: row.try_get("state")?,
            tries: row.try_get("tries")?,
            due_ms: row.try_get("due_ms")?,
        })
    }
}

impl Tx {
    /// Adds a message, once per dedupe key.
    pub(crate) async fn post(&mut self, row: &OutRow, now_ms: i64) -> Result<(), StoreError> {
        let slug = self.slug();
        sqlx::query(
            "INSERT INTO outbox (tenant, id, booking, visit, about, channel, recipient, payload, dedupe, state, created_ms, due_ms, next_ms)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'queued', $10, $11, $12) ON CONFLICT (tenant, dedupe) DO NOTHING",
        )
        .bind(slug)
        .bind(&row.id)
        .bind(&row.booking)
        .bind(&row.visit)
        .bind(&row.about)
        .bind(&row.channel)
        .bind(&row.recipient)
        .bind(&row.payload)
        .bind(&row.dedupe)
        .bind(now_ms)
        .bind(row.due_ms)
        .bind(row.due_ms)
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// The messages of a booking, the oldest first.
    pub(crate) async fn messages(&mut self, booking: &str) -> Result<Vec<OutRow>, StoreError> {
        let slug = self.slug();
        let rows = sqlx::query(&format!(
            "SELECT {COLUMNS} FROM outbox WHERE tenant = $1 AND booking = $2 ORDER BY created_ms, id"
        ))
        .bind(slug)
        .bind(booking)
        .fetch_all(self.connection())
        .await?;
        Ok(rows.iter().map(OutRow::read).collect::<Result<_, _>>()?)
    }

    /// The messages of the visits of a location between two instants, the oldest first.
    pub(crate) async fn messages_of(
        &mut self,
        location: &str,
        from_ms: i64,
        to_ms: i64,
    ) -> Result<Vec<OutRow>, StoreError> {
        let slug = self.slug();
        let rows = sqlx::query(&format!(
            "SELECT {COLUMNS} FROM outbox WHERE tenant = $1 AND booking IN (SELECT booking FROM visit WHERE tenant = $1
             AND location = $2 AND start_ms >= $3 AND start_ms < $4 AND booking <> '') ORDER BY created_ms, id"
        ))
        .bind(slug)
        .bind(location)
        .bind(from_ms)
        .bind(to_ms)
        .fetch_all(self.connection())
        .await?;
        Ok(rows.iter().map(OutRow::read).collect::<Result<_, _>>()?)
    }

    /// What was to be said about one time is said about another: the visit has another counter, and the citizen need not know.
    pub(crate) async fn readdress(&mut self, from: &str, to: &str) -> Result<(), StoreError> {
        let slug = self.slug();
        sqlx::query(
            "UPDATE outbox SET visit = $3 WHERE tenant = $1 AND visit = $2 AND state <> 'sent'",
        )
        .bind(slug)
        .bind(from)
        .bind(to)
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// Reminders of a time that is no more.
    pub(crate) async fn drop_reminders(&mut self, booking: &str) -> Result<(), StoreError> {
        let slug = self.slug();
        sqlx::query(
            "DELETE FROM outbox WHERE tenant = $1 AND booking = $2 AND about = 'reminder' AND state = 'queued'",
        )
        .bind(slug)
        .bind(booking)
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// True when a message is due, or was given up or has waited too long without a report.
    pub(crate) async fn anything_due(
        &mut self,
        now_ms: i64,
        overdue_ms: i64,
    ) -> Result<bool, StoreError> {
        let slug = self.slug();
        let row = sqlx::query(
            "SELECT 1 AS one FROM outbox WHERE tenant = $1 AND ((state = 'queued' AND next_ms <= $2 AND claimed_ms <= $2)
             OR (alerted_ms = 0 AND (state = 'failed' OR (state <> 'sent' AND due_ms <= $3)))) LIMIT 1",
        )
        .bind(slug)
        .bind(now_ms)
        .bind(overdue_ms)
        .fetch_optional(self.connection())
        .await?;
        Ok(row.is_some())
    }

    /// True when a message has waited too long without a report.
    pub(crate) async fn any_overdue(&mut self, before_ms: i64) -> Result<bool, StoreError> {
        let slug = self.slug();
        let row = sqlx::query(
            "SELECT 1 AS one FROM outbox WHERE tenant = $1 AND alerted_ms = 0 AND (state = 'failed' OR (state <> 'sent' AND due_ms <= $2)) LIMIT 1",
        )
        .bind(slug)
        .bind(before_ms)
        .fetch_optional(self.connection())
        .await?;
        Ok(row.is_some())
    }

    /// Takes what is due for `lease_ms`, at most `most`; nobody else takes it until then.
    pub(crate) async fn claim(
        &mut self,
        now_ms: i64,
        lease_ms: i64,
        most: i64,
    ) -> Result<Vec<OutRow>, StoreError> {
        self.lock(&["outbox"]).await?;
        let slug = self.slug();
        let rows = sqlx::query(&format!(
            "SELECT {COLUMNS} FROM outbox WHERE tenant = $1 AND state = 'queued' AND next_ms <= $2 AND claimed_ms <= $2
             ORDER BY next_ms LIMIT $3"
        ))
        .bind(slug)
        .bind(now_ms)
        .bind(most)
        .fetch_all(self.connection())
        .await?;
        let rows: Vec<OutRow> = rows.iter().map(OutRow::read).collect::<Result<_, _>>()?;
        for row in &rows {
            let slug = self.slug();
            sqlx::query(
                "UPDATE outbox SET claimed_ms = $3, tries = tries + 1 WHERE tenant = $1 AND id = $2",
            )
            .bind(slug)
            .bind(&row.id)
            .bind(now_ms + lease_ms)
            .execute(self.connection())
            .await?;
        }
        Ok(rows)
    }

    /// Marks it as sent and forgets the code in it.
    pub(crate) async fn mark_sent(&mut self, id: &str, now_ms: i64) -> Result<(), StoreError> {
        let slug = self.slug();
        sqlx::query(
            "UPDATE outbox SET state = 'sent', sent_ms = $3, recipient = '', payload = '' WHERE tenant = $1 AND id = $2",
        )
        .bind(slug)
        .bind(id)
        .bind(now_ms)
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// Tries again at `next_ms`, or never when that is `None`.
    pub(crate) async fn mark_failed(
        &mut self,
        id: &str,
        next_ms: Option<i64>,
    ) -> Result<(), StoreError> {
        let slug = self.slug();
        let (state, next) = next_ms.map_or(("failed", 0), |next| ("queued", next));
        sqlx::query(
            "UPDATE outbox SET state = $3, next_ms = $4, claimed_ms = 0 WHERE tenant = $1 AND id = $2",
        )
        .bind(slug)
        .bind(id)
        .bind(state)
        .bind(next)
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// Messages that should have gone before `before_ms` and have not, or were given up, and were not reported; they are
    /// reported now.
    pub(crate) async fn overdue(
        &mut self,
        before_ms: i64,
        now_ms: i64,
    ) -> Result<Vec<Overdue>, StoreError> {
        let slug = self.slug();
        let rows = sqlx::query(
            "SELECT o.id AS id, o.about AS about, COALESCE(b.receipt, c.receipt, '') AS receipt FROM outbox o
             LEFT JOIN booking b ON b.tenant = o.tenant AND b.id = o.booking
             LEFT JOIN conversation c ON c.tenant = o.tenant AND c.id = o.booking
             WHERE o.tenant = $1 AND o.alerted_ms = 0 AND (o.state = 'failed' OR (o.state <> 'sent' AND o.due_ms <= $2))",
        )
        .bind(slug)
        .bind(before_ms)
        .fetch_all(self.connection())
        .await?;
        let mut overdue = Vec::new();
        for row in rows {
            let slug = self.slug();
            sqlx::query("UPDATE outbox SET alerted_ms = $3 WHERE tenant = $1 AND id = $2")
                .bind(slug)
                .bind(row.try_get::<String, _>("id")?)
                .bind(now_ms)
                .execute(self.connection())
                .await?;
            overdue.push(Overdue {
                receipt: row.try_get("receipt")?,
                about: row.try_get("about")?,
            });
        }
        Ok(overdue)
    }
}
