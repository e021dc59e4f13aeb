//! `eval`: measures a bundle on questions with known answers, or a bare matcher on rows of
//! `intent<TAB>utterance`. The questions are never training data.

use crate::knowledge::{Folder, now};
use crate::question::{decision_json, open};
use crate::reliability::Reliability;
use crate::say::say;
use clap::Args;
use compiler::{Bare, Guess, Sample, Settings};
use dialog::{Decision, State};
use serde_json::json;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Instant;

#[derive(Args)]
pub(crate) struct EvalArgs {
    /// A `.kb` file (with questions), unless --train is given
    bundle: Option<PathBuf>,
    /// Columns expected, question, also, style; with a heading
    questions: Option<PathBuf>,
    /// The report as JSON
    #[arg(long)]
    json: bool,
    /// One JSON line per row
    #[arg(long)]
    jsonl: bool,
    /// Only rows whose expected intent the bundle has (out-of-scope rows stay)
    #[arg(long)]
    known: bool,
    /// Ask on a page about the topic of the right intent, or about another one: what does the page change?
    #[arg(long, value_parser = ["right", "wrong"])]
    page: Option<String>,
    /// Show the rows that went wrong
    #[arg(long)]
    misses: bool,
    /// How true the confidence is, by bins
    #[arg(long)]
    reliability: bool,
    /// Draws the reliability diagram into this file
    #[arg(long)]
    svg: Option<PathBuf>,
    /// Instead of a bundle and questions: every example of the knowledge, asked of a model that has not seen it
    #[arg(long)]
    held_out: bool,
    #[command(flatten)]
    folder: Folder,
    /// Training rows of a bare matcher
    #[arg(long)]
    train: Option<PathBuf>,
    /// Test rows of a bare matcher
    #[arg(long)]
    test: Option<PathBuf>,
    /// Language of the rows (the matcher guesses it by itself)
    #[arg(long, default_value = "da")]
    lang: String,
    /// A bare matcher with the features and the rounding of a bundle, no more
    #[arg(long, requires = "train")]
    bundled: bool,
}

struct Row {
    expected: String,
    question: String,
    also: Vec<String>,
    style: String,
}

impl Row {
    fn fits(&self, id: &String) -> bool {
        *id == self.expected || self.also.contains(id)
    }
}

fn rows(path: &Path) -> Result<Vec<Row>, String> {
    let source = std::fs::read_to_string(path).map_err(|e| format!("{}: {e}", path.display()))?;
    source
        .lines()
        .enumerate()
        .filter(|(i, l)| !(l.trim().is_empty() || *i == 0 && l.starts_with("expected\t")))
        .map(|(i, line)| {
            let cells: Vec<&str> = line.split('\t').collect();
            if cells.len() < 2 {
                return Err(format!(
                    "{}:{}: expected tab-separated expected, question, also, style",
                    path.display(),
                    i + 1
                ));
            }
            let cell = |n: usize| cells.get(n).copied().unwrap_or_default().trim().to_owned();
            let also = cell(2)
                .split(',')
                .map(str::trim)
                .filter(|a| !a.is_empty())
                .map(str::to_owned)
                .collect();
            Ok(Row {
                expected: cell(0),
                question: cell(1),
                also,
                style: cell(3),
            })
        })
        .collect()
}

#[derive(Default, Clone)]
struct Tally {
    rows: u32,
    top1: u32,
    top3: u32,
    right: u32,
    wrong: u32,
    clarify: u32,
    clarify_right: u32,
    fallback: u32,
    rejected: u32,
}

impl Tally {
    fn add(&mut self, row: &Row, decision: &Decision) {
        self.rows += 1;
        let fits = |id: &String| row.fits(id);
        if row.expected == "-" {
            let accepted = decision
                .answer
                .as_ref()
                .is_some_and(|id| row.also.contains(id));
            self.rejected += u32::from(decision.outcome == "fallback" || accepted);
            self.fallback += u32::from(decision.outcome == "fallback");
            self.clarify += u32::from(decision.outcome == "clarify");
            return;
        }
        self.top1 += u32::from(decision.top.first().is_some_and(|(id, _)| fits(id)));
        self.top3 += u32::from(decision.top.iter().take(3).any(|(id, _)| fits(id)));
        match decision.outcome {
            "answer" if decision.answer.as_ref().is_some_and(fits) => self.right += 1,
            "answer" => self.wrong += 1,
            "clarify" => {
                self.clarify += 1;
                self.clarify_right += u32::from(decision.options.iter().take(4).any(fits));
            }
            _ => self.fallback += 1,
        }
    }

    fn share(&self, n: u32) -> f64 {
        f64::from(n) * 100.0 / f64::from(self.rows.max(1))
    }

    fn json(&self) -> serde_json::Value {
        json!({
            "rows": self.rows, "top1": self.share(self.top1), "top3": self.share(self.top3), "right": self.share(self.right),
            "wrong": self.share(self.wrong), "clarify": self.share(self.clarify), "clarify_right": self.share(self.clarify_right),
            "resolved": self.share(self.right + self.clarify_right), "fallback": self.share(self.fallback), "rejected": self.share(self.rejected),
        })
    }
}

pub(crate) fn run(args: &EvalArgs) -> Result<(), String> {
    if let (Some(train), Some(test)) = (&args.train, &args.test) {
        return bare(train, test, args.bundled);
    }
    if args.held_out {
        return held_out(args);
    }
    let (Some(bundle), Some(questions)) = (&args.bundle, &args.questions) else {
        return Err(
            "name a bundle and a file of questions, or --train and --test, or --held-out".into(),
        );
    };
    let knowledge = open(bundle)?;
    let mut rows = rows(questions)?;
    if args.known {
        rows.retain(|r| r.expected == "-" || knowledge.find_intent(&r.expected).is_some());
    }
    let mut styles: BTreeMap<String, Tally> = BTreeMap::new();
    let mut topics: BTreeMap<String, Tally> = BTreeMap::new();
    let (mut inside, mut outside) = (Tally::default(), Tally::default());
    let mut reliability = Reliability::default();
    let mut micros = Vec::with_capacity(rows.len());
    for row in &rows {
        let page = args.page.as_ref().and_then(|page| {
            let topic = knowledge.find_topic(row.expected.split('/').next().unwrap_or_default());
            let all = knowledge.core().topics.len() as u16;
            // Half of all topics further on: never the right one, and each is asked on as often.
            let other = (topic.unwrap_or_default() + all / 2) % all;
            if page == "right" { topic } else { Some(other) }
        });
        let state = State {
            page_topics: page.into_iter().collect(),
            ..State::default()
        };
        let start = Instant::now();
        let (_, decision) = dialog::turn(&knowledge, state, &row.question, now());
        let spent = start.elapsed().as_nanos() as f64 / 1000.0;
        micros.push(spent);
        let covered = (row.expected != "-").then_some(row.expected.as_str());
        reliability.add(covered, &decision.top, |id| row.fits(id));
        styles
            .entry(row.style.clone())
            .or_default()
            .add(row, &decision);
        if row.expected == "-" {
            outside.add(row, &decision);
        } else {
            inside.add(row, &decision);
            let topic = row.expected.split('/').next().unwrap_or_default();
            topics
                .entry(topic.to_owned())
                .or_default()
                .add(row, &decision);
        }
        if args.jsonl {
            let mut line = decision_json(&decision);
            line["expected"] = json!(row.expected);
            line["micros"] = json!(spent);
            say!("{line}");
        } else if args.misses {
            print_miss(row, &decision);
        }
    }
    if args.jsonl {
        return Ok(());
    }
    micros.sort_unstable_by(f64::total_cmp);
    let at = |q: f64| {
        micros
            .get((micros.len() as f64 * q) as usize)
            .copied()
            .unwrap_or_default()
    };
    draw(args, &reliability, "Confidence and truth, questions")?;
    if args.json {
        let map = |m: &BTreeMap<String, Tally>| {
            m.iter()
                .map(|(k, v)| (k.clone(), v.json()))
                .collect::<serde_json::Map<_, _>>()
        };
        say!(
            "{}",
            json!({"in_scope": inside.json(), "out_of_scope": outside.json(), "styles": map(&styles), "topics": map(&topics), "reliability": reliability.json(), "micros_p50": at(0.5), "micros_p99": at(0.99)})
        );
        return Ok(());
    }
    say!(
        "{:<28} {:>5} {:>6} {:>6} {:>6} {:>6} {:>8} {:>8} {:>9} {:>8}",
        "",
        "rows",
        "top-1",
        "top-3",
        "right",
        "wrong",
        "clarify",
        "offered",
        "resolved",
        "fallback"
    );
    let line = |name: &str, t: &Tally| {
        say!(
            "{name:<28} {:>5} {:>6.1} {:>6.1} {:>6.1} {:>6.1} {:>8.1} {:>8.1} {:>9.1} {:>8.1}",
            t.rows,
            t.share(t.top1),
            t.share(t.top3),
            t.share(t.right),
            t.share(t.wrong),
            t.share(t.clarify),
            t.share(t.clarify_right),
            t.share(t.right + t.clarify_right),
            t.share(t.fallback)
        );
    };
    line("in scope", &inside);
    styles
        .iter()
        .filter(|(s, _)| !s.starts_with("oos"))
        .for_each(|(s, t)| line(s, t));
    topics.iter().for_each(|(s, t)| line(s, t));
    say!(
        "\n{:<28} {:>5} {:>8} {:>8} {:>8}",
        "out of scope",
        "rows",
        "right",
        "refused",
        "clarify"
    );
    let line = |name: &str, t: &Tally| {
        say!(
            "{name:<28} {:>5} {:>8.1} {:>8.1} {:>8.1}",
            t.rows,
            t.share(t.rejected),
            t.share(t.fallback),
            t.share(t.clarify)
        );
    };
    line("all", &outside);
    styles
        .iter()
        .filter(|(s, _)| s.starts_with("oos"))
        .for_each(|(s, t)| line(s, t));
    if args.reliability {
        reliability.print();
    } else {
        say!("\n{}", reliability.line());
    }
    say!("\nµs per question: p50 {:.0}, p99 {:.0}", at(0.5), at(0.99));
    Ok(())
}

fn held_out(args: &EvalArgs) -> Result<(), String> {
    let knowledge = args.folder.load();
    let settings = Settings::default();
    let trained = knowledge.trained(&settings);
    let mut reliability = Reliability::default();
    for row in knowledge.held_out(&trained, &settings) {
        let expected = row.expected.as_deref();
        reliability.add(expected, &row.top, |id| Some(id.as_str()) == expected);
    }
    draw(
        args,
        &reliability,
        "Confidence and truth, held-out examples",
    )?;
    if args.json {
        say!("{}", reliability.json());
    } else {
        reliability.print();
    }
    Ok(())
}

fn draw(args: &EvalArgs, reliability: &Reliability, title: &str) -> Result<(), String> {
    match &args.svg {
        Some(path) => std::fs::write(path, reliability.svg(title))
            .map_err(|e| format!("{}: {e}", path.display())),
        None => Ok(()),
    }
}

fn print_miss(row: &Row, decision: &Decision) {
    let fits = |id: &String| row.fits(id);
    let good = match decision.outcome {
        "answer" => decision.answer.as_ref().is_some_and(fits),
        "clarify" => row.expected != "-" && decision.options.iter().any(fits),
        _ => row.expected == "-",
    };
    if !good {
        let top: Vec<String> = decision
            .top
            .iter()
            .take(3)
            .map(|(id, c)| format!("{id} {c:.2}"))
            .collect();
        say!(
            "[{}] {}\n    want {} {:?}\n    got  {} {} | {}",
            row.style,
            row.question,
            row.expected,
            row.also,
            decision.outcome,
            decision.answer.as_deref().unwrap_or(""),
            top.join(", ")
        );
    }
}

fn pairs(path: &Path) -> Result<Vec<(String, String)>, String> {
    let source = std::fs::read_to_string(path).map_err(|e| format!("{}: {e}", path.display()))?;
    let split = |(i, line): (usize, &str)| {
        line.split_once('\t')
            .map(|(a, b)| (a.to_owned(), b.to_owned()))
            .ok_or_else(|| {
                format!(
                    "{}:{}: expected intent<TAB>utterance",
                    path.display(),
                    i + 1
                )
            })
    };
    source
        .lines()
        .enumerate()
        .filter(|(_, l)| !l.trim().is_empty())
        .map(split)
        .collect()
}

fn bare(train: &Path, test: &Path, bundled: bool) -> Result<(), String> {
    let training = pairs(train)?;
    let mut names: Vec<&String> = training.iter().map(|(intent, _)| intent).collect();
    names.sort_unstable();
    names.dedup();
    let samples: Vec<Sample> = training
        .iter()
        .map(|(intent, text)| Sample {
            class: names.binary_search(&intent).unwrap_or(0) as u16,
            text: text.clone(),
            weight: 1.0,
            utterance: true,
        })
        .collect();
    let test: Vec<String> = pairs(test)?.into_iter().map(|row| row.1).collect();
    if bundled {
        let terms = compiler::terms(samples.iter().map(|s| s.text.as_str()));
        let classes = names.len() as u16 + 1;
        let model = compiler::train(&terms, &samples, &[], classes, &Settings::default());
        print_guesses(&names, &test, |question| {
            let ranking = matcher::rank(&model, question, &matcher::Context::default());
            Guess {
                top: ranking
                    .hits
                    .iter()
                    .map(|h| (h.class, h.confidence))
                    .collect(),
                answered: matches!(ranking.outcome, matcher::Outcome::Answer(_)),
            }
        });
    } else {
        let bare = Bare::train(&samples, names.len() as u16);
        print_guesses(&names, &test, |question| bare.ask(question));
    }
    Ok(())
}

fn print_guesses(names: &[&String], test: &[String], ask: impl Fn(&str) -> Guess) {
    for question in test {
        let start = Instant::now();
        let guess = ask(question);
        let micros = start.elapsed().as_nanos() as f64 / 1000.0;
        let top = guess.top.iter().take(5);
        let top: Vec<_> = top.map(|(c, p)| json!([names[*c as usize], p])).collect();
        say!(
            "{}",
            json!({"top": top, "answered": guess.answered, "micros": micros})
        );
    }
}
