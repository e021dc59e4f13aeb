//! How long a citizen will wait, from how long others did today. Says nothing rather than guess.

/// Fewer waits than this are no ground for an estimate.
pub const FEWEST_WAITS: usize = 5;
/// Only the newest waits count: an hour with many citizens is not what the morning was.
pub const NEWEST_WAITS: usize = 20;

/// Minutes until somebody answers, rounded up, at least 1: three of four citizens among the newest [`NEWEST_WAITS`] got an
/// answer within that time. `recent_seconds` are today's waits in one department, the newest last. `None` with fewer than
/// [`FEWEST_WAITS`].
pub fn estimate(recent_seconds: &[u32]) -> Option<u16> {
    let newest = &recent_seconds[recent_seconds.len().saturating_sub(NEWEST_WAITS)..];
    if newest.len() < FEWEST_WAITS {
        return None;
    }
    let mut sorted = newest.to_vec();
    sorted.sort_unstable();
    let at = (sorted.len() * 3).div_ceil(4).saturating_sub(1);
    let minutes = sorted.get(at)?.div_ceil(60).max(1);
    Some(u16::try_from(minutes).unwrap_or(u16::MAX))
}
