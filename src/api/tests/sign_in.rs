//! Signing in as staff, over the whole router, each promise on SQLite and on PostgreSQL by the same code.

mod common;

use api::auth::Role;
use axum::body::Body;
use axum::http::Request;
use common::staff::{Console, Got, PASSWORD, Seat, code};
use common::{Place, now_ms};
use protocol::path;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

const HERE: Option<&str> = Some("eksempelby");
const THERE: Option<&str> = Some("fjordby");

/// Runs a test on both.
macro_rules! both {
    ($($name:ident),* $(,)?) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                let place = super::Place::sqlite().await;
                super::$name(&place, &super::Console::new(&place)).await;
            })*
        }
        // One cluster for all: starting one takes longer than the tests.
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn postgres() {
            let Some(cluster) = common::postgres::Cluster::start() else {
                return println!("PostgreSQL is not installed; not tried");
            };
            $({
                let place = Place::postgres(&cluster).await;
                $name(&place, &Console::new(&place)).await;
                place.desk.store.close().await;
            })*
        }
    };
}

both!(
    the_first_sign_in_sets_up_the_second_factor,
    a_code_is_good_once,
    nothing_tells_an_unknown_user_from_a_wrong_password,
    who_guesses_is_slowed_down_by_name,
    many_guesses_at_once_count_as_many,
    an_invitation_is_good_once_and_for_a_day,
    a_session_ends_when_it_is_idle_and_after_eight_hours,
    a_clock_that_is_put_back_brings_no_session_to_life,
    a_stolen_cookie_alone_changes_nothing,
    a_cookie_opens_its_own_kommune_only,
    what_is_taken_away_is_gone_with_the_next_request,
    starting_over_ends_what_was,
    a_new_session_ends_the_one_before_it,
    the_operator_is_of_no_kommune,
    the_audit_log_tells_who_came_and_who_did_not,
    a_copy_that_is_brought_back_signs_nobody_in,
    the_schema_shows_a_kommune_its_own_rows_only,
    tidying_forgets_what_is_over,
);

async fn the_first_sign_in_sets_up_the_second_factor(place: &Place, console: &Console) {
    let ways = console
        .get(
            &format!("{}?kommune=eksempelby", path::SIGN_IN),
            &Seat::default(),
        )
        .await;
    assert_eq!(
        ways.body,
        json!({"kommune": {"slug": "eksempelby", "name": "eksempelby Kommune"}, "local": true, "oidc": false})
    );
    console
        .add(
            HERE,
            "Ida.Holm@Eksempelby.dk",
            &[Role::Booking, Role::TenantAdmin],
        )
        .await;
    let user = "ida.holm@eksempelby.dk";
    let offered = console.sign_in(HERE, user, PASSWORD, None).await;
    assert!(offered.headers.get("set-cookie").is_none());
    let secret = offered.body["enrol"]["secret"].as_str().expect("a secret");
    let uri = offered.body["enrol"]["uri"].as_str().expect("an address");
    assert!(
        uri.starts_with("otpauth://totp/") && uri.contains(secret),
        "{uri}"
    );

    let enrol = async |secret: &str, code: &str| {
        let body = json!({"kommune": "eksempelby", "user": user, "password": PASSWORD, "secret": secret, "code": code});
        console.post(path::ENROL, &Seat::default(), &body).await
    };
    let right = code(secret, now_ms());
    let made_up = "A".repeat(32);
    assert_eq!(
        enrol(&made_up, &code(&made_up, now_ms())).await.problem(),
        (409, "wrong-state"),
        "only what the server offered"
    );
    assert_eq!(enrol(secret, "000000").await.problem(), (422, "code-wrong"));
    let got = enrol(secret, &right).await;
    assert_eq!(got.status, 200, "{got:?}");
    assert_eq!(got.body["name"], "Ida.Holm@Eksempelby.dk Hansen");
    assert_eq!(got.body["roles"], json!(["booking", "tenant-admin"]));
    assert_eq!(got.body["kommune"]["slug"], "eksempelby");
    assert_eq!(got.body["expires_at"], "2026-12-03T16:00:00+01:00");
    let seat = got.seat();
    let session = console.get(path::SESSION, &seat).await;
    assert_eq!(session.body, got.body);
    assert_eq!(
        session.headers["cross-origin-resource-policy"],
        "same-origin"
    );
    assert_eq!(session.headers["cache-control"], "no-store");

    assert_eq!(
        enrol(secret, &right).await.problem(),
        (409, "wrong-state"),
        "a second app would be a way around the first"
    );
    assert_eq!(
        console.sign_in(HERE, user, PASSWORD, None).await.problem(),
        (422, "code-needed")
    );
    place.forward(1);
    let later = code(secret, place.clock.now_ms());
    let again = console.sign_in(HERE, user, PASSWORD, Some(&later)).await;
    assert_ne!(again.seat().cookie, seat.cookie);
}

async fn a_code_is_good_once(place: &Place, console: &Console) {
    console.add(HERE, "ida", &[Role::Booking]).await;
    let (_, secret) = console.enrol(HERE, "ida", now_ms()).await;
    let first = code(&secret, now_ms());
    let used = console.sign_in(HERE, "ida", PASSWORD, Some(&first)).await;
    assert_eq!(used.problem(), (422, "code-wrong"), "the enrolment used it");
    place.forward(1);
    let now = code(&secret, place.clock.now_ms());
    let both = tokio::join!(
        console.sign_in(HERE, "ida", PASSWORD, Some(&now)),
        console.sign_in(HERE, "ida", PASSWORD, Some(&now))
    );
    let mut both = [both.0.status, both.1.status];
    both.sort_unstable();
    assert_eq!(both, [200, 422], "of two at once one gets in");
    let before = code(&secret, place.clock.now_ms() - 30_000);
    let older = console.sign_in(HERE, "ida", PASSWORD, Some(&before)).await;
    assert_eq!(
        older.problem(),
        (422, "code-wrong"),
        "an older one is over too"
    );
}

async fn nothing_tells_an_unknown_user_from_a_wrong_password(_: &Place, console: &Console) {
    let mut times = [Vec::new(), Vec::new()];
    for n in 0..12 {
        let known = format!("kendt{n}");
        console.add(HERE, &known, &[Role::Booking]).await;
        for (kind, user) in [(0, known), (1, format!("ukendt{n}"))] {
            let begun = Instant::now();
            let got = console
                .sign_in(HERE, &user, "en forkert adgangskode", None)
                .await;
            times[kind].push(begun.elapsed());
            assert_eq!(got.problem(), (401, "sign-in-wrong"));
            assert_eq!(got.body["detail"], "user or password is wrong");
        }
    }
    let median = |times: &mut Vec<Duration>| {
        times.sort_unstable();
        times[times.len() / 2]
    };
    let [known, unknown] = &mut times;
    let (known, unknown) = (median(known), median(unknown));
    println!("wrong password {known:?}, unknown user {unknown:?}");
    // Without the work of the hash an unknown user is answered in less than a tenth of the time.
    assert!(
        unknown * 2 > known && known * 2 > unknown,
        "{known:?} {unknown:?}"
    );
    let empty = console.sign_in(HERE, "", "", None).await;
    assert_eq!(empty.problem(), (401, "sign-in-wrong"));
    let nowhere = console.sign_in(Some("andeby"), "ida", "x", None).await;
    assert_eq!(nowhere.problem(), (404, "not-found"));
}

async fn who_guesses_is_slowed_down_by_name(place: &Place, console: &Console) {
    console.add(HERE, "ida", &[Role::Booking]).await;
    console.add(THERE, "ida", &[Role::Booking]).await;
    for user in ["ida", "findes.ikke"] {
        let guess = async |password: &str| console.sign_in(HERE, user, password, None).await;
        for _ in 0..5 {
            assert_eq!(guess("en forkert adgangskode").await.status, 401);
        }
        assert_eq!(
            guess("en forkert adgangskode").await.status,
            401,
            "the sixth begins the wait"
        );
        for waits in [2, 4, 8] {
            let wait = guess(PASSWORD).await;
            assert_eq!(wait.problem(), (429, "too-many-requests"), "{user}");
            assert_eq!(
                wait.headers["retry-after"],
                waits.to_string().as_str(),
                "{user}"
            );
            place.clock.set(place.clock.now_ms() + waits * 1000);
            assert_eq!(guess("en forkert adgangskode").await.status, 401);
        }
        assert_eq!(guess(PASSWORD).await.status, 429);
    }
    let elsewhere = console.sign_in(THERE, "ida", PASSWORD, None).await;
    assert_eq!(
        elsewhere.status, 200,
        "the same name in another kommune is another"
    );
    place.forward(1);
    assert_eq!(
        console.sign_in(HERE, "ida", PASSWORD, None).await.status,
        200
    );
    let again = console
        .sign_in(HERE, "ida", "en forkert adgangskode", None)
        .await;
    assert_eq!(again.status, 401, "what is right begins the count anew");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_network_that_guesses_is_stopped_and_an_office_that_signs_in_is_not() {
    let place = Place::sqlite().await;
    let console = Console::behind_proxy(&place);
    console.add(HERE, "ida", &[Role::Booking]).await;
    let (_, secret) = console.enrol(HERE, "ida", place.clock.now_ms()).await;
    let from = async |ip: &str, body: Value| {
        let request = Request::post(path::SIGN_IN)
            .header("x-forwarded-for", ip)
            .header("content-type", "application/json")
            .body(Body::from(body.to_string()))
            .expect("a request");
        console.send(request).await.status
    };
    let right = |code: Option<&str>| json!({"kommune": "eksempelby", "user": "ida", "password": PASSWORD, "code": code});
    for n in 0..35 {
        place.forward(1);
        assert_eq!(from("192.0.2.1", right(None)).await, 422, "{n}");
        let now = code(&secret, place.clock.now_ms());
        assert_eq!(from("192.0.2.1", right(Some(&now))).await, 200, "{n}");
    }
    let guess =
        |n: u32| json!({"kommune": "eksempelby", "user": format!("navn{n}"), "password": "gæt"});
    for n in 0..30 {
        assert_eq!(from("198.51.100.7", guess(n)).await, 401, "{n}");
    }
    for ip in ["198.51.100.7", "198.51.100.200"] {
        assert_eq!(from(ip, guess(99)).await, 429, "the same network");
        assert_eq!(from(ip, right(None)).await, 429, "whatever it brings");
    }
    assert_eq!(from("192.0.2.1", right(None)).await, 422, "another network");
}

async fn many_guesses_at_once_count_as_many(_: &Place, console: &Console) {
    console.add(HERE, "ida", &[Role::Booking]).await;
    let guesses = (0..20).map(|_| console.sign_in(HERE, "ida", "en forkert adgangskode", None));
    let all: Vec<Got> = futures_util::future::join_all(guesses).await;
    let looked_at = all.iter().filter(|got| got.status == 401).count();
    assert_eq!(
        looked_at,
        6,
        "{:?}",
        all.iter().map(|g| g.status).collect::<Vec<_>>()
    );
    assert!(all.iter().all(|got| [401, 429].contains(&got.status)));
}

async fn an_invitation_is_good_once_and_for_a_day(place: &Place, console: &Console) {
    let site = console.auth.place(HERE).expect("a kommune");
    let roles = [Role::Booking].into_iter().collect();
    let invite = async |user: &str| {
        let added = console
            .auth
            .add(site.as_ref(), user, "Bo Dam", roles, None)
            .await;
        added.expect("an account").expect("an invitation")
    };
    let accept = async |user: &str, invitation: &str, password: &str| {
        let body = json!({"kommune": "eksempelby", "user": user, "invitation": invitation, "password": password});
        console
            .post(path::INVITATION, &Seat::default(), &body)
            .await
    };
    let bo = invite("bo").await;
    let early = console.sign_in(HERE, "bo", "", None).await;
    assert_eq!(
        early.problem(),
        (401, "sign-in-wrong"),
        "no password opens nothing"
    );
    assert_eq!(
        accept("bo", &bo, "for kort").await.problem(),
        (422, "invalid")
    );
    assert_eq!(
        accept("bo", "en anden", PASSWORD).await.problem(),
        (401, "sign-in-wrong")
    );
    assert_eq!(
        accept("ida", &bo, PASSWORD).await.problem(),
        (401, "sign-in-wrong")
    );
    let got = accept("bo", &bo, PASSWORD).await;
    assert!(got.body["enrol"]["secret"].is_string(), "{got:?}");
    assert_eq!(
        accept("bo", &bo, "en helt anden kode").await.problem(),
        (401, "sign-in-wrong")
    );
    assert_eq!(
        console.sign_in(HERE, "bo", PASSWORD, None).await.status,
        200
    );

    let eva = invite("eva").await;
    place.forward(24 * 60);
    assert_eq!(
        accept("eva", &eva, PASSWORD).await.problem(),
        (401, "sign-in-wrong")
    );
}

async fn a_session_ends_when_it_is_idle_and_after_eight_hours(place: &Place, console: &Console) {
    let seat = console.seat(place, HERE, &[Role::Booking]).await;
    let status = async || console.get(path::SESSION, &seat).await.status;
    for _ in 0..16 {
        place.forward(29);
        assert_eq!(status().await, 200);
    }
    place.forward(15);
    assert_eq!(status().await, 200, "7 hours 59");
    place.forward(1);
    let over = console.get(path::SESSION, &seat).await;
    assert_eq!(
        over.problem(),
        (401, "signed-out"),
        "eight hours, however busy"
    );
    let idle = console.seat(place, HERE, &[Role::Booking]).await;
    place.forward(30);
    assert_eq!(console.get(path::SESSION, &idle).await.status, 401);
}

async fn a_clock_that_is_put_back_brings_no_session_to_life(place: &Place, console: &Console) {
    let seat = console.seat(place, HERE, &[Role::Booking]).await;
    place.forward(31);
    assert_eq!(console.get(path::SESSION, &seat).await.status, 401);
    place.clock.set(now_ms());
    assert_eq!(console.get(path::SESSION, &seat).await.status, 401);
}

async fn a_stolen_cookie_alone_changes_nothing(place: &Place, console: &Console) {
    let seat = console.seat(place, HERE, &[Role::Booking]).await;
    let other = console.seat(place, HERE, &[Role::Booking]).await;
    let refused = async |csrf: &str| {
        let stolen = Seat {
            csrf: csrf.to_owned(),
            ..seat.clone()
        };
        let got = console.post(path::SIGN_OUT, &stolen, &Value::Null).await;
        assert_eq!(got.problem(), (403, "csrf"), "{csrf}");
    };
    refused("").await;
    refused(&other.csrf).await;
    refused(&seat.cookie).await;
    // A form on another site: the browser says where it is.
    for site in ["cross-site", "same-site"] {
        let request = Request::post(path::SIGN_OUT)
            .header("cookie", &seat.cookie)
            .header("lokalsvar-csrf", &seat.csrf)
            .header("sec-fetch-site", site)
            .body(Body::empty())
            .expect("a request");
        assert_eq!(
            console.send(request).await.problem(),
            (403, "csrf"),
            "{site}"
        );
    }
    assert_eq!(console.get(path::SESSION, &seat).await.status, 200);
    let out = console.post(path::SIGN_OUT, &seat, &Value::Null).await;
    assert_eq!(out.body, json!({"signed_out": true}));
    let gone = out.headers["set-cookie"].to_str().expect("a cookie");
    assert!(
        gone.starts_with("__Host-lokalsvar=;") && gone.contains("Max-Age=0"),
        "{gone}"
    );
    assert_eq!(console.get(path::SESSION, &seat).await.status, 401);
    // A sign-in of a stranger's browser cannot be forced either.
    let form = Request::post(path::SIGN_IN)
        .header("content-type", "text/plain")
        .body(Body::from(r#"{"user":"ida","password":"x"}"#))
        .expect("a request");
    assert_eq!(console.send(form).await.problem(), (415, "not-json"));
}

async fn a_cookie_opens_its_own_kommune_only(place: &Place, console: &Console) {
    let seat = console.seat(place, HERE, &[Role::TenantAdmin]).await;
    let (name, value) = seat.cookie.split_once('=').expect("a cookie");
    let (_, token) = value.split_once('.').expect("a token");
    for forged in [
        format!("{name}=fjordby.{token}"),
        format!("{name}=*.{token}"),
        format!("{name}=andeby.{token}"),
        format!("{name}=.{token}"),
        format!("{name}={token}"),
        format!("{name}=eksempelby.{}", "A".repeat(43)),
        format!("{name}=eksempelby.{token}A"),
        format!("{name}=eksempelby.%27 OR 1=1"),
        format!("lokalsvar={value}"),
    ] {
        let forged = Seat {
            cookie: forged,
            csrf: seat.csrf.clone(),
        };
        let got = console.get(path::SESSION, &forged).await;
        assert_eq!(got.problem(), (401, "signed-out"), "{}", forged.cookie);
    }
    let among = Seat {
        cookie: format!("a=b; {}; c=d", seat.cookie),
        csrf: String::new(),
    };
    assert_eq!(console.get(path::SESSION, &among).await.status, 200);
}

async fn what_is_taken_away_is_gone_with_the_next_request(place: &Place, console: &Console) {
    console.add(HERE, "ida", &[Role::TenantAdmin]).await;
    let (seat, _) = console.enrol(HERE, "ida", place.clock.now_ms()).await;
    let audit = format!("{}?from=2026-12-01&to=2026-12-31", path::AUDIT);
    assert_eq!(console.get(&audit, &seat).await.status, 200);
    let site = console.auth.place(HERE).expect("a kommune");
    let roles = [Role::Analyst].into_iter().collect();
    console
        .auth
        .set_roles(site.as_ref(), "ida", roles)
        .await
        .expect("roles");
    assert_eq!(
        console.get(&audit, &seat).await.problem(),
        (403, "forbidden")
    );
    console
        .auth
        .remove(site.as_ref(), "IDA")
        .await
        .expect("removed");
    assert_eq!(console.get(path::SESSION, &seat).await.status, 401);
    assert_eq!(
        console.sign_in(HERE, "ida", PASSWORD, None).await.status,
        401
    );
    assert!(console.auth.remove(site.as_ref(), "ida").await.is_err());
    console.add(HERE, "ida", &[Role::Booking]).await;
    let all = console.auth.list(site.as_ref()).await.expect("a list");
    assert_eq!(all.len(), 1, "the removed one is not listed");
    let operator = [Role::Operator].into_iter().collect();
    for (site, roles) in [(site.as_ref(), operator), (None, roles)] {
        let refused = console.auth.add(site, "x", "X", roles, None).await;
        assert!(
            refused.is_err(),
            "the operator is of no kommune and nothing else"
        );
    }
}

async fn starting_over_ends_what_was(place: &Place, console: &Console) {
    console.add(HERE, "ida", &[Role::Booking]).await;
    let (seat, secret) = console.enrol(HERE, "ida", place.clock.now_ms()).await;
    for _ in 0..7 {
        console
            .sign_in(HERE, "ida", "en forkert adgangskode", None)
            .await;
    }
    let site = console.auth.place(HERE).expect("a kommune");
    let reset = console
        .auth
        .reset(site.as_ref(), "ida", Some("en ny adgangskode"))
        .await;
    assert_eq!(reset.expect("a reset"), None);
    assert_eq!(console.get(path::SESSION, &seat).await.status, 401);
    assert_eq!(
        console.sign_in(HERE, "ida", PASSWORD, None).await.status,
        401
    );
    let offered = console
        .sign_in(HERE, "ida", "en ny adgangskode", None)
        .await;
    let fresh = offered.body["enrol"]["secret"].as_str().expect("a secret");
    assert_ne!(fresh, secret);
}

async fn a_new_session_ends_the_one_before_it(place: &Place, console: &Console) {
    console.add(HERE, "ida", &[Role::Booking]).await;
    let (seat, secret) = console.enrol(HERE, "ida", place.clock.now_ms()).await;
    place.forward(1);
    let body = json!({"kommune": "eksempelby", "user": "ida", "password": PASSWORD, "code": code(&secret, place.clock.now_ms())});
    let next = console.post(path::SIGN_IN, &seat, &body).await.seat();
    assert_eq!(console.get(path::SESSION, &seat).await.status, 401);
    assert_eq!(console.get(path::SESSION, &next).await.status, 200);
}

async fn the_operator_is_of_no_kommune(place: &Place, console: &Console) {
    console.add(None, "drift", &[Role::Operator]).await;
    let (seat, _) = console.enrol(None, "drift", place.clock.now_ms()).await;
    let session = console.get(path::SESSION, &seat).await;
    assert_eq!(session.body["roles"], json!(["operator"]));
    assert!(session.body.get("kommune").is_none());
    let audit = format!("{}?from=2026-12-01&to=2026-12-31", path::AUDIT);
    assert_eq!(
        console.get(&audit, &seat).await.problem(),
        (403, "forbidden")
    );
    assert_eq!(
        console.sign_in(HERE, "drift", PASSWORD, None).await.status,
        401
    );
}

async fn the_audit_log_tells_who_came_and_who_did_not(place: &Place, console: &Console) {
    place
        .book("2026-12-04T11:00:00+01:00", "20304050")
        .await
        .expect("a booking");
    console.add(HERE, "ida", &[Role::TenantAdmin]).await;
    console
        .sign_in(HERE, "ida", "en forkert adgangskode", None)
        .await;
    console.sign_in(HERE, "findes.ikke", PASSWORD, None).await;
    let (seat, _) = console.enrol(HERE, "ida", place.clock.now_ms()).await;
    let other = console.seat(place, THERE, &[Role::TenantAdmin]).await;
    let audit = async |seat: &Seat, from: &str, to: &str| {
        console
            .get(&format!("{}?from={from}&to={to}", path::AUDIT), seat)
            .await
    };
    let got = audit(&seat, "2026-12-03", "2026-12-03").await;
    let told: Vec<(String, String)> = got.body["entries"]
        .as_array()
        .expect("entries")
        .iter()
        .map(|entry| {
            let what = entry["what"].as_str().expect("what");
            let who = entry["name"]
                .as_str()
                .or(entry["who"].as_str())
                .expect("who");
            (
                what.split(':').next().unwrap_or_default().to_owned(),
                who.to_owned(),
            )
        })
        .collect();
    let told: Vec<(&str, &str)> = told.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    assert_eq!(
        told,
        [
            ("held", "citizen"),
            ("confirmed", "citizen"),
            ("account-added", "terminal"),
            ("sign-in-refused", "ida Hansen"),
            ("sign-in-refused", "unknown"),
            ("enrolled", "ida Hansen"),
            ("audit-read", "ida Hansen"),
        ]
    );
    assert_eq!(got.body["more"], false);
    assert!(got.body["entries"][1]["receipt"].is_string());
    assert!(!got.body.to_string().contains("findes.ikke"));
    let there = audit(&other, "2026-12-03", "2026-12-03").await;
    assert!(
        !there.body.to_string().contains("held"),
        "another kommune's"
    );
    assert_eq!(
        audit(&seat, "2026-12-04", "2026-12-05").await.body["entries"],
        json!([])
    );
    for (from, to) in [
        ("2026-12-04", "2026-12-03"),
        ("2024-01-01", "2026-12-03"),
        ("x", "y"),
    ] {
        assert_eq!(
            audit(&seat, from, to).await.problem(),
            (422, "invalid"),
            "{from} {to}"
        );
    }
}

async fn a_copy_that_is_brought_back_signs_nobody_in(place: &Place, console: &Console) {
    let seats = [
        console.seat(place, HERE, &[Role::Booking]).await,
        console.seat(place, THERE, &[Role::Booking]).await,
        console.seat(place, None, &[Role::Operator]).await,
    ];
    console.auth.end_all().await.expect("ended");
    for seat in &seats {
        assert_eq!(console.get(path::SESSION, seat).await.status, 401);
    }
}

async fn the_schema_shows_a_kommune_its_own_rows_only(place: &Place, console: &Console) {
    console.seat(place, HERE, &[Role::Booking]).await;
    if place.desk.store.kind() != api::store::Kind::Postgres {
        return;
    }
    let site = console
        .auth
        .place(THERE)
        .expect("a kommune")
        .expect("a kommune");
    let mut tx = place
        .desk
        .store
        .write(&site.tenant)
        .await
        .expect("a transaction");
    for table in ["account", "session", "invitation", "attempt", "journey"] {
        let seen = tx
            .try_raw(&format!("DELETE FROM {table}"))
            .await
            .expect("a table");
        assert_eq!(seen, 0, "{table}");
    }
    let forged = "INSERT INTO session (tenant, token_hash, account, created_ms, seen_ms) VALUES ('eksempelby', 'x', 'x', 0, 0)";
    assert!(tx.try_raw(forged).await.is_err());
}

async fn tidying_forgets_what_is_over(place: &Place, console: &Console) {
    let seat = console.seat(place, HERE, &[Role::Booking]).await;
    for _ in 0..7 {
        console.sign_in(HERE, "findes.ikke", PASSWORD, None).await;
    }
    console.auth.tidy().await.expect("tidied");
    assert_eq!(console.get(path::SESSION, &seat).await.status, 200);
    place.forward(25 * 60);
    console.auth.tidy().await.expect("tidied");
    let site = place
        .desk
        .sites
        .all()
        .find(|site| site.tenant.slug() == "eksempelby");
    let tenant = &site.expect("a kommune").tenant;
    let mut tx = place.desk.store.write(tenant).await.expect("a transaction");
    for table in ["session", "attempt", "journey", "invitation"] {
        let left = tx
            .try_raw(&format!("DELETE FROM {table}"))
            .await
            .expect("a table");
        assert_eq!(left, 0, "{table}");
    }
}
