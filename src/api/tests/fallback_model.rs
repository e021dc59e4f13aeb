//! AI help with a real small model: the real protocol, streaming, and what is withheld. `cargo xtask test-llm` starts the model and runs this;
//! the transcript is written as it was, good or bad.

mod common;

use common::Place;
use common::ai::{AMPLE, Ai, names, shown};
use common::model::Model;
use serde_json::{Value, json};
use std::fmt::Write as _;

const DANISH: [&str; 5] = [
    "Hvad koster et pas?",
    "Hvor længe gælder et pas til et barn?",
    "Hvordan klager jeg over en afgørelse?",
    "Hvad gør jeg, hvis mit sundhedskort er blevet væk?",
    "Hvem vandt kommunevalget i 1913?",
];
const ENGLISH: [&str; 5] = [
    "What does a passport cost?",
    "How do I change my doctor?",
    "How do I tell the municipality that I have moved?",
    "Where do I leave garden waste?",
    "Who won the election in 1913?",
];

fn env(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| panic!("{name} is missing; run `cargo xtask test-llm`"))
}

/// What the model wrote to the nth question. It is ended when nothing more may be shown, and says what it had written a moment later.
async fn written(log: &str, nth: usize) -> Value {
    for _ in 0..100 {
        let all = std::fs::read_to_string(log).unwrap_or_default();
        if let Some(line) = all.lines().nth(nth - 1) {
            return serde_json::from_str(line).expect("JSON");
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    panic!("the model has written nothing to question {nth}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs a model; cargo xtask test-llm"]
async fn a_real_model_is_read_and_held_against_its_sources() {
    let (url, name, language, log) = (
        env("LOKALSVAR_LLM"),
        env("LOKALSVAR_LLM_NAME"),
        env("LOKALSVAR_LLM_LANGUAGE"),
        env("LOKALSVAR_LLM_LOG"),
    );
    let mut model = Model::start().await;
    model.url = url;
    let more =
        format!("{AMPLE}\npassages = 2\nmax_tokens = 120\nfirst_seconds = 60\ntotal_seconds = 120");
    let ai = Ai::with(Place::sqlite().await, model, &more).await;
    let questions = if language == "da" { DANISH } else { ENGLISH };
    let mut told = format!("## {name}\n");
    let (mut sentences, mut read, mut asked) = (0, 0, 0);
    for question in questions {
        let body = json!({"question": question, "language": language, "conversation": api::secret::uuid(), "consent": ai.consent});
        let (status, text) = ai.send(&body).await;
        assert_eq!(status, 200, "{text}");
        let found = common::ai::events(&text);
        assert_eq!(
            found.last().map(|(name, _)| name.as_str()),
            Some("done"),
            "{text}"
        );
        asked += 1;
        let raw = written(&log, asked).await;
        let _ = write!(told, "\n**{question}**\n\n");
        for source in found[0].1["sources"].as_array().into_iter().flatten() {
            let _ = writeln!(
                told,
                "- source {}: {}",
                source["id"],
                source["title"].as_str().unwrap_or_default()
            );
        }
        let verdict = names(&found).contains(&"sentence")
            || names(&found).contains(&"withheld")
            || names(&found).contains(&"refused");
        read += usize::from(verdict);
        let written = raw["text"]
            .as_str()
            .unwrap_or_default()
            .trim()
            .replace('\n', "\n> ");
        let _ = write!(
            told,
            "\nThe model wrote:\n\n> {written}\n\nThe citizen sees:\n\n"
        );
        for sentence in shown(&found) {
            sentences += 1;
            let _ = writeln!(told, "- {sentence}");
        }
        for (event, data) in &found {
            match event.as_str() {
                "withheld" => drop(writeln!(
                    told,
                    "- (withheld: {})",
                    data["reason"].as_str().unwrap_or_default()
                )),
                "refused" | "degraded" => drop(writeln!(
                    told,
                    "- ({event}) {}",
                    data["text"].as_str().unwrap_or_default()
                )),
                _ => {}
            }
        }
    }
    println!("{told}");
    println!(
        "{name}: {} questions, {read} answers read to a verdict, {sentences} sentences shown",
        questions.len()
    );
    if let Ok(file) = std::env::var("LOKALSVAR_TRANSCRIPT") {
        let former = std::fs::read_to_string(&file).unwrap_or_default();
        std::fs::write(&file, format!("{former}\n{told}")).expect("a transcript");
    }
    assert!(
        read >= 3,
        "{read} of {} answers came in time",
        questions.len()
    );
}
