//! `booking.toml`: what a kommune lets citizens book. Danish keys in, admin data and what the chat must know out; every
//! mistake with line and column. What the keys mean to an editor stands in docs/da/redaktoer.md, "Tidsbestilling".

use crate::address;
use crate::authored::{Places, closure, customary, exceptions, needed, privacy, words};
use crate::diagnostic::{Severity, Sink};
use crate::kommune::Kommune;
use crate::placed::{Codes, Paper, Row, position};
use booking::{
    Adapter, Admin, Break, CELL_MINUTES, ContactNeed, Counter, Holidays, Limits, Location, Part,
    Query, Service, Taken, Week, Words, slots,
};
use bundle::content::{BookVia, Bookable, IntentIdx, TopicIdx};
use hours::Date;
use std::cell::RefCell;
use std::path::{Path, PathBuf};
use toml::de::DeTable;

/// A kommune's booking as it was written.
#[derive(Clone, Debug)]
pub struct Booking {
    /// What the server is told.
    pub admin: Admin,
    /// What leads to each service, in the order of `admin.services`.
    leads: Vec<Leads>,
    file: PathBuf,
}

#[derive(Clone, Debug, Default)]
struct Leads {
    /// Ids with line and column.
    topics: Vec<(String, (usize, usize))>,
    intents: Vec<(String, (usize, usize))>,
}

const CODES: Codes = Codes {
    value: "kb::booking-value",
    key: "kb::booking-key",
};

/// Danish key of a field of [`Admin`] in the table of that part.
const KEYS: [(&str, &str); 23] = [
    ("id", "id"),
    ("name", "navn"),
    ("bring", "medbring"),
    ("minutes", "minutter"),
    ("minutes_per_person", "minutter_pr_ekstra"),
    ("minutes_most", "minutter_hoejst"),
    ("persons_most", "personer_hoejst"),
    ("grid_minutes", "starter_hvert"),
    ("lead_minutes", "varsel"),
    ("horizon_days", "dage_frem"),
    ("change_minutes", "aendres_senest"),
    ("address", "adresse"),
    ("directions", "rutevejledning"),
    ("week", "uge"),
    ("exceptions", "undtagelser"),
    ("location", "sted"),
    ("services", "ydelser"),
    ("breaks", "pauser"),
    ("until", "til"),
    ("span", "tid"),
    ("only", "kun"),
    ("holidays", "lukket_ogsaa"),
    ("privacy", "privatliv"),
];

/// Reads `booking.toml`. `None` when it is no TOML; other mistakes are reported and the rest is read.
pub(crate) fn parse(
    kommune: &Kommune,
    source: &str,
    file: &Path,
    today: Date,
    sink: &mut Sink,
) -> Option<Booking> {
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
    let mut admin = Admin {
        format: 1,
        kommune: kommune.slug.clone(),
        name: kommune.name.clone(),
        holidays: Holidays {
            public: whole.boolean("lukket_helligdage", true),
            customary: customary(&whole),
        },
        limits: limits(&whole),
        privacy: privacy(&whole, &kommune.name, |row| {
            row.number("slettes_efter_dage", 30)
        }),
        ..Admin::default()
    };
    for (at, row) in whole.rows("ydelse").iter().enumerate() {
        let (service, lead) = service(&paper, row);
        admin.services.push(service);
        leads.push(lead);
        places.keep(Part::Service(at), row);
    }
    for (at, row) in whole.rows("sted").iter().enumerate() {
        admin.locations.push(location(row));
        places.keep(Part::Location(at), row);
    }
    for (at, row) in whole.rows("skranke").iter().enumerate() {
        admin.counters.push(counter(row));
        places.keep(Part::Counter(at), row);
    }
    for (at, row) in whole.rows("lukket").iter().enumerate() {
        admin.closures.extend(closure(row));
        places.keep(Part::Closure(at), row);
    }
    whole.done();
    places.keep(Part::Admin, &whole);
    // A value that could not be read leaves a hole; complaints about the hole would only hide it.
    if paper.sink.borrow().all.len() == before {
        for mistake in admin.check().err().unwrap_or_default() {
            let (key, at) = find(&places, mistake.part, mistake.field);
            paper.error(
                "kb::booking",
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
    Some(Booking {
        admin,
        leads,
        file: file.to_path_buf(),
    })
}

impl Booking {
    /// The bytes of `<slug>.booking.json`.
    pub fn json(&self) -> Vec<u8> {
        let mut bytes = serde_json::to_vec_pretty(&self.admin).unwrap_or_default();
        bytes.push(b'\n');
        bytes
    }

    /// What the chat must know; topics and intents that this kommune does not answer are left out.
    pub(crate) fn bookable(
        &self,
        topic: impl Fn(&str) -> Option<TopicIdx>,
        intent: impl Fn(&str) -> Option<IntentIdx>,
    ) -> Vec<Bookable> {
        let services = self.admin.services.iter().zip(&self.leads);
        let one = |(service, leads): (&Service, &Leads)| Bookable {
            id: service.id.clone(),
            name: service.name.da.clone(),
            name_en: service.name.en.clone(),
            topics: leads
                .topics
                .iter()
                .filter_map(|(id, _)| topic(id))
                .collect(),
            intents: leads
                .intents
                .iter()
                .filter_map(|(id, _)| intent(id))
                .collect(),
            via: match &service.adapter {
                Adapter::Builtin => BookVia::Builtin,
                Adapter::Link { url } => BookVia::Link(url.clone()),
                Adapter::Http { .. } => BookVia::Http,
            },
        };
        services.map(one).collect()
    }

    /// Reports topics and intents that do not exist at all.
    pub(crate) fn check(
        &self,
        topic: impl Fn(&str) -> bool,
        intent: impl Fn(&str) -> bool,
        sink: &mut Sink,
    ) {
        let mut report = |what: &str, id: &str, (line, column): (usize, usize)| {
            let message = format!("there is no {what} `{id}`");
            sink.error(
                "kb::booking-intent",
                (&self.file, line),
                message,
                "ids are `emne` and `emne/navn`, as in the files of answers",
            );
            if let Some(last) = sink.all.last_mut() {
                last.column = column;
            }
        };
        for leads in &self.leads {
            for (id, place) in leads.topics.iter().filter(|(id, _)| !topic(id)) {
                report("topic", id, *place);
            }
            for (id, place) in leads.intents.iter().filter(|(id, _)| !intent(id)) {
                report("answer", id, *place);
            }
        }
    }
}

/// Danish key and place of a field; the place of its part when the key was left out.
fn find(places: &Places<Part>, part: Part, field: &'static str) -> (&'static str, usize) {
    let key = match field {
        "services" if part == Part::Admin => "ydelse",
        "locations" => "sted",
        "counters" => "skranke",
        "closures" => "lukket",
        "limits" => "tider_pr_kontakt",
        _ => KEYS
            .iter()
            .find(|(english, _)| *english == field)
            .map_or(field, |(_, key)| *key),
    };
    if field == "adapter" {
        places.at(part, &["link", "http"])
    } else {
        places.at(part, &[key])
    }
}

fn limits(row: &Row) -> Limits {
    let usual = Limits::default();
    Limits {
        active_per_contact: row.small("tider_pr_kontakt", usual.active_per_contact),
        holds_at_once: row.small("reservationer_ad_gangen", usual.holds_at_once),
    }
}

fn service(paper: &Paper, row: &Row) -> (Service, Leads) {
    let placed = |key| {
        let ids = row.texts(key).unwrap_or_default();
        ids.into_iter()
            .map(|(id, at)| (id, position(paper.source, at)))
            .collect()
    };
    let leads = Leads {
        topics: placed("emner"),
        intents: placed("svar"),
    };
    let mut service = Service {
        id: row.text("id"),
        name: words(row, "navn", "navn_english"),
        bring: bring(paper, row),
        ..Service::default()
    };
    match (row.has("link"), row.has("http")) {
        (true, true) => paper.error(
            "kb::booking-value",
            row.place("http"),
            "both `link` and `http` are there".into(),
            "choose one of them",
        ),
        (true, false) => {
            let url = row.text("link");
            service.adapter = Adapter::Link { url };
            return (service, leads); // keys about times would mean nothing, and are reported as unknown
        }
        (false, true) => {
            service.adapter = Adapter::Http {
                url: row.text("http"),
            }
        }
        (false, false) => {}
    }
    service.persons_most = row.small("personer_hoejst", 1);
    service.code = row.boolean("kode", false);
    service.cpr = row.boolean("cpr", false);
    service.contact = match row.text("kontakt").as_str() {
        "" | "telefon eller e-mail" => ContactNeed::PhoneOrEmail,
        "telefon" => ContactNeed::Phone,
        "e-mail" => ContactNeed::Email,
        "telefon og e-mail" => ContactNeed::Both,
        other => {
            let hint =
                "write \"telefon eller e-mail\", \"telefon\", \"e-mail\" or \"telefon og e-mail\"";
            paper.error(
                "kb::booking-value",
                row.place("kontakt"),
                format!("`kontakt` is `{other}`"),
                hint,
            );
            ContactNeed::PhoneOrEmail
        }
    };
    if service.adapter != Adapter::Builtin {
        return (service, leads);
    }
    service.minutes = row.number("minutter", 0);
    service.minutes_per_person = row.number("minutter_pr_ekstra", service.minutes);
    // What is left out follows from what is there, so that one mistake is told once.
    let grid = service.minutes.min(240).next_multiple_of(CELL_MINUTES);
    let extra = u32::from(service.minutes_per_person);
    let more = extra * u32::from(service.persons_most.saturating_sub(1));
    let most = (u32::from(service.minutes) + more).min(480) as u16;
    let most = most.next_multiple_of(CELL_MINUTES);
    service.minutes_most = row.number("minutter_hoejst", most);
    service.grid_minutes = row.number("starter_hvert", grid.max(CELL_MINUTES));
    service.lead_minutes = row.duration("varsel", 120);
    service.horizon_days = row.number("dage_frem", 60);
    service.change_minutes = row.duration("aendres_senest", 60);
    (service, leads)
}

fn bring(paper: &Paper, row: &Row) -> Vec<Words> {
    let (da, en) = (
        row.texts("medbring").unwrap_or_default(),
        row.texts("medbring_english").unwrap_or_default(),
    );
    if da.len() != en.len() {
        let message = format!("{} lines in Danish, {} in English", da.len(), en.len());
        paper.error(
            "kb::booking-value",
            row.place("medbring"),
            message,
            "write each line in both, in the same order",
        );
    }
    da.into_iter()
        .zip(en)
        .map(|((da, _), (en, _))| Words { da, en })
        .collect()
}

fn location(row: &Row) -> Location {
    Location {
        id: row.text("id"),
        name: words(row, "navn", "navn_english"),
        address: row.text("adresse"),
        directions: row.text("rutevejledning"),
        also: row
            .texts("kaldes_ogsaa")
            .unwrap_or_default()
            .into_iter()
            .map(|(word, _)| word)
            .collect(),
        week: Week { days: row.week().0 },
        exceptions: exceptions(row),
    }
}

fn counter(row: &Row) -> Counter {
    let (days, own) = row.week();
    let mut breaks = Vec::new();
    for row in row.rows("pauser") {
        let days = row.weekdays("dage");
        if let Some(span) = needed(&row, "tid", Row::span) {
            breaks.push(Break { days, span });
        }
        row.done();
    }
    Counter {
        id: row.text("id"),
        name: row.text("navn"),
        location: row.text("sted"),
        services: row
            .texts("ydelser")
            .unwrap_or_default()
            .into_iter()
            .map(|(id, _)| id)
            .collect(),
        week: own.then_some(Week { days }),
        exceptions: exceptions(row),
        breaks,
    }
}

/// Addresses must pass the rule that all others pass; `Admin::check` has told of those without https.
fn addresses(paper: &Paper, admin: &Admin, places: &Places<Part>) {
    let tell = |part, field, url: &str| {
        if url.starts_with("https://") && !address::is_web(url) {
            let (key, at) = find(places, part, field);
            paper.error(
                "kb::booking",
                at,
                format!("`{key}`: `{url}` is no address that may be used"),
                "https://, a host with a dot, no user name and no blanks",
            );
        }
    };
    for (at, service) in admin.services.iter().enumerate() {
        if let Adapter::Link { url } | Adapter::Http { url } = &service.adapter {
            tell(Part::Service(at), "adapter", url);
        }
    }
    for (at, location) in admin.locations.iter().enumerate() {
        tell(Part::Location(at), "directions", &location.directions);
    }
    tell(Part::Admin, "privacy", &admin.privacy.url);
}

/// What is allowed and still hardly meant.
fn warnings(paper: &Paper, admin: &Admin, places: &Places<Part>, today: Date) {
    let warn = |part, field, message: String, hint: &str| {
        let (_, at) = find(places, part, field);
        paper.report(Severity::Warning, "kb::booking", at, message, hint);
    };
    let now_ms = i64::from(today.days_since_epoch()) * 86_400_000;
    for (at, service) in admin.services.iter().enumerate() {
        if service.cpr {
            warn(
                Part::Service(at),
                "id",
                format!("`{}` asks for the CPR number", service.id),
                "only with a legal basis (databeskyttelsesloven § 11); leave `cpr` out when the name is enough",
            );
        }
        if service.adapter != Adapter::Builtin {
            continue;
        }
        let query = Query {
            service: &service.id,
            location: None,
            persons: 1,
            from: today,
            days: 31,
            now_ms,
        };
        if slots(admin, &query, &Taken::default()).is_ok_and(|offer| offer.slots.is_empty()) {
            warn(
                Part::Service(at),
                "id",
                format!(
                    "`{}` has no free time within 31 days, even when nobody has booked",
                    service.id
                ),
                "compare its length with the hours of its counters, the lead with the days ahead",
            );
        }
    }
    for (at, counter) in admin.counters.iter().enumerate() {
        let location = admin.location(&counter.location);
        let week = counter.week.as_ref().or(location.map(|l| &l.week));
        let grids = counter.services.iter().filter_map(|id| admin.service(id));
        let finest = grids.map(|s| s.grid_minutes).min().unwrap_or(CELL_MINUTES);
        let wasted = week
            .iter()
            .flat_map(|w| &w.days)
            .flatten()
            .find(|s| !s.open.is_multiple_of(finest));
        if let Some(span) = wasted {
            let first = span.open.next_multiple_of(finest);
            warn(
                Part::Counter(at),
                "week",
                format!(
                    "`{}` opens at {:02}:{:02}, but its first visit is at {:02}:{:02}",
                    counter.id,
                    span.open / 60,
                    span.open % 60,
                    first / 60,
                    first % 60
                ),
                "visits start at multiples of `starter_hvert` after midnight; choose one that fits",
            );
        }
    }
}
