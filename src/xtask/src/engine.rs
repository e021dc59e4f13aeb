//! The widget, and the engine alone, as WASM and glue: cargo, wasm-bindgen, wasm-opt, esbuild, each only when its
//! input changed.

use crate::paths::Paths;
use crate::shell::{hash_of, once, quiet, run, step};
use crate::shrink::{find, shrink};
use crate::tools::{
    WASM_BINDGEN, WASM_TARGET, cargo, npm_program, standard_library_source, wasm_target,
};
use anyhow::{Context, Result, anyhow};
use serde_json::{Value, json};
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The oldest browsers that the chat runs in, as docs/da/installation.md promises: syntax is written for them. What
/// else the scripts, styles and WASM use is compared with them in tests/browser/floor.test.mjs.
pub(crate) const FLOOR: &str = "--target=chrome111,firefox115,safari16.4,ios16.4";

/// What rustc turns on for the target by default; wasm-opt has to be told, and refuses a module that uses more.
const WASM_FEATURES: [&str; 6] = [
    "--enable-bulk-memory",
    "--enable-nontrapping-float-to-int",
    "--enable-sign-ext",
    "--enable-mutable-globals",
    "--enable-reference-types",
    "--enable-multivalue",
];

/// What wasm-opt does. Every row was chosen by the chat's size after brotli (kB of 94.9): twice flat is 0.3 smaller than three times
/// `-Oz` behind one, a fifth `-Oz` until nothing changes any more 0.05.
const OPTIMISE: [&str; 16] = [
    "--flatten",
    "--rereloop",
    "-Oz",
    "-Oz",
    "--flatten",
    "--rereloop",
    "-Oz",
    "-Oz",
    "-Oz",
    "--converge",
    // Large functions compress worse: keep those with one caller apart. Of 8 to 20 the best.
    "--one-caller-inline-max-function-size=16",
    // Of 2 to 6 the best.
    "--always-inline-max-function-size=4",
    // Rust lays the stack there.
    "--low-memory-unused",
    "--reorder-locals",
    "--strip-debug",
    "--strip-producers",
];

/// The finished engine.
pub(crate) struct Engine {
    /// Classic script, minified.
    pub glue: PathBuf,
    /// After wasm-opt.
    pub wasm: PathBuf,
}

/// The modules that the chat fetches when they are asked for: booking, and talking with a person with AI help.
pub(crate) const LATER: [&str; 2] = ["errand", "relay"];

/// Builds the widget; its glue is a classic script, in which the [`LATER`] modules are pinned, in that order.
pub(crate) fn build(paths: &Paths, later: &[Pinned; 2]) -> Result<Engine> {
    let mut constants = Vec::new();
    for (module, pinned) in LATER.iter().zip(later) {
        let name = module.to_uppercase();
        constants.push((format!("{name}_HASH"), json!(pinned.hash)));
        constants.push((name, json!(pinned.name)));
    }
    package(paths, "widget", "glue.js", &constants, |bound| {
        classic(paths, "glue.js", "widget", bound)
    })
}

/// A file as a script pins it.
pub(crate) struct Pinned {
    /// Name in the folder.
    pub name: String,
    /// `sha256-...`
    pub hash: String,
}

/// Builds one of the [`LATER`] modules. Its WASM is pinned in its glue, which needs another turn of
/// esbuild: [`pin_wasm`].
pub(crate) fn later(paths: &Paths, module: &str) -> Result<Engine> {
    let css = quiet(
        npm_program(paths, "esbuild")?
            .arg(paths.root.join("www").join(format!("{module}.css")))
            .args(["--minify", "--log-level=warning"]),
    )?;
    let constants = [("CSS".to_string(), json!(css.trim()))];
    let entry = format!("{module}.js");
    package(paths, module, &entry, &constants, |bound| {
        classic(paths, &entry, module, bound)
    })
}

/// Builds the console of the staff: classic glue, its WASM pinned as in those modules'.
pub(crate) fn console(paths: &Paths) -> Result<Engine> {
    package(paths, "console", "konsol/konsol.js", &[], |bound| {
        classic(paths, "konsol/konsol.js", "console", bound)
    })
}

/// The glue of a [`LATER`] module, or of the console, with its WASM pinned. It stands there as two words that esbuild leaves alone.
pub(crate) fn pin_wasm(glue: &str, wasm: &Pinned) -> Result<String> {
    let mut text = glue.to_string();
    for (word, value) in [("WASM_HASH", &wasm.hash), ("WASM", &wasm.name)] {
        let at = find(&text, word).with_context(|| format!("the glue has no {word}"))?;
        text.replace_range(at..at + word.len(), &json!(value).to_string());
    }
    Ok(text)
}

fn classic(paths: &Paths, entry: &str, package: &str, bound: &Path) -> (PathBuf, Vec<String>) {
    let script = bound.join(package).with_extension("js");
    let alias = format!("--alias:{package}={}", script.display());
    let entry = paths.root.join("www").join(entry);
    (entry, vec!["--format=iife".to_string(), alias])
}

/// Builds the engine for pages with a user interface of their own; its glue is an ES module.
pub(crate) fn library(paths: &Paths) -> Result<Engine> {
    package(paths, "engine", "glue.js", &[], |bound| {
        (bound.join("engine.js"), vec!["--format=esm".to_string()])
    })
}

/// Builds a package; `glue` tells, for the folder of wasm-bindgen's output, the entry and esbuild's further arguments.
fn package(
    paths: &Paths,
    package: &str,
    own: &str,
    constants: &[(String, Value)],
    glue: impl FnOnce(&Path) -> (PathBuf, Vec<String>),
) -> Result<Engine> {
    wasm_target()?;
    standard_library_source()?;
    let wasm = paths
        .target
        .join(WASM_TARGET)
        .join("wasm")
        .join(package)
        .with_extension("wasm");
    step(&format!("compiling the {package} for wasm32"), || {
        compile(paths, package)
    })?;

    let bound = paths.kept(package);
    let engine = Engine {
        glue: bound.join("min.js"),
        wasm: bound.join("min.wasm"),
    };
    let own = paths.root.join("www").join(own);
    let inputs = hash_of(&[&wasm, &own, &paths.root.join("package-lock.json")])?
        + WASM_BINDGEN
        + &json!(constants).to_string()
        + &OPTIMISE.join(" ");
    once(
        &paths.kept(&format!("{package}.stamp")),
        &inputs,
        &[&engine.glue, &engine.wasm],
        || {
            step("wasm-bindgen", || bind(&wasm, &bound))?;
            let (entry, arguments) = glue(&bound);
            let bundle = || {
                let mut esbuild = npm_program(paths, "esbuild")?;
                esbuild.arg(&entry).args(&arguments).args([
                    "--bundle",
                    "--minify",
                    FLOOR,
                    "--log-level=warning",
                    "--legal-comments=none",
                ]);
                for (name, value) in constants {
                    esbuild.arg(format!("--define:{name}={value}"));
                }
                esbuild.arg(format!("--outfile={}", engine.glue.display()));
                quiet(esbuild.current_dir(&paths.root)).map(|_| ())
            };
            let raw = bound.join(format!("{package}_bg.wasm"));
            shrink(
                &bound.join(package).with_extension("js"),
                &bundle,
                &engine.glue,
                &raw,
            )?;
            step("wasm-opt -Oz", || optimise(paths, &raw, &engine.wasm))
        },
    )?;
    Ok(engine)
}

/// The bytes do not depend on where the sources lie: paths in panic messages are cut.
fn compile(paths: &Paths, package: &str) -> Result<()> {
    let css = minified_css(paths)?;
    let home = env::var_os("CARGO_HOME")
        .map(PathBuf::from)
        .or_else(|| Some(PathBuf::from(env::var_os("HOME")?).join(".cargo")))
        .context("neither CARGO_HOME nor HOME is set")?;
    let flags = [
        format!(
            "--remap-path-prefix={}=",
            home.join("registry/src").display()
        ),
        format!("--remap-path-prefix={}=", paths.root.display()),
        standard_library()?,
        "--cfg=lokalsvar_css".to_string(),
        // A panic stops at once and says nothing: no text, no places, no formatting in the WASM.
        "-Zunstable-options".to_string(),
        "-Cpanic=immediate-abort".to_string(),
        "-Zlocation-detail=none".to_string(),
    ];
    let mut cargo = cargo(paths);
    cargo.args([
        "build",
        "--quiet",
        "--profile",
        "wasm",
        "--target",
        WASM_TARGET,
        "-p",
        package,
        "-Zbuild-std=std,panic_abort",
        "-Zbuild-std-features=optimize_for_size",
    ]);
    run(cargo
        // The two -Z options above are the only use of it.
        .env("RUSTC_BOOTSTRAP", "1")
        .env("CARGO_ENCODED_RUSTFLAGS", flags.join("\x1f"))
        .env("LOKALSVAR_CSS", css))
}

/// Paths of the standard library are local ones; in the WASM they are those of the compiler's commit.
fn standard_library() -> Result<String> {
    let sysroot = quiet(Command::new("rustc").args(["--print", "sysroot"]))?;
    let version = quiet(Command::new("rustc").arg("-vV"))?;
    let commit = version
        .lines()
        .find_map(|line| line.strip_prefix("commit-hash: "));
    let sources = Path::new(sysroot.trim()).join("lib/rustlib/src/rust");
    Ok(format!(
        "--remap-path-prefix={}=/rustc/{}",
        sources.display(),
        commit.unwrap_or("unknown")
    ))
}

/// The widget's rules without comments and spaces.
fn minified_css(paths: &Paths) -> Result<PathBuf> {
    let (from, to) = (
        paths.root.join("src/widget/src/widget.css"),
        paths.kept("widget.css"),
    );
    once(
        &paths.kept("css.stamp"),
        &hash_of(&[&from])?,
        &[&to],
        || {
            let mut esbuild = npm_program(paths, "esbuild")?;
            esbuild.arg(&from).args(["--minify", "--log-level=warning"]);
            quiet(esbuild.arg(format!("--outfile={}", to.display()))).map(|_| ())
        },
    )?;
    Ok(to)
}

fn bind(wasm: &Path, out: &Path) -> Result<()> {
    fs::create_dir_all(out)?;
    let mut bindgen = wasm_bindgen_cli_support::Bindgen::new();
    bindgen
        .input_path(wasm)
        .web(true)
        .map_err(|error| anyhow!("{error:#}"))?
        .typescript(false)
        .omit_default_module_path(true)
        .remove_name_section(true)
        .remove_producers_section(true);
    bindgen
        .generate(out)
        .map_err(|error| anyhow!("wasm-bindgen: {error:#}"))
}

fn optimise(paths: &Paths, from: &Path, to: &Path) -> Result<()> {
    let mut opt = npm_program(paths, "wasm-opt")?;
    opt.args(WASM_FEATURES).args(OPTIMISE);
    run(opt.arg(from).arg("-o").arg(to))
}
