//! `keygen`, `publish`, `rollback`, `verify`: which bundle a kommune's citizens get, signed by the one who may say
//! so. A release is the small file `<slug>.json`; former ones stay in `releases/<slug>/<serial>.json`, their
//! bundles beside it. `lokalsvar.js` on the kommune's pages never changes for it.

use crate::built::Files;
use crate::counter::{Counter, Matter};
use crate::say::{complain, say};
use crate::shelf::{Order, Shelf, check_pinned, pinned, told};
use crate::signed::{Api, Envelope, key_file, key_id, public_from, public_text};
use clap::Args;
use ed25519_dalek::SigningKey;
use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// Arguments of `keygen`.
#[derive(Args)]
pub(crate) struct KeygenArgs {
    /// Where the private key goes; an existing file is left alone
    #[arg(long)]
    out: PathBuf,
}

/// Makes a pair of keys.
pub(crate) fn keygen(args: &KeygenArgs) -> Result<(), String> {
    let mut seed = [0_u8; 32];
    getrandom::fill(&mut seed).map_err(|e| format!("no random numbers: {e}"))?;
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let told = |e: std::io::Error| match e.kind() {
        std::io::ErrorKind::AlreadyExists => format!(
            "{} exists; name another file, keys are never overwritten",
            args.out.display()
        ),
        _ => format!("cannot write {}: {e}", args.out.display()),
    };
    let mut file = options.open(&args.out).map_err(told)?;
    file.write_all(key_file(&seed).as_bytes()).map_err(told)?;
    file.sync_all().map_err(told)?;
    let public = SigningKey::from_bytes(&seed).verifying_key();
    say!("private key: {} (only you can read it)", args.out.display());
    say!("public key:  {}", public_text(&public));
    say!("key id:      {}", key_id(&public));
    say!();
    say!("Who holds it: the person responsible for publishing in the kommune, and a deputy.");
    say!(
        "Keep one copy offline in a safe. It never lies on the web server, in a repository or in a mail."
    );
    say!("The public key goes into the loader; everybody may see it.");
    Ok(())
}

/// Arguments of `publish`.
#[derive(Args)]
pub(crate) struct PublishArgs {
    /// Slug
    #[arg(long)]
    kommune: String,
    /// Core bundle `<slug>.kb`; without it the present one stays and only the notice changes
    #[arg(long)]
    bundle: Option<PathBuf>,
    /// Details file; `<slug>.details.kb` beside the bundle when absent
    #[arg(long, requires = "bundle")]
    details: Option<PathBuf>,
    /// Language file, `en=FILE`; may be repeated; every `<slug>.<two letters>.kb` beside the bundle when absent
    #[arg(long, value_name = "TAG=FILE", requires = "bundle")]
    language: Vec<String>,
    /// What can be booked; `<slug>.booking.json` beside the bundle when absent
    #[arg(long, requires = "bookings")]
    booking: Option<PathBuf>,
    /// Who talks with citizens; `<slug>.samtale.json` beside the bundle when absent
    #[arg(long, requires = "bookings")]
    talk: Option<PathBuf>,
    /// Folder from which the server reads what can be booked and who talks with citizens (`booking` in its settings); it takes
    /// new files within seconds
    #[arg(long, value_name = "DIR", requires = "bundle")]
    bookings: Option<PathBuf>,
    /// Folder of the web server
    #[arg(long, default_value = "dist")]
    dist: PathBuf,
    /// Private key
    #[arg(long)]
    key: PathBuf,
    /// Emergency notice; without it the present one stays, `--notice ""` takes it away
    #[arg(long)]
    notice: Option<String>,
    /// Address of the API that books times, `https://api.dinkommune.dk`, or one relative to the folder; without it the
    /// present one stays, `--api ""` takes it away
    #[arg(long, requires = "site")]
    api: Option<String>,
    /// Site key of the kommune at that API
    #[arg(long, requires = "api")]
    site: Option<String>,
    /// AI help where there is no answer: `on` offers it, `off` takes it away; without it that stays as it is. The API of the release
    /// must have it switched on, too
    #[arg(long, value_name = "on|off", value_parser = on_off)]
    ai: Option<bool>,
    /// Number of the release; one more than the present one when absent
    #[arg(long)]
    serial: Option<u64>,
    /// Day of the release, 2026-11-21; today when absent
    #[arg(long)]
    issued: Option<String>,
    /// The folder is being made and its loader comes last: do not ask it for the key
    #[arg(long, hide = true)]
    unfinished: bool,
}

/// Publishes a bundle, a notice or both.
pub(crate) fn publish(args: &PublishArgs) -> Result<(), String> {
    let read = |path: &PathBuf| {
        std::fs::read(path).map_err(|e| {
            format!(
                "cannot read {}: {e}; make it with `lokalsvar build`",
                path.display()
            )
        })
    };
    let mut files = None;
    if let Some(path) = &args.bundle {
        let mut languages = BTreeMap::new();
        for pair in &args.language {
            let (tag, file) = pair.split_once('=').ok_or_else(|| {
                format!("`--language {pair}` is not TAG=FILE; write it as en=eksempelby.en.kb")
            })?;
            languages.insert(tag.to_owned(), read(&PathBuf::from(file))?);
        }
        if args.language.is_empty() {
            for (tag, file) in languages_beside(path) {
                languages.insert(tag, read(&file)?);
            }
        }
        let details = args
            .details
            .clone()
            .unwrap_or_else(|| path.with_extension("details.kb"));
        files = Some(Files {
            core: read(path)?,
            // Without them the chat does not open: they hold the words that call for help.
            details: Some(read(&details)?),
            languages,
            booking: decided(args, Matter::Booking, path)?,
            talk: decided(args, Matter::Talk, path)?,
        });
    }
    let order = Order {
        kommune: &args.kommune,
        files,
        notice: args.notice.as_deref(),
        api: api(args)?,
        ai: args.ai,
        serial: args.serial,
        issued: args.issued.as_deref(),
        compress: true,
        keep: true,
    };
    let shelf = Shelf::open(&args.dist, &args.key)?.with_counter(args.bookings.as_deref());
    if !args.unfinished {
        shelf.ask_loaders()?;
    }
    let payload = shelf.publish(&order)?;
    say!(
        "{}: release {} of {}, {}",
        payload.kommune,
        payload.serial,
        payload.issued,
        payload.bundle.file
    );
    for (_, kept) in told(&payload) {
        say!("for the server: {}", kept.file);
    }
    if let Some(notice) = &payload.notice {
        say!("notice: {notice}");
    }
    Ok(())
}

/// What the server is to be told; the release says that a person can be talked to also where its folder is not named.
fn decided(args: &PublishArgs, matter: Matter, bundle: &Path) -> Result<Option<Vec<u8>>, String> {
    let beside = bundle.with_extension(matter.ending());
    let named = match matter {
        Matter::Booking => args.booking.as_ref(),
        Matter::Talk => args.talk.as_ref(),
    };
    let path = named.unwrap_or(&beside);
    if named.is_none() && !beside.is_file() {
        return Ok(None);
    }
    if args.bookings.is_none() {
        if !args.unfinished {
            complain!(
                "note: {} stays where it is; name the server's folder with --bookings to publish it too",
                beside.display()
            );
        }
        if matter == Matter::Booking {
            return Ok(None);
        }
    }
    let bytes = std::fs::read(path).map_err(|e| {
        format!(
            "cannot read {}: {e}; make it with `lokalsvar build`",
            path.display()
        )
    })?;
    Ok(Some(bytes))
}

fn on_off(text: &str) -> Result<bool, String> {
    match text {
        "on" => Ok(true),
        "off" => Ok(false),
        _ => Err("write on or off".to_owned()),
    }
}

/// The API that the arguments name. Other than `https:` only on this machine, or beside the release.
fn api(args: &PublishArgs) -> Result<Option<Api>, String> {
    let (Some(url), Some(site)) = (&args.api, &args.site) else {
        return Ok(None);
    };
    let scheme = url.split_once("://").map(|(scheme, _)| scheme);
    let here = url.starts_with("http://127.0.0.1") || url.starts_with("http://localhost");
    if !matches!(scheme, None | Some("https")) && !here || url.contains(['?', '#', '"', ' ']) {
        return Err(format!(
            "`--api {url}` is no address of an API; write https://api.dinkommune.dk"
        ));
    }
    Ok(Some(Api {
        url: url.clone(),
        site: site.clone(),
    }))
}

/// The language files that `lokalsvar build` wrote beside a core bundle: `eksempelby.en.kb` for `eksempelby.kb`.
fn languages_beside(core: &Path) -> Vec<(String, PathBuf)> {
    let stem = core.file_stem().and_then(|s| s.to_str()).unwrap_or("");
    let folder = core.parent().filter(|p| !p.as_os_str().is_empty());
    let entries = std::fs::read_dir(folder.unwrap_or(Path::new(".")));
    let mut found: Vec<(String, PathBuf)> = entries
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| {
            let name = entry.file_name();
            let rest = name.to_str()?.strip_prefix(stem)?.strip_prefix('.')?;
            let tag = rest.strip_suffix(".kb")?;
            (tag.len() == 2).then(|| (tag.to_owned(), entry.path()))
        })
        .collect();
    found.sort();
    found
}

/// Arguments of `rollback`.
#[derive(Args)]
pub(crate) struct RollbackArgs {
    /// Slug
    #[arg(long)]
    kommune: String,
    /// Folder of the web server
    #[arg(long, default_value = "dist")]
    dist: PathBuf,
    /// Private key
    #[arg(long)]
    key: PathBuf,
    /// Folder from which the server reads what can be booked and who talks with citizens; needed when the older release came
    /// with it
    #[arg(long, value_name = "DIR")]
    bookings: Option<PathBuf>,
    /// Release to go back to; the one before the present bundle when absent
    #[arg(long)]
    to: Option<u64>,
    /// Day of the new release; today when absent
    #[arg(long)]
    issued: Option<String>,
}

/// Brings an older bundle back under a new serial. The notice in force stays.
pub(crate) fn rollback(args: &RollbackArgs) -> Result<(), String> {
    let shelf = Shelf::open(&args.dist, &args.key)?.with_counter(args.bookings.as_deref());
    shelf.ask_loaders()?;
    let payload = shelf.rollback(&args.kommune, args.to, args.issued.as_deref())?;
    let from = payload.restores.unwrap_or_default();
    say!(
        "{}: release {} brings back release {from}, {}",
        payload.kommune,
        payload.serial,
        payload.bundle.file
    );
    Ok(())
}

/// Arguments of `verify`.
#[derive(Args)]
pub(crate) struct VerifyArgs {
    /// `<slug>.json`
    file: PathBuf,
    /// Public key in base64
    #[arg(long)]
    public: String,
    /// Folder from which the server reads what can be booked and who talks with citizens; looked at when named
    #[arg(long, value_name = "DIR")]
    bookings: Option<PathBuf>,
}

/// Checks the signature of a release and that the files beside it are the ones it names.
pub(crate) fn verify(args: &VerifyArgs) -> Result<(), String> {
    let payload = Envelope::read(&args.file)?.open(&public_from(&args.public)?)?;
    let folder = args.file.parent().unwrap_or(Path::new("."));
    for pinned in pinned(&payload) {
        check_pinned(folder, pinned)?;
    }
    if let Some(folder) = &args.bookings {
        for (matter, kept) in told(&payload) {
            Counter::open(folder).verify(matter, &payload.kommune, kept)?;
        }
    }
    say!(
        "{}: release {} of {}, signed; {} is the one it names",
        payload.kommune,
        payload.serial,
        payload.issued,
        payload.bundle.file
    );
    Ok(())
}
