//! schemathesis over the API's own OpenAPI document: no 5xx, no answer that the document does not describe. Citizens and staff of every
//! role sign in (tests/schema/). Installed from PyPI with all versions pinned (tests/schema/requirements.txt) into a folder of its own
//! below target/.

use crate::paths::Paths;
use crate::shell::{hash_of, once, quiet, run as call, step};
use crate::tools::cargo;
use anyhow::{Context, Result, ensure};
use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{SystemTime, UNIX_EPOCH};

/// Examples of each phase and route.
const EXAMPLES: &str = "100";
/// The same requests in every run.
const SEED: &str = "20261121";

/// When it is at the server at the beginning: Thursday 26 November 2026, ten minutes before its kommune opens. UTC milliseconds.
const BEGINS_MS: i64 = 1_795_683_000_000;
/// The server's clock is so many times as fast: visits begin and notices are late within minutes.
const FACTOR: i64 = 12;
/// Documented routes of citizens and staff; without the stream, whose answer has no end.
const ROUTES: usize = 61;
/// They need a login of the kommune's own, or a model; src/api/tests/sign_in.rs and fallback.rs have one.
const FAR: [&str; 3] = [
    "POST /api/v1/fallback",
    "GET /api/v1/staff/oidc/start",
    "GET /api/v1/staff/oidc/callback",
];

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
    let data = fs::read_to_string(paths.root.join("src/booking/tests/small.booking.json"))?;
    fs::write(folder.join("eksempelby.booking.json"), without_lead(&data)?)?;
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
    let clock = [
        ("SINCE", since(BEGINS_MS)?.to_string()),
        ("FACTOR", FACTOR.to_string()),
    ];
    let accounts = folder.join("staff.json");
    let tally = folder.join("tally.txt");
    let mut child = Command::new(program)
        .arg(folder.join("lokalsvar.toml"))
        .env("RUST_LOG", "info")
        .env("STAFF", &accounts)
        .envs(clock.clone())
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
        .env("STAFF", &accounts)
        .env("TALLY", &tally)
        .envs(clock)
        .env("PYTHONPATH", paths.root.join("tests/schema"))
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .current_dir(&folder);
    let tried = call(&mut schemathesis);
    drop(server);
    tried?;
    reached(&fs::read_to_string(tally)?)
}

/// Since when a clock must run [`FACTOR`] times as fast, for it to be `begins_ms` now. UTC milliseconds.
fn since(begins_ms: i64) -> Result<i64> {
    let now_ms = i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH)?.as_millis())?;
    Ok((FACTOR * now_ms - begins_ms) / (FACTOR - 1))
}

/// The booking data with services that can be booked until the visit begins.
fn without_lead(data: &str) -> Result<String> {
    let mut data: serde_json::Value = serde_json::from_str(data)?;
    for service in data["services"].as_array_mut().into_iter().flatten() {
        service["lead_minutes"] = 0.into();
    }
    Ok(data.to_string())
}

/// Says how often each route let schemathesis in, by what hooks.py wrote down: a line each of method, route and status. Fails when
/// one never did, since then nothing was shown of it, or when one failed.
fn reached(tally: &str) -> Result<()> {
    let mut statuses: BTreeMap<&str, u32> = BTreeMap::new();
    let mut routes: BTreeMap<&str, (u32, u32)> = BTreeMap::new();
    for line in tally.lines() {
        let (route, status) = line.rsplit_once(' ').context("a line without a status")?;
        *statuses.entry(status).or_default() += 1;
        // A method that the route does not have is no route.
        if status != "405" && (route.starts_with("GET ") || route.starts_with("POST ")) {
            let (asked, opened) = routes.entry(route).or_default();
            *asked += 1;
            *opened += u32::from(status.starts_with('2'));
        }
    }
    println!("{statuses:?}");
    for (route, (asked, opened)) in &routes {
        println!("{opened:>6} of {asked:>4} times 2xx  {route}");
    }
    let shut: Vec<&str> = routes
        .iter()
        .filter(|(route, (_, opened))| *opened == 0 && !FAR.contains(*route))
        .map(|(route, _)| *route)
        .collect();
    ensure!(
        routes.len() == ROUTES && shut.is_empty(),
        "{} routes instead of {ROUTES}, never answered with 2xx: {shut:?}",
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
behind_proxy = true
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
    use super::{FACTOR, ROUTES, reached, since, without_lead};

    #[test]
    fn a_route_that_stayed_shut_is_told_and_a_failure_too() {
        let tally = |third: &str, more: &str| {
            let lines = (0..ROUTES).map(|n| match n {
                3 => format!("{third}\n"),
                n => format!("GET /{n} 200\n"),
            });
            lines.collect::<String>() + more
        };
        assert!(reached(&tally("POST /3 201", "POST /5 405\nGET /5 404")).is_ok());
        for shut in ["OPTIONS /3 204", "GET /3 401", "GET /4 200"] {
            assert!(reached(&tally(shut, "")).is_err(), "{shut}");
        }
        assert!(reached(&tally("GET /3 200", "GET /5 503")).is_err());
    }

    #[test]
    fn the_clock_begins_where_it_shall() {
        let begins_ms = 1_000_000;
        let since = since(begins_ms).expect("a time");
        let now_ms = (since * (FACTOR - 1) + begins_ms) / FACTOR;
        assert!((since + (now_ms - since) * FACTOR - begins_ms).abs() < FACTOR);
    }

    #[test]
    fn a_visit_can_be_booked_until_it_begins() {
        let data = without_lead(r#"{"services":[{"id":"pas","lead_minutes":120}]}"#).expect("JSON");
        assert_eq!(data, r#"{"services":[{"id":"pas","lead_minutes":0}]}"#);
    }
}
