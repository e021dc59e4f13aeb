//! What another system keeps: the names that its holds and bookings have there, and wishes whose end is not known yet.

use super::{StoreError, Tx};
use sqlx::Row as _;
use sqlx::any::AnyRow;

/// A hold or a booking of another system.
#[derive(Clone, Debug)]
pub(crate) struct AfarRow {
    pub(crate) id: String,
    /// `held`, `booked`, `gone`.
    pub(crate) state: String,
    pub(crate) service: String,
    pub(crate) location: String,
    pub(crate) persons: u8,
    /// Name of the hold over there.
    pub(crate) hold: String,
    /// Name of the booking over there; empty while held.
    pub(crate) booking: String,
    pub(crate) start_ms: i64,
    pub(crate) end_ms: i64,
    pub(crate) expires_ms: i64,
    pub(crate) holder_hash: String,
    /// Empty while held.
    pub(crate) secret_hash: String,
}

/// A wish on its way.
#[derive(Clone, Debug)]
pub(crate) struct WishRow {
    pub(crate) key_hash: String,
    pub(crate) fingerprint: String,
    /// The key that the other system sees.
    pub(crate) outer_key: String,
    /// `hold`, `extend`, `release`, `book`, `move`, `cancel`, `erase`.
    pub(crate) about: String,
    /// `sent` or `unknown`.
    pub(crate) state: String,
    pub(crate) service: String,
    /// Id of the [`AfarRow`], also of one that is still to be made.
    pub(crate) subject: String,
    /// Of a hold and a move.
    pub(crate) location: String,
    /// Of a hold and a move.
    pub(crate) start_ms: i64,
    pub(crate) persons: u8,
    pub(crate) created_ms: i64,
    pub(crate) tried_ms: i64,
}

const AFAR: &str = "id, state, service, location, persons, hold, booking, start_ms, end_ms, expires_ms, holder_hash, secret_hash";
const WISH: &str = "key_hash, fingerprint, outer_key, about, state, service, subject, location, start_ms, persons, created_ms, tried_ms";

impl AfarRow {
    fn read(row: &AnyRow) -> Result<AfarRow, sqlx::Error> {
        Ok(AfarRow {
            id: row.try_get("id")?,
            state: row.try_get("state")?,
            service: row.try_get("service")?,
            location: row.try_get("location")?,
            persons: u8::try_from(row.try_get::<i64, _>("persons")?).unwrap_or(1),
            hold: row.try_get("hold")?,
            booking: row.try_get("booking")?,
            start_ms: row.try_get("start_ms")?,
            end_ms: row.try_get("end_ms")?,
            expires_ms: row.try_get("expires_ms")?,
            holder_hash: row.try_get("holder_hash")?,
            secret_hash: row.try_get("secret_hash")?,
        })
    }
}

impl WishRow {
    fn read(row: &AnyRow) -> Result<WishRow, sqlx::Error> {
        Ok(WishRow {
            key_hash: row.try_get("key_hash")?,
            fingerprint: row.try_get("fingerprint")?,
            outer_key: row.try_get("outer_key")?,
            about: row.try_get("about")?,
            state: row.try_get("state")?,
            service: row.try_get("service")?,
            subject: row.try_get("subject")?,
            location: row.try_get("location")?,
            start_ms: row.try_get("start_ms")?,
            persons: u8::try_from(row.try_get::<i64, _>("persons")?).unwrap_or(1),
            created_ms: row.try_get("created_ms")?,
            tried_ms: row.try_get("tried_ms")?,
        })
    }
}

impl Tx {
    /// What a secret of a hold or a booking opens.
    pub(crate) async fn afar(&mut self, secret_hash: &str) -> Result<Option<AfarRow>, StoreError> {
        let slug = self.slug();
        let row = sqlx::query(&format!(
            "SELECT {AFAR} FROM afar WHERE tenant = $1 AND (holder_hash = $2 OR (secret_hash <> '' AND secret_hash = $2))"
        ))
        .bind(slug)
        .bind(secret_hash)
        .fetch_optional(self.connection())
        .await?;
        Ok(row.map(|row| AfarRow::read(&row)).transpose()?)
    }

    /// The same by its id.
    pub(crate) async fn afar_of(&mut self, id: &str) -> Result<Option<AfarRow>, StoreError> {
        let slug = self.slug();
        let row = sqlx::query(&format!(
            "SELECT {AFAR} FROM afar WHERE tenant = $1 AND id = $2"
        ))
        .bind(slug)
        .bind(id)
        .fetch_optional(self.connection())
        .await?;
        Ok(row.map(|row| AfarRow::read(&row)).transpose()?)
    }

    /// Adds a row, or writes what is known now; its id and secret of the hold stay.
    pub(crate) async fn keep_afar(&mut self, row: &AfarRow, now_ms: i64) -> Result<(), StoreError> {
        let slug = self.slug();
        sqlx::query(
            "INSERT INTO afar (tenant, id, state, service, location, persons, hold, booking, start_ms, end_ms, expires_ms, holder_hash, secret_hash, created_ms)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
             ON CONFLICT (tenant, id) DO UPDATE SET state = excluded.state, location = excluded.location, booking = excluded.booking,
               start_ms = excluded.start_ms, end_ms = excluded.end_ms, expires_ms = excluded.expires_ms, secret_hash = excluded.secret_hash",
        )
        .bind(slug)
        .bind(&row.id)
        .bind(&row.state)
        .bind(&row.service)
        .bind(&row.location)
        .bind(i64::from(row.persons))
        .bind(&row.hold)
        .bind(&row.booking)
        .bind(row.start_ms)
        .bind(row.end_ms)
        .bind(row.expires_ms)
        .bind(&row.holder_hash)
        .bind(&row.secret_hash)
        .bind(now_ms)
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// Forgets rows whose visit ended before an instant, and holds that ran out a day ago.
    pub(crate) async fn forget_afar(
        &mut self,
        before_ms: i64,
        now_ms: i64,
    ) -> Result<(), StoreError> {
        let slug = self.slug();
        sqlx::query(
            "DELETE FROM afar WHERE tenant = $1 AND (end_ms < $2 OR (state <> 'booked' AND expires_ms < $3))
             AND NOT EXISTS (SELECT 1 FROM wish WHERE wish.tenant = $1 AND wish.subject = afar.id)",
        )
        .bind(slug)
        .bind(before_ms)
        .bind(now_ms - 86_400_000)
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// The wish of a key, while its end is not known.
    pub(crate) async fn wish(&mut self, key_hash: &str) -> Result<Option<WishRow>, StoreError> {
        let slug = self.slug();
        let row = sqlx::query(&format!(
            "SELECT {WISH} FROM wish WHERE tenant = $1 AND key_hash = $2"
        ))
        .bind(slug)
        .bind(key_hash)
        .fetch_optional(self.connection())
        .await?;
        Ok(row.map(|row| WishRow::read(&row)).transpose()?)
    }

    /// True while another wish about the same hold or booking is on its way.
    pub(crate) async fn is_busy(
        &mut self,
        subject: &str,
        key_hash: &str,
    ) -> Result<bool, StoreError> {
        let slug = self.slug();
        let row = sqlx::query(
            "SELECT 1 AS one FROM wish WHERE tenant = $1 AND subject = $2 AND key_hash <> $3 LIMIT 1",
        )
        .bind(slug)
        .bind(subject)
        .bind(key_hash)
        .fetch_optional(self.connection())
        .await?;
        Ok(row.is_some())
    }

    /// Writes down that a wish is on its way, before it is.
    pub(crate) async fn send_wish(&mut self, wish: &WishRow) -> Result<(), StoreError> {
        let slug = self.slug();
        sqlx::query(
            "INSERT INTO wish (tenant, key_hash, fingerprint, outer_key, about, state, service, subject, location, start_ms, persons, created_ms, tried_ms)
             VALUES ($1, $2, $3, $4, $5, 'sent', $6, $7, $8, $9, $10, $11, $12)
             ON CONFLICT (tenant, key_hash) DO UPDATE SET state = 'sent', tried_ms = excluded.tried_ms",
        )
        .bind(slug)
        .bind(&wish.key_hash)
        .bind(&wish.fingerprint)
        .bind(&wish.outer_key)
        .bind(&wish.about)
        .bind(&wish.service)
        .bind(&wish.subject)
        .bind(&wish.location)
        .bind(wish.start_ms)
        .bind(i64::from(wish.persons))
        .bind(wish.created_ms)
        .bind(wish.tried_ms)
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// No answer came.
    pub(crate) async fn doubt_wish(&mut self, key_hash: &str) -> Result<(), StoreError> {
        let slug = self.slug();
        sqlx::query("UPDATE wish SET state = 'unknown' WHERE tenant = $1 AND key_hash = $2")
            .bind(slug)
            .bind(key_hash)
            .execute(self.connection())
            .await?;
        Ok(())
    }

    /// Its end is known.
    pub(crate) async fn end_wish(&mut self, key_hash: &str) -> Result<(), StoreError> {
        let slug = self.slug();
        sqlx::query("DELETE FROM wish WHERE tenant = $1 AND key_hash = $2")
            .bind(slug)
            .bind(key_hash)
            .execute(self.connection())
            .await?;
        Ok(())
    }

    /// Takes wishes that nobody has tried since `before_ms`, the oldest first; they are tried now.
    pub(crate) async fn doubtful(
        &mut self,
        before_ms: i64,
        now_ms: i64,
    ) -> Result<Vec<WishRow>, StoreError> {
        self.lock(&["wishes"]).await?;
        let slug = self.slug();
        let rows = sqlx::query(&format!(
            "SELECT {WISH} FROM wish WHERE tenant = $1 AND tried_ms <= $2 ORDER BY tried_ms LIMIT 20"
        ))
        .bind(slug)
        .bind(before_ms)
        .fetch_all(self.connection())
        .await?;
        let rows: Vec<WishRow> = rows.iter().map(WishRow::read).collect::<Result<_, _>>()?;
        for row in &rows {
            let slug = self.slug();
            sqlx::query("UPDATE wish SET tried_ms = $3 WHERE tenant = $1 AND key_hash = $2")
                .bind(slug)
                .bind(&row.key_hash)
                .bind(now_ms)
                .execute(self.connection())
                .await?;
        }
        Ok(rows)
    }

    /// True when some wish waits for a look.
    pub(crate) async fn any_doubtful(&mut self, before_ms: i64) -> Result<bool, StoreError> {
        let slug = self.slug();
        let row =
            sqlx::query("SELECT 1 AS one FROM wish WHERE tenant = $1 AND tried_ms <= $2 LIMIT 1")
                .bind(slug)
                .bind(before_ms)
                .fetch_optional(self.connection())
                .await?;
        Ok(row.is_some())
    }

    /// Services of wishes that were made before an instant, are not settled and were not reported; they are reported now.
    pub(crate) async fn unsettled(
        &mut self,
        before_ms: i64,
        now_ms: i64,
    ) -> Result<Vec<String>, StoreError> {
        let slug = self.slug();
        let rows = sqlx::query(
            "SELECT key_hash, service FROM wish WHERE tenant = $1 AND created_ms <= $2 AND alerted_ms = 0",
        )
        .bind(slug)
        .bind(before_ms)
        .fetch_all(self.connection())
        .await?;
        let mut services = Vec::new();
        for row in rows {
            let slug = self.slug();
            sqlx::query("UPDATE wish SET alerted_ms = $3 WHERE tenant = $1 AND key_hash = $2")
                .bind(slug)
                .bind(row.try_get::<String, _>("key_hash")?)
                .bind(now_ms)
                .execute(self.connection())
                .await?;
            services.push(row.try_get("service")?);
        }
        Ok(services)
    }
}
