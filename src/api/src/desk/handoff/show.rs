//! Rows as messages: how a conversation stands, its entries, who can be reached when.

use crate::fault::Fault;
use crate::store::Tx;
use crate::store::handoff::{EntryRow, TalkRow};
use booking::instant_text;
use handoff::{Admin, Carrier, Opening};
use hours::copenhagen;
use protocol::handoff::{Conversation, Department, Entry, Requeue, Stage, Way, What, Who};
use protocol::{Language, Text};

/// Whether a department answers now.
pub(super) struct Reach {
    /// By its hours.
    pub(super) opening: Opening,
    /// Within its hours, and somebody takes chats.
    pub(super) open: bool,
}

pub(super) fn text(words: &handoff::Words) -> Text {
    Text {
        da: words.da.clone(),
        en: (!words.en.is_empty()).then(|| words.en.clone()),
    }
}

/// A department; one that the kommune has no more keeps its id.
pub(super) fn department(admin: &Admin, id: &str) -> Department {
    let given = |text: &String| (!text.is_empty()).then(|| text.clone());
    admin.department(id).map_or_else(
        || Department {
            id: id.to_owned(),
            name: Text {
                da: id.to_owned(),
                en: None,
            },
            ..Department::default()
        },
        |d| Department {
            id: d.id.clone(),
            name: text(&d.name),
            phone: given(&d.phone),
            email: given(&d.email),
            address: given(&d.address),
        },
    )
}

/// Can somebody of that department answer at once?
pub(super) async fn reach(
    tx: &mut Tx,
    admin: &Admin,
    id: &str,
    now_ms: i64,
) -> Result<Reach, Fault> {
    let Some(department) = admin.department(id) else {
        return Ok(Reach {
            opening: Opening::Never,
            open: false,
        });
    };
    let opening = admin.open(department, now_ms);
    let open = match department.carrier {
        Carrier::Builtin if opening.is_open() => {
            let there = tx.present(now_ms - super::AWAY_MS).await?;
            there.iter().any(|p| p.takes(id))
        }
        // Who sits there is known to the other system alone.
        Carrier::Http { .. } => opening.is_open(),
        Carrier::Builtin | Carrier::Mail { .. } => false,
    };
    Ok(Reach { opening, open })
}

impl Reach {
    /// When it opens, RFC 3339; none when it is within its hours.
    pub(super) fn opens_at(&self) -> Option<String> {
        match self.opening {
            Opening::Opens { at_ms } => Some(instant_text(at_ms)),
            Opening::Open { .. } | Opening::Never => None,
        }
    }

    /// When it closes, RFC 3339.
    pub(super) fn closes_at(&self) -> Option<String> {
        match self.opening {
            Opening::Open { until_ms } => until_ms.map(instant_text),
            Opening::Opens { .. } | Opening::Never => None,
        }
    }
}

/// Minutes until somebody answers, from how long others waited today.
pub(super) async fn wait_minutes(
    tx: &mut Tx,
    department: &str,
    now_ms: i64,
) -> Result<Option<u16>, Fault> {
    let since_midnight_ms = i64::from(copenhagen(now_ms).minute) * 60_000;
    let waits = tx.waits_since(department, now_ms - since_midnight_ms);
    Ok(handoff::estimate(&waits.await?))
}

/// How a conversation stands, as its citizen is told.
pub(super) async fn conversation(
    tx: &mut Tx,
    admin: &Admin,
    row: &TalkRow,
    now_ms: i64,
) -> Result<Conversation, Fault> {
    let reach = reach(tx, admin, &row.department, now_ms).await?;
    let waits = row.stage == "waiting" && row.way == "chat";
    let (ahead, wait) = if waits {
        let ahead = tx.waiting_before(&row.department, row.created_ms, &row.id);
        let ahead = ahead.await?;
        let wait = if reach.open {
            wait_minutes(tx, &row.department, now_ms).await?
        } else {
            None
        };
        (Some(ahead), wait)
    } else {
        (None, None)
    };
    let named = admin.show_names && !row.owner_name.is_empty();
    Ok(Conversation {
        receipt: row.receipt.clone(),
        way: way(&row.way),
        stage: stage(&row.stage),
        department: department(admin, &row.department),
        seq: row.seq,
        ahead,
        wait_minutes: wait,
        open: reach.open,
        opens_at: if reach.open { None } else { reach.opens_at() },
        staff: named.then(|| row.owner_name.clone()),
    })
}

/// An entry. `names` says whether the names of staff are shown.
pub(super) fn entry(admin: &Admin, row: &EntryRow, names: bool) -> Entry {
    let given = |text: &String| (!text.is_empty()).then(|| text.clone());
    let what = match row.kind.as_str() {
        "message" => What::Message {
            id: row.message.clone(),
            text: row.text.clone(),
            answer: given(&row.answer),
        },
        "correction" => What::Correction {
            of: row.target,
            text: row.text.clone(),
        },
        "taken" => What::Taken,
        "requeued" => What::Requeued {
            why: if row.detail == "staff-away" {
                Requeue::StaffAway
            } else {
                Requeue::GivenBack
            },
        },
        "transferred" => What::Transferred {
            department: department(admin, &row.detail),
        },
        "citizen-away" => What::CitizenAway,
        "citizen-back" => What::CitizenBack,
        "typing" => What::Typing {
            on: row.detail == "on",
        },
        "closed" => What::Closed {
            by: who(&row.detail),
        },
        _ => What::Other,
    };
    Entry {
        seq: row.seq,
        at: instant_text(row.at_ms),
        who: who(&row.who),
        name: given(&row.name).filter(|_| names),
        what,
    }
}

pub(super) fn who(name: &str) -> Who {
    match name {
        "citizen" => Who::Citizen,
        "staff" => Who::Staff,
        "bot" => Who::Bot,
        _ => Who::System,
    }
}

pub(super) fn way(name: &str) -> Way {
    match name {
        "message" => Way::Message,
        "callback" => Way::Callback,
        _ => Way::Chat,
    }
}

pub(super) fn stage(name: &str) -> Stage {
    match name {
        "active" => Stage::Active,
        "closed" => Stage::Closed,
        _ => Stage::Waiting,
    }
}

pub(super) fn language(name: &str) -> Language {
    if name == "en" {
        Language::En
    } else {
        Language::Da
    }
}
