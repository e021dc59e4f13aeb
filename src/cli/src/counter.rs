//! The folder from which the server reads what each kommune decides: `<slug>.booking.json` and `<slug>.samtale.json`, and beside them
//! what was published before, under names that carry their hash. A running server takes a file within seconds. Signs nothing: the
//! release names the hash. Not a folder of the web server: the files tell of counters, breaks and mailboxes, which are nobody
//! else's business.

use crate::built::put_as;
use crate::knowledge::write;
use crate::shelf::check_pinned;
use crate::signed::{Pinned, sri};
use api::config::read_admin;
use std::path::{Path, PathBuf};

/// The folder.
pub(crate) struct Counter(PathBuf);

/// What a kommune decides, a file each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Matter {
    /// What can be booked.
    Booking,
    /// Who talks with citizens.
    Talk,
}

impl Matter {
    /// Ending of the file.
    pub(crate) const fn ending(self) -> &'static str {
        match self {
            Matter::Booking => "booking.json",
            Matter::Talk => "samtale.json",
        }
    }

    /// What the server would refuse is not published.
    pub(crate) fn check(self, slug: &str, bytes: &[u8]) -> Result<(), String> {
        let (what, read) = match self {
            Matter::Booking => ("booking file", read_admin(bytes, slug).map(|_| ())),
            Matter::Talk => (
                "file about conversations",
                handoff::Admin::read(bytes, slug).map(|_| ()),
            ),
        };
        read.map_err(|wrong| {
            format!(
                "the {what} of `{slug}` has mistakes: {}; make it with `lokalsvar build`",
                wrong.join("; ")
            )
        })
    }
}

impl Counter {
    /// Names it.
    pub(crate) fn open(folder: &Path) -> Counter {
        Counter(folder.to_path_buf())
    }

    /// Lays checked data beside what is in force, to be put in force by [`Counter::put`].
    pub(crate) fn keep(&self, matter: Matter, slug: &str, bytes: &[u8]) -> Result<Pinned, String> {
        matter.check(slug, bytes)?;
        put_as(&self.0, slug, matter.ending(), bytes, false)
    }

    /// Puts kept data in force.
    pub(crate) fn put(&self, matter: Matter, slug: &str, kept: &Pinned) -> Result<(), String> {
        check_pinned(&self.0, kept)?;
        let path = self.0.join(&kept.file);
        let bytes =
            std::fs::read(&path).map_err(|e| format!("cannot read {}: {e}", path.display()))?;
        self.put_bytes(matter, slug, &bytes)
    }

    /// Puts checked data in force without keeping them for later. The server sees the former or these, never half of them.
    pub(crate) fn put_bytes(&self, matter: Matter, slug: &str, bytes: &[u8]) -> Result<(), String> {
        matter.check(slug, bytes)?;
        if self.holds(matter, slug, bytes) {
            return Ok(());
        }
        write(&self.path(matter, slug), bytes)
    }

    /// True when these are in force.
    pub(crate) fn holds(&self, matter: Matter, slug: &str, bytes: &[u8]) -> bool {
        std::fs::read(self.path(matter, slug)).is_ok_and(|there| there == bytes)
    }

    /// The kept data are the ones that were signed, and in force.
    pub(crate) fn verify(&self, matter: Matter, slug: &str, kept: &Pinned) -> Result<(), String> {
        check_pinned(&self.0, kept)?;
        let path = self.path(matter, slug);
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

    fn path(&self, matter: Matter, slug: &str) -> PathBuf {
        self.0.join(format!("{slug}.{}", matter.ending()))
    }
}
