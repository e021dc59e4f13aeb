//! A copy made while bookings come in is whole, and bringing it back does not bring back who was erased.

mod common;

use api::backup::{backup, lock, restore};
use api::desk::Wish;
use api::serve;
use common::{Place, code, key};
use protocol::Code;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_copy_under_load_comes_back_whole_and_the_erased_stay_erased() {
    let place = Arc::new(Place::sqlite().await);
    let erased = place
        .book("2026-12-04T10:00:00+01:00", "20304050")
        .await
        .expect("a booking");
    let kept = place
        .book("2026-12-04T10:15:00+01:00", "20304051")
        .await
        .expect("a booking");
    let done = Arc::new(AtomicBool::new(false));
    let load = {
        let (place, done) = (Arc::clone(&place), Arc::clone(&done));
        tokio::spawn(async move {
            let mut booked = 0;
            for n in 0..500_i64 {
                if done.load(Ordering::SeqCst) {
                    break;
                }
                let start =
                    booking::instant_text(common::now_ms() + 2 * 86_400_000 + n / 8 * 300_000);
                let holder = place.hold("hurtig", &start).await.expect("a hold");
                let wish = Wish::Book(common::request(&format!("{}", 30_000_000 + n)));
                place.post(&key(), &holder, wish).await.expect("a booking");
                booked += 1;
            }
            booked
        })
    };
    let copies: Vec<_> = (0..3)
        .map(|n| place.folder.file(&format!("copy-{n}.db")))
        .collect();
    for copy in &copies {
        backup(&place.config, copy).await.expect("a copy");
    }
    assert!(
        backup(&place.config, &copies[0]).await.is_err(),
        "a copy is never written over"
    );
    done.store(true, Ordering::SeqCst);
    let booked = load.await.expect("load");
    assert!(booked > 0, "bookings came in meanwhile");
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
    assert_eq!(
        restore(&place.config, &copies[2]).await.expect("restored"),
        1
    );
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
    let mut tx = desk
        .store
        .read(&place.site.tenant)
        .await
        .expect("a transaction");
    assert_eq!(tx.mistakes().await.expect("a look"), Vec::<String>::new());
    println!(
        "{booked} bookings during three copies; {} in the restored one",
        tx.bookings().await.expect("a count")
    );
    drop(tx);
    assert!(desk.store.is_whole().await.expect("a look"));
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
