//! What staff must look at: a notice that did not get through, for example.

use super::{StoreError, Tx};
use sqlx::Row as _;

/// One matter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alert {
    /// Its id.
    pub id: String,
    /// UTC milliseconds.
    pub at_ms: i64,
    /// `undelivered`.
    pub about: String,
    /// Receipt number, or empty.
    pub subject: String,
}

impl Tx {
    /// Adds a matter.
    ///
    /// # Errors
    /// The database refuses.
    pub async fn alert(
        &mut self,
        now_ms: i64,
        about: &str,
        subject: &str,
    ) -> Result<(), StoreError> {
        let slug = self.slug();
        sqlx::query(
            "INSERT INTO alert (tenant, id, at_ms, about, subject) VALUES ($1, $2, $3, $4, $5)",
        )
        .bind(slug)
        .bind(crate::secret::random::<12>())
        .bind(now_ms)
        .bind(about)
        .bind(subject)
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// What nobody has seen yet, the oldest first.
    ///
    /// # Errors
    /// The database refuses.
    pub async fn alerts(&mut self) -> Result<Vec<Alert>, StoreError> {
        let slug = self.slug();
        let rows = sqlx::query(
            "SELECT id, at_ms, about, subject FROM alert WHERE tenant = $1 AND seen_ms = 0 ORDER BY at_ms",
        )
        .bind(slug)
        .fetch_all(self.connection())
        .await?;
        rows.iter()
            .map(|row| {
                Ok(Alert {
                    id: row.try_get("id")?,
                    at_ms: row.try_get("at_ms")?,
                    about: row.try_get("about")?,
                    subject: row.try_get("subject")?,
                })
            })
            .collect()
    }
}
