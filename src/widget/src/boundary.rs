//! The border to the loader: `mount(root, options)` and the class `Widget`.
//!
//! `options`: `{ kommune, bundle: Uint8Array, details?: Uint8Array, language?: Uint8Array, topic? (one id or more), lang?,
//! notice?, preview?, ai?, warnings?: string[], on_event?(name, intent), on_close?(), give?(what, text, lang) }`. `give` is
//! what this device does (`save`, `print`, `speak`, `side`), and what the booking is told: `book` (true when a time for that intent is booked in
//! the chat), `begin` (id of the intent, line break, what was asked), `said` (true when it was for the booking), `clear`; and `model` (what was
//! asked, for AI help, which is offered when `ai` is set). Events: `opened`, `closed`, `answered`,
//! `unanswered`, `rated`, `language` (with the tag, when a language file is wanted), `topic?` (topics of the page that are
//! unknown, for the console). They carry ids, never what the citizen wrote.

use std::cell::Cell;

use bundle::content::Lang;
use bundle::{BundleError, Knowledge};
use dialog::Event;
use elements::{Kept, Mounted, keeping, mount_into};
use js_sys::{Array, Error, Function, Reflect, Uint8Array};
use wasm_bindgen::prelude::*;
use web_sys::{Element, ShadowRoot};

use crate::app::{App, Options};
use crate::panel::panel_view;
use crate::styles::{Sheets, theme_css};

/// One mounted chat. The loader keeps it for as long as the launcher is on the page.
#[wasm_bindgen]
pub struct Widget {
    app: App,
    mounted: Option<Mounted>,
    _kept: Vec<Kept>,
    place: Element,
}

/// Opens the bundle and draws the closed panel into `root`, behind what is there.
///
/// # Errors
/// A JavaScript `Error` whose `code` is `magic`, `format`, `truncated`, `checksum`, `foreign` or `section`
/// (what is wrong with the bundle), or `options` (a bundle or kommune is missing).
#[wasm_bindgen]
pub fn mount(root: ShadowRoot, options: &JsValue) -> Result<Widget, JsValue> {
    let option = |name: &str| Reflect::get(options, &JsValue::from_str(name)).ok();
    let text = |name: &str| option(name).and_then(|value| value.as_string());
    let function = |name: &str| option(name).and_then(|value| value.dyn_into::<Function>().ok());
    let on_event = function("on_event");

    let kommune = text("kommune").ok_or_else(|| failure("options", "kommune is missing"))?;
    let bytes = option("bundle").and_then(|value| value.dyn_into::<Uint8Array>().ok());
    let bytes = bytes
        .ok_or_else(|| failure("options", "bundle is missing"))?
        .to_vec();
    let mut knowledge = Knowledge::open(bytes, &kommune).map_err(|error| bundle_failure(&error))?;
    if let Some(language) = option("language").and_then(|value| value.dyn_into::<Uint8Array>().ok())
    {
        // A missing translation must not cost the citizen the Danish answers.
        let _ = knowledge.add_language(language.to_vec());
    }
    // The details hold the crisis patterns: nobody may be asked anything without them.
    let details = option("details").and_then(|value| value.dyn_into::<Uint8Array>().ok());
    let details = details.ok_or_else(|| failure("options", "details are missing"))?;
    knowledge
        .add_details(details.to_vec())
        .map_err(|error| bundle_failure(&error))?;
    knowledge.model_help = option("ai").is_some_and(|value| value.is_truthy());
    let sheets = Sheets::adopt(&root, &theme_css(&knowledge.core().meta.theme))?;
    let options = Options {
        knowledge,
        slug: kommune,
        topic: text("topic"),
        lang: if text("lang").is_some_and(|lang| lang.starts_with("en")) {
            Lang::En
        } else {
            Lang::Da
        },
        notice: text("notice").unwrap_or_default(),
        preview: option("preview").is_some_and(|value| value.is_truthy()),
        warnings: option("warnings")
            .filter(Array::is_array)
            .map(|list| {
                Array::from(&list)
                    .iter()
                    .filter_map(|item| item.as_string())
                    .collect()
            })
            .unwrap_or_default(),
        on_event,
        on_close: function("on_close"),
        give: function("give"),
    };

    let place = elements::document().create_element("div")?;
    place.set_class_name("place");
    root.append_child(&place)?;
    let options = Cell::new(Some((root, sheets, options)));
    let (app, kept) = keeping(&|| options.take().map(App::new));
    let app = app.ok_or(JsValue::NULL)??;
    let mounted = mount_into(&place, &move || panel_view(app));
    app.mounted();
    Ok(Widget {
        app,
        mounted: Some(mounted),
        _kept: kept,
        place,
    })
}

#[wasm_bindgen]
impl Widget {
    /// Opens the panel. Focus goes into it unless `focus` is `false`, which is for a panel that was open on
    /// the page before.
    pub fn open(&self, focus: Option<bool>) {
        self.app.open(focus.unwrap_or(true));
    }

    /// The page is about other topics now, ids parted by commas. Counts for what is offered next; nothing is said.
    pub fn set_topic(&self, topic: String) {
        self.app.set_topic(Some(topic));
    }

    /// Closes the panel and calls `on_close`.
    pub fn close(&self) {
        self.app.close();
    }

    /// Opens the panel and asks what the citizen would have typed.
    pub fn ask(&self, text: String) {
        self.app.open(true);
        self.app.dispatch(Event::Utterance(text));
    }

    /// Opens the panel and shows an intent (`pas/pas-til-barn`) or a topic (`pas`).
    pub fn show(&self, id: String) {
        self.app.open(true);
        self.app.dispatch(Event::Show(id));
    }

    /// Adds the answers of the language file that event `language` asked for.
    ///
    /// # Errors
    /// As [`mount`]; the chat goes on without it.
    pub fn add_language(&self, bytes: Vec<u8>) -> Result<(), JsValue> {
        self.app
            .add_language(bytes)
            .map_err(|error| bundle_failure(&error))
    }

    /// Shows a message of the kommune above the log; nothing takes it away.
    pub fn set_notice(&self, text: Option<String>) {
        self.app.set_notice(text.unwrap_or_default());
    }

    /// Takes everything away again: nodes, sheets, listeners. The stored conversation stays.
    pub fn destroy(mut self) {
        // First the views: what they still wanted to follow would find no widget.
        drop(self.mounted.take());
        self.app.dismantle();
        self.place.remove();
        self.app.forget();
    }
}

impl Widget {
    /// Whether the panel is open; for tests, the loader keeps count itself.
    pub fn is_open(&self) -> bool {
        self.app.open.get_untracked()
    }
}

fn bundle_failure(error: &BundleError) -> JsValue {
    let code = match error {
        BundleError::Magic => "magic",
        BundleError::Format { .. } => "format",
        BundleError::Truncated { .. } => "truncated",
        BundleError::Checksum => "checksum",
        BundleError::Foreign { .. } => "foreign",
        BundleError::Section(_) => "section",
    };
    failure(code, code)
}

fn failure(code: &str, message: &str) -> JsValue {
    let error = Error::new(message);
    let _ = Reflect::set(&error, &JsValue::from_str("code"), &JsValue::from_str(code));
    error.into()
}
