//! Signing in with a local account: password, then the second factor, which the first sign-in sets up.
//!
//! Who guesses is slowed down by name, whether somebody has that name or not, and gets the same words after the same work for an
//! unknown user and a wrong password. An attempt is counted before it is looked at, so that many at once count as many.

use super::password::{LONGEST, acceptable};
use super::totp::App;
use super::{Auth, Opened, Roles, tenant};
use crate::fault::Fault;
use crate::secret;
use crate::store::accounts::Account;
use crate::store::{StoreError, Tx};
use crate::tenant::Site;
use protocol::{Code, Enrol};
use std::sync::Arc;

/// So many failures in a row cost nothing.
const FREE: i64 = 5;
/// Longest wait, seconds.
const LONGEST_WAIT_S: i64 = 900;

/// What came of it.
#[derive(Debug)]
pub enum Step {
    /// Signed in.
    In(Opened),
    /// The password is right; the second factor must be set up first.
    Enrol(Enrol),
}

/// Why not.
#[derive(Debug)]
pub enum Denied {
    /// Too many failures with this name; seconds to wait.
    Wait(u64),
    /// As words.
    No(Fault),
}

impl From<Fault> for Denied {
    fn from(fault: Fault) -> Self {
        Denied::No(fault)
    }
}

impl From<StoreError> for Denied {
    fn from(error: StoreError) -> Self {
        Denied::No(error.into())
    }
}

/// Who knocks, and where.
struct Door {
    site: Option<Arc<Site>>,
    slug: String,
    user: String,
    /// Under which its failures are counted.
    name_hash: String,
    account: Account,
}

impl Auth {
    /// Password and, when it is set up, the second factor.
    ///
    /// # Errors
    /// Wrong, too often wrong, a code is needed, or the database.
    pub async fn sign_in(
        &self,
        site: Option<Arc<Site>>,
        user: &str,
        password: &str,
        code: Option<&str>,
    ) -> Result<Step, Denied> {
        let door = self.knock(site, user).await?;
        self.prove(&door, password).await?;
        if door.account.totp.is_empty() {
            return self.offer(&door).await.map(Step::Enrol);
        }
        let Some(code) = code else {
            return Err(Fault::No(Code::CodeNeeded, "the code of the app is missing").into());
        };
        let salt = door.account.totp.clone();
        let step = self.check(&door, &salt, code).await?;
        let opened = self.enter(&door, step, "signed-in").await?;
        Ok(Step::In(opened))
    }

    /// Sets up the second factor that a sign-in has offered, and signs in.
    ///
    /// # Errors
    /// As [`Auth::sign_in`]; the secret is not the last that was offered; or one is set up already.
    pub async fn enrol(
        &self,
        site: Option<Arc<Site>>,
        user: &str,
        password: &str,
        secret: &str,
        code: &str,
    ) -> Result<Opened, Denied> {
        let door = self.knock(site, user).await?;
        self.prove(&door, password).await?;
        if !door.account.totp.is_empty() {
            return Err(Fault::No(Code::WrongState, "an app is set up already").into());
        }
        let salt = door.account.totp_offered.clone();
        let offered = self.app(&door, &salt).enrol().secret;
        if salt.is_empty() || !super::same(&offered, secret.trim()) {
            return Err(
                Fault::No(Code::WrongState, "another secret was offered; sign in anew").into(),
            );
        }
        let step = self.check(&door, &salt, code).await?;
        Ok(self.enter(&door, step, "enrolled").await?)
    }

    /// Chooses a password with an invitation.
    ///
    /// # Errors
    /// No such invitation, or too late; the password is too short.
    pub async fn accept(
        &self,
        site: Option<Arc<Site>>,
        user: &str,
        invitation: &str,
        password: &str,
    ) -> Result<Enrol, Denied> {
        acceptable(password, &plain(user))?;
        let door = self.knock(site, user).await?;
        let hash = self.passwords.hash(password).await?;
        let now_ms = self.clock.now_ms();
        let mut tx = self.writing(&door).await?;
        let code_hash = invitation_hash(invitation);
        if !tx.accept(&door.account.id, &code_hash, now_ms).await? {
            tx.audit(now_ms, "", "", "sign-in-refused", who(&door.account))
                .await?;
            tx.commit().await?;
            return Err(wrong().into());
        }
        tx.set_password(&door.account.id, &hash).await?;
        tx.end_sessions(&door.account.id).await?;
        tx.audit(now_ms, "", "", "invitation-accepted", &door.account.id)
            .await?;
        tx.commit().await?;
        if door.account.totp.is_empty() {
            self.offer(&door).await
        } else {
            Err(Fault::No(Code::CodeNeeded, "the password is set; sign in with a code").into())
        }
    }

    /// Ends a session.
    ///
    /// # Errors
    /// The database cannot be used.
    pub async fn sign_out(&self, signed: &super::Signed, what: &str) -> Result<(), StoreError> {
        let mut tx = self.store.write(&signed.tenant()).await?;
        if tx.end_session(&signed.token_hash).await? {
            let now_ms = self.clock.now_ms();
            tx.audit(now_ms, "", "", what, &signed.account).await?;
        }
        tx.commit().await
    }

    /// Counts the attempt before anything is known about it, and finds the account; of nobody an empty one.
    async fn knock(&self, site: Option<Arc<Site>>, user: &str) -> Result<Door, Denied> {
        if site.as_ref().is_some_and(|site| !site.local_accounts) {
            return Err(
                Fault::No(Code::Forbidden, "this kommune signs in at its own login").into(),
            );
        }
        let user = plain(user);
        let tenant = tenant(site.as_deref());
        let name_hash = self.name_hash(tenant.slug(), &user);
        let now_ms = self.clock.now_ms();
        let mut tx = self.store.write(&tenant).await?;
        tx.lock(&[&name_hash]).await?;
        let (failed, next_ms) = tx.attempts(&name_hash).await?;
        if next_ms > now_ms {
            tx.rollback().await;
            return Err(Denied::Wait(seconds(next_ms - now_ms)));
        }
        let failed = failed + 1;
        let next_ms = now_ms + wait_s(failed) * 1000;
        tx.count_attempt(&name_hash, failed, now_ms, next_ms)
            .await?;
        let account = tx.account(&user).await?.unwrap_or_default();
        tx.commit().await?;
        Ok(Door {
            slug: tenant.slug().to_owned(),
            site,
            user,
            name_hash,
            account,
        })
    }

    /// The password.
    async fn prove(&self, door: &Door, password: &str) -> Result<(), Denied> {
        let fits = password.chars().count() <= LONGEST;
        let hash = if fits {
            door.account.password.as_str()
        } else {
            ""
        };
        if self.passwords.verify(password, hash).await? {
            return Ok(());
        }
        self.refuse(door).await?;
        Err(wrong().into())
    }

    /// The second factor: the step of the code, not used up yet.
    async fn check(&self, door: &Door, salt: &str, code: &str) -> Result<i64, Denied> {
        let step = self.app(door, salt).step(code, self.clock.now_ms());
        if let Some(step) = step.filter(|step| *step > door.account.totp_step) {
            return Ok(step);
        }
        self.refuse(door).await?;
        Err(code_wrong().into())
    }

    async fn refuse(&self, door: &Door) -> Result<(), StoreError> {
        let mut tx = self.writing(door).await?;
        let now_ms = self.clock.now_ms();
        tx.audit(now_ms, "", "", "sign-in-refused", who(&door.account))
            .await?;
        tx.commit().await
    }

    /// A new second factor; the last one that was offered counts.
    async fn offer(&self, door: &Door) -> Result<Enrol, Denied> {
        let salt = secret::random::<15>();
        let mut tx = self.writing(door).await?;
        tx.offer_app(&door.account.id, &salt).await?;
        tx.forgive(&door.name_hash).await?;
        tx.commit().await?;
        Ok(self.app(door, &salt).enrol())
    }

    /// Everything is right: uses the code up and begins a session.
    async fn enter(&self, door: &Door, step: i64, what: &str) -> Result<Opened, Fault> {
        let now_ms = self.clock.now_ms();
        let account = &door.account;
        let mut tx = self.writing(door).await?;
        // Removed, or started over, while the password was looked at?
        let fresh = tx.account(&door.user).await?.unwrap_or_default();
        if fresh.id != account.id || fresh.password != account.password {
            tx.rollback().await;
            return Err(wrong());
        }
        let taken = what != "enrolled" || tx.take_app(&account.id, &account.totp_offered).await?;
        // Of two that bring the same code at once, one gets in.
        if !taken || !tx.use_step(&account.id, step).await? {
            tx.rollback().await;
            return Err(code_wrong());
        }
        tx.forgive(&door.name_hash).await?;
        let roles = Roles::parse(&fresh.roles);
        let opened = self
            .open(
                &mut tx,
                door.site.as_ref(),
                &account.id,
                &account.name,
                roles,
                now_ms,
            )
            .await?;
        tx.audit(now_ms, "", "", what, &account.id).await?;
        tx.commit().await?;
        Ok(opened)
    }

    fn app(&self, door: &Door, salt: &str) -> App {
        let place = door.site.as_ref().map_or("drift", |site| &site.admin.name);
        App::new(
            &self.key,
            &door.slug,
            &door.account.id,
            salt,
            place,
            &door.user,
        )
    }

    /// Under which failures are counted: nothing that tells who it was.
    pub(super) fn name_hash(&self, slug: &str, user: &str) -> String {
        secret::keyed(&self.key, &[b"attempt", slug.as_bytes(), user.as_bytes()])
    }

    async fn writing(&self, door: &Door) -> Result<Tx, StoreError> {
        self.store.write(&tenant(door.site.as_deref())).await
    }
}

/// User names do not tell large letters from small ones.
pub(super) fn plain(user: &str) -> String {
    user.trim().to_lowercase().chars().take(100).collect()
}

pub(super) fn invitation_hash(code: &str) -> String {
    secret::hash(&["invitation", code.trim()])
}

fn who(account: &Account) -> &str {
    if account.id.is_empty() {
        "unknown"
    } else {
        &account.id
    }
}

fn wrong() -> Fault {
    Fault::No(Code::SignInWrong, "user or password is wrong")
}

fn code_wrong() -> Fault {
    Fault::No(
        Code::CodeWrong,
        "the code is wrong or was used; wait for the next one",
    )
}

/// How long the next attempt has to wait after so many failures.
fn wait_s(failed: i64) -> i64 {
    match failed - FREE {
        ..=0 => 0,
        more @ 1..10 => (1 << more).min(LONGEST_WAIT_S),
        _ => LONGEST_WAIT_S,
    }
}

fn seconds(ms: i64) -> u64 {
    ms.unsigned_abs().div_ceil(1000).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_from_the_sixth_failure_and_end_at_a_quarter_of_an_hour() {
        let waits: Vec<i64> = [1, 5, 6, 7, 8, 13, 14, 15, 1000].map(wait_s).into();
        assert_eq!(waits, [0, 0, 2, 4, 8, 256, 512, 900, 900]);
    }

    #[test]
    fn names_are_the_same_however_they_are_written() {
        assert_eq!(plain("  Ida.Ærø@Kommune.DK "), "ida.ærø@kommune.dk");
    }
}
