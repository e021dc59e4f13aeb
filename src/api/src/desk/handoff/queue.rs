//! Who waits, who is talked to and who is there, without a word of what was said.

use super::{AWAY_MS, admin, read, show};
use crate::desk::Desk;
use crate::fault::Fault;
use crate::secret;
use crate::store::Tx;
use crate::store::handoff::TalkRow;
use crate::store::handoff_queue::PresenceRow;
use crate::tenant::Site;
use booking::instant_text;
use handoff::Admin;
use protocol::Code;
use protocol::staff_handoff::{Colleague, Desk as Counter, Me, Queue, QueueQuery, Record, Row};
use std::collections::HashMap;
use std::time::{Duration, Instant};

/// Most conversations of an answer.
const ROWS: &str = "(c.stage <> 'closed' OR c.record = 'open') ORDER BY
    CASE WHEN c.stage = 'waiting' AND c.way = 'chat' THEN 0 WHEN c.stage = 'active' THEN 1 WHEN c.stage = 'waiting' THEN 2 ELSE 3 END,
    c.created_ms, c.id LIMIT 1000";
/// Many messages at once are one change of the queue.
const PAUSE: Duration = Duration::from_millis(250);

/// Who looks at the queue.
#[derive(Clone, Debug)]
pub struct Reader {
    /// Id of the account.
    pub account: String,
    /// Is an agent.
    pub talks: bool,
}

impl Desk {
    /// The queue. With the version of the last answer it waits for a change when asked to.
    ///
    /// # Errors
    /// Nobody talks in this kommune; the database.
    pub async fn talk_queue(
        &self,
        site: &Site,
        reader: &Reader,
        query: &QueueQuery,
    ) -> Result<Queue, Fault> {
        let admin = admin(site)?;
        self.see(site, &reader.account).await?;
        let until = Instant::now() + Duration::from_secs(query.wait.min(20).into());
        let mut ear = self.store.wakes().queue(site.tenant.slug());
        loop {
            let now_ms = self.clock.now_ms();
            let mut tx = self.store.read(&site.tenant).await?;
            let queue = queue(&mut tx, admin, reader, now_ms).await?;
            drop(tx);
            if query.known.as_ref() != Some(&queue.version) {
                return Ok(queue);
            }
            if !read::again(&mut ear, until).await {
                return Ok(Queue {
                    version: queue.version,
                    unchanged: true,
                    ..Queue::default()
                });
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// A console that asks is alive.
    async fn see(&self, site: &Site, account: &str) -> Result<(), Fault> {
        const NOTE_MS: i64 = 10_000;
        let now_ms = self.clock.now_ms();
        let mut tx = self.store.read(&site.tenant).await?;
        let known = tx.presence_of(account).await?;
        drop(tx);
        if known.is_some_and(|p| now_ms - p.seen_ms > NOTE_MS) {
            let mut tx = self.store.write(&site.tenant).await?;
            tx.see_presence(account, now_ms).await?;
            tx.commit().await?;
        }
        Ok(())
    }
}

async fn queue(tx: &mut Tx, admin: &Admin, reader: &Reader, now_ms: i64) -> Result<Queue, Fault> {
    let talks = tx.talks(ROWS).await?;
    let present = tx.present(now_ms - AWAY_MS).await?;
    let in_hand: HashMap<String, u32> = tx.in_hand().await?.into_iter().collect();
    let own = present.iter().find(|p| p.account == reader.account);
    let shown = own.map(|p| p.departments.clone()).unwrap_or_default();
    let mine = |row: &&TalkRow| {
        shown.is_empty() || shown.contains(&row.department) || row.owner == reader.account
    };
    let colleague = |p: &&PresenceRow| Colleague {
        account: p.account.clone(),
        name: p.name.clone(),
        active: in_hand.get(&p.account).copied().unwrap_or(0),
    };
    let there: Vec<Colleague> = present.iter().map(|p| colleague(&p)).collect();
    let rows = talks.iter().filter(mine);
    let mut queue = Queue {
        rows: rows.map(|t| row(admin, t, &there, now_ms)).collect(),
        departments: admin
            .departments
            .iter()
            .map(|d| Counter {
                department: show::department(admin, &d.id),
                hours: admin.open(d, now_ms).is_open(),
                there: present
                    .iter()
                    .filter(|p| p.takes(&d.id))
                    .map(|p| colleague(&p))
                    .collect(),
                waiting: waiting(&talks, &d.id)
                    .count()
                    .try_into()
                    .unwrap_or(u32::MAX),
                longest_seconds: 0,
            })
            .collect(),
        me: Me {
            account: reader.account.clone(),
            there: own.is_some_and(|p| p.there),
            talks: reader.talks,
            departments: shown.clone(),
        },
        version: String::new(),
        unchanged: false,
    };
    let text = serde_json::to_string(&queue)
        .map_err(|_| Fault::No(Code::Internal, "an answer cannot be written"))?;
    queue.version = secret::hash(&["queue", &text]);
    // Seconds go by without being a change.
    for counter in &mut queue.departments {
        let first = waiting(&talks, &counter.department.id).map(|t| t.created_ms);
        counter.longest_seconds = first.min().map_or(0, |ms| {
            u32::try_from((now_ms - ms).max(0) / 1000).unwrap_or(u32::MAX)
        });
    }
    Ok(queue)
}

fn waiting<'a>(talks: &'a [TalkRow], department: &'a str) -> impl Iterator<Item = &'a TalkRow> {
    let waits = |t: &&TalkRow| t.stage == "waiting" && t.way == "chat";
    talks
        .iter()
        .filter(waits)
        .filter(move |t| t.department == department)
}

/// A conversation in the list. `there` may name its owner's conversations in hand.
pub(super) fn row(admin: &Admin, talk: &TalkRow, there: &[Colleague], now_ms: i64) -> Row {
    let waits = talk.stage == "waiting" && talk.way == "chat";
    let warn_ms = i64::from(admin.warn_minutes) * 60_000;
    let long = waits && now_ms - talk.created_ms > warn_ms;
    let known = there.iter().find(|c| c.account == talk.owner);
    let owner = (!talk.owner.is_empty()).then(|| {
        known.cloned().unwrap_or_else(|| Colleague {
            account: talk.owner.clone(),
            name: talk.owner_name.clone(),
            active: 0,
        })
    });
    Row {
        receipt: talk.receipt.clone(),
        way: show::way(&talk.way),
        stage: show::stage(&talk.stage),
        department: talk.department.clone(),
        about: Some(talk.about.clone()).filter(|about| !about.is_empty()),
        language: show::language(&talk.language),
        since: instant_text(talk.created_ms),
        queued: instant_text(talk.queued_ms),
        seq: talk.seq,
        unanswered: talk.unanswered,
        away: talk.away_ms != 0,
        owner,
        record: match talk.record.as_str() {
            "journalised" => Record::Journalised,
            "not-case-relevant" => Record::NotCaseRelevant,
            _ => Record::Open,
        },
        alarm: talk.alarm || long,
    }
}
