//! Hostile input against the router: every request is wrong in at least one way that must be refused. Only 4xx, never 5xx, none of
//! them slow, and nothing of what was sent in an answer, a log or a figure. And bytes that are no HTTP at all, over a socket.
//!
//! The same seed, the same requests. 3,000 by default, 50,000 in `cargo xtask prove booking`.

mod common;

use api::http::{App, router};
use api::limits::{Limits, Rate};
use api::metrics::Metrics;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderName, HeaderValue, Method, Request};
use common::{KEY, OTHER_KEY, Place, key};
use protocol::path;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, Once};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tower::ServiceExt as _;

/// Stands in most of what is sent; must come back nowhere.
const CANARY: &str = "kanariefugl";
/// A number in the form of a CPR number that nobody has.
const CPR: &str = "010101-9999";
/// Longer than anything may take, on a machine that is busy with other tests.
const SLOW: Duration = Duration::from_secs(2);

/// Pieces that have broken parsers, databases, shells and people.
const PIECES: [&str; 22] = [
    "kanariefugl'; DROP TABLE visit;--",
    "kanariefugl' OR '1'='1",
    "kanariefugl\" UNION SELECT name FROM person--",
    "$(touch kanariefugl)",
    "kanariefugl\u{0}",
    "../../../../kanariefugl",
    "..\\..\\kanariefugl",
    "kanariefugl%00",
    "<script>kanariefugl()</script>",
    "{{kanariefugl}}",
    "${jndi:ldap://kanariefugl}",
    "kanariefugl\r\nBcc: x@example.dk",
    "\u{202e}kanariefugl",
    "🛂kanariefugl🛂",
    "kanariefugl 010101-9999",
    "0101019999 kanariefugl",
    "e\u{301}\u{301}\u{301}kanariefugl",
    "2026-02-30T99:99:99+99:99kanariefugl",
    "9999999999999999999999kanariefugl",
    "NaNkanariefugl",
    "kanariefugl@@",
    "\u{feff}kanariefugl",
];

struct Chance(u64);

impl Chance {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % n as u64) as usize
    }
    fn of<T: Clone>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())].clone()
    }
    fn piece(&mut self) -> String {
        self.of(&PIECES).to_owned()
    }
}

/// Everything that was logged in this process.
static LOGS: Mutex<Vec<u8>> = Mutex::new(Vec::new());

fn listen_to_logs() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let started = tracing_subscriber::fmt()
            .json()
            .with_max_level(tracing::Level::TRACE)
            .with_writer(|| Sink)
            .try_init();
        started.expect("the only subscriber");
    });
}

struct Sink;

impl std::io::Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        LOGS.lock().expect("lock").extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

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

/// A request that is being spoilt.
struct Draft {
    method: Vec<u8>,
    address: String,
    site: Vec<u8>,
    key: Option<Vec<u8>>,
    secret: Vec<u8>,
    kind: Vec<u8>,
    origin: Option<Vec<u8>>,
    more: Vec<(&'static str, Vec<u8>)>,
    body: Vec<u8>,
    message: Value,
}

const POSTS: [&str; 14] = [
    path::HOLDS,
    path::HOLD_EXTEND,
    path::HOLD_RELEASE,
    path::CODES,
    path::BOOKINGS,
    path::MOVE,
    path::CANCEL,
    path::ERASE,
    // Twice as often as the others.
    path::BOOKINGS,
    path::CONVERSATIONS,
    path::RESUME,
    path::MESSAGES,
    path::LEAVE,
    path::END,
];
const GETS: [&str; 8] = [
    path::SERVICES,
    path::SLOTS,
    path::BOOKING,
    path::ICS,
    path::EXPORT,
    path::AVAILABILITY,
    path::LOG,
    path::EVENTS,
];
/// Routes that need no secret.
const WITHOUT_SECRET: [&str; 6] = [
    path::SERVICES,
    path::SLOTS,
    path::HOLDS,
    path::AVAILABILITY,
    path::CONVERSATIONS,
    path::RESUME,
];

fn message(path: &str) -> Value {
    match path {
        path::HOLDS => {
            json!({"service": "pas", "location": "raadhus", "start": "2026-12-04T10:00:00+01:00", "persons": 1})
        }
        path::CODES => json!({"contact": {"phone": "20304050"}, "language": "da"}),
        path::BOOKINGS => {
            json!({"contact": {"name": "Ida", "phone": "20304050", "email": "ida@example.dk"},
            "privacy_version": common::PRIVACY, "language": "da"})
        }
        path::MOVE => json!({"start": "2026-12-04T11:00:00+01:00", "location": "raadhus"}),
        path::CONVERSATIONS => serde_json::to_value(common::talk::chat("Hej")).expect("a message"),
        path::RESUME => json!({"code": "7K3QD-0V9MX"}),
        path::MESSAGES => json!({"id": "00000000-0000-0000-0000-000000000001", "text": "Hej"}),
        path::LEAVE => {
            json!({"way": "message", "contact": {"name": "Ida", "phone": "20304050"}, "privacy_version": common::talk::PRIVACY})
        }
        _ => Value::Null,
    }
}

/// Where the strings of a message are, as JSON pointers.
fn strings(path: &str) -> &'static [&'static str] {
    match path {
        path::HOLDS => &["/service", "/location", "/start"],
        path::CODES => &["/contact/phone", "/language"],
        path::BOOKINGS => &[
            "/contact/phone",
            "/contact/email",
            "/privacy_version",
            "/language",
        ],
        path::MOVE => &["/start", "/location"],
        path::CONVERSATIONS => &["/way", "/department", "/privacy_version", "/language"],
        path::RESUME => &["/code"],
        path::MESSAGES => &["/id"],
        path::LEAVE => &["/way", "/contact/phone", "/privacy_version"],
        _ => &[],
    }
}

fn set(message: &mut Value, pointer: &str, to: Value) {
    // A field that is absent cannot be spoilt by its text; then the message is.
    match message.pointer_mut(pointer) {
        Some(field) => *field = to,
        None => *message = to,
    }
}

fn percent(text: &str) -> String {
    text.bytes().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "%{byte:02X}");
        text
    })
}

/// Spoils a request in one way. Whatever else is right, it must be refused then.
fn spoil(draft: &mut Draft, chance: &mut Chance) -> &'static str {
    let is_post = draft.method == b"POST";
    let route = draft.address.clone();
    let empty = draft.message.is_null();
    loop {
        match chance.below(15) {
            0 => {
                draft.site = chance.of(&[
                    b"unknown-key".to_vec(),
                    Vec::new(),
                    format!("{KEY}{CANARY}").into_bytes(),
                    b"\xff\xfe kanariefugl".to_vec(),
                    vec![b'k'; 9000],
                ]);
                return "site key";
            }
            1 => {
                draft.origin = Some(chance.of(&[
                    b"https://kanariefugl.example".to_vec(),
                    b"null".to_vec(),
                    b"\xff".to_vec(),
                    b"https://www.eksempelby.example.kanariefugl.example".to_vec(),
                    b"https://www.eksempelby.example/".to_vec(),
                ]));
                return "origin";
            }
            2 => {
                draft.method = chance.of(&[
                    b"PATCH".to_vec(),
                    b"TRACE".to_vec(),
                    b"DELETE".to_vec(),
                    b"PUT".to_vec(),
                    b"KANARIEFUGL".to_vec(),
                    b"get".to_vec(),
                    b"PROPFIND".to_vec(),
                    b"CONNECT".to_vec(),
                ]);
                return "method";
            }
            3 => {
                let name = percent(&chance.piece());
                draft.address = match chance.below(8) {
                    0 => format!("{route}/"),
                    1 => format!("{route}/{name}"),
                    2 => format!("{route}/../../../{name}"),
                    3 => format!("{route}%2f..%2f{name}"),
                    4 => format!("/api//v1/booking/services;{CANARY}"),
                    5 => format!("/api/v1/{name}"),
                    6 => route.to_uppercase(),
                    _ => format!("/api/{}", CANARY.repeat(500)),
                };
                return "path";
            }
            4 if route == path::SLOTS => {
                let piece = percent(&chance.piece());
                draft.address = match chance.below(10) {
                    0 => format!("{route}?service={piece}&from=2026-12-04"),
                    1 => format!("{route}?service=pas&from={piece}"),
                    2 => format!("{route}?service=pas&from=2026-12-04&days={piece}"),
                    3 => format!("{route}?service=pas&from=2026-12-04&days=99999999999999999999"),
                    4 => format!("{route}?service=pas&from=2026-12-04&persons=-1"),
                    5 => format!("{route}?service=pas&from=2026-12-04&persons=1e2"),
                    6 => format!("{route}?service=%FF%FE{CANARY}&from=2026-12-04"),
                    7 => format!("{route}?service=pas&service={piece}&from=2026-12-04"),
                    8 => format!("{route}?{piece}"),
                    _ => format!("{route}?service=pas&from=2026-12-04&location={piece}"),
                };
                return "query";
            }
            5 if is_post => {
                draft.key = chance.of(&[
                    None,
                    Some(Vec::new()),
                    Some(CANARY.into()),
                    Some(b"\xff".repeat(36)),
                    Some(CPR.into()),
                    Some(vec![b'a'; 8000]),
                    Some(b"00000000-0000-0000-0000-00000000000g".to_vec()),
                ]);
                return "idempotency key";
            }
            6 if is_post && !empty => {
                draft.kind = chance.of(&[
                    b"text/plain".to_vec(),
                    Vec::new(),
                    b"application/x-www-form-urlencoded".to_vec(),
                    b"\xff\xff".to_vec(),
                    b"multipart/form-data; boundary=kanariefugl".to_vec(),
                ]);
                return "content type";
            }
            7 if is_post && !empty => {
                // Not UTF-8 in the middle of a string.
                let text = draft.message.to_string();
                let at = text.find(':').map_or(1, |at| at + 2);
                draft.body = [
                    &text.as_bytes()[..at],
                    b"\xff\xc0\x80",
                    CANARY.as_bytes(),
                    &text.as_bytes()[at..],
                ]
                .concat();
                return "bad utf-8";
            }
            8 if is_post => {
                let deep = 10 + chance.below(6000);
                draft.body = match chance.below(3) {
                    0 => "[".repeat(deep),
                    1 => format!("{}1{}", "[".repeat(deep), "]".repeat(deep)),
                    _ => "{\"contact\":".repeat(deep / 8),
                }
                .into_bytes();
                return "deep json";
            }
            9 if is_post && !empty => {
                let text = draft.message.to_string();
                let cut = 1 + chance.below(text.len() - 1);
                draft.body = text.as_bytes()[..cut].to_vec();
                return "cut short";
            }
            10 if is_post && !empty => {
                let name = chance.of(strings(&route));
                let odd = [
                    json!(1e300),
                    json!(-1),
                    json!(u64::MAX),
                    json!(null),
                    json!([CANARY]),
                    json!({CANARY: 1}),
                    json!(true),
                ];
                let optional = name.ends_with("phone") || name.ends_with("email");
                let odd = chance.of(&odd);
                if optional && odd.is_null() {
                    continue;
                }
                set(&mut draft.message, name, odd);
                draft.body = draft.message.to_string().into_bytes();
                return "kind of a field";
            }
            11 if is_post && !empty => {
                let name = chance.of(strings(&route));
                set(&mut draft.message, name, json!(chance.piece()));
                draft.body = draft.message.to_string().into_bytes();
                return "text of a field";
            }
            12 if is_post && !empty => {
                draft.message[CANARY] = json!(chance.piece());
                draft.body = draft.message.to_string().into_bytes();
                return "unknown field";
            }
            13 if is_post => {
                let most = match route.as_str() {
                    path::CONVERSATIONS => api::http::TRANSCRIPT_BODY_MOST,
                    path::MESSAGES => api::http::MESSAGE_BODY_MOST,
                    _ => api::http::BODY_MOST,
                };
                draft.body = chance
                    .of(&[b" ", b"\xff", b"a"])
                    .repeat(most + 1 + chance.below(500_000));
                return "too large";
            }
            14 if !WITHOUT_SECRET.contains(&route.as_str()) => {
                draft.secret = match chance.below(5) {
                    0 => Vec::new(),
                    1 => b"A".repeat(43),
                    2 => format!("' OR 1=1 --{CANARY}").into_bytes(),
                    3 => b"\xff\x80kanariefugl".to_vec(),
                    _ => vec![b'A'; 8000],
                };
                return "secret";
            }
            _ => {}
        }
    }
}

fn request(draft: Draft) -> Option<Request<Body>> {
    let mut request = Request::new(Body::from(draft.body));
    *request.method_mut() = Method::from_bytes(&draft.method).ok()?;
    *request.uri_mut() = draft.address.parse().ok()?;
    let headers = request.headers_mut();
    let mut set = |name: &'static str, value: &[u8]| {
        let value = HeaderValue::from_bytes(value).ok()?;
        headers.append(HeaderName::from_static(name), value);
        Some(())
    };
    set("lokalsvar-site", &draft.site)?;
    set("content-type", &draft.kind)?;
    set("lokalsvar-holder", &draft.secret)?;
    set("lokalsvar-booking", &draft.secret)?;
    set("lokalsvar-conversation", &draft.secret)?;
    if let Some(key) = &draft.key {
        set("idempotency-key", key)?;
    }
    if let Some(origin) = &draft.origin {
        set("origin", origin)?;
    }
    for (name, value) in &draft.more {
        set(name, value)?;
    }
    Some(request)
}

#[tokio::test]
async fn hostile_input_is_refused_and_never_told() {
    hostile(3_000).await;
}

#[tokio::test]
#[ignore = "a minute; `cargo xtask prove booking`"]
async fn hostile_input_in_its_long_form() {
    hostile(50_000).await;
}

async fn hostile(runs: usize) {
    listen_to_logs();
    let place = Place::sqlite().await;
    let (app, metrics) = server(&place);
    // Secrets that open something, so that what stands behind them is reached too.
    let holder = place
        .hold("pas", "2026-12-07T10:00:00+01:00")
        .await
        .expect("a hold");
    let code_holder = place
        .hold("kode", "2026-12-07T11:00:00+01:00")
        .await
        .expect("a hold");
    let booking = place
        .book("2026-12-07T12:00:00+01:00", "20304051")
        .await
        .expect("a booking");
    let talk = common::talk::Talk::new(&place);
    talk.there("anna", &[]).await;
    let opened = talk.open("Hej").await.expect("a conversation");
    let conversation = opened.secret.expect("a secret");
    let mut chance = Chance(0x9e37_79b9_7f4a_7c15);
    let mut statuses: BTreeMap<u16, usize> = BTreeMap::new();
    let mut ways: BTreeMap<&str, usize> = BTreeMap::new();
    let mut times = Vec::with_capacity(runs);
    let begun = Instant::now();
    while times.len() < runs {
        let is_post = chance.below(3) > 0;
        let route = if is_post {
            chance.of(&POSTS)
        } else {
            chance.of(&GETS)
        };
        let message = message(route);
        let secret = if route == path::CODES {
            &code_holder
        } else if route == path::BOOKING || route.contains("/booking/booking/") {
            &booking
        } else if route.starts_with("/api/v1/handoff/") {
            &conversation
        } else {
            &holder
        };
        let mut draft = Draft {
            method: if is_post {
                b"POST".to_vec()
            } else {
                b"GET".to_vec()
            },
            address: route.to_owned(),
            site: chance.of(&[KEY, KEY, KEY, OTHER_KEY]).into(),
            key: Some(key().into_bytes()),
            // A hold takes the secret of a former one to give it back; here it stays.
            secret: if route == path::HOLDS {
                Vec::new()
            } else {
                secret.clone().into_bytes()
            },
            kind: b"application/json".to_vec(),
            origin: None,
            more: Vec::new(),
            body: if message.is_null() {
                Vec::new()
            } else {
                message.to_string().into_bytes()
            },
            message,
        };
        let way = spoil(&mut draft, &mut chance);
        if chance.below(3) == 0 {
            let piece = chance
                .piece()
                .replace(|c: char| !(' '..='~').contains(&c), "");
            draft.more.push((
                chance.of(&[
                    "x-forwarded-for",
                    "cookie",
                    "user-agent",
                    "referer",
                    "authorization",
                    "forwarded",
                ]),
                piece.into_bytes(),
            ));
        }
        let told = format!(
            "{way}: {} {}",
            String::from_utf8_lossy(&draft.method),
            draft.address
        );
        let Some(request) = request(draft) else {
            continue; // the http crate itself refuses to carry it
        };
        let at = Instant::now();
        let response = app.clone().oneshot(request).await.expect("an answer");
        let took = at.elapsed();
        let status = response.status().as_u16();
        let bytes = to_bytes(response.into_body(), 1 << 20)
            .await
            .expect("a body");
        let text = String::from_utf8_lossy(&bytes).to_lowercase();
        assert!(
            (400..500).contains(&status),
            "{told} is answered {status}: {text}"
        );
        assert!(took < SLOW, "{told} took {took:?}");
        assert!(
            !text.contains(CANARY) && !text.contains(CPR),
            "{told} comes back: {text}"
        );
        *statuses.entry(status).or_default() += 1;
        *ways.entry(way).or_default() += 1;
        times.push(took);
    }
    times.sort();
    println!(
        "{runs} in {:.1} s; median {:?}, 99 % {:?}, longest {:?}\n{statuses:?}\n{ways:?}",
        begun.elapsed().as_secs_f32(),
        times[runs / 2],
        times[runs * 99 / 100],
        times[runs - 1]
    );
    assert_eq!(ways.len(), 15, "{ways:?}");
    place.sound().await;
    // What was there is there: nobody's wish was met.
    let receipt = place
        .desk
        .show(&place.site, &booking)
        .await
        .expect("the booking");
    assert!(receipt.changeable);
    let log = talk.log(&conversation, 0, 0).await.expect("the log");
    assert_eq!(log.entries.len(), 1, "{:?}", log.entries);
    let figures = metrics.text().to_lowercase();
    let logged = String::from_utf8_lossy(&LOGS.lock().expect("lock")).to_lowercase();
    assert!(
        logged.matches("\"answered\"").count() >= runs,
        "the log was written"
    );
    for secret in [
        CANARY,
        CPR,
        "0101019999",
        holder.as_str(),
        booking.as_str(),
        conversation.as_str(),
        "drop table",
        "jndi",
    ] {
        let secret = secret.to_lowercase();
        assert!(!figures.contains(&secret), "{secret} is in the figures");
        if let Some(at) = logged.find(&secret) {
            let near: String = logged[at.saturating_sub(300)..].chars().take(600).collect();
            panic!("{secret} is in the log: {near}");
        }
    }
}

/// What is no HTTP, or HTTP that proxies and servers have read differently.
fn raw() -> Vec<Vec<u8>> {
    let site = format!("lokalsvar-site: {KEY}\r\nhost: x\r\n");
    let mut all: Vec<Vec<u8>> = [
        "GARBAGE\r\n\r\n",
        "GET\r\n\r\n",
        "GET /api/v1/booking/services\r\n\r\n",
        "GET /api/v1/booking/services HTTP/9.9\r\n\r\n",
        "GET /api/v1/booking/services HTTP/1.1\r\nno colon\r\n\r\n",
        "GET /api/v1/booking/services HTTP/1.1\r\n: empty\r\n\r\n",
        "GET /api/v1/booking/services HTTP/1.1\r\nbad name: x\r\n\r\n",
        "GET /api/v1/booking/services HTTP/1.1\nhost: x\n\n",
        "GET /kanarie fugl HTTP/1.1\r\n\r\n",
        "GET http://kanariefugl.example/api/v1/booking/services HTTP/1.1\r\nhost: x\r\n\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "OPTIONS * HTTP/1.1\r\nhost: x\r\n\r\n",
        "\r\n\r\n\r\n",
    ]
    .iter()
    .map(|text| text.as_bytes().to_vec())
    .collect();
    all.push(b"GET /\x00 HTTP/1.1\r\n\r\n".to_vec());
    all.push(b"GET /\xff\xfe HTTP/1.1\r\n\r\n".to_vec());
    all.push(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03".repeat(20));
    all.push(vec![0; 5000]);
    all.push(vec![0xff; 5000]);
    all.push(format!("GET /{} HTTP/1.1\r\n\r\n", "a".repeat(100_000)).into_bytes());
    all.push(format!("GET / HTTP/1.1\r\nx: {}\r\n\r\n", "a".repeat(600_000)).into_bytes());
    all.push(format!("GET / HTTP/1.1\r\n{}\r\n", "x: a\r\n".repeat(500)).into_bytes());
    for more in [
        "content-length: 5\r\ncontent-length: 6\r\n\r\n{}{}{}",
        "content-length: -1\r\n\r\n{}",
        "content-length: 99999999999999999999\r\n\r\n{}",
        "content-length: 2\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n{}",
        "transfer-encoding: chunked\r\n\r\nzzz\r\n{}\r\n",
        "transfer-encoding: chunked\r\n\r\nffffffffffffffffff\r\n",
        "transfer-encoding: kanariefugl\r\n\r\n{}",
        "transfer-encoding: chunked, identity\r\n\r\n0\r\n\r\n",
        "expect: kanariefugl\r\ncontent-length: 2\r\n\r\n{}",
        "upgrade: websocket\r\nconnection: upgrade\r\ncontent-length: 2\r\n\r\n{}",
    ] {
        all.push(format!("POST {} HTTP/1.1\r\n{site}{more}", path::HOLDS).into_bytes());
    }
    all
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bytes_that_are_no_http_end_in_4xx_or_nothing() {
    let place = Place::sqlite().await;
    let (app, _) = server(&place);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a port");
    let address = listener.local_addr().expect("an address");
    let service = app.into_make_service_with_connect_info::<SocketAddr>();
    tokio::spawn(async move { axum::serve(listener, service).await });
    let mut tried = 0;
    for bytes in raw() {
        let name = String::from_utf8_lossy(&bytes[..bytes.len().min(80)]).into_owned();
        let mut stream = tokio::net::TcpStream::connect(address)
            .await
            .expect("a connection");
        // Who is cut off while sending has been refused too.
        let sent = stream.write_all(&bytes).await;
        let ended = stream.shutdown().await;
        drop((sent, ended));
        let mut answer = Vec::new();
        let read = tokio::time::timeout(Duration::from_secs(10), stream.read_to_end(&mut answer));
        let read = read
            .await
            .unwrap_or_else(|_| panic!("{name} is left waiting"));
        drop(read);
        let text = String::from_utf8_lossy(&answer).into_owned();
        if !text.is_empty() {
            let status: u16 = text.get(9..12).and_then(|s| s.parse().ok()).unwrap_or(0);
            assert!(
                (400..500).contains(&status) || status == 204,
                "{name}: {text}"
            );
            assert!(!text.contains(CANARY), "{name}: {text}");
        }
        tried += 1;
    }
    println!("{tried} tried");
    // The server is there, for others.
    let mut stream = tokio::net::TcpStream::connect(address)
        .await
        .expect("a connection");
    let fine = format!(
        "GET {} HTTP/1.1\r\nhost: x\r\nlokalsvar-site: {KEY}\r\nconnection: close\r\n\r\n",
        path::SERVICES
    );
    stream.write_all(fine.as_bytes()).await.expect("sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.expect("an answer");
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
}
