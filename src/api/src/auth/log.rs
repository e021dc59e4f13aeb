//! The audit log for those who look after a kommune's accounts. Looking is a line in it too.

use super::{Auth, Staff};
use crate::fault::Fault;
use booking::{instant_text, parse_instant};
use hours::Date;
use protocol::{Audit, AuditEntry, AuditQuery, Code};

/// Most entries of an answer.
const MOST: u16 = 5000;
/// Longest span, days.
const DAYS: i64 = 366;
const DAY_MS: i64 = 86_400_000;

impl Auth {
    /// What was done from the first to the last day, Copenhagen's days.
    ///
    /// # Errors
    /// No such days, or too many; the database.
    pub async fn audit(&self, staff: &Staff, query: &AuditQuery) -> Result<Audit, Fault> {
        let day = |text: &str| {
            Date::parse(text)
                .and_then(midnight)
                .ok_or(Fault::No(Code::Invalid, "from and to: write 2026-12-04"))
        };
        let (from_ms, last_ms) = (day(&query.from)?, day(&query.to)?);
        // A day in autumn has 25 hours; half a day later is the next one in any case.
        let last = hours::copenhagen(last_ms + DAY_MS + DAY_MS / 2).date;
        let to_ms = midnight(last).unwrap_or(last_ms + DAY_MS);
        if last_ms < from_ms || last_ms - from_ms > DAYS * DAY_MS {
            return Err(Fault::No(
                Code::Invalid,
                "to: not before from, and at most 366 days later",
            ));
        }
        let mut tx = self.store.write(&staff.site.tenant).await?;
        let now_ms = self.clock.now_ms();
        tx.audit(now_ms, "", "", "audit-read", &staff.account)
            .await?;
        let mut lines = tx.audit_days(from_ms, to_ms, i64::from(MOST) + 1).await?;
        tx.commit().await?;
        let more = lines.len() > usize::from(MOST);
        lines.truncate(usize::from(MOST));
        let given = |text: String| (!text.is_empty()).then_some(text);
        Ok(Audit {
            entries: lines
                .into_iter()
                .map(|line| AuditEntry {
                    at: instant_text(line.at_ms),
                    what: line.what,
                    who: line.who,
                    name: given(line.name),
                    receipt: given(line.receipt),
                })
                .collect(),
            more,
        })
    }
}

/// The first moment of a day in Copenhagen. Every day has one: the clock changes later in the night.
fn midnight(date: Date) -> Option<i64> {
    ["+01:00", "+02:00"]
        .iter()
        .find_map(|offset| parse_instant(&format!("{date}T00:00:00{offset}")).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_begin_at_midnight_of_copenhagen_when_the_clock_changes_too() {
        for (day, utc) in [
            ("2026-12-04", "2026-12-04T00:00:00+01:00"),
            ("2026-03-29", "2026-03-29T00:00:00+01:00"),
            ("2026-03-30", "2026-03-30T00:00:00+02:00"),
            ("2026-10-25", "2026-10-25T00:00:00+02:00"),
            ("2026-10-26", "2026-10-26T00:00:00+01:00"),
        ] {
            let date = Date::parse(day).expect("a day");
            assert_eq!(midnight(date), parse_instant(utc).ok(), "{day}");
        }
    }
}
