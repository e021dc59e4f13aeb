//! One linear classifier per class by dual coordinate descent (squared hinge loss, L2; Hsieh et al. 2008, as
//! liblinear does), for the bare matcher: it learns from few examples of few classes. Deterministic.

use crate::train::{Dice, Sample};
use matcher::Class;

/// Examples as sparse rows.
pub(crate) struct Matrix {
    /// Number of features: the columns.
    pub columns: usize,
    /// Column and value.
    pub rows: Vec<Vec<(u32, f32)>>,
}

/// How a classifier learns.
pub(crate) struct Learning {
    /// Loss against margin.
    pub cost: f32,
    /// How many times an example of the class counts: they are few.
    pub positives: f32,
}

/// One classifier: weights per column and, last, the bias.
fn classifier(matrix: &Matrix, samples: &[Sample], class: Class, learning: &Learning) -> Vec<f32> {
    const ROUNDS: usize = 25;
    const BIAS: f32 = 1.0;
    let columns = matrix.columns;
    let mut w = vec![0.0_f32; columns + 1];
    let mut alpha = vec![0.0_f32; samples.len()];
    let rows = &matrix.rows;
    let sign = |i: usize| {
        if samples[i].class == class {
            1.0_f32
        } else {
            -1.0
        }
    };
    let diagonal = |i: usize| {
        let factor = if samples[i].class == class {
            learning.positives
        } else {
            1.0
        };
        0.5 / (learning.cost * samples[i].weight * factor)
    };
    let squares: Vec<f32> = rows
        .iter()
        .map(|r| r.iter().map(|(_, v)| v * v).sum::<f32>() + BIAS * BIAS)
        .collect();
    let mut active: Vec<usize> = (0..samples.len()).collect();
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15 ^ (u64::from(class) << 20));
    let mut worst_before = f32::INFINITY;
    for _ in 0..ROUNDS {
        for i in (1..active.len()).rev() {
            active.swap(i, dice.below(i + 1));
        }
        let mut worst = 0.0_f32;
        let mut kept = 0;
        for at in 0..active.len() {
            let i = active[at];
            let y = sign(i);
            let row = &rows[i];
            let mut dot = w[columns] * BIAS;
            for (c, v) in row {
                dot += w[*c as usize] * v;
            }
            let gradient = y * dot - 1.0 + diagonal(i) * alpha[i];
            // Shrinking: a sample far on the right side stays out of the following rounds.
            if alpha[i] == 0.0 && gradient > worst_before.min(1.0) {
                continue;
            }
            active[kept] = i;
            kept += 1;
            let projected = if alpha[i] == 0.0 {
                gradient.min(0.0)
            } else {
                gradient
            };
            worst = worst.max(projected.abs());
            if projected != 0.0 {
                let old = alpha[i];
                alpha[i] = (old - gradient / (squares[i] + diagonal(i))).max(0.0);
                let step = (alpha[i] - old) * y;
                for (c, v) in row {
                    w[*c as usize] += step * v;
                }
                w[columns] += step * BIAS;
            }
        }
        active.truncate(kept);
        if worst < 0.05 || active.is_empty() {
            break;
        }
        worst_before = worst.max(0.1);
    }
    w
}

/// One classifier for each of the first `classes` classes, in order.
pub(crate) fn classifiers(
    matrix: &Matrix,
    samples: &[Sample],
    classes: Class,
    learning: &Learning,
    threads: usize,
) -> Vec<(Class, Vec<f32>)> {
    let next = std::sync::atomic::AtomicUsize::new(0);
    let mut fitted: Vec<(Class, Vec<f32>)> = std::thread::scope(|scope| {
        let handles: Vec<_> = (0..threads.max(1))
            .map(|_| {
                scope.spawn(|| {
                    let mut done = Vec::new();
                    loop {
                        let class = next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                        if class >= classes as usize {
                            return done;
                        }
                        let class = class as Class;
                        done.push((class, classifier(matrix, samples, class, learning)));
                    }
                })
            })
            .collect();
        handles
            .into_iter()
            .flat_map(|h| h.join().expect("training thread"))
            .collect()
    });
    fitted.sort_by_key(|(class, _)| *class);
    fitted
}
