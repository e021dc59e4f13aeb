//! The routes of staff who talk with citizens. The guard before them has looked at session, role and `Lokalsvar-Csrf`. Departments that
//! somebody chose are a filter and no right: the kommune is the session's, always.

use super::App;
use super::handoff::WAIT_MOST;
use super::problem::refuse;
use super::routes::{Body, Sent, meet, read};
use super::staff::{answer, post};
use crate::auth::Staff;
use crate::desk::{Reader, StaffWish, TalkDeed, Wish};
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::Response;
use protocol::handoff::SEQ_MOST;
use protocol::staff_handoff::{
    CloseRequest, ConversationRequest, Done, FactDoneRequest, FactRequest, Facts, Noted,
    PresenceRequest, Queue, QueueQuery, ReadQuery, Reading, StaffMessageRequest,
    StaffTypingRequest, TransferRequest,
};
use protocol::{Code, Problem, Role};

/// Who waits, who is talked to and who is there; no text. Waits for a change when asked to.
#[utoipa::path(get, path = "/api/v1/staff/handoff/queue", tag = "staff", operation_id = "staff_queue", params(QueueQuery),
    responses((status = 200, body = Queue), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn queue(
    State(app): State<App>,
    staff: Staff,
    query: Result<Query<QueueQuery>, QueryRejection>,
) -> Response {
    let fits = |query: &QueueQuery| {
        query.wait <= WAIT_MOST && query.known.as_ref().is_none_or(|known| known.len() <= 64)
    };
    let Some(query) = query.ok().map(|Query(query)| query).filter(fits) else {
        return refuse(
            Code::BadRequest,
            "query: known, and wait up to 20, where wanted",
        );
    };
    let reader = Reader {
        account: staff.account,
        talks: staff.roles.has_any(&[Role::Agent]),
    };
    answer(app.desk.talk_queue(&staff.site, &reader, &query).await)
}

/// A conversation. Reading it is written down. Waits for news when asked to.
#[utoipa::path(get, path = "/api/v1/staff/handoff/conversation", tag = "staff", operation_id = "staff_conversation", params(ReadQuery),
    responses((status = 200, body = Reading), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn conversation(
    State(app): State<App>,
    staff: Staff,
    query: Result<Query<ReadQuery>, QueryRejection>,
) -> Response {
    let fits = |query: &ReadQuery| query.wait <= WAIT_MOST && query.after <= SEQ_MOST;
    let Some(query) = query.ok().map(|Query(query)| query).filter(fits) else {
        return refuse(
            Code::BadRequest,
            "query: receipt, and after, wait up to 20 where wanted",
        );
    };
    let (site, who) = (&staff.site, &staff.account);
    answer(app.desk.talk_reading(site, who, &query).await)
}

/// The own console is alive. Who is no agent takes no chats, whatever is sent.
#[utoipa::path(post, path = "/api/v1/staff/handoff/presence", tag = "staff", operation_id = "staff_presence", request_body = PresenceRequest,
    params(("lokalsvar-csrf" = String, Header, description = "Of the session"), ("idempotency-key" = String, Header, pattern = "^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$", description = "A UUID, the same for every retry")),
    responses((status = 200, body = Noted), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn presence(
    State(app): State<App>,
    staff: Staff,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let (who, talks) = (staff.account.clone(), staff.roles.has_any(&[Role::Agent]));
    let sent = Sent {
        headers: &headers,
        body,
        route: "talk-presence",
        secret: Some(staff.account),
        browser: String::new(),
    };
    meet(&app, staff.site, sent, |body| {
        let mut wish: PresenceRequest = read(body)?;
        wish.there &= talks;
        let wish = StaffWish::Talk(TalkDeed::Presence(wish));
        Ok(Wish::Staff { who, wish })
    })
    .await
}

/// What editors must look at.
#[utoipa::path(get, path = "/api/v1/staff/handoff/facts", tag = "staff", operation_id = "staff_facts",
    responses((status = 200, body = Facts), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn facts(State(app): State<App>, staff: Staff) -> Response {
    answer(app.desk.talk_facts(&staff.site).await)
}

/// Has a conversation from now on. Of all who ask in the same moment one gets it.
#[utoipa::path(post, path = "/api/v1/staff/handoff/take", tag = "staff", operation_id = "staff_take", request_body = ConversationRequest,
    params(("lokalsvar-csrf" = String, Header, description = "Of the session"), ("idempotency-key" = String, Header, pattern = "^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$", description = "A UUID, the same for every retry")),
    responses((status = 200, body = Done), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn take(
    State(app): State<App>,
    staff: Staff,
    headers: HeaderMap,
    body: Body,
) -> Response {
    post(app, staff, headers, body, "talk-take", |wish| {
        StaffWish::Talk(TalkDeed::Take(wish))
    })
    .await
}

/// Back to the queue, at its old place.
#[utoipa::path(post, path = "/api/v1/staff/handoff/give-back", tag = "staff", operation_id = "staff_give_back", request_body = ConversationRequest,
    params(("lokalsvar-csrf" = String, Header, description = "Of the session"), ("idempotency-key" = String, Header, pattern = "^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$", description = "A UUID, the same for every retry")),
    responses((status = 200, body = Done), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn give_back(
    State(app): State<App>,
    staff: Staff,
    headers: HeaderMap,
    body: Body,
) -> Response {
    post(app, staff, headers, body, "talk-give-back", |wish| {
        StaffWish::Talk(TalkDeed::GiveBack(wish))
    })
    .await
}

/// Writes to the citizen, or sets an own message straight. Sent again with the same id it is there once.
#[utoipa::path(post, path = "/api/v1/staff/handoff/message", tag = "staff", operation_id = "staff_message", request_body = StaffMessageRequest,
    params(("lokalsvar-csrf" = String, Header, description = "Of the session"), ("idempotency-key" = String, Header, pattern = "^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$", description = "A UUID, the same for every retry")),
    responses((status = 200, body = Done), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn message(
    State(app): State<App>,
    staff: Staff,
    headers: HeaderMap,
    body: Body,
) -> Response {
    post(app, staff, headers, body, "talk-message", |wish| {
        StaffWish::Talk(TalkDeed::Say(wish))
    })
    .await
}

/// Somebody writes just now, or has stopped.
#[utoipa::path(post, path = "/api/v1/staff/handoff/typing", tag = "staff", operation_id = "staff_typing", request_body = StaffTypingRequest,
    params(("lokalsvar-csrf" = String, Header, description = "Of the session"), ("idempotency-key" = String, Header, pattern = "^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$", description = "A UUID, the same for every retry")),
    responses((status = 200, body = Done), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn typing(
    State(app): State<App>,
    staff: Staff,
    headers: HeaderMap,
    body: Body,
) -> Response {
    post(app, staff, headers, body, "talk-typing", |wish| {
        StaffWish::Talk(TalkDeed::Type(wish))
    })
    .await
}

/// Hands a conversation on with a note: to a department, or to a colleague who is there.
#[utoipa::path(post, path = "/api/v1/staff/handoff/transfer", tag = "staff", operation_id = "staff_transfer", request_body = TransferRequest,
    params(("lokalsvar-csrf" = String, Header, description = "Of the session"), ("idempotency-key" = String, Header, pattern = "^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$", description = "A UUID, the same for every retry")),
    responses((status = 200, body = Done), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn transfer(
    State(app): State<App>,
    staff: Staff,
    headers: HeaderMap,
    body: Body,
) -> Response {
    post(app, staff, headers, body, "talk-transfer", |wish| {
        StaffWish::Talk(TalkDeed::Transfer(wish))
    })
    .await
}

/// Ends a conversation.
#[utoipa::path(post, path = "/api/v1/staff/handoff/close", tag = "staff", operation_id = "staff_close", request_body = CloseRequest,
    params(("lokalsvar-csrf" = String, Header, description = "Of the session"), ("idempotency-key" = String, Header, pattern = "^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$", description = "A UUID, the same for every retry")),
    responses((status = 200, body = Done), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn close(
    State(app): State<App>,
    staff: Staff,
    headers: HeaderMap,
    body: Body,
) -> Response {
    post(app, staff, headers, body, "talk-close", |wish| {
        StaffWish::Talk(TalkDeed::Close(wish))
    })
    .await
}

/// Tells the editors that an answer is wrong.
#[utoipa::path(post, path = "/api/v1/staff/handoff/facts", tag = "staff", operation_id = "staff_fact", request_body = FactRequest,
    params(("lokalsvar-csrf" = String, Header, description = "Of the session"), ("idempotency-key" = String, Header, pattern = "^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$", description = "A UUID, the same for every retry")),
    responses((status = 201, body = Noted), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn fact(
    State(app): State<App>,
    staff: Staff,
    headers: HeaderMap,
    body: Body,
) -> Response {
    post(app, staff, headers, body, "talk-facts", |wish| {
        StaffWish::Talk(TalkDeed::Fact(wish))
    })
    .await
}

/// A task for the editors is done.
#[utoipa::path(post, path = "/api/v1/staff/handoff/facts/done", tag = "staff", operation_id = "staff_fact_done", request_body = FactDoneRequest,
    params(("lokalsvar-csrf" = String, Header, description = "Of the session"), ("idempotency-key" = String, Header, pattern = "^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$", description = "A UUID, the same for every retry")),
    responses((status = 200, body = Noted), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn fact_done(
    State(app): State<App>,
    staff: Staff,
    headers: HeaderMap,
    body: Body,
) -> Response {
    post(app, staff, headers, body, "talk-facts-done", |wish| {
        StaffWish::Talk(TalkDeed::FactDone(wish))
    })
    .await
}
