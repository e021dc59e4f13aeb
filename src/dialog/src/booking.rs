//! Which service of the booking an answer leads to, by what the bundle says.

use alloc::string::String;
use bundle::Knowledge;
use bundle::content::{BookVia, IntentIdx};

/// Id of the service that a time for this intent is booked for in the chat: the one that names the intent, else the one
/// that names its topic. `None` when there is none, or when it is booked on a page of the kommune.
pub fn bookable(knowledge: &Knowledge, intent: IntentIdx) -> Option<String> {
    let topic = knowledge.core().intents.get(usize::from(intent))?.topic;
    let mut found = None;
    for one in knowledge.bookable() {
        let exact = one.intents.contains(&intent);
        if exact || found.is_none() && one.topics.contains(&topic) {
            found = Some(one);
            if exact {
                break;
            }
        }
    }
    let found = found?;
    (!matches!(found.via, BookVia::Link(_))).then_some(found.id)
}
