//! Whether a department answers now, until when, or when it opens next: week, closed days, exceptions and closures together.
//!
//! Days are walked in the cells of [`booking`], so that the nights on which the clock is changed have 23 and 25 hours.

use crate::admin::{Admin, Department};
use booking::{CELL_MS, Closure, day_cells};
use hours::{Date, MINUTES_PER_DAY, Span, copenhagen, holiday};

/// How many days after today the next opening is looked for.
pub const LOOK_AHEAD_DAYS: i32 = 60;

/// Open or not at one moment; UTC milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opening {
    /// Open now.
    Open {
        /// When it closes; `None` when it does not within [`LOOK_AHEAD_DAYS`].
        until_ms: Option<i64>,
    },
    /// Closed now.
    Opens {
        /// When it opens.
        at_ms: i64,
    },
    /// Closed, and no opening within [`LOOK_AHEAD_DAYS`].
    Never,
}

impl Opening {
    /// True when open.
    pub const fn is_open(self) -> bool {
        matches!(self, Opening::Open { .. })
    }
}

impl Admin {
    /// Whether a department answers at that moment. An exception goes before a holiday and the week, a closure before all.
    pub fn open(&self, department: &Department, now_ms: i64) -> Opening {
        let today = copenhagen(now_ms).date;
        let cell = now_ms.div_euclid(CELL_MS);
        let open_now = self.cell_is_open(department, today, cell);
        for ahead in 0..=LOOK_AHEAD_DAYS {
            let date = today.add_days(ahead);
            if !open_now && self.hours_on(department, date).is_empty() {
                continue;
            }
            let mut cells = day_cells(date).filter(|at| *at > cell);
            if let Some(at) = cells.find(|at| self.cell_is_open(department, date, *at) != open_now)
            {
                let at_ms = at * CELL_MS;
                return if open_now {
                    Opening::Open {
                        until_ms: Some(at_ms),
                    }
                } else {
                    Opening::Opens { at_ms }
                };
            }
        }
        if open_now {
            Opening::Open { until_ms: None }
        } else {
            Opening::Never
        }
    }

    /// The hours of a department on a date before closures; empty means closed.
    fn hours_on<'a>(&self, department: &'a Department, date: Date) -> &'a [Span] {
        if let Some(own) = department.exceptions.iter().find(|e| e.date == date) {
            return &own.spans;
        }
        let closed = holiday(date).is_some_and(|day| {
            if day.customary {
                self.holidays.customary.iter().any(|name| name == day.da)
            } else {
                self.holidays.public
            }
        });
        if closed {
            &[]
        } else {
            &department.week.days[usize::from(date.weekday())]
        }
    }

    fn cell_is_open(&self, department: &Department, date: Date, cell: i64) -> bool {
        let minute = copenhagen(cell.saturating_mul(CELL_MS)).minute;
        let within = |span: &Span| span.contains(minute);
        let shut = |closure: &Closure| {
            let here = closure.only.is_empty() || closure.only.contains(&department.id);
            let all_day = Span {
                open: 0,
                close: MINUTES_PER_DAY,
            };
            here && (closure.from..=closure.until).contains(&date)
                && closure.span.unwrap_or(all_day).contains(minute)
        };
        self.hours_on(department, date).iter().any(within) && !self.closures.iter().any(shut)
    }
}
