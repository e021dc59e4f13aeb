//! What goes in and what comes out of the booking conversation: events, effects, messages. Plain data.

use bundle::content::Lang;

use crate::json::{Writer, parse};

/// What the outside world says at a step.
#[derive(Clone, Debug)]
pub struct Now {
    /// Milliseconds since 1970, UTC.
    pub ms: i64,
    /// Language spoken now.
    pub lang: Lang,
    /// A UUID that was never used; becomes the `Idempotency-Key` of what is sent in this step.
    pub fresh: String,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// "Bestil tid" was pressed.
    Begin {
        /// Id of the service, when the bundle knew it; empty otherwise.
        service: String,
        /// What the citizen had asked before, read for place and time. Goes nowhere.
        wish: String,
    },
    /// A link `#lokalsvar-tid=SECRET` was followed.
    Open(String),
    /// The chat was opened again in the same tab; what [`Effect::Keep`] said last.
    Resume(String),
    /// The citizen wrote something.
    Said(String),
    /// A button of message `seq` was pressed.
    Press {
        /// The message.
        seq: u32,
        /// What the button does.
        press: Press,
        /// What stands in the fields of that message.
        fields: Fields,
    },
    /// The server answered request `number`; status 0: no answer came.
    Answer {
        /// Which request.
        number: u32,
        /// HTTP status, 0 for none.
        status: u16,
        /// The body.
        body: String,
    },
    /// Time has passed.
    Tick,
}

/// What stands in the fields of a form.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fields {
    /// Name.
    pub name: String,
    /// Phone number.
    pub phone: String,
    /// E-mail.
    pub email: String,
    /// CPR number, where it is asked for.
    pub cpr: String,
    /// Code.
    pub code: String,
}

/// What a button does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Press {
    /// Chooses a service, by place in the list.
    Service(usize),
    /// Chooses a location, by place in the service's list; `None`: any.
    Place(Option<usize>),
    /// So many persons.
    Persons(u8),
    /// Chooses a time, by place in the list of free times.
    Slot(usize),
    /// All times of a day, days since 1970.
    Day(i32),
    /// Further days.
    Later,
    /// The first times again.
    First,
    /// A month, as year times 12 plus month from 0.
    Month(i32),
    /// Ask for the place again.
    Elsewhere,
    /// One step back.
    Back,
    /// Give up.
    Stop,
    /// The fields are filled in.
    On,
    /// Send a code.
    SendCode,
    /// Send and book.
    Send,
    /// Change the details.
    Edit,
    /// The same request once more.
    Again,
    /// Hold the time longer.
    Extend,
    /// Hold the time that ran out again.
    SameTime,
    /// See free times.
    SeeTimes,
    /// The calendar file.
    Ics,
    /// Choose another time for the booking.
    Move,
    /// Yes, move.
    MoveYes,
    /// Cancel the booking?
    CallOff,
    /// Yes, cancel it.
    CallOffYes,
    /// Leave the booking as it is.
    Keep,
    /// Begin anew.
    Begin,
    /// Go on with what lay there.
    GoOn,
}

/// What the outside world shall do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Draw and announce.
    Say(Message),
    /// Draw what the citizen said.
    Write(String),
    /// Send.
    Ask(Request),
    /// Show that something is under way; empty: no more.
    Wait(String),
    /// Mistakes in the fields of the newest message: name of the field, text.
    Faults(Vec<(&'static str, String)>),
    /// The bar above the log; a text, and a button. `None` takes it away.
    Bar(Option<(String, Option<Choice>)>),
    /// Speak only.
    Status(String),
    /// Store for this tab; empty: delete.
    Keep(String),
    /// Hand over a calendar file.
    Save(String),
    /// This is not for the booking.
    Pass,
}

/// What a request is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// Services.
    Services,
    /// Free times.
    Slots,
    /// Free times for the calendar of a month.
    Month(i32),
    /// A hold.
    Hold,
    /// A longer hold.
    Extend,
    /// No hold any more; nobody waits for the answer.
    Release,
    /// A code.
    Code,
    /// The booking.
    Book,
    /// The own booking.
    Own,
    /// Move it.
    Move,
    /// Cancel it.
    CallOff,
    /// Its calendar file.
    Ics,
}

/// A request, as it is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// Grows.
    pub number: u32,
    /// What it is about.
    pub what: What,
    /// Path with query.
    pub path: String,
    /// `Idempotency-Key`; with one it is a POST.
    pub key: Option<String>,
    /// `Lokalsvar-Holder`.
    pub holder: Option<String>,
    /// `Lokalsvar-Booking`.
    pub secret: Option<String>,
    /// The body, to the byte.
    pub body: String,
}

/// A button.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// What is read on it.
    pub label: String,
    /// What is heard, when more is needed than what is read; empty otherwise.
    pub spoken: String,
    /// What it does.
    pub press: Press,
}

/// A field of a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// `name`, `phone`, `email`, `cpr`, `code`: also the id.
    pub name: &'static str,
    /// What is read above it.
    pub label: String,
    /// What stands in it.
    pub value: String,
    /// Must be filled in.
    pub required: bool,
}

/// Free times of one day.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Day {
    /// "Fredag den 4. december".
    pub title: String,
    /// "Formiddag" and "Eftermiddag" with their times.
    pub parts: Vec<(String, Vec<Choice>)>,
    /// All times of the day, when there are more.
    pub more: Option<Choice>,
}

/// A month as a table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Month {
    /// "December 2026".
    pub title: String,
    /// Weekday of the 1st, Monday 0.
    pub first: u8,
    /// How many days.
    pub days: u8,
    /// Days with free times: day, button.
    pub free: Vec<(u8, Choice)>,
}

/// What is read when it is unfolded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fold {
    /// The line that is always there.
    pub title: String,
    /// Paragraphs.
    pub lines: Vec<String>,
    /// Bytes that are sent, shown as they are; empty for none.
    pub bytes: String,
}

/// One message of the booking.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Message {
    /// Grows; only the newest message's buttons work.
    pub seq: u32,
    /// Paragraphs.
    pub lines: Vec<String>,
    /// A large list of two columns.
    pub rows: Vec<(String, String)>,
    /// A bulleted list with its title.
    pub list: Option<(String, Vec<String>)>,
    /// To unfold.
    pub folds: Vec<Fold>,
    /// Free times.
    pub days: Vec<Day>,
    /// A month.
    pub month: Option<Month>,
    /// Choices, numbered.
    pub options: Vec<Choice>,
    /// Fields.
    pub fields: Vec<Field>,
    /// Links: what is read, address.
    pub links: Vec<(String, String)>,
    /// The main button below.
    pub main: Option<Choice>,
    /// Smaller buttons.
    pub more: Vec<Choice>,
    /// Buttons stay alive when newer messages come (a receipt).
    pub lasting: bool,
}

/// What the tab keeps: ids and step, never what was typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Kept {
    /// Id of the service; empty when none is chosen.
    pub service: String,
    /// Id of the location; empty for any.
    pub place: String,
    /// How many persons; 0 when not asked yet.
    pub persons: u8,
    /// Secret of the hold.
    pub holder: String,
    /// Key of a booking that was sent and not answered.
    pub key: String,
    /// Secret of the own booking.
    pub secret: String,
}

impl Kept {
    pub(crate) fn write(&self) -> String {
        Writer::new()
            .some("service", &self.service)
            .some("place", &self.place)
            .number("persons", self.persons.into())
            .some("holder", &self.holder)
            .some("key", &self.key)
            .some("secret", &self.secret)
            .end()
    }

    /// `None` when it is damaged.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let value = parse(text)?;
        Some(Self {
            service: value.text("service"),
            place: value.text("place"),
            persons: value.number("persons").clamp(0, 99) as u8,
            holder: value.text("holder"),
            key: value.text("key"),
            secret: value.text("secret"),
        })
    }
}
