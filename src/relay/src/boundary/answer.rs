//! An answer that a model wrote, on the screen: it grows sentence by sentence without a word, and is spoken once when it is whole.

use bundle::content::Lang;
use elements::mount_into;
use web_sys::Element;

use super::{Entry, announce, append, news, retire, with};
use crate::draw;
use crate::message::Message;

/// The next sentence of an answer; the element, when it is the first one.
pub(super) fn grow(
    seq: u32,
    parts: &[(String, String)],
    text: &str,
    lang: Lang,
) -> Option<Element> {
    let known = entry(seq, || draw::answered(text, None, lang));
    let begun = known.is_none();
    let element = known.or_else(|| {
        retire();
        append(seq, None, draw::answered(text, None, lang), &|| {
            draw::answer(lang)
        })
    })?;
    if let Ok(Some(said)) = element.query_selector(".relay-said") {
        let _ = said.append_child(&draw::sentence(parts, lang).0);
    }
    begun.then_some(element)
}

/// The element of a message, whose words in the transcript are these from now on.
fn entry(seq: u32, text: impl FnOnce() -> String) -> Option<Element> {
    with(|inner| {
        let known = inner.entries.iter_mut().find(|entry| entry.seq == seq)?;
        known.text = text();
        known.element.clone()
    })
    .flatten()
}

/// An answer is whole: its sources, what can be done, and its one announcement. Where it is read stays where it is.
pub(super) fn tail(message: &Message, text: &str, lang: Lang) {
    let Some(element) = entry(message.seq, || draw::answered(text, Some(message), lang)) else {
        return;
    };
    let mounted = mount_into(&element, &|| draw::tail(message, lang));
    with(|inner| {
        inner.entries.push(Entry {
            after: 0,
            text: String::new(),
            seq: 0,
            nth: None,
            element: None,
            _mounted: mounted,
        });
    });
    let label = crate::ai::ANSWER.get(lang);
    announce(
        &[label, ": ", text, " ", &draw::spoken(message)].concat(),
        lang,
    );
    news(lang);
}
