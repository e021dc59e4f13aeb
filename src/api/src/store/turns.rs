//! Whose turn it is: a kommune has only a part of the connections at a time, so that one whose citizens all come at once lines up
//! behind itself and not before another. The quota of requests says how many may come; this says how many are at the database.

use super::StoreError;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The turns of all kommuner for one kind of connection. Clones share them.
#[derive(Clone, Debug)]
pub(super) struct Turns {
    /// Turns of one kommune at a time, at least 1.
    most: usize,
    by_slug: Arc<Mutex<HashMap<String, Arc<Semaphore>>>>,
}

/// A turn; it ends when this goes.
pub(super) type Turn = OwnedSemaphorePermit;

impl Turns {
    pub(super) fn new(most: usize) -> Turns {
        Turns {
            most,
            by_slug: Arc::default(),
        }
    }

    /// Waits for a turn of the kommune, first come first served.
    ///
    /// # Errors
    /// None within `patience`.
    pub(super) async fn wait(&self, slug: &str, patience: Duration) -> Result<Turn, StoreError> {
        let own = {
            let mut all = self.by_slug.lock().unwrap_or_else(PoisonError::into_inner);
            let fresh = || Arc::new(Semaphore::new(self.most));
            Arc::clone(all.entry(slug.to_owned()).or_insert_with(fresh))
        };
        match tokio::time::timeout(patience, own.acquire_owned()).await {
            Ok(Ok(turn)) => Ok(turn),
            // Nobody closes them; what is left is that the time was up.
            _ => Err(StoreError::Sql(sqlx::Error::PoolTimedOut)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_kommune_that_has_all_its_turns_waits_and_another_does_not() {
        let turns = Turns::new(2);
        let soon = Duration::from_millis(20);
        let first = turns.wait("eksempelby", soon).await.expect("a turn");
        let _second = turns.wait("eksempelby", soon).await.expect("a turn");
        assert!(turns.wait("eksempelby", soon).await.is_err());
        let other = turns.wait("fjordby", soon).await;
        assert!(other.is_ok(), "its own turn");
        drop(first);
        let again = turns.wait("eksempelby", soon).await;
        assert!(again.is_ok(), "free again");
    }
}
