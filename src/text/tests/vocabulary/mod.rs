//! A trie in memory over `tests/cases/words.txt`: the words of the tests, each with its Danish stem.

use std::collections::BTreeMap;
use std::sync::OnceLock;
use text::{Language, Trie, stem};

/// Words in a vector of nodes.
pub struct Vocabulary {
    nodes: Vec<Node>,
}

#[derive(Default)]
struct Node {
    children: BTreeMap<u8, usize>,
    value: Option<u32>,
}

impl Vocabulary {
    /// The words of the tests, made once.
    pub fn load() -> &'static Vocabulary {
        static WORDS: OnceLock<Vocabulary> = OnceLock::new();
        WORDS.get_or_init(|| {
            let mut words = Vocabulary {
                nodes: vec![Node::default()],
            };
            for line in include_str!("../cases/words.txt").lines() {
                let (word, value) = line.split_once(' ').unwrap_or((line, "1"));
                let value = value.parse().unwrap_or(1);
                words.insert(word, value);
                words.insert(&stem(word, Language::Danish), value);
            }
            words
        })
    }

    /// Whether `word` is among them.
    #[allow(dead_code, reason = "each test file uses its part of this module")]
    pub fn knows(&self, word: &str) -> bool {
        (&self).get(word).is_some()
    }

    fn insert(&mut self, word: &str, value: u32) {
        let mut at = 0;
        for byte in word.bytes() {
            let fresh = self.nodes.len();
            at = *self.nodes[at].children.entry(byte).or_insert(fresh);
            if at == fresh {
                self.nodes.push(Node::default());
            }
        }
        let old = self.nodes[at].value.unwrap_or(0);
        self.nodes[at].value = Some(old.max(value));
    }
}

impl Trie for &Vocabulary {
    type Node = usize;

    fn root(&self) -> usize {
        0
    }

    fn step(&self, node: usize, byte: u8) -> Option<usize> {
        self.nodes[node].children.get(&byte).copied()
    }

    fn children(&self, node: usize, visit: &mut dyn FnMut(u8, usize)) {
        for (&byte, &child) in &self.nodes[node].children {
            visit(byte, child);
        }
    }

    fn value(&self, node: usize) -> Option<u32> {
        self.nodes[node].value
    }
}
