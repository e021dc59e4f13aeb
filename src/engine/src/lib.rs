//! The engine as a library for pages with a user interface of their own: load a bundle, ask, suggest,
//! explain, and answers as texts that a person sends on. Pure computation: it opens no connection and stores nothing.

mod reply;
mod saved;
#[cfg(target_arch = "wasm32")]
mod wasm;

pub use reply::{Reply, Shown, WordShare, ask, bits, explain, suggest};
pub use saved::{Saved, passages, replies, title};
#[cfg(target_arch = "wasm32")]
pub use wasm::Engine;
