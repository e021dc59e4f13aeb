//! What stays behind after a citizen's whole day: a server of its own is booked at, with everything that may go wrong, under a planted
//! name, phone number, mail address, CPR number, free text and address. Afterwards logs (at the level `trace`), figures, refusals, addresses
//! that other systems saw, and every table but `person` hold none of it.

mod common;

use axum::Json;
use axum::http::{HeaderMap, StatusCode, Uri};
use common::mailbox::Mailbox;
use common::system::{SERVICE, System, TOKEN, Wire};
use common::{Folder, KEY, ORIGIN, key};
use protocol::path;
use reqwest::{Client, Method, Response};
use serde_json::{Value, json};
use sqlx::Row as _;
use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

const NAME: &str = "Kanariefugl Navnesen";
const PHONE: &str = "20914277";
const MAIL: &str = "kanarie.postkasse@example.dk";
const CPR: &str = "0107804321";
const TEXT: &str = "kanariefritekst";
const ADDRESS: &str = "203.0.113.77";
const SMS_TOKEN: &str = "kanarie-sms-token";
const MAIL_PASSWORD: &str = "kanarie-smtp-kodeord";

struct Server {
    child: Child,
    url: String,
    figures: String,
    client: Client,
    /// Bodies of refusals.
    refused: Mutex<Vec<String>>,
    requests: Mutex<usize>,
}

impl Drop for Server {
    fn drop(&mut self) {
        let killed = self.child.kill();
        drop(killed);
    }
}

impl Server {
    /// Asks; a refusal's body is kept.
    async fn ask(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<Vec<u8>>,
    ) -> Response {
        *self.requests.lock().expect("lock") += 1;
        let mut request = self
            .client
            .request(method, format!("{}{path}", self.url))
            .header("lokalsvar-site", KEY)
            .header("origin", ORIGIN)
            .header("x-forwarded-for", ADDRESS)
            .header("user-agent", format!("Mozilla {TEXT}"))
            .header("referer", format!("{ORIGIN}/{TEXT}"));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(body) = body {
            request = request
                .header("content-type", "application/json")
                .body(body);
        }
        request.send().await.expect("an answer")
    }

    async fn post(&self, path: &str, secret: &str, body: &Value) -> (u16, Value) {
        let kind = if path.contains("/handoff/") {
            "lokalsvar-conversation"
        } else if path.contains("/booking/booking/") {
            "lokalsvar-booking"
        } else {
            "lokalsvar-holder"
        };
        let key = key();
        let headers = [("idempotency-key", key.as_str()), (kind, secret)];
        let headers = if secret.is_empty() {
            &headers[..1]
        } else {
            &headers[..]
        };
        let bytes = (!body.is_null()).then(|| body.to_string().into_bytes());
        let response = self.ask(Method::POST, path, headers, bytes).await;
        let status = response.status().as_u16();
        let text = response.text().await.expect("text");
        if status >= 400 {
            self.refused.lock().expect("lock").push(text.clone());
        }
        (status, serde_json::from_str(&text).unwrap_or(Value::Null))
    }

    async fn get(&self, path: &str, secret: &str) -> (u16, String) {
        let kind = if path.contains("/handoff/") {
            "lokalsvar-conversation"
        } else {
            "lokalsvar-booking"
        };
        let headers = [(kind, secret)];
        let response = self.ask(Method::GET, path, &headers, None).await;
        let status = response.status().as_u16();
        let text = response.text().await.expect("text");
        if status >= 400 {
            self.refused.lock().expect("lock").push(text.clone());
        }
        (status, text)
    }

    /// Free times of a service, tomorrow or later.
    async fn free(&self, service: &str) -> Vec<Value> {
        let now = std::time::SystemTime::now()
            .duration_since(std::time::UNIX_EPOCH)
            .expect("a time");
        let from = hours::copenhagen(now.as_millis() as i64).date.add_days(3);
        let (status, text) = self
            .get(
                &format!("{}?service={service}&from={from}", path::SLOTS),
                "",
            )
            .await;
        assert_eq!(status, 200, "{text}");
        let slots: Value = serde_json::from_str(&text).expect("JSON");
        slots["slots"].as_array().expect("a list").clone()
    }

    async fn hold(&self, service: &str, slot: &Value) -> String {
        let wish = json!({"service": service, "location": slot["location"], "start": slot["start"], "persons": 1});
        let (status, hold) = self.post(path::HOLDS, "", &wish).await;
        assert_eq!(status, 201, "{hold}");
        hold["holder"].as_str().expect("a secret").to_owned()
    }
}

fn person() -> Value {
    json!({"contact": {"name": NAME, "phone": PHONE, "email": MAIL}, "privacy_version": common::PRIVACY, "language": "da"})
}

/// A gateway that refuses every second message, and keeps the addresses that it saw.
async fn gateway(seen: Arc<Mutex<Vec<String>>>, texts: Arc<Mutex<Vec<String>>>) -> String {
    let app = axum::Router::new().fallback(
        move |uri: Uri, headers: HeaderMap, Json(body): Json<Value>| {
            let id = headers["idempotency-key"]
                .to_str()
                .unwrap_or_default()
                .to_owned();
            seen.lock().expect("lock").push(format!("{uri} {id}"));
            let mut texts = texts.lock().expect("lock");
            texts.push(body.to_string());
            let status = if texts.len().is_multiple_of(2) {
                StatusCode::BAD_REQUEST
            } else {
                StatusCode::ACCEPTED
            };
            async move { (status, format!("{TEXT} {PHONE}")) }
        },
    );
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move { axum::serve(listener, app).await });
    format!("http://{address}/")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_planted_is_found_again() {
    let folder = Folder::new();
    let mut mailbox = Mailbox::start();
    let system = System::start(&folder.0, &[]);
    let wire = Wire::to(&system).await;
    let (seen, texts) = (Arc::default(), Arc::default());
    let sms = gateway(Arc::clone(&seen), Arc::clone(&texts)).await;
    let more = format!(
        "operations = \"127.0.0.1:0\"\nbehind_proxy = true\n[mail]\nserver = \"smtp://kanarie:{MAIL_PASSWORD}@127.0.0.1:{}\"\nfrom = \"borger@eksempelby.example\"\n\
         [sms]\nurl = \"{sms}\"\nfrom = \"Eksempelby\"\ntoken = \"{SMS_TOKEN}\"\n",
        mailbox.plain
    );
    // A free port for figures.
    let port = std::net::TcpListener::bind("127.0.0.1:0")
        .and_then(|l| l.local_addr())
        .expect("a port")
        .port();
    let settings = common::settings(
        &folder,
        "sqlite:tider.db",
        &more.replace(
            "127.0.0.1:0\"\nbehind",
            &format!("127.0.0.1:{port}\"\nbehind"),
        ),
    );
    for slug in ["eksempelby", "fjordby"] {
        let mut admin: Value = serde_json::from_str(&common::admin(slug)).expect("JSON");
        let mut wedding = admin["services"][4].clone();
        wedding["id"] = SERVICE.into();
        wedding["adapter"] = json!({"kind": "http", "url": wire.url});
        admin["services"]
            .as_array_mut()
            .expect("a list")
            .push(wedding);
        admin["limits"]["active_per_contact"] = 20.into();
        std::fs::write(
            folder.file(&format!("{slug}.booking.json")),
            admin.to_string(),
        )
        .expect("a file");
    }
    std::fs::write(folder.file("lokalsvar.toml"), settings).expect("a file");
    let mut child = Command::new(env!("CARGO_BIN_EXE_booking-trial"))
        .arg(folder.file("lokalsvar.toml"))
        .env("RUST_LOG", "trace")
        .env("LOKALSVAR_BOOKING_TOKEN_EKSEMPELBY", TOKEN)
        .env("LOKALSVAR_BOOKING_TOKEN_FJORDBY", TOKEN)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the server");
    let mut log = child.stderr.take().expect("its log");
    let logged = std::thread::spawn(move || {
        let mut bytes = Vec::new();
        let read = log.read_to_end(&mut bytes);
        drop(read);
        String::from_utf8_lossy(&bytes).into_owned()
    });
    let mut line = String::new();
    BufReader::new(child.stdout.take().expect("its output"))
        .read_line(&mut line)
        .expect("its address");
    let server = Server {
        child,
        url: format!("http://{}", line.trim()),
        figures: format!("http://127.0.0.1:{port}/metrics"),
        client: Client::builder()
            .no_proxy()
            .timeout(Duration::from_secs(30))
            .build()
            .expect("a client"),
        refused: Mutex::default(),
        requests: Mutex::default(),
    };

    let mut secrets = Vec::new();
    for service in ["pas", "kode", "cpr", SERVICE] {
        let free = server.free(service).await;
        assert!(free.len() > 9, "{service}");
        let holder = server.hold(service, &free[0]).await;
        secrets.push(holder.clone());
        assert_eq!(
            server
                .post(path::HOLD_EXTEND, &holder, &Value::Null)
                .await
                .0,
            200
        );
        let mut wish = person();
        // What is refused, with everything in it.
        for (pointer, odd) in [
            ("/contact/name", json!(format!("{NAME} {CPR}"))),
            ("/contact/phone", json!(format!("{PHONE}{TEXT}"))),
            ("/contact/email", json!(format!("{TEXT}{MAIL}@"))),
            ("/privacy_version", json!(TEXT)),
        ] {
            let mut odd_wish = person();
            *odd_wish.pointer_mut(pointer).expect("a field") = odd;
            assert_eq!(
                server.post(path::BOOKINGS, &holder, &odd_wish).await.0,
                422,
                "{pointer}"
            );
        }
        if service == "cpr" {
            wish["cpr"] = json!(CPR);
        } else {
            let mut unasked = person();
            unasked["cpr"] = json!(CPR);
            assert_eq!(
                server.post(path::BOOKINGS, &holder, &unasked).await.0,
                422,
                "not asked for"
            );
        }
        if service == "kode" {
            let ask = json!({"contact": {"email": MAIL}, "language": "da"});
            assert_eq!(server.post(path::CODES, &holder, &ask).await.0, 200);
            let mut mails = Vec::new();
            for _ in 0..40 {
                mails.extend(mailbox.mails());
                if mails
                    .iter()
                    .any(|m| m["subject"] == "Din kode fra eksempelby Kommune")
                {
                    break;
                }
                tokio::time::sleep(Duration::from_millis(250)).await;
            }
            let mail = mails
                .iter()
                .find(|m| m["subject"] == "Din kode fra eksempelby Kommune")
                .expect("a code");
            let code = mail["text"]
                .as_str()
                .expect("text")
                .trim_start_matches("Din kode er ")[..6]
                .to_owned();
            let mut wrong = person();
            wrong["code"] = json!(if code == "000000" { "000001" } else { "000000" });
            assert_eq!(server.post(path::BOOKINGS, &holder, &wrong).await.0, 422);
            wish["code"] = json!(code);
            // Six digits alone may be a part of a time in the log.
            secrets.extend([
                format!("\"{code}\""),
                format!("'{code}'"),
                format!("da {code}"),
            ]);
        }
        let (status, receipt) = server.post(path::BOOKINGS, &holder, &wish).await;
        assert_eq!(status, 201, "{service}: {receipt}");
        let secret = receipt["secret"].as_str().expect("a secret").to_owned();
        secrets.push(secret.clone());
        mailbox.meet(if service == "pas" { "550" } else { "pass" });
        for path in [path::BOOKING, path::ICS, path::EXPORT] {
            let (status, text) = server.get(path, &secret).await;
            assert_eq!(status, 200, "{path}");
            assert_eq!(text.contains(NAME), path == path::EXPORT, "{path}");
        }
        let there = json!({"start": free[6]["start"], "location": free[6]["location"]});
        assert_eq!(server.post(path::MOVE, &secret, &there).await.0, 200);
        let odd = json!({"start": TEXT, "location": TEXT});
        assert!(server.post(path::MOVE, &secret, &odd).await.0 >= 400);
        assert_eq!(
            server.post(path::CANCEL, &secret, &Value::Null).await.0,
            200
        );
        assert_eq!(
            server.post(path::CANCEL, &secret, &Value::Null).await.0,
            409
        );
    }
    secrets.extend(talk(&server).await);
    // Free text wherever it can be put.
    for path in [
        format!("/api/v1/{TEXT}"),
        format!("{}?service={TEXT}&from={TEXT}", path::SLOTS),
        format!("{}/{PHONE}", path::BOOKING),
    ] {
        assert!(server.get(&path, TEXT).await.0 >= 400, "{path}");
    }
    let key = key();
    for body in [
        format!("{{\"{TEXT}\": \"{NAME}\"}}"),
        format!("{TEXT} {CPR}"),
        "[".repeat(2000),
    ] {
        let headers = [
            ("idempotency-key", key.as_str()),
            ("lokalsvar-holder", TEXT),
        ];
        let response = server
            .ask(
                Method::POST,
                path::BOOKINGS,
                &headers,
                Some(body.into_bytes()),
            )
            .await;
        assert!(response.status().as_u16() >= 400);
        let text = response.text().await.expect("text");
        server.refused.lock().expect("lock").push(text);
    }
    // Until every notice was tried, also one that is refused for good.
    for _ in 0..120 {
        if texts.lock().expect("lock").len() >= 3 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    assert!(!mailbox.mails().is_empty(), "mails went");
    assert!(texts.lock().expect("lock").len() >= 3, "texts went");

    let figures = server
        .client
        .get(&server.figures)
        .send()
        .await
        .expect("figures")
        .text()
        .await
        .expect("text");
    assert!(
        figures.contains("lokalsvar_adapter_calls_total") && figures.contains("outcome=\"failed\""),
        "{figures}"
    );
    let requests = *server.requests.lock().expect("lock");
    let refused = server.refused.lock().expect("lock").join("\n");
    let ended = Command::new("kill")
        .args(["-TERM", &server.child.id().to_string()])
        .status()
        .expect("kill");
    assert!(ended.success());
    let log = logged.join().expect("the log");
    assert!(
        log.matches("\"answered\"").count() >= requests,
        "the log was written"
    );
    assert!(log.contains("\"level\":\"TRACE\""), "all of it");
    let addresses = format!(
        "{}\n{}",
        seen.lock().expect("lock").join("\n"),
        wire.lines.lock().expect("lock").join("\n")
    );
    assert!(
        addresses.contains("/bookings/") && addresses.contains("POST /holds"),
        "{addresses}"
    );
    let persons = tables(&folder, "name = 'person'").await;
    for planted in [NAME, PHONE, MAIL, CPR] {
        assert!(
            persons.contains(planted),
            "{planted} was stored, where it belongs, and can be found"
        );
    }
    let talks = tables(&folder, "name IN ('entry', 'said', 'caller')").await;
    for planted in [NAME, PHONE, MAIL, TEXT] {
        assert!(talks.contains(planted), "{planted} was stored");
    }
    for never in [CPR, "010780-4321"] {
        assert!(!talks.contains(never), "a CPR number was kept");
    }
    let besides = "name NOT IN ('person', 'entry', 'said', 'caller', '_sqlx_migrations')";
    let tables = tables(&folder, besides).await;
    assert!(
        tables.contains("'confirmed'") && tables.contains("'extended'"),
        "rows were read"
    );

    let international = format!("45{PHONE}");
    let mut planted = vec![
        NAME,
        "Kanariefugl",
        "Navnesen",
        PHONE,
        &international,
        MAIL,
        "postkasse",
        CPR,
        "010780-4321",
        TEXT,
    ];
    planted.extend(secrets.iter().map(String::as_str));
    for (place, text) in [
        ("log", &log),
        ("figures", &figures),
        ("refusals", &refused),
        ("addresses", &addresses),
        ("tables", &tables),
    ] {
        for canary in planted
            .iter()
            .chain(&[ADDRESS, SMS_TOKEN, MAIL_PASSWORD, TOKEN])
        {
            if let Some(at) = text.to_lowercase().find(&canary.to_lowercase()) {
                let near: String = text[text.floor_char_boundary(at.saturating_sub(400))..]
                    .chars()
                    .take(800)
                    .collect();
                panic!("`{canary}` stands in the {place}: …{near}…");
            }
        }
    }
    println!(
        "{requests} requests, {} kB of log, {} refusals, {} kB of tables: nothing found",
        log.len() / 1024,
        refused.lines().count(),
        tables.len() / 1024
    );
    drop(system);
}

/// A citizen leaves a message for a person, with everything in it, and gets hold of it again. What opens it.
async fn talk(server: &Server) -> Vec<String> {
    let said = |who: &str| json!({"who": who, "text": format!("{TEXT} {NAME} {CPR} {MAIL}")});
    let mut wish = json!({"way": "message", "department": "borgerservice", "text": format!("{TEXT} {PHONE} {CPR}"),
        "transcript": [said("citizen"), said("bot")], "bundle": "1", "privacy_version": common::talk::PRIVACY, "language": "da",
        "contact": {"name": NAME, "phone": PHONE, "email": MAIL}});
    let (status, opened) = server.post(path::CONVERSATIONS, "", &wish).await;
    assert_eq!(status, 201, "{opened}");
    let text = |value: &Value| value.as_str().expect("text").to_owned();
    let (mut secret, mut code) = (text(&opened["secret"]), text(&opened["resume_code"]));
    let mut secrets = vec![secret.clone(), code.clone()];
    for round in 0..2 {
        let words = json!({"id": key(), "text": format!("{TEXT} {NAME} {CPR} {round}")});
        assert_eq!(server.post(path::MESSAGES, &secret, &words).await.0, 200);
        let (status, log) = server.get(path::LOG, &secret).await;
        assert!(status == 200 && log.contains(TEXT) && !log.contains(CPR));
        let (status, again) = server.post(path::RESUME, "", &json!({"code": code})).await;
        assert_eq!(status, 201, "{again}");
        (secret, code) = (text(&again["secret"]), text(&again["resume_code"]));
        secrets.extend([secret.clone(), code.clone()]);
    }
    for (pointer, odd) in [
        ("/department", TEXT),
        ("/contact/phone", TEXT),
        ("/privacy_version", TEXT),
    ] {
        let mut odd_wish = wish.clone();
        *odd_wish.pointer_mut(pointer).expect("a field") = json!(odd);
        assert!(server.post(path::CONVERSATIONS, "", &odd_wish).await.0 >= 400);
    }
    wish["contact"]["name"] = json!(format!("{NAME} {CPR}"));
    assert_eq!(server.post(path::CONVERSATIONS, "", &wish).await.0, 422);
    for path in [path::LOG, path::EVENTS] {
        assert_eq!(server.get(path, TEXT).await.0, 404);
    }
    assert_eq!(server.post(path::END, &secret, &Value::Null).await.0, 200);
    secrets
}

/// Every row of some tables.
async fn tables(folder: &Folder, which: &str) -> String {
    let url = format!("sqlite://{}", folder.file("tider.db").display());
    let pool = sqlx::SqlitePool::connect(&url).await.expect("a database");
    let read = async |sql: String| -> Vec<String> {
        let rows = sqlx::query(&sql).fetch_all(&pool).await.expect("rows");
        rows.iter().map(|row| row.get(0)).collect()
    };
    let names = format!("SELECT name FROM sqlite_master WHERE type = 'table' AND {which}");
    let mut out = String::new();
    for table in read(names).await {
        let columns = format!("SELECT 'quote(' || name || ')' FROM pragma_table_info('{table}')");
        let columns = read(columns).await.join(" || ' | ' || ");
        for row in read(format!("SELECT {columns} FROM {table}")).await {
            out.push_str(&format!("{table}: {row}\n"));
        }
    }
    out
}
