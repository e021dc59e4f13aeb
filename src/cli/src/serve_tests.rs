//! The server over a real port, since headers are what counts; files lie in a temporary folder.

use super::*;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;

/// Serves a small folder on a free port and answers `request`'s head and body as text.
struct Server {
    address: SocketAddr,
    folder: PathBuf,
}

impl Server {
    fn start(name: &str) -> Server {
        let folder =
            std::env::temp_dir().join(format!("lokalsvar-serve-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        for (file, text) in [
            ("dist/lokalsvar.js", "loader"),
            ("dist/eksempelby.json", "{}"),
            ("dist/engine-0123456789abcdef.wasm", "plain"),
            ("dist/engine-0123456789abcdef.wasm.br", "packed"),
            ("dist/eksempelby-0123456789abcdef.kb", "kb"),
            ("dist/konsol/index.html", "<p>konsol"),
            ("site/eksempelby/index.html", "<p>forside"),
            ("site/demo.css", "p{}"),
            ("more/page.html", "<p>ekstra"),
            ("secret.txt", "hemmelig"),
        ] {
            crate::knowledge::write(&folder.join(file), text.as_bytes()).expect("temp folder");
        }
        let extra = vec![format!("bench={}", folder.join("more").display())];
        let place = PlaceArgs {
            dist: folder.join("dist"),
            site: folder.join("site"),
            port: 0,
            extra,
            log: false,
        };
        let app = app(&place, None).expect("folders are there");
        let listener = listen(0).expect("a free port");
        let address = listener.local_addr().expect("bound");
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .expect("a runtime");
            runtime.block_on(async {
                axum::serve(
                    tokio::net::TcpListener::from_std(listener).expect("a port"),
                    app,
                )
                .await
            })
        });
        Server { address, folder }
    }

    fn ask(&self, line: &str, more: &str) -> String {
        let mut stream = TcpStream::connect(self.address).expect("listens");
        write!(
            stream,
            "{line} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n{more}\r\n"
        )
        .expect("sent");
        let mut text = String::new();
        stream.read_to_string(&mut text).expect("answered");
        text.to_lowercase()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

#[test]
fn pages_come_with_the_strict_policy() {
    let server = Server::start("pages");
    let page = server.ask("GET /?q=hemmeligt", "");
    assert!(
        page.starts_with("http/1.1 200") && page.ends_with("<p>forside"),
        "{page}"
    );
    for header in [
        "content-type: text/html; charset=utf-8",
        "require-trusted-types-for 'script'",
        "x-content-type-options: nosniff",
        "cross-origin-embedder-policy: require-corp",
        "permissions-policy: camera=()",
    ] {
        assert!(page.contains(header), "{header} in {page}");
    }
    assert!(server.ask("GET /eksempelby/", "").ends_with("<p>forside"));
    assert!(
        server
            .ask("GET /demo.css", "")
            .contains("text/css; charset=utf-8")
    );
    assert!(
        server
            .ask("GET /bench/page.html", "")
            .ends_with("<p>ekstra")
    );
}

#[test]
fn a_page_without_an_icon_leaves_the_console_empty() {
    let server = Server::start("icon");
    assert!(
        server
            .ask("GET /favicon.ico", "")
            .starts_with("http/1.1 204")
    );
}

#[test]
fn built_files_come_packed_cached_and_open_to_other_sites() {
    let server = Server::start("dist");
    let wasm = server.ask(
        "GET /engine-0123456789abcdef.wasm",
        "accept-encoding: br\r\n",
    );
    for part in [
        "application/wasm",
        "content-encoding: br",
        "immutable",
        "access-control-allow-origin: *",
        "cross-origin-resource-policy: cross-origin",
        "packed",
    ] {
        assert!(wasm.contains(part), "{part} in {wasm}");
    }
    assert!(
        server
            .ask("GET /engine-0123456789abcdef.wasm", "")
            .ends_with("plain")
    );
    let bundle = server.ask("GET /eksempelby-0123456789abcdef.kb", "");
    assert!(
        bundle.contains("application/octet-stream") && bundle.contains("immutable"),
        "{bundle}"
    );
    for name in ["lokalsvar.js", "eksempelby.json"] {
        let text = server.ask(&format!("GET /{name}"), "");
        assert!(
            text.starts_with("http/1.1 200") && text.contains("cache-control: no-cache"),
            "{text}"
        );
    }
    let head = server.ask("HEAD /lokalsvar.js", "");
    assert!(
        head.contains("text/javascript; charset=utf-8") && head.ends_with("\r\n\r\n"),
        "{head}"
    );
}

#[test]
fn nothing_else_is_given_out() {
    let server = Server::start("else");
    for path in [
        "/../secret.txt",
        "/%2e%2e/secret.txt",
        "/bench/../../secret.txt",
        "/bench/%2e%2e/secret.txt",
        "/.hidden",
        "/missing-0123456789abcdef.kb",
        "//secret.txt",
    ] {
        let text = server.ask(&format!("GET {path}"), "");
        assert!(
            text.starts_with("http/1.1 4")
                && !text.contains("hemmelig")
                && !text.contains("immutable"),
            "{path}: {text}"
        );
    }
    for method in ["POST", "PUT", "DELETE", "OPTIONS"] {
        assert!(
            server
                .ask(&format!("{method} /"), "")
                .starts_with("http/1.1 405"),
            "{method}"
        );
    }
}

#[test]
fn a_taken_port_and_a_missing_folder_say_what_to_do() {
    let server = Server::start("taken");
    let taken = listen(server.address.port()).expect_err("taken");
    assert!(
        taken.contains("is taken") && taken.contains("--port"),
        "{taken}"
    );
    let place = PlaceArgs {
        dist: server.folder.join("nope"),
        site: server.folder.clone(),
        port: 0,
        extra: Vec::new(),
        log: false,
    };
    let missing = app(&place, None).map(|_| ()).expect_err("missing");
    assert!(
        missing.contains("cargo xtask dist") && missing.contains("--dist"),
        "{missing}"
    );
}

#[test]
fn only_names_with_a_hash_last_for_ever() {
    for name in [
        "engine-0123456789abcdef.js",
        "eksempelby.en-00112233445566aa.kb",
        "a-01234567.css",
    ] {
        assert!(is_hashed(name), "{name}");
    }
    for name in [
        "lokalsvar.js",
        "eksempelby.json",
        "ny-facade.js",
        "0123456789abcdef.js",
        "engine-0123456.js",
        "engine-0123456789ABCDEF.js",
    ] {
        assert!(!is_hashed(name), "{name}");
    }
}

#[test]
fn the_console_has_one_page_and_its_own_policy() {
    let server = Server::start("konsol");
    for path in ["/konsol/", "/konsol/booking", "/konsol/samtaler"] {
        let answer = server.ask(&format!("GET {path}"), "");
        assert!(answer.starts_with("http/1.1 200"), "{path}: {answer}");
        assert!(answer.contains("<p>konsol"), "{answer}");
        assert!(answer.contains("frame-ancestors 'none'"), "{answer}");
        assert!(answer.contains("trusted-types 'none'"), "{answer}");
        assert!(!answer.contains("access-control-allow-origin"), "{answer}");
        assert!(
            answer.contains("cross-origin-resource-policy: same-origin"),
            "{answer}"
        );
        assert!(answer.contains("cache-control: no-cache"), "{answer}");
    }
    let answer = server.ask("GET /konsol", "");
    assert!(answer.contains("location: /konsol/"), "{answer}");
    assert!(
        server
            .ask("GET /konsol/andet", "")
            .starts_with("http/1.1 404")
    );
}
