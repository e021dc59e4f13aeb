//! The panel: header with who speaks, menu, notices, log, composer; and the live regions beside it, which
//! are there before the panel is opened. A non-modal dialog; on phones it fills the screen and is modal.

use bundle::content::{Lang, Meta};
use dialog::{Entry, Event};
use elements::{El, el, icon};
use wasm_bindgen::prelude::*;
use web_sys::{Element, HtmlElement, KeyboardEvent, ShadowRoot};

use crate::announcer::spoken;
use crate::app::App;
use crate::composer::composer_view;
use crate::icons;
use crate::labels::Labels;
use crate::log::log_view;
use crate::message::phone_line;
use crate::texts::{Texts, texts};
use crate::transcript::transcript;

/// Ids inside the shadow root.
pub(crate) const PANEL: &str = "panel";
pub(crate) const TITLE: &str = "title";
pub(crate) const LIVE: &str = "live";
pub(crate) const STATUS: &str = "status";
const MENU: &str = "menu";
const MENU_BUTTON: &str = "menu-button";

/// Live regions and the closed panel.
pub(crate) fn panel_view(app: App) -> El {
    let live = |id: &str| {
        el("div")
            .attr("id", id)
            .class("vh")
            .attr("aria-live", "polite")
    };
    el("div.lokalsvar")
        .attr_with("lang", move || Some(app.lang.get().tag()))
        .child(live(LIVE))
        .child(live(STATUS))
        .child(
            el("section")
                .attr("id", PANEL)
                .attr("part", "panel")
                .attr("role", "dialog")
                .attr("aria-labelledby", TITLE)
                .attr_with("aria-modal", move || app.phone.get().then_some("true"))
                .attr_with("class", move || {
                    Some(match app.scale.get() {
                        ..=124 => "panel",
                        125..=149 => "panel large",
                        150.. => "panel largest",
                    })
                })
                .shown_if(move || app.open.get())
                .on("keydown", move |event| keydown(app, event.unchecked_ref()))
                // Shortcuts of the page are not meant for what is typed here.
                .on("keypress", |event| event.stop_propagation())
                .on("keyup", |event| event.stop_propagation())
                .child(header(app))
                .child(notices(app))
                .child(log_view(app))
                .child(composer_view(app)),
        )
}

fn header(app: App) -> El {
    let meta: Meta = app.shared().meta(Clone::clone);
    let named =
        [texts(Lang::Da).automatic, texts(Lang::En).automatic].contains(&meta.bot_name.as_str());
    let name = meta.bot_name.clone();
    let kommune = meta.name.clone();
    let title = el("h2").attr("id", TITLE).attr("tabindex", "-1");
    let title = if named || name.is_empty() {
        title.label(app.lang, |t| t.automatic)
    } else {
        title.text(&name)
    };
    let subtitle = el("p.subtitle").text_with(move || {
        let automatic = if named {
            ""
        } else {
            texts(app.lang.get()).automatic
        };
        [automatic, if named { "" } else { " · " }, &kommune].concat()
    });
    el("header.header[part=header]")
        .child(el("span.avatar[part=avatar]").child(icon(icons::avatar(&meta.theme.avatar))))
        .child(
            el("div.names")
                .child(title)
                .maybe(
                    meta.demo
                        .then(|| el("span.demo").label(app.lang, |t| t.demo)),
                )
                .child(subtitle),
        )
        .child(
            el("button.head-button.language[type=button]")
                .attr_with("lang", move || {
                    Some(if app.lang.get() == Lang::Da {
                        "en"
                    } else {
                        "da"
                    })
                })
                .label_attr("aria-label", app.lang, |t| t.other_language)
                .label(app.lang, |t| t.other_short)
                .on_click(move || app.toggle_language()),
        )
        .child(
            el("button.head-button.round[type=button]")
                .attr("id", MENU_BUTTON)
                .attr("aria-controls", MENU)
                .state("aria-expanded", move || app.menu.get())
                .label_attr("aria-label", app.lang, |t| t.menu)
                .child(icon(icons::MENU))
                .on_click(move || app.menu.set(!app.menu.get_untracked())),
        )
        .child(
            el("button.head-button.round[type=button][part=close]")
                .label_attr("aria-label", app.lang, |t| t.close)
                .child(icon(icons::CLOSE))
                .on_click(move || app.close()),
        )
        .child(menu(app))
}

fn menu(app: App) -> El {
    let item = move |label: fn(&'static Texts) -> &'static str, act: fn(App)| {
        el("button.menu-item[type=button]")
            .label(app.lang, label)
            .on_click(move || {
                app.menu.set(false);
                // First back to the button, so that focus has a place when the menu is gone.
                app.shared().focus(MENU_BUTTON);
                act(app);
            })
    };
    el("div")
        .attr("id", MENU)
        .class("menu")
        .attr("part", "menu")
        .shown_if(move || app.menu.get())
        .child(item(
            |t| t.human,
            |app| app.dispatch(Event::Show("smalltalk-meta/tal-med-et-menneske".into())),
        ))
        .child(item(|t| t.restart, |app| app.restart(false)))
        .child(item(|t| t.delete, |app| app.restart(true)))
        .child(item(|t| t.transcript, download))
        .child(item(|t| t.print, print))
        .child(
            item(|t| t.aloud, read_aloud)
                .shown_if(move || app.menu.get() && app.shared().give("voice", "", app.lang.get())),
        )
        .child(
            // Stays open: one may want to press it twice.
            el("button.menu-item[type=button]")
                .text_with(move || {
                    let words = texts(app.lang.get());
                    match app.scale.get() {
                        100 => words.larger,
                        125 => words.largest,
                        _ => words.normal_size,
                    }
                    .to_string()
                })
                .on_click(move || app.grow_text()),
        )
        .child(item(|t| t.aside, move_aside).attr("id", "aside"))
        .child(satisfaction(app))
        .maybe(phone_line(app))
}

/// How it was, 1 to 3; kept in the browser.
fn satisfaction(app: App) -> El {
    let vote = move |value: u8| {
        el("button.vote[type=button]")
            .text_with(move || {
                texts(app.lang.get()).satisfaction[usize::from(value) - 1].to_string()
            })
            .on_click(move || {
                app.menu.set(false);
                app.shared().focus(MENU_BUTTON);
                app.dispatch(Event::RateConversation(value));
                app.status(texts(app.lang.get_untracked()).thanks);
            })
    };
    el("div.satisfaction[role=group]")
        .label_attr("aria-label", app.lang, |t| t.satisfied)
        .child(el("span[aria-hidden=true]").label(app.lang, |t| t.satisfied))
        .children((1..=3).map(vote))
}

fn notices(app: App) -> El {
    let shared = app.shared();
    el("div.notices")
        .maybe(shared.preview.then(|| {
            el("div.notice.preview")
                .child(el("strong").label(app.lang, |t| t.preview))
                .children(shared.warnings.iter().map(|warning| el("p").text(warning)))
        }))
        .child(
            el("div.notice.idle")
                .shown_if(move || app.idle.get())
                .child(el("p").label(app.lang, |t| t.idle))
                .child(
                    el("button.vote[type=button]")
                        .label(app.lang, |t| t.still_here)
                        .on_click(move || {
                            app.touch();
                            crate::composer::focus(app);
                        }),
                ),
        )
        .child(
            el("div.notice[part=notice][role=note]")
                .label_attr("aria-label", app.lang, |t| t.notice)
                .shown_if(move || {
                    app.notice.get();
                    !app.shared().notice.borrow().is_empty()
                })
                .child(el("p").text_with(move || {
                    app.notice.get();
                    app.shared().notice.borrow().clone()
                })),
        )
}

fn keydown(app: App, event: &KeyboardEvent) {
    event.stop_propagation();
    let key = event.key();
    if key == "Escape" {
        event.prevent_default();
        if app.menu.get_untracked() {
            app.menu.set(false);
            app.shared().focus(MENU_BUTTON);
        } else {
            app.close();
        }
    } else if key == "Tab" && app.phone.get_untracked() {
        keep_focus(app, event);
    }
}

/// Tab goes round inside the panel while it is modal.
fn keep_focus(app: App, event: &KeyboardEvent) {
    let shared = app.shared();
    let Some(panel) = shared.by_id(PANEL) else {
        return;
    };
    let Ok(stops) = panel.query_selector_all("button,a[href],textarea,summary,[tabindex='0']")
    else {
        return;
    };
    let stops: Vec<HtmlElement> = (0..stops.length())
        .filter_map(|at| Some(stops.item(at)?.unchecked_into()))
        // Hidden ones have no box; what a closed <details> holds has one, but cannot be reached.
        .filter(|stop: &HtmlElement| {
            let folded = stop.tag_name() != "SUMMARY"
                && matches!(stop.closest("details:not([open])"), Ok(Some(_)));
            stop.offset_height() > 0 && !folded
        })
        .collect();
    let (Some(first), Some(last)) = (stops.first(), stops.last()) else {
        return;
    };
    let active = shared.root.active_element();
    let at = |stop: &HtmlElement| active.as_ref() == Some(stop.as_ref());
    let title = active.as_ref().is_some_and(|active| active.id() == TITLE);
    let next = if event.shift_key() && (at(first) || title) {
        last
    } else if !event.shift_key() && at(last) {
        first
    } else {
        return;
    };
    event.prevent_default();
    let _ = next.focus();
}

/// Makes inert what is beside the panel, inside the shadow root and on the page, from the widget's host up
/// to the root element. Returns what was changed. The live regions stay.
pub(crate) fn make_rest_inert(root: &ShadowRoot) -> Vec<Element> {
    let mut changed = Vec::new();
    let mut mark = |keep: &Element, first: Option<Element>| {
        let mut sibling = first;
        while let Some(element) = sibling {
            if &element != keep && !element.has_attribute("inert") {
                let _ = element.set_attribute("inert", "");
                changed.push(element.clone());
            }
            sibling = element.next_element_sibling();
        }
    };
    if let Ok(Some(place)) = root.query_selector(".place") {
        mark(&place, root.first_element_child());
    }
    let mut inner = root.host();
    while let Some(parent) = inner.parent_element() {
        mark(&inner, parent.first_element_child());
        inner = parent;
    }
    changed
}

/// Launcher and panel to the other side of the window, until the tab is closed.
fn move_aside(app: App) {
    app.shared().give("side", "", Lang::Da);
}

/// Hands the conversation over as a text file, made here and sent nowhere.
fn download(app: App) {
    app.shared().give("save", &written(app), Lang::Da);
}

/// The conversation as text.
pub(crate) fn written(app: App) -> String {
    let shared = app.shared();
    let state = shared.state.borrow();
    transcript(
        &shared.knowledge.borrow(),
        &state.transcript,
        app.lang.get_untracked(),
        app.now.get_untracked(),
    )
}

/// Opens the conversation as plain text in a tab of its own and the browser's print dialog with it.
fn print(app: App) {
    app.shared().give("print", &written(app), Lang::Da);
}

/// Speaks the last answer with a voice of this device; one from the network would hear the conversation.
fn read_aloud(app: App) {
    let shared = app.shared();
    let state = shared.state.borrow();
    let last = state.transcript.iter().rev().find_map(|entry| match entry {
        Entry::Bot(message) => Some(message),
        Entry::Citizen { .. } => None,
    });
    if let Some(message) = last {
        let now = app.now.get_untracked();
        let text = spoken(&shared.knowledge.borrow(), message, now);
        shared.give("speak", &text, message.answer_lang);
    }
}
