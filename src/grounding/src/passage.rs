//! Passages: the pieces of the kommune's own text that an answer may stand on, numbered for one question.

use crate::facts::{Fact, facts};
use crate::place::Hosts;
use crate::suspect::{is_suspect, without_hidden};
use crate::words::{Line, lines};
use bundle::content::Lang;
use std::fmt;
use std::sync::Arc;

/// Where a passage comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// An authored answer of the kommune's bundle.
    Answer,
    /// A page of the kommune's web site.
    Page,
}

/// A piece of the kommune's own text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passage {
    /// Where it comes from.
    pub kind: Kind,
    /// `pas/pris-paa-pas`; empty for a page.
    pub intent: String,
    /// What it is called.
    pub title: String,
    /// Plain text, a line for each row.
    pub text: String,
    /// Language of the text.
    pub lang: Lang,
    /// Where it can be read, `https:`; empty when nowhere else.
    pub url: String,
}

/// One passage with what was found in it.
#[derive(Clone, Debug)]
pub(crate) struct Known {
    pub(crate) passage: Passage,
    pub(crate) facts: Vec<Fact>,
    pub(crate) lines: Vec<Line>,
}

/// Which stems are words of the kommune's.
type Words = Arc<dyn Fn(&str) -> bool + Send + Sync>;

/// The passages of one question, numbered from 1: `p1`, `p2` …
#[derive(Clone, Default)]
pub struct Passages {
    all: Vec<Known>,
    words: Option<Words>,
}

impl fmt::Debug for Passages {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(&self.all).finish()
    }
}

impl Passages {
    /// Numbers them. One that speaks to a machine instead of a citizen is left out, and addresses outside the listed hosts are taken
    /// away, before anything reads them.
    pub fn new(passages: impl IntoIterator<Item = Passage>, hosts: &Hosts) -> Passages {
        let sound = passages.into_iter().filter_map(|mut passage| {
            passage.text = without_hidden(&passage.text);
            passage.title = without_hidden(&passage.title);
            if is_suspect(&passage.title) || is_suspect(&passage.text) {
                return None;
            }
            if !hosts.lists(&passage.url) {
                passage.url.clear();
            }
            let all = format!("{}\n{}\n{}", passage.title, passage.text, passage.url);
            Some(Known {
                facts: facts(&all, passage.lang),
                lines: lines(&all, passage.lang),
                passage,
            })
        });
        Passages {
            all: sound.collect(),
            words: None,
        }
    }

    /// Lets sentences use further words, by their stems: those that the kommune uses elsewhere, for example. Without this a sentence
    /// may hold no meaning word that its passages do not have.
    #[must_use]
    pub fn knowing(self, words: impl Fn(&str) -> bool + Send + Sync + 'static) -> Passages {
        Passages {
            words: Some(Arc::new(words)),
            ..self
        }
    }

    pub(crate) fn knows(&self, stem: &str) -> bool {
        self.words.as_ref().is_some_and(|words| words(stem))
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.all.len()
    }

    /// True when there is none.
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// Each with its number, from 1.
    pub fn iter(&self) -> impl Iterator<Item = (u8, &Passage)> {
        (1..=u8::MAX).zip(self.all.iter().map(|known| &known.passage))
    }

    pub(crate) fn known(&self, number: u8) -> Option<&Known> {
        self.all.get(usize::from(number).checked_sub(1)?)
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = (u8, &Known)> {
        (1..=u8::MAX).zip(self.all.iter())
    }
}
