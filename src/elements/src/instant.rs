//! Instants as the server writes them: RFC 3339 with Copenhagen's offset.

use bundle::content::Lang;
use hours::Date;

/// Day and minute on the wall of "2026-12-04T14:15:00+01:00".
pub fn wall(instant: &str) -> Option<(Date, u16)> {
    let date = Date::parse(instant.get(..10)?)?;
    let number = |from: usize| -> Option<u16> {
        digits(instant.get(from..from + 2)?).map(|number| number as u16)
    };
    let (hour, minute) = (number(11)?, number(14)?);
    (hour < 24 && minute < 60).then_some((date, hour * 60 + minute))
}

/// Milliseconds since 1970.
pub fn ms(instant: &str) -> Option<i64> {
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

/// The hours crate's name for a language.
pub fn hours_lang(lang: Lang) -> hours::Lang {
    match lang {
        Lang::Da => hours::Lang::Da,
        Lang::En => hours::Lang::En,
    }
}

/// The number that these digits write; `None` for other letters, none, or more than nine.
pub fn digits(text: &str) -> Option<u32> {
    if text.is_empty() || text.len() > 9 {
        return None;
    }
    let mut number = 0;
    for byte in text.bytes() {
        number = number * 10 + char::from(byte).to_digit(10)?;
    }
    Some(number)
}

#[cfg(test)]
mod tests {
    use super::{digits, ms, wall};

    #[test]
    fn an_instant_is_read_with_its_offset() {
        assert_eq!(ms("1970-01-01T01:00:01+01:00"), Some(1000));
        assert_eq!(ms("1970-01-02T00:00:00Z"), Some(86_400_000));
        assert_eq!(
            wall("2026-12-04T14:15:00+01:00").map(|(_, minute)| minute),
            Some(855)
        );
        assert_eq!((ms("2026-12-04"), wall("14.15")), (None, None));
    }

    #[test]
    fn digits_are_numbers_and_nothing_else_is() {
        assert_eq!(
            (digits("0042"), digits("123456789")),
            (Some(42), Some(123_456_789))
        );
        assert_eq!(
            (digits(""), digits("1a"), digits("-1"), digits("1234567890")),
            (None, None, None, None)
        );
    }
}
