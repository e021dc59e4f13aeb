//! A table that another system wrote (CSV, JSON, XLSX) as rows of the columns that `import-variables` knows. Reads bytes and
//! names; what the cells mean is known to `exchange.rs`.

use calamine::Reader as _;
use hours::Date;
use std::collections::BTreeMap;
use std::io::Cursor;

/// The columns, in the order in which they are written.
pub(crate) const COLUMNS: [&str; 8] = [
    "kommunekode",
    "variable",
    "value",
    "gyldig_fra",
    "gyldig_til",
    "kilde",
    "kontrolleret_af",
    "kontrolleret_dato",
];

/// A row of a table: its number in the file, and a cell for each of [`COLUMNS`].
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) number: usize,
    pub(crate) cells: [String; 8],
}

/// What other systems call our columns and variables.
#[derive(Default)]
pub(crate) struct Names {
    /// Theirs to ours.
    pub(crate) columns: BTreeMap<String, String>,
    pub(crate) variables: BTreeMap<String, String>,
}

impl Names {
    /// Reads the tables `[kolonner]` and `[variabler]`, ours = "theirs".
    pub(crate) fn parse(source: &str) -> Result<Names, String> {
        let map: toml::Table = source.parse().map_err(|e: toml::de::Error| e.to_string())?;
        if let Some(key) = map
            .keys()
            .find(|k| !["kolonner", "variabler"].contains(&k.as_str()))
        {
            return Err(format!(
                "`{key}` is unknown; known are [kolonner] and [variabler]"
            ));
        }
        let names = |part: &str| {
            let pairs = map
                .get(part)
                .and_then(toml::Value::as_table)
                .into_iter()
                .flatten();
            pairs
                .filter_map(|(ours, theirs)| Some((theirs.as_str()?.to_owned(), ours.clone())))
                .collect()
        };
        Ok(Names {
            columns: names("kolonner"),
            variables: names("variabler"),
        })
    }
}

/// The rows of a table; `kind` is `json`, `xlsx` (its first sheet) or `csv`.
pub(crate) fn rows(bytes: Vec<u8>, kind: &str, names: &Names) -> Result<Vec<Row>, String> {
    let cells: Vec<Vec<String>> = match kind {
        "json" => return from_json(&bytes, names),
        "xlsx" => {
            let mut book: calamine::Xlsx<_> = calamine::open_workbook_from_rs(Cursor::new(bytes))
                .map_err(|e: calamine::XlsxError| e.to_string())?;
            let sheet = book
                .worksheet_range_at(0)
                .ok_or("no sheet")?
                .map_err(|e| e.to_string())?;
            sheet
                .rows()
                .map(|r| r.iter().map(cell_text).collect())
                .collect()
        }
        _ => {
            let text =
                String::from_utf8(bytes).map_err(|_| "is not UTF-8; save it as CSV UTF-8")?;
            let text = text.trim_start_matches('\u{feff}');
            let head = text.lines().next().unwrap_or_default();
            let mark = if head.contains(';') { b';' } else { b',' };
            let mut reader = csv::ReaderBuilder::new()
                .delimiter(mark)
                .has_headers(false)
                .flexible(true)
                .from_reader(text.as_bytes());
            let records = reader
                .records()
                .map(|r| r.map(|r| r.iter().map(str::to_owned).collect()));
            records
                .collect::<Result<_, _>>()
                .map_err(|e| e.to_string())?
        }
    };
    let mut cells = cells.into_iter();
    let heads = cells.next().unwrap_or_default();
    let place: Vec<Option<usize>> = heads.iter().map(|h| column(h, names)).collect();
    if let Some(lacking) = [1, 2].into_iter().find(|c| !place.contains(&Some(*c))) {
        return Err(format!(
            "row 1: no column `{}`; found: {}",
            COLUMNS[lacking],
            heads.join(", ")
        ));
    }
    let row = |(at, given): (usize, Vec<String>)| {
        let mut row = Row {
            number: at + 2,
            cells: Default::default(),
        };
        for (cell, place) in given.into_iter().zip(&place) {
            if let Some(place) = place {
                row.cells[*place] = cell.trim().to_owned();
            }
        }
        renamed(row, names)
    };
    Ok(cells
        .enumerate()
        .map(row)
        .filter(|r| r.cells.iter().any(|c| !c.is_empty()))
        .collect())
}

fn column(head: &str, names: &Names) -> Option<usize> {
    let ours = names
        .columns
        .get(head.trim())
        .map_or(head.trim(), String::as_str);
    COLUMNS.iter().position(|c| c.eq_ignore_ascii_case(ours))
}

fn renamed(mut row: Row, names: &Names) -> Row {
    if let Some(ours) = names.variables.get(&row.cells[1]) {
        row.cells[1].clone_from(ours);
    }
    row
}

fn cell_text(cell: &calamine::Data) -> String {
    match cell {
        calamine::Data::DateTime(d) => {
            // A day number of Excel: 25,569 is 1 January 1970.
            Date::from_days_since_epoch(d.as_f64() as i32 - 25_569).to_string()
        }
        other => other.to_string(),
    }
}

fn from_json(source: &[u8], names: &Names) -> Result<Vec<Row>, String> {
    let rows: Vec<serde_json::Map<String, serde_json::Value>> =
        serde_json::from_slice(source).map_err(|e| e.to_string())?;
    let row = |(at, object): (usize, serde_json::Map<String, serde_json::Value>)| {
        let mut row = Row {
            number: at + 1,
            cells: Default::default(),
        };
        for (head, value) in object {
            if let Some(place) = column(&head, names) {
                row.cells[place] = match value {
                    serde_json::Value::Null => String::new(),
                    serde_json::Value::String(text) => text.trim().to_owned(),
                    other => other.to_string(),
                };
            }
        }
        renamed(row, names)
    };
    Ok(rows.into_iter().enumerate().map(row).collect())
}
