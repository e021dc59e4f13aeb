//! Instants as the server writes them (RFC 3339 with Copenhagen's offset), and how they are said.

use bundle::content::Lang;
use hours::Date;

use crate::texts::Phrase;

pub(crate) use elements::instant::{hours_lang, ms, wall};

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
