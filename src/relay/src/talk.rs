//! The conversation as a state machine: an event goes in, a new state and effects come out. No clock, network or chance: they come
//! in as [`Now`] and as answers. `ask` leads to what is sent, `log` tells what comes, `link` keeps hearing, `send` keeps saying.

use elements::json::Writer;
use protocol::handoff::{Availability, Conversation, Opened, Said, Stage, Way};
use protocol::{Code, path};

use crate::ai::Ai;
use crate::json;
use crate::link::Link;
use crate::message::{Choice, Effect, Event, Fields, Kept, Message, Now, Press, Request, What};
use crate::send::Own;
use crate::show::{choice, line};
use crate::texts;

/// How far it has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Step {
    /// Nothing is asked.
    #[default]
    Idle,
    /// Which way, which department.
    Ways,
    /// The fields of a way.
    Form,
    /// What will be sent is shown.
    Review,
    /// The code to come back with.
    Code,
    /// End it?
    Sure,
    /// What will be sent to AI help is shown.
    Preview,
    /// The question to AI help, to change.
    Question,
}

/// The conversation.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Talk {
    pub(crate) step: Step,
    pub(crate) about: String,
    pub(crate) bundle: String,
    /// The chat with the bot, what the citizen said there masked.
    pub(crate) transcript: Vec<Said>,
    pub(crate) there: Option<Availability>,
    /// Id of the department that was chosen; empty when the topic decides.
    pub(crate) chosen: String,
    pub(crate) way: Option<Way>,
    /// The form is for a conversation that waits.
    pub(crate) leaving: bool,
    pub(crate) fields: Fields,
    /// What will be sent, to the byte.
    pub(crate) body: String,
    /// Key of what was sent; stays until it is answered.
    pub(crate) key: String,
    /// Said above the next message.
    pub(crate) above: Option<&'static str>,
    /// The request that the citizen waits for, or that got no answer.
    pub(crate) flight: Option<Request>,
    pub(crate) waiting: bool,
    number: u32,
    pub(crate) seq: u32,
    pub(crate) newest: u32,
    /// Secret of the conversation with a person; empty for none.
    pub(crate) secret: String,
    pub(crate) live: Option<Conversation>,
    pub(crate) own: Own,
    pub(crate) link: Link,
    /// Number of the last entry that was told, without gaps.
    pub(crate) seen: u64,
    /// Entries up to this number were told on another page.
    pub(crate) told: u64,
    /// Entries that came too early.
    pub(crate) early: Vec<protocol::handoff::Entry>,
    /// Until when "skriver …" stands, milliseconds since 1970; 0 when it does not.
    pub(crate) types_until: i64,
    /// When the server was told last that the citizen writes, and when they wrote last.
    pub(crate) typing: Option<(i64, i64)>,
    pub(crate) bar: Option<(String, Option<Choice>)>,
    pub(crate) line: Option<(String, Choice)>,
    pub(crate) kept: String,
    pub(crate) ai: Ai,
    pub(crate) effects: Vec<Effect>,
}

/// One step.
pub fn step(mut talk: Talk, event: Event, now: &Now) -> (Talk, Vec<Effect>) {
    talk.on(event, now);
    talk.show(now);
    talk.keep();
    let effects = core::mem::take(&mut talk.effects);
    (talk, effects)
}

impl Talk {
    /// A conversation with a person or an answer is under way, or not all of it is told, so time matters.
    pub fn ticks(&self) -> bool {
        self.hears() || self.ai.is_answering()
    }

    /// A conversation with a person is.
    pub(crate) fn hears(&self) -> bool {
        let over = self
            .live
            .as_ref()
            .is_some_and(|live| live.stage == Stage::Closed && self.seen >= live.seq);
        !self.secret.is_empty() && !over
    }

    /// What is written in the chat's field goes to a person.
    pub fn is_live(&self) -> bool {
        self.live.as_ref().is_some_and(|live| {
            live.way == Way::Chat && matches!(live.stage, Stage::Waiting | Stage::Active)
        })
    }

    fn on(&mut self, event: Event, now: &Now) {
        match event {
            Event::Begin {
                about,
                bundle,
                transcript,
            } => self.begin(about, bundle, transcript, now),
            Event::Ask { question, phone } => self.ask_ai(question, phone, now),
            Event::Resume(kept) => self.resume(&kept, now),
            Event::Said(text) => {
                if self.is_live() {
                    self.hear(&text, now);
                } else {
                    self.effects.push(Effect::Pass);
                }
            }
            Event::Typed => self.typed(now),
            Event::Press { seq, press, fields } => {
                let alive = seq == self.newest || seq == 0 || matches!(press, Press::Resend(_));
                if alive && (!self.waiting || press == Press::Stop) {
                    self.press(press, fields, now);
                }
            }
            Event::Answer {
                number,
                status,
                body,
            } => self.answered(number, status, &body, now),
            Event::Chunk { number, text } => {
                if !self.answer_chunk(number, &text, now) {
                    self.chunk(number, &text, now);
                }
            }
            Event::Cut { number, status } => {
                if !self.answer_cut(number, now) {
                    self.cut(number, status, now);
                }
            }
            Event::Wake => self.wake(now),
            Event::Tick => self.tick(now),
            Event::Forget => self.forget(now),
        }
    }

    fn begin(&mut self, about: String, bundle: String, transcript: Vec<Said>, now: &Now) {
        if self.is_live() {
            return self.busy(now);
        }
        self.drop_answer(now);
        self.about = about;
        self.bundle = bundle;
        self.transcript = transcript;
        self.chosen.clear();
        self.fields = Fields::default();
        self.leaving = false;
        self.look(now);
    }

    /// What is written goes to a person already.
    pub(crate) fn busy(&mut self, now: &Now) {
        let name = self.department(now.lang);
        self.say(Message {
            lines: vec![texts::BEFORE.with(now.lang, &name)],
            ..Message::default()
        });
    }

    /// Asks who is there.
    pub(crate) fn look(&mut self, now: &Now) {
        let mut query = path::AVAILABILITY.to_string();
        let (name, value) = if self.chosen.is_empty() {
            ("?about=", &self.about)
        } else {
            ("?department=", &self.chosen)
        };
        if !value.is_empty() {
            query.push_str(name);
            query.push_str(value);
        }
        self.ask(What::Look, query, None, String::new(), now);
    }

    fn resume(&mut self, stored: &str, now: &Now) {
        let Some(kept) = Kept::read(stored) else {
            return self.effects.push(Effect::Keep(String::new()));
        };
        self.kept = stored.to_string();
        self.ai.resume(kept.ask, kept.consent);
        if kept.secret.is_empty() {
            if !kept.key.is_empty() {
                self.say(line(texts::DOUBT, now.lang));
            }
            return;
        }
        self.secret = kept.secret;
        self.told = kept.seq;
        self.own.again(kept.out, now);
        self.fetch_log(0, now);
    }

    // --- what is pressed -------------------------------------------------------------------------------

    fn press(&mut self, press: Press, fields: Fields, now: &Now) {
        match press {
            Press::Chat => self.form(Way::Chat, now),
            Press::Message => self.form(Way::Message, now),
            Press::Callback => self.form(Way::Callback, now),
            Press::Others => self.ask_department(now),
            Press::Department(at) => {
                let others = self.there.iter().flat_map(|there| &there.others);
                if let Some(id) = others.skip(at).map(|one| one.id.clone()).next() {
                    self.chosen = id;
                    self.look(now);
                }
            }
            Press::HaveCode => self.ask_code(now),
            Press::On if self.step == Step::Code => self.come_back(fields, now),
            Press::On if self.step == Step::Question => self.question_filled(fields, now),
            Press::On => self.filled(fields, now),
            Press::Send if self.step == Step::Preview => self.send_question(now),
            Press::Send => self.send(now),
            Press::Edit if self.step == Step::Preview => self.edit_question(None, now),
            Press::Edit => match self.way {
                Some(way) => self.form(way, now),
                None => self.show_ways(now),
            },
            Press::Back if self.leaving => self.stop(now),
            Press::Back => self.show_ways(now),
            Press::Stop if self.ai.is_answering() => {
                self.drop_answer(now);
                self.say(line(texts::LET_BE, now.lang));
            }
            Press::Stop => self.stop(now),
            Press::Again => self.again(now),
            Press::Leave => {
                self.leaving = true;
                self.fields = Fields::default();
                if self.there.is_some() {
                    self.form(Way::Message, now);
                } else {
                    self.chosen = self
                        .live
                        .iter()
                        .map(|live| live.department.id.clone())
                        .collect();
                    self.look(now);
                }
            }
            Press::End => {
                self.step = Step::Sure;
                let mut message = line(texts::END_SURE, now.lang);
                message.main = Some(choice(texts::END_YES, Press::EndYes, now.lang));
                message.more = vec![choice(texts::STAY, Press::Stay, now.lang)];
                self.say(message);
            }
            Press::EndYes => {
                self.step = Step::Idle;
                let key = Some(now.fresh.clone());
                self.ask(What::End, path::END.into(), key, String::new(), now);
            }
            Press::Stay => {
                self.step = Step::Idle;
                self.say(line(texts::STAYED, now.lang));
            }
            Press::Resend(nth) => self.resend(nth, now),
            Press::Question => self.ask_ai_again(now),
            Press::Source(at) => self.show_source(at),
            Press::Person => self.show_person(),
            Press::Begin => {
                let (about, bundle) = (self.about.clone(), self.bundle.clone());
                let transcript = core::mem::take(&mut self.transcript);
                self.begin(about, bundle, transcript, now);
            }
        }
    }

    fn stop(&mut self, now: &Now) {
        self.step = Step::Idle;
        self.flight = None;
        self.waits(false, "");
        if core::mem::take(&mut self.leaving) {
            return self.say(line(texts::STAYED, now.lang));
        }
        self.say(line(texts::STOPPED, now.lang));
    }

    // --- what is asked and answered ----------------------------------------------------------------------

    /// Something the citizen waits for.
    pub(crate) fn ask(
        &mut self,
        what: What,
        path: String,
        key: Option<String>,
        body: String,
        now: &Now,
    ) {
        let phrase = match what {
            _ if key.is_some() => texts::SENDING,
            What::Terms => texts::MOMENT,
            _ => texts::LOOKING,
        };
        let request = self.request(what, path, key, body);
        self.flight = Some(request.clone());
        self.waits(true, phrase.get(now.lang));
        self.effects.push(Effect::Ask(request));
    }

    pub(crate) fn request(
        &mut self,
        what: What,
        path: String,
        key: Option<String>,
        body: String,
    ) -> Request {
        self.number += 1;
        let own = !matches!(what, What::Look | What::Open | What::Return | What::Terms);
        Request {
            number: self.number,
            what,
            path,
            key,
            secret: own.then(|| self.secret.clone()),
            body,
            patience: 20,
        }
    }

    pub(crate) fn next_number(&mut self) -> u32 {
        self.number += 1;
        self.number
    }

    fn again(&mut self, now: &Now) {
        if let Some(mut request) = self.flight.take() {
            request.number = self.next_number();
            self.flight = Some(request.clone());
            self.waits(true, texts::SENDING.get(now.lang));
            self.effects.push(Effect::Ask(request));
        }
    }

    pub(crate) fn waits(&mut self, waiting: bool, text: &str) {
        if self.waiting || waiting {
            self.effects.push(Effect::Wait(text.to_string()));
        }
        self.waiting = waiting;
    }

    fn answered(&mut self, number: u32, status: u16, body: &str, now: &Now) {
        if self.log_answered(number, status, body, now)
            || self.message_answered(number, status, body, now)
            || self.question_refused(number, status, body, now)
        {
            return;
        }
        let Some(request) = self.flight.clone().filter(|one| one.number == number) else {
            return;
        };
        self.waits(false, "");
        if (200..300).contains(&status) && self.took(request.what, body, now) {
            return;
        }
        // Not what was agreed on: as good as no answer.
        let status = if status < 300 { 0 } else { status };
        let code = json::problem(body).unwrap_or(Code::Other);
        self.failed(&request, status, code, now);
    }

    /// False when the body is damaged.
    fn took(&mut self, what: What, body: &str, now: &Now) -> bool {
        match what {
            What::Look => {
                let Some(there) = json::availability(body) else {
                    return false;
                };
                self.flight = None;
                self.there = Some(there);
                match self.step {
                    Step::Review if self.way.is_some() => self.review(now),
                    _ if self.leaving => self.form(Way::Message, now),
                    _ => self.show_ways(now),
                }
            }
            What::Open | What::Return => {
                let Some(opened) = json::opened(body) else {
                    return false;
                };
                self.flight = None;
                self.opened(what, opened, now);
            }
            What::Leave | What::End => {
                let Some(live) = json::conversation(body) else {
                    return false;
                };
                self.flight = None;
                if what == What::Leave {
                    self.left(live, now);
                } else {
                    self.ended(live, now);
                }
            }
            What::Terms => return self.took_terms(body, now),
            What::Message(_) | What::Typing | What::Log => {}
        }
        true
    }

    fn failed(&mut self, request: &Request, status: u16, code: Code, now: &Now) {
        let lang = now.lang;
        if request.what == What::Terms {
            self.flight = None;
            return self.ai_refused(status, code, now);
        }
        let post = request.key.is_some();
        // No answer, one that is cut short or not ours, and all that may pass: what became of it is not known.
        if matches!(code, Code::InProgress | Code::Unavailable) || matches!(status, 0 | 408 | 500..)
        {
            let phrase = if post {
                texts::LOST_POST
            } else {
                texts::LOST_GET
            };
            let mut message = line(phrase, lang);
            message.main = Some(choice(texts::AGAIN, Press::Again, lang));
            if !post {
                message.more = vec![choice(texts::STOP, Press::Stop, lang)];
            }
            return self.say(message);
        }
        self.flight = None;
        self.key.clear();
        match (request.what, code) {
            (What::Return, Code::NotFound | Code::Invalid) => {
                self.ask_code(now);
                self.fault("code", texts::CODE_WRONG, now);
            }
            (What::Open | What::Leave, Code::PrivacyChanged) => {
                self.above = Some(texts::CHANGED.get(lang));
                self.look(now);
            }
            // The chat has closed meanwhile: what can be done now?
            (What::Open, Code::Closed | Code::WrongState) => {
                self.step = Step::Ways;
                self.above = Some(texts::CHANGED.get(lang));
                self.look(now);
            }
            (What::Open | What::Leave, Code::Invalid | Code::CprRefused) => {
                let way = self.way.unwrap_or(Way::Message);
                self.form(way, now);
                self.fault("text", texts::REFUSED, now);
            }
            (What::Leave | What::End, _) => {
                // Taken or closed meanwhile: the log says which.
                self.leaving = false;
                self.step = Step::Idle;
                self.fetch_log(0, now);
            }
            _ => {
                let phrase = if status == 429 {
                    texts::TOO_MANY
                } else {
                    texts::REFUSED
                };
                self.step = Step::Idle;
                let mut message = line(phrase, lang);
                message.more = vec![choice(texts::AGAIN, Press::Begin, lang)];
                self.add_ways_beside(&mut message, lang);
                self.say(message);
            }
        }
    }

    fn come_back(&mut self, fields: Fields, now: &Now) {
        let code = fields.code.trim();
        if code.is_empty() || code.chars().count() > 40 {
            return self.fault("code", texts::NO_CODE, now);
        }
        let body = Writer::new().text("code", code).end();
        self.ask(
            What::Return,
            path::RESUME.into(),
            Some(now.fresh.clone()),
            body,
            now,
        );
    }

    /// The conversation is kept on the server.
    fn opened(&mut self, what: What, opened: Opened, now: &Now) {
        let lang = now.lang;
        let name = texts::of(&opened.conversation.department.name, lang).to_string();
        self.step = Step::Idle;
        self.key.clear();
        let mut message = Message {
            rows: vec![(texts::RECEIPT.get(lang).into(), opened.receipt.clone())],
            ..Message::default()
        };
        if opened.conversation.way != Way::Chat {
            message.lines.push(texts::LEFT.with(lang, &name));
            message
                .lines
                .extend(self.answer_at(opened.conversation.way, lang));
            return self.say(message);
        }
        let phrase = if what == What::Open {
            texts::STARTED
        } else {
            texts::RETURNED
        };
        message.lines.push(phrase.with(lang, &name));
        if let Some(code) = opened.resume_code {
            message.rows.push((texts::CODE.get(lang).into(), code));
            message.folds.clear();
            message.lines.push(texts::CODE_WHY.get(lang).into());
        }
        self.say(message);
        self.secret = opened.secret.unwrap_or_default();
        self.seen = 0;
        self.told = 0;
        self.early.clear();
        self.own = Own::default();
        self.link = Link::default();
        self.live = Some(opened.conversation);
        self.listen(now);
    }

    /// The message is kept instead of the wait.
    fn left(&mut self, live: Conversation, now: &Now) {
        let lang = now.lang;
        self.leaving = false;
        self.step = Step::Idle;
        let name = texts::of(&live.department.name, lang);
        let mut message = Message {
            lines: vec![texts::LEFT.with(lang, name)],
            rows: vec![(texts::RECEIPT.get(lang).into(), live.receipt.clone())],
            ..Message::default()
        };
        message.lines.extend(self.answer_at(live.way, lang));
        self.live = Some(live);
        self.silence();
        self.say(message);
    }

    fn ended(&mut self, live: Conversation, now: &Now) {
        let over = live.stage == Stage::Closed;
        self.stands(live, now);
        // The log says so as well, once.
        if over {
            self.fetch_log(0, now);
        }
    }

    /// The citizen deletes what is here. Nobody shall go on waiting for somebody who has gone.
    fn forget(&mut self, now: &Now) {
        if self.is_live() {
            let key = Some(now.fresh.clone());
            let request = self.request(What::End, path::END.into(), key, String::new());
            self.effects.push(Effect::Ask(request));
        }
        let effects = core::mem::take(&mut self.effects);
        *self = Self {
            number: self.number,
            seq: self.seq,
            effects,
            ..Self::default()
        };
        self.effects.push(Effect::Deaf);
        self.effects.push(Effect::Typing(String::new()));
        self.effects.push(Effect::Bar(None));
        self.effects.push(Effect::Line(None));
        self.effects.push(Effect::Keep(String::new()));
    }
}
