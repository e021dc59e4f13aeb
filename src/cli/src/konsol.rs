//! Where the console of the staff is among the served files: one page for all of its addresses, under a policy of its own.

/// Without the slash it leads to the page.
pub(crate) const FOLDER: &str = "/konsol";

/// The page, in the folder of built files.
const PAGE: &str = "/konsol/index.html";

/// The parts of the console, each with an address of its own.
const PARTS: [&str; 3] = ["", "booking", "samtaler"];

/// Nothing but our own files, no markup from texts, no frame around it.
pub(crate) const CSP: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; connect-src 'self'; \
    img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; \
    trusted-types 'none'";

/// The file for an address of the console; nothing for other addresses.
pub(crate) fn page(path: &str) -> Option<&'static str> {
    let part = path.strip_prefix("/konsol/")?;
    (PARTS.contains(&part) || path == PAGE).then_some(PAGE)
}

#[cfg(test)]
mod tests {
    use super::{CSP, page};

    #[test]
    fn each_part_of_the_console_is_the_one_page() {
        for path in [
            "/konsol/",
            "/konsol/booking",
            "/konsol/samtaler",
            "/konsol/index.html",
        ] {
            assert_eq!(page(path), Some("/konsol/index.html"), "{path}");
        }
        for path in [
            "/konsol",
            "/konsol/x.js",
            "/konsol/booking/x",
            "/eksempelby/konsol/",
        ] {
            assert_eq!(page(path), None, "{path}");
        }
    }

    #[test]
    fn the_page_says_the_same_policy_for_servers_that_send_none() {
        let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../../www/konsol/index.html");
        let html = std::fs::read_to_string(root).expect("the page");
        let meta = CSP.replace(" frame-ancestors 'none';", ""); // a page cannot say that one itself
        assert!(html.contains(&format!("content=\"{meta}\"")), "{meta}");
    }
}
