//! New booking data while the server runs: taken whole, refused whole, never half.

mod common;

use api::metrics::Metrics;
use api::renew::Renewal;
use common::{Place, admin, talk};
use std::sync::Arc;

fn stale(metrics: &Metrics) -> String {
    let text = metrics.text();
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix("lokalsvar_booking_files_refused "));
    line.expect("a figure").to_owned()
}

#[tokio::test]
async fn a_file_that_changed_is_in_force_and_one_with_mistakes_is_not() {
    let place = Place::sqlite().await;
    let file = place.config.booking_file("eksempelby");
    let metrics = Arc::new(Metrics::new());
    let sites = Arc::clone(&place.desk.sites);
    let mut renewal = Renewal::new(place.config.clone(), sites, Arc::clone(&metrics));
    let minutes = || {
        let site = place.desk.sites.enter(common::KEY, None).expect("a site");
        site.admin.service("pas").expect("a service").minutes
    };
    assert_eq!(renewal.look(), Vec::<String>::new(), "nothing is new");

    // Longer visits, for this kommune alone.
    let good = admin("eksempelby");
    let longer = good.replacen(r#""minutes":15"#, r#""minutes":30"#, 1);
    assert_ne!(good, longer);
    std::fs::write(&file, &longer).expect("written");
    assert_eq!(renewal.look(), ["eksempelby"]);
    assert_eq!((minutes(), stale(&metrics).as_str()), (30, "0"));
    assert_eq!(renewal.look(), Vec::<String>::new());
    // Whoever was let in before goes on with what was in force then.
    assert_eq!(place.site.admin.service("pas").expect("one").minutes, 15);

    // Cut off, of another kommune, a counter for a service that is not there, no file: the former stays.
    let other = admin("fjordby");
    let unknown = longer.replace(r#""services":["pas"]"#, r#""services":["vielse"]"#);
    assert_ne!(longer, unknown);
    for bad in [
        &longer[..longer.len() / 2],
        other.as_str(),
        unknown.as_str(),
        "",
    ] {
        if bad.is_empty() {
            std::fs::remove_file(&file).expect("removed");
        } else {
            std::fs::write(&file, bad).expect("written");
        }
        assert_eq!(renewal.look(), Vec::<String>::new());
        assert_eq!((minutes(), stale(&metrics).as_str()), (30, "1"));
        // `config check` reads the same file and says what is wrong.
        let told = place.config.sites().expect_err("mistakes").join("\n");
        assert!(told.contains("eksempelby.booking.json"), "{told}");
    }

    // Mended.
    std::fs::write(&file, &good).expect("written");
    assert_eq!(renewal.look(), ["eksempelby"]);
    assert_eq!((minutes(), stale(&metrics).as_str()), (15, "0"));
    assert!(place.config.sites().is_ok());
}

#[tokio::test]
async fn who_talks_with_citizens_is_renewed_too() {
    let place = Place::sqlite().await;
    let file = place.config.talk_file("eksempelby");
    let metrics = Arc::new(Metrics::new());
    let sites = Arc::clone(&place.desk.sites);
    let mut renewal = Renewal::new(place.config.clone(), sites, Arc::clone(&metrics));
    let minutes = |key: &str| {
        let site = place.desk.sites.enter(key, None).expect("a site");
        site.talk.as_ref().map(|talk| talk.warn_minutes)
    };
    renewal.look();
    assert_eq!(minutes(common::KEY), Some(10));
    let mut changed = talk::admin("eksempelby");
    changed["warn_minutes"] = 25.into();
    std::fs::write(&file, changed.to_string()).expect("written");
    assert_eq!(
        renewal.look(),
        Vec::<String>::new(),
        "nothing to book is new"
    );
    assert_eq!(
        (minutes(common::KEY), minutes(common::OTHER_KEY)),
        (Some(25), Some(10))
    );

    // No fallback, of another kommune, half of it, none at all: the former stays.
    let mut without = changed.clone();
    without["departments"][0]["fallback"] = false.into();
    let other = talk::admin("fjordby").to_string();
    let half = changed.to_string();
    for bad in [
        without.to_string().as_str(),
        &other,
        &half[..half.len() / 2],
        "",
    ] {
        if bad.is_empty() {
            std::fs::remove_file(&file).expect("removed");
        } else {
            std::fs::write(&file, bad).expect("written");
        }
        renewal.look();
        assert_eq!(
            (minutes(common::KEY), stale(&metrics).as_str()),
            (Some(25), "1")
        );
    }
    std::fs::write(&file, talk::admin("eksempelby").to_string()).expect("written");
    renewal.look();
    assert_eq!(
        (minutes(common::KEY), stale(&metrics).as_str()),
        (Some(10), "0")
    );
}
