//! What goes to the citizen: messages in their order, each with an id from its beginning to its end, sent again by itself until
//! the server has it; that somebody writes; and the kommune's own answers to begin from.

use protocol::Language;
use protocol::handoff::MESSAGE_MOST;
use protocol::path;
use protocol::staff_handoff::{Done, StaffMessageRequest, StaffTypingRequest};

use super::talk::{talk, tell};
use super::{ChatPress, Find, Outgoing, Sending};
use crate::change::{Outcome, outcome};
use crate::message::{Effect, Now, Reply};
use crate::state::{App, Told, What};
use crate::step::{ask, is_waiting, key};
use crate::wire;

/// "I write" at most this often, ms.
const TYPING_MS: i64 = 3_000;
/// Nothing typed for so long: "I have stopped", ms.
const STOPPED_MS: i64 = 5_000;
/// Longest question to the kommune's own answers, characters.
const FIND_MOST: usize = 200;

/// Sends what waits, and says that nobody writes any more.
pub(super) fn keep(app: &mut App, now: &Now, out: &mut Vec<Effect>) {
    let stopped = talk(app).is_some_and(|talk| talk.typing && now.ms - talk.typed_ms >= STOPPED_MS);
    if stopped {
        typing(app, false, now, out);
    }
    let Some(desk) = app.desk_mut() else { return };
    let mut first: Vec<&str> = Vec::new();
    let mut due = Vec::new();
    for one in &desk.chats.outbox {
        if matches!(one.sending, Sending::Kept(_)) || first.contains(&one.receipt.as_str()) {
            continue;
        }
        // The first of each conversation holds the others back: they come in their order.
        first.push(&one.receipt);
        if one.sending == Sending::Waits || (one.sending == Sending::Lost && now.ms >= one.next_ms)
        {
            due.push(one.id.clone());
        }
    }
    for id in due {
        if !is_waiting(app, &What::Said(id.clone())) {
            send(app, &id, out);
        }
    }
}

/// Sends a message, for the first time or again: the same bytes, the same key.
fn send(app: &mut App, id: &str, out: &mut Vec<Effect>) {
    let Some(one) = outgoing(app, id) else { return };
    one.sending = Sending::Under;
    one.tries = one.tries.saturating_add(1);
    let body = wire::written(&StaffMessageRequest {
        receipt: one.receipt.clone(),
        id: one.id.clone(),
        text: one.text.clone(),
        answer: one.answer.clone(),
        corrects: one.corrects,
    });
    let path = path::STAFF_MESSAGE.to_string();
    let what = What::Said(id.to_string());
    ask(app, what, path, Some(body), id, out);
}

fn outgoing<'a>(app: &'a mut App, id: &str) -> Option<&'a mut Outgoing> {
    let outbox = &mut app.desk_mut()?.chats.outbox;
    outbox.iter_mut().find(|one| one.id == id)
}

/// What became of a message.
pub(crate) fn said_answered(
    app: &mut App,
    id: &str,
    status: u16,
    body: &str,
    now: &Now,
    out: &mut Vec<Effect>,
) {
    let open = talk(app).map(|talk| talk.receipt.clone());
    let Some(one) = outgoing(app, id) else { return };
    let here = open.as_deref() == Some(one.receipt.as_str());
    match outcome(status, body) {
        Outcome::Done => {
            let seq = wire::read::<Done>(body, "seq").map_or(0, |done| done.seq);
            one.sending = Sending::Kept(seq);
            if !here && let Some(desk) = app.desk_mut() {
                desk.chats.outbox.retain(|one| one.id != id);
            }
        }
        Outcome::Unsure => {
            one.sending = Sending::Lost;
            one.next_ms = now.ms + super::queue::backoff(one.tries);
            if one.tries == 2 {
                out.push(Effect::Say(super::texts::LOST.into()));
            }
        }
        Outcome::Refused(code) => {
            let why = super::texts::not_said(code);
            one.sending = Sending::Refused(why);
            out.push(Effect::Say(why.into()));
        }
        Outcome::SignedOut => {} // told where everything is signed out
    }
}

/// Somebody types: the citizen may know, at most every few seconds.
pub(crate) fn typed(app: &mut App, field: &str, now: &Now, out: &mut Vec<Effect>) {
    if field != "say" {
        return;
    }
    let empty = app.field("say").trim().is_empty();
    let Some(desk) = app.desk_mut() else { return };
    let Some(talk) = desk.chats.talk.as_deref() else {
        return;
    };
    let mine = talk.row().is_some_and(|row| desk.chats.mine(row));
    let Some(talk) = self::talk(app) else { return };
    talk.typed_ms = now.ms;
    if mine && !empty && now.ms - talk.typing_ms >= TYPING_MS {
        typing(app, true, now, out);
    } else if empty && talk.typing {
        typing(app, false, now, out);
    }
}

fn typing(app: &mut App, on: bool, now: &Now, out: &mut Vec<Effect>) {
    let Some(talk) = talk(app) else { return };
    talk.typing = on;
    talk.typing_ms = now.ms;
    let body = wire::written(&StaffTypingRequest {
        receipt: talk.receipt.clone(),
        on,
    });
    let key = key(app, now);
    let path = path::STAFF_TYPING.to_string();
    ask(app, What::Typing, path, Some(body), &key, out);
}

/// A button of the field.
pub(super) fn press(app: &mut App, press: ChatPress, now: &Now, out: &mut Vec<Effect>) {
    match press {
        ChatPress::Send => say(app, now, out),
        ChatPress::Again(id) => {
            if let Some(one) = outgoing(app, &id) {
                one.sending = Sending::Waits;
            }
            out.push(Effect::Focus("say".into()));
        }
        ChatPress::Rewrite(id) => rewrite(app, &id, out),
        ChatPress::Correct(seq) => correct(app, seq, out),
        ChatPress::Find => {
            let shown = talk(app).is_some_and(|talk| talk.find.is_some());
            if shown {
                if let Some(talk) = talk(app) {
                    talk.find = None;
                }
                out.push(Effect::Focus("say".into()));
                return;
            }
            let Some(talk) = talk(app) else { return };
            talk.find = Some(Find::default());
            let asked: String = talk.asked().chars().take(FIND_MOST).collect();
            app.fields.insert("find", asked);
            find(app, out);
            out.push(Effect::Focus("find".into()));
        }
        ChatPress::FindGo => find(app, out),
        ChatPress::Reply(at) => put_in(app, at, out),
        _ => {}
    }
}

/// Puts what is in the field on its way.
fn say(app: &mut App, now: &Now, out: &mut Vec<Effect>) {
    let text = app.field("say").trim().to_string();
    let fault = match text.chars().count() {
        0 => Some("Skriv en besked."),
        n if n > MESSAGE_MOST => Some("Beskeden er for lang. Skriv højst 4000 tegn."),
        _ => None,
    };
    if let Some(fault) = fault {
        app.faults.insert("say", fault.into());
        out.push(Effect::Focus("say".into()));
        return;
    }
    app.faults.remove("say");
    let id = key(app, now);
    let Some(desk) = app.desk_mut() else { return };
    let Some(talk) = &mut desk.chats.talk else {
        return;
    };
    let draft = std::mem::take(&mut talk.draft);
    talk.told = None;
    talk.find = None;
    talk.typing = false; // the message says so
    talk.typing_ms = 0;
    // Changed by a letter, it is not the kommune's answer any more.
    let answer = draft.answer.filter(|(_, put)| *put == text);
    let outgoing = Outgoing {
        id,
        receipt: talk.receipt.clone(),
        text,
        answer: answer.map(|(id, _)| id),
        corrects: draft.corrects,
        sending: Sending::Waits,
        tries: 0,
        next_ms: 0,
    };
    desk.chats.outbox.push(outgoing);
    app.fields.insert("say", String::new());
    out.push(Effect::Focus("say".into()));
}

/// A message that was not sent goes back into the field, above what stands there.
fn rewrite(app: &mut App, id: &str, out: &mut Vec<Effect>) {
    let Some(desk) = app.desk_mut() else { return };
    let outbox = &mut desk.chats.outbox;
    let Some(at) = outbox
        .iter()
        .position(|one| one.id == id && matches!(one.sending, Sending::Refused(_)))
    else {
        return;
    };
    let one = outbox.remove(at);
    let written = app.field("say").trim().to_string();
    let text = if written.is_empty() {
        one.text
    } else {
        format!("{}\n{written}", one.text)
    };
    app.fields.insert("say", text);
    if let Some(talk) = talk(app) {
        talk.draft.corrects = one.corrects;
    }
    out.push(Effect::Focus("say".into()));
}

/// Begins to set an own message straight.
fn correct(app: &mut App, seq: u64, out: &mut Vec<Effect>) {
    let Some(talk) = talk(app) else { return };
    let text = talk.entries.iter().find_map(|entry| match &entry.what {
        protocol::handoff::What::Message { text, .. } if entry.seq == seq => Some(text.clone()),
        _ => None,
    });
    let Some(text) = text else { return };
    talk.draft.corrects = Some(seq);
    talk.draft.answer = None;
    talk.dealing = super::Dealing::Write;
    app.fields.insert("say", text);
    out.push(Effect::Focus("say".into()));
}

/// Asks for the kommune's own answers.
fn find(app: &mut App, out: &mut Vec<Effect>) {
    let asked = app.field("find").trim().to_string();
    let kommune = app.kommune.clone();
    let Some(talk) = talk(app) else { return };
    let language = match talk.row().map(|row| row.language) {
        Some(Language::En) => "en",
        _ => "da",
    };
    let Some(find) = &mut talk.find else { return };
    find.asked = asked.clone();
    find.replies.clear();
    find.broken = false;
    find.waits = !asked.is_empty();
    if find.waits {
        out.push(Effect::Replies(kommune, asked, language));
    }
}

/// The kommune's own answers; nothing when they could not be fetched.
pub(crate) fn replies(
    app: &mut App,
    asked: &str,
    replies: Option<Vec<Reply>>,
    out: &mut Vec<Effect>,
) {
    let Some(find) = talk(app).and_then(|talk| talk.find.as_mut()) else {
        return;
    };
    if find.asked != asked {
        return;
    }
    find.waits = false;
    find.broken = replies.is_none();
    find.replies = replies.unwrap_or_default();
    out.push(Effect::Say(super::texts::found(find)));
}

/// Puts one of the answers into the field; what stands there stays above it.
fn put_in(app: &mut App, at: usize, out: &mut Vec<Effect>) {
    let found = talk(app).and_then(|talk| talk.find.as_mut()?.replies.get(at).cloned());
    let Some(reply) = found else { return };
    let text = reply.text.trim().to_string();
    let written = app.field("say").trim().to_string();
    let whole = if written.is_empty() {
        text.clone()
    } else {
        format!("{written}\n{text}")
    };
    app.fields.insert("say", whole);
    if let Some(talk) = talk(app) {
        talk.find = None;
        talk.draft.answer = Some((reply.intent, text));
    }
    tell(
        app,
        Told::note(format!(
            "“{}” står i feltet. Ret det, så det passer til borgeren, og send.",
            reply.title
        )),
        out,
    );
    out.push(Effect::Focus("say".into()));
}
