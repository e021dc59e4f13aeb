//! What went wrong and somebody must look at, with the way to it: beside the day, or above the conversations.

use super::{Button, Card, Look, Part};
use crate::chats::ChatPress;
use crate::message::Press;
use crate::state::{App, Desk, Panel};
use crate::{texts, when};
use protocol::staff::{Alert, AlertAbout};

/// The button in the line at the top, where there is something to hear of.
pub(super) fn button(desk: &Desk) -> Button {
    let count = desk.alerts.len();
    let label = match count {
        0 => "Beskeder".to_string(),
        _ => format!("Beskeder ({count})"),
    };
    let look = if count > 0 { Look::Main } else { Look::Quiet };
    Button::new("alerts", &label, Press::Alerts, look)
}

/// The card, while it is open.
pub(super) fn open(app: &App, desk: &Desk) -> Option<Card> {
    if !matches!(desk.panel, Panel::Alerts) {
        return None;
    }
    let mut card = card(app, desk);
    card.close = true;
    if let Some(told) = &desk.told {
        card.parts.insert(0, Part::Told(told.clone()));
    }
    Some(card)
}

/// Leads to the booking or the conversation.
fn way(desk: &Desk, alert: &Alert) -> Option<Button> {
    let receipt = alert.receipt.as_ref()?;
    let (label, press) = match alert.about {
        AlertAbout::Conversation if desk.talks() => {
            let press = Press::Chat(ChatPress::Alert(receipt.clone()));
            ("Åbn samtalen", press)
        }
        AlertAbout::Conversation => return None,
        _ => ("Åbn aftalen", Press::VisitOf(receipt.clone())),
    };
    let spoken = format!("{label} {receipt}");
    Some(Button::new("", label, press, Look::Plain).spoken(spoken))
}

/// What is to be looked at.
pub(super) fn card(app: &App, desk: &Desk) -> Card {
    let mut parts = Vec::new();
    if desk.alerts.is_empty() {
        parts.push(Part::Line("Der er ikke noget, du skal se efter.".into()));
    }
    for alert in &desk.alerts {
        let (title, advice) = texts::alert(alert, desk.talks());
        let at = when::capital(&when::moment(&alert.at, app.today()));
        let mut buttons: Vec<Button> = way(desk, alert).into_iter().collect();
        let seen = format!("Set: {title}, {at}");
        let press = Press::Seen(alert.alert.clone());
        buttons.push(
            Button::new("", "Set", press, Look::Quiet)
                .spoken(seen)
                .busy_if(desk.change.is_some()),
        );
        parts.push(Part::Item(title, format!("{at}. {advice}"), buttons));
    }
    Card {
        title: "Beskeder".into(),
        parts,
        ..Card::default()
    }
}
