//! How a line begins and ends beside what it asks: a greeting in front of a question, "nej, ..." in
//! front of a correction, "... mener jeg" behind one.

use crate::words::{among, edge, words};

/// What is left when a correction is taken off: "nej, kørekort", "i sfo mener jeg", "no, I meant ...".
pub(crate) fn correction(utterance: &str) -> Option<&str> {
    const LEADING: &str = "nej undskyld det er|nej jeg taenkte mere paa|nej jeg taenkte paa|nej jeg mente|\
        nej jeg mener|nej jeg sagde|nej jeg skrev|nej det er|nej det var|nej ikke det|nej undskyld|\
        nej nej|nej men|nej|niks|naeh|forkert|jeg mente|jeg mener|jeg taenkte paa|\
        det var ikke det jeg mente|ikke det men|no i meant|no i mean|no sorry|no not that|no|\
        sorry i meant|i meant|i mean";
    const TRAILING: &str = "mener jeg|mente jeg|altsaa|i mean|i meant|taenkte jeg paa";
    let rest = behind(utterance, LEADING);
    if rest.is_some() {
        return rest;
    }
    let tokens = text::tokenize(utterance);
    let count = edge(&words(utterance), TRAILING, true).filter(|count| tokens.len() > *count)?;
    Some(
        utterance[..tokens[tokens.len() - count].start as usize]
            .trim()
            .trim_end_matches(','),
    )
}

/// What follows the first of `phrases` that the utterance begins with.
fn behind<'u>(utterance: &'u str, phrases: &str) -> Option<&'u str> {
    let count = edge(&words(utterance), phrases, false)?;
    let rest = text::tokenize(utterance).get(count)?.start as usize;
    Some(utterance[rest..].trim())
}

/// Takes off a leading greeting when more follows: "hej, hvad koster et pas".
pub(crate) fn without_greeting(utterance: &str) -> &str {
    const GREETINGS: &str = "hej hejsa heej hejj hejs halloej hallo goddag goddaw dav davs mojn godmorgen godaften \
        godeftermiddag hi hello hey heya";
    const FOLLOWERS: &str = "med dig jer igen der there du i alle sammen kaere soede bot robot chatbot kommune god dag \
        morgen aften hej hejsa tak";
    let tokens = text::tokenize(utterance);
    let two = tokens.first().is_some_and(|t| among("god good", &t.word))
        && tokens.get(1).is_some_and(|t| {
            among(
                "dag morgen aften eftermiddag morning afternoon evening day",
                &t.word,
            )
        });
    let mut from = match tokens.first() {
        Some(_) if two => 2,
        Some(first) if among(GREETINGS, &first.word) => 1,
        _ => return utterance,
    };
    // "hej med dig", "hej I søde": only as long as no comma and no question begins.
    while let Some(token) = tokens.get(from)
        && among(FOLLOWERS, &token.word)
        && !utterance[tokens[from - 1].end as usize..token.start as usize]
            .bytes()
            .any(|byte| byte == b',')
        && (token.word != "i"
            || tokens
                .get(from + 1)
                .is_some_and(|t| among("alle kaere soede der", &t.word)))
        && (token.word != "du" || from + 1 == tokens.len())
    {
        from += 1;
    }
    tokens
        .get(from)
        .map_or(utterance, |t| &utterance[t.start as usize..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn greetings_go_when_more_follows() {
        for (utterance, rest) in [
            ("Hej, hvad koster et pas?", "hvad koster et pas?"),
            ("hej med dig, har I åbent", "har I åbent"),
            ("God dag! Jeg skal flytte", "Jeg skal flytte"),
            ("goddag i søde, kan man få pas", "kan man få pas"),
            ("hej i dag er der sne", "i dag er der sne"),
            ("hello there can I get a passport", "can I get a passport"),
            ("hej", "hej"),
            ("hej med dig", "hej med dig"),
            ("pas, hej", "pas, hej"),
        ] {
            assert_eq!(without_greeting(utterance), rest, "{utterance}");
        }
    }

    #[test]
    fn corrections_are_seen() {
        for (utterance, rest) in [
            ("nej, kørekort", Some("kørekort")),
            ("Nej jeg mente folkepension", Some("folkepension")),
            (
                "no, I meant the driving licence",
                Some("the driving licence"),
            ),
            ("i sfo mener jeg", Some("i sfo")),
            ("sygedagpenge altså", Some("sygedagpenge")),
            ("nej undskyld, det er kørekortet", Some("kørekortet")),
            ("nej", None),
            ("hvad koster et pas", None),
            ("altså", None),
        ] {
            assert_eq!(correction(utterance), rest, "{utterance}");
        }
    }
}
