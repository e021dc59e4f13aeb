//! The routes of AI help: what holds before anything is sent, the answer as a stream, and what it has used.

use super::App;
use super::gate::{Network, too_many};
use super::problem::refuse;
use super::routes::{Body, Here, read};
use crate::auth::Staff;
use crate::fallback::Out;
use crate::fault::Fault;
use crate::store::fallback::DayRow;
use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Extension, Query, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse as _, Response};
use futures_util::stream;
use hours::Date;
use protocol::fallback::{AskRequest, Consumption, ConsumptionQuery, Terms, UsedDay, event};
use protocol::{Code, Problem};
use std::convert::Infallible;
use std::time::{Duration, Instant};

/// A comment this often, so that nothing between takes the line for dead.
const HEARTBEAT: Duration = Duration::from_secs(5);
/// Most days of one look at what was used.
const DAYS_MOST: i32 = 400;

/// What is shown before anything is sent; `on` is false where AI help is off.
#[utoipa::path(get, path = "/api/v1/fallback/terms", tag = "ai", operation_id = "ai_terms",
    params(("lokalsvar-site" = String, Header, description = "Site key")),
    responses((status = 200, body = Terms), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn terms(State(app): State<App>, Extension(site): Here) -> Response {
    Json(app.desk.fallback.terms(&site)).into_response()
}

/// Asks. The answer is a stream: `sources`, then `sentence` as often as one holds, perhaps `withheld`, `refused` or `degraded`, and `done`.
/// Every sentence was held against the sources before it was sent. Nothing of it is kept.
#[utoipa::path(post, path = "/api/v1/fallback", tag = "ai", operation_id = "ai_ask", request_body = AskRequest,
    params(("lokalsvar-site" = String, Header, description = "Site key")),
    responses((status = 200, body = String, content_type = "text/event-stream"), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn ask(
    State(app): State<App>,
    Extension(site): Here,
    Extension(network): Extension<Network>,
    body: Body,
) -> Response {
    if let Err(seconds) = app
        .limits
        .ask(network.0, site.tenant.slug(), Instant::now())
    {
        return too_many(seconds);
    }
    let body = match body {
        Ok(body) => body,
        Err(e) if e.status() == StatusCode::PAYLOAD_TOO_LARGE => {
            return refuse(Code::TooLarge, "the body is too large");
        }
        Err(_) => return refuse(Code::BadRequest, "the body cannot be read"),
    };
    let asked = read::<AskRequest>(&body).and_then(|request| {
        let fallback = app.desk.fallback.clone();
        fallback.ask(&app.desk, site, &request)
    });
    let events = match asked {
        Ok(events) => events,
        Err(fault) => return fault.into_response(),
    };
    let events = stream::unfold(events, |mut events| async move {
        let out = events.recv().await?;
        Some((Ok::<_, Infallible>(written(&out)), events))
    });
    let mut response = Sse::new(events)
        .keep_alive(KeepAlive::new().interval(HEARTBEAT))
        .into_response();
    // Proxies that collect answers would keep the sentences back.
    response.headers_mut().insert(
        HeaderName::from_static("x-accel-buffering"),
        HeaderValue::from_static("no"),
    );
    response
}

fn written(out: &Out) -> Event {
    let (name, event) = match out {
        Out::Sources(data) => (event::SOURCES, Event::default().json_data(data)),
        Out::Sentence(data) => (event::SENTENCE, Event::default().json_data(data)),
        Out::Withheld(data) => (event::WITHHELD, Event::default().json_data(data)),
        Out::Refused(data) => (event::REFUSED, Event::default().json_data(data)),
        Out::Degraded(data) => (event::DEGRADED, Event::default().json_data(data)),
        Out::Done(data) => (event::DONE, Event::default().json_data(data)),
    };
    event.map_or_else(|_| Event::default().comment(""), |event| event.event(name))
}

/// What AI help has used, per day: counts, tokens, kroner. JSON, or CSV with `format=csv` or `Accept: text/csv`.
#[utoipa::path(get, path = "/api/v1/staff/consumption", tag = "staff", operation_id = "staff_consumption", params(ConsumptionQuery),
    responses((status = 200, content((Consumption = "application/json"), (String = "text/csv"))), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn consumption(
    State(app): State<App>,
    staff: Staff,
    headers: HeaderMap,
    query: Result<Query<ConsumptionQuery>, QueryRejection>,
) -> Response {
    let wrong = "query: from and until as 2026-12-01, at most 400 days; format json or csv";
    let Ok(Query(query)) = query else {
        return refuse(Code::BadRequest, wrong);
    };
    let accepts = headers
        .get(header::ACCEPT)
        .and_then(|v| v.to_str().ok())
        .unwrap_or_default();
    let csv = match query.format.as_deref() {
        Some("csv") => true,
        Some("json") => false,
        Some(_) => return refuse(Code::BadRequest, wrong),
        None => accepts.starts_with("text/csv"),
    };
    let today = hours::copenhagen(app.desk.clock.now_ms()).date;
    let day =
        |text: &Option<String>, default: Date| text.as_deref().map_or(Some(default), Date::parse);
    let back = Date::from_days_since_epoch(today.days_since_epoch() - 30);
    let (Some(from), Some(until)) = (day(&query.from, back), day(&query.until, today)) else {
        return refuse(Code::BadRequest, wrong);
    };
    let span = until.days_since_epoch() - from.days_since_epoch();
    if !(0..=DAYS_MOST).contains(&span) {
        return refuse(Code::Invalid, wrong);
    }
    let rows = async {
        let mut tx = app.desk.store.read(&staff.site.tenant).await?;
        tx.fallback_days(&from.to_string(), &until.to_string())
            .await
    };
    let rows = match rows.await {
        Ok(rows) => rows,
        Err(e) => return Fault::Store(e).into_response(),
    };
    let days: Vec<UsedDay> = rows.iter().map(used).collect();
    if csv {
        let name = format!(
            "attachment; filename=\"ai-forbrug-{}-{from}-{until}.csv\"",
            staff.site.tenant.slug()
        );
        let kind = [
            (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
            (header::CONTENT_DISPOSITION, name.as_str()),
        ];
        return (kind, table(&days)).into_response();
    }
    let limits = app.desk.fallback.budget(&staff.site);
    Json(Consumption {
        days,
        tokens_per_day: limits.map(|(tokens, _)| tokens),
        kroner_per_day: limits.map(|(_, micro)| format!("{:.2}", micro as f64 / 1e6)),
    })
    .into_response()
}

fn used(row: &DayRow) -> UsedDay {
    let [answered, withheld, refused, degraded] = row.ended;
    UsedDay {
        day: row.day.clone(),
        dialogs: row.dialogs,
        questions: row.questions,
        answered,
        withheld,
        refused,
        degraded,
        tokens_in: row.tokens_in,
        tokens_out: row.tokens_out,
        kroner: format!("{}.{:06}", row.micro / 1_000_000, row.micro % 1_000_000),
    }
}

/// Names of the fields as the head. Days and numbers need no quotes.
fn table(days: &[UsedDay]) -> String {
    let head =
        "day,dialogs,questions,answered,withheld,refused,degraded,tokens_in,tokens_out,kroner\r\n";
    days.iter().fold(head.to_owned(), |text, d| {
        text + &format!(
            "{},{},{},{},{},{},{},{},{},{}\r\n",
            d.day,
            d.dialogs,
            d.questions,
            d.answered,
            d.withheld,
            d.refused,
            d.degraded,
            d.tokens_in,
            d.tokens_out,
            d.kroner
        )
    })
}
