//! The routes of staff over HTTP: who is let in, what an answer looks like, and a block that is refused. Also the cap on holds, which
//! needs an address to tell browsers by.

mod common;

use api::http::{App, openapi, router};
use api::limits::{Limits, Rate};
use api::metrics::Metrics;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Method, Request, StatusCode};
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

/// Somebody who is signed in.
struct Clerk {
    cookie: String,
    csrf: String,
}

/// An account with a session that has begun, as signing in leaves them.
async fn clerk(place: &Place, slug: &str, roles: &str) -> Clerk {
    let token = api::secret::random::<32>();
    let site = place.desk.sites.all().find(|s| s.tenant.slug() == slug);
    let tenant = &site.expect("a site").tenant;
    let mut tx = place.desk.store.write(tenant).await.expect("a transaction");
    let id = format!("account-{}", api::secret::random_number());
    let now = place.clock.now_ms();
    let hash = api::secret::hash(&["session", slug, &token]);
    for row in [
        format!(
            "INSERT INTO account (tenant, id, user_name, name, roles, created_ms)
             VALUES ('{slug}', '{id}', '{id}', 'Anna Jensen', '{roles}', {now})"
        ),
        format!(
            "INSERT INTO session (tenant, token_hash, account, created_ms, seen_ms)
             VALUES ('{slug}', '{hash}', '{id}', {now}, {now})"
        ),
    ] {
        tx.try_raw(&row).await.expect("a row");
    }
    tx.commit().await.expect("kept");
    Clerk {
        cookie: format!("__Host-lokalsvar={slug}.{token}"),
        csrf: api::secret::keyed(&[7; 32], &[b"csrf", token.as_bytes()]),
    }
}

async fn ask(app: &Router, request: Request<Body>) -> (StatusCode, String, Value) {
    let response = app.clone().oneshot(request).await.expect("an answer");
    let status = response.status();
    let kind = response.headers().get("content-type");
    let kind = kind
        .map_or("", |kind| kind.to_str().expect("text"))
        .to_owned();
    let bytes = to_bytes(response.into_body(), 1 << 20)
        .await
        .expect("a body");
    let body = serde_json::from_slice(&bytes).unwrap_or_default();
    (status, kind, body)
}

fn request(method: &Method, path: &str, by: Option<&Clerk>, body: &Value) -> Request<Body> {
    let mut request = Request::builder().method(method).uri(path);
    if let Some(clerk) = by {
        request = request.header("cookie", &clerk.cookie);
        if method == Method::POST {
            request = request.header("lokalsvar-csrf", &clerk.csrf);
        }
    }
    if method == Method::POST {
        request = request
            .header("idempotency-key", key())
            .header("content-type", "application/json");
        return request
            .body(Body::from(body.to_string()))
            .expect("a request");
    }
    request.body(Body::empty()).expect("a request")
}

async fn get(app: &Router, by: &Clerk, path: &str) -> (StatusCode, Value) {
    let (status, _, body) = ask(app, request(&Method::GET, path, Some(by), &Value::Null)).await;
    (status, body)
}

async fn post(app: &Router, by: &Clerk, path: &str, body: &Value) -> (StatusCode, Value) {
    let (status, _, body) = ask(app, request(&Method::POST, path, Some(by), body)).await;
    (status, body)
}

#[tokio::test]
async fn nobody_comes_in_without_a_session_its_token_and_the_role() {
    let place = Place::sqlite().await;
    let app = server(&place);
    let booked = place.receipt("pas", AT_10, "20304050").await;
    let receipt = booked.expect("a booking").receipt;
    let body =
        json!({"receipt": receipt, "start": AT_11, "location": "raadhus", "reason": "Sygdom"});
    let document = serde_json::to_value(openapi()).expect("json");
    let routes = document["paths"].as_object().expect("paths");
    let ours = routes
        .iter()
        .filter(|(path, _)| path.starts_with("/api/v1/staff/booking") || path.contains("alerts"));
    let analyst = clerk(
        &place,
        "eksempelby",
        "analyst agent supervisor tenant-admin",
    )
    .await;
    let mut seen = 0;
    for (path, methods) in ours {
        let method = methods.as_object().expect("methods").keys().next();
        let method = if method.is_some_and(|m| m == "post") {
            Method::POST
        } else {
            Method::GET
        };
        seen += 1;
        let (status, _, problem) = ask(&app, request(&method, path, None, &body)).await;
        assert_eq!(
            (status.as_u16(), &problem["code"]),
            (401, &json!("signed-out")),
            "{path}"
        );
        let (status, _, problem) = ask(&app, request(&method, path, Some(&analyst), &body)).await;
        assert_eq!(
            (status.as_u16(), &problem["code"]),
            (403, &json!("forbidden")),
            "{path}"
        );
        if method == Method::POST {
            let forged = Clerk {
                csrf: "forged".into(),
                ..clerk(&place, "eksempelby", "booking-admin").await
            };
            let (status, _, problem) =
                ask(&app, request(&method, path, Some(&forged), &body)).await;
            assert_eq!(
                (status.as_u16(), &problem["code"]),
                (403, &json!("csrf")),
                "{path}"
            );
        }
    }
    assert_eq!(seen, 13);
    // Blocking is for those who may; everything else is for both.
    let counter = clerk(&place, "eksempelby", "booking").await;
    for path in [path::STAFF_BLOCKS, path::STAFF_UNBLOCK] {
        let (status, problem) = post(&app, &counter, path, &json!({})).await;
        assert_eq!(
            (status.as_u16(), &problem["code"]),
            (403, &json!("forbidden"))
        );
    }
    let found = format!("{}?receipt={receipt}", path::STAFF_FIND);
    let (status, body) = get(&app, &counter, &found).await;
    assert_eq!(
        (status.as_u16(), &body["visit"]["start"]),
        (200, &json!(AT_10))
    );
    // The same number, asked for by somebody of another kommune.
    let other = clerk(&place, "fjordby", "booking booking-admin").await;
    let (status, problem) = get(&app, &other, &found).await;
    assert_eq!(
        (status.as_u16(), &problem["code"]),
        (404, &json!("not-found"))
    );
}

#[tokio::test]
async fn a_day_at_the_counter() {
    let place = Place::sqlite().await;
    let app = server(&place);
    let clerk = clerk(&place, "eksempelby", "booking-admin").await;
    let (status, places) = get(&app, &clerk, path::STAFF_PLACES).await;
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
    let (status, days) = get(&app, &clerk, &day).await;
    assert_eq!(status, 200);
    let visit = &days["days"][0]["visits"][0];
    assert_eq!(visit["name"], "Ida Andersen");
    assert_eq!(visit["can"], json!(["move", "cancel"]));
    let version = days["version"].as_str().expect("a version");
    let (_, same) = get(&app, &clerk, &format!("{day}&known={version}")).await;
    assert_eq!(
        (&same["unchanged"], &same["days"]),
        (&json!(true), &json!([]))
    );
    let slots = format!(
        "{}?receipt={receipt}&from=2026-12-04&days=1",
        path::STAFF_SLOTS
    );
    let (_, slots) = get(&app, &clerk, &slots).await;
    assert_eq!(slots["slots"][0]["start"], AT_10);
    let there = json!({"receipt": receipt, "start": AT_11, "location": "raadhus"});
    let (status, moved) = post(&app, &clerk, path::STAFF_MOVE, &there).await;
    assert_eq!((status.as_u16(), &moved["start"]), (200, &json!(AT_11)));
    // Both counters at eleven: neither can be taken out.
    let second = place.receipt("pas", AT_11, "20304051").await;
    second.expect("a booking");
    let block = json!({"location": "raadhus", "counter": "s1", "start": AT_11, "end": "2026-12-04T12:00:00+01:00", "reason": "Kursus"});
    let refused = request(&Method::POST, path::STAFF_BLOCKS, Some(&clerk), &block);
    let (status, kind, refused) = ask(&app, refused).await;
    assert_eq!(
        (status.as_u16(), kind.as_str()),
        (409, "application/problem+json")
    );
    assert_eq!(
        (&refused["code"], &refused["count"]),
        (&json!("booked"), &json!(1))
    );
    assert_eq!(refused["receipts"].as_array().map(Vec::len), Some(1));
    let block = json!({"location": "raadhus", "start": "2026-12-04T13:00:00+01:00", "end": "2026-12-04T14:00:00+01:00", "reason": "Kursus"});
    let (status, blocked) = post(&app, &clerk, path::STAFF_BLOCKS, &block).await;
    assert_eq!(status, 201);
    let id = json!({"block": blocked["block"]["block"]});
    assert_eq!(post(&app, &clerk, path::STAFF_UNBLOCK, &id).await.0, 200);
    // At the counter.
    place
        .clock
        .set(booking::parse_instant(AT_11).expect("an instant"));
    let clerk = self::clerk(&place, "eksempelby", "booking").await;
    let named = json!({"receipt": receipt.to_lowercase().replace('-', " ")});
    for (route, state) in [
        (path::STAFF_CHECK_IN, "checked-in"),
        (path::STAFF_UNDO, "confirmed"),
        (path::STAFF_NO_SHOW, "no-show"),
    ] {
        let (status, changed) = post(&app, &clerk, route, &named).await;
        assert_eq!((status.as_u16(), &changed["state"]), (200, &json!(state)));
    }
    let off = json!({"receipt": receipt, "reason": "Sygdom"});
    let (status, problem) = post(&app, &clerk, path::STAFF_CANCEL, &off).await;
    assert_eq!(
        (status.as_u16(), &problem["code"]),
        (409, &json!("wrong-state"))
    );
    let (_, found) = get(
        &app,
        &clerk,
        &format!("{}?receipt={receipt}", path::STAFF_FIND),
    )
    .await;
    let history = found["history"].as_array().expect("lines");
    let told = history
        .iter()
        .any(|line| line["text"] == "Flyttet af Anna Jensen");
    assert!(told, "{history:?}");
    // No mail server: what waits has been an alert for a day.
    let (_, alerts) = get(&app, &clerk, path::STAFF_ALERTS).await;
    let alerts = alerts["alerts"].as_array().expect("alerts");
    assert_eq!(alerts.len(), 2, "two bookings");
    assert_eq!(alerts[0]["about"], "undelivered");
    let seen = json!({"alert": alerts[0]["alert"]});
    assert_eq!(
        post(&app, &clerk, path::STAFF_ALERTS_SEEN, &seen).await.0,
        200
    );
    let (_, alerts) = get(&app, &clerk, path::STAFF_ALERTS).await;
    assert_eq!(alerts["alerts"].as_array().map(Vec::len), Some(1));
    // What is no message is refused, and nothing of it is told.
    for body in [
        json!({"receipt": receipt, "kommune": "fjordby"}),
        json!({"receipt": 1}),
        json!(null),
    ] {
        let (status, _) = post(&app, &clerk, path::STAFF_CHECK_IN, &body).await;
        assert_eq!(status, 422);
    }
    for query in [
        "",
        "?location=raadhus",
        "?location=raadhus&from=x",
        "?location=raadhus&from=2026-12-04&days=300",
    ] {
        let (status, _) = get(&app, &clerk, &format!("{}{query}", path::STAFF_DAYS)).await;
        assert!(status.is_client_error(), "{query}");
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
