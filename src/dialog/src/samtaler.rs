//! Conversation tests: reads `.samtaler` files and plays them. docs/authoring.md describes the
//! format. For `lokalsvar check`; the browser does not carry it.

use crate::message::{Decision, State};
use crate::step::turn;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use bundle::Knowledge;
use hours::LocalTime;

/// One conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conversation {
    /// What it is about, from the `---` line.
    pub title: String,
    /// Line of the title, from 1.
    pub line: usize,
    /// Topics of the page on which it takes place, from the `@` line.
    pub page: Vec<String>,
    /// The citizen's lines in order.
    pub turns: Vec<Turn>,
}

/// One line of the citizen and what must follow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Turn {
    /// Line in the file, from 1.
    pub line: usize,
    /// What is written.
    pub utterance: String,
    /// What must follow; `None` when anything may.
    pub expect: Option<Expect>,
    /// What must not be answered.
    pub not: Vec<String>,
    /// What follows today though it should not: fails on the day it improves.
    pub miss: Option<String>,
}

/// What must follow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expect {
    /// The answer of one of these intents.
    Answer(Vec<String>),
    /// A question back with one of these among its options.
    Clarify(Vec<String>),
    /// Not knowing.
    Fallback,
}

/// A turn that went otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The conversation.
    pub title: String,
    /// Line of the citizen's words.
    pub line: usize,
    /// The citizen's words.
    pub utterance: String,
    /// What the file wants.
    pub expected: String,
    /// What came.
    pub found: String,
}

/// Reads a file.
///
/// # Errors
/// Every line that cannot be read, counted from 1, with what is wrong and what to do.
pub fn parse(text: &str) -> Result<Vec<Conversation>, Vec<(usize, String)>> {
    let (mut all, mut errors) = (Vec::<Conversation>::new(), Vec::new());
    for (i, line) in text.lines().enumerate() {
        if let Err(message) = read_line(&mut all, i + 1, line.trim()) {
            errors.push((i + 1, message));
        }
    }
    for conversation in all.iter().filter(|c| c.turns.is_empty()) {
        errors.push((
            conversation.line,
            "conversation without a line; add one that begins with `> `".into(),
        ));
    }
    errors.sort();
    if errors.is_empty() {
        Ok(all)
    } else {
        Err(errors)
    }
}

fn read_line(all: &mut Vec<Conversation>, number: usize, line: &str) -> Result<(), String> {
    if line.is_empty() || line.starts_with('#') {
        return Ok(());
    }
    if let Some(title) = line.strip_prefix("---") {
        let title = title.trim_matches(['-', ' ']);
        if title.is_empty() {
            return Err("no title; write `--- what happens ---`".into());
        }
        all.push(Conversation {
            title: title.into(),
            line: number,
            page: Vec::new(),
            turns: Vec::new(),
        });
        return Ok(());
    }
    let conversation = all
        .last_mut()
        .ok_or("no conversation yet; begin with `--- what happens ---`")?;
    if let Some(topics) = line.strip_prefix('@') {
        if !conversation.page.is_empty() || !conversation.turns.is_empty() {
            return Err(
                "the page comes before what is said; write one `@` line behind the title".into(),
            );
        }
        conversation.page = topics.split_whitespace().map(String::from).collect();
        if conversation.page.is_empty() {
            return Err("no topic; write `@ emne`, several parted by a space".into());
        }
        return Ok(());
    }
    if let Some(utterance) = line.strip_prefix('>') {
        let utterance = utterance.trim();
        if utterance.is_empty() {
            return Err("nothing is said; write the citizen's words after `>`".into());
        }
        let turn = Turn {
            line: number,
            utterance: utterance.into(),
            expect: None,
            not: Vec::new(),
            miss: None,
        };
        conversation.turns.push(turn);
        return Ok(());
    }
    let turn = conversation
        .turns
        .last_mut()
        .ok_or("no line of the citizen yet; write one with `> `")?;
    if let Some(expected) = line.strip_prefix('=') {
        if turn.expect.is_some() {
            return Err("second `=` for one line; join the ids with ` | `".into());
        }
        turn.expect = Some(expectation(expected.trim())?);
        return Ok(());
    }
    if let Some(miss) = line.strip_prefix("! miss:") {
        let miss = miss.split('(').next().unwrap_or_default().trim();
        turn.miss = Some(miss.to_string());
        return Ok(());
    }
    if let Some(not) = line.strip_prefix('!') {
        let ids = not
            .trim()
            .strip_prefix("not ")
            .ok_or("unknown `!`; write `! not emne/intent` or `! miss: outcome`")?;
        turn.not.extend(id_list(ids)?);
        return Ok(());
    }
    Err("unknown line; it begins with `---`, `@`, `>`, `=`, `! not` or `#`".into())
}

fn expectation(text: &str) -> Result<Expect, String> {
    let (word, ids) = text.split_once(' ').unwrap_or((text, ""));
    match word {
        "answer" => id_list(ids).map(Expect::Answer),
        "clarify" => id_list(ids).map(Expect::Clarify),
        "fallback" if ids.is_empty() => Ok(Expect::Fallback),
        _ => Err(format!(
            "unknown outcome `{text}`; write `answer`, `clarify` or `fallback`"
        )),
    }
}

fn id_list(text: &str) -> Result<Vec<String>, String> {
    let ids: Vec<String> = text.split('|').map(|id| id.trim().to_string()).collect();
    let letter = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'/';
    match ids
        .iter()
        .find(|id| id.matches('/').count() != 1 || !id.bytes().all(letter))
    {
        Some(id) => Err(format!(
            "`{id}` is no id; write `emne/intent`, several parted by ` | `"
        )),
        None => Ok(ids),
    }
}

impl Conversation {
    /// Every id that it names, with the line of the citizen's words.
    pub fn ids(&self) -> impl Iterator<Item = (usize, &str)> {
        self.turns.iter().flat_map(|turn| {
            let expected = match &turn.expect {
                Some(Expect::Answer(ids) | Expect::Clarify(ids)) => ids.as_slice(),
                _ => &[],
            };
            let missed = turn.miss.as_deref().and_then(|m| m.strip_prefix("answer "));
            let named = expected.iter().chain(&turn.not).map(String::as_str);
            named.chain(missed).map(|id| (turn.line, id.trim()))
        })
    }

    /// True when a line asks for answers none of which is in `knowledge` (planned, hidden, or another kommune's): [`run`]
    /// takes any answer there, so that it proves less than it says.
    pub fn asks_for_absent(&self, knowledge: &Knowledge) -> bool {
        self.turns.iter().any(|turn| turn.absent(knowledge))
    }
}

impl Turn {
    fn absent(&self, knowledge: &Knowledge) -> bool {
        matches!(&self.expect, Some(Expect::Answer(ids) | Expect::Clarify(ids)) if ids.iter().all(|id| knowledge.find_intent(id).is_none()))
    }
}

/// Plays a conversation and tells every turn that went otherwise. An answer that is not in `knowledge` is not
/// waited for ([`Conversation::asks_for_absent`]).
pub fn run(knowledge: &Knowledge, conversation: &Conversation, now: LocalTime) -> Vec<Failure> {
    let mut failures = Vec::new();
    let mut page_topics = Vec::new();
    for id in &conversation.page {
        match knowledge.find_topic(id) {
            Some(topic) => page_topics.push(topic),
            None => failures.push(Failure {
                title: conversation.title.clone(),
                line: conversation.line,
                utterance: format!("@ {id}"),
                expected: "a topic".into(),
                found: "no topic of that id".into(),
            }),
        }
    }
    let mut state = State {
        page_topics,
        ..State::default()
    };
    for wanted in &conversation.turns {
        let (next, decision) = turn(knowledge, state, &wanted.utterance, now);
        state = next;
        // What is not in the bundle cannot be answered; what must not be answered still holds.
        let absent = wanted.absent(knowledge);
        let expect = wanted.expect.clone().filter(|_| !absent);
        let wanted = &Turn {
            expect,
            ..wanted.clone()
        };
        let expected = match (&wanted.miss, differs(wanted, &decision)) {
            (Some(miss), Some(_)) => {
                (*miss != kind(&decision)).then(|| format!("the known miss `{miss}`"))
            }
            (Some(_), None) => Some("a miss, but it is right now: remove `! miss`".into()),
            (None, differs) => differs,
        };
        if let Some(expected) = expected {
            failures.push(Failure {
                title: conversation.title.clone(),
                line: wanted.line,
                utterance: wanted.utterance.clone(),
                expected,
                found: found(&decision),
            });
        }
    }
    failures
}

/// What was wanted, if the decision is not it.
fn differs(turn: &Turn, decision: &Decision) -> Option<String> {
    if let Some(id) = decision.answer.as_ref().filter(|id| turn.not.contains(id)) {
        return Some(format!("not {id}"));
    }
    match turn.expect.as_ref()? {
        Expect::Answer(ids) => {
            let right = decision.answer.as_ref().is_some_and(|id| ids.contains(id));
            (!right).then(|| format!("answer {}", ids.join(" | ")))
        }
        Expect::Clarify(ids) => {
            let right =
                decision.outcome == "clarify" && decision.options.iter().any(|id| ids.contains(id));
            (!right).then(|| format!("clarify {}", ids.join(" | ")))
        }
        Expect::Fallback => (decision.outcome != "fallback").then(|| "fallback".into()),
    }
}

/// Outcome and, for an answer, its id: what a known miss states.
fn kind(decision: &Decision) -> String {
    match &decision.answer {
        Some(id) => format!("answer {id}"),
        None => decision.outcome.into(),
    }
}

fn found(decision: &Decision) -> String {
    match &decision.answer {
        Some(id) => format!("answer {id}"),
        None if decision.options.is_empty() => decision.outcome.into(),
        None => format!("{} {}", decision.outcome, decision.options.join(" | ")),
    }
}

#[cfg(test)]
mod tests {
    extern crate std;

    use super::*;
    use crate::fixture::{knowledge, now};

    #[test]
    fn a_file_is_read() {
        let all = parse(
            "# x\n--- et ---\n> hej\n= answer a/b | c/d\n! not e/f\n\n--- to ---\n> x\n= fallback\n> y\n",
        );
        let all = all.expect("two conversations");
        assert_eq!(
            (
                all.len(),
                all[0].title.as_str(),
                all[1].line,
                all[1].turns.len()
            ),
            (2, "et", 7, 2)
        );
        let turn = &all[0].turns[0];
        assert_eq!(
            turn.expect,
            Some(Expect::Answer(["a/b".into(), "c/d".into()].to_vec()))
        );
        assert_eq!(
            (turn.not.as_slice(), turn.line),
            (["e/f".to_string()].as_slice(), 3)
        );
    }

    #[test]
    fn every_mistake_is_told() {
        let text = "> før\n---  ---\n--- a ---\n= fallback\n> x\n= answer\n= svar a/b\n= fallback\n= fallback\n! a/b\nhvad\n@ pas\n--- tom ---\n@";
        let lines: Vec<usize> = parse(text)
            .expect_err("mistakes")
            .iter()
            .map(|e| e.0)
            .collect();
        assert_eq!(lines, [1, 2, 4, 6, 7, 9, 10, 11, 12, 13, 14]);
    }

    #[test]
    fn the_authored_files_are_read() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../kb-bundle/faelles");
        for file in std::fs::read_dir(folder).expect("faelles").flatten() {
            if file.path().extension().is_some_and(|e| e == "samtaler") {
                let text = std::fs::read_to_string(file.path()).expect("text");
                assert!(
                    parse(&text).is_ok(),
                    "{:?}: {:?}",
                    file.path(),
                    parse(&text)
                );
            }
        }
    }

    #[test]
    fn a_page_decides_where_it_is_doubtful_what_is_meant() {
        let text = "--- uden side ---\n> hvad er prisen\n= clarify pas/pris-paa-pas\n\
            --- om kørekort ---\n@ koerekort bibliotek\n> hvad er prisen\n= answer koerekort/pris-paa-koerekort\n\
            --- om noget andet ---\n@ koerekort bibliotek\n> hvad koster et pas\n= answer pas/pris-paa-pas\n> xyz qqq www\n= fallback\n";
        for conversation in parse(text).expect("three") {
            assert_eq!(run(&knowledge(), &conversation, now()), []);
        }
        let unknown =
            &parse("--- a ---\n@ pas findes-ikke\n> hvad koster et pas\n").expect("one")[0];
        let failures = run(&knowledge(), unknown, now());
        assert_eq!(
            (failures.len(), failures[0].utterance.as_str()),
            (1, "@ findes-ikke")
        );
    }

    #[test]
    fn a_conversation_is_played() {
        let text = "--- a ---\n> hvad koster et pas\n= answer pas/pris-paa-pas\n> xyz qqq www\n= answer pas/pris-paa-pas\n! not pas/b\n";
        let failures = run(&knowledge(), &parse(text).expect("one")[0], now());
        assert_eq!(failures.len(), 1);
        assert_eq!(
            (failures[0].line, failures[0].found.as_str()),
            (4, "fallback")
        );
    }

    #[test]
    fn what_is_not_in_the_bundle_is_named_and_not_waited_for() {
        let text = "--- a ---\n> hvad koster et pas\n= answer pas/findes-ikke\n! not pas/b | pas/c\n> xyz\n! miss: answer pas/d (nu)\n= fallback\n\
            --- b ---\n> hvad koster et pas\n= answer pas/findes-ikke | pas/pris-paa-pas\n";
        let all = parse(text).expect("two");
        let ids: Vec<_> = all[0].ids().collect();
        assert_eq!(
            ids,
            [
                (2, "pas/findes-ikke"),
                (2, "pas/b"),
                (2, "pas/c"),
                (5, "pas/d")
            ]
        );
        assert!(all[0].asks_for_absent(&knowledge()));
        assert!(!all[1].asks_for_absent(&knowledge()));
    }
}
