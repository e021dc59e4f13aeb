//! The panel beside the day: a booking and what is done with it, blocked time, alerts.

use protocol::path;
use protocol::staff::{Found, MoveSlots, SeenRequest, Visit};

use crate::change::{Deed, code};
use crate::deed;
use crate::message::{Effect, Now, Press};
use crate::state::{App, Area, Doing, Moving, Panel, Shown, Told, What};
use crate::step::get;
use crate::{desk, poll, query, texts, when, wire};

/// Days of free times that are asked for at once.
const MOVE_DAYS: &str = "7";

pub(crate) fn shown(app: &mut App) -> Option<&mut Shown> {
    match &mut app.desk_mut()?.panel {
        Panel::Visit(shown) => Some(shown),
        _ => None,
    }
}

pub(crate) fn tell(app: &mut App, told: Option<Told>, out: &mut Vec<Effect>) {
    if let Some(told) = &told {
        out.push(Effect::Say(told.text.clone()));
    }
    if let Some(desk) = app.desk_mut() {
        desk.told = told;
    }
}

/// Opens something in the panel.
fn open(app: &mut App, panel: Panel, out: &mut Vec<Effect>) {
    for field in ["reason", "counter", "date", "from", "to"] {
        app.fields.remove(field);
    }
    app.faults.clear();
    if let Some(desk) = app.desk_mut() {
        desk.panel = panel;
        desk.told = None;
    }
    out.push(Effect::Focus("panel-title".into()));
}

/// Opens a booking.
pub(crate) fn show(app: &mut App, receipt: String, out: &mut Vec<Effect>) {
    let seen = app.desk().and_then(|desk| desk.visit(&receipt).cloned());
    let shown = Shown {
        receipt: receipt.clone(),
        visit: seen,
        ..Shown::default()
    };
    open(app, Panel::Visit(Box::new(shown)), out);
    read(app, receipt, out);
}

/// Reads a booking anew.
pub(crate) fn read(app: &mut App, receipt: String, out: &mut Vec<Effect>) {
    let what = What::Find(receipt.clone());
    if !app.waiting.iter().any(|(_, one)| *one == what) {
        let path = query::with(path::STAFF_FIND, &[("receipt", &receipt)]);
        get(app, what, path, out);
    }
}

/// A button of the panel, or of a visit in the day.
pub(crate) fn press(app: &mut App, press: Press, now: &Now, out: &mut Vec<Effect>) {
    // While a change has no answer, nothing else begins: its result decides what can be done.
    let busy = app.desk().is_some_and(|desk| desk.change.is_some());
    match press {
        Press::Retry => return deed::retry(app, out),
        Press::GiveUp => return deed::give_up(app, now, out),
        _ if busy => return,
        _ => {}
    }
    match press {
        Press::Visit(receipt) => {
            if let Some(desk) = app.desk_mut() {
                desk.opener = format!("v-{receipt}");
            }
            show(app, receipt, out);
        }
        Press::VisitOf(receipt) => {
            if let Some(desk) = app.desk_mut() {
                desk.opener = "alerts".into();
            }
            desk::area(app, Area::Booking, now, out);
            show(app, receipt, out);
        }
        Press::Block(id) => {
            if let Some(desk) = app.desk_mut() {
                desk.opener = format!("b-{id}");
            }
            open(app, Panel::Block(id, false), out);
        }
        Press::NewBlock => {
            let Some(desk) = app.desk_mut() else { return };
            desk.opener = "new-block".into();
            let date = desk.date.to_string();
            open(app, Panel::NewBlock, out);
            app.fields.insert("date", date);
            app.fields.insert("counter", String::new());
        }
        Press::Alerts => {
            if let Some(desk) = app.desk_mut() {
                desk.opener = "alerts".into();
            }
            open(app, Panel::Alerts, out);
        }
        Press::Close => close(app, out),
        Press::Back => back(app, out),
        Press::CheckIn(receipt) => deed::receipt_deed(app, Deed::CheckIn, Some(receipt), now, out),
        Press::Undo => deed::receipt_deed(app, Deed::Undo, None, now, out),
        Press::NoShow => doing(app, Doing::NoShow, out),
        Press::NoShowYes => deed::receipt_deed(app, Deed::NoShow, None, now, out),
        Press::Cancel => {
            app.fields.insert("reason", String::new());
            doing(app, Doing::Cancel, out);
        }
        Press::CancelYes => deed::cancel(app, now, out),
        Press::Move => {
            doing(app, Doing::Move(Box::default()), out);
            slots(app, None, out);
        }
        Press::First => slots(app, None, out),
        Press::Later => {
            let next = moving(app).and_then(|moving| {
                let free = moving.free.as_ref()?;
                hours::Date::parse(free.next.as_deref()?)
            });
            if next.is_some() {
                slots(app, next, out);
            }
        }
        Press::Slot(at) => {
            if let Some(moving) = moving(app) {
                moving.chosen = moving
                    .free
                    .as_ref()
                    .and_then(|free| free.slots.get(at).cloned());
                out.push(Effect::Focus("panel-title".into()));
            }
        }
        Press::MoveYes => deed::shift(app, now, out),
        Press::BlockYes => deed::block(app, now, out),
        Press::Unblock => {
            if let Some(desk) = app.desk_mut()
                && let Panel::Block(_, sure) = &mut desk.panel
            {
                *sure = true;
                out.push(Effect::Focus("panel-title".into()));
            }
        }
        Press::UnblockYes => deed::unblock(app, now, out),
        Press::Seen(id) => {
            let body = wire::written(&SeenRequest { alert: id.clone() });
            deed::begin(
                app,
                Deed::Seen,
                id,
                path::STAFF_ALERTS_SEEN,
                body,
                None,
                now,
                out,
            );
        }
        _ => {}
    }
}

/// Closes the panel; focus goes back to what opened it.
pub(crate) fn close(app: &mut App, out: &mut Vec<Effect>) {
    let Some(desk) = app.desk_mut() else { return };
    desk.panel = Panel::Closed;
    desk.told = None;
    let opener = std::mem::take(&mut desk.opener);
    app.faults.clear();
    out.push(Effect::Focus(opener));
}

/// One step back: from a question to the booking, from the booking to the day.
fn back(app: &mut App, out: &mut Vec<Effect>) {
    let Some(desk) = app.desk_mut() else { return };
    match &mut desk.panel {
        Panel::Visit(shown) if shown.doing != Doing::Look => {
            let chosen = match &mut shown.doing {
                Doing::Move(moving) => moving.chosen.take().is_some(),
                _ => false,
            };
            if !chosen {
                shown.doing = Doing::Look;
            }
            desk.told = None;
            app.faults.clear();
            out.push(Effect::Focus("panel-title".into()));
        }
        Panel::Block(_, sure) if *sure => {
            *sure = false;
            out.push(Effect::Focus("panel-title".into()));
        }
        _ => close(app, out),
    }
}

fn doing(app: &mut App, doing: Doing, out: &mut Vec<Effect>) {
    app.faults.clear();
    if let Some(desk) = app.desk_mut() {
        desk.told = None;
    }
    if let Some(shown) = shown(app) {
        shown.doing = doing;
        out.push(Effect::Focus("panel-title".into()));
    }
}

pub(crate) fn moving(app: &mut App) -> Option<&mut Moving> {
    match &mut shown(app)?.doing {
        Doing::Move(moving) => Some(moving),
        _ => None,
    }
}

/// Asks for free times from a day on, or for the first.
pub(crate) fn slots(app: &mut App, from: Option<hours::Date>, out: &mut Vec<Effect>) {
    let today = app.today();
    let Some(receipt) = shown(app).map(|shown| shown.receipt.clone()) else {
        return;
    };
    let Some(moving) = moving(app) else { return };
    let from = from.unwrap_or(today);
    moving.from = Some(from);
    moving.free = None;
    moving.lost = false;
    moving.chosen = None;
    let day = from.to_string();
    let path = query::with(
        path::STAFF_SLOTS,
        &[("receipt", &receipt), ("from", &day), ("days", MOVE_DAYS)],
    );
    app.waiting
        .retain(|(_, what)| !matches!(what, What::Slots(_)));
    get(app, What::Slots(receipt), path, out);
}

/// Free times, or none.
pub(crate) fn slots_answered(
    app: &mut App,
    receipt: &str,
    status: u16,
    body: &str,
    out: &mut Vec<Effect>,
) {
    if shown(app).is_none_or(|shown| shown.receipt != receipt) {
        return;
    }
    let Some(moving) = moving(app) else { return };
    let free = wire::read::<MoveSlots>(body, "slots");
    if let (200, Some(free)) = (status, free) {
        let count = free.slots.len();
        moving.free = Some(free);
        out.push(Effect::Say(match count {
            0 => "Ingen ledige tider i de dage.".into(),
            _ => format!("{count} ledige tider."),
        }));
    } else {
        moving.lost = true;
        if (400..500).contains(&status) {
            let text = texts::refused(code(body));
            tell(app, Told::bad(text), out);
        }
    }
}

/// The booking, or that there is none.
pub(crate) fn found_answered(
    app: &mut App,
    receipt: &str,
    status: u16,
    body: &str,
    out: &mut Vec<Effect>,
) {
    let busy = app.desk().is_some_and(|desk| desk.change.is_some());
    let Some(shown) = shown(app).filter(|shown| shown.receipt == receipt) else {
        return;
    };
    match (status, wire::read::<Found>(body, "visit")) {
        (200, Some(found)) if !busy => take(app, found, out),
        (200, Some(_)) => {}
        (404 | 422, _) => {
            shown.missing = true;
            out.push(Effect::Say("Der er ingen aftale med det nummer.".into()));
        }
        _ => tell(app, Told::bad(poll::LOST), out),
    }
}

/// The booking as it is now. Somebody else's change is told.
pub(crate) fn take(app: &mut App, found: Found, out: &mut Vec<Effect>) {
    let today = app.today();
    let Some(shown) = shown(app) else { return };
    let visit = found.visit.clone();
    let before = shown.visit.replace(visit.clone());
    shown.receipt = visit.receipt.clone();
    shown.found = Some(found);
    shown.missing = false;
    let Some(change) = before.and_then(|before| difference(&before, &visit, today)) else {
        return;
    };
    // What was begun was meant for the booking as it was.
    shown.doing = Doing::Look;
    let text = format!("En anden har ændret aftalen imens: {change}");
    tell(app, Told::note(text), out);
    out.push(Effect::Focus("panel-title".into()));
}

/// What another clerk, or the citizen, has changed, in words. Nothing when it is what a clerk decides by that is the same.
fn difference(before: &Visit, now: &Visit, today: hours::Date) -> Option<String> {
    if before.start != now.start || before.location != now.location {
        return Some(format!("Tiden er nu {}.", when::moment(&now.start, today)));
    }
    if before.state != now.state {
        return Some(format!(
            "Den står nu som {}.",
            texts::state(now.state).to_lowercase()
        ));
    }
    None
}

/// True while the panel takes the place of the day on a narrow window.
pub(crate) fn covers(app: &App) -> bool {
    app.narrow
        && app
            .desk()
            .is_some_and(|desk| !matches!(desk.panel, Panel::Closed))
}
