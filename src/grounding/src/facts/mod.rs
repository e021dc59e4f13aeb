//! What a text states that can be looked up letter by letter: numbers with their units, amounts, dates, times, weekdays, phones, mail and web
//! addresses, and words with digits in them. Spellings of Danish and English are folded, so "kl. 10.30" is "10:30" and "tre
//! uger" is "3 uger". A digit that fits no rule is still a number: nothing with a digit goes unseen.

mod names;
mod scan;

use crate::place::{folded, host_of, is_address, words};
use bundle::content::Lang;
use scan::Scan;

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unit {
    /// Danish kroner.
    Kroner,
    /// Any other money.
    Money,
    /// Per cent.
    Percent,
    /// Minutes.
    Minutes,
    /// Hours.
    Hours,
    /// Days.
    Days,
    /// Working days.
    Workdays,
    /// Weeks.
    Weeks,
    /// Months.
    Months,
    /// Years.
    Years,
    /// Length.
    Length,
    /// Area.
    Area,
    /// Weight.
    Weight,
    /// Volume.
    Volume,
    /// Thousands or more of something ("mio.").
    Millions,
}

/// One thing that a text states.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fact {
    /// A number without needless zeros, decimals behind a dot; a phone is one, too.
    Number(String, Option<Unit>),
    /// A time of day, minutes from midnight.
    Time(u16),
    /// A day, perhaps with its year.
    Day(u8, u8, Option<u16>),
    /// A month, perhaps with its year.
    Month(u8, Option<u16>),
    /// Monday is 0.
    Weekday(u8),
    /// A mail address.
    Mail(String),
    /// A web address without scheme and `www.`.
    Address(String),
    /// A word with digits in it: "a4".
    Word(String),
    /// A digit of another script, which nothing vouches for.
    Foreign(char),
}

/// Whether a word, folded, is a name of what facts hold: a weekday, a month, a number, a unit.
pub(crate) fn is_name(word: &str, lang: Lang) -> bool {
    names::weekday(word).is_some()
        || names::month(word).is_some()
        || names::spelt(word, lang).is_some()
        || names::unit_of(word).is_some()
}

/// Everything that a text states. Linear in its length; never fails.
pub fn facts(text: &str, lang: Lang) -> Vec<Fact> {
    let mut found = Vec::new();
    let mut plain = String::with_capacity(text.len());
    let mut at = 0;
    for (start, word) in words(text) {
        let mail = word.contains('@');
        if word.is_empty() || !(mail || is_address(word)) {
            continue;
        }
        found.push(if mail {
            Fact::Mail(word.to_lowercase())
        } else {
            Fact::Address(folded(word))
        });
        plain.push_str(&text[at..start]);
        // Stands for the address, so that what is around it stays apart.
        plain.push('|');
        at = start + word.len();
    }
    plain.push_str(&text[at..]);
    Scan::new(&text::fold(&plain), lang).read(&mut found);
    found
}

impl Fact {
    /// Whether what a passage states bears this out.
    pub fn is_in(&self, passage: &[Fact]) -> bool {
        passage.iter().any(|stated| self.follows(stated))
    }

    fn follows(&self, stated: &Fact) -> bool {
        match (self, stated) {
            (Fact::Number(a, Some(u)), Fact::Number(b, v)) => a == b && *v == Some(*u),
            (Fact::Number(a, None), Fact::Number(b, _)) => a == b,
            (Fact::Number(a, None), Fact::Time(t)) => t % 60 == 0 && *a == (t / 60).to_string(),
            (Fact::Number(a, None), Fact::Day(.., Some(y)) | Fact::Month(_, Some(y))) => {
                *a == y.to_string()
            }
            (Fact::Time(t), Fact::Number(b, None)) => t % 60 == 0 && *b == (t / 60).to_string(),
            (Fact::Day(day, month, year), Fact::Day(its_day, its_month, its_year)) => {
                (day, month) == (its_day, its_month) && (year.is_none() || year == its_year)
            }
            (Fact::Month(m, y), Fact::Month(n, z) | Fact::Day(_, n, z)) => {
                m == n && (y.is_none() || y == z)
            }
            (Fact::Address(a), Fact::Address(b)) => {
                a == b || (!a.contains('/') && host_of(b).as_ref() == Some(a))
            }
            (Fact::Foreign(_), _) => false,
            (a, b) => a == b,
        }
    }
}

#[cfg(test)]
mod tests;
