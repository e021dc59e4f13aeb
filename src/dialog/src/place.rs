//! Does the citizen speak of another kommune? Then the answer says that it holds here only.
//!
//! Names of kommuner are often words too ("vejen", "skive", "greve"): those count only with a
//! capital after "i", "til", "fra", "ved", or in front of "kommune".

use crate::words::among;
use alloc::string::String;
use alloc::vec::Vec;
use bundle::content::Core;
use text::Token;

/// Kommuner whose names are everyday words, folded.
const EVERYDAY: &str = "vejen skive greve odder lejre struer faxe mors ribe hals vejle koege";

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Place {
    /// Index into [`Core::elsewhere`].
    pub(crate) elsewhere: Option<usize>,
    /// The citizen speaks of moving.
    pub(crate) moving: bool,
    /// The utterance without names of places, which say nothing about the errand.
    pub(crate) rest: String,
}

/// Looks for other kommuner and for our own names.
pub(crate) fn find(core: &Core, utterance: &str) -> Place {
    let tokens = text::tokenize(utterance);
    let mut cut: Vec<(usize, usize)> = Vec::new();
    let meta = &core.meta;
    let own = meta
        .towns
        .iter()
        .map(String::as_str)
        .chain([meta.name.as_str(), meta.short_name.as_str()]);
    for name in own {
        let name = crate::words::together(&crate::words::words(name));
        cut.extend(occurrence(&tokens, &name, 0));
    }
    let mut elsewhere = None;
    for (i, (name, kommune, _)) in core.elsewhere.iter().enumerate() {
        if *kommune == meta.name {
            continue;
        }
        // Folded in the bundle.
        let mut from = 0;
        while let Some((at, end)) = occurrence(&tokens, name, from) {
            from = at + 1;
            let ours = cut.iter().any(|&(a, b)| at < b && a < end);
            if !ours && (end - at > 1 || plausible(utterance, &tokens, at, name)) {
                elsewhere = elsewhere.or(Some(i));
                cut.push((at, end));
                break;
            }
        }
    }
    let moving = tokens.iter().any(|t| {
        [
            "flytte", "flytning", "tilflyt", "fraflyt", "moving", "move", "relocat",
        ]
        .iter()
        .any(|w| t.word.starts_with(w))
    });
    Place {
        elsewhere,
        moving,
        rest: without(utterance, &tokens, &cut),
    }
}

/// First place at or after `from` where the words of `name` stand, the last perhaps with a genitive s, and the place behind.
fn occurrence(tokens: &[Token], name: &str, from: usize) -> Option<(usize, usize)> {
    let count = name.split(' ').count();
    let at = (from..(tokens.len() + 1).saturating_sub(count)).find(|&at| {
        name.split(' ')
            .zip(&tokens[at..])
            .enumerate()
            .all(|(i, (word, token))| {
                token.word == word || (i + 1 == count && token.word.strip_suffix('s') == Some(word))
            })
    })?;
    Some((at, at + count))
}

/// An everyday word counts as a kommune only when it is written as a name.
fn plausible(utterance: &str, tokens: &[Token], at: usize, name: &str) -> bool {
    if !among(EVERYDAY, name) {
        return true;
    }
    if tokens
        .get(at + 1)
        .is_some_and(|t| t.word.starts_with("kommune"))
    {
        return true;
    }
    let capital = utterance[tokens[at].start as usize..]
        .chars()
        .next()
        .is_some_and(text::is_upper);
    let shouting = !utterance.chars().any(text::is_lower);
    let before = at.checked_sub(1).map_or("", |b| tokens[b].word.as_str());
    capital && !shouting && among("i til fra ved in to from", before)
}

/// The utterance without the tokens of `cut`; unchanged when nothing would be left.
fn without(utterance: &str, tokens: &[Token], cut: &[(usize, usize)]) -> String {
    let mut out = String::with_capacity(utterance.len());
    let mut from = 0;
    let mut left = 0;
    for (i, token) in tokens.iter().enumerate() {
        if cut.iter().any(|&(a, b)| a <= i && i < b) {
            out.push_str(&utterance[from..token.start as usize]);
            from = token.end as usize;
        } else {
            left += 1;
        }
    }
    out.push_str(&utterance[from..]);
    if left == 0 {
        String::from(utterance)
    } else {
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;
    use bundle::content::Meta;

    fn core() -> Core {
        let row = |a: &str, b: &str, c: &str| (a.into(), b.into(), c.into());
        Core {
            meta: Meta {
                name: "Eksempelby Kommune".into(),
                short_name: "Eksempelby".into(),
                towns: vec!["Prøvestrup".into(), "Vejen By".into()],
                ..Meta::default()
            },
            elsewhere: vec![
                row("odense", "Odense Kommune", "odense.dk"),
                row("vejen", "Vejen Kommune", "vejen.dk"),
                row("lyngby taarbaek", "Lyngby-Taarbæk Kommune", "ltk.dk"),
                row("proevestrup", "Anden Kommune", "anden.dk"),
            ],
            ..Core::default()
        }
    }

    fn named(utterance: &str) -> Option<usize> {
        find(&core(), utterance).elsewhere
    }

    #[test]
    fn another_kommune_is_seen() {
        assert_eq!(named("kan jeg få pas i odense"), Some(0));
        assert_eq!(named("Odenses takster"), Some(0));
        assert_eq!(named("affald i Lyngby-Taarbæk?"), Some(2));
        assert_eq!(named("jeg bor i Vejen"), Some(1));
        assert_eq!(named("vejen kommune"), Some(1));
    }

    #[test]
    fn everyday_words_and_our_own_towns_are_not() {
        for utterance in [
            "hul i vejen",
            "Der er sne på Vejen",
            "HUL I VEJEN",
            "pas i Prøvestrup",
            "Vejen By",
            "pas",
        ] {
            assert_eq!(named(utterance), None, "{utterance}");
        }
    }

    #[test]
    fn the_errand_is_ranked_without_the_place() {
        assert_eq!(
            find(&core(), "kan jeg få pas i Odense?").rest,
            "kan jeg få pas i ?"
        );
        assert_eq!(
            find(&core(), "Eksempelby Kommune åbningstid").rest.trim(),
            "åbningstid"
        );
        assert_eq!(find(&core(), "Odense").rest, "Odense");
        let moving = find(&core(), "vi flytter til Odense");
        assert!(moving.moving && moving.elsewhere == Some(0));
    }
}
