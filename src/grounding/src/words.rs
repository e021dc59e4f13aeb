//! Which meaning words a line holds, as stems: what a sentence shares with a passage. Knows no meaning beyond that, apart from whether
//! a line says no.

use crate::facts::is_name;
use bundle::content::Lang;
use std::collections::BTreeSet;
use text::{Language, Script};

/// The words of one line or sentence of a passage.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Line {
    /// Stems of meaning words.
    pub(crate) stems: BTreeSet<String>,
    /// It says that something is not so.
    pub(crate) negative: bool,
}

const NEGATIONS: &[&str] = &[
    "ikke",
    "ingen",
    "intet",
    "ingenting",
    "aldrig",
    "uden",
    "hverken",
    "ej",
    "not",
    "no",
    "never",
    "none",
    "without",
    "cannot",
    "cant",
    "dont",
    "doesnt",
    "isnt",
    "wont",
    "neither",
    "nor",
    "mustnt",
    "arent",
];

/// Shortest common piece of two stems that makes them kin, letters.
const PIECE: usize = 4;

pub(crate) fn language(lang: Lang) -> Language {
    match lang {
        Lang::Da => Language::Danish,
        Lang::En => Language::English,
    }
}

/// The words of a text, a line for each of its sentences.
pub(crate) fn lines(text: &str, lang: Lang) -> Vec<Line> {
    let mut all: Vec<Line> = Vec::new();
    let mut last = None;
    for token in text::tokenize(text) {
        if last != Some(token.sentence) {
            all.push(Line::default());
            last = Some(token.sentence);
        }
        let Some(line) = all.last_mut() else { continue };
        let digits = token.word.bytes().all(|b| b.is_ascii_digit());
        if NEGATIONS.contains(&token.word.as_str()) {
            line.negative = true;
        } else if token.script != Script::Latin {
            line.stems.insert(token.word);
        } else if !digits
            && token.word.len() >= 2
            && !text::is_stop_word(&token.word)
            && !is_name(&token.word, lang)
        {
            line.stems.insert(text::stem(&token.word, language(lang)));
        }
    }
    all
}

/// The words of a text as one line.
pub(crate) fn line(text: &str, lang: Lang) -> Line {
    let mut one = Line::default();
    for line in lines(text, lang) {
        one.stems.extend(line.stems);
        one.negative |= line.negative;
    }
    one
}

/// Those of the first's stems that do not stand in the second.
pub(crate) fn novel<'a>(
    first: &'a BTreeSet<String>,
    second: &'a BTreeSet<String>,
) -> impl Iterator<Item = &'a str> {
    let missing = first.iter().filter(|stem| !is_in(stem, second));
    missing.map(String::as_str)
}

/// How many of the first's stems stand in the second, alone or as a piece of a compound.
pub(crate) fn shared(first: &BTreeSet<String>, second: &BTreeSet<String>) -> usize {
    first.iter().filter(|stem| is_in(stem, second)).count()
}

fn is_in(stem: &str, all: &BTreeSet<String>) -> bool {
    let kin = |other: &String| {
        let (short, long) = if stem.len() < other.len() {
            (stem, other.as_str())
        } else {
            (other.as_str(), stem)
        };
        short.len() >= PIECE && (long.starts_with(short) || long.ends_with(short))
    };
    all.contains(stem) || all.iter().any(kin)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_share_stems_and_parts_of_compounds_and_know_a_no() {
        let passage = line("Et pas koster 893 kr. Du betaler, når du søger.", Lang::Da);
        let said = line(
            "Passet koster 893 kr., og du betaler ved ansøgningen",
            Lang::Da,
        );
        assert!(
            shared(&said.stems, &passage.stems) >= 3,
            "{said:?} {passage:?}"
        );
        assert!(line("Du kan ikke få det", Lang::Da).negative);
        assert!(!passage.negative);
        assert_eq!(lines("Et. To ord.\nTre", Lang::Da).len(), 3);
    }
}
