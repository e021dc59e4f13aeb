//! What stands before every route: who may come in, how often, and which headers go out.

use super::problem::refuse;
use super::{App, PATIENCE};
use axum::extract::{ConnectInfo, MatchedPath, Request, State};
use axum::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use protocol::{Code, path};
use std::net::{IpAddr, SocketAddr};
use std::time::Instant;

/// Headers of every answer.
const ALWAYS: [(&str, &str); 7] = [
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("cache-control", "no-store"),
    (
        "content-security-policy",
        "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    ),
    ("cross-origin-resource-policy", "cross-origin"),
    (
        "permissions-policy",
        "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    ),
    ("strict-transport-security", "max-age=31536000"),
];

/// Routes that wait for news when asked to.
const WAITS: [&str; 4] = [
    path::LOG,
    path::EVENTS,
    path::STAFF_QUEUE,
    path::STAFF_CONVERSATION,
];

/// The network that asked; in memory for the length of the request only.
#[derive(Clone, Copy)]
pub(super) struct Network(pub(super) Option<IpAddr>);

/// Headers, CORS, figures and the log of every answer.
pub(super) async fn headers(State(app): State<App>, request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let method = request.method().clone();
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or_else(|| "none".to_owned(), |path| path.as_str().to_owned());
    let origin = request.headers().get(header::ORIGIN).cloned();
    let known = origin
        .as_ref()
        .and_then(|o| o.to_str().ok())
        .is_some_and(|o| app.desk.sites.knows_origin(o));
    let mut response = if method == Method::OPTIONS {
        preflight(known)
    } else {
        next.run(request).await
    };
    let status = response.status().as_u16().to_string();
    let headers = response.headers_mut();
    for (name, value) in ALWAYS {
        headers
            .entry(HeaderName::from_static(name))
            .or_insert(HeaderValue::from_static(value));
    }
    headers.append(header::VARY, HeaderValue::from_static("Origin"));
    if let (true, Some(origin)) = (known, origin) {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        let exposed = HeaderValue::from_static("retry-after");
        headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, exposed);
    }
    // A method can be any word that was sent; only known ones become a label.
    let method = match method.as_str() {
        name @ ("GET" | "HEAD" | "POST" | "OPTIONS" | "PUT" | "DELETE" | "PATCH") => name,
        _ => "other",
    };
    let seconds = begun.elapsed();
    app.metrics
        .requests
        .with_label_values(&[route.as_str(), method, &status])
        .inc();
    // Who waits for news is answered late on purpose.
    if !WAITS.contains(&route.as_str()) {
        app.metrics.seconds.observe(seconds.as_secs_f64());
    }
    tracing::info!(
        route,
        method,
        status,
        ms = seconds.as_millis() as u64,
        "answered"
    );
    response
}

/// CORS: exact origins, no credentials. The site key is not known yet; [`site`] looks at both together.
fn preflight(known: bool) -> Response {
    if !known {
        return StatusCode::NO_CONTENT.into_response();
    }
    let allow = [
        ("access-control-allow-methods", "GET, POST"),
        (
            "access-control-allow-headers",
            "content-type, idempotency-key, lokalsvar-site, lokalsvar-holder, lokalsvar-booking, lokalsvar-conversation, last-event-id",
        ),
        ("access-control-max-age", "600"),
    ];
    (StatusCode::NO_CONTENT, allow).into_response()
}

/// Lets in who has a site key of a kommune and comes from its pages, not too often, and not for too long.
pub(super) async fn site(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let headers = request.headers();
    let key = text(headers, protocol::header::SITE).unwrap_or_default();
    let origin = match headers.get(header::ORIGIN) {
        Some(value) => match value.to_str() {
            Ok(origin) => Some(origin),
            Err(_) => return unknown(),
        },
        None => None,
    };
    let Some(site) = app.desk.sites.enter(key, origin) else {
        return unknown();
    };
    let ip = caller(&app, &request);
    if let Err(seconds) = app
        .limits
        .request(ip, site.tenant.slug(), site.quota, Instant::now())
    {
        return too_many(seconds);
    }
    request.extensions_mut().insert(site);
    request.extensions_mut().insert(Network(ip));
    match tokio::time::timeout(PATIENCE, next.run(request)).await {
        Ok(response) => response,
        Err(_) => refuse(Code::Timeout, "took too long; try again with the same key"),
    }
}

fn unknown() -> Response {
    refuse(
        Code::UnknownSite,
        "no such site key, or not from this origin",
    )
}

/// 429 with the time to wait.
pub(super) fn too_many(seconds: u64) -> Response {
    let mut response = refuse(Code::TooManyRequests, "too many requests; wait");
    response
        .headers_mut()
        .insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    response
}

/// A header as text.
pub(super) fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

/// The last address of `X-Forwarded-For` is the one that the proxy itself has seen.
pub(super) fn caller(app: &App, request: &Request) -> Option<IpAddr> {
    if app.behind_proxy {
        let named = text(request.headers(), "x-forwarded-for")?;
        return named.rsplit(',').next()?.trim().parse().ok();
    }
    let info = request.extensions().get::<ConnectInfo<SocketAddr>>()?;
    Some(info.0.ip())
}
