//! Instants as the server writes them (RFC 3339 with Copenhagen's offset), and how they are said.

use bundle::content::Lang;
use hours::Date;

use crate::texts::Phrase;
use crate::words::digits;

/// Day and minute on the wall of "2026-12-04T14:15:00+01:00".
pub(crate) fn wall(instant: &str) -> Option<(Date, u16)> {
    let date = Date::parse(instant.get(..10)?)?;
    let number = |from: usize| -> Option<u16> {
        digits(instant.get(from..from + 2)?).map(|number| number as u16)
    };
    let (hour, minute) = (number(11)?, number(14)?);
    (hour < 24 && minute < 60).then_some((date, hour * 60 + minute))
}

/// Milliseconds since 1970.
pub(crate) fn ms(instant: &str) -> Option<i64> {
    let (date, minute) = wall(instant)?;
    let seconds: i64 = digits(instant.get(17..19)?)?.into();
    let zone = instant.get(instant.len().checked_sub(6)?..)?;
    let part = |from: usize| -> Option<i64> { digits(zone.get(from..from + 2)?).map(i64::from) };
    let offset = match zone.as_bytes().first()? {
        b'+' => part(1)? * 60 + part(4)?,
        b'-' => -(part(1)? * 60 + part(4)?),
        _ => 0, // "Z"
    };
    let minutes = i64::from(date.days_since_epoch()) * 1440 + i64::from(minute) - offset;
    Some((minutes * 60 + seconds) * 1000)
}

pub(crate) fn hours_lang(lang: Lang) -> hours::Lang {
    match lang {
        Lang::Da => hours::Lang::Da,
        Lang::En => hours::Lang::En,
    }
}

/// "fredag den 4. december", "Friday 4 December".
pub(crate) fn day(date: Date, lang: Lang) -> String {
    let words = hours_lang(lang);
    let weekday = hours::weekday_name(date.weekday(), words);
    Phrase("# den %", "# %").with2(lang, weekday, &hours::date_text(date, words))
}

/// "14.15", "14:15".
pub(crate) fn clock(minute: u16, lang: Lang) -> String {
    let text = hours::time_text(minute, hours_lang(lang));
    // Beside 14.15 a 14 looks lost.
    if lang == Lang::Da && minute.is_multiple_of(60) {
        text + ".00"
    } else {
        text
    }
}

/// "fredag den 4. december kl. 14.15".
pub(crate) fn moment(instant: &str, lang: Lang) -> String {
    match wall(instant) {
        Some((date, minute)) => {
            Phrase("# kl. %", "# at %").with2(lang, &day(date, lang), &clock(minute, lang))
        }
        None => instant.to_string(),
    }
}

/// "14.15" of an instant.
pub(crate) fn time_of(instant: &str, lang: Lang) -> String {
    wall(instant).map_or_else(String::new, |(_, minute)| clock(minute, lang))
}

/// With its first letter large.
pub(crate) fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| {
        core::iter::once(text::upper(first)).chain(chars).collect()
    })
}
