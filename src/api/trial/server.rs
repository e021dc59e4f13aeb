//! The server alone, for tests that kill it: `booking-trial CONFIG` prints its address and serves. With `SINCE` and `FACTOR` its clock
//! runs faster, so that holds expire within a trial. With `STAFF` it makes accounts of every role first, and some that have not signed
//! in yet, and writes what they sign in with into the file of that name.

use api::auth::{Auth, Role};
use api::clock::Clock;
use api::config::Config;
use std::io::Write as _;
use std::path::Path;

fn main() -> Result<(), String> {
    let file = std::env::args().nth(1).ok_or("server CONFIG")?;
    let config = Config::read(Path::new(&file), |name| std::env::var(name).ok())?;
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
    if let Ok(file) = std::env::var("STAFF") {
        let accounts = runtime.block_on(staff(&config, clock.clone()))?;
        std::fs::write(&file, accounts).map_err(|e| format!("{file}: {e}"))?;
    }
    runtime.block_on(api::serve::run(&config, clock, None, |address| {
        let mut out = std::io::stdout();
        let said = writeln!(out, "{address}").and_then(|()| out.flush());
        drop(said);
    }))
}

const PASSWORD: &str = "en adgangskode til prøver";
/// Accounts that have a password only, and as many that are invited.
const NEW: usize = 12;

/// Accounts at the first kommune, the operator's without one: a JSON list of objects with `user`, `kommune`,
/// `password`, and `invitation` where that password is to be chosen with one.
async fn staff(config: &Config, clock: Clock) -> Result<String, String> {
    let desk = api::serve::desk(config, clock).await?;
    let auth = Auth::new(&desk);
    let kommune = config.kommune.first().map(|kommune| kommune.slug.as_str());
    let mut accounts = Vec::new();
    let of_roles = Role::ALL.map(|role| (role.name().to_owned(), role, Some(PASSWORD)));
    let new = (0..NEW).flat_map(|n| {
        [("new", Some(PASSWORD)), ("invited", None)]
            .map(|(user, password)| (format!("{user}-{n}"), Role::Booking, password))
    });
    for (user, role, password) in of_roles.into_iter().chain(new) {
        let kommune = kommune.filter(|_| role != Role::Operator);
        let site = auth.place(kommune).ok_or("no such kommune")?;
        let roles = [role].into_iter().collect();
        let invitation = auth
            .add(site.as_ref(), &user, "Prøve Hansen", roles, password)
            .await
            .map_err(|e| e.to_string())?;
        accounts.push(serde_json::json!({
            "user": user, "kommune": kommune, "password": PASSWORD, "invitation": invitation,
        }));
    }
    Ok(serde_json::Value::from(accounts).to_string())
}
