//! What stands before every route of the staff: is somebody signed in, may they, and does the request come from our own pages?
//! Who it is goes along as [`Signed`] and [`Staff`].

use super::App;
use super::PATIENCE;
use super::gate::{Network, caller, text, too_many};
use super::problem::refuse;
use crate::auth::access::{self, Access};
use crate::auth::{COOKIE, Signed, Staff, same};
use crate::fault::Fault;
use axum::extract::{FromRequestParts, MatchedPath, Request, State};
use axum::http::Method;
use axum::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use axum::http::request::Parts;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use protocol::{Code, Role};
use std::time::Instant;

/// Lets in who has a session with a role of the route.
pub(super) async fn staff(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let Some(path) = request.extensions().get::<MatchedPath>().cloned() else {
        return refuse(Code::NotFound, "there is no such route; see /api/");
    };
    let Some(access) = access::of(request.method().as_str(), path.as_str()) else {
        let other = access::ROUTES.iter().any(|(_, p, _)| *p == path.as_str());
        return if other {
            super::problem::method_not_allowed().await
        } else {
            refuse(Code::Forbidden, "the route is not in the list of access")
        };
    };
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    // Browsers say where a request comes from; other programs have no cookie that anybody could misuse.
    let from = text(request.headers(), "sec-fetch-site").unwrap_or("none");
    if !reads && !matches!(from, "same-origin" | "none") {
        return refuse(Code::Csrf, "the request comes from another site");
    }
    let ip = caller(&app, &request);
    if let Err(seconds) = app.limits.from_network(ip, Instant::now()) {
        return too_many(seconds);
    }
    let signed = match cookie(request.headers(), COOKIE) {
        Some(cookie) => match app.auth.signed(cookie).await {
            Ok(signed) => signed,
            Err(e) => return Fault::Store(e).into_response(),
        },
        None => None,
    };
    // Who is not signed in is of no kommune: the network's share is all they have, so that no stranger can use up another's.
    if let Some(site) = signed.as_ref().and_then(|signed| signed.site.as_ref())
        && let Err(seconds) =
            app.limits
                .for_kommune("staff", site.tenant.slug(), site.quota, Instant::now())
    {
        return too_many(seconds);
    }
    if let Err(fault) = may(access, signed.as_ref(), reads, request.headers()) {
        return fault.into_response();
    }
    request.extensions_mut().insert(Network(ip));
    if let Some(signed) = signed {
        request.extensions_mut().insert(signed);
    }
    let mut response = match tokio::time::timeout(PATIENCE, next.run(request)).await {
        Ok(response) => response,
        Err(_) => refuse(Code::Timeout, "took too long; try again with the same key"),
    };
    response.headers_mut().insert(
        HeaderName::from_static("cross-origin-resource-policy"),
        HeaderValue::from_static("same-origin"),
    );
    response
}

fn may(
    access: Access,
    signed: Option<&Signed>,
    reads: bool,
    headers: &HeaderMap,
) -> Result<(), Fault> {
    let roles: &[Role] = match access {
        Access::Open => return Ok(()),
        Access::Citizen => return Err(Fault::No(Code::Forbidden, "a route of citizens")),
        Access::Signed => &Role::ALL,
        Access::Roles(roles) => roles,
    };
    let Some(signed) = signed else {
        return Err(NOBODY);
    };
    if !signed.roles.has_any(roles) {
        return Err(Fault::No(Code::Forbidden, "the role for this is missing"));
    }
    let sent = text(headers, protocol::header::CSRF).unwrap_or_default();
    if !reads && !same(sent, &signed.csrf) {
        return Err(Fault::No(
            Code::Csrf,
            "lokalsvar-csrf: the value of GET /api/v1/staff/session",
        ));
    }
    Ok(())
}

const NOBODY: Fault = Fault::No(Code::SignedOut, "sign in first");

fn nobody() -> Response {
    NOBODY.into_response()
}

/// The value of a cookie.
pub(super) fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let all = headers.get_all(header::COOKIE).iter();
    all.filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(n, _)| *n == name)
        .map(|(_, value)| value)
}

impl<S: Sync> FromRequestParts<S> for Staff {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Response> {
        let signed = parts.extensions.get::<Signed>().ok_or_else(nobody)?;
        signed
            .staff()
            .ok_or_else(|| refuse(Code::Forbidden, "only for those of a kommune"))
    }
}

impl<S: Sync> FromRequestParts<S> for Signed {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Response> {
        parts.extensions.get::<Signed>().cloned().ok_or_else(nobody)
    }
}
