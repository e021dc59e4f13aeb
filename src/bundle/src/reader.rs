//! Opens a `.kb` file: magic, format, length, checksum, kommune, then its sections. Answers are
//! read one by one when they are asked for.

use crate::content::{
    Answer, Bookable, Core, CrisisKind, Details, Fact, IntentIdx, Lang, Language, Placement,
    TopicIdx,
};
use crate::layout::{FORMAT, FileKind, HEADER, MAGIC, ROW, checksum, section};
use crate::{BundleError, Terms, model};
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use matcher::Model;
use wire::{Wire, from_bytes};

/// The header of a file, checked.
struct File {
    bytes: Vec<u8>,
    kind: u8,
    sections: usize,
}

impl File {
    fn open(bytes: Vec<u8>, slug: &str) -> Result<File, BundleError> {
        if bytes.get(..8) != Some(MAGIC.as_slice()) {
            return Err(BundleError::Magic);
        }
        let truncated = |expected| BundleError::Truncated {
            found: bytes.len(),
            expected,
        };
        let header = bytes.get(..HEADER).ok_or_else(|| truncated(HEADER))?;
        let format = u16::from_le_bytes([header[8], header[9]]);
        if format != FORMAT {
            return Err(BundleError::Format {
                found: format,
                expected: FORMAT,
            });
        }
        let length = u32_at(header, 12) as usize;
        if length > bytes.len() {
            return Err(truncated(length));
        }
        let mut sum = [0_u8; 8];
        sum.copy_from_slice(&header[16..24]);
        if length != bytes.len() || checksum(&bytes[..16], &bytes[24..]) != u64::from_le_bytes(sum)
        {
            return Err(BundleError::Checksum);
        }
        let sections = header[11] as usize;
        if HEADER + sections * ROW > length {
            return Err(BundleError::Section("table"));
        }
        let found = slug_of(header);
        if !slug.is_empty() && found != slug {
            return Err(BundleError::Foreign {
                found,
                expected: slug.to_string(),
            });
        }
        let kind = header[10];
        Ok(File {
            bytes,
            kind,
            sections,
        })
    }

    fn section(&self, name: &'static [u8; 4]) -> Result<&[u8], BundleError> {
        let label = BundleError::Section(core::str::from_utf8(name).unwrap_or("?"));
        for row in self.bytes[HEADER..].chunks_exact(ROW).take(self.sections) {
            if row.starts_with(name) {
                let (from, length) = (u32_at(row, 4) as usize, u32_at(row, 8) as usize);
                let to = from.checked_add(length).ok_or(label.clone())?;
                return self.bytes.get(from..to).ok_or(label);
            }
        }
        Err(label)
    }

    fn record<R: Wire>(&self, idx: IntentIdx) -> Option<R> {
        let index = self.section(section::ANSWER_INDEX).ok()?;
        let at = idx as usize * 4;
        if at + 8 > index.len() {
            return None;
        }
        let (from, to) = (u32_at(index, at) as usize, u32_at(index, at + 4) as usize);
        let bytes = self.section(section::ANSWERS).ok()?.get(from..to)?;
        if bytes.is_empty() {
            None
        } else {
            from_bytes(bytes)
        }
    }
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    let mut word = [0_u8; 4];
    word.copy_from_slice(&bytes[at..at + 4]);
    u32::from_le_bytes(word)
}

fn slug_of(header: &[u8]) -> String {
    let slug = &header[56..88];
    let end = slug.iter().position(|b| *b == 0).unwrap_or(slug.len());
    core::str::from_utf8(&slug[..end]).unwrap_or("?").into()
}

/// Everything the bot knows of one kommune.
pub struct Knowledge {
    /// A language model may be asked where there is no answer. Said by the signed release, not by the file; off until then.
    pub model_help: bool,
    file: File,
    core: Core,
    model: Model<Terms>,
    english: Option<(File, Language)>,
    details: Option<File>,
}

impl Knowledge {
    /// Opens a core bundle. `slug` is the kommune it must belong to; empty accepts any.
    ///
    /// # Errors
    /// The first thing that is wrong, in the order magic, format, length, checksum, kommune, sections.
    pub fn open(bytes: Vec<u8>, slug: &str) -> Result<Knowledge, BundleError> {
        let file = File::open(bytes, slug)?;
        if file.kind != FileKind::Core as u8 {
            return Err(BundleError::Section("kind"));
        }
        let core: Core =
            from_bytes(file.section(section::CORE)?).ok_or(BundleError::Section("core"))?;
        let terms =
            Terms::read(file.section(section::TERMS)?).ok_or(BundleError::Section("term"))?;
        let model = model::read(terms, file.section(section::MODEL)?)
            .ok_or(BundleError::Section("modl"))?;
        if model.classes as usize != core.intents.len() + 1 {
            return Err(BundleError::Section("modl"));
        }
        if core
            .intents
            .iter()
            .any(|i| i.topic as usize >= core.topics.len())
        {
            return Err(BundleError::Section("core"));
        }
        Ok(Knowledge {
            model_help: false,
            file,
            core,
            model,
            english: None,
            details: None,
        })
    }

    /// Adds titles and answers of a language file of the same kommune.
    ///
    /// # Errors
    /// As [`Knowledge::open`].
    pub fn add_language(&mut self, bytes: Vec<u8>) -> Result<(), BundleError> {
        let file = File::open(bytes, &self.core.meta.slug)?;
        if file.kind != FileKind::Language as u8 {
            return Err(BundleError::Section("kind"));
        }
        let wrong = || BundleError::Section("lang");
        let mut language: Language =
            from_bytes(file.section(section::LANGUAGE)?).ok_or_else(wrong)?;
        let mut places = 0;
        self.core.english(&mut |_| places += 1);
        if places != language.texts.len() {
            return Err(wrong());
        }
        let mut texts = core::mem::take(&mut language.texts).into_iter();
        self.core
            .english(&mut |text| *text = texts.next().unwrap_or_default());
        self.english = Some((file, language));
        Ok(())
    }

    /// Adds steps and "Læs mere" of the Danish answers and the crisis patterns. Nobody may be asked anything
    /// before they are there: a statement of distress must be understood.
    ///
    /// # Errors
    /// As [`Knowledge::open`].
    pub fn add_details(&mut self, bytes: Vec<u8>) -> Result<(), BundleError> {
        let file = File::open(bytes, &self.core.meta.slug)?;
        if file.kind != FileKind::Details as u8 {
            return Err(BundleError::Section("kind"));
        }
        self.core.crisis =
            from_bytes(file.section(section::CRISIS)?).ok_or(BundleError::Section("cris"))?;
        self.details = Some(file);
        Ok(())
    }

    /// True when the details are there.
    pub fn has_details(&self) -> bool {
        self.details.is_some()
    }

    /// Kommune, topics, intents, facts.
    pub fn core(&self) -> &Core {
        &self.core
    }

    /// Where the launcher stands, if the kommune chose.
    pub fn placement(&self) -> Option<Placement> {
        from_bytes(self.file.section(section::PLACEMENT).ok()?)
    }

    /// What can be booked; empty when nothing can, or when the section cannot be read or names an intent or topic that
    /// is none.
    pub fn bookable(&self) -> Vec<Bookable> {
        let read = |bytes| from_bytes::<Vec<Bookable>>(bytes);
        let all = self.file.section(section::BOOKING).ok().and_then(read);
        let (topics, intents) = (self.core.topics.len(), self.core.intents.len());
        all.filter(|all| {
            all.iter().all(|b| {
                b.topics.iter().all(|t| usize::from(*t) < topics)
                    && b.intents.iter().all(|i| usize::from(*i) < intents)
            })
        })
        .unwrap_or_default()
    }

    /// The matcher's model.
    pub fn model(&self) -> &Model<Terms> {
        &self.model
    }

    /// SHA-256 of the contents, as the compiler wrote it: the bundle's version.
    pub fn content_hash(&self) -> &[u8] {
        &self.file.bytes[24..56]
    }

    /// Every section's name and bytes, for measuring.
    pub fn section_bytes(&self) -> Vec<(String, &[u8])> {
        let rows = self.file.bytes[HEADER..]
            .chunks_exact(ROW)
            .take(self.file.sections);
        rows.filter_map(|row| {
            let (from, length) = (u32_at(row, 4) as usize, u32_at(row, 8) as usize);
            let bytes = self.file.bytes.get(from..from.checked_add(length)?)?;
            Some((String::from_utf8_lossy(&row[..4]).into_owned(), bytes))
        })
        .collect()
    }

    /// The answer of an intent; `None` when that language is not loaded or lacks it.
    pub fn answer(&self, idx: IntentIdx, lang: Lang) -> Option<Answer> {
        match lang {
            Lang::Da => {
                let mut answer: Answer = self.file.record(idx)?;
                if let Some(details) = self.details.as_ref().and_then(|f| f.record::<Details>(idx))
                {
                    answer.steps = details.steps;
                    answer.more = details.more;
                }
                Some(answer)
            }
            Lang::En => self.english.as_ref()?.0.record(idx),
        }
    }

    /// Authored help in a crisis. Read again from the file, since it is needed so seldom.
    pub fn crisis_answer(&self, kind: CrisisKind, lang: Lang) -> Option<Answer> {
        let answers = match lang {
            Lang::Da => from_bytes::<Core>(self.file.section(section::CORE).ok()?)?.crisis_answers,
            Lang::En => {
                let file = &self.english.as_ref()?.0;
                from_bytes::<Language>(file.section(section::LANGUAGE).ok()?)?.crisis_answers
            }
        };
        let mut answers = answers.into_iter();
        answers.find(|(k, _)| *k == kind).map(|(_, answer)| answer)
    }

    /// National facts in a language; the Danish ones when the language is not loaded.
    pub fn facts(&self, lang: Lang) -> &[Fact] {
        match (lang, &self.english) {
            (Lang::En, Some((_, language))) => &language.facts,
            _ => &self.core.facts,
        }
    }

    /// True when answers in `lang` are loaded.
    pub fn has_language(&self, lang: Lang) -> bool {
        lang == Lang::Da || self.english.is_some()
    }

    /// `pas/pas-til-barn`. Empty for an index that is none.
    pub fn intent_id(&self, idx: IntentIdx) -> String {
        self.core
            .intents
            .get(idx as usize)
            .map_or_else(String::new, |intent| {
                [
                    &*self.core.topics[intent.topic as usize].id,
                    "/",
                    &intent.name,
                ]
                .concat()
            })
    }

    /// Index of `pas/pas-til-barn`.
    pub fn find_intent(&self, id: &str) -> Option<IntentIdx> {
        let (topic, name) = id.split_once('/')?;
        let topic = self.find_topic(topic)?;
        let at = self
            .core
            .intents
            .iter()
            .position(|i| i.topic == topic && i.name == name)?;
        Some(at as IntentIdx)
    }

    /// Index of `pas`.
    pub fn find_topic(&self, id: &str) -> Option<TopicIdx> {
        self.core
            .topics
            .iter()
            .position(|t| t.id == id)
            .map(|at| at as TopicIdx)
    }
}
