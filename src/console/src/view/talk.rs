//! One conversation as a picture: who and what, every line with who said it, and below it the field, or the form of what is
//! being done.

use protocol::handoff::{Entry, Stage, Way, What as Log, Who};
use protocol::staff_handoff::{Reading, Row as ListRow};
use protocol::{Language, path};

use super::{Button, Card, Kind, Look, Part, Row, field};
use crate::chats::{ChatPress, Chats, Dealing, Outgoing, Sending, Talk, texts};
use crate::message::Press;
use crate::state::{App, Desk, Told};
use crate::{query, when};

/// A message that the citizen's page has not fetched for so long is marked, ms.
const UNSEEN_MS: i64 = 60_000;

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

fn chat(id: &str, label: &str, press: ChatPress, look: Look) -> Button {
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
        lines: lines(app, desk, talk, row),
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
                ..Card::default()
            }
        }),
        replies: replies(talk),
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

fn lines(app: &App, desk: &Desk, talk: &Talk, row: &ListRow) -> Vec<Line> {
    let chats = &desk.chats;
    let lang = (row.language == Language::En).then_some("en");
    let mut lines = Vec::new();
    if !talk.transcript.is_empty() {
        lines.push(event(
            "t",
            "Før: borgerens chat med den automatiske assistent",
        ));
    }
    for (at, said) in talk.transcript.iter().enumerate() {
        let (speaker, by) = match said.who {
            Who::Citizen => (Speaker::Citizen, "Borgeren, til assistenten".to_string()),
            _ => (Speaker::Bot, "Automatisk svar".into()),
        };
        let about = said.answer.as_deref().map(|id| chats.title(id));
        lines.push(Line {
            id: format!("t{at}"),
            speaker,
            by: match about {
                Some(about) => format!("{by} · {about}"),
                None => by,
            },
            text: said.text.clone(),
            lang,
            ..Line::default()
        });
    }
    if talk.read && talk.reading.is_none() {
        lines.push(event("wait", "Henter samtalen …"));
    }
    if !talk.transcript.is_empty() {
        lines.push(event("p", "Herfra skriver borgeren med en medarbejder"));
    }
    let mut notes = talk
        .reading
        .iter()
        .flat_map(|reading| &reading.notes)
        .enumerate()
        .peekable();
    let note = |at: usize, note: &protocol::staff_handoff::Note| Line {
        id: format!("n{at}"),
        speaker: Speaker::Note,
        by: format!(
            "Note til kolleger fra {}, {}",
            note.by,
            when::short(&note.at)
        ),
        text: note.text.clone(),
        ..Line::default()
    };
    for entry in &talk.entries {
        while let Some((at, one)) =
            notes.next_if(|(_, one)| when::ms(&one.at) <= when::ms(&entry.at))
        {
            lines.push(note(at, one));
        }
        lines.extend(line(app, desk, talk, row, entry, lang));
    }
    lines.extend(notes.map(|(at, one)| note(at, one)));
    let own = chats
        .outbox
        .iter()
        .filter(|one| one.receipt == talk.receipt);
    lines.extend(own.map(|one| outgoing(one, lang)));
    lines
}

fn event(id: &str, text: &str) -> Line {
    Line {
        id: id.into(),
        text: text.into(),
        ..Line::default()
    }
}

fn line(
    app: &App,
    desk: &Desk,
    talk: &Talk,
    row: &ListRow,
    entry: &Entry,
    lang: Option<&'static str>,
) -> Option<Line> {
    let id = format!("e{}", entry.seq);
    let at = when::time(&entry.at);
    let name = entry.name.as_deref();
    let happened = |text: String| Some(event(&id, &format!("{text} Kl. {at}.")));
    let own = entry.who == Who::Staff && name.is_none_or(|name| name == desk.session.name);
    let (speaker, who) = match entry.who {
        Who::Citizen => (Speaker::Citizen, "Borgeren"),
        Who::Bot => (Speaker::Bot, "Automatisk svar"),
        Who::Staff => (Speaker::Staff, name.unwrap_or("Medarbejder")),
        Who::System | Who::Other => (Speaker::Event, "Systemet"),
    };
    match &entry.what {
        Log::Message { text, answer, .. } => Some(Line {
            speaker,
            by: match answer {
                Some(_) if entry.who == Who::Staff => format!("{who}, {at} · kommunens svar"),
                _ => format!("{who}, {at}"),
            },
            text: text.clone(),
            lang,
            state: (entry.who == Who::Staff).then(|| received(app, talk, row, entry)),
            buttons: if own && desk.talks() && (desk.chats.mine(row) || row.stage == Stage::Closed)
            {
                let press = ChatPress::Correct(entry.seq);
                let button = chat(&format!("c{}", entry.seq), "Ret", press, Look::Quiet);
                vec![button.spoken(format!("Ret beskeden fra kl. {at}"))]
            } else {
                Vec::new()
            },
            id,
        }),
        Log::Correction { text, .. } => Some(Line {
            speaker: Speaker::Staff,
            by: format!("{who} retter en besked, {at}"),
            text: text.clone(),
            lang,
            state: Some(received(app, talk, row, entry)),
            id,
            ..Line::default()
        }),
        Log::Taken => happened(format!(
            "{} har taget samtalen.",
            name.unwrap_or("En medarbejder")
        )),
        Log::Requeued { why } => happened(texts::requeued(*why).into()),
        Log::Transferred { department } => {
            happened(format!("Givet videre til {}.", department.name.da))
        }
        Log::CitizenAway => happened("Borgeren er væk lige nu.".into()),
        Log::CitizenBack => happened("Borgeren er tilbage.".into()),
        Log::Closed { by } => happened(texts::closed(*by).into()),
        Log::Typing { .. } | Log::Other => None,
    }
}

/// Has the citizen's page fetched it?
fn received(app: &App, talk: &Talk, row: &ListRow, entry: &Entry) -> (&'static str, String) {
    let received = talk.reading.as_ref().map_or(0, |reading| reading.received);
    let old = when::ms(&entry.at).is_some_and(|at| app.now_ms - at > UNSEEN_MS);
    if entry.seq <= received {
        ("sent", "Modtaget".into())
    } else if old || row.stage == Stage::Closed {
        ("unseen", "Borgeren har ikke modtaget den endnu".into())
    } else {
        ("sent", "Sendt".into())
    }
}

/// A message on its way.
fn outgoing(one: &Outgoing, lang: Option<&'static str>) -> Line {
    let id = format!("o{}", one.id);
    let (state, buttons) = match &one.sending {
        Sending::Waits | Sending::Under if one.tries < 2 => (("way", "Sender …".to_string()), None),
        Sending::Kept => (("sent", "Sendt".into()), None),
        Sending::Refused(why) => (
            ("unseen", (*why).to_string()),
            Some(chat(
                &format!("r{}", one.id),
                "Skriv den om",
                ChatPress::Rewrite(one.id.clone()),
                Look::Plain,
            )),
        ),
        Sending::Waits | Sending::Under | Sending::Lost => (
            ("unseen", texts::LOST.to_string()),
            Some(chat(
                &format!("a{}", one.id),
                "Prøv nu",
                ChatPress::Again(one.id.clone()),
                Look::Plain,
            )),
        ),
    };
    Line {
        id,
        speaker: Speaker::Staff,
        by: if one.corrects.is_some() {
            "Dig, rettelse".into()
        } else {
            "Dig".into()
        },
        text: one.text.clone(),
        lang,
        state: Some(state),
        buttons: buttons.into_iter().collect(),
    }
}

fn replies(talk: &Talk) -> Vec<Card> {
    let found = talk.find.iter().flat_map(|find| &find.replies).enumerate();
    found
        .map(|(at, reply)| Card {
            title: reply.title.clone(),
            parts: vec![
                Part::Text(reply.text.clone()),
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
            ..Card::default()
        })
        .collect()
}

fn back(label: &str) -> Button {
    chat("deal-back", label, ChatPress::Back, Look::Quiet)
}

fn foot(app: &App, desk: &Desk, talk: &Talk, row: &ListRow, mine: bool) -> Foot {
    if !desk.talks() || talk.reading.is_none() {
        return Foot::Nothing;
    }
    let busy = desk.change.is_some();
    match talk.dealing {
        Dealing::Transfer => Foot::Form(transfer(app, desk, row, busy)),
        Dealing::Fact => Foot::Form(fact(app, desk, busy)),
        Dealing::End => Foot::Form(end(app, busy)),
        Dealing::Delete => Foot::Form(delete(busy)),
        Dealing::Write if row.stage == Stage::Closed && talk.draft.corrects.is_none() => {
            Foot::Form(record(app, row, busy))
        }
        Dealing::Write if mine || talk.draft.corrects.is_some() => {
            Foot::Compose(compose(app, talk, row))
        }
        Dealing::Write => Foot::Nothing,
    }
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

fn form(title: &str, parts: Vec<Part>, submit: Option<ChatPress>) -> Card {
    Card {
        title: title.into(),
        parts,
        submit: submit.map(Press::Chat),
        ..Card::default()
    }
}

fn transfer(app: &App, desk: &Desk, row: &ListRow, busy: bool) -> Card {
    let chats = &desk.chats;
    let mut options = vec![(String::new(), "Vælg".to_string())];
    for one in chats.queue.iter().flat_map(|queue| &queue.departments) {
        let id = &one.department.id;
        let name = &one.department.name.da;
        if *id != row.department {
            let hours = if one.hours { "" } else { " (lukket nu)" };
            options.push((id.clone(), format!("{name}, den, der er ledig{hours}")));
        }
        for colleague in &one.there {
            if colleague.account != chats.me() {
                let value = format!("{id} {}", colleague.account);
                options.push((value, format!("{name}: {}", colleague.name)));
            }
        }
    }
    let to = field(app, "to", "Hvem skal have samtalen?", Kind::Choice(options));
    let mut note = field(app, "note", "Note til kollegaen", Kind::Area);
    note.hint = "Borgeren ser den ikke. Skriv ikke et CPR-nummer.";
    let yes = chat("yes", "Giv videre", ChatPress::TransferYes, Look::Main).busy_if(busy);
    form(
        "Giv samtalen videre",
        vec![
            Part::Field(to),
            Part::Field(note),
            Part::Buttons(vec![yes, back("Behold samtalen")]),
        ],
        Some(ChatPress::TransferYes),
    )
}

fn fact(app: &App, desk: &Desk, busy: bool) -> Card {
    let id = app.field("intent");
    let title = desk.chats.title(id);
    let mut intent = field(app, "intent", "Svarets id", Kind::Text);
    intent.hint = "Det svar, assistenten gav sidst, står her allerede.";
    let mut wrong = field(app, "wrong", "Hvad er forkert?", Kind::Area);
    wrong.hint = "Skriv intet om borgeren: Redaktørerne kender ikke samtalen.";
    let right = field(app, "right", "Hvad er rigtigt? (kan udelades)", Kind::Area);
    let yes = chat(
        "yes",
        "Send til redaktørerne",
        ChatPress::FactYes,
        Look::Main,
    )
    .busy_if(busy);
    let mut parts = Vec::new();
    if title != id {
        parts.push(Part::Line(format!("Svaret: {title}")));
    }
    parts.extend([
        Part::Field(intent),
        Part::Field(wrong),
        Part::Field(right),
        Part::Buttons(vec![yes, back("Tilbage")]),
    ]);
    form("Et svar er forkert", parts, Some(ChatPress::FactYes))
}

fn end(app: &App, busy: bool) -> Card {
    let mut options = vec![(String::new(), "Vælg".to_string())];
    options.extend(
        texts::OUTCOMES
            .iter()
            .map(|(outcome, words)| (texts::outcome_name(*outcome).into(), (*words).into())),
    );
    let outcome = field(
        app,
        "outcome",
        "Hvordan sluttede den?",
        Kind::Choice(options),
    );
    let yes = chat("yes", "Slut samtalen", ChatPress::EndYes, Look::Danger).busy_if(busy);
    form(
        "Slut samtalen",
        vec![
            Part::Line("Borgeren ser, at samtalen er slut, og kan ikke skrive mere i den.".into()),
            Part::Field(outcome),
            Part::Buttons(vec![yes, back("Bliv i samtalen")]),
        ],
        Some(ChatPress::EndYes),
    )
}

fn record(app: &App, row: &ListRow, busy: bool) -> Card {
    if crate::chats::decided(row.record) {
        let delete = chat("delete", "Slet samtalen", ChatPress::Delete, Look::Danger).busy_if(busy);
        let word = texts::record(row.record).to_lowercase();
        return form(
            "Samtalen er slut",
            vec![
                Part::Line(format!(
                    "Den er {word}. Den bliver slettet af sig selv efter kommunens frist, eller nu, hvis du sletter den."
                )),
                Part::Buttons(vec![delete]),
            ],
            None,
        );
    }
    let options = vec![
        (String::new(), "Vælg".to_string()),
        ("journalised".into(), "Den er lagt på en sag".into()),
        (
            "not-case-relevant".into(),
            "Den hører ikke til nogen sag".into(),
        ),
    ];
    let choice = field(
        app,
        "record",
        "Hvad skal der ske med den?",
        Kind::Choice(options),
    );
    let mut reason = field(
        app,
        "reason",
        "Sagens nummer, eller hvorfor den ikke hører til en sag",
        Kind::Text,
    );
    reason.hint = "Højst 200 tegn, uden CPR-nummer.";
    let yes = chat("yes", "Gem", ChatPress::RecordYes, Look::Main).busy_if(busy);
    form(
        "Samtalen er slut",
        vec![
            Part::Line("Hent den og læg den på sagen, eller skriv, at den ikke hører til en. Før det kan den ikke slettes.".into()),
            Part::Field(choice),
            Part::Field(reason),
            Part::Buttons(vec![yes]),
        ],
        Some(ChatPress::RecordYes),
    )
}

fn delete(busy: bool) -> Card {
    let yes = chat("yes", "Ja, slet den", ChatPress::DeleteYes, Look::Danger).busy_if(busy);
    form(
        "Slet samtalen?",
        vec![
            Part::Line("Den forsvinder for borgeren og for jer. Det kan ikke fortrydes.".into()),
            Part::Buttons(vec![yes, back("Behold den")]),
        ],
        None,
    )
}
