//! What a text may hold before it is kept. The browser masks too; what it missed, or did not want to, is masked here, and only the
//! masked text is ever stored.

use crate::fault::Fault;
use privacy::Kind;
use protocol::Code;
use protocol::handoff::MESSAGE_MOST;

/// A text of several lines, 1..=[`MESSAGE_MOST`] characters: blanks at the ends and controls are left out.
pub(super) fn clean(text: &str) -> Result<String, Fault> {
    let text = text.replace("\r\n", "\n");
    let plain = |c: &char| !c.is_control() || matches!(c, '\n' | '\t');
    let text: String = text.chars().filter(plain).collect();
    let text = text.trim();
    if text.is_empty() || text.chars().count() > MESSAGE_MOST {
        return Err(Fault::No(Code::Invalid, "text: 1 to 4000 characters"));
    }
    Ok(text.to_owned())
}

/// One line, at most so many characters; may be empty.
pub(super) fn line(text: &str, most: usize, wrong: &'static str) -> Result<String, Fault> {
    let clean = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if clean.chars().count() > most || clean.chars().any(char::is_control) {
        return Err(Fault::No(Code::Invalid, wrong));
    }
    Ok(clean)
}

/// An id of the knowledge: "pas/pas-til-barn"; may be empty.
pub(super) fn id(text: Option<&str>, wrong: &'static str) -> Result<String, Fault> {
    let text = text.unwrap_or_default();
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"/-_.:+".contains(&b);
    if text.len() > 128 || !text.bytes().all(plain) {
        return Err(Fault::No(Code::Invalid, wrong));
    }
    Ok(text.to_owned())
}

/// What a citizen writes to a person: numbers of persons, accounts and cards are masked. `before` is their message in front of this
/// one: a number in two pieces is found too.
pub(super) fn of_citizen(before: &str, text: &str) -> String {
    let joined = privacy::find_joined(before, text);
    let end = joined.iter().map(|f| f.end).max().unwrap_or(0);
    let text = match (joined.first(), text.get(end..)) {
        (Some(found), Some(rest)) => format!("{}{rest}", found.kind.mask()),
        _ => text.to_owned(),
    };
    without(text, &[Kind::Cpr, Kind::Account, Kind::Card])
}

/// What staff write: the kommune's own account may stand there, nobody's CPR number or card.
pub(super) fn of_staff(text: &str) -> String {
    without(text.to_owned(), &[Kind::Cpr, Kind::Card])
}

/// Masks some kinds, and looks again until none is found: what was put in may say what stands beside it.
fn without(mut text: String, kinds: &[Kind]) -> String {
    loop {
        let found = privacy::find(&text).into_iter();
        let found: Vec<_> = found.filter(|f| kinds.contains(&f.kind)).collect();
        if found.is_empty() {
            return text;
        }
        let mut out = String::with_capacity(text.len());
        let mut at = 0;
        for one in found {
            out.push_str(text.get(at..one.start).unwrap_or_default());
            out.push_str(one.kind.mask());
            at = one.end;
        }
        out.push_str(text.get(at..).unwrap_or_default());
        text = out;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_citizens_numbers_are_masked_and_their_phone_is_not() {
        let text = "Mit nummer er 010190-1234, ring på 20 30 40 50, kort 4111 1111 1111 1111";
        let masked = of_citizen("", text);
        for digits in ["010190", "1234", "4111"] {
            assert!(!masked.contains(digits), "{masked}");
        }
        assert!(masked.contains("20 30 40 50"), "{masked}");
        assert_eq!(of_citizen("", &masked), masked, "once is enough");
    }

    #[test]
    fn a_cpr_number_in_two_messages_is_masked_in_the_second() {
        let masked = of_citizen("010190", "1234 er det");
        assert_eq!(masked, "[cpr-nummer] er det");
    }

    #[test]
    fn texts_lose_controls_and_too_long_ones_are_refused() {
        assert_eq!(clean(" a\r\nb\u{0}\u{7} ").expect("a text"), "a\nb");
        for wrong in ["", " \n ", &"x".repeat(4001)] {
            assert!(clean(wrong).is_err());
        }
        assert!(clean(&"æ".repeat(4000)).is_ok());
        assert!(id(Some("pas/pas-til-barn"), "").is_ok());
        assert!(id(Some("pas <b>"), "").is_err());
    }
}
