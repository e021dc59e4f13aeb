//! Whose data: a [`Tenant`] is a kommune that a site key or the configuration stands for, never something that a request names.

use crate::auth::oidc::Login;
use booking::Admin;
use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

/// One kommune, by its slug. Made by [`Sites`] only, so that whoever has one was let in.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Tenant(Arc<str>);

impl Tenant {
    /// The kommune's slug, "eksempelby".
    pub fn slug(&self) -> &str {
        &self.0
    }

    pub(crate) fn new(slug: &str) -> Tenant {
        Tenant(slug.into())
    }

    /// Whose are the accounts of those who run the server: of no kommune.
    pub(crate) fn operator() -> Tenant {
        Tenant(OPERATOR.into())
    }
}

/// The tenant of the operator's accounts. No slug has such a letter.
pub(crate) const OPERATOR: &str = "*";

impl fmt::Debug for Tenant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A kommune with all that is known about it.
#[derive(Debug)]
pub struct Site {
    /// Whose data.
    pub tenant: Tenant,
    /// What can be booked.
    pub admin: Admin,
    /// `https://www.eksempelby.dk`: where its widget may be, exactly.
    pub origins: Vec<String>,
    /// The page that opens a booking: the secret is put behind it as a hash.
    pub page: String,
    /// Domain of calendar entries and message ids.
    pub domain: String,
    /// Requests a second that this kommune may make.
    pub quota: u32,
    /// Staff may sign in with user and password of this server.
    pub local_accounts: bool,
    /// The kommune's own login for its staff.
    pub oidc: Option<Login>,
}

/// All kommuner of this server.
#[derive(Debug, Default)]
pub struct Sites {
    by_key: HashMap<String, Arc<Site>>,
}

impl Sites {
    /// Site keys and what they stand for.
    pub fn new(sites: impl IntoIterator<Item = (String, Site)>) -> Sites {
        let by_key = sites.into_iter().map(|(key, site)| (key, Arc::new(site)));
        Sites {
            by_key: by_key.collect(),
        }
    }

    /// The kommune of a site key, if the request comes from one of its pages. A request without `Origin` comes from no page
    /// of another: browsers send it with everything that crosses origins and with every POST.
    pub fn enter(&self, key: &str, origin: Option<&str>) -> Option<Arc<Site>> {
        let site = self.by_key.get(key)?;
        let fits = origin.is_none_or(|origin| site.origins.iter().any(|o| o == origin));
        fits.then(|| Arc::clone(site))
    }

    /// True when some kommune has its widget there.
    pub fn knows_origin(&self, origin: &str) -> bool {
        let mut sites = self.by_key.values();
        sites.any(|site| site.origins.iter().any(|o| o == origin))
    }

    /// Every kommune.
    pub fn all(&self) -> impl Iterator<Item = &Arc<Site>> {
        self.by_key.values()
    }

    /// The kommune with that slug.
    pub fn of(&self, tenant: &Tenant) -> Option<&Arc<Site>> {
        self.all().find(|site| site.tenant == *tenant)
    }
}
