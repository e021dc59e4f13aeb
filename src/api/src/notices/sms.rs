//! Text messages through any gateway that takes a POST: `{"to", "from", "text"}` with the message's id as `Idempotency-Key`.

use super::{Message, Undelivered};
use crate::config::SmsConfig;
use std::time::Duration;

/// A gateway.
pub struct Gateway {
    client: reqwest::Client,
    config: SmsConfig,
}

impl Gateway {
    /// Reads the settings.
    ///
    /// # Errors
    /// There is no TLS on this machine.
    pub fn new(config: &SmsConfig) -> Result<Gateway, String> {
        let client = reqwest::Client::builder()
            .timeout(Duration::from_secs(20))
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .map_err(|e| e.to_string())?;
        Ok(Gateway {
            client,
            config: config.clone(),
        })
    }

    /// Hands a message to the gateway.
    ///
    /// # Errors
    /// It was not taken: 4xx means never, but for 401, 403, 408 and 429.
    pub async fn send(&self, message: &Message) -> Result<(), Undelivered> {
        let body =
            serde_json::json!({"to": message.to, "from": self.config.from, "text": message.text});
        let mut request = self
            .client
            .post(&self.config.url)
            .header("Idempotency-Key", &message.id)
            .json(&body);
        if !self.config.token.is_empty() {
            request = request.bearer_auth(&self.config.token);
        }
        let Ok(response) = request.send().await else {
            return Err(Undelivered::Later("the gateway cannot be reached"));
        };
        match response.status().as_u16() {
            200..=299 => Ok(()),
            401 | 403 | 408 | 429 => Err(Undelivered::Later("the gateway refuses it for now")),
            400..=499 => Err(Undelivered::Never("the gateway refuses it for good")),
            _ => Err(Undelivered::Later("the gateway failed")),
        }
    }
}
