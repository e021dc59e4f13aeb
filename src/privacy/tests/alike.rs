//! The same spans natively and in WASM, to the byte: the rows of tests/privacy/matrix.tsv, each spelt out there, and 20,000
//! texts made from a seed, whose spans are compared with the sums in tests/privacy/spans.txt (one for each hundred texts).
//! `LOKALSVAR_BLESS=1 cargo test -p privacy --test alike` writes that file anew after a change that was meant.
//! In WASM (`cargo xtask test`, or `--target wasm32-unknown-unknown`) the same tests run in a browser.
#![allow(missing_docs, reason = "tests")]

use privacy::{Finding, Kind, find, find_cpr, mask};
use std::fmt::Write as _;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

#[cfg(target_arch = "wasm32")]
wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);

const MATRIX: &str = include_str!("../../../tests/privacy/matrix.tsv");
const SPANS: &str = include_str!("../../../tests/privacy/spans.txt");
const TEXTS: usize = 20_000;

/// splitmix64: the same numbers everywhere.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, n: u64) -> u64 {
        self.next() % n
    }

    fn one_of<'a>(&mut self, all: &[&'a str]) -> &'a str {
        all[self.below(all.len() as u64) as usize]
    }
}

/// Sum of modulus 11.
fn sum(number: &str) -> u32 {
    let digits = number.bytes().map(|b| u32::from(b - b'0'));
    [4, 3, 2, 7, 6, 5, 4, 3, 2, 1]
        .iter()
        .zip(digits)
        .map(|(weight, digit)| weight * digit)
        .sum()
}

/// Ten digits of a row's kind, with the check digit right or wrong.
fn number(dice: &mut Dice, kind: &str, right: bool) -> String {
    loop {
        let (date, sevenths) = kind.split_once('/').map_or_else(
            || {
                let (day, month, year) =
                    (1 + dice.below(28), 1 + dice.below(12), 37 + dice.below(21));
                (format!("{day:02}{month:02}{year:02}"), "5678")
            },
            |(date, sevenths)| (date.to_owned(), sevenths),
        );
        let seventh = sevenths.as_bytes()[dice.below(sevenths.len() as u64) as usize] as char;
        let number = format!("{date}{seventh}{:03}", dice.below(1000));
        if sum(&number).is_multiple_of(11) == right {
            return number;
        }
    }
}

fn in_digits(number: &str, zero: u32) -> String {
    let digit = |c: char| char::from_u32(zero + c as u32 - '0' as u32).expect("a digit");
    number.chars().map(digit).collect()
}

fn unescaped(template: &str) -> String {
    let mut out = template.replace("\\t", "\t").replace("\\n", "\n");
    while let Some(at) = out.find("\\u{") {
        let end = at + out[at..].find('}').expect("a closing brace");
        let code = u32::from_str_radix(&out[at + 3..end], 16).expect("a code");
        out.replace_range(
            at..=end,
            &char::from_u32(code).expect("a character").to_string(),
        );
    }
    out
}

fn filled(template: &str, number: &str) -> String {
    if number.is_empty() {
        return template.to_owned();
    }
    let (date, serial) = number.split_at(6);
    template
        .replace(
            "FULL-DATE-FULL-SERIAL",
            &format!(
                "{}\u{ff0d}{}",
                in_digits(date, 0xff10),
                in_digits(serial, 0xff10)
            ),
        )
        .replace("FULL", &in_digits(number, 0xff10))
        .replace("ARABIC", &in_digits(number, 0x660))
        .replace('#', number)
        .replace("SS SS", &format!("{} {}", &serial[..2], &serial[2..]))
        .replace("DD", &date[..2])
        .replace("MM", &date[2..4])
        .replace("YY", &date[4..])
        .replace('@', date)
        .replace('%', serial)
}

fn kind(name: &str) -> Kind {
    match name {
        "Account" => Kind::Account,
        "Card" => Kind::Card,
        "Code" => Kind::Code,
        "Mail" => Kind::Mail,
        "Phone" => Kind::Phone,
        "Address" => Kind::Address,
        "Name" => Kind::Name,
        _ => panic!("no kind is called {name}"),
    }
}

/// A marked template as text and what must be found in it.
fn read(template: &str, number: &str) -> (String, Vec<Finding>) {
    let (mut text, mut expected) = (String::new(), Vec::new());
    for (at, piece) in template.split('⟦').enumerate() {
        let (inside, behind) = if at == 0 {
            ("", piece)
        } else {
            piece.split_once('⟧').expect("marks in pairs")
        };
        if at > 0 {
            let (kind, inside) = inside
                .split_once('|')
                .map_or((Kind::Cpr, inside), |(name, rest)| (kind(name), rest));
            let start = text.len();
            // An address of mail holds the sign that elsewhere stands for a date.
            text += &if kind == Kind::Mail {
                inside.to_owned()
            } else {
                filled(inside, number)
            };
            expected.push(Finding {
                kind,
                start,
                end: text.len(),
            });
        }
        text += &filled(behind, number);
    }
    (text, expected)
}

#[test]
fn every_row_of_the_matrix_is_found_byte_by_byte() {
    let mut dice = Dice(26);
    let (mut tried, mut wrong) = (0, String::new());
    let mut exceptions = std::collections::BTreeSet::new();
    for line in MATRIX.lines().filter(|line| !line.starts_with('#')) {
        let mut cells = line.split('\t');
        let mut cell = || {
            cells
                .next()
                .unwrap_or_else(|| panic!("three cells: {line}"))
        };
        let (group, numbers, template) = (cell(), cell(), unescaped(cell()));
        if group == "exception date" {
            exceptions.insert(&numbers[..6]);
        }
        for round in 0..20 {
            let number = match numbers {
                "-" => String::new(),
                kind => number(&mut dice, kind, round % 2 == 0),
            };
            let (text, expected) = read(&template, &number);
            let found = find(&text);
            let cpr: Vec<Finding> = expected
                .iter()
                .copied()
                .filter(|f| f.kind == Kind::Cpr)
                .collect();
            if found != expected || find_cpr(&text) != cpr {
                let _ = writeln!(
                    wrong,
                    "{group}: {text:?}\n  expected {expected:?}\n  found {found:?}"
                );
                break;
            }
            let masked = mask(&text);
            assert!(
                number.is_empty() || cpr.is_empty() || !masked.contains(&number[6..]),
                "{masked}"
            );
            tried += 1;
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    assert_eq!(exceptions.len(), 26, "the dates of cpr.dk's list");
    assert!(tried > 2000, "{tried}");
}

const PIECES: [&str; 44] = [
    "jeg hedder ",
    "mit navn er ",
    "Anna",
    "Holm",
    "kode ",
    "adgangskode: ",
    "MitID ",
    "konto ",
    "reg. ",
    "IBAN DK",
    "cpr ",
    "CPR-nr.",
    "cvr ",
    "sag ",
    "+45",
    "0045",
    "tlf. ",
    "@",
    "a@b.dk",
    ".dk",
    "Solsikkevej 12",
    ", 2. tv",
    "8000 ",
    "2026-11-21",
    "-",
    " - ",
    ".",
    "/",
    " ",
    "\u{a0}",
    "\u{2011}",
    "\u{200b}",
    "\u{661}",
    "\u{ff11}",
    "[cpr-nummer]",
    "123456",
    "4111",
    "0",
    "æ",
    "😀",
    "\n",
    "hvad koster det",
    "\u{1d7d8}",
    "\0",
];

fn text(dice: &mut Dice) -> String {
    let mut text = String::new();
    for _ in 0..dice.below(12) {
        match dice.below(6) {
            0 => {
                let (numbers, right) = (
                    dice.one_of(&["later", "010160/0123", "311299/4", "610140/5"]),
                    dice.below(2) == 0,
                );
                let form = dice.one_of(&[
                    " # ",
                    "@-%",
                    " @ % ",
                    "DD MM YY %",
                    "FULL",
                    "ARABIC",
                    "@\u{2013}%,",
                ]);
                text += &filled(form, &number(dice, numbers, right));
            }
            1 => {
                (0..dice.below(14))
                    .for_each(|_| text.push(char::from(b'0' + dice.below(10) as u8)));
            }
            _ => text += dice.one_of(&PIECES),
        }
    }
    text
}

/// FNV-1a over the spans of each hundred texts, one line each, with how many spans there are.
fn sums() -> String {
    let mut dice = Dice(2_057);
    let mut lines = String::new();
    for _ in 0..TEXTS / 100 {
        let (mut hash, mut count) = (0xcbf2_9ce4_8422_2325_u64, 0);
        for _ in 0..100 {
            let text = text(&mut dice);
            for one in find(&text) {
                for part in [one.kind as u64, one.start as u64, one.end as u64] {
                    for byte in part.to_le_bytes() {
                        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
                    }
                }
                count += 1;
            }
            hash = (hash ^ text.len() as u64).wrapping_mul(0x0100_0000_01b3);
        }
        let _ = writeln!(lines, "{hash:016x} {count}");
    }
    lines
}

#[test]
fn twenty_thousand_texts_have_the_same_spans_everywhere() {
    let sums = sums();
    #[cfg(not(target_arch = "wasm32"))]
    if std::env::var_os("LOKALSVAR_BLESS").is_some() {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/privacy/spans.txt");
        std::fs::write(file, &sums).expect("written");
        return;
    }
    for (at, (now, kept)) in sums.lines().zip(SPANS.lines()).enumerate() {
        assert_eq!(now, kept, "texts {} to {}", at * 100, at * 100 + 99);
    }
    assert_eq!(sums.lines().count(), SPANS.lines().count());
    let spans: u32 = SPANS
        .lines()
        .filter_map(|line| line.split(' ').nth(1)?.parse::<u32>().ok())
        .sum();
    assert!(spans > 10_000, "{spans} spans");
}
