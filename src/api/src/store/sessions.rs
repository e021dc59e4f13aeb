//! Who is signed in. Only hashes of the cookies' secrets are here.

use super::accounts::{Account, FIELDS, account_of};
use super::{StoreError, Tx};
use sqlx::Row as _;

/// A session.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SessionRow {
    pub(crate) created_ms: i64,
    /// When it was last used, to the minute.
    pub(crate) seen_ms: i64,
}

impl Tx {
    /// A session and its account, unless that was removed.
    pub(crate) async fn session(
        &mut self,
        token_hash: &str,
    ) -> Result<Option<(SessionRow, Account)>, StoreError> {
        let slug = self.slug();
        let row = sqlx::query(&format!(
            "SELECT s.created_ms AS began_ms, s.seen_ms, {FIELDS} FROM session s
             JOIN account a ON a.tenant = s.tenant AND a.id = s.account
             WHERE s.tenant = $1 AND s.token_hash = $2 AND a.removed_ms = 0"
        ))
        .bind(slug)
        .bind(token_hash)
        .fetch_optional(self.connection())
        .await?;
        row.map(|row| {
            let session = SessionRow {
                created_ms: row.try_get("began_ms")?,
                seen_ms: row.try_get("seen_ms")?,
            };
            Ok((session, account_of(&row)?))
        })
        .transpose()
    }

    /// Begins a session.
    pub(crate) async fn begin_session(
        &mut self,
        token_hash: &str,
        account: &str,
        now_ms: i64,
    ) -> Result<(), StoreError> {
        let slug = self.slug();
        sqlx::query(
            "INSERT INTO session (tenant, token_hash, account, created_ms, seen_ms) VALUES ($1, $2, $3, $4, $4)",
        )
        .bind(slug)
        .bind(token_hash)
        .bind(account)
        .bind(now_ms)
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// It was used just now.
    pub(crate) async fn touch_session(
        &mut self,
        token_hash: &str,
        now_ms: i64,
    ) -> Result<(), StoreError> {
        let slug = self.slug();
        sqlx::query(
            "UPDATE session SET seen_ms = $3 WHERE tenant = $1 AND token_hash = $2 AND seen_ms < $3",
        )
        .bind(slug)
        .bind(token_hash)
        .bind(now_ms)
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// Ends a session. True when there was one.
    pub(crate) async fn end_session(&mut self, token_hash: &str) -> Result<bool, StoreError> {
        let slug = self.slug();
        let done = sqlx::query("DELETE FROM session WHERE tenant = $1 AND token_hash = $2")
            .bind(slug)
            .bind(token_hash)
            .execute(self.connection())
            .await?;
        Ok(done.rows_affected() > 0)
    }

    /// Ends every session of an account.
    pub(crate) async fn end_sessions(&mut self, account: &str) -> Result<u64, StoreError> {
        let slug = self.slug();
        let done = sqlx::query("DELETE FROM session WHERE tenant = $1 AND account = $2")
            .bind(slug)
            .bind(account)
            .execute(self.connection())
            .await?;
        Ok(done.rows_affected())
    }

    /// Forgets sessions that began, or were last used, before these moments.
    pub(crate) async fn forget_sessions(
        &mut self,
        began_ms: i64,
        seen_ms: i64,
    ) -> Result<u64, StoreError> {
        let slug = self.slug();
        let done = sqlx::query(
            "DELETE FROM session WHERE tenant = $1 AND (created_ms <= $2 OR seen_ms <= $3)",
        )
        .bind(slug)
        .bind(began_ms)
        .bind(seen_ms)
        .execute(self.connection())
        .await?;
        Ok(done.rows_affected())
    }
}
