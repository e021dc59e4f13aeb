//! Hostile input to the routes of signing in: what nobody meant to send gets a refusal, never a mistake of the server, never a
//! session, and nothing of it is told again.

mod common;

use api::auth::Role;
use axum::body::Body;
use axum::http::Request;
use common::Place;
use common::staff::{Console, PASSWORD, Seat};
use protocol::path;
use serde_json::json;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Pieces that have broken parsers, databases and hashes.
const PIECES: [&str; 16] = [
    "",
    "{}",
    "null",
    "1e999",
    "\"",
    "\u{0}",
    "'; DROP TABLE account;--",
    "../../etc/passwd",
    "eksempelby",
    "*",
    "eksempelby.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    "$argon2id$v=19$m=19456,t=2,p=1$AAAA$AAAA",
    "\u{202e}abc",
    "🛂🛂",
    "ǅİß",
    "000000",
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_nobody_meant_to_send_is_refused() {
    let place = Place::sqlite().await;
    let console = Console::new(&place);
    let mut seed = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = move |below: usize| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        (seed % below as u64) as usize
    };
    let mut statuses: BTreeMap<u16, u32> = BTreeMap::new();
    for _ in 0..1500 {
        // So that names do not wait: every message is looked at.
        place.forward(16);
        let (a, b, c) = (
            PIECES[next(PIECES.len())],
            PIECES[next(PIECES.len())],
            PIECES[next(PIECES.len())],
        );
        let percent = a.bytes().fold(String::new(), |mut text, byte| {
            let _ = write!(text, "%{byte:02X}");
            text
        });
        let (method, route) = [
            ("POST", path::SIGN_IN.to_owned()),
            ("POST", path::ENROL.to_owned()),
            ("POST", path::INVITATION.to_owned()),
            ("POST", path::SIGN_OUT.to_owned()),
            ("GET", format!("{}?kommune={percent}", path::OIDC_START)),
            (
                "GET",
                format!(
                    "{}?code={percent}&state={percent}&iss={percent}",
                    path::OIDC_CALLBACK
                ),
            ),
            (
                "GET",
                format!("{}?from={percent}&to={percent}", path::AUDIT),
            ),
            ("GET", path::SESSION.to_owned()),
        ][next(8)]
        .clone();
        let kommune = if next(2) == 0 { "eksempelby" } else { c };
        let text = match next(6) {
            0 => json!({"kommune": kommune, "user": a, "password": b}).to_string(),
            1 => json!({"kommune": kommune, "user": a, "password": b.repeat(400), "code": c, "secret": a}).to_string(),
            2 => json!({"kommune": kommune, "user": a, "password": b, "secret": c, "code": a}).to_string(),
            3 => json!({"kommune": kommune, "user": a, "invitation": b, "password": "en lang adgangskode"}).to_string(),
            4 => format!("{}{a}", "[".repeat(next(3000))),
            _ => a.to_owned(),
        };
        let plain: String = b
            .bytes()
            .filter(u8::is_ascii_graphic)
            .map(char::from)
            .collect();
        let request = Request::builder()
            .method(method)
            .uri(route.as_str())
            .header("content-type", "application/json")
            .header(
                "cookie",
                format!("__Host-lokalsvar={plain}; __Host-lokalsvar-oidc={plain}"),
            )
            .header("lokalsvar-csrf", plain)
            .body(Body::from(text))
            .expect("a request");
        let got = console.send(request).await;
        let refused = (400..500).contains(&got.status);
        assert!(refused, "{method} {route}: {} {:?}", got.status, got.body);
        let set = got.headers.get_all("set-cookie").iter();
        let sessions = set.filter(|set| set.as_bytes().starts_with(b"__Host-lokalsvar="));
        assert_eq!(sessions.count(), 0, "{method} {route} began a session");
        let told = got.body.to_string();
        for piece in [a, b].iter().filter(|piece| piece.len() > 6) {
            assert!(!told.contains(*piece), "{method} {route} tells {piece}");
        }
        *statuses.entry(got.status).or_default() += 1;
    }
    println!("{statuses:?}");
    assert!(statuses.len() >= 5, "{statuses:?}");
    let ways = format!("{}?kommune=eksempelby", path::SIGN_IN);
    assert_eq!(console.get(&ways, &Seat::default()).await.status, 200);
}

#[tokio::test]
async fn a_code_of_more_than_twenty_characters_is_refused_before_the_password_is_looked_at() {
    let place = Place::sqlite().await;
    let console = Console::new(&place);
    console
        .add(Some("eksempelby"), "ida", &[Role::Booking])
        .await;
    let longest = "0".repeat(20);
    let said = |code: &str| json!({"kommune": "eksempelby", "user": "ida", "password": PASSWORD, "secret": "A", "code": code});
    for route in [path::SIGN_IN, path::ENROL] {
        for (code, status) in [(longest.clone() + "0", 400), (longest.clone(), 0)] {
            let mut body = said(&code);
            if route == path::SIGN_IN {
                body.as_object_mut().expect("an object").remove("secret");
            }
            let got = console.post(route, &Seat::default(), &body).await;
            if status == 0 {
                assert_ne!(got.problem(), (400, "bad-request"), "{route}");
            } else {
                assert_eq!(got.problem(), (status, "bad-request"), "{route}");
            }
        }
    }
}
