//! Another time, or none: by whoever has the secret of the booking.

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
use protocol::{Code, MoveRequest};

pub(super) async fn shift(
    tx: &mut Tx,
    site: &Site,
    wish: &MoveRequest,
    secret: &str,
    now_ms: i64,
) -> Result<Draft, Fault> {
    let (booking, old) = found(tx, secret).await?;
    let next = permit(
        old.state,
        Event::Move,
        Actor::Citizen,
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
        return Err(changed());
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
    tx.restamp(&booking.id, now_ms).await?;
    tx.audit(now_ms, &booking.id, &row.id, "moved", "citizen")
        .await?;
    tx.drop_reminders(&booking.id).await?;
    if let Some(person) = tx.person(&booking.id).await? {
        notify(tx, &booking, &row, &person, "moved", now_ms).await?;
        remind(tx, &row, &person, now_ms).await?;
    }
    Draft::plain(&receipt_of(tx, site, &booking, &row, now_ms).await?)
}

pub(super) async fn cancel(
    tx: &mut Tx,
    site: &Site,
    secret: &str,
    now_ms: i64,
) -> Result<Draft, Fault> {
    let (booking, mut visit) = found(tx, secret).await?;
    let next = permit(
        visit.state,
        Event::Cancel,
        Actor::Citizen,
        &times(&visit, change_minutes(site, &visit), now_ms),
    )?;
    if !tx.set_state(&visit, next).await? {
        return Err(changed());
    }
    visit.state = next;
    tx.restamp(&booking.id, now_ms).await?;
    tx.audit(now_ms, &booking.id, &visit.id, "cancelled", "citizen")
        .await?;
    tx.drop_reminders(&booking.id).await?;
    if let Some(person) = tx.person(&booking.id).await? {
        notify(tx, &booking, &visit, &person, "cancelled", now_ms).await?;
    }
    Draft::plain(&receipt_of(tx, site, &booking, &visit, now_ms).await?)
}

/// The booking of a secret and its visit. On PostgreSQL whoever else changes it waits.
pub(super) async fn found(tx: &mut Tx, secret: &str) -> Result<(BookingRow, VisitRow), Fault> {
    let hash = secret_hash(secret);
    tx.lock(&[&format!("booking:{hash}")]).await?;
    let booking = tx
        .booking(By::SecretHash(&hash))
        .await?
        .ok_or_else(no_such)?;
    let visit = tx.visit_of(&booking.id).await?.ok_or_else(no_such)?;
    Ok((booking, visit))
}

/// A service that is given no more can be changed until the start.
pub(super) fn change_minutes(site: &Site, visit: &VisitRow) -> u32 {
    site.admin
        .service(&visit.service)
        .map_or(0, |s| s.change_minutes)
}

fn changed() -> Fault {
    Fault::No(Code::WrongState, "the booking was changed in the meantime")
}
