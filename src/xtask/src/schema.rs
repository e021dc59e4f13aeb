//! schemathesis over the API's own OpenAPI document: no 5xx, no answer that the document does not describe. Installed from PyPI with all
//! versions pinned (tests/schema/requirements.txt) into a folder of its own below target/.

use crate::paths::Paths;
use crate::shell::{hash_of, once, quiet, run as call, step};
use crate::tools::cargo;
use anyhow::{Context, Result, ensure};
use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

/// Examples of each phase and route.
const EXAMPLES: &str = "100";
/// The same requests in every run.
const SEED: &str = "20261121";

/// A server with two kommuner and a new database; ends with the value.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Installs, serves, and tries.
pub(crate) fn run(paths: &Paths) -> Result<()> {
    let python = environment(paths)?;
    call(cargo(paths).args(["build", "--quiet", "-p", "api", "--bin", "booking-trial"]))?;
    let folder = paths.kept("schema-run");
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder)?;
    fs::copy(
        paths.root.join("src/booking/tests/small.booking.json"),
        folder.join("eksempelby.booking.json"),
    )?;
    fs::copy(
        paths.root.join("tests/schema/eksempelby.samtale.json"),
        folder.join("eksempelby.samtale.json"),
    )?;
    fs::write(folder.join("lokalsvar.toml"), SETTINGS)?;
    let program = paths
        .target
        .join("debug/booking-trial")
        .with_extension(std::env::consts::EXE_EXTENSION);
    let log = fs::File::create(folder.join("log.jsonl"))?;
    let mut child = Command::new(program)
        .arg(folder.join("lokalsvar.toml"))
        .env("RUST_LOG", "info")
        .stdout(Stdio::piped())
        .stderr(log)
        .spawn()
        .context("cannot start booking-trial")?;
    let out = child.stdout.take().context("no standard output")?;
    let server = Server(child);
    let mut address = String::new();
    BufReader::new(out).read_line(&mut address)?;
    let url = format!("http://{}", address.trim());
    let mut schemathesis = Command::new(python);
    schemathesis
        .args(["-m", "schemathesis.cli", "--config-file"])
        .arg(paths.root.join("tests/schema/schemathesis.toml"))
        .arg("run")
        .arg(format!("{url}/api/openapi.json"))
        .args(["--url", &url, "--checks", "all", "--seed", SEED])
        .args([
            "--max-examples",
            EXAMPLES,
            "--phases",
            "examples,coverage,fuzzing",
        ])
        // A stream goes on for longer than any request here may.
        .args(["--exclude-path", "/api/v1/handoff/events"])
        .args(["--request-timeout", "10", "--workers", "1", "--no-color"])
        .env("SCHEMATHESIS_HOOKS", "hooks")
        .env("LOKALSVAR_API", &url)
        .env("PYTHONPATH", paths.root.join("tests/schema"))
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .current_dir(&folder);
    let tried = call(&mut schemathesis);
    drop(server);
    tried?;
    reached(&fs::read_to_string(folder.join("log.jsonl"))?)
}

/// Says how often each status was answered, by the server's own log. Fails when some route was never tried behind its door, since
/// then nothing was shown of it, or when one failed.
fn reached(log: &str) -> Result<()> {
    let mut statuses: BTreeMap<String, u32> = BTreeMap::new();
    let mut routes: BTreeMap<String, bool> = BTreeMap::new();
    for line in log.lines() {
        let line: serde_json::Value = serde_json::from_str(line).unwrap_or_default();
        let field = |name: &str| line["fields"][name].as_str().unwrap_or_default().to_owned();
        let (route, status) = (field("route"), field("status"));
        if route.starts_with("/api/v1/") {
            let opened = routes.entry(route).or_default();
            *opened |= status.starts_with('2') && field("method") != "OPTIONS";
            *statuses.entry(status).or_default() += 1;
        }
    }
    println!("{statuses:?}");
    let shut: Vec<&String> = routes
        .iter()
        .filter(|(_, o)| !**o)
        .map(|(r, _)| r)
        .collect();
    ensure!(
        routes.len() >= 13 && shut.is_empty(),
        "{} routes, never answered with 2xx: {shut:?}",
        routes.len()
    );
    let failed = statuses.keys().find(|status| status.starts_with('5'));
    ensure!(failed.is_none(), "some request was answered {failed:?}");
    Ok(())
}

/// The interpreter of the environment, which is made anew when the pinned versions change.
fn environment(paths: &Paths) -> Result<PathBuf> {
    let pinned = paths.root.join("tests/schema/requirements.txt");
    let folder = paths.kept("schemathesis");
    let python = folder.join("bin/python");
    once(
        &paths.kept("schemathesis.stamp"),
        &hash_of(&[&pinned])?,
        &[&python],
        || {
            step("pip install schemathesis (pinned)", || {
                let _ = fs::remove_dir_all(&folder);
                let mut venv = Command::new("python3");
                quiet(venv.args(["-m", "venv"]).arg(&folder))
                    .context("python3 with venv is missing: install python3-venv")?;
                let mut pip = Command::new(&python);
                pip.args([
                    "-m",
                    "pip",
                    "install",
                    "--quiet",
                    "--disable-pip-version-check",
                ]);
                quiet(pip.args(["--no-deps", "-r"]).arg(&pinned)).map(|_| ())
            })
        },
    )?;
    Ok(python)
}

const SETTINGS: &str = r#"listen = "127.0.0.1:0"
database = "sqlite:schema.db"
booking = "."
[limits]
requests_per_second = 1e9
requests_burst = 1e9
holds_per_hour = 1e9
holds_burst = 1e9
conversations_per_hour = 1e9
conversations_burst = 1e9
[[kommune]]
slug = "eksempelby"
site_key = "eksempelby-key"
origins = ["https://www.eksempelby.example"]
page = "https://www.eksempelby.example/"
quota = 1000000
"#;

#[cfg(test)]
mod tests {
    use super::reached;
    use std::fmt::Write as _;

    fn log(rows: &[(usize, &str, &str)]) -> String {
        rows.iter().fold(String::new(), |mut log, (route, method, status)| {
            let _ = writeln!(log, r#"{{"fields":{{"route":"/api/v1/{route}","method":"{method}","status":"{status}"}}}}"#);
            log
        })
    }

    #[test]
    fn a_route_that_stayed_shut_is_told_and_a_failure_too() {
        let all: Vec<_> = (0..13).map(|n| (n, "GET", "200")).collect();
        assert!(reached(&log(&all)).is_ok());
        assert!(reached(&log(&all[1..])).is_err());
        let mut shut = all.clone();
        shut[3] = (3, "OPTIONS", "204");
        assert!(reached(&log(&shut)).is_err());
        let mut failed = all;
        failed.push((5, "GET", "503"));
        assert!(reached(&log(&failed)).is_err());
    }
}
