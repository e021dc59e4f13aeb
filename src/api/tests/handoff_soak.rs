//! Conversations through a network that loses, doubles, keeps back and cuts, at servers that are killed: nothing that was acknowledged is
//! lost, nothing is there twice, order is by number, and who was cut off has everything soon after. Short by default; the long form is
//!
//! `cargo xtask prove handoff`, or `cargo test --release -p api --test handoff_soak -- --ignored --nocapture --test-threads=1`
//!
//! (`CONVERSATIONS`, `MESSAGES`, `KILLS` change its size; PostgreSQL must be installed.)

mod common;

use api::auth::Role;
use api::config::Config;
use common::faulty::{Faults, proxy};
use common::node::Node;
use common::staff::{Console, Seat};
use common::talk::chat;
use common::trial::{Dice, size};
use common::{Folder, KEY, Place, key};
use protocol::path;
use reqwest::Client;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// Who waits longer for an answer asks again.
const PATIENCE: Duration = Duration::from_secs(4);
/// From being connected again to having everything.
const RESYNC_MOST: Duration = Duration::from_secs(5);
/// Agents; each has a session of its own.
const AGENTS: usize = 8;

/// Everybody's line to the servers, and what was counted.
struct World {
    client: Client,
    address: String,
    asked: AtomicUsize,
    failed: AtomicUsize,
    over: AtomicBool,
}

/// Whose request.
#[derive(Clone)]
enum As {
    Citizen(String),
    Staff(Seat),
}

impl World {
    /// Asks once. `None` when nothing came back.
    async fn ask(
        &self,
        who: &As,
        path: &str,
        body: Option<(&str, &Value)>,
    ) -> Option<(u16, Value)> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        let url = format!("http://{}{path}", self.address);
        let mut request = match body {
            Some((key, body)) => self
                .client
                .post(url)
                .header("idempotency-key", key)
                .json(body),
            None => self.client.get(url),
        };
        request = request.header("connection", "close").timeout(PATIENCE);
        request = match who {
            As::Citizen(secret) => request
                .header("lokalsvar-site", KEY)
                .header("lokalsvar-conversation", secret),
            As::Staff(seat) => request
                .header("cookie", &seat.cookie)
                .header("lokalsvar-csrf", &seat.csrf),
        };
        let answer = async {
            let response = request.send().await.ok()?;
            let status = response.status().as_u16();
            Some((status, response.json().await.ok()?))
        };
        let answer = answer.await;
        if answer.is_none() {
            self.failed.fetch_add(1, Ordering::Relaxed);
        }
        answer
    }

    /// Asks until there is an answer, with one key.
    async fn settle(&self, who: &As, path: &str, body: &Value) -> (u16, Value) {
        let key = key();
        loop {
            match self.ask(who, path, Some((&key, body))).await {
                Some((409, told)) if told["code"] == "in-progress" => {}
                Some((status, told)) if status < 500 => return (status, told),
                _ => {}
            }
            tokio::time::sleep(Duration::from_millis(30)).await;
        }
    }
}

/// What one side has seen of a log.
#[derive(Default)]
struct Seen {
    /// By number: id or kind, and text.
    entries: BTreeMap<u64, Value>,
    slowest: Duration,
}

impl Seen {
    fn last(&self) -> u64 {
        self.entries.keys().next_back().copied().unwrap_or(0)
    }

    /// Takes an answer in: in order, without gaps, nothing twice.
    fn take(&mut self, entries: &Value) {
        for entry in entries.as_array().into_iter().flatten() {
            let seq = entry["seq"].as_u64().expect("a number");
            assert_eq!(seq, self.last() + 1, "a gap, or twice");
            self.entries.insert(seq, entry.clone());
        }
    }

    fn messages(&self) -> usize {
        let all = self.entries.values();
        all.filter(|e| e["kind"] == "message").count()
    }
}

/// A citizen: begins, writes, reads by the stream and by the log in turn. Returns the secret, what was sent, and what was seen.
async fn citizen(
    world: Arc<World>,
    n: usize,
    each: usize,
) -> (String, Vec<(String, String)>, Seen) {
    let nobody = As::Citizen(String::new());
    let wish = serde_json::to_value(chat(&format!("samtale {n}"))).expect("a message");
    let opened = loop {
        let (status, opened) = world.settle(&nobody, path::CONVERSATIONS, &wish).await;
        if status == 201 {
            break opened;
        }
        assert_eq!(
            (status, &opened["code"]),
            (409, &json!("closed")),
            "{opened}"
        );
        tokio::time::sleep(Duration::from_millis(200)).await;
    };
    let secret = opened["secret"].as_str().expect("a secret").to_owned();
    let me = As::Citizen(secret.clone());
    let writer = {
        let (world, me) = (Arc::clone(&world), me.clone());
        tokio::spawn(async move {
            let mut sent = Vec::new();
            for at in 0..each {
                let (id, text) = (key(), format!("borger {n}/{at}"));
                let body = json!({"id": id, "text": text});
                let (status, told) = world.settle(&me, path::MESSAGES, &body).await;
                assert_eq!(status, 200, "{told}");
                sent.push((id, text));
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            sent
        })
    };
    let mut seen = Seen::default();
    let mut dice = Dice(n as u64 * 77 + 5);
    // The first message, and those of both sides.
    while seen.messages() < 1 + 2 * each {
        if dice.below(2) == 0 {
            stream(&world, &secret, &mut seen, 1 + 2 * each).await;
        } else {
            poll(&world, &me, &mut seen).await;
        }
    }
    let sent = writer.await.expect("a writer");
    (secret, sent, seen)
}

async fn poll(world: &World, me: &As, seen: &mut Seen) {
    let path = format!("{}?after={}&wait=2", path::LOG, seen.last());
    let mut lost = None;
    loop {
        match world.ask(me, &path, None).await {
            Some((200, log)) => {
                seen.take(&log["entries"]);
                // Connected again: this answer has everything there was, unless there are more than an answer holds.
                if let Some(back) = lost {
                    seen.slowest = seen.slowest.max(Instant::now().duration_since(back));
                }
                return;
            }
            Some((status, told)) => assert!(status >= 500, "{status} {told}"),
            None => {}
        }
        tokio::time::sleep(Duration::from_millis(30)).await;
        lost = Some(Instant::now());
    }
}

/// Reads a stream until it breaks, or everything is there.
async fn stream(world: &World, secret: &str, seen: &mut Seen, all: usize) {
    let url = format!("http://{}{}", world.address, path::EVENTS);
    let begun = Instant::now();
    let request = world
        .client
        .get(url)
        .header("connection", "close")
        .header("lokalsvar-site", KEY)
        .header("lokalsvar-conversation", secret)
        .header("last-event-id", seen.last());
    let Ok(Ok(mut response)) = tokio::time::timeout(PATIENCE, request.send()).await else {
        return;
    };
    if response.status() != 200 {
        assert!(response.status().as_u16() >= 500, "{}", response.status());
        return;
    }
    let mut bytes: Vec<u8> = Vec::new();
    let mut behind = None;
    while seen.messages() < all {
        // Silence: the line may be dead.
        let Ok(Ok(Some(chunk))) = tokio::time::timeout(PATIENCE, response.chunk()).await else {
            return;
        };
        bytes.extend_from_slice(&chunk);
        while let Some(end) = bytes.windows(2).position(|w| w == b"\n\n") {
            let rest = bytes.split_off(end + 2);
            let event = String::from_utf8(std::mem::replace(&mut bytes, rest)).expect("text");
            let data = event.lines().find_map(|l| l.strip_prefix("data:"));
            let Some(data) = data else { continue };
            let data: Value = serde_json::from_str(data.trim()).expect("JSON");
            if event.contains("event:") {
                behind.get_or_insert(data["seq"].as_u64().expect("a number"));
            } else {
                seen.take(&json!([data]));
            }
            if behind.is_some_and(|seq| seq > 0 && seen.last() >= seq) {
                seen.slowest = seen.slowest.max(begun.elapsed());
                behind = Some(0);
            }
        }
    }
}

/// An agent: says that they are there, takes who waits, and answers each in a task of its own.
async fn agent(world: Arc<World>, seat: Seat, each: usize) -> Vec<(String, Vec<(String, String)>)> {
    let me = As::Staff(seat);
    let there = {
        let (world, me) = (Arc::clone(&world), me.clone());
        tokio::spawn(async move {
            while !world.over.load(Ordering::Relaxed) {
                let body = json!({"there": true, "departments": []});
                let (status, told) = world.settle(&me, path::STAFF_PRESENCE, &body).await;
                assert_eq!(status, 200, "{told}");
                tokio::time::sleep(Duration::from_secs(10)).await;
            }
        })
    };
    let mut known = String::new();
    let mut hands = BTreeMap::new();
    while !world.over.load(Ordering::Relaxed) {
        let path = format!("{}?known={known}&wait=2", path::STAFF_QUEUE);
        let Some((200, queue)) = world.ask(&me, &path, None).await else {
            tokio::time::sleep(Duration::from_millis(50)).await;
            continue;
        };
        known = queue["version"].as_str().expect("a version").to_owned();
        for row in queue["rows"].as_array().into_iter().flatten() {
            let receipt = row["receipt"].as_str().expect("a number").to_owned();
            if row["stage"] != "waiting" || hands.contains_key(&receipt) {
                continue;
            }
            let body = json!({"receipt": receipt});
            let (status, _) = world.settle(&me, path::STAFF_TAKE, &body).await;
            if status == 200 {
                let work = answers(Arc::clone(&world), me.clone(), receipt.clone(), each);
                hands.insert(receipt, tokio::spawn(work));
            }
        }
    }
    there.abort();
    let mut done = Vec::new();
    for (receipt, hand) in hands {
        done.push((receipt, hand.await.expect("an agent")));
    }
    done
}

async fn answers(world: Arc<World>, me: As, receipt: String, each: usize) -> Vec<(String, String)> {
    let mut sent = Vec::new();
    let mut seen = Seen::default();
    for at in 0..each {
        let (id, text) = (key(), format!("svar {at}"));
        let body = json!({"receipt": receipt, "id": id, "text": text});
        loop {
            let (status, told) = world.settle(&me, path::STAFF_MESSAGE, &body).await;
            if status == 200 {
                break;
            }
            // Given back to the queue because the network was away for long: take it again.
            assert_eq!(
                (status, &told["code"]),
                (409, &json!("wrong-state")),
                "{told}"
            );
            let body = json!({"receipt": receipt});
            world.settle(&me, path::STAFF_TAKE, &body).await;
        }
        sent.push((id, text));
        let path = format!(
            "{}?receipt={receipt}&after={}",
            path::STAFF_CONVERSATION,
            seen.last()
        );
        if let Some((200, reading)) = world.ask(&me, &path, None).await {
            seen.take(&reading["entries"]);
        }
    }
    sent
}

/// Lets it all happen, and compares what everybody was told with what is there.
async fn soak(
    name: &str,
    folder: &Folder,
    database: &str,
    nodes: usize,
    (n, each, kills): (usize, usize, usize),
) {
    let mut admin = common::talk::admin("eksempelby");
    for department in admin["departments"].as_array_mut().expect("a list") {
        department["week"] = json!({"days": vec![json!(["00:00-24:00"]); 7]});
    }
    admin["holidays"]["public"] = json!(false);
    let settings = common::settings(folder, "sqlite:samtaler.db", "");
    std::fs::write(folder.file("eksempelby.samtale.json"), admin.to_string()).expect("a file");
    let file = folder.file("server.toml");
    std::fs::write(&file, settings).expect("a file");
    let seats = {
        let config = Config::read(&file, |_| None).expect("settings");
        let place = Place::real(
            folder,
            Config {
                database: database.into(),
                ..config
            },
        )
        .await;
        let console = Console::new(&place);
        let mut seats = Vec::new();
        for _ in 0..AGENTS {
            seats.push(
                console
                    .seat(&place, Some("eksempelby"), &[Role::Agent])
                    .await,
            );
        }
        place.desk.store.close().await;
        seats
    };
    let servers: Vec<Arc<Node>> = (0..nodes)
        .map(|_| Arc::new(Node::real(file.clone(), database)))
        .collect();
    let addresses: Vec<String> = servers.iter().map(|s| s.address.clone()).collect();
    let faults = Arc::new(Faults::default());
    let client = || {
        let builder = Client::builder().pool_max_idle_per_host(0).no_proxy();
        builder.build().expect("a client")
    };
    let world = Arc::new(World {
        client: client(),
        address: proxy(Arc::new(addresses.clone()), Arc::clone(&faults)).await,
        asked: AtomicUsize::new(0),
        failed: AtomicUsize::new(0),
        over: AtomicBool::new(false),
    });
    let begun = Instant::now();
    let agents: Vec<_> = seats
        .into_iter()
        .map(|seat| tokio::spawn(agent(Arc::clone(&world), seat, each)))
        .collect();
    let killer = {
        let (world, servers) = (Arc::clone(&world), servers.clone());
        tokio::spawn(async move {
            let mut done = 0;
            while done < kills && !world.over.load(Ordering::Relaxed) {
                let pause = if n > 50 { 8000 } else { 1200 };
                tokio::time::sleep(Duration::from_millis(pause)).await;
                let server = Arc::clone(&servers[done % servers.len()]);
                let killed = tokio::task::spawn_blocking(move || server.kill());
                killed.await.expect("a kill");
                done += 1;
            }
            done
        })
    };
    let citizens: Vec<_> = (0..n)
        .map(|at| tokio::spawn(citizen(Arc::clone(&world), at, each)))
        .collect();
    let mut all = Vec::new();
    for citizen in citizens {
        all.push(citizen.await.expect("a citizen"));
    }
    let seconds = begun.elapsed().as_secs_f64();
    let deaths = killer.await.expect("kills");
    world.over.store(true, Ordering::Relaxed);
    let mut answered = 0;
    for agent in agents {
        let hands = agent.await.expect("an agent");
        answered += hands.iter().map(|(_, sent)| sent.len()).sum::<usize>();
    }
    // Straight, without the bad network: what is there?
    let straight = World {
        client: client(),
        address: addresses[0].clone(),
        asked: AtomicUsize::new(0),
        failed: AtomicUsize::new(0),
        over: AtomicBool::new(false),
    };
    let (mut lost, mut twice, mut apart, mut slowest) = (0, 0, 0, Duration::ZERO);
    for (secret, sent, seen) in &all {
        let mut log = Seen::default();
        let me = As::Citizen(secret.clone());
        loop {
            let path = format!("{}?after={}", path::LOG, log.last());
            let (status, page) = straight.ask(&me, &path, None).await.expect("an answer");
            assert_eq!(status, 200);
            log.take(&page["entries"]);
            if page["conversation"]["seq"].as_u64() == Some(log.last()) {
                break;
            }
        }
        for (id, text) in sent {
            let found = log.entries.values().filter(|e| e["id"] == **id);
            let found: Vec<_> = found.collect();
            lost += usize::from(!found.iter().any(|e| e["text"] == **text));
            twice += found.len().saturating_sub(1);
        }
        let texts = log.entries.values().filter(|e| e["kind"] == "message");
        twice += texts.count().saturating_sub(1 + 2 * each);
        apart += usize::from(
            seen.entries
                .iter()
                .any(|(seq, e)| log.entries.get(seq) != Some(e)),
        );
        slowest = slowest.max(seen.slowest);
    }
    println!(
        "{name}: {n} conversations, {} messages ({answered} by staff) in {seconds:.1} s, {deaths} kills, {} requests of which {} unanswered, {faults:?}; \
         lost {lost}, twice {twice}, logs that differ {apart}, caught up within {slowest:?}",
        all.iter().map(|(_, sent, _)| sent.len()).sum::<usize>() + answered,
        world.asked.load(Ordering::Relaxed),
        world.failed.load(Ordering::Relaxed),
    );
    assert_eq!((lost, twice, apart), (0, 0, 0));
    assert!(slowest <= RESYNC_MOST, "{slowest:?}");
    assert_eq!(
        deaths, kills,
        "the servers were not killed as often as they should be"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bad_network_and_a_server_that_dies_lose_nothing() {
    let folder = Folder::new();
    let database = format!("sqlite:{}", folder.file("samtaler.db").display());
    soak("SQLite", &folder, &database, 1, (6, 10, 2)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_with_two_nodes() {
    let Some(cluster) = common::postgres::Cluster::start() else {
        return println!("PostgreSQL is not installed; not tried");
    };
    let folder = Folder::new();
    soak(
        "PostgreSQL, two nodes",
        &folder,
        &cluster.database(),
        2,
        (6, 10, 2),
    )
    .await;
}

fn long() -> (usize, usize, usize) {
    let messages = size("MESSAGES", 50);
    (size("CONVERSATIONS", 200), messages / 2, size("KILLS", 10))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "minutes; cargo xtask prove handoff"]
async fn two_hundred_conversations_and_ten_kills() {
    let folder = Folder::new();
    let database = format!("sqlite:{}", folder.file("samtaler.db").display());
    soak("SQLite", &folder, &database, 1, long()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "minutes; cargo xtask prove handoff"]
async fn two_hundred_conversations_and_ten_kills_with_two_nodes() {
    let cluster =
        common::postgres::Cluster::start().expect("PostgreSQL: apt-get install postgresql");
    let folder = Folder::new();
    soak(
        "PostgreSQL, two nodes",
        &folder,
        &cluster.database(),
        2,
        long(),
    )
    .await;
}
