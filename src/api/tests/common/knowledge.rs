//! A kommune's bundle of a few answers, with weights set by hand: for tests that need passages and no training.

use bundle::Terms;
use bundle::content::{
    Action, Answer, Block, Core, CrisisKind, CrisisPattern, Inline, Intent, Meta, Target, Topic,
};
use matcher::{Calibration, Model, Posting, Thresholds};
use std::collections::BTreeMap;
use std::path::Path;

/// id, title, words that speak for it, text.
pub const ANSWERS: [(&str, &str, &str, &str); 6] = [
    (
        "affald/haveaffald",
        "Hvor afleverer jeg haveaffald?",
        "haveaffald have affald aflevere genbrugsplads grene",
        "Du afleverer haveaffald på genbrugspladsen. Genbrugspladsen har åbent alle dage kl. 8-18. Du skal sortere grene og jord hver for sig.",
    ),
    (
        "bolig/boligstoette",
        "Hvem kan få boligstøtte?",
        "boligstoette stoette husleje leje soege",
        "Du kan søge boligstøtte, hvis du bor til leje. Du søger på borger.dk med MitID. Svaret kommer inden 15 hverdage.",
    ),
    (
        "bolig/indskudslaan",
        "Hvordan søger jeg lån til indskud?",
        "indskud laan indskudslaan bolig",
        "Du søger om lån til indskud hos kommunen. Lånet skal betales tilbage efter 5 år. Du skal sende lejekontrakten med.",
    ),
    (
        "pas/leveringstid-pas",
        "Hvor lang tid tager det at få pas?",
        "lang tid tager leveringstid pas vente",
        "Det tager 5-8 hverdage at få et pas. Passet bliver sendt til dig med posten.",
    ),
    (
        "pas/pas-til-barn",
        "Hvordan får mit barn pas?",
        "barn boern pas soen datter samtykke",
        "Barnet skal møde op med en forælder. Begge forældre skal skrive under på ansøgningen.",
    ),
    (
        "pas/pris-paa-pas",
        "Hvad koster et pas?",
        "koster pris pas betale penge",
        "Et pas til en voksen koster 893 kr. Du betaler, når du søger om passet. Passet gælder i 10 år. Ring til Borgerservice på 00 12 34 56.",
    ),
];

/// Writes `<slug>.kb` into a folder.
pub fn write(folder: &Path, slug: &str) {
    std::fs::write(folder.join(format!("{slug}.kb")), bytes(slug)).expect("a file");
}

/// The bundle as a file.
pub fn bytes(slug: &str) -> Vec<u8> {
    let answers: Vec<Option<Answer>> = ANSWERS
        .iter()
        .map(|(.., text)| Some(answer(slug, text)))
        .collect();
    bundle::write_core(&core(slug), &model(), &answers)
}

fn answer(slug: &str, text: &str) -> Answer {
    Answer {
        short: vec![Block::Paragraph(vec![Inline::Text(text.into())])],
        actions: vec![Action {
            label: "Bestil tid".into(),
            target: Target::Url(format!("https://www.{slug}.example/tid")),
        }],
        ..Answer::default()
    }
}

fn core(slug: &str) -> Core {
    let mut topics: Vec<Topic> = Vec::new();
    let mut intents = Vec::new();
    for (id, title, ..) in ANSWERS {
        let (topic, name) = id.split_once('/').expect("an id");
        if topics.last().is_none_or(|t| t.id != topic) {
            topics.push(Topic {
                id: topic.into(),
                title: topic.into(),
                title_en: String::new(),
                tree: None,
            });
        }
        intents.push(Intent {
            topic: topics.len() as u16 - 1,
            name: name.into(),
            title: title.into(),
            title_en: String::new(),
            prior: 3,
            from: None,
            until: None,
        });
    }
    Core {
        meta: Meta {
            slug: slug.into(),
            name: format!("{slug} Kommune"),
            short_name: slug.into(),
            domain: format!("{slug}.example"),
            phone: "00 12 34 56".into(),
            ..Meta::default()
        },
        topics,
        intents,
        crisis: vec![CrisisPattern {
            kind: CrisisKind::Suicide,
            words: vec![vec!["orker".into()], vec!["livet".into()]],
            gap: 3,
            unless: Vec::new(),
        }],
        ..Core::default()
    }
}

fn model() -> Model<Terms> {
    let mut weights: BTreeMap<String, BTreeMap<u16, i16>> = BTreeMap::new();
    for (class, (_, _, words, _)) in (0..).zip(ANSWERS) {
        for word in words.split(' ') {
            let stem = text::stem(word, text::Language::Danish);
            *weights.entry(stem).or_default().entry(class).or_default() += 60;
        }
    }
    let (mut starts, mut postings) = (vec![0], Vec::new());
    for classes in weights.values() {
        postings.extend(classes.iter().map(|(&class, weight)| Posting {
            class,
            weight: (*weight).min(120) as i8,
        }));
        starts.push(postings.len() as u32);
    }
    Model {
        terms: Terms::build(weights.keys().map(String::as_str)).expect("stems ascend"),
        classes: ANSWERS.len() as u16 + 1,
        starts,
        postings,
        bias: vec![0; ANSWERS.len() + 1],
        scale: 1.0 / 64.0,
        calibration: Calibration {
            weights: [-2.5, 2.0, 5.0, 0.0, 0.0, 0.5],
            sharpness: 3.0,
        },
        thresholds: Thresholds {
            answer: 0.5,
            clarify: 0.2,
        },
    }
}
