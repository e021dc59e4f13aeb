//! The contract test: plays a citizen's day against a booking system and says for each promise of docs/booking-adapter.md whether it
//! was kept. For whoever writes an adapter: `lokalsvar contract booking --url … --token … --service …`.
//!
//! It books real times of the service under invented names and cancels them again: run it against a test system. Only black-box:
//! what a system does after a power cut it can tell with `restart` only.

mod bookings;
mod cases;

use super::call::{Line, Raw, Trouble, reason};
use crate::secret;
use hours::{Date, copenhagen};
use protocol::{Code, HoldRequest, Problem, Slot, SlotsQuery};
use reqwest::Method;
use serde_json::{Value, json};
use std::pin::Pin;
use std::time::{Duration, Instant};

/// Restarts the system and returns when it answers again.
pub type Restart =
    Box<dyn Fn() -> Pin<Box<dyn Future<Output = Result<(), String>> + Send>> + Send + Sync>;

/// What is tried, and how.
pub struct Trial {
    /// The system, with a good token.
    pub line: Line,
    /// Id of a service with free times of at least four different starts.
    pub service: String,
    /// Today, so that days can be asked for.
    pub today: Date,
    /// How long the test waits for a hold to run out; longer holds are not waited for.
    pub patience: Duration,
    /// Restarts the system, if that is possible.
    pub restart: Option<Restart>,
}

/// How one promise was kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Kept.
    Kept,
    /// Broken: what was found, and what was expected.
    Broken(String),
    /// Could not be tried, and why.
    Untried(String),
}

/// One promise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// Short, stable: `replay`.
    pub name: &'static str,
    /// In words.
    pub promise: &'static str,
    /// How it was kept.
    pub verdict: Verdict,
}

/// Why a case ended early.
pub(super) enum Stop {
    Broken(String),
    Untried(String),
}

pub(super) type Case = Result<(), Stop>;

/// An answer slower than this breaks the contract.
pub(super) const SLOW: Duration = Duration::from_secs(5);

pub(super) fn broken<T>(what: impl Into<String>) -> Result<T, Stop> {
    Err(Stop::Broken(what.into()))
}

impl Trial {
    /// Tries every promise, one after the other. `told` hears of each as soon as it is tried.
    pub async fn run(&self, mut told: impl FnMut(&Outcome)) -> Vec<Outcome> {
        let mut all = Vec::new();
        for (name, _) in cases::PROMISES {
            let Some(outcome) = self.one(name).await else {
                continue;
            };
            told(&outcome);
            all.push(outcome);
        }
        all
    }

    /// Tries one promise; `None` when there is none of that name.
    pub async fn one(&self, name: &str) -> Option<Outcome> {
        let (name, promise) = cases::PROMISES.into_iter().find(|(n, _)| *n == name)?;
        let verdict = match cases::run(self, name).await {
            Ok(()) => Verdict::Kept,
            Err(Stop::Broken(what)) => Verdict::Broken(what),
            Err(Stop::Untried(why)) => Verdict::Untried(why),
        };
        Some(Outcome {
            name,
            promise,
            verdict,
        })
    }

    /// Sends and measures; a lost answer breaks the contract here.
    pub(super) async fn ask(
        &self,
        line: &Line,
        method: Method,
        path: &str,
        key: Option<&str>,
        body: Option<&Value>,
    ) -> Result<Raw, Stop> {
        let what = format!("{method} {path}");
        let begun = Instant::now();
        let bytes = body.map(|b| b.to_string().into_bytes());
        let raw = match line.raw(method, path, key, bytes).await {
            Ok(raw) => raw,
            Err(Trouble::Refused(_)) => return broken(format!("{what}: no answer")),
            Err(Trouble::NotSent(why) | Trouble::Unknown(why)) => {
                return broken(format!("{what}: {why}"));
            }
        };
        if begun.elapsed() > SLOW {
            return broken(format!(
                "{what} took {:.1} s, expected at most {} s",
                begun.elapsed().as_secs_f32(),
                SLOW.as_secs()
            ));
        }
        if raw.status >= 500 {
            return broken(format!("{what} answers {}", reason(raw.status)));
        }
        Ok(raw)
    }

    pub(super) async fn get(&self, path: &str) -> Result<Raw, Stop> {
        self.ask(&self.line, Method::GET, path, None, None).await
    }

    pub(super) async fn post(&self, path: &str, key: &str, body: &Value) -> Result<Raw, Stop> {
        let body = (!body.is_null()).then_some(body);
        self.ask(&self.line, Method::POST, path, Some(key), body)
            .await
    }

    /// Free times of the next days, with at least `least` different starts.
    pub(super) async fn free(&self, least: usize) -> Result<Vec<Slot>, Stop> {
        let mut all: Vec<Slot> = Vec::new();
        // Tomorrow first: what is near may not be changeable any more.
        for week in 0..5 {
            let slots = self.free_from(self.today.add_days(1 + 7 * week)).await?;
            all.extend(slots);
            if all.len() >= least {
                return Ok(all);
            }
        }
        Err(Stop::Untried(format!(
            "only {} free times within five weeks, {least} are needed",
            all.len()
        )))
    }

    pub(super) async fn free_from(&self, from: Date) -> Result<Vec<Slot>, Stop> {
        let query = SlotsQuery {
            service: self.service.clone(),
            location: None,
            from: from.to_string(),
            days: Some(7),
            persons: Some(1),
        };
        let raw = self.get(&super::call::slots_path(&query)).await?;
        let slots: protocol::Slots = good(&raw, 200, "free times")?;
        Ok(slots.slots)
    }

    /// How many can still come at that time; 0 when it is not offered.
    pub(super) async fn places(&self, slot: &Slot) -> Result<u16, Stop> {
        let Ok(ms) = booking::parse_instant(&slot.start) else {
            return broken("a slot's start is no RFC 3339 instant");
        };
        let slots = self.free_from(copenhagen(ms).date).await?;
        let same = |s: &&Slot| s.start == slot.start && s.location == slot.location;
        Ok(slots.iter().find(same).map_or(0, |s| s.free))
    }

    pub(super) fn wish(&self, slot: &Slot) -> Value {
        let wish = HoldRequest {
            service: self.service.clone(),
            location: slot.location.clone(),
            start: slot.start.clone(),
            persons: 1,
        };
        serde_json::to_value(wish).unwrap_or_default()
    }

    pub(super) async fn hold(&self, slot: &Slot) -> Result<super::contract::Held, Stop> {
        let raw = self
            .post("/holds", &secret::uuid(), &self.wish(slot))
            .await?;
        good(&raw, 201, "a hold")
    }

    pub(super) async fn let_go(&self, hold: &str) -> Result<(), Stop> {
        let path = format!("/holds/{hold}/release");
        let raw = self.post(&path, &secret::uuid(), &Value::Null).await?;
        good::<protocol::Released>(&raw, 200, "a release").map(|_| ())
    }

    pub(super) async fn book(&self, hold: &str) -> Result<super::contract::Visit, Stop> {
        let raw = self
            .post("/bookings", &secret::uuid(), &confirm(hold, &contact()))
            .await?;
        good(&raw, 201, "a booking")
    }

    /// A booking from nothing.
    pub(super) async fn booked(&self, slot: &Slot) -> Result<super::contract::Visit, Stop> {
        let held = self.hold(slot).await?;
        self.book(&held.hold).await
    }

    pub(super) async fn call_off(&self, booking: &str) -> Result<(), Stop> {
        let path = format!("/bookings/{booking}/cancel");
        let raw = self.post(&path, &secret::uuid(), &Value::Null).await?;
        good::<super::contract::Visit>(&raw, 200, "a cancellation").map(|_| ())
    }
}

/// An invented person; another phone number each time, so that no cap is reached.
pub(super) fn contact() -> Value {
    let number = 20_000_000 + secret::random_number() % 9_999_999;
    json!({"name": "Prøve Æblegård", "phone": format!("+45{number}"), "email": format!("proeve{number}@example.dk")})
}

pub(super) fn confirm(hold: &str, contact: &Value) -> Value {
    json!({"hold": hold, "contact": contact, "privacy_version": "contract-test", "language": "da"})
}

/// Reads an answer that should have succeeded.
pub(super) fn good<T: serde::de::DeserializeOwned>(
    raw: &Raw,
    status: u16,
    what: &str,
) -> Result<T, Stop> {
    if raw.status != status {
        return broken(format!(
            "{what} is answered {}, expected {status}",
            reason(raw.status)
        ));
    }
    if !raw.kind.starts_with("application/json") {
        return broken(format!(
            "{what} comes as `{}`, expected application/json",
            raw.kind
        ));
    }
    serde_json::from_str(&raw.text)
        .or_else(|e| broken(format!("{what} does not have the contract's form: {e}")))
}

/// Checks a refusal: status, form, code among those expected.
pub(super) fn no(raw: &Raw, what: &str, expected: &[(u16, Code)]) -> Result<(), Stop> {
    let listed = || {
        let all: Vec<String> = expected
            .iter()
            .map(|(status, code)| format!("{status} {}", word(*code)))
            .collect();
        all.join(" or ")
    };
    if raw.status < 400 {
        return broken(format!(
            "{what} is answered {}, expected {}",
            reason(raw.status),
            listed()
        ));
    }
    if !raw.kind.starts_with("application/problem+json") {
        return broken(format!(
            "{what} is refused as `{}`, expected application/problem+json",
            raw.kind
        ));
    }
    let problem: Problem = serde_json::from_str(&raw.text)
        .or_else(|e| broken(format!("{what} is refused without a problem document: {e}")))?;
    if problem.status != raw.status {
        return broken(format!(
            "{what}: the problem says {}, the status line {}",
            problem.status, raw.status
        ));
    }
    if expected.contains(&(raw.status, problem.code)) {
        Ok(())
    } else {
        broken(format!(
            "{what} is refused with {} {}, expected {}",
            raw.status,
            word(problem.code),
            listed()
        ))
    }
}

fn word(code: Code) -> String {
    let value = serde_json::to_value(code).unwrap_or_default();
    value.as_str().unwrap_or_default().to_owned()
}
