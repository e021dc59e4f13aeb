//! Where things lie in a `.kb` file; shared by reader and writer. docs/bundle-format.md tells the same
//! in prose, and a test compares the two.

/// First eight bytes of every bundle.
pub const MAGIC: &[u8; 8] = b"LOKALSVR";
/// Grows whenever an older engine could not read the file.
pub const FORMAT: u16 = 1;
/// Bytes of the header before the section table: magic 8, format 2, kind 1, sections 1, total length 4,
/// checksum 8, content hash 32, slug 32.
pub const HEADER: usize = 88;
/// Bytes of one row of the section table: name 4, offset 4, length 4.
pub const ROW: usize = 12;

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum FileKind {
    /// Knowledge, matcher and Danish answers of one kommune.
    Core = 1,
    /// Answers in one further language.
    Language = 2,
    /// Steps and "Læs mere" of the Danish answers.
    Details = 3,
}

/// Sections of a core file.
pub mod section {
    /// Kommune, topics, intents, facts, places, crisis patterns (postcard of `content::Core`).
    pub const CORE: &[u8; 4] = b"core";
    /// Known stems, front-coded.
    pub const TERMS: &[u8; 4] = b"term";
    /// Matcher's weights.
    pub const MODEL: &[u8; 4] = b"modl";
    /// Offsets of the answers: one little-endian u32 per intent and one more.
    pub const ANSWER_INDEX: &[u8; 4] = b"ansi";
    /// Answers, each a postcard of `content::Answer` (in a details file: `content::Details`); empty when
    /// the file lacks it.
    pub const ANSWERS: &[u8; 4] = b"answ";
    /// Details files: patterns of crisis statements (postcard of a list of `content::CrisisPattern`).
    pub const CRISIS: &[u8; 4] = b"cris";
    /// Core files, only when the kommune chose: postcard of `content::Placement`.
    pub const PLACEMENT: &[u8; 4] = b"plac";
    /// Core files, only when something can be booked: postcard of a list of `content::Bookable`.
    pub const BOOKING: &[u8; 4] = b"book";
    /// Language files: postcard of `content::Language`.
    pub const LANGUAGE: &[u8; 4] = b"lang";
}

/// Checksum over everything behind the checksum field and before it: 64-bit, each byte changes it.
/// Two multiply-rotate lanes as in wyhash's spirit, chosen because it costs 200 bytes of WASM; it
/// guards against damage, not against malice (the signed release and the loader's SHA-384 do that).
pub fn checksum(before: &[u8], behind: &[u8]) -> u64 {
    let mut hash = 0x9e37_79b9_7f4a_7c15_u64 ^ (before.len() + behind.len()) as u64;
    for part in [before, behind] {
        let mut chunks = part.chunks_exact(8);
        for chunk in &mut chunks {
            let mut word = [0_u8; 8];
            word.copy_from_slice(chunk);
            hash = mix(hash, u64::from_le_bytes(word));
        }
        let mut word = [0_u8; 8];
        let rest = chunks.remainder();
        word[..rest.len()].copy_from_slice(rest);
        hash = mix(hash, u64::from_le_bytes(word) ^ ((rest.len() as u64) << 56));
    }
    hash ^ (hash >> 32)
}

/// A bijection of `hash` for every `word` and of `word` for every `hash`: one changed word always shows.
fn mix(hash: u64, word: u64) -> u64 {
    let x = (hash ^ word).wrapping_mul(0xd6e8_feb8_6659_fd93);
    (x ^ (x >> 32))
        .wrapping_mul(0xd6e8_feb8_6659_fd93)
        .rotate_left(29)
}
