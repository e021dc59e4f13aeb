//! Hours and dates in Danish and English, for the chat. Short phrases, no full stop at the end.

use alloc::string::{String, ToString};

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
        Lang::Da => [&number(date.day().into()), ". ", MONTHS_DA[month]].concat(),
        Lang::En => [&number(date.day().into()), " ", MONTHS_EN[month]].concat(),
    }
}

/// `fredag den 4. december`, `Friday 4 December`.
pub fn day_text(date: Date, lang: Lang) -> String {
    let den = match lang {
        Lang::Da => " den ",
        Lang::En => " ",
    };
    let weekday = weekday_name(date.weekday(), lang);
    [weekday, den, &date_text(date, lang)].concat()
}

/// `kl. 14.15`, `kl. 9`, `at 14:15`.
pub fn clock_text(minute: u16, lang: Lang) -> String {
    let at = match lang {
        Lang::Da => "kl. ",
        Lang::En => "at ",
    };
    [at, &time_text(minute, lang)].concat()
}

/// `fredag den 4. december kl. 14.15`, `Friday 4 December at 14:15`: the words for a booked time.
pub fn moment_text(at: LocalTime, lang: Lang) -> String {
    [&*day_text(at.date, lang), " ", &clock_text(at.minute, lang)].concat()
}

/// `10`, `10.30`; in English `10:00`, `10:30`. Without "kl.".
pub fn time_text(minute: u16, lang: Lang) -> String {
    let (hours, minutes) = (minute / 60, minute % 60);
    match lang {
        Lang::Da if minutes == 0 => number(hours),
        Lang::Da => [&number(hours), ".", &two_digits(minutes)].concat(),
        Lang::En => [&number(hours), ":", &two_digits(minutes)].concat(),
    }
}

/// `mandag-onsdag`, or one day alone when both are equal.
pub fn day_range_text(from: u8, to: u8, lang: Lang) -> String {
    let first = weekday_name(from, lang);
    if from == to {
        first.to_string()
    } else {
        [first, "-", weekday_name(to, lang)].concat()
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
    [
        &*day_range_text(row.from, row.to, lang),
        " ",
        &spans_text(&row.spans, lang),
    ]
    .concat()
}

/// `Åbent nu, lukker kl. 15`; `Lukket nu. Åbner i morgen kl. 10`; `Lukket nu (juleaften). Åbner mandag kl. 10`.
/// `now` is the moment for which the status was made.
pub fn status_text(status: &Status, now: LocalTime, lang: Lang) -> String {
    match (status, lang) {
        (Status::Open { until }, Lang::Da) => {
            ["Åbent nu, lukker kl. ", &time_text(*until, lang)].concat()
        }
        (Status::Open { until }, Lang::En) => {
            ["Open now, closes at ", &time_text(*until, lang)].concat()
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
    let day = match (days, lang) {
        (0, _) => String::new(),
        (1, Lang::Da) => "i morgen ".into(),
        (1, Lang::En) => "tomorrow ".into(),
        (2..=6, Lang::Da) => [weekday_name(opens.date.weekday(), lang), " "].concat(),
        (2..=6, Lang::En) => ["on ", weekday_name(opens.date.weekday(), lang), " "].concat(),
        (_, Lang::Da) => [&*date_text(opens.date, lang), " "].concat(),
        (_, Lang::En) => ["on ", &date_text(opens.date, lang), " "].concat(),
    };
    match lang {
        Lang::Da => ["Åbner ", &day, "kl. ", &time].concat(),
        Lang::En => ["Opens ", &day, "at ", &time].concat(),
    }
}

/// A number in digits. `format!` would bring a formatter of several kB into the WASM.
pub fn number(value: u16) -> String {
    let mut digits = [b'0'; 5];
    let (mut rest, mut at) = (value, digits.len());
    loop {
        at -= 1;
        digits[at] += (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    digits[at..]
        .iter()
        .map(|digit| char::from(*digit))
        .collect()
}

fn two_digits(value: u16) -> String {
    let digits = number(value);
    if value < 10 {
        ["0", &digits].concat()
    } else {
        digits
    }
}

fn reason_text(reason: &Reason, lang: Lang) -> Option<&str> {
    match (reason, lang) {
        (Reason::Holiday(holiday), Lang::Da) => Some(holiday.da),
        (Reason::Holiday(holiday), Lang::En) => Some(holiday.en),
        (Reason::Exception(note), _) => note.as_deref(),
    }
}
