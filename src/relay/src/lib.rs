//! Talking with a person in the chat, as a conversation. Pure part: [`step`], an event in, a new state and effects out, tested by
//! the text files in tests/. The browser's part draws in the log of the chat, inside the shadow root that is there; it is
//! a module of its own, fetched when "Tal med et menneske" is pressed. Knows the messages of `protocol`, and no server.
//!
//! Beside it AI help ([`ai`]), which has the same needs: bytes that are shown before they leave, and a stream that is read.
//!
//! Nothing leaves before the citizen has seen the bytes; what comes is a log, told in the order of its numbers, each entry once.

pub mod ai;
mod ask;
mod hide;
pub mod json;
mod link;
mod log;
mod message;
mod review;
mod send;
mod show;
pub mod sse;
mod talk;
mod texts;

#[cfg(target_arch = "wasm32")]
mod boundary;
#[cfg(target_arch = "wasm32")]
mod draw;

pub use message::{
    Choice, Effect, Event, Field, Fields, Fold, Kept, Message, Now, Out, Press, Request, State,
    Want, What,
};
pub use talk::{Talk, step};

#[cfg(target_arch = "wasm32")]
pub use boundary::Relay;
