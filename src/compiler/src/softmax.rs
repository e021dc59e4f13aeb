//! Multinomial logistic regression for the bundle's matcher: all classes are learnt together, so that sister intents
//! share out their words between them. Adam on small batches, features dropped at random so that no single word
//! decides alone, and only stems that one of its own examples has may speak for or against a class: weights on foreign
//! words cost bytes. Deterministic: one thread for one model, the same sums in the same order everywhere. Figures in
//! docs/matcher.md.

use crate::train::{Dice, Matrix, Sample};
use matcher::Class;
use std::collections::BTreeMap;

/// Rounds over all examples.
const ROUNDS: usize = 16;
/// Examples between two steps.
const BATCH: usize = 1024;
/// First step; it falls to nothing along a cosine.
const STEP: f32 = 0.03;
/// Pull of every weight towards zero.
const PULL: f32 = 2e-5;
/// Share of features left out at each look at an example, in 1/64.
const DROPPED: usize = 19;
/// Logits per unit of score: keeps scores in the unit of "one full word".
pub(crate) const LOGITS: f32 = 4.0;

/// What was learnt: scores are sums of weights, and `LOGITS` times a score is a logit.
pub(crate) struct Fitted {
    /// Number of classes.
    pub classes: usize,
    /// By column, then by class.
    pub weights: Vec<f32>,
    /// By class.
    pub bias: Vec<f32>,
}

/// Moments of the gradient, as Adam keeps them.
struct Adam {
    first: Vec<f32>,
    second: Vec<f32>,
}

impl Adam {
    fn new(length: usize) -> Self {
        Adam {
            first: vec![0.0; length],
            second: vec![0.0; length],
        }
    }

    /// One step; the gradient is used up.
    fn step(&mut self, values: &mut [f32], gradient: &mut [f32], pace: &Pace, pull: f32) {
        let moments = self.first.iter_mut().zip(&mut self.second);
        for ((value, g), (m, v)) in values.iter_mut().zip(gradient).zip(moments) {
            let slope = *g + pull * *value;
            *g = 0.0;
            *m = 0.9 * *m + 0.1 * slope;
            *v = 0.999 * *v + 0.001 * slope * slope;
            *value -= pace.step * *m / ((*v * pace.unbias).sqrt() + 1e-8);
        }
    }
}

/// How far a step goes.
struct Pace {
    step: f32,
    unbias: f32,
}

impl Pace {
    fn new(round: usize, steps: u32) -> Self {
        let part = round as f32 / ROUNDS as f32 * core::f32::consts::PI;
        let step = STEP * 0.5 * (1.0 + libm::cosf(part)) + 1e-4;
        Pace {
            step: step / (1.0 - libm::powf(0.9, steps as f32)),
            unbias: 1.0 / (1.0 - libm::powf(0.999, steps as f32)),
        }
    }
}

/// e to the power of `x` for `x` up to 0, within a millionth, by operations that are the same everywhere.
fn exp(x: f32) -> f32 {
    const SHIFT: f32 = 12_582_912.0; // 1.5 * 2^23: adding it rounds to a whole number
    let t = (x * core::f32::consts::LOG2_E).max(-120.0);
    let whole = (t + SHIFT) - SHIFT;
    let f = (t - whole) * core::f32::consts::LN_2;
    let power =
        1.0 + f * (1.0 + f * (0.5 + f * (1.0 / 6.0 + f * (1.0 / 24.0 + f * (1.0 / 120.0)))));
    power * f32::from_bits(((whole as i32 + 127) as u32) << 23)
}

/// Turns logits into probabilities.
fn share_out(logits: &mut [f32]) {
    let top = logits.iter().copied().fold(f32::MIN, f32::max);
    for z in &mut *logits {
        *z = exp(*z - top);
    }
    let sum: f32 = logits.iter().sum();
    for z in logits {
        *z /= sum;
    }
}

/// What there is to learn.
pub(crate) struct Task<'t> {
    /// The classes; an example of another class is one of "the others".
    pub classes: &'t [Class],
    /// What classes learnt before say of each example: the logarithm of the sum of their exponentials.
    pub others: Option<&'t [f32]>,
}

/// Learns.
pub(crate) fn learn(matrix: &Matrix, samples: &[Sample], task: &Task) -> Fitted {
    let classes = task.classes.len();
    let mut places = BTreeMap::new();
    places.extend(
        task.classes
            .iter()
            .enumerate()
            .map(|(at, class)| (*class, at)),
    );
    let mut out = Fitted {
        classes,
        weights: vec![0.0; matrix.columns * classes],
        bias: vec![0.0; classes],
    };
    let mut gradient = vec![0.0_f32; matrix.columns * classes];
    let mut bias_gradient = vec![0.0_f32; classes];
    let mut of_weights = Adam::new(matrix.columns * classes);
    let mut of_bias = Adam::new(classes);
    let mut order: Vec<usize> = (0..samples.len()).collect();
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
    let mut seen: Vec<(usize, f32)> = Vec::new();
    let mut logits = vec![0.0_f32; classes + 1]; // the last: the others
    let open = supported(matrix, samples, &places, classes);
    let mut steps = 0;
    for round in 0..ROUNDS {
        for i in (1..order.len()).rev() {
            order.swap(i, dice.below(i + 1));
        }
        for batch in order.chunks(BATCH) {
            for &i in batch {
                let factor = LOGITS * 64.0 / (64 - DROPPED) as f32;
                let kept = matrix.rows[i].iter().filter(|_| dice.below(64) >= DROPPED);
                seen.clear();
                seen.extend(kept.map(|(c, v)| (*c as usize * classes, v * factor)));
                logits[..classes].copy_from_slice(&out.bias);
                logits[classes] = task.others.map_or(f32::MIN, |others| others[i]);
                for &(at, value) in &seen {
                    for (z, w) in logits.iter_mut().zip(&out.weights[at..at + classes]) {
                        *z += value * w;
                    }
                }
                share_out(&mut logits);
                let own = places.get(&samples[i].class).copied().unwrap_or(classes);
                logits[own] -= 1.0;
                let weight = samples[i].weight / batch.len() as f32;
                for (g, z) in bias_gradient.iter_mut().zip(&mut logits) {
                    *z *= weight;
                    *g += *z;
                }
                for &(at, value) in &seen {
                    for (g, z) in gradient[at..at + classes].iter_mut().zip(&logits) {
                        *g += value * z;
                    }
                }
            }
            steps += 1;
            let pace = Pace::new(round, steps);
            of_weights.step(&mut out.weights, &mut gradient, &pace, PULL);
            of_bias.step(&mut out.bias, &mut bias_gradient, &pace, 0.0);
            for (w, open) in out.weights.iter_mut().zip(&open) {
                *w = if *open { *w } else { 0.0 };
            }
        }
    }
    for b in &mut out.bias {
        *b /= LOGITS;
    }
    out
}

/// Which weights may be other than zero: an example of the class has the stem.
fn supported(
    matrix: &Matrix,
    samples: &[Sample],
    places: &BTreeMap<Class, usize>,
    classes: usize,
) -> Vec<bool> {
    let mut open = vec![false; matrix.columns * classes];
    for (row, sample) in matrix.rows.iter().zip(samples) {
        if let Some(own) = places.get(&sample.class) {
            for (column, _) in row {
                open[*column as usize * classes + own] = true;
            }
        }
    }
    open
}
