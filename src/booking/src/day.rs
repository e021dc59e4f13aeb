//! A day of a location as staff see it: when it begins and ends, when somebody serves, and why it is not like others.

use crate::admin::Admin;
use crate::open::{Day, open_cells};
use hours::{Date, holiday};
use std::ops::Range;

/// The cells from midnight to midnight by the clock on the wall: 276, 288 or 300.
pub fn day_cells(date: Date) -> Range<i64> {
    let day = Day::new(date);
    day.first..day.end()
}

/// The cells in which at least one counter of the location serves, in order, as runs without a gap. Does not know what is
/// booked. Empty for a location that does not exist.
pub fn opening(admin: &Admin, location: &str, date: Date) -> Vec<Range<i64>> {
    let counters = admin.counters.iter().filter(|c| c.location == location);
    let mut all: Vec<Range<i64>> = counters
        .flat_map(|counter| open_cells(admin, counter, date))
        .collect();
    all.sort_by_key(|run| run.start);
    let mut runs: Vec<Range<i64>> = Vec::new();
    for run in all {
        match runs.last_mut() {
            Some(last) if run.start <= last.end => last.end = last.end.max(run.end),
            _ => runs.push(run),
        }
    }
    runs
}

/// What is special about a date at a location, Danish: its holiday, what the kommune wrote to an exception or a closure, and
/// the same of its counters with their names. `None` on a day like others.
pub fn day_note(admin: &Admin, location: &str, date: Date) -> Option<String> {
    let mut notes: Vec<String> = Vec::new();
    let mut add = |note: String| {
        if !note.is_empty() && !notes.contains(&note) {
            notes.push(note);
        }
    };
    if let Some(day) = holiday(date) {
        let mut name = day.da.chars();
        let first = name.next().map(|c| c.to_uppercase().to_string());
        add(first.unwrap_or_default() + name.as_str());
    }
    let here = admin.location(location);
    let exceptions = here.iter().flat_map(|l| &l.exceptions);
    for exception in exceptions.filter(|e| e.date == date) {
        add(exception.note.clone());
    }
    let counters = || admin.counters.iter().filter(|c| c.location == location);
    for counter in counters() {
        for exception in counter.exceptions.iter().filter(|e| e.date == date) {
            if !exception.note.is_empty() {
                add(format!("{}: {}", counter.name, exception.note));
            }
        }
    }
    for closure in &admin.closures {
        if !(closure.from..=closure.until).contains(&date) || closure.note.is_empty() {
            continue;
        }
        if closure.only.is_empty() || closure.only.iter().any(|id| id == location) {
            add(closure.note.clone());
        } else {
            for counter in counters().filter(|c| closure.only.contains(&c.id)) {
                add(format!("{}: {}", counter.name, closure.note));
            }
        }
    }
    (!notes.is_empty()).then(|| notes.join(". "))
}
