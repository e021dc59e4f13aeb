//! What a POST was answered, so that a retry gets the same. Written in the transaction of what it answers.

use super::{StoreError, Tx};
use sqlx::Row as _;

/// How long an answer is kept: a day.
pub const KEPT_MS: i64 = 86_400_000;

/// A former answer.
#[derive(Clone, Debug)]
pub(crate) struct Former {
    /// Of the request.
    pub(crate) fingerprint: String,
    /// `FIELD.ID` of the secret in the answer, or empty.
    pub(crate) secret: String,
    /// HTTP status.
    pub(crate) status: u16,
    /// JSON without its secret.
    pub(crate) body: String,
}

impl Tx {
    /// The answer that this key got within a day.
    pub(crate) async fn former(
        &mut self,
        key_hash: &str,
        now_ms: i64,
    ) -> Result<Option<Former>, StoreError> {
        let slug = self.slug();
        let row = sqlx::query(
            "SELECT fingerprint, secret_of, status, body FROM idempotency
             WHERE tenant = $1 AND key_hash = $2 AND created_ms > $3",
        )
        .bind(slug)
        .bind(key_hash)
        .bind(now_ms - KEPT_MS)
        .fetch_optional(self.connection())
        .await?;
        row.map(|row| {
            Ok(Former {
                fingerprint: row.try_get("fingerprint")?,
                secret: row.try_get("secret_of")?,
                status: u16::try_from(row.try_get::<i64, _>("status")?).unwrap_or(500),
                body: row.try_get("body")?,
            })
        })
        .transpose()
    }

    /// Keeps an answer.
    pub(crate) async fn keep(
        &mut self,
        key_hash: &str,
        answer: &Former,
        now_ms: i64,
    ) -> Result<(), StoreError> {
        let slug = self.slug();
        sqlx::query(
            "INSERT INTO idempotency (tenant, key_hash, fingerprint, secret_of, status, body, created_ms)
             VALUES ($1, $2, $3, $4, $5, $6, $7)
             ON CONFLICT (tenant, key_hash) DO UPDATE SET fingerprint = excluded.fingerprint, secret_of = excluded.secret_of,
               status = excluded.status, body = excluded.body, created_ms = excluded.created_ms",
        )
        .bind(slug)
        .bind(key_hash)
        .bind(&answer.fingerprint)
        .bind(&answer.secret)
        .bind(i64::from(answer.status))
        .bind(&answer.body)
        .bind(now_ms)
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// Forgets answers older than a day.
    pub(crate) async fn forget_answers(&mut self, now_ms: i64) -> Result<u64, StoreError> {
        let slug = self.slug();
        let done = sqlx::query("DELETE FROM idempotency WHERE tenant = $1 AND created_ms <= $2")
            .bind(slug)
            .bind(now_ms - KEPT_MS)
            .execute(self.connection())
            .await?;
        Ok(done.rows_affected())
    }
}
