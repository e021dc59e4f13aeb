//! The long form of what the tests try, piece by piece: everything that docs/proofs.md states, and how long opening takes.
//! `cargo xtask prove NAME...` runs some of it. A piece that fails does not keep the others from running.

use crate::dist;
use crate::paths::Paths;
use crate::serving::Server;
use crate::shell::{hash_of, once, quiet, run as call, step};
use crate::test::{browser_files, wasm_tests};
use crate::tools::{cargo, chromium};
use anyhow::{Result, bail, ensure};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

/// What a piece runs.
enum Run {
    /// cargo with these arguments.
    Cargo(&'static [&'static str]),
    /// Rust's tests in Chromium.
    Wasm,
    /// A file of tests/browser, in its long form.
    Browser,
    /// schemathesis over the API.
    Schema,
    /// The measurement beside other chats.
    Opening,
    /// A picture of every state.
    Pictures,
    /// The former version's server, and this one that takes its place.
    Upgrade,
}

/// Name, what it shows, how. `Browser` names are those of the files; the last is alone on the machine.
const PIECES: [(&str, &str, Run); 27] = [
    (
        "fuzz",
        "2,000,000 inputs for every parser",
        Run::Cargo(&[
            "run",
            "--quiet",
            "--release",
            "-p",
            "fuzz",
            "--",
            "--runs",
            "2000000",
        ]),
    ),
    (
        "privacy",
        "the matrix and 208,000 numbers, natively",
        Run::Cargo(&[
            "test",
            "--quiet",
            "--release",
            "-p",
            "privacy",
            "--",
            "--nocapture",
        ]),
    ),
    (
        "palettes",
        "10,000 palettes against a second computation",
        Run::Cargo(&[
            "test",
            "--quiet",
            "-p",
            "compiler",
            "--test",
            "palettes",
            "--",
            "--nocapture",
        ]),
    ),
    (
        "booking",
        "20,000 operations with 20 kills on SQLite and on two nodes of PostgreSQL, 50,000 hostile inputs",
        Run::Cargo(&[
            "test",
            "--quiet",
            "--release",
            "-p",
            "api",
            "--test",
            "history",
            "--test",
            "http",
            "--",
            "--include-ignored",
            "--nocapture",
            "--test-threads=1",
        ]),
    ),
    (
        "handoff",
        "200 conversations of 50 messages through a bad network, servers killed 10 times, on SQLite and two nodes with PostgreSQL",
        Run::Cargo(&[
            "test",
            "--quiet",
            "--release",
            "-p",
            "api",
            "--test",
            "handoff",
            "--test",
            "handoff_http",
            "--test",
            "handoff_soak",
            "--",
            "--include-ignored",
            "--nocapture",
            "--test-threads=1",
        ]),
    ),
    (
        "fallback-model",
        "AI help at a scripted model: 10,000 questions with planted identifiers, faults, budgets, and 800 questions over the knowledge",
        Run::Cargo(&[
            "test",
            "--quiet",
            "--release",
            "-p",
            "api",
            "-p",
            "grounding",
            "-p",
            "system",
            "--test",
            "fallback",
            "--test",
            "fallback_limits",
            "--test",
            "injections",
            "--test",
            "refusals",
            "--test",
            "grounding",
            "--",
            "--include-ignored",
            "--nocapture",
            "--test-threads=1",
        ]),
    ),
    (
        "schema",
        "schemathesis over the API: no 5xx, no answer that the document does not describe",
        Run::Schema,
    ),
    (
        "upgrade",
        "the first version's servers replaced by this one's under 64 clients, on SQLite and PostgreSQL",
        Run::Upgrade,
    ),
    (
        "wasm",
        "the matrix of privacy in WASM, announcements in any order",
        Run::Wasm,
    ),
    ("engine", "native and WASM rank alike", Run::Browser),
    ("loader-input", "2,000,000 hashes, 5,000 tags", Run::Browser),
    (
        "canaries",
        "500 conversations, no word leaves the tab",
        Run::Browser,
    ),
    (
        "flipped-bytes",
        "1,002 flipped bits, none accepted",
        Run::Browser,
    ),
    (
        "damage",
        "damaged and foreign files, and what is shown",
        Run::Browser,
    ),
    ("policies", "strict policies of pages", Run::Browser),
    (
        "hostile-scripts",
        "pages with changed natives",
        Run::Browser,
    ),
    ("hostile-styles", "pages with hostile styles", Run::Browser),
    ("navigation", "from page to page", Run::Browser),
    ("phone", "a phone's keyboard", Run::Browser),
    (
        "keyboard",
        "keyboard alone, announcements, zoom",
        Run::Browser,
    ),
    (
        "accessibility",
        "axe-core and the tree that is spoken",
        Run::Browser,
    ),
    ("fallback", "without WebAssembly", Run::Browser),
    (
        "ai-help-whole",
        "the chat's own answers while the model is silent, writes nonsense, breaks off, is gone",
        Run::Browser,
    ),
    (
        "states",
        "axe-core: 26 states x 4 themes x 9 looks",
        Run::Browser,
    ),
    (
        "scaling",
        "what a question costs and a bundle weighs by the number of intents",
        Run::Cargo(&[
            "run",
            "--quiet",
            "--release",
            "-p",
            "lokalsvar",
            "--",
            "scaling",
            "--svg",
            "docs/img/scaling.svg",
        ]),
    ),
    (
        "opening",
        "from the press to an answer, beside other chats",
        Run::Opening,
    ),
    (
        "pictures",
        "every state as a picture, to be looked at",
        Run::Pictures,
    ),
];

/// Runs the pieces named, or all; then says which held and how long each took.
pub(crate) fn run(paths: &Paths, names: &[&str]) -> Result<()> {
    let known = || PIECES.iter().map(|(name, ..)| *name).collect::<Vec<_>>();
    for name in names {
        ensure!(
            known().contains(name),
            "there is no `{name}`; there are: {}",
            known().join(", ")
        );
    }
    let chosen = PIECES
        .iter()
        .filter(|(name, ..)| names.is_empty() || names.contains(name));
    let mut site = None;
    let mut told: Vec<(&str, &str, Duration, Result<()>)> = Vec::new();
    for (name, what, how) in chosen {
        let begun = Instant::now();
        let result = step(&format!("{name}: {what}"), || match how {
            Run::Cargo(arguments) => call(cargo(paths).args(*arguments)),
            Run::Wasm => call(&mut wasm_tests(paths, &chromium())?),
            Run::Browser => call(&mut browser_test(paths, &mut site, name)?),
            Run::Schema => crate::schema::run(paths),
            Run::Upgrade => upgrade(paths),
            Run::Opening => {
                peers(paths)?;
                call(&mut node(
                    paths,
                    &mut site,
                    &["tests/browser/opening.mjs".as_ref()],
                )?)
            }
            Run::Pictures => {
                let folder = paths.kept("pictures");
                let mut command = node(paths, &mut site, &["tests/browser/pictures.mjs".as_ref()])?;
                call(command.env("LOKALSVAR_SHOTS", &folder))?;
                println!("pictures: {}", folder.display());
                Ok(())
            }
        });
        if let Err(error) = &result {
            eprintln!("  {error:#}");
        }
        told.push((name, what, begun.elapsed(), result));
    }
    println!();
    let mut failed = Vec::new();
    for (name, what, took, result) in &told {
        let mark = if result.is_ok() { "✓" } else { "✗" };
        println!("{mark} {name:<16} {:>6.0} s  {what}", took.as_secs_f32());
        if result.is_err() {
            failed.push(*name);
        }
    }
    if failed.is_empty() {
        return Ok(());
    }
    bail!("{} failed", failed.join(", "))
}

/// Builds the server as it was before the second step of the schema, and lets it be replaced.
fn upgrade(paths: &Paths) -> Result<()> {
    let git =
        |arguments: &[&str]| quiet(Command::new("git").args(arguments).current_dir(&paths.root));
    let second = "src/api/migrations/sqlite/0002*";
    let log = [
        "log",
        "--diff-filter=A",
        "--format=%H",
        "--reverse",
        "--",
        second,
    ];
    let before = git(&log)?
        .lines()
        .next()
        .map_or_else(|| "HEAD".to_owned(), |commit| format!("{commit}^"));
    let folder = paths.kept("former");
    std::fs::create_dir_all(&folder)?;
    let archive = folder.join("source.tar");
    git(&[
        "archive",
        "--format=tar",
        "-o",
        &archive.display().to_string(),
        &before,
    ])?;
    quiet(
        Command::new("tar")
            .arg("-xf")
            .arg(&archive)
            .arg("-C")
            .arg(&folder),
    )?;
    step(&format!("cargo build (the server of {before})"), || {
        let mut build = cargo(paths);
        build.args(["build", "--quiet", "-p", "api", "--bin", "booking-trial"]);
        build.current_dir(&folder);
        build.env("CARGO_TARGET_DIR", folder.join("target"));
        call(&mut build)
    })?;
    let former = folder.join("target/debug/booking-trial");
    let mut test = cargo(paths);
    test.args(["test", "--quiet", "-p", "api", "--test", "upgrade", "--"]);
    test.args(["--include-ignored", "--nocapture", "--test-threads=1"]);
    call(test.env("LOKALSVAR_FORMER", former))
}

fn browser_test(paths: &Paths, site: &mut Option<Server>, name: &str) -> Result<Command> {
    let mut files = browser_files(paths)?;
    files.retain(|file| file.ends_with(format!("{name}.test.mjs")));
    ensure!(files.len() == 1, "no tests/browser/{name}.test.mjs");
    let arguments = ["--test", "--test-concurrency=1", "--test-reporter=spec"];
    let mut all: Vec<&Path> = arguments.iter().map(Path::new).collect();
    all.push(&files[0]);
    node(paths, site, &all)
}

/// node with these arguments, told of the built folder; that is built and served when first needed.
fn node(paths: &Paths, site: &mut Option<Server>, arguments: &[&Path]) -> Result<Command> {
    let out = paths.kept("dist");
    let server = if let Some(server) = site {
        server
    } else {
        dist::build(paths, &out)?;
        site.insert(Server::start(paths, &out)?)
    };
    let mut node = Command::new("node");
    node.args(arguments).env("LOKALSVAR_PROVE", "1");
    server.tell(&mut node, paths, &out, &chromium()?);
    Ok(node)
}

/// The other chats, installed beside their own package.json: one has a licence that we do not build with.
fn peers(paths: &Paths) -> Result<()> {
    let folder = paths.root.join("tests/browser/peers");
    let lock = folder.join("package-lock.json");
    let one = folder.join("node_modules/deep-chat/package.json");
    once(
        &paths.kept("peers.stamp"),
        &hash_of(&[&lock])?,
        &[&one],
        || {
            step("npm ci (other chats, for measuring)", || {
                let mut npm = Command::new("npm");
                npm.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]);
                quiet(npm.current_dir(&folder)).map(|_| ())
            })
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_piece_of_the_browser_has_its_file() {
        let paths = Paths::find().expect("a repository");
        let files = browser_files(&paths).expect("tests");
        for (name, _, how) in &PIECES {
            if matches!(how, Run::Browser) {
                let wanted = format!("{name}.test.mjs");
                assert!(files.iter().any(|file| file.ends_with(&wanted)), "{wanted}");
            }
        }
    }

    #[test]
    fn an_unknown_piece_is_told_with_the_known_ones() {
        let paths = Paths::find().expect("a repository");
        let told = run(&paths, &["fuss"]).expect_err("unknown").to_string();
        assert!(
            told.contains("`fuss`") && told.contains("canaries"),
            "{told}"
        );
    }
}
