//! One kommune's overload is its own: while one gets twenty times what its quota allows, from as many networks as it likes, nobody of
//! another is refused or kept waiting in its line. How long they wait is measured in `measure.rs`; here only that they are served.

mod common;

use api::http::{App, router};
use api::limits::{Limits, Rate};
use api::metrics::Metrics;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::Request;
use booking::instant_text;
use common::postgres::Cluster;
use common::{KEY, OTHER_KEY, Place, key};
use protocol::path;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tower::ServiceExt as _;

/// Requests a second that the flooded kommune may make.
const QUOTA: u32 = 20;

async fn post(
    app: &Router,
    route: &str,
    site: &str,
    secret: &str,
    body: &Value,
    network: u64,
) -> (u16, Value) {
    let request = Request::post(route)
        .header("lokalsvar-site", site)
        .header("lokalsvar-holder", secret)
        .header("idempotency-key", key())
        .header("content-type", "application/json")
        // Another network each time: the limit of one network must not be what helps.
        .header(
            "x-forwarded-for",
            format!("10.{}.{}.1", network / 250 % 250, network % 250),
        )
        .body(Body::from(body.to_string()))
        .expect("a request");
    let response = app.clone().oneshot(request).await.expect("an answer");
    let status = response.status().as_u16();
    let bytes = to_bytes(response.into_body(), 1 << 20)
        .await
        .expect("a body");
    (status, serde_json::from_slice(&bytes).unwrap_or_default())
}

fn hold(n: u64) -> Value {
    let n = i64::try_from(n).expect("small");
    let start = instant_text(common::now_ms() + 2 * 86_400_000 + n / 8 % 2_000 * 300_000);
    json!({"service": "hurtig", "location": "dag", "start": start, "persons": 1})
}

async fn flooded(place: &Place) {
    let rate = Rate {
        per_second: 1e9,
        burst: 1e9,
    };
    // The same desk, but the quota of one kommune is small.
    let mut config = place.config.clone();
    config.kommune[0].quota = QUOTA;
    let sites = Arc::new(config.sites().expect("sites"));
    let mut desk = place.desk.clone();
    desk.sites = sites;
    let auth = api::auth::Auth::new(&desk);
    let app = router(App {
        auth,
        desk,
        limits: Arc::new(Limits::new(rate, rate)),
        metrics: Arc::new(Metrics::new()),
        behind_proxy: true,
    });
    let (done, sent) = (
        Arc::new(AtomicBool::new(false)),
        Arc::<AtomicU64>::default(),
    );
    let begun = Instant::now();
    let flood: Vec<_> = (0..16_u64)
        .map(|_| {
            let (app, done, sent) = (app.clone(), Arc::clone(&done), Arc::clone(&sent));
            tokio::spawn(async move {
                let mut answers: BTreeMap<u16, u64> = BTreeMap::new();
                while !done.load(Ordering::SeqCst) {
                    let n = sent.fetch_add(1, Ordering::SeqCst);
                    let (status, _) = post(&app, path::HOLDS, KEY, "", &hold(n), n).await;
                    *answers.entry(status).or_default() += 1;
                    // 16 × 25 a second: twenty times the quota.
                    tokio::time::sleep(Duration::from_millis(40)).await;
                }
                answers
            })
        })
        .collect();
    // Meanwhile: citizens of the other kommune, one after another.
    let mut served = 0_u64;
    while begun.elapsed() < Duration::from_secs(3) {
        let (status, held) = post(&app, path::HOLDS, OTHER_KEY, "", &hold(served), served).await;
        assert_eq!(status, 201, "{held}");
        let holder = held["holder"].as_str().expect("a secret");
        let phone = (20_000_000 + served).to_string();
        let wish =
            json!({"contact": {"name": "Ida", "phone": phone}, "privacy_version": common::PRIVACY});
        let (status, told) = post(&app, path::BOOKINGS, OTHER_KEY, holder, &wish, served).await;
        assert_eq!(status, 201, "{told}");
        served += 1;
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    done.store(true, Ordering::SeqCst);
    let seconds = begun.elapsed().as_secs_f64();
    let mut answers: BTreeMap<u16, u64> = BTreeMap::new();
    for task in flood {
        for (status, n) in task.await.expect("a flood") {
            *answers.entry(status).or_default() += n;
        }
    }
    println!("{served} served; the flood in {seconds:.1} s: {answers:?}");
    let refused = answers.remove(&429).unwrap_or_default();
    let within: u64 = answers.values().sum();
    assert!(answers.keys().all(|status| *status < 500), "{answers:?}");
    // Two seconds' worth at once, and so much a second: as the quota says, and not more.
    let most = f64::from(QUOTA) * (seconds + 3.0);
    assert!((within as f64) <= most, "{within} of at most {most}");
    assert!(refused > within, "it was a flood: {refused} refused");
    assert!(served > 5, "{served}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_flooded_kommune_leaves_another_alone_on_sqlite() {
    let place = Place::sqlite().await;
    flooded(&place).await;
    place.sound().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_flooded_kommune_leaves_another_alone_on_postgresql() {
    let Some(cluster) = Cluster::start() else {
        return println!("PostgreSQL is not installed; not tried");
    };
    let place = Place::postgres(&cluster).await;
    flooded(&place).await;
    place.sound().await;
    place.desk.store.close().await;
}
