//! What citizens write, and what links ask for: the text pipeline, the matcher, type-ahead, ids.

use super::{Check, small};
use crate::dice::Dice;
use bundle::content::Lang;
use dialog::{Effect, Event, State};

pub(super) const SAID: [&str; 44] = [
    "pas",
    "mit barns pas",
    "kørekort",
    "nej, ",
    "ja",
    "1",
    "2.",
    "den første",
    "hvad koster det",
    "og til mit barn?",
    "hvornår",
    "åbent",
    "affald",
    "affaldsplan",
    "MitID",
    "flytte",
    "til Odense",
    "Aarhus Kommune",
    "byggetilladelse",
    "passport",
    "how much",
    "English please",
    "dansk",
    "tak",
    "hej",
    "selvmord",
    "jeg vil ikke leve",
    "han slår mig",
    "112",
    "menneske",
    "ring",
    "bestil tid",
    "hvad sagde du",
    "igen",
    "ingen af dem",
    "det andet",
    "i morgen",
    "kl. 10",
    "0",
    "-1",
    "99999999999999999999",
    "?",
    "…",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
];

/// A few words, seldom a dozen, once in 500 an endless line.
pub(super) fn said(dice: &mut Dice) -> String {
    let most = if dice.below(8) == 0 { 12 } else { 4 };
    let mut line = String::new();
    for _ in 0..dice.below(most) {
        // Mostly words with blanks between; now and then glued together or with anything in between, which is slow.
        match dice.below(8) {
            0 => {}
            1 => line += &dice.line_of(3, &SAID),
            _ => line.push(' '),
        }
        line += dice.one_of(&SAID);
    }
    if dice.below(500) == 0 {
        return line.repeat(1 + dice.below(20));
    }
    line
}

pub(super) fn utterance(dice: &mut Dice) -> Vec<u8> {
    said(dice).into_bytes()
}

pub(super) fn check() -> Check {
    let knowledge = small::knowledge();
    Box::new(move |input| {
        let text = String::from_utf8_lossy(input);
        let folded = text::fold(&text);
        assert_eq!(text::fold(&folded), folded, "folding twice is folding once");
        let tokens = text::tokenize(&text);
        let language = text::guess_language(&tokens);
        let mut place = 0;
        for token in &tokens {
            let (from, to) = (token.start as usize, token.end as usize);
            assert!(
                from >= place && from < to && text.get(from..to).is_some(),
                "{token:?}"
            );
            place = to;
            let terms = &knowledge.model().terms;
            let word = &token.word;
            let _ = (text::stem(word, language), text::is_stop_word(word));
            let _ = (
                text::split_compound(terms, word),
                text::known_head(terms, word),
            );
            // The matcher below corrects them all.
            if from.is_multiple_of(4) {
                let few = text::correct(terms, word, 3);
                assert!(
                    few.len() <= 3 && few.is_sorted_by_key(|c| c.cost),
                    "{few:?}"
                );
            }
        }
        let ranking = matcher::rank(knowledge.model(), &text, &matcher::Context::default());
        for pair in ranking.hits.windows(2) {
            assert!(pair[0].confidence >= pair[1].confidence, "best first");
        }
        for hit in &ranking.hits {
            assert!((0.0..=1.0).contains(&hit.confidence) && hit.class < knowledge.model().classes);
        }
        let lang = if text.len().is_multiple_of(4) {
            Lang::En
        } else {
            Lang::Da
        };
        assert!(dialog::suggest(knowledge, &text, lang, &[]).len() <= 5);
    })
}

/// What stands behind `#lokalsvar=`, in `data-topic`, in a QR code: an id, or nearly one.
pub(super) fn id(dice: &mut Dice) -> Vec<u8> {
    const PARTS: [&str; 20] = [
        "pas",
        "/",
        "pris-paa-pas",
        "medbring-til-pas",
        "smalltalk-meta",
        "-",
        "_",
        "//",
        "krise",
        "krise/selvmord",
        "koerekort",
        "tidsbestilling",
        "..",
        "%2f",
        "PAS",
        "æ",
        "\u{0}",
        " ",
        "#lokalsvar=",
        "?",
    ];
    let mut text = String::new();
    for _ in 0..dice.below(6) {
        if dice.below(5) == 0 {
            text += &dice.line(&PARTS);
        } else {
            text += dice.one_of(&PARTS);
        }
    }
    text.into_bytes()
}

/// An id finds itself or nothing; what it leads to is that intent or topic, or the welcome, and never the text itself.
pub(super) fn check_id() -> Check {
    let (knowledge, now) = (small::knowledge(), system::noon());
    Box::new(move |input| {
        let id = String::from_utf8_lossy(input).into_owned();
        let (intent, topic) = (knowledge.find_intent(&id), knowledge.find_topic(&id));
        assert!(intent.is_none() || topic.is_none());
        if let Some(intent) = intent {
            assert_eq!(knowledge.intent_id(intent), id);
        }
        if let Some(topic) = topic {
            assert_eq!(knowledge.core().topics[usize::from(topic)].id, id);
        }
        let opened = Event::Opened {
            topic: Some(id.clone()),
        };
        for event in [opened, Event::Show(id.clone())] {
            let (state, effects) = dialog::step(knowledge, State::default(), event, now);
            for effect in &effects {
                if let Effect::Tell { what, intent: told } = effect {
                    // The page's own unknown word goes back to its console, and nowhere else.
                    let own = what == "topic?" && id.split(',').any(|part| part == told);
                    assert!(
                        own || told.is_empty() || knowledge.find_intent(told).is_some(),
                        "{told}"
                    );
                }
            }
            assert!(state.transcript.len() <= 3);
        }
    })
}
