//! Questions that no model may answer: the citizen's own case, how the law falls out for them, illness, and danger. They are recognised by
//! authored patterns (`data/refusals.txt`), which can be read and discussed, before any model is asked; the texts stand here.

use bundle::content::Lang;
use std::sync::LazyLock;

/// Why no model is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Refusal {
    /// Life or health is in danger now.
    Emergency,
    /// Illness, symptoms, medicine.
    Medical,
    /// The citizen's own case: how far it is, what was decided, what somebody will get.
    OwnCase,
    /// How the law is to be read for somebody.
    Legal,
    /// The passages do not answer it.
    Unknown,
}

impl Refusal {
    /// "own-case".
    pub fn name(self) -> &'static str {
        match self {
            Refusal::Emergency => "emergency",
            Refusal::Medical => "medical",
            Refusal::OwnCase => "own-case",
            Refusal::Legal => "legal",
            Refusal::Unknown => "unknown",
        }
    }

    /// What the citizen reads.
    pub fn text(self, lang: Lang) -> &'static str {
        match (self, lang) {
            (Refusal::Emergency, Lang::Da) => {
                "Er der fare for liv, så ring 112 nu. Er du eller en anden akut syg eller kommet til skade, så ring til din læge, lægevagten eller 1813 i Region Hovedstaden. Har du tanker om selvmord, kan du ringe til Livslinien på 70 201 201."
            }
            (Refusal::Emergency, Lang::En) => {
                "If a life is in danger, call 112 now. If you or somebody else is acutely ill or injured, call your doctor, the on-call doctor, or 1813 in the Capital Region. If you have thoughts of suicide, you can call Livslinien on 70 201 201."
            }
            (Refusal::Medical, Lang::Da) => {
                "Det spørgsmål skal en læge svare på. Ring til din egen læge. Uden for lægens åbningstid kan du ringe til lægevagten eller 1813 i Region Hovedstaden. Er det akut og alvorligt, så ring 112."
            }
            (Refusal::Medical, Lang::En) => {
                "A doctor must answer that. Call your own doctor. Outside opening hours you can call the on-call doctor, or 1813 in the Capital Region. If it is acute and serious, call 112."
            }
            (Refusal::OwnCase, Lang::Da) => {
                "Jeg kan ikke se din sag, og AI-hjælpen må ikke gætte om den. Kontakt den afdeling, der har sagen, eller skriv i Digital Post. Du kan også bede om at tale med en medarbejder her."
            }
            (Refusal::OwnCase, Lang::En) => {
                "I cannot see your case, and the AI help must not guess about it. Contact the department that has the case, or write in Digital Post. You can also ask to talk with a member of staff here."
            }
            (Refusal::Legal, Lang::Da) => {
                "Hvordan loven skal forstås i din situation, må AI-hjælpen ikke svare på. En medarbejder kan vejlede dig om reglerne. Vil du klage, står der i din afgørelse, hvordan du gør."
            }
            (Refusal::Legal, Lang::En) => {
                "The AI help must not say how the law is to be read in your situation. A member of staff can advise you on the rules. If you want to complain, your decision says how."
            }
            (Refusal::Unknown, Lang::Da) => {
                "Det kunne jeg ikke finde et sikkert svar på i kommunens egne svar. Se, om et af dem hjælper dig, eller tal med en medarbejder."
            }
            (Refusal::Unknown, Lang::En) => {
                "I could not find a sure answer to that in the municipality's own answers. See whether one of them helps you, or talk with a member of staff."
            }
        }
    }
}

/// Words per position, folded, in this order; at most `gap` others between two.
#[derive(Debug)]
struct Pattern {
    kind: Refusal,
    positions: Vec<Vec<String>>,
    gap: usize,
}

static PATTERNS: LazyLock<Vec<Pattern>> =
    LazyLock::new(|| read(include_str!("../data/refusals.txt")));

/// Why a question must not reach a model; the most urgent first.
pub fn refusal(question: &str) -> Option<Refusal> {
    let words: Vec<String> = text::tokenize(question)
        .into_iter()
        .map(|t| t.word)
        .collect();
    PATTERNS
        .iter()
        .filter(|p| p.fits(&words))
        .map(|p| p.kind)
        .min()
}

/// What is said when the passages do not answer.
pub fn unknown(lang: Lang) -> &'static str {
    Refusal::Unknown.text(lang)
}

impl Pattern {
    fn fits(&self, words: &[String]) -> bool {
        (0..words.len()).any(|at| self.from(0, words, at))
    }

    fn from(&self, position: usize, words: &[String], at: usize) -> bool {
        let (Some(wanted), Some(word)) = (self.positions.get(position), words.get(at)) else {
            return false;
        };
        if !wanted.iter().any(|w| is(word, w)) {
            return false;
        }
        position + 1 == self.positions.len()
            || (at + 1..=at + 1 + self.gap).any(|next| self.from(position + 1, words, next))
    }
}

fn is(word: &str, wanted: &str) -> bool {
    match wanted.strip_suffix('*') {
        Some(begin) => word.starts_with(begin),
        None => word == wanted,
    }
}

/// Lines of `kind: a|b c* d | gap 3`; lists as `name = a|b`, used as `@name`; `#` begins a comment. A line that is none is left out; a
/// test sees to it that there is none.
fn read(text: &str) -> Vec<Pattern> {
    let mut lists: Vec<(String, String)> = Vec::new();
    let mut patterns = Vec::new();
    for line in text.lines() {
        let line = line.split('#').next().unwrap_or_default().trim();
        let line = lists
            .iter()
            .rev()
            .fold(line.to_owned(), |line, (name, list)| {
                line.replace(name, list)
            });
        if let Some((name, list)) = line.split_once(" = ") {
            lists.push((format!("@{}", name.trim()), list.trim().to_owned()));
        } else if let Some(pattern) = pattern(&line) {
            patterns.push(pattern);
        }
    }
    patterns
}

fn pattern(line: &str) -> Option<Pattern> {
    let (kind, rest) = line.split_once(':')?;
    let kind = match kind.trim() {
        "akut" => Refusal::Emergency,
        "sygdom" => Refusal::Medical,
        "egen-sag" => Refusal::OwnCase,
        "jura" => Refusal::Legal,
        _ => return None,
    };
    let (words, gap) = match rest.split_once(" | gap ") {
        Some((words, gap)) => (words, gap.trim().parse().ok()?),
        None => (rest, 2),
    };
    let word = |w: &str| {
        let folded = text::fold(w);
        folded
            .chars()
            .filter(|c| c.is_ascii_alphanumeric() || *c == '*')
            .collect::<String>()
    };
    let positions: Vec<Vec<String>> = words
        .split_whitespace()
        .map(|p| p.split('|').map(word).filter(|w| !w.is_empty()).collect())
        .collect();
    let sound = !positions.is_empty() && positions.iter().all(|p| !p.is_empty());
    sound.then_some(Pattern {
        kind,
        positions,
        gap,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_file_is_a_pattern() {
        let text = include_str!("../data/refusals.txt");
        let lines = text
            .lines()
            .map(|l| l.split('#').next().unwrap_or_default().trim());
        let wanted = lines
            .filter(|l| !l.is_empty() && !l.contains(" = "))
            .count();
        assert_eq!(PATTERNS.len(), wanted);
        assert!(
            !PATTERNS
                .iter()
                .flat_map(|p| p.positions.iter().flatten())
                .any(|w| w.contains('@'))
        );
    }

    #[test]
    fn every_refusal_speaks_both_languages_and_leads_on() {
        for kind in [
            Refusal::Emergency,
            Refusal::Medical,
            Refusal::OwnCase,
            Refusal::Legal,
            Refusal::Unknown,
        ] {
            for lang in [Lang::Da, Lang::En] {
                assert!(kind.text(lang).len() > 80, "{kind:?}");
            }
        }
        assert!(
            Refusal::Emergency.text(Lang::Da).contains("112")
                && Refusal::Medical.text(Lang::En).contains("1813")
        );
    }
}
