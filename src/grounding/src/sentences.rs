//! Cuts what a model writes into sentences while it is still writing. Two that were taken for one are safe, because the whole must then be
//! borne out; one that was cut in two would lose its citation, so the cut is made only where a sentence surely ends.

use crate::cite::group;

/// Words with a dot behind them that end no sentence.
const ABBREVIATIONS: &[&str] = &[
    "kl", "f.eks", "fx", "bl.a", "ca", "nr", "kr", "dr", "jf", "inkl", "ekskl", "pga", "p.g.a",
    "tlf", "stk", "evt", "mht", "m.h.t", "ift", "i.f.t", "hhv", "max", "min", "maks", "mio", "mia",
    "pr", "adr", "afd", "d.v.s", "dvs", "e.g", "i.e", "no", "mr", "mrs", "st", "vs", "sml", "skt",
    "vedr",
];

/// Sentences in the order in which they end.
#[derive(Clone, Debug, Default)]
pub struct Sentences {
    left: String,
}

impl Sentences {
    /// Adds a piece of text and returns the sentences that are whole now.
    pub fn push(&mut self, piece: &str) -> Vec<String> {
        self.left.push_str(piece);
        let mut whole = Vec::new();
        while let Some(end) = end(&self.left) {
            let rest = self.left.split_off(end);
            let sentence = std::mem::replace(&mut self.left, rest);
            let sentence = sentence.trim();
            if !sentence.is_empty() {
                whole.push(sentence.to_owned());
            }
        }
        whole
    }

    /// What is left when nothing more comes.
    pub fn end(&mut self) -> Option<String> {
        let left = std::mem::take(&mut self.left);
        let left = left.trim();
        (!left.is_empty()).then(|| left.to_owned())
    }

    /// Bytes of the sentence that is not whole yet.
    pub fn open(&self) -> usize {
        self.left.len()
    }
}

/// Where the first sentence of a text ends, when that can be told.
fn end(text: &str) -> Option<usize> {
    let mut at = 0;
    while let Some(c) = text[at..].chars().next() {
        let next = at + c.len_utf8();
        let said = text[..at].trim_end();
        match c {
            // "Du skal bruge:" belongs to what follows.
            '\n' if said.is_empty() || said.ends_with(':') => at = next,
            '\n' => {
                let stop = cited(text, next)?;
                return Some(stop.max(next));
            }
            '.' | '!' | '?' | '…' => {
                let stop = next + closers(&text[next..]);
                let end = cited(text, stop)?;
                let over = if end > stop {
                    true
                } else {
                    !(c == '.' && is_abbreviation(said)) && begins(text, stop)
                };
                if over {
                    return Some(end);
                }
                at = end;
            }
            '[' => match group(&text[at..]) {
                Some((_, length)) => {
                    let behind = at + length;
                    let dots = closers(&text[behind..]);
                    let end = cited(text, behind + dots)?;
                    if dots > 0 || begins(text, end) {
                        return Some(end);
                    }
                    at = end;
                }
                None if is_open(&text[at..]) => return None,
                None => at = next,
            },
            _ => at = next,
        }
    }
    None
}

/// Bytes of further marks that close a sentence.
fn closers(text: &str) -> usize {
    text.len()
        - text
            .trim_start_matches(['.', '!', '?', '…', '"', ')', '”'])
            .len()
}

/// Where the citations end that stand behind a place; the place itself when there are none. `None` when more text is needed to tell.
fn cited(text: &str, from: usize) -> Option<usize> {
    let mut end = from;
    loop {
        let rest = text[end..].trim_start_matches([' ', '\t', '\u{a0}']);
        if rest.is_empty() || (rest.starts_with('[') && group(rest).is_none() && is_open(rest)) {
            return None;
        }
        let Some((_, length)) = group(rest) else {
            return Some(end);
        };
        end = text.len() - rest.len() + length;
        end += closers(&text[end..]);
    }
}

/// A bracket that could still become a citation.
fn is_open(text: &str) -> bool {
    text.len() <= 42 && !text.contains(']')
}

/// Whether a new sentence begins behind a place: a blank, and then neither a small letter nor a digit.
fn begins(text: &str, from: usize) -> bool {
    let rest = &text[from..];
    let blank = rest.starts_with(char::is_whitespace);
    let next = rest
        .trim_start_matches([' ', '\t', '\u{a0}'])
        .chars()
        .next();
    blank && next.is_some_and(|c| !c.is_lowercase() && !c.is_ascii_digit())
}

fn is_abbreviation(said: &str) -> bool {
    let word = said
        .rsplit([' ', '\n', '(', '\u{a0}', '"'])
        .next()
        .unwrap_or_default()
        .to_lowercase();
    let short = word.len() <= 2 && word.bytes().all(|b| b.is_ascii_digit());
    let letter = word.chars().count() == 1 && word.chars().all(char::is_alphabetic) && word != "i";
    !word.is_empty() && (short || letter || ABBREVIATIONS.contains(&word.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn all(text: &str) -> Vec<String> {
        let mut sentences = Sentences::default();
        let mut found = sentences.push(text);
        found.extend(sentences.end());
        found
    }

    #[test]
    fn a_sentence_keeps_its_citations_and_abbreviations_end_none() {
        for (text, wanted) in [
            (
                "Et pas koster 893 kr. [p1] Du skal bestille tid [p2].",
                &["Et pas koster 893 kr. [p1]", "Du skal bestille tid [p2]."][..],
            ),
            (
                "Et pas koster 893 kr. pr. person [p1]. Kom kl. 10 [p2].",
                &["Et pas koster 893 kr. pr. person [p1].", "Kom kl. 10 [p2]."],
            ),
            (
                "Du kan ringe. Du kan skrive [p1].",
                &["Du kan ringe.", "Du kan skrive [p1]."],
            ),
            (
                "Brug f.eks. MitID [p1]. Se bl.a. Borger.dk [p1].",
                &["Brug f.eks. MitID [p1].", "Se bl.a. Borger.dk [p1]."],
            ),
            (
                "Du skal bruge:\n- pas [p1]\n- foto [p2]\n",
                &["Du skal bruge:\n- pas [p1]", "- foto [p2]"],
            ),
            (
                "Den 24. december er der lukket [p1][p2].\n\nRing [p3]!",
                &["Den 24. december er der lukket [p1][p2].", "Ring [p3]!"],
            ),
            (
                "Pas koster 893 kr [p1] og gælder 10 år [p2].",
                &["Pas koster 893 kr [p1] og gælder 10 år [p2]."],
            ),
            (
                "Du kan det [p1] Du kan også andet [p2]",
                &["Du kan det [p1]", "Du kan også andet [p2]"],
            ),
            ("INGEN", &["INGEN"]),
            ("Hvad? Ja! [p1]", &["Hvad?", "Ja! [p1]"]),
        ] {
            assert_eq!(all(text), wanted, "{text}");
        }
    }

    #[test]
    fn nothing_is_told_before_it_is_known_whose_citation_comes() {
        let mut sentences = Sentences::default();
        assert!(sentences.push("Et pas koster 893 kr.").is_empty());
        assert!(sentences.push(" [p").is_empty());
        assert!(sentences.push("1]").is_empty());
        assert_eq!(sentences.push(" Du"), ["Et pas koster 893 kr. [p1]"]);
        assert_eq!(sentences.end().as_deref(), Some("Du"));
    }

    proptest! {
        #[test]
        fn pieces_give_what_the_whole_gives(text in "[a-zA-ZÆø .!?\\[\\]p0-9\n,:]{0,60}", cut in 1_usize..7) {
            let mut sentences = Sentences::default();
            let letters: Vec<char> = text.chars().collect();
            let mut found = Vec::new();
            for piece in letters.chunks(cut) {
                found.extend(sentences.push(&piece.iter().collect::<String>()));
            }
            found.extend(sentences.end());
            prop_assert_eq!(&found, &all(&text));
            let bare = |s: &str| s.chars().filter(|c| !c.is_whitespace()).collect::<String>();
            prop_assert_eq!(bare(&found.concat()), bare(&text));
        }
    }
}
