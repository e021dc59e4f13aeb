//! The folder from which the server reads what can be booked: `<slug>.booking.json`, and beside it what was published before, under
//! names that carry their hash. A running server takes the file within seconds. Signs nothing: the release names the hash. Not a
//! folder of the web server: the file tells of counters and breaks, which are nobody else's business.

use crate::built::put_as;
use crate::knowledge::write;
use crate::shelf::check_pinned;
use crate::signed::{Pinned, sri};
use api::config::read_admin;
use std::path::{Path, PathBuf};

/// The folder.
pub(crate) struct Counter(PathBuf);

impl Counter {
    /// Names it.
    pub(crate) fn open(folder: &Path) -> Counter {
        Counter(folder.to_path_buf())
    }

    /// Lays checked data beside what is in force, to be put in force by [`Counter::put`].
    pub(crate) fn keep(&self, slug: &str, bytes: &[u8]) -> Result<Pinned, String> {
        checked(slug, bytes)?;
        put_as(&self.0, slug, "booking.json", bytes, false)
    }

    /// Puts kept data in force.
    pub(crate) fn put(&self, slug: &str, kept: &Pinned) -> Result<(), String> {
        check_pinned(&self.0, kept)?;
        let path = self.0.join(&kept.file);
        let bytes =
            std::fs::read(&path).map_err(|e| format!("cannot read {}: {e}", path.display()))?;
        self.put_bytes(slug, &bytes)
    }

    /// Puts checked data in force without keeping them for later. The server sees the former or these, never half of them.
    pub(crate) fn put_bytes(&self, slug: &str, bytes: &[u8]) -> Result<(), String> {
        checked(slug, bytes)?;
        if self.holds(slug, bytes) {
            return Ok(());
        }
        write(&self.path(slug), bytes)
    }

    /// True when these are in force.
    pub(crate) fn holds(&self, slug: &str, bytes: &[u8]) -> bool {
        std::fs::read(self.path(slug)).is_ok_and(|there| there == bytes)
    }

    /// The kept data are the ones that were signed, and in force.
    pub(crate) fn verify(&self, slug: &str, kept: &Pinned) -> Result<(), String> {
        check_pinned(&self.0, kept)?;
        let path = self.path(slug);
        let bytes =
            std::fs::read(&path).map_err(|e| format!("cannot read {}: {e}", path.display()))?;
        if sri(&bytes) == kept.sha384 {
            Ok(())
        } else {
            Err(format!(
                "{} is not the file that was signed; publish the bundle anew",
                path.display()
            ))
        }
    }

    fn path(&self, slug: &str) -> PathBuf {
        self.0.join(format!("{slug}.booking.json"))
    }
}

/// What the server would refuse is not published.
fn checked(slug: &str, bytes: &[u8]) -> Result<(), String> {
    match read_admin(bytes, slug) {
        Ok(_) => Ok(()),
        Err(wrong) => Err(format!(
            "the booking file of `{slug}` has mistakes: {}; make it with `lokalsvar build`",
            wrong.join("; ")
        )),
    }
}
