//! One authored text alone, without the folder around it: for tools that look at a text while it is written, and for
//! the fuzzer. Knows less than [`crate::Knowledge::load`]: not what other files say.

use crate::diagnostic::{Diagnostic, Sink};
use crate::kommune::{self, Kommune};
use crate::markdown;
use crate::resolve::{self, Missing, World};
use crate::topic::{self, Intent, Texts, Topic};
use crate::variables;
pub use crate::variables::{Definition, Value};
use bundle::content::{Answer, Lang, Theme};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// What a file is called that is none.
const NAME: &str = "tekst";

fn told<T>(read: impl FnOnce(&Path, &mut Sink) -> T) -> (T, Vec<Diagnostic>) {
    let mut sink = Sink::default();
    let value = read(Path::new(NAME), &mut sink);
    (value, sink.sorted())
}

/// A topic file.
pub fn topic(source: &str) -> (Topic, Vec<Diagnostic>) {
    told(|file, sink| topic::parse(source, file, sink))
}

/// `kommune.toml` of the kommune `slug`.
pub fn kommune(slug: &str, source: &str) -> (Kommune, Vec<Diagnostic>) {
    told(|file, sink| kommune::parse(slug, source, file, sink))
}

/// `tema.toml`. With an error among the diagnostics the theme must not be used.
pub fn theme(source: &str) -> (Theme, Vec<Diagnostic>) {
    told(|file, sink| kommune::theme(source, file, sink).0)
}

/// The shared `variabler.toml`.
pub fn definitions(source: &str) -> (BTreeMap<String, Definition>, Vec<Diagnostic>) {
    told(|file, sink| variables::definitions(source, file, sink))
}

/// A kommune's `variabler.toml`.
pub fn values(
    source: &str,
    definitions: &BTreeMap<String, Definition>,
) -> (BTreeMap<String, Value>, Vec<Diagnostic>) {
    told(|file, sink| variables::values(source, file, definitions, sink))
}

/// The Markdown of one section as a kommune's citizens get it, buttons (`(label, target)`) beside it. Knows no facts and
/// no other intents.
pub fn answer(
    source: &str,
    buttons: &[(&str, &str)],
    definitions: &BTreeMap<String, Definition>,
    values: &BTreeMap<String, Value>,
) -> (Answer, Vec<Diagnostic>) {
    told(|file, sink| {
        let button = |(label, target): &(&str, &str)| ((*label).into(), (*target).into(), 1);
        let texts = Texts {
            short: markdown::parse(source, (file, 1), sink),
            buttons: buttons.iter().map(button).collect(),
            line: 1,
            ..Texts::default()
        };
        let intent = Intent {
            id: "tekst/tekst".into(),
            place: (file.to_path_buf(), 1),
            ..Intent::default()
        };
        let world = World {
            definitions,
            values,
            name: "Eksempelby Kommune",
            domain: "eksempelby.example",
            facts: &BTreeMap::new(),
            intents: &BTreeMap::new(),
            hidden: &BTreeSet::new(),
            planned: &BTreeSet::new(),
        };
        resolve::answer(&world, &intent, &texts, Lang::Da, &mut Missing::new(), sink)
    })
}
