//! Bookings and who comes.

use super::{StoreError, Tx};
use sqlx::Row as _;

/// A booking without its time and person.
#[derive(Clone, Debug)]
pub(crate) struct BookingRow {
    pub(crate) id: String,
    pub(crate) receipt: String,
    pub(crate) secret_hash: String,
    pub(crate) sequence: u32,
    pub(crate) stamp_ms: i64,
    pub(crate) privacy_version: String,
    pub(crate) language: String,
}

/// Who comes; empty text for what is not known.
#[derive(Clone, Default)]
pub(crate) struct PersonRow {
    pub(crate) name: String,
    pub(crate) phone: String,
    pub(crate) email: String,
    pub(crate) cpr: String,
}

impl Tx {
    /// The booking of a secret, or with `id` that of an id; none once erased.
    pub(crate) async fn booking(&mut self, by: By<'_>) -> Result<Option<BookingRow>, StoreError> {
        let slug = self.slug();
        let (column, value) = match by {
            By::SecretHash(hash) => ("secret_hash", hash),
            By::Id(id) => ("id", id),
        };
        let row = sqlx::query(&format!(
            "SELECT id, receipt, secret_hash, sequence, stamp_ms, privacy_version, language FROM booking
             WHERE tenant = $1 AND {column} = $2 AND erased_ms = 0"
        ))
        .bind(slug)
        .bind(value)
        .fetch_optional(self.connection())
        .await?;
        row.map(|row| {
            Ok(BookingRow {
                id: row.try_get("id")?,
                receipt: row.try_get("receipt")?,
                secret_hash: row.try_get("secret_hash")?,
                sequence: u32::try_from(row.try_get::<i64, _>("sequence")?).unwrap_or(0),
                stamp_ms: row.try_get("stamp_ms")?,
                privacy_version: row.try_get("privacy_version")?,
                language: row.try_get("language")?,
            })
        })
        .transpose()
    }

    /// True when the receipt number is in use.
    pub(crate) async fn has_receipt(&mut self, receipt: &str) -> Result<bool, StoreError> {
        let slug = self.slug();
        let row = sqlx::query("SELECT 1 AS one FROM booking WHERE tenant = $1 AND receipt = $2")
            .bind(slug)
            .bind(receipt)
            .fetch_optional(self.connection())
            .await?;
        Ok(row.is_some())
    }

    /// Adds a booking and its person.
    pub(crate) async fn add_booking(
        &mut self,
        booking: &BookingRow,
        person: &PersonRow,
    ) -> Result<(), StoreError> {
        let slug = self.slug();
        sqlx::query(
            "INSERT INTO booking (tenant, id, receipt, secret_hash, sequence, stamp_ms, created_ms, privacy_version, language)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        )
        .bind(&slug)
        .bind(&booking.id)
        .bind(&booking.receipt)
        .bind(&booking.secret_hash)
        .bind(i64::from(booking.sequence))
        .bind(booking.stamp_ms)
        .bind(booking.stamp_ms)
        .bind(&booking.privacy_version)
        .bind(&booking.language)
        .execute(self.connection())
        .await?;
        sqlx::query(
            "INSERT INTO person (tenant, booking, name, phone, email, cpr) VALUES ($1, $2, $3, $4, $5, $6)",
        )
        .bind(slug)
        .bind(&booking.id)
        .bind(&person.name)
        .bind(&person.phone)
        .bind(&person.email)
        .bind(&person.cpr)
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// A new version of its calendar entry.
    pub(crate) async fn restamp(&mut self, booking: &str, now_ms: i64) -> Result<(), StoreError> {
        let slug = self.slug();
        sqlx::query(
            "UPDATE booking SET sequence = sequence + 1, stamp_ms = $3 WHERE tenant = $1 AND id = $2",
        )
        .bind(slug)
        .bind(booking)
        .bind(now_ms)
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// Who comes.
    pub(crate) async fn person(&mut self, booking: &str) -> Result<Option<PersonRow>, StoreError> {
        let slug = self.slug();
        let row = sqlx::query(
            "SELECT name, phone, email, cpr FROM person WHERE tenant = $1 AND booking = $2",
        )
        .bind(slug)
        .bind(booking)
        .fetch_optional(self.connection())
        .await?;
        row.map(|row| {
            Ok(PersonRow {
                name: row.try_get("name")?,
                phone: row.try_get("phone")?,
                email: row.try_get("email")?,
                cpr: row.try_get("cpr")?,
            })
        })
        .transpose()
    }

    /// How many coming visits the phone number or the mail address has.
    pub(crate) async fn coming(
        &mut self,
        phone: &str,
        email: &str,
        now_ms: i64,
    ) -> Result<i64, StoreError> {
        let slug = self.slug();
        let row = sqlx::query(
            "SELECT count(*) AS n FROM visit WHERE tenant = $1 AND state = 'confirmed' AND start_ms > $4 AND booking IN
             (SELECT booking FROM person WHERE tenant = $1 AND ((phone <> '' AND phone = $2) OR (email <> '' AND email = $3)))",
        )
        .bind(slug)
        .bind(phone)
        .bind(email)
        .bind(now_ms)
        .fetch_one(self.connection())
        .await?;
        Ok(row.try_get("n")?)
    }

    /// Forgets who comes, and every message. The booking stays as a number.
    pub(crate) async fn erase(&mut self, booking: &str, now_ms: i64) -> Result<(), StoreError> {
        for text in [
            "DELETE FROM person WHERE tenant = $1 AND booking = $2",
            "DELETE FROM outbox WHERE tenant = $1 AND booking = $2",
            "DELETE FROM code WHERE tenant = $1 AND visit IN (SELECT id FROM visit WHERE tenant = $1 AND booking = $2)",
        ] {
            let slug = self.slug();
            sqlx::query(text)
                .bind(slug)
                .bind(booking)
                .execute(self.connection())
                .await?;
        }
        let slug = self.slug();
        sqlx::query(
            "UPDATE booking SET erased_ms = $3 WHERE tenant = $1 AND id = $2 AND erased_ms = 0",
        )
        .bind(slug)
        .bind(booking)
        .bind(now_ms)
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// Bookings whose visit ended before an instant and that still have a person, at most 100.
    pub(crate) async fn outdated(&mut self, before_ms: i64) -> Result<Vec<String>, StoreError> {
        let slug = self.slug();
        let rows = sqlx::query(
            "SELECT v.booking AS id FROM visit v JOIN person p ON p.tenant = v.tenant AND p.booking = v.booking
             WHERE v.tenant = $1 AND v.state <> 'moved' AND v.end_ms < $2 LIMIT 100",
        )
        .bind(slug)
        .bind(before_ms)
        .fetch_all(self.connection())
        .await?;
        Ok(rows
            .iter()
            .map(|row| row.try_get("id"))
            .collect::<Result<_, _>>()?)
    }
}

/// What names a booking.
#[derive(Clone, Copy)]
pub(crate) enum By<'a> {
    /// Hash of the citizen's secret.
    SecretHash(&'a str),
    /// Its id, from the database.
    Id(&'a str),
}
