//! A bare matcher, learnt from utterances alone, for measuring beside other programs. It has more features than
//! a bundle can carry: beside stems and compound parts also pairs of neighbouring stems and pieces of words. Two linear
//! models learn from them, support vector machines and a regression of all classes together; a score is a sum of both.

use crate::calibrate::{Seen, calibrate};
use crate::dense::regression;
use crate::svm::{Learning, Matrix, classifiers};
use crate::train::{Dice, Sample, Settings};
use bundle::Terms;
use matcher::{Calibration, Class, analyse, term_of};
use std::collections::BTreeMap;

/// Kinds of features: stems and compound parts, pairs of neighbouring stems, pieces of words.
const KINDS: usize = 3;
/// Length of each kind in an utterance.
const LENGTHS: [f32; KINDS] = [1.0, 0.8, 0.8];
/// Letters of a piece, blanks at both ends of a word included.
const PIECE: std::ops::RangeInclusive<usize> = 2..=5;
/// Loss against margin.
const COST: f32 = 1.0;
/// A logit of the regression in the unit of a margin.
const LOGIT: f32 = 0.2;
/// Parts of which each is scored by a matcher that has not seen it.
const FOLDS: usize = 4;
/// Share of such rows that may be passed, which sets when to answer.
const PASSED: f32 = 0.05;

/// What an utterance has, by kind and name.
type Row = [BTreeMap<String, f32>; KINDS];

fn row(terms: &Terms, text: &str) -> Row {
    let mut row = Row::default();
    let analysis = analyse(terms, text);
    for feature in &analysis.features {
        let name = feature
            .term
            .map_or_else(|| format!("?{}", feature.token), |term| term.to_string());
        *row[0].entry(name).or_default() += f32::from(feature.value) / 64.0;
    }
    let stems: Vec<String> = analysis
        .tokens
        .iter()
        .map(|t| term_of(&t.token, analysis.language))
        .collect();
    let edged: Vec<&str> = std::iter::once("^")
        .chain(stems.iter().map(String::as_str))
        .chain(std::iter::once("$"))
        .collect();
    for pair in edged.windows(2) {
        *row[1].entry(pair.join(" ")).or_default() += 1.0;
    }
    for token in &analysis.tokens {
        let letters: Vec<char> = format!(" {} ", token.token.word).chars().collect();
        for length in PIECE {
            for piece in letters.windows(length) {
                *row[2].entry(piece.iter().collect()).or_default() += 1.0;
            }
        }
    }
    for value in row[1..].iter_mut().flat_map(BTreeMap::values_mut) {
        *value = 1.0 + libm::logf(*value);
    }
    row
}

/// Numbers and weights of all features that the training rows have.
struct Space {
    /// Column and inverse document frequency.
    numbers: [BTreeMap<String, (u32, f32)>; KINDS],
    columns: usize,
    /// Inverse document frequency of what no training row has: it counts for the length, nothing else.
    rare: f32,
}

impl Space {
    fn new(rows: &[Row]) -> Self {
        let mut space = Space {
            numbers: Default::default(),
            columns: 0,
            rare: libm::logf(rows.len().max(1) as f32) + 1.0,
        };
        for kind in 0..KINDS {
            let mut seen: BTreeMap<&String, u32> = BTreeMap::new();
            for name in rows.iter().flat_map(|r| r[kind].keys()) {
                *seen.entry(name).or_default() += 1;
            }
            for (name, n) in seen {
                if name.starts_with('?') {
                    continue;
                }
                let idf = libm::logf((rows.len() + 1) as f32 / (n + 1) as f32) + 1.0;
                space.numbers[kind].insert(name.clone(), (space.columns as u32, idf));
                space.columns += 1;
            }
        }
        space
    }

    fn vector(&self, row: &Row) -> Vec<(u32, f32)> {
        let mut out = Vec::new();
        for ((kind, numbers), length) in row.iter().zip(&self.numbers).zip(LENGTHS) {
            let mut square = 0.0;
            let from = out.len();
            for (name, value) in kind {
                if let Some(&(column, idf)) = numbers.get(name) {
                    square += value * value * idf * idf;
                    out.push((column, value * idf));
                } else {
                    square += value * value * self.rare * self.rare;
                }
            }
            let factor = length / libm::sqrtf(square.max(1e-9));
            out[from..].iter_mut().for_each(|(_, v)| *v *= factor);
        }
        out
    }
}

/// The matcher.
pub struct Bare {
    terms: Terms,
    space: Space,
    /// Of both models together, by column, then by class; the last column is the bias.
    weights: Vec<f32>,
    classes: usize,
    calibration: Calibration,
    /// Answers from this confidence on.
    threshold: f32,
}

/// What it says.
pub struct Guess {
    /// Classes with confidence 0..=1, best first, at most five.
    pub top: Vec<(Class, f32)>,
    /// Whether it would answer.
    pub answered: bool,
}

impl Bare {
    /// Learns from `samples`, whose classes are all below `classes`. There are no rows that no class covers, so the
    /// confidence rests on the first score alone, and it answers unless that is lower than for most held-out rows.
    pub fn train(samples: &[Sample], classes: Class) -> Self {
        let mut dice = Dice(0x5851_f42d_4c95_7f2d);
        let fold_of: Vec<usize> = samples.iter().map(|_| dice.below(FOLDS)).collect();
        let mut seen = Vec::new();
        for fold in 0..FOLDS {
            let of = |held_out: bool| {
                let rows = samples.iter().zip(&fold_of);
                rows.filter(move |(_, f)| (**f == fold) == held_out)
                    .map(|(s, _)| s.clone())
            };
            let part = Self::fit(&of(false).collect::<Vec<_>>(), classes);
            seen.extend(of(true).map(|sample| {
                let mut ranked = part.scores(&part.features(&sample.text));
                ranked.truncate(8);
                Seen {
                    class: sample.class,
                    also: Vec::new(),
                    evidence: evidence(&ranked),
                    ranked,
                }
            }));
        }
        let mut bare = Self::fit(samples, classes);
        (bare.calibration, _) = calibrate(&seen, &[], classes);
        let mut held_out: Vec<f32> = seen.iter().map(|s| bare.certainty(&s.ranked)).collect();
        held_out.sort_unstable_by(f32::total_cmp);
        let place = (held_out.len() as f32 * PASSED) as usize;
        bare.threshold = held_out.get(place).copied().unwrap_or(0.0);
        bare
    }

    fn fit(samples: &[Sample], classes: Class) -> Self {
        let terms = crate::terms(samples.iter().map(|s| s.text.as_str()));
        let rows: Vec<Row> = samples.iter().map(|s| row(&terms, &s.text)).collect();
        let space = Space::new(&rows);
        let matrix = Matrix {
            columns: space.columns,
            rows: rows.iter().map(|r| space.vector(r)).collect(),
        };
        let all = Learning {
            cost: COST,
            positives: 1.0,
        };
        let count = classes as usize;
        let mut weights = regression(&matrix, samples, classes);
        weights.iter_mut().for_each(|w| *w *= LOGIT);
        let threads = Settings::default().threads;
        for (class, column_weights) in classifiers(&matrix, samples, classes, &all, threads) {
            for (column, weight) in column_weights.into_iter().enumerate() {
                weights[column * count + class as usize] += weight;
            }
        }
        Bare {
            terms,
            space,
            weights,
            classes: count,
            calibration: Calibration::default(),
            threshold: 0.0,
        }
    }

    /// What is known of `text`.
    fn features(&self, text: &str) -> Vec<(u32, f32)> {
        self.space.vector(&row(&self.terms, text))
    }

    /// Pieces of words are in any word; without one whole stem that is known there is nothing to answer.
    fn knows_a_stem(&self, features: &[(u32, f32)]) -> bool {
        let stems = self.space.numbers[0].len();
        features
            .iter()
            .any(|(column, _)| (*column as usize) < stems)
    }

    /// All classes with their scores, best first; ties by index.
    fn scores(&self, features: &[(u32, f32)]) -> Vec<(Class, f32)> {
        let of = |column: usize| &self.weights[column * self.classes..][..self.classes];
        let mut sums = of(self.space.columns).to_vec();
        for &(column, value) in features {
            for (sum, weight) in sums.iter_mut().zip(of(column as usize)) {
                *sum += value * weight;
            }
        }
        let mut ranked: Vec<(Class, f32)> = (0..).zip(sums).collect();
        ranked.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        ranked
    }

    fn certainty(&self, ranked: &[(Class, f32)]) -> f32 {
        let pairs = self.calibration.weights.iter().zip(evidence(ranked));
        1.0 / (1.0 + libm::expf(-pairs.map(|(w, e)| w * e).sum::<f32>()))
    }

    /// Ranks the classes for `text`.
    pub fn ask(&self, text: &str) -> Guess {
        let features = self.features(text);
        let ranked = self.scores(&features);
        let certainty = self.certainty(&ranked);
        let best = ranked.first().map_or(0.0, |r| r.1);
        let share = |score: f32| libm::expf((score - best) * self.calibration.sharpness);
        let behind: f32 = ranked.iter().skip(1).map(|r| share(r.1)).sum();
        let confidence = |place: usize, score: f32| match place {
            0 => certainty,
            _ => certainty.min((1.0 - certainty) * share(score) / behind),
        };
        let top = ranked.iter().take(5).enumerate();
        Guess {
            top: top.map(|(i, r)| (r.0, confidence(i, r.1))).collect(),
            answered: !ranked.is_empty()
                && self.knows_a_stem(&features)
                && certainty >= self.threshold,
        }
    }
}

/// What the calibration looks at: a constant and the first score.
fn evidence(ranked: &[(Class, f32)]) -> [f32; 6] {
    let first = ranked.first().map_or(-1.0, |r| r.1);
    [1.0, first, 0.0, 0.0, 0.0, 0.0]
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROWS: [(Class, &str); 9] = [
        (0, "hvad koster et pas"),
        (0, "hvad er prisen på et pas"),
        (0, "hvor dyrt er et nyt pas"),
        (1, "hvornår henter I affald"),
        (1, "hvornår kommer skraldebilen efter mit affald"),
        (1, "hvilken dag bliver skraldet hentet"),
        (2, "jeg skal flytte til en anden by"),
        (2, "hvordan melder jeg flytning"),
        (2, "vi flytter på lørdag"),
    ];

    fn learnt() -> Bare {
        let samples = ROWS.map(|(class, text)| Sample {
            class,
            text: text.to_string(),
            weight: 1.0,
            utterance: true,
        });
        Bare::train(&samples, 3)
    }

    #[test]
    fn the_intent_with_the_likest_examples_comes_first() {
        let bare = learnt();
        let cases = [
            (0, "hvad koster pas"),
            (0, "prisen på paset"),
            (1, "hvornår bliver affaldet hentet"),
            (1, "skralebilen"),
            (2, "jeg flyter på mandag"),
        ];
        for (class, text) in cases {
            let guess = bare.ask(text);
            assert_eq!(guess.top[0].0, class, "{text}");
            assert!(guess.top.is_sorted_by(|a, b| a.1 >= b.1), "{text}");
            assert!(
                guess.top.iter().all(|t| (0.0..=1.0).contains(&t.1)),
                "{text}"
            );
        }
    }

    #[test]
    fn an_utterance_without_anything_known_is_passed() {
        for text in ["", "xyzzy qwfp", "???"] {
            assert!(!learnt().ask(text).answered, "{text}");
        }
    }

    #[test]
    fn no_rows_and_no_classes_are_fine() {
        let guess = Bare::train(&[], 0).ask("hvad koster et pas");
        assert!(guess.top.is_empty() && !guess.answered);
    }
}
