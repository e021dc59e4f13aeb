//! A department with a mailbox: each message and each wish for a call is one mail to it, through the outbox, with the record as a file.
//! The citizen who left a mail address gets a line with the receipt number. When the mail has been taken the conversation is over here;
//! staff are told (`notices`) when it has not been after 15 minutes.

use super::{Carrier, Later};
use crate::desk::Desk;
use crate::fault::Fault;
use crate::notices::Message;
use crate::secret;
use crate::store::handoff::{CallerRow, EntryRow, SaidRow, TalkBy, TalkRow};
use crate::store::outbox::OutRow;
use crate::store::{StoreError, Tx};
use crate::tenant::Site;
use booking::instant_text;
use handoff::{Admin, Department};
use protocol::Code;
use std::fmt::Write as _;

/// [`OutRow::about`] of what goes to the mailbox.
pub(crate) const TALK: &str = "talk";
/// [`OutRow::about`] of the citizen's receipt.
pub(crate) const RECEIPT: &str = "talk-receipt";
/// Entries that one mail holds at most; a conversation that was transferred has some.
const ENTRIES_MOST: i64 = 500;

/// A mailbox.
pub(super) struct Mailbox;

impl Carrier for Mailbox {
    fn come<'a>(
        &'a self,
        tx: &'a mut Tx,
        department: &'a Department,
        talk: &'a TalkRow,
        now_ms: i64,
    ) -> Later<'a, ()> {
        Box::pin(async move {
            if talk.way == "chat" {
                return Err(Fault::No(
                    Code::WrongState,
                    "department: nobody chats there; let the citizen leave a message first",
                ));
            }
            let row = |about: &str, dedupe: String| OutRow {
                id: secret::random::<12>(),
                booking: talk.id.clone(),
                visit: String::new(),
                about: about.to_owned(),
                channel: "email".to_owned(),
                recipient: String::new(),
                payload: department.id.clone(),
                dedupe,
                state: "queued".to_owned(),
                tries: 0,
                due_ms: now_ms,
            };
            let dedupe = |about: &str| format!("{about}-{}-{}", talk.id, department.id);
            tx.post(&row(TALK, dedupe(TALK)), now_ms).await?;
            let caller = tx.caller(&talk.id).await?;
            if caller.is_some_and(|caller| !caller.email.is_empty()) {
                tx.post(&row(RECEIPT, dedupe(RECEIPT)), now_ms).await?;
            }
            Ok(())
        })
    }
}

impl Desk {
    /// The mail of a row, from the conversation as it is now. `None` when it is gone, or belongs to another department by now.
    pub(crate) async fn talk_mail(
        &self,
        site: &Site,
        row: &OutRow,
    ) -> Result<Option<Message>, StoreError> {
        let Some(admin) = &site.talk else {
            return Ok(None);
        };
        let mut tx = self.store.read(&site.tenant).await?;
        let Some(talk) = tx.talk(TalkBy::Id(&row.booking)).await? else {
            return Ok(None);
        };
        let Some(department) = admin.department(&row.payload) else {
            return Ok(None);
        };
        let caller = tx.caller(&talk.id).await?;
        if row.about == RECEIPT {
            return Ok(caller.map(|caller| receipt(admin, row, department, &talk, &caller)));
        }
        let handoff::Carrier::Mail { to } = &department.carrier else {
            return Ok(None);
        };
        if talk.department != department.id || talk.stage == "closed" {
            return Ok(None);
        }
        let said = tx.said(&talk.id).await?;
        let entries = tx.entries(&talk.id, 0, ENTRIES_MOST).await?;
        let text = body(admin, department, &talk, caller.as_ref(), &said, &entries);
        let way = if talk.way == "callback" {
            "Ring til en borger"
        } else {
            "Besked fra en borger"
        };
        Ok(Some(Message {
            id: row.dedupe.clone(),
            to: to.clone(),
            // No name and no word of the citizen: subjects are shown in lists and written into logs.
            subject: format!("{way}: {} ({})", talk.receipt, department.name.da),
            text,
            calendar: None,
        }))
    }

    /// The mailbox has it: nothing more happens with it here. Who took it in the console meanwhile keeps it.
    pub(crate) async fn talk_mailed(tx: &mut Tx, row: &OutRow, now_ms: i64) -> Result<(), Fault> {
        tx.lock_talk(&row.booking).await?;
        let Some(talk) = tx.talk(TalkBy::Id(&row.booking)).await? else {
            return Ok(());
        };
        if talk.department == row.payload {
            crate::desk::carry_away(tx, &talk, now_ms).await?;
        }
        Ok(())
    }
}

fn receipt(
    admin: &Admin,
    row: &OutRow,
    department: &Department,
    talk: &TalkRow,
    caller: &CallerRow,
) -> Message {
    let (name, number) = (&admin.name, &talk.receipt);
    let (subject, text) = if talk.language == "en" {
        (
            format!("We have your message: {number}"),
            format!(
                "{} at {name} has your message.\n\nReceipt: {number}\n\nState the number if you write or call about it. Do not answer this mail: nobody reads it here.\n",
                department.name.en
            ),
        )
    } else {
        (
            format!("Vi har fået din besked: {number}"),
            format!(
                "{} i {name} har fået din besked.\n\nKvittering: {number}\n\nOplys nummeret, hvis du skriver eller ringer om den. Svar ikke på denne mail: ingen læser den her.\n",
                department.name.da
            ),
        )
    };
    Message {
        id: row.dedupe.clone(),
        to: caller.email.clone(),
        subject,
        text,
        calendar: None,
    }
}

/// Fixed lines first, `Navn: værdi`, so that rules of a mailbox and programs can read them; then what was written.
fn body(
    admin: &Admin,
    department: &Department,
    talk: &TalkRow,
    caller: Option<&CallerRow>,
    said: &[SaidRow],
    entries: &[EntryRow],
) -> String {
    let about = Some(talk.about.as_str()).filter(|about| !about.is_empty());
    let kle = admin.subject(about, &department.id).unwrap_or_default();
    let mut facts = vec![
        ("Kvittering", talk.receipt.as_str()),
        ("Kommune", admin.name.as_str()),
        ("Fagområde", department.name.da.as_str()),
        (
            "Form",
            if talk.way == "callback" {
                "Opkald"
            } else {
                "Besked"
            },
        ),
        ("Emne", talk.about.as_str()),
        ("KLE", kle),
        (
            "Sprog",
            if talk.language == "en" {
                "engelsk"
            } else {
                "dansk"
            },
        ),
    ];
    if let Some(caller) = caller {
        facts.push(("Navn", &caller.name));
        facts.push(("Telefon", &caller.phone));
        facts.push(("E-mail", &caller.email));
        facts.push(("Ønsket tid", &caller.wanted));
    }
    let mut out = String::new();
    for (name, value) in facts {
        if !value.is_empty() {
            let _ = writeln!(out, "{name}: {}", one_line(value));
        }
    }
    let _ = writeln!(out, "Modtaget: {}", instant_text(talk.created_ms));
    out.push_str("\n--- Borgeren skriver ---\n");
    for entry in entries
        .iter()
        .filter(|e| e.kind == "message" || e.kind == "correction")
    {
        if entry.who == "staff" {
            let _ = writeln!(out, "[Medarbejder] {}", entry.text);
        } else {
            let _ = writeln!(out, "{}", entry.text);
        }
    }
    if !said.is_empty() {
        out.push_str("\n--- Før det, med den automatiske assistent ---\n");
        for said in said {
            let who = if said.who == "bot" {
                "Automatisk svar"
            } else {
                "Borger"
            };
            let _ = writeln!(out, "[{who}] {}", said.text);
        }
    }
    let _ = write!(
        out,
        "\n---\nAutomatisk mail. Svar borgeren på telefon eller e-mail ovenfor. Hører henvendelsen til en sag, skal den journaliseres her: \
         kopien i Lokalsvar slettes {} dage efter, at det er afgjort der.\n",
        admin.retention.days
    );
    out
}

/// What a citizen wrote makes no line of its own among the facts.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
