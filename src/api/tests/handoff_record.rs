//! The record of a conversation: handed out whole, decided about, and then really gone.

#[macro_use]
mod common;

use api::desk::TalkDeed;
use common::staff::Console;
use common::talk::{Talk, chat};
use common::{Place, code};
use handoff::record::verify;
use protocol::handoff::{Opened, Said, Stage, Who};
use protocol::staff_handoff::{
    CloseRequest, ConversationRequest, Deleted, Done, Outcome, Record, RecordRequest,
    TransferRequest,
};
use protocol::{Code, Role, path};
use serde_json::json;
use std::path::Path;

both!(
    a_record_holds_everything_and_verifies,
    nothing_is_deleted_before_somebody_has_decided,
    after_its_time_a_conversation_is_gone,
    a_backup_does_not_bring_it_back,
    the_routes_hand_out_files_and_nothing_to_others,
);

/// Stands in every text of a conversation that is to go.
const CANARY: &str = "kanariefugl-9c41";

fn named(receipt: &str) -> ConversationRequest {
    ConversationRequest {
        receipt: receipt.to_owned(),
    }
}

fn decision(receipt: &str, record: Record, reason: &str) -> TalkDeed {
    TalkDeed::Decide(RecordRequest {
        receipt: receipt.to_owned(),
        record,
        reason: reason.to_owned(),
    })
}

/// A conversation with words of the canary everywhere, closed by Anna.
async fn closed(talk: &Talk) -> Opened {
    talk.there("anna", &[]).await;
    let mut wish = chat(&format!("Hej {CANARY}"));
    let said = |who, text: &str, answer: Option<&str>| Said {
        who,
        text: text.into(),
        answer: answer.map(Into::into),
    };
    wish.transcript = vec![
        said(Who::Citizen, &format!("pas {CANARY}"), None),
        said(Who::Bot, "Det koster 900 kr.", Some("pas/pris-paa-pas")),
    ];
    let opened: Opened = talk
        .wish("", api::desk::TalkWish::Open(wish))
        .await
        .expect("a conversation");
    let receipt = &opened.receipt;
    talk.take("anna", receipt).await.expect("taken");
    talk.types(opened.secret.as_deref().expect("a secret"), true)
        .await
        .expect("typing");
    talk.answer("anna", receipt, &format!("Svar <b>{CANARY}</b>"))
        .await
        .expect("answered");
    let transfer = TalkDeed::Transfer(TransferRequest {
        receipt: receipt.clone(),
        department: "skat".into(),
        to: None,
        note: format!("til jer {CANARY}"),
    });
    let _: Done = talk.deed("anna", transfer).await.expect("transferred");
    talk.take("anna", receipt).await.expect("taken again");
    let close = TalkDeed::Close(CloseRequest {
        receipt: receipt.clone(),
        outcome: Outcome::Answered,
    });
    let done: Done = talk.deed("anna", close).await.expect("closed");
    assert_eq!(done.stage, Stage::Closed);
    opened
}

async fn a_record_holds_everything_and_verifies(place: &Place) {
    let talk = Talk::new(place);
    let opened = closed(&talk).await;
    let file = talk.desk.talk_record(&talk.site, "anna", &opened.receipt);
    let file = file.await.expect("a record");
    let json = file.json();
    assert_eq!(verify(json.as_bytes()).as_ref(), Ok(&file));
    let kinds: Vec<&str> = file.entries.iter().map(|e| e.kind.as_str()).collect();
    assert_eq!(
        kinds,
        [
            "transcript",
            "transcript",
            "message",
            "taken",
            "message",
            "transferred",
            "taken",
            "closed",
            "note"
        ],
        "typing is no part of it"
    );
    let head = &file.head;
    assert_eq!(
        (
            head.receipt.as_str(),
            head.department.as_str(),
            head.kle.as_str(),
            head.outcome.as_str()
        ),
        (opened.receipt.as_str(), "skat", "23.05.00", "answered")
    );
    assert_eq!(
        (head.bundle.as_str(), head.retention.days),
        ("2026-12-03", 90)
    );
    assert_eq!(file.entries[1].answer, "pas/pris-paa-pas");
    assert_eq!(head.begun.copenhagen, common::NOW);
    assert!(head.decision.is_none());
    let page = file.html();
    assert!(page.contains(&format!("Svar &lt;b&gt;{CANARY}&lt;/b&gt;")));

    let _: Done = talk
        .deed(
            "bo",
            decision(&opened.receipt, Record::Journalised, "Sag 26/17"),
        )
        .await
        .expect("decided");
    let after = talk.desk.talk_record(&talk.site, "anna", &opened.receipt);
    let after = after.await.expect("a record");
    let decision = after.head.decision.as_ref().expect("a decision");
    assert_eq!(
        (
            decision.record.as_str(),
            decision.reason.as_str(),
            decision.by.as_str()
        ),
        ("journalised", "Sag 26/17", "bo")
    );
    assert_ne!(after.seal, file.seal);
    // The seal of each export is in the log: who computes the chain anew is found.
    let mut tx = talk
        .desk
        .store
        .read(&talk.site.tenant)
        .await
        .expect("a transaction");
    for seal in [&file.seal, &after.seal] {
        let ask = format!(
            "SELECT count(*) FROM audit WHERE what = 'talk-exported' AND visit = '{seal}' AND who = 'anna'"
        );
        assert_eq!(tx.count_raw(&ask).await.expect("a number"), 1);
    }
}

async fn nothing_is_deleted_before_somebody_has_decided(place: &Place) {
    let talk = Talk::new(place);
    talk.there("anna", &[]).await;
    let open = talk.open("Hej").await.expect("a conversation");
    let delete = |receipt: &str| TalkDeed::Delete(named(receipt));
    let refused = |deed| talk.deed::<serde_json::Value>("anna", deed);
    assert_eq!(
        code(refused(delete(&open.receipt)).await),
        Some(Code::WrongState),
        "waiting"
    );
    assert_eq!(
        code(refused(decision(&open.receipt, Record::Journalised, "1")).await),
        Some(Code::WrongState),
        "it goes on"
    );
    let done = closed(&talk).await;
    assert_eq!(
        code(refused(delete(&done.receipt)).await),
        Some(Code::WrongState),
        "undecided"
    );
    for (record, reason, wrong) in [
        (Record::Open, "x", Code::Invalid),
        (Record::Other, "x", Code::Invalid),
        (Record::Journalised, " ", Code::Invalid),
        (Record::Journalised, &*"x".repeat(201), Code::Invalid),
        (Record::Journalised, "sag 010190-1234", Code::CprRefused),
    ] {
        assert_eq!(
            code(refused(decision(&done.receipt, record, reason)).await),
            Some(wrong),
            "{record:?} {reason}"
        );
    }
    assert_eq!(
        code(refused(delete("4KT8-6JPF")).await),
        Some(Code::NotFound)
    );
    let _: Done = talk
        .deed(
            "anna",
            decision(
                &done.receipt,
                Record::NotCaseRelevant,
                "Almindelig vejledning",
            ),
        )
        .await
        .expect("decided");
    // The first decision was a mistake: the last one counts.
    let _: Done = talk
        .deed(
            "anna",
            decision(&done.receipt, Record::Journalised, "Sag 26/18"),
        )
        .await
        .expect("decided anew");
    let gone: Deleted = talk
        .deed("anna", delete(&done.receipt))
        .await
        .expect("deleted");
    assert_eq!(gone.receipt, done.receipt);
    assert_eq!(
        code(refused(delete(&done.receipt)).await),
        Some(Code::NotFound)
    );
    let export = talk
        .desk
        .talk_record(&talk.site, "anna", &done.receipt)
        .await;
    assert_eq!(code(export), Some(Code::NotFound));
    talk.desk.store.scrub().await.expect("scrubbed");
    nowhere(place).await;
    assert!(
        talk.desk
            .talk_record(&talk.site, "anna", &open.receipt)
            .await
            .is_ok(),
        "the other stays"
    );
}

async fn after_its_time_a_conversation_is_gone(place: &Place) {
    let talk = Talk::new(place);
    let undecided = closed(&talk).await;
    let opened = closed(&talk).await;
    let _: Done = talk
        .deed(
            "anna",
            decision(&opened.receipt, Record::Journalised, "Sag 26/17"),
        )
        .await
        .expect("decided");
    let day = 24 * 60;
    place.forward(90 * day - 1);
    assert_eq!(talk.desk.tidy(&talk.site).await.expect("tidied"), 0);
    place.forward(1);
    assert_eq!(talk.desk.tidy(&talk.site).await.expect("tidied"), 1);
    let export = talk
        .desk
        .talk_record(&talk.site, "anna", &opened.receipt)
        .await;
    assert_eq!(code(export), Some(Code::NotFound));
    // Nobody has decided about the other one, and so it stays for years.
    place.forward(900 * day);
    assert_eq!(talk.desk.tidy(&talk.site).await.expect("tidied"), 0);
    let _: Done = talk
        .deed(
            "anna",
            decision(&undecided.receipt, Record::NotCaseRelevant, "Vejledning"),
        )
        .await
        .expect("decided");
    place.forward(90 * day);
    assert_eq!(talk.desk.tidy(&talk.site).await.expect("tidied"), 1);
    nowhere(place).await;
}

/// The canary stands in no table, and on SQLite in no file of the database.
async fn nowhere(place: &Place) {
    let mut tx = place
        .desk
        .store
        .read(&place.site.tenant)
        .await
        .expect("a transaction");
    for (table, columns) in [
        ("entry", "text"),
        ("said", "text"),
        ("note", "text"),
        ("caller", "name || phone || email || wanted"),
        ("outbox", "payload || recipient"),
        ("idempotency", "body"),
        ("audit", "what || who || visit || booking"),
    ] {
        let ask = format!("SELECT count(*) FROM {table} WHERE {columns} LIKE '%{CANARY}%'");
        assert_eq!(tx.count_raw(&ask).await.expect("a number"), 0, "{table}");
    }
    drop(tx);
    let mut looked = 0;
    for file in files(&place.folder.0) {
        let bytes = std::fs::read(&file).expect("a file");
        let found = bytes
            .windows(CANARY.len())
            .any(|at| at == CANARY.as_bytes());
        assert!(!found, "the canary is in {}", file.display());
        looked += 1;
    }
    assert!(looked > 0);
}

fn files(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            all.extend(files(&path));
        } else {
            all.push(path);
        }
    }
    all
}

async fn a_backup_does_not_bring_it_back(place: &Place) {
    let talk = Talk::new(place);
    let opened = closed(&talk).await;
    let mut tx = talk
        .desk
        .store
        .read(&talk.site.tenant)
        .await
        .expect("a transaction");
    let ask = format!(
        "SELECT seq FROM conversation WHERE receipt = '{}'",
        opened.receipt
    );
    assert!(tx.count_raw(&ask).await.expect("a number") > 0);
    drop(tx);
    // As after a restore: it is on the list of what was erased, and there again, with nothing decided.
    let id = talk
        .desk
        .talk_record(&talk.site, "anna", &opened.receipt)
        .await
        .expect("a record");
    let ids = ids(place).await;
    assert_eq!(ids.len(), 1);
    talk.desk
        .erasures
        .add(talk.site.tenant.slug(), &ids[0])
        .expect("noted");
    assert_eq!(talk.desk.erase_again().await.expect("erased"), 1);
    let export = talk
        .desk
        .talk_record(&talk.site, "anna", &id.head.receipt)
        .await;
    assert_eq!(code(export), Some(Code::NotFound));
    assert_eq!(talk.desk.erase_again().await.expect("erased"), 0);
}

/// Ids of all conversations, from the list that a deletion leaves.
async fn ids(place: &Place) -> Vec<String> {
    let mut tx = place
        .desk
        .store
        .read(&place.site.tenant)
        .await
        .expect("a transaction");
    tx.talk_ids().await.expect("ids")
}

async fn the_routes_hand_out_files_and_nothing_to_others(place: &Place) {
    let talk = Talk::new(place);
    let opened = closed(&talk).await;
    let console = Console::new(place);
    let agent = console
        .seat(place, Some("eksempelby"), &[Role::Agent])
        .await;
    let elsewhere = console.seat(place, Some("fjordby"), &[Role::Agent]).await;
    let supervisor = console
        .seat(place, Some("eksempelby"), &[Role::Supervisor])
        .await;
    let export = |format: &str| {
        format!(
            "{}?receipt={}&format={format}",
            path::STAFF_EXPORT,
            opened.receipt
        )
    };
    let got = console.get(&export("json"), &agent).await;
    assert_eq!(got.status, 200);
    assert_eq!(got.body["head"]["receipt"], opened.receipt.as_str());
    let attached = format!("attachment; filename=\"samtale-{}.json\"", opened.receipt);
    assert_eq!(got.headers["content-disposition"], attached.as_str());
    assert_eq!(got.headers["cache-control"], "no-store");
    assert_eq!(
        console.get(&export("html"), &agent).await.headers["content-type"],
        "text/html; charset=utf-8"
    );
    assert_eq!(console.get(&export("pdf"), &agent).await.status, 400);
    assert_eq!(
        console.get(&export("json"), &elsewhere).await.problem(),
        (404, "not-found")
    );
    assert_eq!(console.get(&export("json"), &supervisor).await.status, 403);
    let body = json!({"receipt": opened.receipt});
    assert_eq!(
        console
            .post(path::STAFF_DELETE, &agent, &body)
            .await
            .problem(),
        (409, "wrong-state")
    );
    let decide = json!({"receipt": opened.receipt, "record": "journalised", "reason": "Sag 26/17"});
    assert_eq!(
        console
            .post(path::STAFF_RECORD, &elsewhere, &decide)
            .await
            .status,
        404
    );
    assert_eq!(
        console
            .post(path::STAFF_RECORD, &agent, &decide)
            .await
            .status,
        200
    );
    assert_eq!(
        console
            .post(path::STAFF_DELETE, &elsewhere, &body)
            .await
            .status,
        404
    );
    let gone = console.post(path::STAFF_DELETE, &agent, &body).await;
    assert_eq!(
        (gone.status, &gone.body["receipt"]),
        (200, &json!(opened.receipt))
    );
    nowhere(place).await;
}
