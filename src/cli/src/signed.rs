//! A release in its signed envelope, and the keys that sign it: Ed25519 over the payload's UTF-8 bytes. The
//! loader checks the same with WebCrypto. Knows no folders; `release.rs` does.

use crate::say::complain;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256, Sha384};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

/// Public half of `kb-bundle/demo-noegle.txt`, whose private half everybody can read.
const DEMO_PUBLIC: &str = "awpmaXuTq2iGG3j2KtYcr29G8Bteg0hJB4d+t6ZgJZA=";

/// A file that a release names, with the hash a browser must find (`integrity` of `fetch`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Pinned {
    /// File name beside the release.
    pub(crate) file: String,
    /// `sha384-<base64>`.
    pub(crate) sha384: String,
}

/// The API that a kommune's chat talks to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Api {
    /// `https:` address before `/api/v1`, or one relative to the folder of the release.
    pub(crate) url: String,
    /// Site key: which kommune. No secret.
    pub(crate) site: String,
}

/// What `<slug>.json` says. The order of the fields is the order in the file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Payload {
    /// Slug.
    pub(crate) kommune: String,
    /// Grows with every release; a rolled back one gets a new one too.
    pub(crate) serial: u64,
    /// `2026-11-21`.
    pub(crate) issued: String,
    /// Oldest engine format that can read the bundle.
    pub(crate) engine_min: u16,
    /// The core bundle.
    pub(crate) bundle: Pinned,
    /// Steps and further reading.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) details: Option<Pinned>,
    /// Other languages by tag.
    pub(crate) languages: BTreeMap<String, Pinned>,
    /// The plain list for when the engine cannot run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) list: Option<Pinned>,
    /// Emergency notice, shown first; `null` when there is none.
    pub(crate) notice: Option<String>,
    /// Main phone number: for the message when nothing else loads.
    pub(crate) phone: String,
    /// The launcher stands at the left unless the page says otherwise.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) left: bool,
    /// Rule of CSS with the theme's distances and layer; absent when it chose none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) place: Option<String>,
    /// Where the chat books times; absent when it does not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) api: Option<Api>,
    /// Intents and topics whose times are booked in the chat, and the service that each leads to.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) book: BTreeMap<String, String>,
    /// A person can be talked to; the chat asks the API of this release who, and when.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) talk: bool,
    /// Where there is no answer, AI help is offered; it is asked at the API of this release, which says whether it is on.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) ai: bool,
    /// What the server lets citizens book, in its folder; absent when it was published without.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) booking: Option<Pinned>,
    /// Who answers there when citizens want to talk, in the server's folder; absent when it was published without.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) departments: Option<Pinned>,
    /// Web address without scheme.
    pub(crate) domain: String,
    /// "Eksempelby Kommune".
    pub(crate) name: String,
    /// Fictional.
    pub(crate) demo: bool,
    /// The serial whose bundle a rollback brought back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) restores: Option<u64>,
}

/// The file `<slug>.json`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Envelope {
    /// [`Payload`] as JSON text: exactly these bytes are signed.
    pub(crate) payload: String,
    /// Base64.
    pub(crate) signature: String,
    /// Which public key: first 8 hex digits of its SHA-256.
    pub(crate) key: String,
}

impl Envelope {
    /// Signs a release.
    pub(crate) fn sign(payload: &Payload, key: &SigningKey) -> Result<Envelope, String> {
        let payload = serde_json::to_string(payload).map_err(|e| e.to_string())?;
        let signature = BASE64.encode(key.sign(payload.as_bytes()).to_bytes());
        Ok(Envelope {
            payload,
            signature,
            key: key_id(&key.verifying_key()),
        })
    }

    /// Reads `<slug>.json`. Nothing in it is to be believed before [`Envelope::open`].
    pub(crate) fn read(path: &Path) -> Result<Envelope, String> {
        let text = std::fs::read_to_string(path).map_err(|e| {
            format!(
                "cannot read {}: {e}; is it the right folder?",
                path.display()
            )
        })?;
        serde_json::from_str(&text).map_err(|e| {
            format!(
                "{} is not a signed release ({e}); make one with `lokalsvar publish`",
                path.display()
            )
        })
    }

    /// The release, when `key` signed exactly these bytes.
    pub(crate) fn open(&self, key: &VerifyingKey) -> Result<Payload, String> {
        let bytes = BASE64
            .decode(&self.signature)
            .map_err(|e| format!("the signature is not base64: {e}"))?;
        let signature =
            Signature::from_slice(&bytes).map_err(|e| format!("the signature is none: {e}"))?;
        key.verify_strict(self.payload.as_bytes(), &signature)
            .map_err(|_| {
                format!(
                    "not signed by key {} (it names {}), or changed since",
                    key_id(key),
                    self.key
                )
            })?;
        serde_json::from_str(&self.payload).map_err(|e| format!("signed, but no release: {e}"))
    }

    /// The bytes of the file.
    pub(crate) fn to_bytes(&self) -> Result<Vec<u8>, String> {
        let mut bytes = serde_json::to_vec(self).map_err(|e| e.to_string())?;
        bytes.push(b'\n');
        Ok(bytes)
    }
}

/// First 8 hex digits of the SHA-256 of a public key: how loader and release name it.
pub(crate) fn key_id(key: &VerifyingKey) -> String {
    hex(&Sha256::digest(key.as_bytes())[..4])
}

/// Lower-case hex digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// `sha384-<base64>`, as in an `integrity` attribute.
pub(crate) fn sri(bytes: &[u8]) -> String {
    format!("sha384-{}", BASE64.encode(Sha384::digest(bytes)))
}

/// A public key as text, for the loader's list and `lokalsvar verify`.
pub(crate) fn public_text(key: &VerifyingKey) -> String {
    BASE64.encode(key.as_bytes())
}

/// True for the key that lies open in the repository.
pub(crate) fn is_demo(key: &SigningKey) -> bool {
    public_text(&key.verifying_key()) == DEMO_PUBLIC
}

/// Reads a public key: 32 bytes in base64.
pub(crate) fn public_from(text: &str) -> Result<VerifyingKey, String> {
    let told =
        "the public key is not 32 bytes in base64; copy the line that `lokalsvar keygen` printed";
    VerifyingKey::from_bytes(&seed_from(text).ok_or(told)?).map_err(|_| told.to_owned())
}

/// Reads a private key file: the first line that is no comment is the seed in base64.
pub(crate) fn read_key(path: &Path) -> Result<SigningKey, String> {
    let text = std::fs::read_to_string(path).map_err(|e| {
        format!(
            "cannot read the key {}: {e}; make one with `lokalsvar keygen --out FILE`",
            path.display()
        )
    })?;
    let seed = text
        .lines()
        .map(str::trim)
        .find(|line| !line.is_empty() && !line.starts_with('#'));
    let seed = seed.and_then(seed_from).ok_or_else(|| {
        format!(
            "{} holds no key; it needs one line of base64 as `lokalsvar keygen` writes it",
            path.display()
        )
    })?;
    let key = SigningKey::from_bytes(&seed);
    if !is_demo(&key) && others_can_read(path) {
        complain!(
            "warning: others can read {}; run `chmod 600` on it",
            path.display()
        );
    }
    Ok(key)
}

fn seed_from(text: &str) -> Option<[u8; 32]> {
    BASE64.decode(text.trim()).ok()?.try_into().ok()
}

#[cfg(unix)]
fn others_can_read(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::metadata(path).is_ok_and(|data| data.permissions().mode() & 0o077 != 0)
}

#[cfg(not(unix))]
fn others_can_read(_: &Path) -> bool {
    false
}

/// Text of a private key file.
pub(crate) fn key_file(seed: &[u8; 32]) -> String {
    let public = SigningKey::from_bytes(seed).verifying_key();
    format!(
        "# Lokalsvar: PRIVAT nøgle. Den, der har den, kan udgive svar i kommunens navn.\n\
         # Opbevares af den person i kommunen, der har ansvaret for at udgive; en kopi offline i et pengeskab.\n\
         # Aldrig på webserveren, i et repository, i en mail eller i en chat.\n\
         # Offentlig nøgle: {} (id {})\n{}\n",
        public_text(&public),
        key_id(&public),
        BASE64.encode(seed)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn payload() -> Payload {
        Payload {
            kommune: "eksempelby".into(),
            serial: 1,
            issued: "2026-11-21".into(),
            engine_min: 1,
            bundle: Pinned {
                file: "eksempelby-00.kb".into(),
                sha384: sri(b"x"),
            },
            details: None,
            languages: BTreeMap::new(),
            list: None,
            notice: Some("Vandet er lukket på Ågade".into()),
            phone: "00 12 34 56".into(),
            left: false,
            place: None,
            api: None,
            book: BTreeMap::new(),
            talk: false,
            ai: false,
            booking: None,
            departments: None,
            domain: "eksempelby.example".into(),
            name: "Eksempelby Kommune".into(),
            demo: true,
            restores: None,
        }
    }

    #[test]
    fn a_signed_release_opens_with_its_key_and_no_other() {
        let key = SigningKey::from_bytes(&[7; 32]);
        let envelope = Envelope::sign(&payload(), &key).expect("signs");
        assert_eq!(envelope.open(&key.verifying_key()).as_ref(), Ok(&payload()));
        assert!(
            envelope
                .open(&SigningKey::from_bytes(&[8; 32]).verifying_key())
                .is_err()
        );
        assert_eq!(
            envelope,
            Envelope::sign(&payload(), &key).expect("signs"),
            "same input, same bytes"
        );
    }

    #[test]
    fn every_changed_byte_is_refused() {
        let key = SigningKey::from_bytes(&[7; 32]);
        let envelope = Envelope::sign(&payload(), &key).expect("signs");
        for at in 0..envelope.payload.len() {
            let mut bytes = envelope.payload.clone().into_bytes();
            bytes[at] ^= 1;
            let Ok(changed) = String::from_utf8(bytes) else {
                continue;
            };
            let changed = Envelope {
                payload: changed,
                ..envelope.clone()
            };
            assert!(changed.open(&key.verifying_key()).is_err(), "byte {at}");
        }
        for at in 0..64 {
            let mut bytes = BASE64.decode(&envelope.signature).expect("base64");
            bytes[at] ^= 1;
            let changed = Envelope {
                signature: BASE64.encode(bytes),
                ..envelope.clone()
            };
            assert!(
                changed.open(&key.verifying_key()).is_err(),
                "signature byte {at}"
            );
        }
    }

    #[test]
    fn a_key_file_is_read_back() {
        let folder = std::env::temp_dir().join(format!("lokalsvar-key-{}", std::process::id()));
        std::fs::write(&folder, key_file(&[9; 32])).expect("temp file");
        assert_eq!(read_key(&folder).map(|k| k.to_bytes()), Ok([9; 32]));
        std::fs::remove_file(&folder).expect("temp file");
    }

    #[test]
    fn the_demo_key_in_the_repository_is_known_as_such() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../kb-bundle/demo-noegle.txt");
        let text = std::fs::read_to_string(&path).expect("committed");
        assert!(text.contains("KUN TIL DEMO"));
        assert!(is_demo(&read_key(&path).expect("a key")));
    }
}
