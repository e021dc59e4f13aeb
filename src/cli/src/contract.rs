//! `contract booking` and `contract handoff`: play a citizen against a booking system or a contact centre and say which promises of
//! docs/booking-adapter.md and docs/handoff-adapter.md it keeps. For
//! whoever writes an adapter; it books and cancels real times under invented names, so give it a test system.

use crate::say::say;
use crate::serve::runtime;
use api::adapter::call::{Line, client, openapi};
use api::adapter::trial::{Outcome, Restart, Trial, Verdict};
use api::carriers::trial as carriers;
use clap::{Args, Subcommand};
use std::process::Command;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Arguments of `contract`.
#[derive(Args)]
pub(crate) struct ContractArgs {
    #[command(subcommand)]
    what: ContractCommand,
}

#[derive(Subcommand)]
enum ContractCommand {
    /// The contract of booking systems behind the API
    Booking(BookingArgs),
    /// The contract of contact centres behind the API; the test system needs an agent that repeats what it is told
    Handoff(HandoffArgs),
}

/// Arguments of `contract booking`.
#[derive(Args)]
struct BookingArgs {
    /// Prints the contract as an OpenAPI document, and asks nobody
    #[arg(long)]
    document: bool,
    /// Where the contract's paths begin
    #[arg(long, required_unless_present = "document")]
    url: Option<String>,
    /// The bearer token
    #[arg(
        long,
        env = "LOKALSVAR_BOOKING_TOKEN",
        hide_env_values = true,
        default_value = ""
    )]
    token: String,
    /// Id of a service that has free times within five weeks
    #[arg(long, default_value = "pas")]
    service: String,
    /// A hold that lasts longer than this many seconds is not waited for
    #[arg(long, default_value_t = 330)]
    patience: u64,
    /// A command that restarts the system and returns when it answers again
    #[arg(long)]
    restart: Option<String>,
}

/// Arguments of `contract handoff`.
#[derive(Args)]
struct HandoffArgs {
    /// Where the contract's paths begin
    #[arg(long)]
    url: String,
    /// The bearer token
    #[arg(
        long,
        env = "LOKALSVAR_HANDOFF_TOKEN",
        hide_env_values = true,
        default_value = ""
    )]
    token: String,
    /// Id of a department that the system knows
    #[arg(long, default_value = "borgerservice")]
    department: String,
    /// Seconds within which its agent repeats a message
    #[arg(long, default_value_t = 30)]
    patience: u64,
    /// A command that restarts the system and returns when it answers again
    #[arg(long)]
    restart: Option<String>,
}

/// `contract`.
pub(crate) fn contract(args: &ContractArgs) -> Result<(), String> {
    let args = match &args.what {
        ContractCommand::Booking(args) => args,
        ContractCommand::Handoff(args) => return handoff(args),
    };
    if args.document {
        let text = openapi().to_pretty_json().map_err(|e| e.to_string())?;
        say!("{text}");
        return Ok(());
    }
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_err(|e| e.to_string())?;
    let now_ms = i64::try_from(now.as_millis()).map_err(|e| e.to_string())?;
    let trial = Trial {
        line: Line::new(
            client(Duration::from_secs(20))?,
            args.url.as_deref().unwrap_or_default(),
            &args.token,
        ),
        service: args.service.clone(),
        today: hours::copenhagen(now_ms).date,
        patience: Duration::from_secs(args.patience),
        restart: args.restart.clone().map(restart),
    };
    let begun = Instant::now();
    let all = runtime()?.block_on(trial.run(tell));
    verdict(&all, begun)
}

/// `contract handoff`.
fn handoff(args: &HandoffArgs) -> Result<(), String> {
    let trial = carriers::Trial {
        line: Line::new(client(Duration::from_secs(20))?, &args.url, &args.token),
        department: args.department.clone(),
        patience: Duration::from_secs(args.patience),
        restart: args.restart.clone().map(restart),
    };
    let begun = Instant::now();
    let all = runtime()?.block_on(trial.run(tell));
    verdict(&all, begun)
}

fn verdict(all: &[Outcome], begun: Instant) -> Result<(), String> {
    let count = |wanted: fn(&Verdict) -> bool| all.iter().filter(|o| wanted(&o.verdict)).count();
    let broken = count(|v| matches!(v, Verdict::Broken(_)));
    let untried = count(|v| matches!(v, Verdict::Untried(_)));
    say!(
        "\n{} kept, {broken} broken, {untried} not tried; {:.1} s",
        all.len() - broken - untried,
        begun.elapsed().as_secs_f32()
    );
    if broken > 0 {
        Err(format!("{broken} promises of the contract are broken"))
    } else {
        Ok(())
    }
}

fn tell(outcome: &Outcome) {
    let (mark, why) = match &outcome.verdict {
        Verdict::Kept => ("✓", None),
        Verdict::Broken(what) => ("✗", Some(what)),
        Verdict::Untried(why) => ("–", Some(why)),
    };
    say!("{mark} {:<13} {}", outcome.name, outcome.promise);
    if let Some(why) = why {
        say!("                {why}");
    }
}

fn restart(command: String) -> Restart {
    Box::new(move || {
        let command = command.clone();
        Box::pin(async move {
            let status = Command::new("sh")
                .args(["-c", &command])
                .status()
                .map_err(|e| e.to_string())?;
            if status.success() {
                Ok(())
            } else {
                Err(format!("`{command}` ended with {status}"))
            }
        })
    })
}
