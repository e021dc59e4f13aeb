//! What staff must look at: notices that did not get through, bookings that nobody serves any more, conversations that have not
//! reached their department. They know receipt numbers only, and each role hears of what it can find: the counters of bookings, who
//! talks with citizens of conversations.

use super::super::{Desk, Draft};
use super::no_such;
use crate::auth::Roles;
use crate::auth::access::{AT_COUNTER, AT_QUEUES};
use crate::carriers::mail;
use crate::fault::Fault;
use crate::notices::OVERDUE_MS;
use crate::store::{StoreError, Tx};
use crate::tenant::Site;
use booking::instant_text;
use protocol::staff::{Alert, AlertAbout, Alerts, Seen, SeenRequest};

/// A matter of a conversation, as it is stored.
pub(crate) const CONVERSATION: &str = "conversation";

/// Which matters somebody hears of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Matters {
    /// Those of bookings.
    pub bookings: bool,
    /// Those of conversations.
    pub talks: bool,
}

impl Matters {
    /// What roles hear of.
    pub fn of(roles: Roles) -> Matters {
        Matters {
            bookings: roles.has_any(AT_COUNTER),
            talks: roles.has_any(AT_QUEUES),
        }
    }

    fn has(self, about: &str) -> bool {
        if about == CONVERSATION {
            self.talks
        } else {
            self.bookings
        }
    }
}

impl Desk {
    /// What nobody has marked as seen, of those matters. A notice that has waited for too long is among it whether or not the courier has come
    /// round to it: call [`Desk::raise_overdue`] before.
    ///
    /// # Errors
    /// The database cannot be used.
    pub async fn staff_alerts(&self, site: &Site, matters: Matters) -> Result<Alerts, Fault> {
        let mut tx = self.reading(site).await?;
        let rows = tx.alerts().await?.into_iter();
        let alerts = rows.filter(|row| matters.has(&row.about)).map(|row| Alert {
            alert: row.id,
            at: instant_text(row.at_ms),
            about: match row.about.as_str() {
                "undelivered" => AlertAbout::Undelivered,
                "stranded" => AlertAbout::Stranded,
                CONVERSATION => AlertAbout::Conversation,
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
        for one in &overdue {
            let about = match one.about.as_str() {
                mail::TALK | mail::RECEIPT => CONVERSATION,
                _ => "undelivered",
            };
            // Mail and text message of one booking are one matter.
            tx.alert_once(now_ms, about, &one.receipt).await?;
        }
        tx.commit().await?;
        Ok(overdue.len())
    }
}

pub(super) async fn seen(
    tx: &mut Tx,
    who: &str,
    wish: &SeenRequest,
    matters: Matters,
    now_ms: i64,
) -> Result<Draft, Fault> {
    let may = |about: &str| matters.has(about);
    let seen = tx.see(&wish.alert, may, now_ms).await?;
    let fresh = seen.ok_or_else(no_such)?;
    if fresh {
        tx.audit(now_ms, "", &wish.alert, "alert-seen", who).await?;
    }
    Draft::plain(&Seen {
        alert: wish.alert.clone(),
    })
}
