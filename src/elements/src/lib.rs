//! What is drawn with: a builder of elements, signals that keep them up to date, the voice for screen readers, and where
//! a log stands. For `widget` and `errand`, two modules in one shadow root. Knows the DOM and no conversation; natively
//! it is empty.
#![cfg(target_arch = "wasm32")]

/// A small allocator: what the standard library brings for WASM is two kilobytes more in each module.
#[cfg(target_arch = "wasm32")]
#[global_allocator]
static MEMORY: rlsf::SmallGlobalTlsf = rlsf::SmallGlobalTlsf::new();

mod announcer;
mod place;
mod signal;
mod ui;

pub use announcer::Announcer;
pub use place::show_beginning;
pub use signal::{Kept, Signal, Small, keep, keeping};
pub use ui::{El, Mounted, el, icon, link, mount_into};
