//! Calls another booking system, one function per route of the contract. The OpenAPI document is made from these functions.
//!
//! Whatever happens is one of four: an answer that keeps the contract, a refusal (nothing was changed), nothing was sent, or it
//! is not known. Only the first is ever told to a citizen as done.
#![expect(
    clippy::missing_errors_doc,
    reason = "what stands at a function is the document's text; `Trouble` tells how each of them fails"
)]

use super::contract::{
    Confirm, Data, Held, Offer, Outcome, Settled, Visit, held_faults, offer_faults, slots_faults,
    visit_faults,
};
use protocol::{
    Code, Erased, HoldRequest, MoveRequest, Problem, Released, Slots, SlotsQuery, header,
};
use reqwest::{Method, StatusCode, header as http};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::time::Duration;

/// Longest answer that is read, bytes.
const ANSWER_MOST: usize = 1 << 20;
/// Until there is a connection.
const CONNECT: Duration = Duration::from_secs(2);
/// Until the whole answer is there.
pub const PATIENCE: Duration = Duration::from_secs(9);

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    /// The other system refuses; nothing was changed.
    #[error("refused: {0:?}")]
    Refused(Code),
    /// Nothing was sent, or it was turned away at the door; nothing was changed.
    #[error("not sent: {0}")]
    NotSent(&'static str),
    /// It may have been done or not.
    #[error("unknown: {0}")]
    Unknown(&'static str),
}

/// One other system.
#[derive(Clone)]
pub struct Line {
    client: reqwest::Client,
    /// Where the contract's paths begin, without `/` at the end.
    url: String,
    token: String,
}

/// An answer as it came, for the contract test.
#[derive(Clone, Debug)]
pub struct Raw {
    /// HTTP status.
    pub status: u16,
    /// `Content-Type`, or empty.
    pub kind: String,
    /// The body as text.
    pub text: String,
}

/// A client for all systems.
///
/// # Errors
/// There is no TLS on this machine.
pub fn client(patience: Duration) -> Result<reqwest::Client, String> {
    reqwest::Client::builder()
        .connect_timeout(CONNECT)
        .timeout(patience)
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .map_err(|e| e.to_string())
}

impl Line {
    /// A system at an address, with its token.
    pub fn new(client: reqwest::Client, url: &str, token: &str) -> Line {
        Line {
            client,
            url: url.trim_end_matches('/').to_owned(),
            token: token.to_owned(),
        }
    }

    /// Where the contract's paths begin.
    pub fn address(&self) -> &str {
        &self.url
    }

    /// The same system with another token.
    #[must_use]
    pub fn with_token(&self, token: &str) -> Line {
        Line {
            token: token.to_owned(),
            ..self.clone()
        }
    }

    /// Sends anything; for the contract test.
    ///
    /// # Errors
    /// No answer came.
    pub async fn raw(
        &self,
        method: Method,
        path: &str,
        key: Option<&str>,
        body: Option<Vec<u8>>,
    ) -> Result<Raw, Trouble> {
        let mut request = self.client.request(method, format!("{}{path}", self.url));
        if !self.token.is_empty() {
            request = request.bearer_auth(&self.token);
        }
        if let Some(key) = key {
            request = request.header(header::IDEMPOTENCY_KEY, key);
        }
        if let Some(body) = body {
            request = request
                .header(http::CONTENT_TYPE, "application/json")
                .body(body);
        }
        let mut response = request.send().await.map_err(|e| {
            if e.is_connect() {
                Trouble::NotSent("no connection")
            } else if e.is_builder() {
                Trouble::NotSent("no address")
            } else if e.is_timeout() {
                Trouble::Unknown("no answer in time")
            } else {
                Trouble::Unknown("the line broke")
            }
        })?;
        let status = response.status().as_u16();
        let kind = response.headers().get(http::CONTENT_TYPE);
        let kind = kind
            .and_then(|k| k.to_str().ok())
            .unwrap_or_default()
            .to_ascii_lowercase();
        let mut bytes = Vec::new();
        while let Some(part) = response
            .chunk()
            .await
            .map_err(|_| Trouble::Unknown("the answer broke off"))?
        {
            if bytes.len() + part.len() > ANSWER_MOST {
                return Err(Trouble::Unknown("the answer is too large"));
            }
            bytes.extend_from_slice(&part);
        }
        let text =
            String::from_utf8(bytes).map_err(|_| Trouble::Unknown("the answer is no text"))?;
        Ok(Raw { status, kind, text })
    }

    pub(crate) async fn text(
        &self,
        method: Method,
        path: &str,
        key: Option<&str>,
        body: Option<Vec<u8>>,
    ) -> Result<Raw, Trouble> {
        let raw = self.raw(method, path, key, body).await?;
        match raw.status {
            200..=299 => Ok(raw),
            400..=499 => Err(refusal(&raw)),
            // A redirect is not followed: the token is for this address.
            300..=399 => Err(Trouble::NotSent("it leads elsewhere")),
            _ => Err(Trouble::Unknown("the other system failed")),
        }
    }

    async fn json<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        key: Option<&str>,
        body: Option<Vec<u8>>,
        faults: impl Fn(&T) -> Vec<String>,
    ) -> Result<T, Trouble> {
        let raw = self.text(method, path, key, body).await?;
        let answer = serde_json::from_str(&raw.text)
            .map_err(|_| Trouble::Unknown("the answer is none of the contract"))?;
        if faults(&answer).is_empty() {
            Ok(answer)
        } else {
            Err(Trouble::Unknown("the answer breaks the contract"))
        }
    }
}

/// A refusal's code. Which system is at fault is not the citizen's business: a wrong token, for example, is told as "not sent".
fn refusal(raw: &Raw) -> Trouble {
    let code = serde_json::from_str::<Problem>(&raw.text).map_or(Code::Other, |p| p.code);
    match (raw.status, code) {
        (401 | 403 | 407, _) => Trouble::NotSent("the token is refused"),
        (408, _) | (_, Code::InProgress) => Trouble::Unknown("it is being worked on"),
        (429, _) => Trouble::Refused(Code::TooManyRequests),
        (
            _,
            Code::SlotTaken
            | Code::WrongState
            | Code::HoldExpired
            | Code::NotFound
            | Code::NotASlot
            | Code::Invalid
            | Code::TooManyBookings,
        ) => Trouble::Refused(code),
        (404 | 410, _) => Trouble::Refused(Code::NotFound),
        (409, _) => Trouble::Refused(Code::WrongState),
        _ => Trouble::NotSent("the request is refused as wrong"),
    }
}

fn bytes(message: &impl Serialize) -> Option<Vec<u8>> {
    serde_json::to_vec(message).ok()
}

fn nothing<T>(_: &T) -> Vec<String> {
    Vec::new()
}

/// Where a service is given and how long a visit takes.
#[utoipa::path(get, path = "/services/{service}", tag = "before",
    params(("service" = String, Path, description = "Id of the service, as in booking.toml")),
    responses((status = 200, body = Offer), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn offer(line: &Line, service: &str) -> Result<Offer, Trouble> {
    let path = format!("/services/{service}");
    line.json(Method::GET, &path, None, None, offer_faults)
        .await
}

/// Free times, the earliest first. `from` in the past stands for today.
#[utoipa::path(get, path = "/slots", tag = "before", params(SlotsQuery),
    responses((status = 200, body = Slots), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn slots(line: &Line, query: &SlotsQuery) -> Result<Slots, Trouble> {
    line.json(Method::GET, &slots_path(query), None, None, slots_faults)
        .await
}

/// The address of free times. Ids and days need no escape; whoever calls has checked them.
pub(crate) fn slots_path(query: &SlotsQuery) -> String {
    let mut path = format!("/slots?service={}&from={}", query.service, query.from);
    for (name, value) in [
        ("location", query.location.clone()),
        ("days", query.days.map(|n| n.to_string())),
        ("persons", query.persons.map(|n| n.to_string())),
    ] {
        if let Some(value) = value {
            path.push_str(&format!("&{name}={value}"));
        }
    }
    path
}

/// Keeps a time. Of any number of such wishes at once no more succeed than the time has places.
#[utoipa::path(post, path = "/holds", tag = "hold", request_body = HoldRequest,
    params(("idempotency-key" = String, Header, pattern = "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$", description = "A UUID per wish, the same for every retry")),
    responses((status = 201, body = Held), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn hold(line: &Line, key: &str, wish: &HoldRequest) -> Result<Held, Trouble> {
    line.json(Method::POST, "/holds", Some(key), bytes(wish), held_faults)
        .await
}

/// More time for a hold.
#[utoipa::path(post, path = "/holds/{hold}/extend", tag = "hold",
    params(("hold" = String, Path, description = "Name of the hold"), ("idempotency-key" = String, Header, pattern = "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$", description = "A UUID per wish, the same for every retry")),
    responses((status = 200, body = Held), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn extend(line: &Line, key: &str, hold: &str) -> Result<Held, Trouble> {
    let path = format!("/holds/{hold}/extend");
    line.json(Method::POST, &path, Some(key), None, held_faults)
        .await
}

/// Gives a hold back. One that is gone already is released too.
#[utoipa::path(post, path = "/holds/{hold}/release", tag = "hold",
    params(("hold" = String, Path, description = "Name of the hold"), ("idempotency-key" = String, Header, pattern = "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$", description = "A UUID per wish, the same for every retry")),
    responses((status = 200, body = Released), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn release(line: &Line, key: &str, hold: &str) -> Result<Released, Trouble> {
    let path = format!("/holds/{hold}/release");
    line.json(Method::POST, &path, Some(key), None, nothing)
        .await
}

/// A hold becomes a booking. The answer comes when it lasts, not before.
#[utoipa::path(post, path = "/bookings", tag = "booking", request_body = Confirm,
    params(("idempotency-key" = String, Header, pattern = "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$", description = "A UUID per wish, the same for every retry")),
    responses((status = 201, body = Visit), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn book(line: &Line, key: &str, wish: &Confirm) -> Result<Visit, Trouble> {
    let confirmed = |visit: &Visit| {
        let mut wrong = visit_faults(visit);
        if visit.state != protocol::State::Confirmed {
            wrong.push("state is not confirmed".into());
        }
        wrong
    };
    line.json(Method::POST, "/bookings", Some(key), bytes(wish), confirmed)
        .await
}

/// A booking.
#[utoipa::path(get, path = "/bookings/{booking}", tag = "booking",
    params(("booking" = String, Path, description = "Name of the booking")),
    responses((status = 200, body = Visit), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn show(line: &Line, booking: &str) -> Result<Visit, Trouble> {
    let path = format!("/bookings/{booking}");
    line.json(Method::GET, &path, None, None, visit_faults)
        .await
}

/// Another time for the same booking. The former time is free as soon as the new one is taken; when that fails, nothing changes.
#[utoipa::path(post, path = "/bookings/{booking}/move", tag = "booking", request_body = MoveRequest,
    params(("booking" = String, Path, description = "Name of the booking"), ("idempotency-key" = String, Header, pattern = "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$", description = "A UUID per wish, the same for every retry")),
    responses((status = 200, body = Visit), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn shift(
    line: &Line,
    key: &str,
    booking: &str,
    wish: &MoveRequest,
) -> Result<Visit, Trouble> {
    let path = format!("/bookings/{booking}/move");
    line.json(Method::POST, &path, Some(key), bytes(wish), visit_faults)
        .await
}

/// Calls a booking off; its time is free at once.
#[utoipa::path(post, path = "/bookings/{booking}/cancel", tag = "booking",
    params(("booking" = String, Path, description = "Name of the booking"), ("idempotency-key" = String, Header, pattern = "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$", description = "A UUID per wish, the same for every retry")),
    responses((status = 200, body = Visit), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn cancel(line: &Line, key: &str, booking: &str) -> Result<Visit, Trouble> {
    let off = |visit: &Visit| {
        let mut wrong = visit_faults(visit);
        if visit.state != protocol::State::Cancelled {
            wrong.push("state is not cancelled".into());
        }
        wrong
    };
    let path = format!("/bookings/{booking}/cancel");
    line.json(Method::POST, &path, Some(key), None, off).await
}

/// A booking's calendar file.
#[utoipa::path(get, path = "/bookings/{booking}/calendar", tag = "booking",
    params(("booking" = String, Path, description = "Name of the booking")),
    responses((status = 200, body = String, content_type = "text/calendar"), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn calendar(line: &Line, booking: &str) -> Result<String, Trouble> {
    let path = format!("/bookings/{booking}/calendar");
    let raw = line.text(Method::GET, &path, None, None).await?;
    if raw.kind.starts_with("text/calendar") && raw.text.trim_start().starts_with("BEGIN:VCALENDAR")
    {
        Ok(raw.text)
    } else {
        Err(Trouble::Unknown("no calendar file"))
    }
}

/// Everything that is stored about a booking.
#[utoipa::path(get, path = "/bookings/{booking}/data", tag = "data",
    params(("booking" = String, Path, description = "Name of the booking")),
    responses((status = 200, body = Data), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn data(line: &Line, booking: &str) -> Result<Data, Trouble> {
    let path = format!("/bookings/{booking}/data");
    line.json(Method::GET, &path, None, None, |data: &Data| {
        visit_faults(&data.visit)
    })
    .await
}

/// Forgets who comes. A visit that has not been is called off. Afterwards the booking is not found.
#[utoipa::path(post, path = "/bookings/{booking}/erase", tag = "data",
    params(("booking" = String, Path, description = "Name of the booking"), ("idempotency-key" = String, Header, pattern = "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$", description = "A UUID per wish, the same for every retry")),
    responses((status = 200, body = Erased), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn erase(line: &Line, key: &str, booking: &str) -> Result<Erased, Trouble> {
    let path = format!("/bookings/{booking}/erase");
    line.json(Method::POST, &path, Some(key), None, nothing)
        .await
}

/// What became of a wish whose answer got lost. Afterwards it is settled for good: a wish that was not met never will be.
#[utoipa::path(post, path = "/wishes/{key}/settle", tag = "unknown",
    params(("key" = String, Path, description = "The idempotency key of the wish")),
    responses((status = 200, body = Settled), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn settle(line: &Line, key: &str) -> Result<Settled, Trouble> {
    let path = format!("/wishes/{key}/settle");
    let whole = |settled: &Settled| {
        let fits = (settled.outcome == Outcome::Done) == settled.answer.is_some();
        if fits {
            Vec::new()
        } else {
            vec!["answer is there exactly when outcome is done".into()]
        }
    };
    line.json(Method::POST, &path, None, None, whole).await
}

/// What a wish was answered, read again from [`Settled::answer`].
pub(crate) fn read<T: DeserializeOwned>(
    answer: Value,
    faults: impl Fn(&T) -> Vec<String>,
) -> Option<T> {
    let answer = serde_json::from_value(answer).ok()?;
    faults(&answer).is_empty().then_some(answer)
}

/// The document's head.
#[derive(utoipa::OpenApi)]
#[openapi(
    info(title = "Lokalsvar: booking adapter", version = "1", description = "What a booking system answers so that citizens can book its times in the chat. Every request has `Authorization: Bearer TOKEN`. Every POST but settle has an `idempotency-key`: the same key with the same body gets the same answer and changes nothing; with another body it is refused (422, `key-reused`). A 4xx means that nothing was changed; what a 5xx or a lost answer means is asked with settle. Errors are application/problem+json and repeat nothing that was sent. docs/booking-adapter.md tells more.", license(name = "MPL-2.0", identifier = "MPL-2.0")),
    tags((name = "before", description = "Places and free times"), (name = "hold", description = "Keeping a time"), (name = "booking", description = "Bookings"),
        (name = "data", description = "Rights of the person"), (name = "unknown", description = "When an answer got lost")),
    paths(offer, slots, hold, extend, release, book, show, shift, cancel, calendar, data, erase, settle),
    modifiers(&Bearer),
    security(("token" = []))
)]
struct Document;

struct Bearer;

impl utoipa::Modify for Bearer {
    fn modify(&self, openapi: &mut utoipa::openapi::OpenApi) {
        use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
        let scheme = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build();
        let components = openapi.components.get_or_insert_default();
        components.add_security_scheme("token", SecurityScheme::Http(scheme));
    }
}

/// The contract as an OpenAPI document.
pub fn openapi() -> utoipa::openapi::OpenApi {
    <Document as utoipa::OpenApi>::openapi()
}

/// Whether an answer of this status means that the other system works.
pub(crate) fn is_sound<T>(told: &Result<T, Trouble>) -> bool {
    !matches!(
        told,
        Err(Trouble::Unknown(_) | Trouble::NotSent("no connection"))
    )
}

/// For messages of the contract test.
pub(crate) fn reason(status: u16) -> String {
    let name = StatusCode::from_u16(status)
        .ok()
        .and_then(|s| s.canonical_reason());
    format!("{status} {}", name.unwrap_or_default())
        .trim_end()
        .to_owned()
}
