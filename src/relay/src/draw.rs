//! Talking with a person as elements in the chat's log: with the classes of the chat's own entries, and those of
//! www/relay.css. Who speaks stands in words above each entry. Focus is never moved but to a field with a mistake, and what has focus
//! stays on the page.

use bundle::content::Lang;
use elements::{El, Phrase, el, link};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, HtmlInputElement, HtmlTextAreaElement, KeyboardEvent};

use crate::ai;
use crate::boundary::dispatch;
use crate::message::{Choice, Event, Field, Fields, Fold, Message, Press, State, Want};

const BOT: Phrase = Phrase("Automatisk svar", "Automated answer");
const CITIZEN: Phrase = Phrase("Du skrev", "You wrote");
const OPTIONS: Phrase = Phrase("Vælg", "Choose");
const SENDING: Phrase = Phrase("Sender …", "Sending …");
const SENT: Phrase = Phrase("Sendt", "Sent");
const FAILED: Phrase = Phrase("Ikke sendt", "Not sent");
const RESEND: Phrase = Phrase("Send igen", "Send again");
/// Who says what nobody wrote.
pub(crate) const PROGRAM: Phrase = Phrase("Automatisk besked", "Automated note");
/// At the closed chat's button.
pub(crate) const NEWS: Phrase = Phrase("ny besked", "new message");
/// Id of the line at the chat's field.
pub(crate) const LINE: &str = "relay-line";

/// Something can be pressed in it.
pub(crate) fn has_buttons(message: &Message) -> bool {
    message.main.is_some() || !message.options.is_empty() || !message.more.is_empty()
}

/// What the citizen wrote; with how far it is when it goes to a person.
pub(crate) fn own(nth: usize, text: &str, state: Option<State>, lang: Lang) -> El {
    el("div.entry.citizen.relay")
        .child(el("p.speaker").text(CITIZEN.get(lang)))
        .child(el("div.bubble").child(el("p").text(text)))
        .maybe(state.map(|state| state_line(nth, state, lang)))
}

fn state_line(nth: usize, state: State, lang: Lang) -> El {
    let phrase = match state {
        State::Sending => SENDING,
        State::Sent => SENT,
        State::Failed => FAILED,
    };
    let line = el("p.speaker.relay-state").text(phrase.get(lang));
    if state != State::Failed {
        return line;
    }
    line.text(" ").child(
        el("button.vote[type=button]")
            .text(RESEND.get(lang))
            .on_click(move || {
                dispatch(Event::Press {
                    seq: 0,
                    press: Press::Resend(nth),
                    fields: Fields::default(),
                });
            }),
    )
}

/// An own message is further than before.
pub(crate) fn mark(entry: &Element, nth: usize, state: State, lang: Lang) {
    let focused = matches!(entry.query_selector(".relay-state :focus"), Ok(Some(_)));
    if let Ok(Some(old)) = entry.query_selector(".relay-state") {
        old.remove();
    }
    // The listener lives as long as the page: a failed message is rare.
    let (line, kept) = elements::keeping(&|| Some(state_line(nth, state, lang)));
    core::mem::forget(kept);
    if let Some(line) = line {
        let _ = entry.append_child(&line.0);
        if focused {
            let _ = line.0.set_attribute("tabindex", "-1");
            let _ = line.0.unchecked_into::<HtmlElement>().focus();
        }
    }
}

/// What a person wrote.
pub(crate) fn person(speaker: &str, text: &str) -> El {
    el("div.entry.bot.relay-person")
        .child(el("p.speaker").text(speaker))
        .child(el("div.bubble").child(el("p").text(text)))
}

/// What happened.
pub(crate) fn note(text: &str) -> El {
    el("div.entry.relay-note").child(el("p").text(text))
}

/// Somebody writes.
pub(crate) fn typing(text: &str, lang: Lang) -> El {
    el("div.entry.bot.relay-typing")
        .attr("lang", lang.tag())
        .child(el("p.muted").text(text))
}

/// Something is under way.
pub(crate) fn wait(text: &str) -> El {
    el("div.entry.bot.relay-wait").child(el("p.muted").text(text))
}

fn outside(selector: &str, choice: &Choice) -> El {
    let press = choice.press;
    el(selector).text(&choice.label).on_click(move || {
        dispatch(Event::Press {
            seq: 0,
            press,
            fields: Fields::default(),
        });
    })
}

/// Above the log: the place in the queue.
pub(crate) fn bar(text: &str, button: Option<&Choice>) -> El {
    el("div.notice.idle.relay-bar")
        .child(el("p").text(text))
        .maybe(button.map(|choice| outside("button.vote[type=button]", choice)))
}

/// At the chat's field: who reads what is written there.
pub(crate) fn line(text: &str, choice: &Choice) -> El {
    el("div.relay-line")
        .child(el("p").attr("id", LINE).text(text))
        .child(outside("button.vote[type=button]", choice))
}

/// One message of the program.
pub(crate) fn message(message: &Message, lang: Lang) -> El {
    let entry = el("div.entry.bot.relay[data-intent]")
        .attr("lang", lang.tag())
        .child(el("p.speaker").text(BOT.get(lang)));
    body(entry, message, lang)
}

/// An answer that a model wrote, before its first sentence. It bears its label for the eye and for the ear.
pub(crate) fn answer(lang: Lang) -> El {
    let label = ai::ANSWER.get(lang);
    el("div.entry.bot.relay.relay-ai[role=group][data-intent]")
        .attr("lang", lang.tag())
        .attr("aria-label", label)
        .child(el("p.speaker").text(label))
        .child(el("div.bubble").child(el("div.answer").child(el("p.relay-said"))))
}

/// A sentence of it: text, and links where there is an address.
pub(crate) fn sentence(parts: &[(String, String)], lang: Lang) -> El {
    let pieces = parts.iter().map(|(text, url)| {
        if url.is_empty() {
            el("span").text(text)
        } else {
            link("", text, url, lang)
        }
    });
    el("span").children(pieces).text(" ")
}

/// What stands below it once it is whole.
pub(crate) fn tail(message: &Message, lang: Lang) -> El {
    body(el("div.relay-tail"), message, lang)
}

fn body(entry: El, message: &Message, lang: Lang) -> El {
    let seq = message.seq;
    let rows = (!message.rows.is_empty()).then(|| {
        el("dl.relay-rows").children(message.rows.iter().map(|(name, text)| {
            el("div")
                .child(el("dt").text(name))
                .child(el("dd").text(text))
        }))
    });
    let links = message
        .links
        .iter()
        .map(|(label, url)| el("p.relay-link").child(link("", label, url, lang)));
    let bubble = el("div.bubble").child(
        el("div.answer")
            .children(message.lines.iter().map(|line| el("p").text(line)))
            .maybe(rows)
            .children(message.fields.iter().map(|one| field(seq, one)))
            .children(message.folds.iter().map(fold))
            .children(links),
    );
    let options = (!message.options.is_empty()).then(|| {
        let rows = message.options.iter().enumerate().map(|(at, choice)| {
            let number = el("span.option-number").text(&hours::number(at as u16 + 1));
            let label = el("span").text(" ").text(&choice.label);
            let button = pressed(el("button.option[type=button]"), seq, choice);
            el("li").child(button.child(number).child(label))
        });
        el("ol.options")
            .attr("aria-label", OPTIONS.get(lang))
            .children(rows)
    });
    let main = message.main.as_ref().map(|choice| {
        let button = el("button.button.primary[type=button]");
        el("div.actions").child(pressed(button, seq, choice).text(&choice.label))
    });
    let more =
        (!message.more.is_empty()).then(|| {
            el("div.chips.relay-more").children(message.more.iter().map(|choice| {
                pressed(el("button.chip[type=button]"), seq, choice).text(&choice.label)
            }))
        });
    entry
        .child(bubble)
        .child(el("div.live").maybe(options).maybe(main).maybe(more))
        .on("keydown", |event| enter(event.unchecked_ref()))
}

fn fold(fold: &Fold) -> El {
    let bytes =
        (!fold.bytes.is_empty()).then(|| el("pre.relay-bytes[tabindex=0]").text(&fold.bytes));
    el("details.privacy.relay-fold")
        .child(el("summary").text(&fold.title))
        .children(fold.lines.iter().map(|line| el("p").text(line)))
        .maybe(bytes)
}

fn field(seq: u32, field: &Field) -> El {
    let id = ["relay-", &hours::number(seq as u16), "-", field.name].concat();
    let (kind, complete) = match field.name {
        "name" => ("text", "name"),
        "phone" => ("tel", "tel"),
        "email" => ("email", "email"),
        _ => ("text", "off"),
    };
    let label = el("label").attr("for", &id).text(&field.label);
    if field.want == Want::Check {
        let input = el("input[type=checkbox]")
            .attr("id", &id)
            .attr("name", field.name);
        if let Some(box_) = input.0.dyn_ref::<HtmlInputElement>() {
            box_.set_checked(!field.value.is_empty());
        }
        return el("div.relay-check").child(input).child(label);
    }
    let input = if field.want == Want::Text {
        el("textarea[rows=4][maxlength=4000]").text(&field.value)
    } else {
        el("input[maxlength=254]")
            .attr("type", kind)
            .attr("autocomplete", complete)
            .attr("value", &field.value)
    };
    let input = input.attr("id", &id).attr("name", field.name);
    let input = match field.want {
        Want::MayLine => input,
        _ => input.attr("aria-required", "true"),
    };
    el("div.relay-field").child(label).child(input)
}

fn all(entry: &Element, selector: &str) -> Vec<Element> {
    let Ok(found) = entry.query_selector_all(selector) else {
        return Vec::new();
    };
    (0..found.length())
        .filter_map(|at| found.item(at)?.dyn_into().ok())
        .collect()
}

/// Marks the fields of a form that are wrong, and takes focus to the first.
pub(crate) fn show_faults(entry: &Element, faults: &[(&str, String)]) {
    for old in all(entry, ".relay-fault") {
        old.remove();
    }
    let mut first: Option<Element> = None;
    for input in all(entry, "input, textarea") {
        let name = input.get_attribute("name").unwrap_or_default();
        let Some((_, text)) = faults.iter().find(|(fault, _)| *fault == name) else {
            let _ = input.remove_attribute("aria-invalid");
            let _ = input.remove_attribute("aria-describedby");
            continue;
        };
        let id = [&input.id(), "-fault"].concat();
        let line = el("p.relay-fault").attr("id", &id).text(text);
        if let Some(parent) = input.parent_element() {
            let _ = parent.append_child(&line.0);
        }
        let _ = input.set_attribute("aria-invalid", "true");
        let _ = input.set_attribute("aria-describedby", &id);
        first = first.or(Some(input));
    }
    // The button was pressed in vain: it may be pressed again.
    if let Ok(Some(button)) = entry.query_selector(".relay-picked") {
        let _ = button.class_list().remove_1("relay-picked");
    }
    if let Some(first) = first {
        let _ = first.unchecked_into::<HtmlElement>().focus();
    }
}

fn pressed(button: El, seq: u32, choice: &Choice) -> El {
    let press = choice.press;
    let element = button.0.clone();
    button.on_click(move || {
        if element.has_attribute("aria-disabled") {
            return;
        }
        let _ = element.class_list().add_1("relay-picked");
        let entry = element.closest(".entry").ok().flatten();
        let fields = entry.map(|entry| fields(&entry)).unwrap_or_default();
        dispatch(Event::Press { seq, press, fields });
    })
}

fn fields(entry: &Element) -> Fields {
    let mut fields = Fields::default();
    for input in all(entry, "input, textarea") {
        let name = input.get_attribute("name").unwrap_or_default();
        if let Some(area) = input.dyn_ref::<HtmlTextAreaElement>() {
            fields.text = area.value();
        } else if let Some(input) = input.dyn_ref::<HtmlInputElement>() {
            let place = match name.as_str() {
                "name" => &mut fields.name,
                "phone" => &mut fields.phone,
                "email" => &mut fields.email,
                "when" => &mut fields.when,
                "code" => &mut fields.code,
                _ => {
                    fields.along = input.checked();
                    continue;
                }
            };
            *place = input.value();
        }
    }
    fields
}

/// Enter in a field of one line presses the main button.
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
    let picked = entry.query_selector(".relay-picked").ok().flatten();
    let focused = entry.query_selector(".live :focus").ok().flatten();
    for element in all(entry, ".live *").into_iter().rev() {
        let keep = |one: &Option<Element>| {
            one.as_ref()
                .is_some_and(|one| element.contains(Some(one)) || one.contains(Some(&element)))
        };
        if !keep(&picked) && !keep(&focused) {
            element.remove();
        }
    }
    for left in [picked, focused].into_iter().flatten() {
        let _ = left.set_attribute("aria-disabled", "true");
    }
    for input in all(entry, "input, textarea") {
        if let Some(area) = input.dyn_ref::<HtmlTextAreaElement>() {
            area.set_read_only(true);
        } else if let Some(input) = input.dyn_ref::<HtmlInputElement>() {
            input.set_read_only(true);
            input.set_disabled(input.type_() == "checkbox");
        }
    }
}

/// What a message says, without its boxes: what is read, then what can be chosen.
fn parts(message: &Message) -> Vec<String> {
    let mut parts: Vec<String> = message.lines.clone();
    let rows = message.rows.iter();
    parts.extend(rows.map(|(name, text)| [name, ": ", text].concat()));
    let options = message.options.iter().enumerate();
    parts.extend(
        options.map(|(at, choice)| [&hours::number(at as u16 + 1), ". ", &choice.label].concat()),
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
    entry(BOT.get(lang), &parts(message).join("\r\n"))
}

/// An answer that a model wrote, for the same file; `message` once it is whole.
pub(crate) fn answered(text: &str, message: Option<&Message>, lang: Lang) -> String {
    let mut lines = vec![text.to_string()];
    lines.extend(message.into_iter().flat_map(parts));
    entry(ai::ANSWER.get(lang), &lines.join("\n"))
}

/// What the citizen wrote, for the same file.
pub(crate) fn wrote(text: &str, lang: Lang) -> String {
    entry(CITIZEN.get(lang), text)
}

/// An entry of that file.
pub(crate) fn entry(speaker: &str, text: &str) -> String {
    let text = text.replace('\r', "").replace('\n', "\r\n");
    ["\r\n", speaker, ": ", &text, "\r\n"].concat()
}
