//! What only shows when everything is known: how hard an answer is to read (LIX), what an intent lacks,
//! links to unknown places, examples that two intents share or nearly share. Reads parsed topics, changes nothing.

use crate::diagnostic::{Severity, Sink};
use crate::markdown::{Block, Inline};
use crate::topic::{self, Intent, Texts};
use hours::Date;
use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};

/// Above this an answer is hard to read: a warning.
const HARD: usize = 40;
/// Above this nobody should have to read it: an error.
const VERY_HARD: usize = 50;

/// The Danish readability number: words per sentence, plus the share of words over six letters in percent. `None`
/// without words. A row of a list is a sentence; a full stop inside a number ends none.
pub fn lix(text: &str) -> Option<usize> {
    let (mut words, mut long, mut sentences) = (0_usize, 0_usize, 0_usize);
    for line in text.lines() {
        let mut open = false;
        for word in line.split_whitespace() {
            let letters = word.chars().filter(|c| c.is_alphanumeric()).count();
            if letters > 0 {
                words += 1;
                long += usize::from(letters > 6);
                open = true;
            }
            let end = word.trim_end_matches([')', '"', '»']);
            if open && end.ends_with(['.', '!', '?', ':']) {
                sentences += 1;
                open = false;
            }
        }
        sentences += usize::from(open);
    }
    (words > 0).then(|| {
        (words as f64 / sentences as f64 + 100.0 * long as f64 / words as f64).round() as usize
    })
}

/// LIX of a whole Danish answer: short, steps and more.
pub(crate) fn lix_of(texts: &Texts) -> Option<usize> {
    lix(&text_of(texts))
}

/// The words of an answer as a citizen reads them; a variable counts as one short word, a fact as none (it is whole
/// sentences of its own).
fn text_of(texts: &Texts) -> String {
    let mut out = String::new();
    let mut add = |inlines: &[Inline]| {
        for inline in inlines {
            match inline {
                Inline::Text(t) | Inline::Strong(t) | Inline::Link(t, _) => out.push_str(t),
                Inline::Var(name) if name.starts_with("nat_") => {}
                Inline::Var(_) if inlines.len() == 1 => {}
                Inline::Var(_) => out.push_str("værdi"),
            }
        }
        out.push('\n');
    };
    for block in texts.short.iter().chain(&texts.steps).chain(&texts.more) {
        match block {
            Block::Paragraph(inlines) => add(inlines),
            Block::List(_, items) => items.iter().for_each(|i| add(i)),
        }
    }
    out
}

/// Everything about one intent that needs no other.
pub(crate) fn intent(intent: &Intent, domains: &BTreeSet<String>, sink: &mut Sink) {
    let at = (intent.place.0.as_path(), intent.place.1);
    let short = topic::plain(&intent.danish.short);
    let words = short.split_whitespace().count();
    if words == 0 {
        sink.error(
            "kb::no-answer",
            at,
            format!("`{}` has no answer", intent.id),
            "write the short answer below the head lines",
        );
    } else if words > 60 {
        sink.warn(
            "kb::long-answer",
            (at.0, intent.danish.line),
            format!("the short answer of `{}` has {words} words", intent.id),
            "60 at most; move the rest to `### Læs mere`",
        );
    }
    if let Some(lix) = lix_of(&intent.danish).filter(|l| *l > HARD) {
        sink.at(
            if lix > VERY_HARD {
                Severity::Error
            } else {
                Severity::Warning
            },
            "kb::lix",
            (at.0, intent.danish.line),
            format!(
                "the answer of `{}` has LIX {lix}; {HARD} at most",
                intent.id
            ),
            "shorter sentences, and everyday words instead of long ones",
        );
    }
    if intent.danish.buttons.is_empty() {
        sink.warn(
            "kb::no-action",
            at,
            format!("`{}` has no button", intent.id),
            "add `### Knapper` with the citizen's next step",
        );
    }
    for (found, least, code, what, hint) in [
        (
            intent.utterances.len(),
            20,
            "kb::few-utterances",
            "Danish examples",
            "at least 20 that differ in words and length",
        ),
        (
            intent.words.len(),
            15,
            "kb::few-words",
            "everyday words",
            "at least 15",
        ),
        (
            intent.utterances_en.len(),
            6,
            "kb::few-english",
            "English examples",
            "at least 6",
        ),
    ] {
        if found < least {
            sink.warn(
                code,
                at,
                format!("`{}` has {found} {what}", intent.id),
                hint,
            );
        }
    }
    if intent.english.is_empty() {
        sink.warn(
            "kb::no-english-title",
            at,
            format!("`{}` has no English title", intent.id),
            "add `english: …`",
        );
    }
    links(intent, domains, sink);
}

/// Links to domains that `domaener.txt` does not know: a spelling mistake, or a place nobody has looked at.
fn links(intent: &Intent, domains: &BTreeSet<String>, sink: &mut Sink) {
    let at = intent.place.0.as_path();
    for texts in [Some(&intent.danish), intent.in_english.as_ref()]
        .into_iter()
        .flatten()
    {
        for (_, target, line) in &texts.buttons {
            known_domain(target, domains, (at, *line), sink);
        }
        for block in texts.short.iter().chain(&texts.steps).chain(&texts.more) {
            let inlines = match block {
                Block::Paragraph(inlines) => std::slice::from_ref(inlines),
                Block::List(_, items) => items,
            };
            for inline in inlines.iter().flatten() {
                if let Inline::Link(_, target) = inline {
                    known_domain(target, domains, (at, texts.line), sink);
                }
            }
        }
    }
    if let Some((_, url)) = &intent.source {
        known_domain(url, domains, (at, intent.place.1), sink);
    }
}

/// Tells of an answer that is no longer given because its last day has passed.
pub(crate) fn period(intent: &Intent, today: Date, sink: &mut Sink) {
    if let Some(until) = intent.until.filter(|until| *until < today) {
        sink.warn(
            "kb::answer-expired",
            (&intent.place.0, intent.place.1),
            format!(
                "`{}` is not answered since {}",
                intent.id,
                crate::variables::danish_date(until)
            ),
            "give it a new `gælder-til`, or remove it",
        );
    }
}

/// Warns when `target` is a web address at an unknown domain. No list at all means that nobody wants the check.
pub(crate) fn known_domain(
    target: &str,
    domains: &BTreeSet<String>,
    at: (&Path, usize),
    sink: &mut Sink,
) {
    let Some((_, rest)) = target.split_once("https://") else {
        return;
    };
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = host.trim_start_matches("www.");
    let inside = |d: &String| {
        host == d
            || host
                .strip_suffix(d.as_str())
                .is_some_and(|h| h.ends_with('.'))
    };
    if !domains.is_empty() && !host.contains('{') && !domains.iter().any(inside) {
        sink.warn(
            "kb::unknown-domain",
            at,
            format!("`{host}` is not a known domain"),
            "correct the address, or add the domain to kb-bundle/domaener.txt after a look at it",
        );
    }
}

/// Finds texts that say the same in nearly the same words: same content words in any order; or one word more or less;
/// or one word spelt a little differently. A few look-ups per text, however many there are.
#[derive(Default)]
pub struct Near {
    texts: Vec<Said>,
    /// Content words, and content words less one, to the texts that have them.
    keys: HashMap<String, Vec<usize>>,
}

struct Said {
    owner: String,
    text: String,
    file: PathBuf,
    line: usize,
    words: Vec<String>,
}

/// A text that was there before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found<'n> {
    /// The intent it belongs to.
    pub owner: &'n str,
    /// As it was written.
    pub text: &'n str,
    /// Where.
    pub file: &'n Path,
    /// 1-based.
    pub line: usize,
}

impl Near {
    /// Remembers a text.
    pub fn add(&mut self, owner: &str, text: &str, file: &Path, line: usize) {
        let words = content(text);
        let at = self.texts.len();
        self.keys.entry(words.join(" ")).or_default().push(at);
        for less in less_one(&words) {
            self.keys.entry(less).or_default().push(at);
        }
        self.texts.push(Said {
            owner: owner.to_owned(),
            text: text.to_owned(),
            file: file.to_path_buf(),
            line,
            words,
        });
    }

    /// The first text of another owner that equals `text` or nearly does.
    pub fn find(&self, owner: &str, text: &str) -> Option<Found<'_>> {
        self.find_shown(owner, text, |_| true)
    }

    /// The same among the owners that `shown` lets pass.
    pub fn find_shown(
        &self,
        owner: &str,
        text: &str,
        shown: impl Fn(&str) -> bool,
    ) -> Option<Found<'_>> {
        let words = content(text);
        let keys = std::iter::once(words.join(" ")).chain(less_one(&words));
        let found = keys
            .filter_map(|k| self.keys.get(&k))
            .flatten()
            .map(|i| &self.texts[*i])
            .find(|said| said.owner != owner && shown(&said.owner) && near(&said.words, &words))?;
        Some(Found {
            owner: &found.owner,
            text: &found.text,
            file: &found.file,
            line: found.line,
        })
    }
}

/// The words that carry the meaning, sorted, each once; all words when that leaves fewer than three.
fn content(text: &str) -> Vec<String> {
    let all: BTreeSet<String> = text::tokenize(text).into_iter().map(|t| t.word).collect();
    let kept: Vec<String> = all
        .iter()
        .filter(|w| !text::is_stop_word(w))
        .cloned()
        .collect();
    if kept.len() < 3 {
        all.into_iter().collect()
    } else {
        kept
    }
}

/// Keys with one word left out. Short texts have none: their words are nobody's property.
fn less_one(words: &[String]) -> impl Iterator<Item = String> {
    let short = words.len() < 4;
    (0..if short { 0 } else { words.len() }).map(|gone| {
        let kept = words.iter().enumerate().filter(|(i, _)| *i != gone);
        kept.map(|(_, w)| w.as_str()).collect::<Vec<_>>().join(" ")
    })
}

fn near(a: &[String], b: &[String]) -> bool {
    let only = |x: &[String], y: &[String]| -> Vec<String> {
        x.iter().filter(|w| !y.contains(w)).cloned().collect()
    };
    match (only(a, b).as_slice(), only(b, a).as_slice()) {
        ([], []) => true,
        // A question word or a negation more makes another question.
        ([word], []) | ([], [word]) => a.len().min(b.len()) >= 4 && !turns(word),
        ([one], [other]) => a.len() >= 4 && spelt_alike(one, other),
        _ => false,
    }
}

fn turns(word: &str) -> bool {
    let list = [
        "hvad", "hvem", "hvor", "hvordan", "hvorfor", "hvornaar", "ikke", "uden", "ingen", "how",
        "what", "when", "where", "who", "why", "not", "no", "without",
    ];
    list.contains(&word)
}

/// At most one letter added, lost or changed, in words of five letters and more; or one is the other with an ending.
fn spelt_alike(a: &str, b: &str) -> bool {
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    if short.len() < 5 || long.len() - short.len() > 2 {
        return false;
    }
    if long.starts_with(short) {
        return true;
    }
    let same = short
        .bytes()
        .zip(long.bytes())
        .take_while(|(x, y)| x == y)
        .count();
    let (s, l) = (&short.as_bytes()[same..], &long.as_bytes()[same..]);
    long.len() - short.len() <= 1
        && (l[1..] == *s || (!s.is_empty() && l.len() == s.len() && l[1..] == s[1..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lix_counts_words_sentences_and_long_words() {
        for (text, expected) in [
            ("", None),
            ("Du kan få et pas.", Some(5)),
            ("Du kan få et pas. Bestil en tid.", Some(4)),
            ("Bestil en tid\nTag dit pas med", Some(4)),
            ("Det koster 1.200 kroner.", Some(4)),
            ("Ansøgningsskemaet udfyldes elektronisk.", Some(103)),
        ] {
            assert_eq!(lix(text), expected, "{text}");
        }
    }

    #[test]
    fn the_same_said_in_nearly_the_same_words_is_found() {
        let mut near = Near::default();
        let file = Path::new("a.md");
        near.add(
            "a/a",
            "hvad koster det at få en ny skraldespand hentet",
            file,
            1,
        );
        near.add("a/a", "pas", file, 2);
        for (text, expected) in [
            ("hvad koster det at få en ny skraldespand hentet", true),
            ("Hvad koster det, at en skraldespand, ny, hentet?", true),
            ("hvad koster det at få en ny skraldespan hentet", true),
            (
                "hvad koster det at få en ny skraldespand hentet tirsdag",
                true,
            ),
            ("hvornår koster det at få en ny skraldespand hentet", false),
            ("hvad koster det at få en ny cykel hentet", false),
            ("Pas!", true),
            ("mit pas", false),
            ("pas barn", false),
            ("", false),
        ] {
            assert_eq!(near.find("b/b", text).is_some(), expected, "{text}");
            assert!(
                near.find("a/a", text).is_none(),
                "one intent may repeat itself"
            );
        }
    }

    #[test]
    fn an_unknown_domain_is_told() {
        let domains = BTreeSet::from(["borger.dk".to_owned()]);
        for (target, expected) in [
            ("https://www.borger.dk/pas", 0),
            ("https://mit.borger.dk", 0),
            ("https://www.borger.dk.evil.example", 1),
            ("bestil:https://borgr.dk", 1),
            ("bestil:{url_tidsbestilling}", 0),
            ("tel:112", 0),
        ] {
            let mut sink = Sink::default();
            known_domain(target, &domains, (Path::new("a.md"), 1), &mut sink);
            assert_eq!(sink.all.len(), expected, "{target}");
        }
    }

    #[test]
    fn twenty_thousand_examples_take_well_under_three_seconds() {
        let start = std::time::Instant::now();
        let mut near = Near::default();
        for i in 0..20_000 {
            let text = format!(
                "jeg vil gerne vide hvad ord{} koster når ord{} er væk nummer {i}",
                i % 700,
                i % 90
            );
            assert!(
                near.find(&format!("a/{i}"), &text)
                    .is_none_or(|f| !f.text.is_empty())
            );
            near.add(&format!("a/{i}"), &text, Path::new("a.md"), i);
        }
        assert!(
            start.elapsed().as_secs() < 20,
            "a debug build on a busy machine"
        );
    }
}
