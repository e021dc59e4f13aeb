//! Knowledge of any size for measuring how cost and bytes grow: the shared intents again and again, each time in a disguise
//! that changes most of their words. Nothing of it is ever published.
//!
//! A disguise replaces letters, vowels by vowels and consonants by consonants, so words keep their length, their syllables,
//! their endings and what they are composed of. Function words, numbers and what a fifth of all topics says stay the same in
//! every disguise, as it would be with more topics. Every disguise is trained by itself on its disguised examples, as a bundle
//! is, and the models are then put beside each other: all 8,500 classes in one training would take 30 GB.

use crate::build::Trained;
use crate::load::Knowledge;
use crate::train::{self, Sample, Settings};
use bundle::Terms;
use bundle::content::{
    Answer, Block, Branch, Core, Inline, Intent, IntentIdx, Lang, Target, Then, Topic, Tree,
};
use matcher::{Class, Model, Posting};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Topics, of a hundred, that must use a word for it to stay as it is.
const SHARED: usize = 20;

/// A bundle of a chosen number of intents.
pub struct Grown {
    /// The core file.
    pub core: Vec<u8>,
    /// How many disguises it holds, the first of them none.
    pub disguises: usize,
}

/// Disguises texts.
pub struct Wardrobe {
    /// Stems that stay.
    shared: BTreeSet<String>,
}

impl Wardrobe {
    /// The text in disguise `number`; number 0 changes nothing.
    pub fn dress(&self, text: &str, number: usize) -> String {
        let mut out = String::with_capacity(text.len());
        let mut from = 0;
        for token in text::tokenize(text) {
            let stem = text::stem(&token.word, text::Language::Danish);
            let plain = token.word.bytes().all(|b| b.is_ascii_lowercase());
            if number == 0
                || !plain
                || text::is_stop_word(&token.word)
                || self.shared.contains(&stem)
            {
                continue;
            }
            let (body, ending) = match token.word.strip_prefix(&*stem) {
                Some(ending) => (stem.as_str(), ending),
                None => (token.word.as_str(), ""),
            };
            out.push_str(&text[from..token.start as usize]);
            out.extend(body.bytes().map(|letter| disguised(letter, number)));
            out.push_str(ending);
            from = token.end as usize;
        }
        out + &text[from..]
    }
}

fn disguised(letter: u8, number: usize) -> char {
    const VOWELS: &[u8] = b"aeiouy";
    const CONSONANTS: &[u8] = b"bcdfghjklmnpqrstvwxz";
    for (letters, step) in [(VOWELS, 1), (CONSONANTS, 3)] {
        if let Some(at) = letters.iter().position(|l| *l == letter) {
            return char::from(letters[(at + number * step) % letters.len()]);
        }
    }
    char::from(letter)
}

/// The intents of one disguise and what was learnt about them.
struct Part {
    /// Indices of shared intents, ascending.
    intents: Vec<usize>,
    model: Model<Terms>,
}

impl Knowledge {
    /// What disguises keep and what they change.
    pub fn wardrobe(&self) -> Wardrobe {
        let mut topics: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
        for intent in self.shared_intents() {
            let topic = intent.id.split('/').next().unwrap_or_default();
            let texts = intent.utterances.iter().chain(&intent.utterances_en);
            for token in texts.flat_map(|(text, _)| text::tokenize(text)) {
                let stem = text::stem(&token.word, text::Language::Danish);
                topics.entry(stem).or_default().insert(topic);
            }
        }
        let all = self.topics.len();
        let often = |of: &BTreeSet<&str>| of.len() * 100 >= all * SHARED;
        let shared = topics.into_iter().filter(|(_, of)| often(of));
        Wardrobe {
            shared: shared.map(|(stem, _)| stem).collect(),
        }
    }

    /// The core bundle of kommune `slug` grown or cut to `count` intents. `None` when there is no such folder.
    pub fn grown(
        &self,
        slug: &str,
        count: usize,
        trained: &Trained,
        settings: &Settings,
    ) -> Option<Grown> {
        let built = self.build_with(slug, trained, settings)?;
        let own = bundle::Knowledge::open(built.core, "").ok()?;
        let shared = self.shared_intents().len();
        let disguises = count.div_ceil(shared);
        let wardrobe = self.wardrobe();
        let chosen = |number: usize| -> Vec<usize> {
            let wanted = (count - number * shared).min(shared);
            // Spread over all topics.
            (0..wanted).map(|i| i * shared / wanted).collect()
        };
        let tasks: Vec<(usize, Vec<usize>)> = (0..disguises).map(|n| (n, chosen(n))).collect();
        let parts = self.learn_all(&tasks, &wardrobe, trained, settings.threads);
        let model = beside(&parts, &trained.model);
        let (core, answers) = contents(&own, &tasks, &wardrobe);
        Some(Grown {
            core: bundle::write_core(&core, &model, &answers),
            disguises,
        })
    }

    /// One model for each disguise, on some threads.
    fn learn_all(
        &self,
        tasks: &[(usize, Vec<usize>)],
        wardrobe: &Wardrobe,
        trained: &Trained,
        threads: usize,
    ) -> Vec<Part> {
        let next = AtomicUsize::new(0);
        let parts: Mutex<BTreeMap<usize, Part>> = Mutex::default();
        std::thread::scope(|scope| {
            for _ in 0..threads.max(1) {
                scope.spawn(|| {
                    while let Some((number, intents)) =
                        tasks.get(next.fetch_add(1, Ordering::Relaxed))
                    {
                        let whole = *number == 0 && intents.len() == self.shared_intents().len();
                        let model = if whole {
                            trained.model.clone()
                        } else {
                            self.learn(*number, intents, wardrobe)
                        };
                        let intents = intents.clone();
                        let part = Part { intents, model };
                        parts
                            .lock()
                            .expect("no thread panics")
                            .insert(*number, part);
                    }
                });
            }
        });
        let parts = parts.into_inner().expect("no thread panics");
        parts.into_values().collect()
    }

    fn learn(&self, number: usize, intents: &[usize], wardrobe: &Wardrobe) -> Model<Terms> {
        let none = self.shared_intents().len() as Class;
        let place = |class: Class| -> Option<Class> {
            if class == none {
                return Some(intents.len() as Class);
            }
            let at = intents.binary_search(&usize::from(class)).ok()?;
            Some(at as Class)
        };
        let samples: Vec<Sample> = self
            .shared_samples()
            .into_iter()
            .filter_map(|sample| {
                Some(Sample {
                    class: place(sample.class)?,
                    text: wardrobe.dress(&sample.text, number),
                    ..sample
                })
            })
            .collect();
        let terms = train::terms(samples.iter().map(|s| s.text.as_str()));
        let settings = Settings {
            folds: 0,
            threads: 1,
        };
        train::train(&terms, &samples, &[], intents.len() as Class + 1, &settings)
    }
}

/// The models as one, in the unit and with the calibration of `shared`. Of "none of them" the first one's column stays.
fn beside(parts: &[Part], shared: &Model<Terms>) -> Model<Terms> {
    let none = parts.iter().map(|p| p.intents.len()).sum::<usize>() as Class;
    let mut stems: BTreeMap<String, Vec<Posting>> = BTreeMap::new();
    let mut bias = vec![0_i16; usize::from(none) + 1];
    let mut begin = 0;
    for (number, Part { intents, model }) in parts.iter().enumerate() {
        let place = |class: Class| {
            if class == model.none() {
                (number == 0).then_some(none)
            } else {
                Some(class + begin)
            }
        };
        let unit = model.scale / shared.scale;
        for (i, stem) in model.terms.stems().into_iter().enumerate() {
            let of = stems.entry(stem).or_default();
            let range = model.starts[i] as usize..model.starts[i + 1] as usize;
            of.extend(model.postings[range].iter().filter_map(|posting| {
                let weight = libm::roundf(f32::from(posting.weight) * unit).clamp(-127.0, 127.0);
                let class = place(posting.class)?;
                (weight != 0.0).then_some(Posting {
                    class,
                    weight: weight as i8,
                })
            }));
        }
        for (class, &value) in model.bias.iter().enumerate() {
            if let Some(at) = place(class as Class) {
                bias[usize::from(at)] = libm::roundf(f32::from(value) * unit) as i16;
            }
        }
        begin += intents.len() as Class;
    }
    let terms = Terms::build(stems.keys().map(String::as_str)).expect("a map ascends");
    let (mut starts, mut postings) = (vec![0_u32], Vec::new());
    for (_, mut of) in stems {
        of.sort_unstable();
        postings.extend(of);
        starts.push(postings.len() as u32);
    }
    Model {
        terms,
        classes: none + 1,
        starts,
        postings,
        bias,
        scale: shared.scale,
        calibration: shared.calibration,
        thresholds: shared.thresholds,
    }
}

/// Kommune, topics, titles and answers in the same disguises.
fn contents(
    own: &bundle::Knowledge,
    tasks: &[(usize, Vec<usize>)],
    wardrobe: &Wardrobe,
) -> (Core, Vec<Option<Answer>>) {
    let core = own.core();
    let (mut topics, mut intents, mut answers) = (Vec::new(), Vec::new(), Vec::new());
    for (number, chosen) in tasks {
        let begin = intents.len();
        let first = topics.len() as u16;
        let place = |idx: IntentIdx| -> Option<IntentIdx> {
            let at = chosen.binary_search(&usize::from(idx)).ok()?;
            Some((begin + at) as IntentIdx)
        };
        let dress = |text: &str| wardrobe.dress(text, *number);
        for topic in &core.topics {
            let id = if *number == 0 {
                topic.id.clone()
            } else {
                format!("{}-{number}", topic.id)
            };
            topics.push(Topic {
                id,
                title: dress(&topic.title),
                title_en: dress(&topic.title_en),
                tree: topic.tree.as_ref().and_then(|t| moved(t, &place)),
            });
        }
        for &i in chosen {
            let intent = &core.intents[i];
            intents.push(Intent {
                topic: first + intent.topic,
                title: dress(&intent.title),
                title_en: dress(&intent.title_en),
                ..intent.clone()
            });
            let answer = own.answer(i as IntentIdx, Lang::Da);
            answers.push(answer.map(|mut answer| {
                answer.short.iter_mut().for_each(|b| redress(b, &dress));
                answer.follow_up = answer.follow_up.as_ref().and_then(|t| moved(t, &place));
                answer.related = answer.related.into_iter().filter_map(place).collect();
                answer
                    .actions
                    .retain_mut(|action| match &mut action.target {
                        Target::Goto(to) => place(*to).map(|at| *to = at).is_some(),
                        _ => true,
                    });
                answer
            }));
        }
    }
    let mut core = core.clone();
    (core.topics, core.intents) = (topics, intents);
    core.meta.welcome.clear();
    (core, answers)
}

fn redress(block: &mut Block, dress: &dyn Fn(&str) -> String) {
    let all = |inlines: &mut Vec<Inline>| {
        for inline in inlines {
            if let Inline::Text(text) | Inline::Strong(text) = inline {
                *text = dress(text);
            }
        }
    };
    match block {
        Block::Paragraph(inlines) => all(inlines),
        Block::List { items, .. } => items.iter_mut().for_each(all),
        Block::Hours { .. } | Block::Places(_) => {}
    }
}

/// The tree at the new places, without branches that lead nowhere now; `None` when fewer than two are left.
fn moved(tree: &Tree, place: &dyn Fn(IntentIdx) -> Option<IntentIdx>) -> Option<Tree> {
    let branch = |b: &Branch| {
        Some(Branch {
            then: match &b.then {
                Then::Intent(to) => Then::Intent(place(*to)?),
                Then::Ask(tree) => Then::Ask(moved(tree, place)?),
            },
            ..b.clone()
        })
    };
    let branches: Vec<Branch> = tree.branches.iter().filter_map(branch).collect();
    (branches.len() > 1).then(|| Tree {
        branches,
        ..tree.clone()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wardrobe() -> Wardrobe {
        Wardrobe {
            shared: BTreeSet::from(["kost".to_string()]),
        }
    }

    #[test]
    fn a_disguise_keeps_what_is_common_and_the_shape_of_the_rest() {
        let text = "Hvad koster et pas til 2 børn?";
        assert_eq!(wardrobe().dress(text, 0), text);
        let one = wardrobe().dress(text, 1);
        assert!(
            one.contains("koster et ") && one.ends_with('?') && one.contains(" 2 "),
            "{one}"
        );
        assert!(!one.contains("pas"), "{one}");
        assert_ne!(one, wardrobe().dress(text, 2));
    }

    #[test]
    fn no_two_letters_share_a_disguise() {
        for number in 0..20 {
            let all: BTreeSet<char> = (b'a'..=b'z').map(|l| disguised(l, number)).collect();
            assert_eq!(all.len(), 26, "{number}");
        }
    }
}
