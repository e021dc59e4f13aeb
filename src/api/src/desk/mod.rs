//! What can be wished: each wish is one transaction, with its answer to a retry inside it.

mod book;
mod change;
mod code;
mod contact;
mod handoff;
mod hold;
pub mod holds;
mod keep;
mod show;
mod staff;

use crate::adapter::{Adapters, Keeper, Later};
use crate::clock::Clock;
use crate::erasures::Erasures;
use crate::fallback::Fallback;
use crate::fault::Fault;
use crate::secret;
use crate::store::idempotency::Former;
use crate::store::{Store, StoreError, Tx, is_retry};
use crate::tenant::{Site, Sites};
use holds::Holds;
use protocol::{
    BookingRequest, Code, CodeRequest, Export, HoldRequest, MoveRequest, Receipt, Slots, SlotsQuery,
};
use serde::Serialize;
use serde_json::Value;
use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

pub(crate) use code::{check as check_code, send_for as send_code};
pub(crate) use contact::person as clean_person;
pub(crate) use handoff::{AFAR, FULL, Seat, Streams, carry_away, hear_from_afar};
pub use handoff::{Reader, Sweeper, TalkDeed, TalkWish};
pub(crate) use hold::start_of;
pub(crate) use show::{calendar_of, receipt_of, service_text};
pub(crate) use staff::CONVERSATION;
pub use staff::{Matters, Misfit, StaffWish, Why, misfits, places};

/// What a citizen wants changed.
#[derive(Clone, Debug)]
pub enum Wish {
    /// Keep a time.
    Hold(HoldRequest),
    /// Keep it longer.
    Extend,
    /// Give it back.
    Release,
    /// Send a code.
    Code(CodeRequest),
    /// Book it.
    Book(BookingRequest),
    /// Another time.
    Move(MoveRequest),
    /// Call it off.
    Cancel,
    /// Forget the person.
    Erase,
    /// What a citizen wants of a person.
    Talk(TalkWish),
    /// What staff want.
    Staff {
        /// Id of the account.
        who: String,
        /// What is wanted.
        wish: StaffWish,
    },
}

/// A wish with what came beside it.
#[derive(Clone, Debug)]
pub struct Post {
    /// The idempotency key.
    pub key: String,
    /// Secret of the hold or the booking; empty when none was sent.
    pub secret: String,
    /// What tells the browser that asks ([`holds::browser`]); empty when nothing does.
    pub browser: String,
    /// HMAC of route, secret and body with the key: tells a retry from another request without keeping what was sent.
    pub fingerprint: String,
    /// What is wanted.
    pub wish: Wish,
}

/// What is answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// JSON.
    pub body: Value,
}

/// An answer before its secret is put in.
pub(crate) struct Draft {
    status: u16,
    body: Value,
    /// The field of its secret and whose secret it is.
    secret: Option<(&'static str, String)>,
}

impl Draft {
    pub(crate) fn plain(body: &impl Serialize) -> Result<Draft, Fault> {
        let body = serde_json::to_value(body)
            .map_err(|_| Fault::No(Code::Internal, "an answer cannot be written"))?;
        Ok(Draft {
            status: 200,
            body,
            secret: None,
        })
    }

    /// Something new, with a secret: its field and whose it is.
    pub(crate) fn created(self, secret: (&'static str, String)) -> Draft {
        Draft {
            status: 201,
            secret: Some(secret),
            ..self
        }
    }

    /// As it is kept for a retry.
    pub(crate) fn keep_as(self, fingerprint: &str) -> Former {
        Former {
            fingerprint: fingerprint.to_owned(),
            secret: self
                .secret
                .map_or_else(String::new, |(field, id)| format!("{field}.{id}")),
            status: self.status,
            body: self.body.to_string(),
        }
    }
}

/// Where wishes are met. Clones share everything.
#[derive(Clone)]
pub struct Desk {
    /// The database.
    pub store: Store,
    /// The kommuner.
    pub sites: Arc<Sites>,
    /// The time.
    pub clock: Clock,
    /// What must stay erased.
    pub erasures: Erasures,
    /// Other booking systems.
    pub(crate) adapters: Adapters,
    /// AI help.
    pub fallback: Fallback,
    /// What secrets are made with; the same on every node.
    key: Arc<[u8]>,
    /// Keys of POSTs that are being worked on in this process.
    busy: Arc<Mutex<HashSet<String>>>,
    /// Which browser holds what.
    holds: Arc<Holds>,
    /// Streams of conversations in this process.
    pub(crate) streams: Streams,
}

/// Takes a key out of the busy ones when it goes.
pub(crate) struct Busy<'a>(&'a Desk, String);

impl Drop for Busy<'_> {
    fn drop(&mut self) {
        let mut busy = self.0.busy.lock().unwrap_or_else(PoisonError::into_inner);
        busy.remove(&self.1);
    }
}

/// How often a transaction is tried that PostgreSQL gave up for another's sake.
const TRIES: usize = 5;

impl Desk {
    /// A desk.
    pub fn new(
        store: Store,
        sites: Arc<Sites>,
        clock: Clock,
        erasures: Erasures,
        key: &[u8],
    ) -> Desk {
        Desk {
            store,
            sites,
            clock,
            erasures,
            adapters: Adapters::none(),
            fallback: Fallback::none(),
            key: key.into(),
            busy: Arc::default(),
            holds: Arc::default(),
            streams: Streams::default(),
        }
    }

    /// What secrets are made with.
    pub(crate) fn key(&self) -> Arc<[u8]> {
        Arc::clone(&self.key)
    }

    /// The same desk with other booking systems.
    #[must_use]
    pub fn with_adapters(self, adapters: Adapters) -> Desk {
        Desk { adapters, ..self }
    }

    /// The same desk with AI help.
    #[must_use]
    pub fn with_fallback(self, fallback: Fallback) -> Desk {
        Desk { fallback, ..self }
    }

    /// Meets a wish once: a retry with the same key gets the same answer. When this returns `Ok`, it lasts.
    ///
    /// # Errors
    /// Why not; nothing has changed then, but for counted tries of a code. [`Code::Upstream`] alone says that another booking
    /// system may have changed something: a retry with the same key, or a later look, tells.
    pub async fn post(&self, site: &Site, post: &Post) -> Result<Answer, Fault> {
        self.keeper_for(site, post).await?.post(site, post).await
    }

    /// Free times.
    ///
    /// # Errors
    /// The service, the place, the day or the number of persons is not possible.
    pub async fn slots(&self, site: &Site, query: &SlotsQuery) -> Result<Slots, Fault> {
        self.keeper(site, &query.service).slots(site, query).await
    }

    /// A booking.
    ///
    /// # Errors
    /// Nothing is known under that secret.
    pub async fn show(&self, site: &Site, secret: &str) -> Result<Receipt, Fault> {
        self.keeper_of(site, secret).await?.show(site, secret).await
    }

    /// Its calendar file.
    ///
    /// # Errors
    /// As [`Desk::show`].
    pub async fn calendar(&self, site: &Site, secret: &str) -> Result<String, Fault> {
        let keeper = self.keeper_of(site, secret).await?;
        keeper.calendar(site, secret).await
    }

    /// Everything that is stored about a booking. Reading it is audited.
    ///
    /// # Errors
    /// As [`Desk::show`].
    pub async fn export(&self, site: &Site, secret: &str) -> Result<Export, Fault> {
        let keeper = self.keeper_of(site, secret).await?;
        keeper.export(site, secret).await
    }

    /// Marks a key as being worked on in this process, until the value goes.
    pub(crate) fn busy(&self, key_hash: &str) -> Result<Busy<'_>, Fault> {
        let mut busy = self.busy.lock().unwrap_or_else(PoisonError::into_inner);
        if busy.insert(key_hash.to_owned()) {
            Ok(Busy(self, key_hash.to_owned()))
        } else {
            Err(Fault::No(
                Code::InProgress,
                "the same key is being worked on",
            ))
        }
    }

    async fn post_here(&self, site: &Site, post: &Post) -> Result<Answer, Fault> {
        let key_hash = secret::hash(&[site.tenant.slug(), &post.key]);
        let busy = self.busy(&key_hash)?;
        let mut tries = 0;
        loop {
            tries += 1;
            match self.once(site, post, &busy.1).await {
                Err(Fault::Store(e)) if is_retry(&e) && tries < TRIES => {}
                Err(Fault::Changed) if tries < TRIES => {}
                other => return other,
            }
        }
    }

    async fn once(&self, site: &Site, post: &Post, key_hash: &str) -> Result<Answer, Fault> {
        if matches!(post.wish, Wish::Erase) {
            self.note_erasure(site, post).await?;
        }
        if let Wish::Staff {
            wish: StaffWish::Talk(TalkDeed::Delete(wish)),
            ..
        } = &post.wish
        {
            self.note_deletion(site, &wish.receipt).await?;
        }
        let mut tx = self.store.write(&site.tenant).await?;
        if !tx.try_lock(key_hash).await? {
            return Err(Fault::No(
                Code::InProgress,
                "the same key is being worked on",
            ));
        }
        // After the transaction has begun: whoever waited for the writer sees the time at which it writes.
        let now_ms = self.clock.now_ms();
        if let Some(former) = tx.former(key_hash, now_ms).await? {
            tx.rollback().await;
            if former.fingerprint != post.fingerprint {
                return Err(Fault::No(
                    Code::KeyReused,
                    "the key was used for another request",
                ));
            }
            return self.answer(site, &former);
        }
        let draft = match self.meet(&mut tx, site, post, now_ms).await {
            Ok(draft) => draft,
            Err(Fault::Counted(code, detail)) => {
                tx.commit().await?;
                return Err(Fault::Counted(code, detail));
            }
            Err(e) => {
                tx.rollback().await;
                return Err(e);
            }
        };
        let former = draft.keep_as(&post.fingerprint);
        tx.keep(key_hash, &former, now_ms).await?;
        tx.commit().await?;
        self.answer(site, &former)
    }

    async fn meet(
        &self,
        tx: &mut Tx,
        site: &Site,
        post: &Post,
        now_ms: i64,
    ) -> Result<Draft, Fault> {
        match &post.wish {
            Wish::Hold(wish) => hold::hold(self, tx, site, wish, post, now_ms).await,
            Wish::Extend => hold::extend(tx, &post.secret, now_ms).await,
            Wish::Release => hold::release(tx, &post.secret, now_ms).await,
            Wish::Code(wish) => code::send(tx, site, wish, &post.secret, now_ms).await,
            Wish::Book(wish) => book::book(self, tx, site, wish, &post.secret, now_ms).await,
            Wish::Move(wish) => change::shift(tx, site, wish, &post.secret, now_ms).await,
            Wish::Cancel => change::cancel(tx, site, &post.secret, now_ms).await,
            Wish::Erase => keep::erase(tx, &post.secret, now_ms).await,
            Wish::Talk(wish) => handoff::meet(self, tx, site, wish, &post.secret, now_ms).await,
            Wish::Staff { who, wish } => staff::meet(tx, site, who, wish, now_ms).await,
        }
    }

    /// Puts the secret in.
    pub(crate) fn answer(&self, site: &Site, former: &Former) -> Result<Answer, Fault> {
        let mut body: Value = serde_json::from_str(&former.body)
            .map_err(|_| Fault::No(Code::Internal, "a kept answer cannot be read"))?;
        if let Some((field, id)) = former.secret.split_once('.') {
            body[field] = Value::String(self.secret_of(site, field, id));
            if let Some(code) = self.resume_code_of(site, id) {
                body["resume_code"] = Value::String(code);
            }
        }
        Ok(Answer {
            status: former.status,
            body,
        })
    }

    /// The secret of a hold (`holder`), a booking or a conversation (`secret`): made anew whenever it is needed, never stored.
    pub(crate) fn secret_of(&self, site: &Site, field: &str, id: &str) -> String {
        let parts = [
            field.as_bytes(),
            site.tenant.slug().as_bytes(),
            id.as_bytes(),
        ];
        secret::keyed(&self.key, &parts)
    }

    async fn reading(&self, site: &Site) -> Result<Tx, StoreError> {
        self.store.read(&site.tenant).await
    }
}

/// The times that this program keeps itself.
pub(crate) struct Builtin<'d>(pub(crate) &'d Desk);

impl Keeper for Builtin<'_> {
    fn slots<'a>(&'a self, site: &'a Site, query: &'a SlotsQuery) -> Later<'a, Slots> {
        Box::pin(self.0.slots_here(site, query))
    }
    fn post<'a>(&'a self, site: &'a Site, post: &'a Post) -> Later<'a, Answer> {
        Box::pin(self.0.post_here(site, post))
    }
    fn show<'a>(&'a self, site: &'a Site, secret: &'a str) -> Later<'a, Receipt> {
        Box::pin(self.0.show_here(site, secret))
    }
    fn calendar<'a>(&'a self, site: &'a Site, secret: &'a str) -> Later<'a, String> {
        Box::pin(self.0.calendar_here(site, secret))
    }
    fn export<'a>(&'a self, site: &'a Site, secret: &'a str) -> Later<'a, Export> {
        Box::pin(self.0.export_here(site, secret))
    }
}

/// What is stored of a secret.
pub(crate) fn secret_hash(secret: &str) -> String {
    secret::hash(&["secret", secret])
}

/// Nobody is told whether a secret never was or is no more.
pub(crate) fn no_such() -> Fault {
    Fault::No(Code::NotFound, "nothing is known under that secret")
}
