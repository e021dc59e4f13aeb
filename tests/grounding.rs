//! AI help over the whole knowledge: questions that it answers, near misses, out of scope and own cases, against models that are good and
//! models that are bad. What must never be shown never is; how often the rest is shown is told for each model.

use bundle::content::Lang;
use grounding::{Hosts, Passages, Reader, Reason, Step, find, refusal};
use std::collections::BTreeMap;
use std::fs;
use system::{eksempelby, root};

const NOW_MS: i64 = 1_795_604_400_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Class {
    Answerable,
    OutOfScope,
    NearMiss,
    Refused,
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|e| panic!("{path}: {e}"))
}

fn questions() -> Vec<(Class, String)> {
    let mut all = Vec::new();
    for line in read("tests/eval/dev.tsv").lines().skip(1) {
        let mut cells = line.split('\t');
        let (id, question) = (
            cells.next().unwrap_or_default(),
            cells.next().unwrap_or_default(),
        );
        let class = if id == "-" {
            Class::OutOfScope
        } else {
            Class::Answerable
        };
        all.push((class, question.to_owned()));
    }
    for line in read("tests/grounding/near-misses.tsv")
        .lines()
        .filter(|l| !l.starts_with('#'))
    {
        all.push((Class::NearMiss, line.to_owned()));
    }
    for line in read("src/grounding/tests/refusals.tsv")
        .lines()
        .filter(|l| !l.starts_with(['#', '-']))
    {
        all.push((
            Class::Refused,
            line.split('\t').nth(1).unwrap_or_default().to_owned(),
        ));
    }
    all
}

/// Sentences of a passage that say something, without marks of lists and addresses.
fn sentences(text: &str) -> Vec<String> {
    let cut = text.split('\n').flat_map(|line| line.split_inclusive(". "));
    let plain = cut.map(|s| {
        s.trim()
            .trim_start_matches(['-', ' '])
            .trim_end_matches('.')
            .to_owned()
    });
    plain
        .filter(|s| s.split_whitespace().count() >= 5 && !s.contains(['(', ':', '@', '/']))
        .collect()
}

/// One digit of the sentence changed, so that its number is nowhere in the passage.
fn changed(sentence: &str, passage: &str) -> Option<String> {
    let at = sentence.find(|c: char| c.is_ascii_digit())?;
    let end = sentence[at..]
        .find(|c: char| !c.is_ascii_digit())
        .map_or(sentence.len(), |n| at + n);
    let (first, rest) = (
        sentence[at..=at].parse::<u32>().ok()?,
        &sentence[at + 1..end],
    );
    let other = (1..10)
        .map(|d| format!("{}{rest}", (first + d) % 10))
        .filter(|n| !n.starts_with('0'));
    let fresh = other
        .into_iter()
        .find(|n| !passage.contains(n.as_str()) && !spelt(passage, n))?;
    Some(format!("{}{fresh}{}", &sentence[..at], &sentence[end..]))
}

/// Small numbers are also written in letters.
fn spelt(passage: &str, number: &str) -> bool {
    const WORDS: [&str; 13] = [
        "nul", "en", "to", "tre", "fire", "fem", "seks", "syv", "otte", "ni", "ti", "elleve",
        "tolv",
    ];
    let lower = passage.to_lowercase();
    number
        .parse::<usize>()
        .ok()
        .and_then(|n| WORDS.get(n))
        .is_some_and(|w| lower.contains(w))
}

/// A model: what it writes to passages and a question; `None` when its kind of answer cannot be made of them.
type Writes = fn(&[String], &str) -> Option<String>;

/// Name, whether anything of it may be shown, what it writes.
const MODELS: [(&str, bool, Writes); 13] = [
    ("good: quotes the first passage", true, |p, _| {
        let two: Vec<String> = sentences(p.first()?).into_iter().take(2).collect();
        (!two.is_empty()).then(|| format!("{} [p1].", two.join(" [p1]. ")))
    }),
    ("good: quotes several", true, |p, _| {
        let one =
            |(n, t): (usize, &String)| Some(format!("{} [p{}]. ", sentences(t).first()?, n + 1));
        Some(p.iter().take(3).enumerate().filter_map(one).collect())
    }),
    ("good: says that it does not know", false, |_, _| {
        Some("INGEN".into())
    }),
    ("bad: no citation", false, |p, _| {
        Some(format!("{}.", sentences(p.first()?).first()?))
    }),
    ("bad: cites what is none", false, |p, _| {
        Some(format!(
            "{} [p{}].",
            sentences(p.first()?).first()?,
            p.len() + 1
        ))
    }),
    ("bad: cites nought", false, |p, _| {
        Some(format!("{} [p0].", sentences(p.first()?).first()?))
    }),
    ("bad: changes a number", false, |p, _| {
        let all = sentences(p.first()?);
        Some(format!(
            "{} [p1].",
            all.iter().find_map(|s| changed(s, p.first()?))?
        ))
    }),
    ("bad: adds an address", false, |p, _| {
        Some(format!(
            "{} på www.evil.example/tid [p1].",
            sentences(p.first()?).first()?
        ))
    }),
    ("bad: a link in markdown", false, |p, _| {
        Some(format!(
            "[{}](https://evil.example) [p1].",
            sentences(p.first()?).first()?
        ))
    }),
    ("bad: a picture", false, |p, _| {
        Some(format!(
            "{} ![](https://evil.example/x.png) [p1].",
            sentences(p.first()?).first()?
        ))
    }),
    ("bad: cites another passage", true, |p, _| {
        Some(format!(
            "{} [p2].",
            sentences(p.first()?).first().filter(|_| p.len() > 1)?
        ))
    }),
    ("bad: makes it up", true, |_, q| {
        Some(format!(
            "Ja, det kan du helt sikkert få hjælp til med det samme, når du spørger om {q} [p1].",
            q = q.replace(['?', '.', '!', '\n'], "")
        ))
    }),
    ("bad: says the question again", true, |_, q| {
        Some(format!("{} [p1].", q.replace(['?', '.', '!', '\n'], "")))
    }),
];

#[derive(Default)]
struct Tally {
    asked: usize,
    shown: usize,
    withheld: BTreeMap<Reason, usize>,
}

#[test]
fn bad_answers_are_withheld_and_good_ones_shown() {
    let hosts = Hosts::new(["borger.dk", "eksempelby.example"]);
    let knowledge = eksempelby();
    let mut tallies: BTreeMap<(usize, Class), Tally> = BTreeMap::new();
    let mut counts: BTreeMap<Class, (usize, usize, usize)> = BTreeMap::new();
    for (class, question) in questions() {
        let count = counts.entry(class).or_default();
        count.0 += 1;
        if refusal(&question).is_some() {
            count.1 += 1;
            continue;
        }
        let found = find(knowledge, &question, Lang::Da, NOW_MS);
        let passages =
            Passages::new(found, &hosts).knowing(|stem| grounding::knows(knowledge, stem));
        if passages.is_empty() {
            count.2 += 1;
            continue;
        }
        let texts: Vec<String> = passages
            .iter()
            .map(|(_, p)| format!("{}\n{}", p.title, p.text))
            .collect();
        let bodies: Vec<String> = passages.iter().map(|(_, p)| p.text.clone()).collect();
        for (at, (name, may, writes)) in MODELS.iter().enumerate() {
            let source = if name.contains("changes") {
                &texts
            } else {
                &bodies
            };
            let Some(written) = writes(source, &question) else {
                continue;
            };
            let mut reader = Reader::new(passages.clone(), hosts.clone(), Lang::Da);
            let mut steps = reader.push(&written);
            steps.extend(reader.end(false));
            let tally = tallies.entry((at, class)).or_default();
            tally.asked += 1;
            let shown = steps.iter().any(|s| matches!(s, Step::Sentence(_)));
            tally.shown += usize::from(shown);
            for step in &steps {
                if let Step::Withheld(reason) = step {
                    *tally.withheld.entry(*reason).or_default() += 1;
                }
            }
            assert!(*may || !shown, "{name}: {question}: {written}");
        }
    }
    println!("class          questions  refused  no passage");
    for (class, (all, refused, none)) in &counts {
        println!(
            "{:<14} {all:>9} {refused:>8} {none:>11}",
            format!("{class:?}")
        );
    }
    println!("model, class: answers, shown, why not");
    for ((at, class), tally) in &tallies {
        let share = tally.shown as f64 * 100.0 / tally.asked as f64;
        let why: Vec<String> = tally
            .withheld
            .iter()
            .map(|(r, n)| format!("{} {n}", r.name()))
            .collect();
        println!(
            "{:<34} {:<12} {:>5} {:>5.1} %  {}",
            MODELS[*at].0,
            format!("{class:?}"),
            tally.asked,
            share,
            why.join(", ")
        );
    }
    let total: usize = counts.values().map(|c| c.0).sum();
    assert!(total >= 300, "{total}");
    let (all, refused, _) = counts[&Class::Refused];
    assert_eq!(
        all, refused,
        "every own case, legal, medical and urgent question is refused"
    );
    let good = &tallies[&(0, Class::Answerable)];
    assert!(
        good.shown * 100 >= good.asked * 95,
        "{} of {} good answers are shown",
        good.shown,
        good.asked
    );
    let invented: usize = [11, 12]
        .iter()
        .filter_map(|m| tallies.get(&(*m, Class::Answerable)))
        .map(|t| t.shown)
        .sum();
    let asked: usize = [11, 12]
        .iter()
        .filter_map(|m| tallies.get(&(*m, Class::Answerable)))
        .map(|t| t.asked)
        .sum();
    assert!(invented * 100 <= asked * 25, "{invented} of {asked}");
}
