//! All tests, one after the other; a failing step does not keep the rest from running. The last line says
//! how many passed and failed.

use crate::engine;
use crate::paths::Paths;
use crate::serving::Server;
use crate::shell::{run as call, step, tee};
use crate::tools::{
    WASM_TARGET, cargo, chromium, faketime, firefox, npm, wasm_target, wasm_test_runner,
};
use crate::{dist, knowledge};
use anyhow::{Context, Result, bail, ensure};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

/// Capabilities of the browser that runs wasm tests: nothing that goes to the network by itself.
const WEBDRIVER: &str = r#"{"goog:chromeOptions":{"args":["--headless","--no-sandbox","--disable-gpu",
"--disable-quic","--no-first-run","--disable-background-networking","--disable-component-update",
"--disable-sync"]}}"#;

#[derive(Default)]
struct Tally {
    passed: u32,
    failed: u32,
    red: Vec<String>,
}

impl Tally {
    /// A step that counts as one test.
    fn one(&mut self, what: &str, run: impl FnOnce() -> Result<()>) {
        match step(what, run) {
            Ok(()) => self.passed += 1,
            Err(error) => self.fail(what, &format!("{error:#}")),
        }
    }

    /// A step whose program says how many tests it ran.
    fn many(&mut self, what: &str, command: Result<Command>) {
        let (mut passed, mut failed) = (0, 0);
        let result = step(what, || {
            let status = tee(&mut command?, |line| {
                let (good, bad) = counted(line);
                passed += good;
                failed += bad;
            })?;
            ensure!(status.success(), "{status}");
            Ok(())
        });
        self.passed += passed;
        match result {
            Err(error) if failed == 0 => self.fail(what, &format!("{error:#}")),
            Err(_) => {
                self.failed += failed;
                self.red.push(format!("{what}: {failed} failed"));
            }
            Ok(()) => self.failed += failed,
        }
    }

    /// The whole-system tests. A file with a failure runs once more by itself: a machine that is busy with other
    /// things makes a page late. What fails twice is red; what passes then is told as unsteady.
    fn browser(&mut self, paths: &Paths, browser: &Result<PathBuf>, out: &Path, server: &Server) {
        const WHAT: &str = "whole-system tests in Chromium";
        let mut failing = std::collections::BTreeSet::new();
        let (mut passed, mut failed) = (0, 0);
        let first = step(WHAT, || {
            let files = browser_files(paths)?;
            let status = tee(&mut node(paths, browser, out, server, &files)?, |line| {
                let (good, bad) = counted(line);
                passed += good;
                failed += bad;
                failing.extend(file_of(line).map(|file| paths.root.join(file)));
            })?;
            ensure!(status.success(), "{status}");
            Ok(())
        });
        let Err(error) = first else {
            self.passed += passed;
            return;
        };
        if failed == 0 || failing.is_empty() {
            self.passed += passed;
            return self.fail(WHAT, &format!("{error:#}"));
        }
        let files: Vec<_> = failing.into_iter().collect();
        let mut still = 0;
        let again = step("once more, the files with a failure", || {
            let status = tee(&mut node(paths, browser, out, server, &files)?, |line| {
                still += counted(line).1;
            })?;
            ensure!(status.success(), "{status}");
            Ok(())
        });
        match again {
            Ok(()) => {
                println!("  {failed} unsteady: they passed when they ran once more");
                self.passed += passed + failed;
            }
            Err(error) if still == 0 => self.fail(WHAT, &format!("{error:#}")),
            Err(_) => {
                self.passed += passed;
                self.failed += still;
                self.red.push(format!("{WHAT}: {still} failed twice"));
            }
        }
    }

    fn fail(&mut self, what: &str, why: &str) {
        eprintln!("  {why}");
        self.failed += 1;
        self.red.push(format!("{what}: {why}"));
    }
}

/// Reads the closing lines of cargo's and node's test runners.
fn counted(line: &str) -> (u32, u32) {
    let number = |text: &str| {
        text.split_whitespace()
            .next()
            .and_then(|word| word.parse().ok())
            .unwrap_or(0)
    };
    if let Some(rest) = line.trim_start().strip_prefix("test result: ") {
        let of = |word: &str| {
            rest.split([';', '.'])
                .find(|part| part.trim().ends_with(word))
                .map_or(0, |part| number(part.trim()))
        };
        return (of(" passed"), of(" failed"));
    }
    let rest = line.strip_prefix("ℹ ").or_else(|| line.strip_prefix("# "));
    match rest.and_then(|rest| rest.split_once(' ')) {
        Some(("pass", count)) => (number(count), 0),
        Some(("fail", count)) => (0, number(count)),
        _ => (0, 0),
    }
}

/// Runs everything.
pub(crate) fn run(paths: &Paths) -> Result<()> {
    let begun = Instant::now();
    let mut tally = Tally::default();
    let denied = ["--", "-D", "warnings"];
    wasm_target()?;
    npm(paths)?;

    tally.one("format", || {
        call(cargo(paths).args(["fmt", "--all", "--check"]))
    });
    tally.one("clippy, native", || {
        call(
            cargo(paths)
                .args(["clippy", "--quiet", "--workspace", "--all-targets"])
                .args(denied),
        )
    });
    tally.one("clippy, wasm32", || {
        // The tests of `errand` and `relay` run natively alone: what they stand on does not compile for browsers.
        for packages in [
            &["-p", "widget", "-p", "privacy", "--all-targets"][..],
            &["-p", "errand", "-p", "relay", "-p", "console"],
        ] {
            let mut clippy = cargo(paths);
            clippy.args(["clippy", "--quiet", "--target", WASM_TARGET]);
            call(clippy.args(packages).args(denied))?;
        }
        Ok(())
    });
    // Trains with optimisation; the tests below find the model in the cache.
    tally.one("the knowledge is built", || {
        knowledge::build(paths).map(|_| ())
    });
    let mut native = cargo(paths);
    native.args(["test", "--workspace", "--no-fail-fast"]);
    tally.many("unit, golden and property tests", Ok(native));

    let browser = chromium();
    firefox();
    faketime();
    tally.many(
        "wasm tests in headless Chromium",
        wasm_tests(paths, &browser),
    );

    tally.one("the knowledge has no mistakes", || {
        knowledge::tool(paths)?;
        call(
            Command::new(paths.lokalsvar())
                .args(["check", "--format", "short"])
                .current_dir(&paths.root),
        )
    });
    let out = paths.kept("dist");
    let mut built = false;
    tally.one("dist", || {
        dist::build(paths, &out)?;
        built = true;
        Ok(())
    });
    if built {
        tally.one("the same sources give the same bytes", || {
            same_again(paths, &out)
        });
        tally.one("sizes", || crate::size::run(paths));
        match Server::start(paths, &out) {
            Ok(server) => tally.browser(paths, &browser, &out, &server),
            Err(error) => tally.fail("whole-system tests in Chromium", &format!("{error:#}")),
        }
    }

    println!();
    for red in &tally.red {
        println!("✗ {red}");
    }
    println!("all tests took {:.0} s", begun.elapsed().as_secs_f32());
    println!("{} passed, {} failed", tally.passed, tally.failed);
    if tally.failed > 0 {
        bail!("{} failed", tally.failed);
    }
    Ok(())
}

/// Rust's tests in Chromium.
pub(crate) fn wasm_tests(paths: &Paths, browser: &Result<PathBuf>) -> Result<Command> {
    if let Err(error) = browser {
        bail!("{error:#}");
    }
    let runner = wasm_test_runner(paths)?;
    let driver = paths.kept("webdriver.json");
    fs::write(&driver, WEBDRIVER)?;
    let mut tests = cargo(paths);
    tests
        .args([
            "test",
            "-p",
            "widget",
            "-p",
            "privacy",
            "--target",
            WASM_TARGET,
        ])
        .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", runner)
        .env("WASM_BINDGEN_TEST_WEBDRIVER_JSON", driver)
        .env("WASM_BINDGEN_TEST_ONLY_WEB", "1")
        .env("WASM_BINDGEN_TEST_TIMEOUT", "120");
    Ok(tests)
}

/// Everything once more into another folder. With `LOKALSVAR_TWICE=1` also compiles once more.
fn same_again(paths: &Paths, out: &Path) -> Result<()> {
    let thorough = ["LOKALSVAR_TWICE"]
        .iter()
        .any(|name| std::env::var_os(name).is_some());
    let again = Paths {
        root: paths.root.clone(),
        target: if thorough {
            paths.kept("again")
        } else {
            paths.target.clone()
        },
    };
    if thorough {
        let widget = |paths: &Paths| {
            let pinned = engine::LATER.map(|module| engine::Pinned {
                name: format!("{module}.js"),
                hash: String::new(),
            });
            engine::build(paths, &pinned)
        };
        let errand = |paths: &Paths| engine::later(paths, engine::LATER[0]);
        let relay = |paths: &Paths| engine::later(paths, engine::LATER[1]);
        let builds: [fn(&Paths) -> Result<engine::Engine>; 5] =
            [widget, errand, relay, engine::library, engine::console];
        for build in builds {
            let (one, other) = (build(paths)?, build(&again)?);
            for (one, other) in [(one.wasm, other.wasm), (one.glue, other.glue)] {
                ensure!(
                    fs::read(&one)? == fs::read(&other)?,
                    "{} differs",
                    other.display()
                );
            }
        }
    }
    for name in [
        "kb.stamp",
        "widget.stamp",
        "errand.stamp",
        "relay.stamp",
        "engine.stamp",
        "console.stamp",
    ] {
        let _ = fs::remove_file(paths.kept(name));
    }
    let second = paths.kept("dist-again");
    if second.exists() {
        fs::remove_dir_all(&second)?;
    }
    dist::build(paths, &second)?;
    dist::same(out, &second)
}

/// The file that node's reporter names above a failure: `test at tests/browser/x.test.mjs:12:1`.
fn file_of(line: &str) -> Option<&str> {
    let place = line.strip_prefix("test at ")?;
    let end = place.find(".mjs:")? + ".mjs".len();
    place.get(..end)
}

fn node(
    paths: &Paths,
    browser: &Result<PathBuf>,
    out: &Path,
    server: &Server,
    files: &[PathBuf],
) -> Result<Command> {
    let browser = browser
        .as_ref()
        .map_err(|error| anyhow::anyhow!("{error:#}"))?;
    let mut node = Command::new("node");
    // A file that does not end by itself (a server left alone) is ended, and is red.
    node.args(["--test", "--test-concurrency=1", "--test-reporter=spec"])
        .arg("--test-timeout=900000")
        .args(files);
    server.tell(&mut node, paths, out, browser);
    Ok(node)
}

/// The tests of tests/browser, in order of their names.
pub(crate) fn browser_files(paths: &Paths) -> Result<Vec<PathBuf>> {
    let entries = paths
        .root
        .join("tests/browser")
        .read_dir()
        .context("no tests/browser")?;
    let mut files = entries
        .map(|entry| Ok(entry?.path()))
        .collect::<Result<Vec<_>>>()?;
    files.retain(|file| file.to_string_lossy().ends_with(".test.mjs"));
    files.sort();
    ensure!(!files.is_empty(), "no tests in tests/browser");
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::{counted, file_of};

    #[test]
    fn the_file_of_a_failure_is_read() {
        assert_eq!(
            file_of("test at tests/browser/policies.test.mjs:50:1"),
            Some("tests/browser/policies.test.mjs")
        );
        assert_eq!(file_of("✔ test at the door"), None);
        assert_eq!(file_of("test at tests/x.rs:1"), None);
    }

    #[test]
    fn closing_lines_are_read() {
        assert_eq!(
            counted("test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out"),
            (12, 0)
        );
        assert_eq!(
            counted("test result: FAILED. 3 passed; 2 failed; 0 ignored"),
            (3, 2)
        );
        assert_eq!(counted("ℹ pass 5"), (5, 0));
        assert_eq!(counted("# fail 2"), (0, 2));
        assert_eq!(counted("ok. 5 passed"), (0, 0));
    }
}
