//! Reads a topic file: headings, head lines, sections, clarifying trees. docs/authoring.md is the
//! reference. Knows the form of the file, not what its variables mean.

use crate::address;
use crate::diagnostic::Sink;
use crate::markdown::{self, Block, Inline};
use hours::Date;
use std::path::{Path, PathBuf};

/// A topic as authored.
#[derive(Clone, Debug, Default)]
pub struct Topic {
    /// `pas`, from the ids of its intents.
    pub id: String,
    /// Where it was read.
    pub file: PathBuf,
    /// Title.
    pub title: String,
    /// English title.
    pub english: String,
    /// Question when only the topic is clear.
    pub tree: Option<Tree>,
    /// Its intents.
    pub intents: Vec<Intent>,
}

/// Where something stands.
pub(crate) type Place = (PathBuf, usize);

/// An intent as authored.
#[derive(Clone, Debug, Default)]
pub struct Intent {
    /// `pas/pris-paa-pas`.
    pub id: String,
    /// Line of its heading.
    pub place: Place,
    /// Title.
    pub title: String,
    /// English title.
    pub english: String,
    /// KLE number.
    pub kle: String,
    /// 1..=5.
    pub prior: u8,
    /// Name and address of the source.
    pub source: Option<(String, String)>,
    /// Last change.
    pub edited: Option<Date>,
    /// Read by the department.
    pub reviewed: Option<Date>,
    /// Who decides.
    pub authority: Option<String>,
    /// Ids.
    pub related: Vec<String>,
    /// First day.
    pub from: Option<Date>,
    /// Last day.
    pub until: Option<Date>,
    /// Replaces a shared answer.
    pub replaces: bool,
    /// Adds to a shared answer.
    pub extends: bool,
    /// Danish texts.
    pub danish: Texts,
    /// English texts.
    pub in_english: Option<Texts>,
    /// Asked after the answer.
    pub tree: Option<Tree>,
    /// Danish example utterances with lines.
    pub utterances: Vec<(String, usize)>,
    /// English example utterances with lines.
    pub utterances_en: Vec<(String, usize)>,
    /// Everyday words.
    pub words: Vec<String>,
}

/// The texts of an answer in one language.
#[derive(Clone, Debug, Default)]
pub struct Texts {
    /// Short answer.
    pub short: Vec<Block>,
    /// Steps.
    pub steps: Vec<Block>,
    /// Details.
    pub more: Vec<Block>,
    /// Label, target and line.
    pub buttons: Vec<(String, String, usize)>,
    /// Line of the short answer.
    pub line: usize,
}

/// A clarifying question.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tree {
    /// Danish.
    pub question: String,
    /// English.
    pub english: String,
    /// Options.
    pub branches: Vec<Branch>,
    /// Line.
    pub line: usize,
}

/// An option.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Branch {
    /// Danish.
    pub label: String,
    /// English.
    pub english: String,
    /// Id or deeper question.
    pub then: Result<String, Tree>,
}

impl Intent {
    /// LIX of the Danish answer: short, steps and more. `None` without words.
    pub fn lix(&self) -> Option<usize> {
        crate::lint::lix_of(&self.danish)
    }
}

struct Section<'s> {
    level: usize,
    title: &'s str,
    line: usize,
    body: Vec<&'s str>,
}

/// Reads a topic file. Mistakes go to `sink`; what could be read is returned.
pub(crate) fn parse(source: &str, file: &Path, sink: &mut Sink) -> Topic {
    let mut topic = Topic {
        file: file.to_path_buf(),
        ..Topic::default()
    };
    let mut inherited = Intent {
        prior: 2,
        ..Intent::default()
    };
    let mut english = false;
    for section in sections(source) {
        let at = (file, section.line);
        match section.level {
            0 => {
                if section.body.iter().any(|l| !l.trim().is_empty()) {
                    sink.error(
                        "kb::text-before-topic",
                        at,
                        "text before the topic's heading".into(),
                        "begin the file with `# Emne`",
                    );
                }
            }
            1 => {
                topic.title = section.title.to_owned();
                for (key, value, line) in head(&section).0 {
                    match key {
                        "english" => topic.english = value.to_owned(),
                        "emne" => value.clone_into(&mut topic.id),
                        _ => head_line(&mut inherited, key, value, (file, line), sink),
                    }
                }
            }
            2 => {
                english = false;
                let mut intent = Intent {
                    title: section.title.to_owned(),
                    place: (file.to_path_buf(), section.line),
                    ..inherited.clone()
                };
                let (lines, body, body_line) = head(&section);
                for (key, value, line) in lines {
                    head_line(&mut intent, key, value, (file, line), sink);
                }
                check_id(&mut topic, &intent, at, sink);
                intent.danish.line = body_line;
                intent.danish.short = markdown::parse(&body, (file, body_line), sink);
                topic.intents.push(intent);
            }
            3 => {
                english = section.title == "English";
                subsection(&mut topic, &section, file, sink);
            }
            4 if english => english_part(&mut topic, &section, file, sink),
            _ => sink.error(
                "kb::heading",
                at,
                format!("heading `{}` is not expected here", section.title),
                "see docs/authoring.md for the headings",
            ),
        }
    }
    if topic.intents.is_empty() {
        sink.error(
            "kb::no-intent",
            (file, 1),
            "the file has no intent".into(),
            "add `## Spørgsmål?` with `id: emne/navn` below",
        );
    }
    topic
}

fn check_id(topic: &mut Topic, intent: &Intent, at: (&Path, usize), sink: &mut Sink) {
    let valid = |s: &str| {
        !s.is_empty()
            && s.bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    };
    match intent.id.split_once('/') {
        Some((t, name)) if valid(t) && valid(name) => {
            if topic.id.is_empty() {
                t.clone_into(&mut topic.id);
            } else if topic.id != t {
                sink.error(
                    "kb::foreign-id",
                    at,
                    format!("id `{}` does not belong to topic `{}`", intent.id, topic.id),
                    "one file holds one topic",
                );
            }
        }
        _ => sink.error(
            "kb::id",
            at,
            format!("id `{}` is not `emne/navn`", intent.id),
            "write `id: emne/navn` below the heading, small letters a-z, digits and -",
        ),
    }
}

fn sections(source: &str) -> Vec<Section<'_>> {
    let mut out = vec![Section {
        level: 0,
        title: "",
        line: 1,
        body: Vec::new(),
    }];
    for (i, line) in source.lines().enumerate() {
        let level = line.bytes().take_while(|b| *b == b'#').count();
        if (1..=4).contains(&level) && line.as_bytes().get(level) == Some(&b' ') {
            out.push(Section {
                level,
                title: line[level..].trim(),
                line: i + 1,
                body: Vec::new(),
            });
        } else if let Some(last) = out.last_mut() {
            last.body.push(line);
        }
    }
    out
}

type Head<'s> = (Vec<(&'s str, &'s str, usize)>, String, usize);

/// Head lines, then the body with the line on which it begins.
fn head<'s>(section: &Section<'s>) -> Head<'s> {
    let mut lines = Vec::new();
    let mut n = 0;
    for line in &section.body {
        match line.split_once(':') {
            Some((key, value)) if !line.trim().is_empty() && !key.contains([' ', '{', '[']) => {
                lines.push((key.trim(), value.trim(), section.line + 1 + n));
            }
            _ => break,
        }
        n += 1;
    }
    (lines, section.body[n..].join("\n"), section.line + 1 + n)
}

fn head_line(intent: &mut Intent, key: &str, value: &str, at: (&Path, usize), sink: &mut Sink) {
    let date = |sink: &mut Sink| {
        let parsed = Date::parse(value);
        if parsed.is_none() && value != "-" {
            sink.error(
                "kb::date",
                at,
                format!("`{value}` is not a date"),
                "write ÅÅÅÅ-MM-DD, or `-`",
            );
        }
        parsed
    };
    match key {
        "id" => value.clone_into(&mut intent.id),
        "english" => value.clone_into(&mut intent.english),
        "kle" => value.clone_into(&mut intent.kle),
        "vægt" => match value.parse() {
            Ok(prior @ 1..=5) => intent.prior = prior,
            _ => sink.error("kb::prior", at, format!("vægt `{value}` is not 1..5"), "1 is rare, 5 is daily"),
        },
        "kilde" => match link(value) {
            Some((label, url)) if address::is_web(url) => intent.source = Some((label.to_owned(), url.to_owned())),
            _ => sink.error("kb::source", at, format!("kilde `{value}` is not a link"), "write `[navn](https://…)`"),
        },
        "rettet" => intent.edited = date(sink),
        "gennemgået" => intent.reviewed = date(sink),
        "gælder-fra" => intent.from = date(sink),
        "gælder-til" => intent.until = date(sink),
        "myndighed" => intent.authority = Some(value.to_owned()),
        "relaterede" => intent.related = value.split(',').map(|s| s.trim().to_owned()).filter(|s| !s.is_empty()).collect(),
        "erstat" => intent.replaces = value == "ja",
        "tilføj" => intent.extends = value == "ja",
        _ => sink.error("kb::head-line", at, format!("unknown head line `{key}`"), "known: id, english, kle, kilde, rettet, gennemgået, myndighed, relaterede, vægt, gælder-fra, gælder-til, erstat, tilføj"),
    }
}

fn link(text: &str) -> Option<(&str, &str)> {
    let rest = text.trim().strip_prefix('[')?;
    let (label, rest) = rest.split_once("](")?;
    Some((label, rest.strip_suffix(')')?))
}

fn subsection(topic: &mut Topic, section: &Section, file: &Path, sink: &mut Sink) {
    let at = (file, section.line);
    let line = section.line + 1;
    let Some(intent) = topic.intents.last_mut() else {
        if section.title == "Spørg tilbage" {
            topic.tree = tree(section, file, sink);
        } else {
            sink.error(
                "kb::section",
                at,
                format!("section `{}` stands outside an intent", section.title),
                "only `### Spørg tilbage` may follow the topic's heading",
            );
        }
        return;
    };
    match section.title {
        "Sådan gør du" => intent.danish.steps = markdown::parse(&section.body.join("\n"), (file, line), sink),
        "Læs mere" => intent.danish.more = markdown::parse(&section.body.join("\n"), (file, line), sink),
        "Knapper" => intent.danish.buttons = buttons(section, file, sink),
        "Spørg tilbage" => intent.tree = tree(section, file, sink),
        "Borgere skriver" => intent.utterances = items(section),
        "Citizens write" => intent.utterances_en = items(section),
        "Ord" => intent.words = words(section),
        "English" => {
            let short = markdown::parse(&section.body.join("\n"), (file, line), sink);
            intent.in_english = Some(Texts { short, line, ..Texts::default() });
        }
        other => sink.error("kb::section", at, format!("unknown section `{other}`"), "known: Sådan gør du, Læs mere, Knapper, Spørg tilbage, Borgere skriver, Ord, Citizens write, English"),
    }
}

fn english_part(topic: &mut Topic, section: &Section, file: &Path, sink: &mut Sink) {
    let Some(texts) = topic.intents.last_mut().and_then(|i| i.in_english.as_mut()) else {
        return;
    };
    let (body, line) = (section.body.join("\n"), section.line + 1);
    match section.title {
        "How to" => texts.steps = markdown::parse(&body, (file, line), sink),
        "Read more" => texts.more = markdown::parse(&body, (file, line), sink),
        "Buttons" => texts.buttons = buttons(section, file, sink),
        other => sink.error(
            "kb::section",
            (file, section.line),
            format!("unknown section `{other}`"),
            "known below English: How to, Read more, Buttons",
        ),
    }
}

fn items(section: &Section) -> Vec<(String, usize)> {
    let rows = section.body.iter().enumerate();
    rows.filter_map(|(i, line)| {
        Some((
            line.trim().strip_prefix("- ")?.trim().to_owned(),
            section.line + 1 + i,
        ))
    })
    .filter(|(text, _)| !text.is_empty())
    .collect()
}

fn words(section: &Section) -> Vec<String> {
    let body = section.body.join(",");
    body.split(',')
        .map(|w| {
            w.trim()
                .trim_start_matches("- ")
                .trim_end_matches('.')
                .to_owned()
        })
        .filter(|w| !w.is_empty())
        .collect()
}

fn buttons(section: &Section, file: &Path, sink: &mut Sink) -> Vec<(String, String, usize)> {
    let mut out = Vec::new();
    for (text, line) in items(section) {
        match link(&text) {
            Some((label, target)) => out.push((label.to_owned(), target.to_owned(), line)),
            None => sink.error(
                "kb::button",
                (file, line),
                format!("`{text}` is not a button"),
                "write `- [tekst](mål)`",
            ),
        }
    }
    if out.len() > 4 {
        sink.error(
            "kb::buttons",
            (file, section.line),
            format!("{} buttons, at most 4 fit", out.len()),
            "keep the most useful four",
        );
    }
    out
}

/// `Text (english: Text)` becomes both.
fn bilingual(text: &str) -> (String, String) {
    match text.split_once("(english:") {
        Some((danish, english)) => (
            danish.trim().to_owned(),
            english.trim().trim_end_matches(')').trim().to_owned(),
        ),
        None => (text.trim().to_owned(), String::new()),
    }
}

fn tree(section: &Section, file: &Path, sink: &mut Sink) -> Option<Tree> {
    let lines: Vec<(usize, &str, usize)> = section
        .body
        .iter()
        .enumerate()
        .filter(|(_, l)| !l.trim().is_empty())
        .map(|(i, l)| {
            (
                l.len() - l.trim_start().len(),
                l.trim(),
                section.line + 1 + i,
            )
        })
        .collect();
    let mut at = 0;
    let tree = level(&lines, &mut at, 0, file, sink);
    if let Some((_, text, line)) = lines.get(at) {
        sink.error(
            "kb::tree",
            (file, *line),
            format!("`{text}` does not fit the question"),
            "a question on one line, then `- svar -> emne/intent`",
        );
    }
    tree
}

fn level(
    lines: &[(usize, &str, usize)],
    at: &mut usize,
    depth: usize,
    file: &Path,
    sink: &mut Sink,
) -> Option<Tree> {
    let &(indent, text, line) = lines.get(*at)?;
    if text.starts_with("- ") || depth > 2 {
        sink.error(
            "kb::tree",
            (file, line),
            "a question is missing before the options".into(),
            "write the question on a line of its own; at most three levels",
        );
        *at = lines.len();
        return None;
    }
    *at += 1;
    let (question, english) = bilingual(text);
    let mut tree = Tree {
        question,
        english,
        branches: Vec::new(),
        line,
    };
    if let Some((_, next, _)) = lines.get(*at)
        && let Some(english) = next.strip_prefix("english:")
    {
        english.trim().clone_into(&mut tree.english);
        *at += 1;
    }
    while let Some(&(here, text, line)) = lines.get(*at) {
        let Some(option) = text.strip_prefix("- ").filter(|_| here >= indent) else {
            break;
        };
        if tree.branches.is_empty() || here == lines_indent(&tree, lines, *at) {
            *at += 1;
        } else {
            break;
        }
        let (label, target) = match option.rsplit_once("->").or_else(|| option.rsplit_once('→')) {
            Some((label, target)) => (label, Some(target.trim().to_owned())),
            None => (option, None),
        };
        let (label, english) = bilingual(label);
        let then = match target {
            Some(id) => Ok(id),
            None => match level(lines, at, depth + 1, file, sink) {
                Some(tree) => Err(tree),
                None => break,
            },
        };
        let _ = line;
        tree.branches.push(Branch {
            label,
            english,
            then,
        });
    }
    if !(2..=4).contains(&tree.branches.len()) {
        sink.error(
            "kb::tree",
            (file, tree.line),
            format!("{} options; two to four are possible", tree.branches.len()),
            "group them, or ask in two steps",
        );
    }
    Some(tree)
}

/// Indentation of the first option of `tree`, found by walking back from `at`.
fn lines_indent(tree: &Tree, lines: &[(usize, &str, usize)], at: usize) -> usize {
    let first = lines[..at]
        .iter()
        .find(|(_, text, line)| *line > tree.line && text.starts_with("- "));
    first.map_or(lines[at].0, |(indent, _, _)| *indent)
}

/// Plain text of blocks, for counting words and for training.
pub(crate) fn plain(blocks: &[Block]) -> String {
    let mut out = String::new();
    let mut add = |inlines: &[Inline]| {
        for inline in inlines {
            match inline {
                Inline::Text(t) | Inline::Strong(t) | Inline::Link(t, _) => out.push_str(t),
                Inline::Var(_) => out.push('…'),
            }
        }
        out.push('\n');
    };
    for block in blocks {
        match block {
            Block::Paragraph(inlines) => add(inlines),
            Block::List(_, items) => items.iter().for_each(|i| add(i)),
        }
    }
    out
}
