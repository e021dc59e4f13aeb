//! Trial questions: what citizens ask, written by somebody who had read no example. They teach nothing and measure
//! nothing; they tell how much surer the confidence may be than the held-out examples make it (calibrate.rs).

use crate::diagnostic::Sink;
use crate::load::Knowledge;
use crate::train::Trial;
use matcher::Class;
use std::collections::BTreeSet;
use std::path::Path;

/// Stands in place of an id for a question that no intent covers.
const NONE: &str = "-";

/// A trial question as authored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// The id of the intent that it is about, or `-`, and of others that are right as well.
    pub ids: Vec<String>,
    /// What is asked.
    pub text: String,
}

/// Reads `id,id<TAB>question` lines; `#` begins a comment. `known` are the ids of all intents, written or planned; a line
/// that names another one, or asks nothing, is an error and left out.
pub(crate) fn parse(
    source: &str,
    file: &Path,
    known: &BTreeSet<&str>,
    sink: &mut Sink,
) -> Vec<Question> {
    let mut out = Vec::new();
    for (at, line) in source.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let (ids, text) = line.split_once('\t').unwrap_or((line, ""));
        let ids: Vec<String> = ids.split(',').map(|id| id.trim().to_owned()).collect();
        let text = text.trim().to_owned();
        let mut named = ids.iter().map(String::as_str);
        if text.is_empty() || !named.all(|id| id == NONE || known.contains(id)) {
            sink.error(
                "kb::trial",
                (file, at + 1),
                format!("`{line}` is no trial question"),
                "write the id of an intent, or -, a tab, and the question",
            );
        } else {
            out.push(Question { ids, text });
        }
    }
    out
}

impl Knowledge {
    /// Trial questions about shared intents, by class; those about planned ones are left out.
    pub(crate) fn shared_trials(&self) -> Vec<Trial> {
        let intents = self.shared_intents();
        let class = |id: &String| match intents.binary_search_by(|i| i.id.cmp(id)) {
            Ok(class) => Some(class as Class),
            Err(_) => (id == NONE).then_some(intents.len() as Class),
        };
        let by_class = |question: &Question| {
            let mut ids = question.ids.iter();
            Some(Trial {
                class: class(ids.next()?)?,
                also: ids.filter_map(class).collect(),
                text: question.text.clone(),
            })
        };
        self.trials.iter().filter_map(by_class).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_ids_a_tab_and_a_question() {
        let mut sink = Sink::default();
        let source = "# about\n\npas/pris\thvad koster et pas\n-,pas/pris\thvad koster en bil\npas/findes-ikke\thvad\npas/pris\t \npas/pris\n";
        let read = parse(source, Path::new("p.txt"), &["pas/pris"].into(), &mut sink);
        let question = |ids: &[&str], text: &str| Question {
            ids: ids.iter().map(|id| (*id).to_owned()).collect(),
            text: text.to_owned(),
        };
        let right = [
            question(&["pas/pris"], "hvad koster et pas"),
            question(&["-", "pas/pris"], "hvad koster en bil"),
        ];
        assert_eq!(read, right);
        let told = sink.sorted();
        let lines: Vec<_> = told.iter().map(|d| (d.code, d.line)).collect();
        assert_eq!(
            lines,
            [("kb::trial", 5), ("kb::trial", 6), ("kb::trial", 7)]
        );
    }
}
