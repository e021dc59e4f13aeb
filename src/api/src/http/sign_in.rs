//! The routes of signing in.

use crate::auth::Signed;
use axum::Json;
use axum::response::{IntoResponse as _, Response};
use booking::instant_text;
use protocol::{Kommune, Problem, Session};

/// Who is signed in.
#[utoipa::path(get, path = "/api/v1/staff/session", tag = "staff",
    responses((status = 200, body = Session), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn session(signed: Signed) -> Response {
    Json(session_of(&signed)).into_response()
}

fn session_of(signed: &Signed) -> Session {
    Session {
        name: signed.name.clone(),
        kommune: signed.site.as_ref().map(|site| Kommune {
            slug: site.tenant.slug().to_owned(),
            name: site.admin.name.clone(),
        }),
        roles: signed.roles.iter().collect(),
        csrf: signed.csrf.clone(),
        expires_at: instant_text(signed.expires_ms),
    }
}
