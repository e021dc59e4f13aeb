//! A day as staff see it: its length on the days of the clock change, its hours, and why it is not like others.

mod common;

use booking::{CELL_MS, day_cells, day_note, instant_text, opening};
use common::{date, small};

#[test]
fn a_day_is_as_long_as_the_clock_on_the_wall_says() {
    for (day, cells) in [
        ("2026-12-04", 288),
        ("2027-03-28", 276),
        ("2026-10-25", 300),
    ] {
        let found = day_cells(date(day));
        assert_eq!(found.end - found.start, cells, "{day}");
        assert!(
            instant_text(found.start * CELL_MS).starts_with(&format!("{day}T00:00")),
            "{day}"
        );
    }
}

#[test]
fn a_location_is_open_while_any_of_its_counters_is() {
    let admin = small();
    let spans = |location: &str, day: &str| -> Vec<String> {
        let runs = opening(&admin, location, date(day)).into_iter();
        let text = |cell: i64| instant_text(cell * CELL_MS)[11..16].to_owned();
        runs.map(|run| format!("{}-{}", text(run.start), text(run.end)))
            .collect()
    };
    // Monday: one has a break at noon when the other has gone home.
    assert_eq!(
        spans("raadhus", "2026-11-30"),
        ["10:00-12:00", "12:30-15:00"]
    );
    // Thursday: the other goes on through the break.
    assert_eq!(spans("raadhus", "2026-12-03"), ["10:00-17:00"]);
    assert_eq!(spans("raadhus", "2026-12-25"), <[&str; 0]>::default());
    assert_eq!(spans("nowhere", "2026-12-03"), <[&str; 0]>::default());
}

#[test]
fn a_day_says_why_it_is_not_like_others() {
    let admin = small();
    let note = |location: &str, day: &str| day_note(&admin, location, date(day));
    assert_eq!(note("raadhus", "2026-12-03"), None);
    assert_eq!(
        note("raadhus", "2026-12-23").as_deref(),
        Some("Dagen før juleaften")
    );
    assert_eq!(
        note("raadhus", "2026-12-10").as_deref(),
        Some("Personalemøde")
    );
    assert_eq!(note("mustervang", "2026-12-10"), None);
    assert_eq!(
        note("raadhus", "2026-12-14").as_deref(),
        Some("Skranke 2: Nyt kamera")
    );
    assert_eq!(
        note("mustervang", "2026-12-24").as_deref(),
        Some("Juleaften")
    );
}
