//! The built folder served while tests and the bench run.

use crate::dist;
use crate::paths::Paths;
use anyhow::{Context, Result, bail};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command};
use std::thread::sleep;
use std::time::Duration;

/// `lokalsvar serve` on a free port, ended with us.
pub(crate) struct Server {
    child: Child,
    port: u16,
}

impl Server {
    pub(crate) fn start(paths: &Paths, out: &Path) -> Result<Self> {
        let port = TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port();
        let child = dist::serve(paths, out, port)
            .spawn()
            .context("cannot start `lokalsvar serve`")?;
        let mut server = Self { child, port };
        for _ in 0..100 {
            if TcpStream::connect(("127.0.0.1", port)).is_ok() {
                return Ok(server);
            }
            if let Some(status) = server.child.try_wait()? {
                bail!("`lokalsvar serve` ended with {status}");
            }
            sleep(Duration::from_millis(100));
        }
        bail!("`lokalsvar serve` did not answer within 10 s")
    }

    /// Tells a program of tests/browser the browser, the terminal program, the built folder and the address.
    pub(crate) fn tell(&self, node: &mut Command, paths: &Paths, out: &Path, browser: &Path) {
        node.current_dir(&paths.root)
            .env("CHROMIUM", browser)
            .env("LOKALSVAR", paths.lokalsvar())
            .env("LOKALSVAR_DIST", out)
            .env("LOKALSVAR_URL", format!("http://127.0.0.1:{}/", self.port));
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
