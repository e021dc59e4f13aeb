//! A small kommune for tests: a dozen intents, a toy model of hand-set weights, answers of one line.

use crate::reply::paragraph;
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;
use bundle::content::{
    Action, Answer, Block, Branch, Core, CrisisKind, CrisisPattern, Fact, Inline, Intent, Language,
    Meta, Target, Then, Topic, Tree,
};
use bundle::{Knowledge, Terms};
use hours::{Date, LocalTime, Week};
use matcher::{Calibration, Model, Posting, Thresholds};

/// id, Danish title, English title, words that speak for it (repeated: twice as much).
const INTENTS: [(&str, &str, &str, &str); 14] = [
    (
        "pas/pris-paa-pas",
        "Hvad koster et pas?",
        "What does a passport cost?",
        "koster koster pris pas passport cost",
    ),
    (
        "pas/pas-til-barn",
        "Hvordan får mit barn pas?",
        "How does my child get a passport?",
        "barn barn soen pas child child passport",
    ),
    (
        "pas/leveringstid-pas",
        "Hvor lang tid tager det at få pas?",
        "How long does a passport take?",
        "lang laenge tager tager leveringstid pas",
    ),
    (
        "koerekort/pris-paa-koerekort",
        "Hvad koster et kørekort?",
        "",
        "koster koster pris koerekort koerekortet",
    ),
    (
        "koerekort/forny-koerekort",
        "Hvordan fornyer jeg kørekortet?",
        "",
        "forny forny fornyer koerekort koerekortet",
    ),
    (
        "bibliotek/aabningstider-bibliotek",
        "Hvornår har biblioteket åbent?",
        "",
        "aabent aabent bibliotek biblioteket biblioteket",
    ),
    (
        "kontakt/aabningstider-borgerservice",
        "Hvornår har Borgerservice åbent?",
        "",
        "aabent aabent loerdag borgerservice",
    ),
    (
        "kontakt/jul",
        "Har I åbent i julen?",
        "",
        "jul jul julen julen",
    ),
    (
        "smalltalk-meta/hilsen",
        "Hej",
        "Hello",
        "hej hej hejsa hejsa hello",
    ),
    (
        "smalltalk-meta/skift-sprog",
        "Kan du andre sprog?",
        "Do you speak English?",
        "engelsk engelsk engelsk english english english sprog",
    ),
    (
        "smalltalk-meta/gentag-eller-forklar-enklere",
        "Sig det igen",
        "Say it again",
        "gentag gentag gentag kortere kortere kortere",
    ),
    (
        "smalltalk-meta/tal-med-et-menneske",
        "Tal med et menneske",
        "Talk to a person",
        "menneske menneske menneske",
    ),
    (
        "smalltalk-meta/utilfreds-med-svar",
        "Det hjalp ikke",
        "That did not help",
        "elendigt elendigt elendigt",
    ),
    (
        "tidsbestilling/bestil-tid-til-andet",
        "Vil du bestille tid?",
        "Book a time",
        "bestille bestille tid",
    ),
];

pub(crate) fn now() -> LocalTime {
    LocalTime {
        date: Date::new(2026, 11, 21).expect("a date"),
        minute: 600,
    }
}

pub(crate) fn index(id: &str) -> u16 {
    INTENTS.iter().position(|i| i.0 == id).expect("an intent") as u16
}

pub(crate) fn knowledge() -> Knowledge {
    let mut known = Knowledge::open(
        bundle::write_core(&core(), &model(), &answers()),
        "eksempelby",
    )
    .expect("opens");
    let mut english = vec![None; INTENTS.len()];
    for id in [
        "pas/pris-paa-pas",
        "smalltalk-meta/skift-sprog",
        "smalltalk-meta/hilsen",
    ] {
        english[index(id) as usize] = Some(Answer {
            short: vec![paragraph("English.")],
            ..Answer::default()
        });
    }
    let language = Language::default();
    known
        .add_language(bundle::write_language(&core(), &language, &english))
        .expect("english");
    known
}

fn branch(label: &str, id: &str) -> Branch {
    Branch {
        label: label.into(),
        label_en: String::new(),
        then: Then::Intent(index(id)),
    }
}

fn core() -> Core {
    let mut topics: Vec<Topic> = Vec::new();
    let mut intents = Vec::new();
    for (id, title, title_en, _) in INTENTS {
        let (topic, name) = id.split_once('/').expect("an id");
        if topics.last().is_none_or(|t| t.id != topic) {
            let tree = (topic == "pas").then(|| Tree {
                question: "Hvad handler det om?".into(),
                question_en: "What is it about?".into(),
                branches: vec![
                    branch("Hvad det koster", "pas/pris-paa-pas"),
                    branch("Pas til et barn", "pas/pas-til-barn"),
                    branch("Hvor længe jeg skal vente", "pas/leveringstid-pas"),
                ],
            });
            let title = if topic == "koerekort" {
                "Kørekort"
            } else {
                topic
            };
            topics.push(Topic {
                id: topic.into(),
                title: title.into(),
                title_en: String::new(),
                tree,
            });
        }
        let until = (name == "jul").then(|| Date::new(2025, 12, 31)).flatten();
        let topic = topics.len() as u16 - 1;
        let (title, title_en) = (title.to_string(), title_en.to_string());
        intents.push(Intent {
            topic,
            name: name.into(),
            title,
            title_en,
            prior: 3,
            from: None,
            until,
        });
    }
    let pattern = |kind, words: &[&str]| CrisisPattern {
        kind,
        words: words.iter().map(|w| vec![(*w).to_string()]).collect(),
        gap: 2,
        unless: vec!["grin".into()],
    };
    Core {
        meta: Meta {
            slug: "eksempelby".into(),
            name: "Eksempelby Kommune".into(),
            short_name: "Eksempelby".into(),
            domain: "eksempelby.example".into(),
            phone: "00 12 34 56".into(),
            phone_hours: Some(Week::default()),
            welcome: vec![index("pas/pris-paa-pas"), index("kontakt/jul")],
            ..Meta::default()
        },
        topics,
        intents,
        facts: vec![Fact {
            values: Vec::new(),
            unknown: vec![Inline::Text("Se prisen på borger.dk.".into())],
        }],
        elsewhere: vec![("odense".into(), "Odense Kommune".into(), "odense.dk".into())],
        crisis: vec![pattern(CrisisKind::Suicide, &["vil", "doe"])],
        crisis_answers: vec![(
            CrisisKind::Suicide,
            Answer {
                short: vec![paragraph("Ring 70 20 12 01.")],
                ..Answer::default()
            },
        )],
    }
}

fn answers() -> Vec<Option<Answer>> {
    let mut answers: Vec<Option<Answer>> = INTENTS
        .iter()
        .map(|i| {
            Some(Answer {
                short: vec![paragraph(&format!("Svar {}.", i.0))],
                ..Answer::default()
            })
        })
        .collect();
    let price = answers[0].as_mut().expect("an answer");
    price.short = vec![Block::Paragraph(vec![Inline::Fact(0)])];
    price.steps = vec![vec![Inline::Fact(0)]];
    let goto = Target::Goto(index("pas/pas-til-barn"));
    price.actions = vec![
        Action {
            label: "Bestil tid".into(),
            target: Target::Book("https://eksempelby.example/tid".into()),
        },
        Action {
            label: "Til et barn".into(),
            target: goto,
        },
    ];
    answers
}

fn model() -> Model<Terms> {
    let mut weights: BTreeMap<String, BTreeMap<u16, i16>> = BTreeMap::new();
    for (class, intent) in INTENTS.iter().enumerate() {
        for word in intent.3.split(' ') {
            let stem = text::stem(word, text::Language::Danish);
            *weights
                .entry(stem)
                .or_default()
                .entry(class as u16)
                .or_default() += 60;
        }
    }
    let (mut starts, mut postings) = (vec![0], Vec::new());
    for classes in weights.values() {
        postings.extend(classes.iter().map(|(&class, w)| Posting {
            class,
            weight: (*w).min(120) as i8,
        }));
        starts.push(postings.len() as u32);
    }
    Model {
        terms: Terms::build(weights.keys().map(String::as_str)).expect("stems ascend"),
        classes: INTENTS.len() as u16 + 1,
        starts,
        postings,
        bias: vec![0; INTENTS.len() + 1],
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
