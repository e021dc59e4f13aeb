//! docs/bundle-format.md and the code say the same: constants, sections, the fields of every record in
//! order, and the bytes of a small bundle (its SHA-256 stands in the document). When one of these fails,
//! change the document too, and raise `FORMAT` if an older engine could not read the file.

use bundle::content::{
    Action, Answer, Block, BookVia, Bookable, Branch, Core, CrisisKind, CrisisPattern, Details,
    Fact, FactValue, Inline, Intent, Lang, Language, Meta, Palette, Place, Placement, Target,
    Theme, Then, Topic, Tree,
};
use bundle::layout::{FORMAT, FileKind, HEADER, MAGIC, ROW, checksum, section};
use bundle::{Knowledge, Terms, write_core, write_details, write_full_core, write_language};
use hours::{Date, Exception, Span, Week};
use matcher::{Calibration, Model, Posting, Thresholds};
use sha2::{Digest, Sha256};
use std::fmt::Write as _;

const DOCUMENT: &str = include_str!("../../../docs/bundle-format.md");
const CONTENT: &str = include_str!("../src/content.rs");
const HOURS: [&str; 2] = [
    include_str!("../../hours/src/date.rs"),
    include_str!("../../hours/src/week.rs"),
];

const SLUG: &str = "eksempelby";

/// The value behind `name = ` on a line of its own.
fn stated(name: &str) -> &'static str {
    let mut values = DOCUMENT
        .lines()
        .filter_map(|l| l.trim().split_once(" = ").filter(|(n, _)| *n == name));
    let value = values
        .next()
        .unwrap_or_else(|| panic!("docs/bundle-format.md has no line `{name} = …`"))
        .1;
    assert!(
        values.next().is_none(),
        "docs/bundle-format.md states `{name}` twice"
    );
    value
}

fn check(name: &str, code: &str) {
    assert_eq!(
        stated(name),
        code,
        "`{name}`: left is docs/bundle-format.md, right is the code"
    );
}

#[test]
fn constants_are_the_documented_ones() {
    check("MAGIC", std::str::from_utf8(MAGIC).expect("ASCII"));
    check("FORMAT", &FORMAT.to_string());
    check("HEADER", &HEADER.to_string());
    check("ROW", &ROW.to_string());
    for kind in [FileKind::Core, FileKind::Language, FileKind::Details] {
        check(&format!("FileKind::{kind:?}"), &(kind as u8).to_string());
    }
    let names = [
        ("CORE", section::CORE),
        ("TERMS", section::TERMS),
        ("MODEL", section::MODEL),
        ("ANSWER_INDEX", section::ANSWER_INDEX),
        ("ANSWERS", section::ANSWERS),
        ("PLACEMENT", section::PLACEMENT),
        ("BOOKING", section::BOOKING),
        ("LANGUAGE", section::LANGUAGE),
    ];
    for (name, bytes) in names {
        check(
            &format!("section::{name}"),
            std::str::from_utf8(bytes).expect("ASCII"),
        );
    }
}

#[test]
fn the_checksum_is_the_documented_one() {
    for (before, behind) in [
        ("", ""),
        ("LOKALSVR", "abc"),
        ("0123456789abcdef", "0123456789"),
    ] {
        let sum = checksum(before.as_bytes(), behind.as_bytes());
        check(
            &format!("checksum(\"{before}\", \"{behind}\")"),
            &format!("{sum:016x}"),
        );
    }
}

/// Every `struct` and `enum` of a source file, without comments, attributes, `pub` and line breaks.
fn records(source: &str) -> Vec<String> {
    let mut out = Vec::new();
    let mut open: Option<(String, usize)> = None;
    for line in source.lines().map(str::trim) {
        if line.starts_with("//") || line.starts_with("#[") {
            continue;
        }
        let line = line.strip_prefix("pub ").unwrap_or(line);
        let starts =
            line.ends_with('{') && (line.starts_with("struct ") || line.starts_with("enum "));
        if open.is_none() && !starts {
            continue;
        }
        let (mut text, mut depth) = open.take().unwrap_or_default();
        depth = (depth + line.matches('{').count()).saturating_sub(line.matches('}').count());
        if !text.is_empty() {
            text.push(' ');
        }
        text.push_str(line);
        if depth == 0 {
            out.push(text.replace(", }", " }"));
        } else {
            open = Some((text, depth));
        }
    }
    out
}

#[test]
fn records_have_the_documented_fields_in_the_documented_order() {
    // `Date` is stored as a tuple and `Status` and `Reason` never: only these of `hours` are in a file.
    let stored = ["struct Span ", "struct Week ", "struct Exception "];
    let hours = HOURS
        .iter()
        .flat_map(|s| records(s))
        .filter(|r| stored.iter().any(|s| r.starts_with(s)));
    let code: Vec<String> = records(CONTENT).into_iter().chain(hours).collect();
    assert!(code.len() > 20, "only {} records were found", code.len());
    let flat = |s: &str| {
        s.split_whitespace()
            .collect::<Vec<_>>()
            .join(" ")
            .replace(", }", " }")
    };
    let document: Vec<String> = DOCUMENT
        .split("```rust")
        .skip(1)
        .filter_map(|b| b.split("```").next())
        .flat_map(records)
        .map(|r| flat(&r))
        .collect();
    for record in &code {
        assert!(
            document.contains(record),
            "docs/bundle-format.md lacks, or has otherwise:\n{record}"
        );
    }
    for record in &document {
        assert!(
            code.contains(record),
            "docs/bundle-format.md has what the code lacks:\n{record}"
        );
    }
}

fn date(text: &str) -> Date {
    Date::parse(text).expect("a date")
}

fn week() -> Week {
    let span = Span {
        open: 600,
        close: 900,
    };
    let mut week = Week {
        closed_on_holidays: true,
        note: Some("Du skal bestille tid.".into()),
        ..Week::default()
    };
    week.days[0] = vec![span];
    week.days[3] = vec![
        span,
        Span {
            open: 960,
            close: 1080,
        },
    ];
    week.exceptions = vec![Exception {
        date: date("2026-12-24"),
        spans: vec![],
        note: Some("Juleaften".into()),
    }];
    week
}

fn palette(primary: &str) -> Palette {
    Palette {
        primary: primary.into(),
        on_primary: "#ffffff".into(),
        background: "#fefefe".into(),
        surface: "#eff5f0".into(),
        text: "#17211b".into(),
        muted: "#47584d".into(),
        border: "#718478".into(),
        link: "#14603c".into(),
    }
}

fn tree() -> Tree {
    let branch = |label: &str, then| Branch {
        label: label.into(),
        label_en: format!("{label} (en)"),
        then,
    };
    let deeper = Tree {
        question: "Er det mistet?".into(),
        question_en: "Is it lost?".into(),
        branches: vec![
            branch("Ja", Then::Intent(0)),
            branch("Nej", Then::Intent(1)),
        ],
    };
    Tree {
        question: "Hvem skal det være til?".into(),
        question_en: "Who is it for?".into(),
        branches: vec![
            branch("Mig", Then::Ask(deeper)),
            branch("Et barn", Then::Intent(0)),
        ],
    }
}

fn answer() -> Answer {
    let action = |label: &str, target| Action {
        label: label.into(),
        target,
    };
    Answer {
        short: vec![
            Block::Paragraph(vec![
                Inline::Fact(0),
                Inline::Text(" Du betaler, når du søger. ".into()),
                Inline::Strong("Husk kort.".into()),
                Inline::Link {
                    label: "borger.dk".into(),
                    url: "https://www.borger.dk".into(),
                },
            ]),
            Block::List {
                ordered: false,
                items: vec![vec![Inline::Text("Foto".into())]],
            },
            Block::Hours {
                title: "Borgerservice".into(),
                week: week(),
            },
            Block::Places(vec![Place {
                name: "Rådhuset".into(),
                text: "Stuen".into(),
                address: "Torvet 1, 0000 Eksempelby".into(),
                phone: "00 12 34 56".into(),
                email: "post@eksempelby.example".into(),
                url: "https://eksempelby.example".into(),
                week: Some(week()),
            }]),
        ],
        steps: vec![vec![Inline::Text("Bestil en tid.".into())]],
        more: vec![Block::List {
            ordered: true,
            items: vec![vec![Inline::Text("Først".into())]],
        }],
        actions: vec![
            action(
                "Læs mere",
                Target::Url("https://eksempelby.example/pas".into()),
            ),
            action(
                "Bestil tid",
                Target::Book("https://eksempelby.example/tid".into()),
            ),
            action("Ring", Target::Phone("00 12 34 56".into())),
            action("Skriv", Target::Mail("post@eksempelby.example".into())),
            action("Pas til barn", Target::Goto(0)),
            action("Tal med et menneske", Target::Human),
        ],
        follow_up: Some(tree()),
        related: vec![0],
        source: Some(("borger.dk".into(), "https://www.borger.dk".into())),
        authority: Some("Politiet".into()),
        edited: Some(date("2026-11-21")),
        reviewed: Some(date("2026-11-20")),
        local: true,
    }
}

fn facts() -> Vec<Fact> {
    let text = |t: &str| vec![Inline::Text(t.into())];
    let values = vec![FactValue {
        from: Some(date("2026-01-01")),
        until: None,
        text: text("Et pas koster 900 kr."),
    }];
    vec![Fact {
        values,
        unknown: text("Se prisen på borger.dk."),
    }]
}

fn crisis_answers() -> Vec<(CrisisKind, Answer)> {
    let answer = || Answer {
        short: vec![Block::Paragraph(vec![Inline::Text("Ring 112.".into())])],
        ..Answer::default()
    };
    [
        CrisisKind::Suicide,
        CrisisKind::Violence,
        CrisisKind::Danger,
    ]
    .map(|kind| (kind, answer()))
    .to_vec()
}

fn core() -> Core {
    let intent = |name: &str, prior, until| Intent {
        topic: 0,
        name: name.into(),
        title: format!("{name}?"),
        title_en: format!("{name} (en)?"),
        prior,
        from: None,
        until,
    };
    Core {
        meta: Meta {
            slug: SLUG.into(),
            name: "Eksempelby Kommune".into(),
            short_name: "Eksempelby".into(),
            code: "9001".into(),
            domain: "eksempelby.example".into(),
            phone: "00 12 34 56".into(),
            phone_hours: Some(week()),
            demo: true,
            bot_name: "Automatisk assistent".into(),
            towns: vec!["Eksempelby".into(), "Mustervang".into()],
            privacy_url: "https://eksempelby.example/privatliv".into(),
            welcome: vec![1, 0],
            theme: Theme {
                light: palette("#1b5e3f"),
                dark: palette("#8fd6ac"),
                corner: 14,
                left: true,
                font: "Inter".into(),
                avatar: "blad".into(),
            },
            edited: Some(date("2026-11-21")),
        },
        topics: vec![Topic {
            id: "pas".into(),
            title: "Pas".into(),
            title_en: "Passports".into(),
            tree: Some(tree()),
        }],
        intents: vec![
            intent("pas-til-barn", 3, Some(date("2027-12-31"))),
            intent("pris-paa-pas", 4, None),
        ],
        facts: facts(),
        elsewhere: vec![("odense".into(), "Odense Kommune".into(), "odense.dk".into())],
        crisis: vec![CrisisPattern {
            kind: CrisisKind::Danger,
            words: vec![vec!["det".into(), "huset".into()], vec!["braend*".into()]],
            gap: 2,
            unless: vec!["pejs".into()],
        }],
        crisis_answers: crisis_answers(),
    }
}

fn model() -> Model<Terms> {
    // The first stem has no postings; "barnevogn" shares four letters with "barn".
    Model {
        terms: Terms::build(["aendre", "barn", "barnevogn", "koster", "pas", "pris"])
            .expect("they ascend"),
        classes: 3,
        starts: vec![0, 0, 1, 2, 3, 6, 7],
        postings: [(0, 9), (0, -3), (1, 12), (0, 4), (1, 5), (2, -20), (1, 20)]
            .map(|(class, weight)| Posting { class, weight })
            .to_vec(),
        bias: vec![-640, -512, 300],
        scale: 0.125,
        calibration: Calibration {
            weights: [-1.5, 2.0, 3.25, 0.0, 1.0, 0.5],
            sharpness: 4.0,
        },
        thresholds: Thresholds {
            answer: 0.55,
            clarify: 0.25,
        },
    }
}

/// The core before the language file is there.
fn in_danish() -> Core {
    let mut core = core();
    core.english(&mut String::clear);
    core
}

fn files() -> [(&'static str, Vec<u8>); 3] {
    let (short, details) = answer().split();
    let language = Language {
        texts: Vec::new(),
        facts: facts(),
        crisis_answers: crisis_answers(),
    };
    [
        (
            "core",
            write_core(&core(), &model(), &[Some(short.clone()), None]),
        ),
        (
            "details",
            write_details(SLUG, &[Some(details), None::<Details>], &[]),
        ),
        (
            "language",
            write_language(&core(), &language, &[None, Some(short)]),
        ),
    ]
}

#[test]
fn the_same_contents_give_the_documented_bytes() {
    for (name, bytes) in files() {
        check(&format!("golden {name} bytes"), &bytes.len().to_string());
        let mut hash = String::new();
        for byte in Sha256::digest(&bytes) {
            let _ = write!(hash, "{byte:02x}");
        }
        check(&format!("golden {name} sha256"), &hash);
    }
}

#[test]
fn sections_stand_in_the_documented_order_without_gaps() {
    for (file, bytes) in files() {
        let word = |at: usize| {
            u32::from_le_bytes(bytes[at..at + 4].try_into().expect("four bytes")) as usize
        };
        let mut names = Vec::new();
        let mut next = HEADER + bytes[11] as usize * ROW;
        for row in 0..bytes[11] as usize {
            let at = HEADER + row * ROW;
            names.push(String::from_utf8_lossy(&bytes[at..at + 4]).into_owned());
            assert_eq!(
                word(at + 4),
                next,
                "{file}: a section begins where the last one ends"
            );
            next += word(at + 8);
        }
        check(&format!("sections of {file}"), &names.join(" "));
        assert_eq!(
            (next, word(12)),
            (bytes.len(), bytes.len()),
            "{file}: the length counts every byte"
        );
        assert_eq!(
            &bytes[24..56],
            Sha256::digest(&bytes[HEADER..]).as_slice(),
            "{file}: the content hash"
        );
        assert_eq!(
            &bytes[56..88],
            format!("{SLUG:\0<32}").as_bytes(),
            "{file}: the slug"
        );
    }
}

#[test]
fn a_place_for_the_launcher_is_a_section_that_one_may_lack() {
    let short = answer().split().0;
    let answers = [Some(short.clone()), None];
    let placement = Placement {
        side: 0,
        bottom: 200,
        layer: 2_147_483_647,
    };
    let placed = write_full_core(&core(), &model(), &answers, Some(placement), &[]);
    let knowledge = Knowledge::open(placed.clone(), SLUG).expect("a whole bundle");
    assert_eq!(knowledge.placement(), Some(placement));
    assert_eq!(knowledge.core(), &in_danish());
    assert_eq!(knowledge.answer(0, Lang::Da), Some(short));
    check(
        "bytes of plac in the test",
        &hex(&placed[placed.len() - 8..]),
    );
    let plain = Knowledge::open(write_core(&core(), &model(), &answers), SLUG).expect("whole");
    assert_eq!(plain.placement(), None);
}

#[test]
fn what_can_be_booked_is_a_section_that_one_may_lack() {
    let answers = [Some(answer().split().0), None];
    let bookable = |via, intent| Bookable {
        id: "pas".into(),
        name: "Bestil pas".into(),
        name_en: "Order a passport".into(),
        topics: vec![0],
        intents: vec![intent],
        via,
    };
    let all = [
        bookable(BookVia::Builtin, 1),
        bookable(BookVia::Link("https://a.dk".into()), 0),
        bookable(BookVia::Http, 0),
    ];
    let whole = |all: &[Bookable]| {
        let bytes = write_full_core(&core(), &model(), &answers, None, all);
        Knowledge::open(bytes, SLUG).expect("a whole bundle")
    };
    assert_eq!(whole(&all).bookable(), all);
    let plain = write_core(&core(), &model(), &answers);
    let without = Knowledge::open(plain.clone(), SLUG).expect("a whole bundle");
    assert_eq!(whole(&all).core(), without.core());
    let bytes = write_full_core(&core(), &model(), &answers, None, &all[1..]);
    let added = bytes.len() - plain.len() - ROW;
    check(
        "bytes of book in the test",
        &hex(&bytes[bytes.len() - added..]),
    );
    assert_eq!(whole(&[]).bookable(), []);
    // An intent that is none makes the section useless, not the bundle.
    assert_eq!(whole(&[bookable(BookVia::Http, 2)]).bookable(), []);
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut out, byte| {
        let _ = write!(out, "{byte:02x}");
        out
    })
}

#[test]
fn what_was_written_is_read() {
    let [(_, core_file), (_, details), (_, english)] = files();
    let mut knowledge = Knowledge::open(core_file, SLUG).expect("a whole bundle");
    assert_eq!(knowledge.core(), &in_danish());
    assert_eq!(knowledge.answer(0, Lang::Da), Some(answer().split().0));
    knowledge.add_details(details).expect("whole details");
    knowledge
        .add_language(english)
        .expect("a whole language file");
    assert_eq!(knowledge.answer(0, Lang::Da), Some(answer()));
    assert_eq!(
        (knowledge.answer(1, Lang::Da), knowledge.answer(0, Lang::En)),
        (None, None)
    );
    assert!(knowledge.answer(1, Lang::En).is_some());
    let (read, written) = (knowledge.model(), model());
    assert_eq!(
        (read.classes, &read.starts, &read.postings),
        (written.classes, &written.starts, &written.postings)
    );
    assert_eq!((&read.bias, read.scale), (&written.bias, written.scale));
    assert_eq!(
        (read.calibration, read.thresholds),
        (written.calibration, written.thresholds)
    );
    assert_eq!(read.terms.stems(), written.terms.stems());
}
