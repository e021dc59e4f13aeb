//! AI help against a scripted model: off by default, masked, held against its sources. What happens when something runs out or fails stands in
//! fallback_limits.rs.
//! Long forms are run by `cargo xtask prove fallback-model`.

mod common;

use api::config::Config;
use api::fallback::Fallback;
use common::ai::{AMPLE, Ai, PAS, events, kind, names, request, shown};
use common::model::Mode;
use common::staff::Console;
use common::{Folder, KEY, Place};
use protocol::path;
use serde_json::{Value, json};
use std::sync::{Mutex, Once};
use tower::ServiceExt as _;

#[tokio::test]
async fn off_means_that_nothing_is_asked() {
    let place = Place::sqlite().await;
    let app = Console::new(&place).app;
    let body = json!({"question": PAS, "language": "da", "conversation": api::secret::uuid(), "consent": "x"});
    let response = app
        .clone()
        .oneshot(request(&body))
        .await
        .expect("an answer");
    assert_eq!(response.status(), 409);
    let terms = axum::http::Request::get(path::FALLBACK_TERMS)
        .header("lokalsvar-site", KEY)
        .body(axum::body::Body::empty());
    let response = app
        .oneshot(terms.expect("a request"))
        .await
        .expect("an answer");
    let bytes = axum::body::to_bytes(response.into_body(), 1 << 16)
        .await
        .expect("a body");
    assert_eq!(
        serde_json::from_slice::<Value>(&bytes).expect("JSON"),
        json!({"on": false})
    );
}

#[test]
fn everything_that_is_missing_is_told_at_once() {
    let folder = Folder::new();
    let all = common::settings(&folder, "sqlite:x.db", "");
    let (first, second) = all
        .split_once("[[kommune]]\nslug = \"fjordby\"")
        .expect("two");
    let with = |fallback: &str| {
        let text = format!(
            "{first}[kommune.fallback]\n{fallback}\n[[kommune]]\nslug = \"fjordby\"{second}"
        );
        Config::parse(&text, &folder.0, |_| None).expect("settings")
    };
    let wrong = with("enabled = true")
        .sites()
        .expect_err("nothing is there")
        .join("\n");
    for name in [
        "legal_basis",
        "dpia_reference",
        "processor",
        "region",
        "model",
        "base_url",
        "tokens_per_day",
        "kroner_per_day",
        "kroner_per_million_in",
        "kroner_per_million_out",
    ] {
        assert!(
            wrong.contains(&format!("fallback: {name}")),
            "{name}: {wrong}"
        );
    }
    assert!(with("").sites().is_ok() && with("enabled = false\nregion = \"US\"").sites().is_ok());
    let whole = common::ai::fallback("https://llm.eksempelby.dk/v1", AMPLE)
        .replace("[kommune.fallback]\n", "");
    assert!(with(&whole).sites().is_ok());
    for (from, to, told) in [
        ("region = \"DK\"", "region = \"US\"", "outside the EU"),
        ("https://llm", "http://llm", "base_url"),
        ("lov om prøver § 1", " ", "legal_basis"),
        ("[\"borger.dk\"]", "[\"https://borger.dk/x\"]", "hosts"),
        (
            "enabled = true",
            "enabled = true\ntemperature = 3.0",
            "temperature",
        ),
    ] {
        let wrong = with(&whole.replace(from, to))
            .sites()
            .expect_err(to)
            .join("\n");
        assert!(wrong.contains(told), "{wrong}");
    }
    let config = with(&whole);
    let wrong = Fallback::new(&config, |_| None)
        .err()
        .expect("no key, no bundle")
        .join("\n");
    assert!(
        wrong.contains("AI_KEY") && wrong.contains("bundles"),
        "{wrong}"
    );
}

#[tokio::test]
async fn a_good_answer_comes_sentence_by_sentence_with_its_sources() {
    let ai = Ai::new(AMPLE).await;
    for mode in [
        Mode::Good,
        Mode::Pieces,
        Mode::Uncounted,
        Mode::FailFirst(1),
    ] {
        ai.model.set(mode.clone());
        let (status, found) = ai.ask(PAS).await;
        assert_eq!(
            (status, names(&found)),
            (200, vec!["sources", "sentence", "sentence", "done"]),
            "{mode:?}"
        );
        assert_eq!(
            shown(&found),
            [
                "Et pas til en voksen koster 893 kr.",
                "Du betaler, når du søger om passet."
            ]
        );
        let source = &found[0].1["sources"][0];
        assert_eq!(source["intent"], "pas/pris-paa-pas");
        assert_eq!(source["url"], "https://www.eksempelby.example/tid");
        assert_eq!(found[1].1["sources"], json!([1]));
        let done = &found[3].1;
        assert_eq!(
            (&done["ai_generated"], &done["model"]),
            (&json!(true), &json!("prøve-1"))
        );
        assert_eq!(done["turns_left"], 49);
    }
    assert_eq!(
        ai.model.header("authorization").as_deref(),
        Some("Bearer kanarie-noegle")
    );
    let asked = ai.model.asked().join("");
    assert!(!asked.contains("kanarie-noegle") && asked.contains("prøve-1"));
    ai.place.sound().await;
}

#[tokio::test]
async fn what_the_sources_do_not_bear_out_is_withheld() {
    let ai = Ai::new(AMPLE).await;
    let say = |text: &str| Mode::Say(text.into());
    for (mode, reason) in [
        (Mode::Uncited, "uncited"),
        (Mode::WrongId, "unknown-passage"),
        (Mode::ChangedNumber, "number"),
        (Mode::OffListLink, "link"),
        (Mode::Image, "markup"),
        (
            say("Du kan få passet gratis hos kongen i morgen tidlig [p1]."),
            "unsupported",
        ),
        (
            say("Du betaler ikke, når du søger om passet [p1]."),
            "negation",
        ),
        (
            say("<img src=x onerror=alert(1)> Du betaler, når du søger om passet [p1]."),
            "markup",
        ),
        (say(""), "empty"),
    ] {
        ai.model.set(mode.clone());
        let (_, found) = ai.ask(PAS).await;
        assert_eq!(
            names(&found),
            ["sources", "withheld", "done"],
            "{mode:?} {found:?}"
        );
        assert_eq!(kind(&found, "withheld", "reason"), reason, "{mode:?}");
        assert_eq!(found[2].1["ai_generated"], false);
    }
    ai.model.set(say("Et pas til en voksen koster 893 kr. [p1] Det koster 10 kr. mere om fredagen [p1]. Ring 112 [p1]."));
    let (_, found) = ai.ask(PAS).await;
    assert_eq!(names(&found), ["sources", "sentence", "withheld", "done"]);
    assert_eq!(found[2].1["shown"], 1);
    ai.model.set(Mode::Nothing);
    let (_, found) = ai.ask(PAS).await;
    assert_eq!(
        (names(&found), kind(&found, "refused", "kind").as_str()),
        (vec!["sources", "refused", "done"], "unknown")
    );
}

#[tokio::test]
async fn some_questions_never_reach_a_model() {
    let ai = Ai::new(AMPLE).await;
    for (question, wanted) in [
        ("Hvornår får jeg svar på min ansøgning?", "own-case"),
        ("Jeg kan ikke trække vejret", "emergency"),
        ("Jeg orker ikke livet mere", "emergency"),
        ("Hvilken medicin skal jeg tage mod feber?", "medical"),
        ("kan jeg sagsøge kommunen", "legal"),
    ] {
        let (status, found) = ai.ask(question).await;
        assert_eq!(
            (status, names(&found)),
            (200, vec!["refused", "done"]),
            "{question}"
        );
        assert_eq!(kind(&found, "refused", "kind"), wanted, "{question}");
    }
    let (_, found) = ai.ask("xyzzy qwert").await;
    assert_eq!(names(&found), ["sources", "refused", "done"]);
    assert!(ai.model.asked().is_empty());
}

#[tokio::test]
async fn a_question_is_taken_only_with_consent_and_in_its_form() {
    let ai = Ai::new(AMPLE).await;
    let terms = ai.terms().await;
    assert_eq!(terms["on"], true);
    for field in ["processor", "region", "legal_basis", "model", "privacy"] {
        assert!(!terms[field].is_null(), "{field}");
    }
    let text = terms["privacy"]["text"]["da"].as_str().expect("a text");
    assert!(
        text.contains("Prøve A/S") && text.contains("DK") && text.contains("lov om prøver § 1"),
        "{text}"
    );
    let good = json!({"question": PAS, "language": "da", "conversation": api::secret::uuid(), "consent": ai.consent});
    for (field, value, status, code) in [
        ("consent", json!("gammel"), 422, "privacy-changed"),
        ("conversation", json!("mig"), 422, "invalid"),
        ("question", json!(""), 422, "invalid"),
        ("question", json!("x".repeat(501)), 422, "invalid"),
        ("language", json!("fr"), 422, "invalid"),
        ("more", json!(1), 422, "invalid"),
    ] {
        let mut body = good.clone();
        body[field] = value;
        let (found, text) = ai.send(&body).await;
        assert_eq!(found, status, "{field}: {text}");
        assert!(text.contains(code), "{field}: {text}");
    }
    assert!(ai.model.asked().is_empty());
}

/// Questions with identifiers planted in them, and what was planted.
fn planted(n: u64) -> (String, Vec<String>) {
    let (a, b) = (n * 7919 % 10_000, n * 104_729 % 10_000);
    let day = n % 28 + 1;
    let letters: String = (0..3)
        .map(|i| char::from(b'a' + (n / 26_u64.pow(i) % 26) as u8))
        .collect();
    // Births after today: nobody has these numbers.
    let cpr = match n % 5 {
        0 => format!("{day:02}0740-{a:04}"),
        1 => format!("{day:02}0740{a:04}"),
        2 => format!("{day:02}07 40 {a:04}"),
        3 => format!("{day:02}.07.40-{a:04}"),
        _ => format!("{day:02}0740 - {a:04}"),
    };
    let phone = format!("2{:03} {b:04}", n % 1000);
    let mail = format!("kanarie{n}@postkasse.example");
    let text = match n % 6 {
        0 => format!("Hvad koster et pas til personen {cpr}?"),
        1 => format!("pas {cpr} pris"),
        2 => format!("Ring til mig på {phone} om prisen på pas"),
        3 => format!("skriv til {mail} hvad pas koster"),
        4 => format!("Jeg hedder Kanarie Fuglesang{letters} og vil vide, hvad et pas koster"),
        _ => format!("Hvad koster pas til {cpr} og {phone}, {mail}?"),
    };
    let name = format!("Fuglesang{letters}");
    let all = [cpr, phone, mail, name];
    let there = all
        .into_iter()
        .filter(|one| text.contains(one.as_str()))
        .collect();
    (text, there)
}

/// Everything that was logged in this process, at the level `trace`.
static LOGS: Mutex<Vec<u8>> = Mutex::new(Vec::new());

struct Sink;

impl std::io::Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        LOGS.lock().expect("lock").extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

fn listen_to_logs() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let started = tracing_subscriber::fmt()
            .json()
            .with_max_level(tracing::Level::TRACE)
            .with_writer(|| Sink)
            .try_init();
        started.expect("the only subscriber");
    });
}

async fn nothing_planted_leaves(count: u64) {
    listen_to_logs();
    let ai = Ai::new(AMPLE).await;
    let digits = |text: &str| {
        text.chars()
            .filter(char::is_ascii_digit)
            .collect::<String>()
    };
    let (mut sent, mut asked) = (0, 0);
    for n in 0..count {
        let (question, planted) = planted(n);
        let (status, _) = ai.ask(&question).await;
        assert!(status == 200 || status == 422, "{question}: {status}");
        sent += 1;
        for body in ai.model.asked() {
            asked += 1;
            let parsed: Value = serde_json::from_str(&body).expect("JSON");
            let user = parsed["messages"][1]["content"].as_str().expect("text");
            let asks = user.rsplit("Spørgsmål: ").next().expect("a question");
            for one in &planted {
                assert!(!body.contains(one.as_str()), "{question}: {one}");
                let number = digits(one);
                assert!(
                    number.len() < 8 || !digits(asks).contains(&number),
                    "{question}: {asks}"
                );
            }
        }
    }
    println!(
        "{sent} questions with planted identifiers, {asked} reached the model, 0 identifiers did"
    );
    assert!(asked * 10 >= sent * 9, "{asked} of {sent}");
    let logs =
        String::from_utf8_lossy(&std::mem::take(&mut *LOGS.lock().expect("lock"))).into_owned();
    println!("{} kB of log at the level trace", logs.len() / 1024);
    assert!(logs.contains("AI help answered"));
    for word in ["anarie", "Fuglesang", "pas koster", "koster et pas"] {
        assert!(!logs.contains(word), "{word} is in the log");
    }
}

#[tokio::test]
async fn no_planted_identifier_reaches_a_model() {
    nothing_planted_leaves(300).await;
}

#[tokio::test]
#[ignore = "long; cargo xtask prove fallback-model"]
async fn no_planted_identifier_of_10000_requests_reaches_a_model() {
    nothing_planted_leaves(10_000).await;
}

#[tokio::test]
async fn a_strange_site_or_page_gets_nothing_and_another_kommune_has_its_own() {
    let ai = Ai::new(AMPLE).await;
    let body = json!({"question": PAS, "language": "da", "conversation": api::secret::uuid(), "consent": ai.consent});
    for (key, origin, status) in [
        ("unknown-key", common::ORIGIN, 403),
        (KEY, "https://www.evil.example", 403),
        (common::OTHER_KEY, "https://www.fjordby.example", 409),
    ] {
        let mut request = request(&body);
        request
            .headers_mut()
            .insert("lokalsvar-site", key.parse().expect("a header"));
        request
            .headers_mut()
            .insert("origin", origin.parse().expect("a header"));
        let response = ai.app.clone().oneshot(request).await.expect("an answer");
        assert_eq!(response.status(), status, "{key} {origin}");
    }
    let mut chance = 0x9e37_79b9_7f4a_7c15_u64;
    let mut below = |n: u64| {
        chance ^= chance << 13;
        chance ^= chance >> 7;
        chance ^= chance << 17;
        chance % n
    };
    let good = body.to_string();
    for _ in 0..500 {
        // One byte of the message changed, taken out, or put in.
        let mut bytes = good.clone().into_bytes();
        let at = below(bytes.len() as u64) as usize;
        match below(3) {
            0 => bytes[at] = below(256) as u8,
            1 => drop(bytes.remove(at)),
            _ => bytes.insert(at, below(256) as u8),
        }
        let mut request = request(&Value::Null);
        *request.body_mut() = axum::body::Body::from(bytes);
        let response = ai.app.clone().oneshot(request).await.expect("an answer");
        assert!(
            matches!(response.status().as_u16(), 200 | 400 | 422),
            "{}",
            response.status()
        );
    }
}

#[test]
fn events_are_read_as_browsers_do() {
    let found = events(": x\n\nevent: sentence\ndata: {\"a\":1}\n\n");
    assert_eq!(found, [("sentence".to_owned(), json!({"a": 1}))]);
}
