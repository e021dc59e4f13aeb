//! What an utterance means while a time is being booked: when, where, how many, or a command. Takes only what it
//! understands to the last word; anything else is left to the conversation around (`dialog`), where also a cry for help
//! is heard.

use hours::Date;
use protocol::{Location, Service};

use crate::when::{self, When};
use crate::words::{Word, words};

/// A command in words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    /// "tilbage"
    Back,
    /// "fortryd"
    Stop,
    /// "et andet sted"
    Elsewhere,
    /// "senere", "flere tider"
    Later,
    /// "tidligere"
    Earlier,
    /// "kalender"
    Calendar,
    /// "ja"
    Yes,
    /// "nej"
    No,
    /// "mere tid"
    MoreTime,
    /// "flyt tiden"
    Move,
    /// "aflys tiden"
    CallOff,
    /// "prøv igen"
    Again,
}

/// What was understood.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Said {
    /// A command; stands alone.
    pub command: Option<Command>,
    /// When.
    pub when: Option<When>,
    /// Which of the locations, by place in the list.
    pub place: Option<usize>,
    /// Which of the services, by place in the list.
    pub service: Option<usize>,
    /// A number alone, or so many persons.
    pub number: Option<u16>,
    /// Every word was understood.
    pub whole: bool,
}

impl Said {
    /// Nothing of it concerns the booking.
    pub fn is_nothing(&self) -> bool {
        self.command.is_none()
            && self.when.is_none()
            && self.place.is_none()
            && self.service.is_none()
            && self.number.is_none()
    }
}

const COMMANDS: [(Command, &[&str]); 12] = [
    (
        Command::Back,
        &[
            "tilbage",
            "gaa tilbage",
            "et skridt tilbage",
            "forrige",
            "back",
            "go back",
            "previous",
        ],
    ),
    (
        Command::Stop,
        &[
            "fortryd",
            "afbryd",
            "annuller",
            "annuller bestillingen",
            "stop",
            "drop det",
            "glem det",
            "jeg fortryder",
            "alligevel ikke",
            "cancel",
            "never mind",
            "nevermind",
            "forget it",
            "quit",
        ],
    ),
    (
        Command::Elsewhere,
        &[
            "et andet sted",
            "andet sted",
            "andre steder",
            "en anden adresse",
            "another place",
            "other place",
            "somewhere else",
            "other places",
            "hvor ellers",
        ],
    ),
    (
        Command::Later,
        &[
            "senere",
            "flere tider",
            "vis flere",
            "flere",
            "laengere frem",
            "vis senere tider",
            "later",
            "more times",
            "show more",
            "more",
            "later times",
        ],
    ),
    (
        Command::Earlier,
        &["tidligere", "tidligere tider", "earlier", "earlier times"],
    ),
    (
        Command::Calendar,
        &[
            "kalender",
            "vis kalender",
            "kalenderen",
            "calendar",
            "show calendar",
        ],
    ),
    (
        Command::Yes,
        &[
            "ja",
            "ja tak",
            "jo",
            "jep",
            "ok",
            "okay",
            "godt",
            "det er fint",
            "fint",
            "yes",
            "yes please",
            "sure",
        ],
    ),
    (
        Command::No,
        &["nej", "nej tak", "no", "no thanks", "no thank you"],
    ),
    (
        Command::MoreTime,
        &["mere tid", "giv mig mere tid", "more time"],
    ),
    (
        Command::Move,
        &[
            "flyt",
            "flyt tiden",
            "flyt min tid",
            "jeg vil flytte tiden",
            "jeg vil flytte min tid",
            "en anden tid",
            "anden tid",
            "move",
            "move the time",
            "reschedule",
            "move my appointment",
            "change the time",
        ],
    ),
    (
        Command::CallOff,
        &[
            "aflys",
            "aflys tiden",
            "aflys min tid",
            "afbestil",
            "afbestil tiden",
            "jeg vil aflyse",
            "jeg vil aflyse tiden",
            "slet tiden",
            "cancel my appointment",
            "cancel the appointment",
            "cancel the time",
        ],
    ),
    (
        Command::Again,
        &["proev igen", "igen", "try again", "again", "retry"],
    ),
];

/// Words that carry no meaning of their own beside a time, a place or a number.
const FILLERS: &str = "jeg vil kan gerne helst hellere have faa ville skal skulle maa kunne en et tid time tak og det den \
    de der er vaere bliver paa om ved i hos til for med fra bare kun saa da hvis muligt mulig passer passe bedst godt \
    mig os vi min mit mine hvad naar hvornaar noget nogen ledig ledige ledigt tider bestil bestille booke book komme \
    ind gaar dag hej venligst eller gerne at i stedet find vis forbi kom jer dit din sted du i'd id i would like want \
    prefer preferably rather please the a an at on in to me my we us is are be can could do does you your any free \
    available time times slot slots appointment come get have there or and how about what works best for hi hello \
    thanks show find some something where when possible kl klokken";

/// Understands `text`. `services` and `places` are what can be chosen now.
pub fn understand(text: &str, today: Date, services: &[Service], places: &[Location]) -> Said {
    let folded = crate::words::fold(text);
    let all = words(&folded);
    let plain: Vec<&str> = all.iter().map(|word| word.plain()).collect();
    let line = plain.join(" ");
    let mut said = Said::default();
    let numbers = all.iter().any(|word| !matches!(word, Word::Plain(_)));
    for (command, phrases) in &COMMANDS {
        let polite = line.strip_suffix(" tak").or(line.strip_suffix(" please"));
        if !numbers
            && (phrases.contains(&line.as_str())
                || polite.is_some_and(|line| phrases.contains(&line)))
        {
            said.command = Some(*command);
            said.whole = true;
            return said;
        }
    }
    if let [one] = all.as_slice() {
        // A number alone chooses from a list.
        let number = match one {
            Word::Number(number, _) => Some(*number),
            Word::Plain(word) if !matches!(*word, "a") => when::numeral(word),
            _ => None,
        };
        if number.is_some() {
            said.number = number;
            said.whole = true;
            return said;
        }
    }
    let (persons, all) = take_persons(&all);
    said.number = persons;
    let (when, rest) = when::take(&all, today);
    said.when = when;
    let rest: Vec<&str> = rest.iter().map(|word| word.plain()).collect();
    said.place = best(
        &rest,
        places
            .iter()
            .map(|place| [place.name.as_str(), &place.address].join(" ")),
    );
    said.service = best(
        &rest,
        services.iter().map(|service| {
            let english = service.name.en.as_deref().unwrap_or_default();
            [service.name.da.as_str(), english].join(" ")
        }),
    );
    let named = |word: &str| {
        said.place
            .is_some_and(|at| names(&[&places[at].name, " ", &places[at].address].concat(), word))
            || said.service.is_some_and(|at| {
                names(&services[at].name.da, word)
                    || services[at]
                        .name
                        .en
                        .as_deref()
                        .is_some_and(|name| names(name, word))
            })
    };
    said.whole = rest
        .iter()
        .all(|word| FILLERS.split(' ').any(|filler| filler == *word) || named(word));
    said
}

/// "vi er 3", "3 personer", "to voksne", "kun mig".
fn take_persons<'t>(words: &[Word<'t>]) -> (Option<u16>, Vec<Word<'t>>) {
    let count = |at: usize| match words.get(at) {
        Some(Word::Number(count, _)) => Some(*count),
        Some(Word::Plain(word)) => when::numeral(word),
        _ => None,
    };
    let plain = |at: usize| words.get(at).map_or("", |word| word.plain());
    for at in 0..words.len() {
        let people = matches!(
            plain(at + 1),
            "personer"
                | "person"
                | "mennesker"
                | "voksne"
                | "boern"
                | "people"
                | "persons"
                | "pas"
                | "adults"
        );
        let found = if people && count(at).is_some() {
            Some((count(at), 2))
        } else if matches!(plain(at), "vi" | "we" | "of")
            && matches!(plain(at + 1), "er" | "are" | "bliver")
            && count(at + 2).is_some()
        {
            Some((count(at + 2), 3))
        } else if matches!(
            (plain(at), plain(at + 1)),
            ("kun" | "bare" | "just" | "only", "mig" | "me")
        ) {
            Some((Some(1), 2))
        } else {
            None
        };
        if let Some((Some(count), length)) = found {
            let rest = words[..at].iter().chain(&words[at + length..]);
            return (Some(count), rest.copied().collect());
        }
    }
    (None, words.to_vec())
}

/// The one text that `said` names and no other does as well. Words that all texts have tell nothing.
fn best(said: &[&str], texts: impl Iterator<Item = String>) -> Option<usize> {
    let texts: Vec<String> = texts.collect();
    let telling = |word: &str| {
        let holders = texts.iter().filter(|text| names(text, word)).count();
        holders > 0 && (holders < texts.len() || texts.len() == 1)
    };
    let counts: Vec<usize> = texts
        .iter()
        .map(|text| {
            let words = said
                .iter()
                .filter(|word| word.len() > 2 && !is_filler(word));
            words
                .filter(|word| telling(word) && names(text, word))
                .count()
        })
        .collect();
    let most = counts.iter().copied().max().filter(|most| *most > 0)?;
    let mut of = counts
        .iter()
        .enumerate()
        .filter(|(_, count)| **count == most);
    let first = of.next()?.0;
    of.next().is_none().then_some(first)
}

fn is_filler(word: &str) -> bool {
    FILLERS.split(' ').any(|filler| filler == word)
}

/// Whether a text has this word, in this form or another ("passet", "pas").
fn names(text: &str, word: &str) -> bool {
    let folded = crate::words::fold(text);
    folded
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|part| part.len() > 2)
        .any(|part| {
            let (short, long) = if part.len() < word.len() {
                (part, word)
            } else {
                (word, part)
            };
            word.len() > 2
                && long.strip_prefix(short).is_some_and(|ending| {
                    // A word of a compound may be named alone ("raadhus", "raadhuset").
                    [
                        "", "s", "e", "t", "en", "et", "er", "ene", "erne", "ne", "et s", "ets",
                    ]
                    .contains(&ending)
                })
        })
}
