//! Authored texts and a kommune's values become answers. A missing value never gives a hole: the
//! whole sentence gives way to the variable's own sentence, a button goes to the next best place.

use crate::address;
use crate::diagnostic::{Severity, Sink};
use crate::facts::Fact;
use crate::markdown::{self, Block as Md, Inline as MdInline};
use crate::topic::{Intent, Texts, Tree};
use crate::variables::{Definition, Value, known_names};
use bundle::content::{Action, Answer, Block, Branch, Inline, IntentIdx, Lang, Target, Then};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// What texts are resolved against.
pub(crate) struct World<'w> {
    /// Definitions of variables.
    pub definitions: &'w BTreeMap<String, Definition>,
    /// Values of this kommune.
    pub values: &'w BTreeMap<String, Value>,
    /// "Eksempelby Kommune".
    pub name: &'w str,
    /// `eksempelby.example`.
    pub domain: &'w str,
    /// Facts, in the order of their names.
    pub facts: &'w BTreeMap<String, Fact>,
    /// Index of every intent of this kommune.
    pub intents: &'w BTreeMap<String, IntentIdx>,
    /// Ids that exist but are hidden here.
    pub hidden: &'w BTreeSet<String>,
    /// Ids of the taxonomy, written or not.
    pub planned: &'w BTreeSet<String>,
}

/// Variables that were asked for and had no value of their own: name and intents.
pub(crate) type Missing = BTreeMap<String, BTreeSet<String>>;

const MAIN_PHONE: &str = "telefon_hovednummer";

/// Resolves one language of an intent's answer.
pub(crate) fn answer(
    world: &World,
    intent: &Intent,
    texts: &Texts,
    lang: Lang,
    missing: &mut Missing,
    sink: &mut Sink,
) -> Answer {
    let mut at = Resolver {
        world,
        lang,
        intent: &intent.id,
        missing,
        sink,
        place: (&intent.place.0, texts.line),
    };
    let steps = at.blocks(&texts.steps);
    let mut answer = Answer {
        short: at.blocks(&texts.short),
        more: at.blocks(&texts.more),
        actions: at.actions(&texts.buttons),
        source: intent.source.clone(),
        authority: intent.authority.clone(),
        edited: intent.edited,
        reviewed: intent.reviewed,
        local: intent.replaces || intent.extends,
        ..Answer::default()
    };
    for block in steps {
        match block {
            Block::List { items, .. } => answer.steps.extend(items),
            other => answer.more.insert(0, other),
        }
    }
    at.place.1 = intent.place.1;
    answer.related = intent
        .related
        .iter()
        .filter_map(|id| at.intent(id))
        .collect();
    answer.follow_up = intent.tree.as_ref().and_then(|t| at.tree(t));
    answer
}

/// Resolves a topic's clarifying tree.
pub(crate) fn tree(
    world: &World,
    tree: &Tree,
    place: (&Path, usize),
    sink: &mut Sink,
) -> Option<bundle::content::Tree> {
    let mut missing = Missing::new();
    Resolver {
        world,
        lang: Lang::Da,
        intent: "",
        missing: &mut missing,
        sink,
        place,
    }
    .tree(tree)
}

/// Resolves running text of a fact: only links and text. A link that may not be one is its label
/// ([`crate::facts`] has told the author).
pub(crate) fn fact_text(inlines: &[MdInline]) -> Vec<Inline> {
    let plain = |i: &MdInline| match i {
        MdInline::Link(label, url) if !address::is_link(url) => Inline::Text(label.clone()),
        MdInline::Text(t) => Inline::Text(t.clone()),
        MdInline::Strong(t) => Inline::Strong(t.clone()),
        MdInline::Link(label, url) => Inline::Link {
            label: label.clone(),
            url: url.clone(),
        },
        MdInline::Var(name) => Inline::Text(name.clone()),
    };
    inlines.iter().map(plain).collect()
}

struct Resolver<'r, 'w> {
    world: &'r World<'w>,
    lang: Lang,
    intent: &'r str,
    missing: &'r mut Missing,
    sink: &'r mut Sink,
    place: (&'r Path, usize),
}

impl Resolver<'_, '_> {
    fn intent(&mut self, id: &str) -> Option<IntentIdx> {
        let found = self.world.intents.get(id).copied();
        if found.is_none() && self.world.planned.contains(id) {
            if !self.world.hidden.contains(id) {
                self.sink.at(
                    Severity::Info,
                    "kb::planned-intent",
                    self.place,
                    format!("`{id}` is not written yet"),
                    "the reference is left out until it is",
                );
            }
        } else if found.is_none() {
            self.sink.error_at(
                "kb::unknown-intent",
                self.place,
                id,
                format!("no intent is called `{id}`"),
                "ids are `emne/navn`; see the `id:` lines",
            );
        }
        found
    }

    fn tree(&mut self, tree: &Tree) -> Option<bundle::content::Tree> {
        if tree.english.is_empty() || tree.branches.iter().any(|b| b.english.is_empty()) {
            self.sink.warn(
                "kb::tree-english",
                (self.place.0, tree.line),
                format!("`{}` has no English", tree.question),
                "add `(english: …)`",
            );
        }
        let mut branches = Vec::new();
        for branch in &tree.branches {
            let then = match &branch.then {
                Ok(id) => self.intent(id).map(Then::Intent),
                Err(deeper) => self.tree(deeper).map(Then::Ask),
            };
            if let Some(then) = then {
                branches.push(Branch {
                    label: branch.label.clone(),
                    label_en: branch.english.clone(),
                    then,
                });
            }
        }
        (branches.len() > 1).then(|| bundle::content::Tree {
            question: tree.question.clone(),
            question_en: tree.english.clone(),
            branches,
        })
    }

    fn blocks(&mut self, blocks: &[Md]) -> Vec<Block> {
        let mut out = Vec::new();
        for block in blocks {
            match block {
                Md::Paragraph(inlines) => match inlines.as_slice() {
                    [MdInline::Var(name)] if self.is_block(name) => out.push(self.block(name)),
                    _ => out.push(Block::Paragraph(self.inlines(inlines))),
                },
                Md::List(ordered, items) => {
                    let items = items
                        .iter()
                        .map(|i| self.inlines(i))
                        .filter(|i| !i.is_empty())
                        .collect();
                    out.push(Block::List {
                        ordered: *ordered,
                        items,
                    });
                }
            }
        }
        out.retain(|b| !matches!(b, Block::Paragraph(i) if i.is_empty()));
        out.dedup();
        out
    }

    fn kind(&self, name: &str) -> &str {
        self.world
            .definitions
            .get(name)
            .map_or("", |d| d.kind.as_str())
    }

    fn is_block(&self, name: &str) -> bool {
        matches!(
            self.kind(name),
            "ugeskema" | "liste" | "stedliste" | "kontaktkort"
        )
    }

    fn note_missing(&mut self, name: &str) {
        if name != MAIN_PHONE {
            self.missing
                .entry(name.to_owned())
                .or_default()
                .insert(self.intent.to_owned());
        }
    }

    fn block(&mut self, name: &str) -> Block {
        match self.world.values.get(name) {
            Some(Value::Week(week)) => Block::Hours {
                title: self.title(name),
                week: week.clone(),
            },
            Some(Value::Places(places)) => Block::Places(places.clone()),
            _ => {
                self.note_missing(name);
                Block::Paragraph(self.sentence(name))
            }
        }
    }

    /// "aabningstider_borgerservice" is about "Borgerservice".
    fn title(&self, name: &str) -> String {
        let rest = name
            .split_once('_')
            .map_or(name, |(_, r)| r)
            .replace('_', " ");
        let rest = rest.replace(
            "hovednummer",
            if self.lang == Lang::En {
                "telephone"
            } else {
                "telefon"
            },
        );
        let rest = rest
            .replace("aa", "å")
            .replace("oe", "ø")
            .replace("ae", "æ");
        let mut chars = rest.chars();
        chars
            .next()
            .map_or_else(String::new, |c| c.to_uppercase().chain(chars).collect())
    }

    /// The sentence shown instead of what a missing variable would have said.
    fn sentence(&mut self, name: &str) -> Vec<Inline> {
        let Some(definition) = self.world.definitions.get(name) else {
            return Vec::new();
        };
        let source = if self.lang == Lang::En {
            &definition.english
        } else {
            &definition.sentence
        };
        let mut quiet = Sink::default();
        let blocks = markdown::parse(source, self.place, &mut quiet);
        let mut out = Vec::new();
        for inline in blocks.iter().flat_map(|b| {
            if let Md::Paragraph(i) = b {
                i.as_slice()
            } else {
                &[]
            }
        }) {
            match inline {
                MdInline::Var(var) if var == "domæne" => out.push(self.home()),
                MdInline::Var(var) => match self.value(var) {
                    Some(inline) => out.push(inline),
                    None => {
                        return vec![
                            self.see_home()[0].clone(),
                            self.home(),
                            Inline::Text(".".into()),
                        ];
                    }
                },
                other => out.extend(fact_text(std::slice::from_ref(other))),
            }
        }
        out
    }

    fn see_home(&self) -> [Inline; 1] {
        [Inline::Text(
            if self.lang == Lang::En { "See " } else { "Se " }.into(),
        )]
    }

    fn home(&self) -> Inline {
        Inline::Link {
            label: self.world.domain.into(),
            url: format!("https://{}", self.world.domain),
        }
    }

    /// The value of a variable inside a sentence.
    fn value(&self, name: &str) -> Option<Inline> {
        let Value::Text(text) = self.world.values.get(name)? else {
            return None;
        };
        Some(match self.kind(name) {
            "telefon" => Inline::Link {
                label: text.clone(),
                url: tel(text),
            },
            "email" => Inline::Link {
                label: text.clone(),
                url: format!("mailto:{text}"),
            },
            "url" => Inline::Link {
                label: text
                    .trim_start_matches("https://")
                    .trim_end_matches('/')
                    .into(),
                url: text.clone(),
            },
            _ => Inline::Text(text.clone()),
        })
    }

    fn inlines(&mut self, inlines: &[MdInline]) -> Vec<Inline> {
        let mut out: Vec<Inline> = Vec::new();
        let mut said: BTreeSet<String> = BTreeSet::new();
        for sentence in sentences(inlines) {
            let mut built = Vec::new();
            let mut gap = None;
            for inline in &sentence {
                match inline {
                    MdInline::Text(t) => built.push(Inline::Text(t.clone())),
                    MdInline::Strong(t) => built.push(Inline::Strong(t.clone())),
                    MdInline::Link(label, target) => {
                        if let Some(url) = self.link(target) {
                            built.push(Inline::Link {
                                label: label.clone(),
                                url,
                            });
                        }
                    }
                    MdInline::Var(name) => match self.inline_variable(name) {
                        Ok(inline) => built.push(inline),
                        Err(()) => gap = gap.or(Some(name.clone())),
                    },
                }
            }
            if let Some(name) = gap {
                built = self.sentence(&name);
                if !said.insert(name) {
                    continue;
                }
                if !out.is_empty() {
                    built.insert(0, Inline::Text(" ".into()));
                }
            }
            out.extend(built);
        }
        merge(out)
    }

    fn inline_variable(&mut self, name: &str) -> Result<Inline, ()> {
        match name {
            "kommune" => return Ok(Inline::Text(self.world.name.into())),
            "domæne" | "domaene" => return Ok(self.home()),
            _ => {}
        }
        if name.starts_with("nat_") {
            if let Some(at) = self.world.facts.keys().position(|k| k == name) {
                return Ok(Inline::Fact(at as u16));
            }
            self.sink.error_at(
                "kb::unknown-fact",
                self.place,
                name,
                format!("no fact is called `{name}`"),
                "add it to kb-bundle/nationale-fakta.toml",
            );
            return Ok(Inline::Text(String::new()));
        }
        let Some(definition) = self.world.definitions.get(name) else {
            self.sink.error_at(
                "kb::unknown-variable",
                self.place,
                name,
                format!("no variable is called `{name}`"),
                &known_names(name, self.world.definitions),
            );
            return Ok(Inline::Text(String::new()));
        };
        if self.is_block(name) {
            self.sink.error_at(
                "kb::block-variable",
                self.place,
                name,
                format!("`{{{name}}}` stands inside a sentence"),
                "put it alone in a paragraph",
            );
            return Ok(Inline::Text(String::new()));
        }
        if let Some(value) = self.value(name) {
            return Ok(value);
        }
        self.note_missing(name);
        let same = |other: &&String| self.kind(other) == definition.kind;
        definition
            .fallback
            .iter()
            .filter(same)
            .find_map(|other| self.value(other))
            .ok_or(())
    }

    /// Where a link in running text goes; a missing address gives way to the kommune's site.
    fn link(&mut self, target: &str) -> Option<String> {
        match self.target(target) {
            Some((Target::Url(url) | Target::Book(url), _)) => Some(url),
            Some((Target::Phone(number), _)) => Some(tel(&number)),
            Some((Target::Mail(mail), _)) => Some(format!("mailto:{mail}")),
            _ => None,
        }
    }

    fn actions(&mut self, buttons: &[(String, String, usize)]) -> Vec<Action> {
        let mut out: Vec<Action> = Vec::new();
        for (label, target, line) in buttons {
            let before = self.place;
            self.place = (before.0, *line);
            if let Some((target, own)) = self.target(target) {
                let english = self.lang == Lang::En;
                let label = match (&target, own) {
                    (_, true) => label.clone(),
                    (Target::Phone(_), false) => if english {
                        "Call the municipality"
                    } else {
                        "Ring til kommunen"
                    }
                    .to_owned(),
                    (Target::Book(_), false) => label.clone(),
                    _ if english => format!("Find it at {}", self.world.domain),
                    _ => format!("Find det på {}", self.world.domain),
                };
                if out.iter().all(|a| a.target != target) {
                    out.push(Action { label, target });
                }
            }
            self.place = before;
        }
        out
    }

    /// What a link or button does, and whether that is what the author meant (false: a fallback).
    fn target(&mut self, target: &str) -> Option<(Target, bool)> {
        let variable = |t: &str| {
            t.strip_prefix('{')
                .and_then(|t| t.strip_suffix('}'))
                .map(str::to_owned)
        };
        if target == "menneske:" {
            return Some((Target::Human, true));
        }
        if let Some(id) = target.strip_prefix('#') {
            return self.intent(id).map(|i| (Target::Goto(i), true));
        }
        for (scheme, kind) in [("bestil:", 'b'), ("tel:", 't'), ("mailto:", 'm'), ("", 'u')] {
            let Some(rest) = target.strip_prefix(scheme) else {
                continue;
            };
            let make = |value: String| match kind {
                'b' => Target::Book(value),
                't' => Target::Phone(value),
                'm' => Target::Mail(value),
                _ => Target::Url(value),
            };
            let fits = |value: &str| match kind {
                't' => address::is_phone(value),
                'm' => address::is_mail(value),
                _ => address::is_web(value),
            };
            if let Some(name) = variable(rest) {
                let (value, own) = self.address(&name)?;
                let (wanted, what) = match kind {
                    't' => ("telefon", "a phone number"),
                    'm' => ("email", "an e-mail address"),
                    _ => ("url", "a web address"),
                };
                if self.kind(&name) != wanted || value.as_deref().is_some_and(|v| !fits(v)) {
                    self.sink.error_at(
                        "kb::button",
                        self.place,
                        target,
                        format!("`{name}` is not {what}"),
                        &format!("use a variable of type {wanted}"),
                    );
                    return None;
                }
                return Some(match value {
                    Some(value) => (make(value), own),
                    None => (Target::Url(format!("https://{}", self.world.domain)), false),
                });
            }
            if !fits(rest) {
                self.sink.error_at(
                    "kb::url",
                    self.place,
                    target,
                    format!("`{target}` may not be a link"),
                    "https://…, tel:…, mailto:…, bestil:{url_…}, #emne/intent or menneske:",
                );
                return None;
            }
            return Some((make(rest.to_owned()), true));
        }
        None
    }

    /// Value of an address variable along its fallbacks; the flag tells whether it is its own.
    fn address(&mut self, name: &str) -> Option<(Option<String>, bool)> {
        let get = |n: &str| match self.world.values.get(n) {
            Some(Value::Text(text)) => Some(text.clone()),
            _ => None,
        };
        let Some(definition) = self.world.definitions.get(name) else {
            self.sink.error_at(
                "kb::unknown-variable",
                self.place,
                name,
                format!("no variable is called `{name}`"),
                &known_names(name, self.world.definitions),
            );
            return None;
        };
        if let Some(value) = get(name) {
            return Some((Some(value), true));
        }
        let same = |other: &&String| {
            self.world
                .definitions
                .get(*other)
                .is_some_and(|d| d.kind == definition.kind)
        };
        let found = definition
            .fallback
            .iter()
            .filter(same)
            .find_map(|other| get(other));
        self.note_missing(name);
        Some((found, false))
    }
}

fn tel(number: &str) -> String {
    format!("tel:{}", number.replace(' ', ""))
}

/// Splits running text into sentences; the blank behind a full stop belongs to the next one.
fn sentences(inlines: &[MdInline]) -> Vec<Vec<MdInline>> {
    let mut out: Vec<Vec<MdInline>> = vec![Vec::new()];
    for (i, inline) in inlines.iter().enumerate() {
        let MdInline::Text(text) = inline else {
            // A fact is whole sentences: it stands alone.
            if matches!(inline, MdInline::Var(n) if n.starts_with("nat_")) {
                out.push(vec![inline.clone()]);
                out.push(Vec::new());
            } else if let Some(last) = out.last_mut() {
                last.push(inline.clone());
            }
            continue;
        };
        let mut from = 0;
        for (at, _) in text.match_indices(['.', '!', '?', ':']) {
            let rest = &text[at + 1..];
            let next = rest.trim_start().chars().next();
            let begins = match next {
                Some(c) => rest.starts_with(' ') && c.is_uppercase(),
                None => {
                    matches!(
                        inlines.get(i + 1),
                        Some(MdInline::Link(..) | MdInline::Var(_) | MdInline::Strong(_))
                    ) && rest.ends_with(' ')
                }
            };
            let word = text[from..at].rsplit(' ').next().unwrap_or_default();
            let abbreviation = word.len() <= 4
                && (word.contains('.')
                    || ["kl", "fx", "ca", "nr", "d", "evt", "inkl"].contains(&word));
            if begins && !abbreviation && &text[at..=at] != ":" {
                if let Some(last) = out.last_mut() {
                    last.push(MdInline::Text(text[from..=at].to_owned()));
                }
                out.push(Vec::new());
                from = at + 1;
            }
        }
        if from < text.len()
            && let Some(last) = out.last_mut()
        {
            last.push(MdInline::Text(text[from..].to_owned()));
        }
    }
    out.retain(|s| !s.is_empty());
    out
}

fn merge(inlines: Vec<Inline>) -> Vec<Inline> {
    let mut out: Vec<Inline> = Vec::new();
    for inline in inlines {
        match (out.last_mut(), &inline) {
            (Some(Inline::Text(last)), Inline::Text(text)) => last.push_str(text),
            (_, Inline::Text(text)) if text.is_empty() => {}
            _ => out.push(inline),
        }
    }
    if let Some(Inline::Text(first)) = out.first_mut() {
        *first = first.trim_start().to_owned();
    }
    out
}

/// Reports a variable nobody fills in, by tier.
pub(crate) fn report_missing(
    missing: &Missing,
    definitions: &BTreeMap<String, Definition>,
    place: (&Path, usize),
    sink: &mut Sink,
) {
    for (name, intents) in missing {
        let tier = definitions.get(name).map_or(2, |d| d.tier);
        let severity = if tier == 1 {
            Severity::Warning
        } else {
            Severity::Info
        };
        let first = intents.iter().next().cloned().unwrap_or_default();
        sink.at(
            severity,
            "kb::missing-variable",
            place,
            format!(
                "`{name}` (tier {tier}) has no value; {} answer(s) use it, {first} among them",
                intents.len()
            ),
            "citizens get its fallback until it is filled in",
        );
    }
}
