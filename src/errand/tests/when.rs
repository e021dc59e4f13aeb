//! The table tests/when.txt against the parser, and: no text makes it stop.
#![allow(missing_docs, reason = "tests")]

use errand::when::When;
use hours::Date;
use proptest::prelude::*;

fn today() -> Date {
    Date::new(2026, 11, 21).expect("a day")
}

fn said(text: &str) -> Option<(When, String)> {
    errand::when::read(text, today())
}

fn shown(found: Option<(When, String)>) -> String {
    let Some((when, rest)) = found else {
        return "nothing".into();
    };
    let date = |day: Option<i32>| {
        day.map_or("-".to_string(), |day| {
            Date::from_days_since_epoch(day).to_string()
        })
    };
    let days = match (when.from, when.until) {
        (None, None) => "-".to_string(),
        (from, until) => format!("{}..{}", date(from), date(until)),
    };
    let names = ["man", "tir", "ons", "tor", "fre", "lør", "søn"];
    let weekdays: Vec<&str> = (0..7)
        .filter(|at| when.weekdays >> at & 1 == 1)
        .map(|at| names[at])
        .collect();
    let weekdays = if weekdays.is_empty() {
        "-".to_string()
    } else {
        weekdays.join(" ")
    };
    let hours = if when.has_hours() {
        let clock = |minute: u16| format!("{:02}:{:02}", minute / 60, minute % 60);
        format!("{}-{}", clock(when.after), clock(when.before))
    } else {
        "-".to_string()
    };
    let soonest = if when.soonest { "; soonest" } else { "" };
    let rest = if rest.is_empty() {
        String::new()
    } else {
        format!(" | {rest}")
    };
    format!("{days}; {weekdays}; {hours}{soonest}{rest}")
}

#[test]
fn what_is_said_about_time_means_what_the_table_says() {
    let table = include_str!("when.txt");
    let mut wrong = Vec::new();
    let mut rows = 0;
    for line in table
        .lines()
        .filter(|line| !line.starts_with('#') && !line.is_empty())
    {
        let (text, expected) = line.split_once(" => ").expect("a row is `said => meant`");
        rows += 1;
        let found = shown(said(text));
        if found != expected {
            wrong.push(format!("{text} => {found}\n    expected {expected}"));
        }
    }
    assert!(rows > 80, "{rows} rows");
    assert!(
        wrong.is_empty(),
        "{} of {rows} wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]
    #[test]
    fn no_text_stops_it(text in "\\PC{0,60}") {
        let _ = said(&text);
    }

    #[test]
    fn no_row_of_its_own_words_stops_it(words in prop::collection::vec(prop::sample::select(vec![
        "på", "fredag", "den", "4.", "32", "99.99", "0/0", "halv", "en", "kl.", "efter", "før", "mellem", "og", "uge", "53", "0",
        "december", "10-12", "12-10", "9999-99-99", "om", "2", "uger", "i", "næste", "29/2", "pm", "12", "65535", "ikke", "fra",
    ]), 0..9)) {
        if let Some((when, _)) = said(&words.join(" ")) {
            prop_assert!(when.after <= 24 * 60 && when.before <= 25 * 60);
        }
    }
}
