//! A code to the contact before the booking counts: six digits, ten minutes, five tries, three messages per hold.

use super::hold::times;
use super::{Draft, contact, no_such, secret_hash};
use crate::fault::Fault;
use crate::secret;
use crate::store::bookings::PersonRow;
use crate::store::outbox::OutRow;
use crate::store::{StoreError, Tx};
use crate::tenant::Site;
use booking::{Actor, Event, instant_text, permit};
use protocol::{Channel, Code, CodeRequest, CodeSent};
use sqlx::Row as _;

const LASTS_MS: i64 = 10 * 60_000;
const TRIES: i64 = 5;
const MESSAGES: i64 = 3;

pub(super) async fn send(
    tx: &mut Tx,
    site: &Site,
    wish: &CodeRequest,
    holder: &str,
    now_ms: i64,
) -> Result<Draft, Fault> {
    let visit = tx.held(&secret_hash(holder)).await?.ok_or_else(no_such)?;
    permit(
        visit.state,
        Event::Confirm,
        Actor::Citizen,
        &times(&visit, 0, now_ms),
    )?;
    send_for(tx, site, wish, (&visit.id, &visit.service), now_ms).await
}

/// The same for a hold that was found and may be confirmed, with its service; whoever keeps it.
pub(crate) async fn send_for(
    tx: &mut Tx,
    site: &Site,
    wish: &CodeRequest,
    (visit, service): (&str, &str),
    now_ms: i64,
) -> Result<Draft, Fault> {
    if !site.admin.service(service).is_some_and(|s| s.code) {
        return Err(Fault::No(Code::Invalid, "this service needs no code"));
    }
    let (channel, recipient) = match (&wish.contact.phone, &wish.contact.email) {
        (Some(phone), None) => (Channel::Sms, contact::phone(phone)?),
        (None, Some(email)) => (Channel::Email, contact::email(email)?),
        _ => {
            return Err(Fault::No(
                Code::Invalid,
                "contact: phone or email, one of them",
            ));
        }
    };
    let code = format!("{:06}", secret::random_number() % 1_000_000);
    let expires_ms = now_ms + LASTS_MS;
    let slug = tx.slug();
    let done = sqlx::query(
        "INSERT INTO code (tenant, visit, contact_hash, code_hash, expires_ms) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (tenant, visit) DO UPDATE SET contact_hash = excluded.contact_hash, code_hash = excluded.code_hash,
           expires_ms = excluded.expires_ms, sent = code.sent + 1 WHERE code.sent < $6",
    )
    .bind(slug)
    .bind(visit)
    .bind(secret::hash(&[visit, &recipient]))
    .bind(secret::hash(&[visit, &recipient, &code]))
    .bind(expires_ms)
    .bind(MESSAGES)
    .execute(tx.connection())
    .await?;
    if done.rows_affected() == 0 {
        return Err(Fault::No(
            Code::TooManyRequests,
            "three codes were sent; choose again",
        ));
    }
    let channel_name = match channel {
        Channel::Email => "email",
        Channel::Sms => "sms",
    };
    let id = secret::random::<12>();
    let row = OutRow {
        dedupe: format!("code-{id}"),
        id,
        booking: String::new(),
        visit: visit.to_owned(),
        about: "code".to_owned(),
        channel: channel_name.to_owned(),
        recipient,
        payload: format!("{} {code}", super::book::language(wish.language)),
        state: "queued".to_owned(),
        tries: 0,
        due_ms: now_ms,
    };
    tx.post(&row, now_ms).await?;
    tx.audit(now_ms, "", visit, "code", "citizen").await?;
    Draft::plain(&CodeSent {
        channel,
        expires_at: instant_text(expires_ms),
    })
}

/// Checks a code for one of the person's contacts. A wrong one is counted, for good.
pub(crate) async fn check(
    tx: &mut Tx,
    visit: &str,
    person: &PersonRow,
    code: Option<&str>,
    now_ms: i64,
) -> Result<(), Fault> {
    let Some(code) = code else {
        return Err(Fault::No(Code::CodeNeeded, "a code is needed"));
    };
    let slug = tx.slug();
    // Counts first: of two tries at once both are counted.
    let row = sqlx::query(
        "UPDATE code SET tries = tries + 1 WHERE tenant = $1 AND visit = $2 AND expires_ms > $3 AND tries < $4
         RETURNING contact_hash, code_hash",
    )
    .bind(slug)
    .bind(visit)
    .bind(now_ms)
    .bind(TRIES)
    .fetch_optional(tx.connection())
    .await?;
    let wrong = || Fault::Counted(Code::CodeWrong, "the code is wrong or has run out");
    let row = row.ok_or_else(wrong)?;
    let (contact_hash, code_hash): (String, String) =
        (row.try_get("contact_hash")?, row.try_get("code_hash")?);
    let contacts = [&person.phone, &person.email];
    let contact = contacts
        .into_iter()
        .find(|c| !c.is_empty() && secret::hash(&[visit, c]) == contact_hash);
    let fits = contact.is_some_and(|c| secret::hash(&[visit, c, code.trim()]) == code_hash);
    if fits { Ok(()) } else { Err(wrong()) }
}

impl Tx {
    /// Forgets codes that have run out, and those that were never sent.
    pub(super) async fn forget_codes(&mut self, now_ms: i64) -> Result<(), StoreError> {
        for text in [
            "DELETE FROM code WHERE tenant = $1 AND expires_ms < $2",
            "DELETE FROM outbox WHERE tenant = $1 AND about = 'code' AND due_ms < $2 - 3600000",
        ] {
            let slug = self.slug();
            sqlx::query(text)
                .bind(slug)
                .bind(now_ms)
                .execute(self.connection())
                .await?;
        }
        Ok(())
    }
}
