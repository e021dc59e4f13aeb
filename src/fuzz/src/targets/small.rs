//! A small knowledge, so that millions of inputs can be read by it: a dozen intents of the demo kommune with their true
//! answers, trees, crisis patterns and English, trained for a moment. The whole one is met by `authored`.

use super::words::SAID;
use bundle::Knowledge;
use compiler::Settings;
use std::sync::OnceLock;

/// How many intents of which topics.
const KEPT: [(&str, usize); 4] = [
    ("pas", 3),
    ("koerekort", 2),
    ("kontakt-og-aabningstider", 1),
    ("smalltalk-meta", 6),
];

/// Core, details and English.
pub(super) fn files() -> &'static [Vec<u8>; 3] {
    static FILES: OnceLock<[Vec<u8>; 3]> = OnceLock::new();
    FILES.get_or_init(|| {
        let folder = super::authored::Folder::new("small");
        let mut all =
            compiler::Knowledge::load(&system::root().join("kb-bundle"), system::noon().date);
        all.root = folder.0.clone();
        all.topics
            .retain(|id, _| KEPT.iter().any(|(kept, _)| kept == id));
        // What the made-up citizens say is known: only what is damaged is looked for far and wide.
        let mut said = SAID.iter();
        for (id, most) in KEPT {
            let topic = all.topics.get_mut(id).expect("a topic");
            topic.intents.truncate(most);
            for intent in &mut topic.intents {
                intent.utterances.truncate(3);
                intent.utterances_en.truncate(1);
                intent.words.truncate(2);
                let more = said.by_ref().take(5);
                intent
                    .utterances
                    .extend(more.map(|text| ((*text).to_owned(), 1)));
            }
        }
        all.negatives.truncate(4);
        all.facts.retain(|name, _| name.contains("pas"));
        let mut nth = 0;
        all.crisis.retain(|_| {
            nth += 1;
            nth % 20 == 1
        });
        all.locals.retain(|slug, _| slug == "eksempelby");
        for local in all.locals.values_mut() {
            local.topics.retain(|topic| topic.id == "havnebus");
        }
        let settings = Settings {
            folds: 0,
            threads: 1,
        };
        let built = all.build("eksempelby", &settings).expect("eksempelby");
        [built.core, built.details, built.english]
    })
}

/// Opened.
pub(super) fn knowledge() -> &'static Knowledge {
    static ONE: OnceLock<Knowledge> = OnceLock::new();
    ONE.get_or_init(|| {
        let [core, details, english] = files().clone();
        let mut knowledge = Knowledge::open(core, "eksempelby").expect("opens");
        knowledge.add_details(details).expect("details open");
        knowledge.add_language(english).expect("English opens");
        knowledge
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_small_and_has_a_bit_of_everything() {
        let sizes: Vec<usize> = files().iter().map(Vec::len).collect();
        assert!(sizes.iter().sum::<usize>() < 48_000, "{sizes:?}");
        let core = knowledge().core();
        assert!(core.intents.len() > 9 && core.topics.len() > 3);
        assert!(!core.facts.is_empty() && !core.crisis.is_empty() && !core.meta.towns.is_empty());
        assert!(core.topics.iter().any(|topic| topic.tree.is_some()));
    }
}
