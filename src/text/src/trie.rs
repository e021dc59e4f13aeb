//! The known words as a tree of letters: what `spelling` and `compound` need of a bundle's vocabulary, and no more.
//! The bundle implements it over its bytes; tests implement it over a map.

/// The known words, walked letter by letter: canonical words as they were written, and their stems.
pub trait Trie {
    /// A place in the tree; cheap to copy.
    type Node: Copy;

    /// The node of the empty word.
    fn root(&self) -> Self::Node;

    /// The node one letter further down, or `None` when no known word goes there.
    fn step(&self, node: Self::Node, byte: u8) -> Option<Self::Node>;

    /// Visits every child of `node` with its letter, in ascending order of the letter.
    fn children(&self, node: Self::Node, visit: &mut dyn FnMut(u8, Self::Node));

    /// The frequency class (1 rare ..= 255 frequent) of the word that ends at `node`; `None` when none ends there.
    fn value(&self, node: Self::Node) -> Option<u32>;

    /// The frequency class of `word`, or `None` when it is not known.
    fn get(&self, word: &str) -> Option<u32> {
        let end = word
            .bytes()
            .try_fold(self.root(), |node, byte| self.step(node, byte))?;
        self.value(end)
    }
}
