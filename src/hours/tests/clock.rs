//! The clock and the calendar against other people's work: the tz database (in jiff) and a second Easter rule.

use hours::{Date, LocalTime, copenhagen, easter_sunday, holiday};
use jiff::{Timestamp, ToSpan, civil, tz::TimeZone};

const MS_PER_QUARTER: i64 = 15 * 60 * 1000;

fn zone() -> TimeZone {
    TimeZone::get("Europe/Copenhagen").expect("bundled tz database")
}

fn oracle(zone: &TimeZone, utc_ms: i64) -> LocalTime {
    let time = Timestamp::from_millisecond(utc_ms).expect("in range");
    let local = zone.to_datetime(time);
    let date = Date::new(local.year(), local.month() as u8, local.day() as u8).expect("a date");
    LocalTime {
        date,
        minute: local.hour() as u16 * 60 + local.minute() as u16,
    }
}

/// The days on which the tz database itself changes the clock, two a year.
fn change_instants(zone: &TimeZone, first_year: i16, last_year: i16) -> Vec<i64> {
    let start = civil::date(first_year, 1, 1)
        .to_zoned(TimeZone::UTC)
        .expect("a date")
        .timestamp();
    zone.following(start)
        .take_while(|change| change.timestamp().to_zoned(TimeZone::UTC).year() <= last_year)
        .map(|change| change.timestamp().as_millisecond())
        .collect()
}

#[test]
fn every_quarter_hour_around_each_clock_change_agrees_with_the_tz_database() {
    let zone = zone();
    let changes = change_instants(&zone, 2025, 2040);
    assert_eq!(changes.len(), 32);
    for change in changes {
        // From the midnight before to the midnight after, and a day more on each side.
        for quarter in -2 * 96..=2 * 96 {
            let utc_ms = change + quarter * MS_PER_QUARTER;
            assert_eq!(copenhagen(utc_ms), oracle(&zone, utc_ms), "{utc_ms}");
        }
        // The last millisecond before and the first after.
        for utc_ms in [change - 1, change, change + 1] {
            assert_eq!(copenhagen(utc_ms), oracle(&zone, utc_ms), "{utc_ms}");
        }
    }
}

#[test]
fn every_hour_from_1996_to_2100_agrees_with_the_tz_database() {
    let zone = zone();
    let start = civil::date(1996, 1, 1)
        .to_zoned(TimeZone::UTC)
        .expect("a date")
        .timestamp();
    let end = start + (105_i64 * 365 * 24).hours();
    let mut utc_ms = start.as_millisecond();
    while utc_ms < end.as_millisecond() {
        assert_eq!(copenhagen(utc_ms), oracle(&zone, utc_ms), "{utc_ms}");
        utc_ms += 4 * MS_PER_QUARTER;
    }
}

#[test]
fn the_ends_of_time_do_not_panic() {
    assert_eq!(copenhagen(i64::MIN).date, Date::MIN);
    assert_eq!(copenhagen(i64::MAX).date, Date::MAX);
}

#[test]
fn every_date_counts_as_in_jiff() {
    let mut day = civil::date(1890, 1, 1);
    while day.year() < 2210 {
        let date = Date::new(day.year(), day.month() as u8, day.day() as u8).expect("a date");
        let since = civil::date(1970, 1, 1)
            .until(day)
            .expect("in range")
            .get_days();
        assert_eq!(date.days_since_epoch(), since);
        assert_eq!(Date::from_days_since_epoch(since), date);
        assert_eq!(
            date.weekday().cast_signed(),
            day.weekday().to_monday_zero_offset()
        );
        assert_eq!(Date::parse(&day.to_string()), Some(date));
        assert_eq!(date.to_string(), day.to_string());
        day = day.tomorrow().expect("in range");
    }
}

/// Gauss's rule with its two exceptions, for 1900..=2099: another algorithm than the crate's.
fn gauss_easter(year: i16) -> Date {
    let year = i32::from(year);
    let golden = year % 19;
    let full_moon = (19 * golden + 24) % 30;
    let sunday = (2 * (year % 4) + 4 * (year % 7) + 6 * full_moon + 5) % 7;
    let mut day_of_march = 22 + full_moon + sunday;
    if day_of_march == 57 || (full_moon == 28 && sunday == 6 && golden > 10) {
        day_of_march -= 7;
    }
    let first_of_march = Date::new(year as i16, 3, 1).expect("a date");
    first_of_march.add_days(day_of_march - 1)
}

#[test]
fn easter_agrees_with_gauss_and_with_a_printed_table() {
    for year in 1900..=2099 {
        assert_eq!(easter_sunday(year), gauss_easter(year), "{year}");
        assert_eq!(easter_sunday(year).weekday(), 6);
    }
    let table = [
        "2000-04-23",
        "2008-03-23",
        "2011-04-24",
        "2019-04-21",
        "2024-03-31",
        "2025-04-20",
        "2026-04-05",
        "2027-03-28",
        "2028-04-16",
        "2038-04-25",
        "2049-04-18",
        "2076-04-19",
    ];
    for text in table {
        let date = Date::parse(text).expect("a date");
        assert_eq!(easter_sunday(date.year()), date);
    }
}

#[test]
fn the_holidays_of_2026_stand_in_the_calendar() {
    let year = (0..365).map(|day| Date::new(2026, 1, 1).expect("a date").add_days(day));
    let named: Vec<_> = year
        .filter_map(|date| {
            let holiday = holiday(date)?;
            let mark = if holiday.customary { " *" } else { "" };
            Some(format!("{date} {}{mark}", holiday.da))
        })
        .collect();
    assert_eq!(
        named,
        [
            "2026-01-01 nytårsdag",
            "2026-04-02 skærtorsdag",
            "2026-04-03 langfredag",
            "2026-04-05 påskedag",
            "2026-04-06 2. påskedag",
            "2026-05-14 Kristi himmelfartsdag",
            "2026-05-24 pinsedag",
            "2026-05-25 2. pinsedag",
            "2026-06-05 grundlovsdag *",
            "2026-12-24 juleaften *",
            "2026-12-25 juledag",
            "2026-12-26 2. juledag",
            "2026-12-31 nytårsaften *",
        ]
    );
}

#[test]
fn great_prayer_day_ended_after_2023() {
    let name = |text| {
        Date::parse(text)
            .and_then(holiday)
            .map(|holiday| holiday.da)
    };
    assert_eq!(name("2023-05-05"), Some("store bededag"));
    assert_eq!(name("2024-04-26"), None);
}

#[test]
fn impossible_dates_are_refused() {
    for text in [
        "2026-02-29",
        "2026-00-10",
        "2026-13-01",
        "2026-04-31",
        "2026-1-01",
        "0000-01-01",
        "2026/01/01",
        " 2026-01-01",
        "2026-01-0x",
        "æøå-01-01",
        "",
    ] {
        assert_eq!(Date::parse(text), None, "{text}");
    }
    assert!(Date::parse("2028-02-29").is_some());
}
