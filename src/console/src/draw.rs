//! Pictures as elements. Thin: what is said and when stands in `view`. No text becomes markup, no style is written.
#![expect(
    clippy::ref_option,
    reason = "a region hands over the picture that it compares"
)]

mod card;
pub(crate) mod chats;
mod day;
pub(crate) mod lines;
pub(crate) mod talk;

use elements::{El, el};
use wasm_bindgen::JsCast;
use web_sys::{Event, HtmlInputElement, HtmlSelectElement, KeyboardEvent, MouseEvent};

use crate::boundary;
use crate::message::{self, Press};
use crate::state::{Told, Tone, View};
use crate::view::{Button, Card, Main, Tools, Top};

pub(crate) use card::{button, field};

/// Escape in the panel goes one step back.
pub(crate) fn escape(event: Event) {
    let Some(key) = event.dyn_ref::<KeyboardEvent>() else {
        return;
    };
    if key.key() == "Escape" && !key.is_composing() {
        key.prevent_default();
        boundary::press(&Press::Back);
    }
}

/// The line at the top.
pub(crate) fn top(top: &Top) -> Option<El> {
    if top.name.is_empty() {
        return None;
    }
    let links = top.links.iter().map(|(label, address, area, here)| {
        let area = *area;
        // Drawn here, so that nothing that is under way ends; in a new tab the address says the same.
        let link = el("a")
            .attr("href", address)
            .text(label)
            .on("click", move |event| {
                let plain = event.dyn_ref::<MouseEvent>().is_some_and(|event| {
                    !event.ctrl_key() && !event.meta_key() && !event.shift_key()
                });
                if plain {
                    event.prevent_default();
                    boundary::press(&Press::Area(area));
                }
            });
        el("li").child(if *here {
            link.attr("aria-current", "page")
        } else {
            link
        })
    });
    let nav = (top.links.len() > 1).then(|| {
        el("nav")
            .attr("aria-label", "Dele af konsollen")
            .child(el("ul").children(links))
    });
    Some(
        el("div.top-line")
            .child(el("p.kommune").text(&top.kommune))
            .maybe(nav)
            .child(el("p.who").text(&top.name))
            .child(el("div.top-buttons").children(top.buttons.iter().map(button))),
    )
}

/// What must be decided first.
pub(crate) fn bar(bar: &Option<Card>) -> Option<El> {
    bar.as_ref().map(|bar| {
        el("section.bar[aria-labelledby=bar-title]")
            .child(el("h2#bar-title").text(&bar.title))
            .children(bar.parts.iter().map(|part| card::part(part, None, "h3")))
    })
}

/// A sentence with its mark. The mark says it without colour.
pub(crate) fn told(told: &Told) -> El {
    let (class, mark) = match told.tone {
        Tone::Good => ("told good", "✓ "),
        Tone::Bad => ("told bad", "! "),
        Tone::Note => ("told note", "› "),
    };
    el("p")
        .class(class)
        .child(el("span.mark[aria-hidden=true]").text(mark))
        .text(&told.text)
}

/// The sentence above the day.
pub(crate) fn status(status: &Option<Told>) -> Option<El> {
    status.as_ref().map(told)
}

/// What chooses the day.
pub(crate) fn tools(tools: &Option<Tools>) -> Option<El> {
    let tools = tools.as_ref()?;
    let (back, on) = if tools.week {
        ("Forrige uge", "Næste uge")
    } else {
        ("Forrige dag", "Næste dag")
    };
    let turn = |id: &str, mark: &str, name: &str, by: i32| {
        el("button.btn.plain.turn[type=button]")
            .attr("id", id)
            .attr("aria-label", name)
            .attr("title", name)
            .child(el("span[aria-hidden=true]").text(mark))
            .on_click(move || boundary::press(&Press::Turn(by)))
    };
    let view = |id: &str, label: &str, view: View, chosen: bool| {
        el("button.btn.plain[type=button]")
            .attr("id", id)
            .attr("aria-pressed", if chosen { "true" } else { "false" })
            .text(label)
            .on_click(move || boundary::press(&Press::View(view)))
    };
    let day = el("div.tool.day-tool")
        .child(turn("day-back", "‹", back, -1))
        .child(
            el("input#day-field[type=date]")
                .attr("aria-label", "Dag")
                .on("change", |event| {
                    if let Some(value) = value(&event).filter(|value| value.starts_with("20")) {
                        boundary::press(&Press::Day(value));
                    }
                }),
        )
        .child(turn("day-on", "›", on, 1));
    let today = Button::new("today", "I dag", Press::Today, crate::view::Look::Plain);
    let views = el("div.views[role=group]")
        .attr("aria-label", "Visning")
        .child(view("view-day", "Dag", View::Day, !tools.week))
        .child(view("view-week", "Uge", View::Week, tools.week));
    let search = el("form.tool.search[role=search][novalidate]")
        .attr("aria-label", "Find en aftale")
        .child(field(&tools.search))
        .child(el("button#find.btn.plain[type=submit]").text("Find"))
        .on("submit", |event| {
            event.prevent_default();
            boundary::press(&Press::Find);
        });
    let more = el("div.tool")
        .maybe(tools.blocks.then(|| {
            button(&Button::new(
                "new-block",
                "Spær tid",
                Press::NewBlock,
                crate::view::Look::Plain,
            ))
        }))
        .child(button(&Button::new(
            "print",
            "Udskriv",
            Press::Print,
            crate::view::Look::Quiet,
        )));
    Some(
        el("div.tools")
            .maybe(locations(tools))
            .child(day)
            .child(el("div.tool").child(button(&today)).child(views))
            .child(more)
            .child(search),
    )
}

fn locations(tools: &Tools) -> Option<El> {
    if tools.locations.len() < 2 {
        return None;
    }
    let options = tools.locations.iter().map(|(id, name)| {
        let option = el("option").attr("value", id).text(name);
        if *id == tools.location {
            option.attr("selected", "")
        } else {
            option
        }
    });
    Some(
        el("div.tool.places").child(
            el("select#location")
                .attr("aria-label", "Sted")
                .children(options)
                .on("change", |event| {
                    if let Some(value) = value(&event) {
                        boundary::press(&Press::Location(value));
                    }
                }),
        ),
    )
}

/// What stands in the field of an event.
pub(crate) fn value(event: &Event) -> Option<String> {
    let target = event.target()?;
    if let Some(input) = target.dyn_ref::<HtmlInputElement>() {
        return Some(input.value());
    }
    if let Some(select) = target.dyn_ref::<HtmlSelectElement>() {
        return Some(select.value());
    }
    target
        .dyn_ref::<web_sys::HtmlTextAreaElement>()
        .map(web_sys::HtmlTextAreaElement::value)
}

/// Somebody writes in a field.
pub(crate) fn typed(id: &'static str) -> impl Fn(Event) {
    move |event| {
        if let Some(value) = value(&event) {
            boundary::dispatch(message::Event::Typed(id, value));
        }
    }
}

/// The largest part.
pub(crate) fn main(main: &Main) -> Option<El> {
    Some(match main {
        Main::Elsewhere => return None,
        Main::Waiting => el("p#title.waiting[tabindex=-1]").text("Et øjeblik …"),
        Main::Card(one) => card::card(one, "title", "h1", "section.card.alone"),
        Main::Day(view) => day::table(view),
        Main::List(view) => day::list(view),
        Main::Week(title, days) => day::week(title, days),
    })
}

/// Beside the day.
pub(crate) fn panel(panel: &Option<Card>) -> Option<El> {
    panel.as_ref().map(|panel| {
        let heading = if panel.alone { "h1" } else { "h2" };
        card::card(panel, "panel-title", heading, "section.card.panel")
    })
}
