//! What `Admin::check` finds: all at once, each with its part and field; the small kommune has none.

mod common;

use booking::{Adapter, Admin, Part};
use common::{date, small};
use hours::Span;

fn found(change: impl FnOnce(&mut Admin)) -> Vec<String> {
    let mut admin = small();
    change(&mut admin);
    let mistakes = admin.check().err().unwrap_or_default();
    mistakes
        .iter()
        .map(|m| {
            m.to_string()
                .split(": ")
                .next()
                .unwrap_or_default()
                .to_owned()
        })
        .collect()
}

fn check(change: impl FnOnce(&mut Admin), expected: &[&str]) {
    assert_eq!(found(change), expected);
}

#[test]
fn the_small_kommune_is_right() {
    assert_eq!(small().check(), Ok(()));
}

#[test]
fn every_mistake_is_told_at_once_with_its_place() {
    let mut admin = small();
    admin.services[1].minutes = 7;
    admin.counters[2].location = "viby".into();
    let mistakes = admin.check().expect_err("two mistakes");
    let places: Vec<_> = mistakes.iter().map(|m| (m.part, m.field)).collect();
    assert_eq!(
        places,
        [
            (Part::Service(1), "minutes"),
            (Part::Counter(2), "location")
        ]
    );
    assert!(
        mistakes
            .iter()
            .all(|m| !m.message.is_empty() && !m.hint.is_empty())
    );
}

#[test]
fn numbers_have_their_ends() {
    check(|a| a.services[0].minutes = 0, &["services[0].minutes"]);
    check(|a| a.services[0].minutes = 5, &[]);
    check(|a| a.services[0].minutes_most = 480, &[]);
    check(
        |a| a.services[0].minutes_most = 485,
        &["services[0].minutes_most"],
    );
    check(
        |a| a.services[0].minutes_most = 10,
        &["services[0].minutes_most"],
    );
    check(|a| a.services[0].minutes_per_person = 240, &[]);
    check(
        |a| a.services[0].minutes_per_person = 12,
        &["services[0].minutes_per_person"],
    );
    check(
        |a| a.services[0].grid_minutes = 0,
        &["services[0].grid_minutes"],
    );
    check(
        |a| a.services[0].grid_minutes = 245,
        &["services[0].grid_minutes"],
    );
    check(
        |a| a.services[0].persons_most = 0,
        &["services[0].persons_most"],
    );
    check(|a| a.services[0].persons_most = 20, &[]);
    check(
        |a| a.services[0].persons_most = 21,
        &["services[0].persons_most"],
    );
    check(
        |a| a.services[0].horizon_days = 366,
        &["services[0].horizon_days"],
    );
    check(
        |a| a.services[0].change_minutes = 10_081,
        &["services[0].change_minutes"],
    );
    check(
        |a| a.services[0].lead_minutes = 43_201,
        &["services[0].lead_minutes"],
    );
    // The last day ends 61 days after today began.
    check(
        |a| (a.services[0].lead_minutes, a.services[0].horizon_days) = (2879, 1),
        &[],
    );
    check(
        |a| (a.services[0].lead_minutes, a.services[0].horizon_days) = (2880, 1),
        &["services[0].lead_minutes"],
    );
    check(|a| a.limits.active_per_contact = 0, &["limits"]);
    check(|a| a.limits.holds_at_once = 6, &["limits"]);
    check(|a| a.privacy.retention_days = 0, &["privacy"]);
    check(|a| a.format = 2, &["format"]);
}

#[test]
fn names_and_references_must_be_there() {
    check(|a| a.services[0].name.en.clear(), &["services[0].name"]);
    check(
        |a| a.services[0].bring[0].da = " ".into(),
        &["services[0].bring"],
    );
    check(
        |a| a.services[0].id = "Pas".into(),
        &[
            "services[0].id",
            "services[0].id",
            "counters[0].services",
            "counters[1].services",
            "counters[2].services",
        ],
    );
    check(
        |a| a.services[1].id = "byggesag".into(),
        &["services[1].id", "services[2].id", "counters[0].services"],
    );
    check(
        |a| {
            a.services[2].adapter = Adapter::Link {
                url: "http://a.dk".into(),
            }
        },
        &["services[2].adapter"],
    );
    for (url, wrong) in [
        ("", true),
        ("https://tider.example/v1", false),
        ("http://tider.example/v1", true),
        // A translating program beside the server.
        ("http://127.0.0.1:9090", false),
        ("http://localhost/v1", false),
        ("http://localhost.evil.example/v1", true),
        ("http://127.0.0.1@evil.example/v1", true),
        ("http://127.0.0.1:9090@evil.example/v1", true),
    ] {
        let expected: &[&str] = if wrong { &["services[2].adapter"] } else { &[] };
        let url = url.to_owned();
        check(|a| a.services[2].adapter = Adapter::Http { url }, expected);
    }
    check(
        |a| a.counters[0].services.push("byggesag".into()),
        &["counters[0].services"],
    );
    check(
        |a| a.counters[0].services.push("pas".into()),
        &["counters[0].services"],
    );
    check(
        |a| a.counters[2].services.clear(),
        &["counters[2].services"],
    );
    check(|a| a.counters[2].id = "raadhus".into(), &["counters[2].id"]);
    check(
        |a| a.locations[0].address.clear(),
        &["locations[0].address"],
    );
    check(
        |a| a.locations[0].directions = "find-vej".into(),
        &["locations[0].directions"],
    );
    check(
        |a| a.holidays.customary.push("fastelavn".into()),
        &["holidays"],
    );
    check(|a| a.privacy.text.en.clear(), &["privacy"]);
    check(|a| a.privacy.url = "http://a.dk".into(), &["privacy"]);
    check(
        |a| a.closures[0].only.push("viby".into()),
        &["closures[0].only"],
    );
    check(
        |a| a.closures[0].until = date("2026-12-09"),
        &["closures[0].until"],
    );
}

#[test]
fn hours_are_whole_cells_in_order() {
    let span = |open, close| Span { open, close };
    let day = |spans: Vec<Span>| found(|a| a.locations[0].week.days[0] = spans);
    let wrong = ["locations[0].week"];
    assert_eq!(day(vec![span(0, 1440)]), [""; 0]);
    assert_eq!(day(vec![span(600, 720), span(720, 900)]), [""; 0]);
    assert_eq!(day(vec![span(600, 720), span(715, 900)]), wrong);
    assert_eq!(day(vec![span(600, 600)]), wrong);
    assert_eq!(day(vec![span(600, 1445)]), wrong);
    assert_eq!(day(vec![span(602, 720)]), wrong);
    check(
        |a| a.counters[0].breaks[0].days.push(7),
        &["counters[0].breaks"],
    );
    check(
        |a| a.counters[0].breaks[0].days.clear(),
        &["counters[0].breaks"],
    );
    check(
        |a| a.counters[0].breaks[0].span = span(750, 720),
        &["counters[0].breaks"],
    );
    check(
        |a| a.closures[0].span = Some(span(1, 5)),
        &["closures[0].span"],
    );
    check(
        |a| {
            let twice = a.locations[0].exceptions[0].clone();
            a.locations[0].exceptions.push(twice);
        },
        &["locations[0].exceptions"],
    );
}

#[test]
fn damaged_files_are_refused() {
    let text = include_str!("small.booking.json");
    for (from, to) in [
        ("2026-12-23", "2026-02-29"),
        ("10:00-12:00", "10:00-24:01"),
        ("10:00-12:00", "10.00-12.00"),
        ("10:00-12:00", "9:00-12:00"),
        ("builtin", "magic"),
    ] {
        assert!(text.contains(from));
        assert!(
            serde_json::from_str::<Admin>(&text.replace(from, to)).is_err(),
            "{to}"
        );
    }
}
