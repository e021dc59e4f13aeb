//! What is fed, with what, and what must hold. Each input is bytes that a file can keep; those for conversations are
//! lines that a person can read.

use crate::dice::Dice;
use crate::signed::{Envelope, Payload, Pinned, sri};
use bundle::content::Lang;
use bundle::layout::{HEADER, checksum};
use compiler::diagnostic::Severity;
use compiler::{Knowledge, Settings};
use dialog::{Effect, Entry, Event, Message, Next, State};
use ed25519_dalek::SigningKey;
use hours::{Date, Exception, LocalTime, Span, Status, Week};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// Panics when the input does harm.
type Check = Box<dyn Fn(&[u8])>;

/// A parser or transform.
pub(crate) struct Target {
    pub(crate) name: &'static str,
    pub(crate) make: fn(&mut Dice) -> Vec<u8>,
    pub(crate) open: fn() -> Check,
    /// Rounds at least, and in `cargo test`.
    pub(crate) few: u64,
}

pub(crate) fn all() -> Vec<Target> {
    let target = |name, few, make, open| Target {
        name,
        make,
        open,
        few,
    };
    vec![
        target("bundle", 300, damaged_bundle, bundle),
        target("sealed", 300, sealed_bundle, sealed),
        target("authored", 60, authored, knowledge),
        target("samtaler", 3000, conversations, samtaler),
        target("release", 2000, release, envelope),
        target("text", 1500, utterance, text),
        target("dialog", 150, events, dialog),
        target("hours", 5000, week, hours),
    ]
}

// --- bundles ---------------------------------------------------------------------------------------------------

/// Core, details and English of the demo kommune.
fn files() -> &'static [Vec<u8>; 3] {
    static FILES: OnceLock<[Vec<u8>; 3]> = OnceLock::new();
    FILES.get_or_init(|| {
        let built = system::authored()
            .build("eksempelby", &Settings::default())
            .expect("eksempelby has a folder");
        [built.core, built.details, built.english]
    })
}

/// The number of the file, then its bytes.
fn damaged_bundle(dice: &mut Dice) -> Vec<u8> {
    let which = dice.below(3);
    let mut input = dice.bytes(&files()[which]);
    input.insert(0, which as u8);
    input
}

/// The same with the checksum put right again, as a faulty writer would.
fn sealed_bundle(dice: &mut Dice) -> Vec<u8> {
    let which = dice.below(3);
    let mut bytes = files()[which].clone();
    for _ in 0..=dice.below(4) {
        // Tables and counts lie in front; half of the damage goes there.
        let most = if dice.below(2) == 0 { 600 } else { bytes.len() };
        let at = HEADER + dice.below(most.min(bytes.len()) - HEADER);
        bytes[at] =
            dice.one_of(&["\0", "\u{1}", "\u{7f}", "x"]).as_bytes()[0] ^ (dice.below(256) as u8);
    }
    let sum = checksum(&bytes[..16], &bytes[24..]);
    bytes[16..24].copy_from_slice(&sum.to_le_bytes());
    bytes.insert(0, which as u8);
    bytes
}

/// Opens the file of this kind with whole ones beside it.
fn open(input: &[u8]) -> Option<bundle::Knowledge> {
    let (which, bytes) = input.split_first()?;
    let mut all = files().clone();
    all[usize::from(*which).min(2)] = bytes.to_vec();
    let [core, details, english] = all;
    let mut knowledge = bundle::Knowledge::open(core, "eksempelby").ok()?;
    knowledge.add_details(details).ok()?;
    knowledge.add_language(english).ok()?;
    Some(knowledge)
}

fn bundle() -> Check {
    Box::new(|input| {
        let whole = input.split_first().is_some_and(|(which, bytes)| {
            files()
                .get(usize::from(*which))
                .is_some_and(|file| file == bytes)
        });
        assert_eq!(open(input).is_some(), whole, "a damaged bundle was opened");
    })
}

/// May open; then whatever it says must be readable.
fn sealed() -> Check {
    Box::new(|input| {
        let Some(knowledge) = open(input) else { return };
        for idx in 0..=knowledge.core().intents.len() as u16 {
            for lang in [Lang::Da, Lang::En] {
                let _ = (knowledge.answer(idx, lang), knowledge.intent_id(idx));
            }
        }
        let ranking = matcher::rank(
            knowledge.model(),
            "hvad koster et pas",
            &matcher::Context::default(),
        );
        assert!(
            ranking
                .hits
                .iter()
                .all(|hit| usize::from(hit.class) <= knowledge.core().intents.len())
        );
    })
}

// --- authored files --------------------------------------------------------------------------------------------

/// Files of a small knowledge that are damaged one at a time.
const AUTHORED: [&str; 8] = [
    "faelles/pas.md",
    "faelles/pas.md",
    "kommuner/eksempelby/emner/havnebus.md",
    "variabler.toml",
    "kommuner/eksempelby/variabler.toml",
    "kommuner/eksempelby/kommune.toml",
    "kommuner/eksempelby/tema.toml",
    "nationale-fakta.toml",
];

const WORDS: [&str; 60] = [
    "# Pas",
    "## Hvad?",
    "### Knapper",
    "### Borgere skriver",
    "### Ord",
    "### Spørg tilbage",
    "### Læs mere",
    "### English",
    "### Sådan gør du",
    "#### x",
    "id: pas/x",
    "english: X",
    "erstat: ja",
    "udvid: ja",
    "vægt: 9",
    "vægt: -1",
    "relaterede: pas/x, a/b",
    "kilde: [a](https://a.dk)",
    "rettet: 2026-02-30",
    "gennemgået: 2026-11-21",
    "gyldig_fra = 2026-13-01",
    "- ",
    "1. ",
    "  - ",
    "> ",
    "**fed**",
    "**",
    "[a](https://b.dk)",
    "[a](bestil:{url_x})",
    "[a](tel:112)",
    "](",
    "{telefon_hovednummer}",
    "{",
    "}",
    "{{",
    "{å}",
    "-> pas/x",
    "->",
    "(english: ",
    "[[x.vaerdier]]",
    "type = \"url\"",
    "type = \"ugeplan\"",
    "x = 1",
    "x = \"\"",
    "= ",
    "\"\"\"",
    "[x]",
    "mandag = \"10-14\"",
    "mandag = \"10.00-9.00\"",
    "24.00-25.00",
    "lukket",
    "#fff",
    "#12345g",
    "https://",
    "javascript:alert(1)",
    "<b>",
    "2026-11-21",
    "9999-99-99",
    "|",
    "---",
];

fn shared(path: &str) -> String {
    let text = std::fs::read_to_string(system::root().join("kb-bundle").join(path)).expect(path);
    if path.starts_with("faelles/") {
        // Three questions are enough, and quick.
        let at = text
            .match_indices("\n## ")
            .nth(3)
            .map_or(text.len(), |(at, _)| at);
        return text[..at].to_owned() + "\n";
    }
    text
}

/// The path, then what stands in the file.
fn authored(dice: &mut Dice) -> Vec<u8> {
    static SEEDS: OnceLock<Vec<String>> = OnceLock::new();
    let seeds = SEEDS.get_or_init(|| AUTHORED.iter().map(|path| shared(path)).collect());
    let which = dice.below(AUTHORED.len());
    format!("{}\n{}", AUTHORED[which], dice.text(&seeds[which], &WORDS)).into_bytes()
}

/// A folder that goes with the check.
struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn write(path: &Path, text: &[u8]) {
    std::fs::create_dir_all(path.parent().expect("a file")).expect("folder");
    std::fs::write(path, text).expect("written");
}

fn knowledge() -> Check {
    let folder =
        Folder(std::env::temp_dir().join(format!("lokalsvar-fuzz-{}", std::process::id())));
    let more = [
        "krise/moenstre.txt",
        "krise/svar.md",
        "kommuner.tsv",
        "taksonomi.tsv",
    ];
    for path in AUTHORED.iter().chain(&more) {
        write(&folder.0.join(path), shared(path).as_bytes());
    }
    let settings = Settings {
        postings_per_class: 50,
        folds: 0,
        threads: 1,
        ..Settings::default()
    };
    let today = Date::parse("2026-11-21").expect("a day");
    let whole = compiler::check(&Knowledge::load(&folder.0, today));
    let mistake = whole.iter().find(|d| d.severity == Severity::Error);
    assert!(mistake.is_none(), "undamaged it builds: {mistake:?}");
    Box::new(move |input| {
        let input = String::from_utf8_lossy(input);
        let (path, text) = input.split_once('\n').expect("a path and a text");
        assert!(AUTHORED.contains(&path), "`{path}` is none of the files");
        write(&folder.0.join(path), text.as_bytes());
        let loaded = Knowledge::load(&folder.0, today);
        let told = compiler::check(&loaded);
        for diagnostic in &told {
            assert!(
                diagnostic.line >= 1 && !diagnostic.message.is_empty(),
                "{diagnostic:?}"
            );
        }
        if told.iter().all(|d| d.severity != Severity::Error)
            && let Some(built) = loaded.build("eksempelby", &settings)
            && built
                .diagnostics
                .iter()
                .all(|d| d.severity != Severity::Error)
        {
            let mut knowledge = bundle::Knowledge::open(built.core, "eksempelby").expect("opens");
            knowledge.add_details(built.details).expect("details open");
            knowledge
                .add_language(built.english)
                .expect("English opens");
        }
        write(&folder.0.join(path), shared(path).as_bytes());
        let _ = std::fs::remove_dir_all(folder.0.join(".cache"));
    })
}

fn conversations(dice: &mut Dice) -> Vec<u8> {
    static SEED: OnceLock<String> = OnceLock::new();
    let seed = SEED.get_or_init(|| {
        shared("faelles/pas.samtaler")
            .lines()
            .take(40)
            .fold(String::new(), |t, l| t + l + "\n")
    });
    let words = [
        "---",
        "--- x ---",
        "> ",
        ">",
        "= ",
        "= ?",
        "= ? pas/x",
        "= pas/x | pas/y",
        "= -",
        "=",
        "! ",
        "! pas/x",
        "! miss: x (y)",
        "#",
        "|",
    ];
    dice.text(seed, &words).into_bytes()
}

fn samtaler() -> Check {
    Box::new(|input| {
        let text = String::from_utf8_lossy(input);
        let most = text.lines().count();
        match dialog::samtaler::parse(&text) {
            Ok(all) => {
                let lines: Vec<usize> = all
                    .iter()
                    .flat_map(|c| std::iter::once(c.line).chain(c.turns.iter().map(|t| t.line)))
                    .collect();
                assert!(
                    lines.is_sorted_by(|a, b| a < b)
                        && lines.iter().all(|line| (1..=most).contains(line))
                );
                assert!(
                    all.iter()
                        .all(|c| !c.title.is_empty() && !c.turns.is_empty())
                );
            }
            Err(errors) => {
                assert!(!errors.is_empty());
                assert!(
                    errors
                        .iter()
                        .all(|(line, why)| (1..=most).contains(line) && !why.is_empty())
                );
            }
        }
    })
}

// --- releases --------------------------------------------------------------------------------------------------

fn key() -> SigningKey {
    SigningKey::from_bytes(&[7; 32])
}

fn original() -> Envelope {
    let pinned = |file: &str| Pinned {
        file: file.into(),
        sha384: sri(b"x"),
    };
    let payload = Payload {
        kommune: "eksempelby".into(),
        serial: 12,
        issued: "2026-11-21".into(),
        engine_min: 1,
        bundle: pinned("eksempelby-00.kb"),
        details: Some(pinned("eksempelby.details-00.kb")),
        languages: BTreeMap::from([("en".into(), pinned("eksempelby.en-00.kb"))]),
        list: Some(pinned("eksempelby.liste-00.json")),
        notice: Some("Vandet er lukket på Ågade".into()),
        phone: "00 12 34 56".into(),
        domain: "eksempelby.example".into(),
        name: "Eksempelby Kommune".into(),
        demo: true,
        restores: Some(3),
    };
    Envelope::sign(&payload, &key()).expect("signs")
}

fn release(dice: &mut Dice) -> Vec<u8> {
    let whole = String::from_utf8(original().to_bytes().expect("json")).expect("text");
    if dice.below(3) == 0 {
        return dice.bytes(whole.as_bytes());
    }
    let words = [
        "{",
        "}",
        "\"",
        "\\",
        ",",
        "\"key\":\"\"",
        "\"payload\":null",
        "=",
        "==",
        "12",
        "13",
        "null",
        "AAAA",
        "\\u0000",
    ];
    dice.text(&whole, &words).into_bytes()
}

fn envelope() -> Check {
    let (whole, public) = (original(), key().verifying_key());
    Box::new(move |input| {
        let Ok(read) = serde_json::from_slice::<Envelope>(input) else {
            return;
        };
        if let Ok(payload) = read.open(&public) {
            assert_eq!(
                read.payload, whole.payload,
                "other bytes were taken as signed"
            );
            assert_eq!(Ok(payload), whole.open(&public));
        }
    })
}

// --- text and conversations ------------------------------------------------------------------------------------

const SAID: [&str; 44] = [
    "pas",
    "mit barns pas",
    "kørekort",
    "nej, ",
    "ja",
    "1",
    "2.",
    "den første",
    "hvad koster det",
    "og til mit barn?",
    "hvornår",
    "åbent",
    "affald",
    "affaldsplan",
    "MitID",
    "flytte",
    "til Odense",
    "Aarhus Kommune",
    "byggetilladelse",
    "passport",
    "how much",
    "English please",
    "dansk",
    "tak",
    "hej",
    "selvmord",
    "jeg vil ikke leve",
    "han slår mig",
    "112",
    "menneske",
    "ring",
    "bestil tid",
    "hvad sagde du",
    "igen",
    "ingen af dem",
    "det andet",
    "i morgen",
    "kl. 10",
    "0",
    "-1",
    "99999999999999999999",
    "?",
    "…",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
];

fn utterance(dice: &mut Dice) -> Vec<u8> {
    let mut text = dice.line(&SAID);
    if dice.below(50) == 0 {
        text = text.repeat(1 + dice.below(20));
    }
    text.into_bytes()
}

fn text() -> Check {
    let knowledge = system::eksempelby();
    Box::new(move |input| {
        let text = String::from_utf8_lossy(input);
        let folded = text::fold(&text);
        assert_eq!(text::fold(&folded), folded, "folding twice is folding once");
        let tokens = text::tokenize(&text);
        let language = text::guess_language(&tokens);
        let mut place = 0;
        for token in &tokens {
            let (from, to) = (token.start as usize, token.end as usize);
            assert!(
                from >= place && from < to && text.get(from..to).is_some(),
                "{token:?}"
            );
            place = to;
            let terms = &knowledge.model().terms;
            let word = &token.word;
            let _ = (text::stem(word, language), text::is_stop_word(word));
            let _ = (
                text::split_compound(terms, word),
                text::known_head(terms, word),
            );
            let few = text::correct(terms, word, 3);
            assert!(
                few.len() <= 3 && few.is_sorted_by_key(|c| c.cost),
                "{few:?}"
            );
        }
        let ranking = matcher::rank(knowledge.model(), &text, &matcher::Context::default());
        for pair in ranking.hits.windows(2) {
            assert!(pair[0].confidence >= pair[1].confidence, "best first");
        }
        for hit in &ranking.hits {
            assert!((0.0..=1.0).contains(&hit.confidence) && hit.class < knowledge.model().classes);
        }
        for lang in [Lang::Da, Lang::En] {
            assert!(dialog::suggest(knowledge, &text, lang, &[]).len() <= 5);
        }
    })
}

/// Lines: a letter, a blank, the rest.
fn events(dice: &mut Dice) -> Vec<u8> {
    let mut lines = String::new();
    for _ in 0..=dice.below(24) {
        let (small, other) = (dice.below(8), dice.below(4));
        let huge = dice.one_of(&["18446744073709551615", "4294967295", "7", "30"]);
        let id = dice.one_of(&[
            "pas",
            "pas/pris-paa-pas",
            "krise/selvmord",
            "smalltalk-meta/hilsen",
            "tidsbestilling",
            "x/y",
            "",
            "/",
            "mitid",
        ]);
        lines += &match dice.below(16) {
            0..=5 => format!("u {}", dice.line(&SAID).replace(['\n', '\r'], " ")),
            6..=8 => format!("p {small}"),
            9 => format!("p {huge}"),
            10 => format!("s {id}"),
            11 => format!("a {} {other}", dice.below(30)),
            12 => format!("r {} {}", dice.below(30), other % 2),
            13 => format!("r {} 0", dice.one_of(&["4294967295", "0", "9"])),
            14 => format!("l {}", dice.one_of(&["da", "en"])),
            _ => match other {
                0 => "x".into(),
                1 => format!("c {}", dice.below(256)),
                _ => format!("o {id}"),
            },
        };
        lines.push('\n');
    }
    lines.into_bytes()
}

fn event(line: &str) -> Option<Event> {
    let (kind, rest) = line.split_once(' ').unwrap_or((line, ""));
    let mut numbers = rest.split(' ').map(str::parse::<u64>);
    let mut number = || numbers.next()?.ok();
    Some(match kind {
        "u" => Event::Utterance(rest.to_owned()),
        "p" => Event::Pick(number()? as usize),
        "s" => Event::Show(rest.to_owned()),
        "a" => Event::Act {
            seq: number()? as u32,
            action: number()? as usize,
        },
        "r" => Event::Rate {
            seq: number()? as u32,
            helped: number()? > 0,
        },
        "l" => Event::Speak(if rest == "en" { Lang::En } else { Lang::Da }),
        "x" => Event::Restart,
        "c" => Event::RateConversation(number()? as u8),
        "o" => Event::Opened {
            topic: Some(rest.to_owned()).filter(|id| !id.is_empty()),
        },
        _ => return None,
    })
}

fn seq(entry: &Entry) -> u32 {
    match entry {
        Entry::Citizen { seq, .. } => *seq,
        Entry::Bot(message) => message.seq,
    }
}

/// What must hold of a message: options that exist, not too many, each with a label.
fn sound(knowledge: &bundle::Knowledge, message: &Message) {
    let core = knowledge.core();
    assert!(
        message.options.len() <= 9,
        "{} options",
        message.options.len()
    );
    for option in &message.options {
        assert!(!option.label.is_empty());
        match &option.then {
            Next::Intent(intent) => assert!(usize::from(*intent) < core.intents.len()),
            Next::Topic(topic) => assert!(usize::from(*topic) < core.topics.len()),
            Next::Ask(tree) => assert!(!tree.branches.is_empty()),
            Next::NoneOfThese | Next::Human => {}
        }
    }
}

fn dialog() -> Check {
    let (knowledge, now) = (system::eksempelby(), system::noon());
    Box::new(move |input| {
        let mut state = State::default();
        for event in String::from_utf8_lossy(input).lines().filter_map(event) {
            let restart = event == Event::Restart;
            if let Event::Utterance(text) = &event {
                let decision = dialog::decide(knowledge, &state, text, now);
                assert!(decision.options.len() <= 4, "{decision:?}");
            }
            let before = state.clone();
            let (after, effects) = dialog::step(knowledge, state, event.clone(), now);
            assert_eq!(
                (&after, &effects),
                (
                    &dialog::step(knowledge, before.clone(), event, now).0,
                    &effects
                )
            );
            assert!(after.next_seq >= before.next_seq, "numbers go on");
            assert!(
                after.transcript.is_sorted_by(|a, b| seq(a) < seq(b)),
                "numbers are unique"
            );
            assert!(
                after
                    .transcript
                    .iter()
                    .all(|entry| seq(entry) < after.next_seq)
            );
            let kept = before.transcript.len();
            if restart {
                assert_eq!((after.transcript.len(), &effects[0]), (1, &Effect::Clear));
            } else {
                assert!(after.transcript.len() >= kept, "nothing said is lost");
                assert!(
                    before
                        .transcript
                        .iter()
                        .map(seq)
                        .eq(after.transcript[..kept].iter().map(seq))
                );
            }
            for effect in &effects {
                match effect {
                    Effect::Say(seq) => {
                        sound(knowledge, after.message(*seq).expect("in the transcript"));
                    }
                    // Ids only: never a citizen's words.
                    Effect::Tell { intent, .. } => {
                        assert!(
                            intent.is_empty() || knowledge.find_intent(intent).is_some(),
                            "{intent}"
                        );
                    }
                    _ => {}
                }
            }
            assert_eq!(
                wire::from_bytes::<State>(&wire::to_bytes(&after)).as_ref(),
                Some(&after),
                "stored and read back"
            );
            state = after;
        }
    })
}

// --- opening hours ---------------------------------------------------------------------------------------------

fn week(dice: &mut Dice) -> Vec<u8> {
    (0..160).map(|_| dice.below(256) as u8).collect()
}

/// Takes numbers from bytes; zeros behind the end.
struct Numbers<'i>(std::slice::Iter<'i, u8>);

impl Numbers<'_> {
    fn byte(&mut self) -> u8 {
        self.0.next().copied().unwrap_or_default()
    }

    fn word(&mut self) -> u16 {
        u16::from_le_bytes([self.byte(), self.byte()])
    }

    /// Spans in order, or, one time in 32, any: out of order, overlapping, of a day with 45 hours.
    fn spans(&mut self) -> Vec<Span> {
        let (count, tidy) = (self.byte() % 4, !self.byte().is_multiple_of(32));
        let mut from = 0;
        let span = |_| {
            if !tidy {
                let (open, close) = (self.word() % 2700, self.word() % 2700);
                return Span { open, close };
            }
            let open = from + self.word() % 240;
            from = open + 1 + self.word() % 240;
            Span { open, close: from }
        };
        (0..count).map(span).collect()
    }

    fn date(&mut self) -> Date {
        Date::new(
            i16::from(self.byte() % 4) + 2026,
            self.byte() % 12 + 1,
            self.byte() % 28 + 1,
        )
        .expect("it exists")
    }
}

fn hours() -> Check {
    Box::new(|input| {
        let mut numbers = Numbers(input.iter());
        let mut week = Week {
            closed_on_holidays: numbers.byte() % 2 == 0,
            ..Week::default()
        };
        for day in &mut week.days {
            *day = numbers.spans();
        }
        for _ in 0..numbers.byte() % 4 {
            let (date, spans) = (numbers.date(), numbers.spans());
            week.exceptions.push(Exception {
                date,
                spans,
                note: None,
            });
        }
        let good = week.validate().is_ok();
        let now = LocalTime {
            date: numbers.date(),
            minute: numbers.word() % 1440,
        };
        let status = hours::status(&week, now);
        for lang in [hours::Lang::Da, hours::Lang::En] {
            assert!(!hours::status_text(&status, now, lang).is_empty());
            for row in hours::rows(&week) {
                assert!(row.from <= row.to && row.to < 7);
                let _ = hours::row_text(&row, lang);
            }
            for day in hours::upcoming_exceptions(&week, now.date, 60) {
                assert!(day.date >= now.date);
            }
        }
        let inside = hours::spans_on(&week, now.date)
            .iter()
            .any(|span| span.contains(now.minute));
        if good {
            assert_eq!(
                matches!(status, Status::Open { .. }),
                inside,
                "{week:?} {now:?}"
            );
            if let Status::Open { until } = status {
                assert!(until > now.minute && until <= hours::MINUTES_PER_DAY);
            }
        }
    })
}
