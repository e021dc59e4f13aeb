//! The days on which Danish public offices are closed, for hours that say "lukket på helligdage".
//!
//! Church holidays follow Easter; store bededag was abolished from 2024 (act 214 of 6 March 2023).
//! Does not know local customs such as the day after Kristi himmelfartsdag: a kommune writes those
//! as exceptions. Easter by the Meeus/Jones/Butcher algorithm (J. Meeus, Astronomical Algorithms, ch. 8).

use crate::date::Date;

/// A named day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Holiday {
    /// Its Danish name as it stands in the middle of a sentence: `2. påskedag`.
    pub da: &'static str,
    /// Its English name: `Easter Monday`.
    pub en: &'static str,
    /// True for days that are no public holiday by law, but on which offices are usually closed.
    pub customary: bool,
}

/// What is special about the day, if anything. A day of the church goes before a customary one.
pub fn holiday(date: Date) -> Option<Holiday> {
    let fixed = match (date.month(), date.day()) {
        (1, 1) => Some(("nytårsdag", "New Year's Day")),
        (12, 25) => Some(("juledag", "Christmas Day")),
        (12, 26) => Some(("2. juledag", "Boxing Day")),
        _ => None,
    };
    let moving = match date.days_since_epoch() - easter_sunday(date.year()).days_since_epoch() {
        -3 => Some(("skærtorsdag", "Maundy Thursday")),
        -2 => Some(("langfredag", "Good Friday")),
        0 => Some(("påskedag", "Easter Sunday")),
        1 => Some(("2. påskedag", "Easter Monday")),
        26 if date.year() < 2024 => Some(("store bededag", "Great Prayer Day")),
        39 => Some(("Kristi himmelfartsdag", "Ascension Day")),
        49 => Some(("pinsedag", "Whit Sunday")),
        50 => Some(("2. pinsedag", "Whit Monday")),
        _ => None,
    };
    if let Some((da, en)) = fixed.or(moving) {
        return Some(Holiday {
            da,
            en,
            customary: false,
        });
    }
    let (da, en) = match (date.month(), date.day()) {
        (6, 5) => ("grundlovsdag", "Constitution Day"),
        (12, 24) => ("juleaften", "Christmas Eve"),
        (12, 31) => ("nytårsaften", "New Year's Eve"),
        _ => return None,
    };
    Some(Holiday {
        da,
        en,
        customary: true,
    })
}

/// Easter Sunday (påskedag) of a year in 1..=9999; other years are moved to the nearest end.
pub fn easter_sunday(year: i16) -> Date {
    let year = i32::from(year.clamp(1, 9999));
    let golden = year % 19;
    let (century, year_of_century) = (year / 100, year % 100);
    let correction = (century - (century + 8) / 25 + 1) / 3;
    let epact = (19 * golden + century - century / 4 - correction + 15) % 30;
    let weekday =
        (32 + 2 * (century % 4) + 2 * (year_of_century / 4) - epact - year_of_century % 4) % 7;
    let late = (golden + 11 * epact + 22 * weekday) / 451;
    let days = epact + weekday - 7 * late + 114;
    Date::new(year as i16, (days / 31) as u8, (days % 31 + 1) as u8).unwrap_or(Date::MAX)
}
