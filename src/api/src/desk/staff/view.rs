//! What staff look at: places, days, a booking by its receipt, free times for its move. Whoever reads about a person is written
//! down in the same transaction, before the answer leaves.

use super::super::Desk;
use super::super::hold::times;
use super::super::show::{dates, free_times, notice, state};
use super::{block, found, no_such, said};
use crate::fault::Fault;
use crate::secret;
use crate::store::Tx;
use crate::store::outbox::OutRow;
use crate::store::staff::StaffRow;
use crate::tenant::Site;
use booking::{Actor, CELL_MS, Event, Query, day_cells, day_note, instant_text, opening, permit};
use hours::Date;
use protocol::staff::{
    Can, Counter, Day, Days, DaysQuery, FindQuery, Found, Held, MoveSlots, MoveSlotsQuery, Opening,
    Places, StaffLocation, StaffService, Visit,
};
use protocol::{Code, Language};

/// No [`Days::version`] has more characters.
const VERSION_MOST: usize = 64;

/// Where staff of a kommune work. Services that are booked elsewhere are left out: nothing about them is here.
pub fn places(site: &Site) -> Places {
    let admin = &site.admin;
    let counters = |location: &str| {
        let here = admin.counters.iter().filter(|c| c.location == location);
        here.map(|c| Counter {
            id: c.id.clone(),
            name: c.name.clone(),
            services: c.services.clone(),
        })
        .collect()
    };
    let services = admin.services.iter();
    Places {
        locations: admin
            .locations
            .iter()
            .map(|l| StaffLocation {
                id: l.id.clone(),
                name: l.name.da.clone(),
                counters: counters(&l.id),
            })
            .collect(),
        services: services
            .filter(|s| s.adapter == booking::Adapter::Builtin)
            .map(|s| StaffService {
                id: s.id.clone(),
                name: s.name.da.clone(),
                minutes: s.minutes,
            })
            .collect(),
    }
}

impl Desk {
    /// Days of a location with who comes. When the asker knows them already, no person is read.
    ///
    /// # Errors
    /// No such location; the day or the number of days is not possible; what is said to be known is longer than any version.
    pub async fn staff_days(
        &self,
        site: &Site,
        who: &str,
        query: &DaysQuery,
    ) -> Result<Days, Fault> {
        let now_ms = self.clock.now_ms();
        let known = query.known.as_deref();
        if known.is_some_and(|known| known.chars().count() > VERSION_MOST) {
            return Err(Fault::No(Code::BadRequest, "known: at most 64 characters"));
        }
        site.admin.location(&query.location).ok_or_else(no_such)?;
        let (from, days) = dates(&query.from, query.days.unwrap_or(1), 7)?;
        let dates: Vec<Date> = (0..i32::from(days)).map(|n| from.add_days(n)).collect();
        let mut tx = self.reading(site).await?;
        let (days, rows) = look(&mut tx, site, &query.location, &dates, now_ms).await?;
        drop(tx);
        if known == Some(&days.version) {
            return Ok(Days {
                days: Vec::new(),
                unchanged: true,
                ..days
            });
        }
        if rows.is_empty() {
            return Ok(days);
        }
        // Once more where lines can be written: what is told and what is written down are the same.
        let mut tx = self.store.write(&site.tenant).await?;
        let (days, rows) = look(&mut tx, site, &query.location, &dates, now_ms).await?;
        let scope = format!("{}/{}/{}", query.location, query.from, dates.len());
        tx.note_days(who, &scope, &rows, now_ms).await?;
        tx.commit().await?;
        Ok(days)
    }

    /// A booking with its history, by its receipt number.
    ///
    /// # Errors
    /// The kommune has none of that number.
    pub async fn staff_find(
        &self,
        site: &Site,
        who: &str,
        query: &FindQuery,
    ) -> Result<Found, Fault> {
        let now_ms = self.clock.now_ms();
        let mut tx = self.store.write(&site.tenant).await?;
        let row = found(&mut tx, &query.receipt, false).await?;
        let id = &row.visit.booking;
        if !row.erased {
            tx.audit(now_ms, id, &row.visit.id, "read", who).await?;
        }
        let cpr = tx.person(id).await?.map(|person| person.cpr);
        let messages = tx.messages(id).await?;
        let mut history = Vec::new();
        for line in tx.history(id).await? {
            let name = tx.account_name(&line.who).await?;
            history.push(said::line(&line, name));
        }
        tx.commit().await?;
        Ok(Found {
            visit: visit(site, row, &messages, now_ms),
            history,
            cpr: cpr.filter(|digits| !digits.is_empty()),
        })
    }

    /// Free times for a booking's move, as its citizen would see them; its own time counts as free.
    ///
    /// # Errors
    /// The kommune has no such booking; the place, the day or the number of days is not possible.
    pub async fn staff_slots(
        &self,
        site: &Site,
        query: &MoveSlotsQuery,
    ) -> Result<MoveSlots, Fault> {
        let (from, days) = dates(&query.from, query.days.unwrap_or(7), 31)?;
        let mut tx = self.reading(site).await?;
        let row = found(&mut tx, &query.receipt, false).await?;
        let wanted = Query {
            service: &row.visit.service,
            location: query.location.as_deref(),
            persons: row.visit.persons,
            from,
            days: days.into(),
            now_ms: self.clock.now_ms(),
        };
        let slots = free_times(&mut tx, site, &wanted, &row.visit.id).await?;
        Ok(MoveSlots {
            slots: slots.slots,
            next: slots.next,
        })
    }
}

async fn look(
    tx: &mut Tx,
    site: &Site,
    location: &str,
    dates: &[Date],
    now_ms: i64,
) -> Result<(Days, Vec<StaffRow>), Fault> {
    let spans: Vec<(Date, i64, i64)> = dates
        .iter()
        .map(|date| {
            let cells = day_cells(*date);
            (*date, cells.start * CELL_MS, cells.end * CELL_MS)
        })
        .collect();
    let first_ms = spans.first().map_or(0, |s| s.1);
    let last_ms = spans.last().map_or(0, |s| s.2);
    let rows = tx.visits_of(location, first_ms, last_ms).await?;
    let held = tx.holds_of(location, first_ms, last_ms, now_ms).await?;
    let blocks = tx.blocks_of(location, first_ms, last_ms).await?;
    let messages = tx.messages_of(location, first_ms, last_ms).await?;
    let day = |(date, from_ms, to_ms): &(Date, i64, i64)| {
        let inside = |start_ms: i64| (*from_ms..*to_ms).contains(&start_ms);
        let opens = opening(&site.admin, location, *date).into_iter();
        let visits = rows.iter().filter(|row| inside(row.visit.start_ms));
        let held = held.iter().filter(|row| inside(row.start_ms));
        let blocks = blocks
            .iter()
            .filter(|b| b.start_ms < *to_ms && *from_ms < b.end_ms);
        Day {
            date: date.to_string(),
            note: day_note(&site.admin, location, *date),
            opens: opens
                .map(|run| Opening {
                    from: instant_text(run.start * CELL_MS),
                    to: instant_text(run.end * CELL_MS),
                })
                .collect(),
            visits: visits
                .map(|row| visit(site, row.clone(), &messages, now_ms))
                .collect(),
            held: held
                .map(|row| Held {
                    counter: row.counter.clone(),
                    service: row.service.clone(),
                    start: instant_text(row.start_ms),
                    end: instant_text(row.end_ms),
                })
                .collect(),
            blocks: blocks.cloned().map(block::message).collect(),
        }
    };
    let days: Vec<Day> = spans.iter().map(day).collect();
    let text = serde_json::to_string(&days)
        .map_err(|_| Fault::No(Code::Internal, "an answer cannot be written"))?;
    let days = Days {
        days,
        version: secret::hash(&["days", &text]),
        unchanged: false,
    };
    Ok((days, rows))
}

/// `messages` may hold those of other bookings too.
fn visit(site: &Site, row: StaffRow, messages: &[OutRow], now_ms: i64) -> Visit {
    let given = |text: String| (!text.is_empty()).then_some(text);
    let at = times(&row.visit, 0, now_ms);
    let can = [
        (Can::CheckIn, Event::CheckIn),
        (Can::NoShow, Event::NoShow),
        (Can::Undo, Event::UndoCheckIn),
        (Can::Move, Event::Move),
        (Can::Cancel, Event::Cancel),
    ];
    // A service that is given here no more has no other times.
    let has_times = site.admin.service(&row.visit.service).is_some();
    let can = can
        .into_iter()
        .filter(|(can, event)| {
            permit(row.visit.state, *event, Actor::Staff, &at).is_ok()
                && (*can != Can::Move || has_times)
        })
        .map(|(can, _)| can);
    let messages = messages.iter().filter(|m| m.booking == row.visit.booking);
    Visit {
        can: can.collect(),
        notices: messages.filter_map(notice).collect(),
        visit: row.visit.id,
        receipt: row.receipt,
        state: state(row.visit.state),
        service: row.visit.service,
        location: row.visit.location,
        counter: row.visit.counter,
        start: instant_text(row.visit.start_ms),
        end: instant_text(row.visit.end_ms),
        persons: row.visit.persons,
        name: if row.erased {
            "slettet".to_owned()
        } else {
            row.person.name
        },
        erased: row.erased,
        phone: given(row.person.phone),
        email: given(row.person.email),
        language: if row.language == "en" {
            Language::En
        } else {
            Language::Da
        },
    }
}
