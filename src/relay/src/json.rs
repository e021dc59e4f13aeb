//! The answers of the API as the types of `protocol`, read by `elements::json`, and the bodies that are sent. Tests compare both with
//! serde_json. Damaged text gives `None`; what a newer server says is `Other`, and what is absent is empty.

use elements::json::{Value, Writer, object};
use protocol::handoff::{
    Accepted, Availability, Conversation, Department, Entry, Log, Opened, Requeue, Said, Stage,
    Way, What, Who,
};
use protocol::{Code, Contact, Privacy, Text};

/// Digits of a number.
pub(crate) fn digits(mut number: u64) -> String {
    let mut out = Vec::new();
    loop {
        out.push(b'0' + (number % 10) as u8);
        number /= 10;
        if number == 0 {
            break;
        }
    }
    out.iter().rev().map(|digit| char::from(*digit)).collect()
}

/// A list of values that are written already.
pub(crate) fn list(of: impl Iterator<Item = String>) -> String {
    let mut out = String::from("[");
    for one in of {
        if out.len() > 1 {
            out.push(',');
        }
        out.push_str(&one);
    }
    out.push(']');
    out
}

fn both(value: &Value) -> Text {
    Text {
        da: value.text("da"),
        en: value.some("en"),
    }
}

fn department(value: &Value) -> Department {
    Department {
        id: value.text("id"),
        name: both(value.get("name")),
        phone: value.some("phone"),
        email: value.some("email"),
        address: value.some("address"),
    }
}

fn way(text: &str) -> Way {
    match text {
        "chat" => Way::Chat,
        "message" => Way::Message,
        "callback" => Way::Callback,
        _ => Way::Other,
    }
}

/// How a way is written.
pub(crate) fn way_name(way: Way) -> &'static str {
    match way {
        Way::Message => "message",
        Way::Callback => "callback",
        Way::Chat | Way::Other => "chat",
    }
}

fn who(value: &Value, name: &str) -> Who {
    match value.text(name).as_str() {
        "citizen" => Who::Citizen,
        "staff" => Who::Staff,
        "bot" => Who::Bot,
        "system" => Who::System,
        _ => Who::Other,
    }
}

/// A number that may be absent.
pub(crate) fn some_number(value: &Value, name: &str) -> Option<i64> {
    match value.get(name) {
        Value::Number(number) => Some(*number),
        _ => None,
    }
}

fn minutes(value: &Value) -> Option<u16> {
    some_number(value, "wait_minutes").map(|number| number.clamp(0, 65_535) as u16)
}

/// The answer to `GET availability`.
pub fn availability(text: &str) -> Option<Availability> {
    let value = object(text, "department")?;
    let privacy = value.get("privacy");
    let name = |value: &Value| match value {
        Value::Text(text) => way(text),
        _ => Way::Other,
    };
    Some(Availability {
        department: department(value.get("department")),
        others: value.each("others", department),
        open: value.yes("open"),
        hours: value.yes("hours"),
        opens_at: value.some("opens_at"),
        closes_at: value.some("closes_at"),
        waiting: value.number("waiting").clamp(0, 99_999) as u32,
        wait_minutes: minutes(&value),
        ways: value.each("ways", name),
        privacy: privacy_of(privacy),
    })
}

pub(crate) fn privacy_of(value: &Value) -> Privacy {
    Privacy {
        version: value.text("version"),
        controller: value.text("controller"),
        purpose: both(value.get("purpose")),
        retention: both(value.get("retention")),
        text: both(value.get("text")),
    }
}

fn conversation_of(value: &Value) -> Conversation {
    Conversation {
        receipt: value.text("receipt"),
        way: way(&value.text("way")),
        stage: match value.text("stage").as_str() {
            "waiting" => Stage::Waiting,
            "active" => Stage::Active,
            "closed" => Stage::Closed,
            _ => Stage::Other,
        },
        department: department(value.get("department")),
        seq: value.number("seq").max(0) as u64,
        ahead: some_number(value, "ahead").map(|number| number.clamp(0, 99_999) as u32),
        wait_minutes: minutes(value),
        open: value.yes("open"),
        opens_at: value.some("opens_at"),
        staff: value.some("staff"),
    }
}

/// How a conversation stands.
pub fn conversation(text: &str) -> Option<Conversation> {
    object(text, "stage").map(|value| conversation_of(&value))
}

/// The answer to a beginning.
pub fn opened(text: &str) -> Option<Opened> {
    let value = object(text, "receipt")?;
    let inner = value.get("conversation");
    if *inner == Value::Null {
        return None;
    }
    Some(Opened {
        receipt: value.text("receipt"),
        secret: value.some("secret"),
        resume_code: value.some("resume_code"),
        conversation: conversation_of(inner),
    })
}

fn entry_of(value: &Value) -> Entry {
    let what = match value.text("kind").as_str() {
        "message" => What::Message {
            id: value.text("id"),
            text: value.text("text"),
            answer: value.some("answer"),
        },
        "correction" => What::Correction {
            of: value.number("of").max(0) as u64,
            text: value.text("text"),
        },
        "taken" => What::Taken,
        "requeued" => What::Requeued {
            why: match value.text("why").as_str() {
                "staff-away" => Requeue::StaffAway,
                "given-back" => Requeue::GivenBack,
                _ => Requeue::Other,
            },
        },
        "transferred" => What::Transferred {
            department: department(value.get("department")),
        },
        "citizen-away" => What::CitizenAway,
        "citizen-back" => What::CitizenBack,
        "typing" => What::Typing {
            on: value.yes("on"),
        },
        "closed" => What::Closed {
            by: who(value, "by"),
        },
        _ => What::Other,
    };
    Entry {
        seq: value.number("seq").max(0) as u64,
        at: value.text("at"),
        who: who(value, "who"),
        name: value.some("name"),
        what,
    }
}

/// One entry, as a stream says it.
pub fn entry(text: &str) -> Option<Entry> {
    object(text, "seq").map(|value| entry_of(&value))
}

/// The answer to `GET log`.
pub fn log(text: &str) -> Option<Log> {
    let value = object(text, "conversation")?;
    Some(Log {
        entries: value.each("entries", entry_of),
        conversation: conversation_of(value.get("conversation")),
    })
}

/// The answer to a message.
pub fn accepted(text: &str) -> Option<Accepted> {
    let value = object(text, "seq")?;
    Some(Accepted {
        seq: value.number("seq").max(0) as u64,
    })
}

/// The code of a problem, as far as it is told apart from its status; `None` when the text is none of ours.
pub fn problem(text: &str) -> Option<Code> {
    Some(match object(text, "code")?.text("code").as_str() {
        "in-progress" => Code::InProgress,
        "wrong-state" => Code::WrongState,
        "closed" => Code::Closed,
        "not-found" => Code::NotFound,
        "no-secret" => Code::NoSecret,
        "invalid" => Code::Invalid,
        "cpr-refused" => Code::CprRefused,
        "privacy-changed" => Code::PrivacyChanged,
        "key-reused" => Code::KeyReused,
        "unavailable" => Code::Unavailable,
        "too-many-requests" => Code::TooManyRequests,
        _ => Code::Other,
    })
}

/// The chat with the bot, as it is sent.
pub(crate) fn transcript(of: &[Said]) -> String {
    list(of.iter().map(|said| {
        let who = match said.who {
            Who::Citizen => "citizen",
            _ => "bot",
        };
        Writer::new()
            .text("who", who)
            .text("text", &said.text)
            .some("answer", said.answer.as_deref().unwrap_or_default())
            .end()
    }))
}

/// Who is to be answered.
pub(crate) fn contact(contact: &Contact) -> String {
    Writer::new()
        .text("name", &contact.name)
        .some("phone", contact.phone.as_deref().unwrap_or_default())
        .some("email", contact.email.as_deref().unwrap_or_default())
        .end()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use protocol::Language;
    use protocol::handoff::{LeaveRequest, MessageRequest, OpenRequest, ResumeRequest};

    fn answer(name: &str) -> String {
        let path = format!("{}/tests/answers/{name}.json", env!("CARGO_MANIFEST_DIR"));
        std::fs::read_to_string(path).expect("an answer")
    }

    #[test]
    fn answers_are_read_as_serde_reads_them() {
        for name in ["open", "closed", "nobody"] {
            let text = answer(name);
            let serde: Availability = serde_json::from_str(&text).expect(name);
            assert_eq!(availability(&text), Some(serde));
        }
        let text = answer("opened");
        let serde: Opened = serde_json::from_str(&text).expect("opened");
        assert_eq!(opened(&text), Some(serde.clone()));
        let inner = serde_json::to_string(&serde.conversation).expect("json");
        assert_eq!(conversation(&inner), Some(serde.conversation));
    }

    #[test]
    fn every_kind_of_entry_is_read_as_serde_reads_it() {
        for what in [
            r#""kind":"message","id":"a","text":"Hej","answer":"pas/pris""#,
            r#""kind":"correction","of":3,"text":"12 dage""#,
            r#""kind":"taken""#,
            r#""kind":"requeued","why":"staff-away""#,
            r#""kind":"requeued","why":"nyt""#,
            r#""kind":"transferred","department":{"id":"pas","name":{"da":"Pas"}}"#,
            r#""kind":"citizen-away""#,
            r#""kind":"typing","on":true"#,
            r#""kind":"closed","by":"staff""#,
            r#""kind":"noget-nyt""#,
        ] {
            let text = format!(
                r#"{{"seq":7,"at":"2026-11-23T10:00:00+01:00","who":"staff","name":"Mette",{what}}}"#
            );
            let serde: Entry = serde_json::from_str(&text).expect(what);
            assert_eq!(entry(&text), Some(serde), "{what}");
            let log_text = format!(
                r#"{{"entries":[{text}],"conversation":{}}}"#,
                serde_json::to_string(&opened(&answer("opened")).expect("opened").conversation)
                    .expect("json")
            );
            let serde: Log = serde_json::from_str(&log_text).expect("log");
            assert_eq!(log(&log_text), Some(serde));
        }
        assert_eq!(entry("{}"), None);
        assert_eq!(log(r#"{"entries":[]}"#), None);
    }

    #[test]
    fn digits_are_those_of_the_number() {
        for number in [0, 7, 10, 65_536, u64::MAX] {
            assert_eq!(digits(number), number.to_string());
        }
    }

    proptest! {
        #[test]
        fn bodies_are_written_as_serde_writes_them(words in any::<String>(), phone in any::<String>(), answer in any::<String>()) {
            let some = |text: &String| (!text.is_empty()).then(|| text.clone());
            let said = vec![
                Said { who: Who::Citizen, text: words.clone(), answer: None },
                Said { who: Who::Bot, text: phone.clone(), answer: some(&answer) },
            ];
            let to = Contact { name: words.clone(), phone: some(&phone), email: None };
            let body = crate::review::body(&crate::review::Draft {
                way: Way::Callback, department: "pas", text: &words, transcript: &said, about: &answer, bundle: &phone,
                contact: Some(&to), when: &words, privacy: &words, lang: bundle::content::Lang::En,
            });
            let serde = OpenRequest {
                way: Way::Callback, department: "pas".into(), text: words.clone(), transcript: said.clone(), about: some(&answer),
                bundle: phone.clone(), contact: Some(to.clone()), when: some(&words), privacy_version: words.clone(), language: Language::En,
            };
            prop_assert_eq!(body, serde_json::to_string(&serde).expect("json"));

            let leave = LeaveRequest { way: Way::Message, contact: to.clone(), when: some(&words), privacy_version: phone.clone() };
            prop_assert_eq!(crate::review::leave_body(Way::Message, &to, &words, &phone), serde_json::to_string(&leave).expect("json"));

            let message = MessageRequest { id: phone.clone(), text: words.clone() };
            prop_assert_eq!(Writer::new().text("id", &phone).text("text", &words).end(), serde_json::to_string(&message).expect("json"));
            prop_assert_eq!(Writer::new().text("code", &words).end(), serde_json::to_string(&ResumeRequest { code: words.clone() }).expect("json"));
        }

        #[test]
        fn no_text_stops_it(text in any::<String>()) {
            let _ = (availability(&text), opened(&text), log(&text), entry(&text), conversation(&text), accepted(&text), problem(&text));
        }
    }
}
