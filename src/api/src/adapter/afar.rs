//! Wishes that another system meets. Each is written down before it is sent, and ended in the transaction that keeps its answer:
//! whatever breaks in between, a retry with the same key goes out with the same outer key, and `settle` finds the rest.
//!
//! Nothing about the person is written here: the body of a booking goes through.

use super::call::{self, Line, Trouble};
use super::contract::{Confirm, Held, Visit, held_faults, visit_faults};
use super::{Keeper, Later, refused};
use crate::desk::{Answer, Desk, Draft, Post, Wish, no_such, secret_hash};
use crate::desk::{check_code, clean_person, send_code, start_of};
use crate::fault::Fault;
use crate::secret;
use crate::store::Tx;
use crate::store::afar::{AfarRow, WishRow};
use crate::tenant::Site;
use booking::parse_instant;
use protocol::{
    Code, Contact, Erased, Export, HoldRequest, MoveRequest, Receipt, Released, Slots, SlotsQuery,
};
use serde_json::Value;

/// As long as a wish may be on its way: longer than two tries. Afterwards another node, or a later look, may take it over.
pub(super) const LEASE_MS: i64 = 30_000;

/// Another system's times.
pub(crate) struct Afar<'d>(pub(crate) &'d Desk);

impl Keeper for Afar<'_> {
    fn slots<'a>(&'a self, site: &'a Site, query: &'a SlotsQuery) -> Later<'a, Slots> {
        Box::pin(self.free(site, query))
    }
    fn post<'a>(&'a self, site: &'a Site, post: &'a Post) -> Later<'a, Answer> {
        Box::pin(self.meet(site, post))
    }
    fn show<'a>(&'a self, site: &'a Site, secret: &'a str) -> Later<'a, Receipt> {
        Box::pin(self.receipt(site, secret))
    }
    fn calendar<'a>(&'a self, site: &'a Site, secret: &'a str) -> Later<'a, String> {
        Box::pin(self.file(site, secret))
    }
    fn export<'a>(&'a self, site: &'a Site, secret: &'a str) -> Later<'a, Export> {
        Box::pin(self.data(site, secret))
    }
}

/// What is sent, with names of the other system.
enum Message {
    Hold(HoldRequest),
    Extend(String),
    Release(String),
    Book(Box<Confirm>),
    Move(String, MoveRequest),
    Cancel(String),
    Erase(String),
}

/// What came back.
pub(super) enum Given {
    Held(Held),
    Visit(Visit),
    Released,
    Erased(Erased),
}

/// What is to be done about a wish.
enum Begun {
    /// It was met before, or needs nobody else.
    Answered(Answer),
    /// It is written down and can go.
    Send {
        wish: WishRow,
        message: Message,
        fresh: bool,
    },
}

impl Afar<'_> {
    async fn meet(&self, site: &Site, post: &Post) -> Result<Answer, Fault> {
        let desk = self.0;
        let key_hash = secret::hash(&[site.tenant.slug(), &post.key]);
        let busy = desk.busy(&key_hash)?;
        let (wish, message, fresh) = match self.begin(site, post, &key_hash).await? {
            Begun::Answered(answer) => return Ok(answer),
            Begun::Send {
                wish,
                message,
                fresh,
            } => (wish, message, fresh),
        };
        let told = self.send(site, &wish, &message).await;
        let answer = match told {
            Ok(given) => finish(desk, site, &wish, given).await,
            Err(Trouble::Refused(code)) => {
                self.end(site, &wish).await?;
                Err(refused(of(&wish, code)))
            }
            Err(Trouble::NotSent(_)) if fresh => {
                self.end(site, &wish).await?;
                Err(Fault::No(
                    Code::Unavailable,
                    "the booking system cannot be reached; nothing was changed",
                ))
            }
            Err(_) => {
                let mut tx = desk.store.write(&site.tenant).await?;
                tx.doubt_wish(&wish.key_hash).await?;
                tx.commit().await?;
                Err(Fault::No(
                    Code::Upstream,
                    "it is not known what became of it; try again with the same key",
                ))
            }
        };
        drop(busy);
        answer
    }

    /// Reads, checks, and writes down what will be sent.
    async fn begin(&self, site: &Site, post: &Post, key_hash: &str) -> Result<Begun, Fault> {
        let desk = self.0;
        let in_progress = || Fault::No(Code::InProgress, "the same key is being worked on");
        let reused = || Fault::No(Code::KeyReused, "the key was used for another request");
        let mut tx = desk.store.write(&site.tenant).await?;
        if !tx.try_lock(key_hash).await? {
            return Err(in_progress());
        }
        let now_ms = desk.clock.now_ms();
        if let Some(former) = tx.former(key_hash, now_ms).await? {
            tx.rollback().await;
            if former.fingerprint != post.fingerprint {
                return Err(reused());
            }
            return desk.answer(site, &former).map(Begun::Answered);
        }
        let former = tx.wish(key_hash).await?;
        if let Some(former) = &former {
            if former.fingerprint != post.fingerprint {
                return Err(reused());
            }
            if former.state == "sent" && former.tried_ms > now_ms - LEASE_MS {
                return Err(in_progress());
            }
        }
        let prepared = self
            .prepare(&mut tx, site, post, key_hash, former.is_some(), now_ms)
            .await;
        let prepared = match prepared {
            Err(Fault::Counted(code, detail)) => {
                tx.commit().await?;
                return Err(Fault::Counted(code, detail));
            }
            other => other?,
        };
        match prepared {
            Prepared::Here(draft) => {
                let former = draft.keep_as(&post.fingerprint);
                tx.keep(key_hash, &former, now_ms).await?;
                tx.commit().await?;
                desk.answer(site, &former).map(Begun::Answered)
            }
            Prepared::There { mut wish, message } => {
                let fresh = former.is_none();
                if let Some(former) = former {
                    wish = WishRow {
                        tried_ms: now_ms,
                        ..former
                    };
                }
                tx.send_wish(&wish).await?;
                tx.commit().await?;
                Ok(Begun::Send {
                    wish,
                    message,
                    fresh,
                })
            }
        }
    }

    /// `again`: it was checked when it was sent first, and is only put together anew.
    async fn prepare(
        &self,
        tx: &mut Tx,
        site: &Site,
        post: &Post,
        key_hash: &str,
        again: bool,
        now_ms: i64,
    ) -> Result<Prepared, Fault> {
        let mut wish = WishRow {
            key_hash: key_hash.to_owned(),
            fingerprint: post.fingerprint.clone(),
            outer_key: secret::uuid(),
            about: String::new(),
            state: "sent".to_owned(),
            service: String::new(),
            subject: String::new(),
            location: String::new(),
            start_ms: 0,
            persons: 1,
            created_ms: now_ms,
            tried_ms: now_ms,
        };
        if let Wish::Hold(hold) = &post.wish {
            if !booking::is_id(&hold.location) {
                return Err(refused(Code::NotFound));
            }
            wish.about = "hold".to_owned();
            wish.service.clone_from(&hold.service);
            wish.subject = secret::random::<12>();
            wish.location.clone_from(&hold.location);
            wish.start_ms = start_of(&hold.start)?;
            wish.persons = hold.persons;
            // In the form that the contract knows, whatever offset was sent.
            let start = booking::instant_text(wish.start_ms);
            let message = Message::Hold(HoldRequest {
                start,
                ..hold.clone()
            });
            return Ok(Prepared::There { wish, message });
        }
        let hash = secret_hash(&post.secret);
        tx.lock(&[&format!("afar:{hash}")]).await?;
        let row = tx.afar(&hash).await?.ok_or_else(no_such)?;
        let is_hold = row.holder_hash == hash;
        wish.service.clone_from(&row.service);
        wish.subject.clone_from(&row.id);
        if tx.is_busy(&row.id, key_hash).await? {
            return Err(Fault::No(
                Code::InProgress,
                "another wish about it is not settled yet; try again in a moment",
            ));
        }
        let held = |expired: bool| match row.state.as_str() {
            "held" if !expired || again => Ok(()),
            "booked" => Err(Fault::No(Code::WrongState, "the time is booked")),
            _ => Err(refused(Code::HoldExpired)),
        };
        let booked = || {
            if row.state == "booked" {
                Ok(())
            } else {
                Err(no_such())
            }
        };
        let expired = now_ms >= row.expires_ms;
        let (about, message) = match &post.wish {
            // The hold's secret opens a hold, the booking's a booking.
            Wish::Extend | Wish::Release | Wish::Code(_) | Wish::Book(_) if !is_hold => {
                return Err(no_such());
            }
            Wish::Move(_) | Wish::Cancel | Wish::Erase if is_hold => return Err(no_such()),
            Wish::Staff { .. } | Wish::Talk(_) => return Err(no_such()),
            Wish::Extend => {
                held(expired)?;
                ("extend", Message::Extend(row.hold))
            }
            Wish::Release => match row.state.as_str() {
                "booked" => {
                    return Err(Fault::No(
                        Code::WrongState,
                        "the time is booked; cancel the booking",
                    ));
                }
                "held" if !expired => ("release", Message::Release(row.hold)),
                _ => return Draft::plain(&Released { released: true }).map(Prepared::Here),
            },
            Wish::Code(code) => {
                held(expired)?;
                return send_code(tx, site, code, (&row.id, &row.service), now_ms)
                    .await
                    .map(Prepared::Here);
            }
            Wish::Book(book) => {
                held(expired)?;
                let service = site
                    .admin
                    .service(&row.service)
                    .ok_or(Fault::No(Code::NotFound, "the service is given no more"))?;
                if !again && book.privacy_version != site.admin.privacy.version {
                    return Err(Fault::No(
                        Code::PrivacyChanged,
                        "another privacy text is in force; show it and ask again",
                    ));
                }
                let person = clean_person(service, book)?;
                if service.code && !again {
                    check_code(tx, &row.id, &person, book.code.as_deref(), now_ms).await?;
                }
                let given = |text: String| (!text.is_empty()).then_some(text);
                let confirm = Confirm {
                    hold: row.hold,
                    contact: Contact {
                        name: person.name,
                        phone: given(person.phone),
                        email: given(person.email),
                    },
                    privacy_version: book.privacy_version.clone(),
                    language: book.language,
                    cpr: given(person.cpr),
                };
                wish.location.clone_from(&row.location);
                wish.start_ms = row.start_ms;
                ("book", Message::Book(Box::new(confirm)))
            }
            Wish::Move(to) => {
                booked()?;
                if !booking::is_id(&to.location) {
                    return Err(refused(Code::NotFound));
                }
                wish.location.clone_from(&to.location);
                wish.start_ms = start_of(&to.start)?;
                let start = booking::instant_text(wish.start_ms);
                let to = MoveRequest {
                    start,
                    ..to.clone()
                };
                ("move", Message::Move(row.booking, to))
            }
            Wish::Cancel => {
                booked()?;
                ("cancel", Message::Cancel(row.booking))
            }
            Wish::Erase => {
                booked()?;
                ("erase", Message::Erase(row.booking))
            }
            Wish::Hold(_) => return Err(no_such()), // handled above
        };
        wish.about = about.to_owned();
        Ok(Prepared::There { wish, message })
    }

    /// Sends it; once more with the same key when the answer got lost.
    async fn send(&self, site: &Site, wish: &WishRow, message: &Message) -> Result<Given, Trouble> {
        let adapters = &self.0.adapters;
        let line = adapters
            .line(site, &wish.service)
            .map_err(|_| Trouble::Refused(Code::NotFound))?;
        let key = &wish.outer_key;
        let first = adapters
            .call(site, name(message), &line, sent(&line, key, wish, message))
            .await;
        match first {
            Err(Trouble::Unknown(_)) => {
                let second = adapters
                    .call(site, name(message), &line, sent(&line, key, wish, message))
                    .await;
                match second {
                    // The first may have been done all the same.
                    Err(Trouble::NotSent(why)) => Err(Trouble::Unknown(why)),
                    other => other,
                }
            }
            other => other,
        }
    }

    async fn end(&self, site: &Site, wish: &WishRow) -> Result<(), Fault> {
        let mut tx = self.0.store.write(&site.tenant).await?;
        tx.end_wish(&wish.key_hash).await?;
        tx.commit().await?;
        Ok(())
    }
}

enum Prepared {
    Here(Draft),
    There { wish: WishRow, message: Message },
}

fn name(message: &Message) -> &'static str {
    match message {
        Message::Hold(_) => "hold",
        Message::Extend(_) => "extend",
        Message::Release(_) => "release",
        Message::Book(_) => "book",
        Message::Move(..) => "move",
        Message::Cancel(_) => "cancel",
        Message::Erase(_) => "erase",
    }
}

async fn sent(line: &Line, key: &str, wish: &WishRow, message: &Message) -> Result<Given, Trouble> {
    let given = match message {
        Message::Hold(hold) => call::hold(line, key, hold).await.map(Given::Held),
        Message::Extend(hold) => call::extend(line, key, hold).await.map(Given::Held),
        Message::Release(hold) => call::release(line, key, hold)
            .await
            .map(|_| Given::Released),
        Message::Book(confirm) => call::book(line, key, confirm).await.map(Given::Visit),
        Message::Move(booking, to) => call::shift(line, key, booking, to).await.map(Given::Visit),
        Message::Cancel(booking) => call::cancel(line, key, booking).await.map(Given::Visit),
        Message::Erase(booking) => call::erase(line, key, booking).await.map(Given::Erased),
    }?;
    if is_answer_to(wish, &given) {
        Ok(given)
    } else {
        Err(Trouble::Unknown("the answer is to another wish"))
    }
}

/// Whether the answer is about the time that was asked for.
fn is_answer_to(wish: &WishRow, given: &Given) -> bool {
    let at = |text: &str| parse_instant(text).is_ok_and(|ms| ms == wish.start_ms);
    match (wish.about.as_str(), given) {
        ("hold", Given::Held(held)) => at(&held.start),
        ("book" | "move", Given::Visit(visit)) => {
            at(&visit.start) && visit.place.id == wish.location && visit.service == wish.service
        }
        ("extend", Given::Held(_)) | ("release", Given::Released) | ("erase", Given::Erased(_)) => {
            true
        }
        ("cancel", Given::Visit(visit)) => visit.service == wish.service,
        _ => false,
    }
}

/// The answer of a wish that a later look found, read as if it had just come.
pub(super) fn given(wish: &WishRow, answer: Value) -> Option<Given> {
    let given = match wish.about.as_str() {
        "hold" | "extend" => Given::Held(call::read(answer, held_faults)?),
        "book" | "move" | "cancel" => Given::Visit(call::read(answer, visit_faults)?),
        "release" => Given::Released,
        "erase" => Given::Erased(call::read(answer, |_| Vec::new())?),
        _ => return None,
    };
    is_answer_to(wish, &given).then_some(given)
}

/// A hold that is no more over there is told as such when it was to be booked.
fn of(wish: &WishRow, code: Code) -> Code {
    match (wish.about.as_str(), code) {
        ("book" | "extend", Code::NotFound) => Code::HoldExpired,
        _ => code,
    }
}

/// Writes down what is known now, keeps the answer for retries, and ends the wish: one transaction.
pub(super) async fn finish(
    desk: &Desk,
    site: &Site,
    wish: &WishRow,
    given: Given,
) -> Result<Answer, Fault> {
    let mut tx = desk.store.write(&site.tenant).await?;
    let now_ms = desk.clock.now_ms();
    if let Some(former) = tx.former(&wish.key_hash, now_ms).await? {
        tx.rollback().await;
        return desk.answer(site, &former);
    }
    let draft = apply(desk, &mut tx, site, wish, given, now_ms).await?;
    let former = draft.keep_as(&wish.fingerprint);
    tx.keep(&wish.key_hash, &former, now_ms).await?;
    tx.end_wish(&wish.key_hash).await?;
    tx.commit().await?;
    desk.answer(site, &former)
}

async fn apply(
    desk: &Desk,
    tx: &mut Tx,
    site: &Site,
    wish: &WishRow,
    given: Given,
    now_ms: i64,
) -> Result<Draft, Fault> {
    let broken = || Fault::No(Code::Upstream, "the booking system breaks its contract");
    let ms = |text: &str| parse_instant(text).map_err(|_| broken());
    let id = &wish.subject;
    let former = tx.afar_of(id).await?;
    let row = match (former, &given) {
        (Some(row), _) => row,
        (None, Given::Held(held)) => AfarRow {
            id: id.clone(),
            state: "held".to_owned(),
            service: wish.service.clone(),
            location: wish.location.clone(),
            persons: wish.persons,
            hold: held.hold.clone(),
            booking: String::new(),
            start_ms: ms(&held.start)?,
            end_ms: ms(&held.end)?,
            expires_ms: 0,
            holder_hash: secret_hash(&desk.secret_of(site, "holder", id)),
            secret_hash: String::new(),
        },
        (None, _) => return Err(no_such()),
    };
    let (row, draft, what) = match given {
        Given::Held(held) => {
            let fresh = wish.about == "hold";
            let row = AfarRow {
                expires_ms: ms(&held.expires_at)?,
                ..row
            };
            let mut draft = Draft::plain(&protocol::Hold {
                hold: row.id.clone(),
                holder: None,
                service: row.service.clone(),
                location: row.location.clone(),
                start: held.start,
                end: held.end,
                persons: row.persons,
                expires_at: held.expires_at,
                extendable_until: held.extendable_until,
            })?;
            if fresh {
                draft = draft.created(("holder", row.id.clone()));
            }
            (row, draft, if fresh { "held" } else { "extended" })
        }
        Given::Visit(visit) => {
            let fresh = wish.about == "book";
            if !fresh && visit.booking != row.booking {
                return Err(broken());
            }
            let mut row = AfarRow {
                state: "booked".to_owned(),
                booking: visit.booking.clone(),
                location: visit.place.id.clone(),
                start_ms: ms(&visit.start)?,
                end_ms: ms(&visit.end)?,
                ..row
            };
            let mut draft = Draft::plain(&super::reading::receipt(site, visit))?;
            if fresh {
                row.secret_hash = secret_hash(&desk.secret_of(site, "secret", id));
                draft = draft.created(("secret", id.clone()));
            }
            let what = match wish.about.as_str() {
                "book" => "confirmed",
                "move" => "moved",
                _ => "cancelled",
            };
            (row, draft, what)
        }
        Given::Released => {
            let row = AfarRow {
                state: "gone".to_owned(),
                ..row
            };
            let draft = Draft::plain(&Released { released: true })?;
            (row, draft, "released")
        }
        Given::Erased(erased) => {
            let row = AfarRow {
                state: "gone".to_owned(),
                secret_hash: String::new(),
                ..row
            };
            (row, Draft::plain(&erased)?, "erased")
        }
    };
    tx.keep_afar(&row, now_ms).await?;
    let booking = if row.booking.is_empty() {
        ""
    } else {
        row.id.as_str()
    };
    tx.audit(now_ms, booking, &row.id, what, "citizen").await?;
    Ok(draft)
}
