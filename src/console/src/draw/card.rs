//! Cards: texts, fields and buttons below each other.

use elements::{El, el};

use super::{told, typed};
use crate::boundary;
use crate::message::Press;
use crate::view::{Button, Card, Field, Kind, Look, Part, Row};

/// A card with its heading.
pub(super) fn card(card: &Card, title: &str, heading: &str, selector: &str) -> El {
    let tag = card
        .tag
        .map(|(class, word)| el("span").class(&format!("state {class}")).text(word));
    let close = card.close.then(|| {
        el("button#panel-close.btn.quiet.close[type=button]")
            .attr("aria-label", "Luk")
            .attr("title", "Luk")
            .child(el("span[aria-hidden=true]").text("✕"))
            .on_click(|| boundary::press(&Press::Close))
    });
    let head = el("div.card-head")
        .child(
            el(heading)
                .attr("id", title)
                .attr("tabindex", "-1")
                .text(&card.title),
        )
        .maybe(tag)
        .maybe(close);
    // Headings go down one step at a time.
    let below = if heading == "h1" { "h2" } else { "h3" };
    let parts = card
        .parts
        .iter()
        .map(|one| part(one, card.submit.as_ref(), below));
    let body = match &card.submit {
        Some(press) => {
            let press = press.clone();
            el("form.card-body[novalidate]")
                .children(parts)
                .on("submit", move |event| {
                    event.prevent_default();
                    boundary::press(&press);
                })
        }
        None => el("div.card-body").children(parts),
    };
    el(selector)
        .attr("aria-labelledby", title)
        .child(head)
        .child(body)
}

/// A part of a card. A button that does what the form does is the form's own.
pub(super) fn part(part: &Part, submit: Option<&Press>, heading: &str) -> El {
    match part {
        Part::Told(one) => told(one),
        Part::Line(text) => el("p").text(text),
        Part::Text(text) => el("p.words").text(text),
        Part::Title(text) => el(heading).class("sub").text(text),
        Part::Rows(rows) => el("dl.rows").children(rows.iter().map(row)),
        Part::List(lines) => el("ul.lines").children(lines.iter().map(|line| el("li").text(line))),
        Part::Field(one) => field(one),
        Part::Buttons(buttons) => el("div.buttons").children(buttons.iter().map(|one| {
            if submit.is_some() && one.press.as_ref() == submit {
                let own = el("button.btn.main[type=submit]")
                    .attr("id", &one.id)
                    .text(&one.label);
                if one.busy {
                    own.attr("aria-disabled", "true")
                } else {
                    own
                }
            } else {
                button(one)
            }
        })),
        Part::Times(title, buttons) => el("div.times")
            .child(
                el(if heading == "h2" { "h3" } else { "h4" })
                    .class("day")
                    .text(title),
            )
            .child(el("ul").children(buttons.iter().map(|one| el("li").child(button(one))))),
        Part::Item(title, text, buttons) => el("div.item")
            .child(el(heading).class("sub").text(title))
            .child(el("p").text(text))
            .child(el("div.buttons").children(buttons.iter().map(button))),
        Part::Qr(path, size) => qr(path, *size),
        Part::Secret(text) => el("p.secret").child(el("code").text(text)),
        Part::Link(label, url) => el("p").child(el("a.btn.main").attr("href", url).text(label)),
    }
}

pub(super) fn row(row: &Row) -> El {
    let value = match &row.url {
        Some(url) => el("dd").child(el("a").attr("href", url).text(&row.text)),
        None => el("dd").text(&row.text),
    };
    el("div").child(el("dt").text(row.name)).child(value)
}

/// A code that a phone reads: black on white in any theme.
fn qr(path: &str, size: u16) -> El {
    let drawing = elements::icon(path);
    let whole = hours::number(size);
    let drawing = drawing
        .attr("viewBox", &["0 0 ", &whole, " ", &whole].concat())
        .attr("class", "qr-code")
        .attr("shape-rendering", "crispEdges");
    el("div.qr[role=img]")
        .attr("aria-label", "QR-kode til din app")
        .child(drawing)
}

/// A button.
pub(crate) fn button(button: &Button) -> El {
    let class = match button.look {
        Look::Plain => "btn plain",
        Look::Main => "btn main",
        Look::Danger => "btn danger",
        Look::Quiet => "btn quiet",
    };
    pressed(el("button[type=button]").class(class), button).text(&button.label)
}

/// What makes an element this button.
pub(super) fn pressed(element: El, button: &Button) -> El {
    let mut element = element;
    if !button.id.is_empty() {
        element = element.attr("id", &button.id);
    }
    if !button.spoken.is_empty() {
        element = element.attr("aria-label", &button.spoken);
    }
    if let Some(on) = button.pressed {
        element = element.attr("aria-pressed", if on { "true" } else { "false" });
    }
    if let Some(shown) = button.expanded {
        element = element.attr("aria-expanded", if shown { "true" } else { "false" });
    }
    if button.busy {
        return element.attr("aria-disabled", "true");
    }
    let press = button.press.clone();
    element.on_click(move || {
        if let Some(press) = &press {
            boundary::press(press);
        }
    })
}

/// An input with its label, hint and fault.
pub(crate) fn field(field: &Field) -> El {
    let (hint, fault) = ([field.id, "-hint"].concat(), [field.id, "-fault"].concat());
    let input = match &field.kind {
        Kind::Area => el("textarea[rows=3][maxlength=1000]").text(&field.value),
        Kind::Choice(options) => el("select").children(options.iter().map(|(value, words)| {
            let option = el("option").attr("value", value).text(words);
            if *value == field.value {
                option.attr("selected", "")
            } else {
                option
            }
        })),
        kind => {
            let (kind, complete) = match kind {
                Kind::User => ("text", "username"),
                Kind::Password => ("password", "current-password"),
                Kind::NewPassword => ("password", "new-password"),
                Kind::Code => ("text", "one-time-code"),
                Kind::Date => ("date", "off"),
                Kind::Time => ("time", "off"),
                _ => ("text", "off"),
            };
            el("input[maxlength=200][autocapitalize=none][spellcheck=false]")
                .attr("type", kind)
                .attr("autocomplete", complete)
                .attr("value", &field.value)
        }
    };
    let input = if matches!(field.kind, Kind::Code) {
        input.attr("inputmode", "numeric")
    } else {
        input
    };
    let mut described = String::new();
    if !field.hint.is_empty() {
        described.push_str(&hint);
    }
    if !field.fault.is_empty() {
        if !described.is_empty() {
            described.push(' ');
        }
        described.push_str(&fault);
    }
    let mut input = input
        .attr("id", field.id)
        .attr("name", field.id)
        .on("input", typed(field.id));
    if !described.is_empty() {
        input = input.attr("aria-describedby", &described);
    }
    if !field.fault.is_empty() {
        input = input.attr("aria-invalid", "true");
    }
    el("div.field")
        .child(el("label").attr("for", field.id).text(field.label))
        .maybe((!field.hint.is_empty()).then(|| el("p.hint").attr("id", &hint).text(field.hint)))
        .child(input)
        .maybe((!field.fault.is_empty()).then(|| {
            el("p.fault")
                .attr("id", &fault)
                .child(el("span[aria-hidden=true]").text("! "))
                .text(&field.fault)
        }))
}
