//! When a counter serves on a date: hours, holidays, exceptions, breaks and closures together, as cells of UTC.

use crate::admin::{Admin, Closure, Counter, Exception, Location, Week};
use crate::cells::{CELL_MINUTES, CELL_MS};
use hours::{Date, Span, copenhagen, holiday};
use std::ops::Range;

/// One day as the clock on the wall shows it: 276, 288 or 300 cells.
pub(crate) struct Day {
    pub(crate) date: Date,
    /// The first cell.
    pub(crate) first: i64,
    /// For each cell the minute since midnight at which it begins. In March 120..180 is missing, in October it comes twice.
    pub(crate) minutes: Vec<u16>,
}

impl Day {
    pub(crate) fn new(date: Date) -> Day {
        // Midnight is 22:00 or 23:00 UTC of the day before, and comes once.
        let first = i64::from(date.days_since_epoch()) * (86_400_000 / CELL_MS) - 24;
        let local = |cell: i64| copenhagen(cell * CELL_MS);
        let mut minutes = Vec::with_capacity(300);
        let mut begins = None;
        for cell in first..first + 24 + 288 {
            let local = local(cell);
            if local.date == date {
                begins = begins.or(Some(cell));
                minutes.push(local.minute);
            }
        }
        Day {
            date,
            first: begins.unwrap_or(first),
            minutes,
        }
    }

    /// The cell after the last.
    pub(crate) fn end(&self) -> i64 {
        self.first
            .saturating_add_unsigned(self.minutes.len() as u64)
    }

    /// True when all of these cells are open; false when some do not belong to the day.
    pub(crate) fn all(&self, open: &[bool], cells: &Range<i64>) -> bool {
        let at = |cell: i64| usize::try_from(cell - self.first).ok();
        let (Some(from), Some(to)) = (at(cells.start), at(cells.end)) else {
            return false;
        };
        open.get(from..to)
            .is_some_and(|cells| cells.iter().all(|open| *open))
    }

    /// For each cell whether the counter serves during all of it.
    pub(crate) fn open(&self, admin: &Admin, counter: &Counter) -> Vec<bool> {
        let Some(location) = admin.location(&counter.location) else {
            return vec![false; self.minutes.len()];
        };
        let here = location_spans(admin, location, self.date);
        let own = counter_spans(counter, self.date);
        let weekday = self.date.weekday();
        let breaks = counter.breaks.iter();
        let mut shut: Vec<Span> = breaks
            .filter(|b| b.days.contains(&weekday))
            .map(|b| b.span)
            .collect();
        let closures = admin.closures.iter();
        shut.extend(closures.filter_map(|c| closed(c, counter, self.date)));
        let cell = |minute: u16| {
            let cell = minute..minute + CELL_MINUTES;
            covers(here, &cell)
                && own.is_none_or(|own| covers(own, &cell))
                && !shut.iter().any(|s| touches(*s, &cell))
        };
        self.minutes.iter().map(|minute| cell(*minute)).collect()
    }
}

/// The cells in which the counter serves on that date, in order, as runs without a gap. Does not know what is booked.
pub fn open_cells(admin: &Admin, counter: &Counter, date: Date) -> Vec<Range<i64>> {
    let day = Day::new(date);
    let mut runs: Vec<Range<i64>> = Vec::new();
    for (cell, open) in (day.first..).zip(day.open(admin, counter)) {
        match runs.last_mut() {
            Some(run) if open && run.end == cell => run.end += 1,
            _ if open => runs.push(cell..cell + 1),
            _ => {}
        }
    }
    runs
}

fn location_spans<'a>(admin: &Admin, location: &'a Location, date: Date) -> &'a [Span] {
    if let Some(exception) = on(&location.exceptions, date) {
        return &exception.spans;
    }
    let closed = holiday(date).is_some_and(|day| {
        let named = || admin.holidays.customary.iter().any(|name| name == day.da);
        if day.customary {
            named()
        } else {
            admin.holidays.public
        }
    });
    if closed {
        &[]
    } else {
        of_week(&location.week, date)
    }
}

/// `None` means the location's.
fn counter_spans(counter: &Counter, date: Date) -> Option<&[Span]> {
    match on(&counter.exceptions, date) {
        Some(exception) => Some(&exception.spans),
        None => counter.week.as_ref().map(|week| of_week(week, date)),
    }
}

fn on(exceptions: &[Exception], date: Date) -> Option<&Exception> {
    exceptions.iter().find(|e| e.date == date)
}

fn of_week(week: &Week, date: Date) -> &[Span] {
    &week.days[usize::from(date.weekday())]
}

fn closed(closure: &Closure, counter: &Counter, date: Date) -> Option<Span> {
    let mut only = closure.only.iter();
    let here =
        closure.only.is_empty() || only.any(|id| *id == counter.id || *id == counter.location);
    let all_day = Span {
        open: 0,
        close: hours::MINUTES_PER_DAY,
    };
    ((closure.from..=closure.until).contains(&date) && here)
        .then(|| closure.span.unwrap_or(all_day))
}

/// The spans together hold every minute; they may touch, and stand in any order.
fn covers(spans: &[Span], minutes: &Range<u16>) -> bool {
    minutes
        .clone()
        .all(|minute| spans.iter().any(|span| span.contains(minute)))
}

fn touches(span: Span, minutes: &Range<u16>) -> bool {
    span.open.max(minutes.start) < span.close.min(minutes.end)
}
