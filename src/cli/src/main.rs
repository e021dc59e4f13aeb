//! `lokalsvar`: checks and builds the knowledge, asks it, explains it, measures it, serves it.
//!
//! Exit codes: 0 done, 1 the knowledge or the input has mistakes (all are printed), 2 wrong use.

#![warn(clippy::print_stdout, clippy::print_stderr)] // `say.rs` tells why

mod built;
mod contract;
mod conversations;
mod counter;
mod coverage;
mod eval;
mod exchange;
mod knowledge;
mod konsol;
mod live;
mod operate;
mod pages;
mod plot;
mod qr;
mod question;
mod record;
mod release;
mod reliability;
mod say;
mod scaling;
mod serve;
mod sheet;
mod shelf;
mod signed;
mod staff;
mod suggest_answers;
mod watch;

use crate::say::complain;
use clap::{Parser, Subcommand};
use std::process::ExitCode;

#[derive(Parser)]
#[command(
    name = "lokalsvar",
    version,
    about = "Knowledge of a kommune, answered in the citizen's browser"
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// All mistakes of the knowledge folder, each with file, line, code and hint
    Check(knowledge::CheckArgs),
    /// Makes the bundle files of one kommune, or of all
    Build(knowledge::BuildArgs),
    /// How much is written per topic, and what a kommune has not filled in
    Coverage(coverage::CoverageArgs),
    /// Fills in a kommune's variables from a table: CSV, JSON or XLSX
    ImportVariables(exchange::ImportArgs),
    /// Writes a kommune's variables as a table: CSV or JSON
    ExportVariables(exchange::ExportArgs),
    /// Asks one question
    Ask(question::AskArgs),
    /// Shows which words counted how much
    Explain(question::ExplainArgs),
    /// Suggestions for what has been typed so far
    Suggest(question::SuggestArgs),
    /// Drafts by a language model for an editor: answers, ways to ask, translations
    SuggestAnswers(suggest_answers::SuggestAnswersArgs),
    /// Conversations from standard input, a line a turn, a blank line between two
    Dialog(question::DialogArgs),
    /// Rankings to the last bit for every line of a file, to compare with a browser
    #[command(hide = true)]
    Bits(question::BitsArgs),
    /// How long each stage of answering takes, as JSON
    #[command(hide = true)]
    Stages(question::StagesArgs),
    /// What a question costs and a bundle weighs by the number of intents
    #[command(hide = true)]
    Scaling(scaling::ScalingArgs),
    /// Measures a bundle on questions, or a bare matcher on training and test rows
    Eval(eval::EvalArgs),
    /// Serves the demo pages and the built files on this machine
    Serve(serve::ServeArgs),
    /// Looks at the settings of the server and says every mistake
    Config(operate::ConfigArgs),
    /// Tries whether another system keeps the contract of docs/booking-adapter.md or docs/handoff-adapter.md
    Contract(contract::ContractArgs),
    /// Copies the bookings into a new file, while the server goes on
    Backup(operate::CopyArgs),
    /// Brings a copy of the bookings back; what was erased since stays erased
    Restore(operate::CopyArgs),
    /// Accounts of those who work at a kommune: add, list, roles, reset, remove
    Staff(staff::StaffArgs),
    /// Rebuilds whenever an authored file changes, and shows it in a preview page
    Watch(watch::WatchArgs),
    /// Makes a pair of keys for publishing
    Keygen(release::KeygenArgs),
    /// Signs a bundle or a notice and lays it in the web server's folder
    Publish(release::PublishArgs),
    /// Brings an older bundle back
    Rollback(release::RollbackArgs),
    /// Checks a signed release and its files
    Verify(release::VerifyArgs),
    /// Checks the record of a conversation: whether a byte of it was changed
    VerifyExport(record::VerifyExportArgs),
    /// QR codes that open the chat on an answer: SVG, PNG and a sheet to print
    Qr(qr::QrArgs),
}

fn main() -> ExitCode {
    let result = match Cli::parse().command {
        Command::Check(args) => knowledge::check(&args),
        Command::Build(args) => knowledge::build(&args),
        Command::Coverage(args) => coverage::coverage(&args),
        Command::ImportVariables(args) => exchange::import(&args),
        Command::ExportVariables(args) => exchange::export(&args),
        Command::Ask(args) => question::ask(&args),
        Command::Explain(args) => question::explain(&args),
        Command::Suggest(args) => question::suggest(&args),
        Command::SuggestAnswers(args) => suggest_answers::suggest_answers(&args),
        Command::Dialog(args) => question::dialog(&args),
        Command::Bits(args) => question::bits(&args),
        Command::Stages(args) => question::stages(&args),
        Command::Scaling(args) => scaling::run(&args),
        Command::Eval(args) => eval::run(&args),
        Command::Serve(args) => serve::run(&args),
        Command::Config(args) => operate::config(&args),
        Command::Contract(args) => contract::contract(&args),
        Command::Backup(args) => operate::backup(&args),
        Command::Restore(args) => operate::restore(&args),
        Command::Staff(args) => staff::run(&args),
        Command::Watch(args) => watch::run(&args),
        Command::Keygen(args) => release::keygen(&args),
        Command::Publish(args) => release::publish(&args),
        Command::Rollback(args) => release::rollback(&args),
        Command::Verify(args) => release::verify(&args),
        Command::VerifyExport(args) => record::verify_export(&args),
        Command::Qr(args) => qr::run(&args),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            if !message.is_empty() {
                complain!("error: {message}");
            }
            ExitCode::FAILURE
        }
    }
}
