//! Talking with a person: what the chat of a citizen and the API say to each other below `/api/v1/handoff`. What the console
//! of the staff says stands in [`crate::staff_handoff`].
//!
//! A conversation is a log. The server numbers its entries 1, 2, 3 … in the transaction that writes them; order is by
//! number and by nothing else. Whoever was away asks for everything after the last number they have.

use crate::{Contact, Language, Privacy, Text};
use alloc::string::String;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// Longest message, in characters.
pub const MESSAGE_MOST: usize = 4000;
/// Most entries of the chat with the bot that go along.
pub const TRANSCRIPT_MOST: usize = 60;
/// Greatest number that an entry can have; a greater one is no number of a log.
pub const SEQ_MOST: u64 = i64::MAX as u64;
/// The server says something on a stream at least this often, seconds; who hears nothing for twice as long connects again.
pub const HEARTBEAT_SECONDS: u32 = 15;
/// A citizen or a member of staff who is not heard from for this long is away, seconds.
pub const AWAY_SECONDS: u32 = 60;

/// What a citizen wants to talk about: the query of `GET /availability`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "schema", into_params(parameter_in = Query))]
pub struct AvailabilityQuery {
    /// Id of the topic in hand, or of an intent ("pas/pas-til-barn"): it decides the department.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", param(max_length = 128))]
    pub about: Option<String>,
    /// Id of a department that the citizen chose; goes before `about`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", param(max_length = 32))]
    pub department: Option<String>,
}

/// Who could be talked to, and when. Nothing of it is a guess: where nothing is known, nothing stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Availability {
    /// Where the conversation would go.
    pub department: Department,
    /// The others, in the order the kommune wants.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub others: Vec<Department>,
    /// Somebody can answer now: within opening hours, and at least one member of staff is there.
    pub open: bool,
    /// Within opening hours; with `open` false nobody is at the chat just now.
    pub hours: bool,
    /// When it opens next, RFC 3339; absent when open, or when no hour is known within 60 days.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opens_at: Option<String>,
    /// When it closes, RFC 3339; absent when closed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closes_at: Option<String>,
    /// Citizens who wait before this one.
    pub waiting: u32,
    /// Minutes until somebody answers: from today's own conversations, rounded up; absent when there are too few of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wait_minutes: Option<u16>,
    /// What can be done now.
    pub ways: Vec<Way>,
    /// Shown before anything is sent.
    pub privacy: Privacy,
}

/// A part of the kommune that answers (fagområde).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Department {
    /// Stable, `[a-z0-9-]+`.
    pub id: String,
    /// "Borgerservice".
    pub name: Text,
    /// Phone as it is said, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// Mail address for citizens, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Where to come, where there is such a place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
}

/// How a citizen reaches a department.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Way {
    /// Writing with somebody now.
    Chat,
    /// A message that is answered later.
    Message,
    /// A call back.
    Callback,
    /// A way of a newer server.
    #[serde(other)]
    Other,
}

/// Begins a conversation. What stands here is all that leaves the browser; the citizen has seen these bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct OpenRequest {
    /// How.
    pub way: Way,
    /// Id of the department.
    #[cfg_attr(feature = "schema", schema(max_length = 32))]
    pub department: String,
    /// What the citizen wants, in their words, 1..=4000 characters.
    #[cfg_attr(feature = "schema", schema(min_length = 1, max_length = 4000))]
    pub text: String,
    /// The chat with the bot, oldest first, personal data masked; empty when the citizen leaves it out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "schema", schema(max_items = 60))]
    pub transcript: Vec<Said>,
    /// Id of the topic or intent in hand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(max_length = 128))]
    pub about: Option<String>,
    /// What the bot answered from: [`the bundle's version`](Said::answer) and its text belong together.
    #[cfg_attr(feature = "schema", schema(max_length = 128))]
    pub bundle: String,
    /// Name and how to reach the citizen: needed for [`Way::Message`] and [`Way::Callback`] (phone), never for [`Way::Chat`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<Contact>,
    /// When a call is wanted, in the citizen's words, at most 200 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(max_length = 200))]
    pub when: Option<String>,
    /// [`Privacy::version`] of the text that was shown.
    #[cfg_attr(feature = "schema", schema(max_length = 64))]
    pub privacy_version: String,
    /// Language of the citizen.
    #[serde(default)]
    pub language: Language,
}

/// One entry of the chat with the bot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Said {
    /// [`Who::Citizen`] or [`Who::Bot`].
    pub who: Who,
    /// Plain text, at most 4000 characters.
    #[cfg_attr(feature = "schema", schema(max_length = 4000))]
    pub text: String,
    /// Id of the answer, where the bot gave one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(max_length = 128))]
    pub answer: Option<String>,
}

/// Who speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Who {
    /// The citizen.
    Citizen,
    /// A person of the kommune.
    Staff,
    /// The automatic assistant, before the conversation.
    Bot,
    /// The program: somebody came, somebody left.
    System,
    /// Somebody whom only a newer server knows.
    #[serde(other)]
    Other,
}

/// The conversation is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Opened {
    /// To be said on the phone; opens nothing.
    pub receipt: String,
    /// Opens the conversation, header `lokalsvar-conversation`; only in the answer that made it. 256 random bits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
    /// Lets a citizen whose tab has gone come back: short enough to be written down, good once, for 24 hours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resume_code: Option<String>,
    /// How it stands.
    pub conversation: Conversation,
}

/// How a conversation stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Conversation {
    /// The receipt number.
    pub receipt: String,
    /// How it was begun.
    pub way: Way,
    /// How far it is.
    pub stage: Stage,
    /// Where it is.
    pub department: Department,
    /// Number of the last entry.
    pub seq: u64,
    /// Citizens before this one; 0 is the next. Only while [`Stage::Waiting`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ahead: Option<u32>,
    /// As in [`Availability::wait_minutes`]. Only while [`Stage::Waiting`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wait_minutes: Option<u16>,
    /// Somebody can answer now, as in [`Availability::open`].
    pub open: bool,
    /// When it opens next; only when not `open`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opens_at: Option<String>,
    /// What the person who answers is called at work; absent while nobody does, or where the kommune shows no names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub staff: Option<String>,
}

/// How far a conversation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// Nobody has it yet, or nobody any more.
    Waiting,
    /// One member of staff has it.
    Active,
    /// Nothing is added any more but corrections and what becomes of the record.
    Closed,
    /// A stage of a newer server.
    #[serde(other)]
    Other,
}

/// Which entries are wanted: the query of `GET /log` and `GET /events`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "schema", into_params(parameter_in = Query))]
pub struct LogQuery {
    /// Those with a greater number; 0 or absent for all. There is no limit of time.
    #[serde(default)]
    pub after: u64,
    /// When there are none yet, the answer waits this long for one, seconds, 0..=20. `GET /events` takes no notice of it.
    #[serde(default)]
    #[cfg_attr(feature = "schema", param(maximum = 20))]
    pub wait: u8,
}

/// A part of the log, and how the conversation stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Log {
    /// In order, without gaps, at most 200; ask again after the last when [`Conversation::seq`] is greater.
    pub entries: Vec<Entry>,
    /// How it stands.
    pub conversation: Conversation,
}

/// One entry of a conversation. On a stream the event's id is `seq`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Entry {
    /// 1, 2, 3 … in this conversation.
    pub seq: u64,
    /// When the server wrote it, RFC 3339.
    pub at: String,
    /// Who.
    pub who: Who,
    /// What the person is called at work, where the kommune shows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What.
    #[serde(flatten)]
    pub what: What,
}

/// What an entry says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum What {
    /// Somebody wrote.
    Message {
        /// Id that the writer gave it.
        id: String,
        /// Plain text.
        text: String,
        /// Id of the answer, where the bot gave one or staff used one as it stands.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        answer: Option<String>,
    },
    /// Staff set an earlier message straight; both stay.
    Correction {
        /// Number of the message.
        of: u64,
        /// What is right.
        text: String,
    },
    /// A person has it now.
    Taken,
    /// Back in the queue.
    Requeued {
        /// Why.
        why: Requeue,
    },
    /// Another department has it.
    Transferred {
        /// Which.
        department: Department,
    },
    /// The citizen has not been heard from for [`AWAY_SECONDS`].
    CitizenAway,
    /// The citizen is back.
    CitizenBack,
    /// Somebody writes, or has stopped. Who has not stopped within 10 seconds has.
    Typing {
        /// Writes.
        on: bool,
    },
    /// Over.
    Closed {
        /// By whom it was ended.
        by: Who,
    },
    /// Something of a newer server.
    #[serde(other)]
    Other,
}

/// Why a conversation is back in the queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Requeue {
    /// Who had it was not heard from for [`AWAY_SECONDS`].
    StaffAway,
    /// Who had it gave it back.
    GivenBack,
    /// A reason of a newer server.
    #[serde(other)]
    Other,
}

/// Writes to the other side.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct MessageRequest {
    /// A UUID, the same for every try: two messages of one conversation never share one.
    #[cfg_attr(
        feature = "schema",
        schema(
            pattern = "^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$"
        )
    )]
    pub id: String,
    /// Plain text, 1..=4000 characters.
    #[cfg_attr(feature = "schema", schema(min_length = 1, max_length = 4000))]
    pub text: String,
}

/// It is in the log, and lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Accepted {
    /// Its number.
    pub seq: u64,
}

/// Says that somebody writes, or has stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct TypingRequest {
    /// Writes.
    pub on: bool,
}

/// Comes back with the code of [`Opened::resume_code`]. Twenty wrong codes of a network in an hour, and it must wait.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ResumeRequest {
    /// Small letters, blanks and hyphens do not matter.
    #[cfg_attr(feature = "schema", schema(max_length = 40))]
    pub code: String,
}

/// Turns a conversation that waits into a message, when the citizen does not want to wait.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct LeaveRequest {
    /// [`Way::Message`] or [`Way::Callback`].
    pub way: Way,
    /// Where the answer goes.
    pub contact: Contact,
    /// As in [`OpenRequest::when`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(max_length = 200))]
    pub when: Option<String>,
    /// [`Privacy::version`] of the text that was shown.
    #[cfg_attr(feature = "schema", schema(max_length = 64))]
    pub privacy_version: String,
}
