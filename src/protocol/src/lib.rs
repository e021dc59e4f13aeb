//! What the widget, the console of the staff and the API say to each other: the bodies of /api/v1 as types, with header names and paths.
//! Holds no logic, so that the browser and the server cannot come to differ.
//!
//! Instants are RFC 3339 with the offset of Copenhagen on that day ("2026-12-04T14:15:00+01:00"); days are
//! "2026-12-04". Fields that are absent are left out. What a newer side adds, an older side ignores.
#![cfg_attr(not(feature = "schema"), no_std)]
#![forbid(unsafe_code)]

extern crate alloc;

mod booking;
mod problem;
mod services;
mod sign_in;
mod slots;
pub mod staff;

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
}

/// What stands before a booking's secret in the hash of the link that a notice holds: `https://page#lokalsvar-tid=SECRET`.
/// A hash is never sent to a server.
pub const LINK_HASH: &str = "lokalsvar-tid=";
