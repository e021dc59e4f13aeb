//! Another time, or none: by whoever has the secret of the booking, and by staff.

use super::book::{notify, remind};
use super::hold::{lock_of, start_of, take, times};
use super::{Draft, no_such, receipt_of, secret_hash};
use crate::fault::Fault;
use crate::secret;
use crate::store::Tx;
use crate::store::bookings::{BookingRow, By};
use crate::store::visits::VisitRow;
use crate::tenant::Site;
use booking::{Actor, Event, State, Visit, check_visit, permit};
use protocol::MoveRequest;

/// Who changes something.
#[derive(Clone, Copy)]
pub(super) struct Hand<'a> {
    pub(super) actor: Actor,
    /// As it stands in the audit log: `citizen`, or the id of an account.
    pub(super) who: &'a str,
}

const CITIZEN: Hand = Hand {
    actor: Actor::Citizen,
    who: "citizen",
};

pub(super) async fn shift(
    tx: &mut Tx,
    site: &Site,
    wish: &MoveRequest,
    secret: &str,
    now_ms: i64,
) -> Result<Draft, Fault> {
    let (booking, old) = found(tx, secret).await?;
    let row = shift_to(tx, site, old, wish, CITIZEN, now_ms).await?;
    Draft::plain(&receipt_of(tx, site, &booking, &row, now_ms).await?)
}

/// Gives a booked visit another time, and tells the citizen. The booking is locked by the caller.
pub(super) async fn shift_to(
    tx: &mut Tx,
    site: &Site,
    old: VisitRow,
    wish: &MoveRequest,
    by: Hand<'_>,
    now_ms: i64,
) -> Result<VisitRow, Fault> {
    let next = permit(
        old.state,
        Event::Move,
        by.actor,
        &times(&old, change_minutes(site, &old), now_ms),
    )?;
    let visit = Visit {
        service: &old.service,
        location: &wish.location,
        persons: old.persons,
        start_ms: start_of(&wish.start)?,
        now_ms,
    };
    let place = check_visit(&site.admin, &visit)?;
    tx.lock(&[&lock_of(&old.location), &lock_of(&wish.location)])
        .await?;
    tx.expire(now_ms).await?;
    if !tx.set_state(&old, next).await? {
        return Err(Fault::Changed);
    }
    let mut row = VisitRow {
        id: secret::random::<12>(),
        state: State::Confirmed,
        location: wish.location.clone(),
        start_ms: visit.start_ms,
        end_ms: place.end_ms,
        holder_hash: String::new(),
        ..old
    };
    take(tx, &mut row, &place, now_ms).await?;
    tx.restamp(&row.booking, now_ms).await?;
    tx.audit(now_ms, &row.booking, &row.id, "moved", by.who)
        .await?;
    tx.drop_reminders(&row.booking).await?;
    if let Some(person) = tx.person(&row.booking).await? {
        let payload = match by.actor {
            Actor::Staff => "staff",
            Actor::Citizen | Actor::System => "",
        };
        notify(tx, &row, &person, "moved", payload, now_ms).await?;
        remind(tx, &row, &person, now_ms).await?;
    }
    Ok(row)
}

pub(super) async fn cancel(
    tx: &mut Tx,
    site: &Site,
    secret: &str,
    now_ms: i64,
) -> Result<Draft, Fault> {
    let (booking, mut visit) = found(tx, secret).await?;
    call_off(tx, site, &mut visit, "", CITIZEN, now_ms).await?;
    Draft::plain(&receipt_of(tx, site, &booking, &visit, now_ms).await?)
}

/// Calls a booked visit off, and tells the citizen, with the reason where there is one.
pub(super) async fn call_off(
    tx: &mut Tx,
    site: &Site,
    visit: &mut VisitRow,
    reason: &str,
    by: Hand<'_>,
    now_ms: i64,
) -> Result<(), Fault> {
    let next = permit(
        visit.state,
        Event::Cancel,
        by.actor,
        &times(visit, change_minutes(site, visit), now_ms),
    )?;
    if !tx.set_state(visit, next).await? {
        return Err(Fault::Changed);
    }
    visit.state = next;
    tx.restamp(&visit.booking, now_ms).await?;
    tx.audit(now_ms, &visit.booking, &visit.id, "cancelled", by.who)
        .await?;
    tx.drop_reminders(&visit.booking).await?;
    if let Some(person) = tx.person(&visit.booking).await? {
        notify(tx, visit, &person, "cancelled", reason, now_ms).await?;
    }
    Ok(())
}

/// The booking of a secret and its visit. On PostgreSQL whoever else changes it waits.
pub(super) async fn found(tx: &mut Tx, secret: &str) -> Result<(BookingRow, VisitRow), Fault> {
    let hash = secret_hash(secret);
    tx.lock(&[&lock_of_booking(&hash)]).await?;
    let booking = tx
        .booking(By::SecretHash(&hash))
        .await?
        .ok_or_else(no_such)?;
    let visit = tx.visit_of(&booking.id).await?.ok_or_else(no_such)?;
    Ok((booking, visit))
}

/// Whoever changes a booking on PostgreSQL waits for this.
pub(super) fn lock_of_booking(secret_hash: &str) -> String {
    format!("booking:{secret_hash}")
}

/// A service that is given no more can be changed until the start.
pub(super) fn change_minutes(site: &Site, visit: &VisitRow) -> u32 {
    site.admin
        .service(&visit.service)
        .map_or(0, |s| s.change_minutes)
}
