//! `import-variables` and `export-variables`: a kommune's variables as a table that other systems write and read
//! (CSV, JSON, XLSX). All mistakes of a table are told at once; files are written whole or not at all.
//!
//! Columns: kommunekode, variable, value, gyldig_fra, gyldig_til, kilde, kontrolleret_af, kontrolleret_dato. Opening
//! hours and lists stand in `value` as JSON. What is said about a value goes to `kontrol.toml` beside `variabler.toml`.

use crate::knowledge::{Folder, no_kommune, now, write};
use crate::say::{say, say_on};
use crate::sheet::{self, COLUMNS, Names, Row};
use clap::Args;
use compiler::Knowledge;
use hours::Date;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use toml_edit::{ArrayOfTables, DocumentMut, InlineTable, Item, Table};

/// The columns that say something about a value.
const ABOUT: std::ops::Range<usize> = 3..8;

#[derive(Args)]
pub(crate) struct ImportArgs {
    #[command(flatten)]
    folder: Folder,
    /// The table: .csv, .json or .xlsx (its first sheet)
    file: PathBuf,
    /// The kommune it is for
    #[arg(long)]
    kommune: String,
    /// Names of a vendor's own columns and variables: `[kolonner]` and `[variabler]`, ours = "theirs"
    #[arg(long)]
    map: Option<PathBuf>,
    /// Show the difference, write nothing
    #[arg(long)]
    dry_run: bool,
}

#[derive(Args)]
pub(crate) struct ExportArgs {
    #[command(flatten)]
    folder: Folder,
    /// Which kommune
    #[arg(long)]
    kommune: String,
    /// Where to: .csv or .json; CSV on standard output when left out
    #[arg(long)]
    out: Option<PathBuf>,
}

/// The two files of a kommune.
struct Files {
    values: (PathBuf, String),
    about: (PathBuf, String),
}

impl Files {
    fn read(knowledge: &Knowledge, slug: &str) -> Result<Files, String> {
        let local = knowledge
            .locals
            .get(slug)
            .ok_or_else(|| no_kommune(knowledge, slug))?;
        let read = |path: PathBuf| match std::fs::read_to_string(&path) {
            Ok(text) => Ok((path, text)),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok((path, String::new())),
            Err(e) => Err(format!("{}: {e}", path.display())),
        };
        Ok(Files {
            about: read(local.file.with_file_name("kontrol.toml"))?,
            values: read(local.file.clone())?,
        })
    }
}

pub(crate) fn import(args: &ImportArgs) -> Result<(), String> {
    let knowledge = args.folder.load();
    let files = Files::read(&knowledge, &args.kommune)?;
    let map = args
        .map
        .as_deref()
        .map(map_of)
        .transpose()?
        .unwrap_or_default();
    let rows = rows(&args.file, &map)?;
    let new = changed(
        &knowledge,
        &args.kommune,
        &files,
        &rows,
        &args.file,
        now().date,
    )?;
    for line in &new.told {
        say!("{line}");
    }
    say!("{} of {} rows change something", new.changes, rows.len());
    if args.dry_run {
        say!("dry run: nothing written");
        return Ok(());
    }
    for ((path, old), text) in [(&files.about, &new.about), (&files.values, &new.values)] {
        if old != text {
            write(path, text.as_bytes())?;
        }
    }
    Ok(())
}

pub(crate) fn export(args: &ExportArgs) -> Result<(), String> {
    let knowledge = args.folder.load();
    let files = Files::read(&knowledge, &args.kommune)?;
    let json = args.out.as_ref().is_some_and(|p| has_extension(p, "json"));
    if let Some(path) = args
        .out
        .as_ref()
        .filter(|p| !json && !has_extension(p, "csv"))
    {
        return Err(format!("{}: is neither .csv nor .json", path.display()));
    }
    let text = table(&knowledge, &args.kommune, &files, json)?;
    if let Some(path) = &args.out {
        return write(path, text.as_bytes());
    }
    say_on!("{text}");
    Ok(())
}

fn has_extension(path: &Path, wanted: &str) -> bool {
    path.extension()
        .is_some_and(|e| e.eq_ignore_ascii_case(wanted))
}

fn toml_of(file: &(PathBuf, String)) -> Result<toml::Table, String> {
    file.1
        .parse()
        .map_err(|e| format!("{}: {e}", file.0.display()))
}

/// All variables of the kommune as CSV or JSON; one without a value has an empty cell.
fn table(knowledge: &Knowledge, slug: &str, files: &Files, json: bool) -> Result<String, String> {
    let (values, about) = (toml_of(&files.values)?, toml_of(&files.about)?);
    let code = knowledge
        .locals
        .get(slug)
        .map_or("", |l| l.kommune.code.as_str());
    let mut writer = csv::Writer::from_writer(Vec::new());
    let mut rows = Vec::new();
    writer.write_record(COLUMNS).map_err(|e| e.to_string())?;
    for (name, definition) in &knowledge.definitions {
        let value = values.get(name);
        let said = |column: &str| {
            about
                .get(name)
                .and_then(|r| r.get(column))
                .and_then(|v| v.as_str())
                .unwrap_or_default()
        };
        let value = match value {
            Some(v) if definition.structured() => {
                serde_json::to_value(v).map_err(|e| e.to_string())?
            }
            Some(v) => v.as_str().unwrap_or_default().into(),
            None => serde_json::Value::Null,
        };
        if json {
            let mut row =
                serde_json::json!({ "kommunekode": code, "variable": name, "value": value });
            for column in &COLUMNS[ABOUT] {
                row[*column] = said(column).into();
            }
            rows.push(row);
        } else {
            let cell = match &value {
                serde_json::Value::Null => String::new(),
                serde_json::Value::String(text) => text.clone(),
                other => other.to_string(),
            };
            let mut record = vec![code, name, &cell];
            record.extend(COLUMNS[ABOUT].iter().map(|c| said(c)));
            writer.write_record(record).map_err(|e| e.to_string())?;
        }
    }
    if json {
        return serde_json::to_string_pretty(&rows)
            .map(|t| t + "\n")
            .map_err(|e| e.to_string());
    }
    let bytes = writer.into_inner().map_err(|e| e.to_string())?;
    String::from_utf8(bytes).map_err(|e| e.to_string())
}

fn map_of(path: &Path) -> Result<Names, String> {
    std::fs::read_to_string(path)
        .map_err(|e| e.to_string())
        .and_then(|source| Names::parse(&source))
        .map_err(|e| format!("{}: {e}", path.display()))
}

/// The rows of a table, whatever it is written in.
fn rows(path: &Path, names: &Names) -> Result<Vec<Row>, String> {
    let kind = ["json", "xlsx", "csv"]
        .into_iter()
        .find(|kind| has_extension(path, kind));
    let read = || {
        let kind = kind.ok_or("is neither .csv, .json nor .xlsx")?;
        sheet::rows(std::fs::read(path).map_err(|e| e.to_string())?, kind, names)
    };
    read().map_err(|e| format!("{}: {e}", path.display()))
}

/// What an import makes of the two files.
#[derive(Debug)]
struct Changed {
    values: String,
    about: String,
    /// The difference, a line a row.
    told: Vec<String>,
    changes: usize,
}

/// The two files with the rows in them, or all mistakes. An empty value changes nothing.
fn changed(
    knowledge: &Knowledge,
    slug: &str,
    files: &Files,
    rows: &[Row],
    file: &Path,
    today: Date,
) -> Result<Changed, String> {
    let code = knowledge
        .locals
        .get(slug)
        .map_or("", |l| l.kommune.code.as_str());
    let before = toml_of(&files.values)?;
    let parse = |f: &(PathBuf, String)| {
        f.1.parse::<DocumentMut>()
            .map_err(|e| format!("{}: {e}", f.0.display()))
    };
    let (mut values, mut about) = (parse(&files.values)?, parse(&files.about)?);
    let (mut mistakes, mut told, mut seen) = (Vec::new(), Vec::new(), BTreeSet::new());
    let mut changes = 0;
    for row in rows {
        let [given_code, name, cell, from, until, ..] = &row.cells;
        let mut wrong = |column: usize, found: &str, expected: &str| {
            mistakes.push(format!(
                "{}: row {}, column {}: found `{found}`, expected {expected}",
                file.display(),
                row.number,
                COLUMNS[column]
            ));
        };
        let clean = mistakes_of(row, &mut wrong);
        if !given_code.is_empty() && format!("{given_code:0>4}") != code {
            wrong(0, given_code, &format!("{code}, the code of {slug}"));
            continue;
        }
        let Some(definition) = knowledge.definitions.get(name) else {
            wrong(1, name, "a name from kb-bundle/variabler.toml");
            continue;
        };
        if cell.is_empty() {
            continue;
        }
        if !seen.insert(name.as_str()) {
            wrong(1, name, "each variable once");
            continue;
        }
        let value = if definition.structured() {
            if let Ok(value) = serde_json::from_str::<toml::Value>(cell) {
                value
            } else {
                wrong(2, cell, "JSON, as export-variables writes it");
                continue;
            }
        } else {
            toml::Value::String(cell.clone())
        };
        if let Err(expected) = definition.fits(&value) {
            wrong(2, cell, expected);
            continue;
        }
        if !clean {
            continue;
        }
        let day = |text: &str| Date::parse(text);
        if day(from).is_some_and(|d| d > today) || day(until).is_some_and(|d| d < today) {
            told.push(format!(
                "skipped  {name}: holds from {from} to {until}, not today"
            ));
            continue;
        }
        let same = before.get(name) == Some(&value);
        if !same {
            let mark = if before.contains_key(name) {
                "changed"
            } else {
                "new"
            };
            told.push(format!(
                "{mark:<8} {name}: {} -> {}",
                shown(before.get(name)),
                shown(Some(&value))
            ));
            put(&mut values, name, &value);
            // What was said of the old value, its last day for instance, is not true of the new one.
            about.as_table_mut().remove(name);
        }
        let noted = note(&mut about, name, &row.cells);
        if same && noted {
            told.push(format!("checked  {name}"));
        }
        changes += usize::from(!same || noted);
    }
    if !mistakes.is_empty() {
        mistakes.push(format!("{} mistakes; nothing was written", mistakes.len()));
        return Err(mistakes.join("\n"));
    }
    Ok(Changed {
        values: values.to_string(),
        about: about.to_string(),
        told,
        changes,
    })
}

/// Dates that are none; true when there is no such.
fn mistakes_of(row: &Row, wrong: &mut impl FnMut(usize, &str, &str)) -> bool {
    let mut clean = true;
    for column in [3, 4, 7] {
        let cell = &row.cells[column];
        if !cell.is_empty() && Date::parse(cell).is_none() {
            wrong(column, cell, "a date ÅÅÅÅ-MM-DD");
            clean = false;
        }
    }
    clean
}

fn shown(value: Option<&toml::Value>) -> String {
    let text = match value {
        None => return "(none)".into(),
        Some(toml::Value::String(text)) => text.clone(),
        Some(other) => serde_json::to_string(other).unwrap_or_default(),
    };
    let mut short: String = text.chars().take(60).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}

/// Puts a value at its place; what stood around the old one stays.
fn put(document: &mut DocumentMut, name: &str, value: &toml::Value) {
    let root = document.as_table_mut();
    let last = root
        .iter()
        .filter_map(|(_, item)| position(item))
        .max()
        .unwrap_or(0);
    let old = root.get(name);
    let at = old.and_then(first_position).unwrap_or(last + 1);
    let above = match old {
        Some(Item::Table(t)) => t.decor().prefix().cloned(),
        Some(Item::ArrayOfTables(all)) => all.get(0).and_then(|t| t.decor().prefix().cloned()),
        _ => None,
    };
    if let (Some(Item::Value(old)), toml::Value::String(text)) = (root.get_mut(name), value) {
        let decor = old.decor().clone();
        *old = text.as_str().into();
        *old.decor_mut() = decor;
        return;
    }
    let section = |row: &toml::Table, first: bool| {
        let mut table = Table::new();
        for (key, value) in ordered(row) {
            table.insert(key, Item::Value(inline(value)));
        }
        table.set_position(at);
        let above = above.clone().filter(|_| first);
        table
            .decor_mut()
            .set_prefix(above.unwrap_or_else(|| "\n".into()));
        table
    };
    let item = match value {
        toml::Value::Table(row) => Item::Table(section(row, true)),
        toml::Value::Array(rows) => {
            let mut all = ArrayOfTables::new();
            for (i, row) in rows.iter().filter_map(toml::Value::as_table).enumerate() {
                all.push(section(row, i == 0));
            }
            Item::ArrayOfTables(all)
        }
        other => Item::Value(inline(other)),
    };
    root.insert(name, item);
}

/// Where the last header of an item stands in the file.
fn position(item: &Item) -> Option<isize> {
    match item {
        Item::Table(t) => t
            .iter()
            .filter_map(|(_, i)| position(i))
            .chain(t.position())
            .max(),
        Item::ArrayOfTables(all) => all
            .iter()
            .filter_map(|t| {
                t.iter()
                    .filter_map(|(_, i)| position(i))
                    .chain(t.position())
                    .max()
            })
            .max(),
        _ => None,
    }
}

fn first_position(item: &Item) -> Option<isize> {
    match item {
        Item::Table(t) => t.position(),
        Item::ArrayOfTables(all) => all.get(0).and_then(Table::position),
        _ => None,
    }
}

/// Days in the order of the week, names first, notes last.
fn ordered(row: &toml::Table) -> Vec<(&str, &toml::Value)> {
    const ORDER: [&str; 20] = [
        "navn",
        "tekst",
        "adresse",
        "telefon",
        "email",
        "url",
        "dato",
        "tider",
        "mandag",
        "tirsdag",
        "onsdag",
        "torsdag",
        "fredag",
        "loerdag",
        "lørdag",
        "soendag",
        "søndag",
        "lukket_helligdage",
        "note",
        "aabningstider",
    ];
    let mut all: Vec<(&str, &toml::Value)> = row.iter().map(|(k, v)| (k.as_str(), v)).collect();
    all.sort_by_key(|(k, _)| ORDER.iter().position(|o| o == k).unwrap_or(ORDER.len()));
    all
}

fn inline(value: &toml::Value) -> toml_edit::Value {
    match value {
        toml::Value::String(text) => text.as_str().into(),
        toml::Value::Integer(n) => (*n).into(),
        toml::Value::Float(n) => (*n).into(),
        toml::Value::Boolean(b) => (*b).into(),
        toml::Value::Datetime(d) => d.to_string().into(),
        toml::Value::Array(all) => all.iter().map(inline).collect::<toml_edit::Array>().into(),
        toml::Value::Table(row) => {
            let pairs = ordered(row).into_iter().map(|(k, v)| (k, inline(v)));
            pairs.collect::<InlineTable>().into()
        }
    }
}

/// Keeps what is said about a value; true when it was not so before. Empty cells say nothing.
fn note(about: &mut DocumentMut, name: &str, cells: &[String; 8]) -> bool {
    let mut changed = false;
    for column in ABOUT.filter(|c| !cells[*c].is_empty()) {
        let (key, cell) = (COLUMNS[column], cells[column].as_str());
        let root = about.as_table_mut();
        if root
            .get(name)
            .and_then(|t| t.get(key))
            .and_then(Item::as_str)
            != Some(cell)
        {
            let row = root
                .entry(name)
                .or_insert_with(|| Item::Table(Table::new()));
            row[key] = toml_edit::value(cell);
            changed = true;
        }
    }
    changed
}

#[cfg(test)]
#[path = "exchange_tests.rs"]
mod tests;
