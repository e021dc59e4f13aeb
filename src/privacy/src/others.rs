//! Identifiers other than CPR numbers. Each is found by its form, or by its form beside a word that says what it is.

use crate::digits::Scan;
use crate::{Finding, Kind};
use alloc::string::String;
use alloc::vec::Vec;

/// How many letters in front of a number are looked at for a word.
const NEAR: usize = 28;

fn holds_any(near: &str, words: &[&str]) -> bool {
    words.iter().any(|word| text::holds(near, word))
}

/// Runs of groups whose digits lie close together: first digit, one past the last, and the sizes of the groups.
fn runs(scan: &Scan, most_between: usize) -> Vec<(usize, usize, Vec<usize>)> {
    let mut runs: Vec<(usize, usize, Vec<usize>)> = Vec::new();
    for (from, to) in scan.groups() {
        match runs.last_mut() {
            Some(run) if scan.digits[from].gap <= most_between => {
                run.1 = to;
                run.2.push(to - from);
            }
            _ => runs.push((from, to, alloc::vec![to - from])),
        }
    }
    runs
}

fn finding(scan: &Scan, kind: Kind, from: usize, to: usize) -> Finding {
    Finding {
        kind,
        start: scan.digits[from].start,
        end: scan.digits[to - 1].end,
    }
}

/// IBAN (country, two digits, remainder 1 modulo 97), and `reg. 1234 konto 0123456789`.
pub(crate) fn accounts(scan: &Scan) -> Vec<Finding> {
    let mut found = ibans(scan);
    for (from, to, sizes) in runs(scan, 3) {
        let near = scan.before(scan.digits[from].start, NEAR);
        let named = holds_any(
            &near,
            &["konto", "reg.", "reg nr", "regnr", "account", "bank"],
        );
        let whole =
            sizes.first() == Some(&4) && (6..=10).contains(&(to - from - 4)) && sizes.len() <= 4;
        let bare = (6..=14).contains(&(to - from));
        if named && (whole || bare) {
            found.push(finding(scan, Kind::Account, from, to));
        }
    }
    found
}

fn ibans(scan: &Scan) -> Vec<Finding> {
    let mut found = Vec::new();
    let letters: Vec<(usize, char)> = scan
        .text
        .char_indices()
        .filter(|(_, c)| !matches!(c, ' ' | '\u{a0}' | '\u{202f}' | '-'))
        .collect();
    let mut at = 0;
    while at + 15 <= letters.len() {
        let upper = |i: usize| letters[i].1.is_ascii_alphabetic();
        let begins = at == 0
            || !letters[at - 1].1.is_ascii_alphanumeric()
            || letters[at - 1].0 + letters[at - 1].1.len_utf8() < letters[at].0;
        let form = begins
            && upper(at)
            && upper(at + 1)
            && letters[at + 2].1.is_ascii_digit()
            && letters[at + 3].1.is_ascii_digit();
        let length = form.then(|| iban_length(&letters, at)).flatten();
        if let Some(length) = length {
            let last = letters[at + length - 1];
            found.push(Finding {
                kind: Kind::Account,
                start: letters[at].0,
                end: last.0 + last.1.len_utf8(),
            });
            at += length;
        } else {
            at += 1;
        }
    }
    found
}

/// The longest length, 15..=34, whose check digits fit.
fn iban_length(letters: &[(usize, char)], at: usize) -> Option<usize> {
    let most = letters[at..]
        .iter()
        .take(34)
        .take_while(|(_, c)| c.is_ascii_alphanumeric())
        .count();
    (15..=most).rev().find(|&length| {
        let part = &letters[at..at + length];
        let turned = part[4..].iter().chain(&part[..4]);
        let rest = turned.fold(0_u32, |rest, (_, c)| match c.to_digit(36) {
            Some(value) if value < 10 => (rest * 10 + value) % 97,
            Some(value) => (rest * 100 + value) % 97,
            None => rest,
        });
        rest == 1
    })
}

/// 13 to 19 digits in groups, beginning with 2..=6, whose last digit fits (Luhn).
pub(crate) fn cards(scan: &Scan) -> Vec<Finding> {
    let mut found = Vec::new();
    for (from, to, _) in runs(scan, 1) {
        let count = to - from;
        let first = scan.digits[from].value;
        if (13..=19).contains(&count) && (2..=6).contains(&first) && luhn(scan, from, to) {
            found.push(finding(scan, Kind::Card, from, to));
        }
    }
    found
}

fn luhn(scan: &Scan, from: usize, to: usize) -> bool {
    let mut sum = 0_u32;
    for (place, value) in scan.values(from, to).enumerate() {
        let doubled = u32::from(value) << ((to - from - 1 - place) & 1);
        sum += if doubled > 9 { doubled - 9 } else { doubled };
    }
    sum.is_multiple_of(10)
}

/// Four to eight digits, or a word with a digit, behind "kode", "adgangskode", "pin", "password".
pub(crate) fn codes(scan: &Scan) -> Vec<Finding> {
    let mut found = Vec::new();
    for (from, to) in scan.groups() {
        let near = scan.before(scan.digits[from].start, NEAR);
        let named = [
            "kode",
            "code",
            "mitid",
            "pinkode",
            "pin ",
            "adgangskode",
            "password",
            "nøglekort",
        ];
        let alone = scan.text[scan.digits[to - 1].end..]
            .chars()
            .next()
            .is_none_or(|c| !text::is_letter_or_digit(c));
        if (4..=8).contains(&(to - from)) && alone && holds_any(&near, &named) {
            let mut code = finding(scan, Kind::Code, from, to);
            // Letters in front belong to it: "Hund1234".
            let letters = scan.text[..code.start].trim_end_matches(text::is_letter_or_digit);
            code.start = letters.len();
            found.push(code);
        }
    }
    for (start, word) in words(scan.text) {
        let near = scan.before(start, 20);
        let said = [
            "adgangskode er ",
            "adgangskode: ",
            "kodeord er ",
            "kodeord: ",
            "password er ",
            "password: ",
            "password is ",
        ];
        if said.iter().any(|said| near.ends_with(said)) && word.chars().count() >= 4 {
            found.push(Finding {
                kind: Kind::Code,
                start,
                end: start + word.len(),
            });
        }
    }
    found
}

/// `navn@eksempel.dk`; letters of any script, no spaces.
pub(crate) fn mails(scan: &Scan) -> Vec<Finding> {
    const AROUND: &[char] = &[
        '.', ',', '!', '?', '(', ')', ';', ':', '"', '\'', '<', '>', '[', ']', '*', '_',
    ];
    let mut found = Vec::new();
    for (at, word) in words(scan.text) {
        let inner = word.trim_start_matches(AROUND);
        let start = at + word.len() - inner.len();
        let inner = inner.trim_end_matches(AROUND);
        let Some((local, host)) = inner.split_once('@') else {
            continue;
        };
        let ending = host.rsplit_once('.').filter(|(name, _)| !name.is_empty());
        if !local.is_empty() && ending.is_some_and(|(_, end)| end.chars().count() >= 2) {
            found.push(Finding {
                kind: Kind::Mail,
                start,
                end: start + inner.len(),
            });
        }
    }
    found
}

/// Eight digits in Danish groupings, with +45 or 0045, or `+` and 8 to 15 digits. Not behind "cvr" and the like.
pub(crate) fn phones(scan: &Scan) -> Vec<Finding> {
    let mut found = Vec::new();
    for (from, to, sizes) in runs(scan, 2) {
        let count = to - from;
        let start = scan.digits[from].start;
        let near = scan.before(start, NEAR);
        let plus = near.ends_with('+') || near.ends_with("+ ");
        let values: Vec<u8> = scan.values(from, to).collect();
        let abroad = values.starts_with(&[0, 0]) && (10..=17).contains(&count);
        let slashed = scan.text[start..scan.digits[to - 1].end]
            .bytes()
            .any(|byte| byte == b'/');
        // 2026-11-21 is a day.
        let pair = |at: usize| values[at] * 10 + values[at + 1];
        let day = sizes == [4, 2, 2]
            && values[0] == 2
            && (1..=12).contains(&pair(4))
            && (1..=31).contains(&pair(6))
            && [4, 6].iter().all(|at| scan.digits[from + at].dashed);
        let danish = count == 8
            && !slashed
            && !day
            && values[0] >= 2
            && sizes.iter().all(|size| [2, 3, 4, 8].contains(size));
        let denied = holds_any(
            &near,
            &[
                "cvr", "p-nr", "p-nummer", "sag", "ordre", "faktura", "ean", "postnr",
            ],
        );
        if (plus && (8..=15).contains(&count)) || abroad || (danish && !denied) {
            let mut found_one = finding(scan, Kind::Phone, from, to);
            if plus {
                found_one.start = scan.text[..start].rfind('+').unwrap_or(start);
            }
            found.push(found_one);
        }
    }
    found
}

/// A word that ends as streets do, a house number, and what follows as far as a postcode with its town.
pub(crate) fn addresses(scan: &Scan) -> Vec<Finding> {
    const ENDINGS: [&str; 24] = [
        "vej",
        "vejen",
        "gade",
        "gaden",
        "allé",
        "alle",
        "alléen",
        "stræde",
        "strædet",
        "plads",
        "pladsen",
        "torv",
        "torvet",
        "vænget",
        "vænge",
        "boulevard",
        "parken",
        "haven",
        "bakken",
        "toften",
        "ager",
        "agervej",
        "kaj",
        "stien",
    ];
    let list: Vec<(usize, &str)> = words(scan.text).collect();
    let mut found = Vec::new();
    for (at, (start, word)) in list.iter().enumerate() {
        let lower: String = word.chars().map(text::lower).collect();
        let street = ENDINGS.iter().any(|ending| {
            lower.ends_with(ending) && lower.chars().count() > ending.chars().count() + 1
        });
        let Some((number_at, number)) = list.get(at + 1) else {
            continue;
        };
        let digits = number.bytes().take_while(u8::is_ascii_digit).count();
        if !street || !(1..=3).contains(&digits) {
            continue;
        }
        let mut end = number_at + number.trim_end_matches([',', '.', '!', '?', ')']).len();
        // Floor, door, postcode and town, as long as they look like it.
        for (next_at, next) in list.iter().skip(at + 2).take(5) {
            let bare = next.trim_end_matches([',', '.', '!', '?', ')']);
            let postcode = bare.len() == 4 && bare.bytes().all(|b| b.is_ascii_digit());
            let floor = ["st", "tv", "th", "mf", "sal", "kl"].contains(&bare)
                || (bare.len() <= 2 && bare.bytes().all(|b| b.is_ascii_digit()));
            let town = list.iter().any(|(other, word)| {
                word.len() >= 4
                    && word.bytes().take(4).all(|b| b.is_ascii_digit())
                    && other + word.len() < *next_at
                    && next_at - (other + word.len()) <= 2
                    && *other > *start
            }) && bare.chars().next().is_some_and(text::is_upper);
            if !(postcode || floor || town) {
                break;
            }
            end = next_at + bare.len();
        }
        found.push(Finding {
            kind: Kind::Address,
            start: *start,
            end,
        });
    }
    found
}

/// One to three words behind "jeg hedder", "mit navn er", "min mor hedder", "my name is".
pub(crate) fn names(scan: &Scan) -> Vec<Finding> {
    let list: Vec<(usize, &str)> = words(scan.text).collect();
    let lower = |at: usize| -> String { list[at].1.chars().map(text::lower).collect() };
    let mut found = Vec::new();
    for at in 0..list.len() {
        let word = lower(at);
        let begins = match word.as_str() {
            "hedder" | "hed" => true,
            "er" => at >= 1 && ["navn", "name"].contains(&lower(at - 1).as_str()),
            "is" => at >= 1 && lower(at - 1) == "name",
            _ => false,
        };
        if !begins {
            continue;
        }
        let mut end = None;
        for (start, word) in list.iter().skip(at + 1).take(3) {
            let bare = word.trim_end_matches([',', '.', '!', '?', ')', ';', ':']);
            let first = end.is_none();
            let small = [
                "jeg", "og", "det", "den", "han", "hun", "noget", "ikke", "and", "men", "i", "på",
                "som", "hvad", "en", "et",
            ];
            let looks = bare
                .chars()
                .all(|c| text::is_letter_or_digit(c) || c == '-' || c == '\'')
                && !bare.bytes().any(|b| b.is_ascii_digit())
                && !small.contains(&bare)
                && (first || bare.chars().next().is_some_and(text::is_upper));
            if bare.is_empty() || !looks {
                break;
            }
            end = Some((
                end.map_or(*start, |(from, _): (usize, usize)| from),
                start + bare.len(),
            ));
            if bare.len() < word.len() {
                break;
            }
        }
        if let Some((start, end)) = end {
            found.push(Finding {
                kind: Kind::Name,
                start,
                end,
            });
        }
    }
    found
}

/// Words between white space, with their places.
fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let base = text.as_ptr() as usize;
    text.split_whitespace()
        .map(move |word| (word.as_ptr() as usize - base, word))
}
