//! Slots on the days when the clock changes, against the tz database in jiff: every change day 2025-2040, every quarter hour.

mod common;

use booking::{
    Admin, InstantError, Query, Refusal, Taken, Visit, Week, check_visit, instant_text,
    parse_instant, slots,
};
use common::small;
use hours::{Date, Span};
use jiff::{Timestamp, civil, tz::AmbiguousOffset, tz::TimeZone};

fn zone() -> TimeZone {
    TimeZone::get("Europe/Copenhagen").expect("bundled tz database")
}

/// The days on which the tz database itself changes the clock.
fn change_days(zone: &TimeZone) -> Vec<civil::Date> {
    let start = civil::date(2025, 1, 1).to_zoned(TimeZone::UTC);
    let start = start.expect("a date").timestamp();
    zone.following(start)
        .map(|change| zone.to_datetime(change.timestamp()).date())
        .take_while(|day| day.year() <= 2040)
        .collect()
}

fn ours(day: civil::Date) -> Date {
    Date::parse(&day.to_string()).expect("a date")
}

/// Open in these hours on every day of the year, one counter, visits of `minutes` on a grid of a quarter.
fn admin(open: u16, close: u16, minutes: u16) -> Admin {
    let mut admin = small();
    admin.holidays.public = false;
    admin.holidays.customary.clear();
    admin.closures.clear();
    admin.counters.truncate(1);
    admin.counters[0].breaks.clear();
    admin.locations[0].exceptions.clear();
    admin.locations[0].week = Week {
        days: std::array::from_fn(|_| vec![Span { open, close }]),
    };
    admin.services[0].minutes = minutes;
    admin.services[0].minutes_most = minutes;
    admin.services[0].lead_minutes = 0;
    admin
}

fn offered(admin: &Admin, day: civil::Date, now_ms: i64) -> Vec<(i64, i64)> {
    let query = Query {
        service: "pas",
        location: None,
        persons: 1,
        from: ours(day),
        days: 1,
        now_ms,
    };
    let offer = slots(admin, &query, &Taken::default()).expect("an offer");
    offer.slots.iter().map(|s| (s.start_ms, s.end_ms)).collect()
}

/// What a wall clock says about every quarter hour of the day: nothing in the gap, two instants in the fold.
fn quarters(zone: &TimeZone, day: civil::Date) -> Vec<Timestamp> {
    let mut all = Vec::new();
    for quarter in 0..96_i8 {
        let wall = day.at(quarter / 4, quarter % 4 * 15, 0, 0);
        let instant = |offset| zone_instant(wall, offset);
        match zone.to_ambiguous_timestamp(wall).offset() {
            AmbiguousOffset::Unambiguous { offset } => all.push(instant(offset)),
            AmbiguousOffset::Gap { .. } => {}
            AmbiguousOffset::Fold { before, after } => {
                all.extend([instant(before), instant(after)]);
            }
        }
    }
    all.sort_unstable();
    all
}

fn zone_instant(wall: civil::DateTime, offset: jiff::tz::Offset) -> Timestamp {
    offset.to_timestamp(wall).expect("in range")
}

#[test]
fn every_quarter_of_each_change_day_is_offered_as_the_tz_database_has_it() {
    let zone = zone();
    let days = change_days(&zone);
    assert_eq!(days.len(), 32);
    let admin = admin(0, 1440, 15);
    for day in days {
        let now_ms = quarters(&zone, day.yesterday().expect("a day"))[0].as_millisecond();
        let expected: Vec<_> = quarters(&zone, day)
            .iter()
            .map(|t| (t.as_millisecond(), t.as_millisecond() + 15 * 60_000))
            .collect();
        assert_eq!(expected.len(), if day.month() == 3 { 92 } else { 100 });
        assert_eq!(offered(&admin, day, now_ms), expected, "{day}");
        for quarter in quarters(&zone, day) {
            let ms = quarter.as_millisecond();
            let zoned = quarter.to_zoned(zone.clone());
            let text = zoned.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string();
            assert_eq!(instant_text(ms), text);
            assert_eq!(parse_instant(&text), Ok(ms));
            let visit = Visit {
                service: "pas",
                location: "raadhus",
                persons: 1,
                start_ms: ms,
                now_ms,
            };
            let end_ms = check_visit(&admin, &visit).map(|place| place.end_ms);
            assert_eq!(end_ms, Ok(ms + 15 * 60_000), "{text}");
        }
    }
}

/// A visit may take place when jiff finds each of its minutes on the same day and within the hours.
#[test]
fn a_visit_over_the_change_lies_in_the_opening_hours_minute_by_minute() {
    let zone = zone();
    for (open, close, minutes) in [(60, 240, 30), (60, 150, 45), (0, 1440, 90), (135, 165, 15)] {
        let admin = admin(open, close, minutes);
        let mut offers = 0;
        for day in change_days(&zone) {
            let now_ms = quarters(&zone, day.yesterday().expect("a day"))[0].as_millisecond();
            let fits = |start: &i64| {
                (0..i64::from(minutes)).all(|minute| {
                    let at = Timestamp::from_millisecond(start + minute * 60_000);
                    let wall = zone.to_datetime(at.expect("in range"));
                    let of_day = wall.hour() as u16 * 60 + wall.minute() as u16;
                    wall.date() == day && (open..close).contains(&of_day)
                })
            };
            let expected: Vec<_> = quarters(&zone, day)
                .iter()
                .map(|t| t.as_millisecond())
                .filter(fits)
                .map(|ms| (ms, ms + i64::from(minutes) * 60_000))
                .collect();
            offers += expected.len();
            assert_eq!(
                offered(&admin, day, now_ms),
                expected,
                "{day} {open}-{close}"
            );
        }
        assert!(offers > 0);
    }
}

#[test]
fn the_skipped_hour_and_a_wrong_offset_are_no_instants() {
    for (text, expected) in [
        ("2027-03-28T01:59:59+01:00", Ok(1_806_195_599_000)),
        ("2027-03-28T02:00:00+01:00", Err(InstantError::Offset)),
        ("2027-03-28T02:30:00+02:00", Err(InstantError::Offset)),
        ("2027-03-28T03:00:00+02:00", Ok(1_806_195_600_000)),
        ("2027-10-31T02:00:00+02:00", Ok(1_824_940_800_000)),
        ("2027-10-31T02:00:00+01:00", Ok(1_824_944_400_000)),
        ("2027-10-31T03:00:00+02:00", Err(InstantError::Offset)),
        ("2026-12-04T14:15:00+02:00", Err(InstantError::Offset)),
        ("2026-12-04T14:15:00+01:30", Err(InstantError::Offset)),
        ("2026-12-04T14:15:00-01:00", Err(InstantError::Form)),
        ("2026-12-04T13:15:00Z", Err(InstantError::Form)),
        ("2026-12-04 14:15:00+01:00", Err(InstantError::Form)),
        ("2026-12-04T14:15:00+01:0a", Err(InstantError::Form)),
        ("2026-12-04T24:00:00+01:00", Err(InstantError::Range)),
        ("2026-12-04T23:60:00+01:00", Err(InstantError::Range)),
        ("2026-02-29T12:00:00+01:00", Err(InstantError::Range)),
        ("æ26-12-04T14:15:00+01:00", Err(InstantError::Form)),
        ("", Err(InstantError::Form)),
    ] {
        assert_eq!(parse_instant(text), expected, "{text}");
    }
}

#[test]
fn a_start_beside_the_grid_is_refused_on_a_change_day_too() {
    let admin = admin(0, 1440, 15);
    let start_ms = common::ms("2027-10-31T02:15:00+01:00");
    let visit = |start_ms| Visit {
        service: "pas",
        location: "raadhus",
        persons: 1,
        start_ms,
        now_ms: start_ms - 86_400_000,
    };
    assert!(check_visit(&admin, &visit(start_ms)).is_ok());
    for off in [-300_000, -1, 1, 1000, 300_000] {
        assert_eq!(
            check_visit(&admin, &visit(start_ms + off)),
            Err(Refusal::Grid)
        );
    }
}
