//! The booking routes. Each reads its message, hands it to the desk, and writes the answer.

use super::App;
use super::gate::{Network, text, too_many};
use super::problem::refuse;
use crate::desk::holds::browser;
use crate::desk::{Post, Wish};
use crate::fault::Fault;
use crate::secret;
use crate::tenant::Site;
use axum::Json;
use axum::body::Bytes;
use axum::extract::rejection::{BytesRejection, QueryRejection};
use axum::extract::{Extension, Query, State};
use axum::http::header::{self, HeaderName};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use protocol::{
    BookingRequest, Code, CodeRequest, CodeSent, Erased, Export, Hold, HoldRequest, MoveRequest,
    Problem, Receipt, Released, Services, Slots, SlotsQuery, header as name,
};
use serde::de::DeserializeOwned;
use std::sync::Arc;
use std::time::Instant;

pub(super) type Here = Extension<Arc<Site>>;
pub(super) type Body = Result<Bytes, BytesRejection>;

/// What can be booked, what is asked for, and the privacy text.
#[utoipa::path(get, path = "/api/v1/booking/services", tag = "before",
    params(("lokalsvar-site" = String, Header, description = "Site key")),
    responses((status = 200, body = Services), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn services(State(app): State<App>, Extension(site): Here) -> Response {
    Json(app.desk.services(&site).await).into_response()
}

/// Free times.
#[utoipa::path(get, path = "/api/v1/booking/slots", tag = "before",
    params(SlotsQuery, ("lokalsvar-site" = String, Header, description = "Site key")),
    responses((status = 200, body = Slots), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn slots(
    State(app): State<App>,
    Extension(site): Here,
    query: Result<Query<SlotsQuery>, QueryRejection>,
) -> Response {
    let Ok(Query(query)) = query else {
        return refuse(
            Code::BadRequest,
            "query: service, from, and location, days, persons where wanted",
        );
    };
    match app.desk.slots(&site, &query).await {
        Ok(slots) => Json(slots).into_response(),
        Err(fault) => fault.into_response(),
    }
}

/// Keeps a time for five minutes. With the secret of a former hold, that one is given back in the same moment.
#[utoipa::path(post, path = "/api/v1/booking/holds", tag = "hold", request_body = HoldRequest,
    params(("lokalsvar-site" = String, Header, description = "Site key"), ("idempotency-key" = String, Header, pattern = "^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$", description = "A UUID, the same for every retry"),
        ("lokalsvar-holder" = Option<String>, Header, description = "Secret of a hold to give back")),
    responses((status = 201, body = Hold), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn hold(
    State(app): State<App>,
    Extension(site): Here,
    Extension(network): Extension<Network>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    if let Err(seconds) = app
        .limits
        .hold(network.0, site.tenant.slug(), Instant::now())
    {
        return too_many(seconds);
    }
    let secret = text(&headers, name::HOLDER).unwrap_or_default().to_owned();
    let said = |name: HeaderName| text(&headers, name.as_str()).unwrap_or_default();
    let browser = browser(
        network.0,
        said(header::USER_AGENT),
        said(header::ACCEPT_LANGUAGE),
    );
    let sent = Sent {
        headers: &headers,
        body,
        route: "hold",
        secret: Some(secret),
        browser,
    };
    meet(&app, site, sent, |b| read(b).map(Wish::Hold)).await
}

/// Five more minutes from now.
#[utoipa::path(post, path = "/api/v1/booking/holds/extend", tag = "hold",
    params(("lokalsvar-site" = String, Header, description = "Site key"), ("idempotency-key" = String, Header, pattern = "^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$", description = "A UUID, the same for every retry"),
        ("lokalsvar-holder" = String, Header, description = "Secret of the hold")),
    responses((status = 200, body = Hold), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn extend(
    State(app): State<App>,
    Extension(site): Here,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let secret = owned(&headers, name::HOLDER);
    post(&app, site, &headers, body, "extend", secret, |b| {
        empty(b, Wish::Extend)
    })
    .await
}

/// Gives a hold back.
#[utoipa::path(post, path = "/api/v1/booking/holds/release", tag = "hold",
    params(("lokalsvar-site" = String, Header, description = "Site key"), ("idempotency-key" = String, Header, pattern = "^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$", description = "A UUID, the same for every retry"),
        ("lokalsvar-holder" = String, Header, description = "Secret of the hold")),
    responses((status = 200, body = Released), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn release(
    State(app): State<App>,
    Extension(site): Here,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let secret = owned(&headers, name::HOLDER);
    post(&app, site, &headers, body, "release", secret, |b| {
        empty(b, Wish::Release)
    })
    .await
}

/// Sends a code to the contact, where the service needs one.
#[utoipa::path(post, path = "/api/v1/booking/codes", tag = "hold", request_body = CodeRequest,
    params(("lokalsvar-site" = String, Header, description = "Site key"), ("idempotency-key" = String, Header, pattern = "^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$", description = "A UUID, the same for every retry"),
        ("lokalsvar-holder" = String, Header, description = "Secret of the hold")),
    responses((status = 200, body = CodeSent), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn code(
    State(app): State<App>,
    Extension(site): Here,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let secret = owned(&headers, name::HOLDER);
    post(&app, site, &headers, body, "code", secret, |b| {
        read(b).map(Wish::Code)
    })
    .await
}

/// Makes a booking of a hold. When the answer is there, it lasts.
#[utoipa::path(post, path = "/api/v1/booking/bookings", tag = "booking", request_body = BookingRequest,
    params(("lokalsvar-site" = String, Header, description = "Site key"), ("idempotency-key" = String, Header, pattern = "^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$", description = "A UUID, the same for every retry"),
        ("lokalsvar-holder" = String, Header, description = "Secret of the hold")),
    responses((status = 201, body = Receipt), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn book(
    State(app): State<App>,
    Extension(site): Here,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let secret = owned(&headers, name::HOLDER);
    post(&app, site, &headers, body, "book", secret, |b| {
        read(b).map(Wish::Book)
    })
    .await
}

/// A booking.
#[utoipa::path(get, path = "/api/v1/booking/booking", tag = "booking",
    params(("lokalsvar-site" = String, Header, description = "Site key"), ("lokalsvar-booking" = String, Header, description = "Secret of the booking")),
    responses((status = 200, body = Receipt), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn booking(
    State(app): State<App>,
    Extension(site): Here,
    headers: HeaderMap,
) -> Response {
    let Some(secret) = text(&headers, name::BOOKING) else {
        return no_secret();
    };
    match app.desk.show(&site, secret).await {
        Ok(receipt) => Json(receipt).into_response(),
        Err(fault) => fault.into_response(),
    }
}

/// Another time for the same booking.
#[utoipa::path(post, path = "/api/v1/booking/booking/move", tag = "booking", request_body = MoveRequest,
    params(("lokalsvar-site" = String, Header, description = "Site key"), ("idempotency-key" = String, Header, pattern = "^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$", description = "A UUID, the same for every retry"),
        ("lokalsvar-booking" = String, Header, description = "Secret of the booking")),
    responses((status = 200, body = Receipt), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn shift(
    State(app): State<App>,
    Extension(site): Here,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let secret = owned(&headers, name::BOOKING);
    post(&app, site, &headers, body, "move", secret, |b| {
        read(b).map(Wish::Move)
    })
    .await
}

/// Calls a booking off.
#[utoipa::path(post, path = "/api/v1/booking/booking/cancel", tag = "booking",
    params(("lokalsvar-site" = String, Header, description = "Site key"), ("idempotency-key" = String, Header, pattern = "^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$", description = "A UUID, the same for every retry"),
        ("lokalsvar-booking" = String, Header, description = "Secret of the booking")),
    responses((status = 200, body = Receipt), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn cancel(
    State(app): State<App>,
    Extension(site): Here,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let secret = owned(&headers, name::BOOKING);
    post(&app, site, &headers, body, "cancel", secret, |b| {
        empty(b, Wish::Cancel)
    })
    .await
}

/// A booking's calendar file.
#[utoipa::path(get, path = "/api/v1/booking/booking/ics", tag = "booking",
    params(("lokalsvar-site" = String, Header, description = "Site key"), ("lokalsvar-booking" = String, Header, description = "Secret of the booking")),
    responses((status = 200, body = String, content_type = "text/calendar"), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn calendar(
    State(app): State<App>,
    Extension(site): Here,
    headers: HeaderMap,
) -> Response {
    let Some(secret) = text(&headers, name::BOOKING) else {
        return no_secret();
    };
    match app.desk.calendar(&site, secret).await {
        Ok(text) => (
            [(header::CONTENT_TYPE, "text/calendar; charset=utf-8")],
            text,
        )
            .into_response(),
        Err(fault) => fault.into_response(),
    }
}

/// Forgets who comes. A visit that has not been is called off.
#[utoipa::path(post, path = "/api/v1/booking/booking/erase", tag = "data",
    params(("lokalsvar-site" = String, Header, description = "Site key"), ("idempotency-key" = String, Header, pattern = "^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$", description = "A UUID, the same for every retry"),
        ("lokalsvar-booking" = String, Header, description = "Secret of the booking")),
    responses((status = 200, body = Erased), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn erase(
    State(app): State<App>,
    Extension(site): Here,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let secret = owned(&headers, name::BOOKING);
    post(&app, site, &headers, body, "erase", secret, |b| {
        empty(b, Wish::Erase)
    })
    .await
}

/// Everything that is stored about a booking.
#[utoipa::path(get, path = "/api/v1/booking/booking/export", tag = "data",
    params(("lokalsvar-site" = String, Header, description = "Site key"), ("lokalsvar-booking" = String, Header, description = "Secret of the booking")),
    responses((status = 200, body = Export), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn export(
    State(app): State<App>,
    Extension(site): Here,
    headers: HeaderMap,
) -> Response {
    let Some(secret) = text(&headers, name::BOOKING) else {
        return no_secret();
    };
    match app.desk.export(&site, secret).await {
        Ok(export) => Json(export).into_response(),
        Err(fault) => fault.into_response(),
    }
}

pub(super) fn owned(headers: &HeaderMap, name: &str) -> Option<String> {
    text(headers, name).map(str::to_owned)
}

pub(super) fn no_secret() -> Response {
    refuse(Code::NoSecret, "the header with the secret is missing")
}

pub(super) async fn post(
    app: &App,
    site: Arc<Site>,
    headers: &HeaderMap,
    body: Body,
    route: &str,
    secret: Option<String>,
    wish: impl FnOnce(&[u8]) -> Result<Wish, Fault>,
) -> Response {
    let sent = Sent {
        headers,
        body,
        route,
        secret,
        browser: String::new(),
    };
    meet(app, site, sent, wish).await
}

/// What came with a POST.
pub(super) struct Sent<'a> {
    pub(super) headers: &'a HeaderMap,
    pub(super) body: Body,
    /// Tells the same body to two routes apart.
    pub(super) route: &'a str,
    /// Of a hold or a booking; the id of an account. `None` when it is missing.
    pub(super) secret: Option<String>,
    /// As in [`Post`].
    pub(super) browser: String,
}

/// Meets a wish. In a task of its own: who hangs up does not leave half a transaction.
pub(super) async fn meet(
    app: &App,
    site: Arc<Site>,
    sent: Sent<'_>,
    wish: impl FnOnce(&[u8]) -> Result<Wish, Fault>,
) -> Response {
    let Sent {
        headers,
        body,
        route,
        secret,
        browser,
    } = sent;
    let body = match body {
        Ok(body) => body,
        Err(e) if e.status() == StatusCode::PAYLOAD_TOO_LARGE => {
            return refuse(Code::TooLarge, "the body is too large");
        }
        Err(_) => return refuse(Code::BadRequest, "the body cannot be read"),
    };
    let Some(key) = text(headers, name::IDEMPOTENCY_KEY).filter(|key| is_uuid(key)) else {
        return refuse(
            Code::NoIdempotencyKey,
            "Idempotency-Key: a UUID, the same for every retry",
        );
    };
    let Some(secret) = secret else {
        return no_secret();
    };
    let kind = text(headers, header::CONTENT_TYPE.as_str()).unwrap_or_default();
    if !body.is_empty() && !kind.to_ascii_lowercase().starts_with("application/json") {
        return refuse(Code::NotJson, "content-type: application/json");
    }
    let wish = match wish(&body) {
        Ok(wish) => wish,
        Err(fault) => return fault.into_response(),
    };
    let key = key.to_ascii_lowercase();
    let fingerprint = secret::keyed(
        key.as_bytes(),
        &[route.as_bytes(), secret.as_bytes(), &body],
    );
    let post = Post {
        key,
        secret,
        browser,
        fingerprint,
        wish,
    };
    let desk = app.desk.clone();
    let done = tokio::spawn(async move { desk.post(&site, &post).await }).await;
    match done {
        Ok(Ok(answer)) => {
            let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::OK);
            (status, Json(answer.body)).into_response()
        }
        Ok(Err(fault)) => fault.into_response(),
        Err(_) => Fault::No(
            Code::Internal,
            "a mistake of the server; try again with the same key",
        )
        .into_response(),
    }
}

/// 8-4-4-4-12 hex digits.
pub(crate) fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

pub(super) fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Fault> {
    serde_json::from_slice(body).map_err(|e| {
        if e.is_data() {
            // Says which kind of mistake, never what was sent.
            Fault::No(
                Code::Invalid,
                "a field is missing, unknown or of another kind; see /api/",
            )
        } else {
            Fault::No(Code::BadRequest, "the body is no JSON")
        }
    })
}

/// Routes without a message take nothing, or an empty object.
pub(super) fn empty(body: &[u8], wish: Wish) -> Result<Wish, Fault> {
    let text = body.trim_ascii();
    if text.is_empty() || text == b"{}" {
        Ok(wish)
    } else {
        Err(Fault::No(Code::Invalid, "the body is empty here"))
    }
}
