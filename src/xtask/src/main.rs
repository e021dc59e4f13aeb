//! The one door for tasks: `cargo xtask demo | test | test-llm | build | dist | fuzz | size | bench | prove`.
//!
//! For developers and CI. Every long step says what it does and how long it took; a tool that is missing
//! gives one line that says what to install. Never used at run time.

mod bench;
mod compress;
mod console;
mod demo;
mod dist;
mod engine;
mod knowledge;
mod llm;
mod paths;
mod prove;
mod schema;
mod serving;
mod shell;
mod shrink;
mod size;
mod test;
mod tools;

use anyhow::{Result, bail};
use paths::Paths;
use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

const USAGE: &str = "\
usage: cargo xtask COMMAND

  demo             builds all and serves the demo kommune on http://127.0.0.1:$PORT (8080)
  test             format, lints, unit, golden, property, wasm and browser tests
  test-llm         AI help with real small models; downloads some 400 MB
  build            engine and knowledge, into target/
  console          the pages of the staff alone, into the folder that `demo` serves, and their size
  dist --out DIR [--key FILE]
                   one folder that any static web server can serve; FILE is from `lokalsvar keygen`
                   (or name it in LOKALSVAR_KEY), the demo key signs without it
  fuzz [--minutes N | --runs N] [--seed N] [--only NAME[,NAME...]]
                   damaged and made-up input for every parser, two minutes by default;
                   `fuzz --replay NAME FILE` feeds one again
  size             sizes beside their budgets; fails above one
  bench booking    bookings per second, beside a plain insert on PostgreSQL and SQLite
  bench            how long an answer takes, beside MiniSearch and NLP.js in the same browser,
                   and how often it is right, beside them and scikit-learn
  prove [NAME...]  the long form of the tests, and how long opening takes (docs/proofs.md); all of it
                   takes more than an hour, a name runs one piece, a wrong one tells the names
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
        ["test-llm"] => llm::run(&paths),
        ["build"] => {
            dist::engines(&paths)?;
            knowledge::build(&paths).map(|_| ())
        }
        ["console"] => console::run(&paths),
        ["dist", "--out", out] => {
            let key = std::env::var_os("LOKALSVAR_KEY").filter(|key| !key.is_empty());
            dist::release(&paths, Path::new(out), key.as_deref().map(Path::new))
        }
        ["dist", "--out", out, "--key", key] | ["dist", "--key", key, "--out", out] => {
            dist::release(&paths, Path::new(out), Some(Path::new(key)))
        }
        ["fuzz", rest @ ..] => shell::run(
            tools::cargo(&paths)
                .args(["run", "--quiet", "--release", "-p", "fuzz", "--"])
                .args(rest),
        ),
        ["bench"] => bench::run(&paths),
        ["bench", "booking"] => bench::booking(&paths),
        ["prove", names @ ..] => prove::run(&paths, names),
        ["size"] => size::run(&paths),
        [] | ["help" | "--help" | "-h"] => {
            print!("{USAGE}");
            Ok(())
        }
        _ => bail!("unknown: `{}`\n{USAGE}", args.join(" ")),
    }
}
