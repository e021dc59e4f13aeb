//! Who is there. A console says so every 20 seconds; whoever is not heard from for a minute is away: a conversation goes back to the
//! queue, and its citizen is told. A citizen who is not heard from is marked, and comes back by asking for anything.

use super::{AWAY_MS, staff, system};
use crate::desk::{Desk, Draft};
use crate::fault::Fault;
use crate::store::Tx;
use crate::store::handoff::{TalkBy, TalkNote};
use crate::tenant::Site;
use handoff::Admin;
use protocol::Code;
use protocol::staff_handoff::{Noted, PresenceRequest};

/// Two rounds that lie further apart say that this server, or its database, was not there itself.
const ROUND_MOST_MS: i64 = 30_000;

pub(super) async fn set(
    tx: &mut Tx,
    admin: &Admin,
    who: &str,
    wish: &PresenceRequest,
    now_ms: i64,
) -> Result<Draft, Fault> {
    let unknown = |id: &String| admin.department(id).is_none();
    if wish.departments.len() > 50 || wish.departments.iter().any(unknown) {
        return Err(Fault::No(
            Code::Invalid,
            "departments: ids of departments of the kommune",
        ));
    }
    let mut departments = wish.departments.clone();
    departments.sort_unstable();
    departments.dedup();
    if tx
        .set_presence(who, wish.there, &departments, now_ms)
        .await?
    {
        tx.wake_queue().await?;
    }
    Draft::plain(&Noted {})
}

/// Looks for those who are away. Nobody is blamed for a time in which nobody could be heard: after a start, or a gap between two
/// rounds, everybody has a minute to be heard from.
#[derive(Debug, Default)]
pub struct Sweeper {
    since_ms: i64,
    last_ms: i64,
}

impl Sweeper {
    /// One round over a server's kommuner. Returns how many conversations went back to the queue.
    pub async fn round(&mut self, desk: &Desk) -> usize {
        let now_ms = desk.clock.now_ms();
        if now_ms - self.last_ms > ROUND_MOST_MS || now_ms < self.last_ms {
            self.since_ms = now_ms;
        }
        let mut back = 0;
        for site in desk.sites.all().filter(|site| site.talk.is_some()) {
            match desk.sweep(&site, self.since_ms, now_ms).await {
                Ok(n) => back += n,
                Err(e) => {
                    tracing::error!(error = %e, kommune = site.tenant.slug(), "who is away could not be looked for");
                    // Who could not be heard for that reason is not away.
                    self.last_ms = 0;
                    return back;
                }
            }
        }
        self.last_ms = now_ms;
        back
    }
}

impl Desk {
    async fn sweep(&self, site: &Site, since_ms: i64, now_ms: i64) -> Result<usize, Fault> {
        let limit_ms = now_ms - AWAY_MS;
        if since_ms > limit_ms {
            return Ok(0);
        }
        let mut tx = self.store.read(&site.tenant).await?;
        let lost = format!(
            "c.stage = 'active' AND NOT EXISTS (SELECT 1 FROM presence p WHERE p.tenant = c.tenant AND p.account = c.owner
             AND p.seen_ms > {limit_ms}) ORDER BY c.created_ms LIMIT 200"
        );
        let lost = tx.talks(&lost).await?;
        let silent = format!(
            "c.stage <> 'closed' AND c.way = 'chat' AND c.away_ms = 0 AND c.heard_ms <= {limit_ms} ORDER BY c.created_ms LIMIT 200"
        );
        let silent = tx.talks(&silent).await?;
        drop(tx);
        let mut back = 0;
        for row in lost {
            back += usize::from(self.requeue(site, &row.id, limit_ms).await?);
        }
        for row in silent {
            self.mark_away(site, &row.id, limit_ms).await?;
        }
        Ok(back)
    }

    /// Once more under the lock: another node, or the console itself, may have been faster.
    async fn requeue(&self, site: &Site, id: &str, limit_ms: i64) -> Result<bool, Fault> {
        let mut tx = self.store.write(&site.tenant).await?;
        tx.lock_talk(id).await?;
        let now_ms = self.clock.now_ms();
        let Some(row) = tx.talk(TalkBy::Id(id)).await? else {
            return Ok(false);
        };
        let seen = tx.presence_of(&row.owner).await?;
        if row.stage != "active" || seen.is_some_and(|p| p.seen_ms > limit_ms) {
            return Ok(false);
        }
        if staff::requeue(&mut tx, &row, "staff-away", now_ms)
            .await?
            .is_none()
        {
            return Ok(false);
        }
        tx.audit(now_ms, &row.id, "", "talk-requeued", "system")
            .await?;
        tx.commit().await?;
        Ok(true)
    }

    async fn mark_away(&self, site: &Site, id: &str, limit_ms: i64) -> Result<(), Fault> {
        let mut tx = self.store.write(&site.tenant).await?;
        tx.lock_talk(id).await?;
        let now_ms = self.clock.now_ms();
        let Some(row) = tx.talk(TalkBy::Id(id)).await? else {
            return Ok(());
        };
        let away = TalkNote::Away {
            since_ms: now_ms,
            heard_ms: row.heard_ms,
        };
        if row.heard_ms > limit_ms || !tx.note_talk(id, away).await? {
            return Ok(());
        }
        tx.add_entry(id, &system("citizen-away", ""), now_ms)
            .await?;
        Ok(tx.commit().await?)
    }
}
