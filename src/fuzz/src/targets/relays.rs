//! The citizen's side of a conversation with a person: any answers, a stream cut anywhere and in any order, what a page before it left
//! in the tab. No line stops it. While the server is honest (it may fail, lose, repeat and shuffle), every message of the staff is
//! told in order, exactly once, and in the end none is missing.

use super::Check;
use super::relay_world::World;
use crate::dice::Dice;

pub(super) const OPEN: &str = include_str!("../../../relay/tests/answers/open.json");
const ANSWERS: [&str; 6] = [
    OPEN,
    include_str!("../../../relay/tests/answers/nobody.json"),
    include_str!("../../../relay/tests/answers/closed.json"),
    include_str!("../../../relay/tests/answers/opened.json"),
    include_str!("../../../relay/tests/answers/leave.json"),
    include_str!("../../../relay/tests/answers/left.json"),
];
const KEPT: [&str; 5] = [
    r#"{"secret":"S0","seq":2,"out":[{"id":"a","text":"hej"}]}"#,
    r#"{"secret":"S0","seq":9223372036854775807}"#,
    r#"{"secret":"S0","seq":-1,"out":[{},{},{"id":"a"}]}"#,
    r#"{"key":"00000000-0000-4000-8000-000000000001"}"#,
    r#"{"secret":"S9","seq":3,"key":"k","out":[{"id":"a","text":"hej"},{"id":"a","text":"igen"}]}"#,
];
const LOG: [&str; 4] = [
    r#"{"entries":[{"seq":1,"at":"2026-11-23T10:00:00Z","who":"staff","name":"Mette","kind":"message","id":"s1","text":"Hej"},{"seq":9,"who":"staff","kind":"typing","on":true}],"conversation":{"receipt":"R","way":"chat","stage":"active","department":{"id":"b","name":{"da":"B"}},"seq":9,"open":true}}"#,
    r#"{"seq":2,"at":"2026-11-23T10:00:00Z","who":"system","kind":"closed","by":"staff"}"#,
    r#"{"seq":9223372036854775807,"who":"citizen","kind":"message","id":"a","text":"x"}"#,
    r#"{"code":"wrong-state","status":409}"#,
];
const WORDS: [&str; 16] = [
    "\"seq\":0",
    "\"seq\":-1",
    "\"seq\":18446744073709551615",
    "\"stage\":\"closed\"",
    "\"stage\":\"noget-nyt\"",
    "\"way\":\"message\"",
    "\"secret\":\"\"",
    "\"at\":\"9999-12-31T23:59:59Z\"",
    "\"opens_at\":\"x\"",
    "data: ",
    "event: conversation",
    "id:",
    ":",
    "\\ud83d",
    "null",
    "ø",
];
const PRESSES: [&str; 19] = [
    "chat", "message", "callback", "others", "dept", "code", "on", "send", "edit", "back", "stop",
    "again", "leave", "end", "yes", "stay", "resend", "begin", "on",
];

/// Lines: a letter, a blank, the rest. Most begin with what leads to a conversation.
pub(super) fn events(dice: &mut Dice) -> Vec<u8> {
    let mut lines: Vec<String> = Vec::new();
    if dice.below(8) > 0 {
        lines.extend(["b", "a 0", "p chat", "p on", "p send", "a 0"].map(Into::into));
    }
    let honest = dice.below(3) > 0;
    let most = if dice.below(8) == 0 { 60 } else { 14 };
    for _ in 0..=dice.below(most) {
        let (n, cut) = (dice.below(6), dice.below(400));
        let line = match dice.below(if honest { 22 } else { 28 }) {
            0..=2 => format!("a {n}"),
            3 => format!(
                "n {n} {}",
                dice.one_of(&["0", "408", "429", "500", "503", "404"])
            ),
            4..=6 => format!(
                "e {}",
                dice.one_of(&["m", "m", "m", "c", "t", "r", "g", "y", "o"])
            ),
            7..=10 => {
                let order: Vec<String> = (0..dice.below(6))
                    .map(|_| dice.below(12).to_string())
                    .collect();
                format!("s {cut} {}", order.join(" "))
            }
            11 => format!("c {}", dice.one_of(&["0", "200", "502"])),
            12 | 13 => format!(
                "+ {}",
                dice.one_of(&["1000", "300", "2600", "6000", "31000", "61000", "3600000"])
            ),
            14 => "w".into(),
            15 => format!(
                "u {}",
                dice.one_of(&["hej", "mit CPR er 010190-1234", "x", " "])
            ),
            16 => "y".into(),
            17 => "K".into(),
            18 | 19 => format!("p {}", dice.one_of(&PRESSES)),
            20 => dice.one_of(&["b", "f", "l", "b"]).into(),
            21 => "t".into(),
            22 | 23 => {
                let whole = match dice.below(2) {
                    0 => dice.one_of(&ANSWERS),
                    _ => dice.one_of(&LOG),
                };
                format!(
                    "x {n} {} {}",
                    dice.one_of(&["200", "201", "200", "204", "409", "422"]),
                    damaged(dice, whole)
                )
            }
            24 | 25 => {
                let whole = format!("data: {}", dice.one_of(&LOG));
                format!("z {cut} {}", damaged(dice, &whole))
            }
            26 => {
                let whole = dice.one_of(&KEPT);
                format!("k {}", damaged(dice, whole))
            }
            _ => format!("c {}", dice.one_of(&["401", "404"])),
        };
        lines.push(line);
    }
    lines.join("\n").into_bytes()
}

fn damaged(dice: &mut Dice, whole: &str) -> String {
    let text = match dice.below(3) {
        0 => whole.to_owned(),
        1 => String::from_utf8_lossy(&dice.bytes(whole.as_bytes())).into_owned(),
        _ => dice.text(&whole.replace(',', ",\n"), &WORDS),
    };
    text.replace(['\n', '\r'], " ")
}

pub(super) fn check() -> Check {
    Box::new(|input| {
        let text = String::from_utf8_lossy(input);
        let honest = !text.lines().any(|line| line.starts_with(['x', 'z', 'k']));
        let mut world = World::new(honest);
        for line in text.lines().take(200) {
            world.line(line);
        }
        if honest {
            world.catch_up();
        }
    })
}
