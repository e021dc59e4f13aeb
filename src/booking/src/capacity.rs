//! Before hours, closures or counters are changed: which bookings would be left without a counter.

use crate::admin::{Admin, Counter};
use crate::cells::{Taken, cells};
use crate::open::Day;
use hours::copenhagen;

/// A visit that has its cells: held, confirmed or checked in, and not over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Booked {
    /// Whatever names it in the database.
    pub id: String,
    /// Id of the service.
    pub service: String,
    /// Id of the location; it is never changed for the citizen.
    pub location: String,
    /// Id of the counter that has it now.
    pub counter: String,
    /// UTC milliseconds.
    pub start_ms: i64,
    /// End, not included.
    pub end_ms: i64,
}

/// What a change of the admin data would mean.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Change {
    /// Bookings (id) that another counter (id) of the same location takes over at the same time.
    pub moves: Vec<(String, String)>,
    /// Bookings (id) that nobody could serve. Not empty: the change is refused.
    pub stranded: Vec<String>,
}

/// Says what happens to `booked` if `admin` becomes the truth. `blocked` is what staff has blocked. Bookings stay at their
/// counter when they can; the others look for a place in the order of their start. That can miss an arrangement that a
/// search through all would find, so a refusal may be too careful; never the other way round.
pub fn capacity_change(admin: &Admin, booked: &[Booked], blocked: &Taken) -> Change {
    let mut taken = blocked.clone();
    let mut change = Change::default();
    let mut order: Vec<&Booked> = booked.iter().collect();
    order.sort_by_key(|b| (b.start_ms, &b.id));
    let mut homeless = Vec::new();
    for visit in order {
        let counter = admin.counter(&visit.counter);
        if counter.is_some_and(|c| serves(admin, c, visit, &taken)) {
            taken.add_cells(&visit.counter, cells(visit.start_ms, visit.end_ms));
        } else {
            homeless.push(visit);
        }
    }
    let mut counters: Vec<&Counter> = admin.counters.iter().collect();
    counters.sort_by_key(|c| c.services.len());
    for visit in homeless {
        match counters.iter().find(|c| serves(admin, c, visit, &taken)) {
            Some(counter) => {
                taken.add_cells(&counter.id, cells(visit.start_ms, visit.end_ms));
                change.moves.push((visit.id.clone(), counter.id.clone()));
            }
            None => change.stranded.push(visit.id.clone()),
        }
    }
    change
}

fn serves(admin: &Admin, counter: &Counter, visit: &Booked, taken: &Taken) -> bool {
    let cells = cells(visit.start_ms, visit.end_ms);
    let day = Day::new(copenhagen(visit.start_ms).date);
    counter.location == visit.location
        && counter.serves(&visit.service)
        && day.all(&day.open(admin, counter), &cells)
        && taken.free(&counter.id, &cells)
}
