//! The desk of somebody who is signed in: which location, which day, day or week.

use hours::Date;
use protocol::staff::Places;
use protocol::{Session, path};

use crate::chats::Chats;
use crate::message::{Effect, Now, Press};
use crate::state::{App, Area, Desk, Panel, Screen, Told, View, What, Wish};
use crate::step::get;
use crate::{panel, poll, query, when, wire};

/// Addresses of the parts, below /konsol/.
pub(crate) const BOOKING: &str = "booking";
pub(crate) const CHATS: &str = "samtaler";

/// What an address asks for.
pub(crate) fn wish(path: &str, query: &str) -> Wish {
    Wish {
        area: match path {
            BOOKING => Some(Area::Booking),
            CHATS => Some(Area::Chats),
            _ => None,
        },
        location: query::value(query, "sted").to_string(),
        date: Date::parse(query::value(query, "dag")),
        view: if query::value(query, "visning") == "uge" {
            View::Week
        } else {
            View::Day
        },
    }
}

/// The address of a wish, below /konsol/.
fn address(wish: &Wish) -> String {
    let day = wish.date.map(|date| date.to_string()).unwrap_or_default();
    let mut pairs = vec![("sted", wish.location.as_str()), ("dag", &day)];
    if wish.view == View::Week {
        pairs.push(("visning", "uge"));
    }
    query::with(BOOKING, &pairs)
}

/// Opens the desk of a session.
pub(crate) fn open(app: &mut App, session: Session, now: &Now, out: &mut Vec<Effect>) {
    app.waiting.clear();
    app.touched_ms = now.ms;
    let mut desk = Desk {
        session,
        area: Area::Booking,
        chats: Chats::default(),
        places: None,
        location: String::new(),
        date: app.wish.date.unwrap_or(app.today()),
        view: app.wish.view,
        days: None,
        heard_ms: 0,
        lost: false,
        polled_ms: now.ms,
        panel: Panel::Closed,
        told: None,
        notice: None,
        change: None,
        alerts: Vec::new(),
        idle_warned: false,
        end_warned: false,
        opener: String::new(),
    };
    desk.area = match app.wish.area {
        Some(area) => area,
        None if !desk.sees_bookings() && desk.sees_chats() => Area::Chats,
        None => Area::Booking,
    };
    app.screen = Screen::Desk(Box::new(desk));
    out.push(Effect::Focus("title".into()));
    arrive(app, out);
}

/// Asks for what the part on the page needs and nobody has asked for yet.
fn arrive(app: &mut App, out: &mut Vec<Effect>) {
    let Some(desk) = app.desk() else { return };
    if desk.area == Area::Chats {
        let hears = desk.hears();
        out.push(Effect::Address(CHATS.into(), false));
        if hears {
            get(app, What::Alerts, path::STAFF_ALERTS.to_string(), out);
        }
    } else if desk.sees_bookings() && desk.places.is_none() {
        get(app, What::Places, path::STAFF_PLACES.to_string(), out);
        get(app, What::Alerts, path::STAFF_ALERTS.to_string(), out);
    }
}

/// Another part of the console. Whoever takes chats goes on doing so.
pub(crate) fn area(app: &mut App, area: Area, now: &Now, out: &mut Vec<Effect>) {
    let Some(desk) = app.desk_mut() else { return };
    if desk.area == area {
        return;
    }
    desk.area = area;
    desk.notice = None;
    let known = desk.places.is_some();
    app.wish.area = Some(area);
    match area {
        Area::Chats => out.push(Effect::Address(CHATS.into(), true)),
        Area::Booking if known => {
            note_address(app, true, out);
            poll::days(app, now, out);
        }
        Area::Booking => {
            out.push(Effect::Address(BOOKING.into(), true));
            arrive(app, out);
        }
    }
    out.push(Effect::Focus("title".into()));
}

/// The locations are known: the days of the one that was asked for, or of the first.
pub(crate) fn places_answered(
    app: &mut App,
    status: u16,
    body: &str,
    now: &Now,
    out: &mut Vec<Effect>,
) {
    let wish = app.wish.clone();
    let Some(desk) = app.desk_mut() else { return };
    let places = wire::read::<Places>(body, "locations");
    let (200, Some(places)) = (status, places) else {
        desk.lost = true; // the next tick asks again
        return;
    };
    desk.lost = false;
    let wished = places.locations.iter().find(|one| one.id == wish.location);
    let chosen = wished.or(places.locations.first());
    desk.location = chosen.map(|one| one.id.clone()).unwrap_or_default();
    desk.places = Some(places);
    if desk.location.is_empty() || desk.area != Area::Booking {
        return;
    }
    note_address(app, false, out);
    poll::days(app, now, out);
}

/// Puts what is chosen into the address.
fn note_address(app: &mut App, step: bool, out: &mut Vec<Effect>) {
    let Some(desk) = app.desk() else { return };
    let wish = Wish {
        area: Some(Area::Booking),
        location: desk.location.clone(),
        date: Some(desk.date),
        view: desk.view,
    };
    out.push(Effect::Address(address(&wish), step));
    app.wish = wish;
}

/// Shows another choice. The panel stays open unless something is being written in it that belongs to the old one.
fn choose(app: &mut App, change: impl FnOnce(&mut Desk), now: &Now, out: &mut Vec<Effect>) {
    let Some(desk) = app.desk_mut() else { return };
    change(desk);
    desk.days = None;
    desk.notice = None;
    note_address(app, true, out);
    poll::days(app, now, out);
}

/// The browser went back or forward.
pub(crate) fn go(app: &mut App, wish: Wish, now: &Now, out: &mut Vec<Effect>) {
    let today = app.today();
    let Some(desk) = app.desk_mut() else { return };
    desk.area = wish.area.unwrap_or(desk.area);
    if desk.area == Area::Chats {
        return;
    }
    if desk.places.is_none() {
        return arrive(app, out);
    }
    let known = desk
        .places
        .as_ref()
        .is_some_and(|places| places.locations.iter().any(|one| one.id == wish.location));
    if known {
        desk.location = wish.location;
    }
    desk.date = wish.date.unwrap_or(today);
    desk.view = wish.view;
    desk.days = None;
    poll::days(app, now, out);
}

/// A button of the desk; false when it is none.
pub(crate) fn press(app: &mut App, press: &Press, now: &Now, out: &mut Vec<Effect>) -> bool {
    let today = app.today();
    let Some(desk) = app.desk() else { return false };
    let week = desk.view == View::Week;
    match press {
        Press::Location(id) => {
            if desk.location != *id {
                let id = id.clone();
                choose(app, |desk| desk.location = id, now, out);
            }
        }
        Press::Day(text) => {
            if let Some(date) = Date::parse(text).filter(|date| *date != desk.date) {
                choose(app, |desk| desk.date = date, now, out);
            }
        }
        Press::Turn(by) => {
            let days = if week { by * 7 } else { *by };
            choose(app, |desk| desk.date = desk.date.add_days(days), now, out);
            say_days(app, out);
        }
        Press::Today => {
            choose(app, |desk| desk.date = today, now, out);
            say_days(app, out);
        }
        Press::View(view) => {
            let view = *view;
            if desk.view != view {
                choose(app, |desk| desk.view = view, now, out);
            }
        }
        Press::Open(day) => {
            let date = Date::from_days_since_epoch(*day);
            choose(
                app,
                |desk| {
                    desk.date = date;
                    desk.view = View::Day;
                },
                now,
                out,
            );
            out.push(Effect::Focus("title".into()));
        }
        Press::Refresh => {
            poll::days(app, now, out);
            poll::alerts(app, out);
        }
        Press::Stay => {
            if let Some(desk) = app.desk_mut() {
                desk.notice = None;
            }
            // Tells the server as well.
            poll::days(app, now, out);
            out.push(Effect::Focus("title".into()));
        }
        Press::Print => out.push(Effect::Print),
        Press::Find => find(app, out),
        Press::Area(to) => area(app, *to, now, out),
        _ => return false,
    }
    true
}

fn say_days(app: &App, out: &mut Vec<Effect>) {
    let Some(desk) = app.desk() else { return };
    out.push(Effect::Say(match desk.view {
        View::Day => when::capital(&when::day(desk.date, app.today())),
        View::Week => format!("Uge {}", when::week_number(desk.date)),
    }));
}

/// Looks for the receipt in the search field.
fn find(app: &mut App, out: &mut Vec<Effect>) {
    let receipt = app.field("search").trim().to_uppercase();
    app.faults.remove("search");
    if receipt.is_empty() {
        app.faults
            .insert("search", "Skriv nummeret fra borgerens kvittering.".into());
        out.push(Effect::Focus("search".into()));
        return;
    }
    if let Some(desk) = app.desk_mut() {
        desk.opener = "search".into();
    }
    panel::show(app, receipt, out);
}

/// A sentence above the day, spoken too.
pub(crate) fn notice(app: &mut App, told: Option<Told>, out: &mut Vec<Effect>) {
    if let Some(told) = &told {
        out.push(Effect::Say(told.text.clone()));
    }
    if let Some(desk) = app.desk_mut() {
        desk.notice = told;
    }
}
