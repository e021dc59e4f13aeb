//! Speaks every message of the bot exactly once, in order, as plain text: a polite live region of its
//! own, apart from the log, mounted before the first message and emptied after a while.
//! (Live transcripts are re-read whole by some screen readers: BotFramework-WebChat #2443, #3236.)

use bundle::Knowledge;
use dialog::Message;
use hours::LocalTime;

use crate::transcript::Plain;

/// What is spoken for a message: one line, no addresses, no details.
pub(crate) fn spoken(knowledge: &Knowledge, message: &Message, now: LocalTime) -> String {
    let plain = Plain {
        facts: knowledge.facts(message.answer_lang),
        lang: message.lang,
        now,
        full: false,
    };
    let mut text = String::new();
    plain.message(&mut text, message);
    sentences(&text)
}

/// Joins lines so that a speech engine pauses between them.
pub(crate) fn sentences(lines: &str) -> String {
    let mut out = String::with_capacity(lines.len());
    for line in lines
        .lines()
        .map(str::trim)
        .map(|line| line.strip_prefix("- ").unwrap_or(line))
        .filter(|line| !line.is_empty())
    {
        if !out.is_empty() {
            if !out.ends_with(['.', '?', '!', ':', ',']) {
                out.push('.');
            }
            out.push(' ');
        }
        out.push_str(line);
    }
    out
}

#[cfg(target_arch = "wasm32")]
pub(crate) use region::Announcer;

#[cfg(target_arch = "wasm32")]
mod region {
    use std::cell::{Cell, RefCell};
    use std::collections::VecDeque;
    use std::rc::Rc;
    use std::time::Duration;

    use bundle::content::Lang;
    use leptos_dom::helpers::set_timeout;
    use web_sys::{Document, Element};

    /// Time between a change of the page and the words, so that a screen reader has seen the region.
    const FIRST_MS: u64 = 120;
    /// How long the words stay in the tree. Long enough to be picked up, short enough not to be found again.
    const KEPT_MS: u64 = 5_000;

    /// The live region and what waits for it.
    pub(crate) struct Announcer {
        region: Element,
        waiting: Rc<RefCell<VecDeque<(String, Lang)>>>,
        scheduled: Rc<Cell<bool>>,
    }

    impl Announcer {
        /// `region` is the mounted element with `aria-live`.
        pub(crate) fn new(region: Element) -> Self {
            Self {
                region,
                waiting: Rc::default(),
                scheduled: Rc::default(),
            }
        }

        /// Queues one message.
        pub(crate) fn say(&self, text: String, lang: Lang) {
            self.waiting.borrow_mut().push_back((text, lang));
            if self.scheduled.replace(true) {
                return;
            }
            let (region, waiting, scheduled) = (
                self.region.clone(),
                Rc::clone(&self.waiting),
                Rc::clone(&self.scheduled),
            );
            set_timeout(
                move || {
                    scheduled.set(false);
                    let texts = waiting.take();
                    let Some(document) = region.owner_document() else {
                        return;
                    };
                    for (text, lang) in texts {
                        speak(&document, &region, &text, lang);
                    }
                },
                Duration::from_millis(FIRST_MS),
            );
        }

        /// Drops what was not spoken yet.
        pub(crate) fn hush(&self) {
            self.waiting.borrow_mut().clear();
        }
    }

    fn speak(document: &Document, region: &Element, text: &str, lang: Lang) {
        let Ok(line) = document.create_element("div") else {
            return;
        };
        let _ = line.set_attribute("lang", lang.tag());
        line.set_text_content(Some(text));
        let _ = region.append_child(&line);
        set_timeout(move || line.remove(), Duration::from_millis(KEPT_MS));
    }
}

#[cfg(test)]
mod tests {
    use super::sentences;

    #[test]
    fn lines_become_sentences_with_pauses() {
        assert_eq!(
            sentences("Automatisk svar: Hej.\n\n- Ring\n- Book tid\nVælg:\n1. Pas\n"),
            "Automatisk svar: Hej. Ring. Book tid. Vælg: 1. Pas"
        );
    }
}
