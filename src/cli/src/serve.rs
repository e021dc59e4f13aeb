//! `serve`: the demo pages and the built files on this machine, with the headers a kommune's server should send, so
//! that a mistake under the strict policy shows here first. Tells nobody who asked for what. With `--config` it is the server of
//! the API as well (crate `api`); without, the demo kommuner can be booked at too, in a database of its own.

use crate::konsol;
use crate::live::Live;
use crate::say::say;
use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{self, HeaderName, HeaderValue};
use axum::http::{Method, StatusCode};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse as _, Response};
use clap::Args;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tower_http::services::ServeDir;

/// The policy of every page: the one line that docs tell a kommune to use, without its own additions.
pub(crate) const CSP: &str = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; connect-src 'self'; \
    img-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'";

/// Pages of www/demo/eksempler that show another policy than the demo's, by the end of their path.
const OTHER_POLICIES: [(&str, &str); 2] = [
    (
        "/eksempler/streng-csp.html",
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'none'; connect-src 'self'; \
         base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; \
         trusted-types lokalsvar",
    ),
    (
        "/eksempler/uden-wasm.html",
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; \
         base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    ),
];

/// The policy of a page.
fn policy(path: &str) -> &'static str {
    if konsol::page(path).is_some() {
        return konsol::CSP;
    }
    let other = OTHER_POLICIES.iter().find(|(page, _)| *page == path);
    other.map_or(CSP, |(_, policy)| policy)
}

/// A page among the built files: unlike scripts and bundles it is looked at by itself.
fn is_page(path: &str) -> bool {
    Path::new(path).extension().is_some_and(|end| end == "html")
}

/// Headers of every response.
const ALWAYS: [(&str, &str); 5] = [
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "strict-origin-when-cross-origin"),
    (
        "permissions-policy",
        "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    ),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-embedder-policy", "require-corp"),
];

/// Page shown at `/`.
const FRONT: &str = "/eksempelby/index.html";

/// Arguments of `serve`.
#[derive(Args)]
pub(crate) struct ServeArgs {
    #[command(flatten)]
    pub(crate) place: PlaceArgs,
    /// Folder of the knowledge, for --live
    #[arg(long, default_value = "kb-bundle")]
    kb: PathBuf,
    /// Also rebuild the knowledge whenever a file of it changes, as `lokalsvar watch` does
    #[arg(long)]
    live: bool,
    /// Settings of the API; without them the demo kommuner can be booked at
    #[arg(long)]
    config: Option<PathBuf>,
    /// Folder of the demo's bookings; beside --dist when absent
    #[arg(long)]
    data: Option<PathBuf>,
}

/// What is served where.
#[derive(Args, Clone)]
pub(crate) struct PlaceArgs {
    /// Built files, from `cargo xtask dist`
    #[arg(long, default_value = "dist")]
    pub(crate) dist: PathBuf,
    /// Pages of the demo kommuner
    #[arg(long, default_value = "www/demo")]
    pub(crate) site: PathBuf,
    /// Port on 127.0.0.1; 0 takes any free one
    #[arg(long, env = "PORT", default_value_t = 8080)]
    pub(crate) port: u16,
    /// A further folder, served at /NAME/; may be repeated
    #[arg(long, value_name = "NAME=DIR")]
    pub(crate) extra: Vec<String>,
    /// Prints method, path and status of every request; never addresses or query strings
    #[arg(long)]
    pub(crate) log: bool,
}

/// Serves until ended.
pub(crate) fn run(args: &ServeArgs) -> Result<(), String> {
    need_folder(&args.place.site, "--site")?;
    if args.live {
        return crate::watch::serve_and_watch(&args.place, &args.kb, None, None);
    }
    if let Some(config) =
        crate::operate::settings(args.config.as_deref(), &args.place, args.data.as_deref())?
    {
        api::serve::log();
        return with_api(&args.place, &config, None, "/");
    }
    serve(&args.place, None, "/")
}

/// Serves the API and the files until ended; `first` is the page whose address is printed.
pub(crate) fn with_api(
    place: &PlaceArgs,
    config: &api::config::Config,
    live: Option<Live>,
    first: &str,
) -> Result<(), String> {
    let watched = live.is_some();
    let files = app(place, live)?;
    runtime()?.block_on(async {
        let clock = api::clock::Clock::system();
        let run = api::serve::run(config, clock, Some(files), |address| {
            say!("http://{address}{first}");
        });
        if !watched {
            return run.await;
        }
        // An open preview page never ends by itself: whoever presses Ctrl-C need not wait for it.
        tokio::select! {
            done = run => done,
            _ = tokio::signal::ctrl_c() => Ok(()),
        }
    })
}

/// Threads that serve.
pub(crate) fn runtime() -> Result<tokio::runtime::Runtime, String> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(|e| e.to_string())
}

/// Binds the port and serves until ended; `first` is the page whose address is printed.
pub(crate) fn serve(place: &PlaceArgs, live: Option<Live>, first: &str) -> Result<(), String> {
    let app = app(place, live)?;
    let listener = listen(place.port)?;
    let address = listener.local_addr().map_err(|e| e.to_string())?;
    say!("http://{address}{first}");
    runtime()?.block_on(async {
        let listener = tokio::net::TcpListener::from_std(listener).map_err(|e| e.to_string())?;
        axum::serve(listener, app).await.map_err(|e| e.to_string())
    })
}

/// The port on this machine only.
pub(crate) fn listen(port: u16) -> Result<TcpListener, String> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let listener = TcpListener::bind(address).map_err(|e| match e.kind() {
        std::io::ErrorKind::AddrInUse => format!(
            "port {port} is taken; end the other program, or choose another with --port {}",
            port.wrapping_add(1).max(1024)
        ),
        std::io::ErrorKind::PermissionDenied => {
            format!("port {port} is not allowed; choose one above 1023 with --port")
        }
        _ => format!("cannot listen on {address}: {e}; choose another with --port"),
    })?;
    listener.set_nonblocking(true).map_err(|e| e.to_string())?;
    Ok(listener)
}

/// A folder that must be there.
fn need_folder(path: &Path, option: &str) -> Result<(), String> {
    if path.is_dir() {
        return Ok(());
    }
    let way = if option == "--dist" {
        "make it with `cargo xtask dist --out DIR`, or name another"
    } else {
        "name another"
    };
    Err(format!(
        "there is no folder `{}`; {way} with {option}",
        path.display()
    ))
}

/// Where files come from.
struct Files {
    dist: PathBuf,
    from_dist: ServeDir,
    from_site: ServeDir,
    extra: Vec<(String, ServeDir)>,
    log: bool,
    /// `watch` answers the questions of its preview page.
    live: bool,
}

/// Marks a response that other sites may embed.
#[derive(Clone)]
struct FromDist;

/// The whole server, without a port.
pub(crate) fn app(place: &PlaceArgs, live: Option<Live>) -> Result<Router, String> {
    need_folder(&place.dist, "--dist")?;
    let mut extra = Vec::new();
    for pair in &place.extra {
        let (name, folder) = pair.split_once('=').ok_or_else(|| {
            format!("`--extra {pair}` is not NAME=DIR; write it as bench=tests/bench")
        })?;
        if name.is_empty()
            || !name
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
        {
            return Err(format!(
                "`{name}` is no name for --extra; use letters, digits, `-` and `_`"
            ));
        }
        need_folder(Path::new(folder), "--extra NAME=DIR")?;
        extra.push((name.to_owned(), ServeDir::new(folder)));
    }
    let files = Arc::new(Files {
        dist: place.dist.clone(),
        from_dist: ServeDir::new(&place.dist)
            .precompressed_br()
            .precompressed_gzip(),
        from_site: ServeDir::new(&place.site),
        extra,
        log: place.log,
        live: live.is_some(),
    });
    let router = Router::new().fallback(file).with_state(Arc::clone(&files));
    let router = match live {
        Some(live) => router.merge(live.routes()),
        None => router,
    };
    Ok(router.layer(middleware::from_fn_with_state(files, guard)))
}

/// Lets only reading through, and the questions of the preview page, and adds the headers.
async fn guard(State(files): State<Arc<Files>>, request: Request, next: Next) -> Response {
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let asks = files.live && method == Method::POST && path.starts_with("/_explain/");
    let mut response = if method == Method::GET || method == Method::HEAD || asks {
        next.run(request).await
    } else {
        (
            StatusCode::METHOD_NOT_ALLOWED,
            [(header::ALLOW, "GET, HEAD")],
        )
            .into_response()
    };
    let from_dist = response.extensions().get::<FromDist>().is_some();
    let status = response.status();
    let headers = response.headers_mut();
    let mut set = |name: &'static str, value: &'static str| {
        headers.insert(
            HeaderName::from_static(name),
            HeaderValue::from_static(value),
        )
    };
    for (name, value) in ALWAYS {
        set(name, value);
    }
    if from_dist {
        set("cross-origin-resource-policy", "cross-origin");
        set("access-control-allow-origin", "*");
        set("timing-allow-origin", "*");
    } else {
        set("cross-origin-resource-policy", "same-origin");
    }
    if !from_dist || is_page(&path) {
        set("content-security-policy", policy(&path));
    }
    let fine = status.is_success() || status == StatusCode::NOT_MODIFIED;
    let lasting = fine && from_dist && is_hashed(path.rsplit('/').next().unwrap_or_default());
    set(
        "cache-control",
        if lasting {
            "public, max-age=31536000, immutable"
        } else {
            "no-cache"
        },
    );
    if files.log {
        say!("{method} {path} {}", status.as_u16());
    }
    response
}

/// `eksempelby-0123456789abcdef.kb`: a dash and at least eight hex digits before the ending.
fn is_hashed(name: &str) -> bool {
    let Some((stem, _)) = name.rsplit_once('.') else {
        return false;
    };
    let hash = stem.rsplit('-').next().unwrap_or_default();
    hash.len() >= 8
        && hash.len() < stem.len()
        && hash
            .bytes()
            .all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}

/// A file of an extra folder, of the built files, or of the site, in this order.
async fn file(State(files): State<Arc<Files>>, request: Request) -> Response {
    let path = request.uri().path();
    if path == konsol::FOLDER {
        let to = format!("{path}/");
        return (StatusCode::PERMANENT_REDIRECT, [(header::LOCATION, to)]).into_response();
    }
    let first = path
        .trim_start_matches('/')
        .split('/')
        .next()
        .unwrap_or_default();
    let (folder, path, from_dist) =
        if let Some((name, folder)) = files.extra.iter().find(|(name, _)| name == first) {
            let rest = &path[1 + name.len()..];
            if rest.is_empty() {
                return (
                    StatusCode::PERMANENT_REDIRECT,
                    [(header::LOCATION, format!("/{name}/"))],
                )
                    .into_response();
            }
            (folder, rest, false)
        } else if let Some(page) = konsol::page(path) {
            // Not for other sites, whatever else of the folder is.
            (&files.from_dist, page, false)
        } else if in_dist(&files.dist, path) {
            (&files.from_dist, path, true)
        } else {
            (
                &files.from_site,
                if path == "/" { FRONT } else { path },
                false,
            )
        };
    let Ok(uri) = path.parse::<axum::http::Uri>() else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    let (mut parts, _) = request.into_parts();
    parts.uri = uri;
    let path = parts.uri.path().to_owned();
    let response = folder
        .clone()
        .try_call(Request::from_parts(parts, Body::empty()))
        .await;
    let mut response = match response {
        Ok(response) if response.status() != StatusCode::NOT_FOUND => response.map(Body::new),
        // Browsers ask for it unasked; a 404 would stand in the console of every page without an icon.
        _ if path == "/favicon.ico" => return StatusCode::NO_CONTENT.into_response(),
        _ => return (StatusCode::NOT_FOUND, "Siden findes ikke.\n").into_response(),
    };
    with_charset(&mut response);
    if from_dist {
        response.extensions_mut().insert(FromDist);
    }
    response
}

/// True for a file of the folder of built files; former releases and other hidden things are none.
fn in_dist(dist: &Path, path: &str) -> bool {
    let name = path.trim_start_matches('/');
    let plain = name.split('/').all(|part| {
        !part.is_empty()
            && !part.starts_with('.')
            && part
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_'))
    });
    plain && !name.starts_with("releases/") && dist.join(name).is_file()
}

/// Text without a charset would be read as the embedding page's.
fn with_charset(response: &mut Response) {
    let utf8 = match response
        .headers()
        .get(header::CONTENT_TYPE)
        .map(HeaderValue::as_bytes)
    {
        Some(b"text/html") => "text/html; charset=utf-8",
        Some(b"text/javascript") => "text/javascript; charset=utf-8",
        Some(b"text/css") => "text/css; charset=utf-8",
        Some(b"text/plain") => "text/plain; charset=utf-8",
        _ => return,
    };
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static(utf8));
}

#[cfg(test)]
#[path = "serve_tests.rs"]
mod tests;
