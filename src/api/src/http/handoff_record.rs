//! The routes of a conversation's record: what becomes of it, its file, its deletion. The guard before them has looked at session, role
//! and `Lokalsvar-Csrf`.

use super::App;
use super::problem::refuse;
use super::routes::Body;
use super::staff::post;
use crate::auth::Staff;
use crate::desk::{StaffWish, TalkDeed};
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse as _, Response};
use protocol::staff_handoff::{ConversationRequest, Deleted, Done, ExportQuery, RecordRequest};
use protocol::{Code, Problem};

/// What becomes of the record of a conversation that is over.
#[utoipa::path(post, path = "/api/v1/staff/handoff/record", tag = "staff", operation_id = "staff_record", request_body = RecordRequest,
    params(("lokalsvar-csrf" = String, Header, description = "Of the session"), ("idempotency-key" = String, Header, pattern = "^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$", description = "A UUID, the same for every retry")),
    responses((status = 200, body = Done), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn record(
    State(app): State<App>,
    staff: Staff,
    headers: HeaderMap,
    body: Body,
) -> Response {
    post(app, staff, headers, body, "talk-record", |wish| {
        StaffWish::Talk(TalkDeed::Decide(wish))
    })
    .await
}

/// Deletes a conversation about whose record somebody has decided. Answered when it is gone from the log of the database, too.
#[utoipa::path(post, path = "/api/v1/staff/handoff/delete", tag = "staff", operation_id = "staff_delete", request_body = ConversationRequest,
    params(("lokalsvar-csrf" = String, Header, description = "Of the session"), ("idempotency-key" = String, Header, pattern = "^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$", description = "A UUID, the same for every retry")),
    responses((status = 200, body = Deleted), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn delete(
    State(app): State<App>,
    staff: Staff,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let store = app.desk.store.clone();
    let response = post(app, staff, headers, body, "talk-delete", |wish| {
        StaffWish::Talk(TalkDeed::Delete(wish))
    })
    .await;
    if !response.status().is_success() {
        return response;
    }
    match store.scrub().await {
        Ok(()) => response,
        Err(e) => {
            tracing::warn!(error = %e, "what was deleted is still in the log of the database");
            refuse(
                Code::Unavailable,
                "deleted, but not yet gone from the log; try again with the same key",
            )
        }
    }
}

/// The whole record, as a file of JSON that can be verified or as a page to read. Each is written down.
#[utoipa::path(get, path = "/api/v1/staff/handoff/export", tag = "staff", operation_id = "staff_export", params(ExportQuery),
    responses((status = 200, content((Value = "application/json"), (String = "text/html"))), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn export(
    State(app): State<App>,
    staff: Staff,
    query: Result<Query<ExportQuery>, QueryRejection>,
) -> Response {
    let Ok(Query(query)) = query else {
        return refuse(Code::BadRequest, "query: receipt and format");
    };
    let (kind, ending) = match query.format.as_str() {
        "json" => ("application/json", "json"),
        "html" => ("text/html; charset=utf-8", "html"),
        _ => return refuse(Code::BadRequest, "format: json or html"),
    };
    let record = app
        .desk
        .talk_record(&staff.site, &staff.account, &query.receipt)
        .await;
    match record {
        Ok(record) => {
            let name = format!(
                "attachment; filename=\"samtale-{}.{ending}\"",
                record.head.receipt
            );
            let text = if ending == "json" {
                record.json()
            } else {
                record.html()
            };
            let headers = [
                (header::CONTENT_TYPE, kind),
                (header::CONTENT_DISPOSITION, name.as_str()),
                (header::CONTENT_SECURITY_POLICY, "sandbox"),
            ];
            (headers, text).into_response()
        }
        Err(fault) => fault.into_response(),
    }
}
