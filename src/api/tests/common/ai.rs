//! A kommune with AI help at a scripted model, and its answers as a browser reads them.

use super::model::Model;
use super::staff::Console;
use super::{Folder, KEY, ORIGIN, Place, knowledge, settings};
use api::config::Config;
use api::fallback::Fallback;
use axum::Router;
use axum::body::Body;
use axum::http::Request;
use futures_util::StreamExt as _;
use protocol::path;
use serde_json::{Value, json};
use tower::ServiceExt as _;

/// Everything that `[kommune.fallback]` must say.
pub fn fallback(url: &str, more: &str) -> String {
    format!(
        "[kommune.fallback]\nenabled = true\nbase_url = \"{url}\"\nmodel = \"prøve-1\"\nkey_env = \"AI_KEY\"\nlegal_basis = \"lov om prøver § 1\"\n\
         dpia_reference = \"sag 26/1\"\nprocessor = \"Prøve A/S\"\nregion = \"DK\"\nhosts = [\"borger.dk\"]\n{more}\n"
    )
}

/// Room enough for any test that is not about budgets.
pub const AMPLE: &str = "tokens_per_day = 1000000000\nkroner_per_day = 1000000\nkroner_per_million_in = 10\nkroner_per_million_out = 30\nturns_per_conversation = 50";

/// A question that the knowledge answers.
pub const PAS: &str = "Hvad koster et pas?";

/// An event: its name and data.
pub type Event = (String, Value);

/// A kommune with AI help.
pub struct Ai {
    pub place: Place,
    pub model: Model,
    pub app: Router,
    pub consent: String,
    pub config: Config,
}

impl Ai {
    pub async fn new(more: &str) -> Ai {
        Self::at(Place::sqlite().await, more).await
    }

    /// At the database of a place that is there.
    pub async fn at(place: Place, more: &str) -> Ai {
        let model = Model::start().await;
        Self::with(place, model, more).await
    }

    pub async fn with(mut place: Place, model: Model, more: &str) -> Ai {
        let config = config(&place.folder, &model.url, more);
        let key = |name: &str| (name == "AI_KEY").then(|| "kanarie-noegle".to_owned());
        let help = Fallback::new(&config, key).expect("AI help");
        place.desk = place.desk.with_fallback(help);
        let app = Console::new(&place).app;
        let mut ai = Ai {
            place,
            model,
            app,
            consent: String::new(),
            config,
        };
        let terms = ai.terms().await;
        ai.consent = terms["privacy"]["version"]
            .as_str()
            .unwrap_or_default()
            .to_owned();
        ai
    }

    /// What is shown before.
    pub async fn terms(&self) -> Value {
        let request = Request::get(path::FALLBACK_TERMS)
            .header("lokalsvar-site", KEY)
            .body(Body::empty())
            .expect("a request");
        let response = self.app.clone().oneshot(request).await.expect("an answer");
        let bytes = axum::body::to_bytes(response.into_body(), 1 << 20)
            .await
            .expect("a body");
        serde_json::from_slice(&bytes).expect("JSON")
    }

    /// A question of a conversation of its own: status and events.
    pub async fn ask(&self, question: &str) -> (u16, Vec<Event>) {
        self.ask_in(&api::secret::uuid(), question).await
    }

    pub async fn ask_in(&self, conversation: &str, question: &str) -> (u16, Vec<Event>) {
        let body = json!({"question": question, "language": "da", "conversation": conversation, "consent": self.consent});
        let (status, text) = self.send(&body).await;
        (status, events(&text))
    }

    /// Any body: status and text.
    pub async fn send(&self, body: &Value) -> (u16, String) {
        let response = self
            .app
            .clone()
            .oneshot(request(body))
            .await
            .expect("an answer");
        let status = response.status().as_u16();
        let mut stream = response.into_body().into_data_stream();
        let mut text = Vec::new();
        while let Some(bytes) = stream.next().await {
            text.extend_from_slice(&bytes.expect("bytes"));
        }
        (status, String::from_utf8(text).expect("text"))
    }
}

/// Settings in a folder, with AI help at an address.
pub fn config(folder: &Folder, url: &str, more: &str) -> Config {
    knowledge::write(&folder.0, "eksempelby");
    let all = settings(folder, "sqlite:tider.db", "bundles = \".\"");
    let (first, second) = all
        .split_once("[[kommune]]\nslug = \"fjordby\"")
        .expect("two kommuner");
    let text = format!(
        "{first}{}[[kommune]]\nslug = \"fjordby\"{second}",
        fallback(url, more)
    );
    let mut config = Config::parse(&text, &folder.0, |_| None).expect("settings");
    // The kommune's real bundle, for whoever brings a real model.
    if let Some(bundles) = std::env::var_os("LOKALSVAR_BUNDLES") {
        config.bundles = Some(bundles.into());
    }
    config
}

pub fn request(body: &Value) -> Request<Body> {
    Request::post(path::FALLBACK)
        .header("lokalsvar-site", KEY)
        .header("origin", ORIGIN)
        .header("content-type", "application/json")
        .body(Body::from(body.to_string()))
        .expect("a request")
}

/// The events of a stream.
pub fn events(text: &str) -> Vec<Event> {
    text.split("\n\n")
        .filter_map(|event| {
            let field = |name: &str| {
                event
                    .lines()
                    .find_map(|l| l.strip_prefix(name))
                    .map(str::trim)
            };
            let data = serde_json::from_str(field("data:")?).expect("JSON");
            Some((field("event:").unwrap_or_default().to_owned(), data))
        })
        .collect()
}

/// Names of the events, in order.
pub fn names(events: &[Event]) -> Vec<&str> {
    events.iter().map(|(name, _)| name.as_str()).collect()
}

/// The sentences as text.
pub fn shown(events: &[Event]) -> Vec<String> {
    let said = events.iter().filter(|(name, _)| name == "sentence");
    said.map(|(_, data)| {
        data["parts"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|p| p["text"].as_str())
            .collect()
    })
    .collect()
}

/// A field of the first event with a name; empty when there is none.
pub fn kind(events: &[Event], name: &str, field: &str) -> String {
    let found = events.iter().find(|(n, _)| n == name);
    found
        .map(|(_, data)| data[field].as_str().unwrap_or_default().to_owned())
        .unwrap_or_default()
}
