//! Texts of the interface on elements, in the language spoken now.

use bundle::content::Lang;
use elements::{El, Signal};

use crate::texts::{Texts, texts};

/// What the builder of elements does with [`Texts`].
pub(crate) trait Labels {
    /// A text of the interface.
    fn label(self, lang: Signal<Lang>, pick: fn(&'static Texts) -> &'static str) -> Self;
    /// An attribute with one.
    fn label_attr(
        self,
        name: &'static str,
        lang: Signal<Lang>,
        pick: fn(&'static Texts) -> &'static str,
    ) -> Self;
}

impl Labels for El {
    fn label(self, lang: Signal<Lang>, pick: fn(&'static Texts) -> &'static str) -> Self {
        self.words(move || pick(texts(lang.get())))
    }

    fn label_attr(
        self,
        name: &'static str,
        lang: Signal<Lang>,
        pick: fn(&'static Texts) -> &'static str,
    ) -> Self {
        self.attr_with(name, move || Some(pick(texts(lang.get()))))
    }
}
