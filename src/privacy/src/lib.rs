//! Does this text say who somebody is? Finds CPR numbers and other identifiers, and masks them.
//!
//! Recall comes first: a CPR number that gets out cannot be called back, a masked case number can be sent
//! again. So nothing in the text calls a finding off, no check digit is asked for (numbers without one have been
//! valid since 2007), and a date in the future counts. Names are found only where the text says "jeg hedder":
//! nothing here promises to find every name.
//!
//! Pure, never panics, linear in the length of the text. Design and figures: docs/privacy.md.
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

mod cpr;
mod digits;
mod others;

use alloc::string::String;
use alloc::vec::Vec;
use digits::Scan;

/// What was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A Danish civil registration number, or ten digits that could be one.
    Cpr,
    /// An account number with its bank's number, or an IBAN.
    Account,
    /// A payment card.
    Card,
    /// A password or a one-time code.
    Code,
    /// A mail address.
    Mail,
    /// A phone number.
    Phone,
    /// A street with a number.
    Address,
    /// A name after "jeg hedder" and the like.
    Name,
}

impl Kind {
    /// What stands in the text instead. Holds no digit, so masking twice is masking once.
    pub fn mask(self) -> &'static str {
        match self {
            Kind::Cpr => "[cpr-nummer]",
            Kind::Account => "[kontonummer]",
            Kind::Card => "[kortnummer]",
            Kind::Code => "[kode]",
            Kind::Mail => "[e-mail]",
            Kind::Phone => "[telefonnummer]",
            Kind::Address => "[adresse]",
            Kind::Name => "[navn]",
        }
    }
}

/// One identifier in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What it is.
    pub kind: Kind,
    /// First byte; a character begins here.
    pub start: usize,
    /// Byte behind the last; a character ends here.
    pub end: usize,
}

/// All CPR numbers of a text, from left to right, not overlapping.
pub fn find_cpr(text: &str) -> Vec<Finding> {
    cpr::find(&Scan::new(text))
}

/// What nobody needs to write in order to get an answer. CPR numbers only: the widget has no bytes for more.
pub fn find_secrets(text: &str) -> Vec<Finding> {
    let scan = Scan::new(text);
    cpr::find(&scan)
}

/// The text with every secret replaced by what it is. As with [`mask`], what was put in ("cpr") may say what stands
/// beside it, so it is looked at again until nothing is found.
pub fn mask_secrets(text: &str) -> String {
    let mut found = find_secrets(text);
    let mut masked = String::from(text);
    while !found.is_empty() {
        masked = replace(&masked, found);
        found = find_secrets(&masked);
    }
    masked
}

/// All identifiers of a text, from left to right, not overlapping. Where two overlap, the one named first in
/// [`Kind`] stands.
pub fn find(text: &str) -> Vec<Finding> {
    let scan = Scan::new(text);
    let mut found = cpr::find(&scan);
    for more in [
        others::accounts(&scan),
        others::cards(&scan),
        others::codes(&scan),
        others::mails(&scan),
        others::phones(&scan),
        others::addresses(&scan),
        others::names(&scan),
    ] {
        add(&mut found, more);
    }
    found
}

/// Puts further findings into their places, as far as those are free.
fn add(found: &mut Vec<Finding>, more: Vec<Finding>) {
    for finding in more {
        let at = found
            .iter()
            .take_while(|other| other.end <= finding.start)
            .count();
        if found.get(at).is_none_or(|next| finding.end <= next.start) {
            found.insert(at, finding);
        }
    }
}

/// The text with every identifier replaced by what it is. Masking again changes nothing: what was put in may say
/// what stands beside it ("[kontonummer]"), so it is looked at once more until nothing is found.
pub fn mask(text: &str) -> String {
    let mut masked = mask_once(text);
    loop {
        let again = mask_once(&masked);
        if again == masked {
            return masked;
        }
        masked = again;
    }
}

fn mask_once(text: &str) -> String {
    replace(text, find(text))
}

fn replace(text: &str, found: Vec<Finding>) -> String {
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for finding in found {
        out.push_str(&text[at..finding.start]);
        out.push_str(finding.kind.mask());
        at = finding.end;
    }
    out.push_str(&text[at..]);
    out
}

/// Most digits of any script that stand in a row, with at most two separators between two. For who lets a text go only when it can
/// hold no number of a person that is written in a way nobody knows.
pub fn longest_row(text: &str) -> usize {
    let (mut row, mut most) = (0, 0);
    for digit in Scan::new(text).digits {
        row = if digit.gap > 2 { 1 } else { row + 1 };
        most = most.max(row);
    }
    most
}

/// What of `next` belongs to an identifier that began in `before`, the message in front of it: somebody who sends
/// a number in two pieces. Spans count in `next`.
pub fn find_joined(before: &str, next: &str) -> Vec<Finding> {
    let mut joined = String::with_capacity(before.len() + next.len() + 1);
    joined.push_str(before);
    joined.push('\n');
    let edge = joined.len();
    joined.push_str(next);
    let across = |f: &Finding| f.start < edge && f.end > edge;
    find_cpr(&joined)
        .into_iter()
        .filter(across)
        .map(|f| Finding {
            kind: f.kind,
            start: 0,
            end: f.end - edge,
        })
        .collect()
}
