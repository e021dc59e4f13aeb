//! Trains the matcher: one linear classifier per class by dual coordinate descent (squared hinge
//! loss, L2; Hsieh et al. 2008, as liblinear does), then prunes and quantises. Deterministic: the same
//! samples give the same model on every machine. Figures in docs/matcher.md.

use bundle::Terms;
use matcher::{Calibration, Class, Model, Posting, Thresholds, analyse, term_of};
use std::collections::{BTreeMap, BTreeSet};

/// A training text.
#[derive(Clone, Debug)]
pub struct Sample {
    /// The class it belongs to.
    pub class: Class,
    /// The text.
    pub text: String,
    /// How much it counts; 1.0 for a whole utterance.
    pub weight: f32,
    /// A citizen's utterance (used for cross-validation), not a list of words or a title.
    pub utterance: bool,
}

/// What training may spend.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// Weights kept per class on average.
    pub postings_per_class: usize,
    /// Loss against margin.
    pub cost: f32,
    /// Folds of cross-validation; 0 keeps the default calibration.
    pub folds: usize,
    /// Threads.
    pub threads: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            postings_per_class: 400,
            cost: 0.6,
            folds: 4,
            threads: std::thread::available_parallelism().map_or(2, usize::from),
        }
    }
}

/// Known stems of the samples.
pub fn terms<'t>(texts: impl Iterator<Item = &'t str>) -> Terms {
    let mut stems: BTreeSet<String> = BTreeSet::new();
    for text in texts {
        let tokens = text::tokenize(text);
        let language = text::guess_language(&tokens);
        stems.extend(
            tokens
                .iter()
                .map(|t| term_of(t, language))
                .filter(|t| t.len() <= 32 && !t.is_empty()),
        );
    }
    Terms::build(stems.iter().map(String::as_str)).expect("a set ascends")
}

/// Sparse rows.
pub(crate) struct Matrix {
    /// Number of stems: the columns.
    pub columns: usize,
    /// Column and value.
    pub rows: Vec<Vec<(u32, f32)>>,
    /// Factor from a weight on a column to a weight on the raw feature.
    pub idf: Vec<f32>,
}

/// Mean of idf in a typical utterance; keeps scores near the unit.
const IDF_UNIT: f32 = 5.0;

fn matrix(terms: &Terms, samples: &[Sample], threads: usize) -> Matrix {
    let chunk = samples.len().div_ceil(threads.max(1)).max(1);
    let raw: Vec<Vec<(u32, f32)>> = std::thread::scope(|scope| {
        let handles: Vec<_> = samples
            .chunks(chunk)
            .map(|part| {
                scope.spawn(move || {
                    part.iter()
                        .map(|s| raw_row(terms, &s.text))
                        .collect::<Vec<_>>()
                })
            })
            .collect();
        handles
            .into_iter()
            .flat_map(|h| h.join().expect("feature thread"))
            .collect()
    });
    let columns = terms.len();
    let mut seen = vec![0_u32; columns];
    for (term, _) in raw.iter().flatten() {
        seen[*term as usize] += 1;
    }
    let total = samples.len() as f32;
    let idf: Vec<f32> = seen
        .iter()
        .map(|n| (libm::logf(total / (*n).max(1) as f32) + 1.0) / IDF_UNIT)
        .collect();
    let rows = raw
        .into_iter()
        .map(|row| {
            row.into_iter()
                .map(|(c, v)| (c, v * idf[c as usize]))
                .collect()
        })
        .collect();
    Matrix { columns, rows, idf }
}

/// Feature values of a text, divided by the norm that matching uses; equal keys added up.
fn raw_row(terms: &Terms, text: &str) -> Vec<(u32, f32)> {
    let analysis = analyse(terms, text);
    let mut sums: BTreeMap<u32, u32> = BTreeMap::new();
    let mut square = 0_u32;
    for feature in &analysis.features {
        if let Some(term) = feature.term {
            *sums.entry(term).or_default() += u32::from(feature.value);
        }
        square += u32::from(feature.value) * u32::from(feature.value);
    }
    let norm = libm::sqrtf(square.max(1) as f32);
    sums.into_iter()
        .map(|(k, v)| (k, v as f32 / norm))
        .collect()
}

/// xorshift: a permutation that is the same everywhere.
pub(crate) struct Dice(pub u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    pub(crate) fn below(&mut self, n: usize) -> usize {
        (self.next() % n as u64) as usize
    }
}

/// How a classifier learns.
pub(crate) struct Learning {
    /// Loss against margin.
    pub cost: f32,
    /// How many times an example of the class counts: they are few.
    pub positives: f32,
    /// Only features that some example of the class has may speak for or against it: negative weights
    /// on foreign words cost bytes and hurt on unseen questions.
    pub supported: bool,
}

impl Learning {
    /// For a bundle.
    fn bundled(settings: &Settings) -> Self {
        Learning {
            cost: settings.cost,
            positives: 3.0,
            supported: true,
        }
    }
}

/// One classifier: weights per column and, last, the bias.
fn classifier(matrix: &Matrix, samples: &[Sample], class: Class, learning: &Learning) -> Vec<f32> {
    const ROUNDS: usize = 25;
    const BIAS: f32 = 1.0;
    let columns = matrix.columns;
    let mut w = vec![0.0_f32; columns + 1];
    let mut alpha = vec![0.0_f32; samples.len()];
    let mut support = vec![!learning.supported; columns];
    for (row, sample) in matrix.rows.iter().zip(samples) {
        if sample.class == class {
            row.iter().for_each(|(c, _)| support[*c as usize] = true);
        }
    }
    let rows: Vec<Vec<(u32, f32)>> = matrix
        .rows
        .iter()
        .map(|r| {
            r.iter()
                .filter(|(c, _)| support[*c as usize])
                .copied()
                .collect()
        })
        .collect();
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

/// Trains classifiers for all `classes`, without calibration.
fn fit(terms: &Terms, samples: &[Sample], classes: Class, settings: &Settings) -> Model<Terms> {
    let matrix = matrix(terms, samples, settings.threads);
    let learning = Learning::bundled(settings);
    let fitted = classifiers(&matrix, samples, classes, &learning, settings.threads);
    quantise(terms.clone(), &matrix, &fitted, settings)
}

/// Levels on either side of zero: few levels compress well.
const LEVELS: f32 = 10.0;

fn quantise(
    terms: Terms,
    matrix: &Matrix,
    fitted: &[(Class, Vec<f32>)],
    settings: &Settings,
) -> Model<Terms> {
    let mut sizes: Vec<f32> = Vec::new();
    for (_, w) in fitted {
        sizes.extend(
            w[..matrix.columns]
                .iter()
                .zip(&matrix.idf)
                .map(|(w, idf)| (w * idf).abs())
                .filter(|v| *v > 1e-4),
        );
    }
    let keep = (settings.postings_per_class * fitted.len()).min(sizes.len().saturating_sub(1));
    let (mut floor, mut ceiling) = (0.0, 1.0);
    if !sizes.is_empty() {
        sizes.sort_unstable_by(|a, b| b.total_cmp(a));
        floor = sizes[keep];
        ceiling = sizes[sizes.len() / 2000];
    }
    let scale = ceiling / LEVELS;
    let mut starts = vec![0_u32];
    let mut postings = Vec::new();
    for column in 0..matrix.columns {
        for (class, w) in fitted {
            let value = w[column] * matrix.idf[column];
            let weight = libm::roundf(value / scale).clamp(-LEVELS * 2.0, LEVELS * 2.0) as i8;
            if value.abs() >= floor && weight != 0 {
                postings.push(Posting {
                    class: *class,
                    weight,
                });
            }
        }
        starts.push(postings.len() as u32);
    }
    let bias = fitted
        .iter()
        .map(|(_, w)| {
            libm::roundf(w[matrix.columns] / scale * 64.0).clamp(-32000.0, 32000.0) as i16
        })
        .collect();
    Model {
        terms,
        classes: fitted.len() as u16,
        starts,
        postings,
        bias,
        scale,
        calibration: Calibration {
            weights: [-1.0, 2.0, 3.0, 0.0, 1.0, 0.5],
            sharpness: 4.0,
        },
        thresholds: Thresholds::default(),
    }
}

/// Columns of some classes, quantised like another model.
pub(crate) struct Columns {
    /// Postings by number of the stem.
    pub features: BTreeMap<u32, Vec<Posting>>,
    /// Bias by class.
    pub bias: Vec<(Class, i16)>,
}

/// Trains only `wanted` classes, in the unit of `like`: what a kommune adds to the shared model.
pub(crate) fn columns(
    terms: &Terms,
    samples: &[Sample],
    wanted: &[Class],
    like: &Model<Terms>,
    settings: &Settings,
) -> Columns {
    let matrix = matrix(terms, samples, settings.threads);
    let learning = Learning::bundled(settings);
    let mut out = Columns {
        features: BTreeMap::new(),
        bias: Vec::new(),
    };
    for &class in wanted {
        let w = classifier(&matrix, samples, class, &learning);
        let mut sizes: Vec<f32> = w[..matrix.columns]
            .iter()
            .zip(&matrix.idf)
            .map(|(w, idf)| (w * idf).abs())
            .collect();
        sizes.sort_unstable_by(|a, b| b.total_cmp(a));
        let floor = sizes
            .get(settings.postings_per_class)
            .copied()
            .unwrap_or(0.0);
        for (column, (w, idf)) in w.iter().zip(&matrix.idf).enumerate() {
            let value = w * idf;
            let weight = libm::roundf(value / like.scale).clamp(-LEVELS * 2.0, LEVELS * 2.0) as i8;
            if value.abs() >= floor && weight != 0 {
                out.features
                    .entry(column as u32)
                    .or_default()
                    .push(Posting { class, weight });
            }
        }
        out.bias.push((
            class,
            libm::roundf(w[matrix.columns] / like.scale * 64.0).clamp(-32000.0, 32000.0) as i16,
        ));
    }
    out
}

/// Trains and calibrates. `classes` counts the intents and "none of them" (the last).
pub fn train(
    terms: &Terms,
    samples: &[Sample],
    classes: Class,
    settings: &Settings,
) -> Model<Terms> {
    let mut model = fit(terms, samples, classes, settings);
    if settings.folds > 1 {
        let seen = held_out(terms, samples, classes, settings);
        (model.calibration, model.thresholds) = crate::calibrate::calibrate(&seen, classes - 1);
    }
    model
}

/// Every utterance scored by a model that has not seen it.
fn held_out(
    terms: &Terms,
    samples: &[Sample],
    classes: Class,
    settings: &Settings,
) -> Vec<crate::calibrate::Seen> {
    let mut dice = Dice(0x5851_f42d_4c95_7f2d);
    let fold_of: Vec<usize> = samples
        .iter()
        .map(|s| {
            if s.utterance {
                dice.below(settings.folds)
            } else {
                usize::MAX
            }
        })
        .collect();
    let mut seen = Vec::new();
    for fold in 0..settings.folds {
        let kept: Vec<Sample> = samples
            .iter()
            .zip(&fold_of)
            .filter(|(_, f)| **f != fold)
            .map(|(s, _)| s.clone())
            .collect();
        let model = fit(terms, &kept, classes, settings);
        for (sample, _) in samples.iter().zip(&fold_of).filter(|(_, f)| **f == fold) {
            let ranking = matcher::rank(&model, &sample.text, &matcher::Context::default());
            let (evidence, _) = matcher::Ranking::evidence(&model, &sample.text);
            seen.push(crate::calibrate::Seen {
                class: sample.class,
                evidence,
                ranked: ranking.hits.iter().map(|h| (h.class, h.score)).collect(),
            });
        }
    }
    seen
}

/// Number of known words, for reports.
pub fn known_words(terms: &Terms) -> usize {
    terms.len()
}
