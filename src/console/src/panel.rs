//! The panel beside the day: a booking and what is done with it, blocked time, alerts.

use protocol::staff::{
    BlockRefused, BlockRequest, Blocked, Changed, Found, MoveSlots, ReceiptRequest, SeenRequest,
    StaffCancelRequest, StaffMoveRequest, UnblockRequest, Visit,
};
use protocol::{Code, path};

use crate::change::{Change, Deed, Expected, Outcome, Phase, code, outcome};
use crate::message::{Effect, Now, Press};
use crate::state::{App, Doing, Moving, Panel, Shown, Told, What};
use crate::step::{ask, get};
use crate::{desk, poll, query, texts, when};

/// Days of free times that are asked for at once.
const MOVE_DAYS: &str = "7";
/// Longest reason, characters.
const REASON_MOST: usize = 200;

fn shown(app: &mut App) -> Option<&mut Shown> {
    match &mut app.desk_mut()?.panel {
        Panel::Visit(shown) => Some(shown),
        _ => None,
    }
}

fn tell(app: &mut App, told: Option<Told>, out: &mut Vec<Effect>) {
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
        Press::Retry => return retry(app, out),
        Press::GiveUp => return give_up(app, now, out),
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
        Press::CheckIn(receipt) => receipt_deed(app, Deed::CheckIn, Some(receipt), now, out),
        Press::Undo => receipt_deed(app, Deed::Undo, None, now, out),
        Press::NoShow => doing(app, Doing::NoShow, out),
        Press::NoShowYes => receipt_deed(app, Deed::NoShow, None, now, out),
        Press::Cancel => {
            app.fields.insert("reason", String::new());
            doing(app, Doing::Cancel, out);
        }
        Press::CancelYes => cancel(app, now, out),
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
        Press::MoveYes => shift(app, now, out),
        Press::BlockYes => block(app, now, out),
        Press::Unblock => {
            if let Some(desk) = app.desk_mut()
                && let Panel::Block(_, sure) = &mut desk.panel
            {
                *sure = true;
                out.push(Effect::Focus("panel-title".into()));
            }
        }
        Press::UnblockYes => unblock(app, now, out),
        Press::Seen(id) => {
            let body = serde_json::to_string(&SeenRequest { alert: id.clone() });
            begin(app, Deed::Seen, id, path::STAFF_ALERTS_SEEN, body.unwrap_or_default(), None, now, out);
        }
        _ => {}
    }
}

/// Closes the panel; focus goes back to what opened it.
fn close(app: &mut App, out: &mut Vec<Effect>) {
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

fn moving(app: &mut App) -> Option<&mut Moving> {
    match &mut shown(app)?.doing {
        Doing::Move(moving) => Some(moving),
        _ => None,
    }
}

/// Asks for free times from a day on, or for the first.
fn slots(app: &mut App, from: Option<hours::Date>, out: &mut Vec<Effect>) {
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
    let free = serde_json::from_str::<MoveSlots>(body).ok();
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
    match (status, serde_json::from_str::<Found>(body)) {
        (200, Ok(found)) if !busy => take(app, found, out),
        (200, Ok(_)) => {}
        (404 | 422, _) => {
            shown.missing = true;
            out.push(Effect::Say("Der er ingen aftale med det nummer.".into()));
        }
        _ => tell(app, Told::bad(poll::LOST), out),
    }
}

/// The booking as it is now. Somebody else's change is told.
fn take(app: &mut App, found: Found, out: &mut Vec<Effect>) {
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
        return Some(format!("Den står nu som {}.", texts::state(now.state).to_lowercase()));
    }
    None
}

/// A change of one booking that needs nothing but its receipt.
fn receipt_deed(
    app: &mut App,
    deed: Deed,
    receipt: Option<String>,
    now: &Now,
    out: &mut Vec<Effect>,
) {
    let open = shown(app).map(|shown| shown.receipt.clone());
    let Some(receipt) = receipt.or(open) else {
        return;
    };
    let path = match deed {
        Deed::CheckIn => path::STAFF_CHECK_IN,
        Deed::Undo => path::STAFF_UNDO,
        _ => path::STAFF_NO_SHOW,
    };
    let body = serde_json::to_string(&ReceiptRequest {
        receipt: receipt.clone(),
    });
    begin_visit(app, deed, receipt, path, body.unwrap_or_default(), now, out);
}

/// The reason in the field, or the fault is marked.
fn reason(app: &mut App, out: &mut Vec<Effect>) -> Option<String> {
    let reason = app.field("reason").trim().to_string();
    app.faults.remove("reason");
    let fault = if reason.is_empty() {
        "Skriv en kort grund."
    } else if reason.chars().count() > REASON_MOST {
        "Skriv højst 200 tegn."
    } else {
        return Some(reason);
    };
    app.faults.insert("reason", fault.into());
    out.push(Effect::Focus("reason".into()));
    None
}

fn cancel(app: &mut App, now: &Now, out: &mut Vec<Effect>) {
    let Some(receipt) = shown(app).map(|shown| shown.receipt.clone()) else {
        return;
    };
    let Some(reason) = reason(app, out) else {
        return;
    };
    let body = serde_json::to_string(&StaffCancelRequest {
        receipt: receipt.clone(),
        reason,
    });
    begin_visit(app, Deed::Cancel, receipt, path::STAFF_CANCEL, body.unwrap_or_default(), now, out);
}

fn shift(app: &mut App, now: &Now, out: &mut Vec<Effect>) {
    let Some(receipt) = shown(app).map(|shown| shown.receipt.clone()) else {
        return;
    };
    let Some(slot) = moving(app).and_then(|moving| moving.chosen.clone()) else {
        return;
    };
    let body = serde_json::to_string(&StaffMoveRequest {
        receipt: receipt.clone(),
        start: slot.start.clone(),
        location: slot.location,
    });
    begin_visit(app, Deed::Move(slot.start), receipt, path::STAFF_MOVE, body.unwrap_or_default(), now, out);
}

fn block(app: &mut App, now: &Now, out: &mut Vec<Effect>) {
    app.faults.clear();
    let date = hours::Date::parse(app.field("date"));
    let instant = |field| when::instant(date?, when::minute(app.field(field))?);
    let (start, end) = (instant("from"), instant("to"));
    let mut faults = Vec::new();
    if date.is_none() {
        faults.push(("date", "Vælg en dag."));
    }
    if start.is_none() {
        faults.push(("from", "Skriv et klokkeslæt."));
    }
    if end.is_none() {
        faults.push(("to", "Skriv et klokkeslæt."));
    } else if start.is_some() && start >= end {
        faults.push(("to", "Skal være efter det første klokkeslæt."));
    }
    if let Some((first, _)) = faults.first() {
        out.push(Effect::Focus((*first).into()));
    }
    let fine = faults.is_empty();
    app.faults = faults
        .into_iter()
        .map(|(field, text)| (field, text.to_string()))
        .collect();
    if !fine {
        return;
    }
    let Some(reason) = reason(app, out) else {
        return;
    };
    let counter = app.field("counter").to_string();
    let Some(desk) = app.desk() else { return };
    let body = serde_json::to_string(&BlockRequest {
        location: desk.location.clone(),
        counter: (!counter.is_empty()).then_some(counter),
        start: start.unwrap_or_default(),
        end: end.unwrap_or_default(),
        reason,
    });
    begin(app, Deed::Block, String::new(), path::STAFF_BLOCKS, body.unwrap_or_default(), None, now, out);
}

fn unblock(app: &mut App, now: &Now, out: &mut Vec<Effect>) {
    let Some(Panel::Block(id, _)) = app.desk().map(|desk| &desk.panel) else {
        return;
    };
    let block = id.clone();
    let body = serde_json::to_string(&UnblockRequest {
        block: block.clone(),
    });
    begin(app, Deed::Unblock, block, path::STAFF_UNBLOCK, body.unwrap_or_default(), None, now, out);
}

/// Begins a change of a booking: it is looked at once more before anything is sent.
fn begin_visit(
    app: &mut App,
    deed: Deed,
    receipt: String,
    path: &'static str,
    body: String,
    now: &Now,
    out: &mut Vec<Effect>,
) {
    let seen = shown(app)
        .filter(|shown| shown.receipt == receipt)
        .and_then(|shown| shown.visit.clone());
    let seen = seen.or_else(|| app.desk()?.visit(&receipt).cloned());
    let Some(seen) = seen else { return };
    let expected = Expected {
        visit: seen.visit,
        state: seen.state,
    };
    begin(app, deed, receipt, path, body, Some(expected), now, out);
}

#[expect(clippy::too_many_arguments, reason = "what a change consists of")]
fn begin(
    app: &mut App,
    deed: Deed,
    about: String,
    path: &'static str,
    body: String,
    expected: Option<Expected>,
    now: &Now,
    out: &mut Vec<Effect>,
) {
    out.push(Effect::Say(texts::doing(&deed).into()));
    let looks = expected.is_some();
    let receipt = about.clone();
    let change = Change {
        deed,
        about,
        key: now.fresh.clone(),
        path,
        body,
        expected,
        phase: Phase::Looking,
    };
    if let Some(desk) = app.desk_mut() {
        desk.told = None;
        desk.notice = None;
        desk.change = Some(change);
    }
    if looks {
        let path = query::with(path::STAFF_FIND, &[("receipt", &receipt)]);
        get(app, What::Look, path, out);
    } else {
        send(app, out);
    }
}

/// Sends what is to be changed, for the first time or again: the same bytes, the same key.
fn send(app: &mut App, out: &mut Vec<Effect>) {
    let Some(change) = app.desk_mut().and_then(|desk| desk.change.as_mut()) else {
        return;
    };
    change.phase = Phase::Sending;
    let (path, body, key) = (change.path.to_string(), change.body.clone(), change.key.clone());
    ask(app, What::Change, path, Some(body), &key, out);
}

/// The look before a change: is the booking still what the clerk saw?
pub(crate) fn looked(app: &mut App, status: u16, body: &str, out: &mut Vec<Effect>) {
    let Some(change) = app.desk().and_then(|desk| desk.change.clone()) else {
        return;
    };
    match (status, serde_json::from_str::<Found>(body)) {
        (200, Ok(found)) => {
            let same = change.expected.as_ref().is_none_or(|expected| {
                expected.visit == found.visit.visit && expected.state == found.visit.state
            });
            if same {
                return send(app, out);
            }
            stop(app);
            if shown(app).is_some_and(|shown| shown.receipt == change.about) {
                take(app, found, out);
            } else {
                show(app, change.about, out);
                tell(app, Told::note("En anden har ændret aftalen imens. Her er den, som den er nu. Intet er gemt."), out);
            }
        }
        (404 | 422, _) => refused(app, &change, Code::NotFound, out),
        _ => {
            stop(app);
            report(app, &change, Told::bad("Vi kunne ikke nå serveren. Intet er ændret. Prøv igen."), out);
        }
    }
}

fn stop(app: &mut App) {
    if let Some(desk) = app.desk_mut() {
        desk.change = None;
    }
}

/// Says what became of a change where the clerk is: in the panel, or above the day.
fn report(app: &mut App, change: &Change, told: Option<Told>, out: &mut Vec<Effect>) {
    let here = match app.desk().map(|desk| &desk.panel) {
        Some(Panel::Visit(shown)) => shown.receipt == change.about,
        Some(Panel::Closed) | None => false,
        Some(_) => true,
    };
    if here {
        tell(app, told, out);
    } else {
        desk::notice(app, told, out);
    }
}

fn retry(app: &mut App, out: &mut Vec<Effect>) {
    let Some(change) = app.desk().and_then(|desk| desk.change.as_ref()) else {
        return;
    };
    if change.phase == Phase::Lost {
        out.push(Effect::Say(texts::doing(&change.deed).into()));
        send(app, out);
    }
}

/// The clerk gives up: nothing is claimed, what the server holds is shown.
fn give_up(app: &mut App, now: &Now, out: &mut Vec<Effect>) {
    let change = app.desk().and_then(|desk| desk.change.clone());
    let Some(change) = change.filter(|change| change.phase == Phase::Lost) else {
        return;
    };
    stop(app);
    if let Some(shown) = shown(app) {
        shown.visit = None;
        shown.found = None;
        shown.doing = Doing::Look;
    }
    report(app, &change, Told::note("Det er måske gemt, måske ikke. Her er, hvad serveren har nu."), out);
    refresh(app, now, out);
    out.push(Effect::Focus("panel-title".into()));
}

/// Everything that a change may have touched, anew.
fn refresh(app: &mut App, now: &Now, out: &mut Vec<Effect>) {
    if let Some(receipt) = shown(app).map(|shown| shown.receipt.clone()) {
        app.waiting
            .retain(|(_, what)| !matches!(what, What::Find(_)));
        read(app, receipt, out);
    }
    poll::days(app, now, out);
    poll::alerts(app, out);
}

fn refused(app: &mut App, change: &Change, code: Code, out: &mut Vec<Effect>) {
    stop(app);
    report(app, change, Told::bad(texts::refused(code)), out);
}

/// The answer to a change.
pub(crate) fn changed(app: &mut App, status: u16, body: &str, now: &Now, out: &mut Vec<Effect>) {
    let Some(change) = app.desk().and_then(|desk| desk.change.clone()) else {
        return;
    };
    match outcome(status, body) {
        Outcome::Done => done(app, &change, body, now, out),
        Outcome::Unsure => {
            if let Some(change) = app.desk_mut().and_then(|desk| desk.change.as_mut()) {
                change.phase = Phase::Lost;
            }
            out.push(Effect::Say(texts::unsure(&change.deed)));
            out.push(Effect::Focus("retry".into()));
        }
        Outcome::Refused(Code::Booked) => {
            stop(app);
            tell(app, Told::bad(in_the_way(body)), out);
        }
        Outcome::Refused(code) => {
            refused(app, &change, code, out);
            match (code, moving(app).is_some()) {
                (Code::SlotTaken | Code::NotASlot, true) => slots(app, None, out),
                (Code::WrongState | Code::NotFound, _) => {
                    if let Some(shown) = shown(app) {
                        shown.visit = None;
                        shown.doing = Doing::Look;
                    }
                    out.push(Effect::Focus("panel-title".into()));
                }
                _ => {}
            }
            refresh(app, now, out);
        }
        Outcome::SignedOut => {} // told where everything is signed out
    }
}

fn done(app: &mut App, change: &Change, body: &str, now: &Now, out: &mut Vec<Effect>) {
    stop(app);
    let today = app.today();
    let mut text = texts::done(&change.deed).to_string();
    match &change.deed {
        Deed::Move(_) | Deed::Cancel => {
            if let Ok(changed) = serde_json::from_str::<Changed>(body) {
                if matches!(change.deed, Deed::Move(_)) {
                    text = format!("Aftalen er flyttet til {}.", when::moment(&changed.start, today));
                }
                text.push_str(texts::told(&changed.told));
            }
        }
        Deed::Block => {
            if let Ok(blocked) = serde_json::from_str::<Blocked>(body)
                && !blocked.reassigned.is_empty()
            {
                let moved: Vec<String> = blocked
                    .reassigned
                    .iter()
                    .map(|one| {
                        let desk = app.desk();
                        let counter = desk.map_or(one.counter.as_str(), |desk| desk.counter(&one.counter));
                        format!("{} til {counter}", one.receipt)
                    })
                    .collect();
                text = format!("{text} Aftaler, der har fået en anden skranke: {}.", moved.join(", "));
            }
        }
        _ => {}
    }
    match change.deed {
        Deed::Block | Deed::Unblock => {
            close(app, out);
            desk::notice(app, Told::good(text), out);
        }
        Deed::Seen => {
            if let Some(desk) = app.desk_mut() {
                desk.alerts.retain(|alert| alert.alert != change.about);
            }
            tell(app, Told::good(text), out);
            out.push(Effect::Focus("panel-title".into()));
        }
        _ => {
            report(app, change, Told::good(text), out);
            if let Some(shown) = shown(app).filter(|shown| shown.receipt == change.about) {
                shown.visit = None;
                shown.doing = Doing::Look;
                out.push(Effect::Focus("panel-title".into()));
            } else {
                out.push(Effect::Focus(format!("v-{}", change.about)));
            }
        }
    }
    refresh(app, now, out);
}

/// Which bookings are in the way of a block.
fn in_the_way(body: &str) -> String {
    let Ok(refused) = serde_json::from_str::<BlockRefused>(body) else {
        return texts::refused(Code::Booked).to_string();
    };
    let mut text = String::from("Tiden er ikke spærret.");
    match refused.count {
        0 => {}
        1 => text.push_str(" Der er 1 aftale i vejen: "),
        count => text.push_str(&format!(" Der er {count} aftaler i vejen: ")),
    }
    if refused.count > 0 {
        text.push_str(&refused.receipts.join(", "));
        text.push_str(". Flyt eller aflys dem først.");
    }
    if refused.held > 0 {
        text.push_str(" En borger er ved at booke i den tid. Prøv igen om en time.");
    }
    text
}

/// True while the panel takes the place of the day on a narrow window.
pub(crate) fn covers(app: &App) -> bool {
    app.narrow
        && app
            .desk()
            .is_some_and(|desk| !matches!(desk.panel, Panel::Closed))
}

