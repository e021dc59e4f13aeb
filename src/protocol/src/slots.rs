//! Free times, and the hold on one of them.

use alloc::string::String;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// Which free times are asked for: the query of `GET /booking/slots`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "schema", into_params(parameter_in = Query))]
pub struct SlotsQuery {
    /// Id of the service.
    pub service: String,
    /// Id of the location; absent for all of the service's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<String>,
    /// First day, `YYYY-MM-DD`. A past day stands for today.
    #[cfg_attr(feature = "schema", param(pattern = r"^\d{4}-\d{2}-\d{2}$", format = Date))]
    pub from: String,
    /// How many days, 1..=31; 7 when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", param(minimum = 1, maximum = 31))]
    pub days: Option<u8>,
    /// How many persons come together, 1 when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", param(minimum = 1, maximum = 20))]
    pub persons: Option<u8>,
}

/// Free times, the earliest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Slots {
    /// Times with at least one free case worker.
    pub slots: Vec<Slot>,
    /// Day to go on from; absent at the end of what can be booked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// One free time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Slot {
    /// RFC 3339.
    pub start: String,
    /// RFC 3339.
    pub end: String,
    /// Id of the location.
    pub location: String,
    /// How many can still come at this time, at least 1.
    pub free: u16,
}

/// Asks to keep a time while the citizen fills in the rest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct HoldRequest {
    /// Id of the service.
    pub service: String,
    /// Id of the location.
    pub location: String,
    /// Start of a slot, RFC 3339.
    pub start: String,
    /// How many persons come together; longer visits need neighbouring times.
    #[serde(default = "one")]
    #[cfg_attr(feature = "schema", schema(minimum = 1, maximum = 20))]
    pub persons: u8,
}

/// A person who comes alone.
fn one() -> u8 {
    1
}

/// A time kept for whoever knows the secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Hold {
    /// Public number of the hold; opens nothing.
    pub hold: String,
    /// The secret; only in the answer that made the hold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub holder: Option<String>,
    /// Id of the service.
    pub service: String,
    /// Id of the location.
    pub location: String,
    /// RFC 3339.
    pub start: String,
    /// RFC 3339.
    pub end: String,
    /// How many persons.
    pub persons: u8,
    /// When the time is free again, RFC 3339.
    pub expires_at: String,
    /// No extension reaches beyond this, RFC 3339.
    pub extendable_until: String,
}

/// The time is free again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Released {
    /// Always true.
    pub released: bool,
}
