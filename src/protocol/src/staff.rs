//! What the staff console and the API say to each other about bookings: the bodies below `/api/v1/staff`.
//! Who asks comes from the session, and so does the kommune; no message names either. Nothing that is answered to a POST
//! holds anything about a person.

use crate::{Channel, Code, Language, Notice, Slot, State};
use alloc::string::String;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// Where staff of a kommune work, and with what.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Places {
    /// In the order the kommune wants.
    pub locations: Vec<StaffLocation>,
    /// What is booked here, in the order the kommune wants.
    pub services: Vec<StaffService>,
}

/// A place with its counters.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct StaffLocation {
    /// Stable, `[a-z0-9-]+`.
    pub id: String,
    /// "Borgerservice, Rådhuset".
    pub name: String,
    /// A column each.
    pub counters: Vec<Counter>,
}

/// A counter or a case worker: one visit at a time.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Counter {
    /// Stable, `[a-z0-9-]+`.
    pub id: String,
    /// "Skranke 2".
    pub name: String,
    /// Ids of the services.
    pub services: Vec<String>,
}

/// A service as staff must know it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct StaffService {
    /// Stable, `[a-z0-9-]+`.
    pub id: String,
    /// In Danish.
    pub name: String,
    /// Length of a visit for one person.
    pub minutes: u16,
}

/// Which days are asked for: the query of `GET /booking/days`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "schema", into_params(parameter_in = Query))]
pub struct DaysQuery {
    /// Id of the location.
    pub location: String,
    /// First day, `YYYY-MM-DD`; days that are over can be asked for too.
    #[cfg_attr(feature = "schema", param(pattern = r"^\d{4}-\d{2}-\d{2}$"))]
    pub from: String,
    /// How many days, 1..=7; 1 when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", param(minimum = 1, maximum = 7))]
    pub days: Option<u8>,
    /// [`Days::version`] of the same question's last answer: when nothing has changed since, no person is sent, and none is read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", param(max_length = 64))]
    pub known: Option<String>,
}

/// What happens at a location on some days.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Days {
    /// As many as were asked for, in order. Empty when `unchanged`.
    pub days: Vec<Day>,
    /// Differs whenever anything in `days` does.
    pub version: String,
    /// [`DaysQuery::known`] is still right.
    #[serde(default, skip_serializing_if = "is_false")]
    pub unchanged: bool,
}

/// One day.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Day {
    /// `YYYY-MM-DD`.
    pub date: String,
    /// Why the day is not like others, Danish: a holiday, or what the kommune wrote.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// When at least one counter serves, in order, without gaps or overlap inside. Empty when closed.
    pub opens: Vec<Opening>,
    /// Who comes, came, or did not: by start, then by counter. What was called off or has another time now is not here.
    pub visits: Vec<Visit>,
    /// Times that citizens are about to book, by start.
    pub held: Vec<Held>,
    /// Times that staff took out, by start; one that lasts for days stands on each of them.
    pub blocks: Vec<Block>,
}

/// A time in which visits can be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Opening {
    /// RFC 3339.
    pub from: String,
    /// RFC 3339.
    pub to: String,
}

/// A visit as staff see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Visit {
    /// Number of this time; a move gives another.
    pub visit: String,
    /// The receipt number, which names the booking in every request.
    pub receipt: String,
    /// How far it has come.
    pub state: State,
    /// Id of the service.
    pub service: String,
    /// Id of the location.
    pub location: String,
    /// Id of the counter.
    pub counter: String,
    /// RFC 3339.
    pub start: String,
    /// RFC 3339.
    pub end: String,
    /// How many persons.
    pub persons: u8,
    /// Who comes; "slettet" when erased.
    pub name: String,
    /// The person has been erased.
    #[serde(default, skip_serializing_if = "is_false")]
    pub erased: bool,
    /// With country, `+4512345678`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// A mail address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Language of the notices.
    pub language: Language,
    /// Messages about this booking, the oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notices: Vec<Notice>,
    /// What staff may do with it now.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub can: Vec<Can>,
}

/// What staff can do with a visit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Can {
    /// [`crate::path::STAFF_CHECK_IN`].
    CheckIn,
    /// [`crate::path::STAFF_NO_SHOW`].
    NoShow,
    /// [`crate::path::STAFF_UNDO`].
    Undo,
    /// [`crate::path::STAFF_MOVE`].
    Move,
    /// [`crate::path::STAFF_CANCEL`].
    Cancel,
}

/// A time that a citizen is about to book. Nobody knows yet who.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Held {
    /// Id of the counter.
    pub counter: String,
    /// Id of the service.
    pub service: String,
    /// RFC 3339.
    pub start: String,
    /// RFC 3339.
    pub end: String,
}

/// A time that staff took out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Block {
    /// Its id.
    pub block: String,
    /// Id of the location.
    pub location: String,
    /// Id of the counter; absent when the whole location is blocked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counter: Option<String>,
    /// RFC 3339.
    pub start: String,
    /// RFC 3339.
    pub end: String,
    /// For staff.
    pub reason: String,
}

/// Which booking: the query of `GET /booking/find`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "schema", into_params(parameter_in = Query))]
pub struct FindQuery {
    /// The receipt number; small letters, blanks and the hyphen do not matter.
    #[cfg_attr(feature = "schema", param(max_length = 40))]
    pub receipt: String,
}

/// A booking with all that happened to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Found {
    /// Its time as it is now, cancelled or not.
    pub visit: Visit,
    /// The oldest first.
    pub history: Vec<Line>,
    /// Ten digits, where the kommune asks for them. Stands here alone: no list has it, and every answer with it is in the audit log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cpr: Option<String>,
}

/// One line of the history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Line {
    /// RFC 3339.
    pub at: String,
    /// `held`, `extended`, `confirmed`, `moved`, `reassigned`, `cancelled`, `checked-in`, `undone`, `no-show`, `erased`,
    /// `exported`, `read`; a newer server may say more.
    pub what: String,
    /// `citizen`, `staff` or `system`.
    pub by: String,
    /// Name of the account, where it was staff and the account is still there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The same in Danish: "Flyttet af Anna Jensen".
    pub text: String,
}

/// Free times for a booking's move: the query of `GET /booking/slots`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "schema", into_params(parameter_in = Query))]
pub struct MoveSlotsQuery {
    /// The receipt number.
    #[cfg_attr(feature = "schema", param(max_length = 40))]
    pub receipt: String,
    /// First day, `YYYY-MM-DD`. A past day stands for today.
    #[cfg_attr(feature = "schema", param(pattern = r"^\d{4}-\d{2}-\d{2}$"))]
    pub from: String,
    /// How many days, 1..=31; 7 when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", param(minimum = 1, maximum = 31))]
    pub days: Option<u8>,
    /// Id of the location; absent for all of the service's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<String>,
}

/// Free times for a move. The booking's own time counts as free.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct MoveSlots {
    /// The earliest first.
    pub slots: Vec<Slot>,
    /// Day to go on from; absent at the end of what can be booked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// Check in, no-show, undo: which booking.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ReceiptRequest {
    /// The receipt number.
    #[cfg_attr(feature = "schema", schema(max_length = 40))]
    pub receipt: String,
    /// [`Visit::visit`] as it was seen: another time by now is refused ([`Code::WrongState`]) and nothing is done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(max_length = 64))]
    pub visit: Option<String>,
}

/// Another time for a booking. The citizen is told, and their link goes on working.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct StaffMoveRequest {
    /// The receipt number.
    #[cfg_attr(feature = "schema", schema(max_length = 40))]
    pub receipt: String,
    /// [`Visit::visit`] as it was seen: another time by now is refused ([`Code::WrongState`]) and nothing is done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(max_length = 64))]
    pub visit: Option<String>,
    /// Start of a slot, RFC 3339.
    pub start: String,
    /// Id of the location.
    pub location: String,
}

/// Calls a booking off. The citizen is told why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct StaffCancelRequest {
    /// The receipt number.
    #[cfg_attr(feature = "schema", schema(max_length = 40))]
    pub receipt: String,
    /// [`Visit::visit`] as it was seen: another time by now is refused ([`Code::WrongState`]) and nothing is done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(max_length = 64))]
    pub visit: Option<String>,
    /// What the citizen reads, one sentence, 1..=200 characters; no CPR number.
    #[cfg_attr(feature = "schema", schema(min_length = 1, max_length = 200))]
    pub reason: String,
}

/// A booking after a change. Says nothing about the person, so that the answer may be kept for a retry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Changed {
    /// The receipt number.
    pub receipt: String,
    /// Number of its time now.
    pub visit: String,
    /// How far it has come.
    pub state: State,
    /// Id of the location.
    pub location: String,
    /// Id of the counter.
    pub counter: String,
    /// RFC 3339.
    pub start: String,
    /// RFC 3339.
    pub end: String,
    /// How the citizen is told; empty when there is nothing to tell, or nobody to be told.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub told: Vec<Channel>,
}

/// Takes time out. Visits that another counter of the location can take over at the same time are handed over; when one
/// cannot, nothing is done and [`BlockRefused`] is the answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct BlockRequest {
    /// Id of the location.
    pub location: String,
    /// Id of the counter; absent for all counters of the location.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counter: Option<String>,
    /// RFC 3339, a multiple of five minutes.
    pub start: String,
    /// RFC 3339, a multiple of five minutes; in the future, after the start, at most 31 days after it.
    pub end: String,
    /// For staff, 1..=200 characters; no CPR number.
    #[cfg_attr(feature = "schema", schema(min_length = 1, max_length = 200))]
    pub reason: String,
}

/// The time is taken out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Blocked {
    /// What is blocked now.
    pub block: Block,
    /// Visits that another counter has now, at the same time.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reassigned: Vec<Reassigned>,
}

/// A visit that another counter has taken over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Reassigned {
    /// The receipt number.
    pub receipt: String,
    /// Id of the counter that has it now.
    pub counter: String,
}

/// Why no time was taken out: a [`Problem`](crate::Problem) with [`Code::Booked`] that says what is in the way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct BlockRefused {
    /// Always `about:blank`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Name of the status.
    pub title: String,
    /// 409.
    pub status: u16,
    /// English.
    pub detail: String,
    /// [`Code::Booked`].
    pub code: Code,
    /// How many visits would have no counter.
    pub count: u32,
    /// Their receipt numbers, by start; all of them.
    pub receipts: Vec<String>,
    /// How many times in it citizens are about to book; they are booked or free within an hour.
    pub held: u32,
}

/// Gives blocked time back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct UnblockRequest {
    /// [`Block::block`].
    #[cfg_attr(feature = "schema", schema(max_length = 40))]
    pub block: String,
}

/// The time can be booked again. A block that was gone already is given back too.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Unblocked {
    /// [`Block::block`].
    pub block: String,
}

/// What staff must look at, the oldest first: what is the matter with bookings for the counters, with conversations for who talks.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Alerts {
    /// What nobody has marked as seen.
    pub alerts: Vec<Alert>,
}

/// One matter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Alert {
    /// Its id.
    pub alert: String,
    /// RFC 3339.
    pub at: String,
    /// What it is about.
    pub about: AlertAbout,
    /// Receipt number of the booking or the conversation it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receipt: Option<String>,
}

/// What a matter is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum AlertAbout {
    /// A message about a booking has waited for more than 15 minutes: call the citizen.
    Undelivered,
    /// The opening hours have changed, and nobody serves at the time of the booking: move it or call it off.
    Stranded,
    /// A conversation has not reached its department for more than 15 minutes, or the citizen has no receipt for it: look at it here.
    Conversation,
    /// Something that a newer server knows.
    #[serde(other)]
    Other,
}

/// Somebody takes care of a matter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SeenRequest {
    /// [`Alert::alert`].
    #[cfg_attr(feature = "schema", schema(max_length = 40))]
    pub alert: String,
}

/// The matter is not shown any more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Seen {
    /// [`Alert::alert`].
    pub alert: String,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde hands a reference over"
)]
fn is_false(value: &bool) -> bool {
    !value
}
