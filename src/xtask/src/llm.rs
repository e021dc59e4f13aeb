//! `test-llm`: AI help with real small models on this machine, to prove the real protocol, streaming and withholding. The models (some 350 MB)
//! come from PyPI and llama.cpp from npm, each with its version pinned (tests/llm/); so this is no part of `test`. Linux on x86-64 alone.

use crate::knowledge;
use crate::paths::Paths;
use crate::shell::{hash_of, once, quiet, run as call, step};
use crate::tools::cargo;
use anyhow::{Context, Result, ensure};
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};

/// What stands above the exchanges.
const HEAD: &str = "# Ten exchanges with real small models\n\nWritten by `cargo xtask test-llm`, as they were, good or bad. The models are far smaller than \
any that a kommune would use: what matters here is what is withheld.\n";

/// A server of a model; ends with the value.
struct Server {
    child: Child,
    port: String,
    _open: ChildStdin,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Installs, serves each model, and asks it.
pub(crate) fn run(paths: &Paths) -> Result<()> {
    let folder = paths.kept("llm");
    fs::create_dir_all(&folder)?;
    let python = models(paths, &folder)?;
    let modules = library(paths, &folder)?;
    let listed = quiet(
        Command::new(&python)
            .arg(paths.root.join("tests/llm/models.py"))
            .arg(&folder),
    )?;
    knowledge::build(paths)?;
    let bundles = paths.kept("kb");
    let transcript = paths.root.join("docs/ai-transcript.md");
    fs::write(&transcript, HEAD)?;
    for line in listed.lines() {
        let mut cells = line.split('\t');
        let (Some(name), Some(language), Some(file)) = (cells.next(), cells.next(), cells.next())
        else {
            continue;
        };
        let log = folder.join("written.jsonl");
        let _ = fs::remove_file(&log);
        let server = step(&format!("{name} is loaded"), || {
            serve(&modules, Path::new(file), &log)
        })?;
        step(&format!("{name} is asked"), || {
            let mut test = cargo(paths);
            test.args([
                "test",
                "--quiet",
                "-p",
                "api",
                "--test",
                "fallback_model",
                "--",
                "--include-ignored",
                "--nocapture",
            ]);
            test.env(
                "LOKALSVAR_LLM",
                format!("http://127.0.0.1:{}/v1", server.port),
            );
            test.env("LOKALSVAR_LLM_NAME", name)
                .env("LOKALSVAR_LLM_LANGUAGE", language);
            test.env("LOKALSVAR_LLM_LOG", &log)
                .env("LOKALSVAR_BUNDLES", &bundles);
            call(test.env("LOKALSVAR_TRANSCRIPT", &transcript))
        })?;
    }
    println!("transcript: {}", transcript.display());
    Ok(())
}

fn serve(modules: &Path, model: &Path, log: &Path) -> Result<Server> {
    let mut child = Command::new("node")
        .arg(modules.join("server.mjs"))
        .arg(model)
        .env("LOG", log)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .context("node is missing; see CONTRIBUTING.md")?;
    let open = child.stdin.take().context("no standard input")?;
    let out = child.stdout.take().context("no standard output")?;
    let mut server = Server {
        child,
        port: String::new(),
        _open: open,
    };
    BufReader::new(out).read_line(&mut server.port)?;
    server.port.truncate(server.port.trim_end().len());
    ensure!(!server.port.is_empty(), "the model could not be loaded");
    Ok(server)
}

/// The interpreter of an environment with the models.
fn models(paths: &Paths, folder: &Path) -> Result<PathBuf> {
    let pinned = paths.root.join("tests/llm/requirements.txt");
    let venv = folder.join("venv");
    let python = venv.join("bin/python");
    once(
        &folder.join("models.stamp"),
        &hash_of(&[&pinned])?,
        &[&python],
        || {
            step("pip install two small models (350 MB, pinned)", || {
                let _ = fs::remove_dir_all(&venv);
                quiet(Command::new("python3").args(["-m", "venv"]).arg(&venv))
                    .context("python3 with venv is missing: install python3-venv")?;
                let mut pip = Command::new(&python);
                pip.args([
                    "-m",
                    "pip",
                    "install",
                    "--quiet",
                    "--disable-pip-version-check",
                    "--no-deps",
                    "-r",
                ]);
                quiet(pip.arg(&pinned)).map(|_| ())
            })
        },
    )?;
    Ok(python)
}

/// The folder with the server and llama.cpp.
fn library(paths: &Paths, folder: &Path) -> Result<PathBuf> {
    let from = paths.root.join("tests/llm");
    let files = ["package.json", "package-lock.json", "server.mjs"].map(|name| from.join(name));
    let place = folder.join("node");
    let one = place.join("node_modules/node-llama-cpp/package.json");
    let stamp = hash_of(&[&files[0], &files[1], &files[2]])?;
    once(&folder.join("node.stamp"), &stamp, &[&one], || {
        step("npm install (llama.cpp for this machine)", || {
            fs::create_dir_all(&place)?;
            for file in &files {
                fs::copy(file, place.join(file.file_name().unwrap_or_default()))?;
            }
            let mut npm = Command::new("npm");
            // Its other builds are optional, and some are a hundred times as large. `ci` refuses a lock file written where
            // not all of them can be had; `install` takes the versions and hashes of the lock file as well.
            npm.args([
                "install",
                "--ignore-scripts",
                "--omit=optional",
                "--no-audit",
                "--no-fund",
            ]);
            quiet(npm.current_dir(&place)).map(|_| ())
        })
    })?;
    Ok(place)
}
