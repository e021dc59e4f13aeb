//! Suggestions while typing: titles and words that begin as what was typed, those of the page's topics before the
//! others, best first; the matcher fills up what is left. About 650 intents are looked through on every key, so nothing is
//! allocated per word.

use crate::understand::META;
use crate::words::within_one;
use alloc::string::String;
use alloc::vec::Vec;
use bundle::Knowledge;
use bundle::content::{Intent, IntentIdx, Lang, TopicIdx};
use matcher::{Context, rank};
use text::Trie;

/// A suggestion while typing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suggestion {
    /// The intent.
    pub intent: IntentIdx,
    /// Its title in the language asked for.
    pub title: String,
}

/// How many are shown.
const SHOWN: usize = 5;
/// The matcher's guesses below this confidence are not shown.
const LEAST: f32 = 0.01;

/// At most five intents whose titles or words fit what was typed so far (from two letters on). Those of the topics
/// `page` come first; what fits in the others only is found there.
pub fn suggest(
    knowledge: &Knowledge,
    typed: &str,
    lang: Lang,
    page: &[TopicIdx],
) -> Vec<Suggestion> {
    let said = crate::words::words(typed);
    if said.iter().map(String::len).sum::<usize>() < 2 {
        return Vec::new();
    }
    let mut shown = by_words(knowledge, &said, lang, page);
    if shown.len() < SHOWN {
        let meant = completed(knowledge, &said, typed);
        let ranking = rank(knowledge.model(), &meant, &Context::default());
        for hit in ranking.hits.iter().filter(|h| h.confidence >= LEAST) {
            let usual = knowledge
                .core()
                .intents
                .get(hit.class as usize)
                .is_some_and(|i| !is_meta(knowledge, i));
            if shown.len() < SHOWN && usual && !shown.contains(&hit.class) {
                shown.push(hit.class);
            }
        }
    }
    let intents = &knowledge.core().intents;
    let title = |i: IntentIdx| {
        let intent = &intents[i as usize];
        if lang == Lang::En && !intent.title_en.is_empty() {
            &intent.title_en
        } else {
            &intent.title
        }
    };
    shown
        .into_iter()
        .map(|intent| Suggestion {
            intent,
            title: title(intent).clone(),
        })
        .collect()
}

/// The intents that every meaning word typed fits best, best first.
fn by_words(
    knowledge: &Knowledge,
    said: &[String],
    lang: Lang,
    page: &[TopicIdx],
) -> Vec<IntentIdx> {
    let core = knowledge.core();
    let meant: Vec<&str> = meaning(said);
    let topics: Vec<String> = core
        .topics
        .iter()
        .map(|t| folded(&[&t.title, &t.id, english(lang, &t.title_en)]))
        .collect();
    let mut values: Vec<f32> = alloc::vec![matcher::NEVER; core.intents.len()];
    for (i, intent) in core.intents.iter().enumerate() {
        if is_meta(knowledge, intent) {
            continue;
        }
        let title = folded(&[&intent.title, english(lang, &intent.title_en)]);
        let topic = topics.get(intent.topic as usize).map_or("", String::as_str);
        let mut quality = 0;
        let fits = meant.iter().all(|word| {
            let best = (best(&title, word) * 3)
                .max(best(&intent.name, word) * 2)
                .max(best(topic, word));
            quality += best;
            best > 0
        });
        if fits {
            let here = u32::from(page.contains(&intent.topic));
            values[i] = (here << 20 | (quality * 8 + u32::from(intent.prior.min(7)))) as f32;
        }
    }
    matcher::lead(&values, SHOWN)
}

/// The words that must fit: function words only when nothing else was typed, except the one being typed.
fn meaning(said: &[String]) -> Vec<&str> {
    let last = said.len().saturating_sub(1);
    let all = said.iter().map(String::as_str).enumerate();
    let meant: Vec<&str> = all
        .filter(|(i, w)| !text::is_stop_word(w) && (*i == last || !crate::words::is_question(w)))
        .map(|(_, w)| w)
        .collect();
    if meant.is_empty() {
        said.iter().map(String::as_str).collect()
    } else {
        meant
    }
}

/// How well the best word of `text` fits what was typed: 4 the word itself, 3 begins so, 2 begins so
/// but for one slip, 1 holds it, 0 not at all.
fn best(text: &str, typed: &str) -> u32 {
    let mut best = 0;
    for word in text
        .split(|c: char| !text::is_letter_or_digit(c))
        .filter(|w| !w.is_empty())
    {
        let fit = if word == typed {
            4
        } else if word.starts_with(typed) {
            3
        } else if typed.len() >= 4
            && word.as_bytes()[0] == typed.as_bytes()[0]
            && begins_nearly(word, typed)
        {
            2
        } else {
            u32::from(typed.len() >= 4 && text::holds(word, typed))
        };
        best = best.max(fit);
    }
    best
}

fn begins_nearly(word: &str, typed: &str) -> bool {
    let n = typed.len();
    word.len() + 1 >= n
        && [n, n - 1, n + 1]
            .iter()
            .any(|&k| word.get(..k).is_some_and(|start| within_one(start, typed)))
}

/// What was typed with its last word completed to the most frequent known word that begins so.
fn completed(knowledge: &Knowledge, said: &[String], typed: &str) -> String {
    let terms = &knowledge.model().terms;
    let Some(last) = said
        .last()
        .filter(|w| w.len() >= 3 && terms.get(w).is_none())
    else {
        return typed.into();
    };
    let Some(node) = last
        .bytes()
        .try_fold(terms.root(), |node, byte| terms.step(node, byte))
    else {
        return typed.into();
    };
    let mut best: Option<(u32, String)> = None;
    let mut left = 400_u32;
    let mut stack = alloc::vec![(node, last.clone())];
    while let Some((node, word)) = stack.pop() {
        if let Some(value) = terms.value(node)
            && best.as_ref().is_none_or(|(top, other)| {
                value > *top || (value == *top && word.len() < other.len())
            })
        {
            best = Some((value, word.clone()));
        }
        if left == 0 {
            continue;
        }
        terms.children(node, &mut |byte, child| {
            left = left.saturating_sub(1);
            let mut longer = word.clone();
            longer.push(byte as char);
            stack.push((child, longer));
        });
    }
    let mut out = crate::words::together(&said[..said.len() - 1]);
    out.push(' ');
    out.push_str(best.as_ref().map_or(last.as_str(), |(_, word)| word));
    out
}

fn folded(parts: &[&str]) -> String {
    let mut all = String::with_capacity(parts.iter().map(|p| p.len() + 8).sum());
    for part in parts {
        all.push_str(part);
        all.push(' ');
    }
    text::fold(&all)
}

fn english(lang: Lang, text: &str) -> &str {
    if lang == Lang::En { text } else { "" }
}

fn is_meta(knowledge: &Knowledge, intent: &Intent) -> bool {
    knowledge
        .core()
        .topics
        .get(intent.topic as usize)
        .is_some_and(|t| t.id == META)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::knowledge;

    fn titles(typed: &str) -> Vec<String> {
        titles_on(typed, &[])
    }

    fn titles_on(typed: &str, page: &[&str]) -> Vec<String> {
        let knowledge = knowledge();
        let page: Vec<TopicIdx> = page
            .iter()
            .filter_map(|id| knowledge.find_topic(id))
            .collect();
        suggest(&knowledge, typed, Lang::Da, &page)
            .into_iter()
            .map(|s| s.title)
            .collect()
    }

    #[test]
    fn a_word_that_fits_better_scores_more() {
        assert_eq!(best("hvad koster et pas", "pas"), 4);
        assert_eq!(best("hvad koster et pas", "kost"), 3);
        assert_eq!(best("forny koerekort", "koerkor"), 2);
        assert_eq!(best("forny koerekort", "rekort"), 1);
        assert_eq!(best("forny koerekort", "pas"), 0);
    }

    #[test]
    fn titles_come_while_typing() {
        assert_eq!(titles("p"), Vec::<String>::new());
        assert_eq!(titles("hvad kos")[0], "Hvad koster et pas?");
        assert!(titles("koerekot")[0].contains("kørekort"));
        assert_eq!(titles("forny koere")[0], "Hvordan fornyer jeg kørekortet?");
        assert!(
            titles("pas")
                .iter()
                .take(2)
                .any(|t| t == "Hvad koster et pas?")
        );
        assert!(titles("pas").len() <= 5);
    }

    #[test]
    fn what_fits_on_the_page_goes_first_and_the_rest_is_still_found() {
        assert_eq!(titles("hvad koster")[0], "Hvad koster et pas?");
        let first = &titles_on("hvad koster", &["bibliotek", "koerekort"])[..2];
        assert_eq!(first, ["Hvad koster et kørekort?", "Hvad koster et pas?"]);
        assert_eq!(titles_on("forny koere", &["pas"]), titles("forny koere"));
    }
}
