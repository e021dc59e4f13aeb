//! Many clients that hold, book, move, call off, retry and are cut off, and what must be true afterwards: what they were told is what
//! the database holds. For the history checker and for upgrades.

use super::{KEY, key};
use api::clock::Clock;
use api::store::Store;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::Request;
use booking::instant_text;
use protocol::path;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tower::ServiceExt as _;

/// Start times × eight counters: 504 slots.
pub const STARTS: usize = 63;

/// How a client reaches a server.
#[derive(Clone)]
pub enum Line {
    Here(Router),
    There(reqwest::Client, Arc<Vec<String>>),
}

impl Line {
    /// `None` when the line was cut.
    pub async fn call(&self, node: usize, what: &Call) -> Option<(u16, Value)> {
        let method = if what.body.is_none() { "GET" } else { "POST" };
        let secret_name = if what.path.starts_with(path::BOOKING) && what.path != path::BOOKINGS {
            "lokalsvar-booking"
        } else {
            "lokalsvar-holder"
        };
        let body = what.body.as_ref().map(Value::to_string).unwrap_or_default();
        match self {
            Line::Here(app) => {
                let request = Request::builder()
                    .method(method)
                    .uri(what.path)
                    .header("lokalsvar-site", KEY)
                    .header("idempotency-key", &what.key)
                    .header("content-type", "application/json")
                    .header(secret_name, &what.secret)
                    .body(Body::from(body))
                    .expect("a request");
                let response = app.clone().oneshot(request).await.expect("an answer");
                let status = response.status().as_u16();
                let bytes = to_bytes(response.into_body(), 1 << 20)
                    .await
                    .expect("a body");
                Some((status, serde_json::from_slice(&bytes).unwrap_or_default()))
            }
            Line::There(client, nodes) => {
                let address = format!("http://{}{}", nodes[node % nodes.len()], what.path);
                let request = client
                    .request(method.parse().expect("a method"), address)
                    .header("lokalsvar-site", KEY)
                    .header("idempotency-key", &what.key)
                    .header("content-type", "application/json")
                    .header(secret_name, &what.secret)
                    .body(body);
                let response = request.send().await.ok()?;
                let status = response.status().as_u16();
                Some((status, response.json().await.ok()?))
            }
        }
    }
}

pub struct Call {
    pub path: &'static str,
    pub secret: String,
    pub key: String,
    pub body: Option<Value>,
}

/// What a client was told last about a booking.
#[derive(Clone, Debug)]
pub struct Told {
    pub secret: String,
    pub start: String,
    pub state: &'static str,
}

#[derive(Default)]
pub struct Counts {
    pub done: AtomicUsize,
    pub cut: AtomicUsize,
    pub retried: AtomicUsize,
    pub failures: Mutex<BTreeMap<u16, usize>>,
    pub refused: Mutex<BTreeMap<String, usize>>,
    pub phone: AtomicU64,
}

pub struct Trial {
    pub line: Line,
    pub counts: Counts,
    pub operations: usize,
    pub first_ms: i64,
    /// In process: the clock that lets holds expire.
    pub clock: Option<Clock>,
}

impl Trial {
    /// Asks until there is an answer, with the same key; now and then once more although there is one.
    async fn settle(
        &self,
        path: &'static str,
        secret: &str,
        body: Option<Value>,
        dice: &mut Dice,
    ) -> (u16, Value) {
        let call = Call {
            path,
            secret: secret.to_owned(),
            key: key(),
            body,
        };
        loop {
            let answer = self.line.call(dice.below(2), &call).await;
            match answer {
                None => {
                    self.counts.cut.fetch_add(1, Ordering::Relaxed);
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
                Some((409, body)) if body["code"] == "in-progress" => {
                    tokio::time::sleep(Duration::from_millis(5)).await;
                }
                Some((status, body)) if status >= 500 => {
                    *self
                        .counts
                        .failures
                        .lock()
                        .expect("lock")
                        .entry(status)
                        .or_default() += 1;
                    eprintln!("{status} {body}");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
                Some((status, body)) => {
                    if status < 300 && call.body.is_some() && dice.below(5) == 0 {
                        // The answer got lost: the retry must be told the same.
                        self.counts.retried.fetch_add(1, Ordering::Relaxed);
                        loop {
                            match self.line.call(dice.below(2), &call).await {
                                Some((409, b)) if b["code"] == "in-progress" => {}
                                Some((s, _)) if s >= 500 => {
                                    *self
                                        .counts
                                        .failures
                                        .lock()
                                        .expect("lock")
                                        .entry(s)
                                        .or_default() += 1;
                                }
                                Some((s, b)) => {
                                    assert_eq!(
                                        (s, &b),
                                        (status, &body),
                                        "a retry was told something else"
                                    );
                                    break;
                                }
                                None => tokio::time::sleep(Duration::from_millis(50)).await,
                            }
                        }
                    }
                    self.counts.done.fetch_add(1, Ordering::Relaxed);
                    if status >= 300 {
                        let code = body["code"].as_str().unwrap_or("?").to_owned();
                        *self
                            .counts
                            .refused
                            .lock()
                            .expect("lock")
                            .entry(code)
                            .or_default() += 1;
                    }
                    return (status, body);
                }
            }
        }
    }

    fn slot(&self, dice: &mut Dice) -> String {
        instant_text(self.first_ms + i64::try_from(dice.below(STARTS)).expect("small") * 300_000)
    }

    /// One client until all operations are done; returns what it was told.
    async fn client(&self, number: u64) -> Vec<Told> {
        let mut dice = Dice(number.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
        let mut told: Vec<Told> = Vec::new();
        while self.counts.done.load(Ordering::Relaxed) < self.operations {
            let live: Vec<usize> = (0..told.len())
                .filter(|at| told[*at].state == "confirmed")
                .collect();
            if let Some(clock) = &self.clock
                && dice.below(40) == 0
            {
                clock.set(clock.now_ms() + 60_000);
            }
            match dice.below(10) {
                0 | 1 if !live.is_empty() => {
                    let at = live[dice.below(live.len())];
                    let (status, _) = self
                        .settle(path::CANCEL, &told[at].secret, Some(json!({})), &mut dice)
                        .await;
                    assert_eq!(status, 200, "a booking of one's own can be called off");
                    told[at].state = "cancelled";
                }
                2 | 3 if !live.is_empty() => {
                    let at = live[dice.below(live.len())];
                    let start = self.slot(&mut dice);
                    let wish = json!({"start": start, "location": "dag"});
                    let (status, _) = self
                        .settle(path::MOVE, &told[at].secret, Some(wish), &mut dice)
                        .await;
                    if status == 200 {
                        told[at].start = start;
                    }
                }
                _ => {
                    let start = self.slot(&mut dice);
                    let wish = json!({"service": "hurtig", "location": "dag", "start": start, "persons": 1});
                    let (status, hold) = self.settle(path::HOLDS, "", Some(wish), &mut dice).await;
                    if status != 201 {
                        continue;
                    }
                    let holder = hold["holder"].as_str().expect("a secret").to_owned();
                    match dice.below(8) {
                        0 => continue, // walks away: the hold runs out
                        1 => {
                            self.settle(path::HOLD_RELEASE, &holder, Some(json!({})), &mut dice)
                                .await;
                            continue;
                        }
                        2 => {
                            self.settle(path::HOLD_EXTEND, &holder, Some(json!({})), &mut dice)
                                .await;
                        }
                        _ => {}
                    }
                    let phone = 20_000_000 + self.counts.phone.fetch_add(1, Ordering::Relaxed);
                    let wish = json!({"contact": {"name": "Ida", "phone": phone.to_string()}, "privacy_version": super::PRIVACY});
                    let (status, receipt) = self
                        .settle(path::BOOKINGS, &holder, Some(wish), &mut dice)
                        .await;
                    if status == 201 {
                        told.push(Told {
                            secret: receipt["secret"].as_str().expect("a secret").to_owned(),
                            start,
                            state: "confirmed",
                        });
                    }
                }
            }
        }
        told
    }

    /// Compares what the clients were told with what is there. Returns lost, doubled and superfluous bookings.
    pub async fn check(
        &self,
        told: &[Told],
        store: &Store,
        tenant: &api::tenant::Tenant,
    ) -> (usize, usize, usize) {
        let mut dice = Dice(1);
        let mut lost = 0;
        let mut at: BTreeMap<String, usize> = BTreeMap::new();
        for booking in told {
            let (status, receipt) = self
                .settle(path::BOOKING, &booking.secret, None, &mut dice)
                .await;
            if status != 200
                || receipt["state"] != booking.state
                || receipt["start"] != *booking.start
            {
                lost += 1;
                eprintln!("told {booking:?}, found {status} {receipt}");
            }
            if booking.state == "confirmed" {
                *at.entry(booking.start.clone()).or_default() += 1;
            }
        }
        let double = at.values().map(|n| n.saturating_sub(8)).sum();
        let mut tx = store.read(tenant).await.expect("a transaction");
        assert_eq!(tx.mistakes().await.expect("a look"), Vec::<String>::new());
        let there = tx.bookings().await.expect("a count");
        (
            lost,
            double,
            usize::try_from(there)
                .expect("a count")
                .abs_diff(told.len()),
        )
    }

    pub fn say(&self, name: &str, told: &[Told], seconds: f64) {
        let done = self.counts.done.load(Ordering::Relaxed);
        println!(
            "{name}: {done} operations in {seconds:.1} s, {} bookings, {} cut off, {} repeated, refused {:?}, 5xx {:?}",
            told.len(),
            self.counts.cut.load(Ordering::Relaxed),
            self.counts.retried.load(Ordering::Relaxed),
            self.counts.refused.lock().expect("lock"),
            self.counts.failures.lock().expect("lock"),
        );
    }
}

pub struct Dice(pub u64);

impl Dice {
    pub fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % n
    }
}

/// Lets that many clients go until all operations are done; what they were told.
pub async fn clients(trial: &Arc<Trial>, n: u64) -> Vec<Told> {
    let tasks: Vec<_> = (1..=n)
        .map(|number| {
            let trial = Arc::clone(trial);
            tokio::spawn(async move { trial.client(number).await })
        })
        .collect();
    let mut told = Vec::new();
    for task in tasks {
        told.extend(task.await.expect("a client"));
    }
    told
}

/// A number from the environment.
pub fn size(name: &str, otherwise: usize) -> usize {
    std::env::var(name)
        .ok()
        .and_then(|n| n.parse().ok())
        .unwrap_or(otherwise)
}
