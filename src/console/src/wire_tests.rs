//! What is read and written here is what serde_json reads and writes.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::json;

use super::*;

fn visit() -> serde_json::Value {
    json!({
        "visit": "v1", "receipt": "AAAA-1111", "state": "checked-in", "service": "pas", "location": "raadhus", "counter": "s1",
        "start": "2026-12-04T10:00:00+01:00", "end": "2026-12-04T10:15:00+01:00", "persons": 2, "name": "Kaj \"<b>\" \\ æøå \u{1f600}\n",
        "erased": true, "phone": "+4512345678", "language": "en", "notices": [{"channel": "sms", "about": "reminder", "state": "failed"}],
        "can": ["check-in", "no-show", "undo", "move", "cancel"]
    })
}

fn row() -> serde_json::Value {
    json!({
        "receipt": "R", "way": "callback", "stage": "active", "department": "d", "about": "pas/x", "language": "da", "since": "s", "queued": "q",
        "seq": 9_007_199_254_740_991_u64, "unanswered": true, "away": true, "owner": {"account": "a", "name": "n", "active": 3},
        "record": "not-case-relevant", "alarm": true
    })
}

fn same<T: Read + DeserializeOwned + PartialEq + std::fmt::Debug>(
    value: &serde_json::Value,
    must: &str,
) {
    let text = value.to_string();
    let ours = read::<T>(&text, must).expect("an object");
    let theirs: T = serde_json::from_value(value.clone()).expect("valid");
    assert_eq!(ours, theirs, "{text}");
}

#[test]
fn answers_are_read_as_serde_reads_them() {
    let session = json!({"name": "Anna", "kommune": {"slug": "x", "name": "X"}, "roles": ["booking-admin", "agent"], "csrf": "c", "expires_at": "e"});
    same::<Session>(&session, "name");
    same::<SignedIn>(&session, "name");
    same::<SignedIn>(&json!({"enrol": {"secret": "s", "uri": "u"}}), "enrol");
    same::<SignInWays>(&json!({"local": true, "oidc": false}), "local");
    same::<Places>(
        &json!({"locations": [{"id": "r", "name": "R", "counters": [{"id": "s", "name": "S", "services": ["p"]}]}], "services": [{"id": "p", "name": "P", "minutes": 15}]}),
        "locations",
    );
    let block = json!({"block": "b", "location": "l", "counter": "c", "start": "s", "end": "e", "reason": "r"});
    same::<Days>(
        &json!({"version": "1", "unchanged": true, "days": [{"date": "d", "note": "n", "opens": [{"from": "f", "to": "t"}], "visits": [visit()],
            "held": [{"counter": "c", "service": "s", "start": "s", "end": "e"}], "blocks": [block.clone()]}]}),
        "days",
    );
    same::<Found>(
        &json!({"visit": visit(), "history": [{"at": "a", "what": "moved", "by": "staff", "name": "n", "text": "t"}], "cpr": "0000000000"}),
        "visit",
    );
    same::<MoveSlots>(
        &json!({"slots": [{"start": "s", "end": "e", "location": "l", "free": 65535}], "next": "n"}),
        "slots",
    );
    same::<Changed>(
        &json!({"receipt": "r", "visit": "v", "state": "cancelled", "location": "l", "counter": "c", "start": "s", "end": "e", "told": ["email", "sms"]}),
        "receipt",
    );
    same::<Blocked>(
        &json!({"block": block, "reassigned": [{"receipt": "r", "counter": "c"}]}),
        "block",
    );
    same::<BlockRefused>(
        &json!({"type": "about:blank", "title": "t", "status": 409, "detail": "d", "code": "booked", "count": 2, "receipts": ["a"], "held": 1}),
        "receipts",
    );
    same::<Alerts>(
        &json!({"alerts": [{"alert": "1", "at": "a", "about": "stranded", "receipt": "r"}, {"alert": "2", "at": "a", "about": "new"}, {"alert": "3", "at": "a", "about": "conversation", "receipt": "s"}]}),
        "alerts",
    );
}

#[test]
fn conversations_are_read_as_serde_reads_them() {
    let department = json!({"id": "d", "name": {"da": "D", "en": "E"}, "phone": "1", "email": "e", "address": "a"});
    same::<Queue>(
        &json!({"rows": [row()], "departments": [{"department": department, "hours": true, "there": [{"account": "a", "name": "n", "active": 1}], "waiting": 1, "longest_seconds": 4}],
            "me": {"account": "a", "there": true, "talks": true, "departments": ["d"]}, "version": "7", "unchanged": false}),
        "version",
    );
    let entry = |kind: serde_json::Value| {
        let mut entry = json!({"seq": 3, "at": "a", "who": "staff", "name": "n"});
        for (name, value) in kind.as_object().expect("an object") {
            entry[name] = value.clone();
        }
        entry
    };
    let entries: Vec<_> = [
        json!({"kind": "message", "id": "i", "text": "t", "answer": "pas/x"}),
        json!({"kind": "correction", "of": 2, "text": "t"}),
        json!({"kind": "taken"}),
        json!({"kind": "requeued", "why": "staff-away"}),
        json!({"kind": "requeued", "why": "newer"}),
        json!({"kind": "transferred", "department": department}),
        json!({"kind": "citizen-away"}),
        json!({"kind": "citizen-back"}),
        json!({"kind": "typing", "on": true}),
        json!({"kind": "closed", "by": "citizen"}),
        json!({"kind": "newer"}),
    ]
    .into_iter()
    .map(entry)
    .collect();
    same::<Reading>(
        &json!({
            "conversation": {"receipt": "R", "way": "chat", "stage": "waiting", "department": department, "seq": 3, "ahead": 1, "wait_minutes": 4, "open": true, "opens_at": "o", "staff": "s"},
            "row": row(), "entries": entries, "transcript": [{"who": "bot", "text": "t", "answer": "a"}, {"who": "newer", "text": ""}], "bundle": "b",
            "contact": {"name": "n", "phone": "1", "email": "e"}, "when": "w", "notes": [{"at": "a", "by": "b", "text": "t"}], "received": 2
        }),
        "row",
    );
    same::<Facts>(
        &json!({"facts": [{"fact": "1", "at": "a", "by": "b", "intent": "i", "wrong": "w", "right": "r"}]}),
        "facts",
    );
    same::<Done>(&json!({"receipt": "r", "stage": "closed", "seq": 4}), "seq");
    same::<Deleted>(
        &json!({"receipt": "r", "copies_until": "2027-01-01"}),
        "receipt",
    );
}

#[test]
fn every_code_that_the_console_has_words_for_is_read() {
    for word in [
        "signed-out",
        "sign-in-wrong",
        "forbidden",
        "csrf",
        "not-found",
        "timeout",
        "slot-taken",
        "in-progress",
        "wrong-state",
        "booked",
        "too-large",
        "invalid",
        "key-reused",
        "not-a-slot",
        "cpr-refused",
        "code-needed",
        "code-wrong",
        "too-many-requests",
        "internal",
        "upstream",
        "unavailable",
        "something-newer",
    ] {
        let theirs: Code = serde_json::from_value(json!(word)).expect("a code");
        assert_eq!(code(&json!({ "code": word }).to_string()), theirs, "{word}");
    }
    assert_eq!(code("<html>"), Code::Other);
}

#[test]
fn bodies_are_written_as_serde_writes_them() {
    fn check<T: Write + Serialize>(body: &T) {
        assert_eq!(written(body), serde_json::to_string(body).expect("JSON"));
    }
    let text = || "Hej \"du\" \\ \n\t\u{1} æøå \u{1f600} </script>".to_string();
    for some in [None, Some(text())] {
        check(&SignIn {
            kommune: some.clone(),
            user: text(),
            password: text(),
            code: some.clone(),
        });
        check(&EnrolRequest {
            kommune: some.clone(),
            user: text(),
            password: text(),
            secret: text(),
            code: text(),
        });
        check(&InvitationRequest {
            kommune: some.clone(),
            user: text(),
            invitation: text(),
            password: text(),
        });
        check(&ReceiptRequest {
            receipt: text(),
            visit: some.clone(),
        });
        check(&StaffMoveRequest {
            receipt: text(),
            visit: some.clone(),
            start: text(),
            location: text(),
        });
        check(&StaffCancelRequest {
            receipt: text(),
            visit: some.clone(),
            reason: text(),
        });
        check(&BlockRequest {
            location: text(),
            counter: some.clone(),
            start: text(),
            end: text(),
            reason: text(),
        });
        check(&StaffMessageRequest {
            receipt: text(),
            id: text(),
            text: text(),
            answer: some.clone(),
            corrects: some.is_some().then_some(u64::MAX),
        });
        check(&TransferRequest {
            receipt: text(),
            department: text(),
            to: some.clone(),
            note: text(),
        });
        check(&FactRequest {
            intent: text(),
            wrong: text(),
            right: some,
        });
    }
    check(&UnblockRequest { block: text() });
    check(&SeenRequest { alert: text() });
    for departments in [vec![], vec![text()], vec![text(), text()]] {
        check(&PresenceRequest {
            there: departments.is_empty(),
            departments,
        });
    }
    check(&ConversationRequest { receipt: text() });
    check(&StaffTypingRequest {
        receipt: text(),
        on: true,
    });
    check(&CloseRequest {
        receipt: text(),
        outcome: Outcome::NoReply,
    });
    for record in [Record::Journalised, Record::NotCaseRelevant] {
        check(&RecordRequest {
            receipt: text(),
            record,
            reason: text(),
        });
    }
    check(&FactDoneRequest { fact: text() });
}

#[test]
fn what_is_no_answer_is_none() {
    for text in [
        "",
        "<html>",
        "[]",
        "{}",
        "{\"name\":null}",
        "{\"name\":\"a\"",
    ] {
        assert!(read::<Session>(text, "name").is_none(), "{text}");
    }
    assert_eq!(
        list::<(String, String)>("[[\"a\",\"b\"]]"),
        Some(vec![("a".into(), "b".into())])
    );
    assert_eq!(list::<Reply>(""), None);
}
