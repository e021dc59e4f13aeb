//! Letters without the standard library's tables and searchers, which cost 8 kB after brotli: upper and lower case
//! of Latin letters (ASCII, Latin-1, and the pairs of Latin Extended-A by their rule), a text inside another.

/// Whether `part`, which is not empty, stands somewhere in `text`.
pub fn holds(text: &str, part: &str) -> bool {
    text.as_bytes()
        .windows(part.len().max(1))
        .any(|window| window == part.as_bytes())
}

/// True for letters and digits of Latin, Greek and Cyrillic script.
pub fn is_letter_or_digit(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '\u{c0}'..='\u{52f}' if c != '×' && c != '÷')
}

/// The lower-case letter; other characters stay.
pub fn lower(c: char) -> char {
    match c {
        'A'..='Z' | 'À'..='Þ' if c != '×' => shift(c, 32),
        _ if is_upper(c) => shift(c, 1),
        _ => c,
    }
}

/// The upper-case letter; other characters stay.
pub fn upper(c: char) -> char {
    match c {
        'a'..='z' | 'à'..='þ' if c != '÷' => shift(c, -32),
        '\u{100}'..='\u{17e}' if is_upper(shift(c, -1)) && !is_upper(c) => shift(c, -1),
        _ => c,
    }
}

/// True for a letter that has a lower-case form.
pub fn is_upper(c: char) -> bool {
    match c {
        'A'..='Z' | 'À'..='Þ' => c != '×',
        '\u{100}'..='\u{137}' | '\u{14a}'..='\u{177}' => (c as u32).is_multiple_of(2),
        '\u{139}'..='\u{148}' | '\u{179}'..='\u{17e}' => !(c as u32).is_multiple_of(2),
        _ => false,
    }
}

/// True for a letter that has an upper-case form.
pub fn is_lower(c: char) -> bool {
    upper(c) != c
}

fn shift(c: char, by: i32) -> char {
    char::from_u32((c as u32).wrapping_add_signed(by)).unwrap_or(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Where the standard library maps one character to one other of the same block, so do we.
    #[test]
    fn case_is_that_of_unicode_for_latin_letters() {
        for c in '\0'..='\u{17f}' {
            // Dotted and dotless i, ŉ, ĸ, ſ, ß, µ and ÿ pair with letters elsewhere.
            if "İıŉĸſßµÿŸ".contains(c) {
                continue;
            }
            assert!(c.to_lowercase().eq([lower(c)]), "lower {c}");
            assert!(c.to_uppercase().eq([upper(c)]), "upper {c}");
            assert_eq!(is_upper(c), c.is_uppercase(), "{c}");
            assert_eq!(is_lower(c), c.is_lowercase() && !"ªº".contains(c), "{c}");
            assert_eq!(
                is_letter_or_digit(c),
                c.is_alphanumeric() && !"ªº²³¹¼½¾".contains(c),
                "{c}"
            );
        }
    }
}
