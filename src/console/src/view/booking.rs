//! The cards beside the day: a booking, blocked time, alerts.

use protocol::Slot;
use protocol::staff::{Can, Visit};

use super::{Button, Card, Kind, Look, Part, Row, field};
use crate::change::Phase;
use crate::message::Press;
use crate::state::{App, Desk, Doing, Moving, Shown, Told};
use crate::{texts, when};

/// A change is under way, so that nothing else can begin.
fn busy(desk: &Desk) -> bool {
    desk.change.is_some()
}

/// The label of a button that sends: what it does, or that it is doing it.
fn sending(desk: &Desk, label: &str) -> String {
    match &desk.change {
        Some(change) if change.phase != Phase::Lost => texts::doing(&change.deed).into(),
        _ => label.into(),
    }
}

fn back(label: &str) -> Button {
    Button::new("panel-back", label, Press::Back, Look::Quiet)
}

/// A booking and what is done with it.
pub(super) fn card(app: &App, desk: &Desk, shown: &Shown) -> Card {
    let Some(visit) = &shown.visit else {
        let parts = if shown.missing {
            vec![Part::Line(format!(
                "Vi har ingen aftale med nummeret {}. Se efter, om det er skrevet rigtigt.",
                shown.receipt
            ))]
        } else {
            vec![Part::Line("Henter aftalen …".into())]
        };
        let title = if shown.missing {
            "Ikke fundet".into()
        } else {
            shown.receipt.clone()
        };
        return Card {
            title,
            parts,
            ..Card::default()
        };
    };
    let mut parts = Vec::new();
    match &shown.doing {
        Doing::Look => look(app, desk, shown, visit, &mut parts),
        Doing::NoShow => {
            parts.push(Part::Rows(short(app, desk, visit)));
            parts.push(Part::Line(
                "Er borgeren ikke kommet? Det kan ikke fortrydes: Tiden bliver givet fri.".into(),
            ));
            parts.push(Part::Buttons(vec![
                Button::new(
                    "yes",
                    &sending(desk, "Ja, udeblevet"),
                    Press::NoShowYes,
                    Look::Danger,
                )
                .busy_if(busy(desk)),
                back("Nej, tilbage"),
            ]));
        }
        Doing::Cancel => {
            parts.push(Part::Rows(short(app, desk, visit)));
            let mut reason = field(app, "reason", "Hvorfor aflyser I?", Kind::Area);
            reason.hint = "Borgeren læser det i sin besked. En kort sætning, uden CPR-nummer.";
            parts.push(Part::Field(reason));
            parts.push(Part::Buttons(vec![
                Button::new(
                    "yes",
                    &sending(desk, "Aflys aftalen"),
                    Press::CancelYes,
                    Look::Danger,
                )
                .busy_if(busy(desk)),
                back("Behold aftalen"),
            ]));
        }
        Doing::Move(moving) => shift(app, desk, visit, moving, &mut parts),
    }
    Card {
        title: visit.name.clone(),
        tag: Some((texts::state_class(visit.state), texts::state(visit.state))),
        parts,
        ..Card::default()
    }
}

/// When, what and where, in two rows.
fn short(app: &App, desk: &Desk, visit: &Visit) -> Vec<Row> {
    let row = |name, text| Row {
        name,
        text,
        url: None,
    };
    vec![
        row(
            "Tid",
            when::capital(&when::moment(&visit.start, app.today())),
        ),
        row("Ærinde", errand(desk, visit)),
    ]
}

/// "Pas eller legitimationskort, 2 personer".
pub(super) fn errand(desk: &Desk, visit: &Visit) -> String {
    let service = desk.service(&visit.service);
    match visit.persons {
        0 | 1 => service.to_string(),
        persons => format!("{service}, {persons} personer"),
    }
}

fn look(app: &App, desk: &Desk, shown: &Shown, visit: &Visit, parts: &mut Vec<Part>) {
    let can = |one: Can| visit.can.contains(&one);
    let busy = busy(desk);
    let receipt = visit.receipt.clone();
    let mut first = Vec::new();
    if can(Can::CheckIn) {
        let label = sending(desk, "Borgeren er mødt");
        let press = Press::CheckIn(receipt);
        first.push(Button::new("check-in", &label, press, Look::Main).busy_if(busy));
    }
    if can(Can::Undo) {
        let label = sending(desk, "Fortryd: ikke mødt alligevel");
        first.push(Button::new("undo", &label, Press::Undo, Look::Plain).busy_if(busy));
    }
    if can(Can::NoShow) {
        first.push(Button::new("no-show", "Udeblevet", Press::NoShow, Look::Plain).busy_if(busy));
    }
    if !first.is_empty() {
        parts.push(Part::Buttons(first));
    }
    let mut rows = rows(app, desk, visit);
    if let Some(cpr) = shown.found.as_ref().and_then(|found| found.cpr.as_deref()) {
        rows.push(Row {
            name: "CPR-nummer",
            text: match cpr.split_at_checked(6) {
                Some((day, rest)) => format!("{day}-{rest}"),
                None => cpr.to_string(),
            },
            url: None,
        });
    }
    parts.push(Part::Rows(rows));
    let mut second = Vec::new();
    if can(Can::Move) {
        second.push(Button::new("move", "Flyt", Press::Move, Look::Plain).busy_if(busy));
    }
    if can(Can::Cancel) {
        second.push(Button::new("cancel", "Aflys", Press::Cancel, Look::Danger).busy_if(busy));
    }
    if !second.is_empty() {
        parts.push(Part::Buttons(second));
    }
    if !visit.notices.is_empty() {
        parts.push(Part::Title("Beskeder til borgeren".into()));
        parts.push(Part::List(
            visit
                .notices
                .iter()
                .map(|notice| texts::notice(*notice))
                .collect(),
        ));
    }
    if let Some(found) = &shown.found {
        parts.push(Part::Title("Hvad er der sket".into()));
        parts.push(Part::List(
            found
                .history
                .iter()
                .rev()
                .map(|line| format!("{} · {}", when::short(&line.at), line.text))
                .collect(),
        ));
    }
}

fn rows(app: &App, desk: &Desk, visit: &Visit) -> Vec<Row> {
    let row = |name, text| Row {
        name,
        text,
        url: None,
    };
    let day = when::wall(&visit.start).map_or_else(String::new, |(date, _)| {
        when::capital(&when::day(date, app.today()))
    });
    let mut rows = vec![
        row(
            "Tid",
            format!("{day} kl. {}", when::span(&visit.start, &visit.end)),
        ),
        row("Ærinde", desk.service(&visit.service).to_string()),
        row("Personer", visit.persons.to_string()),
        row("Skranke", desk.counter(&visit.counter).to_string()),
        row("Sted", desk.location_name(&visit.location).to_string()),
    ];
    rows.extend(visit.phone.as_deref().map(phone));
    rows.extend(visit.email.as_deref().map(email));
    rows.push(row(
        "Skriver på",
        texts::language(visit.language).to_string(),
    ));
    rows.push(row("Kvittering", visit.receipt.clone()));
    rows
}

/// A phone that can be called.
pub(super) fn phone(phone: &str) -> Row {
    let dial: String = phone
        .chars()
        .filter(|c| c.is_ascii_digit() || *c == '+')
        .collect();
    Row {
        name: "Telefon",
        text: readable(phone),
        url: Some(format!("tel:{dial}")),
    }
}

/// A mail address that can be written to.
pub(super) fn email(email: &str) -> Row {
    Row {
        name: "E-mail",
        text: email.to_string(),
        url: is_plain(email).then(|| format!("mailto:{email}")),
    }
}

/// "+45 12 34 56 78"; other countries as they come.
fn readable(phone: &str) -> String {
    let Some(rest) = phone
        .strip_prefix("+45")
        .filter(|rest| rest.len() == 8 && rest.is_ascii())
    else {
        return phone.to_string();
    };
    let pairs: Vec<&str> = (0..4).map(|at| &rest[at * 2..at * 2 + 2]).collect();
    format!("+45 {}", pairs.join(" "))
}

/// An address that adds nothing to a message of its own (`?body=`).
fn is_plain(email: &str) -> bool {
    email
        .chars()
        .all(|c| c.is_alphanumeric() || "@.-_+".contains(c))
}

fn shift(app: &App, desk: &Desk, visit: &Visit, moving: &Moving, parts: &mut Vec<Part>) {
    parts.push(Part::Rows(short(app, desk, visit)));
    if let Some(slot) = &moving.chosen {
        let to = place_and_time(app, desk, visit, slot);
        parts.push(Part::Title("Ny tid".into()));
        parts.push(Part::Line(to));
        parts.push(Part::Line("Borgeren får besked om den nye tid.".into()));
        parts.push(Part::Buttons(vec![
            Button::new(
                "yes",
                &sending(desk, "Flyt aftalen"),
                Press::MoveYes,
                Look::Main,
            )
            .busy_if(busy(desk)),
            back("Vælg en anden tid"),
        ]));
        return;
    }
    parts.push(Part::Title("Vælg en ny tid".into()));
    match &moving.free {
        None if moving.lost => {
            parts.push(Part::Line("Vi kunne ikke hente de ledige tider.".into()));
            parts.push(Part::Buttons(vec![
                Button::new("again", "Prøv igen", Press::First, Look::Main),
                back("Tilbage"),
            ]));
        }
        None => {
            parts.push(Part::Line("Henter ledige tider …".into()));
            parts.push(Part::Buttons(vec![back("Tilbage")]));
        }
        Some(free) => {
            if free.slots.is_empty() {
                parts.push(Part::Line("Der er ingen ledige tider i de dage.".into()));
            }
            parts.extend(times(app, desk, visit, &free.slots));
            let mut buttons = Vec::new();
            if free.next.is_some() {
                buttons.push(Button::new(
                    "later",
                    "Senere dage",
                    Press::Later,
                    Look::Plain,
                ));
            }
            if moving.from.is_some_and(|from| from > app.today()) {
                buttons.push(Button::new(
                    "first",
                    "De første tider",
                    Press::First,
                    Look::Plain,
                ));
            }
            buttons.push(back("Tilbage"));
            parts.push(Part::Buttons(buttons));
        }
    }
}

fn place_and_time(app: &App, desk: &Desk, visit: &Visit, slot: &Slot) -> String {
    let time = when::capital(&when::moment(&slot.start, app.today()));
    if slot.location == visit.location {
        time
    } else {
        format!("{time}, {}", desk.location_name(&slot.location))
    }
}

/// Free times by day and place.
fn times(app: &App, desk: &Desk, visit: &Visit, slots: &[Slot]) -> Vec<Part> {
    let mut groups: Vec<(String, Vec<Button>)> = Vec::new();
    for (at, slot) in slots.iter().enumerate() {
        if slot.start == visit.start && slot.location == visit.location {
            continue; // the time it has
        }
        let Some((date, minute)) = when::wall(&slot.start) else {
            continue;
        };
        let mut title = when::capital(&when::day(date, app.today()));
        if slot.location != visit.location {
            title = format!("{title}, {}", desk.location_name(&slot.location));
        }
        let clock = when::clock(minute);
        let spoken = format!("{clock}, {title}");
        let button = Button::new("", &clock, Press::Slot(at), Look::Plain).spoken(spoken);
        match groups.iter_mut().find(|(one, _)| *one == title) {
            Some((_, buttons)) => buttons.push(button),
            None => groups.push((title, vec![button])),
        }
    }
    groups
        .into_iter()
        .map(|(title, buttons)| Part::Times(title, buttons))
        .collect()
}

/// The form for blocked time.
pub(super) fn new_block(app: &App, desk: &Desk) -> Card {
    let mut counters = vec![(String::new(), "Hele stedet".to_string())];
    counters.extend(
        desk.counters()
            .iter()
            .map(|one| (one.id.clone(), one.name.clone())),
    );
    let mut reason = field(app, "reason", "Hvorfor?", Kind::Area);
    reason.hint = "Kun kollegaer læser det. Uden CPR-nummer.";
    Card {
        title: "Spær tid".into(),
        parts: vec![
            Part::Line(format!(
                "Borgere kan ikke booke i tiden. Sted: {}.",
                desk.location_name(&desk.location)
            )),
            Part::Field(field(app, "counter", "Skranke", Kind::Choice(counters))),
            Part::Field(field(app, "date", "Dag", Kind::Date)),
            Part::Field(field(app, "from", "Fra kl.", Kind::Time)),
            Part::Field(field(app, "to", "Til kl.", Kind::Time)),
            Part::Field(reason),
            Part::Buttons(vec![
                Button::new(
                    "yes",
                    &sending(desk, "Spær tiden"),
                    Press::BlockYes,
                    Look::Main,
                )
                .busy_if(busy(desk)),
                back("Fortryd"),
            ]),
        ],
        ..Card::default()
    }
}

/// Blocked time.
pub(super) fn block(app: &App, desk: &Desk, id: &str, sure: bool) -> Card {
    let Some(block) = desk.block(id) else {
        return Card {
            title: "Spærret tid".into(),
            parts: vec![Part::Told(Told {
                tone: crate::state::Tone::Note,
                text: "Tiden er ikke spærret længere.".into(),
            })],
            ..Card::default()
        };
    };
    let counter = block
        .counter
        .as_ref()
        .map_or("Hele stedet", |id| desk.counter(id));
    let row = |name, text| Row {
        name,
        text,
        url: None,
    };
    let mut parts = vec![Part::Rows(vec![
        row(
            "Fra",
            when::capital(&when::moment(&block.start, app.today())),
        ),
        row("Til", when::capital(&when::moment(&block.end, app.today()))),
        row("Skranke", counter.to_string()),
        row("Hvorfor", block.reason.clone()),
    ])];
    if desk.blocks() {
        if sure {
            parts.push(Part::Line("Skal borgere kunne booke i tiden igen?".into()));
            parts.push(Part::Buttons(vec![
                Button::new(
                    "yes",
                    &sending(desk, "Ja, giv tiden fri"),
                    Press::UnblockYes,
                    Look::Main,
                )
                .busy_if(busy(desk)),
                back("Nej, tilbage"),
            ]));
        } else {
            parts.push(Part::Buttons(vec![Button::new(
                "unblock",
                "Giv tiden fri",
                Press::Unblock,
                Look::Plain,
            )]));
        }
    }
    Card {
        title: "Spærret tid".into(),
        parts,
        ..Card::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phone_numbers_are_read_in_pairs() {
        assert_eq!(readable("+4512345678"), "+45 12 34 56 78");
        assert_eq!(readable("+46701234567"), "+46701234567");
    }

    #[test]
    fn an_address_cannot_write_the_mail() {
        assert!(is_plain("anna.jensen+pas@eksempel.dk"));
        assert!(!is_plain("anna@eksempel.dk?body=x"));
        assert!(!is_plain("anna@eksempel.dk&cc=b@c.dk"));
    }
}
