//! Tools from outside: there, installed if possible, or one line that says what to install.

use crate::paths::Paths;
use crate::shell::{hash_of, once, quiet, run, step};
use anyhow::{Context, Result, bail};
use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Version of wasm-bindgen that everything agrees on.
pub(crate) const WASM_BINDGEN: &str = "0.2.130";
/// What the widget is compiled for.
pub(crate) const WASM_TARGET: &str = "wasm32-unknown-unknown";

/// Adds the wasm target when it is missing.
pub(crate) fn wasm_target() -> Result<()> {
    let sysroot = quiet(Command::new("rustc").args(["--print", "sysroot"]))?;
    if Path::new(sysroot.trim())
        .join("lib/rustlib")
        .join(WASM_TARGET)
        .exists()
    {
        return Ok(());
    }
    if which("rustup").is_none() {
        bail!(
            "the target {WASM_TARGET} is missing: install rustup (https://rustup.rs) or your system's package of it"
        );
    }
    step("adding the wasm target", || {
        run(Command::new("rustup").args(["target", "add", WASM_TARGET]))
    })
}

/// Adds the source of the standard library when it is missing: the widget is compiled with a standard
/// library of its own, optimised for size and without the texts of panics (19 kB less after brotli).
pub(crate) fn standard_library_source() -> Result<()> {
    let sysroot = quiet(Command::new("rustc").args(["--print", "sysroot"]))?;
    if Path::new(sysroot.trim())
        .join("lib/rustlib/src/rust/library/std")
        .exists()
    {
        return Ok(());
    }
    if which("rustup").is_none() {
        bail!(
            "the source of Rust's standard library is missing: install rustup (https://rustup.rs) or your system's package rust-src"
        );
    }
    step("adding the source of the standard library", || {
        run(Command::new("rustup").args(["component", "add", "rust-src"]))
    })
}

/// `npm ci` when package-lock.json changed or node_modules is gone.
pub(crate) fn npm(paths: &Paths) -> Result<()> {
    let version = Command::new("node").arg("--version").output().ok();
    let major = version
        .and_then(|out| String::from_utf8(out.stdout).ok())
        .and_then(|text| {
            text.trim()
                .trim_start_matches('v')
                .split('.')
                .next()?
                .parse::<u32>()
                .ok()
        });
    if major.is_none_or(|major| major < 20) || which("npm").is_none() {
        bail!(
            "Node.js 20 or newer with npm is missing: install it from https://nodejs.org or as your system's packages `nodejs npm`"
        );
    }
    let lock = paths.root.join("package-lock.json");
    let (esbuild, opt) = (npm_bin(paths, "esbuild"), npm_bin(paths, "wasm-opt"));
    once(
        &paths.kept("npm.stamp"),
        &hash_of(&[&lock])?,
        &[&esbuild, &opt],
        || {
            step("npm ci (esbuild, binaryen, test tools)", || {
                let mut npm = Command::new("npm");
                quiet(
                    npm.args(["ci", "--no-audit", "--no-fund"])
                        .current_dir(&paths.root),
                )
                .map(|_| ())
            })
        },
    )
}

/// Where `npm ci` puts a program. Nobody else knows, so none is started before it is there.
fn npm_bin(paths: &Paths, name: &str) -> PathBuf {
    paths.root.join("node_modules/.bin").join(name)
}

/// A program that `npm ci` installs; installed by now, whoever asks for it first.
pub(crate) fn npm_program(paths: &Paths, name: &str) -> Result<Command> {
    npm(paths)?;
    Ok(Command::new(npm_bin(paths, name)))
}

/// Path of Chromium: `CHROMIUM`, or from PATH; with its driver installed by apt where that is possible.
pub(crate) fn chromium() -> Result<PathBuf> {
    let find = || {
        env::var_os("CHROMIUM").map(PathBuf::from).or_else(|| {
            ["chromium", "chromium-browser", "google-chrome"]
                .into_iter()
                .find_map(which)
        })
    };
    if (find().is_none() || which("chromedriver").is_none())
        && which("apt-get").is_some()
        && is_root()
    {
        step("apt-get install chromium chromium-driver", || {
            let apt = || {
                let mut apt = Command::new("apt-get");
                apt.env("DEBIAN_FRONTEND", "noninteractive");
                apt
            };
            quiet(apt().arg("update"))?;
            quiet(apt().args([
                "install",
                "-y",
                "--no-install-recommends",
                "chromium",
                "chromium-driver",
            ]))
            .map(|_| ())
        })?;
    }
    find().filter(|_| which("chromedriver").is_some()).context(
        "chromium and chromedriver are missing: install them (Debian: `chromium chromium-driver`)",
    )
}

/// Installs Firefox ESR by apt when no Firefox is there and that is possible. Nothing is wrong when it is not:
/// tests/browser/firefox.test.mjs fails with the line that says what to install.
pub(crate) fn firefox() {
    if env::var_os("FIREFOX").is_none() {
        by_apt("firefox-esr", &["firefox-esr", "firefox"]);
    }
}

/// Installs faketime by apt likewise: the tests of the console give their server a morning, at whatever hour they run, and
/// fail with the line that says what to install.
pub(crate) fn faketime() {
    by_apt("faketime", &["faketime"]);
}

/// Installs a package of Debian when none of the programs is there and that is possible.
fn by_apt(package: &str, programs: &[&str]) {
    let there = programs.iter().any(|name| which(name).is_some());
    if there || which("apt-get").is_none() || which("timeout").is_none() || !is_root() {
        return;
    }
    let installed = step(
        &format!("apt-get install {package} (five minutes at most)"),
        || {
            let apt = |arguments: &[&str]| {
                let mut apt = Command::new("timeout");
                apt.args(["150", "apt-get", "-o", "Acquire::Retries=1"])
                    .args(arguments);
                quiet(apt.env("DEBIAN_FRONTEND", "noninteractive"))
            };
            apt(&["update"])?;
            apt(&["install", "-y", "--no-install-recommends", package]).map(|_| ())
        },
    );
    if let Err(error) = installed {
        eprintln!("  {error:#}");
    }
}

/// The runner of wasm tests, built once into target/tools.
pub(crate) fn wasm_test_runner(paths: &Paths) -> Result<PathBuf> {
    let folder = paths.target.join("tools");
    let runner = folder.join("bin/wasm-bindgen-test-runner");
    once(
        &paths.kept("wasm-bindgen-cli.stamp"),
        WASM_BINDGEN,
        &[&runner],
        || {
            step("building the runner of wasm tests (once)", || {
                let mut cargo = cargo(paths);
                cargo.args([
                    "install",
                    "--quiet",
                    "wasm-bindgen-cli",
                    "--version",
                    WASM_BINDGEN,
                    "--root",
                ]);
                run(cargo
                    .arg(&folder)
                    .arg("--target-dir")
                    .arg(folder.join("build")))
            })
        },
    )?;
    Ok(runner)
}

/// cargo, in the root of the repository, without what `cargo run` told us about ourselves.
pub(crate) fn cargo(paths: &Paths) -> Command {
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo
        .current_dir(&paths.root)
        .env("CARGO_TARGET_DIR", &paths.target);
    for (name, _) in env::vars_os() {
        if name.to_str().is_some_and(|name| {
            name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_")
        }) {
            cargo.env_remove(name);
        }
    }
    cargo
}

/// Finds a program in PATH.
pub(crate) fn which(name: &str) -> Option<PathBuf> {
    env::split_paths(&env::var_os("PATH")?)
        .map(|folder| folder.join(name))
        .find(|path| path.is_file())
}

fn is_root() -> bool {
    quiet(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wasm_bindgen_and_its_tool_are_of_one_version() {
        let lock =
            std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../Cargo.lock"))
                .expect("Cargo.lock");
        for name in ["wasm-bindgen", "wasm-bindgen-cli-support"] {
            let entry = format!("name = \"{name}\"\nversion = \"{WASM_BINDGEN}\"\n");
            assert!(
                lock.contains(&entry),
                "`{name}` in Cargo.lock is not {WASM_BINDGEN}; change Cargo.toml of xtask and tools.rs"
            );
        }
    }
}
