//! What is asked by itself: days and alerts every quarter of a minute, as long as somebody is here. A session that nobody
//! uses is ended, after a warning, so that no names stay on a screen.

use protocol::path;
use protocol::staff::{Alerts, Days};

use crate::message::{Effect, Now};
use crate::state::{App, Area, Panel, Screen, Told, What};
use crate::step::{ask, get, is_waiting};
use crate::{desk, panel, query, sign_in, when, wire};

/// Between two questions, ms.
const ROUND_MS: i64 = 15_000;
/// Nobody has been here for so long: a warning, ms.
const WARN_MS: i64 = 25 * 60_000;
/// Nobody has been here for so long: the end, ms. The server ends a session after the same time.
const IDLE_MS: i64 = 30 * 60_000;
/// The end of the longest session is told so long before, ms.
const END_MS: i64 = 10 * 60_000;

/// A second has passed.
pub(crate) fn tick(app: &mut App, now: &Now, out: &mut Vec<Effect>) {
    let idle_ms = now.ms - app.touched_ms;
    let kommune = app.kommune.clone();
    let Some(now_desk) = app.desk_mut() else {
        return;
    };
    if idle_ms >= IDLE_MS {
        let csrf = now_desk.session.csrf.clone();
        end(app, csrf, out);
        app.kommune = kommune;
        return;
    }
    if idle_ms >= WARN_MS && !now_desk.idle_warned {
        now_desk.idle_warned = true;
        out.push(Effect::Say(IDLE.into()));
    }
    if !now_desk.end_warned
        && let Some(end_ms) = when::ms(&now_desk.session.expires_at)
        && end_ms - now.ms <= END_MS
    {
        now_desk.end_warned = true;
        let at = when::time(&now_desk.session.expires_at);
        let text = format!(
            "Du bliver logget ud kl. {at}, fordi arbejdsdagen er gået. Gør færdig, hvad du er i gang med, og log ind igen."
        );
        desk::notice(app, Told::note(text), out);
    }
    let Some(desk) = app.desk() else { return };
    if !desk.hears() || now.ms - desk.polled_ms < ROUND_MS {
        return;
    }
    if desk.area == Area::Chats {
        if let Some(desk) = app.desk_mut() {
            desk.polled_ms = now.ms;
        }
        alerts(app, out);
    } else {
        if desk.places.is_none() {
            if let Some(desk) = app.desk_mut() {
                desk.polled_ms = now.ms;
            }
            if !is_waiting(app, &What::Places) {
                get(app, What::Places, path::STAFF_PLACES.to_string(), out);
            }
        } else {
            days(app, now, out);
        }
        alerts(app, out);
    }
}

/// Above everything, when nobody has been here for a while.
pub(crate) const IDLE: &str =
    "Du har ikke brugt siden i 25 minutter. Om 5 minutter bliver du logget ud.";

/// Nobody is here: names go from the screen at once, whatever the server says.
fn end(app: &mut App, csrf: String, out: &mut Vec<Effect>) {
    app.waiting.clear();
    ask(
        app,
        What::SignOut,
        path::SIGN_OUT.to_string(),
        Some(String::new()),
        "",
        out,
    );
    app.waiting.clear();
    if let Some(Effect::Ask(request)) = out.last_mut() {
        request.csrf = csrf;
    }
    sign_in::open(
        app,
        Told::note("Du er logget ud, fordi du ikke har brugt siden i en halv time."),
        out,
    );
}

/// What stands on the page may be old.
pub(crate) fn again(app: &mut App, now: &Now, out: &mut Vec<Effect>) {
    let Some(desk) = app.desk().filter(|desk| desk.hears()) else {
        return;
    };
    if desk.area == Area::Chats {
        alerts(app, out);
    } else if desk.places.is_some() {
        days(app, now, out);
        alerts(app, out);
    }
}

/// Asks for the days that are shown. An answer to an older choice is not waited for any more.
pub(crate) fn days(app: &mut App, now: &Now, out: &mut Vec<Effect>) {
    let Some(desk) = app.desk_mut() else { return };
    if desk.location.is_empty() {
        return;
    }
    desk.polled_ms = now.ms;
    let (from, count) = desk.range();
    let (from, count) = (from.to_string(), count.to_string());
    let mut pairs = vec![
        ("location", desk.location.as_str()),
        ("from", &from),
        ("days", &count),
    ];
    if let Some(days) = &desk.days {
        pairs.push(("known", &days.version));
    }
    let path = query::with(path::STAFF_DAYS, &pairs);
    app.waiting.retain(|(_, what)| *what != What::Days);
    get(app, What::Days, path, out);
}

/// Asks for the alerts.
pub(crate) fn alerts(app: &mut App, out: &mut Vec<Effect>) {
    if !is_waiting(app, &What::Alerts) {
        get(app, What::Alerts, path::STAFF_ALERTS.to_string(), out);
    }
}

/// The days, or that nothing has changed.
pub(crate) fn days_answered(
    app: &mut App,
    status: u16,
    body: &str,
    now: &Now,
    out: &mut Vec<Effect>,
) {
    let Some(desk) = app.desk_mut() else { return };
    let days = wire::read::<Days>(body, "version");
    let (200, Some(days)) = (status, days) else {
        if !desk.lost {
            out.push(Effect::Say(LOST.into()));
        }
        desk.lost = true;
        return;
    };
    if desk.lost {
        out.push(Effect::Say("Der er forbindelse igen.".into()));
    }
    desk.lost = false;
    desk.heard_ms = now.ms;
    if days.unchanged {
        return;
    }
    desk.days = Some(days);
    // The booking in the panel may be another now.
    if let Panel::Visit(shown) = &desk.panel
        && let Some(seen) = &shown.visit
        && desk.change.is_none()
    {
        let differs = desk.visit(&shown.receipt).is_none_or(|visit| visit != seen);
        let (from, count) = desk.range();
        let inside = when::wall(&seen.start).is_some_and(|(date, _)| {
            (from..from.add_days(i32::from(count))).contains(&date)
                && seen.location == desk.location
        });
        if differs && (inside || desk.visit(&shown.receipt).is_some()) {
            let receipt = shown.receipt.clone();
            panel::read(app, receipt, out);
        }
    }
}

/// Above the day while the server does not answer.
pub(crate) const LOST: &str = "Der er ikke forbindelse til serveren.";

/// The alerts. A new one is spoken.
pub(crate) fn alerts_answered(app: &mut App, status: u16, body: &str, out: &mut Vec<Effect>) {
    let Screen::Desk(desk) = &mut app.screen else {
        return;
    };
    let (200, Some(alerts)) = (status, wire::read::<Alerts>(body, "alerts")) else {
        return; // the days tell that the connection is lost
    };
    let new = alerts
        .alerts
        .iter()
        .filter(|alert| desk.alerts.iter().all(|old| old.alert != alert.alert))
        .count();
    if new > 0 {
        out.push(Effect::Say(format!("Nyt under Beskeder: {new}")));
    }
    desk.alerts = alerts.alerts;
}
