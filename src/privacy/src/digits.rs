//! The text as digits of any script, separators and the rest: what numbers are read from.

use alloc::vec::Vec;

/// What a character is to somebody who reads numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sort {
    /// A digit with its value.
    Digit(u8),
    /// Spaces, dashes, dots, slashes, and what cannot be seen.
    Separator,
    /// Anything else: no number goes across it.
    Other,
}

/// One digit of the text.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Digit {
    pub(crate) value: u8,
    pub(crate) start: usize,
    pub(crate) end: usize,
    /// Separators in front of it since the last digit; [`FAR`] when something else lies between.
    pub(crate) gap: usize,
    /// A dash is the only thing in front of it (besides spaces).
    pub(crate) dashed: bool,
}

/// More separators than any number has.
pub(crate) const FAR: usize = usize::MAX;

/// A text with its digits.
pub(crate) struct Scan<'t> {
    pub(crate) text: &'t str,
    pub(crate) digits: Vec<Digit>,
}

impl<'t> Scan<'t> {
    pub(crate) fn new(text: &'t str) -> Self {
        let mut digits = Vec::new();
        let (mut gap, mut dashed) = (FAR, false);
        for (start, c) in text.char_indices() {
            match sort(c) {
                Sort::Digit(value) => {
                    digits.push(Digit {
                        value,
                        start,
                        end: start + c.len_utf8(),
                        gap,
                        dashed,
                    });
                    (gap, dashed) = (0, false);
                }
                Sort::Separator => {
                    // What cannot be seen is no distance.
                    gap = gap.saturating_add(usize::from(!is_invisible(c)));
                    dashed |= is_dash(c);
                    // One that cannot be seen still parts two groups no further than they were.
                }
                Sort::Other => (gap, dashed) = (FAR, false),
            }
        }
        Self { text, digits }
    }

    /// The digits in runs without a character between them: first and one past the last.
    pub(crate) fn groups(&self) -> Vec<(usize, usize)> {
        let mut groups: Vec<(usize, usize)> = Vec::new();
        for (at, digit) in self.digits.iter().enumerate() {
            match groups.last_mut() {
                Some(group) if digit.gap == 0 => group.1 = at + 1,
                _ => groups.push((at, at + 1)),
            }
        }
        groups
    }

    /// The values of some digits.
    pub(crate) fn values(&self, from: usize, to: usize) -> impl Iterator<Item = u8> {
        self.digits[from..to].iter().map(|digit| digit.value)
    }

    /// The letters in front of a byte, at most `letters` of them, lower case.
    pub(crate) fn before(&self, byte: usize, letters: usize) -> alloc::string::String {
        let mut near: Vec<char> = self.text[..byte].chars().rev().take(letters).collect();
        near.reverse();
        near.into_iter().map(text::lower).collect()
    }
}

/// What a character is.
pub(crate) fn sort(c: char) -> Sort {
    match c {
        '0'..='9' => Sort::Digit(c as u8 - b'0'),
        ' ' | '\t' | '\n' | '\r' | '.' | '/' => Sort::Separator,
        '\0'..='\u{7e}' => {
            if c == '-' {
                Sort::Separator
            } else {
                Sort::Other
            }
        }
        _ if is_dash(c) || is_space(c) || is_invisible(c) => Sort::Separator,
        _ => digit_value(c).map_or(Sort::Other, Sort::Digit),
    }
}

pub(crate) fn is_dash(c: char) -> bool {
    matches!(
        c,
        '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe58}' | '\u{fe63}' | '\u{ff0d}'
    )
}

fn is_space(c: char) -> bool {
    matches!(
        c,
        '\u{a0}' | '\u{1680}' | '\u{2000}'
            ..='\u{200a}'
                | '\u{2028}'
                | '\u{2029}'
                | '\u{202f}'
                | '\u{205f}'
                | '\u{3000}'
                | '\u{b7}'
                | '\u{ff0e}'
                | '\u{ff0f}'
    )
}

fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{2069}' | '\u{fe00}'..='\u{fe0f}' | '\u{20e3}' | '\u{feff}')
}

/// Decimal digits beyond ASCII: each run of ten begins at a zero.
fn digit_value(c: char) -> Option<u8> {
    const ZEROS: [u32; 22] = [
        0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xe50,
        0xed0, 0xf20, 0x1040, 0x17e0, 0x1810, 0xff10, 0x1d7ce, 0x1d7d8, 0x1d7e2,
    ];
    let code = c as u32;
    ZEROS
        .iter()
        .find(|zero| (**zero..**zero + 10).contains(&code))
        .map(|zero| (code - zero) as u8)
}
