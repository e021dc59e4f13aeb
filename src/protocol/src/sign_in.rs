//! Who works at the kommune: signing in, sessions, roles, and what was done. For /konsol/; no citizen's page has any of it.

use alloc::string::String;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// What somebody may do. An account has any number of them; whoever has none may do nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// At the counter: sees and changes bookings.
    Booking,
    /// Also blocks time.
    BookingAdmin,
    /// Talks with citizens.
    Agent,
    /// Looks after queues and those who talk.
    Supervisor,
    /// Figures only.
    Analyst,
    /// Accounts and the audit log of the kommune.
    TenantAdmin,
    /// Whoever runs the server: belongs to no kommune and sees no citizen's data.
    Operator,
}

impl Role {
    /// Every role.
    pub const ALL: [Role; 7] = [
        Role::Booking,
        Role::BookingAdmin,
        Role::Agent,
        Role::Supervisor,
        Role::Analyst,
        Role::TenantAdmin,
        Role::Operator,
    ];

    /// As on the wire and in the settings: "booking-admin".
    pub fn name(self) -> &'static str {
        match self {
            Role::Booking => "booking",
            Role::BookingAdmin => "booking-admin",
            Role::Agent => "agent",
            Role::Supervisor => "supervisor",
            Role::Analyst => "analyst",
            Role::TenantAdmin => "tenant-admin",
            Role::Operator => "operator",
        }
    }

    /// The role of a name.
    pub fn named(name: &str) -> Option<Role> {
        Role::ALL.into_iter().find(|role| role.name() == name)
    }
}

/// A kommune as a console shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Kommune {
    /// "eksempelby".
    pub slug: String,
    /// "Eksempelby Kommune".
    pub name: String,
}

/// Whose ways of signing in are asked for: the query of `GET /sign-in` and `GET /oidc/start`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "schema", into_params(parameter_in = Query))]
pub struct SignInQuery {
    /// Slug of the kommune; absent for the operator.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kommune: Option<String>,
}

/// How one can sign in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct SignInWays {
    /// Where; absent for the operator.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kommune: Option<Kommune>,
    /// With user, password and code.
    pub local: bool,
    /// At the kommune's own login, `GET /oidc/start`.
    pub oidc: bool,
}

/// Signs in with a local account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    /// Slug; absent for the operator.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kommune: Option<String>,
    /// User name.
    #[cfg_attr(feature = "schema", schema(min_length = 1, max_length = 100))]
    pub user: String,
    /// Password.
    #[cfg_attr(feature = "schema", schema(min_length = 1, max_length = 200))]
    pub password: String,
    /// Six digits of the authenticator app, when one is set up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(max_length = 20))]
    pub code: Option<String>,
}

/// Answers a sign-in: a session, or what is needed to set up the authenticator app first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(untagged)]
pub enum SignedIn {
    /// Done; the cookie is set.
    Session(Session),
    /// Set the app up and send a code of it to `POST /enrol`.
    Enrol {
        /// What the app needs.
        enrol: Enrol,
    },
}

/// A new second factor. Shown once; the next sign-in makes another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Enrol {
    /// 32 letters and digits (base 32), to type in.
    pub secret: String,
    /// `otpauth://totp/…`, to be drawn as a QR code.
    pub uri: String,
}

/// Sets up the second factor and signs in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct EnrolRequest {
    /// Slug; absent for the operator.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kommune: Option<String>,
    /// User name.
    #[cfg_attr(feature = "schema", schema(min_length = 1, max_length = 100))]
    pub user: String,
    /// Password.
    #[cfg_attr(feature = "schema", schema(min_length = 1, max_length = 200))]
    pub password: String,
    /// As in [`Enrol`].
    #[cfg_attr(feature = "schema", schema(max_length = 100))]
    pub secret: String,
    /// What the app shows now.
    #[cfg_attr(feature = "schema", schema(max_length = 20))]
    pub code: String,
}

/// Chooses a password with an invitation, which is good once for 24 hours. The answer is [`SignedIn::Enrol`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct InvitationRequest {
    /// Slug; absent for the operator.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kommune: Option<String>,
    /// User name.
    #[cfg_attr(feature = "schema", schema(min_length = 1, max_length = 100))]
    pub user: String,
    /// The code of the invitation.
    #[cfg_attr(feature = "schema", schema(max_length = 100))]
    pub invitation: String,
    /// The new password, 12..=200 characters.
    #[cfg_attr(feature = "schema", schema(min_length = 12, max_length = 200))]
    pub password: String,
}

/// Who is signed in, and for how long at most. Half an hour without a request ends it sooner.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Session {
    /// Name of the person.
    pub name: String,
    /// Where; absent for the operator.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kommune: Option<Kommune>,
    /// What they may do, in the order of [`Role`].
    pub roles: Vec<Role>,
    /// Goes along with every POST as the header `lokalsvar-csrf`.
    pub csrf: String,
    /// RFC 3339.
    pub expires_at: String,
}

/// The session is over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct SignedOut {
    /// Always true.
    pub signed_out: bool,
}

/// Which part of the audit log: the query of `GET /audit`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "schema", into_params(parameter_in = Query))]
pub struct AuditQuery {
    /// First day, `YYYY-MM-DD`.
    #[cfg_attr(feature = "schema", param(pattern = r"^\d{4}-\d{2}-\d{2}$"))]
    pub from: String,
    /// Last day, `YYYY-MM-DD`, at most 366 days later.
    #[cfg_attr(feature = "schema", param(pattern = r"^\d{4}-\d{2}-\d{2}$"))]
    pub to: String,
}

/// A part of the audit log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Audit {
    /// The oldest first, at most 5000.
    pub entries: Vec<AuditEntry>,
    /// There are more: ask for fewer days.
    pub more: bool,
}

/// One thing that was done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct AuditEntry {
    /// RFC 3339.
    pub at: String,
    /// `signed-in`, `confirmed`, `moved` …
    pub what: String,
    /// Id of an account, or `citizen`, `system`, `terminal`, `oidc` (the kommune's own login), `unknown`.
    pub who: String,
    /// Name of the account, if `who` is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Receipt of the booking it was done to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receipt: Option<String>,
}
