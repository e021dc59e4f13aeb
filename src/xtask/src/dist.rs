//! One folder that any static web server can serve: engine files and bundles under the hash of their bytes,
//! compressed neighbours, the loader, one signed release per kommune, and a manifest with SRI hashes.
//! The same commit gives the same bytes: the time of a release is that of the commit.

use crate::engine::Engine;
use crate::knowledge::Bundles;
use crate::paths::Paths;
use crate::shell::{hex, quiet, step};
use crate::{compress, engine, knowledge};
use anyhow::{Context, Result, ensure};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};
use sha2::{Digest, Sha256, Sha384};
use std::fs;
use std::path::Path;
use std::process::Command;

/// A file of the folder, as the manifest tells it.
pub(crate) struct File {
    /// Name in the folder.
    pub name: String,
    /// `widget`, or `engine` for the engine alone.
    pub app: &'static str,
    /// What it is for.
    pub role: &'static str,
}

/// Who signs the releases.
#[derive(Clone, Copy)]
enum Signer<'k> {
    /// The key in the repository: everybody has it, so for invented kommuner only. Every build is a beginning.
    Demo(&'k Path),
    /// A kommune's own: the folder may be in use, so serials grow, and notice and former releases stay.
    Own(&'k Path),
}

impl<'k> Signer<'k> {
    fn key(self) -> &'k Path {
        match self {
            Self::Demo(key) | Self::Own(key) => key,
        }
    }
}

/// What `cargo xtask dist` makes: signed with `key`, or with the demo key, which it says.
pub(crate) fn release(paths: &Paths, out: &Path, key: Option<&Path>) -> Result<()> {
    let Some(key) = key else {
        build(paths, out)?;
        println!(
            "signed with the demo key, which everybody has: for invented kommuner only; \
             for a real one make a key with `lokalsvar keygen --out FILE` and add --key FILE"
        );
        return Ok(());
    };
    public_key(key)?; // before minutes of building
    let key = key.canonicalize()?;
    build_signed(paths, out, Signer::Own(&key))?;
    println!("signed with {}", key.display());
    Ok(())
}

/// Builds everything into `out`, signed with the demo key.
pub(crate) fn build(paths: &Paths, out: &Path) -> Result<Vec<File>> {
    let key = paths.root.join("kb-bundle/demo-noegle.txt");
    build_signed(paths, out, Signer::Demo(&key))
}

/// An existing folder is only written to when it is one of ours.
fn build_signed(paths: &Paths, out: &Path, signer: Signer) -> Result<Vec<File>> {
    let widget = engine::build(paths)?;
    let library = engine::library(paths)?;
    let bundles = knowledge::build(paths)?;
    let out = paths.root.join(out);
    fs::create_dir_all(&out).with_context(|| format!("cannot make {}", out.display()))?;
    let manifest = out.join("manifest.json");
    let empty = out.read_dir()?.next().is_none();
    ensure!(
        empty || manifest.exists(),
        "{} holds something else: choose another folder",
        out.display()
    );
    let former = manifest_names(&out);
    step(&format!("writing {}", out.display()), || {
        let files = write(paths, &out, &widget, &library, &bundles, signer)?;
        let rows = files.iter().map(|file| {
            let sha384 = integrity(&fs::read(out.join(&file.name))?);
            Ok(json!({ "file": file.name, "app": file.app, "role": file.role, "sha384": sha384 }))
        });
        let rows = rows.collect::<Result<Vec<Value>>>()?;
        fs::write(
            &manifest,
            serde_json::to_string_pretty(&json!({ "files": rows }))? + "\n",
        )?;
        let kept = matches!(signer, Signer::Own(_));
        remove_former(&out, &former, &files, kept);
        Ok(files)
    })
}

fn write(
    paths: &Paths,
    out: &Path,
    widget: &Engine,
    library: &Engine,
    bundles: &[Bundles],
    signer: Signer,
) -> Result<Vec<File>> {
    let mut files = Vec::new();
    let mut pinned = Vec::new();
    for (app, engine) in [("widget", widget), ("engine", library)] {
        for (from, role) in [(&engine.glue, "glue"), (&engine.wasm, "wasm")] {
            let bytes = fs::read(from)?;
            let start = if app == "widget" { "engine" } else { "library" };
            let extension = from.extension().unwrap_or_default().display();
            let name = format!(
                "{start}-{}.{extension}",
                &hex(&Sha256::digest(&bytes))[..16]
            );
            write_new(&out.join(&name), &bytes)?;
            if app == "widget" {
                let upper = role.to_uppercase();
                pinned.push((format!("{upper}_HASH"), json!(integrity(&bytes))));
                pinned.push((upper, json!(name)));
            }
            files.push(File { name, app, role });
        }
    }

    let (key_id, public) = public_key(signer.key())?;
    let time = commit_time(paths);
    for bundles in bundles {
        let name = format!("{}.json", bundles.slug);
        if let Signer::Demo(_) = signer {
            let _ = fs::remove_file(out.join(&name));
        }
        let first = (!out.join(&name).exists()).then_some(&time);
        publish(paths, out, signer.key(), first, bundles)?;
        verify(paths, &out.join(&name), &public)?;
        let release: Value = serde_json::from_slice(&fs::read(out.join(&name))?)?;
        let payload: Value = serde_json::from_str(
            release["payload"]
                .as_str()
                .context("release without payload")?,
        )?;
        let file = |value: &Value| {
            value["file"]
                .as_str()
                .map(str::to_string)
                .context("release without file")
        };
        files.push(File {
            name: file(&payload["bundle"])?,
            app: "widget",
            role: "bundle",
        });
        files.push(File {
            name: file(&payload["details"])?,
            app: "widget",
            role: "details",
        });
        for language in payload["languages"].as_object().into_iter().flatten() {
            files.push(File {
                name: file(language.1)?,
                app: "widget",
                role: "language",
            });
        }
        files.push(File {
            name,
            app: "widget",
            role: "release",
        });
    }
    // Last: were a release refused, pages would go on with the loader and the key they have.
    pinned.push(("FORMAT".to_string(), json!(format(paths)?)));
    pinned.push(("KEYS".to_string(), json!(format!("{key_id}:{public}"))));
    let loader = loader(paths, &pinned)?;
    write_new(&out.join("lokalsvar.js"), &loader)?;
    files.push(File {
        name: "lokalsvar.js".to_string(),
        app: "widget",
        role: "loader",
    });
    // `lokalsvar publish` compresses what it writes; a release is too small and changes too often.
    let ours = ["loader", "glue", "wasm"];
    for file in files.iter().filter(|file| ours.contains(&file.role)) {
        compress::beside(&out.join(&file.name))?;
    }
    Ok(files)
}

/// The loader with its constants, minified. ASCII only: a page in another encoding must not garble it.
/// All constants are strings or numbers: esbuild writes them in place and makes no global of them.
fn loader(paths: &Paths, constants: &[(String, Value)]) -> Result<Vec<u8>> {
    let www = paths.root.join("www");
    let esbuild = || {
        let mut esbuild = Command::new(paths.npm_bin("esbuild"));
        esbuild.args(["--minify", "--log-level=warning", "--legal-comments=none"]);
        esbuild.current_dir(&paths.root);
        esbuild
    };
    let css = quiet(esbuild().arg(www.join("loader.css")))?;
    let mut script = esbuild();
    script.arg(www.join("loader.js")).arg("--target=es2021");
    script.arg(format!("--define:CSS={}", json!(css.trim())));
    for (name, value) in constants {
        script.arg(format!("--define:{name}={value}"));
    }
    Ok(quiet(&mut script)?.into_bytes())
}

/// Bundle format that this engine reads; a release may ask for a newer one. Read from the source, so that
/// xtask need not be compiled again whenever the bundle crate changes.
fn format(paths: &Paths) -> Result<u16> {
    let layout = fs::read_to_string(paths.root.join("src/bundle/src/layout.rs"))?;
    let line = layout
        .lines()
        .find_map(|line| line.strip_prefix("pub const FORMAT: u16 = "));
    let number = line.and_then(|rest| rest.trim_end_matches(';').parse().ok());
    number.context("src/bundle/src/layout.rs has no line `pub const FORMAT: u16 = N;`")
}

/// `first` is serial and day of a release that has none before it.
fn publish(
    paths: &Paths,
    out: &Path,
    key: &Path,
    first: Option<&(String, String)>,
    bundles: &Bundles,
) -> Result<()> {
    let mut publish = Command::new(paths.lokalsvar());
    publish.args(["publish", "--kommune", &bundles.slug]);
    publish.arg("--bundle").arg(&bundles.core);
    publish.arg("--details").arg(&bundles.details);
    for (code, file) in &bundles.languages {
        let pair = format!("{code}={}", file.display());
        publish.args(["--language", &pair]);
    }
    publish.arg("--dist").arg(out).arg("--key").arg(key);
    if let Some((serial, day)) = first {
        publish.args(["--serial", serial, "--issued", day, "--notice", ""]);
    }
    quiet(publish.current_dir(&paths.root)).map(|_| ())
}

/// The loader has the public key from a comment beside the private one: were it another, every browser would refuse.
fn verify(paths: &Paths, release: &Path, public: &str) -> Result<()> {
    let mut verify = Command::new(paths.lokalsvar());
    verify.arg("verify").arg(release).args(["--public", public]);
    quiet(verify.current_dir(&paths.root)).map(|_| ())
}

/// Id and public half of a key, from the line `lokalsvar keygen` writes: `# Offentlig nøgle: BASE64 (id HEX)`.
fn public_key(key: &Path) -> Result<(String, String)> {
    let text = fs::read_to_string(key).with_context(|| {
        format!(
            "cannot read the key {}; make one with `lokalsvar keygen --out FILE`",
            key.display()
        )
    })?;
    let found = text.lines().find_map(|line| {
        let (public, id) = line.split_once("nøgle: ")?.1.split_once(" (id ")?;
        Some((id.trim_end_matches(')').to_string(), public.to_string()))
    });
    found.with_context(|| {
        format!(
            "{} has no line `# Offentlig nøgle: … (id …)`; use the file as `lokalsvar keygen` wrote it",
            key.display()
        )
    })
}

/// Serial (seconds since 1970) and day of the last commit; a tree without git counts as of 2026-01-01.
fn commit_time(paths: &Paths) -> (String, String) {
    let mut git = Command::new("git");
    git.args(["log", "-1", "--format=%ct %cs"]);
    let text = git.current_dir(&paths.root).output();
    let text = text.ok().filter(|out| out.status.success());
    let text = text.map(|out| String::from_utf8_lossy(&out.stdout).into_owned());
    let (serial, day) = text
        .as_deref()
        .and_then(|text| text.trim().split_once(' '))
        .unwrap_or(("1767225600", "2026-01-01"));
    (serial.to_string(), day.to_string())
}

/// `sha384-…`, as the attribute `integrity` wants it.
fn integrity(bytes: &[u8]) -> String {
    format!("sha384-{}", BASE64_STANDARD.encode(Sha384::digest(bytes)))
}

/// Leaves a file with the same bytes alone, so that its compressed neighbours stay valid.
fn write_new(path: &Path, bytes: &[u8]) -> Result<()> {
    if fs::read(path).is_ok_and(|old| old == bytes) {
        return Ok(());
    }
    fs::write(path, bytes).with_context(|| format!("cannot write {}", path.display()))
}

/// Removes what the manifest of an earlier build names and this one does not. What was published since is
/// left alone, and so are bundles and engines that pages and a rollback still need when `kept`.
fn remove_former(out: &Path, former: &[String], files: &[File], kept: bool) {
    for name in former {
        let plain = Path::new(name).components().count() == 1;
        if plain && !kept && !files.iter().any(|file| &file.name == name) {
            for suffix in ["", ".br", ".gz"] {
                let _ = fs::remove_file(out.join(format!("{name}{suffix}")));
            }
        }
    }
}

/// Names in a manifest; none when there is no manifest.
fn manifest_names(out: &Path) -> Vec<String> {
    let text = fs::read(out.join("manifest.json")).unwrap_or_default();
    let manifest: Value = serde_json::from_slice(&text).unwrap_or_default();
    let rows = manifest["files"].as_array().into_iter().flatten();
    rows.filter_map(|row| row["file"].as_str().map(str::to_string))
        .collect()
}

/// What `cargo xtask demo` and the tests serve.
pub(crate) fn serve(paths: &Paths, out: &Path, port: u16) -> Command {
    let mut serve = Command::new(paths.lokalsvar());
    serve.arg("serve").arg("--dist").arg(out).args([
        "--site",
        "www/demo",
        "--port",
        &port.to_string(),
    ]);
    serve.current_dir(&paths.root);
    serve
}

/// Whether two builds gave the same files with the same bytes.
pub(crate) fn same(one: &Path, other: &Path) -> Result<()> {
    let names = manifest_names(one);
    ensure!(!names.is_empty(), "{} is no build", one.display());
    let mut compared = vec!["manifest.json".to_string()];
    for name in names {
        compared.extend(["", ".br", ".gz"].map(|suffix| format!("{name}{suffix}")));
    }
    for name in compared {
        let read = |folder: &Path| fs::read(folder.join(&name)).ok();
        ensure!(read(one) == read(other), "{name} differs");
    }
    Ok(())
}
