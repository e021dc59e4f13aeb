//! Where the citizen writes: a growing text box that stays a `textbox` (a combobox would take that role
//! away), a send button, and suggestions as plain buttons above it, reached by arrow keys or Tab.
//! Enter sends, Shift+Enter begins a line.

use dialog::{Event, Suggestion};
use elements::{El, el, icon, link};
use gloo_timers::callback::Timeout;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, HtmlTextAreaElement, KeyboardEvent};

use crate::app::App;
use crate::icons;
use crate::labels::Labels;
use crate::texts::texts;

const INPUT: &str = "input";
const SUGGESTIONS: &str = "suggestions";
/// Letters from which on suggestions are made.
const MIN_LETTERS: usize = 2;
/// Most rows the box grows to.
const MAX_ROWS: i32 = 5;
/// Longest question; more is not a question but a letter.
const MAX_LENGTH: &str = "1000";

/// The foot of the panel.
pub(crate) fn composer_view(app: App) -> El {
    let suggestions = el("div")
        .attr("id", SUGGESTIONS)
        .class("suggestions")
        .attr("part", "suggestions")
        .attr("role", "region")
        .label_attr("aria-label", app.lang, |t| t.suggestions)
        .shown_if(move || app.suggests())
        .dynamic(move || {
            let list = app.suggestions();
            Some(
                el("ul").children(
                    list.into_iter()
                        .map(|suggestion| suggestion_view(app, &suggestion)),
                ),
            )
        });
    el("div.foot")
        .child(
            el("div.composer[part=composer]")
                .on("keydown", move |event| keydown(app, event.unchecked_ref()))
                .on("focusout", move |event| focus_left(app, &event))
                .child(
                    el("label")
                        .attr("for", INPUT)
                        .class("vh")
                        .label(app.lang, |t| t.input),
                )
                .child(
                    el("textarea")
                        .attr("id", INPUT)
                        .attr("part", "input")
                        .attr("rows", "1")
                        .attr("maxlength", MAX_LENGTH)
                        .attr("autocomplete", "off")
                        .attr("enterkeyhint", "send")
                        .attr("aria-controls", SUGGESTIONS)
                        .label_attr("placeholder", app.lang, |t| t.input)
                        .on("input", move |_| typed(app))
                        // A long menu may lie over the button beside it.
                        .on("focus", move |_| app.menu.set(false)),
                )
                // Behind the box for Tab and screen readers, above it for the eye.
                .child(suggestions)
                .child(
                    el("button.send[type=button][part=send]")
                        .child(icon(icons::SEND))
                        .child(el("span.send-word").label(app.lang, |t| t.send))
                        .on_click(move || send(app)),
                ),
        )
        .child(
            el("p.hint")
                .shown_if(move || app.secret.get())
                .label(app.lang, |t| t.secret),
        )
        .child(privacy_line(app))
}

/// Puts the cursor into the box.
pub(crate) fn focus(app: App) {
    app.shared().focus(INPUT);
}

fn privacy_line(app: App) -> El {
    let url = app.shared().meta(|meta| meta.privacy_url.clone());
    el("details.privacy[part=privacy]")
        .child(el("summary").label(app.lang, |t| t.privacy))
        .child(el("p").label(app.lang, |t| t.privacy_more))
        .child(el("div").dynamic(move || {
            let lang = app.lang.get();
            (!url.is_empty()).then(|| link("", texts(lang).privacy_link, &url, lang))
        }))
}

fn suggestion_view(app: App, suggestion: &Suggestion) -> El {
    let idx = suggestion.intent;
    el("li").child(
        el("button.suggestion[type=button]")
            .text(&suggestion.title)
            .on_click(move || {
                // The pressed button goes away; the box is the place to go on from.
                empty(app);
                focus(app);
                let id = app.shared().knowledge.borrow().intent_id(idx);
                app.dispatch(Event::Show(id));
            }),
    )
}

fn input(app: App) -> Option<HtmlTextAreaElement> {
    Some(app.shared().by_id(INPUT)?.unchecked_into())
}

fn send(app: App) {
    let Some(input) = input(app) else { return };
    // Secrets go no further than this box: neither to the log nor into the tab's storage.
    let text = privacy::mask_secrets(input.value().trim());
    let _ = input.focus();
    if !text.is_empty() {
        empty(app);
        let shared = app.shared();
        // Somebody in danger is told where help is, also while a person may or may not read along.
        let crisis = dialog::crisis::find(&shared.knowledge.borrow().core().crisis, &text);
        let elsewhere = shared.give("said", &text, app.lang.get_untracked());
        if crisis.is_some() || !elsewhere {
            app.dispatch(Event::Utterance(text));
        }
    }
}

fn empty(app: App) {
    if let Some(input) = input(app) {
        input.set_value("");
        input.set_rows(1);
    }
    app.secret.set(false);
    app.suggest(Vec::new());
}

fn typed(app: App) {
    let Some(input) = input(app) else { return };
    let text = input.value();
    grow(&input);
    app.touch();
    let secret = !privacy::find_secrets(&text).is_empty();
    if secret && !app.secret.get_untracked() {
        app.status(texts(app.lang.get_untracked()).secret);
    }
    app.secret.set(secret);
    let list =
        // What is for a person (`relay` says so) is no question to the bot.
        if text.trim().chars().count() < MIN_LETTERS
            || text.bytes().any(|byte| byte == b'\n')
            || input.has_attribute("data-relay")
        {
            Vec::new()
        } else {
            dialog::suggest(
                &app.shared().knowledge.borrow(),
                &text,
                app.lang.get_untracked(),
                &app.shared().state.borrow().page_topics,
            )
        };
    let (before, after) = (!app.suggests(), list.is_empty());
    if before && !after && !app.shared().hinted.replace(true) {
        app.status(texts(app.lang.get_untracked()).suggestions_hint);
    }
    if !(before && after) {
        app.suggest(list);
    }
}

/// As many rows as the text needs. By the `rows` attribute: a style attribute is not allowed.
fn grow(input: &HtmlTextAreaElement) {
    input.set_rows(1);
    let mut rows = 1;
    while rows < MAX_ROWS && input.scroll_height() > input.client_height() + 2 {
        rows += 1;
        input.set_rows(rows as u32);
    }
}

fn keydown(app: App, event: &KeyboardEvent) {
    let key = event.key();
    let Some(input) = input(app) else { return };
    let active = app.shared().root.active_element();
    let in_input = active.as_ref() == Some(input.as_ref());
    let open = app.suggests();
    match key.as_str() {
        // While an input method composes a letter, Enter belongs to it.
        "Enter" if in_input && !event.shift_key() && !event.is_composing() => send(app),
        "Escape" if open => {
            app.suggest(Vec::new());
            let _ = input.focus();
            event.stop_propagation();
        }
        "ArrowUp" | "ArrowDown" if open => {
            move_focus(app, active.as_ref().filter(|_| !in_input), key == "ArrowUp");
        }
        _ if !in_input
            && key.chars().count() == 1
            && key != " "
            && !event.ctrl_key()
            && !event.meta_key() =>
        {
            // Goes on writing: the letter lands in the box.
            let _ = input.focus();
            return;
        }
        _ => return,
    }
    event.prevent_default();
}

/// From the box up to the last suggestion (the nearest one) or down to the first; beyond the ends back.
fn move_focus(app: App, active: Option<&Element>, up: bool) {
    let shared = app.shared();
    let Some(list) = shared.by_id(SUGGESTIONS) else {
        return;
    };
    let Ok(buttons) = list.query_selector_all("button") else {
        return;
    };
    let buttons: Vec<HtmlElement> = (0..buttons.length())
        .filter_map(|at| Some(buttons.item(at)?.unchecked_into()))
        .collect();
    let at = buttons
        .iter()
        .position(|button| active == Some(button.as_ref()));
    let next = match (at, up) {
        (None, true) => buttons.len().checked_sub(1),
        (None, false) => Some(0),
        (Some(at), true) => at.checked_sub(1),
        (Some(at), false) => Some(at + 1),
    };
    match next.and_then(|next| buttons.get(next)) {
        Some(button) => {
            let _ = button.focus();
        }
        None => focus(app),
    }
}

/// Suggestions go when focus goes elsewhere (looked at a moment later, when it has arrived).
fn focus_left(app: App, event: &web_sys::Event) {
    let composer = event
        .current_target()
        .map(JsCast::unchecked_into::<Element>);
    let shared = app.shared(); // taken now: by then the widget may be gone
    Timeout::new(0, move || {
        let Some(active) = shared.root.active_element() else {
            return;
        };
        if app.is_alive() && composer.is_some_and(|composer| !composer.contains(Some(&active))) {
            app.suggest(Vec::new());
        }
    })
    .forget();
}
