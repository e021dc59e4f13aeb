//! Tells the log of a conversation: in the order of the server's numbers, each entry exactly once, whatever way and in what order they
//! come. An entry that came too early waits for those before it.

use elements::instant::ms;
use protocol::handoff::{Entry, Requeue, Stage, What, Who};

use crate::message::{Effect, Now};
use crate::talk::Talk;
use crate::texts;

/// Who has not said that they stopped writing has stopped after this, milliseconds.
const TYPING_MS: i64 = 10_000;
/// Most entries that wait for those before them; what is beyond is asked for again.
const EARLY_MOST: usize = 500;

impl Talk {
    pub(crate) fn take(&mut self, entry: Entry, now: &Now) {
        if entry.seq <= self.seen {
            return;
        }
        if entry.seq > self.seen + 1 {
            self.link.want(entry.seq, now);
            let known = self.early.iter().any(|one| one.seq == entry.seq);
            if !known && self.early.len() < EARLY_MOST {
                self.early.push(entry);
            }
            if !self.link.asks() {
                self.fetch_log(0, now);
            }
            return;
        }
        self.seen = entry.seq;
        self.tell(entry, now);
        let next = self.early.iter().position(|one| one.seq == self.seen + 1);
        if let Some(next) = next {
            let entry = self.early.swap_remove(next);
            self.take(entry, now);
        } else {
            let seen = self.seen;
            self.early.retain(|one| one.seq > seen);
        }
    }

    fn tell(&mut self, entry: Entry, now: &Now) {
        let lang = now.lang;
        let quiet = entry.seq <= self.told;
        if let Some(live) = &mut self.live {
            live.seq = live.seq.max(entry.seq);
        }
        match entry.what {
            What::Message { id, text, .. } => match entry.who {
                Who::Citizen => self.own_arrived(id, text),
                Who::Staff => self.person(entry.name, text, quiet, now),
                _ => self.note(text, quiet),
            },
            What::Correction { text, .. } => {
                let text = [texts::CORRECTION.get(lang), ": ", &text].concat();
                self.person(entry.name, text, quiet, now);
            }
            What::Taken => {
                self.stage(Stage::Active);
                let place = self.department(lang);
                let text = match &entry.name {
                    Some(name) => texts::TAKEN_BY.with2(lang, &place, name),
                    None => texts::TAKEN.with(lang, &place),
                };
                self.note(text, quiet);
            }
            What::Requeued { why } => {
                self.stage(Stage::Waiting);
                self.types(0, "");
                let phrase = match why {
                    Requeue::StaffAway => texts::STAFF_AWAY,
                    Requeue::GivenBack | Requeue::Other => texts::GIVEN_BACK,
                };
                self.note(phrase.get(lang).to_string(), quiet);
            }
            What::Transferred { department } => {
                self.stage(Stage::Waiting);
                self.types(0, "");
                let name = texts::of(&department.name, lang).to_string();
                if let Some(live) = &mut self.live {
                    live.department = department;
                }
                self.note(texts::TRANSFERRED.with(lang, &name), quiet);
            }
            What::Typing { on } => {
                // One that was said long ago tells nothing about now.
                let fresh = ms(&entry.at).is_some_and(|at| (now.ms - at).abs() < TYPING_MS);
                if entry.who == Who::Staff {
                    if on && fresh {
                        self.types(now.ms + TYPING_MS, texts::TYPES.get(lang));
                    } else {
                        self.types(0, "");
                    }
                }
            }
            What::Closed { by } => {
                self.stage(Stage::Closed);
                self.types(0, "");
                let phrase = match by {
                    Who::Citizen => texts::CLOSED_SELF,
                    _ => texts::CLOSED,
                };
                let more = texts::KEEP_IT.get(lang);
                self.note([phrase.get(lang), " ", more].concat(), quiet);
            }
            // The citizen knows where they were; and what a newer server tells an older page passes over.
            What::CitizenAway | What::CitizenBack | What::Other => {}
        }
    }

    fn stage(&mut self, stage: Stage) {
        if let Some(live) = &mut self.live {
            live.stage = stage;
        }
    }

    fn person(&mut self, name: Option<String>, text: String, quiet: bool, now: &Now) {
        self.types(0, "");
        let staff = texts::STAFF.get(now.lang);
        let speaker = match name {
            Some(name) => [staff, ", ", &name].concat(),
            None => staff.to_string(),
        };
        self.effects.push(Effect::Person {
            speaker,
            text,
            quiet,
        });
    }

    pub(crate) fn note(&mut self, text: String, quiet: bool) {
        self.effects.push(Effect::Note { text, quiet });
    }

    /// Shows until when that somebody writes; 0 takes it away.
    pub(crate) fn types(&mut self, until: i64, text: &str) {
        if (self.types_until == 0) != (until == 0) {
            self.effects.push(Effect::Typing(text.to_string()));
        }
        self.types_until = until;
    }
}
