//! What staff must look at: notices that did not get through, bookings that nobody serves any more. They know receipt numbers only.

use super::super::{Desk, Draft};
use super::no_such;
use crate::fault::Fault;
use crate::notices::OVERDUE_MS;
use crate::store::{StoreError, Tx};
use crate::tenant::Site;
use booking::instant_text;
use protocol::staff::{Alert, AlertAbout, Alerts, Seen, SeenRequest};

impl Desk {
    /// What nobody has marked as seen. A notice that has waited for too long is among it whether or not the courier has come
    /// round to it: call [`Desk::raise_overdue`] before.
    ///
    /// # Errors
    /// The database cannot be used.
    pub async fn staff_alerts(&self, site: &Site) -> Result<Alerts, Fault> {
        let mut tx = self.reading(site).await?;
        let alerts = tx.alerts().await?.into_iter().map(|row| Alert {
            alert: row.id,
            at: instant_text(row.at_ms),
            about: match row.about.as_str() {
                "undelivered" => AlertAbout::Undelivered,
                "stranded" => AlertAbout::Stranded,
                _ => AlertAbout::Other,
            },
            receipt: (!row.subject.is_empty()).then_some(row.subject),
        });
        Ok(Alerts {
            alerts: alerts.collect(),
        })
    }

    /// Raises an alert for every notice that has waited for more than 15 minutes and was not reported yet; says how many.
    ///
    /// # Errors
    /// The database cannot be used.
    pub async fn raise_overdue(&self, site: &Site) -> Result<usize, StoreError> {
        let now_ms = self.clock.now_ms();
        let mut tx = self.store.read(&site.tenant).await?;
        let any = tx.any_overdue(now_ms - OVERDUE_MS).await?;
        drop(tx);
        if !any {
            return Ok(0);
        }
        let mut tx = self.store.write(&site.tenant).await?;
        tx.lock(&["outbox"]).await?;
        let overdue = tx.overdue(now_ms - OVERDUE_MS, now_ms).await?;
        for receipt in &overdue {
            // Mail and text message of one booking are one matter.
            tx.alert_once(now_ms, "undelivered", receipt).await?;
        }
        tx.commit().await?;
        Ok(overdue.len())
    }
}

pub(super) async fn seen(
    tx: &mut Tx,
    who: &str,
    wish: &SeenRequest,
    now_ms: i64,
) -> Result<Draft, Fault> {
    let fresh = tx.see(&wish.alert, now_ms).await?.ok_or_else(no_such)?;
    if fresh {
        tx.audit(now_ms, "", &wish.alert, "alert-seen", who).await?;
    }
    Draft::plain(&Seen {
        alert: wish.alert.clone(),
    })
}
