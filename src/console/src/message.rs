//! What goes in and comes out of the state machine: events of the page, answers of the server, and what the page shall do.

use crate::chats::ChatPress;
use crate::state::{Area, View};

/// The moment of an event, as values.
#[derive(Clone, Debug, Default)]
pub struct Now {
    /// UTC milliseconds.
    pub ms: i64,
    /// A number that was never used (UUID), for a change that begins now.
    pub fresh: String,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// The page is there: path below /konsol/, query without `?`, and the kommune that this browser remembers.
    Start {
        /// "booking", "samtaler"; empty for the front page.
        path: String,
        /// "sted=raadhus&dag=2026-12-04".
        query: String,
        /// Slug, or empty.
        kommune: String,
    },
    /// Something stands in a field now.
    Typed(&'static str, String),
    /// A button, a link, or another choice in a list.
    Press(Press),
    /// The server answered request `number`; status 0: no answer came.
    Answer {
        /// Which request.
        number: u32,
        /// HTTP status, 0 for none.
        status: u16,
        /// The body.
        body: String,
    },
    /// A second has passed.
    Tick,
    /// Somebody is here: a key, a click, a touch.
    Touched,
    /// The window has room for columns, or only for a list.
    Narrow(bool),
    /// The browser went back or forward; path and query as in [`Event::Start`].
    Went(String, String),
    /// The page is looked at again, or the network is back: what stands on it may be old.
    Back,
    /// What the kommune's own answers hold for [`Effect::Replies`], the best first; nothing when they could not be fetched.
    Replies(String, Option<Vec<Reply>>),
    /// Titles of intents and topics, by their ids, for [`Effect::Titles`].
    Titles(Vec<(String, String)>),
}

/// One of the kommune's own answers, as a text that can be sent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reply {
    /// Id of the intent, "pas/pas-til-barn".
    pub intent: String,
    /// Its title.
    pub title: String,
    /// Plain text.
    pub text: String,
}

/// What a button does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Press {
    /// Sends the form of the sign-in.
    SignIn,
    /// Another kommune.
    OtherKommune,
    /// The way with an invitation, or back to the usual one.
    Invited(bool),
    /// Back to user and password.
    Again,
    /// Ends the session.
    SignOut,
    /// Another part of the console.
    Area(Area),
    /// Something about talking with citizens.
    Chat(ChatPress),
    /// Still here.
    Stay,
    /// A location, by id.
    Location(String),
    /// A day, as a field of the browser writes it.
    Day(String),
    /// So many days, or weeks, further.
    Turn(i32),
    /// Today.
    Today,
    /// Day or week.
    View(View),
    /// A day of the week, days since 1970.
    Open(i32),
    /// Asks the server anew.
    Refresh,
    /// On paper.
    Print,
    /// The receipt in the search field.
    Find,
    /// A visit, by receipt.
    Visit(String),
    /// A visit that an alert is about, by receipt; in its part of the console.
    VisitOf(String),
    /// Blocked time, by its id.
    Block(String),
    /// Block time: opens the form.
    NewBlock,
    /// What is to be looked at.
    Alerts,
    /// This alert has been seen, by its id.
    Seen(String),
    /// Closes the panel.
    Close,
    /// One step back in the panel.
    Back,
    /// The citizen has come.
    CheckIn(String),
    /// Takes a check-in back.
    Undo,
    /// Asks whether the citizen really did not come.
    NoShow,
    /// They did not.
    NoShowYes,
    /// Asks for the reason.
    Cancel,
    /// Calls the visit off.
    CancelYes,
    /// Shows free times.
    Move,
    /// A free time, by its place in the list.
    Slot(usize),
    /// Later free times.
    Later,
    /// The first free times.
    First,
    /// Moves the visit.
    MoveYes,
    /// Blocks the time.
    BlockYes,
    /// Asks whether the time is to be given back.
    Unblock,
    /// Gives it back.
    UnblockYes,
    /// The change that had no answer once more, with its key.
    Retry,
    /// Gives that up, and looks what holds.
    GiveUp,
}

/// What the page shall do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Send.
    Ask(Request),
    /// Speak, for who does not see the page.
    Say(String),
    /// Focus goes to the element with this id once the page is drawn.
    Focus(String),
    /// Another address for what is shown, below /konsol/; true: a step that "back" undoes.
    Address(String, bool),
    /// Remember the kommune in this browser.
    Remember(String),
    /// Print.
    Print,
    /// Nobody waits for the answer to this request any more.
    Stop(u32),
    /// A short sound: something new.
    Sound,
    /// The kommune's own answers to a question: kommune, question, language; [`Event::Replies`] brings them.
    Replies(String, String, &'static str),
    /// Titles of these ids: kommune, ids; [`Event::Titles`] brings them.
    Titles(String, Vec<String>),
}

/// A request, as it is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// Grows.
    pub number: u32,
    /// Path with query.
    pub path: String,
    /// GET without one.
    pub body: Option<String>,
    /// `Idempotency-Key`, or empty.
    pub key: String,
    /// `Lokalsvar-Csrf`, or empty.
    pub csrf: String,
}
