//! The conversation between the pure `dialog` and the screen: hands events in, draws and announces what
//! comes out, stores it for the tab, tells the loader. [`App`] is a small copyable handle to it all.

use std::cell::{Cell, OnceCell, RefCell};
use std::rc::Rc;

use bundle::content::{Inline, IntentIdx, Lang, Meta, TopicIdx};
use bundle::{BundleError, Knowledge};
use dialog::{Effect, Entry, Event, State, Suggestion};
use elements::{Announcer, Mounted, Signal, Small, window};
use gloo_timers::callback::Interval;
use hours::{Date, LocalTime};
use js_sys::Function;
use wasm_bindgen::prelude::*;
use web_sys::{CssStyleSheet, Element, HtmlElement, ShadowRoot};

use crate::announcer::spoken;
use crate::styles::{Sheets, lock_page};
use crate::texts::texts;
use crate::{composer, log, panel, storage};

/// Widest window, in CSS px, on which the panel fills the screen.
const PHONE_PX: i32 = 640;

/// How often "åbent nu" is looked at again.
const TICK_MS: u32 = 20_000;

/// A conversation that nobody touches this long may be left behind on a shared computer: asked about.
const IDLE_MS: i64 = 15 * 60 * 1000;

/// And this long after the question it is deleted.
const GRACE_MS: i64 = 2 * 60 * 1000;

/// What the loader gives along.
pub(crate) struct Options {
    pub knowledge: Knowledge,
    pub slug: String,
    pub topic: Option<String>,
    pub lang: Lang,
    pub notice: String,
    pub preview: bool,
    pub warnings: Vec<String>,
    pub on_event: Option<Function>,
    pub on_close: Option<Function>,
    pub give: Option<Function>,
}

/// What is one per widget and not watched by any view.
pub(crate) struct Shared {
    pub root: ShadowRoot,
    pub knowledge: RefCell<Knowledge>,
    pub state: RefCell<State>,
    /// Language in which the conversation began, and whether the citizen chose it.
    start: Cell<(Lang, bool)>,
    /// What the citizen has done since, and when: this is what the tab stores.
    deeds: RefCell<Vec<storage::Deed>>,
    /// A language was spoken whose answers are not there yet.
    lacking: Cell<bool>,
    /// When the citizen last did something, milliseconds since 1970.
    touched: Cell<i64>,
    pub mounted: RefCell<Vec<Mounted>>,
    pub preview: bool,
    pub warnings: Vec<String>,
    /// Message of the kommune above the log; empty for none.
    pub notice: RefCell<String>,
    /// What the composer suggests now.
    pub suggestions: RefCell<Vec<Suggestion>>,
    slug: String,
    topic: RefCell<Option<String>>,
    sheets: Sheets,
    lock: CssStyleSheet,
    inert: RefCell<Vec<Element>>,
    announcer: OnceCell<Announcer>,
    status: OnceCell<Announcer>,
    begun: Cell<bool>,
    /// The hint about suggestions was given; once is enough.
    pub hinted: Cell<bool>,
    /// Height that the phone left at the last look, CSS px.
    height: Cell<i32>,
    /// Set after "Slet samtalen": the welcome that follows is not worth storing.
    forgotten: Cell<bool>,
    tick: Cell<Option<Interval>>,
    viewport: RefCell<Vec<Listener>>,
    on_event: Option<Function>,
    on_close: Option<Function>,
    give: Option<Function>,
}

/// A listener outside our elements, released when dropped.
struct Listener {
    target: web_sys::EventTarget,
    name: &'static str,
    closure: Closure<dyn FnMut()>,
}

impl Drop for Listener {
    fn drop(&mut self) {
        let function = self.closure.as_ref().unchecked_ref();
        let _ = self
            .target
            .remove_event_listener_with_callback(self.name, function);
    }
}

thread_local! {
    /// The widgets of the page, by the number in their handle; `None` for those taken away.
    static WIDGETS: RefCell<Vec<Option<Rc<Shared>>>> = const { RefCell::new(Vec::new()) };
}

/// Handle to the widget's state; the fields are what views follow.
#[derive(Clone, Copy)]
pub(crate) struct App {
    number: usize,
    pub lang: Signal<Lang>,
    pub open: Signal<bool>,
    pub menu: Signal<bool>,
    pub phone: Signal<bool>,
    /// Text size in percent: 100, 125, 150.
    pub scale: Signal<u32>,
    /// Sequence number of the newest message with options.
    pub latest: Signal<u32>,
    /// What stands in the box looks like a secret.
    pub secret: Signal<bool>,
    /// The citizen is being asked whether somebody is still here.
    pub idle: Signal<bool>,
    pub now: Signal<LocalTime>,
    /// Counts changes of [`Shared::notice`].
    pub notice: Signal<u32>,
    /// Counts changes of [`Shared::suggestions`].
    suggestions: Signal<u32>,
}

fn now_ms() -> i64 {
    js_sys::Date::now() as i64
}

fn clock() -> LocalTime {
    hours::copenhagen(now_ms())
}

impl App {
    pub(crate) fn new(
        (root, sheets, options): (ShadowRoot, Sheets, Options),
    ) -> Result<Self, JsValue> {
        let state = State {
            lang: options.lang,
            lang_fixed: options.lang != Lang::Da,
            ..State::default()
        };
        let shared = Shared {
            root,
            knowledge: RefCell::new(options.knowledge),
            start: Cell::new((state.lang, state.lang_fixed)),
            deeds: RefCell::default(),
            lacking: Cell::new(false),
            touched: Cell::new(0),
            state: RefCell::new(state),
            mounted: RefCell::default(),
            preview: options.preview,
            warnings: options.warnings,
            notice: RefCell::new(options.notice),
            suggestions: RefCell::default(),
            slug: options.slug,
            topic: RefCell::new(options.topic),
            sheets,
            lock: CssStyleSheet::new()?,
            inert: RefCell::default(),
            announcer: OnceCell::new(),
            status: OnceCell::new(),
            begun: Cell::new(false),
            hinted: Cell::new(false),
            height: Cell::new(0),
            forgotten: Cell::new(false),
            tick: Cell::new(None),
            viewport: RefCell::default(),
            on_event: options.on_event,
            on_close: options.on_close,
            give: options.give,
        };
        Ok(Self {
            number: WIDGETS.with_borrow_mut(|widgets| {
                widgets.push(Some(Rc::new(shared)));
                widgets.len() - 1
            }),
            lang: Signal::new(options.lang),
            open: Signal::new(false),
            menu: Signal::new(false),
            phone: Signal::new(false),
            scale: Signal::new(100),
            latest: Signal::new(0),
            secret: Signal::new(false),
            idle: Signal::new(false),
            now: Signal::new(clock()),
            notice: Signal::new(0),
            suggestions: Signal::new(0),
        })
    }

    pub(crate) fn shared(self) -> Rc<Shared> {
        WIDGETS.with_borrow(|widgets| widgets[self.number].clone().unwrap_throw())
    }

    /// To be called once, when the elements are there.
    pub(crate) fn mounted(self) {
        let shared = self.shared();
        for (cell, id) in [
            (&shared.announcer, panel::LIVE),
            (&shared.status, panel::STATUS),
        ] {
            if let Some(region) = shared.by_id(id) {
                let _ = cell.set(Announcer::new(region));
            }
        }
        let mut targets = vec![(window().unchecked_into::<web_sys::EventTarget>(), "resize")];
        if let Some(viewport) = visual_viewport() {
            targets.push((viewport.clone().unchecked_into(), "resize"));
            targets.push((viewport.unchecked_into(), "scroll"));
        }
        *shared.viewport.borrow_mut() = targets
            .into_iter()
            .map(|(target, name)| {
                let closure = Closure::<dyn FnMut()>::new(move || self.measure());
                let _ =
                    target.add_event_listener_with_callback(name, closure.as_ref().unchecked_ref());
                Listener {
                    target,
                    name,
                    closure,
                }
            })
            .collect();
    }

    /// Opens the panel. Reads what the tab has stored: from here on the citizen has asked for the service.
    pub(crate) fn open(self, focus: bool) {
        if self.open.get_untracked() {
            self.touch();
            if focus {
                self.focus_inside();
            }
            return;
        }
        let shared = self.shared();
        self.now.set(clock());
        self.open.set(true);
        // Signals reach the elements in a microtask; focus and scrolling need the panel now.
        if let Some(panel) = shared.by_id(panel::PANEL) {
            let _ = panel.remove_attribute("hidden");
        }
        self.measure();
        if !shared.begun.replace(true) {
            self.restore();
        }
        self.dispatch(Event::Opened {
            topic: shared.topic.borrow().clone(),
        });
        if !self.phone.get_untracked() {
            // On a phone the panel hides the page, so the next page begins with the panel closed.
            storage::tab::remember_open(&shared.slug, true);
        }
        // The former one ends with its handle.
        shared
            .tick
            .set(Some(Interval::new(TICK_MS, move || self.tick())));
        self.touch();
        shared.tell("opened", "");
        if focus {
            self.focus_inside();
        }
    }

    /// Closes the panel; the loader's `on_close` gives focus back to the launcher.
    pub(crate) fn close(self) {
        if !self.open.get_untracked() {
            return;
        }
        let shared = self.shared();
        self.open.set(false);
        self.menu.set(false);
        self.suggest(Vec::new());
        self.set_modal(false);
        storage::tab::remember_open(&shared.slug, false);
        if let Some(panel) = shared.by_id(panel::PANEL) {
            let _ = panel.set_attribute("hidden", "");
        }
        shared.tell("closed", "");
        if let Some(on_close) = &shared.on_close {
            let _ = on_close.call0(&JsValue::NULL);
        }
    }

    fn tick(self) {
        self.now.set(clock());
        let shared = self.shared();
        // The welcome alone is nobody's conversation.
        if shared.deeds.borrow().len() < 2 {
            return;
        }
        let quiet = now_ms() - shared.touched.get();
        if quiet > IDLE_MS + GRACE_MS {
            self.idle.set(false);
            self.restart(true);
            self.close();
        } else if quiet > IDLE_MS && !self.idle.get_untracked() {
            self.idle.set(true);
            self.status(texts(self.lang.get_untracked()).idle);
        }
    }

    /// Somebody is here.
    pub(crate) fn touch(self) {
        self.shared().touched.set(now_ms());
        self.idle.set(false);
    }

    /// Before the elements go.
    pub(crate) fn dismantle(self) {
        let shared = self.shared();
        self.set_modal(false);
        shared.tick.set(None);
        shared.viewport.borrow_mut().clear();
        log::clear(self);
        shared.sheets.remove();
    }

    /// Last of all, when no handler can run any more.
    pub(crate) fn forget(self) {
        let gone = WIDGETS.with_borrow_mut(|widgets| widgets[self.number].take());
        drop(gone);
    }

    /// False after [`App::forget`]: for what was put off until later.
    pub(crate) fn is_alive(self) -> bool {
        WIDGETS.with_borrow(|widgets| widgets[self.number].is_some())
    }

    /// One step of the conversation.
    pub(crate) fn dispatch(self, event: Event) {
        let shared = self.shared();
        let opened = matches!(event, Event::Opened { .. });
        let now = clock();
        self.touch();
        let old = shared.state.take();
        if matches!(event, Event::Restart) {
            // Begins anew: nothing from before is needed to come here again.
            shared.start.set((old.lang, old.lang_fixed));
            shared.deeds.borrow_mut().clear();
        } else {
            shared.deeds.borrow_mut().push((now.pack(), event.clone()));
        }
        let (state, effects) = dialog::step(&shared.knowledge.borrow(), old, event, now);
        if effects.iter().any(|effect| matches!(effect, Effect::Clear))
            || state.transcript.len() < shared.mounted.borrow().len()
        {
            self.hush();
            log::clear(self);
        }
        if state.lang != self.lang.get_untracked() {
            self.lang.set(state.lang);
            self.want_language(state.lang);
        }
        self.keep(state);
        log::draw_new(self, true);
        for effect in &effects {
            match effect {
                Effect::Say(seq) => {
                    let state = shared.state.borrow();
                    if let (Some(announcer), Some(message)) =
                        (shared.announcer.get(), state.message(*seq))
                    {
                        let text = spoken(&shared.knowledge.borrow(), message, now);
                        announcer.say(text, message.answer_lang);
                    }
                }
                Effect::Tell { what, intent } => shared.tell(what, intent),
                Effect::Clear => {
                    storage::tab::forget(&shared.slug);
                    shared.give("clear", "", Lang::Da);
                }
                Effect::Book { intent, .. } => {
                    // What was asked may say where and when; it stays on this page.
                    let wish = [intent, "\n", &shared.state.borrow().last_utterance].concat();
                    shared.give("begin", &wish, Lang::Da);
                }
                Effect::Human { about } => {
                    // Stays on this page until the citizen has seen it and sent it.
                    let asked = [about, "\n", &panel::written(self)].concat();
                    shared.give("human", &asked, Lang::Da);
                }
                Effect::LanguageModel => {
                    // Likewise.
                    let question = &shared.state.borrow().last_utterance;
                    shared.give("model", question, Lang::Da);
                }
            }
        }
        if !opened {
            shared.forgotten.set(false);
        }
        self.save();
    }

    /// A new conversation; with `forget`, nothing of the old one is left in the tab.
    pub(crate) fn restart(self, forget: bool) {
        let shared = self.shared();
        let open = self.open.get_untracked() && !self.phone.get_untracked();
        self.hush();
        self.dispatch(Event::Restart);
        // Welcomes when the restart itself did not.
        self.dispatch(Event::Opened {
            topic: shared.topic.borrow().clone(),
        });
        if forget {
            shared.forgotten.set(true);
            storage::tab::forget(&shared.slug);
            self.status(texts(self.lang.get_untracked()).deleted);
        } else if open {
            storage::tab::remember_open(&shared.slug, true);
        }
        composer::focus(self);
    }

    /// The page is about this from now on.
    pub(crate) fn set_topic(self, topic: Option<String>) {
        self.shared().topic.replace(topic.clone());
        if self.open.get_untracked() {
            self.dispatch(Event::Opened { topic });
        }
    }

    /// Speaks the language that is not spoken now.
    pub(crate) fn toggle_language(self) {
        let lang = match self.lang.get_untracked() {
            Lang::Da => Lang::En,
            Lang::En => Lang::Da,
        };
        self.dispatch(Event::Speak(lang));
    }

    /// Next text size.
    pub(crate) fn grow_text(self) {
        let scale = self.scale.get_untracked();
        self.scale.set(if scale >= 150 { 100 } else { scale + 25 });
        self.save();
    }

    pub(crate) fn set_notice(self, text: String) {
        if !text.is_empty() && self.open.get_untracked() {
            self.status(&text);
        }
        *self.shared().notice.borrow_mut() = text;
        self.notice.set(self.notice.get_untracked() + 1);
    }

    /// Shows these suggestions from now on.
    pub(crate) fn suggest(self, list: Vec<Suggestion>) {
        *self.shared().suggestions.borrow_mut() = list;
        self.suggestions.set(self.suggestions.get_untracked() + 1);
    }

    /// The suggestions; the view that asks follows them.
    pub(crate) fn suggestions(self) -> Vec<Suggestion> {
        self.suggestions.get();
        self.shared().suggestions.borrow().clone()
    }

    /// True while something is suggested; followed likewise.
    pub(crate) fn suggests(self) -> bool {
        self.suggestions.get();
        !self.shared().suggestions.borrow().is_empty()
    }

    /// A short message for the ear about something that the eye sees anyway.
    pub(crate) fn status(self, text: &str) {
        if let Some(status) = self.shared().status.get() {
            status.hush();
            status.say(text.to_string(), self.lang.get_untracked());
        }
    }

    fn hush(self) {
        if let Some(announcer) = self.shared().announcer.get() {
            announcer.hush();
        }
    }

    fn want_language(self, lang: Lang) {
        let shared = self.shared();
        let loaded = shared.knowledge.borrow().has_language(lang);
        if !loaded {
            shared.lacking.set(true);
            shared.tell("language", lang.tag());
        }
    }

    fn restore(self) {
        let shared = self.shared();
        let print = storage::fingerprint(shared.knowledge.borrow().content_hash());
        let stored = storage::tab::load(&shared.slug);
        if let Some(envelope) = stored.and_then(|text| storage::unpack(&text, print, now_ms())) {
            self.scale.set(envelope.scale.clamp(100, 150));
            shared.start.set(envelope.start);
            *shared.deeds.borrow_mut() = envelope.deeds;
            self.replay();
        }
        self.want_language(self.lang.get_untracked());
    }

    /// Comes to the present state again by what the citizen did, and draws it. Tells and announces nothing.
    fn replay(self) {
        let shared = self.shared();
        let (lang, lang_fixed) = shared.start.get();
        let mut state = State {
            lang,
            lang_fixed,
            ..State::default()
        };
        for (at, event) in shared.deeds.borrow().iter() {
            let now = LocalTime::unpack(*at);
            state = dialog::step(&shared.knowledge.borrow(), state, event.clone(), now).0;
        }
        log::clear(self);
        self.lang.set(state.lang);
        self.keep(state);
        log::draw_new(self, false);
        log::show_end(self);
    }

    /// Adds the answers of a language. What was said in Danish for want of them is said again.
    pub(crate) fn add_language(self, bytes: Vec<u8>) -> Result<(), BundleError> {
        self.shared().knowledge.borrow_mut().add_language(bytes)?;
        if self.shared().lacking.take() {
            self.replay();
        }
        Ok(())
    }

    fn keep(self, state: State) {
        let offering = state.transcript.iter().rev().find_map(|entry| match entry {
            Entry::Bot(message) if !message.options.is_empty() => Some(message.seq),
            _ => None,
        });
        *self.shared().state.borrow_mut() = state;
        self.latest.set(offering.unwrap_or_default());
    }

    fn save(self) {
        let shared = self.shared();
        if !shared.begun.get() || shared.forgotten.get() {
            return;
        }
        let print = storage::fingerprint(shared.knowledge.borrow().content_hash());
        let deeds = shared.deeds.borrow().clone();
        storage::tab::save(
            &shared.slug,
            &storage::pack(
                shared.start.get(),
                deeds,
                self.scale.get_untracked(),
                print,
                now_ms(),
            ),
        );
    }

    /// Looks at the window: phone or not, and how much of it the keyboard leaves.
    fn measure(self) {
        let window = window();
        let pixels = |target: &JsValue, key: &str| {
            js_sys::Reflect::get(target, &JsValue::from_str(key))
                .ok()
                .and_then(|v| v.as_f64())
                .map(|v| v as i32)
        };
        let phone = pixels(&window, "innerWidth").is_some_and(|width| width <= PHONE_PX);
        if phone != self.phone.get_untracked() {
            self.phone.set(phone);
        }
        if phone {
            let viewport = visual_viewport().unwrap_or_default();
            let height = pixels(&viewport, "height").or_else(|| pixels(&window, "innerHeight"));
            let top = pixels(&viewport, "offsetTop").unwrap_or_default();
            let height = height.unwrap_or(480);
            self.shared().sheets.viewport(top, height);
            // The keyboard came: what was said last stays in sight.
            if height < self.shared().height.replace(height) {
                log::show_end(self);
            }
        }
        self.set_modal(phone && self.open.get_untracked());
    }

    /// On phones the panel is modal: what is behind it can neither be reached nor scrolled.
    fn set_modal(self, modal: bool) {
        let shared = self.shared();
        if shared.inert.borrow().is_empty() != modal {
            return;
        }
        lock_page(&shared.lock, modal);
        if modal {
            *shared.inert.borrow_mut() = panel::make_rest_inert(&shared.root);
        } else {
            for element in shared.inert.take() {
                let _ = element.remove_attribute("inert");
            }
        }
    }

    fn focus_inside(self) {
        if self.phone.get_untracked() {
            // Focus in the input would call up the keyboard over what there is to read.
            self.shared().focus(panel::TITLE);
        } else {
            composer::focus(self);
        }
    }
}

impl Shared {
    pub(crate) fn by_id(&self, id: &str) -> Option<Element> {
        self.root.get_element_by_id(id)
    }

    pub(crate) fn focus(&self, id: &str) {
        if let Some(element) = self.by_id(id) {
            let _ = element.unchecked_into::<HtmlElement>().focus();
        }
    }

    pub(crate) fn meta<T>(&self, read: impl FnOnce(&Meta) -> T) -> T {
        read(&self.knowledge.borrow().core().meta)
    }

    pub(crate) fn fact(&self, lang: Lang, idx: u16, today: Date) -> Vec<Inline> {
        let knowledge = self.knowledge.borrow();
        knowledge
            .facts(lang)
            .get(usize::from(idx))
            .map(|fact| fact.on(today).to_vec())
            .unwrap_or_default()
    }

    /// Id and title of an intent.
    pub(crate) fn intent(&self, idx: IntentIdx, lang: Lang) -> Option<(String, String)> {
        let knowledge = self.knowledge.borrow();
        let intent = knowledge.core().intents.get(usize::from(idx))?;
        let title = if lang == Lang::En && !intent.title_en.is_empty() {
            &intent.title_en
        } else {
            &intent.title
        };
        Some((knowledge.intent_id(idx), title.clone()))
    }

    pub(crate) fn topic_id(&self, idx: TopicIdx) -> Option<String> {
        self.knowledge
            .borrow()
            .core()
            .topics
            .get(usize::from(idx))
            .map(|topic| topic.id.clone())
    }

    /// Has the glue save, print or speak a text on this device, or say whether there is a `voice` for it.
    pub(crate) fn give(&self, what: &str, text: &str, lang: Lang) -> bool {
        let [what, text, lang] = [what, text, lang.tag()].map(JsValue::from_str);
        let done = self
            .give
            .as_ref()
            .map(|give| give.call3(&JsValue::NULL, &what, &text, &lang));
        matches!(done, Some(Ok(done)) if done.is_truthy())
    }

    /// Tells the loader: a name and an id, nothing else.
    fn tell(&self, name: &str, id: &str) {
        if let Some(on_event) = &self.on_event {
            let _ = on_event.call2(
                &JsValue::NULL,
                &JsValue::from_str(name),
                &JsValue::from_str(id),
            );
        }
    }
}

fn visual_viewport() -> Option<JsValue> {
    let viewport = js_sys::Reflect::get(&window(), &JsValue::from_str("visualViewport")).ok()?;
    (!viewport.is_undefined() && !viewport.is_null()).then_some(viewport)
}
