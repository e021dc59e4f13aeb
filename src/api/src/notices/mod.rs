//! Sends what the outbox holds: at least once, with the same id for every try, again with growing pauses, and an alert when one
//! was given up or a citizen has waited for more than 15 minutes.

pub mod mail;
pub mod sms;
mod words;

use crate::carriers::mail as mail_of;
use crate::desk::{Desk, calendar_of};
use crate::fault::Fault;
use crate::metrics::Metrics;
use crate::store::StoreError;
use crate::store::bookings::By;
use crate::store::outbox::OutRow;
use crate::tenant::Site;
use mail::Mailer;
use sms::Gateway;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Longer than any try takes: who crashed in the middle is taken over after this.
const LEASE_MS: i64 = 120_000;
/// A try may take this long.
const PATIENCE: Duration = Duration::from_secs(60);
/// A notice that waits longer is reported.
pub const OVERDUE_MS: i64 = 15 * 60_000;
/// A notice is given up after this many tries, about two days.
const TRIES_MOST: i64 = 40;
/// Messages of one kommune in one round.
const ROUND: i64 = 50;

/// A message with its words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// The same for every try.
    pub id: String,
    /// Mail address or phone number.
    pub to: String,
    /// Subject of a mail.
    pub subject: String,
    /// Plain text.
    pub text: String,
    /// A calendar file and whether it calls off.
    pub calendar: Option<(String, bool)>,
}

/// Where messages leave.
pub struct Courier {
    desk: Desk,
    metrics: Arc<Metrics>,
    mail: Option<Mailer>,
    sms: Option<Gateway>,
}

/// Why a message did not go.
#[derive(Debug, thiserror::Error)]
pub enum Undelivered {
    /// There is no such way in the settings.
    #[error("there is no way to send it")]
    NoWay,
    /// Another time perhaps.
    #[error("{0}")]
    Later(&'static str),
    /// Never: the address does not exist, for example.
    #[error("{0}")]
    Never(&'static str),
}

impl Courier {
    /// A courier.
    pub fn new(
        desk: Desk,
        metrics: Arc<Metrics>,
        mail: Option<Mailer>,
        sms: Option<Gateway>,
    ) -> Courier {
        Courier {
            desk,
            metrics,
            mail,
            sms,
        }
    }

    /// One round through all kommuner. Returns how many messages went.
    pub async fn round(&self) -> usize {
        let mut sent = 0;
        for site in self.desk.sites.all() {
            match self.of(&site).await {
                Ok(n) => sent += n,
                Err(e) => {
                    tracing::error!(error = %e, kommune = site.tenant.slug(), "the outbox cannot be read");
                }
            }
        }
        sent
    }

    async fn of(&self, site: &Site) -> Result<usize, StoreError> {
        let now_ms = self.desk.clock.now_ms();
        let mut tx = self.desk.store.read(&site.tenant).await?;
        let waiting = tx.anything_due(now_ms, now_ms - OVERDUE_MS).await?;
        drop(tx);
        if !waiting {
            return Ok(0);
        }
        let mut tx = self.desk.store.write(&site.tenant).await?;
        let rows = tx.claim(now_ms, LEASE_MS, ROUND).await?;
        tx.commit().await?;
        let mut sent = 0;
        let mut reported = Instant::now();
        for row in rows {
            sent += usize::from(self.deliver(site, &row).await?);
            // A server that does not answer must not keep staff from knowing until the last message was tried.
            if reported.elapsed() >= PATIENCE {
                self.report(site).await?;
                reported = Instant::now();
            }
        }
        self.report(site).await?;
        Ok(sent)
    }

    /// One message. The mark comes after the sending: a crash in between sends it twice, with the same id.
    async fn deliver(&self, site: &Site, row: &OutRow) -> Result<bool, StoreError> {
        let message = self.message(site, row).await?;
        let said = message.is_some();
        let done = match message {
            // The booking was erased, or the time is no more: nothing to say.
            None => Ok(()),
            Some(message) => match tokio::time::timeout(PATIENCE, self.send(row, &message)).await {
                Ok(done) => done,
                Err(_) => Err(Undelivered::Later("no answer")),
            },
        };
        let outcome = match &done {
            Ok(()) => "sent",
            Err(Undelivered::Never(_)) => "failed",
            Err(_) => "later",
        };
        let labels = [row.about.as_str(), row.channel.as_str(), outcome];
        self.metrics.notices.with_label_values(&labels).inc();
        let now_ms = self.desk.clock.now_ms();
        let mut tx = self.desk.store.write(&site.tenant).await?;
        match &done {
            Ok(()) => {
                tx.mark_sent(&row.id, now_ms).await?;
                if said && row.about == mail_of::TALK {
                    // Any other refusal: somebody took it in the same moment, and has it.
                    if let Err(Fault::Store(e)) = Desk::talk_mailed(&mut tx, row, now_ms).await {
                        return Err(e);
                    }
                }
            }
            Err(e) => {
                tracing::warn!(reason = %e, about = row.about, channel = row.channel, tries = row.tries, "a notice did not go");
                let never = matches!(e, Undelivered::Never(_)) || row.tries + 1 >= TRIES_MOST;
                tx.mark_failed(&row.id, (!never).then(|| now_ms + pause_ms(row.tries)))
                    .await?;
            }
        }
        tx.commit().await?;
        Ok(done.is_ok())
    }

    async fn send(&self, row: &OutRow, message: &Message) -> Result<(), Undelivered> {
        match (row.channel.as_str(), &self.mail, &self.sms) {
            ("email", Some(mail), _) => mail.send(message).await,
            ("sms", _, Some(sms)) => sms.send(message).await,
            _ => Err(Undelivered::NoWay),
        }
    }

    /// Puts the words together, from the booking as it is now.
    async fn message(&self, site: &Site, row: &OutRow) -> Result<Option<Message>, StoreError> {
        if row.about == "code" {
            return Ok(words::code(site, row));
        }
        if [mail_of::TALK, mail_of::RECEIPT].contains(&row.about.as_str()) {
            return self.desk.talk_mail(site, row).await;
        }
        let mut tx = self.desk.store.read(&site.tenant).await?;
        let Some(booking) = tx.booking(By::Id(&row.booking)).await? else {
            return Ok(None);
        };
        let (Some(visit), Some(person)) = (
            tx.visit_of(&row.booking).await?,
            tx.person(&row.booking).await?,
        ) else {
            return Ok(None);
        };
        drop(tx);
        // A time that was moved or called off in the meantime has a notice of its own.
        let over = visit.state == booking::State::Cancelled;
        if (row.about == "cancelled") != over || (row.about != "cancelled" && visit.id != row.visit)
        {
            return Ok(None);
        }
        let link = format!(
            "{}#{}{}",
            site.page,
            protocol::LINK_HASH,
            self.desk.secret_of(site, "secret", &booking.id)
        );
        let mut message = words::notice(site, row, &booking, &visit, &person, &link);
        message.calendar = Some((calendar_of(site, &booking, &visit), over));
        Ok(Some(message))
    }

    /// Reports what was given up or has waited too long: figure, log, and a line for staff.
    async fn report(&self, site: &Site) -> Result<(), StoreError> {
        let count = self.desk.raise_overdue(site).await?;
        self.metrics.told_overdue(site.tenant.slug(), count);
        Ok(())
    }
}

/// 30 s, 1 min, 2 min … at most an hour.
fn pause_ms(tries: i64) -> i64 {
    let doublings = u32::try_from(tries.clamp(0, 7)).unwrap_or(7);
    (30_000 << doublings).min(3_600_000)
}
