//! The look: one constructed sheet with the rules, one with the theme's colours, one for numbers that
//! change (height above the keyboard). No `<style>`, no `style` attribute, so `style-src 'self'` holds.

use bundle::content::{Palette, Theme};

/// Custom properties of a theme, light and dark. A value that is not a plain colour or font is left out,
/// so that widget.css's own value applies.
pub(crate) fn theme_css(theme: &Theme) -> String {
    let mut css = String::from(":host{");
    palette(&mut css, &theme.light);
    css.push_str("--lokalsvar-corner:");
    css.push_str(&hours::number(theme.corner.min(24).into()));
    css.push_str("px;");
    if !theme.font.is_empty()
        && theme
            .font
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, ' ' | ',' | '-' | '\'' | '"'))
    {
        css.push_str("--lokalsvar-font:");
        css.push_str(&theme.font);
        css.push(';');
    }
    css.push_str("}@media (prefers-color-scheme:dark){:host{");
    palette(&mut css, &theme.dark);
    css.push_str("}}");
    css
}

fn palette(css: &mut String, palette: &Palette) {
    for (name, colour) in [
        ("primary", &palette.primary),
        ("on-primary", &palette.on_primary),
        ("background", &palette.background),
        ("surface", &palette.surface),
        ("text", &palette.text),
        ("muted", &palette.muted),
        ("border", &palette.border),
        ("link", &palette.link),
    ] {
        let digits = colour.strip_prefix('#').unwrap_or_default();
        if digits.len() == 6 && digits.bytes().all(|b| b.is_ascii_hexdigit()) {
            css.push_str("--lokalsvar-");
            css.push_str(name);
            css.push(':');
            css.push_str(colour);
            css.push(';');
        }
    }
}

#[cfg(target_arch = "wasm32")]
pub(crate) use sheets::{Sheets, lock_page};

#[cfg(target_arch = "wasm32")]
mod sheets {
    use js_sys::{Array, Reflect};
    use wasm_bindgen::{JsCast, JsValue};
    use web_sys::{CssStyleSheet, ShadowRoot};

    /// widget.css without comments and needless white space, see build.rs.
    const CSS: &str = include_str!(concat!(env!("OUT_DIR"), "/widget.css"));

    /// The widget's sheets on its shadow root.
    pub(crate) struct Sheets {
        root: ShadowRoot,
        sheets: [CssStyleSheet; 3],
    }

    impl Sheets {
        /// Adds the sheets behind those that are there (the loader's).
        pub(crate) fn adopt(root: &ShadowRoot, theme: &str) -> Result<Self, JsValue> {
            let sheets = [
                CssStyleSheet::new()?,
                CssStyleSheet::new()?,
                CssStyleSheet::new()?,
            ];
            sheets[0].replace_sync(CSS)?;
            sheets[1].replace_sync(theme)?;
            change(root, &sheets, true)?;
            Ok(Self {
                root: root.clone(),
                sheets,
            })
        }

        /// The visible part of the window on phones, in CSS px: the keyboard hides the rest.
        pub(crate) fn viewport(&self, top: i32, height: i32) {
            let css = [
                ":host{--lokalsvar-top:",
                &hours::number(top.max(0) as u16),
                "px;--lokalsvar-height:",
                &hours::number(height.max(0) as u16),
                "px}",
            ]
            .concat();
            let _ = self.sheets[2].replace_sync(&css);
        }

        /// Takes the sheets away again.
        pub(crate) fn remove(&self) {
            let _ = change(&self.root, &self.sheets, false);
        }
    }

    /// Keeps the page behind a full-screen panel from scrolling; undone with the same sheet.
    pub(crate) fn lock_page(sheet: &CssStyleSheet, locked: bool) {
        let _ = sheet.replace_sync("html{overflow:hidden!important}");
        let _ = change(&elements::document(), core::slice::from_ref(sheet), locked);
    }

    /// `owner.adoptedStyleSheets` without `sheets`, or with them at its end.
    fn change(owner: &JsValue, sheets: &[CssStyleSheet], add: bool) -> Result<(), JsValue> {
        let key = JsValue::from_str("adoptedStyleSheets");
        let old = Array::from(&Reflect::get(owner, &key)?);
        let new = Array::new();
        for sheet in old.iter().filter(|old| {
            !sheets
                .iter()
                .any(|sheet| old == sheet.unchecked_ref::<JsValue>())
        }) {
            new.push(&sheet);
        }
        if add {
            for sheet in sheets {
                new.push(sheet);
            }
        }
        Reflect::set(owner, &key, &new).map(|_| ())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_theme_becomes_properties_and_nothing_else() {
        let theme = Theme {
            light: Palette {
                primary: "#0a5d5a".into(),
                text: "red;}*{display:none".into(),
                ..Palette::default()
            },
            corner: 99,
            font: "Arial}".into(),
            ..Theme::default()
        };
        assert_eq!(
            theme_css(&theme),
            ":host{--lokalsvar-primary:#0a5d5a;--lokalsvar-corner:24px;}@media (prefers-color-scheme:dark){:host{}}"
        );
    }
}
