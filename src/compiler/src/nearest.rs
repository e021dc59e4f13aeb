//! "Did you mean …?": which of the names there are a misspelt one is nearest to. For the hints of every message about
//! an unknown name; guesses at nothing that is too far away.

/// The name most like `wrong`, when it is alike enough to be meant; the first of equals.
pub fn nearest<'n>(wrong: &str, names: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    let mut best: Option<(f64, &str)> = None;
    for name in names {
        let likeness = strsim::normalized_damerau_levenshtein(wrong, name);
        if likeness >= LIKE && best.is_none_or(|(most, _)| likeness > most) {
            best = Some((likeness, name));
        }
    }
    best.map(|(_, name)| name)
}

/// Share of the letters that must be the same, in the same order.
const LIKE: f64 = 0.7;

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn a_slip_finds_the_name_and_a_foreign_word_none() {
        let names = ["telefon_borgerservice", "telefon_hovednummer", "aarhus"];
        for (wrong, expected) in [
            ("telefon_borgerservise", Some("telefon_borgerservice")),
            ("telefon_hovedenummer", Some("telefon_hovednummer")),
            ("aahrus", Some("aarhus")),
            ("pris_parkering", None),
            ("", None),
        ] {
            assert_eq!(nearest(wrong, names), expected, "{wrong}");
        }
    }
}
