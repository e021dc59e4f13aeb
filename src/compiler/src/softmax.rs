//! Multinomial logistic regression for the bundle's matcher: all classes are learnt together, so that sister intents
//! share out their words between them. Adam on small batches, features dropped at random so that no single word
//! decides alone, sentences of strangers' stories mixed in so that circumstances decide nothing, and only stems that one
//! of its own examples has may speak for or against a class: weights on foreign words cost bytes. Deterministic: one
//! thread for one model, the same sums in the same order everywhere. Figures in docs/matcher.md.

use crate::train::{Dice, Matrix, Sample};
use core::ops::Range;
use matcher::Class;
use std::collections::BTreeMap;

/// Rounds over all examples.
const ROUNDS: usize = 24;
/// Examples between two steps.
const BATCH: usize = 1024;
/// First step; it falls to nothing along a cosine.
const STEP: f32 = 0.03;
/// Pull of every weight towards zero.
const PULL: f32 = 2.5e-5;
/// Share of features left out at each look at an example, in 1/64.
const DROPPED: usize = 19;
/// Texts of up to this many features keep them all: "hvornår har I åbent" without "åbent" asks something else, and one
/// learnt without its words would leave in doubt even the example itself.
const SHORT: usize = 6;
/// Share of looks at an utterance of one or two sentences that have a sentence or two of other stories in them, in 1/64.
const MIXED: usize = 12;
/// Share of the certainty that is spread over all classes: the last doubt is not worth a large weight.
const DOUBT: f32 = 0.03;
/// Logits per unit of score: keeps scores in the unit of "one full word".
pub(crate) const LOGITS: f32 = 4.0;

/// What was learnt: scores are sums of weights, and `LOGITS` times a score is a logit.
pub(crate) struct Fitted {
    /// Which weights there are.
    pub open: Open,
    /// Their values.
    pub weights: Vec<f32>,
    /// By class.
    pub bias: Vec<f32>,
}

impl Fitted {
    /// Adds what was learnt from the same examples with other dice.
    pub(crate) fn add(&mut self, other: &Fitted) {
        let own = self.weights.iter_mut().chain(&mut self.bias);
        for (value, more) in own.zip(other.weights.iter().chain(&other.bias)) {
            *value += more;
        }
    }

    /// Turns the sum of `count` into their mean.
    pub(crate) fn divide(&mut self, count: u64) {
        for value in self.weights.iter_mut().chain(&mut self.bias) {
            *value /= count as f32;
        }
    }
}

/// The weights that may be other than zero: an example of the class has the stem.
pub(crate) struct Open {
    /// Where a column begins, and one entry more.
    starts: Vec<usize>,
    /// Place of the class of each weight.
    pub classes: Vec<u16>,
}

impl Open {
    fn new(matrix: &Matrix, samples: &[Sample], places: &BTreeMap<Class, usize>) -> Self {
        let mut pairs: Vec<(u32, u16)> = Vec::new();
        for (row, sample) in matrix.rows.iter().zip(samples) {
            if let Some(own) = places.get(&sample.class) {
                pairs.extend(row.features.iter().map(|f| (f.column, *own as u16)));
            }
        }
        pairs.sort_unstable();
        pairs.dedup();
        let mut starts = vec![0; matrix.columns + 1];
        for (column, _) in &pairs {
            starts[*column as usize + 1] += 1;
        }
        for column in 0..matrix.columns {
            starts[column + 1] += starts[column];
        }
        Open {
            starts,
            classes: pairs.into_iter().map(|(_, class)| class).collect(),
        }
    }

    /// The weights of a column.
    pub(crate) fn of(&self, column: usize) -> Range<usize> {
        self.starts[column]..self.starts[column + 1]
    }
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
pub(crate) fn share_out(logits: &mut [f32]) {
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
    /// Number of all classes. The last is "none of them".
    pub all: Class,
}

/// Sentences that stand before the last one in stories: the circumstances, seldom the question.
struct Circumstances {
    /// Example and sentence.
    places: Vec<(usize, u16)>,
}

impl Circumstances {
    /// None where the others' part is given: it is known of examples as they are.
    fn new(matrix: &Matrix, samples: &[Sample], task: &Task) -> Self {
        let mut places = Vec::new();
        let stories = matrix.rows.iter().zip(samples).enumerate();
        for (at, (row, sample)) in stories {
            if sample.class + 1 != task.all && task.others.is_none() {
                let before = row.squares.len().saturating_sub(1) as u16;
                places.extend((0..before).map(|sentence| (at, sentence)));
            }
        }
        Circumstances { places }
    }

    /// Puts sentences of other intents' stories into some looks at `i`; gives the sum of all squares.
    fn mix(&self, i: usize, samples: &[Sample], matrix: &Matrix, look: &mut Look) -> f32 {
        let own = &samples[i];
        let row = &matrix.rows[i];
        let mut square: f32 = row.squares.iter().sum();
        let fits = own.utterance && own.class + 1 != look.all && row.squares.len() < 3;
        if fits && !self.places.is_empty() && look.dice.below(64) < MIXED {
            for _ in 0..=look.dice.below(2) {
                let (story, sentence) = self.places[look.dice.below(self.places.len())];
                if samples[story].class != own.class {
                    let story = &matrix.rows[story];
                    square += story.squares[usize::from(sentence)];
                    let features = story.features.iter();
                    let of = features.filter(|f| f.sentence == sentence);
                    look.seen.extend(of.map(|f| (f.column, f.value)));
                }
            }
        }
        square
    }
}

/// One look at an example.
struct Look {
    dice: Dice,
    /// Column and value.
    seen: Vec<(u32, f32)>,
    /// Number of all classes.
    all: Class,
}

/// Learns. Another `draw` throws other dice.
pub(crate) fn learn(matrix: &Matrix, samples: &[Sample], task: &Task, draw: u64) -> Fitted {
    let classes = task.classes.len();
    let mut places = BTreeMap::new();
    places.extend(
        task.classes
            .iter()
            .enumerate()
            .map(|(at, class)| (*class, at)),
    );
    let open = Open::new(matrix, samples, &places);
    let circumstances = Circumstances::new(matrix, samples, task);
    let mut weights = vec![0.0_f32; open.classes.len()];
    let mut bias = vec![0.0_f32; classes];
    let mut gradient = vec![0.0_f32; weights.len()];
    let mut bias_gradient = vec![0.0_f32; classes];
    let mut of_weights = Adam::new(weights.len());
    let mut of_bias = Adam::new(classes);
    let mut order: Vec<usize> = (0..samples.len()).collect();
    let mut look = Look {
        dice: Dice(0x9e37_79b9_7f4a_7c15 ^ (draw << 40)),
        seen: Vec::new(),
        all: task.all,
    };
    let mut logits = vec![0.0_f32; classes + 1]; // the last: the others
    let doubt = DOUBT / f32::from(task.all);
    let mut steps = 0;
    for round in 0..ROUNDS {
        for i in (1..order.len()).rev() {
            order.swap(i, look.dice.below(i + 1));
        }
        for batch in order.chunks(BATCH) {
            for &i in batch {
                look.seen.clear();
                let own = matrix.rows[i].features.iter();
                look.seen.extend(own.map(|f| (f.column, f.value)));
                let square = circumstances.mix(i, samples, matrix, &mut look);
                let Look { dice, seen, .. } = &mut look;
                let dropped = if seen.len() > SHORT { DROPPED } else { 0 };
                seen.retain(|_| dice.below(64) >= dropped);
                let factor = LOGITS * 64.0 / (64 - dropped) as f32 / square.max(1.0).sqrt();
                for (_, value) in &mut *seen {
                    *value *= factor;
                }
                logits[..classes].copy_from_slice(&bias);
                logits[classes] = task.others.map_or(f32::MIN, |others| others[i]);
                for &(column, value) in &*seen {
                    let at = open.of(column as usize);
                    for (class, w) in open.classes[at.clone()].iter().zip(&weights[at]) {
                        logits[usize::from(*class)] += value * w;
                    }
                }
                share_out(&mut logits);
                for z in &mut logits[..classes] {
                    *z -= doubt;
                }
                let own = places.get(&samples[i].class).copied().unwrap_or(classes);
                logits[own] -= 1.0 - DOUBT;
                let weight = samples[i].weight / batch.len() as f32;
                for (g, z) in bias_gradient.iter_mut().zip(&mut logits) {
                    *z *= weight;
                    *g += *z;
                }
                for &(column, value) in &*seen {
                    let at = open.of(column as usize);
                    for (class, g) in open.classes[at.clone()].iter().zip(&mut gradient[at]) {
                        *g += value * logits[usize::from(*class)];
                    }
                }
            }
            steps += 1;
            let pace = Pace::new(round, steps);
            of_weights.step(&mut weights, &mut gradient, &pace, PULL);
            of_bias.step(&mut bias, &mut bias_gradient, &pace, 0.0);
        }
    }
    for b in &mut bias {
        *b /= LOGITS;
    }
    Fitted {
        open,
        weights,
        bias,
    }
}
