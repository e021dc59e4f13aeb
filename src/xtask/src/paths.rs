//! Where things lie. One place, so that a moved folder is one change.

use anyhow::{Context, Result};
use std::env;
use std::path::{Path, PathBuf};

/// Folders of this clone.
pub(crate) struct Paths {
    /// The root of the repository.
    pub root: PathBuf,
    /// Cargo's target folder.
    pub target: PathBuf,
}

impl Paths {
    pub(crate) fn find() -> Result<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let root = root.canonicalize().context("the repository is gone")?;
        let target = env::var_os("CARGO_TARGET_DIR")
            .map_or_else(|| root.join("target"), |dir| root.join(dir));
        Ok(Self { root, target })
    }

    /// What xtask keeps between two runs.
    pub(crate) fn kept(&self, name: &str) -> PathBuf {
        self.target.join("xtask").join(name)
    }

    /// The terminal program, built for release.
    pub(crate) fn lokalsvar(&self) -> PathBuf {
        self.target
            .join("release/lokalsvar")
            .with_extension(env::consts::EXE_EXTENSION)
    }

    /// Kommuner that have begun to fill in their own data, in order of their slugs. All others can be built with
    /// `lokalsvar build`, from fallbacks alone, but nothing is published in their name.
    pub(crate) fn kommuner(&self) -> Result<Vec<String>> {
        let folder = self.root.join("kb-bundle/kommuner");
        let mut slugs = Vec::new();
        for entry in folder
            .read_dir()
            .with_context(|| format!("cannot read {}", folder.display()))?
        {
            let entry = entry?;
            if entry.path().join("variabler.toml").exists() {
                slugs.push(entry.file_name().to_string_lossy().into_owned());
            }
        }
        slugs.sort();
        Ok(slugs)
    }
}
