//! Damaged bundles: every kind of damage has its own typed error, and 2,000 random corruptions with a
//! fixed seed are all refused without a panic. Says nothing about forged files: the checksum guards against
//! damage, the signed release and the pinned hashes against malice (docs/bundle-format.md).

use bundle::content::{Answer, Block, Core, Details, Inline, Intent, Language, Meta, Topic};
use bundle::layout::{FORMAT, HEADER, ROW, checksum};
use bundle::{BundleError, Knowledge, Terms, write_core, write_details, write_language};
use matcher::{Calibration, Model, Posting, Thresholds};
use std::collections::BTreeMap;
use std::panic::catch_unwind;

const SLUG: &str = "proeveby";

fn answer(text: &str) -> Answer {
    Answer {
        short: vec![Block::Paragraph(vec![Inline::Text(text.into())])],
        ..Answer::default()
    }
}

fn intent(name: &str) -> Intent {
    Intent {
        topic: 0,
        name: name.into(),
        title: name.into(),
        title_en: name.into(),
        prior: 2,
        from: None,
        until: None,
    }
}

fn contents() -> Core {
    let topic = Topic {
        id: "pas".into(),
        title: "Pas".into(),
        title_en: "Passports".into(),
        tree: None,
    };
    Core {
        meta: Meta {
            slug: SLUG.into(),
            name: "Prøveby Kommune".into(),
            ..Meta::default()
        },
        topics: vec![topic],
        intents: vec![intent("pas-til-barn"), intent("pris-paa-pas")],
        ..Core::default()
    }
}

fn core() -> Vec<u8> {
    let model = Model {
        terms: Terms::build(["barn", "pas", "pris"]).expect("they ascend"),
        classes: 3,
        starts: vec![0, 1, 3, 4],
        postings: [(0, 10), (0, 4), (1, 4), (1, 10)]
            .map(|(class, weight)| Posting { class, weight })
            .to_vec(),
        bias: vec![-64, -64, 32],
        scale: 0.125,
        calibration: Calibration {
            weights: [-1.0, 2.0, 3.0, 0.0, 1.0, 0.5],
            sharpness: 4.0,
        },
        thresholds: Thresholds::default(),
    };
    write_core(
        &contents(),
        &model,
        &[
            Some(answer("Barnet skal med.")),
            Some(answer("Prisen følger alderen.")),
        ],
    )
}

fn details() -> Vec<u8> {
    let details = Details {
        steps: vec![vec![Inline::Text("Bestil en tid.".into())]],
        more: Vec::new(),
    };
    write_details(SLUG, &[Some(details), None], &[])
}

fn english() -> Vec<u8> {
    write_language(
        &contents(),
        &Language::default(),
        &[Some(answer("Bring the child.")), None],
    )
}

fn open(bytes: Vec<u8>) -> Result<Knowledge, BundleError> {
    Knowledge::open(bytes, SLUG)
}

fn error(bytes: Vec<u8>) -> BundleError {
    open(bytes).err().expect("a damaged bundle was opened")
}

/// Puts the checksum right again, as a faulty writer would.
fn sealed(mut bytes: Vec<u8>) -> Vec<u8> {
    let sum = checksum(&bytes[..16], &bytes[24..]);
    bytes[16..24].copy_from_slice(&sum.to_le_bytes());
    bytes
}

#[test]
fn english_titles_of_another_core_are_refused() {
    let mut other = contents();
    other.intents.pop();
    let language = write_language(&other, &Language::default(), &[None]);
    let mut knowledge = open(core()).expect("a whole bundle");
    assert_eq!(
        knowledge.add_language(language),
        Err(BundleError::Section("lang"))
    );
    assert_eq!(knowledge.core().intents[1].title_en, "");
    knowledge.add_language(english()).expect("its own");
    assert_eq!(knowledge.core().intents[1].title_en, "pris-paa-pas");
}

#[test]
fn the_whole_bundle_opens() {
    let mut knowledge = open(core()).expect("a whole bundle");
    knowledge.add_details(details()).expect("whole details");
    knowledge
        .add_language(english())
        .expect("a whole language file");
    assert_eq!(knowledge.intent_id(1), "pas/pris-paa-pas");
}

#[test]
fn other_bytes_are_no_bundle() {
    for bytes in [
        &b""[..],
        b"LOKAL",
        b"<!doctype html><title>404</title>",
        b"LOKALSVT and more bytes than eight",
    ] {
        assert_eq!(error(bytes.to_vec()), BundleError::Magic);
    }
    let mut bytes = core();
    bytes[0] ^= 0x20;
    assert_eq!(error(bytes), BundleError::Magic);
}

#[test]
fn another_format_is_named_before_the_checksum_is_looked_at() {
    for found in [FORMAT + 1, FORMAT - 1, u16::MAX] {
        let mut bytes = core();
        bytes[8..10].copy_from_slice(&found.to_le_bytes());
        assert_eq!(
            error(bytes),
            BundleError::Format {
                found,
                expected: FORMAT
            }
        );
    }
}

#[test]
fn every_truncation_says_how_much_is_missing() {
    let whole = core();
    for length in 8..whole.len() {
        let expected = if length < HEADER { HEADER } else { whole.len() };
        assert_eq!(
            error(whole[..length].to_vec()),
            BundleError::Truncated {
                found: length,
                expected
            }
        );
    }
}

#[test]
fn every_flipped_bit_behind_the_length_shows_in_the_checksum() {
    let whole = core();
    for at in 16..whole.len() {
        for bit in 0..8 {
            let mut bytes = whole.clone();
            bytes[at] ^= 1 << bit;
            assert_eq!(error(bytes), BundleError::Checksum, "byte {at}, bit {bit}");
        }
    }
    let mut longer = whole;
    longer.push(0);
    assert_eq!(error(longer), BundleError::Checksum);
}

#[test]
fn a_bundle_of_another_kommune_is_foreign() {
    let foreign = || BundleError::Foreign {
        found: SLUG.into(),
        expected: "eksempelby".into(),
    };
    assert_eq!(Knowledge::open(core(), "eksempelby").err(), Some(foreign()));
    assert!(
        Knowledge::open(core(), "").is_ok(),
        "an empty slug takes any"
    );
    let mut knowledge = open(core()).expect("a whole bundle");
    let other = write_details("fjordby", &[None, None], &[]);
    let error = BundleError::Foreign {
        found: "fjordby".into(),
        expected: SLUG.into(),
    };
    assert_eq!(knowledge.add_details(other), Err(error));
}

#[test]
fn a_file_of_another_kind_is_refused() {
    assert_eq!(error(details()), BundleError::Section("kind"));
    let mut knowledge = open(core()).expect("a whole bundle");
    assert_eq!(
        knowledge.add_details(english()),
        Err(BundleError::Section("kind"))
    );
    assert_eq!(
        knowledge.add_language(details()),
        Err(BundleError::Section("kind"))
    );
    assert_eq!(
        knowledge.add_language(core()),
        Err(BundleError::Section("kind"))
    );
}

#[test]
fn a_faulty_writer_is_named_by_its_section() {
    for (row, name) in ["core", "term", "modl"].into_iter().enumerate() {
        let mut bytes = core();
        bytes[HEADER + row * ROW] = b'x';
        assert_eq!(error(sealed(bytes)), BundleError::Section(name));
        let mut bytes = core();
        bytes[HEADER + row * ROW + 4..][..4].copy_from_slice(&u32::MAX.to_le_bytes());
        assert_eq!(error(sealed(bytes)), BundleError::Section(name));
    }
    let mut bytes = core();
    bytes[11] = 255;
    assert_eq!(error(sealed(bytes)), BundleError::Section("table"));
}

/// xorshift: the same damage on every machine.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % n as u64) as usize
    }

    fn damage(&mut self, whole: &[u8]) -> Vec<u8> {
        let mut bytes = whole.to_vec();
        match self.below(4) {
            0 => {
                for _ in 0..=self.below(8) {
                    let at = self.below(bytes.len());
                    bytes[at] ^= 1 << self.below(8);
                }
            }
            1 => bytes.truncate(self.below(whole.len())),
            2 => {
                // A piece of the file over another place: what a broken cache or a wrong range gives.
                let length = 1 + self.below(64);
                let (from, to) = (
                    self.below(whole.len() - length),
                    self.below(whole.len() - length),
                );
                bytes[to..to + length].copy_from_slice(&whole[from..from + length]);
            }
            _ => {
                let at = self.below(bytes.len() + 1);
                let new: Vec<u8> = (0..=self.below(16))
                    .map(|_| self.below(256) as u8)
                    .collect();
                bytes.splice(at..at, new);
            }
        }
        bytes
    }
}

fn name(error: &BundleError) -> &'static str {
    match error {
        BundleError::Magic => "magic",
        BundleError::Format { .. } => "format",
        BundleError::Truncated { .. } => "truncated",
        BundleError::Checksum => "checksum",
        BundleError::Foreign { .. } => "foreign",
        BundleError::Section(_) => "section",
    }
}

#[test]
fn two_thousand_corruptions_are_refused() {
    const ROUNDS: u32 = 2_000;
    type Opener = fn(Vec<u8>) -> Result<(), BundleError>;
    let with_details: Opener = |b| open(core()).and_then(|mut k| k.add_details(b));
    let with_english: Opener = |b| open(core()).and_then(|mut k| k.add_language(b));
    let files: [(&str, Vec<u8>, Opener); 3] = [
        ("core", core(), |b| open(b).map(drop)),
        ("details", details(), with_details),
        ("language", english(), with_english),
    ];
    for (file, whole, opener) in files {
        let mut dice = Dice(0x10ca_15fa_2026_1121);
        let mut refused: BTreeMap<&str, u32> = BTreeMap::new();
        let (mut tried, mut accepted, mut panics) = (0, 0, 0);
        while tried < ROUNDS {
            let bytes = dice.damage(&whole);
            if bytes == whole {
                continue; // a splice of equal bytes is no damage
            }
            tried += 1;
            match catch_unwind(|| opener(bytes)) {
                Ok(Ok(())) => accepted += 1,
                Ok(Err(error)) => *refused.entry(name(&error)).or_default() += 1,
                Err(_) => panics += 1,
            }
        }
        println!(
            "{file}: {tried} corruptions, {accepted} accepted, {panics} panics; refused: {refused:?}"
        );
        assert_eq!((accepted, panics), (0, 0), "{file}");
    }
}

#[test]
fn damage_under_a_right_checksum_never_panics() {
    let whole = core();
    let mut dice = Dice(0x5ea1_ed00_2026_1121);
    let (mut opened, mut panics) = (0, 0);
    for _ in 0..2_000 {
        let mut bytes = whole.clone();
        for _ in 0..=dice.below(4) {
            let at = HEADER + dice.below(bytes.len() - HEADER);
            bytes[at] = dice.below(256) as u8;
        }
        let bytes = sealed(bytes);
        let read = catch_unwind(|| {
            open(bytes).is_ok_and(|knowledge| {
                for idx in 0..3 {
                    let _ = (
                        knowledge.answer(idx, bundle::content::Lang::Da),
                        knowledge.intent_id(idx),
                    );
                }
                let _ = matcher::rank(
                    knowledge.model(),
                    "hvad er prisen på et pas",
                    &matcher::Context::default(),
                );
                true
            })
        });
        match read {
            Ok(read) => opened += u32::from(read),
            Err(_) => panics += 1,
        }
    }
    println!("2000 files by a faulty writer: {opened} opened, {panics} panics");
    assert_eq!(panics, 0);
}
