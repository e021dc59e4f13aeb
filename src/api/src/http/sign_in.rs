//! The routes of signing in and out, and of the audit log.

use super::App;
use super::gate::{Network, too_many};
use super::guard::cookie;
use super::problem::refuse;
use super::routes::read;
use crate::auth::{COOKIE, Denied, Opened, Signed, Staff, Step, oidc};
use crate::fault::Fault;
use crate::tenant::Site;
use axum::Json;
use axum::body::Bytes;
use axum::extract::rejection::{BytesRejection, QueryRejection};
use axum::extract::{Extension, Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse as _, Response};
use booking::instant_text;
use protocol::{
    Audit, AuditQuery, Code, EnrolRequest, InvitationRequest, Kommune, Problem, Session, SignIn,
    SignInQuery, SignInWays, SignedIn, SignedOut,
};
use serde::de::DeserializeOwned;
use std::sync::Arc;
use std::time::Instant;

type Body = Result<Bytes, BytesRejection>;

/// Where the console is.
const CONSOLE: &str = "/konsol/";

/// Characters of what somebody reads off an authenticator app, spaces among them.
const CODE_MOST: usize = 20;
const CODE_TOO_LONG: Fault = Fault::No(Code::BadRequest, "code: at most 20 characters");

/// Looked at before the password, so that it says nothing of the account.
fn too_long(code: &str) -> bool {
    code.chars().count() > CODE_MOST
}

/// How one can sign in at a kommune; without one, as the operator.
#[utoipa::path(get, path = "/api/v1/staff/sign-in", tag = "staff", params(SignInQuery),
    responses((status = 200, body = SignInWays), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn ways(
    State(app): State<App>,
    query: Result<Query<SignInQuery>, QueryRejection>,
) -> Response {
    let site = match place_of(&app, query) {
        Ok(site) => site,
        Err(fault) => return fault.into_response(),
    };
    Json(SignInWays {
        kommune: site.as_deref().map(kommune),
        local: site.as_ref().is_none_or(|site| site.local_accounts),
        oidc: site.as_ref().is_some_and(|site| site.oidc.is_some()),
    })
    .into_response()
}

/// Signs in with a local account. Without a second factor yet the answer is what is needed to set one up.
#[utoipa::path(post, path = "/api/v1/staff/sign-in", tag = "staff", request_body = SignIn,
    responses((status = 200, body = SignedIn), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn sign_in(
    State(app): State<App>,
    Extension(network): Extension<Network>,
    former: Option<Extension<Signed>>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let wish: SignIn = match message(&headers, body) {
        Ok(wish) => wish,
        Err(fault) => return fault.into_response(),
    };
    if wish.code.as_deref().is_some_and(too_long) {
        return CODE_TOO_LONG.into_response();
    }
    if let Err(seconds) = app.limits.sign_in(network.0, Instant::now()) {
        return too_many(seconds);
    }
    let Some(site) = app.auth.place(wish.kommune.as_deref()) else {
        return NO_KOMMUNE.into_response();
    };
    let (user, password) = (wish.user.as_str(), wish.password.as_str());
    let step = app
        .auth
        .sign_in(site, user, password, wish.code.as_deref())
        .await;
    match step {
        Ok(Step::In(opened)) => entered(&app, network, former, opened).await,
        Ok(Step::Enrol(enrol)) => {
            app.limits.sign_in_was_right(network.0, Instant::now());
            Json(SignedIn::Enrol { enrol }).into_response()
        }
        Err(denied) => {
            // The password was right: an office that signs in at eight has not guessed.
            if matches!(&denied, Denied::No(Fault::No(Code::CodeNeeded, _))) {
                app.limits.sign_in_was_right(network.0, Instant::now());
            }
            refused(denied)
        }
    }
}

/// Sets up the second factor with the secret that a sign-in answered and a code of the app.
#[utoipa::path(post, path = "/api/v1/staff/enrol", tag = "staff", request_body = EnrolRequest,
    responses((status = 200, body = Session), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn enrol(
    State(app): State<App>,
    Extension(network): Extension<Network>,
    former: Option<Extension<Signed>>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let wish: EnrolRequest = match message(&headers, body) {
        Ok(wish) => wish,
        Err(fault) => return fault.into_response(),
    };
    if too_long(&wish.code) {
        return CODE_TOO_LONG.into_response();
    }
    if let Err(seconds) = app.limits.sign_in(network.0, Instant::now()) {
        return too_many(seconds);
    }
    let Some(site) = app.auth.place(wish.kommune.as_deref()) else {
        return NO_KOMMUNE.into_response();
    };
    let opened = app
        .auth
        .enrol(site, &wish.user, &wish.password, &wish.secret, &wish.code)
        .await;
    match opened {
        Ok(opened) => entered(&app, network, former, opened).await,
        Err(denied) => refused(denied),
    }
}

/// Chooses a password with an invitation; the answer is what is needed to set up the second factor.
#[utoipa::path(post, path = "/api/v1/staff/invitation", tag = "staff", request_body = InvitationRequest,
    responses((status = 200, body = SignedIn), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn invitation(
    State(app): State<App>,
    Extension(network): Extension<Network>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let wish: InvitationRequest = match message(&headers, body) {
        Ok(wish) => wish,
        Err(fault) => return fault.into_response(),
    };
    if let Err(seconds) = app.limits.sign_in(network.0, Instant::now()) {
        return too_many(seconds);
    }
    let Some(site) = app.auth.place(wish.kommune.as_deref()) else {
        return NO_KOMMUNE.into_response();
    };
    let accepted = app
        .auth
        .accept(site, &wish.user, &wish.invitation, &wish.password)
        .await;
    match accepted {
        Ok(enrol) => {
            app.limits.sign_in_was_right(network.0, Instant::now());
            Json(SignedIn::Enrol { enrol }).into_response()
        }
        Err(denied) => refused(denied),
    }
}

/// Goes to the kommune's own login.
#[utoipa::path(get, path = "/api/v1/staff/oidc/start", tag = "staff", params(SignInQuery),
    responses((status = 302), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn oidc_start(
    State(app): State<App>,
    query: Result<Query<SignInQuery>, QueryRejection>,
) -> Response {
    let Ok(Some(site)) = place_of(&app, query) else {
        return NO_KOMMUNE.into_response();
    };
    match app.auth.depart(&site).await {
        Ok(departure) => {
            let seconds = oidc::JOURNEY_MS / 1000;
            let set = format!(
                "{}={}; Path=/; Max-Age={seconds}; Secure; HttpOnly; SameSite=Lax",
                oidc::COOKIE,
                departure.cookie
            );
            let headers = [(header::LOCATION, departure.url), (header::SET_COOKIE, set)];
            (StatusCode::FOUND, headers).into_response()
        }
        Err(fault) => fault.into_response(),
    }
}

/// Where the kommune's login sends people back. A page of our own that goes on by itself: cookies of a session do not come along
/// on a way that begins at another site.
#[utoipa::path(get, path = "/api/v1/staff/oidc/callback", tag = "staff",
    params(("code" = Option<String>, Query, description = "Good once"), ("state" = Option<String>, Query, description = "As it was sent")),
    responses((status = 200, body = String, content_type = "text/html"), (status = "4XX", body = String, content_type = "text/html")))]
pub(super) async fn oidc_callback(
    State(app): State<App>,
    Extension(network): Extension<Network>,
    former: Option<Extension<Signed>>,
    headers: HeaderMap,
    query: Result<Query<oidc::Arrival>, QueryRejection>,
) -> Response {
    if let Err(seconds) = app.limits.sign_in(network.0, Instant::now()) {
        let mut response = page(
            "For mange forsøg",
            &format!("Vent {seconds} sekunder, og prøv igen."),
            false,
        );
        *response.status_mut() = StatusCode::TOO_MANY_REQUESTS;
        response
            .headers_mut()
            .insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        return response;
    }
    let arrival = query.map(|Query(arrival)| arrival).unwrap_or_default();
    let arrived = app
        .auth
        .arrive(&arrival, cookie(&headers, oidc::COOKIE))
        .await;
    let mut response = match arrived {
        Ok(opened) => {
            let set = session_cookie(&opened.cookie);
            leave(&app, former, &opened).await;
            app.limits.sign_in_was_right(network.0, Instant::now());
            let mut response = page(
                "Du er logget ind",
                "Du bliver sendt videre til konsollen.",
                true,
            );
            response.headers_mut().append(header::SET_COOKIE, set);
            response
        }
        Err(fault) => {
            let problem = fault.problem();
            let (title, text) = match problem.code {
                Code::Forbidden => (
                    "Du har ikke adgang",
                    "Din konto har ingen rolle i Lokalsvar. Tal med den, der styrer brugerne i din kommune.",
                ),
                Code::Upstream => (
                    "Kommunens login svarer ikke",
                    "Vent et øjeblik, og prøv igen.",
                ),
                _ => (
                    "Du blev ikke logget ind",
                    "Det tog for lang tid, eller siden er åbnet før. Prøv igen.",
                ),
            };
            let mut response = page(title, text, false);
            *response.status_mut() =
                StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            response
        }
    };
    let gone = format!(
        "{}=; Path=/; Max-Age=0; Secure; HttpOnly; SameSite=Lax",
        oidc::COOKIE
    );
    if let Ok(gone) = HeaderValue::from_str(&gone) {
        response.headers_mut().append(header::SET_COOKIE, gone);
    }
    response
}

/// Who is signed in.
#[utoipa::path(get, path = "/api/v1/staff/session", tag = "staff",
    responses((status = 200, body = Session), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn session(signed: Signed) -> Response {
    Json(session_of(&signed)).into_response()
}

/// Ends the session.
#[utoipa::path(post, path = "/api/v1/staff/sign-out", tag = "staff",
    params(("lokalsvar-csrf" = String, Header, description = "Of the session")),
    responses((status = 200, body = SignedOut), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn sign_out(State(app): State<App>, signed: Signed) -> Response {
    if let Err(e) = app.auth.sign_out(&signed, "signed-out").await {
        return Fault::Store(e).into_response();
    }
    let gone = format!("{COOKIE}=; Path=/; Max-Age=0; Secure; HttpOnly; SameSite=Strict");
    let answer = Json(SignedOut { signed_out: true });
    ([(header::SET_COOKIE, gone)], answer).into_response()
}

/// What was done, by whom, on some days.
#[utoipa::path(get, path = "/api/v1/staff/audit", tag = "staff", params(AuditQuery),
    responses((status = 200, body = Audit), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn audit(
    State(app): State<App>,
    staff: Staff,
    query: Result<Query<AuditQuery>, QueryRejection>,
) -> Response {
    let Ok(Query(query)) = query else {
        return refuse(Code::BadRequest, "query: from, to");
    };
    match app.auth.audit(&staff, &query).await {
        Ok(audit) => Json(audit).into_response(),
        Err(fault) => fault.into_response(),
    }
}

/// Signed in: the cookie, and whatever session was there before is over.
async fn entered(
    app: &App,
    network: Network,
    former: Option<Extension<Signed>>,
    opened: Opened,
) -> Response {
    app.limits.sign_in_was_right(network.0, Instant::now());
    leave(app, former, &opened).await;
    let set = session_cookie(&opened.cookie);
    (
        [(header::SET_COOKIE, set)],
        Json(session_of(&opened.signed)),
    )
        .into_response()
}

async fn leave(app: &App, former: Option<Extension<Signed>>, opened: &Opened) {
    let Some(Extension(former)) = former else {
        return;
    };
    if former.account != opened.signed.account || former.csrf != opened.signed.csrf {
        let left = app.auth.sign_out(&former, "signed-out").await;
        if let Err(e) = left {
            tracing::warn!(error = %e, "a former session could not be ended");
        }
    }
}

fn session_cookie(value: &str) -> HeaderValue {
    let seconds = crate::auth::LASTS_MS / 1000;
    let text =
        format!("{COOKIE}={value}; Path=/; Max-Age={seconds}; Secure; HttpOnly; SameSite=Strict");
    HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static(""))
}

fn session_of(signed: &Signed) -> Session {
    Session {
        name: signed.name.clone(),
        kommune: signed.site.as_deref().map(kommune),
        roles: signed.roles.iter().collect(),
        csrf: signed.csrf.clone(),
        expires_at: instant_text(signed.expires_ms),
    }
}

fn kommune(site: &Site) -> Kommune {
    Kommune {
        slug: site.tenant.slug().to_owned(),
        name: site.admin.name.clone(),
    }
}

fn place_of(
    app: &App,
    query: Result<Query<SignInQuery>, QueryRejection>,
) -> Result<Option<Arc<Site>>, Fault> {
    let Ok(Query(query)) = query else {
        return Err(Fault::No(Code::BadRequest, "query: kommune"));
    };
    app.auth.place(query.kommune.as_deref()).ok_or(NO_KOMMUNE)
}

const NO_KOMMUNE: Fault = Fault::No(Code::NotFound, "there is no such kommune here");

fn refused(denied: Denied) -> Response {
    match denied {
        Denied::Wait(seconds) => too_many(seconds),
        Denied::No(fault) => fault.into_response(),
    }
}

fn message<T: DeserializeOwned>(headers: &HeaderMap, body: Body) -> Result<T, Fault> {
    let body = match body {
        Ok(body) => body,
        Err(e) if e.status() == StatusCode::PAYLOAD_TOO_LARGE => {
            return Err(Fault::No(Code::TooLarge, "the body is too large"));
        }
        Err(_) => return Err(Fault::No(Code::BadRequest, "the body cannot be read")),
    };
    let kind = super::gate::text(headers, header::CONTENT_TYPE.as_str()).unwrap_or_default();
    if !kind.to_ascii_lowercase().starts_with("application/json") {
        return Err(Fault::No(Code::NotJson, "content-type: application/json"));
    }
    read(&body)
}

/// A page without scripts. `onward` goes on to the console by itself.
fn page(title: &str, text: &str, onward: bool) -> Response {
    let refresh = if onward {
        format!("<meta http-equiv=\"refresh\" content=\"0; url={CONSOLE}\">")
    } else {
        String::new()
    };
    let link = if onward {
        "Videre til konsollen"
    } else {
        "Til login"
    };
    Html(format!(
        "<!doctype html><html lang=\"da\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">{refresh}\
         <title>{title}</title><link rel=\"stylesheet\" href=\"/api/style.css\"><main><h1>{title}</h1><p>{text}</p>\
         <p><a href=\"{CONSOLE}\">{link}</a></p></main></html>"
    ))
    .into_response()
}
