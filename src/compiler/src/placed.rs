//! Reads a TOML table key by key and remembers where each stands, so that every mistake of a file is told at once with line
//! and column. For files whose mistakes are worth that, today `booking.toml` and `samtale.toml`.

use crate::diagnostic::{Diagnostic, Severity, Sink};
use hours::{Date, Span};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A file and where its mistakes go.
pub(crate) struct Paper<'a> {
    pub(crate) source: &'a str,
    pub(crate) file: &'a Path,
    pub(crate) sink: RefCell<&'a mut Sink>,
    pub(crate) codes: Codes,
}

/// Under which codes the mistakes of a file are known.
#[derive(Clone, Copy)]
pub(crate) struct Codes {
    /// A value is missing, or of another kind.
    pub(crate) value: &'static str,
    /// A key means nothing there.
    pub(crate) key: &'static str,
}

impl Paper<'_> {
    /// Reports at a byte of the source.
    pub(crate) fn report(
        &self,
        severity: Severity,
        code: &'static str,
        at: usize,
        message: String,
        hint: &str,
    ) {
        let (line, column) = position(self.source, at);
        self.sink.borrow_mut().all.push(Diagnostic {
            severity,
            code,
            file: self.file.to_path_buf(),
            line,
            column,
            message,
            hint: hint.to_owned(),
        });
    }

    pub(crate) fn error(&self, code: &'static str, at: usize, message: String, hint: &str) {
        self.report(Severity::Error, code, at, message, hint);
    }
}

/// 1-based line and column of a byte.
pub(crate) fn position(source: &str, at: usize) -> (usize, usize) {
    let mut at = at.min(source.len());
    while !source.is_char_boundary(at) {
        at -= 1;
    }
    let before = &source[..at];
    let line = before.matches('\n').count() + 1;
    let column = before
        .rsplit('\n')
        .next()
        .unwrap_or_default()
        .chars()
        .count()
        + 1;
    (line, column)
}

/// One table. Keys that nobody asked for are reported by [`Row::done`].
pub(crate) struct Row<'p, 'a, 't> {
    paper: &'p Paper<'a>,
    table: &'p DeTable<'t>,
    /// Where it begins.
    pub(crate) at: usize,
    asked: RefCell<BTreeSet<&'static str>>,
    /// Where each key was found.
    pub(crate) places: RefCell<BTreeMap<&'static str, usize>>,
}

const DAYS: [&str; 7] = [
    "mandag", "tirsdag", "onsdag", "torsdag", "fredag", "loerdag", "soendag",
];

impl<'p, 'a, 't> Row<'p, 'a, 't> {
    pub(crate) fn new(paper: &'p Paper<'a>, table: &'p DeTable<'t>, at: usize) -> Self {
        Row {
            paper,
            table,
            at,
            asked: RefCell::default(),
            places: RefCell::default(),
        }
    }

    /// The value of a key. In quotation marks its letters may be æ, ø and å, too.
    fn value(&self, key: &'static str) -> Option<&'p Spanned<DeValue<'t>>> {
        self.asked.borrow_mut().insert(key);
        let (found, value) = self
            .table
            .iter()
            .find(|(k, _)| plain(k.get_ref()) == plain(key))?;
        self.places.borrow_mut().insert(key, found.span().start);
        Some(value)
    }

    pub(crate) fn has(&self, key: &'static str) -> bool {
        self.value(key).is_some()
    }

    /// Where a key stands, else the table.
    pub(crate) fn place(&self, key: &str) -> usize {
        self.places.borrow().get(key).copied().unwrap_or(self.at)
    }

    fn wrong(&self, key: &str, value: &Spanned<DeValue>, expected: &str) {
        let found = self.paper.source.get(value.span()).unwrap_or_default();
        let found = found.lines().next().unwrap_or_default();
        let message = format!("`{key}` is {found}");
        self.paper.error(
            self.paper.codes.value,
            value.span().start,
            message,
            &format!("write {expected}"),
        );
    }

    fn read<T>(
        &self,
        key: &'static str,
        expected: &str,
        read: impl Fn(&DeValue) -> Option<T>,
    ) -> Option<T> {
        let value = self.value(key)?;
        let read = read(value.get_ref());
        if read.is_none() {
            self.wrong(key, value, expected);
        }
        read
    }

    /// Text without blanks around it; empty when the key is missing.
    pub(crate) fn text(&self, key: &'static str) -> String {
        let text = |value: &DeValue| Some(value.as_str()?.trim().to_owned());
        self.read(key, "text in quotation marks", text)
            .unwrap_or_default()
    }

    pub(crate) fn boolean(&self, key: &'static str, otherwise: bool) -> bool {
        let boolean = |value: &DeValue| match value {
            DeValue::Boolean(value) => Some(*value),
            _ => None,
        };
        self.read(key, "true or false", boolean)
            .unwrap_or(otherwise)
    }

    /// A whole number from 0 to 65535.
    pub(crate) fn number(&self, key: &'static str, otherwise: u16) -> u16 {
        let number = |value: &DeValue| {
            let number = value.as_integer()?;
            u16::from_str_radix(number.as_str(), number.radix()).ok()
        };
        self.read(key, "a whole number without quotation marks", number)
            .unwrap_or(otherwise)
    }

    /// The same up to 255.
    pub(crate) fn small(&self, key: &'static str, otherwise: u8) -> u8 {
        let number = |value: &DeValue| {
            let number = value.as_integer()?;
            u8::from_str_radix(number.as_str(), number.radix()).ok()
        };
        self.read(
            key,
            "a whole number up to 255, without quotation marks",
            number,
        )
        .unwrap_or(otherwise)
    }

    /// `2 timer`, `1 dag`, `30 minutter`, in minutes.
    pub(crate) fn duration(&self, key: &'static str, otherwise: u32) -> u32 {
        let duration = |value: &DeValue| {
            let (number, unit) = value.as_str()?.trim().split_once(' ')?;
            let unit = match unit.trim() {
                "minut" | "minutter" => 1,
                "time" | "timer" => 60,
                "dag" | "dage" => 1440,
                _ => return None,
            };
            number.parse::<u32>().ok()?.checked_mul(unit)
        };
        self.read(key, "\"30 minutter\", \"2 timer\" or \"1 dag\"", duration)
            .unwrap_or(otherwise)
    }

    pub(crate) fn date(&self, key: &'static str) -> Option<Date> {
        let date = |value: &DeValue| match value {
            DeValue::Datetime(date) => Date::parse(&date.to_string()),
            other => Date::parse(other.as_str()?),
        };
        self.read(key, "a date, \"2026-12-24\"", date)
    }

    /// `10:00-15:00`.
    pub(crate) fn span(&self, key: &'static str) -> Option<Span> {
        self.read(key, "\"10:00-15:00\"", |value| span(value.as_str()?))
    }

    /// A list of pieces of text, each with its place.
    pub(crate) fn texts(&self, key: &'static str) -> Option<Vec<(String, usize)>> {
        self.read(key, "a list of texts: [\"…\", \"…\"]", |value| {
            let one = |item: &Spanned<DeValue>| {
                Some((
                    item.get_ref().as_str()?.trim().to_owned(),
                    item.span().start,
                ))
            };
            value.as_array()?.iter().map(one).collect()
        })
    }

    /// `["10:00-12:00", "13:00-15:00"]`.
    pub(crate) fn spans(&self, key: &'static str) -> Option<Vec<Span>> {
        self.read(
            key,
            "hours such as [\"10:00-15:00\"]; an empty list means closed",
            |value| {
                value
                    .as_array()?
                    .iter()
                    .map(|item| span(item.get_ref().as_str()?))
                    .collect()
            },
        )
    }

    /// Hours by weekday, and whether any weekday was named. The first day that was named is also the place of `week`.
    pub(crate) fn week(&self) -> ([Vec<Span>; 7], bool) {
        let days = DAYS.map(|day| self.spans(day));
        let places = DAYS
            .iter()
            .filter_map(|day| self.places.borrow().get(day).copied())
            .min();
        if let Some(place) = places {
            self.places.borrow_mut().insert("uge", place);
        }
        (days.map(Option::unwrap_or_default), places.is_some())
    }

    /// Names of weekdays; all seven when the key is missing.
    pub(crate) fn weekdays(&self, key: &'static str) -> Vec<u8> {
        let days = self.read(key, "weekdays: [\"mandag\", \"torsdag\"]", |value| {
            let day = |name: &str| (0..7).find(|day| plain(DAYS[usize::from(*day)]) == plain(name));
            value
                .as_array()?
                .iter()
                .map(|item| day(item.get_ref().as_str()?))
                .collect()
        });
        days.unwrap_or_else(|| (0..7).collect())
    }

    /// The tables of `[[key]]`, or of a list of inline tables.
    pub(crate) fn rows(&self, key: &'static str) -> Vec<Row<'p, 'a, 't>> {
        let Some(value) = self.value(key) else {
            return Vec::new();
        };
        let mut rows = Vec::new();
        for item in value.get_ref().as_array().into_iter().flatten() {
            match item.get_ref().as_table() {
                Some(table) => rows.push(Row::new(self.paper, table, item.span().start)),
                None => self.wrong(key, item, "a table with keys"),
            }
        }
        if value.get_ref().as_array().is_none() {
            self.wrong(key, value, &format!("[[{key}]] and its keys below"));
        }
        rows
    }

    /// The table of `[key]`.
    pub(crate) fn table(&self, key: &'static str) -> Option<Row<'p, 'a, 't>> {
        let value = self.value(key)?;
        if let Some(table) = value.get_ref().as_table() {
            return Some(Row::new(self.paper, table, self.place(key)));
        }
        self.wrong(key, value, &format!("[{key}] and its keys below"));
        None
    }

    /// Reports that a key must be there.
    pub(crate) fn missing(&self, key: &str) {
        self.paper.error(
            self.paper.codes.value,
            self.at,
            format!("`{key}` is missing"),
            "write it in this table",
        );
    }

    /// Reports every key that nobody asked for.
    pub(crate) fn done(&self) {
        let asked = self.asked.borrow();
        for (key, _) in self.table {
            if !asked
                .iter()
                .any(|known| plain(known) == plain(key.get_ref()))
            {
                let known: Vec<&str> = asked.iter().copied().collect();
                self.paper.error(
                    self.paper.codes.key,
                    key.span().start,
                    format!("no key is called `{}` here", key.get_ref()),
                    &format!("known here: {}", known.join(", ")),
                );
            }
        }
    }
}

/// `søndag` and `soendag` are the same.
fn plain(key: &str) -> String {
    key.replace('æ', "ae").replace('ø', "oe").replace('å', "aa")
}

fn span(text: &str) -> Option<Span> {
    let minute = |text: &str| {
        let (hours, minutes) = text.trim().split_once([':', '.'])?;
        let (hours, minutes) = (number(hours)?, number(minutes)?);
        (minutes < 60 && hours * 60 + minutes <= hours::MINUTES_PER_DAY)
            .then_some(hours * 60 + minutes)
    };
    let (open, close) = text.split_once('-')?;
    Some(Span {
        open: minute(open)?,
        close: minute(close)?,
    })
}

/// One or two digits.
fn number(text: &str) -> Option<u16> {
    let digits = (1..=2).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    digits.then(|| text.parse().ok())?
}
