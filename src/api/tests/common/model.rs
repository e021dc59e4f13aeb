//! A server of models that does what it is told: the protocol, good and bad answers, and every way of failing. Keeps what it was asked.

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use futures_util::stream;
use serde_json::{Value, json};
use std::convert::Infallible;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// What it does next.
#[derive(Clone, Debug, PartialEq)]
pub enum Mode {
    /// The first two sentences of the first excerpt, cited.
    Good,
    /// The same without citations.
    Uncited,
    /// Citing an excerpt that is none.
    WrongId,
    /// With every digit another one.
    ChangedNumber,
    /// With a link to a host that is not listed.
    OffListLink,
    /// With a picture.
    Image,
    /// What it is told to say.
    Say(String),
    /// Says that it does not know.
    Nothing,
    /// The first word comes after this.
    Late(Duration),
    /// A word every so often, without end.
    Trickle(Duration),
    /// Bytes that are no stream.
    Garbage,
    /// A page instead of a stream.
    Html,
    /// Ends in the middle of the second sentence.
    Half,
    /// A status.
    Status(u16),
    /// Fails this often, then is good.
    FailFirst(usize),
    /// Good, and does not count tokens.
    Uncounted,
    /// Good, byte by byte, with comments in between.
    Pieces,
}

#[derive(Clone)]
struct Server {
    mode: Arc<Mutex<Mode>>,
    asked: Arc<Mutex<Vec<(HeaderMap, String)>>>,
    at_once: Arc<AtomicUsize>,
}

/// A scripted model in this process.
pub struct Model {
    server: Server,
    pub url: String,
}

impl Model {
    pub async fn start() -> Model {
        let server = Server {
            mode: Arc::new(Mutex::new(Mode::Good)),
            asked: Arc::default(),
            at_once: Arc::default(),
        };
        let app = Router::new()
            .route("/v1/chat/completions", post(answer))
            .with_state(server.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
            .await
            .expect("a port");
        let url = format!("http://{}/v1", listener.local_addr().expect("an address"));
        tokio::spawn(async move { axum::serve(listener, app).await });
        Model { server, url }
    }

    pub fn set(&self, mode: Mode) {
        *self.server.mode.lock().expect("lock") = mode;
    }

    /// Bodies it was sent since the last look.
    pub fn asked(&self) -> Vec<String> {
        let asked = std::mem::take(&mut *self.server.asked.lock().expect("lock"));
        asked.into_iter().map(|(_, body)| body).collect()
    }

    /// The header of the last request.
    pub fn header(&self, name: &str) -> Option<String> {
        let asked = self.server.asked.lock().expect("lock");
        let (headers, _) = asked.last()?;
        Some(headers.get(name)?.to_str().ok()?.to_owned())
    }
}

/// The excerpts of a prompt: number and text.
pub fn excerpts(body: &Value) -> Vec<(u32, String)> {
    let text = body["messages"][1]["content"].as_str().expect("a message");
    let mut found: Vec<(u32, String)> = Vec::new();
    for line in text.lines() {
        // Behind every sentence stands the number; the first line is the title.
        let Some((_, number)) = line.rsplit_once(" [p") else {
            continue;
        };
        let number = number.trim_end_matches(']').parse().expect("a number");
        let plain = line.replace(&format!(" [p{number}]"), "");
        match found.last_mut().filter(|(last, _)| *last == number) {
            Some((_, text)) => *text = format!("{text}\n{plain}"),
            None => found.push((number, String::new())),
        }
    }
    found
}

/// Sentences of a text that say something.
pub fn sentences(text: &str) -> Vec<String> {
    let all = text
        .split(['\n'])
        .flat_map(|line| line.split_inclusive(". "));
    all.map(|s| s.trim().trim_end_matches('.').to_owned())
        .filter(|s| s.split_whitespace().count() >= 4 && !s.contains(['(', ':']))
        .collect()
}

/// What a mode says to a prompt.
pub fn said(mode: &Mode, body: &Value) -> String {
    let excerpts = excerpts(body);
    let Some((number, text)) = excerpts.first() else {
        return "INGEN".into();
    };
    let all = sentences(text);
    let good: Vec<String> = all
        .iter()
        .take(2)
        .map(|s| format!("{s} [p{number}]."))
        .collect();
    let first = all.first().cloned().unwrap_or_default();
    match mode {
        Mode::Uncited => good.join(" ").replace(&format!(" [p{number}]"), ""),
        Mode::WrongId => format!("{first} [p{}].", excerpts.len() + 3),
        Mode::ChangedNumber => {
            let other = |c: char| {
                c.to_digit(10)
                    .map_or(c, |d| char::from_digit((d + 7) % 10, 10).unwrap_or(c))
            };
            let with = all
                .iter()
                .find(|s| s.contains(|c: char| c.is_ascii_digit()))
                .cloned();
            let with = with.unwrap_or_else(|| format!("{first} efter 7 dage"));
            format!(
                "{} [p{number}].",
                with.chars().map(other).collect::<String>()
            )
        }
        Mode::OffListLink => format!("{first} på evil.example/hent [p{number}]."),
        Mode::Image => format!("{first} ![x](https://evil.example/a.png?q=1) [p{number}]."),
        Mode::Say(text) => text.clone(),
        Mode::Nothing => "INGEN".into(),
        _ => good.join(" "),
    }
}

async fn answer(State(server): State<Server>, headers: HeaderMap, body: Bytes) -> Response {
    let text = String::from_utf8(body.to_vec()).expect("text");
    let parsed: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(parsed["stream"], true);
    assert!(parsed.get("tools").is_none());
    server.asked.lock().expect("lock").push((headers, text));
    server.at_once.fetch_add(1, Ordering::SeqCst);
    let mode = server.mode.lock().expect("lock").clone();
    let written = said(&mode, &parsed);
    let counted = json!({"prompt_tokens": 700, "completion_tokens": 60});
    let pieces: Vec<String> = written.split_inclusive(' ').map(piece).collect();
    let end = format!(
        "{}{}data: [DONE]\n\n",
        data(&json!({"choices": [{"delta": {}, "finish_reason": "stop"}]})),
        data(&json!({"choices": [], "usage": counted}))
    );
    match mode {
        Mode::Status(status) => (
            StatusCode::from_u16(status).expect("a status"),
            "{\"error\":\"x\"}",
        )
            .into_response(),
        Mode::FailFirst(left) if left > 0 => {
            *server.mode.lock().expect("lock") = Mode::FailFirst(left - 1);
            (StatusCode::INTERNAL_SERVER_ERROR, "x").into_response()
        }
        Mode::Garbage => sse(
            vec![
                "data: {\"choices\":[{\"delta\":{\"content\":\n\n".into(),
                "\u{0}\u{1}nothing\n".into(),
            ],
            Duration::ZERO,
        ),
        Mode::Html => (
            [("content-type", "text/html")],
            "<html><body>Velkommen</body></html>\n",
        )
            .into_response(),
        Mode::Half => {
            let half = pieces.len() * 3 / 4;
            sse(pieces[..half].to_vec(), Duration::ZERO)
        }
        Mode::Late(pause) => {
            tokio::time::sleep(pause).await;
            sse(pieces.into_iter().chain([end]).collect(), Duration::ZERO)
        }
        Mode::Trickle(pause) => sse(vec![piece("og "); 10_000], pause),
        Mode::Uncounted => sse(
            pieces
                .into_iter()
                .chain(["data: [DONE]\n\n".into()])
                .collect(),
            Duration::ZERO,
        ),
        Mode::Pieces => {
            let all = pieces.concat() + ": keep\n\n" + &end;
            let bytes: Vec<Vec<u8>> = all.into_bytes().chunks(1).map(<[u8]>::to_vec).collect();
            let body = stream::iter(bytes.into_iter().map(Ok::<_, Infallible>));
            (
                [("content-type", "text/event-stream")],
                Body::from_stream(body),
            )
                .into_response()
        }
        _ => sse(pieces.into_iter().chain([end]).collect(), Duration::ZERO),
    }
}

fn piece(text: impl AsRef<str>) -> String {
    data(&json!({"choices": [{"delta": {"content": text.as_ref()}}]}))
}

fn data(value: &Value) -> String {
    format!("data: {value}\n\n")
}

fn sse(pieces: Vec<String>, pause: Duration) -> Response {
    let body = stream::unfold(pieces.into_iter(), move |mut left| async move {
        let piece = left.next()?;
        if !pause.is_zero() {
            tokio::time::sleep(pause).await;
        }
        Some((Ok::<_, Infallible>(piece), left))
    });
    (
        [("content-type", "text/event-stream")],
        Body::from_stream(body),
    )
        .into_response()
}
