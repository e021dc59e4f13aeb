//! A department with a contact centre: the conversation begins there, what the citizen writes goes there, and what happens there comes into
//! the log here. Every step can be tried again: ids are the same for every try, and what was heard is written down together with the cursor
//! behind it. While the contact centre answers, whoever has the conversation there is present; when it does not for 60 seconds, the
//! conversation is back in the queue like anybody else's.

use super::contract::{self, Arrival, Sent, Utterance};
use super::{Carrier, Later};
use crate::adapter::call::{self, Line, Trouble};
use crate::desk::{AFAR, CONVERSATION, Desk, hear_from_afar};
use crate::fault::Fault;
use crate::store::handoff::{TalkBy, TalkRow};
use crate::store::handoff_carried::CarriedRow;
use crate::store::{StoreError, Tx};
use crate::tenant::{Site, Sites};
use handoff::{Admin, Department};
use std::collections::HashMap;

/// Longer than any step takes: who crashed in the middle is taken over after this.
const LEASE_MS: i64 = 60_000;
/// A conversation that is talked in is looked at this often.
const TALKING_MS: i64 = 2_000;
/// A message or a call.
const RESTING_MS: i64 = 15_000;
/// Staff are told when a contact centre has not taken a conversation for this long.
const OVERDUE_MS: i64 = 15 * 60_000;

/// A contact centre.
pub(super) struct Centre;

impl Carrier for Centre {
    fn come<'a>(
        &'a self,
        tx: &'a mut Tx,
        department: &'a Department,
        talk: &'a TalkRow,
        now_ms: i64,
    ) -> Later<'a, ()> {
        Box::pin(async move { Ok(tx.carry(&talk.id, &department.id, now_ms).await?) })
    }
}

/// Names of the environment in which the token of a department is looked for, the more special first.
pub fn token_names(kommune: &str, department: &str) -> [String; 2] {
    let upper = |text: &str| text.to_uppercase().replace('-', "_");
    let general = format!("LOKALSVAR_HANDOFF_TOKEN_{}", upper(kommune));
    [format!("{general}_{}", upper(department)), general]
}

/// Goes between this server and contact centres.
pub struct Messenger {
    desk: Desk,
    client: reqwest::Client,
    /// By kommune and department.
    tokens: HashMap<(String, String), String>,
}

impl Messenger {
    /// Reads the tokens of all departments that have a contact centre.
    ///
    /// # Errors
    /// Every token that is missing, a line each.
    pub fn new(desk: Desk, env: impl Fn(&str) -> Option<String>) -> Result<Messenger, Vec<String>> {
        let tokens = tokens(&desk.sites, env)?;
        let client = call::client(call::PATIENCE).map_err(|e| vec![e])?;
        Ok(Messenger {
            desk,
            client,
            tokens,
        })
    }

    /// One round over all kommuner. Returns how many conversations were looked at.
    pub async fn round(&self) -> usize {
        let mut looked = 0;
        for site in self.desk.sites.all().filter(|site| site.talk.is_some()) {
            match self.of(&site).await {
                Ok(n) => looked += n,
                Err(e) => {
                    tracing::error!(error = %e, kommune = site.tenant.slug(), "what contact centres have cannot be read");
                }
            }
        }
        looked
    }

    async fn of(&self, site: &Site) -> Result<usize, StoreError> {
        let now_ms = self.desk.clock.now_ms();
        let mut tx = self.desk.store.read(&site.tenant).await?;
        let any = tx.any_carried(now_ms).await?;
        drop(tx);
        if !any {
            return Ok(0);
        }
        let mut tx = self.desk.store.write(&site.tenant).await?;
        let rows = tx.claim_carried(now_ms, LEASE_MS).await?;
        tx.commit().await?;
        for row in &rows {
            let mut row = row.clone();
            let done = self.step(site, &mut row).await;
            let now_ms = self.desk.clock.now_ms();
            let mut tx = self.desk.store.write(&site.tenant).await?;
            match done {
                Ok(Next::Look(in_ms)) => {
                    row.next_ms = now_ms + in_ms;
                    row.since_ms = 0;
                    tx.keep_carried(&row).await?;
                }
                Ok(Next::Over) => tx.drop_carried(&row.conversation).await?,
                Err(Stop::Store(e)) => return Err(e),
                Err(Stop::Trouble(trouble)) => {
                    tracing::warn!(kommune = site.tenant.slug(), reason = %trouble, "a contact centre did not answer");
                    failed(&mut tx, &mut row, now_ms).await?;
                }
            }
            tx.commit().await?;
        }
        Ok(rows.len())
    }

    /// Brings one conversation up to date, there and here.
    async fn step(&self, site: &Site, row: &mut CarriedRow) -> Result<Next, Stop> {
        let mut tx = self.desk.store.read(&site.tenant).await?;
        let talk = tx.talk(TalkBy::Id(&row.conversation)).await?;
        drop(tx);
        let Some((line, admin)) = self.line(site, &row.department) else {
            return Ok(Next::Over);
        };
        let here = |talk: &TalkRow| {
            let owned = talk.owner.is_empty() || talk.owner == AFAR;
            owned && talk.stage != "closed" && talk.department == row.department
        };
        let Some(talk) = talk.filter(here) else {
            // Over, or somebody else has it: nobody there must go on.
            if !row.remote.is_empty() {
                contract::end(&line, &row.remote).await?;
            }
            return Ok(Next::Over);
        };
        if row.remote.is_empty() {
            let arrival = self.arrival(site, admin, &talk).await?;
            row.remote = contract::open(&line, &arrival).await?.remote;
            row.sent = talk.seq;
            self.keep(site, row).await?;
        }
        self.forward(site, &line, row).await?;
        self.listen(site, &line, row).await?;
        Ok(Next::Look(if talk.way == "chat" {
            TALKING_MS
        } else {
            RESTING_MS
        }))
    }

    /// What the citizen wrote since it was last told.
    async fn forward(&self, site: &Site, line: &Line, row: &mut CarriedRow) -> Result<(), Stop> {
        loop {
            let mut tx = self.desk.store.read(&site.tenant).await?;
            let entries = tx.entries(&row.conversation, row.sent, 50).await?;
            drop(tx);
            if entries.is_empty() {
                return Ok(());
            }
            for entry in entries {
                if entry.who == "citizen" && entry.kind == "message" {
                    let sent = Sent {
                        id: entry.message,
                        seq: entry.seq,
                        text: entry.text,
                    };
                    contract::send(line, &row.remote, &sent).await?;
                }
                row.sent = entry.seq;
            }
            self.keep(site, row).await?;
        }
    }

    /// What happened there: into the log, with the cursor in the same transaction.
    async fn listen(&self, site: &Site, line: &Line, row: &mut CarriedRow) -> Result<(), Stop> {
        loop {
            let heard = contract::hear(line, &row.remote, &row.cursor).await?;
            let now_ms = self.desk.clock.now_ms();
            let mut tx = self.desk.store.write(&site.tenant).await?;
            tx.lock_talk(&row.conversation).await?;
            tx.see_presence(AFAR, now_ms).await?;
            for event in &heard.events {
                match hear_from_afar(&mut tx, &row.conversation, event, now_ms).await {
                    Ok(()) => {}
                    Err(Fault::Store(e)) => return Err(e.into()),
                    // It is over here, or somebody has it: what comes afterwards is heard and changes nothing.
                    Err(fault) => {
                        tracing::info!(reason = %fault, "what a contact centre says does not fit any more");
                    }
                }
            }
            let more = heard.events.len() == 100 && heard.cursor != row.cursor;
            row.cursor = heard.cursor;
            tx.keep_carried(row).await?;
            tx.commit().await?;
            if !more {
                return Ok(());
            }
        }
    }

    async fn keep(&self, site: &Site, row: &CarriedRow) -> Result<(), StoreError> {
        let mut tx = self.desk.store.write(&site.tenant).await?;
        tx.keep_carried(row).await?;
        tx.commit().await
    }

    fn line<'s>(&self, site: &'s Site, department: &str) -> Option<(Line, &'s Admin)> {
        let admin = site.talk.as_ref()?;
        let handoff::Carrier::Http { url } = &admin.department(department)?.carrier else {
            return None;
        };
        let name = (site.tenant.slug().to_owned(), department.to_owned());
        let token = self.tokens.get(&name)?;
        Some((Line::new(self.client.clone(), url, token), admin))
    }

    async fn arrival(
        &self,
        site: &Site,
        admin: &Admin,
        talk: &TalkRow,
    ) -> Result<Arrival, StoreError> {
        let mut tx = self.desk.store.read(&site.tenant).await?;
        let said = tx.said(&talk.id).await?.into_iter();
        let mut said: Vec<Utterance> = said
            .map(|said| Utterance {
                who: said.who,
                text: said.text,
            })
            .collect();
        let entries = tx.entries(&talk.id, 0, i64::MAX).await?.into_iter();
        let entries = entries.filter(|e| e.seq <= talk.seq && !e.text.is_empty());
        said.extend(entries.map(|e| Utterance {
            who: e.who,
            text: e.text,
        }));
        let contact = tx
            .caller(&talk.id)
            .await?
            .map(|caller| handoff::record::Contact {
                name: caller.name,
                phone: caller.phone,
                email: caller.email,
                when: caller.wanted,
            });
        let about = Some(talk.about.as_str()).filter(|about| !about.is_empty());
        Ok(Arrival {
            conversation: talk.id.clone(),
            receipt: talk.receipt.clone(),
            kommune: admin.kommune.clone(),
            department: talk.department.clone(),
            way: talk.way.clone(),
            about: talk.about.clone(),
            kle: admin
                .subject(about, &talk.department)
                .unwrap_or_default()
                .to_owned(),
            language: talk.language.clone(),
            said,
            contact,
        })
    }
}

/// What comes next.
enum Next {
    /// A look after so many milliseconds.
    Look(i64),
    /// Nothing.
    Over,
}

/// Why a step ended early.
enum Stop {
    Store(StoreError),
    Trouble(Trouble),
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Stop {
        Stop::Store(error)
    }
}

impl From<Trouble> for Stop {
    fn from(trouble: Trouble) -> Stop {
        Stop::Trouble(trouble)
    }
}

/// Tries again soon, then slower; staff hear of it once it has failed for long.
async fn failed(tx: &mut Tx, row: &mut CarriedRow, now_ms: i64) -> Result<(), StoreError> {
    if row.since_ms == 0 {
        row.since_ms = now_ms;
    }
    let failing_ms = now_ms - row.since_ms;
    row.next_ms = now_ms + (failing_ms / 4).clamp(TALKING_MS, 60_000);
    if failing_ms >= OVERDUE_MS
        && let Some(talk) = tx.talk(TalkBy::Id(&row.conversation)).await?
    {
        tx.alert_once(now_ms, CONVERSATION, &talk.receipt).await?;
    }
    tx.keep_carried(row).await
}

/// The tokens of all departments that have a contact centre.
///
/// # Errors
/// Every token that is missing, a line each.
pub fn tokens(
    sites: &Sites,
    env: impl Fn(&str) -> Option<String>,
) -> Result<HashMap<(String, String), String>, Vec<String>> {
    let (mut tokens, mut wrong) = (HashMap::new(), Vec::new());
    for site in sites.all() {
        let slug = site.tenant.slug();
        let departments = site.talk.iter().flat_map(|admin| &admin.departments);
        let far = |d: &&Department| matches!(d.carrier, handoff::Carrier::Http { .. });
        for department in departments.filter(far) {
            let names = token_names(slug, &department.id);
            let token = names.iter().find_map(|name| env(name));
            let fits = |t: &String| !t.is_empty() && t.bytes().all(|b| b.is_ascii_graphic());
            if let Some(token) = token.filter(fits) {
                tokens.insert((slug.to_owned(), department.id.clone()), token);
            } else {
                wrong.push(format!(
                    "kommune `{slug}`: department `{}` has a contact centre and no token; set {} or {} in the environment",
                    department.id, names[0], names[1]
                ));
            }
        }
    }
    if wrong.is_empty() {
        Ok(tokens)
    } else {
        Err(wrong)
    }
}
