//! An answer of AI help as it comes to the browser: a stream of events, damaged and cut anywhere. The cuts change nothing; nothing is shown
//! that names no source or leads elsewhere than to `https:`; and it comes to an end exactly once.

use super::Check;
use crate::dice::Dice;
use bundle::content::Lang;
use relay::sse::Sse;
use relay::{Effect, Event, Fields, Now, Press, Talk, step};

const STREAM: &str = include_str!("../../../relay/tests/answers/answer.sse");
const TERMS: &str = include_str!("../../../relay/tests/answers/terms.json");
const WORDS: [&str; 24] = [
    "event: sources\n",
    "event: sentence\n",
    "event: withheld\n",
    "event: refused\n",
    "event: degraded\n",
    "event: done\n",
    "data: {\"parts\":[{\"text\":\"x\"}],\"sources\":[1]}\n\n",
    "data: {\"parts\":[{\"text\":\"x\",\"url\":\"javascript:alert(1)\"}],\"sources\":[2]}\n\n",
    "data: {\"parts\":[],\"sources\":[]}\n\n",
    "data: {\"text\":\"Nej\",\"kind\":\"budget\"}\n\n",
    "data: {\"sources\":[{\"id\":1,\"title\":\"A\",\"url\":\"http://a.example\"}]}\n\n",
    "data: {\"model\":\"m\",\"turns_left\":-1}\n\n",
    "data: null\n\n",
    "data: \n\n",
    "data\n\n",
    ": her\n\n",
    "\n\n",
    "\r\n",
    "\r",
    "\u{feff}",
    "256",
    "-1",
    "<img src=x onerror=alert(1)>",
    "https://",
];

/// A byte for the cuts, then the stream.
pub(super) fn stream(dice: &mut Dice) -> Vec<u8> {
    let mut input = vec![dice.below(256) as u8];
    match dice.below(3) {
        0 => input.extend(dice.bytes(STREAM.as_bytes())),
        1 => input.extend(dice.text(STREAM, &WORDS).into_bytes()),
        _ => input.extend(dice.line(&WORDS).into_bytes()),
    }
    input
}

/// The text in pieces of up to so many characters.
fn pieces(text: &str, most: usize) -> Vec<String> {
    let letters: Vec<char> = text.chars().collect();
    letters
        .chunks(most)
        .map(|piece| piece.iter().collect())
        .collect()
}

/// What comes of a stream: the answer, and how often it ended.
fn told(pieces: &[String]) -> (String, usize) {
    let now = Now {
        ms: 1_800_000_000_000,
        lang: Lang::Da,
        fresh: "00000000-0000-4000-8000-000000000001".into(),
    };
    let (mut talk, mut text, mut ends) = (Talk::default(), String::new(), 0);
    let on = |talk: &mut Talk, event| {
        let (next, effects) = step(std::mem::take(talk), event, &now);
        *talk = next;
        effects
    };
    let wish = Event::Ask {
        question: "Hvad koster et pas?".into(),
        phone: "00 12 34 56".into(),
    };
    on(&mut talk, wish);
    let terms = Event::Answer {
        number: 1,
        status: 200,
        body: TERMS.into(),
    };
    on(&mut talk, terms);
    let press = Event::Press {
        seq: 1,
        press: Press::Send,
        fields: Fields::default(),
    };
    let effects = on(&mut talk, press);
    let number = effects.iter().find_map(|effect| match effect {
        Effect::Stream { number, .. } => Some(*number),
        _ => None,
    });
    let number = number.expect("the question is sent");
    let cut = Event::Cut {
        number,
        status: 200,
    };
    let chunks = pieces.iter().map(|text| Event::Chunk {
        number,
        text: text.clone(),
    });
    for event in chunks.chain([cut]) {
        for effect in on(&mut talk, event) {
            match effect {
                Effect::Grow {
                    parts, text: all, ..
                } => {
                    assert_eq!(ends, 0, "nothing comes behind the end");
                    for (_, url) in parts {
                        assert!(url.is_empty() || url.starts_with("https://"), "{url}");
                    }
                    text = all;
                }
                Effect::Tail { message, text: all } => {
                    assert_eq!(all, text);
                    assert!(message.options.len() <= 16);
                    ends += 1;
                }
                Effect::Say(message) => {
                    assert!(text.is_empty(), "said beside an answer");
                    assert!(
                        message
                            .more
                            .iter()
                            .any(|choice| choice.press == Press::Person)
                    );
                    ends += 1;
                }
                Effect::Ask(request) => panic!("{request:?} is sent by itself"),
                _ => {}
            }
        }
    }
    assert!(!talk.ticks(), "it is over");
    (text, ends)
}

pub(super) fn check() -> Check {
    Box::new(|input| {
        let (cuts, text) = input.split_at(input.len().min(1));
        let text = String::from_utf8_lossy(text);
        let most = cuts.first().map_or(1, |cut| usize::from(*cut) + 1);
        let cut = pieces(&text, most);
        let whole = Sse::default().feed(&text);
        let mut sse = Sse::default();
        let fed: Vec<_> = cut.iter().flat_map(|piece| sse.feed(piece)).collect();
        assert_eq!(fed, whole, "a cut changes nothing");
        for frame in whole {
            let _ = relay::ai::heard(&frame.event, &frame.data);
        }
        let (said, ends) = told(&cut);
        assert_eq!(ends, 1, "it ends once: {said}");
    })
}
