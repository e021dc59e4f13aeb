//! What holds for every text, known or not.

mod vocabulary;

use proptest::prelude::*;
use text::{
    Language, correct, fold, guess_language, is_stop_word, known_head, split_compound, stem,
    tokenize,
};
use vocabulary::Vocabulary;

/// Any characters, with a taste for those that our rules look at.
fn texts() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[a-zæøåÆØÅ0-9.,!?'’ \\-/\n]{0,60}",
        "(kl|d|nr|fx|[0-9]{1,4}|[a-zå]{1,4}|[.!?\u{308}\u{30A}\u{AD}①½ﬁЯش中'-]| ){0,30}",
    ]
}

fn words() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z]{1,14}",
        "[bdfgklmnprstv]?[aeo]{1,2}[bdfgklmnprst]{1,3}(e|en|er|et|ene|erne|ede|te|s|t|els|igt|ing|ies|ed|el|re){0,4}",
        "[a-z0-9]{0,60}"
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn folding_twice_is_folding_once(text in texts()) {
        let once = fold(&text);
        prop_assert_eq!(fold(&once), once);
    }

    #[test]
    fn tokens_lie_in_order_on_character_boundaries(text in texts()) {
        let mut place = 0;
        let mut sentence = 0;
        for token in tokenize(&text) {
            prop_assert!(token.start >= place && token.end > token.start);
            prop_assert!(text.get(token.start as usize..token.end as usize).is_some());
            prop_assert!(!token.word.is_empty());
            prop_assert!(token.sentence == sentence || token.sentence == sentence + 1);
            let latin = token.word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
            prop_assert_eq!(latin, token.script == text::Script::Latin);
            (place, sentence) = (token.end, token.sentence);
        }
        guess_language(&tokenize(&text));
    }

    #[test]
    fn a_stem_is_its_own_stem(word in words()) {
        for language in [Language::Danish, Language::English, Language::German, Language::Other] {
            let once = stem(&word, language);
            prop_assert_eq!(&stem(&once, language), &once);
            prop_assert!(once.len() >= word.len().min(2));
            prop_assert!(once.len() <= word.len() + 2);
        }
        is_stop_word(&word);
    }

    #[test]
    fn no_word_is_too_strange(word in prop_oneof![texts(), words()]) {
        let trie = Vocabulary::load();
        for correction in correct(&trie, &word, 5) {
            prop_assert!(trie.knows(&correction.word));
            prop_assert!(correction.cost <= 40);
        }
        if let Some(parts) = split_compound(&trie, &word) {
            prop_assert!(parts.len() >= 2 && parts.iter().all(|part| part.len() >= 3 && word.contains(part.as_str())));
        }
        if let Some(head) = known_head(&trie, &word) {
            prop_assert!(word.ends_with(&head) && head.len() < word.len());
        }
    }
}
