//! The demo kommune, served from this machine until ended.

use crate::dist;
use crate::paths::Paths;
use crate::shell::run as call;
use anyhow::{Context, Result};
use std::env;
use std::time::Instant;

/// Builds what changed, prints the address, serves in the foreground.
pub(crate) fn run(paths: &Paths) -> Result<()> {
    let begun = Instant::now();
    let port = match env::var("PORT") {
        Ok(text) => text
            .parse()
            .with_context(|| format!("PORT={text} is no port"))?,
        Err(_) => 8080,
    };
    let out = paths.kept("dist");
    dist::build(paths, &out)?;
    println!(
        "http://127.0.0.1:{port}/ (ready after {:.1} s, end with Ctrl-C)",
        begun.elapsed().as_secs_f32()
    );
    call(&mut dist::serve(paths, &out, port))
}
