//! The bytes of a `.kb` file: write, verify, read, versions. docs/bundle-format.md describes them.
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

pub mod content;
mod error;
pub mod layout;
mod model;
mod reader;
mod terms;
#[cfg(feature = "write")]
mod writer;

pub use error::BundleError;
pub use reader::Knowledge;
pub use terms::Terms;
#[cfg(feature = "write")]
pub use writer::{
    decode_model, encode_model, write_core, write_details, write_full_core, write_language,
};
