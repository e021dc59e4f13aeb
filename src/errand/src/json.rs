//! JSON in and out: the answers of the API as the types of `protocol`, and the bodies that are sent. serde_json with
//! serde's generated code takes 35 kB of the WASM after brotli; this takes a tenth of it. Tests compare both, byte by byte and value by
//! value. Damaged text gives `None`; what is not known is passed over, and what is absent is empty.

use protocol::{
    About, Adapter, Ask, Channel, Code, Hold, Location, Need, Notice, NoticeState, Privacy,
    Receipt, Service, Services, Slot, Slots, State, Text,
};

/// Deepest nesting that is read; answers have five levels.
const DEPTH: u8 = 16;

/// A value. Numbers are whole here; a fraction is cut off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// `null`.
    Null,
    /// `true`, `false`.
    Bool(bool),
    /// A number; what does not fit is the nearest that does.
    Number(i64),
    /// A text, without its escapes.
    Text(String),
    /// `[...]`.
    List(Vec<Value>),
    /// `{...}`, in the order of the text; a name may stand there twice.
    Object(Vec<(String, Value)>),
}

/// Reads a whole text. `None` when it is damaged, or nested deeper than 15 levels.
pub fn parse(text: &str) -> Option<Value> {
    let mut reader = Reader { text, at: 0 };
    let value = reader.value(DEPTH)?;
    reader.blank();
    (reader.at == text.len()).then_some(value)
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
}

impl Reader<'_> {
    fn blank(&mut self) {
        while matches!(self.peek(), b' ' | b'\n' | b'\r' | b'\t') {
            self.at += 1;
        }
    }

    /// The next byte; 0 at the end.
    fn peek(&self) -> u8 {
        self.text.as_bytes().get(self.at).copied().unwrap_or(0)
    }

    fn eat(&mut self, byte: u8) -> Option<()> {
        self.blank();
        (self.peek() == byte).then(|| self.at += 1)
    }

    fn word(&mut self, word: &str, value: Value) -> Option<Value> {
        self.text[self.at..].starts_with(word).then(|| {
            self.at += word.len();
            value
        })
    }

    fn value(&mut self, depth: u8) -> Option<Value> {
        let depth = depth.checked_sub(1)?;
        self.blank();
        match self.peek() {
            b'"' => self.string().map(Value::Text),
            b'[' => {
                self.at += 1;
                let mut list = Vec::new();
                while self.eat(b']').is_none() {
                    if !list.is_empty() {
                        self.eat(b',')?;
                    }
                    list.push(self.value(depth)?);
                }
                Some(Value::List(list))
            }
            b'{' => {
                self.at += 1;
                let mut fields = Vec::new();
                while self.eat(b'}').is_none() {
                    if !fields.is_empty() {
                        self.eat(b',')?;
                    }
                    self.blank();
                    let name = self.string()?;
                    self.eat(b':')?;
                    fields.push((name, self.value(depth)?));
                }
                Some(Value::Object(fields))
            }
            b't' => self.word("true", Value::Bool(true)),
            b'f' => self.word("false", Value::Bool(false)),
            b'n' => self.word("null", Value::Null),
            _ => self.number(),
        }
    }

    fn number(&mut self) -> Option<Value> {
        let minus = self.peek() == b'-';
        self.at += usize::from(minus);
        let start = self.at;
        // Below zero, where there is room for one more.
        let mut number = 0_i64;
        while self.peek().is_ascii_digit() {
            number = number
                .saturating_mul(10)
                .saturating_sub(i64::from(self.peek() - b'0'));
            self.at += 1;
        }
        let digits = self.at > start;
        while matches!(self.peek(), b'.' | b'e' | b'E' | b'+' | b'-' | b'0'..=b'9') {
            self.at += 1;
        }
        digits.then_some(Value::Number(if minus {
            number
        } else {
            number.saturating_neg()
        }))
    }

    fn string(&mut self) -> Option<String> {
        if self.peek() != b'"' {
            return None;
        }
        self.at += 1;
        let mut out = String::new();
        loop {
            let rest = &self.text[self.at..];
            let end = rest.find(['"', '\\'])?;
            out.push_str(&rest[..end]);
            self.at += end + 1;
            if rest.as_bytes()[end] == b'"' {
                return Some(out);
            }
            let escape = self.peek();
            self.at += 1;
            out.push(match escape {
                b'"' | b'\\' | b'/' => char::from(escape),
                b'b' => '\u{8}',
                b'f' => '\u{c}',
                b'n' => '\n',
                b'r' => '\r',
                b't' => '\t',
                b'u' => self.unicode()?,
                _ => return None,
            });
        }
    }

    fn unicode(&mut self) -> Option<char> {
        let first = self.hex()?;
        if !(0xD800..0xDC00).contains(&first) {
            return char::from_u32(first);
        }
        self.word("\\u", Value::Null)?;
        let second = self.hex()?;
        let low = second.checked_sub(0xDC00).filter(|low| *low < 0x400)?;
        char::from_u32(0x10000 + ((first - 0xD800) << 10) + low)
    }

    fn hex(&mut self) -> Option<u32> {
        let digits = self.text.get(self.at..self.at + 4)?;
        self.at += 4;
        let mut code = 0;
        for byte in digits.bytes() {
            code = code << 4 | char::from(byte).to_digit(16)?;
        }
        Some(code)
    }
}

impl Value {
    /// A field; null when there is none.
    fn get(&self, name: &str) -> &Value {
        let Value::Object(fields) = self else {
            return &Value::Null;
        };
        let found = fields.iter().find(|(field, _)| field == name);
        found.map_or(&Value::Null, |(_, value)| value)
    }

    /// A text that may be absent.
    pub(crate) fn some(&self, name: &str) -> Option<String> {
        match self.get(name) {
            Value::Text(text) => Some(text.clone()),
            _ => None,
        }
    }

    /// A text; empty when absent.
    pub(crate) fn text(&self, name: &str) -> String {
        self.some(name).unwrap_or_default()
    }

    /// A number; 0 when absent.
    pub(crate) fn number(&self, name: &str) -> i64 {
        match self.get(name) {
            Value::Number(number) => *number,
            _ => 0,
        }
    }

    fn yes(&self, name: &str) -> bool {
        *self.get(name) == Value::Bool(true)
    }

    fn each<T>(&self, name: &str, read: fn(&Value) -> T) -> Vec<T> {
        match self.get(name) {
            Value::List(list) => list.iter().map(read).collect(),
            _ => Vec::new(),
        }
    }
}

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

/// `None` unless the text is an object that holds `must`.
fn object(text: &str, must: &str) -> Option<Value> {
    parse(text).filter(|value| *value.get(must) != Value::Null)
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

/// An object in the making, as serde_json writes it.
pub(crate) struct Writer(String);

impl Writer {
    pub(crate) fn new() -> Self {
        Self("{".into())
    }

    fn name(&mut self, name: &str) {
        if self.0.len() > 1 {
            self.0.push(',');
        }
        quoted(&mut self.0, name);
        self.0.push(':');
    }

    /// A text.
    pub(crate) fn text(mut self, name: &str, text: &str) -> Self {
        self.name(name);
        quoted(&mut self.0, text);
        self
    }

    /// A text that is left out when it is empty.
    pub(crate) fn some(self, name: &str, text: &str) -> Self {
        if text.is_empty() {
            self
        } else {
            self.text(name, text)
        }
    }

    /// A number.
    pub(crate) fn number(mut self, name: &str, number: u16) -> Self {
        self.name(name);
        self.0.push_str(&hours::number(number));
        self
    }

    /// An object inside.
    pub(crate) fn object(mut self, name: &str, object: &str) -> Self {
        self.name(name);
        self.0.push_str(object);
        self
    }

    pub(crate) fn end(mut self) -> String {
        self.0.push('}');
        self.0
    }
}

fn quoted(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        let short = match c {
            '"' => '"',
            '\\' => '\\',
            '\n' => 'n',
            '\r' => 'r',
            '\t' => 't',
            '\u{8}' => 'b',
            '\u{c}' => 'f',
            '\0'..='\u{1f}' => {
                out.push_str("\\u00");
                for digit in [c as u32 >> 4, c as u32 & 15] {
                    out.push(char::from(b"0123456789abcdef"[digit as usize]));
                }
                continue;
            }
            _ => {
                out.push(c);
                continue;
            }
        };
        out.push('\\');
        out.push(short);
    }
    out.push('"');
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
