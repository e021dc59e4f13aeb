//! A conversation as plain text: for the file that the citizen may keep, and (shortened) for the
//! announcer. Typed trees go in, no markup comes out. The file is made in the browser and goes nowhere.

use bundle::Knowledge;
use bundle::content::{Answer, Block, Fact, Inline, Lang, Place, Target};
use dialog::{Entry, Message};
use hours::{Date, LocalTime};

use crate::texts::texts;

/// What plain text needs to know beside the tree.
pub(crate) struct Plain<'a> {
    /// National facts in the language of the answer.
    pub facts: &'a [Fact],
    /// Language of words that the tree does not bring along.
    pub lang: Lang,
    /// For "åbent nu" and for facts.
    pub now: LocalTime,
    /// With addresses of links, details, source: for the file. Without: for the ear.
    pub full: bool,
}

/// The hours crate's name for a language.
pub(crate) fn hours_lang(lang: Lang) -> hours::Lang {
    match lang {
        Lang::Da => hours::Lang::Da,
        Lang::En => hours::Lang::En,
    }
}

/// `21. november 2026`, `21 November 2026`.
pub(crate) fn long_date(date: Date, lang: Lang) -> String {
    let mut text = hours::date_text(date, hours_lang(lang));
    text.push(' ');
    text.push_str(&hours::number(date.year().cast_unsigned()));
    text
}

/// `eksempelby.example` of `https://www.eksempelby.example/pas`.
pub(crate) fn host_of(url: &str) -> &str {
    let rest = url.split_once(':').map_or(url, |(_, rest)| rest);
    let rest = rest.trim_start_matches('/');
    let host = rest.split(['/', '?', '#']).next().unwrap_or(rest);
    host.strip_prefix("www.").unwrap_or(host)
}

/// `tel:` address of a number as written; eight digits are Danish.
pub(crate) fn tel_url(number: &str) -> String {
    let mut url = String::from("tel:");
    let digits = number.chars().filter(char::is_ascii_digit);
    if number.trim_start().starts_with('+') {
        url.push('+');
    } else if digits.clone().count() == 8 {
        url.push_str("+45");
    }
    url.extend(digits);
    url
}

/// Stands before each entry of a transcript, for the glue: it puts between them what the booking said, which this module does not
/// know, and takes the marks away.
const MARK: &str = "\u{1e}\n";

/// The whole conversation as text with CRLF, so that every editor shows the lines; a [`MARK`] before each entry.
pub(crate) fn transcript(
    knowledge: &Knowledge,
    entries: &[Entry],
    lang: Lang,
    now: LocalTime,
) -> String {
    let words = texts(lang);
    let meta = &knowledge.core().meta;
    let mut out = String::new();
    for part in [
        words.transcript_title,
        "\n",
        &meta.name,
        "\n",
        &long_date(now.date, lang),
        "\n",
    ] {
        out.push_str(part);
    }
    for entry in entries {
        out.push_str(MARK);
        match entry {
            Entry::Citizen { text, .. } => {
                line(&mut out, words.you_wrote, text);
            }
            Entry::Bot(message) => {
                let plain = Plain {
                    facts: knowledge.facts(message.answer_lang),
                    lang: message.lang,
                    now,
                    full: true,
                };
                plain.message(&mut out, message);
            }
        }
    }
    out.replace('\n', "\r\n")
}

fn line(out: &mut String, name: &str, text: &str) {
    out.push_str(name);
    out.push_str(": ");
    out.push_str(text.trim());
    out.push('\n');
}

impl Plain<'_> {
    /// One message: speaker, note, answer, options.
    pub(crate) fn message(&self, out: &mut String, message: &Message) {
        let words = texts(self.lang);
        out.push_str(words.answer_says);
        out.push_str(": ");
        for block in message.note.iter().flatten() {
            self.block(out, block);
        }
        self.answer(out, &message.answer);
        if !message.options.is_empty() {
            out.push_str(words.options);
            out.push_str(":\n");
            for (idx, choice) in message.options.iter().enumerate() {
                numbered(out, idx, &choice.label);
            }
        }
    }

    fn answer(&self, out: &mut String, answer: &Answer) {
        let words = texts(self.lang);
        for block in &answer.short {
            self.block(out, block);
        }
        for (idx, step) in answer.steps.iter().enumerate() {
            let mut text = String::new();
            self.inlines(&mut text, step);
            numbered(out, idx, &text);
        }
        if self.full {
            for block in &answer.more {
                self.block(out, block);
            }
        } else if !answer.more.is_empty() {
            out.push_str(words.read_more);
            out.push_str(".\n");
        }
        for action in &answer.actions {
            out.push_str("- ");
            out.push_str(&action.label);
            if self.full {
                match &action.target {
                    Target::Url(to) | Target::Book(to) | Target::Phone(to) | Target::Mail(to) => {
                        out.push_str(": ");
                        out.push_str(to);
                    }
                    Target::Goto(_) | Target::Human => {}
                }
            }
            out.push('\n');
        }
        if self.full {
            if let Some(authority) = &answer.authority {
                line(out, words.authority, authority);
            }
            if let Some((name, url)) = &answer.source {
                out.push_str(words.source);
                out.push_str(": ");
                out.push_str(name);
                out.push_str(", ");
                out.push_str(url);
                out.push('\n');
            }
            if let Some(date) = answer.edited {
                line(out, words.edited, &long_date(date, self.lang));
            }
        }
    }

    /// One block, each row on a line of its own.
    pub(crate) fn block(&self, out: &mut String, block: &Block) {
        match block {
            Block::Paragraph(inlines) => {
                self.inlines(out, inlines);
                out.push('\n');
            }
            Block::List { ordered, items } => {
                for (idx, item) in items.iter().enumerate() {
                    let mut text = String::new();
                    self.inlines(&mut text, item);
                    if *ordered {
                        numbered(out, idx, &text);
                    } else {
                        out.push_str("- ");
                        out.push_str(&text);
                        out.push('\n');
                    }
                }
            }
            Block::Hours { title, week } => self.hours(out, title, week),
            Block::Places(places) => {
                for place in places {
                    self.place(out, place);
                }
            }
        }
    }

    fn hours(&self, out: &mut String, title: &str, week: &hours::Week) {
        let lang = hours_lang(self.lang);
        line(
            out,
            title,
            &hours::status_text(&hours::status(week, self.now), self.now, lang),
        );
        if self.full {
            for row in hours::rows(week) {
                out.push_str(&hours::row_text(&row, lang));
                out.push('\n');
            }
        }
    }

    fn place(&self, out: &mut String, place: &Place) {
        let mut first = true;
        for part in [
            &place.name,
            &place.text,
            &place.address,
            &place.phone,
            &place.email,
        ] {
            if !part.is_empty() {
                if !first {
                    out.push_str(", ");
                }
                out.push_str(part);
                first = false;
            }
        }
        out.push('\n');
        if let Some(week) = &place.week {
            self.hours(out, &place.name, week);
        }
    }

    fn inlines(&self, out: &mut String, inlines: &[Inline]) {
        for inline in inlines {
            match inline {
                Inline::Text(text) | Inline::Strong(text) => out.push_str(text),
                Inline::Link { label, url } => {
                    out.push_str(label);
                    if self.full && !url.ends_with(label.as_str()) {
                        out.push_str(" (");
                        out.push_str(url);
                        out.push(')');
                    }
                }
                Inline::Fact(idx) => {
                    if let Some(fact) = self.facts.get(usize::from(*idx)) {
                        // A fact never holds a fact, so one step down is enough; deeper ones are dropped.
                        for inner in fact.on(self.now.date) {
                            if !matches!(inner, Inline::Fact(_)) {
                                self.inlines(out, core::slice::from_ref(inner));
                            }
                        }
                    }
                }
            }
        }
    }
}

fn numbered(out: &mut String, idx: usize, text: &str) {
    out.push_str(&hours::number(idx as u16 + 1));
    out.push_str(". ");
    out.push_str(text);
    out.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;
    use bundle::content::{Action, FactValue};
    use dialog::{Choice, Kind, Next};

    fn text(s: &str) -> Vec<Inline> {
        vec![Inline::Text(s.into())]
    }

    fn message() -> Message {
        Message {
            seq: 1,
            kind: Kind::Answer(0),
            lang: Lang::Da,
            answer_lang: Lang::Da,
            note: Some(vec![Block::Paragraph(text("Du nævner Odense."))]),
            answer: Answer {
                short: vec![Block::Paragraph(vec![
                    Inline::Text("Et pas koster ".into()),
                    Inline::Fact(0),
                    Inline::Text(" Se ".into()),
                    Inline::Link {
                        label: "borger.dk".into(),
                        url: "https://www.borger.dk/pas".into(),
                    },
                    Inline::Text(".".into()),
                ])],
                steps: vec![text("Bestil tid"), text("Mød op")],
                more: vec![Block::List {
                    ordered: false,
                    items: vec![text("Foto tages på stedet")],
                }],
                actions: vec![Action {
                    label: "Ring".into(),
                    target: Target::Phone("00 12 34 56".into()),
                }],
                ..Answer::default()
            },
            options: vec![Choice {
                label: "Pas til barn".into(),
                then: Next::Intent(0),
            }],
            ratable: true,
            rated: None,
        }
    }

    fn facts() -> Vec<Fact> {
        let from = Date::new(2026, 1, 1);
        vec![Fact {
            values: vec![FactValue {
                from,
                until: None,
                text: text("893 kr."),
            }],
            unknown: text("?"),
        }]
    }

    fn said(full: bool) -> String {
        let now = LocalTime {
            date: Date::new(2026, 11, 21).expect("a day"),
            minute: 600,
        };
        let mut out = String::new();
        Plain {
            facts: &facts(),
            lang: Lang::Da,
            now,
            full,
        }
        .message(&mut out, &message());
        out
    }

    #[test]
    fn the_ear_gets_no_addresses() {
        assert_eq!(
            said(false),
            "Automatisk svar: Du nævner Odense.\nEt pas koster 893 kr. Se borger.dk.\n1. Bestil tid\n2. Mød op\n\
             Læs mere.\n- Ring\nVælg:\n1. Pas til barn\n"
        );
    }

    #[test]
    fn the_file_gets_addresses_and_details() {
        let file = said(true);
        assert!(
            file.contains("borger.dk (https://www.borger.dk/pas)"),
            "{file}"
        );
        assert!(file.contains("- Foto tages på stedet"), "{file}");
        assert!(file.contains("- Ring: 00 12 34 56"), "{file}");
    }

    #[test]
    fn eight_digits_are_danish_numbers() {
        assert_eq!(tel_url("00 12 34 56"), "tel:+4500123456");
        assert_eq!(tel_url("112"), "tel:112");
        assert_eq!(tel_url("+46 8 12"), "tel:+46812");
    }

    #[test]
    fn host_is_what_a_reader_knows() {
        assert_eq!(host_of("https://www.borger.dk/pas?x#y"), "borger.dk");
        assert_eq!(
            long_date(Date::new(2026, 11, 21).expect("a day"), Lang::Da),
            "21. november 2026"
        );
    }
}
