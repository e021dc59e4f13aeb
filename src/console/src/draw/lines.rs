//! A list that is drawn one by one: what is the same as before stays the same element, so that nothing moves below a finger, a
//! selected text stays selected, and focus stays.

use elements::{El, Kept, keeping};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

/// A list and what was drawn there last.
pub(crate) struct Lines<T> {
    element: Element,
    drawn: Vec<(T, Element, Vec<Kept>)>,
}

impl<T: PartialEq> Lines<T> {
    /// An empty one.
    pub(crate) fn new(element: Element) -> Self {
        Self {
            element,
            drawn: Vec::new(),
        }
    }

    /// Draws what differs; true when something did. Focus goes back to the element with the same id.
    pub(crate) fn draw(&mut self, models: Vec<T>, view: fn(&T) -> El) -> bool {
        let same = self.drawn.len() == models.len()
            && self
                .drawn
                .iter()
                .zip(&models)
                .all(|((old, ..), new)| old == new);
        if same {
            return false;
        }
        let document = self.element.owner_document();
        let active = || {
            document
                .as_ref()
                .and_then(web_sys::Document::active_element)
        };
        let focus = active().filter(|active| self.element.contains(Some(active)));
        let mut old: Vec<Option<(T, Element, Vec<Kept>)>> =
            self.drawn.drain(..).map(Some).collect();
        let rows: Vec<(T, Element, Vec<Kept>)> = models
            .into_iter()
            .filter_map(|model| {
                let known = old
                    .iter_mut()
                    .find(|one| one.as_ref().is_some_and(|(old, ..)| *old == model))
                    .and_then(Option::take);
                known.or_else(|| {
                    let (built, kept) = keeping(&|| Some(view(&model)));
                    built.map(|El(element)| (model, element, kept))
                })
            })
            .collect();
        for (_, element, _) in old.into_iter().flatten() {
            element.remove();
        }
        let mut next = self.element.first_element_child();
        for (_, element, _) in &rows {
            if next.as_ref() == Some(element) {
                next = element.next_element_sibling();
            } else {
                let before = next.as_ref().map(AsRef::as_ref);
                let _ = self.element.insert_before(element, before);
            }
        }
        self.drawn = rows;
        if let Some(focus) = focus
            && active().as_ref() != Some(&focus)
        {
            let again = document.and_then(|document| {
                let same = document.get_element_by_id(&focus.id());
                same.or_else(|| document.get_element_by_id("title"))
            });
            if let Some(again) = again.and_then(|one| one.dyn_into::<HtmlElement>().ok()) {
                let _ = again.focus();
            }
        }
        true
    }
}
