//! Speaks texts one after the other through a polite live region, which is emptied after a while. One region may have
//! several announcers: each takes away only its own lines.

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
pub struct Announcer {
    region: Element,
    waiting: Rc<RefCell<VecDeque<(String, Lang)>>>,
    scheduled: Rc<Cell<bool>>,
}

impl Announcer {
    /// `region` is the mounted element with `aria-live`.
    pub fn new(region: Element) -> Self {
        Self {
            region,
            waiting: Rc::default(),
            scheduled: Rc::default(),
        }
    }

    /// Queues one message.
    pub fn say(&self, text: String, lang: Lang) {
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
    pub fn hush(&self) {
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
