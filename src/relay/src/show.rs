//! What stands on the screen beside the log of a conversation, and how a message of the program comes to be said.

use bundle::content::Lang;
use elements::Phrase;
use elements::instant::{hours_lang, wall};
use hours::{LocalTime, copenhagen};
use protocol::handoff::Stage;

use crate::json;
use crate::message::{Choice, Effect, Kept, Message, Now, Press};
use crate::talk::Talk;
use crate::texts;

impl Talk {
    pub(crate) fn say(&mut self, mut message: Message) {
        if let Some(phrase) = self.above.take() {
            message.lines.insert(0, phrase.to_string());
        }
        self.seq += 1;
        message.seq = self.seq;
        let buttons =
            message.main.is_some() || !message.options.is_empty() || !message.more.is_empty();
        if buttons {
            self.newest = self.seq;
        }
        self.effects.push(Effect::Say(message));
    }

    pub(crate) fn fault(&mut self, name: &'static str, phrase: Phrase, now: &Now) {
        let text = phrase.get(now.lang).to_string();
        self.effects.push(Effect::Faults(vec![(name, text)]));
    }

    /// Name of the department in which the conversation is.
    pub(crate) fn department(&self, lang: Lang) -> String {
        let live = self.live.as_ref().map(|live| &live.department);
        let there = self.there.as_ref().map(|there| &there.department);
        live.or(there)
            .map_or_else(String::new, |one| texts::of(&one.name, lang).to_string())
    }

    /// What stands beside the log: who reads what is written, and the place in the queue.
    pub(crate) fn show(&mut self, now: &Now) {
        let lang = now.lang;
        let going = self.live.as_ref().filter(|_| self.is_live());
        let line = going.map(|live| {
            let phrase = match live.stage {
                Stage::Active => texts::ACTIVE_LINE,
                _ => texts::WAITING_LINE,
            };
            let name = texts::of(&live.department.name, lang);
            (
                phrase.with(lang, name),
                choice(texts::END, Press::End, lang),
            )
        });
        let bar = going
            .filter(|live| live.stage == Stage::Waiting)
            .map(|live| {
                let mut text = if live.open {
                    match live.ahead {
                        Some(0) => texts::NEXT.get(lang).to_string(),
                        Some(ahead) => ahead_text(ahead, lang),
                        None => String::new(),
                    }
                } else if let Some(opens) = &live.opens_at {
                    texts::OPENS_AGAIN.with(lang, &soon(opens, now))
                } else {
                    texts::NOT_THERE.get(lang).to_string()
                };
                if let Some(minutes) = live.wait_minutes.filter(|_| live.open) {
                    text.push(' ');
                    text.push_str(&texts::ESTIMATE.with(lang, &hours::number(minutes)));
                }
                if !self.link.is_up() {
                    text.push(' ');
                    text.push_str(texts::OFFLINE.get(lang));
                }
                (text, Some(choice(texts::LEAVE, Press::Leave, lang)))
            });
        // While somebody answers, only what keeps from it is told.
        let lost = going.is_some() && bar.is_none() && !self.link.is_up();
        let bar = bar.or_else(|| lost.then(|| (texts::OFFLINE.get(lang).to_string(), None)));
        if line != self.line {
            self.line.clone_from(&line);
            self.effects.push(Effect::Line(line));
        }
        if bar != self.bar {
            if let Some((text, _)) = &bar
                && self.bar.as_ref().is_none_or(|(old, _)| old != text)
            {
                self.effects.push(Effect::Status(text.clone()));
            }
            self.bar.clone_from(&bar);
            self.effects.push(Effect::Bar(bar));
        }
    }

    pub(crate) fn keep(&mut self) {
        let kept = Kept {
            secret: self.secret.clone(),
            seq: self.seen.max(self.told),
            key: if self.secret.is_empty() {
                self.key.clone()
            } else {
                String::new()
            },
            out: self.own.unsent(),
            ask: self.ai.kept().0.to_string(),
            consent: self.ai.kept().1.to_string(),
        }
        .write();
        if kept != self.kept {
            self.kept.clone_from(&kept);
            self.effects.push(Effect::Keep(kept));
        }
    }
}

pub(crate) fn line(phrase: Phrase, lang: Lang) -> Message {
    Message {
        lines: vec![phrase.get(lang).to_string()],
        ..Message::default()
    }
}

pub(crate) fn choice(phrase: Phrase, press: Press, lang: Lang) -> Choice {
    Choice {
        label: phrase.get(lang).to_string(),
        press,
    }
}

/// "Der er 3 i kø foran dig."
pub(crate) fn ahead_text(ahead: u32, lang: Lang) -> String {
    match ahead {
        0 => texts::ALONE.get(lang).to_string(),
        1 => texts::ONE_AHEAD.get(lang).to_string(),
        _ => texts::AHEAD.with(lang, &json::digits(ahead.into())),
    }
}

/// "kl. 14.15" today, "fredag den 4. december kl. 10" on another day.
pub(crate) fn soon(instant: &str, now: &Now) -> String {
    let lang = hours_lang(now.lang);
    match wall(instant) {
        Some((date, minute)) if date == copenhagen(now.ms).date => hours::clock_text(minute, lang),
        Some((date, minute)) => hours::moment_text(LocalTime { date, minute }, lang),
        None => instant.to_string(),
    }
}
