//! A small kommune for the tests: small.booking.json.
#![allow(dead_code, reason = "no test file uses all of them")]

use booking::{Admin, Offer, Query, Taken, instant_text, parse_instant, slots};
use hours::Date;

/// Saturday 21 November 2026, 13:00 in Denmark.
pub(crate) const NOW_MS: i64 = 1_795_262_400_000;

pub(crate) fn small() -> Admin {
    serde_json::from_str(include_str!("../small.booking.json")).expect("admin data")
}

pub(crate) fn date(text: &str) -> Date {
    Date::parse(text).expect("a date")
}

pub(crate) fn ms(text: &str) -> i64 {
    parse_instant(text).expect(text)
}

pub(crate) fn query<'a>(service: &'a str, location: &'a str, day: &str) -> Query<'a> {
    Query {
        service,
        location: Some(location),
        persons: 1,
        from: date(day),
        days: 1,
        now_ms: NOW_MS,
    }
}

pub(crate) fn offer(admin: &Admin, query: &Query) -> Offer {
    slots(admin, query, &Taken::default()).expect("an offer")
}

/// Start times of the day and how many counters are free, `10:00x2`.
pub(crate) fn starts(admin: &Admin, query: &Query) -> Vec<String> {
    let slots = offer(admin, query).slots;
    let row = |s: &booking::Slot| format!("{}x{}", &instant_text(s.start_ms)[11..16], s.free);
    slots.iter().map(row).collect()
}
