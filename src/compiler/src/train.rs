//! Trains the matcher of a bundle: rows of features, weights (softmax.rs) in whole numbers, and the held-out
//! utterances on which confidence is calibrated. Deterministic: the same samples give the same model on every
//! machine. Figures in docs/matcher.md.

use crate::calibrate::Seen;
use crate::softmax::{self, Fitted, Task, learn};
use bundle::Terms;
use matcher::{Calibration, Class, Model, Posting, Thresholds, analyse, term_of};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

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
    /// Folds of cross-validation; 0 keeps the default calibration.
    pub folds: usize,
    /// Threads.
    pub threads: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
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

    /// A number from 0 to below `n`.
    pub(crate) fn below(&mut self, n: usize) -> usize {
        (self.next() % n as u64) as usize
    }
}

/// Trains all `classes`, without calibration.
fn fit(terms: &Terms, samples: &[Sample], classes: Class, settings: &Settings) -> Model<Terms> {
    let matrix = matrix(terms, samples, settings.threads);
    let all: Vec<Class> = (0..classes).collect();
    let task = Task {
        classes: &all,
        others: None,
    };
    let fitted = learn(&matrix, samples, &task);
    quantise(terms.clone(), &matrix, &fitted)
}

/// Levels on either side of zero: few levels compress well.
const LEVELS: f32 = 10.0;

/// A weight on the raw feature as a whole number.
fn level(value: f32, scale: f32) -> i8 {
    libm::roundf(value / scale).clamp(-LEVELS * 2.0, LEVELS * 2.0) as i8
}

/// A bias in 64ths of the scale.
fn bias_level(value: f32, scale: f32) -> i16 {
    libm::roundf(value / scale * 64.0).clamp(-32000.0, 32000.0) as i16
}

fn quantise(terms: Terms, matrix: &Matrix, fitted: &Fitted) -> Model<Terms> {
    let effects = || fitted.weights.chunks(fitted.classes).zip(&matrix.idf);
    let mut sizes: Vec<f32> = effects()
        .flat_map(|(row, idf)| row.iter().map(move |w| (w * idf).abs()))
        .filter(|size| *size > 1e-4)
        .collect();
    sizes.sort_unstable_by(|a, b| b.total_cmp(a));
    let scale = sizes.get(sizes.len() / 2000).copied().unwrap_or(1.0) / LEVELS;
    let mut starts = vec![0_u32];
    let mut postings = Vec::new();
    for (row, idf) in effects() {
        for (class, w) in row.iter().enumerate() {
            let weight = level(w * idf, scale);
            if weight != 0 {
                postings.push(Posting {
                    class: class as Class,
                    weight,
                });
            }
        }
        starts.push(postings.len() as u32);
    }
    let bias = fitted.bias.iter().map(|b| bias_level(*b, scale)).collect();
    Model {
        terms,
        classes: fitted.classes as u16,
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

/// Trains only `wanted` classes beside `fixed`, a model in which they have no weights yet, and in its unit: what a
/// kommune adds to the shared model.
pub(crate) fn columns(
    samples: &[Sample],
    wanted: &[Class],
    fixed: &Model<Terms>,
    settings: &Settings,
) -> Columns {
    let mut out = Columns {
        features: BTreeMap::new(),
        bias: Vec::new(),
    };
    if wanted.is_empty() {
        return out; // a kommune that only hides answers
    }
    let matrix = matrix(&fixed.terms, samples, settings.threads);
    let others: Vec<f32> = matrix
        .rows
        .iter()
        .map(|row| said_by_others(row, &matrix.idf, wanted, fixed))
        .collect();
    let task = Task {
        classes: wanted,
        others: Some(&others),
    };
    let fitted = learn(&matrix, samples, &task);
    let rows = fitted.weights.chunks(fitted.classes).zip(&matrix.idf);
    for (column, (row, idf)) in rows.enumerate() {
        for (&class, w) in wanted.iter().zip(row) {
            let weight = level(w * idf, fixed.scale);
            if weight != 0 {
                let postings = out.features.entry(column as u32).or_default();
                postings.push(Posting { class, weight });
            }
        }
    }
    let biases = wanted.iter().zip(&fitted.bias);
    out.bias
        .extend(biases.map(|(class, b)| (*class, bias_level(*b, fixed.scale))));
    out
}

/// Logarithm of the sum of the exponentials of what all classes but `wanted` say of an example.
fn said_by_others(row: &[(u32, f32)], idf: &[f32], wanted: &[Class], fixed: &Model<Terms>) -> f32 {
    let mut logits: Vec<f32> = fixed.bias.iter().map(|b| f32::from(*b) / 64.0).collect();
    for &(column, value) in row {
        for posting in fixed.postings(Some(column)) {
            logits[usize::from(posting.class)] +=
                value / idf[column as usize] * f32::from(posting.weight);
        }
    }
    let unit = softmax::LOGITS * fixed.scale;
    let others = logits.iter().enumerate();
    let sum: f32 = others
        .filter(|(class, _)| !wanted.contains(&(*class as Class)))
        .map(|(_, z)| libm::expf((z * unit).clamp(-60.0, 60.0)))
        .sum();
    libm::logf(sum.max(1e-20))
}

/// Trains and calibrates. `classes` counts the intents and "none of them" (the last).
pub fn train(
    terms: &Terms,
    samples: &[Sample],
    classes: Class,
    settings: &Settings,
) -> Model<Terms> {
    let fold_of = fold_of(samples, settings.folds);
    let next = AtomicUsize::new(0);
    let parts: Mutex<BTreeMap<usize, Part>> = Mutex::default();
    // The whole and every fold: each a model of its own, so any number of threads gives the same.
    std::thread::scope(|scope| {
        for _ in 0..settings.threads.clamp(1, settings.folds + 1) {
            scope.spawn(|| {
                loop {
                    let fold = next.fetch_add(1, Ordering::Relaxed);
                    if fold > settings.folds {
                        return;
                    }
                    let part = if fold == settings.folds {
                        Part::Whole(Box::new(fit(terms, samples, classes, settings)))
                    } else {
                        Part::HeldOut(held_out(terms, samples, &fold_of, fold, classes, settings))
                    };
                    parts.lock().expect("no thread panics").insert(fold, part);
                }
            });
        }
    });
    let (mut whole, mut seen) = (None, Vec::new());
    for part in parts.into_inner().expect("no thread panics").into_values() {
        match part {
            Part::Whole(model) => whole = Some(*model),
            Part::HeldOut(rows) => seen.extend(rows),
        }
    }
    let mut model = whole.expect("the last part");
    if settings.folds > 1 {
        (model.calibration, model.thresholds) = crate::calibrate::calibrate(&seen, classes - 1);
    }
    model
}

/// What one thread makes.
enum Part {
    Whole(Box<Model<Terms>>),
    HeldOut(Vec<Seen>),
}

/// The fold in which each utterance is held out; titles and words never are.
fn fold_of(samples: &[Sample], folds: usize) -> Vec<usize> {
    let mut dice = Dice(0x5851_f42d_4c95_7f2d);
    samples
        .iter()
        .map(|s| {
            if s.utterance && folds > 0 {
                dice.below(folds)
            } else {
                usize::MAX
            }
        })
        .collect()
}

/// Every utterance of a fold, scored by a model that has not seen it.
fn held_out(
    terms: &Terms,
    samples: &[Sample],
    fold_of: &[usize],
    fold: usize,
    classes: Class,
    settings: &Settings,
) -> Vec<Seen> {
    let (mut kept, mut asked) = (Vec::new(), Vec::new());
    for (sample, of) in samples.iter().zip(fold_of) {
        if *of == fold {
            asked.push(sample);
        } else {
            kept.push(sample.clone());
        }
    }
    let model = fit(terms, &kept, classes, settings);
    asked
        .into_iter()
        .map(|sample| {
            let ranking = matcher::rank(&model, &sample.text, &matcher::Context::default());
            let (evidence, _) = matcher::Ranking::evidence(&model, &sample.text);
            Seen {
                class: sample.class,
                evidence,
                ranked: ranking.hits.iter().map(|h| (h.class, h.score)).collect(),
            }
        })
        .collect()
}

/// Number of known words, for reports.
pub fn known_words(terms: &Terms) -> usize {
    terms.len()
}
