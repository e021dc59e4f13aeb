//! One conversation as a picture: who and what, every line with who said it, and below it the field, or the form of what is
//! being done.

use protocol::handoff::{Stage, Way};
use protocol::staff_handoff::{Reading, Row as ListRow};
use protocol::{Language, path};

use super::{Button, Card, Kind, Look, Part, Row, deal, field, lines};
use crate::chats::{ChatPress, Chats, Dealing, Talk, texts};
use crate::message::Press;
use crate::state::{App, Desk, Told};
use crate::{query, when};

/// How much of an answer is shown before it is put in, characters.
const PREVIEW: usize = 280;

/// The conversation in hand.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TalkPage {
    /// Above everything.
    pub head: TalkHead,
    /// In order.
    pub lines: Vec<Line>,
    /// The citizen writes just now.
    pub typing: bool,
    /// A sentence above the field.
    pub told: Option<Told>,
    /// The kommune's own answers: the field to look for them.
    pub find: Option<Card>,
    /// What was found.
    pub replies: Vec<Card>,
    /// The field, or a form.
    pub foot: Foot,
    /// What stands in the field; outside of `foot`, so that somebody who types there is left alone.
    pub say: String,
}

/// Above everything.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TalkHead {
    /// "Samtale ABCD-1234".
    pub title: String,
    /// How far it is: class and word.
    pub tag: Option<(&'static str, &'static str)>,
    /// It is all there is on the page: its heading is the page's.
    pub alone: bool,
    /// Department, topic, contact.
    pub rows: Vec<Row>,
    /// What can be done.
    pub buttons: Vec<Button>,
    /// The record as a file: words, address.
    pub links: Vec<(&'static str, String)>,
}

/// Who says a line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Speaker {
    /// The citizen.
    Citizen,
    /// The automatic assistant.
    Bot,
    /// A person of the kommune.
    Staff,
    /// Colleagues among themselves.
    Note,
    /// Nobody: something happened.
    #[default]
    Event,
}

/// A line of the conversation.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Line {
    /// Tells it from the others.
    pub id: String,
    /// Who.
    pub speaker: Speaker,
    /// Who and when, in words.
    pub by: String,
    /// What.
    pub text: String,
    /// Language of the text, where it is not Danish.
    pub lang: Option<&'static str>,
    /// How far it has come: class and words.
    pub state: Option<(&'static str, String)>,
    /// What can be done with it.
    pub buttons: Vec<Button>,
}

/// Below the conversation.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Foot {
    /// Nothing to write.
    #[default]
    Nothing,
    /// A form.
    Form(Card),
    /// The field.
    Compose(Compose),
}

/// The field for a message.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Compose {
    /// Above it.
    pub label: String,
    /// What is wrong; empty for nothing.
    pub fault: String,
    /// Language of the citizen, where it is not Danish.
    pub lang: Option<&'static str>,
    /// Below it.
    pub buttons: Vec<Button>,
}

pub(super) fn chat(id: &str, label: &str, press: ChatPress, look: Look) -> Button {
    Button::new(id, label, Press::Chat(press), look)
}

/// The conversation in hand.
pub(super) fn page(app: &App, desk: &Desk, talk: &Talk) -> TalkPage {
    let chats = &desk.chats;
    let Some(row) = talk.row().filter(|_| !talk.missing) else {
        let text = if talk.missing {
            "Samtalen er ikke her længere, eller din konto må ikke se den."
        } else {
            "Henter samtalen …"
        };
        return TalkPage {
            head: TalkHead {
                title: format!("Samtale {}", talk.receipt),
                alone: app.narrow,
                ..TalkHead::default()
            },
            told: Told::note(text),
            ..TalkPage::default()
        };
    };
    let mine = chats.mine(row);
    let told = talk.told.clone().or_else(|| {
        let text = format!(
            "{} Samtalen kan være ældre, end den ser ud til.",
            crate::poll::LOST
        );
        (talk.failed > 1).then(|| Told::bad(text)).flatten()
    });
    TalkPage {
        head: head(app, desk, talk, row),
        lines: lines::lines(app, desk, talk, row),
        typing: talk.citizen_types(app.now_ms) && row.stage == Stage::Active,
        told,
        find: talk.find.as_ref().map(|find| {
            let mut asked = field(app, "find", "Søg i kommunens svar", Kind::Text);
            asked.hint = "Skriv det, som borgeren ville spørge om det.";
            let look = chat("find-go", "Søg", ChatPress::FindGo, Look::Main);
            let state = if find.waits {
                "Søger …".into()
            } else if find.asked.is_empty() {
                String::new()
            } else {
                texts::found(find)
            };
            let mut parts = vec![Part::Field(asked), Part::Buttons(vec![look])];
            if !state.is_empty() {
                parts.push(Part::Line(state));
            }
            Card {
                title: "Kommunens svar".into(),
                parts,
                submit: Some(Press::Chat(ChatPress::FindGo)),
                alone: app.narrow,
                ..Card::default()
            }
        }),
        replies: replies(talk, app.narrow),
        foot: foot(app, desk, talk, row, mine),
        say: app.field("say").to_string(),
    }
}

fn head(app: &App, desk: &Desk, talk: &Talk, row: &ListRow) -> TalkHead {
    let chats = &desk.chats;
    let mine = chats.mine(row);
    let busy = desk.change.is_some();
    let tag = match row.stage {
        Stage::Waiting => ("missed", "Venter"),
        Stage::Active if mine => ("came", "Din"),
        Stage::Active | Stage::Other => ("booked", "Hos en kollega"),
        Stage::Closed => ("off", "Slut"),
    };
    let mut buttons = Vec::new();
    if row.stage == Stage::Waiting {
        let take = ChatPress::Take(row.receipt.clone());
        buttons.push(chat("take", "Tag samtalen", take, Look::Main).busy_if(busy));
    }
    if !talk.read {
        buttons.push(chat(
            "read",
            "Læs uden at tage den",
            ChatPress::Read,
            Look::Plain,
        ));
    }
    if mine && talk.dealing == Dealing::Write {
        for (id, label, press, look) in [
            ("transfer", "Giv videre", ChatPress::Transfer, Look::Plain),
            (
                "give-back",
                "Læg i køen igen",
                ChatPress::GiveBack,
                Look::Plain,
            ),
            ("end", "Slut samtalen", ChatPress::End, Look::Danger),
        ] {
            buttons.push(chat(id, label, press, look).busy_if(busy));
        }
    }
    if talk.read && talk.dealing == Dealing::Write {
        let label = "Et svar er forkert";
        buttons.push(chat("fact", label, ChatPress::Fact, Look::Quiet).busy_if(busy));
    }
    let closed = row.stage == Stage::Closed && talk.reading.is_some();
    let export = |format| {
        query::with(
            path::STAFF_EXPORT,
            &[("receipt", &row.receipt), ("format", format)],
        )
    };
    let links = if closed {
        vec![
            ("Hent til sagen (HTML)", export("html")),
            ("Hent til sagen (JSON)", export("json")),
        ]
    } else {
        Vec::new()
    };
    TalkHead {
        title: format!("Samtale {}", talk.receipt),
        tag: Some(tag),
        alone: app.narrow,
        rows: rows(app, chats, row, talk.reading.as_ref()),
        buttons,
        links,
    }
}

fn rows(app: &App, chats: &Chats, row: &ListRow, reading: Option<&Reading>) -> Vec<Row> {
    let plain = |name, text: String| Row {
        name,
        text,
        url: None,
    };
    let mut rows = vec![plain("Fagområde", chats.department(&row.department).into())];
    if let Some(about) = &row.about {
        rows.push(plain("Emne", chats.title(about).into()));
    }
    if row.way != Way::Chat {
        rows.push(plain("Ønsker", texts::way(row.way).into()));
    }
    if row.language == Language::En {
        rows.push(plain("Skriver på", "engelsk".into()));
    }
    rows.push(plain(
        "Begyndt",
        when::capital(&when::moment(&row.since, app.today())),
    ));
    if let Some(owner) = row.owner.as_ref().filter(|_| !chats.mine(row)) {
        rows.push(plain("Hos", owner.name.clone()));
    }
    if row.stage == Stage::Closed {
        rows.push(plain("Journal", texts::record(row.record).into()));
    }
    let Some(reading) = reading else { return rows };
    if let Some(contact) = &reading.contact {
        rows.push(plain("Navn", contact.name.clone()));
        if let Some(phone) = &contact.phone {
            rows.push(super::booking::phone(phone));
        }
        if let Some(email) = &contact.email {
            rows.push(super::booking::email(email));
        }
    }
    if let Some(wanted) = &reading.when {
        rows.push(plain("Helst", wanted.clone()));
    }
    rows
}

fn replies(talk: &Talk, alone: bool) -> Vec<Card> {
    let found = talk.find.iter().flat_map(|find| &find.replies).enumerate();
    found
        .map(|(at, reply)| Card {
            title: reply.title.clone(),
            parts: vec![
                Part::Text(preview(&reply.text)),
                Part::Buttons(vec![
                    chat(
                        &format!("put-{at}"),
                        "Sæt ind",
                        ChatPress::Reply(at),
                        Look::Plain,
                    )
                    .spoken(format!("Sæt ind: {}", reply.title)),
                ]),
            ],
            alone,
            ..Card::default()
        })
        .collect()
}

/// The beginning of an answer; all of it goes into the field.
fn preview(text: &str) -> String {
    let mut short: String = text.chars().take(PREVIEW).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}

pub(super) fn back(label: &str) -> Button {
    chat("deal-back", label, ChatPress::Back, Look::Quiet)
}

fn foot(app: &App, desk: &Desk, talk: &Talk, row: &ListRow, mine: bool) -> Foot {
    if !desk.talks() || talk.reading.is_none() {
        return Foot::Nothing;
    }
    let busy = desk.change.is_some();
    let mut foot = match talk.dealing {
        Dealing::Transfer => Foot::Form(deal::transfer(app, desk, row, busy)),
        Dealing::Fact => Foot::Form(deal::fact(app, desk, busy)),
        Dealing::End => Foot::Form(deal::end(app, busy)),
        Dealing::Delete => Foot::Form(deal::delete(busy)),
        Dealing::Write if row.stage == Stage::Closed && talk.draft.corrects.is_none() => {
            Foot::Form(deal::record(app, row, busy))
        }
        Dealing::Write if mine || talk.draft.corrects.is_some() => {
            Foot::Compose(compose(app, talk, row))
        }
        Dealing::Write => Foot::Nothing,
    };
    if let Foot::Form(form) = &mut foot {
        form.alone = app.narrow;
    }
    foot
}

fn compose(app: &App, talk: &Talk, row: &ListRow) -> Compose {
    let correcting = talk.draft.corrects.is_some();
    let mut buttons = vec![chat(
        "send",
        if correcting { "Send rettelsen" } else { "Send" },
        ChatPress::Send,
        Look::Main,
    )];
    if correcting {
        buttons.push(back("Ret ikke"));
    } else {
        let find = chat("find-open", "Kommunens svar", ChatPress::Find, Look::Plain);
        buttons.push(find.expanded(talk.find.is_some()));
    }
    let label = if correcting {
        "Skriv, hvad der er rigtigt. Den gamle besked bliver stående, og borgeren ser begge."
    } else if row.way != Way::Chat {
        "Besked til borgeren. Borgeren sidder ikke i chatten: ring eller skriv også."
    } else {
        "Besked til borgeren"
    };
    Compose {
        label: label.into(),
        fault: app.faults.get("say").cloned().unwrap_or_default(),
        lang: (row.language == Language::En).then_some("en"),
        buttons,
    }
}
