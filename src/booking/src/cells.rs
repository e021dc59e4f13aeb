//! Cells: the atoms of time that the database makes unique. A visit takes every cell it touches.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// Length of a cell. Every offset of Copenhagen is a whole hour, so a cell of UTC is a cell on the wall.
pub const CELL_MINUTES: u16 = 5;
/// The same in milliseconds.
pub const CELL_MS: i64 = CELL_MINUTES as i64 * 60_000;

/// The cells of `[start_ms, end_ms)`, UTC milliseconds since 1970; a cell that is touched counts whole.
/// Empty when the end does not come after the start.
pub fn cells(start_ms: i64, end_ms: i64) -> Range<i64> {
    if end_ms <= start_ms {
        let at = start_ms.div_euclid(CELL_MS);
        return at..at;
    }
    start_ms.div_euclid(CELL_MS)..(end_ms - 1).div_euclid(CELL_MS) + 1
}

/// Which cells of which counter are taken by holds, bookings and blocked times.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Taken {
    by_counter: BTreeMap<String, BTreeSet<i64>>,
}

impl Taken {
    /// Takes one cell of a counter.
    pub fn add(&mut self, counter: &str, cell: i64) {
        self.add_cells(counter, cell..cell.saturating_add(1));
    }

    /// Takes cells of a counter, as [`cells`] gives them.
    pub fn add_cells(&mut self, counter: &str, cells: Range<i64>) {
        if let Some(set) = self.by_counter.get_mut(counter) {
            set.extend(cells);
        } else {
            self.by_counter.insert(counter.to_owned(), cells.collect());
        }
    }

    /// True when none of the cells is taken.
    pub fn free(&self, counter: &str, cells: &Range<i64>) -> bool {
        let set = self.by_counter.get(counter);
        cells.is_empty() || set.is_none_or(|set| set.range(cells.clone()).next().is_none())
    }
}
