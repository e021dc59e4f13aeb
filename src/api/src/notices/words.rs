//! What notices say, in plain Danish and in English. A text message holds no name; a mail holds no CPR number.

use super::Message;
use crate::store::bookings::{BookingRow, PersonRow};
use crate::store::outbox::OutRow;
use crate::store::visits::VisitRow;
use crate::tenant::Site;
use booking::Words;
use hours::{Lang, copenhagen, date_text, time_text, weekday_name};
use std::fmt::Write as _;

/// A code; `payload` is the language and the code.
pub(super) fn code(site: &Site, row: &OutRow) -> Option<Message> {
    let (language, code) = row.payload.split_once(' ')?;
    let name = &site.admin.name;
    let (subject, text) = if language == "en" {
        (
            format!("Your code from {name}"),
            format!(
                "Your code is {code}. It lasts for 10 minutes. You need it to book a time at {name}."
            ),
        )
    } else {
        (
            format!("Din kode fra {name}"),
            format!(
                "Din kode er {code}. Den gælder i 10 minutter. Du skal bruge den til at bestille tid hos {name}."
            ),
        )
    };
    Some(Message {
        id: row.dedupe.clone(),
        to: row.recipient.clone(),
        subject,
        text,
        calendar: None,
    })
}

/// Everything else.
pub(super) fn notice(
    site: &Site,
    row: &OutRow,
    booking: &BookingRow,
    visit: &VisitRow,
    person: &PersonRow,
    link: &str,
) -> Message {
    let danish = booking.language != "en";
    let pick = |w: &Words| {
        if danish || w.en.is_empty() {
            w.da.clone()
        } else {
            w.en.clone()
        }
    };
    let service = site.admin.service(&visit.service);
    let what = service.map_or_else(|| visit.service.clone(), |s| pick(&s.name));
    let place = site.admin.location(&visit.location);
    let place = place.map_or_else(
        || visit.location.clone(),
        |l| format!("{}, {}", pick(&l.name), l.address),
    );
    let when = when(visit.start_ms, danish);
    let (subject, first) = head(row, danish, &what, &when);
    let over = row.about == "cancelled";
    if row.channel == "sms" {
        let text = match (over, danish) {
            (true, true) => format!(
                "{first} Kvittering {}. {}",
                booking.receipt, site.admin.name
            ),
            (true, false) => format!("{first} Receipt {}. {}", booking.receipt, site.admin.name),
            (false, true) => format!("{first} Sted: {place}. Se, flyt eller aflys: {link}"),
            (false, false) => format!("{first} Place: {place}. See, move or cancel: {link}"),
        };
        return Message {
            id: row.dedupe.clone(),
            to: person.phone.clone(),
            subject,
            text,
            calendar: None,
        };
    }
    let mut text = if danish {
        format!(
            "Hej {}\n\n{first}\n\nKvittering: {}\n",
            person.name, booking.receipt
        )
    } else {
        format!(
            "Hello {}\n\n{first}\n\nReceipt: {}\n",
            person.name, booking.receipt
        )
    };
    if !over {
        let _ = writeln!(text, "{}: {place}", if danish { "Sted" } else { "Place" });
        let bring = service.map(|s| s.bring.as_slice()).unwrap_or_default();
        if !bring.is_empty() {
            let _ = writeln!(
                text,
                "\n{}:",
                if danish {
                    "Husk at tage med"
                } else {
                    "Please bring"
                }
            );
            for thing in bring {
                let _ = writeln!(text, "- {}", pick(thing));
            }
        }
        let ask = if danish {
            "Se, flyt eller aflys din tid"
        } else {
            "See, move or cancel your time"
        };
        let _ = writeln!(text, "\n{ask}:\n{link}");
    }
    let hello = if danish {
        "Venlig hilsen"
    } else {
        "Kind regards"
    };
    let _ = writeln!(text, "\n{hello}\n{}", site.admin.name);
    Message {
        id: row.dedupe.clone(),
        to: person.email.clone(),
        subject,
        text,
        calendar: None,
    }
}

/// What staff moved or cancelled is said to be so, with their reason: nobody must wonder whether they did it themselves.
fn head(row: &OutRow, danish: bool, what: &str, when: &str) -> (String, String) {
    let reason = sentence(&row.payload);
    match (row.about.as_str(), danish) {
        ("moved", true) if row.payload == "staff" => (
            format!("Din tid er flyttet: {when}"),
            format!(
                "Vi har flyttet din tid til {what}. Den nye tid er {when}. Passer den ikke, kan du selv vælge en anden."
            ),
        ),
        ("moved", false) if row.payload == "staff" => (
            format!("Your time is moved: {when}"),
            format!(
                "We have moved your time for {what}. The new time is {when}. If it does not suit you, you can choose another."
            ),
        ),
        ("cancelled", true) if !reason.is_empty() => (
            format!("Din tid er aflyst: {when}"),
            format!(
                "Vi har aflyst din tid til {what} {when}. Årsag: {reason} Du er velkommen til at bestille en ny tid."
            ),
        ),
        ("cancelled", false) if !reason.is_empty() => (
            format!("Your time is cancelled: {when}"),
            format!(
                "We have cancelled your time for {what} {when}. Reason: {reason} You are welcome to book a new time."
            ),
        ),
        ("moved", true) => (
            format!("Din tid er flyttet: {when}"),
            format!("Din tid til {what} er flyttet til {when}."),
        ),
        ("moved", false) => (
            format!("Your time is moved: {when}"),
            format!("Your time for {what} is now {when}."),
        ),
        ("cancelled", true) => (
            format!("Din tid er aflyst: {when}"),
            format!("Din tid til {what} {when} er aflyst."),
        ),
        ("cancelled", false) => (
            format!("Your time is cancelled: {when}"),
            format!("Your time for {what} {when} is cancelled."),
        ),
        ("reminder", true) => (
            format!("Husk din tid: {when}"),
            format!("Husk din tid til {what} {when}."),
        ),
        ("reminder", false) => (
            format!("Remember your time: {when}"),
            format!("Remember your time for {what} {when}."),
        ),
        (_, true) => (
            format!("Din tid er bestilt: {when}"),
            format!("Din tid til {what} er {when}."),
        ),
        (_, false) => (
            format!("Your time is booked: {when}"),
            format!("Your time for {what} is {when}."),
        ),
    }
}

/// With a full stop at the end, unless it ends otherwise.
fn sentence(text: &str) -> String {
    match text.chars().last() {
        None | Some('.' | '!' | '?') => text.to_owned(),
        Some(_) => format!("{text}."),
    }
}

/// "fredag den 4. december kl. 14.15".
fn when(start_ms: i64, danish: bool) -> String {
    let local = copenhagen(start_ms);
    let lang = if danish { Lang::Da } else { Lang::En };
    let day = weekday_name(local.date.weekday(), lang);
    let (date, time) = (date_text(local.date, lang), time_text(local.minute, lang));
    if danish {
        format!("{day} den {date} kl. {time}")
    } else {
        format!("{day} {date} at {time}")
    }
}
