//! Faults as answers: application/problem+json.

use crate::fault::{Fault, problem};
use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use protocol::{Code, Problem};

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        if let Fault::Store(e) = &self {
            tracing::error!(error = %e, "the database failed");
        }
        if let Some(refused) = self.block_refused() {
            return as_problem((StatusCode::CONFLICT, Json(refused)).into_response());
        }
        let mut response = answer(self.problem());
        if let Fault::Held(seconds) = self {
            let headers = response.headers_mut();
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

/// Writes a problem.
pub(super) fn answer(problem: Problem) -> Response {
    let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    as_problem((status, Json(problem)).into_response())
}

fn as_problem(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/problem+json"),
    );
    response
}

pub(super) fn refuse(code: Code, detail: &str) -> Response {
    answer(problem(code, detail))
}

pub(super) async fn not_found() -> Response {
    refuse(Code::NotFound, "there is no such route; see /api/")
}

pub(super) async fn method_not_allowed() -> Response {
    refuse(
        Code::MethodNotAllowed,
        "the route has no such method; see /api/",
    )
}
