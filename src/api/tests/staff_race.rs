//! 32 of the staff check in, move, cancel and block while 32 citizens book the same times, on SQLite and on two nodes of one PostgreSQL:
//! no counter has two visits at a time, nothing that was acknowledged is lost, and nobody gets a mistake of the server.

#[macro_use]
mod common;

use api::desk::{Answer, Desk, Post, StaffWish, Wish};
use api::fault::Fault;
use api::store::{Kind, Store};
use booking::{instant_text, parse_instant};
use common::{Place, key, request, wish};
use protocol::staff::{
    BlockRequest, FindQuery, ReceiptRequest, StaffCancelRequest, StaffMoveRequest, UnblockRequest,
};
use protocol::{Code, State};
use std::cell::RefCell;
use std::collections::BTreeMap;

both!(staff_and_citizens_want_the_same_times);

const STAFF: u64 = 32;
const CITIZENS: u64 = 32;
const ROUNDS: u64 = 10;
/// Slots of five minutes from ten o'clock, at eight counters.
const SLOTS: u64 = 9;

/// What was acknowledged.
#[derive(Default)]
struct Ledger {
    /// Receipts with their starts as booked.
    booked: BTreeMap<String, String>,
    /// Receipt and what was done to it.
    done: BTreeMap<(String, &'static str), i64>,
    blocks: Vec<String>,
    blocked: u32,
    reassigned: u32,
    refused: BTreeMap<Code, u32>,
}

/// Numbers that look random and are the same in each run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % most
    }
}

fn slot(n: u64) -> String {
    let from = parse_instant("2026-12-04T10:30:00+01:00").expect("an instant");
    instant_text(from + i64::try_from(n).expect("small") * 300_000)
}

/// Refusals are counted; a mistake of the server fails the test.
fn heard(ledger: &RefCell<Ledger>, answer: Result<Answer, Fault>) -> Option<Answer> {
    match answer {
        Ok(answer) => Some(answer),
        Err(fault) => {
            let problem = fault.problem();
            assert!(problem.status < 500, "{fault:?}");
            *ledger.borrow_mut().refused.entry(problem.code).or_default() += 1;
            None
        }
    }
}

async fn post(place: &Place, desk: &Desk, secret: &str, wish: Wish) -> Result<Answer, Fault> {
    let post = Post {
        key: key(),
        secret: secret.to_owned(),
        browser: String::new(),
        fingerprint: api::secret::random::<9>(),
        wish,
    };
    desk.post(&place.site, &post).await
}

async fn citizen(place: &Place, desk: &Desk, ledger: &RefCell<Ledger>, n: u64) {
    let mut dice = Dice(n * 7919 + 1);
    for round in 0..ROUNDS {
        let start = slot(dice.below(SLOTS));
        let hold = Wish::Hold(wish("hurtig", &start));
        let Some(kept) = heard(ledger, post(place, desk, "", hold).await) else {
            continue;
        };
        let holder = kept.body["holder"].as_str().expect("a secret");
        let book = Wish::Book(request(&format!("3{:07}", n * 100 + round)));
        let Some(booked) = heard(ledger, post(place, desk, holder, book).await) else {
            continue;
        };
        let receipt = booked.body["receipt"].as_str().expect("a receipt");
        add(ledger, receipt, start);
        // Half of them free their time again, so that there is something to fight for.
        if dice.below(2) == 0 {
            let secret = booked.body["secret"].as_str().expect("a secret");
            if heard(ledger, post(place, desk, secret, Wish::Cancel).await).is_some() {
                note(ledger, receipt, "cancelled");
            }
        }
    }
}

fn add(ledger: &RefCell<Ledger>, receipt: &str, start: String) {
    let mut ledger = ledger.borrow_mut();
    ledger.booked.insert(receipt.to_owned(), start);
}

fn note(ledger: &RefCell<Ledger>, receipt: &str, what: &'static str) {
    let mut ledger = ledger.borrow_mut();
    *ledger.done.entry((receipt.to_owned(), what)).or_default() += 1;
}

async fn clerk(place: &Place, desk: &Desk, ledger: &RefCell<Ledger>, n: u64) {
    let mut dice = Dice(n * 104_729 + 3);
    let who = format!("clerk-{n}");
    let mine = |wish: StaffWish| Wish::Staff {
        who: who.clone(),
        wish,
    };
    for _ in 0..ROUNDS {
        let receipt = {
            let ledger = ledger.borrow();
            let at = dice.below(ledger.booked.len() as u64);
            let mut all = ledger.booked.keys();
            let at = usize::try_from(at).expect("small");
            all.nth(at).expect("a booking").clone()
        };
        let named = ReceiptRequest {
            visit: None,
            receipt: receipt.clone(),
        };
        let (wish, what) = match dice.below(8) {
            0 => (StaffWish::CheckIn(named), "checked-in"),
            1 => (StaffWish::Undo(named), "undone"),
            2..=4 => {
                let there = StaffMoveRequest {
                    visit: None,
                    receipt: receipt.clone(),
                    start: slot(dice.below(SLOTS)),
                    location: "dag".to_owned(),
                };
                (StaffWish::Move(there), "moved")
            }
            5 => {
                let off = StaffCancelRequest {
                    visit: None,
                    receipt: receipt.clone(),
                    reason: "Kursus".to_owned(),
                };
                (StaffWish::Cancel(off), "cancelled")
            }
            6 => {
                let at = dice.below(SLOTS);
                let block = BlockRequest {
                    location: "dag".to_owned(),
                    counter: Some(format!("h{}", 1 + dice.below(8))),
                    start: slot(at),
                    end: slot(at + 1 + dice.below(2)),
                    reason: "Kursus".to_owned(),
                };
                let block = mine(StaffWish::Block(block));
                if let Some(done) = heard(ledger, post(place, desk, "", block).await) {
                    let mut ledger = ledger.borrow_mut();
                    ledger.blocked += 1;
                    let moved = done.body["reassigned"].as_array().map_or(0, Vec::len);
                    ledger.reassigned += u32::try_from(moved).expect("few");
                    let id = done.body["block"]["block"].as_str().expect("an id");
                    ledger.blocks.push(id.to_owned());
                }
                continue;
            }
            _ => {
                let block = ledger.borrow_mut().blocks.pop();
                if let Some(block) = block {
                    let wish = mine(StaffWish::Unblock(UnblockRequest { block }));
                    let done = heard(ledger, post(place, desk, "", wish).await);
                    assert!(done.is_some(), "a block can always be given back");
                }
                continue;
            }
        };
        if heard(ledger, post(place, desk, "", mine(wish)).await).is_some() {
            note(ledger, &receipt, what);
        }
    }
}

async fn staff_and_citizens_want_the_same_times(place: &Place) {
    let begin = parse_instant("2026-12-04T09:00:00+01:00").expect("an instant");
    place.clock.set(begin);
    // On PostgreSQL a second node; a SQLite file has one process.
    let other = if place.desk.store.kind() == Kind::Postgres {
        let store = Store::open(&place.config.database).await.expect("a node");
        Desk::new(
            store,
            place.desk.sites.clone(),
            place.clock.clone(),
            place.desk.erasures.clone(),
            &[7; 32],
        )
    } else {
        place.desk.clone()
    };
    let ledger = RefCell::new(Ledger::default());
    for n in 0..STAFF {
        let booked = place
            .receipt("hurtig", &slot(n % SLOTS), &format!("2{n:07}"))
            .await
            .expect("a booking");
        add(&ledger, &booked.receipt, booked.start);
    }
    let node = |n: u64| {
        if n.is_multiple_of(2) {
            &place.desk
        } else {
            &other
        }
    };
    let citizens = (0..CITIZENS).map(|n| citizen(place, node(n), &ledger, n));
    let staff = (0..STAFF).map(|n| clerk(place, node(n / 2), &ledger, n));
    let citizens = futures_util::future::join_all(citizens);
    let staff = futures_util::future::join_all(staff);
    futures_util::future::join(citizens, staff).await;
    let ledger = ledger.into_inner();
    println!(
        "{:?}: {} booked, {} blocks, {} handed over, refused {:?}",
        place.desk.store.kind(),
        ledger.booked.len(),
        ledger.blocked,
        ledger.reassigned,
        ledger.refused
    );
    assert!(
        ledger.booked.len() > 60 && ledger.blocked > 3,
        "there was a fight"
    );
    assert!(
        ledger.refused.contains_key(&Code::SlotTaken),
        "there was a fight"
    );
    let mut tx = place
        .desk
        .store
        .read(&place.site.tenant)
        .await
        .expect("a transaction");
    for (what, ask) in [
        (
            "every booking was acknowledged",
            "SELECT count(*) FROM booking",
        ),
        (
            "every booking has one time",
            "SELECT count(*) FROM visit WHERE booking <> '' AND state <> 'moved'",
        ),
    ] {
        let there = tx.count_raw(ask).await.expect("a number");
        assert_eq!(
            usize::try_from(there).ok(),
            Some(ledger.booked.len()),
            "{what}"
        );
    }
    // What was acknowledged was done once each, and what was not acknowledged was not done.
    for what in ["checked-in", "undone", "moved", "cancelled"] {
        let said: i64 = ledger
            .done
            .iter()
            .filter(|((_, done), _)| *done == what)
            .map(|(_, n)| n)
            .sum();
        let ask = format!("SELECT count(*) FROM audit WHERE what = '{what}'");
        assert_eq!(tx.count_raw(&ask).await.expect("a number"), said, "{what}");
    }
    drop(tx);
    for receipt in ledger.booked.keys() {
        let query = FindQuery {
            receipt: receipt.clone(),
        };
        let found = place.desk.staff_find(&place.site, "zoe", &query).await;
        let state = found.expect("it is there").visit.state;
        let n = |what| ledger.done.get(&(receipt.clone(), what)).copied();
        let (ins, outs) = (
            n("checked-in").unwrap_or_default(),
            n("undone").unwrap_or_default(),
        );
        let expected = match (n("cancelled"), ins - outs) {
            (Some(1), 0) => State::Cancelled,
            (None, 0) => State::Confirmed,
            (None, 1) => State::CheckedIn,
            other => panic!("{receipt}: impossible: {other:?}"),
        };
        assert_eq!(state, expected, "{receipt}");
    }
    if place.desk.store.kind() == Kind::Postgres {
        other.store.close().await;
    }
}
