//! The promises, one function each. A case leaves nothing behind but cancelled bookings.

use super::{Case, Stop, Trial, broken, confirm, contact, good, no};
use crate::adapter::contract::{
    Data, Held, Offer, Outcome as Became, Settled, Visit, held_faults, offer_faults, slots_faults,
    visit_faults,
};
use crate::secret;
use booking::parse_instant;
use protocol::{Code, Erased, Slot, Slots, State};
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
        "book" => book(t).await,
        "show" => show(t).await,
        "move" => shift(t).await,
        "move-taken" => shift_taken(t).await,
        "cancel" => cancel(t).await,
        "erase" => erase(t).await,
        "settle-done" => settle_done(t).await,
        "settle-never" => settle_never(t).await,
        "restart" => restart(t).await,
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

fn whole(wrong: Vec<String>) -> Case {
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

fn ms(text: &str) -> Result<i64, Stop> {
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

const GONE: [(u16, Code); 3] = [
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

async fn book(t: &Trial) -> Case {
    let slot = t.free(4).await?.remove(0);
    let before = t.places(&slot).await?;
    let held = t.hold(&slot).await?;
    let (key, body) = (secret::uuid(), confirm(&held.hold, &contact()));
    let first: Visit = good(&t.post("/bookings", &key, &body).await?, 201, "a booking")?;
    let second: Visit = good(&t.post("/bookings", &key, &body).await?, 201, "its retry")?;
    // Another key, the same hold: must not make a second booking.
    let again = t.post("/bookings", &secret::uuid(), &body).await?;
    let after = t.places(&slot).await?;
    t.call_off(&first.booking).await?;
    whole(visit_faults(&first))?;
    if first.state != State::Confirmed {
        return broken("a new booking is not confirmed");
    }
    if first.start != slot.start || first.place.id != slot.location || first.service != t.service {
        return broken("a booking is for another time, place or service than its hold");
    }
    if first != second {
        return broken("a retry with the same key gets another booking");
    }
    no(&again, "a second booking of one hold", &GONE)?;
    if after + 1 != before {
        return broken(format!("{before} places, {after} after one booking"));
    }
    Ok(())
}

async fn show(t: &Trial) -> Case {
    let slot = t.free(4).await?.remove(0);
    let held = t.hold(&slot).await?;
    let person = contact();
    let raw = t
        .post("/bookings", &secret::uuid(), &confirm(&held.hold, &person))
        .await?;
    let booked: Visit = good(&raw, 201, "a booking")?;
    let seen = read_again(t, &booked, &person).await;
    t.call_off(&booked.booking).await?;
    seen
}

async fn read_again(t: &Trial, booked: &Visit, person: &Value) -> Case {
    let name = &booked.booking;
    let shown: Visit = good(
        &t.get(&format!("/bookings/{name}")).await?,
        200,
        "a booking",
    )?;
    // Messages may have gone out in between.
    let same = Visit {
        notices: booked.notices.clone(),
        ..shown
    };
    if same != *booked {
        return broken("a booking reads otherwise than it was answered");
    }
    let raw = t.get(&format!("/bookings/{name}/calendar")).await?;
    if raw.status != 200 || !raw.kind.starts_with("text/calendar") {
        return broken(format!(
            "the calendar file is {} `{}`, expected 200 text/calendar",
            raw.status, raw.kind
        ));
    }
    let utc = utc_stamp(ms(&booked.start)?);
    let begins = raw
        .text
        .lines()
        .any(|line| line.starts_with("DTSTART") && line.trim_end().ends_with(&utc));
    if !begins {
        return broken(format!("the calendar file has no DTSTART of {utc} (UTC)"));
    }
    let raw = t.get(&format!("/bookings/{name}/data")).await?;
    let data: Data = good(&raw, 200, "the stored data")?;
    let kept = serde_json::to_value(&data.contact).unwrap_or_default();
    if kept != *person {
        return broken("the stored contact is not the one that was sent");
    }
    if data.privacy_version != "contract-test" {
        return broken("the stored version of the privacy text is not the one that was sent");
    }
    Ok(())
}

/// `20261204T090000Z`.
fn utc_stamp(at_ms: i64) -> String {
    let days = at_ms.div_euclid(86_400_000);
    let date = hours::Date::from_days_since_epoch(i32::try_from(days).unwrap_or(0)).to_string();
    let second = at_ms.rem_euclid(86_400_000) / 1000;
    format!(
        "{}T{:02}{:02}{:02}Z",
        date.replace('-', ""),
        second / 3600,
        second / 60 % 60,
        second % 60
    )
}

async fn shift(t: &Trial) -> Case {
    let free = t.free(4).await?;
    let (from, to) = apart(&free)?;
    let (old, new) = (t.places(from).await?, t.places(to).await?);
    let booked = t.booked(from).await?;
    let path = format!("/bookings/{}/move", booked.booking);
    let body = json!({"start": to.start, "location": to.location});
    let key = secret::uuid();
    let moved: Visit = good(&t.post(&path, &key, &body).await?, 200, "a move")?;
    let again: Visit = good(&t.post(&path, &key, &body).await?, 200, "its retry")?;
    let (old_now, new_now) = (t.places(from).await?, t.places(to).await?);
    t.call_off(&booked.booking).await?;
    whole(visit_faults(&moved))?;
    if moved.booking != booked.booking || moved.receipt != booked.receipt {
        return broken("a moved booking has another name or receipt");
    }
    if moved.start != to.start || moved.place.id != to.location || moved.state != State::Confirmed {
        return broken("a moved booking is not confirmed for the new time");
    }
    if moved.start != again.start || moved.booking != again.booking {
        return broken("a retry of a move gets another answer");
    }
    if old_now != old {
        return broken(format!(
            "the former time had {old} places, {old_now} after the move"
        ));
    }
    if new_now + 1 != new {
        return broken(format!(
            "the new time had {new} places, {new_now} after the move"
        ));
    }
    Ok(())
}

fn apart(free: &[Slot]) -> Result<(&Slot, &Slot), Stop> {
    let from = &free[0];
    let end = ms(&from.end)?;
    for to in &free[1..] {
        if ms(&to.start)? >= end {
            return Ok((from, to));
        }
    }
    Err(Stop::Untried(
        "no two free times that do not overlap".into(),
    ))
}

async fn shift_taken(t: &Trial) -> Case {
    let free = t.free(4).await?;
    let (from, to) = apart(&free)?;
    let places = t.places(to).await?;
    if places > 60 {
        return Err(Stop::Untried(format!(
            "{places} places are too many to fill"
        )));
    }
    let booked = t.booked(from).await?;
    let mut held = Vec::new();
    for _ in 0..places {
        held.push(t.hold(to).await?);
    }
    let path = format!("/bookings/{}/move", booked.booking);
    let body = json!({"start": to.start, "location": to.location});
    let raw = t.post(&path, &secret::uuid(), &body).await?;
    let shown = t.get(&format!("/bookings/{}", booked.booking)).await?;
    for one in &held {
        t.let_go(&one.hold).await?;
    }
    t.call_off(&booked.booking).await?;
    let full = [(409, Code::SlotTaken), (422, Code::NotASlot)];
    no(&raw, "a move to a full time", &full)?;
    let shown: Visit = good(&shown, 200, "the booking")?;
    if shown.start != from.start || shown.state != State::Confirmed {
        return broken("a move that was refused has changed the booking");
    }
    Ok(())
}

async fn cancel(t: &Trial) -> Case {
    let slot = t.free(4).await?.remove(0);
    let before = t.places(&slot).await?;
    let booked = t.booked(&slot).await?;
    let path = format!("/bookings/{}/cancel", booked.booking);
    let raw = t.post(&path, &secret::uuid(), &Value::Null).await?;
    let off: Visit = good(&raw, 200, "a cancellation")?;
    let after = t.places(&slot).await?;
    if off.state != State::Cancelled || off.changeable {
        return broken("a cancelled booking is not cancelled, or can still be changed");
    }
    if after != before {
        return broken(format!(
            "{before} places, {after} after a booking was cancelled"
        ));
    }
    let raw = t.post(&path, &secret::uuid(), &Value::Null).await?;
    if raw.status != 200 {
        no(&raw, "a second cancellation", &[(409, Code::WrongState)])?;
    }
    let path = format!("/bookings/{}/move", booked.booking);
    let body = json!({"start": slot.start, "location": slot.location});
    let raw = t.post(&path, &secret::uuid(), &body).await?;
    no(
        &raw,
        "a move of a cancelled booking",
        &[(409, Code::WrongState)],
    )?;
    let shown = t.get(&format!("/bookings/{}", booked.booking)).await?;
    let shown: Visit = good(&shown, 200, "a cancelled booking")?;
    if shown.state == State::Cancelled {
        Ok(())
    } else {
        broken("a cancelled booking reads as if it were not")
    }
}

async fn erase(t: &Trial) -> Case {
    let slot = t.free(4).await?.remove(0);
    let before = t.places(&slot).await?;
    let booked = t.booked(&slot).await?;
    let name = &booked.booking;
    let path = format!("/bookings/{name}/erase");
    let raw = t.post(&path, &secret::uuid(), &Value::Null).await?;
    let erased: Erased = good(&raw, 200, "an erasure")?;
    if erased.receipt != booked.receipt {
        return broken("an erasure has another receipt");
    }
    for path in [
        format!("/bookings/{name}"),
        format!("/bookings/{name}/data"),
        format!("/bookings/{name}/calendar"),
    ] {
        no(
            &t.get(&path).await?,
            &format!("GET {path} after erasure"),
            &[(404, Code::NotFound)],
        )?;
    }
    let after = t.places(&slot).await?;
    if after == before {
        Ok(())
    } else {
        broken(format!(
            "{before} places, {after} after a coming visit was erased"
        ))
    }
}

async fn became(t: &Trial, key: &str) -> Result<Settled, Stop> {
    let path = format!("/wishes/{key}/settle");
    let raw = t.ask(&t.line, Method::POST, &path, None, None).await?;
    good(&raw, 200, "what became of a wish")
}

async fn settle_done(t: &Trial) -> Case {
    let slot = t.free(4).await?.remove(0);
    let held = t.hold(&slot).await?;
    let (key, body) = (secret::uuid(), confirm(&held.hold, &contact()));
    let raw = t.post("/bookings", &key, &body).await?;
    let booked: Visit = good(&raw, 201, "a booking")?;
    let settled = became(t, &key).await;
    let shown = t.get(&format!("/bookings/{}", booked.booking)).await?;
    t.call_off(&booked.booking).await?;
    let settled = settled?;
    if settled.outcome != Became::Done {
        return broken("a booking that was made is told as never");
    }
    let answer: Value = serde_json::from_str(&raw.text).unwrap_or_default();
    if settled.answer != Some(answer) {
        return broken("settle gives another answer than the wish got");
    }
    let shown: Visit = good(&shown, 200, "the booking")?;
    if shown.state == State::Confirmed {
        Ok(())
    } else {
        broken("settling has changed the booking")
    }
}

async fn settle_never(t: &Trial) -> Case {
    let slot = t.free(4).await?.remove(0);
    let before = t.places(&slot).await?;
    let key = secret::uuid();
    for which in ["first", "second"] {
        let settled = became(t, &key).await?;
        if settled.outcome != Became::Never || settled.answer.is_some() {
            return broken(format!(
                "a wish that was never sent is told as done ({which} look)"
            ));
        }
    }
    // The wish arrives late.
    let raw = t.post("/holds", &key, &t.wish(&slot)).await?;
    if raw.status == 201 {
        let held: Held = good(&raw, 201, "a hold")?;
        t.let_go(&held.hold).await?;
        return broken("a wish is met after it was told that it never would be");
    }
    no(
        &raw,
        "a wish that comes after settle",
        &[(409, Code::WrongState)],
    )?;
    let after = t.places(&slot).await?;
    if after == before {
        Ok(())
    } else {
        broken(format!(
            "{before} places, {after} after a wish that never was met"
        ))
    }
}

async fn restart(t: &Trial) -> Case {
    let Some(restart) = &t.restart else {
        return Err(Stop::Untried("no command that restarts the system".into()));
    };
    let slot = t.free(4).await?.remove(0);
    let before = t.places(&slot).await?;
    let held = t.hold(&slot).await?;
    let (key, body) = (secret::uuid(), confirm(&held.hold, &contact()));
    let booked: Visit = good(&t.post("/bookings", &key, &body).await?, 201, "a booking")?;
    if let Err(why) = restart().await {
        return Err(Stop::Untried(format!("the restart failed: {why}")));
    }
    let again: Visit = good(
        &t.post("/bookings", &key, &body).await?,
        201,
        "a retry after a restart",
    )?;
    let after = t.places(&slot).await?;
    t.call_off(&again.booking).await?;
    if again.booking != booked.booking {
        return broken("after a restart a retry makes a second booking");
    }
    if after + 1 != before {
        return broken(format!(
            "{before} places, {after} after a booking and a restart"
        ));
    }
    Ok(())
}
