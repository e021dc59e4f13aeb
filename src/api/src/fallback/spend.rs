//! What a question may cost and has cost: set aside before a model is asked, settled afterwards.

use super::ask::Work;
use super::provider::{Failure, Usage};
use crate::store::fallback::{Budget, Ended, Reserved, Worst};
use crate::store::{StoreError, is_retry};
use grounding::{Message, tokens_most};
use protocol::fallback::Lack;

/// Tries of a transaction that PostgreSQL gave up for another's sake.
const TRIES: usize = 8;

impl Work {
    fn worst(&self, messages: &[Message]) -> Worst {
        let c = &self.help.config;
        let (tokens_in, tokens_out) = (tokens_most(messages), u64::from(c.max_tokens));
        Worst {
            tokens: tokens_in + tokens_out,
            micro: c.cost(tokens_in, tokens_out),
        }
    }

    fn budget(&self) -> Budget {
        let c = &self.help.config;
        Budget {
            tokens: c.tokens_per_day,
            micro: c.micro_per_day(),
            turns: c.turns_per_conversation,
        }
    }

    /// Sets aside what this can cost. `Some` says why not.
    pub(super) async fn reserve(
        &mut self,
        messages: &[Message],
    ) -> Result<Option<Lack>, StoreError> {
        let (worst, budget, now_ms) = (
            self.worst(messages),
            self.budget(),
            self.desk.clock.now_ms(),
        );
        let mut tries = 0;
        let reserved = loop {
            tries += 1;
            let mut tx = self.desk.store.write(&self.site.tenant).await?;
            let done = match tx
                .reserve_fallback(&self.day, &self.talk, now_ms, worst, budget)
                .await
            {
                Ok(reserved) => tx.commit().await.map(|()| reserved),
                Err(e) => Err(e),
            };
            match done {
                Err(e) if is_retry(&e) && tries < TRIES => {}
                other => break other?,
            }
        };
        Ok(match reserved {
            Reserved::Yes(left) => {
                self.turns_left = left;
                self.set_aside = worst;
                None
            }
            Reserved::Budget => Some(Lack::Budget),
            Reserved::Turns => {
                self.turns_left = 0;
                Some(Lack::Turns)
            }
        })
    }

    pub(super) async fn reserve_again(&mut self, messages: &[Message]) -> Result<bool, StoreError> {
        let worst = self.worst(messages);
        let mut tx = self.desk.store.write(&self.site.tenant).await?;
        let done = tx.reserve_again(&self.day, worst, self.budget()).await?;
        tx.commit().await?;
        if done {
            self.set_aside.tokens += worst.tokens;
            self.set_aside.micro += worst.micro;
        }
        Ok(done)
    }

    /// A server that refused has read nothing; one that was silent may have.
    pub(super) fn failed_before(&mut self, messages: &[Message], failure: Failure) {
        if matches!(failure, Failure::Slow | Failure::Broken) {
            self.use_up(None, messages, 0);
        }
    }

    /// What a try has used: as the server counted it, else as letters tell.
    pub(super) fn use_up(&mut self, counted: Option<Usage>, messages: &[Message], said: u64) {
        let letters: u64 = messages.iter().map(|m| m.text.len() as u64).sum();
        let guess = Usage {
            tokens_in: letters.div_ceil(3),
            tokens_out: said.div_ceil(3),
        };
        let used = counted.filter(|u| u.tokens_in > 0).unwrap_or(guess);
        self.used.tokens_in += used.tokens_in;
        self.used.tokens_out += used.tokens_out;
    }

    pub(super) async fn settle(&mut self, ended: Ended) -> Result<(), StoreError> {
        let used = (self.used.tokens_in, self.used.tokens_out);
        let micro = self.help.config.cost(used.0, used.1);
        let mut tries = 0;
        loop {
            tries += 1;
            let mut tx = self.desk.store.write(&self.site.tenant).await?;
            let done = match tx
                .settle_fallback(&self.day, self.set_aside, used, micro, ended)
                .await
            {
                Ok(()) => tx.commit().await,
                Err(e) => Err(e),
            };
            match done {
                Err(e) if is_retry(&e) && tries < TRIES => {}
                other => return other,
            }
        }
    }
}
