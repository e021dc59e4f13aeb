//! How much one network and one kommune may ask. Networks are counted under an HMAC of their address prefix with a key that
//! lives in memory and changes every hour: nothing about who asked can be kept, logged or written.

use crate::secret;
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// The key changes this often.
const ROTATES: Duration = Duration::from_secs(3600);
/// Sign-ins of one network that failed: a whole office at once, then three a minute.
const SIGN_INS: Rate = Rate {
    per_second: 0.05,
    burst: 30.0,
};
/// Conversations of one network, where the settings say nothing else: a school or a library at once, then one every two minutes.
const CONVERSATIONS: Rate = Rate {
    per_second: 1.0 / 120.0,
    burst: 15.0,
};
/// Wrong resume codes of one network: twenty, then twenty an hour.
const CODES: Rate = Rate {
    per_second: 1.0 / 180.0,
    burst: 20.0,
};
/// Questions of one network to AI help: twenty at once, then one every six seconds.
const ASKS: Rate = Rate {
    per_second: 1.0 / 6.0,
    burst: 20.0,
};
/// More networks than this are forgotten at once: memory stays bounded, and a flood costs only its own count.
const NETWORKS_MOST: usize = 100_000;

/// A number of things per time, with a reserve.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rate {
    /// How many a second, in the long run.
    pub per_second: f64,
    /// How many at once.
    pub burst: f64,
}

#[derive(Clone, Copy)]
struct Bucket {
    left: f64,
    at: Instant,
}

impl Bucket {
    /// Takes one; or says after how many seconds there is one.
    fn take(&mut self, rate: Rate, now: Instant) -> Result<(), u64> {
        let passed = now.saturating_duration_since(self.at).as_secs_f64();
        self.left = (self.left + passed * rate.per_second).min(rate.burst);
        self.at = now;
        if self.left >= 1.0 {
            self.left -= 1.0;
            Ok(())
        } else {
            Err(((1.0 - self.left) / rate.per_second)
                .ceil()
                .clamp(1.0, 3600.0) as u64)
        }
    }
}

struct Inner {
    key: [u8; 32],
    since: Instant,
    buckets: HashMap<String, Bucket>,
    /// By slug: few, and never forgotten, however many networks come.
    kommuner: HashMap<String, Bucket>,
}

/// The counts.
pub struct Limits {
    network: Rate,
    holds: Rate,
    conversations: Rate,
    inner: Mutex<Inner>,
}

impl Limits {
    /// What one network may ask, and how many times it may have kept.
    pub fn new(network: Rate, holds: Rate) -> Limits {
        Limits {
            network,
            holds,
            conversations: CONVERSATIONS,
            inner: Mutex::new(Inner {
                key: secret::random_bytes(),
                since: Instant::now(),
                buckets: HashMap::new(),
                kommuner: HashMap::new(),
            }),
        }
    }

    /// How many conversations with a person one network may begin.
    #[must_use]
    pub fn conversing(self, conversations: Rate) -> Limits {
        Limits {
            conversations,
            ..self
        }
    }

    /// One request of a network to a kommune.
    ///
    /// # Errors
    /// Too many; the seconds after which one more is allowed.
    pub fn request(
        &self,
        ip: Option<IpAddr>,
        kommune: &str,
        quota: u32,
        now: Instant,
    ) -> Result<(), u64> {
        self.from_network(ip, now)?;
        self.for_kommune("kommune", kommune, quota, now)
    }

    /// One request of a network, to whomever.
    ///
    /// # Errors
    /// As [`Limits::request`].
    pub fn from_network(&self, ip: Option<IpAddr>, now: Instant) -> Result<(), u64> {
        let Some(ip) = ip else { return Ok(()) };
        self.take("network", &prefix(ip), self.network, now)
    }

    /// One request to a kommune: `what` keeps citizens and staff apart, so that neither takes the other's share.
    ///
    /// # Errors
    /// As [`Limits::request`].
    pub fn for_kommune(
        &self,
        what: &str,
        kommune: &str,
        quota: u32,
        now: Instant,
    ) -> Result<(), u64> {
        let quota = Rate {
            per_second: f64::from(quota.max(1)),
            burst: f64::from(quota.max(1)) * 2.0,
        };
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        let full = Bucket {
            left: quota.burst,
            at: now,
        };
        let name = format!("{what}:{kommune}");
        let own = inner.kommuner.entry(name).or_insert(full);
        own.take(quota, now)
    }

    /// One hold of a network.
    ///
    /// # Errors
    /// As [`Limits::request`].
    pub fn hold(&self, ip: Option<IpAddr>, kommune: &str, now: Instant) -> Result<(), u64> {
        let Some(ip) = ip else { return Ok(()) };
        self.take(&format!("hold:{kommune}"), &prefix(ip), self.holds, now)
    }

    /// One conversation of a network with a person.
    ///
    /// # Errors
    /// As [`Limits::request`].
    pub fn conversation(&self, ip: Option<IpAddr>, kommune: &str, now: Instant) -> Result<(), u64> {
        let Some(ip) = ip else { return Ok(()) };
        let what = format!("conversation:{kommune}");
        self.take(&what, &prefix(ip), self.conversations, now)
    }

    /// One question of a network to AI help.
    ///
    /// # Errors
    /// As [`Limits::request`].
    pub fn ask(&self, ip: Option<IpAddr>, kommune: &str, now: Instant) -> Result<(), u64> {
        let Some(ip) = ip else { return Ok(()) };
        self.take(&format!("ask:{kommune}"), &prefix(ip), ASKS, now)
    }

    /// One try of a network to come back with a code. It is counted before it is looked at; [`Limits::code_was_right`] takes
    /// that back.
    ///
    /// # Errors
    /// Too many failed; the seconds after which one more is allowed.
    pub fn code(&self, ip: Option<IpAddr>, now: Instant) -> Result<(), u64> {
        let Some(ip) = ip else { return Ok(()) };
        self.take("code", &prefix(ip), CODES, now)
    }

    /// The code was right and does not count.
    pub fn code_was_right(&self, ip: Option<IpAddr>, now: Instant) {
        let Some(ip) = ip else { return };
        self.with("code", &prefix(ip), CODES, now, |bucket| {
            bucket.left = (bucket.left + 1.0).min(CODES.burst);
        });
    }

    /// One sign-in of a network. It is counted before it is looked at; [`Limits::sign_in_was_right`] takes that back.
    ///
    /// # Errors
    /// Too many failed; the seconds after which one more is allowed.
    pub fn sign_in(&self, ip: Option<IpAddr>, now: Instant) -> Result<(), u64> {
        let Some(ip) = ip else { return Ok(()) };
        self.take("sign-in", &prefix(ip), SIGN_INS, now)
    }

    /// The sign-in was right and does not count.
    pub fn sign_in_was_right(&self, ip: Option<IpAddr>, now: Instant) {
        let Some(ip) = ip else { return };
        self.with("sign-in", &prefix(ip), SIGN_INS, now, |bucket| {
            bucket.left = (bucket.left + 1.0).min(SIGN_INS.burst);
        });
    }

    fn take(&self, what: &str, who: &[u8], rate: Rate, now: Instant) -> Result<(), u64> {
        self.with(what, who, rate, now, |bucket| bucket.take(rate, now))
    }

    fn with<T>(
        &self,
        what: &str,
        who: &[u8],
        rate: Rate,
        now: Instant,
        act: impl FnOnce(&mut Bucket) -> T,
    ) -> T {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        if now.saturating_duration_since(inner.since) >= ROTATES
            || inner.buckets.len() >= NETWORKS_MOST
        {
            inner.key = secret::random_bytes();
            inner.since = now;
            inner.buckets.clear();
        }
        let name = secret::keyed(&inner.key, &[what.as_bytes(), who]);
        let full = Bucket {
            left: rate.burst,
            at: now,
        };
        act(inner.buckets.entry(name).or_insert(full))
    }
}

/// The part of an address that stands for a household or an office: 24 bits of four, 56 of sixteen bytes.
fn prefix(ip: IpAddr) -> Vec<u8> {
    match ip.to_canonical() {
        IpAddr::V4(v4) => v4.octets()[..3].to_vec(),
        IpAddr::V6(v6) => v6.octets()[..7].to_vec(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: Rate = Rate {
        per_second: 1.0,
        burst: 3.0,
    };

    #[test]
    fn a_network_is_stopped_and_let_in_again_and_another_is_not_touched() {
        let limits = Limits::new(RATE, RATE);
        let (a, b) = ("192.0.2.1".parse().ok(), "198.51.100.1".parse().ok());
        let begin = Instant::now();
        for _ in 0..3 {
            assert_eq!(limits.request(a, "x", 1000, begin), Ok(()));
        }
        assert_eq!(limits.request(a, "x", 1000, begin), Err(1));
        assert_eq!(limits.request(b, "x", 1000, begin), Ok(()));
        let later = begin + Duration::from_secs(1);
        assert_eq!(limits.request(a, "x", 1000, later), Ok(()));
    }

    #[test]
    fn a_kommune_that_is_flooded_leaves_another_alone() {
        let limits = Limits::new(RATE, RATE);
        let now = Instant::now();
        let taken = (0..100).filter(|_| limits.request(None, "x", 5, now).is_ok());
        assert_eq!(taken.count(), 10);
        assert_eq!(limits.request(None, "y", 5, now), Ok(()));
    }

    #[test]
    fn sign_ins_that_fail_run_out_and_right_ones_do_not_count() {
        let limits = Limits::new(RATE, RATE);
        let (a, b) = ("192.0.2.1".parse().ok(), "198.51.100.1".parse().ok());
        let now = Instant::now();
        for _ in 0..200 {
            assert_eq!(limits.sign_in(a, now), Ok(()));
            limits.sign_in_was_right(a, now);
        }
        assert_eq!(
            (0..100).filter(|_| limits.sign_in(a, now).is_ok()).count(),
            30
        );
        assert_eq!(limits.sign_in(a, now), Err(20));
        assert_eq!(limits.sign_in(b, now), Ok(()));
        assert_eq!(limits.sign_in(a, now + Duration::from_secs(20)), Ok(()));
    }

    #[test]
    fn a_flood_from_more_networks_than_are_remembered_gets_no_more_of_the_quota() {
        let limits = Limits::new(RATE, RATE);
        let now = Instant::now();
        let taken = (0..u32::try_from(NETWORKS_MOST).expect("fits") + 10).filter(|n| {
            let ip = IpAddr::from((n << 8).to_be_bytes());
            limits.from_network(Some(ip), now).is_ok()
                && limits.for_kommune("citizens", "x", 5, now).is_ok()
        });
        assert_eq!(taken.count(), 10);
    }

    #[test]
    fn the_key_changes_every_hour_and_memory_is_bounded() {
        let limits = Limits::new(RATE, RATE);
        let begin = Instant::now();
        let a = "192.0.2.1".parse().ok();
        assert_eq!(limits.hold(a, "x", begin), Ok(()));
        let before = limits.inner.lock().expect("lock").key;
        assert_eq!(limits.hold(a, "x", begin + ROTATES), Ok(()));
        let inner = limits.inner.lock().expect("lock");
        assert_ne!(before, inner.key);
        assert_eq!(inner.buckets.len(), 1);
    }
}
