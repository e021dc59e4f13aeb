//! One conversation as elements. What a citizen wrote is text and nothing else.

use elements::{El, el};
use wasm_bindgen::JsCast;
use web_sys::{Event, KeyboardEvent};

use super::card::{self, button, row};
use super::{told, typed};
use crate::ChatPress;
use crate::boundary;
use crate::message::Press;
use crate::state::Told;
use crate::view::{Card, Compose, Foot, Line, Speaker, TalkHead};

/// Above everything.
pub(crate) fn head(head: &Option<TalkHead>) -> Option<El> {
    let head = head.as_ref()?;
    let tag = head
        .tag
        .map(|(class, word)| el("span").class(&["state ", class].concat()).text(word));
    let close = el("button#talk-close.btn.quiet.close[type=button]")
        .attr("aria-label", "Luk samtalen her på siden")
        .attr("title", "Luk")
        .child(el("span[aria-hidden=true]").text("✕"))
        .on_click(|| boundary::press(&Press::Chat(ChatPress::Close)));
    let links = (!head.links.is_empty()).then(|| {
        el("p.links").children(head.links.iter().map(|(words, address)| {
            el("a.btn.plain[download]")
                .attr("href", address)
                .text(words)
        }))
    });
    Some(
        el("div")
            .child(
                el("div.card-head")
                    .child(
                        el(if head.alone { "h1" } else { "h2" })
                            .attr("id", "talk-title")
                            .attr("tabindex", "-1")
                            .text(&head.title),
                    )
                    .maybe(tag)
                    .child(close),
            )
            .child(el("dl.rows").children(head.rows.iter().map(row)))
            .maybe(
                (!head.buttons.is_empty())
                    .then(|| el("div.buttons").children(head.buttons.iter().map(button))),
            )
            .maybe(links),
    )
}

/// A line of the conversation.
pub(crate) fn line(line: &Line) -> El {
    let class = match line.speaker {
        Speaker::Citizen => "said citizen",
        Speaker::Bot => "said bot",
        Speaker::Staff => "said staff",
        Speaker::Note => "said note",
        Speaker::Event => "said event",
    };
    let text = el("p.words").text(&line.text);
    let text = match line.lang {
        Some(lang) => text.attr("lang", lang),
        None => text,
    };
    let state = line
        .state
        .as_ref()
        .map(|(class, words)| el("span").class(&["tag ", class].concat()).text(words));
    let below = (state.is_some() || !line.buttons.is_empty()).then(|| {
        el("div.below")
            .maybe(state)
            .children(line.buttons.iter().map(button))
    });
    el("li")
        .class(class)
        .maybe((!line.by.is_empty()).then(|| el("p.by").text(&line.by)))
        .child(text)
        .maybe(below)
}

/// The citizen writes just now.
pub(crate) fn typing(typing: &bool) -> Option<El> {
    typing.then(|| el("p.typing").text("Borgeren skriver …"))
}

/// A sentence above the field.
pub(crate) fn note(note: &Option<Told>) -> Option<El> {
    note.as_ref().map(told)
}

/// The kommune's own answers: where one looks for them.
pub(crate) fn find(find: &Option<Card>) -> Option<El> {
    find.as_ref()
        .map(|find| card::card(find, "find-title", below(find, "h2"), "section.card.find"))
}

/// A heading below the conversation's, which is the page's where nothing else is on the page.
fn below(card: &Card, alone: &'static str) -> &'static str {
    match (card.alone, alone) {
        (true, _) => alone,
        (false, "h2") => "h3",
        _ => "h4",
    }
}

/// One of them.
pub(crate) fn reply(reply: &Card) -> El {
    el("li.item")
        .child(el(below(reply, "h3")).class("sub").text(&reply.title))
        .children(reply.parts.iter().map(|part| card::part(part, None, "h4")))
}

/// The field, or a form.
pub(crate) fn foot(foot: &Foot) -> Option<El> {
    match foot {
        Foot::Nothing => None,
        Foot::Form(form) => Some(card::card(
            form,
            "deal-title",
            below(form, "h2"),
            "section.card.deal",
        )),
        Foot::Compose(field) => Some(compose(field)),
    }
}

fn compose(field: &Compose) -> El {
    let mut input = el("textarea#say[name=say][rows=3][autocomplete=off]")
        .on("input", typed("say"))
        .on("keydown", send)
        .attr(
            "aria-describedby",
            if field.fault.is_empty() {
                "say-hint"
            } else {
                "say-fault say-hint"
            },
        );
    if let Some(lang) = field.lang {
        input = input.attr("lang", lang);
    }
    if !field.fault.is_empty() {
        input = input.attr("aria-invalid", "true");
    }
    let fault = (!field.fault.is_empty()).then(|| {
        el("p#say-fault.fault")
            .child(el("span[aria-hidden=true]").text("! "))
            .text(&field.fault)
    });
    el("form.compose[novalidate]")
        .child(
            el("div.field")
                .child(el("label[for=say]").text(&field.label))
                .child(input)
                .maybe(fault)
                .child(
                    el("p#say-hint.hint").text("Enter sender. Shift og Enter giver en ny linje."),
                ),
        )
        .child(el("div.buttons").children(field.buttons.iter().map(button)))
        .on("submit", |event| event.prevent_default())
}

/// Enter sends; with Shift it is a new line, and while letters are being composed it belongs to those.
fn send(event: Event) {
    let Some(key) = event.dyn_ref::<KeyboardEvent>() else {
        return;
    };
    if key.key() == "Enter" && !key.shift_key() && !key.is_composing() {
        key.prevent_default();
        boundary::press(&Press::Chat(ChatPress::Send));
    }
}
