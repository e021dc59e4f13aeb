//! The shapes that other programs rely on: what a message looks like on the wire, and that newer answers can be read.

use protocol::staff::{AlertAbout, Alerts, BlockRefused, Days};
use protocol::{Adapter, BookingRequest, Code, Problem, Receipt};

#[test]
fn an_adapter_says_its_kind() {
    let link = Adapter::Link {
        url: "https://a.dk/".into(),
    };
    assert_eq!(
        serde_json::to_string(&link).expect("adapter"),
        r#"{"kind":"link","url":"https://a.dk/"}"#
    );
}

#[test]
fn a_problem_of_a_newer_server_can_be_read() {
    let text = r#"{"type":"about:blank","title":"Teapot","status":418,"detail":"","code":"short-and-stout","more":1}"#;
    let problem: Problem = serde_json::from_str(text).expect("problem");
    assert_eq!(problem.code, Code::Other);
}

#[test]
fn what_is_sent_holds_nothing_unknown() {
    let text = r#"{"contact":{"name":"Ida","tenant":"b"},"privacy_version":"1"}"#;
    assert!(serde_json::from_str::<BookingRequest>(text).is_err());
    let text = r#"{"contact":{"name":"Ida"},"privacy_version":"1"}"#;
    let request: BookingRequest = serde_json::from_str(text).expect("request");
    assert_eq!(request.cpr, None);
}

#[test]
fn an_answer_of_a_newer_server_can_be_read() {
    let text = r#"{"receipt":"A","state":"checked-in","service":"pas","service_name":{"da":"Pas"},"location":"r",
        "location_name":"R","address":"","start":"s","end":"e","persons":1,"changeable":false,"new":[]}"#;
    let receipt: Receipt = serde_json::from_str(text).expect("receipt");
    assert!(receipt.secret.is_none() && receipt.notices.is_empty());
}

#[test]
fn a_refused_block_is_a_problem_that_names_what_is_in_the_way() {
    let refused = BlockRefused {
        kind: "about:blank".into(),
        title: "Conflict".into(),
        status: 409,
        detail: String::new(),
        code: Code::Booked,
        count: 1,
        receipts: vec!["4KT8-6JPF".into()],
        held: 0,
    };
    let text = serde_json::to_string(&refused).expect("a refusal");
    let problem: Problem = serde_json::from_str(&text).expect("problem");
    assert_eq!((problem.status, problem.code), (409, Code::Booked));
    let back: BlockRefused = serde_json::from_str(&text).expect("a refusal");
    assert_eq!(back, refused);
}

#[test]
fn what_staff_read_of_a_newer_server_can_be_read() {
    let text = r#"{"alerts":[{"alert":"a","at":"t","about":"flooded","more":1}]}"#;
    let alerts: Alerts = serde_json::from_str(text).expect("alerts");
    assert_eq!(alerts.alerts[0].about, AlertAbout::Other);
    let text = r#"{"days":[],"version":"v"}"#;
    let days: Days = serde_json::from_str(text).expect("days");
    assert!(!days.unchanged);
}
