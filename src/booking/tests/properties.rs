//! Whatever a kommune writes: nothing panics, what is offered lies in the opening hours minute by minute and is complete,
//! and whoever books what is offered never meets anybody at the counter.

mod common;

use booking::{
    Adapter, Admin, Booked, Break, CELL_MINUTES, CELL_MS, Closure, Counter, Exception, Holidays,
    Location, Query, Service, Taken, Visit, Week, capacity_change, check_visit, minutes,
    open_cells, slots,
};
use hours::{Date, Span, copenhagen, holiday};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use std::collections::BTreeSet;

/// The weeks that the days come from: Christmas 2026, and both changes of the clock in 2027.
const WEEKS: [&str; 3] = ["2026-12-18", "2027-03-24", "2027-10-27"];

fn id() -> impl Strategy<Value = String> {
    select(vec!["a", "b", "c"]).prop_map(str::to_owned)
}

fn day() -> impl Strategy<Value = Date> {
    (select(WEEKS.to_vec()), 0..12_i32).prop_map(|(from, days)| common::date(from).add_days(days))
}

/// `cells` true: what `Admin::check` lets through; else anything at all.
fn span(cells: bool) -> BoxedStrategy<Span> {
    if cells {
        let ends = (0..288_u16, 1..=288_u16).prop_filter("in order", |(a, b)| a < b);
        ends.prop_map(|(a, b)| Span {
            open: a * 5,
            close: b * 5,
        })
        .boxed()
    } else {
        (any::<u16>(), any::<u16>())
            .prop_map(|(open, close)| Span { open, close })
            .boxed()
    }
}

fn week(cells: bool) -> impl Strategy<Value = Week> {
    // Few breaks in the hours, else there is hardly ever room for a visit.
    let long = Just(Span {
        open: 0,
        close: 1440,
    });
    let spans = vec(prop_oneof![span(cells), long], 0..2);
    prop::array::uniform7(spans).prop_map(|days| Week { days })
}

fn exceptions(cells: bool) -> impl Strategy<Value = Vec<Exception>> {
    vec((day(), vec(span(cells), 0..2)), 0..2).prop_map(|all| {
        let note = String::new();
        let exception = |(date, spans)| Exception {
            date,
            spans,
            note: note.clone(),
        };
        all.into_iter().map(exception).collect()
    })
}

fn service(cells: bool) -> impl Strategy<Value = Service> {
    let number = move |most: u16| {
        if cells {
            (1..=most / 5).prop_map(|n| n * 5).boxed()
        } else {
            any::<u16>().boxed()
        }
    };
    let rules = (
        any::<u8>(),
        if cells {
            (0..3000_u32).boxed()
        } else {
            any::<u32>().boxed()
        },
        any::<u16>(),
    );
    (
        id(),
        number(120),
        number(60),
        number(240),
        number(60),
        rules,
        any::<bool>(),
    )
        .prop_map(
            |(
                id,
                minutes,
                minutes_per_person,
                minutes_most,
                grid_minutes,
                (persons_most, lead_minutes, horizon_days),
                link,
            )| Service {
                id,
                minutes,
                minutes_per_person,
                minutes_most,
                grid_minutes,
                persons_most,
                lead_minutes,
                horizon_days,
                adapter: if link && persons_most > 200 {
                    Adapter::Link {
                        url: "https://a.dk".into(),
                    }
                } else {
                    Adapter::Builtin
                },
                ..Service::default()
            },
        )
}

fn counter(cells: bool) -> impl Strategy<Value = Counter> {
    let breaks = vec((vec(0..9_u8, 0..3), span(cells)), 0..2);
    (
        id(),
        id(),
        vec(id(), 0..3),
        prop::option::of(week(cells)),
        exceptions(cells),
        breaks,
    )
        .prop_map(
            |(id, location, services, week, exceptions, breaks)| Counter {
                id,
                location,
                services,
                week,
                exceptions,
                breaks: breaks
                    .into_iter()
                    .map(|(days, span)| Break { days, span })
                    .collect(),
                ..Counter::default()
            },
        )
}

fn admin(cells: bool) -> impl Strategy<Value = Admin> {
    let location = (id(), week(cells), exceptions(cells));
    let location = location.prop_map(|(id, week, exceptions)| Location {
        id,
        week,
        exceptions,
        ..Location::default()
    });
    let closure = (day(), day(), prop::option::of(span(cells)), vec(id(), 0..2));
    let closure = closure.prop_map(|(from, until, span, only)| Closure {
        from,
        until,
        span,
        only,
        note: String::new(),
    });
    let customary = vec(select(Holidays::CUSTOMARY.to_vec()), 0..3);
    let lists = (
        vec(service(cells), 1..4),
        vec(location, 1..4),
        vec(counter(cells), 1..6),
        vec(closure, 0..2),
    );
    (lists, any::<bool>(), customary).prop_map(
        |((services, locations, counters, closures), public, customary)| {
            let mut admin = Admin {
                services,
                locations,
                counters,
                closures,
                ..Admin::default()
            };
            admin.holidays.public = public;
            admin.holidays.customary = customary.into_iter().map(str::to_owned).collect();
            admin
        },
    )
}

/// Admin data as `check` wants it as far as these tests need it: every id once.
fn sane() -> impl Strategy<Value = Admin> {
    admin(true).prop_map(|mut admin| {
        let mut seen = BTreeSet::new();
        admin.services.retain(|s| seen.insert(s.id.clone()));
        seen.clear();
        admin.locations.retain(|l| seen.insert(l.id.clone()));
        for (at, counter) in admin.counters.iter_mut().enumerate() {
            counter.id = format!("desk-{at}");
        }
        admin
    })
}

/// Whether the counter serves in that minute by the clock on the wall: the rules again, said otherwise.
fn serves(admin: &Admin, counter: &Counter, date: Date, minute: u16) -> bool {
    let Some(location) = admin.locations.iter().find(|l| l.id == counter.location) else {
        return false;
    };
    let inside = |spans: &[Span]| spans.iter().any(|s| s.open <= minute && minute < s.close);
    let of_day = |week: &Week| inside(&week.days[usize::from(date.weekday())]);
    let place = match location.exceptions.iter().find(|e| e.date == date) {
        Some(exception) => inside(&exception.spans),
        None => match holiday(date) {
            Some(day) if !day.customary && admin.holidays.public => false,
            Some(day) if day.customary && admin.holidays.customary.iter().any(|n| n == day.da) => {
                false
            }
            _ => of_day(&location.week),
        },
    };
    let own = match (
        counter.exceptions.iter().find(|e| e.date == date),
        &counter.week,
    ) {
        (Some(exception), _) => inside(&exception.spans),
        (None, Some(week)) => of_day(week),
        (None, None) => true,
    };
    let pause = counter
        .breaks
        .iter()
        .any(|b| b.days.contains(&date.weekday()) && inside(&[b.span]));
    let closed = admin.closures.iter().any(|c| {
        let here =
            c.only.is_empty() || c.only.contains(&counter.id) || c.only.contains(&counter.location);
        here && c.from <= date && date <= c.until && c.span.is_none_or(|s| inside(&[s]))
    });
    place && own && !pause && !closed
}

/// Counters of the place that could take the visit, minute by minute, and the wall clock at its start.
fn free(
    admin: &Admin,
    location: &str,
    service: &str,
    start_ms: i64,
    minutes: u16,
    taken: &Taken,
) -> Vec<String> {
    let date = copenhagen(start_ms).date;
    let fits = |counter: &&Counter| {
        counter.location == location
            && counter.services.iter().any(|s| s == service)
            && (0..i64::from(minutes)).all(|minute| {
                let at_ms = start_ms + minute * 60_000;
                let local = copenhagen(at_ms);
                let cell = at_ms.div_euclid(CELL_MS);
                local.date == date
                    && serves(admin, counter, date, local.minute)
                    && taken.free(&counter.id, &(cell..cell + 1))
            })
    };
    admin
        .counters
        .iter()
        .filter(fits)
        .map(|c| c.id.clone())
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn what_is_offered_is_exactly_what_the_hours_allow(
        admin in sane(), from in day(), persons in 1..4_u8, before in 0..4_320_i64, busy in vec((0..6_usize, 0..864_i64), 0..40),
    ) {
        let service = admin.services[0].clone();
        let midnight_ms = i64::from(from.days_since_epoch()) * 86_400_000;
        let now_ms = midnight_ms - before * 60_000;
        let mut taken = Taken::default();
        for (counter, cell) in busy {
            taken.add(&format!("desk-{counter}"), midnight_ms / CELL_MS + cell);
        }
        let query = Query { service: &service.id, location: None, persons, from, days: 3, now_ms };
        let Ok(offer) = slots(&admin, &query, &taken) else { return Ok(()) };
        prop_assert_eq!(slots(&admin, &query, &taken), Ok(offer.clone()), "the same again");
        let minutes = minutes(&service, persons).expect("slots took it");
        let today = copenhagen(now_ms).date;
        let mut expected = Vec::new();
        // Every minute of three days and a bit more, whatever the clock does.
        for minute in -180..3 * 1440 + 180 {
            let start_ms = midnight_ms + minute * 60_000;
            let local = copenhagen(start_ms);
            let fits = local.minute.is_multiple_of(service.grid_minutes)
                && (from..from.add_days(3)).contains(&local.date)
                && start_ms >= now_ms + i64::from(service.lead_minutes) * 60_000
                && local.date <= today.add_days(service.horizon_days.into());
            for location in admin.locations.iter().filter(|_| fits) {
                let free = free(&admin, &location.id, &service.id, start_ms, minutes, &taken);
                if !free.is_empty() {
                    expected.push((start_ms, start_ms + i64::from(minutes) * 60_000, location.id.clone(), free.len()));
                }
                let visit = Visit { service: &service.id, location: &location.id, persons, start_ms, now_ms };
                let open = self::free(&admin, &location.id, &service.id, start_ms, minutes, &Taken::default());
                let mut place = check_visit(&admin, &visit).map(|p| p.counters).unwrap_or_default();
                place.sort();
                prop_assert_eq!(place, open, "offered and accepted are the same");
            }
        }
        let got: Vec<_> = offer.slots.iter().map(|s| (s.start_ms, s.end_ms, s.location.clone(), usize::from(s.free))).collect();
        prop_assert_eq!(got, expected);
    }

    #[test]
    fn whoever_books_what_is_offered_meets_nobody(admin in sane(), wishes in vec((any::<u16>(), any::<prop::sample::Index>(), 1..4_u8), 1..40)) {
        let from = common::date(WEEKS[0]);
        let now_ms = i64::from(from.days_since_epoch()) * 86_400_000 - 86_400_000;
        let mut taken = Taken::default();
        let mut cells: BTreeSet<(String, i64)> = BTreeSet::new();
        for (which, index, persons) in wishes {
            let service = &admin.services[usize::from(which) % admin.services.len()].id;
            let query = Query { service, location: None, persons, from, days: 2, now_ms };
            let Ok(offer) = slots(&admin, &query, &taken) else { continue };
            if offer.slots.is_empty() { continue }
            let slot = index.get(&offer.slots);
            let visit = Visit { service, location: &slot.location, persons, start_ms: slot.start_ms, now_ms };
            let place = check_visit(&admin, &visit).expect("what is offered is accepted");
            prop_assert_eq!(place.end_ms, slot.end_ms);
            let free: Vec<_> = place.counters.iter().filter(|c| taken.free(c, &place.cells)).collect();
            prop_assert_eq!(free.len(), usize::from(slot.free));
            for cell in place.cells.clone() {
                prop_assert!(cells.insert((free[0].clone(), cell)), "two visits in one cell");
            }
            taken.add_cells(free[0], place.cells);
        }
    }

    #[test]
    fn nothing_panics_for_any_admin_data(admin in admin(false), persons: u8, days: u16, from in day(), now_ms: i64, start_ms: i64, any_day in any::<i32>()) {
        let _ = admin.check();
        for service in &admin.services {
            for (from, now_ms) in [
                (from, now_ms),
                (from, i64::from(from.days_since_epoch()) * 86_400_000),
                (Date::from_days_since_epoch(any_day), now_ms),
                (Date::MAX, i64::MAX),
                (Date::MIN, i64::MIN),
            ] {
                let query = Query { service: &service.id, location: None, persons, from, days, now_ms };
                if let Ok(offer) = slots(&admin, &query, &Taken::default()) {
                    for slot in offer.slots.iter().take(50) {
                        let visit = Visit { service: &service.id, location: &slot.location, persons, start_ms: slot.start_ms, now_ms };
                        prop_assert!(check_visit(&admin, &visit).is_ok());
                    }
                }
                for start_ms in [start_ms, i64::MIN, i64::MAX, now_ms] {
                    let visit = Visit { service: &service.id, location: "a", persons, start_ms, now_ms };
                    let _ = check_visit(&admin, &visit);
                }
            }
        }
        for counter in &admin.counters {
            let _ = open_cells(&admin, counter, Date::from_days_since_epoch(any_day));
            let visit = |start_ms: i64| Booked {
                id: "1".into(), service: "a".into(), location: "a".into(), counter: counter.id.clone(),
                start_ms, end_ms: start_ms.saturating_add(900_000),
            };
            let _ = capacity_change(&admin, &[visit(start_ms), visit(i64::MAX), visit(i64::MIN)], &Taken::default());
        }
    }

    #[test]
    fn written_and_read_is_the_same(admin in admin(true)) {
        let text = serde_json::to_string(&admin).expect("JSON");
        prop_assert_eq!(serde_json::from_str::<Admin>(&text).expect("the same"), admin);
    }

    #[test]
    fn lengths_are_whole_cells_between_the_shortest_and_the_cap(service in service(false), persons: u8) {
        if let Ok(minutes) = minutes(&service, persons) {
            prop_assert!(minutes.is_multiple_of(CELL_MINUTES) && minutes >= CELL_MINUTES);
            prop_assert!(minutes.saturating_add(4) >= service.minutes);
            prop_assert!(minutes <= service.minutes_most.max(service.minutes).saturating_add(4).max(5));
        } else {
            prop_assert!(persons == 0 || persons > service.persons_most);
        }
    }
}
