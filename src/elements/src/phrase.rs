//! Sentences in Danish and English, side by side.

use bundle::content::Lang;

/// A sentence in both languages. `#` is where a value goes, a second one `%`.
#[derive(Clone, Copy)]
pub struct Phrase(
    /// Danish.
    pub &'static str,
    /// English.
    pub &'static str,
);

impl Phrase {
    /// As it stands.
    pub fn get(self, lang: Lang) -> &'static str {
        match lang {
            Lang::Da => self.0,
            Lang::En => self.1,
        }
    }

    /// With a value in the place of `#`.
    pub fn with(self, lang: Lang, value: &str) -> String {
        self.get(lang).replace('#', value)
    }

    /// With two values.
    pub fn with2(self, lang: Lang, value: &str, other: &str) -> String {
        self.get(lang).replace('%', other).replace('#', value)
    }
}
