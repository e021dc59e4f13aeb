//! Sessions: 256 random bits in a cookie, their hash in the database. Eight hours at most, half an hour without a request.

use super::{Auth, Roles, Signed, tenant};
use crate::secret;
use crate::store::{StoreError, Tx};
use crate::tenant::Site;
use std::sync::Arc;

/// Name of the cookie. The prefix makes browsers refuse it without `Secure`, with a domain, or below another path.
pub const COOKIE: &str = "__Host-lokalsvar";
/// A session ends after this, whatever happens.
pub(crate) const LASTS_MS: i64 = 8 * 3_600_000;
/// A session ends when it was not used for so long.
pub(crate) const IDLE_MS: i64 = 30 * 60_000;
/// How exactly the last use is kept: a session may end that much before [`IDLE_MS`], never after it.
const TOUCH_MS: i64 = 60_000;

/// A session that has begun.
#[derive(Clone, Debug)]
pub struct Opened {
    /// Value of the cookie: `SLUG.TOKEN`. The hash that is stored covers both, so another slug finds nothing.
    pub cookie: String,
    /// Who it is.
    pub signed: Signed,
}

impl Auth {
    /// Whose session it is: what the cookie stands for, if that has not ended.
    ///
    /// # Errors
    /// The database cannot be used.
    pub async fn signed(&self, cookie: &str) -> Result<Option<Signed>, StoreError> {
        let Some((site, token)) = self.read(cookie) else {
            return Ok(None);
        };
        let tenant = tenant(site.as_deref());
        let token_hash = hashed(tenant.slug(), token);
        let now_ms = self.clock.now_ms();
        let mut tx = self.store.read(&tenant).await?;
        let found = tx.session(&token_hash).await?;
        drop(tx);
        let Some((row, account)) = found else {
            return Ok(None);
        };
        if now_ms - row.created_ms >= LASTS_MS || now_ms - row.seen_ms >= IDLE_MS {
            // Gone for good: a clock that is put back must not bring it to life.
            let mut tx = self.store.write(&tenant).await?;
            tx.end_session(&token_hash).await?;
            tx.commit().await?;
            return Ok(None);
        }
        if now_ms - row.seen_ms >= TOUCH_MS {
            let mut tx = self.store.write(&tenant).await?;
            tx.touch_session(&token_hash, now_ms).await?;
            tx.commit().await?;
        }
        Ok(Some(Signed {
            site,
            account: account.id,
            name: account.name,
            roles: Roles::parse(&account.roles),
            csrf: self.csrf(token),
            expires_ms: row.created_ms + LASTS_MS,
            token_hash,
        }))
    }

    /// Begins a session of an account, in a transaction of its kommune.
    pub(crate) async fn open(
        &self,
        tx: &mut Tx,
        site: Option<&Arc<Site>>,
        account: &str,
        name: &str,
        roles: Roles,
        now_ms: i64,
    ) -> Result<Opened, StoreError> {
        let token = secret::random::<32>();
        let slug = tx.slug();
        let token_hash = hashed(&slug, &token);
        tx.begin_session(&token_hash, account, now_ms).await?;
        Ok(Opened {
            cookie: format!("{slug}.{token}"),
            signed: Signed {
                site: site.map(Arc::clone),
                account: account.to_owned(),
                name: name.to_owned(),
                roles,
                csrf: self.csrf(&token),
                expires_ms: now_ms + LASTS_MS,
                token_hash,
            },
        })
    }

    /// Kommune and token of a cookie.
    fn read<'a>(&self, cookie: &'a str) -> Option<(Option<Arc<Site>>, &'a str)> {
        let (slug, token) = cookie.split_once('.')?;
        let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
        if token.len() != 43 || !token.bytes().all(plain) {
            return None;
        }
        let slug = (slug != crate::tenant::OPERATOR).then_some(slug);
        Some((self.place(slug)?, token))
    }

    /// Made of the token whenever it is needed, so that it is nowhere stored.
    fn csrf(&self, token: &str) -> String {
        secret::keyed(&self.key, &[b"csrf", token.as_bytes()])
    }
}

fn hashed(slug: &str, token: &str) -> String {
    secret::hash(&["session", slug, token])
}
