//! HTTP: routes, and what stands before and behind each of them.

mod docs;
mod fallback;
mod gate;
mod guard;
mod handoff;
mod handoff_record;
mod problem;
mod routes;
mod sign_in;
mod staff;
mod staff_handoff;

pub(crate) use routes::is_uuid;

use crate::auth::Auth;
use crate::desk::Desk;
use crate::limits::Limits;
use crate::metrics::Metrics;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{MethodRouter, any, get};
use axum::{Router, middleware};
use std::sync::Arc;
use std::time::Duration;
use utoipa::OpenApi as _;
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouterExt as _};
use utoipa_axum::routes as paths;

/// Largest body, bytes.
pub const BODY_MOST: usize = 16 * 1024;
/// Largest body that begins a conversation: the chat with the bot goes along.
pub const TRANSCRIPT_BODY_MOST: usize = 512 * 1024;
/// Largest body with a message in it.
pub const MESSAGE_BODY_MOST: usize = 64 * 1024;
/// Longest time for an answer.
pub const PATIENCE: Duration = Duration::from_secs(25);

/// What every route can use. Clones share it.
#[derive(Clone)]
pub struct App {
    /// Where wishes are met.
    pub desk: Desk,
    /// Who is let in as staff.
    pub auth: Auth,
    /// Counts of requests.
    pub limits: Arc<Limits>,
    /// Figures.
    pub metrics: Arc<Metrics>,
    /// A proxy stands before this server and names the caller in `X-Forwarded-For`.
    pub behind_proxy: bool,
}

/// Every route of the API. What lies outside `/api` is left to the caller.
pub fn router(app: App) -> Router {
    let (booking, _) = booking().merge(talk()).merge(ai()).split_for_parts();
    let booking = booking.layer(middleware::from_fn_with_state(app.clone(), gate::site));
    let (staff, _) = staff().split_for_parts();
    let staff = staff.layer(middleware::from_fn_with_state(app.clone(), guard::staff));
    let text = openapi().to_json().unwrap_or_default();
    let plain = plain(text).into_iter();
    plain
        .fold(Router::new(), |router, (path, route)| {
            router.route(path, route)
        })
        .merge(booking)
        .merge(staff)
        .route("/api", any(problem::not_found))
        .route("/api/{*rest}", any(problem::not_found))
        .method_not_allowed_fallback(problem::method_not_allowed)
        .layer(DefaultBodyLimit::max(BODY_MOST))
        .layer(middleware::from_fn_with_state(app.clone(), gate::headers))
        .with_state(app)
}

/// Routes that need neither a site key nor a session, and are not in the document.
fn plain(document: String) -> Vec<(&'static str, MethodRouter<App>)> {
    let mut all = vec![
        ("/api/health", get(|| async { "ok\n" })),
        ("/api/ready", get(ready)),
    ];
    all.extend(docs::routes(document));
    all
}

/// Every route of [`router`] that answers anything but "no such route": method in lower case and path. For the test of who may
/// use which.
pub fn routes() -> Vec<(String, String)> {
    let document = serde_json::to_value(openapi()).unwrap_or_default();
    let mut all: Vec<(String, String)> = Vec::new();
    for (path, methods) in document["paths"].as_object().into_iter().flatten() {
        for method in methods.as_object().into_iter().flat_map(|m| m.keys()) {
            all.push((method.clone(), path.clone()));
        }
    }
    let plain = plain(String::new()).into_iter();
    all.extend(plain.map(|(path, _)| ("get".into(), path.into())));
    all
}

/// The document of the routes, made from their code.
pub fn openapi() -> utoipa::openapi::OpenApi {
    let citizens = booking().merge(talk()).merge(ai());
    citizens.merge(staff()).split_for_parts().1
}

/// Routes of the staff: each is listed in [`crate::auth::access`].
fn staff() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(paths!(sign_in::ways, sign_in::sign_in))
        .routes(paths!(sign_in::enrol))
        .routes(paths!(sign_in::invitation))
        .routes(paths!(sign_in::oidc_start))
        .routes(paths!(sign_in::oidc_callback))
        .routes(paths!(sign_in::session))
        .routes(paths!(sign_in::sign_out))
        .routes(paths!(sign_in::audit))
        .routes(paths!(staff::places))
        .routes(paths!(staff::days))
        .routes(paths!(staff::find))
        .routes(paths!(staff::slots))
        .routes(paths!(staff::check_in))
        .routes(paths!(staff::no_show))
        .routes(paths!(staff::undo))
        .routes(paths!(staff::shift))
        .routes(paths!(staff::cancel))
        .routes(paths!(staff::block))
        .routes(paths!(staff::unblock))
        .routes(paths!(staff::alerts))
        .routes(paths!(staff::seen))
        .routes(paths!(staff_handoff::queue))
        .routes(paths!(staff_handoff::conversation))
        .routes(paths!(staff_handoff::presence))
        .routes(paths!(staff_handoff::take))
        .routes(paths!(staff_handoff::give_back))
        .routes(paths!(staff_handoff::message).layer(DefaultBodyLimit::max(MESSAGE_BODY_MOST)))
        .routes(paths!(staff_handoff::typing))
        .routes(paths!(staff_handoff::transfer))
        .routes(paths!(staff_handoff::close))
        .routes(paths!(handoff_record::record))
        .routes(paths!(handoff_record::delete))
        .routes(paths!(handoff_record::export))
        .routes(paths!(staff_handoff::facts, staff_handoff::fact))
        .routes(paths!(staff_handoff::fact_done))
        .routes(paths!(fallback::consumption))
}

/// Routes of AI help.
fn ai() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(paths!(fallback::terms))
        .routes(paths!(fallback::ask))
}

/// Routes of citizens who talk with a person.
fn talk() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(paths!(handoff::availability))
        .routes(paths!(handoff::open).layer(DefaultBodyLimit::max(TRANSCRIPT_BODY_MOST)))
        .routes(paths!(handoff::resume))
        .routes(paths!(handoff::log))
        .routes(paths!(handoff::events))
        .routes(paths!(handoff::say).layer(DefaultBodyLimit::max(MESSAGE_BODY_MOST)))
        .routes(paths!(handoff::typing))
        .routes(paths!(handoff::leave))
        .routes(paths!(handoff::end))
}

fn booking() -> OpenApiRouter<App> {
    OpenApiRouter::with_openapi(docs::Api::openapi())
        .routes(paths!(routes::services))
        .routes(paths!(routes::slots))
        .routes(paths!(routes::hold))
        .routes(paths!(routes::extend))
        .routes(paths!(routes::release))
        .routes(paths!(routes::code))
        .routes(paths!(routes::book))
        .routes(paths!(routes::booking))
        .routes(paths!(routes::shift))
        .routes(paths!(routes::cancel))
        .routes(paths!(routes::calendar))
        .routes(paths!(routes::erase))
        .routes(paths!(routes::export))
}

/// For the operator's own network: figures, health and readiness.
pub fn operations(app: App) -> Router {
    Router::new()
        .route("/metrics", get(figures))
        .route("/health", get(|| async { "ok\n" }))
        .route("/ready", get(ready))
        .with_state(app)
}

async fn ready(State(app): State<App>) -> Response {
    let ready = app.desk.store.is_ready().await;
    app.metrics.ready.set(i64::from(ready));
    if ready {
        "ready\n".into_response()
    } else {
        (
            StatusCode::SERVICE_UNAVAILABLE,
            "the database does not answer\n",
        )
            .into_response()
    }
}

async fn figures(State(app): State<App>) -> Response {
    (
        [(header::CONTENT_TYPE, "text/plain; version=0.0.4")],
        app.metrics.text(),
    )
        .into_response()
}
