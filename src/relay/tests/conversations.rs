//! The conversations of tests/*.samtale, each a text file: what the citizen and the server do, and what comes of it.
//!
//! ```text
//! --- a name of the conversation
//! @ 2026-11-23 10:00          the clock (Copenhagen); "+60 s" moves it on, a tick each second
//! citizen jeg skal have pas   the chat with the bot so far; "bot pas/pris | Det koster …" with the answer's id
//! wish hvad koster et pas     "Prøv med AI-hjælp" was pressed after that question
//! says 1,2 Et pas koster      the answer's stream has this sentence, on these sources; "comes done {...}" any event
//! lost 0                      the answer's stream is over
//! answer Et pas koster        the answer on the screen is this; "answer -": there is none
//! opens pas/pris-paa-pas      the chat was told to show that answer
//! begin pas/pris              "Tal med et menneske" was pressed
//! ! Videre                    a button is pressed, by what is read on it; fields before it: `text: …`, `along: no`
//! < 200 open                  the request that waits for an answer gets tests/answers/open.json; status 0 is no answer
//! > hej                       the citizen writes in the chat's field; "=> chat" when it is not for a person
//! typed                       the citizen writes there, without sending
//! s 2 taken Mette             the server's log has this entry, and nothing of it has come here yet
//! stream 2                    it comes on the stream; "stream 3 2" in that order
//! now waiting 1               how the conversation stands: stage, how many are ahead; on the stream
//! cut 0                       the stream is over: 0 without an answer, 200 after one had begun
//! log                         the request for the log is answered with all after the number asked for; "log 503": it fails
//! wake                        the network is back
//! ? Du er                     the newest messages hold this; "?! Fortryd" they do not
//! told Du skriver | Hej       what came from the other side since the last `told`, in order, in full or by its beginning
//! own sending sent            how far the own messages are
//! types yes / types no        "skriver …" stands, or not
//! line Borgerservice          the line at the field holds this; "line -": there is none; `bar` likewise
//! ask POST conversations      such a request went out since the last event; a body may follow
//! same key                    the last two POSTs had the same key and the same body
//! no ask                      nothing went out since the last event
//! listens 2                   a stream was opened for all after 2
//! fault email                 the field is marked
//! kept SECRET_1, kept -       what the tab keeps holds this; nothing. "forgotten X": it does not
//! page                        the citizen goes to another page in the same tab
//! ```
#![allow(missing_docs, reason = "tests")]

use bundle::content::Lang;
use protocol::handoff::{Said, Who};
use relay::{Choice, Effect, Event, Fields, Message, Now, Press, Request, State, Talk, What, step};
use std::path::Path;

struct Stage {
    talk: Talk,
    now: Now,
    transcript: Vec<Said>,
    said: Vec<Message>,
    told: Vec<String>,
    own: Vec<(usize, State)>,
    asked: Vec<Request>,
    since: usize,
    passed: bool,
    types: bool,
    faults: Vec<String>,
    bar: Option<(String, Option<Choice>)>,
    line: Option<(String, Choice)>,
    status: String,
    kept: String,
    fields: Fields,
    fresh: u32,
    stream: Option<(u32, String)>,
    /// Number of the answer's stream, and what is on the screen of it.
    answer: Option<u32>,
    grown: String,
    opened: String,
    server: Vec<(u64, String)>,
    conversation: String,
}

impl Stage {
    fn new() -> Self {
        Self {
            talk: Talk::default(),
            now: Now {
                ms: 0,
                lang: Lang::Da,
                fresh: String::new(),
            },
            transcript: Vec::new(),
            said: Vec::new(),
            told: Vec::new(),
            own: Vec::new(),
            asked: Vec::new(),
            since: 0,
            passed: false,
            types: false,
            faults: Vec::new(),
            bar: None,
            line: None,
            status: String::new(),
            kept: String::new(),
            fields: Fields {
                along: true,
                ..Fields::default()
            },
            fresh: 0,
            stream: None,
            answer: None,
            grown: String::new(),
            opened: String::new(),
            server: Vec::new(),
            conversation: "waiting 2".into(),
        }
    }

    fn on(&mut self, event: Event) {
        self.fresh += 1;
        self.now.fresh = format!("00000000-0000-4000-8000-{:012}", self.fresh);
        self.passed = false;
        self.since = self.asked.len();
        self.step(event);
    }

    fn step(&mut self, event: Event) {
        let (talk, effects) = step(std::mem::take(&mut self.talk), event, &self.now);
        self.talk = talk;
        let mut new = Vec::new();
        for effect in effects {
            match effect {
                Effect::Say(message) => new.push(message),
                Effect::Ask(request) => self.asked.push(request),
                Effect::Faults(faults) => {
                    self.faults = faults.iter().map(|(name, _)| (*name).to_string()).collect();
                }
                Effect::Bar(bar) => self.bar = bar,
                Effect::Line(line) => self.line = line,
                Effect::Status(text) => self.status = text,
                Effect::Keep(text) => self.kept = text,
                Effect::Pass => self.passed = true,
                Effect::Person {
                    speaker,
                    text,
                    quiet,
                } => self
                    .told
                    .push(format!("{}{speaker}: {text}", if quiet { "(" } else { "" })),
                Effect::Note { text, quiet } => self
                    .told
                    .push(format!("{}{text}", if quiet { "(" } else { "" })),
                Effect::Own { nth, state, text } => {
                    assert!(
                        self.own.iter().all(|(one, _)| *one != nth),
                        "drawn once: {text}"
                    );
                    self.own.push((nth, state));
                }
                Effect::Mark { nth, state } => {
                    let one = self.own.iter_mut().find(|(one, _)| *one == nth);
                    one.expect("only what is drawn is marked").1 = state;
                }
                Effect::Typing(text) => self.types = !text.is_empty(),
                Effect::Listen {
                    number,
                    path,
                    secret,
                } => {
                    assert!(secret.starts_with("SECRET"), "a stream has the secret");
                    self.stream = Some((number, path));
                }
                Effect::Stream { number, path, body } => {
                    self.answer = Some(number);
                    self.asked.push(Request {
                        number,
                        what: What::Open,
                        path,
                        key: Some("stream".into()),
                        secret: None,
                        body,
                        patience: 30,
                    });
                }
                Effect::Grow { parts, text, .. } => {
                    let sentence: String = parts.iter().map(|(text, _)| text.as_str()).collect();
                    assert!(text.ends_with(&sentence), "{text} ends in {sentence}");
                    self.grown = text;
                }
                Effect::Tail { message, text } => {
                    assert_eq!(text, self.grown, "what is announced is what was shown");
                    new.push(message);
                }
                Effect::Show(id) => self.opened = id,
                Effect::Deaf => (self.stream, self.answer) = (None, None),
                Effect::Write(_) | Effect::Wait(_) => {}
            }
        }
        if !new.is_empty() {
            self.said = new;
        }
    }

    fn choices(&self) -> Vec<(u32, Choice)> {
        let of = |message: &Message| {
            let all = message
                .options
                .iter()
                .chain(&message.main)
                .chain(&message.more);
            all.map(|choice| (message.seq, choice.clone()))
                .collect::<Vec<_>>()
        };
        let mut all: Vec<(u32, Choice)> = self.said.iter().flat_map(of).collect();
        all.extend(
            self.bar
                .iter()
                .filter_map(|(_, choice)| Some((0, choice.clone()?))),
        );
        all.extend(self.line.iter().map(|(_, choice)| (0, choice.clone())));
        all
    }

    fn text(&self) -> String {
        self.said
            .iter()
            .map(|message| format!("{message:?}"))
            .collect::<Vec<_>>()
            .join("\n")
    }

    fn entry(&self, seq: u64) -> Result<String, String> {
        let found = self.server.iter().find(|(one, _)| *one == seq);
        found
            .map(|(_, entry)| entry.clone())
            .ok_or(format!("the log has no {seq}"))
    }

    fn conversation(&self) -> String {
        let mut words = self.conversation.split(' ');
        let stage = words.next().unwrap_or("waiting");
        let more = match words.next() {
            Some("shut") => r#","open":false,"opens_at":"2026-11-24T10:00:00+01:00""#.to_string(),
            Some(ahead) => format!(r#","ahead":{ahead},"open":true"#),
            None => r#","open":true"#.to_string(),
        };
        let last = self.server.iter().map(|(seq, _)| *seq).max().unwrap_or(0);
        format!(
            r#"{{"receipt":"K7Q-4M2","way":"chat","stage":"{stage}","department":{{"id":"borgerservice","name":{{"da":"Borgerservice","en":"Citizen service"}}}},"seq":{last}{more}}}"#
        )
    }

    fn chunk(&mut self, text: String) -> Result<(), String> {
        let number = self.stream.as_ref().ok_or("no stream is open")?.0;
        self.on(Event::Chunk { number, text });
        Ok(())
    }
}

/// The entry that a line `s 2 taken Mette` stands for.
fn entry_of(rest: &str, ms: i64) -> Result<(u64, String), String> {
    let (seq, rest) = rest.split_once(' ').ok_or("a number and what")?;
    let (kind, text) = rest.split_once(' ').unwrap_or((rest, ""));
    let quoted = |text: &str| serde_json::to_string(text).expect("json");
    let name = if text.is_empty() {
        String::new()
    } else {
        format!(r#","name":{}"#, quoted(text))
    };
    let what = match kind {
        "staff" => format!(
            r#""who":"staff","name":"Mette","kind":"message","id":"s{seq}","text":{}"#,
            quoted(text)
        ),
        "citizen" => {
            let (id, text) = text.split_once(' ').ok_or("an id and a text")?;
            format!(
                r#""who":"citizen","kind":"message","id":"{id}","text":{}"#,
                quoted(text)
            )
        }
        "correct" => format!(
            r#""who":"staff","kind":"correction","of":2,"text":{}"#,
            quoted(text)
        ),
        "taken" => format!(r#""who":"staff"{name},"kind":"taken""#),
        "away" => r#""who":"system","kind":"requeued","why":"staff-away""#.to_string(),
        "transfer" => format!(
            r#""who":"staff","kind":"transferred","department":{{"id":"x","name":{{"da":{}}}}}"#,
            quoted(text)
        ),
        "typing" => format!(r#""who":"staff","kind":"typing","on":{}"#, text != "off"),
        "closed" => format!(r#""who":"system","kind":"closed","by":"{text}""#),
        "new" => r#""who":"system","kind":"noget-nyt""#.to_string(),
        other => return Err(format!("no entry `{other}`")),
    };
    let seq = seq.parse::<u64>().map_err(|e| e.to_string())?;
    let at = ms / 1000;
    let (day, clock) = (at / 86_400, at % 86_400);
    let date = hours::Date::from_days_since_epoch(day as i32);
    let at = format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z",
        date.year(),
        date.month(),
        date.day(),
        clock / 3600,
        clock / 60 % 60,
        clock % 60
    );
    Ok((seq, format!(r#"{{"seq":{seq},"at":"{at}",{what}}}"#)))
}

fn ms(text: &str) -> i64 {
    let (day, clock) = text.split_once(' ').expect("day and clock");
    let day = hours::Date::parse(day).expect("a day").days_since_epoch();
    let (hour, minute) = clock.split_once(':').expect("a clock");
    let minutes = i64::from(day) * 1440
        + hour.parse::<i64>().expect("hour") * 60
        + minute.parse::<i64>().expect("minute");
    (minutes - 60) * 60_000 // winter time
}

fn problem(status: &str, code: &str) -> String {
    format!(
        r#"{{"type":"about:blank","title":"x","status":{status},"detail":"x","code":"{code}"}}"#
    )
}

fn play(folder: &Path, stage: &mut Stage, line: &str) -> Result<(), String> {
    let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
    let rest = rest.trim();
    let check = |good: bool, what: String| if good { Ok(()) } else { Err(what) };
    match word {
        "@" => stage.now.ms = ms(rest),
        "+" => {
            let seconds = rest
                .trim_end_matches(" s")
                .parse::<i64>()
                .map_err(|e| e.to_string())?;
            stage.since = stage.asked.len();
            for _ in 0..seconds {
                stage.now.ms += 1000;
                stage.fresh += 1;
                stage.now.fresh = format!("00000000-0000-4000-8000-{:012}", stage.fresh);
                stage.step(Event::Tick);
            }
        }
        "en" => stage.now.lang = Lang::En,
        "citizen" => stage.transcript.push(Said {
            who: Who::Citizen,
            text: rest.into(),
            answer: None,
        }),
        "bot" => {
            let (answer, text) = rest.split_once(" | ").unwrap_or(("", rest));
            let answer = (!answer.is_empty()).then(|| answer.to_string());
            stage.transcript.push(Said {
                who: Who::Bot,
                text: text.into(),
                answer,
            });
        }
        "begin" => {
            let about = rest.trim_matches('-').to_string();
            let transcript = stage.transcript.clone();
            stage.on(Event::Begin {
                about,
                bundle: "eksempelby-1.kb".into(),
                transcript,
            });
        }
        "wish" => {
            stage.grown.clear();
            stage.on(Event::Ask {
                question: rest.into(),
                phone: "00 12 34 56".into(),
            });
        }
        "says" | "comes" => {
            let (name, data) = rest.split_once(' ').ok_or("two things")?;
            let text = if word == "says" {
                let part = serde_json::to_string(data).expect("json");
                format!(
                    "event: sentence\ndata: {{\"parts\":[{{\"text\":{part}}}],\"sources\":[{name}]}}\n\n"
                )
            } else {
                format!("event: {name}\ndata: {data}\n\n")
            };
            let number = stage.answer.ok_or("no answer is waited for")?;
            stage.on(Event::Chunk { number, text });
        }
        "lost" => {
            let number = stage.answer.take().ok_or("no answer is waited for")?;
            let status = rest.parse().map_err(|_| "no status")?;
            stage.on(Event::Cut { number, status });
        }
        "answer" => {
            return check(
                stage.grown == rest.trim_matches('-'),
                format!("answer: {}", stage.grown),
            );
        }
        "opens" => return check(stage.opened == rest, format!("opens: {}", stage.opened)),
        "page" => {
            let kept = stage.kept.clone();
            stage.talk = Talk::default();
            (stage.own, stage.stream, stage.bar, stage.line) = (Vec::new(), None, None, None);
            (stage.types, stage.told) = (false, Vec::new());
            stage.on(Event::Resume(kept));
        }
        "forget" => {
            stage.own.clear();
            stage.on(Event::Forget);
        }
        ">" => {
            let (text, chat) = rest
                .split_once(" => chat")
                .map_or((rest, false), |(text, _)| (text, true));
            stage.on(Event::Said(text.trim().into()));
            return check(
                stage.passed == chat,
                format!("for the chat: {}", stage.passed),
            );
        }
        "typed" => stage.on(Event::Typed),
        "wake" => stage.on(Event::Wake),
        "text:" => stage.fields.text = rest.into(),
        "name:" => stage.fields.name = rest.into(),
        "phone:" => stage.fields.phone = rest.into(),
        "email:" => stage.fields.email = rest.into(),
        "when:" => stage.fields.when = rest.into(),
        "code:" => stage.fields.code = rest.into(),
        "along:" => stage.fields.along = rest == "yes",
        "!" => {
            let choices = stage.choices();
            let Some((seq, choice)) = choices.iter().find(|(_, choice)| choice.label == rest)
            else {
                let labels: Vec<_> = choices
                    .iter()
                    .map(|(_, choice)| choice.label.as_str())
                    .collect();
                return Err(format!("no button `{rest}`; there are {labels:?}"));
            };
            stage.faults.clear();
            let (seq, press): (u32, Press) = (*seq, choice.press);
            let fields = stage.fields.clone();
            stage.on(Event::Press { seq, press, fields });
        }
        "resend" => {
            let nth = rest.parse().map_err(|_| "no number")?;
            stage.on(Event::Press {
                seq: 0,
                press: Press::Resend(nth),
                fields: Fields::default(),
            });
        }
        "<" => {
            let (status, name) = rest.split_once(' ').unwrap_or((rest, ""));
            let body = match name {
                "" => String::new(),
                "conversation" => stage.conversation(),
                "accepted" => r#"{"seq":9}"#.to_string(),
                code if code.starts_with("problem:") => problem(status, &code[8..]),
                name => std::fs::read_to_string(folder.join(format!("answers/{name}.json")))
                    .map_err(|e| e.to_string())?,
            };
            if name == "opened" && stage.server.is_empty() {
                stage
                    .server
                    .push(entry_of("1 citizen first Det første", stage.now.ms)?);
            }
            let waits = |request: &&Request| !matches!(request.what, What::Log | What::Typing);
            let number = stage
                .asked
                .iter()
                .rev()
                .find(waits)
                .map(|request| request.number)
                .ok_or("nothing was asked")?;
            let status = status.parse().map_err(|_| "no status")?;
            stage.on(Event::Answer {
                number,
                status,
                body,
            });
        }
        "s" => {
            let entry = entry_of(rest, stage.now.ms)?;
            stage.server.push(entry);
        }
        "stream" => {
            for seq in rest.split(' ') {
                let entry = stage.entry(seq.parse().map_err(|_| "no number")?)?;
                stage.chunk(format!("id: {seq}\ndata: {entry}\n\n"))?;
            }
        }
        "beat" => return stage.chunk(": her\n\n".into()),
        "now" => {
            stage.conversation = rest.into();
            let text = format!("event: conversation\ndata: {}\n\n", stage.conversation());
            return stage.chunk(text);
        }
        "stage" => stage.conversation = rest.into(),
        "cut" => {
            let (number, _) = stage.stream.take().ok_or("no stream is open")?;
            let status = rest.parse().map_err(|_| "no status")?;
            stage.on(Event::Cut { number, status });
        }
        "log" => {
            let request = stage
                .asked
                .iter()
                .rev()
                .find(|request| request.what == What::Log)
                .cloned()
                .ok_or("no log was asked for")?;
            let after = request
                .path
                .split(['=', '&'])
                .nth(1)
                .and_then(|after| after.parse::<u64>().ok())
                .ok_or("after what?")?;
            let body = if rest.is_empty() {
                let entries: Vec<_> = stage
                    .server
                    .iter()
                    .filter(|(seq, _)| *seq > after)
                    .map(|(_, entry)| entry.as_str())
                    .collect();
                format!(
                    r#"{{"entries":[{}],"conversation":{}}}"#,
                    entries.join(","),
                    stage.conversation()
                )
            } else {
                problem(rest, "not-found")
            };
            let status = if rest.is_empty() {
                200
            } else {
                rest.parse().map_err(|_| "no status")?
            };
            stage.on(Event::Answer {
                number: request.number,
                status,
                body,
            });
        }
        "?" => {
            return check(
                stage.text().contains(rest),
                format!("not in {}", stage.text()),
            );
        }
        "?!" => return check(!stage.text().contains(rest), format!("in {}", stage.text())),
        "told" => {
            let told = std::mem::take(&mut stage.told);
            let wanted: Vec<&str> = rest.split(" | ").filter(|one| *one != "-").collect();
            let good = told.len() == wanted.len()
                && told
                    .iter()
                    .zip(&wanted)
                    .all(|(told, wanted)| told.starts_with(wanted));
            return check(good, format!("told: {told:?}"));
        }
        "own" => {
            let name = |(_, state): &(usize, State)| match state {
                State::Sending => "sending",
                State::Sent => "sent",
                State::Failed => "failed",
            };
            let own: Vec<_> = stage.own.iter().map(name).collect();
            return check(
                own.join(" ") == rest.trim_matches('-'),
                format!("own: {own:?}"),
            );
        }
        "types" => {
            return check(
                stage.types == (rest == "yes"),
                format!("types: {}", stage.types),
            );
        }
        "ask" => {
            let mut parts = rest.splitn(3, ' ');
            let (method, path, body) = (
                parts.next().unwrap_or(""),
                parts.next().unwrap_or(""),
                parts.next().unwrap_or(""),
            );
            let new = &stage.asked[stage.since..];
            let found = new.iter().any(|request| {
                request.key.is_some() == (method == "POST")
                    && request
                        .path
                        .trim_start_matches("/api/v1/handoff/")
                        .starts_with(path)
                    && (body.is_empty() || request.body == body)
            });
            return check(found, format!("asked: {new:?}"));
        }
        "no" => {
            return check(
                stage.asked.len() == stage.since,
                format!("asked: {:?}", &stage.asked[stage.since..]),
            );
        }
        "same" => {
            let posts: Vec<&Request> = stage
                .asked
                .iter()
                .filter(|request| request.key.is_some() && request.what != What::Typing)
                .collect();
            let [.., one, other] = posts.as_slice() else {
                return Err("fewer than two POSTs".into());
            };
            let good = (&one.key, &one.body, &one.path) == (&other.key, &other.body, &other.path);
            return check(
                good && one.number != other.number,
                format!("{one:?} {other:?}"),
            );
        }
        "shown" => {
            let shown = stage
                .said
                .iter()
                .flat_map(|message| &message.folds)
                .find(|fold| !fold.bytes.is_empty())
                .map(|fold| fold.bytes.clone());
            let sent = stage.asked.last().map(|request| request.body.clone());
            return check(
                shown.is_some() && shown == sent,
                format!("shown {shown:?}, sent {sent:?}"),
            );
        }
        "listens" => {
            let path = stage.stream.as_ref().map_or("-", |(_, path)| path.as_str());
            return check(
                path.rsplit('=').next() == Some(rest),
                format!("stream: {path}"),
            );
        }
        "fault" => {
            return check(
                stage.faults.contains(&rest.to_string()),
                format!("{:?}", stage.faults),
            );
        }
        "line" => {
            let text = stage.line.as_ref().map_or("-", |(text, _)| text.as_str());
            return check(text.contains(rest), format!("line: {text}"));
        }
        "bar" => {
            let text = stage.bar.as_ref().map_or("-", |(text, _)| text.as_str());
            return check(text.contains(rest), format!("bar: {text}"));
        }
        "status" => {
            return check(
                stage.status.contains(rest),
                format!("status: {}", stage.status),
            );
        }
        "kept" => {
            let good = if rest == "-" {
                stage.kept.is_empty()
            } else {
                stage.kept.contains(rest)
            };
            return check(good, format!("kept: {}", stage.kept));
        }
        "forgotten" => return check(!stage.kept.contains(rest), format!("kept: {}", stage.kept)),
        _ => return Err(format!("unknown word `{word}`")),
    }
    Ok(())
}

#[test]
fn conversations_go_as_their_files_say() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let entries = folder
        .read_dir()
        .expect("tests")
        .map(|entry| entry.expect("entry").path());
    let mut files: Vec<_> = entries
        .filter(|path| path.extension().is_some_and(|end| end == "samtale"))
        .collect();
    files.sort();
    let (mut wrong, mut count) = (Vec::new(), 0);
    for file in &files {
        let text = std::fs::read_to_string(file).expect("text");
        let mut stage = Stage::new();
        let mut name = String::new();
        let mut broken = false;
        for (at, line) in text.lines().enumerate() {
            let line = line.trim();
            if let Some(begun) = line.strip_prefix("--- ") {
                (stage, name, broken) = (Stage::new(), begun.to_string(), false);
                count += 1;
            } else if !line.is_empty()
                && !line.starts_with('#')
                && !broken
                && let Err(why) = play(&folder, &mut stage, line)
            {
                let place = file.file_name().unwrap_or_default().to_string_lossy();
                wrong.push(format!("{place}:{}: {name}: `{line}`: {why}", at + 1));
                broken = true;
            }
        }
    }
    assert!(count >= 20, "{count} conversations");
    assert!(
        wrong.is_empty(),
        "{} of {count} conversations:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}
