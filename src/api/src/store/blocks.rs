//! Times that staff took out. A block is one row; its visits of the state `blocked` take the cells.

use super::{StoreError, Tx, is_taken};
use booking::instant_text;
use sqlx::Row as _;
use sqlx::any::AnyRow;

/// No visit is longer than a day, so a block of several days has several.
const PIECE_MS: i64 = 86_400_000;

/// One block.
#[derive(Clone, Debug)]
pub(crate) struct BlockRow {
    pub(crate) id: String,
    pub(crate) location: String,
    /// Empty for all counters of the location.
    pub(crate) counter: String,
    pub(crate) start_ms: i64,
    pub(crate) end_ms: i64,
    pub(crate) reason: String,
}

const COLUMNS: &str = "id, location, counter, start_ms, end_ms, reason";

impl BlockRow {
    fn read(row: &AnyRow) -> Result<BlockRow, sqlx::Error> {
        Ok(BlockRow {
            id: row.try_get("id")?,
            location: row.try_get("location")?,
            counter: row.try_get("counter")?,
            start_ms: row.try_get("start_ms")?,
            end_ms: row.try_get("end_ms")?,
            reason: row.try_get("reason")?,
        })
    }
}

impl Tx {
    /// Adds a block; takes no time yet.
    pub(crate) async fn add_block(&mut self, block: &BlockRow) -> Result<(), StoreError> {
        let slug = self.slug();
        sqlx::query(
            "INSERT INTO block (tenant, id, location, counter, start_ms, end_ms, reason) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(slug)
        .bind(&block.id)
        .bind(&block.location)
        .bind(&block.counter)
        .bind(block.start_ms)
        .bind(block.end_ms)
        .bind(&block.reason)
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// Takes the time of a block at a counter, except what other blocks have taken there. False when a visit is in the way:
    /// the schema says so, whatever was looked at before.
    pub(crate) async fn take_block(
        &mut self,
        block: &BlockRow,
        counter: &str,
        now_ms: i64,
    ) -> Result<bool, StoreError> {
        let others = self
            .blocked_spans(counter, block.start_ms, block.end_ms)
            .await?;
        let mut from = block.start_ms;
        let ends = others.into_iter().chain([(block.end_ms, block.end_ms)]);
        for (start, end) in ends {
            while from < start {
                let to = start.min(from + PIECE_MS);
                if !self.take_piece(block, counter, from, to, now_ms).await? {
                    return Ok(false);
                }
                from = to;
            }
            from = from.max(end);
        }
        Ok(true)
    }

    async fn blocked_spans(
        &mut self,
        counter: &str,
        from_ms: i64,
        to_ms: i64,
    ) -> Result<Vec<(i64, i64)>, StoreError> {
        let slug = self.slug();
        let rows = sqlx::query(
            "SELECT start_ms, end_ms FROM visit WHERE tenant = $1 AND counter = $2 AND state = 'blocked'
             AND start_ms < $4 AND end_ms > $3 ORDER BY start_ms",
        )
        .bind(slug)
        .bind(counter)
        .bind(from_ms)
        .bind(to_ms)
        .fetch_all(self.connection())
        .await?;
        let span = |row: &AnyRow| {
            let (start, end): (i64, i64) = (row.try_get("start_ms")?, row.try_get("end_ms")?);
            Ok((start.clamp(from_ms, to_ms), end))
        };
        Ok(rows.iter().map(span).collect::<Result<_, sqlx::Error>>()?)
    }

    async fn take_piece(
        &mut self,
        block: &BlockRow,
        counter: &str,
        from_ms: i64,
        to_ms: i64,
        now_ms: i64,
    ) -> Result<bool, StoreError> {
        let slug = self.slug();
        let added = sqlx::query(
            "INSERT INTO visit (tenant, id, state, service, location, counter, persons, start_ms, end_ms, zone, wall, held_ms,
               expires_ms, block) VALUES ($1, $2, 'blocked', '', $3, $4, 0, $5, $6, 'Europe/Copenhagen', $7, $8, 0, $9)",
        )
        .bind(slug)
        .bind(crate::secret::random::<12>())
        .bind(&block.location)
        .bind(counter)
        .bind(from_ms)
        .bind(to_ms)
        .bind(instant_text(from_ms))
        .bind(now_ms)
        .bind(&block.id)
        .execute(self.connection())
        .await;
        match added {
            Ok(_) => Ok(true),
            Err(e) if is_taken(&e) => Ok(false),
            Err(e) => Err(e.into()),
        }
    }

    /// A block; one that was removed is not found.
    pub(crate) async fn block(&mut self, id: &str) -> Result<Option<BlockRow>, StoreError> {
        let slug = self.slug();
        let row = sqlx::query(&format!(
            "SELECT {COLUMNS} FROM block WHERE tenant = $1 AND id = $2 AND removed_ms = 0"
        ))
        .bind(slug)
        .bind(id)
        .fetch_optional(self.connection())
        .await?;
        Ok(row.map(|row| BlockRow::read(&row)).transpose()?)
    }

    /// True when there was such a block once, and it is not forgotten yet.
    pub(crate) async fn was_block(&mut self, id: &str) -> Result<bool, StoreError> {
        let slug = self.slug();
        let row = sqlx::query("SELECT 1 AS one FROM block WHERE tenant = $1 AND id = $2")
            .bind(slug)
            .bind(id)
            .fetch_optional(self.connection())
            .await?;
        Ok(row.is_some())
    }

    /// The blocks of a location between two instants, by start.
    pub(crate) async fn blocks_of(
        &mut self,
        location: &str,
        from_ms: i64,
        to_ms: i64,
    ) -> Result<Vec<BlockRow>, StoreError> {
        let slug = self.slug();
        let rows = sqlx::query(&format!(
            "SELECT {COLUMNS} FROM block WHERE tenant = $1 AND location = $2 AND start_ms < $4 AND end_ms > $3
             AND removed_ms = 0 ORDER BY start_ms, counter, id"
        ))
        .bind(slug)
        .bind(location)
        .bind(from_ms)
        .bind(to_ms)
        .fetch_all(self.connection())
        .await?;
        Ok(rows.iter().map(BlockRow::read).collect::<Result<_, _>>()?)
    }

    /// Gives the time of a block back; says at which counters. What other blocks also wanted is free too, until
    /// [`Tx::take_block`] is called for them.
    pub(crate) async fn remove_block(
        &mut self,
        id: &str,
        now_ms: i64,
    ) -> Result<Vec<String>, StoreError> {
        let slug = self.slug();
        sqlx::query("UPDATE block SET removed_ms = $3 WHERE tenant = $1 AND id = $2")
            .bind(&slug)
            .bind(id)
            .bind(now_ms)
            .execute(self.connection())
            .await?;
        let rows = sqlx::query(
            "SELECT DISTINCT counter FROM visit WHERE tenant = $1 AND block = $2 AND state = 'blocked' ORDER BY counter",
        )
        .bind(&slug)
        .bind(id)
        .fetch_all(self.connection())
        .await?;
        sqlx::query(
            "UPDATE visit SET state = 'released' WHERE tenant = $1 AND block = $2 AND state = 'blocked'",
        )
        .bind(slug)
        .bind(id)
        .execute(self.connection())
        .await?;
        Ok(rows
            .iter()
            .map(|row| row.try_get("counter"))
            .collect::<Result<_, _>>()?)
    }

    /// Forgets blocks that ended before an instant, with their reasons.
    pub(crate) async fn forget_blocks(&mut self, before_ms: i64) -> Result<(), StoreError> {
        for text in [
            "DELETE FROM visit WHERE tenant = $1 AND block IN (SELECT id FROM block WHERE tenant = $1 AND end_ms < $2)
             AND block <> ''",
            "DELETE FROM block WHERE tenant = $1 AND end_ms < $2",
        ] {
            let slug = self.slug();
            sqlx::query(text)
                .bind(slug)
                .bind(before_ms)
                .execute(self.connection())
                .await?;
        }
        Ok(())
    }
}
