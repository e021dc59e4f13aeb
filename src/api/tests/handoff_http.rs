//! Talking with a person over HTTP: the stream, the wait, two nodes, what guesses find, and how much one may ask.

#[macro_use]
mod common;

use api::desk::{Desk, TalkDeed};
use axum::Router;
use axum::body::{Body, BodyDataStream};
use axum::http::Request;
use common::staff::{Console, Got, Seat};
use common::talk::{Talk, chat};
use common::{KEY, OTHER_KEY, Place, key};
use futures_util::StreamExt as _;
use protocol::handoff::Opened;
use protocol::path;
use protocol::staff_handoff::{ConversationRequest, Done};
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use tower::ServiceExt as _;

both!(
    a_stream_tells_what_happens_and_goes_on_after_the_last_number,
    who_waits_is_told_at_once_and_holds_no_connection,
    guesses_find_nothing_and_all_look_alike,
);

/// A stream of events, as a browser reads it.
struct Events {
    body: BodyDataStream,
    text: String,
}

/// Id, name and data of an event.
type Event = (String, String, Value);

impl Events {
    async fn open(app: &Router, secret: &str, last: Option<u64>) -> Events {
        let mut request = Request::get(path::EVENTS)
            .header("lokalsvar-site", KEY)
            .header("lokalsvar-conversation", secret);
        if let Some(last) = last {
            request = request.header("last-event-id", last);
        }
        let request = request.body(Body::empty()).expect("a request");
        let response = app.clone().oneshot(request).await.expect("an answer");
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        assert_eq!(response.headers()["cache-control"], "no-cache");
        Events {
            body: response.into_body().into_data_stream(),
            text: String::new(),
        }
    }

    /// The next event that is no comment; none at the end.
    async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some((event, rest)) = self.text.split_once("\n\n") {
                let (event, rest) = (event.to_owned(), rest.to_owned());
                self.text = rest;
                let field = |name: &str| {
                    let lines = event.lines().filter_map(|l| l.strip_prefix(name));
                    lines.map(str::trim).collect::<Vec<_>>().join("\n")
                };
                let data = field("data:");
                if !data.is_empty() {
                    let data = serde_json::from_str(&data).expect("JSON");
                    return Some((field("id:"), field("event:"), data));
                }
                continue;
            }
            let bytes = self.body.next().await?.expect("bytes");
            self.text
                .push_str(std::str::from_utf8(&bytes).expect("text"));
        }
    }

    /// The next entry, whatever is said about the conversation before it.
    async fn entry(&mut self) -> Option<(u64, Value)> {
        loop {
            let next = tokio::time::timeout(Duration::from_secs(20), self.next());
            let (id, name, data) = next.await.expect("in time")?;
            if name.is_empty() {
                return Some((id.parse().expect("a number"), data));
            }
        }
    }
}

async fn citizen(app: &Router, site: &str, path: &str, secret: &str, body: Option<&Value>) -> Got {
    let console = Request::builder()
        .method(if body.is_some() { "POST" } else { "GET" })
        .uri(path)
        .header("lokalsvar-site", site)
        .header("idempotency-key", key())
        .header("content-type", "application/json")
        .header("lokalsvar-conversation", secret)
        .header("x-forwarded-for", "198.51.100.7");
    let body = body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
    let request = console.body(body).expect("a request");
    let response = app.clone().oneshot(request).await.expect("an answer");
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let bytes = axum::body::to_bytes(response.into_body(), 1 << 22)
        .await
        .expect("a body");
    Got {
        status,
        body: serde_json::from_slice(&bytes).unwrap_or(Value::Null),
        headers,
    }
}

async fn begun(place: &Place) -> (Talk, Opened, String) {
    let talk = Talk::new(place);
    talk.there("anna", &[]).await;
    let opened = talk.open("Hej").await.expect("a conversation");
    let secret = opened.secret.clone().expect("a secret");
    (talk, opened, secret)
}

async fn a_stream_tells_what_happens_and_goes_on_after_the_last_number(place: &Place) {
    let app = Console::new(place).app;
    let (talk, opened, secret) = begun(place).await;
    let mut events = Events::open(&app, &secret, None).await;
    let (id, name, data) = events.next().await.expect("an event");
    assert_eq!((id.as_str(), name.as_str()), ("", "conversation"));
    assert_eq!(data["receipt"], opened.receipt);
    let (seq, entry) = events.entry().await.expect("the first entry");
    assert_eq!((seq, &entry["text"]), (1, &json!("Hej")));
    talk.take("anna", &opened.receipt).await.expect("taken");
    let (seq, entry) = events.entry().await.expect("an entry");
    assert_eq!((seq, &entry["kind"]), (2, &json!("taken")));
    for n in 0..10 {
        let text = format!("nummer {n}");
        talk.answer("anna", &opened.receipt, &text)
            .await
            .expect("answered");
    }
    for n in 0..10 {
        let (seq, entry) = events.entry().await.expect("an entry");
        assert_eq!(
            (seq, &entry["text"]),
            (3 + n, &json!(format!("nummer {n}")))
        );
    }
    drop(events);
    // What was said meanwhile comes with the next stream, once.
    talk.answer("anna", &opened.receipt, "imens")
        .await
        .expect("answered");
    let mut events = Events::open(&app, &secret, Some(12)).await;
    let (seq, entry) = events.entry().await.expect("an entry");
    assert_eq!((seq, &entry["text"]), (13, &json!("imens")));
    // Three streams; the fourth ends the oldest.
    let mut others = Vec::new();
    for _ in 0..3 {
        others.push(Events::open(&app, &secret, Some(13)).await);
    }
    let end = async { while events.next().await.is_some() {} };
    tokio::time::timeout(Duration::from_secs(5), end)
        .await
        .expect("the oldest ends");
    talk.answer("anna", &opened.receipt, "til alle")
        .await
        .expect("answered");
    for events in &mut others {
        assert_eq!(events.entry().await.expect("an entry").0, 14);
    }
    // A server that ends keeps nobody.
    place.desk.store.wakes().end();
    for mut events in others {
        let end = async { while events.next().await.is_some() {} };
        tokio::time::timeout(Duration::from_secs(5), end)
            .await
            .expect("an end");
    }
}

async fn who_waits_is_told_at_once_and_holds_no_connection(place: &Place) {
    let app = Console::new(place).app;
    let (talk, opened, secret) = begun(place).await;
    talk.take("anna", &opened.receipt).await.expect("taken");
    // Far more who wait than there are connections.
    let waiting: Vec<_> = (0..64)
        .map(|_| {
            let (talk, secret) = (talk.clone(), secret.clone());
            tokio::spawn(async move { talk.log(&secret, 2, 20).await })
        })
        .collect();
    let mut stream = Events::open(&app, &secret, Some(2)).await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    let begun = Instant::now();
    talk.answer("anna", &opened.receipt, "Værsgo")
        .await
        .expect("answered, while all wait");
    assert_eq!(stream.entry().await.expect("an entry").0, 3);
    for wait in waiting {
        let log = wait.await.expect("a task").expect("a log");
        assert_eq!(log.entries.len(), 1);
    }
    assert!(
        begun.elapsed() < Duration::from_secs(4),
        "{:?}",
        begun.elapsed()
    );
    // Nothing to tell: the wait ends by itself.
    let begun = Instant::now();
    let log = talk.log(&secret, 3, 1).await.expect("a log");
    assert!(log.entries.is_empty() && begun.elapsed() >= Duration::from_secs(1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_one_node_writes_is_told_by_the_other() {
    let Some(cluster) = common::postgres::Cluster::start() else {
        return println!("PostgreSQL is not installed; not tried");
    };
    let place = Place::postgres(&cluster).await;
    let other: Desk = place.desk_at(&place.config.database).await;
    let hears = [&place.desk, &other].map(|desk| {
        let wakes = desk.store.wakes().clone();
        tokio::spawn(wakes.hear_others(place.config.database.clone()))
    });
    let (talk, opened, secret) = begun(&place).await;
    talk.take("anna", &opened.receipt).await.expect("taken");
    let there = talk.at(&other);
    tokio::time::sleep(Duration::from_secs(1)).await;
    let mut slowest = Duration::ZERO;
    for n in 0..20 {
        let after = 2 + n;
        let wait = {
            let (there, secret) = (there.clone(), secret.clone());
            tokio::spawn(async move { there.log(&secret, after, 20).await })
        };
        tokio::time::sleep(Duration::from_millis(20)).await;
        let begun = Instant::now();
        talk.answer("anna", &opened.receipt, "herfra")
            .await
            .expect("answered");
        let log = wait.await.expect("a task").expect("a log");
        slowest = slowest.max(begun.elapsed());
        assert_eq!(log.entries.len(), 1);
    }
    println!("told by the other node within {slowest:?}");
    assert!(
        slowest < Duration::from_secs(3),
        "not by a look now and then"
    );
    for task in hears {
        task.abort();
    }
    other.store.close().await;
    place.desk.store.close().await;
}

async fn guesses_find_nothing_and_all_look_alike(place: &Place) {
    let console = Console::new(place);
    let app = &console.app;
    let (talk, opened, secret) = begun(place).await;
    let id = key();
    let posts = [
        (path::MESSAGES, json!({"id": id, "text": "Hej"})),
        (path::TYPING, json!({"on": true})),
        (
            path::LEAVE,
            json!({"way": "message", "contact": {"name": "Ida", "phone": "20304050"}, "privacy_version": common::talk::PRIVACY}),
        ),
        (path::END, json!({})),
    ];
    let mut shapes = Vec::new();
    // A guess, one letter wrong, and the right secret at another kommune.
    let wrong = format!("A{}", &secret[1..]);
    let guesses = [
        (KEY, "gaet"),
        (KEY, wrong.as_str()),
        (OTHER_KEY, secret.as_str()),
        (KEY, opened.receipt.as_str()),
    ];
    for (site, guess) in guesses {
        for (path, body) in &posts {
            shapes.push(citizen(app, site, path, guess, Some(body)).await);
        }
        for path in [path::LOG, path::EVENTS] {
            shapes.push(citizen(app, site, path, guess, None).await);
        }
    }
    for code in ["7K3QD-0V9MX", "x", "", &secret] {
        let body = json!({"code": code});
        shapes.push(citizen(app, KEY, path::RESUME, "", Some(&body)).await);
    }
    let first = shapes[0].body.clone();
    assert_eq!(shapes[0].problem(), (404, "not-found"));
    for got in &shapes {
        assert_eq!((got.status, &got.body), (404, &first));
    }
    // With the right secret: no number of a log, and longer than anybody waits.
    for wrong in [
        "after=-1",
        "after=x",
        "after=9223372036854775808",
        "wait=21",
    ] {
        let asked = format!("{}?{wrong}", path::LOG);
        let got = citizen(app, KEY, &asked, &secret, None).await;
        assert_eq!(got.problem(), (400, "bad-request"), "{wrong}");
    }
    // The same for staff, with receipts of another kommune and of none.
    let seat = console
        .seat(place, Some("fjordby"), &[api::auth::Role::Agent])
        .await;
    let mut shapes = Vec::new();
    for receipt in [opened.receipt.as_str(), "4KT8-6JPF", "<script>", ""] {
        let body = json!({"receipt": receipt});
        for path in [path::STAFF_TAKE, path::STAFF_GIVE_BACK] {
            shapes.push(console.post(path, &seat, &body).await);
        }
        let body = json!({"receipt": receipt, "id": key(), "text": "Hej"});
        shapes.push(console.post(path::STAFF_MESSAGE, &seat, &body).await);
        let body = json!({"receipt": receipt, "outcome": "answered"});
        shapes.push(console.post(path::STAFF_CLOSE, &seat, &body).await);
        let body = json!({"receipt": receipt, "department": "skat", "note": "Til jer"});
        shapes.push(console.post(path::STAFF_TRANSFER, &seat, &body).await);
        let query = format!(
            "{}?receipt={}",
            path::STAFF_CONVERSATION,
            receipt.replace(['<', '>'], "")
        );
        shapes.push(console.get(&query, &seat).await);
    }
    let first = shapes[0].body.clone();
    for got in &shapes {
        assert_eq!((got.status, &got.body), (404, &first));
    }
    // And nothing has happened to it.
    let log = talk.log(&secret, 0, 0).await.expect("a log");
    assert_eq!(log.entries.len(), 1);
    let none = citizen(app, KEY, path::MESSAGES, "", Some(&json!({}))).await;
    assert_eq!(none.status, 422, "a body that is wrong: {none:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_network_guesses_twenty_codes_and_no_more() {
    let place = Place::sqlite().await;
    let app = Console::behind_proxy(&place).app;
    let (_, opened, _) = begun(&place).await;
    let code = json!({"code": opened.resume_code});
    let right = citizen(&app, KEY, path::RESUME, "", Some(&code)).await;
    assert_eq!(right.status, 201, "a right one does not count: {right:?}");
    for n in 0..20 {
        let guess = json!({"code": format!("7K3QD-0V9{n:02}")});
        let got = citizen(&app, KEY, path::RESUME, "", Some(&guess)).await;
        assert_eq!(got.status, 404, "{n}");
    }
    let code = json!({"code": right.body["resume_code"]});
    let got = citizen(&app, KEY, path::RESUME, "", Some(&code)).await;
    assert_eq!(got.problem(), (429, "too-many-requests"));
    let seconds = got.headers["retry-after"].to_str().expect("text");
    assert!(seconds.parse::<u64>().is_ok_and(|s| (1..=180).contains(&s)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_long_chat_with_the_bot_goes_along_and_a_longer_one_does_not() {
    let place = Place::sqlite().await;
    let app = Console::new(&place).app;
    let talk = Talk::new(&place);
    talk.there("anna", &[]).await;
    let mut wish = serde_json::to_value(chat("Hej")).expect("a message");
    let entry = json!({"who": "bot", "text": "æ".repeat(4000)});
    wish["transcript"] = json!(vec![entry; 60]);
    let got = citizen(&app, KEY, path::CONVERSATIONS, "", Some(&wish)).await;
    assert_eq!(got.status, 201, "{:?}", got.problem());
    let secret = got.body["secret"].as_str().expect("a secret");
    let say = |text: String| json!({"id": key(), "text": text});
    let got = citizen(
        &app,
        KEY,
        path::MESSAGES,
        secret,
        Some(&say("😀".repeat(4000))),
    )
    .await;
    assert_eq!(got.status, 200, "{:?}", got.problem());
    let long = say("x".repeat(70_000));
    let got = citizen(&app, KEY, path::MESSAGES, secret, Some(&long)).await;
    assert_eq!(got.problem(), (413, "too-large"));
    wish["transcript"] = json!(vec![json!({"who": "bot", "text": "æ".repeat(5000)}); 60]);
    let got = citizen(&app, KEY, path::CONVERSATIONS, "", Some(&wish)).await;
    assert!(matches!(got.status, 413 | 422), "{:?}", got.problem());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn roles_see_what_is_theirs() {
    use api::auth::Role;
    let place = Place::sqlite().await;
    let console = Console::new(&place);
    let (talk, opened, _) = begun(&place).await;
    let supervisor = console
        .seat(&place, Some("eksempelby"), &[Role::Supervisor])
        .await;
    let got = console.get(path::STAFF_QUEUE, &supervisor).await;
    assert_eq!(got.status, 200);
    assert_eq!(got.body["me"]["talks"], false);
    assert_eq!(got.body["rows"][0]["receipt"], opened.receipt);
    let query = format!("{}?receipt={}", path::STAFF_CONVERSATION, opened.receipt);
    let got = console.get(&query, &supervisor).await;
    assert_eq!(got.problem(), (403, "forbidden"));
    // Who is no agent takes no chats, whatever their console says.
    let body = json!({"there": true, "departments": []});
    let got = console.post(path::STAFF_PRESENCE, &supervisor, &body).await;
    assert_eq!(got.status, 200);
    let got = console.get(path::STAFF_QUEUE, &supervisor).await;
    assert_eq!(got.body["me"]["there"], false);
    // Departments are a filter of the list, not a right.
    let agent: Seat = console
        .seat(&place, Some("eksempelby"), &[Role::Agent])
        .await;
    let body = json!({"there": true, "departments": ["skat"]});
    console.post(path::STAFF_PRESENCE, &agent, &body).await;
    let got = console.get(path::STAFF_QUEUE, &agent).await;
    assert_eq!(got.body["rows"].as_array().map(Vec::len), Some(0));
    let got = console.get(&query, &agent).await;
    assert_eq!(got.status, 200, "{:?}", got.problem());
    let deed = TalkDeed::Take(ConversationRequest {
        receipt: opened.receipt.clone(),
    });
    let done: Done = talk.deed("anna", deed).await.expect("taken");
    assert_eq!(done.seq, 2);
}

/// Every route of citizens who talk, with a message that is right, and whether a secret opens it. A route that is not here fails the test.
const ROUTES: [(&str, &str, bool); 9] = [
    ("get", path::AVAILABILITY, false),
    ("post", path::CONVERSATIONS, false),
    ("post", path::RESUME, false),
    ("get", path::LOG, true),
    ("get", path::EVENTS, true),
    ("post", path::MESSAGES, true),
    ("post", path::TYPING, true),
    ("post", path::LEAVE, true),
    ("post", path::END, true),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_route_opens_for_its_own_kommune_and_secret_only() {
    let routes = api::http::routes().into_iter();
    let found: Vec<_> = routes
        .filter(|(_, path)| path.starts_with("/api/v1/handoff/"))
        .collect();
    for (method, path) in &found {
        let listed = ROUTES.iter().any(|(m, p, _)| m == method && p == path);
        assert!(listed, "{method} {path} is not listed");
    }
    assert_eq!(found.len(), ROUTES.len());
    let place = Place::sqlite().await;
    let app = Console::new(&place).app;
    let mut cells = 0;
    for (method, path, secret_opens) in ROUTES {
        for site in [KEY, OTHER_KEY, "unknown-key", ""] {
            for own in [true, false] {
                let (talk, opened, secret) = begun(&place).await;
                let other = place.desk.sites.enter(OTHER_KEY, None).expect("a site");
                let there = Talk {
                    site: other,
                    ..talk.clone()
                };
                there.there("bo", &[]).await;
                let secret = if own { secret } else { "A".repeat(43) };
                let code = if own { opened.resume_code } else { None };
                let body = match path {
                    path::CONVERSATIONS => serde_json::to_value(chat("Hej")).expect("a message"),
                    path::RESUME => json!({"code": code.unwrap_or_default()}),
                    path::MESSAGES => json!({"id": key(), "text": "Hej"}),
                    path::TYPING => json!({"on": true}),
                    path::LEAVE => {
                        json!({"way": "message", "contact": {"name": "Ida", "phone": "20304050"}, "privacy_version": common::talk::PRIVACY})
                    }
                    _ => json!({}),
                };
                let body = (method == "post").then_some(&body);
                let status = if path == path::EVENTS {
                    let request = Request::get(path)
                        .header("lokalsvar-site", site)
                        .header("lokalsvar-conversation", &secret);
                    let request = request.body(Body::empty()).expect("a request");
                    let response = app.clone().oneshot(request).await.expect("an answer");
                    response.status().as_u16()
                } else {
                    citizen(&app, site, path, &secret, body).await.status
                };
                let opens = if secret_opens || path == path::RESUME {
                    site == KEY && own
                } else {
                    true
                };
                let expected = match site {
                    KEY | OTHER_KEY if opens => 200,
                    KEY | OTHER_KEY => 404,
                    _ => 403,
                };
                let status = if status == 201 { 200 } else { status };
                assert_eq!(status, expected, "{method} {path} site={site} own={own}");
                cells += 1;
            }
        }
    }
    println!("{cells} cells");
}
