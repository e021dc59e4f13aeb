//! The long form of the browser tests, and how long opening takes: what needs more than a minute. The figures
//! go into docs/proofs.md.

use crate::dist;
use crate::paths::Paths;
use crate::serving::Server;
use crate::shell::{run as call, step};
use crate::test::browser_files;
use crate::tools::chromium;
use anyhow::Result;
use std::process::Command;

/// Tests that do more when `LOKALSVAR_PROVE` is set.
const LONG: [&str; 3] = ["canaries", "flipped-bytes", "states"];

/// Builds everything, runs the long tests, then measures opening, alone on the machine.
pub(crate) fn run(paths: &Paths) -> Result<()> {
    let out = paths.kept("dist");
    dist::build(paths, &out)?;
    let browser = chromium()?;
    let server = Server::start(paths, &out)?;
    let mut files = browser_files(paths)?;
    files.retain(|file| {
        LONG.iter()
            .any(|name| file.ends_with(format!("{name}.test.mjs")))
    });
    let tests = step("long tests in Chromium", || {
        let mut node = Command::new("node");
        node.args(["--test", "--test-concurrency=1", "--test-reporter=spec"])
            .args(&files)
            .env("LOKALSVAR_PROVE", "1");
        server.tell(&mut node, paths, &out, &browser);
        call(&mut node)
    });
    step("from the press of the button to an answer", || {
        let mut node = Command::new("node");
        node.arg("tests/browser/opening.mjs");
        server.tell(&mut node, paths, &out, &browser);
        call(&mut node)
    })?;
    tests
}
