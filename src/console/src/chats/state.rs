//! What the console knows about talking with citizens.

use std::collections::BTreeMap;

use protocol::handoff::{Entry, Said, Stage, What as Log, Who};
use protocol::staff_handoff::{Desk, Fact, Queue, Reading, Row};

use crate::message::Reply;
use crate::state::Told;

/// Who has not stopped writing after this long has, seconds.
const TYPING_SECONDS: i64 = 10;

/// What a button does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChatPress {
    /// Takes chats, or stops.
    There(bool),
    /// Shows a department, or hides it.
    Department(String),
    /// Shows all of them.
    AllDepartments,
    /// Sound, blinking and departments: shows them or hides them.
    Settings,
    /// Sound on or off.
    Sound,
    /// Blinking of the tab on or off.
    Blink,
    /// A conversation, by its receipt.
    Row(String),
    /// A conversation that an alert is about, by its receipt; in its part of the console.
    Alert(String),
    /// Reads a conversation that somebody else has, or nobody.
    Read,
    /// Takes a conversation, by its receipt.
    Take(String),
    /// Sends what is in the field.
    Send,
    /// Sends a message once more, by its id.
    Again(String),
    /// Takes a message that was not sent back into the field, by its id.
    Rewrite(String),
    /// Sets an own message straight, by its number.
    Correct(u64),
    /// The kommune's own answers: shows them or hides them.
    Find,
    /// Looks for them.
    FindGo,
    /// Puts one of them into the field, by its place.
    Reply(usize),
    /// Asks whom it goes to.
    Transfer,
    /// Hands it on.
    TransferYes,
    /// Back to the queue.
    GiveBack,
    /// Asks what is wrong with an answer.
    Fact,
    /// Tells the editors.
    FactYes,
    /// Asks how it ended.
    End,
    /// Ends it.
    EndYes,
    /// Keeps what became of the record.
    RecordYes,
    /// Asks whether it really shall be deleted.
    Delete,
    /// Deletes it.
    DeleteYes,
    /// What is told to the editors: shows it or hides it.
    Facts,
    /// The editors are done, by the id of the task.
    FactDone(String),
    /// Closes the conversation on the page.
    Close,
    /// One step back.
    Back,
}

/// What is done with a conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TalkDeed {
    /// Taken.
    Take,
    /// Given back.
    GiveBack,
    /// Handed on to somebody, by name.
    Transfer(String),
    /// Ended.
    End,
    /// Its record decided.
    Record,
    /// Deleted.
    Delete,
    /// Told to the editors.
    Fact,
    /// The editors are done.
    FactDone,
}

/// The queue and the conversation in hand.
#[derive(Clone, Debug, Default)]
pub struct Chats {
    /// As the server said last.
    pub queue: Option<Queue>,
    /// When it did, UTC milliseconds.
    pub heard_ms: i64,
    /// When it said something new, UTC milliseconds.
    pub changed_ms: i64,
    /// When it is asked next, UTC milliseconds.
    pub next_ms: i64,
    /// When it was asked last, UTC milliseconds.
    pub asked_ms: i64,
    /// The next question does not wait for news.
    pub hurry: bool,
    /// Questions without an answer, one after the other.
    pub failed: u8,
    /// The kommune has no such thing.
    pub none: bool,
    /// Takes chats.
    pub there: bool,
    /// What the server knows of that is what stands here.
    pub agreed: bool,
    /// Ids of the departments that are shown; empty for all.
    pub departments: Vec<String>,
    /// When the server was told last, UTC milliseconds.
    pub presence_ms: i64,
    /// When it answered to that last, UTC milliseconds.
    pub known_ms: i64,
    /// Sound, blinking and departments are shown.
    pub settings: bool,
    /// A sound for what is new.
    pub sound: bool,
    /// The tab blinks for what is new.
    pub blink: bool,
    /// Something is new, and nobody has looked.
    pub news: bool,
    /// Titles by id; empty while they are asked for.
    pub titles: BTreeMap<String, String>,
    /// The conversation on the page.
    pub talk: Option<Box<Talk>>,
    /// What was begun in others, by receipt.
    pub drafts: BTreeMap<String, Draft>,
    /// On its way to citizens, the oldest first.
    pub outbox: Vec<Outgoing>,
    /// What the editors must look at, while it is shown.
    pub facts: Option<Vec<Fact>>,
}

/// What is being written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Draft {
    /// In the field; only here while another conversation is on the page.
    pub text: String,
    /// Id and text of the answer that was put in.
    pub answer: Option<(String, String)>,
    /// Number of the message that it sets straight.
    pub corrects: Option<u64>,
}

/// The conversation on the page.
#[derive(Clone, Debug, Default)]
pub struct Talk {
    /// Its receipt.
    pub receipt: String,
    /// As the list has it, until it is read.
    pub row: Option<Row>,
    /// It is read, not only looked at from outside.
    pub read: bool,
    /// What the server said last, without entries.
    pub reading: Option<Reading>,
    /// The chat with the bot.
    pub transcript: Vec<Said>,
    /// In order.
    pub entries: Vec<Entry>,
    /// Number of the last one.
    pub last: u64,
    /// When it is asked next, UTC milliseconds.
    pub next_ms: i64,
    /// When it was asked last, UTC milliseconds.
    pub asked_ms: i64,
    /// The next question does not wait for news.
    pub hurry: bool,
    /// Questions without an answer, one after the other.
    pub failed: u8,
    /// There is none, or not for this account.
    pub missing: bool,
    /// What is being done with it.
    pub dealing: Dealing,
    /// It has just been taken: focus goes to the field once that is there.
    pub taken: bool,
    /// A sentence above the field.
    pub told: Option<Told>,
    /// What is being written.
    pub draft: Draft,
    /// When the citizen was heard to write, UTC milliseconds; 0 when they do not.
    pub heard_typing_ms: i64,
    /// The citizen is told that somebody writes.
    pub typing: bool,
    /// When something was typed last, UTC milliseconds.
    pub typed_ms: i64,
    /// When the citizen was told so last, UTC milliseconds.
    pub typing_ms: i64,
    /// The kommune's own answers, while they are shown.
    pub find: Option<Find>,
}

/// The kommune's own answers to a question.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Find {
    /// The question that was asked last.
    pub asked: String,
    /// What was found for it.
    pub replies: Vec<Reply>,
    /// Nothing has come yet.
    pub waits: bool,
    /// They could not be fetched.
    pub broken: bool,
}

/// What is being done with a conversation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Dealing {
    /// Writing.
    #[default]
    Write,
    /// Whom does it go to?
    Transfer,
    /// What is wrong with an answer?
    Fact,
    /// How did it end?
    End,
    /// Shall it really be deleted?
    Delete,
}

/// A message on its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outgoing {
    /// Its id, and its key.
    pub id: String,
    /// The conversation.
    pub receipt: String,
    /// The text.
    pub text: String,
    /// Id of the answer, when it is sent as it stands.
    pub answer: Option<String>,
    /// Number of the message that it sets straight.
    pub corrects: Option<u64>,
    /// How far it has come.
    pub sending: Sending,
    /// Attempts.
    pub tries: u8,
    /// When the next one is, UTC milliseconds.
    pub next_ms: i64,
}

/// How far a message has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sending {
    /// Goes when those before it have gone.
    Waits,
    /// Sent, no answer yet.
    Under,
    /// No answer came; it is sent again by itself.
    Lost,
    /// The server did not want it.
    Refused(&'static str),
    /// The server has it, under this number.
    Kept(u64),
}

impl Chats {
    /// Id of the own account.
    pub fn me(&self) -> &str {
        self.queue
            .as_ref()
            .map_or("", |queue| queue.me.account.as_str())
    }

    /// Does this account have the conversation?
    pub fn mine(&self, row: &Row) -> bool {
        row.stage == Stage::Active
            && row
                .owner
                .as_ref()
                .is_some_and(|owner| owner.account == self.me())
    }

    /// A conversation of the list.
    pub fn row(&self, receipt: &str) -> Option<&Row> {
        self.queue
            .as_ref()?
            .rows
            .iter()
            .find(|row| row.receipt == receipt)
    }

    /// Is a row of a department that is shown? The own ones always are.
    pub fn shows(&self, row: &Row) -> bool {
        self.departments.is_empty() || self.departments.contains(&row.department) || self.mine(row)
    }

    /// A department.
    pub fn desk(&self, id: &str) -> Option<&Desk> {
        self.queue
            .as_ref()?
            .departments
            .iter()
            .find(|desk| desk.department.id == id)
    }

    /// What a department is called; its id when nobody knows.
    pub fn department<'a>(&'a self, id: &'a str) -> &'a str {
        self.desk(id).map_or(id, |desk| &desk.department.name.da)
    }

    /// What an intent or a topic is called; its id until somebody knows.
    pub fn title<'a>(&'a self, id: &'a str) -> &'a str {
        self.titles
            .get(id)
            .filter(|title| !title.is_empty())
            .map_or(id, String::as_str)
    }

    /// Citizens who wait in the departments that are shown.
    pub fn waiting(&self) -> usize {
        let rows = self.queue.iter().flat_map(|queue| &queue.rows);
        rows.filter(|row| in_queue(row) && self.shows(row)).count()
    }
}

/// Waits for somebody to write with?
pub(crate) fn in_queue(row: &Row) -> bool {
    row.stage == Stage::Waiting && row.way == protocol::handoff::Way::Chat
}

impl Talk {
    /// As it is known best.
    pub fn row(&self) -> Option<&Row> {
        self.reading
            .as_ref()
            .map(|reading| &reading.row)
            .or(self.row.as_ref())
    }

    /// What the citizen wrote last.
    pub fn asked(&self) -> &str {
        let written = self
            .entries
            .iter()
            .rev()
            .find_map(|entry| match &entry.what {
                Log::Message { text, .. } if entry.who == Who::Citizen => Some(text.as_str()),
                _ => None,
            });
        written.unwrap_or_default()
    }

    /// Id of the answer that the bot gave last.
    pub fn answered(&self) -> Option<&str> {
        let said = self.transcript.iter().rev();
        said.filter(|said| said.who == Who::Bot)
            .find_map(|said| said.answer.as_deref())
    }

    /// Does the citizen write just now?
    pub fn citizen_types(&self, now_ms: i64) -> bool {
        now_ms - self.heard_typing_ms < TYPING_SECONDS * 1000
    }
}
