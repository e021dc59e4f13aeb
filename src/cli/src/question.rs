//! `ask`, `explain`, `suggest`, `dialog`: one bundle, asked.

use crate::knowledge::{at, day, now};
use crate::say::{say, say_on};
use bundle::Knowledge;
use bundle::content::{Answer, Block, Inline, Lang, Target};
use clap::Args;
use dialog::{Decision, Effect, Event, State};
use hours::{LocalTime, Week};
use matcher::{Context, Reading};
use serde_json::json;
use std::io::BufRead;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// Opens a bundle and, when they lie beside it, its details and its English file.
pub(crate) fn open(path: &Path) -> Result<Knowledge, String> {
    let told = |e: &dyn std::fmt::Display| format!("{}: {e}", path.display());
    let bytes = std::fs::read(path).map_err(|e| told(&e))?;
    let mut knowledge = Knowledge::open(bytes, "").map_err(|e| told(&e))?;
    if let Ok(bytes) = std::fs::read(path.with_extension("details.kb")) {
        knowledge.add_details(bytes).map_err(|e| told(&e))?;
    }
    if let Ok(bytes) = std::fs::read(path.with_extension("en.kb")) {
        knowledge.add_language(bytes).map_err(|e| told(&e))?;
    }
    Ok(knowledge)
}

pub(crate) fn decision_json(decision: &Decision) -> serde_json::Value {
    let top: Vec<_> = decision
        .top
        .iter()
        .take(5)
        .map(|(id, c)| json!([id, c]))
        .collect();
    json!({"outcome": decision.outcome, "answer": decision.answer, "options": decision.options, "top": top})
}

#[derive(Args)]
pub(crate) struct AskArgs {
    /// A `.kb` file
    bundle: PathBuf,
    /// The question
    question: String,
    /// As JSON
    #[arg(long)]
    json: bool,
    /// As if today were this day, 2027-01-01
    #[arg(long, value_parser = day)]
    date: Option<hours::Date>,
}

pub(crate) fn ask(args: &AskArgs) -> Result<(), String> {
    let (knowledge, now) = (open(&args.bundle)?, at(args.date));
    let (_, decision) = dialog::turn(&knowledge, State::default(), &args.question, now);
    if args.json {
        say!("{}", decision_json(&decision));
        return Ok(());
    }
    let (state, effects) = dialog::step(
        &knowledge,
        State::default(),
        Event::Utterance(args.question.clone()),
        now,
    );
    for effect in effects {
        let Effect::Say(seq) = effect else {
            continue;
        };
        let Some(message) = state.message(seq) else {
            continue;
        };
        if let Some(note) = &message.note {
            say_on!("{}", plain(note, now));
        }
        say_on!("{}", answer_text(&knowledge, &message.answer, now));
        for (i, option) in message.options.iter().enumerate() {
            say!("  {}. {}", i + 1, option.label);
        }
    }
    say!(
        "\n[{} {}]",
        decision.outcome,
        decision
            .answer
            .as_deref()
            .unwrap_or(&decision.options.join(", "))
    );
    Ok(())
}

fn answer_text(knowledge: &Knowledge, answer: &Answer, now: LocalTime) -> String {
    let mut out = plain(&answer.short, now);
    for (i, step) in answer.steps.iter().enumerate() {
        out.push_str(&format!("  {}. {}\n", i + 1, line(step)));
    }
    for action in &answer.actions {
        let target = match &action.target {
            Target::Url(url) => url.clone(),
            Target::Book(url) => format!("bestil:{url}"),
            Target::Phone(number) => format!("tel:{number}"),
            Target::Mail(address) => format!("mailto:{address}"),
            Target::Goto(intent) => format!("#{}", knowledge.intent_id(*intent)),
            Target::Human => "menneske:".into(),
        };
        out.push_str(&format!("  [{}] <{target}>\n", action.label));
    }
    out
}

fn plain(blocks: &[Block], now: LocalTime) -> String {
    let mut out = String::new();
    for block in blocks {
        match block {
            Block::Paragraph(inlines) => out.push_str(&line(inlines)),
            Block::List { items, .. } => items
                .iter()
                .for_each(|i| out.push_str(&format!("- {}\n", line(i)))),
            Block::Hours { title, week } => {
                out.push_str(&format!("{title}: {}", open_today(week, now)));
            }
            Block::Places(places) => {
                for place in places {
                    out.push_str(&format!("- {} {}\n", place.name, place.address));
                    if let Some(week) = &place.week {
                        out.push_str(&format!("  {}\n", open_today(week, now)));
                    }
                }
            }
        }
        out.push('\n');
    }
    out
}

/// What holds on this day, and how it stands at this time of day.
fn open_today(week: &Week, now: LocalTime) -> String {
    let spans = hours::spans_text(hours::spans_on(week, now.date), hours::Lang::Da);
    let status = hours::status_text(&hours::status(week, now), now, hours::Lang::Da);
    format!("i dag {spans} ({status})")
}

fn line(inlines: &[Inline]) -> String {
    inlines
        .iter()
        .map(|i| match i {
            Inline::Text(t) | Inline::Strong(t) => t.clone(),
            Inline::Link { label, url } => format!("{label} <{url}>"),
            Inline::Fact(_) => String::new(),
        })
        .collect()
}

#[derive(Args)]
pub(crate) struct ExplainArgs {
    /// A `.kb` file
    bundle: PathBuf,
    /// The question
    question: String,
}

pub(crate) fn explain(args: &ExplainArgs) -> Result<(), String> {
    let knowledge = open(&args.bundle)?;
    let explanation = matcher::explain(knowledge.model(), &args.question, &Context::default());
    let ranking = &explanation.ranking;
    say!(
        "language {:?}, known words {:.0} %",
        ranking.analysis.language,
        ranking.analysis.known * 100.0
    );
    say!(
        "decision: {}",
        match &ranking.outcome {
            matcher::Outcome::Answer(c) => format!("answer {}", knowledge.intent_id(*c)),
            matcher::Outcome::Clarify(cs) => format!(
                "ask back: {}",
                cs.iter()
                    .map(|c| knowledge.intent_id(*c))
                    .collect::<Vec<_>>()
                    .join(" | ")
            ),
            matcher::Outcome::Fallback => "no answer".into(),
        }
    );
    let model = knowledge.model();
    say!(
        "answer from {:.2}, ask back from {:.2}\n",
        model.thresholds.answer,
        model.thresholds.clarify
    );
    for hit in &ranking.hits {
        say!(
            "{:5.1} %  {:+.3}  {}",
            hit.confidence * 100.0,
            hit.score,
            knowledge.intent_id(hit.class)
        );
    }
    say!("\n{:>8} {:>8}  word", "first", "second");
    for share in &explanation.shares {
        let reading = match &share.reading {
            Reading::Known => String::new(),
            Reading::Corrected(w) => format!("  read as `{w}`"),
            Reading::Split(parts) => format!("  split into {}", parts.join(" + ")),
            Reading::Joined(w) => format!("  joined to `{w}`"),
            Reading::Head(w) => format!("  ends in `{w}`"),
            Reading::Unknown => "  not known".into(),
        };
        say!(
            "{:+8.3} {:+8.3}  {}{reading}",
            share.first,
            share.second,
            share.word
        );
    }
    Ok(())
}

/// The same for the preview page of `watch`, as JSON in Danish: what was decided, the first intents with their titles, and
/// for every word how it was read and what it gave the first and the second intent.
pub(crate) fn explain_for_editor(
    dist: &Path,
    slug: &str,
    question: &str,
) -> Result<String, String> {
    let release = dist.join(format!("{slug}.json"));
    let text =
        std::fs::read_to_string(&release).map_err(|e| format!("{}: {e}", release.display()))?;
    let read =
        |text: &str| serde_json::from_str::<serde_json::Value>(text).map_err(|e| e.to_string());
    let payload = read(read(&text)?["payload"].as_str().unwrap_or_default())?;
    let file = payload["bundle"]["file"].as_str().unwrap_or_default();
    let knowledge = open(&dist.join(file))?;
    let explanation = matcher::explain(knowledge.model(), question, &Context::default());
    let ranking = &explanation.ranking;
    let decision = match &ranking.outcome {
        matcher::Outcome::Answer(_) => "Svarer",
        matcher::Outcome::Clarify(_) => "Spørger tilbage",
        matcher::Outcome::Fallback => "Ved det ikke",
    };
    let intents: Vec<_> = ranking
        .hits
        .iter()
        .map(|hit| {
            let intent = &knowledge.core().intents[usize::from(hit.class)];
            json!({"id": knowledge.intent_id(hit.class), "title": intent.title, "confidence": hit.confidence})
        })
        .collect();
    let words: Vec<_> = explanation
        .shares
        .iter()
        .map(|share| {
            let reading = match &share.reading {
                Reading::Known => String::new(),
                Reading::Corrected(w) => format!("læst som {w}"),
                Reading::Split(parts) => format!("delt i {}", parts.join(" + ")),
                Reading::Joined(w) => format!("samlet til {w}"),
                Reading::Head(w) => format!("ender på {w}"),
                Reading::Unknown => "ukendt".into(),
            };
            json!({"word": share.word, "reading": reading, "first": share.first, "second": share.second})
        })
        .collect();
    Ok(json!({"decision": decision, "intents": intents, "words": words}).to_string())
}

#[derive(Args)]
pub(crate) struct SuggestArgs {
    /// A `.kb` file
    bundle: PathBuf,
    /// What has been typed
    typed: Option<String>,
    /// One prefix a line; prints one JSON line each
    #[arg(long)]
    file: Option<PathBuf>,
    /// Measures: rows of what was typed and the intents of which one should be suggested, parted by a tab and commas
    #[arg(long)]
    eval: Option<PathBuf>,
    /// As JSON
    #[arg(long)]
    json: bool,
}

pub(crate) fn suggest(args: &SuggestArgs) -> Result<(), String> {
    let knowledge = open(&args.bundle)?;
    let ids = |typed: &str| -> Vec<(String, String)> {
        let found = dialog::suggest(&knowledge, typed, Lang::Da, &[]);
        found
            .into_iter()
            .map(|s| (knowledge.intent_id(s.intent), s.title))
            .collect()
    };
    if let Some(file) = &args.eval {
        return suggest_eval(&knowledge, file, args.json);
    }
    if let Some(file) = &args.file {
        let source =
            std::fs::read_to_string(file).map_err(|e| format!("{}: {e}", file.display()))?;
        for typed in source.lines() {
            let found: Vec<String> = ids(typed).into_iter().map(|(id, _)| id).collect();
            say!("{}", json!({"prefix": typed, "suggestions": found}));
        }
        return Ok(());
    }
    let typed = args
        .typed
        .as_deref()
        .ok_or("name what has been typed, or --file")?;
    if args.json {
        let rows: Vec<_> = ids(typed)
            .into_iter()
            .map(|(id, title)| json!({"intent": id, "title": title}))
            .collect();
        say!("{}", serde_json::Value::Array(rows));
    } else {
        ids(typed)
            .into_iter()
            .for_each(|(id, title)| say!("{title}  ({id})"));
    }
    Ok(())
}

/// Share of rows with an accepted intent among the five, and microseconds for each thing typed, letter by letter from two on.
fn suggest_eval(knowledge: &Knowledge, file: &Path, as_json: bool) -> Result<(), String> {
    let source = std::fs::read_to_string(file).map_err(|e| format!("{}: {e}", file.display()))?;
    let (mut rows, mut found, mut first) = (0_u32, 0_u32, 0_u32);
    let mut times = Vec::new();
    for line in source.lines().skip(1) {
        let mut cells = line.split('\t');
        let typed = cells.next().unwrap_or_default();
        let wanted: Vec<u16> = cells
            .next()
            .unwrap_or_default()
            .split(',')
            .filter_map(|id| knowledge.find_intent(id.trim()))
            .collect();
        if wanted.is_empty() {
            continue;
        }
        let ends = typed
            .char_indices()
            .map(|(at, c)| at + c.len_utf8())
            .skip(1);
        for end in ends {
            let begun = Instant::now();
            dialog::suggest(knowledge, &typed[..end], Lang::Da, &[]);
            times.push(micros(begun));
        }
        let shown = dialog::suggest(knowledge, typed, Lang::Da, &[]);
        rows += 1;
        found += u32::from(shown.iter().any(|s| wanted.contains(&s.intent)));
        first += u32::from(shown.first().is_some_and(|s| wanted.contains(&s.intent)));
    }
    let of_all = |n: u32| f64::from(n) * 100.0 / f64::from(rows.max(1));
    let (p50, p99) = (share(times.clone(), 0.5), share(times, 0.99));
    if as_json {
        say!(
            "{}",
            json!({"rows": rows, "top5": of_all(found), "top1": of_all(first), "micros_p50": p50, "micros_p99": p99})
        );
    } else {
        say!(
            "{rows} rows: accepted among five {:.1} %, first {:.1} %; µs a key: p50 {p50:.0}, p99 {p99:.0}",
            of_all(found),
            of_all(first)
        );
    }
    Ok(())
}

#[derive(Args)]
pub(crate) struct DialogArgs {
    /// A `.kb` file
    bundle: PathBuf,
    /// One JSON line a turn
    #[arg(long)]
    jsonl: bool,
}

pub(crate) fn dialog(args: &DialogArgs) -> Result<(), String> {
    let knowledge = open(&args.bundle)?;
    let mut state = State::default();
    for line in std::io::stdin().lock().lines() {
        let line = line.map_err(|e| e.to_string())?;
        if line.trim().is_empty() {
            state = State::default();
            if !args.jsonl {
                say!();
            }
            continue;
        }
        let (next, decision) = dialog::turn(&knowledge, std::mem::take(&mut state), &line, now());
        state = next;
        if args.jsonl {
            say!(
                "{}",
                json!({"outcome": decision.outcome, "answer": decision.answer, "options": decision.options})
            );
        } else {
            let what = decision
                .answer
                .unwrap_or_else(|| decision.options.join(" | "));
            say!("> {line}\n= {} {what}", decision.outcome);
        }
    }
    Ok(())
}

#[derive(Args)]
pub(crate) struct BitsArgs {
    /// A `.kb` file
    bundle: PathBuf,
    /// One utterance a line
    file: PathBuf,
}

pub(crate) fn bits(args: &BitsArgs) -> Result<(), String> {
    let knowledge = open(&args.bundle)?;
    let source =
        std::fs::read_to_string(&args.file).map_err(|e| format!("{}: {e}", args.file.display()))?;
    for line in source.lines() {
        say!("{}", engine::bits(&knowledge, line));
    }
    Ok(())
}

#[derive(Args)]
pub(crate) struct StagesArgs {
    /// A `.kb` file
    bundle: PathBuf,
    /// One question a line
    file: PathBuf,
    /// Questions asked before the clock counts
    #[arg(long, default_value_t = 0)]
    warm: usize,
    /// How often each question is asked; its middle time counts
    #[arg(long, default_value_t = 1)]
    rounds: usize,
}

/// Times in microseconds: opening the bundle and a first question 50 times, the others for every question.
pub(crate) fn stages(args: &StagesArgs) -> Result<(), String> {
    let named = |path: &Path, e: &dyn std::fmt::Display| format!("{}: {e}", path.display());
    let source = std::fs::read_to_string(&args.file).map_err(|e| named(&args.file, &e))?;
    let bytes = std::fs::read(&args.bundle).map_err(|e| named(&args.bundle, &e))?;
    let lines: Vec<&str> = source.lines().collect();
    let asked = lines.get(args.warm..).unwrap_or_default();
    if asked.is_empty() {
        return Err("name more questions than --warm".into());
    }
    let open = |bytes| Knowledge::open(bytes, "").map_err(|e| named(&args.bundle, &e));
    let knowledge = open(bytes.clone())?;
    let model = knowledge.model();
    let ask = |knowledge: &Knowledge, question: &str| {
        dialog::turn(knowledge, State::default(), question, now());
    };
    lines.iter().for_each(|line| ask(&knowledge, line));

    let (mut opened, mut asked_first) = (Vec::new(), Vec::new());
    for first in asked.iter().cycle().take(50) {
        let copy = bytes.clone();
        let begun = Instant::now();
        let fresh = open(copy)?;
        opened.push(micros(begun));
        let begun = Instant::now();
        ask(&fresh, first);
        asked_first.push(micros(begun));
    }
    let of_each = |run: &dyn Fn(&str)| {
        let mut times = vec![Vec::new(); asked.len()];
        for _ in 0..args.rounds.max(1) {
            for (line, times) in asked.iter().zip(&mut times) {
                let begun = Instant::now();
                run(line);
                times.push(micros(begun));
            }
        }
        times.into_iter().map(|t| share(t, 0.5)).collect()
    };
    let context = Context::default();
    let rows = [
        ("open the bundle", opened),
        ("first question after opening", asked_first),
        (
            "a question: read the words",
            of_each(&|line| drop(matcher::analyse(&model.terms, line))),
        ),
        (
            "a question: read and rank",
            of_each(&|line| drop(matcher::rank(model, line, &context))),
        ),
        (
            "a question: the whole turn",
            of_each(&|line| ask(&knowledge, line)),
        ),
    ];
    let rows = rows.map(|(stage, times)| json!({"stage": stage, "p50": share(times.clone(), 0.5), "p99": share(times, 0.99)}));
    say!("{}", json!(rows));
    Ok(())
}

fn micros(begun: Instant) -> f64 {
    begun.elapsed().as_nanos() as f64 / 1000.0
}

/// The time that the given share of all times does not exceed.
fn share(mut times: Vec<f64>, share: f64) -> f64 {
    times.sort_unstable_by(f64::total_cmp);
    let place = (times.len() as f64 * share) as usize;
    times.get(place).copied().unwrap_or_default()
}
