//! The record of a conversation: what is kept, handed out and put into a case. JSON whose every byte counts, and a chain of SHA-256
//! that says which entry was changed. docs/handoff-export.md describes the file for other programs.
//!
//! The chain finds mistakes and careless changes by itself. Against somebody who computes it anew stands [`Record::seal`]:
//! the server writes it into its audit log at every export.

use booking::instant_text;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fmt::Write as _;

/// Grows whenever an older reader could not verify the file.
pub const RECORD_FORMAT: u16 = 1;

/// A whole conversation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// What is the same for all entries.
    pub head: Head,
    /// The chat with the bot first, then everything in the order in which it was written.
    pub entries: Vec<Entry>,
    /// Hash of the last entry, or of the head when there is none: names the whole record. 64 hex digits.
    pub seal: String,
}

/// What is the same for all entries.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Head {
    /// [`RECORD_FORMAT`].
    pub format: u16,
    /// Slug of the kommune.
    pub kommune: String,
    /// "Eksempelby Kommune".
    pub name: String,
    /// Receipt number.
    pub receipt: String,
    /// `chat`, `message` or `callback`.
    pub way: String,
    /// Id of the department that had it last.
    pub department: String,
    /// Its name, Danish.
    pub department_name: String,
    /// Id of the topic or answer in hand when it began; empty when none.
    pub about: String,
    /// Number in KLE; empty when none is known.
    pub kle: String,
    /// What the automatic assistant answered from.
    pub bundle: String,
    /// Language of the citizen, `da` or `en`.
    pub language: String,
    /// Version of the text about privacy that the citizen was shown.
    pub privacy_version: String,
    /// Name, phone, mail and wanted time of the citizen, where an answer goes; absent when none was given.
    pub contact: Option<Contact>,
    /// When it began.
    pub begun: Moment,
    /// When it ended; absent while it goes on.
    pub closed: Option<Moment>,
    /// How it ended, as in the protocol (`answered` …), or `carried` to a mailbox; empty while it goes on, and when the citizen
    /// ended it.
    pub outcome: String,
    /// What becomes of it; absent while nobody has decided.
    pub decision: Option<Decision>,
    /// Number of the last entry of the log that the citizen's page has received.
    pub received: u64,
    /// Days after the decision on which it is erased, and by which rule.
    pub retention: crate::Retention,
    /// When this file was made.
    pub exported: Moment,
}

/// Where an answer goes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contact {
    /// Name.
    pub name: String,
    /// Phone; empty when none.
    pub phone: String,
    /// Mail; empty when none.
    pub email: String,
    /// When a call is wanted, in the citizen's words.
    pub when: String,
}

/// What becomes of a record.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Decision {
    /// `journalised` or `not-case-relevant`.
    pub record: String,
    /// Number of the case, or why it matters for none.
    pub reason: String,
    /// Who decided.
    pub by: String,
    /// When.
    pub at: Moment,
}

/// A moment, said twice: `2026-12-04T13:15:00.000Z` and `2026-12-04T14:15:00+01:00`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Moment {
    /// UTC with milliseconds.
    pub utc: String,
    /// As the clock on the wall in Denmark showed it.
    pub copenhagen: String,
}

/// One entry.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// 1, 2, 3 … in this file.
    pub n: u64,
    /// `transcript` for the chat with the bot; `message`, `correction`, `taken`, `requeued`, `transferred`, `citizen-away`,
    /// `citizen-back`, `closed`, or `note` for a line between colleagues, which the citizen did not see.
    pub kind: String,
    /// Number in the log of the conversation; 0 for what has none.
    pub seq: u64,
    /// When; absent in the chat with the bot.
    pub at: Option<Moment>,
    /// `citizen`, `bot`, `staff` or `system`.
    pub who: String,
    /// Name of the member of staff; empty for others.
    pub name: String,
    /// What was written, as it was written.
    pub text: String,
    /// Id of the answer that the text is; empty when it is none.
    pub answer: String,
    /// Id that the writer gave the message; empty when none.
    pub message: String,
    /// Number of the message that a correction sets right, else 0.
    pub of: u64,
    /// Why it went back, where it went, or who ended it; empty when nothing.
    pub detail: String,
    /// SHA-256 of the hash before it (of the head for the first) and this entry without this field, 64 hex digits.
    pub hash: String,
}

/// Why a file was not taken for an unchanged record.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    /// No record at all.
    #[error("it is no record: {0}")]
    Form(String),
    /// Another format.
    #[error("format {0} is not format {RECORD_FORMAT}; use the `lokalsvar` that wrote it")]
    Format(u16),
    /// The first entry whose hash does not fit: it, the one before it, or for the first one the head was changed.
    #[error(
        "entry {entry} does not follow from what stands before it; it or that was changed, or an entry is missing"
    )]
    Entry {
        /// [`Entry::n`], counted from 1.
        entry: u64,
    },
    /// The entries follow, but the seal is that of another record.
    #[error("the seal does not fit; the head, the seal or the last entries were changed")]
    Seal,
    /// The same words, but not the bytes that were written.
    #[error(
        "its words are whole, but somebody has written the file anew; compare it with the original"
    )]
    Bytes,
}

impl Moment {
    /// Of UTC milliseconds.
    pub fn new(utc_ms: i64) -> Moment {
        let day_ms = utc_ms.rem_euclid(86_400_000);
        let days = i32::try_from(utc_ms.div_euclid(86_400_000)).unwrap_or(i32::MAX);
        let date = hours::Date::from_days_since_epoch(days);
        let (minutes, ms) = (day_ms / 60_000, day_ms % 60_000);
        Moment {
            utc: format!(
                "{date}T{:02}:{:02}:{:02}.{:03}Z",
                minutes / 60,
                minutes % 60,
                ms / 1000,
                ms % 1000
            ),
            copenhagen: instant_text(utc_ms),
        }
    }
}

impl Record {
    /// Chains the entries in their order; whatever numbers and hashes they have are replaced.
    pub fn new(head: Head, mut entries: Vec<Entry>) -> Record {
        let head = Head {
            format: RECORD_FORMAT,
            ..head
        };
        let mut before = digest(None, &head);
        for (n, entry) in (1..).zip(&mut entries) {
            entry.n = n;
            entry.hash = linked(&before, entry);
            before.clone_from(&entry.hash);
        }
        Record {
            head,
            entries,
            seal: before,
        }
    }

    /// The file: these bytes and no others pass [`verify`].
    pub fn json(&self) -> String {
        let mut text = serde_json::to_string_pretty(self).unwrap_or_default();
        text.push('\n');
        text
    }
}

/// Reads a file and checks that not one byte of it was changed since [`Record::json`] wrote it.
///
/// # Errors
/// What is wrong, the first entry that was touched if it can be told.
pub fn verify(json: &[u8]) -> Result<Record, Broken> {
    let record: Record = serde_json::from_slice(json).map_err(|e| Broken::Form(e.to_string()))?;
    if record.head.format != RECORD_FORMAT {
        return Err(Broken::Format(record.head.format));
    }
    let mut before = digest(None, &record.head);
    for (n, entry) in (1..).zip(&record.entries) {
        if entry.n != n || entry.hash != linked(&before, entry) {
            return Err(Broken::Entry { entry: n });
        }
        before.clone_from(&entry.hash);
    }
    if record.seal != before {
        return Err(Broken::Seal);
    }
    if record.json().as_bytes() != json {
        return Err(Broken::Bytes);
    }
    Ok(record)
}

/// The hash of an entry after the one with that hash.
fn linked(before: &str, entry: &Entry) -> String {
    let bare = Entry {
        hash: String::new(),
        ..entry.clone()
    };
    digest(Some(before), &bare)
}

/// SHA-256 over the hash before, a line break, and the value as JSON without blanks.
fn digest(before: Option<&str>, value: &impl Serialize) -> String {
    let mut hash = Sha256::new();
    if let Some(before) = before {
        hash.update(before);
        hash.update("\n");
    }
    hash.update(serde_json::to_vec(value).unwrap_or_default());
    let mut hex = String::with_capacity(64);
    for byte in hash.finalize() {
        let _ = write!(hex, "{byte:02x}");
    }
    hex
}
