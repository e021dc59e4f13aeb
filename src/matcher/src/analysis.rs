//! An utterance becomes features: which words were read how (known, corrected, split, joined), and
//! which numbered features with which weights that gives. Training and matching share this code.

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use text::{Language, Script, Token, Trie};

/// Fixed-point weights of the feature kinds, in 1/64.
mod value {
    pub(super) const WORD: u16 = 64;
    pub(super) const STOP: u16 = 20;
    pub(super) const PART: u16 = 40;
}

/// The known words (stems), numbered in ascending order.
pub trait Vocabulary: Trie {
    /// The number of a stem, or `None` when it is not known.
    fn ordinal(&self, stem: &str) -> Option<u32>;
}

/// How a token was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reading {
    /// The knowledge holds this word.
    Known,
    /// Misspelt; read as the word given.
    Corrected(String),
    /// A compound of known words.
    Split(Vec<String>),
    /// Two words that belong together ("køre kort"); the word they make.
    Joined(String),
    /// Only the end of the compound is known.
    Head(String),
    /// Not known at all.
    Unknown,
}

/// One token with its reading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenReading {
    /// The token as found in the utterance.
    pub token: Token,
    /// How it was read.
    pub reading: Reading,
}

/// A feature of the utterance: a stem in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Feature {
    /// Number of the stem; `None` when it is not known (it still counts for the length).
    pub term: Option<u32>,
    /// Weight in 1/64.
    pub value: u16,
    /// Token it comes from (index into [`Analysis::tokens`]).
    pub token: u16,
    /// Sentence it comes from.
    pub sentence: u16,
}

/// The utterance taken apart.
#[derive(Clone, Debug)]
pub struct Analysis {
    /// Tokens in order.
    pub tokens: Vec<TokenReading>,
    /// Features in order of tokens.
    pub features: Vec<Feature>,
    /// Guessed language.
    pub language: Language,
    /// Share of meaning words that the knowledge knows in some reading, 0..=1; 0 when there are none.
    pub known: f32,
    /// Number of sentences.
    pub sentences: u16,
}

/// Takes an utterance apart. `terms` are the known stems.
pub fn analyse<T: Vocabulary>(terms: &T, utterance: &str) -> Analysis {
    let tokens = text::tokenize(utterance);
    let language = text::guess_language(&tokens);
    let mut out = Builder {
        terms,
        language,
        features: Vec::new(),
        known: 0,
        meaning: 0,
    };
    let sentences = tokens.last().map_or(0, |t| t.sentence + 1);
    let mut read = Vec::with_capacity(tokens.len());
    for (i, token) in tokens.iter().enumerate() {
        let reading = out.read(i as u16, token, tokens.get(i + 1));
        read.push(TokenReading {
            token: token.clone(),
            reading,
        });
    }
    let known = if out.meaning == 0 {
        0.0
    } else {
        out.known as f32 / out.meaning as f32
    };
    Analysis {
        tokens: read,
        features: out.features,
        language,
        known,
        sentences,
    }
}

/// The stem under which a token is known: non-Latin scripts and numbers have classes of their own.
pub fn term_of(token: &Token, language: Language) -> String {
    if token.script != Script::Latin {
        let script = match token.script {
            Script::Cyrillic => "#cyrillic",
            Script::Arabic => "#arabic",
            Script::Greek => "#greek",
            Script::Hebrew => "#hebrew",
            Script::Cjk => "#cjk",
            _ => "#other",
        };
        return script.to_string();
    }
    if token.word.bytes().all(|b| b.is_ascii_digit()) {
        return ["#0", "#1", "#2", "#3", "#4", "#5", "#6"][token.word.len().min(6)].to_string();
    }
    text::stem(&token.word, language)
}

struct Builder<'t, T> {
    terms: &'t T,
    language: Language,
    features: Vec<Feature>,
    known: u32,
    meaning: u32,
}

impl<T: Vocabulary> Builder<'_, T> {
    fn add(&mut self, stem: &str, value: u16, at: u16, sentence: u16) {
        self.features.push(Feature {
            term: self.terms.ordinal(stem),
            value,
            token: at,
            sentence,
        });
    }

    fn word(&mut self, word: &str, value: u16, at: u16, sentence: u16) {
        let stem = text::stem(word, self.language);
        self.add(&stem, value, at, sentence);
    }

    fn read(&mut self, at: u16, token: &Token, next: Option<&Token>) -> Reading {
        let (word, sentence) = (token.word.as_str(), token.sentence);
        let stem = term_of(token, self.language);
        if stem.starts_with('#') {
            let foreign = token.script != Script::Latin;
            self.meaning += u32::from(foreign);
            self.add(
                &stem,
                if foreign { value::WORD } else { value::STOP },
                at,
                sentence,
            );
            return if foreign {
                Reading::Unknown
            } else {
                Reading::Known
            };
        }
        if text::is_stop_word(word) {
            self.add(&stem, value::STOP, at, sentence);
            return self.join(token, next, at).unwrap_or(Reading::Known);
        }
        self.meaning += 1;
        if self.terms.ordinal(&stem).is_some() {
            self.known += 1;
            self.add(&stem, value::WORD, at, sentence);
            self.parts(word, at, sentence);
            return self.join(token, next, at).unwrap_or(Reading::Known);
        }
        self.unknown(token, next, &stem, at)
    }

    fn unknown(&mut self, token: &Token, next: Option<&Token>, stem: &str, at: u16) -> Reading {
        let (word, sentence) = (token.word.as_str(), token.sentence);
        self.known += 1;
        if let Some(joined) = self.join(token, next, at) {
            return joined;
        }
        if word.len() >= 6
            && let Some(parts) = text::split_compound(self.terms, word)
        {
            for part in &parts {
                self.word(part, value::WORD * 3 / 4, at, sentence);
            }
            return Reading::Split(parts);
        }
        // A long stem survives a wrong ending; a short one would become any word.
        let by_stem = || {
            text::correct(self.terms, stem, 1)
                .into_iter()
                .next()
                .filter(|_| stem.len() >= 6)
        };
        if let Some(best) = text::correct(self.terms, word, 1)
            .into_iter()
            .next()
            .or_else(by_stem)
        {
            self.add(&best.word, value::WORD, at, sentence);
            self.parts(&best.word, at, sentence);
            return Reading::Corrected(best.word);
        }
        if word.len() >= 7
            && let Some(head) = text::known_head(self.terms, word)
        {
            self.word(&head, value::PART, at, sentence);
            return Reading::Head(head);
        }
        self.known -= 1;
        self.add(stem, value::WORD, at, sentence);
        Reading::Unknown
    }

    /// "køre kort" counts as "kørekort" too.
    fn join(&mut self, token: &Token, next: Option<&Token>, at: u16) -> Option<Reading> {
        let next = next.filter(|n| n.script == Script::Latin && n.sentence == token.sentence)?;
        if token.word.len() < 3 || next.word.len() < 3 {
            return None;
        }
        let mut joined = String::with_capacity(token.word.len() + next.word.len());
        joined.push_str(&token.word);
        joined.push_str(&next.word);
        let stem = text::stem(&joined, self.language);
        self.terms.ordinal(&stem)?;
        self.add(&stem, value::WORD, at, token.sentence);
        Some(Reading::Joined(joined))
    }

    /// A known compound also counts as its parts.
    fn parts(&mut self, word: &str, at: u16, sentence: u16) {
        if word.len() < 8 {
            return;
        }
        if let Some(parts) = text::split_compound(self.terms, word).filter(|p| p.len() > 1) {
            for part in parts {
                self.word(&part, value::PART, at, sentence);
            }
        }
    }
}
