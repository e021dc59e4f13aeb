//! Upgrades: a database of the first version with data in it, nodes that start together, a schema that grows under traffic, a
//! former version that starts again. In process by default. The long form lets real programs of the former version serve 64 clients
//! while this one takes their places:
//!
//! `cargo xtask prove upgrade`, which builds the former program and names it in `LOKALSVAR_FORMER`

mod common;

use api::clock::Clock;
use api::desk::{Desk, Wish};
use api::fault::Fault;
use api::store::{CONTRACTS, Kind, Step, Store, StoreError, steps};
use common::node::{Node, PROGRAM};
use common::postgres::Cluster;
use common::trial::{Counts, Line, Trial, clients, size};
use common::{Folder, KEY, Place, code, key};
use protocol::{Code, State};
use sqlx::Row as _;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, RwLock};
use std::time::{Duration, Instant};

/// Secrets of the bookings in [`FIRST`].
const CONFIRMED: &str = "confirmed-by-the-first-version";
const CANCELLED: &str = "cancelled-by-the-first-version";

/// What the first version wrote: a booking, one that was called off, one that was erased, a hold that nobody confirmed. `{a}` and `{b}`
/// are what is stored of the secrets.
const FIRST: [&str; 12] = [
    "INSERT INTO booking (tenant, id, receipt, secret_hash, sequence, stamp_ms, created_ms, privacy_version, language, erased_ms)
     VALUES ('eksempelby', 'b1', 'EKSE-0001', '{a}', 0, 1796194800000, 1796194800000, '0123456789ab', 'da', 0)",
    "INSERT INTO person (tenant, booking, name, phone, email, cpr) VALUES ('eksempelby', 'b1', 'Ida Andersen', '20304050', '', '')",
    "INSERT INTO visit (tenant, id, booking, state, service, location, counter, persons, start_ms, end_ms, zone, wall, held_ms, expires_ms, holder_hash)
     VALUES ('eksempelby', 'v1', 'b1', 'confirmed', 'pas', 'raadhus', 's1', 1, 1796374800000, 1796375700000, 'Europe/Copenhagen', '2026-12-04T10:00', 1796194700000, 1796195000000, '')",
    "INSERT INTO audit (tenant, at_ms, booking, visit, what, who) VALUES ('eksempelby', 1796194800000, 'b1', 'v1', 'confirmed', 'citizen')",
    "INSERT INTO booking (tenant, id, receipt, secret_hash, sequence, stamp_ms, created_ms, privacy_version, language, erased_ms)
     VALUES ('eksempelby', 'b2', 'EKSE-0002', '{b}', 1, 1796194800000, 1796194800000, '0123456789ab', 'en', 0)",
    "INSERT INTO person (tenant, booking, name, phone, email, cpr) VALUES ('eksempelby', 'b2', 'Bo Holm', '', 'bo@example.dk', '')",
    "INSERT INTO visit (tenant, id, booking, state, service, location, counter, persons, start_ms, end_ms, zone, wall, held_ms, expires_ms, holder_hash)
     VALUES ('eksempelby', 'v2', 'b2', 'cancelled', 'pas', 'raadhus', 's1', 2, 1796376600000, 1796378100000, 'Europe/Copenhagen', '2026-12-04T10:30', 1796194700000, 1796195000000, '')",
    "INSERT INTO audit (tenant, at_ms, booking, visit, what, who) VALUES ('eksempelby', 1796194800000, 'b2', 'v2', 'confirmed', 'citizen')",
    "INSERT INTO booking (tenant, id, receipt, secret_hash, sequence, stamp_ms, created_ms, privacy_version, language, erased_ms)
     VALUES ('eksempelby', 'b3', 'EKSE-0003', 'erased', 0, 1796194800000, 1796194800000, '0123456789ab', 'da', 1796194900000)",
    "INSERT INTO visit (tenant, id, booking, state, service, location, counter, persons, start_ms, end_ms, zone, wall, held_ms, expires_ms, holder_hash)
     VALUES ('eksempelby', 'v3', 'b3', 'cancelled', 'pas', 'raadhus', 's2', 1, 1796376600000, 1796377500000, 'Europe/Copenhagen', '2026-12-04T10:30', 1796194700000, 1796195000000, '')",
    "INSERT INTO audit (tenant, at_ms, booking, visit, what, who) VALUES ('eksempelby', 1796194800000, 'b3', 'v3', 'confirmed', 'citizen')",
    "INSERT INTO visit (tenant, id, booking, state, service, location, counter, persons, start_ms, end_ms, zone, wall, held_ms, expires_ms, holder_hash)
     VALUES ('eksempelby', 'v4', '', 'held', 'pas', 'raadhus', 's2', 1, 1796374800000, 1796375700000, 'Europe/Copenhagen', '2026-12-04T10:00', 1796194700000, 1796195000000, 'h4')",
];

/// What a next version could bring: columns with a default, an index, a table.
const NEXT: [Step; 2] = [
    (
        9001,
        "trial-columns",
        "ALTER TABLE booking ADD COLUMN trial_note TEXT NOT NULL DEFAULT '';
         ALTER TABLE visit ADD COLUMN trial_number BIGINT NOT NULL DEFAULT 0;
         ALTER TABLE outbox ADD COLUMN trial_number BIGINT NOT NULL DEFAULT 0;
         CREATE INDEX visit_trial ON visit (tenant, trial_number);",
    ),
    (
        9002,
        "trial-table",
        "CREATE TABLE trial (tenant TEXT NOT NULL, id TEXT NOT NULL, PRIMARY KEY (tenant, id));",
    ),
];

fn with_next(kind: Kind) -> Vec<Step> {
    [steps(kind), &NEXT].concat()
}

/// Makes the database what the first version left.
async fn first_version(place: &Place, address: &str, kind: Kind) {
    let store = Store::open_to(address, &steps(kind)[..1])
        .await
        .expect("a database");
    let mut tx = store
        .write(&place.site.tenant)
        .await
        .expect("a transaction");
    let hash = |secret| api::secret::hash(&["secret", secret]);
    for sql in FIRST {
        let sql = sql
            .replace("{a}", &hash(CONFIRMED))
            .replace("{b}", &hash(CANCELLED));
        assert_eq!(tx.try_raw(&sql).await.expect("a row"), 1);
    }
    tx.commit().await.expect("kept");
    store.close().await;
}

async fn taken(address: &str) -> i64 {
    sqlx::any::install_default_drivers();
    let pool = sqlx::AnyPool::connect(address).await.expect("a database");
    let row = sqlx::query("SELECT count(*) AS n FROM _sqlx_migrations")
        .fetch_one(&pool)
        .await
        .expect("a row");
    pool.close().await;
    row.try_get("n").expect("a number")
}

/// The first version's bookings are there, can be used, and take their times.
async fn still_good(desk: &Desk, place: &Place) {
    let receipt = desk.show(&place.site, CONFIRMED).await.expect("a booking");
    assert_eq!(receipt.state, State::Confirmed);
    assert_eq!(receipt.start, "2026-12-04T10:00:00+01:00");
    let receipt = desk.show(&place.site, CANCELLED).await.expect("a booking");
    assert_eq!(receipt.state, State::Cancelled);
    let wish = |start: &str| api::desk::Post {
        browser: String::new(),
        key: key(),
        secret: String::new(),
        fingerprint: key(),
        wish: Wish::Hold(common::wish("pas", start)),
    };
    let at_10 = "2026-12-04T10:00:00+01:00";
    desk.post(&place.site, &wish(at_10))
        .await
        .expect("the other counter: its hold has run out");
    assert_eq!(
        code(desk.post(&place.site, &wish(at_10)).await),
        Some(Code::SlotTaken)
    );
    let cancel = api::desk::Post {
        browser: String::new(),
        secret: CONFIRMED.to_owned(),
        wish: Wish::Cancel,
        ..wish(at_10)
    };
    desk.post(&place.site, &cancel).await.expect("called off");
    desk.post(&place.site, &wish(at_10))
        .await
        .expect("free at once");
    let mut tx = desk
        .store
        .read(&place.site.tenant)
        .await
        .expect("a transaction");
    assert_eq!(tx.mistakes().await.expect("a look"), Vec::<String>::new());
    assert_eq!(tx.bookings().await.expect("a count"), 3);
    drop(tx);
    // What the first version did not know: a citizen talks with somebody.
    let talk = common::talk::Talk {
        desk: desk.clone(),
        site: Arc::clone(&place.site),
    };
    talk.there("anna", &[]).await;
    let opened = talk.open("Hej").await.expect("a conversation");
    talk.take("anna", &opened.receipt).await.expect("taken");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_of_the_first_version_is_brought_up_to_date() {
    let place = Place::sqlite().await;
    let address = format!("sqlite:{}", place.folder.file("first.db").display());
    first_version(&place, &address, Kind::Sqlite).await;
    let desk = place.desk_at(&address).await;
    still_good(&desk, &place).await;
    assert_eq!(
        taken(&address).await,
        i64::try_from(steps(Kind::Sqlite).len()).expect("few")
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nodes_that_start_together_take_each_step_once() {
    let Some(cluster) = Cluster::start() else {
        return println!("PostgreSQL is not installed; not tried");
    };
    let place = Place::sqlite().await;
    let address = cluster.database();
    first_version(&place, &address, Kind::Postgres).await;
    let all = with_next(Kind::Postgres);
    let stores =
        futures_util::future::join_all((0..5).map(|_| Store::open_to(&address, &all))).await;
    let count = i64::try_from(all.len()).expect("few");
    assert_eq!(taken(&address).await, count);
    for store in stores {
        store.expect("each node starts").close().await;
    }
    let desk = place.desk_at(&address).await;
    still_good(&desk, &place).await;
    desk.store.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_former_version_starts_again_unless_the_schema_was_contracted() {
    let place = Place::sqlite().await;
    let mut addresses = vec![(
        Kind::Sqlite,
        format!("sqlite:{}", place.folder.file("next.db").display()),
    )];
    let cluster = Cluster::start();
    addresses.extend(cluster.as_ref().map(|c| (Kind::Postgres, c.database())));
    for (kind, address) in addresses {
        let mut all = with_next(kind);
        let newer = Store::open_to(&address, &all).await.expect("the newer one");
        newer.close().await;
        let former = Store::open(&address).await.expect("the former one again");
        former.close().await;

        let name: &'static str = format!("{CONTRACTS}-trial").leak();
        all.push((9003, name, "DROP TABLE trial"));
        let newer = Store::open_to(&address, &all).await.expect("the newer one");
        newer.close().await;
        let told = Store::open(&address).await;
        assert!(
            matches!(told, Err(StoreError::Newer(9003))),
            "it is told to stay away"
        );

        // A step that fails leaves nothing behind, and the next start tries it again.
        let wrong = "CREATE TABLE half (n BIGINT); INSERT INTO there_is_none VALUES (1)";
        all.push((9004, "trial-wrong", wrong));
        assert!(matches!(
            Store::open_to(&address, &all).await,
            Err(StoreError::Migrate(_))
        ));
        all.pop();
        all.push((9004, "trial-mended", "CREATE TABLE half (n BIGINT)"));
        let mended = Store::open_to(&address, &all).await.expect("mended");
        mended.close().await;
    }
}

/// What a step may not do unless its name says that it contracts: a node of the former version goes on with the new schema.
fn contracts(sql: &str) -> Option<&'static str> {
    let sql = sql.to_uppercase();
    let lines = || {
        sql.lines()
            .filter(|line| !line.trim_start().starts_with("--"))
    };
    let text: String = lines().collect::<Vec<_>>().join(" ");
    for word in [
        "DROP TABLE",
        "DROP COLUMN",
        " RENAME ",
        "SET NOT NULL",
        "ALTER COLUMN",
    ] {
        if text.contains(word) {
            return Some(word);
        }
    }
    text.split(';')
        .any(|s| s.contains("ADD COLUMN") && s.contains("NOT NULL") && !s.contains("DEFAULT"))
        .then_some("NOT NULL without DEFAULT")
}

#[test]
fn a_step_expands_unless_its_name_says_that_it_contracts() {
    assert_eq!(
        contracts("ALTER TABLE a DROP COLUMN b"),
        Some("DROP COLUMN")
    );
    assert!(contracts("ALTER TABLE a ADD COLUMN b TEXT NOT NULL").is_some());
    assert!(contracts("ALTER TABLE a ADD COLUMN b TEXT NOT NULL DEFAULT ''").is_none());
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let mut former = 0;
        for (number, name, sql) in steps(kind) {
            assert!(*number > former, "steps are in order: {name}");
            former = *number;
            let why = contracts(sql);
            assert!(
                why.is_none() || name.starts_with(CONTRACTS),
                "{kind:?} {number} {name}: {why:?}; see docs/operations.md"
            );
        }
    }
    let numbers = |kind| {
        steps(kind)
            .iter()
            .map(|(number, ..)| *number)
            .collect::<Vec<_>>()
    };
    assert_eq!(numbers(Kind::Sqlite), numbers(Kind::Postgres));
}

/// Where requests go; none while no server is there.
type Front = Arc<RwLock<Vec<Desk>>>;

/// One citizen after another: hold, book, sometimes call off. Cut off requests are repeated with the same key.
async fn citizens(
    front: Front,
    place: Arc<Place>,
    nth: usize,
    done: Arc<AtomicBool>,
    cut: Arc<AtomicUsize>,
) -> Vec<(String, State)> {
    let mut told = Vec::new();
    for n in 0_usize.. {
        if done.load(Ordering::SeqCst) {
            break;
        }
        let number = i64::try_from(n * 8 + nth).expect("small");
        let start = booking::instant_text(common::now_ms() + 2 * 86_400_000 + number / 8 * 300_000);
        let ask = |secret: String, wish: Wish| {
            let (front, place, cut) = (&front, &place, &cut);
            async move {
                let post = api::desk::Post {
                    browser: String::new(),
                    key: key(),
                    fingerprint: api::secret::hash(&[&format!("{wish:?}"), &secret]),
                    secret,
                    wish,
                };
                loop {
                    let desk = {
                        let all = front.read().expect("lock");
                        all.get((nth + n) % all.len().max(1)).cloned()
                    };
                    let answer = match desk {
                        Some(desk) => desk.post(&place.site, &post).await,
                        None => Err(Fault::No(Code::InProgress, "no server")),
                    };
                    match answer {
                        Ok(answer) => return answer,
                        Err(Fault::Store(_) | Fault::No(Code::InProgress, _)) => {
                            cut.fetch_add(1, Ordering::Relaxed);
                            tokio::time::sleep(Duration::from_millis(5)).await;
                        }
                        Err(other) => panic!("refused: {other:?}"),
                    }
                }
            }
        };
        let held = ask(String::new(), Wish::Hold(common::wish("hurtig", &start))).await;
        let holder = held.body["holder"].as_str().expect("a secret").to_owned();
        let phone = format!("{}", 30_000_000 + number);
        let booked = ask(holder, Wish::Book(common::request(&phone))).await;
        let secret = booked.body["secret"].as_str().expect("a secret").to_owned();
        let state = if n % 4 == 0 {
            ask(secret.clone(), Wish::Cancel).await;
            State::Cancelled
        } else {
            State::Confirmed
        };
        told.push((secret, state));
    }
    told
}

/// Traffic while `change` is under way; afterwards every answer must be true at the last desk.
async fn under_traffic<F: Future<Output = Desk>>(
    name: &str,
    place: Arc<Place>,
    front: Front,
    change: impl FnOnce(Front, Arc<AtomicUsize>) -> F,
) {
    let (done, cut) = (
        Arc::new(AtomicBool::new(false)),
        Arc::<AtomicUsize>::default(),
    );
    let tasks: Vec<_> = (0..8)
        .map(|nth| {
            let (front, place) = (Arc::clone(&front), Arc::clone(&place));
            tokio::spawn(citizens(
                front,
                place,
                nth,
                Arc::clone(&done),
                Arc::clone(&cut),
            ))
        })
        .collect();
    tokio::time::sleep(Duration::from_millis(500)).await;
    let last = change(front, Arc::clone(&cut)).await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    done.store(true, Ordering::SeqCst);
    let mut told = Vec::new();
    for task in tasks {
        told.extend(task.await.expect("citizens"));
    }
    for (secret, state) in &told {
        let receipt = last.show(&place.site, secret).await.expect("not lost");
        assert_eq!(receipt.state, *state);
    }
    let mut tx = last
        .store
        .read(&place.site.tenant)
        .await
        .expect("a transaction");
    assert_eq!(tx.mistakes().await.expect("a look"), Vec::<String>::new());
    let there = tx.bookings().await.expect("a count");
    assert_eq!(
        usize::try_from(there).expect("a count"),
        told.len(),
        "nothing double"
    );
    println!(
        "{name}: {} bookings, {} requests repeated",
        told.len(),
        cut.load(Ordering::Relaxed)
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_grows_while_citizens_wait_and_nobody_is_lost() {
    let place = Arc::new(Place::sqlite().await);
    let front: Front = Arc::new(RwLock::new(vec![place.desk.clone()]));
    let address = place.config.database.clone();
    let own = Arc::clone(&place);
    under_traffic("SQLite", Arc::clone(&place), front, |front, _| async move {
        front.write().expect("lock").clear();
        own.desk.store.close().await;
        let store = Store::open_to(&address, &with_next(Kind::Sqlite))
            .await
            .expect("the next version");
        let desk = own.desk_with(store);
        front.write().expect("lock").push(desk.clone());
        desk
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_schema_grows_under_traffic_of_former_nodes() {
    let Some(cluster) = Cluster::start() else {
        return println!("PostgreSQL is not installed; not tried");
    };
    let place = Arc::new(Place::postgres(&cluster).await);
    let address = place.config.database.clone();
    let second = place.desk_at(&address).await;
    let front: Front = Arc::new(RwLock::new(vec![place.desk.clone(), second.clone()]));
    let own = Arc::clone(&place);
    under_traffic(
        "PostgreSQL",
        Arc::clone(&place),
        front,
        |front, cut| async move {
            let all = with_next(Kind::Postgres);
            let begun = Instant::now();
            let (a, b) = tokio::join!(
                Store::open_to(&address, &all),
                Store::open_to(&address, &all)
            );
            println!("the steps took {} ms", begun.elapsed().as_millis());
            assert_eq!(
                cut.load(Ordering::Relaxed),
                0,
                "the former nodes have served all the while"
            );
            let (a, b) = (
                own.desk_with(a.expect("a node")),
                own.desk_with(b.expect("a node")),
            );
            // The former nodes still serve; one goes, then the other.
            *front.write().expect("lock") = vec![second.clone(), a.clone()];
            own.desk.store.close().await;
            tokio::time::sleep(Duration::from_millis(300)).await;
            *front.write().expect("lock") = vec![a.clone(), b];
            second.store.close().await;
            a
        },
    )
    .await;
}

/// Real programs: the former version serves, this one takes the places of its nodes one after the other.
async fn replaced(name: &str, database: &str, folder: &Folder, nodes: usize) {
    let former = std::env::var("LOKALSVAR_FORMER").expect("the former version's booking-trial");
    let config = folder.file("lokalsvar.toml");
    std::fs::write(&config, common::settings(folder, "sqlite:tider.db", "")).expect("a file");
    let since_ms = Clock::system().now_ms();
    let nodes: Vec<Arc<Node>> = (0..nodes)
        .map(|_| Arc::new(Node::start(&former, config.clone(), database, since_ms)))
        .collect();
    let address = database.to_owned();
    assert_eq!(taken(&address).await, 1, "the former version is the first");
    let trial = Arc::new(Trial {
        line: Line::There(
            reqwest::Client::builder()
                .timeout(Duration::from_secs(40))
                .build()
                .expect("a client"),
            Arc::new(nodes.iter().map(|n| n.address.clone()).collect()),
        ),
        counts: Counts::default(),
        operations: size("OPERATIONS", 6_000),
        first_ms: (since_ms + 10 * 86_400_000).div_euclid(300_000) * 300_000,
        clock: None,
    });
    let operator = {
        let (trial, nodes) = (Arc::clone(&trial), nodes.clone());
        tokio::task::spawn_blocking(move || {
            for (n, node) in nodes.iter().enumerate() {
                let at = (n + 1) * trial.operations / (nodes.len() + 1);
                while trial.counts.done.load(Ordering::Relaxed) < at {
                    std::thread::sleep(Duration::from_millis(10));
                }
                let begun = Instant::now();
                node.replace(PROGRAM);
                println!("node {n} replaced in {} ms", begun.elapsed().as_millis());
            }
        })
    };
    let begun = Instant::now();
    let told = clients(&trial, 64).await;
    operator.await.expect("an operator");
    let seconds = begun.elapsed().as_secs_f64();
    let store = Store::open(database).await.expect("a database");
    let sites = common::config(folder, "sqlite:tider.db")
        .sites()
        .expect("sites");
    let tenant = sites.enter(KEY, None).expect("a site").tenant.clone();
    let found = trial.check(&told, &store, &tenant).await;
    trial.say(name, &told, seconds);
    println!(
        "{} steps; lost {}, double {}, superfluous {}",
        taken(&address).await,
        found.0,
        found.1,
        found.2
    );
    assert_eq!(found, (0, 0, 0), "lost, double, superfluous");
    assert!(
        trial.counts.failures.lock().expect("lock").is_empty(),
        "5xx"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "minutes, and needs the former program; see above"]
async fn long_former_sqlite() {
    let folder = Folder::new();
    let database = format!("sqlite:{}", folder.file("tider.db").display());
    replaced("SQLite, from the first version", &database, &folder, 1).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "minutes, and needs the former program; see above"]
async fn long_former_postgres_two_nodes() {
    let cluster = Cluster::start().expect("PostgreSQL: apt-get install postgresql");
    let folder = Folder::new();
    let database = cluster.database();
    replaced(
        "PostgreSQL, two nodes, from the first version",
        &database,
        &folder,
        2,
    )
    .await;
}
