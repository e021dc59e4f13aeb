//! The conversations of tests/*.samtale, each a text file: what the citizen and the server do, and what comes of it.
//!
//! ```text
//! --- a name of the conversation
//! @ 2026-11-21 10:00          the clock (Copenhagen); "+60 s" moves it on
//! begin pas-og-koerekort | jeg skal have nyt pas     "Bestil tid" was pressed
//! > på fredag                 the citizen writes; "=> chat" when it is not for the booking
//! ! Videre                    a button is pressed, by what is read on it; fields before it: `name: Kim`
//! < 200 services              the server answers with tests/answers/services.json; status 0 is no answer
//! ? Hvor vil du komme hen?    the newest messages hold this
//! ?! Fortryd                  they do not hold this
//! ask POST holds              such a request went out; a body may follow: `ask POST holds {"service":...}`
//! same key                    the last two POSTs had the same key and the same body
//! no ask                      nothing went out since the last line of the citizen
//! fault email                 the field is marked
//! bar 1 minut                 the bar above the log holds this; "bar -": there is none
//! kept secret, kept -         what the tab keeps holds this; nothing
//! ```
#![allow(missing_docs, reason = "tests")]

use bundle::content::Lang;
use errand::{Choice, Effect, Event, Fields, Message, Now, Press, Request, Talk, step};
use std::path::Path;

struct Stage {
    talk: Talk,
    now: Now,
    said: Vec<Message>,
    asked: Vec<Request>,
    since: usize,
    passed: bool,
    faults: Vec<String>,
    bar: Option<(String, Option<Choice>)>,
    status: String,
    kept: String,
    fields: Fields,
    fresh: u32,
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
            said: Vec::new(),
            asked: Vec::new(),
            since: 0,
            passed: false,
            faults: Vec::new(),
            bar: None,
            status: String::new(),
            kept: String::new(),
            fields: Fields::default(),
            fresh: 0,
        }
    }

    fn on(&mut self, event: Event) {
        self.fresh += 1;
        self.now.fresh = format!("00000000-0000-4000-8000-{:012}", self.fresh);
        self.passed = false;
        if !matches!(event, Event::Tick | Event::Answer { .. }) {
            self.since = self.asked.len();
        }
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
                Effect::Status(text) => self.status = text,
                Effect::Keep(text) => self.kept = text,
                Effect::Pass => self.passed = true,
                Effect::Save(text) => self.status = text,
                Effect::Write(_) | Effect::Wait(_) => {}
            }
        }
        if !new.is_empty() {
            self.said = new;
        }
    }

    fn choices(&self) -> Vec<(u32, Choice)> {
        let of = |message: &Message| {
            let days = message.days.iter().flat_map(|day| {
                let times = day.parts.iter().flat_map(|(_, times)| times.clone());
                times.chain(day.more.clone()).collect::<Vec<_>>()
            });
            let month = message
                .month
                .iter()
                .flat_map(|month| month.free.iter().map(|(_, choice)| choice.clone()));
            let all = days
                .chain(month)
                .chain(message.options.clone())
                .chain(message.main.clone())
                .chain(message.more.clone());
            all.map(|choice| (message.seq, choice)).collect::<Vec<_>>()
        };
        let mut all: Vec<(u32, Choice)> = self.said.iter().flat_map(of).collect();
        all.extend(
            self.bar
                .iter()
                .filter_map(|(_, choice)| Some((0, choice.clone()?))),
        );
        all
    }

    fn text(&self) -> String {
        self.said
            .iter()
            .map(|message| format!("{message:?}"))
            .collect::<Vec<_>>()
            .join("\n")
    }
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

fn path_end(path: &str) -> &str {
    path.strip_prefix("/api/v1/booking/")
        .expect("a path of the API")
}

fn play(folder: &Path, stage: &mut Stage, line: &str) -> Result<(), String> {
    let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
    let rest = rest.trim();
    let check = |good: bool, what: String| if good { Ok(()) } else { Err(what) };
    match word {
        "@" => stage.now.ms = ms(rest),
        "+" => {
            stage.now.ms += rest
                .trim_end_matches(" s")
                .parse::<i64>()
                .map_err(|e| e.to_string())?
                * 1000;
            stage.on(Event::Tick);
        }
        "en" => stage.now.lang = Lang::En,
        "begin" => {
            let (service, wish) = rest.split_once(" | ").unwrap_or((rest, ""));
            let service = service.trim_matches('-').to_string();
            stage.on(Event::Begin {
                service,
                wish: wish.into(),
            });
        }
        "open" => stage.on(Event::Open(rest.into())),
        "resume" => {
            let kept = stage.kept.clone();
            stage.talk = Talk::default();
            stage.on(Event::Resume(kept));
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
        "name:" => stage.fields.name = rest.into(),
        "phone:" => stage.fields.phone = rest.into(),
        "email:" => stage.fields.email = rest.into(),
        "code:" => stage.fields.code = rest.into(),
        "!" => {
            let choices = stage.choices();
            let found = choices
                .iter()
                .find(|(_, choice)| choice.label == rest || choice.spoken == rest);
            let Some((seq, choice)) = found else {
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
        "<" => {
            let (status, name) = rest.split_once(' ').unwrap_or((rest, ""));
            let body = match name {
                "" => String::new(),
                code if code.starts_with("problem:") => format!(
                    r#"{{"type":"about:blank","title":"x","status":{status},"detail":"x","code":"{}"}}"#,
                    &code[8..]
                ),
                name => std::fs::read_to_string(folder.join(format!("answers/{name}.json")))
                    .map_err(|e| e.to_string())?,
            };
            let number = stage
                .asked
                .iter()
                .rev()
                .find(|request| request.number > 0)
                .map(|request| request.number);
            let number = number.ok_or("nothing was asked")?;
            let status = status.parse().map_err(|_| "no status")?;
            stage.on(Event::Answer {
                number,
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
                    && path_end(&request.path).starts_with(path)
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
                .filter(|request| request.key.is_some() && request.number > 0)
                .collect();
            let [.., one, other] = posts.as_slice() else {
                return Err("fewer than two POSTs".into());
            };
            let good = (&one.key, &one.body, &one.path, &one.holder)
                == (&other.key, &other.body, &other.path, &other.holder);
            return check(
                good && one.number != other.number,
                format!("{one:?} {other:?}"),
            );
        }
        "fault" => {
            return check(
                stage.faults.contains(&rest.to_string()),
                format!("{:?}", stage.faults),
            );
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
    let mut files: Vec<_> = folder
        .read_dir()
        .expect("tests")
        .map(|entry| entry.expect("entry").path())
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
    assert!(count >= 15, "{count} conversations");
    assert!(
        wrong.is_empty(),
        "{} of {count} conversations:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}
