//! `verify-export`: whether the record of a conversation is the one that the server handed out. For whoever files it or is handed it.

use crate::say::say;
use clap::Args;
use handoff::record::verify;
use std::path::PathBuf;

/// Arguments of `verify-export`.
#[derive(Args)]
pub(crate) struct VerifyExportArgs {
    /// The record, `samtale-4KT8-6JPF.json`
    file: PathBuf,
    /// Also writes it as a page to read, print and file
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
}

/// Checks every byte of a record.
pub(crate) fn verify_export(args: &VerifyExportArgs) -> Result<(), String> {
    let name = args.file.display();
    let bytes = std::fs::read(&args.file).map_err(|e| format!("cannot read {name}: {e}"))?;
    let record = verify(&bytes).map_err(|e| format!("{name}: {e}"))?;
    say!(
        "{}: {} of {}, {} entries, whole",
        name,
        record.head.receipt,
        record.head.name,
        record.entries.len()
    );
    say!("seal: {}", record.seal);
    say!("compare it with the audit log: whoever computes a chain anew gets another seal");
    if let Some(page) = &args.html {
        std::fs::write(page, record.html())
            .map_err(|e| format!("cannot write {}: {e}", page.display()))?;
    }
    Ok(())
}
