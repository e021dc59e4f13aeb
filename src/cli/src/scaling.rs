//! `scaling`: what a question costs and what a bundle weighs at 100, 648, 2,500 and 8,500 intents. Prints Markdown for
//! docs/matcher.md and draws docs/img/scaling.svg. Measures and never judges; run it on a quiet machine.

use crate::knowledge::{Folder, now};
use crate::plot::{Axis, Line, svg};
use crate::say::{complain, say};
use bundle::Knowledge;
use clap::Args;
use compiler::{Settings, Wardrobe};
use dialog::State;
use matcher::Context;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// How often each question is asked; its middle time counts.
const ROUNDS: usize = 5;

#[derive(Args)]
pub(crate) struct ScalingArgs {
    #[command(flatten)]
    folder: Folder,
    /// The kommune whose bundle grows
    #[arg(long, default_value = "eksempelby")]
    kommune: String,
    /// Numbers of intents
    #[arg(long, value_delimiter = ',', default_value = "100,648,2500,8500")]
    sizes: Vec<usize>,
    /// Questions to ask, as for `eval`; each in the disguise of one of the copies
    #[arg(long, default_value = "tests/eval/dev.tsv")]
    questions: PathBuf,
    /// Keeps the bundles in this folder, and takes those that lie there
    #[arg(long)]
    keep: Option<PathBuf>,
    /// Draws the chart into this file
    #[arg(long)]
    svg: Option<PathBuf>,
}

/// What was measured at one size; times in microseconds, bytes after brotli.
struct Measured {
    intents: usize,
    stems: usize,
    postings: usize,
    read: f64,
    rank: [f64; 2],
    turn: [f64; 2],
    weights: usize,
    core: usize,
}

pub(crate) fn run(args: &ScalingArgs) -> Result<(), String> {
    let source = std::fs::read_to_string(&args.questions)
        .map_err(|e| format!("{}: {e}", args.questions.display()))?;
    let questions: Vec<&str> = source
        .lines()
        .skip(1)
        .filter_map(|line| line.split('\t').nth(1))
        .collect();
    let knowledge = args.folder.load();
    let wardrobe = knowledge.wardrobe();
    let shared = 648;
    let mut rows = Vec::new();
    for &size in &args.sizes {
        let core = bundle_of(args, &knowledge, size)?;
        rows.push(measure(core, &questions, &wardrobe, size.div_ceil(shared))?);
    }
    print(&rows);
    if let Some(path) = &args.svg {
        std::fs::write(path, chart(&rows)).map_err(|e| format!("{}: {e}", path.display()))?;
    }
    Ok(())
}

fn bundle_of(
    args: &ScalingArgs,
    knowledge: &compiler::Knowledge,
    size: usize,
) -> Result<Vec<u8>, String> {
    let named = |path: &Path, e: std::io::Error| format!("{}: {e}", path.display());
    let kept = args
        .keep
        .as_ref()
        .map(|folder| folder.join(format!("{size}.kb")));
    if let Some(bytes) = kept.as_ref().and_then(|path| std::fs::read(path).ok()) {
        return Ok(bytes);
    }
    let begun = Instant::now();
    let settings = Settings::default();
    let trained = knowledge.trained(&settings);
    let grown = knowledge
        .grown(&args.kommune, size, &trained, &settings)
        .ok_or_else(|| format!("there is no kommune `{}`", args.kommune))?;
    complain!(
        "{size} intents in {} disguises: {:.0} s",
        grown.disguises,
        begun.elapsed().as_secs_f32()
    );
    if let Some(path) = kept {
        let folder = path.parent().unwrap_or(Path::new("."));
        std::fs::create_dir_all(folder).map_err(|e| named(folder, e))?;
        std::fs::write(&path, &grown.core).map_err(|e| named(&path, e))?;
    }
    Ok(grown.core)
}

fn measure(
    core: Vec<u8>,
    questions: &[&str],
    wardrobe: &Wardrobe,
    disguises: usize,
) -> Result<Measured, String> {
    let size = brotli(&core);
    let knowledge = Knowledge::open(core.clone(), "").map_err(|e| e.to_string())?;
    let sections = knowledge.section_bytes();
    let of_matcher = sections
        .iter()
        .filter(|(name, _)| name == "term" || name == "modl");
    let weights: Vec<u8> = of_matcher
        .flat_map(|(_, bytes)| bytes.iter().copied())
        .collect();
    let model = knowledge.model();
    let asked: Vec<String> = questions
        .iter()
        .enumerate()
        .map(|(i, question)| wardrobe.dress(question, i % disguises))
        .collect();
    let context = Context::default();
    let mut read = of_each(&asked, &|q| drop(matcher::analyse(&model.terms, q)));
    let mut rank = of_each(&asked, &|q| drop(matcher::rank(model, q, &context)));
    let mut turn = of_each(&asked, &|q| {
        drop(dialog::turn(&knowledge, State::default(), q, now()));
    });
    Ok(Measured {
        intents: knowledge.core().intents.len(),
        stems: model.terms.len(),
        postings: model.postings.len(),
        read: share(&mut read, 0.5),
        rank: [share(&mut rank, 0.5), share(&mut rank, 0.99)],
        turn: [share(&mut turn, 0.5), share(&mut turn, 0.99)],
        weights: brotli(&weights),
        core: size,
    })
}

/// The middle time of each question, in microseconds; one round before that is not counted.
fn of_each(asked: &[String], run: &dyn Fn(&str)) -> Vec<f64> {
    let mut times = vec![Vec::new(); asked.len()];
    for round in 0..=ROUNDS {
        for (question, times) in asked.iter().zip(&mut times) {
            let begun = Instant::now();
            run(question);
            if round > 0 {
                times.push(begun.elapsed().as_nanos() as f64 / 1000.0);
            }
        }
    }
    times.iter_mut().map(|t| share(t, 0.5)).collect()
}

fn share(times: &mut [f64], share: f64) -> f64 {
    times.sort_unstable_by(f64::total_cmp);
    let place = (times.len() as f64 * share) as usize;
    times.get(place).copied().unwrap_or_default()
}

fn brotli(bytes: &[u8]) -> usize {
    let mut out = Vec::new();
    let params = brotli::enc::BrotliEncoderParams {
        quality: 11,
        lgwin: 22,
        ..Default::default()
    };
    let written = brotli::BrotliCompress(&mut &bytes[..], &mut out, &params);
    written.map_or(0, |_| out.len())
}

/// Slope between two points on logarithmic axes: 1 grows as fast as the intents, 0.5 as their root, 0 not at all.
fn slope(from: (usize, f64), to: (usize, f64)) -> f64 {
    libm::log(to.1 / from.1) / libm::log(to.0 as f64 / from.0 as f64)
}

fn print(rows: &[Measured]) {
    say!(
        "| intents | stems | weights | read the words, p50 | read and rank, p50 / p99 | whole turn, p50 / p99 | matcher, brotli | core, brotli |"
    );
    say!("| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
    for row in rows {
        say!(
            "| {} | {} | {} | {:.0} µs | {:.0} / {:.0} µs | {:.0} / {:.0} µs | {:.1} kB | {:.1} kB |",
            row.intents,
            row.stems,
            row.postings,
            row.read,
            row.rank[0],
            row.rank[1],
            row.turn[0],
            row.turn[1],
            row.weights as f64 / 1024.0,
            row.core as f64 / 1024.0
        );
    }
    let (Some(from), Some(to)) = (rows.iter().find(|r| r.intents == 648), rows.last()) else {
        return;
    };
    let of = |value: &dyn Fn(&Measured) -> f64| {
        slope((from.intents, value(from)), (to.intents, value(to)))
    };
    say!(
        "\nslope from {} to {}: read and rank {:.2} (p99 {:.2}), whole turn {:.2} (p99 {:.2}), bytes of the matcher {:.2}, of the core {:.2}",
        from.intents,
        to.intents,
        of(&|r| r.rank[0]),
        of(&|r| r.rank[1]),
        of(&|r| r.turn[0]),
        of(&|r| r.turn[1]),
        of(&|r| r.weights as f64),
        of(&|r| r.core as f64)
    );
}

fn chart(rows: &[Measured]) -> String {
    let ticks = |values: &[f64]| values.iter().map(|v| (*v, v.to_string())).collect();
    let x = Axis {
        label: "intents",
        ticks: ticks(&[100.0, 648.0, 2500.0, 8500.0]),
        log: true,
    };
    let y = Axis {
        label: "µs per question (p50), kB (brotli)",
        ticks: ticks(&[10.0, 30.0, 100.0, 300.0, 1000.0, 3000.0, 10000.0]),
        log: true,
    };
    let line = |name, value: &dyn Fn(&Measured) -> f64| Line {
        name,
        points: rows.iter().map(|r| (r.intents as f64, value(r))).collect(),
        aid: false,
    };
    let mut lines = vec![
        line("read and rank, µs", &|r| r.rank[0]),
        line("whole turn, µs", &|r| r.turn[0]),
        line("matcher, kB", &|r| r.weights as f64 / 1024.0),
        line("core, kB", &|r| r.core as f64 / 1024.0),
    ];
    if let (Some(from), Some(to)) = (rows.iter().find(|r| r.intents == 648), rows.last()) {
        let ratio = to.intents as f64 / from.intents as f64;
        let points = vec![
            (from.intents as f64, from.turn[0]),
            (to.intents as f64, from.turn[0] * ratio.sqrt()),
        ];
        lines.push(Line {
            name: "slope 0.5",
            points,
            aid: true,
        });
    }
    svg("What a question costs and a bundle weighs", &x, &y, &lines)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slopes_are_those_of_powers() {
        assert!((slope((100, 5.0), (10_000, 50.0)) - 0.5).abs() < 1e-9);
        assert!((slope((100, 5.0), (200, 10.0)) - 1.0).abs() < 1e-9);
        assert!(slope((648, 7.0), (8500, 7.0)).abs() < 1e-9);
    }
}
