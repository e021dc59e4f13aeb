//! The kommune's answers as texts that a person can send on: found by the matcher, without markup, with addresses of links.

use bundle::Knowledge;
use bundle::content::{Answer, Block, Inline, IntentIdx, Lang, Place, Target};
use hours::{LocalTime, copenhagen};
use serde::Serialize;

use crate::reply;

/// How many are given at most.
const SHOWN: usize = 6;
/// The matcher's guesses below this confidence are not given.
const LEAST: f32 = 0.02;

/// An answer as a text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Saved {
    /// `pas/pris-paa-pas`.
    pub intent: String,
    /// Its title.
    pub title: String,
    /// Plain text, a line for each row, as it holds on that day.
    pub text: String,
}

/// At most six answers for a question or a part of one, best first. In `lang` where there is one, else in Danish; those that do
/// not hold today are left out. `now_ms`: milliseconds since 1970, UTC.
pub fn replies(knowledge: &Knowledge, question: &str, lang: Lang, now_ms: i64) -> Vec<Saved> {
    let now = copenhagen(now_ms);
    let found = found(knowledge, question, lang, now_ms);
    let texts = found
        .into_iter()
        .filter_map(|intent| saved(knowledge, intent, lang, now, Depth::First));
    texts.map(|(saved, _)| saved).take(SHOWN).collect()
}

/// The same with everything that an answer says, also behind "Læs mere", and at most `most`; each with its language. None when no
/// word of the question is known.
pub fn passages(
    knowledge: &Knowledge,
    question: &str,
    lang: Lang,
    now_ms: i64,
    most: usize,
) -> Vec<(Saved, Lang)> {
    let now = copenhagen(now_ms);
    let known = matcher::rank(knowledge.model(), question, &matcher::Context::default())
        .analysis
        .known;
    if known <= 0.0 {
        return Vec::new();
    }
    let found = found(knowledge, question, lang, now_ms);
    let texts = found
        .into_iter()
        .filter_map(|intent| saved(knowledge, intent, lang, now, Depth::Whole));
    texts.take(most).collect()
}

/// Intents that could answer, best first.
fn found(knowledge: &Knowledge, question: &str, lang: Lang, now_ms: i64) -> Vec<IntentIdx> {
    let said = reply::ask(knowledge, question, now_ms);
    let ranked = said.top.into_iter().filter(|(_, sure)| *sure >= LEAST);
    let ids = said
        .answer
        .into_iter()
        .chain(said.options)
        .chain(ranked.map(|(id, _)| id))
        .chain(
            reply::suggest(knowledge, question, lang)
                .into_iter()
                .map(|one| one.intent),
        );
    let mut found: Vec<IntentIdx> = Vec::new();
    for intent in ids.filter_map(|id| knowledge.find_intent(&id)) {
        if !found.contains(&intent) {
            found.push(intent);
        }
    }
    found
}

/// How much of an answer.
#[derive(Clone, Copy, PartialEq)]
enum Depth {
    /// What is read first, and the steps.
    First,
    /// What stands behind "Læs mere", too.
    Whole,
}

/// What an intent or a topic is called, in Danish; `None` for an id that is none.
pub fn title(knowledge: &Knowledge, id: &str) -> Option<String> {
    let core = knowledge.core();
    let intent = knowledge
        .find_intent(id)
        .and_then(|at| core.intents.get(at as usize));
    let topic = || core.topics.get(knowledge.find_topic(id)? as usize);
    let title = intent
        .map(|one| &one.title)
        .or_else(|| topic().map(|one| &one.title))?;
    Some(title.clone())
}

fn saved(
    knowledge: &Knowledge,
    intent: IntentIdx,
    lang: Lang,
    now: LocalTime,
    depth: Depth,
) -> Option<(Saved, Lang)> {
    let entry = knowledge.core().intents.get(intent as usize)?;
    let holds = entry.from.is_none_or(|day| day <= now.date)
        && entry.until.is_none_or(|day| now.date <= day);
    if !holds {
        return None;
    }
    let (mut answer, spoken) = knowledge
        .answer(intent, lang)
        .map(|answer| (answer, lang))
        .or_else(|| Some((knowledge.answer(intent, Lang::Da)?, Lang::Da)))?;
    dialog::resolve(&mut answer, knowledge.facts(spoken), now.date);
    let text = text(&answer, spoken, now, depth);
    let title = match (lang, entry.title_en.is_empty()) {
        (Lang::En, false) => &entry.title_en,
        _ => &entry.title,
    };
    (!text.is_empty()).then(|| {
        let saved = Saved {
            intent: knowledge.intent_id(intent),
            title: title.clone(),
            text,
        };
        (saved, spoken)
    })
}

/// What is read first, the steps, and where it is done.
fn text(answer: &Answer, lang: Lang, now: LocalTime, depth: Depth) -> String {
    let mut lines = Vec::new();
    for block in &answer.short {
        add_block(&mut lines, block, lang, now);
    }
    for (at, step) in answer.steps.iter().enumerate() {
        lines.push(format!("{}. {}", at + 1, inlines(step)));
    }
    if depth == Depth::Whole {
        for block in &answer.more {
            add_block(&mut lines, block, lang, now);
        }
    }
    for action in &answer.actions {
        if let Target::Url(to) | Target::Book(to) | Target::Phone(to) | Target::Mail(to) =
            &action.target
        {
            lines.push(format!("{}: {to}", action.label));
        }
    }
    lines.retain(|line| !line.trim().is_empty());
    lines.join("\n")
}

fn add_block(lines: &mut Vec<String>, block: &Block, lang: Lang, now: LocalTime) {
    match block {
        Block::Paragraph(text) => lines.push(inlines(text)),
        Block::List { ordered, items } => {
            for (at, item) in items.iter().enumerate() {
                let mark = if *ordered {
                    format!("{}.", at + 1)
                } else {
                    "-".into()
                };
                lines.push(format!("{mark} {}", inlines(item)));
            }
        }
        Block::Hours { title, week } => add_week(lines, title, week, lang, now),
        Block::Places(places) => {
            for place in places {
                add_place(lines, place, lang, now);
            }
        }
    }
}

fn add_week(lines: &mut Vec<String>, title: &str, week: &hours::Week, lang: Lang, now: LocalTime) {
    let lang = match lang {
        Lang::Da => hours::Lang::Da,
        Lang::En => hours::Lang::En,
    };
    let status = hours::status_text(&hours::status(week, now), now, lang);
    lines.push(format!("{title}: {status}"));
    lines.extend(
        hours::rows(week)
            .iter()
            .map(|row| hours::row_text(row, lang)),
    );
}

fn add_place(lines: &mut Vec<String>, place: &Place, lang: Lang, now: LocalTime) {
    let parts = [
        &place.name,
        &place.text,
        &place.address,
        &place.phone,
        &place.email,
        &place.url,
    ];
    let said: Vec<&str> = parts
        .iter()
        .filter(|part| !part.is_empty())
        .map(|part| part.as_str())
        .collect();
    lines.push(said.join(", "));
    if let Some(week) = &place.week {
        add_week(lines, &place.name, week, lang, now);
    }
}

fn inlines(inlines: &[Inline]) -> String {
    inlines
        .iter()
        .map(|inline| match inline {
            Inline::Text(text) | Inline::Strong(text) => text.clone(),
            Inline::Link { label, url } if url.ends_with(label.as_str()) => label.clone(),
            Inline::Link { label, url } => {
                let url = url
                    .strip_prefix("tel:")
                    .or(url.strip_prefix("mailto:"))
                    .unwrap_or(url);
                format!("{label} ({url})")
            }
            Inline::Fact(_) => String::new(), // resolved before
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use bundle::content::Action;
    use hours::Date;

    fn said(text: &str) -> Inline {
        Inline::Text(text.into())
    }

    #[test]
    fn an_answer_is_a_text_with_its_addresses_and_without_markup() {
        let answer = Answer {
            short: vec![
                Block::Paragraph(vec![
                    said("Et pas koster 893 kr. Se "),
                    Inline::Link {
                        label: "borger.dk".into(),
                        url: "https://www.borger.dk/pas".into(),
                    },
                    said("."),
                ]),
                Block::List {
                    ordered: false,
                    items: vec![vec![Inline::Strong("Foto".into())], vec![said("Pas")]],
                },
            ],
            steps: vec![vec![said("Bestil tid")], vec![said("Mød op")]],
            more: vec![Block::Paragraph(vec![said("Historien om passet.")])],
            actions: vec![
                Action {
                    label: "Ring".into(),
                    target: Target::Phone("00 12 34 56".into()),
                },
                Action {
                    label: "Andet".into(),
                    target: Target::Human,
                },
            ],
            ..Answer::default()
        };
        let now = LocalTime {
            date: Date::new(2026, 11, 23).expect("a day"),
            minute: 600,
        };
        assert_eq!(
            text(&answer, Lang::Da, now, Depth::First),
            "Et pas koster 893 kr. Se borger.dk (https://www.borger.dk/pas).\n- Foto\n- Pas\n1. Bestil tid\n2. Mød op\nRing: 00 12 34 56"
        );
    }
}
