//! The border to the page: class `Errand`, made by www/errand.js, which sends requests, keeps what the tab keeps and
//! counts the seconds. Carries effects out; draws with `draw`.

use std::cell::RefCell;
use std::rc::Rc;

use bundle::content::Lang;
use elements::{Mounted, mount_into, own_entries, show_beginning};
use js_sys::{Array, Function};
use wasm_bindgen::prelude::*;
use web_sys::{Element, HtmlElement, ShadowRoot};

use crate::book::headers;
use crate::draw;
use crate::message::{Effect, Event, Message, Now};
use crate::talk::{Talk, step};

struct Inner {
    root: ShadowRoot,
    /// `(what, ...values)`: `fresh`, `ask`, `keep`, `save`, `say`, `touch`.
    host: Function,
    talk: Talk,
    entries: Vec<Entry>,
    wait: Option<Mounted>,
    bar: Option<Mounted>,
}

/// A message in the log.
struct Entry {
    /// How many entries of the chat itself stand before it.
    after: u32,
    /// For the transcript.
    text: String,
    seq: u32,
    element: Option<Element>,
    lasting: bool,
    _mounted: Mounted,
}

thread_local! {
    /// There is one chat on a page.
    static INNER: RefCell<Option<Rc<RefCell<Inner>>>> = const { RefCell::new(None) };
}

/// The booking in the chat of this page.
#[wasm_bindgen]
pub struct Errand;

#[wasm_bindgen]
impl Errand {
    /// Binds to the shadow root of the chat. `host` is called with a word and values; www/errand.js tells which.
    #[wasm_bindgen(constructor)]
    pub fn new(root: ShadowRoot, host: Function) -> Errand {
        let inner = Inner {
            root,
            host,
            talk: Talk::default(),
            entries: Vec::new(),
            wait: None,
            bar: None,
        };
        INNER.set(Some(Rc::new(RefCell::new(inner))));
        Errand
    }

    /// `begin` (service, line break, wish), `open` (secret), `resume` (what was kept), `said` (text), `tick`. True when the text was for
    /// the booking.
    pub fn on(&self, what: &str, text: &str) -> bool {
        let text = text.to_string();
        dispatch(match what {
            "begin" => {
                let (service, wish) = text.split_once('\n').unwrap_or((&text, ""));
                Event::Begin {
                    service: service.to_string(),
                    wish: wish.to_string(),
                }
            }
            "open" => Event::Open(text),
            "resume" => Event::Resume(text),
            "said" => Event::Said(text),
            _ => Event::Tick,
        })
    }

    /// The answer to a request; status 0 when there was none.
    pub fn answer(&self, number: u32, status: u16, body: String) {
        dispatch(Event::Answer {
            number,
            status,
            body,
        });
    }

    /// What stands in the log behind the nth entry of the chat itself and before the next, for the transcript.
    pub fn written(&self, after: u32) -> String {
        with(|inner| {
            let of = inner.entries.iter().filter(|entry| entry.after == after);
            of.map(|entry| entry.text.as_str()).collect()
        })
        .unwrap_or_default()
    }

    /// Forgets everything and takes it from the screen.
    pub fn clear(&self) {
        let gone = with(|inner| {
            inner.talk = Talk::default();
            (
                core::mem::take(&mut inner.entries),
                inner.wait.take(),
                inner.bar.take(),
            )
        });
        drop(gone);
    }
}

/// What there is one of. One function for all: each closure on a thread-local would be code of its own.
#[inline(never)]
fn inner() -> Option<Rc<RefCell<Inner>>> {
    INNER.with_borrow(Clone::clone)
}

fn with<T>(read: impl FnOnce(&mut Inner) -> T) -> Option<T> {
    Some(read(&mut inner()?.borrow_mut()))
}

/// Calls the host; no borrow is held, so it may call back.
fn call(what: &str, values: &[&str]) -> JsValue {
    let Some(host) = with(|inner| inner.host.clone()) else {
        return JsValue::UNDEFINED;
    };
    let list: Array = core::iter::once(&what)
        .chain(values)
        .map(|text| JsValue::from_str(text))
        .collect();
    host.apply(&JsValue::NULL, &list)
        .unwrap_or(JsValue::UNDEFINED)
}

fn by_class(class: &str) -> Option<Element> {
    with(|inner| inner.root.query_selector(class).ok().flatten()).flatten()
}

fn lang() -> Lang {
    match by_class(".lokalsvar")
        .and_then(|element| element.get_attribute("lang"))
        .as_deref()
    {
        Some("en") => Lang::En,
        _ => Lang::Da,
    }
}

/// One step. True unless it was not for the booking.
pub(crate) fn dispatch(event: Event) -> bool {
    let ticks = event == Event::Tick;
    if ticks && with(|inner| inner.talk.ticks()) != Some(true) {
        return false;
    }
    let now = Now {
        ms: js_sys::Date::now() as i64,
        lang: lang(),
        fresh: call("fresh", &[]).as_string().unwrap_or_default(),
    };
    if !ticks {
        call("touch", &[]);
    }
    let Some(talk) = with(|inner| core::mem::take(&mut inner.talk)) else {
        return false;
    };
    let (talk, effects) = step(talk, event, &now);
    with(|inner| inner.talk = talk);
    let mut mine = true;
    let mut first: Option<Element> = None;
    for effect in effects {
        match effect {
            Effect::Say(message) => {
                let element = say(message, now.lang);
                first = first.or(element);
            }
            Effect::Write(text) => {
                let said = draw::wrote(&text, now.lang);
                let element = append(0, false, said, &|| draw::citizen(&text, now.lang));
                first = first.or(element);
            }
            Effect::Ask(request) => {
                let number = hours::number(request.number as u16);
                let mut values = vec![number.as_str(), &request.path, &request.body];
                let headers = headers(&request);
                for (name, value) in &headers {
                    values.extend([*name, *value]);
                }
                call("ask", &values);
            }
            Effect::Wait(text) => wait(&text),
            Effect::Faults(faults) => {
                if let Some(element) = newest() {
                    draw::show_faults(&element, &faults);
                }
            }
            Effect::Bar(bar) => {
                let old = with(|inner| inner.bar.take());
                drop(old);
                if let (Some((text, button)), Some(notices)) = (bar, by_class(".notices")) {
                    let mounted = mount_into(&notices, &|| draw::bar(&text, button.as_ref()));
                    with(|inner| inner.bar = Some(mounted));
                }
            }
            Effect::Status(text) => announce(&text, now.lang),
            Effect::Keep(text) => {
                call("keep", &[&text]);
            }
            Effect::Save(text) => {
                call("save", &[&text]);
            }
            Effect::Pass => mine = false,
        }
    }
    if let (Some(first), Some(log)) = (first, by_class(".log")) {
        show_beginning(&log, &first);
    }
    mine
}

fn say(message: Message, lang: Lang) -> Option<Element> {
    let alive = !draw::is_plain(&message);
    if alive {
        retire(message.lasting);
    }
    announce(&draw::spoken(&message), lang);
    let said = draw::written(&message, lang);
    append(message.seq, message.lasting, said, &|| {
        draw::message(&message, lang)
    })
}

/// The buttons of what was said before have had their time.
fn retire(lasting_too: bool) {
    let old = with(|inner| {
        let of = inner
            .entries
            .iter()
            .filter(|entry| entry.seq > 0 && (lasting_too || !entry.lasting));
        of.filter_map(|entry| entry.element.clone())
            .collect::<Vec<_>>()
    });
    old.unwrap_or_default().iter().for_each(draw::retire);
}

fn append(
    seq: u32,
    lasting: bool,
    text: String,
    view: &dyn Fn() -> elements::El,
) -> Option<Element> {
    let log = by_class(".log")?;
    let after = with(|inner| own_entries(&inner.root)).unwrap_or_default();
    let mounted = mount_into(&log, view);
    let element = log.last_element_child();
    let shown = element.clone();
    with(|inner| {
        inner.entries.push(Entry {
            after,
            text,
            seq,
            element,
            lasting,
            _mounted: mounted,
        });
    });
    shown
}

fn newest() -> Option<Element> {
    with(|inner| {
        inner
            .entries
            .iter()
            .rev()
            .find(|entry| entry.seq > 0)?
            .element
            .clone()
    })
    .flatten()
}

fn wait(text: &str) {
    let old = with(|inner| inner.wait.take());
    drop(old);
    if text.is_empty() {
        return;
    }
    announce(text, lang());
    if let Some(log) = by_class(".log") {
        let mounted = mount_into(&log, &|| draw::wait(text));
        if let Some(last) = log.last_element_child() {
            last.unchecked_ref::<HtmlElement>()
                .scroll_into_view_with_bool(false);
        }
        with(|inner| inner.wait = Some(mounted));
    }
}

/// Through the live region of the chat.
fn announce(text: &str, lang: Lang) {
    call("say", &[text, lang.tag()]);
}
