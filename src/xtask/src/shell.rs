//! Runs programs and long steps, and says how long each took.

use anyhow::{Context, Result, bail};
use sha2::{Digest, Sha256};
use std::ffi::OsStr;
use std::fmt::Write as _;
use std::fs;
use std::io::{BufRead, BufReader, Write as _};
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};
use std::time::Instant;

/// Prints what begins, does it, prints how long it took.
pub(crate) fn step<T>(what: &str, run: impl FnOnce() -> Result<T>) -> Result<T> {
    eprintln!("· {what} ...");
    let begun = Instant::now();
    let result = run();
    let word = if result.is_ok() { "✓" } else { "✗" };
    eprintln!("{word} {what} ({:.1} s)", begun.elapsed().as_secs_f32());
    result
}

/// Runs to the end; its output goes to ours.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| missing(command))?;
    ended(command, status)
}

/// Runs to the end, silent unless it fails; returns its standard output.
pub(crate) fn quiet(command: &mut Command) -> Result<String> {
    let output = command
        .stderr(Stdio::piped())
        .output()
        .with_context(|| missing(command))?;
    if !output.status.success() {
        eprint!(
            "{}{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
    }
    ended(command, output.status)?;
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Runs to the end, shows its standard output line by line and hands each line on.
pub(crate) fn tee(command: &mut Command, mut line_of: impl FnMut(&str)) -> Result<ExitStatus> {
    let mut child = command
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| missing(command))?;
    let out = child.stdout.take().context("no standard output")?;
    for line in BufReader::new(out).split(b'\n') {
        let line = line?;
        let line = String::from_utf8_lossy(&line);
        writeln!(std::io::stdout(), "{line}")?;
        line_of(&line);
    }
    Ok(child.wait()?)
}

fn ended(command: &Command, status: ExitStatus) -> Result<()> {
    if !status.success() {
        bail!("`{}` ended with {status}", command.get_program().display());
    }
    Ok(())
}

fn missing(command: &Command) -> String {
    format!("cannot start `{}`", command.get_program().display())
}

/// Does `run` unless it was done with the same `inputs` before and its outputs are still there. `kept` is
/// the file that remembers them.
pub(crate) fn once(
    kept: &Path,
    inputs: &str,
    outputs: &[&Path],
    run: impl FnOnce() -> Result<()>,
) -> Result<()> {
    let there = outputs.iter().all(|path| path.exists());
    if there && fs::read_to_string(kept).is_ok_and(|before| before == inputs) {
        return Ok(());
    }
    let _ = fs::remove_file(kept);
    run()?;
    if let Some(folder) = kept.parent() {
        fs::create_dir_all(folder)?;
    }
    Ok(fs::write(kept, inputs)?)
}

/// Hash of files and of all files in folders, with their names; hidden files do not count.
pub(crate) fn hash_of(paths: &[&Path]) -> Result<String> {
    let mut hash = Sha256::new();
    for path in paths {
        add(&mut hash, path)?;
    }
    Ok(hex(&hash.finalize()))
}

fn add(hash: &mut Sha256, path: &Path) -> Result<()> {
    if path.is_dir() {
        let mut inside: Vec<_> = path
            .read_dir()?
            .map(|entry| Ok(entry?.path()))
            .collect::<Result<_>>()?;
        inside.sort();
        for inner in inside {
            if !inner
                .file_name()
                .and_then(OsStr::to_str)
                .is_some_and(|name| name.starts_with('.'))
            {
                add(hash, &inner)?;
            }
        }
    } else {
        let bytes = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
        hash.update(path.file_name().unwrap_or_default().as_encoded_bytes());
        hash.update((bytes.len() as u64).to_le_bytes());
        hash.update(&bytes);
    }
    Ok(())
}

/// Lower-case hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
}
