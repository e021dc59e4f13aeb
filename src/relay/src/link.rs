//! Keeps hearing: a stream of events; where that does not come through, long polling. Whatever way an entry comes, `log` tells it once
//! and in order, so this file may ask twice and never too little. There is no limit of time: after an hour without network
//! everything after the last entry is asked for.

use protocol::handoff::{Conversation, HEARTBEAT_SECONDS, Stage, Way};
use protocol::path;

use crate::json;
use crate::message::{Effect, Now, What};
use crate::sse::Sse;
use crate::talk::Talk;
use crate::texts;

/// Nothing heard for so long, and the stream is taken for dead, milliseconds.
const SILENT_MS: i64 = 2 * HEARTBEAT_SECONDS as i64 * 1000;
/// The stream is tried again so long after it was given up for polling.
const AGAIN_MS: i64 = 60_000;
/// Streams that end sooner than this are opened again after a pause.
const SHORT_MS: i64 = 5_000;
/// An entry that the server has is asked for when it did not come by itself.
const MISSING_MS: i64 = 2_000;
/// How long the server may keep a poll, seconds.
const POLL_SECONDS: u16 = 20;

/// How it stands with hearing.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Link {
    /// The stream; 0 for none.
    number: u32,
    /// Something came on it.
    alive: bool,
    /// When it was opened.
    since: i64,
    /// When something came last, or it was opened.
    heard: i64,
    sse: Sse,
    /// Streams in a row on which nothing came.
    failures: u32,
    retry_at: Option<i64>,
    polling: bool,
    poll_at: i64,
    /// The request for the log that is under way.
    log: Option<u32>,
    /// The server has entries up to here, and since when that is known.
    wanted: (u64, i64),
    /// Nothing comes through.
    down: bool,
}

impl Link {
    /// Something came through the last time that it was tried.
    pub(crate) fn is_up(&self) -> bool {
        !self.down
    }

    pub(crate) fn want(&mut self, seq: u64, now: &Now) {
        if seq > self.wanted.0 {
            self.wanted = (seq, now.ms);
        }
    }

    pub(crate) fn asks(&self) -> bool {
        self.log.is_some()
    }

    fn came(&mut self) {
        self.failures = 0;
        self.down = false;
    }
}

/// Longer with each failure, up to 15 s; not the same for all who lost the same server.
pub(crate) fn pause(failures: u32, now: &Now) -> i64 {
    (500_i64 << failures.min(5)).min(15_000) + now.ms % 500
}

impl Talk {
    pub(crate) fn listen(&mut self, now: &Now) {
        let number = self.next_number();
        self.link.number = number;
        self.link.alive = false;
        self.link.since = now.ms;
        self.link.heard = now.ms;
        self.link.sse = Sse::default();
        self.link.retry_at = None;
        self.effects.push(Effect::Listen {
            number,
            path: [path::EVENTS, "?after=", &json::digits(self.seen)].concat(),
            secret: self.secret.clone(),
        });
    }

    /// Hears no more.
    pub(crate) fn silence(&mut self) {
        if self.link.number != 0 {
            self.effects.push(Effect::Deaf);
        }
        self.link = Link::default();
        self.typing = None;
        self.types(0, "");
    }

    pub(crate) fn chunk(&mut self, number: u32, text: &str, now: &Now) {
        if number != self.link.number {
            return;
        }
        self.link.heard = now.ms;
        if text.is_empty() {
            return;
        }
        self.link.alive = true;
        self.link.polling = false;
        self.link.came();
        for frame in self.link.sse.feed(text) {
            match frame.event.as_str() {
                "" | "message" => {
                    if let Some(entry) = json::entry(&frame.data) {
                        self.take(entry, now);
                    }
                }
                "conversation" => {
                    if let Some(live) = json::conversation(&frame.data) {
                        self.stands(live, now);
                    }
                }
                // Of a newer server.
                _ => {}
            }
        }
        self.settle();
    }

    pub(crate) fn cut(&mut self, number: u32, status: u16, now: &Now) {
        if number != self.link.number || number == 0 {
            return;
        }
        self.link.number = 0;
        if matches!(status, 401 | 404) {
            return self.gone(now);
        }
        if self.link.alive {
            // The server ends streams now and then, and proxies do. At once, and not by the clock: out of sight it hardly goes.
            if now.ms - self.link.since > SHORT_MS {
                return self.listen(now);
            }
            self.link.retry_at = Some(now.ms + pause(0, now));
            return;
        }
        self.link.failures += 1;
        if self.link.failures > 1 {
            self.link.polling = true;
            self.link.poll_at = now.ms;
            self.link.retry_at = Some(now.ms + AGAIN_MS);
        } else {
            self.link.retry_at = Some(now.ms + pause(1, now));
        }
    }

    /// Asks for everything after the last entry. `wait`: seconds that the server may wait for one.
    pub(crate) fn fetch_log(&mut self, wait: u16, now: &Now) {
        let mut query = [path::LOG, "?after=", &json::digits(self.seen)].concat();
        if wait > 0 {
            query.push_str("&wait=");
            query.push_str(&hours::number(wait));
        }
        let mut request = self.request(What::Log, query, None, String::new());
        request.patience = wait + 10;
        self.link.log = Some(request.number);
        self.link.wanted.1 = now.ms;
        self.effects.push(Effect::Ask(request));
    }

    /// True when it was the answer to [`Talk::fetch_log`].
    pub(crate) fn log_answered(&mut self, number: u32, status: u16, body: &str, now: &Now) -> bool {
        if self.link.log != Some(number) {
            return false;
        }
        self.link.log = None;
        let found = (status == 200).then(|| json::log(body)).flatten();
        let Some(found) = found else {
            if matches!(status, 401 | 404) {
                self.gone(now);
            } else {
                self.link.failures += 1;
                self.link.down = self.link.down || self.link.failures > 1;
                self.link.poll_at = now.ms + pause(self.link.failures, now);
            }
            return true;
        };
        self.link.came();
        self.link.poll_at = now.ms + 250;
        let before = self.seen;
        for entry in found.entries {
            self.take(entry, now);
        }
        self.stands(found.conversation, now);
        let live_seq = self.live.as_ref().map_or(0, |live| live.seq);
        if self.seen > before && self.seen < live_seq {
            self.fetch_log(0, now);
            return true;
        }
        self.settle();
        self.own_again(now);
        let open = self.link.number != 0 || self.link.polling || self.link.retry_at.is_some();
        if self.is_live() && !open {
            self.listen(now);
        }
        true
    }

    /// How it stands, by the server.
    pub(crate) fn stands(&mut self, live: Conversation, now: &Now) {
        let older = |known: &Conversation| known.seq > live.seq && known.receipt == live.receipt;
        if self.live.as_ref().is_some_and(older) {
            return;
        }
        self.link.want(live.seq, now);
        self.live = Some(live);
    }

    /// Once all is told of a conversation that is over, nothing more is waited for.
    fn settle(&mut self) {
        let over = self.live.as_ref().is_some_and(|live| {
            (live.stage == Stage::Closed || live.way != Way::Chat) && self.seen >= live.seq
        });
        if over {
            self.silence();
        }
    }

    /// The server knows nothing of it.
    pub(crate) fn gone(&mut self, now: &Now) {
        self.silence();
        self.live = None;
        self.secret.clear();
        self.own.give_up();
        self.effects.push(Effect::Note {
            text: texts::GONE.get(now.lang).to_string(),
            quiet: false,
        });
    }

    pub(crate) fn wake(&mut self, now: &Now) {
        if !self.hears() {
            return;
        }
        self.fetch_log(0, now);
        let silent = now.ms - self.link.heard > SILENT_MS / 2;
        if self.is_live() && (self.link.number == 0 || silent) {
            self.link.polling = false;
            self.listen(now);
        }
        self.own.hurry();
        self.pump(now);
    }

    pub(crate) fn tick(&mut self, now: &Now) {
        self.answer_tick(now);
        if !self.hears() {
            return;
        }
        let link = &self.link;
        if link.number != 0 && now.ms - link.heard > SILENT_MS {
            self.effects.push(Effect::Deaf);
            self.cut(link.number, 0, now);
        }
        if self.link.number == 0 && self.link.retry_at.is_some_and(|at| now.ms >= at) {
            self.listen(now);
        }
        let (wanted, since) = self.link.wanted;
        let poll = (self.link.polling || self.live.is_none()) && now.ms >= self.link.poll_at;
        let missing = wanted > self.seen && now.ms - since > MISSING_MS;
        if self.link.log.is_none() && (poll || missing) {
            let wait = if missing || self.live.is_none() {
                0
            } else {
                POLL_SECONDS
            };
            self.fetch_log(wait, now);
        }
        if self.types_until != 0 && now.ms >= self.types_until {
            self.types(0, "");
        }
        self.stop_typing(now);
        self.pump(now);
    }
}
