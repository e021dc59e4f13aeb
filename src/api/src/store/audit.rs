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
    /// `citizen`, `staff` or `system`.
    pub who: String,
}

impl Tx {
    /// Adds a line. `booking` may be empty.
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
