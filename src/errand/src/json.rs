//! The answers of the API as the types of `protocol`, read by `elements::json`. Tests compare them, and the bodies that are
//! sent, with serde_json. Damaged text gives `None`; what is not known is passed over, and what is absent is empty.

use protocol::{
    About, Adapter, Ask, Channel, Code, Hold, Location, Need, Notice, NoticeState, Privacy,
    Receipt, Service, Services, Slot, Slots, State, Text,
};

use elements::json::object;
pub use elements::json::{Value, Writer, parse};

fn both(value: &Value) -> Text {
    Text {
        da: value.text("da"),
        en: value.some("en"),
    }
}

fn need(value: &Value, name: &str) -> Need {
    match value.text(name).as_str() {
        "required" => Need::Required,
        "optional" => Need::Optional,
        _ => Need::No,
    }
}

fn location(value: &Value) -> Location {
    Location {
        id: value.text("id"),
        name: value.text("name"),
        address: value.text("address"),
        directions: value.some("directions"),
    }
}

fn service(value: &Value) -> Service {
    let ask = value.get("ask");
    let adapter = value.get("adapter");
    Service {
        id: value.text("id"),
        name: both(value.get("name")),
        bring: value.each("bring", both),
        minutes: value.number("minutes") as u16,
        persons_max: value.number("persons_max").clamp(1, 99) as u8,
        locations: value.each("locations", location),
        ask: Ask {
            phone: need(ask, "phone"),
            email: need(ask, "email"),
            cpr: need(ask, "cpr"),
        },
        code_needed: value.yes("code_needed"),
        adapter: match adapter.text("kind").as_str() {
            "link" => Adapter::Link {
                url: adapter.text("url"),
            },
            "http" => Adapter::Http,
            _ => Adapter::Builtin,
        },
    }
}

fn slot(value: &Value) -> Slot {
    Slot {
        start: value.text("start"),
        end: value.text("end"),
        location: value.text("location"),
        free: value.number("free") as u16,
    }
}

fn channel(value: &Value) -> Channel {
    if value.text("channel") == "sms" {
        Channel::Sms
    } else {
        Channel::Email
    }
}

fn notice(value: &Value) -> Notice {
    Notice {
        channel: channel(value),
        about: match value.text("about").as_str() {
            "moved" => About::Moved,
            "cancelled" => About::Cancelled,
            "reminder" => About::Reminder,
            "code" => About::Code,
            _ => About::Confirmed,
        },
        state: match value.text("state").as_str() {
            "sent" => NoticeState::Sent,
            "failed" => NoticeState::Failed,
            _ => NoticeState::Queued,
        },
    }
}

/// The answer to `GET services`.
pub fn services(text: &str) -> Option<Services> {
    let value = object(text, "services")?;
    let privacy = value.get("privacy");
    Some(Services {
        services: value.each("services", service),
        privacy: Privacy {
            version: privacy.text("version"),
            controller: privacy.text("controller"),
            purpose: both(privacy.get("purpose")),
            retention: both(privacy.get("retention")),
            text: both(privacy.get("text")),
        },
        timezone: value.text("timezone"),
        hold_seconds: value.number("hold_seconds").clamp(0, 86_400) as u32,
    })
}

/// The answer to `GET slots`.
pub fn slots(text: &str) -> Option<Slots> {
    let value = object(text, "slots")?;
    Some(Slots {
        slots: value.each("slots", slot),
        next: value.some("next"),
    })
}

/// The answer to a hold, or a longer one.
pub fn hold(text: &str) -> Option<Hold> {
    let value = object(text, "expires_at")?;
    Some(Hold {
        hold: value.text("hold"),
        holder: value.some("holder"),
        service: value.text("service"),
        location: value.text("location"),
        start: value.text("start"),
        end: value.text("end"),
        persons: value.number("persons") as u8,
        expires_at: value.text("expires_at"),
        extendable_until: value.text("extendable_until"),
    })
}

/// A booking. `None` also for a state that is not known.
pub fn receipt(text: &str) -> Option<Receipt> {
    let value = object(text, "receipt")?;
    Some(Receipt {
        receipt: value.text("receipt"),
        secret: value.some("secret"),
        state: match value.text("state").as_str() {
            "confirmed" => State::Confirmed,
            "cancelled" => State::Cancelled,
            "checked-in" => State::CheckedIn,
            "no-show" => State::NoShow,
            // A state that is not known is no success.
            _ => return None,
        },
        service: value.text("service"),
        service_name: both(value.get("service_name")),
        location: value.text("location"),
        location_name: value.text("location_name"),
        address: value.text("address"),
        directions: value.some("directions"),
        start: value.text("start"),
        end: value.text("end"),
        persons: value.number("persons") as u8,
        bring: value.each("bring", both),
        changeable: value.yes("changeable"),
        notices: value.each("notices", notice),
    })
}

/// The code of a problem, as far as it is told apart from its status; `None` when the text is none of ours.
pub fn problem(text: &str) -> Option<Code> {
    Some(match object(text, "code")?.text("code").as_str() {
        "slot-taken" => Code::SlotTaken,
        "in-progress" => Code::InProgress,
        "wrong-state" => Code::WrongState,
        "hold-expired" => Code::HoldExpired,
        "not-a-slot" => Code::NotASlot,
        "invalid" => Code::Invalid,
        "privacy-changed" => Code::PrivacyChanged,
        "code-needed" => Code::CodeNeeded,
        "code-wrong" => Code::CodeWrong,
        "key-reused" => Code::KeyReused,
        "too-many-bookings" => Code::TooManyBookings,
        "not-found" => Code::NotFound,
        "no-secret" => Code::NoSecret,
        _ => Code::Other,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use protocol::{
        BookingRequest, CodeRequest, CodeTo, Contact, HoldRequest, Language, MoveRequest, Problem,
    };

    fn answer(name: &str) -> String {
        let path = format!("{}/tests/answers/{name}.json", env!("CARGO_MANIFEST_DIR"));
        std::fs::read_to_string(path).expect("an answer")
    }

    #[test]
    fn answers_are_read_as_serde_reads_them() {
        let text = answer("services");
        assert_eq!(services(&text), serde_json::from_str(&text).ok());
        for name in ["slots", "none"] {
            assert_eq!(
                slots(&answer(name)),
                serde_json::from_str(&answer(name)).ok()
            );
        }
        for name in ["hold", "longer"] {
            assert_eq!(
                hold(&answer(name)),
                serde_json::from_str(&answer(name)).ok()
            );
        }
        for name in ["receipt", "own", "moved", "cancelled"] {
            assert_eq!(
                receipt(&answer(name)),
                serde_json::from_str(&answer(name)).ok()
            );
        }
    }

    #[test]
    fn every_code_that_is_told_apart_is_read() {
        for code in [
            Code::SlotTaken,
            Code::InProgress,
            Code::WrongState,
            Code::HoldExpired,
            Code::NotASlot,
            Code::Invalid,
            Code::PrivacyChanged,
            Code::CodeNeeded,
            Code::CodeWrong,
            Code::KeyReused,
            Code::TooManyBookings,
            Code::NotFound,
            Code::NoSecret,
        ] {
            let whole = Problem {
                kind: "about:blank".into(),
                title: String::new(),
                status: 400,
                detail: String::new(),
                code,
            };
            assert_eq!(
                problem(&serde_json::to_string(&whole).expect("json")),
                Some(code)
            );
        }
        assert_eq!(problem("<html>Bad gateway</html>"), None);
    }

    proptest! {
        #[test]
        fn any_json_is_read_as_serde_reads_it(text in any::<String>(), number in any::<i32>(), yes in any::<bool>()) {
            let value = serde_json::json!({ "a": [text, number, yes, null], text.clone(): { "b": text } });
            let read = parse(&value.to_string()).expect("read");
            let Value::List(list) = read.get("a") else { panic!("a list") };
            prop_assert_eq!(&list[0], &Value::Text(text.clone()));
            prop_assert_eq!(&list[1], &Value::Number(number.into()));
            prop_assert_eq!(&list[2], &Value::Bool(yes));
            prop_assert_eq!(read.get(&text).text("b"), text);
        }

        #[test]
        fn no_text_stops_it(text in "[\\[\\]{}\",:\\\\u0-9a-f tn-]{0,40}") {
            let ours = parse(&text).is_some();
            if serde_json::from_str::<serde_json::Value>(&text).is_ok() {
                prop_assert!(ours, "{text}");
            }
        }

        #[test]
        fn bodies_are_written_as_serde_writes_them(name in any::<String>(), phone in any::<String>(), email in any::<String>(), persons in 1..9_u8) {
            let some = |text: &String| (!text.is_empty()).then(|| text.clone());
            let booking = BookingRequest {
                contact: Contact { name: name.clone(), phone: some(&phone), email: some(&email) },
                privacy_version: name.clone(),
                code: some(&phone),
                language: Language::En,
                cpr: some(&email),
            };
            let contact = Writer::new().text("name", &name).some("phone", &phone).some("email", &email).end();
            let ours = Writer::new().object("contact", &contact).text("privacy_version", &name).some("code", &phone)
                .text("language", "en").some("cpr", &email).end();
            prop_assert_eq!(ours, serde_json::to_string(&booking).expect("json"));

            let hold = HoldRequest { service: name.clone(), location: phone.clone(), start: email.clone(), persons };
            let ours = Writer::new().text("service", &name).text("location", &phone).text("start", &email)
                .number("persons", persons.into()).end();
            prop_assert_eq!(ours, serde_json::to_string(&hold).expect("json"));

            let code = CodeRequest { contact: CodeTo { phone: some(&phone), email: some(&email) }, language: Language::Da };
            let to = Writer::new().some("phone", &phone).some("email", &email).end();
            let ours = Writer::new().object("contact", &to).text("language", "da").end();
            prop_assert_eq!(ours, serde_json::to_string(&code).expect("json"));

            let other = MoveRequest { start: name.clone(), location: email.clone() };
            let ours = Writer::new().text("start", &name).text("location", &email).end();
            prop_assert_eq!(ours, serde_json::to_string(&other).expect("json"));
        }
    }
}
