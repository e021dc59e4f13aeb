//! What time it is, as a value that tests can set.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

/// The time of the server. Milliseconds since 1970 UTC.
#[derive(Clone, Debug)]
pub struct Clock(Kind);

#[derive(Clone, Debug)]
enum Kind {
    System,
    Fast { since_ms: i64, factor: i64 },
    Set(Arc<AtomicI64>),
}

impl Clock {
    /// The machine's clock.
    pub fn system() -> Clock {
        Clock(Kind::System)
    }

    /// A clock that runs `factor` times as fast since an instant; for trials that cannot wait five minutes for a hold.
    pub fn fast(since_ms: i64, factor: i64) -> Clock {
        Clock(Kind::Fast { since_ms, factor })
    }

    /// A clock that stands still at `now_ms` until [`Clock::set`]. Clones are the same clock.
    pub fn fixed(now_ms: i64) -> Clock {
        Clock(Kind::Set(Arc::new(AtomicI64::new(now_ms))))
    }

    /// Sets a clock of [`Clock::fixed`], also backwards; the machine's cannot be set.
    pub fn set(&self, now_ms: i64) {
        if let Kind::Set(at) = &self.0 {
            at.store(now_ms, Ordering::SeqCst);
        }
    }

    /// Now.
    pub fn now_ms(&self) -> i64 {
        match &self.0 {
            Kind::System => machine(),
            Kind::Fast { since_ms, factor } => since_ms + (machine() - since_ms) * factor,
            Kind::Set(at) => at.load(Ordering::SeqCst),
        }
    }
}

fn machine() -> i64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| {
            i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
        })
}
