//! The calendar file: a golden one, and the rules of RFC 5545 for any text.

use booking::{Invite, InviteState, ics};
use proptest::prelude::*;

fn invite() -> Invite<'static> {
    Invite {
        receipt: "4KT8-6JPF",
        domain: "eksempelby.example",
        sequence: 0,
        stamp_ms: 1_795_262_400_000,
        start_ms: 1_796_374_800_000,
        end_ms: 1_796_375_700_000,
        summary: "Bestil pas, Eksempelby Kommune",
        location: "Borgerservice på rådhuset, Rådhustorvet 1, 0010 Eksempelby",
        description: "Kvittering: 4KT8-6JPF\nTag med:\n- Dit gamle pas; også hvis det er løbet ud\n- Samtykke (C:\\pas)",
        state: InviteState::Confirmed,
    }
}

#[test]
fn a_confirmed_visit_is_this_file() {
    let expected = "\
BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Lokalsvar//Tidsbestilling//DA
CALSCALE:GREGORIAN
METHOD:PUBLISH
BEGIN:VEVENT
UID:4KT8-6JPF@eksempelby.example
DTSTAMP:20261121T120000Z
DTSTART:20261204T090000Z
DTEND:20261204T091500Z
SEQUENCE:0
STATUS:CONFIRMED
SUMMARY:Bestil pas\\, Eksempelby Kommune
LOCATION:Borgerservice på rådhuset\\, Rådhustorvet 1\\, 0010 Eksempelby
DESCRIPTION:Kvittering: 4KT8-6JPF\\nTag med:\\n- Dit gamle pas\\; også hvis d
 et er løbet ud\\n- Samtykke (C:\\\\pas)
TRANSP:OPAQUE
END:VEVENT
END:VCALENDAR
";
    assert_eq!(ics(&invite()), expected.replace('\n', "\r\n"));
}

#[test]
fn a_cancelled_visit_keeps_its_uid_and_has_a_higher_sequence() {
    let text = ics(&Invite {
        sequence: 2,
        state: InviteState::Cancelled,
        ..invite()
    });
    for line in [
        "METHOD:CANCEL",
        "STATUS:CANCELLED",
        "SEQUENCE:2",
        "UID:4KT8-6JPF@eksempelby.example",
    ] {
        assert!(text.contains(&format!("\r\n{line}\r\n")), "{line}");
    }
}

#[test]
fn summer_and_both_hours_of_the_october_night_are_utc() {
    let start = |start_ms| {
        let text = ics(&Invite {
            start_ms,
            ..invite()
        });
        text.lines()
            .find_map(|l| l.strip_prefix("DTSTART:"))
            .expect("a start")
            .to_owned()
    };
    assert_eq!(start(1_824_940_800_000), "20271031T000000Z");
    assert_eq!(start(1_824_944_400_000), "20271031T010000Z");
    assert_eq!(start(1_814_000_000_000), "20270626T085320Z");
}

/// Another reading of RFC 5545: unfold, then undo the escapes.
fn read(file: &str, name: &str) -> String {
    let whole = file.replace("\r\n ", "");
    let value = whole
        .split("\r\n")
        .find_map(|l| l.strip_prefix(name)?.strip_prefix(':'));
    let mut out = String::new();
    let mut chars = value.expect("the property").chars();
    while let Some(char) = chars.next() {
        match char {
            '\\' => match chars.next().expect("an escaped character") {
                'n' => out.push('\n'),
                other => out.push(other),
            },
            ';' | ',' => panic!("{char} must be escaped"),
            _ => out.push(char),
        }
    }
    out
}

proptest! {
    #[test]
    fn any_text_comes_back_and_no_line_is_too_long(summary: String, description in "[a-zæøå ,;\\\\\n]{0,300}", start_ms: i64) {
        let file = ics(&Invite { summary: &summary, description: &description, start_ms, ..invite() });
        prop_assert!(file.ends_with("END:VCALENDAR\r\n"));
        for line in file.strip_suffix("\r\n").expect("an end").split("\r\n") {
            prop_assert!(line.len() <= 75, "{} octets", line.len());
            prop_assert!(!line.contains(['\r', '\n']));
        }
        let told: String = summary.chars().filter(|c| *c == '\n' || !c.is_control()).collect();
        prop_assert_eq!(read(&file, "SUMMARY"), told);
        prop_assert_eq!(read(&file, "DESCRIPTION"), description);
    }

    #[test]
    fn nobody_adds_a_line_of_his_own(text in "[a-z\r\n:]{0,40}") {
        let lines = |summary: &str| {
            let file = ics(&Invite { summary, ..invite() });
            file.replace("\r\n ", "").matches("\r\n").count()
        };
        prop_assert_eq!(lines(&text), lines("x"));
    }
}
