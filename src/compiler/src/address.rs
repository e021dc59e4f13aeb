//! Where an answer may lead: `https:` without a user name, phone numbers, mail. The one rule for links, buttons, variables,
//! sources and facts; narrower than the web allows, so that every reader of an address finds the same host in it.

/// `https://host/…`: a host of letters, digits, hyphens and dots, perhaps a port; nothing that a browser would drop
/// (tabs, line ends), turn round (`\`) or take for a user name (`@`).
pub fn is_web(address: &str) -> bool {
    let Some(rest) = address.strip_prefix("https://") else {
        return false;
    };
    let clean = !rest.contains(|c: char| {
        c.is_control() || c.is_whitespace() || matches!(c, '"' | '<' | '>' | '\\' | '@' | '`')
    });
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let (name, port) = host.split_once(':').unwrap_or((host, "443"));
    let port = port.len() <= 5 && port.parse::<u16>().is_ok_and(|port| port > 0);
    let label =
        |label: &str| !label.is_empty() && label.chars().all(|c| c.is_alphanumeric() || c == '-');
    clean && port && name.contains('.') && name.split('.').all(label)
}

/// Digits, blanks and plus signs, with a digit among them.
pub fn is_phone(number: &str) -> bool {
    number.bytes().any(|b| b.is_ascii_digit())
        && number
            .bytes()
            .all(|b| b.is_ascii_digit() || b == b' ' || b == b'+')
}

/// One `@` with something on both sides, a dot behind it, and nothing that begins a header or another address.
pub fn is_mail(mail: &str) -> bool {
    let clean = !mail.contains(|c: char| {
        c.is_control()
            || c.is_whitespace()
            || matches!(
                c,
                '"' | '<' | '>' | '\\' | '?' | '&' | '#' | '%' | ',' | ';' | ':' | '`'
            )
    });
    clean
        && mail
            .split_once('@')
            .is_some_and(|(who, host)| !who.is_empty() && host.contains('.') && !host.contains('@'))
}

/// What may stand behind a link in running text: a web address, `tel:` or `mailto:`.
pub fn is_link(target: &str) -> bool {
    is_web(target)
        || target.strip_prefix("tel:").is_some_and(is_phone)
        || target.strip_prefix("mailto:").is_some_and(is_mail)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_addresses_pass() {
        for good in [
            "https://www.borger.dk/pas?x=1#y",
            "https://rødovre.dk",
            "https://a.b-c.dk:8443/",
            "tel:+45 00 12 34 56",
            "mailto:post@eksempelby.example",
        ] {
            assert!(is_link(good), "{good}");
        }
        for bad in [
            "javascript:alert(1)",
            "http://borger.dk",
            "HTTPS://borger.dk",
            "https://",
            "https://borger",
            "https://.dk",
            "https://borger.dk@evil.example",
            "https://borger.dk\\@evil.example",
            "https://borger.dk:99999/",
            "https://borger.dk:/",
            "https://bor\tger.dk",
            "https://borger。dk/",
            "https://evil%2eexample.dk",
            "tel:",
            "tel:+",
            "tel:112;phone-context=x",
            "mailto:a@b.dk?bcc=c@d.dk",
            "mailto:@b.dk",
            "data:text/html,x",
            " https://borger.dk",
            "//borger.dk",
        ] {
            assert!(!is_link(bad), "{bad}");
        }
    }
}
