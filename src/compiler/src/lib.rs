//! Authored files become bundles: parsing, diagnostics with file and line, variables, training.
//!
//! [`Knowledge::load`] reads a knowledge folder and gathers every mistake; [`Knowledge::build`] makes the
//! files of one kommune. The same input gives the same bytes on every machine. Alone reads authored files.

pub mod address;
mod authored;
mod bare;
mod booking;
mod build;
mod cache;
mod calibrate;
mod control;
mod dense;
pub mod diagnostic;
mod facts;
mod grow;
mod held_out;
mod kommune;
mod lint;
mod load;
mod markdown;
mod nearest;
mod placed;
mod resolve;
pub mod single;
mod softmax;
mod svm;
mod talk;
mod topic;
mod train;
mod trial;
mod variables;

pub use bare::{Bare, Guess};
pub use booking::Booking;
pub use build::{Built, Coverage, Trained, check};
pub use grow::{Grown, Wardrobe};
pub use held_out::HeldOut;
pub use kommune::{contrast, plain_theme};
pub use lint::{Found, Near, lix};
pub use load::Knowledge;
pub use nearest::nearest;
pub use talk::Talk;
pub use train::{Sample, Settings, Trial, known_words, terms, train};
pub use trial::Question;
