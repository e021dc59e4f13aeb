//! Markdown of an answer becomes a typed tree with variables in it. Only paragraphs, lists, bold and
//! links exist; anything else is an error. Raw HTML never gets further than this file.

use crate::diagnostic::Sink;
use pulldown_cmark::{Event, Parser, Tag, TagEnd};
use std::path::Path;

/// A piece of authored text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Inline {
    /// Plain.
    Text(String),
    /// Bold.
    Strong(String),
    /// `{name}`.
    Var(String),
    /// `[label](target)`; the target may hold a variable.
    Link(String, String),
}

/// A block of authored text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    /// Running text.
    Paragraph(Vec<Inline>),
    /// A list.
    List(bool, Vec<Vec<Inline>>),
}

/// Parses one section. `line` is the line of its first character.
pub(crate) fn parse(source: &str, place: (&Path, usize), sink: &mut Sink) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut inlines: Vec<Inline> = Vec::new();
    let mut items: Vec<Vec<Inline>> = Vec::new();
    let (mut list, mut depth, mut strong): (Option<bool>, u32, bool) = (None, 0, false);
    let mut link: Option<(String, String)> = None;
    let line_of = |offset: usize| place.1 + source[..offset].matches('\n').count();
    for (event, range) in Parser::new(source).into_offset_iter() {
        let at = (place.0, line_of(range.start));
        match event {
            Event::Start(Tag::Paragraph | Tag::Item) | Event::End(TagEnd::Strong) => strong = false,
            Event::End(TagEnd::Paragraph) => {
                if list.is_none() {
                    blocks.push(Block::Paragraph(std::mem::take(&mut inlines)));
                } else if !inlines.is_empty() {
                    push_text(&mut inlines, " ", false);
                }
            }
            Event::Start(Tag::List(first)) => {
                depth += 1;
                if depth == 1 {
                    list = Some(first.is_some());
                } else {
                    sink.error(
                        "kb::nested-list",
                        at,
                        "a list inside a list".into(),
                        "use one level of list",
                    );
                }
            }
            Event::End(TagEnd::List(_)) => {
                depth -= 1;
                if depth == 0 {
                    blocks.push(Block::List(
                        list.take().unwrap_or(false),
                        std::mem::take(&mut items),
                    ));
                }
            }
            Event::End(TagEnd::Item) => items.push(std::mem::take(&mut inlines)),
            Event::Start(Tag::Strong | Tag::Emphasis) => strong = true,
            Event::End(TagEnd::Emphasis) => strong = false,
            Event::Start(Tag::Link { dest_url, .. }) => {
                link = Some((String::new(), dest_url.to_string()));
            }
            Event::End(TagEnd::Link) => {
                if let Some((label, target)) = link.take() {
                    inlines.push(Inline::Link(label, target));
                }
            }
            Event::Text(text) => match &mut link {
                Some((label, _)) => label.push_str(&text),
                None => push_text(&mut inlines, &text, strong),
            },
            Event::SoftBreak | Event::HardBreak => match &mut link {
                Some((label, _)) => label.push(' '),
                None => push_text(&mut inlines, " ", false),
            },
            Event::Html(_) | Event::InlineHtml(_) | Event::Start(Tag::HtmlBlock) => {
                sink.error(
                    "kb::html",
                    at,
                    "raw HTML".into(),
                    "write plain text; `<` is written `\\<`",
                );
            }
            Event::End(TagEnd::HtmlBlock) => {}
            other => {
                if matches!(other, Event::Start(_) | Event::Code(_) | Event::Rule) {
                    let found = match other {
                        Event::Start(tag) => format!("{tag:?}"),
                        _ => "code or a rule".into(),
                    };
                    let found = found
                        .split(['(', ' ', '{'])
                        .next()
                        .unwrap_or_default()
                        .to_lowercase();
                    sink.error(
                        "kb::markdown",
                        at,
                        format!("`{found}` is not allowed in an answer"),
                        "use paragraphs, lists, **bold** and links",
                    );
                }
            }
        }
    }
    blocks.into_iter().map(variables).collect()
}

fn push_text(inlines: &mut Vec<Inline>, text: &str, strong: bool) {
    match inlines.last_mut() {
        Some(Inline::Text(last)) if !strong => last.push_str(text),
        Some(Inline::Strong(last)) if strong => last.push_str(text),
        _ if strong => inlines.push(Inline::Strong(text.to_owned())),
        _ => inlines.push(Inline::Text(text.to_owned())),
    }
}

fn variables(block: Block) -> Block {
    match block {
        Block::Paragraph(inlines) => Block::Paragraph(split(inlines)),
        Block::List(ordered, items) => Block::List(ordered, items.into_iter().map(split).collect()),
    }
}

/// Splits `{name}` out of text.
fn split(inlines: Vec<Inline>) -> Vec<Inline> {
    let mut out = Vec::new();
    for inline in inlines {
        let (text, strong) = match inline {
            Inline::Text(text) => (text, false),
            Inline::Strong(text) => (text, true),
            other => {
                out.push(other);
                continue;
            }
        };
        let mut rest = text.as_str();
        while let Some((before, name, after)) = next_variable(rest) {
            if !before.is_empty() {
                push_text(&mut out, before, strong);
            }
            out.push(Inline::Var(name.to_owned()));
            rest = after;
        }
        if !rest.is_empty() {
            push_text(&mut out, rest, strong);
        }
    }
    while let Some(Inline::Text(last)) = out.last_mut() {
        let kept = last.trim_end().len();
        last.truncate(kept);
        if kept > 0 {
            break;
        }
        out.pop();
    }
    out
}

fn next_variable(text: &str) -> Option<(&str, &str, &str)> {
    let open = text.find('{')?;
    let close = open + text[open..].find('}')?;
    Some((&text[..open], &text[open + 1..close], &text[close + 1..]))
}
