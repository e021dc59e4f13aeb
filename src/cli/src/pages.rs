//! What a kommune has without the engine: the plain list that the launcher shows when WebAssembly cannot run, and a
//! page of HTML for every answer, for QR codes, print, search engines and browsers without script. Made from the
//! bundle alone, so both say what the chat says. Danish only.

use crate::built::{put_as, write_changed};
use crate::qr::escape;
use crate::signed::Pinned;
use bundle::Knowledge;
use bundle::content::{
    Action, Answer, Block, Inline, Intent, IntentIdx, Lang, Meta, Place, Target, Then, Topic, Tree,
};
use hours::{Date, Week, day_range_text, rows, spans_text, upcoming_exceptions};
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::path::Path;

/// Topic of greetings and questions about the assistant: nothing to read outside a conversation.
const META: &str = "smalltalk-meta";
/// How many days ahead special opening hours are told.
const AHEAD_DAYS: u16 = 60;
/// By this line a page is known as ours, so that only ours are ever taken away.
const OURS: &str = "<meta name=\"generator\" content=\"Lokalsvar\">";
/// The one style sheet of the pages.
const STYLE: &str = include_str!("../../../www/side.css");

/// The pages of one kommune as of one day.
struct Site<'k> {
    knowledge: &'k Knowledge,
    today: Date,
}

/// Writes `<slug>.liste-<hash>.json`.
pub(crate) fn put_list(
    folder: &Path,
    knowledge: &Knowledge,
    today: Date,
    compress: bool,
) -> Result<Pinned, String> {
    let stem = format!("{}.liste", knowledge.core().meta.slug);
    put_as(folder, &stem, "json", &list(knowledge, today), compress)
}

/// The plain list as JSON: who the kommune is, when its phone is open, and its topics with links to the pages.
pub(crate) fn list(knowledge: &Knowledge, today: Date) -> Vec<u8> {
    let site = Site { knowledge, today };
    let meta = &knowledge.core().meta;
    let topics = site.topics().map(|topic| {
        let links = site.intents(topic).map(|(_, intent)| {
            json!({
                "title": intent.title, "title_en": intent.title_en,
                "url": format!("{}/{}/{}.html", meta.slug, topic.id, intent.name),
            })
        });
        json!({
            "id": topic.id, "title": topic.title, "title_en": topic.title_en,
            "links": links.collect::<Vec<_>>(),
        })
    });
    let hours = meta.phone_hours.as_ref();
    let value = json!({
        "kommune": meta.slug, "name": meta.name, "phone": meta.phone, "url": format!("https://{}/", meta.domain),
        "hours": hours.map_or(Value::Null, |week| json!({ "da": said(week, hours::Lang::Da), "en": said(week, hours::Lang::En) })),
        "topics": topics.collect::<Vec<_>>(),
    });
    value.to_string().into_bytes()
}

/// Days and hours of a week, a pair a row.
fn said(week: &Week, lang: hours::Lang) -> Vec<(String, String)> {
    let rows = rows(week).into_iter();
    rows.map(|row| {
        (
            day_range_text(row.from, row.to, lang),
            spans_text(&row.spans, lang),
        )
    })
    .collect()
}

/// Writes `<slug>/<topic>/<intent>.html`, an index per topic, `<slug>/emner.html` and the style sheet; takes away
/// pages of answers that are gone.
pub(crate) fn write(folder: &Path, knowledge: &Knowledge, today: Date) -> Result<(), String> {
    let site = Site { knowledge, today };
    let root = folder.join(&knowledge.core().meta.slug);
    let mut kept = vec![root.join("emner.html")];
    write_changed(&root.join("side.css"), STYLE.as_bytes())?;
    write_changed(&kept[0], site.front().as_bytes())?;
    for topic in site.topics() {
        let at = root.join(&topic.id);
        kept.push(at.join("index.html"));
        write_changed(&at.join("index.html"), site.index(topic).as_bytes())?;
        for (idx, intent) in site.intents(topic) {
            let Some(page) = site.page(topic, idx, intent) else {
                continue;
            };
            let path = at.join(format!("{}.html", intent.name));
            write_changed(&path, page.as_bytes())?;
            kept.push(path);
        }
    }
    remove_others(&root, &kept);
    Ok(())
}

/// A file left behind only takes room, so a failure is none.
fn remove_others(root: &Path, kept: &[std::path::PathBuf]) {
    let entries = |path: &Path| std::fs::read_dir(path).into_iter().flatten().flatten();
    for folder in entries(root).filter(|entry| entry.path().is_dir()) {
        for file in entries(&folder.path()) {
            let path = file.path();
            let ours = || std::fs::read_to_string(&path).is_ok_and(|text| text.contains(OURS));
            if path.extension().is_some_and(|end| end == "html") && !kept.contains(&path) && ours()
            {
                let _ = std::fs::remove_file(&path);
            }
        }
        // Fails, as it should, while something is in it.
        let _ = std::fs::remove_dir(folder.path());
    }
}

impl<'k> Site<'k> {
    fn meta(&self) -> &'k Meta {
        &self.knowledge.core().meta
    }

    /// Topics that have something to read.
    fn topics(&self) -> impl Iterator<Item = &'k Topic> {
        let topics = self.knowledge.core().topics.iter();
        topics.filter(|topic| topic.id != META && self.intents(topic).next().is_some())
    }

    /// Answers of a topic that hold today, the most asked first.
    fn intents(&self, topic: &Topic) -> impl Iterator<Item = (IntentIdx, &'k Intent)> {
        let core = self.knowledge.core();
        let here = core.topics.iter().position(|t| t.id == topic.id);
        let mut all: Vec<_> = (0..).zip(&core.intents).collect();
        all.retain(|(idx, intent)| here == Some(intent.topic.into()) && self.shown(*idx));
        all.sort_by_key(|(_, intent)| core::cmp::Reverse(intent.prior));
        all.into_iter()
    }

    fn shown(&self, idx: IntentIdx) -> bool {
        let core = self.knowledge.core();
        core.intents.get(usize::from(idx)).is_some_and(|intent| {
            core.topics[usize::from(intent.topic)].id != META
                && intent.from.is_none_or(|day| day <= self.today)
                && intent.until.is_none_or(|day| self.today <= day)
        })
    }

    /// Link to another answer, from a page in a topic's folder.
    fn to(&self, idx: IntentIdx, label: &str) -> Option<String> {
        let id = self.knowledge.intent_id(idx);
        self.shown(idx)
            .then(|| format!("<a href=\"../{}.html\">{}</a>", escape(&id), escape(label)))
    }

    /// The frame of every page; `up` leads from it to the kommune's folder.
    fn frame(&self, title: &str, up: &str, crumbs: &str, main: &str) -> String {
        let meta = self.meta();
        let name = escape(&meta.name);
        let domain = escape(&meta.domain);
        let robots = if meta.demo {
            "<meta name=\"robots\" content=\"noindex\">\n"
        } else {
            ""
        };
        let demo = if meta.demo {
            "<p class=\"demo\">Kommunen findes ikke. Siden er en demo af Lokalsvar.</p>\n"
        } else {
            ""
        };
        let phone = if meta.phone.is_empty() {
            String::new()
        } else {
            format!(
                "<p>Ring til {name}: <a href=\"{}\">{}</a></p>\n",
                tel(&meta.phone),
                escape(&meta.phone)
            )
        };
        let hours = meta.phone_hours.as_ref();
        let hours = hours.map_or_else(String::new, |week| self.hours("Telefonen er åben", week));
        format!(
            "<!doctype html>\n<html lang=\"da\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n{robots}{OURS}\n\
             <title>{} - {name}</title>\n<link rel=\"stylesheet\" href=\"{up}side.css\">\n</head>\n<body>\n{demo}\
             <header><p><a href=\"https://{domain}/\">{name}</a></p>\n<nav aria-label=\"Du er her\">{crumbs}</nav></header>\n\
             <main>\n<h1>{}</h1>\n{main}</main>\n<footer>\n<h2>Har du brug for et menneske?</h2>\n{phone}{hours}\
             <p><a href=\"https://{domain}/\">Gå til {domain}</a></p>\n\
             <p>Siden viser, hvad der gjaldt den {}.</p>\n</footer>\n</body>\n</html>\n",
            escape(title),
            escape(title),
            time(self.today),
        )
    }

    fn front(&self) -> String {
        let mut list = String::from("<ul>\n");
        for topic in self.topics() {
            let (id, title) = (escape(&topic.id), escape(&topic.title));
            let _ = writeln!(list, "<li><a href=\"{id}/index.html\">{title}</a></li>");
        }
        list.push_str("</ul>\n");
        self.frame("Alle emner", "", "Alle emner", &list)
    }

    fn index(&self, topic: &Topic) -> String {
        let mut list = String::from("<ul>\n");
        for (_, intent) in self.intents(topic) {
            let (name, title) = (escape(&intent.name), escape(&intent.title));
            let _ = writeln!(list, "<li><a href=\"{name}.html\">{title}</a></li>");
        }
        list.push_str("</ul>\n");
        let crumbs = "<a href=\"../emner.html\">Alle emner</a>";
        self.frame(&topic.title, "../", crumbs, &list)
    }

    /// `None` for an intent without a Danish answer.
    fn page(&self, topic: &Topic, idx: IntentIdx, intent: &Intent) -> Option<String> {
        let answer = self.knowledge.answer(idx, Lang::Da)?;
        let mut main = self.blocks(&answer.short);
        if !answer.steps.is_empty() {
            main.push_str("<h2>Sådan gør du</h2>\n<ol>\n");
            for step in &answer.steps {
                let _ = writeln!(main, "<li>{}</li>", self.inlines(step));
            }
            main.push_str("</ol>\n");
        }
        let actions = answer
            .actions
            .iter()
            .filter_map(|action| self.action(action));
        list_of(&mut main, "actions", actions);
        if !answer.more.is_empty() {
            main.push_str("<h2>Mere om det</h2>\n");
            main.push_str(&self.blocks(&answer.more));
        }
        if let Some(tree) = &answer.follow_up {
            let _ = writeln!(main, "<h2>{}</h2>", escape(&tree.question));
            let mut links = Vec::new();
            self.branches(tree, &mut links);
            list_of(&mut main, "", links.into_iter());
        }
        let related: Vec<_> = answer
            .related
            .iter()
            .filter_map(|idx| {
                let title = &self.knowledge.core().intents.get(usize::from(*idx))?.title;
                self.to(*idx, title)
            })
            .collect();
        if !related.is_empty() {
            main.push_str("<h2>Se også</h2>\n");
            list_of(&mut main, "", related.into_iter());
        }
        main.push_str(&source(&answer));
        let crumbs = format!(
            "<a href=\"../emner.html\">Alle emner</a> / <a href=\"index.html\">{}</a>",
            escape(&topic.title)
        );
        let title = match intent.title.as_str() {
            "" => &topic.title,
            title => title,
        };
        Some(self.frame(title, "../", &crumbs, &main))
    }

    fn branches(&self, tree: &Tree, links: &mut Vec<String>) {
        for branch in &tree.branches {
            match &branch.then {
                Then::Intent(idx) => links.extend(self.to(*idx, &branch.label)),
                Then::Ask(tree) => self.branches(tree, links),
            }
        }
    }

    fn blocks(&self, blocks: &[Block]) -> String {
        let mut out = String::new();
        for block in blocks {
            match block {
                Block::Paragraph(inlines) => {
                    let _ = writeln!(out, "<p>{}</p>", self.inlines(inlines));
                }
                Block::List { ordered, items } => {
                    let tag = if *ordered { "ol" } else { "ul" };
                    let _ = writeln!(out, "<{tag}>");
                    for item in items {
                        let _ = writeln!(out, "<li>{}</li>", self.inlines(item));
                    }
                    let _ = writeln!(out, "</{tag}>");
                }
                Block::Hours { title, week } => out.push_str(&self.hours(title, week)),
                Block::Places(places) => {
                    places
                        .iter()
                        .for_each(|place| out.push_str(&self.place(place)));
                }
            }
        }
        out
    }

    fn inlines(&self, inlines: &[Inline]) -> String {
        let one = |inline: &Inline| match inline {
            Inline::Text(text) => escape(text),
            Inline::Strong(text) => format!("<strong>{}</strong>", escape(text)),
            Inline::Link { label, url } => link(url, label),
            Inline::Fact(_) => String::new(),
        };
        let facts = self.knowledge.facts(Lang::Da);
        let text = inlines.iter().map(|inline| match inline {
            // A fact holds no fact: the compiler sees to it.
            Inline::Fact(idx) => facts
                .get(usize::from(*idx))
                .map_or_else(String::new, |fact| {
                    fact.on(self.today).iter().map(one).collect()
                }),
            other => one(other),
        });
        text.collect()
    }

    fn hours(&self, title: &str, week: &Week) -> String {
        let caption = match title {
            "" => "Åbningstider",
            title => title,
        };
        let mut out = format!("<table>\n<caption>{}</caption>\n<tbody>\n", escape(caption));
        let special = upcoming_exceptions(week, self.today, AHEAD_DAYS).into_iter();
        let special = special.map(|day| {
            let name = hours::date_text(day.date, hours::Lang::Da);
            (name, spans_text(&day.spans, hours::Lang::Da))
        });
        for (days, spans) in said(week, hours::Lang::Da).into_iter().chain(special) {
            let _ = writeln!(
                out,
                "<tr><th scope=\"row\">{}</th><td>{}</td></tr>",
                capital(&days),
                escape(&spans)
            );
        }
        out.push_str("</tbody>\n</table>\n");
        if let Some(note) = &week.note {
            let _ = writeln!(out, "<p>{}</p>", escape(note));
        }
        out
    }

    fn place(&self, place: &Place) -> String {
        let mut out = String::from("<address>\n");
        for text in [&place.name, &place.text, &place.address] {
            if !text.is_empty() {
                let _ = writeln!(out, "<p>{}</p>", escape(text));
            }
        }
        for (url, label) in [
            (tel(&place.phone), &place.phone),
            (format!("mailto:{}", place.email), &place.email),
            (place.url.clone(), &place.url),
        ] {
            if !label.is_empty() {
                let _ = writeln!(out, "<p>{}</p>", link(&url, label));
            }
        }
        out.push_str("</address>\n");
        if let Some(week) = &place.week {
            out.push_str(&self.hours(&place.name, week));
        }
        out
    }

    fn action(&self, action: &Action) -> Option<String> {
        match &action.target {
            Target::Url(url) | Target::Book(url) => Some(link(url, &action.label)),
            Target::Phone(number) if action.label.contains(number.as_str()) => {
                Some(link(&tel(number), &action.label))
            }
            Target::Phone(number) => {
                Some(link(&tel(number), &format!("{} {number}", action.label)))
            }
            Target::Mail(address) => {
                let address = address.trim_start_matches("mailto:");
                Some(link(&format!("mailto:{address}"), &action.label))
            }
            Target::Goto(idx) => self.to(*idx, &action.label),
            // The phone stands at the foot of the page.
            Target::Human => None,
        }
    }
}

fn source(answer: &Answer) -> String {
    let mut out = String::new();
    if let Some((name, url)) = &answer.source {
        let _ = writeln!(out, "<p>Kilde: {}</p>", link(url, name));
    }
    if let Some(authority) = &answer.authority {
        let _ = writeln!(out, "<p>Afgøres af {}</p>", escape(authority));
    }
    if let Some(day) = answer.edited {
        let _ = writeln!(out, "<p>Sidst ændret {}</p>", time(day));
    }
    if out.is_empty() {
        return out;
    }
    format!("<div class=\"source\">\n{out}</div>\n")
}

fn list_of(out: &mut String, class: &str, items: impl Iterator<Item = String>) {
    let mut items = items.peekable();
    if items.peek().is_none() {
        return;
    }
    match class {
        "" => out.push_str("<ul>\n"),
        class => {
            let _ = writeln!(out, "<ul class=\"{class}\">");
        }
    }
    for item in items {
        let _ = writeln!(out, "<li>{item}</li>");
    }
    out.push_str("</ul>\n");
}

fn link(url: &str, label: &str) -> String {
    format!("<a href=\"{}\">{}</a>", escape(url), escape(label))
}

fn tel(number: &str) -> String {
    let digits: String = number.chars().filter(char::is_ascii_digit).collect();
    match (number.trim_start().starts_with('+'), digits.len()) {
        (true, _) => format!("tel:+{digits}"),
        (false, 8) => format!("tel:+45{digits}"),
        _ => format!("tel:{digits}"),
    }
}

fn time(day: Date) -> String {
    let text = hours::date_text(day, hours::Lang::Da);
    format!("<time datetime=\"{day}\">{text} {}</time>", day.year())
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().map(char::to_uppercase);
    escape(&first.into_iter().flatten().chain(chars).collect::<String>())
}
