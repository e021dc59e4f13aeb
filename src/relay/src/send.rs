//! Keeps saying: what the citizen writes to a person. One message is under way at a time, so that they arrive in order; each has an id
//! of its own, which every try bears, so that none arrives twice. What is not known to have arrived is kept in the tab.

use elements::json::Writer;
use protocol::handoff::{MESSAGE_MOST, Stage};
use protocol::{Code, path};

use crate::hide;
use crate::json;
use crate::link::pause;
use crate::message::{Effect, Now, Out, State, What};
use crate::talk::Talk;
use crate::texts;

/// So many tries by itself, half a minute; then the citizen may.
const TRIES: u32 = 6;
/// At most one word to the server that the citizen writes in this time, milliseconds.
const TYPING_EVERY_MS: i64 = 3_000;
/// Who has not written for so long has stopped.
const TYPING_OFF_MS: i64 = 5_000;

#[derive(Clone, Debug, PartialEq)]
struct Item {
    id: String,
    text: String,
    state: State,
    drawn: bool,
    tries: u32,
    retry_at: i64,
}

/// The citizen's messages.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Own {
    all: Vec<Item>,
    /// Number of the request that is under way, and which message it brings.
    flight: Option<(u32, usize)>,
}

impl Own {
    /// Those that were not acknowledged on the page before.
    pub(crate) fn again(&mut self, out: Vec<Out>, now: &Now) {
        self.flight = None;
        self.all = out
            .into_iter()
            .map(|one| Item {
                id: one.id,
                text: one.text,
                state: State::Sending,
                drawn: false,
                tries: 0,
                retry_at: now.ms,
            })
            .collect();
    }

    pub(crate) fn unsent(&self) -> Vec<Out> {
        let unsent = self.all.iter().filter(|one| one.state == State::Sending);
        unsent
            .map(|one| Out {
                id: one.id.clone(),
                text: one.text.clone(),
            })
            .collect()
    }

    /// Does not wait until the next try.
    pub(crate) fn hurry(&mut self) {
        self.all.iter_mut().for_each(|one| one.retry_at = 0);
    }

    pub(crate) fn give_up(&mut self) {
        self.flight = None;
        let sending = self
            .all
            .iter_mut()
            .filter(|one| one.state == State::Sending);
        sending.for_each(|one| one.state = State::Failed);
    }
}

impl Talk {
    /// The citizen wrote something to the person.
    pub(crate) fn hear(&mut self, text: &str, now: &Now) {
        let text: String = hide::secrets(text.trim())
            .chars()
            .take(MESSAGE_MOST)
            .collect();
        if text.is_empty() {
            return;
        }
        self.typing = None;
        self.add(now.fresh.clone(), text, State::Sending);
        self.pump(now);
    }

    fn add(&mut self, id: String, text: String, state: State) {
        let nth = self.own.all.len();
        self.effects.push(Effect::Own {
            nth,
            text: text.clone(),
            state,
        });
        self.own.all.push(Item {
            id,
            text,
            state,
            drawn: true,
            tries: 0,
            retry_at: 0,
        });
    }

    /// Sends the first that waits, when nothing is under way.
    pub(crate) fn pump(&mut self, now: &Now) {
        if self.own.flight.is_some() || !self.is_live() {
            return;
        }
        let next = self
            .own
            .all
            .iter()
            .position(|one| one.state == State::Sending);
        let Some(nth) = next.filter(|nth| self.own.all[*nth].retry_at <= now.ms) else {
            return;
        };
        let Item { id, text, .. } = self.own.all[nth].clone();
        let body = Writer::new().text("id", &id).text("text", &text).end();
        let request = self.request(What::Message(nth), path::MESSAGES.into(), Some(id), body);
        self.own.flight = Some((request.number, nth));
        self.effects.push(Effect::Ask(request));
    }

    fn mark(&mut self, nth: usize, state: State) {
        if let Some(one) = self.own.all.get_mut(nth)
            && one.state != state
        {
            one.state = state;
            if one.drawn {
                self.effects.push(Effect::Mark { nth, state });
            }
        }
    }

    /// True when it was the answer to a message.
    pub(crate) fn message_answered(
        &mut self,
        number: u32,
        status: u16,
        body: &str,
        now: &Now,
    ) -> bool {
        let Some((_, nth)) = self.own.flight.filter(|(flight, _)| *flight == number) else {
            return false;
        };
        self.own.flight = None;
        let arrived = (200..300).contains(&status) && json::accepted(body).is_some();
        let code = json::problem(body);
        let may_pass =
            status < 300 || matches!(status, 408 | 429 | 500..) || code == Some(Code::InProgress);
        if arrived {
            self.mark(nth, State::Sent);
        } else if self
            .own
            .all
            .get(nth)
            .is_some_and(|one| one.state != State::Sending)
        {
            // The log has said meanwhile that it is there.
        } else if may_pass && self.own.all[nth].tries < TRIES {
            let one = &mut self.own.all[nth];
            one.tries += 1;
            one.retry_at = now.ms + pause(one.tries, now);
        } else {
            self.mark(nth, State::Failed);
            let phrase = match code {
                Some(Code::WrongState) => texts::TOO_LATE,
                _ => texts::UNSENT,
            };
            self.effects
                .push(Effect::Status(phrase.get(now.lang).to_string()));
            if code == Some(Code::WrongState) && !self.link.asks() {
                self.fetch_log(0, now);
            }
        }
        self.pump(now);
        true
    }

    pub(crate) fn resend(&mut self, nth: usize, now: &Now) {
        let failed = self
            .own
            .all
            .get_mut(nth)
            .filter(|one| one.state == State::Failed);
        if let Some(one) = failed {
            one.tries = 0;
            one.retry_at = now.ms;
            self.mark(nth, State::Sending);
            self.pump(now);
        }
    }

    /// The log has a message of the citizen.
    pub(crate) fn own_arrived(&mut self, id: String, text: String) {
        let known = self.own.all.iter().position(|one| one.id == id);
        match known {
            Some(nth) if self.own.all[nth].drawn => self.mark(nth, State::Sent),
            Some(nth) => {
                self.own.all[nth].drawn = true;
                self.own.all[nth].state = State::Sent;
                self.effects.push(Effect::Own {
                    nth,
                    text,
                    state: State::Sent,
                });
            }
            None => self.add(id, text, State::Sent),
        }
    }

    /// The whole log is told: what was not in it, of the page before, is still to be sent.
    pub(crate) fn own_again(&mut self, now: &Now) {
        for nth in 0..self.own.all.len() {
            let one = &mut self.own.all[nth];
            if !one.drawn {
                one.drawn = true;
                let (text, state) = (one.text.clone(), one.state);
                self.effects.push(Effect::Own { nth, text, state });
            }
        }
        self.pump(now);
    }

    // --- that the citizen writes ------------------------------------------------------------------------

    pub(crate) fn typed(&mut self, now: &Now) {
        let active = self
            .live
            .as_ref()
            .is_some_and(|live| live.stage == Stage::Active);
        if !active || !self.is_live() {
            return;
        }
        match &mut self.typing {
            Some((told, last)) if now.ms - *told < TYPING_EVERY_MS => *last = now.ms,
            _ => {
                self.typing = Some((now.ms, now.ms));
                self.tell_typing(true, now);
            }
        }
    }

    pub(crate) fn stop_typing(&mut self, now: &Now) {
        if self
            .typing
            .is_some_and(|(_, last)| now.ms - last >= TYPING_OFF_MS)
        {
            self.typing = None;
            self.tell_typing(false, now);
        }
    }

    fn tell_typing(&mut self, on: bool, now: &Now) {
        let body = Writer::new()
            .object("on", if on { "true" } else { "false" })
            .end();
        let key = Some(now.fresh.clone());
        let request = self.request(What::Typing, path::TYPING.into(), key, body);
        self.effects.push(Effect::Ask(request));
    }
}
