//! Whatever a citizen asks AI help: what is sent is what was shown, to the byte, only after the press, and without the numbers that were planted in it.
#![allow(missing_docs, reason = "tests")]

use bundle::content::Lang;
use proptest::prelude::*;
use relay::{Effect, Event, Fields, Message, Now, Press, Talk, step};

const TERMS: &str = include_str!("answers/terms.json");
const PLANTED: [&str; 5] = [
    "010190-1234",
    "0101901234",
    "20 12 34 56",
    "4571 0000 0000 0001",
    "kim@eksempel.dk",
];

struct Citizen {
    talk: Talk,
    fresh: u32,
    shown: Option<Message>,
    sent: Vec<String>,
}

impl Citizen {
    fn on(&mut self, event: Event) {
        self.fresh += 1;
        let now = Now {
            ms: 1_800_000_000_000,
            lang: Lang::Da,
            fresh: format!("00000000-0000-4000-8000-{:012}", self.fresh),
        };
        let (talk, effects) = step(std::mem::take(&mut self.talk), event, &now);
        self.talk = talk;
        for effect in effects {
            match effect {
                Effect::Say(message) => self.shown = Some(message),
                Effect::Stream { body, .. } => self.sent.push(body),
                Effect::Ask(request) => {
                    assert_eq!(request.body, "", "what holds is asked for without a word");
                }
                Effect::Keep(text) => {
                    assert!(text.len() < 200, "a number and a version: {text}");
                }
                _ => {}
            }
        }
    }

    /// The bytes that are shown before anything is sent; none when it may not be.
    fn wish(question: &str) -> (Self, Option<String>) {
        let mut citizen = Self {
            talk: Talk::default(),
            fresh: 0,
            shown: None,
            sent: Vec::new(),
        };
        citizen.on(Event::Ask {
            question: question.into(),
            phone: "00 12 34 56".into(),
        });
        citizen.on(Event::Answer {
            number: 1,
            status: 200,
            body: TERMS.into(),
        });
        let message = citizen.shown.clone().expect("something is said");
        let bytes = message.folds.iter().find(|fold| !fold.bytes.is_empty());
        let bytes = bytes.map(|fold| fold.bytes.clone());
        assert_eq!(citizen.sent, [""; 0], "nothing is sent by showing");
        (citizen, bytes)
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]
    #[test]
    fn the_body_is_the_preview_and_holds_no_planted_number(
        before in "\\PC{0,80}", which in 0..PLANTED.len(), after in any::<String>(),
    ) {
        let planted = PLANTED[which];
        let (mut citizen, bytes) = Citizen::wish(&format!("{before} {planted} {after}"));
        let seq = citizen.shown.as_ref().map_or(0, |message| message.seq);
        citizen.on(Event::Press { seq, press: Press::Send, fields: Fields::default() });
        prop_assert_eq!(&citizen.sent, &bytes.iter().cloned().collect::<Vec<_>>());
        for body in &citizen.sent {
            prop_assert!(!body.contains(planted), "{}", body);
            let body: serde_json::Value = serde_json::from_str(body).expect("json");
            let question = body["question"].as_str().expect("a question");
            let row = citizen.shown.iter().flat_map(|message| &message.rows).find(|(name, _)| name == "Dit spørgsmål");
            prop_assert_eq!(row.map(|(_, text)| text.as_str()), Some(question), "what is read is what is sent");
            prop_assert!(question.chars().count() <= 500);
            prop_assert!(!question.chars().any(char::is_control));
        }
    }
}

#[test]
fn a_second_press_sends_nothing_more() {
    let (mut citizen, bytes) = Citizen::wish("Hvad koster et pas?");
    let seq = citizen.shown.as_ref().map_or(0, |message| message.seq);
    for _ in 0..3 {
        citizen.on(Event::Press {
            seq,
            press: Press::Send,
            fields: Fields::default(),
        });
    }
    assert_eq!(citizen.sent, bytes.into_iter().collect::<Vec<_>>());
}
