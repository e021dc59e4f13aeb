//! What the console knows. Everything the page shows is worked out of it (`view`), everything that happens changes it (`step`).

use std::collections::BTreeMap;

use hours::Date;
use protocol::staff::{Alert, Block, Counter, Days, Found, MoveSlots, Places, Visit};
use protocol::{Enrol, Role, Session, SignInWays, Slot};

use crate::change::Change;
use crate::chats::Chats;

/// The whole console.
#[derive(Clone, Debug, Default)]
pub struct App {
    /// What is on the page.
    pub screen: Screen,
    /// Slug of the kommune that somebody signs in to; empty until it is said.
    pub kommune: String,
    /// What the address asked for.
    pub wish: Wish,
    /// What stands in the fields, by their ids.
    pub fields: BTreeMap<&'static str, String>,
    /// What is wrong with them.
    pub faults: BTreeMap<&'static str, String>,
    /// The window has no room for columns.
    pub narrow: bool,
    /// Number of the newest request.
    pub asked: u32,
    /// Requests without an answer yet.
    pub waiting: Vec<(u32, What)>,
    /// When somebody was here last, UTC milliseconds.
    pub touched_ms: i64,
    /// The day in Denmark.
    pub today: Option<Date>,
    /// Minute of that day.
    pub minute: u16,
    /// UTC milliseconds of the last event.
    pub now_ms: i64,
    /// Keys that this event has used.
    pub keys: u8,
}

/// A part of the console, with an address of its own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Area {
    /// The day's bookings.
    #[default]
    Booking,
    /// Talking with citizens.
    Chats,
}

/// What the address asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wish {
    /// Which part; unknown on the front page.
    pub area: Option<Area>,
    /// Id of a location.
    pub location: String,
    /// A day.
    pub date: Option<Date>,
    /// Day or week.
    pub view: View,
}

/// What a request is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// Is somebody signed in?
    Session,
    /// How one signs in to this kommune.
    Ways,
    /// The form of the sign-in.
    SignIn,
    /// Ending the session.
    SignOut,
    /// Locations, counters, services.
    Places,
    /// Visits of some days.
    Days,
    /// One booking.
    Find(String),
    /// One booking again, right before it is changed.
    Look,
    /// Free times for a move.
    Slots(String),
    /// What is to be looked at.
    Alerts,
    /// A change.
    Change,
    /// Who waits, and who is talked to.
    Queue,
    /// One conversation, by its receipt.
    Reading(String),
    /// "I am here."
    Presence,
    /// A message, by its id.
    Said(String),
    /// "I write."
    Typing,
    /// What the editors must look at.
    Facts,
}

/// What is on the page.
#[derive(Clone, Debug, Default)]
pub enum Screen {
    /// Nothing is known yet.
    #[default]
    Starting,
    /// The server did not answer the first question.
    Unreachable,
    /// Nobody is signed in.
    SignIn(SignIn),
    /// Somebody is.
    Desk(Box<Desk>),
}

/// The sign-in.
#[derive(Clone, Debug, Default)]
pub struct SignIn {
    /// How far it has come.
    pub step: SignInStep,
    /// How one signs in; unknown until the kommune is.
    pub ways: Option<SignInWays>,
    /// What must be set up first.
    pub enrol: Option<Enrol>,
    /// Why somebody is here, or what went wrong.
    pub told: Option<Told>,
    /// A request is under way.
    pub busy: bool,
}

/// How far a sign-in has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SignInStep {
    /// Which kommune?
    #[default]
    Kommune,
    /// User and password.
    Password,
    /// User, invitation and a new password.
    Invitation,
    /// The code of the app.
    Code,
    /// Setting the app up.
    Enrol,
}

/// A sentence above what it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// How it is meant.
    pub tone: Tone,
    /// The sentence.
    pub text: String,
}

impl Told {
    /// It worked.
    pub fn good(text: impl Into<String>) -> Option<Self> {
        Self::some(Tone::Good, text)
    }

    /// It did not.
    pub fn bad(text: impl Into<String>) -> Option<Self> {
        Self::some(Tone::Bad, text)
    }

    /// To be known.
    pub fn note(text: impl Into<String>) -> Option<Self> {
        Self::some(Tone::Note, text)
    }

    #[expect(clippy::unnecessary_wraps, reason = "fields hold an option")]
    fn some(tone: Tone, text: impl Into<String>) -> Option<Self> {
        Some(Self {
            tone,
            text: text.into(),
        })
    }
}

/// How a sentence is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// Done.
    Good,
    /// Not done.
    Bad,
    /// To be known.
    Note,
}

/// Day or week.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum View {
    /// One day, a column for each counter.
    #[default]
    Day,
    /// Seven days, a list each.
    Week,
}

/// The desk of somebody who is signed in.
#[derive(Clone, Debug)]
pub struct Desk {
    /// Who.
    pub session: Session,
    /// Which part is on the page.
    pub area: Area,
    /// Talking with citizens; goes on while another part is on the page.
    pub chats: Chats,
    /// Locations, counters, services; unknown at first.
    pub places: Option<Places>,
    /// Id of the chosen location.
    pub location: String,
    /// The chosen day.
    pub date: Date,
    /// Day or week.
    pub view: View,
    /// What the server said last about exactly this choice.
    pub days: Option<Days>,
    /// When it did, or said that nothing has changed; UTC milliseconds.
    pub heard_ms: i64,
    /// The last question had no answer.
    pub lost: bool,
    /// When days and alerts were asked for last, UTC milliseconds.
    pub polled_ms: i64,
    /// Beside the day.
    pub panel: Panel,
    /// A sentence in the panel.
    pub told: Option<Told>,
    /// A sentence above the day.
    pub notice: Option<Told>,
    /// What is being changed; one thing at a time.
    pub change: Option<Change>,
    /// What is to be looked at.
    pub alerts: Vec<Alert>,
    /// The session ends soon unless somebody says that they are here.
    pub idle_warned: bool,
    /// It has been said that the working day of the session ends.
    pub end_warned: bool,
    /// Id of what opened the panel: focus goes back there.
    pub opener: String,
}

/// What is beside the day.
#[derive(Clone, Debug, Default)]
pub enum Panel {
    /// Nothing.
    #[default]
    Closed,
    /// A booking.
    Visit(Box<Shown>),
    /// The form for blocked time.
    NewBlock,
    /// Blocked time, by its id; true: shall it be given back?
    Block(String, bool),
    /// What is to be looked at.
    Alerts,
}

/// A booking in the panel.
#[derive(Clone, Debug, Default)]
pub struct Shown {
    /// Its receipt.
    pub receipt: String,
    /// As it was seen last.
    pub visit: Option<Visit>,
    /// What happened to it, once it is known.
    pub found: Option<Found>,
    /// What is being done with it.
    pub doing: Doing,
    /// There is no such booking.
    pub missing: bool,
}

/// What is being done with a booking.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Doing {
    /// It is looked at.
    #[default]
    Look,
    /// Did they really not come?
    NoShow,
    /// Why is it called off?
    Cancel,
    /// Another time.
    Move(Box<Moving>),
}

/// A move in the making.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Moving {
    /// First day that was asked for.
    pub from: Option<Date>,
    /// Free times; unknown until the server says.
    pub free: Option<MoveSlots>,
    /// The server did not say.
    pub lost: bool,
    /// The chosen one.
    pub chosen: Option<Slot>,
}

impl App {
    /// What stands in a field.
    pub fn field(&self, id: &str) -> &str {
        self.fields.get(id).map_or("", String::as_str)
    }

    /// The desk, if somebody is signed in.
    pub fn desk(&self) -> Option<&Desk> {
        match &self.screen {
            Screen::Desk(desk) => Some(desk),
            _ => None,
        }
    }

    /// The desk, to be changed.
    pub fn desk_mut(&mut self) -> Option<&mut Desk> {
        match &mut self.screen {
            Screen::Desk(desk) => Some(desk),
            _ => None,
        }
    }

    /// Today; before the first event 1970.
    pub fn today(&self) -> Date {
        self.today.unwrap_or_else(|| Date::from_days_since_epoch(0))
    }
}

impl Desk {
    /// May they see bookings at all?
    pub fn sees_bookings(&self) -> bool {
        self.has(Role::Booking) || self.has(Role::BookingAdmin)
    }

    /// May they block time?
    pub fn blocks(&self) -> bool {
        self.has(Role::BookingAdmin)
    }

    /// May they talk with citizens?
    pub fn talks(&self) -> bool {
        self.has(Role::Agent)
    }

    /// May they see who waits?
    pub fn sees_chats(&self) -> bool {
        self.has(Role::Agent) || self.has(Role::Supervisor)
    }

    /// Does the part on the page have something that can go wrong, for them?
    pub fn hears(&self) -> bool {
        match self.area {
            Area::Booking => self.sees_bookings(),
            Area::Chats => self.sees_chats(),
        }
    }

    fn has(&self, role: Role) -> bool {
        self.session.roles.contains(&role)
    }

    /// First day and number of days that are shown.
    pub fn range(&self) -> (Date, u8) {
        match self.view {
            View::Day => (self.date, 1),
            View::Week => (crate::when::monday(self.date), 7),
        }
    }

    /// A visit of the days that are shown.
    pub fn visit(&self, receipt: &str) -> Option<&Visit> {
        let days = self.days.as_ref()?;
        days.days
            .iter()
            .flat_map(|day| &day.visits)
            .find(|visit| visit.receipt == receipt)
    }

    /// Blocked time of the days that are shown.
    pub fn block(&self, id: &str) -> Option<&Block> {
        let days = self.days.as_ref()?;
        days.days
            .iter()
            .flat_map(|day| &day.blocks)
            .find(|block| block.block == id)
    }

    /// What a service is called; its id when nobody knows.
    pub fn service<'a>(&'a self, id: &'a str) -> &'a str {
        let found = self
            .places
            .as_ref()
            .and_then(|places| places.services.iter().find(|service| service.id == id));
        found.map_or(id, |service| &service.name)
    }

    /// What a location is called.
    pub fn location_name<'a>(&'a self, id: &'a str) -> &'a str {
        let found = self
            .places
            .as_ref()
            .and_then(|places| places.locations.iter().find(|location| location.id == id));
        found.map_or(id, |location| &location.name)
    }

    /// What a counter is called.
    pub fn counter<'a>(&'a self, id: &'a str) -> &'a str {
        let found = self.places.as_ref().and_then(|places| {
            let mut counters = places.locations.iter().flat_map(|one| &one.counters);
            counters.find(|counter| counter.id == id)
        });
        found.map_or(id, |counter| &counter.name)
    }

    /// Counters of the chosen location.
    pub fn counters(&self) -> &[Counter] {
        let found = self.places.as_ref().and_then(|places| {
            let mut locations = places.locations.iter();
            locations.find(|location| location.id == self.location)
        });
        found.map_or(&[], |location| &location.counters)
    }
}
