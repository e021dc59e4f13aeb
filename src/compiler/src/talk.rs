//! `samtale.toml`: who answers when a citizen wants to talk with a person. Danish keys in, the server's data out; every mistake
//! with line and column. What the keys mean to a kommune stands in docs/da/samtaler.md.

use crate::address;
use crate::authored::{Places, closure, customary, exceptions, privacy, words};
use crate::diagnostic::{Severity, Sink};
use crate::kommune::Kommune;
use crate::placed::{Codes, Paper, Row, position};
use handoff::{Admin, Carrier, Department, Holidays, Opening, Part, Retention, Week};
use hours::Date;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use toml::de::DeTable;

/// Who answers in a kommune, as it was written.
#[derive(Clone, Debug)]
pub struct Talk {
    /// What the server is told, without [`Admin::subjects`], which come from the answers.
    pub admin: Admin,
    /// Ids of topics and of answers with line and column.
    leads: Vec<(Lead, String, (usize, usize))>,
    file: PathBuf,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Lead {
    Topic,
    Intent,
}

const CODES: Codes = Codes {
    value: "kb::talk-value",
    key: "kb::talk-key",
};

/// Danish key of a field of [`Admin`] in the table of that part.
const KEYS: [(&str, &str); 16] = [
    ("name", "navn"),
    ("phone", "telefon"),
    ("email", "email"),
    ("address", "adresse"),
    ("topics", "emner"),
    ("fallback", "resten"),
    ("week", "uge"),
    ("exceptions", "undtagelser"),
    ("until", "til"),
    ("span", "tid"),
    ("only", "kun"),
    ("holidays", "lukket_ogsaa"),
    ("privacy", "privatliv"),
    ("retention", "opbevaring"),
    ("warn_minutes", "advarsel_minutter"),
    ("departments", "fagomraade"),
];

/// Reads `samtale.toml`. `None` when it is no TOML; other mistakes are reported and the rest is read.
pub(crate) fn parse(
    kommune: &Kommune,
    source: &str,
    file: &Path,
    today: Date,
    sink: &mut Sink,
) -> Option<Talk> {
    let before = sink.all.len();
    let paper = Paper {
        source,
        file,
        sink: RefCell::new(sink),
        codes: CODES,
    };
    let table = match DeTable::parse(source) {
        Ok(table) => table,
        Err(error) => {
            let at = error.span().map_or(0, |s| s.start);
            paper.error(
                "kb::toml",
                at,
                error.message().to_owned(),
                "see https://toml.io for the form",
            );
            return None;
        }
    };
    let whole = Row::new(&paper, table.get_ref(), 0);
    let mut places = Places::default();
    let mut leads = Vec::new();
    let retention = retention(&whole);
    let mut admin = Admin {
        format: 1,
        kommune: kommune.slug.clone(),
        name: kommune.name.clone(),
        holidays: Holidays {
            public: whole.boolean("lukket_helligdage", true),
            customary: customary(&whole),
        },
        privacy: privacy(&whole, &kommune.name, |_| retention.days),
        retention,
        show_names: whole.boolean("vis_navne", false),
        warn_minutes: whole.number("advarsel_minutter", 5),
        callbacks: whole.boolean("ring_op", true),
        ..Admin::default()
    };
    for (at, row) in whole.rows("fagomraade").iter().enumerate() {
        admin.departments.push(department(&paper, row, &mut leads));
        places.keep(Part::Department(at), row);
    }
    for (at, row) in whole.rows("lukket").iter().enumerate() {
        admin.closures.extend(closure(row));
        places.keep(Part::Closure(at), row);
    }
    places.keep(Part::Admin, &whole);
    // A value that could not be read leaves a hole; complaints about the hole would only hide it.
    if paper.sink.borrow().all.len() == before {
        for mistake in admin.check().err().unwrap_or_default() {
            let (key, at) = find(&places, mistake.part, mistake.field);
            paper.error(
                "kb::talk",
                at,
                format!("`{key}`: {}", mistake.message),
                &mistake.hint,
            );
        }
        addresses(&paper, &admin, &places);
    }
    if paper.sink.borrow().all.len() == before {
        warnings(&paper, &admin, &places, today);
    }
    Some(Talk {
        admin,
        leads,
        file: file.to_path_buf(),
    })
}

impl Talk {
    /// The bytes of `<slug>.samtale.json`. `subjects` are the numbers of KLE of the answers that the kommune gives, by their
    /// ids.
    pub fn json(&self, subjects: BTreeMap<String, String>) -> Vec<u8> {
        let admin = Admin {
            subjects,
            ..self.admin.clone()
        };
        let mut bytes = serde_json::to_vec_pretty(&admin).unwrap_or_default();
        bytes.push(b'\n');
        bytes
    }

    /// Reports topics and answers that do not exist at all.
    pub(crate) fn check(
        &self,
        topic: impl Fn(&str) -> bool,
        intent: impl Fn(&str) -> bool,
        sink: &mut Sink,
    ) {
        for (lead, id, (line, column)) in &self.leads {
            let (what, there) = match lead {
                Lead::Topic => ("topic", topic(id)),
                Lead::Intent => ("answer", intent(id)),
            };
            if there {
                continue;
            }
            sink.error(
                "kb::talk-intent",
                (&self.file, *line),
                format!("there is no {what} `{id}`"),
                "`emner` are ids of topics, `svar` ids of answers, `emne/navn`, as in the files of answers",
            );
            if let Some(last) = sink.all.last_mut() {
                last.column = *column;
            }
        }
    }
}

/// Danish key and place of a field; the place of its part when the key was left out.
fn find(places: &Places<Part>, part: Part, field: &'static str) -> (&'static str, usize) {
    let key = KEYS
        .iter()
        .find(|(english, _)| *english == field)
        .map_or(field, |(_, key)| *key);
    match field {
        "carrier" => places.at(part, &["mail", "http"]),
        "topics" => places.at(part, &["emner", "svar"]),
        "closures" => places.at(part, &["lukket"]),
        _ => places.at(part, &[key]),
    }
}

fn retention(whole: &Row) -> Retention {
    let Some(row) = whole.table("opbevaring") else {
        return Retention::default();
    };
    let retention = Retention {
        days: row.number("dage", 0),
        rule: row.text("regel"),
    };
    row.done();
    retention
}

fn department(
    paper: &Paper,
    row: &Row,
    leads: &mut Vec<(Lead, String, (usize, usize))>,
) -> Department {
    let mut topics = Vec::new();
    for (key, lead) in [("emner", Lead::Topic), ("svar", Lead::Intent)] {
        for (id, at) in row.texts(key).unwrap_or_default() {
            leads.push((lead, id.clone(), position(paper.source, at)));
            topics.push(id);
        }
    }
    Department {
        id: row.text("id"),
        name: words(row, "navn", "navn_english"),
        phone: row.text("telefon"),
        email: row.text("email"),
        address: row.text("adresse"),
        topics,
        fallback: row.boolean("resten", false),
        week: Week { days: row.week().0 },
        exceptions: exceptions(row),
        carrier: carrier(paper, row),
        kle: row.text("kle"),
    }
}

fn carrier(paper: &Paper, row: &Row) -> Carrier {
    match (row.has("mail"), row.has("http")) {
        (true, true) => {
            paper.error(
                CODES.value,
                row.place("http"),
                "both `mail` and `http` are there".into(),
                "choose one of them; with neither, the department answers in the console",
            );
            Carrier::Builtin
        }
        (true, false) => Carrier::Mail {
            to: row.text("mail"),
        },
        (false, true) => Carrier::Http {
            url: row.text("http"),
        },
        (false, false) => Carrier::Builtin,
    }
}

/// Addresses must pass the rule that all others pass; `Admin::check` has told of those without https.
fn addresses(paper: &Paper, admin: &Admin, places: &Places<Part>) {
    let tell = |part, field, url: &str| {
        if url.starts_with("https://") && !address::is_web(url) {
            let (key, at) = find(places, part, field);
            paper.error(
                "kb::talk",
                at,
                format!("`{key}`: `{url}` is no address that may be used"),
                "https://, a host with a dot, no user name and no blanks",
            );
        }
    };
    for (at, department) in admin.departments.iter().enumerate() {
        if let Carrier::Http { url } = &department.carrier {
            tell(Part::Department(at), "carrier", url);
        }
    }
    tell(Part::Admin, "privacy", &admin.privacy.url);
}

/// What is allowed and still hardly meant.
fn warnings(paper: &Paper, admin: &Admin, places: &Places<Part>, today: Date) {
    let now_ms = i64::from(today.days_since_epoch()) * 86_400_000;
    for (at, department) in admin.departments.iter().enumerate() {
        let warn = |field, message: String, hint: &str| {
            let (_, at) = find(places, Part::Department(at), field);
            paper.report(Severity::Warning, "kb::talk", at, message, hint);
        };
        let id = &department.id;
        let chats = department.carrier.chats();
        if chats && admin.open(department, now_ms) == Opening::Never {
            warn(
                "id",
                format!(
                    "`{id}` does not answer within {} days",
                    handoff::LOOK_AHEAD_DAYS
                ),
                "write its hours: mandag = [\"10:00-15:00\"]; or `mail` when nobody chats there",
            );
        }
        let hours = department.week.days.iter().any(|day| !day.is_empty());
        if !chats && hours {
            warn(
                "week",
                format!(
                    "`{id}` has hours, but nobody chats there: its conversations go to a mailbox"
                ),
                "leave the hours out",
            );
        }
        if department.phone.is_empty() && department.email.is_empty() {
            warn(
                "id",
                format!("`{id}` has neither phone nor e-mail"),
                "citizens need another way when the chat is closed",
            );
        }
    }
}
