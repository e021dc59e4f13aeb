//! What is wrong with admin data, all at once. `compiler` shows it to the author with file and line, `api` refuses to start.

use crate::admin::{
    Adapter, Admin, Break, Counter, Exception, FORMAT, Holidays, Location, Service, Week, Words,
};
use crate::cells::CELL_MINUTES;
use hours::{MINUTES_PER_DAY, Span};
use std::collections::BTreeSet;
use std::fmt;

/// Which part a [`Mistake`] is about; numbers count from 0 in the lists of [`Admin`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// The file as a whole.
    Admin,
    /// One of [`Admin::services`].
    Service(usize),
    /// One of [`Admin::locations`].
    Location(usize),
    /// One of [`Admin::counters`].
    Counter(usize),
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
            Part::Service(at) => write!(f, "services[{at}].")?,
            Part::Location(at) => write!(f, "locations[{at}].")?,
            Part::Counter(at) => write!(f, "counters[{at}].")?,
            Part::Closure(at) => write!(f, "closures[{at}].")?,
        }
        write!(f, "{}: {} ({})", self.field, self.message, self.hint)
    }
}

/// True for `[a-z0-9-]{1,32}`.
pub fn is_id(text: &str) -> bool {
    let good = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    (1..=32).contains(&text.len()) && text.bytes().all(good)
}

/// True for an address of this machine itself, where nobody listens in between.
fn is_here(url: &str) -> bool {
    let rest = url.strip_prefix("http://").unwrap_or_default();
    let host = rest.split(['/', ':', '?', '#']).next().unwrap_or_default();
    matches!(host, "127.0.0.1" | "localhost") && !rest.contains('@')
}

/// Most services, locations, counters and closures of one kommune.
const MOST: [usize; 4] = [64, 64, 512, 1024];

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
        let mut seen = BTreeSet::new();
        for (at, service) in self.services.iter().enumerate() {
            check.part = Part::Service(at);
            check.id(&service.id, &mut seen);
            check.service(self, service);
        }
        let mut seen = BTreeSet::new(); // a closure names locations and counters alike
        for (at, location) in self.locations.iter().enumerate() {
            check.part = Part::Location(at);
            check.id(&location.id, &mut seen);
            check.location(location);
        }
        for (at, counter) in self.counters.iter().enumerate() {
            check.part = Part::Counter(at);
            check.id(&counter.id, &mut seen);
            check.counter(self, counter);
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
            for id in closure
                .only
                .iter()
                .filter(|id| self.location(id).is_none() && self.counter(id).is_none())
            {
                check.add(
                    "only",
                    format!("`{id}` is no location and no counter"),
                    "name ids, or leave the list out to close everything",
                );
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
    fn add(&mut self, field: &'static str, message: String, hint: &str) {
        self.all.push(Mistake {
            part: self.part,
            field,
            message,
            hint: hint.to_owned(),
        });
    }

    fn when(&mut self, wrong: bool, field: &'static str, say: impl FnOnce() -> (String, String)) {
        if wrong {
            let (message, hint) = say();
            self.add(field, message, &hint);
        }
    }

    fn within(&mut self, field: &'static str, value: u32, least: u32, most: u32) {
        self.when(!(least..=most).contains(&value), field, || {
            (
                format!("{value} is not {least} to {most}"),
                "write a number in between".into(),
            )
        });
    }

    /// Within, and a multiple of a cell.
    fn cells(&mut self, field: &'static str, value: u16, least: u32, most: u32) {
        self.within(field, value.into(), least, most);
        self.when(!value.is_multiple_of(CELL_MINUTES), field, || {
            (
                format!("{value} minutes is not a multiple of {CELL_MINUTES}"),
                "round it".into(),
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

    fn web(&mut self, field: &'static str, url: &str, needed: bool) {
        let wrong = if url.is_empty() {
            needed
        } else {
            !url.starts_with("https://")
        };
        self.when(wrong, field, || {
            (
                format!("`{url}` is no web address"),
                "it begins with https://".into(),
            )
        });
    }

    fn id(&mut self, id: &str, seen: &mut BTreeSet<String>) {
        self.when(!is_id(id), "id", || {
            (
                format!("`{id}` is no id"),
                "a-z, 0-9 and -, at most 32 characters".into(),
            )
        });
        self.when(!seen.insert(id.to_owned()), "id", || {
            (
                format!("`{id}` is used twice"),
                "every id is used once".into(),
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
        self.within("limits", admin.limits.active_per_contact.into(), 1, 20);
        self.within("limits", admin.limits.holds_at_once.into(), 1, 5);
        let privacy = &admin.privacy;
        self.when(
            privacy.version.is_empty() || privacy.controller.trim().is_empty(),
            "privacy",
            || {
                (
                    "controller or version is missing".into(),
                    "say who is responsible".into(),
                )
            },
        );
        self.words("privacy", &privacy.purpose);
        self.words("privacy", &privacy.text);
        self.within("privacy", privacy.retention_days.into(), 1, 3650);
        self.web("privacy", &privacy.url, false);
        let counts = [
            admin.services.len(),
            admin.locations.len(),
            admin.counters.len(),
            admin.closures.len(),
        ];
        for ((field, count), most) in ["services", "locations", "counters", "closures"]
            .into_iter()
            .zip(counts)
            .zip(MOST)
        {
            self.when(count > most, field, || {
                (
                    format!("{count} are more than {most}"),
                    "remove some".into(),
                )
            });
        }
    }

    fn service(&mut self, admin: &Admin, service: &Service) {
        self.words("name", &service.name);
        match &service.adapter {
            Adapter::Builtin => {}
            Adapter::Link { url } => {
                self.web("adapter", url, true);
                return; // times, places and rules are the other system's
            }
            Adapter::Http { url } => {
                // A program that translates may run beside the server.
                if !is_here(url) {
                    self.web("adapter", url, true);
                }
                return;
            }
        }
        for line in &service.bring {
            self.words("bring", line);
        }
        self.cells("minutes", service.minutes, 5, 480);
        self.cells("minutes_per_person", service.minutes_per_person, 0, 240);
        self.cells(
            "minutes_most",
            service.minutes_most,
            service.minutes.into(),
            480,
        );
        self.cells("grid_minutes", service.grid_minutes, 5, 240);
        self.within("persons_most", service.persons_most.into(), 1, 20);
        self.within("lead_minutes", service.lead_minutes, 0, 43_200);
        self.within("horizon_days", service.horizon_days.into(), 0, 365);
        self.within("change_minutes", service.change_minutes, 0, 10_080);
        self.when(
            u32::from(service.horizon_days) * 1440 + 1440 <= service.lead_minutes,
            "lead_minutes",
            || {
                (
                    "the first time that can be booked lies behind the last".into(),
                    "make the lead shorter or the horizon longer".into(),
                )
            },
        );
        self.when(
            admin.locations_of(&service.id).next().is_none(),
            "id",
            || {
                (
                    format!("no counter serves `{}`", service.id),
                    "add it to the services of a counter".into(),
                )
            },
        );
    }

    fn location(&mut self, location: &Location) {
        self.words("name", &location.name);
        self.when(location.address.trim().is_empty(), "address", || {
            (
                "the address is missing".into(),
                "citizens must find the place".into(),
            )
        });
        self.web("directions", &location.directions, false);
        self.week(&location.week);
        self.exceptions(&location.exceptions);
    }

    fn counter(&mut self, admin: &Admin, counter: &Counter) {
        self.when(counter.name.trim().is_empty(), "name", || {
            (
                "the name is missing".into(),
                "staff must know which it is".into(),
            )
        });
        self.when(
            admin.location(&counter.location).is_none(),
            "location",
            || {
                (
                    format!("there is no location `{}`", counter.location),
                    "name the id of a location".into(),
                )
            },
        );
        self.when(counter.services.is_empty(), "services", || {
            ("it serves nothing".into(), "name ids of services".into())
        });
        let mut seen = BTreeSet::new();
        for id in &counter.services {
            let builtin = admin.service(id).map(|s| s.adapter == Adapter::Builtin);
            self.when(builtin.is_none(), "services", || {
                (
                    format!("there is no service `{id}`"),
                    "name ids of services".into(),
                )
            });
            self.when(builtin == Some(false), "services", || {
                (
                    format!("`{id}` is booked elsewhere"),
                    "only services that are booked here have counters".into(),
                )
            });
            self.when(!seen.insert(id), "services", || {
                (format!("`{id}` stands twice"), "name it once".into())
            });
        }
        if let Some(week) = &counter.week {
            self.week(week);
        }
        self.exceptions(&counter.exceptions);
        for Break { days, span } in &counter.breaks {
            self.when(
                days.is_empty() || days.iter().any(|day| *day > 6),
                "breaks",
                || {
                    (
                        "a break has no weekday, or one that does not exist".into(),
                        "Monday is 0, Sunday 6".into(),
                    )
                },
            );
            self.spans("breaks", std::slice::from_ref(span));
        }
    }

    fn week(&mut self, week: &Week) {
        for spans in &week.days {
            self.spans("week", spans);
        }
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
            let text = || crate::form::span_text(*span);
            let day = span.open < span.close && span.close <= MINUTES_PER_DAY;
            self.when(!day, field, || {
                (
                    format!("{} does not end after it begins", text()),
                    "write 10:00-15:00".into(),
                )
            });
            let whole =
                span.open.is_multiple_of(CELL_MINUTES) && span.close.is_multiple_of(CELL_MINUTES);
            self.when(!whole, field, || {
                (
                    format!("{} does not keep to whole {CELL_MINUTES} minutes", text()),
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
