//! Chance with a seed, and what it does to an input: the same seed gives the same damage on every machine.

/// splitmix64.
pub(crate) struct Dice(u64);

impl Dice {
    /// A row of numbers of its own for each round of a run.
    pub(crate) fn new(seed: u64, round: u64) -> Dice {
        let mut dice = Dice(seed ^ round.wrapping_mul(0xd134_2543_de82_ef95));
        dice.next();
        dice
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// 0..n; 0 for none.
    pub(crate) fn below(&mut self, n: usize) -> usize {
        (self.next() % n.max(1) as u64) as usize
    }

    pub(crate) fn one_of<'a, T: ?Sized>(&mut self, all: &'a [&'a T]) -> &'a T {
        all[self.below(all.len())]
    }

    /// Damaged bytes of a file.
    pub(crate) fn bytes(&mut self, whole: &[u8]) -> Vec<u8> {
        let mut bytes = whole.to_vec();
        for _ in 0..=self.below(3) {
            let (from, to) = self.range(bytes.len());
            match self.below(6) {
                0 => bytes.truncate(from),
                1 => {
                    bytes.drain(from..to);
                }
                2 => {
                    let piece = bytes[from..to].to_vec();
                    let at = self.below(bytes.len() + 1);
                    bytes.splice(at..at, piece);
                }
                3 => {
                    let at = self.below(bytes.len() + 1);
                    let new: Vec<u8> = (0..self.below(17)).map(|_| self.next() as u8).collect();
                    bytes.splice(at..at, new);
                }
                _ if !bytes.is_empty() => {
                    let at = self.below(bytes.len());
                    bytes[at] ^= 1 << self.below(8);
                }
                _ => {}
            }
        }
        bytes
    }

    /// Damaged text: characters, words of the format and whole lines come, go and change places.
    pub(crate) fn text(&mut self, whole: &str, words: &[&str]) -> String {
        let mut lines: Vec<String> = whole.lines().map(str::to_owned).collect();
        for _ in 0..=self.below(5) {
            let at = self.below(lines.len() + 1);
            let (from, to) = self.range(lines.len());
            match self.below(9) {
                0 => drop(lines.drain(from..to)),
                1 => {
                    let piece = lines[from..to].to_vec();
                    lines.splice(at..at, piece);
                }
                2 => lines.insert(at, self.one_of(words).to_owned()),
                3 => {
                    let other = self.below(lines.len().max(1));
                    if at < lines.len() && other < lines.len() {
                        lines.swap(at, other);
                    }
                }
                4 => lines.insert(at, self.line(words)),
                _ => {
                    if let Some(line) = lines.get_mut(at) {
                        *line = self.characters(line, words);
                    }
                }
            }
        }
        let ending = self.one_of(&["\n", "\n", "\n", "\r\n", "\r", ""]);
        lines.join(if ending.is_empty() { "\n" } else { ending }) + ending
    }

    /// A line of anything.
    pub(crate) fn line(&mut self, words: &[&str]) -> String {
        self.line_of(12, words)
    }

    /// A line of fewer than `most` pieces.
    pub(crate) fn line_of(&mut self, most: usize, words: &[&str]) -> String {
        let mut line = String::new();
        for _ in 0..self.below(most) {
            match self.below(4) {
                0 => line.push(self.character()),
                1 => line.push(' '),
                _ => line.push_str(self.one_of(words)),
            }
        }
        line
    }

    fn characters(&mut self, line: &str, words: &[&str]) -> String {
        let mut all: Vec<char> = line.chars().collect();
        for _ in 0..=self.below(3) {
            let at = self.below(all.len() + 1);
            let (from, to) = self.range(all.len());
            match self.below(6) {
                0 => drop(all.drain(from..to)),
                1 => {
                    let piece = all[from..to].to_vec();
                    all.splice(at..at, piece);
                }
                2 => drop(all.splice(at..at, self.one_of(words).chars())),
                3 if at < all.len() => all[at] = self.character(),
                4 => all.truncate(at),
                _ => all.insert(at, self.character()),
            }
        }
        all.into_iter().collect()
    }

    /// Any character, with a taste for those that rules look at.
    fn character(&mut self) -> char {
        const SPECIAL: &str = "\0\t\r \u{a0}\u{ad}\u{300}\u{308}\u{30a}\u{200b}\u{200d}\u{202e}\u{feff}\u{fffd}\
            #-*_>=!|[](){}<>:;,./\\\"'`&%@?^~0179aeiouyæøåÆØÅäöüßﬁİı①½Яш中日👩🏽🇩🇰";
        if self.below(4) == 0 {
            return char::from_u32(self.below(0x11_0000) as u32).unwrap_or('\u{fffd}');
        }
        let at = self.below(SPECIAL.chars().count());
        SPECIAL.chars().nth(at).unwrap_or(' ')
    }

    /// A piece of at most 64.
    fn range(&mut self, length: usize) -> (usize, usize) {
        let from = self.below(length + 1);
        (from, from + self.below((length - from).min(64) + 1))
    }
}
