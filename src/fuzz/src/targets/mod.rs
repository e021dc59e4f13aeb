//! What is fed, with what, and what must hold: a room for each kind of input. Each input is bytes that a file can keep;
//! those for conversations are lines that a person can read.

mod addresses;
mod answers;
mod authored;
mod booking;
mod bundles;
mod conversations;
mod persons;
mod relay_world;
mod relays;
mod releases;
mod small;
mod tables;
mod weeks;
mod words;

use crate::dice::Dice;

/// Panics when the input does harm.
pub(crate) type Check = Box<dyn Fn(&[u8])>;

/// A parser or transform.
pub(crate) struct Target {
    pub(crate) name: &'static str,
    pub(crate) make: fn(&mut Dice) -> Vec<u8>,
    pub(crate) open: fn() -> Check,
    /// Rounds at least, and in `cargo test`.
    pub(crate) few: u64,
    /// Goes through files on disk: left out when millions of rounds are asked for.
    pub(crate) slow: bool,
}

pub(crate) fn all() -> Vec<Target> {
    let target = |name, few, make, open| Target {
        name,
        make,
        open,
        few,
        slow: false,
    };
    vec![
        target("bundle", 2000, bundles::damaged, bundles::check),
        target("sealed", 1000, bundles::resealed, bundles::check_sealed),
        Target {
            slow: true,
            ..target("authored", 40, authored::file, authored::check)
        },
        target("topic", 500, authored::topic, authored::check_topic),
        target(
            "markdown",
            2000,
            authored::markdown,
            authored::check_markdown,
        ),
        target("address", 5000, addresses::address, addresses::check),
        target("values", 1000, authored::values, authored::check_values),
        target("table", 2000, tables::table, tables::check),
        target(
            "samtaler",
            3000,
            authored::samtaler,
            authored::check_samtaler,
        ),
        target("release", 2000, releases::release, releases::check),
        target("text", 1000, words::utterance, words::check),
        target("privacy", 3000, persons::text, persons::check),
        target("id", 5000, words::id, words::check_id),
        target("dialog", 300, conversations::events, conversations::check),
        target(
            "restore",
            1000,
            conversations::stored,
            conversations::check_stored,
        ),
        target("hours", 5000, weeks::week, weeks::check),
        target("when", 3000, booking::said, booking::check_said),
        target("json", 3000, booking::answer, booking::check_answer),
        target("answer", 1000, answers::stream, answers::check),
        target("relay", 2000, relays::events, relays::check),
    ]
}
