//! Time that staff take out, on SQLite and on PostgreSQL: refused over visits that nobody else could serve, with their receipts;
//! handed over where somebody can; free again when removed.

#[macro_use]
mod common;

use api::desk::{StaffWish, Wish};
use api::fault::Fault;
use common::{Place, code, key};
use protocol::staff::{BlockRequest, Blocked, DaysQuery, UnblockRequest};
use protocol::{Code, SlotsQuery};

const AT_10: &str = "2026-12-04T10:00:00+01:00";
const AT_11: &str = "2026-12-04T11:00:00+01:00";
const AT_12: &str = "2026-12-04T12:00:00+01:00";

both!(
    a_block_is_refused_over_visits_and_names_them,
    a_visit_goes_to_another_counter_when_one_is_free,
    a_block_takes_its_time_and_gives_it_back,
    blocks_may_overlap,
    a_block_of_many_days_is_whole,
    only_what_can_be_blocked_is,
    a_block_is_forgotten_when_its_time_is_over,
);

fn wish(counter: Option<&str>, start: &str, end: &str) -> StaffWish {
    StaffWish::Block(BlockRequest {
        location: "raadhus".to_owned(),
        counter: counter.map(str::to_owned),
        start: start.to_owned(),
        end: end.to_owned(),
        reason: "Kursus".to_owned(),
    })
}

async fn block(place: &Place, counter: Option<&str>, start: &str, end: &str) -> Blocked {
    let answer = place
        .staff(wish(counter, start, end))
        .await
        .expect("a block");
    assert_eq!(answer.status, 201);
    serde_json::from_value(answer.body).expect("a block")
}

async fn unblock(place: &Place, block: &str) {
    let wish = StaffWish::Unblock(UnblockRequest {
        block: block.to_owned(),
    });
    place.staff(wish).await.expect("free");
}

/// The receipts that were in the way, and how many holds.
async fn in_the_way(place: &Place, wish: StaffWish) -> (Vec<String>, u32) {
    let fault = place.staff(wish).await.expect_err("refused");
    let refused = fault.block_refused().expect("visits in the way");
    assert_eq!((refused.status, refused.code), (409, Code::Booked));
    assert_eq!(refused.count as usize, refused.receipts.len());
    (refused.receipts, refused.held)
}

async fn free(place: &Place, start: &str) -> u16 {
    let query = SlotsQuery {
        service: "pas".into(),
        location: None,
        from: start[..10].into(),
        days: Some(1),
        persons: None,
    };
    let slots = place.desk.slots(&place.site, &query).await.expect("times");
    let slot = slots.slots.iter().find(|slot| slot.start == start);
    slot.map_or(0, |slot| slot.free)
}

async fn day(place: &Place) -> protocol::staff::Day {
    let query = DaysQuery {
        location: "raadhus".to_owned(),
        from: "2026-12-04".to_owned(),
        days: None,
        known: None,
    };
    let days = place.desk.staff_days(&place.site, "anna", &query).await;
    days.expect("a day").days.remove(0)
}

async fn a_block_is_refused_over_visits_and_names_them(place: &Place) {
    let mut receipts = Vec::new();
    for (start, phone) in [
        (AT_10, "20304050"),
        (AT_10, "20304051"),
        (AT_11, "20304052"),
    ] {
        let booked = place.receipt("pas", start, phone).await;
        receipts.push(booked.expect("a booking").receipt);
    }
    let visits = day(place).await.visits;
    let of = |counter: &str| {
        let mut all = visits.iter();
        let visit = all.find(|v| v.counter == counter && v.start == AT_10);
        visit.expect("a visit").receipt.clone()
    };
    // Both counters are taken at ten: neither can take over.
    let one = in_the_way(place, wish(Some("s1"), AT_10, "2026-12-04T10:30:00+01:00")).await;
    assert_eq!(one, (vec![of("s1")], 0));
    let (mut all, held) = in_the_way(place, wish(None, AT_10, AT_12)).await;
    all.sort();
    receipts.sort();
    assert_eq!((all, held), (receipts, 0));
    // A time that a citizen is about to book is in the way too, though nobody knows who it is.
    place.hold("pas", AT_12).await.expect("a hold");
    let held = in_the_way(place, wish(None, AT_12, "2026-12-04T13:00:00+01:00")).await;
    assert_eq!(held, (vec![], 1));
    // Nothing of it was done.
    let after = day(place).await;
    assert_eq!(after.visits, visits);
    assert!(after.blocks.is_empty());
    assert_eq!((free(place, AT_10).await, free(place, AT_11).await), (0, 1));
    // Where nobody is, it works: just before and just after.
    block(place, None, "2026-12-04T10:15:00+01:00", AT_11).await;
    // Whoever has come already is not sent away.
    place
        .clock
        .set(booking::parse_instant(AT_10).expect("an instant"));
    let receipt = visits[2].receipt.clone();
    place
        .staff(StaffWish::CheckIn(protocol::staff::ReceiptRequest {
            visit: None,
            receipt: receipt.clone(),
        }))
        .await
        .expect("checked in");
    let counter = visits[2].counter.clone();
    let here = in_the_way(place, wish(Some(&counter), AT_11, AT_12)).await;
    assert_eq!(here, (vec![receipt], 0));
}

async fn a_visit_goes_to_another_counter_when_one_is_free(place: &Place) {
    let booked = place
        .receipt("pas", AT_10, "20304050")
        .await
        .expect("a booking");
    let before = day(place).await.visits.remove(0);
    let other = if before.counter == "s1" { "s2" } else { "s1" };
    let done = block(place, Some(&before.counter), AT_10, AT_11).await;
    let moved: Vec<(&str, &str)> = done
        .reassigned
        .iter()
        .map(|r| (r.receipt.as_str(), r.counter.as_str()))
        .collect();
    assert_eq!(moved, [(booked.receipt.as_str(), other)]);
    let after = day(place).await.visits.remove(0);
    assert_eq!(
        (after.counter.as_str(), after.start.as_str()),
        (other, AT_10)
    );
    assert_ne!(after.visit, before.visit);
    // The citizen sees the same booking, and what waits to be sent to them is still sent.
    let secret = booked.secret.expect("a secret");
    let shown = place.desk.show(&place.site, &secret).await.expect("there");
    assert_eq!((shown.start.as_str(), shown.notices.len()), (AT_10, 2));
    let mut tx = place
        .desk
        .store
        .read(&place.site.tenant)
        .await
        .expect("a transaction");
    let lost = format!(
        "SELECT count(*) FROM outbox WHERE visit <> '{}'",
        after.visit
    );
    assert_eq!(tx.count_raw(&lost).await.expect("a number"), 0);
    drop(tx);
    place
        .post(&key(), &secret, Wish::Cancel)
        .await
        .expect("cancelled");
    // A service that only that counter gives cannot be handed over.
    let holder = place.hold("cpr", AT_12).await.expect("a hold");
    let mut request = common::request("20304051");
    request.cpr = Some("010101-1234".into());
    place
        .post(&key(), &holder, Wish::Book(request))
        .await
        .expect("a booking");
    let (stuck, _) = in_the_way(place, wish(Some("s1"), AT_12, "2026-12-04T12:30:00+01:00")).await;
    assert_eq!(stuck.len(), 1);
}

async fn a_block_takes_its_time_and_gives_it_back(place: &Place) {
    let done = block(place, Some("s2"), AT_10, AT_12).await;
    let id = done.block.block.clone();
    assert_eq!((free(place, AT_10).await, free(place, AT_12).await), (1, 2));
    assert_eq!(day(place).await.blocks, [done.block]);
    place.hold("pas", AT_10).await.expect("the other counter");
    assert_eq!(code(place.hold("pas", AT_10).await), Some(Code::SlotTaken));
    unblock(place, &id).await;
    unblock(place, &id).await;
    assert_eq!(free(place, AT_10).await, 1);
    place.hold("pas", AT_10).await.expect("free again");
    assert!(day(place).await.blocks.is_empty());
    let mut tx = place
        .desk
        .store
        .read(&place.site.tenant)
        .await
        .expect("a transaction");
    let ask = "SELECT count(*) FROM audit WHERE who = 'anna' AND what IN ('blocked', 'unblocked')";
    assert_eq!(tx.count_raw(ask).await.expect("a number"), 2);
}

async fn blocks_may_overlap(place: &Place) {
    let ill = block(place, Some("s1"), AT_10, AT_12).await;
    let meeting = block(place, None, AT_11, "2026-12-04T13:00:00+01:00").await;
    assert_eq!(
        [
            free(place, AT_10).await,
            free(place, AT_11).await,
            free(place, AT_12).await
        ],
        [1, 0, 0]
    );
    // Without the first the second still takes what is its own, and the other way round.
    unblock(place, &ill.block.block).await;
    assert_eq!(
        [
            free(place, AT_10).await,
            free(place, AT_11).await,
            free(place, AT_12).await
        ],
        [2, 0, 0]
    );
    let ill = block(place, Some("s1"), AT_10, AT_12).await;
    unblock(place, &meeting.block.block).await;
    assert_eq!(
        [
            free(place, AT_10).await,
            free(place, AT_11).await,
            free(place, AT_12).await
        ],
        [1, 1, 2]
    );
    unblock(place, &ill.block.block).await;
    assert_eq!(free(place, AT_11).await, 2);
}

async fn a_block_of_many_days_is_whole(place: &Place) {
    let week = block(place, Some("s2"), AT_10, "2026-12-31T10:00:00+01:00").await;
    for start in [
        AT_10,
        "2026-12-05T10:00:00+01:00",
        "2026-12-20T14:45:00+01:00",
        "2026-12-30T12:00:00+01:00",
    ] {
        assert_eq!(free(place, start).await, 1, "{start}");
    }
    assert_eq!(free(place, "2026-12-31T10:00:00+01:00").await, 2);
    let query = DaysQuery {
        location: "raadhus".to_owned(),
        from: "2026-12-14".to_owned(),
        days: Some(7),
        known: None,
    };
    let days = place.desk.staff_days(&place.site, "anna", &query).await;
    assert!(days.expect("days").days.iter().all(|d| d.blocks.len() == 1));
    unblock(place, &week.block.block).await;
    for start in [AT_10, "2026-12-30T12:00:00+01:00"] {
        assert_eq!(free(place, start).await, 2, "{start}");
    }
}

async fn only_what_can_be_blocked_is(place: &Place) {
    let refusal = async |change: fn(&mut BlockRequest)| {
        let mut wish = BlockRequest {
            location: "raadhus".to_owned(),
            counter: Some("s1".to_owned()),
            start: AT_10.to_owned(),
            end: AT_11.to_owned(),
            reason: "Kursus".to_owned(),
        };
        change(&mut wish);
        let answer: Result<_, Fault> = place.staff(StaffWish::Block(wish)).await;
        code(answer)
    };
    assert_eq!(
        refusal(|w| w.location = "nowhere".into()).await,
        Some(Code::NotFound)
    );
    assert_eq!(
        refusal(|w| w.counter = Some("h1".into())).await,
        Some(Code::NotFound)
    );
    assert_eq!(refusal(|w| w.end = AT_10.into()).await, Some(Code::Invalid));
    assert_eq!(
        refusal(|w| w.start = "i morgen".into()).await,
        Some(Code::Invalid)
    );
    assert_eq!(
        refusal(|w| w.start = "2026-12-04T10:02:00+01:00".into()).await,
        Some(Code::Invalid)
    );
    assert_eq!(
        refusal(|w| w.end = "2027-01-04T10:05:00+01:00".into()).await,
        Some(Code::Invalid)
    );
    assert_eq!(
        refusal(|w| {
            w.start = "2026-12-02T10:00:00+01:00".into();
            w.end = "2026-12-03T08:00:00+01:00".into();
        })
        .await,
        Some(Code::Invalid),
        "it is over"
    );
    assert_eq!(
        refusal(|w| w.reason = String::new()).await,
        Some(Code::Invalid)
    );
    assert_eq!(
        refusal(|w| w.reason = "0101011234".into()).await,
        Some(Code::CprRefused)
    );
    // What has begun is taken from now on.
    place.forward(3);
    let today = block(
        place,
        Some("s1"),
        "2026-12-03T07:00:00+01:00",
        "2026-12-03T12:00:00+01:00",
    )
    .await;
    assert_eq!(today.block.start, "2026-12-03T08:00:00+01:00");
}

async fn a_block_is_forgotten_when_its_time_is_over(place: &Place) {
    block(place, None, AT_10, AT_12).await;
    place.forward(31 * 24 * 60);
    place.desk.tidy(&place.site).await.expect("tidied");
    assert_eq!(day(place).await.blocks.len(), 1);
    place.forward(2 * 24 * 60);
    place.desk.tidy(&place.site).await.expect("tidied");
    assert!(day(place).await.blocks.is_empty());
}
