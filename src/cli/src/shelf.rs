//! The web server's folder as a shelf of releases: lays bundles in it under names with their hash, signs which one
//! counts, keeps the former ones. Knows no command line; `release.rs` and `watch.rs` do.

use crate::built::{self, Files};
use crate::counter::{Counter, Matter};
use crate::knowledge::{now, write};
use crate::pages;
use crate::say::complain;
use crate::signed::{Api, Envelope, Payload, Pinned, is_demo, key_id, public_text, read_key, sri};
use bundle::Knowledge;
use bundle::content::{BookVia, Placement};
use ed25519_dalek::SigningKey;
use hours::Date;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// What is to be published.
pub(crate) struct Order<'o> {
    /// Slug.
    pub(crate) kommune: &'o str,
    /// New files; none to keep the present ones.
    pub(crate) files: Option<Files>,
    /// New notice; none to keep the present one, empty to take it away.
    pub(crate) notice: Option<&'o str>,
    /// New API; none to keep the present one, an empty address to take it away.
    pub(crate) api: Option<Api>,
    /// AI help is offered, or no longer; none to keep it as it is.
    pub(crate) ai: Option<bool>,
    /// Serial; none for the next one.
    pub(crate) serial: Option<u64>,
    /// Day; none for today.
    pub(crate) issued: Option<&'o str>,
    /// Also write `.br` and `.gz`.
    pub(crate) compress: bool,
    /// Keep the former release for a rollback.
    pub(crate) keep: bool,
}

/// The folder of a web server and the key that signs for it.
pub(crate) struct Shelf {
    dist: PathBuf,
    key: SigningKey,
    /// Where the server reads what can be booked; none when it is not for us to say.
    counter: Option<Counter>,
}

impl Shelf {
    /// Names folder and key.
    pub(crate) fn open(dist: &Path, key: &Path) -> Result<Shelf, String> {
        Ok(Shelf {
            dist: dist.to_path_buf(),
            key: read_key(key)?,
            counter: None,
        })
    }

    /// Also lays what can be booked where the server reads it.
    pub(crate) fn with_counter(self, folder: Option<&Path>) -> Shelf {
        Shelf {
            counter: folder.map(Counter::open),
            ..self
        }
    }

    /// Asks the loaders in the folder whether citizens' browsers will take what this key signs; pages that keep an
    /// older version of the loader are told of only.
    ///
    /// # Errors
    /// The folder holds no `lokalsvar.js`, or that one knows other keys only.
    pub(crate) fn ask_loaders(&self) -> Result<(), String> {
        let public = self.key.verifying_key();
        let pinned = format!("{}:{}", key_id(&public), public_text(&public));
        let knows = |path: &Path| std::fs::read_to_string(path).map(|text| text.contains(&pinned));
        let path = self.dist.join("lokalsvar.js");
        match knows(&path) {
            Err(_) => {
                return Err(format!(
                    "{} holds no lokalsvar.js; name the folder of the web server with --dist",
                    self.dist.display()
                ));
            }
            Ok(false) => {
                return Err(format!(
                    "{} does not know the key {}, so no browser would take the release; make the folder anew with `cargo xtask dist --key`, or sign with the key it knows",
                    path.display(),
                    key_id(&public)
                ));
            }
            Ok(true) => {}
        }
        for entry in std::fs::read_dir(&self.dist)
            .into_iter()
            .flatten()
            .flatten()
        {
            let older = entry.path().join("lokalsvar.js");
            if knows(&older).is_ok_and(|knows| !knows) {
                complain!(
                    "warning: {} does not know the key; the chat stops on pages that use it",
                    older.display()
                );
            }
        }
        Ok(())
    }

    /// Writes the files and the release that names them, the release last and in one step.
    pub(crate) fn publish(&self, order: &Order) -> Result<Payload, String> {
        check_slug(order.kommune)?;
        // A first release, or one after a change of key, says everything itself and asks the present one nothing.
        let alone = order.files.is_some() && order.notice.is_some() && order.serial.is_some();
        let present = match self.present(order.kommune) {
            Err(_) if alone => None,
            present => present?,
        };
        let mut payload = match (&order.files, &present) {
            (Some(files), _) => {
                if let Some(lost) = present.as_ref().and_then(|present| lost(files, present)) {
                    return Err(format!(
                        "the present release has {lost} and the new one would not; name its file, or build again"
                    ));
                }
                let today = date(order.issued)?;
                self.store(order.kommune, files, today, order.compress)?
            }
            (None, Some(present)) => Payload {
                restores: None,
                ..present.clone()
            },
            (None, None) => {
                return Err(format!(
                    "`{}` has no release yet; name its bundle with --bundle",
                    order.kommune
                ));
            }
        };
        self.may_sign(&payload.name, payload.demo)?;
        payload.notice = match order.notice {
            Some(text) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
            None => present.as_ref().and_then(|present| present.notice.clone()),
        };
        payload.api = match &order.api {
            Some(api) => Some(api.clone()).filter(|api| !api.url.is_empty()),
            None => present.as_ref().and_then(|present| present.api.clone()),
        };
        if order.ai == Some(true) && payload.api.is_none() {
            return Err(format!(
                "AI help is asked at an API, and the release of `{}` names none; name it with --api and --site",
                order.kommune
            ));
        }
        let ai = order.ai.or(present.as_ref().map(|present| present.ai));
        payload.ai = payload.api.is_some() && ai.unwrap_or_default();
        payload.issued = day(order.issued)?;
        payload.serial = order
            .serial
            .unwrap_or_else(|| present.as_ref().map_or(1, |present| present.serial + 1));
        // Also of a release that this key cannot open: browsers that saw it refuse a smaller number.
        let seen = match &present {
            Some(present) => present.serial,
            None => self.claimed_serial(order.kommune).unwrap_or_default(),
        };
        let again = payload.demo || present.as_ref() == Some(&payload);
        if payload.serial < seen || payload.serial == seen && !again {
            return Err(format!(
                "serial {} is not above {seen}; leave --serial out or choose a greater one",
                payload.serial
            ));
        }
        if let Some(files) = &order.files {
            // Both or none: a mistake in one must not leave the other in force.
            for (matter, bytes) in [
                (Matter::Booking, &files.booking),
                (Matter::Talk, &files.talk),
            ] {
                if let Some(bytes) = bytes {
                    matter.check(order.kommune, bytes)?;
                }
            }
            let put = |matter, bytes| self.decide(matter, order.kommune, bytes, order.keep);
            payload.booking = put(Matter::Booking, files.booking.as_deref())?;
            payload.departments = put(Matter::Talk, files.talk.as_deref())?;
            self.pages(&payload)?;
        }
        self.release(&payload, order.keep)?;
        Ok(payload)
    }

    /// Puts in force what the server is told, before any browser hears of it; the file that is kept for a rollback.
    fn decide(
        &self,
        matter: Matter,
        slug: &str,
        bytes: Option<&[u8]>,
        keep: bool,
    ) -> Result<Option<Pinned>, String> {
        let (Some(counter), Some(bytes)) = (&self.counter, bytes) else {
            return Ok(None);
        };
        if !keep {
            counter.put_bytes(matter, slug, bytes)?;
            return Ok(None);
        }
        let kept = counter.keep(matter, slug, bytes)?;
        counter.put(matter, slug, &kept)?;
        Ok(Some(kept))
    }

    /// Publishes new files unless the present release names exactly these; the names of all its files, the core first.
    pub(crate) fn publish_changed(&self, order: &Order) -> Result<Vec<String>, String> {
        let names = |payload: &Payload| pinned(payload).map(|pinned| pinned.file.clone()).collect();
        if let (Ok(Some(present)), Some(files)) = (self.present(order.kommune), &order.files) {
            let stays = |pinned: &Pinned, bytes: &[u8]| {
                pinned.sha384 == sri(bytes) && check_pinned(&self.dist, pinned).is_ok()
            };
            let details = match (&present.details, &files.details) {
                (Some(pinned), Some(bytes)) => stays(pinned, bytes),
                (None, None) => true,
                _ => false,
            };
            let languages = present.languages.len() == files.languages.len()
                && present.languages.iter().all(|(tag, pinned)| {
                    files
                        .languages
                        .get(tag)
                        .is_some_and(|bytes| stays(pinned, bytes))
                });
            let told = |matter, bytes: Option<&[u8]>| match (&self.counter, bytes) {
                (Some(counter), Some(bytes)) => counter.holds(matter, order.kommune, bytes),
                _ => true,
            };
            let told = told(Matter::Booking, files.booking.as_deref())
                && told(Matter::Talk, files.talk.as_deref())
                && present.talk == files.talk.is_some();
            if details && languages && told && stays(&present.bundle, &files.core) {
                return Ok(names(&present));
            }
        }
        Ok(names(&self.publish(order)?))
    }

    /// Takes away a file, unless a former release names it.
    pub(crate) fn remove(&self, slug: &str, name: &str) {
        let named = |serial: &u64| {
            std::fs::read_to_string(self.former(slug, *serial))
                .is_ok_and(|text| text.contains(name))
        };
        if self.serials(slug).iter().any(named) {
            return;
        }
        for ending in ["", ".br", ".gz"] {
            // Left behind, it only takes room.
            let _ = std::fs::remove_file(self.dist.join(format!("{name}{ending}")));
        }
    }

    /// Signs an older release's bundle again.
    pub(crate) fn rollback(
        &self,
        slug: &str,
        to: Option<u64>,
        issued: Option<&str>,
    ) -> Result<Payload, String> {
        check_slug(slug)?;
        let present = self.present(slug)?.ok_or_else(|| {
            format!(
                "`{slug}` has no release in {}; check --dist",
                self.dist.display()
            )
        })?;
        let serial = match to {
            Some(serial) => serial,
            None => self.before(&present)?,
        };
        let path = self.former(slug, serial);
        if !path.is_file() {
            return Err(format!(
                "there is no release {serial} of `{slug}`; there are: {}",
                list(&self.serials(slug))
            ));
        }
        let older = Envelope::read(&path)?
            .open(&self.key.verifying_key())
            .map_err(|e| {
                format!("release {serial}: {e}; publish its bundle anew with `lokalsvar publish`")
            })?;
        if older.kommune != slug {
            return Err(format!(
                "{} belongs to `{}`; check {}",
                path.display(),
                older.kommune,
                self.dist.display()
            ));
        }
        for pinned in pinned(&older) {
            check_pinned(&self.dist, pinned)?;
        }
        let payload = Payload {
            serial: present.serial + 1,
            issued: day(issued)?,
            notice: present.notice,
            // An address that was given up must not come back with an older bundle, nor what was switched off.
            api: present.api,
            ai: present.ai,
            restores: Some(older.restores.unwrap_or(older.serial)),
            ..older
        };
        self.may_sign(&payload.name, payload.demo)?;
        for (matter, kept) in told(&payload) {
            let counter = self.counter.as_ref().ok_or_else(|| {
                format!(
                    "release {serial} came with a {}; name the server's folder with --bookings",
                    matter.ending()
                )
            })?;
            counter.put(matter, slug, kept)?;
        }
        self.pages(&payload)?;
        self.release(&payload, true)?;
        Ok(payload)
    }

    /// The release in force; `None` when there is none. An unsigned one is never built upon: its notice would be signed.
    fn present(&self, slug: &str) -> Result<Option<Payload>, String> {
        let path = self.path(slug);
        if !path.exists() {
            return Ok(None);
        }
        let payload = Envelope::read(&path)?
            .open(&self.key.verifying_key())
            .map_err(|e| {
                format!(
                    "{}: {e}; if the key is new, name --bundle, --notice and --serial yourself",
                    path.display()
                )
            })?;
        if payload.kommune != slug {
            return Err(format!(
                "{} belongs to `{}`; check --dist",
                path.display(),
                payload.kommune
            ));
        }
        Ok(Some(payload))
    }

    /// What the release in force says its number is, whoever signed it.
    fn claimed_serial(&self, slug: &str) -> Option<u64> {
        let envelope = Envelope::read(&self.path(slug)).ok()?;
        let payload: Payload = serde_json::from_str(&envelope.payload).ok()?;
        Some(payload.serial)
    }

    fn path(&self, slug: &str) -> PathBuf {
        self.dist.join(format!("{slug}.json"))
    }

    fn former(&self, slug: &str, serial: u64) -> PathBuf {
        self.dist
            .join("releases")
            .join(slug)
            .join(format!("{serial}.json"))
    }

    fn serials(&self, slug: &str) -> Vec<u64> {
        let entries = std::fs::read_dir(self.dist.join("releases").join(slug))
            .into_iter()
            .flatten()
            .flatten();
        let mut serials: Vec<u64> = entries
            .filter_map(|e| e.path().file_stem()?.to_str()?.parse().ok())
            .collect();
        serials.sort_unstable();
        serials
    }

    /// The newest release before the present bundle was published that had another bundle.
    fn before(&self, present: &Payload) -> Result<u64, String> {
        let effective = present.restores.unwrap_or(present.serial);
        let older = self
            .serials(&present.kommune)
            .into_iter()
            .rev()
            .filter(|serial| *serial < effective);
        let other = |serial: &u64| {
            let payload = Envelope::read(&self.former(&present.kommune, *serial))
                .and_then(|e| e.open(&self.key.verifying_key()));
            // Other times alone are worth going back from, too.
            payload.is_ok_and(|payload| {
                payload.bundle != present.bundle
                    || payload.booking.is_some() && payload.booking != present.booking
                    || payload.departments.is_some() && payload.departments != present.departments
            })
        };
        older.into_iter().find(other).ok_or_else(|| {
            format!(
                "there is no other bundle before release {effective} of `{}`; choose with --to: {}",
                present.kommune,
                list(&self.serials(&present.kommune))
            )
        })
    }

    /// Everybody has the demo key: it signs for fictional kommuner only.
    fn may_sign(&self, name: &str, demo: bool) -> Result<(), String> {
        if is_demo(&self.key) && !demo {
            return Err(format!(
                "the demo key cannot publish for {name}, everybody has it; make your own with `lokalsvar keygen --out FILE`"
            ));
        }
        Ok(())
    }

    /// Checks new files and lays them in the folder under names that carry their hash.
    fn store(
        &self,
        slug: &str,
        files: &Files,
        today: Date,
        compress: bool,
    ) -> Result<Payload, String> {
        let knowledge = files.opened(slug)?;
        let meta = knowledge.core().meta.clone();
        self.may_sign(&meta.name, meta.demo)?;
        let put = |stem: &str, bytes: &[u8]| built::put(&self.dist, stem, bytes, compress);
        let mut languages = BTreeMap::new();
        for (tag, bytes) in &files.languages {
            languages.insert(tag.clone(), put(&format!("{slug}.{tag}"), bytes)?);
        }
        Ok(Payload {
            kommune: slug.to_owned(),
            serial: 0,
            issued: String::new(),
            engine_min: bundle::layout::FORMAT,
            bundle: put(slug, &files.core)?,
            details: files
                .details
                .as_ref()
                .map(|bytes| put(&format!("{slug}.details"), bytes))
                .transpose()?,
            languages,
            list: Some(pages::put_list(&self.dist, &knowledge, today, compress)?),
            notice: None,
            phone: meta.phone,
            left: meta.theme.left,
            place: knowledge.placement().map(rule),
            api: None,
            book: book(&knowledge),
            talk: files.talk.is_some(),
            ai: false,
            booking: None,
            departments: None,
            domain: meta.domain,
            name: meta.name,
            demo: meta.demo,
            restores: None,
        })
    }

    /// The pages beside the bundle say what the release says, on the day on which it was made.
    fn pages(&self, payload: &Payload) -> Result<(), String> {
        let read = |pinned: &Pinned| {
            std::fs::read(self.dist.join(&pinned.file))
                .map_err(|e| format!("cannot read {}: {e}", pinned.file))
        };
        let files = Files {
            core: read(&payload.bundle)?,
            details: payload.details.as_ref().map(read).transpose()?,
            languages: BTreeMap::new(),
            booking: None,
            talk: None,
        };
        let knowledge = files.opened(&payload.kommune)?;
        pages::write(&self.dist, &knowledge, date(Some(&payload.issued))?)
    }

    fn release(&self, payload: &Payload, keep: bool) -> Result<(), String> {
        let path = self.path(&payload.kommune);
        // The former file is kept as it is, signed by whom it was signed; a damaged one is not worth keeping.
        if let (true, Ok(former)) = (keep, Envelope::read(&path))
            && let Ok(old) = serde_json::from_str::<Payload>(&former.payload)
            && old.serial != payload.serial
        {
            write(
                &self.former(&payload.kommune, old.serial),
                &former.to_bytes()?,
            )?;
        }
        write(&path, &Envelope::sign(payload, &self.key)?.to_bytes()?)
    }
}

/// What a release would lose: the details, or a language by its tag.
fn lost(files: &Files, present: &Payload) -> Option<String> {
    if present.details.is_some() && files.details.is_none() {
        return Some("details".into());
    }
    let tag = present
        .languages
        .keys()
        .find(|tag| !files.languages.contains_key(*tag))?;
    Some(format!("the language `{tag}`"))
}

/// Every file a release names.
pub(crate) fn pinned(payload: &Payload) -> impl Iterator<Item = &Pinned> {
    std::iter::once(&payload.bundle)
        .chain(&payload.details)
        .chain(payload.languages.values())
        .chain(&payload.list)
}

/// Every file of a release that lies in the server's folder.
pub(crate) fn told(payload: &Payload) -> impl Iterator<Item = (Matter, &Pinned)> {
    let booking = payload.booking.iter().map(|kept| (Matter::Booking, kept));
    let talk = payload.departments.iter();
    booking.chain(talk.map(|kept| (Matter::Talk, kept)))
}

/// The file lies there and is the one that was signed.
pub(crate) fn check_pinned(folder: &Path, pinned: &Pinned) -> Result<(), String> {
    if pinned.file.contains(['/', '\\']) {
        return Err(format!(
            "`{}` is no file name; publish the bundle anew",
            pinned.file
        ));
    }
    let bytes = std::fs::read(folder.join(&pinned.file))
        .map_err(|e| format!("cannot read {}: {e}; publish the bundle anew", pinned.file))?;
    if sri(&bytes) != pinned.sha384 {
        return Err(format!(
            "{} is not the file that was signed; publish the bundle anew",
            pinned.file
        ));
    }
    Ok(())
}

fn check_slug(slug: &str) -> Result<(), String> {
    let fits = !slug.is_empty() && slug.bytes().all(|b| b.is_ascii_lowercase() || b == b'-');
    if fits {
        Ok(())
    } else {
        Err(format!("`{slug}` is no kommune; a slug has a-z and -"))
    }
}

fn date(issued: Option<&str>) -> Result<Date, String> {
    match issued {
        Some(text) => {
            Date::parse(text).ok_or_else(|| format!("`{text}` is no date; write it as 2026-11-21"))
        }
        None => Ok(now().date),
    }
}

fn day(issued: Option<&str>) -> Result<String, String> {
    Ok(date(issued)?.to_string())
}

fn list(serials: &[u64]) -> String {
    if serials.is_empty() {
        "none".into()
    } else {
        serials
            .iter()
            .map(u64::to_string)
            .collect::<Vec<_>>()
            .join(", ")
    }
}

/// What is booked in the chat, as `book` of a release says it; empty for what is booked on a page of the kommune. An intent goes before its topic, the first service before the next.
fn book(knowledge: &Knowledge) -> BTreeMap<String, String> {
    let mut book = BTreeMap::new();
    for one in knowledge.bookable() {
        let here = !matches!(one.via, BookVia::Link(_));
        let topics = one
            .topics
            .iter()
            .filter_map(|at| knowledge.core().topics.get(usize::from(*at)));
        let intents = one.intents.iter().map(|at| knowledge.intent_id(*at));
        for id in topics.map(|topic| topic.id.clone()).chain(intents) {
            let service = if here { one.id.as_str() } else { "" };
            book.entry(id).or_insert_with(|| service.to_owned());
        }
    }
    book
}

/// What the widget adds to its styles: custom properties as a page could set them.
fn rule(placement: Placement) -> String {
    let Placement {
        side,
        bottom,
        layer,
    } = placement;
    format!(
        ":host{{--lokalsvar-offset-x:{side}px;--lokalsvar-offset-y:{bottom}px;--lokalsvar-z:{layer}}}"
    )
}

#[cfg(test)]
#[path = "shelf_tests.rs"]
mod tests;
