//! The routes of staff over HTTP: who is let in, what an answer looks like, and a block that is refused. Also the cap on holds, which
//! needs an address to tell browsers by.

mod common;

use api::auth::Role;
use api::http::{App, router};
use api::limits::{Limits, Rate};
use api::metrics::Metrics;
use axum::Router;
use axum::body::Body;
use axum::http::Request;
use common::staff::{Console, Got, Seat};
use common::{KEY, ORIGIN, Place, key};
use protocol::path;
use serde_json::{Value, json};
use std::sync::Arc;
use tower::ServiceExt as _;

const AT_10: &str = "2026-12-04T10:00:00+01:00";
const AT_11: &str = "2026-12-04T11:00:00+01:00";

fn server(place: &Place) -> Router {
    let rate = Rate {
        per_second: 1e9,
        burst: 1e9,
    };
    router(App {
        desk: place.desk.clone(),
        auth: api::auth::Auth::new(&place.desk),
        limits: Arc::new(Limits::new(rate, rate)),
        metrics: Arc::new(Metrics::new()),
        behind_proxy: true,
    })
}

async fn get(console: &Console, by: &Seat, path: &str) -> (u16, Value) {
    let Got { status, body, .. } = console.get(path, by).await;
    (status, body)
}

async fn post(console: &Console, by: &Seat, path: &str, body: &Value) -> (u16, Value) {
    let Got { status, body, .. } = console.post(path, by, body).await;
    (status, body)
}

#[tokio::test]
async fn a_forged_token_and_another_kommune_change_nothing() {
    let place = Place::sqlite().await;
    let console = Console::new(&place);
    let booked = place.receipt("pas", AT_10, "20304050").await;
    let receipt = booked.expect("a booking").receipt;
    let found = format!("{}?receipt={receipt}", path::STAFF_FIND);
    let off = json!({"receipt": receipt, "reason": "Sygdom"});
    let own = console
        .seat(&place, Some("eksempelby"), &[Role::Booking])
        .await;
    let forged = Seat {
        csrf: "forged".into(),
        ..own.clone()
    };
    let got = console.post(path::STAFF_CANCEL, &forged, &off).await;
    assert_eq!(got.problem(), (403, "csrf"));
    let both = [Role::Booking, Role::BookingAdmin];
    let other = console.seat(&place, Some("fjordby"), &both).await;
    let got = console.post(path::STAFF_CANCEL, &other, &off).await;
    assert_eq!(got.problem(), (404, "not-found"));
    assert_eq!(
        console.get(&found, &other).await.problem(),
        (404, "not-found")
    );
    let got = console.get(&found, &own).await;
    assert_eq!(
        (got.status, &got.body["visit"]["state"]),
        (200, &json!("confirmed"))
    );
}

#[tokio::test]
async fn a_day_at_the_counter() {
    let place = Place::sqlite().await;
    let console = Console::new(&place);
    let clerk = console
        .seat(&place, Some("eksempelby"), &[Role::BookingAdmin])
        .await;
    let (status, places) = get(&console, &clerk, path::STAFF_PLACES).await;
    assert_eq!(status, 200);
    assert_eq!(places["locations"][0]["counters"][0]["id"], "s1");
    assert!(
        places["services"]
            .as_array()
            .expect("services")
            .iter()
            .all(|s| s["id"] != "link"),
        "what is booked elsewhere is not here"
    );
    let booked = place.receipt("pas", AT_10, "20304050").await;
    let receipt = booked.expect("a booking").receipt;
    let day = format!("{}?location=raadhus&from=2026-12-04", path::STAFF_DAYS);
    let (status, days) = get(&console, &clerk, &day).await;
    assert_eq!(status, 200);
    let visit = &days["days"][0]["visits"][0];
    assert_eq!(visit["name"], "Ida Andersen");
    assert_eq!(visit["can"], json!(["move", "cancel"]));
    let version = days["version"].as_str().expect("a version");
    let (_, same) = get(&console, &clerk, &format!("{day}&known={version}")).await;
    assert_eq!(
        (&same["unchanged"], &same["days"]),
        (&json!(true), &json!([]))
    );
    let slots = format!(
        "{}?receipt={receipt}&from=2026-12-04&days=1",
        path::STAFF_SLOTS
    );
    let (_, slots) = get(&console, &clerk, &slots).await;
    assert_eq!(slots["slots"][0]["start"], AT_10);
    let there = json!({"receipt": receipt, "start": AT_11, "location": "raadhus"});
    let (status, moved) = post(&console, &clerk, path::STAFF_MOVE, &there).await;
    assert_eq!((status, &moved["start"]), (200, &json!(AT_11)));
    // Both counters at eleven: neither can be taken out.
    let second = place.receipt("pas", AT_11, "20304051").await;
    second.expect("a booking");
    let block = json!({"location": "raadhus", "counter": "s1", "start": AT_11, "end": "2026-12-04T12:00:00+01:00", "reason": "Kursus"});
    let refused = console.post(path::STAFF_BLOCKS, &clerk, &block).await;
    assert_eq!(refused.problem(), (409, "booked"));
    assert_eq!(refused.headers["content-type"], "application/problem+json");
    assert_eq!(refused.body["count"], 1);
    assert_eq!(refused.body["receipts"].as_array().map(Vec::len), Some(1));
    let block = json!({"location": "raadhus", "start": "2026-12-04T13:00:00+01:00", "end": "2026-12-04T14:00:00+01:00", "reason": "Kursus"});
    let (status, blocked) = post(&console, &clerk, path::STAFF_BLOCKS, &block).await;
    assert_eq!(status, 201);
    let id = json!({"block": blocked["block"]["block"]});
    assert_eq!(
        post(&console, &clerk, path::STAFF_UNBLOCK, &id).await.0,
        200
    );
    // At the counter.
    place
        .clock
        .set(booking::parse_instant(AT_11).expect("an instant"));
    let clerk = console
        .seat(&place, Some("eksempelby"), &[Role::Booking])
        .await;
    let named = json!({"receipt": receipt.to_lowercase().replace('-', " ")});
    for (route, state) in [
        (path::STAFF_CHECK_IN, "checked-in"),
        (path::STAFF_UNDO, "confirmed"),
        (path::STAFF_NO_SHOW, "no-show"),
    ] {
        let (status, changed) = post(&console, &clerk, route, &named).await;
        assert_eq!((status, &changed["state"]), (200, &json!(state)));
    }
    let off = json!({"receipt": receipt, "reason": "Sygdom"});
    let (status, problem) = post(&console, &clerk, path::STAFF_CANCEL, &off).await;
    assert_eq!((status, &problem["code"]), (409, &json!("wrong-state")));
    let (_, found) = get(
        &console,
        &clerk,
        &format!("{}?receipt={receipt}", path::STAFF_FIND),
    )
    .await;
    let history = found["history"].as_array().expect("lines");
    let moved = history.iter().find(|line| line["what"] == "moved");
    let moved = &moved.expect("a line")["text"];
    let moved = moved.as_str().expect("text");
    let told = moved.starts_with("Flyttet af ") && moved.ends_with(" Hansen");
    assert!(told, "{history:?}");
    // No mail server: what waits has been an alert for a day.
    let (_, alerts) = get(&console, &clerk, path::STAFF_ALERTS).await;
    let alerts = alerts["alerts"].as_array().expect("alerts");
    assert_eq!(alerts.len(), 2, "two bookings");
    assert_eq!(alerts[0]["about"], "undelivered");
    let seen = json!({"alert": alerts[0]["alert"]});
    assert_eq!(
        post(&console, &clerk, path::STAFF_ALERTS_SEEN, &seen)
            .await
            .0,
        200
    );
    let (_, alerts) = get(&console, &clerk, path::STAFF_ALERTS).await;
    assert_eq!(alerts["alerts"].as_array().map(Vec::len), Some(1));
    // What is no message is refused, and nothing of it is told.
    for body in [
        json!({"receipt": receipt, "kommune": "fjordby"}),
        json!({"receipt": 1}),
        json!("pas"),
    ] {
        let (status, _) = post(&console, &clerk, path::STAFF_CHECK_IN, &body).await;
        assert_eq!(status, 422);
    }
    for query in [
        "",
        "?location=raadhus",
        "?location=raadhus&from=x",
        "?location=raadhus&from=2026-12-04&days=300",
    ] {
        let (status, _) = get(&console, &clerk, &format!("{}{query}", path::STAFF_DAYS)).await;
        assert!((400..500).contains(&status), "{query}");
    }
}

#[tokio::test]
async fn one_browser_holds_what_it_may_and_another_is_not_touched() {
    let place = Place::sqlite().await;
    let app = server(&place);
    let hold = async |ip: &str, agent: &str, holder: &str| {
        let body = json!({"service": "pas", "location": "raadhus", "start": AT_10});
        let request = Request::post(path::HOLDS)
            .header("lokalsvar-site", KEY)
            .header("origin", ORIGIN)
            .header("x-forwarded-for", ip)
            .header("user-agent", agent)
            .header("lokalsvar-holder", holder)
            .header("idempotency-key", key())
            .header("content-type", "application/json")
            .body(Body::from(body.to_string()))
            .expect("a request");
        let response = app.clone().oneshot(request).await.expect("an answer");
        let wait = response.headers().get("retry-after");
        let wait = wait.map(|w| w.to_str().expect("text").to_owned());
        (response.status().as_u16(), wait)
    };
    assert_eq!(hold("192.0.2.1", "a", "").await, (201, None));
    assert_eq!(hold("192.0.2.1", "a", "").await, (429, Some("300".into())));
    place.forward(2);
    assert_eq!(hold("192.0.2.1", "a", "").await, (429, Some("180".into())));
    assert_eq!(hold("192.0.2.1", "b", "").await, (201, None));
    assert_eq!(
        hold("192.0.2.2", "a", "").await,
        (409, None),
        "both counters are held; the cap is not in the way"
    );
    place.forward(3);
    assert_eq!(hold("192.0.2.1", "a", "").await, (201, None));
}
