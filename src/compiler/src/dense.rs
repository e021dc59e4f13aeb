//! Multinomial logistic regression with a weight for every feature and class, for the bare matcher: stochastic gradient
//! descent whose step falls along a cosine. Deterministic: one thread, the same sums in the same order everywhere.

use crate::softmax::share_out;
use crate::svm::Matrix;
use crate::train::{Dice, Sample};
use matcher::Class;

/// Looks at every example.
const ROUNDS: usize = 30;
/// First step.
const STEP: f32 = 2.0;
/// Loss against length of the weights, in the unit of scikit-learn's `C`.
const COST: f32 = 20.0;

/// Weights by column, then by class below `classes`; the last column is the bias, which nothing pulls to zero.
pub(crate) fn regression(matrix: &Matrix, samples: &[Sample], classes: Class) -> Vec<f32> {
    let count = usize::from(classes);
    let mut weights = vec![0.0_f32; (matrix.columns + 1) * count];
    let mut order: Vec<usize> = (0..samples.len()).collect();
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
    let all = ROUNDS * samples.len();
    // Weights are kept as `weights * length`: so the pull is one number, not a pass over all of them.
    let mut length = 1.0_f32;
    let mut logits = vec![0.0_f32; count];
    for round in 0..ROUNDS {
        for i in (1..order.len()).rev() {
            order.swap(i, dice.below(i + 1));
        }
        for (at, &i) in order.iter().enumerate() {
            let part = (round * order.len() + at) as f32 / all as f32;
            let step = STEP * 0.5 * (1.0 + libm::cosf(part * core::f32::consts::PI));
            let row = &matrix.rows[i];
            let (features, bias) = weights.split_at_mut(matrix.columns * count);
            logits.fill(0.0);
            for &(column, value) in row {
                let of = &features[column as usize * count..][..count];
                for (z, w) in logits.iter_mut().zip(of) {
                    *z += value * w;
                }
            }
            for (z, b) in logits.iter_mut().zip(&*bias) {
                *z = *z * length + b;
            }
            share_out(&mut logits);
            logits[usize::from(samples[i].class)] -= 1.0;
            length *= 1.0 - step / (COST * samples.len() as f32);
            let unit = step * samples[i].weight;
            for &(column, value) in row {
                let of = &mut features[column as usize * count..][..count];
                for (w, z) in of.iter_mut().zip(&logits) {
                    *w -= unit * value / length * z;
                }
            }
            for (b, z) in bias.iter_mut().zip(&logits) {
                *b -= unit * z;
            }
        }
    }
    for w in &mut weights[..matrix.columns * count] {
        *w *= length;
    }
    weights
}
