//! What is wrong with a kommune's data about talking, all at once. `compiler` shows it to the author with file and line,
//! `api` refuses to start.

use crate::admin::{Admin, Carrier, Department, FORMAT};
use booking::{Exception, Holidays, Words, is_id};
use hours::{MINUTES_PER_DAY, Span};
use std::collections::BTreeSet;
use std::fmt;

/// Which part a [`Mistake`] is about; numbers count from 0 in the lists of [`Admin`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// The file as a whole.
    Admin,
    /// One of [`Admin::departments`].
    Department(usize),
    /// One of [`Admin::closures`].
    Closure(usize),
}

/// One mistake.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// Where.
    pub part: Part,
    /// Name of the field, as in JSON.
    pub field: &'static str,
    /// What was found.
    pub message: String,
    /// What one can do.
    pub hint: String,
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.part {
            Part::Admin => {}
            Part::Department(at) => write!(f, "departments[{at}].")?,
            Part::Closure(at) => write!(f, "closures[{at}].")?,
        }
        write!(f, "{}: {} ({})", self.field, self.message, self.hint)
    }
}

/// True for an address of mail that can be written into a header as it stands: ASCII without blanks, controls and the
/// characters that mean something there, one @ and a dot behind it.
pub fn is_mail(text: &str) -> bool {
    let plain = |b: u8| b.is_ascii_graphic() && !b"<>()[]\\,;:\"'".contains(&b);
    let Some((name, host)) = text.split_once('@') else {
        return false;
    };
    let dotted = host.contains('.') && !host.starts_with('.') && !host.ends_with('.');
    !name.is_empty()
        && text.len() <= 254
        && !host.contains('@')
        && dotted
        && text.bytes().all(plain)
}

/// True for an address of this machine itself, where nobody listens in between.
fn is_here(url: &str) -> bool {
    let rest = url.strip_prefix("http://").unwrap_or_default();
    let host = rest.split(['/', ':', '?', '#']).next().unwrap_or_default();
    matches!(host, "127.0.0.1" | "localhost") && !rest.contains('@')
}

/// A number of KLE: two, two and two digits with dots, "23.05.00".
fn is_kle(text: &str) -> bool {
    let digits = |part: &str| part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit());
    text.split('.').count() == 3 && text.split('.').all(digits)
}

/// Most departments and closures of one kommune.
const MOST: [usize; 2] = [50, 1024];
/// Longest text that is shown on one line, in characters.
const LINE_MOST: usize = 200;

impl Admin {
    /// Everything that is wrong, in the order of the parts.
    ///
    /// # Errors
    /// At least one mistake.
    pub fn check(&self) -> Result<(), Vec<Mistake>> {
        let mut check = Check {
            part: Part::Admin,
            all: Vec::new(),
        };
        check.whole(self);
        let (mut ids, mut topics) = (BTreeSet::new(), BTreeSet::new());
        for (at, department) in self.departments.iter().enumerate() {
            check.part = Part::Department(at);
            check.department(department, &mut ids, &mut topics);
        }
        for (at, closure) in self.closures.iter().enumerate() {
            check.part = Part::Closure(at);
            check.when(closure.until < closure.from, "until", || {
                (
                    format!("{} is before {}", closure.until, closure.from),
                    "the last day is included".into(),
                )
            });
            check.spans("span", closure.span.as_slice());
            for id in &closure.only {
                check.when(self.department(id).is_none(), "only", || {
                    (
                        format!("there is no department `{id}`"),
                        "name ids of departments, or leave the list out to close all".into(),
                    )
                });
            }
        }
        if check.all.is_empty() {
            Ok(())
        } else {
            Err(check.all)
        }
    }
}

struct Check {
    part: Part,
    all: Vec<Mistake>,
}

impl Check {
    fn when(&mut self, wrong: bool, field: &'static str, say: impl FnOnce() -> (String, String)) {
        if wrong {
            let (message, hint) = say();
            self.all.push(Mistake {
                part: self.part,
                field,
                message,
                hint,
            });
        }
    }

    fn within(&mut self, field: &'static str, value: u16, least: u16, most: u16) {
        self.when(!(least..=most).contains(&value), field, || {
            (
                format!("{value} is not {least} to {most}"),
                "write a number in between".into(),
            )
        });
    }

    fn words(&mut self, field: &'static str, words: &Words) {
        for (text, lang) in [(&words.da, "Danish"), (&words.en, "English")] {
            self.when(text.trim().is_empty(), field, || {
                (
                    format!("the {lang} text is missing"),
                    "write it in both languages".into(),
                )
            });
        }
    }

    fn line(&mut self, field: &'static str, text: &str) {
        let bad = text.chars().count() > LINE_MOST || text.chars().any(char::is_control);
        self.when(bad, field, || {
            (
                format!("the text has more than {LINE_MOST} characters, or more than one line"),
                "shorten it".into(),
            )
        });
    }

    fn web(&mut self, field: &'static str, url: &str) {
        self.when(!url.starts_with("https://"), field, || {
            (
                format!("`{url}` is no web address"),
                "it begins with https://".into(),
            )
        });
    }

    fn mail(&mut self, field: &'static str, text: &str) {
        self.when(!is_mail(text), field, || {
            (
                format!("`{text}` is no mail address"),
                "write it as borgerservice@eksempelby.example, without a name in front".into(),
            )
        });
    }

    fn whole(&mut self, admin: &Admin) {
        self.when(admin.format != FORMAT, "format", || {
            (
                format!("format {} is not format {FORMAT}", admin.format),
                "rebuild it with `lokalsvar build`".into(),
            )
        });
        self.when(admin.name.trim().is_empty(), "name", || {
            ("the kommune has no name".into(), "write it".into())
        });
        for name in &admin.holidays.customary {
            self.when(
                !Holidays::CUSTOMARY.contains(&name.as_str()),
                "holidays",
                || {
                    (
                        format!("`{name}` is no customary day"),
                        format!("choose among {}", Holidays::CUSTOMARY.join(", ")),
                    )
                },
            );
        }
        self.within("warn_minutes", admin.warn_minutes, 1, 120);
        self.privacy(admin);
        for ((field, count), most) in ["departments", "closures"]
            .into_iter()
            .zip([admin.departments.len(), admin.closures.len()])
            .zip(MOST)
        {
            self.when(count > most, field, || {
                (
                    format!("{count} are more than {most}"),
                    "remove some".into(),
                )
            });
        }
        let fallbacks = admin.departments.iter().filter(|d| d.fallback).count();
        self.when(fallbacks != 1, "departments", || {
            (
                format!("{fallbacks} departments take what belongs to no other"),
                "exactly one does".into(),
            )
        });
    }

    fn privacy(&mut self, admin: &Admin) {
        let (privacy, retention) = (&admin.privacy, &admin.retention);
        let unsigned = privacy.version.is_empty() || privacy.controller.trim().is_empty();
        self.when(unsigned, "privacy", || {
            (
                "controller or version is missing".into(),
                "say who is responsible".into(),
            )
        });
        self.words("privacy", &privacy.purpose);
        self.words("privacy", &privacy.text);
        if !privacy.url.is_empty() {
            self.web("privacy", &privacy.url);
        }
        self.within("retention", retention.days, 1, 3650);
        self.when(retention.rule.trim().is_empty(), "retention", || {
            (
                "no rule says how long a conversation is kept".into(),
                "name the kommune's own plan for erasure, and the law it follows".into(),
            )
        });
        self.line("retention", &retention.rule);
        self.when(
            privacy.retention_days != retention.days,
            "retention",
            || {
                (
                    format!(
                        "citizens are told {} days, the rule is {}",
                        privacy.retention_days, retention.days
                    ),
                    "rebuild it with `lokalsvar build`".into(),
                )
            },
        );
    }

    fn department(
        &mut self,
        department: &Department,
        ids: &mut BTreeSet<String>,
        topics: &mut BTreeSet<String>,
    ) {
        let id = &department.id;
        self.when(!is_id(id), "id", || {
            (
                format!("`{id}` is no id"),
                "a-z, 0-9 and -, at most 32 characters".into(),
            )
        });
        self.when(!ids.insert(id.clone()), "id", || {
            (
                format!("`{id}` is used twice"),
                "every id is used once".into(),
            )
        });
        self.words("name", &department.name);
        for (field, text) in [
            ("name", &department.name.da),
            ("name", &department.name.en),
            ("phone", &department.phone),
            ("address", &department.address),
        ] {
            self.line(field, text);
        }
        if !department.email.is_empty() {
            self.mail("email", &department.email);
        }
        for topic in &department.topics {
            self.when(!topics.insert(topic.clone()), "topics", || {
                (
                    format!("`{topic}` stands twice"),
                    "each topic and each answer belongs to one department".into(),
                )
            });
        }
        self.when(
            department.topics.is_empty() && !department.fallback,
            "topics",
            || {
                (
                    format!("nothing belongs to `{id}`"),
                    "name topics or answers, or let it take everything else".into(),
                )
            },
        );
        match &department.carrier {
            Carrier::Builtin => {}
            Carrier::Mail { to } => self.mail("carrier", to),
            // A program that translates may run beside the server.
            Carrier::Http { url } if is_here(url) => {}
            Carrier::Http { url } => self.web("carrier", url),
        }
        let kle = &department.kle;
        self.when(!kle.is_empty() && !is_kle(kle), "kle", || {
            (
                format!("`{kle}` is no number of KLE"),
                "write it as 23.05.00".into(),
            )
        });
        for spans in &department.week.days {
            self.spans("week", spans);
        }
        self.exceptions(&department.exceptions);
    }

    fn exceptions(&mut self, exceptions: &[Exception]) {
        let mut seen = BTreeSet::new();
        for exception in exceptions {
            self.when(!seen.insert(exception.date), "exceptions", || {
                (
                    format!("two exceptions for {}", exception.date),
                    "put their hours together".into(),
                )
            });
            self.spans("exceptions", &exception.spans);
        }
    }

    fn spans(&mut self, field: &'static str, spans: &[Span]) {
        let mut before = 0;
        for span in spans {
            let time = |minute: u16| format!("{:02}:{:02}", minute / 60, minute % 60);
            let text = || format!("{}-{}", time(span.open), time(span.close));
            let day = span.open < span.close && span.close <= MINUTES_PER_DAY;
            self.when(!day, field, || {
                (
                    format!("{} does not end after it begins", text()),
                    "write 10:00-15:00".into(),
                )
            });
            let cell = booking::CELL_MINUTES;
            let whole = span.open.is_multiple_of(cell) && span.close.is_multiple_of(cell);
            self.when(!whole, field, || {
                (
                    format!("{} does not keep to whole {cell} minutes", text()),
                    "round it".into(),
                )
            });
            self.when(day && span.open < before, field, || {
                (
                    format!("{} begins before the hours in front of it end", text()),
                    "put them in order".into(),
                )
            });
            before = span.close;
        }
    }
}
