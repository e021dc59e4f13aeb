//! What happened, to whom, by whom. Lines are only ever added; the schema refuses the rest.

use super::{StoreError, Tx};
use sqlx::Row as _;

/// One line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// UTC milliseconds.
    pub at_ms: i64,
    /// `held`, `confirmed`, `moved` …
    pub what: String,
    /// `citizen`, `system`, or the id of an account.
    pub who: String,
}

/// One line with the names of what it is about.
#[derive(Clone, Debug)]
pub(crate) struct FullLine {
    pub(crate) at_ms: i64,
    pub(crate) what: String,
    pub(crate) who: String,
    /// Of the account, or empty.
    pub(crate) name: String,
    /// Of the booking or the conversation, or empty.
    pub(crate) receipt: String,
}

impl Tx {
    /// Adds a line. `booking` may be empty, or the id of a conversation.
    pub(crate) async fn audit(
        &mut self,
        now_ms: i64,
        booking: &str,
        visit: &str,
        what: &str,
        who: &str,
    ) -> Result<(), StoreError> {
        let slug = self.slug();
        sqlx::query(
            "INSERT INTO audit (tenant, at_ms, booking, visit, what, who) VALUES ($1, $2, $3, $4, $5, $6)",
        )
        .bind(slug)
        .bind(now_ms)
        .bind(booking)
        .bind(visit)
        .bind(what)
        .bind(who)
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// The first lines of a span of time, the oldest first.
    pub(crate) async fn audit_days(
        &mut self,
        from_ms: i64,
        to_ms: i64,
        most: i64,
    ) -> Result<Vec<FullLine>, StoreError> {
        let slug = self.slug();
        let rows = sqlx::query(
            "SELECT l.at_ms, l.what, l.who, coalesce(a.name, '') AS name, coalesce(b.receipt, c.receipt, '') AS receipt FROM audit l
             LEFT JOIN account a ON a.tenant = l.tenant AND a.id = l.who
             LEFT JOIN booking b ON b.tenant = l.tenant AND b.id = l.booking
             LEFT JOIN conversation c ON c.tenant = l.tenant AND c.id = l.booking
             WHERE l.tenant = $1 AND l.at_ms >= $2 AND l.at_ms < $3 ORDER BY l.at_ms, l.seq LIMIT $4",
        )
        .bind(slug)
        .bind(from_ms)
        .bind(to_ms)
        .bind(most)
        .fetch_all(self.connection())
        .await?;
        rows.iter()
            .map(|row| {
                Ok(FullLine {
                    at_ms: row.try_get("at_ms")?,
                    what: row.try_get("what")?,
                    who: row.try_get("who")?,
                    name: row.try_get("name")?,
                    receipt: row.try_get("receipt")?,
                })
            })
            .collect()
    }

    /// The lines of a booking and of its visits, the oldest first.
    pub(crate) async fn history(&mut self, booking: &str) -> Result<Vec<Line>, StoreError> {
        let slug = self.slug();
        let rows = sqlx::query(
            "SELECT at_ms, what, who FROM audit WHERE tenant = $1 AND (booking = $2 OR visit IN
             (SELECT id FROM visit WHERE tenant = $1 AND booking = $2)) ORDER BY seq",
        )
        .bind(slug)
        .bind(booking)
        .fetch_all(self.connection())
        .await?;
        rows.iter()
            .map(|row| {
                Ok(Line {
                    at_ms: row.try_get("at_ms")?,
                    what: row.try_get("what")?,
                    who: row.try_get("who")?,
                })
            })
            .collect()
    }
}
