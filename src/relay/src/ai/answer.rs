//! The answer as it comes: a stream of events, each sentence held against its sources by the server before it is here. It is shown at
//! once and spoken when it is whole. What is damaged, endless or silent ends it; what stands on the screen then says that it may lack something.

use elements::instant::{hours_lang, wall};
use hours::LocalTime;
use protocol::fallback::{Finished, Lack, Said, SaidPart};

use super::texts;
use super::wire::{Heard, heard};
use crate::json;
use crate::message::{Effect, Message, Now};
use crate::sse::Sse;
use crate::talk::Talk;

/// Nothing at all for so long, and nothing more is waited for, milliseconds. The server says every five seconds that it is there.
const SILENT_MS: i64 = 15_000;
/// So long at most. The server gives up after 20 seconds.
const WHOLE_MS: i64 = 30_000;
/// Most that is read of one answer, bytes.
const BYTES_MOST: usize = 1 << 16;

/// Most sources that are taken.
const SOURCES_MOST: usize = 16;

/// How it came to an end.
#[derive(Clone, Debug, Default, PartialEq)]
enum End {
    /// It did not, or with all that was to be said.
    #[default]
    None,
    Withheld,
    /// An authored text.
    Told(String, Option<Lack>),
    Broken,
}

/// An answer under way.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Answer {
    number: u32,
    since: i64,
    heard: i64,
    bytes: usize,
    sse: Sse,
    /// Number of the message in which it grows; 0 before the first sentence.
    seq: u32,
    /// What is on the screen.
    text: String,
    /// Ids of the sources that it stands on.
    cited: Vec<u8>,
    end: End,
}

impl Answer {
    pub(super) fn new(number: u32, now: &Now) -> Self {
        Self {
            number,
            since: now.ms,
            heard: now.ms,
            bytes: 0,
            sse: Sse::default(),
            seq: 0,
            text: String::new(),
            cited: Vec::new(),
            end: End::None,
        }
    }
}

impl Talk {
    fn answers(&self, number: u32) -> bool {
        self.ai
            .answer
            .as_ref()
            .is_some_and(|answer| answer.number == number)
    }

    /// A piece of the stream. False when it is none of an answer.
    pub(crate) fn answer_chunk(&mut self, number: u32, text: &str, now: &Now) -> bool {
        let Some(answer) = self
            .ai
            .answer
            .as_mut()
            .filter(|answer| answer.number == number)
        else {
            return false;
        };
        answer.heard = now.ms;
        answer.bytes += text.len();
        let frames = answer.sse.feed(text);
        let too_much = answer.bytes > BYTES_MOST;
        for frame in frames {
            // Ended by one of those before.
            let Some(end) = self.ai.answer.as_mut().map(|answer| &mut answer.end) else {
                return true;
            };
            match heard(&frame.event, &frame.data) {
                Some(Heard::Sources(mut sources)) => {
                    sources.sources.truncate(SOURCES_MOST);
                    self.ai.sources = sources.sources;
                }
                Some(Heard::Sentence(said)) => self.said(said),
                Some(Heard::Withheld(_)) => *end = End::Withheld,
                Some(Heard::Refused(refused)) => *end = End::Told(refused.text, None),
                Some(Heard::Degraded(lack)) => *end = End::Told(lack.text, Some(lack.kind)),
                Some(Heard::Done(finished)) => self.finish(Some(&finished), now),
                Some(Heard::Other) => {}
                None => self.break_off(now),
            }
        }
        if too_much {
            self.break_off(now);
        }
        true
    }

    /// The stream is over. False when it was none of an answer.
    pub(crate) fn answer_cut(&mut self, number: u32, now: &Now) -> bool {
        let mine = self.answers(number);
        if mine {
            self.break_off(now);
        }
        mine
    }

    /// The question was not taken. False when it was none.
    pub(crate) fn question_refused(
        &mut self,
        number: u32,
        status: u16,
        body: &str,
        now: &Now,
    ) -> bool {
        let mine = self.answers(number);
        if mine {
            self.ai.answer = None;
            self.ai.sources.clear();
            self.waits(false, "");
            self.ai_refused(
                status,
                json::problem(body).unwrap_or(protocol::Code::Other),
                now,
            );
        }
        mine
    }

    pub(crate) fn answer_tick(&mut self, now: &Now) {
        let late =
            |answer: &Answer| now.ms - answer.heard > SILENT_MS || now.ms - answer.since > WHOLE_MS;
        if self.ai.answer.as_ref().is_some_and(late) {
            self.break_off(now);
        }
    }

    /// Nobody waits for it any more. What is on the screen of it says so.
    pub(crate) fn drop_answer(&mut self, now: &Now) {
        if self.ai.answer.as_ref().is_some_and(|answer| answer.seq > 0) {
            self.break_off(now);
        } else if self.ai.answer.take().is_some() {
            self.effects.push(Effect::Deaf);
            self.waits(false, "");
        }
        self.ai.sources.clear();
    }

    fn break_off(&mut self, now: &Now) {
        if let Some(answer) = &mut self.ai.answer {
            if answer.end == End::None {
                answer.end = End::Broken;
            }
            self.effects.push(Effect::Deaf);
            self.finish(None, now);
        }
    }

    /// A sentence. One that names no source which is here is not shown, nor what follows it.
    fn said(&mut self, said: Said) {
        let Some(answer) = &mut self.ai.answer else {
            return;
        };
        if answer.end != End::None {
            return;
        }
        let known = |id: &u8| self.ai.sources.iter().any(|source| source.id == *id);
        if said.sources.is_empty() || !said.sources.iter().all(known) {
            answer.end = End::Withheld;
            return;
        }
        let first = answer.seq == 0;
        if first {
            self.seq += 1;
            self.newest = self.seq;
            answer.seq = self.seq;
        }
        if !answer.text.is_empty() {
            answer.text.push(' ');
        }
        answer
            .text
            .extend(said.parts.iter().map(|part| part.text.as_str()));
        for id in said.sources {
            if !answer.cited.contains(&id) {
                answer.cited.push(id);
            }
        }
        let grow = Effect::Grow {
            seq: answer.seq,
            parts: pieces(said.parts),
            text: answer.text.clone(),
        };
        if first {
            self.waits(false, "");
        }
        self.effects.push(grow);
    }

    fn finish(&mut self, finished: Option<&Finished>, now: &Now) {
        let lang = now.lang;
        let Some(answer) = self.ai.answer.take() else {
            return;
        };
        self.waits(false, "");
        let none = answer.seq == 0;
        let text = match answer.end {
            End::Told(text, lack) if none => {
                return self.plainly(
                    text,
                    matches!(lack, Some(Lack::Provider | Lack::Other)),
                    lang,
                );
            }
            End::Withheld if none => {
                return self.plainly(texts::WITHHELD.get(lang).into(), false, lang);
            }
            _ if none => return self.ai_refused(0, protocol::Code::Other, now),
            End::Told(_, Some(Lack::Provider | Lack::Other)) | End::Broken => {
                Some(texts::BROKEN.get(lang).into())
            }
            End::Told(text, _) => Some(text),
            End::Withheld => Some(texts::REST_WITHHELD.get(lang).into()),
            End::None => None,
        };
        let mut message = Message {
            seq: answer.seq,
            ..Message::default()
        };
        message.lines.extend(text);
        message.lines.push(texts::CHECK.get(lang).into());
        let terms = self.ai.terms.as_ref();
        let model = match finished {
            Some(finished) => Some(&finished.model),
            None => terms.and_then(|terms| terms.model.as_ref()),
        };
        let mut row = |phrase: elements::Phrase, text: String| {
            message.rows.push((phrase.get(lang).into(), text));
        };
        if let Some(model) = model {
            row(texts::AUTHOR, texts::MODEL.with(lang, model));
        }
        if let Some(finished) = finished {
            row(texts::TIME, moment(&finished.at, now));
            let left = json::digits(finished.turns_left.into());
            row(texts::LEFT, texts::TIMES.with(lang, &left));
        }
        self.add_sources(&mut message, |id| answer.cited.contains(&id));
        self.add_person(&mut message, lang);
        self.effects.push(Effect::Tail {
            message,
            text: answer.text,
        });
    }
}

/// What is read, and where it leads; an empty address for text alone.
fn pieces(parts: Vec<SaidPart>) -> Vec<(String, String)> {
    let piece = |part: SaidPart| (part.text, part.url.unwrap_or_default());
    parts.into_iter().map(piece).collect()
}

fn moment(at: &str, now: &Now) -> String {
    wall(at).map_or_else(
        || at.to_string(),
        |(date, minute)| hours::moment_text(LocalTime { date, minute }, hours_lang(now.lang)),
    )
}
