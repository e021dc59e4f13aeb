//! What the engine answers, as plain data; the same natively and in the browser.

use bundle::Knowledge;
use bundle::content::Lang;
use dialog::State;
use matcher::{Context, Reading};
use serde::Serialize;
use std::fmt::Write as _;

/// Answer to a question.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Reply {
    /// `answer`, `clarify` or `fallback`.
    pub outcome: String,
    /// Id of the answered intent.
    pub answer: Option<String>,
    /// Ids offered, at most four.
    pub options: Vec<String>,
    /// Ranking: id and confidence 0..=1, best first.
    pub top: Vec<(String, f32)>,
}

/// An intent with its title.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Shown {
    /// `pas/pris-paa-pas`.
    pub intent: String,
    /// Its title.
    pub title: String,
}

/// What one word gave the first and the second intent.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct WordShare {
    /// As written.
    pub word: String,
    /// How it was read, when not as written.
    pub read_as: String,
    /// For the first intent.
    pub first: f32,
    /// For the second.
    pub second: f32,
}

/// Asks one question, outside any conversation. `now_ms` is the time in milliseconds since 1970, UTC.
pub fn ask(knowledge: &Knowledge, question: &str, now_ms: i64) -> Reply {
    let (_, decision) = dialog::turn(
        knowledge,
        State::default(),
        question,
        hours::copenhagen(now_ms),
    );
    Reply {
        outcome: decision.outcome.to_owned(),
        answer: decision.answer,
        options: decision.options,
        top: decision.top,
    }
}

/// At most five intents for what was typed so far.
pub fn suggest(knowledge: &Knowledge, typed: &str, lang: Lang) -> Vec<Shown> {
    let found = dialog::suggest(knowledge, typed, lang, &[]);
    found
        .into_iter()
        .map(|s| Shown {
            intent: knowledge.intent_id(s.intent),
            title: s.title,
        })
        .collect()
}

/// Which words counted how much.
pub fn explain(knowledge: &Knowledge, question: &str) -> Vec<WordShare> {
    let explanation = matcher::explain(knowledge.model(), question, &Context::default());
    let read_as = |reading: Reading| match reading {
        Reading::Known | Reading::Unknown => String::new(),
        Reading::Corrected(word) | Reading::Joined(word) | Reading::Head(word) => word,
        Reading::Split(parts) => parts.join("+"),
    };
    explanation
        .shares
        .into_iter()
        .map(|s| WordShare {
            word: s.word,
            read_as: read_as(s.reading),
            first: s.first,
            second: s.second,
        })
        .collect()
}

/// The ranking to the last bit, for comparing a native build with a browser: class, confidence and score of every hit.
pub fn bits(knowledge: &Knowledge, question: &str) -> String {
    let ranking = matcher::rank(knowledge.model(), question, &Context::default());
    let mut out = String::new();
    for hit in &ranking.hits {
        let _ = write!(
            out,
            "{}:{:08x}:{:08x} ",
            hit.class,
            hit.confidence.to_bits(),
            hit.score.to_bits()
        );
    }
    let _ = write!(out, "{:?}", ranking.outcome);
    out
}
