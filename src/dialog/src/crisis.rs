//! Crisis statements: seen before anything else is read, by authored word patterns, not by the
//! matcher: a pattern can be read, discussed and corrected by a professional.
//!
//! `kb-bundle/krise/moenstre.txt` holds one pattern a line; `#` begins a comment:
//!
//! ```text
//! selvmord: vil|ønsker dø | gap 3 | ikke: grin kede telefon
//! ```
//!
//! The kind (`selvmord`, `vold`, `fare`), then positions in order, each with alternatives parted by
//! `|` without spaces and perhaps `*` for any ending; then, parted by ` | `, how many other words may
//! stand between two positions (`gap`, 2 when not said) and words that call the pattern off wherever
//! they stand (`ikke:`). `folk = mand|kone|far` names a list, and `@folk` stands for it further down. The first line that matches decides, so danger of life now stands on top.
//! The end of a sentence counts as two words between. A word of eight letters or more is also seen
//! with one slip.

use crate::words::within_one;
use alloc::string::String;
use alloc::vec::Vec;
use bundle::content::{CrisisKind, CrisisPattern};
use text::Token;

/// Letters that a word must have to be seen with one slip.
const SLIP_FROM: usize = 8;

/// What the citizen needs, if the utterance is a crisis statement.
pub fn find(patterns: &[CrisisPattern], utterance: &str) -> Option<CrisisKind> {
    let said = text::tokenize(utterance);
    patterns.iter().find(|p| matches(p, &said)).map(|p| p.kind)
}

/// Id of the intent that answers a crisis of that kind.
pub fn intent_id(kind: CrisisKind) -> &'static str {
    match kind {
        CrisisKind::Suicide => "udsatte-og-krise/selvmordstanker",
        CrisisKind::Violence => "udsatte-og-krise/vold-i-hjemmet-krisecenter",
        CrisisKind::Danger => "andre-myndigheder/laegevagt-og-akut-hjaelp",
    }
}

/// Whether the words of an utterance fit a pattern.
fn matches(pattern: &CrisisPattern, said: &[Token]) -> bool {
    let Some((first, rest)) = pattern.words.split_first() else {
        return false;
    };
    said.iter()
        .enumerate()
        .any(|(at, token)| fits(&token.word, first) && follows(pattern, rest, &said[at..]))
        && !said.iter().any(|t| fits_exactly(&t.word, &pattern.unless))
}

/// Whether the further positions follow the first token of `said`, each near enough to the one before.
fn follows(pattern: &CrisisPattern, positions: &[Vec<String>], said: &[Token]) -> bool {
    let Some((position, rest)) = positions.split_first() else {
        return true;
    };
    let near = |at: usize| {
        let ends = usize::from(said[at].sentence - said[0].sentence);
        at - 1 + 2 * ends <= usize::from(pattern.gap)
    };
    (1..said.len())
        .take_while(|&at| near(at))
        .any(|at| fits(&said[at].word, position) && follows(pattern, rest, &said[at..]))
}

fn fits(word: &str, alternatives: &[String]) -> bool {
    fits_exactly(word, alternatives)
        || alternatives.iter().any(|a| match a.strip_suffix('*') {
            Some(start) => {
                start.len() >= SLIP_FROM && word.len() >= start.len() && begins_nearly(word, start)
            }
            None => a.len() >= SLIP_FROM && within_one(word, a),
        })
}

fn fits_exactly(word: &str, alternatives: &[String]) -> bool {
    alternatives.iter().any(|a| match a.strip_suffix('*') {
        Some(start) => word.starts_with(start),
        None => word == a,
    })
}

/// The word begins with `start`, give or take one slip.
fn begins_nearly(word: &str, start: &str) -> bool {
    [start.len() - 1, start.len(), start.len() + 1]
        .iter()
        .any(|&n| word.get(..n).is_some_and(|w| within_one(w, start)))
}

/// Reads `moenstre.txt`.
///
/// # Errors
/// Every line that is none, counted from 1, with what is wrong and what to do.
pub fn parse_patterns(text: &str) -> Result<Vec<CrisisPattern>, Vec<(usize, String)>> {
    let (mut patterns, mut errors) = (Vec::new(), Vec::new());
    let mut lists: Vec<(&str, String)> = Vec::new();
    for (i, line) in text.lines().enumerate() {
        let line = line.split('#').next().unwrap_or("").trim();
        if line.is_empty() {
            continue;
        }
        if let Some((name, list)) = line.split_once(" = ") {
            let list = with_lists(list.trim(), &lists);
            lists.push((name.trim(), list));
            continue;
        }
        match parse_line(&with_lists(line, &lists)) {
            Ok(pattern) => patterns.push(pattern),
            Err(message) => errors.push((i + 1, String::from(message))),
        }
    }
    if errors.is_empty() {
        Ok(patterns)
    } else {
        Err(errors)
    }
}

/// The line with every `@name` written out. An unknown name stays, and is then no word.
fn with_lists(line: &str, lists: &[(&str, String)]) -> String {
    let mut pieces = line.split('@');
    let mut out = String::from(pieces.next().unwrap_or(""));
    for piece in pieces {
        let end = piece.find([' ', '|']).unwrap_or(piece.len());
        let (name, rest) = piece.split_at(end);
        if let Some((_, list)) = lists.iter().find(|(known, _)| *known == name) {
            out.push_str(list);
        } else {
            out.push('@');
            out.push_str(name);
        }
        out.push_str(rest);
    }
    out
}

fn parse_line(line: &str) -> Result<CrisisPattern, &'static str> {
    let (kind, rest) = line
        .split_once(':')
        .ok_or("no kind; begin the line with `selvmord:`, `vold:` or `fare:`")?;
    let kind = match kind.trim() {
        "selvmord" => CrisisKind::Suicide,
        "vold" => CrisisKind::Violence,
        "fare" => CrisisKind::Danger,
        _ => return Err("unknown kind; write `selvmord`, `vold` or `fare`"),
    };
    let mut parts = rest.split(" | ");
    let positions = parts.next().unwrap_or("").split_whitespace();
    let words: Vec<Vec<String>> = positions
        .map(|p| {
            p.split('|')
                .filter(|w| !w.is_empty())
                .map(pattern_word)
                .collect()
        })
        .collect();
    if rest.contains('@') {
        return Err("unknown list; write `name = word|word` further up");
    }
    let empty = |w: &String| w.trim_end_matches('*').is_empty();
    if words.is_empty() || words.iter().any(|p| p.is_empty() || p.iter().any(empty)) {
        return Err("no words; write at least one word for every position");
    }
    let mut pattern = CrisisPattern {
        kind,
        words,
        gap: 2,
        unless: Vec::new(),
    };
    for part in parts {
        let part = part.trim();
        if let Some(gap) = part.strip_prefix("gap ") {
            pattern.gap = gap
                .trim()
                .parse()
                .ok()
                .filter(|g| *g <= 12)
                .ok_or("`gap` needs a number from 0 to 12")?;
        } else if let Some(unless) = part.strip_prefix("ikke:") {
            pattern.unless = unless
                .split([' ', '|'])
                .filter(|w| !w.is_empty())
                .map(pattern_word)
                .collect();
        } else {
            return Err("unknown part; write `| gap 3` or `| ikke: ord ord`");
        }
    }
    Ok(pattern)
}

/// Folded as the tokens of an utterance are: "don't" is "dont".
fn pattern_word(word: &str) -> String {
    text::fold(word)
        .chars()
        .filter(|c| text::is_letter_or_digit(*c) || *c == '*')
        .collect()
}

#[cfg(test)]
mod tests {
    extern crate std;

    use super::*;
    use alloc::format;

    fn file(name: &str) -> Option<String> {
        std::fs::read_to_string(format!(
            "{}/../../kb-bundle/krise/{name}",
            env!("CARGO_MANIFEST_DIR")
        ))
        .ok()
    }

    fn patterns() -> Vec<CrisisPattern> {
        parse_patterns(&file("moenstre.txt").expect("moenstre.txt")).expect("patterns")
    }

    /// Lines of a file with the kind in front, if they have one ("selvmord: ..."), without comments.
    fn lines(text: &str) -> impl Iterator<Item = (Option<CrisisKind>, &str)> {
        text.lines()
            .map(str::trim)
            .filter(|l| !l.is_empty() && !l.starts_with('#'))
            .map(|line| {
                let (kind, rest) = line.split_once([':', '\t']).unwrap_or(("", line));
                match kind.trim() {
                    "selvmord" => (Some(CrisisKind::Suicide), rest.trim()),
                    "vold" => (Some(CrisisKind::Violence), rest.trim()),
                    "fare" => (Some(CrisisKind::Danger), rest.trim()),
                    _ => (None, line),
                }
            })
    }

    #[test]
    fn statements_are_seen() {
        let Some(text) = file("udsagn.txt") else {
            return;
        };
        let patterns = patterns();
        let all: Vec<_> = lines(&text).collect();
        let missed: Vec<&str> = all
            .iter()
            .filter(|(_, l)| find(&patterns, l).is_none())
            .map(|(_, l)| *l)
            .collect();
        let other: Vec<_> = all
            .iter()
            .filter(|(kind, l)| {
                kind.is_some() && find(&patterns, l).is_some_and(|k| Some(k) != *kind)
            })
            .collect();
        std::println!(
            "{} statements, missed {missed:#?}, other help {other:#?}",
            all.len()
        );
        assert!(
            missed.len() * 50 <= all.len(),
            "{} of {} missed: {missed:#?}",
            missed.len(),
            all.len()
        );
    }

    #[test]
    fn lookalikes_are_not_alarms() {
        let Some(text) = file("ligner.txt") else {
            return;
        };
        let patterns = patterns();
        let all: Vec<_> = lines(&text).collect();
        let alarms: Vec<_> = all
            .iter()
            .filter_map(|(_, l)| find(&patterns, l).map(|kind| (kind, *l)))
            .collect();
        std::println!("{} lookalikes, alarms {alarms:#?}", all.len());
        assert!(
            alarms.len() * 100 <= all.len(),
            "{} of {}: {alarms:#?}",
            alarms.len(),
            all.len()
        );
    }

    /// Example utterances of all topics but those of crises: not one in three hundred may alarm.
    #[test]
    fn what_citizens_ask_is_no_alarm() {
        let patterns = patterns();
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../kb-bundle/faelles");
        let (mut all, mut alarms) = (0, Vec::new());
        for file in std::fs::read_dir(folder).expect("faelles").flatten() {
            let name = file.file_name().to_string_lossy().into_owned();
            let crisis = ["udsatte", "boern-og-familie", "andre-myndigheder"];
            if name.strip_suffix(".md").is_none() || crisis.iter().any(|c| name.starts_with(c)) {
                continue;
            }
            let text = std::fs::read_to_string(file.path()).expect("text");
            let mut inside = false;
            for line in text.lines() {
                if line.starts_with('#') {
                    inside = line == "### Borgere skriver" || line == "### Citizens write";
                } else if let Some(utterance) = line.strip_prefix("- ").filter(|_| inside) {
                    all += 1;
                    if let Some(kind) = find(&patterns, utterance) {
                        alarms.push((kind, name.clone(), String::from(utterance)));
                    }
                }
            }
        }
        std::println!("{all} utterances, alarms {alarms:#?}");
        assert!(alarms.len() * 300 <= all, "{all}: {alarms:#?}");
    }

    #[test]
    fn the_syntax_is_read() {
        let all = parse_patterns(
            "# x\n\nselvmord: vil|ønsker dø | gap 3 | ikke: grin kede*\nfare: brænder*  # nu\n",
        );
        let all = all.expect("two patterns");
        assert_eq!(all[0].words.concat(), ["vil", "oensker", "doe"]);
        assert_eq!((all[0].gap, all[0].unless.len(), all[1].gap), (3, 2, 2));
        let sees = |s: &str| find(&all, s);
        assert_eq!(sees("Jeg vil bare gerne dø!"), Some(CrisisKind::Suicide));
        assert_eq!(sees("jeg vil bare gerne altid helst dø"), None);
        assert_eq!(sees("jeg vil dø af grin"), None);
        assert_eq!(sees("det braendrer"), Some(CrisisKind::Danger));
        assert_eq!(sees("jeg vil. Og dø"), Some(CrisisKind::Suicide));
        assert_eq!(sees("jeg vil have svar nu. Og dø"), None);
    }

    #[test]
    fn lists_are_written_out() {
        let all = parse_patterns(
            "folk = mand|far\nalle = @folk|han\nvold: @alle|hun slår | ikke: @folk skak",
        )
        .expect("one pattern");
        assert_eq!(all[0].words[0], ["mand", "far", "han", "hun"]);
        assert_eq!(all[0].unless, ["mand", "far", "skak"]);
        assert!(parse_patterns("vold: @ukendt slår").is_err());
    }

    #[test]
    fn every_mistake_is_told() {
        let errors = parse_patterns(
            "vil dø\nandet: dø\nfare:\nfare: * | gap 1\nfare: x | gap mange\nfare: x | hvis y",
        );
        let lines: Vec<usize> = errors
            .expect_err("mistakes")
            .iter()
            .map(|(line, _)| *line)
            .collect();
        assert_eq!(lines, [1, 2, 3, 4, 5, 6]);
    }
}
