//! Training the shared knowledge takes seconds; its result is kept under the hash of what it was
//! trained on, so that a changed opening hour rebuilds in a moment.

use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// Grows when training changes, so that old results are not used.
const VERSION: &str = "6";

/// Where a result for these inputs lies.
pub(crate) fn place(root: &Path, inputs: impl Iterator<Item = String>) -> PathBuf {
    let mut hash = Sha256::new();
    hash.update(VERSION);
    hash.update(env!("CARGO_PKG_VERSION"));
    hash.update(bundle::layout::FORMAT.to_le_bytes());
    for input in inputs {
        hash.update((input.len() as u64).to_le_bytes());
        hash.update(input);
    }
    let mut name = String::new();
    for byte in &hash.finalize()[..12] {
        let _ = write!(name, "{byte:02x}");
    }
    root.join(".cache").join(format!("{name}.model"))
}

/// Reads a kept result.
pub(crate) fn read(path: &Path) -> Option<Vec<u8>> {
    std::fs::read(path).ok()
}

/// Keeps a result; a cache that cannot be written is no mistake.
pub(crate) fn write(path: &Path, bytes: &[u8]) {
    if let Some(folder) = path.parent() {
        let _ = std::fs::create_dir_all(folder);
    }
    let temporary = path.with_extension(format!("{}.tmp", std::process::id()));
    if std::fs::write(&temporary, bytes).is_ok() {
        let _ = std::fs::rename(&temporary, path);
    }
}
