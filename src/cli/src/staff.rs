//! `staff`: accounts of those who work at a kommune, and of the operator. Works on the database beside a running server; what it
//! takes away is gone with the next request.

use crate::say::say;
use crate::serve::runtime;
use api::auth::{Auth, Role, Roles};
use api::clock::Clock;
use api::config::Config;
use api::tenant::Site;
use clap::{Args, Subcommand};
use std::io::{BufRead as _, IsTerminal as _};
use std::path::PathBuf;
use std::sync::Arc;

/// Arguments of `staff`.
#[derive(Args)]
pub(crate) struct StaffArgs {
    #[command(subcommand)]
    what: StaffCommand,
}

#[derive(Subcommand)]
enum StaffCommand {
    /// Adds an account, and prints an invitation that is good once for 24 hours
    Add(AddArgs),
    /// Lists the accounts: user, name, roles, and what is missing
    List(PlaceArgs),
    /// Gives an account other roles
    Roles(RolesArgs),
    /// Starts an account over: no second factor, no session, and a new invitation
    Reset(ResetArgs),
    /// Removes an account
    Remove(UserArgs),
}

/// Whose accounts.
#[derive(Args)]
struct PlaceArgs {
    /// Settings of the server
    #[arg(long, default_value = "lokalsvar.toml", env = "LOKALSVAR_CONFIG")]
    config: PathBuf,
    /// Slug of the kommune
    #[arg(long, required_unless_present = "operator")]
    kommune: Option<String>,
    /// Accounts of those who run the server, instead of a kommune's
    #[arg(long, conflicts_with = "kommune")]
    operator: bool,
}

#[derive(Args)]
struct UserArgs {
    #[command(flatten)]
    place: PlaceArgs,
    /// User name
    user: String,
}

#[derive(Args)]
struct AddArgs {
    #[command(flatten)]
    user: UserArgs,
    /// Name of the person
    #[arg(long)]
    name: String,
    /// booking, booking-admin, agent, supervisor, analyst, tenant-admin; may be repeated
    #[arg(long = "role", value_parser = role)]
    roles: Vec<Role>,
    /// Asks for a password instead of inviting; from standard input where that is no terminal
    #[arg(long)]
    password: bool,
}

#[derive(Args)]
struct RolesArgs {
    #[command(flatten)]
    user: UserArgs,
    /// As with `add`; these and no others
    #[arg(long = "role", value_parser = role, required = true)]
    roles: Vec<Role>,
}

#[derive(Args)]
struct ResetArgs {
    #[command(flatten)]
    user: UserArgs,
    /// As with `add`
    #[arg(long)]
    password: bool,
}

fn role(name: &str) -> Result<Role, String> {
    let names = Role::ALL.map(Role::name).join(", ");
    Role::named(name).ok_or_else(|| format!("no such role; one of {names}"))
}

/// Where accounts are kept.
struct Place {
    auth: Auth,
    site: Option<Arc<Site>>,
}

impl Place {
    async fn open(args: &PlaceArgs) -> Result<Place, String> {
        let config = Config::read(&args.config, |name| std::env::var(name).ok())?;
        let desk = api::serve::desk(&config, Clock::system()).await?;
        let auth = Auth::new(&desk);
        let slug = args.kommune.as_deref();
        let site = auth.place(slug).ok_or_else(|| {
            let known: Vec<&str> = config.kommune.iter().map(|k| k.slug.as_str()).collect();
            format!(
                "there is no kommune `{}` in the settings; there are {}",
                slug.unwrap_or_default(),
                known.join(", ")
            )
        })?;
        Ok(Place { auth, site })
    }
}

/// `staff …`.
pub(crate) fn run(args: &StaffArgs) -> Result<(), String> {
    runtime()?.block_on(async {
        match &args.what {
            StaffCommand::Add(args) => add(args).await,
            StaffCommand::List(args) => list(args).await,
            StaffCommand::Roles(args) => roles(args).await,
            StaffCommand::Reset(args) => reset(args).await,
            StaffCommand::Remove(args) => remove(args).await,
        }
    })
}

async fn add(args: &AddArgs) -> Result<(), String> {
    let place = Place::open(&args.user.place).await?;
    let mut roles: Roles = args.roles.iter().copied().collect();
    if args.user.place.operator && roles.is_empty() {
        roles = [Role::Operator].into_iter().collect();
    }
    let password = password(args.password)?;
    let code = place
        .auth
        .add(
            place.site.as_ref(),
            &args.user.user,
            &args.name,
            roles,
            password.as_deref(),
        )
        .await
        .map_err(|e| e.to_string())?;
    say!("added {}: {}", args.user.user, roles.text());
    invited(code.as_deref());
    Ok(())
}

async fn list(args: &PlaceArgs) -> Result<(), String> {
    let place = Place::open(args).await?;
    let all = place
        .auth
        .list(place.site.as_ref())
        .await
        .map_err(|e| e.to_string())?;
    for account in &all {
        let missing = match (account.has_password, account.has_app) {
            _ if account.user.starts_with("oidc:") => "signs in at the kommune's own login",
            (false, _) => "has not chosen a password",
            (true, false) => "has not set up the second factor",
            (true, true) => "",
        };
        say!(
            "{}\t{}\t{}\t{}\t{missing}",
            account.user,
            account.name,
            account.roles.text(),
            account.id
        );
    }
    if all.is_empty() {
        say!("no accounts; add one with `lokalsvar staff add`");
    }
    Ok(())
}

async fn roles(args: &RolesArgs) -> Result<(), String> {
    let place = Place::open(&args.user.place).await?;
    let roles: Roles = args.roles.iter().copied().collect();
    place
        .auth
        .set_roles(place.site.as_ref(), &args.user.user, roles)
        .await
        .map_err(|e| e.to_string())?;
    say!("{} has now: {}", args.user.user, roles.text());
    Ok(())
}

async fn reset(args: &ResetArgs) -> Result<(), String> {
    let place = Place::open(&args.user.place).await?;
    let password = password(args.password)?;
    let code = place
        .auth
        .reset(place.site.as_ref(), &args.user.user, password.as_deref())
        .await
        .map_err(|e| e.to_string())?;
    say!("{} starts over; every session has ended", args.user.user);
    invited(code.as_deref());
    Ok(())
}

async fn remove(args: &UserArgs) -> Result<(), String> {
    let place = Place::open(&args.place).await?;
    place
        .auth
        .remove(place.site.as_ref(), &args.user)
        .await
        .map_err(|e| e.to_string())?;
    say!("removed {}; every session has ended", args.user);
    Ok(())
}

fn invited(code: Option<&str>) {
    if let Some(code) = code {
        say!("invitation, good once for 24 hours: {code}");
    }
}

/// A password, without showing it; the first line of standard input where that is no terminal.
fn password(wanted: bool) -> Result<Option<String>, String> {
    if !wanted {
        return Ok(None);
    }
    if std::io::stdin().is_terminal() {
        let first = rpassword::prompt_password("Password: ").map_err(|e| e.to_string())?;
        let second = rpassword::prompt_password("Once more: ").map_err(|e| e.to_string())?;
        return if first == second {
            Ok(Some(first))
        } else {
            Err("the two are not the same; try again".into())
        };
    }
    let mut line = String::new();
    std::io::stdin()
        .lock()
        .read_line(&mut line)
        .map_err(|e| e.to_string())?;
    Ok(Some(line.trim_end_matches(['\r', '\n']).to_owned()))
}
