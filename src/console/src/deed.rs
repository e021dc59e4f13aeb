//! Changes of bookings, blocked time and alerts: what the form says becomes a request, the booking is looked at once more, the
//! request is sent, and what the answer means is told. Nothing is claimed before the server has said it.

use protocol::staff::{
    BlockRefused, BlockRequest, Blocked, Changed, Found, ReceiptRequest, StaffCancelRequest,
    StaffMoveRequest, UnblockRequest, Visit,
};
use protocol::{Code, path};

use crate::change::{Change, Deed, Expected, Outcome, Phase, outcome};
use crate::message::{Effect, Now};
use crate::panel::{close, moving, read, show, shown, slots, take, tell};
use crate::state::{App, Doing, Panel, Told, What};
use crate::step::{ask, get, key};
use crate::{chats, desk, poll, query, texts, when, wire};

/// Longest reason, characters.
const REASON_MOST: usize = 200;

/// A change of one booking that needs nothing but its receipt.
pub(crate) fn receipt_deed(
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
    let Some(seen) = seen(app, &receipt) else {
        return;
    };
    let body = wire::written(&ReceiptRequest {
        receipt: receipt.clone(),
        visit: Some(seen.visit.clone()),
    });
    begin_visit(app, deed, receipt, seen, path, body, now, out);
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

pub(crate) fn cancel(app: &mut App, now: &Now, out: &mut Vec<Effect>) {
    let Some(receipt) = shown(app).map(|shown| shown.receipt.clone()) else {
        return;
    };
    let Some(reason) = reason(app, out) else {
        return;
    };
    let Some(seen) = seen(app, &receipt) else {
        return;
    };
    let body = wire::written(&StaffCancelRequest {
        receipt: receipt.clone(),
        visit: Some(seen.visit.clone()),
        reason,
    });
    begin_visit(
        app,
        Deed::Cancel,
        receipt,
        seen,
        path::STAFF_CANCEL,
        body,
        now,
        out,
    );
}

pub(crate) fn shift(app: &mut App, now: &Now, out: &mut Vec<Effect>) {
    let Some(receipt) = shown(app).map(|shown| shown.receipt.clone()) else {
        return;
    };
    let Some(slot) = moving(app).and_then(|moving| moving.chosen.clone()) else {
        return;
    };
    let Some(seen) = seen(app, &receipt) else {
        return;
    };
    let body = wire::written(&StaffMoveRequest {
        receipt: receipt.clone(),
        visit: Some(seen.visit.clone()),
        start: slot.start.clone(),
        location: slot.location,
    });
    begin_visit(
        app,
        Deed::Move(slot.start),
        receipt,
        seen,
        path::STAFF_MOVE,
        body,
        now,
        out,
    );
}

pub(crate) fn block(app: &mut App, now: &Now, out: &mut Vec<Effect>) {
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
    let body = wire::written(&BlockRequest {
        location: desk.location.clone(),
        counter: (!counter.is_empty()).then_some(counter),
        start: start.unwrap_or_default(),
        end: end.unwrap_or_default(),
        reason,
    });
    begin(
        app,
        Deed::Block,
        String::new(),
        path::STAFF_BLOCKS,
        body,
        None,
        now,
        out,
    );
}

pub(crate) fn unblock(app: &mut App, now: &Now, out: &mut Vec<Effect>) {
    let Some(Panel::Block(id, _)) = app.desk().map(|desk| &desk.panel) else {
        return;
    };
    let block = id.clone();
    let body = wire::written(&UnblockRequest {
        block: block.clone(),
    });
    begin(
        app,
        Deed::Unblock,
        block,
        path::STAFF_UNBLOCK,
        body,
        None,
        now,
        out,
    );
}

/// The visit of a booking as it stands on the screen.
fn seen(app: &mut App, receipt: &str) -> Option<Visit> {
    shown(app)
        .filter(|shown| shown.receipt == receipt)
        .and_then(|shown| shown.visit.clone())
        .or_else(|| app.desk()?.visit(receipt).cloned())
}

/// Begins a change of a booking: it is looked at once more before anything is sent.
#[expect(clippy::too_many_arguments, reason = "what a change consists of")]
fn begin_visit(
    app: &mut App,
    deed: Deed,
    receipt: String,
    seen: Visit,
    path: &'static str,
    body: String,
    now: &Now,
    out: &mut Vec<Effect>,
) {
    let expected = Expected {
        visit: seen.visit,
        state: seen.state,
    };
    begin(app, deed, receipt, path, body, Some(expected), now, out);
}

#[expect(clippy::too_many_arguments, reason = "what a change consists of")]
pub(crate) fn begin(
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
        key: key(app, now),
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
    let (path, body, key) = (
        change.path.to_string(),
        change.body.clone(),
        change.key.clone(),
    );
    ask(app, What::Change, path, Some(body), &key, out);
}

/// The look before a change: is the booking still what the clerk saw?
pub(crate) fn looked(app: &mut App, status: u16, body: &str, out: &mut Vec<Effect>) {
    let Some(change) = app.desk().and_then(|desk| desk.change.clone()) else {
        return;
    };
    match (status, wire::read::<Found>(body, "visit")) {
        (200, Some(found)) => {
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
                tell(
                    app,
                    Told::note(
                        "En anden har ændret aftalen imens. Her er den, som den er nu. Intet er gemt.",
                    ),
                    out,
                );
            }
        }
        (404 | 422, _) => refused(app, &change, Code::NotFound, out),
        _ => {
            stop(app);
            report(
                app,
                &change,
                Told::bad("Vi kunne ikke nå serveren. Intet er ændret. Prøv igen."),
                out,
            );
        }
    }
}

pub(crate) fn stop(app: &mut App) {
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

pub(crate) fn retry(app: &mut App, out: &mut Vec<Effect>) {
    let Some(change) = app.desk().and_then(|desk| desk.change.as_ref()) else {
        return;
    };
    if change.phase == Phase::Lost {
        out.push(Effect::Say(texts::doing(&change.deed).into()));
        send(app, out);
    }
}

/// The clerk gives up: nothing is claimed, what the server holds is shown.
pub(crate) fn give_up(app: &mut App, now: &Now, out: &mut Vec<Effect>) {
    let change = app.desk().and_then(|desk| desk.change.clone());
    let Some(change) = change.filter(|change| change.phase == Phase::Lost) else {
        return;
    };
    stop(app);
    if let Deed::Talk(deed) = &change.deed {
        return chats::deed::given_up(app, deed, out);
    }
    if let Some(shown) = shown(app) {
        shown.visit = None;
        shown.found = None;
        shown.doing = Doing::Look;
    }
    report(
        app,
        &change,
        Told::note("Det er måske gemt, måske ikke. Her er, hvad serveren har nu."),
        out,
    );
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
    let text = match (&change.deed, code) {
        (Deed::Seen, Code::NotFound) => texts::SEEN_GONE,
        _ => texts::refused(code),
    };
    report(app, change, Told::bad(text), out);
}

/// The answer to a change.
pub(crate) fn changed(app: &mut App, status: u16, body: &str, now: &Now, out: &mut Vec<Effect>) {
    let Some(change) = app.desk().and_then(|desk| desk.change.clone()) else {
        return;
    };
    let outcome = outcome(status, body);
    if let Deed::Talk(deed) = &change.deed
        && outcome != Outcome::Unsure
    {
        return chats::deed::answered(app, deed, &change.about, outcome, body, out);
    }
    match outcome {
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
            if let Some(changed) = wire::read::<Changed>(body, "receipt") {
                if matches!(change.deed, Deed::Move(_)) {
                    text = format!(
                        "Aftalen er flyttet til {}.",
                        when::moment(&changed.start, today)
                    );
                }
                text.push_str(texts::told(&changed.told));
            }
        }
        Deed::Block => {
            if let Some(blocked) = wire::read::<Blocked>(body, "block")
                && !blocked.reassigned.is_empty()
            {
                let moved: Vec<String> = blocked
                    .reassigned
                    .iter()
                    .map(|one| {
                        let desk = app.desk();
                        let counter =
                            desk.map_or(one.counter.as_str(), |desk| desk.counter(&one.counter));
                        format!("{} til {counter}", one.receipt)
                    })
                    .collect();
                text = format!(
                    "{text} Aftaler, der har fået en anden skranke: {}.",
                    moved.join(", ")
                );
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
    let Some(refused) = wire::read::<BlockRefused>(body, "receipts") else {
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
