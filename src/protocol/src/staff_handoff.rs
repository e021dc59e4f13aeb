//! Talking with citizens: what the console of the staff and the API say to each other below `/api/v1/staff/handoff`.
//! Account and kommune come from the session. Every answer that holds what a citizen wrote is in the audit log.

use crate::handoff::{Conversation, Department, Entry, Said, Stage, Way};
use crate::{Contact, Language};
use alloc::string::String;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// Which queue: the query of `GET /queue`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "schema", into_params(parameter_in = Query))]
pub struct QueueQuery {
    /// [`Queue::version`] of the last answer: when nothing has changed since, the answer is `unchanged`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", param(max_length = 64))]
    pub known: Option<String>,
    /// When nothing has changed, the answer waits this long for a change, seconds, 0..=20.
    #[serde(default)]
    #[cfg_attr(feature = "schema", param(maximum = 20))]
    pub wait: u8,
}

/// Who waits and who is talked to, without a word of what was said. For agents and supervisors.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Queue {
    /// Waiting first, the longest wait first; then those under way; then messages and calls; then closed ones without a record.
    pub rows: Vec<Row>,
    /// The departments with who is there.
    pub departments: Vec<Desk>,
    /// The own account.
    pub me: Me,
    /// Differs whenever anything else does.
    pub version: String,
    /// [`QueueQuery::known`] is still right; all lists are empty.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub unchanged: bool,
}

/// Who asks.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Me {
    /// Id of the account.
    pub account: String,
    /// Takes chats now.
    pub there: bool,
    /// May read and answer (agent). A supervisor without it sees the queue alone.
    pub talks: bool,
    /// Ids of the departments whose conversations are shown; empty for all.
    pub departments: Vec<String>,
}

/// A department and who is there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Desk {
    /// Which.
    pub department: Department,
    /// Within opening hours.
    pub hours: bool,
    /// Who takes chats there now.
    pub there: Vec<Colleague>,
    /// How many wait.
    pub waiting: u32,
    /// How long the first has waited, seconds; 0 when nobody waits.
    pub longest_seconds: u32,
}

/// Somebody who talks with citizens.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Colleague {
    /// Id of the account.
    pub account: String,
    /// Name.
    pub name: String,
    /// Conversations in hand.
    pub active: u32,
}

/// A conversation in the list. No text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Row {
    /// The receipt number, which names the conversation in every request.
    pub receipt: String,
    /// How it was begun.
    pub way: Way,
    /// How far it is.
    pub stage: Stage,
    /// Id of the department.
    pub department: String,
    /// Topic or intent in hand when it began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<String>,
    /// Language of the citizen.
    pub language: Language,
    /// When it began, RFC 3339.
    pub since: String,
    /// When it came into the queue last, RFC 3339.
    pub queued: String,
    /// Number of the last entry.
    pub seq: u64,
    /// The citizen wrote last.
    pub unanswered: bool,
    /// The citizen is not heard from.
    pub away: bool,
    /// Who has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<Colleague>,
    /// What became of its record.
    pub record: Record,
    /// It waits for more than the kommune allows (`advarsel_minutter`), or came back because staff were away.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub alarm: bool,
}

/// What became of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Record {
    /// Nobody has decided; nothing may be deleted.
    Open,
    /// Put into the case system.
    Journalised,
    /// Of no matter for a case.
    NotCaseRelevant,
    /// A decision of a newer server.
    #[serde(other)]
    Other,
}

/// Which conversation: the query of `GET /conversation`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "schema", into_params(parameter_in = Query))]
pub struct ReadQuery {
    /// The receipt number.
    #[cfg_attr(feature = "schema", param(max_length = 40))]
    pub receipt: String,
    /// Entries with a greater number; 0 or absent for all.
    #[serde(default)]
    pub after: u64,
    /// As in [`crate::handoff::LogQuery::wait`].
    #[serde(default)]
    #[cfg_attr(feature = "schema", param(maximum = 20))]
    pub wait: u8,
}

/// A conversation as staff read it. Notes stand here and in no answer to the citizen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Reading {
    /// How it stands, as the citizen is told.
    pub conversation: Conversation,
    /// The row of the list.
    pub row: Row,
    /// Entries after the number asked for, at most 200.
    pub entries: Vec<Entry>,
    /// The chat with the bot; only with `after` 0.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub transcript: Vec<Said>,
    /// What the bot answered from.
    pub bundle: String,
    /// Where an answer goes, where the citizen said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<Contact>,
    /// When a call is wanted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<String>,
    /// What colleagues wrote for each other, the oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<Note>,
    /// Number of the last entry that the citizen's page has received.
    pub received: u64,
}

/// A line for colleagues.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Note {
    /// RFC 3339.
    pub at: String,
    /// Name of the account.
    pub by: String,
    /// Plain text.
    pub text: String,
}

/// Says that the own console is alive; sent every 20 seconds while it is open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PresenceRequest {
    /// Takes chats.
    pub there: bool,
    /// Ids of the departments to take them from; empty for all.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schema(max_items = 50))]
    pub departments: Vec<String>,
}

/// Names a conversation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ConversationRequest {
    /// The receipt number.
    #[cfg_attr(feature = "schema", schema(max_length = 40))]
    pub receipt: String,
}

/// Writes to the citizen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct StaffMessageRequest {
    /// The receipt number.
    #[cfg_attr(feature = "schema", schema(max_length = 40))]
    pub receipt: String,
    /// As in [`crate::handoff::MessageRequest::id`].
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
    /// Id of the kommune's own answer, when it was sent as it stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(max_length = 128))]
    pub answer: Option<String>,
    /// Number of an own message that this one sets right.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub corrects: Option<u64>,
}

/// Says to the citizen that somebody writes, or has stopped.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct StaffTypingRequest {
    /// The receipt number.
    #[cfg_attr(feature = "schema", schema(max_length = 40))]
    pub receipt: String,
    /// Writes.
    pub on: bool,
}

/// Hands a conversation on, with a note: to a department, or to a colleague.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct TransferRequest {
    /// The receipt number.
    #[cfg_attr(feature = "schema", schema(max_length = 40))]
    pub receipt: String,
    /// Id of the department.
    #[cfg_attr(feature = "schema", schema(max_length = 32))]
    pub department: String,
    /// Account of a colleague who is there; absent for whoever takes it first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(max_length = 64))]
    pub to: Option<String>,
    /// For colleagues, 1..=1000 characters; the citizen does not see it.
    #[cfg_attr(feature = "schema", schema(min_length = 1, max_length = 1000))]
    pub note: String,
}

/// Ends a conversation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CloseRequest {
    /// The receipt number.
    #[cfg_attr(feature = "schema", schema(max_length = 40))]
    pub receipt: String,
    /// How it ended.
    pub outcome: Outcome,
}

/// How a conversation ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// The citizen got an answer.
    Answered,
    /// The citizen was told where to go.
    Referred,
    /// The citizen was called or written to.
    Contacted,
    /// The citizen went away.
    NoReply,
    /// Not meant in earnest, or abuse.
    Abuse,
    /// An outcome of a newer server.
    #[serde(other)]
    Other,
}

/// What becomes of the record of a closed conversation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct RecordRequest {
    /// The receipt number.
    #[cfg_attr(feature = "schema", schema(max_length = 40))]
    pub receipt: String,
    /// [`Record::Journalised`] or [`Record::NotCaseRelevant`].
    pub record: Record,
    /// Number of the case, or why it matters for none; 1..=200 characters.
    #[cfg_attr(feature = "schema", schema(min_length = 1, max_length = 200))]
    pub reason: String,
}

/// It is gone: from the database, its log and its indexes. Copies go on [`Deleted::copies_until`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Deleted {
    /// The receipt number.
    pub receipt: String,
    /// Day on which the last backup that may hold it ends, `YYYY-MM-DD`; absent when the settings do not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub copies_until: Option<String>,
}

/// Tells the editors that an answer is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct FactRequest {
    /// Id of the intent, "pas/pas-til-barn".
    #[cfg_attr(feature = "schema", schema(max_length = 128))]
    pub intent: String,
    /// What is wrong, 1..=1000 characters. Nothing about a citizen belongs here; a CPR number is refused.
    #[cfg_attr(feature = "schema", schema(min_length = 1, max_length = 1000))]
    pub wrong: String,
    /// What is right, at most 1000 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(max_length = 1000))]
    pub right: Option<String>,
}

/// What editors must look at.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Facts {
    /// Those that are not done, the oldest first.
    pub facts: Vec<Fact>,
}

/// One task for the editors.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Fact {
    /// Its id.
    pub fact: String,
    /// RFC 3339.
    pub at: String,
    /// Name of the account.
    pub by: String,
    /// Id of the intent.
    pub intent: String,
    /// What is wrong.
    pub wrong: String,
    /// What is right.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub right: Option<String>,
}

/// A task is done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct FactDoneRequest {
    /// [`Fact::fact`].
    #[cfg_attr(feature = "schema", schema(max_length = 64))]
    pub fact: String,
}

/// The record of a conversation: the query of `GET /export`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "schema", into_params(parameter_in = Query))]
pub struct ExportQuery {
    /// The receipt number.
    #[cfg_attr(feature = "schema", param(max_length = 40))]
    pub receipt: String,
    /// `json` or `html`.
    #[cfg_attr(feature = "schema", param(max_length = 4))]
    pub format: String,
}

/// Done: how the conversation stands now. Holds nothing that a citizen wrote.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Done {
    /// The receipt number.
    pub receipt: String,
    /// How far it is.
    pub stage: Stage,
    /// Number of the last entry.
    pub seq: u64,
}

/// Done: nothing else to say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Noted {}
