//! Forgetting: by the citizen, when the time of keeping is over, and again after a backup was brought back.

use super::change::found;
use super::hold::times;
use super::{Desk, Draft, Post, secret_hash};
use crate::fault::Fault;
use crate::store::bookings::By;
use crate::store::{StoreError, Tx};
use crate::tenant::{Site, Tenant};
use booking::{Actor, Event, instant_text, permit};
use protocol::{Code, Erased};

/// A visit that has not been is called off first: nobody would know who comes.
pub(super) async fn erase(tx: &mut Tx, secret: &str, now_ms: i64) -> Result<Draft, Fault> {
    let (booking, visit) = found(tx, secret).await?;
    let wish = permit(
        visit.state,
        Event::Cancel,
        Actor::Staff,
        &times(&visit, 0, now_ms),
    );
    if let Ok(next) = wish
        && tx.set_state(&visit, next).await?
    {
        tx.audit(now_ms, &booking.id, &visit.id, "cancelled", "citizen")
            .await?;
    }
    tx.erase(&booking.id, now_ms).await?;
    tx.audit(now_ms, &booking.id, &visit.id, "erased", "citizen")
        .await?;
    Draft::plain(&Erased {
        receipt: booking.receipt,
        erased_at: instant_text(now_ms),
    })
}

impl Desk {
    /// Writes down that a booking will be erased, before it is.
    pub(super) async fn note_erasure(&self, site: &Site, post: &Post) -> Result<(), Fault> {
        let hash = secret_hash(&post.secret);
        let mut tx = self.reading(site).await?;
        let booking = tx.booking(By::SecretHash(&hash)).await?;
        drop(tx);
        if let Some(booking) = booking {
            self.note(&site.tenant, &booking.id)?;
        }
        Ok(())
    }

    pub(super) fn note(&self, tenant: &Tenant, booking: &str) -> Result<(), Fault> {
        self.erasures.add(tenant.slug(), booking).map_err(|e| {
            tracing::error!(kind = %e.kind(), "the list of erasures cannot be written");
            Fault::No(Code::Internal, "the erasure cannot be written down")
        })
    }

    /// Erases again what a backup brought back. Returns how many bookings had come back.
    ///
    /// # Errors
    /// The list or the database cannot be used.
    pub async fn erase_again(&self) -> Result<usize, StoreError> {
        let all = self
            .erasures
            .all()
            .map_err(|e| StoreError::Sql(sqlx::Error::Io(e)))?;
        let mut again = 0;
        for (slug, id) in all {
            let Some(site) = self.sites.all().find(|s| s.tenant.slug() == slug) else {
                continue;
            };
            let now_ms = self.clock.now_ms();
            let mut tx = self.store.write(&site.tenant).await?;
            if tx.booking(By::Id(&id)).await?.is_some() {
                if let Some(visit) = tx.visit_of(&id).await?
                    && let Ok(next) = permit(
                        visit.state,
                        Event::Cancel,
                        Actor::Staff,
                        &times(&visit, 0, now_ms),
                    )
                {
                    tx.set_state(&visit, next).await?;
                }
                tx.erase(&id, now_ms).await?;
                tx.audit(now_ms, &id, "", "erased", "system").await?;
                again += 1;
            } else if Desk::delete_again(&mut tx, &id, now_ms).await? {
                again += 1;
            }
            tx.commit().await?;
        }
        Ok(again)
    }

    /// Forgets what is older than the kommune keeps it, and answers older than a day. Nothing that a citizen sees depends on
    /// when this runs.
    ///
    /// # Errors
    /// The database cannot be used.
    pub async fn tidy(&self, site: &Site) -> Result<usize, Fault> {
        let now_ms = self.clock.now_ms();
        let kept_ms = i64::from(site.admin.privacy.retention_days) * 86_400_000;
        let mut tx = self.store.read(&site.tenant).await?;
        let outdated = tx.outdated(now_ms - kept_ms).await?;
        drop(tx);
        for id in &outdated {
            self.note(&site.tenant, id)?;
        }
        let mut tx = self.store.write(&site.tenant).await?;
        for id in &outdated {
            tx.erase(id, now_ms).await?;
            tx.audit(now_ms, id, "", "erased", "system").await?;
        }
        tx.forget_afar(now_ms - kept_ms, now_ms).await?;
        tx.forget_answers(now_ms).await?;
        tx.forget_codes(now_ms).await?;
        tx.forget_blocks(now_ms - kept_ms).await?;
        tx.commit().await?;
        let talks = self.forget_talks(site).await?;
        Ok(outdated.len() + talks)
    }
}
