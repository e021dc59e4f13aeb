//! The pages of the staff at /konsol/. Pure part: [`step`], an event in, the state changed, effects out; [`page`], the state as
//! a picture in data. Both are tested natively. The browser's part draws pictures where they differ and carries effects out.
//! An ordinary document under a strict policy, no shadow root; knows the messages of `protocol`, and no server.

mod change;
mod chats;
mod deed;
mod desk;
mod grid;
mod message;
mod panel;
mod poll;
mod query;
mod sign_in;
mod state;
mod step;
mod texts;
mod view;
mod when;
mod wire;

#[cfg(target_arch = "wasm32")]
mod boundary;
#[cfg(target_arch = "wasm32")]
mod draw;

pub use chats::ChatPress;
pub use message::{Effect, Event, Now, Press, Reply, Request};
pub use state::{App, Area, Told, Tone, View};
pub use step::step;
pub use view::*;

#[cfg(target_arch = "wasm32")]
pub use boundary::Console;
