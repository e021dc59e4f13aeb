//! Which of the options on offer did the citizen mean: by number, by words of its label, yes or no,
//! or none of them. Decides only when it is plain; anything else is a new utterance.

use crate::message::{Choice, Next};
use crate::words::{among, content, same, words};
use alloc::string::String;
use alloc::vec::Vec;

/// What was chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pick {
    /// That option.
    Option(usize),
    /// None of them.
    None,
    /// A bare "ja" to a question that has several answers: ask again.
    Unclear,
}

/// Numbers and ordinals from one to six; the last entry stands for the last option.
const NUMBERS: &str = "1 foerste first ettern etteren|2 to anden two second toeren|3 tre tredje three third treeren|\
    4 fire fjerde four fourth fireren|5 fem femte five fifth|6 seks sjette six sixth";
const LAST: &str = "sidste sidstnaevnte last nederste";
const FIRST: &str = "foerstnaevnte oeverste top";
const AROUND: &str = "den det de nr nummer no number valg mulighed svar option punkt knap tak ja yes please jeg vil \
    gerne tager vaelger have tage vaelge tror the one i ill take choose want id like it er maa bare ok okay saa og med";
const NONE: &str = "ingen|ingen af dem|ingen af delene|ingen af de|ingen af disse|nej ingen|nej ingen af dem|\
        noget andet|noget helt andet|nej noget andet|hverken eller|ikke nogen af dem|none|\
        none of them|none of these|none of the above|neither|something else";

/// "ja", "jep", "yes" alone or first.
pub(crate) fn is_yes(word: &str) -> bool {
    among("ja jo jep jeps jada yes yep yeah", word)
}

/// "nej", "no" alone or first.
pub(crate) fn is_no(word: &str) -> bool {
    among("nej niks nope nah no naeh neej", word)
}

/// What `utterance` chooses among `options`; by words of a label only where `by_words` says so.
pub(crate) fn choose(options: &[Choice], utterance: &str, by_words: bool) -> Option<Pick> {
    let said = words(utterance);
    if options.is_empty() || said.is_empty() || said.len() > 9 {
        return None;
    }
    let real: Vec<usize> = (0..options.len())
        .filter(|i| !matches!(options[*i].then, Next::NoneOfThese))
        .collect();
    if NONE
        .split('|')
        .any(|none| said.iter().map(String::as_str).eq(none.split(' ')))
    {
        return Some(Pick::None);
    }
    by_number(&said, options.len(), real.len())
        .map(Pick::Option)
        .or_else(|| {
            by_label(options, &said)
                .filter(|_| by_words)
                .map(Pick::Option)
        })
        .or_else(|| yes_or_no(options, &real, &said))
}

fn by_number(said: &[String], all: usize, real: usize) -> Option<usize> {
    if let [only] = said
        && among("en et one ettern", only)
    {
        return Some(0);
    }
    let filler = |w: &str| among(AROUND, w);
    let mut left = said.iter().map(String::as_str).filter(|w| !filler(w));
    let (number, end) = (left.next()?, left.next());
    if end.is_some() {
        return None;
    }
    let at = if among(LAST, number) {
        real.checked_sub(1)?
    } else if among(FIRST, number) {
        0
    } else {
        NUMBERS.split('|').position(|names| among(names, number))?
    };
    (at < all).then_some(at)
}

/// By words of the label: every meaning word said must stand in it, and it must fit better than the others.
fn by_label(options: &[Choice], said: &[String]) -> Option<usize> {
    const WEAK: &str = "et en den det er til i paa og jeg skal vil gerne a an the to is for my mit min om at du har";
    let weak = |w: &str| among(WEAK, w);
    let meant: Vec<&str> = said
        .iter()
        .map(String::as_str)
        .filter(|w| !text::is_stop_word(w))
        .collect();
    let spoken: Vec<&str> = said
        .iter()
        .map(String::as_str)
        .filter(|w| !weak(w))
        .collect();
    if spoken.is_empty() {
        return None;
    }
    let mut best: Option<(usize, usize)> = None;
    let mut tied = false;
    for (i, option) in options.iter().enumerate() {
        let label = words(&option.label);
        let fits = |w: &&str| label.iter().any(|l| same(w, l));
        if !meant.iter().all(fits) {
            continue;
        }
        let strong = spoken.iter().filter(|w| fits(w)).count();
        // A label that holds nothing else fits better than one that holds more.
        let spare = content(&label).len().saturating_sub(meant.len()).min(15);
        let score = (strong * 16) + 15 - spare;
        if strong == 0 {
            continue;
        }
        match best {
            Some((_, top)) if top > score => {}
            Some((_, top)) if top == score => tied = true,
            _ => (best, tied) = (Some((i, score)), false),
        }
    }
    best.filter(|_| !tied).map(|(i, _)| i)
}

fn yes_or_no(options: &[Choice], real: &[usize], said: &[String]) -> Option<Pick> {
    let (yes, no) = (is_yes(&said[0]), is_no(&said[0]));
    if !yes && !no {
        return None;
    }
    let labelled = real.iter().find(|&&i| {
        let label = words(&options[i].label);
        label
            .first()
            .is_some_and(|w| if yes { is_yes(w) } else { is_no(w) })
    });
    if let Some(&at) = labelled {
        return (said.len() <= 5).then_some(Pick::Option(at));
    }
    let bare = said
        .iter()
        .all(|w| is_yes(w) || is_no(w) || among("tak please thanks thank you det", w));
    match (bare, yes, real) {
        (true, true, [only]) => Some(Pick::Option(*only)),
        (true, true, _) => Some(Pick::Unclear),
        (true, false, _) => (real.len() < options.len()).then_some(Pick::None),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(labels: &[&str]) -> Vec<Choice> {
        let mut all: Vec<Choice> = labels
            .iter()
            .enumerate()
            .map(|(i, l)| Choice {
                label: (*l).into(),
                then: Next::Intent(i as u16),
            })
            .collect();
        all.push(Choice {
            label: "Ingen af dem".into(),
            then: Next::NoneOfThese,
        });
        all
    }

    fn check(labels: &[&str], rows: &[(&str, Option<Pick>)]) {
        let options = options(labels);
        for (utterance, expected) in rows {
            assert_eq!(choose(&options, utterance, true), *expected, "{utterance}");
        }
    }

    #[test]
    fn by_number_and_ordinal() {
        let two = Some(Pick::Option(1));
        check(
            &["Pas til en voksen", "Pas til et barn", "Passet er væk"],
            &[
                ("2", two),
                ("2.", two),
                ("nr. 2", two),
                ("nummer to", two),
                ("den anden", two),
                ("to", two),
                ("jeg tager den anden tak", two),
                ("the second one please", two),
                ("the first", Some(Pick::Option(0))),
                ("en", Some(Pick::Option(0))),
                ("den sidste", Some(Pick::Option(2))),
                ("4", Some(Pick::Option(3))),
                ("7", None),
                ("jeg har 2 børn", None),
            ],
        );
    }

    #[test]
    fn by_words_of_the_label() {
        check(
            &["Pas til en voksen", "Pas til et barn", "Passet er væk"],
            &[
                ("barn", Some(Pick::Option(1))),
                ("det er til et barn", Some(Pick::Option(1))),
                ("voksne", Some(Pick::Option(0))),
                ("voksenn", Some(Pick::Option(0))),
                ("passet er væk", Some(Pick::Option(2))),
                ("hvad koster et pas til et barn", None),
                ("kørekort", None),
            ],
        );
        check(
            &["Mig selv", "Et barn"],
            &[
                ("mig", Some(Pick::Option(0))),
                ("det er til mig selv", Some(Pick::Option(0))),
            ],
        );
    }

    #[test]
    fn by_number_alone_where_words_do_not_count() {
        let options = options(&["Hvordan bestiller jeg tid til pas?", "Mit affald"]);
        for (said, expected) in [
            ("pas", None),
            ("affald", None),
            ("2", Some(Pick::Option(1))),
            ("ingen af dem", Some(Pick::None)),
        ] {
            assert_eq!(choose(&options, said, false), expected, "{said}");
        }
    }

    #[test]
    fn none_of_them() {
        for said in [
            "ingen af dem",
            "Ingen",
            "none",
            "none of them",
            "noget andet",
            "nej",
            "nej tak",
        ] {
            check(&["Mig selv", "Et barn"], &[(said, Some(Pick::None))]);
        }
    }

    #[test]
    fn yes_and_no() {
        check(
            &["Nej", "Ja, det er væk"],
            &[
                ("ja", Some(Pick::Option(1))),
                ("ja tak", Some(Pick::Option(1))),
                ("nej", Some(Pick::Option(0))),
                ("yes", Some(Pick::Option(1))),
                ("nej jeg mente mit kørekort til bil", None),
            ],
        );
        check(
            &["Mig selv", "Et barn"],
            &[("ja", Some(Pick::Unclear)), ("nej, kørekort", None)],
        );
    }
}
