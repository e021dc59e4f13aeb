//! Notices against a mail server on this machine that speaks SMTP: confirmation, move, cancellation and reminder arrive; a crash
//! between sending and marking sends the same id again; what does not go is reported after 15 minutes.

mod common;

use api::config::{MailConfig, SmsConfig};
use api::desk::{StaffWish, Wish};
use api::metrics::Metrics;
use api::notices::Courier;
use api::notices::mail::Mailer;
use api::notices::sms::Gateway;
use axum::Json;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use common::{Place, code, key, request};
use protocol::staff::{StaffCancelRequest, StaffMoveRequest};
use protocol::{BookingRequest, Code, CodeRequest, CodeTo, Language, MoveRequest};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

const AT_10: &str = "2026-12-08T10:00:00+01:00";
const AT_11: &str = "2026-12-08T11:00:00+01:00";

/// Takes mail and keeps it; or refuses for now.
#[derive(Clone, Default)]
struct MailServer {
    taken: Arc<Mutex<Vec<String>>>,
    refuses: Arc<AtomicBool>,
}

impl MailServer {
    async fn start(&self) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let server = self.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let server = server.clone();
                tokio::spawn(async move { server.talk(stream).await });
            }
        });
        format!("smtp://{address}")
    }

    async fn talk(&self, stream: TcpStream) -> Option<()> {
        let (read, mut write) = stream.into_split();
        let mut lines = BufReader::new(read).lines();
        write.write_all(b"220 here\r\n").await.ok()?;
        while let Some(line) = lines.next_line().await.ok()? {
            let verb = line.split(' ').next().unwrap_or_default().to_uppercase();
            let answer: &[u8] = match verb.as_str() {
                "EHLO" => b"250-here\r\n250 8BITMIME\r\n",
                "DATA" => {
                    write.write_all(b"354 go on\r\n").await.ok()?;
                    let mut mail = String::new();
                    while let Some(line) = lines.next_line().await.ok()? {
                        if line == "." {
                            break;
                        }
                        mail.push_str(&line);
                        mail.push('\n');
                    }
                    if self.refuses.load(Ordering::SeqCst) {
                        b"451 not now\r\n"
                    } else {
                        self.taken.lock().expect("lock").push(mail);
                        b"250 taken\r\n"
                    }
                }
                "QUIT" => b"221 bye\r\n",
                _ => b"250 fine\r\n",
            };
            write.write_all(answer).await.ok()?;
        }
        Some(())
    }

    fn ids(&self) -> Vec<String> {
        let taken = self.taken.lock().expect("lock");
        let id = |mail: &String| {
            mail.lines()
                .find(|l| l.starts_with("Message-ID:"))
                .map(str::to_owned)
        };
        taken.iter().filter_map(id).collect()
    }
}

/// A gateway for text messages.
async fn gateway(taken: Arc<Mutex<Vec<(String, String, String)>>>) -> String {
    let app = axum::Router::new().route(
        "/",
        post(
            move |headers: HeaderMap, Json(body): Json<serde_json::Value>| {
                let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
                let id = headers["idempotency-key"]
                    .to_str()
                    .expect("text")
                    .to_owned();
                taken
                    .lock()
                    .expect("lock")
                    .push((id, text("to"), text("text")));
                async { StatusCode::ACCEPTED }
            },
        ),
    );
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move { axum::serve(listener, app).await });
    format!("http://{address}/")
}

struct Post {
    place: Place,
    mail: MailServer,
    texts: Arc<Mutex<Vec<(String, String, String)>>>,
    courier: Courier,
    metrics: Arc<Metrics>,
}

async fn office() -> Post {
    let place = Place::sqlite().await;
    let mail = MailServer::default();
    let server = mail.start().await;
    let from = "Borgerservice <borger@eksempelby.example>".to_owned();
    let mailer = Mailer::new(&MailConfig { server, from }).expect("a mailer");
    let texts = Arc::default();
    let sms = SmsConfig {
        url: gateway(Arc::clone(&texts)).await,
        from: "Eksempelby".into(),
        token: "t".into(),
    };
    let metrics = Arc::new(Metrics::new());
    let gateway = Gateway::new(&sms).expect("a gateway");
    let courier = Courier::new(
        place.desk.clone(),
        Arc::clone(&metrics),
        Some(mailer),
        Some(gateway),
    );
    Post {
        place,
        mail,
        texts,
        courier,
        metrics,
    }
}

#[tokio::test]
async fn every_change_is_told_once() {
    let post = office().await;
    let secret = post.place.book(AT_10, "20304050").await.expect("a booking");
    assert_eq!(post.courier.round().await, 2);
    assert_eq!(post.courier.round().await, 0);
    let there = MoveRequest {
        start: AT_11.into(),
        location: "raadhus".into(),
    };
    post.place
        .post(&key(), &secret, Wish::Move(there))
        .await
        .expect("moved");
    post.courier.round().await;
    post.place
        .clock
        .set(booking::parse_instant(AT_11).expect("an instant") - 23 * 3_600_000);
    post.courier.round().await;
    post.place
        .post(&key(), &secret, Wish::Cancel)
        .await
        .expect("cancelled");
    post.courier.round().await;
    let mails = post.mail.taken.lock().expect("lock").clone();
    assert_eq!(mails.len(), 4, "confirmed, moved, reminder, cancelled");
    for (mail, method) in mails
        .iter()
        .zip(["PUBLISH", "PUBLISH", "PUBLISH", "CANCEL"])
    {
        assert!(
            mail.contains("text/calendar") && mail.contains(method),
            "{mail}"
        );
    }
    let texts = post.texts.lock().expect("lock").clone();
    assert_eq!(texts.len(), 4);
    assert!(
        texts[0].2.contains("tirsdag den 8. december kl. 10"),
        "{}",
        texts[0].2
    );
    assert!(
        texts[0].2.contains(&format!("#lokalsvar-tid={secret}")),
        "{}",
        texts[0].2
    );
    assert_eq!(texts[0].1, "+4520304050");
    assert!(texts.iter().all(|(_, _, text)| !text.contains("Ida")));
    let receipt = post
        .place
        .desk
        .show(&post.place.site, &secret)
        .await
        .expect("a booking");
    assert_eq!(receipt.notices.len(), 8);
}

#[tokio::test]
async fn what_staff_change_is_said_with_its_reason() {
    let post = office().await;
    let book = async |language, phone: &str| {
        let holder = post.place.hold("pas", AT_10).await.expect("a hold");
        let request = BookingRequest {
            language,
            ..request(phone)
        };
        let booked = post.place.post(&key(), &holder, Wish::Book(request)).await;
        let body = booked.expect("a booking").body;
        body["receipt"].as_str().expect("a receipt").to_owned()
    };
    let receipts = [
        book(Language::Da, "20304050").await,
        book(Language::En, "20304051").await,
    ];
    post.courier.round().await;
    let said = |from: usize| {
        let mails = post.mail.taken.lock().expect("lock")[from..].to_vec();
        let texts = post.texts.lock().expect("lock")[from..].to_vec();
        let texts: Vec<String> = texts.into_iter().map(|text| text.2).collect();
        (mails.join("\n"), texts.join("\n"))
    };
    for receipt in &receipts {
        let there = StaffMoveRequest {
            visit: None,
            receipt: receipt.clone(),
            start: AT_11.into(),
            location: "raadhus".into(),
        };
        let moved = post.place.staff(StaffWish::Move(there)).await;
        moved.expect("moved");
    }
    assert_eq!(post.courier.round().await, 4);
    let (mails, texts) = said(2);
    for part in [
        "Vi har flyttet din tid til Bestil pas. Den nye tid er tirsdag den 8. december kl. 11.",
        "We have moved your time for Book pas. The new time is Tuesday 8 December at 11:00.",
    ] {
        assert!(texts.contains(part), "{part} is not in {texts}");
    }
    assert!(texts.matches("#lokalsvar-tid=").count() == 2);
    assert!(
        mails.contains("METHOD:PUBLISH") || mails.contains("method=PUBLISH"),
        "{mails}"
    );
    for receipt in &receipts {
        let off = StaffCancelRequest {
            visit: None,
            receipt: receipt.clone(),
            reason: "Pasmaskinen er i stykker".into(),
        };
        let off = post.place.staff(StaffWish::Cancel(off)).await;
        off.expect("cancelled");
    }
    assert_eq!(post.courier.round().await, 4);
    let (_, texts) = said(4);
    for part in [
        "Vi har aflyst din tid til Bestil pas tirsdag den 8. december kl. 11. Årsag: Pasmaskinen er i stykker. ",
        "We have cancelled your time for Book pas Tuesday 8 December at 11:00. Reason: Pasmaskinen er i stykker. ",
    ] {
        assert!(texts.contains(part), "{part} is not in {texts}");
    }
    // The reason went out and is kept nowhere.
    let mut tx = post
        .place
        .desk
        .store
        .read(&post.place.site.tenant)
        .await
        .expect("a transaction");
    let left = "SELECT count(*) FROM outbox WHERE payload <> ''";
    assert_eq!(tx.count_raw(left).await.expect("a number"), 0);
}

#[tokio::test]
async fn a_crash_between_sending_and_marking_repeats_the_same_id() {
    let post = office().await;
    for minute in ["00", "15", "30", "45"] {
        let start = format!("2026-12-08T10:{minute}:00+01:00");
        post.place
            .book(&start, &format!("203040{minute}"))
            .await
            .expect("a booking");
    }
    assert_eq!(post.courier.round().await, 8);
    // As if the marks had been lost with the process, right after the server took the mail.
    let mut tx = post
        .place
        .desk
        .store
        .write(&post.place.site.tenant)
        .await
        .expect("a transaction");
    let lost = "UPDATE outbox SET state = 'queued' WHERE about = 'confirmed' AND state = 'sent'";
    assert_eq!(tx.try_raw(lost).await.expect("lost"), 8);
    tx.commit().await.expect("lost");
    assert_eq!(
        post.courier.round().await,
        0,
        "the crashed one's lease is running"
    );
    post.place.forward(3);
    assert_eq!(post.courier.round().await, 8);
    let mut ids = post.mail.ids();
    assert_eq!(ids.len(), 8);
    ids.sort();
    ids.dedup();
    assert_eq!(
        ids.len(),
        4,
        "one id a notice, whatever the number of copies"
    );
}

#[tokio::test]
async fn what_does_not_go_is_tried_again_and_reported() {
    let post = office().await;
    post.mail.refuses.store(true, Ordering::SeqCst);
    let secret = post.place.book(AT_10, "20304050").await.expect("a booking");
    assert_eq!(post.courier.round().await, 1, "the text message goes");
    for _ in 0..16 {
        post.place.forward(1);
        post.courier.round().await;
    }
    assert!(
        post.metrics
            .text()
            .contains("lokalsvar_notices_overdue_total 1")
    );
    let mut tx = post
        .place
        .desk
        .store
        .read(&post.place.site.tenant)
        .await
        .expect("a transaction");
    let alerts = tx.alerts().await.expect("alerts");
    drop(tx);
    let receipt = post
        .place
        .desk
        .show(&post.place.site, &secret)
        .await
        .expect("a booking");
    assert_eq!(alerts.len(), 1);
    assert_eq!(
        (alerts[0].about.as_str(), &alerts[0].subject),
        ("undelivered", &receipt.receipt)
    );
    post.mail.refuses.store(false, Ordering::SeqCst);
    post.place.forward(60);
    assert_eq!(post.courier.round().await, 1);
}

#[tokio::test]
async fn a_code_is_sent_and_asked_for() {
    let post = office().await;
    let holder = post.place.hold("kode", AT_10).await.expect("a hold");
    let book = |code: Option<&str>| {
        Wish::Book(BookingRequest {
            code: code.map(str::to_owned),
            ..request("20304050")
        })
    };
    assert_eq!(
        code(post.place.post(&key(), &holder, book(None)).await),
        Some(Code::CodeNeeded)
    );
    let ask = CodeRequest {
        contact: CodeTo {
            phone: Some("20304050".into()),
            email: None,
        },
        language: Language::Da,
    };
    post.place
        .post(&key(), &holder, Wish::Code(ask.clone()))
        .await
        .expect("a code");
    post.courier.round().await;
    let text = post.texts.lock().expect("lock")[0].2.clone();
    let sent = text.trim_start_matches("Din kode er ")[..6].to_owned();
    let wrong = if sent == "000000" { "000001" } else { "000000" };
    assert_eq!(
        code(post.place.post(&key(), &holder, book(Some(wrong))).await),
        Some(Code::CodeWrong)
    );
    // The code is for the contact it went to.
    let mut other = request("20304051");
    other.code = Some(sent.clone());
    assert_eq!(
        code(post.place.post(&key(), &holder, Wish::Book(other)).await),
        Some(Code::CodeWrong)
    );
    for _ in 0..3 {
        assert_eq!(
            code(post.place.post(&key(), &holder, book(Some(wrong))).await),
            Some(Code::CodeWrong)
        );
    }
    assert_eq!(
        code(post.place.post(&key(), &holder, book(Some(&sent))).await),
        Some(Code::CodeWrong),
        "five tries"
    );
    post.place
        .post(&key(), &holder, Wish::Code(ask.clone()))
        .await
        .expect("another code");
    post.place
        .post(&key(), &holder, Wish::Code(ask.clone()))
        .await
        .expect("a third code");
    assert_eq!(
        code(post.place.post(&key(), &holder, Wish::Code(ask)).await),
        Some(Code::TooManyRequests)
    );
}
