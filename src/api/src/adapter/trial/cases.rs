//! The promises before a booking, one function each, and the list of all. A case leaves nothing behind but cancelled bookings.

use super::{Case, Stop, Trial, bookings, broken, confirm, contact, good, no};
use crate::adapter::contract::{Held, Offer, held_faults, offer_faults, slots_faults};
use crate::secret;
use booking::parse_instant;
use protocol::{Code, Slot, Slots};
use reqwest::Method;
use serde_json::{Value, json};
use std::time::Duration;

/// Name and promise, in the order in which they are tried.
pub(super) const PROMISES: [(&str, &str); 20] = [
    ("token", "without the token every route is refused with 401"),
    (
        "offer",
        "a service tells its places and the length of a visit",
    ),
    (
        "slots",
        "free times are in order, within the days asked for, at the places offered, with Copenhagen's offset",
    ),
    (
        "mistakes",
        "mistakes are 4xx problems that repeat nothing that was sent",
    ),
    (
        "hold",
        "a hold takes one place of its time and gives back what was asked for",
    ),
    (
        "replay",
        "the same key gets the same answer and takes nothing more",
    ),
    ("reuse", "the same key with another body is refused"),
    (
        "extend",
        "a hold can be extended, and never beyond its limit",
    ),
    (
        "release",
        "a released hold gives its place back and cannot be booked",
    ),
    (
        "expiry",
        "a hold that ran out gives its place back and cannot be booked",
    ),
    (
        "race",
        "of wishes at once no more succeed than there are places",
    ),
    (
        "book",
        "a hold becomes one booking, however often it is sent",
    ),
    (
        "show",
        "a booking, its calendar file and its data can be read again",
    ),
    ("move", "a move takes the new time and frees the old one"),
    (
        "move-taken",
        "a move to a time that is taken changes nothing",
    ),
    (
        "cancel",
        "a cancelled booking gives its place back and stays cancelled",
    ),
    (
        "erase",
        "an erased booking is not found any more, nor who came",
    ),
    (
        "settle-done",
        "a wish that was met is told as done, with the same answer",
    ),
    (
        "settle-never",
        "a wish that was not met is told as never, and never is met later",
    ),
    ("restart", "what was answered lasts through a restart"),
];

pub(super) async fn run(t: &Trial, name: &str) -> Case {
    match name {
        "token" => token(t).await,
        "offer" => offer(t).await.map(|_| ()),
        "slots" => slots(t).await,
        "mistakes" => mistakes(t).await,
        "hold" => hold(t).await,
        "replay" => replay(t).await,
        "reuse" => reuse(t).await,
        "extend" => extend(t).await,
        "release" => release(t).await,
        "expiry" => expiry(t).await,
        "race" => race(t).await,
        "book" => bookings::book(t).await,
        "show" => bookings::show(t).await,
        "move" => bookings::shift(t).await,
        "move-taken" => bookings::shift_taken(t).await,
        "cancel" => bookings::cancel(t).await,
        "erase" => bookings::erase(t).await,
        "settle-done" => bookings::settle_done(t).await,
        "settle-never" => bookings::settle_never(t).await,
        "restart" => bookings::restart(t).await,
        _ => broken("there is no such promise"),
    }
}

/// Every route, with a name that does not exist.
fn routes(t: &Trial) -> [(Method, String, Value); 13] {
    let service = &t.service;
    let key = secret::uuid();
    let from = t.today.add_days(1);
    let slot = Slot {
        start: "2026-12-04T10:00:00+01:00".into(),
        end: String::new(),
        location: "nowhere".into(),
        free: 1,
    };
    let to = json!({"start": slot.start, "location": slot.location});
    [
        (Method::GET, format!("/services/{service}"), Value::Null),
        (
            Method::GET,
            format!("/slots?service={service}&from={from}"),
            Value::Null,
        ),
        (Method::POST, "/holds".into(), t.wish(&slot)),
        (Method::POST, "/holds/none/extend".into(), Value::Null),
        (Method::POST, "/holds/none/release".into(), Value::Null),
        (
            Method::POST,
            "/bookings".into(),
            confirm("none", &contact()),
        ),
        (Method::GET, "/bookings/none".into(), Value::Null),
        (Method::POST, "/bookings/none/move".into(), to),
        (Method::POST, "/bookings/none/cancel".into(), Value::Null),
        (Method::GET, "/bookings/none/calendar".into(), Value::Null),
        (Method::GET, "/bookings/none/data".into(), Value::Null),
        (Method::POST, "/bookings/none/erase".into(), Value::Null),
        (Method::POST, format!("/wishes/{key}/settle"), Value::Null),
    ]
}

async fn token(t: &Trial) -> Case {
    for (line, which) in [
        (t.line.with_token(""), "without a token"),
        (
            t.line.with_token("wrong-token-of-the-contract-test"),
            "with a wrong token",
        ),
    ] {
        for (method, path, body) in routes(t) {
            let what = format!("{method} {path} {which}");
            let key = secret::uuid();
            let key = (method == Method::POST).then_some(key.as_str());
            let body = (!body.is_null()).then_some(&body);
            let raw = t.ask(&line, method, &path, key, body).await?;
            if raw.status != 401 {
                return broken(format!("{what} is answered {}, expected 401", raw.status));
            }
        }
    }
    Ok(())
}

pub(super) fn whole(wrong: Vec<String>) -> Case {
    if wrong.is_empty() {
        Ok(())
    } else {
        broken(wrong.join("; "))
    }
}

async fn offer(t: &Trial) -> Result<Offer, Stop> {
    let raw = t.get(&format!("/services/{}", t.service)).await?;
    let offer: Offer = good(&raw, 200, "the offer")?;
    whole(offer_faults(&offer))?;
    Ok(offer)
}

async fn slots(t: &Trial) -> Case {
    let offer = offer(t).await?;
    let found = t.free(4).await?;
    whole(slots_faults(&Slots {
        slots: found.clone(),
        next: None,
    }))?;
    let known = |id: &str| offer.locations.iter().any(|l| l.id == id);
    if let Some(slot) = found.iter().find(|slot| !known(&slot.location)) {
        return broken(format!(
            "a slot is at `{}`, which is not offered",
            slot.location
        ));
    }
    // One day, and one place.
    let day = day_of(&found[0])?;
    let path = format!("/slots?service={}&from={day}&days=1", t.service);
    let one: Slots = good(&t.get(&path).await?, 200, "one day's free times")?;
    for slot in &one.slots {
        if day_of(slot)? != day {
            return broken(format!(
                "asked for {day} alone, a slot is on {}",
                day_of(slot)?
            ));
        }
    }
    let place = &found[0].location;
    let path = format!(
        "/slots?service={}&from={day}&days=7&location={place}",
        t.service
    );
    let there: Slots = good(&t.get(&path).await?, 200, "one place's free times")?;
    if let Some(slot) = there.slots.iter().find(|slot| slot.location != *place) {
        return broken(format!(
            "asked for `{place}` alone, a slot is at `{}`",
            slot.location
        ));
    }
    if there.slots.is_empty() || one.slots.is_empty() {
        return broken("a time that was just offered is missing when asked for by day or place");
    }
    Ok(())
}

fn day_of(slot: &Slot) -> Result<hours::Date, Stop> {
    slot.start
        .get(..10)
        .and_then(hours::Date::parse)
        .map_or_else(|| broken("a slot's start is no RFC 3339 instant"), Ok)
}

async fn mistakes(t: &Trial) -> Case {
    let unknown = [(404, Code::NotFound)];
    let wrong = [
        (422, Code::Invalid),
        (400, Code::BadRequest),
        (404, Code::NotFound),
    ];
    let raw = t.get("/services/there-is-no-such-service").await?;
    no(&raw, "an unknown service", &unknown)?;
    let raw = t
        .get(&format!("/slots?service={}&from=never", t.service))
        .await?;
    no(&raw, "from=never", &wrong[..2])?;
    let from = t.today.add_days(1);
    let raw = t
        .get(&format!(
            "/slots?service=there-is-no-such-service&from={from}"
        ))
        .await?;
    no(&raw, "free times of an unknown service", &unknown)?;
    for (method, path, body) in routes(t) {
        let name = format!("{method} {path}");
        if path.contains("/none") || path == "/bookings" {
            let key = secret::uuid();
            let key = (method == Method::POST).then_some(key.as_str());
            let is_release = path.ends_with("/release");
            let body = (!body.is_null()).then_some(&body);
            let raw = t.ask(&t.line, method, &path, key, body).await?;
            if is_release && raw.status == 200 {
                continue; // gone already, or never there: free all the same
            }
            let gone = [(404, Code::NotFound), (410, Code::HoldExpired)];
            no(&raw, &name, &gone)?;
        }
    }
    // Something that must not come back, in a wish that must fail.
    let canary = "Kanarie Fuglesang";
    let mut person = contact();
    person["name"] = json!(canary);
    let raw = t
        .post("/bookings", &secret::uuid(), &confirm("none", &person))
        .await?;
    if raw.text.contains(canary) || raw.text.contains("proeve") {
        return broken("a refusal repeats who was to come");
    }
    let key = secret::uuid();
    let body = b"{\"service\": Kanarie".to_vec();
    let raw = t
        .line
        .raw(Method::POST, "/holds", Some(&key), Some(body))
        .await;
    let raw = raw.or_else(|e| broken(format!("a body that is no JSON: {e}")))?;
    if raw.text.contains("Kanarie") {
        return broken("a refusal repeats the body");
    }
    no(&raw, "a body that is no JSON", &wrong[..2])?;
    let slot = t.free(1).await?.remove(0);
    let raw = t
        .ask(&t.line, Method::POST, "/holds", None, Some(&t.wish(&slot)))
        .await?;
    no(
        &raw,
        "a POST without idempotency-key",
        &[(400, Code::NoIdempotencyKey)],
    )?;
    let mut odd = t.wish(&slot);
    odd["start"] = json!("2001-01-01T10:00:00+01:00");
    let raw = t.post("/holds", &secret::uuid(), &odd).await?;
    no(
        &raw,
        "a hold in the past",
        &[(422, Code::NotASlot), (409, Code::SlotTaken)],
    )
}

async fn hold(t: &Trial) -> Case {
    let slot = t.free(4).await?.remove(0);
    let before = t.places(&slot).await?;
    let held = t.hold(&slot).await?;
    whole(held_faults(&held))?;
    if held.start != slot.start || held.end != slot.end {
        return broken(format!(
            "a hold for {} to {} is from {} to {}",
            slot.start, slot.end, held.start, held.end
        ));
    }
    let after = t.places(&slot).await?;
    t.let_go(&held.hold).await?;
    if after + 1 != before {
        return broken(format!(
            "{before} places, {after} after one hold; expected one less"
        ));
    }
    Ok(())
}

async fn replay(t: &Trial) -> Case {
    let slot = t.free(4).await?.remove(0);
    let before = t.places(&slot).await?;
    let key = secret::uuid();
    let first: Held = good(
        &t.post("/holds", &key, &t.wish(&slot)).await?,
        201,
        "a hold",
    )?;
    let second: Held = good(
        &t.post("/holds", &key, &t.wish(&slot)).await?,
        201,
        "its retry",
    )?;
    let after = t.places(&slot).await?;
    t.let_go(&first.hold).await?;
    if first != second {
        return broken("a retry with the same key gets another hold");
    }
    if after + 1 != before {
        return broken(format!(
            "{before} places, {after} after a hold and its retry"
        ));
    }
    Ok(())
}

async fn reuse(t: &Trial) -> Case {
    let free = t.free(4).await?;
    let other = free
        .iter()
        .find(|s| s.start != free[0].start)
        .ok_or(Stop::Untried("all free times start alike".into()))?;
    let key = secret::uuid();
    let first: Held = good(
        &t.post("/holds", &key, &t.wish(&free[0])).await?,
        201,
        "a hold",
    )?;
    let raw = t.post("/holds", &key, &t.wish(other)).await?;
    t.let_go(&first.hold).await?;
    no(
        &raw,
        "the same key with another body",
        &[(422, Code::KeyReused)],
    )
}

pub(super) fn ms(text: &str) -> Result<i64, Stop> {
    parse_instant(text).or_else(|_| broken(format!("`{text}` is no RFC 3339 instant")))
}

async fn extend(t: &Trial) -> Case {
    let slot = t.free(4).await?.remove(0);
    let held = t.hold(&slot).await?;
    let path = format!("/holds/{}/extend", held.hold);
    let raw = t.post(&path, &secret::uuid(), &Value::Null).await?;
    let longer: Result<Held, Stop> = good(&raw, 200, "an extension");
    t.let_go(&held.hold).await?;
    let longer = longer?;
    whole(held_faults(&longer))?;
    if longer.hold != held.hold || longer.start != held.start {
        return broken("an extension is of another hold");
    }
    if ms(&longer.expires_at)? < ms(&held.expires_at)? {
        return broken("an extension makes the hold shorter");
    }
    if ms(&longer.extendable_until)? > ms(&held.extendable_until)? {
        return broken("an extension moves its own limit");
    }
    Ok(())
}

pub(super) const GONE: [(u16, Code); 3] = [
    (410, Code::HoldExpired),
    (404, Code::NotFound),
    (409, Code::WrongState),
];

async fn release(t: &Trial) -> Case {
    let slot = t.free(4).await?.remove(0);
    let before = t.places(&slot).await?;
    let held = t.hold(&slot).await?;
    t.let_go(&held.hold).await?;
    t.let_go(&held.hold).await?;
    let after = t.places(&slot).await?;
    if after != before {
        return broken(format!(
            "{before} places, {after} after a hold was released"
        ));
    }
    let raw = t
        .post(
            "/bookings",
            &secret::uuid(),
            &confirm(&held.hold, &contact()),
        )
        .await?;
    no(&raw, "a booking of a released hold", &GONE)
}

async fn expiry(t: &Trial) -> Case {
    let slot = t.free(4).await?.remove(0);
    let before = t.places(&slot).await?;
    let asked = std::time::SystemTime::now();
    let held = t.hold(&slot).await?;
    let now_ms = asked
        .duration_since(std::time::UNIX_EPOCH)
        .map_or(0, |d| d.as_millis() as i64);
    let wait = ms(&held.expires_at)? - now_ms + 500;
    if wait < 0 {
        return broken("a new hold has expired already");
    }
    let wait = Duration::from_millis(wait as u64);
    if wait > t.patience {
        t.let_go(&held.hold).await?;
        return Err(Stop::Untried(format!(
            "a hold lasts {} s; --patience allows {} s",
            wait.as_secs(),
            t.patience.as_secs()
        )));
    }
    tokio::time::sleep(wait).await;
    let raw = t
        .post(
            "/bookings",
            &secret::uuid(),
            &confirm(&held.hold, &contact()),
        )
        .await?;
    let after = t.places(&slot).await?;
    no(&raw, "a booking of a hold that ran out", &GONE)?;
    if after != before {
        return broken(format!("{before} places, {after} after a hold ran out"));
    }
    Ok(())
}

async fn race(t: &Trial) -> Case {
    let slot = t.free(4).await?.remove(0);
    let places = usize::from(t.places(&slot).await?);
    if places > 60 {
        return Err(Stop::Untried(format!(
            "{places} places are too many to fill"
        )));
    }
    let wish = t.wish(&slot).to_string().into_bytes();
    let many: Vec<_> = (0..places + 8)
        .map(|_| {
            let (line, wish) = (t.line.clone(), wish.clone());
            tokio::spawn(async move {
                line.raw(Method::POST, "/holds", Some(&secret::uuid()), Some(wish))
                    .await
            })
        })
        .collect();
    let mut held: Vec<Held> = Vec::new();
    let mut wrong = Ok(());
    for one in many {
        match one.await {
            Ok(Ok(raw)) if raw.status == 201 => held.push(good(&raw, 201, "a hold")?),
            Ok(Ok(raw)) => {
                let taken = [(409, Code::SlotTaken), (422, Code::NotASlot)];
                wrong = wrong.and(no(&raw, "a hold of a full time", &taken));
            }
            Ok(Err(e)) => wrong = wrong.and(broken(format!("a hold among many: {e}"))),
            Err(_) => wrong = wrong.and(broken("a hold among many was lost here")),
        }
    }
    let left = t.places(&slot).await?;
    for one in &held {
        t.let_go(&one.hold).await?;
    }
    wrong?;
    if held.len() != places {
        return broken(format!("{} holds for {places} places", held.len()));
    }
    if left != 0 {
        return broken(format!("{left} places are offered when all are held"));
    }
    Ok(())
}
