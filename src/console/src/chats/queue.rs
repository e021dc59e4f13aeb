//! Who waits and who is talked to: asked for without end, each question waiting at the server for news. Tells the server that
//! somebody is here, and whoever is here that somebody waits.

use std::collections::BTreeSet;

use protocol::path;
use protocol::staff_handoff::{Facts, PresenceRequest, Queue};

use super::{ChatPress, in_queue};
use crate::change::code;
use crate::message::{Effect, Now};
use crate::state::{App, Area, Desk, Told, What};
use crate::step::{ask, get, is_waiting, key, stop};
use crate::{desk, query, texts, wire};

/// How long the server may wait for news, seconds.
pub(super) const WAIT: &str = "15";
/// Between two questions, whatever happens, ms.
pub(super) const PAUSE_MS: i64 = 1_000;
/// How often the server is told that somebody is here, ms.
const PRESENCE_MS: i64 = 20_000;
/// Who is not heard from for so long may have been forgotten by the server, ms.
const FORGOTTEN_MS: i64 = 45_000;
/// A kommune without chats is asked again after so long, ms.
const NONE_MS: i64 = 60_000;

/// After so many questions without an answer, the next one comes this much later, ms.
pub(super) fn backoff(failed: u8) -> i64 {
    match failed {
        0 | 1 => 2_000,
        2 => 4_000,
        _ => 8_000,
    }
}

/// Asks, says that somebody is here, and looks for titles, each when it is due.
pub(super) fn keep(app: &mut App, now: &Now, out: &mut Vec<Effect>) {
    queue(app, now, out);
    presence(app, now, out);
    ask_titles(app, out);
}

fn queue(app: &mut App, now: &Now, out: &mut Vec<Effect>) {
    if is_waiting(app, &What::Queue) {
        return;
    }
    let Some(desk) = app.desk_mut() else { return };
    // Once in any part of the console: is this account at the chats already?
    let wanted = alive(desk) || desk.area == Area::Chats || desk.chats.asked_ms == 0;
    let chats = &mut desk.chats;
    if !wanted || now.ms < chats.next_ms {
        return;
    }
    chats.asked_ms = now.ms;
    let mut pairs = Vec::new();
    if let Some(queue) = chats.queue.as_ref().filter(|_| !chats.none) {
        pairs.push(("known", queue.version.as_str()));
        if !chats.hurry && chats.failed == 0 {
            pairs.push(("wait", WAIT));
        }
    }
    let path = query::with(path::STAFF_QUEUE, &pairs);
    chats.hurry = false;
    get(app, What::Queue, path, out);
}

/// What stands on the page may be old: asks anew, and does not wait for news.
pub(crate) fn hurry(app: &mut App, out: &mut Vec<Effect>) {
    stop(
        app,
        |what| matches!(what, What::Queue | What::Reading(_)),
        out,
    );
    let Some(desk) = app.desk_mut() else { return };
    desk.chats.hurry = true;
    desk.chats.next_ms = 0;
    for one in &mut desk.chats.outbox {
        one.next_ms = 0;
    }
    if let Some(talk) = &mut desk.chats.talk {
        talk.hurry = true;
        talk.next_ms = 0;
    }
}

/// The queue, or that nothing has changed.
pub(crate) fn queue_answered(
    app: &mut App,
    status: u16,
    body: &str,
    now: &Now,
    out: &mut Vec<Effect>,
) {
    let telling = is_waiting(app, &What::Presence);
    let Some(desk) = app.desk_mut() else { return };
    let chats = &mut desk.chats;
    let queue = match (status, wire::read::<Queue>(body, "version")) {
        (200, Some(queue)) => queue,
        (403 | 404, _) => {
            chats.none = true;
            chats.failed = 0;
            chats.next_ms = now.ms + NONE_MS;
            return;
        }
        _ => {
            if chats.failed == 1 {
                out.push(Effect::Say(crate::poll::LOST.into()));
            }
            chats.failed = chats.failed.saturating_add(1);
            chats.next_ms = now.ms + backoff(chats.failed);
            return;
        }
    };
    if chats.failed > 1 {
        out.push(Effect::Say("Der er forbindelse igen.".into()));
    }
    chats.failed = 0;
    chats.none = false;
    chats.heard_ms = now.ms;
    chats.next_ms = chats.asked_ms + PAUSE_MS;
    if queue.unchanged {
        return;
    }
    if !chats.agreed {
        // The page was loaded anew, or the account is here for the first time.
        chats.agreed = true;
        chats.there = queue.me.there;
        chats.departments = queue.me.departments.clone();
    } else if queue.me.there != chats.there && !telling {
        if now.ms - chats.known_ms < FORGOTTEN_MS {
            chats.there = queue.me.there; // said in another tab
        } else {
            chats.presence_ms = 0; // the server has forgotten: it is told again
        }
    }
    chats.changed_ms = now.ms;
    // A department that is gone is no filter any more.
    let known = |id: &String| {
        queue
            .departments
            .iter()
            .any(|desk| desk.department.id == *id)
    };
    chats.departments.retain(known);
    let before = chats.queue.replace(queue);
    if let Some(before) = before {
        tell(app, &before, out);
    }
    lost_talk(app, out);
}

/// Says what is new: somebody waits, somebody wrote.
fn tell(app: &mut App, before: &Queue, out: &mut Vec<Effect>) {
    let Some(desk) = app.desk_mut() else { return };
    let chats = &desk.chats;
    let rows = || chats.queue.iter().flat_map(|queue| &queue.rows);
    let old = |receipt: &str| before.rows.iter().find(|row| row.receipt == receipt);
    let come: Vec<_> = rows()
        .filter(|row| in_queue(row) && chats.shows(row))
        .filter(|row| old(&row.receipt).is_none_or(|old| !in_queue(old)))
        .collect();
    let open = chats.talk.as_ref().map_or("", |talk| talk.receipt.as_str());
    let wrote: Vec<_> = rows()
        .filter(|row| chats.mine(row) && row.unanswered)
        .filter(|row| old(&row.receipt).is_some_and(|old| old.seq < row.seq && !old.unanswered))
        .collect();
    let handed: Vec<_> = rows()
        .filter(|row| chats.mine(row))
        .filter(|row| old(&row.receipt).is_some_and(|old| !chats.mine(old)))
        .filter(|row| row.receipt != open)
        .collect();
    let waiting = chats.waiting();
    let mut said = Vec::new();
    match come.as_slice() {
        [] => {}
        [row] => {
            let back = if row.alarm && old(&row.receipt).is_some() {
                "En samtale er tilbage i køen"
            } else {
                "Ny i køen"
            };
            said.push(format!(
                "{back}: {}. {}",
                chats.department(&row.department),
                texts_waiting(waiting)
            ));
        }
        more => said.push(format!(
            "{} nye i køen. {}",
            more.len(),
            texts_waiting(waiting)
        )),
    }
    for row in &handed {
        said.push(format!("Du har fået samtalen {}.", row.receipt));
    }
    for row in wrote.iter().filter(|row| row.receipt != open) {
        said.push(format!("Ny besked i samtalen {}.", row.receipt));
    }
    let news = !come.is_empty() || !wrote.is_empty() || !handed.is_empty();
    let sound = chats.sound && chats.there;
    if news {
        desk.chats.news = true;
        out.extend(said.into_iter().map(Effect::Say));
        if sound {
            out.push(Effect::Sound);
        }
    }
}

fn texts_waiting(waiting: usize) -> String {
    super::texts::waiting(waiting)
}

/// The conversation on the page is not in the list any more: nobody reads on.
fn lost_talk(app: &mut App, out: &mut Vec<Effect>) {
    let Some(desk) = app.desk_mut() else { return };
    let Some(talk) = desk.chats.talk.as_ref().filter(|talk| !talk.read) else {
        return;
    };
    let receipt = talk.receipt.clone();
    let row = desk.chats.row(&receipt).cloned();
    let gone = row.is_none();
    if let Some(talk) = &mut desk.chats.talk {
        if gone && !talk.missing {
            talk.missing = true;
            out.push(Effect::Say("Samtalen er ikke i listen længere.".into()));
        }
        talk.row = row.or(talk.row.take());
    }
}

/// Somebody talks with citizens here: takes chats, has one, or looks at the list.
fn alive(desk: &Desk) -> bool {
    let chats = &desk.chats;
    let mut rows = chats.queue.iter().flat_map(|queue| &queue.rows);
    let has = rows.any(|row| chats.mine(row));
    desk.talks() && (chats.there || has || desk.area == Area::Chats)
}

/// Tells the server that this console is alive: whoever is not heard from loses their conversations to the queue.
fn presence(app: &mut App, now: &Now, out: &mut Vec<Effect>) {
    let Some(desk) = app.desk() else { return };
    let chats = &desk.chats;
    let due = alive(desk) && chats.agreed && now.ms - chats.presence_ms >= PRESENCE_MS;
    if due && !is_waiting(app, &What::Presence) {
        send_presence(app, now, out);
    }
}

fn send_presence(app: &mut App, now: &Now, out: &mut Vec<Effect>) {
    let Some(desk) = app.desk_mut() else { return };
    desk.chats.presence_ms = now.ms;
    let body = wire::written(&PresenceRequest {
        there: desk.chats.there,
        departments: desk.chats.departments.clone(),
    });
    let key = key(app, now);
    let path = path::STAFF_PRESENCE.to_string();
    ask(app, What::Presence, path, Some(body), &key, out);
}

/// Whether the server has heard it; if not, it is told again soon.
pub(crate) fn presence_answered(app: &mut App, status: u16, now: &Now) {
    let Some(desk) = app.desk_mut() else { return };
    if (200..300).contains(&status) {
        desk.chats.known_ms = now.ms;
    } else {
        desk.chats.presence_ms = now.ms - PRESENCE_MS + 3_000;
    }
}

/// Titles of what the conversations are about.
fn ask_titles(app: &mut App, out: &mut Vec<Effect>) {
    let kommune = app.kommune.clone();
    let Some(desk) = app.desk_mut() else { return };
    if desk.area != Area::Chats {
        return;
    }
    let chats = &mut desk.chats;
    let rows = chats.queue.iter().flat_map(|queue| &queue.rows);
    let abouts = rows.filter_map(|row| row.about.as_deref());
    let given = chats.talk.iter().flat_map(|talk| &talk.transcript);
    let unknown: BTreeSet<String> = abouts
        .chain(given.filter_map(|said| said.answer.as_deref()))
        .filter(|id| !chats.titles.contains_key(*id))
        .map(String::from)
        .collect();
    if unknown.is_empty() {
        return;
    }
    chats
        .titles
        .extend(unknown.iter().map(|id| (id.clone(), String::new())));
    out.push(Effect::Titles(kommune, unknown.into_iter().collect()));
}

/// What intents and topics are called.
pub(crate) fn titles(app: &mut App, titles: Vec<(String, String)>) {
    if let Some(desk) = app.desk_mut() {
        desk.chats.titles.extend(titles);
    }
}

/// A button of the queue.
pub(super) fn press(app: &mut App, press: ChatPress, now: &Now, out: &mut Vec<Effect>) {
    let Some(desk) = app.desk_mut() else { return };
    let chats = &mut desk.chats;
    match press {
        ChatPress::There(there) => {
            if chats.there == there {
                return;
            }
            chats.there = there;
            chats.agreed = true;
            out.push(Effect::Say(
                if there {
                    "Du tager chats nu."
                } else {
                    "Du tager ikke chats nu. Samtaler, du har i gang, beholder du, til du slutter dem eller giver dem videre."
                }
                .into(),
            ));
            send_presence(app, now, out);
        }
        ChatPress::Department(id) => {
            match chats.departments.iter().position(|one| *one == id) {
                Some(at) => {
                    chats.departments.remove(at);
                }
                None => chats.departments.push(id),
            }
            send_presence(app, now, out);
        }
        ChatPress::AllDepartments => {
            chats.departments.clear();
            send_presence(app, now, out);
        }
        ChatPress::Settings => chats.settings = !chats.settings,
        ChatPress::Sound => {
            chats.sound = !chats.sound;
            if chats.sound {
                out.push(Effect::Sound); // how it sounds
            }
        }
        ChatPress::Blink => chats.blink = !chats.blink,
        ChatPress::Facts => {
            let shown = chats.facts.take().is_some();
            if !shown {
                chats.facts = Some(Vec::new());
                get(app, What::Facts, path::STAFF_FACTS.to_string(), out);
            }
        }
        _ => {}
    }
}

/// What the editors must look at.
pub(crate) fn facts_answered(app: &mut App, status: u16, body: &str, out: &mut Vec<Effect>) {
    if let (200, Some(facts)) = (status, wire::read::<Facts>(body, "facts")) {
        if let Some(desk) = app.desk_mut()
            && desk.chats.facts.is_some()
        {
            desk.chats.facts = Some(facts.facts);
            out.push(Effect::Focus("facts-title".into()));
        }
        return;
    }
    if let Some(desk) = app.desk_mut() {
        desk.chats.facts = None;
    }
    let text = if (400..500).contains(&status) {
        texts::refused(code(body))
    } else {
        crate::poll::LOST
    };
    desk::notice(app, Told::bad(text), out);
}
