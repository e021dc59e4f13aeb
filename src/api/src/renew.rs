//! New data without a restart: looks at `<slug>.booking.json` and `<slug>.samtale.json` of every kommune and puts what changed in
//! force, whole or not at all. A file with mistakes changes nothing; the log says why, once, and the figures count it until it is mended. A kommune
//! that joins needs a restart: its site key stands in the settings.

use crate::config::{Config, read_admin};
use crate::metrics::Metrics;
use crate::tenant::Sites;
use sha2::{Digest as _, Sha256};
use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What was seen of the files last.
pub struct Renewal {
    config: Config,
    sites: Arc<Sites>,
    metrics: Arc<Metrics>,
    /// By file: hash of the bytes, none when it could not be read.
    seen: HashMap<PathBuf, Option<[u8; 32]>>,
    /// Files in whose place their former data are in force.
    stale: BTreeSet<PathBuf>,
}

impl Renewal {
    /// Has seen nothing yet.
    pub fn new(config: Config, sites: Arc<Sites>, metrics: Arc<Metrics>) -> Renewal {
        Renewal {
            config,
            sites,
            metrics,
            seen: HashMap::new(),
            stale: BTreeSet::new(),
        }
    }

    /// Looks once. Returns the slugs whose data about bookings are new.
    pub fn look(&mut self) -> Vec<String> {
        let mut renewed = Vec::new();
        for site in self.sites.all() {
            let slug = site.tenant.slug();
            let file = self.config.booking_file(slug);
            if let Some(admin) = self.renew(&file, slug, Some(&site.admin), read_admin) {
                self.sites.replace(&site.tenant, admin);
                renewed.push(slug.to_owned());
            }
            let file = self.config.talk_file(slug);
            // Nobody talks there, and nobody did.
            if site.talk.is_none() && !file.exists() {
                continue;
            }
            if let Some(talk) = self.renew(&file, slug, site.talk.as_ref(), handoff::Admin::read) {
                self.sites.replace_talk(&site.tenant, Some(talk));
            }
        }
        self.metrics
            .stale
            .set(i64::try_from(self.stale.len()).unwrap_or(i64::MAX));
        renewed
    }

    /// What a file says, when that is sound and other than what is in force.
    fn renew<T: PartialEq>(
        &mut self,
        file: &Path,
        slug: &str,
        former: Option<&T>,
        read: fn(&[u8], &str) -> Result<T, Vec<String>>,
    ) -> Option<T> {
        let bytes = std::fs::read(file);
        let now = bytes.as_ref().ok().map(|bytes| hash(bytes));
        if self.seen.insert(file.to_owned(), now) == Some(now) {
            return None;
        }
        let found = bytes
            .map_err(|e| vec![e.to_string()])
            .and_then(|bytes| read(&bytes, slug));
        match found {
            Ok(data) => {
                let mended = self.stale.remove(file);
                let new = former != Some(&data);
                if new || mended {
                    tracing::info!(kommune = slug, file = %file.display(), new, "the file is in force");
                }
                new.then_some(data)
            }
            Err(wrong) => {
                self.stale.insert(file.to_owned());
                tracing::error!(
                    kommune = slug,
                    file = %file.display(),
                    wrong = wrong.join("; "),
                    "the file cannot be used; what it said before stays in force"
                );
                None
            }
        }
    }
}

fn hash(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}
