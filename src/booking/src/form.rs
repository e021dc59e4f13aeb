//! How dates and spans stand in JSON: `"2026-12-24"`, `"10:00-15:00"`. Serde's `with` modules, and the same
//! reader for `compiler`'s authored files.

use hours::Span;

/// Reads `10:00-15:00`; both ends within 00:00-24:00, in order or not.
pub(crate) fn parse_span(text: &str) -> Option<Span> {
    let (open, close) = text.split_once('-')?;
    Some(Span {
        open: minute(open)?,
        close: minute(close)?,
    })
}

fn minute(text: &str) -> Option<u16> {
    let bytes = text.as_bytes();
    if bytes.len() != 5 || bytes[2] != b':' {
        return None;
    }
    let digit = |at: usize| {
        bytes[at]
            .is_ascii_digit()
            .then(|| u16::from(bytes[at] - b'0'))
    };
    let (hour, minute) = (digit(0)? * 10 + digit(1)?, digit(3)? * 10 + digit(4)?);
    (minute < 60 && hour * 60 + minute <= hours::MINUTES_PER_DAY).then_some(hour * 60 + minute)
}

/// Writes `10:00-15:00`.
pub(crate) fn span_text(span: Span) -> String {
    let time = |minute: u16| format!("{:02}:{:02}", minute / 60, minute % 60);
    format!("{}-{}", time(span.open), time(span.close))
}

pub(crate) mod date {
    use hours::Date;
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(crate) fn serialize<S: Serializer>(date: &Date, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(date)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Date, D::Error> {
        let text = String::deserialize(from)?;
        Date::parse(&text)
            .ok_or_else(|| D::Error::custom(format!("`{text}` is not a date; write 2026-12-24")))
    }
}

pub(crate) mod span {
    use hours::Span;
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(crate) fn serialize<S: Serializer>(span: &Span, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&super::span_text(*span))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Span, D::Error> {
        super::read(&String::deserialize(from)?).map_err(D::Error::custom)
    }
}

pub(crate) mod maybe_span {
    use hours::Span;
    use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

    #[expect(clippy::ref_option, reason = "serde calls it so")]
    pub(crate) fn serialize<S: Serializer>(span: &Option<Span>, to: S) -> Result<S::Ok, S::Error> {
        span.map(super::span_text).serialize(to)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Option<Span>, D::Error> {
        let text = Option::<String>::deserialize(from)?;
        text.map(|text| super::read(&text).map_err(D::Error::custom))
            .transpose()
    }
}

pub(crate) mod spans {
    use hours::Span;
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(crate) fn serialize<S: Serializer>(spans: &[Span], to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(spans.iter().map(|span| super::span_text(*span)))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<Span>, D::Error> {
        let texts = Vec::<String>::deserialize(from)?;
        texts
            .iter()
            .map(|text| super::read(text).map_err(D::Error::custom))
            .collect()
    }
}

pub(crate) mod days {
    use hours::Span;
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(crate) fn serialize<S: Serializer>(
        days: &[Vec<Span>; 7],
        to: S,
    ) -> Result<S::Ok, S::Error> {
        let text = |spans: &Vec<Span>| {
            spans
                .iter()
                .map(|span| super::span_text(*span))
                .collect::<Vec<_>>()
        };
        to.collect_seq(days.iter().map(text))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<[Vec<Span>; 7], D::Error> {
        let days = <[Vec<String>; 7]>::deserialize(from)?;
        let mut out: [Vec<Span>; 7] = Default::default();
        for (to, texts) in out.iter_mut().zip(days) {
            for text in texts {
                to.push(super::read(&text).map_err(D::Error::custom)?);
            }
        }
        Ok(out)
    }
}

fn read(text: &str) -> Result<Span, String> {
    parse_span(text).ok_or_else(|| format!("`{text}` is no span of time; write 10:00-15:00"))
}
