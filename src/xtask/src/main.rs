//! The one door for tasks: `cargo xtask demo | test | build | dist | size | bench`.
//!
//! For developers and CI. Every long step says what it does and how long it took; a tool that is missing
//! gives one line that says what to install. Never used at run time.

mod bench;
mod compress;
mod demo;
mod dist;
mod engine;
mod knowledge;
mod paths;
mod serving;
mod shell;
mod size;
mod test;
mod tools;

use anyhow::{Result, bail};
use paths::Paths;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

const USAGE: &str = "\
usage: cargo xtask COMMAND

  demo             builds all and serves the demo kommune on http://127.0.0.1:$PORT (8080)
  test             format, lints, unit, golden, property, wasm and browser tests
  build            engine and knowledge, into target/
  dist --out DIR   one folder that any static web server can serve
  size             sizes beside their budgets; fails above one
  bench            how long an answer takes, beside MiniSearch and NLP.js in the same browser
";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let begun = Instant::now();
    match run(&args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!(
                "error: {error:#} (after {:.1} s)",
                begun.elapsed().as_secs_f32()
            );
            ExitCode::FAILURE
        }
    }
}

fn run(args: &[String]) -> Result<()> {
    let paths = Paths::find()?;
    match args
        .iter()
        .map(String::as_str)
        .collect::<Vec<_>>()
        .as_slice()
    {
        ["demo"] => demo::run(&paths),
        ["test"] => test::run(&paths),
        ["build"] => {
            engine::build(&paths)?;
            knowledge::build(&paths).map(|_| ())
        }
        ["dist", "--out", out] => dist::build(&paths, &PathBuf::from(out)).map(|_| ()),
        ["bench"] => bench::run(&paths),
        ["size"] => size::run(&paths, true),
        [] | ["help" | "--help" | "-h"] => {
            print!("{USAGE}");
            Ok(())
        }
        _ => bail!("unknown: `{}`\n{USAGE}", args.join(" ")),
    }
}
