//! The files of one kommune on their way from `lokalsvar build` to the web server: opened once as a browser will,
//! named by their hash, packed. Signs nothing; `shelf.rs` does.

use crate::knowledge::write;
use crate::signed::{Pinned, hex, sri};
use bundle::Knowledge;
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::Path;

/// The files of one kommune as `lokalsvar build` makes them.
pub(crate) struct Files {
    /// `<slug>.kb`.
    pub(crate) core: Vec<u8>,
    /// `<slug>.details.kb`.
    pub(crate) details: Option<Vec<u8>>,
    /// Language files by tag.
    pub(crate) languages: BTreeMap<String, Vec<u8>>,
    /// `<slug>.booking.json`, for the server.
    pub(crate) booking: Option<Vec<u8>>,
    /// `<slug>.samtale.json`, for the server.
    pub(crate) talk: Option<Vec<u8>>,
}

impl Files {
    /// Opens the files as a browser will.
    pub(crate) fn opened(&self, slug: &str) -> Result<Knowledge, String> {
        let told = |e: bundle::BundleError| format!("the bundle of `{slug}` does not open: {e}");
        let mut knowledge = Knowledge::open(self.core.clone(), slug).map_err(told)?;
        if let Some(details) = &self.details {
            knowledge.add_details(details.clone()).map_err(told)?;
        }
        for (tag, bytes) in &self.languages {
            if tag.len() != 2 || !tag.bytes().all(|b| b.is_ascii_lowercase()) {
                return Err(format!(
                    "`{tag}` is no language tag; use two letters as in en=FILE"
                ));
            }
            knowledge.add_language(bytes.clone()).map_err(told)?;
        }
        Ok(knowledge)
    }
}

/// Lays a bundle file in the folder as [`put_as`] with the ending `.kb`.
pub(crate) fn put(
    folder: &Path,
    stem: &str,
    bytes: &[u8],
    compress: bool,
) -> Result<Pinned, String> {
    put_as(folder, stem, "kb", bytes, compress)
}

/// Lays a file in the folder as `<stem>-<16 hex of its SHA-256>.<ending>`, with `.br` and `.gz` beside it when asked.
pub(crate) fn put_as(
    folder: &Path,
    stem: &str,
    ending: &str,
    bytes: &[u8],
    compress: bool,
) -> Result<Pinned, String> {
    let file = format!("{stem}-{}.{ending}", &hex(&Sha256::digest(bytes))[..16]);
    write(&folder.join(&file), bytes)?;
    if compress {
        write(&folder.join(format!("{file}.br")), &brotli(bytes)?)?;
        write(&folder.join(format!("{file}.gz")), &gzip(bytes)?)?;
    }
    Ok(Pinned {
        file,
        sha384: sri(bytes),
    })
}

/// Writes a file unless it says so already.
pub(crate) fn write_changed(path: &Path, bytes: &[u8]) -> Result<(), String> {
    if std::fs::read(path).is_ok_and(|old| old == bytes) {
        return Ok(());
    }
    write(path, bytes)
}

fn brotli(bytes: &[u8]) -> Result<Vec<u8>, String> {
    let params = brotli::enc::BrotliEncoderParams {
        quality: 11,
        lgwin: 22,
        size_hint: bytes.len(),
        ..Default::default()
    };
    let mut out = Vec::new();
    brotli::BrotliCompress(&mut &bytes[..], &mut out, &params)
        .map_err(|e| format!("brotli: {e}"))?;
    Ok(out)
}

fn gzip(bytes: &[u8]) -> Result<Vec<u8>, String> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder
        .write_all(bytes)
        .and_then(|()| encoder.finish())
        .map_err(|e| format!("gzip: {e}"))
}
