//! How a conversation goes: a pure state machine. An event and a state go in, a new state and
//! effects come out; no clock, no storage, no network, no randomness. The local time is a parameter.
//!
//! Tested by the `.samtaler` files beside the topics (`lokalsvar check --samtaler`).
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

mod booking;
mod choose;
pub mod crisis;
mod facts;
mod follow;
mod message;
mod openings;
mod place;
mod reply;
#[cfg(feature = "samtaler")]
pub mod samtaler;
mod step;
mod suggest;
mod texts;
mod understand;
mod words;

#[cfg(test)]
mod fixture;
#[cfg(test)]
mod play;

pub use booking::bookable;
pub use facts::resolve;
pub use message::{Choice, Decision, Effect, Entry, Event, Kind, Message, Next, State};
pub use step::{decide, step, turn};
pub use suggest::{Suggestion, suggest};
