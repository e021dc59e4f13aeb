//! Answers of the server as the types of `protocol`, and bodies that are sent, without serde: its code for both made the console
//! 48 kB larger after brotli (171 instead of 123). A record is a list of its fields; tests compare with serde_json. What is
//! absent is empty, and a word that only a newer server knows is the last of its type.

use elements::json::{Value, object, quoted};
use protocol::handoff::{Conversation, Department, Entry, Requeue, Said, Stage, Way, What, Who};
use protocol::staff::{
    Alert, AlertAbout, Alerts, Block, BlockRefused, BlockRequest, Blocked, Can, Changed, Counter,
    Day, Days, Found, Held, Line, MoveSlots, Opening, Places, Reassigned, ReceiptRequest,
    SeenRequest, StaffCancelRequest, StaffLocation, StaffMoveRequest, StaffService, UnblockRequest,
    Visit,
};
use protocol::staff_handoff::{
    CloseRequest, Colleague, ConversationRequest, Deleted, Desk, Done, Fact, FactDoneRequest,
    FactRequest, Facts, Me, Note, Outcome, PresenceRequest, Queue, Reading, Record, RecordRequest,
    Row, StaffMessageRequest, StaffTypingRequest, TransferRequest,
};
use protocol::{
    About, Channel, Code, Contact, Enrol, EnrolRequest, InvitationRequest, Kommune, Language,
    Notice, NoticeState, Role, Session, SignIn, SignInWays, SignedIn, Slot, State, Text,
};

use crate::message::Reply;

/// Can be read.
pub(crate) trait Read: Sized {
    /// Out of a value, whatever it is.
    fn read(value: &Value) -> Self;
}

/// Can be written.
pub(crate) trait Write {
    /// Behind what is written already.
    fn write(&self, out: &mut String);

    /// Is left out of a record.
    fn absent(&self) -> bool {
        false
    }
}

/// An answer; nothing unless it is an object with `must`.
pub(crate) fn read<T: Read>(text: &str, must: &str) -> Option<T> {
    object(text, must).map(|value| T::read(&value))
}

/// A list; nothing when the text is none.
#[cfg(any(test, target_arch = "wasm32"))]
pub(crate) fn list<T: Read>(text: &str) -> Option<Vec<T>> {
    match elements::json::parse(text)? {
        Value::List(values) => Some(values.iter().map(T::read).collect()),
        _ => None,
    }
}

/// A body.
pub(crate) fn written(record: &impl Write) -> String {
    let mut out = String::new();
    record.write(&mut out);
    out
}

impl Read for String {
    fn read(value: &Value) -> Self {
        match value {
            Value::Text(text) => text.clone(),
            _ => String::new(),
        }
    }
}

impl Read for bool {
    fn read(value: &Value) -> Self {
        *value == Value::Bool(true)
    }
}

impl Read for u64 {
    fn read(value: &Value) -> Self {
        match value {
            Value::Number(number) => (*number).max(0) as u64,
            _ => 0,
        }
    }
}

/// Smaller numbers: what does not fit is the largest.
macro_rules! numbers {
    ($($kind:ty),*) => { $(
        impl Read for $kind {
            fn read(value: &Value) -> Self {
                u64::read(value).min(u64::from(<$kind>::MAX)) as $kind
            }
        }
    )* };
}
numbers!(u8, u16, u32);

impl<T: Read> Read for Option<T> {
    fn read(value: &Value) -> Self {
        (*value != Value::Null).then(|| T::read(value))
    }
}

impl<T: Read> Read for Vec<T> {
    fn read(value: &Value) -> Self {
        match value {
            Value::List(values) => values.iter().map(T::read).collect(),
            _ => Vec::new(),
        }
    }
}

/// A pair is a list of two.
impl Read for (String, String) {
    fn read(value: &Value) -> Self {
        let mut two = Vec::<String>::read(value).into_iter();
        (
            two.next().unwrap_or_default(),
            two.next().unwrap_or_default(),
        )
    }
}

impl Write for String {
    fn write(&self, out: &mut String) {
        quoted(out, self);
    }
}

impl Write for bool {
    fn write(&self, out: &mut String) {
        out.push_str(if *self { "true" } else { "false" });
    }
}

impl Write for u64 {
    fn write(&self, out: &mut String) {
        out.push_str(&self.to_string());
    }
}

impl<T: Write> Write for Option<T> {
    fn write(&self, out: &mut String) {
        if let Some(one) = self {
            one.write(out);
        }
    }

    fn absent(&self) -> bool {
        self.is_none()
    }
}

impl<T: Write> Write for Vec<T> {
    fn write(&self, out: &mut String) {
        for (at, one) in self.iter().enumerate() {
            out.push(if at == 0 { '[' } else { ',' });
            one.write(out);
        }
        out.push_str(if self.is_empty() { "[]" } else { "]" });
    }
}

fn add(out: &mut String, name: &str, value: &dyn Write) {
    if value.absent() {
        return;
    }
    out.push(if out.is_empty() { '{' } else { ',' });
    quoted(out, name);
    out.push(':');
    value.write(out);
}

/// Records that are read, with all their fields.
macro_rules! answers {
    ($($record:ident { $($field:ident),* })*) => { $(
        impl Read for $record {
            fn read(value: &Value) -> Self {
                $record { $( $field: Read::read(value.get(stringify!($field))) ),* }
            }
        }
    )* };
}

/// Records that are sent, with all their fields in their order.
macro_rules! bodies {
    ($($record:ident { $($field:ident),* })*) => { $(
        impl Write for $record {
            fn write(&self, out: &mut String) {
                $( add(out, stringify!($field), &self.$field); )*
                out.push('}');
            }
        }
    )* };
}

/// Words that stand for a variant; the last variant stands for every other word.
macro_rules! words {
    ($($kind:ident { $($word:literal $variant:ident),* ; $other:ident })*) => { $(
        impl Read for $kind {
            fn read(value: &Value) -> Self {
                match value {
                    Value::Text(word) => match word.as_str() {
                        $( $word => $kind::$variant, )*
                        _ => $kind::$other,
                    },
                    _ => $kind::$other,
                }
            }
        }
    )* };
}

words! {
    State { "cancelled" Cancelled, "checked-in" CheckedIn, "no-show" NoShow; Confirmed }
    Language { "en" En; Da }
    Channel { "sms" Sms; Email }
    About { "moved" Moved, "cancelled" Cancelled, "reminder" Reminder, "code" Code; Confirmed }
    NoticeState { "sent" Sent, "failed" Failed; Queued }
    AlertAbout { "undelivered" Undelivered, "stranded" Stranded, "conversation" Conversation; Other }
    Way { "chat" Chat, "message" Message, "callback" Callback; Other }
    Stage { "waiting" Waiting, "active" Active, "closed" Closed; Other }
    Who { "citizen" Citizen, "staff" Staff, "bot" Bot, "system" System; Other }
    Requeue { "staff-away" StaffAway, "given-back" GivenBack; Other }
    Record { "open" Open, "journalised" Journalised, "not-case-relevant" NotCaseRelevant; Other }
    Code {
        "signed-out" SignedOut, "sign-in-wrong" SignInWrong, "forbidden" Forbidden, "csrf" Csrf, "not-found" NotFound,
        "timeout" Timeout, "slot-taken" SlotTaken, "in-progress" InProgress, "wrong-state" WrongState, "booked" Booked,
        "too-large" TooLarge, "invalid" Invalid, "key-reused" KeyReused, "not-a-slot" NotASlot, "cpr-refused" CprRefused,
        "code-needed" CodeNeeded, "code-wrong" CodeWrong, "too-many-requests" TooManyRequests, "internal" Internal,
        "upstream" Upstream, "unavailable" Unavailable; Other
    }
}

answers! {
    Kommune { slug, name }
    Session { name, kommune, roles, csrf, expires_at }
    SignInWays { kommune, local, oidc }
    Enrol { secret, uri }
    Places { locations, services }
    StaffLocation { id, name, counters }
    Counter { id, name, services }
    StaffService { id, name, minutes }
    Days { days, version, unchanged }
    Day { date, note, opens, visits, held, blocks }
    Opening { from, to }
    Visit { visit, receipt, state, service, location, counter, start, end, persons, name, erased, phone, email, language, notices, can }
    Notice { channel, about, state }
    Held { counter, service, start, end }
    Block { block, location, counter, start, end, reason }
    Found { visit, history, cpr }
    Line { at, what, by, name, text }
    MoveSlots { slots, next }
    Slot { start, end, location, free }
    Changed { receipt, visit, state, location, counter, start, end, told }
    Blocked { block, reassigned }
    Reassigned { receipt, counter }
    Alerts { alerts }
    Alert { alert, at, about, receipt }
    Queue { rows, departments, me, version, unchanged }
    Row { receipt, way, stage, department, about, language, since, queued, seq, unanswered, away, owner, record, alarm }
    Me { account, there, talks, departments }
    Desk { department, hours, there, waiting, longest_seconds }
    Colleague { account, name, active }
    Department { id, name, phone, email, address }
    Text { da, en }
    Reading { conversation, row, entries, transcript, bundle, contact, when, notes, received }
    Conversation { receipt, way, stage, department, seq, ahead, wait_minutes, open, opens_at, staff }
    Said { who, text, answer }
    Contact { name, phone, email }
    Note { at, by, text }
    Facts { facts }
    Fact { fact, at, by, intent, wrong, right }
    Deleted { receipt, copies_until }
    Done { receipt, stage, seq }
    Reply { intent, title, text }
}

bodies! {
    SignIn { kommune, user, password, code }
    EnrolRequest { kommune, user, password, secret, code }
    InvitationRequest { kommune, user, invitation, password }
    ReceiptRequest { receipt, visit }
    StaffMoveRequest { receipt, visit, start, location }
    StaffCancelRequest { receipt, visit, reason }
    BlockRequest { location, counter, start, end, reason }
    UnblockRequest { block }
    SeenRequest { alert }
    PresenceRequest { there, departments }
    ConversationRequest { receipt }
    StaffMessageRequest { receipt, id, text, answer, corrects }
    StaffTypingRequest { receipt, on }
    TransferRequest { receipt, department, to, note }
    CloseRequest { receipt, outcome }
    RecordRequest { receipt, record, reason }
    FactRequest { intent, wrong, right }
    FactDoneRequest { fact }
}

/// The code of a problem.
pub(crate) fn code(body: &str) -> Code {
    object(body, "code").map_or(Code::Other, |problem| Code::read(problem.get("code")))
}

impl Read for BlockRefused {
    fn read(value: &Value) -> Self {
        BlockRefused {
            kind: Read::read(value.get("type")),
            title: Read::read(value.get("title")),
            status: Read::read(value.get("status")),
            detail: Read::read(value.get("detail")),
            code: Read::read(value.get("code")),
            count: Read::read(value.get("count")),
            receipts: Read::read(value.get("receipts")),
            held: Read::read(value.get("held")),
        }
    }
}

impl Read for SignedIn {
    fn read(value: &Value) -> Self {
        match value.get("enrol") {
            Value::Null => SignedIn::Session(Session::read(value)),
            enrol => SignedIn::Enrol {
                enrol: Enrol::read(enrol),
            },
        }
    }
}

/// Roles that nobody here knows are none.
impl Read for Vec<Role> {
    fn read(value: &Value) -> Self {
        let names = Vec::<String>::read(value);
        names.iter().filter_map(|name| Role::named(name)).collect()
    }
}

/// What nobody here can do is left out.
impl Read for Vec<Can> {
    fn read(value: &Value) -> Self {
        let names = Vec::<String>::read(value);
        let known = names.iter().filter_map(|name| {
            Some(match name.as_str() {
                "check-in" => Can::CheckIn,
                "no-show" => Can::NoShow,
                "undo" => Can::Undo,
                "move" => Can::Move,
                "cancel" => Can::Cancel,
                _ => return None,
            })
        });
        known.collect()
    }
}

impl Read for Entry {
    fn read(value: &Value) -> Self {
        Entry {
            seq: Read::read(value.get("seq")),
            at: Read::read(value.get("at")),
            who: Read::read(value.get("who")),
            name: Read::read(value.get("name")),
            what: Read::read(value),
        }
    }
}

impl Read for What {
    fn read(value: &Value) -> Self {
        match value.text("kind").as_str() {
            "message" => What::Message {
                id: value.text("id"),
                text: value.text("text"),
                answer: value.some("answer"),
            },
            "correction" => What::Correction {
                of: Read::read(value.get("of")),
                text: value.text("text"),
            },
            "taken" => What::Taken,
            "requeued" => What::Requeued {
                why: Read::read(value.get("why")),
            },
            "transferred" => What::Transferred {
                department: Read::read(value.get("department")),
            },
            "citizen-away" => What::CitizenAway,
            "citizen-back" => What::CitizenBack,
            "typing" => What::Typing {
                on: value.yes("on"),
            },
            "closed" => What::Closed {
                by: Read::read(value.get("by")),
            },
            _ => What::Other,
        }
    }
}

impl Write for Outcome {
    fn write(&self, out: &mut String) {
        quoted(out, crate::chats::texts::outcome_name(*self));
    }
}

impl Write for Record {
    fn write(&self, out: &mut String) {
        let word = match self {
            Record::Journalised => "journalised",
            Record::NotCaseRelevant => "not-case-relevant",
            Record::Open | Record::Other => "open",
        };
        quoted(out, word);
    }
}

#[cfg(test)]
#[path = "wire_tests.rs"]
mod tests;
