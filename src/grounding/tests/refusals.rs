//! Which questions never reach a model: the rows of refusals.tsv, and how few of the ordinary questions they catch.

use bundle::content::Lang;
use grounding::{Refusal, refusal};
use std::fs;

fn read(path: &str) -> String {
    let file = format!("{}/{path}", env!("CARGO_MANIFEST_DIR"));
    fs::read_to_string(&file).unwrap_or_else(|e| panic!("{file}: {e}"))
}

#[test]
fn every_row_is_refused_as_it_says() {
    let text = read("tests/refusals.tsv");
    let mut wrong = Vec::new();
    let mut count = 0;
    for line in text.lines().filter(|l| !l.starts_with('#')) {
        let (wanted, question) = line.split_once('\t').expect("two columns");
        let found = refusal(question).map_or("-", Refusal::name);
        count += 1;
        if found != wanted {
            wrong.push(format!("{wanted} != {found}: {question}"));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {count}:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn few_of_the_questions_that_the_kommune_answers_are_refused() {
    let text = read("../../tests/eval/dev.tsv");
    let rows: Vec<_> = text
        .lines()
        .skip(1)
        .filter_map(|l| Some((l.split('\t').next()?, l.split('\t').nth(1)?)))
        .collect();
    let answerable: Vec<_> = rows.iter().filter(|(id, _)| *id != "-").collect();
    let caught: Vec<_> = answerable
        .iter()
        .filter_map(|(id, q)| Some((refusal(q)?, id, q)))
        .collect();
    for (kind, id, question) in &caught {
        println!("{}\t{id}\t{question}", kind.name());
    }
    let share = caught.len() as f64 * 100.0 / answerable.len() as f64;
    println!(
        "{} of {} answerable questions are refused, {share:.1} %",
        caught.len(),
        answerable.len()
    );
    assert!(share < 6.0, "{share:.1} %");
}

#[test]
fn what_is_refused_has_a_text_in_both_languages() {
    for lang in [Lang::Da, Lang::En] {
        assert!(
            refusal("Jeg kan ikke trække vejret")
                .expect("refused")
                .text(lang)
                .contains("112")
        );
    }
}
