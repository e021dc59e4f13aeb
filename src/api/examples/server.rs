//! The server alone, for tests that kill it: `server CONFIG` prints its address and serves.

use std::io::Write as _;
use std::path::Path;

fn main() -> Result<(), String> {
    let file = std::env::args().nth(1).ok_or("server CONFIG")?;
    let config = api::config::Config::read(Path::new(&file), |name| std::env::var(name).ok())?;
    api::serve::log();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(|e| e.to_string())?;
    runtime.block_on(api::serve::run(&config, None, |address| {
        let mut out = std::io::stdout();
        let said = writeln!(out, "{address}").and_then(|()| out.flush());
        drop(said);
    }))
}
