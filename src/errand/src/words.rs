//! An utterance as words in canonical spelling, with numbers, clock times and dates kept whole. Knows no meaning:
//! `when` and `said` do.

use elements::instant::digits;

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

/// Canonical spelling, as `text::fold` makes it, for the letters that Danes and their keyboards write: lower case, "æ" is
/// "ae", "ø" is "oe", "å" is "aa", accents go, also where letter and accent are two characters. The whole table would be 2 kB.
pub(crate) fn fold(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match text::lower(c) {
            'æ' | 'ä' => out.push_str("ae"),
            'ø' | 'ö' => out.push_str("oe"),
            'å' => out.push_str("aa"),
            'ü' => out.push_str("ue"),
            'é' | 'è' | 'ê' | 'ë' => out.push('e'),
            'á' | 'à' | 'â' => out.push('a'),
            '\u{30a}' if out.ends_with('a') => out.push('a'),
            '\u{308}' if out.ends_with(['a', 'o', 'u']) => out.push('e'),
            '\u{300}'..='\u{36f}' | '\u{ad}' | '\u{200b}' => {}
            '\u{2010}'..='\u{2015}' => out.push('-'),
            '\u{2018}' | '\u{2019}' => out.push('\''),
            '\u{201c}'..='\u{201e}' => out.push('"'),
            c => out.push(c),
        }
    }
    out
}

/// The words of a text that [`fold`] has folded.
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
        let value = self::digits(&text[..end]).and_then(|value| u16::try_from(value).ok());
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
    if let Some((third, _)) = behind.strip_prefix(mark).and_then(digits) {
        words.push(Word::Triple(first, second, third));
    } else {
        {
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

#[cfg(test)]
mod tests {
    use super::fold;

    #[test]
    fn danish_is_spelt_as_everywhere_else() {
        for text in [
            "på FREDAG efter 15",
            "Rådhuset",
            "lørdag, søndag",
            "Næste uge",
            "café",
            "Österbro",
            "RA\u{30A}DHUS",
            "Mu\u{308}ller",
            "10\u{2013}12",
            "it\u{2019}s",
            "\u{201D}hej\u{201D}",
            "d. 4/12",
            "\u{ad}a",
            "14:30?",
        ] {
            assert_eq!(fold(text), text::fold(text), "{text}");
        }
    }
}
