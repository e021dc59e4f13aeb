//! What editors write: whole folders with one damaged file, and topic files, Markdown, values and conversation tests alone.

use super::Check;
use crate::dice::Dice;
use compiler::diagnostic::Severity;
use compiler::{Knowledge, Settings};
use hours::Date;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// Files of a small knowledge that are damaged one at a time.
const AUTHORED: [&str; 9] = [
    "faelles/pas.md",
    "faelles/pas.md",
    "kommuner/eksempelby/emner/havnebus.md",
    "variabler.toml",
    "kommuner/eksempelby/variabler.toml",
    "kommuner/eksempelby/kontrol.toml",
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
pub(super) fn file(dice: &mut Dice) -> Vec<u8> {
    static SEEDS: OnceLock<Vec<String>> = OnceLock::new();
    let seeds = SEEDS.get_or_init(|| AUTHORED.iter().map(|path| shared(path)).collect());
    let which = dice.below(AUTHORED.len());
    format!("{}\n{}", AUTHORED[which], dice.text(&seeds[which], &WORDS)).into_bytes()
}

/// A folder that goes with the check.
pub(super) struct Folder(pub(super) PathBuf);

impl Folder {
    pub(super) fn new(name: &str) -> Folder {
        Folder(std::env::temp_dir().join(format!("lokalsvar-fuzz-{name}-{}", std::process::id())))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn write(path: &Path, text: &[u8]) {
    std::fs::create_dir_all(path.parent().expect("a file")).expect("folder");
    std::fs::write(path, text).expect("written");
}

pub(super) fn check() -> Check {
    let folder = Folder::new("authored");
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
        folds: 0,
        threads: 1,
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

// --- one text alone --------------------------------------------------------------------------------------------

/// A topic file of one question.
pub(super) fn topic(dice: &mut Dice) -> Vec<u8> {
    static SEED: OnceLock<String> = OnceLock::new();
    let seed = SEED.get_or_init(|| {
        let text = shared("faelles/pas.md");
        let second = text
            .match_indices("\n## ")
            .nth(1)
            .map_or(text.len(), |(at, _)| at);
        text[..second].to_owned() + "\n"
    });
    dice.text(seed, &WORDS).into_bytes()
}

fn told(diagnostics: &[compiler::diagnostic::Diagnostic], lines: usize) {
    for told in diagnostics {
        assert!(
            (1..=lines.max(1)).contains(&told.line) && !told.message.is_empty(),
            "{told:?}"
        );
    }
}

pub(super) fn check_topic() -> Check {
    Box::new(|input| {
        let source = String::from_utf8_lossy(input);
        let (topic, diagnostics) = compiler::single::topic(&source);
        told(&diagnostics, source.lines().count());
        for intent in &topic.intents {
            assert!((1..=source.lines().count()).contains(&intent.place.1));
            assert!((1..=5).contains(&intent.prior));
            if let Some((_, url)) = &intent.source {
                super::addresses::is_plain(url);
            }
        }
    })
}

/// Markdown of an answer: a few lines of what authors and attackers write.
pub(super) fn markdown(dice: &mut Dice) -> Vec<u8> {
    const LINKS: [&str; 12] = [
        "[a](",
        ")",
        "https://",
        "x.dk",
        "javascript:",
        "data:text/html,",
        "<",
        "&#106;",
        "&colon;",
        "mailto:a@b.dk",
        "tel:",
        "![",
    ];
    let mut text = String::new();
    for _ in 0..=dice.below(5) {
        let words: &[&str] = if dice.below(2) == 0 { &WORDS } else { &LINKS };
        text += &dice.line(words);
        text.push('\n');
    }
    text.into_bytes()
}

type Definitions = BTreeMap<String, compiler::single::Definition>;

fn definitions() -> Definitions {
    compiler::single::definitions(&shared("variabler.toml")).0
}

/// Links lead where they may, and no place is left to fill in.
pub(super) fn check_markdown() -> Check {
    let definitions = definitions();
    let values =
        compiler::single::values(&shared("kommuner/eksempelby/variabler.toml"), &definitions).0;
    Box::new(move |input| {
        let source = String::from_utf8_lossy(input);
        let target = source.lines().next().unwrap_or_default();
        let (answer, diagnostics) =
            compiler::single::answer(&source, &[("Gå", target)], &definitions, &values);
        assert!(diagnostics.iter().all(|d| !d.message.is_empty()));
        for block in answer.short.iter().chain(&answer.more) {
            super::addresses::block(block);
        }
        for action in &answer.actions {
            super::addresses::target(&action.target);
        }
    })
}

/// A kommune's values, its `kommune.toml` or `tema.toml`: the number of the file, then a few of its lines.
pub(super) fn values(dice: &mut Dice) -> Vec<u8> {
    const FILES: [&str; 4] = [
        "kommuner/eksempelby/variabler.toml",
        "kommuner/eksempelby/kontrol.toml",
        "kommuner/eksempelby/kommune.toml",
        "kommuner/eksempelby/tema.toml",
    ];
    static SEEDS: OnceLock<Vec<Vec<String>>> = OnceLock::new();
    let seeds = SEEDS.get_or_init(|| {
        let lines = |path: &&str| shared(path).lines().map(str::to_owned).collect();
        FILES.iter().map(lines).collect()
    });
    let which = dice.below(FILES.len());
    let lines = &seeds[which];
    let from = if which == 0 {
        dice.below(lines.len())
    } else {
        0
    };
    let some = lines[from..]
        .iter()
        .take(24)
        .fold(String::new(), |text, line| text + line + "\n");
    format!("{which}{}", dice.text(&some, &WORDS)).into_bytes()
}

pub(super) fn check_values() -> Check {
    let definitions = definitions();
    Box::new(move |input| {
        let text = String::from_utf8_lossy(input);
        let (which, source) = text.split_at(text.chars().next().map_or(0, char::len_utf8));
        let lines = source.lines().count() + 1;
        match which {
            "1" => {
                let (kommune, diagnostics) = compiler::single::kommune("eksempelby", source);
                told(&diagnostics, lines);
                let good = diagnostics.iter().all(|d| d.severity != Severity::Error);
                assert!(!good || (kommune.code.len() == 4 && !kommune.name.is_empty()));
            }
            "2" => {
                let (theme, diagnostics) = compiler::single::theme(source);
                told(&diagnostics, lines);
                assert!(theme.corner <= 24);
                for palette in [&theme.light, &theme.dark] {
                    assert!(compiler::contrast(&palette.text, &palette.background).is_some());
                }
            }
            _ => {
                let (values, diagnostics) = compiler::single::values(source, &definitions);
                told(&diagnostics, lines);
                for (name, value) in &values {
                    super::addresses::value(&definitions[name].kind, value);
                }
            }
        }
    })
}

// --- conversation tests ----------------------------------------------------------------------------------------

pub(super) fn samtaler(dice: &mut Dice) -> Vec<u8> {
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

pub(super) fn check_samtaler() -> Check {
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
