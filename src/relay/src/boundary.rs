//! The border to the page: class `Relay`, made by www/relay.js, which sends requests, reads the stream, keeps what the tab keeps and
//! counts the seconds. Carries effects out; draws with `draw`.

use std::cell::RefCell;
use std::rc::Rc;

use bundle::content::Lang;
use elements::{El, Mounted, mount_into, own_entries, show_beginning};
use js_sys::{Array, Function};
use protocol::handoff::{Said, Who};
use protocol::header;
use wasm_bindgen::prelude::*;
use web_sys::{Element, HtmlElement, ShadowRoot};

use crate::draw;
use crate::message::{Choice, Effect, Event, Message, Now, Request, State};
use crate::talk::{Talk, step};

mod answer;
use answer::{grow, tail};

/// While a conversation goes on nobody is asked whether they are still here: the chat is told so often, in ticks.
const TOUCH_TICKS: u32 = 60;
/// Longest question to the bot, and longest message to a person, in characters: what the chat's field takes.
const LENGTHS: [&str; 2] = ["1000", "4000"];

struct Inner {
    root: ShadowRoot,
    /// `(what, ...values)`: `fresh`, `ask`, `listen`, `deaf`, `keep`, `say`, `show`, `touch`.
    host: Function,
    talk: Talk,
    entries: Vec<Entry>,
    wait: Option<Mounted>,
    typing: Option<Mounted>,
    bar: Option<Mounted>,
    line: Option<Mounted>,
    ticks: u32,
    /// What the bot answers from.
    bundle: String,
    /// The kommune's number.
    phone: String,
}

/// Something in the log.
struct Entry {
    /// How many entries of the chat itself stand before it.
    after: u32,
    /// For the transcript.
    text: String,
    /// Number of a message with buttons; 0 for none.
    seq: u32,
    /// Number of an own message.
    nth: Option<usize>,
    element: Option<Element>,
    _mounted: Mounted,
}

thread_local! {
    /// There is one chat on a page.
    static INNER: RefCell<Option<Rc<RefCell<Inner>>>> = const { RefCell::new(None) };
}

/// Talking with a person in the chat of this page.
#[wasm_bindgen]
pub struct Relay;

#[wasm_bindgen]
impl Relay {
    /// Binds to the shadow root of the chat. `host` is called with a word and values; www/relay.js tells which. `bundle` names what the
    /// bot answers from, `phone` is the kommune's number.
    #[wasm_bindgen(constructor)]
    pub fn new(root: ShadowRoot, host: Function, bundle: String, phone: String) -> Relay {
        let inner = Inner {
            root,
            host,
            talk: Talk::default(),
            entries: Vec::new(),
            wait: None,
            typing: None,
            bar: None,
            line: None,
            ticks: 0,
            bundle,
            phone,
        };
        INNER.set(Some(Rc::new(RefCell::new(inner))));
        Relay
    }

    /// `begin` (topic in hand, line break, transcript of the chat), `ask` (what AI help is wanted for), `resume` (what was kept), `said` (text), `typed`, `wake`, `tick`. True
    /// when the text was for a person.
    pub fn on(&self, what: &str, text: &str) -> bool {
        let text = text.to_string();
        dispatch(match what {
            "begin" => begin(&text),
            "ask" => Event::Ask {
                question: text,
                phone: with(|inner| inner.phone.clone()).unwrap_or_default(),
            },
            "resume" => Event::Resume(text),
            "said" => Event::Said(text),
            "typed" => Event::Typed,
            "wake" => Event::Wake,
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

    /// A piece of the stream; empty when it has begun.
    pub fn chunk(&self, number: u32, text: String) {
        dispatch(Event::Chunk { number, text });
    }

    /// The stream is over.
    pub fn cut(&self, number: u32, status: u16) {
        dispatch(Event::Cut { number, status });
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
        dispatch(Event::Forget);
        let gone = with(|inner| (core::mem::take(&mut inner.entries), inner.wait.take()));
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

fn find(selector: &str) -> Option<Element> {
    with(|inner| inner.root.query_selector(selector).ok().flatten()).flatten()
}

fn lang() -> Lang {
    match find(".lokalsvar")
        .and_then(|element| element.get_attribute("lang"))
        .as_deref()
    {
        Some("en") => Lang::En,
        _ => Lang::Da,
    }
}

/// "Tal med et menneske": the transcript tells the words, the log who said them and which answer it was.
fn begin(text: &str) -> Event {
    let (about, written) = text.split_once('\n').unwrap_or((text, ""));
    let mut transcript = Vec::new();
    let shown = with(|inner| inner.root.query_selector_all(".log > [part]").ok()).flatten();
    for (at, part) in written.split('\u{1e}').skip(1).enumerate() {
        let node = shown.as_ref().and_then(|shown| shown.item(at as u32));
        let element = node.and_then(|node| node.dyn_into::<Element>().ok());
        let attribute = |name: &str| {
            let element = element.as_ref()?;
            element.get_attribute(name).filter(|text| !text.is_empty())
        };
        let citizen = attribute("part").is_some_and(|part| part == "citizen-message");
        // Behind "Du skrev: ".
        let text = part.trim();
        let text = text.split_once(": ").map_or(text, |(_, text)| text);
        transcript.push(Said {
            who: if citizen { Who::Citizen } else { Who::Bot },
            text: text.replace('\r', ""),
            answer: attribute("data-intent").filter(|_| !citizen),
        });
    }
    Event::Begin {
        about: about.to_string(),
        bundle: with(|inner| inner.bundle.clone()).unwrap_or_default(),
        transcript,
    }
}

/// What stands in the header of a request, besides what the browser adds.
fn headers(request: &Request) -> Vec<(&'static str, &str)> {
    let optional = [
        (header::IDEMPOTENCY_KEY, request.key.as_deref()),
        (header::CONVERSATION, request.secret.as_deref()),
    ];
    optional
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)))
        .collect()
}

fn is_open() -> bool {
    find("#panel").is_some_and(|panel| !panel.has_attribute("hidden"))
}

/// Once a second.
fn tick() -> bool {
    if is_open()
        && let Some(launcher) = find("[data-news]")
    {
        let _ = launcher.remove_attribute("data-news");
    }
    let (ticks, touch) = with(|inner| {
        inner.ticks += 1;
        let touch = inner.talk.is_live() && inner.ticks.is_multiple_of(TOUCH_TICKS);
        (inner.talk.ticks(), touch)
    })
    .unwrap_or_default();
    if touch {
        call("touch", &[]);
    }
    ticks
}

/// One step. True unless it was not for a person.
pub(crate) fn dispatch(event: Event) -> bool {
    match event {
        Event::Tick if !tick() => return false,
        Event::Press { .. } | Event::Begin { .. } | Event::Ask { .. } | Event::Said(_) => {
            call("touch", &[]);
        }
        _ => {}
    }
    let now = Now {
        ms: js_sys::Date::now() as i64,
        lang: lang(),
        fresh: call("fresh", &[]).as_string().unwrap_or_default(),
    };
    let Some(talk) = with(|inner| core::mem::take(&mut inner.talk)) else {
        return false;
    };
    let (talk, effects) = step(talk, event, &now);
    with(|inner| inner.talk = talk);
    let log = find(".log");
    // Who reads further up is left there.
    let below = log
        .as_ref()
        .is_some_and(|log| log.scroll_height() - log.scroll_top() - log.client_height() < 200);
    let mut mine = true;
    let mut first: Option<Element> = None;
    let mut restored = false;
    for effect in effects {
        match effect {
            Effect::Pass => mine = false,
            Effect::Say(message) => {
                let element = say(message, now.lang);
                first = first.or(element);
            }
            Effect::Grow { seq, parts, text } => {
                let element = grow(seq, &parts, &text, now.lang);
                first = first.or(element);
            }
            Effect::Tail { message, text } => tail(&message, &text, now.lang),
            Effect::Write(text) => {
                let said = draw::wrote(&text, now.lang);
                let element = append(0, None, said, &|| draw::own(0, &text, None, now.lang));
                first = first.or(element);
            }
            Effect::Own { nth, text, state } => {
                let said = draw::wrote(&text, now.lang);
                let element = append(0, Some(nth), said, &|| {
                    draw::own(nth, &text, Some(state), now.lang)
                });
                first = first.or(element);
            }
            Effect::Person {
                speaker,
                text,
                quiet,
            } => {
                let said = draw::entry(&speaker, &text);
                let element = append(0, None, said, &|| draw::person(&speaker, &text));
                restored |= quiet;
                if !quiet {
                    announce(&[&speaker, ": ", &text].concat(), now.lang);
                    news(now.lang);
                    first = first.or(element.filter(|_| below));
                }
            }
            Effect::Note { text, quiet } => {
                let said = draw::entry(draw::PROGRAM.get(now.lang), &text);
                let element = append(0, None, said, &|| draw::note(&text));
                restored |= quiet;
                if !quiet {
                    announce(&text, now.lang);
                    first = first.or(element.filter(|_| below));
                }
            }
            effect => carry_out(effect, now.lang),
        }
    }
    if let Some(log) = log {
        match first {
            Some(first) => show_beginning(&log, &first),
            None if restored => log.set_scroll_top(log.scroll_height()),
            None => {}
        }
    }
    mine
}

fn carry_out(effect: Effect, lang: Lang) {
    match effect {
        Effect::Mark { nth, state } => mark(nth, state, lang),
        Effect::Typing(text) => types(&text, lang),
        Effect::Ask(request) => {
            let number = crate::json::digits(request.number.into());
            let patience = hours::number(request.patience);
            let mut values = vec![number.as_str(), &request.path, &request.body, &patience];
            let headers = headers(&request);
            for (name, value) in &headers {
                values.extend([*name, *value]);
            }
            call("ask", &values);
        }
        Effect::Listen {
            number,
            path,
            secret,
        } => {
            call(
                "listen",
                &[&crate::json::digits(number.into()), &path, &secret],
            );
        }
        Effect::Stream { number, path, body } => {
            let number = crate::json::digits(number.into());
            call("listen", &[&number, &path, "", &body]);
        }
        Effect::Show(id) => {
            call("show", &[&id]);
        }
        Effect::Deaf => {
            call("deaf", &[]);
        }
        Effect::Wait(text) => wait(&text, lang),
        Effect::Faults(faults) => {
            if let Some(element) = newest() {
                draw::show_faults(&element, &faults);
            }
        }
        Effect::Line(line) => show_line(line),
        Effect::Bar(bar) => show_bar(bar),
        Effect::Status(text) => announce(&text, lang),
        Effect::Keep(text) => {
            call("keep", &[&text]);
        }
        _ => {}
    }
}

fn say(message: Message, lang: Lang) -> Option<Element> {
    if draw::has_buttons(&message) {
        retire();
    }
    announce(&draw::spoken(&message), lang);
    let said = draw::written(&message, lang);
    append(message.seq, None, said, &|| draw::message(&message, lang))
}

/// The buttons of all messages before do nothing any more.
fn retire() {
    let old = with(|inner| {
        let of = inner.entries.iter().filter(|entry| entry.seq > 0);
        of.filter_map(|entry| entry.element.clone())
            .collect::<Vec<_>>()
    });
    old.unwrap_or_default().iter().for_each(draw::retire);
}

fn append(seq: u32, nth: Option<usize>, text: String, view: &dyn Fn() -> El) -> Option<Element> {
    let log = find(".log")?;
    let after = with(|inner| own_entries(&inner.root)).unwrap_or_default();
    let mounted = mount_into(&log, view);
    let element = log.last_element_child();
    let shown = element.clone();
    with(|inner| {
        inner.entries.push(Entry {
            after,
            text,
            seq,
            nth,
            element,
            _mounted: mounted,
        });
    });
    // Who writes stands below what was written.
    if let Some(typing) = find(".relay-typing") {
        let _ = log.append_child(&typing);
    }
    shown
}

fn newest() -> Option<Element> {
    with(|inner| {
        let mut entries = inner.entries.iter().rev();
        entries.find(|entry| entry.seq > 0)?.element.clone()
    })
    .flatten()
}

fn mark(nth: usize, state: State, lang: Lang) {
    let element = with(|inner| {
        let found = inner.entries.iter().find(|entry| entry.nth == Some(nth));
        found.and_then(|entry| entry.element.clone())
    });
    if let Some(element) = element.flatten() {
        draw::mark(&element, nth, state, lang);
    }
}

fn types(text: &str, lang: Lang) {
    let old = with(|inner| inner.typing.take());
    drop(old);
    if text.is_empty() {
        return;
    }
    if let Some(log) = find(".log") {
        let end = log.scroll_height() - log.scroll_top() - log.client_height() < 200;
        let mounted = mount_into(&log, &|| draw::typing(text, lang));
        with(|inner| inner.typing = Some(mounted));
        if end {
            log.set_scroll_top(log.scroll_height());
        }
    }
}

fn wait(text: &str, lang: Lang) {
    let old = with(|inner| inner.wait.take());
    drop(old);
    if text.is_empty() {
        return;
    }
    announce(text, lang);
    if let Some(log) = find(".log") {
        let mounted = mount_into(&log, &|| draw::wait(text));
        if let Some(last) = log.last_element_child() {
            last.unchecked_ref::<HtmlElement>()
                .scroll_into_view_with_bool(false);
        }
        with(|inner| inner.wait = Some(mounted));
    }
}

/// Focus that stands in what goes away goes on to `next`, or to the chat's field.
fn hold_focus(old: &str, next: impl FnOnce()) {
    let inside = find(old).is_some_and(|old| matches!(old.query_selector(":focus"), Ok(Some(_))));
    next();
    if inside {
        let button = find(&[old, " button"].concat()).or_else(|| find("#input"));
        if let Some(button) = button {
            let _ = button.unchecked_into::<HtmlElement>().focus();
        }
    }
}

fn show_line(line: Option<(String, Choice)>) {
    hold_focus(".relay-line", || {
        let old = with(|inner| inner.line.take());
        drop(old);
        let (Some(foot), Some(input)) = (find(".foot"), find("#input")) else {
            return;
        };
        let _ = input.set_attribute("maxlength", LENGTHS[usize::from(line.is_some())]);
        if let Some((text, choice)) = line {
            let mounted = mount_into(&foot, &|| draw::line(&text, &choice));
            if let Some(line) = foot.last_element_child() {
                let _ = foot.insert_before(&line, foot.first_child().as_ref());
            }
            let _ = input.set_attribute("aria-describedby", draw::LINE);
            let _ = input.set_attribute("data-relay", "");
            with(|inner| inner.line = Some(mounted));
        } else {
            let _ = input.remove_attribute("aria-describedby");
            let _ = input.remove_attribute("data-relay");
        }
    });
}

fn show_bar(bar: Option<(String, Option<Choice>)>) {
    hold_focus(".relay-bar", || {
        let old = with(|inner| inner.bar.take());
        drop(old);
        if let (Some((text, button)), Some(notices)) = (bar, find(".notices")) {
            let mounted = mount_into(&notices, &|| draw::bar(&text, button.as_ref()));
            with(|inner| inner.bar = Some(mounted));
        }
    });
}

/// A word at the closed chat's button that there is something to read.
fn news(lang: Lang) {
    if !is_open()
        && let Some(launcher) = find("[part=launcher]")
    {
        let _ = launcher.set_attribute("data-news", draw::NEWS.get(lang));
    }
}

/// Through the live region of the chat.
fn announce(text: &str, lang: Lang) {
    call("say", &[text, lang.tag()]);
}
