//! HTTP: the matrix of routes, kommuner and secrets, made from the router itself; hostile input; headers; what is never told.

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
use std::fmt::Write as _;
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
    // Those of the staff have a matrix of their own.
    let found: Vec<_> = found
        .into_iter()
        .filter(|(_, path)| !path.starts_with("/api/v1/staff/"))
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

/// Pieces that have broken parsers.
const PIECES: [&str; 24] = [
    "",
    "{}",
    "[]",
    "null",
    "0",
    "-1",
    "256",
    "1e999",
    "\"",
    "\u{0}",
    "'",
    "'; DROP TABLE visit;--",
    "../../etc/passwd",
    "%00",
    "2026-02-30",
    "2026-12-04T10:00:00+01:00",
    "2026-03-28T02:30:00+01:00",
    "9999-12-31",
    "0101011234",
    "<script>",
    "🛂🛂",
    "\u{202e}abc",
    "A",
    "pas",
];

#[tokio::test]
async fn hostile_input_is_refused_and_never_told() {
    hostile(2_000).await;
}

#[tokio::test]
#[ignore = "minutes; `cargo xtask prove booking`"]
async fn hostile_input_in_its_long_form() {
    hostile(50_000).await;
}

async fn hostile(runs: u32) {
    let place = Place::sqlite().await;
    let (app, metrics) = server(&place);
    let mut seed = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = move |below: usize| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        (seed % below as u64) as usize
    };
    let mut statuses: BTreeMap<u16, u32> = BTreeMap::new();
    for _ in 0..runs {
        let (method, path, _) = ROUTES[next(ROUTES.len())];
        let mut piece = || PIECES[next(PIECES.len())].to_owned();
        let (a, b, c, secret) = (piece(), piece(), piece(), piece());
        let shape = next(6);
        let text = match shape {
            0 => a.clone(),
            1 => json!({"service": a, "location": b, "start": c, "persons": 300}).to_string(),
            2 => json!({"service": a, "location": "raadhus", "start": c, "persons": next(300)}).to_string(),
            3 => json!({"contact": {"name": a, "phone": b, "email": c}, "privacy_version": common::PRIVACY}).to_string(),
            4 => json!({"contact": [a, b], "privacy_version": {"x": c}}).to_string(),
            _ => format!("{}{a}", "[".repeat(next(2000))),
        };
        let plain = |text: &str| {
            text.bytes()
                .filter(u8::is_ascii_graphic)
                .map(char::from)
                .collect::<String>()
        };
        let percent = b.bytes().fold(String::new(), |mut text, byte| {
            let _ = write!(text, "%{byte:02X}");
            text
        });
        let address = if method == "get" {
            format!(
                "{path}?service={}&from={percent}&days={}&persons={}",
                percent,
                plain(&a).replace(['%', '#', '<', '>', '"', '\\', '^', '`', '{', '|', '}'], ""),
                next(400)
            )
        } else {
            path.to_owned()
        };
        let mut builder = Request::builder()
            .method(if next(10) == 0 {
                "PATCH"
            } else if method == "get" {
                "GET"
            } else {
                "POST"
            })
            .uri(address)
            .header(
                "lokalsvar-site",
                if next(10) == 0 {
                    plain(&a)
                } else {
                    KEY.to_owned()
                },
            )
            .header("content-type", "application/json")
            .header("lokalsvar-holder", plain(&secret))
            .header("lokalsvar-booking", plain(&secret));
        if next(10) > 0 {
            builder = builder.header(
                "idempotency-key",
                if next(10) == 0 { plain(&c) } else { key() },
            );
        }
        let Ok(request) = builder.body(Body::from(text)) else {
            continue;
        };
        let status = ask(&app, request).await.status().as_u16();
        *statuses.entry(status).or_default() += 1;
    }
    println!("{statuses:?}");
    // The services can be read, whatever stands in the query; a time that happens to be right can be held.
    for (status, count) in &statuses {
        assert!(
            (400..500).contains(status) || [200, 201].contains(status),
            "{status}: {count} times"
        );
    }
    assert!(
        statuses
            .iter()
            .filter(|(s, _)| **s >= 400)
            .map(|(_, n)| n)
            .sum::<u32>()
            > runs / 2
    );
    place.sound().await;
    let figures = metrics.text();
    for piece in PIECES.iter().filter(|p| p.len() > 4) {
        assert!(!figures.contains(piece), "{piece} is in the figures");
    }
}
