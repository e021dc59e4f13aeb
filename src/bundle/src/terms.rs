//! The known stems: sorted and front-coded in the file, one flat list in memory, numbered in ascending
//! order. A range of the list is a node of the tree of letters.
//!
//! A finite state transducer would need 21 kB of a bundle instead of 13 (brotli), or, built in memory, 21 kB
//! of WASM: see docs/ARCHITECTURE.md.

use alloc::string::String;
use alloc::vec::Vec;

/// Known stems with their numbers.
#[derive(Clone)]
pub struct Terms {
    /// All stems, one behind the other.
    letters: Vec<u8>,
    /// Where each begins; one entry more than there are stems.
    starts: Vec<u32>,
    /// How many intents a stem speaks for, 1..=255: common stems win ties in spelling and compounds.
    weights: Vec<u8>,
}

impl core::fmt::Debug for Terms {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Terms({} stems)", self.len())
    }
}

impl Terms {
    /// From stems in strictly ascending order of their bytes. `None` when they do not ascend.
    pub fn build<'w>(stems: impl IntoIterator<Item = &'w str>) -> Option<Terms> {
        let mut terms = Terms {
            letters: Vec::new(),
            starts: alloc::vec![0],
            weights: Vec::new(),
        };
        for stem in stems {
            terms.push(stem.as_bytes())?;
        }
        Some(terms)
    }

    fn push(&mut self, stem: &[u8]) -> Option<()> {
        if !self.is_empty() && self.stem(self.len() as u32 - 1) >= stem {
            return None;
        }
        self.letters.extend(stem);
        self.starts.push(self.letters.len() as u32);
        self.weights.push(1);
        Some(())
    }

    /// Reads the section: number of stems, lengths shared with the stem before, further lengths, letters.
    pub(crate) fn read(bytes: &[u8]) -> Option<Terms> {
        let count = u32::from_le_bytes(bytes.get(..4)?.try_into().ok()?) as usize;
        let shared = bytes.get(4..4_usize.checked_add(count)?)?;
        let further = bytes.get(4 + count..count.checked_mul(2)?.checked_add(4)?)?;
        let mut letters = bytes.get(4 + 2 * count..)?;
        let mut terms = Terms::build([])?;
        let mut stem = Vec::new();
        for (&shared, &further) in shared.iter().zip(further) {
            if shared as usize > stem.len() {
                return None;
            }
            stem.truncate(shared as usize);
            stem.extend(letters.get(..further as usize)?);
            letters = &letters[further as usize..];
            terms.push(&stem)?;
        }
        letters.is_empty().then_some(terms)
    }

    /// Writes the section. Stems are at most 255 bytes long.
    #[cfg(feature = "write")]
    pub(crate) fn write(&self) -> Vec<u8> {
        let (mut shared, mut further, mut letters) = (Vec::new(), Vec::new(), Vec::<u8>::new());
        let mut last: &[u8] = &[];
        for number in 0..self.len() as u32 {
            let stem = self.stem(number);
            let common = stem.iter().zip(last).take_while(|(a, b)| a == b).count();
            shared.push(common as u8);
            further.push((stem.len() - common) as u8);
            letters.extend(&stem[common..]);
            last = stem;
        }
        let mut out = Vec::from((self.len() as u32).to_le_bytes());
        out.extend(shared);
        out.extend(further);
        out.extend(letters);
        out
    }

    /// All stems in order.
    pub fn stems(&self) -> Vec<String> {
        (0..self.len() as u32)
            .map(|n| String::from_utf8_lossy(self.stem(n)).into_owned())
            .collect()
    }

    /// Tells how many intents each stem speaks for.
    pub fn weigh(&mut self, counts: impl Iterator<Item = usize>) {
        for (weight, count) in self.weights.iter_mut().zip(counts) {
            *weight = count.clamp(1, 255) as u8;
        }
    }

    /// Number of stems.
    pub fn len(&self) -> usize {
        self.weights.len()
    }

    /// True when none is known.
    pub fn is_empty(&self) -> bool {
        self.weights.is_empty()
    }

    fn stem(&self, number: u32) -> &[u8] {
        let at = number as usize;
        &self.letters[self.starts[at] as usize..self.starts[at + 1] as usize]
    }

    /// First number in `low..high` whose stem does not satisfy `before`.
    fn first(&self, mut low: u32, mut high: u32, before: impl Fn(&[u8]) -> bool) -> u32 {
        while low < high {
            let middle = low + (high - low) / 2;
            if before(self.stem(middle)) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        low
    }
}

impl matcher::Vocabulary for Terms {
    fn ordinal(&self, stem: &str) -> Option<u32> {
        let at = self.first(0, self.len() as u32, |s| s < stem.as_bytes());
        ((at as usize) < self.len() && self.stem(at) == stem.as_bytes()).then_some(at)
    }
}

/// A place in the tree of letters: the stems `from..to` share their first `depth` letters.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    from: u32,
    to: u32,
    depth: u32,
}

impl text::Trie for Terms {
    type Node = Place;

    fn root(&self) -> Place {
        Place {
            from: 0,
            to: self.len() as u32,
            depth: 0,
        }
    }

    fn step(&self, node: Place, byte: u8) -> Option<Place> {
        let letter = |stem: &[u8]| stem.get(node.depth as usize).copied();
        let from = self.first(node.from, node.to, |s| letter(s) < Some(byte));
        let to = self.first(from, node.to, |s| letter(s) <= Some(byte));
        (from < to).then_some(Place {
            from,
            to,
            depth: node.depth + 1,
        })
    }

    fn children(&self, node: Place, visit: &mut dyn FnMut(u8, Place)) {
        let letter = |stem: &[u8]| stem.get(node.depth as usize).copied();
        let mut from = self.first(node.from, node.to, |s| letter(s).is_none());
        while from < node.to {
            let byte = letter(self.stem(from)).unwrap_or(0);
            let to = self.first(from, node.to, |s| letter(s) <= Some(byte));
            visit(
                byte,
                Place {
                    from,
                    to,
                    depth: node.depth + 1,
                },
            );
            from = to;
        }
    }

    fn value(&self, node: Place) -> Option<u32> {
        let whole = node.from < node.to && self.stem(node.from).len() == node.depth as usize;
        whole.then(|| u32::from(self.weights[node.from as usize]))
    }
}
