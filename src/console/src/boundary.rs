//! The border to the page: class `Console`, made by www/konsol/konsol.js, which sends requests and counts the seconds. Carries
//! effects out; draws each part of the page where its picture differs from the one that is there.

mod chats;

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;

use bundle::content::Lang;
use elements::{Announcer, El, Kept, Mounted, document, el, keeping, mount_into};
use js_sys::{Array, Function};
use wasm_bindgen::prelude::*;
use web_sys::{Element, HtmlElement, HtmlInputElement, HtmlTextAreaElement};

use crate::draw;
use crate::message::{Effect, Event, Now, Press, Reply};
use crate::state::{App, Told};
use crate::step::step;
use crate::view::{Card, Main, Page, Tools, Top, page};
use crate::wire;

/// The console of this page.
#[wasm_bindgen]
pub struct Console;

#[wasm_bindgen]
impl Console {
    /// Draws into an element. `host` is called with a word and values; www/konsol/konsol.js tells which.
    #[wasm_bindgen(constructor)]
    pub fn new(root: Element, host: Function) -> Console {
        INNER.set(Some(Inner::new(&root, host)));
        Console
    }

    /// `start` (path, query, kommune), `went` (path, query), `back`, `tick`, `touched`, `narrow`, `wide`.
    pub fn on(&self, what: &str, one: &str, two: &str, three: &str) {
        dispatch(match what {
            "start" => Event::Start {
                path: one.into(),
                query: two.into(),
                kommune: three.into(),
            },
            "went" => Event::Went(one.into(), two.into()),
            "back" => Event::Back,
            "touched" => Event::Touched,
            "narrow" => Event::Narrow(true),
            "wide" => Event::Narrow(false),
            _ => Event::Tick,
        });
    }

    /// The kommune's own answers to a question, as JSON; empty when they could not be fetched.
    pub fn replies(&self, asked: String, found: &str) {
        let replies = wire::list::<Reply>(found);
        dispatch(Event::Replies(asked, replies));
    }

    /// Titles of intents and topics: JSON, pairs of id and title.
    pub fn titles(&self, found: &str) {
        if let Some(titles) = wire::list(found) {
            dispatch(Event::Titles(titles));
        }
    }

    /// The answer to a request; status 0 when there was none.
    pub fn answer(&self, number: u32, status: u16, body: String) {
        dispatch(Event::Answer {
            number,
            status,
            body,
        });
    }
}

struct Inner {
    app: App,
    host: Function,
    announcer: Announcer,
    top: Region<Top>,
    bar: Region<Option<Card>>,
    tools: Region<Option<Tools>>,
    status: Region<Option<Told>>,
    main: Region<Main>,
    panel: Region<Option<Card>>,
    content: Element,
    chats: chats::Chats,
    _frame: Mounted,
}

thread_local! {
    /// There is one console on a page.
    static INNER: RefCell<Option<Inner>> = const { RefCell::new(None) };
    /// What happened while something was being drawn: removing a field makes events.
    static WAITING: RefCell<VecDeque<Event>> = const { RefCell::new(VecDeque::new()) };
    static RUNNING: Cell<bool> = const { Cell::new(false) };
}

/// A button was pressed.
pub(crate) fn press(press: &Press) {
    dispatch(Event::Press(press.clone()));
}

/// One step after the other.
pub(crate) fn dispatch(event: Event) {
    WAITING.with_borrow_mut(|waiting| waiting.push_back(event));
    if RUNNING.replace(true) {
        return;
    }
    while let Some(event) = WAITING.with_borrow_mut(VecDeque::pop_front) {
        let asked = INNER.with_borrow_mut(|inner| inner.as_mut().map(|inner| inner.run(event)));
        // No borrow is held: the host may call back.
        for (host, values) in asked.into_iter().flatten() {
            let _ = host.apply(&JsValue::NULL, &values);
        }
    }
    RUNNING.set(false);
}

fn by_id(id: &str) -> Option<HtmlElement> {
    document().get_element_by_id(id)?.dyn_into().ok()
}

impl Inner {
    fn new(root: &Element, host: Function) -> Self {
        let frame = mount_into(root, &frame);
        let part = |id: &str| document().get_element_by_id(id).unwrap_throw();
        Self {
            app: App::default(),
            host,
            announcer: Announcer::new(part("live")),
            top: Region::new(part("top")),
            bar: Region::new(part("bar")),
            tools: Region::new(part("tools")),
            status: Region::new(part("status")),
            main: Region::new(part("day")),
            panel: Region::new(part("panel")),
            content: part("content"),
            chats: chats::Chats::new(&part),
            _frame: frame,
        }
    }

    /// A step: the state, then the page, then what is asked of the host.
    fn run(&mut self, event: Event) -> Vec<(Function, Array)> {
        let now = Now {
            ms: js_sys::Date::now() as i64,
            fresh: self.fresh(),
        };
        // Somebody writes: the page shows it already.
        let typed = matches!(event, Event::Typed(..));
        let effects = step(&mut self.app, event, &now);
        let page = page(&self.app);
        if typed {
            self.adopt(page);
        } else {
            self.draw(page);
        }
        let mut calls = Vec::new();
        for effect in effects {
            let values: Vec<JsValue> = match effect {
                Effect::Ask(request) => vec![
                    "ask".into(),
                    request.number.into(),
                    request.path.into(),
                    request.body.map_or(JsValue::UNDEFINED, JsValue::from),
                    request.key.into(),
                    request.csrf.into(),
                ],
                Effect::Say(text) => {
                    self.announcer.say(text, Lang::Da);
                    continue;
                }
                Effect::Focus(id) => {
                    if let Some(element) = by_id(&id).or_else(|| by_id("title")) {
                        let _ = element.focus();
                    }
                    continue;
                }
                Effect::Address(path, step) => vec!["address".into(), path.into(), step.into()],
                Effect::Remember(kommune) => vec!["remember".into(), kommune.into()],
                Effect::Print => vec!["print".into()],
                Effect::Stop(number) => vec!["stop".into(), number.into()],
                Effect::Sound => vec!["sound".into()],
                Effect::Replies(kommune, asked, language) => {
                    vec![
                        "replies".into(),
                        kommune.into(),
                        asked.into(),
                        language.into(),
                    ]
                }
                Effect::Titles(kommune, ids) => {
                    let ids: Array = ids.into_iter().map(JsValue::from).collect();
                    vec!["titles".into(), kommune.into(), ids.into()]
                }
            };
            calls.push((self.host.clone(), values.into_iter().collect()));
        }
        calls
    }

    fn fresh(&self) -> String {
        self.host
            .call1(&JsValue::NULL, &"fresh".into())
            .ok()
            .and_then(|value| value.as_string())
            .unwrap_or_default()
    }

    fn draw(&mut self, page: Page) {
        if document().title() != page.title {
            document().set_title(&page.title);
        }
        self.top.draw(page.top, draw::top);
        self.bar.draw(page.bar, draw::bar);
        self.tools.draw(page.tools, draw::tools);
        self.status.draw(page.status, draw::status);
        self.main.draw(page.main, draw::main);
        let class = match (&page.panel, page.covered) {
            (None, _) => "",
            (Some(_), true) => "covered",
            (Some(_), false) => "two",
        };
        self.panel.draw(page.panel, draw::panel);
        let talks = page
            .chats
            .as_ref()
            .is_some_and(|chats| chats.talk.is_some());
        let class = match (talks, page.covered) {
            (false, _) => class,
            (true, true) => "covered talks",
            (true, false) => "talks",
        };
        let _ = self.content.set_attribute("class", class);
        self.chats.draw(page.chats.map(|chats| *chats));
        // Who is typing a day is left alone.
        let field = by_id("day-field").and_then(|field| field.dyn_into::<HtmlInputElement>().ok());
        if let Some(field) = field
            && field.value() != page.date
            && document().active_element().as_ref() != Some(field.as_ref())
        {
            field.set_value(&page.date);
        }
    }

    fn adopt(&mut self, page: Page) {
        self.tools.drawn = Some(page.tools);
        self.main.drawn = Some(page.main);
        self.panel.drawn = Some(page.panel);
        self.chats.adopt(page.chats.map(|chats| *chats));
    }
}

/// What is always there.
fn frame() -> El {
    el("div.console")
        .child(el("a.skip[href=#content]").text("Gå til indholdet"))
        .child(el("header#top.top"))
        .child(
            el("main#content[tabindex=-1]")
                .child(el("div#bar"))
                .child(el("div#tools"))
                .child(el("div#status"))
                .child(
                    el("div.columns")
                        .child(el("div#day"))
                        .child(el("div#panel").on("keydown", draw::escape))
                        .child(chats::queue())
                        .child(chats::talk()),
                ),
        )
        .child(el("div#live.vh[aria-live=polite]"))
}

/// A part of the page and what was drawn there last.
struct Region<T> {
    element: Element,
    drawn: Option<T>,
    child: Option<Element>,
    kept: Vec<Kept>,
}

impl<T: PartialEq> Region<T> {
    fn new(element: Element) -> Self {
        Self {
            element,
            drawn: None,
            child: None,
            kept: Vec::new(),
        }
    }

    /// Draws when something is different. Focus goes back to the element with the same id.
    fn draw(&mut self, model: T, view: fn(&T) -> Option<El>) {
        if self.drawn.as_ref() == Some(&model) {
            return;
        }
        let active = document().active_element();
        let inside = active.filter(|active| self.element.contains(Some(active)));
        let place = inside.as_ref().map(|active| {
            let input = active.dyn_ref::<HtmlInputElement>();
            let area = active.dyn_ref::<HtmlTextAreaElement>();
            let caret = input.and_then(|input| input.selection_start().ok().flatten());
            let caret =
                caret.or_else(|| area.and_then(|area| area.selection_start().ok().flatten()));
            (active.id(), caret)
        });
        if let Some(old) = self.child.take() {
            old.remove();
        }
        let (built, kept) = keeping(&|| view(&model));
        self.kept = kept;
        if let Some(El(child)) = built {
            let _ = self.element.append_child(&child);
            self.child = Some(child);
        }
        self.drawn = Some(model);
        let Some((id, caret)) = place else { return };
        let again = (!id.is_empty()).then(|| by_id(&id)).flatten();
        let Some(again) = again.or_else(|| by_id("title")) else {
            return;
        };
        let _ = again.focus();
        if let (Some(caret), Some(input)) = (caret, again.dyn_ref::<HtmlInputElement>()) {
            let _ = input.set_selection_range(caret, caret);
        }
        if let (Some(caret), Some(area)) = (caret, again.dyn_ref::<HtmlTextAreaElement>()) {
            let _ = area.set_selection_range(caret, caret);
        }
    }
}
