//! Folds text to its canonical spelling: "Kørekort", "KØREKORT" and "koerekort" become the same letters.
//!
//! For everything that compares words. Tables of our own instead of the Unicode crates keep the WASM small: exact for
//! the Latin blocks up to U+024F and U+1E00..1EFF, Greek and Cyrillic upper case, and the compatibility forms people
//! paste; other letters pass unchanged. Checked against Unicode NFKC in `tests/golden.rs`.

use alloc::string::String;

/// One base letter for each of U+00C0..=U+024F; capitals are codes for two letters (see [`expand`]), '.' means "leave".
const LATIN: &[u8; 400] = b"\
    aaaaEAEceeeeiiiidnooooO.OuuuUyTSaaaaEAEceeeeiiiidnooooO.OuuuUyTyaaaaaaccccccccdd\
    ddeeeeeeeeeegggggggghhhhiiiiiiiiiiIIjjkkkllllllllllnnnnnnQnnooooooOOrrrrrrssssss\
    ssttttttuuuuuuuuuuuuwwyyyzzzzzzsbbbb...ccdddd....ffg...ikkl..nn.oo..pp.....ttttu\
    u.vyyzz.............DDDLLLNNNaaiioouuUUUUUUUU.EEaaEEggggkkoooo..jDDDgg..nnAAEEOO\
    aaaaeeeeiiiioooorrrruuuusstt..hhnd..zzaaeeOOooooooyylnt...accltsz..b..eejjqqrryy";

/// The same for U+1E00..=U+1EFF.
const LATIN_ADDITIONAL: &[u8; 256] = b"\
    aabbbbbbccddddddddddeeeeeeeeeeffgghhhhhhhhhhiiiikkkkkkllllllllmmmmmmnnnnnnnnooOO\
    oooopppprrrrrrrrssssssssssttttttttuuuuuuuuUUvvvvwwwwwwwwwwxxxxyyzzzzzzhtwyas..S.\
    aaaaaaaaaaaaaaaaaaaaaaaaeeeeeeeeeeeeeeeeiiiioooooooooooooooooooooooouuuuuuuuuuuu\
    uuyyyyyyyy....yy";

/// The canonical form of `text` for matching.
///
/// Lower case; compatibility forms (full width, ligatures, circled, superscript) as plain letters and digits; no
/// diacritics; Danish and German letters spelt out (æ, ä "ae"; ø, ö "oe"; å "aa"; ü "ue"; ß "ss"); every dash '-',
/// every space and line break ' ', every quotation mark straight; control and zero-width characters removed. Letters
/// of other scripts stay, in lower case for Greek and Cyrillic. Folding twice gives the same as folding once.
pub fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    let mut folder = Folder::default();
    for c in text.chars() {
        folder.push(c, &mut out);
    }
    out
}

/// Folds one character after the other; remembers the last letter, because "a" + combining ring is "å".
#[derive(Default)]
pub(crate) struct Folder {
    /// The plain a, o or u that a combining diaeresis or ring may still turn into a Danish letter, else 0.
    base: u8,
}

impl Folder {
    /// Appends the canonical form of `c`, which may be nothing, to `out`.
    pub(crate) fn push(&mut self, c: char, out: &mut String) {
        let code = c as u32;
        if (0x300..=0x36F).contains(&code) {
            match (self.base, code) {
                (b'a' | b'o' | b'u', 0x308) => out.push('e'),
                (b'a', 0x30A) => out.push('a'),
                _ => return,
            }
            self.base = 0;
            return;
        }
        let before = out.len();
        push_char(c, out);
        let added = &out.as_bytes()[before..];
        if let [letter] = added {
            self.base = *letter;
        } else if !added.is_empty() {
            self.base = 0;
        }
    }
}

/// One character by itself, without regard to what came before.
#[expect(
    clippy::match_same_arms,
    reason = "in the order of the code points, grouped by purpose"
)]
fn push_char(c: char, out: &mut String) {
    let code = c as u32;
    match code {
        0x09..=0x0D
        | 0x20
        | 0x85
        | 0xA0
        | 0x1680
        | 0x2000..=0x200A
        | 0x2028
        | 0x2029
        | 0x202F
        | 0x205F
        | 0x3000 => {
            out.push(' ');
        }
        0..=0x1F | 0x7F..=0x9F | 0xAD => {}
        0x60 | 0xB4 => out.push('\''),
        0x21..=0x7E => out.push(c.to_ascii_lowercase()),
        0xA8 | 0xAF | 0xB8 => out.push(' '),
        0xAA => out.push('a'),
        0xBA => out.push('o'),
        0xAB | 0xBB => out.push('"'),
        0xB2 | 0xB3 => digit(code - 0xB0, out),
        0xB9 => out.push('1'),
        0xB5 => out.push('\u{3BC}'),
        0xBC => out.push_str("1/4"),
        0xBD => out.push_str("1/2"),
        0xBE => out.push_str("3/4"),
        0xC0..=0x24F => expand(LATIN[code as usize - 0xC0], c, out),
        0x1E00..=0x1EFF => expand(LATIN_ADDITIONAL[code as usize - 0x1E00], c, out),
        0x2BB | 0x2BC | 0x2018..=0x201B | 0x2032 | 0x2035 | 0x2039 | 0x203A => out.push('\''),
        0x201C..=0x201F | 0x2033 | 0x2036 => out.push('"'),
        0x2034 | 0x2037 => out.push_str("'''"),
        0x2057 => out.push_str("''''"),
        0x2010..=0x2015 | 0x2212 | 0xFE58 | 0xFE63 => out.push('-'),
        0x2017 | 0x203E => out.push(' '),
        0x2024 => out.push('.'),
        0x2025 => out.push_str(".."),
        0x2026 => out.push_str("..."),
        0x203C => out.push_str("!!"),
        0x2044 => out.push('/'),
        0x2047 => out.push_str("??"),
        0x2048 => out.push_str("?!"),
        0x2049 => out.push_str("!?"),
        // Nothing to see: zero width, direction marks, joiners, modifier half rings, variation selectors, points.
        0x2BE
        | 0x2BF
        | 0x200B..=0x200F
        | 0x202A..=0x202E
        | 0x2060..=0x206F
        | 0xFE00..=0xFE0F
        | 0xFEFF => {}
        0x5B0..=0x5BD | 0x640 | 0x64B..=0x65F | 0x670 => {}
        // Upper case of Greek and Cyrillic.
        0x386 => shift(code + 38, out),
        0x388..=0x38A => shift(code + 37, out),
        0x38C => shift(code + 64, out),
        0x38E | 0x38F => shift(code + 63, out),
        0x391..=0x3A1 | 0x3A3..=0x3AB | 0x410..=0x42F => shift(code + 32, out),
        0x400..=0x40F => shift(code + 80, out),
        0x460..=0x481 | 0x48A..=0x4BF | 0x4D0..=0x52F => shift(code | 1, out),
        0x4C1..=0x4CE => shift(code + (code & 1), out),
        0x4C0 => shift(0x4CF, out),
        // Compatibility digits and letters.
        0x2070 | 0x2074..=0x2079 => digit(code - 0x2070, out),
        0x2080..=0x2089 => digit(code - 0x2080, out),
        0x2460..=0x2473 => number(code - 0x245F, out),
        0x2474..=0x2487 => wrapped("(", code - 0x2473, ")", out),
        0x2488..=0x249B => wrapped("", code - 0x2487, ".", out),
        0x249C..=0x24B5 => {
            out.push('(');
            letter(code - 0x249C, out);
            out.push(')');
        }
        0x24B6..=0x24E9 => letter((code - 0x24B6) % 26, out),
        0x24EA => out.push('0'),
        0xFB00..=0xFB06 => {
            out.push_str(["ff", "fi", "fl", "ffi", "ffl", "st", "st"][code as usize - 0xFB00]);
        }
        0xFF01..=0xFF5E => {
            if let Some(plain) = char::from_u32(code - 0xFEE0) {
                push_char(plain, out);
            }
        }
        // Mathematical alphabets, as in 𝐇𝐞𝐣: 13 alphabets of 52 letters, then digits.
        0x1_D400..=0x1_D6A3 => letter((code - 0x1_D400) % 26, out),
        0x1_D7CE..=0x1_D7FF => digit((code - 0x1_D7CE) % 10, out),
        _ => out.push(c),
    }
}

/// Appends what a table entry stands for; '.' is the character itself.
fn expand(entry: u8, c: char, out: &mut String) {
    match entry {
        b'.' => out.push(c),
        b'A' => out.push_str("aa"),
        b'E' => out.push_str("ae"),
        b'O' => out.push_str("oe"),
        b'U' => out.push_str("ue"),
        b'S' => out.push_str("ss"),
        b'T' => out.push_str("th"),
        b'D' => out.push_str("dz"),
        b'L' => out.push_str("lj"),
        b'N' => out.push_str("nj"),
        b'I' => out.push_str("ij"),
        b'Q' => out.push_str("'n"),
        letter => out.push(letter as char),
    }
}

fn shift(code: u32, out: &mut String) {
    out.extend(char::from_u32(code));
}

fn letter(index: u32, out: &mut String) {
    out.push((b'a' + index as u8) as char);
}

fn digit(value: u32, out: &mut String) {
    out.push((b'0' + value as u8) as char);
}

fn number(value: u32, out: &mut String) {
    if value >= 10 {
        digit(value / 10, out);
    }
    digit(value % 10, out);
}

fn wrapped(open: &str, value: u32, close: &str, out: &mut String) {
    out.push_str(open);
    number(value, out);
    out.push_str(close);
}
