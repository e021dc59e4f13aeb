//! What AI help uses, per kommune and day: counts alone. What an answer can cost at most is set aside in one transaction before the model is
//! asked, and settled afterwards; a server that dies in between leaves it set aside, for that day.

use super::{StoreError, Tx};
use sqlx::Row as _;

/// What a day may use, and a conversation.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Budget {
    /// Tokens of a day.
    pub tokens: u64,
    /// Millionths of a krone of a day.
    pub micro: u64,
    /// Questions of a conversation.
    pub turns: u32,
}

/// The most that one answer can use.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Worst {
    /// Tokens in and out.
    pub tokens: u64,
    /// Millionths of a krone.
    pub micro: u64,
}

/// What became of a wish to ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reserved {
    /// It may be asked; so often the conversation may still ask.
    Yes(u32),
    /// The day has not that much left.
    Budget,
    /// The conversation has asked as often as it may.
    Turns,
}

/// How a question ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ended {
    /// With sentences that all held.
    Answered,
    /// Something was withheld.
    Withheld,
    /// With an authored text.
    Refused,
    /// There was no answer.
    Degraded,
}

/// A day as it stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct DayRow {
    /// "2026-12-04".
    pub day: String,
    /// Conversations that asked for the first time.
    pub dialogs: u64,
    /// Questions.
    pub questions: u64,
    /// By how they ended, in the order of [`Ended`].
    pub ended: [u64; 4],
    /// Tokens to the model.
    pub tokens_in: u64,
    /// Tokens from it.
    pub tokens_out: u64,
    /// Millionths of a krone.
    pub micro: u64,
}

impl Tx {
    /// Sets aside what an answer can use at most, and counts the question. `talk` is the hash of the conversation's id.
    ///
    /// # Errors
    /// The database refuses.
    pub(crate) async fn reserve_fallback(
        &mut self,
        day: &str,
        talk: &str,
        now_ms: i64,
        worst: Worst,
        budget: Budget,
    ) -> Result<Reserved, StoreError> {
        self.lock(&["fallback"]).await?;
        let slug = self.slug();
        let row = sqlx::query("SELECT turns FROM fallback_talk WHERE tenant = $1 AND talk = $2")
            .bind(&slug)
            .bind(talk)
            .fetch_optional(self.connection())
            .await?;
        let turns = row.map_or(Ok(0), |row| row.try_get::<i64, _>("turns"))?;
        if turns >= i64::from(budget.turns) {
            return Ok(Reserved::Turns);
        }
        if !self.set_aside(day, worst, budget).await? {
            return Ok(Reserved::Budget);
        }
        sqlx::query(
            "INSERT INTO fallback_talk (tenant, talk, turns, begun_ms) VALUES ($1, $2, 1, $3)
             ON CONFLICT (tenant, talk) DO UPDATE SET turns = fallback_talk.turns + 1",
        )
        .bind(&slug)
        .bind(talk)
        .bind(now_ms)
        .execute(self.connection())
        .await?;
        sqlx::query(
            "UPDATE fallback_day SET dialogs = dialogs + $3 WHERE tenant = $1 AND day = $2",
        )
        .bind(&slug)
        .bind(day)
        .bind(i64::from(turns == 0))
        .execute(self.connection())
        .await?;
        let left = i64::from(budget.turns) - turns - 1;
        Ok(Reserved::Yes(u32::try_from(left).unwrap_or(0)))
    }

    /// Sets more aside for the same question: a second try.
    ///
    /// # Errors
    /// The database refuses.
    pub(crate) async fn reserve_again(
        &mut self,
        day: &str,
        worst: Worst,
        budget: Budget,
    ) -> Result<bool, StoreError> {
        self.lock(&["fallback"]).await?;
        self.set_aside(day, worst, budget).await
    }

    async fn set_aside(
        &mut self,
        day: &str,
        worst: Worst,
        budget: Budget,
    ) -> Result<bool, StoreError> {
        self.day(day).await?;
        let slug = self.slug();
        let done = sqlx::query(
            "UPDATE fallback_day SET reserved_tokens = reserved_tokens + $3, reserved_micro = reserved_micro + $4
             WHERE tenant = $1 AND day = $2 AND tokens_in + tokens_out + reserved_tokens + $3 <= $5 AND micro + reserved_micro + $4 <= $6",
        )
        .bind(slug)
        .bind(day)
        .bind(number(worst.tokens))
        .bind(number(worst.micro))
        .bind(number(budget.tokens))
        .bind(number(budget.micro))
        .execute(self.connection())
        .await?;
        Ok(done.rows_affected() == 1)
    }

    /// Gives back what was set aside and counts what was used instead, and how the question ended.
    ///
    /// # Errors
    /// The database refuses.
    pub(crate) async fn settle_fallback(
        &mut self,
        day: &str,
        set_aside: Worst,
        tokens: (u64, u64),
        micro: u64,
        ended: Ended,
    ) -> Result<(), StoreError> {
        self.day(day).await?;
        let slug = self.slug();
        let count = |one: Ended| i64::from(one == ended);
        sqlx::query(
            "UPDATE fallback_day SET reserved_tokens = reserved_tokens - $3, reserved_micro = reserved_micro - $4,
             tokens_in = tokens_in + $5, tokens_out = tokens_out + $6, micro = micro + $7, questions = questions + 1,
             answered = answered + $8, withheld = withheld + $9, refused = refused + $10, degraded = degraded + $11
             WHERE tenant = $1 AND day = $2",
        )
        .bind(slug)
        .bind(day)
        .bind(number(set_aside.tokens))
        .bind(number(set_aside.micro))
        .bind(number(tokens.0))
        .bind(number(tokens.1))
        .bind(number(micro))
        .bind(count(Ended::Answered))
        .bind(count(Ended::Withheld))
        .bind(count(Ended::Refused))
        .bind(count(Ended::Degraded))
        .execute(self.connection())
        .await?;
        Ok(())
    }

    async fn day(&mut self, day: &str) -> Result<(), StoreError> {
        let slug = self.slug();
        sqlx::query("INSERT INTO fallback_day (tenant, day) VALUES ($1, $2) ON CONFLICT (tenant, day) DO NOTHING")
            .bind(slug)
            .bind(day)
            .execute(self.connection())
            .await?;
        Ok(())
    }

    /// Days from one to another, both inclusive, oldest first.
    ///
    /// # Errors
    /// The database refuses.
    pub(crate) async fn fallback_days(
        &mut self,
        from: &str,
        until: &str,
    ) -> Result<Vec<DayRow>, StoreError> {
        let slug = self.slug();
        let rows = sqlx::query(
            "SELECT day, dialogs, questions, answered, withheld, refused, degraded, tokens_in, tokens_out, micro FROM fallback_day
             WHERE tenant = $1 AND day >= $2 AND day <= $3 ORDER BY day",
        )
        .bind(slug)
        .bind(from)
        .bind(until)
        .fetch_all(self.connection())
        .await?;
        rows.iter()
            .map(|row| {
                let count = |name: &str| {
                    Ok::<_, StoreError>(u64::try_from(row.try_get::<i64, _>(name)?).unwrap_or(0))
                };
                Ok(DayRow {
                    day: row.try_get("day")?,
                    dialogs: count("dialogs")?,
                    questions: count("questions")?,
                    ended: [
                        count("answered")?,
                        count("withheld")?,
                        count("refused")?,
                        count("degraded")?,
                    ],
                    tokens_in: count("tokens_in")?,
                    tokens_out: count("tokens_out")?,
                    micro: count("micro")?,
                })
            })
            .collect()
    }

    /// Forgets conversations that began before an instant.
    ///
    /// # Errors
    /// The database refuses.
    pub(crate) async fn forget_fallback_talks(
        &mut self,
        before_ms: i64,
    ) -> Result<u64, StoreError> {
        let slug = self.slug();
        let done = sqlx::query("DELETE FROM fallback_talk WHERE tenant = $1 AND begun_ms < $2")
            .bind(slug)
            .bind(before_ms)
            .execute(self.connection())
            .await?;
        Ok(done.rows_affected())
    }
}

fn number(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX / 4)
}
