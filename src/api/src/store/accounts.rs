//! Accounts of the staff, their invitations, and sign-ins that failed.

use super::{StoreError, Tx};
use sqlx::Row as _;
use sqlx::any::AnyRow;

/// An account.
#[derive(Clone, Debug, Default)]
pub(crate) struct Account {
    pub(crate) id: String,
    pub(crate) user: String,
    pub(crate) name: String,
    /// As [`Roles::text`](crate::auth::Roles::text).
    pub(crate) roles: String,
    /// Argon2id in the PHC format; empty without one.
    pub(crate) password: String,
    /// Salt of the second factor; empty until one is set up.
    pub(crate) totp: String,
    /// Salt of a second factor that was offered.
    pub(crate) totp_offered: String,
    /// The last step a code was used of.
    pub(crate) totp_step: i64,
    /// Whose login vouches for it; empty when it is a local account.
    pub(crate) issuer: String,
    /// Who it is there.
    pub(crate) subject: String,
}

/// Columns of an [`Account`] under the alias `a`.
pub(crate) const FIELDS: &str = "a.id, a.user_name, a.name, a.roles, a.password, a.totp, a.totp_offered, a.totp_step, a.issuer, a.subject";

pub(crate) fn account_of(row: &AnyRow) -> Result<Account, StoreError> {
    Ok(Account {
        id: row.try_get("id")?,
        user: row.try_get("user_name")?,
        name: row.try_get("name")?,
        roles: row.try_get("roles")?,
        password: row.try_get("password")?,
        totp: row.try_get("totp")?,
        totp_offered: row.try_get("totp_offered")?,
        totp_step: row.try_get("totp_step")?,
        issuer: row.try_get("issuer")?,
        subject: row.try_get("subject")?,
    })
}

impl Tx {
    /// The account of a user name.
    pub(crate) async fn account(&mut self, user: &str) -> Result<Option<Account>, StoreError> {
        let slug = self.slug();
        let row = sqlx::query(&format!(
            "SELECT {FIELDS} FROM account a WHERE a.tenant = $1 AND a.user_name = $2 AND a.removed_ms = 0"
        ))
        .bind(slug)
        .bind(user)
        .fetch_optional(self.connection())
        .await?;
        row.as_ref().map(account_of).transpose()
    }

    /// The account that another login knows as `subject`.
    pub(crate) async fn account_by(
        &mut self,
        issuer: &str,
        subject: &str,
    ) -> Result<Option<Account>, StoreError> {
        let slug = self.slug();
        let row = sqlx::query(&format!(
            "SELECT {FIELDS} FROM account a WHERE a.tenant = $1 AND a.issuer = $2 AND a.subject = $3 AND a.removed_ms = 0"
        ))
        .bind(slug)
        .bind(issuer)
        .bind(subject)
        .fetch_optional(self.connection())
        .await?;
        row.as_ref().map(account_of).transpose()
    }

    /// Every account that was not removed, by name of the user.
    pub(crate) async fn accounts(&mut self) -> Result<Vec<Account>, StoreError> {
        let slug = self.slug();
        let rows = sqlx::query(&format!(
            "SELECT {FIELDS} FROM account a WHERE a.tenant = $1 AND a.removed_ms = 0 ORDER BY a.user_name"
        ))
        .bind(slug)
        .fetch_all(self.connection())
        .await?;
        rows.iter().map(account_of).collect()
    }

    /// A new account. False when the user name is taken.
    pub(crate) async fn add_account(
        &mut self,
        account: &Account,
        now_ms: i64,
    ) -> Result<bool, StoreError> {
        let slug = self.slug();
        let done = sqlx::query(
            "INSERT INTO account (tenant, id, user_name, name, roles, password, issuer, subject, created_ms)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING",
        )
        .bind(slug)
        .bind(&account.id)
        .bind(&account.user)
        .bind(&account.name)
        .bind(&account.roles)
        .bind(&account.password)
        .bind(&account.issuer)
        .bind(&account.subject)
        .bind(now_ms)
        .execute(self.connection())
        .await?;
        Ok(done.rows_affected() > 0)
    }

    /// Writes a name and roles.
    pub(crate) async fn set_roles(
        &mut self,
        account: &str,
        name: &str,
        roles: &str,
    ) -> Result<(), StoreError> {
        let slug = self.slug();
        sqlx::query("UPDATE account SET name = $3, roles = $4 WHERE tenant = $1 AND id = $2")
            .bind(slug)
            .bind(account)
            .bind(name)
            .bind(roles)
            .execute(self.connection())
            .await?;
        Ok(())
    }

    /// Writes a password's hash.
    pub(crate) async fn set_password(
        &mut self,
        account: &str,
        hash: &str,
    ) -> Result<(), StoreError> {
        let slug = self.slug();
        sqlx::query("UPDATE account SET password = $3 WHERE tenant = $1 AND id = $2")
            .bind(slug)
            .bind(account)
            .bind(hash)
            .execute(self.connection())
            .await?;
        Ok(())
    }

    /// Takes the second factor away.
    pub(crate) async fn forget_app(&mut self, account: &str) -> Result<(), StoreError> {
        let slug = self.slug();
        sqlx::query(
            "UPDATE account SET totp = '', totp_offered = '' WHERE tenant = $1 AND id = $2",
        )
        .bind(slug)
        .bind(account)
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// Offers a second factor to an account that has none.
    pub(crate) async fn offer_app(&mut self, account: &str, salt: &str) -> Result<(), StoreError> {
        let slug = self.slug();
        sqlx::query(
            "UPDATE account SET totp_offered = $3 WHERE tenant = $1 AND id = $2 AND totp = ''",
        )
        .bind(slug)
        .bind(account)
        .bind(salt)
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// Takes the second factor that was offered. False when another was offered since, or one is there.
    pub(crate) async fn take_app(&mut self, account: &str, salt: &str) -> Result<bool, StoreError> {
        let slug = self.slug();
        let done = sqlx::query(
            "UPDATE account SET totp = $3, totp_offered = '' WHERE tenant = $1 AND id = $2 AND totp = '' AND totp_offered = $3",
        )
        .bind(slug)
        .bind(account)
        .bind(salt)
        .execute(self.connection())
        .await?;
        Ok(done.rows_affected() > 0)
    }

    /// Uses up the code of a step. False when it, or a later one, was used already.
    pub(crate) async fn use_step(&mut self, account: &str, step: i64) -> Result<bool, StoreError> {
        let slug = self.slug();
        let done = sqlx::query(
            "UPDATE account SET totp_step = $3 WHERE tenant = $1 AND id = $2 AND totp_step < $3",
        )
        .bind(slug)
        .bind(account)
        .bind(step)
        .execute(self.connection())
        .await?;
        Ok(done.rows_affected() > 0)
    }

    /// Removes an account; its row stays for the audit log, without what signs in.
    pub(crate) async fn remove_account(
        &mut self,
        account: &str,
        now_ms: i64,
    ) -> Result<(), StoreError> {
        let slug = self.slug();
        sqlx::query(
            "UPDATE account SET removed_ms = $3, password = '', totp = '', totp_offered = '' WHERE tenant = $1 AND id = $2",
        )
        .bind(slug)
        .bind(account)
        .bind(now_ms)
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// Invites; a former invitation of the account is no more.
    pub(crate) async fn invite(
        &mut self,
        account: &str,
        code_hash: &str,
        expires_ms: i64,
    ) -> Result<(), StoreError> {
        let slug = self.slug();
        sqlx::query(
            "INSERT INTO invitation (tenant, account, code_hash, expires_ms) VALUES ($1, $2, $3, $4)
             ON CONFLICT (tenant, account) DO UPDATE SET code_hash = excluded.code_hash, expires_ms = excluded.expires_ms",
        )
        .bind(slug)
        .bind(account)
        .bind(code_hash)
        .bind(expires_ms)
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// Uses an invitation up. False when there is none with that code, or it has run out.
    pub(crate) async fn accept(
        &mut self,
        account: &str,
        code_hash: &str,
        now_ms: i64,
    ) -> Result<bool, StoreError> {
        let slug = self.slug();
        let done = sqlx::query(
            "DELETE FROM invitation WHERE tenant = $1 AND account = $2 AND code_hash = $3 AND expires_ms > $4",
        )
        .bind(slug)
        .bind(account)
        .bind(code_hash)
        .bind(now_ms)
        .execute(self.connection())
        .await?;
        Ok(done.rows_affected() > 0)
    }

    /// Takes an invitation back.
    pub(crate) async fn uninvite(&mut self, account: &str) -> Result<(), StoreError> {
        let slug = self.slug();
        sqlx::query("DELETE FROM invitation WHERE tenant = $1 AND account = $2")
            .bind(slug)
            .bind(account)
            .execute(self.connection())
            .await?;
        Ok(())
    }

    /// How often a name failed, and until when it has to wait.
    pub(crate) async fn attempts(&mut self, name_hash: &str) -> Result<(i64, i64), StoreError> {
        let slug = self.slug();
        let row =
            sqlx::query("SELECT failed, next_ms FROM attempt WHERE tenant = $1 AND name_hash = $2")
                .bind(slug)
                .bind(name_hash)
                .fetch_optional(self.connection())
                .await?;
        row.map_or(Ok((0, 0)), |row| {
            Ok((row.try_get("failed")?, row.try_get("next_ms")?))
        })
    }

    /// Counts an attempt.
    pub(crate) async fn count_attempt(
        &mut self,
        name_hash: &str,
        failed: i64,
        now_ms: i64,
        next_ms: i64,
    ) -> Result<(), StoreError> {
        let slug = self.slug();
        sqlx::query(
            "INSERT INTO attempt (tenant, name_hash, failed, last_ms, next_ms) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (tenant, name_hash) DO UPDATE SET failed = excluded.failed, last_ms = excluded.last_ms,
               next_ms = excluded.next_ms",
        )
        .bind(slug)
        .bind(name_hash)
        .bind(failed)
        .bind(now_ms)
        .bind(next_ms)
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// Forgets what was counted against a name.
    pub(crate) async fn forgive(&mut self, name_hash: &str) -> Result<(), StoreError> {
        let slug = self.slug();
        sqlx::query("DELETE FROM attempt WHERE tenant = $1 AND name_hash = $2")
            .bind(slug)
            .bind(name_hash)
            .execute(self.connection())
            .await?;
        Ok(())
    }

    /// A sign-in goes to another login.
    pub(crate) async fn depart(
        &mut self,
        state_hash: &str,
        cookie_hash: &str,
        expires_ms: i64,
    ) -> Result<(), StoreError> {
        let slug = self.slug();
        sqlx::query(
            "INSERT INTO journey (tenant, state_hash, cookie_hash, expires_ms) VALUES ($1, $2, $3, $4)",
        )
        .bind(slug)
        .bind(state_hash)
        .bind(cookie_hash)
        .bind(expires_ms)
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// It comes back, to the browser it left from. True once, and in time.
    pub(crate) async fn arrive(
        &mut self,
        state_hash: &str,
        cookie_hash: &str,
        now_ms: i64,
    ) -> Result<bool, StoreError> {
        let slug = self.slug();
        let done = sqlx::query(
            "DELETE FROM journey WHERE tenant = $1 AND state_hash = $2 AND cookie_hash = $3 AND expires_ms > $4",
        )
        .bind(slug)
        .bind(state_hash)
        .bind(cookie_hash)
        .bind(now_ms)
        .execute(self.connection())
        .await?;
        Ok(done.rows_affected() > 0)
    }

    /// Forgets invitations and journeys that have run out, and failures from before `since_ms`.
    pub(crate) async fn forget_attempts(
        &mut self,
        now_ms: i64,
        since_ms: i64,
    ) -> Result<(), StoreError> {
        for (table, column, before) in [
            ("invitation", "expires_ms", now_ms),
            ("journey", "expires_ms", now_ms),
            ("attempt", "last_ms", since_ms),
        ] {
            let slug = self.slug();
            sqlx::query(&format!(
                "DELETE FROM {table} WHERE tenant = $1 AND {column} <= $2"
            ))
            .bind(slug)
            .bind(before)
            .execute(self.connection())
            .await?;
        }
        Ok(())
    }
}
