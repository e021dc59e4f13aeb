//! A place's opening hours and the question "is it open now?". For `dialog` and `compiler`.
//!
//! No span runs past midnight. An exception goes before a holiday, a holiday before the weekday.

use alloc::{string::String, vec::Vec};
use core::fmt;

use crate::{
    clock::LocalTime,
    date::Date,
    holiday::{Holiday, holiday},
};

/// 24:00 as minutes since midnight.
pub const MINUTES_PER_DAY: u16 = 24 * 60;

/// How many days after today the next opening is looked for.
pub const LOOK_AHEAD_DAYS: u8 = 21;

/// Open from `open` until just before `close`, in minutes since midnight.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// First open minute, 0..=1439.
    pub open: u16,
    /// First closed minute, 1..=1440.
    pub close: u16,
}

impl Span {
    /// True when the minute lies inside.
    pub const fn contains(self, minute: u16) -> bool {
        self.open <= minute && minute < self.close
    }
}

/// The hours of one place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Week {
    /// Monday first; an empty day is closed.
    pub days: [Vec<Span>; 7],
    /// Dates with hours of their own.
    pub exceptions: Vec<Exception>,
    /// Closed on every day that [`holiday`] names, customary ones too: a wasted walk is worse than a
    /// day missed. A place that is open on, say, grundlovsdag has an exception for it.
    pub closed_on_holidays: bool,
    /// A sentence for the citizen: "Du skal bestille tid."
    pub note: Option<String>,
}

/// One date on which the week does not apply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exception {
    /// The day.
    pub date: Date,
    /// Its hours; empty means closed all day.
    pub spans: Vec<Span>,
    /// Why, in a few words: "Juleaften".
    pub note: Option<String>,
}

wire::record!(Span { open, close });
wire::record!(Week {
    days,
    exceptions,
    closed_on_holidays,
    note
});
wire::record!(Exception { date, spans, note });

/// Open or not at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Status {
    /// Open now.
    Open {
        /// Minutes since midnight when it closes today, 1..=1440.
        until: u16,
    },
    /// Closed now.
    Closed {
        /// The next opening, today or within [`LOOK_AHEAD_DAYS`].
        opens: Option<LocalTime>,
        /// Why, when today is closed all day by an exception or a holiday, or would be open now without it.
        because: Option<Reason>,
    },
}

/// Why a day differs from its weekday.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The place is closed on holidays and this is one.
    Holiday(Holiday),
    /// The kommune wrote an exception, perhaps with a note.
    Exception(Option<String>),
}

/// Days of the week, Monday 0 to Sunday 6, that follow each other and have the same hours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// First day.
    pub from: u8,
    /// Last day, included.
    pub to: u8,
    /// The hours; empty means closed.
    pub spans: Vec<Span>,
}

/// A coming date that does not follow the week.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpecialDay {
    /// The day.
    pub date: Date,
    /// Its hours; empty means closed.
    pub spans: Vec<Span>,
    /// Why.
    pub reason: Reason,
}

/// What is wrong with a [`Week`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WeekError {
    /// A span on this weekday (Monday 0) ends before or when it begins, or after 24:00.
    DaySpan(u8, Span),
    /// The spans of this weekday are not in order or overlap; the second one is given.
    DayOrder(u8, Span),
    /// A span of the exception on this date ends before or when it begins, or after 24:00.
    ExceptionSpan(Date, Span),
    /// The spans of the exception on this date are not in order or overlap; the second one is given.
    ExceptionOrder(Date, Span),
    /// Two exceptions have this date.
    TwoExceptions(Date),
}

impl fmt::Display for WeekError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let time = |minute: u16| (minute / 60, minute % 60);
        let span = |f: &mut fmt::Formatter<'_>, span: &Span| {
            let ((h1, m1), (h2, m2)) = (time(span.open), time(span.close));
            write!(f, "`{h1:02}:{m1:02}-{h2:02}:{m2:02}`")
        };
        match self {
            Self::DaySpan(_, bad) | Self::ExceptionSpan(_, bad) => {
                span(f, bad)?;
                f.write_str(" does not end after it begins, or ends after 24:00")?;
            }
            Self::DayOrder(_, bad) | Self::ExceptionOrder(_, bad) => {
                span(f, bad)?;
                f.write_str(" begins before the hours in front of it end")?;
            }
            Self::TwoExceptions(_) => f.write_str("two exceptions for one date")?,
        }
        match self {
            Self::DaySpan(day, _) | Self::DayOrder(day, _) => {
                write!(
                    f,
                    " on {}",
                    crate::say::weekday_name(*day, crate::say::Lang::Da)
                )
            }
            Self::ExceptionSpan(date, _)
            | Self::ExceptionOrder(date, _)
            | Self::TwoExceptions(date) => write!(f, " on {date}"),
        }
    }
}

impl core::error::Error for WeekError {}

impl Week {
    /// Checks that every span lies within its day, that spans stand in order without overlap
    /// (10-12 followed by 12-15 is allowed), and that no date has two exceptions.
    ///
    /// # Errors
    /// Everything that is wrong, in the order in which it stands.
    pub fn validate(&self) -> Result<(), Vec<WeekError>> {
        let mut errors = Vec::new();
        for (day, spans) in (0_u8..).zip(&self.days) {
            check_spans(
                spans,
                &mut errors,
                |bad| WeekError::DaySpan(day, bad),
                |bad| WeekError::DayOrder(day, bad),
            );
        }
        for (idx, exception) in self.exceptions.iter().enumerate() {
            let date = exception.date;
            check_spans(
                &exception.spans,
                &mut errors,
                |bad| WeekError::ExceptionSpan(date, bad),
                |bad| WeekError::ExceptionOrder(date, bad),
            );
            if self.exceptions[..idx]
                .iter()
                .any(|earlier| earlier.date == date)
            {
                errors.push(WeekError::TwoExceptions(date));
            }
        }
        if errors.is_empty() {
            Ok(())
        } else {
            Err(errors)
        }
    }

    fn weekday_spans(&self, date: Date) -> &[Span] {
        &self.days[usize::from(date.weekday())]
    }

    /// The hours of the date, and why they are not those of its weekday.
    fn day(&self, date: Date) -> (&[Span], Option<Reason>) {
        if let Some(exception) = self
            .exceptions
            .iter()
            .find(|exception| exception.date == date)
        {
            return (
                &exception.spans,
                Some(Reason::Exception(exception.note.clone())),
            );
        }
        match holiday(date) {
            Some(holiday) if self.closed_on_holidays => (&[], Some(Reason::Holiday(holiday))),
            _ => (self.weekday_spans(date), None),
        }
    }
}

fn check_spans(
    spans: &[Span],
    errors: &mut Vec<WeekError>,
    span_error: impl Fn(Span) -> WeekError,
    order_error: impl Fn(Span) -> WeekError,
) {
    for (idx, span) in spans.iter().enumerate() {
        if span.open >= span.close || span.close > MINUTES_PER_DAY {
            errors.push(span_error(*span));
        } else if idx > 0 && span.open < spans[idx - 1].close {
            errors.push(order_error(*span));
        }
    }
}

/// The hours on a date, exceptions and holidays included; empty means closed.
pub fn spans_on(week: &Week, date: Date) -> &[Span] {
    week.day(date).0
}

/// Whether the place is open at `now`, until when, or when it next opens. Never fails; a week that
/// [`Week::validate`] refuses gets an answer too.
pub fn status(week: &Week, now: LocalTime) -> Status {
    let (today, reason) = week.day(now.date);
    if let Some(mut until) = close_of_span_at(today, now.minute) {
        // Spans may touch: 10-12 and 12-15 is open until 15.
        while let Some(close) = close_of_span_at(today, until) {
            until = close;
        }
        return Status::Open { until };
    }
    let because = reason.filter(|_| {
        today.is_empty() || close_of_span_at(week.weekday_spans(now.date), now.minute).is_some()
    });
    let opens = (0..=i32::from(LOOK_AHEAD_DAYS)).find_map(|ahead| {
        let date = now.date.add_days(ahead);
        spans_on(week, date)
            .iter()
            .filter(|span| span.open < span.close && (ahead > 0 || span.open > now.minute))
            .map(|span| span.open)
            .min()
            .map(|minute| LocalTime { date, minute })
    });
    Status::Closed { opens, because }
}

fn close_of_span_at(spans: &[Span], minute: u16) -> Option<u16> {
    spans
        .iter()
        .find(|span| span.contains(minute))
        .map(|span| span.close)
}

/// The ordinary week in as few rows as possible, Monday to Sunday; closed days have empty spans.
pub fn rows(week: &Week) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    for (day, spans) in (0_u8..).zip(&week.days) {
        match rows.last_mut() {
            Some(row) if row.spans == *spans => row.to = day,
            _ => rows.push(Row {
                from: day,
                to: day,
                spans: spans.clone(),
            }),
        }
    }
    rows
}

/// The special dates among the `days` days that begin with `from`, in order: every exception, and each
/// holiday that closes a day on which the place would otherwise be open.
pub fn upcoming_exceptions(week: &Week, from: Date, days: u16) -> Vec<SpecialDay> {
    let mut special_days: Vec<SpecialDay> = Vec::new();
    for ahead in 0..i32::from(days) {
        let date = from.add_days(ahead);
        if special_days.last().is_some_and(|last| last.date == date) {
            break; // the end of the calendar
        }
        let (spans, reason) = week.day(date);
        match reason {
            Some(Reason::Holiday(_)) if week.weekday_spans(date).is_empty() => {}
            Some(reason) => {
                special_days.push(SpecialDay {
                    date,
                    spans: spans.to_vec(),
                    reason,
                });
            }
            None => {}
        }
    }
    special_days
}
