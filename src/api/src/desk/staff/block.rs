//! Staff take time out, and give it back. A visit in that time goes to another counter of its location if one is free then; if
//! not, nothing is done and the receipts of those visits are the answer.

use super::super::Draft;
use super::super::hold::{lock_of, start_of};
use super::{no_such, reason};
use crate::fault::Fault;
use crate::secret;
use crate::store::Tx;
use crate::store::blocks::BlockRow;
use crate::store::staff::StaffRow;
use crate::store::visits::{LONGEST_MS, VisitRow, taken_by};
use crate::tenant::Site;
use booking::{Booked, CELL_MS, State, capacity_change, cells, instant_text};
use protocol::Code;
use protocol::staff::{Block, BlockRequest, Blocked, Reassigned, UnblockRequest, Unblocked};
use std::collections::HashSet;

/// A block is no longer than this; who is away for longer is closed in the kommune's booking file.
const MOST_MS: i64 = 31 * 86_400_000;

pub(super) async fn block(
    tx: &mut Tx,
    site: &Site,
    who: &str,
    wish: &BlockRequest,
    now_ms: i64,
) -> Result<Draft, Fault> {
    let counters = counters(site, &wish.location, wish.counter.as_deref())?;
    let (start_ms, end_ms) = span(wish, now_ms)?;
    let block = BlockRow {
        id: secret::random::<12>(),
        location: wish.location.clone(),
        counter: wish.counter.clone().unwrap_or_default(),
        start_ms,
        end_ms,
        reason: reason(&wish.reason)?,
    };
    tx.lock(&[&lock_of(&block.location)]).await?;
    tx.expire(now_ms).await?;
    let hit = |counter: &str, from: i64, to: i64| {
        counters.contains(&counter) && from < end_ms && start_ms < to
    };
    let occupied = tx
        .occupied(start_ms - LONGEST_MS, end_ms + LONGEST_MS, now_ms)
        .await?;
    let held = occupied
        .iter()
        .filter(|o| o.held && hit(&o.counter, o.start_ms, o.end_ms));
    let held = u32::try_from(held.count()).unwrap_or(u32::MAX);
    let mut there = tx.coming_visits(Some(&block.location), now_ms).await?;
    there.retain(|row| hit(&row.visit.counter, row.visit.start_ms, row.visit.end_ms));
    // Who has come, or should be there already, is not sent to another counter by a list.
    let can_go =
        |row: &StaffRow| row.visit.state == State::Confirmed && row.visit.start_ms > now_ms;
    let going: Vec<Booked> = there.iter().filter(|r| can_go(r)).map(booked).collect();
    let ids: HashSet<&str> = going.iter().map(|b| b.id.as_str()).collect();
    let mut taken = taken_by(occupied.iter().filter(|o| !ids.contains(o.id.as_str())));
    for counter in &counters {
        taken.add_cells(counter, cells(start_ms, end_ms));
    }
    let change = capacity_change(&site.admin, &going, &taken);
    let stays = |row: &StaffRow| !can_go(row) || change.stranded.contains(&row.visit.id);
    let in_the_way: Vec<String> = there
        .iter()
        .filter(|row| stays(row))
        .map(|row| row.receipt.clone())
        .collect();
    if held > 0 || !in_the_way.is_empty() {
        return Err(Fault::Booked(in_the_way, held));
    }
    let mut reassigned = Vec::new();
    for (id, counter) in &change.moves {
        if let Some(row) = there.iter().find(|row| row.visit.id == *id) {
            reassign(tx, &row.visit, counter, who, now_ms).await?;
            reassigned.push(Reassigned {
                receipt: row.receipt.clone(),
                counter: counter.clone(),
            });
        }
    }
    tx.add_block(&block).await?;
    for counter in &counters {
        if !tx.take_block(&block, counter, now_ms).await? {
            return Err(Fault::Changed);
        }
    }
    tx.audit(now_ms, "", &block.id, "blocked", who).await?;
    let mut draft = Draft::plain(&Blocked {
        block: message(block),
        reassigned,
    })?;
    draft.status = 201;
    Ok(draft)
}

/// Gives a visit another counter at its time. What waits to be said to the citizen stays right.
pub(super) async fn reassign(
    tx: &mut Tx,
    old: &VisitRow,
    counter: &str,
    who: &str,
    now_ms: i64,
) -> Result<(), Fault> {
    if !tx.set_state(old, State::Moved).await? {
        return Err(Fault::Changed);
    }
    let row = VisitRow {
        id: secret::random::<12>(),
        counter: counter.to_owned(),
        holder_hash: String::new(),
        ..old.clone()
    };
    if !tx.add_visit(&row).await? {
        return Err(Fault::Changed);
    }
    tx.readdress(&old.id, &row.id).await?;
    tx.audit(now_ms, &row.booking, &row.id, "reassigned", who)
        .await?;
    Ok(())
}

pub(super) fn booked(row: &StaffRow) -> Booked {
    Booked {
        id: row.visit.id.clone(),
        service: row.visit.service.clone(),
        location: row.visit.location.clone(),
        counter: row.visit.counter.clone(),
        start_ms: row.visit.start_ms,
        end_ms: row.visit.end_ms,
    }
}

fn counters<'a>(
    site: &'a Site,
    location: &str,
    counter: Option<&str>,
) -> Result<Vec<&'a str>, Fault> {
    let all = site.admin.counters.iter();
    let here: Vec<&str> = all
        .filter(|c| c.location == location && counter.is_none_or(|id| id == c.id))
        .map(|c| c.id.as_str())
        .collect();
    if here.is_empty() {
        return Err(no_such());
    }
    Ok(here)
}

/// From now on at the earliest: what is over cannot be taken out.
fn span(wish: &BlockRequest, now_ms: i64) -> Result<(i64, i64), Fault> {
    let start_ms = start_of(&wish.start)?;
    let end_ms = start_of(&wish.end)?;
    if start_ms.rem_euclid(CELL_MS) != 0 || end_ms.rem_euclid(CELL_MS) != 0 {
        return Err(Fault::No(
            Code::Invalid,
            "start, end: multiples of five minutes",
        ));
    }
    let start_ms = start_ms.max(now_ms - now_ms.rem_euclid(CELL_MS));
    if end_ms <= start_ms {
        return Err(Fault::No(
            Code::Invalid,
            "end: after the start, and not over",
        ));
    }
    if end_ms - start_ms > MOST_MS {
        return Err(Fault::No(
            Code::Invalid,
            "end: at most 31 days after the start",
        ));
    }
    Ok((start_ms, end_ms))
}

pub(super) async fn unblock(
    tx: &mut Tx,
    who: &str,
    wish: &UnblockRequest,
    now_ms: i64,
) -> Result<Draft, Fault> {
    let answer = Unblocked {
        block: wish.block.clone(),
    };
    if let Some(block) = tx.block(&wish.block).await? {
        tx.lock(&[&lock_of(&block.location)]).await?;
    }
    let Some(block) = tx.block(&wish.block).await? else {
        if tx.was_block(&wish.block).await? {
            return Draft::plain(&answer);
        }
        return Err(no_such());
    };
    let counters = tx.remove_block(&block.id, now_ms).await?;
    // What other blocks wanted of the same time is theirs now.
    let others = tx
        .blocks_of(&block.location, block.start_ms, block.end_ms)
        .await?;
    for other in others {
        let part = BlockRow {
            start_ms: other.start_ms.max(block.start_ms),
            end_ms: other.end_ms.min(block.end_ms),
            ..other
        };
        let here = |counter: &&String| part.counter.is_empty() || part.counter == **counter;
        for counter in counters.iter().filter(here) {
            if !tx.take_block(&part, counter, now_ms).await? {
                return Err(Fault::Changed);
            }
        }
    }
    tx.audit(now_ms, "", &block.id, "unblocked", who).await?;
    Draft::plain(&answer)
}

pub(super) fn message(row: BlockRow) -> Block {
    Block {
        block: row.id,
        location: row.location,
        counter: (!row.counter.is_empty()).then_some(row.counter),
        start: instant_text(row.start_ms),
        end: instant_text(row.end_ms),
        reason: row.reason,
    }
}
