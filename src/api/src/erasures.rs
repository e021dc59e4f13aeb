//! Which bookings were erased, in a file of its own: a backup from before an erasure must not bring the person back.
//! Every start reads it and erases again what came back. Lines are `kommune booking-id`; nothing else is known here.

use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// The file. Clones share it.
#[derive(Clone, Debug)]
pub struct Erasures {
    path: PathBuf,
    file: Arc<Mutex<File>>,
}

impl Erasures {
    /// Opens or makes the file.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn open(path: &Path) -> io::Result<Erasures> {
        let file = OpenOptions::new().create(true).append(true).open(path)?;
        Ok(Erasures {
            path: path.to_owned(),
            file: Arc::new(Mutex::new(file)),
        })
    }

    /// Adds a line; it lasts when this returns.
    ///
    /// # Errors
    /// It cannot be written; then the booking must not be erased either.
    pub fn add(&self, kommune: &str, booking: &str) -> io::Result<()> {
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        writeln!(file, "{kommune} {booking}")?;
        file.sync_data()
    }

    /// All lines: kommune and id. A line that was cut off by a crash is left out.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn all(&self) -> io::Result<Vec<(String, String)>> {
        let text = std::fs::read_to_string(&self.path)?;
        let lines = text.split_inclusive('\n').filter(|l| l.ends_with('\n'));
        let pairs = lines.filter_map(|line| line.trim_end().split_once(' '));
        Ok(pairs.map(|(k, b)| (k.to_owned(), b.to_owned())).collect())
    }
}
