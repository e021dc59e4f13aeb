//! How elements are written here: a builder over the DOM itself, which Leptos' signals keep up to date.
//! `view!` parses templates for static parts, which Trusted Types forbid, and the view types of Leptos'
//! renderer cost 12 kB of WASM more than these few functions. Effects run at once, so a signal that was
//! set is on the page when `set` returns.

use std::cell::RefCell;

use bundle::content::Lang;
use wasm_bindgen::prelude::*;
use web_sys::{Document, Element, Event, Window};

use crate::signal::{Follower, Kept, keep, keeping};

/// An element in the making.
#[must_use]
pub struct El(
    /// The element itself.
    pub Element,
);

/// "(åbner i ny fane)".
fn new_tab(lang: Lang) -> &'static str {
    match lang {
        Lang::Da => "(åbner i ny fane)",
        Lang::En => "(opens in a new tab)",
    }
}

#[wasm_bindgen]
extern "C" {
    // By name: `web_sys::window` looks in four places for what every page has here, which costs 150 bytes.
    #[wasm_bindgen(thread_local_v2, js_name = window)]
    static WINDOW: Window;
    #[wasm_bindgen(thread_local_v2, js_name = document)]
    static DOCUMENT: Document;
}

/// The page's window.
pub fn window() -> Window {
    WINDOW.with(Clone::clone)
}

/// The page.
pub fn document() -> Document {
    DOCUMENT.with(Clone::clone)
}

/// Begins an element, written as a selector: `button#id.class.class[type=button][part=send]`.
/// One call instead of one for each attribute: that halves the code of the views.
pub fn el(selector: &str) -> El {
    let (names, attributes) = match selector.split_once('[') {
        Some((names, attributes)) => (names, attributes),
        None => (selector, ""),
    };
    let mut names = names.split('.');
    let (tag, id) = match names.next().unwrap_or_default().split_once('#') {
        Some((tag, id)) => (tag, id),
        None => (names_before(selector), ""),
    };
    let element = El(document().create_element(tag).unwrap_throw());
    let mut classes = String::new();
    for class in names {
        classes.push_str(class);
        classes.push(' ');
    }
    let mut element = element.class(classes.trim_end());
    if !id.is_empty() {
        element = element.attr("id", id);
    }
    for attribute in attributes.split(['[', ']']).filter(|part| !part.is_empty()) {
        let (name, value) = attribute.split_once('=').unwrap_or((attribute, ""));
        element = element.attr(name, value);
    }
    element
}

fn names_before(selector: &str) -> &str {
    selector.split(['.', '[']).next().unwrap_or_default()
}

/// Begins a link. `https:` opens a new tab and says so; `tel:` and `mailto:` leave the page where it is.
pub fn link(class: &str, label: &str, url: &str, lang: Lang) -> El {
    let link = el("a").class(class).attr("href", url).text(label);
    if url.starts_with("https:") {
        link.attr("target", "_blank")
            .attr("rel", "noopener noreferrer")
            .child(el("span").class("vh").text(" ").text(new_tab(lang)))
    } else {
        link
    }
}

/// Runs `update` now and whenever a signal that it asks changes, as long as the view lives.
fn follow(update: Box<dyn Fn()>) {
    keep(Kept::new(Follower::new(update)));
}

fn set(element: &Element, name: &str, value: Option<&str>) {
    let _ = match value {
        Some(value) => element.set_attribute(name, value),
        None => element.remove_attribute(name),
    };
}

fn listen(element: &Element, event: &str, act: Box<dyn FnMut(Event)>) {
    let closure = Closure::wrap(act);
    let _ = element.add_event_listener_with_callback(event, closure.as_ref().unchecked_ref());
    keep(Kept::new(closure));
}

impl El {
    /// An attribute.
    pub fn attr(self, name: &str, value: &str) -> Self {
        set(&self.0, name, Some(value));
        self
    }

    /// The classes; an empty text adds no attribute.
    pub fn class(self, class: &str) -> Self {
        if class.is_empty() {
            self
        } else {
            self.attr("class", class)
        }
    }

    /// An attribute that follows signals; `None` takes it away.
    pub fn attr_with(
        self,
        name: &'static str,
        value: impl Fn() -> Option<&'static str> + 'static,
    ) -> Self {
        let element = self.0.clone();
        follow(Box::new(move || set(&element, name, value())));
        self
    }

    /// `hidden` while the condition does not hold.
    pub fn shown_if(self, shown: impl Fn() -> bool + 'static) -> Self {
        self.attr_with("hidden", move || (!shown()).then_some(""))
    }

    /// `"true"` or `"false"`, as ARIA states want it.
    pub fn state(self, name: &'static str, value: impl Fn() -> bool + 'static) -> Self {
        self.attr_with(name, move || Some(if value() { "true" } else { "false" }))
    }

    /// Listens to an event for as long as the view lives.
    pub fn on(self, event: &str, act: impl FnMut(Event) + 'static) -> Self {
        listen(&self.0, event, Box::new(act));
        self
    }

    /// Listens to clicks, which Enter and the space bar make too.
    pub fn on_click(self, mut act: impl FnMut() + 'static) -> Self {
        self.on("click", move |_| act())
    }

    /// Appends.
    pub fn child(self, child: El) -> Self {
        let _ = self.0.append_child(&child.0);
        self
    }

    /// Appends one after the other.
    pub fn children(self, children: impl IntoIterator<Item = El>) -> Self {
        children.into_iter().fold(self, Self::child)
    }

    /// Appends when there is something.
    pub fn maybe(self, child: Option<El>) -> Self {
        match child {
            Some(child) => self.child(child),
            None => self,
        }
    }

    /// Appends text.
    pub fn text(self, text: &str) -> Self {
        let _ = self.0.append_child(&document().create_text_node(text));
        self
    }

    /// A fixed text that follows signals.
    pub fn words(self, text: impl Fn() -> &'static str + 'static) -> Self {
        let node = document().create_text_node("");
        let _ = self.0.append_child(&node);
        follow(Box::new(move || node.set_data(text())));
        self
    }

    /// A text that follows signals.
    pub fn text_with(self, text: impl Fn() -> String + 'static) -> Self {
        let node = document().create_text_node("");
        let _ = self.0.append_child(&node);
        follow(Box::new(move || node.set_data(&text())));
        self
    }

    /// Content that follows signals.
    pub fn dynamic(self, view: impl Fn() -> Option<El> + 'static) -> Self {
        let element = self.0.clone();
        let inside = RefCell::new(Vec::new());
        follow(Box::new(move || {
            let (built, kept) = keeping(&view);
            element.set_text_content(None);
            if let Some(built) = built {
                let _ = element.append_child(&built.0);
            }
            inside.replace(kept);
        }));
        self
    }
}

/// Elements on the page. Dropping takes them, their listeners and their effects away.
pub struct Mounted {
    element: Element,
    _kept: Vec<Kept>,
}

impl Drop for Mounted {
    fn drop(&mut self) {
        self.element.remove();
    }
}

/// Builds a view and appends it.
pub fn mount_into(parent: &Element, view: &dyn Fn() -> El) -> Mounted {
    let (built, kept) = keeping(&|| Some(view()));
    let element = built.unwrap_throw().0;
    let _ = parent.append_child(&element);
    Mounted {
        element,
        _kept: kept,
    }
}

/// A drawing of one path on a 24 by 24 field; decoration, so hidden from assistive technology.
pub fn icon(path: &str) -> El {
    let drawing = |tag| {
        El(document()
            .create_element_ns(Some("http://www.w3.org/2000/svg"), tag)
            .unwrap_throw())
    };
    drawing("svg")
        .attr("viewBox", "0 0 24 24")
        .attr("aria-hidden", "true")
        .attr("focusable", "false")
        .class("icon")
        .child(drawing("path").attr("d", path))
}
