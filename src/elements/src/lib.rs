//! What the modules in one shadow root share (`widget`, `errand`, `relay`): a builder of elements, signals that keep them up to date,
//! the voice for screen readers, where a log stands; and JSON, instants and sentences, which are pure. Knows the DOM and no
//! conversation; natively there is the pure part alone.

pub mod instant;
pub mod json;
mod phrase;

pub use phrase::Phrase;

/// A small allocator: what the standard library brings for WASM is two kilobytes more in each module.
#[cfg(target_arch = "wasm32")]
#[global_allocator]
static MEMORY: rlsf::SmallGlobalTlsf = rlsf::SmallGlobalTlsf::new();

#[cfg(target_arch = "wasm32")]
mod announcer;
#[cfg(target_arch = "wasm32")]
mod place;
#[cfg(target_arch = "wasm32")]
mod signal;
#[cfg(target_arch = "wasm32")]
mod ui;

#[cfg(target_arch = "wasm32")]
pub use announcer::Announcer;
#[cfg(target_arch = "wasm32")]
pub use place::{own_entries, show_beginning};
#[cfg(target_arch = "wasm32")]
pub use signal::{Kept, Signal, Small, keep, keeping};
#[cfg(target_arch = "wasm32")]
pub use ui::{El, Mounted, document, el, icon, link, mount_into, window};
