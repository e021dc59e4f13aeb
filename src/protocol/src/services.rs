//! What can be booked, what is asked for, and what the citizen is told about their data.

use alloc::string::String;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// Everything the widget needs before it asks for free times.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Services {
    /// In the order the kommune wants.
    pub services: Vec<Service>,
    /// Shown before anything is sent.
    pub privacy: Privacy,
    /// IANA name; always `Europe/Copenhagen`.
    pub timezone: String,
    /// How long a hold lasts, seconds.
    pub hold_seconds: u32,
}

/// One thing that a time can be booked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Service {
    /// Stable, `[a-z0-9-]+`.
    pub id: String,
    /// What it is called.
    pub name: Text,
    /// What to bring, one thing each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub bring: Vec<Text>,
    /// Length of a visit for one person.
    pub minutes: u16,
    /// Largest number of persons in one visit, at least 1.
    pub persons_max: u8,
    /// Where it can be had. Empty for [`Adapter::Link`].
    pub locations: Vec<Location>,
    /// What the citizen is asked for.
    pub ask: Ask,
    /// A code is sent to the contact first, and goes with the booking.
    pub code_needed: bool,
    /// Who keeps the calendar.
    pub adapter: Adapter,
}

/// A text in Danish, and in English where somebody wrote it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Text {
    /// Danish.
    pub da: String,
    /// English; Danish stands where it is absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub en: Option<String>,
}

/// A place to come to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Location {
    /// Stable, `[a-z0-9-]+`.
    pub id: String,
    /// "Borgerservice, Rådhuset".
    pub name: String,
    /// Street, number, postal code and town.
    pub address: String,
    /// https address of a page with the way there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub directions: Option<String>,
}

/// What is asked for besides the name, which always is. Where neither phone nor e-mail is [`Need::Required`] and both
/// are [`Need::Optional`], one of the two must be given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Ask {
    /// A Danish or international phone number.
    pub phone: Need,
    /// A mail address.
    pub email: Need,
    /// The CPR number; [`Need::No`] unless the kommune switched it on.
    pub cpr: Need,
}

/// Whether a field is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Need {
    /// Not asked for, and refused when sent.
    No,
    /// May be left empty.
    Optional,
    /// Must be given.
    Required,
}

/// Who keeps the calendar of a service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Adapter {
    /// This API.
    Builtin,
    /// The kommune's page elsewhere; nothing is booked here.
    Link {
        /// https address of the page for this service.
        url: String,
    },
    /// Another system behind this API; the messages are the same.
    Http,
}

/// What the citizen is told before sending. The version goes with the booking.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Privacy {
    /// Changes with the text.
    pub version: String,
    /// Who is responsible for the data.
    pub controller: String,
    /// What the data are for.
    pub purpose: Text,
    /// How long they are kept.
    pub retention: Text,
    /// The whole text.
    pub text: Text,
}
