//! Staff change a booking: check in, no-show, undo, move, cancel. The table of states says what is possible.

use super::super::Draft;
use super::super::book::channels;
use super::super::change::{Hand, call_off, shift_to};
use super::super::hold::times;
use super::super::show::state;
use super::{found, reason};
use crate::fault::Fault;
use crate::store::Tx;
use crate::store::bookings::PersonRow;
use crate::store::staff::StaffRow;
use crate::store::visits::VisitRow;
use crate::tenant::Site;
use booking::{Actor, Event, instant_text, permit};
use protocol::staff::{Changed, ReceiptRequest, StaffCancelRequest, StaffMoveRequest};
use protocol::{Channel, Code, MoveRequest};

/// Check in, no-show, undo: nothing but the state changes, and nobody is told.
pub(super) async fn mark(
    tx: &mut Tx,
    who: &str,
    wish: &ReceiptRequest,
    event: Event,
    now_ms: i64,
) -> Result<Draft, Fault> {
    let row = as_seen(tx, &wish.receipt, wish.visit.as_deref()).await?;
    let mut visit = row.visit;
    let next = permit(visit.state, event, Actor::Staff, &times(&visit, 0, now_ms))?;
    if !tx.set_state(&visit, next).await? {
        return Err(Fault::Changed);
    }
    visit.state = next;
    let what = match event {
        Event::CheckIn => "checked-in",
        Event::UndoCheckIn => "undone",
        _ => next.name(),
    };
    tx.audit(now_ms, &visit.booking, &visit.id, what, who)
        .await?;
    changed(&row.receipt, &visit, Vec::new())
}

pub(super) async fn shift(
    tx: &mut Tx,
    site: &Site,
    who: &str,
    wish: &StaffMoveRequest,
    now_ms: i64,
) -> Result<Draft, Fault> {
    let row = as_seen(tx, &wish.receipt, wish.visit.as_deref()).await?;
    let there = MoveRequest {
        start: wish.start.clone(),
        location: wish.location.clone(),
    };
    let visit = shift_to(tx, site, row.visit, &there, hand(who), now_ms).await?;
    changed(&row.receipt, &visit, told(&row.person))
}

pub(super) async fn cancel(
    tx: &mut Tx,
    site: &Site,
    who: &str,
    wish: &StaffCancelRequest,
    now_ms: i64,
) -> Result<Draft, Fault> {
    let reason = reason(&wish.reason)?;
    let mut row = as_seen(tx, &wish.receipt, wish.visit.as_deref()).await?;
    call_off(tx, site, &mut row.visit, &reason, hand(who), now_ms).await?;
    changed(&row.receipt, &row.visit, told(&row.person))
}

/// The booking, locked, unless it has another time than the one that was seen: two who change it at once shall not undo each
/// other unawares.
async fn as_seen(tx: &mut Tx, receipt: &str, visit: Option<&str>) -> Result<StaffRow, Fault> {
    let row = found(tx, receipt, true).await?;
    if visit.is_some_and(|seen| seen != row.visit.id) {
        return Err(Fault::No(
            Code::WrongState,
            "visit: the booking has another time by now",
        ));
    }
    Ok(row)
}

fn hand(who: &str) -> Hand<'_> {
    Hand {
        actor: Actor::Staff,
        who,
    }
}

fn told(person: &PersonRow) -> Vec<Channel> {
    channels(person).collect()
}

fn changed(receipt: &str, visit: &VisitRow, told: Vec<Channel>) -> Result<Draft, Fault> {
    Draft::plain(&Changed {
        receipt: receipt.to_owned(),
        visit: visit.id.clone(),
        state: state(visit.state),
        location: visit.location.clone(),
        counter: visit.counter.clone(),
        start: instant_text(visit.start_ms),
        end: instant_text(visit.end_ms),
        told,
    })
}
