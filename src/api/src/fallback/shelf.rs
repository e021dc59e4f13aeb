//! The kommune's knowledge as citizens' browsers have it: what the signed release `<slug>.json` names, or the files that `lokalsvar build`
//! has written. Looked at again every two seconds while somebody asks; a bundle that cannot be used leaves the former one in force.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use bundle::Knowledge;
use serde::Deserialize;
use sha2::{Digest as _, Sha384};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

const LOOK: Duration = Duration::from_secs(2);
/// Largest file of a bundle, bytes.
const FILE_MOST: u64 = 64 << 20;

/// The bundle of one kommune.
pub(super) struct Shelf {
    folder: PathBuf,
    slug: String,
    held: Mutex<Held>,
}

struct Held {
    knowledge: Arc<Knowledge>,
    stamp: Stamp,
    looked: Instant,
}

/// When each file that was looked at last changed.
type Stamp = Vec<Option<(SystemTime, u64)>>;

#[derive(Deserialize)]
struct Envelope {
    payload: String,
}

#[derive(Deserialize)]
struct Release {
    kommune: String,
    bundle: Pinned,
    #[serde(default)]
    details: Option<Pinned>,
    #[serde(default)]
    languages: BTreeMap<String, Pinned>,
}

#[derive(Deserialize)]
struct Pinned {
    file: String,
    sha384: String,
}

impl Shelf {
    /// Opens the bundle of a kommune below a folder.
    ///
    /// # Errors
    /// There is none, or it does not open.
    pub(super) fn open(folder: &Path, slug: &str) -> Result<Shelf, String> {
        let stamp = stamp(folder, slug);
        let knowledge = Arc::new(load(folder, slug)?);
        Ok(Shelf {
            folder: folder.to_owned(),
            slug: slug.to_owned(),
            held: Mutex::new(Held {
                knowledge,
                stamp,
                looked: Instant::now(),
            }),
        })
    }

    /// What is in force now.
    pub(super) fn knowledge(&self) -> Arc<Knowledge> {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        if held.looked.elapsed() >= LOOK {
            held.looked = Instant::now();
            let now = stamp(&self.folder, &self.slug);
            if now != held.stamp {
                held.stamp = now;
                match load(&self.folder, &self.slug) {
                    Ok(knowledge) => {
                        tracing::info!(kommune = self.slug, "the bundle for AI help is new");
                        held.knowledge = Arc::new(knowledge);
                    }
                    Err(e) => tracing::error!(
                        kommune = self.slug,
                        error = e,
                        "the bundle for AI help cannot be used; the former one stays in force"
                    ),
                }
            }
        }
        Arc::clone(&held.knowledge)
    }
}

fn stamp(folder: &Path, slug: &str) -> Stamp {
    let of = |ending: &str| {
        let meta = std::fs::metadata(folder.join(format!("{slug}{ending}"))).ok()?;
        Some((meta.modified().ok()?, meta.len()))
    };
    [".json", ".kb", ".details.kb", ".en.kb"]
        .iter()
        .map(|ending| of(ending))
        .collect()
}

fn load(folder: &Path, slug: &str) -> Result<Knowledge, String> {
    let release = folder.join(format!("{slug}.json"));
    if release.is_file() {
        return released(folder, slug, &release);
    }
    let file = |ending: &str| folder.join(format!("{slug}{ending}"));
    let mut knowledge = open(&file(".kb"), slug, None)?;
    if file(".details.kb").is_file() {
        let bytes = read(&file(".details.kb"), None)?;
        knowledge
            .add_details(bytes)
            .map_err(|e| told(&file(".details.kb"), e))?;
    }
    if file(".en.kb").is_file() {
        let bytes = read(&file(".en.kb"), None)?;
        knowledge
            .add_language(bytes)
            .map_err(|e| told(&file(".en.kb"), e))?;
    }
    Ok(knowledge)
}

/// The files that a release names. Its signature is for browsers far away; here the folder is the operator's own, and the hashes tell
/// whether the files are those of the release.
fn released(folder: &Path, slug: &str, release: &Path) -> Result<Knowledge, String> {
    let text = read(release, None)?;
    let envelope: Envelope = serde_json::from_slice(&text).map_err(|e| told(release, e))?;
    let named: Release = serde_json::from_str(&envelope.payload).map_err(|e| told(release, e))?;
    if named.kommune != slug {
        return Err(format!(
            "{}: is of `{}`, not of `{slug}`",
            release.display(),
            named.kommune
        ));
    }
    let path = |pinned: &Pinned| {
        let plain = !pinned.file.contains(['/', '\\']) && !pinned.file.starts_with('.');
        plain
            .then(|| folder.join(&pinned.file))
            .ok_or_else(|| told(release, "names a file elsewhere"))
    };
    let mut knowledge = open(&path(&named.bundle)?, slug, Some(&named.bundle.sha384))?;
    if let Some(pinned) = &named.details {
        let file = path(pinned)?;
        knowledge
            .add_details(read(&file, Some(&pinned.sha384))?)
            .map_err(|e| told(&file, e))?;
    }
    if let Some(pinned) = named.languages.get("en") {
        let file = path(pinned)?;
        knowledge
            .add_language(read(&file, Some(&pinned.sha384))?)
            .map_err(|e| told(&file, e))?;
    }
    Ok(knowledge)
}

fn open(file: &Path, slug: &str, hash: Option<&str>) -> Result<Knowledge, String> {
    Knowledge::open(read(file, hash)?, slug).map_err(|e| told(file, e))
}

fn read(file: &Path, hash: Option<&str>) -> Result<Vec<u8>, String> {
    let size = std::fs::metadata(file).map_err(|e| told(file, e))?.len();
    if size > FILE_MOST {
        return Err(told(file, "is too large"));
    }
    let bytes = std::fs::read(file).map_err(|e| told(file, e))?;
    let found = format!("sha384-{}", BASE64.encode(Sha384::digest(&bytes)));
    match hash {
        Some(hash) if hash != found => Err(told(file, "is not the file that the release names")),
        _ => Ok(bytes),
    }
}

fn told(file: &Path, error: impl std::fmt::Display) -> String {
    format!("{}: {error}", file.display())
}
