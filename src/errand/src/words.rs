//! An utterance as words in canonical spelling, with numbers, clock times and dates kept whole. Knows no meaning:
//! `when` and `said` do.

/// A word, a number, or two or three numbers with a mark between them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Word<'t> {
    /// Letters in canonical spelling ("fredag", "koebenhavn").
    Plain(&'t str),
    /// `15`; with a dot behind or an English ending it is a day of a month, `4.`, `4th`.
    Number(u16, bool),
    /// `14.30`, `14:30`, `4/12`, `10-12`: the mark between.
    Pair(u16, char, u16),
    /// `4/12/2026`, `4.12.26`, `2026-12-04`.
    Triple(u16, u16, u16),
}

impl<'t> Word<'t> {
    /// The letters, if these are letters.
    pub(crate) fn plain(self) -> &'t str {
        match self {
            Word::Plain(word) => word,
            _ => "",
        }
    }

    /// As it was read, for people.
    pub(crate) fn shown(self) -> String {
        match self {
            Word::Plain(word) => word.to_string(),
            Word::Number(number, _) => hours::number(number),
            Word::Pair(first, mark, second) => {
                let mut text = hours::number(first);
                text.push(mark);
                text + &hours::number(second)
            }
            Word::Triple(first, second, third) => {
                [first, second, third].map(hours::number).join("/")
            }
        }
    }
}

/// The words of a text that `text::fold` has folded.
pub(crate) fn words(folded: &str) -> Vec<Word<'_>> {
    let mut words = Vec::new();
    for raw in folded.split(|c: char| {
        c.is_whitespace() || matches!(c, ',' | ';' | '!' | '?' | '(' | ')' | '"' | '\'')
    }) {
        let token = raw.trim_matches(|c: char| !c.is_ascii_alphanumeric() && c != '.');
        let token = token.trim_start_matches('.');
        if token.is_empty() {
            continue;
        }
        if token.starts_with(|c: char| c.is_ascii_digit()) {
            number(token, &mut words);
        } else {
            // "14-tiden" begins with a digit and is done above; "man-tors" are two words.
            words.extend(
                token
                    .split(['-', '/', '.'])
                    .filter(|part| !part.is_empty())
                    .map(Word::Plain),
            );
        }
    }
    words
}

/// A token that begins with a digit.
fn number<'t>(token: &'t str, words: &mut Vec<Word<'t>>) {
    let digits = |text: &'t str| {
        let end = text
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(text.len());
        let value = text[..end].parse::<u16>().ok();
        value.map(|value| (value, &text[end..]))
    };
    let Some((first, rest)) = digits(token) else {
        return words.push(Word::Plain(token));
    };
    let mark = rest.chars().next();
    let second = match mark {
        Some('.' | ':' | '/' | '-') => digits(&rest[1..]),
        _ => None,
    };
    let Some((second, behind)) = second else {
        let tail = rest.trim_matches(['.', '-']);
        let day = rest == "." || matches!(tail, "st" | "nd" | "rd" | "th");
        words.push(Word::Number(first, day));
        if !tail.is_empty() && !day {
            words.push(Word::Plain(tail));
        }
        return;
    };
    let mark = mark.unwrap_or('.');
    match behind.strip_prefix(mark).and_then(digits) {
        Some((third, _)) => words.push(Word::Triple(first, second, third)),
        None => {
            // "4.12." is a date: the dot of the month is told apart from the end of a sentence by the mark before.
            let mark = if behind == "." && mark == '.' {
                '/'
            } else {
                mark
            };
            words.push(Word::Pair(first, mark, second));
            let tail = behind.trim_matches(['.', '-']);
            if !tail.is_empty() {
                words.push(Word::Plain(tail));
            }
        }
    }
}
