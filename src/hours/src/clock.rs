//! From UTC to the clock on the wall in Copenhagen, for "åbent nu". One rule, no database.
//!
//! Directive 2000/84/EC (and 94/21/EC for 1996): summer time from the last Sunday of March to the last
//! Sunday of October, both at 01:00 UTC. Right for 1996..=2100 as long as the EU keeps the rule;
//! other years get the same rule, which history did not follow.

use crate::date::Date;

/// A moment as the citizen's kommune reads it off the wall.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LocalTime {
    /// The day in Denmark.
    pub date: Date,
    /// Minutes since midnight by the clock, 0..=1439. On the October change day 02:00-02:59 comes twice.
    pub minute: u16,
}

impl LocalTime {
    /// The moment that a number of minutes since 1970 by the clock on the wall means. A number too large for the
    /// calendar is its last day.
    pub fn from_minutes(minutes: u32) -> Self {
        let day = u32::from(crate::MINUTES_PER_DAY);
        Self {
            date: Date::from_days_since_epoch((minutes / day).cast_signed()),
            minute: (minutes % day) as u16,
        }
    }
}

const MS_PER_MINUTE: i64 = 60_000;
const MS_PER_DAY: i64 = 86_400_000;

/// The local time in Copenhagen of `utc_ms`, milliseconds since 1970-01-01 00:00 UTC.
/// Values outside the years 1..=9999 are moved to the nearest end.
pub fn copenhagen(utc_ms: i64) -> LocalTime {
    let first_ms = i64::from(Date::MIN.days_since_epoch()) * MS_PER_DAY;
    let last_ms = i64::from(Date::MAX.days_since_epoch()) * MS_PER_DAY;
    let utc_ms = utc_ms.clamp(first_ms, last_ms);
    let offset_minutes = if is_summer_time(utc_ms) { 120 } else { 60 };
    let local_ms = utc_ms + offset_minutes * MS_PER_MINUTE;
    LocalTime {
        date: day_of(local_ms),
        minute: (local_ms.rem_euclid(MS_PER_DAY) / MS_PER_MINUTE) as u16,
    }
}

fn is_summer_time(utc_ms: i64) -> bool {
    let year = day_of(utc_ms).year();
    let change_ms = |month: u8| {
        let day = last_sunday(year, month);
        i64::from(day.days_since_epoch()) * MS_PER_DAY + 60 * MS_PER_MINUTE
    };
    (change_ms(3)..change_ms(10)).contains(&utc_ms)
}

fn day_of(ms: i64) -> Date {
    let days = i32::try_from(ms.div_euclid(MS_PER_DAY)).unwrap_or(i32::MAX);
    Date::from_days_since_epoch(days)
}

/// The last Sunday of a month with 31 days.
fn last_sunday(year: i16, month: u8) -> Date {
    let last = Date::new(year, month, 31).unwrap_or(Date::MAX);
    last.add_days(-((i32::from(last.weekday()) + 1) % 7))
}
