//! Whose data: a [`Tenant`] is a kommune that a site key or the configuration stands for, never something that a request names.

use crate::auth::oidc::Login;
use booking::Admin;
use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};

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
#[derive(Clone, Debug)]
pub struct Site {
    /// Whose data.
    pub tenant: Tenant,
    /// What can be booked.
    pub admin: Admin,
    /// Who talks with citizens; none where nobody does.
    pub talk: Option<handoff::Admin>,
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

/// All kommuner of this server. What one lets citizens book can be replaced while the server runs; whoever has a [`Site`] in hand
/// goes on with the former data until done.
#[derive(Debug, Default)]
pub struct Sites {
    by_key: RwLock<HashMap<String, Arc<Site>>>,
}

impl Sites {
    /// Site keys and what they stand for.
    pub fn new(sites: impl IntoIterator<Item = (String, Site)>) -> Sites {
        let by_key = sites.into_iter().map(|(key, site)| (key, Arc::new(site)));
        Sites {
            by_key: RwLock::new(by_key.collect()),
        }
    }

    /// The kommune of a site key, if the request comes from one of its pages. A request without `Origin` comes from no page
    /// of another: browsers send it with everything that crosses origins and with every POST.
    pub fn enter(&self, key: &str, origin: Option<&str>) -> Option<Arc<Site>> {
        let all = self.by_key.read().unwrap_or_else(PoisonError::into_inner);
        let site = all.get(key)?;
        let fits = origin.is_none_or(|origin| site.origins.iter().any(|o| o == origin));
        fits.then(|| Arc::clone(site))
    }

    /// True when some kommune has its widget there.
    pub fn knows_origin(&self, origin: &str) -> bool {
        let all = self.by_key.read().unwrap_or_else(PoisonError::into_inner);
        all.values()
            .any(|site| site.origins.iter().any(|o| o == origin))
    }

    /// Every kommune, as of now.
    pub fn all(&self) -> impl Iterator<Item = Arc<Site>> + use<> {
        let all = self.by_key.read().unwrap_or_else(PoisonError::into_inner);
        all.values().cloned().collect::<Vec<_>>().into_iter()
    }

    /// The kommune with that slug.
    pub fn of(&self, tenant: &Tenant) -> Option<Arc<Site>> {
        self.all().find(|site| site.tenant == *tenant)
    }

    /// From now on a kommune has this to book, for every request that begins later. Nothing happens when there is no such
    /// kommune.
    pub fn replace(&self, tenant: &Tenant, admin: Admin) {
        self.change(tenant, |site| site.admin = admin);
    }

    /// The same for who talks with citizens.
    pub fn replace_talk(&self, tenant: &Tenant, talk: Option<handoff::Admin>) {
        self.change(tenant, |site| site.talk = talk);
    }

    fn change(&self, tenant: &Tenant, change: impl FnOnce(&mut Site)) {
        let mut all = self.by_key.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(site) = all.values_mut().find(|site| site.tenant == *tenant) {
            change(Arc::make_mut(site));
        }
    }
}
