//! Which browser holds which times, for the cap on holds at once ([`booking::Limits::holds_at_once`]).
//!
//! A browser has no name of its own: nothing is stored in it for this. It is told by its whole address and what it says about
//! itself, as an HMAC with a key that is in the memory of this process only, forgotten an hour after its last hold. So nothing
//! about who asked is ever written. Several persons behind one address are told apart as far as their browsers differ; where they do
//! not, the cap is one for them together while their holds last. Whoever changes what they say about themselves gets
//! around it and meets the limit of holds per network instead ([`crate::limits`]). Each node counts for itself.
//!
//! Only the ids of holds are kept here. Whether one still runs is asked in the transaction that adds another.

use crate::secret;
use crate::tenant::Tenant;
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// More browsers than this are forgotten at once: memory stays bounded.
const BROWSERS_MOST: usize = 100_000;
/// Holds of one browser that are remembered; the cap is 5 at most.
const KEPT: usize = 8;
/// No hold lasts longer.
const LASTS: Duration = Duration::from_secs(3600);
/// Between two looks for what is to be forgotten.
const ROUND: Duration = Duration::from_secs(60);

struct Browser {
    /// The newest last.
    holds: Vec<String>,
    at: Instant,
}

struct Inner {
    key: [u8; 32],
    looked: Instant,
    browsers: HashMap<String, Browser>,
}

/// The browsers that hold something.
pub(crate) struct Holds(Mutex<Inner>);

impl Default for Holds {
    fn default() -> Self {
        Holds(Mutex::new(Inner {
            key: secret::random_bytes(),
            looked: Instant::now(),
            browsers: HashMap::new(),
        }))
    }
}

/// What tells a browser: for [`Post::browser`](super::Post::browser). Empty when its address is not known, or is this machine's: no
/// citizen sits there.
pub fn browser(ip: Option<IpAddr>, agent: &str, languages: &str) -> String {
    match ip.map(|ip| ip.to_canonical()) {
        Some(IpAddr::V4(v4)) if !v4.is_loopback() => format!("{v4} {agent} {languages}"),
        // A household has 64 bits.
        Some(IpAddr::V6(v6)) if !v6.is_loopback() => {
            format!("{:?} {agent} {languages}", &v6.segments()[..4])
        }
        _ => String::new(),
    }
}

impl Holds {
    /// Name of a browser in this process; empty for nobody.
    pub(crate) fn name(&self, tenant: &Tenant, browser: &str) -> String {
        if browser.is_empty() {
            return String::new();
        }
        let parts = [tenant.slug().as_bytes(), browser.as_bytes()];
        self.with(Instant::now(), |inner| secret::keyed(&inner.key, &parts))
    }

    /// Ids of what it has held, running or not.
    pub(crate) fn of(&self, name: &str) -> Vec<String> {
        self.with(Instant::now(), |inner| {
            let browser = inner.browsers.get(name);
            browser.map_or_else(Vec::new, |b| b.holds.clone())
        })
    }

    /// It holds this too. If the transaction fails after all, it is found not to run.
    pub(crate) fn keep(&self, name: String, hold: &str, now: Instant) {
        if name.is_empty() {
            return;
        }
        self.with(now, |inner| {
            let entry = inner.browsers.entry(name).or_insert(Browser {
                holds: Vec::new(),
                at: now,
            });
            if entry.holds.len() >= KEPT {
                entry.holds.remove(0);
            }
            entry.holds.push(hold.to_owned());
            entry.at = now;
        });
    }

    fn with<T>(&self, now: Instant, what: impl FnOnce(&mut Inner) -> T) -> T {
        let mut inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if now.saturating_duration_since(inner.looked) >= ROUND
            || inner.browsers.len() >= BROWSERS_MOST
        {
            inner.looked = now;
            let fresh = |b: &Browser| now.saturating_duration_since(b.at) < LASTS;
            inner.browsers.retain(|_, browser| fresh(browser));
            if inner.browsers.len() >= BROWSERS_MOST {
                inner.browsers.clear();
            }
            if inner.browsers.is_empty() {
                inner.key = secret::random_bytes();
            }
        }
        what(&mut inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_is_told_by_its_address_and_what_it_says() {
        let of = |ip: &str, agent: &str| browser(ip.parse().ok(), agent, "da");
        assert_eq!(of("127.0.0.1", "x"), "");
        assert_eq!(of("::1", "x"), "");
        assert_eq!(browser(None, "x", "da"), "");
        assert_ne!(of("192.0.2.1", "x"), of("192.0.2.2", "x"));
        assert_ne!(of("192.0.2.1", "x"), of("192.0.2.1", "y"));
        assert_eq!(of("192.0.2.1", "x"), of("::ffff:192.0.2.1", "x"));
        assert_eq!(of("2001:db8::1", "x"), of("2001:db8::2", "x"));
    }

    #[test]
    fn holds_are_remembered_for_an_hour_and_by_kommune() {
        let holds = Holds::default();
        let here = Tenant::new("eksempelby");
        let (a, other) = (
            holds.name(&here, "a"),
            holds.name(&Tenant::new("fjordby"), "a"),
        );
        assert_ne!(a, other);
        let now = Instant::now();
        holds.keep(a.clone(), "1", now);
        holds.keep(String::new(), "2", now);
        assert_eq!(holds.of(&a), ["1"]);
        assert_eq!(holds.of(&other).len() + holds.of("").len(), 0);
        holds.keep(other.clone(), "3", now + LASTS);
        assert_eq!((holds.of(&a).len(), holds.of(&other).len()), (0, 1));
    }
}
