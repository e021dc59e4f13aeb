//! The later look: wishes whose answer got lost, or whose server died in between, are asked for until it is known what became of
//! them. What was met is kept for the citizen's retry; what was not never will be. After 15 minutes staff hear of it.

use super::afar::{LEASE_MS, finish, given};
use super::call;
use super::contract::Outcome;
use crate::desk::Desk;
use crate::fault::Fault;
use crate::store::afar::WishRow;
use crate::tenant::Site;

/// Wishes that wait longer are reported.
const OVERDUE_MS: i64 = 15 * 60_000;

impl Desk {
    /// One round through all kommuner. Returns how many wishes were settled.
    pub async fn settle_wishes(&self) -> usize {
        let mut settled = 0;
        for site in self.sites.all() {
            match self.settle_of(&site).await {
                Ok(n) => settled += n,
                Err(e) => {
                    tracing::error!(error = %e, kommune = site.tenant.slug(), "wishes cannot be settled");
                }
            }
        }
        settled
    }

    async fn settle_of(&self, site: &Site) -> Result<usize, Fault> {
        let now_ms = self.clock.now_ms();
        let mut tx = self.store.read(&site.tenant).await?;
        let any = tx.any_doubtful(now_ms - LEASE_MS).await?;
        drop(tx);
        if !any {
            return Ok(0);
        }
        let mut tx = self.store.write(&site.tenant).await?;
        let wishes = tx.doubtful(now_ms - LEASE_MS, now_ms).await?;
        let late = tx.unsettled(now_ms - OVERDUE_MS, now_ms).await?;
        for service in &late {
            tx.alert(now_ms, "unsettled", service).await?;
        }
        tx.commit().await?;
        if !late.is_empty() {
            tracing::error!(
                kommune = site.tenant.slug(),
                count = late.len(),
                "a booking system has not said for 15 minutes what became of wishes"
            );
        }
        let mut settled = 0;
        for wish in &wishes {
            settled += usize::from(self.settle_one(site, wish).await?);
        }
        Ok(settled)
    }

    async fn settle_one(&self, site: &Site, wish: &WishRow) -> Result<bool, Fault> {
        // A retry of the citizen is on its way just now.
        let Ok(busy) = self.busy(&wish.key_hash) else {
            return Ok(false);
        };
        let Ok(line) = self.adapters.line(site, &wish.service) else {
            return Ok(false);
        };
        let told = self
            .adapters
            .call(site, "settle", &line, call::settle(&line, &wish.outer_key))
            .await;
        let done = match told {
            Ok(settled) if settled.outcome == Outcome::Never => {
                let mut tx = self.store.write(&site.tenant).await?;
                tx.end_wish(&wish.key_hash).await?;
                tx.commit().await?;
                true
            }
            Ok(settled) => match given(wish, settled.answer.unwrap_or_default()) {
                Some(given) => {
                    finish(self, site, wish, given).await?;
                    true
                }
                None => false,
            },
            Err(_) => false,
        };
        drop(busy);
        Ok(done)
    }
}
