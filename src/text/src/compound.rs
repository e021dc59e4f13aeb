//! Splits Danish compounds into known words: "affaldssortering" gives "affald" + "sortering".
//!
//! For words the trie does not know as a whole. Knows the linking letters s, e and er, and no meaning: of two possible
//! splits the one with fewer and more frequent parts wins.

use crate::{Language, Trie, stem};
use alloc::borrow::ToOwned as _;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

/// Longer words are not taken apart, which bounds the work.
const LONGEST: usize = 48;
/// Letters in the shortest part.
const SHORTEST_PART: usize = 3;

/// What a part costs, whatever it is: fewer parts always win over better ones.
const PART: u32 = 1 << 16;
/// What it costs that only the stem of a part is known.
const BY_STEM: u32 = 1 << 10;
/// What a linking letter costs.
const LINK: u32 = 1 << 8;

/// The best way to spell the word up to some place.
#[derive(Clone, Copy)]
struct Best {
    cost: u32,
    /// Where the last part begins and ends; after its end come at most two linking letters.
    part: (usize, usize),
}

/// The known words that make up `word`, at least two, or `None` when they do not cover it.
///
/// Parts come as they stand in `word` without linking letters, at least 3 letters each; a part counts as known when
/// the trie has it or its Danish stem. Fewest parts first, then the most frequent ones. Words of more than 48 letters
/// or with other characters than a-z are not split.
pub fn split_compound<T: Trie>(trie: &T, word: &str) -> Option<Vec<String>> {
    let n = word.len();
    if !(2 * SHORTEST_PART..=LONGEST).contains(&n) || word.bytes().any(|b| !b.is_ascii_lowercase())
    {
        return None;
    }
    let mut best: Vec<Option<Best>> = vec![None; n + 1];
    best[0] = Some(Best {
        cost: 0,
        part: (0, 0),
    });
    for start in 0..=n - SHORTEST_PART {
        let Some(Best { cost: before, .. }) = best[start] else {
            continue;
        };
        let mut node = Some(trie.root());
        for end in start + 1..=n {
            node = node.and_then(|node| trie.step(node, word.as_bytes()[end - 1]));
            if end - start < SHORTEST_PART || (start, end) == (0, n) {
                continue;
            }
            let Some(part) = word.get(start..end) else {
                continue;
            };
            let exact = node
                .and_then(|node| trie.value(node))
                .map(|value| 255 - value.min(255));
            let Some(rarity) =
                exact.or_else(|| by_stem(trie, part).map(|value| BY_STEM + 255 - value.min(255)))
            else {
                continue;
            };
            // Words of three letters turn up in every other word by chance.
            let short = if part.len() == SHORTEST_PART {
                LINK * 2
            } else {
                0
            };
            let cost = before + PART + rarity + short;
            offer(
                &mut best[end],
                Best {
                    cost,
                    part: (start, end),
                },
            );
            for link in ["s", "e", "er"] {
                if n - end >= link.len() + SHORTEST_PART
                    && word.as_bytes()[end..].starts_with(link.as_bytes())
                {
                    offer(
                        &mut best[end + link.len()],
                        Best {
                            cost: cost + LINK,
                            part: (start, end),
                        },
                    );
                }
            }
        }
    }
    let mut parts = Vec::new();
    let mut at = n;
    while at > 0 {
        let (start, end) = best[at]?.part;
        parts.push(word.get(start..end)?.to_owned());
        at = start;
    }
    parts.reverse();
    Some(parts)
}

/// The longest known word (or word with a known stem) that `word` ends with, shorter than `word` and of at least 4
/// letters: "xyzbeholder" gives "beholder". `None` when there is none, or when less than 2 letters stand before it.
pub fn known_head<T: Trie>(trie: &T, word: &str) -> Option<String> {
    if word.len() > LONGEST || word.bytes().any(|b| !b.is_ascii_lowercase()) {
        return None;
    }
    (2..=word.len().checked_sub(4)?)
        .filter_map(|start| word.get(start..))
        .find(|tail| trie.get(tail).is_some() || by_stem(trie, tail).is_some())
        .map(str::to_owned)
}

/// The frequency class of the stem of `part`, if `part` looks inflected and its stem is known.
fn by_stem<T: Trie>(trie: &T, part: &str) -> Option<u32> {
    if part.len() < 4 || !part.ends_with(['e', 'n', 'r', 's', 't']) {
        return None;
    }
    let stem = stem(part, Language::Danish);
    // A very short stem says little about a part of an unknown word.
    if stem.len() < SHORTEST_PART || stem == part {
        None
    } else {
        trie.get(&stem)
    }
}

fn offer(place: &mut Option<Best>, new: Best) {
    if place.is_none_or(|old| new.cost < old.cost) {
        *place = Some(new);
    }
}
