//! The calendar file of a visit, RFC 5545. Times are UTC, so it needs no time zone rules of its own.
//!
//! The UID stays the same when a visit is moved or cancelled and SEQUENCE grows, so a calendar replaces what it has.

use hours::Date;

/// What a calendar should show.
#[derive(Clone, Copy, Debug)]
pub struct Invite<'a> {
    /// Receipt number as written.
    pub receipt: &'a str,
    /// The kommune's domain, `eksempelby.example`; together they are the UID.
    pub domain: &'a str,
    /// Grows by one with each move and with a cancellation; 0 at first.
    pub sequence: u32,
    /// When the booking got this form, UTC milliseconds. Not the time of the download: the file stays the same.
    pub stamp_ms: i64,
    /// Start, UTC milliseconds.
    pub start_ms: i64,
    /// End, not included.
    pub end_ms: i64,
    /// "Bestil pas, Eksempelby Kommune".
    pub summary: &'a str,
    /// Name and address.
    pub location: &'a str,
    /// What to bring and the receipt number; lines apart by `\n`. Never a secret.
    pub description: &'a str,
    /// Booked or called off.
    pub state: InviteState,
}

/// Whether the visit takes place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InviteState {
    /// It does.
    Confirmed,
    /// It does not.
    Cancelled,
}

/// The file: lines end with CR LF and have at most 75 octets.
pub fn ics(invite: &Invite) -> String {
    let (method, status) = match invite.state {
        InviteState::Confirmed => ("PUBLISH", "CONFIRMED"),
        InviteState::Cancelled => ("CANCEL", "CANCELLED"),
    };
    let lines = [
        "BEGIN:VCALENDAR".to_owned(),
        "VERSION:2.0".to_owned(),
        "PRODID:-//Lokalsvar//Tidsbestilling//DA".to_owned(),
        "CALSCALE:GREGORIAN".to_owned(),
        format!("METHOD:{method}"),
        "BEGIN:VEVENT".to_owned(),
        format!("UID:{}@{}", escaped(invite.receipt), escaped(invite.domain)),
        format!("DTSTAMP:{}", utc(invite.stamp_ms)),
        format!("DTSTART:{}", utc(invite.start_ms)),
        format!("DTEND:{}", utc(invite.end_ms)),
        format!("SEQUENCE:{}", invite.sequence),
        format!("STATUS:{status}"),
        format!("SUMMARY:{}", escaped(invite.summary)),
        format!("LOCATION:{}", escaped(invite.location)),
        format!("DESCRIPTION:{}", escaped(invite.description)),
        "TRANSP:OPAQUE".to_owned(),
        "END:VEVENT".to_owned(),
        "END:VCALENDAR".to_owned(),
    ];
    lines.iter().map(|line| folded(line)).collect()
}

/// `20261204T131500Z`.
fn utc(ms: i64) -> String {
    let day = i32::try_from(ms.div_euclid(86_400_000)).unwrap_or(i32::MAX);
    let date = Date::from_days_since_epoch(day);
    let seconds = ms.rem_euclid(86_400_000) / 1000;
    let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    let (year, month, day) = (date.year(), date.month(), date.day());
    format!("{year:04}{month:02}{day:02}T{hour:02}{minute:02}{second:02}Z")
}

/// RFC 5545, 3.3.11: backslash, semicolon, comma and line ends; other control characters are dropped.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '\\' | ';' | ',' => out.extend(['\\', char]),
            '\n' => out.push_str("\\n"),
            _ if char.is_control() => {}
            _ => out.push(char),
        }
    }
    out
}

/// RFC 5545, 3.1: at most 75 octets a line, going on after CR LF and a blank; never inside a character.
fn folded(line: &str) -> String {
    let mut out = String::with_capacity(line.len() + 8);
    let mut octets = 0;
    for char in line.chars() {
        if octets + char.len_utf8() > 75 {
            out.push_str("\r\n ");
            octets = 1;
        }
        out.push(char);
        octets += char.len_utf8();
    }
    out.push_str("\r\n");
    out
}
