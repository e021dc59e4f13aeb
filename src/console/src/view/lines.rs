//! The lines of a conversation: the chat with the bot before it, what was said and what happened, notes between colleagues where
//! they were written, and messages on their way.

use protocol::Language;
use protocol::handoff::{Entry, Stage, What as Log, Who};
use protocol::staff_handoff::Row as ListRow;

use super::talk::chat;
use super::{Line, Look, Speaker};
use crate::chats::{ChatPress, Outgoing, Sending, Talk, texts};
use crate::state::{App, Desk};
use crate::when;

/// A message that the citizen's page has not fetched for so long is marked, ms.
const UNSEEN_MS: i64 = 60_000;

pub(super) fn lines(app: &App, desk: &Desk, talk: &Talk, row: &ListRow) -> Vec<Line> {
    let chats = &desk.chats;
    let lang = (row.language == Language::En).then_some("en");
    let mut lines = Vec::new();
    if !talk.transcript.is_empty() {
        lines.push(event(
            "t",
            "Før: borgerens chat med den automatiske assistent",
        ));
    }
    for (at, said) in talk.transcript.iter().enumerate() {
        let (speaker, by) = match said.who {
            Who::Citizen => (Speaker::Citizen, "Borgeren, til assistenten".to_string()),
            _ => (Speaker::Bot, "Automatisk svar".into()),
        };
        let about = said.answer.as_deref().map(|id| chats.title(id));
        lines.push(Line {
            id: format!("t{at}"),
            speaker,
            by: match about {
                Some(about) => format!("{by} · {about}"),
                None => by,
            },
            text: said.text.clone(),
            lang,
            ..Line::default()
        });
    }
    if talk.read && talk.reading.is_none() {
        lines.push(event("wait", "Henter samtalen …"));
    }
    if !talk.transcript.is_empty() {
        lines.push(event("p", "Herfra skriver borgeren med en medarbejder"));
    }
    let mut notes = talk
        .reading
        .iter()
        .flat_map(|reading| &reading.notes)
        .enumerate()
        .peekable();
    let note = |at: usize, note: &protocol::staff_handoff::Note| Line {
        id: format!("n{at}"),
        speaker: Speaker::Note,
        by: format!(
            "Note til kolleger fra {}, {}",
            note.by,
            when::short(&note.at)
        ),
        text: note.text.clone(),
        ..Line::default()
    };
    for entry in &talk.entries {
        while let Some((at, one)) =
            notes.next_if(|(_, one)| when::ms(&one.at) <= when::ms(&entry.at))
        {
            lines.push(note(at, one));
        }
        lines.extend(line(app, desk, talk, row, entry, lang));
    }
    lines.extend(notes.map(|(at, one)| note(at, one)));
    let own = chats
        .outbox
        .iter()
        .filter(|one| one.receipt == talk.receipt);
    lines.extend(own.map(|one| outgoing(one, lang)));
    lines
}

fn event(id: &str, text: &str) -> Line {
    Line {
        id: id.into(),
        text: text.into(),
        ..Line::default()
    }
}

fn line(
    app: &App,
    desk: &Desk,
    talk: &Talk,
    row: &ListRow,
    entry: &Entry,
    lang: Option<&'static str>,
) -> Option<Line> {
    let id = format!("e{}", entry.seq);
    let at = when::time(&entry.at);
    let name = entry.name.as_deref();
    let happened = |text: String| Some(event(&id, &format!("{text} Kl. {at}.")));
    let own = entry.who == Who::Staff && name.is_none_or(|name| name == desk.session.name);
    let (speaker, who) = match entry.who {
        Who::Citizen => (Speaker::Citizen, "Borgeren"),
        Who::Bot => (Speaker::Bot, "Automatisk svar"),
        Who::Staff => (Speaker::Staff, name.unwrap_or("Medarbejder")),
        Who::System | Who::Other => (Speaker::Event, "Systemet"),
    };
    match &entry.what {
        Log::Message { text, answer, .. } => Some(Line {
            speaker,
            by: match answer {
                Some(_) if entry.who == Who::Staff => format!("{who}, {at} · kommunens svar"),
                _ => format!("{who}, {at}"),
            },
            text: text.clone(),
            lang,
            state: (entry.who == Who::Staff).then(|| received(app, talk, row, entry)),
            buttons: if own && desk.talks() && (desk.chats.mine(row) || row.stage == Stage::Closed)
            {
                let press = ChatPress::Correct(entry.seq);
                let button = chat(&format!("c{}", entry.seq), "Ret", press, Look::Quiet);
                vec![button.spoken(format!("Ret beskeden fra kl. {at}"))]
            } else {
                Vec::new()
            },
            id,
        }),
        Log::Correction { text, .. } => Some(Line {
            speaker: Speaker::Staff,
            by: format!("{who} retter en besked, {at}"),
            text: text.clone(),
            lang,
            state: Some(received(app, talk, row, entry)),
            id,
            ..Line::default()
        }),
        Log::Taken => happened(format!(
            "{} har taget samtalen.",
            name.unwrap_or("En medarbejder")
        )),
        Log::Requeued { why } => happened(texts::requeued(*why).into()),
        Log::Transferred { department } => {
            happened(format!("Givet videre til {}.", department.name.da))
        }
        Log::CitizenAway => happened("Borgeren er væk lige nu.".into()),
        Log::CitizenBack => happened("Borgeren er tilbage.".into()),
        Log::Closed { by } => happened(texts::closed(*by).into()),
        Log::Typing { .. } | Log::Other => None,
    }
}

/// Has the citizen's page fetched it?
fn received(app: &App, talk: &Talk, row: &ListRow, entry: &Entry) -> (&'static str, String) {
    let received = talk.reading.as_ref().map_or(0, |reading| reading.received);
    let old = when::ms(&entry.at).is_some_and(|at| app.now_ms - at > UNSEEN_MS);
    if entry.seq <= received {
        ("sent", "Modtaget".into())
    } else if old || row.stage == Stage::Closed {
        ("unseen", "Borgeren har ikke modtaget den endnu".into())
    } else {
        ("sent", "Sendt".into())
    }
}

/// A message on its way.
fn outgoing(one: &Outgoing, lang: Option<&'static str>) -> Line {
    let id = format!("o{}", one.id);
    let (state, buttons) = match &one.sending {
        Sending::Waits | Sending::Under if one.tries < 2 => (("way", "Sender …".to_string()), None),
        Sending::Kept(_) => (("sent", "Sendt".into()), None),
        Sending::Refused(why) => (
            ("unseen", (*why).to_string()),
            Some(chat(
                &format!("r{}", one.id),
                "Skriv den om",
                ChatPress::Rewrite(one.id.clone()),
                Look::Plain,
            )),
        ),
        Sending::Waits | Sending::Under | Sending::Lost => (
            ("unseen", texts::LOST.to_string()),
            Some(chat(
                &format!("a{}", one.id),
                "Prøv nu",
                ChatPress::Again(one.id.clone()),
                Look::Plain,
            )),
        ),
    };
    Line {
        id,
        speaker: Speaker::Staff,
        by: if one.corrects.is_some() {
            "Dig, rettelse".into()
        } else {
            "Dig".into()
        },
        text: one.text.clone(),
        lang,
        state: Some(state),
        buttons: buttons.into_iter().collect(),
    }
}
