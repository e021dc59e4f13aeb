//! `watch`: an editor saves a file, and a second later the preview page shows the answer. Reads the knowledge again,
//! checks it, rebuilds and publishes the kommuner whose bundle changed, and tells the open pages. A knowledge with
//! errors changes nothing but the list of mistakes.

use crate::built::Files;
use crate::knowledge::{no_kommune, now};
use crate::live::{self, Report, Teller};
use crate::serve::{PlaceArgs, serve};
use crate::shelf::{Order, Shelf};
use clap::Args;
use compiler::diagnostic::{Diagnostic, Severity};
use compiler::{Knowledge, Settings};
use notify::{EventKind, RecursiveMode, Watcher as _};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

/// Quiet time after a change before building: editors write a file in several steps.
const DEBOUNCE: Duration = Duration::from_millis(150);

/// Endings of authored files.
const AUTHORED: [&str; 5] = ["md", "toml", "txt", "tsv", "samtaler"];

/// Arguments of `watch`.
#[derive(Args)]
pub(crate) struct WatchArgs {
    #[command(flatten)]
    place: PlaceArgs,
    /// Only this kommune
    #[arg(long)]
    kommune: Option<String>,
    /// Folder of the knowledge
    #[arg(long, default_value = "kb-bundle")]
    kb: PathBuf,
    /// Private key that signs what the preview shows; the loader in --dist must know it. The demo key when absent
    #[arg(long)]
    key: Option<PathBuf>,
}

/// Serves the preview and rebuilds until ended.
pub(crate) fn run(args: &WatchArgs) -> Result<(), String> {
    serve_and_watch(
        &args.place,
        &args.kb,
        args.kommune.as_deref(),
        args.key.as_deref(),
    )
}

/// Builds in one thread, serves in the others.
pub(crate) fn serve_and_watch(
    place: &PlaceArgs,
    kb: &Path,
    only: Option<&str>,
    key: Option<&Path>,
) -> Result<(), String> {
    let knowledge = Knowledge::load(kb, now().date);
    let slugs: Vec<String> = knowledge
        .locals
        .keys()
        .filter(|slug| only.is_none_or(|only| only == *slug))
        .cloned()
        .collect();
    let Some(first) = slugs.first() else {
        return Err(match only {
            Some(slug) => no_kommune(&knowledge, slug),
            None => format!(
                "`{}` has no kommune; name the folder with --kb",
                kb.display()
            ),
        });
    };
    let first = format!("/forhaandsvis/{first}");
    if !place.dist.join("lokalsvar.js").is_file() {
        return Err(format!(
            "`{}` has no lokalsvar.js; make it with `cargo xtask dist --out DIR`, or name another with --dist",
            place.dist.display()
        ));
    }
    let shelf = Shelf::open(
        &place.dist,
        &key.map_or_else(|| kb.join("demo-noegle.txt"), Path::to_path_buf),
    )?;
    let (teller, live) = live::channel(slugs.clone());
    let (sender, changes) = channel();
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
        if let Ok(event) = event
            && !matches!(event.kind, EventKind::Access(_))
        {
            for path in event.paths.into_iter().filter(|path| is_authored(path)) {
                // The receiver is gone only when the program ends.
                let _ = sender.send(path);
            }
        }
    })
    .map_err(|e| format!("cannot watch files: {e}"))?;
    watcher.watch(kb, RecursiveMode::Recursive).map_err(|e| {
        format!(
            "cannot watch `{}`: {e}; name the folder with --kb",
            kb.display()
        )
    })?;
    let mut studio = Studio {
        kb: kb.to_path_buf(),
        slugs,
        shelf,
        teller,
        report: Report::default(),
        last: BTreeMap::new(),
    };
    std::thread::spawn(move || {
        studio.rebuild(&knowledge);
        studio.follow(&changes);
    });
    serve(place, Some(live), &first)
}

/// Files a person writes; not the compiler's cache, not an editor's own.
fn is_authored(path: &Path) -> bool {
    let hidden = path.components().any(|part| {
        part.as_os_str()
            .to_str()
            .is_some_and(|name| name.starts_with('.') && name.len() > 2)
    });
    let ending = path.extension().and_then(|ending| ending.to_str());
    !hidden && ending.is_some_and(|ending| AUTHORED.contains(&ending))
}

/// Waits for a change, then until nothing more comes. `None` when nobody watches any more.
fn next_changes(changes: &Receiver<PathBuf>) -> Option<BTreeSet<PathBuf>> {
    let mut paths = BTreeSet::from([changes.recv().ok()?]);
    while let Ok(path) = changes.recv_timeout(DEBOUNCE) {
        paths.insert(path);
    }
    Some(paths)
}

/// Builds and publishes.
struct Studio {
    kb: PathBuf,
    slugs: Vec<String>,
    shelf: Shelf,
    teller: Teller,
    report: Report,
    /// Bundle file this run published last, by slug: replaced ones are removed again.
    last: BTreeMap<String, Vec<String>>,
}

impl Studio {
    fn follow(&mut self, changes: &Receiver<PathBuf>) {
        while let Some(paths) = next_changes(changes) {
            for path in &paths {
                println!("changed: {}", path.display());
            }
            self.report.busy = true;
            self.teller.tell(&self.report);
            let knowledge = Knowledge::load(&self.kb, now().date);
            self.rebuild(&knowledge);
        }
    }

    /// Checks, then builds each kommune. Local files and answers take the kept model; changed examples train a new one.
    fn rebuild(&mut self, knowledge: &Knowledge) {
        let start = Instant::now();
        let all = compiler::check(knowledge);
        for slug in self.slugs.clone() {
            let own = of_kommune(&all, &self.kb, &slug);
            let mut state = self.report.kommuner.remove(&slug).unwrap_or_default();
            state.checked(&own);
            let built = if state.errors == 0 {
                self.build(knowledge, &slug)
            } else {
                Err(format!("{} errors", state.errors))
            };
            state.ms = start.elapsed().as_millis() as u64;
            let counts = format!("{} errors, {} warnings", state.errors, state.warnings);
            match built {
                Ok(file) if file == state.bundle => println!(
                    "{slug}: nothing new for citizens ({counts}) in {} ms",
                    state.ms
                ),
                Ok(file) => {
                    println!("{slug}: {file} ({counts}) in {} ms", state.ms);
                    state.bundle = file;
                    state.problem.clear();
                }
                Err(why) => {
                    println!("{slug}: not rebuilt, {why}");
                    for diagnostic in own.iter().filter(|d| d.severity == Severity::Error).take(5) {
                        println!("  {}", diagnostic.short());
                    }
                    state.problem = if state.errors > 0 {
                        "Der er fejl. Chatten viser det sidste, der kunne bygges.".into()
                    } else {
                        format!("Kunne ikke bygge: {why}")
                    };
                }
            }
            if state.errors == 0
                && !state.bundle.is_empty()
                && state.problem.starts_with("Der er fejl")
            {
                state.problem.clear();
            }
            self.report.kommuner.insert(slug, state);
        }
        let time = now();
        self.report.at = format!("{:02}.{:02}", time.minute / 60, time.minute % 60);
        self.report.busy = false;
        self.teller.tell(&self.report);
    }

    /// Builds one kommune and publishes it when it differs; the published core file's name.
    fn build(&mut self, knowledge: &Knowledge, slug: &str) -> Result<String, String> {
        let built = knowledge
            .build(slug, &Settings::default())
            .ok_or_else(|| no_kommune(knowledge, slug))?;
        if let Some(error) = built
            .diagnostics
            .iter()
            .find(|d| d.severity == Severity::Error)
        {
            return Err(error.short());
        }
        let files = Files {
            core: built.core,
            details: Some(built.details),
            languages: BTreeMap::from([("en".to_owned(), built.english)]),
        };
        let order = Order {
            kommune: slug,
            files: Some(files),
            notice: None,
            serial: None,
            issued: None,
            compress: false,
            keep: false,
        };
        let names = self.shelf.publish_changed(&order)?;
        let file = names.first().cloned().unwrap_or_default();
        let before = self
            .last
            .insert(slug.to_owned(), names.clone())
            .unwrap_or_default();
        for name in before.iter().filter(|name| !names.contains(name)) {
            self.shelf.remove(slug, name);
        }
        Ok(file)
    }
}

/// What concerns a kommune: the shared files and its own.
fn of_kommune<'d>(all: &'d [Diagnostic], kb: &Path, slug: &str) -> Vec<&'d Diagnostic> {
    let locals = kb.join("kommuner");
    let own = locals.join(slug);
    all.iter()
        .filter(|d| !d.file.starts_with(&locals) || d.file.starts_with(&own))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_files_that_people_write_count() {
        for path in [
            "kb-bundle/faelles/pas.md",
            "./kb-bundle/kommuner/eksempelby/variabler.toml",
            "../kb/negativer/a.txt",
        ] {
            assert!(is_authored(Path::new(path)), "{path}");
        }
        for path in [
            "kb-bundle/.cache/0a.model",
            "kb-bundle/faelles/.pas.md.swp",
            "kb-bundle/faelles/pas.md~",
            "kb/.cache/x.md",
        ] {
            assert!(!is_authored(Path::new(path)), "{path}");
        }
    }

    #[test]
    fn changes_close_together_are_one() {
        let (sender, receiver) = channel();
        for name in ["a.md", "b.md", "a.md"] {
            sender.send(PathBuf::from(name)).expect("received");
        }
        drop(sender);
        assert_eq!(next_changes(&receiver).map(|paths| paths.len()), Some(2));
        assert_eq!(next_changes(&receiver), None);
    }

    #[test]
    fn a_neighbour_s_mistakes_are_not_shown() {
        let mistake = |file: &str| Diagnostic {
            severity: Severity::Error,
            code: "kb::x",
            file: file.into(),
            line: 1,
            column: 1,
            message: String::new(),
            hint: String::new(),
        };
        let all = [
            mistake("kb/faelles/pas.md"),
            mistake("kb/kommuner/a/tema.toml"),
            mistake("kb/kommuner/b/tema.toml"),
        ];
        assert_eq!(of_kommune(&all, Path::new("kb"), "a").len(), 2);
    }
}
