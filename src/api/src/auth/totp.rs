//! The second factor: six digits of an authenticator app (RFC 6238, SHA-1, 30 seconds), each good once.
//!
//! The app's secret is made from a stored salt with the server's key: a copy of the database alone has none.

use crate::secret;
use protocol::Enrol;
use totp_rs::{Algorithm, TOTP};

/// Seconds that a code stands for.
const STEP_S: i64 = 30;
/// Steps before and after now that count: clocks differ.
const SKEW: i64 = 1;

/// The app of an account.
pub(crate) struct App(TOTP);

impl App {
    /// Of a salt. `place` and `user` are what the app shows.
    pub(crate) fn new(
        key: &[u8],
        slug: &str,
        account: &str,
        salt: &str,
        place: &str,
        user: &str,
    ) -> App {
        let parts = [
            b"totp".as_slice(),
            slug.as_bytes(),
            account.as_bytes(),
            salt.as_bytes(),
        ];
        let secret = secret::keyed_bytes(key, &parts)[..20].to_vec();
        let plain = |text: &str| text.replace(':', " ");
        // 160 bits and no colon: the two things that can be wrong.
        App(TOTP::new(
            Algorithm::SHA1,
            6,
            SKEW as u8,
            STEP_S as u64,
            secret,
            Some(plain(&format!("Lokalsvar {place}"))),
            plain(user),
        )
        .expect("a secret of 160 bits"))
    }

    /// What is shown once.
    pub(crate) fn enrol(&self) -> Enrol {
        Enrol {
            secret: self.0.get_secret_base32(),
            uri: self.0.get_url(),
        }
    }

    /// The step that a code is of, when it is of one about now.
    pub(crate) fn step(&self, code: &str, now_ms: i64) -> Option<i64> {
        let code: String = code.chars().filter(|c| !c.is_whitespace()).collect();
        let now = now_ms.div_euclid(1000 * STEP_S);
        // Every step is looked at, so that the time does not tell which one it was.
        (now - SKEW..=now + SKEW).fold(None, |found, step| {
            let right = self.0.generate((step * STEP_S).cast_unsigned());
            if super::same(&right, &code) {
                Some(step)
            } else {
                found
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn app() -> App {
        App::new(
            &[7; 32],
            "eksempelby",
            "a1",
            "salt",
            "Eksempelby: Kommune",
            "ida",
        )
    }

    #[test]
    fn codes_are_those_of_the_standard() {
        // RFC 6238, appendix B: the secret "12345678901234567890", the last six of eight digits.
        let secret = b"12345678901234567890".to_vec();
        let issuer = Some("x".to_owned());
        let app = App(
            TOTP::new(Algorithm::SHA1, 6, 1, 30, secret, issuer, "y".to_owned()).expect("an app"),
        );
        for (seconds, code) in [
            (59_i64, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(
                app.step(code, seconds * 1000),
                Some(seconds / 30),
                "{seconds}"
            );
        }
    }

    #[test]
    fn a_code_counts_a_step_early_and_late_and_no_longer() {
        let app = app();
        let at = 1_800_000_000_000_i64;
        let code = app.0.generate(1_800_000_000);
        for (shift, fine) in [
            (-60, false),
            (-30, true),
            (0, true),
            (30, true),
            (60, false),
        ] {
            assert_eq!(
                app.step(&code, at + shift * 1000).is_some(),
                fine,
                "{shift} s"
            );
        }
        let spaced = format!(" {} {} ", &code[..3], &code[3..]);
        assert!(app.step(&spaced, at).is_some());
        assert!(app.step("", at).is_none() && app.step("12345", at).is_none());
    }

    #[test]
    fn the_app_is_told_whose_it_is_and_each_account_has_its_own() {
        let enrol = app().enrol();
        assert_eq!(enrol.secret.len(), 32);
        assert!(
            enrol
                .uri
                .starts_with("otpauth://totp/Lokalsvar%20Eksempelby"),
            "{}",
            enrol.uri
        );
        assert!(enrol.uri.contains(&format!("secret={}", enrol.secret)));
        let of = |key: u8, slug: &str, account: &str, salt: &str| {
            App::new(&[key; 32], slug, account, salt, "", "")
                .enrol()
                .secret
        };
        let first = of(7, "eksempelby", "a1", "salt");
        assert_eq!(first, enrol.secret);
        for other in [
            of(8, "eksempelby", "a1", "salt"),
            of(7, "fjordby", "a1", "salt"),
            of(7, "eksempelby", "a2", "salt"),
            of(7, "eksempelby", "a1", "tlas"),
        ] {
            assert_ne!(first, other);
        }
    }
}
