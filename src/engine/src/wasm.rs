//! The engine for JavaScript. Errors are `Error` objects whose message says what is wrong with a bundle.

use crate::{reply, saved};
use bundle::Knowledge;
use bundle::content::Lang;
use serde::Serialize;
use wasm_bindgen::prelude::*;

/// One kommune's knowledge, ready to be asked.
#[wasm_bindgen]
pub struct Engine {
    knowledge: Knowledge,
}

fn value<T: Serialize>(data: &T) -> Result<JsValue, JsError> {
    serde_wasm_bindgen::to_value(data).map_err(|e| JsError::new(&e.to_string()))
}

fn spoken(lang: &str) -> Lang {
    if lang == "en" { Lang::En } else { Lang::Da }
}

#[wasm_bindgen]
impl Engine {
    /// Opens a `.kb` file that must belong to `kommune` (empty: any).
    ///
    /// # Errors
    /// When the bytes are no bundle of this kommune and format, or were changed.
    pub fn load(bundle: Vec<u8>, kommune: &str) -> Result<Engine, JsError> {
        let knowledge =
            Knowledge::open(bundle, kommune).map_err(|e| JsError::new(&e.to_string()))?;
        Ok(Engine { knowledge })
    }

    /// Adds the file with steps and details.
    ///
    /// # Errors
    /// As `load`.
    pub fn add_details(&mut self, file: Vec<u8>) -> Result<(), JsError> {
        self.knowledge
            .add_details(file)
            .map_err(|e| JsError::new(&e.to_string()))
    }

    /// Adds a language file.
    ///
    /// # Errors
    /// As `load`.
    pub fn add_language(&mut self, file: Vec<u8>) -> Result<(), JsError> {
        self.knowledge
            .add_language(file)
            .map_err(|e| JsError::new(&e.to_string()))
    }

    /// Asks: `{outcome, answer, options, top}`. `now_ms` is `Date.now()`.
    ///
    /// # Errors
    /// Only when the result cannot become a JavaScript value.
    pub fn ask(&self, question: &str, now_ms: f64) -> Result<JsValue, JsError> {
        value(&reply::ask(&self.knowledge, question, now_ms as i64))
    }

    /// At most five `{intent, title}` for what was typed so far; `lang` is `da` or `en`.
    ///
    /// # Errors
    /// As `ask`.
    pub fn suggest(&self, typed: &str, lang: &str) -> Result<JsValue, JsError> {
        value(&reply::suggest(&self.knowledge, typed, spoken(lang)))
    }

    /// At most six `{intent, title, text}` for a question or a part of one: the answers as plain text that a person can send on,
    /// as they hold at `now_ms`; `lang` is `da` or `en`.
    ///
    /// # Errors
    /// As `ask`.
    pub fn replies(&self, question: &str, lang: &str, now_ms: f64) -> Result<JsValue, JsError> {
        value(&saved::replies(
            &self.knowledge,
            question,
            spoken(lang),
            now_ms as i64,
        ))
    }

    /// What an intent or a topic is called, in Danish; nothing for an id that is none.
    pub fn title(&self, id: &str) -> Option<String> {
        saved::title(&self.knowledge, id)
    }

    /// Which words counted how much: `{word, read_as, first, second}` each.
    ///
    /// # Errors
    /// As `ask`.
    pub fn explain(&self, question: &str) -> Result<JsValue, JsError> {
        value(&reply::explain(&self.knowledge, question))
    }

    /// The ranking to the last bit, for tests.
    pub fn bits(&self, question: &str) -> String {
        reply::bits(&self.knowledge, question)
    }
}
