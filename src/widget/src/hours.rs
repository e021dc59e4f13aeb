//! Opening hours, drawn live: "Åbent nu · lukker kl. 15", the week as a table, special days ahead.

use bundle::content::Lang;
use elements::{El, Signal, el};
use hours::{LocalTime, Reason, Status, Week};

use crate::texts::texts;
use crate::transcript::hours_lang;

/// How many days ahead special days are told.
const AHEAD_DAYS: u16 = 21;

/// A card with the status now and the table of the week.
pub(crate) fn hours_card(title: &str, week: &Week, lang: Lang, now: Signal<LocalTime>) -> El {
    let words = hours_lang(lang);
    let rows = hours::rows(week).into_iter().map(|row| {
        table_row(
            &hours::day_range_text(row.from, row.to, words),
            &hours::spans_text(&row.spans, words),
        )
    });
    let special = hours::upcoming_exceptions(week, now.get_untracked().date, AHEAD_DAYS);
    let special: Vec<El> = special
        .into_iter()
        .map(|day| {
            let mut name = hours::date_text(day.date, words);
            let why = match &day.reason {
                Reason::Holiday(holiday) => match lang {
                    Lang::Da => holiday.da,
                    Lang::En => holiday.en,
                },
                Reason::Exception(note) => note.as_deref().unwrap_or_default(),
            };
            if !why.is_empty() {
                name.push_str(", ");
                name.push_str(why);
            }
            table_row(&name, &hours::spans_text(&day.spans, words))
        })
        .collect();
    el("div.card.hours[part=hours]")
        .child(el("p.card-title").text(title))
        .child(status_line(week, lang, now))
        .child(
            el("table")
                .child(
                    el("caption.vh")
                        .text(texts(lang).hours_of)
                        .text(" ")
                        .text(title),
                )
                .child(el("tbody").children(rows).children(special)),
        )
        .maybe(week.note.as_deref().map(|note| el("p.muted").text(note)))
}

/// One line that follows the clock.
pub(crate) fn status_line(week: &Week, lang: Lang, now: Signal<LocalTime>) -> El {
    let (week, same) = (week.clone(), week.clone());
    el("p")
        .attr_with("class", move || {
            Some(match hours::status(&same, now.get()) {
                Status::Open { .. } => "status open",
                Status::Closed { .. } => "status",
            })
        })
        .text_with(move || {
            let now = now.get();
            let text = hours::status_text(&hours::status(&week, now), now, hours_lang(lang));
            match text.split_once(',') {
                Some((status, rest)) => [status, " ·", rest].concat(),
                None => text,
            }
        })
}

fn table_row(days: &str, spans: &str) -> El {
    el("tr")
        .child(el("th[scope=row]").text(&capital(days)))
        .child(el("td").text(spans))
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| {
        core::iter::once(text::upper(first)).chain(chars).collect()
    })
}
