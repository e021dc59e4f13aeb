//! Words of Danish and English: folding, tokens, stems, compounds, spelling, language of a sentence.
//!
//! Everything works on the *canonical* spelling that [`fold`] makes ("Kørekort" becomes "koerekort"), is a pure
//! function, and never fails: an unknown word is an answer, not an error. Does not know topics or scores (`matcher` does).

#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

mod compound;
mod fold;
mod language;
mod letters;
mod spelling;
mod stem;
mod stopwords;
mod table;
mod tokens;
mod trie;

pub use compound::{known_head, split_compound};
pub use fold::fold;
pub use language::{Language, guess_language};
pub use letters::{holds, is_letter_or_digit, is_lower, is_upper, lower, upper};
pub use spelling::{Correction, correct};
pub use stem::stem;
pub use stopwords::is_stop_word;
pub use tokens::{Script, Token, tokenize};
pub use trie::Trie;
