//! The conversation across page navigations: what the citizen did and when, as base64, in `sessionStorage`
//! (one tab, gone with it). Nothing is read or written before the citizen opens the chat.
//! Nothing the bot said is stored: `dialog` is a pure function, so the same events give the same answers.
//! Older than 30 minutes, of another bundle, or damaged: forgotten. ePrivacy: REQUIREMENTS E1, E2.

use bundle::content::Lang;
use dialog::Event;

/// How long a conversation waits for its citizen, in milliseconds.
pub(crate) const KEPT_MS: i64 = 30 * 60 * 1000;

const VERSION: u8 = 2;

/// One thing the citizen did, at a local time in minutes (`signal::Small`).
pub(crate) type Deed = (u32, Event);

/// What is stored.
#[derive(Debug, PartialEq)]
pub(crate) struct Envelope {
    version: u8,
    /// When it was stored, milliseconds since 1970.
    at_ms: i64,
    /// First bytes of the bundle's hash: events name options by place, which holds in that bundle only.
    bundle: [u8; 8],
    /// Text size in percent.
    pub scale: u32,
    /// Language in which the conversation began, and whether the citizen chose it.
    pub start: (Lang, bool),
    /// What the citizen did.
    pub deeds: Vec<Deed>,
}
wire::record!(Envelope {
    version,
    at_ms,
    bundle,
    scale,
    start,
    deeds
});

/// First eight bytes of a hash; zeros where it is shorter.
pub(crate) fn fingerprint(hash: &[u8]) -> [u8; 8] {
    let mut print = [0; 8];
    for (to, from) in print.iter_mut().zip(hash) {
        *to = *from;
    }
    print
}

/// Packs a conversation.
pub(crate) fn pack(
    start: (Lang, bool),
    deeds: Vec<Deed>,
    scale: u32,
    bundle: [u8; 8],
    at_ms: i64,
) -> String {
    base64(&wire::to_bytes(&Envelope {
        version: VERSION,
        at_ms,
        bundle,
        scale,
        start,
        deeds,
    }))
}

/// Unpacks a conversation; `None` when damaged, of another bundle, too old or from the future.
pub(crate) fn unpack(text: &str, bundle: [u8; 8], now_ms: i64) -> Option<Envelope> {
    let envelope: Envelope = wire::from_bytes(&from_base64(text)?)?;
    let fresh = (0..=KEPT_MS).contains(&(now_ms - envelope.at_ms));
    (envelope.version == VERSION && envelope.bundle == bundle && fresh).then_some(envelope)
}

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

fn base64(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let word = chunk
            .iter()
            .fold(0_u32, |word, byte| word << 8 | u32::from(*byte))
            << (8 * (3 - chunk.len()));
        for place in 0..=chunk.len() {
            out.push(ALPHABET[(word >> (18 - 6 * place)) as usize & 63] as char);
        }
    }
    out
}

/// Without padding; `None` on a foreign character or a length that cannot be.
fn from_base64(text: &str) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len() / 4 * 3 + 2);
    for chunk in text.as_bytes().chunks(4) {
        if chunk.len() == 1 {
            return None;
        }
        let mut word = 0_u32;
        for byte in chunk {
            word = word << 6 | ALPHABET.iter().position(|letter| letter == byte)? as u32;
        }
        word <<= 6 * (4 - chunk.len());
        out.extend_from_slice(&word.to_be_bytes()[1..chunk.len()]);
    }
    Some(out)
}

/// The two keys of one kommune in the tab's `sessionStorage`. Storage that is off or full is no storage.
#[cfg(target_arch = "wasm32")]
pub(crate) mod tab {
    use elements::window;
    use web_sys::Storage;

    fn storage() -> Option<Storage> {
        window().session_storage().ok()?
    }

    fn key(slug: &str, suffix: &str) -> String {
        ["lokalsvar:", slug, suffix].concat()
    }

    pub(crate) fn load(slug: &str) -> Option<String> {
        storage()?.get_item(&key(slug, "")).ok()?
    }

    pub(crate) fn save(slug: &str, text: &str) {
        if let Some(storage) = storage() {
            let _ = storage.set_item(&key(slug, ""), text);
        }
    }

    /// Whether the next page shall open the panel again.
    pub(crate) fn remember_open(slug: &str, open: bool) {
        if let Some(storage) = storage() {
            let key = key(slug, ":open");
            let _ = if open {
                storage.set_item(&key, "1")
            } else {
                storage.remove_item(&key)
            };
        }
    }

    pub(crate) fn forget(slug: &str) {
        if let Some(storage) = storage() {
            let _ = storage.remove_item(&key(slug, ""));
            let _ = storage.remove_item(&key(slug, ":open"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_gives_back_what_it_got() {
        for len in 0..70_u8 {
            let bytes: Vec<u8> = (0..len).map(|at| at.wrapping_mul(89) ^ 0xA5).collect();
            assert_eq!(from_base64(&base64(&bytes)), Some(bytes));
        }
        assert_eq!(base64(b"Man"), "TWFu");
        assert_eq!(from_base64("TWF*"), None);
    }

    #[test]
    fn a_conversation_survives_half_an_hour_and_its_own_bundle_only() {
        let deeds = vec![
            (7, Event::Opened { topic: None }),
            (8, Event::Utterance("pas til mit barn".into())),
            (8, Event::Pick(2)),
        ];
        let start = (Lang::En, true);
        let text = pack(start, deeds.clone(), 125, [7; 8], 1_000);
        let back = unpack(&text, [7; 8], 1_000 + KEPT_MS).expect("fresh");
        assert_eq!((back.start, back.deeds, back.scale), (start, deeds, 125));
        assert_eq!(unpack(&text, [7; 8], 1_001 + KEPT_MS), None);
        assert_eq!(unpack(&text, [7; 8], 999), None);
        assert_eq!(unpack(&text, [8; 8], 1_000), None);
        assert_eq!(unpack(&text[..text.len() - 3], [7; 8], 1_000), None);
        assert_eq!(unpack("", [7; 8], 1_000), None);
    }
}
