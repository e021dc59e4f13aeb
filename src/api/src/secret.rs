//! Secrets of holds and bookings, and what is stored instead of them.
//!
//! A secret is an HMAC of the row's random id with the server's key. The database has its hash only: from a backup no secret
//! can be had, and yet a retry gets the very same answer, and a reminder the very same link.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, Mac as _};
use sha2::{Digest as _, Sha256};
use std::fmt::Write as _;

/// Random bytes as text.
///
/// # Panics
/// When the operating system has no random numbers; nothing could be kept secret then.
pub fn random<const N: usize>() -> String {
    URL_SAFE_NO_PAD.encode(random_bytes::<N>())
}

/// Random bytes.
///
/// # Panics
/// As [`random`].
pub fn random_bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("random numbers of the operating system");
    bytes
}

/// A random UUID (version 4), as text.
///
/// # Panics
/// As [`random`].
pub fn uuid() -> String {
    let mut bytes = random_bytes::<16>();
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let hex = bytes.iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    });
    format!(
        "{}-{}-{}-{}-{}",
        &hex[..8],
        &hex[8..12],
        &hex[12..16],
        &hex[16..20],
        &hex[20..]
    )
}

/// A random number.
pub fn random_number() -> u64 {
    u64::from_le_bytes(random_bytes::<8>())
}

/// SHA-256 of the parts, each with its length before it.
pub fn hash(parts: &[&str]) -> String {
    let mut sum = Sha256::new();
    for part in parts {
        sum.update((part.len() as u64).to_le_bytes());
        sum.update(part.as_bytes());
    }
    URL_SAFE_NO_PAD.encode(sum.finalize())
}

/// HMAC-SHA256 with a key, of parts as in [`hash`], as text.
pub fn keyed(key: &[u8], parts: &[&[u8]]) -> String {
    URL_SAFE_NO_PAD.encode(keyed_bytes(key, parts))
}

/// The same, 32 bytes.
pub fn keyed_bytes(key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    for part in parts {
        mac.update(&(part.len() as u64).to_le_bytes());
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}
