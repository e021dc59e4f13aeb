//! CPR numbers: ten digits that begin with a date which their seventh digit puts into a century.

use crate::digits::{Digit, FAR, Scan};
use crate::{Finding, Kind};
use alloc::vec::Vec;

/// Digits of a CPR number.
const LENGTH: usize = 10;
/// Separators that may lie between two of its digits: `DDMMYY - SSSS`.
const MOST_BETWEEN: usize = 3;
/// How many letters in front of a number are looked at for "cpr".
const NEAR: usize = 24;

/// All CPR numbers. A window of ten digits slides over the groups; it begins and ends where a group does,
/// so that a longer number is none, and "nr. 113 DDMMYY-SSSS" is one.
pub(crate) fn find(scan: &Scan) -> Vec<Finding> {
    let mut found: Vec<Finding> = Vec::new();
    let digits = &scan.digits;
    for from in 0..(digits.len() + 1).saturating_sub(LENGTH) {
        let window = &digits[from..from + LENGTH];
        let begins = window[0].gap > 0;
        let ends = digits.get(from + LENGTH).is_none_or(|next| next.gap > 0);
        if !begins || !ends || !together(window) || !is_cpr(scan, window) {
            continue;
        }
        let (start, end) = (window[0].start, window[LENGTH - 1].end);
        match found.last_mut() {
            Some(last) if start < last.end => last.end = end,
            _ => found.push(Finding {
                kind: Kind::Cpr,
                start,
                end,
            }),
        }
    }
    found
}

fn together(window: &[Digit]) -> bool {
    window[1..].iter().all(|digit| digit.gap <= MOST_BETWEEN)
}

fn is_cpr(scan: &Scan, window: &[Digit]) -> bool {
    let pair = |at: usize| window[at].value * 10 + window[at + 1].value;
    let (day, month, year) = (pair(0), pair(2), u16::from(pair(4)));
    let century = match (window[6].value, year) {
        (0..=3, _) | (4 | 9, 37..) => 1900,
        (4 | 9, _) | (5..=8, ..=57) => 2000,
        _ => 1800,
    };
    if is_date(day, month, century + year) {
        return true;
    }
    // Numbers lent by the CPR office: sixty more than the day. Bare ones are too often something else.
    (61..=91).contains(&day)
        && is_date(day - 60, month, century + year)
        && (is_parted(window) || is_named(scan, window[0].start))
}

/// `DDMMYY-SSSS`.
fn is_parted(window: &[Digit]) -> bool {
    window[6].dashed
        && window[6].gap != FAR
        && window[1..]
            .iter()
            .enumerate()
            .all(|(at, digit)| at + 1 == 6 || digit.gap == 0)
}

fn is_named(scan: &Scan, start: usize) -> bool {
    let near = scan.before(start, NEAR);
    ["cpr", "personn", "person n", "pers.n", "p.nr"]
        .iter()
        .any(|word| text::holds(&near, word))
}

fn is_date(day: u8, month: u8, year: u16) -> bool {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let days = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => return false,
    };
    (1..=days).contains(&day)
}
