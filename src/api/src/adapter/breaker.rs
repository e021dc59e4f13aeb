//! A circuit breaker per kommune and system: after five failures within 30 seconds nothing is sent for 30 seconds, then one request
//! tries. So a system that hangs costs a citizen no waiting, and one that recovers is not flooded. In memory, per node.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

const FAILURES: usize = 5;
const WITHIN: Duration = Duration::from_secs(30);
const OPEN: Duration = Duration::from_secs(30);

#[derive(Default)]
struct Circuit {
    failures: Vec<Instant>,
    /// Nothing is sent before.
    open_until: Option<Instant>,
}

/// The circuits of a server.
#[derive(Default)]
pub(crate) struct Breaker(Mutex<HashMap<String, Circuit>>);

impl Breaker {
    /// Whether something may be sent. While the circuit is open one request each 30 seconds may, to try.
    pub(crate) fn may(&self, name: &str, now: Instant) -> bool {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(circuit) = all.get_mut(name) else {
            return true;
        };
        match circuit.open_until {
            None => true,
            Some(until) if now < until => false,
            Some(_) => {
                circuit.open_until = Some(now + OPEN);
                true
            }
        }
    }

    /// Tells how a request ended. Returns true when the circuit has just opened.
    pub(crate) fn told(&self, name: &str, good: bool, now: Instant) -> bool {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if good {
            all.remove(name);
            return false;
        }
        let circuit = all.entry(name.to_owned()).or_default();
        circuit
            .failures
            .retain(|at| now.saturating_duration_since(*at) < WITHIN);
        circuit.failures.push(now);
        if circuit.open_until.is_none() && circuit.failures.len() >= FAILURES {
            circuit.open_until = Some(now + OPEN);
            return true;
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_opens_after_five_failures_tries_once_and_closes_after_a_success() {
        let breaker = Breaker::default();
        let begin = Instant::now();
        let at = |s: u64| begin + Duration::from_secs(s);
        for second in 0..4 {
            assert!(!breaker.told("a", false, at(second)));
        }
        assert!(breaker.may("a", at(4)));
        assert!(breaker.told("a", false, at(4)));
        assert!(!breaker.may("a", at(5)) && !breaker.may("a", at(33)));
        assert!(breaker.may("b", at(5)), "another kommune is not touched");
        assert!(breaker.may("a", at(34)), "one try");
        assert!(!breaker.may("a", at(35)), "and no second one beside it");
        breaker.told("a", true, at(36));
        assert!(breaker.may("a", at(36)));
    }

    #[test]
    fn failures_that_lie_far_apart_do_not_open_it() {
        let breaker = Breaker::default();
        let begin = Instant::now();
        for n in 0..20 {
            assert!(!breaker.told("a", false, begin + Duration::from_secs(n * 10)));
        }
    }
}
