//! A copy made while bookings come in is whole, and bringing it back does not bring back who was erased: on SQLite with `lokalsvar
//! backup` and `restore`, on PostgreSQL with `pg_dump` and `pg_restore` as docs/operations.md says.

mod common;

use api::backup::{backup, lock, restore};
use api::desk::{Desk, Wish};
use api::serve;
use api::store::Store;
use common::postgres::Cluster;
use common::{Place, code, key};
use protocol::{Code, State};
use std::os::unix::fs::PermissionsExt as _;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use tokio::task::JoinHandle;

/// What citizens were told so far: secret, and whether it was called off.
type Told = Arc<Mutex<Vec<(String, bool)>>>;

/// Citizens who book, and now and then call off, until told to end.
struct Load {
    told: Told,
    done: Arc<AtomicBool>,
    task: JoinHandle<()>,
}

impl Load {
    fn start(place: &Arc<Place>) -> Load {
        let (told, done) = (Told::default(), Arc::new(AtomicBool::new(false)));
        let task = {
            let (place, told, done) = (Arc::clone(place), Arc::clone(&told), Arc::clone(&done));
            tokio::spawn(async move {
                for n in 0..2_000_i64 {
                    if done.load(Ordering::SeqCst) {
                        break;
                    }
                    let start =
                        booking::instant_text(common::now_ms() + 2 * 86_400_000 + n / 8 * 300_000);
                    let holder = place.hold("hurtig", &start).await.expect("a hold");
                    let wish = Wish::Book(common::request(&format!("{}", 30_000_000 + n)));
                    let answer = place.post(&key(), &holder, wish).await.expect("a booking");
                    let secret = answer.body["secret"].as_str().expect("a secret").to_owned();
                    told.lock().expect("lock").push((secret.clone(), false));
                    if n % 5 == 0 {
                        place
                            .post(&key(), &secret, Wish::Cancel)
                            .await
                            .expect("called off");
                        told.lock().expect("lock").last_mut().expect("one").1 = true;
                    }
                }
            })
        };
        Load { told, done, task }
    }

    /// What was told until now.
    fn so_far(&self) -> Vec<(String, bool)> {
        self.told.lock().expect("lock").clone()
    }

    /// Waits until so many are told.
    async fn until(&self, n: usize) {
        while self.so_far().len() < n {
            tokio::time::sleep(std::time::Duration::from_millis(2)).await;
        }
    }

    /// How many bookings there were.
    async fn end(self) -> usize {
        self.done.store(true, Ordering::SeqCst);
        self.task.await.expect("load");
        self.told.lock().expect("lock").len()
    }
}

/// Whatever was told before the copy began is in it.
async fn holds(desk: &Desk, place: &Place, told: &[(String, bool)]) {
    for (secret, cancelled) in told {
        let receipt = desk.show(&place.site, secret).await.expect("in the copy");
        if *cancelled {
            assert_eq!(receipt.state, State::Cancelled);
        }
    }
    for site in desk.sites.all() {
        let mut tx = desk.store.read(&site.tenant).await.expect("a transaction");
        assert_eq!(tx.mistakes().await.expect("a look"), Vec::<String>::new());
    }
    assert!(desk.store.is_whole().await.expect("a look"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_copy_of_sqlite_under_load_comes_back_whole_and_the_erased_stay_erased() {
    let place = Arc::new(Place::sqlite().await);
    let erased = place
        .book("2026-12-04T10:00:00+01:00", "20304050")
        .await
        .expect("a booking");
    let kept = place
        .book("2026-12-04T10:15:00+01:00", "20304051")
        .await
        .expect("a booking");
    let load = Load::start(&place);
    let copies: Vec<_> = (0..3)
        .map(|n| place.folder.file(&format!("copy-{n}.db")))
        .collect();
    let mut before = Vec::new();
    for copy in &copies {
        load.until(before.len() + 10).await;
        before = load.so_far();
        backup(&place.config, copy).await.expect("a copy");
    }
    assert!(
        backup(&place.config, &copies[0]).await.is_err(),
        "a copy is never written over"
    );
    let booked = load.end().await;
    // After the copy: one erasure.
    place
        .post(&key(), &erased, Wish::Erase)
        .await
        .expect("erased");

    let file = place.config.sqlite_file().expect("a file");
    let running = lock(file).expect("a lock");
    assert!(
        restore(&place.config, &copies[2]).await.is_err(),
        "not under a running server"
    );
    drop(running);
    place.desk.store.close().await;
    let private = std::fs::Permissions::from_mode(0o600);
    std::fs::set_permissions(file, private).expect("a mode");
    assert_eq!(
        restore(&place.config, &copies[2]).await.expect("restored"),
        1
    );
    let mode = std::fs::metadata(file)
        .expect("a file")
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600, "as private as it was");
    let desk = serve::desk(&place.config, place.clock.clone())
        .await
        .expect("a desk");
    assert_eq!(
        code(desk.show(&place.site, &erased).await),
        Some(Code::NotFound)
    );
    desk.show(&place.site, &kept)
        .await
        .expect("the other is there");
    holds(&desk, &place, &before).await;
    println!(
        "{booked} bookings during three copies, {} of them before the last",
        before.len()
    );
    // A damaged copy changes nothing.
    let mut bytes = std::fs::read(&copies[1]).expect("a copy");
    let middle = bytes.len() / 2;
    bytes[middle..middle + 4096].fill(0xa5);
    std::fs::write(&copies[1], bytes).expect("a copy");
    desk.store.close().await;
    assert!(restore(&place.config, &copies[1]).await.is_err());
    let desk = serve::desk(&place.config, place.clock.clone())
        .await
        .expect("a desk");
    desk.show(&place.site, &kept).await.expect("still there");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dump_of_postgresql_under_load_comes_back_whole_and_the_erased_stay_erased() {
    let Some(cluster) = Cluster::start() else {
        return println!("PostgreSQL is not installed; not tried");
    };
    let place = Arc::new(Place::postgres(&cluster).await);
    let erased = place
        .book("2026-12-04T10:00:00+01:00", "20304050")
        .await
        .expect("a booking");
    let kept = place
        .book("2026-12-04T10:15:00+01:00", "20304051")
        .await
        .expect("a booking");
    let load = Load::start(&place);
    load.until(20).await;
    let before = load.so_far();
    let file = place.folder.file("copy.dump");
    let (from, to) = (place.config.database.clone(), file.clone());
    let cluster = Arc::new(cluster);
    let programs = Arc::clone(&cluster);
    tokio::task::spawn_blocking(move || programs.dump(&from, &to))
        .await
        .expect("a copy");
    load.until(before.len() + 1).await;
    let booked = load.end().await;
    place
        .post(&key(), &erased, Wish::Erase)
        .await
        .expect("erased");
    place.desk.store.close().await;

    let address = cluster.restore(&file);
    let desk = place.desk_at(&address).await;
    // What every start of the server does.
    assert_eq!(desk.erase_again().await.expect("erased again"), 1);
    assert_eq!(
        code(desk.show(&place.site, &erased).await),
        Some(Code::NotFound)
    );
    desk.show(&place.site, &kept)
        .await
        .expect("the other is there");
    holds(&desk, &place, &before).await;
    // The schema came along: nobody gets a time that is taken, and another kommune sees nothing.
    assert_eq!(
        code(place_at(&desk, &place, "2026-12-04T10:15:00+01:00").await),
        None,
        "the second counter is free"
    );
    assert_eq!(
        code(place_at(&desk, &place, "2026-12-04T10:15:00+01:00").await),
        Some(Code::SlotTaken)
    );
    let other = desk.sites.enter(common::OTHER_KEY, None).expect("a site");
    let mut tx = desk.store.read(&other.tenant).await.expect("a transaction");
    assert_eq!(tx.bookings().await.expect("a count"), 0);
    println!(
        "{booked} bookings, {} of them before the dump began",
        before.len()
    );
}

/// Holds a time for `pas` at a desk.
async fn place_at(
    desk: &Desk,
    place: &Place,
    start: &str,
) -> Result<api::desk::Answer, api::fault::Fault> {
    let post = api::desk::Post {
        browser: String::new(),
        key: key(),
        secret: String::new(),
        fingerprint: key(),
        wish: Wish::Hold(common::wish("pas", start)),
    };
    desk.post(&place.site, &post).await
}

#[tokio::test]
async fn copying_leaves_the_schema_of_a_running_server_alone() {
    let place = Place::sqlite().await;
    // A server of another version goes on: its first step is not ours, and a copy that took steps would stop there.
    let file = place.folder.file("former.db");
    let mut config = place.config.clone();
    config.database = format!("sqlite:{}", file.display());
    let steps = [(1, "former", "CREATE TABLE former (n BIGINT)")];
    let former = Store::open_to(&config.database, &steps)
        .await
        .expect("a database");
    assert!(
        Store::open(&config.database).await.is_err(),
        "opening takes steps"
    );
    let copy = place.folder.file("copy.db");
    backup(&config, &copy).await.expect("a copy");
    former.close().await;
    Store::open_to(&format!("sqlite:{}", copy.display()), &steps)
        .await
        .expect("the copy is of the former version");
}
