//! A day as a table: a column for each counter, a row for each few minutes, cells that span rows. A table, because it
//! grows with the letters, prints, and is read by screen readers with counter and time. What overlaps at one counter lies
//! side by side.

/// Smallest and largest height of a row, minutes.
const STEPS: std::ops::RangeInclusive<u16> = 5..=30;

/// Something that takes time at a counter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Piece {
    /// Which column, from 0.
    pub column: usize,
    /// Minute of the day.
    pub from: u16,
    /// Minute of the day; after `from`.
    pub to: u16,
    /// What it is.
    pub what: Thing,
}

/// What lies in a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Thing {
    /// Nobody yet.
    Free,
    /// Closed at that time.
    Closed,
    /// A visit, by its place in the list.
    Visit(usize),
    /// Blocked time, by its place in the list.
    Block(usize),
}

/// The table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Grid {
    /// Minutes of a row: 5, 10, 15, 20 or 30.
    pub step: u16,
    /// How many cells side by side each column has, at least 1.
    pub lanes: Vec<u16>,
    /// From the earliest to the latest.
    pub rows: Vec<Row>,
}

/// A row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Row {
    /// The time and over how many rows it goes; absent in rows below it.
    pub time: Option<(u16, u16)>,
    /// Cells that begin here.
    pub cells: Vec<Cell>,
}

/// A cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Cell {
    /// Rows.
    pub rows: u16,
    /// What lies in it.
    pub what: Thing,
}

/// Lays the pieces out. `opens`: when the place is open, minutes of the day; outside of it and of what lies there the
/// table has no rows. Nothing open and nothing there: no rows at all.
pub(crate) fn grid(columns: usize, opens: &[(u16, u16)], pieces: &[Piece]) -> Grid {
    let visits = pieces
        .iter()
        .filter(|piece| matches!(piece.what, Thing::Visit(_)));
    let spans = opens
        .iter()
        .copied()
        .chain(visits.map(|piece| (piece.from, piece.to)));
    let Some((first, last)) = spans.reduce(|all, one| (all.0.min(one.0), all.1.max(one.1))) else {
        return Grid::default();
    };
    // Blocked time of a whole day is shown as long as the place is open.
    let pieces: Vec<Piece> = pieces
        .iter()
        .map(|piece| Piece {
            from: piece.from.max(first),
            to: piece.to.min(last),
            ..*piece
        })
        .filter(|piece| piece.from < piece.to && piece.column < columns)
        .collect();
    let ends = pieces.iter().flat_map(|piece| [piece.from, piece.to]);
    let ends = ends.chain(opens.iter().flat_map(|(from, to)| [*from, *to]));
    let step = ends.fold(*STEPS.end(), common).max(*STEPS.start());
    let (first, last) = (first / step * step, last.div_ceil(step) * step);
    let count = (last - first) / step;
    let row = |minute: u16, up: bool| {
        let minutes = minute.saturating_sub(first);
        if up {
            minutes.div_ceil(step)
        } else {
            minutes / step
        }
    };

    let mut rows: Vec<Row> = (0..count)
        .map(|at| Row {
            time: label(first, at, count, step),
            cells: Vec::new(),
        })
        .collect();
    let mut lanes = Vec::new();
    for column in 0..columns {
        let mut here: Vec<Piece> = pieces
            .iter()
            .filter(|piece| piece.column == column)
            .copied()
            .collect();
        here.sort_by_key(|piece| (piece.from, piece.to));
        // Each piece goes to the first lane that is free by then.
        let mut columns: Vec<Vec<(u16, u16, Thing)>> = vec![Vec::new()];
        for piece in here {
            let (from, to) = (row(piece.from, false), row(piece.to, true));
            let free = |lane: &&mut Vec<(u16, u16, Thing)>| {
                lane.last().is_none_or(|(_, end, _)| *end <= from)
            };
            if let Some(lane) = columns.iter_mut().find(free) {
                lane.push((from, to, piece.what));
            } else {
                columns.push(vec![(from, to, piece.what)]);
            }
        }
        lanes.push(columns.len() as u16);
        for lane in columns {
            fill(&mut rows, &lane, first, step, opens);
        }
    }
    Grid { step, lanes, rows }
}

/// Puts the cells of a lane into the rows, with free and closed time between.
fn fill(rows: &mut [Row], lane: &[(u16, u16, Thing)], first: u16, step: u16, opens: &[(u16, u16)]) {
    let count = rows.len() as u16;
    let open = |at: u16| {
        let minute = first + at * step;
        opens
            .iter()
            .any(|(from, to)| (*from..*to).contains(&minute))
    };
    let mut at = 0;
    let mut taken = lane.iter().peekable();
    while at < count {
        let (end, what) = if let Some((_, to, what)) = taken.next_if(|(from, ..)| *from <= at) {
            (*to, *what)
        } else {
            let until = taken.peek().map_or(count, |(from, ..)| *from);
            // A line at each full hour, and where opening hours end.
            let ends =
                |next: &u16| (first + next * step).is_multiple_of(60) || open(*next) != open(at);
            let end = (at + 1..until).find(ends).unwrap_or(until);
            let what = if open(at) { Thing::Free } else { Thing::Closed };
            (end, what)
        };
        rows[usize::from(at)].cells.push(Cell {
            rows: end - at,
            what,
        });
        at = end;
    }
}

/// Each full hour has its time, and the first row.
fn label(first: u16, at: u16, count: u16, step: u16) -> Option<(u16, u16)> {
    let minute = first + at * step;
    if at > 0 && !minute.is_multiple_of(60) {
        return None;
    }
    let until = (at + 1..count)
        .find(|next| (first + next * step).is_multiple_of(60))
        .unwrap_or(count);
    Some((minute, until - at))
}

/// Greatest common divisor.
fn common(one: u16, other: u16) -> u16 {
    if other == 0 {
        one
    } else {
        common(other, one % other)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn visit(column: usize, from: u16, to: u16, at: usize) -> Piece {
        Piece {
            column,
            from,
            to,
            what: Thing::Visit(at),
        }
    }

    /// Every row must have as many cells, spans counted, as there are lanes: else a browser moves columns.
    fn is_whole(grid: &Grid) {
        let lanes: u16 = grid.lanes.iter().sum();
        let mut open = vec![0u16; grid.rows.len()];
        for (at, row) in grid.rows.iter().enumerate() {
            for cell in &row.cells {
                for row in open.iter_mut().skip(at).take(usize::from(cell.rows)) {
                    *row += 1;
                }
                assert!(at + usize::from(cell.rows) <= grid.rows.len());
            }
        }
        assert!(open.iter().all(|count| *count == lanes), "{open:?}");
        let hours: u16 = grid
            .rows
            .iter()
            .filter_map(|row| row.time)
            .map(|(_, rows)| rows)
            .sum();
        assert_eq!(usize::from(hours), grid.rows.len());
    }

    #[test]
    fn a_day_becomes_rows_of_the_common_step() {
        let grid = grid(
            2,
            &[(600, 660)],
            &[visit(0, 600, 615, 0), visit(1, 630, 660, 1)],
        );
        is_whole(&grid);
        assert_eq!(grid.step, 15);
        assert_eq!(grid.rows.len(), 4);
        assert_eq!(grid.rows[0].time, Some((600, 4)));
        let first: Vec<(u16, Thing)> = grid.rows[0]
            .cells
            .iter()
            .map(|cell| (cell.rows, cell.what))
            .collect();
        assert_eq!(first, [(1, Thing::Visit(0)), (2, Thing::Free)]);
    }

    #[test]
    fn what_overlaps_lies_side_by_side() {
        let grid = grid(
            1,
            &[(600, 720)],
            &[
                visit(0, 600, 630, 0),
                visit(0, 615, 645, 1),
                visit(0, 630, 660, 2),
            ],
        );
        is_whole(&grid);
        assert_eq!(grid.lanes, [2]);
    }

    #[test]
    fn a_block_of_the_whole_day_is_as_long_as_the_opening_hours() {
        let block = Piece {
            column: 0,
            from: 0,
            to: 1440,
            what: Thing::Block(0),
        };
        let grid = grid(1, &[(600, 900)], &[block]);
        is_whole(&grid);
        assert_eq!(grid.rows[0].cells[0].rows as usize, grid.rows.len());
    }

    #[test]
    fn a_closed_day_has_no_rows_unless_somebody_is_booked() {
        assert!(grid(3, &[], &[]).rows.is_empty());
        let booked = grid(1, &[], &[visit(0, 600, 610, 0)]);
        is_whole(&booked);
        assert_eq!(booked.rows.len(), 1);
        assert_eq!(booked.rows[0].cells[0].what, Thing::Visit(0));
    }

    #[test]
    fn odd_minutes_are_rounded_to_rows_that_hold_them() {
        let grid = grid(1, &[(600, 660)], &[visit(0, 603, 611, 0)]);
        is_whole(&grid);
        assert_eq!(grid.step, 5);
        assert_eq!(
            grid.rows[0].cells[0],
            Cell {
                rows: 3,
                what: Thing::Visit(0)
            }
        );
    }

    #[test]
    fn lunch_is_closed_time_between() {
        let grid = grid(1, &[(600, 720), (750, 900)], &[]);
        is_whole(&grid);
        let cells: Vec<Thing> = grid
            .rows
            .iter()
            .flat_map(|row| &row.cells)
            .map(|cell| cell.what)
            .collect();
        assert_eq!(
            cells.iter().filter(|what| **what == Thing::Closed).count(),
            1
        );
    }

    #[test]
    fn any_day_is_a_whole_table() {
        // A small generator; the same each time.
        let mut seed = 7u32;
        let mut next = |below: u32| {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            ((seed >> 8) % below) as u16
        };
        for _ in 0..500 {
            let columns = usize::from(next(4)) + 1;
            let pieces: Vec<Piece> = (0..next(12))
                .map(|at| {
                    let from = next(1430);
                    let to = (from + 1 + next(90)).min(1440);
                    visit(usize::from(next(5)), from, to, usize::from(at))
                })
                .collect();
            let opens = [(480 + next(60), 720 - next(30)), (750, 900 + next(100))];
            is_whole(&grid(columns, &opens, &pieces));
        }
    }
}
