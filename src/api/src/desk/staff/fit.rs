//! Do the bookings that are there still fit the kommune's booking file? Looked at by `config check`, which refuses such a file, and
//! at every start, which cannot: staff need the server to move those bookings, so it goes on, says which they are and raises
//! an alert for each.

use super::super::hold::lock_of;
use super::super::{Desk, TRIES};
use super::block::{booked, reassign};
use crate::fault::Fault;
use crate::store::blocks::BlockRow;
use crate::store::staff::StaffRow;
use crate::store::visits::taken_by;
use crate::store::{Store, Tx, is_retry};
use crate::tenant::Site;
use booking::{Admin, Booked, Change, State, Taken, capacity_change, instant_text};
use std::fmt;

/// Nothing is booked further ahead; the horizon of a service is a year at most.
const AHEAD_MS: i64 = 3 * 366 * 86_400_000;

/// A booking that nobody serves by today's file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misfit {
    /// Slug of the kommune.
    pub kommune: String,
    /// The receipt number.
    pub receipt: String,
    /// Id of the service.
    pub service: String,
    /// Id of the location.
    pub location: String,
    /// Id of the counter that has it.
    pub counter: String,
    /// RFC 3339.
    pub start: String,
    /// What is in its way.
    pub why: Why,
}

/// Why nobody serves a booking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// The file has no such location.
    NoLocation,
    /// No counter of the location gives the service.
    NoCounter,
    /// Those counters are closed then.
    Closed,
    /// Those that are open have other visits.
    Full,
}

impl fmt::Display for Misfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let found = match self.why {
            Why::NoLocation => "there is no such location",
            Why::NoCounter => "no counter there gives that service",
            Why::Closed => "every counter for it is closed",
            Why::Full => "every counter that is open has another visit",
        };
        write!(
            f,
            "{}: booking {} for `{}` at `{}` on {} (counter `{}`): {found}; expected an open counter that gives it. \
             Put it back into {}.booking.json until then, or move or cancel the booking at /konsol/booking",
            self.kommune,
            self.receipt,
            self.service,
            self.location,
            self.start,
            self.counter,
            self.kommune
        )
    }
}

/// The bookings that nobody serves by today's file. Changes nothing, and asks nothing that an older schema did not have.
///
/// # Errors
/// The database cannot be used.
pub async fn misfits(store: &Store, site: &Site, now_ms: i64) -> Result<Vec<Misfit>, Fault> {
    let mut tx = store.read(&site.tenant).await?;
    let (rows, change) = look(&mut tx, site, now_ms).await?;
    Ok(all(site, &rows, &change))
}

impl Desk {
    /// As [`misfits`], and what can be done is done: counters that are new are blocked with their location, bookings that
    /// another counter can serve at the same time are handed over, and an alert is raised for each of the others.
    ///
    /// # Errors
    /// The database cannot be used.
    pub async fn settle(&self, site: &Site) -> Result<Vec<Misfit>, Fault> {
        let mut tries = 0;
        loop {
            tries += 1;
            match self.settle_once(site).await {
                Err(Fault::Changed) if tries < TRIES => {}
                Err(Fault::Store(e)) if is_retry(&e) && tries < TRIES => {}
                other => return other,
            }
        }
    }

    async fn settle_once(&self, site: &Site) -> Result<Vec<Misfit>, Fault> {
        let now_ms = self.clock.now_ms();
        let mut tx = self.reading(site).await?;
        let (_, change) = look(&mut tx, site, now_ms).await?;
        let blocks = whole_blocks(&mut tx, site, now_ms).await?;
        drop(tx);
        if change == Change::default() && blocks.is_empty() {
            return Ok(Vec::new());
        }
        let mut tx = self.store.write(&site.tenant).await?;
        let locks: Vec<String> = site
            .admin
            .locations
            .iter()
            .map(|l| lock_of(&l.id))
            .collect();
        let locks: Vec<&str> = locks.iter().map(String::as_str).collect();
        tx.lock(&locks).await?;
        tx.expire(now_ms).await?;
        widen(&mut tx, site, now_ms).await?;
        let (rows, change) = look(&mut tx, site, now_ms).await?;
        for (id, counter) in &change.moves {
            let row = rows.iter().find(|row| row.visit.id == *id);
            // Who sits at a counter already stays there.
            if let Some(row) = row.filter(|row| row.visit.state == State::Confirmed) {
                reassign(&mut tx, &row.visit, counter, "system", now_ms).await?;
            }
        }
        let misfits = all(site, &rows, &change);
        for misfit in &misfits {
            tx.alert_once(now_ms, "stranded", &misfit.receipt).await?;
        }
        tx.commit().await?;
        Ok(misfits)
    }
}

async fn look(tx: &mut Tx, site: &Site, now_ms: i64) -> Result<(Vec<StaffRow>, Change), Fault> {
    let rows = tx.coming_visits(None, now_ms).await?;
    let occupied = tx.occupied(now_ms, now_ms + AHEAD_MS, now_ms).await?;
    // Held times stay where they are: they are booked or free within an hour.
    let taken = taken_by(occupied.iter().filter(|o| o.held || o.blocked));
    let all: Vec<Booked> = rows.iter().map(booked).collect();
    // A block lies where no visit is, so a visit that stays never meets one.
    let change = capacity_change(&site.admin, &all, &taken);
    Ok((rows, change))
}

/// Blocks of whole locations that are not over.
async fn whole_blocks(tx: &mut Tx, site: &Site, now_ms: i64) -> Result<Vec<BlockRow>, Fault> {
    let mut all = Vec::new();
    for location in &site.admin.locations {
        let here = tx
            .blocks_of(&location.id, now_ms, now_ms + AHEAD_MS)
            .await?;
        all.extend(here.into_iter().filter(|block| block.counter.is_empty()));
    }
    Ok(all)
}

/// A counter that is new since a whole location was blocked is blocked too, unless it has visits then already.
async fn widen(tx: &mut Tx, site: &Site, now_ms: i64) -> Result<(), Fault> {
    for block in whole_blocks(tx, site, now_ms).await? {
        let occupied = tx.occupied(block.start_ms, block.end_ms, now_ms).await?;
        let counters = site.admin.counters.iter();
        for counter in counters.filter(|c| c.location == block.location) {
            let mut visits = occupied.iter().filter(|o| !o.blocked);
            let busy = visits.any(|o| o.counter == counter.id);
            if !busy && !tx.take_block(&block, &counter.id, now_ms).await? {
                return Err(Fault::Changed);
            }
        }
    }
    Ok(())
}

fn all(site: &Site, rows: &[StaffRow], change: &Change) -> Vec<Misfit> {
    let stranded = rows
        .iter()
        .filter(|r| change.stranded.contains(&r.visit.id));
    stranded
        .map(|row| Misfit {
            kommune: site.tenant.slug().to_owned(),
            receipt: row.receipt.clone(),
            service: row.visit.service.clone(),
            location: row.visit.location.clone(),
            counter: row.visit.counter.clone(),
            start: instant_text(row.visit.start_ms),
            why: why(&site.admin, &booked(row)),
        })
        .collect()
}

fn why(admin: &Admin, visit: &Booked) -> Why {
    if admin.location(&visit.location).is_none() {
        return Why::NoLocation;
    }
    let mut counters = admin.counters.iter();
    if !counters.any(|c| c.location == visit.location && c.serves(&visit.service)) {
        return Why::NoCounter;
    }
    let alone = capacity_change(admin, std::slice::from_ref(visit), &Taken::default());
    if alone.stranded.is_empty() {
        Why::Full
    } else {
        Why::Closed
    }
}
