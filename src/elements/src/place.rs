//! Where a log stands after something new: at the beginning of that, never at its end.

use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, ShadowRoot};

/// Scrolls a new entry of a log into view so that its beginning can be read. The citizen's own words stay above the answer as long as they take little room.
pub fn show_beginning(log: &Element, first: &Element) {
    let mut target = first.clone();
    if first.client_height() * 3 > log.client_height()
        && first.class_name().ends_with("citizen")
        && let Some(next) = first.next_element_sibling()
    {
        target = next;
    }
    let offset = |one: &Element| one.unchecked_ref::<HtmlElement>().offset_top();
    let top = offset(&target) - 12; // counts from the log, which is positioned
    log.set_scroll_top(top);
    // When there is hardly any height, the panel scrolls instead of the log (widget.css).
    if let Some(panel) = log.parent_element() {
        panel.set_scroll_top(offset(log) + top);
    }
}

/// How many entries of the chat itself stand in the log. What the other modules put there bears no `part`.
pub fn own_entries(root: &ShadowRoot) -> u32 {
    root.query_selector_all(".log > [part]")
        .map_or(0, |found| found.length())
}
