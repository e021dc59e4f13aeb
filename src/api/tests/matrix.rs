//! Every route of the router × every role × own and foreign kommune: only the cells of `auth::access` succeed, and a route that is
//! not in that list fails. What a citizen's route asks for is tried in tests/http.rs.

mod common;

use api::auth::Role;
use api::auth::access::{Access, ROUTES};
use api::desk::{StaffWish, TalkDeed};
use axum::body::Body;
use axum::http::Request;
use common::staff::{Console, Seat};
use common::talk::Talk;
use common::{KEY, Place};
use protocol::path;
use protocol::staff::ReceiptRequest;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Everybody who may come: nobody, each role, and somebody without one of this server's.
const WHO: [Option<Role>; 8] = [
    None,
    Some(Role::Booking),
    Some(Role::BookingAdmin),
    Some(Role::Agent),
    Some(Role::Supervisor),
    Some(Role::Analyst),
    Some(Role::TenantAdmin),
    Some(Role::Operator),
];

/// Routes of the staff that lead to a session, and so need none.
const WITHOUT_SESSION: [&str; 5] = [
    path::SIGN_IN,
    path::ENROL,
    path::INVITATION,
    path::OIDC_START,
    path::OIDC_CALLBACK,
];

/// Routes that are about the session itself.
const WITHOUT_ROLE: [&str; 2] = [path::SESSION, path::SIGN_OUT];

/// Whose session comes.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Tenancy {
    /// One of the kommune whose data the request names.
    Own,
    /// The same, under the name of another kommune.
    Forged,
    /// One of another kommune, where the account has the same role.
    Foreign,
}

/// Routes that name something of a kommune.
const NAMES: [&str; 20] = [
    path::STAFF_FIND,
    path::STAFF_SLOTS,
    path::STAFF_CHECK_IN,
    path::STAFF_NO_SHOW,
    path::STAFF_UNDO,
    path::STAFF_MOVE,
    path::STAFF_CANCEL,
    path::STAFF_UNBLOCK,
    path::STAFF_ALERTS_SEEN,
    path::STAFF_CONVERSATION,
    path::STAFF_TAKE,
    path::STAFF_GIVE_BACK,
    path::STAFF_MESSAGE,
    path::STAFF_TYPING,
    path::STAFF_TRANSFER,
    path::STAFF_CLOSE,
    path::STAFF_FACT_DONE,
    path::STAFF_RECORD,
    path::STAFF_DELETE,
    path::STAFF_EXPORT,
];

/// Routes for whoever has the conversation.
const OWNED: [&str; 5] = [
    path::STAFF_GIVE_BACK,
    path::STAFF_MESSAGE,
    path::STAFF_TYPING,
    path::STAFF_TRANSFER,
    path::STAFF_CLOSE,
];

/// Lines in the audit log of the kommune whose data is asked for.
async fn lines(place: &Place) -> i64 {
    let tenant = &place.site.tenant;
    let mut tx = place.desk.store.read(tenant).await.expect("a transaction");
    let ask = "SELECT count(*) FROM audit WHERE tenant = 'eksempelby'";
    tx.count_raw(ask).await.expect("a number")
}

/// A request that a route of the staff answers with success, for whoever may: address and body. Makes what it needs anew, for the
/// `n`th cell and whoever comes, and sets the clock. `None` means that no request does without more than a session, and the route is open to
/// all anyway.
async fn request(
    place: &Place,
    method: &str,
    route: &str,
    who: Option<Role>,
    n: i64,
) -> Option<(String, Value)> {
    place.clock.set(common::now_ms());
    // Eight counters: eight visits at the same time.
    let start_ms = common::now_ms() + 2 * 3_600_000 + n / 8 * 300_000;
    let booked = async || {
        let start = booking::instant_text(start_ms);
        let phone = format!("2{n:07}");
        let booked = place.receipt("hurtig", &start, &phone).await;
        booked.expect("a booking").receipt
    };
    let staff = async |wish: StaffWish| place.staff(wish).await.expect("done").body;
    let talk = Talk::new(place);
    let opened = async || {
        talk.there("anna", &[]).await;
        let opened = talk.open("Ida Andersen spørger").await;
        opened.expect("a conversation")
    };
    let talked = async || opened().await.receipt;
    let ended = async || {
        let opened = opened().await;
        let secret = opened.secret.expect("a secret");
        talk.end(&secret).await.expect("ended");
        opened.receipt
    };
    let block = json!({"location": "raadhus", "start": "2026-12-20T10:00:00+01:00", "end": "2026-12-20T11:00:00+01:00", "reason": "Kursus"});
    let (query, body) = match (method, route) {
        ("get", path::SIGN_IN) => ("?kommune=eksempelby".to_owned(), Value::Null),
        ("get", path::AUDIT) => ("?from=2026-12-01&to=2026-12-31".to_owned(), Value::Null),
        ("get", path::SESSION | path::STAFF_PLACES | path::STAFF_ALERTS)
        | ("post", path::SIGN_OUT) => (String::new(), Value::Null),
        ("post", path::SIGN_IN | path::ENROL | path::INVITATION)
        | ("get", path::OIDC_START | path::OIDC_CALLBACK) => return None,
        ("get", path::STAFF_CONSUMPTION) => (String::new(), Value::Null),
        ("get", path::STAFF_DAYS) => {
            booked().await;
            ("?location=dag&from=2026-12-03".to_owned(), Value::Null)
        }
        ("get", path::STAFF_FIND) => (format!("?receipt={}", booked().await), Value::Null),
        ("get", path::STAFF_SLOTS) => (
            format!("?receipt={}&from=2026-12-03&days=1", booked().await),
            Value::Null,
        ),
        ("post", path::STAFF_CHECK_IN) => (String::new(), json!({"receipt": booked().await})),
        ("post", path::STAFF_NO_SHOW) => {
            let receipt = booked().await;
            place.clock.set(start_ms);
            (String::new(), json!({"receipt": receipt}))
        }
        ("post", path::STAFF_UNDO) => {
            let receipt = booked().await;
            let named = ReceiptRequest {
                visit: None,
                receipt: receipt.clone(),
            };
            staff(StaffWish::CheckIn(named)).await;
            (String::new(), json!({"receipt": receipt}))
        }
        ("post", path::STAFF_MOVE) => {
            let there = booking::instant_text(start_ms + 5 * 86_400_000);
            let body = json!({"receipt": booked().await, "start": there, "location": "dag"});
            (String::new(), body)
        }
        ("post", path::STAFF_CANCEL) => {
            let body = json!({"receipt": booked().await, "reason": "Sygdom"});
            (String::new(), body)
        }
        ("post", path::STAFF_BLOCKS) => (String::new(), block),
        ("post", path::STAFF_UNBLOCK) => {
            let block = serde_json::from_value(block).expect("a block");
            let made = staff(StaffWish::Block(block)).await;
            (String::new(), json!({"block": made["block"]["block"]}))
        }
        ("post", path::STAFF_ALERTS_SEEN) => {
            let tenant = &place.site.tenant;
            let mut tx = place.desk.store.write(tenant).await.expect("a transaction");
            let now_ms = place.clock.now_ms();
            let talks = matches!(who, Some(Role::Agent | Role::Supervisor));
            let about = if talks { "conversation" } else { "stranded" };
            tx.alert(now_ms, about, &n.to_string())
                .await
                .expect("an alert");
            let alerts = tx.alerts().await.expect("alerts");
            tx.commit().await.expect("kept");
            let mut alerts = alerts.into_iter();
            let alert = alerts.find(|alert| alert.subject == n.to_string());
            (String::new(), json!({"alert": alert.expect("an alert").id}))
        }
        ("get", path::STAFF_QUEUE | path::STAFF_FACTS) => {
            talked().await;
            (String::new(), Value::Null)
        }
        ("get", path::STAFF_CONVERSATION) => (format!("?receipt={}", talked().await), Value::Null),
        ("post", path::STAFF_PRESENCE) => {
            (String::new(), json!({"there": true, "departments": []}))
        }
        ("post", path::STAFF_TAKE | path::STAFF_GIVE_BACK) => {
            (String::new(), json!({"receipt": talked().await}))
        }
        ("post", path::STAFF_MESSAGE) => {
            let body = json!({"receipt": talked().await, "id": common::key(), "text": "Hej"});
            (String::new(), body)
        }
        ("post", path::STAFF_TYPING) => (
            String::new(),
            json!({"receipt": talked().await, "on": true}),
        ),
        ("post", path::STAFF_TRANSFER) => {
            let body = json!({"receipt": talked().await, "department": "skat", "note": "Til jer"});
            (String::new(), body)
        }
        ("post", path::STAFF_CLOSE) => {
            let body = json!({"receipt": talked().await, "outcome": "answered"});
            (String::new(), body)
        }
        ("post", path::STAFF_RECORD) => {
            let body =
                json!({"receipt": ended().await, "record": "journalised", "reason": "Sag 1"});
            (String::new(), body)
        }
        ("post", path::STAFF_DELETE) => {
            let receipt = ended().await;
            let decided =
                json!({"receipt": receipt, "record": "not-case-relevant", "reason": "Prøve"});
            let decided = serde_json::from_value(decided).expect("a decision");
            staff(StaffWish::Talk(TalkDeed::Decide(decided))).await;
            (String::new(), json!({"receipt": receipt}))
        }
        ("get", path::STAFF_EXPORT) => (
            format!("?receipt={}&format=json", ended().await),
            Value::Null,
        ),
        ("post", path::STAFF_FACTS) => {
            let body = json!({"intent": "pas/pris-paa-pas", "wrong": "Prisen er gammel"});
            (String::new(), body)
        }
        ("post", path::STAFF_FACT_DONE) => {
            let fact = json!({"intent": "pas/pris-paa-pas", "wrong": n.to_string()});
            let fact = serde_json::from_value(fact).expect("a fact");
            staff(StaffWish::Talk(TalkDeed::Fact(fact))).await;
            let facts = place.desk.talk_facts(&place.site).await.expect("facts");
            let mut facts = facts.facts.into_iter();
            let fact = facts.find(|fact| fact.wrong == n.to_string());
            (String::new(), json!({"fact": fact.expect("a fact").fact}))
        }
        _ => panic!("{method} {route}: write down a request that succeeds"),
    };
    Some((format!("{route}{query}"), body))
}

#[test]
fn the_list_has_every_route_of_the_router_and_no_other() {
    let router: BTreeSet<(String, String)> = api::http::routes().into_iter().collect();
    let list: BTreeSet<(String, String)> = ROUTES
        .iter()
        .map(|(method, path, _)| ((*method).to_owned(), (*path).to_owned()))
        .collect();
    assert_eq!(list.len(), ROUTES.len(), "a route is listed twice");
    let missing: Vec<_> = router.difference(&list).collect();
    assert!(
        missing.is_empty(),
        "not in auth::access::ROUTES: {missing:?}"
    );
    let gone: Vec<_> = list.difference(&router).collect();
    assert!(gone.is_empty(), "no such route: {gone:?}");
    for (_, path, access) in ROUTES {
        let staff = path.starts_with("/api/v1/staff/");
        let citizen = path.starts_with("/api/v1/booking/")
            || path.starts_with("/api/v1/handoff/")
            || path.starts_with("/api/v1/fallback");
        match access {
            Access::Citizen => assert!(citizen, "{path}"),
            Access::Signed | Access::Roles(_) => assert!(staff, "{path} has no guard"),
            Access::Open => assert!(!citizen, "{path}"),
        }
        // What the list may never come to say, whoever edits it.
        match access {
            Access::Open if staff => assert!(WITHOUT_SESSION.contains(path), "{path} is open"),
            Access::Signed => assert!(WITHOUT_ROLE.contains(path), "{path} asks for no role"),
            Access::Roles(roles) => {
                assert!(!roles.is_empty(), "{path} is open to nobody");
                let operator = roles.contains(&Role::Operator);
                assert!(!operator, "{path} would show the operator a kommune's data");
            }
            Access::Open | Access::Citizen => {}
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_the_listed_cells_succeed() {
    let place = Place::sqlite().await;
    let console = Console::new(&place);
    let mut cells = 0;
    for (method, route, access) in ROUTES
        .iter()
        .filter(|(_, p, _)| p.starts_with("/api/v1/staff/"))
    {
        for who in WHO {
            for tenant in [Tenancy::Own, Tenancy::Forged, Tenancy::Foreign] {
                let made = request(&place, method, route, who, cells).await;
                let Some((address, body)) = made else {
                    assert_eq!(*access, Access::Open, "{method} {route}");
                    continue;
                };
                let at = match tenant {
                    Tenancy::Foreign => "fjordby",
                    Tenancy::Own | Tenancy::Forged => "eksempelby",
                };
                let mut seat = match who {
                    None => Seat::default(),
                    Some(Role::Operator) => console.seat(&place, None, &[Role::Operator]).await,
                    Some(role) => console.seat(&place, Some(at), &[role]).await,
                };
                if OWNED.contains(route) {
                    // Who may, has it; who may not, finds it where it is.
                    let named = json!({"receipt": body["receipt"]});
                    console.post(path::STAFF_TAKE, &seat, &named).await;
                }
                if tenant == Tenancy::Forged {
                    seat.cookie = seat
                        .cookie
                        .replace("=eksempelby.", "=fjordby.")
                        .replace("=*.", "=fjordby.");
                }
                let before = lines(&place).await;
                let got = if *method == "get" {
                    console.get(&address, &seat).await
                } else {
                    console.post(&address, &seat, &body).await
                };
                let foreign = tenant == Tenancy::Foreign && who != Some(Role::Operator);
                let expected = match access {
                    Access::Open => 200,
                    _ if who.is_none() || tenant == Tenancy::Forged => 401,
                    Access::Signed => 200,
                    Access::Roles(roles) if who.is_some_and(|role| roles.contains(&role)) => {
                        // What is named is not theirs, and so is not there.
                        if foreign && NAMES.contains(route) {
                            404
                        } else {
                            200
                        }
                    }
                    Access::Roles(_) | Access::Citizen => 403,
                };
                let status = if got.status == 201 { 200 } else { got.status };
                let cell = format!("{method} {route} who={who:?} {tenant:?}");
                assert_eq!(status, expected, "{cell}: {:?}", got.problem());
                if foreign {
                    assert_eq!(lines(&place).await, before, "{cell} left a line elsewhere");
                    let told = got.body.to_string();
                    for word in ["Ida Andersen", "eksempelby"] {
                        let fine = *access == Access::Open || !told.contains(word);
                        assert!(fine, "{cell} tells of another kommune: {told}");
                    }
                }
                cells += 1;
            }
        }
    }
    println!("{cells} cells");
    assert!(cells >= 400, "{cells}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_opens_no_route_of_citizens_and_a_site_key_none_of_the_staff() {
    let place = Place::sqlite().await;
    let console = Console::new(&place);
    let seat = console
        .seat(&place, Some("eksempelby"), &Role::ALL[..6])
        .await;
    for (method, route, access) in ROUTES {
        let with_key = |builder: axum::http::request::Builder| {
            let builder = builder.header("lokalsvar-site", KEY);
            builder.header("content-type", "application/json")
        };
        match access {
            Access::Citizen => {
                let got = if *method == "get" {
                    console.get(route, &seat).await
                } else {
                    console.post(route, &seat, &json!({})).await
                };
                assert_eq!(got.problem(), (403, "unknown-site"), "{method} {route}");
            }
            Access::Signed | Access::Roles(_) => {
                let builder = Request::builder()
                    .method(method.to_uppercase().as_str())
                    .uri(*route);
                let request = with_key(builder).body(Body::from("{}")).expect("a request");
                assert_eq!(
                    console.send(request).await.problem(),
                    (401, "signed-out"),
                    "{method} {route}"
                );
            }
            Access::Open => {}
        }
    }
    for (method, path) in [
        ("PUT", path::SESSION),
        ("DELETE", path::AUDIT),
        ("GET", path::SIGN_OUT),
    ] {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("cookie", &seat.cookie);
        let got = console
            .send(request.body(Body::empty()).expect("a request"))
            .await;
        assert_eq!(
            got.problem(),
            (405, "method-not-allowed"),
            "{method} {path}"
        );
    }
    let head = Request::builder()
        .method("HEAD")
        .uri(path::SESSION)
        .header("cookie", &seat.cookie);
    assert_eq!(
        console
            .send(head.body(Body::empty()).expect("a request"))
            .await
            .status,
        200
    );
    let none = console.get("/api/v1/staff/andet", &seat).await;
    assert_eq!(none.problem(), (404, "not-found"));
}
