//! What happened to a booking, in Danish, for the counter: "Flyttet af Anna Jensen".

use crate::store::audit::Line as Row;
use booking::instant_text;
use protocol::staff::Line;

/// A line of the audit log. `name` is that of the account, where it is still there.
pub(super) fn line(row: &Row, name: Option<String>) -> Line {
    let (by, whose) = match row.who.as_str() {
        "citizen" => ("citizen", "borgeren"),
        "system" => ("system", "systemet"),
        _ => ("staff", name.as_deref().unwrap_or("en medarbejder")),
    };
    Line {
        at: instant_text(row.at_ms),
        what: row.what.clone(),
        by: by.to_owned(),
        text: format!("{} af {whose}", words(&row.what)),
        name: name.filter(|_| by == "staff"),
    }
}

fn words(what: &str) -> &str {
    match what {
        "held" => "Reserveret",
        "extended" => "Reservation forlænget",
        "released" => "Reservation opgivet",
        "expired" => "Reservation udløbet, noteret",
        "confirmed" => "Bestilt",
        "moved" => "Flyttet",
        "reassigned" => "Givet en anden skranke",
        "cancelled" => "Aflyst",
        "checked-in" => "Mødt, noteret",
        "undone" => "Fremmøde fortrudt",
        "no-show" => "Ikke mødt, noteret",
        "erased" => "Personoplysninger slettet",
        "exported" => "Oplysninger hentet",
        "read" => "Set",
        "talk-journalised" => "Samtale journaliseret",
        "talk-not-case-relevant" => "Samtale ikke sagsrelevant",
        "talk-deleted" => "Samtale slettet",
        "talk-carried" => "Samtale sendt til postkasse",
        "talk-exported" => "Samtale hentet",
        other => other,
    }
}
