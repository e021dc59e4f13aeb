//! HTTP: the matrix of routes, kommuner and secrets, made from the router itself; headers; the codes of mistakes. Hostile input is
//! in `hostile.rs`.

mod common;

use api::http::{App, openapi, router};
use api::limits::{Limits, Rate};
use api::metrics::Metrics;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Method, Request, Response, StatusCode};
use common::{KEY, ORIGIN, OTHER_KEY, Place, key};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;
use tower::ServiceExt as _;

const AT_10: &str = "2026-12-04T10:00:00+01:00";
const AT_11: &str = "2026-12-04T11:00:00+01:00";

fn server(place: &Place) -> (Router, Arc<Metrics>) {
    let rate = Rate {
        per_second: 1e9,
        burst: 1e9,
    };
    let metrics = Arc::new(Metrics::new());
    let app = App {
        desk: place.desk.clone(),
        auth: api::auth::Auth::new(&place.desk),
        limits: Arc::new(Limits::new(rate, rate)),
        metrics: Arc::clone(&metrics),
        behind_proxy: false,
    };
    (router(app), metrics)
}

async fn ask(app: &Router, request: Request<Body>) -> Response<Body> {
    app.clone().oneshot(request).await.expect("an answer")
}

async fn body(response: Response<Body>) -> String {
    let bytes = to_bytes(response.into_body(), 1 << 20)
        .await
        .expect("a body");
    String::from_utf8(bytes.to_vec()).expect("text")
}

fn get(path: &str, site: &str, secret: &str) -> Request<Body> {
    Request::get(path)
        .header("lokalsvar-site", site)
        .header("lokalsvar-booking", secret)
        .body(Body::empty())
        .expect("a request")
}

fn post(path: &str, site: &str, secret: &str, body: &Value) -> Request<Body> {
    let name = if path.contains("/booking/booking/") {
        "lokalsvar-booking"
    } else {
        "lokalsvar-holder"
    };
    Request::post(path)
        .header("lokalsvar-site", site)
        .header(
            "origin",
            if site == KEY {
                ORIGIN
            } else {
                "https://www.fjordby.example"
            },
        )
        .header("idempotency-key", key())
        .header("content-type", "application/json")
        .header(name, secret)
        .body(if body.is_null() {
            Body::empty()
        } else {
            Body::from(body.to_string())
        })
        .expect("a request")
}

fn booking() -> Value {
    json!({"contact": {"name": "Ida", "phone": "20304050"}, "privacy_version": common::PRIVACY})
}

/// What opens a route.
#[derive(Clone, Copy, PartialEq)]
enum Needs {
    Site,
    Hold,
    Booking,
}

/// Every route and what it needs. A route that is not here fails the test.
const ROUTES: [(&str, &str, Needs); 13] = [
    ("get", protocol::path::SERVICES, Needs::Site),
    ("get", protocol::path::SLOTS, Needs::Site),
    ("post", protocol::path::HOLDS, Needs::Site),
    ("post", protocol::path::HOLD_EXTEND, Needs::Hold),
    ("post", protocol::path::HOLD_RELEASE, Needs::Hold),
    ("post", protocol::path::CODES, Needs::Hold),
    ("post", protocol::path::BOOKINGS, Needs::Hold),
    ("get", protocol::path::BOOKING, Needs::Booking),
    ("post", protocol::path::MOVE, Needs::Booking),
    ("post", protocol::path::CANCEL, Needs::Booking),
    ("get", protocol::path::ICS, Needs::Booking),
    ("post", protocol::path::ERASE, Needs::Booking),
    ("get", protocol::path::EXPORT, Needs::Booking),
];

fn message(path: &str) -> Value {
    match path {
        protocol::path::HOLDS => {
            json!({"service": "pas", "location": "raadhus", "start": AT_10, "persons": 1})
        }
        protocol::path::CODES => json!({"contact": {"phone": "20304050"}}),
        protocol::path::BOOKINGS => booking(),
        protocol::path::MOVE => json!({"start": AT_11, "location": "raadhus"}),
        _ => Value::Null,
    }
}

#[tokio::test]
async fn every_route_opens_for_its_own_kommune_and_secret_only() {
    let routes: BTreeMap<String, Vec<String>> = serde_json::to_value(openapi())
        .expect("a document")["paths"]
        .as_object()
        .expect("paths")
        .iter()
        .map(|(path, methods)| {
            (
                path.clone(),
                methods
                    .as_object()
                    .expect("methods")
                    .keys()
                    .cloned()
                    .collect(),
            )
        })
        .collect();
    let found: Vec<(String, String)> = routes
        .iter()
        .flat_map(|(path, methods)| methods.iter().map(|m| (m.clone(), path.clone())))
        .collect();
    // Those of the staff have a matrix of their own, and so have conversations (handoff_http.rs); AI help is in fallback.rs.
    let found: Vec<_> = found
        .into_iter()
        .filter(|(_, path)| {
            ["staff/", "handoff/", "fallback"]
                .iter()
                .all(|begin| !path.starts_with(&format!("/api/v1/{begin}")))
        })
        .collect();
    for (method, path) in &found {
        assert!(
            ROUTES.iter().any(|(m, p, _)| m == method && p == path),
            "{method} {path} is not listed"
        );
    }
    assert_eq!(found.len(), ROUTES.len());

    let mut cells = 0;
    for (method, path, needs) in ROUTES {
        for site in [KEY, OTHER_KEY, "unknown-key", ""] {
            for own in [true, false] {
                for right_kind in [true, false] {
                    // A place of its own, so that each cell begins alike.
                    let place = Place::sqlite().await;
                    let (app, _) = server(&place);
                    let service = if path == protocol::path::CODES {
                        "kode"
                    } else {
                        "pas"
                    };
                    let holder = place.hold(service, AT_10).await.expect("a hold");
                    let secret = place.book(AT_11, "20304051").await.expect("a booking");
                    let (hold, book) = if right_kind {
                        (holder, secret)
                    } else {
                        (secret, holder)
                    };
                    let given = match (own, needs) {
                        (_, Needs::Site) => String::new(),
                        (false, _) => "A".repeat(43),
                        (true, Needs::Hold) => hold,
                        (true, Needs::Booking) => book,
                    };
                    let address = if path == protocol::path::SLOTS {
                        format!("{path}?service=pas&from=2026-12-04")
                    } else {
                        path.to_owned()
                    };
                    let request = if method == "get" {
                        get(&address, site, &given)
                    } else {
                        post(&address, site, &given, &message(path))
                    };
                    let status = ask(&app, request).await.status().as_u16();
                    let expected = match (site, needs) {
                        ("unknown-key" | "", _) => 403,
                        (_, Needs::Site) => 200,
                        (KEY, _) if own && right_kind => 200,
                        _ => 404,
                    };
                    let status = if status == 201 { 200 } else { status };
                    assert_eq!(
                        status, expected,
                        "{method} {path} site={site} own={own} right_kind={right_kind}"
                    );
                    cells += 1;
                }
            }
        }
    }
    println!("{cells} cells");
}

#[tokio::test]
async fn the_origin_must_be_of_the_kommune() {
    let place = Place::sqlite().await;
    let (app, _) = server(&place);
    let from = |origin: &str, site: &str| {
        Request::get(protocol::path::SERVICES)
            .header("lokalsvar-site", site)
            .header("origin", origin)
            .body(Body::empty())
            .expect("a request")
    };
    let fine = ask(&app, from(ORIGIN, KEY)).await;
    assert_eq!(fine.status(), StatusCode::OK);
    assert_eq!(fine.headers()["access-control-allow-origin"], ORIGIN);
    assert!(
        fine.headers()
            .get("access-control-allow-credentials")
            .is_none()
    );
    for name in [
        "x-content-type-options",
        "content-security-policy",
        "referrer-policy",
        "cache-control",
        "vary",
    ] {
        assert!(fine.headers().contains_key(name), "{name}");
    }
    for origin in [
        "https://evil.example",
        "https://www.fjordby.example",
        "null",
        "https://www.eksempelby.example.evil.example",
    ] {
        assert_eq!(
            ask(&app, from(origin, KEY)).await.status(),
            StatusCode::FORBIDDEN,
            "{origin}"
        );
    }
    let preflight = |origin: &str| {
        Request::builder()
            .method(Method::OPTIONS)
            .uri(protocol::path::HOLDS)
            .header("origin", origin)
            .header("access-control-request-method", "POST")
            .body(Body::empty())
            .expect("a request")
    };
    let fine = ask(&app, preflight(ORIGIN)).await;
    assert!(
        fine.headers()["access-control-allow-headers"]
            .to_str()
            .expect("text")
            .contains("idempotency-key")
    );
    let not = ask(&app, preflight("https://evil.example")).await;
    assert!(not.headers().get("access-control-allow-origin").is_none());
}

#[tokio::test]
async fn mistakes_have_their_codes() {
    let place = Place::sqlite().await;
    let (app, _) = server(&place);
    let hold = message(protocol::path::HOLDS);
    let code = async |request: Request<Body>| {
        let response = ask(&app, request).await;
        assert_eq!(
            response.headers()["content-type"],
            "application/problem+json"
        );
        let status = response.status().as_u16();
        let problem: Value = serde_json::from_str(&body(response).await).expect("a problem");
        assert_eq!(problem["status"], status);
        (status, problem["code"].as_str().expect("a code").to_owned())
    };
    let mut request = post(protocol::path::HOLDS, KEY, "", &hold);
    request.headers_mut().remove("idempotency-key");
    assert_eq!(code(request).await, (400, "no-idempotency-key".into()));
    let mut request = post(protocol::path::CANCEL, KEY, "", &Value::Null);
    request.headers_mut().remove("lokalsvar-booking");
    assert_eq!(code(request).await, (401, "no-secret".into()));
    assert_eq!(
        code(get("/api/v1/other", KEY, "")).await,
        (404, "not-found".into())
    );
    assert_eq!(
        code(get(protocol::path::HOLDS, KEY, "")).await,
        (405, "method-not-allowed".into())
    );
    let large = json!({"service": "x".repeat(20_000)});
    assert_eq!(
        code(post(protocol::path::HOLDS, KEY, "", &large)).await,
        (413, "too-large".into())
    );
    let mut request = post(protocol::path::HOLDS, KEY, "", &hold);
    request
        .headers_mut()
        .insert("content-type", "text/plain".parse().expect("a value"));
    assert_eq!(code(request).await, (415, "not-json".into()));
    let named = json!({"service": "pas", "location": "raadhus", "start": AT_10, "persons": 1, "tenant": "fjordby"});
    assert_eq!(
        code(post(protocol::path::HOLDS, KEY, "", &named)).await,
        (422, "invalid".into())
    );
    let link = json!({"service": "link", "location": "raadhus", "start": AT_10, "persons": 1});
    assert_eq!(
        code(post(protocol::path::HOLDS, KEY, "", &link)).await,
        (422, "booked-elsewhere".into())
    );
    let odd = json!({"service": "pas", "location": "raadhus", "start": "2026-12-04T10:01:00+01:00", "persons": 1});
    assert_eq!(
        code(post(protocol::path::HOLDS, KEY, "", &odd)).await,
        (422, "not-a-slot".into())
    );
}

#[tokio::test]
async fn the_document_and_the_page_are_there() {
    let place = Place::sqlite().await;
    let (app, _) = server(&place);
    let text = body(ask(&app, get("/api/openapi.json", "", "")).await).await;
    let api: Value = serde_json::from_str(&text).expect("a document");
    assert!(
        api["openapi"]
            .as_str()
            .expect("a version")
            .starts_with("3.")
    );
    assert!(api["components"]["schemas"]["Receipt"].is_object());
    let page = body(ask(&app, get("/api/", "", "")).await).await;
    assert!(
        page.contains("/api/v1/booking/holds")
            && !page.contains("<script")
            && !page.contains("//cdn")
    );
    assert_eq!(
        body(ask(&app, get("/api/ready", "", "")).await).await,
        "ready\n"
    );
}
