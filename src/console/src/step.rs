//! One step of the console: an event in, the state changed, effects out. Whoever calls it sends, draws and speaks.

use protocol::{Session, path};

use crate::message::{Effect, Event, Now, Press, Request};
use crate::state::{App, Screen, Told, What, Wish};
use crate::{chats, deed, desk, panel, poll, query, sign_in, wire};

/// Does what follows from an event.
pub fn step(app: &mut App, event: Event, now: &Now) -> Vec<Effect> {
    let mut out = Vec::new();
    let local = hours::copenhagen(now.ms);
    app.today = Some(local.date);
    app.minute = local.minute;
    app.now_ms = now.ms;
    app.keys = 0;
    happened(app, event, now, &mut out);
    chats::keep(app, now, &mut out);
    out
}

fn happened(app: &mut App, event: Event, now: &Now, out: &mut Vec<Effect>) {
    match event {
        Event::Start {
            path,
            query,
            kommune,
        } => {
            app.touched_ms = now.ms;
            app.wish = desk::wish(&path, &query);
            let asked = query::value(&query, "kommune");
            app.kommune = if asked.is_empty() {
                kommune
            } else {
                asked.to_string()
            };
            get(app, What::Session, path::SESSION.to_string(), out);
        }
        Event::Typed(field, text) => {
            app.touched_ms = now.ms;
            app.fields.insert(field, text);
            chats::typed(app, field, now, out);
        }
        Event::Press(press) => {
            app.touched_ms = now.ms;
            chats::looked(app);
            pressed(app, press, now, out);
        }
        Event::Answer {
            number,
            status,
            body,
        } => {
            let Some(at) = app.waiting.iter().position(|(one, _)| *one == number) else {
                return; // nobody waits for it any more
            };
            let (_, what) = app.waiting.remove(at);
            answered(app, what, status, &body, now, out);
        }
        Event::Tick => poll::tick(app, now, out),
        Event::Back => {
            chats::looked(app);
            chats::hurry(app, out);
            poll::again(app, now, out);
        }
        Event::Replies(asked, replies) => chats::replies(app, &asked, replies, out),
        Event::Titles(titles) => chats::titles(app, titles),
        Event::Touched => {
            app.touched_ms = now.ms;
            chats::looked(app);
            if let Some(desk) = app.desk_mut() {
                desk.idle_warned = false;
            }
        }
        Event::Narrow(narrow) => app.narrow = narrow,
        Event::Went(path, query) => {
            let wish: Wish = desk::wish(&path, &query);
            app.wish = wish.clone();
            desk::go(app, wish, now, out);
        }
    }
}

/// A key that was never used, for something that is sent now. One event may send several things.
pub(crate) fn key(app: &mut App, now: &Now) -> String {
    let mut key = now.fresh.clone();
    if app.keys > 0
        && let Some(last) = key.pop()
    {
        // One digit of 32 tells the things of one event apart.
        let digit = last.to_digit(16).unwrap_or(0) ^ u32::from(app.keys & 15);
        key.extend(char::from_digit(digit, 16));
    }
    app.keys = app.keys.saturating_add(1);
    key
}

/// Is an answer under way?
pub(crate) fn is_waiting(app: &App, what: &What) -> bool {
    app.waiting.iter().any(|(_, one)| one == what)
}

/// Nobody waits for the answers to these requests any more.
pub(crate) fn stop(app: &mut App, which: impl Fn(&What) -> bool, out: &mut Vec<Effect>) {
    let gone = app.waiting.extract_if(.., |(_, what)| which(what));
    out.extend(gone.map(|(number, _)| Effect::Stop(number)));
}

/// Asks for something.
pub(crate) fn get(app: &mut App, what: What, path: String, out: &mut Vec<Effect>) {
    ask(app, what, path, None, "", out);
}

/// Sends something; with a body it is a POST.
pub(crate) fn ask(
    app: &mut App,
    what: What,
    path: String,
    body: Option<String>,
    key: &str,
    out: &mut Vec<Effect>,
) {
    app.asked += 1;
    let csrf = match (&app.screen, &body) {
        (Screen::Desk(desk), Some(_)) => desk.session.csrf.clone(),
        _ => String::new(),
    };
    app.waiting.push((app.asked, what));
    out.push(Effect::Ask(Request {
        number: app.asked,
        path,
        body,
        key: key.to_string(),
        csrf,
    }));
}

fn pressed(app: &mut App, press: Press, now: &Now, out: &mut Vec<Effect>) {
    match (&app.screen, &press) {
        (Screen::Unreachable, Press::Refresh) => {
            app.screen = Screen::Starting;
            get(app, What::Session, path::SESSION.to_string(), out);
        }
        (Screen::SignIn(_), _) => sign_in::press(app, &press, out),
        (Screen::Desk(_), Press::SignOut) => {
            ask(
                app,
                What::SignOut,
                path::SIGN_OUT.to_string(),
                Some(String::new()),
                "",
                out,
            );
        }
        (Screen::Desk(_), _) => {
            if let Some(desk) = app.desk_mut() {
                desk.idle_warned = false;
            }
            match press {
                Press::Chat(press) => chats::press(app, press, now, out),
                press if desk::press(app, &press, now, out) => {}
                press => panel::press(app, press, now, out),
            }
        }
        _ => {}
    }
}

fn answered(app: &mut App, what: What, status: u16, body: &str, now: &Now, out: &mut Vec<Effect>) {
    match what {
        What::Session => match (status, wire::read::<Session>(body, "name")) {
            (200, Some(session)) => sign_in::signed_in(app, session, now, out),
            (401 | 403, _) => sign_in::open(app, None, out),
            _ => app.screen = Screen::Unreachable,
        },
        What::Ways => sign_in::ways_answered(app, status, body, out),
        What::SignIn => sign_in::answered(app, status, body, now, out),
        What::SignOut if status == 0 || status >= 500 => {
            if let Some(desk) = app.desk_mut() {
                let text = "Serveren svarede ikke. Du er stadig logget ind. Prøv igen.";
                desk.notice = Told::bad(text);
                out.push(Effect::Say(text.into()));
            }
        }
        What::SignOut => sign_in::open(app, Told::good("Du er logget ud."), out),
        _ if status == 401 => {
            let unsaved = matches!(what, What::Change | What::Look | What::Said(_));
            let text = if unsaved {
                "Du er blevet logget ud. Ændringen er ikke gemt. Log ind, og gør det igen."
            } else {
                "Du er blevet logget ud. Log ind igen."
            };
            sign_in::open(app, Told::note(text), out);
        }
        What::Places => desk::places_answered(app, status, body, now, out),
        What::Days => poll::days_answered(app, status, body, now, out),
        What::Alerts => poll::alerts_answered(app, status, body, out),
        What::Find(receipt) => panel::found_answered(app, &receipt, status, body, out),
        What::Slots(receipt) => panel::slots_answered(app, &receipt, status, body, out),
        What::Look => deed::looked(app, status, body, out),
        What::Change => deed::changed(app, status, body, now, out),
        What::Queue => chats::queue_answered(app, status, body, now, out),
        What::Reading(receipt) => chats::read_answered(app, &receipt, status, body, now, out),
        What::Said(id) => chats::said_answered(app, &id, status, body, now, out),
        What::Facts => chats::facts_answered(app, status, body, out),
        What::Presence => chats::presence_answered(app, status, now),
        What::Typing => {}
    }
}
