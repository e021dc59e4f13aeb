//! `check`, `build`: the authored files.

use crate::say::{complain, say};
use clap::{Args, ValueEnum};
use compiler::diagnostic::{Diagnostic, Severity};
use compiler::{Knowledge, Settings};
use hours::{Date, LocalTime};
use std::path::{Path, PathBuf};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

/// Where the knowledge lies.
#[derive(Args)]
pub(crate) struct Folder {
    /// Folder of the knowledge
    #[arg(long, default_value = "kb-bundle")]
    pub(crate) kb: PathBuf,
}

impl Folder {
    pub(crate) fn load(&self) -> Knowledge {
        Knowledge::load(&self.kb, now().date)
    }
}

/// Local time in Denmark.
pub(crate) fn now() -> LocalTime {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    hours::copenhagen(i64::try_from(since.as_millis()).unwrap_or(0))
}

/// Now, or this time of day on `date`.
pub(crate) fn at(date: Option<Date>) -> LocalTime {
    let now = now();
    LocalTime {
        date: date.unwrap_or(now.date),
        ..now
    }
}

/// A day on the command line.
pub(crate) fn day(text: &str) -> Result<Date, String> {
    Date::parse(text).ok_or_else(|| "write ÅÅÅÅ-MM-DD, for example 2027-01-01".into())
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Long,
    Short,
    Json,
}

#[derive(Args)]
pub(crate) struct CheckArgs {
    #[command(flatten)]
    folder: Folder,
    /// How mistakes are printed
    #[arg(long, value_enum, default_value = "long")]
    format: Format,
    /// Also what is only worth knowing
    #[arg(long)]
    info: bool,
    /// Also run the conversation tests with the bundle of this kommune
    #[arg(long)]
    samtaler: Option<String>,
    /// As if today were this day, 2027-01-01: what will have run out by then?
    #[arg(long, value_parser = day)]
    date: Option<Date>,
}

pub(crate) fn check(args: &CheckArgs) -> Result<(), String> {
    let knowledge = Knowledge::load(&args.folder.kb, at(args.date).date);
    let all = compiler::check(&knowledge);
    let count = |s| all.iter().filter(|d| d.severity == s).count();
    let (errors, warnings, infos) = (
        count(Severity::Error),
        count(Severity::Warning),
        count(Severity::Info),
    );
    let shown = all
        .iter()
        .filter(|d| args.info || d.severity != Severity::Info);
    if args.format == Format::Json {
        let rows: Vec<_> = shown.map(json).collect();
        say!("{}", serde_json::Value::Array(rows));
    } else {
        for diagnostic in shown {
            match args.format {
                Format::Short => say!("{}", diagnostic.short()),
                _ => say!("{diagnostic}\n"),
            }
        }
        complain!("{errors} errors, {warnings} warnings, {infos} notes (--info shows them)");
    }
    if errors > 0 {
        return Err(String::new());
    }
    match &args.samtaler {
        Some(slug) => crate::conversations::play(&knowledge, slug, at(args.date)),
        None => Ok(()),
    }
}

fn json(d: &Diagnostic) -> serde_json::Value {
    serde_json::json!({
        "severity": d.severity.name(), "code": d.code, "file": d.file.display().to_string(),
        "line": d.line, "column": d.column, "message": d.message, "hint": d.hint,
    })
}

pub(crate) fn no_kommune(knowledge: &Knowledge, slug: &str) -> String {
    let known: Vec<&str> = knowledge.locals.keys().map(String::as_str).collect();
    let folder = knowledge.root.join("kommuner");
    match compiler::nearest(slug, known.iter().copied()) {
        Some(name) => format!("no kommune is called `{slug}`; did you mean `{name}`?"),
        None if known.len() > 12 => format!(
            "no kommune is called `{slug}`; its name is that of one of the {} folders in {}",
            known.len(),
            folder.display()
        ),
        None => format!(
            "no kommune is called `{slug}`; there are: {}",
            known.join(", ")
        ),
    }
}

#[derive(Args)]
pub(crate) struct BuildArgs {
    #[command(flatten)]
    folder: Folder,
    /// Only this kommune
    #[arg(long)]
    kommune: Option<String>,
    /// Where the files go: `<slug>.kb`, `<slug>.details.kb`, `<slug>.en.kb`, `<slug>.liste.json` and,
    /// when something can be booked or a person be talked to, `<slug>.booking.json` and `<slug>.samtale.json`
    #[arg(long, default_value = "dist")]
    out: PathBuf,
}

/// Warnings that whoever builds a release must see: its answers hold no longer, or not yet.
const RUN_OUT: [&str; 4] = [
    "kb::fact-expired",
    "kb::value-expired",
    "kb::value-early",
    "kb::answer-expired",
];

pub(crate) fn build(args: &BuildArgs) -> Result<(), String> {
    let start = Instant::now();
    let knowledge = args.folder.load();
    if !knowledge.clean() {
        for diagnostic in knowledge
            .diagnostics
            .iter()
            .filter(|d| d.severity == Severity::Error)
        {
            complain!("{diagnostic}\n");
        }
        return Err("the knowledge has mistakes; nothing was built".into());
    }
    let slugs: Vec<String> = match &args.kommune {
        Some(slug) => vec![slug.clone()],
        None => knowledge.locals.keys().cloned().collect(),
    };
    let of_others = |d: &Diagnostic| {
        d.file.starts_with(args.folder.kb.join("kommuner"))
            && !slugs.iter().any(|slug| {
                d.file
                    .starts_with(args.folder.kb.join("kommuner").join(slug))
            })
    };
    for diagnostic in &knowledge.diagnostics {
        if RUN_OUT.contains(&diagnostic.code) && !of_others(diagnostic) {
            complain!("{diagnostic}\n");
        }
    }
    let settings = Settings::default();
    for slug in &slugs {
        let built = knowledge
            .build(slug, &settings)
            .ok_or_else(|| no_kommune(&knowledge, slug))?;
        let errors: Vec<_> = built
            .diagnostics
            .iter()
            .filter(|d| d.severity == Severity::Error)
            .collect();
        for diagnostic in &errors {
            complain!("{diagnostic}\n");
        }
        if !errors.is_empty() {
            return Err(format!("`{slug}` has mistakes; its bundle was not written"));
        }
        let told = |e| format!("the new bundle of `{slug}` does not open: {e}");
        let mut opened = bundle::Knowledge::open(built.core.clone(), slug).map_err(told)?;
        opened.add_language(built.english.clone()).map_err(told)?;
        write(&args.out.join(format!("{slug}.kb")), &built.core)?;
        write(&args.out.join(format!("{slug}.details.kb")), &built.details)?;
        write(&args.out.join(format!("{slug}.en.kb")), &built.english)?;
        for (ending, bytes) in [
            ("booking.json", &built.booking),
            ("samtale.json", &built.talk),
        ] {
            let path = args.out.join(format!("{slug}.{ending}"));
            match bytes {
                Some(bytes) => write(&path, bytes)?,
                None if path.exists() => std::fs::remove_file(&path)
                    .map_err(|e| format!("cannot remove {}: {e}", path.display()))?,
                None => {}
            }
        }
        let list = crate::pages::list(&opened, now().date);
        write(&args.out.join(format!("{slug}.liste.json")), &list)?;
        let coverage = &built.coverage;
        let by_tier = |tier| {
            coverage
                .missing
                .values()
                .filter(|(t, _)| *t == tier)
                .count()
        };
        say!(
            "{slug}: {} kB + {} kB details + {} kB English; {} of {} intents have all local data; missing variables: {} of tier 1, {} of tier 2",
            built.core.len() / 1024,
            built.details.len() / 1024,
            built.english.len() / 1024,
            coverage.complete,
            coverage.intents,
            by_tier(1),
            by_tier(2),
        );
    }
    say!(
        "{} kommuner in {:.1} s",
        slugs.len(),
        start.elapsed().as_secs_f32()
    );
    Ok(())
}

/// Writes a file whole or not at all.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> Result<(), String> {
    let told = |e: std::io::Error| format!("cannot write {}: {e}", path.display());
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(told)?;
    }
    let temporary = path.with_extension("tmp");
    std::fs::write(&temporary, bytes).map_err(told)?;
    std::fs::rename(&temporary, path).map_err(told)
}
