//! The known stems: front-coded in the file (half the size of a transducer after compression), a finite
//! state transducer in memory, numbered in ascending order.

use alloc::string::String;
use alloc::vec::Vec;
use fst::raw::{Builder, CompiledAddr, Fst};

/// Known stems with their numbers.
#[derive(Clone)]
pub struct Terms {
    fst: Fst<Vec<u8>>,
    /// How many intents a stem speaks for, 1..=255: common stems win ties in spelling and compounds.
    weights: Vec<u8>,
}

impl core::fmt::Debug for Terms {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Terms({} stems)", self.len())
    }
}

impl Terms {
    /// From stems in strictly ascending order. `None` when they do not ascend.
    pub fn build<'w>(stems: impl IntoIterator<Item = &'w str>) -> Option<Terms> {
        let mut builder = Builder::memory();
        let mut count = 0_u64;
        for stem in stems {
            builder.insert(stem, count).ok()?;
            count += 1;
        }
        let fst = Fst::new(builder.into_inner().ok()?).ok()?;
        Some(Terms { fst, weights: alloc::vec![1; count as usize] })
    }

    /// Reads the section: number of stems, lengths shared with the stem before, further lengths, letters.
    pub(crate) fn read(bytes: &[u8]) -> Option<Terms> {
        let count = u32::from_le_bytes(bytes.get(..4)?.try_into().ok()?) as usize;
        let shared = bytes.get(4..4_usize.checked_add(count)?)?;
        let further = bytes.get(4 + count..count.checked_mul(2)?.checked_add(4)?)?;
        let mut letters = bytes.get(4 + 2 * count..)?;
        let mut builder = Builder::memory();
        let mut stem = String::new();
        for (number, (&shared, &further)) in shared.iter().zip(further).enumerate() {
            if !stem.is_char_boundary(shared as usize) {
                return None;
            }
            stem.truncate(shared as usize);
            stem.push_str(core::str::from_utf8(letters.get(..further as usize)?).ok()?);
            letters = &letters[further as usize..];
            builder.insert(&stem, number as u64).ok()?;
        }
        if !letters.is_empty() {
            return None;
        }
        let fst = Fst::new(builder.into_inner().ok()?).ok()?;
        Some(Terms { fst, weights: alloc::vec![1; count] })
    }

    /// Writes the section. Stems are at most 255 bytes long.
    #[cfg(feature = "write")]
    pub(crate) fn write(&self) -> Vec<u8> {
        let stems = self.stems();
        let (mut shared, mut further, mut letters) = (Vec::new(), Vec::new(), Vec::<u8>::new());
        let mut last = "";
        for stem in &stems {
            let common = stem.bytes().zip(last.bytes()).take_while(|(a, b)| a == b).count();
            shared.push(common as u8);
            further.push((stem.len() - common) as u8);
            letters.extend(&stem.as_bytes()[common..]);
            last = stem;
        }
        let mut out = Vec::from((stems.len() as u32).to_le_bytes());
        out.extend(shared);
        out.extend(further);
        out.extend(letters);
        out
    }

    /// All stems in order.
    #[cfg(feature = "write")]
    pub fn stems(&self) -> Vec<String> {
        use fst::Streamer;
        let mut out = Vec::with_capacity(self.len());
        let mut stream = self.fst.stream();
        while let Some((stem, _)) = stream.next() {
            out.push(String::from_utf8_lossy(stem).into_owned());
        }
        out
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
}

impl matcher::Vocabulary for Terms {
    fn ordinal(&self, stem: &str) -> Option<u32> {
        self.fst.get(stem).map(|output| output.value() as u32)
    }
}

/// A place in the transducer: the node and the output gathered on the way.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    address: CompiledAddr,
    output: u64,
}

impl text::Trie for Terms {
    type Node = Place;

    fn root(&self) -> Place {
        Place { address: self.fst.root().addr(), output: 0 }
    }

    fn step(&self, node: Place, byte: u8) -> Option<Place> {
        let at = self.fst.node(node.address);
        let transition = at.transition(at.find_input(byte)?);
        Some(Place { address: transition.addr, output: node.output + transition.out.value() })
    }

    fn children(&self, node: Place, visit: &mut dyn FnMut(u8, Place)) {
        for t in self.fst.node(node.address).transitions() {
            visit(t.inp, Place { address: t.addr, output: node.output + t.out.value() });
        }
    }

    fn value(&self, node: Place) -> Option<u32> {
        let at = self.fst.node(node.address);
        let number = at.is_final().then(|| node.output + at.final_output().value())?;
        self.weights.get(number as usize).map(|w| u32::from(*w))
    }
}
