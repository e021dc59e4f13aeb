//! Reads the whole knowledge folder and checks what only shows when everything is known: ids used
//! twice, examples that two intents share.

use crate::booking::{self, Booking};
use crate::control;
use crate::diagnostic::{Diagnostic, Severity, Sink};
use crate::facts::{self, Fact};
use crate::kommune::{self, Kommune};
use crate::lint::{self, Near};
use crate::talk::{self, Talk};
use crate::topic::{self, Intent, Topic};
use crate::trial::{self, Question};
use crate::variables::{self, Definition, Value};
use bundle::content::{CrisisPattern, Placement, Theme};
use hours::Date;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Everything below the knowledge folder.
pub struct Knowledge {
    /// The folder.
    pub root: PathBuf,
    /// Shared topics by id.
    pub topics: BTreeMap<String, Topic>,
    /// Definitions of variables.
    pub definitions: BTreeMap<String, Definition>,
    /// National facts.
    pub facts: BTreeMap<String, Fact>,
    /// Questions no intent covers.
    pub negatives: Vec<String>,
    /// Trial questions.
    pub trials: Vec<Question>,
    /// Crisis patterns.
    pub crisis: Vec<CrisisPattern>,
    /// Authored help: an intent per kind (`krise/selvmord`, `krise/vold`, `krise/fare`).
    pub crisis_answers: Vec<Intent>,
    /// Ids of the taxonomy: they may be referred to before they are written.
    pub planned: BTreeSet<String>,
    /// Domains that shared answers and facts may lead to.
    pub domains: BTreeSet<String>,
    /// Other kommuner: slug, name, domain.
    pub kommuner: Vec<(String, String, String)>,
    /// Kommuner with a folder.
    pub locals: BTreeMap<String, Local>,
    /// What is wrong.
    pub diagnostics: Vec<Diagnostic>,
}

/// One kommune's own files.
#[derive(Clone, Debug, Default)]
pub struct Local {
    /// Who.
    pub kommune: Kommune,
    /// Look.
    pub theme: Theme,
    /// Where the launcher stands, if chosen.
    pub placement: Option<Placement>,
    /// Values.
    pub values: BTreeMap<String, Value>,
    /// Overrides, extensions and own topics.
    pub topics: Vec<Topic>,
    /// What can be booked, when it has a `booking.toml`.
    pub booking: Option<Booking>,
    /// Who talks with citizens, when it has a `samtale.toml`.
    pub talk: Option<Talk>,
    /// Path of its `variabler.toml`.
    pub file: PathBuf,
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_default()
}

fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .map(|e| e.path());
    let mut paths: Vec<PathBuf> = entries
        .filter(|p| p.extension().is_some_and(|e| e == extension))
        .collect();
    paths.sort();
    paths
}

impl Knowledge {
    /// Reads everything below `root`. Mistakes are in [`Knowledge::diagnostics`]; reading never stops at one.
    pub fn load(root: &Path, today: Date) -> Knowledge {
        let mut sink = Sink::default();
        let short = |path: &Path| path.to_path_buf();
        if !root.join("faelles").is_dir() {
            sink.error(
                "kb::folder",
                (root, 1),
                format!("`{}` holds no knowledge", root.display()),
                "name the folder with --kb; it has `faelles/` and `kommuner/`",
            );
        }
        let mut topics: BTreeMap<String, Topic> = BTreeMap::new();
        for path in files(&root.join("faelles"), "md") {
            let topic = topic::parse(&read(&path), &short(&path), &mut sink);
            if let Some(stem) = path.file_stem().and_then(|s| s.to_str())
                && stem != topic.id
            {
                sink.error(
                    "kb::file-name",
                    (&path, 1),
                    format!("file `{stem}.md` holds topic `{}`", topic.id),
                    "file name and topic are the same",
                );
            }
            topics.insert(topic.id.clone(), topic);
        }
        let path = root.join("variabler.toml");
        let definitions = variables::definitions(&read(&path), &path, &mut sink);
        let path = root.join("nationale-fakta.toml");
        let domains: BTreeSet<String> = lines(&read(&root.join("domaener.txt")))
            .into_iter()
            .collect();
        let facts = facts::parse(&read(&path), &path, today, &domains, &mut sink);
        let negatives = files(&root.join("negativer"), "txt")
            .iter()
            .flat_map(|p| lines(&read(p)))
            .collect();
        let path = root.join("krise/moenstre.txt");
        let crisis = dialog::crisis::parse_patterns(&read(&path)).unwrap_or_else(|errors| {
            for (line, message) in errors {
                sink.error(
                    "kb::crisis",
                    (&path, line),
                    message,
                    "see the head of the file for the form",
                );
            }
            Vec::new()
        });
        let path = root.join("krise/svar.md");
        let crisis_answers = if path.is_file() {
            topic::parse(&read(&path), &path, &mut sink).intents
        } else {
            Vec::new()
        };
        let planned: BTreeSet<String> = lines(&read(&root.join("taksonomi.tsv")))
            .into_iter()
            .filter_map(|l| l.split('\t').nth(1).map(str::to_owned))
            .filter(|id| id.contains('/'))
            .collect();
        let path = root.join("proever.txt");
        let written = topics.values().flat_map(|t| &t.intents);
        let mut known: BTreeSet<&str> = written.map(|i| i.id.as_str()).collect();
        known.extend(planned.iter().map(String::as_str));
        let trials = trial::parse(&read(&path), &path, &known, &mut sink);
        let row = |l: String| {
            let mut cells = l.split('\t').map(str::to_owned);
            let (slug, name, domain) = (cells.next()?, cells.next()?, cells.nth(2)?);
            Some((slug, name, domain))
        };
        let kommuner = lines(&read(&root.join("kommuner.tsv")))
            .into_iter()
            .skip(1)
            .filter_map(row)
            .collect();
        let mut folders: Vec<PathBuf> = fs::read_dir(root.join("kommuner"))
            .into_iter()
            .flatten()
            .flatten()
            .map(|e| e.path())
            .filter(|p| p.join("kommune.toml").is_file())
            .collect();
        folders.sort();
        let locals = folders
            .iter()
            .map(|folder| local(folder, today, &definitions, &mut sink))
            .collect();
        let mut knowledge = Knowledge {
            root: root.to_path_buf(),
            topics,
            definitions,
            facts,
            negatives,
            trials,
            crisis,
            crisis_answers,
            planned,
            domains,
            kommuner,
            locals,
            diagnostics: Vec::new(),
        };
        knowledge.lint(today, &mut sink);
        knowledge.diagnostics = sink.sorted();
        knowledge
    }

    /// True when a bundle can be built.
    pub fn clean(&self) -> bool {
        !self
            .diagnostics
            .iter()
            .any(|d| d.severity == Severity::Error)
    }

    fn lint(&self, today: Date, sink: &mut Sink) {
        let mut ids: BTreeMap<&str, &topic::Place> = BTreeMap::new();
        let mut said: BTreeSet<String> = BTreeSet::new();
        let mut near = Near::default();
        for intent in self.topics.values().flat_map(|t| &t.intents) {
            let at = (intent.place.0.as_path(), intent.place.1);
            if let Some(first) = ids.insert(&intent.id, &intent.place) {
                sink.error(
                    "kb::duplicate-id",
                    at,
                    format!(
                        "`{}` exists already in {}:{}",
                        intent.id,
                        first.0.display(),
                        first.1
                    ),
                    "every id is used once",
                );
            }
            lint::intent(intent, &self.domains, sink);
            lint::period(intent, today, sink);
            for (text, line) in intent.utterances.iter().chain(&intent.utterances_en) {
                if !said.insert(said_key(&intent.id, text)) {
                    repeated(intent, text, *line, sink);
                }
                if let Some(other) = near.find(&intent.id, text) {
                    shared_utterance((at.0, *line), text, &other, sink);
                }
                near.add(&intent.id, text, at.0, *line);
            }
        }
        self.lint_locals(&ids, &said, &near, today, sink);
    }

    /// The same of each kommune's own files: beside each other, and beside the shared ones it shows.
    fn lint_locals(
        &self,
        ids: &BTreeMap<&str, &topic::Place>,
        said: &BTreeSet<String>,
        near: &Near,
        today: Date,
        sink: &mut Sink,
    ) {
        for local in self.locals.values() {
            let own = |id: &str| {
                let mut intents = local.topics.iter().flat_map(|t| &t.intents);
                intents.any(|i| i.id == id)
            };
            let topic =
                |id: &str| self.topics.contains_key(id) || local.topics.iter().any(|t| t.id == id);
            let intent = |id: &str| ids.contains_key(id) || own(id);
            if let Some(booking) = &local.booking {
                booking.check(topic, intent, sink);
            }
            if let Some(talk) = &local.talk {
                talk.check(topic, intent, sink);
            }
            let (mut own, mut own_said) = (Near::default(), BTreeSet::new());
            let shown = |id: &str| !local.kommune.hidden.iter().any(|hidden| hidden == id);
            for intent in local.topics.iter().flat_map(|t| &t.intents) {
                let at = (intent.place.0.as_path(), intent.place.1);
                lint::period(intent, today, sink);
                let texts = intent.utterances.iter().chain(&intent.utterances_en);
                for (text, line) in texts.filter(|_| shown(&intent.id)) {
                    let key = said_key(&intent.id, text);
                    // Added to the shared answer's examples, or in place of them: repeated is repeated.
                    if said.contains(&key) || !own_said.insert(key) {
                        repeated(intent, text, *line, sink);
                    }
                    let other = own.find(&intent.id, text);
                    let other = other.or_else(|| near.find_shown(&intent.id, text, shown));
                    if let Some(other) = other {
                        shared_utterance((at.0, *line), text, &other, sink);
                    }
                    own.add(&intent.id, text, at.0, *line);
                }
                let shared = ids.contains_key(intent.id.as_str());
                if shared && !intent.replaces && !intent.extends {
                    sink.error(
                        "kb::override",
                        at,
                        format!("`{}` exists in the shared knowledge", intent.id),
                        "say `erstat: ja` or `tilføj: ja`, or choose another id",
                    );
                } else if !shared && (intent.replaces || intent.extends) {
                    sink.error(
                        "kb::override",
                        at,
                        format!("there is no shared `{}`", intent.id),
                        "check the id, or remove `erstat`/`tilføj`",
                    );
                } else if !shared {
                    lint::intent(intent, &BTreeSet::new(), sink);
                }
            }
        }
    }
}

/// What makes two examples of one intent the same.
fn said_key(id: &str, text: &str) -> String {
    let words: Vec<String> = text::tokenize(text).into_iter().map(|t| t.word).collect();
    format!("{id} {}", words.join(" "))
}

fn repeated(intent: &Intent, text: &str, line: usize, sink: &mut Sink) {
    sink.warn(
        "kb::repeated-utterance",
        (&intent.place.0, line),
        format!("`{text}` is an example of `{}` already", intent.id),
        "say it in another way, or remove one",
    );
}

fn shared_utterance(at: (&Path, usize), text: &str, other: &lint::Found, sink: &mut Sink) {
    sink.warn(
        "kb::shared-utterance",
        at,
        format!(
            "`{text}` is nearly `{}`, an example of `{}` ({}:{})",
            other.text,
            other.owner,
            other.file.display(),
            other.line
        ),
        "say it so that it belongs to one of them, or remove one",
    );
}

fn local(
    folder: &Path,
    today: Date,
    definitions: &BTreeMap<String, Definition>,
    sink: &mut Sink,
) -> (String, Local) {
    let slug = folder
        .file_name()
        .and_then(|n| n.to_str())
        .unwrap_or_default()
        .to_owned();
    let path = folder.join("kommune.toml");
    let kommune = kommune::parse(&slug, &read(&path), &path, sink);
    let path = folder.join("tema.toml");
    let (theme, placement) = if path.is_file() {
        kommune::theme(&read(&path), &path, sink)
    } else {
        (kommune::plain_theme(), None)
    };
    let file = folder.join("variabler.toml");
    let values = variables::values(&read(&file), &file, definitions, sink);
    let path = folder.join("kontrol.toml");
    control::check(&read(&path), &path, today, definitions, &values, sink);
    let path = folder.join("booking.toml");
    let booking = path
        .is_file()
        .then(|| booking::parse(&kommune, &read(&path), &path, today, sink));
    let booking = booking.flatten();
    let path = folder.join("samtale.toml");
    let talk = path
        .is_file()
        .then(|| talk::parse(&kommune, &read(&path), &path, today, sink));
    let talk = talk.flatten();
    let topics = files(&folder.join("emner"), "md")
        .iter()
        .map(|p| topic::parse(&read(p), p, sink))
        .collect();
    (
        slug,
        Local {
            kommune,
            theme,
            placement,
            values,
            topics,
            booking,
            talk,
            file,
        },
    )
}

/// Lines that say something.
fn lines(source: &str) -> Vec<String> {
    source
        .lines()
        .map(|l| l.trim().to_owned())
        .filter(|l| !l.is_empty() && !l.starts_with('#'))
        .collect()
}
