//! Who keeps the times of a service: this program, the kommune's page elsewhere, or another system over HTTP. A kommune chooses per
//! service in booking.toml; the citizen's routes and messages are the same.
//!
//! What is promised whoever keeps them: nothing is told as done before it lasts, a retry with the same key changes nothing, and
//! what is not known is said to be unknown until a later look settles it (`settle`).

mod afar;
pub(crate) mod breaker;
pub mod call;
pub mod contract;
mod reading;
mod settle;
pub mod trial;

use crate::desk::{Answer, Desk, Post, Wish};
use crate::fault::Fault;
use crate::tenant::{Site, Sites};
use booking::Service;
use breaker::Breaker;
use call::{Line, Trouble};
use contract::Offer;
use prometheus::{IntCounterVec, Opts};
use protocol::{Code, Export, Receipt, Slots, SlotsQuery};
use std::collections::HashMap;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

pub(crate) use afar::Afar;

/// An answer that is waited for.
pub(crate) type Later<'a, T> = Pin<Box<dyn Future<Output = Result<T, Fault>> + Send + 'a>>;

/// Keeps the times of services.
pub(crate) trait Keeper: Send + Sync {
    /// Free times.
    fn slots<'a>(&'a self, site: &'a Site, query: &'a SlotsQuery) -> Later<'a, Slots>;
    /// Meets a wish once; `Ok` only when it lasts.
    fn post<'a>(&'a self, site: &'a Site, post: &'a Post) -> Later<'a, Answer>;
    /// A booking.
    fn show<'a>(&'a self, site: &'a Site, secret: &'a str) -> Later<'a, Receipt>;
    /// Its calendar file.
    fn calendar<'a>(&'a self, site: &'a Site, secret: &'a str) -> Later<'a, String>;
    /// Everything that is stored about it.
    fn export<'a>(&'a self, site: &'a Site, secret: &'a str) -> Later<'a, Export>;
}

/// The kommune's page elsewhere: nothing is booked here.
pub(crate) struct Elsewhere;

impl Elsewhere {
    fn no<'a, T: Send + 'a>() -> Later<'a, T> {
        Box::pin(async { Err(booking::Refusal::Elsewhere.into()) })
    }
}

impl Keeper for Elsewhere {
    fn slots<'a>(&'a self, _: &'a Site, _: &'a SlotsQuery) -> Later<'a, Slots> {
        Self::no()
    }
    fn post<'a>(&'a self, _: &'a Site, _: &'a Post) -> Later<'a, Answer> {
        Self::no()
    }
    fn show<'a>(&'a self, _: &'a Site, _: &'a str) -> Later<'a, Receipt> {
        Self::no()
    }
    fn calendar<'a>(&'a self, _: &'a Site, _: &'a str) -> Later<'a, String> {
        Self::no()
    }
    fn export<'a>(&'a self, _: &'a Site, _: &'a str) -> Later<'a, Export> {
        Self::no()
    }
}

impl Desk {
    /// Who keeps the times of a service. What nobody knows is refused by the built-in keeper.
    pub(crate) fn keeper(&self, site: &Site, service: &str) -> Box<dyn Keeper + '_> {
        match site.admin.service(service).map(|s| &s.adapter) {
            Some(booking::Adapter::Link { .. }) => Box::new(Elsewhere),
            Some(booking::Adapter::Http { .. }) => Box::new(Afar(self)),
            Some(booking::Adapter::Builtin) | None => Box::new(crate::desk::Builtin(self)),
        }
    }

    /// Who keeps what a secret opens.
    pub(crate) async fn keeper_of(
        &self,
        site: &Site,
        secret: &str,
    ) -> Result<Box<dyn Keeper + '_>, Fault> {
        if site.admin.services.iter().any(is_http) {
            let mut tx = self.store.read(&site.tenant).await?;
            if tx.afar(&crate::desk::secret_hash(secret)).await?.is_some() {
                return Ok(Box::new(Afar(self)));
            }
        }
        Ok(Box::new(crate::desk::Builtin(self)))
    }

    /// Who meets a wish.
    pub(crate) async fn keeper_for(
        &self,
        site: &Site,
        post: &Post,
    ) -> Result<Box<dyn Keeper + '_>, Fault> {
        match &post.wish {
            Wish::Hold(wish) => Ok(self.keeper(site, &wish.service)),
            // Staff keep the built-in times alone, and conversations are here.
            Wish::Staff { .. } | Wish::Talk(_) => Ok(Box::new(crate::desk::Builtin(self))),
            _ => self.keeper_of(site, &post.secret).await,
        }
    }
}

fn is_http(service: &Service) -> bool {
    matches!(service.adapter, booking::Adapter::Http { .. })
}

/// The other systems of a server: addresses, tokens, circuits, and what they offer. Clones share it.
#[derive(Clone)]
pub struct Adapters {
    inner: Arc<Inner>,
}

struct Inner {
    client: reqwest::Client,
    /// By kommune and service.
    tokens: HashMap<(String, String), String>,
    breaker: Breaker,
    offers: Mutex<HashMap<(String, String), (Instant, Offer)>>,
    calls: IntCounterVec,
}

impl std::fmt::Debug for Adapters {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Adapters")
    }
}

/// Names of the environment in which the token of a service is looked for, the more special first.
pub fn token_names(kommune: &str, service: &str) -> [String; 2] {
    let upper = |text: &str| text.to_uppercase().replace('-', "_");
    let general = format!("LOKALSVAR_BOOKING_TOKEN_{}", upper(kommune));
    [format!("{general}_{}", upper(service)), general]
}

impl Adapters {
    /// Reads the tokens of all services that other systems keep.
    ///
    /// # Errors
    /// Every token that is missing, a line each.
    pub fn new(
        sites: &Sites,
        env: impl Fn(&str) -> Option<String>,
    ) -> Result<Adapters, Vec<String>> {
        let (mut tokens, mut wrong) = (HashMap::new(), Vec::new());
        for site in sites.all() {
            let slug = site.tenant.slug();
            for service in site.admin.services.iter().filter(|s| is_http(s)) {
                let names = token_names(slug, &service.id);
                let token = names.iter().find_map(|name| env(name));
                let fits = |t: &String| !t.is_empty() && t.bytes().all(|b| b.is_ascii_graphic());
                if let Some(token) = token.filter(fits) {
                    tokens.insert((slug.to_owned(), service.id.clone()), token);
                } else {
                    wrong.push(format!(
                        "kommune `{slug}`: service `{}` has an http adapter and no token; set {} or {} in the environment",
                        service.id, names[0], names[1]
                    ));
                }
            }
        }
        if !wrong.is_empty() {
            return Err(wrong);
        }
        Self::with(tokens).map_err(|e| vec![e])
    }

    fn with(tokens: HashMap<(String, String), String>) -> Result<Adapters, String> {
        let calls = Opts::new(
            "lokalsvar_adapter_calls_total",
            "Calls to other booking systems by kommune, call and outcome",
        );
        let calls = IntCounterVec::new(calls, &["kommune", "call", "outcome"])
            .map_err(|e| e.to_string())?;
        Ok(Adapters {
            inner: Arc::new(Inner {
                client: call::client(call::PATIENCE)?,
                tokens,
                breaker: Breaker::default(),
                offers: Mutex::default(),
                calls,
            }),
        })
    }

    /// Without other systems.
    ///
    /// # Panics
    /// When there is no TLS on this machine.
    pub fn none() -> Adapters {
        Self::with(HashMap::new()).expect("TLS")
    }

    /// The figure of calls, to be registered.
    pub fn calls(&self) -> IntCounterVec {
        self.inner.calls.clone()
    }

    /// The line to a service's system; none when nobody else keeps it.
    fn line(&self, site: &Site, service: &str) -> Result<Line, Fault> {
        let gone = Fault::No(Code::NotFound, "the service is given no more");
        let Some(booking::Adapter::Http { url }) = site.admin.service(service).map(|s| &s.adapter)
        else {
            return Err(gone);
        };
        let name = (site.tenant.slug().to_owned(), service.to_owned());
        let token = self.inner.tokens.get(&name).ok_or(gone)?;
        Ok(Line::new(self.inner.client.clone(), url, token))
    }

    /// Calls, unless the circuit is open, and counts.
    async fn call<T>(
        &self,
        site: &Site,
        what: &'static str,
        line: &Line,
        call: impl Future<Output = Result<T, Trouble>>,
    ) -> Result<T, Trouble> {
        let slug = site.tenant.slug();
        let circuit = format!("{slug} {}", line.address());
        let told = if self.inner.breaker.may(&circuit, Instant::now()) {
            let told = call.await;
            let good = call::is_sound(&told);
            if self.inner.breaker.told(&circuit, good, Instant::now()) {
                tracing::error!(
                    kommune = slug,
                    "a booking system fails; nothing is sent for 30 s"
                );
            }
            told
        } else {
            Err(Trouble::NotSent("the circuit is open"))
        };
        let outcome = match &told {
            Ok(_) => "done",
            Err(Trouble::Refused(_)) => "refused",
            Err(Trouble::NotSent(_)) => "not-sent",
            Err(Trouble::Unknown(_)) => "unknown",
        };
        self.inner
            .calls
            .with_label_values(&[slug, what, outcome])
            .inc();
        if let Err(trouble @ (Trouble::NotSent(_) | Trouble::Unknown(_))) = &told {
            tracing::warn!(kommune = slug, call = what, reason = %trouble, "a booking system did not answer");
        }
        told
    }

    /// What a service offers: at most a minute old, or the last that was heard, or nothing.
    pub(crate) async fn offer(&self, site: &Site, service: &str) -> Option<Offer> {
        const FRESH_S: u64 = 60;
        let name = (site.tenant.slug().to_owned(), service.to_owned());
        let kept = {
            let offers = self
                .inner
                .offers
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            offers.get(&name).cloned()
        };
        if let Some((at, offer)) = &kept
            && at.elapsed().as_secs() < FRESH_S
        {
            return Some(offer.clone());
        }
        let line = self.line(site, service).ok()?;
        let told = self
            .call(site, "services", &line, call::offer(&line, service))
            .await;
        match told {
            Ok(offer) => {
                let mut offers = self
                    .inner
                    .offers
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner);
                offers.insert(name, (Instant::now(), offer.clone()));
                Some(offer)
            }
            Err(_) => kept.map(|(_, offer)| offer),
        }
    }
}

/// Trouble with something that is only read.
fn unread(trouble: Trouble) -> Fault {
    match trouble {
        Trouble::Refused(code) => refused(code),
        Trouble::NotSent(_) | Trouble::Unknown(_) => Fault::No(
            Code::Upstream,
            "the booking system does not answer; try again",
        ),
    }
}

/// A refusal of another system in our words: what it writes itself is passed on to nobody.
fn refused(code: Code) -> Fault {
    let detail = match code {
        Code::SlotTaken => "somebody else has the time now; choose another",
        Code::WrongState => "the booking is not in a state for this",
        Code::HoldExpired => "the hold is no more; choose again",
        Code::NotFound => "nothing is known under that name",
        Code::NotASlot => "not a time that can be booked",
        Code::TooManyBookings => "the contact has as many bookings as are allowed",
        Code::TooManyRequests => "too many requests; wait",
        _ => return Fault::No(Code::Invalid, "the booking system refuses it"),
    };
    Fault::No(code, detail)
}
