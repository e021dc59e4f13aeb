//! What an open preview page hears: server-sent events with the latest state of every kommune, and the page itself.
//! Knows how to tell, not how to build; `watch.rs` does.

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use compiler::diagnostic::{Diagnostic, Severity};
use serde::Serialize;
use std::collections::BTreeMap;
use std::convert::Infallible;
use std::path::PathBuf;
use std::sync::Arc;
use tokio::sync::watch::{Receiver, Sender};
use tokio_stream::StreamExt as _;
use tokio_stream::wrappers::WatchStream;

/// Rows a page shows at most; the rest is counted.
const ROWS: usize = 200;

/// One mistake, as the page draws it.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Row {
    severity: &'static str,
    code: &'static str,
    file: String,
    line: usize,
    message: String,
    hint: String,
}

/// State of one kommune.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Kommune {
    /// File names of the published bundle; empty before the first.
    pub(crate) bundle: String,
    /// Milliseconds of the latest build.
    pub(crate) ms: u64,
    /// Why the page still shows the former bundle, in Danish; empty when it does not.
    pub(crate) problem: String,
    /// Number of errors.
    pub(crate) errors: usize,
    /// Number of warnings.
    pub(crate) warnings: usize,
    /// The first of both, errors first.
    pub(crate) rows: Vec<Row>,
}

impl Kommune {
    /// Takes over what the latest check said.
    pub(crate) fn checked(&mut self, diagnostics: &[&Diagnostic]) {
        let of = |severity| diagnostics.iter().filter(move |d| d.severity == severity);
        self.errors = of(Severity::Error).count();
        self.warnings = of(Severity::Warning).count();
        let row = |d: &&Diagnostic| Row {
            severity: d.severity.name(),
            code: d.code,
            file: d.file.display().to_string(),
            line: d.line,
            message: d.message.clone(),
            hint: d.hint.clone(),
        };
        self.rows = of(Severity::Error)
            .chain(of(Severity::Warning))
            .take(ROWS)
            .map(row)
            .collect();
    }
}

/// State of all.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Report {
    /// A build is running.
    pub(crate) busy: bool,
    /// What is shown stands on the former model; training goes on behind.
    pub(crate) training: bool,
    /// Clock time of the latest build, `14.05`.
    pub(crate) at: String,
    /// By slug.
    pub(crate) kommuner: BTreeMap<String, Kommune>,
}

/// Tells every open page.
pub(crate) struct Teller(Sender<String>);

impl Teller {
    /// Sends the state; nobody listening is no mistake.
    pub(crate) fn tell(&self, report: &Report) {
        self.0
            .send_replace(serde_json::to_string(report).unwrap_or_default());
    }
}

/// The server's side of it.
#[derive(Clone)]
pub(crate) struct Live {
    latest: Receiver<String>,
    slugs: Arc<Vec<String>>,
    /// Folder of the published files.
    dist: Arc<PathBuf>,
}

/// A teller and what the server needs to pass its words on.
pub(crate) fn channel(slugs: Vec<String>, dist: PathBuf) -> (Teller, Live) {
    let first = Report {
        busy: true,
        ..Report::default()
    };
    let (sender, latest) =
        tokio::sync::watch::channel(serde_json::to_string(&first).unwrap_or_default());
    (
        Teller(sender),
        Live {
            latest,
            slugs: Arc::new(slugs),
            dist: Arc::new(dist),
        },
    )
}

impl Live {
    /// `/_watch` and the preview pages.
    pub(crate) fn routes(self) -> Router {
        Router::new()
            .route("/_watch", get(events))
            .route("/_explain/{slug}", post(explain))
            .route("/forhaandsvis/{name}", get(page))
            .with_state(self)
    }
}

async fn events(State(live): State<Live>) -> Response {
    let stream =
        WatchStream::new(live.latest).map(|text| Ok::<_, Infallible>(Event::default().data(text)));
    Sse::new(stream)
        .keep_alive(KeepAlive::default())
        .into_response()
}

/// How the question in the body was read, for the kommune's published bundle. Nothing of it is kept.
async fn explain(State(live): State<Live>, Path(slug): Path<String>, question: String) -> Response {
    let known = live.slugs.contains(&slug);
    match known.then(|| crate::question::explain_for_editor(&live.dist, &slug, &question)) {
        Some(Ok(told)) => (
            [(header::CONTENT_TYPE, "application/json; charset=utf-8")],
            told,
        )
            .into_response(),
        Some(Err(problem)) => (StatusCode::SERVICE_UNAVAILABLE, problem).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn page(State(live): State<Live>, Path(name): Path<String>) -> Response {
    let (kind, text) = match name.as_str() {
        "preview.css" => (
            "text/css; charset=utf-8",
            include_str!("../../../www/preview/preview.css").to_owned(),
        ),
        "preview.js" => (
            "text/javascript; charset=utf-8",
            include_str!("../../../www/preview/preview.js").to_owned(),
        ),
        // Only known slugs go into the page, and they are a-z and dashes.
        slug if live.slugs.iter().any(|s| s == slug) => (
            "text/html; charset=utf-8",
            include_str!("../../../www/preview/index.html").replace("{kommune}", slug),
        ),
        _ => {
            let known = live
                .slugs
                .iter()
                .map(|s| format!("/forhaandsvis/{s}"))
                .collect::<Vec<_>>()
                .join("\n");
            return (
                StatusCode::NOT_FOUND,
                format!("Der er forhåndsvisning af:\n{known}\n"),
            )
                .into_response();
        }
    };
    ([(header::CONTENT_TYPE, kind)], text).into_response()
}
