//! The pages of the staff in the built folder: WASM, glue and styles under the hash of their bytes, and one page that names
//! glue and styles with theirs. `lokalsvar serve` gives that page for each address of the console.

use crate::compress;
use crate::dist::{File, esbuild, integrity, short_integrity, write_new};
use crate::engine::{self, Pinned};
use crate::paths::Paths;
use crate::shell::{hex, quiet};
use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::fs;
use std::path::Path;

/// Name in the folder, role, bytes.
pub(crate) type Built = (String, &'static str, Vec<u8>);

/// `console`: renews the pages, and the engine as a library in which they look for answers, in the folder of `demo` without
/// everything else there.
pub(crate) fn run(paths: &Paths) -> Result<()> {
    let built = build(paths)?;
    let out = paths.kept("dist");
    write(&built, &out)?;
    library(paths, &out)?;
    let mut all = 0;
    for (name, role, bytes) in &built {
        let size = compress::brotli(bytes)?.len();
        all += if *role == "page" { 0 } else { size };
        println!("{name:<32} {:>9.2} kB", size as f64 / 1024.0);
    }
    println!(
        "{:<32} {:>9.2} kB",
        "glue, WASM, styles",
        f64::from(all as u32) / 1024.0
    );
    Ok(())
}

/// Renews the engine as a library where the folder has one: the console finds its files in the manifest.
fn library(paths: &Paths, out: &Path) -> Result<()> {
    let manifest = out.join("manifest.json");
    let Ok(text) = fs::read_to_string(&manifest) else {
        return Ok(()); // nothing was built there yet: no answers to look for
    };
    let mut whole: Value = serde_json::from_str(&text)?;
    let built = engine::library(paths)?;
    let rows = whole["files"]
        .as_array_mut()
        .context("manifest.json has no files")?;
    rows.retain(|row| row["app"] != "engine");
    for (from, role) in [(&built.glue, "glue"), (&built.wasm, "wasm")] {
        let bytes = fs::read(from)?;
        let extension = from.extension().unwrap_or_default().display();
        let name = format!("library-{}.{extension}", &hex(&Sha256::digest(&bytes))[..6]);
        write_new(&out.join(&name), &bytes)?;
        compress::beside(&out.join(&name))?;
        rows.push(
            json!({ "file": name, "app": "engine", "role": role, "sha384": integrity(&bytes) }),
        );
    }
    fs::write(&manifest, serde_json::to_string_pretty(&whole)? + "\n")?;
    Ok(())
}

/// Builds everything of the console.
pub(crate) fn build(paths: &Paths) -> Result<Vec<Built>> {
    let built = engine::console(paths)?;
    let www = paths.root.join("www/konsol");
    let wasm = fs::read(&built.wasm)?;
    let wasm_name = hashed("wasm", &wasm);
    let pinned = Pinned {
        name: wasm_name.clone(),
        hash: short_integrity(&wasm),
    };
    let glue = engine::pin_wasm(&fs::read_to_string(&built.glue)?, &pinned)?.into_bytes();
    let style = quiet(
        esbuild(paths)?
            .arg(www.join("konsol.css"))
            .arg(engine::FLOOR),
    )?
    .into_bytes();
    let (glue_name, style_name) = (hashed("js", &glue), hashed("css", &style));
    let mut page = fs::read_to_string(www.join("index.html"))?;
    for (word, value) in [
        ("GLUE_HASH", &integrity(&glue)),
        ("STYLE_HASH", &integrity(&style)),
        ("GLUE", &glue_name),
        ("STYLE", &style_name),
    ] {
        ensure!(page.contains(word), "www/konsol/index.html has no {word}");
        page = page.replace(word, value);
    }
    Ok(vec![
        (wasm_name, "wasm", wasm),
        (glue_name, "glue", glue),
        (style_name, "style", style),
        ("konsol/index.html".into(), "page", page.into_bytes()),
    ])
}

/// Writes it into the folder; the page last, so that it never names what is not there yet.
pub(crate) fn write(built: &[Built], out: &Path) -> Result<Vec<File>> {
    built
        .iter()
        .map(|(name, role, bytes)| {
            let path = out.join(name);
            fs::create_dir_all(path.parent().context("a file has a folder")?)?;
            write_new(&path, bytes)?;
            if *role != "page" {
                compress::beside(&path)?;
            }
            Ok(File {
                name: name.clone(),
                app: "console",
                role,
            })
        })
        .collect()
}

/// A name that changes with the bytes: servers may let it be kept for ever.
fn hashed(extension: &str, bytes: &[u8]) -> String {
    let hash = hex(&Sha256::digest(bytes));
    format!("konsol-{}.{extension}", &hash[..12])
}
