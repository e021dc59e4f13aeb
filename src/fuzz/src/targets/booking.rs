//! What the booking reads in the browser: words about a time, and the API's JSON, whose own reader is held against serde_json.

use super::Check;
use crate::dice::Dice;
use errand::json;
use hours::Date;
use protocol::{Hold, Receipt, Services, Slots};
use serde_json::Value;

/// What citizens write about a time, one a line.
const SAID: &str = include_str!("../../../errand/tests/when.txt");
const TIMES: [&str; 64] = [
    "på",
    "fredag",
    "mandage",
    "den",
    "4.",
    "32",
    "99.99",
    "0/0",
    "halv",
    "en",
    "kl.",
    "efter",
    "før",
    "mellem",
    "og",
    "uge",
    "53",
    "0",
    "december",
    "10-12",
    "12-10",
    "9999-99-99",
    "om",
    "2",
    "uger",
    "i",
    "næste",
    "29/2",
    "pm",
    "12",
    "65535",
    "ikke",
    "fra",
    "til",
    "hurtigst muligt",
    "i morgen",
    "overmorgen",
    "eftermiddag",
    "tidligst",
    "senest",
    "kvart i",
    "31.12.9999",
    "-1",
    "1-1-1",
    "4/13",
    "ugen efter",
    "weekend",
    "hver anden",
    "the 31st of february",
    "noon",
    "midnight",
    "24",
    "24.00",
    "25:61",
    "2026-11-21",
    "99999999999999999999",
    "º",
    "\u{fe0f}",
    "torsdag d. 3/12 kl 14",
    "sommerferien",
    "i år",
    "om 40000 dage",
    "uge 0",
    "førstkommende",
];

/// A day of the years 2020 to 2043 in two bytes, then what was said.
pub(super) fn said(dice: &mut Dice) -> Vec<u8> {
    let mut input = vec![dice.below(256) as u8, dice.below(256) as u8];
    let rows: Vec<&str> = SAID.lines().filter(|line| line.contains(" => ")).collect();
    let row = dice.one_of(&rows).split(" => ").next().unwrap_or_default();
    match dice.below(4) {
        0 => {
            let words: Vec<&str> = (0..dice.below(10)).map(|_| dice.one_of(&TIMES)).collect();
            input.extend(words.join(" ").into_bytes());
        }
        1 => input.extend(dice.bytes(row.as_bytes())),
        2 => input.extend(dice.text(row, &TIMES).into_bytes()),
        _ => {
            let mut words: Vec<&str> = row.split(' ').collect();
            for _ in 0..=dice.below(3) {
                let at = dice.below(words.len() + 1);
                words.insert(at, dice.one_of(&TIMES));
            }
            input.extend(words.join(" ").into_bytes());
        }
    }
    input
}

pub(super) fn check_said() -> Check {
    let first = Date::new(2020, 1, 1).expect("a day").days_since_epoch();
    let last = Date::new(9999, 12, 31).expect("a day").days_since_epoch();
    Box::new(move |input| {
        let (days, text) = input.split_at(input.len().min(2));
        let day = days.iter().fold(0, |day, byte| day << 8 | i32::from(*byte));
        let today = Date::from_days_since_epoch(first + day % 8_700);
        let text = String::from_utf8_lossy(text);
        let found = errand::when::read(&text, today);
        assert_eq!(found, errand::when::read(&text, today), "the same again");
        let Some((when, rest)) = found else { return };
        assert!(when.weekdays < 128, "{when:?}");
        assert!(when.after <= 24 * 60 && when.before <= 25 * 60, "{when:?}");
        // What the widget does with it: shows the days, and asks for those from the first.
        for day in [when.from, when.until].into_iter().flatten() {
            let date = Date::from_days_since_epoch(day);
            // Behind the last day of the year 9999 there is none; it is shown instead.
            assert_eq!(date.days_since_epoch(), day.min(last), "{when:?}");
            assert!(!date.to_string().is_empty());
        }
        let fits =
            (0..400).any(|n| when.fits(Date::from_days_since_epoch(first + day % 8_700 + n), 600));
        assert!(!fits || when.fits_day(today) || when.has_days());
        assert_eq!(when.refined(&when), when, "said twice");
        assert!(rest.split(' ').count() <= text.len() + 1);
    })
}

const ANSWERS: [&str; 8] = [
    include_str!("../../../errand/tests/answers/services.json"),
    include_str!("../../../errand/tests/answers/slots.json"),
    include_str!("../../../errand/tests/answers/hold.json"),
    include_str!("../../../errand/tests/answers/receipt.json"),
    include_str!("../../../errand/tests/answers/own.json"),
    include_str!("../../../errand/tests/answers/moved.json"),
    include_str!("../../../errand/tests/answers/cancelled.json"),
    include_str!("../../../errand/tests/answers/code.json"),
];
const WORDS: [&str; 32] = [
    "\"",
    "\\",
    "\\u0000",
    "\\ud800",
    "\\ud83d\\ude00",
    "\\udc00\\ud800",
    "\\u00e6",
    "\\/",
    "\\x",
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "null",
    "true",
    "fals",
    "-0",
    "-",
    "1e5",
    "1.5",
    "01",
    "65536",
    "9223372036854775808",
    "-9223372036854775809",
    "\"receipt\":",
    "\"state\":\"confirmed\"",
    "\u{feff}",
    "\u{1}",
    "æøå",
    "\"persons\":300",
];

/// Damaged answers, and trees of any shape.
pub(super) fn answer(dice: &mut Dice) -> Vec<u8> {
    match dice.below(4) {
        0 => {
            let mut text = String::new();
            tree(dice, 0, &mut text);
            text.into_bytes()
        }
        1 => {
            // Commas at line ends let whole fields come and go.
            let whole = dice.one_of(&ANSWERS).replace(',', ",\n");
            dice.text(&whole, &WORDS).into_bytes()
        }
        _ => {
            let whole = dice.one_of(&ANSWERS);
            dice.bytes(whole.as_bytes())
        }
    }
}

fn tree(dice: &mut Dice, depth: usize, out: &mut String) {
    let many = dice.below(5);
    match dice.below(if depth > 18 { 5 } else { 8 }) {
        0 => out.push_str(dice.one_of(&["null", "true", "false"])),
        1 | 2 => {
            out.push('"');
            out.push_str(dice.one_of(&[
                "",
                "confirmed",
                "\\n",
                "\\ud83d\\ude00",
                "ø",
                "\\u0041",
                "\\\\",
            ]));
            out.push('"');
        }
        3 | 4 => out.push_str(dice.one_of(&[
            "0",
            "-1",
            "17",
            "65536",
            "-9223372036854775808",
            "9223372036854775807",
            "1e3",
            "2.5",
            "-0",
            "18446744073709551615",
        ])),
        5 | 6 => {
            out.push('[');
            for n in 0..many {
                out.push_str(if n > 0 { " , " } else { "" });
                tree(dice, depth + 1, out);
            }
            out.push(']');
        }
        _ => {
            out.push('{');
            for n in 0..many {
                out.push_str(if n > 0 { "," } else { "\n" });
                out.push_str(dice.one_of(&[
                    "\"receipt\"",
                    "\"\"",
                    "\"a\\u0062\"",
                    "\"state\"",
                    "\"x\"",
                ]));
                out.push_str(" :\t");
                tree(dice, depth + 1, out);
            }
            out.push('}');
        }
    }
}

pub(super) fn check_answer() -> Check {
    Box::new(|input| {
        let text = String::from_utf8_lossy(input);
        let ours = json::parse(&text);
        let services = json::services(&text);
        let (slots, hold) = (json::slots(&text), json::hold(&text));
        let (receipt, _) = (json::receipt(&text), json::problem(&text));
        let Ok(theirs) = serde_json::from_str::<Value>(&text) else {
            return;
        };
        if depth(&text) >= 16 {
            // Deeper than any answer: refused rather than read.
            return;
        }
        let ours = ours.expect("serde_json reads it");
        assert!(same(&ours, &theirs), "{ours:?} is not {theirs:?}");
        // serde also takes a list for a record, field by field; no server writes that, and here it is none.
        if !records(&theirs) {
            return;
        }
        // What is an answer for the server's types is the same answer here.
        if let Ok(theirs) = serde_json::from_str::<Receipt>(&text) {
            assert_eq!(receipt, Some(theirs));
        }
        if let Ok(theirs) = serde_json::from_str::<Hold>(&text) {
            assert_eq!(hold, Some(theirs));
        }
        if let Ok(theirs) = serde_json::from_str::<Slots>(&text) {
            assert_eq!(slots, Some(theirs));
        }
        if let Ok(theirs) = serde_json::from_str::<Services>(&text) {
            // Numbers outside what a form can show are clamped.
            let ours = services.expect("the server's types read it");
            assert_eq!(ours.services.len(), theirs.services.len());
            assert_eq!(ours.privacy, theirs.privacy);
        }
    })
}

/// A record, whose lists hold nothing but records.
fn records(value: &Value) -> bool {
    let inside = |value: &Value| match value {
        Value::Array(list) => list.iter().all(records),
        Value::Object(_) => records(value),
        _ => true,
    };
    matches!(value, Value::Object(fields) if fields.values().all(inside))
}

/// How many brackets are open at once, those of names that are written over included.
fn depth(text: &str) -> usize {
    let (mut open, mut most, mut quoted, mut escaped) = (0_usize, 0, false, false);
    for byte in text.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b'[' | b'{' if !quoted => open += 1,
            b']' | b'}' if !quoted => open = open.saturating_sub(1),
            _ => {}
        }
        most = most.max(open);
    }
    most
}

fn same(ours: &json::Value, theirs: &Value) -> bool {
    match (ours, theirs) {
        (json::Value::Null, Value::Null) => true,
        (json::Value::Bool(a), Value::Bool(b)) => a == b,
        (json::Value::Text(a), Value::String(b)) => a == b,
        // Whole numbers are the same; a fraction or a power is some number.
        (json::Value::Number(a), Value::Number(b)) => {
            b.as_i64().is_none_or(|b| *a == b) && (b.as_u64().is_none() || *a >= 0)
        }
        (json::Value::List(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b))
        }
        (json::Value::Object(a), Value::Object(b)) => {
            // A name that stands there twice: serde_json keeps the last.
            let last = |name: &str| a.iter().rev().find(|(field, _)| field == name);
            a.iter().all(|(name, _)| b.contains_key(name))
                && b.iter()
                    .all(|(name, b)| last(name).is_some_and(|(_, a)| same(a, b)))
        }
        _ => false,
    }
}
