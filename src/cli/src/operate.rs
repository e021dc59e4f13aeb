//! The server's settings, backups and restores: what an operator does around `serve`.

use crate::say::say;
use crate::serve::{PlaceArgs, listen, runtime};
use api::config::{Config, KommuneConfig};
use clap::{Args, Subcommand};
use std::path::{Path, PathBuf};

/// Arguments of `config`.
#[derive(Args)]
pub(crate) struct ConfigArgs {
    #[command(subcommand)]
    what: ConfigCommand,
}

#[derive(Subcommand)]
enum ConfigCommand {
    /// Reads the settings, the booking files and the files about conversations, and says every mistake, and every booking that they leave without a counter
    Check(SettingsArgs),
}

/// Where the settings are.
#[derive(Args)]
pub(crate) struct SettingsArgs {
    /// Settings of the server
    #[arg(long, default_value = "lokalsvar.toml", env = "LOKALSVAR_CONFIG")]
    config: PathBuf,
}

/// Arguments of `backup` and `restore`.
#[derive(Args)]
pub(crate) struct CopyArgs {
    #[command(flatten)]
    settings: SettingsArgs,
    /// The copy
    file: PathBuf,
}

fn env(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// `config check`.
pub(crate) fn config(args: &ConfigArgs) -> Result<(), String> {
    let ConfigCommand::Check(args) = &args.what;
    let config = Config::read(&args.config, env)?;
    let sites = config.sites().map_err(|wrong| wrong.join("\nerror: "))?;
    api::adapter::Adapters::new(&sites, env).map_err(|wrong| wrong.join("\nerror: "))?;
    if config.bundles.is_some() {
        api::fallback::Fallback::new(&config, env).map_err(|wrong| wrong.join("\nerror: "))?;
    }
    api::carriers::http::tokens(&sites, env).map_err(|wrong| wrong.join("\nerror: "))?;
    let clock = api::clock::Clock::system();
    let misfits = runtime()?.block_on(api::serve::misfits(&config, &clock))?;
    if !misfits.is_empty() {
        let lines: Vec<String> = misfits.iter().map(ToString::to_string).collect();
        return Err(lines.join("\nerror: "));
    }
    say!(
        "fine: {} kommuner, {}, every booking has a counter",
        sites.all().count(),
        kind(&config)
    );
    Ok(())
}

fn kind(config: &Config) -> &'static str {
    if config.sqlite_file().is_some() {
        "SQLite"
    } else {
        "PostgreSQL"
    }
}

/// `backup`.
pub(crate) fn backup(args: &CopyArgs) -> Result<(), String> {
    let config = Config::read(&args.settings.config, env)?;
    runtime()?.block_on(api::backup::backup(&config, &args.file))?;
    say!("{} holds a whole copy", args.file.display());
    Ok(())
}

/// `restore`.
pub(crate) fn restore(args: &CopyArgs) -> Result<(), String> {
    let config = Config::read(&args.settings.config, env)?;
    let again = runtime()?.block_on(api::backup::restore(&config, &args.file))?;
    say!("restored; {again} bookings were erased again");
    Ok(())
}

/// The settings of a file; without one those of the demo, if its bundles have anything to book.
pub(crate) fn settings(
    file: Option<&Path>,
    place: &PlaceArgs,
    data: Option<&Path>,
) -> Result<Option<Config>, String> {
    if let Some(file) = file {
        let mut config = Config::read(file, env)?;
        config.bundles.get_or_insert_with(|| place.dist.clone());
        return Ok(Some(config));
    }
    let mut slugs: Vec<String> = std::fs::read_dir(&place.dist)
        .into_iter()
        .flatten()
        .filter_map(|entry| {
            Some(
                entry
                    .ok()?
                    .file_name()
                    .to_str()?
                    .strip_suffix(".booking.json")?
                    .to_owned(),
            )
        })
        .collect();
    slugs.sort();
    if slugs.is_empty() {
        return Ok(None);
    }
    let beside = place
        .dist
        .parent()
        .unwrap_or(Path::new(""))
        .join("demo-bookings");
    let data = data.map_or(beside, Path::to_owned);
    std::fs::create_dir_all(&data).map_err(|e| format!("{}: {e}", data.display()))?;
    // The origins must name the port, so a free one is chosen here.
    let listener = listen(place.port)?;
    let address = listener.local_addr().map_err(|e| e.to_string())?;
    drop(listener);
    let port = address.port();
    let kommune = |slug: &String| KommuneConfig {
        slug: slug.clone(),
        site_key: format!("demo-{slug}"),
        origins: vec![
            format!("http://127.0.0.1:{port}"),
            format!("http://localhost:{port}"),
        ],
        page: format!("http://127.0.0.1:{port}/{slug}/"),
        quota: 200,
        local_accounts: true,
        oidc: None,
        fallback: None,
    };
    Ok(Some(Config {
        listen: address,
        database: format!("sqlite:{}", data.join("bookings.db").display()),
        booking: place.dist.clone(),
        bundles: Some(place.dist.clone()),
        erasures: data.join("erasures.txt"),
        secret: data.join("secret.key"),
        kommune: slugs.iter().map(kommune).collect(),
        ..Config::default()
    }))
}
