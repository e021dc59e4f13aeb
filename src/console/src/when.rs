//! Instants and days in Danish, as they are read at a counter.

use hours::{Date, Lang};

/// A minute of a day as "14.15"; beside it a bare "14" would look lost.
pub(crate) fn clock(minute: u16) -> String {
    format!("{}.{:02}", minute / 60, minute % 60)
}

/// Day and minute on the wall of an instant of the server.
pub(crate) fn wall(instant: &str) -> Option<(Date, u16)> {
    let local = hours::copenhagen(ms(instant)?);
    Some((local.date, local.minute))
}

/// UTC milliseconds of an instant of the server.
pub(crate) fn ms(instant: &str) -> Option<i64> {
    booking::parse_instant(instant).ok()
}

/// "14.15" of an instant; nothing for what is none.
pub(crate) fn time(instant: &str) -> String {
    wall(instant).map_or_else(String::new, |(_, minute)| clock(minute))
}

/// "10.00-10.15".
pub(crate) fn span(start: &str, end: &str) -> String {
    format!("{}-{}", time(start), time(end))
}

/// "fredag den 4. december"; with the year when it is not this one.
pub(crate) fn day(date: Date, today: Date) -> String {
    let text = hours::day_text(date, Lang::Da);
    if date.year() == today.year() {
        text
    } else {
        format!("{text} {}", date.year())
    }
}

/// "fredag den 4. december kl. 14.15".
pub(crate) fn moment(instant: &str, today: Date) -> String {
    match wall(instant) {
        Some((date, minute)) => format!("{} kl. {}", day(date, today), clock(minute)),
        None => instant.to_string(),
    }
}

/// "4/12 14.15", for lists.
pub(crate) fn short(instant: &str) -> String {
    match wall(instant) {
        Some((date, minute)) => format!("{}/{} {}", date.day(), date.month(), clock(minute)),
        None => instant.to_string(),
    }
}

/// "fre. 4/12".
pub(crate) fn short_day(date: Date) -> String {
    let name: String = hours::weekday_name(date.weekday(), Lang::Da)
        .chars()
        .take(3)
        .collect();
    format!("{name}. {}/{}", date.day(), date.month())
}

/// With its first letter large.
pub(crate) fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(chars).collect()
    })
}

/// The Monday of a day's week.
pub(crate) fn monday(date: Date) -> Date {
    date.add_days(-i32::from(date.weekday()))
}

/// The number of a week, as calendars in Denmark have it (ISO 8601).
pub(crate) fn week_number(date: Date) -> i32 {
    // The week belongs to the year of its Thursday.
    let thursday = monday(date).add_days(3);
    let first = Date::new(thursday.year(), 1, 1).unwrap_or(thursday);
    (thursday.days_since_epoch() - first.days_since_epoch()) / 7 + 1
}

/// Minutes since midnight of "14:15", as a field of the browser writes it; "24:00" is the end of the day.
pub(crate) fn minute(text: &str) -> Option<u16> {
    let (hour, minute) = text.split_once(':')?;
    let number = |part: &str| {
        (part.len() == 2)
            .then(|| part.parse::<u16>().ok())
            .flatten()
    };
    let (hour, minute) = (number(hour)?, number(minute.get(..2)?)?);
    let total = hour * 60 + minute;
    (minute < 60 && total <= 1440).then_some(total)
}

/// The instant of a minute of a day, as the server wants it. In the hour that is skipped in March there is none, in the
/// one that comes twice in October it is the first.
pub(crate) fn instant(date: Date, minute: u16) -> Option<String> {
    let (date, minute) = if minute == 1440 {
        (date.add_days(1), 0)
    } else {
        (date, minute)
    };
    let wall = i64::from(date.days_since_epoch()) * 1440 + i64::from(minute);
    [120, 60].into_iter().find_map(|offset| {
        let ms = (wall - offset) * 60_000;
        let local = hours::copenhagen(ms);
        (local.date == date && local.minute == minute).then(|| booking::instant_text(ms))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> Date {
        Date::parse(text).expect("a date")
    }

    #[test]
    fn times_are_said_as_at_a_counter() {
        let today = date("2026-12-01");
        assert_eq!(time("2026-12-04T14:05:00+01:00"), "14.05");
        assert_eq!(
            span("2026-07-01T09:00:00+02:00", "2026-07-01T09:15:00+02:00"),
            "9.00-9.15"
        );
        assert_eq!(
            moment("2026-12-04T14:15:00+01:00", today),
            "fredag den 4. december kl. 14.15"
        );
        assert_eq!(
            moment("2027-01-04T14:15:00+01:00", today),
            "mandag den 4. januar 2027 kl. 14.15"
        );
        assert_eq!(short("2026-12-04T14:15:00+01:00"), "4/12 14.15");
        assert_eq!(short_day(date("2026-12-05")), "lør. 5/12");
        assert_eq!(capital("fredag"), "Fredag");
        assert_eq!(capital(""), "");
    }

    #[test]
    fn what_is_no_instant_is_shown_as_it_came() {
        assert_eq!(time("nonsense"), "");
        assert_eq!(moment("nonsense", date("2026-12-01")), "nonsense");
    }

    #[test]
    fn weeks_have_the_numbers_of_the_calendar() {
        for (day, week) in [
            ("2026-01-01", 1),
            ("2026-12-31", 53),
            ("2027-01-03", 53),
            ("2027-01-04", 1),
            ("2024-12-30", 1),
        ] {
            assert_eq!(week_number(date(day)), week, "{day}");
        }
        assert_eq!(monday(date("2026-12-06")), date("2026-11-30"));
    }

    #[test]
    fn a_wish_on_the_wall_becomes_an_instant() {
        assert_eq!(
            instant(date("2026-12-04"), 855).as_deref(),
            Some("2026-12-04T14:15:00+01:00")
        );
        assert_eq!(
            instant(date("2026-07-04"), 1440).as_deref(),
            Some("2026-07-05T00:00:00+02:00")
        );
        assert_eq!(instant(date("2026-03-29"), 150), None, "skipped");
        assert_eq!(
            instant(date("2026-10-25"), 150).as_deref(),
            Some("2026-10-25T02:30:00+02:00")
        );
    }

    #[test]
    fn times_of_fields_are_read() {
        for (text, expected) in [
            ("09:30", Some(570)),
            ("24:00", Some(1440)),
            ("24:01", None),
            ("9:30", None),
            ("", None),
            ("12:60", None),
        ] {
            assert_eq!(minute(text), expected, "{text}");
        }
    }
}
