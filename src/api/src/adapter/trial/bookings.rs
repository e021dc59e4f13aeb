//! The promises about bookings, one function each, and those about wishes whose answer got lost.

use super::cases::{GONE, ms, whole};
use super::{Case, Stop, Trial, broken, confirm, contact, good, no};
use crate::adapter::contract::{Data, Held, Outcome as Became, Settled, Visit, visit_faults};
use crate::secret;
use protocol::{Code, Erased, Slot, State};
use reqwest::Method;
use serde_json::{Value, json};

pub(super) async fn book(t: &Trial) -> Case {
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

pub(super) async fn show(t: &Trial) -> Case {
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

pub(super) async fn shift(t: &Trial) -> Case {
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

pub(super) async fn shift_taken(t: &Trial) -> Case {
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

pub(super) async fn cancel(t: &Trial) -> Case {
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

pub(super) async fn erase(t: &Trial) -> Case {
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

pub(super) async fn settle_done(t: &Trial) -> Case {
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

pub(super) async fn settle_never(t: &Trial) -> Case {
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

pub(super) async fn restart(t: &Trial) -> Case {
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
