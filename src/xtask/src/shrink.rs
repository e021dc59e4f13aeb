//! Makes glue and WASM smaller together: exports that the bundled glue never calls go (libraries bring
//! their own), and the long names between the two become short. Both are told apart by the names alone,
//! which wasm-bindgen makes unique.

use anyhow::{Context, Result, anyhow};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use walrus::Module;

/// Shortest name that is worth replacing.
const LONG: usize = 8;

/// How names of functions begin that only the glue calls.
const OURS: [&str; 6] = [
    "__",
    "widget_",
    "errand_",
    "relay_",
    "console_",
    "wasm_bindgen_",
];

/// What wasm-bindgen asks of browsers below our floor (`engine::FLOOR`), or for two gigabytes of text, and the answer.
/// esbuild then leaves out what never happens. And the widget is given back by `destroy` alone, which the loader calls; the
/// ways for a garbage collector go.
const KNOWN: [(&str, &str); 17] = [
    ("(typeof FinalizationRegistry === 'undefined')", "false"),
    ("!('encodeInto' in cachedTextEncoder)", "false"),
    ("realloc === undefined", "false"),
    ("numBytesDecoded >= MAX_SAFARI_DECODE_BYTES", "false"),
    (
        "cachedDataViewMemory0.buffer.detached === true || (cachedDataViewMemory0.buffer.detached === undefined && cachedDataViewMemory0.buffer !== wasm.memory.buffer)",
        "cachedDataViewMemory0.buffer !== wasm.memory.buffer",
    ),
    (
        "        WidgetFinalization.register(obj, obj.__wbg_ptr, obj);\n",
        "",
    ),
    ("        WidgetFinalization.unregister(this);\n", ""),
    (
        "    free() {\n        const ptr = this.__destroy_into_raw();\n        wasm.__wbg_widget_free(ptr, 0);\n    }\n",
        "",
    ),
    // Neither booking nor talking with a person is ever given back.
    (
        "        ErrandFinalization.register(this, this.__wbg_ptr, this);\n",
        "",
    ),
    ("        ErrandFinalization.unregister(this);\n", ""),
    (
        "    free() {\n        const ptr = this.__destroy_into_raw();\n        wasm.__wbg_errand_free(ptr, 0);\n    }\n",
        "",
    ),
    (
        "        RelayFinalization.register(this, this.__wbg_ptr, this);\n",
        "",
    ),
    ("        RelayFinalization.unregister(this);\n", ""),
    (
        "    free() {\n        const ptr = this.__destroy_into_raw();\n        wasm.__wbg_relay_free(ptr, 0);\n    }\n",
        "",
    ),
    // Nor is the console.
    (
        "        ConsoleFinalization.register(this, this.__wbg_ptr, this);\n",
        "",
    ),
    ("        ConsoleFinalization.unregister(this);\n", ""),
    (
        "    free() {\n        const ptr = this.__destroy_into_raw();\n        wasm.__wbg_console_free(ptr, 0);\n    }\n",
        "",
    ),
];

/// `bound` is wasm-bindgen's script for `wasm`, `bundle` makes `glue` from it. Rewrites all three in place.
pub(crate) fn shrink(
    bound: &Path,
    bundle: &dyn Fn() -> Result<()>,
    glue: &Path,
    wasm: &Path,
) -> Result<()> {
    let text = fs::read_to_string(bound).with_context(|| bound.display().to_string())?;
    let text = forgettable(&text);
    fs::write(bound, &text)?;
    bundle()?;
    let script = fs::read_to_string(glue)?;

    let mut module = Module::from_file(wasm).map_err(|error| anyhow!("{error:#}"))?;
    let unused: Vec<_> = module
        .exports
        .iter()
        .filter(|export| find(&script, &export.name).is_none())
        .map(walrus::Export::id)
        .collect();
    for id in unused {
        module.exports.delete(id);
    }
    walrus::passes::gc::run(&mut module);

    let wanted: BTreeSet<&str> = module.imports.iter().map(|i| i.name.as_str()).collect();
    fs::write(bound, without_unwanted(&text, &wanted))?;
    bundle()?;
    let mut script = fs::read_to_string(glue)?;

    let names: BTreeMap<String, String> = module
        .imports
        .iter()
        .flat_map(|import| [import.name.clone(), import.module.clone()])
        .chain(
            // Functions keep their names: an ES module may export them under the same ones.
            module
                .exports
                .iter()
                .map(|export| export.name.clone())
                .filter(|name| OURS.iter().any(|begin| name.starts_with(begin))),
        )
        .filter(|name| name.len() >= LONG)
        .collect::<BTreeSet<_>>()
        .into_iter()
        .enumerate()
        .map(|(at, name)| (name, format!("_{at}")))
        .collect();
    for (name, short) in &names {
        while let Some(at) = find(&script, name) {
            script.replace_range(at..at + name.len(), short);
        }
    }
    for import in module.imports.iter_mut() {
        for name in [&mut import.name, &mut import.module] {
            if let Some(short) = names.get(name) {
                name.clone_from(short);
            }
        }
    }
    for export in module.exports.iter_mut() {
        if let Some(short) = names.get(&export.name) {
            export.name.clone_from(short);
        }
    }
    fs::write(glue, script)?;
    module
        .emit_wasm_file(wasm)
        .map_err(|error| anyhow!("{error:#}"))
}

/// The script so that a bundler may leave out classes that nobody uses and questions whose answer is known, and with its
/// two inner steps for a caller who has compiled the module already.
fn forgettable(script: &str) -> String {
    let mut text = String::new();
    for line in script
        .lines()
        .filter(|line| !line.starts_with("if (Symbol.dispose)"))
    {
        text += &line.replace(
            "new FinalizationRegistry(",
            "/* @__PURE__ */ new FinalizationRegistry(",
        );
        text.push('\n');
    }
    for (question, answer) in KNOWN {
        text = text.replace(question, answer);
    }
    text + "export { __wbg_get_imports, __wbg_finalize_init };\n"
}

/// The script without the functions for imports that the module no longer has.
fn without_unwanted(script: &str, wanted: &BTreeSet<&str>) -> String {
    let mut text = String::new();
    let mut inside = false;
    for line in script.lines() {
        let entry = line
            .strip_prefix("        ")
            .filter(|rest| rest.starts_with("__wb"))
            .and_then(|rest| rest.split_once(": function"));
        if let Some((name, _)) = entry {
            inside = !wanted.contains(name);
        } else if line.starts_with("    }") {
            inside = false;
        }
        if !inside {
            text += line;
            text.push('\n');
        }
    }
    text
}

/// Where `name` stands as a word of its own.
pub(crate) fn find(script: &str, name: &str) -> Option<usize> {
    let word = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '$';
    script
        .match_indices(name)
        .map(|(at, _)| at)
        .find(|&at| !script[..at].ends_with(word) && !script[at + name.len()..].starts_with(word))
}

#[cfg(test)]
mod tests {
    use super::find;

    #[test]
    fn a_name_is_found_as_a_whole_word_only() {
        assert_eq!(find("a.mount_1;b.mount()", "mount"), Some(12));
        assert_eq!(find("remount mounted", "mount"), None);
        assert_eq!(find("{\"./widget_bg.js\":x}", "./widget_bg.js"), Some(2));
    }
}
