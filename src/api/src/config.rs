//! Settings: a TOML file, and the environment for what must not stand in one. docs/operations.md says what each is for.

use crate::auth::oidc::Login;
use crate::auth::{Role, Roles};
use crate::fallback::FallbackConfig;
use crate::limits::Rate;
use crate::tenant::{Site, Sites, Tenant};
use booking::Admin;
use openidconnect::{ClientId, ClientSecret, IssuerUrl, RedirectUrl};
use serde::Deserialize;
use std::collections::{BTreeMap, HashSet};
use std::fmt::Write as _;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

/// All settings. Paths are taken from the folder of the file.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Where the server listens. Environment: `LOKALSVAR_LISTEN`.
    pub listen: SocketAddr,
    /// Where figures, health and readiness are; none when absent.
    pub operations: Option<SocketAddr>,
    /// `sqlite:FILE` or `postgres://…`. Environment: `DATABASE_URL`.
    pub database: String,
    /// Folder with `<slug>.booking.json`, and `<slug>.samtale.json` where citizens can talk with somebody, as `lokalsvar build`
    /// writes them.
    pub booking: PathBuf,
    /// Folder with the bundles as citizens' browsers get them: what `lokalsvar publish` or `lokalsvar build` writes. AI help finds its passages
    /// there; `lokalsvar serve` takes the folder of `--dist` when absent.
    pub bundles: Option<PathBuf>,
    /// The list of erasures; must not be part of the backup of the database.
    pub erasures: PathBuf,
    /// File with the key of secrets; made at the first start. Environment: `LOKALSVAR_SECRET`, 64 hex digits, which several
    /// nodes must share.
    pub secret: PathBuf,
    /// Where staff reach this server: `https://tid.eksempelby.dk`, without a path. Needed for `oidc`.
    pub public_url: String,
    /// A proxy stands before this server and sets `X-Forwarded-For`.
    pub behind_proxy: bool,
    /// What one network may do.
    pub limits: LimitConfig,
    /// How mail leaves; without it none does.
    pub mail: Option<MailConfig>,
    /// How text messages leave; without it none does.
    pub sms: Option<SmsConfig>,
    /// The kommuner.
    pub kommune: Vec<KommuneConfig>,
}

/// What one network (a household, an office) may do.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LimitConfig {
    /// Requests a second in the long run, above 0.
    pub requests_per_second: f64,
    /// Requests at once.
    pub requests_burst: f64,
    /// Holds an hour in the long run, above 0.
    pub holds_per_hour: f64,
    /// Holds at once.
    pub holds_burst: f64,
    /// Conversations with a person that begin, an hour in the long run, above 0.
    pub conversations_per_hour: f64,
    /// Conversations that begin at once.
    pub conversations_burst: f64,
}

impl Default for LimitConfig {
    fn default() -> Self {
        LimitConfig {
            requests_per_second: 10.0,
            requests_burst: 100.0,
            holds_per_hour: 60.0,
            holds_burst: 20.0,
            conversations_per_hour: 30.0,
            conversations_burst: 15.0,
        }
    }
}

impl LimitConfig {
    /// Requests of one network.
    pub fn network(&self) -> Rate {
        Rate {
            per_second: self.requests_per_second,
            burst: self.requests_burst,
        }
    }

    /// Holds of one network.
    pub fn holds(&self) -> Rate {
        Rate {
            per_second: self.holds_per_hour / 3600.0,
            burst: self.holds_burst,
        }
    }

    /// Conversations of one network.
    pub fn conversations(&self) -> Rate {
        Rate {
            per_second: self.conversations_per_hour / 3600.0,
            burst: self.conversations_burst,
        }
    }
}

/// A mail server.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MailConfig {
    /// `smtps://user:password@host`, `smtp://host?tls=required`, `smtp://localhost:25`. Environment: `LOKALSVAR_SMTP`.
    #[serde(default)]
    pub server: String,
    /// `Borgerservice <borgerservice@eksempelby.dk>`.
    pub from: String,
}

/// A gateway for text messages: POST of `{"to", "from", "text"}` with `Idempotency-Key`, any 2xx means taken.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SmsConfig {
    /// https address.
    pub url: String,
    /// Sender, up to eleven letters.
    pub from: String,
    /// Bearer token. Environment: `LOKALSVAR_SMS_TOKEN`.
    #[serde(default)]
    pub token: String,
}

/// One kommune.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KommuneConfig {
    /// As in `<slug>.booking.json`.
    pub slug: String,
    /// Public; stands in the page's tag. At least 8 characters.
    pub site_key: String,
    /// `https://www.eksempelby.dk`, without a path.
    pub origins: Vec<String>,
    /// The page that opens a booking from a notice.
    pub page: String,
    /// Requests a second of this kommune.
    #[serde(default = "quota")]
    pub quota: u32,
    /// Staff may sign in with user and password of this server.
    #[serde(default = "yes")]
    pub local_accounts: bool,
    /// The kommune's own login for its staff.
    #[serde(default)]
    pub oidc: Option<OidcConfig>,
    /// AI help: off without it.
    #[serde(default)]
    pub fallback: Option<FallbackConfig>,
}

/// A kommune's own login: OpenID Connect with code and PKCE.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OidcConfig {
    /// https address of the provider, exactly as it calls itself.
    pub issuer: String,
    /// Who we are there.
    pub client_id: String,
    /// What proves it. Environment: `LOKALSVAR_OIDC_SECRET_SLUG`, the slug in large letters with `_` for `-`.
    #[serde(default)]
    pub client_secret: String,
    /// Asked for besides `openid`.
    #[serde(default = "scopes")]
    pub scopes: Vec<String>,
    /// The claim with the groups of a person.
    pub role_claim: String,
    /// Roles of each value of the claim.
    pub roles: BTreeMap<String, Vec<String>>,
}

impl std::fmt::Debug for OidcConfig {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Without the secret.
        write!(f, "{} at {}", self.client_id, self.issuer)
    }
}

fn yes() -> bool {
    true
}

fn scopes() -> Vec<String> {
    vec!["profile".into()]
}

fn quota() -> u32 {
    200
}

impl Default for Config {
    fn default() -> Self {
        Config {
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            operations: None,
            database: "sqlite:lokalsvar.db".into(),
            booking: "booking".into(),
            bundles: None,
            erasures: "erasures.txt".into(),
            secret: "secret.key".into(),
            public_url: String::new(),
            behind_proxy: false,
            limits: LimitConfig::default(),
            mail: None,
            sms: None,
            kommune: Vec::new(),
        }
    }
}

impl Config {
    /// Reads a file and the environment.
    ///
    /// # Errors
    /// The file cannot be read, or a setting is unknown or of another kind; with its line.
    pub fn read(file: &Path, env: impl Fn(&str) -> Option<String>) -> Result<Config, String> {
        let text = std::fs::read_to_string(file).map_err(|e| format!("{}: {e}", file.display()))?;
        let folder = file.parent().unwrap_or(Path::new(""));
        Self::parse(&text, folder, env).map_err(|e| format!("{}: {e}", file.display()))
    }

    /// The same from text.
    ///
    /// # Errors
    /// As [`Config::read`].
    pub fn parse(
        text: &str,
        folder: &Path,
        env: impl Fn(&str) -> Option<String>,
    ) -> Result<Config, String> {
        let mut config: Config = toml::from_str(text).map_err(|e| e.to_string())?;
        for path in [
            &mut config.booking,
            &mut config.erasures,
            &mut config.secret,
        ] {
            *path = folder.join(&*path);
        }
        if let Some(bundles) = &mut config.bundles {
            *bundles = folder.join(&*bundles);
        }
        for kommune in &mut config.kommune {
            if let Some(file) = kommune.fallback.as_mut().and_then(|f| f.off_file.as_mut()) {
                *file = folder.join(&*file);
            }
        }
        if let Some(url) = env("DATABASE_URL") {
            config.database = url;
        } else if let Some(path) = config.database.strip_prefix("sqlite:") {
            config.database = format!("sqlite:{}", folder.join(path).display());
        }
        if let Some(listen) = env("LOKALSVAR_LISTEN") {
            config.listen = listen
                .parse()
                .map_err(|_| "LOKALSVAR_LISTEN is no address and port".to_owned())?;
        }
        if let (Some(server), Some(mail)) = (env("LOKALSVAR_SMTP"), &mut config.mail) {
            mail.server = server;
        }
        if let (Some(token), Some(sms)) = (env("LOKALSVAR_SMS_TOKEN"), &mut config.sms) {
            sms.token = token;
        }
        for kommune in &mut config.kommune {
            let slug = kommune.slug.to_ascii_uppercase().replace('-', "_");
            if let (Some(oidc), Some(secret)) = (
                &mut kommune.oidc,
                env(&format!("LOKALSVAR_OIDC_SECRET_{slug}")),
            ) {
                oidc.client_secret = secret;
            }
        }
        Ok(config)
    }

    /// The kommuner with their admin data, or every mistake of settings and data.
    ///
    /// # Errors
    /// What to change, a line each.
    pub fn sites(&self) -> Result<Sites, Vec<String>> {
        let mut wrong = self.mistakes();
        let mut sites = Vec::new();
        for kommune in &self.kommune {
            let login = match &kommune.oidc {
                Some(oidc) => match login(oidc, &self.public_url) {
                    Ok(login) => Some(login),
                    Err(mistakes) => {
                        let named = |m: &String| format!("kommune `{}`: oidc: {m}", kommune.slug);
                        wrong.extend(mistakes.iter().map(named));
                        None
                    }
                },
                None => None,
            };
            if !kommune.local_accounts && kommune.oidc.is_none() {
                wrong.push(format!(
                    "kommune `{}`: nobody can sign in; set local_accounts = true, or add [kommune.oidc]",
                    kommune.slug
                ));
            }
            let talk = match self.talk(&kommune.slug) {
                Ok(talk) => talk,
                Err(mistakes) => {
                    wrong.extend(mistakes);
                    None
                }
            };
            match self.admin(&kommune.slug) {
                Ok(admin) => {
                    let host = host(&kommune.page).unwrap_or("localhost").to_owned();
                    let site = Site {
                        tenant: Tenant::new(&kommune.slug),
                        admin,
                        talk,
                        origins: kommune.origins.clone(),
                        page: kommune.page.clone(),
                        domain: host.split(':').next().unwrap_or_default().to_owned(),
                        quota: kommune.quota,
                        local_accounts: kommune.local_accounts,
                        oidc: login,
                    };
                    sites.push((kommune.site_key.clone(), site));
                }
                Err(mistakes) => wrong.extend(mistakes),
            }
        }
        if wrong.is_empty() {
            Ok(Sites::new(sites))
        } else {
            Err(wrong)
        }
    }

    /// The file that says what a kommune lets citizens book.
    pub fn booking_file(&self, slug: &str) -> PathBuf {
        self.booking.join(format!("{slug}.booking.json"))
    }

    /// What that file says today, or every mistake of it.
    ///
    /// # Errors
    /// What to change, a line each.
    pub fn admin(&self, slug: &str) -> Result<Admin, Vec<String>> {
        let file = self.booking_file(slug);
        let name = file.display();
        let bytes = std::fs::read(&file)
            .map_err(|e| vec![format!("{name}: {e}; make it with `lokalsvar build`")])?;
        read_admin(&bytes, slug)
            .map_err(|wrong| wrong.iter().map(|m| format!("{name}: {m}")).collect())
    }

    /// The file that says who talks with a kommune's citizens.
    pub fn talk_file(&self, slug: &str) -> PathBuf {
        self.booking.join(format!("{slug}.samtale.json"))
    }

    /// What that file says today, or every mistake of it. Without a file nobody talks.
    ///
    /// # Errors
    /// What to change, a line each.
    pub fn talk(&self, slug: &str) -> Result<Option<handoff::Admin>, Vec<String>> {
        let file = self.talk_file(slug);
        let name = file.display();
        match std::fs::read(&file) {
            Ok(bytes) => handoff::Admin::read(&bytes, slug)
                .map(Some)
                .map_err(|wrong| wrong.iter().map(|m| format!("{name}: {m}")).collect()),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(e) => Err(vec![format!("{name}: {e}")]),
        }
    }

    fn mistakes(&self) -> Vec<String> {
        let mut wrong = Vec::new();
        let mut say = |text: String| wrong.push(text);
        if self.kommune.is_empty() {
            say("there is no [[kommune]]; add one with slug, site_key, origins and page".into());
        }
        let (mut slugs, mut keys) = (HashSet::new(), HashSet::new());
        for k in &self.kommune {
            if !slugs.insert(&k.slug) {
                say(format!("kommune `{}` is there twice", k.slug));
            }
            if !keys.insert(&k.site_key) {
                say(format!(
                    "kommune `{}`: another has the same site_key",
                    k.slug
                ));
            }
            if k.site_key.len() < 8 || !k.site_key.bytes().all(|b| b.is_ascii_graphic()) {
                say(format!(
                    "kommune `{}`: site_key needs at least 8 characters, no blanks",
                    k.slug
                ));
            }
            if k.origins.is_empty() {
                say(format!(
                    "kommune `{}`: origins is empty; write https://www.eksempelby.dk",
                    k.slug
                ));
            }
            for origin in &k.origins {
                if !is_secure(origin)
                    || host(origin).is_none_or(|h| origin.split("://").nth(1) != Some(h))
                {
                    say(format!(
                        "kommune `{}`: `{origin}` is no origin; write https://www.eksempelby.dk, without a path",
                        k.slug
                    ));
                }
            }
            if !is_secure(&k.page) || k.page.contains('#') {
                say(format!(
                    "kommune `{}`: page must begin with https:// and have no `#`",
                    k.slug
                ));
            }
            if let Some(fallback) = &k.fallback {
                for mistake in fallback.mistakes() {
                    say(format!("kommune `{}`: fallback: {mistake}", k.slug));
                }
            }
            if k.quota == 0 {
                say(format!("kommune `{}`: quota must be at least 1", k.slug));
            }
        }
        if !(self.database.starts_with("sqlite:")
            || self.database.starts_with("postgres://")
            || self.database.starts_with("postgresql://"))
        {
            say("database must be sqlite:FILE or postgres://…".into());
        }
        let l = &self.limits;
        for (name, value) in [
            ("requests_per_second", l.requests_per_second),
            ("requests_burst", l.requests_burst),
            ("holds_per_hour", l.holds_per_hour),
            ("holds_burst", l.holds_burst),
            ("conversations_per_hour", l.conversations_per_hour),
            ("conversations_burst", l.conversations_burst),
        ] {
            if !value.is_finite() || value <= 0.0 {
                say(format!("limits.{name} must be above 0"));
            }
        }
        if let Some(mail) = &self.mail
            && let Err(e) = crate::notices::mail::Mailer::new(mail)
        {
            say(format!("mail: {e}"));
        }
        if self.sms.as_ref().is_some_and(|sms| !is_secure(&sms.url)) {
            say("sms.url must begin with https://".into());
        }
        wrong
    }

    /// The key of secrets: from the environment, else from its file, which is made when missing.
    ///
    /// # Errors
    /// It is no key, or the file cannot be written.
    pub fn key(&self, env: impl Fn(&str) -> Option<String>) -> Result<Vec<u8>, String> {
        if let Some(text) = env("LOKALSVAR_SECRET") {
            return unhex(&text).ok_or_else(|| "LOKALSVAR_SECRET is not 64 hex digits".into());
        }
        if !self.database.starts_with("sqlite:") {
            return Err(
                "with PostgreSQL every node needs the same LOKALSVAR_SECRET: 64 hex digits".into(),
            );
        }
        let name = self.secret.display();
        if let Ok(text) = std::fs::read_to_string(&self.secret) {
            return unhex(text.trim()).ok_or_else(|| format!("{name}: not 64 hex digits"));
        }
        let key = crate::secret::random_bytes::<32>();
        let text = key.iter().fold(String::new(), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        });
        write_private(&self.secret, &text).map_err(|e| format!("{name}: {e}"))?;
        Ok(key.to_vec())
    }

    /// The file of a SQLite database.
    pub fn sqlite_file(&self) -> Option<&Path> {
        self.database
            .strip_prefix("sqlite:")
            .map(|p| Path::new(p.trim_start_matches("//")))
    }
}

/// A kommune's login, or every mistake of it.
fn login(oidc: &OidcConfig, public_url: &str) -> Result<Login, Vec<String>> {
    let mut wrong = Vec::new();
    let mut say = |text: String| wrong.push(text);
    if !is_secure(&oidc.issuer) || oidc.issuer.contains(['?', '#']) {
        say(format!(
            "issuer `{}` is no address; write https://login.eksempelby.dk, as the provider calls itself",
            oidc.issuer
        ));
    }
    let redirect = format!("{public_url}{}", protocol::path::OIDC_CALLBACK);
    if !is_secure(public_url) || host(public_url) != public_url.split("://").nth(1) {
        say(format!(
            "public_url is `{public_url}`; write https://tid.eksempelby.dk, without a path, and give the provider {redirect}"
        ));
    }
    for (name, value) in [
        ("client_id", &oidc.client_id),
        ("role_claim", &oidc.role_claim),
        ("client_secret", &oidc.client_secret),
    ] {
        if value.trim().is_empty() {
            let way = match name {
                "client_secret" => "set it in the environment, LOKALSVAR_OIDC_SECRET_SLUG",
                "client_id" => "write what the provider calls us",
                _ => "write the claim with the groups, e.g. groups",
            };
            say(format!("{name} is empty; {way}"));
        }
    }
    for scope in &oidc.scopes {
        if scope.is_empty() || !scope.bytes().all(|b| b.is_ascii_graphic()) {
            say(format!(
                "scopes: `{scope}` is no scope; write one word each"
            ));
        }
    }
    if oidc.roles.is_empty() {
        say(
            "roles is empty, so nobody could do anything; write \"Borgerservice\" = [\"booking\"]"
                .into(),
        );
    }
    let names = Role::ALL.map(Role::name);
    let names = names[..names.len() - 1].join(", ");
    let mut roles = Vec::new();
    for (value, given) in &oidc.roles {
        if value.is_empty() || given.is_empty() {
            say(format!(
                "roles: `{value}` has no role; write one of {names}"
            ));
        }
        for name in given {
            match Role::named(name) {
                Some(Role::Operator) => say(format!(
                    "roles: `{value}` cannot be operator, who belongs to no kommune; write one of {names}"
                )),
                Some(_) => {}
                None => say(format!(
                    "roles: `{name}` of `{value}` is no role; write one of {names}"
                )),
            }
        }
        let set: Roles = given.iter().filter_map(|name| Role::named(name)).collect();
        roles.push((value.clone(), set));
    }
    let issuer = IssuerUrl::new(oidc.issuer.clone());
    let redirect = RedirectUrl::new(redirect);
    match (issuer, redirect) {
        (Ok(issuer), Ok(redirect)) if wrong.is_empty() => Ok(Login {
            issuer,
            client_id: ClientId::new(oidc.client_id.clone()),
            client_secret: ClientSecret::new(oidc.client_secret.clone()),
            redirect,
            scopes: oidc.scopes.clone(),
            role_claim: oidc.role_claim.clone(),
            roles,
        }),
        _ if wrong.is_empty() => Err(vec!["issuer or public_url is no address".into()]),
        _ => Err(wrong),
    }
}

fn write_private(file: &Path, text: &str) -> std::io::Result<()> {
    use std::io::Write as _;
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(file)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    if text.len() != 64 || !text.is_ascii() {
        return None;
    }
    (0..32)
        .map(|at| u8::from_str_radix(&text[2 * at..2 * at + 2], 16).ok())
        .collect()
}

/// https, or this machine.
pub(crate) fn is_secure(url: &str) -> bool {
    let here = |h: &str| matches!(h.split(':').next(), Some("localhost" | "127.0.0.1"));
    url.starts_with("https://") || (url.starts_with("http://") && host(url).is_some_and(here))
}

/// Host and port of an address.
pub(crate) fn host(url: &str) -> Option<&str> {
    let rest = url.split_once("://")?.1;
    let host = rest.split(['/', '?', '#']).next()?;
    (!host.is_empty() && !host.contains(char::is_whitespace)).then_some(host)
}

/// A booking file's bytes as data, checked.
///
/// # Errors
/// Every mistake, a line each.
pub fn read_admin(bytes: &[u8], slug: &str) -> Result<Admin, Vec<String>> {
    let admin: Admin = serde_json::from_slice(bytes).map_err(|e| vec![e.to_string()])?;
    if admin.kommune != slug {
        return Err(vec![format!("is of `{}`, not of `{slug}`", admin.kommune)]);
    }
    match admin.check() {
        Ok(()) => Ok(admin),
        Err(mistakes) => Err(mistakes.iter().map(ToString::to_string).collect()),
    }
}
