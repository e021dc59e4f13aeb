//! Passwords: argon2id, 19 MiB and two passes each, never more than two at a time. Who does not exist costs the same.

use crate::fault::Fault;
use crate::secret;
use argon2::Argon2;
use argon2::password_hash::{PasswordHash, PasswordHasher as _, PasswordVerifier as _, SaltString};
use protocol::Code;
use std::sync::{Arc, LazyLock};
use tokio::sync::Semaphore;

/// Shortest password, characters. Length is what counts; nothing is asked of its letters.
pub(crate) const SHORTEST: usize = 12;
/// Longest password, characters.
pub(crate) const LONGEST: usize = 200;
/// As many are looked at together: memory stays bounded whoever knocks.
const TOGETHER: usize = 2;

/// What the password of nobody is compared with.
static NOBODY: LazyLock<String> = LazyLock::new(|| hashed(&secret::random::<16>()));

/// Hashes and compares.
#[derive(Clone, Debug)]
pub(crate) struct Passwords(Arc<Semaphore>);

impl Default for Passwords {
    fn default() -> Self {
        Passwords(Arc::new(Semaphore::new(TOGETHER)))
    }
}

impl Passwords {
    /// What is stored of a password.
    pub(crate) async fn hash(&self, password: &str) -> Result<String, Fault> {
        let password = password.to_owned();
        self.work(move || hashed(&password)).await
    }

    /// True when it is the password of that hash. An empty hash is nobody's, and takes as long.
    pub(crate) async fn verify(&self, password: &str, hash: &str) -> Result<bool, Fault> {
        let (password, hash) = (password.to_owned(), hash.to_owned());
        self.work(move || {
            let known = !hash.is_empty();
            let hash = if known { &hash } else { &*NOBODY };
            let fits = PasswordHash::new(hash).is_ok_and(|hash| {
                let argon = Argon2::default();
                argon.verify_password(password.as_bytes(), &hash).is_ok()
            });
            fits && known
        })
        .await
    }

    async fn work<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Fault> {
        let busy = || Fault::No(Code::Unavailable, "too busy; try again");
        let permit = self.0.acquire().await.map_err(|_| busy())?;
        let done = tokio::task::spawn_blocking(work).await.map_err(|_| busy());
        drop(permit);
        done
    }
}

/// Checks what somebody chose.
///
/// # Errors
/// Too short, too long, or the user name itself.
pub(crate) fn acceptable(password: &str, user: &str) -> Result<(), Fault> {
    let length = password.chars().count();
    let lower = password.to_lowercase();
    // "borger.service2026!" of the user "borger.service" is the first that is tried.
    let mostly_name = !user.is_empty() && lower.contains(user) && length < user.len() + SHORTEST;
    if length < SHORTEST {
        Err(Fault::No(Code::Invalid, "password: at least 12 characters"))
    } else if length > LONGEST {
        Err(Fault::No(Code::Invalid, "password: at most 200 characters"))
    } else if mostly_name {
        Err(Fault::No(
            Code::Invalid,
            "password: too close to the user name",
        ))
    } else {
        Ok(())
    }
}

fn hashed(password: &str) -> String {
    let salt = SaltString::encode_b64(&secret::random_bytes::<16>()).expect("a salt of 16 bytes");
    let hash = Argon2::default().hash_password(password.as_bytes(), &salt);
    hash.expect("argon2 takes any text").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_opens_its_own_hash_and_nobodys_is_never_right() {
        let passwords = Passwords::default();
        let hash = passwords.hash("en lang adgangskode").await.expect("a hash");
        assert!(
            hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
            "{hash}"
        );
        let is = async |password: &str, hash: &str| {
            passwords.verify(password, hash).await.expect("an answer")
        };
        assert!(is("en lang adgangskode", &hash).await);
        assert!(!is("en lang adgangskodE", &hash).await);
        assert!(!is("en lang adgangskode", "").await);
        assert!(!is("", "").await);
        assert!(!is("x", "no hash").await);
    }

    #[test]
    fn short_passwords_and_the_user_name_are_refused() {
        for (password, fine) in [
            ("elleve tegn", false),
            ("tolv tegn nu", true),
            ("ida.andersen1", false),
            ("ida.andersen cykler paa tandem", true),
        ] {
            assert_eq!(
                acceptable(password, "ida.andersen").is_ok(),
                fine,
                "{password}"
            );
        }
        assert!(acceptable(&"æ".repeat(200), "ida").is_ok());
        assert!(acceptable(&"æ".repeat(201), "ida").is_err());
    }
}
