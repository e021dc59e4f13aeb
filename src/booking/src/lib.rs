//! Booking of a visit: a kommune's admin data, free times, states, receipts, calendar files. Pure.
//!
//! For `compiler`, which reads `booking.toml` and writes `<slug>.booking.json`; for `api`, which keeps the
//! bookings; and for `console`. Knows no SQL, no clock and no chance: what is taken, what time it is and random
//! numbers come in as values. Only Europe/Copenhagen, and no visit passes midnight.
//!
//! Time is counted in cells of [`CELL_MINUTES`] since 1970 UTC. A visit takes every cell it touches of one counter,
//! and the database makes (kommune, counter, cell) unique. Days are made from the clock on the wall: the hour that
//! is skipped in March is never offered, and the one that comes twice in October is told apart by its offset.
//!
//! ```
//! use booking::{Admin, Query, Taken, slots};
//! let admin: Admin = serde_json::from_str(include_str!("../tests/small.booking.json")).unwrap();
//! let query = Query {
//!     service: "pas", location: None, persons: 1,
//!     from: hours::Date::parse("2026-12-04").unwrap(), days: 1,
//!     now_ms: 1_795_262_400_000, // 21 November 2026
//! };
//! let offer = slots(&admin, &query, &Taken::default()).unwrap();
//! assert_eq!(booking::instant_text(offer.slots[0].start_ms), "2026-12-04T10:00:00+01:00");
//! ```
#![forbid(unsafe_code)]

mod admin;
mod capacity;
mod cells;
mod check;
mod day;
mod form;
mod ics;
mod instant;
mod open;
mod receipt;
mod slots;
mod state;

pub use admin::{
    Adapter, Admin, Break, Closure, ContactNeed, Counter, Exception, Holidays, Limits, Location,
    Privacy, Service, Week, Words,
};
pub use capacity::{Booked, Change, capacity_change};
pub use cells::{CELL_MINUTES, CELL_MS, Taken, cells};
pub use check::{Mistake, Part, is_id};
pub use day::{day_cells, day_note, opening};
pub use ics::{Invite, InviteState, ics};
pub use instant::{InstantError, instant_text, parse_instant};
pub use open::open_cells;
pub use receipt::{Receipt, ReceiptError};
pub use slots::{Offer, Place, Query, Refusal, Slot, Visit, check_visit, minutes, slots};
pub use state::{
    Actor, Event, HOLD_EXTENSIONS, HOLD_MS, Hold, HoldError, Refused, State, TRANSITIONS, Times,
    next_state, permit,
};
