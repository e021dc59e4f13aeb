//! Talking with citizens: the queue, one conversation in hand, what is sent to the citizen, and what is done with a
//! conversation. What must go on by itself (asking anew, being there, sending what waits) stands in [`keep`], which runs after every
//! event: a page in the background has hardly any clock, but answers still come.

pub(crate) mod deed;
mod queue;
mod say;
mod state;
mod talk;
pub(crate) mod texts;

pub(crate) use queue::{facts_answered, hurry, presence_answered, queue_answered, titles};
pub(crate) use say::{replies, said_answered, typed};
pub use state::ChatPress;
pub(crate) use state::{Chats, Dealing, Find, Outgoing, Sending, Talk, TalkDeed, in_queue};
pub(crate) use talk::{decided, read_answered};

use crate::message::{Effect, Now};
use crate::state::App;

/// Everything that is due.
pub(crate) fn keep(app: &mut App, now: &Now, out: &mut Vec<Effect>) {
    if app.desk().is_none_or(|desk| !desk.sees_chats()) {
        return;
    }
    queue::keep(app, now, out);
    talk::keep(app, now, out);
    say::keep(app, now, out);
}

/// Somebody looks at the page: nothing is news any more.
pub(crate) fn looked(app: &mut App) {
    if let Some(desk) = app.desk_mut() {
        desk.chats.news = false;
    }
}

/// A button.
pub(crate) fn press(app: &mut App, press: ChatPress, now: &Now, out: &mut Vec<Effect>) {
    match press {
        ChatPress::There(_)
        | ChatPress::Department(_)
        | ChatPress::AllDepartments
        | ChatPress::Settings
        | ChatPress::Sound
        | ChatPress::Blink
        | ChatPress::Facts => queue::press(app, press, now, out),
        ChatPress::Row(_)
        | ChatPress::Alert(_)
        | ChatPress::Read
        | ChatPress::Close
        | ChatPress::Back => {
            talk::press(app, press, now, out);
        }
        ChatPress::Send
        | ChatPress::Again(_)
        | ChatPress::Rewrite(_)
        | ChatPress::Correct(_)
        | ChatPress::Find
        | ChatPress::FindGo
        | ChatPress::Reply(_) => say::press(app, press, now, out),
        _ => deed::press(app, press, now, out),
    }
}
