//! Which service of the booking an answer leads to, by what the bundle says.

use alloc::string::String;
use bundle::Knowledge;
use bundle::content::{BookVia, IntentIdx};

/// Id of the service that a time for this intent is booked for in the chat: the one that names the intent, else the one
/// that names its topic. `None` when there is none, or when it is booked on a page of the kommune.
pub fn bookable(knowledge: &Knowledge, intent: IntentIdx) -> Option<String> {
    let topic = knowledge.core().intents.get(usize::from(intent))?.topic;
    let all = knowledge.bookable();
    let found = all
        .iter()
        .find(|one| one.intents.contains(&intent))
        .or_else(|| all.iter().find(|one| one.topics.contains(&topic)))?;
    (!matches!(found.via, BookVia::Link(_))).then(|| found.id.clone())
}
