//! Free times: which of them are shown for what was said, by day and part of the day; the month as a table; and the
//! nearest ones when nothing fits.

use bundle::content::Lang;
use hours::Date;
use protocol::Slot;

use crate::message::{Choice, Day, Month, Press};
use crate::moment::{capital, clock, day, wall};
use crate::texts;
use crate::when::When;

/// Days in one message.
pub(crate) const DAYS: usize = 3;
/// Times in one part of a day, unless the whole day is asked for.
const TIMES: usize = 6;
/// Times that are offered when nothing fits.
const NEAREST: usize = 9;

/// Day and minute of a slot, by its place in the list.
type Start = (usize, Date, u16);

fn starts(slots: &[Slot]) -> Vec<Start> {
    let starts = slots.iter().enumerate();
    starts
        .filter_map(|(at, slot)| wall(&slot.start).map(|(date, minute)| (at, date, minute)))
        .collect()
}

/// The slots that are meant, by their places.
pub(crate) fn fitting(slots: &[Slot], when: &When) -> Vec<usize> {
    let starts = starts(slots).into_iter();
    starts
        .filter(|(_, date, minute)| when.fits(*date, *minute))
        .map(|(at, ..)| at)
        .collect()
}

/// Those nearest to what was meant, the earliest first: on the days that were meant at any hour, else around the first
/// day that was meant, the hours that were meant first.
pub(crate) fn nearest(slots: &[Slot], when: &When, today: Date) -> Vec<usize> {
    let target = when.from.unwrap_or(today.days_since_epoch());
    let hours_off = |minute: u16| {
        let early = when.after.saturating_sub(minute);
        let late = (minute + 1).saturating_sub(when.before);
        i64::from(early.max(late))
    };
    let mut by_distance: Vec<(i64, Start)> = starts(slots)
        .into_iter()
        .map(|start| {
            let (_, date, minute) = start;
            let days = if when.fits_day(date) {
                0
            } else {
                i64::from((date.days_since_epoch() - target).abs().max(1))
            };
            // A day off counts as much as eight hours off.
            (days * 480 + hours_off(minute), start)
        })
        .collect();
    // The nearest one time after time, instead of a sort: a tenth of the code.
    let mut places = Vec::new();
    while places.len() < NEAREST
        && let Some(best) = (0..by_distance.len()).min_by_key(|at| by_distance[*at].0)
    {
        places.push(by_distance.swap_remove(best).1.0);
    }
    places
}

/// Those nearest to an instant, the earliest first.
pub(crate) fn around(slots: &[Slot], instant: &str) -> Vec<usize> {
    let Some((date, minute)) = wall(instant) else {
        return Vec::new();
    };
    let day = date.days_since_epoch();
    let when = When {
        from: Some(day),
        until: Some(day),
        after: minute,
        before: minute + 1,
        ..When::default()
    };
    nearest(slots, &when, date)
}

/// Groups slots by day, from the `page`-th day on. `whole`: one day with all its times. The second value: whether there
/// are more days.
pub(crate) fn days(
    slots: &[Slot],
    places: &[usize],
    page: usize,
    whole: bool,
    lang: Lang,
    name: &dyn Fn(&str) -> String,
) -> (Vec<Day>, bool) {
    let starts: Vec<Start> = starts(slots)
        .into_iter()
        .filter(|(at, ..)| places.contains(at))
        .collect();
    // The server gives the earliest first.
    let mut dates: Vec<Date> = Vec::new();
    for (_, date, _) in &starts {
        if dates.last() != Some(date) {
            dates.push(*date);
        }
    }
    let shown = dates.iter().skip(page).take(DAYS);
    let days = shown.map(|date| {
        let title = capital(&day(*date, lang));
        let mut parts = Vec::new();
        let mut hidden = false;
        for (part, from, until) in [(texts::MORNING, 0, 720), (texts::AFTERNOON, 720, 1440)] {
            let mut of: Vec<&Start> = starts
                .iter()
                .filter(|(_, on, minute)| on == date && (from..until).contains(minute))
                .collect();
            if !whole && of.len() > TIMES {
                hidden = true;
                of.truncate(TIMES);
            }
            let times: Vec<Choice> = of
                .into_iter()
                .map(|(at, _, minute)| {
                    let clock = clock(*minute, lang);
                    let place = name(&slots[*at].location);
                    let spoken = texts::Phrase("#, kl. %", "#, at %").with2(lang, &title, &clock);
                    Choice {
                        label: with_place(&clock, &place),
                        spoken: with_place(&spoken, &place),
                        press: Press::Slot(*at),
                    }
                })
                .collect();
            if !times.is_empty() {
                parts.push((part.get(lang).to_string(), times));
            }
        }
        Day {
            more: hidden.then(|| Choice {
                label: texts::MORE_THAT_DAY.get(lang).to_string(),
                spoken: [texts::MORE_THAT_DAY.get(lang), ", ", &title].concat(),
                press: Press::Day(date.days_since_epoch()),
            }),
            title,
            parts,
        }
    });
    (days.collect(), dates.len() > page + DAYS)
}

fn with_place(text: &str, place: &str) -> String {
    if place.is_empty() {
        text.to_string()
    } else {
        [text, ", ", place].concat()
    }
}

/// A month, `number` as in [`Press::Month`].
pub(crate) fn month(slots: &[Slot], number: i32, lang: Lang) -> Month {
    let first = first_of(number);
    let days = (first_of(number + 1).days_since_epoch() - first.days_since_epoch()) as u8;
    let words = crate::moment::hours_lang(lang);
    let name = hours::date_text(first, words);
    let name = name.trim_start_matches(|c: char| !c.is_ascii_alphabetic());
    let year = hours::number(first.year().cast_unsigned());
    let mut free: Vec<(u8, Choice)> = Vec::new();
    for (_, date, _) in starts(slots) {
        let inside = date >= first && date < first_of(number + 1);
        if inside && free.last().is_none_or(|(last, _)| *last != date.day()) {
            free.push((
                date.day(),
                Choice {
                    label: hours::number(date.day().into()),
                    spoken: capital(&day(date, lang)),
                    press: Press::Day(date.days_since_epoch()),
                },
            ));
        }
    }
    Month {
        title: [&capital(name), " ", &year].concat(),
        first: first.weekday(),
        days,
        free,
    }
}

/// The first day of a month.
pub(crate) fn first_of(number: i32) -> Date {
    let (year, month) = (number.div_euclid(12), number.rem_euclid(12));
    Date::new(year as i16, month as u8 + 1, 1).unwrap_or(Date::MIN)
}

/// The number of the month that holds a day.
pub(crate) fn month_of(date: Date) -> i32 {
    i32::from(date.year()) * 12 + i32::from(date.month()) - 1
}

/// "fredag efter kl. 15", for "ledige tider …".
pub(crate) fn said(when: &When, lang: Lang) -> String {
    let mut parts: Vec<String> = Vec::new();
    let date = |days: i32| Date::from_days_since_epoch(days);
    match (when.from, when.until) {
        (Some(from), Some(until)) if from == until => {
            parts.push(texts::Phrase("#", "on #").with(lang, &day(date(from), lang)));
        }
        (Some(from), Some(until)) => {
            let exact: Vec<i32> = (from..=until)
                .filter(|at| when.fits_day(date(*at)))
                .collect();
            if let ([one], true) = (exact.as_slice(), when.weekdays != 0) {
                parts.push(texts::Phrase("#", "on #").with(lang, &day(date(*one), lang)));
            } else {
                let words = crate::moment::hours_lang(lang);
                parts.push(texts::Phrase("fra den # til den %", "from # to %").with2(
                    lang,
                    &hours::date_text(date(from), words),
                    &hours::date_text(date(until), words),
                ));
                parts.extend(weekdays(when, lang));
            }
        }
        (from, until) => {
            parts.extend(weekdays(when, lang));
            parts.extend(
                from.map(|from| {
                    texts::Phrase("fra #", "from #").with(lang, &day(date(from), lang))
                }),
            );
            parts.extend(until.map(|until| {
                texts::Phrase("til og med #", "until #").with(lang, &day(date(until), lang))
            }));
        }
    }
    if when.has_hours() {
        let (after, before) = (clock(when.after, lang), clock(when.before, lang));
        parts.push(match (when.after, when.before) {
            (720, 1440) => texts::Phrase("om eftermiddagen", "in the afternoon")
                .get(lang)
                .into(),
            (0, 720) => texts::Phrase("om formiddagen", "in the morning")
                .get(lang)
                .into(),
            (_, 1440) => texts::Phrase("efter kl. #", "after #").with(lang, &after),
            (0, _) => texts::Phrase("før kl. #", "before #").with(lang, &before),
            _ => texts::Phrase("mellem kl. # og %", "between # and %").with2(lang, &after, &before),
        });
    }
    joined(&parts, " ")
}

fn weekdays(when: &When, lang: Lang) -> Option<String> {
    if when.weekdays == 0 || when.weekdays == 0b111_1111 {
        return None;
    }
    let words = crate::moment::hours_lang(lang);
    let names: Vec<&str> = (0..7)
        .filter(|at| when.weekdays >> at & 1 == 1)
        .map(|at| hours::weekday_name(at, words))
        .collect();
    let joined = match names.split_last() {
        Some((last, before)) if !before.is_empty() => {
            let and = texts::Phrase(" og ", " and ").get(lang);
            [&before.join(", "), and, last].concat()
        }
        _ => names.concat(),
    };
    Some(texts::Phrase("#", "on #").with(lang, &joined))
}

/// Texts with something between them.
pub(crate) fn joined(texts: &[String], between: &str) -> String {
    let mut out = String::new();
    for text in texts {
        if !out.is_empty() {
            out.push_str(between);
        }
        out.push_str(text);
    }
    out
}
