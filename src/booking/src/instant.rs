//! Instants as they stand in messages: RFC 3339 with the offset that Copenhagen has then.

use hours::{Date, LocalTime, copenhagen};

/// Why an instant was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InstantError {
    /// Another shape.
    #[error("not an instant; write 2026-12-04T14:15:00+01:00")]
    Form,
    /// No such day, or an hour above 23.
    #[error("no such day or time")]
    Range,
    /// Denmark has another offset then, or the hour is skipped. Taking it would move the visit by an hour.
    #[error("Denmark does not have that offset then")]
    Offset,
}

/// `2026-12-04T14:15:00+01:00`: the second is cut off to whole ones, the offset is Copenhagen's.
pub fn instant_text(utc_ms: i64) -> String {
    let LocalTime { date, minute } = copenhagen(utc_ms);
    let seconds = utc_ms.div_euclid(1000).rem_euclid(60);
    let offset = offset_minutes(utc_ms) / 60;
    format!(
        "{date}T{:02}:{:02}:{seconds:02}+{offset:02}:00",
        minute / 60,
        minute % 60
    )
}

/// UTC milliseconds of `2026-12-04T14:15:00+01:00`. The offset must be the one that Copenhagen has then: it tells the
/// two hours of the October night apart, and a wrong one is a mistake and no wish.
///
/// # Errors
/// Another shape, no such day or time, or another offset.
pub fn parse_instant(text: &str) -> Result<i64, InstantError> {
    let bytes = text.as_bytes();
    let form = bytes.len() == 25
        && text.is_ascii()
        && [(10, b'T'), (13, b':'), (16, b':'), (19, b'+'), (22, b':')]
            .iter()
            .all(|(at, byte)| bytes[*at] == *byte);
    if !form {
        return Err(InstantError::Form);
    }
    let two = |at: usize| {
        let digits = bytes[at].is_ascii_digit() && bytes[at + 1].is_ascii_digit();
        let value = || i64::from(bytes[at] - b'0') * 10 + i64::from(bytes[at + 1] - b'0');
        digits.then(value).ok_or(InstantError::Form)
    };
    let (hour, minute, second) = (two(11)?, two(14)?, two(17)?);
    let (offset, offset_minute) = (two(20)?, two(23)?);
    let date = Date::parse(&text[..10]).ok_or(InstantError::Range)?;
    if hour > 23 || minute > 59 || second > 59 {
        return Err(InstantError::Range);
    }
    let day_ms = i64::from(date.days_since_epoch()) * 86_400_000;
    let minutes = (hour - offset) * 60 + minute - offset_minute;
    let utc_ms = day_ms + minutes * 60_000 + second * 1000;
    if offset_minute != 0 || offset_minutes(utc_ms) != offset * 60 {
        return Err(InstantError::Offset);
    }
    Ok(utc_ms)
}

/// Minutes that Copenhagen is ahead of UTC then: 60 or 120.
pub(crate) fn offset_minutes(utc_ms: i64) -> i64 {
    let local = copenhagen(utc_ms);
    let wall = i64::from(local.date.days_since_epoch()) * 1440 + i64::from(local.minute);
    wall - utc_ms.div_euclid(60_000)
}
