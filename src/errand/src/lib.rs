//! Booking a time in the chat, as a conversation. Pure part: [`step`], an event in, a new state and effects out, tested by
//! the text files in tests/. The browser's part draws in the log of the chat, inside the shadow root that is there; it is
//! a module of its own, fetched when "Bestil tid" is pressed. Knows the messages of `protocol`, and no server.

mod book;
mod free;
mod hear;
pub mod json;
mod message;
mod moment;
mod offer;
mod own;
mod said;
mod talk;
mod texts;
pub mod when;
mod words;

#[cfg(target_arch = "wasm32")]
mod boundary;
#[cfg(target_arch = "wasm32")]
mod draw;

pub use message::{
    Choice, Day, Effect, Event, Field, Fields, Fold, Kept, Message, Month, Now, Press, Request,
    What,
};
pub use said::{Command, Said, understand};
pub use talk::{Talk, step};

#[cfg(target_arch = "wasm32")]
pub use boundary::Errand;
