//! Who is it, and what may they do? Accounts, roles and sessions of the staff, and the list of routes that each role opens.
//!
//! A session names its kommune, so no request of the staff does. Roles are read with every request: what is taken away is gone at
//! once. Secrets are made from random salts with the server's key (crate::secret), so that a copy of the database signs nobody in.

pub mod access;
mod accounts;
mod local;
mod log;
pub mod oidc;
mod password;
mod role;
mod session;
mod totp;

use crate::clock::Clock;
use crate::desk::Desk;
use crate::store::Store;
use crate::tenant::{Site, Sites, Tenant};
use std::sync::Arc;

pub use accounts::Listed;
pub use local::{Denied, Step};
pub use protocol::Role;
pub use role::Roles;
pub(crate) use session::LASTS_MS;
pub use session::{COOKIE, Opened};

/// Somebody of a kommune who is signed in and may use the route. As an argument of a route it is there, or the route is not run.
///
/// The operator belongs to no kommune and so never is one: what asks for this cannot show them a citizen's data.
#[derive(Clone, Debug)]
pub struct Staff {
    /// Where they work; the tenant of every query.
    pub site: Arc<Site>,
    /// Id of the account; `who` in the audit log.
    pub account: String,
    /// Name of the person.
    pub name: String,
    /// What they may do.
    pub roles: Roles,
}

/// Anybody who is signed in, the operator too.
#[derive(Clone, Debug)]
pub struct Signed {
    /// Where they work; none is the operator.
    pub site: Option<Arc<Site>>,
    /// Id of the account.
    pub account: String,
    /// Name of the person.
    pub name: String,
    /// What they may do.
    pub roles: Roles,
    /// What every POST must bring along.
    pub csrf: String,
    /// When the session ends whatever happens. UTC milliseconds.
    pub expires_ms: i64,
    /// What is stored of the session.
    pub(crate) token_hash: String,
}

impl Signed {
    /// As somebody of a kommune.
    pub fn staff(&self) -> Option<Staff> {
        Some(Staff {
            site: Arc::clone(self.site.as_ref()?),
            account: self.account.clone(),
            name: self.name.clone(),
            roles: self.roles,
        })
    }

    /// Whose data: the kommune's, or the operator's own accounts.
    pub fn tenant(&self) -> Tenant {
        tenant(self.site.as_deref())
    }
}

/// Where people are let in. Clones share everything.
#[derive(Clone)]
pub struct Auth {
    pub(crate) store: Store,
    pub(crate) sites: Arc<Sites>,
    pub(crate) clock: Clock,
    pub(crate) key: Arc<[u8]>,
    passwords: password::Passwords,
    providers: oidc::Providers,
}

impl Auth {
    /// With the database, kommuner, clock and key of a desk.
    pub fn new(desk: &Desk) -> Auth {
        Auth {
            store: desk.store.clone(),
            sites: Arc::clone(&desk.sites),
            clock: desk.clock.clone(),
            key: desk.key(),
            passwords: password::Passwords::default(),
            providers: oidc::Providers::default(),
        }
    }

    /// The kommune of a slug; `None` inside is the operator. Nothing when there is no such kommune.
    pub fn place(&self, slug: Option<&str>) -> Option<Option<Arc<Site>>> {
        let Some(slug) = slug else { return Some(None) };
        let site = self.sites.all().find(|site| site.tenant.slug() == slug)?;
        Some(Some(site))
    }
}

/// Compares hashes, so that the time tells nothing about where two texts differ.
pub(crate) fn same(a: &str, b: &str) -> bool {
    crate::secret::hash(&[a]) == crate::secret::hash(&[b])
}

/// Whose accounts.
pub(crate) fn tenant(site: Option<&Site>) -> Tenant {
    site.map_or_else(Tenant::operator, |site| site.tenant.clone())
}
