//! Sizes as the citizen's browser downloads them, beside budgets and beside other chat widgets.

use crate::paths::Paths;
use crate::{compress, dist};
use anyhow::{Result, ensure};
use std::fs;

/// What may not grow above what, in kB of 1024 bytes after brotli 11. docs/ARCHITECTURE.md shows the same
/// rows, and a test compares them.
const BUDGETS: [(&str, &str, &[&str], f64); 6] = [
    ("loader", "widget", &["loader"], 3.0),
    (
        "glue + WASM + styles",
        "widget",
        &["glue", "wasm", "style"],
        95.0,
    ),
    ("demo bundle, Danish", "widget", &["bundle"], 240.0),
    ("second module: booking", "errand", &["glue", "wasm"], 60.0),
    (
        "third module: a person, AI help",
        "relay",
        &["glue", "wasm"],
        64.0,
    ),
    (
        "console of the staff",
        "console",
        &["glue", "wasm", "style"],
        150.0,
    ),
];

/// Brotli 11 bytes of other widgets' opened panel, measured on their npm packages on 2026-11-21.
const PEERS: [(&str, u32); 12] = [
    ("deep-chat 2.4.2 (no launcher, no knowledge)", 91_852),
    ("Papercups 1.3.1 (its iframe page not included)", 109_580),
    ("Pagefind 1.6.0, engine and UI (search only)", 109_945),
    ("Typebot 0.10.7", 164_164),
    ("rasa-webchat 1.0.1", 173_616),
    ("Botpress webchat 4.5.2", 214_196),
    ("Flowise embed 3.1.6", 241_974),
    ("Bürokratt 2.1.0", 328_613),
    ("n8n chat 1.37.0", 354_673),
    ("Carbon AI Chat 1.9.1", 458_025),
    ("Tiledesk 5.2.3", 543_907),
    ("BotFramework WebChat 4.18.1", 639_416),
];

/// Prints the table; fails when something is above its budget.
pub(crate) fn run(paths: &Paths) -> Result<()> {
    let out = paths.kept("dist");
    let files = dist::build(paths, &out)?;
    let mut above = Vec::new();
    let mut opened = 0.0;
    println!(
        "{:<48} {:>9} {:>9}",
        "brotli 11, kB = 1024 bytes", "size", "budget"
    );
    for (what, app, roles, budget) in BUDGETS {
        let mut bytes = 0;
        // The loader lies there under three names; a page has one.
        let counts = |file: &&dist::File| {
            file.app == app && roles.contains(&file.role) && !file.name.contains('/')
        };
        for file in files.iter().filter(counts) {
            if file.role != "bundle" || file.name.starts_with("eksempelby-") {
                bytes += compress::brotli(&fs::read(out.join(&file.name))?)?.len();
            }
        }
        let size = bytes as f64 / 1024.0;
        if app == "widget" {
            opened += size;
        }
        println!("{what:<48} {size:>9.2} {budget:>9.2}");
        if size > budget {
            above.push(what);
        }
    }
    println!(
        "{:<48} {opened:>9.2}",
        "opened panel, without booking or a person"
    );
    for (name, bytes) in PEERS {
        println!("  {name:<46} {:>9.2}", f64::from(bytes) / 1024.0);
    }
    ensure!(above.is_empty(), "above budget: {}", above.join(", "));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_architecture_page_shows_the_budgets() {
        let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/ARCHITECTURE.md");
        let Ok(text) = fs::read_to_string(page) else {
            return;
        };
        for (what, _, _, budget) in BUDGETS {
            let row = format!("| {what} | {budget} |");
            assert!(
                text.contains(&row),
                "docs/ARCHITECTURE.md has no row `{row}`"
            );
        }
    }
}
