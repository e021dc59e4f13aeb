//! The promises of the desk, each tried on SQLite and on PostgreSQL by the same code.

#[macro_use]
mod common;

use api::desk::Wish;
use booking::instant_text;
use common::{Place, code, key, request, wish};
use protocol::{Code, MoveRequest, SlotsQuery};
use std::collections::HashSet;

const AT_10: &str = "2026-12-04T10:00:00+01:00";
const AT_11: &str = "2026-12-04T11:00:00+01:00";

both!(
    a_retry_is_answered_alike,
    holds_belong_to_their_holder,
    an_expired_hold_is_free_without_anybody_looking,
    any_case_worker_is_chosen_once,
    a_move_frees_the_old_time_at_once,
    what_is_over_stays_over,
    a_contact_cannot_hoard,
    only_what_is_asked_for_is_taken,
    an_erased_person_is_gone,
    a_kommune_sees_nothing_of_another,
    a_clock_that_jumps_frees_nothing_early,
    the_audit_log_cannot_be_changed,
);

async fn a_retry_is_answered_alike(place: &Place) {
    let once = key();
    let first = place
        .post(&once, "", Wish::Hold(wish("pas", AT_10)))
        .await
        .expect("a hold");
    let again = place
        .post(&once, "", Wish::Hold(wish("pas", AT_10)))
        .await
        .expect("a hold");
    assert_eq!(first, again);
    assert_eq!(first.status, 201);
    let other = place.post(&once, "", Wish::Hold(wish("pas", AT_11))).await;
    assert_eq!(code(other), Some(Code::KeyReused));
    let holder = first.body["holder"].as_str().expect("a secret");
    let once = key();
    let first = place
        .post(&once, holder, Wish::Book(request("20304050")))
        .await
        .expect("a booking");
    let again = place
        .post(&once, holder, Wish::Book(request("20304050")))
        .await
        .expect("a booking");
    assert_eq!(first, again);
    let secret = first.body["secret"].as_str().expect("a secret");
    assert_eq!(
        place
            .desk
            .show(&place.site, secret)
            .await
            .expect("a booking")
            .start,
        AT_10
    );
    // At once: one does it, the others get its answer or are asked to wait.
    let once = key();
    let tries = (0..8).map(|_| place.post(&once, "", Wish::Hold(wish("pas", AT_11))));
    let mut answers = HashSet::new();
    for result in futures(tries).await {
        match result {
            Ok(answer) => drop(answers.insert(answer.body.to_string())),
            Err(fault) => assert_eq!(fault.problem().code, Code::InProgress),
        }
    }
    assert_eq!(answers.len(), 1);
    assert_eq!(free(place, AT_11).await, 1);
}

async fn holds_belong_to_their_holder(place: &Place) {
    let holder = place.hold("pas", AT_10).await.expect("a hold");
    assert_eq!(
        code(
            place
                .post(&key(), "another", Wish::Book(request("20304050")))
                .await
        ),
        Some(Code::NotFound)
    );
    assert_eq!(
        code(place.post(&key(), "", Wish::Extend).await),
        Some(Code::NotFound)
    );
    place.forward(4);
    place
        .post(&key(), &holder, Wish::Extend)
        .await
        .expect("more time");
    place.forward(4);
    // Choosing another time gives the first back.
    let other = place
        .post(&key(), &holder, Wish::Hold(wish("pas", AT_11)))
        .await
        .expect("a hold");
    assert_eq!(free(place, AT_10).await, 2);
    let holder = other.body["holder"].as_str().expect("a secret");
    place
        .post(&key(), holder, Wish::Release)
        .await
        .expect("released");
    place
        .post(&key(), holder, Wish::Release)
        .await
        .expect("released already");
    assert_eq!(free(place, AT_11).await, 2);
    assert_eq!(
        code(
            place
                .post(&key(), holder, Wish::Book(request("20304050")))
                .await
        ),
        Some(Code::HoldExpired)
    );
}

async fn an_expired_hold_is_free_without_anybody_looking(place: &Place) {
    let late = place.hold("pas", AT_10).await.expect("a hold");
    place.hold("pas", AT_10).await.expect("the other counter");
    assert_eq!(code(place.hold("pas", AT_10).await), Some(Code::SlotTaken));
    assert_eq!(free(place, AT_10).await, 0);
    place.forward(5);
    assert_eq!(free(place, AT_10).await, 2);
    assert_eq!(
        code(
            place
                .post(&key(), &late, Wish::Book(request("20304050")))
                .await
        ),
        Some(Code::HoldExpired)
    );
    assert_eq!(
        code(place.post(&key(), &late, Wish::Extend).await),
        Some(Code::HoldExpired)
    );
    place.hold("pas", AT_10).await.expect("a hold");
    place.hold("pas", AT_10).await.expect("a hold");
}

async fn any_case_worker_is_chosen_once(place: &Place) {
    let start = "2026-12-04T03:00:00+01:00";
    let results = futures((0..64).map(|_| place.hold("hurtig", start))).await;
    let held = results.iter().filter(|r| r.is_ok()).count();
    assert_eq!(held, 8, "eight counters, eight visits");
    for result in results.into_iter().filter(Result::is_err) {
        assert_eq!(code(result), Some(Code::SlotTaken));
    }
}

async fn a_move_frees_the_old_time_at_once(place: &Place) {
    let secret = place.book(AT_10, "20304050").await.expect("a booking");
    assert_eq!(free(place, AT_10).await, 1);
    let there = |start: &str| {
        Wish::Move(MoveRequest {
            start: start.to_owned(),
            location: "raadhus".to_owned(),
        })
    };
    let moved = place
        .post(&key(), &secret, there(AT_11))
        .await
        .expect("moved");
    assert_eq!(moved.body["start"], AT_11);
    assert_eq!((free(place, AT_10).await, free(place, AT_11).await), (2, 1));
    // Into its own time: half an hour later would overlap, and does not matter.
    place
        .post(&key(), &secret, there("2026-12-04T11:15:00+01:00"))
        .await
        .expect("moved");
    // Where nobody is free the booking stays.
    place.book(AT_10, "20304051").await.expect("a booking");
    place.book(AT_10, "20304052").await.expect("a booking");
    assert_eq!(
        code(place.post(&key(), &secret, there(AT_10)).await),
        Some(Code::SlotTaken)
    );
    let receipt = place
        .desk
        .show(&place.site, &secret)
        .await
        .expect("a booking");
    assert_eq!(receipt.start, "2026-12-04T11:15:00+01:00");
    assert_eq!(
        place
            .desk
            .calendar(&place.site, &secret)
            .await
            .expect("a file")
            .matches("SEQUENCE:2")
            .count(),
        1
    );
}

async fn what_is_over_stays_over(place: &Place) {
    let secret = place.book(AT_10, "20304050").await.expect("a booking");
    let receipt = place
        .post(&key(), &secret, Wish::Cancel)
        .await
        .expect("cancelled");
    assert_eq!(
        (
            receipt.body["state"].as_str(),
            receipt.body["changeable"].as_bool()
        ),
        (Some("cancelled"), Some(false))
    );
    assert_eq!(free(place, AT_10).await, 2);
    assert_eq!(
        code(place.post(&key(), &secret, Wish::Cancel).await),
        Some(Code::WrongState)
    );
    let there = MoveRequest {
        start: AT_11.to_owned(),
        location: "raadhus".to_owned(),
    };
    assert_eq!(
        code(place.post(&key(), &secret, Wish::Move(there)).await),
        Some(Code::WrongState)
    );
    // Less than an hour before, it is too late to call off.
    let secret = place.book(AT_10, "20304050").await.expect("a booking");
    place.forward(25 * 60 + 1);
    assert_eq!(
        code(place.post(&key(), &secret, Wish::Cancel).await),
        Some(Code::WrongState)
    );
}

async fn a_contact_cannot_hoard(place: &Place) {
    for hour in 10..13 {
        place
            .book(&format!("2026-12-04T{hour}:00:00+01:00"), "20 30 40 50")
            .await
            .expect("a booking");
    }
    let more = place.book("2026-12-04T13:00:00+01:00", "+4520304050").await;
    assert_eq!(code(more), Some(Code::TooManyBookings));
    place
        .book("2026-12-04T13:00:00+01:00", "20304051")
        .await
        .expect("somebody else");
    // All at once neither.
    let mut holders = Vec::new();
    for hour in 10..15 {
        holders.push(
            place
                .hold("pas", &format!("2026-12-05T{hour}:00:00+01:00"))
                .await
                .expect("a hold"),
        );
    }
    let tries = holders.iter().map(|holder| {
        let holder = holder.clone();
        async move {
            place
                .post(&key(), &holder, Wish::Book(request("20304055")))
                .await
        }
    });
    let booked = futures(tries).await.iter().filter(|r| r.is_ok()).count();
    assert_eq!(booked, 3);
}

async fn only_what_is_asked_for_is_taken(place: &Place) {
    let holder = place.hold("pas", AT_10).await.expect("a hold");
    let wrong = async |change: fn(&mut protocol::BookingRequest)| {
        let mut request = request("20304050");
        change(&mut request);
        code(place.post(&key(), &holder, Wish::Book(request)).await)
    };
    assert_eq!(
        wrong(|r| r.contact.name = " ".into()).await,
        Some(Code::Invalid)
    );
    assert_eq!(
        wrong(|r| r.contact.name = "Ida 0101011234".into()).await,
        Some(Code::CprRefused)
    );
    assert_eq!(
        wrong(|r| r.cpr = Some("0101011234".into())).await,
        Some(Code::CprRefused)
    );
    assert_eq!(
        wrong(|r| r.contact.phone = Some("112".into())).await,
        Some(Code::Invalid)
    );
    assert_eq!(
        wrong(|r| r.contact.email = Some("ida@@a.dk".into())).await,
        Some(Code::Invalid)
    );
    assert_eq!(
        wrong(|r| (r.contact.phone, r.contact.email) = (None, None)).await,
        Some(Code::Invalid)
    );
    assert_eq!(
        wrong(|r| r.privacy_version = "old".into()).await,
        Some(Code::PrivacyChanged)
    );
    let holder = place.hold("cpr", AT_11).await.expect("a hold");
    assert_eq!(
        code(
            place
                .post(&key(), &holder, Wish::Book(request("20304050")))
                .await
        ),
        Some(Code::Invalid)
    );
    let mut with = request("20304050");
    with.cpr = Some("010101-1234".into());
    let booked = place
        .post(&key(), &holder, Wish::Book(with))
        .await
        .expect("a booking");
    let secret = booked.body["secret"].as_str().expect("a secret");
    let export = place
        .desk
        .export(&place.site, secret)
        .await
        .expect("an export");
    assert_eq!(export.cpr.as_deref(), Some("0101011234"));
    assert_eq!(export.contact.phone.as_deref(), Some("+4520304050"));
    let what: Vec<&str> = export.history.iter().map(|e| e.what.as_str()).collect();
    assert_eq!(what, ["held", "confirmed", "exported"]);
}

async fn an_erased_person_is_gone(place: &Place) {
    let secret = place.book(AT_10, "20304050").await.expect("a booking");
    let once = key();
    let first = place
        .post(&once, &secret, Wish::Erase)
        .await
        .expect("erased");
    assert_eq!(
        place
            .post(&once, &secret, Wish::Erase)
            .await
            .expect("erased"),
        first
    );
    assert_eq!(
        code(place.desk.show(&place.site, &secret).await),
        Some(Code::NotFound)
    );
    assert_eq!(
        code(place.desk.export(&place.site, &secret).await),
        Some(Code::NotFound)
    );
    assert_eq!(free(place, AT_10).await, 2, "nobody comes");
    assert_eq!(place.desk.erasures.all().expect("a list").len(), 1);
    assert_eq!(place.desk.erase_again().await.expect("a look"), 0);
    // And so does the time of keeping.
    let secret = place.book(AT_11, "20304050").await.expect("a booking");
    place.forward(30 * 24 * 60);
    assert_eq!(place.desk.tidy(&place.site).await.expect("tidied"), 0);
    place.forward(2 * 24 * 60);
    assert_eq!(place.desk.tidy(&place.site).await.expect("tidied"), 1);
    assert_eq!(
        code(place.desk.show(&place.site, &secret).await),
        Some(Code::NotFound)
    );
}

async fn a_kommune_sees_nothing_of_another(place: &Place) {
    let secret = place.book(AT_10, "20304050").await.expect("a booking");
    let other = place
        .desk
        .sites
        .enter(common::OTHER_KEY, None)
        .expect("a site");
    assert_eq!(
        code(place.desk.show(&other, &secret).await),
        Some(Code::NotFound)
    );
    let query = SlotsQuery {
        service: "pas".into(),
        location: None,
        from: "2026-12-04".into(),
        days: Some(1),
        persons: None,
    };
    let slots = place.desk.slots(&other, &query).await.expect("times");
    assert!(slots.slots.iter().all(|slot| slot.free == 2));
}

async fn a_clock_that_jumps_frees_nothing_early(place: &Place) {
    let holder = place.hold("pas", AT_10).await.expect("a hold");
    place.hold("pas", AT_10).await.expect("a hold");
    place.forward(-3 * 60);
    assert_eq!(free(place, AT_10).await, 0);
    assert_eq!(code(place.hold("pas", AT_10).await), Some(Code::SlotTaken));
    let extended = place
        .post(&key(), &holder, Wish::Extend)
        .await
        .expect("not shorter");
    assert_eq!(
        extended.body["expires_at"],
        instant_text(common::now_ms() + 300_000)
    );
    place
        .post(&key(), &holder, Wish::Book(request("20304050")))
        .await
        .expect("a booking");
}

async fn the_audit_log_cannot_be_changed(place: &Place) {
    place.book(AT_10, "20304050").await.expect("a booking");
    for change in [
        "UPDATE audit SET who = 'x'",
        "DELETE FROM audit",
        "UPDATE visit SET start_ms = start_ms + 300000",
    ] {
        let mut tx = place
            .desk
            .store
            .write(&place.site.tenant)
            .await
            .expect("a transaction");
        assert!(tx.try_raw(change).await.is_err(), "{change}");
    }
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
    slots
        .slots
        .iter()
        .find(|slot| slot.start == start)
        .map_or(0, |slot| slot.free)
}

/// All at once on this task: they interleave wherever the database is waited for.
async fn futures<F: Future>(all: impl Iterator<Item = F>) -> Vec<F::Output> {
    futures_util::future::join_all(all).await
}
