//! How long an answer takes, beside MiniSearch and NLP.js in the same page, and how often it is the right one, beside them and
//! scikit-learn (where python3 has it); prints Markdown. For docs/matcher.md. Fails when something cannot be measured, never because it is slow.

use crate::dist;
use crate::paths::Paths;
use crate::serving::Server;
use crate::shell::{quiet, run as call};
use crate::tools::{cargo, chromium, npm_program};
use anyhow::Result;
use std::process::Command;

/// Bookings per second and the time of a confirmation, beside a plain insert; what a kommune notices of its neighbour's flood. PostgreSQL
/// must be installed.
pub(crate) fn booking(paths: &Paths) -> Result<()> {
    let mut test = cargo(paths);
    test.args([
        "test",
        "--quiet",
        "--release",
        "-p",
        "api",
        "--test",
        "measure",
        "--",
    ]);
    call(test.args(["--ignored", "--nocapture", "--test-threads=1"]))
}

/// Builds everything, and the peers as one script, then measures.
pub(crate) fn run(paths: &Paths) -> Result<()> {
    let out = paths.kept("dist");
    dist::build(paths, &out)?;
    let peers = paths.kept("peers.js");
    let mut esbuild = npm_program(paths, "esbuild")?;
    esbuild
        .arg(paths.root.join("tests/browser/peers.js"))
        .args([
            "--bundle",
            "--minify",
            "--format=iife",
            "--global-name=peers",
            "--log-level=warning",
        ]);
    esbuild.arg(format!("--outfile={}", peers.display()));
    quiet(esbuild.current_dir(&paths.root))?;

    let browser = chromium()?;
    let server = Server::start(paths, &out)?;
    let mut node = Command::new("node");
    node.arg("tests/browser/bench.mjs")
        .env("LOKALSVAR_PEERS", &peers);
    server.tell(&mut node, paths, &out, &browser);
    call(&mut node)?;

    let mut node = Command::new("node");
    node.arg("tests/peers/compare.mjs")
        .arg(paths.kept("kb/eksempelby.kb"));
    server.tell(&mut node, paths, &out, &browser);
    call(&mut node)
}
