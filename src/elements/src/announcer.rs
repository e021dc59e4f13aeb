//! Speaks texts one after the other through a polite live region, which is emptied after a while. One region may have
//! several announcers: each takes away only its own lines.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;

use bundle::content::Lang;
use gloo_timers::callback::Timeout;
use web_sys::Element;

use crate::ui::document;

/// Time between a change of the page and the words, so that a screen reader has seen the region.
const FIRST_MS: u32 = 120;
/// How long the words stay in the tree. Long enough to be picked up, short enough not to be found again.
const KEPT_MS: u32 = 5_000;

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
        Timeout::new(FIRST_MS, move || {
            scheduled.set(false);
            for (text, lang) in waiting.take() {
                speak(&region, &text, lang);
            }
        })
        .forget();
    }

    /// Drops what was not spoken yet.
    pub fn hush(&self) {
        self.waiting.borrow_mut().clear();
    }
}

fn speak(region: &Element, text: &str, lang: Lang) {
    let Ok(line) = document().create_element("div") else {
        return;
    };
    let _ = line.set_attribute("lang", lang.tag());
    line.set_text_content(Some(text));
    let _ = region.append_child(&line);
    Timeout::new(KEPT_MS, move || line.remove()).forget();
}
