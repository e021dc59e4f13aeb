//! Opening hours, Danish holidays and Copenhagen daylight saving by rule: pure, no time zone database.
//!
//! For `dialog`, which says "Åbent nu, lukker kl. 15", and for `compiler`, which reads the hours that
//! a kommune wrote. The clock comes in as milliseconds. Places that are open past midnight are not
//! covered; such a place is written as two days.
//!
//! ```
//! use hours::{Lang, Span, Week, copenhagen, status, status_text};
//! let mut week = Week::default();
//! week.days[5] = vec![Span { open: 10 * 60, close: 13 * 60 }];
//! let now = copenhagen(1_795_262_400_000); // Saturday 21 November 2026, 12:00 UTC, 13:00 here
//! assert_eq!(status_text(&status(&week, now), now, Lang::Da), "Lukket nu. Åbner 28. november kl. 10");
//! ```
#![cfg_attr(not(test), no_std)]
#![forbid(unsafe_code)]

extern crate alloc;

mod clock;
mod date;
mod holiday;
mod say;
mod week;

pub use clock::{LocalTime, copenhagen};
pub use date::Date;
pub use holiday::{Holiday, easter_sunday, holiday};
pub use say::{
    Lang, clock_text, date_text, day_range_text, day_text, moment_text, number, opens_text,
    row_text, spans_text, status_text, time_text, weekday_name,
};
pub use week::{
    Exception, LOOK_AHEAD_DAYS, MINUTES_PER_DAY, Reason, Row, Span, SpecialDay, Status, Week,
    WeekError, rows, spans_on, status, upcoming_exceptions,
};
