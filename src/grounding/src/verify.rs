//! Whether a sentence of a model may be seen. Everything that it states must stand in a passage that it names; how it is said is
//! the model's, what is said is the kommune's.

use crate::cite::taken;
use crate::facts::facts;
use crate::passage::{Known, Passages};
use crate::place::{Hosts, is_address, words};
use crate::suspect::is_hidden;
use crate::words::{line, novel, shared};
use bundle::content::Lang;
use std::collections::BTreeSet;

/// Most passages that one sentence may name.
const CITED_MOST: usize = 3;
/// Longest sentence, characters.
const LONGEST: usize = 400;
/// Fewest meaning words that a sentence shares with what it names.
const SHARED_LEAST: usize = 2;

/// Why a sentence may not be seen. For programs: kebab case on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// It names no passage.
    Uncited,
    /// It names a passage that is none.
    UnknownPassage,
    /// It names more passages than one sentence can stand on.
    TooManyPassages,
    /// A number, amount, date, time, phone or mail address is not in the passage.
    Number,
    /// An address that is not listed, or not in the passage.
    Link,
    /// It is more than running text: HTML, a picture, a link of its own, code, hidden characters.
    Markup,
    /// It shares too few words with the passage.
    Unsupported,
    /// Another passage says it, not the one named.
    WrongPassage,
    /// The passage says no where the sentence says yes, or the other way round.
    Negation,
    /// Longer than a sentence.
    TooLong,
    /// Nothing was said.
    Empty,
}

impl Reason {
    /// Each of them.
    pub const ALL: [Reason; 11] = [
        Reason::Uncited,
        Reason::UnknownPassage,
        Reason::TooManyPassages,
        Reason::Number,
        Reason::Link,
        Reason::Markup,
        Reason::Unsupported,
        Reason::WrongPassage,
        Reason::Negation,
        Reason::TooLong,
        Reason::Empty,
    ];

    /// "unknown-passage".
    pub fn name(self) -> &'static str {
        match self {
            Reason::Uncited => "uncited",
            Reason::UnknownPassage => "unknown-passage",
            Reason::TooManyPassages => "too-many-passages",
            Reason::Number => "number",
            Reason::Link => "link",
            Reason::Markup => "markup",
            Reason::Unsupported => "unsupported",
            Reason::WrongPassage => "wrong-passage",
            Reason::Negation => "negation",
            Reason::TooLong => "too-long",
            Reason::Empty => "empty",
        }
    }
}

/// A piece of a sentence: running text, or text that leads somewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// What is read.
    pub text: String,
    /// `https:` on a listed host; empty for running text.
    pub url: String,
}

/// A sentence that may be seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sentence {
    /// Its pieces in order.
    pub parts: Vec<Part>,
    /// Numbers of the passages that it stands on, ascending.
    pub passages: Vec<u8>,
}

impl Sentence {
    /// As running text.
    pub fn text(&self) -> String {
        self.parts.iter().map(|part| part.text.as_str()).collect()
    }
}

/// What becomes of a sentence.
pub type Verdict = Result<Sentence, Reason>;

/// Looks at one sentence as a model wrote it, citations and all.
///
/// # Errors
/// The first [`Reason`] for which it may not be seen.
pub fn verify(sentence: &str, passages: &Passages, hosts: &Hosts, lang: Lang) -> Verdict {
    let (numbers, plain) = taken(sentence);
    let plain = unmarked(&plain)?;
    if plain.is_empty() {
        return Err(Reason::Empty);
    }
    if plain.chars().count() > LONGEST {
        return Err(Reason::TooLong);
    }
    if numbers.is_empty() {
        return Err(Reason::Uncited);
    }
    let known = |n: &u32| {
        u8::try_from(*n)
            .ok()
            .and_then(|n| Some((n, passages.known(n)?)))
    };
    let cited: Vec<(u8, &Known)> = numbers.iter().filter_map(known).collect();
    if cited.len() < numbers.len() {
        return Err(Reason::UnknownPassage);
    }
    if cited.len() > CITED_MOST {
        return Err(Reason::TooManyPassages);
    }
    let parts = linked(&plain, hosts)?;
    let stated: Vec<_> = cited
        .iter()
        .flat_map(|(_, known)| known.facts.iter().cloned())
        .collect();
    for fact in facts(&plain, lang) {
        if !fact.is_in(&stated) {
            return Err(match fact {
                crate::Fact::Address(_) => Reason::Link,
                _ => Reason::Number,
            });
        }
    }
    shares(&plain, &cited, passages, lang)?;
    Ok(Sentence {
        parts,
        passages: cited.into_iter().map(|(number, _)| number).collect(),
    })
}

/// Running text without the marks of emphasis and lists.
fn unmarked(text: &str) -> Result<String, Reason> {
    let mut rest = text.trim();
    rest = rest
        .trim_start_matches(['-', '*', '•', '–', '#', '>'])
        .trim_start();
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    if (1..=2).contains(&digits)
        && let Some(behind) = rest[digits..]
            .strip_prefix(". ")
            .or(rest[digits..].strip_prefix(") "))
        && behind.starts_with(|c: char| c.is_uppercase())
    {
        rest = behind;
    }
    let plain = rest.replace("**", "").replace("__", "");
    let plain = plain.split_whitespace().collect::<Vec<_>>().join(" ");
    let tag = |at: usize| {
        plain[at + 1..].starts_with(|c: char| c.is_alphabetic() || matches!(c, '/' | '!' | '?'))
    };
    let odd = plain.contains("](")
        || plain.contains("]:")
        || plain.contains('`')
        || plain.contains('|')
        || plain.contains("&#")
        || plain.contains("&lt")
        || plain.contains("{{")
        || plain.contains("\\u")
        || plain.chars().any(is_hidden)
        || text
            .chars()
            .any(|c| is_hidden(c) && !matches!(c, '\t' | '\r'))
        || plain.match_indices('<').any(|(at, _)| tag(at))
        || plain.contains('[');
    if odd { Err(Reason::Markup) } else { Ok(plain) }
}

/// The text with its addresses as links. All of them must be listed.
fn linked(text: &str, hosts: &Hosts) -> Result<Vec<Part>, Reason> {
    let mut parts = Vec::new();
    let mut at = 0;
    let plain = |text: &str| Part {
        text: text.to_owned(),
        url: String::new(),
    };
    for (start, word) in words(text) {
        if word.contains('@') || !is_address(word) {
            continue;
        }
        if !hosts.lists(word) {
            return Err(Reason::Link);
        }
        if start > at {
            parts.push(plain(&text[at..start]));
        }
        let scheme = if word.to_lowercase().starts_with("https://") {
            ""
        } else {
            "https://"
        };
        parts.push(Part {
            text: word.to_owned(),
            url: format!("{scheme}{word}"),
        });
        at = start + word.len();
    }
    if at < text.len() {
        parts.push(plain(&text[at..]));
    }
    Ok(parts)
}

/// The sentence shares its words with the passages that it names, more than with others, and says yes where they do.
fn shares(
    plain: &str,
    cited: &[(u8, &Known)],
    passages: &Passages,
    lang: Lang,
) -> Result<(), Reason> {
    let said = line(plain, lang);
    let total = said.stems.len();
    let in_known = |known: &Known| {
        let all: BTreeSet<String> = known
            .lines
            .iter()
            .flat_map(|l| l.stems.iter().cloned())
            .collect();
        shared(&said.stems, &all)
    };
    let together: BTreeSet<String> = cited
        .iter()
        .flat_map(|(_, k)| k.lines.iter().flat_map(|l| l.stems.iter().cloned()))
        .collect();
    let found = shared(&said.stems, &together);
    let best = passages
        .all()
        .filter(|(number, _)| cited.iter().all(|(n, _)| n != number))
        .map(|(_, known)| in_known(known))
        .max()
        .unwrap_or(0);
    if found < SHARED_LEAST || found * 5 < total * 3 {
        return Err(if best * 5 >= total * 4 && best >= SHARED_LEAST {
            Reason::WrongPassage
        } else {
            Reason::Unsupported
        });
    }
    if best > found && best * 10 >= total * 9 && found * 4 < total * 3 {
        return Err(Reason::WrongPassage);
    }
    if novel(&said.stems, &together).any(|stem| !passages.knows(stem)) {
        return Err(Reason::Unsupported);
    }
    let lines = || cited.iter().flat_map(|(_, known)| known.lines.iter());
    if said.negative && !lines().any(|l| l.negative) {
        return Err(Reason::Negation);
    }
    // The line that says nearly the same decides; of several any that agrees.
    let near: Vec<_> = lines()
        .filter(|l| {
            shared(&said.stems, &l.stems) * 5 >= total * 4
                && shared(&l.stems, &said.stems) * 2 >= l.stems.len()
        })
        .collect();
    if !near.is_empty() && near.iter().all(|l| l.negative != said.negative) {
        return Err(Reason::Negation);
    }
    Ok(())
}

#[cfg(test)]
#[path = "verify_tests.rs"]
mod tests;
