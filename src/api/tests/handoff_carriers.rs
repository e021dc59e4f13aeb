//! Departments that answer elsewhere: a mailbox behind a real SMTP server, and a contact centre behind the sample of tests/adapters. The
//! contract test itself: the sample keeps every promise, and each planted mistake is found by the case that is meant for it.

#[macro_use]
mod common;

use api::adapter::call::{Line, client};
use api::adapter::trial::{Outcome, Verdict};
use api::carriers::http::Messenger;
use api::carriers::trial::{PROMISES, Trial};
use api::config::MailConfig;
use api::desk::{Sweeper, TalkDeed, TalkWish};
use api::metrics::Metrics;
use api::notices::Courier;
use api::notices::mail::Mailer;
use common::mailbox::Mailbox;
use common::staff::{Console, Seat};
use common::talk::{PRIVACY, TALKS, Talk, chat, texts};
use common::{Folder, Place, code};
use protocol::handoff::{LeaveRequest, OpenRequest, Opened, Said, Stage, Way, What, Who};
use protocol::staff_handoff::{ConversationRequest, Record, RecordRequest, TransferRequest};
use protocol::{Code, Contact, Role, path};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::BufRead as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

both!(
    a_chat_with_a_contact_centre_is_like_any_other,
    a_contact_centre_that_is_cut_off_loses_nothing_and_doubles_nothing,
    what_went_wrong_is_told_to_those_who_can_find_it,
);

const TOKEN: &str = "sample-token-2";

/// The sample contact centre; is killed with the value.
struct Centre {
    child: Mutex<Option<Child>>,
    url: String,
    file: PathBuf,
    fault: String,
}

impl Centre {
    fn start(folder: &Path, fault: &str) -> Centre {
        let mut centre = Centre {
            child: Mutex::new(None),
            url: String::new(),
            file: folder.join("centre.json"),
            fault: fault.to_owned(),
        };
        centre.url = centre.launch("0");
        centre
    }

    fn launch(&self, port: &str) -> String {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/adapters/handoff.mjs");
        let mut child = Command::new("node")
            .arg(script)
            .args([
                "--port",
                port,
                "--token",
                TOKEN,
                "--fault",
                &self.fault,
                "--file",
            ])
            .arg(&self.file)
            .stdout(Stdio::piped())
            .spawn()
            .expect("node; see CONTRIBUTING.md");
        let mut line = String::new();
        let out = child.stdout.take().expect("its output");
        std::io::BufReader::new(out)
            .read_line(&mut line)
            .expect("its address");
        *self.child.lock().expect("lock") = Some(child);
        line.trim().to_owned()
    }

    fn kill(&self) {
        if let Some(mut child) = self.child.lock().expect("lock").take() {
            child.kill().expect("killed");
            child.wait().expect("gone");
        }
    }

    fn restart(&self) {
        self.kill();
        let port = self.url.rsplit(':').next().expect("a port");
        assert_eq!(self.launch(port), self.url);
    }

    /// Conversations that it has.
    fn conversations(&self) -> Vec<Value> {
        let text = std::fs::read_to_string(&self.file).unwrap_or_else(|_| "{}".into());
        let state: Value = serde_json::from_str(&text).expect("JSON");
        let all = state["conversations"]
            .as_object()
            .cloned()
            .unwrap_or_default();
        all.into_iter().map(|(_, talk)| talk).collect()
    }
}

impl Drop for Centre {
    fn drop(&mut self) {
        self.kill();
    }
}

fn trial(centre: &Arc<Centre>) -> Trial {
    let again = Arc::clone(centre);
    Trial {
        line: Line::new(
            client(Duration::from_secs(20)).expect("a client"),
            &centre.url,
            TOKEN,
        ),
        department: "skat".into(),
        patience: Duration::from_secs(3),
        restart: Some(Box::new(move || {
            let centre = Arc::clone(&again);
            Box::pin(async move {
                centre.restart();
                Ok(())
            })
        })),
    }
}

fn broken(all: &[Outcome]) -> Vec<&'static str> {
    let wrong = all.iter().filter(|o| o.verdict != Verdict::Kept);
    wrong.map(|o| o.name).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_sample_keeps_every_promise() {
    let folder = Folder::new();
    let centre = Arc::new(Centre::start(&folder.0, ""));
    let all = trial(&centre).run(|_| ()).await;
    assert_eq!(broken(&all), [""; 0], "{all:#?}");
    assert_eq!(all.len(), PROMISES.len());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_planted_mistake_is_found_by_its_case() {
    for (fault, case) in [
        ("token", "token"),
        ("twice", "opens-once"),
        ("unknown", "unknown"),
        ("order", "takes"),
        ("plain", "letters"),
        ("doubles", "once"),
        ("forgets", "cursor"),
        ("memory", "lasts"),
        ("ends", "ends"),
    ] {
        let folder = Folder::new();
        let centre = Arc::new(Centre::start(&folder.0, fault));
        let mut trial = trial(&centre);
        trial.patience = Duration::from_millis(600);
        let all = trial.run(|_| ()).await;
        assert!(
            broken(&all).contains(&case),
            "{fault} is not found by {case}: {all:#?}"
        );
    }
}

/// A kommune whose department Skat sits at the contact centre.
fn with_centre(place: &Place, centre: &Centre) -> (Talk, Messenger) {
    let mut admin = place.site.talk.clone().expect("talks");
    for department in &mut admin.departments {
        if department.id == "skat" {
            department.carrier = handoff::Carrier::Http {
                url: centre.url.clone(),
            };
        }
    }
    place
        .desk
        .sites
        .replace_talk(&place.site.tenant, Some(admin));
    let site = place.desk.sites.of(&place.site.tenant).expect("a site");
    let talk = Talk {
        desk: place.desk.clone(),
        site,
    };
    let env =
        |name: &str| (name == "LOKALSVAR_HANDOFF_TOKEN_EKSEMPELBY_SKAT").then(|| TOKEN.to_owned());
    assert!(
        Messenger::new(place.desk.clone(), |_| None).is_err(),
        "without a token nothing starts"
    );
    let messenger = Messenger::new(place.desk.clone(), env).expect("a messenger");
    (talk, messenger)
}

async fn begin(talk: &Talk, text: &str) -> Opened {
    let wish = OpenRequest {
        department: "skat".into(),
        transcript: vec![Said {
            who: Who::Citizen,
            text: "forskud".into(),
            answer: None,
        }],
        ..chat(text)
    };
    talk.wish("", TalkWish::Open(wish))
        .await
        .expect("a conversation")
}

/// One look of the messenger, two seconds later.
async fn look(place: &Place, messenger: &Messenger) {
    messenger.round().await;
    place.clock.set(place.clock.now_ms() + 2_000);
}

async fn a_chat_with_a_contact_centre_is_like_any_other(place: &Place) {
    let folder = Folder::new();
    let centre = Centre::start(&folder.0, "");
    let (talk, messenger) = with_centre(place, &centre);
    let opened = begin(&talk, "Hvad er mit forskud?").await;
    let secret = opened.secret.as_deref().expect("a secret");
    assert_eq!(opened.conversation.stage, Stage::Waiting);
    look(place, &messenger).await;
    let log = talk.log(secret, 0, 0).await.expect("a log");
    assert_eq!(log.conversation.stage, Stage::Active);
    assert_eq!(
        texts(&log.entries),
        ["Hvad er mit forskud?", "Hej, du taler med prøvecentret."]
    );
    let had = centre.conversations();
    assert_eq!(had.len(), 1);
    let said: Vec<&str> = had[0]["arrival"]["said"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|s| s["text"].as_str())
        .collect();
    assert_eq!(said, ["forskud", "Hvad er mit forskud?"]);
    assert_eq!(had[0]["arrival"]["receipt"], opened.receipt.as_str());

    for text in ["Æblegrød <b>", "Mit nummer er 010190-1234", "luk"] {
        talk.say(secret, text).await.expect("said");
    }
    look(place, &messenger).await;
    look(place, &messenger).await;
    let log = talk.log(secret, 0, 0).await.expect("a log");
    assert_eq!(log.conversation.stage, Stage::Closed);
    let all = texts(&log.entries);
    assert_eq!(
        all.iter().filter(|t| **t == "Æblegrød <b>").count(),
        2,
        "said and repeated"
    );
    assert!(
        !format!("{all:?}{:?}", centre.conversations()).contains("010190"),
        "masked before it leaves"
    );
    common::talk::in_order(&log.entries, 0);
    let closed = log
        .entries
        .iter()
        .any(|e| matches!(e.what, What::Closed { by: Who::Staff }));
    assert!(closed, "the person there ended it");
    // It is a record here like any other.
    let file = talk
        .desk
        .talk_record(&talk.site, "anna", &opened.receipt)
        .await
        .expect("a record");
    assert!(handoff::record::verify(file.json().as_bytes()).is_ok());

    // Who ends it here has ended it there.
    let second = begin(&talk, "En til").await;
    look(place, &messenger).await;
    talk.end(second.secret.as_deref().expect("a secret"))
        .await
        .expect("ended");
    look(place, &messenger).await;
    assert!(
        centre
            .conversations()
            .iter()
            .all(|talk| talk["over"] == true)
    );
}

async fn a_contact_centre_that_is_cut_off_loses_nothing_and_doubles_nothing(place: &Place) {
    let folder = Folder::new();
    let centre = Centre::start(&folder.0, "");
    let (talk, messenger) = with_centre(place, &centre);
    centre.kill();
    let opened = begin(&talk, "Er der nogen?").await;
    let secret = opened.secret.as_deref().expect("a secret");
    look(place, &messenger).await;
    assert_eq!(
        talk.log(secret, 0, 0)
            .await
            .expect("a log")
            .conversation
            .stage,
        Stage::Waiting
    );
    let alerts = talk
        .desk
        .staff_alerts(&talk.site, TALKS)
        .await
        .expect("alerts");
    assert!(alerts.alerts.is_empty());
    place.forward(16);
    look(place, &messenger).await;
    let alerts = talk
        .desk
        .staff_alerts(&talk.site, TALKS)
        .await
        .expect("alerts");
    assert_eq!(
        alerts.alerts[0].receipt.as_deref(),
        Some(opened.receipt.as_str()),
        "staff hear of it"
    );
    let port = centre.url.rsplit(':').next().expect("a port").to_owned();
    assert_eq!(centre.launch(&port), centre.url);
    place.forward(1);
    look(place, &messenger).await;
    for n in 0..20 {
        talk.say(secret, &format!("nummer {n}"))
            .await
            .expect("said");
        if n % 5 == 4 {
            centre.restart();
        }
        look(place, &messenger).await;
        place.clock.set(place.clock.now_ms() + 8_000);
    }
    place.forward(2);
    look(place, &messenger).await;
    look(place, &messenger).await;
    let log = talk.log(secret, 0, 0).await.expect("a log");
    let all = texts(&log.entries);
    for n in 0..20 {
        let text = format!("nummer {n}");
        assert_eq!(
            all.iter().filter(|t| **t == text).count(),
            2,
            "{text}: said and repeated, once each"
        );
    }
    assert_eq!(centre.conversations().len(), 1);
    // Silent for more than a minute: back in the queue, as when a colleague goes away.
    centre.kill();
    let mut sweeper = Sweeper::default();
    let mut back = 0;
    for _ in 0..16 {
        place.clock.set(place.clock.now_ms() + 5_000);
        messenger.round().await;
        back += sweeper.round(&place.desk).await;
    }
    assert_eq!(back, 1);
    let log = talk.log(secret, 0, 0).await.expect("a log");
    assert_eq!(log.conversation.stage, Stage::Waiting);
}

fn courier(place: &Place, url: String) -> Courier {
    let from = "Lokalsvar <svar@eksempelby.example>".to_owned();
    let mailer = Mailer::new(&MailConfig { server: url, from }).expect("a mailer");
    Courier::new(
        place.desk.clone(),
        Arc::new(Metrics::new()),
        Some(mailer),
        None,
    )
}

fn contact(email: Option<&str>) -> Contact {
    Contact {
        name: "Åse Ærø\u{202e}".into(),
        phone: Some("20304050".into()),
        email: email.map(Into::into),
    }
}

fn message(text: &str) -> OpenRequest {
    OpenRequest {
        way: Way::Message,
        department: "post".into(),
        contact: Some(contact(Some("aase@example.dk"))),
        transcript: vec![Said {
            who: Who::Bot,
            text: "Du kan skrive til os.".into(),
            answer: Some("post/skriv".into()),
        }],
        ..chat(text)
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_goes_to_the_mailbox_once_and_is_over() {
    let mut server = Mailbox::start();
    let place = Place::sqlite().await;
    let talk = Talk::new(&place);
    let courier = courier(&place, format!("smtp://127.0.0.1:{}", server.plain));
    let text = "Hul i vejen.\nBcc: x@example.dk\n<script>alert(1)</script> 010190-1234";
    let opened: Opened = talk
        .wish("", TalkWish::Open(message(text)))
        .await
        .expect("a message");
    assert_eq!(opened.conversation.stage, Stage::Waiting);
    // The line is cut after the mail was taken: the second copy has the same id.
    server.meet("drop");
    courier.round().await;
    let mut mails = server.meet("pass");
    place.forward(2);
    courier.round().await;
    place.forward(2);
    courier.round().await;
    mails.extend(server.mails());
    let to = |address: &str| {
        let mine = mails.iter().filter(|m| m["to"][0]["address"] == address);
        mine.cloned().collect::<Vec<Value>>()
    };
    let (box_, citizen) = (to("post@eksempelby.example"), to("aase@example.dk"));
    assert!(!box_.is_empty() && !citizen.is_empty(), "{mails:#?}");
    let ids: std::collections::BTreeSet<&str> = box_
        .iter()
        .filter_map(|m| m["headers"]["message-id"].as_str())
        .collect();
    assert_eq!(ids.len(), 1, "one message, however often it came");
    let mail = &box_[0];
    assert_eq!(
        mail["subject"],
        format!("Besked fra en borger: {} (Post)", opened.receipt).as_str()
    );
    let body = mail["text"].as_str().expect("a text");
    for line in [
        &*format!("Kvittering: {}", opened.receipt),
        "Fagområde: Post",
        "Form: Besked",
        "Emne: pas/pris-paa-pas",
        "KLE: 23.05.00",
        "Telefon: +4520304050",
        "E-mail: aase@example.dk",
        "[Automatisk svar] Du kan skrive til os.",
    ] {
        assert!(body.contains(line), "{line} is not in\n{body}");
    }
    assert!(body.contains("Hul i vejen.") && !body.contains("010190"));
    assert!(mail["headers"]["bcc"].is_null());
    assert!(
        citizen[0]["text"]
            .as_str()
            .expect("a text")
            .contains(&opened.receipt)
    );
    assert!(
        !citizen[0]["text"]
            .as_str()
            .expect("a text")
            .contains("Hul i vejen")
    );
    // Over here: staff say what becomes of the record, nothing else.
    let secret = opened.secret.as_deref().expect("a secret");
    let log = talk.log(secret, 0, 0).await.expect("a log");
    assert_eq!(log.conversation.stage, Stage::Closed);
    let system = |e: &protocol::handoff::Entry| matches!(e.what, What::Closed { by: Who::System });
    assert!(log.entries.iter().any(system));
}

/// What tests/browser/payloads.mjs makes: texts that become a script where somebody takes text for markup.
fn payloads() -> Vec<String> {
    let file = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../tests/browser/payloads.mjs"
    );
    let print =
        "import(process.argv[1]).then(({ PAYLOADS }) => console.log(JSON.stringify(PAYLOADS)))";
    let out = std::process::Command::new("node")
        .args(["-e", print, file])
        .output()
        .expect("node; see CONTRIBUTING.md");
    serde_json::from_slice(&out.stdout).expect("a list")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hostile_texts_in_every_field_of_a_mail_stay_text() {
    let mut server = Mailbox::start();
    let place = Place::sqlite().await;
    let talk = Talk::new(&place);
    let courier = courier(&place, format!("smtp://127.0.0.1:{}", server.plain));
    let all = payloads();
    assert!(all.len() >= 600, "{}", all.len());
    talk.wish::<Opened>("", TalkWish::Open(message("Hul i vejen")))
        .await
        .expect("a message");
    for some in all.chunks(20) {
        let fits = |most: usize| some.iter().find(|one| one.chars().count() <= most).cloned();
        let mut wish = message(&some.join("\n"));
        let contact = wish.contact.as_mut().expect("a contact");
        contact.name = fits(100).unwrap_or_else(|| "Åse".into());
        wish.when = fits(200);
        wish.transcript = some
            .iter()
            .map(|text| Said {
                who: Who::Citizen,
                text: text.clone(),
                answer: None,
            })
            .collect();
        talk.wish::<Opened>("", TalkWish::Open(wish))
            .await
            .expect("a message");
        courier.round().await;
        place.forward(2);
    }
    courier.round().await;
    let mails = server.mails();
    assert_eq!(
        mails.len(),
        2 * (1 + all.len().div_ceil(20)),
        "a mail and a receipt each"
    );
    let names = |mail: &Value| {
        let headers = mail["headers"].as_object().expect("headers");
        headers.keys().cloned().collect::<Vec<_>>()
    };
    let (harmless, said) = (
        names(&mails[0]),
        mails
            .iter()
            .map(|mail| mail["text"].as_str().expect("a text"))
            .collect::<String>(),
    );
    for mail in &mails {
        assert!(mail["html"].is_null(), "{mail:#}");
        assert_eq!(names(mail), harmless);
        let raw = mail["raw"].as_str().expect("bytes").to_lowercase();
        let parts = raw.split("\r\ncontent-type: ").skip(1);
        let kinds: Vec<&str> = parts
            .map(|part| part.split(';').next().unwrap_or(""))
            .collect();
        assert_eq!(kinds, ["multipart/mixed", "text/plain"]);
    }
    // Lines may end elsewhere.
    let bare = |text: &str| text.split_whitespace().collect::<String>();
    let said = bare(&said);
    for payload in &all {
        assert!(
            said.contains(&bare(payload)),
            "{payload} was changed on the way"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn staff_hear_of_a_message_that_does_not_leave() {
    let place = Place::sqlite().await;
    let talk = Talk::new(&place);
    // Nobody listens there.
    let courier = courier(&place, "smtp://127.0.0.1:9".into());
    let opened: Opened = talk
        .wish("", TalkWish::Open(message("Hul i vejen")))
        .await
        .expect("a message");
    courier.round().await;
    place.forward(14);
    courier.round().await;
    assert!(
        talk.desk
            .staff_alerts(&talk.site, TALKS)
            .await
            .expect("alerts")
            .alerts
            .is_empty()
    );
    place.forward(2);
    courier.round().await;
    let alerts = talk
        .desk
        .staff_alerts(&talk.site, TALKS)
        .await
        .expect("alerts")
        .alerts;
    assert_eq!(alerts.len(), 1, "mailbox and receipt are one matter");
    assert_eq!(alerts[0].receipt.as_deref(), Some(opened.receipt.as_str()));
    let log = talk
        .log(opened.secret.as_deref().expect("a secret"), 0, 0)
        .await
        .expect("a log");
    assert_eq!(
        log.conversation.stage,
        Stage::Waiting,
        "it is not told as done"
    );
}

/// What the matters that somebody hears of are about and their ids, by receipt.
async fn matters(console: &Console, seat: &Seat) -> BTreeMap<String, (String, Value)> {
    let got = console.get(path::STAFF_ALERTS, seat).await;
    assert_eq!(got.status, 200);
    let alerts = got.body["alerts"].as_array().expect("alerts").clone();
    let of = |alert: Value| {
        let text = |name: &str| alert[name].as_str().expect("text").to_owned();
        (text("receipt"), (text("about"), alert["alert"].clone()))
    };
    alerts.into_iter().map(of).collect()
}

async fn what_went_wrong_is_told_to_those_who_can_find_it(place: &Place) {
    const AT: &str = "2026-12-04T10:00:00+01:00";
    let (console, talk) = (Console::new(place), Talk::new(place));
    let booked = place.receipt("pas", AT, "20304050").await;
    let booked = booked.expect("a booking").receipt;
    let opened: Opened = talk
        .wish("", TalkWish::Open(message("Hul i vejen")))
        .await
        .expect("a message");
    let spoken = opened.receipt;
    // No mail server at all.
    place.forward(16);
    let about = |receipt: &String| {
        let kind = if *receipt == booked {
            "undelivered"
        } else {
            "conversation"
        };
        (receipt.clone(), kind.to_owned())
    };
    let cases: [(&[Role], &[&String]); 5] = [
        (&[Role::Booking], &[&booked]),
        (&[Role::BookingAdmin, Role::Analyst], &[&booked]),
        (&[Role::Agent], &[&spoken]),
        (&[Role::Supervisor], &[&spoken]),
        (&[Role::Booking, Role::Supervisor], &[&booked, &spoken]),
    ];
    for (roles, receipts) in cases {
        let seat = console.seat(place, Some("eksempelby"), roles).await;
        let told = matters(&console, &seat).await;
        let told: BTreeMap<_, _> = told
            .into_iter()
            .map(|(at, (about, _))| (at, about))
            .collect();
        let expected: BTreeMap<_, _> = receipts.iter().map(|one| about(one)).collect();
        assert_eq!(told, expected, "{roles:?}");
    }
    // What is not theirs is not there; what is, goes for all who hear of it.
    let clerk = console
        .seat(place, Some("eksempelby"), &[Role::Booking])
        .await;
    let agent = console
        .seat(place, Some("eksempelby"), &[Role::Agent])
        .await;
    for (own, other, receipt) in [(&clerk, &agent, &booked), (&agent, &clerk, &spoken)] {
        let seen = json!({"alert": matters(&console, own).await[receipt].1});
        let got = console.post(path::STAFF_ALERTS_SEEN, other, &seen).await;
        assert_eq!(got.problem(), (404, "not-found"));
        assert_eq!(matters(&console, own).await.len(), 1, "still there");
        if receipt == &booked {
            let got = console.post(path::STAFF_ALERTS_SEEN, own, &seen).await;
            assert_eq!(got.status, 200);
            assert!(matters(&console, own).await.is_empty());
        }
    }
    // Of a conversation that is deleted nothing is left to look at.
    let secret = opened.secret.as_deref().expect("a secret");
    talk.end(secret).await.expect("ended");
    let decided = TalkDeed::Decide(RecordRequest {
        receipt: spoken.clone(),
        record: Record::NotCaseRelevant,
        reason: "Prøve".into(),
    });
    talk.deed::<Value>("anna", decided).await.expect("decided");
    let delete = TalkDeed::Delete(ConversationRequest { receipt: spoken });
    talk.deed::<Value>("anna", delete).await.expect("deleted");
    assert!(matters(&console, &agent).await.is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_chat_cannot_be_sent_to_a_mailbox_before_it_is_a_message() {
    let mut server = Mailbox::start();
    let place = Place::sqlite().await;
    let talk = Talk::new(&place);
    talk.there("anna", &[]).await;
    let opened = talk.open("Hul i vejen").await.expect("a chat");
    let transfer = || {
        TalkDeed::Transfer(TransferRequest {
            receipt: opened.receipt.clone(),
            department: "post".into(),
            to: None,
            note: "Hører til jer".into(),
        })
    };
    let refused = talk.deed::<Value>("anna", transfer()).await;
    assert_eq!(code(refused), Some(Code::WrongState));
    let leave = LeaveRequest {
        way: Way::Callback,
        contact: contact(None),
        when: Some("efter kl. 14".into()),
        privacy_version: PRIVACY.into(),
    };
    let secret = opened.secret.as_deref().expect("a secret");
    let _: Value = talk
        .wish(secret, TalkWish::Leave(leave))
        .await
        .expect("left");
    let _: Value = talk.deed("anna", transfer()).await.expect("transferred");
    let courier = courier(&place, format!("smtp://127.0.0.1:{}", server.plain));
    courier.round().await;
    let mails = server.mails();
    assert_eq!(mails.len(), 1, "no mail to a citizen who left none");
    assert_eq!(
        mails[0]["subject"],
        format!("Ring til en borger: {} (Post)", opened.receipt).as_str()
    );
    assert!(
        mails[0]["text"]
            .as_str()
            .expect("a text")
            .contains("Ønsket tid: efter kl. 14")
    );
}
