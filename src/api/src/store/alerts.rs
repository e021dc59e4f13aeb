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
    /// `undelivered`, `stranded`, `unsettled`, `conversation`.
    pub about: String,
    /// Receipt number, a service, or empty.
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

    /// Adds a matter unless the same one waits to be seen.
    pub(crate) async fn alert_once(
        &mut self,
        now_ms: i64,
        about: &str,
        subject: &str,
    ) -> Result<(), StoreError> {
        let slug = self.slug();
        let same = sqlx::query(
            "SELECT 1 AS one FROM alert WHERE tenant = $1 AND about = $2 AND subject = $3 AND seen_ms = 0",
        )
        .bind(slug)
        .bind(about)
        .bind(subject)
        .fetch_optional(self.connection())
        .await?;
        if same.is_some() {
            return Ok(());
        }
        self.alert(now_ms, about, subject).await
    }

    /// Takes a matter off the list. `None` when there is none of that id and of a kind that `may` allows, false when it was off
    /// already.
    pub(crate) async fn see(
        &mut self,
        id: &str,
        may: impl Fn(&str) -> bool,
        now_ms: i64,
    ) -> Result<Option<bool>, StoreError> {
        let slug = self.slug();
        let row = sqlx::query("SELECT about, seen_ms FROM alert WHERE tenant = $1 AND id = $2")
            .bind(&slug)
            .bind(id)
            .fetch_optional(self.connection())
            .await?;
        let Some(row) = row else { return Ok(None) };
        if !may(&row.try_get::<String, _>("about")?) {
            return Ok(None);
        }
        if row.try_get::<i64, _>("seen_ms")? != 0 {
            return Ok(Some(false));
        }
        sqlx::query("UPDATE alert SET seen_ms = $3 WHERE tenant = $1 AND id = $2")
            .bind(slug)
            .bind(id)
            .bind(now_ms)
            .execute(self.connection())
            .await?;
        Ok(Some(true))
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
