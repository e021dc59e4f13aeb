//! The language model as a last resort: what the chat of a citizen and the API say to each other at `/api/v1/fallback`, and what staff read
//! about its use.
//!
//! The answer is a stream of events, each with a name and JSON as its data ([`event`]). Every sentence in it was held against the
//! passages before it was sent; it is text and links, never markup. Nothing of question or answer is kept by the server.

use crate::{Language, Privacy, Text};
use alloc::string::String;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// Longest question, in characters.
pub const QUESTION_MOST: usize = 500;

/// Names of the events of an answer, in the order in which they can come.
pub mod event {
    /// [`Sources`](super::Sources): first, before anything is asked.
    pub const SOURCES: &str = "sources";
    /// [`Said`](super::Said): a sentence that may be shown; any number of them.
    pub const SENTENCE: &str = "sentence";
    /// [`Withheld`](super::Withheld): the model said something that the sources do not bear out; nothing more of it comes.
    pub const WITHHELD: &str = "withheld";
    /// [`Refused`](super::Refused): an authored text instead of an answer.
    pub const REFUSED: &str = "refused";
    /// [`Degraded`](super::Degraded): there is no answer now.
    pub const DEGRADED: &str = "degraded";
    /// [`Finished`](super::Finished): the last one, always. A stream without it broke off.
    pub const DONE: &str = "done";
}

/// What holds for AI help at a kommune: shown before anything is sent. The answer of `GET /api/v1/fallback/terms`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Terms {
    /// It can be asked now. Without it nothing else is there.
    pub on: bool,
    /// Controller, purpose, retention and the whole text; its version is the consent's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub privacy: Option<Privacy>,
    /// Who runs the model on behalf of the kommune.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub processor: Option<String>,
    /// Where: "EU", "EØS" or "self-hosted", or a country of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// What allows it: the law that the kommune names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub legal_basis: Option<String>,
    /// The model by its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// How often one conversation may ask.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub turns: Option<u32>,
}

/// Asks: the body of `POST /api/v1/fallback`. It is all that leaves the browser, and the preview shows it as it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AskRequest {
    /// The question, personal data masked.
    #[cfg_attr(feature = "schema", schema(min_length = 1, max_length = 500))]
    pub question: String,
    /// Language of the answer.
    pub language: Language,
    /// A UUID that the browser made when consent was given; it counts how often one conversation asks and is forgotten after a day.
    #[cfg_attr(
        feature = "schema",
        schema(
            pattern = "^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$"
        )
    )]
    pub conversation: String,
    /// [`Privacy::version`] of the text that was shown when consent was given.
    #[cfg_attr(feature = "schema", schema(min_length = 1, max_length = 64))]
    pub consent: String,
}

/// The kommune's own texts that an answer stands on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Sources {
    /// Best first; empty when none fits.
    pub sources: Vec<Source>,
}

/// One of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Source {
    /// Number that sentences name, from 1.
    pub id: u8,
    /// What it is called.
    pub title: String,
    /// Id of the kommune's own answer ("pas/pris-paa-pas"); absent for a page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub intent: Option<String>,
    /// Where it can be read, `https:` on a listed host.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

/// A sentence that may be shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Said {
    /// Its pieces in order.
    pub parts: Vec<SaidPart>,
    /// Ids of the sources that it stands on; at least one.
    pub sources: Vec<u8>,
}

/// A piece of a sentence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct SaidPart {
    /// Plain text.
    pub text: String,
    /// `https:` on a listed host, where the piece is a link.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

/// The model said something that its sources do not bear out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Withheld {
    /// Why, for programs: "uncited", "unknown-passage", "number", "link" and so on.
    pub reason: String,
    /// Sentences that came before it and stay.
    pub shown: u32,
}

/// An authored text instead of an answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Refused {
    /// "emergency", "medical", "own-case", "legal", or "unknown" when the sources do not answer.
    pub kind: String,
    /// What is shown.
    pub text: String,
}

/// Why there is no answer now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Lack {
    /// The model does not answer, or not in time.
    Provider,
    /// What the kommune allows for a day is used up.
    Budget,
    /// The conversation has asked as often as it may.
    Turns,
    /// It was switched off in the meantime.
    Off,
    /// A reason of a newer server.
    #[serde(other)]
    Other,
}

/// There is no answer now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Degraded {
    /// Why.
    pub kind: Lack,
    /// What is shown.
    pub text: String,
}

/// The end of an answer, with what its label says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Finished {
    /// True when a model wrote at least one of the sentences that were sent: they must be labelled.
    pub ai_generated: bool,
    /// The model by its name.
    pub model: String,
    /// Version of the instructions it was given.
    pub prompt: String,
    /// When, RFC 3339.
    pub at: String,
    /// How often the conversation may still ask.
    pub turns_left: u32,
}

/// Days of which the use is wanted: the query of `GET /api/v1/staff/consumption`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "schema", into_params(parameter_in = Query))]
pub struct ConsumptionQuery {
    /// First day, "2026-12-01"; 30 days back when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", param(pattern = r"^\d{4}-\d{2}-\d{2}$", format = Date))]
    pub from: Option<String>,
    /// Last day; today when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", param(pattern = r"^\d{4}-\d{2}-\d{2}$", format = Date))]
    pub until: Option<String>,
    /// `json` or `csv`; `json` when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", param(pattern = "^(json|csv)$"))]
    pub format: Option<String>,
}

/// What AI help has used: the answer of `GET /api/v1/staff/consumption`. Counts alone.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Consumption {
    /// Days on which anything was asked, oldest first.
    pub days: Vec<UsedDay>,
    /// What a day may use; absent where AI help is off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tokens_per_day: Option<u64>,
    /// The same in kroner, with two decimals.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kroner_per_day: Option<String>,
}

/// One day.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct UsedDay {
    /// "2026-12-04", in Denmark.
    pub day: String,
    /// Conversations that asked for the first time.
    pub dialogs: u64,
    /// Questions.
    pub questions: u64,
    /// Answers whose sentences all held.
    pub answered: u64,
    /// Answers that were withheld, in part or wholly.
    pub withheld: u64,
    /// Questions met with an authored text.
    pub refused: u64,
    /// Questions for which there was no answer: model, budget, turns.
    pub degraded: u64,
    /// Tokens to the model.
    pub tokens_in: u64,
    /// Tokens from it.
    pub tokens_out: u64,
    /// What they cost at the prices of the settings, kroner with six decimals.
    pub kroner: String,
}

/// The texts of [`Lack`].
pub fn lack_text(kind: Lack) -> Text {
    let (da, en) = match kind {
        Lack::Provider | Lack::Other => (
            "AI-hjælpen svarer ikke lige nu. Se kommunens egne svar, eller tal med en medarbejder.",
            "The AI help does not answer just now. See the municipality's own answers, or talk with a member of staff.",
        ),
        Lack::Budget => (
            "AI-hjælpen er brugt op for i dag. Se kommunens egne svar, eller tal med en medarbejder.",
            "The AI help is used up for today. See the municipality's own answers, or talk with a member of staff.",
        ),
        Lack::Turns => (
            "Du har brugt AI-hjælpen så mange gange, som man kan i én samtale. Se kommunens egne svar, eller tal med en medarbejder.",
            "You have used the AI help as often as one conversation may. See the municipality's own answers, or talk with a member of staff.",
        ),
        Lack::Off => (
            "AI-hjælpen er slået fra. Se kommunens egne svar, eller tal med en medarbejder.",
            "The AI help is switched off. See the municipality's own answers, or talk with a member of staff.",
        ),
    };
    Text {
        da: da.into(),
        en: Some(en.into()),
    }
}
