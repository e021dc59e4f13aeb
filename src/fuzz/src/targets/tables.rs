//! Tables that other systems write for `import-variables`: CSV, JSON, maps of their names. XLSX (a zip of XML) is met only as
//! damaged bytes.

use super::Check;
use crate::dice::Dice;
use crate::sheet::{COLUMNS, Names, rows};

const CSV: &str = "kommunekode,variable,value,gyldig_fra,gyldig_til,kilde,kontrolleret_af,kontrolleret_dato\n\
0000,telefon_hovednummer,00 12 34 56,2026-01-01,,https://www.eksempelby.example,NN,2026-11-01\n\
0000,url_tidsbestilling,\"https://www.eksempelby.example/bestil, tid\",,,,,\n\
0000,aabningstider,\"{\"\"mandag\"\": [\"\"10:00-15:00\"\"]}\",,,,,\n";
const JSON: &str = "[\n{\"kommunekode\": \"0000\",\n\"variable\": \"telefon_hovednummer\",\n\"value\": \"00 12 34 56\"},\n\
{\"variable\": \"x\",\n\"value\": {\"mandag\": [\"10:00-15:00\"]},\n\"kilde\": null}\n]\n";
const MAP: &str = "[kolonner]\nvariable = \"Felt\"\nvalue = \"Værdi\"\n[variabler]\ntelefon_hovednummer = \"Tlf\"\n";
const WORDS: [&str; 24] = [
    "\"",
    "\"\"",
    ",",
    ";",
    "\t",
    "\r",
    "{",
    "}",
    "[",
    "]",
    ":",
    "null",
    "1e999",
    "-0",
    "\\u0000",
    "\\ud800",
    "variable",
    "value",
    "Felt",
    "kolonner",
    "=",
    "\u{feff}",
    "[kolonner]",
    "x.y",
];

/// The kind of the table, then the table.
pub(super) fn table(dice: &mut Dice) -> Vec<u8> {
    let (kind, seed) = match dice.below(8) {
        0..=2 => (b'c', CSV),
        3..=5 => (b'j', JSON),
        6 => (b'm', MAP),
        _ => (b'x', "PK\u{3}\u{4}\n[Content_Types].xml\nxl/workbook.xml\n"),
    };
    let mut input = if dice.below(4) == 0 {
        dice.bytes(seed.as_bytes())
    } else {
        dice.text(seed, &WORDS).into_bytes()
    };
    input.insert(0, kind);
    input
}

pub(super) fn check() -> Check {
    let names = Names::parse(MAP).expect("a map");
    Box::new(move |input| {
        let Some((kind, bytes)) = input.split_first() else {
            return;
        };
        let kind = match kind {
            b'm' => {
                let told = Names::parse(&String::from_utf8_lossy(bytes));
                assert!(told.is_ok() || told.is_err_and(|why| !why.is_empty()));
                return;
            }
            b'j' => "json",
            b'x' => "xlsx",
            _ => "csv",
        };
        let lines = bytes.iter().filter(|b| matches!(b, b'\n' | b'\r')).count() + 2;
        match rows(bytes.to_vec(), kind, &names) {
            Ok(rows) => {
                assert!(rows.is_sorted_by(|a, b| a.number < b.number));
                for row in &rows {
                    assert_eq!(row.cells.len(), COLUMNS.len());
                    assert!(kind != "csv" || row.number <= lines, "{row:?}");
                    assert!(row.cells.iter().all(|cell| cell.trim() == cell));
                }
            }
            Err(why) => assert!(!why.is_empty()),
        }
    })
}
