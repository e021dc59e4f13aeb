//! `kontrol.toml`: what is said about a kommune's own values (from when and until when they hold, who checked them and
//! when, where they come from). `import-variables` writes it. It changes no answer; it tells editors what has run out.

use crate::diagnostic::{Severity, Sink};
use crate::facts::SOON;
use crate::variables::{Definition, Value, danish_date, known_names, line_of, table};
use hours::Date;
use std::collections::BTreeMap;
use std::path::Path;
use toml::Value as Toml;

const DATES: [&str; 3] = ["gyldig_fra", "gyldig_til", "kontrolleret_dato"];
const TEXTS: [&str; 2] = ["kilde", "kontrolleret_af"];

/// Compares what is said with the day and with the values that there are.
pub(crate) fn check(
    source: &str,
    file: &Path,
    today: Date,
    definitions: &BTreeMap<String, Definition>,
    values: &BTreeMap<String, Value>,
    sink: &mut Sink,
) {
    for (name, said) in table(source, file, sink) {
        let place = (file, line_of(source, &name));
        if !definitions.contains_key(&name) {
            sink.error(
                "kb::unknown-variable",
                place,
                format!("no variable is called `{name}`"),
                &known_names(&name, definitions),
            );
            continue;
        }
        let Some(said) = said.as_table() else {
            sink.error(
                "kb::control",
                place,
                format!("`{name}` is not a table"),
                "write `[navn]` and below it gyldig_fra, gyldig_til, kilde, kontrolleret_af, kontrolleret_dato",
            );
            continue;
        };
        for (key, value) in said {
            let fits = if DATES.contains(&key.as_str()) {
                day(value).is_some()
            } else {
                TEXTS.contains(&key.as_str()) && value.is_str()
            };
            if !fits {
                sink.error(
                    "kb::control",
                    place,
                    format!("`{key}` of `{name}` cannot be read"),
                    "gyldig_fra, gyldig_til and kontrolleret_dato are dates ÅÅÅÅ-MM-DD; kilde and kontrolleret_af are texts",
                );
            }
        }
        if !values.contains_key(&name) {
            sink.at(
                Severity::Info,
                "kb::control-without-value",
                place,
                format!("`{name}` has no value in variabler.toml"),
                "fill it in, or remove what is said about it",
            );
            continue;
        }
        let date = |key: &str| said.get(key).and_then(day);
        if let Some(until) = date("gyldig_til") {
            let left = until.days_since_epoch() - today.days_since_epoch();
            if left < 0 {
                sink.warn(
                    "kb::value-expired",
                    place,
                    format!("`{name}` ran out on {}", danish_date(until)),
                    "citizens still read it: write the new value in variabler.toml, or remove it there",
                );
            } else if left <= SOON {
                sink.warn(
                    "kb::value-ends-soon",
                    place,
                    format!("`{name}` runs out on {}", danish_date(until)),
                    "find the next value now, and publish it on the day after",
                );
            }
        }
        if let Some(from) = date("gyldig_fra").filter(|from| *from > today) {
            sink.warn(
                "kb::value-early",
                place,
                format!("`{name}` does not hold before {}", danish_date(from)),
                "citizens read it already: put the old value back until then",
            );
        }
    }
}

fn day(value: &Toml) -> Option<Date> {
    match value {
        Toml::Datetime(d) => Date::parse(&d.to_string()),
        other => Date::parse(other.as_str()?),
    }
}
