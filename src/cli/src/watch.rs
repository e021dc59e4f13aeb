//! `watch`: an editor saves a file, and a second later the preview page shows the answer. Reads the knowledge again,
//! checks it, rebuilds and publishes the kommuner whose bundle changed, and tells the open pages. When examples changed
//! this first build stands on the former model; training goes on behind, and the pages are told once more. A knowledge
//! with errors changes nothing but the list of mistakes.

use crate::built::Files;
use crate::counter::{Counter, Matter};
use crate::knowledge::{no_kommune, now};
use crate::live::{self, Report, Teller};
use crate::say::say;
use crate::serve::{PlaceArgs, serve, with_api};
use crate::shelf::{Order, Shelf};
use crate::signed::sri;
use clap::Args;
use compiler::diagnostic::{Diagnostic, Severity};
use compiler::{Knowledge, Settings, Trained};
use notify::{EventKind, RecursiveMode, Watcher as _};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
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
    )?
    .with_counter(Some(&place.dist));
    let api = bookable(place, &knowledge, &slugs)?;
    let (teller, live) = live::channel(slugs.clone(), place.dist.clone());
    let (sender, news) = channel();
    let back = sender.clone();
    let root = kb.to_path_buf();
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
        if let Ok(event) = event
            && !matches!(event.kind, EventKind::Access(_))
        {
            for path in event
                .paths
                .into_iter()
                .filter(|path| is_authored(&root, path))
            {
                // The receiver is gone only when the program ends.
                let _ = sender.send(News::Changed(path));
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
        trained: None,
        training: false,
        back,
    };
    std::thread::spawn(move || {
        studio.rebuild(&Arc::new(knowledge));
        studio.follow(&news);
    });
    match api {
        Some(config) => with_api(place, &config, Some(live), &first),
        None => serve(place, Some(live), &first),
    }
}

/// Settings of a server for the kommuner that can be booked at, so that the preview books too; its bookings lie beside --dist. A
/// kommune whose `booking.toml` is new, or has mistakes now, joins with the next start.
fn bookable(
    place: &PlaceArgs,
    knowledge: &Knowledge,
    slugs: &[String],
) -> Result<Option<api::config::Config>, String> {
    let counter = Counter::open(&place.dist);
    for slug in slugs {
        let Some(local) = knowledge.locals.get(slug) else {
            continue;
        };
        let booking = local.booking.as_ref().map(|b| (Matter::Booking, b.json()));
        // The numbers of KLE come with the first build.
        let talk = local
            .talk
            .as_ref()
            .map(|t| (Matter::Talk, t.json(BTreeMap::new())));
        for (matter, bytes) in booking.into_iter().chain(talk) {
            if let Err(why) = counter.put_bytes(matter, slug, &bytes) {
                say!("{why}");
            }
        }
    }
    let Some(mut config) = crate::operate::settings(None, place, None)? else {
        return Ok(None);
    };
    let folder = config.clone();
    config
        .kommune
        .retain(|kommune| folder.admin(&kommune.slug).is_ok());
    Ok(Some(config).filter(|config| !config.kommune.is_empty()))
}

/// Files a person writes; not the compiler's cache, not an editor's own. Where the whole folder lies does not matter.
fn is_authored(kb: &Path, path: &Path) -> bool {
    let inside = path.strip_prefix(kb).unwrap_or(path);
    let hidden = inside.components().any(|part| {
        part.as_os_str()
            .to_str()
            .is_some_and(|name| name.starts_with('.') && name.len() > 2)
    });
    let ending = path.extension().and_then(|ending| ending.to_str());
    !hidden && ending.is_some_and(|ending| AUTHORED.contains(&ending))
}

/// What the studio waits for.
enum News {
    /// A file was written.
    Changed(PathBuf),
    /// Training behind has ended.
    Trained(Box<Trained>),
}

/// Waits for a change or for training, then until nothing more is written. `None` when nobody watches any more.
fn next_news(news: &Receiver<News>) -> Option<(BTreeSet<PathBuf>, Option<Box<Trained>>)> {
    let (mut paths, mut done) = (BTreeSet::new(), None);
    let mut next = news.recv().map_err(|_| RecvTimeoutError::Disconnected);
    while let Ok(one) = next {
        match one {
            News::Changed(path) => {
                paths.insert(path);
            }
            News::Trained(trained) => done = Some(trained),
        }
        next = news.recv_timeout(if paths.is_empty() {
            Duration::ZERO
        } else {
            DEBOUNCE
        });
    }
    (done.is_some() || !paths.is_empty()).then_some((paths, done))
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
    /// The model trained last; of former examples while training.
    trained: Option<Trained>,
    /// A thread is training.
    training: bool,
    /// Brings its result back.
    back: Sender<News>,
}

impl Studio {
    fn follow(&mut self, news: &Receiver<News>) {
        while let Some((paths, done)) = next_news(news) {
            for path in &paths {
                say!("changed: {}", path.display());
            }
            if let Some(trained) = done {
                say!("trained");
                self.training = false;
                self.trained = Some(*trained);
            }
            if !paths.is_empty() {
                self.report.busy = true;
                self.teller.tell(&self.report);
            }
            let knowledge = Knowledge::load(&self.kb, now().date);
            self.rebuild(&Arc::new(knowledge));
        }
    }

    /// Trains behind when examples changed since; one at a time, the next begins when this one comes back.
    fn train_behind(&mut self, knowledge: &Arc<Knowledge>, clean: bool) {
        let all = Settings::default();
        let former = self.trained.as_ref();
        let former = former.is_some_and(|trained| !knowledge.is_trained(trained, &all));
        self.report.training = self.training || former && clean;
        if !self.report.training || self.training {
            return;
        }
        self.training = true;
        // One processor stays with the editor.
        let settings = Settings {
            threads: all.threads.saturating_sub(1).max(1),
            ..all
        };
        let (knowledge, back) = (Arc::clone(knowledge), self.back.clone());
        std::thread::spawn(move || {
            // The receiver is gone only when the program ends.
            let _ = back.send(News::Trained(Box::new(knowledge.trained(&settings))));
        });
    }

    /// Checks, then builds each kommune at once, and trains behind if need be.
    fn rebuild(&mut self, knowledge: &Arc<Knowledge>) {
        let start = Instant::now();
        let all = compiler::check(knowledge);
        let mut clean = false;
        for slug in self.slugs.clone() {
            let own = of_kommune(&all, &self.kb, &slug);
            let mut state = self.report.kommuner.remove(&slug).unwrap_or_default();
            state.checked(&own);
            clean |= state.errors == 0;
            let built = if state.errors == 0 {
                self.build(knowledge, &slug)
            } else {
                Err(format!("{} errors", state.errors))
            };
            state.ms = start.elapsed().as_millis() as u64;
            let counts = format!("{} errors, {} warnings", state.errors, state.warnings);
            match built {
                Ok(file) if file == state.bundle => say!(
                    "{slug}: nothing new for citizens ({counts}) in {} ms",
                    state.ms
                ),
                Ok(file) => {
                    say!("{slug}: {file} ({counts}) in {} ms", state.ms);
                    state.bundle = file;
                    state.problem.clear();
                }
                Err(why) => {
                    say!("{slug}: not rebuilt, {why}");
                    for diagnostic in own.iter().filter(|d| d.severity == Severity::Error).take(5) {
                        say!("  {}", diagnostic.short());
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
        self.train_behind(knowledge, clean);
        self.teller.tell(&self.report);
    }

    /// Builds one kommune and publishes it when it differs; the names of its files.
    fn build(&mut self, knowledge: &Knowledge, slug: &str) -> Result<String, String> {
        let settings = Settings::default();
        let trained = self
            .trained
            .get_or_insert_with(|| knowledge.trained(&settings));
        let built = knowledge
            .build_with(slug, trained, &settings)
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
            booking: built.booking,
            talk: built.talk,
        };
        // The page hears of other times and other departments too, though its bundle stays.
        let told = [&files.booking, &files.talk].map(|bytes| bytes.as_deref().map(sri));
        let order = Order {
            kommune: slug,
            files: Some(files),
            notice: None,
            api: None,
            ai: None,
            serial: None,
            issued: None,
            compress: false,
            keep: false,
        };
        let names = self.shelf.publish_changed(&order)?;
        let mut file = names.join(" ");
        for hash in told.into_iter().flatten() {
            file.push(' ');
            file.push_str(&hash);
        }
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
        for (kb, path) in [
            ("kb-bundle", "kb-bundle/faelles/pas.md"),
            (
                "./kb-bundle",
                "./kb-bundle/kommuner/eksempelby/variabler.toml",
            ),
            ("../kb", "../kb/negativer/a.txt"),
            ("/home/a/.work/kb", "/home/a/.work/kb/faelles/pas.md"),
        ] {
            assert!(is_authored(Path::new(kb), Path::new(path)), "{path}");
        }
        for path in [
            "kb/.cache/0a.model",
            "kb/faelles/.pas.md.swp",
            "kb/faelles/pas.md~",
            "kb/.cache/x.md",
        ] {
            assert!(!is_authored(Path::new("kb"), Path::new(path)), "{path}");
        }
    }

    #[test]
    fn changes_close_together_are_one() {
        let (sender, receiver) = channel();
        for name in ["a.md", "b.md", "a.md"] {
            let news = News::Changed(PathBuf::from(name));
            sender.send(news).expect("received");
        }
        drop(sender);
        let (paths, done) = next_news(&receiver).expect("news");
        assert_eq!((paths.len(), done.is_some()), (2, false));
        assert!(next_news(&receiver).is_none());
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
