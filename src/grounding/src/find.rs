//! The best passages for a question: the kommune's own answers, found by the same matcher that answers in the browser.

use crate::passage::{Kind, Passage};
use bundle::Knowledge;
use bundle::content::{Action, Answer, Lang, Target};
use matcher::Vocabulary as _;

/// Most passages for one question.
pub const PASSAGES_MOST: usize = 7;

/// At most seven, best first; none when no word of the question is known. `now_ms`: milliseconds since 1970, UTC.
pub fn find(knowledge: &Knowledge, question: &str, lang: Lang, now_ms: i64) -> Vec<Passage> {
    let found = engine::passages(knowledge, question, lang, now_ms, PASSAGES_MOST);
    let passage = |(saved, spoken): (engine::Saved, Lang)| {
        let idx = knowledge.find_intent(&saved.intent);
        let answer = idx.and_then(|idx| knowledge.answer(idx, spoken));
        Passage {
            kind: Kind::Answer,
            url: answer.as_ref().map(url).unwrap_or_default(),
            intent: saved.intent,
            title: saved.title,
            text: saved.text,
            lang: spoken,
        }
    };
    found.into_iter().map(passage).collect()
}

/// Whether a stem is a word of the kommune's: one that its answers or citizens' questions use.
pub fn knows(knowledge: &Knowledge, stem: &str) -> bool {
    knowledge.model().terms.ordinal(stem).is_some()
}

/// Where an answer sends its reader first.
fn url(answer: &Answer) -> String {
    let of = |action: &Action| match &action.target {
        Target::Url(url) => Some(url.clone()),
        _ => None,
    };
    let source = answer.source.as_ref().map(|(_, url)| url.clone());
    answer
        .actions
        .iter()
        .find_map(of)
        .or(source)
        .unwrap_or_default()
}
