//! One folder that any static web server can serve: engine files and bundles under the hash of their bytes,
//! compressed neighbours, the loader, one signed release per kommune, and a manifest with SRI hashes.
//! The same commit gives the same bytes: the time of a release is that of the commit.

use crate::engine::{Engine, FLOOR, Pinned};
use crate::knowledge::Bundles;
use crate::paths::Paths;
use crate::shell::{hex, quiet, step};
use crate::tools::npm_program;
use crate::{compress, console, engine, knowledge};
use anyhow::{Context, Result, ensure};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};
use sha2::{Digest, Sha256, Sha384};
use std::fs;
use std::path::{Component, Path};
use std::process::Command;

/// A file of the folder, as the manifest tells it.
pub(crate) struct File {
    /// Name in the folder.
    pub name: String,
    /// `widget`, `errand` for the booking, `relay` for talking with a person and AI help, `engine` for the engine alone, or `console` for the pages of the staff.
    pub app: &'static str,
    /// What it is for.
    pub role: &'static str,
}

/// A module that the chat fetches when it is asked for: WASM, and the glue in which it is pinned.
struct Later {
    app: &'static str,
    wasm_name: String,
    wasm: Vec<u8>,
    glue_name: String,
    glue: Vec<u8>,
}

impl Later {
    fn build(paths: &Paths, app: &'static str) -> Result<Self> {
        let built = engine::later(paths, app)?;
        let wasm = fs::read(&built.wasm)?;
        let wasm_name = hashed(app, "wasm", &wasm);
        let pinned = Pinned {
            name: wasm_name.clone(),
            hash: short_integrity(&wasm),
        };
        let glue = engine::pin_wasm(&fs::read_to_string(&built.glue)?, &pinned)?.into_bytes();
        Ok(Self {
            app,
            wasm_name,
            wasm,
            glue_name: hashed(app, "js", &glue),
            glue,
        })
    }

    /// All of them, in the order of [`engine::LATER`].
    fn all(paths: &Paths) -> Result<[Self; 2]> {
        let [errand, relay] = engine::LATER;
        Ok([Self::build(paths, errand)?, Self::build(paths, relay)?])
    }

    fn pinned(&self) -> Pinned {
        Pinned {
            name: self.glue_name.clone(),
            hash: short_integrity(&self.glue),
        }
    }
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
        println!("{}\n", snippet(&paths.root.join(out))?);
        println!(
            "signed with the demo key, which everybody has: for invented kommuner only; \
             for a real one make a key with `lokalsvar keygen --out FILE` and add --key FILE"
        );
        return Ok(());
    };
    public_key(key)?; // before minutes of building
    let key = key.canonicalize()?;
    build_signed(paths, out, Signer::Own(&key))?;
    println!("{}\n", snippet(&paths.root.join(out))?);
    println!("signed with {}", key.display());
    Ok(())
}

/// Version of this engine, from Cargo.toml of the workspace.
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Builds everything into `out`, signed with the demo key.
pub(crate) fn build(paths: &Paths, out: &Path) -> Result<Vec<File>> {
    let key = paths.root.join("kb-bundle/demo-noegle.txt");
    build_signed(paths, out, Signer::Demo(&key))
}

/// All modules of the chat, without a folder.
pub(crate) fn engines(paths: &Paths) -> Result<Engine> {
    engine::build(paths, &Later::all(paths)?.map(|one| one.pinned()))
}

/// An existing folder is only written to when it is one of ours.
fn build_signed(paths: &Paths, out: &Path, signer: Signer) -> Result<Vec<File>> {
    let later = Later::all(paths)?;
    let widget = engine::build(paths, &later.each_ref().map(Later::pinned))?;
    let library = engine::library(paths)?;
    let console = console::build(paths)?;
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
        let mut files = write(paths, &out, (&widget, &library, &later), &bundles, signer)?;
        files.extend(console::write(&console, &out)?);
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
    (widget, library, later): (&Engine, &Engine, &[Later]),
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
            let name = hashed(start, &extension.to_string(), &bytes);
            write_new(&out.join(&name), &bytes)?;
            if app == "widget" {
                let upper = role.to_uppercase();
                pinned.push((format!("{upper}_HASH"), json!(short_integrity(&bytes))));
                pinned.push((upper, json!(name)));
            }
            files.push(File { name, app, role });
        }
    }

    for module in later {
        for (role, name, bytes) in [
            ("wasm", &module.wasm_name, &module.wasm),
            ("glue", &module.glue_name, &module.glue),
        ] {
            write_new(&out.join(name), bytes)?;
            files.push(File {
                name: name.clone(),
                app: module.app,
                role,
            });
        }
    }

    let (key_id, public) = public_key(signer.key())?;
    pinned.push(("FORMAT".to_string(), json!(format(paths)?)));
    pinned.push(("KEYS".to_string(), json!(format!("{key_id}:{public}"))));
    let scripts = scripts(paths, out, &pinned, signer, &mut files)?;
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
        files.push(File {
            name: file(&payload["list"])?,
            app: "widget",
            role: "list",
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
        pages(out, &bundles.slug, &mut files)?;
        // What the demo's server is told; no browser asks for it.
        for ending in ["booking.json", "samtale.json"] {
            let name = format!("{}.{ending}", bundles.slug);
            let from = bundles.core.with_file_name(&name);
            if let (Signer::Demo(_), Ok(bytes)) = (signer, fs::read(from)) {
                write_new(&out.join(name), &bytes)?;
            }
        }
    }
    // Last: were a release refused, pages would go on with the loader and the key they have.
    for (name, role, bytes) in scripts {
        let path = out.join(&name);
        fs::create_dir_all(path.parent().context("a file has a folder")?)?;
        write_new(&path, &bytes)?;
        files.push(File {
            name,
            app: "widget",
            role,
        });
    }
    // For who programs against the library; nothing at run time asks for it.
    write_new(
        &out.join("engine.d.ts"),
        &fs::read(paths.root.join("www/engine.d.ts"))?,
    )?;
    // `lokalsvar publish` compresses what it writes; a release is too small and changes too often.
    let ours = ["loader", "glue", "wasm", "shim"];
    for file in files.iter().filter(|file| ours.contains(&file.role)) {
        compress::beside(&out.join(&file.name))?;
    }
    Ok(files)
}

/// The scripts that pages name, as (name, role, bytes): the loader and the shim for tags of other chats, each as
/// `lokalsvar.js`, as `v1/lokalsvar.js` (renewed with each engine) and as `vX.Y.Z/lokalsvar.js` (never changed, for
/// tags with `integrity`). The fallback script is written at once: its name holds its hash.
fn scripts(
    paths: &Paths,
    out: &Path,
    pinned: &[(String, Value)],
    signer: Signer,
    files: &mut Vec<File>,
) -> Result<Vec<(String, &'static str, Vec<u8>)>> {
    let www = paths.root.join("www");
    let fallback = script(paths, &www.join("fallback.js"), &[])?;
    let name = hashed("fallback", "js", &fallback);
    write_new(&out.join(&name), &fallback)?;
    let mut pinned = pinned.to_vec();
    pinned.push((
        "FALLBACK_HASH".to_string(),
        json!(short_integrity(&fallback)),
    ));
    pinned.push(("FALLBACK".to_string(), json!(name)));
    files.push(File {
        name,
        app: "widget",
        role: "shim",
    });
    let codes = codes(paths)?;
    let mut scripts = Vec::new();
    for folder in ["", "v1/", &format!("v{VERSION}/")] {
        let up = if folder.is_empty() { "" } else { "../" };
        pinned.retain(|(name, _)| name != "UP");
        pinned.push(("UP".to_string(), json!(up)));
        let loader = loader(paths, &pinned)?;
        let known = [
            ("CODES".to_string(), json!(codes)),
            ("LOADER_HASH".to_string(), json!(integrity(&loader))),
        ];
        let shim = script(paths, &www.join("boost.js"), &known)?;
        for (file, role, bytes) in [
            ("lokalsvar.js", "loader", loader),
            ("lokalsvar-boost.js", "shim", shim),
        ] {
            let name = format!("{folder}{file}");
            let fixed = folder.contains('.') && matches!(signer, Signer::Own(_));
            let there = fs::read(out.join(&name));
            ensure!(
                !fixed || there.is_err() || there.is_ok_and(|old| old == bytes),
                "{name} is there with other bytes, and pages rely on them by `integrity`; \
                 raise `version` in Cargo.toml or choose another folder"
            );
            scripts.push((name, role, bytes));
        }
    }
    Ok(scripts)
}

/// `0101:koebenhavn,...`: which kommune an old tag with a code means. The demo kommuner are among them.
fn codes(paths: &Paths) -> Result<String> {
    let table = fs::read_to_string(paths.root.join("kb-bundle/kommuner.tsv"))?;
    let rows = table.lines().skip(1).filter_map(|line| {
        let mut cells = line.split('\t');
        let (slug, code) = (cells.next()?, cells.nth(1)?);
        Some(format!("{code}:{slug}"))
    });
    let mut codes: Vec<String> = rows.collect();
    for slug in paths.kommuner()? {
        let own = paths.root.join("kb-bundle/kommuner").join(&slug);
        let text = fs::read_to_string(own.join("kommune.toml"))?;
        let code = text
            .lines()
            .find_map(|line| line.strip_prefix("kode = \"")?.get(..4));
        codes.extend(code.map(|code| format!("{code}:{slug}")));
    }
    codes.sort();
    codes.dedup();
    Ok(codes.join(","))
}

/// The static pages of a kommune, as `lokalsvar publish` wrote them.
fn pages(out: &Path, slug: &str, files: &mut Vec<File>) -> Result<()> {
    let mut names = Vec::new();
    let mut folders = vec![out.join(slug)];
    while let Some(folder) = folders.pop() {
        for entry in folder.read_dir()? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path
                .extension()
                .is_some_and(|end| end == "html" || end == "css")
            {
                let parts = path.strip_prefix(out)?.components();
                let parts = parts.map(|part| part.as_os_str().to_string_lossy());
                names.push(parts.collect::<Vec<_>>().join("/"));
            }
        }
    }
    names.sort();
    files.extend(names.into_iter().map(|name| File {
        name,
        app: "widget",
        role: "page",
    }));
    Ok(())
}

/// What a web editor pastes, for a folder served at this address.
fn snippet(out: &Path) -> Result<String> {
    let file = format!("v{VERSION}/lokalsvar.js");
    let hash = integrity(&fs::read(out.join(&file))?);
    Ok(format!(
        "<script src=\"https://chat.dinkommune.dk/{file}\"\n  integrity=\"{hash}\"\n  \
         crossorigin=\"anonymous\" data-kommune=\"dinkommune\" data-cookieconsent=\"ignore\" async></script>"
    ))
}

/// The loader with its constants, minified. ASCII only: a page in another encoding must not garble it.
/// All constants are strings or numbers: esbuild writes them in place and makes no global of them.
fn loader(paths: &Paths, constants: &[(String, Value)]) -> Result<Vec<u8>> {
    let www = paths.root.join("www");
    let css = quiet(esbuild(paths)?.arg(www.join("loader.css")))?;
    let mut constants = constants.to_vec();
    constants.push(("CSS".to_string(), json!(css.trim())));
    script(paths, &www.join("loader.js"), &constants)
}

/// A script of `www` with its constants, minified.
fn script(paths: &Paths, from: &Path, constants: &[(String, Value)]) -> Result<Vec<u8>> {
    let mut script = esbuild(paths)?;
    script.arg(from).arg(FLOOR);
    for (name, value) in constants {
        script.arg(format!("--define:{name}={value}"));
    }
    Ok(quiet(&mut script)?.into_bytes())
}

pub(crate) fn esbuild(paths: &Paths) -> Result<Command> {
    let mut esbuild = npm_program(paths, "esbuild")?;
    esbuild.args(["--minify", "--log-level=warning", "--legal-comments=none"]);
    esbuild.current_dir(&paths.root);
    Ok(esbuild)
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
    publish.arg("--unfinished");
    if let Some((serial, day)) = first {
        publish.args(["--serial", serial, "--issued", day, "--notice", ""]);
        // What `lokalsvar serve` has beside these files, for kommuner that say what can be booked.
        let own = paths.root.join("kb-bundle/kommuner").join(&bundles.slug);
        if own.join("booking.toml").exists() {
            let key = format!("demo-{}", bundles.slug);
            publish.args(["--api", ".", "--site", &key]);
        }
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
pub(crate) fn integrity(bytes: &[u8]) -> String {
    format!("sha384-{}", BASE64_STANDARD.encode(Sha384::digest(bytes)))
}

/// The same with SHA-256: what the loader carries, where every byte counts.
pub(crate) fn short_integrity(bytes: &[u8]) -> String {
    format!("sha256-{}", BASE64_STANDARD.encode(Sha256::digest(bytes)))
}

/// A name that changes with the bytes, short for the loader; what is trusted is the hash in full.
fn hashed(stem: &str, extension: &str, bytes: &[u8]) -> String {
    let hash = hex(&Sha256::digest(bytes));
    format!("{stem}-{}.{extension}", &hash[..6])
}

/// Leaves a file with the same bytes alone, so that its compressed neighbours stay valid.
pub(crate) fn write_new(path: &Path, bytes: &[u8]) -> Result<()> {
    if fs::read(path).is_ok_and(|old| old == bytes) {
        return Ok(());
    }
    fs::write(path, bytes).with_context(|| format!("cannot write {}", path.display()))
}

/// Removes what the manifest of an earlier build names and this one does not. What was published since is
/// left alone, and so are bundles and engines that pages and a rollback still need when `kept`.
fn remove_former(out: &Path, former: &[String], files: &[File], kept: bool) {
    for name in former {
        let plain = Path::new(name)
            .components()
            .all(|part| matches!(part, Component::Normal(_)));
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
    // One service of Fjordby is kept by another system, at an address that does not exist; the chat says so.
    serve.env("LOKALSVAR_BOOKING_TOKEN_FJORDBY", "demo");
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
