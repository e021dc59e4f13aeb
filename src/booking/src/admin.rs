//! What a kommune decides about booking: the shape of `<slug>.booking.json`. Written by `compiler` and read by `api`.
//!
//! Any value of these types may be used anywhere in this crate without a panic; [`Admin::check`](crate::Admin::check)
//! says whether it makes sense. Minutes of a day are 0..=1440 by the clock on the wall.

use crate::form;
use hours::{Date, Span};
use serde::{Deserialize, Serialize};

/// Grows whenever an older server could not read the file.
pub(crate) const FORMAT: u16 = 1;

/// A text in both languages.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Words {
    /// Danish.
    pub da: String,
    /// English.
    pub en: String,
}

/// Everything about booking in one kommune.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Admin {
    /// 1; another number is refused by [`Admin::check`](crate::Admin::check).
    pub format: u16,
    /// Slug of the kommune, `[a-z-]+`.
    pub kommune: String,
    /// "Eksempelby Kommune".
    pub name: String,
    /// Which named days are closed.
    pub holidays: Holidays,
    /// What one contact may hold.
    pub limits: Limits,
    /// What a citizen reads before sending.
    pub privacy: Privacy,
    /// What can be booked, in the order in which it is shown.
    pub services: Vec<Service>,
    /// Where, in the order in which it is shown.
    pub locations: Vec<Location>,
    /// Who serves: a desk or a case worker, each one visit at a time.
    pub counters: Vec<Counter>,
    /// Times when nobody is served; they go before everything else.
    pub closures: Vec<Closure>,
}

/// Which days of [`hours::holiday`] are closed. An [`Exception`] of the location goes before it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holidays {
    /// Closed on public holidays (skærtorsdag … 2. juledag; store bededag is no more).
    pub public: bool,
    /// Also closed on these customary days: some of [`Holidays::CUSTOMARY`], by their Danish names.
    pub customary: Vec<String>,
}

impl Holidays {
    /// Days that no law closes and each kommune decides about, as [`hours::Holiday::da`] names them.
    pub const CUSTOMARY: [&'static str; 3] = ["grundlovsdag", "juleaften", "nytårsaften"];
}

/// Against hoarding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Coming bookings that one contact (phone or e-mail) may have in this kommune, 1..=20.
    pub active_per_contact: u8,
    /// Times that one browser may hold at once, 1..=5. With 1 nobody can choose anew within five minutes of closing the page.
    pub holds_at_once: u8,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            active_per_contact: 3,
            holds_at_once: 2,
        }
    }
}

/// Article 13 GDPR: shown before sending, and its version is stored with the booking.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Privacy {
    /// Changes when any other field does: twelve hex digits of their SHA-256, made by `compiler`.
    pub version: String,
    /// Who is responsible, "Eksempelby Kommune".
    pub controller: String,
    /// What for.
    pub purpose: Words,
    /// Days after the visit on which the booking is erased, 1..=3650.
    pub retention_days: u16,
    /// The whole text, paragraphs apart by `\n\n`.
    pub text: Words,
    /// Where more stands, `https:`; empty when nowhere.
    pub url: String,
}

/// Something that can be booked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Service {
    /// `[a-z0-9-]{1,32}`, unique; never changed once used.
    pub id: String,
    /// "Bestil pas".
    pub name: Words,
    /// Who answers for the times.
    pub adapter: Adapter,
    /// What to bring, a line each.
    pub bring: Vec<Words>,
    /// Length for one person, a multiple of 5, 5..=480.
    pub minutes: u16,
    /// Added for each further person, a multiple of 5, 0..=240.
    pub minutes_per_person: u16,
    /// No visit is made longer than this, whatever the number of persons; a multiple of 5, at least `minutes`.
    pub minutes_most: u16,
    /// How many may come in one visit, 1..=20.
    pub persons_most: u8,
    /// Visits start at multiples of this after midnight: 15 gives 10.00, 10.15 …; a multiple of 5, 5..=240.
    pub grid_minutes: u16,
    /// A visit starts at least this long after it is booked, 0..=43200 (30 days).
    pub lead_minutes: u32,
    /// Last day that can be booked, counted from today, 0..=365.
    pub horizon_days: u16,
    /// A citizen may move or cancel until this long before the start, 0..=10080 (7 days).
    pub change_minutes: u32,
    /// A code is sent to the contact and asked for before the booking is confirmed.
    pub code: bool,
    /// How the citizen is reached.
    pub contact: ContactNeed,
    /// The CPR number is asked for. Off unless the kommune has a reason and says so.
    pub cpr: bool,
}

/// Who answers for a service's times.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Adapter {
    /// This program.
    #[default]
    Builtin,
    /// The kommune's own booking page; only its address is known here.
    Link {
        /// `https:`.
        url: String,
    },
    /// Another system that speaks the booking contract. Its key stands in the server's configuration, never here.
    Http {
        /// `https:`, where the contract's paths begin.
        url: String,
    },
}

/// What is asked for besides the name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ContactNeed {
    /// One of them is enough.
    #[default]
    PhoneOrEmail,
    /// A phone number.
    Phone,
    /// An e-mail address.
    Email,
    /// Both.
    Both,
}

/// A place where citizens come.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Location {
    /// `[a-z0-9-]{1,32}`, unique; never changed once used.
    pub id: String,
    /// "Borgerservice på rådhuset".
    pub name: Words,
    /// Street, number, postcode and town.
    pub address: String,
    /// How to get there, `https:`; empty when none.
    pub directions: String,
    /// Words that also mean this place, as a citizen says them: "Viby".
    pub also: Vec<String>,
    /// When visits can take place.
    pub week: Week,
    /// Dates on which the week and the holidays do not apply.
    pub exceptions: Vec<Exception>,
}

/// Who serves. Open when its location is, within its own hours, outside its breaks.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counter {
    /// `[a-z0-9-]{1,32}`, unique in the kommune; never changed once used.
    pub id: String,
    /// For staff only: "Skranke 2".
    pub name: String,
    /// Id of its location.
    pub location: String,
    /// Ids of the services it serves.
    pub services: Vec<String>,
    /// Its own hours; `None` means those of the location.
    pub week: Option<Week>,
    /// Dates on which its own hours do not apply. A location that is closed stays closed.
    pub exceptions: Vec<Exception>,
    /// On these days and times it serves nobody, exceptions or not.
    pub breaks: Vec<Break>,
}

/// Hours per weekday, Monday first; an empty day is closed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Week {
    /// Within 00:00-24:00, in order, without overlap, multiples of 5 minutes.
    #[serde(with = "form::days")]
    pub days: [Vec<Span>; 7],
}

/// One date with hours of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exception {
    /// The day.
    #[serde(with = "form::date")]
    pub date: Date,
    /// Its hours; empty means closed all day.
    #[serde(with = "form::spans")]
    pub spans: Vec<Span>,
    /// Why, for staff.
    pub note: String,
}

/// A pause that comes back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Break {
    /// Weekdays, Monday 0 to Sunday 6.
    pub days: Vec<u8>,
    /// When.
    #[serde(with = "form::span")]
    pub span: Span,
}

/// A time when nobody is served.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Closure {
    /// First day.
    #[serde(with = "form::date")]
    pub from: Date,
    /// Last day, included.
    #[serde(with = "form::date")]
    pub until: Date,
    /// Only this part of each day; `None` means all day.
    #[serde(with = "form::maybe_span")]
    pub span: Option<Span>,
    /// Ids of locations and counters; empty means the whole kommune.
    pub only: Vec<String>,
    /// Why, for staff.
    pub note: String,
}

impl Admin {
    /// The service with that id.
    pub fn service(&self, id: &str) -> Option<&Service> {
        self.services.iter().find(|s| s.id == id)
    }

    /// The location with that id.
    pub fn location(&self, id: &str) -> Option<&Location> {
        self.locations.iter().find(|l| l.id == id)
    }

    /// The counter with that id.
    pub fn counter(&self, id: &str) -> Option<&Counter> {
        self.counters.iter().find(|c| c.id == id)
    }

    /// Where a service is given, in the order of [`Admin::locations`].
    pub fn locations_of<'a>(&'a self, service: &'a str) -> impl Iterator<Item = &'a Location> {
        self.locations.iter().filter(move |l| {
            let mut counters = self.counters.iter();
            counters.any(|c| c.location == l.id && c.serves(service))
        })
    }
}

impl Counter {
    /// True when it serves that service.
    pub fn serves(&self, service: &str) -> bool {
        self.services.iter().any(|s| s == service)
    }
}
