//! What is offered and what is refused, at the very edges: a boundary moved by one cell or one millisecond fails here.

mod common;

use booking::{
    CELL_MS, Closure, Exception, Query, Refusal, Slot, Taken, Visit, cells, check_visit, minutes,
    open_cells, slots,
};
use common::{NOW_MS, date, ms, offer, query, small, starts};
use hours::{Span, copenhagen};

fn visit(
    service: &'static str,
    location: &'static str,
    start: &str,
    persons: u8,
) -> Visit<'static> {
    Visit {
        service,
        location,
        persons,
        start_ms: ms(start),
        now_ms: NOW_MS,
    }
}

#[test]
fn cells_are_touched_from_the_first_to_the_last_millisecond() {
    let start = 1_796_000_100_000 / CELL_MS * CELL_MS;
    let at = start / CELL_MS;
    assert_eq!(cells(start, start + 900_000), at..at + 3);
    assert_eq!(cells(start, start + 900_001), at..at + 4);
    assert_eq!(cells(start, start + 899_999), at..at + 3);
    assert_eq!(cells(start - 1, start + 1), at - 1..at + 1);
    assert_eq!(cells(start, start + 1), at..at + 1);
    assert!(cells(start, start).is_empty());
    assert!(cells(start, start - 1).is_empty());
    assert_eq!(cells(-1, 1), -1..1);
}

#[test]
fn a_day_is_offered_around_its_breaks_by_each_counter_that_is_open() {
    // Monday: desk 1 from 10 to 15 with a break at 12, desk 2 from 9 to 12 but the town hall opens at 10.
    assert_eq!(
        starts(&small(), &query("pas", "raadhus", "2026-11-30")),
        [
            "10:00x2", "10:15x2", "10:30x2", "10:45x2", "11:00x2", "11:15x2", "11:30x2", "11:45x2",
            "12:30x1", "12:45x1", "13:00x1", "13:15x1", "13:30x1", "13:45x1", "14:00x1", "14:15x1",
            "14:30x1", "14:45x1"
        ]
    );
    // Friday: no break, closed at 13; desk 2 may stay until 18, the town hall does not.
    let friday = starts(&small(), &query("pas", "raadhus", "2026-12-04"));
    assert_eq!(friday.first().map(String::as_str), Some("10:00x2"));
    assert_eq!(friday.last().map(String::as_str), Some("12:45x2"));
    assert_eq!(friday.len(), 12);
    // Wednesday: desk 2 has no hours of its own that day.
    let wednesday = starts(&small(), &query("pas", "raadhus", "2026-12-02"));
    assert_eq!(wednesday.first().map(String::as_str), Some("10:00x1"));
    // A service with another grid: desk 1 alone.
    assert_eq!(
        starts(&small(), &query("mitid", "raadhus", "2026-12-02"))[..7],
        [
            "10:00x1", "10:20x1", "10:40x1", "11:00x1", "11:20x1", "11:40x1", "12:40x1"
        ]
    );
}

#[test]
fn a_break_that_cuts_one_cell_costs_each_visit_that_touches_it() {
    let mut admin = small();
    admin.counters.truncate(1);
    let span = |open, close| Span { open, close };
    let gone = |admin: &booking::Admin, span: Span| {
        let mut other = admin.clone();
        other.counters[0].breaks[0].span = span;
        let left = starts(&other, &query("pas", "raadhus", "2026-11-30"));
        let all = ["11:30x1", "11:45x1", "12:00x1", "12:15x1", "12:30x1"];
        let gone = all.iter().filter(|t| !left.contains(&(**t).to_owned()));
        gone.map(|t| t[..5].to_owned())
            .collect::<Vec<_>>()
            .join(" ")
    };
    assert_eq!(gone(&admin, span(720, 750)), "12:00 12:15");
    assert_eq!(gone(&admin, span(715, 750)), "11:45 12:00 12:15");
    assert_eq!(gone(&admin, span(720, 755)), "12:00 12:15 12:30");
    assert_eq!(gone(&admin, span(725, 745)), "12:00 12:15");
    assert_eq!(gone(&admin, span(730, 735)), "12:00");
    assert_eq!(gone(&admin, span(735, 735)), "");
}

#[test]
fn a_family_needs_a_longer_visit_up_to_the_cap() {
    let admin = small();
    let pas = admin.service("pas").expect("pas");
    let lengths: Vec<_> = (1..=5).map(|persons| minutes(pas, persons)).collect();
    assert_eq!(lengths, [Ok(15), Ok(25), Ok(35), Ok(45), Ok(45)]);
    assert_eq!(minutes(pas, 0), Err(Refusal::Persons { most: 5 }));
    assert_eq!(minutes(pas, 6), Err(Refusal::Persons { most: 5 }));
    let mut odd = pas.clone();
    odd.minutes = 11;
    assert_eq!(minutes(&odd, 1), Ok(15));
    odd.minutes = 0;
    assert_eq!(minutes(&odd, 1), Ok(5));

    let friday = |persons| {
        let query = Query {
            persons,
            ..query("pas", "raadhus", "2026-12-04")
        };
        let slots = offer(&admin, &query).slots;
        let last: Slot = slots.last().expect("a slot").clone();
        (
            copenhagen(last.start_ms).minute,
            copenhagen(last.end_ms).minute,
        )
    };
    assert_eq!(friday(1), (765, 780));
    assert_eq!(friday(2), (750, 775));
    assert_eq!(friday(3), (735, 770));
    assert_eq!(friday(4), (735, 780)); // 45 minutes to the very end
    assert_eq!(friday(5), (735, 780));
}

#[test]
fn the_lead_ends_at_the_very_millisecond() {
    let admin = small();
    let start = "2026-12-04T10:00:00+01:00";
    let at = |now_ms| {
        let visit = Visit {
            now_ms,
            ..visit("pas", "raadhus", start, 1)
        };
        let query = Query {
            now_ms,
            ..query("pas", "raadhus", "2026-12-04")
        };
        let first = offer(&admin, &query).slots[0].start_ms;
        (check_visit(&admin, &visit).err(), first == ms(start))
    };
    let latest = ms(start) - 2 * 3_600_000;
    assert_eq!(at(latest), (None, true));
    assert_eq!(at(latest + 1), (Some(Refusal::TooSoon), false));
    // Without a lead a visit can be booked until it begins.
    let mitid = |now_ms| {
        let visit = Visit {
            now_ms,
            ..visit("mitid", "raadhus", start, 1)
        };
        check_visit(&admin, &visit).err()
    };
    assert_eq!(mitid(ms(start)), None);
    assert_eq!(mitid(ms(start) + 1), Some(Refusal::TooSoon));
}

#[test]
fn the_horizon_is_a_day_on_the_wall() {
    let admin = small();
    // 60 days after Saturday 21 November is Wednesday 20 January.
    let day = |text: &str| starts(&admin, &query("pas", "raadhus", text)).len();
    assert_eq!((day("2027-01-20"), day("2027-01-21")), (18, 0));
    let check = |start, now_ms| {
        let visit = Visit {
            now_ms,
            ..visit("pas", "raadhus", start, 1)
        };
        check_visit(&admin, &visit).err()
    };
    let start = "2027-01-21T10:00:00+01:00";
    assert_eq!(check("2027-01-20T14:45:00+01:00", NOW_MS), None);
    assert_eq!(check(start, NOW_MS), Some(Refusal::TooFar));
    // From midnight on in Denmark, which is 23:00 UTC.
    let midnight = ms("2026-11-22T00:00:00+01:00");
    assert_eq!(check(start, midnight - 1), Some(Refusal::TooFar));
    assert_eq!(check(start, midnight), None);
}

#[test]
fn looking_goes_on_where_the_days_end() {
    let admin = small();
    let next = |from: &str, days| {
        let query = Query {
            days,
            location: None,
            ..query("pas", "", from)
        };
        offer(&admin, &query).next.map(|d| d.to_string())
    };
    assert_eq!(next("2026-12-01", 7).as_deref(), Some("2026-12-08"));
    assert_eq!(next("2027-01-13", 7).as_deref(), Some("2027-01-20"));
    assert_eq!(next("2027-01-14", 7), None);
    assert_eq!(next("2026-12-01", 99).as_deref(), Some("2027-01-01"));
    assert_eq!(next("2026-12-01", 0).as_deref(), Some("2026-12-02"));
    // Days that are over are passed in silence.
    let query = Query {
        days: 31,
        ..query("pas", "raadhus", "2026-11-01")
    };
    assert_eq!(
        offer(&admin, &query).slots[0].start_ms,
        ms("2026-11-23T10:00:00+01:00")
    );
}

#[test]
fn places_stand_side_by_side_in_the_order_of_the_kommune() {
    let admin = small();
    let query = Query {
        location: None,
        ..query("pas", "", "2026-12-03") // Thursday: both are open
    };
    let slots = offer(&admin, &query).slots;
    let at_one: Vec<_> = slots.iter().filter(|s| s.local.minute == 13 * 60).collect();
    let places: Vec<_> = at_one
        .iter()
        .map(|s| (s.location.as_str(), s.free))
        .collect();
    assert_eq!(places, [("raadhus", 2), ("mustervang", 1)]);
    assert!(slots.is_sorted_by_key(|s| s.start_ms));
}

#[test]
fn one_taken_cell_takes_the_visits_that_touch_it_and_no_other() {
    let admin = small();
    let query = query("pas", "raadhus", "2026-11-30");
    let cell = ms("2026-11-30T13:30:00+01:00") / CELL_MS;
    let free = |cell: i64, counter: &str| {
        let mut taken = Taken::default();
        taken.add(counter, cell);
        let slots = slots(&admin, &query, &taken).expect("an offer").slots;
        let minutes: Vec<_> = slots.iter().map(|s| s.local.minute).collect();
        let all = [13 * 60, 13 * 60 + 15, 13 * 60 + 30, 13 * 60 + 45];
        all.map(|minute| minutes.contains(&minute))
    };
    assert_eq!(free(cell - 1, "skranke-1"), [true, false, true, true]);
    assert_eq!(free(cell, "skranke-1"), [true, true, false, true]);
    assert_eq!(free(cell + 2, "skranke-1"), [true, true, false, true]);
    assert_eq!(free(cell + 3, "skranke-1"), [true, true, true, false]);
    assert_eq!(free(cell, "skranke-2"), [true; 4]);
    // In the morning the other desk still has it.
    let mut taken = Taken::default();
    taken.add("skranke-2", ms("2026-11-30T10:00:00+01:00") / CELL_MS);
    let slots = slots(&admin, &query, &taken).expect("an offer").slots;
    assert_eq!((slots[0].free, slots[1].free), (1, 2));
}

#[test]
fn the_counter_that_serves_the_fewest_services_comes_first() {
    let place = check_visit(
        &small(),
        &visit("pas", "raadhus", "2026-11-30T10:00:00+01:00", 2),
    );
    let place = place.expect("a place");
    assert_eq!(place.counters, ["skranke-2", "skranke-1"]);
    assert_eq!(place.end_ms, ms("2026-11-30T10:25:00+01:00"));
    assert_eq!(
        place.cells,
        cells(ms("2026-11-30T10:00:00+01:00"), place.end_ms)
    );
}

#[test]
fn whatever_is_not_possible_says_why() {
    let admin = small();
    let friday = "2026-12-04T10:00:00+01:00";
    let rows = [
        ("pasta", "raadhus", friday, 1, Refusal::Service),
        ("byggesag", "raadhus", friday, 1, Refusal::Elsewhere),
        ("pas", "ingensteds", friday, 1, Refusal::Location),
        ("mitid", "mustervang", friday, 1, Refusal::Location),
        ("pas", "raadhus", friday, 0, Refusal::Persons { most: 5 }),
        ("mitid", "raadhus", friday, 2, Refusal::Persons { most: 1 }),
        (
            "pas",
            "raadhus",
            "2026-12-04T10:05:00+01:00",
            1,
            Refusal::Grid,
        ),
        (
            "pas",
            "raadhus",
            "2026-12-04T09:45:00+01:00",
            1,
            Refusal::Closed,
        ),
        (
            "pas",
            "raadhus",
            "2026-12-04T12:45:00+01:00",
            2,
            Refusal::Closed,
        ),
        (
            "pas",
            "raadhus",
            "2026-12-05T10:00:00+01:00",
            1,
            Refusal::Closed,
        ),
        (
            "pas",
            "raadhus",
            "2026-11-20T10:00:00+01:00",
            1,
            Refusal::TooSoon,
        ),
        (
            "pas",
            "raadhus",
            "2027-02-05T10:00:00+01:00",
            1,
            Refusal::TooFar,
        ),
    ];
    for (service, location, start, persons, refusal) in rows {
        let got = check_visit(&admin, &visit(service, location, start, persons));
        assert_eq!(got, Err(refusal), "{service} {location} {start} {persons}");
    }
    let none = slots(
        &admin,
        &query("pasta", "raadhus", "2026-12-04"),
        &Taken::default(),
    );
    assert_eq!(none, Err(Refusal::Service));
    let none = slots(
        &admin,
        &query("mitid", "mustervang", "2026-12-04"),
        &Taken::default(),
    );
    assert_eq!(none, Err(Refusal::Location));
    let none = slots(
        &admin,
        &query("byggesag", "raadhus", "2026-12-04"),
        &Taken::default(),
    );
    assert_eq!(none, Err(Refusal::Elsewhere));
}

#[test]
fn exceptions_go_before_holidays_and_closures_before_everything() {
    let mut admin = small();
    for service in &mut admin.services {
        service.horizon_days = 365;
    }
    let count =
        |admin: &booking::Admin, day: &str| starts(admin, &query("pas", "raadhus", day)).len();
    // 23 December: from 10 to 12, one desk; juleaften and nytårsaften (Thursdays) are closed by the kommune.
    assert_eq!(count(&admin, "2026-12-23"), 8);
    assert_eq!(
        (count(&admin, "2026-12-24"), count(&admin, "2026-12-31")),
        (0, 0)
    );
    assert_eq!(
        (count(&admin, "2026-12-25"), count(&admin, "2027-01-01")),
        (0, 0)
    );
    // Skærtorsdag, langfredag, 2. påskedag, Kristi himmelfartsdag, 2. pinsedag 2027; the days beside them are open.
    for day in [
        "2027-03-25",
        "2027-03-26",
        "2027-03-29",
        "2027-05-06",
        "2027-05-17",
    ] {
        assert_eq!(count(&admin, day), 0, "{day}");
    }
    for day in ["2027-03-24", "2027-03-30", "2027-05-07", "2027-05-18"] {
        assert!(count(&admin, day) > 0, "{day}");
    }
    // Store bededag would be Friday 23 April 2027, and is a day like others.
    assert_eq!(count(&admin, "2027-04-23"), 12);
    // Grundlovsdag is not on this kommune's list. Saturday in 2027, so take the list itself.
    let mut open = admin.clone();
    open.holidays.customary.retain(|name| name != "juleaften");
    assert!(count(&open, "2026-12-24") > 0);
    open.holidays.public = false;
    assert!(count(&open, "2026-12-25") > 0);
    // An exception opens a holiday; a closure shuts it again.
    admin.locations[0].exceptions.push(Exception {
        date: date("2026-12-24"),
        spans: vec![Span {
            open: 600,
            close: 660,
        }],
        note: String::new(),
    });
    assert_eq!(
        starts(&admin, &query("pas", "raadhus", "2026-12-24")),
        ["10:00x2", "10:15x2", "10:30x2", "10:45x2"]
    );
    admin.closures.push(Closure {
        from: date("2026-12-24"),
        until: date("2026-12-24"),
        span: None,
        only: vec![],
        note: String::new(),
    });
    assert_eq!(count(&admin, "2026-12-24"), 0);
}

#[test]
fn a_counter_has_exceptions_of_its_own_within_those_of_its_place() {
    let mut admin = small();
    admin.counters[1].exceptions.push(Exception {
        date: date("2026-12-02"), // a Wednesday, on which it does not serve
        spans: vec![Span {
            open: 540,
            close: 630,
        }],
        note: String::new(),
    });
    let day = starts(&admin, &query("pas", "raadhus", "2026-12-02"));
    assert_eq!(day[..3], ["10:00x2", "10:15x2", "10:30x1"]);
    // The library is closed on Wednesdays, whatever its desk says.
    admin.counters[2].exceptions.push(Exception {
        date: date("2026-12-02"),
        spans: vec![Span {
            open: 540,
            close: 630,
        }],
        note: String::new(),
    });
    assert_eq!(
        starts(&admin, &query("pas", "mustervang", "2026-12-02")),
        [""; 0]
    );
}

#[test]
fn closures_hold_from_the_first_to_the_last_day_where_they_are_for() {
    let admin = small();
    // 10 December, 13-15, the whole town hall: the meeting of the staff. Thursday, open until 17.
    let day = starts(&admin, &query("pas", "raadhus", "2026-12-10"));
    assert!(day.contains(&"12:45x2".to_owned()) && day.contains(&"15:00x2".to_owned()));
    assert!(
        !day.iter()
            .any(|t| t.starts_with("13") || t.starts_with("14"))
    );
    assert_eq!(
        starts(&admin, &query("pas", "mustervang", "2026-12-10")).len(),
        16
    );
    // 14 and 15 December, desk 2 only. 11 (Friday) and 17 (Thursday) have both.
    let first = |text: &str| starts(&admin, &query("pas", "raadhus", text))[0].clone();
    let days = ["2026-12-11", "2026-12-14", "2026-12-15", "2026-12-17"];
    assert_eq!(
        days.map(first),
        ["10:00x2", "10:00x1", "10:00x1", "10:00x2"]
    );
}

#[test]
fn open_cells_are_runs_of_the_wall_clock() {
    let admin = small();
    let at = |text: &str| ms(text) / CELL_MS;
    let runs = open_cells(&admin, &admin.counters[0], date("2026-11-30"));
    assert_eq!(
        runs,
        [
            at("2026-11-30T10:00:00+01:00")..at("2026-11-30T12:00:00+01:00"),
            at("2026-11-30T12:30:00+01:00")..at("2026-11-30T15:00:00+01:00"),
        ]
    );
    assert!(open_cells(&admin, &admin.counters[0], date("2026-11-29")).is_empty());
}

#[test]
fn touching_hours_are_one() {
    let mut admin = small();
    admin.services[0].minutes = 60;
    admin.services[0].minutes_most = 60;
    admin.counters.truncate(1);
    admin.counters[0].breaks.clear();
    let halves = |gap: u16| {
        vec![
            Span {
                open: 600,
                close: 660,
            },
            Span {
                open: 660 + gap,
                close: 720 + gap,
            },
        ]
    };
    let mut day = |gap| {
        admin.locations[0].week.days[0] = halves(gap);
        starts(&admin, &query("pas", "raadhus", "2026-11-30"))
    };
    assert_eq!(
        day(0),
        ["10:00x1", "10:15x1", "10:30x1", "10:45x1", "11:00x1"]
    );
    assert_eq!(day(5), ["10:00x1"]);
    assert_eq!(day(15), ["10:00x1", "11:15x1"]);
}
