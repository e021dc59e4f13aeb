//! The forms below a conversation: handing on, a wrong answer, the end, the record.

use protocol::staff_handoff::Row as ListRow;

use super::talk::{back, chat};
use super::{Card, Kind, Look, Part, field};
use crate::chats::{ChatPress, texts};
use crate::message::Press;
use crate::state::{App, Desk};

fn form(title: &str, parts: Vec<Part>, submit: Option<ChatPress>) -> Card {
    Card {
        title: title.into(),
        parts,
        submit: submit.map(Press::Chat),
        ..Card::default()
    }
}

pub(super) fn transfer(app: &App, desk: &Desk, row: &ListRow, busy: bool) -> Card {
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

pub(super) fn fact(app: &App, desk: &Desk, busy: bool) -> Card {
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

pub(super) fn end(app: &App, busy: bool) -> Card {
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

pub(super) fn record(app: &App, row: &ListRow, busy: bool) -> Card {
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

pub(super) fn delete(busy: bool) -> Card {
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
