//! Tables of cases in `tests/cases/*.txt`, one case a line, '#' for remarks; editable without Rust.

mod vocabulary;

use text::{
    Language, Trie as _, correct, fold, guess_language, known_head, split_compound, stem, tokenize,
};
use vocabulary::Vocabulary;

/// The lines of a table that hold a case.
fn cases(table: &str) -> impl Iterator<Item = &str> {
    table
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
}

/// The words of `line`, folded.
fn folded(line: &str) -> Vec<String> {
    line.split_whitespace().map(fold).collect()
}

#[track_caller]
fn report(wrong: &[String], n_cases: usize, least: usize) {
    assert!(
        wrong.is_empty(),
        "{} of {n_cases} wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    assert!(n_cases >= least, "only {n_cases} cases");
}

#[test]
fn inflected_forms_share_a_stem() {
    let mut wrong = Vec::new();
    let mut n_cases = 0;
    for (table, language) in [
        (include_str!("cases/stems-da.txt"), Language::Danish),
        (include_str!("cases/stems-en.txt"), Language::English),
    ] {
        for line in cases(table) {
            if let Some(line) = line.strip_prefix("apart:") {
                let stems: Vec<_> = folded(line)
                    .iter()
                    .map(|word| stem(word, language))
                    .collect();
                for (i, one) in stems.iter().enumerate() {
                    n_cases += 1;
                    if stems[..i].contains(one) {
                        wrong.push(format!("apart:{line}: {stems:?}"));
                    }
                }
                continue;
            }
            let words = folded(line);
            let first = stem(&words[0], language);
            for word in &words {
                n_cases += 1;
                let stem = stem(word, language);
                if stem != first {
                    wrong.push(format!("{}: {first}, but {word}: {stem}", words[0]));
                }
            }
        }
    }
    report(&wrong, n_cases, 400);
}

#[test]
fn compounds_split_into_known_words() {
    let trie = Vocabulary::load();
    let mut wrong = Vec::new();
    let mut n_cases = 0;
    for line in cases(include_str!("cases/compounds.txt")) {
        n_cases += 1;
        let (word, expected) = line.split_once('=').expect("word = parts");
        let found = split_compound(&trie, &fold(word.trim()))
            .map_or("-".to_owned(), |parts| parts.join(" "));
        if found != fold(expected.trim()) {
            wrong.push(format!("{word}= {found}, expected{expected}"));
        }
    }
    report(&wrong, n_cases, 50);
}

#[test]
fn the_head_of_an_unknown_compound_is_found() {
    let trie = Vocabulary::load();
    for (word, head) in [
        ("xyzbeholder", Some("beholder")),
        ("qqqaffald", Some("affald")),
        ("af", None),
        ("qwxz", None),
    ] {
        assert_eq!(known_head(&trie, word).as_deref(), head, "{word}");
    }
}

#[test]
fn misspellings_find_the_word_that_was_meant() {
    let trie = Vocabulary::load();
    let mut wrong = Vec::new();
    let mut n_cases = 0;
    for line in cases(include_str!("cases/spelling.txt")) {
        n_cases += 1;
        let (typed, meant) = line.split_once('=').expect("typed = meant");
        let (typed, meant) = (fold(typed.trim()), fold(meant.trim()));
        let known = if meant == "-" {
            None
        } else {
            Some(meant.as_str())
        };
        if known.is_some_and(|meant| (&trie).get(meant).is_none()) {
            wrong.push(format!("{meant} is not in words.txt"));
        }
        if (&trie).get(&typed).is_some() {
            wrong.push(format!("{typed} is in words.txt"));
        }
        let found = correct(&trie, &typed, 3);
        if found.first().map(|best| best.word.as_str()) != known {
            let found: Vec<_> = found
                .iter()
                .map(|c| format!("{} {}", c.word, c.cost))
                .collect();
            wrong.push(format!("{typed}: {found:?}, meant {meant}"));
        }
    }
    report(&wrong, n_cases, 80);
}

#[test]
fn a_known_word_is_its_own_correction() {
    let trie = Vocabulary::load();
    for word in ["koerekort", "pas", "flytte"] {
        let best = &correct(&trie, word, 1)[0];
        assert_eq!((best.word.as_str(), best.cost), (word, 0));
    }
}

#[test]
fn sentences_are_told_by_their_language() {
    let mut wrong = Vec::new();
    let mut n_cases = 0;
    for line in cases(include_str!("cases/language.txt")) {
        n_cases += 1;
        let (code, sentence) = line.split_once(' ').expect("code sentence");
        let language = match code {
            "da" => Language::Danish,
            "en" => Language::English,
            "de" => Language::German,
            _ => Language::Other,
        };
        let found = guess_language(&tokenize(sentence));
        if found != language {
            wrong.push(format!("{line}: {found:?}"));
        }
    }
    report(&wrong, n_cases, 60);
}

#[test]
fn texts_are_cut_into_words_and_sentences() {
    let mut wrong = Vec::new();
    let mut n_cases = 0;
    for case in cases(include_str!("cases/sentences.txt")) {
        n_cases += 1;
        let (text, expected) = case.split_once("=>").expect("text => words | words");
        let text = text.trim().replace("\\n", "\n");
        let mut found = String::new();
        let mut sentence = 0;
        for token in tokenize(&text) {
            if !found.is_empty() {
                found.push(' ');
            }
            if token.sentence != sentence {
                found.push_str("| ");
                sentence = token.sentence;
            }
            found.push_str(&token.word);
        }
        if found != expected.trim() {
            wrong.push(format!("{case}\n   found {found}"));
        }
    }
    report(&wrong, n_cases, 30);
}

#[test]
fn spans_point_into_the_original() {
    let text = "Får jeg 1.200 kr. i børne\u{AD}tilskud?";
    let spans: Vec<_> = tokenize(text)
        .iter()
        .map(|t| &text[t.start as usize..t.end as usize])
        .collect();
    assert_eq!(
        spans,
        ["Får", "jeg", "1.200", "kr", "i", "børne\u{AD}tilskud"]
    );
}
