//! Talking with citizens as pictures: who waits, who is talked to, and who is there. What changes every second (how long
//! somebody has waited) stands outside of the rows, so that no row is drawn anew while somebody presses it.

use protocol::Language;
use protocol::handoff::{Stage, Way};
use protocol::staff_handoff::Row;

use super::{Button, Card, Look, Main, Page, Part, TalkPage, alerts, bar, talk, top};
use crate::chats::{ChatPress, Chats, in_queue, texts};
use crate::message::Press;
use crate::state::{App, Desk, Panel, Told, Tone};
use crate::{poll, when};

/// The page of the chats.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ChatsPage {
    /// Title, and whether somebody takes chats.
    pub head: Head,
    /// The list, in the order of the work.
    pub groups: Vec<Group>,
    /// The departments.
    pub desks: Vec<DeskRow>,
    /// What went wrong, while it is shown.
    pub alerts: Option<Card>,
    /// What the editors are told, while it is shown.
    pub facts: Option<Card>,
    /// Id of an element and its text: what changes by itself.
    pub clocks: Vec<(String, String)>,
    /// The conversation in hand.
    pub talk: Option<TalkPage>,
}

/// Above the list.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Head {
    /// "2 venter."
    pub count: String,
    /// Whether somebody takes chats, in words; empty for who cannot.
    pub there: &'static str,
    /// Takes chats, and so on.
    pub buttons: Vec<Button>,
    /// Sound, blinking; empty while they are hidden.
    pub settings: Vec<Button>,
    /// Departments to show; empty while they are hidden.
    pub departments: Vec<Button>,
    /// Why nothing can be opened, or what is not set up.
    pub note: Option<String>,
}

/// A part of the list.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Group {
    /// "Venter".
    pub title: &'static str,
    /// How many.
    pub count: usize,
    /// In the order of the server.
    pub rows: Vec<RowCard>,
}

/// A conversation in the list.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RowCard {
    /// "q-" and the receipt.
    pub id: String,
    /// Opens it; nothing for who may not.
    pub press: Option<Press>,
    /// "Borgerservice".
    pub title: String,
    /// "Pas til barn".
    pub about: String,
    /// Id of the element with its time; the time stands in [`ChatsPage::clocks`].
    pub clock: String,
    /// Class and word.
    pub tags: Vec<(&'static str, String)>,
    /// Receipt, and who has it.
    pub small: String,
    /// Takes it.
    pub take: Option<Button>,
    /// It is the one on the page.
    pub chosen: bool,
}

/// A department and who is there.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DeskRow {
    /// "Borgerservice".
    pub name: String,
    /// "åbent", "lukket".
    pub hours: &'static str,
    /// Names, with how many conversations each.
    pub there: String,
    /// How many wait.
    pub waiting: u32,
    /// Id of the element with the longest wait.
    pub clock: String,
}

/// The page.
pub(super) fn page(app: &App, desk: &Desk) -> Page {
    let chats = &desk.chats;
    let known = chats.queue.is_some();
    let main = if !desk.sees_chats() {
        Main::Card(no_access())
    } else if chats.none && !known {
        Main::Card(not_here())
    } else if known {
        Main::Elsewhere
    } else {
        Main::Waiting
    };
    let page = matches!(main, Main::Elsewhere).then(|| Box::new(whole(app, desk)));
    Page {
        title: title(app, chats),
        top: top(desk),
        bar: bar(desk),
        status: status(desk),
        // What went wrong stands above the list.
        covered: app.narrow && chats.talk.is_some() && !matches!(desk.panel, Panel::Alerts),
        chats: page,
        main,
        ..Page::default()
    }
}

/// The tab's: how many wait, and every other second that something is new, where that is wanted.
fn title(app: &App, chats: &Chats) -> String {
    let blinks = chats.blink && chats.news && (app.now_ms / 1000) % 2 == 0;
    if blinks {
        return "● Nyt · Samtaler".into();
    }
    match chats.waiting() {
        0 => "Samtaler · Lokalsvar".into(),
        count => format!("({count}) Samtaler · Lokalsvar"),
    }
}

fn status(desk: &Desk) -> Option<Told> {
    if desk.chats.failed > 1 {
        let at = when::clock(hours::copenhagen(desk.chats.heard_ms).minute);
        return Told::bad(format!(
            "{} Det, du ser, er fra kl. {at}. Vi prøver igen hele tiden.",
            poll::LOST
        ));
    }
    if let Some(notice) = &desk.notice {
        return Some(notice.clone());
    }
    let change = desk.change.as_ref()?;
    (change.phase != crate::change::Phase::Lost).then(|| Told {
        tone: Tone::Note,
        text: crate::texts::doing(&change.deed).into(),
    })
}

fn whole(app: &App, desk: &Desk) -> ChatsPage {
    let chats = &desk.chats;
    ChatsPage {
        head: head(desk),
        groups: groups(desk),
        desks: desks(chats),
        alerts: alerts::open(app, desk),
        facts: facts(app, desk),
        clocks: clocks(app, chats),
        talk: chats.talk.as_ref().map(|one| talk::page(app, desk, one)),
    }
}

fn head(desk: &Desk) -> Head {
    let chats = &desk.chats;
    let chat = |id: &str, label: &str, press: ChatPress, look| {
        Button::new(id, label, Press::Chat(press), look)
    };
    let mut buttons = Vec::new();
    if desk.talks() {
        let there = ChatPress::There(!chats.there);
        buttons.push(chat("there", "Jeg tager chats", there, Look::Plain).pressed(chats.there));
    }
    buttons.push(
        chat(
            "settings",
            "Indstillinger",
            ChatPress::Settings,
            Look::Quiet,
        )
        .expanded(chats.settings),
    );
    buttons.push(
        chat("facts", "Rettelser til svar", ChatPress::Facts, Look::Quiet)
            .expanded(chats.facts.is_some()),
    );
    let mut settings = Vec::new();
    let mut departments = Vec::new();
    if chats.settings {
        settings.push(
            chat(
                "sound",
                "Lyd, når der er nyt",
                ChatPress::Sound,
                Look::Plain,
            )
            .pressed(chats.sound),
        );
        settings.push(
            chat(
                "blink",
                "Fanen blinker, når der er nyt",
                ChatPress::Blink,
                Look::Plain,
            )
            .pressed(chats.blink),
        );
        let all = chats.departments.is_empty();
        departments.push(chat("all", "Alle", ChatPress::AllDepartments, Look::Plain).pressed(all));
        for one in chats.queue.iter().flat_map(|queue| &queue.departments) {
            let id = &one.department.id;
            let press = ChatPress::Department(id.clone());
            let name = &one.department.name.da;
            let button = chat(&format!("d-{id}"), name, press, Look::Plain);
            departments.push(button.pressed(chats.departments.contains(id)));
        }
    }
    Head {
        there: match (desk.talks(), chats.there) {
            (false, _) => "",
            (true, true) => "Du tager chats. Borgere kan skrive til dig.",
            (true, false) => "Du tager ikke chats nu.",
        },
        count: texts::waiting(chats.waiting()),
        buttons,
        settings,
        departments,
        note: (!desk.talks())
            .then(|| "Du kan se køerne. Samtaler kan kun åbnes med rollen “agent”.".into()),
    }
}

/// Which part of the list a row belongs to.
fn place(chats: &Chats, row: &Row) -> usize {
    match row.stage {
        _ if chats.mine(row) => 0,
        Stage::Waiting if in_queue(row) => 1,
        Stage::Waiting => 2,
        Stage::Active | Stage::Other => 3,
        Stage::Closed => 4,
    }
}

/// Names of the parts of the list.
const GROUPS: [&str; 5] = [
    "Dine samtaler",
    "Venter i chatten",
    "Beskeder og opkald",
    "Hos kolleger",
    "Slut, men ikke besluttet",
];

fn groups(desk: &Desk) -> Vec<Group> {
    let chats = &desk.chats;
    let mut groups: Vec<Group> = GROUPS
        .iter()
        .map(|title| Group {
            title,
            ..Group::default()
        })
        .collect();
    let rows = chats.queue.iter().flat_map(|queue| &queue.rows);
    for row in rows.filter(|row| chats.shows(row)) {
        let group = &mut groups[place(chats, row)];
        group.count += 1;
        group.rows.push(card(desk, row));
    }
    groups
}

/// The word of a language that is not the usual one.
fn language(language: Language) -> Option<&'static str> {
    match language {
        Language::Da => None,
        Language::En => Some("Engelsk"),
    }
}

fn card(desk: &Desk, row: &Row) -> RowCard {
    let chats = &desk.chats;
    let mine = chats.mine(row);
    let receipt = row.receipt.clone();
    let mut tags = Vec::new();
    if row.alarm {
        tags.push(("alarm", "Har ventet for længe".to_string()));
    }
    if mine && row.unanswered {
        tags.push(("new", "Ny besked".into()));
    }
    if row.way != Way::Chat {
        tags.push(("way", texts::way(row.way).into()));
    }
    if let Some(word) = language(row.language) {
        tags.push(("lang", word.into()));
    }
    if row.away && row.stage != Stage::Closed {
        tags.push(("away", "Borgeren er væk".into()));
    }
    if row.stage == Stage::Closed {
        tags.push(("record", texts::record(row.record).into()));
    }
    let owner = row.owner.as_ref().filter(|_| !mine);
    let small = match owner {
        Some(owner) => format!("{receipt} · {}", owner.name),
        None => receipt.clone(),
    };
    let take = (desk.talks() && row.stage == Stage::Waiting).then(|| {
        let name = chats.department(&row.department);
        Button::new(
            &format!("take-{receipt}"),
            "Tag",
            Press::Chat(ChatPress::Take(receipt.clone())),
            Look::Main,
        )
        .spoken(format!("Tag samtalen {receipt}, {name}"))
        .busy_if(desk.change.is_some())
    });
    let about = row.about.as_deref();
    RowCard {
        id: format!("q-{receipt}"),
        press: desk
            .talks()
            .then(|| Press::Chat(ChatPress::Row(receipt.clone()))),
        title: chats.department(&row.department).into(),
        about: about
            .map_or("Intet emne valgt", |id| chats.title(id))
            .into(),
        clock: format!("w-{receipt}"),
        tags,
        small,
        take,
        chosen: chats
            .talk
            .as_ref()
            .is_some_and(|talk| talk.receipt == receipt),
    }
}

/// Seconds from an instant of the server to now.
fn since(instant: &str, now_ms: i64) -> i64 {
    when::ms(instant).map_or(0, |ms| (now_ms - ms) / 1000)
}

fn clocks(app: &App, chats: &Chats) -> Vec<(String, String)> {
    let mut clocks = Vec::new();
    for row in chats.queue.iter().flat_map(|queue| &queue.rows) {
        let text = match row.stage {
            Stage::Waiting if in_queue(row) => {
                format!(
                    "har ventet {}",
                    texts::waited(since(&row.queued, app.now_ms))
                )
            }
            _ => format!("fra {}", when::short(&row.since)),
        };
        clocks.push((format!("w-{}", row.receipt), text));
    }
    for desk in chats.queue.iter().flat_map(|queue| &queue.departments) {
        let waited = i64::from(desk.longest_seconds) + (app.now_ms - chats.changed_ms) / 1000;
        let text = match desk.waiting {
            0 => "–".into(),
            _ => texts::waited(waited),
        };
        clocks.push((format!("l-{}", desk.department.id), text));
    }
    clocks
}

fn desks(chats: &Chats) -> Vec<DeskRow> {
    let desks = chats.queue.iter().flat_map(|queue| &queue.departments);
    desks
        .map(|desk| {
            let there: Vec<String> = desk
                .there
                .iter()
                .map(|one| match one.active {
                    0 => format!("{} (ledig)", one.name),
                    1 => format!("{} (1 samtale)", one.name),
                    count => format!("{} ({count} samtaler)", one.name),
                })
                .collect();
            DeskRow {
                name: desk.department.name.da.clone(),
                hours: if desk.hours { "Åbent" } else { "Lukket" },
                there: if there.is_empty() {
                    "Ingen".into()
                } else {
                    there.join(", ")
                },
                waiting: desk.waiting,
                clock: format!("l-{}", desk.department.id),
            }
        })
        .collect()
}

fn facts(app: &App, desk: &Desk) -> Option<Card> {
    let facts = desk.chats.facts.as_ref()?;
    let busy = desk.change.is_some();
    let mut parts = vec![Part::Line(
        "Svar, som en kollega har fundet fejl i. Ret dem i kommunens svar, og marker dem så som klaret.".into(),
    )];
    let asked = app
        .waiting
        .iter()
        .any(|(_, what)| *what == crate::state::What::Facts);
    if facts.is_empty() {
        parts.push(Part::Line(
            if asked { "Henter …" } else { "Der er ingen." }.into(),
        ));
    }
    for fact in facts {
        let right = match &fact.right {
            Some(right) => format!(" Rigtigt er: {right}"),
            None => String::new(),
        };
        let press = Press::Chat(ChatPress::FactDone(fact.fact.clone()));
        let done = Button::new(&format!("f-{}", fact.fact), "Klaret", press, Look::Plain)
            .spoken(format!("Klaret: {}", fact.intent))
            .busy_if(busy);
        parts.push(Part::Item(
            desk.chats.title(&fact.intent).to_string(),
            format!(
                "{}{right} ({}, {})",
                fact.wrong,
                fact.by,
                when::short(&fact.at)
            ),
            vec![done],
        ));
    }
    Some(Card {
        title: "Rettelser til svar".into(),
        parts,
        ..Card::default()
    })
}

fn no_access() -> Card {
    Card {
        title: "Din konto giver ikke adgang til samtaler".into(),
        parts: vec![Part::Line(
            "Du er logget ind, men må ikke tale med borgere. Bed den, der giver adgang i din kommune, om rollen “agent”.".into(),
        )],
        ..Card::default()
    }
}

fn not_here() -> Card {
    Card {
        title: "Din kommune har ikke åbnet for samtaler".into(),
        parts: vec![Part::Line(
            "Borgere kan ikke skrive med jer i chatten endnu. Den, der driver siden, kan læse, hvordan man åbner for det.".into(),
        )],
        ..Card::default()
    }
}
