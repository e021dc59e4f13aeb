//! Asks a model over the chat completions protocol that servers of models have in common (llama.cpp, vLLM, Mistral, Azure): one POST, the
//! answer as a stream. Whatever goes wrong is one of a few kinds; nothing that was said goes into a log.

use super::settings::FallbackConfig;
use super::stream::Events;
use crate::adapter::call;
use grounding::Message;
use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderName, HeaderValue};
use serde::Deserialize;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// No answer at all takes longer than this, whatever the settings say.
const LONGEST: Duration = Duration::from_secs(300);

/// Why there is no answer, or not the whole of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// Nobody is there.
    #[error("no connection")]
    Connection,
    /// The first word did not come in time, or the last one.
    #[error("too slow")]
    Slow,
    /// Another status than 200.
    #[error("status {0}")]
    Status(u16),
    /// What came is not of the protocol.
    #[error("not of the protocol")]
    Garbage,
    /// It ended in the middle.
    #[error("ended in the middle")]
    Broken,
}

impl Failure {
    /// Whether a second try can help.
    pub fn may_pass(self) -> bool {
        match self {
            Failure::Status(status) => status >= 500 || matches!(status, 408 | 429),
            Failure::Slow => false,
            _ => true,
        }
    }
}

/// Tokens as the server counted them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// To the model.
    pub tokens_in: u64,
    /// From it.
    pub tokens_out: u64,
}

/// A server of models.
#[derive(Clone)]
pub struct Provider {
    client: reqwest::Client,
    url: String,
    header: HeaderName,
    key: Option<HeaderValue>,
    model: String,
    temperature: f64,
}

/// An answer that is being read.
pub struct Answer {
    response: reqwest::Response,
    events: Events,
    ready: std::collections::VecDeque<String>,
    first_by: Instant,
    last_by: Instant,
    begun: bool,
    stopped: bool,
    /// What the server counted, when it did.
    pub usage: Option<Usage>,
    /// It was cut for its length.
    pub cut: bool,
}

#[derive(Deserialize)]
struct Chunk {
    #[serde(default)]
    choices: Vec<Choice>,
    #[serde(default)]
    usage: Option<Counted>,
    #[serde(default)]
    error: Option<Value>,
}

#[derive(Deserialize)]
struct Choice {
    #[serde(default)]
    delta: Option<Delta>,
    #[serde(default)]
    finish_reason: Option<String>,
}

#[derive(Deserialize)]
struct Delta {
    #[serde(default)]
    content: Option<String>,
}

#[derive(Deserialize)]
struct Counted {
    #[serde(default)]
    prompt_tokens: u64,
    #[serde(default)]
    completion_tokens: u64,
}

impl Provider {
    /// The server that the settings name, with the key from the environment.
    ///
    /// # Errors
    /// The key is missing or cannot stand in a header, or there is no TLS on this machine.
    pub fn new(
        config: &FallbackConfig,
        env: impl Fn(&str) -> Option<String>,
    ) -> Result<Provider, String> {
        let key = match config.key_env.as_str() {
            "" => None,
            name => Some(env(name).filter(|key| !key.is_empty()).ok_or_else(|| {
                format!("{name} is not set in the environment; put the key there")
            })?),
        };
        let header = HeaderName::from_bytes(config.key_header.as_bytes())
            .map_err(|_| "key_header is no name of a header".to_owned())?;
        let key = key.map(|key| {
            let text = if config.key_header == "authorization" {
                format!("Bearer {key}")
            } else {
                key
            };
            let mut value = HeaderValue::from_str(text.trim())
                .map_err(|_| "the key cannot stand in a header".to_owned())?;
            value.set_sensitive(true);
            Ok::<_, String>(value)
        });
        Ok(Provider {
            client: call::client(LONGEST)?,
            url: completions(&config.base_url),
            header,
            key: key.transpose()?,
            model: config.model.clone(),
            temperature: config.temperature,
        })
    }

    /// The body that is sent.
    pub fn body(&self, messages: &[Message], max_tokens: u32) -> Value {
        let messages: Vec<Value> = messages
            .iter()
            .map(|m| json!({"role": m.role.name(), "content": m.text}))
            .collect();
        json!({
            "model": self.model,
            "messages": messages,
            "temperature": self.temperature,
            "max_tokens": max_tokens,
            "stream": true,
            "stream_options": {"include_usage": true},
        })
    }

    /// Asks. The answer is read by [`Answer::next`], all of it before `last_by`.
    ///
    /// # Errors
    /// Nobody answers in time, or with another status than 200.
    pub async fn ask(
        &self,
        messages: &[Message],
        max_tokens: u32,
        first_by: Instant,
        last_by: Instant,
    ) -> Result<Answer, Failure> {
        let body =
            serde_json::to_vec(&self.body(messages, max_tokens)).map_err(|_| Failure::Garbage)?;
        let mut request = self
            .client
            .post(&self.url)
            .header(CONTENT_TYPE, "application/json")
            .header(ACCEPT, "text/event-stream")
            .body(body);
        if let Some(key) = &self.key {
            request = request.header(self.header.clone(), key.clone());
        }
        let sent = tokio::time::timeout_at(first_by.into(), request.send()).await;
        let response = sent.map_err(|_| Failure::Slow)?.map_err(|e| failure(&e))?;
        let status = response.status().as_u16();
        if status != 200 {
            return Err(Failure::Status(status));
        }
        Ok(Answer {
            response,
            events: Events::default(),
            ready: std::collections::VecDeque::new(),
            first_by,
            last_by,
            begun: false,
            stopped: false,
            usage: None,
            cut: false,
        })
    }

    /// Asks and waits for the whole answer: for whoever writes drafts.
    ///
    /// # Errors
    /// As [`Provider::ask`], or it ended in the middle.
    pub async fn whole(
        &self,
        messages: &[Message],
        max_tokens: u32,
        patience: Duration,
    ) -> Result<String, Failure> {
        let by = Instant::now() + patience;
        let mut answer = self.ask(messages, max_tokens, by, by).await?;
        let mut text = String::new();
        while let Some(piece) = answer.next().await? {
            text.push_str(&piece);
        }
        Ok(text)
    }
}

impl Answer {
    /// The next piece of text; `None` when the answer is over.
    ///
    /// # Errors
    /// It is late, breaks off, or is not of the protocol.
    pub async fn next(&mut self) -> Result<Option<String>, Failure> {
        loop {
            while let Some(data) = self.ready.pop_front() {
                if data.trim() == "[DONE]" {
                    return Ok(None);
                }
                if let Some(text) = self.take(&data)? {
                    self.begun = true;
                    return Ok(Some(text));
                }
            }
            let by = if self.begun {
                self.last_by
            } else {
                self.first_by.min(self.last_by)
            };
            let chunk = tokio::time::timeout_at(by.into(), self.response.chunk()).await;
            match chunk.map_err(|_| Failure::Slow)? {
                Ok(Some(bytes)) => self
                    .ready
                    .extend(self.events.push(&bytes).map_err(|_| Failure::Garbage)?),
                // Some servers end the connection instead of saying [DONE].
                Ok(None) if self.stopped => return Ok(None),
                Ok(None) => return Err(Failure::Broken),
                Err(e) if e.is_timeout() => return Err(Failure::Slow),
                Err(_) => return Err(Failure::Broken),
            }
        }
    }

    fn take(&mut self, data: &str) -> Result<Option<String>, Failure> {
        let chunk: Chunk = serde_json::from_str(data).map_err(|_| Failure::Garbage)?;
        if chunk.error.is_some_and(|e| !e.is_null()) {
            return Err(Failure::Garbage);
        }
        if let Some(counted) = chunk.usage {
            self.usage = Some(Usage {
                tokens_in: counted.prompt_tokens,
                tokens_out: counted.completion_tokens,
            });
        }
        let Some(choice) = chunk.choices.into_iter().next() else {
            return Ok(None);
        };
        if let Some(why) = choice.finish_reason {
            self.stopped = true;
            self.cut = why == "length";
        }
        Ok(choice
            .delta
            .and_then(|delta| delta.content)
            .filter(|text| !text.is_empty()))
    }
}

/// The address of the protocol's route; what stands behind `?` stays behind it.
fn completions(base: &str) -> String {
    let (path, query) = base
        .split_once('?')
        .map_or((base, None), |(path, query)| (path, Some(query)));
    let query = query.map_or_else(String::new, |query| format!("?{query}"));
    format!("{}/chat/completions{query}", path.trim_end_matches('/'))
}

fn failure(error: &reqwest::Error) -> Failure {
    if error.is_timeout() && !error.is_connect() {
        Failure::Slow
    } else if error.is_connect() {
        Failure::Connection
    } else {
        Failure::Broken
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_route_goes_behind_the_path() {
        assert_eq!(
            completions("https://a.dk/v1/"),
            "https://a.dk/v1/chat/completions"
        );
        assert_eq!(
            completions("https://a.dk/x?api-version=1"),
            "https://a.dk/x/chat/completions?api-version=1"
        );
    }
}
