//! The trained model in memory: which feature speaks for which class how strongly, and how a score
//! becomes a confidence.

use crate::Class;
use alloc::vec::Vec;

/// One weight: the feature speaks for (or against) `class`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Posting {
    /// The class.
    pub class: Class,
    /// Its weight, to be multiplied by [`Model::scale`].
    pub weight: i8,
}

/// How a score becomes the probability that the first class is right: a logistic function of six
/// values (see `rank::evidence`), fitted by cross-validation.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Calibration {
    /// Weights of the evidence.
    pub weights: [f32; 6],
    /// Sharpness with which confidence is shared among the classes behind the first.
    pub sharpness: f32,
}

/// When to answer and when to ask back. Chosen at build time as the cheapest by the costs stated in docs/matcher.md.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Thresholds {
    /// Answer from this confidence on.
    pub answer: f32,
    /// Ask back from this confidence on; below it, fall back.
    pub clarify: f32,
}

impl Default for Thresholds {
    fn default() -> Self {
        Thresholds {
            answer: 0.5,
            clarify: 0.15,
        }
    }
}

/// The model. `starts` has one entry more than there are terms.
#[derive(Clone, Debug, PartialEq)]
pub struct Model<T> {
    /// Known stems, numbered.
    pub terms: T,
    /// Number of classes; the last is "none of them".
    pub classes: u16,
    /// Where a stem's postings begin.
    pub starts: Vec<u32>,
    /// Postings of all stems, in order of their numbers.
    pub postings: Vec<Posting>,
    /// Added to every score of a class, in the unit of the weights times 64.
    pub bias: Vec<i16>,
    /// Unit of the weights.
    pub scale: f32,
    /// From score to confidence.
    pub calibration: Calibration,
    /// When to answer.
    pub thresholds: Thresholds,
}

impl<T> Model<T> {
    /// Postings of a stem; empty when it is not known.
    pub fn postings(&self, term: Option<u32>) -> &[Posting] {
        let Some(term) = term else { return &[] };
        match (
            self.starts.get(term as usize),
            self.starts.get(term as usize + 1),
        ) {
            (Some(&from), Some(&to)) => {
                self.postings.get(from as usize..to as usize).unwrap_or(&[])
            }
            _ => &[],
        }
    }

    /// The class that stands for "none of them".
    pub fn none(&self) -> Class {
        self.classes - 1
    }
}
