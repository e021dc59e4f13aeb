//! What is only read: services, free times, a booking, its calendar file, everything stored about it.

use super::change::{change_minutes, found};
use super::hold::times;
use super::{Desk, no_such};
use crate::fault::Fault;
use crate::store::Tx;
use crate::store::bookings::BookingRow;
use crate::store::outbox::OutRow;
use crate::store::visits::{VisitRow, taken_by};
use crate::tenant::Site;
use booking::{
    Actor, ContactNeed, Event, HOLD_MS, Invite, InviteState, Query, State, Words, ics,
    instant_text, permit, slots,
};
use hours::Date;
use protocol::{
    About, Adapter, Ask, Channel, Code, Contact, Export, Language, Location, Need, Notice,
    NoticeState, Privacy, Receipt, Service, Services, Slot, Slots, SlotsQuery, Text,
};

/// What can be booked in a kommune, but for what only other systems know.
fn services(site: &Site) -> Services {
    let admin = &site.admin;
    let service = |s: &booking::Service| {
        let (phone, email) = match s.contact {
            ContactNeed::PhoneOrEmail => (Need::Optional, Need::Optional),
            ContactNeed::Phone => (Need::Required, Need::Optional),
            ContactNeed::Email => (Need::Optional, Need::Required),
            ContactNeed::Both => (Need::Required, Need::Required),
        };
        Service {
            id: s.id.clone(),
            name: text(&s.name),
            bring: s.bring.iter().map(text).collect(),
            minutes: s.minutes,
            persons_max: s.persons_most,
            locations: admin.locations_of(&s.id).map(location).collect(),
            ask: Ask {
                phone,
                email,
                cpr: if s.cpr { Need::Required } else { Need::No },
            },
            code_needed: s.code,
            adapter: match &s.adapter {
                booking::Adapter::Builtin => Adapter::Builtin,
                booking::Adapter::Link { url } => Adapter::Link { url: url.clone() },
                booking::Adapter::Http { .. } => Adapter::Http,
            },
        }
    };
    let days = admin.privacy.retention_days;
    Services {
        services: admin.services.iter().map(service).collect(),
        privacy: Privacy {
            version: admin.privacy.version.clone(),
            controller: admin.privacy.controller.clone(),
            purpose: text(&admin.privacy.purpose),
            retention: Text {
                da: format!("Slettes {days} dage efter besøget."),
                en: Some(format!("Erased {days} days after the visit.")),
            },
            text: text(&admin.privacy.text),
        },
        timezone: "Europe/Copenhagen".to_owned(),
        hold_seconds: u32::try_from(HOLD_MS / 1000).unwrap_or(0),
    }
}

/// What a service is called and what to bring, in the kommune's own words.
pub(crate) fn service_text(site: &Site, id: &str) -> (Text, Vec<Text>) {
    let unknown = || Text {
        da: id.to_owned(),
        en: None,
    };
    site.admin.service(id).map_or_else(
        || (unknown(), Vec::new()),
        |s| (text(&s.name), s.bring.iter().map(text).collect()),
    )
}

fn text(words: &Words) -> Text {
    Text {
        da: words.da.clone(),
        en: (!words.en.is_empty()).then(|| words.en.clone()),
    }
}

fn location(l: &booking::Location) -> Location {
    Location {
        id: l.id.clone(),
        name: l.name.da.clone(),
        address: l.address.clone(),
        directions: (!l.directions.is_empty()).then(|| l.directions.clone()),
    }
}

impl Desk {
    /// What can be booked in a kommune. Places of a service that another system keeps come from there; while it does not
    /// answer, the last that were heard stand, or none.
    pub async fn services(&self, site: &Site) -> Services {
        let mut all = services(site);
        for service in &mut all.services {
            if service.adapter == Adapter::Http
                && let Some(offer) = self.adapters.offer(site, &service.id).await
            {
                service.minutes = offer.minutes;
                service.persons_max = offer.persons_max;
                service.locations = offer.locations;
            }
        }
        all
    }

    pub(super) async fn slots_here(&self, site: &Site, query: &SlotsQuery) -> Result<Slots, Fault> {
        let (from, days) = dates(&query.from, query.days.unwrap_or(7), 31)?;
        let wanted = Query {
            service: &query.service,
            location: query.location.as_deref(),
            persons: query.persons.unwrap_or(1),
            from,
            days: days.into(),
            now_ms: self.clock.now_ms(),
        };
        let mut tx = self.reading(site).await?;
        free_times(&mut tx, site, &wanted, "").await
    }

    pub(super) async fn show_here(&self, site: &Site, secret: &str) -> Result<Receipt, Fault> {
        let now_ms = self.clock.now_ms();
        let mut tx = self.reading(site).await?;
        let (booking, visit) = found(&mut tx, secret).await?;
        receipt_of(&mut tx, site, &booking, &visit, now_ms).await
    }

    pub(super) async fn calendar_here(&self, site: &Site, secret: &str) -> Result<String, Fault> {
        let mut tx = self.reading(site).await?;
        let (booking, visit) = found(&mut tx, secret).await?;
        Ok(calendar_of(site, &booking, &visit))
    }

    pub(super) async fn export_here(&self, site: &Site, secret: &str) -> Result<Export, Fault> {
        let now_ms = self.clock.now_ms();
        let mut tx = self.store.write(&site.tenant).await?;
        let (booking, visit) = found(&mut tx, secret).await?;
        tx.audit(now_ms, &booking.id, &visit.id, "exported", "citizen")
            .await?;
        let person = tx.person(&booking.id).await?.ok_or_else(no_such)?;
        let given = |text: String| (!text.is_empty()).then_some(text);
        let export = Export {
            booking: receipt_of(&mut tx, site, &booking, &visit, now_ms).await?,
            contact: Contact {
                name: person.name,
                phone: given(person.phone),
                email: given(person.email),
            },
            cpr: given(person.cpr),
            privacy_version: booking.privacy_version.clone(),
            language: if booking.language == "en" {
                Language::En
            } else {
                Language::Da
            },
            history: tx
                .history(&booking.id)
                .await?
                .into_iter()
                .map(|line| protocol::Event {
                    at: instant_text(line.at_ms),
                    what: line.what,
                    // Which of them it was is for the kommune to know.
                    by: match line.who.as_str() {
                        who @ ("citizen" | "system") => who.to_owned(),
                        _ => "staff".to_owned(),
                    },
                })
                .collect(),
        };
        tx.commit().await?;
        Ok(export)
    }
}

/// The first day and the number of days that were asked for.
pub(super) fn dates(from: &str, days: u8, most: u8) -> Result<(Date, u8), Fault> {
    let from = Date::parse(from).ok_or(Fault::No(Code::Invalid, "from: write 2026-12-04"))?;
    if (1..=most).contains(&days) {
        Ok((from, days))
    } else if most == 7 {
        Err(Fault::No(Code::Invalid, "days: 1 to 7"))
    } else {
        Err(Fault::No(Code::Invalid, "days: 1 to 31"))
    }
}

/// Free times, when the visit `but` is looked over.
pub(super) async fn free_times(
    tx: &mut Tx,
    site: &Site,
    wanted: &Query<'_>,
    but: &str,
) -> Result<Slots, Fault> {
    let first_ms = i64::from(wanted.from.days_since_epoch()) * 86_400_000 - 7_200_000;
    let last_ms = first_ms + (i64::from(wanted.days) + 1) * 86_400_000;
    let occupied = tx.occupied(first_ms, last_ms, wanted.now_ms).await?;
    let taken = taken_by(occupied.iter().filter(|o| o.id != but));
    let offer = slots(&site.admin, wanted, &taken)?;
    let slot = |s: booking::Slot| Slot {
        start: instant_text(s.start_ms),
        end: instant_text(s.end_ms),
        location: s.location,
        free: s.free,
    };
    Ok(Slots {
        slots: offer.slots.into_iter().map(slot).collect(),
        next: offer.next.map(|date| date.to_string()),
    })
}

/// The calendar entry of a booking.
pub(crate) fn calendar_of(site: &Site, booking: &BookingRow, visit: &VisitRow) -> String {
    let danish = booking.language != "en";
    let service = site.admin.service(&visit.service);
    let place = site.admin.location(&visit.location);
    let words = |w: &Words| {
        if danish || w.en.is_empty() {
            w.da.clone()
        } else {
            w.en.clone()
        }
    };
    let name = service.map_or_else(|| visit.service.clone(), |s| words(&s.name));
    let mut lines: Vec<String> = service
        .map(|s| s.bring.iter().map(|b| format!("- {}", words(b))).collect())
        .unwrap_or_default();
    lines.push(format!(
        "{}: {}",
        if danish { "Kvittering" } else { "Receipt" },
        booking.receipt
    ));
    ics(&Invite {
        receipt: &booking.receipt,
        domain: &site.domain,
        sequence: booking.sequence,
        stamp_ms: booking.stamp_ms,
        start_ms: visit.start_ms,
        end_ms: visit.end_ms,
        summary: &format!("{name}, {}", site.admin.name),
        location: &place.map_or_else(String::new, |l| {
            format!("{}, {}", words(&l.name), l.address)
        }),
        description: &lines.join("\n"),
        state: if visit.state == State::Cancelled {
            InviteState::Cancelled
        } else {
            InviteState::Confirmed
        },
    })
}

/// A booking as the citizen sees it.
pub(crate) async fn receipt_of(
    tx: &mut Tx,
    site: &Site,
    booking: &BookingRow,
    visit: &VisitRow,
    now_ms: i64,
) -> Result<Receipt, Fault> {
    let service = site.admin.service(&visit.service);
    let place = site.admin.location(&visit.location).map(location);
    let messages = tx.messages(&booking.id).await?;
    let at = times(visit, change_minutes(site, visit), now_ms);
    Ok(Receipt {
        receipt: booking.receipt.clone(),
        secret: None,
        state: state(visit.state),
        service: visit.service.clone(),
        service_name: service.map_or_else(
            || Text {
                da: visit.service.clone(),
                en: None,
            },
            |s| text(&s.name),
        ),
        location: visit.location.clone(),
        location_name: place
            .as_ref()
            .map_or_else(|| visit.location.clone(), |l| l.name.clone()),
        address: place
            .as_ref()
            .map_or_else(String::new, |l| l.address.clone()),
        directions: place.and_then(|l| l.directions),
        start: instant_text(visit.start_ms),
        end: instant_text(visit.end_ms),
        persons: visit.persons,
        bring: service
            .map(|s| s.bring.iter().map(text).collect())
            .unwrap_or_default(),
        changeable: permit(visit.state, Event::Cancel, Actor::Citizen, &at).is_ok(),
        notices: messages.iter().filter_map(notice).collect(),
    })
}

/// A state as others see it.
pub(super) fn state(state: State) -> protocol::State {
    match state {
        State::CheckedIn => protocol::State::CheckedIn,
        State::NoShow => protocol::State::NoShow,
        State::Held | State::Confirmed => protocol::State::Confirmed,
        State::Released | State::Expired | State::Moved | State::Cancelled => {
            protocol::State::Cancelled
        }
    }
}

/// A message as others see it; a code is nobody's business.
pub(super) fn notice(row: &OutRow) -> Option<Notice> {
    Some(Notice {
        channel: if row.channel == "sms" {
            Channel::Sms
        } else {
            Channel::Email
        },
        about: match row.about.as_str() {
            "confirmed" => About::Confirmed,
            "moved" => About::Moved,
            "cancelled" => About::Cancelled,
            "reminder" => About::Reminder,
            _ => return None,
        },
        state: match row.state.as_str() {
            "sent" => NoticeState::Sent,
            "failed" => NoticeState::Failed,
            _ => NoticeState::Queued,
        },
    })
}
