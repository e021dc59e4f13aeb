//! What goes in and what comes out of a conversation: events, effects, messages and the state
//! that survives a page navigation. All of it is plain data and serialisable.

use alloc::string::String;
use alloc::vec::Vec;
use bundle::content::{Answer, Block, CrisisKind, IntentIdx, Lang, TopicIdx, Tree};

/// What happened.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// The citizen opened the chat; `topic` is the page's `data-topic`. Welcomes once per conversation.
    Opened {
        /// Topic id of the page, when it has one.
        topic: Option<String>,
    },
    /// The citizen wrote something.
    Utterance(String),
    /// The citizen pressed option `index` of the last message that has options.
    Pick(usize),
    /// A suggestion, a chip, a link or a QR code asks for this intent (`pas/pas-til-barn`) or topic (`pas`).
    Show(String),
    /// The citizen pressed an action of message `seq`.
    Act {
        /// Message that carries the action.
        seq: u32,
        /// Index into its actions.
        action: usize,
    },
    /// Rating of one answer: did it help?
    Rate {
        /// The rated message.
        seq: u32,
        /// Thumb up.
        helped: bool,
    },
    /// Rating of the conversation, 1..=3. Kept in the browser.
    RateConversation(u8),
    /// Speak this language from now on.
    Speak(Lang),
    /// Forget everything and begin anew.
    Restart,
}

/// What the outside world shall do.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Draw and announce the message with this number: it is in [`State::transcript`].
    Say(u32),
    /// Book a time: in the chat when the bundle leads this intent to a service ([`crate::bookable`], which the signed release repeats)
    /// and the release names an API; else the link itself opens `fallback`.
    Book {
        /// Intent whose errand it is.
        intent: String,
        /// The kommune's booking page.
        fallback: String,
    },
    /// Ask for a person. Where the signed release names no API for that, the message that comes along stands: phone and hours.
    Human {
        /// Id of the answer or the topic in hand, which decides who answers; empty for none.
        about: String,
    },
    /// Offer to ask a language model what nothing here answered: [`State::last_utterance`]. Nothing is sent before the citizen has seen it.
    LanguageModel,
    /// Tell the page (`lokalsvar:answered` and the like): ids only, never text.
    Tell {
        /// `answered`, `unanswered` or `rated`.
        what: String,
        /// Intent id or empty.
        intent: String,
    },
    /// Drop what is stored and the log on screen.
    Clear,
}

/// Why the bot said it.
#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    /// First message.
    Welcome,
    /// An intent's answer.
    Answer(IntentIdx),
    /// Which of these?
    Clarify,
    /// Nothing sure enough.
    Fallback,
    /// Authored help in a crisis.
    Crisis(CrisisKind),
    /// Anything else the bot says: thanks, language, rating.
    Notice,
}

/// One bot message: text as a typed tree, buttons, options.
#[derive(Clone, Debug, PartialEq)]
pub struct Message {
    /// Grows by one with every entry of the conversation.
    pub seq: u32,
    /// Why.
    pub kind: Kind,
    /// Language of the frame (buttons, notes).
    pub lang: Lang,
    /// Language of `answer`, when it differs (a Danish answer to an English question).
    pub answer_lang: Lang,
    /// A line before the answer ("Du nævner Odense ...").
    pub note: Option<Vec<Block>>,
    /// What is said. For intents' answers with steps, details, source and actions.
    pub answer: Answer,
    /// Options to choose from: number, word or tap.
    pub options: Vec<Choice>,
    /// May be rated with yes/no.
    pub ratable: bool,
    /// The rating given.
    pub rated: Option<bool>,
}

/// An option of a message.
#[derive(Clone, Debug, PartialEq)]
pub struct Choice {
    /// What is read on the button.
    pub label: String,
    /// What it leads to.
    pub then: Next,
}

/// Where an option leads.
#[derive(Clone, Debug, PartialEq)]
pub enum Next {
    /// That intent's answer.
    Intent(IntentIdx),
    /// The topic's question or its most wanted intents.
    Topic(TopicIdx),
    /// A deeper question.
    Ask(Tree),
    /// "Ingen af dem": offers a rephrasing and a person.
    NoneOfThese,
    /// Ask for a person.
    Human,
    /// Ask a language model, where the release says so ([`Knowledge::model_help`](bundle::Knowledge::model_help)).
    Model,
}

/// One entry of the log.
#[derive(Clone, Debug, PartialEq)]
pub enum Entry {
    /// What the citizen wrote or pressed.
    Citizen {
        /// Place in the conversation.
        seq: u32,
        /// As written.
        text: String,
    },
    /// What the bot said.
    Bot(Message),
}

/// A whole conversation; serialised into `sessionStorage` by the widget.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct State {
    /// Everything said.
    pub transcript: Vec<Entry>,
    /// Next sequence number.
    pub next_seq: u32,
    /// Language spoken.
    pub lang: Lang,
    /// The citizen chose the language (so it is not guessed again).
    pub lang_fixed: bool,
    /// Intent answered last: follow-ups lean on it.
    pub last_intent: Option<IntentIdx>,
    /// Topic in hand.
    pub topic: Option<TopicIdx>,
    /// Topics of the page, or of its filter: asked about first, never the only ones.
    pub page_topics: Vec<TopicIdx>,
    /// The utterance before, for corrections ("nej, kørekort").
    pub last_utterance: String,
    /// Misses in a row.
    pub misses: u8,
    /// Rating of the conversation.
    pub rating: Option<u8>,
    /// Answers rated yes and no.
    pub votes: (u16, u16),
}

impl State {
    /// Options on offer now: those of the message said last.
    pub fn options(&self) -> &[Choice] {
        let last = self.transcript.iter().rev().find_map(|entry| match entry {
            Entry::Bot(message) => Some(message.options.as_slice()),
            Entry::Citizen { .. } => None,
        });
        last.unwrap_or_default()
    }

    /// The bot's message with a number.
    pub fn message(&self, seq: u32) -> Option<&Message> {
        self.transcript.iter().find_map(|entry| match entry {
            Entry::Bot(message) if message.seq == seq => Some(message),
            _ => None,
        })
    }
}

/// What the last step decided, for `lokalsvar dialog`, `eval` and the preview mode.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Decision {
    /// `answer`, `clarify` or `fallback`.
    pub outcome: &'static str,
    /// Id of the answered intent.
    pub answer: Option<String>,
    /// Ids offered, at most four.
    pub options: Vec<String>,
    /// The matcher's ranking, best first: id and confidence.
    pub top: Vec<(String, f32)>,
}

// Fields in the order of the declarations: this is the order of the bytes.
wire::variants!(Event {
    0 Opened { topic }, 1 Utterance(value), 2 Pick(value), 3 Show(value), 4 Act { seq, action },
    5 Rate { seq, helped }, 6 RateConversation(value), 7 Speak(value), 8 Restart
});
wire::variants!(Kind { 0 Welcome, 1 Answer(value), 2 Clarify, 3 Fallback, 4 Crisis(value), 5 Notice });
wire::record!(Message {
    seq,
    kind,
    lang,
    answer_lang,
    note,
    answer,
    options,
    ratable,
    rated
});
wire::record!(Choice { label, then });
wire::variants!(Next { 0 Intent(value), 1 Topic(value), 2 Ask(value), 3 NoneOfThese, 4 Human, 5 Model });
wire::variants!(Entry { 0 Citizen { seq, text }, 1 Bot(value) });
wire::record!(State {
    transcript,
    next_seq,
    lang,
    lang_fixed,
    last_intent,
    topic,
    page_topics,
    last_utterance,
    misses,
    rating,
    votes
});
