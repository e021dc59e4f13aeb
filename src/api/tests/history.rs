//! History checker: many clients hold, book, move, call off, retry and are cut off; afterwards what they were told must be what the
//! database holds. In process and short by default. The long form runs real servers and kills them:
//!
//! `cargo xtask prove booking`, or `cargo test -p api --test history -- --ignored --nocapture --test-threads=1`
//!
//! (`OPERATIONS`, `KILLS` change its size; PostgreSQL must be installed.)

mod common;

use api::clock::Clock;
use api::http::{App, router};
use api::limits::{Limits, Rate};
use api::metrics::Metrics;
use api::store::Store;
use common::node::{Node, PROGRAM};
use common::trial::{Counts, Line, Trial, clients, size};
use common::{Folder, KEY, Place, postgres::Cluster};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn short_in_process() {
    let place = Place::sqlite().await;
    let rate = Rate {
        per_second: 1e9,
        burst: 1e9,
    };
    let app = App {
        desk: place.desk.clone(),
        auth: api::auth::Auth::new(&place.desk),
        limits: Arc::new(Limits::new(rate, rate)),
        metrics: Arc::new(Metrics::new()),
        behind_proxy: false,
    };
    let trial = Arc::new(Trial {
        line: Line::Here(router(app)),
        counts: Counts::default(),
        operations: 1_500,
        first_ms: common::now_ms() + 2 * 86_400_000,
        clock: Some(place.clock.clone()),
    });
    let begun = Instant::now();
    let told = clients(&trial, 16).await;
    let found = trial
        .check(&told, &place.desk.store, &place.site.tenant)
        .await;
    trial.say("in process", &told, begun.elapsed().as_secs_f64());
    assert_eq!(found, (0, 0, 0), "lost, double, superfluous");
    assert!(trial.counts.failures.lock().expect("lock").is_empty());
}

async fn killed(name: &str, database: &str, folder: &Folder, nodes: usize) {
    let config = folder.file("lokalsvar.toml");
    std::fs::write(&config, common::settings(folder, "sqlite:tider.db", "")).expect("a file");
    let since_ms = Clock::system().now_ms();
    let nodes: Vec<Arc<Node>> = (0..nodes)
        .map(|_| Arc::new(Node::start(PROGRAM, config.clone(), database, since_ms)))
        .collect();
    let addresses = Arc::new(nodes.iter().map(|n| n.address.clone()).collect::<Vec<_>>());
    let trial = Arc::new(Trial {
        line: Line::There(
            reqwest::Client::builder()
                .timeout(Duration::from_secs(40))
                .build()
                .expect("a client"),
            addresses,
        ),
        counts: Counts::default(),
        operations: size("OPERATIONS", 20_000),
        // Ten days ahead of the fast clock, on the grid of five minutes.
        first_ms: (since_ms + 10 * 86_400_000).div_euclid(300_000) * 300_000,
        clock: None,
    });
    let kills = size("KILLS", 20);
    let killer = {
        let (trial, nodes) = (Arc::clone(&trial), nodes.clone());
        tokio::task::spawn_blocking(move || {
            for n in 1..=kills {
                while trial.counts.done.load(Ordering::Relaxed) < n * trial.operations / (kills + 1)
                {
                    std::thread::sleep(Duration::from_millis(10));
                }
                nodes[n % nodes.len()].kill();
            }
        })
    };
    let begun = Instant::now();
    let told = clients(&trial, 64).await;
    killer.await.expect("a killer");
    let seconds = begun.elapsed().as_secs_f64();
    let store = Store::open(database).await.expect("a database");
    let sites = common::config(folder, "sqlite:tider.db")
        .sites()
        .expect("sites");
    let tenant = sites.enter(KEY, None).expect("a site").tenant.clone();
    let found = trial.check(&told, &store, &tenant).await;
    trial.say(&format!("{name}, {kills} times kill -9"), &told, seconds);
    println!(
        "lost {}, double {}, superfluous {}",
        found.0, found.1, found.2
    );
    assert_eq!(found, (0, 0, 0), "lost, double, superfluous");
    assert!(
        trial.counts.failures.lock().expect("lock").is_empty(),
        "5xx"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "minutes; see above"]
async fn long_sqlite() {
    let folder = Folder::new();
    let database = format!("sqlite:{}", folder.file("tider.db").display());
    killed("SQLite", &database, &folder, 1).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "minutes; see above"]
async fn long_postgres_two_nodes() {
    let cluster = Cluster::start().expect("PostgreSQL: apt-get install postgresql");
    let folder = Folder::new();
    killed("PostgreSQL, two nodes", &cluster.database(), &folder, 2).await;
}
