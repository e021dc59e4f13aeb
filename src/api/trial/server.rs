//! The server alone, for tests that kill it: `booking-trial CONFIG` prints its address and serves. With `SINCE` and `FACTOR` its clock
//! runs faster, so that holds expire within a trial.

use api::clock::Clock;

use std::io::Write as _;
use std::path::Path;

fn main() -> Result<(), String> {
    let file = std::env::args().nth(1).ok_or("server CONFIG")?;
    let config = api::config::Config::read(Path::new(&file), |name| std::env::var(name).ok())?;
    let number = |name: &str| {
        std::env::var(name)
            .ok()
            .and_then(|text| text.parse::<i64>().ok())
    };
    let clock = match (number("SINCE"), number("FACTOR")) {
        (Some(since_ms), Some(factor)) => Clock::fast(since_ms, factor),
        _ => Clock::system(),
    };
    api::serve::log();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(|e| e.to_string())?;
    runtime.block_on(api::serve::run(&config, clock, None, |address| {
        let mut out = std::io::stdout();
        let said = writeln!(out, "{address}").and_then(|()| out.flush());
        drop(said);
    }))
}
