//! Is a confidence of 0.8 right in 8 of 10 cases, and does it tell questions that the knowledge covers from others? Reliability
//! by bins, expected calibration error and area under the curve, for `eval`. Counts only; what is asked stands in eval.rs.

use crate::plot::{Axis, Line, svg};
use crate::say::say;
use serde_json::{Value, json};

/// The topic about the conversation itself: its intents cover no errand.
const META: &str = "smalltalk-meta/";
/// Bins of equal width.
const BINS: usize = 10;

/// What was asked so far.
#[derive(Default)]
pub(crate) struct Reliability {
    /// Confidence of the first intent, and whether it was right.
    firsts: Vec<(f64, bool)>,
    /// The best confidence outside small talk for questions that an errand covers, and for those that none does.
    covered: Vec<f64>,
    uncovered: Vec<f64>,
}

/// Questions of like confidence.
#[derive(Clone, Copy, Default)]
struct Bin {
    rows: usize,
    confidence: f64,
    right: usize,
}

impl Bin {
    fn mean(&self) -> f64 {
        self.confidence / self.rows.max(1) as f64
    }

    fn right(&self) -> f64 {
        self.right as f64 / self.rows.max(1) as f64
    }
}

impl Reliability {
    /// One question: the intent expected (`None` when none covers it), the best intents with their confidence, and which of
    /// them would be right.
    pub(crate) fn add(
        &mut self,
        expected: Option<&str>,
        top: &[(String, f32)],
        fits: impl Fn(&String) -> bool,
    ) {
        if let Some((id, confidence)) = top.first() {
            self.firsts.push((f64::from(*confidence), fits(id)));
        }
        let errand = top.iter().find(|(id, _)| !id.starts_with(META));
        let errand = errand.map_or(0.0, |(_, confidence)| f64::from(*confidence));
        match expected {
            None => self.uncovered.push(errand),
            Some(id) if !id.starts_with(META) => self.covered.push(errand),
            Some(_) => {}
        }
    }

    fn bins(&self) -> [Bin; BINS] {
        let mut bins = [Bin::default(); BINS];
        for &(confidence, right) in &self.firsts {
            let bin = &mut bins[((confidence * BINS as f64) as usize).min(BINS - 1)];
            bin.rows += 1;
            bin.confidence += confidence;
            bin.right += usize::from(right);
        }
        bins
    }

    /// How far confidence and share right lie apart, each bin by its share of the questions. 0 is perfect.
    fn calibration_error(&self) -> f64 {
        let all = self.firsts.len().max(1) as f64;
        let apart = |bin: &Bin| bin.rows as f64 / all * (bin.mean() - bin.right()).abs();
        self.bins().iter().map(apart).sum()
    }

    /// The chance that a covered question has more confidence than one that is not; ties count half. 0.5 is blind.
    fn area(&self) -> f64 {
        let mut all: Vec<(f64, bool)> = self.covered.iter().map(|c| (*c, true)).collect();
        all.extend(self.uncovered.iter().map(|c| (*c, false)));
        all.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
        let (mut below, mut won) = (0.0, 0.0);
        for equal in all.chunk_by(|a, b| a.0.total_cmp(&b.0).is_eq()) {
            let covered = equal.iter().filter(|row| row.1).count() as f64;
            let uncovered = equal.len() as f64 - covered;
            won += covered * (below + uncovered / 2.0);
            below += uncovered;
        }
        won / (self.covered.len() * self.uncovered.len()).max(1) as f64
    }

    pub(crate) fn json(&self) -> Value {
        let bins: Vec<Value> = self
            .bins()
            .iter()
            .map(|bin| json!({"rows": bin.rows, "confidence": bin.mean(), "right": bin.right()}))
            .collect();
        json!({"ece": self.calibration_error(), "auroc": self.area(), "bins": bins})
    }

    /// One line for the report.
    pub(crate) fn line(&self) -> String {
        format!(
            "expected calibration error {:.3}, area under the curve for what no errand covers {:.3}",
            self.calibration_error(),
            self.area()
        )
    }

    /// Prints the bins as Markdown.
    pub(crate) fn print(&self) {
        say!(
            "\n| confidence | share of questions | mean confidence | share right |\n| --- | ---: | ---: | ---: |"
        );
        let all = self.firsts.len().max(1) as f64;
        for (i, bin) in self
            .bins()
            .iter()
            .enumerate()
            .filter(|(_, bin)| bin.rows > 0)
        {
            let (from, to) = (i as f64 / BINS as f64, (i + 1) as f64 / BINS as f64);
            say!(
                "| {from:.1} to {to:.1} | {:.1} % | {:.2} | {:.2} |",
                bin.rows as f64 * 100.0 / all,
                bin.mean(),
                bin.right()
            );
        }
        say!("\n{} questions: {}", self.firsts.len(), self.line());
    }

    /// The reliability diagram.
    pub(crate) fn svg(&self, title: &str) -> String {
        let axis = |label| Axis {
            label,
            ticks: (0..=5)
                .map(|i| (f64::from(i) / 5.0, format!("{:.1}", f64::from(i) / 5.0)))
                .collect(),
            log: false,
        };
        let bins = self.bins();
        // A bin of a handful of questions says nothing.
        let told = bins.iter().filter(|bin| bin.rows >= 5);
        let lines = [
            Line {
                name: "ours",
                points: told.map(|bin| (bin.mean(), bin.right())).collect(),
                aid: false,
            },
            Line {
                name: "perfect",
                points: vec![(0.0, 0.0), (1.0, 1.0)],
                aid: true,
            },
        ];
        svg(
            title,
            &axis("mean confidence of the first intent"),
            &axis("share right"),
            &lines,
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What was expected, and what was said with which confidence.
    type Asked<'a> = (Option<&'a str>, &'a [(&'a str, f32)]);

    fn of(rows: &[Asked]) -> Reliability {
        let mut all = Reliability::default();
        for (expected, top) in rows {
            let top: Vec<(String, f32)> =
                top.iter().map(|(id, c)| ((*id).to_string(), *c)).collect();
            all.add(*expected, &top, |id| Some(id.as_str()) == *expected);
        }
        all
    }

    #[test]
    fn the_error_is_the_mean_distance_of_the_bins() {
        // Bin 0.9: two of 0.95 and 0.91, one right: |0.93 - 0.5| = 0.43. Bin 0.2: two of 0.25, both wrong: 0.25.
        let rows = of(&[
            (Some("a/b"), &[("a/b", 0.95)]),
            (Some("a/b"), &[("a/c", 0.91)]),
            (Some("a/b"), &[("a/c", 0.25)]),
            (None, &[("a/c", 0.25)]),
        ]);
        assert!(
            (rows.calibration_error() - 0.34).abs() < 1e-6,
            "{}",
            rows.calibration_error()
        );
        assert_eq!(rows.json()["bins"][9]["rows"], 2);
    }

    #[test]
    fn full_confidence_has_its_place_and_nothing_asked_is_no_error() {
        assert!(of(&[(Some("a/b"), &[("a/b", 1.0)])]).calibration_error() < 1e-9);
        assert!(of(&[]).calibration_error() < 1e-9);
    }

    #[test]
    fn the_area_counts_pairs_in_the_right_order_and_ties_half() {
        // Covered 0.9, 0.5; uncovered 0.5, 0.3: of four pairs three won and one tied.
        let rows = of(&[
            (Some("a/b"), &[("a/b", 0.9)]),
            (Some("a/b"), &[("a/c", 0.5)]),
            (None, &[("a/c", 0.5)]),
            (None, &[("a/c", 0.25)]),
        ]);
        assert!((rows.area() - 0.875).abs() < 1e-9, "{}", rows.area());
    }

    #[test]
    fn small_talk_is_no_errand() {
        // The out-of-scope question is taken for small talk: what counts is the 0.1 of the errand behind it.
        let rows = of(&[
            (Some("a/b"), &[("a/b", 0.4)]),
            (Some("smalltalk-meta/tak"), &[("smalltalk-meta/tak", 0.9)]),
            (None, &[("smalltalk-meta/tak", 0.8), ("a/b", 0.1)]),
        ]);
        assert!((rows.area() - 1.0).abs() < 1e-9);
        assert_eq!((rows.covered.len(), rows.uncovered.len()), (1, 1));
    }
}
