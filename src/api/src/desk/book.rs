//! A hold becomes a booking: contact, privacy text, code and cap are checked, and its messages are queued.

use super::hold::times;
use super::{Desk, Draft, code, contact, no_such, receipt_of, secret_hash};
use crate::fault::Fault;
use crate::secret;
use crate::store::Tx;
use crate::store::bookings::{BookingRow, PersonRow};
use crate::store::outbox::OutRow;
use crate::store::visits::VisitRow;
use crate::tenant::Site;
use booking::{Actor, Event, Receipt, State, permit};
use protocol::{BookingRequest, Channel, Code, Language};

/// A reminder goes this long before the visit, if it is booked earlier than twice that.
const REMIND_MS: i64 = 24 * 3_600_000;

pub(super) async fn book(
    desk: &Desk,
    tx: &mut Tx,
    site: &Site,
    wish: &BookingRequest,
    holder: &str,
    now_ms: i64,
) -> Result<Draft, Fault> {
    let mut visit = tx.held(&secret_hash(holder)).await?.ok_or_else(no_such)?;
    permit(
        visit.state,
        Event::Confirm,
        Actor::Citizen,
        &times(&visit, 0, now_ms),
    )?;
    let service = site
        .admin
        .service(&visit.service)
        .ok_or(Fault::No(Code::NotFound, "the service is given no more"))?;
    if wish.privacy_version != site.admin.privacy.version {
        return Err(Fault::No(
            Code::PrivacyChanged,
            "another privacy text is in force; show it and ask again",
        ));
    }
    let person = contact::person(service, wish)?;
    if service.code {
        code::check(tx, &visit.id, &person, wish.code.as_deref(), now_ms).await?;
    }
    let locks = [
        format!("contact:{}", person.phone),
        format!("contact:{}", person.email),
    ];
    let locks: Vec<&str> = locks
        .iter()
        .map(String::as_str)
        .filter(|l| !l.ends_with(':'))
        .collect();
    tx.lock(&locks).await?;
    let coming = tx.coming(&person.phone, &person.email, now_ms).await?;
    if coming >= i64::from(site.admin.limits.active_per_contact) {
        return Err(Fault::No(
            Code::TooManyBookings,
            "the contact has as many bookings as are allowed",
        ));
    }
    let id = secret::random::<12>();
    let booking = BookingRow {
        id: id.clone(),
        receipt: receipt(tx).await?,
        secret_hash: secret_hash(&desk.secret_of(site, "secret", &id)),
        sequence: 0,
        stamp_ms: now_ms,
        privacy_version: wish.privacy_version.clone(),
        language: language(wish.language).to_owned(),
    };
    tx.add_booking(&booking, &person).await?;
    if !tx.confirm(&visit.id, &booking.id).await? {
        return Err(Fault::No(
            Code::HoldExpired,
            "the hold is no more; choose again",
        ));
    }
    visit.booking.clone_from(&booking.id);
    visit.state = State::Confirmed;
    tx.audit(now_ms, &booking.id, &visit.id, "confirmed", "citizen")
        .await?;
    notify(tx, &visit, &person, "confirmed", "", now_ms).await?;
    remind(tx, &visit, &person, now_ms).await?;
    let mut draft = Draft::plain(&receipt_of(tx, site, &booking, &visit, now_ms).await?)?;
    draft.status = 201;
    draft.secret = Some(("secret", id));
    Ok(draft)
}

/// A number that no booking of the kommune has.
async fn receipt(tx: &mut Tx) -> Result<String, Fault> {
    loop {
        let receipt = Receipt::from_number(secret::random_number()).to_string();
        if !tx.has_receipt(&receipt).await? {
            return Ok(receipt);
        }
    }
}

pub(super) fn language(language: Language) -> &'static str {
    match language {
        Language::Da => "da",
        Language::En => "en",
    }
}

/// Queues a message about what just happened, by every way that the citizen gave. `payload` is a part of its words.
pub(super) async fn notify(
    tx: &mut Tx,
    visit: &VisitRow,
    person: &PersonRow,
    about: &str,
    payload: &str,
    now_ms: i64,
) -> Result<(), Fault> {
    for channel in channels(person) {
        let row = OutRow {
            id: secret::random::<12>(),
            booking: visit.booking.clone(),
            visit: visit.id.clone(),
            about: about.to_owned(),
            channel: name(channel).to_owned(),
            recipient: String::new(),
            payload: payload.to_owned(),
            dedupe: format!("{about}-{}-{}", name(channel), visit.id),
            state: "queued".to_owned(),
            tries: 0,
            due_ms: now_ms,
        };
        tx.post(&row, now_ms).await?;
    }
    Ok(())
}

/// Queues the reminder of a visit that is far enough away.
pub(super) async fn remind(
    tx: &mut Tx,
    visit: &VisitRow,
    person: &PersonRow,
    now_ms: i64,
) -> Result<(), Fault> {
    if visit.start_ms - now_ms <= 2 * REMIND_MS {
        return Ok(());
    }
    for channel in channels(person) {
        let row = OutRow {
            id: secret::random::<12>(),
            booking: visit.booking.clone(),
            visit: visit.id.clone(),
            about: "reminder".to_owned(),
            channel: name(channel).to_owned(),
            recipient: String::new(),
            payload: String::new(),
            dedupe: format!("reminder-{}-{}", name(channel), visit.id),
            state: "queued".to_owned(),
            tries: 0,
            due_ms: visit.start_ms - REMIND_MS,
        };
        tx.post(&row, now_ms).await?;
    }
    Ok(())
}

/// How somebody is reached.
pub(super) fn channels(person: &PersonRow) -> impl Iterator<Item = Channel> {
    let email = (!person.email.is_empty()).then_some(Channel::Email);
    let sms = (!person.phone.is_empty()).then_some(Channel::Sms);
    email.into_iter().chain(sms)
}

fn name(channel: Channel) -> &'static str {
    match channel {
        Channel::Email => "email",
        Channel::Sms => "sms",
    }
}
