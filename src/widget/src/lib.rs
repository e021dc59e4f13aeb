//! The citizen's chat: Leptos, client side only, mounted into the open shadow root that the loader made.
//!
//! Alone knows the DOM. What is said comes from `dialog`, what is known from `bundle`; this crate draws,
//! announces, stores for the tab, and hands the loader events that carry ids and never text. No
//! `innerHTML`, no style attribute, no network. Natively only the pure parts are built, for their tests.
//!
//! Exports for JavaScript: `mount(root, options)`, which returns a `Widget` (module `boundary`).
#![cfg_attr(
    not(target_arch = "wasm32"),
    allow(
        dead_code,
        reason = "natively nothing draws, so only the tests use the pure parts"
    )
)]

mod announcer;
mod storage;
mod styles;
mod texts;
mod transcript;

#[cfg(target_arch = "wasm32")]
mod app;
#[cfg(target_arch = "wasm32")]
mod boundary;
#[cfg(target_arch = "wasm32")]
mod composer;
#[cfg(target_arch = "wasm32")]
mod hours;
#[cfg(target_arch = "wasm32")]
mod icons;
#[cfg(target_arch = "wasm32")]
mod labels;
#[cfg(target_arch = "wasm32")]
mod log;
#[cfg(target_arch = "wasm32")]
mod message;
#[cfg(target_arch = "wasm32")]
mod panel;
#[cfg(target_arch = "wasm32")]
#[cfg(target_arch = "wasm32")]
pub use boundary::{Widget, mount};
