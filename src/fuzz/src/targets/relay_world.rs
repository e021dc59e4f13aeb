//! A page of a citizen, the tab it is in, and a server that keeps conversations: what `relays` plays its lines in.

use super::relays::OPEN;
use bundle::content::Lang;
use protocol::handoff::{Said, Who};
use relay::{Effect, Event, Fields, Now, Press, Request, State, Talk, What, step};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// A conversation as the server has it.
#[derive(Default)]
struct Log {
    /// Its place among all.
    name: usize,
    /// Each a JSON object; its place is its number.
    entries: Vec<Value>,
    /// Words of the staff, in order.
    staff: Vec<String>,
    closed: bool,
    way: &'static str,
}

impl Log {
    fn add(&mut self, who: &str, mut what: Value) {
        let seq = self.entries.len() + 1;
        let word = format!("m{}.{seq}", self.name);
        if what["text"] == "" {
            what["text"] = json!(word);
            self.staff.push(word);
        }
        what["seq"] = json!(seq);
        what["at"] = json!("2026-11-23T10:00:00Z");
        what["who"] = json!(who);
        self.entries.push(what);
    }

    fn conversation(&self) -> Value {
        let taken = self.entries.iter().any(|one| one["kind"] == "taken");
        let stage = match (self.closed, taken) {
            (true, _) => "closed",
            (_, true) => "active",
            _ => "waiting",
        };
        json!({"receipt": "R", "way": self.way, "stage": stage, "department": {"id": "b", "name": {"da": "B"}}, "seq": self.entries.len(), "open": true})
    }
}

/// A page, the tab it is in, and a server.
pub(super) struct World {
    /// The server keeps its word.
    honest: bool,
    talk: Talk,
    now: Now,
    fresh: u32,
    newest: u32,
    pending: Vec<Request>,
    stream: Option<(u32, String)>,
    kept: String,
    /// What was told of the conversation on this page.
    told: usize,
    own: BTreeMap<usize, State>,
    own_texts: BTreeSet<String>,
    uttered: u32,
    logs: Vec<Log>,
    by_key: BTreeMap<String, usize>,
}

impl World {
    pub(super) fn new(honest: bool) -> World {
        let ms = 1_795_600_800_000;
        World {
            honest,
            talk: Talk::default(),
            now: Now {
                ms,
                lang: Lang::Da,
                fresh: String::new(),
            },
            fresh: 0,
            newest: 0,
            pending: Vec::new(),
            stream: None,
            kept: String::new(),
            told: 0,
            own: BTreeMap::new(),
            own_texts: BTreeSet::new(),
            uttered: 0,
            logs: Vec::new(),
            by_key: BTreeMap::new(),
        }
    }

    fn log(&mut self, secret: &str) -> Option<&mut Log> {
        let at: usize = secret.strip_prefix('S')?.parse().ok()?;
        self.logs.get_mut(at)
    }

    pub(super) fn line(&mut self, line: &str) {
        let (op, rest) = line.split_once(' ').unwrap_or((line, ""));
        let (word, more) = rest.split_once(' ').unwrap_or((rest, ""));
        let n: usize = word.parse().unwrap_or(0);
        match op {
            "b" => self.on(Event::Begin {
                about: "pas/pris-paa-pas".into(),
                bundle: "b1".into(),
                transcript: vec![Said {
                    who: Who::Citizen,
                    text: "pas".into(),
                    answer: None,
                }],
            }),
            "p" => self.press(word),
            "a" => self.answer(n),
            "n" => {
                if let Some(request) = self.take(n) {
                    let status = more.parse().unwrap_or(0);
                    self.answered(&request, status, r#"{"code":"not-found"}"#.into());
                }
            }
            "x" => {
                let (status, body) = more.split_once(' ').unwrap_or((more, ""));
                if let Some(request) = self.take(n) {
                    self.answered(&request, status.parse().unwrap_or(200), body.into());
                }
            }
            "e" => self.happens(word),
            "s" => self.streams(n, more),
            "z" => {
                let text = format!("{more}\n\n");
                self.feed(&text, n);
            }
            "c" => {
                let number = self.stream.take().map_or(1, |(number, _)| number);
                let status = n as u16;
                self.on(Event::Cut { number, status });
            }
            "+" => {
                self.now.ms += n.min(86_400_000).cast_signed() as i64;
                self.on(Event::Tick);
            }
            "w" => self.on(Event::Wake),
            "t" => self.on(Event::Tick),
            "y" => self.on(Event::Typed),
            "f" => self.on(Event::Forget),
            "u" => {
                self.uttered += 1;
                let text = format!("{rest} {}", self.uttered);
                self.on(Event::Said(text));
            }
            "l" => {
                self.now.lang = match self.now.lang {
                    Lang::Da => Lang::En,
                    Lang::En => Lang::Da,
                }
            }
            "K" => {
                let kept = self.kept.clone();
                self.page(kept);
            }
            "k" => self.page(rest.into()),
            _ => {}
        }
    }

    /// Another page in the same tab.
    fn page(&mut self, kept: String) {
        self.talk = Talk::default();
        self.pending.clear();
        self.stream = None;
        self.newest = 0;
        self.anew();
        if !kept.is_empty() {
            self.on(Event::Resume(kept));
        }
    }

    fn anew(&mut self) {
        self.told = 0;
        self.own.clear();
        self.own_texts.clear();
    }

    fn press(&mut self, word: &str) {
        let press = match word {
            "chat" => Press::Chat,
            "message" => Press::Message,
            "callback" => Press::Callback,
            "others" => Press::Others,
            "dept" => Press::Department(1),
            "code" => Press::HaveCode,
            "on" => Press::On,
            "send" => Press::Send,
            "edit" => Press::Edit,
            "back" => Press::Back,
            "stop" => Press::Stop,
            "again" => Press::Again,
            "leave" => Press::Leave,
            "end" => Press::End,
            "yes" => Press::EndYes,
            "stay" => Press::Stay,
            "resend" => Press::Resend(self.own.len() / 2),
            _ => Press::Begin,
        };
        let fields = Fields {
            text: "Hvad koster et pas?".into(),
            name: "Åse".into(),
            phone: "20304050".into(),
            email: "aase@example.dk".into(),
            when: "i morgen".into(),
            code: "8FJ2-KQ4N".into(),
            along: true,
        };
        let seq = self.newest;
        self.on(Event::Press { seq, press, fields });
    }

    fn take(&mut self, n: usize) -> Option<Request> {
        let count = self.pending.len();
        (count > 0).then(|| self.pending.remove(n % count))
    }

    /// What a server of its word answers.
    fn answer(&mut self, n: usize) {
        let Some(request) = self.take(n) else { return };
        let secret = request.secret.clone().unwrap_or_default();
        let body: Value = serde_json::from_str(&request.body).unwrap_or_default();
        let number = |text: &str| text.parse::<usize>().unwrap_or(0);
        let answer = match request.what {
            What::Look => Some(serde_json::from_str(OPEN).expect("JSON")),
            What::Open => {
                let key = request.key.clone().expect("a key");
                let known = self.by_key.get(&key).copied();
                let at = known.unwrap_or_else(|| self.begin(key, &body));
                Some(self.opened(at))
            }
            What::Return => self.logs.len().checked_sub(1).map(|at| self.opened(at)),
            What::Message(_) => self.log(&secret).map(|log| {
                let id = body["id"].clone();
                let known = log.entries.iter().position(|one| one["id"] == id);
                let at = known.unwrap_or_else(|| {
                    let said = json!({"kind": "message", "id": id, "text": body["text"]});
                    log.add("citizen", said);
                    log.entries.len() - 1
                });
                json!({"seq": at + 1})
            }),
            What::Typing => Some(json!({})),
            // AI help is another target, `answer`.
            What::Terms => None,
            What::Log => {
                let after = request
                    .path
                    .split_once("after=")
                    .map_or("", |(_, rest)| rest);
                let after = number(after.split('&').next().unwrap_or_default());
                self.log(&secret).map(|log| {
                    // At most three at once: there is always more.
                    let entries: Vec<_> = log.entries.iter().skip(after).take(3).collect();
                    json!({"entries": entries, "conversation": log.conversation()})
                })
            }
            What::Leave | What::End => self.log(&secret).map(|log| {
                if request.what == What::Leave {
                    log.way = "message";
                } else if !log.closed {
                    log.closed = true;
                    log.add("system", json!({"kind": "closed", "by": "citizen"}));
                }
                log.conversation()
            }),
        };
        match answer {
            Some(answer) => self.answered(&request, 200, answer.to_string()),
            None => self.answered(&request, 404, r#"{"code":"not-found"}"#.into()),
        }
    }

    fn begin(&mut self, key: String, body: &Value) -> usize {
        let mut log = Log {
            name: self.logs.len(),
            way: match body["way"].as_str() {
                Some("message") => "message",
                Some("callback") => "callback",
                _ => "chat",
            },
            ..Log::default()
        };
        let first = json!({"kind": "message", "id": key, "text": "Hvad koster et pas?"});
        log.add("citizen", first);
        self.logs.push(log);
        self.by_key.insert(key, self.logs.len() - 1);
        self.logs.len() - 1
    }

    fn opened(&self, at: usize) -> Value {
        json!({"receipt": "R", "secret": format!("S{at}"), "resume_code": "8FJ2-KQ4N", "conversation": self.logs[at].conversation()})
    }

    fn answered(&mut self, request: &Request, status: u16, body: String) {
        let begins = matches!(request.what, What::Open | What::Return);
        let number = request.number;
        self.now_fresh();
        let event = Event::Answer {
            number,
            status,
            body,
        };
        let (talk, effects) = step(std::mem::take(&mut self.talk), event, &self.now);
        self.talk = talk;
        // A conversation that begins, or is come back to, is told from its first entry.
        if begins
            && effects
                .iter()
                .any(|one| matches!(one, Effect::Listen { .. }))
        {
            self.anew();
        }
        self.follow(effects);
    }

    /// Something happens in the newest conversation.
    fn happens(&mut self, word: &str) {
        let Some(log) = self.logs.last_mut().filter(|log| !log.closed) else {
            return;
        };
        let (who, what) = match word {
            "m" => (
                "staff",
                json!({"kind": "message", "id": format!("s{}", log.entries.len()), "text": "", "name": "Mette"}),
            ),
            "c" => ("staff", json!({"kind": "correction", "of": 1, "text": ""})),
            "t" => ("staff", json!({"kind": "taken"})),
            "r" => ("system", json!({"kind": "requeued", "why": "staff-away"})),
            "g" => (
                "staff",
                json!({"kind": "transferred", "department": {"id": "x", "name": {"da": "X"}}}),
            ),
            "y" => ("staff", json!({"kind": "typing", "on": true})),
            _ => ("system", json!({"kind": "closed", "by": "staff"})),
        };
        log.closed = what["kind"] == "closed";
        log.add(who, what);
    }

    /// Entries of the log on the stream, in an order that is said; 0 is how the conversation stands.
    fn streams(&mut self, cut: usize, order: &str) {
        let Some((_, secret)) = self.stream.clone() else {
            return;
        };
        let Some(log) = self.log(&secret) else { return };
        let end = ["\n", "\r\n", "\r"][cut % 3];
        let mut text = format!(": her{end}{end}");
        for n in order.split(' ').filter_map(|n| n.parse::<usize>().ok()) {
            let at = n % (log.entries.len() + 1);
            let frame = match at.checked_sub(1) {
                Some(at) => format!("id: {n}{end}data: {}{end}{end}", log.entries[at]),
                None => format!(
                    "event: conversation{end}data: {}{end}{end}",
                    log.conversation()
                ),
            };
            text += &frame;
        }
        self.feed(&text, cut);
    }

    /// The text in pieces.
    fn feed(&mut self, text: &str, cut: usize) {
        let most = 1 + cut % 97;
        let mut rest = text;
        while !rest.is_empty() {
            let at = (most..rest.len()).find(|at| rest.is_char_boundary(*at));
            let (piece, behind) = rest.split_at(at.unwrap_or(rest.len()));
            let number = self.stream.as_ref().map_or(1, |(number, _)| *number);
            self.on(Event::Chunk {
                number,
                text: piece.into(),
            });
            rest = behind;
        }
    }

    fn now_fresh(&mut self) {
        self.fresh += 1;
        self.now.fresh = format!("00000000-0000-4000-8000-{:012}", self.fresh);
    }

    fn on(&mut self, event: Event) {
        self.now_fresh();
        let (talk, effects) = step(std::mem::take(&mut self.talk), event, &self.now);
        self.talk = talk;
        self.follow(effects);
    }

    /// What a page does, and what must hold of it.
    fn follow(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Say(message) => self.newest = self.newest.max(message.seq),
                Effect::Ask(request) => {
                    let body = request.body.as_str();
                    let fits = body.is_empty() || serde_json::from_str::<Value>(body).is_ok();
                    assert!(fits, "what is sent is no JSON: {body}");
                    self.pending.push(request);
                }
                Effect::Listen { number, secret, .. } => self.stream = Some((number, secret)),
                Effect::Deaf => self.stream = None,
                Effect::Keep(kept) => {
                    let fits = kept.is_empty() || serde_json::from_str::<Value>(&kept).is_ok();
                    assert!(fits, "what is kept is no JSON: {kept}");
                    self.kept = kept;
                }
                Effect::Own { nth, text, state } => {
                    let new = self.own.insert(nth, state).is_none();
                    assert!(new, "own message {nth} is drawn twice");
                    let new = self.own_texts.insert(text.clone());
                    assert!(new || !self.honest, "`{text}` is drawn twice");
                }
                Effect::Mark { nth, state } => {
                    let known = self.own.insert(nth, state).is_some();
                    assert!(known, "{nth} is marked and was never drawn");
                }
                Effect::Person { text, .. } if self.honest => {
                    let word = text.rsplit(' ').next().unwrap_or_default();
                    let (told, secret) = (self.told, self.secret());
                    let staff = self.log(&secret).map(|log| log.staff.clone());
                    let next = staff.as_ref().and_then(|staff| staff.get(told));
                    let next = next.map(String::as_str);
                    assert_eq!(next, Some(word), "told after {told} of the staff");
                    self.told += 1;
                }
                _ => {}
            }
        }
    }

    /// Of the conversation on the page.
    fn secret(&self) -> String {
        let kept: Value = serde_json::from_str(&self.kept).unwrap_or_default();
        kept["secret"].as_str().unwrap_or_default().to_owned()
    }

    /// Nothing fails any more: after a while nothing is missing.
    pub(super) fn catch_up(&mut self) {
        for _ in 0..80 {
            self.now.ms += 31_000;
            self.on(Event::Tick);
            for _ in 0..self.pending.len() {
                self.answer(0);
            }
        }
        let (told, secret) = (self.told, self.secret());
        // What was left as a message is answered elsewhere.
        if let Some(log) = self.log(&secret).filter(|log| log.way == "chat") {
            assert_eq!(told, log.staff.len(), "words of the staff that never came");
        }
    }
}
