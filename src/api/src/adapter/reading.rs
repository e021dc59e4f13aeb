//! What is only read from another system: free times, a booking, its calendar file, everything stored about it.

use super::afar::Afar;
use super::contract::Visit;
use super::{call, refused, unread};
use crate::desk::{no_such, secret_hash, service_text};
use crate::fault::Fault;
use crate::store::afar::AfarRow;
use crate::tenant::Site;
use booking::instant_text;
use hours::Date;
use protocol::{Code, Event, Export, Receipt, Slots, SlotsQuery};

impl Afar<'_> {
    pub(super) async fn free(&self, site: &Site, query: &SlotsQuery) -> Result<Slots, Fault> {
        // What goes into an address is checked or written anew.
        let from =
            Date::parse(&query.from).ok_or(Fault::No(Code::Invalid, "from: write 2026-12-04"))?;
        let days = query.days.unwrap_or(7);
        if !(1..=31).contains(&days) {
            return Err(Fault::No(Code::Invalid, "days: 1 to 31"));
        }
        let persons = query.persons.unwrap_or(1);
        if !(1..=20).contains(&persons) {
            return Err(Fault::No(
                Code::Invalid,
                "so many persons cannot come in one visit",
            ));
        }
        if query
            .location
            .as_deref()
            .is_some_and(|l| !booking::is_id(l))
        {
            return Err(refused(Code::NotFound));
        }
        let query = SlotsQuery {
            service: query.service.clone(),
            location: query.location.clone(),
            from: from.to_string(),
            days: Some(days),
            persons: Some(persons),
        };
        let adapters = &self.0.adapters;
        let line = adapters.line(site, &query.service)?;
        adapters
            .call(site, "slots", &line, call::slots(&line, &query))
            .await
            .map_err(unread)
    }

    pub(super) async fn receipt(&self, site: &Site, secret: &str) -> Result<Receipt, Fault> {
        let row = self.booked(site, secret).await?;
        let adapters = &self.0.adapters;
        let line = adapters.line(site, &row.service)?;
        let visit = adapters
            .call(site, "show", &line, call::show(&line, &row.booking))
            .await
            .map_err(unread)?;
        Ok(receipt(site, visit))
    }

    pub(super) async fn file(&self, site: &Site, secret: &str) -> Result<String, Fault> {
        let row = self.booked(site, secret).await?;
        let adapters = &self.0.adapters;
        let line = adapters.line(site, &row.service)?;
        adapters
            .call(site, "calendar", &line, call::calendar(&line, &row.booking))
            .await
            .map_err(unread)
    }

    pub(super) async fn data(&self, site: &Site, secret: &str) -> Result<Export, Fault> {
        let row = self.booked(site, secret).await?;
        let desk = self.0;
        let line = desk.adapters.line(site, &row.service)?;
        let data = desk
            .adapters
            .call(site, "data", &line, call::data(&line, &row.booking))
            .await
            .map_err(unread)?;
        let now_ms = desk.clock.now_ms();
        let mut tx = desk.store.write(&site.tenant).await?;
        tx.audit(now_ms, &row.id, &row.id, "exported", "citizen")
            .await?;
        // Both histories: what the other system did, and what was handed to it from here.
        let mut history = data.history;
        history.extend(tx.history(&row.id).await?.into_iter().map(|line| Event {
            at: instant_text(line.at_ms),
            what: line.what,
            by: line.who,
        }));
        tx.commit().await?;
        Ok(Export {
            booking: receipt(site, data.visit),
            contact: data.contact,
            cpr: data.cpr,
            privacy_version: data.privacy_version,
            language: data.language,
            history,
        })
    }

    async fn booked(&self, site: &Site, secret: &str) -> Result<AfarRow, Fault> {
        let hash = secret_hash(secret);
        let mut tx = self.0.store.read(&site.tenant).await?;
        let row = tx.afar(&hash).await?.ok_or_else(no_such)?;
        if row.state == "booked" && row.secret_hash == hash {
            Ok(row)
        } else {
            Err(no_such())
        }
    }
}

/// A booking of another system as the citizen sees it. Names of services and what to bring are the kommune's own.
pub(super) fn receipt(site: &Site, visit: Visit) -> Receipt {
    let (service_name, bring) = service_text(site, &visit.service);
    Receipt {
        receipt: visit.receipt,
        secret: None,
        state: visit.state,
        service: visit.service,
        service_name,
        location: visit.place.id,
        location_name: visit.place.name,
        address: visit.place.address,
        directions: visit.place.directions,
        start: visit.start,
        end: visit.end,
        persons: visit.persons,
        bring,
        changeable: visit.changeable,
        notices: visit.notices,
    }
}
