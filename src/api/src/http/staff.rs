//! The routes of staff about bookings. The guard before them has looked at session, role and `Lokalsvar-Csrf`; each reads its
//! message, hands it to the desk with the account's id, and writes the answer. The kommune is the session's, always.

use super::App;
use super::problem::refuse;
use super::routes::{Body, Sent, meet, read};
use crate::auth::Staff;
use crate::desk::{Matters, StaffWish, Wish, places as list};
use crate::fault::Fault;
use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse as _, Response};
use protocol::staff::{
    Alerts, BlockRefused, BlockRequest, Blocked, Changed, Days, DaysQuery, FindQuery, Found,
    MoveSlots, MoveSlotsQuery, Places, ReceiptRequest, Seen, SeenRequest, StaffCancelRequest,
    StaffMoveRequest, UnblockRequest, Unblocked,
};
use protocol::{Code, Problem};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Places, counters and services of the kommune.
#[utoipa::path(get, path = "/api/v1/staff/booking/places", tag = "staff", operation_id = "staff_places",
    responses((status = 200, body = Places), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn places(staff: Staff) -> Response {
    Json(list(&staff.site)).into_response()
}

/// Days of a location with everybody who comes. Reading persons is written down.
#[utoipa::path(get, path = "/api/v1/staff/booking/days", tag = "staff", operation_id = "staff_days", params(DaysQuery),
    responses((status = 200, body = Days), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn days(
    State(app): State<App>,
    staff: Staff,
    query: Result<Query<DaysQuery>, QueryRejection>,
) -> Response {
    match query {
        Ok(Query(query)) => answer(
            app.desk
                .staff_days(&staff.site, &staff.account, &query)
                .await,
        ),
        Err(_) => refuse(
            Code::BadRequest,
            "query: location, from, and days, known where wanted",
        ),
    }
}

/// A booking with its history, by its receipt number. Reading it is written down.
#[utoipa::path(get, path = "/api/v1/staff/booking/find", tag = "staff", operation_id = "staff_find", params(FindQuery),
    responses((status = 200, body = Found), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn find(
    State(app): State<App>,
    staff: Staff,
    query: Result<Query<FindQuery>, QueryRejection>,
) -> Response {
    match query {
        Ok(Query(query)) => answer(
            app.desk
                .staff_find(&staff.site, &staff.account, &query)
                .await,
        ),
        Err(_) => refuse(Code::BadRequest, "query: receipt"),
    }
}

/// Free times for a booking's move.
#[utoipa::path(get, path = "/api/v1/staff/booking/slots", tag = "staff", operation_id = "staff_slots", params(MoveSlotsQuery),
    responses((status = 200, body = MoveSlots), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn slots(
    State(app): State<App>,
    staff: Staff,
    query: Result<Query<MoveSlotsQuery>, QueryRejection>,
) -> Response {
    match query {
        Ok(Query(query)) => answer(app.desk.staff_slots(&staff.site, &query).await),
        Err(_) => refuse(
            Code::BadRequest,
            "query: receipt, from, and days, location where wanted",
        ),
    }
}

/// The citizen has come. On the day of the visit.
#[utoipa::path(post, path = "/api/v1/staff/booking/check-in", tag = "staff", operation_id = "staff_check_in", request_body = ReceiptRequest,
    params(("lokalsvar-csrf" = String, Header, description = "Of the session"), ("idempotency-key" = String, Header, pattern = "^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$", description = "A UUID, the same for every retry")),
    responses((status = 200, body = Changed), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn check_in(
    State(app): State<App>,
    staff: Staff,
    headers: HeaderMap,
    body: Body,
) -> Response {
    post(app, staff, headers, body, "check-in", StaffWish::CheckIn).await
}

/// The citizen did not come. Not before the visit begins; its time is free from then on.
#[utoipa::path(post, path = "/api/v1/staff/booking/no-show", tag = "staff", operation_id = "staff_no_show", request_body = ReceiptRequest,
    params(("lokalsvar-csrf" = String, Header, description = "Of the session"), ("idempotency-key" = String, Header, pattern = "^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$", description = "A UUID, the same for every retry")),
    responses((status = 200, body = Changed), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn no_show(
    State(app): State<App>,
    staff: Staff,
    headers: HeaderMap,
    body: Body,
) -> Response {
    post(app, staff, headers, body, "no-show", StaffWish::NoShow).await
}

/// The check-in was a mistake. On the same day. A no-show stays: its time may be somebody else's.
#[utoipa::path(post, path = "/api/v1/staff/booking/undo", tag = "staff", operation_id = "staff_undo", request_body = ReceiptRequest,
    params(("lokalsvar-csrf" = String, Header, description = "Of the session"), ("idempotency-key" = String, Header, pattern = "^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$", description = "A UUID, the same for every retry")),
    responses((status = 200, body = Changed), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn undo(
    State(app): State<App>,
    staff: Staff,
    headers: HeaderMap,
    body: Body,
) -> Response {
    post(app, staff, headers, body, "undo", StaffWish::Undo).await
}

/// Another time. The citizen is told, and their link goes on working.
#[utoipa::path(post, path = "/api/v1/staff/booking/move", tag = "staff", operation_id = "staff_move", request_body = StaffMoveRequest,
    params(("lokalsvar-csrf" = String, Header, description = "Of the session"), ("idempotency-key" = String, Header, pattern = "^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$", description = "A UUID, the same for every retry")),
    responses((status = 200, body = Changed), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn shift(
    State(app): State<App>,
    staff: Staff,
    headers: HeaderMap,
    body: Body,
) -> Response {
    post(app, staff, headers, body, "staff-move", StaffWish::Move).await
}

/// Calls a booking off. The citizen is told why.
#[utoipa::path(post, path = "/api/v1/staff/booking/cancel", tag = "staff", operation_id = "staff_cancel", request_body = StaffCancelRequest,
    params(("lokalsvar-csrf" = String, Header, description = "Of the session"), ("idempotency-key" = String, Header, pattern = "^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$", description = "A UUID, the same for every retry")),
    responses((status = 200, body = Changed), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn cancel(
    State(app): State<App>,
    staff: Staff,
    headers: HeaderMap,
    body: Body,
) -> Response {
    post(app, staff, headers, body, "staff-cancel", StaffWish::Cancel).await
}

/// Takes time out. Visits in it go to other counters of the location; when one cannot, nothing is done and the receipts are named.
#[utoipa::path(post, path = "/api/v1/staff/booking/blocks", tag = "staff", operation_id = "staff_block", request_body = BlockRequest,
    params(("lokalsvar-csrf" = String, Header, description = "Of the session"), ("idempotency-key" = String, Header, pattern = "^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$", description = "A UUID, the same for every retry")),
    responses((status = 201, body = Blocked), (status = 409, body = BlockRefused, content_type = "application/problem+json", description = "Visits are in the way (`booked`)"),
        (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn block(
    State(app): State<App>,
    staff: Staff,
    headers: HeaderMap,
    body: Body,
) -> Response {
    post(app, staff, headers, body, "block", StaffWish::Block).await
}

/// Gives blocked time back.
#[utoipa::path(post, path = "/api/v1/staff/booking/unblock", tag = "staff", operation_id = "staff_unblock", request_body = UnblockRequest,
    params(("lokalsvar-csrf" = String, Header, description = "Of the session"), ("idempotency-key" = String, Header, pattern = "^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$", description = "A UUID, the same for every retry")),
    responses((status = 200, body = Unblocked), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn unblock(
    State(app): State<App>,
    staff: Staff,
    headers: HeaderMap,
    body: Body,
) -> Response {
    post(app, staff, headers, body, "unblock", StaffWish::Unblock).await
}

/// What staff must look at: receipt numbers, no persons. Who is at the counter hears of bookings, who sees the queues of conversations,
/// who is both of both.
#[utoipa::path(get, path = "/api/v1/staff/alerts", tag = "staff", operation_id = "staff_alerts",
    responses((status = 200, body = Alerts), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn alerts(State(app): State<App>, staff: Staff) -> Response {
    match app.desk.raise_overdue(&staff.site).await {
        Ok(count) => app.metrics.told_overdue(staff.site.tenant.slug(), count),
        Err(e) => return Fault::Store(e).into_response(),
    }
    let matters = Matters::of(staff.roles);
    answer(app.desk.staff_alerts(&staff.site, matters).await)
}

/// Somebody takes care of it. A matter that is not of the own work is not there.
#[utoipa::path(post, path = "/api/v1/staff/alerts/seen", tag = "staff", operation_id = "staff_seen", request_body = SeenRequest,
    params(("lokalsvar-csrf" = String, Header, description = "Of the session"), ("idempotency-key" = String, Header, pattern = "^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$", description = "A UUID, the same for every retry")),
    responses((status = 200, body = Seen), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn seen(
    State(app): State<App>,
    staff: Staff,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let matters = Matters::of(staff.roles);
    post(app, staff, headers, body, "seen", move |wish| {
        StaffWish::Seen(wish, matters)
    })
    .await
}

pub(super) fn answer<T: Serialize>(done: Result<T, Fault>) -> Response {
    match done {
        Ok(message) => Json(message).into_response(),
        Err(fault) => fault.into_response(),
    }
}

pub(super) async fn post<T: DeserializeOwned>(
    app: App,
    staff: Staff,
    headers: HeaderMap,
    body: Body,
    route: &str,
    wish: impl FnOnce(T) -> StaffWish,
) -> Response {
    let who = staff.account.clone();
    let sent = Sent {
        headers: &headers,
        body,
        route,
        // A key belongs to whoever used it first.
        secret: Some(staff.account),
        browser: String::new(),
    };
    meet(&app, staff.site, sent, |body| {
        let wish = wish(read(body)?);
        Ok(Wish::Staff { who, wish })
    })
    .await
}
