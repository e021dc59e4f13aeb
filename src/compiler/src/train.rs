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

/// A trial question, by class.
#[derive(Clone, Debug)]
pub struct Trial {
    /// The class it is about; "none of them" when no intent covers it.
    pub class: Class,
    /// Classes that are right as well.
    pub also: Vec<Class>,
    /// The question.
    pub text: String,
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
    /// The examples.
    pub rows: Vec<Row>,
    /// Factor from a weight on a column to a weight on the raw feature.
    pub idf: Vec<f32>,
}

/// An example as features.
pub(crate) struct Row {
    /// Known ones.
    pub features: Vec<Entry>,
    /// By sentence: the sum of the squares of all its values, unknown ones too.
    pub squares: Vec<f32>,
}

/// A feature of an example.
#[derive(Clone, Copy)]
pub(crate) struct Entry {
    /// Its stem.
    pub column: u32,
    /// Its sentence.
    pub sentence: u16,
    /// Value times inverse document frequency.
    pub value: f32,
    /// Value.
    pub raw: f32,
}

/// Mean of idf in a typical utterance; keeps scores near the unit.
const IDF_UNIT: f32 = 5.0;
/// Rare words learn faster than common ones, but not by all of their inverse document frequency.
const IDF_POWER: f32 = 0.7;

fn matrix(terms: &Terms, samples: &[Sample], threads: usize) -> Matrix {
    let chunk = samples.len().div_ceil(threads.max(1)).max(1);
    let mut rows: Vec<Row> = std::thread::scope(|scope| {
        let handles: Vec<_> = samples
            .chunks(chunk)
            .map(|part| {
                scope.spawn(move || {
                    part.iter()
                        .map(|s| row_of(terms, &s.text))
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
    for row in &rows {
        let mut own: Vec<u32> = row.features.iter().map(|f| f.column).collect();
        own.sort_unstable();
        own.dedup();
        for c in own {
            seen[c as usize] += 1;
        }
    }
    let total = samples.len() as f32;
    let idf: Vec<f32> = seen
        .iter()
        .map(|n| (libm::logf(total / (*n).max(1) as f32) + 1.0) / IDF_UNIT)
        .map(|idf| libm::powf(idf, IDF_POWER))
        .collect();
    for feature in rows.iter_mut().flat_map(|r| &mut r.features) {
        feature.value *= idf[feature.column as usize];
    }
    Matrix { columns, rows, idf }
}

/// Feature values of a text, by sentence; equal ones of a sentence added up.
fn row_of(terms: &Terms, text: &str) -> Row {
    let analysis = analyse(terms, text);
    let mut sums: BTreeMap<(u16, u32), u32> = BTreeMap::new();
    let mut squares = vec![0.0_f32; usize::from(analysis.sentences)];
    for feature in &analysis.features {
        if let Some(term) = feature.term {
            *sums.entry((feature.sentence, term)).or_default() += u32::from(feature.value);
        }
        let value = f32::from(feature.value);
        squares[usize::from(feature.sentence)] += value * value;
    }
    let features = sums.into_iter().map(|((sentence, column), value)| Entry {
        column,
        sentence,
        value: value as f32,
        raw: value as f32,
    });
    Row {
        features: features.collect(),
        squares,
    }
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

/// How many models, each with dice of its own, the weights of a bundle are the mean of. Dice alone move the score of a
/// question by a fifth of a word; the mean of three moves by about half of that.
const DRAWS: u64 = 3;

/// Trains all `classes`, without calibration: the mean of so many models.
fn fit(
    terms: &Terms,
    samples: &[Sample],
    classes: Class,
    settings: &Settings,
    draws: u64,
) -> Model<Terms> {
    let matrix = matrix(terms, samples, settings.threads);
    let all: Vec<Class> = (0..classes).collect();
    let task = Task {
        classes: &all,
        others: None,
        all: classes,
    };
    quantise(
        terms.clone(),
        &matrix,
        &learn_mean(&matrix, samples, &task, draws),
    )
}

/// The mean of what is learnt with so many dice.
fn learn_mean(matrix: &Matrix, samples: &[Sample], task: &Task, draws: u64) -> Fitted {
    let mut mean = learn(matrix, samples, task, 0);
    for draw in 1..draws {
        mean.add(&learn(matrix, samples, task, draw));
    }
    mean.divide(draws);
    mean
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
    let mut effects = fitted.weights.clone();
    for (column, idf) in matrix.idf.iter().enumerate() {
        for w in &mut effects[fitted.open.of(column)] {
            *w *= idf;
        }
    }
    let mut sizes: Vec<f32> = effects.iter().map(|w| w.abs()).collect();
    sizes.retain(|size| *size > 1e-4);
    sizes.sort_unstable_by(|a, b| b.total_cmp(a));
    let scale = sizes.get(sizes.len() / 2000).copied().unwrap_or(1.0) / LEVELS;
    let mut starts = vec![0_u32];
    let mut postings = Vec::new();
    for column in 0..matrix.columns {
        for at in fitted.open.of(column) {
            let weight = level(effects[at], scale);
            if weight != 0 {
                postings.push(Posting {
                    class: fitted.open.classes[at],
                    weight,
                });
            }
        }
        starts.push(postings.len() as u32);
    }
    let bias = fitted.bias.iter().map(|b| bias_level(*b, scale)).collect();
    Model {
        terms,
        classes: fitted.bias.len() as u16,
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
        .map(|row| said_by_others(row, wanted, fixed))
        .collect();
    let task = Task {
        classes: wanted,
        others: Some(&others),
        all: fixed.classes,
    };
    let fitted = learn_mean(&matrix, samples, &task, DRAWS);
    for (column, idf) in matrix.idf.iter().enumerate() {
        for at in fitted.open.of(column) {
            let class = wanted[usize::from(fitted.open.classes[at])];
            let weight = level(fitted.weights[at] * idf, fixed.scale);
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
fn said_by_others(row: &Row, wanted: &[Class], fixed: &Model<Terms>) -> f32 {
    let mut logits: Vec<f32> = fixed.bias.iter().map(|b| f32::from(*b) / 64.0).collect();
    let norm = row.squares.iter().sum::<f32>().max(1.0).sqrt();
    for feature in &row.features {
        for posting in fixed.postings(Some(feature.column)) {
            logits[usize::from(posting.class)] += feature.raw / norm * f32::from(posting.weight);
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

/// Trains on `samples` and calibrates; `trials` are questions nothing is learnt from, for the height of the confidence.
/// `classes` counts the intents and "none of them" (the last).
pub fn train(
    terms: &Terms,
    samples: &[Sample],
    trials: &[Trial],
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
                    // The whole first: it takes longest.
                    let taken = next.fetch_add(1, Ordering::Relaxed);
                    let Some(fold) = settings.folds.checked_sub(taken) else {
                        return;
                    };
                    let part = if fold == settings.folds {
                        Part::Whole(Box::new(fit(terms, samples, classes, settings, DRAWS)))
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
        let asked = trials.iter();
        let asked: Vec<Seen> = asked
            .map(|t| ask(&model, t.class, &t.also, &t.text))
            .collect();
        (model.calibration, model.thresholds) =
            crate::calibrate::calibrate(&seen, &asked, classes - 1);
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
    let model = fit(terms, &kept, classes, settings, 1);
    let asked = asked.into_iter();
    asked.map(|s| ask(&model, s.class, &[], &s.text)).collect()
}

/// What `model` makes of a question about `class`.
fn ask(model: &Model<Terms>, class: Class, also: &[Class], text: &str) -> Seen {
    let ranking = matcher::rank(model, text, &matcher::Context::default());
    let (evidence, _) = matcher::Ranking::evidence(model, text);
    Seen {
        class,
        also: also.to_vec(),
        evidence,
        ranked: ranking.hits.iter().map(|h| (h.class, h.score)).collect(),
    }
}

/// Number of known words, for reports.
pub fn known_words(terms: &Terms) -> usize {
    terms.len()
}
