//! Does the database keep its promises? For restores, upgrades and tests: what should be impossible is looked for.

use super::{Kind, Store, StoreError, Tx};
use sqlx::Row as _;

impl Tx {
    /// Every broken promise of a kommune, in words; empty when all is well.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn mistakes(&mut self) -> Result<Vec<String>, StoreError> {
        const OCCUPIES: &str = "IN ('held', 'confirmed', 'checked-in', 'blocked')";
        let mut all = vec![
            (
                "two visits of one counter at a time",
                format!(
                    "SELECT count(*) AS n FROM visit a JOIN visit b ON a.tenant = b.tenant AND a.counter = b.counter AND a.id < b.id
                     AND a.start_ms < b.end_ms AND b.start_ms < a.end_ms
                     WHERE a.tenant = $1 AND a.state {OCCUPIES} AND b.state {OCCUPIES}"
                ),
            ),
            (
                "a booking without a visit",
                "SELECT count(*) AS n FROM booking b WHERE b.tenant = $1 AND NOT EXISTS
                 (SELECT 1 FROM visit v WHERE v.tenant = b.tenant AND v.booking = b.id AND v.state <> 'moved')"
                    .to_owned(),
            ),
            (
                "a confirmed visit without a booking",
                "SELECT count(*) AS n FROM visit v WHERE v.tenant = $1 AND v.state = 'confirmed' AND NOT EXISTS
                 (SELECT 1 FROM booking b WHERE b.tenant = v.tenant AND b.id = v.booking)"
                    .to_owned(),
            ),
            (
                "a booking that is neither erased nor has a person",
                "SELECT count(*) AS n FROM booking b WHERE b.tenant = $1 AND (b.erased_ms = 0) <> EXISTS
                 (SELECT 1 FROM person p WHERE p.tenant = b.tenant AND p.booking = b.id)"
                    .to_owned(),
            ),
            (
                "a booking without its line in the audit log",
                "SELECT count(*) AS n FROM booking b WHERE b.tenant = $1 AND NOT EXISTS
                 (SELECT 1 FROM audit a WHERE a.tenant = b.tenant AND a.booking = b.id AND a.what = 'confirmed')"
                    .to_owned(),
            ),
        ];
        all.push((
            "a blocked time without its block",
            "SELECT count(*) AS n FROM visit v WHERE v.tenant = $1 AND v.state = 'blocked' AND NOT EXISTS
             (SELECT 1 FROM block b WHERE b.tenant = v.tenant AND b.id = v.block AND b.removed_ms = 0)"
                .to_owned(),
        ));
        if self.kind == Kind::Sqlite {
            all.push((
                "a visit whose cells are not its own",
                format!(
                    "SELECT count(*) AS n FROM visit v WHERE v.tenant = $1 AND
                     (CASE WHEN v.state {OCCUPIES} THEN (v.end_ms - v.start_ms) / 300000 ELSE 0 END) <>
                     (SELECT count(*) FROM cell c WHERE c.tenant = v.tenant AND c.visit = v.id AND c.counter = v.counter
                      AND c.cell >= v.start_ms / 300000 AND c.cell < v.end_ms / 300000)"
                ),
            ));
        }
        let mut broken = Vec::new();
        for (what, ask) in all {
            let slug = self.slug();
            let row = sqlx::query(&ask)
                .bind(slug)
                .fetch_one(self.connection())
                .await?;
            let n: i64 = row.try_get("n")?;
            if n > 0 {
                broken.push(format!("{what}: {n}"));
            }
        }
        Ok(broken)
    }

    /// How many bookings a kommune has ever had, erased ones included.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn bookings(&mut self) -> Result<i64, StoreError> {
        let slug = self.slug();
        let row = sqlx::query("SELECT count(*) AS n FROM booking WHERE tenant = $1")
            .bind(slug)
            .fetch_one(self.connection())
            .await?;
        Ok(row.try_get("n")?)
    }
}

impl Store {
    /// SQLite: whether the file itself is whole; PostgreSQL looks after its own.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn is_whole(&self) -> Result<bool, StoreError> {
        if self.kind == Kind::Postgres {
            return Ok(true);
        }
        let row = sqlx::query("PRAGMA integrity_check")
            .fetch_one(&self.readers)
            .await?;
        Ok(row.try_get::<String, _>(0)? == "ok")
    }
}
