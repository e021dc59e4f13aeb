//! What is on the page, as data: worked out of the state, compared with what was drawn last, and drawn only where it
//! differs. So a refresh that brings nothing new touches nothing, and focus stays.

mod alerts;
mod booking;
mod chats;
mod day;
mod deal;
mod lines;
mod sign_in;
mod talk;

pub use chats::{ChatsPage, DeskRow, Group, Head, RowCard};
pub use day::{BlockCard, CellView, DayView, ListView, PrintRow, RowView, VisitCard, WeekDay};
pub use talk::{Compose, Foot, Line, Speaker, TalkHead, TalkPage};

use crate::change::Phase;
use crate::message::Press;
use crate::state::{App, Area, Desk, Panel, Screen, Told, Tone, View};
use crate::{poll, texts, when};

/// The page.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Page {
    /// Of the window.
    pub title: String,
    /// The line with the kommune and whoever is signed in.
    pub top: Top,
    /// What must be decided before anything else.
    pub bar: Option<Card>,
    /// What chooses the day.
    pub tools: Option<Tools>,
    /// The chosen day, as its field has it; outside of `tools`, so that somebody who types there is left alone.
    pub date: String,
    /// When the day was heard of last, or that there is no connection.
    pub status: Option<Told>,
    /// The largest part.
    pub main: Main,
    /// Beside it.
    pub panel: Option<Card>,
    /// The panel takes the place of the day.
    pub covered: bool,
    /// Talking with citizens, when that is on the page.
    pub chats: Option<Box<ChatsPage>>,
}

/// The line at the top.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Top {
    /// "Eksempelby Kommune".
    pub kommune: String,
    /// Who; empty when nobody is.
    pub name: String,
    /// Parts of the console that they may use: name, address, which one, is it on the page?
    pub links: Vec<(String, &'static str, Area, bool)>,
    /// Ends the session, and so on.
    pub buttons: Vec<Button>,
}

/// What chooses the day.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tools {
    /// Id and name.
    pub locations: Vec<(String, String)>,
    /// Id of the chosen one.
    pub location: String,
    /// Week instead of day.
    pub week: bool,
    /// May block time.
    pub blocks: bool,
    /// The field for a receipt.
    pub search: Field,
}

/// The largest part of the page.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Main {
    /// Under way.
    #[default]
    Waiting,
    /// The part on the page draws itself elsewhere.
    Elsewhere,
    /// A card in the middle: sign-in, no access, no server.
    Card(Card),
    /// A day as a table.
    Day(DayView),
    /// A day as a list.
    List(ListView),
    /// A week as lists.
    Week(String, Vec<WeekDay>),
}

/// Texts, fields and buttons below each other.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Card {
    /// Its heading.
    pub title: String,
    /// A state beside the heading: class and word.
    pub tag: Option<(&'static str, &'static str)>,
    /// In order.
    pub parts: Vec<Part>,
    /// What Enter in a field does; with it the card is a form.
    pub submit: Option<Press>,
    /// Can be closed.
    pub close: bool,
    /// It is all there is on the page: its heading is the page's.
    pub alone: bool,
}

/// A part of a card.
#[derive(Clone, Debug, PartialEq)]
pub enum Part {
    /// A sentence with a tone.
    Told(Told),
    /// A paragraph.
    Line(String),
    /// Text with lines of its own.
    Text(String),
    /// A heading inside.
    Title(String),
    /// Names and values.
    Rows(Vec<Row>),
    /// A list of sentences.
    List(Vec<String>),
    /// An input.
    Field(Field),
    /// Side by side.
    Buttons(Vec<Button>),
    /// Free times of a day: heading, buttons.
    Times(String, Vec<Button>),
    /// A thing with its text and buttons.
    Item(String, String, Vec<Button>),
    /// A QR code as a path of an SVG, and its size in modules with the margin.
    Qr(String, u16),
    /// To be copied by hand.
    Secret(String),
    /// Leads to another page: words, address.
    Link(String, String),
}

/// A name with its value.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Row {
    /// "Telefon".
    pub name: &'static str,
    /// The value.
    pub text: String,
    /// `tel:` or `mailto:`.
    pub url: Option<String>,
}

/// A button.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Button {
    /// In the page, so that focus finds it again; empty when that does not matter.
    pub id: String,
    /// What is read on it.
    pub label: String,
    /// What is heard, when that is not enough; empty otherwise. Begins with the label.
    pub spoken: String,
    /// What it does.
    pub press: Option<Press>,
    /// How it looks.
    pub look: Look,
    /// Something is under way: it does nothing now.
    pub busy: bool,
    /// On or off, for a button that stays so.
    pub pressed: Option<bool>,
    /// What it shows is shown, for a button that shows something.
    pub expanded: Option<bool>,
}

/// How a button looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Look {
    /// One of several.
    #[default]
    Plain,
    /// What most people want.
    Main,
    /// Cannot be taken back.
    Danger,
    /// As little as possible.
    Quiet,
}

impl Look {
    /// Its class.
    pub fn class(self) -> &'static str {
        match self {
            Look::Plain => "plain",
            Look::Main => "main",
            Look::Danger => "danger",
            Look::Quiet => "quiet",
        }
    }
}

impl Button {
    /// A button.
    pub fn new(id: &str, label: &str, press: Press, look: Look) -> Self {
        Self {
            id: id.into(),
            label: label.into(),
            press: Some(press),
            look,
            ..Self::default()
        }
    }

    /// The same with more to hear.
    #[must_use]
    pub fn spoken(mut self, text: String) -> Self {
        self.spoken = text;
        self
    }

    /// The same, being on or off.
    #[must_use]
    pub fn pressed(mut self, on: bool) -> Self {
        self.pressed = Some(on);
        self
    }

    /// The same, showing something or hiding it.
    #[must_use]
    pub fn expanded(mut self, shown: bool) -> Self {
        self.expanded = Some(shown);
        self
    }

    /// The same while something is under way.
    #[must_use]
    pub fn busy_if(mut self, busy: bool) -> Self {
        self.busy = busy;
        self
    }
}

/// An input.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Field {
    /// Its id, also the name in the state.
    pub id: &'static str,
    /// Above it.
    pub label: &'static str,
    /// What it takes.
    pub kind: Kind,
    /// What stands in it.
    pub value: String,
    /// Below the label; empty for none.
    pub hint: &'static str,
    /// What is wrong; empty for nothing.
    pub fault: String,
}

/// What an input takes.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Kind {
    /// A line; the word tells the browser what it is.
    #[default]
    Text,
    /// A user name.
    User,
    /// A password that exists.
    Password,
    /// A new password.
    NewPassword,
    /// Six digits.
    Code,
    /// A day.
    Date,
    /// A time of the day.
    Time,
    /// Several lines.
    Area,
    /// One of these: value, words.
    Choice(Vec<(String, String)>),
}

/// An input as the state has it.
pub(crate) fn field(app: &App, id: &'static str, label: &'static str, kind: Kind) -> Field {
    Field {
        id,
        label,
        kind,
        value: app.field(id).to_string(),
        hint: "",
        fault: app.faults.get(id).cloned().unwrap_or_default(),
    }
}

/// The page for a state.
pub fn page(app: &App) -> Page {
    match &app.screen {
        Screen::Starting => Page {
            title: "Lokalsvar".into(),
            ..Page::default()
        },
        Screen::Unreachable => Page {
            title: "Ingen forbindelse · Lokalsvar".into(),
            main: Main::Card(Card {
                title: "Vi kan ikke nå serveren".into(),
                parts: vec![
                    Part::Line("Se efter, om du har forbindelse til netværket.".into()),
                    Part::Buttons(vec![Button::new(
                        "again",
                        "Prøv igen",
                        Press::Refresh,
                        Look::Main,
                    )]),
                ],
                ..Card::default()
            }),
            ..Page::default()
        },
        Screen::SignIn(page) => Page {
            title: "Log ind · Lokalsvar".into(),
            main: Main::Card(sign_in::card(app, page)),
            ..Page::default()
        },
        Screen::Desk(desk) => at_desk(app, desk),
    }
}

fn at_desk(app: &App, desk: &Desk) -> Page {
    if desk.area == Area::Chats {
        return chats::page(app, desk);
    }
    let sees = desk.sees_bookings();
    let main = if !sees {
        Main::Card(no_access())
    } else if desk.days.is_none() {
        Main::Waiting
    } else {
        day::main(app, desk)
    };
    let title = match desk.view {
        _ if !sees => "Ingen adgang".to_string(),
        View::Day => when::capital(&when::day(desk.date, app.today())),
        View::Week => format!("Uge {}", when::week_number(desk.date)),
    };
    let covered = crate::panel::covers(app);
    Page {
        title: format!("{title} · Lokalsvar"),
        chats: None,
        top: top(desk),
        bar: bar(desk),
        tools: (sees && desk.places.is_some()).then(|| tools(app, desk)),
        date: desk.date.to_string(),
        status: status(desk),
        panel: panel(app, desk),
        covered,
        main,
    }
}

fn top(desk: &Desk) -> Top {
    let mut buttons = Vec::new();
    if desk.hears() {
        buttons.push(alerts::button(desk));
    }
    buttons.push(Button::new(
        "sign-out",
        "Log ud",
        Press::SignOut,
        Look::Quiet,
    ));
    let kommune = desk.session.kommune.as_ref();
    Top {
        kommune: kommune.map_or_else(|| "Lokalsvar".into(), |one| one.name.clone()),
        name: desk.session.name.clone(),
        links: links(desk),
        buttons,
    }
}

fn links(desk: &Desk) -> Vec<(String, &'static str, Area, bool)> {
    let mut links = Vec::new();
    let mut add = |name: String, address, area| {
        links.push((name, address, area, desk.area == area));
    };
    if desk.sees_bookings() {
        add("Aftaler".into(), crate::desk::BOOKING, Area::Booking);
    }
    if desk.sees_chats() {
        let name = match desk.chats.waiting() {
            0 => "Samtaler".into(),
            count => format!("Samtaler ({count})"),
        };
        add(name, crate::desk::CHATS, Area::Chats);
    }
    links
}

/// Above everything: a change without an answer, or that nobody seems to be here.
fn bar(desk: &Desk) -> Option<Card> {
    if let Some(change) = desk.change.as_ref().filter(|one| one.phase == Phase::Lost) {
        return Some(Card {
            title: "Vi ved ikke, om det blev gemt".into(),
            parts: vec![
                Part::Line(texts::unsure(&change.deed)),
                Part::Buttons(vec![
                    Button::new("retry", "Prøv igen", Press::Retry, Look::Main),
                    Button::new(
                        "give-up",
                        "Lad være, og vis, hvad der gælder",
                        Press::GiveUp,
                        Look::Plain,
                    ),
                ]),
            ],
            ..Card::default()
        });
    }
    desk.idle_warned.then(|| Card {
        title: "Er du her stadig?".into(),
        parts: vec![
            Part::Line(poll::IDLE.into()),
            Part::Buttons(vec![Button::new(
                "stay",
                "Bliv logget ind",
                Press::Stay,
                Look::Main,
            )]),
        ],
        ..Card::default()
    })
}

fn status(desk: &Desk) -> Option<Told> {
    if desk.lost {
        let since = match desk.heard_ms {
            0 => String::new(),
            ms => format!(
                " Det, du ser, er fra kl. {}. Vi prøver igen hele tiden.",
                when::clock(hours::copenhagen(ms).minute)
            ),
        };
        return Told::bad(format!("{}{since}", poll::LOST));
    }
    if let Some(notice) = &desk.notice {
        return Some(notice.clone());
    }
    let change = desk.change.as_ref()?;
    (change.phase != Phase::Lost).then(|| Told {
        tone: Tone::Note,
        text: texts::doing(&change.deed).into(),
    })
}

fn tools(app: &App, desk: &Desk) -> Tools {
    let locations = desk.places.iter().flat_map(|places| &places.locations);
    Tools {
        locations: locations
            .map(|one| (one.id.clone(), one.name.clone()))
            .collect(),
        location: desk.location.clone(),
        week: desk.view == View::Week,
        blocks: desk.blocks(),
        search: field(app, "search", "Find kvittering", Kind::Text),
    }
}

fn panel(app: &App, desk: &Desk) -> Option<Card> {
    let mut card = match &desk.panel {
        Panel::Closed => return None,
        Panel::Visit(shown) => booking::card(app, desk, shown),
        Panel::NewBlock => booking::new_block(app, desk),
        Panel::Block(id, sure) => booking::block(app, desk, id, *sure),
        Panel::Alerts => alerts::card(app, desk),
    };
    card.close = true;
    card.alone = crate::panel::covers(app);
    if let Some(told) = &desk.told {
        card.parts.insert(0, Part::Told(told.clone()));
    }
    Some(card)
}

fn no_access() -> Card {
    Card {
        title: "Din konto giver ikke adgang til aftaler".into(),
        parts: vec![Part::Line(
            "Du er logget ind, men må ikke se borgeres aftaler. Bed den, der giver adgang i din kommune, om rollen “booking”.".into(),
        )],
        ..Card::default()
    }
}
