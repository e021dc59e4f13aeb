//! What staff share while they talk with citizens: who waits, who is there, notes for colleagues, and answers that are wrong.

use super::{StoreError, Tx};
use sqlx::Row as _;

/// Somebody's console.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PresenceRow {
    pub(crate) account: String,
    /// Or empty.
    pub(crate) name: String,
    /// Takes chats.
    pub(crate) there: bool,
    /// Empty for all.
    pub(crate) departments: Vec<String>,
    pub(crate) seen_ms: i64,
}

impl PresenceRow {
    /// Takes chats of that department.
    pub(crate) fn takes(&self, department: &str) -> bool {
        self.there
            && (self.departments.is_empty() || self.departments.iter().any(|d| d == department))
    }
}

/// A line for colleagues.
#[derive(Clone, Debug)]
pub(crate) struct NoteRow {
    pub(crate) at_ms: i64,
    /// Of the account.
    pub(crate) name: String,
    pub(crate) text: String,
}

/// A task for the editors.
#[derive(Clone, Debug)]
pub(crate) struct FactRow {
    pub(crate) id: String,
    pub(crate) at_ms: i64,
    /// Of the account.
    pub(crate) name: String,
    pub(crate) intent: String,
    pub(crate) wrong: String,
    pub(crate) correct: String,
}

impl Tx {
    /// How many chats wait in a department since before an instant (or began in it with a smaller id).
    pub(crate) async fn waiting_before(
        &mut self,
        department: &str,
        created_ms: i64,
        id: &str,
    ) -> Result<u32, StoreError> {
        let slug = self.slug();
        let row = sqlx::query(
            "SELECT count(*) AS n FROM conversation WHERE tenant = $1 AND stage = 'waiting' AND way = 'chat' AND department = $2
             AND (created_ms < $3 OR (created_ms = $3 AND id < $4))",
        )
        .bind(slug)
        .bind(department)
        .bind(created_ms)
        .bind(id)
        .fetch_one(self.connection())
        .await?;
        Ok(u32::try_from(row.try_get::<i64, _>("n")?).unwrap_or(u32::MAX))
    }

    /// How long citizens waited in a department whose chats were taken first since an instant, seconds, the newest last.
    pub(crate) async fn waits_since(
        &mut self,
        department: &str,
        since_ms: i64,
    ) -> Result<Vec<u32>, StoreError> {
        let slug = self.slug();
        let rows = sqlx::query(
            "SELECT taken_ms - created_ms AS ms FROM conversation WHERE tenant = $1 AND taken_ms >= $3 AND taken_ms <> 0
             AND way = 'chat' AND department = $2 ORDER BY taken_ms",
        )
        .bind(slug)
        .bind(department)
        .bind(since_ms)
        .fetch_all(self.connection())
        .await?;
        rows.iter()
            .map(|row| {
                let ms: i64 = row.try_get("ms")?;
                Ok(u32::try_from(ms / 1000).unwrap_or(0))
            })
            .collect()
    }

    /// Says that a console is alive. Returns whether anything but the time has changed.
    pub(crate) async fn set_presence(
        &mut self,
        account: &str,
        there: bool,
        departments: &[String],
        now_ms: i64,
    ) -> Result<bool, StoreError> {
        let former = self.presence_of(account).await?;
        let slug = self.slug();
        sqlx::query(
            "INSERT INTO presence (tenant, account, there, departments, seen_ms) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (tenant, account) DO UPDATE SET there = excluded.there, departments = excluded.departments,
               seen_ms = excluded.seen_ms",
        )
        .bind(slug)
        .bind(account)
        .bind(i64::from(there))
        .bind(departments.join(" "))
        .bind(now_ms)
        .execute(self.connection())
        .await?;
        Ok(former.is_none_or(|f| f.there != there || f.departments != departments))
    }

    /// Somebody was heard from in another way than by their console's saying so; who never said takes no chats.
    pub(crate) async fn see_presence(
        &mut self,
        account: &str,
        now_ms: i64,
    ) -> Result<(), StoreError> {
        let slug = self.slug();
        sqlx::query(
            "INSERT INTO presence (tenant, account, there, seen_ms) VALUES ($1, $2, 0, $3)
             ON CONFLICT (tenant, account) DO UPDATE SET seen_ms = excluded.seen_ms WHERE presence.seen_ms < excluded.seen_ms",
        )
        .bind(slug)
        .bind(account)
        .bind(now_ms)
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// Consoles that were heard from since an instant, by name.
    pub(crate) async fn present(&mut self, since_ms: i64) -> Result<Vec<PresenceRow>, StoreError> {
        self.presences(since_ms, "").await
    }

    /// One's own console, however long ago it was heard from.
    pub(crate) async fn presence_of(
        &mut self,
        account: &str,
    ) -> Result<Option<PresenceRow>, StoreError> {
        let rows = self.presences(0, account).await?;
        Ok(rows.into_iter().next())
    }

    async fn presences(
        &mut self,
        since_ms: i64,
        account: &str,
    ) -> Result<Vec<PresenceRow>, StoreError> {
        let slug = self.slug();
        let rows = sqlx::query(
            "SELECT p.account AS account, coalesce(a.name, '') AS name, p.there AS there, p.departments AS departments, p.seen_ms AS seen_ms
             FROM presence p LEFT JOIN account a ON a.tenant = p.tenant AND a.id = p.account
             WHERE p.tenant = $1 AND p.seen_ms >= $2 AND coalesce(a.removed_ms, 0) = 0 AND ($3 = '' OR p.account = $3) ORDER BY name, p.account",
        )
            .bind(slug)
            .bind(since_ms)
            .bind(account)
            .fetch_all(self.connection())
            .await?;
        rows.iter()
            .map(|row| {
                let departments: String = row.try_get("departments")?;
                Ok(PresenceRow {
                    account: row.try_get("account")?,
                    name: row.try_get("name")?,
                    there: row.try_get::<i64, _>("there")? != 0,
                    departments: departments.split_whitespace().map(str::to_owned).collect(),
                    seen_ms: row.try_get("seen_ms")?,
                })
            })
            .collect()
    }

    /// Who has how many conversations in hand.
    pub(crate) async fn in_hand(&mut self) -> Result<Vec<(String, u32)>, StoreError> {
        let slug = self.slug();
        let rows = sqlx::query(
            "SELECT owner, count(*) AS n FROM conversation WHERE tenant = $1 AND stage = 'active' GROUP BY owner ORDER BY owner",
        )
        .bind(slug)
        .fetch_all(self.connection())
        .await?;
        rows.iter()
            .map(|row| {
                let n: i64 = row.try_get("n")?;
                Ok((row.try_get("owner")?, u32::try_from(n).unwrap_or(u32::MAX)))
            })
            .collect()
    }

    /// Writes down that an account reads a conversation, unless it did within the hour.
    pub(crate) async fn audit_reading(
        &mut self,
        conversation: &str,
        who: &str,
        now_ms: i64,
    ) -> Result<(), StoreError> {
        /// As for bookings (store::staff): a conversation that is looked at all the time gives a line an hour.
        const AGAIN_MS: i64 = 3_600_000;
        let slug = self.slug();
        let former = sqlx::query(
            "SELECT 1 AS one FROM audit WHERE tenant = $1 AND booking = $2 AND what = 'talk-read' AND who = $3 AND at_ms > $4",
        )
        .bind(slug)
        .bind(conversation)
        .bind(who)
        .bind(now_ms - AGAIN_MS)
        .fetch_optional(self.connection())
        .await?;
        if former.is_some() {
            return Ok(());
        }
        self.audit(now_ms, conversation, "", "talk-read", who).await
    }

    /// Adds a line for colleagues.
    pub(crate) async fn add_note(
        &mut self,
        conversation: &str,
        account: &str,
        text: &str,
        now_ms: i64,
    ) -> Result<(), StoreError> {
        let slug = self.slug();
        sqlx::query(
            "INSERT INTO note (tenant, conversation, seq, at_ms, account, text)
             SELECT $1, $2, coalesce(max(seq), 0) + 1, $3, $4, $5 FROM note WHERE tenant = $1 AND conversation = $2",
        )
        .bind(slug)
        .bind(conversation)
        .bind(now_ms)
        .bind(account)
        .bind(text)
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// Lines for colleagues, the oldest first.
    pub(crate) async fn notes(&mut self, conversation: &str) -> Result<Vec<NoteRow>, StoreError> {
        let slug = self.slug();
        let rows = sqlx::query(
            "SELECT n.at_ms AS at_ms, coalesce(a.name, '') AS name, n.text AS text FROM note n
             LEFT JOIN account a ON a.tenant = n.tenant AND a.id = n.account
             WHERE n.tenant = $1 AND n.conversation = $2 ORDER BY n.seq",
        )
        .bind(slug)
        .bind(conversation)
        .fetch_all(self.connection())
        .await?;
        rows.iter()
            .map(|row| {
                Ok(NoteRow {
                    at_ms: row.try_get("at_ms")?,
                    name: row.try_get("name")?,
                    text: row.try_get("text")?,
                })
            })
            .collect()
    }

    /// Adds a task for the editors.
    pub(crate) async fn add_fact(
        &mut self,
        fact: &FactRow,
        account: &str,
    ) -> Result<(), StoreError> {
        let slug = self.slug();
        sqlx::query(
            "INSERT INTO fact (tenant, id, at_ms, account, intent, wrong, correct) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(slug)
        .bind(&fact.id)
        .bind(fact.at_ms)
        .bind(account)
        .bind(&fact.intent)
        .bind(&fact.wrong)
        .bind(&fact.correct)
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// Tasks for the editors that are not done, the oldest first, at most 500.
    pub(crate) async fn facts(&mut self) -> Result<Vec<FactRow>, StoreError> {
        let slug = self.slug();
        let rows = sqlx::query(
            "SELECT f.id AS id, f.at_ms AS at_ms, coalesce(a.name, '') AS name, f.intent AS intent, f.wrong AS wrong, f.correct AS correct
             FROM fact f LEFT JOIN account a ON a.tenant = f.tenant AND a.id = f.account
             WHERE f.tenant = $1 AND f.done_ms = 0 ORDER BY f.at_ms, f.id LIMIT 500",
        )
        .bind(slug)
        .fetch_all(self.connection())
        .await?;
        rows.iter()
            .map(|row| {
                Ok(FactRow {
                    id: row.try_get("id")?,
                    at_ms: row.try_get("at_ms")?,
                    name: row.try_get("name")?,
                    intent: row.try_get("intent")?,
                    wrong: row.try_get("wrong")?,
                    correct: row.try_get("correct")?,
                })
            })
            .collect()
    }

    /// A task is done. `None` when there is none of that id, false when it was done already.
    pub(crate) async fn fact_done(
        &mut self,
        id: &str,
        account: &str,
        now_ms: i64,
    ) -> Result<Option<bool>, StoreError> {
        let slug = self.slug();
        let row = sqlx::query("SELECT done_ms FROM fact WHERE tenant = $1 AND id = $2")
            .bind(&slug)
            .bind(id)
            .fetch_optional(self.connection())
            .await?;
        let Some(row) = row else { return Ok(None) };
        if row.try_get::<i64, _>("done_ms")? != 0 {
            return Ok(Some(false));
        }
        sqlx::query("UPDATE fact SET done_ms = $3, done_by = $4 WHERE tenant = $1 AND id = $2")
            .bind(slug)
            .bind(id)
            .bind(now_ms)
            .bind(account)
            .execute(self.connection())
            .await?;
        Ok(Some(true))
    }
}
