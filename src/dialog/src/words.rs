//! Small questions about words that every part of the conversation asks: which words does a line
//! have, are two of them the same, does one begin the other.

use alloc::string::String;
use alloc::vec::Vec;
use text::Language;

/// The canonical words of a text.
pub(crate) fn words(text: &str) -> Vec<String> {
    text::tokenize(text).into_iter().map(|t| t.word).collect()
}

/// Whether `word` stands in a list of words with spaces between them.
pub(crate) fn among(list: &str, word: &str) -> bool {
    list.split(' ').any(|listed| listed == word)
}

/// How many words the first of `phrases` has that `said` begins with (or ends with). Phrases stand
/// between bars: one text is a third of the bytes of a table of words.
pub(crate) fn edge(said: &[String], phrases: &str, end: bool) -> Option<usize> {
    phrases.split('|').find_map(|phrase| {
        let count = phrase.split(' ').count();
        let from = if end {
            said.len().checked_sub(count)?
        } else {
            0
        };
        let words = said.get(from..from + count)?;
        words
            .iter()
            .zip(phrase.split(' '))
            .all(|(a, b)| a == b)
            .then_some(count)
    })
}

/// Words that bear what is asked: neither function words nor question words.
pub(crate) fn content(words: &[String]) -> Vec<&str> {
    words
        .iter()
        .map(String::as_str)
        .filter(|w| !text::is_stop_word(w) && !is_question(w))
        .collect()
}

/// Words that ask.
pub(crate) fn is_question(word: &str) -> bool {
    among(
        "hvad hva hvor hvornaar hvornar hvordan hvorfor hvem hvis hvilke hvilken hvilket what how when where why who which",
        word,
    )
}

/// Equal, of the same stem, or one slip of the finger apart (from five letters on).
pub(crate) fn same(a: &str, b: &str) -> bool {
    a == b
        || text::stem(a, Language::Danish) == text::stem(b, Language::Danish)
        || (a.len().min(b.len()) >= 5 && within_one(a, b))
}

/// At most one letter missing, too many, wrong, or two neighbours swapped.
pub(crate) fn within_one(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    if a.len().abs_diff(b.len()) > 1 {
        return false;
    }
    let start = a.iter().zip(b).take_while(|(x, y)| x == y).count();
    let (a, b) = (&a[start..], &b[start..]);
    match (a, b) {
        ([], _) | (_, []) => true,
        ([_, rest @ ..], _) if a.len() > b.len() => rest == b,
        (_, [_, rest @ ..]) if b.len() > a.len() => rest == a,
        ([x1, x2, rest_a @ ..], [y1, y2, rest_b @ ..]) if x1 == y2 && x2 == y1 => rest_a == rest_b,
        _ => a[1..] == b[1..],
    }
}

/// The words with a blank between them. `join` would bring its code a second time, for `String`.
pub(crate) fn together(words: &[String]) -> String {
    let mut all = String::new();
    for word in words {
        if !all.is_empty() {
            all.push(' ');
        }
        all.push_str(word);
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_slip_is_forgiven() {
        for (a, b) in [
            ("pas", "pas"),
            ("koerekrot", "koerekort"),
            ("kørekot", "kørekort"),
            ("passs", "pass"),
            ("", "a"),
        ] {
            assert!(within_one(a, b), "{a} {b}");
            assert!(within_one(b, a), "{b} {a}");
        }
    }

    #[test]
    fn two_slips_are_not() {
        for (a, b) in [
            ("abcd", "badc"),
            ("pas", "passer"),
            ("abc", "xbz"),
            ("ab", "cd"),
        ] {
            assert!(!within_one(a, b), "{a} {b}");
        }
    }

    #[test]
    fn content_leaves_out_function_and_question_words() {
        let all = words("Hvad koster det at få et pas?");
        assert_eq!(content(&all), ["koster", "pas"]);
    }
}
