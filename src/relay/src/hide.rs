//! What is hidden before anything leaves. In a form and in the chat with the bot all that `privacy` finds; in a conversation with a
//! person only what nobody needs to write there: CPR numbers, accounts and cards. The server does the same once more.

use privacy::Kind;

/// For forms and the chat with the bot.
pub(crate) fn all(text: &str) -> String {
    privacy::mask(text)
}

/// For what is written to a person, who may be given a phone number.
pub(crate) fn secrets(text: &str) -> String {
    let mut masked = text.to_string();
    loop {
        let found = privacy::find(&masked);
        let Some(one) = found
            .iter()
            .find(|one| matches!(one.kind, Kind::Cpr | Kind::Account | Kind::Card))
        else {
            return masked;
        };
        masked.replace_range(one.start..one.end, one.kind.mask());
    }
}

/// Something that does not belong into a name or a time of day.
pub(crate) fn has_cpr(text: &str) -> bool {
    !privacy::find_cpr(text).is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_may_be_given_a_phone_number_but_no_cpr_number_or_card() {
        let text = "ring 20 12 34 56, jeg er 010190-1234 og kort 4571 0000 0000 0001";
        let masked = secrets(text);
        assert!(masked.contains("20 12 34 56"), "{masked}");
        assert!(
            !masked.contains("1234 og") && masked.contains("[cpr-nummer]"),
            "{masked}"
        );
        assert!(!all(text).contains("20 12 34 56"));
        assert!(has_cpr("Kim 0101901234") && !has_cpr("Kim Jensen"));
    }
}
