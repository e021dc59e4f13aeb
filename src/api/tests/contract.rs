//! The contract test itself: the sample system keeps every promise, through a kill too; and each planted mistake is found by the
//! case that is meant for it.

mod common;

use api::adapter::call::{Line, client, openapi};
use api::adapter::trial::{Outcome, Trial, Verdict};
use common::Folder;
use common::system::{SERVICE, System, TOKEN};
use hours::copenhagen;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

fn trial(system: &Arc<System>) -> Trial {
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .expect("a time");
    let again = Arc::clone(system);
    Trial {
        line: Line::new(
            client(Duration::from_secs(20)).expect("a client"),
            &system.url,
            TOKEN,
        ),
        service: SERVICE.into(),
        today: copenhagen(now.as_millis() as i64).date,
        patience: Duration::from_secs(4),
        restart: Some(Box::new(move || {
            let system = Arc::clone(&again);
            Box::pin(async move {
                system.restart();
                Ok(())
            })
        })),
    }
}

fn broken(outcome: &Outcome) -> Option<String> {
    match &outcome.verdict {
        Verdict::Kept => None,
        Verdict::Broken(what) | Verdict::Untried(what) => Some(format!("{}: {what}", outcome.name)),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_sample_keeps_every_promise() {
    let folder = Folder::new();
    let system = Arc::new(System::start(&folder.0, &["--hold-seconds", "2"]));
    let all = trial(&system).run(|_| ()).await;
    let wrong: Vec<String> = all.iter().filter_map(broken).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert_eq!(all.len(), 20);
    assert_eq!(system.bookings("confirmed"), 0, "nothing is left behind");
}

/// A planted mistake and the case that must find it.
const FAULTS: [(&str, &str); 24] = [
    ("token", "token"),
    ("offset", "slots"),
    ("order", "slots"),
    ("any-place", "slots"),
    ("echo", "mistakes"),
    ("plain-errors", "mistakes"),
    ("slow", "hold"),
    ("forgets", "replay"),
    ("forgets", "book"),
    ("reuse", "reuse"),
    ("extend", "extend"),
    ("fails", "extend"),
    ("release-keeps", "release"),
    ("expiry", "expiry"),
    ("double", "race"),
    ("twice", "book"),
    ("other-time", "book"),
    ("calendar", "show"),
    ("move-keeps", "move"),
    ("move-loses", "move-taken"),
    ("cancel-keeps", "cancel"),
    ("erase-keeps", "erase"),
    ("settle-forgets", "settle-done"),
    ("settle-lies", "settle-never"),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_planted_mistake_is_found() {
    let mut missed = Vec::new();
    for (fault, case) in FAULTS.into_iter().chain([("memory", "restart")]) {
        let folder = Folder::new();
        let more = ["--hold-seconds", "2", "--fault", fault];
        let system = Arc::new(System::start(&folder.0, &more));
        let outcome = trial(&system).one(case).await.expect("a case");
        println!("{fault:<16} {outcome:?}");
        if !matches!(outcome.verdict, Verdict::Broken(_)) {
            missed.push((fault, outcome));
        }
    }
    assert!(missed.is_empty(), "{missed:#?}");
}

/// Where nobody answers, nothing counts as kept.
#[tokio::test]
async fn a_system_that_is_not_there_keeps_nothing() {
    let folder = Folder::new();
    let system = Arc::new(System::start(&folder.0, &[]));
    let mut trial = trial(&system);
    trial.restart = None;
    system.kill();
    let all = trial.run(|_| ()).await;
    assert!(all.iter().all(|o| broken(o).is_some()), "{all:#?}");
}

#[test]
fn the_document_in_docs_is_the_one_of_the_code() {
    let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../docs/booking-adapter.openapi.json");
    let now = openapi().to_pretty_json().expect("a document") + "\n";
    let written = std::fs::read_to_string(&file).unwrap_or_default();
    let fresh =
        std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("booking-adapter.openapi.json");
    if written != now {
        std::fs::write(&fresh, now).expect("a file");
        panic!(
            "docs/booking-adapter.openapi.json is stale: cp {} docs/",
            fresh.display()
        );
    }
}
