//! What goes in and what comes out of the conversation: events, effects, messages. Plain data.

use bundle::content::Lang;
use elements::json::{Value, Writer, parse};
use protocol::handoff::Said;

/// What the outside world says at a step.
#[derive(Clone, Debug)]
pub struct Now {
    /// Milliseconds since 1970, UTC.
    pub ms: i64,
    /// Language spoken now.
    pub lang: Lang,
    /// A UUID that was never used; names what is sent in this step.
    pub fresh: String,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// "Tal med et menneske" was pressed.
    Begin {
        /// Id of the intent or topic in hand; empty for none.
        about: String,
        /// What the bot answers from.
        bundle: String,
        /// The chat with the bot, oldest first, as it stands on the screen.
        transcript: Vec<Said>,
    },
    /// "Prøv med AI-hjælp" was pressed.
    Ask {
        /// What the chat had no answer to.
        question: String,
        /// The kommune's number; empty for none.
        phone: String,
    },
    /// The chat was opened again in the same tab; what [`Effect::Keep`] said last.
    Resume(String),
    /// The citizen sent what stands in the chat's field.
    Said(String),
    /// The citizen writes in the chat's field.
    Typed,
    /// A button of message `seq` was pressed.
    Press {
        /// The message; 0 for a button that stands outside the log.
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
    /// A piece of the stream, cut anywhere. Empty: the stream has begun.
    Chunk {
        /// Which stream.
        number: u32,
        /// The piece.
        text: String,
    },
    /// The stream is over, or could not begin.
    Cut {
        /// Which stream.
        number: u32,
        /// HTTP status, 0 for none; 200 for one that had begun.
        status: u16,
    },
    /// The network is back, or the page is in sight again.
    Wake,
    /// Time has passed; about every second.
    Tick,
    /// The conversation is deleted from this device.
    Forget,
}

/// What stands in the fields of a form.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fields {
    /// What it is about.
    pub text: String,
    /// Name.
    pub name: String,
    /// Phone number.
    pub phone: String,
    /// E-mail.
    pub email: String,
    /// When a call is wanted.
    pub when: String,
    /// The code to come back with.
    pub code: String,
    /// The chat with the bot goes along.
    pub along: bool,
}

/// What a button does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Press {
    /// Write with somebody now.
    Chat,
    /// Leave a message.
    Message,
    /// Be called back.
    Callback,
    /// Show the other departments.
    Others,
    /// Chooses a department, by place in the list.
    Department(usize),
    /// "Jeg har en kode".
    HaveCode,
    /// The fields are filled in.
    On,
    /// Send.
    Send,
    /// Change what was written.
    Edit,
    /// One step back.
    Back,
    /// Give up.
    Stop,
    /// The same request once more.
    Again,
    /// Leave a message instead of waiting.
    Leave,
    /// End the conversation?
    End,
    /// Yes, end it.
    EndYes,
    /// No, go on.
    Stay,
    /// Send message `n` of [`Effect::Own`] again.
    Resend(usize),
    /// Begin anew.
    Begin,
    /// Ask AI help the same once more.
    Question,
    /// Open the nth source of the last answer in the chat.
    Source(usize),
    /// Ask the chat for a person.
    Person,
}

/// How far an own message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Under way.
    Sending,
    /// In the log of the server.
    Sent,
    /// Not sent; may be sent again.
    Failed,
}

/// What the outside world shall do. What is `quiet` was told before, on another page: it is drawn and not spoken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Draw and announce.
    Say(Message),
    /// Draw what the citizen pressed.
    Write(String),
    /// Draw a message of the citizen, the nth.
    Own {
        /// Counts from 0.
        nth: usize,
        /// Plain text.
        text: String,
        /// How far it is.
        state: State,
    },
    /// An own message is further than before.
    Mark {
        /// Which.
        nth: usize,
        /// How far.
        state: State,
    },
    /// Draw and announce a message of a person.
    Person {
        /// Who speaks: "Medarbejder, Mette".
        speaker: String,
        /// Plain text.
        text: String,
        /// Told before.
        quiet: bool,
    },
    /// Draw and announce a line of the program.
    Note {
        /// The line.
        text: String,
        /// Told before.
        quiet: bool,
    },
    /// Somebody writes: show the line; empty: nobody does.
    Typing(String),
    /// Send.
    Ask(Request),
    /// Open the stream instead of the one before.
    Listen {
        /// Grows, with the requests.
        number: u32,
        /// Path with query.
        path: String,
        /// Secret of the conversation.
        secret: String,
    },
    /// Send, and open the stream of the answer instead of the one before. An answer that is no stream comes as [`Event::Answer`].
    Stream {
        /// Grows, with the requests.
        number: u32,
        /// Path.
        path: String,
        /// The body, to the byte.
        body: String,
    },
    /// Draw the next sentence of an answer that a model wrote; the first one begins it. Not spoken.
    Grow {
        /// Number of the message.
        seq: u32,
        /// What is read, and an `https:` address where it is a link.
        parts: Vec<(String, String)>,
        /// All of the answer so far, for the transcript.
        text: String,
    },
    /// The answer is whole: draw its sources and what can be done, and announce all of it.
    Tail {
        /// What stands below it; its number is the answer's.
        message: Message,
        /// The answer.
        text: String,
    },
    /// Show the answer with this id in the chat.
    Show(String),
    /// End the stream.
    Deaf,
    /// Show that something is under way; empty: no more.
    Wait(String),
    /// Mistakes in the fields of the newest message: name of the field, text.
    Faults(Vec<(&'static str, String)>),
    /// The line above the chat's field: who reads what is written there, with a button. `None` takes it away.
    Line(Option<(String, Choice)>),
    /// The bar above the log: place in the queue, with a button. `None` takes it away.
    Bar(Option<(String, Option<Choice>)>),
    /// Speak only.
    Status(String),
    /// Store for this tab; empty: delete.
    Keep(String),
    /// This is not for a person.
    Pass,
}

/// What a request is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// Who is there.
    Look,
    /// What holds for AI help.
    Terms,
    /// Begin.
    Open,
    /// Come back with a code.
    Return,
    /// A message of the citizen, the nth.
    Message(usize),
    /// Writes, or has stopped; nobody waits for the answer.
    Typing,
    /// The log after the last entry.
    Log,
    /// A message instead of waiting.
    Leave,
    /// The end.
    End,
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
    /// `Lokalsvar-Conversation`.
    pub secret: Option<String>,
    /// The body, to the byte.
    pub body: String,
    /// How long the answer may take, seconds.
    pub patience: u16,
}

/// A button.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// What is read on it.
    pub label: String,
    /// What it does.
    pub press: Press,
}

/// How a field is filled in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Want {
    /// One line, must be there.
    Line,
    /// One line, may be left empty.
    MayLine,
    /// Several lines, must be there.
    Text,
    /// Yes or no.
    Check,
}

/// A field of a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// As the fields of [`Fields`]; also the id.
    pub name: &'static str,
    /// What is read at it.
    pub label: String,
    /// What stands in it; not empty: yes.
    pub value: String,
    /// How it is filled in.
    pub want: Want,
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

/// One message of the program.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Message {
    /// Grows; only the newest message's buttons work.
    pub seq: u32,
    /// Paragraphs.
    pub lines: Vec<String>,
    /// A list of two columns.
    pub rows: Vec<(String, String)>,
    /// Links: what is read, address.
    pub links: Vec<(String, String)>,
    /// Choices, numbered.
    pub options: Vec<Choice>,
    /// Fields.
    pub fields: Vec<Field>,
    /// To unfold.
    pub folds: Vec<Fold>,
    /// The main button below.
    pub main: Option<Choice>,
    /// Smaller buttons.
    pub more: Vec<Choice>,
}

/// An own message that is not known to be in the log.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Out {
    /// Its id.
    pub id: String,
    /// Plain text.
    pub text: String,
}

/// What the tab keeps.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Kept {
    /// Secret of the conversation; empty for none.
    pub secret: String,
    /// Number of the last entry that was told.
    pub seq: u64,
    /// Key of a conversation whose beginning was sent and not answered.
    pub key: String,
    /// Messages that were not acknowledged.
    pub out: Vec<Out>,
    /// UUID of the conversation with AI help; empty before consent.
    pub ask: String,
    /// Version of the text to which consent was given; empty before.
    pub consent: String,
}

impl Kept {
    pub(crate) fn write(&self) -> String {
        if self.secret.is_empty() && self.key.is_empty() && self.consent.is_empty() {
            return String::new();
        }
        let mut writer = Writer::new()
            .some("secret", &self.secret)
            .object("seq", &crate::json::digits(self.seq))
            .some("key", &self.key)
            .some("ask", &self.ask)
            .some("consent", &self.consent);
        if !self.out.is_empty() {
            let out = self.out.iter().map(|one| {
                Writer::new()
                    .text("id", &one.id)
                    .text("text", &one.text)
                    .end()
            });
            writer = writer.object("out", &crate::json::list(out));
        }
        writer.end()
    }

    /// `None` when it is damaged.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let value = parse(text)?;
        let out = |one: &Value| Out {
            id: one.text("id"),
            text: one.text("text"),
        };
        Some(Self {
            secret: value.text("secret"),
            seq: value.number("seq").max(0) as u64,
            key: value.text("key"),
            out: value.each("out", out),
            ask: value.text("ask"),
            consent: value.text("consent"),
        })
    }
}
