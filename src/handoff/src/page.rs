//! A record as a page to read, print and file: one HTML file without script, pictures or addresses, whatever was written in it.

use crate::record::{Entry, Head, Record};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use sha2::{Digest, Sha256};

const STYLE: &str = "body{font:1rem/1.5 system-ui,sans-serif;max-width:46rem;margin:2rem auto;padding:0 1rem}\
dl{display:grid;grid-template-columns:max-content 1fr;gap:.25rem 1rem}dt{font-weight:600}dd{margin:0;overflow-wrap:anywhere}\
ol{list-style:none;padding:0}li{border-top:1px solid;padding:.5rem 0;break-inside:avoid}\
.t{white-space:pre-wrap;overflow-wrap:anywhere;margin:.25rem 0}.h{font:.75rem/1.4 ui-monospace,monospace;overflow-wrap:anywhere}";

impl Record {
    /// The page, Danish. Its policy forbids everything but its own style; all that was written stands in it as text.
    pub fn html(&self) -> String {
        let head = &self.head;
        let title = format!("Samtale {}", escaped(&head.receipt));
        let style = BASE64.encode(Sha256::digest(STYLE));
        let mut page = format!(
            "<!doctype html>\n<html lang=\"da\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'sha256-{style}'; form-action 'none'; base-uri 'none'\">\n\
             <meta name=\"viewport\" content=\"width=device-width\">\n<meta name=\"robots\" content=\"noindex\">\n\
             <title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n<h1>{title}</h1>\n<dl>\n"
        );
        for (name, value) in facts(head) {
            if !value.is_empty() {
                page.push_str(&format!(
                    "<dt>{name}</dt><dd dir=\"auto\">{}</dd>\n",
                    escaped(&value)
                ));
            }
        }
        page.push_str("</dl>\n<h2>Samtalen</h2>\n<ol>\n");
        for entry in &self.entries {
            page.push_str(&line(entry));
        }
        page.push_str(&format!(
            "</ol>\n<h2>Segl</h2>\n<p>Seglet er SHA-256 over alt ovenfor. Det står også i kommunens log over eksporter.</p>\n\
             <p class=\"h\">{}</p>\n</main>\n</body>\n</html>\n",
            escaped(&self.seal)
        ));
        page
    }
}

fn facts(head: &Head) -> Vec<(&'static str, String)> {
    let contact = head.contact.clone().unwrap_or_default();
    let closed = head.closed.clone().unwrap_or_default();
    let mut facts = vec![
        ("Kommune", head.name.clone()),
        ("Kvittering", head.receipt.clone()),
        ("Form", way(&head.way).to_owned()),
        ("Fagområde", head.department_name.clone()),
        ("Emne", head.about.clone()),
        ("KLE", head.kle.clone()),
        ("Sprog", head.language.clone()),
        ("Begyndt", head.begun.copenhagen.clone()),
        ("Begyndt (UTC)", head.begun.utc.clone()),
        ("Slut", closed.copenhagen),
        ("Slut (UTC)", closed.utc),
        ("Resultat", outcome(&head.outcome).to_owned()),
        ("Borgerens navn", contact.name),
        ("Telefon", contact.phone),
        ("E-mail", contact.email),
        ("Ønsket tid", contact.when),
        ("Version af viden", head.bundle.clone()),
        ("Version af privatlivstekst", head.privacy_version.clone()),
        ("Modtaget af borgeren til og med", head.received.to_string()),
    ];
    if let Some(decision) = &head.decision {
        let what = match decision.record.as_str() {
            "journalised" => "Journaliseret",
            _ => "Ikke sagsrelevant",
        };
        facts.push(("Afgjort", what.to_owned()));
        facts.push(("Sag eller grund", decision.reason.clone()));
        facts.push(("Afgjort af", decision.by.clone()));
        facts.push(("Afgjort den", decision.at.copenhagen.clone()));
    }
    let rule = format!(
        "{} dage efter afgørelsen. {}",
        head.retention.days, head.retention.rule
    );
    facts.push(("Slettes", rule));
    facts.push(("Hentet", head.exported.copenhagen.clone()));
    facts
}

fn line(entry: &Entry) -> String {
    let who = match entry.who.as_str() {
        "citizen" => "Borger".to_owned(),
        "bot" => "Automatisk svar".to_owned(),
        "staff" => format!("Medarbejder {}", entry.name).trim().to_owned(),
        _ => "System".to_owned(),
    };
    let mut out = format!("<li><b>{}</b> {}", escaped(&who), escaped(&what(entry)));
    if let Some(at) = &entry.at {
        out.push_str(&format!(
            " <time datetime=\"{}\">{}</time>",
            escaped(&at.utc),
            escaped(&at.copenhagen)
        ));
    }
    if !entry.text.is_empty() {
        out.push_str(&format!(
            "<p class=\"t\" dir=\"auto\">{}</p>",
            escaped(&entry.text)
        ));
    }
    let mut small = format!("nr. {}", entry.n);
    for (name, value) in [("svar", &entry.answer), ("id", &entry.message)] {
        if !value.is_empty() {
            small.push_str(&format!(", {name} {value}"));
        }
    }
    out.push_str(&format!(
        "<p class=\"h\">{}<br>{}</p></li>\n",
        escaped(&small),
        escaped(&entry.hash)
    ));
    out
}

fn what(entry: &Entry) -> String {
    let detail = &entry.detail;
    match entry.kind.as_str() {
        "transcript" => "før samtalen".to_owned(),
        "message" => "skrev".to_owned(),
        "correction" => format!("rettede besked {}", entry.of),
        "taken" => "tog samtalen".to_owned(),
        "requeued" if detail == "staff-away" => "tilbage i køen: medarbejderen var væk".to_owned(),
        "requeued" => "lagde samtalen tilbage i køen".to_owned(),
        "transferred" => format!("sendte samtalen videre til {detail}"),
        "citizen-away" => "borgeren er væk".to_owned(),
        "citizen-back" => "borgeren er tilbage".to_owned(),
        "closed" => "samtalen er slut".to_owned(),
        "note" => "note til kolleger".to_owned(),
        other => other.to_owned(),
    }
}

fn way(way: &str) -> &str {
    match way {
        "chat" => "Chat",
        "message" => "Besked",
        "callback" => "Opkald",
        other => other,
    }
}

fn outcome(outcome: &str) -> &str {
    match outcome {
        "answered" => "Besvaret",
        "referred" => "Henvist",
        "contacted" => "Kontaktet",
        "no-reply" => "Borgeren gik",
        "abuse" => "Misbrug",
        "carried" => "Sendt til fagområdets postkasse",
        other => other,
    }
}

/// Text that no browser takes for anything else. Characters that only steer (but line breaks and tabs) become U+FFFD, as do
/// those that turn the direction of what follows.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    for char in text.chars() {
        match char {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '`' => out.push_str("&#96;"),
            '\n' | '\t' => out.push(char),
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => out.push('\u{fffd}'),
            steering if steering.is_control() => out.push('\u{fffd}'),
            other => out.push(other),
        }
    }
    out
}
