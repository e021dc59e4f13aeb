//! A citizen begins a conversation, comes back to it, leaves a message instead of waiting, ends it; and what they are told before.

use super::{RESUME_MS, admin, heard, mask, own, show, state, system};
use crate::carriers;
use crate::desk::book::language;
use crate::desk::{Desk, Draft, contact, no_such, secret_hash};
use crate::fault::Fault;
use crate::secret;
use crate::store::Tx;
use crate::store::handoff::{CallerRow, NewEntry, NewTalk, SaidRow, TalkBy, TalkNote, TalkRow};
use crate::tenant::Site;
use booking::Receipt;
use handoff::{Actor, Admin, Event, ResumeCode, permit};
use protocol::handoff::{
    Availability, AvailabilityQuery, LeaveRequest, OpenRequest, Opened, ResumeRequest, Said,
    TRANSCRIPT_MOST, Way, Who,
};
use protocol::{Code, Contact, Privacy, Text};

/// Chats of a kommune that wait at a time. Who comes then can leave a message.
const WAITING_MOST: u32 = 500;

pub(super) async fn open(
    desk: &Desk,
    tx: &mut Tx,
    site: &Site,
    wish: &OpenRequest,
    now_ms: i64,
) -> Result<Draft, Fault> {
    let admin = admin(site)?;
    let department = admin.department(&wish.department).ok_or(NO_DEPARTMENT)?;
    privacy_fits(admin, &wish.privacy_version)?;
    let text = mask::of_citizen("", &mask::clean(&wish.text)?);
    let said = transcript(&wish.transcript)?;
    let about = mask::id(wish.about.as_deref(), "about: id of a topic or an intent")?;
    let bundle = mask::id(Some(&wish.bundle), "bundle: version of the knowledge")?;
    let caller = caller(admin, wish.way, wish.contact.as_ref(), wish.when.as_deref())?;
    if wish.way == Way::Chat {
        // Two who come at once must not both see the last place.
        tx.lock(&["conversations"]).await?;
        let reach = show::reach(tx, admin, &department.id, now_ms).await?;
        let waiting = tx.waiting_before(&department.id, i64::MAX, "").await?;
        if !reach.open || waiting >= WAITING_MOST {
            return Err(Fault::No(
                Code::Closed,
                "nobody can answer now; leave a message",
            ));
        }
    }
    let id = secret::random::<18>();
    let keys = Keys::new(desk, site, &id, 0);
    let talk = NewTalk {
        id: &id,
        receipt: &receipt(tx).await?,
        secret_hash: &keys.secret_hash,
        resume_hash: &keys.resume_hash,
        resume_until_ms: now_ms + RESUME_MS,
        way: way_name(wish.way)?,
        department: &department.id,
        about: &about,
        bundle: &bundle,
        language: language(wish.language),
        privacy_version: &wish.privacy_version,
    };
    tx.add_talk(&talk, now_ms).await?;
    for (n, said) in said.iter().enumerate() {
        tx.add_said(&id, n, said).await?;
    }
    if let Some(caller) = caller {
        tx.add_caller(&id, &caller).await?;
    }
    let first = NewEntry {
        who: "citizen",
        kind: "message",
        message: &secret::uuid(),
        text: &text,
        ..NewEntry::default()
    };
    tx.add_entry(&id, &first, now_ms).await?;
    tx.audit(now_ms, &id, "", "talk-opened", "citizen").await?;
    let row = tx.talk(TalkBy::Id(&id)).await?.ok_or_else(no_such)?;
    carriers::come(tx, admin, &row, now_ms).await?;
    opened(tx, admin, &row, now_ms).await
}

/// New keys for who wrote the code down. It is good once, and not for a conversation that nobody may read any more.
pub(super) async fn resume(
    desk: &Desk,
    tx: &mut Tx,
    site: &Site,
    wish: &ResumeRequest,
    now_ms: i64,
) -> Result<Draft, Fault> {
    let admin = admin(site)?;
    let code: ResumeCode = wish.code.parse().map_err(|_| no_such())?;
    let hash = resume_hash(site, &code);
    let row = tx.talk(TalkBy::Resume(&hash)).await?.ok_or_else(no_such)?;
    tx.lock_talk(&row.id).await?;
    let row = tx.talk(TalkBy::Resume(&hash)).await?.ok_or_else(no_such)?;
    if row.resume_until_ms <= now_ms {
        return Err(no_such());
    }
    let keys = Keys::new(desk, site, &row.id, row.turn + 1);
    let until_ms = now_ms + RESUME_MS;
    let (secret, resume) = (&keys.secret_hash, &keys.resume_hash);
    if !tx.renew_talk(&row, secret, resume, until_ms).await? {
        return Err(no_such());
    }
    let mut row = tx.talk(TalkBy::Id(&row.id)).await?.ok_or_else(no_such)?;
    heard(tx, &mut row, now_ms).await?;
    // Whoever had the former secret is told that it opens nothing any more.
    tx.wake(&row.id).await?;
    tx.audit(now_ms, &row.id, "", "talk-resumed", "citizen")
        .await?;
    opened(tx, admin, &row, now_ms).await
}

/// A message, or a call, instead of waiting.
pub(super) async fn leave(
    tx: &mut Tx,
    admin: &Admin,
    secret: &str,
    wish: &LeaveRequest,
    now_ms: i64,
) -> Result<Draft, Fault> {
    privacy_fits(admin, &wish.privacy_version)?;
    if wish.way == Way::Chat {
        return Err(Fault::No(Code::Invalid, "way: message or callback"));
    }
    let caller = caller(admin, wish.way, Some(&wish.contact), wish.when.as_deref())?;
    let row = own(tx, secret, now_ms).await?;
    permit(state(&row), Event::Leave, Actor::Citizen)?;
    let way = way_name(wish.way)?;
    if !tx.note_talk(&row.id, TalkNote::Way(way)).await? {
        return Err(super::faster());
    }
    if let Some(caller) = caller {
        tx.add_caller(&row.id, &caller).await?;
    }
    tx.wake(&row.id).await?;
    tx.audit(now_ms, &row.id, "", "talk-left", "citizen")
        .await?;
    let row = tx.talk(TalkBy::Id(&row.id)).await?.ok_or_else(no_such)?;
    carriers::come(tx, admin, &row, now_ms).await?;
    standing(tx, admin, &row.id, now_ms).await
}

/// Over. Who ends it twice has ended it.
pub(super) async fn end(
    tx: &mut Tx,
    admin: &Admin,
    secret: &str,
    now_ms: i64,
) -> Result<Draft, Fault> {
    let row = own(tx, secret, now_ms).await?;
    if row.stage != "closed" {
        permit(state(&row), Event::End, Actor::Citizen)?;
        close(tx, &row, "citizen", "", "", now_ms).await?;
        tx.audit(now_ms, &row.id, "", "talk-ended", "citizen")
            .await?;
    }
    standing(tx, admin, &row.id, now_ms).await
}

/// Closes, by `citizen` or `staff`.
pub(super) async fn close(
    tx: &mut Tx,
    row: &TalkRow,
    by: &str,
    account: &str,
    outcome: &'static str,
    now_ms: i64,
) -> Result<u64, Fault> {
    let mut to = row.as_is();
    to.stage = "closed";
    to.owner.clear();
    to.closed_ms = now_ms;
    to.alarm = false;
    to.outcome = outcome;
    if !tx.move_talk(row, &to).await? {
        return Err(super::faster());
    }
    let entry = NewEntry {
        account,
        ..system("closed", by)
    };
    Ok(tx.add_entry(&row.id, &entry, now_ms).await?)
}

async fn standing(tx: &mut Tx, admin: &Admin, id: &str, now_ms: i64) -> Result<Draft, Fault> {
    let row = tx.talk(TalkBy::Id(id)).await?.ok_or_else(no_such)?;
    Draft::plain(&show::conversation(tx, admin, &row, now_ms).await?)
}

async fn opened(tx: &mut Tx, admin: &Admin, row: &TalkRow, now_ms: i64) -> Result<Draft, Fault> {
    let opened = Opened {
        receipt: row.receipt.clone(),
        secret: None,
        resume_code: None,
        conversation: show::conversation(tx, admin, row, now_ms).await?,
    };
    let whose = format!("{PREFIX}{}.{}", row.id, row.turn);
    Ok(Draft::plain(&opened)?.created(("secret", whose)))
}

/// What stands before the id of a conversation where its secret is made.
const PREFIX: &str = "talk/";

const NO_DEPARTMENT: Fault = Fault::No(
    Code::NotFound,
    "department: the kommune has none of that id",
);

/// Secret and resume code of a conversation, as they are stored. Both are made anew whenever they are needed, never stored.
struct Keys {
    secret_hash: String,
    resume_hash: String,
}

impl Keys {
    fn new(desk: &Desk, site: &Site, id: &str, turn: i64) -> Keys {
        let whose = format!("{PREFIX}{id}.{turn}");
        let secret = desk.secret_of(site, "secret", &whose);
        Keys {
            secret_hash: secret_hash(&secret),
            resume_hash: resume_hash(site, &code_of(desk, site, &whose)),
        }
    }
}

fn resume_hash(site: &Site, code: &ResumeCode) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(code.hash(site.tenant.slug()))
}

fn code_of(desk: &Desk, site: &Site, whose: &str) -> ResumeCode {
    let slug = site.tenant.slug().as_bytes();
    let bytes = secret::keyed_bytes(&desk.key, &[b"resume", slug, whose.as_bytes()]);
    let mut first = [0; 8];
    first.copy_from_slice(&bytes[..8]);
    ResumeCode::from_bits(u64::from_le_bytes(first))
}

impl Desk {
    /// The resume code of a conversation, where an answer's secret is that of one.
    pub(crate) fn resume_code_of(&self, site: &Site, whose: &str) -> Option<String> {
        whose
            .starts_with(PREFIX)
            .then(|| code_of(self, site, whose).to_string())
    }

    /// Who could be talked to, and when.
    ///
    /// # Errors
    /// Nobody talks in this kommune, or not in that department.
    pub async fn availability(
        &self,
        site: &Site,
        query: &AvailabilityQuery,
    ) -> Result<Availability, Fault> {
        let admin = admin(site)?;
        let department = match &query.department {
            Some(id) => admin.department(id),
            None => admin.department_for(query.about.as_deref()),
        };
        let id = &department.ok_or(NO_DEPARTMENT)?.id;
        let now_ms = self.clock.now_ms();
        let mut tx = self.store.read(&site.tenant).await?;
        let reach = show::reach(&mut tx, admin, id, now_ms).await?;
        let waiting = tx.waiting_before(id, i64::MAX, "").await?;
        let wait_minutes = if reach.open {
            show::wait_minutes(&mut tx, id, now_ms).await?
        } else {
            None
        };
        let others = admin.departments.iter().filter(|d| d.id != *id);
        let mut ways = Vec::new();
        if reach.open && waiting < WAITING_MOST {
            ways.push(Way::Chat);
        }
        ways.push(Way::Message);
        if admin.callbacks {
            ways.push(Way::Callback);
        }
        Ok(Availability {
            department: show::department(admin, id),
            others: others.map(|d| show::department(admin, &d.id)).collect(),
            open: reach.open,
            hours: reach.opening.is_open(),
            opens_at: reach.opens_at(),
            closes_at: reach.closes_at(),
            waiting,
            wait_minutes,
            ways,
            privacy: privacy(admin),
        })
    }
}

fn privacy(admin: &Admin) -> Privacy {
    let days = admin.retention.days;
    Privacy {
        version: admin.privacy.version.clone(),
        controller: admin.privacy.controller.clone(),
        purpose: show::text(&admin.privacy.purpose),
        retention: Text {
            da: format!(
                "Slettes {days} dage efter, at det er afgjort, om samtalen skal journaliseres."
            ),
            en: Some(format!(
                "Erased {days} days after it was decided whether the conversation goes on record."
            )),
        },
        text: show::text(&admin.privacy.text),
    }
}

fn privacy_fits(admin: &Admin, version: &str) -> Result<(), Fault> {
    if version == admin.privacy.version {
        return Ok(());
    }
    Err(Fault::No(
        Code::PrivacyChanged,
        "another privacy text is in force; show it and ask again",
    ))
}

fn way_name(way: Way) -> Result<&'static str, Fault> {
    match way {
        Way::Chat => Ok("chat"),
        Way::Message => Ok("message"),
        Way::Callback => Ok("callback"),
        Way::Other => Err(Fault::No(Code::Invalid, "way: chat, message or callback")),
    }
}

/// A number that no conversation and no booking of the kommune has.
async fn receipt(tx: &mut Tx) -> Result<String, Fault> {
    loop {
        let receipt = Receipt::from_number(secret::random_number()).to_string();
        if !tx.has_talk_receipt(&receipt).await? {
            return Ok(receipt);
        }
    }
}

/// The chat with the bot, cleaned and masked, whatever the browser did.
fn transcript(sent: &[Said]) -> Result<Vec<SaidRow>, Fault> {
    if sent.len() > TRANSCRIPT_MOST {
        return Err(Fault::No(Code::Invalid, "transcript: at most 60 entries"));
    }
    let mut before = String::new();
    sent.iter()
        .map(|said| {
            let who = match said.who {
                Who::Citizen => "citizen",
                Who::Bot => "bot",
                _ => return Err(Fault::No(Code::Invalid, "transcript: citizen or bot")),
            };
            let text = mask::clean(&said.text)?;
            let text = if who == "citizen" {
                let masked = privacy::mask(&mask::of_citizen(&before, &text));
                before = text;
                masked
            } else {
                // The kommune's own answers hold its phone numbers and addresses.
                mask::of_citizen("", &text)
            };
            Ok(SaidRow {
                who: who.to_owned(),
                text,
                answer: mask::id(said.answer.as_deref(), "transcript: id of an answer")?,
            })
        })
        .collect()
}

/// Where the answer goes. A chat needs nothing, and so asks for nothing.
fn caller(
    admin: &Admin,
    way: Way,
    contact: Option<&Contact>,
    when: Option<&str>,
) -> Result<Option<CallerRow>, Fault> {
    let wrong = |detail| Err(Fault::No(Code::Invalid, detail));
    match way {
        Way::Chat if contact.is_some() || when.is_some() => {
            return wrong("contact: none for a chat");
        }
        Way::Chat => return Ok(None),
        Way::Callback if !admin.callbacks => return wrong("way: the kommune calls nobody back"),
        _ => {}
    }
    let Some(contact) = contact else {
        return wrong("contact: name, and a phone number or a mail address");
    };
    let (name, phone, email) = contact::reachable(contact)?;
    if way == Way::Callback && phone.is_empty() {
        return wrong("contact: a call needs a phone number");
    }
    let wanted = mask::line(
        when.unwrap_or_default(),
        200,
        "when: at most 200 characters",
    )?;
    Ok(Some(CallerRow {
        name,
        phone,
        email,
        wanted: mask::of_citizen("", &wanted),
    }))
}
