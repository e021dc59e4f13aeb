//! How elements are written here: Leptos' builder with its types erased, so that every element is one
//! and the same Rust type. That keeps the WASM small (each new element type costs about 1 kB), and no
//! template is ever parsed: Trusted Types forbid `innerHTML`, which `view!` uses for static parts.

use bundle::content::Lang;
use leptos::attr::any_attribute::{AnyAttribute, IntoAnyAttribute};
use leptos::attr::custom::custom_attribute;
use leptos::ev;
use leptos::html::custom;
use leptos::prelude::*;
use leptos::svg;
use leptos::tachys::html::event::on;
use leptos::tachys::view::iterators::StaticVec;

use crate::texts::{Texts, texts};

/// An element in the making.
pub(crate) struct El {
    tag: &'static str,
    attributes: Vec<AnyAttribute>,
    children: Vec<AnyView>,
}

/// Begins an element.
pub(crate) fn el(tag: &'static str) -> El {
    El {
        tag,
        attributes: Vec::new(),
        children: Vec::new(),
    }
}

/// Begins a `<button type="button">`.
pub(crate) fn button(class: &str) -> El {
    el("button").attr("type", "button").class(class)
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

impl El {
    pub(crate) fn attr(mut self, name: &'static str, value: &str) -> Self {
        self.attributes
            .push(custom_attribute(name, value.to_string()).into_any_attr());
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
        mut self,
        name: &'static str,
        value: impl Fn() -> Option<&'static str> + Send + 'static,
    ) -> Self {
        let value: Box<dyn Fn() -> Option<&'static str> + Send> = Box::new(value);
        self.attributes
            .push(custom_attribute(name, value).into_any_attr());
        self
    }

    /// `hidden` while the condition does not hold.
    pub(crate) fn shown_if(self, shown: impl Fn() -> bool + Send + 'static) -> Self {
        self.attr_with("hidden", move || (!shown()).then_some(""))
    }

    /// `"true"` or `"false"`, as ARIA states want it.
    pub(crate) fn state(
        self,
        name: &'static str,
        value: impl Fn() -> bool + Send + 'static,
    ) -> Self {
        self.attr_with(name, move || Some(if value() { "true" } else { "false" }))
    }

    pub(crate) fn on(
        mut self,
        event: &'static str,
        f: impl FnMut(web_sys::Event) + 'static,
    ) -> Self {
        let f: Box<dyn FnMut(web_sys::Event)> = Box::new(f);
        self.attributes
            .push(on(ev::Custom::new(event), f).into_any_attr());
        self
    }

    pub(crate) fn on_click(self, mut f: impl FnMut() + 'static) -> Self {
        self.on("click", move |_| f())
    }

    pub(crate) fn child(mut self, child: impl Into<AnyView>) -> Self {
        self.children.push(child.into());
        self
    }

    pub(crate) fn children(mut self, children: impl IntoIterator<Item = El>) -> Self {
        self.children
            .extend(children.into_iter().map(AnyView::from));
        self
    }

    pub(crate) fn maybe(self, child: Option<El>) -> Self {
        self.children(child)
    }

    pub(crate) fn text(mut self, text: &str) -> Self {
        if !text.is_empty() {
            self.children.push(text.to_string().into_any());
        }
        self
    }

    /// A text of the interface in the language spoken now.
    pub(crate) fn label(
        self,
        lang: RwSignal<Lang>,
        pick: fn(&'static Texts) -> &'static str,
    ) -> Self {
        self.text_with(move || pick(texts(lang.get())).to_string())
    }

    pub(crate) fn text_with(mut self, text: impl Fn() -> String + Send + 'static) -> Self {
        let text: Box<dyn Fn() -> String + Send> = Box::new(text);
        self.children.push(text.into_any());
        self
    }

    /// Children that follow signals.
    pub(crate) fn dynamic(mut self, view: impl Fn() -> AnyView + Send + 'static) -> Self {
        let view: Box<dyn Fn() -> AnyView + Send> = Box::new(view);
        self.children.push(view.into_any());
        self
    }

    pub(crate) fn view(self) -> AnyView {
        custom(self.tag)
            .add_any_attr(self.attributes)
            .child(StaticVec::from(self.children))
            .into_any()
    }
}

impl From<El> for AnyView {
    fn from(el: El) -> Self {
        el.view()
    }
}

/// A drawing of one path on a 24 by 24 field; decoration, so hidden from assistive technology.
pub(crate) fn icon(path: &'static str) -> AnyView {
    svg::svg()
        .add_any_attr(custom_attribute("viewBox", "0 0 24 24"))
        .add_any_attr(custom_attribute("aria-hidden", "true"))
        .add_any_attr(custom_attribute("focusable", "false"))
        .add_any_attr(custom_attribute("class", "icon"))
        .child(svg::path().add_any_attr(custom_attribute("d", path)))
        .into_any()
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
