//! The knowledge as bundles: calls `lokalsvar build` for every kommune with a folder, when something changed.

use crate::paths::Paths;
use crate::shell::{hash_of, once, run, step};
use crate::tools::cargo;
use anyhow::Result;
use std::path::PathBuf;
use std::process::Command;

/// Bundles of one kommune.
pub(crate) struct Bundles {
    /// Its slug.
    pub slug: String,
    /// Danish, with the matcher.
    pub core: PathBuf,
    /// Steps and further reading.
    pub details: PathBuf,
    /// Language code and file.
    pub languages: Vec<(String, PathBuf)>,
}

/// Builds the terminal program and with it all bundles, into target/xtask/kb.
pub(crate) fn build(paths: &Paths) -> Result<Vec<Bundles>> {
    tool(paths)?;
    let out = paths.kept("kb");
    let slugs = paths.kommuner()?;
    let cores: Vec<PathBuf> = slugs
        .iter()
        .map(|slug| out.join(slug).with_extension("kb"))
        .collect();
    let inputs = hash_of(&[&paths.root.join("kb-bundle"), &paths.lokalsvar()])?;
    let there: Vec<_> = cores.iter().map(PathBuf::as_path).collect();
    once(&paths.kept("kb.stamp"), &inputs, &there, || {
        if out.exists() {
            std::fs::remove_dir_all(&out)?;
        }
        for slug in &slugs {
            step(&format!("compiling the knowledge of {slug}"), || {
                let mut build = Command::new(paths.lokalsvar());
                build.args(["build", "--kommune", slug, "--out"]).arg(&out);
                run(build.current_dir(&paths.root))
            })?;
        }
        Ok(())
    })?;
    let bundles = slugs.into_iter().zip(cores).map(|(slug, core)| {
        let english = out.join(format!("{slug}.en.kb"));
        let languages = if english.exists() {
            vec![("en".to_string(), english)]
        } else {
            Vec::new()
        };
        let details = out.join(format!("{slug}.details.kb"));
        Bundles {
            slug,
            core,
            details,
            languages,
        }
    });
    Ok(bundles.collect())
}

/// Builds `lokalsvar`.
pub(crate) fn tool(paths: &Paths) -> Result<()> {
    step("building `lokalsvar`", || {
        run(cargo(paths).args(["build", "--quiet", "--release", "-p", "lokalsvar"]))
    })
}
