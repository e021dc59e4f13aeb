//! Makes glue and WASM smaller together: exports that the bundled glue never calls go (libraries bring
//! their own), and the long names between the two become short. Both are told apart by the names alone,
//! which wasm-bindgen makes unique.

use anyhow::{Context, Result, anyhow};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use walrus::Module;

/// Shortest name that is worth replacing.
const LONG: usize = 8;

/// Rewrites both files in place.
pub(crate) fn shrink(glue: &Path, wasm: &Path) -> Result<()> {
    let mut script = fs::read_to_string(glue).with_context(|| glue.display().to_string())?;
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
                .filter(|name| name.starts_with("__") || name.starts_with("widget_")),
        )
        .filter(|name| name.len() >= LONG)
        .collect::<std::collections::BTreeSet<_>>()
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

/// Where `name` stands as a word of its own.
fn find(script: &str, name: &str) -> Option<usize> {
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
