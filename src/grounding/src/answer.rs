//! Reads a model's answer while it is written: what may be seen comes out sentence by sentence; the first that may not ends it.

use crate::cite::taken;
use crate::passage::{Passage, Passages};
use crate::place::Hosts;
use crate::sentences::Sentences;
use crate::verify::{Reason, Sentence, verify};
use bundle::content::Lang;

/// Most sentences of one answer; what comes after them is not read.
pub const SENTENCES_MOST: usize = 8;
/// A sentence that is not over after this many bytes is none.
const OPEN_MOST: usize = 4096;
/// What some models write before they answer.
const THOUGHT: (&str, &str) = ("<think>", "</think>");

/// What came out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// It may be seen.
    Sentence(Sentence),
    /// It may not, and neither may anything after it.
    Withheld(Reason),
    /// The model says that the passages do not answer the question.
    Nothing,
}

/// One answer.
#[derive(Debug)]
pub struct Reader {
    passages: Passages,
    hosts: Hosts,
    lang: Lang,
    sentences: Sentences,
    /// What came while it is not known whether it is a thought, or a thought itself.
    before: Option<String>,
    shown: usize,
    /// Their letters.
    said: Vec<String>,
    over: bool,
}

impl Reader {
    /// Of an answer in a language, that stands on these passages.
    pub fn new(passages: Passages, hosts: Hosts, lang: Lang) -> Reader {
        Reader {
            passages,
            hosts,
            lang,
            sentences: Sentences::default(),
            before: Some(String::new()),
            shown: 0,
            said: Vec::new(),
            over: false,
        }
    }

    /// Adds a piece as it came.
    pub fn push(&mut self, piece: &str) -> Vec<Step> {
        if self.over {
            return Vec::new();
        }
        let Some(piece) = self.without_thought(piece) else {
            return Vec::new();
        };
        let mut steps = Vec::new();
        for sentence in self.sentences.push(&piece) {
            steps.extend(self.judge(&sentence));
        }
        if !self.over && self.sentences.open() > OPEN_MOST {
            steps.push(self.withhold(Reason::TooLong));
        }
        steps
    }

    /// The model is done. `cut` when it was stopped for its length: what it had begun is left out.
    pub fn end(&mut self, cut: bool) -> Vec<Step> {
        if self.over {
            return Vec::new();
        }
        // A thought that never ended is no answer.
        if let Some(before) = self.before.take() {
            let begun = before.trim_start();
            if !begun.starts_with(THOUGHT.0) {
                self.sentences.push(begun);
            }
        }
        let mut steps = Vec::new();
        if let Some(rest) = self.sentences.end()
            && !(cut && self.shown > 0)
        {
            steps.extend(self.judge(&rest));
        }
        if !self.over && self.shown == 0 {
            steps.push(self.withhold(Reason::Empty));
        }
        self.over = true;
        steps
    }

    /// Nothing more will come out.
    pub fn is_over(&self) -> bool {
        self.over
    }

    /// Sentences that were let through.
    pub fn shown(&self) -> usize {
        self.shown
    }

    fn judge(&mut self, sentence: &str) -> Option<Step> {
        if self.over {
            return None;
        }
        if is_nothing(sentence) {
            self.over = true;
            return (self.shown == 0).then_some(Step::Nothing);
        }
        // The heading of an excerpt says nothing, nor does what was said already.
        let said = letters(&taken(sentence).1);
        let heading = |(_, passage): (u8, &Passage)| letters(&passage.title) == said;
        if self.passages.iter().any(heading) || self.said.contains(&said) {
            return None;
        }
        match verify(sentence, &self.passages, &self.hosts, self.lang) {
            Ok(sentence) => {
                self.said.push(said);
                self.shown += 1;
                self.over = self.shown >= SENTENCES_MOST;
                Some(Step::Sentence(sentence))
            }
            Err(reason) => Some(self.withhold(reason)),
        }
    }

    fn withhold(&mut self, reason: Reason) -> Step {
        self.over = true;
        Step::Withheld(reason)
    }

    /// The piece, once it is known that it is no thought.
    fn without_thought(&mut self, piece: &str) -> Option<String> {
        let Some(before) = &mut self.before else {
            return Some(piece.to_owned());
        };
        before.push_str(piece);
        let begun = before.trim_start();
        if THOUGHT.0.starts_with(begun) {
            return None;
        }
        let answer = if begun.starts_with(THOUGHT.0) {
            let end = begun.find(THOUGHT.1)?;
            begun[end + THOUGHT.1.len()..].trim_start().to_owned()
        } else {
            begun.to_owned()
        };
        self.before = None;
        Some(answer)
    }
}

/// Letters and digits alone, in lower case.
fn letters(text: &str) -> String {
    let alone = text.chars().filter(|c| c.is_alphanumeric());
    alone.flat_map(char::to_lowercase).collect()
}

/// The word that the prompt asks for when the passages do not answer.
fn is_nothing(sentence: &str) -> bool {
    let word = sentence.trim_matches(|c: char| !c.is_alphabetic());
    matches!(
        word.to_uppercase().as_str(),
        "INGEN" | "NONE" | "INGEN SVAR"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::passage::Kind;
    use proptest::prelude::*;

    fn reader() -> Reader {
        let hosts = Hosts::new(["borger.dk"]);
        let passage = Passage {
            kind: Kind::Answer,
            intent: "pas/pris-paa-pas".into(),
            title: "Hvad koster et pas?".into(),
            text: "Et pas til en voksen koster 893 kr. Du betaler, når du søger.".into(),
            lang: Lang::Da,
            url: "https://www.borger.dk/pas".into(),
        };
        Reader::new(Passages::new([passage], &hosts), hosts, Lang::Da)
    }

    fn told(steps: Vec<Step>) -> Vec<String> {
        let tell = |step| match step {
            Step::Sentence(sentence) => sentence.text(),
            Step::Withheld(reason) => format!("! {}", reason.name()),
            Step::Nothing => "-".into(),
        };
        steps.into_iter().map(tell).collect()
    }

    fn whole(text: &str, cut: bool) -> Vec<String> {
        let mut reader = reader();
        let mut steps = reader.push(text);
        steps.extend(reader.end(cut));
        told(steps)
    }

    #[test]
    fn good_sentences_come_out_and_the_first_bad_one_ends_it() {
        let pas = "Et pas til en voksen koster 893 kr.";
        let betal = "Du betaler, når du søger.";
        for (text, cut, wanted) in [
            // Headings and repetitions are left out.
            (
                "Hvad koster et pas?\nHvad koster et pas? [p1]\nEt pas til en voksen koster 893 kr. [p1]\nEt pas til en voksen koster 893 kr. [p1]",
                false,
                vec![pas],
            ),
            (
                "Et pas til en voksen koster 893 kr. [p1] Du betaler, når du søger [p1].",
                false,
                vec![pas, betal],
            ),
            (
                "Et pas til en voksen koster 839 kr. [p1] Du betaler, når du søger [p1].",
                false,
                vec!["! number"],
            ),
            (
                "Du betaler, når du søger [p1]. Se evil.example [p1]. Et pas til en voksen koster 893 kr. [p1]",
                false,
                vec![betal, "! link"],
            ),
            (
                "Du betaler, når du søger [p1]. Et pas til",
                true,
                vec![betal],
            ),
            ("Et pas til", true, vec!["! uncited"]),
            ("INGEN", false, vec!["-"]),
            ("Ingen.", false, vec!["-"]),
            (
                "<think>Hm. Pas [p9].</think>\n\nDu betaler, når du søger [p1].",
                false,
                vec![betal],
            ),
            ("<think>Hm.", false, vec!["! empty"]),
            ("<script>alert(1)</script> [p1]", false, vec!["! markup"]),
            ("", false, vec!["! empty"]),
            ("Du betaler, når du søger [p1]. INGEN", false, vec![betal]),
        ] {
            assert_eq!(whole(text, cut), wanted, "{text}");
        }
    }

    proptest! {
        #[test]
        fn pieces_give_what_the_whole_gives(at in 0_usize..4, cut in 1_usize..9) {
            let text = [
                "Et pas til en voksen koster 893 kr. [p1] Du betaler, når du søger [p1].",
                "<think>a. b [p1]</think>Du betaler, når du søger [p1]. Ring 112 [p1].",
                "Du betaler [p2]. Et pas [p1].",
                "INGEN",
            ][at];
            let letters: Vec<char> = text.chars().collect();
            let mut reader = reader();
            let mut steps = Vec::new();
            for piece in letters.chunks(cut) {
                steps.extend(reader.push(&piece.iter().collect::<String>()));
            }
            steps.extend(reader.end(false));
            prop_assert_eq!(told(steps), whole(text, false));
        }

        #[test]
        fn nothing_that_is_written_panics(text in "\\PC{0,200}") {
            let _ = whole(&text, false);
        }
    }
}
