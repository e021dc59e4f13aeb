//! What staff wish. The same machinery as for citizens (one wish, one transaction, one answer to every retry); every change and
//! every look at a person leaves a line in the audit log with the account's id. Who may wish what is decided before, in `http`.
//!
//! A booking is named by its receipt number, within the kommune of the session: one of another kommune is not found, exactly like
//! one that never was.

mod alerts;
mod block;
mod change;
mod fit;
mod said;
mod view;

pub(crate) use alerts::CONVERSATION;
pub use alerts::Matters;
pub use fit::{Misfit, Why, misfits};
pub use view::places;

use super::Draft;
use super::TalkDeed;
use super::change::lock_of_booking;
use super::handoff;
use crate::fault::Fault;
use crate::store::Tx;
use crate::store::staff::StaffRow;
use crate::tenant::Site;
use booking::{Event, Receipt, ReceiptError};
use protocol::Code;
use protocol::staff::{
    BlockRequest, ReceiptRequest, SeenRequest, StaffCancelRequest, StaffMoveRequest, UnblockRequest,
};

/// What staff want changed.
#[derive(Clone, Debug)]
pub enum StaffWish {
    /// The citizen has come.
    CheckIn(ReceiptRequest),
    /// The citizen did not come.
    NoShow(ReceiptRequest),
    /// The check-in was a mistake.
    Undo(ReceiptRequest),
    /// Another time.
    Move(StaffMoveRequest),
    /// Call it off.
    Cancel(StaffCancelRequest),
    /// Take time out.
    Block(BlockRequest),
    /// Give it back.
    Unblock(UnblockRequest),
    /// A matter is taken care of, by somebody who hears of these.
    Seen(SeenRequest, Matters),
    /// Talk with a citizen.
    Talk(TalkDeed),
}

/// Meets a wish of an account.
pub(super) async fn meet(
    tx: &mut Tx,
    site: &Site,
    who: &str,
    wish: &StaffWish,
    now_ms: i64,
) -> Result<Draft, Fault> {
    match wish {
        StaffWish::CheckIn(wish) => change::mark(tx, who, wish, Event::CheckIn, now_ms).await,
        StaffWish::NoShow(wish) => change::mark(tx, who, wish, Event::NoShow, now_ms).await,
        StaffWish::Undo(wish) => change::mark(tx, who, wish, Event::UndoCheckIn, now_ms).await,
        StaffWish::Move(wish) => change::shift(tx, site, who, wish, now_ms).await,
        StaffWish::Cancel(wish) => change::cancel(tx, site, who, wish, now_ms).await,
        StaffWish::Block(wish) => block::block(tx, site, who, wish, now_ms).await,
        StaffWish::Unblock(wish) => block::unblock(tx, who, wish, now_ms).await,
        StaffWish::Seen(wish, matters) => alerts::seen(tx, who, wish, *matters, now_ms).await,
        StaffWish::Talk(deed) => handoff::meet_staff(tx, site, who, deed, now_ms).await,
    }
}

/// The booking of a receipt number as it was typed. With `lock`, on PostgreSQL whoever else changes it waits.
async fn found(tx: &mut Tx, typed: &str, lock: bool) -> Result<StaffRow, Fault> {
    let receipt: Receipt = typed.parse().map_err(|e| {
        let detail = match e {
            ReceiptError::Form => "receipt: eight characters, as 4KT8-6JPF",
            ReceiptError::Check => "receipt: one of the characters is wrong",
        };
        Fault::No(Code::Invalid, detail)
    })?;
    let receipt = receipt.to_string();
    let row = tx.of_receipt(&receipt).await?.ok_or_else(no_such)?;
    if !lock {
        return Ok(row);
    }
    tx.lock(&[&lock_of_booking(&row.secret_hash)]).await?;
    tx.of_receipt(&receipt).await?.ok_or_else(no_such)
}

/// Nobody is told whether another kommune has it.
fn no_such() -> Fault {
    Fault::No(Code::NotFound, "the kommune has nothing of that name")
}

/// A sentence that staff wrote, cleaned: it goes to a citizen or stands in the calendar of all.
fn reason(text: &str) -> Result<String, Fault> {
    let clean = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if clean.is_empty() || clean.chars().count() > 200 || clean.chars().any(char::is_control) {
        return Err(Fault::No(
            Code::Invalid,
            "reason: 1 to 200 characters, no control characters",
        ));
    }
    if !privacy::find_cpr(&clean).is_empty() {
        return Err(Fault::No(Code::CprRefused, "reason: no CPR number here"));
    }
    Ok(clean)
}
