//! New booking data without a restart: looks at `<slug>.booking.json` of every kommune and puts what changed in force, whole or not
//! at all. A file with mistakes changes nothing; the log says why, once, and the figures count it until it is mended. A kommune
//! that joins needs a restart: its site key stands in the settings.

use crate::config::{Config, read_admin};
use crate::metrics::Metrics;
use crate::tenant::Sites;
use sha2::{Digest as _, Sha256};
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

/// What was seen of the files last.
pub struct Renewal {
    config: Config,
    sites: Arc<Sites>,
    metrics: Arc<Metrics>,
    /// By slug: hash of the bytes, none when the file could not be read.
    seen: HashMap<String, Option<[u8; 32]>>,
    /// Slugs whose former data are in force.
    stale: BTreeSet<String>,
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

    /// Looks once. Returns the slugs whose data are new.
    pub fn look(&mut self) -> Vec<String> {
        let mut renewed = Vec::new();
        for site in self.sites.all() {
            let slug = site.tenant.slug();
            let bytes = self.read(slug);
            let now = bytes.as_ref().ok().map(|bytes| hash(bytes));
            if self.seen.insert(slug.to_owned(), now) == Some(now) {
                continue;
            }
            let read = bytes
                .map_err(|e| vec![e.to_string()])
                .and_then(|bytes| read_admin(&bytes, slug));
            match read {
                Ok(admin) => {
                    let mended = self.stale.remove(slug);
                    let new = admin != site.admin;
                    if new {
                        self.sites.replace(&site.tenant, admin);
                        renewed.push(slug.to_owned());
                    }
                    if new || mended {
                        tracing::info!(kommune = slug, new, "the booking file is in force");
                    }
                }
                Err(wrong) => {
                    self.stale.insert(slug.to_owned());
                    tracing::error!(
                        kommune = slug,
                        file = %self.config.booking_file(slug).display(),
                        wrong = wrong.join("; "),
                        "the booking file cannot be used; the former one stays in force"
                    );
                }
            }
        }
        self.metrics
            .stale
            .set(i64::try_from(self.stale.len()).unwrap_or(i64::MAX));
        renewed
    }

    fn read(&self, slug: &str) -> std::io::Result<Vec<u8>> {
        std::fs::read(self.config.booking_file(slug))
    }
}

fn hash(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}
