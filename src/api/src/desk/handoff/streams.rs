//! How many streams are open: few per conversation, where who comes later ends the oldest, and a bound per kommune.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::oneshot;

/// Streams of one conversation: two tabs, and one that has not noticed yet that it is gone.
const EACH: usize = 3;
/// Streams of one kommune.
const KOMMUNE: usize = 5000;

/// The streams of this process. Clones share it.
#[derive(Clone, Default)]
pub(crate) struct Streams(Arc<Mutex<Inner>>);

/// The number of a stream, and what ends it.
type Place = (u64, oneshot::Sender<()>);

#[derive(Default)]
struct Inner {
    next: u64,
    by_talk: HashMap<(String, String), VecDeque<Place>>,
    by_slug: HashMap<String, usize>,
}

/// A place; it is free again when this goes.
pub(crate) struct Seat {
    streams: Streams,
    talk: (String, String),
    number: u64,
    /// Resolves when somebody newer has taken the place.
    pub(crate) ended: oneshot::Receiver<()>,
}

impl Streams {
    /// A place for a stream. `None` when the kommune has too many.
    pub(crate) fn sit(&self, slug: &str, id: &str) -> Option<Seat> {
        let mut inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = inner.by_slug.entry(slug.to_owned()).or_default();
        if *count >= KOMMUNE {
            return None;
        }
        *count += 1;
        inner.next += 1;
        let number = inner.next;
        let talk = (slug.to_owned(), id.to_owned());
        let (end, ended) = oneshot::channel();
        let seats = inner.by_talk.entry(talk.clone()).or_default();
        seats.push_back((number, end));
        while seats.len() > EACH {
            // Its receiver resolves.
            seats.pop_front();
        }
        Some(Seat {
            streams: self.clone(),
            talk,
            number,
            ended,
        })
    }

    /// How many there are.
    #[cfg(test)]
    pub(crate) fn count(&self) -> usize {
        let inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        inner.by_slug.values().sum()
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let lock = self.streams.0.lock();
        let mut inner = lock.unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = inner.by_slug.get_mut(&self.talk.0) {
            *count = count.saturating_sub(1);
        }
        if let Some(seats) = inner.by_talk.get_mut(&self.talk) {
            seats.retain(|(number, _)| *number != self.number);
            if seats.is_empty() {
                inner.by_talk.remove(&self.talk);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn who_comes_later_ends_the_oldest_and_leaves_other_conversations_alone() {
        let streams = Streams::default();
        let mut seats: Vec<Seat> = (0..EACH)
            .filter_map(|_| streams.sit("eksempelby", "a"))
            .collect();
        let mut other = streams.sit("eksempelby", "b").expect("a place");
        let fourth = streams.sit("eksempelby", "a").expect("a place");
        assert!(
            seats[0]
                .ended
                .try_recv()
                .is_err_and(|e| e == oneshot::error::TryRecvError::Closed)
        );
        for seat in &mut seats[1..] {
            assert_eq!(
                seat.ended.try_recv(),
                Err(oneshot::error::TryRecvError::Empty)
            );
        }
        assert_eq!(
            other.ended.try_recv(),
            Err(oneshot::error::TryRecvError::Empty)
        );
        assert_eq!(streams.count(), EACH + 2);
        drop((seats, other, fourth));
        assert_eq!(streams.count(), 0);
    }
}
