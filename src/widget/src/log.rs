//! The visible log: `role=log`, silent (`aria-live=off`), because the announcer speaks. Entries are
//! mounted one by one behind each other and never redrawn; a new answer is scrolled so that its
//! beginning can be read. Focus moves only from a pressed button that this scrolls away.

use dialog::Entry;
use elements::{El, el, mount_into, show_beginning};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

use crate::app::App;
use crate::labels::Labels;
use crate::message::entry_view;

/// Id of the log inside the shadow root.
pub(crate) const LOG: &str = "log";

/// The empty log.
pub(crate) fn log_view(app: App) -> El {
    el("div")
        .attr("id", LOG)
        .class("log")
        .attr("part", "log")
        .attr("role", "log")
        .attr("tabindex", "0")
        .attr("aria-live", "off")
        .label_attr("aria-label", app.lang, |t| t.log)
}

/// Mounts entries that are in the transcript but not on screen.
pub(crate) fn draw_new(app: App, scroll: bool) {
    let shared = app.shared();
    let Some(log) = shared.by_id(LOG) else { return };
    let drawn = shared.mounted.borrow().len();
    let before = log.child_element_count();
    let state = shared.state.borrow();
    let mut entries = state.transcript.iter().skip(drawn).peekable();
    while let Some(entry) = entries.next() {
        let chosen = match entries.peek() {
            Some(Entry::Citizen { text, .. }) => Some(text.as_str()),
            _ => None,
        };
        let handle = mount_into(&log, &|| entry_view(app, entry, chosen));
        shared.mounted.borrow_mut().push(handle);
    }
    drop(state);
    if scroll && let Some(first) = log.children_at(before) {
        show_beginning(&log, &first);
        // A pressed option scrolls away with the focus on it: reading goes on where the answer begins.
        if let Ok(Some(_)) = log.query_selector(":focus")
            && let Some(speaker) = log
                .last_element_child()
                .and_then(|it| it.first_element_child())
        {
            let _ = speaker.unchecked_into::<HtmlElement>().focus();
        }
    }
}

/// Empties the log.
pub(crate) fn clear(app: App) {
    // Taken out before they are dropped: dropping runs their clean-up.
    let gone = app.shared().mounted.take();
    drop(gone);
}

/// Scrolls to the end, for a log that was brought back.
pub(crate) fn show_end(app: App) {
    if let Some(log) = app.shared().by_id(LOG) {
        log.set_scroll_top(log.scroll_height());
    }
}

trait ChildrenAt {
    fn children_at(&self, at: u32) -> Option<Element>;
}

impl ChildrenAt for Element {
    fn children_at(&self, at: u32) -> Option<Element> {
        let mut child = self.first_element_child()?;
        for _ in 0..at {
            child = child.next_element_sibling()?;
        }
        Some(child)
    }
}
