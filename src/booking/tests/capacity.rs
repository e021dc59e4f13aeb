//! A change of hours or counters: who stays, who is taken over, who would stand there without anybody.

mod common;

use booking::{Admin, Booked, CELL_MS, Change, Closure, Taken, capacity_change};
use common::{date, ms, small};
use hours::Span;

fn booked(id: &str, service: &str, counter: &str, start: &str, minutes: i64) -> Booked {
    let start_ms = ms(&format!("{start}:00+01:00"));
    Booked {
        id: id.into(),
        service: service.into(),
        location: "raadhus".into(),
        counter: counter.into(),
        start_ms,
        end_ms: start_ms + minutes * 60_000,
    }
}

fn change(admin: &Admin, booked: &[Booked]) -> Change {
    capacity_change(admin, booked, &Taken::default())
}

fn moves(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs
        .iter()
        .map(|(a, b)| ((*a).into(), (*b).into()))
        .collect()
}

fn closed(only: &[&str], span: Option<(u16, u16)>) -> Admin {
    let mut admin = small();
    admin.closures = vec![Closure {
        from: date("2026-11-30"),
        until: date("2026-11-30"),
        span: span.map(|(open, close)| Span { open, close }),
        only: only.iter().map(|id| (*id).into()).collect(),
        note: String::new(),
    }];
    admin
}

#[test]
fn nothing_happens_when_everybody_can_stay() {
    let all = [
        booked("a", "pas", "skranke-1", "2026-11-30T10:00", 15),
        booked("b", "mitid", "skranke-1", "2026-11-30T10:20", 20),
        booked("c", "pas", "skranke-2", "2026-11-30T10:00", 15),
    ];
    assert_eq!(change(&small(), &all), Change::default());
}

#[test]
fn a_closure_strands_exactly_the_visits_that_touch_it() {
    let visit = [booked("a", "mitid", "skranke-1", "2026-11-30T10:20", 20)];
    let stranded = |open, close| {
        !change(&closed(&["skranke-1"], Some((open, close))), &visit)
            .stranded
            .is_empty()
    };
    assert!(!stranded(600, 620)); // until 10:20
    assert!(stranded(600, 625));
    assert!(stranded(635, 660));
    assert!(!stranded(640, 660)); // from 10:40
}

#[test]
fn another_counter_takes_over_when_it_is_free_and_serves_that() {
    let admin = closed(&["skranke-1"], None);
    let pas = booked("a", "pas", "skranke-1", "2026-11-30T10:00", 15);
    let mitid = booked("b", "mitid", "skranke-1", "2026-11-30T10:20", 20);
    let late = booked("c", "pas", "skranke-1", "2026-11-30T13:00", 15);
    let got = change(&admin, &[late.clone(), mitid.clone(), pas.clone()]);
    assert_eq!(got.moves, moves(&[("a", "skranke-2")]));
    assert_eq!(got.stranded, ["b", "c"]); // nobody else serves mitid; desk 2 goes home at 12
    // Desk 2 has a visit of its own that touches the last cell.
    let own = booked("d", "pas", "skranke-2", "2026-11-30T10:10", 15);
    assert_eq!(change(&admin, &[pas.clone(), own]).stranded, ["a"]);
    let after = booked("d", "pas", "skranke-2", "2026-11-30T10:15", 15);
    assert_eq!(
        change(&admin, &[pas.clone(), after]).moves,
        moves(&[("a", "skranke-2")])
    );
    // Or staff has blocked it.
    let mut blocked = Taken::default();
    blocked.add("skranke-2", ms("2026-11-30T10:10:00+01:00") / CELL_MS);
    assert_eq!(capacity_change(&admin, &[pas], &blocked).stranded, ["a"]);
}

#[test]
fn two_cannot_be_taken_over_by_one() {
    let mut admin = small();
    admin.counters.retain(|c| c.id != "skranke-1");
    let all = [
        booked("a", "pas", "skranke-1", "2026-11-30T10:00", 15),
        booked("b", "pas", "skranke-1", "2026-11-30T10:10", 15),
        booked("c", "pas", "skranke-1", "2026-11-30T10:15", 15),
    ];
    let got = change(&admin, &all);
    assert_eq!(got.moves, moves(&[("a", "skranke-2"), ("c", "skranke-2")]));
    assert_eq!(got.stranded, ["b"]);
}

#[test]
fn a_counter_that_stops_serving_or_moves_away_keeps_nobody() {
    let visit = [booked("a", "mitid", "skranke-1", "2026-11-30T10:20", 20)];
    let mut admin = small();
    admin.counters[0].services.retain(|s| s != "mitid");
    assert_eq!(change(&admin, &visit).stranded, ["a"]);
    let mut admin = small();
    admin.counters[0].location = "mustervang".into();
    let thursday = [booked("a", "mitid", "skranke-1", "2026-12-03T14:00", 20)]; // the library is open, too
    assert_eq!(change(&admin, &thursday).stranded, ["a"]);
    assert_eq!(change(&admin, &visit).stranded, ["a"]);
    let mut admin = small();
    admin.locations.clear();
    assert_eq!(change(&admin, &visit).stranded, ["a"]);
}
