//! A network that loses, doubles, delays and reorders what is sent, cuts streams anywhere and answers late or never; a server that
//! does what `protocol` says. Whatever happens: each entry is told once and in order, and each message of the citizen is in the log once.
#![allow(missing_docs, reason = "tests")]

use bundle::content::Lang;
use proptest::prelude::*;
use relay::{Effect, Event, Now, Request, Talk, What, step};

const OPENED: &str = include_str!("answers/opened.json");

/// Chance, the same for the same seed (xorshift64*).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) % sides
    }
}

struct World {
    talk: Talk,
    now: Now,
    dice: Dice,
    /// The server's log, text by text.
    log: Vec<(String, String)>,
    /// Open streams: number, and how far each has said.
    stream: Option<(u32, usize)>,
    /// What is on its way: when, and what will happen.
    way: Vec<(i64, Event)>,
    told: Vec<String>,
    fresh: u32,
    bad: bool,
}

impl World {
    fn new(seed: u64) -> Self {
        let mut world = Self {
            talk: Talk::default(),
            now: Now {
                ms: 1_800_000_000_000,
                lang: Lang::Da,
                fresh: String::new(),
            },
            dice: Dice(seed | 1),
            log: vec![("first".into(), "Hej".into())],
            stream: None,
            way: Vec::new(),
            told: Vec::new(),
            fresh: 0,
            bad: true,
        };
        world.on(Event::Resume(r#"{"secret":"SECRET_1","seq":0}"#.into()));
        world
    }

    fn on(&mut self, event: Event) {
        self.fresh += 1;
        self.now.fresh = format!("00000000-0000-4000-8000-{:012}", self.fresh);
        let (talk, effects) = step(std::mem::take(&mut self.talk), event, &self.now);
        self.talk = talk;
        for effect in effects {
            match effect {
                Effect::Person { text, .. } => self.told.push(text),
                Effect::Ask(request) => self.serve(&request),
                Effect::Listen { number, path, .. } => {
                    let after = path.rsplit('=').next().and_then(|after| after.parse().ok());
                    self.stream = after.map(|after| (number, after));
                }
                Effect::Deaf => self.stream = None,
                _ => {}
            }
        }
    }

    fn entry(&self, at: usize) -> String {
        let (id, text) = &self.log[at];
        let who = if id.starts_with('s') {
            "staff"
        } else {
            "citizen"
        };
        format!(
            r#"{{"seq":{},"at":"2027-01-15T08:00:00Z","who":"{who}","kind":"message","id":"{id}","text":"{text}"}}"#,
            at + 1
        )
    }

    fn conversation(&self) -> String {
        let opened: serde_json::Value = serde_json::from_str(OPENED).expect("json");
        let mut one = opened["conversation"].clone();
        one["seq"] = self.log.len().into();
        one["stage"] = "active".into();
        one.to_string()
    }

    /// What the server does with a request, and what the network makes of both ways.
    fn serve(&mut self, request: &Request) {
        let number = request.number;
        let lost = self.bad && self.dice.roll(4) == 0;
        let answer = |status: u16, body: String| Event::Answer {
            number,
            status,
            body,
        };
        if lost && self.dice.roll(2) == 0 {
            // The request itself.
            let at = self.now.ms + i64::from(request.patience) * 1000;
            return self.way.push((at, answer(0, String::new())));
        }
        let (status, body) = match request.what {
            What::Log => {
                let after: usize = request
                    .path
                    .split(['=', '&'])
                    .nth(1)
                    .and_then(|after| after.parse().ok())
                    .expect("after");
                let entries: Vec<_> = (after..self.log.len().min(after + 3))
                    .map(|at| self.entry(at))
                    .collect();
                (
                    200,
                    format!(
                        r#"{{"entries":[{}],"conversation":{}}}"#,
                        entries.join(","),
                        self.conversation()
                    ),
                )
            }
            What::Message(_) => {
                let body: serde_json::Value = serde_json::from_str(&request.body).expect("json");
                let id = body["id"].as_str().expect("an id").to_string();
                assert_eq!(request.key.as_deref(), Some(id.as_str()));
                if !self.log.iter().any(|(known, _)| *known == id) {
                    self.log
                        .push((id, body["text"].as_str().expect("a text").into()));
                }
                (200, r#"{"seq":1}"#.to_string())
            }
            _ => (200, r#"{"seq":1}"#.to_string()),
        };
        let late = if self.bad {
            self.dice.roll(6000).cast_signed()
        } else {
            50
        };
        if lost {
            let at = self.now.ms + i64::from(request.patience) * 1000;
            self.way.push((at, answer(0, String::new())));
        } else if self.bad && self.dice.roll(8) == 0 {
            self.way
                .push((self.now.ms + late, answer(503, "<html>".into())));
        } else {
            self.way.push((self.now.ms + late, answer(status, body)));
        }
    }

    /// The stream says what is new; the network does its part.
    fn say(&mut self) {
        let Some((number, said)) = self.stream else {
            return;
        };
        for at in said..self.log.len() {
            let text = format!("id: {}\ndata: {}\n\n", at + 1, self.entry(at));
            let fate = if self.bad { self.dice.roll(10) } else { 9 };
            let late = if self.bad {
                self.dice.roll(4000).cast_signed()
            } else {
                10
            };
            match fate {
                // A server never leaves an entry out of a stream that goes on; a proxy that does ends up here.
                0 | 1 => {}
                2 => {
                    let half = text.len() / 2;
                    self.way.push((
                        self.now.ms + 1,
                        Event::Chunk {
                            number,
                            text: text[..half].into(),
                        },
                    ));
                    self.way.push((
                        self.now.ms + 2,
                        Event::Cut {
                            number,
                            status: 200,
                        },
                    ));
                    self.stream = None;
                    return;
                }
                3 => {
                    for _ in 0..2 {
                        self.way.push((
                            self.now.ms + late,
                            Event::Chunk {
                                number,
                                text: text.clone(),
                            },
                        ));
                    }
                }
                _ => self
                    .way
                    .push((self.now.ms + late, Event::Chunk { number, text })),
            }
            self.stream = Some((number, at + 1));
        }
        let dead = self.bad && self.dice.roll(40) == 0;
        if dead {
            self.stream = None; // half open: nothing more comes, and nobody says so
        } else if self.dice.roll(3) == 0 {
            let text = format!(
                "event: conversation\ndata: {}\n\n: her\n\n",
                self.conversation()
            );
            self.way
                .push((self.now.ms + 5, Event::Chunk { number, text }));
        }
    }

    /// A second passes.
    fn second(&mut self) {
        self.say();
        self.now.ms += 1000;
        // Those of the same moment in any order.
        self.way.sort_by_key(|(at, _)| *at);
        while let Some(at) = self.way.iter().position(|(at, _)| *at <= self.now.ms) {
            let (_, event) = self.way.remove(at);
            self.on(event);
        }
        self.on(Event::Tick);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn nothing_is_lost_doubled_or_out_of_order(seed in any::<u64>()) {
        let mut world = World::new(seed);
        let mut wrote = Vec::new();
        for at in 0..300 {
            match world.dice.roll(12) {
                0..=2 => {
                    let text = format!("svar {at}");
                    world.log.push((format!("s{at}"), text));
                }
                3 => {
                    let text = format!("ord {at}");
                    if world.talk.is_live() {
                        wrote.push(text.clone());
                        world.on(Event::Said(text));
                    }
                }
                4 => world.on(Event::Wake),
                5 if world.dice.roll(4) == 0 => {
                    if let Some((number, _)) = world.stream.take() {
                        world.on(Event::Cut { number, status: 0 });
                    }
                }
                _ => {}
            }
            world.second();
        }
        world.bad = false;
        world.on(Event::Wake);
        for _ in 0..120 {
            world.second();
        }
        let staff: Vec<&str> = world.log.iter().filter(|(id, _)| id.starts_with('s')).map(|(_, text)| text.as_str()).collect();
        prop_assert_eq!(world.told.iter().map(String::as_str).collect::<Vec<_>>(), staff);
        // What was given up after many tries is told as not sent; nothing is there twice.
        let own: Vec<&str> = world.log.iter().skip(1).filter(|(id, _)| !id.starts_with('s')).map(|(_, text)| text.as_str()).collect();
        let mut rest = wrote.iter();
        prop_assert!(own.iter().all(|one| rest.any(|wrote| wrote == one)), "in the order in which they were written, once: {own:?} of {wrote:?}");
    }
}
