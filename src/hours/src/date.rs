//! A date in the Gregorian calendar, for opening hours and facts that run out. Knows no time zone.
//!
//! Day counts follow Howard Hinnant, "chrono-compatible low-level date algorithms".

use alloc::vec::Vec;
use core::fmt;

use wire::{Input, Wire};

/// A day that exists, from 0001-01-01 to 9999-12-31. Stored as (year, month, day) and checked when read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    year: i16,
    month: u8,
    day: u8,
}

impl Date {
    /// The first date.
    pub const MIN: Self = Self {
        year: 1,
        month: 1,
        day: 1,
    };
    /// The last date.
    pub const MAX: Self = Self {
        year: 9999,
        month: 12,
        day: 31,
    };

    /// The date, or `None` when the calendar has no such day or the year is outside 1..=9999.
    pub const fn new(year: i16, month: u8, day: u8) -> Option<Self> {
        if year < 1 || year > 9999 || month < 1 || month > 12 {
            return None;
        }
        if day < 1 || day > days_in_month(year, month) {
            return None;
        }
        Some(Self { year, month, day })
    }

    /// Reads `2026-12-24`: four, two and two ASCII digits, nothing around them.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        if bytes.len() != 10 || bytes[4] != b'-' || bytes[7] != b'-' {
            return None;
        }
        let number = |from: usize, to: usize| {
            bytes[from..to].iter().try_fold(0_i16, |sum, byte| {
                byte.is_ascii_digit()
                    .then(|| sum * 10 + i16::from(byte - b'0'))
            })
        };
        let month = u8::try_from(number(5, 7)?).ok()?;
        let day = u8::try_from(number(8, 10)?).ok()?;
        Self::new(number(0, 4)?, month, day)
    }

    /// The year, 1..=9999.
    pub const fn year(self) -> i16 {
        self.year
    }

    /// The month, 1..=12.
    pub const fn month(self) -> u8 {
        self.month
    }

    /// The day of the month, 1..=31.
    pub const fn day(self) -> u8 {
        self.day
    }

    /// Monday is 0, Sunday is 6.
    pub const fn weekday(self) -> u8 {
        (self.days_since_epoch() + 3).rem_euclid(7) as u8
    }

    /// Days since 1970-01-01; negative before it.
    pub const fn days_since_epoch(self) -> i32 {
        let year = self.year as i32 - (self.month <= 2) as i32;
        let era = year.div_euclid(400);
        let year_of_era = year.rem_euclid(400);
        let month_from_march = (self.month as i32 + 9) % 12;
        let day_of_year = (153 * month_from_march + 2) / 5 + self.day as i32 - 1;
        let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
        era * 146_097 + day_of_era - 719_468
    }

    /// The date that many days after 1970-01-01, kept inside [`Date::MIN`]..=[`Date::MAX`].
    pub const fn from_days_since_epoch(days: i32) -> Self {
        if days <= Self::MIN.days_since_epoch() {
            return Self::MIN;
        }
        if days >= Self::MAX.days_since_epoch() {
            return Self::MAX;
        }
        let days = days + 719_468;
        let era = days.div_euclid(146_097);
        let day_of_era = days.rem_euclid(146_097);
        let year_of_era =
            (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month_from_march = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
        let month = (month_from_march + 2) % 12 + 1;
        let year = era * 400 + year_of_era + (month <= 2) as i32;
        Self {
            year: year as i16,
            month: month as u8,
            day: day as u8,
        }
    }

    /// That many days later (earlier when negative), kept inside [`Date::MIN`]..=[`Date::MAX`].
    #[must_use]
    pub const fn add_days(self, days: i32) -> Self {
        Self::from_days_since_epoch(self.days_since_epoch().saturating_add(days))
    }
}

impl fmt::Display for Date {
    /// Writes `2026-12-24`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

impl Wire for Date {
    fn read(input: &mut Input) -> Self {
        let (year, (month, day)) = Wire::read(input);
        Self::new(year, month, day).unwrap_or_else(|| {
            input.fail();
            Self::MIN
        })
    }
    fn write(&self, out: &mut Vec<u8>) {
        (self.year, (self.month, self.day)).write(out);
    }
}

const fn days_in_month(year: i16, month: u8) -> u8 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        _ => 31,
    }
}
