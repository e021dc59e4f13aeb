//! National facts: sentences that are the same in every kommune and change by date.

use crate::address;
use crate::diagnostic::{Severity, Sink};
use crate::lint;
use crate::markdown::{self, Block, Inline};
use crate::variables::{line_of, table};
use hours::Date;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use toml::{Table, Value as Toml};

/// A fact as authored; texts are parsed Markdown.
#[derive(Clone, Debug, Default)]
pub struct Fact {
    /// Danish and English sentence while no value is known.
    pub unknown: [Vec<Inline>; 2],
    /// Values.
    pub values: Vec<Value>,
    /// Line in the file.
    pub line: usize,
}

/// One value with its period.
#[derive(Clone, Debug, Default)]
pub struct Value {
    /// First day.
    pub from: Option<Date>,
    /// Last day.
    pub until: Option<Date>,
    /// Danish and English.
    pub text: [Vec<Inline>; 2],
    /// Day on which somebody compared it with its source.
    pub checked: Option<Date>,
}

impl Value {
    fn holds(&self, on: Date) -> bool {
        self.from.is_none_or(|d| d <= on) && self.until.is_none_or(|d| d >= on)
    }
}

/// Days before its end on which a fact or a value without a successor is told.
pub(crate) const SOON: i32 = 60;

/// Reads `nationale-fakta.toml`. `today` only decides warnings about facts that have run out.
pub(crate) fn parse(
    source: &str,
    file: &Path,
    today: Date,
    domains: &BTreeSet<String>,
    sink: &mut Sink,
) -> BTreeMap<String, Fact> {
    let mut out = BTreeMap::new();
    for (name, value) in table(source, file, sink) {
        let line = line_of(source, &name);
        let Some(row) = value.as_table() else {
            sink.error(
                "kb::fact",
                (file, line),
                format!("`{name}` is not a table"),
                "write `[nat_navn]`",
            );
            continue;
        };
        for key in [
            "beskrivelse",
            "myndighed",
            "kilde",
            "ukendt",
            "ukendt_english",
        ] {
            if row
                .get(key)
                .and_then(Toml::as_str)
                .is_none_or(str::is_empty)
            {
                sink.error("kb::fact", (file, line), format!("`{name}` lacks `{key}`"), "a fact has description, authority, source and a sentence for when it is unknown");
            }
        }
        if let Some(url) = row.get("kilde").and_then(Toml::as_str) {
            lint::known_domain(url, domains, (file, line), sink);
        }
        let unknown = ["ukendt", "ukendt_english"].map(|k| sentence(row, k, (file, line), sink));
        let mut fact = Fact {
            unknown,
            values: Vec::new(),
            line,
        };
        for value in row
            .get("vaerdier")
            .and_then(Toml::as_array)
            .into_iter()
            .flatten()
            .filter_map(Toml::as_table)
        {
            let text = ["vaerdi", "english"].map(|k| sentence(value, k, (file, line), sink));
            fact.values.push(Value {
                from: date(value, "gyldig_fra"),
                until: date(value, "gyldig_til"),
                text,
                checked: date(value, "kontrolleret"),
            });
        }
        fact.values.sort_by_key(|v| v.from);
        let unchecked = fact.values.iter().filter(|v| v.checked.is_none()).count();
        if unchecked > 0 {
            sink.at(
                Severity::Info,
                "kb::fact-unchecked",
                (file, line),
                format!("`{name}` has {unchecked} value(s) that nobody has checked"),
                "compare with the source and set `kontrolleret`",
            );
        }
        if fact.values.is_empty() {
            sink.at(
                Severity::Info,
                "kb::fact-unknown",
                (file, line),
                format!("`{name}` has no value"),
                "citizens get the link of `ukendt`",
            );
        } else if fact
            .values
            .iter()
            .any(|v| v.until.is_some_and(|d| d < today))
            && !fact.values.iter().any(|v| v.holds(today))
        {
            sink.warn(
                "kb::fact-expired",
                (file, line),
                format!("`{name}` has run out"),
                "add the new value with `gyldig_fra`; until then citizens get the link of `ukendt`",
            );
        } else if fact.values.iter().any(|v| v.holds(today))
            && let Some(last) = (0..=SOON)
                .map(|days| today.add_days(days))
                .find(|day| !fact.values.iter().any(|v| v.holds(day.add_days(1))))
        {
            sink.warn(
                "kb::fact-ends-soon",
                (file, line),
                format!(
                    "`{name}` runs out on {}",
                    crate::variables::danish_date(last)
                ),
                "add the next value with `gyldig_fra` now",
            );
        }
        out.insert(name, fact);
    }
    out
}

fn date(row: &Table, key: &str) -> Option<Date> {
    match row.get(key)? {
        Toml::Datetime(d) => Date::parse(&d.to_string()),
        other => Date::parse(other.as_str()?),
    }
}

fn sentence(row: &Table, key: &str, place: (&Path, usize), sink: &mut Sink) -> Vec<Inline> {
    let source = row.get(key).and_then(Toml::as_str).unwrap_or_default();
    match markdown::parse(source, place, sink).into_iter().next() {
        Some(Block::Paragraph(inlines)) => {
            for inline in &inlines {
                if let Inline::Link(_, target) = inline
                    && !address::is_link(target)
                {
                    sink.error(
                        "kb::url",
                        place,
                        format!("`{target}` may not be a link"),
                        "https://…, tel:… or mailto:…",
                    );
                }
            }
            inlines
        }
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fact_that_has_run_out_or_soon_will_is_told() {
        let today = Date::new(2026, 11, 21).expect("a day");
        for (until, next, expected) in [
            ("2026-11-20", "", Some("kb::fact-expired")),
            ("2026-11-20", "2027-01-01", Some("kb::fact-expired")),
            ("2026-12-31", "", Some("kb::fact-ends-soon")),
            ("2026-12-31", "2027-01-02", Some("kb::fact-ends-soon")),
            ("2026-12-31", "2027-01-01", None),
            ("2027-06-30", "", None),
        ] {
            let source = format!(
                "[nat_x]\nbeskrivelse = \"x\"\nmyndighed = \"x\"\nkilde = \"https://x.example\"\nukendt = \"X.\"\nukendt_english = \"X.\"\n\
                 [[nat_x.vaerdier]]\nvaerdi = \"Y.\"\nenglish = \"Y.\"\ngyldig_til = {until}\nkontrolleret = 2026-11-01\n{}",
                if next.is_empty() {
                    String::new()
                } else {
                    format!(
                        "[[nat_x.vaerdier]]\nvaerdi = \"Z.\"\nenglish = \"Z.\"\ngyldig_fra = {next}\nkontrolleret = 2026-11-01\n"
                    )
                }
            );
            let mut sink = Sink::default();
            parse(
                &source,
                Path::new("f.toml"),
                today,
                &BTreeSet::new(),
                &mut sink,
            );
            let codes: Vec<&str> = sink.all.iter().map(|d| d.code).collect();
            assert_eq!(
                codes,
                expected.into_iter().collect::<Vec<_>>(),
                "{until} {next}"
            );
        }
    }
}
