//! The code with which a citizen whose tab has gone comes back: written down, good once, for a day.
//!
//! Ten characters of Douglas Crockford's base 32 (no I L O U), 50 bits. What is easily misread is read as what it looks
//! like: O is 0, I and L are 1. Only its hash is stored; a server allows few wrong codes, see docs/handoff-adapter.md.

use sha2::{Digest, Sha256};
use std::fmt;
use std::str::FromStr;

const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const LEN: usize = 10;

/// A resume code, `7K3QD-0V9MX`. Prints itself whole: it must never come into a log.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct ResumeCode([u8; LEN]);

/// Why a resume code was not taken: it does not have ten characters of its alphabet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a code is ten characters, as 7K3QD-0V9MX")]
pub struct CodeError;

impl ResumeCode {
    /// How many bits of chance there are in one.
    pub const BITS: u32 = 5 * LEN as u32;

    /// The code of 50 random bits, the lowest of the number.
    pub fn from_bits(random: u64) -> ResumeCode {
        let digit = |at: usize| ((random >> (5 * at)) & 31) as u8;
        ResumeCode(std::array::from_fn(digit))
    }

    /// What is stored in its place: SHA-256 over the kommune's slug and the code, so that it opens nothing elsewhere.
    pub fn hash(&self, kommune: &str) -> [u8; 32] {
        let mut hash = Sha256::new();
        hash.update(b"lokalsvar resume code\0");
        hash.update(kommune.as_bytes());
        hash.update([0]);
        hash.update(self.0);
        hash.finalize().into()
    }
}

impl fmt::Display for ResumeCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, digit) in self.0.iter().enumerate() {
            if at == LEN / 2 {
                f.write_str("-")?;
            }
            write!(f, "{}", char::from(ALPHABET[usize::from(*digit)]))?;
        }
        Ok(())
    }
}

impl fmt::Debug for ResumeCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ResumeCode(…)")
    }
}

impl FromStr for ResumeCode {
    type Err = CodeError;

    /// Small letters, blanks and hyphens do not matter.
    fn from_str(text: &str) -> Result<Self, CodeError> {
        let mut digits = [0; LEN];
        let mut at = 0;
        for char in text.chars().filter(|c| !c.is_whitespace() && *c != '-') {
            let char = match char.to_ascii_uppercase() {
                'O' => '0',
                'I' | 'L' => '1',
                other => other,
            };
            let digit = ALPHABET.iter().position(|a| char::from(*a) == char);
            *digits.get_mut(at).ok_or(CodeError)? = digit.ok_or(CodeError)? as u8;
            at += 1;
        }
        if at == LEN {
            Ok(ResumeCode(digits))
        } else {
            Err(CodeError)
        }
    }
}
