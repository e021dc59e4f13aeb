//! What the widget, the console of the staff and the API say to each other: the bodies of /api/v1 as types, with header names and paths.
//! Holds no logic, so that the browser and the server cannot come to differ.
//!
//! Instants are RFC 3339 with the offset of Copenhagen on that day ("2026-12-04T14:15:00+01:00"); days are
//! "2026-12-04". Fields that are absent are left out. What a newer side adds, an older side ignores.
#![cfg_attr(not(feature = "schema"), no_std)]
#![forbid(unsafe_code)]

extern crate alloc;

mod booking;
pub mod fallback;
pub mod handoff;
mod problem;
mod services;
mod sign_in;
mod slots;
pub mod staff;
pub mod staff_handoff;

pub use booking::*;
pub use problem::*;
pub use services::*;
pub use sign_in::*;
pub use slots::*;

/// Names of the headers, in lower case as `fetch` and HTTP/2 write them.
pub mod header {
    /// Which kommune: its site key, bound to the origins of its pages. On every request.
    pub const SITE: &str = "lokalsvar-site";
    /// A UUID per attempt of the citizen, the same for every retry of it. On every POST.
    pub const IDEMPOTENCY_KEY: &str = "idempotency-key";
    /// The secret of a hold ([`Hold::holder`](crate::Hold::holder)).
    pub const HOLDER: &str = "lokalsvar-holder";
    /// The secret of a booking ([`Receipt::secret`](crate::Receipt::secret)).
    pub const BOOKING: &str = "lokalsvar-booking";
    /// The secret of a conversation ([`Opened::secret`](crate::handoff::Opened::secret)).
    pub const CONVERSATION: &str = "lokalsvar-conversation";
    /// [`Session::csrf`](crate::Session::csrf). On every POST of somebody who is signed in.
    pub const CSRF: &str = "lokalsvar-csrf";
}

/// Paths below the address of the API.
pub mod path {
    /// GET: [`Services`](crate::Services).
    pub const SERVICES: &str = "/api/v1/booking/services";
    /// GET, query [`SlotsQuery`](crate::SlotsQuery): [`Slots`](crate::Slots).
    pub const SLOTS: &str = "/api/v1/booking/slots";
    /// POST [`HoldRequest`](crate::HoldRequest): [`Hold`](crate::Hold), 201.
    pub const HOLDS: &str = "/api/v1/booking/holds";
    /// POST, empty body, holder: [`Hold`](crate::Hold) without its secret.
    pub const HOLD_EXTEND: &str = "/api/v1/booking/holds/extend";
    /// POST, empty body, holder: [`Released`](crate::Released). A hold that is gone already is released too.
    pub const HOLD_RELEASE: &str = "/api/v1/booking/holds/release";
    /// POST [`CodeRequest`](crate::CodeRequest), holder: [`CodeSent`](crate::CodeSent).
    pub const CODES: &str = "/api/v1/booking/codes";
    /// POST [`BookingRequest`](crate::BookingRequest), holder: [`Receipt`](crate::Receipt), 201.
    pub const BOOKINGS: &str = "/api/v1/booking/bookings";
    /// GET, secret of the booking: [`Receipt`](crate::Receipt).
    pub const BOOKING: &str = "/api/v1/booking/booking";
    /// POST [`MoveRequest`](crate::MoveRequest), secret of the booking: [`Receipt`](crate::Receipt).
    pub const MOVE: &str = "/api/v1/booking/booking/move";
    /// POST, empty body, secret of the booking: [`Receipt`](crate::Receipt).
    pub const CANCEL: &str = "/api/v1/booking/booking/cancel";
    /// GET, secret of the booking: text/calendar.
    pub const ICS: &str = "/api/v1/booking/booking/ics";
    /// POST, empty body, secret of the booking: [`Erased`](crate::Erased).
    pub const ERASE: &str = "/api/v1/booking/booking/erase";
    /// GET, secret of the booking: [`Export`](crate::Export).
    pub const EXPORT: &str = "/api/v1/booking/booking/export";

    /// GET, query [`AvailabilityQuery`](crate::handoff::AvailabilityQuery): [`Availability`](crate::handoff::Availability).
    pub const AVAILABILITY: &str = "/api/v1/handoff/availability";
    /// POST [`OpenRequest`](crate::handoff::OpenRequest): [`Opened`](crate::handoff::Opened), 201.
    pub const CONVERSATIONS: &str = "/api/v1/handoff/conversations";
    /// POST [`ResumeRequest`](crate::handoff::ResumeRequest): [`Opened`](crate::handoff::Opened) with a new secret and code; the
    /// former ones open nothing any more.
    pub const RESUME: &str = "/api/v1/handoff/resume";
    /// GET, query [`LogQuery`](crate::handoff::LogQuery), secret of the conversation: [`Log`](crate::handoff::Log).
    pub const LOG: &str = "/api/v1/handoff/log";
    /// GET, query [`LogQuery`](crate::handoff::LogQuery) or `Last-Event-ID`, secret: text/event-stream. Events without a name are an
    /// [`Entry`](crate::handoff::Entry) each, with its number as id; `conversation` is a
    /// [`Conversation`](crate::handoff::Conversation), first and whenever it changes; a comment is a heartbeat. The
    /// server ends a stream after 40 seconds: whoever is there connects again at once, and so is heard from.
    pub const EVENTS: &str = "/api/v1/handoff/events";
    /// POST [`MessageRequest`](crate::handoff::MessageRequest), secret: [`Accepted`](crate::handoff::Accepted).
    pub const MESSAGES: &str = "/api/v1/handoff/messages";
    /// POST [`TypingRequest`](crate::handoff::TypingRequest), secret: [`Accepted`](crate::handoff::Accepted).
    pub const TYPING: &str = "/api/v1/handoff/typing";
    /// POST [`LeaveRequest`](crate::handoff::LeaveRequest), secret: [`Conversation`](crate::handoff::Conversation).
    pub const LEAVE: &str = "/api/v1/handoff/leave";
    /// POST, empty body, secret: [`Conversation`](crate::handoff::Conversation).
    pub const END: &str = "/api/v1/handoff/end";

    /// POST [`AskRequest`](crate::fallback::AskRequest): text/event-stream with the events of [`event`](crate::fallback::event); 409 `closed`
    /// where AI help is off.
    pub const FALLBACK: &str = "/api/v1/fallback";
    /// GET: [`Terms`](crate::fallback::Terms).
    pub const FALLBACK_TERMS: &str = "/api/v1/fallback/terms";

    /// GET, query [`SignInQuery`](crate::SignInQuery): [`SignInWays`](crate::SignInWays). POST [`SignIn`](crate::SignIn):
    /// [`SignedIn`](crate::SignedIn).
    pub const SIGN_IN: &str = "/api/v1/staff/sign-in";
    /// POST [`EnrolRequest`](crate::EnrolRequest): [`Session`](crate::Session).
    pub const ENROL: &str = "/api/v1/staff/enrol";
    /// POST [`InvitationRequest`](crate::InvitationRequest): [`SignedIn`](crate::SignedIn).
    pub const INVITATION: &str = "/api/v1/staff/invitation";
    /// GET, query [`SignInQuery`](crate::SignInQuery): goes to the kommune's own login.
    pub const OIDC_START: &str = "/api/v1/staff/oidc/start";
    /// GET: where the kommune's login sends people back; a page that goes on to /konsol/.
    pub const OIDC_CALLBACK: &str = "/api/v1/staff/oidc/callback";
    /// GET: [`Session`](crate::Session).
    pub const SESSION: &str = "/api/v1/staff/session";
    /// POST, empty body: [`SignedOut`](crate::SignedOut).
    pub const SIGN_OUT: &str = "/api/v1/staff/sign-out";
    /// GET, query [`AuditQuery`](crate::AuditQuery): [`Audit`](crate::Audit).
    pub const AUDIT: &str = "/api/v1/staff/audit";

    /// GET, query [`ConsumptionQuery`](crate::fallback::ConsumptionQuery): [`Consumption`](crate::fallback::Consumption), or text/csv.
    pub const STAFF_CONSUMPTION: &str = "/api/v1/staff/consumption";

    /// GET: [`Places`](crate::staff::Places).
    pub const STAFF_PLACES: &str = "/api/v1/staff/booking/places";
    /// GET, query [`DaysQuery`](crate::staff::DaysQuery): [`Days`](crate::staff::Days).
    pub const STAFF_DAYS: &str = "/api/v1/staff/booking/days";
    /// GET, query [`FindQuery`](crate::staff::FindQuery): [`Found`](crate::staff::Found).
    pub const STAFF_FIND: &str = "/api/v1/staff/booking/find";
    /// GET, query [`MoveSlotsQuery`](crate::staff::MoveSlotsQuery): [`MoveSlots`](crate::staff::MoveSlots).
    pub const STAFF_SLOTS: &str = "/api/v1/staff/booking/slots";
    /// POST [`ReceiptRequest`](crate::staff::ReceiptRequest): [`Changed`](crate::staff::Changed). On the day of the visit.
    pub const STAFF_CHECK_IN: &str = "/api/v1/staff/booking/check-in";
    /// POST [`ReceiptRequest`](crate::staff::ReceiptRequest): [`Changed`](crate::staff::Changed). From the start of the visit.
    pub const STAFF_NO_SHOW: &str = "/api/v1/staff/booking/no-show";
    /// POST [`ReceiptRequest`](crate::staff::ReceiptRequest): [`Changed`](crate::staff::Changed). Takes a check-in back, on its
    /// day; a no-show has given its time away and stays.
    pub const STAFF_UNDO: &str = "/api/v1/staff/booking/undo";
    /// POST [`StaffMoveRequest`](crate::staff::StaffMoveRequest): [`Changed`](crate::staff::Changed).
    pub const STAFF_MOVE: &str = "/api/v1/staff/booking/move";
    /// POST [`StaffCancelRequest`](crate::staff::StaffCancelRequest): [`Changed`](crate::staff::Changed).
    pub const STAFF_CANCEL: &str = "/api/v1/staff/booking/cancel";
    /// POST [`BlockRequest`](crate::staff::BlockRequest): [`Blocked`](crate::staff::Blocked), 201; or
    /// [`BlockRefused`](crate::staff::BlockRefused), 409.
    pub const STAFF_BLOCKS: &str = "/api/v1/staff/booking/blocks";
    /// POST [`UnblockRequest`](crate::staff::UnblockRequest): [`Unblocked`](crate::staff::Unblocked).
    pub const STAFF_UNBLOCK: &str = "/api/v1/staff/booking/unblock";
    /// GET: [`Alerts`](crate::staff::Alerts).
    pub const STAFF_ALERTS: &str = "/api/v1/staff/alerts";
    /// POST [`SeenRequest`](crate::staff::SeenRequest): [`Seen`](crate::staff::Seen).
    pub const STAFF_ALERTS_SEEN: &str = "/api/v1/staff/alerts/seen";

    /// GET, query [`QueueQuery`](crate::staff_handoff::QueueQuery): [`Queue`](crate::staff_handoff::Queue).
    pub const STAFF_QUEUE: &str = "/api/v1/staff/handoff/queue";
    /// GET, query [`ReadQuery`](crate::staff_handoff::ReadQuery): [`Reading`](crate::staff_handoff::Reading). Written down.
    pub const STAFF_CONVERSATION: &str = "/api/v1/staff/handoff/conversation";
    /// POST [`PresenceRequest`](crate::staff_handoff::PresenceRequest): [`Noted`](crate::staff_handoff::Noted).
    pub const STAFF_PRESENCE: &str = "/api/v1/staff/handoff/presence";
    /// POST [`ConversationRequest`](crate::staff_handoff::ConversationRequest): [`Done`](crate::staff_handoff::Done); 409 `wrong-state`
    /// when somebody else has it.
    pub const STAFF_TAKE: &str = "/api/v1/staff/handoff/take";
    /// POST [`ConversationRequest`](crate::staff_handoff::ConversationRequest): [`Done`](crate::staff_handoff::Done). Back to the queue.
    pub const STAFF_GIVE_BACK: &str = "/api/v1/staff/handoff/give-back";
    /// POST [`StaffMessageRequest`](crate::staff_handoff::StaffMessageRequest): [`Done`](crate::staff_handoff::Done).
    pub const STAFF_MESSAGE: &str = "/api/v1/staff/handoff/message";
    /// POST [`StaffTypingRequest`](crate::staff_handoff::StaffTypingRequest): [`Done`](crate::staff_handoff::Done).
    pub const STAFF_TYPING: &str = "/api/v1/staff/handoff/typing";
    /// POST [`TransferRequest`](crate::staff_handoff::TransferRequest): [`Done`](crate::staff_handoff::Done).
    pub const STAFF_TRANSFER: &str = "/api/v1/staff/handoff/transfer";
    /// POST [`CloseRequest`](crate::staff_handoff::CloseRequest): [`Done`](crate::staff_handoff::Done).
    pub const STAFF_CLOSE: &str = "/api/v1/staff/handoff/close";
    /// POST [`RecordRequest`](crate::staff_handoff::RecordRequest): [`Done`](crate::staff_handoff::Done).
    pub const STAFF_RECORD: &str = "/api/v1/staff/handoff/record";
    /// POST [`ConversationRequest`](crate::staff_handoff::ConversationRequest): [`Deleted`](crate::staff_handoff::Deleted); 409
    /// `wrong-state` before its record is decided.
    pub const STAFF_DELETE: &str = "/api/v1/staff/handoff/delete";
    /// GET, query [`ExportQuery`](crate::staff_handoff::ExportQuery): application/json or text/html as an attachment. Written down.
    pub const STAFF_EXPORT: &str = "/api/v1/staff/handoff/export";
    /// GET: [`Facts`](crate::staff_handoff::Facts). POST [`FactRequest`](crate::staff_handoff::FactRequest):
    /// [`Noted`](crate::staff_handoff::Noted), 201.
    pub const STAFF_FACTS: &str = "/api/v1/staff/handoff/facts";
    /// POST [`FactDoneRequest`](crate::staff_handoff::FactDoneRequest): [`Noted`](crate::staff_handoff::Noted).
    pub const STAFF_FACT_DONE: &str = "/api/v1/staff/handoff/facts/done";
}

/// What stands before a booking's secret in the hash of the link that a notice holds: `https://page#lokalsvar-tid=SECRET`.
/// A hash is never sent to a server.
pub const LINK_HASH: &str = "lokalsvar-tid=";
