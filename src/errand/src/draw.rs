//! Messages of the booking as elements in the chat's log: with the classes of the chat's own entries, and those of
//! www/errand.css. Focus is never moved but to a field with a mistake, and what has focus stays on the page.

use bundle::content::Lang;
use elements::{El, el, link};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, HtmlInputElement, KeyboardEvent};

use crate::boundary::dispatch;
use crate::message::{Choice, Day, Event, Field, Fields, Fold, Message, Month};
use crate::texts::Phrase;

const BOT: Phrase = Phrase("Automatisk svar", "Automated answer");
const CITIZEN: Phrase = Phrase("Du skrev", "You wrote");
const OPTIONS: Phrase = Phrase("Vælg", "Choose");
const WEEKDAYS: Phrase = Phrase("ma ti on to fr lø sø", "Mo Tu We Th Fr Sa Su");

/// No buttons: what was said before stays as it is.
pub(crate) fn is_plain(message: &Message) -> bool {
    message.options.is_empty()
        && message.days.is_empty()
        && message.month.is_none()
        && message.main.is_none()
        && message.more.is_empty()
}

/// What the citizen wrote or pressed.
pub(crate) fn citizen(text: &str, lang: Lang) -> El {
    el("div.entry.citizen")
        .child(el("p.speaker").text(CITIZEN.get(lang)))
        .child(el("div.bubble").child(el("p").text(text)))
}

/// Something is under way.
pub(crate) fn wait(text: &str) -> El {
    el("div.entry.bot.errand-wait").child(el("p.muted").text(text))
}

/// Above the log: how long a time is held.
pub(crate) fn bar(text: &str, button: Option<&Choice>) -> El {
    let button = button.map(|choice| {
        let press = choice.press;
        el("button.vote[type=button]")
            .text(&choice.label)
            .on_click(move || {
                dispatch(Event::Press {
                    seq: 0,
                    press,
                    fields: Fields::default(),
                });
            })
    });
    el("div.notice.idle.errand-bar")
        .child(el("p").text(text))
        .maybe(button)
}

/// One message.
pub(crate) fn message(message: &Message, lang: Lang) -> El {
    let seq = message.seq;
    let bubble = el("div.bubble").child(
        el("div.answer")
            .children(message.lines.iter().map(|line| el("p").text(line)))
            .maybe((!message.rows.is_empty()).then(|| rows(&message.rows)))
            .maybe(message.list.as_ref().map(|(title, things)| {
                el("div").child(el("p.card-title").text(title)).child(
                    el("ul.errand-list").children(things.iter().map(|thing| el("li").text(thing))),
                )
            }))
            .children(message.folds.iter().map(fold))
            .children(message.fields.iter().map(|one| field(seq, one)))
            .children(
                message
                    .links
                    .iter()
                    .map(|(label, url)| el("p").child(link("", label, url, lang))),
            ),
    );
    let main = message.main.as_ref().map(|choice| {
        el("div.actions").child(button("button.button.primary[type=button]", seq, choice))
    });
    let more = (!message.more.is_empty()).then(|| {
        el("div.chips.errand-more").children(
            message
                .more
                .iter()
                .map(|choice| button("button.chip[type=button]", seq, choice)),
        )
    });
    let options = (!message.options.is_empty()).then(|| {
        let rows = message.options.iter().enumerate().map(|(at, choice)| {
            let number = el("span.option-number").text(&hours::number(at as u16 + 1));
            let label = el("span").text(" ").text(&choice.label);
            el("li").child(
                pressed(el("button.option[type=button]"), seq, choice)
                    .child(number)
                    .child(label),
            )
        });
        el("ol.options")
            .attr("aria-label", OPTIONS.get(lang))
            .children(rows)
    });
    el("div.entry.bot.errand")
        .attr("lang", lang.tag())
        .child(el("p.speaker").text(BOT.get(lang)))
        .child(bubble)
        .child(
            el("div.live")
                .children(message.days.iter().map(|one| day(seq, one)))
                .maybe(message.month.as_ref().map(|one| month(seq, one, lang)))
                .maybe(options)
                .maybe(main)
                .maybe(more),
        )
        .on("keydown", |event| enter(event.unchecked_ref()))
}

fn rows(rows: &[(String, String)]) -> El {
    el("dl.errand-rows").children(rows.iter().map(|(name, text)| {
        el("div")
            .child(el("dt").text(name))
            .child(el("dd").text(text))
    }))
}

fn fold(fold: &Fold) -> El {
    let bytes =
        (!fold.bytes.is_empty()).then(|| el("pre.errand-bytes[tabindex=0]").text(&fold.bytes));
    el("details.privacy.errand-fold")
        .child(el("summary").text(&fold.title))
        .children(fold.lines.iter().map(|line| el("p").text(line)))
        .maybe(bytes)
}

fn id_of(seq: u32, name: &str) -> String {
    ["errand-", &hours::number(seq as u16), "-", name].concat()
}

fn field(seq: u32, field: &Field) -> El {
    let id = id_of(seq, field.name);
    let (kind, complete, mode) = match field.name {
        "name" => ("text", "name", "text"),
        "phone" => ("tel", "tel", "tel"),
        "email" => ("email", "email", "email"),
        "code" => ("text", "one-time-code", "numeric"),
        _ => ("text", "off", "numeric"),
    };
    let mut input = el("input")
        .attr("id", &id)
        .attr("name", field.name)
        .attr("type", kind)
        .attr("autocomplete", complete)
        .attr("inputmode", mode)
        .attr("maxlength", "254")
        .attr("value", &field.value);
    if field.required {
        input = input.attr("aria-required", "true");
    }
    el("div.errand-field")
        .child(el("label").attr("for", &id).text(&field.label))
        .child(input)
}

/// Marks the fields of a form that are wrong, and takes focus to the first.
pub(crate) fn show_faults(entry: &Element, faults: &[(&str, String)]) {
    let Ok(inputs) = entry.query_selector_all("input") else {
        return;
    };
    let mut first: Option<HtmlElement> = None;
    for at in 0..inputs.length() {
        let Some(input) = inputs
            .item(at)
            .and_then(|node| node.dyn_into::<HtmlInputElement>().ok())
        else {
            continue;
        };
        if let Ok(Some(old)) = input
            .parent_element()
            .unwrap_or_default_element()
            .query_selector(".errand-fault")
        {
            old.remove();
        }
        let fault = faults.iter().find(|(name, _)| *name == input.name());
        let Some((_, text)) = fault else {
            let _ = input.remove_attribute("aria-invalid");
            let _ = input.remove_attribute("aria-describedby");
            continue;
        };
        let id = [&input.id(), "-fault"].concat();
        let line = el("p.errand-fault").attr("id", &id).text(text);
        if let Some(parent) = input.parent_element() {
            let _ = parent.append_child(&line.0);
        }
        let _ = input.set_attribute("aria-invalid", "true");
        let _ = input.set_attribute("aria-describedby", &id);
        first = first.or_else(|| input.dyn_into().ok());
    }
    // The button was pressed in vain: it may be pressed again.
    if let Ok(Some(button)) = entry.query_selector(".errand-picked") {
        let _ = button.class_list().remove_1("errand-picked");
    }
    if let Some(first) = first {
        let _ = first.focus();
    }
}

trait OrDefault {
    fn unwrap_or_default_element(self) -> Element;
}

impl OrDefault for Option<Element> {
    fn unwrap_or_default_element(self) -> Element {
        self.unwrap_or_else(|| el("div").0)
    }
}

fn day(seq: u32, day: &Day) -> El {
    el("div.errand-day")
        .child(el("h3").text(&day.title))
        .children(day.parts.iter().map(|(title, times)| {
            el("div.errand-part[role=group]")
                .attr("aria-label", &[&day.title, ", ", title].concat())
                .child(el("h4").text(title))
                .child(el("ul.errand-times").children(times.iter().map(|choice| {
                    el("li").child(button("button.errand-time[type=button]", seq, choice))
                })))
        }))
        .maybe(
            day.more
                .as_ref()
                .map(|choice| button("button.chip[type=button]", seq, choice)),
        )
}

fn month(seq: u32, month: &Month, lang: Lang) -> El {
    let names = WEEKDAYS
        .get(lang)
        .split(' ')
        .map(|name| el("th[scope=col]").text(name));
    let cells = u16::from(month.first) + u16::from(month.days);
    let weeks = (0..cells.div_ceil(7)).map(|week| {
        el("tr").children((0..7).map(|weekday| {
            let day = (week * 7 + weekday + 1).checked_sub(u16::from(month.first));
            let Some(day) = day.filter(|day| (1..=u16::from(month.days)).contains(day)) else {
                return el("td");
            };
            let free = month.free.iter().find(|(free, _)| u16::from(*free) == day);
            match free {
                Some((_, choice)) => {
                    el("td").child(button("button.errand-date[type=button]", seq, choice))
                }
                None => el("td").text(&hours::number(day)),
            }
        }))
    });
    el("table.errand-month")
        .child(el("caption").text(&month.title))
        .child(el("thead").child(el("tr").children(names)))
        .child(el("tbody").children(weeks))
}

fn button(selector: &str, seq: u32, choice: &Choice) -> El {
    pressed(el(selector), seq, choice).text(&choice.label)
}

fn pressed(button: El, seq: u32, choice: &Choice) -> El {
    let press = choice.press;
    let element = button.0.clone();
    let button = if choice.spoken.is_empty() {
        button
    } else {
        button.attr("aria-label", &choice.spoken)
    };
    button.on_click(move || {
        if element.has_attribute("aria-disabled") {
            return;
        }
        let _ = element.class_list().add_1("errand-picked");
        let fields = element
            .closest(".entry")
            .ok()
            .flatten()
            .map(|entry| fields(&entry))
            .unwrap_or_default();
        dispatch(Event::Press { seq, press, fields });
    })
}

fn fields(entry: &Element) -> Fields {
    let value = |name: &str| {
        let selector = ["input[name=", name, "]"].concat();
        let input = entry.query_selector(&selector).ok().flatten();
        input
            .and_then(|input| input.dyn_into::<HtmlInputElement>().ok())
            .map(|input| input.value())
            .unwrap_or_default()
    };
    Fields {
        name: value("name"),
        phone: value("phone"),
        email: value("email"),
        cpr: value("cpr"),
        code: value("code"),
    }
}

/// Enter in a field presses the main button.
fn enter(event: &KeyboardEvent) {
    let target = event
        .target()
        .and_then(|target| target.dyn_into::<HtmlInputElement>().ok());
    let Some(input) = target.filter(|_| event.key() == "Enter" && !event.is_composing()) else {
        return;
    };
    event.prevent_default();
    let entry = input.closest(".entry").ok().flatten();
    let main = entry.and_then(|entry| entry.query_selector(".button.primary").ok().flatten());
    if let Some(main) = main.and_then(|main| main.dyn_into::<HtmlElement>().ok()) {
        main.click();
    }
}

/// Takes the buttons of an older message away. The pressed one stays, so that focus has its place, but does nothing any
/// more; fields stay to be read.
pub(crate) fn retire(entry: &Element) {
    let Ok(all) = entry.query_selector_all(".live *") else {
        return;
    };
    let picked = entry.query_selector(".errand-picked").ok().flatten();
    for at in (0..all.length()).rev() {
        let Some(element) = all
            .item(at)
            .and_then(|node| node.dyn_into::<Element>().ok())
        else {
            continue;
        };
        let keep = picked.as_ref().is_some_and(|picked| {
            element.contains(Some(picked)) || picked.contains(Some(&element))
        });
        if !keep {
            element.remove();
        }
    }
    if let Some(picked) = picked {
        let _ = picked.set_attribute("aria-disabled", "true");
    }
    if let Ok(inputs) = entry.query_selector_all("input") {
        for at in 0..inputs.length() {
            if let Some(input) = inputs
                .item(at)
                .and_then(|node| node.dyn_into::<HtmlInputElement>().ok())
            {
                input.set_read_only(true);
            }
        }
    }
}

/// What a message says, without its boxes: what is read, then what can be chosen.
fn parts(message: &Message) -> Vec<String> {
    let mut parts: Vec<String> = message.lines.clone();
    parts.extend(
        message
            .rows
            .iter()
            .map(|(name, text)| [name, ": ", text].concat()),
    );
    if let Some((title, things)) = &message.list {
        parts.push([title, ": ", &crate::free::joined(things, ", ")].concat());
    }
    parts.extend(message.days.iter().map(|day| {
        let count: usize = day.parts.iter().map(|(_, times)| times.len()).sum();
        [&day.title, ": ", &hours::number(count as u16)].concat()
    }));
    parts.extend(message.month.iter().map(|month| month.title.clone()));
    parts.extend(
        message
            .options
            .iter()
            .enumerate()
            .map(|(at, choice)| [&hours::number(at as u16 + 1), ". ", &choice.label].concat()),
    );
    parts.extend(message.fields.iter().map(|field| field.label.clone()));
    parts
}

/// A message for the ear.
pub(crate) fn spoken(message: &Message) -> String {
    let mut parts = parts(message);
    parts.extend(message.main.iter().map(|choice| choice.label.clone()));
    let mut text = String::new();
    for part in parts {
        if !text.is_empty() {
            text.push(' ');
        }
        text.push_str(&part);
        if !part.ends_with(['.', '?', '!', ':', '…']) {
            text.push('.');
        }
    }
    text
}

/// A message for the file that the citizen may keep, a line each, with CRLF as the chat's own transcript.
pub(crate) fn written(message: &Message, lang: Lang) -> String {
    let mut parts = parts(message);
    // Not the link that only this page understands: it holds the booking's secret.
    let links = message
        .links
        .iter()
        .filter(|(_, url)| url.starts_with("http"));
    parts.extend(links.map(|(label, url)| [label, ": ", url].concat()));
    entry(BOT.get(lang), &parts.join("\r\n"))
}

/// What the citizen wrote or pressed, for the same file.
pub(crate) fn wrote(text: &str, lang: Lang) -> String {
    entry(CITIZEN.get(lang), text)
}

fn entry(speaker: &str, text: &str) -> String {
    ["\r\n", speaker, ": ", text, "\r\n"].concat()
}
