//! Accounts from the terminal: adding, listing, roles, starting over, removing.

use super::local::{invitation_hash, plain};
use super::password::acceptable;
use super::{Auth, Roles, tenant};
use crate::fault::Fault;
use crate::secret;
use crate::store::accounts::Account;
use crate::store::{StoreError, Tx};
use crate::tenant::{Site, Tenant};
use protocol::{Code, Role};
use std::sync::Arc;

/// How long an invitation is good.
const INVITED_MS: i64 = 24 * 3_600_000;
/// Failures are forgotten after a day without another.
const FORGIVEN_MS: i64 = 24 * 3_600_000;
/// Who did it, in the audit log.
const TERMINAL: &str = "terminal";

/// An account as it is listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Id; `who` in the audit log.
    pub id: String,
    /// User name; `oidc:…` when the kommune's own login vouches for it.
    pub user: String,
    /// Name of the person.
    pub name: String,
    /// What they may do.
    pub roles: Roles,
    /// A password has been chosen.
    pub has_password: bool,
    /// The second factor is set up.
    pub has_app: bool,
}

impl Auth {
    /// A new account. Without a password the code of an invitation comes back, good once for 24 hours.
    ///
    /// # Errors
    /// The name is taken or has other letters than a-z, æøå, digits and `.-_@+`; the roles do not fit the place; the password is
    /// too short.
    pub async fn add(
        &self,
        site: Option<&Arc<Site>>,
        user: &str,
        name: &str,
        roles: Roles,
        password: Option<&str>,
    ) -> Result<Option<String>, Fault> {
        let user = plain(user);
        let letter = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | '@' | '+');
        if user.is_empty() || !user.chars().all(letter) {
            return Err(invalid("user: letters, digits and .-_@+"));
        }
        if name.trim().is_empty() || name.chars().count() > 100 || name.contains(char::is_control) {
            return Err(invalid("name: 1 to 100 characters"));
        }
        fit(site, roles)?;
        let hash = match password {
            Some(password) => {
                acceptable(password, &user)?;
                self.passwords.hash(password).await?
            }
            None => String::new(),
        };
        let now_ms = self.clock.now_ms();
        let account = Account {
            id: secret::random::<9>(),
            user,
            name: name.trim().to_owned(),
            roles: roles.text(),
            password: hash,
            ..Account::default()
        };
        let mut tx = self.store.write(&tenant(site.map(AsRef::as_ref))).await?;
        if !tx.add_account(&account, now_ms).await? {
            return Err(Fault::No(
                Code::WrongState,
                "there is an account of that name",
            ));
        }
        tx.audit(
            now_ms,
            "",
            "",
            &format!("account-added:{}", account.id),
            TERMINAL,
        )
        .await?;
        let code = match password {
            Some(_) => None,
            None => Some(invite(&mut tx, &account.id, now_ms).await?),
        };
        tx.commit().await?;
        Ok(code)
    }

    /// Every account of a kommune; `None` are the operator's.
    ///
    /// # Errors
    /// The database cannot be used.
    pub async fn list(&self, site: Option<&Arc<Site>>) -> Result<Vec<Listed>, StoreError> {
        let mut tx = self.store.read(&tenant(site.map(AsRef::as_ref))).await?;
        let all = tx.accounts().await?;
        Ok(all
            .into_iter()
            .map(|account| Listed {
                id: account.id,
                user: account.user,
                name: account.name,
                roles: Roles::parse(&account.roles),
                has_password: !account.password.is_empty(),
                has_app: !account.totp.is_empty(),
            })
            .collect())
    }

    /// Other roles, from the next request on.
    ///
    /// # Errors
    /// No such account; the roles do not fit the place; or its roles come from the kommune's own login.
    pub async fn set_roles(
        &self,
        site: Option<&Arc<Site>>,
        user: &str,
        roles: Roles,
    ) -> Result<(), Fault> {
        fit(site, roles)?;
        let (mut tx, account) = self.find(site, user).await?;
        if !account.subject.is_empty() {
            return Err(Fault::No(
                Code::WrongState,
                "its roles come from the kommune's own login; change them there",
            ));
        }
        tx.set_roles(&account.id, &account.name, &roles.text())
            .await?;
        let what = format!("roles-changed:{}", account.id);
        tx.audit(self.clock.now_ms(), "", "", &what, TERMINAL)
            .await?;
        Ok(tx.commit().await?)
    }

    /// Starts an account over: no second factor, no session, no failures, and a new password or an invitation to choose one.
    ///
    /// # Errors
    /// As [`Auth::add`]; no such account.
    pub async fn reset(
        &self,
        site: Option<&Arc<Site>>,
        user: &str,
        password: Option<&str>,
    ) -> Result<Option<String>, Fault> {
        let hash = match password {
            Some(password) => {
                acceptable(password, &plain(user))?;
                self.passwords.hash(password).await?
            }
            None => String::new(),
        };
        let now_ms = self.clock.now_ms();
        let (mut tx, account) = self.find(site, user).await?;
        if !account.subject.is_empty() {
            return Err(Fault::No(
                Code::WrongState,
                "it has no password here; the kommune's own login has it",
            ));
        }
        tx.set_password(&account.id, &hash).await?;
        tx.forget_app(&account.id).await?;
        tx.end_sessions(&account.id).await?;
        let name_hash = self.name_hash(&tx.slug(), &account.user);
        tx.forgive(&name_hash).await?;
        tx.uninvite(&account.id).await?;
        let code = match password {
            Some(_) => None,
            None => Some(invite(&mut tx, &account.id, now_ms).await?),
        };
        let what = format!("account-reset:{}", account.id);
        tx.audit(now_ms, "", "", &what, TERMINAL).await?;
        tx.commit().await?;
        Ok(code)
    }

    /// Removes an account and ends its sessions.
    ///
    /// # Errors
    /// No such account.
    pub async fn remove(&self, site: Option<&Arc<Site>>, user: &str) -> Result<(), Fault> {
        let now_ms = self.clock.now_ms();
        let (mut tx, account) = self.find(site, user).await?;
        tx.remove_account(&account.id, now_ms).await?;
        tx.end_sessions(&account.id).await?;
        tx.uninvite(&account.id).await?;
        let what = format!("account-removed:{}", account.id);
        tx.audit(now_ms, "", "", &what, TERMINAL).await?;
        Ok(tx.commit().await?)
    }

    /// Forgets sessions that are over, invitations that ran out, and failures of yesterday.
    ///
    /// # Errors
    /// The database cannot be used.
    pub async fn tidy(&self) -> Result<(), StoreError> {
        let now_ms = self.clock.now_ms();
        for place in self.places() {
            let mut tx = self.store.write(&place).await?;
            let (began_ms, seen_ms) = (
                now_ms - super::session::LASTS_MS,
                now_ms - super::session::IDLE_MS,
            );
            tx.forget_sessions(began_ms, seen_ms).await?;
            tx.forget_attempts(now_ms, now_ms - FORGIVEN_MS).await?;
            tx.commit().await?;
        }
        Ok(())
    }

    /// Ends every session and takes every invitation back: a copy of the database would bring to life what has ended since.
    ///
    /// # Errors
    /// The database cannot be used.
    pub async fn end_all(&self) -> Result<(), StoreError> {
        for place in self.places() {
            let mut tx = self.store.write(&place).await?;
            tx.forget_sessions(i64::MAX, i64::MAX).await?;
            tx.forget_attempts(i64::MAX, i64::MIN).await?;
            tx.commit().await?;
        }
        Ok(())
    }

    /// Every kommune, and the operator.
    fn places(&self) -> impl Iterator<Item = Tenant> {
        let all = self.sites.all().map(|site| site.tenant.clone());
        all.chain([Tenant::operator()])
    }

    async fn find(&self, site: Option<&Arc<Site>>, user: &str) -> Result<(Tx, Account), Fault> {
        let mut tx = self.store.write(&tenant(site.map(AsRef::as_ref))).await?;
        match tx.account(user.trim()).await? {
            Some(account) => Ok((tx, account)),
            None => match tx.account(&plain(user)).await? {
                Some(account) => Ok((tx, account)),
                None => Err(Fault::No(Code::NotFound, "there is no such account")),
            },
        }
    }
}

async fn invite(tx: &mut Tx, account: &str, now_ms: i64) -> Result<String, StoreError> {
    let code = secret::random::<15>();
    tx.invite(account, &invitation_hash(&code), now_ms + INVITED_MS)
        .await?;
    Ok(code)
}

/// The operator has that role and no other; nobody else has it.
fn fit(site: Option<&Arc<Site>>, roles: Roles) -> Result<(), Fault> {
    let operator: Roles = [Role::Operator].into_iter().collect();
    if site.is_none() && roles != operator {
        Err(invalid(
            "roles: outside a kommune there is `operator` alone",
        ))
    } else if site.is_some() && roles.has(Role::Operator) {
        Err(invalid("roles: `operator` belongs to no kommune"))
    } else if roles.is_empty() {
        Err(invalid("roles: at least one"))
    } else {
        Ok(())
    }
}

fn invalid(detail: &'static str) -> Fault {
    Fault::No(Code::Invalid, detail)
}
