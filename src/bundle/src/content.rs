//! What a bundle says, as types: answers as typed trees (never HTML), actions, facts with dates,
//! topics and their clarifying trees. The compiler makes them, the widget draws them.
//!
//! Every string that a kommune could leave empty has already met its fallback; every URL has passed
//! the compiler's allow-list (`https:`, `tel:`, `mailto:`). Ids are indices into the tables of the same bundle.

use alloc::string::String;
use alloc::vec::Vec;
use hours::{Date, Week};

/// Index of an intent in [`Core::intents`]; stable within one bundle only.
pub type IntentIdx = u16;
/// Index of a topic in [`Core::topics`].
pub type TopicIdx = u16;

/// A language of answers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Lang {
    /// Danish, the language of the core bundle.
    #[default]
    Da,
    /// English, in a file of its own.
    En,
}

impl Lang {
    /// The BCP 47 tag, for `lang` attributes.
    pub fn tag(self) -> &'static str {
        match self {
            Lang::Da => "da",
            Lang::En => "en",
        }
    }
}

/// Who the kommune is and what the widget must know before the first word.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Meta {
    /// Folder name and key of the kommune, `[a-z-]+`.
    pub slug: String,
    /// "Eksempelby Kommune".
    pub name: String,
    /// "Eksempelby".
    pub short_name: String,
    /// Four digits.
    pub code: String,
    /// Web address without scheme, `eksempelby.example`.
    pub domain: String,
    /// Main phone number as written, "00 12 34 56".
    pub phone: String,
    /// Telephone hours of the main number, when the kommune has told them.
    pub phone_hours: Option<Week>,
    /// Fictional: shown with a mark.
    pub demo: bool,
    /// Name of the assistant, "Automatisk assistent" when the kommune has none.
    pub bot_name: String,
    /// Towns of this kommune: asking about them is asking about us.
    pub towns: Vec<String>,
    /// Address of the privacy policy page.
    pub privacy_url: String,
    /// Intents offered as chips in the welcome, most wanted first.
    pub welcome: Vec<IntentIdx>,
    /// Look of the widget.
    pub theme: Theme,
    /// Day of the newest text in the bundle.
    pub edited: Option<Date>,
}

/// Colours as `#rrggbb`; contrast was checked by the compiler.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Palette {
    /// Launcher, header and primary buttons.
    pub primary: String,
    /// Text on `primary`.
    pub on_primary: String,
    /// Behind the log.
    pub background: String,
    /// Bubbles and cards.
    pub surface: String,
    /// Running text.
    pub text: String,
    /// Secondary text.
    pub muted: String,
    /// Borders of controls.
    pub border: String,
    /// Links.
    pub link: String,
}

/// Look of the widget for one kommune.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Theme {
    /// Light palette.
    pub light: Palette,
    /// Dark palette.
    pub dark: Palette,
    /// Corner radius in CSS px, 0..=24.
    pub corner: u8,
    /// Launcher at the left edge instead of the right.
    pub left: bool,
    /// CSS font family; empty for the system's.
    pub font: String,
    /// Name of the avatar drawing.
    pub avatar: String,
}

/// Where the launcher stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Placement {
    /// From the side, CSS px, 0..=200.
    pub side: u16,
    /// From the bottom, CSS px, 0..=200.
    pub bottom: u16,
    /// CSS `z-index`, 0..=2147483647.
    pub layer: u32,
}

/// Where it stands when nobody chose; the same numbers stand in loader.css.
impl Default for Placement {
    fn default() -> Self {
        Placement {
            side: 16,
            bottom: 16,
            layer: 2_147_483_000,
        }
    }
}

/// Something that can be booked, as far as the chat must know it before it asks the API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bookable {
    /// Id of the service, `[a-z0-9-]{1,32}`.
    pub id: String,
    /// Danish name, "Bestil pas".
    pub name: String,
    /// English name.
    pub name_en: String,
    /// Topics that lead to it.
    pub topics: Vec<TopicIdx>,
    /// Intents that lead to it; they go before topics.
    pub intents: Vec<IntentIdx>,
    /// Who answers for its times.
    pub via: BookVia,
}

/// Where a time is booked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BookVia {
    /// In the chat, kept by our API.
    Builtin,
    /// On the kommune's own page: `https:`.
    Link(String),
    /// In the chat, kept by another system behind our API.
    Http,
}

/// A topic: a group of intents.
#[derive(Clone, Debug, PartialEq)]
pub struct Topic {
    /// `pas`.
    pub id: String,
    /// Danish title.
    pub title: String,
    /// English title.
    pub title_en: String,
    /// Asked when only the topic is clear.
    pub tree: Option<Tree>,
}

/// One authored unit: what the citizen wants.
#[derive(Clone, Debug, PartialEq)]
pub struct Intent {
    /// Topic it belongs to.
    pub topic: TopicIdx,
    /// The part of the id behind the slash.
    pub name: String,
    /// Danish title, a short question.
    pub title: String,
    /// English title.
    pub title_en: String,
    /// How often citizens ask, 1 (rare) to 5 (daily).
    pub prior: u8,
    /// First day on which it is answered.
    pub from: Option<Date>,
    /// Last day on which it is answered.
    pub until: Option<Date>,
}

/// A clarifying question with 2-4 options.
#[derive(Clone, Debug, PartialEq)]
pub struct Tree {
    /// Danish question.
    pub question: String,
    /// English question.
    pub question_en: String,
    /// The options.
    pub branches: Vec<Branch>,
}

/// One option of a [`Tree`].
#[derive(Clone, Debug, PartialEq)]
pub struct Branch {
    /// Danish label.
    pub label: String,
    /// English label.
    pub label_en: String,
    /// What follows.
    pub then: Then,
}

/// What follows an option.
#[derive(Clone, Debug, PartialEq)]
pub enum Then {
    /// That intent's answer.
    Intent(IntentIdx),
    /// A further question.
    Ask(Tree),
}

/// One answer in one language.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Answer {
    /// Read first, at most 60 words.
    pub short: Vec<Block>,
    /// Numbered steps.
    pub steps: Vec<Vec<Inline>>,
    /// Behind "Læs mere".
    pub more: Vec<Block>,
    /// Next actions, most useful first.
    pub actions: Vec<Action>,
    /// Asked after the answer.
    pub follow_up: Option<Tree>,
    /// Related intents.
    pub related: Vec<IntentIdx>,
    /// Name and address of the source.
    pub source: Option<(String, String)>,
    /// Who decides, when it is not the kommune.
    pub authority: Option<String>,
    /// Day of the last change of the text.
    pub edited: Option<Date>,
    /// Day on which the responsible department read it.
    pub reviewed: Option<Date>,
    /// The kommune wrote or changed this answer itself.
    pub local: bool,
}

/// The part of an answer that is read after the short one: a file of its own, fetched in parallel.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Details {
    /// Numbered steps.
    pub steps: Vec<Vec<Inline>>,
    /// Behind "Læs mere".
    pub more: Vec<Block>,
}

impl Answer {
    /// Takes the details out.
    pub fn split(mut self) -> (Answer, Details) {
        let details = Details {
            steps: core::mem::take(&mut self.steps),
            more: core::mem::take(&mut self.more),
        };
        (self, details)
    }
}

/// A block of an answer.
#[derive(Clone, Debug, PartialEq)]
pub enum Block {
    /// Running text.
    Paragraph(Vec<Inline>),
    /// Bullets (or numbers when `ordered`).
    List {
        /// Numbers instead of bullets.
        ordered: bool,
        /// One row each.
        items: Vec<Vec<Inline>>,
    },
    /// Opening hours, drawn live with "åbent nu".
    Hours {
        /// What is open, "Borgerservice".
        title: String,
        /// When.
        week: Week,
    },
    /// Places, each with an address and perhaps hours.
    Places(Vec<Place>),
}

/// A place or a contact.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Place {
    /// Its name.
    pub name: String,
    /// Further text.
    pub text: String,
    /// Street, number, postcode and town.
    pub address: String,
    /// As written; empty when none.
    pub phone: String,
    /// Empty when none.
    pub email: String,
    /// `https:`; empty when none.
    pub url: String,
    /// Opening hours.
    pub week: Option<Week>,
}

/// A piece of running text.
#[derive(Clone, Debug, PartialEq)]
pub enum Inline {
    /// Plain.
    Text(String),
    /// Important.
    Strong(String),
    /// A link: `https:`, `tel:` or `mailto:`.
    Link {
        /// What is read.
        label: String,
        /// Where it goes.
        url: String,
    },
    /// A national fact, chosen by today's date: index into [`Core::facts`].
    Fact(u16),
}

/// A button below an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Action {
    /// What is read.
    pub label: String,
    /// What it does.
    pub target: Target,
}

/// What a button does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// Opens a page.
    Url(String),
    /// Books a time: today the kommune's own booking page for that errand.
    Book(String),
    /// Calls; the number as written.
    Phone(String),
    /// Writes a mail.
    Mail(String),
    /// Shows another answer.
    Goto(IntentIdx),
    /// Asks for a person.
    Human,
}

/// A fact that changes by date.
#[derive(Clone, Debug, PartialEq)]
pub struct Fact {
    /// Values with their periods, oldest first.
    pub values: Vec<FactValue>,
    /// Shown when no value is known for today.
    pub unknown: Vec<Inline>,
}

/// One value of a [`Fact`].
#[derive(Clone, Debug, PartialEq)]
pub struct FactValue {
    /// First day, inclusive.
    pub from: Option<Date>,
    /// Last day, inclusive.
    pub until: Option<Date>,
    /// Whole sentences.
    pub text: Vec<Inline>,
}

impl Fact {
    /// What to show on `today`: the value whose period holds it, else the unknown sentence.
    pub fn on(&self, today: Date) -> &[Inline] {
        self.values
            .iter()
            .rev()
            .find(|v| v.from.is_none_or(|d| d <= today) && v.until.is_none_or(|d| today <= d))
            .map_or(&self.unknown, |v| &v.text)
    }
}

/// Everything of a core bundle but the matcher's model and the answers.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Core {
    /// The kommune.
    pub meta: Meta,
    /// Topics in order of their ids.
    pub topics: Vec<Topic>,
    /// Intents in order of their ids.
    pub intents: Vec<Intent>,
    /// Facts in Danish.
    pub facts: Vec<Fact>,
    /// Other kommuner, so that a question about them is not answered as if it were about us:
    /// folded name of kommune or large town, kommune's name, its domain.
    pub elsewhere: Vec<(String, String, String)>,
    /// Patterns of crisis statements, see `dialog::crisis`; written to the details file, empty in the core's bytes.
    pub crisis: Vec<CrisisPattern>,
    /// The authored crisis answers, Danish.
    pub crisis_answers: Vec<(CrisisKind, Answer)>,
}

/// Answers in a further language, a file of its own.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Language {
    /// Facts in this language, same order as [`Core::facts`].
    pub facts: Vec<Fact>,
    /// The authored crisis answers.
    pub crisis_answers: Vec<(CrisisKind, Answer)>,
}

/// What a person in danger needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum CrisisKind {
    /// Thoughts of suicide or self-harm.
    Suicide,
    /// Violence or threats.
    Violence,
    /// Life in danger now.
    Danger,
}

/// A crisis pattern: all `words` in this order, with at most `gap` other words between two of them,
/// and none of `unless` anywhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CrisisPattern {
    /// Which help.
    pub kind: CrisisKind,
    /// Alternatives per position, folded; a trailing `*` matches any ending.
    pub words: Vec<Vec<String>>,
    /// Other words allowed between two positions.
    pub gap: u8,
    /// Folded words that call it off.
    pub unless: Vec<String>,
}

// Fields in the order of the declarations: this is the order of the bytes.
wire::variants!(Lang { 0 Da, 1 En });
wire::record!(Meta {
    slug,
    name,
    short_name,
    code,
    domain,
    phone,
    phone_hours,
    demo,
    bot_name,
    towns,
    privacy_url,
    welcome,
    theme,
    edited
});
wire::record!(Palette {
    primary,
    on_primary,
    background,
    surface,
    text,
    muted,
    border,
    link
});
wire::record!(Theme {
    light,
    dark,
    corner,
    left,
    font,
    avatar
});
wire::record!(Placement {
    side,
    bottom,
    layer
});
wire::record!(Bookable {
    id,
    name,
    name_en,
    topics,
    intents,
    via
});
wire::variants!(BookVia { 0 Builtin, 1 Link(value), 2 Http });
wire::record!(Topic {
    id,
    title,
    title_en,
    tree
});
wire::record!(Intent {
    topic,
    name,
    title,
    title_en,
    prior,
    from,
    until
});
wire::record!(Tree {
    question,
    question_en,
    branches
});
wire::record!(Branch {
    label,
    label_en,
    then
});
wire::variants!(Then { 0 Intent(value), 1 Ask(value) });
wire::record!(Answer {
    short,
    steps,
    more,
    actions,
    follow_up,
    related,
    source,
    authority,
    edited,
    reviewed,
    local
});
wire::record!(Details { steps, more });
wire::variants!(Block { 0 Paragraph(value), 1 List { ordered, items }, 2 Hours { title, week }, 3 Places(value) });
wire::record!(Place {
    name,
    text,
    address,
    phone,
    email,
    url,
    week
});
wire::variants!(Inline { 0 Text(value), 1 Strong(value), 2 Link { label, url }, 3 Fact(value) });
wire::record!(Action { label, target });
wire::variants!(Target { 0 Url(value), 1 Book(value), 2 Phone(value), 3 Mail(value), 4 Goto(value), 5 Human });
wire::record!(Fact { values, unknown });
wire::record!(FactValue { from, until, text });
wire::record!(Core {
    meta,
    topics,
    intents,
    facts,
    elsewhere,
    crisis,
    crisis_answers
});
wire::record!(Language {
    facts,
    crisis_answers
});
wire::variants!(CrisisKind { 0 Suicide, 1 Violence, 2 Danger });
wire::record!(CrisisPattern {
    kind,
    words,
    gap,
    unless
});
