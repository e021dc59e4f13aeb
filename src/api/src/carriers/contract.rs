//! What this server and a contact centre say to each other: the bodies of docs/handoff-adapter.md and one function per call. What a newer
//! side adds, an older side ignores.

use crate::adapter::call::{Line, Trouble};
use reqwest::Method;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// A conversation that begins there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Arrival {
    /// Its id here, the same for every try: a second POST with it makes no second conversation.
    pub conversation: String,
    /// Receipt number, which the citizen may say on the phone.
    pub receipt: String,
    /// Slug of the kommune.
    pub kommune: String,
    /// Id of the department.
    pub department: String,
    /// `chat`, `message` or `callback`.
    pub way: String,
    /// Id of the topic or answer in hand; empty when none.
    pub about: String,
    /// Number in KLE; empty when none is known.
    pub kle: String,
    /// Language of the citizen, `da` or `en`.
    pub language: String,
    /// What was said so far, the oldest first. The citizen has agreed; personal data are masked.
    pub said: Vec<Utterance>,
    /// Where an answer goes; absent in a chat.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<handoff::record::Contact>,
}

/// One thing that was said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Utterance {
    /// `citizen`, `bot` or `staff`.
    pub who: String,
    /// Plain text.
    pub text: String,
}

/// The contact centre has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Arrived {
    /// What it is called there, `[A-Za-z0-9._-]{1,64}`.
    pub remote: String,
}

/// What the citizen wrote.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sent {
    /// The same for every try: a second POST with it adds nothing.
    pub id: String,
    /// Its number in the log here; greater ones come later.
    pub seq: u64,
    /// Plain text.
    pub text: String,
}

/// What happened there since a cursor.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heard {
    /// In order, at most 100; ask again when there are 100.
    pub events: Vec<Happened>,
    /// Stands for everything up to the last event; at most 128 bytes.
    pub cursor: String,
}

/// One thing that happened there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Happened {
    /// A person has it.
    Taken,
    /// A person wrote.
    Message {
        /// Unique in the conversation, `[A-Za-z0-9._-]{1,64}`.
        id: String,
        /// Plain text, 1..=4000 characters.
        text: String,
    },
    /// A person writes, or has stopped.
    Typing {
        /// Writes.
        on: bool,
    },
    /// Nobody has it any more; it waits there.
    GivenBack,
    /// It is over.
    Closed,
    /// Something of a newer side.
    #[serde(other)]
    Other,
}

/// Nothing else to say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Nothing {}

/// True for a name that can stand in a path.
pub fn is_name(text: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"._-".contains(&b);
    (1..=64).contains(&text.len()) && text.bytes().all(plain) && !text.starts_with('.')
}

async fn call<T: DeserializeOwned>(
    line: &Line,
    method: Method,
    path: &str,
    key: Option<&str>,
    body: Option<&impl Serialize>,
) -> Result<T, Trouble> {
    let body = body.and_then(|body| serde_json::to_vec(body).ok());
    let raw = line.text(method, path, key, body).await?;
    serde_json::from_str(&raw.text)
        .map_err(|_| Trouble::Unknown("the answer is none of the contract"))
}

/// `POST /conversations`.
///
/// # Errors
/// It may have it or not: try again with the same id.
pub async fn open(line: &Line, arrival: &Arrival) -> Result<Arrived, Trouble> {
    let key = Some(arrival.conversation.as_str());
    let arrived: Arrived = call(line, Method::POST, "/conversations", key, Some(arrival)).await?;
    if is_name(&arrived.remote) {
        Ok(arrived)
    } else {
        Err(Trouble::Unknown("remote: a name of 1 to 64 characters"))
    }
}

/// `POST /conversations/{remote}/messages`.
///
/// # Errors
/// It may have it or not: try again with the same id.
pub async fn send(line: &Line, remote: &str, sent: &Sent) -> Result<Nothing, Trouble> {
    let path = format!("/conversations/{remote}/messages");
    call(line, Method::POST, &path, Some(&sent.id), Some(sent)).await
}

/// `GET /conversations/{remote}/events?after=CURSOR`; without the query everything since the beginning.
///
/// # Errors
/// Nothing was heard; ask again with the same cursor.
pub async fn hear(line: &Line, remote: &str, cursor: &str) -> Result<Heard, Trouble> {
    let mut path = format!("/conversations/{remote}/events");
    if !cursor.is_empty() {
        path.push_str(&format!("?after={cursor}"));
    }
    let heard: Heard = call(line, Method::GET, &path, None, None::<&Nothing>).await?;
    let named = |event: &Happened| match event {
        Happened::Message { id, text } => is_name(id) && (1..=4000).contains(&text.chars().count()),
        _ => true,
    };
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"._-".contains(&b);
    let fits = heard.cursor.len() <= 128 && heard.cursor.bytes().all(plain);
    if heard.events.len() > 100 || !heard.events.iter().all(named) || !fits {
        return Err(Trouble::Unknown("the answer breaks the contract"));
    }
    Ok(heard)
}

/// `POST /conversations/{remote}/end`: the citizen has ended it, or another department has it. A second time it is ended too.
///
/// # Errors
/// It may be ended or not: try again.
pub async fn end(line: &Line, remote: &str) -> Result<Nothing, Trouble> {
    let path = format!("/conversations/{remote}/end");
    call(line, Method::POST, &path, Some(remote), Some(&Nothing {})).await
}
