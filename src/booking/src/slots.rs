//! Free times, and the rules that a wish must meet: the same rules offer a slot and accept it.

use crate::admin::{Adapter, Admin, Counter, Service};
use crate::cells::{CELL_MINUTES, CELL_MS, Taken};
use crate::open::Day;
use hours::{Date, LocalTime, copenhagen};
use std::ops::Range;

/// Most days of one [`Query`].
pub(crate) const DAYS_MOST: u16 = 31;

/// What free times are looked for.
#[derive(Clone, Copy, Debug)]
pub struct Query<'a> {
    /// Id of the service.
    pub service: &'a str,
    /// Id of the location; `None` means all.
    pub location: Option<&'a str>,
    /// How many come, at least 1.
    pub persons: u8,
    /// First day.
    pub from: Date,
    /// Number of days, 1..=31; more count as 31.
    pub days: u16,
    /// Now, UTC milliseconds.
    pub now_ms: i64,
}

/// Free times.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Offer {
    /// By start, then in the order of the locations.
    pub slots: Vec<Slot>,
    /// The day from which to go on looking; `None` at the end of the horizon.
    pub next: Option<Date>,
}

/// One free time at one location.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slot {
    /// UTC milliseconds; [`instant_text`](crate::instant_text) writes them.
    pub start_ms: i64,
    /// End, not included.
    pub end_ms: i64,
    /// The start by the clock on the wall.
    pub local: LocalTime,
    /// Id of the location.
    pub location: String,
    /// How many counters are free, at least 1.
    pub free: u16,
}

/// A wish for one visit.
#[derive(Clone, Copy, Debug)]
pub struct Visit<'a> {
    /// Id of the service.
    pub service: &'a str,
    /// Id of the location.
    pub location: &'a str,
    /// How many come.
    pub persons: u8,
    /// UTC milliseconds.
    pub start_ms: i64,
    /// Now, UTC milliseconds.
    pub now_ms: i64,
}

/// Where and how a wish can be met; what is taken was not looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// UTC milliseconds, not included.
    pub end_ms: i64,
    /// Cells that the visit takes of one counter.
    pub cells: Range<i64>,
    /// Ids of the counters that are open all the time, the one that serves the fewest services first: whoever can do
    /// everything stays free the longest. At least one. The transaction takes the first whose cells are free.
    pub counters: Vec<String>,
}

/// Why a wish cannot be met, whatever is booked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// No such service.
    #[error("there is no such service")]
    Service,
    /// Another system answers for this service.
    #[error("this service is booked elsewhere")]
    Elsewhere,
    /// No such location, or the service is not given there.
    #[error("this service is not given at that place")]
    Location,
    /// None, or more than the service takes.
    #[error("at least 1 and at most {most} persons can come in one visit")]
    Persons {
        /// [`Service::persons_most`].
        most: u8,
    },
    /// It does not start on the service's grid.
    #[error("visits do not start at that time")]
    Grid,
    /// It starts too soon, or is over.
    #[error("the visit starts too soon")]
    TooSoon,
    /// It lies behind the horizon.
    #[error("that day cannot be booked yet")]
    TooFar,
    /// No counter serves during all of it.
    #[error("nobody serves at that time")]
    Closed,
}

/// Length of a visit in minutes: `minutes`, and `minutes_per_person` for each further person, at most `minutes_most`.
/// Rounded up to whole cells, at least one.
///
/// # Errors
/// No person, or more than the service takes.
pub fn minutes(service: &Service, persons: u8) -> Result<u16, Refusal> {
    if persons == 0 || persons > service.persons_most {
        return Err(Refusal::Persons {
            most: service.persons_most,
        });
    }
    let more = u32::from(service.minutes_per_person) * u32::from(persons - 1);
    let most = service.minutes_most.max(service.minutes);
    let minutes = (u32::from(service.minutes) + more).min(most.into());
    let cells = minutes.div_ceil(CELL_MINUTES.into()).max(1);
    Ok(u16::try_from(cells * u32::from(CELL_MINUTES)).unwrap_or(u16::MAX))
}

/// The free times of a few days.
///
/// # Errors
/// The service, the location or the number of persons is not possible. A day without free times is no error.
pub fn slots(admin: &Admin, query: &Query, taken: &Taken) -> Result<Offer, Refusal> {
    let service = bookable(admin, query.service)?;
    let length = i64::from(minutes(service, query.persons)? / CELL_MINUTES);
    let locations: Vec<_> = admin
        .locations_of(query.service)
        .filter(|l| query.location.is_none_or(|wanted| wanted == l.id))
        .collect();
    if locations.is_empty() {
        return Err(Refusal::Location);
    }
    let window = Window::new(service, query.now_ms);
    let days = i32::from(query.days.clamp(1, DAYS_MOST));
    let end = query.from.add_days(days);
    let mut offer = Offer {
        slots: Vec::new(),
        next: (end > query.from && end <= window.last_day).then_some(end),
    };
    let mut date = query.from.max(copenhagen(query.now_ms).date);
    while date < end && date <= window.last_day {
        let day = Day::new(date);
        let open: Vec<Vec<(&Counter, Vec<bool>)>> = locations
            .iter()
            .map(|l| {
                let here = serving(admin, query.service, &l.id);
                here.map(|c| (c, day.open(admin, c))).collect()
            })
            .collect();
        for start in starts(&day, service) {
            if !window.holds(start * CELL_MS) || start + length > day.end() {
                continue;
            }
            let cells = start..start + length;
            for (location, counters) in locations.iter().zip(&open) {
                let free = counters.iter().filter(|(counter, open)| {
                    day.all(open, &cells) && taken.free(&counter.id, &cells)
                });
                let free = free.count();
                if free > 0 {
                    offer.slots.push(Slot {
                        start_ms: cells.start * CELL_MS,
                        end_ms: cells.end * CELL_MS,
                        local: copenhagen(cells.start * CELL_MS),
                        location: location.id.clone(),
                        free: u16::try_from(free).unwrap_or(u16::MAX),
                    });
                }
            }
        }
        let tomorrow = date.add_days(1);
        if tomorrow == date {
            break; // the end of the calendar
        }
        date = tomorrow;
    }
    Ok(offer)
}

/// Whether a wish keeps to the rules, and which counters could meet it. For the transaction that takes the cells: call it
/// with the same `now_ms` that the transaction writes.
///
/// # Errors
/// Why it cannot be met, whatever is booked.
pub fn check_visit(admin: &Admin, visit: &Visit) -> Result<Place, Refusal> {
    let service = bookable(admin, visit.service)?;
    let length = i64::from(minutes(service, visit.persons)? / CELL_MINUTES);
    if serving(admin, visit.service, visit.location)
        .next()
        .is_none()
        || admin.location(visit.location).is_none()
    {
        return Err(Refusal::Location);
    }
    let day = Day::new(copenhagen(visit.start_ms).date);
    let start = visit.start_ms.div_euclid(CELL_MS);
    if visit.start_ms.rem_euclid(CELL_MS) != 0 || !starts(&day, service).any(|cell| cell == start) {
        return Err(Refusal::Grid);
    }
    let window = Window::new(service, visit.now_ms);
    if visit.start_ms < window.first_ms {
        return Err(Refusal::TooSoon);
    }
    if day.date > window.last_day {
        return Err(Refusal::TooFar);
    }
    let cells = start..start + length;
    let mut counters: Vec<&Counter> = serving(admin, visit.service, visit.location)
        .filter(|c| cells.end <= day.end() && day.all(&day.open(admin, c), &cells))
        .collect();
    counters.sort_by_key(|c| c.services.len());
    if counters.is_empty() {
        return Err(Refusal::Closed);
    }
    Ok(Place {
        end_ms: cells.end * CELL_MS,
        cells,
        counters: counters.into_iter().map(|c| c.id.clone()).collect(),
    })
}

/// When a visit may start.
struct Window {
    first_ms: i64,
    last_day: Date,
}

impl Window {
    fn new(service: &Service, now_ms: i64) -> Window {
        Window {
            first_ms: now_ms.saturating_add(i64::from(service.lead_minutes) * 60_000),
            last_day: copenhagen(now_ms)
                .date
                .add_days(service.horizon_days.into()),
        }
    }

    fn holds(&self, start_ms: i64) -> bool {
        start_ms >= self.first_ms && copenhagen(start_ms).date <= self.last_day
    }
}

fn bookable<'a>(admin: &'a Admin, id: &str) -> Result<&'a Service, Refusal> {
    let service = admin.service(id).ok_or(Refusal::Service)?;
    match service.adapter {
        Adapter::Builtin => Ok(service),
        Adapter::Link { .. } | Adapter::Http { .. } => Err(Refusal::Elsewhere),
    }
}

fn serving<'a>(
    admin: &'a Admin,
    service: &'a str,
    location: &'a str,
) -> impl Iterator<Item = &'a Counter> {
    admin
        .counters
        .iter()
        .filter(move |c| c.location == location && c.serves(service))
}

/// Cells of the day at which a visit may start, by the clock on the wall.
fn starts<'a>(day: &'a Day, service: &'a Service) -> impl Iterator<Item = i64> + 'a {
    let grid = service.grid_minutes.max(CELL_MINUTES);
    (day.first..)
        .zip(&day.minutes)
        .filter(move |(_, minute)| minute.is_multiple_of(grid))
        .map(|(cell, _)| cell)
}
