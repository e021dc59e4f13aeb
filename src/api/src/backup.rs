//! Copies of a SQLite database while bookings go on, and the way back. The list of erasures stays where it is, so that a copy
//! from before an erasure does not bring the person back. PostgreSQL has `pg_dump`; docs/operations.md says how.

use crate::auth::Auth;
use crate::clock::Clock;
use crate::config::Config;
use crate::desk::Desk;
use crate::serve;
use crate::store::{Kind, Store};
use std::fs::{self, File};
use std::path::{Path, PathBuf};

/// Writes a whole copy, as of one moment, into a new file. The server may go on.
///
/// # Errors
/// The file exists, or the copy is not whole.
pub async fn backup(config: &Config, to: &Path) -> Result<(), String> {
    need_sqlite(config)?;
    if to.exists() {
        return Err(format!(
            "{} is there already; name a new file",
            to.display()
        ));
    }
    // As it is: the program that copies may be newer than the server that goes on.
    let store = Store::open_as_is(&config.database)
        .await
        .map_err(|e| e.to_string())?;
    let copied = store.copy_to(&to.display().to_string()).await;
    store.close().await;
    copied.map_err(|e| e.to_string())?;
    File::open(to)
        .and_then(|file| file.sync_all())
        .map_err(|e| e.to_string())?;
    whole(to).await
}

/// Brings a copy back: what is there now is kept beside it as `.before-restore`. Erases again what was erased since, and
/// ends the sessions and invitations of that time. Returns how many bookings were erased.
///
/// # Errors
/// A server is running, the copy is not whole, or its promises are broken; then nothing has changed.
pub async fn restore(config: &Config, from: &Path) -> Result<usize, String> {
    let file = need_sqlite(config)?;
    let lock = lock(file)?;
    // Everything happens to a copy beside the database; the last step is a rename.
    let beside = |end: &str| PathBuf::from(format!("{}{end}", file.display()));
    let fresh = beside(".restoring");
    clean(&fresh)?;
    fs::copy(from, &fresh).map_err(|e| format!("{}: {e}", from.display()))?;
    whole(&fresh).await?;
    let copy = Config {
        database: format!("sqlite:{}", fresh.display()),
        ..config.clone()
    };
    let desk: Desk = serve::desk(&copy, Clock::system()).await?;
    let again = desk.erase_again().await.map_err(|e| e.to_string())?;
    let ended = Auth::new(&desk).end_all().await;
    ended.map_err(|e| e.to_string())?;
    let mut broken = Vec::new();
    for site in desk.sites.all() {
        let mut tx = desk
            .store
            .read(&site.tenant)
            .await
            .map_err(|e| e.to_string())?;
        broken.extend(tx.mistakes().await.map_err(|e| e.to_string())?);
    }
    desk.store.close().await;
    if !broken.is_empty() {
        clean(&fresh)?;
        return Err(format!("the copy is not sound: {}", broken.join("; ")));
    }
    if file.exists() {
        owned_like(&fresh, file)?;
        // The log of the old database would be read into the new one.
        let old = Store::open(&config.database)
            .await
            .map_err(|e| e.to_string())?;
        old.close().await;
        clean(&beside(".before-restore"))?;
        fs::rename(file, beside(".before-restore")).map_err(|e| e.to_string())?;
        for end in ["-wal", "-shm"] {
            remove(&beside(end))?;
        }
    }
    fs::rename(&fresh, file).map_err(|e| e.to_string())?;
    clean(&fresh)?;
    drop(lock);
    Ok(again)
}

/// Only one process may write the file; the lock goes with it.
///
/// # Errors
/// Another process has it.
pub fn lock(file: &Path) -> Result<File, String> {
    let path = format!("{}.lock", file.display());
    let lock = File::options()
        .create(true)
        .append(true)
        .open(&path)
        .map_err(|e| format!("{path}: {e}"))?;
    lock.try_lock().map_err(|_| {
        format!(
            "another `lokalsvar serve` has {}; end it first",
            file.display()
        )
    })?;
    Ok(lock)
}

fn need_sqlite(config: &Config) -> Result<&Path, String> {
    config
        .sqlite_file()
        .ok_or_else(|| "PostgreSQL is copied with pg_dump; see docs/operations.md".to_owned())
}

async fn whole(file: &Path) -> Result<(), String> {
    let address = format!("sqlite:{}", file.display());
    let store = Store::open_as_is(&address)
        .await
        .map_err(|e| format!("{}: {e}", file.display()))?;
    debug_assert_eq!(store.kind(), Kind::Sqlite);
    let whole = store.is_whole().await.map_err(|e| e.to_string())?;
    store.close().await;
    for end in ["-wal", "-shm"] {
        remove(Path::new(&format!("{}{end}", file.display())))?;
    }
    if whole {
        Ok(())
    } else {
        Err(format!("{} is damaged", file.display()))
    }
}

/// The copy is the server's, also when root brought it back.
fn owned_like(file: &Path, like: &Path) -> Result<(), String> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::{MetadataExt as _, chown};
        let told = |e: std::io::Error| format!("{}: {e}", like.display());
        let (now, owner) = (
            fs::metadata(file).map_err(told)?,
            fs::metadata(like).map_err(told)?,
        );
        if (now.uid(), now.gid()) != (owner.uid(), owner.gid()) {
            chown(file, Some(owner.uid()), Some(owner.gid())).map_err(told)?;
        }
        fs::set_permissions(file, owner.permissions()).map_err(told)?;
    }
    #[cfg(not(unix))]
    let _ = (file, like);
    Ok(())
}

fn clean(file: &Path) -> Result<(), String> {
    for end in ["", "-wal", "-shm"] {
        remove(Path::new(&format!("{}{end}", file.display())))?;
    }
    Ok(())
}

fn remove(file: &Path) -> Result<(), String> {
    match fs::remove_file(file) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => {
            Err(format!("{}: {e}", file.display()))
        }
        _ => Ok(()),
    }
}
