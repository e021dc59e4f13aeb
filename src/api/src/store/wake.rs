//! Who waits for news of a conversation, or of a kommune's queue, is woken when a transaction has lasted: in this process at once, on
//! other nodes through LISTEN and NOTIFY of PostgreSQL. What is sent names a kommune and a conversation and holds no text. A wake
//! is a hint: who is woken reads the database, and who hears nothing reads it now and then all the same.

use super::{Kind, StoreError, Tx};
use sqlx::postgres::PgListener;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::watch;

/// The channel of PostgreSQL.
const CHANNEL: &str = "lokalsvar_handoff";
/// Between two tries to hear other nodes.
const PAUSE: Duration = Duration::from_secs(1);
/// Names that nobody listens to any more are forgotten when there are more than this.
const NAMES_MOST: usize = 1024;

/// Who waits for what. Clones share it.
#[derive(Clone, Debug, Default)]
pub struct Wakes {
    inner: Arc<Mutex<Inner>>,
}

#[derive(Debug, Default)]
struct Inner {
    by_name: HashMap<String, watch::Sender<u64>>,
    ended: bool,
}

/// Hears one name.
pub(crate) struct Ear {
    heard: watch::Receiver<u64>,
    wakes: Wakes,
}

impl Ear {
    /// Waits for a wake since the last one, at most this long. Says whether there was one.
    pub(crate) async fn wait(&mut self, most: Duration) -> bool {
        if self.wakes.has_ended() {
            return true;
        }
        matches!(
            tokio::time::timeout(most, self.heard.changed()).await,
            Ok(Ok(()))
        )
    }

    /// The server ends: nobody should wait any longer.
    pub(crate) fn has_ended(&self) -> bool {
        self.wakes.has_ended()
    }
}

impl Wakes {
    /// Listens to a conversation of a kommune.
    pub(crate) fn conversation(&self, slug: &str, id: &str) -> Ear {
        self.listen(format!("{slug} {id}"))
    }

    /// Listens to everything of a kommune.
    pub(crate) fn queue(&self, slug: &str) -> Ear {
        self.listen(slug.to_owned())
    }

    fn listen(&self, name: String) -> Ear {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        if inner.by_name.len() > NAMES_MOST {
            inner.by_name.retain(|_, ears| ears.receiver_count() > 0);
        }
        let ears = inner.by_name.entry(name);
        let mut heard = ears.or_insert_with(|| watch::channel(0).0).subscribe();
        heard.mark_unchanged();
        Ear {
            heard,
            wakes: self.clone(),
        }
    }

    /// Wakes who listens to a conversation ("kommune id") or a kommune, and in the first case to its kommune.
    fn wake(&self, name: &str) {
        let slug = name.split(' ').next().unwrap_or_default();
        let inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        for name in [name, slug] {
            if let Some(ears) = inner.by_name.get(name) {
                ears.send_modify(|n| *n = n.wrapping_add(1));
            }
            if name == slug {
                return;
            }
        }
    }

    /// Wakes everybody: something may have been missed.
    fn wake_all(&self) {
        let inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        for ears in inner.by_name.values() {
            ears.send_modify(|n| *n = n.wrapping_add(1));
        }
    }

    /// The server ends: who waits is woken, and nobody waits any longer.
    pub fn end(&self) {
        let lock = self.inner.lock();
        lock.unwrap_or_else(PoisonError::into_inner).ended = true;
        self.wake_all();
    }

    fn has_ended(&self) -> bool {
        let lock = self.inner.lock();
        lock.unwrap_or_else(PoisonError::into_inner).ended
    }

    /// Hears the other nodes at a PostgreSQL, with a connection of its own, for as long as it is let run. Whenever the connection
    /// was lost, everybody is woken.
    pub async fn hear_others(self, address: String) {
        loop {
            if let Err(e) = self.hear(&address).await {
                tracing::warn!(error = %e, "other nodes cannot be heard");
            }
            self.wake_all();
            tokio::time::sleep(PAUSE).await;
        }
    }

    async fn hear(&self, address: &str) -> Result<(), StoreError> {
        let mut listener = PgListener::connect(address).await?;
        listener.listen(CHANNEL).await?;
        self.wake_all();
        while let Some(said) = listener.try_recv().await? {
            self.wake(said.payload());
        }
        Ok(())
    }
}

impl Tx {
    /// When this transaction has lasted, who waits for news of the conversation or of the queue is woken, on every node.
    pub(crate) async fn wake(&mut self, conversation: &str) -> Result<(), StoreError> {
        let name = format!("{} {conversation}", self.slug());
        self.wake_named(name).await
    }

    /// The same for the queue alone.
    pub(crate) async fn wake_queue(&mut self) -> Result<(), StoreError> {
        let name = self.slug();
        self.wake_named(name).await
    }

    async fn wake_named(&mut self, name: String) -> Result<(), StoreError> {
        if self.woken.contains(&name) {
            return Ok(());
        }
        if self.kind == Kind::Postgres {
            sqlx::query("SELECT pg_notify($1, $2)")
                .bind(CHANNEL)
                .bind(&name)
                .execute(self.connection())
                .await?;
        }
        self.woken.push(name);
        Ok(())
    }

    /// After the commit.
    pub(super) fn wake_all(wakes: &Wakes, names: &[String]) {
        for name in names {
            wakes.wake(name);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOON: Duration = Duration::from_millis(20);

    #[tokio::test]
    async fn a_conversation_wakes_its_own_ears_and_those_of_its_kommune_alone() {
        let wakes = Wakes::default();
        let mut own = wakes.conversation("eksempelby", "a");
        let mut queue = wakes.queue("eksempelby");
        let mut others = [
            wakes.conversation("eksempelby", "b"),
            wakes.conversation("fjordby", "a"),
            wakes.queue("fjordby"),
        ];
        wakes.wake("eksempelby a");
        assert!(own.wait(SOON).await && queue.wait(SOON).await);
        for ear in &mut others {
            assert!(!ear.wait(SOON).await);
        }
        assert!(!own.wait(SOON).await, "once");
    }

    #[tokio::test]
    async fn what_happens_before_the_wait_is_heard_and_an_end_ends_every_wait() {
        let wakes = Wakes::default();
        let mut ear = wakes.conversation("eksempelby", "a");
        wakes.wake("eksempelby a");
        assert!(ear.wait(SOON).await, "it happened while nobody waited");
        wakes.end();
        assert!(ear.wait(Duration::from_secs(60)).await && ear.has_ended());
    }
}
