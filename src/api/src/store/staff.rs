//! What staff see: visits with their bookings and persons, and the lines that say who saw them.

use super::bookings::PersonRow;
use super::visits::VisitRow;
use super::{StoreError, Tx};
use sqlx::Row as _;
use sqlx::any::AnyRow;

/// Who has read a booking is not written down again for the same account within this time: a list that is looked at all day
/// gives a line for each look, and one an hour for each of its persons.
const READ_AGAIN_MS: i64 = 3_600_000;

/// A visit, its booking, and who comes.
#[derive(Clone)]
pub(crate) struct StaffRow {
    pub(crate) visit: VisitRow,
    pub(crate) receipt: String,
    pub(crate) secret_hash: String,
    pub(crate) language: String,
    pub(crate) erased: bool,
    /// Empty when erased.
    pub(crate) person: PersonRow,
}

const WHOLE: &str = "SELECT v.id AS id, v.booking AS booking, v.state AS state, v.service AS service, v.location AS location,
    v.counter AS counter, v.persons AS persons, v.start_ms AS start_ms, v.end_ms AS end_ms, v.held_ms AS held_ms,
    v.expires_ms AS expires_ms, v.holder_hash AS holder_hash, b.receipt AS receipt, b.secret_hash AS secret_hash,
    b.language AS language, b.erased_ms AS erased_ms, COALESCE(p.name, '') AS name, COALESCE(p.phone, '') AS phone,
    COALESCE(p.email, '') AS email
    FROM visit v JOIN booking b ON b.tenant = v.tenant AND b.id = v.booking
    LEFT JOIN person p ON p.tenant = v.tenant AND p.booking = v.booking";

impl StaffRow {
    fn read(row: &AnyRow) -> Result<StaffRow, sqlx::Error> {
        Ok(StaffRow {
            visit: VisitRow::read(row)?,
            receipt: row.try_get("receipt")?,
            secret_hash: row.try_get("secret_hash")?,
            language: row.try_get("language")?,
            erased: row.try_get::<i64, _>("erased_ms")? != 0,
            person: PersonRow {
                name: row.try_get("name")?,
                phone: row.try_get("phone")?,
                email: row.try_get("email")?,
                // Not shown to staff here, so not read.
                cpr: String::new(),
            },
        })
    }
}

impl Tx {
    /// Who comes, came or did not between two instants, by start and counter.
    pub(crate) async fn visits_of(
        &mut self,
        location: &str,
        from_ms: i64,
        to_ms: i64,
    ) -> Result<Vec<StaffRow>, StoreError> {
        let slug = self.slug();
        let rows = sqlx::query(&format!(
            "{WHOLE} WHERE v.tenant = $1 AND v.location = $2 AND v.start_ms >= $3 AND v.start_ms < $4
             AND v.state IN ('confirmed', 'checked-in', 'no-show') ORDER BY v.start_ms, v.counter, v.id"
        ))
        .bind(slug)
        .bind(location)
        .bind(from_ms)
        .bind(to_ms)
        .fetch_all(self.connection())
        .await?;
        Ok(rows.iter().map(StaffRow::read).collect::<Result<_, _>>()?)
    }

    /// The booking of a receipt number with its visit as it is now; an erased one too.
    pub(crate) async fn of_receipt(
        &mut self,
        receipt: &str,
    ) -> Result<Option<StaffRow>, StoreError> {
        let slug = self.slug();
        let row = sqlx::query(&format!(
            "{WHOLE} WHERE v.tenant = $1 AND b.tenant = $1 AND b.receipt = $2 AND v.state <> 'moved'"
        ))
        .bind(slug)
        .bind(receipt)
        .fetch_optional(self.connection())
        .await?;
        Ok(row.map(|row| StaffRow::read(&row)).transpose()?)
    }

    /// Times that are held between two instants.
    pub(crate) async fn holds_of(
        &mut self,
        location: &str,
        from_ms: i64,
        to_ms: i64,
        now_ms: i64,
    ) -> Result<Vec<VisitRow>, StoreError> {
        let slug = self.slug();
        let rows = sqlx::query(
            "SELECT id, booking, state, service, location, counter, persons, start_ms, end_ms, held_ms, expires_ms, holder_hash
             FROM visit WHERE tenant = $1 AND location = $2 AND start_ms < $4 AND end_ms > $3 AND state = 'held'
             AND expires_ms > $5 ORDER BY start_ms, counter",
        )
        .bind(slug)
        .bind(location)
        .bind(from_ms)
        .bind(to_ms)
        .bind(now_ms)
        .fetch_all(self.connection())
        .await?;
        Ok(rows.iter().map(VisitRow::read).collect::<Result<_, _>>()?)
    }

    /// Visits that are booked and not over. Of one location, or of all when that is `None`. Asks for nothing that the first
    /// schema did not have.
    pub(crate) async fn coming_visits(
        &mut self,
        location: Option<&str>,
        now_ms: i64,
    ) -> Result<Vec<StaffRow>, StoreError> {
        let slug = self.slug();
        let rows = sqlx::query(&format!(
            "{WHOLE} WHERE v.tenant = $1 AND v.end_ms > $2 AND ($3 = '' OR v.location = $3)
             AND v.state IN ('confirmed', 'checked-in') ORDER BY v.start_ms, b.receipt"
        ))
        .bind(slug)
        .bind(now_ms)
        .bind(location.unwrap_or_default())
        .fetch_all(self.connection())
        .await?;
        Ok(rows.iter().map(StaffRow::read).collect::<Result<_, _>>()?)
    }

    /// Name of an account of the kommune, one that was removed too.
    pub(crate) async fn account_name(&mut self, id: &str) -> Result<Option<String>, StoreError> {
        let slug = self.slug();
        let row = sqlx::query("SELECT name FROM account WHERE tenant = $1 AND id = $2")
            .bind(slug)
            .bind(id)
            .fetch_optional(self.connection())
            .await?;
        Ok(row.map(|row| row.try_get("name")).transpose()?)
    }

    /// Writes down that an account reads the persons of some days: a line for the look, with the place and the days in place
    /// of a visit, and one for each person that this account has not read within the hour.
    pub(crate) async fn note_days(
        &mut self,
        who: &str,
        scope: &str,
        rows: &[StaffRow],
        now_ms: i64,
    ) -> Result<(), StoreError> {
        let (Some(first), Some(last)) = (rows.first(), rows.last()) else {
            return Ok(());
        };
        self.audit(now_ms, "", scope, "read-days", who).await?;
        let slug = self.slug();
        sqlx::query(
            "INSERT INTO audit (tenant, at_ms, booking, visit, what, who)
             SELECT v.tenant, $2, v.booking, v.id, 'read', $3 FROM visit v
             WHERE v.tenant = $1 AND v.location = $4 AND v.start_ms >= $5 AND v.start_ms <= $6
             AND v.state IN ('confirmed', 'checked-in', 'no-show')
             AND EXISTS (SELECT 1 FROM person p WHERE p.tenant = v.tenant AND p.booking = v.booking)
             AND NOT EXISTS (SELECT 1 FROM audit a WHERE a.tenant = v.tenant AND a.booking = v.booking AND a.what = 'read'
               AND a.who = $3 AND a.at_ms > $7)",
        )
        .bind(slug)
        .bind(now_ms)
        .bind(who)
        .bind(&first.visit.location)
        .bind(first.visit.start_ms)
        .bind(last.visit.start_ms)
        .bind(now_ms - READ_AGAIN_MS)
        .execute(self.connection())
        .await?;
        Ok(())
    }
}
