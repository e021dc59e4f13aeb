//! Cuts an utterance into words: canonical spelling for matching, offsets into the original for marking.
//!
//! Also counts the sentences, because people tell a story and then ask. Rules of its own for Danish abbreviations and
//! numbers; knows no other segmentation (a run of Chinese is one token).

use crate::fold::Folder;
use crate::table;
use alloc::string::String;
use alloc::vec::Vec;

/// The writing system of a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Script {
    /// Latin letters and digits.
    Latin,
    /// Cyrillic, as in Russian and Ukrainian.
    Cyrillic,
    /// Arabic, also Persian and Urdu.
    Arabic,
    /// Greek.
    Greek,
    /// Hebrew.
    Hebrew,
    /// Chinese, Japanese and Korean.
    Cjk,
    /// Any other, including Latin letters outside our table.
    Other,
}

/// A word or number of an utterance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// Canonical spelling, never empty: `[a-z0-9]+` for [`Script::Latin`], else the canonical letters of the script.
    pub word: String,
    /// Byte offset of its first character in the original text.
    pub start: u32,
    /// Byte offset after its last character in the original text; on a character boundary like `start`.
    pub end: u32,
    /// The writing system; one for the whole token.
    pub script: Script,
    /// Index of its sentence, counted from 0; stays at 65,535 beyond that.
    pub sentence: u16,
}

/// The words of `text` in their order; their spans ascend and do not overlap.
///
/// Apostrophes vanish ("don't" is "dont"), a hyphen vanishes after a single letter ("e-boks" is "eboks") and parts
/// elsewhere, a dot vanishes inside grouped digits ("1.200" is "1200"). Punctuation and symbols are no tokens. Never
/// fails, takes linear time; text beyond 4 GiB is not read.
pub fn tokenize(text: &str) -> Vec<Token> {
    let mut tokens: Vec<Token> = Vec::new();
    let mut folder = Folder::default();
    let mut canonical = String::new();
    let mut open = false; // whether the last token may grow
    for (start, c) in text.char_indices() {
        let end = start + c.len_utf8();
        if u32::try_from(end).is_err() {
            break;
        }
        canonical.clear();
        folder.push(c, &mut canonical);
        if canonical.is_empty() {
            continue; // a soft hyphen or the like inside a word
        }
        // The first run of word characters, as a circled or bracketed number has only one.
        let mut run = canonical
            .chars()
            .skip_while(|&c| script_of(c).is_none())
            .peekable();
        let Some(script) = run.peek().and_then(|&c| script_of(c)) else {
            open = open && joins(c, tokens.last(), text.get(end..).unwrap_or(""));
            continue;
        };
        let letters = run.take_while(|&c| script_of(c).is_some());
        match tokens.last_mut() {
            Some(last) if open && last.script == script => {
                last.word.extend(letters);
                last.end = end as u32;
            }
            _ => tokens.push(Token {
                word: letters.collect(),
                start: start as u32,
                end: end as u32,
                script,
                sentence: 0,
            }),
        }
        open = true;
    }
    number_sentences(text, &mut tokens);
    tokens
}

/// Whether the mark `c` may stand inside a token: after `last` and before `rest`.
fn joins(c: char, last: Option<&Token>, rest: &str) -> bool {
    let Some(last) = last else { return false };
    let next = rest.chars().next().unwrap_or(' ');
    let next_is_letter = next.is_ascii_alphabetic() || !next.is_ascii();
    let last_is_letter = last.word.bytes().all(|b| !b.is_ascii_digit());
    match c {
        '\'' | '\u{2019}' | '\u{2018}' | '\u{B4}' | '`' => {
            last.script == Script::Latin && next_is_letter
        }
        '-' | '\u{2010}' | '\u{2011}' | '/' => {
            last.word.len() == 1 && last_is_letter && next_is_letter
        }
        '.' => {
            let grouped = rest.bytes().take_while(u8::is_ascii_digit).take(4).count() == 3;
            let span = (last.end - last.start) as usize;
            grouped
                && last.word.bytes().all(|b| b.is_ascii_digit())
                && (span < 4 || last.word.len() < span)
        }
        _ => false,
    }
}

/// The script of a word character, `None` for spaces, punctuation and symbols.
#[expect(clippy::match_same_arms, reason = "in the order of the code points")]
fn script_of(c: char) -> Option<Script> {
    Some(match c as u32 {
        0x30..=0x39 | 0x61..=0x7A => Script::Latin,
        0..=0xBF | 0xD7 | 0xF7 | 0x2C2..=0x2DF | 0x37E | 0x387 | 0x5BE..=0x5C6 | 0x5F3 | 0x5F4 => {
            return None;
        }
        0x600..=0x61F
        | 0x66A..=0x66D
        | 0x6D4
        | 0x964
        | 0x965
        | 0x2000..=0x2BFF
        | 0x2E00..=0x2E7F => return None,
        0x3000..=0x3004 | 0x3008..=0x3020 | 0x3030 | 0x30FB | 0xE000..=0xF8FF | 0xFE00..=0xFE6F => {
            return None;
        }
        0xFF00..=0xFF65 | 0xFFE0..=0xFFFF | 0x1_F000..=0x1_FAFF | 0xE_0000.. => return None,
        0x370..=0x3FF | 0x1F00..=0x1FFF => Script::Greek,
        0x400..=0x52F | 0x1C80..=0x1C8F => Script::Cyrillic,
        0x590..=0x5FF | 0xFB1D..=0xFB4F => Script::Hebrew,
        0x620..=0x6FF | 0x750..=0x77F | 0x8A0..=0x8FF | 0xFB50..=0xFDFF | 0xFE70..=0xFEFE => {
            Script::Arabic
        }
        0x1100..=0x11FF | 0x2E80..=0x9FFF | 0xAC00..=0xD7FF | 0xF900..=0xFAFF | 0xFF66..=0xFFDF => {
            Script::Cjk
        }
        0x2_0000..=0x3_FFFF => Script::Cjk,
        _ => Script::Other,
    })
}

/// Gives every token the index of its sentence, by looking at what stands between two tokens.
fn number_sentences(text: &str, tokens: &mut [Token]) {
    let mut sentence = 0_u16;
    for i in 1..tokens.len() {
        let (before, next) = (&tokens[i - 1], &tokens[i]);
        let gap = text
            .get(before.end as usize..next.start as usize)
            .unwrap_or("");
        if ends_sentence(
            gap,
            &before.word,
            text.get(next.start as usize..)
                .and_then(|rest| rest.chars().next()),
        ) {
            sentence = sentence.saturating_add(1);
        }
        tokens[i].sentence = sentence;
    }
}

/// Whether `gap`, between the word `before` and a word that begins with `next`, ends a sentence.
fn ends_sentence(gap: &str, before: &str, next: Option<char>) -> bool {
    let mut ended = false; // a closing mark was seen
    let mut dot_only = true;
    for c in gap.chars() {
        match c {
            '\n' | '\r' | '\u{2028}' | '\u{2029}' | '\u{3002}' => return true,
            '!' | '?' | '\u{2026}' | '\u{61F}' | '\u{FF01}' | '\u{FF1F}' => {
                (ended, dot_only) = (true, false);
            }
            '.' => {
                dot_only = dot_only && !ended;
                ended = true;
            }
            _ if ended && is_space(c) => {
                let upper = next.is_some_and(|c| !is_lower(c));
                return !dot_only || !gap.starts_with('.') || !belongs_to_word(before, upper);
            }
            '"' | '\'' | ')' | ']' | '\u{201D}' | '\u{2019}' | '\u{BB}' => {}
            _ => ended = false,
        }
    }
    false
}

/// Whether a dot after `word` is part of it ("kl.", "d. 3."), given whether a capital or digit follows.
fn belongs_to_word(word: &str, upper_follows: bool) -> bool {
    /// Abbreviations that another word must follow.
    const OPEN: &str = "\
        adr afd apr aug bl ca chr cirka dec dr dvs eks ekskl evt feb feks fr fre fx gl hhv incl inkl jan jf \
        kap kgl kl lb maks mht mia mio mr mrs ms nov nr obs okt ons pga pkt pr prof red sdr sep sept skt st \
        tel tirs tlf tors vedr vs";
    /// Abbreviations that may end a sentence.
    const CLOSING: &str = "cm etc ff km kr kvm lign mf mm mv osv stk th tv";
    if word.bytes().all(|b| b.is_ascii_digit()) {
        return word.len() <= 2 && !upper_follows;
    }
    if word.len() == 1 {
        return word != "i" || !upper_follows;
    }
    table::contains(OPEN, word) || (!upper_follows && table::contains(CLOSING, word))
}

fn is_space(c: char) -> bool {
    matches!(
        c,
        ' ' | '\t' | '\u{A0}' | '\u{2000}'..='\u{200A}' | '\u{202F}' | '\u{3000}'
    )
}

/// Whether `c` is a lower-case letter or a digit: no sign that a sentence begins.
fn is_lower(c: char) -> bool {
    c.is_ascii_lowercase()
        || c.is_ascii_digit()
        || matches!(c, 'æ' | 'ø' | 'å' | 'é' | 'ä' | 'ö' | 'ü')
}
