//! Addresses: which hosts are listed, and which words of a text are an address at all. Narrow on purpose: whatever a browser could
//! read as an address counts as one, and what is not listed is refused.

use std::collections::BTreeSet;

/// The hosts that a link may lead to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hosts(BTreeSet<String>);

impl Hosts {
    /// `borger.dk` stands for itself and for `www.borger.dk`, and for no other host.
    pub fn new<'a>(hosts: impl IntoIterator<Item = &'a str>) -> Hosts {
        Hosts(
            hosts
                .into_iter()
                .map(bare)
                .filter(|h| !h.is_empty())
                .collect(),
        )
    }

    /// True for an `https:` address, or one without a scheme, whose host is listed.
    pub fn lists(&self, address: &str) -> bool {
        host_of(address).is_some_and(|host| self.0.contains(&bare(&host)))
    }
}

fn bare(host: &str) -> String {
    let host = host.trim().to_lowercase();
    host.strip_prefix("www.").unwrap_or(&host).to_owned()
}

/// The host of `https://host/…` or `host/…`, in lower case; `None` for another scheme, a port, a user name or anything that
/// readers of addresses could take for something else.
pub fn host_of(address: &str) -> Option<String> {
    let rest = match address.split_once(':') {
        Some(("https" | "HTTPS", rest)) => rest.strip_prefix("//")?,
        Some(_) => return None,
        None => address,
    };
    let odd = |c: char| {
        c.is_control() || c.is_whitespace() || matches!(c, '"' | '<' | '>' | '\\' | '@' | '`' | '%')
    };
    if rest.contains(odd) {
        return None;
    }
    let host = rest.split(['/', '?', '#']).next()?.to_lowercase();
    let label = |label: &str| {
        !label.is_empty()
            && label
                .chars()
                .all(|c| matches!(c, 'a'..='z' | '0'..='9' | '-' | 'æ' | 'ø' | 'å'))
    };
    (host.contains('.') && host.split('.').all(label)).then_some(host)
}

/// Endings that are no word of Danish or English: behind a single letter and a dot they still make an address.
const ENDINGS: &[&str] = &[
    "dk", "com", "net", "org", "eu", "io", "ru", "cn", "de", "se", "uk", "info", "biz", "xyz",
    "me", "co", "ai", "app", "dev", "example",
];

/// Whether a word, without the marks around it, is an address: it names a scheme, begins with `www.`, or looks like a host.
pub(crate) fn is_address(word: &str) -> bool {
    if word.contains("://") || word.starts_with("//") || word.starts_with("www.") {
        return true;
    }
    if let Some((scheme, rest)) = word.split_once(':')
        && !rest.is_empty()
        && matches!(
            scheme,
            "javascript"
                | "data"
                | "tel"
                | "mailto"
                | "sms"
                | "file"
                | "ftp"
                | "http"
                | "https"
                | "blob"
                | "vbscript"
                | "intent"
        )
    {
        return true;
    }
    let host = word.split(['/', '?', '#', ':']).next().unwrap_or_default();
    let mut labels = host.split('.');
    let (Some(first), Some(last)) = (labels.next(), host.rsplit('.').next()) else {
        return false;
    };
    let letters = last.len() >= 2 && last.chars().all(char::is_alphabetic);
    let label = |l: &str| !l.is_empty() && l.chars().all(|c| c.is_alphanumeric() || c == '-');
    host.contains('.')
        && letters
        && host.split('.').all(label)
        && (first.chars().count() >= 2 || ENDINGS.contains(&last))
        || is_number_host(host)
}

/// `192.168.0.1` and the like.
fn is_number_host(host: &str) -> bool {
    let parts: Vec<&str> = host.split('.').collect();
    parts.len() == 4 && parts.iter().all(|p| p.parse::<u8>().is_ok())
}

/// The words of a text with the marks around them taken off, each with the bytes it takes.
pub(crate) fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    const AROUND: &[char] = &[
        '(', ')', '[', ']', '{', '}', '"', '\'', '.', ',', ';', ':', '!', '?', '„', '“', '”', '’',
        '‘', '»', '«', '*', '_', '…',
    ];
    let mut at = 0;
    text.split(char::is_whitespace).map(move |raw| {
        let begin = at;
        at += raw.len();
        at += text[at..].chars().next().map_or(0, char::len_utf8);
        let left = raw.trim_start_matches(AROUND);
        (
            begin + raw.len() - left.len(),
            left.trim_end_matches(AROUND),
        )
    })
}

/// How an address is compared: without scheme, `www.` and a slash at the end, in lower case.
pub(crate) fn folded(address: &str) -> String {
    let lower = address.to_lowercase();
    let rest = lower.strip_prefix("https://").unwrap_or(&lower);
    let rest = rest.strip_prefix("www.").unwrap_or(rest);
    rest.trim_end_matches('/').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_listed_host_is_itself_and_its_www_and_nothing_else() {
        let hosts = Hosts::new(["borger.dk", "www.eksempelby.example"]);
        for good in [
            "https://borger.dk/pas",
            "https://www.borger.dk",
            "borger.dk",
            "eksempelby.example/a?b#c",
        ] {
            assert!(hosts.lists(good), "{good}");
        }
        for bad in [
            "http://borger.dk",
            "https://borger.dk.evil.example",
            "https://evil.example/borger.dk",
            "https://borger.dk@evil.example",
            "https://borger.dk:8443",
            "https://borger.dk\\@evil.example",
            "javascript:alert(1)",
            "//borger.dk",
            "https://xborger.dk",
            "https://a.borger.dk",
            "data:text/html,borger.dk",
            "https://borger.dk%2eevil.example",
            "",
        ] {
            assert!(!hosts.lists(bad), "{bad}");
        }
    }

    #[test]
    fn what_a_browser_could_follow_is_an_address_and_abbreviations_are_none() {
        for yes in [
            "borger.dk",
            "www.x",
            "https://a",
            "x.com",
            "evil.example/path",
            "javascript:alert(1)",
            "10.0.0.1",
            "//evil",
            "tel:12",
            "t.co/a",
        ] {
            assert!(is_address(yes), "{yes}");
        }
        for no in [
            "f.eks",
            "m.fl",
            "bl.a",
            "o.lign",
            "10.30",
            "1.234",
            "kl",
            "24.12.2026",
            "og/eller",
            "a:b",
            "m.m",
        ] {
            assert!(!is_address(no), "{no}");
        }
    }

    #[test]
    fn words_know_where_they_stand() {
        let text = "Se (borger.dk), og  ring.";
        let found: Vec<_> = words(text).filter(|(_, w)| !w.is_empty()).collect();
        assert_eq!(
            found,
            [(0, "Se"), (4, "borger.dk"), (16, "og"), (20, "ring")]
        );
        assert!(found.iter().all(|(at, w)| text[*at..].starts_with(w)));
    }
}
