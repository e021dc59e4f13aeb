//! `[kommune.fallback]`: whether a model may be asked, which, under what law, for how much. Off unless somebody has written down who
//! answers for it; docs/operations.md says what each setting is for.

use crate::config::{host, is_secure};
use grounding::Hosts;
use serde::Deserialize;
use std::path::PathBuf;
use std::time::Duration;

/// Countries of the EU and the EEA.
const COUNTRIES: &[&str] = &[
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IS",
    "IT", "LI", "LT", "LU", "LV", "MT", "NL", "NO", "PL", "PT", "RO", "SE", "SI", "SK",
];
/// What else may stand as the region.
const REGIONS: &[&str] = &["EU", "EEA", "EØS", "self-hosted"];

/// AI help of one kommune. Environment: the key, in the variable that `key_env` names.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FallbackConfig {
    /// A model may be asked. Everything below up to `hosts` must be there then.
    pub enabled: bool,
    /// Where the paths of the protocol begin: `https://llm.eksempelby.dk/v1`. `/chat/completions` is put behind it.
    pub base_url: String,
    /// Name of the model, with its version where it has one.
    pub model: String,
    /// Name of the variable of the environment that holds the key; none when absent.
    pub key_env: String,
    /// Header of the key: `authorization` (as a bearer token), or another such as `api-key`.
    pub key_header: String,
    /// The law that allows it, as citizens read it.
    pub legal_basis: String,
    /// Where the impact assessment is filed.
    pub dpia_reference: String,
    /// Who runs the model on behalf of the kommune, as citizens read it.
    pub processor: String,
    /// Where it runs: `EU`, `EEA`, `self-hosted`, or the two letters of a country of them.
    pub region: String,
    /// 0 to 1; 0 says the same thing every time.
    pub temperature: f64,
    /// Longest answer.
    pub max_tokens: u32,
    /// Until the first word, seconds.
    pub first_seconds: u32,
    /// Until the last, seconds; two tries together.
    pub total_seconds: u32,
    /// How many of the kommune's answers the model is shown at most; fewer cost less and are read sooner.
    pub passages: u32,
    /// How often one conversation may ask.
    pub turns_per_conversation: u32,
    /// Most tokens of a day, to the model and from it.
    pub tokens_per_day: u64,
    /// Most kroner of a day.
    pub kroner_per_day: f64,
    /// Price of a million tokens to the model, kroner; 0 where it costs nothing.
    pub kroner_per_million_in: f64,
    /// Price of a million tokens from it.
    pub kroner_per_million_out: f64,
    /// Hosts that a link of an answer may lead to, `www.borger.dk`; those of `origins` are listed anyway.
    pub hosts: Vec<String>,
    /// While this file is there, no model is asked. `<slug>.ai-fra` in the folder of `booking` when absent.
    pub off_file: Option<PathBuf>,
}

impl Default for FallbackConfig {
    fn default() -> Self {
        FallbackConfig {
            enabled: false,
            base_url: String::new(),
            model: String::new(),
            key_env: String::new(),
            key_header: "authorization".into(),
            legal_basis: String::new(),
            dpia_reference: String::new(),
            processor: String::new(),
            region: String::new(),
            temperature: 0.0,
            max_tokens: 300,
            first_seconds: 8,
            total_seconds: 20,
            passages: 6,
            turns_per_conversation: 5,
            tokens_per_day: 0,
            kroner_per_day: -1.0,
            kroner_per_million_in: -1.0,
            kroner_per_million_out: -1.0,
            hosts: Vec::new(),
            off_file: None,
        }
    }
}

impl FallbackConfig {
    /// Every mistake, a line each; none when it is off.
    pub fn mistakes(&self) -> Vec<String> {
        if !self.enabled {
            return Vec::new();
        }
        let mut wrong = Vec::new();
        let mut say = |text: &str| wrong.push(text.to_owned());
        for (name, value, way) in [
            (
                "legal_basis",
                &self.legal_basis,
                "write the law that allows it",
            ),
            (
                "dpia_reference",
                &self.dpia_reference,
                "write where the impact assessment is filed",
            ),
            ("processor", &self.processor, "write who runs the model"),
            (
                "region",
                &self.region,
                "write EU, EEA, self-hosted or a country of them, DK",
            ),
            ("model", &self.model, "write the name of the model"),
        ] {
            if value.trim().is_empty() {
                say(&format!("{name} is missing; {way}"));
            }
        }
        let region = self.region.trim();
        if !region.is_empty() && !REGIONS.contains(&region) && !COUNTRIES.contains(&region) {
            say(&format!(
                "region `{region}` is outside the EU and the EEA; write EU, EEA, self-hosted or a country of them, DK"
            ));
        }
        let sound = is_secure(&self.base_url)
            && host(&self.base_url).is_some_and(|h| !h.contains('@'))
            && !self.base_url.contains('#');
        if !sound {
            say(
                "base_url must begin with https:// (http:// on this machine alone); write https://llm.eksempelby.dk/v1",
            );
        }
        if !self
            .key_header
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b == b'-')
            || self.key_header.is_empty()
        {
            say("key_header is no name of a header; write authorization or api-key");
        }
        if !(0.0..=1.0).contains(&self.temperature) {
            say("temperature must be between 0 and 1");
        }
        for (name, value, most) in [
            ("max_tokens", self.max_tokens, 2000),
            ("first_seconds", self.first_seconds, 60),
            ("total_seconds", self.total_seconds, 120),
            ("passages", self.passages, grounding::PASSAGES_MOST as u32),
            ("turns_per_conversation", self.turns_per_conversation, 50),
        ] {
            if value == 0 || value > most {
                say(&format!("{name} must be between 1 and {most}"));
            }
        }
        if self.tokens_per_day == 0 {
            say("tokens_per_day is missing; write the most tokens of a day");
        }
        for (name, value) in [
            ("kroner_per_day", self.kroner_per_day),
            ("kroner_per_million_in", self.kroner_per_million_in),
            ("kroner_per_million_out", self.kroner_per_million_out),
        ] {
            if !(0.0..=1e9).contains(&value) {
                say(&format!(
                    "{name} is missing; write kroner, 0 where nothing is paid"
                ));
            }
        }
        for host in &self.hosts {
            if grounding::host_of(host).as_deref() != Some(host.as_str()) {
                say(&format!("hosts: `{host}` is no host; write www.borger.dk"));
            }
        }
        wrong
    }

    /// The hosts that links may lead to.
    pub(super) fn listed(&self, origins: &[String]) -> Hosts {
        let own = origins.iter().filter_map(|origin| host(origin));
        Hosts::new(self.hosts.iter().map(String::as_str).chain(own))
    }

    /// Until the first word.
    pub(super) fn first(&self) -> Duration {
        Duration::from_secs(self.first_seconds.into())
    }

    /// Until the last.
    pub(super) fn total(&self) -> Duration {
        Duration::from_secs(self.total_seconds.into())
    }

    /// Millionths of a krone.
    pub(super) fn cost(&self, tokens_in: u64, tokens_out: u64) -> u64 {
        let sum = tokens_in as f64 * self.kroner_per_million_in
            + tokens_out as f64 * self.kroner_per_million_out;
        sum.ceil() as u64
    }

    /// The same for what a day may cost. A day without a price has no end in kroner.
    pub(super) fn micro_per_day(&self) -> u64 {
        (self.kroner_per_day * 1e6) as u64
    }
}
