//! A time is kept for whoever knows the holder's secret: five minutes, extendable, given back.

use super::{Desk, Draft, Post, no_such, secret_hash};
use crate::fault::Fault;
use crate::secret;
use crate::store::Tx;
use crate::store::visits::VisitRow;
use crate::tenant::Site;
use booking::{
    Actor, Event, Hold, Place, State, Times, Visit, check_visit, instant_text, parse_instant,
    permit,
};
use protocol::{Code, HoldRequest, Released};
use std::time::Instant;

pub(super) async fn hold(
    desk: &Desk,
    tx: &mut Tx,
    site: &Site,
    wish: &HoldRequest,
    post: &Post,
    now_ms: i64,
) -> Result<Draft, Fault> {
    let visit = Visit {
        service: &wish.service,
        location: &wish.location,
        persons: wish.persons,
        start_ms: start_of(&wish.start)?,
        now_ms,
    };
    let place = check_visit(&site.admin, &visit)?;
    // Whoever asks twice in one moment waits for the first answer, so that both are counted.
    let browser = desk.holds.name(&site.tenant, &post.browser);
    let asking = format!("browser:{browser}");
    let locks = [lock_of(&wish.location), asking];
    let known = if browser.is_empty() { 1 } else { 2 };
    let locks: Vec<&str> = locks.iter().take(known).map(String::as_str).collect();
    tx.lock(&locks).await?;
    tx.expire(now_ms).await?;
    // Who chooses another time gives the former back in the same moment.
    if !post.secret.is_empty()
        && let Some(former) = tx.held(&secret_hash(&post.secret)).await?
        && former.state == State::Held
    {
        give_back(tx, &former, now_ms).await?;
    }
    let most = usize::from(site.admin.limits.holds_at_once);
    let running = tx.running(&desk.holds.of(&browser), now_ms).await?;
    if running.len() >= most {
        let soonest = running.iter().min().copied().unwrap_or(now_ms);
        let seconds = (soonest - now_ms).max(1000).unsigned_abs().div_ceil(1000);
        return Err(Fault::Held(seconds));
    }
    let id = secret::random::<12>();
    let hold = Hold::new(now_ms);
    let mut row = VisitRow {
        id: id.clone(),
        booking: String::new(),
        state: State::Held,
        service: wish.service.clone(),
        location: wish.location.clone(),
        counter: String::new(),
        persons: wish.persons,
        start_ms: visit.start_ms,
        end_ms: place.end_ms,
        held_ms: hold.held_ms,
        expires_ms: hold.expires_ms,
        holder_hash: secret_hash(&desk.secret_of(site, "holder", &id)),
    };
    take(tx, &mut row, &place, now_ms).await?;
    tx.audit(now_ms, "", &row.id, "held", "citizen").await?;
    desk.holds.keep(browser, &row.id, Instant::now());
    let mut draft = Draft::plain(&message(&row))?;
    draft.status = 201;
    draft.secret = Some(("holder", id));
    Ok(draft)
}

/// Any case worker: the first of the open counters that is free, chosen and taken inside the transaction.
pub(super) async fn take(
    tx: &mut Tx,
    row: &mut VisitRow,
    place: &Place,
    now_ms: i64,
) -> Result<(), Fault> {
    let taken = tx.taken(row.start_ms, row.end_ms, now_ms).await?;
    let free = place.counters.iter().find(|c| taken.free(c, &place.cells));
    let Some(counter) = free else {
        return Err(gone());
    };
    row.counter = counter.clone();
    if tx.add_visit(row).await? {
        Ok(())
    } else {
        Err(gone())
    }
}

fn gone() -> Fault {
    Fault::No(
        Code::SlotTaken,
        "somebody else has the time now; choose another",
    )
}

/// Whoever takes times of a place on PostgreSQL waits for this.
pub(super) fn lock_of(location: &str) -> String {
    format!("location:{location}")
}

pub(super) async fn extend(tx: &mut Tx, holder: &str, now_ms: i64) -> Result<Draft, Fault> {
    let mut row = tx.held(&secret_hash(holder)).await?.ok_or_else(no_such)?;
    permit(
        row.state,
        Event::Confirm,
        Actor::Citizen,
        &times(&row, 0, now_ms),
    )?;
    let hold = Hold {
        held_ms: row.held_ms,
        expires_ms: row.expires_ms,
    };
    row.expires_ms = hold.extended(now_ms)?.expires_ms;
    if !tx.extend(&row.id, row.expires_ms).await? {
        return Err(Fault::No(
            Code::HoldExpired,
            "the hold is no more; choose again",
        ));
    }
    tx.audit(now_ms, "", &row.id, "extended", "citizen").await?;
    Draft::plain(&message(&row))
}

pub(super) async fn release(tx: &mut Tx, holder: &str, now_ms: i64) -> Result<Draft, Fault> {
    let row = tx.held(&secret_hash(holder)).await?.ok_or_else(no_such)?;
    match row.state {
        State::Held => give_back(tx, &row, now_ms).await?,
        State::Released | State::Expired => {}
        _ => {
            return Err(Fault::No(
                Code::WrongState,
                "the time is booked; cancel the booking",
            ));
        }
    }
    Draft::plain(&Released { released: true })
}

async fn give_back(tx: &mut Tx, row: &VisitRow, now_ms: i64) -> Result<(), Fault> {
    if tx.set_state(row, State::Released).await? {
        tx.audit(now_ms, "", &row.id, "released", "citizen").await?;
    }
    Ok(())
}

/// Reads the start that a citizen sent.
pub(crate) fn start_of(text: &str) -> Result<i64, Fault> {
    parse_instant(text).map_err(|_| {
        Fault::No(
            Code::Invalid,
            "start: write a slot's start, 2026-12-04T14:15:00+01:00",
        )
    })
}

pub(super) fn times(row: &VisitRow, change_minutes: u32, now_ms: i64) -> Times {
    Times {
        now_ms,
        start_ms: row.start_ms,
        end_ms: row.end_ms,
        hold_expires_ms: row.expires_ms,
        change_minutes,
    }
}

fn message(row: &VisitRow) -> protocol::Hold {
    let hold = Hold {
        held_ms: row.held_ms,
        expires_ms: row.expires_ms,
    };
    protocol::Hold {
        hold: row.id.clone(),
        holder: None,
        service: row.service.clone(),
        location: row.location.clone(),
        start: instant_text(row.start_ms),
        end: instant_text(row.end_ms),
        persons: row.persons,
        expires_at: instant_text(row.expires_ms),
        extendable_until: instant_text(hold.extendable_until_ms()),
    }
}
