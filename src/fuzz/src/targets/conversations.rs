//! Conversations: any row of events, and the stored row that a page reads back from the tab's storage.

use super::words::said;
use super::{Check, small};
use crate::dice::Dice;
use crate::storage;
use bundle::content::Lang;
use dialog::{Effect, Entry, Event, Message, Next, State};

/// Lines: a letter, a blank, the rest.
pub(super) fn events(dice: &mut Dice) -> Vec<u8> {
    let mut lines = String::new();
    // Most are short; one in sixteen is as long as a talkative citizen's.
    let most = if dice.below(16) == 0 { 24 } else { 4 };
    for _ in 0..=dice.below(most) {
        let (small, other) = (dice.below(8), dice.below(4));
        let huge = dice.one_of(&["18446744073709551615", "4294967295", "7", "30"]);
        let id = dice.one_of(&[
            "pas",
            "pas/pris-paa-pas",
            "krise/selvmord",
            "smalltalk-meta/hilsen",
            "tidsbestilling",
            "x/y",
            "",
            "/",
            "mitid",
        ]);
        lines += &match dice.below(16) {
            0..=5 => format!("u {}", said(dice).replace(['\n', '\r'], " ")),
            6..=8 => format!("p {small}"),
            9 => format!("p {huge}"),
            10 => format!("s {id}"),
            11 => format!("a {} {other}", dice.below(30)),
            12 => format!("r {} {}", dice.below(30), other % 2),
            13 => format!("r {} 0", dice.one_of(&["4294967295", "0", "9"])),
            14 => format!("l {}", dice.one_of(&["da", "en"])),
            _ => match other {
                0 => "x".into(),
                1 => format!("c {}", dice.below(256)),
                _ => format!("o {id}"),
            },
        };
        lines.push('\n');
    }
    lines.into_bytes()
}

fn event(line: &str) -> Option<Event> {
    let (kind, rest) = line.split_once(' ').unwrap_or((line, ""));
    let mut numbers = rest.split(' ').map(str::parse::<u64>);
    let mut number = || numbers.next()?.ok();
    Some(match kind {
        "u" => Event::Utterance(rest.to_owned()),
        "p" => Event::Pick(number()? as usize),
        "s" => Event::Show(rest.to_owned()),
        "a" => Event::Act {
            seq: number()? as u32,
            action: number()? as usize,
        },
        "r" => Event::Rate {
            seq: number()? as u32,
            helped: number()? > 0,
        },
        "l" => Event::Speak(if rest == "en" { Lang::En } else { Lang::Da }),
        "x" => Event::Restart,
        "c" => Event::RateConversation(number()? as u8),
        "o" => Event::Opened {
            topic: Some(rest.to_owned()).filter(|id| !id.is_empty()),
        },
        _ => return None,
    })
}

fn seq(entry: &Entry) -> u32 {
    match entry {
        Entry::Citizen { seq, .. } => *seq,
        Entry::Bot(message) => message.seq,
    }
}

/// What must hold of a message: options that exist, not too many, each with a label.
fn sound(knowledge: &bundle::Knowledge, message: &Message) {
    let core = knowledge.core();
    assert!(
        message.options.len() <= 9,
        "{} options",
        message.options.len()
    );
    for option in &message.options {
        assert!(!option.label.is_empty());
        match &option.then {
            Next::Intent(intent) => assert!(usize::from(*intent) < core.intents.len()),
            Next::Topic(topic) => assert!(usize::from(*topic) < core.topics.len()),
            Next::Ask(tree) => assert!(!tree.branches.is_empty()),
            Next::NoneOfThese | Next::Human | Next::Model => {}
        }
    }
}

pub(super) fn check() -> Check {
    let (knowledge, now) = (small::knowledge(), system::noon());
    Box::new(move |input| {
        let mut state = State::default();
        let mut rounds = 0_u32;
        for event in String::from_utf8_lossy(input).lines().filter_map(event) {
            let restart = event == Event::Restart;
            rounds += 1;
            if let Event::Utterance(text) = &event
                && rounds.is_multiple_of(4)
            {
                let decision = dialog::decide(knowledge, &state, text, now);
                assert!(decision.options.len() <= 4, "{decision:?}");
            }
            let before = state.clone();
            let (after, effects) = dialog::step(knowledge, state, event.clone(), now);
            // The same again, one time in four: a step looks at nothing but what it was given.
            if rounds % 4 == 1 {
                let again = dialog::step(knowledge, before.clone(), event, now);
                assert_eq!((&after, &effects), (&again.0, &again.1));
            }
            assert!(after.next_seq >= before.next_seq, "numbers go on");
            assert!(
                after.transcript.is_sorted_by(|a, b| seq(a) < seq(b)),
                "numbers are unique"
            );
            assert!(
                after
                    .transcript
                    .iter()
                    .all(|entry| seq(entry) < after.next_seq)
            );
            let kept = before.transcript.len();
            if restart {
                assert_eq!((after.transcript.len(), &effects[0]), (1, &Effect::Clear));
            } else {
                assert!(after.transcript.len() >= kept, "nothing said is lost");
                assert!(
                    before
                        .transcript
                        .iter()
                        .map(seq)
                        .eq(after.transcript[..kept].iter().map(seq))
                );
            }
            for effect in &effects {
                match effect {
                    Effect::Say(seq) => {
                        sound(knowledge, after.message(*seq).expect("in the transcript"));
                    }
                    // Ids only, never a citizen's words; an unknown topic is the page's own word.
                    Effect::Tell { what, intent } => {
                        assert!(
                            what == "topic?"
                                || intent.is_empty()
                                || knowledge.find_intent(intent).is_some(),
                            "{intent}"
                        );
                    }
                    _ => {}
                }
            }
            assert_eq!(
                wire::from_bytes::<State>(&wire::to_bytes(&after)).as_ref(),
                Some(&after),
                "stored and read back"
            );
            state = after;
        }
    })
}

// --- what the tab keeps ----------------------------------------------------------------------------------------

const PRINT: [u8; 8] = *b"01234567";
const NOW: i64 = 1_795_604_400_000;

/// What the citizen did, packed as for `sessionStorage`; mostly damaged, as text or before it became text.
pub(super) fn stored(dice: &mut Dice) -> Vec<u8> {
    let lines = String::from_utf8(events(dice)).expect("lines");
    let deeds = lines.lines().filter_map(event);
    let deeds: Vec<_> = deeds
        .map(|event| (29_900_000 + dice.below(60) as u32, event))
        .collect();
    let late = dice
        .one_of(&["0", "1", "1799999", "1800001"])
        .parse::<i64>()
        .expect("a number");
    let lang = if dice.below(4) == 0 {
        Lang::En
    } else {
        Lang::Da
    };
    let packed = storage::pack((lang, dice.below(2) == 0), deeds, 100, PRINT, NOW - late);
    match dice.below(4) {
        0 => packed.into_bytes(),
        1 => dice.bytes(packed.as_bytes()),
        // Damage that is still base64 meets the reader of the events.
        2 => {
            let mut text = packed.into_bytes();
            for _ in 0..=dice.below(3) {
                let at = dice.below(text.len());
                text[at] = *dice
                    .one_of(&["A", "B", "Q", "/", "+", "9", "g", "w"])
                    .as_bytes()
                    .first()
                    .expect("one");
            }
            text
        }
        _ => {
            let mut text = packed;
            text.truncate(dice.below(text.len() + 1));
            text += dice.one_of(&["", "AAAA", "=", "\u{0}", "æ"]);
            text.into_bytes()
        }
    }
}

/// Refused, or events that can be gone through again and packed again to the same; twice gives the same conversation.
pub(super) fn check_stored() -> Check {
    let knowledge = small::knowledge();
    Box::new(move |input| {
        let text = String::from_utf8_lossy(input);
        assert!(
            storage::unpack(&text, [0; 8], NOW).is_none(),
            "of another bundle"
        );
        let Some(envelope) = storage::unpack(&text, PRINT, NOW) else {
            return;
        };
        let go = || {
            let (lang, lang_fixed) = envelope.start;
            let mut state = State {
                lang,
                lang_fixed,
                ..State::default()
            };
            for (at, event) in &envelope.deeds {
                state = dialog::step(
                    knowledge,
                    state,
                    event.clone(),
                    hours::LocalTime::from_minutes(*at),
                )
                .0;
            }
            state
        };
        let state = go();
        assert!(state.transcript.is_sorted_by(|a, b| seq(a) < seq(b)));
        for entry in &state.transcript {
            if let Entry::Bot(message) = entry {
                sound(knowledge, message);
            }
        }
        if envelope.deeds.len() % 4 == 1 {
            assert_eq!(go(), state, "gone through twice");
        }
        let again = storage::pack(
            envelope.start,
            envelope.deeds.clone(),
            envelope.scale,
            PRINT,
            NOW,
        );
        let read = storage::unpack(&again, PRINT, NOW).expect("what was packed opens");
        assert_eq!(
            (read.start, read.scale, &read.deeds),
            (envelope.start, envelope.scale, &envelope.deeds)
        );
    })
}
