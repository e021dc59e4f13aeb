//! The cap on times that one browser may hold at once, on SQLite and on PostgreSQL. Over HTTP: tests/staff_http.rs.

#[macro_use]
mod common;

use api::desk::Wish;
use common::{Place, code, key};
use protocol::Code;

const AT_10: &str = "2026-12-04T10:00:00+01:00";
const AT_11: &str = "2026-12-04T11:00:00+01:00";

both!(a_browser_holds_no_more_than_it_may);

async fn a_browser_holds_no_more_than_it_may(place: &Place) {
    let hold = |browser: &'static str, start: &'static str, former: String| async move {
        let wish = Wish::Hold(common::wish("pas", start));
        let post = api::desk::Post {
            key: key(),
            fingerprint: format!("{browser}{start}{former}"),
            secret: former,
            browser: browser.to_owned(),
            wish,
        };
        place.desk.post(&place.site, &post).await
    };
    let secret = |answer: Result<api::desk::Answer, api::fault::Fault>| {
        answer.expect("a hold").body["holder"]
            .as_str()
            .expect("a secret")
            .to_owned()
    };
    let first = secret(hold("a", AT_10, String::new()).await);
    assert_eq!(
        code(hold("a", AT_11, String::new()).await),
        Some(Code::TooManyRequests)
    );
    // Somebody else is not touched, and who names the former hold exchanges it.
    let others = secret(hold("b", AT_11, String::new()).await);
    let second = secret(hold("a", AT_11, first).await);
    assert_eq!(free(place, AT_10).await, 2);
    // Booked, given back or run out: it counts no more.
    place
        .post(&key(), &second, Wish::Book(common::request("20304050")))
        .await
        .expect("a booking");
    let third = secret(hold("a", AT_10, String::new()).await);
    place
        .post(&key(), &third, Wish::Release)
        .await
        .expect("released");
    secret(hold("a", AT_10, String::new()).await);
    place.forward(4);
    place
        .post(&key(), &others, Wish::Extend)
        .await
        .expect("more time");
    place.forward(1);
    secret(hold("a", AT_10, String::new()).await);
    // Extended: it counts longer.
    let late = hold("b", "2026-12-04T12:00:00+01:00", String::new()).await;
    assert!(
        matches!(late, Err(api::fault::Fault::Held(240))),
        "{late:?}"
    );
    // Many at once from one browser: one of them.
    let many = (0..8).map(|_| hold("c", "2026-12-04T13:00:00+01:00", String::new()));
    let many = futures_util::future::join_all(many).await;
    assert_eq!(many.iter().filter(|r| r.is_ok()).count(), 1);
}

async fn free(place: &Place, start: &str) -> u16 {
    let query = protocol::SlotsQuery {
        service: "pas".into(),
        location: None,
        from: start[..10].into(),
        days: Some(1),
        persons: None,
    };
    let slots = place.desk.slots(&place.site, &query).await.expect("times");
    let slot = slots.slots.iter().find(|slot| slot.start == start);
    slot.map_or(0, |slot| slot.free)
}
