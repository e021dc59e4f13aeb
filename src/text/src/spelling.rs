//! Finds the known words closest to an unknown one: a weighted Damerau-Levenshtein distance over the trie.
//!
//! Cheap edits are the mistakes people make in Danish: "oe" typed as "o", silent letters, single for double letters,
//! sounds that merge, the key beside the right one. Bounded work for any input; knows no context.
//! After Oflazer, "Error-tolerant finite-state recognition" (1996).

use crate::Trie;
use alloc::borrow::ToOwned as _;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

/// A known word close to an unknown one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Correction {
    /// The known word, in canonical spelling.
    pub word: String,
    /// How far away it is, in sixteenths of an edit: 0..=40. 3 is "korekort" for "koerekort", 16 one wrong letter.
    pub cost: u16,
}

/// A full edit.
const EDIT: u16 = 16;
/// What a wrong letter and one too many cost at least.
const LEAST_WRONG: u16 = 7;
const LEAST_SURPLUS: u16 = 5;
/// Out of reach; far from overflow when costs are added.
const FAR: u16 = 1000;
/// Nodes visited at most, over all rounds.
const BUDGET: usize = 2000;
/// Longer words are not corrected.
const LONGEST: usize = 40;

/// The known words nearest to `word`: at most `limit`, cheapest first, then the more frequent, then by alphabet.
///
/// The distance allowed grows with the length: up to 3 letters only a forgotten second letter of æ, ø, å ("lan" finds
/// "laan"), up to 5 letters one edit, up to 9 one and a half, then two and a half. Empty when nothing is near, when
/// `word` has more than 40 letters, or other characters than a-z and 0-9. A known `word` finds itself at cost 0.
/// Visits at most 2,000 nodes of the trie; beyond that, words may be missed.
pub fn correct<T: Trie>(trie: &T, word: &str, limit: usize) -> Vec<Correction> {
    let n = word.len();
    if limit == 0 || !(2..=LONGEST).contains(&n) || word.bytes().any(|b| !b.is_ascii_alphanumeric())
    {
        return Vec::new();
    }
    let most = match n {
        ..=3 => 3,
        4 | 5 => EDIT,
        6..=9 => EDIT * 3 / 2,
        _ => EDIT * 5 / 2,
    };
    let mut search = Search {
        trie,
        word: word.as_bytes(),
        bound: 0,
        budget: BUDGET,
        rows: vec![FAR; (n + 1) * (n + 8)],
        spans: vec![(0, 0); n + 8],
        path: Vec::new(),
        found: Vec::new(),
    };
    // Near words first, so that the budget is spent on them; one more round after the first success for company.
    let mut last_round = false;
    for bound in [6, 12, EDIT, 24, 32, 40] {
        search.bound = most.min(bound);
        search.run();
        if last_round || search.found.len() >= limit || bound >= most || search.budget == 0 {
            break;
        }
        last_round = !search.found.is_empty();
    }
    // Few are found and fewer wanted: picking them is less code than sorting.
    let mut found = search.found;
    let mut best = Vec::new();
    while best.len() < limit
        && let Some(at) = (0..found.len()).min_by(|&a, &b| {
            let ((a, a_value), (b, b_value)) = (&found[a], &found[b]);
            (a.cost, b_value, &a.word).cmp(&(b.cost, a_value, &b.word))
        })
    {
        best.push(found.swap_remove(at).0);
    }
    best
}

/// A walk over the trie with one row of the distance matrix for each letter of the path.
struct Search<'a, T> {
    trie: &'a T,
    word: &'a [u8],
    /// Words further away are of no interest.
    bound: u16,
    budget: usize,
    /// Row d, cell i: the cost of typing the first i letters of `word` for the first d letters of the path.
    rows: Vec<u16>,
    /// Row d: the first and the last cell within the bound; only around them can the next two rows have any.
    spans: Vec<(usize, usize)>,
    path: Vec<u8>,
    found: Vec<(Correction, u32)>,
}

impl<T: Trie> Search<'_, T> {
    /// Walks everything within `bound`; keeps what it finds, nothing when the budget ran out on the way.
    fn run(&mut self) {
        let earlier = core::mem::take(&mut self.found);
        self.path.clear();
        self.rows[0] = 0;
        self.spans[0] = (0, 0);
        for i in 1..=self.word.len() {
            self.rows[i] = self.rows[i - 1] + self.surplus(0, i);
            if self.rows[i] <= self.bound {
                self.spans[0].1 = i;
            }
        }
        self.descend(self.trie.root());
        if self.budget == 0 {
            // Half a round: what the rounds before found comes back, as this one may not have got that far.
            for old in earlier {
                if self.found.iter().all(|(new, _)| new.word != old.0.word) {
                    self.found.push(old);
                }
            }
        }
    }

    fn descend(&mut self, node: T::Node) {
        let trie = self.trie;
        trie.children(node, &mut |letter, child| self.visit(letter, child));
    }

    fn visit(&mut self, letter: u8, child: T::Node) {
        if self.budget == 0 {
            return;
        }
        self.budget -= 1;
        self.path.push(letter);
        if self.fill_row() {
            let n = self.word.len();
            let cost = self.rows[self.path.len() * (n + 1) + n];
            if cost <= self.bound
                && let Some(value) = self.trie.value(child)
                && let Ok(word) = core::str::from_utf8(&self.path)
            {
                self.found.push((
                    Correction {
                        word: word.to_owned(),
                        cost,
                    },
                    value,
                ));
            }
            if self.path.len() < n + 6 {
                self.descend(child);
            }
        }
        self.path.pop();
    }

    /// Computes the row of the path's last letter; whether any word below it can be within the bound.
    fn fill_row(&mut self) -> bool {
        let (n, d) = (self.word.len(), self.path.len());
        let width = n + 1;
        let (above, row) = self.rows.split_at_mut(d * width);
        let one = &above[(d - 1) * width..];
        let two = if d >= 2 {
            &above[(d - 2) * width..(d - 1) * width]
        } else {
            &[][..]
        };
        let letter = self.path[d - 1];
        let before = if d >= 2 { self.path[d - 2] } else { 0 };
        let word = self.word;
        let mut alive = false;
        let (begin, end) = self.spans[d - 1];
        let (begin, end) = if d >= 2 {
            let (earlier_begin, earlier_end) = self.spans[d - 2];
            (begin.min(earlier_begin), end.max(earlier_end))
        } else {
            (begin, end)
        };
        let mut span = (n, 0);
        row[..=n].fill(FAR);
        for i in begin..=n {
            let typed = if i > 0 { word[i - 1] } else { 0 };
            let next = if i < n { word[i] } else { 0 };
            let back = |row: &[u16], steps: usize| if i >= steps { row[i - steps] } else { FAR };
            let twice = if d >= 2 {
                back(two, 1).min(back(two, 2))
            } else {
                FAR
            };
            let left = if i > 0 { row[i - 1] } else { FAR };
            if i > end + 2 && left > self.bound {
                break;
            }
            if one[i]
                .min(back(one, 1))
                .min(back(one, 2))
                .min(twice)
                .min(left)
                > self.bound
            {
                continue;
            }
            // A letter of the known word was not typed; then: the same letter, a wrong one, one too many.
            let mut cost = one[i]
                + if one[i] <= self.bound {
                    missing(letter, before, typed, next) + first(d)
                } else {
                    0
                };
            if i > 0 {
                if typed == letter {
                    cost = cost.min(one[i - 1]);
                } else if one[i - 1] + LEAST_WRONG <= self.bound && one[i - 1] + LEAST_WRONG < cost
                {
                    cost = cost.min(one[i - 1] + wrong(typed, letter) + first(d.min(i)));
                }
                let typed_before = if i >= 2 { word[i - 2] } else { 0 };
                if left + LEAST_SURPLUS <= self.bound && left + LEAST_SURPLUS < cost {
                    cost = cost.min(left + surplus(typed, typed_before, letter) + first(i));
                }
                if d >= 2 && two[i - 1] < cost {
                    cost = cost.min(two[i - 1] + one_for_two(typed, [before, letter]));
                }
                if i >= 2 {
                    if d >= 2 && typed == before && typed_before == letter {
                        cost = cost.min(two[i - 2] + 10 + first(d - 1));
                    }
                    if one[i - 2] < cost {
                        cost = cost.min(one[i - 2] + one_for_two(letter, [typed_before, typed]));
                    }
                }
            }
            row[i] = cost.min(FAR);
            if cost <= self.bound {
                alive = true;
                span = (span.0.min(i), i);
            }
            // The next letter may still complete a transposition or a pair that began here.
            let pair = i < n && one[i] + 10 <= self.bound && (i + 1 < n && word[i + 1] == letter);
            let digraph = i < n
                && one[i] + 4 <= self.bound
                && b"ae-ao-ou-ks".windows(2).any(|w| w == [letter, next]);
            alive |= pair
                || (digraph && letter != next)
                || (one[i] + 4 <= self.bound && letter == b'k' && next == b'x');
        }
        self.spans[d] = span;
        alive
    }

    /// What it costs that the `i`-th typed letter is too much at depth `d`.
    fn surplus(&self, d: usize, i: usize) -> u16 {
        let before = if i >= 2 { self.word[i - 2] } else { 0 };
        let at = if d > 0 { self.path[d - 1] } else { 0 };
        surplus(self.word[i - 1], before, at) + first(i)
    }
}

/// People seldom miss the first letter: an edit there costs half an edit more.
fn first(place: usize) -> u16 {
    if place <= 1 { EDIT / 2 } else { 0 }
}

/// The cost of not typing `letter`, which follows `before` in the known word, between `typed` and `next`.
fn missing(letter: u8, before: u8, typed: u8, next: u8) -> u16 {
    match (before, letter) {
        (b'o' | b'a', b'e') | (b'a', b'a') if typed == before => 3, // korekort, lan, ae as a
        _ if before == letter => 5,
        (_, b'h') if next == b'v' || next == b'j' => 0, // vornaar; the first letter's price is added
        (b'n' | b'l' | b'r', b'd')
        | (b's', b'k')
        | (b'd', b't')
        | (b'a' | b'e' | b'o' | b'i', b'g')
        | (b'u' | b'o', b'v') => 7,
        (b'e', b'r' | b't' | b'n') | (b'r' | b'd' | b't' | b'l' | b'n', b'e') | (_, b's') => 9,
        (_, b'd' | b'h' | b'j') => 11,
        _ => EDIT,
    }
}

/// The cost of typing `letter` after `before` where the known word, now at `at`, has nothing.
fn surplus(letter: u8, before: u8, at: u8) -> u16 {
    match (before, letter) {
        _ if before == letter => 5,
        (b'o' | b'a', b'e') if at == before => 6,
        (b'n' | b'l' | b'r', b'd') | (b's', b'k') | (b'a' | b'e', b'g') => 8,
        (b'e', b'r' | b't' | b'n') | (b'r' | b'd' | b't' | b'l' | b'n', b'e') | (_, b's') => 9,
        (0, b'h') => 0,
        (_, b'd' | b'h') => 11,
        _ => EDIT,
    }
}

/// The cost of typing `typed` for another letter `meant`.
fn wrong(typed: u8, meant: u8) -> u16 {
    /// Letters for one sound.
    const SOUNDS: &[u8] = b"dt-gk-bp-vf-vw-ck-cs-sz-kq-iy-gj-ij-ei-";
    /// Vowels that are close.
    const VOWELS: &[u8] = b"ae-oa-uo-ey-yu-ai-";
    /// Rows of the Danish keyboard, whose neighbours slip.
    const KEYS: &[u8] = b"qwertyuiop-asdfghjkl-zxcvbnm-qaz-wsx-edc-rfv-tgb-yhn-ujm-ik-ol-";
    let listed = |list: &[u8]| {
        list.windows(2)
            .any(|pair| pair == [typed, meant] || pair == [meant, typed])
    };
    if listed(SOUNDS) {
        7
    } else if listed(VOWELS) {
        10
    } else if listed(KEYS) {
        11
    } else {
        EDIT
    }
}

/// The cost of `one` on one side standing for `two` on the other, [`FAR`] when they have nothing in common.
fn one_for_two(one: u8, two: [u8; 2]) -> u16 {
    match (&two, one) {
        (b"ae", b'e') => 4,
        (b"aa", b'o') | (b"oe", b'u' | b'y') | (b"ae", b'i') => 8,
        (b"ck" | b"ch", b'k')
        | (b"ph", b'f')
        | (b"ks", b'x')
        | (b"sj", b'c')
        | (b"ej", b'a' | b'i') => 5,
        _ => FAR,
    }
}
