//! AI help: a model is asked only when the kommune has switched it on, and a citizen sees only what the kommune's own texts bear out (crate
//! `grounding`). A question goes: masked again, authored refusals, passages, budget, model, sentence by sentence. Nothing of it is kept
//! but counts.

mod ask;
mod provider;
mod settings;
mod shelf;
mod spend;
mod stream;
mod terms;

pub use ask::Out;
pub use provider::{Answer, Failure, Provider, Usage};
pub use settings::FallbackConfig;

use crate::adapter::breaker::Breaker;
use crate::config::Config;
use crate::tenant::{Site, Tenant};
use grounding::Hosts;
use prometheus::{IntCounterVec, Opts};
use shelf::Shelf;
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;
use tokio::sync::Semaphore;

/// Answers of one kommune that are being written at a time.
const AT_ONCE: usize = 64;

/// AI help of all kommuner. Clones share it.
#[derive(Clone)]
pub struct Fallback {
    inner: Arc<Inner>,
}

struct Inner {
    by_slug: HashMap<String, Arc<Help>>,
    breaker: Breaker,
    answers: IntCounterVec,
}

/// AI help of one kommune.
pub(crate) struct Help {
    config: FallbackConfig,
    hosts: Hosts,
    provider: Provider,
    shelf: Shelf,
    off_file: PathBuf,
    seats: Arc<Semaphore>,
}

impl Fallback {
    /// Nobody is asked.
    ///
    /// # Panics
    /// Never: the name is fixed.
    pub fn none() -> Fallback {
        Self::with(HashMap::new())
    }

    fn with(by_slug: HashMap<String, Arc<Help>>) -> Fallback {
        let answers = Opts::new(
            "lokalsvar_ai_answers_total",
            "Questions to AI help by how they ended",
        );
        let answers = IntCounterVec::new(answers, &["kommune", "outcome"]).expect("a metric");
        Fallback {
            inner: Arc::new(Inner {
                by_slug,
                breaker: Breaker::default(),
                answers,
            }),
        }
    }

    /// AI help as the settings say. What is switched on must be complete: provider, key and bundle are looked at here.
    ///
    /// # Errors
    /// Every mistake, a line each.
    pub fn new(
        config: &Config,
        env: impl Fn(&str) -> Option<String>,
    ) -> Result<Fallback, Vec<String>> {
        let mut wrong = Vec::new();
        let mut by_slug = HashMap::new();
        for kommune in &config.kommune {
            let Some(settings) = kommune.fallback.as_ref().filter(|f| f.enabled) else {
                continue;
            };
            let slug = &kommune.slug;
            let mut say = |text: String| wrong.push(format!("kommune `{slug}`: fallback: {text}"));
            for mistake in settings.mistakes() {
                say(mistake);
            }
            let provider = Provider::new(settings, &env).map_err(&mut say).ok();
            let folder = config.bundles.as_ref();
            let none = || {
                "there is no folder of bundles; write bundles = \"dist\", the folder that citizens' browsers read".to_owned()
            };
            let shelf = folder
                .ok_or_else(none)
                .and_then(|folder| Shelf::open(folder, slug));
            let shelf = shelf.map_err(&mut say).ok();
            if let (Some(provider), Some(shelf)) = (provider, shelf) {
                let own = settings.off_file.clone();
                let help = Help {
                    hosts: settings.listed(&kommune.origins),
                    config: settings.clone(),
                    provider,
                    shelf,
                    off_file: own.unwrap_or_else(|| config.booking.join(format!("{slug}.ai-fra"))),
                    seats: Arc::new(Semaphore::new(AT_ONCE)),
                };
                by_slug.insert(slug.clone(), Arc::new(help));
            }
        }
        if wrong.is_empty() {
            Ok(Self::with(by_slug))
        } else {
            Err(wrong)
        }
    }

    /// The figure of answers, to be registered.
    pub fn answers(&self) -> IntCounterVec {
        self.inner.answers.clone()
    }

    pub(crate) fn of(&self, tenant: &Tenant) -> Option<Arc<Help>> {
        self.inner.by_slug.get(tenant.slug()).cloned()
    }

    /// Tokens and millionths of a krone of a day, where AI help is switched on in the settings.
    pub(crate) fn budget(&self, site: &Site) -> Option<(u64, u64)> {
        let help = self.of(&site.tenant)?;
        Some((help.config.tokens_per_day, help.config.micro_per_day()))
    }

    fn count(&self, site: &Site, outcome: &str) {
        self.inner
            .answers
            .with_label_values(&[site.tenant.slug(), outcome])
            .inc();
    }
}

impl Help {
    /// Somebody has switched it off: the file is looked for at every question and while an answer is written.
    pub(crate) fn is_off(&self) -> bool {
        self.off_file.exists()
    }
}
