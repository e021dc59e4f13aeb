//! Bookings per second and how long a confirmation takes, beside a plain insert in the same kind of database with the same durability:
//! pgbench on PostgreSQL, a bare transaction on SQLite. In turns, so that a busy machine meets both alike; the ratio counts. And what a
//! kommune notices of its neighbour's flood. Asserts no time.
//!
//! `cargo xtask bench booking`, or `cargo test --release -p api --test measure -- --ignored --nocapture --test-threads=1`

mod common;

use api::clock::Clock;
use api::store::Store;
use common::node::{Node, PROGRAM};
use common::postgres::Cluster;
use common::trial::{Call, Line, size};
use common::{Folder, KEY, OTHER_KEY, key};
use protocol::path;
use serde_json::json;
use sqlx::Executor as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::time::{Duration, Instant};

/// Seconds of each turn; `SECONDS` changes it.
fn turn() -> Duration {
    Duration::from_secs(size("SECONDS", 5) as u64)
}

/// Turns of each kind.
const TURNS: usize = 3;

/// What was measured, of all turns together: milliseconds of each, and how many a second.
#[derive(Default)]
struct Times {
    ms: Vec<f64>,
    seconds: f64,
}

impl Times {
    fn add(&mut self, ms: Vec<f64>, seconds: f64) {
        self.ms.extend(ms);
        self.seconds += seconds;
        self.ms.sort_by(f64::total_cmp);
    }

    fn per_second(&self) -> f64 {
        self.ms.len() as f64 / self.seconds
    }

    /// 0..=1.
    fn at(&self, part: f64) -> f64 {
        let last = self.ms.len().saturating_sub(1);
        self.ms[((last as f64 * part).round() as usize).min(last)]
    }

    fn row(&self, name: &str, clients: usize) {
        println!(
            "| {name} | {clients} | {:.0} | {:.1} | {:.1} |",
            self.per_second(),
            self.at(0.5),
            self.at(0.99)
        );
    }
}

fn head() {
    println!(
        "| what | clients | a second | p50 ms | p99 ms |\n| --- | ---: | ---: | ---: | ---: |"
    );
}

struct Bench {
    line: Line,
    /// Next free time, counted in slots.
    next: AtomicI64,
    first_ms: i64,
}

impl Bench {
    async fn call(
        &self,
        route: &'static str,
        secret: &str,
        body: serde_json::Value,
    ) -> serde_json::Value {
        let call = Call {
            path: route,
            secret: secret.to_owned(),
            key: key(),
            body: Some(body),
        };
        let (status, body) = self.line.call(0, &call).await.expect("an answer");
        assert_eq!(status, 201, "{body}");
        body
    }

    /// Holds and confirms until the time is up; milliseconds of each confirmation.
    async fn client(self: Arc<Self>, until: Instant) -> Vec<f64> {
        let mut all = Vec::new();
        while Instant::now() < until {
            let n = self.next.fetch_add(1, Ordering::Relaxed);
            let start = booking::instant_text(self.first_ms + n / 8 * 300_000);
            let wish =
                json!({"service": "hurtig", "location": "dag", "start": start, "persons": 1});
            let held = self.call(path::HOLDS, "", wish).await;
            let holder = held["holder"].as_str().expect("a secret");
            let phone = (20_000_000 + n).to_string();
            let wish = json!({"contact": {"name": "Ida", "phone": phone}, "privacy_version": common::PRIVACY});
            let begun = Instant::now();
            self.call(path::BOOKINGS, holder, wish).await;
            all.push(begun.elapsed().as_secs_f64() * 1000.0);
        }
        all
    }

    async fn clients(self: &Arc<Self>, n: usize) -> (Vec<f64>, f64) {
        let begun = Instant::now();
        let until = begun + turn();
        let tasks: Vec<_> = (0..n)
            .map(|_| tokio::spawn(Arc::clone(self).client(until)))
            .collect();
        let mut all = Vec::new();
        for task in tasks {
            all.extend(task.await.expect("a client"));
        }
        (all, begun.elapsed().as_secs_f64())
    }
}

/// A server in a process of its own, and a line to it.
fn server(folder: &Folder, database: &str, more: impl Fn(String) -> String) -> (Node, Arc<Bench>) {
    let config = folder.file("lokalsvar.toml");
    let text = more(common::settings(folder, "sqlite:tider.db", ""));
    std::fs::write(&config, text).expect("a file");
    let since_ms = Clock::system().now_ms();
    let node = Node::start(PROGRAM, config, database, since_ms);
    let client = reqwest::Client::builder()
        .timeout(Duration::from_secs(40))
        .build()
        .expect("a client");
    let bench = Bench {
        line: Line::There(client, Arc::new(vec![node.address.clone()])),
        next: AtomicI64::new(0),
        first_ms: (since_ms + 10 * 86_400_000).div_euclid(300_000) * 300_000,
    };
    (node, Arc::new(bench))
}

/// Rows as wide as a booking's.
const ROW: &str = "INSERT INTO plain (tenant, id, receipt, secret, stamp) VALUES
    ('eksempelby', $1, 'EKSE-0001', 'bDfPMrZk2cFvWm0Yq8sZ5x1nQeTt7uHhLjKpOoIi3aA', 1796194800000)";
const TABLE: &str =
    "CREATE TABLE plain (tenant TEXT NOT NULL, id TEXT NOT NULL, receipt TEXT NOT NULL,
    secret TEXT NOT NULL, stamp BIGINT NOT NULL, PRIMARY KEY (tenant, id))";

/// Bare transactions, one writer at a time as on our side.
async fn plain_sqlite(pool: &sqlx::AnyPool, clients: usize) -> (Vec<f64>, f64) {
    let begun = Instant::now();
    let until = begun + turn();
    let tasks: Vec<_> = (0..clients)
        .map(|_| {
            let pool = pool.clone();
            tokio::spawn(async move {
                let mut all = Vec::new();
                while Instant::now() < until {
                    let begun = Instant::now();
                    let mut tx = pool.begin_with("BEGIN IMMEDIATE").await.expect("a writer");
                    sqlx::query(ROW)
                        .bind(key())
                        .execute(&mut *tx)
                        .await
                        .expect("a row");
                    tx.commit().await.expect("kept");
                    all.push(begun.elapsed().as_secs_f64() * 1000.0);
                }
                all
            })
        })
        .collect();
    let mut all = Vec::new();
    for task in tasks {
        all.extend(task.await.expect("a client"));
    }
    (all, begun.elapsed().as_secs_f64())
}

/// pgbench with the same row; its log tells each transaction's time in microseconds.
fn pgbench(cluster: &Cluster, address: &str, folder: &Path, clients: usize) -> (Vec<f64>, f64) {
    let (program, port) = cluster.tool("pgbench");
    let script = folder.join("insert.sql");
    std::fs::write(
        &script,
        ROW.replace("$1", "gen_random_uuid()::text") + ";\n",
    )
    .expect("a file");
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.to_string_lossy().contains("pgbench_log") {
            std::fs::remove_file(path).expect("removed");
        }
    }
    let seconds = turn().as_secs().to_string();
    let (port, clients) = (port.to_string(), clients.to_string());
    let name = address.rsplit('/').next().expect("a name");
    let status = Command::new(program)
        .args(["-n", "-l", "-j", "1", "-c", &clients, "-T", &seconds])
        .args(["-h", "127.0.0.1", "-p", &port, "-U", "lokalsvar", "-f"])
        .arg(&script)
        .arg(name)
        .current_dir(folder)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .expect("pgbench");
    assert!(status.success(), "pgbench");
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.to_string_lossy().contains("pgbench_log") {
            let text = std::fs::read_to_string(path).expect("a log");
            let times = text.lines().filter_map(|line| line.split(' ').nth(2));
            all.extend(
                times
                    .filter_map(|us| us.parse::<f64>().ok())
                    .map(|us| us / 1000.0),
            );
        }
    }
    (all, turn().as_secs_f64())
}

fn compared(ours: &Times, plain: &Times) {
    println!(
        "{:.2} bookings (hold and confirm, each durable) for each plain insert; a confirmation takes {:.1} times a plain insert at p50, {:.1} at p99",
        ours.per_second() / plain.per_second(),
        ours.at(0.5) / plain.at(0.5),
        ours.at(0.99) / plain.at(0.99)
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a measurement; see above"]
async fn bookings_beside_a_plain_insert_on_sqlite() {
    let folder = Folder::new();
    let database = format!("sqlite:{}", folder.file("tider.db").display());
    let (_node, bench) = server(&folder, &database, |text| text);
    sqlx::any::install_default_drivers();
    let pool = sqlx::any::AnyPoolOptions::new()
        .max_connections(1)
        .acquire_timeout(Duration::from_secs(60))
        .test_before_acquire(false)
        .connect(&format!(
            "sqlite://{}?mode=rwc",
            folder.file("plain.db").display()
        ))
        .await
        .expect("a database");
    pool.execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL")
        .await
        .expect("settings");
    pool.execute(TABLE).await.expect("a table");
    for clients in [1, 64] {
        let (mut ours, mut plain) = (Times::default(), Times::default());
        for _ in 0..TURNS {
            let (ms, seconds) = plain_sqlite(&pool, clients).await;
            plain.add(ms, seconds);
            let (ms, seconds) = bench.clients(clients).await;
            ours.add(ms, seconds);
        }
        head();
        plain.row("SQLite, plain insert", clients);
        ours.row("SQLite, booking; confirm", clients);
        compared(&ours, &plain);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a measurement; see above"]
async fn bookings_beside_pgbench_on_postgresql() {
    let cluster = Arc::new(Cluster::start().expect("PostgreSQL: apt-get install postgresql"));
    let folder = Folder::new();
    let database = cluster.database();
    let (_node, bench) = server(&folder, &database, |text| text);
    let store = Store::open(&database).await.expect("a database");
    let sites = common::config(&folder, "sqlite:tider.db")
        .sites()
        .expect("sites");
    let tenant = sites.enter(KEY, None).expect("a site").tenant.clone();
    let mut tx = store.write(&tenant).await.expect("a transaction");
    tx.try_raw(TABLE).await.expect("a table");
    tx.commit().await.expect("kept");
    for clients in [1, 64] {
        let (mut ours, mut plain) = (Times::default(), Times::default());
        for _ in 0..TURNS {
            let (cluster, address, path) =
                (Arc::clone(&cluster), database.clone(), folder.0.clone());
            let (ms, seconds) =
                tokio::task::spawn_blocking(move || pgbench(&cluster, &address, &path, clients))
                    .await
                    .expect("pgbench");
            plain.add(ms, seconds);
            let (ms, seconds) = bench.clients(clients).await;
            ours.add(ms, seconds);
        }
        head();
        plain.row("PostgreSQL, pgbench insert", clients);
        ours.row("PostgreSQL, booking; confirm", clients);
        compared(&ours, &plain);
    }
    store.close().await;
}

/// A kommune's services asked for one after another, alone and while another gets twenty times its quota.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a measurement; see above"]
async fn a_neighbour_s_flood() {
    let folder = Folder::new();
    let database = format!("sqlite:{}", folder.file("tider.db").display());
    let (node, bench) = server(&folder, &database, |text| {
        text.replacen("quota = 1000000", "quota = 20", 1)
    });
    let client = reqwest::Client::new();
    let post = |site: &'static str, n: i64| {
        let start = booking::instant_text(bench.first_ms + n / 8 % 10_000 * 300_000);
        let body = json!({"service": "hurtig", "location": "dag", "start": start, "persons": 1});
        client
            .post(format!("http://{}{}", node.address, path::HOLDS))
            .header("lokalsvar-site", site)
            .header("idempotency-key", key())
            .header("content-type", "application/json")
            .body(body.to_string())
            .send()
    };
    let next = AtomicI64::new(0);
    let measure = || async {
        let (mut ms, begun) = (Vec::new(), Instant::now());
        while begun.elapsed() < turn() {
            let asked = Instant::now();
            let answer = post(OTHER_KEY, next.fetch_add(1, Ordering::Relaxed));
            let status = answer.await.expect("an answer").status();
            assert_eq!(status, 201);
            ms.push(asked.elapsed().as_secs_f64() * 1000.0);
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        (ms, begun.elapsed().as_secs_f64())
    };
    let (mut alone, mut beside) = (Times::default(), Times::default());
    let mut refused = 0_usize;
    for _ in 0..TURNS {
        let (ms, seconds) = measure().await;
        alone.add(ms, seconds);
        let done = Arc::new(AtomicBool::new(false));
        let flood = async {
            let mut refused = 0;
            let mut at = 0;
            while !done.load(Ordering::SeqCst) {
                // 16 at once, 25 times a second: twenty times the quota.
                let tick = tokio::time::sleep(Duration::from_millis(40));
                let wave = (0..16).map(|n| post(KEY, at + n));
                for answer in futures_util::future::join_all(wave).await {
                    let status = answer.expect("an answer").status();
                    refused += usize::from(status == 429);
                }
                at += 16;
                tick.await;
            }
            refused
        };
        let measured = async {
            let measured = measure().await;
            done.store(true, Ordering::SeqCst);
            measured
        };
        let ((ms, seconds), n) = tokio::join!(measured, flood);
        beside.add(ms, seconds);
        refused += n;
    }
    head();
    alone.row("hold, alone", 1);
    beside.row("hold, beside a flood", 1);
    println!(
        "p50 {:.2} times, p99 {:.2} times; the flood was refused {refused} times",
        beside.at(0.5) / alone.at(0.5),
        beside.at(0.99) / alone.at(0.99)
    );
}
