//! Visits: the times of counters that are held, booked or past.

use super::{StoreError, Tx, is_taken};
use booking::{State, Taken, cells, instant_text};
use sqlx::Row as _;
use sqlx::any::AnyRow;

/// No visit is longer than a day.
pub(crate) const LONGEST_MS: i64 = 86_400_000;
const OCCUPIES: &str =
    "(state IN ('confirmed', 'checked-in', 'blocked') OR (state = 'held' AND expires_ms > $NOW))";

/// A time that is taken: held, booked or blocked.
pub(crate) struct Occupied {
    pub(crate) id: String,
    /// By a citizen who is about to book.
    pub(crate) held: bool,
    /// By staff.
    pub(crate) blocked: bool,
    pub(crate) counter: String,
    pub(crate) start_ms: i64,
    pub(crate) end_ms: i64,
}

/// All of these together.
pub(crate) fn taken_by<'a>(all: impl IntoIterator<Item = &'a Occupied>) -> Taken {
    let mut taken = Taken::default();
    for visit in all {
        taken.add_cells(&visit.counter, cells(visit.start_ms, visit.end_ms));
    }
    taken
}

/// One row.
#[derive(Clone, Debug)]
pub(crate) struct VisitRow {
    pub(crate) id: String,
    /// Empty while held.
    pub(crate) booking: String,
    pub(crate) state: State,
    pub(crate) service: String,
    pub(crate) location: String,
    pub(crate) counter: String,
    pub(crate) persons: u8,
    pub(crate) start_ms: i64,
    pub(crate) end_ms: i64,
    pub(crate) held_ms: i64,
    pub(crate) expires_ms: i64,
    pub(crate) holder_hash: String,
}

const COLUMNS: &str = "id, booking, state, service, location, counter, persons, start_ms, end_ms, held_ms, expires_ms, holder_hash";

impl VisitRow {
    pub(super) fn read(row: &AnyRow) -> Result<VisitRow, sqlx::Error> {
        let state: String = row.try_get("state")?;
        Ok(VisitRow {
            id: row.try_get("id")?,
            booking: row.try_get("booking")?,
            state: State::from_name(&state)
                .ok_or_else(|| sqlx::Error::Decode(format!("no state {state}").into()))?,
            service: row.try_get("service")?,
            location: row.try_get("location")?,
            counter: row.try_get("counter")?,
            persons: u8::try_from(row.try_get::<i64, _>("persons")?).unwrap_or(1),
            start_ms: row.try_get("start_ms")?,
            end_ms: row.try_get("end_ms")?,
            held_ms: row.try_get("held_ms")?,
            expires_ms: row.try_get("expires_ms")?,
            holder_hash: row.try_get("holder_hash")?,
        })
    }
}

impl Tx {
    /// What is taken between two instants.
    pub(crate) async fn taken(
        &mut self,
        from_ms: i64,
        to_ms: i64,
        now_ms: i64,
    ) -> Result<Taken, StoreError> {
        let all = self.occupied(from_ms, to_ms, now_ms).await?;
        Ok(taken_by(&all))
    }

    /// The visits that take time between two instants. A hold that has expired takes none, written down or not.
    pub(crate) async fn occupied(
        &mut self,
        from_ms: i64,
        to_ms: i64,
        now_ms: i64,
    ) -> Result<Vec<Occupied>, StoreError> {
        let slug = self.slug();
        let occupies = OCCUPIES.replace("$NOW", "$5");
        let rows = sqlx::query(&format!(
            "SELECT id, state, counter, start_ms, end_ms FROM visit
             WHERE tenant = $1 AND start_ms > $2 AND start_ms < $3 AND end_ms > $4 AND {occupies}"
        ))
        .bind(slug)
        .bind(from_ms - LONGEST_MS)
        .bind(to_ms)
        .bind(from_ms)
        .bind(now_ms)
        .fetch_all(self.connection())
        .await?;
        let read = |row: &AnyRow| {
            let state: String = row.try_get("state")?;
            Ok(Occupied {
                id: row.try_get("id")?,
                held: state == State::Held.name(),
                blocked: state == "blocked",
                counter: row.try_get("counter")?,
                start_ms: row.try_get("start_ms")?,
                end_ms: row.try_get("end_ms")?,
            })
        };
        Ok(rows.iter().map(read).collect::<Result<_, sqlx::Error>>()?)
    }

    /// Writes down which holds of the kommune have expired, so that their cells are free.
    pub(crate) async fn expire(&mut self, now_ms: i64) -> Result<(), StoreError> {
        let slug = self.slug();
        sqlx::query(
            "INSERT INTO audit (tenant, at_ms, booking, visit, what, who)
             SELECT tenant, $2, '', id, 'expired', 'system' FROM visit
             WHERE tenant = $1 AND state = 'held' AND expires_ms <= $2",
        )
        .bind(&slug)
        .bind(now_ms)
        .execute(self.connection())
        .await?;
        sqlx::query(
            "UPDATE visit SET state = 'expired' WHERE tenant = $1 AND state = 'held' AND expires_ms <= $2",
        )
        .bind(slug)
        .bind(now_ms)
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// Adds a visit. False when another has a part of its time: the schema says so, whatever was looked at before.
    pub(crate) async fn add_visit(&mut self, visit: &VisitRow) -> Result<bool, StoreError> {
        let slug = self.slug();
        let added = sqlx::query(
            "INSERT INTO visit (tenant, id, booking, state, service, location, counter, persons, start_ms, end_ms,
               zone, wall, held_ms, expires_ms, holder_hash)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'Europe/Copenhagen', $11, $12, $13, $14)",
        )
        .bind(slug)
        .bind(&visit.id)
        .bind(&visit.booking)
        .bind(visit.state.name())
        .bind(&visit.service)
        .bind(&visit.location)
        .bind(&visit.counter)
        .bind(i64::from(visit.persons))
        .bind(visit.start_ms)
        .bind(visit.end_ms)
        .bind(instant_text(visit.start_ms))
        .bind(visit.held_ms)
        .bind(visit.expires_ms)
        .bind(&visit.holder_hash)
        .execute(self.connection())
        .await;
        match added {
            Ok(_) => Ok(true),
            Err(e) if is_taken(&e) => Ok(false),
            Err(e) => Err(e.into()),
        }
    }

    /// When those of these visits that are held run out, UTC milliseconds.
    pub(crate) async fn running(
        &mut self,
        visits: &[String],
        now_ms: i64,
    ) -> Result<Vec<i64>, StoreError> {
        let mut running = Vec::new();
        for visit in visits {
            let slug = self.slug();
            let row = sqlx::query(
                "SELECT expires_ms FROM visit WHERE tenant = $1 AND id = $2 AND state = 'held' AND expires_ms > $3",
            )
            .bind(slug)
            .bind(visit)
            .bind(now_ms)
            .fetch_optional(self.connection())
            .await?;
            if let Some(row) = row {
                running.push(row.try_get("expires_ms")?);
            }
        }
        Ok(running)
    }

    /// The visit of a holder's secret. On PostgreSQL nobody else changes it until the end of the transaction.
    pub(crate) async fn held(&mut self, holder_hash: &str) -> Result<Option<VisitRow>, StoreError> {
        self.visit_where("holder_hash = $2", holder_hash).await
    }

    /// The visit of a booking as it is now.
    pub(crate) async fn visit_of(&mut self, booking: &str) -> Result<Option<VisitRow>, StoreError> {
        self.visit_where("booking = $2 AND state <> 'moved'", booking)
            .await
    }

    async fn visit_where(
        &mut self,
        what: &str,
        value: &str,
    ) -> Result<Option<VisitRow>, StoreError> {
        let slug = self.slug();
        let row = sqlx::query(&format!(
            "SELECT {COLUMNS} FROM visit WHERE tenant = $1 AND {what}"
        ))
        .bind(slug)
        .bind(value)
        .fetch_optional(self.connection())
        .await?;
        Ok(row.map(|row| VisitRow::read(&row)).transpose()?)
    }

    /// Brings a visit from one state to another; false when it is not in that state any more.
    pub(crate) async fn set_state(
        &mut self,
        visit: &VisitRow,
        to: State,
    ) -> Result<bool, StoreError> {
        let slug = self.slug();
        let done =
            sqlx::query("UPDATE visit SET state = $3 WHERE tenant = $1 AND id = $2 AND state = $4")
                .bind(slug)
                .bind(&visit.id)
                .bind(to.name())
                .bind(visit.state.name())
                .execute(self.connection())
                .await?;
        Ok(done.rows_affected() == 1)
    }

    /// A held visit becomes the visit of a booking; false when it is held no more.
    pub(crate) async fn confirm(&mut self, visit: &str, booking: &str) -> Result<bool, StoreError> {
        let slug = self.slug();
        let done = sqlx::query(
            "UPDATE visit SET state = 'confirmed', booking = $3 WHERE tenant = $1 AND id = $2 AND state = 'held'",
        )
        .bind(slug)
        .bind(visit)
        .bind(booking)
        .execute(self.connection())
        .await?;
        Ok(done.rows_affected() == 1)
    }

    /// Gives a hold more time; false when it is held no more.
    pub(crate) async fn extend(
        &mut self,
        visit: &str,
        expires_ms: i64,
    ) -> Result<bool, StoreError> {
        let slug = self.slug();
        let done = sqlx::query(
            "UPDATE visit SET expires_ms = $3 WHERE tenant = $1 AND id = $2 AND state = 'held'",
        )
        .bind(slug)
        .bind(visit)
        .bind(expires_ms)
        .execute(self.connection())
        .await?;
        Ok(done.rows_affected() == 1)
    }
}
