//! The routes of citizens who talk with a person. The log is asked for, or comes as a stream; a stream is the same log, read after every
//! wake, and ends after a while so that whoever is still there is heard from.

use super::App;
use super::gate::{Network, text, too_many};
use super::problem::refuse;
use super::routes::{Body, Here, Sent, empty, meet, no_secret, owned, post, read};
use crate::desk::{Desk, FULL, Seat, TalkWish, Wish};
use crate::metrics::Metrics;
use crate::store::Ear;
use crate::tenant::Site;
use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Extension, Query, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::response::sse::{Event, Sse};
use axum::response::{IntoResponse as _, Response};
use futures_util::stream;
use protocol::handoff::{
    Accepted, Availability, AvailabilityQuery, Conversation, LeaveRequest, Log, LogQuery,
    MessageRequest, OpenRequest, Opened, ResumeRequest, SEQ_MOST, TypingRequest,
};
use protocol::{Code, Problem, header as name};
use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// The longest wait for news, seconds.
pub(super) const WAIT_MOST: u8 = 20;
/// A stream says something at least this often; sooner than it promises (`HEARTBEAT_SECONDS`), because networks are slow.
const HEARTBEAT: Duration = Duration::from_secs(10);
/// A stream ends after this: whoever connects again is there. Less than the time after which somebody is away.
const STREAM: Duration = Duration::from_secs(40);

/// Who could be talked to, and when.
#[utoipa::path(get, path = "/api/v1/handoff/availability", tag = "talk", operation_id = "talk_availability",
    params(AvailabilityQuery, ("lokalsvar-site" = String, Header, description = "Site key")),
    responses((status = 200, body = Availability), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn availability(
    State(app): State<App>,
    Extension(site): Here,
    query: Result<Query<AvailabilityQuery>, QueryRejection>,
) -> Response {
    let fits = |query: &AvailabilityQuery| query.about.as_ref().is_none_or(|id| id.len() <= 128);
    let Some(query) = known(query).filter(fits) else {
        return refuse(Code::BadRequest, "query: about or department, where wanted");
    };
    match app.desk.availability(&site, &query).await {
        Ok(answer) => Json(answer).into_response(),
        Err(fault) => fault.into_response(),
    }
}

/// Begins a conversation, or leaves a message. What is sent is masked once more before it is kept.
#[utoipa::path(post, path = "/api/v1/handoff/conversations", tag = "talk", operation_id = "talk_open", request_body = OpenRequest,
    params(("lokalsvar-site" = String, Header, description = "Site key"), ("idempotency-key" = String, Header, pattern = "^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$", description = "A UUID, the same for every retry")),
    responses((status = 201, body = Opened), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn open(
    State(app): State<App>,
    Extension(site): Here,
    Extension(network): Extension<Network>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let slug = site.tenant.slug();
    if let Err(seconds) = app.limits.conversation(network.0, slug, Instant::now()) {
        return too_many(seconds);
    }
    let wish = |body: &[u8]| read(body).map(TalkWish::Open).map(Wish::Talk);
    let sent = without_secret(&headers, body, "talk-open");
    meet(&app, site, sent, wish).await
}

/// Comes back with a code that was written down. The former secret and the code open nothing any more.
#[utoipa::path(post, path = "/api/v1/handoff/resume", tag = "talk", operation_id = "talk_resume", request_body = ResumeRequest,
    params(("lokalsvar-site" = String, Header, description = "Site key"), ("idempotency-key" = String, Header, pattern = "^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$", description = "A UUID, the same for every retry")),
    responses((status = 201, body = Opened), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn resume(
    State(app): State<App>,
    Extension(site): Here,
    Extension(network): Extension<Network>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    if let Err(seconds) = app.limits.code(network.0, Instant::now()) {
        return too_many(seconds);
    }
    let wish = |body: &[u8]| read(body).map(TalkWish::Resume).map(Wish::Talk);
    let sent = without_secret(&headers, body, "talk-resume");
    let response = meet(&app, site, sent, wish).await;
    if response.status().is_success() {
        app.limits.code_was_right(network.0, Instant::now());
    }
    response
}

/// A query that could be read.
fn known<T>(query: Result<Query<T>, QueryRejection>) -> Option<T> {
    query.ok().map(|Query(query)| query)
}

fn without_secret<'a>(headers: &'a HeaderMap, body: Body, route: &'a str) -> Sent<'a> {
    Sent {
        headers,
        body,
        route,
        secret: Some(String::new()),
        browser: String::new(),
    }
}

/// Everything after a number, however long ago it was; waits for news when asked to.
#[utoipa::path(get, path = "/api/v1/handoff/log", tag = "talk", operation_id = "talk_log",
    params(LogQuery, ("lokalsvar-site" = String, Header, description = "Site key"), ("lokalsvar-conversation" = String, Header, description = "Secret of the conversation")),
    responses((status = 200, body = Log), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn log(
    State(app): State<App>,
    Extension(site): Here,
    headers: HeaderMap,
    query: Result<Query<LogQuery>, QueryRejection>,
) -> Response {
    let Some(query) =
        known(query).filter(|query| query.wait <= WAIT_MOST && query.after <= SEQ_MOST)
    else {
        return refuse(
            Code::BadRequest,
            "query: after, and wait up to 20, where wanted",
        );
    };
    let Some(secret) = text(&headers, name::CONVERSATION) else {
        return no_secret();
    };
    match app.desk.talk_log(&site, secret, &query).await {
        Ok(log) => Json(log).into_response(),
        Err(fault) => fault.into_response(),
    }
}

/// The same as a stream: an event per entry with its number as id, `conversation` first and whenever it changes, comments in between.
/// It ends after 40 seconds; connect again with `Last-Event-ID`.
#[utoipa::path(get, path = "/api/v1/handoff/events", tag = "talk", operation_id = "talk_events",
    params(LogQuery, ("last-event-id" = Option<String>, Header, description = "Number of the last entry that came; goes before `after`"),
        ("lokalsvar-site" = String, Header, description = "Site key"), ("lokalsvar-conversation" = String, Header, description = "Secret of the conversation")),
    responses((status = 200, body = String, content_type = "text/event-stream"), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn events(
    State(app): State<App>,
    Extension(site): Here,
    headers: HeaderMap,
    query: Result<Query<LogQuery>, QueryRejection>,
) -> Response {
    let Some(query) = known(query).filter(|query| query.after <= SEQ_MOST) else {
        return refuse(Code::BadRequest, "query: after, where wanted");
    };
    let Some(secret) = owned(&headers, name::CONVERSATION) else {
        return no_secret();
    };
    let last = text(&headers, "last-event-id").filter(|id| !id.is_empty());
    let after = match last.map(str::parse) {
        Some(Ok(number)) => number,
        Some(Err(_)) => return refuse(Code::BadRequest, "last-event-id: a number"),
        None => query.after,
    };
    let (ear, row) = match app.desk.hear(&site, &secret, after).await {
        Ok(heard) => heard,
        Err(fault) => return fault.into_response(),
    };
    let Some(seat) = app.desk.streams.sit(site.tenant.slug(), &row.id) else {
        return FULL.into_response();
    };
    app.metrics.streams.inc();
    let flow = Flow {
        desk: app.desk.clone(),
        site,
        secret,
        after,
        ear,
        seat,
        metrics: Arc::clone(&app.metrics),
        told: None,
        ready: VecDeque::new(),
        ends: Instant::now() + STREAM,
        begun: false,
    };
    let events = stream::unfold(flow, |mut flow| async move {
        let event = flow.next().await?;
        Some((Ok::<_, Infallible>(event), flow))
    });
    let mut response = Sse::new(events).into_response();
    // Proxies that collect answers would keep the entries back.
    response.headers_mut().insert(
        HeaderName::from_static("x-accel-buffering"),
        HeaderValue::from_static("no"),
    );
    response
}

/// One stream: what is left to say, and where it stands.
struct Flow {
    desk: Desk,
    site: Arc<Site>,
    secret: String,
    /// Number of the last entry that was said.
    after: u64,
    ear: Ear,
    seat: Seat,
    metrics: Arc<Metrics>,
    told: Option<Conversation>,
    ready: VecDeque<Event>,
    ends: Instant,
    begun: bool,
}

impl Drop for Flow {
    fn drop(&mut self) {
        self.metrics.streams.dec();
    }
}

impl Flow {
    /// The next event; none ends the stream.
    async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some(event) = self.ready.pop_front() {
                return Some(event);
            }
            if self.begun && !self.wait().await {
                return None;
            }
            self.begun = true;
            self.look().await?;
        }
    }

    /// Waits for a wake, or for the next heartbeat. False when the stream is to end.
    async fn wait(&mut self) -> bool {
        let left = self.ends.saturating_duration_since(Instant::now());
        if left.is_zero() || self.ear.has_ended() {
            return false;
        }
        tokio::select! {
            _ = &mut self.seat.ended => false,
            _ = self.ear.wait(left.min(HEARTBEAT)) => !self.ear.has_ended(),
        }
    }

    /// Reads what is new. Without news there is a heartbeat.
    async fn look(&mut self) -> Option<()> {
        let mut more = true;
        while more {
            let news = self.desk.news(&self.site, &self.secret, self.after).await;
            let log = news.ok()?;
            more = log.conversation.seq > self.after && !log.entries.is_empty();
            if self.told.is_none() {
                self.tell(&log)?;
            }
            for entry in &log.entries {
                self.after = entry.seq;
                let event = Event::default().id(entry.seq.to_string());
                self.ready.push_back(event.json_data(entry).ok()?);
            }
            more = more && log.conversation.seq > self.after;
            self.tell(&log)?;
        }
        if self.ready.is_empty() {
            self.ready.push_back(Event::default().comment(""));
        }
        Some(())
    }

    /// Says how the conversation stands, when that is news.
    fn tell(&mut self, log: &Log) -> Option<()> {
        if self.told.as_ref() == Some(&log.conversation) {
            return Some(());
        }
        self.told = Some(log.conversation.clone());
        let event = Event::default().event("conversation");
        self.ready
            .push_back(event.json_data(&log.conversation).ok()?);
        Some(())
    }
}

/// Writes to whoever answers. When the answer is there, it lasts; sent again with the same id it is there once.
#[utoipa::path(post, path = "/api/v1/handoff/messages", tag = "talk", operation_id = "talk_say", request_body = MessageRequest,
    params(("lokalsvar-site" = String, Header, description = "Site key"), ("idempotency-key" = String, Header, pattern = "^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$", description = "A UUID, the same for every retry"),
        ("lokalsvar-conversation" = String, Header, description = "Secret of the conversation")),
    responses((status = 200, body = Accepted), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn say(
    State(app): State<App>,
    Extension(site): Here,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let secret = owned(&headers, name::CONVERSATION);
    post(&app, site, &headers, body, "talk-say", secret, |b| {
        read(b).map(TalkWish::Say).map(Wish::Talk)
    })
    .await
}

/// The citizen writes just now, or has stopped.
#[utoipa::path(post, path = "/api/v1/handoff/typing", tag = "talk", operation_id = "talk_typing", request_body = TypingRequest,
    params(("lokalsvar-site" = String, Header, description = "Site key"), ("idempotency-key" = String, Header, pattern = "^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$", description = "A UUID, the same for every retry"),
        ("lokalsvar-conversation" = String, Header, description = "Secret of the conversation")),
    responses((status = 200, body = Accepted), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn typing(
    State(app): State<App>,
    Extension(site): Here,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let secret = owned(&headers, name::CONVERSATION);
    post(&app, site, &headers, body, "talk-typing", secret, |b| {
        read(b).map(TalkWish::Type).map(Wish::Talk)
    })
    .await
}

/// A message, or a call, instead of waiting.
#[utoipa::path(post, path = "/api/v1/handoff/leave", tag = "talk", operation_id = "talk_leave", request_body = LeaveRequest,
    params(("lokalsvar-site" = String, Header, description = "Site key"), ("idempotency-key" = String, Header, pattern = "^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$", description = "A UUID, the same for every retry"),
        ("lokalsvar-conversation" = String, Header, description = "Secret of the conversation")),
    responses((status = 200, body = Conversation), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn leave(
    State(app): State<App>,
    Extension(site): Here,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let secret = owned(&headers, name::CONVERSATION);
    post(&app, site, &headers, body, "talk-leave", secret, |b| {
        read(b).map(TalkWish::Leave).map(Wish::Talk)
    })
    .await
}

/// Ends the conversation.
#[utoipa::path(post, path = "/api/v1/handoff/end", tag = "talk", operation_id = "talk_end",
    params(("lokalsvar-site" = String, Header, description = "Site key"), ("idempotency-key" = String, Header, pattern = "^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$", description = "A UUID, the same for every retry"),
        ("lokalsvar-conversation" = String, Header, description = "Secret of the conversation")),
    responses((status = 200, body = Conversation), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn end(
    State(app): State<App>,
    Extension(site): Here,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let secret = owned(&headers, name::CONVERSATION);
    post(&app, site, &headers, body, "talk-end", secret, |b| {
        empty(b, Wish::Talk(TalkWish::End))
    })
    .await
}
