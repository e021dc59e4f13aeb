//! The receipt number: what a citizen reads aloud on the phone. Not a secret; who knows it sees nothing.
//!
//! 19 characters, none of which looks like another (no 0 O 1 I, 2 Z, 5 S, 8 B, U V), without vowels so that it forms no
//! word, and no pair that the ear confuses more than needed (F without S, M without N, P and T without B and D). The last
//! character is a check, modulo 19, a prime: one wrong character or two that changed places are always noticed.

use std::fmt;
use std::str::FromStr;

const ALPHABET: &[u8; 19] = b"23456789FHJKLMPRTVX";
/// Characters before the check.
const LEN: usize = 7;

/// A receipt number, `4KT8-6JPF`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Receipt([u8; LEN + 1]);

/// Why a receipt number was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReceiptError {
    /// Not eight characters of the alphabet.
    #[error("a receipt number is eight characters, as 4KT8-6JPF")]
    Form,
    /// The check does not fit: a character is wrong, or two have changed places.
    #[error("one of the characters is wrong")]
    Check,
}

impl Receipt {
    /// How many there are: 19^7, 893,871,739.
    pub const COUNT: u64 = 19_u64.pow(LEN as u32);

    /// The receipt of a random number; above [`Receipt::COUNT`] they begin again. The database keeps them unique per kommune.
    pub fn from_number(random: u64) -> Receipt {
        let mut rest = random % Self::COUNT;
        let mut digits = [0; LEN + 1];
        for digit in digits[..LEN].iter_mut().rev() {
            *digit = (rest % 19) as u8;
            rest /= 19;
        }
        digits[LEN] = check(&digits);
        Receipt(digits)
    }
}

/// Weights 1..=7 differ, so that swapping any two characters shows.
fn check(digits: &[u8; LEN + 1]) -> u8 {
    let sum: u32 = (1..)
        .zip(&digits[..LEN])
        .map(|(weight, digit)| weight * u32::from(*digit))
        .sum();
    (sum % 19) as u8
}

impl fmt::Display for Receipt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, digit) in self.0.iter().enumerate() {
            if at == 4 {
                f.write_str("-")?;
            }
            write!(f, "{}", char::from(ALPHABET[usize::from(*digit)]))?;
        }
        Ok(())
    }
}

impl FromStr for Receipt {
    type Err = ReceiptError;

    /// Small letters, blanks and hyphens do not matter.
    fn from_str(text: &str) -> Result<Self, ReceiptError> {
        let mut digits = [0; LEN + 1];
        let mut at = 0;
        for char in text.chars().filter(|c| !c.is_whitespace() && *c != '-') {
            let digit = ALPHABET
                .iter()
                .position(|a| char::from(*a) == char.to_ascii_uppercase());
            let (Some(digit), Some(to)) = (digit, digits.get_mut(at)) else {
                return Err(ReceiptError::Form);
            };
            *to = digit as u8;
            at += 1;
        }
        if at != digits.len() {
            return Err(ReceiptError::Form);
        }
        if check(&digits) != digits[LEN] {
            return Err(ReceiptError::Check);
        }
        Ok(Receipt(digits))
    }
}
