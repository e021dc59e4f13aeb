//! A booking file that no longer fits what is booked: found by `config check`, listed at the start, and staff are told. On SQLite and
//! on PostgreSQL.

#[macro_use]
mod common;

use api::desk::{Desk, Misfit, StaffWish, Why, misfits};
use api::tenant::Site;
use common::{COUNTER, Place, code};
use protocol::Code;
use protocol::staff::{AlertAbout, DaysQuery};
use std::sync::Arc;

const AT_10: &str = "2026-12-04T10:00:00+01:00";
const AT_11: &str = "2026-12-04T11:00:00+01:00";

both!(
    a_file_that_fits_says_nothing,
    what_nobody_serves_is_named_with_its_reason,
    what_another_counter_can_serve_is_handed_over,
    a_new_counter_is_blocked_with_its_location,
    an_empty_database_has_no_misfits,
);

/// The same database, with another booking file.
fn with(place: &Place, change: impl FnOnce(String) -> String) -> (Desk, Arc<Site>) {
    let text = change(common::admin("eksempelby"));
    std::fs::write(place.folder.file("eksempelby.booking.json"), text).expect("a file");
    let sites = Arc::new(place.config.sites().expect("sites"));
    let site = sites.enter(common::KEY, None).expect("a site");
    let desk = Desk::new(
        place.desk.store.clone(),
        sites,
        place.clock.clone(),
        place.desk.erasures.clone(),
        &[7; 32],
    );
    (desk, site)
}

async fn looked(place: &Place, site: &Site) -> Vec<Misfit> {
    let found = misfits(&place.desk.store, site, place.clock.now_ms()).await;
    found.expect("a look")
}

async fn counters(desk: &Desk, site: &Site) -> Vec<(String, String)> {
    let query = DaysQuery {
        location: "raadhus".to_owned(),
        from: "2026-12-04".to_owned(),
        days: None,
        known: None,
    };
    let days = desk.staff_days(site, "anna", &query).await.expect("a day");
    let visits = days.days[0].visits.iter();
    visits
        .map(|v| (v.start[11..16].to_owned(), v.counter.clone()))
        .collect()
}

async fn a_file_that_fits_says_nothing(place: &Place) {
    place
        .receipt("pas", AT_10, "20304050")
        .await
        .expect("a booking");
    assert_eq!(looked(place, &place.site).await, []);
    assert_eq!(place.desk.settle(&place.site).await.expect("a look"), []);
    let alerts = place
        .desk
        .staff_alerts(&place.site, COUNTER)
        .await
        .expect("alerts");
    assert!(alerts.alerts.is_empty());
}

async fn what_nobody_serves_is_named_with_its_reason(place: &Place) {
    let booked = place
        .receipt("pas", AT_10, "20304050")
        .await
        .expect("a booking");
    let week = |from: &str, to: &str| {
        let day = |span: &str| format!("[\"{span}\"]");
        let week = |span: &str| format!("{{\"days\":[{}]}}", vec![day(span); 7].join(","));
        (week(from), week(to))
    };
    // Opens an hour later now.
    let (from, to) = week("10:00-15:00", "11:00-15:00");
    let (desk, site) = with(place, |text| text.replace(&from, &to));
    let found = looked(place, &site).await;
    assert_eq!(
        found
            .iter()
            .map(|m| (m.receipt.as_str(), m.why))
            .collect::<Vec<_>>(),
        [(booked.receipt.as_str(), Why::Closed)]
    );
    let said = found[0].to_string();
    for part in [
        "eksempelby",
        &booked.receipt,
        AT_10,
        "every counter for it is closed",
        "expected an open counter",
        "/konsol/booking",
    ] {
        assert!(said.contains(part), "{part} is not in: {said}");
    }
    // At the start it is listed, and staff are told once however often that happens.
    assert_eq!(desk.settle(&site).await.expect("a look"), found);
    assert_eq!(desk.settle(&site).await.expect("a look"), found);
    let alerts = desk
        .staff_alerts(&site, COUNTER)
        .await
        .expect("alerts")
        .alerts;
    assert_eq!(
        alerts
            .iter()
            .map(|a| (a.about, a.receipt.as_deref()))
            .collect::<Vec<_>>(),
        [(AlertAbout::Stranded, Some(booked.receipt.as_str()))]
    );
    // Its time is still its own, and the citizen still sees it.
    let secret = booked.secret.expect("a secret");
    assert_eq!(desk.show(&site, &secret).await.expect("there").start, AT_10);
    // The service is given by nobody there.
    let (_, site) = with(place, |text| {
        text.replace(
            r#""services":["pas","kode","cpr"]"#,
            r#""services":["kode","cpr"]"#,
        )
        .replace(
            r#""location":"raadhus","services":["pas"]"#,
            r#""location":"dag","services":["pas"]"#,
        )
    });
    assert_eq!(looked(place, &site).await[0].why, Why::NoCounter);
    // The place is gone.
    let (_, site) = with(place, |text| {
        text.replace(r#""id":"raadhus""#, r#""id":"andetsteds""#)
            .replace(r#""location":"raadhus""#, r#""location":"andetsteds""#)
    });
    assert_eq!(looked(place, &site).await[0].why, Why::NoLocation);
    // Over: nobody has to be there any more.
    place.forward(3 * 24 * 60);
    assert_eq!(looked(place, &site).await, []);
}

async fn what_another_counter_can_serve_is_handed_over(place: &Place) {
    for (start, phone) in [
        (AT_10, "20304050"),
        (AT_10, "20304051"),
        (AT_11, "20304052"),
    ] {
        place.receipt("pas", start, phone).await.expect("a booking");
    }
    // The counter that has the visit at eleven goes.
    let before = counters(&place.desk, &place.site).await;
    let gone = before[2].1.clone();
    let stays = if gone == "s1" { "s2" } else { "s1" };
    let (desk, site) = with(place, |text| {
        let mut admin: serde_json::Value = serde_json::from_str(&text).expect("json");
        let counters = admin["counters"].as_array_mut().expect("counters");
        counters.retain(|c| c["id"] != gone.as_str());
        let all = r#"["pas","kode","cpr"]"#;
        counters[0]["services"] = serde_json::from_str(all).expect("json");
        admin.to_string()
    });
    let found = desk.settle(&site).await.expect("a look");
    assert_eq!(
        found
            .iter()
            .map(|m| (m.start.as_str(), m.why))
            .collect::<Vec<_>>(),
        [(AT_10, Why::Full)]
    );
    let after = counters(&desk, &site).await;
    assert!(
        after.contains(&("11:00".to_owned(), stays.to_owned())),
        "{after:?}"
    );
    // Nobody can book over it at the counter that has it now.
    let late = place.hold("pas", AT_11).await;
    assert!(late.is_ok(), "the old file still knows the other counter");
    let post = api::desk::Post {
        key: common::key(),
        secret: String::new(),
        browser: String::new(),
        fingerprint: "x".to_owned(),
        wish: api::desk::Wish::Hold(common::wish("pas", AT_11)),
    };
    assert_eq!(code(desk.post(&site, &post).await), Some(Code::SlotTaken));
}

async fn a_new_counter_is_blocked_with_its_location(place: &Place) {
    let block = protocol::staff::BlockRequest {
        location: "raadhus".to_owned(),
        counter: None,
        start: AT_10.to_owned(),
        end: AT_11.to_owned(),
        reason: "Møde".to_owned(),
    };
    let blocked = place.staff(StaffWish::Block(block)).await;
    let id = blocked.expect("a block").body["block"]["block"].to_string();
    let (desk, site) = with(place, |text| {
        let mut admin: serde_json::Value = serde_json::from_str(&text).expect("json");
        let counters = admin["counters"].as_array_mut().expect("counters");
        let mut new = counters[1].clone();
        new["id"] = "s3".into();
        counters.push(new);
        admin.to_string()
    });
    let free = async |start: &str| {
        let query = protocol::SlotsQuery {
            service: "pas".into(),
            location: None,
            from: "2026-12-04".into(),
            days: Some(1),
            persons: None,
        };
        let slots = desk.slots(&site, &query).await.expect("times").slots;
        let slot = slots.into_iter().find(|slot| slot.start == start);
        slot.map_or(0, |slot| slot.free)
    };
    assert_eq!((free(AT_10).await, free(AT_11).await), (1, 3));
    assert_eq!(desk.settle(&site).await.expect("a look"), []);
    assert_eq!((free(AT_10).await, free(AT_11).await), (0, 3));
    assert_eq!(desk.settle(&site).await.expect("a look"), []);
    let unblock = protocol::staff::UnblockRequest {
        block: id.trim_matches('"').to_owned(),
    };
    place
        .staff(StaffWish::Unblock(unblock))
        .await
        .expect("given back");
    assert_eq!(free(AT_10).await, 3);
}

async fn an_empty_database_has_no_misfits(place: &Place) {
    let mut config = place.config.clone();
    let found = api::serve::misfits(&config, &place.clock).await;
    assert_eq!(found.expect("a look"), []);
    // One that is not there is not made by looking.
    let file = place.folder.file("nothing.db");
    config.database = format!("sqlite:{}", file.display());
    let found = api::serve::misfits(&config, &place.clock).await;
    assert_eq!(found.expect("a look"), []);
    assert!(!file.exists());
}
