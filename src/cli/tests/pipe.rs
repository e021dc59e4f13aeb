//! Whoever reads what the program says may leave: `lokalsvar coverage | head -1` ends quietly, without a panic.

use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;
use std::process::{Command, Stdio};

#[test]
fn a_reader_who_leaves_early_ends_nothing_with_a_panic() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut child = Command::new(env!("CARGO_BIN_EXE_lokalsvar"))
        .args(["coverage", "--kb", "kb-bundle"])
        .current_dir(root)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("starts");
    // Gone before the first line is written: every write meets a closed pipe.
    drop(child.stdout.take());
    let mut told = String::new();
    let mut stderr = child.stderr.take().expect("piped");
    stderr.read_to_string(&mut told).expect("text");
    let status = child.wait().expect("ends");
    assert_eq!((told.as_str(), status.code()), ("", Some(0)));
}

#[test]
fn a_reader_who_stays_gets_every_line() {
    let output = Command::new(env!("CARGO_BIN_EXE_lokalsvar"))
        .args(["coverage", "--kb", "../../kb-bundle"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("runs");
    let lines = BufReader::new(&output.stdout[..]).lines().count();
    assert!(output.status.success() && lines > 60, "{lines} lines");
}
