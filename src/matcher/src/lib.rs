//! How an utterance finds its intent: features, score, confidence, explanation.
//!
//! One linear model scores every intent (and one class that stands for "none of them") from the stems
//! and compound parts of the utterance's words, read through spelling correction. Sums are integers, so a
//! native build, a server and a browser give the same number. Matching never fails: not knowing is
//! an answer ([`Outcome::Fallback`]). Training lives in the `compiler` crate; docs/matcher.md has
//! the figures.
#![forbid(unsafe_code)]

extern crate alloc;

mod analysis;
mod explain;
mod model;
mod rank;

pub use analysis::{Analysis, Feature, Reading, TokenReading, Vocabulary, analyse, term_of};
pub use explain::{Explanation, Share, explain};
pub use model::{Calibration, Model, Posting, Thresholds};
pub use rank::{Context, Hit, NEVER, Outcome, Ranking, lead, rank};

/// Index of a class: an intent, or the last one, which stands for "none of them".
pub type Class = u16;
