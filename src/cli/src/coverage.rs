//! `coverage`: how much is written per topic, how readable it is, and what each kommune has not filled in, as text or
//! as one page to print. Counts only; `check` judges.

use crate::knowledge::{Folder, no_kommune, now, write};
use crate::say::say;
use clap::Args;
use compiler::{Coverage, Knowledge};
use std::collections::BTreeMap;
use std::path::PathBuf;

#[derive(Args)]
pub(crate) struct CoverageArgs {
    #[command(flatten)]
    folder: Folder,
    /// Only this kommune, with everything it lacks
    #[arg(long)]
    kommune: Option<String>,
    /// Also write it as one page without script, to read or print
    #[arg(long)]
    html: Option<PathBuf>,
}

/// What is written about one topic, or about all.
#[derive(Default)]
struct Written {
    title: String,
    intents: usize,
    utterances: usize,
    words: usize,
    english: usize,
    lix: Vec<usize>,
}

impl Written {
    fn add(&mut self, other: &Written) {
        self.intents += other.intents;
        self.utterances += other.utterances;
        self.words += other.words;
        self.english += other.english;
        self.lix.extend(&other.lix);
    }

    fn median_lix(&self) -> usize {
        let mut all = self.lix.clone();
        all.sort_unstable();
        all.get(all.len() / 2).copied().unwrap_or(0)
    }
}

/// Variables missing: by tier and group, each with the number of answers that would say it.
type Gaps<'k> = BTreeMap<(u8, &'k str), Vec<(&'k str, usize)>>;

pub(crate) fn coverage(args: &CoverageArgs) -> Result<(), String> {
    let knowledge = args.folder.load();
    let (topics, all) = written(&knowledge);
    let ids: std::collections::BTreeSet<&str> = knowledge
        .topics
        .values()
        .flat_map(|t| &t.intents)
        .map(|i| i.id.as_str())
        .collect();
    let known = knowledge
        .planned
        .iter()
        .filter(|id| ids.contains(id.as_str()))
        .count();
    let total = format!(
        "{} topics, {known} of {} intents, {} Danish utterances, {} English, {} words, median LIX {}",
        topics.len(),
        knowledge.planned.len(),
        all.utterances,
        all.english,
        all.words,
        all.median_lix()
    );
    let slugs: Vec<&str> = match &args.kommune {
        Some(slug) => vec![slug],
        None => knowledge.locals.keys().map(String::as_str).collect(),
    };
    let mut kommuner = Vec::new();
    for slug in slugs {
        let found = knowledge
            .coverage(slug)
            .ok_or_else(|| no_kommune(&knowledge, slug))?;
        kommuner.push((slug, found));
    }
    let one = args.kommune.as_ref().map(|_| &kommuner[0].1);
    say!(
        "{:<34}intents  utterances  words  English  LIX{}",
        "topic",
        if one.is_some() {
            "  full local data"
        } else {
            ""
        }
    );
    for (id, row) in &topics {
        let local = one
            .and_then(|c| c.topics.get(id))
            .map_or(String::new(), |(of, full)| format!("{full:>10} of {of}"));
        say!(
            "{id:<34}{:>7}{:>12}{:>7}{:>9}{:>5}{local}",
            row.intents,
            row.utterances,
            row.words,
            row.english,
            row.median_lix()
        );
    }
    say!("{total}\n");
    for (slug, found) in &kommuner {
        say!("{}", line(slug, found));
        if one.is_some() {
            for ((tier, group), rows) in gaps(&knowledge, found) {
                say!("  tier {tier}, {group}");
                for (name, answers) in rows {
                    say!("    {name}  ({answers} answers)");
                }
            }
        }
    }
    match &args.html {
        Some(path) => write(
            path,
            page(&knowledge, &topics, &total, &kommuner, one).as_bytes(),
        ),
        None => Ok(()),
    }
}

fn written(knowledge: &Knowledge) -> (BTreeMap<String, Written>, Written) {
    let (mut topics, mut all) = (BTreeMap::new(), Written::default());
    for topic in knowledge.topics.values() {
        let mut row = Written {
            title: topic.title.clone(),
            ..Written::default()
        };
        for intent in &topic.intents {
            row.add(&Written {
                title: String::new(),
                intents: 1,
                utterances: intent.utterances.len(),
                words: intent.words.len(),
                english: intent.utterances_en.len(),
                lix: intent.lix().into_iter().collect(),
            });
        }
        all.add(&row);
        topics.insert(topic.id.clone(), row);
    }
    (topics, all)
}

fn missing(found: &Coverage, tier: u8) -> usize {
    found.missing.values().filter(|(t, _)| *t == tier).count()
}

fn line(slug: &str, found: &Coverage) -> String {
    format!(
        "{slug}: {} of {} intents have full local data; missing variables: {} of tier 1, {} of tier 2, {} of tier 3",
        found.complete,
        found.intents,
        missing(found, 1),
        missing(found, 2),
        missing(found, 3)
    )
}

fn gaps<'k>(knowledge: &'k Knowledge, found: &'k Coverage) -> Gaps<'k> {
    let mut out = Gaps::new();
    for (name, (tier, ids)) in &found.missing {
        let group = knowledge
            .definitions
            .get(name)
            .map_or("", |d| d.group.as_str());
        out.entry((*tier, group))
            .or_default()
            .push((name, ids.len()));
    }
    out
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

/// A table with a caption; the first cell of a row is its heading.
fn table(caption: &str, heads: &[&str], rows: &[Vec<String>]) -> String {
    let mut out = format!(
        "<div tabindex=\"0\" role=\"region\" aria-label=\"{0}\">\n<table>\n<caption>{0}</caption>\n<thead><tr>",
        escape(caption)
    );
    for head in heads {
        out += &format!("<th scope=\"col\">{}</th>", escape(head));
    }
    out += "</tr></thead>\n<tbody>\n";
    for row in rows {
        out += "<tr>";
        for (at, cell) in row.iter().enumerate() {
            let cell = escape(cell);
            out += &if at == 0 {
                format!("<th scope=\"row\">{cell}</th>")
            } else {
                format!("<td>{cell}</td>")
            };
        }
        out += "</tr>\n";
    }
    out + "</tbody>\n</table>\n</div>\n"
}

const STYLE: &str = "body{font:1rem/1.5 system-ui,sans-serif;max-width:70rem;margin:0 auto;padding:1rem;color:#1a1a1a;background:#fff}\
div{overflow-x:auto;margin:1.5rem 0}table{border-collapse:collapse;width:100%}caption{text-align:left;font-weight:700;font-size:1.2rem;padding:.5rem 0}\
th,td{border-bottom:1px solid #767676;padding:.3rem .6rem;text-align:right;vertical-align:top}th:first-child,.tekst td{text-align:left}\
thead th{border-bottom:2px solid #1a1a1a}@media print{body{max-width:none;font-size:9pt}div{overflow:visible}tr{break-inside:avoid}thead{display:table-header-group}}";

/// The Danish page for editors.
fn page(
    knowledge: &Knowledge,
    topics: &BTreeMap<String, Written>,
    total: &str,
    kommuner: &[(&str, Coverage)],
    one: Option<&Coverage>,
) -> String {
    let name = |slug: &str| {
        knowledge
            .locals
            .get(slug)
            .map_or(slug.to_owned(), |l| l.kommune.name.clone())
    };
    let title = match kommuner {
        [(slug, _)] if one.is_some() => format!("Dækning i {}", name(slug)),
        _ => "Dækning".to_owned(),
    };
    let mut heads = vec![
        "Emne",
        "Svar",
        "Eksempler",
        "Ord",
        "Engelske eksempler",
        "LIX (median)",
    ];
    if one.is_some() {
        heads.push("Svar med alle lokale oplysninger");
    }
    let rows: Vec<Vec<String>> = topics
        .iter()
        .map(|(id, row)| {
            let counts = [
                row.intents,
                row.utterances,
                row.words,
                row.english,
                row.median_lix(),
            ];
            let mut cells = vec![row.title.clone()];
            cells.extend(counts.map(|n| n.to_string()));
            if let Some(one) = one {
                let (of, full) = one.topics.get(id).copied().unwrap_or_default();
                cells.push(format!("{full} af {of} ({} %)", full * 100 / of.max(1)));
            }
            cells
        })
        .collect();
    let mut body = table("Emner", &heads, &rows);
    let heads = [
        "Kommune",
        "Svar",
        "Med alle lokale oplysninger",
        "Mangler, trin 1",
        "Mangler, trin 2",
        "Mangler, trin 3",
    ];
    let rows: Vec<Vec<String>> = kommuner
        .iter()
        .map(|(slug, found)| {
            let counts = [
                found.intents,
                found.complete,
                missing(found, 1),
                missing(found, 2),
                missing(found, 3),
            ];
            std::iter::once(name(slug))
                .chain(counts.map(|n| n.to_string()))
                .collect()
        })
        .collect();
    body += &table("Kommuner", &heads, &rows);
    if let Some(one) = one {
        for tier in 1..=3 {
            let rows: Vec<Vec<String>> = gaps(knowledge, one)
                .into_iter()
                .filter(|((t, _), _)| *t == tier)
                .flat_map(|((_, group), rows)| {
                    rows.into_iter()
                        .map(move |(name, answers)| (group, name, answers))
                })
                .map(|(group, name, answers)| {
                    let what = knowledge
                        .definitions
                        .get(name)
                        .map_or("", |d| d.description.as_str());
                    vec![
                        name.to_owned(),
                        group.to_owned(),
                        what.to_owned(),
                        answers.to_string(),
                    ]
                })
                .collect();
            if !rows.is_empty() {
                let heads = ["Oplysning", "Gruppe", "Hvad det er", "Svar, der bruger den"];
                body += &table(&format!("Mangler, trin {tier}"), &heads, &rows).replacen(
                    "<div ",
                    "<div class=\"tekst\" ",
                    1,
                );
            }
        }
    }
    format!(
        "<!doctype html>\n<html lang=\"da\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width\">\n\
<title>{0}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n<h1>{0}</h1>\n<p>{1}. <span lang=\"en\">{2}.</span></p>\n{body}</main>\n</body>\n</html>\n",
        escape(&title),
        now().date,
        escape(total)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_escapes_what_it_shows_and_has_headings() {
        let html = table("A & B", &["x", "y"], &[vec!["<b>".into(), "1".into()]]);
        assert!(html.contains("<caption>A &amp; B</caption>"));
        assert!(html.contains("<th scope=\"row\">&lt;b&gt;</th><td>1</td>"));
        assert!(!html.contains("<b>") && !html.contains("<script"));
    }

    #[test]
    fn the_median_stands_in_the_middle() {
        let row = Written {
            lix: vec![40, 20, 30],
            ..Written::default()
        };
        assert_eq!(row.median_lix(), 30);
        assert_eq!(Written::default().median_lix(), 0);
    }
}
