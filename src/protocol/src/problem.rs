//! What went wrong, as application/problem+json (RFC 9457).

use alloc::string::String;
use serde::{Deserialize, Serialize};

/// An error. `detail` is for whoever writes programs; the widget has its own words for every [`Code`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Problem {
    /// Always `about:blank`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Name of the status.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What to do otherwise, English. Holds nothing that was sent.
    pub detail: String,
    /// For programs.
    pub code: Code,
}

/// What went wrong, for programs. The status in brackets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Code {
    /// The request cannot be read (400).
    BadRequest,
    /// `Idempotency-Key` is missing or no UUID (400).
    NoIdempotencyKey,
    /// A header with a secret is missing (401).
    NoSecret,
    /// Nobody is signed in, or the session is over (401).
    SignedOut,
    /// User, password or code is wrong; which of them is not told (401).
    SignInWrong,
    /// No such site key, or not from this origin (403).
    UnknownSite,
    /// The role is missing (403).
    Forbidden,
    /// `Lokalsvar-Csrf` is missing or of another session (403).
    Csrf,
    /// No such route, service or location; or a secret that opens nothing (404).
    NotFound,
    /// The route has no such method (405).
    MethodNotAllowed,
    /// Took too long; try again with the same key (408 or 503).
    Timeout,
    /// Somebody else has the time now; choose another (409).
    SlotTaken,
    /// The same key is being worked on; try again in a moment (409).
    InProgress,
    /// The booking is not in a state for this: cancelled already, or over (409).
    WrongState,
    /// Nobody can answer now; leave a message, or come when it opens (409).
    Closed,
    /// Visits are in the way of a block; [`BlockRefused`](crate::staff::BlockRefused) names them (409).
    Booked,
    /// The hold has run out; choose again (410).
    HoldExpired,
    /// The body is too large (413).
    TooLarge,
    /// The body is not JSON (415).
    NotJson,
    /// A field is wrong (422).
    Invalid,
    /// The key was used for another request (422).
    KeyReused,
    /// Not a time that can be booked (422).
    NotASlot,
    /// A CPR number where none is asked for (422).
    CprRefused,
    /// Another privacy text is in force; show it and ask again (422).
    PrivacyChanged,
    /// A code is needed, and missing (422).
    CodeNeeded,
    /// The code is wrong or has run out (422).
    CodeWrong,
    /// The contact has as many bookings as are allowed (422).
    TooManyBookings,
    /// The service is booked elsewhere; follow its link (422).
    BookedElsewhere,
    /// Too many requests; `Retry-After` says when (429).
    TooManyRequests,
    /// The server's own mistake (500).
    Internal,
    /// The other system does not answer (502).
    Upstream,
    /// Not now; try again with the same key (503).
    Unavailable,
    /// A code of a newer server.
    #[serde(other)]
    Other,
}
