//! Hours and dates in Danish and English, for the chat. Short phrases, no full stop at the end.

use alloc::{
    format,
    string::{String, ToString},
};

use crate::{
    clock::LocalTime,
    date::Date,
    week::{Reason, Row, Span, Status},
};

/// The language of a phrase.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Lang {
    /// Danish.
    #[default]
    Da,
    /// English.
    En,
}

const WEEKDAYS_DA: [&str; 7] = [
    "mandag", "tirsdag", "onsdag", "torsdag", "fredag", "lørdag", "søndag",
];
const WEEKDAYS_EN: [&str; 7] = [
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
];
const MONTHS_DA: [&str; 12] = [
    "januar",
    "februar",
    "marts",
    "april",
    "maj",
    "juni",
    "juli",
    "august",
    "september",
    "oktober",
    "november",
    "december",
];
const MONTHS_EN: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// The name of a weekday, Monday 0; numbers above 6 begin again.
pub fn weekday_name(weekday: u8, lang: Lang) -> &'static str {
    let names = match lang {
        Lang::Da => WEEKDAYS_DA,
        Lang::En => WEEKDAYS_EN,
    };
    names[usize::from(weekday % 7)]
}

/// `2. januar`, `2 January`.
pub fn date_text(date: Date, lang: Lang) -> String {
    let month = usize::from(date.month() - 1);
    match lang {
        Lang::Da => format!("{}. {}", date.day(), MONTHS_DA[month]),
        Lang::En => format!("{} {}", date.day(), MONTHS_EN[month]),
    }
}

/// `10`, `10.30`; in English `10:00`, `10:30`. Without "kl.".
pub fn time_text(minute: u16, lang: Lang) -> String {
    let (hours, minutes) = (minute / 60, minute % 60);
    match lang {
        Lang::Da if minutes == 0 => hours.to_string(),
        Lang::Da => format!("{hours}.{minutes:02}"),
        Lang::En => format!("{hours}:{minutes:02}"),
    }
}

/// `mandag-onsdag`, or one day alone when both are equal.
pub fn day_range_text(from: u8, to: u8, lang: Lang) -> String {
    let first = weekday_name(from, lang);
    if from == to {
        first.to_string()
    } else {
        format!("{first}-{}", weekday_name(to, lang))
    }
}

/// `kl. 10-12 og 13-15`, `10:00-15:00`, or `lukket`, `closed`.
pub fn spans_text(spans: &[Span], lang: Lang) -> String {
    let (closed, prefix, and) = match lang {
        Lang::Da => ("lukket", "kl. ", " og "),
        Lang::En => ("closed", "", " and "),
    };
    if spans.is_empty() {
        return closed.to_string();
    }
    let mut text = prefix.to_string();
    for (idx, span) in spans.iter().enumerate() {
        if idx > 0 {
            text.push_str(if idx + 1 == spans.len() { and } else { ", " });
        }
        text.push_str(&time_text(span.open, lang));
        text.push('-');
        text.push_str(&time_text(span.close, lang));
    }
    text
}

/// `mandag-onsdag kl. 10-15`, `lørdag-søndag lukket`.
pub fn row_text(row: &Row, lang: Lang) -> String {
    format!(
        "{} {}",
        day_range_text(row.from, row.to, lang),
        spans_text(&row.spans, lang)
    )
}

/// `Åbent nu, lukker kl. 15`; `Lukket nu. Åbner i morgen kl. 10`; `Lukket nu (juleaften). Åbner mandag kl. 10`.
/// `now` is the moment for which the status was made.
pub fn status_text(status: &Status, now: LocalTime, lang: Lang) -> String {
    match (status, lang) {
        (Status::Open { until }, Lang::Da) => {
            format!("Åbent nu, lukker kl. {}", time_text(*until, lang))
        }
        (Status::Open { until }, Lang::En) => {
            format!("Open now, closes at {}", time_text(*until, lang))
        }
        (Status::Closed { opens, because }, _) => {
            let mut text = match lang {
                Lang::Da => "Lukket nu",
                Lang::En => "Closed now",
            }
            .to_string();
            if let Some(reason) = because
                .as_ref()
                .and_then(|reason| reason_text(reason, lang))
            {
                text.push_str(" (");
                text.push_str(reason);
                text.push(')');
            }
            if let Some(opens) = opens {
                text.push_str(". ");
                text.push_str(&opens_text(*opens, now, lang));
            }
            text
        }
    }
}

/// `Åbner kl. 10` (today), `Åbner i morgen kl. 10`, `Åbner torsdag kl. 10` (within six days),
/// `Åbner 2. januar kl. 10`.
pub fn opens_text(opens: LocalTime, now: LocalTime, lang: Lang) -> String {
    let days = opens.date.days_since_epoch() - now.date.days_since_epoch();
    let time = time_text(opens.minute, lang);
    match (days, lang) {
        (0, Lang::Da) => format!("Åbner kl. {time}"),
        (0, Lang::En) => format!("Opens at {time}"),
        (1, Lang::Da) => format!("Åbner i morgen kl. {time}"),
        (1, Lang::En) => format!("Opens tomorrow at {time}"),
        (2..=6, Lang::Da) => {
            format!(
                "Åbner {} kl. {time}",
                weekday_name(opens.date.weekday(), lang)
            )
        }
        (2..=6, Lang::En) => {
            format!(
                "Opens on {} at {time}",
                weekday_name(opens.date.weekday(), lang)
            )
        }
        (_, Lang::Da) => format!("Åbner {} kl. {time}", date_text(opens.date, lang)),
        (_, Lang::En) => format!("Opens on {} at {time}", date_text(opens.date, lang)),
    }
}

fn reason_text(reason: &Reason, lang: Lang) -> Option<&str> {
    match (reason, lang) {
        (Reason::Holiday(holiday), Lang::Da) => Some(holiday.da),
        (Reason::Holiday(holiday), Lang::En) => Some(holiday.en),
        (Reason::Exception(note), _) => note.as_deref(),
    }
}
