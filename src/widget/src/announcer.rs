//! Speaks every message of the bot exactly once, in order, as plain text: a polite live region of its
//! own, apart from the log, mounted before the first message and emptied after a while.
//! (Live transcripts are re-read whole by some screen readers: BotFramework-WebChat #2443, #3236.)

use bundle::Knowledge;
use dialog::Message;
use hours::LocalTime;

use crate::transcript::Plain;

/// What is spoken for a message: one line, no addresses, no details.
pub(crate) fn spoken(knowledge: &Knowledge, message: &Message, now: LocalTime) -> String {
    let plain = Plain {
        facts: knowledge.facts(message.answer_lang),
        lang: message.lang,
        now,
        full: false,
    };
    let mut text = String::new();
    plain.message(&mut text, message);
    sentences(&text)
}

/// Joins lines so that a speech engine pauses between them.
pub(crate) fn sentences(lines: &str) -> String {
    let mut out = String::with_capacity(lines.len());
    for line in lines
        .lines()
        .map(str::trim)
        .map(|line| line.strip_prefix("- ").unwrap_or(line))
        .filter(|line| !line.is_empty())
    {
        if !out.is_empty() {
            if !out.ends_with(['.', '?', '!', ':', ',']) {
                out.push('.');
            }
            out.push(' ');
        }
        out.push_str(line);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::sentences;

    #[test]
    fn lines_become_sentences_with_pauses() {
        assert_eq!(
            sentences("Automatisk svar: Hej.\n\n- Ring\n- Book tid\nVælg:\n1. Pas\n"),
            "Automatisk svar: Hej. Ring. Book tid. Vælg: 1. Pas"
        );
    }
}
