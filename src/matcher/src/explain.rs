//! Why this intent: which words counted how much for the first and the second, and what was corrected.

use crate::analysis::{Analysis, Reading, Vocabulary, analyse};
use crate::{Class, Context, Model, Ranking, rank};
use alloc::string::String;
use alloc::vec::Vec;

/// What one word gave.
#[derive(Clone, Debug, PartialEq)]
pub struct Share {
    /// The word as written.
    pub word: String,
    /// How it was read.
    pub reading: Reading,
    /// What it gave the first intent.
    pub first: f32,
    /// What it gave the second.
    pub second: f32,
}

/// Explanation of a ranking.
#[derive(Clone, Debug)]
pub struct Explanation {
    /// The ranking explained.
    pub ranking: Ranking,
    /// One row per word, in order.
    pub shares: Vec<Share>,
}

/// Ranks and explains.
pub fn explain<T: Vocabulary>(model: &Model<T>, utterance: &str, context: &Context) -> Explanation {
    let ranking = rank(model, utterance, context);
    let analysis = analyse(&model.terms, utterance);
    let of = |i: usize| ranking.hits.get(i).map_or(model.none(), |h| h.class);
    let (first, second) = (
        words(model, &analysis, of(0)),
        words(model, &analysis, of(1)),
    );
    let shares = analysis
        .tokens
        .iter()
        .zip(first.iter().zip(second))
        .map(|(t, (&first, second))| Share {
            word: utterance
                .get(t.token.start as usize..t.token.end as usize)
                .unwrap_or("")
                .into(),
            reading: t.reading.clone(),
            first,
            second,
        })
        .collect();
    Explanation { ranking, shares }
}

fn words<T>(model: &Model<T>, analysis: &Analysis, class: Class) -> Vec<f32> {
    let mut sums = alloc::vec![0_i32; analysis.tokens.len()];
    let mut square = 0_u32;
    for feature in &analysis.features {
        square += u32::from(feature.value) * u32::from(feature.value);
        for posting in model.postings(feature.term) {
            if posting.class == class {
                sums[feature.token as usize] +=
                    i32::from(feature.value) * i32::from(posting.weight);
            }
        }
    }
    let unit = model.scale / (square.max(1) as f32).sqrt();
    sums.iter().map(|&s| s as f32 * unit).collect()
}
