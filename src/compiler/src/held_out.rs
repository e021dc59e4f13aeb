//! Asks every example of the shared knowledge of a model that has not seen it, with the confidence of the real one: are the
//! figures that a bundle states about its own certainty true? For `lokalsvar eval --held-out`; takes as long as training.

use crate::build::Trained;
use crate::load::Knowledge;
use crate::train::{self, Dice, Sample, Settings};
use matcher::{Class, Context};
use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// An example and what a model without it made of it.
pub struct HeldOut {
    /// The intent's id; `None` for a question that no intent covers.
    pub expected: Option<String>,
    /// Ids of the best intents with their confidence, best first.
    pub top: Vec<(String, f32)>,
}

impl Knowledge {
    /// Every utterance, in four parts: each part is asked of a model of the other three. Titles and words are always known.
    /// Folds other than those of calibration, so that it is not asked what it was fitted to.
    pub fn held_out(&self, trained: &Trained, settings: &Settings) -> Vec<HeldOut> {
        const PARTS: usize = 4;
        let samples = self.shared_samples();
        let mut dice = Dice(0x2545_f491_4f6c_dd1d);
        let part_of: Vec<usize> = samples
            .iter()
            .map(|s| {
                if s.utterance {
                    dice.below(PARTS)
                } else {
                    PARTS
                }
            })
            .collect();
        let next = AtomicUsize::new(0);
        let found: Mutex<BTreeMap<usize, Vec<HeldOut>>> = Mutex::default();
        std::thread::scope(|scope| {
            for _ in 0..settings.threads.clamp(1, PARTS) {
                scope.spawn(|| {
                    loop {
                        let part = next.fetch_add(1, Ordering::Relaxed);
                        if part >= PARTS {
                            return;
                        }
                        let rows = self.ask_part(&samples, &part_of, part, trained);
                        found.lock().expect("no thread panics").insert(part, rows);
                    }
                });
            }
        });
        let found = found.into_inner().expect("no thread panics");
        found.into_values().flatten().collect()
    }

    fn ask_part(
        &self,
        samples: &[Sample],
        part_of: &[usize],
        part: usize,
        trained: &Trained,
    ) -> Vec<HeldOut> {
        let intents = self.shared_intents();
        let none = intents.len() as Class;
        let all = || samples.iter().zip(part_of);
        let kept: Vec<Sample> = all()
            .filter(|(_, of)| **of != part)
            .map(|(s, _)| s.clone())
            .collect();
        let settings = Settings {
            folds: 0,
            threads: 1,
        };
        let mut model = train::train(&trained.model.terms, &kept, &[], none + 1, &settings);
        model.calibration = trained.model.calibration;
        let id = |class: Class| intents.get(usize::from(class)).map(|i| i.id.clone());
        all()
            .filter(|(_, of)| **of == part)
            .map(|(sample, _)| {
                let ranking = matcher::rank(&model, &sample.text, &Context::default());
                let hits = ranking.hits.iter();
                HeldOut {
                    expected: id(sample.class),
                    top: hits
                        .filter_map(|hit| Some((id(hit.class)?, hit.confidence)))
                        .collect(),
                }
            })
            .collect()
    }
}
