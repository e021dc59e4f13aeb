//! Where an answer may lead. What the compiler lets pass is read again here as a browser reads it (the WHATWG URL
//! standard's parser as far as it matters), written apart from the compiler's rule: scheme and host must be the plain ones.

use super::Check;
use crate::dice::Dice;
use bundle::content::{Block, Inline, Target};
use compiler::address::{is_link, is_mail, is_phone, is_web};
use compiler::single::Value;

const PIECES: [&str; 56] = [
    "https://",
    "https:",
    "https:/",
    "https:\\\\",
    "HTTPS://",
    "http://",
    "//",
    "/",
    "\\",
    "\\\\",
    "javascript:",
    "JaVaScript:",
    "java\tscript:",
    "data:text/html,",
    "vbscript:",
    "blob:",
    "file:///",
    "tel:",
    "mailto:",
    "bestil:",
    "menneske:",
    "borger.dk",
    "www.borger.dk",
    "evil.example",
    "localhost",
    "127.0.0.1",
    "[::1]",
    "xn--80ak6aa92e.com",
    "rødovre.dk",
    "@",
    "user:pass@",
    ":",
    ":443",
    ":99999",
    "?",
    "#",
    "?x=1&y=2",
    "#top",
    "%2e",
    "%00",
    "%0d%0a",
    "&colon;",
    "&#58;",
    "\t",
    "\n",
    "\r",
    "\u{0}",
    "\u{a0}",
    "\u{3002}",
    "\u{ff0e}",
    "\u{2215}",
    "\u{202e}",
    "post@eksempelby.example",
    "?bcc=",
    "112",
    "+45 00 12 34 56",
];

pub(super) fn address(dice: &mut Dice) -> Vec<u8> {
    let mut text = String::new();
    if dice.below(2) == 0 {
        text += dice.one_of(&["https://", "https://borger.dk", "tel:", "mailto:"]);
    }
    for _ in 0..dice.below(6) {
        if dice.below(4) == 0 {
            text += &dice.line(&PIECES);
        } else {
            text += dice.one_of(&PIECES);
        }
    }
    text.into_bytes()
}

pub(super) fn check() -> Check {
    Box::new(|input| {
        let text = String::from_utf8_lossy(input);
        if is_link(&text) {
            is_plain(&text);
        }
        if is_web(&text) {
            web(&text);
        }
        if is_phone(&text) {
            target(&Target::Phone(text.to_string()));
        }
        if is_mail(&text) {
            target(&Target::Mail(text.to_string()));
        }
    })
}

/// Scheme and the rest, as a browser finds them: blanks and control characters around are gone, tabs and line ends anywhere.
fn parsed(address: &str) -> (String, String) {
    let kept: String = address
        .trim_matches(|c: char| c <= ' ')
        .chars()
        .filter(|c| !matches!(c, '\t' | '\n' | '\r'))
        .collect();
    let end = kept
        .find(':')
        .unwrap_or_else(|| panic!("no scheme: {address:?}"));
    let (scheme, rest) = (&kept[..end], &kept[end + 1..]);
    assert!(
        scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c)),
        "relative: {address:?}"
    );
    (scheme.to_ascii_lowercase(), rest.to_owned())
}

/// A web address: one host, no user name, the same host for a simple reader and for a browser.
pub(super) fn web(address: &str) {
    let (scheme, rest) = parsed(address);
    assert_eq!(scheme, "https", "{address:?}");
    // Slashes of both kinds in front do not count, and either ends the host.
    let rest = rest.trim_start_matches(['/', '\\']);
    let authority = rest.split(['/', '\\', '?', '#']).next().unwrap_or_default();
    assert!(!authority.contains('@'), "user name: {address:?}");
    let host = authority
        .rsplit_once(':')
        .map_or(authority, |(host, _)| host);
    let simple = address["https://".len()..]
        .split(['/', '?', '#'])
        .next()
        .unwrap_or_default();
    assert_eq!(simple, authority, "two readers, two hosts: {address:?}");
    let forbidden = |c: char| c <= ' ' || c == '\u{7f}' || "#/:<>?@[\\]^|%".contains(c);
    assert!(!host.is_empty() && !host.contains(forbidden), "{address:?}");
}

/// A link: web, phone or mail.
pub(super) fn is_plain(address: &str) {
    let (scheme, rest) = parsed(address);
    match scheme.as_str() {
        "https" => web(address),
        "tel" => assert!(
            rest.bytes()
                .all(|b| b.is_ascii_digit() || b == b'+' || b == b' '),
            "{address:?}"
        ),
        "mailto" => assert!(
            rest.matches('@').count() == 1 && !rest.contains(['?', '&', '%', '\r', '\n', ',', ';']),
            "{address:?}"
        ),
        _ => panic!("scheme {scheme}: {address:?}"),
    }
}

pub(super) fn target(target: &Target) {
    match target {
        Target::Url(url) | Target::Book(url) => web(url),
        Target::Phone(number) => is_plain(&format!("tel:{number}")),
        Target::Mail(mail) => is_plain(&format!("mailto:{mail}")),
        _ => {}
    }
}

pub(super) fn block(block: &Block) {
    let inlines: Vec<&Inline> = match block {
        Block::Paragraph(inlines) => inlines.iter().collect(),
        Block::List { items, .. } => items.iter().flatten().collect(),
        Block::Places(places) => {
            for place in places.iter().filter(|place| !place.url.is_empty()) {
                web(&place.url);
            }
            Vec::new()
        }
        Block::Hours { .. } => Vec::new(),
    };
    for inline in inlines {
        if let Inline::Link { url, .. } = inline {
            is_plain(url);
        }
    }
}

/// A variable's value of a type.
pub(super) fn value(kind: &str, value: &Value) {
    match (kind, value) {
        ("url", Value::Text(url)) => web(url),
        ("email", Value::Text(mail)) => is_plain(&format!("mailto:{mail}")),
        ("telefon", Value::Text(number)) => is_plain(&format!("tel:{number}")),
        (_, Value::Places(places)) => {
            for place in places.iter().filter(|place| !place.url.is_empty()) {
                web(&place.url);
            }
        }
        (_, Value::Week(week)) => assert!(week.validate().is_ok()),
        _ => {}
    }
}
