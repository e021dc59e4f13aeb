//! Talking with a person: a kommune's departments and their hours, the life of a conversation, its codes and its record. Pure.
//!
//! For `compiler`, which reads `samtale.toml` and writes `<slug>.samtale.json`, and for `api`, which keeps the
//! conversations. Knows no SQL, no clock and no chance: what time it is and random numbers come in as values. Days, weeks
//! and closed days are those of [`booking`]; only Europe/Copenhagen.
#![forbid(unsafe_code)]

mod admin;
mod check;
mod code;
mod estimate;
mod open;
mod page;
pub mod record;
mod state;

pub use admin::{Admin, Carrier, Department, Retention};
pub use booking::{Closure, Exception, Holidays, Privacy, Week, Words};
pub use check::{Mistake, Part, is_mail};
pub use code::{CodeError, ResumeCode};
pub use estimate::{FEWEST_WAITS, NEWEST_WAITS, estimate};
pub use open::{LOOK_AHEAD_DAYS, Opening};
pub use state::{Actor, Event, Refused, State, TRANSITIONS, next_state, permit};
