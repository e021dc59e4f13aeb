//! Queries of addresses: written for the server, read from the address of the page.

/// `path?name=value&...`, escaped.
pub(crate) fn with(path: &str, pairs: &[(&str, &str)]) -> String {
    let mut text = path.to_string();
    for (at, (name, value)) in pairs.iter().enumerate() {
        text.push(if at == 0 { '?' } else { '&' });
        text.push_str(name);
        text.push('=');
        for byte in value.bytes() {
            if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
                text.push(char::from(byte));
            } else {
                text.push_str(&format!("%{byte:02X}"));
            }
        }
    }
    text
}

/// The value of a name in `a=b&c=d`. What the console writes needs no unescaping: slugs, ids and days; another value is
/// none of them and found nowhere.
pub(crate) fn value<'a>(query: &'a str, name: &str) -> &'a str {
    let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    pairs
        .find(|(key, _)| *key == name)
        .map_or("", |(_, value)| value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_escaped_and_read() {
        assert_eq!(
            with("/p", &[("receipt", "AB 1&æ"), ("days", "7")]),
            "/p?receipt=AB%201%26%C3%A6&days=7"
        );
        assert_eq!(with("/p", &[]), "/p");
        assert_eq!(value("sted=raadhus&dag=2026-12-04", "dag"), "2026-12-04");
        assert_eq!(value("sted=raadhus", "dag"), "");
        assert_eq!(value("", "dag"), "");
    }
}
