//! How elements are written here: a builder over the DOM itself, which Leptos' signals keep up to date.
//! `view!` parses templates for static parts, which Trusted Types forbid, and the view types of Leptos'
//! renderer cost 12 kB of WASM more than these few functions. Effects run at once, so a signal that was
//! set is on the page when `set` returns.

use std::cell::RefCell;

use bundle::content::Lang;
use wasm_bindgen::prelude::*;
use web_sys::{Document, Element, Event};

use crate::signal::{Follower, Kept, Signal, keep, keeping};
use crate::texts::{Texts, texts};

/// An element in the making.
pub(crate) struct El(pub(crate) Element);

fn document() -> Document {
    web_sys::window()
        .and_then(|window| window.document())
        .unwrap_throw()
}

/// Begins an element, written as a selector: `button#id.class.class[type=button][part=send]`.
/// One call instead of one for each attribute: that halves the code of the views.
pub(crate) fn el(selector: &str) -> El {
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
pub(crate) fn link(class: &str, label: &str, url: &str, lang: Lang) -> El {
    let link = el("a").class(class).attr("href", url).text(label);
    if url.starts_with("https:") {
        link.attr("target", "_blank")
            .attr("rel", "noopener noreferrer")
            .child(el("span").class("vh").text(" ").text(texts(lang).new_tab))
    } else {
        link
    }
}

/// Runs `update` now and whenever a signal that it asks changes, as long as the view lives.
fn follow(update: Box<dyn Fn()>) {
    keep(Kept::Follower(Follower::new(update)));
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
    keep(Kept::Listener(closure));
}

impl El {
    pub(crate) fn attr(self, name: &str, value: &str) -> Self {
        set(&self.0, name, Some(value));
        self
    }

    pub(crate) fn class(self, class: &str) -> Self {
        if class.is_empty() {
            self
        } else {
            self.attr("class", class)
        }
    }

    /// An attribute that follows signals; `None` takes it away.
    pub(crate) fn attr_with(
        self,
        name: &'static str,
        value: impl Fn() -> Option<&'static str> + 'static,
    ) -> Self {
        let element = self.0.clone();
        follow(Box::new(move || set(&element, name, value())));
        self
    }

    /// An attribute with a text of the interface in the language spoken now.
    pub(crate) fn label_attr(
        self,
        name: &'static str,
        lang: Signal<Lang>,
        pick: fn(&'static Texts) -> &'static str,
    ) -> Self {
        let element = self.0.clone();
        follow(Box::new(move || {
            set(&element, name, Some(pick(texts(lang.get()))));
        }));
        self
    }

    /// `hidden` while the condition does not hold.
    pub(crate) fn shown_if(self, shown: impl Fn() -> bool + 'static) -> Self {
        self.attr_with("hidden", move || (!shown()).then_some(""))
    }

    /// `"true"` or `"false"`, as ARIA states want it.
    pub(crate) fn state(self, name: &'static str, value: impl Fn() -> bool + 'static) -> Self {
        self.attr_with(name, move || Some(if value() { "true" } else { "false" }))
    }

    pub(crate) fn on(self, event: &str, act: impl FnMut(Event) + 'static) -> Self {
        listen(&self.0, event, Box::new(act));
        self
    }

    pub(crate) fn on_click(self, mut act: impl FnMut() + 'static) -> Self {
        self.on("click", move |_| act())
    }

    pub(crate) fn child(self, child: El) -> Self {
        let _ = self.0.append_child(&child.0);
        self
    }

    pub(crate) fn children(self, children: impl IntoIterator<Item = El>) -> Self {
        children.into_iter().fold(self, Self::child)
    }

    pub(crate) fn maybe(self, child: Option<El>) -> Self {
        match child {
            Some(child) => self.child(child),
            None => self,
        }
    }

    pub(crate) fn text(self, text: &str) -> Self {
        let _ = self.0.append_child(&document().create_text_node(text));
        self
    }

    /// A text of the interface in the language spoken now.
    pub(crate) fn label(
        self,
        lang: Signal<Lang>,
        pick: fn(&'static Texts) -> &'static str,
    ) -> Self {
        let node = document().create_text_node("");
        let _ = self.0.append_child(&node);
        follow(Box::new(move || node.set_data(pick(texts(lang.get())))));
        self
    }

    pub(crate) fn text_with(self, text: impl Fn() -> String + 'static) -> Self {
        let node = document().create_text_node("");
        let _ = self.0.append_child(&node);
        follow(Box::new(move || node.set_data(&text())));
        self
    }

    /// Content that follows signals.
    pub(crate) fn dynamic(self, view: impl Fn() -> Option<El> + 'static) -> Self {
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
pub(crate) struct Mounted {
    element: Element,
    _kept: Vec<Kept>,
}

impl Drop for Mounted {
    fn drop(&mut self) {
        self.element.remove();
    }
}

/// Builds a view and appends it.
pub(crate) fn mount_into(parent: &Element, view: &dyn Fn() -> El) -> Mounted {
    let (built, kept) = keeping(&|| Some(view()));
    let element = built.unwrap_throw().0;
    let _ = parent.append_child(&element);
    Mounted {
        element,
        _kept: kept,
    }
}

/// A drawing of one path on a 24 by 24 field; decoration, so hidden from assistive technology.
pub(crate) fn icon(path: &str) -> El {
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

/// Paths of the drawings, made for this project.
pub(crate) mod icons {
    pub(crate) const CLOSE: &str =
        "M6.4 5 5 6.4 10.6 12 5 17.6 6.4 19 12 13.4 17.6 19 19 17.6 13.4 12 19 6.4 17.6 5 12 10.6Z";
    pub(crate) const MENU: &str = "M12 4a2 2 0 1 0 0 4 2 2 0 0 0 0-4Zm0 6a2 2 0 1 0 0 4 2 2 0 0 0 0-4Zm0 6a2 2 0 1 0 0 4 2 2 0 0 0 0-4Z";
    pub(crate) const SEND: &str = "M3 20.5 21.5 12 3 3.5v6.6L14 12 3 13.9Z";
    /// A speech bubble with a friendly line.
    const BUBBLE: &str = "M12 3C6.5 3 2.5 6.7 2.5 11.2c0 2.6 1.3 4.8 3.4 6.3L5 21.5l4.4-2.3c.8.2 1.7.3 2.6.3 5.5 0 9.5-3.7 9.5-8.3S17.500 3 12 3ZM8.500 8.700a1.400 1.400 0 1 1 0 2.800 1.400 1.400 0 0 1 0-2.800Zm7 0a1.400 1.400 0 1 1 0 2.800 1.400 1.400 0 0 1 0-2.800ZM8.300 13.200h7.400c-.6 1.700-2 2.700-3.700 2.700s-3.100-1-3.700-2.700Z";
    /// A town hall.
    const HOUSE: &str = "M12 2.500 3 7.500v2h18v-2ZM5 11v7h2.500v-7Zm5.700 0v7h2.600v-7Zm5.800 0v7H19v-7ZM3 19.500v2h18v-2Z";
    /// A leaf.
    const LEAF: &str = "M20.500 3.500C10 3 4 7.500 4 14.500c0 1.300.2 2.400.6 3.400L3 20.500l1.700 1 1.500-2.400c1 .6 2.200.9 3.600.9C17 20 20.800 13.500 20.500 3.500ZM8 16.500c1.500-3.500 4-6 7.500-7.500-2.500 2-4.500 4.500-5.700 7.800Z";

    /// The avatar by its name in the theme.
    pub(crate) fn avatar(name: &str) -> &'static str {
        match name {
            "hus" | "raadhus" | "house" => HOUSE,
            "blad" | "leaf" => LEAF,
            _ => BUBBLE,
        }
    }
}
