//! A booking: what is sent, what comes back, and what can be done with it afterwards.

use crate::Text;
use alloc::string::String;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// Who comes. At least one of phone and e-mail, as [`Ask`](crate::Ask) says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Contact {
    /// 1..=100 characters.
    #[cfg_attr(feature = "schema", schema(min_length = 1, max_length = 100))]
    pub name: String,
    /// Digits with an optional `+` first; blanks are ignored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(max_length = 30))]
    pub phone: Option<String>,
    /// A mail address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(max_length = 254))]
    pub email: Option<String>,
}

/// Where a code goes: exactly one of the two.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CodeTo {
    /// A phone number, as in [`Contact`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(max_length = 30))]
    pub phone: Option<String>,
    /// A mail address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(max_length = 254))]
    pub email: Option<String>,
}

/// Asks for a code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CodeRequest {
    /// Where it goes.
    pub contact: CodeTo,
    /// Language of the message.
    #[serde(default)]
    pub language: Language,
}

/// A code is on its way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct CodeSent {
    /// How it is sent.
    pub channel: Channel,
    /// RFC 3339.
    pub expires_at: String,
}

/// A way to reach somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Channel {
    /// Mail.
    Email,
    /// Text message.
    Sms,
}

/// Language of messages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Language {
    /// Danish.
    #[default]
    Da,
    /// English.
    En,
}

/// Makes a booking of a hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct BookingRequest {
    /// Who comes.
    pub contact: Contact,
    /// [`Privacy::version`](crate::Privacy::version) of the text that was shown.
    #[cfg_attr(feature = "schema", schema(max_length = 64))]
    pub privacy_version: String,
    /// The code, where the service needs one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(max_length = 16))]
    pub code: Option<String>,
    /// Language of the notices.
    #[serde(default)]
    pub language: Language,
    /// Ten digits. Refused unless the kommune switched it on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(max_length = 11))]
    pub cpr: Option<String>,
}

/// How far a booking has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// The time is the citizen's.
    Confirmed,
    /// Given up; the time is free again.
    Cancelled,
    /// The citizen has come.
    CheckedIn,
    /// The citizen did not come.
    NoShow,
}

/// A booking as the citizen sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Receipt {
    /// To be said on the phone; opens nothing.
    pub receipt: String,
    /// Opens the booking; only in the answer that made it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
    /// How far it has come.
    pub state: State,
    /// Id of the service.
    pub service: String,
    /// What the service is called.
    pub service_name: Text,
    /// Id of the location.
    pub location: String,
    /// Name of the location.
    pub location_name: String,
    /// Address of the location.
    pub address: String,
    /// The way there, https.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub directions: Option<String>,
    /// RFC 3339.
    pub start: String,
    /// RFC 3339.
    pub end: String,
    /// How many persons.
    pub persons: u8,
    /// What to bring.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub bring: Vec<Text>,
    /// The booking can still be moved or cancelled by the citizen.
    pub changeable: bool,
    /// Messages about this booking, the oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notices: Vec<Notice>,
}

/// A message to the citizen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Notice {
    /// How.
    pub channel: Channel,
    /// About what.
    pub about: About,
    /// How far it has come.
    pub state: NoticeState,
}

/// What a message is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum About {
    /// The time is booked.
    Confirmed,
    /// The time is another.
    Moved,
    /// The time is given up.
    Cancelled,
    /// The time is near.
    Reminder,
    /// A code to confirm with.
    Code,
}

/// How far a message has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum NoticeState {
    /// Will be sent.
    Queued,
    /// The mail server or the SMS gateway has taken it.
    Sent,
    /// Given up; a case worker sees it.
    Failed,
}

/// Asks for another time for the same booking.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct MoveRequest {
    /// Start of a slot, RFC 3339.
    pub start: String,
    /// Id of the location.
    pub location: String,
}

/// What is left after erasure: no name, phone, e-mail or CPR number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Erased {
    /// The receipt number.
    pub receipt: String,
    /// RFC 3339.
    pub erased_at: String,
}

/// Everything that is stored about one booking.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Export {
    /// The booking.
    pub booking: Receipt,
    /// Who comes.
    pub contact: Contact,
    /// The CPR number, where the kommune asks for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cpr: Option<String>,
    /// The text that was shown.
    pub privacy_version: String,
    /// Language of the notices.
    pub language: Language,
    /// What happened, the oldest first.
    pub history: Vec<Event>,
}

/// One line of a booking's history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Event {
    /// RFC 3339.
    pub at: String,
    /// `held`, `confirmed`, `moved`, `cancelled`, `checked-in`, `no-show`, `erased`, `exported`, `read`.
    pub what: String,
    /// `citizen`, `staff` or `system`.
    pub by: String,
}
