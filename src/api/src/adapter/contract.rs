//! What another booking system must understand and answer: the messages of the contract, for `call` and for whoever writes an
//! adapter. docs/booking-adapter.md tells what they promise; docs/booking-adapter.openapi.json is made from here and from `call`.
//!
//! Names that the widget's API has too are its types (crate `protocol`), so that nothing is translated.

use protocol::{Contact, Event, Language, Location, Notice, Slots, State};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

/// What must be known before free times are asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Offer {
    /// Length of a visit for one person.
    #[schema(minimum = 1, maximum = 480)]
    pub minutes: u16,
    /// Largest number of persons in one visit.
    #[schema(minimum = 1, maximum = 20)]
    pub persons_max: u8,
    /// Where it is given, at least one place.
    pub locations: Vec<Location>,
}

/// A time that is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Held {
    /// Name of the hold, `[A-Za-z0-9_.-]{1,64}`; not to be guessed.
    #[schema(pattern = "^[A-Za-z0-9_.-]{1,64}$")]
    pub hold: String,
    /// RFC 3339 with Copenhagen's offset.
    pub start: String,
    /// RFC 3339 with Copenhagen's offset.
    pub end: String,
    /// When the time is free again, RFC 3339; one minute to one hour from now.
    pub expires_at: String,
    /// No extension reaches beyond this, RFC 3339.
    pub extendable_until: String,
}

/// Makes a booking of a hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Confirm {
    /// Name of the hold.
    pub hold: String,
    /// Who comes: name, and phone or e-mail or both, already checked and in one form (`+4520304050`).
    pub contact: Contact,
    /// Version of the privacy text that was shown.
    pub privacy_version: String,
    /// Language of notices.
    pub language: Language,
    /// Ten digits, only where the kommune asks for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cpr: Option<String>,
}

/// A booking.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Visit {
    /// Name of the booking, `[A-Za-z0-9_.-]{1,64}`; not to be guessed.
    #[schema(pattern = "^[A-Za-z0-9_.-]{1,64}$")]
    pub booking: String,
    /// Number that the citizen can say on the phone, 1 to 40 printable characters; opens nothing.
    #[schema(min_length = 1, max_length = 40)]
    pub receipt: String,
    /// How far it has come.
    pub state: State,
    /// Id of the service.
    pub service: String,
    /// Where.
    pub place: Location,
    /// RFC 3339 with Copenhagen's offset.
    pub start: String,
    /// RFC 3339 with Copenhagen's offset.
    pub end: String,
    /// How many persons.
    pub persons: u8,
    /// The citizen may still move or cancel it.
    pub changeable: bool,
    /// Messages about it, the oldest first; the system that keeps the booking sends them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notices: Vec<Notice>,
}

/// Everything that is stored about a booking.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Data {
    /// The booking.
    pub visit: Visit,
    /// Who comes.
    pub contact: Contact,
    /// The CPR number, where it was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cpr: Option<String>,
    /// The text that was shown.
    pub privacy_version: String,
    /// Language of notices.
    pub language: Language,
    /// What happened, the oldest first.
    pub history: Vec<Event>,
}

/// What became of a wish. After `never` it never will be met: a POST with that key that arrives later is refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Settled {
    /// Whether it was met.
    pub outcome: Outcome,
    /// The very body that the POST was answered; with [`Outcome::Done`] only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<Value>,
}

/// Whether a wish was met.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// It was met, and lasts.
    Done,
    /// It was not, and will not be.
    Never,
}

/// True for what may stand in a path: a name that the other system gave.
pub(crate) fn is_name(text: &str) -> bool {
    let good = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'-');
    (1..=64).contains(&text.len()) && text.bytes().all(good) && !text.bytes().all(|b| b == b'.')
}

/// Everything wrong with an offer, in words; empty when all is well.
pub(crate) fn offer_faults(offer: &Offer) -> Vec<String> {
    let mut wrong = Vec::new();
    if !(1..=480).contains(&offer.minutes) {
        wrong.push(format!("minutes is {}, expected 1 to 480", offer.minutes));
    }
    if !(1..=20).contains(&offer.persons_max) {
        wrong.push(format!(
            "persons_max is {}, expected 1 to 20",
            offer.persons_max
        ));
    }
    if offer.locations.is_empty() {
        wrong.push("locations is empty, expected at least one".into());
    }
    wrong.extend(offer.locations.iter().flat_map(place_faults));
    wrong
}

fn place_faults(place: &Location) -> Vec<String> {
    let mut wrong = Vec::new();
    if !booking::is_id(&place.id) {
        wrong.push("a location's id is not [a-z0-9-]{1,32}".into());
    }
    if !is_line(&place.name, 200) || !is_line(&place.address, 300) {
        wrong.push("a location's name or address is missing or too long".into());
    }
    if place
        .directions
        .as_deref()
        .is_some_and(|d| !d.starts_with("https://") || !is_line(d, 500))
    {
        wrong.push("a location's directions do not begin with https://".into());
    }
    wrong
}

/// Everything wrong with free times.
pub(crate) fn slots_faults(slots: &Slots) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut before = i64::MIN;
    for slot in &slots.slots {
        match span(&slot.start, &slot.end) {
            Ok((start, _)) => {
                if start < before {
                    wrong.push("slots are not in order, the earliest first".into());
                }
                before = start;
            }
            Err(why) => wrong.push(format!("a slot's {why}")),
        }
        if slot.free == 0 {
            wrong.push("a slot has free 0, expected at least 1".into());
        }
        if !booking::is_id(&slot.location) {
            wrong.push("a slot's location is not [a-z0-9-]{1,32}".into());
        }
    }
    if let Some(next) = &slots.next
        && hours::Date::parse(next).is_none()
    {
        wrong.push("next is no day, expected 2026-12-04".into());
    }
    wrong.dedup();
    wrong
}

/// Everything wrong with a hold.
pub(crate) fn held_faults(held: &Held) -> Vec<String> {
    let mut wrong = Vec::new();
    if !is_name(&held.hold) {
        wrong.push("hold is not [A-Za-z0-9_.-]{1,64}".into());
    }
    if let Err(why) = span(&held.start, &held.end) {
        wrong.push(format!("the hold's {why}"));
    }
    match (
        booking::parse_instant(&held.expires_at),
        booking::parse_instant(&held.extendable_until),
    ) {
        (Ok(expires), Ok(until)) if expires <= until => {}
        (Ok(_), Ok(_)) => wrong.push("extendable_until lies before expires_at".into()),
        _ => wrong.push("expires_at or extendable_until is no RFC 3339 instant".into()),
    }
    wrong
}

/// Everything wrong with a booking.
pub(crate) fn visit_faults(visit: &Visit) -> Vec<String> {
    let mut wrong = Vec::new();
    if !is_name(&visit.booking) {
        wrong.push("booking is not [A-Za-z0-9_.-]{1,64}".into());
    }
    if !is_line(&visit.receipt, 40) {
        wrong.push("receipt is not 1 to 40 printable characters".into());
    }
    if let Err(why) = span(&visit.start, &visit.end) {
        wrong.push(format!("the booking's {why}"));
    }
    if visit.persons == 0 {
        wrong.push("persons is 0".into());
    }
    wrong.extend(place_faults(&visit.place));
    wrong
}

fn is_line(text: &str, most: usize) -> bool {
    !text.trim().is_empty() && text.chars().count() <= most && !text.chars().any(char::is_control)
}

/// Start and end in milliseconds, if they are written with the offset of Copenhagen on that day and in order, a day apart at most.
fn span(start: &str, end: &str) -> Result<(i64, i64), String> {
    let read = |text: &str, which: &str| {
        let ms =
            booking::parse_instant(text).map_err(|_| format!("{which} is no RFC 3339 instant"))?;
        if booking::instant_text(ms) == text {
            Ok(ms)
        } else {
            Err(format!(
                "{which} is not written as {} (Copenhagen's offset on that day, whole seconds)",
                booking::instant_text(ms)
            ))
        }
    };
    let (from, to) = (read(start, "start")?, read(end, "end")?);
    if from < to && to - from <= 86_400_000 {
        Ok((from, to))
    } else {
        Err("end is not after start, or more than a day later".into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_fit_into_a_path() {
        for good in ["a", "A-1_b.c", &"x".repeat(64)] {
            assert!(is_name(good), "{good}");
        }
        for bad in ["", ".", "..", "a/b", "æ", "a b", "%2e", &"x".repeat(65)] {
            assert!(!is_name(bad), "{bad}");
        }
    }

    #[test]
    fn an_instant_has_the_offset_of_its_day() {
        for (start, end, good) in [
            (
                "2026-12-04T10:00:00+01:00",
                "2026-12-04T10:15:00+01:00",
                true,
            ),
            (
                "2026-07-01T10:00:00+02:00",
                "2026-07-01T10:15:00+02:00",
                true,
            ),
            (
                "2026-07-01T10:00:00+01:00",
                "2026-07-01T10:15:00+01:00",
                false,
            ),
            ("2026-12-04T09:00:00Z", "2026-12-04T09:15:00Z", false),
            (
                "2026-12-04T10:15:00+01:00",
                "2026-12-04T10:00:00+01:00",
                false,
            ),
            ("i morgen", "2026-12-04T10:00:00+01:00", false),
        ] {
            assert_eq!(span(start, end).is_ok(), good, "{start} {end}");
        }
    }
}
