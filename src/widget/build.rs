//! Makes the style sheet small before `styles` includes it: comments and needless white space go.
//! Knows widget.css's habits only (no strings with two spaces, no `/*` in a string).

use std::{env, fs, path::Path};

fn main() {
    println!("cargo::rerun-if-changed=src/widget.css");
    println!("cargo::rerun-if-changed=build.rs");
    let css = fs::read_to_string("src/widget.css").expect("src/widget.css is readable");
    let out = env::var("OUT_DIR").expect("cargo sets OUT_DIR");
    fs::write(Path::new(&out).join("widget.css"), minify(&css)).expect("OUT_DIR is writable");
}

fn minify(css: &str) -> String {
    let mut plain = String::with_capacity(css.len());
    let mut rest = css;
    while let Some((before, comment)) = rest.split_once("/*") {
        plain.push_str(before);
        rest = comment.split_once("*/").map_or("", |(_, after)| after);
    }
    plain.push_str(rest);

    let mut out = String::with_capacity(plain.len());
    for word in plain.split_whitespace() {
        // White space means something between words and around `+` in calc(); beside these it does not.
        let needless = out.is_empty()
            || out.ends_with(['{', '}', ';', ',', '>'])
            || word.starts_with(['{', '}', '>'])
            || (out.ends_with(':') && !word.starts_with(':'));
        if !needless {
            out.push(' ');
        }
        out.push_str(word);
    }
    out.replace(";}", "}")
}
