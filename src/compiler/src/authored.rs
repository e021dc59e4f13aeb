//! What `booking.toml` and `samtale.toml` have in common: closed days, hours of one date, the text about privacy, and where each
//! key was found.

use crate::placed::Row;
use booking::{Closure, Exception, Holidays, Privacy, Words};
use hours::Date;
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Where the keys of each part stand.
pub(crate) struct Places<P> {
    keys: BTreeMap<(P, &'static str), usize>,
    parts: BTreeMap<P, usize>,
}

impl<P> Default for Places<P> {
    fn default() -> Self {
        Places {
            keys: BTreeMap::new(),
            parts: BTreeMap::new(),
        }
    }
}

impl<P: Copy + Ord> Places<P> {
    /// Remembers the keys of a table, and reports those that nobody asked for.
    pub(crate) fn keep(&mut self, part: P, row: &Row) {
        row.done();
        self.parts.insert(part, row.at);
        let keys = row.places.borrow();
        self.keys
            .extend(keys.iter().map(|(key, at)| ((part, *key), *at)));
    }

    /// The first of these keys that was found and its place; the first one at the place of the part when none was.
    pub(crate) fn at(&self, part: P, keys: &[&'static str]) -> (&'static str, usize) {
        let found = keys
            .iter()
            .find_map(|key| Some((*key, *self.keys.get(&(part, *key))?)));
        let first = keys.first().copied().unwrap_or_default();
        found.unwrap_or((first, self.parts.get(&part).copied().unwrap_or(0)))
    }
}

/// `lukket_ogsaa`: all customary days when it is missing.
pub(crate) fn customary(row: &Row) -> Vec<String> {
    let Some(names) = row.texts("lukket_ogsaa") else {
        return Holidays::CUSTOMARY.map(str::to_owned).to_vec();
    };
    names
        .into_iter()
        .map(|(name, _)| name.replace("nytaars", "nytårs"))
        .collect()
}

/// A text in both languages.
pub(crate) fn words(row: &Row, da: &'static str, en: &'static str) -> Words {
    Words {
        da: row.text(da),
        en: row.text(en),
    }
}

/// The table `[privatliv]`; its version is made from everything in it. `days` says how long, and may read a key of the table.
pub(crate) fn privacy(whole: &Row, name: &str, days: impl Fn(&Row) -> u16) -> Privacy {
    let mut privacy = Privacy {
        controller: name.to_owned(),
        ..Privacy::default()
    };
    if let Some(row) = whole.table("privatliv") {
        if row.has("dataansvarlig") {
            privacy.controller = row.text("dataansvarlig");
        }
        privacy.purpose = words(&row, "formaal", "formaal_english");
        privacy.text = words(&row, "tekst", "tekst_english");
        privacy.retention_days = days(&row);
        privacy.url = row.text("url");
        row.done();
    }
    let days = privacy.retention_days.to_string();
    let mut hash = Sha256::new();
    for text in [
        &privacy.controller,
        &privacy.purpose.da,
        &privacy.purpose.en,
        &days,
        &privacy.text.da,
        &privacy.text.en,
        &privacy.url,
    ] {
        hash.update((text.len() as u64).to_le_bytes());
        hash.update(text);
    }
    for byte in &hash.finalize()[..6] {
        let _ = write!(privacy.version, "{byte:02x}");
    }
    privacy
}

/// The rows of `undtagelser`.
pub(crate) fn exceptions(row: &Row) -> Vec<Exception> {
    let mut all = Vec::new();
    for row in row.rows("undtagelser") {
        let spans = needed(&row, "tider", Row::spans).unwrap_or_default();
        if let Some(date) = needed(&row, "dato", Row::date) {
            let note = row.text("note");
            all.push(Exception { date, spans, note });
        }
        row.done();
    }
    all
}

/// One `[[lukket]]`; `None` when its first day could not be read.
pub(crate) fn closure(row: &Row) -> Option<Closure> {
    let from = needed(row, "fra", Row::date);
    let closure = Closure {
        from: from.unwrap_or(Date::MIN),
        until: row.date("til").or(from).unwrap_or(Date::MIN),
        span: row.span("tid"),
        only: row
            .texts("kun")
            .unwrap_or_default()
            .into_iter()
            .map(|(id, _)| id)
            .collect(),
        note: row.text("note"),
    };
    from.map(|_| closure)
}

/// Reads a key that must be there.
pub(crate) fn needed<'p, 'a, 't, T>(
    row: &Row<'p, 'a, 't>,
    key: &'static str,
    read: impl Fn(&Row<'p, 'a, 't>, &'static str) -> Option<T>,
) -> Option<T> {
    if !row.has(key) {
        row.missing(key);
    }
    read(row, key)
}
