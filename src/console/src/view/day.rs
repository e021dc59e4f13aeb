//! The day as a table or, where there is no room for columns, as a list; the week as lists.

use hours::Date;
use protocol::staff::{Block, Can, Day, Held, Visit};
use protocol::{NoticeState, State};

use super::booking::errand;
use super::{Button, Look, Main};
use crate::grid::{Grid, Piece, Thing, grid};
use crate::message::Press;
use crate::state::{App, Desk, View};
use crate::{texts, when};

/// A day as a table.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DayView {
    /// "Fredag den 4. december".
    pub title: String,
    /// Holiday, or what the kommune wrote.
    pub note: Option<String>,
    /// "12 aftaler, 3 er mødt".
    pub count: String,
    /// Minutes of a row.
    pub step: u16,
    /// Counters with the number of cells side by side.
    pub columns: Vec<(String, u16)>,
    /// The rows; none when closed.
    pub rows: Vec<RowView>,
    /// For paper.
    pub print: Vec<PrintRow>,
}

/// A row of the table.
#[derive(Clone, Debug, PartialEq)]
pub struct RowView {
    /// "10.00" and over how many rows.
    pub time: Option<(String, u16)>,
    /// Rows, and what lies there.
    pub cells: Vec<(u16, CellView)>,
}

/// What lies in a cell.
#[derive(Clone, Debug, PartialEq)]
pub enum CellView {
    /// Nobody.
    Free,
    /// Closed.
    Closed,
    /// A visit.
    Visit(VisitCard),
    /// Blocked time.
    Block(BlockCard),
    /// A citizen is booking it right now: which service.
    Held(String),
}

/// A visit in the day.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct VisitCard {
    /// Of the button, for focus.
    pub id: String,
    /// "10.00-10.15", "10.00" in a table.
    pub time: String,
    /// Who.
    pub name: String,
    /// Service and persons.
    pub errand: String,
    /// Where; empty in a table, whose column says it.
    pub counter: String,
    /// Only for the ear: where, in a table; that a message was not delivered.
    pub heard: String,
    /// Class and word of its state.
    pub state: (&'static str, &'static str),
    /// A message to the citizen was not delivered.
    pub warn: bool,
    /// It is the one in the panel.
    pub chosen: bool,
    /// Opens it.
    pub open: Button,
    /// Checks in at once, where that is possible.
    pub check_in: Option<Button>,
}

/// Blocked time in the day.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct BlockCard {
    /// "12.00-13.00".
    pub time: String,
    /// Why.
    pub reason: String,
    /// Where; empty in a table.
    pub counter: String,
    /// Only for the ear: where, in a table.
    pub heard: String,
    /// Opens it.
    pub open: Button,
}

/// A day as a list.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ListView {
    /// As in [`DayView`].
    pub title: String,
    /// As in [`DayView`].
    pub note: Option<String>,
    /// As in [`DayView`].
    pub count: String,
    /// By time.
    pub entries: Vec<CellView>,
    /// For paper.
    pub print: Vec<PrintRow>,
}

/// A line of the list on paper.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PrintRow {
    /// Time, counter, name, errand, phone, state, receipt.
    pub cells: [String; 7],
}

/// A day of the week.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct WeekDay {
    /// "fre. 4/12".
    pub title: String,
    /// Opens the day.
    pub open: Button,
    /// Today.
    pub today: bool,
    /// Holiday, closed, or what the kommune wrote.
    pub note: String,
    /// How many visits.
    pub count: String,
    /// By time.
    pub entries: Vec<CellView>,
}

/// The days that are shown.
pub(super) fn main(app: &App, desk: &Desk) -> Main {
    let Some(days) = &desk.days else {
        return Main::Waiting;
    };
    if desk.view == View::Week {
        let week = when::week_number(desk.date);
        let title = format!("Uge {week}");
        // A closed Saturday or Sunday without anything takes no room.
        let shown = days.days.iter().filter(|day| {
            let free = Date::parse(&day.date).is_some_and(|date| date.weekday() >= 5);
            !free || !day.opens.is_empty() || !day.visits.is_empty()
        });
        let mut days: Vec<WeekDay> = shown.map(|day| week_day(app, desk, day)).collect();
        once(days.iter_mut().flat_map(|day| &mut day.entries));
        return Main::Week(title, days);
    }
    let Some(day) = days.days.first() else {
        return Main::Waiting;
    };
    let title = when::capital(&when::day(desk.date, app.today()));
    let (note, count) = (day.note.clone(), count(day));
    let print = day.visits.iter().map(|visit| printed(desk, visit));
    let print = print.collect();
    if app.narrow {
        return Main::List(ListView {
            title,
            note,
            count,
            entries: entries(desk, day),
            print,
        });
    }
    let table = table(desk, day);
    let mut rows: Vec<RowView> = table
        .rows
        .iter()
        .map(|row| RowView {
            time: row.time.map(|(minute, rows)| (when::clock(minute), rows)),
            cells: row
                .cells
                .iter()
                .map(|cell| (cell.rows, cell_view(desk, day, cell.what)))
                .collect(),
        })
        .collect();
    once(
        rows.iter_mut()
            .flat_map(|row| row.cells.iter_mut().map(|(_, cell)| cell)),
    );
    let columns = desk.counters().iter().map(|one| one.name.clone());
    Main::Day(DayView {
        title,
        note,
        count,
        step: table.step,
        columns: columns.zip(table.lanes.iter().copied()).collect(),
        rows,
        print,
    })
}

/// Blocked time that stands in several places keeps its id in the first: an id is there once in a page.
fn once<'a>(cells: impl Iterator<Item = &'a mut CellView>) {
    let mut seen = Vec::new();
    for cell in cells {
        let CellView::Block(card) = cell else {
            continue;
        };
        if seen.contains(&card.open.id) {
            card.open.id.clear();
        } else {
            seen.push(card.open.id.clone());
        }
    }
}

/// "12 aftaler, 3 er mødt".
fn count(day: &Day) -> String {
    let came = |visit: &&Visit| visit.state == State::CheckedIn;
    let came = day.visits.iter().filter(came).count();
    let all = match day.visits.len() {
        0 => {
            return if day.opens.is_empty() {
                "Lukket, ingen aftaler"
            } else {
                "Ingen aftaler"
            }
            .into();
        }
        1 => "1 aftale".to_string(),
        many => format!("{many} aftaler"),
    };
    if came > 0 {
        format!("{all}, {came} er mødt")
    } else {
        all
    }
}

/// From and to on a day, minutes; what begins the day before or ends the day after is cut.
fn minutes(date: Date, start: &str, end: &str) -> Option<(u16, u16)> {
    let (from_date, from) = when::wall(start)?;
    let (to_date, to) = when::wall(end)?;
    let from = if from_date < date { 0 } else { from };
    let to = if to_date > date { 1440 } else { to };
    (from < to && from_date <= date && to_date >= date).then_some((from, to))
}

/// Index of what is held stands behind the blocks'.
fn table(desk: &Desk, day: &Day) -> Grid {
    let Some(date) = Date::parse(&day.date) else {
        return Grid::default();
    };
    let counters = desk.counters();
    let column = |id: &str| counters.iter().position(|one| one.id == id);
    let opens: Vec<(u16, u16)> = day
        .opens
        .iter()
        .filter_map(|open| minutes(date, &open.from, &open.to))
        .collect();
    let mut pieces = Vec::new();
    let mut put = |column: Option<usize>, start: &str, end: &str, what: Thing| {
        if let (Some(column), Some((from, to))) = (column, minutes(date, start, end)) {
            pieces.push(Piece {
                column,
                from,
                to,
                what,
            });
        }
    };
    for (at, visit) in day.visits.iter().enumerate() {
        put(
            column(&visit.counter),
            &visit.start,
            &visit.end,
            Thing::Visit(at),
        );
    }
    for (at, block) in day.blocks.iter().enumerate() {
        match &block.counter {
            Some(id) => put(column(id), &block.start, &block.end, Thing::Block(at)),
            None => (0..counters.len())
                .for_each(|one| put(Some(one), &block.start, &block.end, Thing::Block(at))),
        }
    }
    for (at, held) in day.held.iter().enumerate() {
        let at = day.blocks.len() + at;
        put(
            column(&held.counter),
            &held.start,
            &held.end,
            Thing::Block(at),
        );
    }
    grid(counters.len(), &opens, &pieces)
}

fn cell_view(desk: &Desk, day: &Day, what: Thing) -> CellView {
    match what {
        Thing::Free => CellView::Free,
        Thing::Closed => CellView::Closed,
        Thing::Visit(at) => day.visits.get(at).map_or(CellView::Free, |visit| {
            CellView::Visit(visit_card(desk, visit, false))
        }),
        Thing::Block(at) => match day.blocks.get(at) {
            Some(block) => CellView::Block(block_card(desk, block, false)),
            None => day
                .held
                .get(at - day.blocks.len())
                .map_or(CellView::Free, |held| held_view(desk, held, false)),
        },
    }
}

fn held_view(desk: &Desk, held: &Held, alone: bool) -> CellView {
    let service = desk.service(&held.service);
    CellView::Held(if alone {
        format!(
            "{} · {service}: bliver booket nu",
            when::span(&held.start, &held.end)
        )
    } else {
        format!("Bliver booket nu: {service}")
    })
}

/// Everything of a day by time; what begins together by counter.
fn entries(desk: &Desk, day: &Day) -> Vec<CellView> {
    let visits = day.visits.iter().map(|visit| {
        (
            when::ms(&visit.start),
            CellView::Visit(visit_card(desk, visit, true)),
        )
    });
    let blocks = day.blocks.iter().map(|block| {
        (
            when::ms(&block.start),
            CellView::Block(block_card(desk, block, true)),
        )
    });
    let held = day
        .held
        .iter()
        .map(|held| (when::ms(&held.start), held_view(desk, held, true)));
    let mut all: Vec<(Option<i64>, CellView)> = visits.chain(blocks).chain(held).collect();
    all.sort_by_key(|(start, _)| *start);
    all.into_iter().map(|(_, entry)| entry).collect()
}

fn visit_card(desk: &Desk, visit: &Visit, alone: bool) -> VisitCard {
    let errand = errand(desk, visit);
    let span = when::span(&visit.start, &visit.end);
    let state = (texts::state_class(visit.state), texts::state(visit.state));
    let warn = visit
        .notices
        .iter()
        .any(|notice| notice.state == NoticeState::Failed);
    let counter = desk.counter(&visit.counter).to_string();
    let mut heard = Vec::new();
    if !alone {
        heard.push(counter.clone());
    }
    if warn {
        heard.push("en besked er ikke sendt".to_string());
    }
    let id = format!("v-{}", visit.receipt);
    let changing = desk
        .change
        .as_ref()
        .is_some_and(|change| change.about == visit.receipt);
    let check_in = visit.can.contains(&Can::CheckIn).then(|| {
        let label = if changing { "Gemmer …" } else { "Mødt" };
        Button::new(
            &format!("c-{}", visit.receipt),
            label,
            Press::CheckIn(visit.receipt.clone()),
            Look::Plain,
        )
        .spoken(format!(
            "{label}: {} kl. {}",
            visit.name,
            when::time(&visit.start)
        ))
        .busy_if(desk.change.is_some())
    });
    let chosen =
        matches!(&desk.panel, crate::state::Panel::Visit(shown) if shown.receipt == visit.receipt);
    VisitCard {
        open: Button::new(&id, "", Press::Visit(visit.receipt.clone()), Look::Plain),
        id,
        // In a table the height says how long.
        time: if alone {
            span
        } else {
            when::time(&visit.start)
        },
        name: visit.name.clone(),
        errand,
        counter: if alone { counter } else { String::new() },
        heard: heard.join(", "),
        state,
        warn,
        chosen,
        check_in,
    }
}

fn block_card(desk: &Desk, block: &Block, alone: bool) -> BlockCard {
    let time = match (when::wall(&block.start), when::wall(&block.end)) {
        (Some((from, _)), Some((to, _))) if from != to => {
            format!(
                "{} til {}",
                when::short(&block.start),
                when::short(&block.end)
            )
        }
        _ => when::span(&block.start, &block.end),
    };
    let counter = block
        .counter
        .as_ref()
        .map_or("Hele stedet", |id| desk.counter(id));
    BlockCard {
        open: Button::new(
            &format!("b-{}", block.block),
            "",
            Press::Block(block.block.clone()),
            Look::Plain,
        ),
        time,
        reason: block.reason.clone(),
        counter: if alone { counter.into() } else { String::new() },
        heard: if alone { String::new() } else { counter.into() },
    }
}

fn week_day(app: &App, desk: &Desk, day: &Day) -> WeekDay {
    let date = Date::parse(&day.date).unwrap_or(desk.date);
    let title = when::capital(&when::short_day(date));
    let spoken = format!("{title}: åbn {}", when::day(date, app.today()));
    let closed = day.opens.is_empty();
    WeekDay {
        open: Button::new(
            &format!("d-{}", day.date),
            &title,
            Press::Open(date.days_since_epoch()),
            Look::Quiet,
        )
        .spoken(spoken),
        title,
        today: date == app.today(),
        note: match &day.note {
            Some(note) => note.clone(),
            None if closed => "Lukket".into(),
            None => String::new(),
        },
        count: if closed && day.visits.is_empty() {
            String::new()
        } else {
            count(day)
        },
        entries: entries(desk, day)
            .into_iter()
            .map(|entry| match entry {
                // In the overview a booking is opened first.
                CellView::Visit(card) => CellView::Visit(VisitCard {
                    check_in: None,
                    ..card
                }),
                other => other,
            })
            .collect(),
    }
}

fn printed(desk: &Desk, visit: &Visit) -> PrintRow {
    PrintRow {
        cells: [
            when::span(&visit.start, &visit.end),
            desk.counter(&visit.counter).to_string(),
            visit.name.clone(),
            errand(desk, visit),
            visit.phone.clone().unwrap_or_default(),
            texts::state(visit.state).to_string(),
            visit.receipt.clone(),
        ],
    }
}
