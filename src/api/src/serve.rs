//! Runs the server: database, routes, notices and tidying, until it is told to end.

use crate::adapter::Adapters;
use crate::auth::Auth;
use crate::backup;
use crate::carriers::http::Messenger;
use crate::clock::Clock;
use crate::config::Config;
use crate::desk::{self, Desk, Misfit, Sweeper};
use crate::erasures::Erasures;
use crate::fallback::Fallback;
use crate::http::{self, App};
use crate::limits::Limits;
use crate::metrics::Metrics;
use crate::notices::Courier;
use crate::notices::mail::Mailer;
use crate::notices::sms::Gateway;
use crate::renew::Renewal;
use crate::store::{Kind, Store, Wakes};
use crate::tenant::Site;
use axum::Router;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::watch;

/// Between two looks at the outbox.
const ROUND: Duration = Duration::from_secs(2);
/// Between two looks at wishes whose answer got lost.
const SETTLE: Duration = Duration::from_secs(10);
/// Between two looks for who is not heard from.
const SWEEP: Duration = Duration::from_secs(2);
/// How often contact centres are looked at; each conversation has its own pace.
const CARRY: Duration = Duration::from_secs(1);
/// Between two looks for what is to be forgotten.
const TIDY: Duration = Duration::from_secs(600);
/// Between two looks at the booking files.
const LOOK: Duration = Duration::from_secs(2);
/// Requests may take this long to end after the server was told to.
const GRACE: Duration = Duration::from_secs(20);

/// Opens what the settings name.
///
/// # Errors
/// In words for the operator: every mistake of the settings, or what the database says.
pub async fn desk(config: &Config, clock: Clock) -> Result<Desk, String> {
    let env = |name: &str| std::env::var(name).ok();
    let sites = config.sites().map_err(|wrong| wrong.join("\n"))?;
    let key = config.key(env)?;
    let adapters = Adapters::new(&sites, env).map_err(|wrong| wrong.join("\n"))?;
    let fallback = Fallback::new(config, env).map_err(|wrong| wrong.join("\n"))?;
    let erasures = Erasures::open(&config.erasures)
        .map_err(|e| format!("{}: {e}", config.erasures.display()))?;
    let store = Store::open(&config.database)
        .await
        .map_err(|e| e.to_string())?;
    Ok(Desk::new(store, Arc::new(sites), clock, erasures, &key)
        .with_adapters(adapters)
        .with_fallback(fallback))
}

/// Serves until the process is told to end (SIGTERM, Ctrl-C). `other` answers what is not the API's; `ready` is called with the
/// address once requests are taken.
///
/// # Errors
/// In words for the operator.
pub async fn run(
    config: &Config,
    clock: Clock,
    other: Option<Router>,
    ready: impl FnOnce(SocketAddr),
) -> Result<(), String> {
    let lock = config.sqlite_file().map(backup::lock).transpose()?;
    let desk = desk(config, clock).await?;
    let again = desk.erase_again().await.map_err(|e| e.to_string())?;
    if again > 0 {
        tracing::warn!(
            count = again,
            "bookings that a backup had brought back were erased again"
        );
    }
    settle(&desk).await;
    let metrics = Arc::new(Metrics::new());
    metrics.add(desk.adapters.calls());
    metrics.add(desk.fallback.answers());
    let app = App {
        desk: desk.clone(),
        auth: Auth::new(&desk),
        limits: Arc::new(
            Limits::new(config.limits.network(), config.limits.holds())
                .conversing(config.limits.conversations()),
        ),
        metrics: Arc::clone(&metrics),
        behind_proxy: config.behind_proxy,
    };
    let mail = config.mail.as_ref().map(Mailer::new).transpose()?;
    let sms = config.sms.as_ref().map(Gateway::new).transpose()?;
    let renewal = Renewal::new(
        config.clone(),
        Arc::clone(&desk.sites),
        Arc::clone(&metrics),
    );
    let courier = Courier::new(desk.clone(), Arc::clone(&metrics), mail, sms);
    let messenger = Messenger::new(desk.clone(), |name| std::env::var(name).ok())
        .map_err(|wrong| wrong.join("\n"))?;
    let (end, ended) = watch::channel(false);
    let mut rest = vec![
        tokio::spawn(send(courier, ended.clone())),
        tokio::spawn(carry(messenger, ended.clone())),
        tokio::spawn(tidy(desk.clone(), app.auth.clone(), ended.clone())),
        tokio::spawn(settle_wishes(desk.clone(), ended.clone())),
        tokio::spawn(renew(renewal, desk.clone(), ended.clone())),
        tokio::spawn(sweep(desk.clone(), metrics, ended.clone())),
    ];
    if desk.store.kind() == Kind::Postgres {
        let wakes = desk.store.wakes().clone();
        rest.push(tokio::spawn(hear_others(
            wakes,
            config.database.clone(),
            ended.clone(),
        )));
    }
    if let Some(address) = config.operations {
        let listener = bind(address).await?;
        let router = http::operations(app.clone());
        let ended = ended.clone();
        rest.push(tokio::spawn(async move {
            let served = axum::serve(listener, router)
                .with_graceful_shutdown(told(ended))
                .await;
            if let Err(e) = served {
                tracing::error!(error = %e, "the operations port failed");
            }
        }));
    }
    let mut router = http::router(app);
    if let Some(other) = other {
        router = router.fallback_service(other);
    }
    let listener = bind(config.listen).await?;
    let address = listener.local_addr().map_err(|e| e.to_string())?;
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    let server = axum::serve(listener, service).with_graceful_shutdown(told(ended.clone()));
    let server = tokio::spawn(server.into_future());
    ready(address);
    signal().await;
    tracing::info!("ending");
    end.send_replace(true);
    desk.store.wakes().end();
    let outcome = tokio::time::timeout(GRACE, server).await;
    for task in rest {
        let stopped = tokio::time::timeout(GRACE, task).await;
        drop(stopped);
    }
    desk.store.close().await;
    drop(lock);
    match outcome {
        Ok(Ok(Err(e))) => Err(e.to_string()),
        _ => Ok(()),
    }
}

/// The bookings that the booking files of these settings leave without a counter. Opens the database as it is; without one there
/// are none.
///
/// # Errors
/// In words for the operator: every mistake of the settings, or what the database says.
pub async fn misfits(config: &Config, clock: &Clock) -> Result<Vec<Misfit>, String> {
    let sites = config.sites().map_err(|wrong| wrong.join("\n"))?;
    let look = Store::look(&config.database).await;
    let Some(store) = look.map_err(|e| e.to_string())? else {
        return Ok(Vec::new());
    };
    let mut all = Vec::new();
    for site in sites.all() {
        let found = desk::misfits(&store, &site, clock.now_ms()).await;
        all.extend(found.map_err(|e| e.to_string())?);
    }
    store.close().await;
    all.sort_by(|a, b| (&a.kommune, &a.start).cmp(&(&b.kommune, &b.start)));
    Ok(all)
}

/// Says which bookings today's files leave without a counter. The server goes on: staff need it to move them.
async fn settle(desk: &Desk) {
    for site in desk.sites.all() {
        settle_site(desk, &site).await;
    }
}

async fn settle_site(desk: &Desk, site: &Site) {
    match desk.settle(site).await {
        Ok(misfits) => {
            for misfit in misfits {
                tracing::error!(kommune = site.tenant.slug(), "{misfit}");
            }
        }
        Err(e) => {
            tracing::error!(error = %e, kommune = site.tenant.slug(), "the bookings could not be compared with the booking file");
        }
    }
}

async fn bind(address: SocketAddr) -> Result<TcpListener, String> {
    TcpListener::bind(address)
        .await
        .map_err(|e| format!("cannot listen on {address}: {e}"))
}

async fn told(mut ended: watch::Receiver<bool>) {
    // An error means that the sender is gone: ended as well.
    let told = ended.wait_for(|ended| *ended).await.is_ok();
    tracing::debug!(told, "ending");
}

async fn send(courier: Courier, ended: watch::Receiver<bool>) {
    loop {
        tokio::select! {
            () = told(ended.clone()) => return,
            () = tokio::time::sleep(ROUND) => {}
        }
        courier.round().await;
    }
}

async fn carry(messenger: Messenger, ended: watch::Receiver<bool>) {
    loop {
        tokio::select! {
            () = told(ended.clone()) => return,
            () = tokio::time::sleep(CARRY) => {}
        }
        messenger.round().await;
    }
}

async fn renew(mut renewal: Renewal, desk: Desk, ended: watch::Receiver<bool>) {
    loop {
        tokio::select! {
            () = told(ended.clone()) => return,
            () = tokio::time::sleep(LOOK) => {}
        }
        for slug in renewal.look() {
            let site = desk.sites.all().find(|site| site.tenant.slug() == slug);
            if let Some(site) = site {
                settle_site(&desk, &site).await;
            }
        }
    }
}

async fn sweep(desk: Desk, metrics: Arc<Metrics>, ended: watch::Receiver<bool>) {
    let mut sweeper = Sweeper::default();
    loop {
        tokio::select! {
            () = told(ended.clone()) => return,
            () = tokio::time::sleep(SWEEP) => {}
        }
        let requeued = sweeper.round(&desk).await;
        metrics.requeued.inc_by(requeued as u64);
    }
}

/// On PostgreSQL other nodes write too.
async fn hear_others(wakes: Wakes, address: String, ended: watch::Receiver<bool>) {
    tokio::select! {
        () = told(ended) => {}
        () = wakes.hear_others(address) => {}
    }
}

async fn settle_wishes(desk: Desk, ended: watch::Receiver<bool>) {
    loop {
        tokio::select! {
            () = told(ended.clone()) => return,
            () = tokio::time::sleep(SETTLE) => {}
        }
        desk.settle_wishes().await;
    }
}

async fn tidy(desk: Desk, auth: Auth, ended: watch::Receiver<bool>) {
    loop {
        if let Err(e) = auth.tidy().await {
            tracing::error!(error = %e, "tidying of sessions failed");
        }
        for site in desk.sites.all() {
            if let Err(e) = desk.tidy(&site).await {
                tracing::error!(error = %e, kommune = site.tenant.slug(), "tidying failed");
            }
            if let Err(e) = desk.fallback.tidy(&desk, &site).await {
                tracing::error!(error = %e, kommune = site.tenant.slug(), "tidying of AI help failed");
            }
        }
        tokio::select! {
            () = told(ended.clone()) => return,
            () = tokio::time::sleep(TIDY) => {}
        }
    }
}

async fn signal() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut term) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = term.recv() => {}
                _ = tokio::signal::ctrl_c() => {}
            }
            return;
        }
    }
    let told = tokio::signal::ctrl_c().await;
    drop(told);
}

/// Logs as lines of JSON on standard error, for the level in `RUST_LOG` (`info` when absent). Nothing that a citizen sent is
/// in them.
pub fn log() {
    let filter = tracing_subscriber::EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info,sqlx=warn"));
    let started = tracing_subscriber::fmt()
        .json()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .try_init();
    drop(started);
}
