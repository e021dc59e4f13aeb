//! One conversation: opened from the list, read on as long as it is on the page, everything after the last number it has.

use protocol::handoff::{Requeue, Stage, What as Log, Who};
use protocol::path;
use protocol::staff_handoff::{Reading, Record};

use super::queue::{PAUSE_MS, WAIT, backoff};
use super::{ChatPress, Dealing, Talk};
use crate::message::{Effect, Now};
use crate::state::{App, Area, Desk, Panel, Told, What};
use crate::step::{get, is_waiting, stop};
use crate::{desk, query, wire};

/// Longest part of a message that is spoken, characters.
const SPOKEN_MOST: usize = 200;

/// The conversation on the page.
pub(super) fn talk(app: &mut App) -> Option<&mut Talk> {
    app.desk_mut()?.chats.talk.as_deref_mut()
}

/// A sentence above the field, spoken too.
pub(super) fn tell(app: &mut App, told: Option<Told>, out: &mut Vec<Effect>) {
    if let Some(told) = &told {
        out.push(Effect::Say(told.text.clone()));
    }
    if let Some(talk) = talk(app) {
        talk.told = told;
    }
}

/// Reads on, when it is due.
pub(super) fn keep(app: &mut App, now: &Now, out: &mut Vec<Effect>) {
    let Some(desk) = app.desk_mut() else { return };
    let here = desk.area == Area::Chats;
    let Some(talk) = &mut desk.chats.talk else {
        return;
    };
    if !here || !talk.read || talk.missing || now.ms < talk.next_ms {
        return;
    }
    let what = What::Reading(talk.receipt.clone());
    if is_waiting(app, &what) {
        return;
    }
    let Some(talk) = self::talk(app) else { return };
    talk.asked_ms = now.ms;
    let after = talk.last.to_string();
    let mut pairs = vec![("receipt", talk.receipt.as_str())];
    if talk.reading.is_some() {
        pairs.push(("after", &after));
        if !talk.hurry && talk.failed == 0 {
            pairs.push(("wait", WAIT));
        }
    }
    let path = query::with(path::STAFF_CONVERSATION, &pairs);
    talk.hurry = false;
    get(app, what, path, out);
}

/// A button of the list, or of the conversation.
pub(super) fn press(app: &mut App, press: ChatPress, now: &Now, out: &mut Vec<Effect>) {
    match press {
        ChatPress::Row(receipt) => open(app, &receipt, false, now, out),
        ChatPress::Alert(receipt) => {
            if let Some(desk) = app.desk_mut() {
                desk.panel = Panel::Closed;
            }
            desk::area(app, Area::Chats, now, out);
            open(app, &receipt, false, now, out);
        }
        ChatPress::Read => {
            if let Some(talk) = talk(app) {
                talk.read = true;
                talk.next_ms = 0;
            }
            out.push(Effect::Focus("talk-title".into()));
        }
        ChatPress::Close => close(app, out),
        ChatPress::Back => back(app, out),
        _ => {}
    }
}

/// Opens a conversation. One that nobody has is looked at from outside: reading is written down, and not needed to take it.
pub(super) fn open(app: &mut App, receipt: &str, read: bool, now: &Now, out: &mut Vec<Effect>) {
    let talks = app.desk().is_some_and(Desk::talks);
    if !talks {
        return;
    }
    let same = talk(app).is_some_and(|talk| talk.receipt == receipt);
    if same {
        if let Some(talk) = talk(app).filter(|_| read) {
            talk.read = true;
            talk.next_ms = 0;
        }
        out.push(Effect::Focus("talk-title".into()));
        return;
    }
    leave(app, out);
    let Some(desk) = app.desk_mut() else { return };
    let row = desk.chats.row(receipt).cloned();
    let read = read
        || row
            .as_ref()
            .is_none_or(|row| desk.chats.mine(row) || row.stage == Stage::Closed);
    let draft = desk.chats.drafts.remove(receipt).unwrap_or_default();
    let text = draft.text.clone();
    desk.chats.talk = Some(Box::new(Talk {
        receipt: receipt.into(),
        row,
        read,
        draft,
        asked_ms: now.ms,
        ..Talk::default()
    }));
    app.fields.insert("say", text);
    app.faults.clear();
    out.push(Effect::Focus("talk-title".into()));
}

/// Puts the conversation on the page away; what was begun in it is kept.
pub(super) fn leave(app: &mut App, out: &mut Vec<Effect>) {
    stop(app, |what| matches!(what, What::Reading(_)), out);
    let text = app.fields.remove("say").unwrap_or_default();
    for field in FIELDS {
        app.fields.remove(field);
        app.faults.remove(field);
    }
    app.faults.remove("say");
    let Some(desk) = app.desk_mut() else { return };
    let Some(talk) = desk.chats.talk.take() else {
        return;
    };
    let mut draft = talk.draft;
    draft.text = text;
    if !draft.text.trim().is_empty() {
        desk.chats.drafts.insert(talk.receipt, draft);
    }
}

/// Fields of the forms of a conversation.
const FIELDS: [&str; 9] = [
    "to", "note", "intent", "wrong", "right", "outcome", "record", "reason", "find",
];

fn close(app: &mut App, out: &mut Vec<Effect>) {
    let receipt = talk(app).map(|talk| talk.receipt.clone());
    leave(app, out);
    if let Some(receipt) = receipt {
        out.push(Effect::Focus(format!("q-{receipt}")));
    }
}

/// From a form to the field, from the answers to the field, from the conversation to the list.
fn back(app: &mut App, out: &mut Vec<Effect>) {
    app.faults.clear();
    let Some(talk) = talk(app) else { return };
    if talk.dealing != Dealing::Write {
        talk.dealing = Dealing::Write;
        out.push(Effect::Focus("say".into()));
    } else if talk.find.is_some() {
        talk.find = None;
        out.push(Effect::Focus("say".into()));
    } else if talk.draft.corrects.take().is_some() {
        app.fields.insert("say", String::new());
        out.push(Effect::Focus("say".into()));
    } else {
        close(app, out);
    }
}

/// A part of the conversation, or none.
pub(crate) fn read_answered(
    app: &mut App,
    receipt: &str,
    status: u16,
    body: &str,
    now: &Now,
    out: &mut Vec<Effect>,
) {
    let Some(talk) = talk(app).filter(|talk| talk.receipt == receipt) else {
        return;
    };
    match (status, wire::read::<Reading>(body, "row")) {
        (200, Some(reading)) => {
            talk.failed = 0;
            talk.next_ms = talk.asked_ms + PAUSE_MS;
            take(app, reading, now, out);
        }
        (403 | 404, _) => {
            talk.missing = true;
            out.push(Effect::Say("Samtalen kan ikke vises.".into()));
        }
        _ => {
            talk.failed = talk.failed.saturating_add(1);
            talk.next_ms = now.ms + backoff(talk.failed);
        }
    }
}

/// Adds what is new, and says it.
fn take(app: &mut App, mut reading: Reading, now: &Now, out: &mut Vec<Effect>) {
    let Some(talk) = talk(app) else { return };
    let first = talk.reading.is_none();
    let mut entries = std::mem::take(&mut reading.entries);
    entries.retain(|entry| entry.seq > talk.last);
    entries.sort_by_key(|entry| entry.seq);
    if !reading.transcript.is_empty() {
        talk.transcript = std::mem::take(&mut reading.transcript);
    }
    talk.last = entries.last().map_or(talk.last, |entry| entry.seq);
    if talk.last < reading.conversation.seq {
        talk.hurry = true; // there is more than fits into one answer
    }
    let mut said = Vec::new();
    for entry in &entries {
        let citizen = entry.who == Who::Citizen;
        match &entry.what {
            Log::Message { text, .. } if citizen => {
                talk.heard_typing_ms = 0;
                said.push(format!("Borgeren: {}", shortened(text)));
            }
            Log::Typing { on } if citizen => {
                talk.heard_typing_ms = if *on && !first { now.ms } else { 0 };
            }
            Log::CitizenAway => said.push("Borgeren er væk lige nu.".into()),
            Log::CitizenBack => said.push("Borgeren er tilbage.".into()),
            Log::Requeued {
                why: Requeue::StaffAway,
            } => said.push("Samtalen er lagt tilbage i køen.".into()),
            Log::Closed { .. } => said.push("Samtalen er slut.".into()),
            _ => {}
        }
    }
    talk.entries.extend(entries);
    let closed = reading.row.stage == Stage::Closed;
    if reading.row.stage == Stage::Active && std::mem::take(&mut talk.taken) {
        out.push(Effect::Focus("say".into()));
    }
    talk.reading = Some(reading);
    if closed && matches!(talk.dealing, Dealing::Transfer | Dealing::End) {
        talk.dealing = Dealing::Write;
    }
    if !first {
        out.extend(said.into_iter().map(Effect::Say));
    }
    let seen: Vec<String> = talk
        .entries
        .iter()
        .filter_map(|entry| match &entry.what {
            Log::Message { id, .. } => Some(id.clone()),
            _ => None,
        })
        .collect();
    let receipt = talk.receipt.clone();
    if let Some(desk) = app.desk_mut() {
        desk.chats
            .outbox
            .retain(|one| one.receipt != receipt || !came(one, &seen, desk.chats.talk.as_deref()));
    }
}

/// Is a message of ours in the log?
fn came(one: &super::Outgoing, seen: &[String], talk: Option<&Talk>) -> bool {
    let corrected = one.corrects.is_some_and(|of| {
        talk.iter().flat_map(|talk| &talk.entries).any(|entry| {
            matches!(&entry.what, Log::Correction { of: n, text } if *n == of && *text == one.text)
        })
    });
    let last = talk.map_or(0, |talk| talk.last);
    seen.contains(&one.id)
        || corrected
        || matches!(one.sending, super::Sending::Kept(seq) if seq > 0 && seq <= last)
}

fn shortened(text: &str) -> String {
    if text.chars().count() <= SPOKEN_MOST {
        return text.to_string();
    }
    let mut short: String = text.chars().take(SPOKEN_MOST).collect();
    short.push('…');
    short
}

/// Is its record decided, so that it may be deleted?
pub(crate) fn decided(record: Record) -> bool {
    matches!(record, Record::Journalised | Record::NotCaseRelevant)
}
