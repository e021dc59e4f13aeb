//! The engine as a library for pages with a user interface of their own: load a bundle, ask, suggest,
//! explain. Pure computation: it opens no connection and stores nothing.

mod reply;
#[cfg(target_arch = "wasm32")]
mod wasm;

pub use reply::{Reply, Shown, WordShare, ask, bits, explain, suggest};
#[cfg(target_arch = "wasm32")]
pub use wasm::Engine;
