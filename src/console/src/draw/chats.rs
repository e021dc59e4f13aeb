//! The list of conversations as elements.

use elements::{El, el};
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlElement, KeyboardEvent};

use super::card::{self, button, pressed};
use crate::boundary;
use crate::view::{Button, Card, DeskRow, Head, RowCard};

/// Title, and whether somebody takes chats.
pub(crate) fn head(head: &Option<Head>) -> Option<El> {
    let head = head.as_ref()?;
    let group = |name: &str, buttons: &[Button]| {
        (!buttons.is_empty()).then(|| {
            el("div.choices[role=group]")
                .attr("aria-label", name)
                .child(el("p.choices-name[aria-hidden=true]").text(name))
                .child(el("div.buttons").children(buttons.iter().map(button)))
        })
    };
    Some(
        el("div.chats-head")
            .child(
                el("div.day-head")
                    .child(el("h1#title[tabindex=-1]").text("Samtaler"))
                    .child(el("p.count").text(&head.count)),
            )
            .child(el("div.buttons").children(head.buttons.iter().map(button)))
            .maybe((!head.there.is_empty()).then(|| el("p.hint").text(head.there)))
            .maybe(group("Når der er nyt", &head.settings))
            .maybe(group("Vis fagområder", &head.departments))
            .maybe(head.note.as_ref().map(|note| el("p.hint").text(note))),
    )
}

/// A conversation in the list.
pub(crate) fn row(row: &RowCard) -> El {
    let mut line = el("span.line").child(el("span.name").text(&row.title));
    for (class, word) in &row.tags {
        line = line.child(el("span").class(&["tag ", class].concat()).text(word));
    }
    let inside = |element: El| {
        element
            .child(line)
            .child(el("span.about").text(&row.about))
            .child(
                el("span.small")
                    .child(el("span").attr("id", &row.clock))
                    .text(" · ")
                    .text(&row.small),
            )
    };
    let open = match &row.press {
        Some(press) => {
            let opens = Button {
                id: row.id.clone(),
                press: Some(press.clone()),
                ..Button::default()
            };
            let open = inside(pressed(el("button.open[type=button]"), &opens));
            if row.chosen {
                open.attr("aria-current", "true")
            } else {
                open
            }
        }
        None => inside(el("div.open").attr("id", &row.id)),
    };
    el("li")
        .class(if row.chosen { "visit chosen" } else { "visit" })
        .child(open)
        .maybe(row.take.as_ref().map(button))
}

/// Arrows go from one conversation to the next, Home and End to the first and the last.
pub(crate) fn arrows(event: Event) {
    let Some(key) = event.dyn_ref::<KeyboardEvent>() else {
        return;
    };
    let (down, end) = match key.key().as_str() {
        "ArrowDown" => (true, false),
        "ArrowUp" => (false, false),
        "Home" => (false, true),
        "End" => (true, true),
        _ => return,
    };
    let list = event
        .current_target()
        .and_then(|one| one.dyn_into::<Element>().ok());
    let Some(list) = list else { return };
    let Ok(rows) = list.query_selector_all("button.open") else {
        return;
    };
    let active = list
        .owner_document()
        .and_then(|document| document.active_element());
    let Some(row) = active.and_then(|one| one.closest("li.visit").ok().flatten()) else {
        return;
    };
    let bottom = rows.length().saturating_sub(1);
    let at = (0..=bottom).find(|at| rows.item(*at).is_some_and(|one| row.contains(Some(&one))));
    let to = match (at, end, down) {
        (None, ..) => return,
        (_, true, true) => bottom,
        (_, true, false) => 0,
        (Some(at), false, true) => (at + 1).min(bottom),
        (Some(at), false, false) => at.saturating_sub(1),
    };
    event.prevent_default();
    if let Some(to) = rows
        .item(to)
        .and_then(|one| one.dyn_into::<HtmlElement>().ok())
    {
        let _ = to.focus();
    }
}

/// The departments.
pub(crate) fn desks(desks: &Option<Vec<DeskRow>>) -> Option<El> {
    let desks = desks.as_ref().filter(|desks| !desks.is_empty())?;
    let names = ["Fagområde", "Nu", "Hvem er her", "Venter", "Længst"];
    let rows = desks.iter().map(|desk| {
        let cell = |text: &str| el("td").text(text);
        el("tr")
            .child(el("th[scope=row]").text(&desk.name))
            .child(cell(desk.hours))
            .child(cell(&desk.there))
            .child(cell(&hours::number(desk.waiting.min(9999) as u16)))
            .child(el("td").attr("id", &desk.clock))
    });
    Some(
        el("div.desks")
            .child(el("h2#desks-title").text("Fagområder"))
            .child(
                el("div.wide[tabindex=0][role=region][aria-labelledby=desks-title]").child(
                    el("table")
                        .child(
                            el("thead").child(
                                el("tr").children(
                                    names.iter().map(|name| el("th[scope=col]").text(name)),
                                ),
                            ),
                        )
                        .child(el("tbody").children(rows)),
                ),
            ),
    )
}

/// What went wrong.
pub(crate) fn alerts(alerts: &Option<Card>) -> Option<El> {
    alerts.as_ref().map(|alerts| {
        card::card(alerts, "panel-title", "h2", "section.card.facts").on("keydown", super::escape)
    })
}

/// What the editors are told.
pub(crate) fn facts(facts: &Option<Card>) -> Option<El> {
    facts
        .as_ref()
        .map(|facts| card::card(facts, "facts-title", "h2", "section.card.facts"))
}

/// Escape in the conversation goes one step back.
pub(crate) fn escape(event: Event) {
    let Some(key) = event.dyn_ref::<KeyboardEvent>() else {
        return;
    };
    if key.key() == "Escape" && !key.is_composing() {
        key.prevent_default();
        boundary::press(&crate::Press::Chat(crate::ChatPress::Back));
    }
}
