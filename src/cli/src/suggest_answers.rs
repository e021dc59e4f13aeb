//! `suggest-answers`: lets the model of a kommune write drafts for an editor: an answer, ways in which citizens ask, or an English
//! translation. A draft is a file with the ending `.kladde`, which no build reads; a person corrects it and copies what is good. What is sent
//! is the kommune's own authored text and nothing of a citizen.

use crate::say::say;
use crate::serve::runtime;
use api::config::Config;
use api::fallback::{FallbackConfig, Provider};
use bundle::content::Lang;
use clap::{Args, ValueEnum};
use grounding::{Fact, Message, Role, facts};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Version of the instructions below; stands in every draft.
const VERSION: &str = "2026-11-22.1";
/// A draft may take this long: nobody waits in a chat.
const PATIENCE: Duration = Duration::from_secs(180);
/// Longest source, characters.
const SOURCE_MOST: usize = 8000;

/// Arguments of `suggest-answers`.
#[derive(Args)]
pub(crate) struct SuggestAnswersArgs {
    /// Id of the intent, `pas/pris-paa-pas`
    intent: String,
    /// What to draft
    #[arg(long, value_enum, default_value_t = What::Svar)]
    what: What,
    /// Folder of the knowledge
    #[arg(long, default_value = "kb-bundle")]
    kb: PathBuf,
    /// A text that the answer is to stand on: the department's mail, a page; without it the answer that is there is written anew
    #[arg(long, value_name = "FILE")]
    from: Option<PathBuf>,
    /// Settings of the server; the model is that of `[kommune.fallback]`, which need not be enabled for this
    #[arg(long, default_value = "lokalsvar.toml", env = "LOKALSVAR_CONFIG")]
    config: PathBuf,
    /// Whose model; also whose own topics are looked at before the shared ones
    #[arg(long)]
    kommune: String,
    /// Folder of the drafts
    #[arg(long, default_value = "kladder")]
    out: PathBuf,
}

/// What is drafted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum What {
    /// An answer in plain Danish
    Svar,
    /// Ways in which citizens ask
    Eksempler,
    /// The answer in English
    Engelsk,
}

impl What {
    fn name(self) -> &'static str {
        match self {
            What::Svar => "svar",
            What::Eksempler => "eksempler",
            What::Engelsk => "engelsk",
        }
    }
}

/// Writes one draft.
pub(crate) fn suggest_answers(args: &SuggestAnswersArgs) -> Result<(), String> {
    let config = Config::read(&args.config, |name| std::env::var(name).ok())?;
    let kommune = config.kommune.iter().find(|k| k.slug == args.kommune);
    let settings = kommune.and_then(|k| k.fallback.as_ref()).ok_or_else(|| {
        format!(
            "{}: kommune `{}` has no [kommune.fallback]; add it with base_url and model",
            args.config.display(),
            args.kommune
        )
    })?;
    if settings.base_url.is_empty() || settings.model.is_empty() {
        return Err(format!(
            "{}: base_url or model of [kommune.fallback] is missing",
            args.config.display()
        ));
    }
    let provider = Provider::new(settings, |name| std::env::var(name).ok())?;
    let authored = section_of(&args.kb, &args.kommune, &args.intent)?;
    let source = match &args.from {
        Some(file) => {
            std::fs::read_to_string(file).map_err(|e| format!("{}: {e}", file.display()))?
        }
        None => answer_of(&authored).to_owned(),
    };
    let source: String = source.chars().take(SOURCE_MOST).collect();
    let messages = messages(args.what, title_of(&authored), &source);
    let asked = provider.whole(&messages, most(args.what), PATIENCE);
    let written = runtime()?
        .block_on(asked)
        .map_err(|e| format!("the model gave no draft: {e}"))?;
    let draft = draft(args.what, &args.intent, settings, &source, &written);
    let file = args.out.join(format!(
        "{}.{}.kladde",
        args.intent.replace('/', "--"),
        args.what.name()
    ));
    std::fs::create_dir_all(&args.out).map_err(|e| format!("{}: {e}", args.out.display()))?;
    std::fs::write(&file, draft).map_err(|e| format!("{}: {e}", file.display()))?;
    say!("{}", file.display());
    say!("en kladde: ret den til, og kopiér selv det gode over i emnet; den bygges aldrig");
    Ok(())
}

fn most(what: What) -> u32 {
    match what {
        What::Svar | What::Engelsk => 900,
        What::Eksempler => 600,
    }
}

/// The authored text of an intent: the kommune's own where it has one, else the shared one.
fn section_of(kb: &Path, kommune: &str, intent: &str) -> Result<String, String> {
    let topic = intent.split('/').next().unwrap_or_default();
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if topic.is_empty() || !topic.chars().all(plain) || !intent.contains('/') {
        return Err(format!(
            "`{intent}` is no id of an intent; write pas/pris-paa-pas"
        ));
    }
    let own = kb
        .join("kommuner")
        .join(kommune)
        .join("emner")
        .join(format!("{topic}.md"));
    let shared = kb.join("faelles").join(format!("{topic}.md"));
    let found = [own, shared]
        .iter()
        .find_map(|file| section(&std::fs::read_to_string(file).ok()?, intent));
    found.ok_or_else(|| {
        format!(
            "there is no `{intent}` below {}; write it as a heading with its id first",
            kb.display()
        )
    })
}

/// From the heading of an intent to the next one.
fn section(text: &str, intent: &str) -> Option<String> {
    let mut parts = text.split("\n## ").skip(1);
    let id = format!("id: {intent}");
    parts
        .find(|part| part.lines().any(|line| line.trim() == id))
        .map(|part| format!("## {part}"))
}

fn title_of(section: &str) -> &str {
    section
        .lines()
        .next()
        .unwrap_or_default()
        .trim_start_matches('#')
        .trim()
}

/// What is answered, without how citizens ask and without the English.
fn answer_of(section: &str) -> &str {
    let ends = ["\n### Borgere skriver", "\n### English", "\n### Citizens"];
    let end = ends
        .iter()
        .filter_map(|end| section.find(end))
        .min()
        .unwrap_or(section.len());
    section[..end].trim()
}

fn messages(what: What, title: &str, source: &str) -> Vec<Message> {
    let system = match what {
        What::Svar => {
            "Du skriver kladder til en kommunes redaktør. Skriv på klart dansk, du-form, korte sætninger: først et svar på højst 60 ord, derefter \
             `### Sådan gør du` med nummererede trin, hvis der er trin. Brug kun oplysninger fra kilden. Tal, datoer, beløb og ord i {krøllede} \
             parenteser skal stå præcis som i kilden. Gæt aldrig."
        }
        What::Eksempler => {
            "Du skriver kladder til en kommunes redaktør. Skriv 20 forskellige måder, borgere kunne stille spørgsmålet på: korte og lange, med \
             slang og stavefejl, også som en lille historie. Ét på hver linje med `- ` foran. Ingen navne, numre eller adresser."
        }
        What::Engelsk => {
            "You write drafts for a municipality's editor. Translate the text into plain English. Keep the markup, the numbers, dates, \
             amounts, addresses and words in {braces} exactly as they are. Add nothing and leave nothing out."
        }
    };
    let user = format!("Spørgsmål: {title}\n\nKilde:\n{source}");
    vec![
        Message {
            role: Role::System,
            text: system.into(),
        },
        Message {
            role: Role::User,
            text: user,
        },
    ]
}

/// The file: that it is a draft, what made it, what to look at, and what was written.
fn draft(
    what: What,
    intent: &str,
    settings: &FallbackConfig,
    source: &str,
    written: &str,
) -> String {
    let mut head = format!(
        "KLADDE, skrevet af en sprogmodel. Den er ikke godkendt, og den bygges aldrig.\n\
         intent: {intent}\nslags: {}\nmodel: {}\ntemperatur: {}\ninstruks: {VERSION}\n",
        what.name(),
        settings.model,
        settings.temperature
    );
    for doubt in doubts(what, source, written) {
        head.push_str(&format!("TJEK: {doubt}\n"));
    }
    format!("{head}\n{}\n", written.trim())
}

/// What stands in the draft and not in the source, and the other way round.
fn doubts(what: What, source: &str, written: &str) -> Vec<String> {
    if what == What::Eksempler {
        let masked = privacy::mask(written);
        return if masked == written {
            Vec::new()
        } else {
            vec!["her står noget, der ligner et navn, et nummer eller en adresse".into()]
        };
    }
    let lang = if what == What::Engelsk {
        Lang::En
    } else {
        Lang::Da
    };
    let (here, there) = (facts(written, lang), facts(source, Lang::Da));
    let told = |fact: &Fact| match fact {
        Fact::Number(value, _) => format!("tallet {value}"),
        Fact::Mail(text) | Fact::Address(text) | Fact::Word(text) => text.clone(),
        Fact::Time(minute) => format!("klokkeslættet {}.{:02}", minute / 60, minute % 60),
        Fact::Day(day, month, _) => format!("datoen {day}/{month}"),
        Fact::Month(month, _) => format!("måneden {month}"),
        Fact::Weekday(_) => "en ugedag".into(),
        Fact::Foreign(c) => format!("tegnet {c}"),
    };
    let added = here
        .iter()
        .filter(|f| !f.is_in(&there))
        .map(|f| format!("{} står i kladden, men ikke i kilden", told(f)));
    let lost = there
        .iter()
        .filter(|f| !f.is_in(&here))
        .map(|f| format!("{} står i kilden, men ikke i kladden", told(f)));
    let braces = |text: &str| {
        text.split('{')
            .skip(1)
            .filter_map(|t| t.split('}').next().map(str::to_owned))
            .collect::<Vec<_>>()
    };
    let (mine, theirs) = (braces(written), braces(source));
    let unknown = mine
        .iter()
        .filter(|b| !theirs.contains(b))
        .map(|b| format!("{{{b}}} står ikke i kilden"));
    let mut all: Vec<String> = added
        .chain(lost)
        .chain(unknown.collect::<Vec<_>>())
        .collect();
    all.dedup();
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOPIC: &str = "# Pas\n\n## Hvad koster et pas?\nid: pas/pris-paa-pas\n\nEt pas koster 893 kr. {nat_pris}\n\n### Borgere skriver\n- pris\n\n## Andet\nid: pas/andet\n\nNej.\n";

    #[test]
    fn the_section_of_an_intent_is_found_and_nothing_of_citizens_goes_along() {
        let found = section(TOPIC, "pas/pris-paa-pas").expect("a section");
        assert_eq!(title_of(&found), "Hvad koster et pas?");
        assert!(answer_of(&found).ends_with("{nat_pris}"), "{found}");
        assert!(section(TOPIC, "pas/pris").is_none());
        for wrong in ["pas", "../x/y", "Pas/x", ""] {
            assert!(
                section_of(Path::new("nowhere"), "x", wrong).is_err(),
                "{wrong}"
            );
        }
    }

    #[test]
    fn a_draft_says_what_it_is_and_what_differs() {
        let settings = FallbackConfig {
            model: "prøve".into(),
            ..FallbackConfig::default()
        };
        let source = "Et pas koster 893 kr. {nat_pris}";
        let text = draft(
            What::Svar,
            "pas/pris-paa-pas",
            &settings,
            source,
            "Et pas koster 839 kr. {andet}",
        );
        assert!(text.starts_with("KLADDE") && text.contains("model: prøve"));
        for told in [
            "tallet 839 står i kladden",
            "tallet 893 står i kilden",
            "{andet} står ikke",
        ] {
            assert!(text.contains(told), "{told}: {text}");
        }
        assert!(doubts(What::Engelsk, source, "A passport costs DKK 893 {nat_pris}").is_empty());
        assert!(doubts(What::Eksempler, source, "- hvad koster det").is_empty());
        assert!(!doubts(What::Eksempler, source, "- ring til mig på 20 30 40 50").is_empty());
    }

    #[test]
    fn no_build_reads_a_draft_wherever_it_lies() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../kb-bundle");
        let place = std::env::temp_dir().join(format!("lokalsvar-kladde-{}", std::process::id()));
        let today = hours::Date::new(2026, 11, 22).expect("a day");
        for folder in ["faelles", "kommuner/prøve/emner"] {
            std::fs::create_dir_all(place.join(folder)).expect("a folder");
        }
        std::fs::copy(root.join("faelles/pas.md"), place.join("faelles/pas.md")).expect("a topic");
        let read = || {
            let all = compiler::Knowledge::load(&place, today);
            all.topics
                .values()
                .flat_map(|t| t.intents.iter().map(|i| i.id.clone()))
                .collect::<Vec<_>>()
        };
        let before = read();
        assert!(before.len() > 3);
        let text = draft(
            What::Svar,
            "pas/nyt",
            &FallbackConfig::default(),
            "x",
            "## Nyt\nid: pas/nyt\n\nTekst.",
        );
        for folder in ["faelles", "kommuner/prøve/emner", "."] {
            std::fs::write(place.join(folder).join("pas--nyt.svar.kladde"), &text)
                .expect("a draft");
        }
        assert_eq!(read(), before);
        std::fs::remove_dir_all(&place).expect("gone");
    }
}
