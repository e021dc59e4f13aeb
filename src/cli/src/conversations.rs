//! `check --samtaler`: plays the conversations beside the shared topics, and those in the kommune's own folder, with the
//! bundle of that kommune. Tells of ids that nobody knows, and of what could not be tried here.

use crate::knowledge::no_kommune;
use crate::say::say;
use compiler::{Knowledge, Settings};
use dialog::samtaler;
use hours::LocalTime;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Plays all conversations of a kommune.
///
/// # Errors
/// A conversation went otherwise or names an unknown id (told of on standard output), or a file cannot be read.
pub(crate) fn play(knowledge: &Knowledge, slug: &str, now: LocalTime) -> Result<(), String> {
    let built = knowledge
        .build(slug, &Settings::default())
        .ok_or_else(|| no_kommune(knowledge, slug))?;
    let mut bundle = bundle::Knowledge::open(built.core, slug).map_err(|e| e.to_string())?;
    bundle
        .add_details(built.details)
        .map_err(|e| e.to_string())?;
    bundle
        .add_language(built.english)
        .map_err(|e| e.to_string())?;
    let known = known(knowledge);
    let (mut passed, mut failed, mut skipped) = (0, 0, 0);
    for path in files(&knowledge.root, slug) {
        let source =
            std::fs::read_to_string(&path).map_err(|e| format!("{}: {e}", path.display()))?;
        let conversations = samtaler::parse(&source).map_err(|errors| {
            errors
                .iter()
                .map(|(line, m)| format!("{}:{line}: {m}", path.display()))
                .collect::<Vec<_>>()
                .join("\n")
        })?;
        for conversation in &conversations {
            let at = |line: usize| format!("{}:{line}: {}", path.display(), conversation.title);
            let strange = |id: &str| !known.contains(id) && bundle.find_intent(id).is_none();
            let mut wrong = false;
            for (line, id) in conversation.ids().filter(|(_, id)| strange(id)) {
                wrong = true;
                let hint = compiler::nearest(id, known.iter().copied())
                    .map(|name| format!("; did you mean `{name}`?"))
                    .unwrap_or_default();
                say!("{}: no answer has the id `{id}`{hint}", at(line));
            }
            for failure in samtaler::run(&bundle, conversation, now) {
                wrong = true;
                let (expected, found) = (failure.expected, failure.found);
                say!("{}: expected {expected}, got {found}", at(failure.line));
            }
            match (wrong, conversation.asks_for_absent(&bundle)) {
                (true, _) => failed += 1,
                (false, true) => skipped += 1,
                (false, false) => passed += 1,
            }
        }
    }
    let absent = if skipped > 0 {
        format!(", {skipped} skipped (they ask for answers that `{slug}` does not have)")
    } else {
        String::new()
    };
    say!("conversations: {passed} passed, {failed} failed{absent}");
    if failed > 0 {
        Err(String::new())
    } else {
        Ok(())
    }
}

/// Every id there is or will be, whichever kommune has it.
fn known(knowledge: &Knowledge) -> BTreeSet<&str> {
    let locals = knowledge.locals.values().flat_map(|local| &local.topics);
    let intents = knowledge.topics.values().chain(locals);
    let written = intents.flat_map(|topic| &topic.intents);
    written
        .chain(&knowledge.crisis_answers)
        .map(|intent| intent.id.as_str())
        .chain(knowledge.planned.iter().map(String::as_str))
        .collect()
}

/// The conversations beside the shared topics, then the kommune's own, in its folder or beside its topics.
fn files(root: &Path, slug: &str) -> Vec<PathBuf> {
    let own = root.join("kommuner").join(slug);
    let mut all = Vec::new();
    for folder in [root.join("faelles"), own.clone(), own.join("emner")] {
        let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
        let mut found: Vec<PathBuf> = entries
            .map(|entry| entry.path())
            .filter(|path| path.extension().is_some_and(|end| end == "samtaler"))
            .collect();
        found.sort();
        all.append(&mut found);
    }
    all
}
