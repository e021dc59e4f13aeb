//! How a conversation comes to those who answer, by department: the console of this program, a mailbox, or a contact centre over HTTP. A
//! kommune chooses in samtale.toml; the citizen's routes and messages are the same.
//!
//! What is promised whoever answers: nothing leaves before it lasts here, and what left twice can be told from two messages.

pub mod contract;
pub mod http;
pub(crate) mod mail;
pub mod trial;

use crate::fault::Fault;
use crate::store::Tx;
use crate::store::handoff::TalkRow;
use handoff::{Admin, Department};
use std::pin::Pin;

/// What is awaited.
pub(crate) type Later<'a, T> = Pin<Box<dyn Future<Output = Result<T, Fault>> + Send + 'a>>;

/// Brings conversations to those who answer.
pub(crate) trait Carrier: Send + Sync {
    /// A conversation has come to a department of this carrier, or now waits there in another way. Whatever must leave is posted in the
    /// transaction of what happened, once for each department it comes to.
    ///
    /// # Errors
    /// It cannot go there; nothing has changed then.
    fn come<'a>(
        &'a self,
        tx: &'a mut Tx,
        department: &'a Department,
        talk: &'a TalkRow,
        now_ms: i64,
    ) -> Later<'a, ()>;
}

/// The console: whoever is there sees it in the queue.
struct Console;

impl Carrier for Console {
    fn come<'a>(
        &'a self,
        _: &'a mut Tx,
        _: &'a Department,
        _: &'a TalkRow,
        _: i64,
    ) -> Later<'a, ()> {
        Box::pin(async { Ok(()) })
    }
}

fn carrier(department: &Department) -> Box<dyn Carrier> {
    match &department.carrier {
        handoff::Carrier::Mail { .. } => Box::new(mail::Mailbox),
        handoff::Carrier::Http { .. } => Box::new(http::Centre),
        handoff::Carrier::Builtin => Box::new(Console),
    }
}

/// Tells the carrier of its department that a conversation has come.
///
/// # Errors
/// It cannot go there; nothing has changed then.
pub(crate) async fn come(
    tx: &mut Tx,
    admin: &Admin,
    talk: &TalkRow,
    now_ms: i64,
) -> Result<(), Fault> {
    let Some(department) = admin.department(&talk.department) else {
        return Ok(());
    };
    carrier(department).come(tx, department, talk, now_ms).await
}
