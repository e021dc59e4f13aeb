//! What contact centres know of conversations, and what was heard of them.

use super::{StoreError, Tx};
use sqlx::Row as _;

/// One conversation at a contact centre.
#[derive(Clone, Debug)]
pub(crate) struct CarriedRow {
    pub(crate) conversation: String,
    pub(crate) department: String,
    /// Its name there; empty until it has it.
    pub(crate) remote: String,
    /// Number of the last entry that it has.
    pub(crate) sent: u64,
    /// What was heard last.
    pub(crate) cursor: String,
    pub(crate) next_ms: i64,
    /// Since when it fails, or 0.
    pub(crate) since_ms: i64,
}

impl Tx {
    /// A conversation has come to a department with a contact centre; what was known of it elsewhere is forgotten.
    pub(crate) async fn carry(
        &mut self,
        conversation: &str,
        department: &str,
        now_ms: i64,
    ) -> Result<(), StoreError> {
        self.drop_carried(conversation).await?;
        let slug = self.slug();
        sqlx::query(
            "INSERT INTO carried (tenant, conversation, department, next_ms) VALUES ($1, $2, $3, $4)",
        )
        .bind(slug)
        .bind(conversation)
        .bind(department)
        .bind(now_ms)
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// Those that are due, taken for `lease_ms`: nobody else takes them until then.
    pub(crate) async fn claim_carried(
        &mut self,
        now_ms: i64,
        lease_ms: i64,
    ) -> Result<Vec<CarriedRow>, StoreError> {
        self.lock(&["carried"]).await?;
        let slug = self.slug();
        let rows = sqlx::query(
            "SELECT conversation, department, remote, sent, cursor, next_ms, since_ms FROM carried WHERE tenant = $1 AND next_ms <= $2
             ORDER BY next_ms LIMIT 50",
        )
        .bind(&slug)
        .bind(now_ms)
        .fetch_all(self.connection())
        .await?;
        let mut all = Vec::new();
        for row in rows {
            let row = CarriedRow {
                conversation: row.try_get("conversation")?,
                department: row.try_get("department")?,
                remote: row.try_get("remote")?,
                sent: row.try_get::<i64, _>("sent")?.cast_unsigned(),
                cursor: row.try_get("cursor")?,
                next_ms: now_ms + lease_ms,
                since_ms: row.try_get("since_ms")?,
            };
            self.keep_carried(&row).await?;
            all.push(row);
        }
        Ok(all)
    }

    /// Writes down where it stands. Nothing when it is not carried any more.
    pub(crate) async fn keep_carried(&mut self, row: &CarriedRow) -> Result<(), StoreError> {
        let slug = self.slug();
        sqlx::query(
            "UPDATE carried SET remote = $4, sent = $5, cursor = $6, next_ms = $7, since_ms = $8
             WHERE tenant = $1 AND conversation = $2 AND department = $3",
        )
        .bind(slug)
        .bind(&row.conversation)
        .bind(&row.department)
        .bind(&row.remote)
        .bind(row.sent.cast_signed())
        .bind(&row.cursor)
        .bind(row.next_ms)
        .bind(row.since_ms)
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// It is carried no more.
    pub(crate) async fn drop_carried(&mut self, conversation: &str) -> Result<(), StoreError> {
        let slug = self.slug();
        sqlx::query("DELETE FROM carried WHERE tenant = $1 AND conversation = $2")
            .bind(slug)
            .bind(conversation)
            .execute(self.connection())
            .await?;
        Ok(())
    }

    /// True when something is due.
    pub(crate) async fn any_carried(&mut self, now_ms: i64) -> Result<bool, StoreError> {
        let slug = self.slug();
        let row =
            sqlx::query("SELECT 1 AS one FROM carried WHERE tenant = $1 AND next_ms <= $2 LIMIT 1")
                .bind(slug)
                .bind(now_ms)
                .fetch_optional(self.connection())
                .await?;
        Ok(row.is_some())
    }
}
