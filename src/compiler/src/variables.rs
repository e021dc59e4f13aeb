//! Local variables: their definitions (shared) and their values (per kommune), and how a missing
//! value is replaced. TOML in, typed values out.

use crate::address;
use crate::diagnostic::Sink;
use bundle::content::Place;
use hours::{Date, Exception, Span, Week};
use serde::Deserialize as _;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use toml::{Table, Value as Toml};

/// Definition of one variable.
#[derive(Clone, Debug, Default)]
pub struct Definition {
    /// `telefon`, `url`, `ugeskema` ...
    pub kind: String,
    /// 1 (first day) to 3.
    pub tier: u8,
    /// Group for the editor.
    pub group: String,
    /// What it is.
    pub description: String,
    /// Other variables, tried in order.
    pub fallback: Vec<String>,
    /// Danish sentence when nothing is known.
    pub sentence: String,
    /// English sentence.
    pub english: String,
}

/// A value of a variable.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// Text, price, date, period, phone, mail, url, cvr.
    Text(String),
    /// Opening hours.
    Week(Week),
    /// Places, contacts, rows.
    Places(Vec<Place>),
}

/// Parses TOML, reports every syntax error with its place, and gives what can be read in spite of them.
pub(crate) fn table(source: &str, file: &Path, sink: &mut Sink) -> Table {
    let (mut read, errors) = toml::de::DeTable::parse_recoverable(source);
    let line_at = |offset: usize| {
        let before = source.get(..offset).unwrap_or(source);
        before.matches('\n').count() + 1
    };
    let mut told = BTreeSet::new();
    for error in &errors {
        let line = error.span().map_or(1, |s| line_at(s.start));
        // One slip on a line can be several mistakes to the parser: the first says most.
        if !told.insert(line) {
            continue;
        }
        sink.error(
            "kb::toml",
            (file, line),
            error.message().to_owned(),
            &format!(
                "is a quotation mark missing in line {line}? Text stands as `name = \"text\"`, a list as `[\"a\", \"b\"]`"
            ),
        );
    }
    // What the parser guessed of a line with a mistake is nobody's word.
    keep_whole(read.get_mut(), &|offset| !told.contains(&line_at(offset)));
    Table::deserialize(toml::Deserializer::from(read)).unwrap_or_else(|error| {
        // Two errors for one mistake help nobody: this one is told of when there was no other.
        if errors.is_empty() {
            sink.error("kb::toml", (file, 1), error.message().to_owned(), "");
        }
        Table::new()
    })
}

/// Takes away every entry whose key stands where `whole` says no.
fn keep_whole(table: &mut toml::de::DeTable, whole: &dyn Fn(usize) -> bool) {
    let broken = table.keys().filter(|key| !whole(key.span().start));
    for key in broken.cloned().collect::<Vec<_>>() {
        table.remove(&key);
    }
    for (_, value) in table.iter_mut() {
        if let toml::de::DeValue::Table(inner) = value.get_mut() {
            keep_whole(inner, whole);
        }
    }
}

/// What to do about an unknown variable.
pub(crate) fn known_names(wrong: &str, definitions: &BTreeMap<String, Definition>) -> String {
    let names = definitions.keys().map(String::as_str);
    match crate::nearest(wrong, names) {
        Some(name) => format!("did you mean `{name}`? All names stand in kb-bundle/variabler.toml"),
        None => "see kb-bundle/variabler.toml for their names".into(),
    }
}

/// Line on which a top-level key stands, for diagnostics.
pub(crate) fn line_of(source: &str, key: &str) -> usize {
    let starts = |l: &str| {
        let l = l.trim_start_matches('[').trim_start();
        l.strip_prefix(key)
            .is_some_and(|r| r.starts_with([' ', '=', ']', '.']))
    };
    source.lines().position(starts).map_or(1, |i| i + 1)
}

fn text(table: &Table, key: &str) -> String {
    table
        .get(key)
        .and_then(Toml::as_str)
        .unwrap_or_default()
        .to_owned()
}

/// Reads the shared definitions.
pub(crate) fn definitions(
    source: &str,
    file: &Path,
    sink: &mut Sink,
) -> BTreeMap<String, Definition> {
    let mut out = BTreeMap::new();
    for (name, value) in table(source, file, sink) {
        let place = (file, line_of(source, &name));
        let Some(row) = value.as_table() else {
            sink.error(
                "kb::variable",
                place,
                format!("`{name}` is not a table"),
                "write `[navn]` and its keys below",
            );
            continue;
        };
        let definition = Definition {
            kind: text(row, "type"),
            tier: row.get("tier").and_then(Toml::as_integer).unwrap_or(2) as u8,
            group: text(row, "gruppe"),
            description: text(row, "beskrivelse"),
            fallback: row
                .get("fallback")
                .and_then(Toml::as_array)
                .into_iter()
                .flatten()
                .filter_map(Toml::as_str)
                .map(str::to_owned)
                .collect(),
            sentence: text(row, "saetning"),
            english: text(row, "english"),
        };
        if KINDS.iter().all(|k| *k != definition.kind) {
            sink.error("kb::variable-type", place, format!("`{name}` has type `{}`", definition.kind), "one of telefon, url, email, adresse, ugeskema, beloeb, varighed, varighed_eller_dato, dato, liste, stedliste, kontaktkort, tekst, cvr");
        }
        if definition.description.is_empty()
            || definition.sentence.is_empty()
            || definition.english.is_empty()
        {
            sink.error(
                "kb::variable",
                place,
                format!("`{name}` lacks `beskrivelse`, `saetning` or `english`"),
                "every variable is described and has a sentence for when it is missing",
            );
        }
        out.insert(name, definition);
    }
    out
}

impl Definition {
    /// Whether `value` fits the type.
    ///
    /// # Errors
    /// What was expected, when it does not.
    pub fn fits(&self, value: &Toml) -> Result<(), &'static str> {
        typed(&self.kind, value).map(|_| ())
    }

    /// Whether the value is a table or a list, not a piece of text.
    pub fn structured(&self) -> bool {
        matches!(
            self.kind.as_str(),
            "ugeskema" | "liste" | "stedliste" | "kontaktkort"
        )
    }
}

const KINDS: [&str; 14] = [
    "telefon",
    "url",
    "email",
    "adresse",
    "ugeskema",
    "beloeb",
    "varighed",
    "varighed_eller_dato",
    "dato",
    "liste",
    "stedliste",
    "kontaktkort",
    "tekst",
    "cvr",
];

/// Reads a kommune's values; each is checked against its type.
pub(crate) fn values(
    source: &str,
    file: &Path,
    definitions: &BTreeMap<String, Definition>,
    sink: &mut Sink,
) -> BTreeMap<String, Value> {
    let mut out = BTreeMap::new();
    for (name, value) in table(source, file, sink) {
        let place = (file, line_of(source, &name));
        let Some(definition) = definitions.get(&name) else {
            sink.error(
                "kb::unknown-variable",
                place,
                format!("no variable is called `{name}`"),
                &known_names(&name, definitions),
            );
            continue;
        };
        match typed(&definition.kind, &value) {
            Ok(value) => {
                out.insert(name, value);
            }
            Err(expected) => {
                sink.error(
                    "kb::variable-value",
                    place,
                    format!("`{name}` is not {expected}"),
                    "see the examples in kommuner/eksempelby/variabler.toml",
                );
            }
        }
    }
    out
}

fn typed(kind: &str, value: &Toml) -> Result<Value, &'static str> {
    let string = || {
        value
            .as_str()
            .map(str::trim)
            .filter(|s| !s.is_empty())
            .map(str::to_owned)
    };
    match kind {
        "telefon" => {
            let text = string().ok_or("a phone number")?;
            let digits = text
                .trim_start_matches("+45")
                .bytes()
                .filter(u8::is_ascii_digit)
                .count();
            let clean = text
                .bytes()
                .all(|b| b.is_ascii_digit() || b == b' ' || b == b'+');
            if clean && (3..=8).contains(&digits) {
                Ok(Value::Text(text))
            } else {
                Err("a Danish phone number (8 digits)")
            }
        }
        "url" => string()
            .filter(|u| address::is_web(u))
            .map(Value::Text)
            .ok_or("an address that begins with https://"),
        "email" => string()
            .filter(|m| address::is_mail(m))
            .map(Value::Text)
            .ok_or("an e-mail address"),
        "cvr" => string()
            .filter(|c| c.len() == 8 && c.bytes().all(|b| b.is_ascii_digit()))
            .map(Value::Text)
            .ok_or("a CVR number (8 digits)"),
        "dato" => string()
            .and_then(|d| Date::parse(&d))
            .map(|d| Value::Text(danish_date(d)))
            .ok_or("a date ÅÅÅÅ-MM-DD"),
        "ugeskema" => week(value).map(Value::Week),
        "liste" | "stedliste" | "kontaktkort" => places(value).map(Value::Places),
        _ => string().map(Value::Text).ok_or("text in quotation marks"),
    }
}

/// "24. december 2026".
pub(crate) fn danish_date(date: Date) -> String {
    const MONTHS: [&str; 12] = [
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
    format!(
        "{}. {} {}",
        date.day(),
        MONTHS[(date.month() as usize - 1).min(11)],
        date.year()
    )
}

fn places(value: &Toml) -> Result<Vec<Place>, &'static str> {
    let rows: Vec<&Table> = match value {
        Toml::Array(rows) => rows.iter().filter_map(Toml::as_table).collect(),
        Toml::Table(row) => vec![row],
        _ => return Err("a list of places or contacts with `navn`"),
    };
    rows.into_iter()
        .map(|row| {
            let week = match row.get("aabningstider") {
                Some(value) => Some(week(value)?),
                None => None,
            };
            let mut texts: Vec<String> = ["tekst", "note"]
                .iter()
                .map(|k| text(row, k))
                .filter(|t| !t.is_empty())
                .collect();
            if let Some(date) = Date::parse(&text(row, "dato")) {
                texts.insert(0, danish_date(date));
            }
            let place = Place {
                name: text(row, "navn"),
                text: texts.join(" "),
                address: text(row, "adresse"),
                phone: text(row, "telefon"),
                email: text(row, "email"),
                url: text(row, "url"),
                week,
            };
            if place.name.is_empty() {
                return Err("a list in which every row has `navn`");
            }
            if !place.url.is_empty() && !address::is_web(&place.url) {
                return Err("a list whose addresses begin with https://");
            }
            Ok(place)
        })
        .collect()
}

const DAYS: [&str; 7] = [
    "mandag", "tirsdag", "onsdag", "torsdag", "fredag", "loerdag", "soendag",
];

fn week(value: &Toml) -> Result<Week, &'static str> {
    let table = value
        .as_table()
        .ok_or("a week: `mandag = [\"10:00-15:00\"]` and so on")?;
    let mut week = Week::default();
    for (key, value) in table {
        let plain = key.replace('ø', "oe");
        if let Some(day) = DAYS.iter().position(|d| *d == plain) {
            week.days[day] = spans(value)?;
        } else {
            match key.as_str() {
                "lukket_helligdage" => week.closed_on_holidays = value.as_bool().unwrap_or(true),
                "note" => week.note = value.as_str().map(str::to_owned),
                "undtagelser" => {
                    for row in value
                        .as_array()
                        .into_iter()
                        .flatten()
                        .filter_map(Toml::as_table)
                    {
                        let date = Date::parse(&text(row, "dato"))
                            .ok_or("a week whose exceptions have a date")?;
                        let spans = row.get("tider").map_or(Ok(Vec::new()), spans)?;
                        week.exceptions.push(Exception {
                            date,
                            spans,
                            note: row.get("note").and_then(Toml::as_str).map(str::to_owned),
                        });
                    }
                }
                _ => {
                    return Err(
                        "a week (known keys: mandag … søndag, lukket_helligdage, note, undtagelser)",
                    );
                }
            }
        }
    }
    week.exceptions.sort_by_key(|e| e.date);
    week.validate()
        .map_err(|_| "a week whose hours ascend and do not overlap")?;
    Ok(week)
}

fn spans(value: &Toml) -> Result<Vec<Span>, &'static str> {
    const FORM: &str = "hours such as [\"10:00-15:00\"]";
    let rows = value.as_array().ok_or(FORM)?;
    rows.iter()
        .map(|row| {
            let (open, close) = row.as_str().and_then(|s| s.split_once('-')).ok_or(FORM)?;
            let minute = |s: &str| {
                let (h, m) = s.trim().split_once([':', '.']).unwrap_or((s.trim(), "0"));
                Some(
                    h.parse::<u16>().ok().filter(|h| *h <= 24)? * 60
                        + m.parse::<u16>().ok().filter(|m| *m < 60)?,
                )
            };
            Ok(Span {
                open: minute(open).ok_or(FORM)?,
                close: minute(close).ok_or(FORM)?,
            })
        })
        .collect()
}
