//! Figures for Prometheus. Labels are routes, kommuner and outcomes, never anything a citizen sent.

use prometheus::{
    Encoder as _, Histogram, HistogramOpts, IntCounter, IntCounterVec, IntGauge, Opts, Registry,
    TextEncoder,
};

/// The figures of one server.
pub struct Metrics {
    registry: Registry,
    /// Requests by route, method and status.
    pub requests: IntCounterVec,
    /// Seconds until the answer.
    pub seconds: Histogram,
    /// Notices by what they are about, the way, and whether they were sent.
    pub notices: IntCounterVec,
    /// Notices that were given up or have waited for more than 15 minutes, since the start of this server.
    pub overdue: IntCounter,
    /// 1 while the database answers.
    pub ready: IntGauge,
    /// Conversations that went back to the queue because staff were not heard from, since the start of this server.
    pub requeued: IntCounter,
    /// Open streams of conversations.
    pub streams: IntGauge,
    /// Kommuner whose booking file cannot be used, so that the former one is in force.
    pub stale: IntGauge,
}

impl Metrics {
    /// All at zero.
    ///
    /// # Panics
    /// Never: the names are fixed and differ.
    pub fn new() -> Metrics {
        let requests = IntCounterVec::new(
            Opts::new(
                "lokalsvar_requests_total",
                "Requests by route, method and status",
            ),
            &["route", "method", "status"],
        )
        .expect("a metric");
        let seconds = Histogram::with_opts(HistogramOpts::new(
            "lokalsvar_request_seconds",
            "Seconds until the answer",
        ))
        .expect("a metric");
        let notices = IntCounterVec::new(
            Opts::new(
                "lokalsvar_notices_total",
                "Notices by subject, channel and outcome",
            ),
            &["about", "channel", "outcome"],
        )
        .expect("a metric");
        let overdue = IntCounter::new(
            "lokalsvar_notices_overdue_total",
            "Notices that were given up or have waited for more than 15 minutes",
        )
        .expect("a metric");
        let ready =
            IntGauge::new("lokalsvar_ready", "1 while the database answers").expect("a metric");
        let stale = IntGauge::new(
            "lokalsvar_booking_files_refused",
            "Kommuner whose booking file cannot be used; the former one is in force",
        )
        .expect("a metric");
        let requeued = IntCounter::new(
            "lokalsvar_conversations_requeued_total",
            "Conversations that went back to the queue because staff were not heard from",
        )
        .expect("a metric");
        let streams = IntGauge::new(
            "lokalsvar_conversation_streams",
            "Open streams of conversations",
        )
        .expect("a metric");
        let registry = Registry::new();
        let all: [Box<dyn prometheus::core::Collector>; 8] = [
            Box::new(requests.clone()),
            Box::new(seconds.clone()),
            Box::new(notices.clone()),
            Box::new(overdue.clone()),
            Box::new(ready.clone()),
            Box::new(stale.clone()),
            Box::new(requeued.clone()),
            Box::new(streams.clone()),
        ];
        for metric in all {
            registry.register(metric).expect("a new name");
        }
        Metrics {
            registry,
            requests,
            seconds,
            notices,
            overdue,
            ready,
            requeued,
            streams,
            stale,
        }
    }

    /// Counts notices that were found to have waited for too long, and says so in the log.
    pub fn told_overdue(&self, kommune: &str, count: usize) {
        if count > 0 {
            self.overdue.inc_by(count as u64);
            tracing::error!(
                kommune,
                count,
                "notices have waited for more than 15 minutes"
            );
        }
    }

    /// Adds the figures of another part; a second of the same name is left out.
    pub fn add(&self, figures: IntCounterVec) {
        if let Err(e) = self.registry.register(Box::new(figures)) {
            tracing::error!(error = %e, "a figure is there already");
        }
    }

    /// In Prometheus' text format.
    pub fn text(&self) -> String {
        let mut out = Vec::new();
        if TextEncoder::new()
            .encode(&self.registry.gather(), &mut out)
            .is_err()
        {
            return String::new();
        }
        String::from_utf8(out).unwrap_or_default()
    }
}

impl Default for Metrics {
    fn default() -> Self {
        Metrics::new()
    }
}
