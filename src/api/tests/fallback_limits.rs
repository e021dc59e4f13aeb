//! AI help when something runs out or fails: a model that is slow, gone or talks nonsense, budgets under many questions at once, turns, the
//! switch, and what is counted. Long forms are run by `cargo xtask prove fallback-model`.

#[macro_use]
mod common;

use api::fallback::Fallback;
use api::store::Kind;
use common::ai::{AMPLE, Ai, PAS, config, kind, names, request};
use common::model::{Mode, Model};
use common::staff::{Console, Seat};
use common::{Folder, KEY, Place};
use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use protocol::{Role, path};
use serde_json::json;
use std::time::{Duration, Instant};
use tower::ServiceExt as _;

both!(
    a_budget_holds_under_many_questions_at_once,
    turns_are_counted_and_forgotten,
    consumption_is_counted_per_day
);

#[tokio::test]
async fn a_model_that_fails_gives_a_plain_next_step_and_is_left_alone_after_five() {
    for mode in [
        Mode::Garbage,
        Mode::Html,
        Mode::Status(500),
        Mode::Status(401),
        Mode::Status(429),
    ] {
        let ai = Ai::new(AMPLE).await;
        ai.model.set(mode.clone());
        let (status, found) = ai.ask(PAS).await;
        assert_eq!(
            (status, names(&found)),
            (200, vec!["sources", "degraded", "done"]),
            "{mode:?}"
        );
        assert_eq!(kind(&found, "degraded", "kind"), "provider");
        assert!(kind(&found, "degraded", "text").contains("medarbejder"));
        let first = ai.model.asked().len();
        assert_eq!(
            first,
            if mode == Mode::Status(401) { 1 } else { 2 },
            "{mode:?}"
        );
        for _ in 0..6 {
            ai.ask(PAS).await;
        }
        let all = first + ai.model.asked().len();
        assert_eq!(all, 5, "{mode:?}: the circuit opens after five failures");
        // The kommune's own answers are named all the same.
        let (_, found) = ai.ask(PAS).await;
        assert_eq!(found[0].1["sources"][0]["intent"], "pas/pris-paa-pas");
    }
}

#[tokio::test]
async fn half_an_answer_keeps_what_held_and_says_that_the_rest_is_missing() {
    let ai = Ai::new(AMPLE).await;
    ai.model.set(Mode::Half);
    let (_, found) = ai.ask(PAS).await;
    assert_eq!(
        names(&found),
        ["sources", "sentence", "degraded", "done"],
        "{found:?}"
    );
    assert_eq!(
        ai.model.asked().len(),
        1,
        "no second try when something was shown"
    );
}

#[tokio::test]
async fn nobody_at_the_address_is_told_at_once() {
    let mut model = Model::start().await;
    model.url = "http://127.0.0.1:9/v1".into();
    let ai = Ai::with(Place::sqlite().await, model, AMPLE).await;
    let begun = Instant::now();
    let (_, found) = ai.ask(PAS).await;
    assert_eq!(names(&found), ["sources", "degraded", "done"]);
    assert!(begun.elapsed() < Duration::from_secs(3));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slow_model_is_given_up_and_nothing_else_waits_for_it() {
    let ai = Ai::new(AMPLE).await;
    let services = || async {
        let request = axum::http::Request::get(path::SERVICES)
            .header("lokalsvar-site", KEY)
            .body(axum::body::Body::empty());
        let begun = Instant::now();
        let response = ai
            .app
            .clone()
            .oneshot(request.expect("a request"))
            .await
            .expect("an answer");
        assert_eq!(response.status(), 200);
        begun.elapsed()
    };
    let mut before = Vec::new();
    for _ in 0..200 {
        before.push(services().await);
    }
    ai.model.set(Mode::Late(Duration::from_secs(30)));
    let slow = async {
        let begun = Instant::now();
        let (_, found) = ai.ask(PAS).await;
        (begun.elapsed(), found)
    };
    let meanwhile = async {
        let mut during = Vec::new();
        for _ in 0..200 {
            during.push(services().await);
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        during
    };
    let ((took, found), mut during) = tokio::join!(slow, meanwhile);
    assert_eq!(names(&found), ["sources", "degraded", "done"]);
    assert!((7..12).contains(&took.as_secs()), "{took:?}");
    before.sort();
    during.sort();
    println!(
        "other routes, p99: {:?} before, {:?} while the model hangs; the question ended after {took:?}",
        before[197], during[197]
    );
    assert!(during[197] < before[197] + Duration::from_millis(100));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "takes a minute; cargo xtask prove fallback-model"]
async fn a_model_without_end_stops_after_20_seconds_and_the_circuit_closes_again() {
    let ai = Ai::new(AMPLE).await;
    ai.model.set(Mode::Trickle(Duration::from_millis(200)));
    let begun = Instant::now();
    let (_, found) = ai.ask(PAS).await;
    assert_eq!(names(&found), ["sources", "degraded", "done"], "{found:?}");
    assert!(
        (18..23).contains(&begun.elapsed().as_secs()),
        "{:?}",
        begun.elapsed()
    );
    ai.model.set(Mode::Status(500));
    for _ in 0..6 {
        ai.ask(PAS).await;
    }
    ai.model.asked();
    ai.model.set(Mode::Good);
    let (_, found) = ai.ask(PAS).await;
    assert_eq!(
        names(&found),
        ["sources", "degraded", "done"],
        "the circuit is open"
    );
    assert!(ai.model.asked().is_empty());
    tokio::time::sleep(Duration::from_secs(31)).await;
    let (_, found) = ai.ask(PAS).await;
    assert_eq!(
        names(&found),
        ["sources", "sentence", "sentence", "done"],
        "one try closes it"
    );
}

#[tokio::test]
async fn the_switch_works_at_once_and_in_the_middle_of_an_answer() {
    let ai = Ai::new(AMPLE).await;
    let file = ai.place.folder.file("eksempelby.ai-fra");
    std::fs::write(&file, "").expect("a file");
    assert_eq!(ai.ask(PAS).await.0, 409);
    assert_eq!(ai.terms().await["on"], false);
    std::fs::remove_file(&file).expect("gone");
    assert_eq!(ai.ask(PAS).await.0, 200);
    ai.model.asked();
    ai.model.set(Mode::Trickle(Duration::from_millis(50)));
    let off = async {
        tokio::time::sleep(Duration::from_millis(400)).await;
        std::fs::write(&file, "").expect("a file");
        Instant::now()
    };
    let ((_, found), at) = tokio::join!(ai.ask(PAS), off);
    assert!(at.elapsed() < Duration::from_secs(5), "{:?}", at.elapsed());
    assert_eq!(kind(&found, "degraded", "kind"), "off");
}

#[tokio::test]
async fn who_goes_away_ends_the_models_work_and_it_is_counted() {
    let ai = Ai::new(AMPLE).await;
    ai.model.set(Mode::Trickle(Duration::from_millis(20)));
    let body = json!({"question": PAS, "language": "da", "conversation": api::secret::uuid(), "consent": ai.consent});
    let response = ai
        .app
        .clone()
        .oneshot(request(&body))
        .await
        .expect("an answer");
    let mut stream = response.into_body().into_data_stream();
    assert!(stream.next().await.is_some());
    drop(stream);
    let ask = "SELECT count(*) FROM fallback_day WHERE questions = 1 AND reserved_tokens = 0 AND tokens_in > 0";
    for _ in 0..100 {
        tokio::time::sleep(Duration::from_millis(50)).await;
        let mut tx = ai
            .place
            .desk
            .store
            .read(&ai.place.site.tenant)
            .await
            .expect("a transaction");
        if tx.count_raw(ask).await.expect("a number") == 1 {
            return;
        }
    }
    panic!("never settled");
}

/// Settings at a database that is there: the folder is new, the store stays.
async fn at(place: &Place, more: &str) -> Ai {
    let model = Model::start().await;
    let folder = Folder::new();
    let config = config(&folder, &model.url, more);
    let key = |_: &str| Some("x".to_owned());
    let help = Fallback::new(&config, key).expect("AI help");
    let desk = place.desk.clone().with_fallback(help);
    let own = Place {
        desk,
        site: std::sync::Arc::clone(&place.site),
        clock: place.clock.clone(),
        folder,
        config: place.config.clone(),
    };
    let app = Console::new(&own).app;
    let mut ai = Ai {
        place: own,
        model,
        app,
        consent: String::new(),
        config,
    };
    let terms = ai.terms().await;
    ai.consent = terms["privacy"]["version"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    ai
}

async fn number(place: &Place, what: &str) -> i64 {
    let mut tx = place
        .desk
        .store
        .read(&place.site.tenant)
        .await
        .expect("a transaction");
    let ask = format!("SELECT CAST(COALESCE(SUM({what}), 0) AS BIGINT) FROM fallback_day");
    tx.count_raw(&ask).await.expect("a number")
}

async fn a_budget_holds_under_many_questions_at_once(place: &Place) {
    // A question sets some 4,000 tokens aside and uses 760: at 20,000 tokens a few may be under way together.
    const MOST: i64 = 20_000;
    let more = format!(
        "tokens_per_day = {MOST}\nkroner_per_day = 1000\nkroner_per_million_in = 10\nkroner_per_million_out = 30\nturns_per_conversation = 50"
    );
    let ai = at(place, &more).await;
    let mut answered = 0;
    for round in 0..2 {
        let all: FuturesUnordered<_> = (0..64).map(|_| ai.ask(PAS)).collect();
        let all: Vec<_> = all.collect().await;
        for (status, found) in &all {
            assert_eq!(*status, 200);
            let end = names(found);
            let lacks = kind(found, "degraded", "kind");
            assert!(end.contains(&"sentence") || lacks == "budget", "{found:?}");
            answered += usize::from(end.contains(&"sentence"));
        }
        let used = number(place, "tokens_in + tokens_out").await;
        println!(
            "{:?}, round {round}: 64 questions at once, {answered} answered in all, {used} of {MOST} tokens",
            place.desk.store.kind()
        );
        assert!(used <= MOST, "{used}");
        assert_eq!(number(place, "reserved_tokens + reserved_micro").await, 0);
    }
    assert!(answered >= 4, "{answered}");
    assert_eq!(ai.model.asked().len(), answered);
    assert_eq!(number(place, "questions").await, 128);
    if place.desk.store.kind() == Kind::Sqlite {
        // A new day has its own.
        place.forward(24 * 60);
        assert!(names(&ai.ask(PAS).await.1).contains(&"sentence"));
        place.forward(-24 * 60);
    }
}

async fn turns_are_counted_and_forgotten(place: &Place) {
    let more = AMPLE.replace("turns_per_conversation = 50", "turns_per_conversation = 3");
    let ai = at(place, &more).await;
    let talk = api::secret::uuid();
    for left in [2, 1, 0] {
        let (_, found) = ai.ask_in(&talk, PAS).await;
        assert_eq!(found.last().expect("an event").1["turns_left"], left);
    }
    let (_, found) = ai.ask_in(&talk.to_uppercase(), PAS).await;
    assert_eq!(
        (names(&found), kind(&found, "degraded", "kind").as_str()),
        (vec!["sources", "degraded", "done"], "turns")
    );
    assert_eq!(ai.model.asked().len(), 3);
    place.forward(25 * 60);
    ai.place
        .desk
        .fallback
        .tidy(&ai.place.desk, &place.site)
        .await
        .expect("tidied");
    let mut tx = place
        .desk
        .store
        .read(&place.site.tenant)
        .await
        .expect("a transaction");
    assert_eq!(
        tx.count_raw("SELECT count(*) FROM fallback_talk")
            .await
            .expect("a number"),
        0
    );
    drop(tx);
    place.forward(-25 * 60);
}

async fn consumption_is_counted_per_day(place: &Place) {
    let ai = at(place, AMPLE).await;
    let console = Console::new(&ai.place);
    let seat: Seat = console
        .seat(&ai.place, Some("eksempelby"), &[Role::Supervisor])
        .await;
    ai.ask(PAS).await;
    ai.model.set(Mode::Uncited);
    ai.ask(PAS).await;
    ai.ask("Hvornår får jeg svar på min ansøgning?").await;
    ai.model.set(Mode::Status(400));
    ai.ask(PAS).await;
    let got = console.get(path::STAFF_CONSUMPTION, &seat).await;
    assert_eq!(got.status, 200);
    let day = &got.body["days"][0];
    for (field, wanted) in [
        ("dialogs", 3),
        ("questions", 4),
        ("answered", 1),
        ("withheld", 1),
        ("refused", 1),
        ("degraded", 1),
    ] {
        assert_eq!(day[field], wanted, "{field}: {day}");
    }
    assert_eq!(day["day"], "2026-12-03");
    // Both answers counted by the server: 700 in and 60 out each, or what was read before the answer was ended.
    let tokens_in = day["tokens_in"].as_u64().expect("a number");
    assert!(tokens_in >= 1_000, "{day}");
    assert!(
        day["kroner"].as_str().is_some_and(|k| k.starts_with("0.0")),
        "{day}"
    );
    let got = console
        .get(
            &format!(
                "{}?format=csv&from=2026-12-01&until=2026-12-31",
                path::STAFF_CONSUMPTION
            ),
            &seat,
        )
        .await;
    assert_eq!(
        (got.status, got.headers["content-type"].to_str().ok()),
        (200, Some("text/csv; charset=utf-8"))
    );
    for (wrong, status) in [
        ("?format=xml", 400),
        ("?from=i+dag", 400),
        ("?from=2020-01-01", 422),
        ("?from=2026-12-31&until=2026-12-01", 422),
    ] {
        let got = console
            .get(&format!("{}{wrong}", path::STAFF_CONSUMPTION), &seat)
            .await;
        assert_eq!(got.status, status, "{wrong}");
    }
    // No column of either table holds a text of anybody.
    let mut tx = place
        .desk
        .store
        .read(&place.site.tenant)
        .await
        .expect("a transaction");
    let long = "SELECT count(*) FROM fallback_talk WHERE length(talk) <> 43";
    assert_eq!(tx.count_raw(long).await.expect("a number"), 0);
}
