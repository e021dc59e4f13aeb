//! Ranks the intents for an utterance and decides: answer, ask back, or admit not to know.

use crate::analysis::{Analysis, Vocabulary, analyse};
use crate::{Class, Model};
use alloc::vec;
use alloc::vec::Vec;

/// What is known beside the utterance.
#[derive(Clone, Debug, Default)]
pub struct Context<'c> {
    /// Score added to classes (topic in hand, topic of the page), in units of a full word match (1.0).
    pub boosts: &'c [(Class, f32)],
    /// Classes that must not be answered (hidden, out of their period).
    pub closed: &'c [Class],
}

/// One ranked intent.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hit {
    /// The intent.
    pub class: Class,
    /// Probability that it is what the citizen wants, 0..=1.
    pub confidence: f32,
    /// Raw score.
    pub score: f32,
}

/// The decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Sure enough.
    Answer(Class),
    /// Two to four that it could be, best first.
    Clarify(Vec<Class>),
    /// Nothing sure enough.
    Fallback,
}

/// Result of [`rank`].
#[derive(Clone, Debug)]
pub struct Ranking {
    /// The best eight intents, best first; ties by index.
    pub hits: Vec<Hit>,
    /// Probability that no intent covers the utterance, 0..=1.
    pub none: f32,
    /// The decision.
    pub outcome: Outcome,
    /// How the utterance was read.
    pub analysis: Analysis,
}

/// How many hits are kept.
const KEEP: usize = 8;

/// Ranks all intents for `utterance`. Never fails.
pub fn rank<T: Vocabulary>(model: &Model<T>, utterance: &str, context: &Context) -> Ranking {
    let analysis = analyse(&model.terms, utterance);
    let mut scores = scores(model, &analysis);
    for &(class, boost) in context.boosts {
        if let Some(score) = scores.get_mut(class as usize) {
            *score += boost;
        }
    }
    let none = scores.pop().unwrap_or(0.0);
    for &class in context.closed {
        if let Some(score) = scores.get_mut(class as usize) {
            *score = NEVER;
        }
    }
    let order = lead(&scores, KEEP);
    let top: Vec<f32> = order.iter().map(|c| scores[*c as usize]).collect();
    let certainty = certainty(model, &top, none, &analysis);
    let shares = shares(&top, model.calibration.sharpness);
    let hits: Vec<Hit> = order
        .iter()
        .zip(&top)
        .zip(&shares)
        .enumerate()
        .map(|(i, ((&class, &score), &share))| {
            // What is left of the certainty is shared out behind the first.
            let rest = (1.0 - certainty) * share / (1.0 - shares[0]).max(1e-6) * 0.8;
            Hit {
                class,
                score,
                confidence: if i == 0 {
                    certainty
                } else {
                    rest.min(certainty)
                },
            }
        })
        .collect();
    let outcome = decide(model, &hits);
    Ranking {
        hits,
        none: 1.0 - certainty,
        outcome,
        analysis,
    }
}

fn decide<T>(model: &Model<T>, hits: &[Hit]) -> Outcome {
    let Some(first) = hits.first() else {
        return Outcome::Fallback;
    };
    if first.confidence >= model.thresholds.answer {
        return Outcome::Answer(first.class);
    }
    if first.confidence < model.thresholds.clarify {
        return Outcome::Fallback;
    }
    let floor = first.score - 0.75;
    let options: Vec<Class> = hits
        .iter()
        .take(4)
        .filter(|h| h.score >= floor)
        .map(|h| h.class)
        .collect();
    if options.len() < 2 {
        return Outcome::Clarify(hits.iter().take(2).map(|h| h.class).collect());
    }
    Outcome::Clarify(options)
}

/// Scores of all classes: a story counts as a whole (see docs/matcher.md, "What was tried").
pub(crate) fn scores<T>(model: &Model<T>, analysis: &Analysis) -> Vec<f32> {
    let mut sums = vec![0_i32; model.classes as usize];
    let mut square = 0_u32;
    for feature in &analysis.features {
        square += u32::from(feature.value) * u32::from(feature.value);
        for posting in model.postings(feature.term) {
            sums[posting.class as usize] += i32::from(feature.value) * i32::from(posting.weight);
        }
    }
    let unit = model.scale / (square.max(1) as f32).sqrt();
    let bias_unit = model.scale / 64.0;
    sums.iter()
        .zip(&model.bias)
        .map(|(&sum, &bias)| sum as f32 * unit + f32::from(bias) * bias_unit)
        .collect()
}

/// The evidence that the first class is right.
pub(crate) fn evidence(top: &[f32], none: f32, analysis: &Analysis) -> [f32; 6] {
    let first = top.first().copied().unwrap_or(-1.0);
    let second = top.get(1).copied().unwrap_or(-1.0);
    let third = top.get(2).copied().unwrap_or(-1.0);
    [
        1.0,
        first,
        first - second,
        first - third,
        first - none,
        analysis.known,
    ]
}

fn certainty<T>(model: &Model<T>, top: &[f32], none: f32, analysis: &Analysis) -> f32 {
    let values = evidence(top, none, analysis);
    let mut sum = 0.0;
    for (weight, value) in model.calibration.weights.iter().zip(values) {
        sum += weight * value;
    }
    1.0 / (1.0 + exp(-sum))
}

fn shares(top: &[f32], sharpness: f32) -> Vec<f32> {
    let first = top.first().copied().unwrap_or(0.0);
    let weights: Vec<f32> = top.iter().map(|s| exp((s - first) * sharpness)).collect();
    let mut sum = 0.0;
    for weight in &weights {
        sum += weight;
    }
    weights.iter().map(|w| w / sum).collect()
}

/// e to the power of `x`, within a thousandth for the sums that occur (-20..=20). By multiplications alone, so it is
/// the same number everywhere; a library's would be 0.4 kB more of WASM.
fn exp(x: f32) -> f32 {
    let mut power = 1.0 + f64::from(x.clamp(-80.0, 80.0)) / f64::from(1 << 20);
    for _ in 0..20 {
        power *= power;
    }
    power as f32
}

/// The score of what must not be found.
pub const NEVER: f32 = f32::NEG_INFINITY;

/// The at most `count` places of the highest scores, highest first; of two equal ones the one with the lower number comes
/// first, [`NEVER`] is left out. One look at each score, whatever `count` is.
pub fn lead(scores: &[f32], count: usize) -> Vec<Class> {
    let mut best: Vec<Class> = Vec::with_capacity(count + 1);
    let mut least = NEVER;
    for (class, &score) in scores.iter().enumerate() {
        if score > least {
            let mut at = best.len();
            while at > 0 && scores[best[at - 1] as usize] < score {
                at -= 1;
            }
            best.insert(at, class as Class);
            best.truncate(count);
            if best.len() == count {
                least = best.last().map_or(NEVER, |&last| scores[last as usize]);
            }
        }
    }
    best
}

impl Ranking {
    /// The six values that calibration looks at, for training it.
    pub fn evidence<T: Vocabulary>(model: &Model<T>, utterance: &str) -> ([f32; 6], Option<Class>) {
        let analysis = analyse(&model.terms, utterance);
        let mut scores = scores(model, &analysis);
        let none = scores.pop().unwrap_or(0.0);
        let order = lead(&scores, 3);
        let top: Vec<f32> = order.iter().map(|c| scores[*c as usize]).collect();
        (evidence(&top, none, &analysis), order.first().copied())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_highest_lead_and_equal_ones_stand_by_number() {
        let scores = [1.0, 3.0, NEVER, 3.0, -2.0, 5.0, 1.0];
        assert_eq!(lead(&scores, 3), [5, 1, 3]);
        assert_eq!(lead(&scores, 5), [5, 1, 3, 0, 6]);
        assert_eq!(lead(&scores, 9), [5, 1, 3, 0, 6, 4]);
        assert_eq!(lead(&[NEVER, NEVER], 2), Vec::<Class>::new());
        assert_eq!(lead(&[], 2), Vec::<Class>::new());
    }

    #[test]
    fn one_look_finds_what_sorting_finds() {
        let mut dice = 7_u32;
        for count in 1..9 {
            let scores: Vec<f32> = (0..200)
                .map(|_| {
                    dice = dice.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    (dice >> 28) as f32 - 4.0
                })
                .collect();
            let mut sorted: Vec<Class> = (0..200).collect();
            sorted.sort_by(|a, b| scores[*b as usize].total_cmp(&scores[*a as usize]));
            assert_eq!(lead(&scores, count), sorted[..count]);
        }
    }
}
