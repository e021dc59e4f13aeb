//! Feeds damaged and made-up input to every parser and transform until the time is up. `cargo xtask fuzz` runs it;
//! the tests below run a few rounds of each. The same seed gives the same inputs. Finds panics, hangs and wrong
//! acceptance; says nothing about how good an answer is.

mod dice;
#[allow(unused, reason = "of the terminal program")]
#[path = "../../cli/src/say.rs"]
mod say;
#[path = "../../cli/src/sheet.rs"]
mod sheet;
#[expect(
    dead_code,
    reason = "of the terminal program; here only the reading counts"
)]
#[path = "../../cli/src/signed.rs"]
mod signed;
#[expect(dead_code, reason = "of the widget")]
#[path = "../../widget/src/storage.rs"]
mod storage;
mod targets;

use dice::Dice;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use targets::Target;

const USAGE: &str = "\
usage: cargo xtask fuzz [--minutes N | --runs N] [--seed N] [--only NAME[,NAME...]]
       cargo xtask fuzz --replay NAME FILE
";

/// No input may take longer: a browser would stand still.
const SLOW: Duration = Duration::from_secs(10);

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match run(&args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("error: {message}");
            ExitCode::FAILURE
        }
    }
}

fn run(args: &[String]) -> Result<(), String> {
    let targets = targets::all();
    let (mut minutes, mut runs, mut seed) = (2.0_f64, None, None);
    let mut only: Option<Vec<&Target>> = None;
    let mut rest = args.iter();
    while let Some(arg) = rest.next() {
        let mut value = || {
            rest.next()
                .ok_or_else(|| format!("{arg} needs a value\n{USAGE}"))
        };
        match arg.as_str() {
            "--minutes" => minutes = number(value()?)?,
            "--seed" => seed = Some(number(value()?)?),
            "--runs" => runs = Some(number::<u64>(value()?)?),
            "--only" => {
                let names = value()?.split(',');
                only = Some(
                    names
                        .map(|name| named(&targets, name))
                        .collect::<Result<_, _>>()?,
                );
            }
            "--replay" => {
                let target = named(&targets, value()?)?;
                let file = value()?;
                let input = std::fs::read(file).map_err(|e| format!("cannot read {file}: {e}"))?;
                (target.open)()(&input);
                println!("{}: {file} does no harm", target.name);
                return Ok(());
            }
            _ => return Err(format!("unknown: `{arg}`\n{USAGE}")),
        }
    }
    let seed = seed.unwrap_or_else(|| {
        let since = SystemTime::now().duration_since(UNIX_EPOCH);
        since.unwrap_or_default().as_millis() as u64
    });
    println!("seed {seed}");
    // Millions of rounds are for what is quick; the rest by name, or by minutes.
    let quick = |target: &&Target| runs.is_none() || !target.slow;
    let chosen = only.unwrap_or_else(|| targets.iter().filter(quick).collect());
    let each = Duration::from_secs_f64((minutes * 60.0).max(0.0) / chosen.len() as f64);
    let mut found = Vec::new();
    for target in chosen {
        let begun = Instant::now();
        let check = (target.open)();
        let fed = Instant::now();
        let (rounds, slowest) = match rounds(target, &check, seed, |round| {
            runs.map_or_else(
                || round < target.few || fed.elapsed() < each,
                |runs| round < runs,
            )
        }) {
            Ok(done) => done,
            Err(why) => {
                println!("✗ {}: {why}", target.name);
                found.push(target.name);
                continue;
            }
        };
        println!(
            "✓ {:<10} {rounds:>9} inputs in {:.0} s, the slowest {:.1} ms",
            target.name,
            begun.elapsed().as_secs_f32(),
            slowest.as_secs_f32() * 1000.0
        );
    }
    if found.is_empty() {
        return Ok(());
    }
    Err(format!("{} failed", found.join(", ")))
}

fn number<T: std::str::FromStr>(text: &str) -> Result<T, String> {
    text.parse()
        .map_err(|_| format!("`{text}` is no number\n{USAGE}"))
}

fn named<'t>(targets: &'t [Target], name: &str) -> Result<&'t Target, String> {
    targets
        .iter()
        .find(|target| target.name == name)
        .ok_or_else(|| {
            let names: Vec<&str> = targets.iter().map(|target| target.name).collect();
            format!("there is no `{name}`; there are: {}", names.join(", "))
        })
}

/// Rounds while `on` says so; how many, and the time of the slowest. Ends with the first harmful input.
fn rounds(
    target: &Target,
    check: &dyn Fn(&[u8]),
    seed: u64,
    on: impl Fn(u64) -> bool,
) -> Result<(u64, Duration), String> {
    let (mut round, mut slowest) = (0, Duration::ZERO);
    while on(round) {
        let input = (target.make)(&mut Dice::new(seed, round));
        let begun = Instant::now();
        let done = catch_unwind(AssertUnwindSafe(|| check(&input)));
        let spent = begun.elapsed();
        if done.is_err() || spent > SLOW {
            let kept = keep(target.name, seed, round, &input)?;
            let what = if done.is_err() { "harmful" } else { "slow" };
            return Err(format!(
                "input {round} of seed {seed} is {what}; see it again with\n  cargo xtask fuzz --replay {} {}",
                target.name,
                kept.display()
            ));
        }
        slowest = slowest.max(spent);
        round += 1;
    }
    Ok((round, slowest))
}

fn keep(name: &str, seed: u64, round: u64, input: &[u8]) -> Result<PathBuf, String> {
    let target = std::env::var_os("CARGO_TARGET_DIR").map(PathBuf::from);
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let folder = target.unwrap_or_else(|| root.join("target")).join("fuzz");
    let file = folder.join(format!("{name}-{seed}-{round}"));
    std::fs::create_dir_all(&folder)
        .and_then(|()| std::fs::write(&file, input))
        .map_err(|e| format!("cannot write {}: {e}", file.display()))?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_few_rounds_of_every_target_do_no_harm() {
        for target in targets::all() {
            let check = (target.open)();
            let result = rounds(&target, &check, 20_261_121, |round| round < target.few);
            assert!(result.is_ok(), "{}: {result:?}", target.name);
        }
    }

    #[test]
    fn a_harmful_input_is_kept_and_named() {
        let target = Target {
            name: "selvtest",
            make: |dice| vec![dice.below(4) as u8],
            open: || Box::new(|input: &[u8]| assert_ne!(input, [3])),
            few: 0,
            slow: false,
        };
        let told = rounds(&target, &(target.open)(), 1, |_| true).expect_err("3 comes");
        let file = told.rsplit(' ').next().expect("a path");
        assert_eq!(std::fs::read(file).expect("kept"), [3]);
        std::fs::remove_file(file).expect("there");
    }
}
