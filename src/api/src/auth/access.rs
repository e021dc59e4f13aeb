//! Every route of the API and who may use it. The guard of the staff's routes asks this list and lets nobody through to a route
//! that is not in it; a test holds it against the router, and tries every route with every role.
//!
//! A new route is a new line here. Its handler takes [`Staff`](super::Staff) as an argument.

use protocol::{Role, path};

/// Who may use a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Anybody, without a site key: no data of anyone, or the way to a session.
    Open,
    /// Citizens: with the site key of a kommune, from its pages; a secret where there is something to keep.
    Citizen,
    /// Anybody who is signed in.
    Signed,
    /// Who is signed in and has one of these roles.
    Roles(&'static [Role]),
}

/// Roles at the counter.
pub const AT_COUNTER: &[Role] = &[Role::Booking, Role::BookingAdmin];
/// Roles that see who waits for a person.
pub const AT_QUEUES: &[Role] = &[Role::Agent, Role::Supervisor];
/// At the counter.
const COUNTER: Access = Access::Roles(AT_COUNTER);
/// Talks with citizens, and so reads what they write.
const TALKS: Access = Access::Roles(&[Role::Agent]);
/// Sees who waits.
const QUEUES: Access = Access::Roles(AT_QUEUES);
/// Sees what went wrong: each role only what its work is about.
const MATTERS: Access = Access::Roles(&[
    Role::Booking,
    Role::BookingAdmin,
    Role::Agent,
    Role::Supervisor,
]);
/// Answers for what AI help costs: counts alone.
const COSTS: Access = Access::Roles(&[Role::Supervisor, Role::TenantAdmin]);
/// Takes time out.
const BLOCKS: Access = Access::Roles(&[Role::BookingAdmin]);

/// Method in lower case, path as in the router, who.
pub const ROUTES: &[(&str, &str, Access)] = &[
    ("get", "/api/", Access::Open),
    ("get", "/api/health", Access::Open),
    ("get", "/api/openapi.json", Access::Open),
    ("get", "/api/ready", Access::Open),
    ("get", "/api/style.css", Access::Open),
    ("get", path::SERVICES, Access::Citizen),
    ("get", path::SLOTS, Access::Citizen),
    ("post", path::HOLDS, Access::Citizen),
    ("post", path::HOLD_EXTEND, Access::Citizen),
    ("post", path::HOLD_RELEASE, Access::Citizen),
    ("post", path::CODES, Access::Citizen),
    ("post", path::BOOKINGS, Access::Citizen),
    ("get", path::BOOKING, Access::Citizen),
    ("post", path::MOVE, Access::Citizen),
    ("post", path::CANCEL, Access::Citizen),
    ("get", path::ICS, Access::Citizen),
    ("post", path::ERASE, Access::Citizen),
    ("get", path::EXPORT, Access::Citizen),
    ("get", path::AVAILABILITY, Access::Citizen),
    ("post", path::CONVERSATIONS, Access::Citizen),
    ("post", path::RESUME, Access::Citizen),
    ("get", path::LOG, Access::Citizen),
    ("get", path::EVENTS, Access::Citizen),
    ("post", path::MESSAGES, Access::Citizen),
    ("post", path::TYPING, Access::Citizen),
    ("post", path::LEAVE, Access::Citizen),
    ("post", path::END, Access::Citizen),
    ("get", path::FALLBACK_TERMS, Access::Citizen),
    ("post", path::FALLBACK, Access::Citizen),
    ("get", path::SIGN_IN, Access::Open),
    ("post", path::SIGN_IN, Access::Open),
    ("post", path::ENROL, Access::Open),
    ("post", path::INVITATION, Access::Open),
    ("get", path::OIDC_START, Access::Open),
    ("get", path::OIDC_CALLBACK, Access::Open),
    ("get", path::SESSION, Access::Signed),
    ("post", path::SIGN_OUT, Access::Signed),
    ("get", path::AUDIT, Access::Roles(&[Role::TenantAdmin])),
    ("get", path::STAFF_CONSUMPTION, COSTS),
    ("get", path::STAFF_PLACES, COUNTER),
    ("get", path::STAFF_DAYS, COUNTER),
    ("get", path::STAFF_FIND, COUNTER),
    ("get", path::STAFF_SLOTS, COUNTER),
    ("post", path::STAFF_CHECK_IN, COUNTER),
    ("post", path::STAFF_NO_SHOW, COUNTER),
    ("post", path::STAFF_UNDO, COUNTER),
    ("post", path::STAFF_MOVE, COUNTER),
    ("post", path::STAFF_CANCEL, COUNTER),
    ("post", path::STAFF_BLOCKS, BLOCKS),
    ("post", path::STAFF_UNBLOCK, BLOCKS),
    ("get", path::STAFF_ALERTS, MATTERS),
    ("post", path::STAFF_ALERTS_SEEN, MATTERS),
    ("get", path::STAFF_QUEUE, QUEUES),
    ("get", path::STAFF_CONVERSATION, TALKS),
    ("post", path::STAFF_PRESENCE, QUEUES),
    ("post", path::STAFF_TAKE, TALKS),
    ("post", path::STAFF_GIVE_BACK, TALKS),
    ("post", path::STAFF_MESSAGE, TALKS),
    ("post", path::STAFF_TYPING, TALKS),
    ("post", path::STAFF_TRANSFER, TALKS),
    ("post", path::STAFF_CLOSE, TALKS),
    ("post", path::STAFF_RECORD, TALKS),
    ("post", path::STAFF_DELETE, TALKS),
    ("get", path::STAFF_EXPORT, TALKS),
    ("get", path::STAFF_FACTS, QUEUES),
    ("post", path::STAFF_FACTS, QUEUES),
    ("post", path::STAFF_FACT_DONE, QUEUES),
];

/// Who may use a route; none when the list does not have it. HEAD is GET.
pub fn of(method: &str, path: &str) -> Option<Access> {
    let method = match method.to_ascii_lowercase().as_str() {
        "head" => "get".to_owned(),
        other => other.to_owned(),
    };
    let found = ROUTES.iter().find(|(m, p, _)| *m == method && *p == path);
    found.map(|(_, _, access)| *access)
}
