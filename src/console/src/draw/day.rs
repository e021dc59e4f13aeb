//! The day as a table or a list, the week as lists, the list on paper.

use elements::{El, el};

use super::card::{button, pressed};
use crate::view::{BlockCard, CellView, DayView, ListView, PrintRow, VisitCard, WeekDay};

fn head(title: &str, note: Option<&str>, count: &str) -> El {
    el("div.day-head")
        .child(el("h1#title[tabindex=-1]").text(title))
        .maybe(note.map(|note| el("p.note").text(note)))
        .child(el("p.count").text(count))
}

/// A day as a table.
pub(super) fn table(view: &DayView) -> El {
    let whole = el("div").child(head(&view.title, view.note.as_deref(), &view.count));
    if view.rows.is_empty() {
        return whole.child(el("p.empty").text("Her er lukket den dag."));
    }
    let columns = view.columns.iter().map(|(name, lanes)| {
        let column = el("th[scope=col]").text(name);
        if *lanes > 1 {
            column.attr("colspan", &hours::number(*lanes))
        } else {
            column
        }
    });
    let rows = view.rows.iter().map(|row| {
        let time = row.time.as_ref().map(|(time, rows)| {
            el("th.time[scope=rowgroup]")
                .attr("rowspan", &hours::number(*rows))
                .text(time)
        });
        el("tr").maybe(time).children(
            row.cells
                .iter()
                .map(|(rows, what)| cell(what).attr("rowspan", &hours::number(*rows))),
        )
    });
    let class = ["grid step-", &hours::number(view.step)].concat();
    whole
        .child(
            el("table")
                .class(&class)
                .child(el("caption.vh").text(&view.title))
                .child(
                    el("thead").child(
                        el("tr")
                            .child(el("th.time[scope=col]").child(el("span.vh").text("Tid")))
                            .children(columns),
                    ),
                )
                .child(el("tbody").children(rows)),
        )
        .child(paper(&view.print))
}

fn cell(what: &CellView) -> El {
    match what {
        CellView::Free => el("td.free"),
        CellView::Closed => el("td.closed").child(el("span.vh").text("Lukket")),
        CellView::Visit(card) => el("td.has").child(visit(card)),
        CellView::Block(card) => el("td.has").child(block(card)),
        CellView::Held(text) => el("td.has").child(held(text)),
    }
}

fn visit(card: &VisitCard) -> El {
    let class = [
        "visit ",
        card.state.0,
        if card.chosen { " chosen" } else { "" },
    ]
    .concat();
    let warn = card
        .warn
        .then(|| el("span.warn").attr("aria-hidden", "true").text("⚠"));
    let place = (!card.counter.is_empty()).then(|| el("span.place").text(&card.counter));
    let open = pressed(el("button.open[type=button]"), &card.open)
        .child(
            el("span.line")
                .child(el("span.clock").text(&card.time))
                .child(el("span.name").text(&card.name)),
        )
        .child(
            el("span.line.small")
                .child(
                    el("span")
                        .class(&["state ", card.state.0].concat())
                        .text(card.state.1),
                )
                .maybe(warn)
                .child(el("span.errand").text(&card.errand))
                .maybe(place)
                .maybe(heard(&card.heard)),
        );
    el("div")
        .class(&class)
        .child(open)
        .maybe(card.check_in.as_ref().map(button))
}

fn block(card: &BlockCard) -> El {
    let place = (!card.counter.is_empty()).then(|| el("span.place").text(&card.counter));
    el("div.visit.blocked").child(
        pressed(el("button.open[type=button]"), &card.open)
            .child(
                el("span.line")
                    .child(el("span.clock").text(&card.time))
                    .child(el("span.name").text("Spærret")),
            )
            .child(
                el("span.line.small")
                    .child(el("span.errand").text(&card.reason))
                    .maybe(place)
                    .maybe(heard(&card.heard)),
            ),
    )
}

/// What the column, or a mark, tells the eye.
fn heard(text: &str) -> Option<El> {
    (!text.is_empty()).then(|| el("span.vh").text(text))
}

fn held(text: &str) -> El {
    el("p.held").text(text)
}

fn entries(entries: &[CellView]) -> El {
    el("ul.entries").children(entries.iter().map(|entry| {
        let item = el("li");
        match entry {
            CellView::Visit(card) => item.child(visit(card)),
            CellView::Block(card) => item.child(block(card)),
            CellView::Held(text) => item.child(held(text)),
            CellView::Free | CellView::Closed => item,
        }
    }))
}

/// A day as a list.
pub(super) fn list(view: &ListView) -> El {
    el("div")
        .child(head(&view.title, view.note.as_deref(), &view.count))
        .maybe((!view.entries.is_empty()).then(|| entries(&view.entries)))
        .child(paper(&view.print))
}

/// A week.
pub(super) fn week(title: &str, days: &[WeekDay]) -> El {
    let days = days.iter().map(|day| {
        let class = if day.today {
            "week-day today"
        } else {
            "week-day"
        };
        let today = day.today.then(|| el("span.vh").text("I dag"));
        el("section")
            .class(class)
            .attr("aria-label", &day.title)
            .child(
                el("div.week-head")
                    .child(el("h2").child(button(&day.open)).maybe(today))
                    .maybe((!day.note.is_empty()).then(|| el("p.note").text(&day.note)))
                    .maybe((!day.count.is_empty()).then(|| el("p.count").text(&day.count))),
            )
            .maybe((!day.entries.is_empty()).then(|| entries(&day.entries)))
    });
    el("div")
        .child(el("div.day-head").child(el("h1#title[tabindex=-1]").text(title)))
        .child(el("div.week").children(days))
}

/// The list that is printed; not on screens.
fn paper(rows: &[PrintRow]) -> El {
    let heads = [
        "Tid",
        "Skranke",
        "Navn",
        "Ærinde",
        "Telefon",
        "Status",
        "Kvittering",
    ];
    el("table.paper")
        .child(
            el("thead").child(el("tr").children(heads.map(|head| el("th[scope=col]").text(head)))),
        )
        .child(
            el("tbody")
                .children(rows.iter().map(|row| {
                    el("tr").children(row.cells.iter().map(|cell| el("td").text(cell)))
                })),
        )
}
