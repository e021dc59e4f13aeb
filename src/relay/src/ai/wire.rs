//! What leaves and what comes: the question made fit to leave, the body, and the answers of the API read as the types of `protocol`.
//! Tests compare both with serde_json. Damaged text gives `None`.

use bundle::content::Lang;
use elements::json::{Value, Writer, object};
use protocol::fallback::{
    Degraded, Finished, Lack, QUESTION_MOST, Refused, Said, SaidPart, Source, Sources, Terms,
    Withheld, event,
};

use crate::json::{privacy_of, some_number};

/// More digits in a row than this, in what is masked already, are a number that nobody knows the kind of.
const DIGITS_MOST: usize = 8;

/// Why a question cannot leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unfit {
    /// Nothing is asked.
    Empty,
    /// More than [`QUESTION_MOST`] characters, masked.
    Long,
    /// Something in it looks like a number of a person, and could not be masked.
    Secret,
}

/// A question as it may leave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fit {
    /// Masked, one blank between words.
    pub text: String,
    /// What was put in: "[cpr-nummer]", each once.
    pub hidden: Vec<&'static str>,
}

/// Makes a question fit to leave, or says why it stays.
///
/// # Errors
/// It is empty or too long, or holds what cannot be masked.
pub fn fit(question: &str) -> Result<Fit, Unfit> {
    let plain = crate::ask::words(&question.replace(|c: char| c.is_control(), " "));
    let mut hidden = Vec::new();
    for one in privacy::find(&plain) {
        if !hidden.contains(&one.kind.mask()) {
            hidden.push(one.kind.mask());
        }
    }
    let text = crate::hide::all(&plain);
    if text.is_empty() {
        return Err(Unfit::Empty);
    }
    if text.chars().count() > QUESTION_MOST {
        return Err(Unfit::Long);
    }
    if !privacy::find(&text).is_empty() || privacy::longest_row(&text) > DIGITS_MOST {
        return Err(Unfit::Secret);
    }
    Ok(Fit { text, hidden })
}

/// The body of `POST fallback`.
pub fn body(question: &str, lang: Lang, conversation: &str, consent: &str) -> String {
    Writer::new()
        .text("question", question)
        .text("language", lang.tag())
        .text("conversation", conversation)
        .text("consent", consent)
        .end()
}

/// The answer to `GET terms`.
pub fn terms(text: &str) -> Option<Terms> {
    let value = object(text, "on")?;
    let privacy = value.get("privacy");
    Some(Terms {
        on: value.yes("on"),
        privacy: (*privacy != Value::Null).then(|| privacy_of(privacy)),
        processor: value.some("processor"),
        region: value.some("region"),
        legal_basis: value.some("legal_basis"),
        model: value.some("model"),
        turns: some_number(&value, "turns").map(|turns| turns.clamp(0, 9_999) as u32),
    })
}

/// An event of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heard {
    /// What it stands on.
    Sources(Sources),
    /// A sentence.
    Sentence(Said),
    /// Nothing more may be shown.
    Withheld(Withheld),
    /// An authored text.
    Refused(Refused),
    /// No answer now.
    Degraded(Degraded),
    /// The end.
    Done(Finished),
    /// Of a newer server.
    Other,
}

/// Reads an event.
pub fn heard(name: &str, data: &str) -> Option<Heard> {
    Some(match name {
        event::SOURCES => Heard::Sources(Sources {
            sources: object(data, "sources")?.each("sources", source),
        }),
        event::SENTENCE => {
            let value = object(data, "parts")?;
            Heard::Sentence(Said {
                parts: value.each("parts", part),
                sources: value.each("sources", id),
            })
        }
        event::WITHHELD => {
            let value = object(data, "reason")?;
            Heard::Withheld(Withheld {
                reason: value.text("reason"),
                shown: value.number("shown").clamp(0, 9_999) as u32,
            })
        }
        event::REFUSED => {
            let value = object(data, "text")?;
            Heard::Refused(Refused {
                kind: value.text("kind"),
                text: value.text("text"),
            })
        }
        event::DEGRADED => {
            let value = object(data, "text")?;
            Heard::Degraded(Degraded {
                kind: match value.text("kind").as_str() {
                    "provider" => Lack::Provider,
                    "budget" => Lack::Budget,
                    "turns" => Lack::Turns,
                    "off" => Lack::Off,
                    _ => Lack::Other,
                },
                text: value.text("text"),
            })
        }
        event::DONE => {
            let value = object(data, "model")?;
            Heard::Done(Finished {
                ai_generated: value.yes("ai_generated"),
                model: value.text("model"),
                prompt: value.text("prompt"),
                at: value.text("at"),
                turns_left: value.number("turns_left").clamp(0, 9_999) as u32,
            })
        }
        _ => Heard::Other,
    })
}

fn id(value: &Value) -> u8 {
    match value {
        Value::Number(id) => u8::try_from(*id).unwrap_or_default(),
        _ => 0,
    }
}

fn source(value: &Value) -> Source {
    Source {
        id: id(value.get("id")),
        title: value.text("title"),
        intent: value.some("intent"),
        url: address(value),
    }
}

fn part(value: &Value) -> SaidPart {
    SaidPart {
        text: value.text("text"),
        url: address(value),
    }
}

/// The server has held it against its list of hosts; anything but `https:` is none of its addresses.
fn address(value: &Value) -> Option<String> {
    value.some("url").filter(|url| url.starts_with("https://"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use protocol::Language;
    use protocol::fallback::AskRequest;

    const CPR: &str = "010190-1234";
    const PHONE: &str = "20 12 34 56";
    const CARD: &str = "4571 0000 0000 0001";

    #[test]
    fn what_is_hidden_is_named_and_what_cannot_be_hidden_stays() {
        let fitted = fit("jeg er 010190-1234,\n ring  20 12 34 56 eller 20 12 34 57").expect("fit");
        assert_eq!(
            fitted.text,
            "jeg er [cpr-nummer], ring [telefonnummer] eller [telefonnummer]"
        );
        assert_eq!(fitted.hidden, ["[cpr-nummer]", "[telefonnummer]"]);
        assert_eq!(fit(" \n\u{7} "), Err(Unfit::Empty));
        assert_eq!(fit(&"ø".repeat(501)), Err(Unfit::Long));
        assert!(fit(&"ø".repeat(500)).is_ok());
        assert_eq!(fit("min sag 7701-0020-0300-44"), Err(Unfit::Secret));
        for open in [
            "hvad sker der 2026-12-24 kl. 10.30",
            "kan jeg få 10.000 - 20.000 kr. tilbage for 2024/2025?",
        ] {
            assert_eq!(
                fit(open).map(|fit| fit.text),
                Ok(open.into()),
                "needs no mask"
            );
        }
    }

    #[test]
    fn answers_are_read_as_serde_reads_them() {
        let whole = r#"{"on":true,"privacy":{"version":"a1","controller":"Eksempelby Kommune","purpose":{"da":"Svar","en":"Answer"},"retention":{"da":"Et døgn"},"text":{"da":"Alt"}},"processor":"Mistral","region":"EU","legal_basis":"Loven","model":"m-1","turns":5}"#;
        for text in [whole, r#"{"on":false}"#] {
            assert_eq!(terms(text), serde_json::from_str(text).ok(), "{text}");
        }
        assert_eq!(terms("{}"), None);
        let sources = r#"{"sources":[{"id":1,"title":"Pris på pas","intent":"pas/pris-paa-pas"},{"id":2,"title":"Side","url":"https://eksempelby.example/pas"}]}"#;
        assert_eq!(
            heard("sources", sources),
            serde_json::from_str(sources).ok().map(Heard::Sources)
        );
        let said = r#"{"parts":[{"text":"Et pas koster 893 kr., se "},{"text":"prisen","url":"https://eksempelby.example/pas"}],"sources":[1,2]}"#;
        assert_eq!(
            heard("sentence", said),
            serde_json::from_str(said).ok().map(Heard::Sentence)
        );
        let withheld = r#"{"reason":"number","shown":2}"#;
        assert_eq!(
            heard("withheld", withheld),
            serde_json::from_str(withheld).ok().map(Heard::Withheld)
        );
        let refused = r#"{"kind":"legal","text":"Det må jeg ikke."}"#;
        assert_eq!(
            heard("refused", refused),
            serde_json::from_str(refused).ok().map(Heard::Refused)
        );
        for kind in ["provider", "budget", "turns", "off", "noget-nyt"] {
            let text = format!(r#"{{"kind":"{kind}","text":"x"}}"#);
            assert_eq!(
                heard("degraded", &text),
                serde_json::from_str(&text).ok().map(Heard::Degraded)
            );
        }
        let done = r#"{"ai_generated":true,"model":"m-1","prompt":"2026-1","at":"2026-11-23T10:00:00+01:00","turns_left":4}"#;
        assert_eq!(
            heard("done", done),
            serde_json::from_str(done).ok().map(Heard::Done)
        );
        assert_eq!(heard("noget-nyt", "{}"), Some(Heard::Other));
    }

    #[test]
    fn addresses_that_are_not_https_are_no_links() {
        for url in [
            "http://a.example",
            "javascript:alert(1)",
            "data:text/html,x",
            "//a.example",
            "HTTPS://a.example",
            "",
        ] {
            let data = format!(r#"{{"parts":[{{"text":"x","url":"{url}"}}],"sources":[1]}}"#);
            let Some(Heard::Sentence(said)) = heard("sentence", &data) else {
                panic!("a sentence");
            };
            assert_eq!(said.parts[0].url, None, "{url}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]
        #[test]
        fn bodies_are_written_as_serde_writes_them(question in any::<String>(), conversation in any::<String>(), consent in any::<String>()) {
            let serde = AskRequest { question: question.clone(), language: Language::En, conversation: conversation.clone(), consent: consent.clone() };
            prop_assert_eq!(body(&question, Lang::En, &conversation, &consent), serde_json::to_string(&serde).expect("json"));
        }

        #[test]
        fn no_planted_number_leaves(before in any::<String>(), between in ".{0,40}", after in "[a-zæøå 0-9.,?!-]{0,60}", which in 0..3_usize) {
            let planted = [CPR, PHONE, CARD][which];
            if let Ok(fit) = fit(&format!("{before} {planted} {between} {planted} {after}")) {
                prop_assert!(!fit.text.contains(planted), "{}", fit.text);
                prop_assert!(privacy::find(&fit.text).is_empty(), "{}", fit.text);
            }
        }

        #[test]
        fn no_text_stops_it(name in "sources|sentence|withheld|refused|degraded|done|x", text in any::<String>()) {
            let _ = (heard(&name, &text), terms(&text), fit(&text));
        }
    }
}
