//! AI help, after a question that the chat has no answer to: what holds at the kommune, what will be sent to the byte, consent once in a
//! conversation, then the answer sentence by sentence ([`answer`]). Fails closed: what cannot be masked is not sent, and what does not
//! name its source is not shown. Nothing is kept but that consent was given.

mod answer;
mod texts;
mod wire;

use bundle::content::Lang;
use protocol::fallback::{Lack, Source, Terms, lack_text};
use protocol::{Code, path};

use crate::message::{Effect, Field, Fields, Fold, Message, Now, Press, Want, What};
use crate::show::{choice, line};
use crate::talk::{Step, Talk};
use crate::texts as words;
use answer::Answer;

#[cfg(target_arch = "wasm32")]
pub(crate) use texts::ANSWER;
pub use wire::{Fit, Heard, Unfit, body, fit, heard, terms};

/// Id of the answer that leads to a person, with phone and hours where nobody can be written to.
const HUMAN: &str = "smalltalk-meta/tal-med-et-menneske";

/// What AI help knows.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Ai {
    /// As the citizen wrote it.
    question: String,
    /// The kommune's number; empty for none.
    phone: String,
    terms: Option<Terms>,
    /// What will be sent, to the byte.
    body: String,
    /// A UUID, from the first preview on.
    conversation: String,
    /// Version of the text to which the citizen agreed; empty until then.
    consent: String,
    answer: Option<Answer>,
    /// Those of the last answer's buttons.
    sources: Vec<Source>,
}

impl Ai {
    /// An answer is under way, so time matters.
    pub(crate) fn is_answering(&self) -> bool {
        self.answer.is_some()
    }

    /// What the tab keeps: conversation and version; both empty before consent.
    pub(crate) fn kept(&self) -> (&str, &str) {
        if self.consent.is_empty() {
            return ("", "");
        }
        (&self.conversation, &self.consent)
    }

    pub(crate) fn resume(&mut self, conversation: String, consent: String) {
        (self.conversation, self.consent) = (conversation, consent);
    }
}

impl Talk {
    /// "Prøv med AI-hjælp".
    pub(crate) fn ask_ai(&mut self, question: String, phone: String, now: &Now) {
        if self.is_live() {
            return self.busy(now);
        }
        self.drop_answer(now);
        self.ai.question = question;
        self.ai.phone = phone;
        self.ask_terms(now);
    }

    pub(crate) fn ask_ai_again(&mut self, now: &Now) {
        let Ai {
            question, phone, ..
        } = &self.ai;
        self.ask_ai(question.clone(), phone.clone(), now);
    }

    /// Asks what holds, each time: it may be off by now, or another text in force.
    pub(crate) fn ask_terms(&mut self, now: &Now) {
        self.step = Step::Idle;
        let path = path::FALLBACK_TERMS.into();
        self.ask(What::Terms, path, None, String::new(), now);
    }

    /// False when the answer is damaged.
    pub(crate) fn took_terms(&mut self, body: &str, now: &Now) -> bool {
        let Some(terms) = wire::terms(body) else {
            return false;
        };
        self.flight = None;
        if terms.on && terms.privacy.is_some() {
            self.ai.terms = Some(terms);
            self.preview(now);
        } else {
            self.lacks(Lack::Off, now);
        }
        true
    }

    /// Shows what will be sent, and at the first time what that means.
    fn preview(&mut self, now: &Now) {
        let lang = now.lang;
        let Some((terms, privacy)) = self.ai.terms.clone().and_then(|terms| {
            let privacy = terms.privacy.clone()?;
            Some((terms, privacy))
        }) else {
            return self.ask_terms(now);
        };
        let fit = match wire::fit(&self.ai.question) {
            Ok(fit) => fit,
            Err(why) => return self.unfit(why, now),
        };
        self.step = Step::Preview;
        if self.ai.conversation.is_empty() {
            self.ai.conversation.clone_from(&now.fresh);
        }
        let Ai { conversation, .. } = &self.ai;
        self.ai.body = wire::body(&fit.text, lang, conversation, &privacy.version);
        let agreed = self.ai.consent == privacy.version;
        let mut message = Message::default();
        if !agreed {
            message.lines.push(texts::WHAT.get(lang).into());
        }
        message.lines.push(texts::REVIEW.get(lang).into());
        if !fit.hidden.is_empty() {
            let hidden = fit.hidden.join(", ");
            message.lines.push(texts::HIDDEN.with(lang, &hidden));
        }
        message
            .rows
            .push((texts::QUESTION.get(lang).into(), fit.text));
        if !agreed {
            let place = [terms.processor, terms.region].into_iter().flatten();
            let place = place.collect::<Vec<_>>().join(", ");
            message.rows.extend([
                (
                    words::READER.get(lang).into(),
                    texts::READER.with2(lang, &place, &privacy.controller),
                ),
                (
                    words::PURPOSE.get(lang).into(),
                    words::of(&privacy.purpose, lang).into(),
                ),
                (
                    words::RETENTION.get(lang).into(),
                    words::of(&privacy.retention, lang).into(),
                ),
            ]);
            message.rows.push((
                texts::CHOICE.get(lang).into(),
                texts::CONSENT.get(lang).into(),
            ));
        }
        message.folds = vec![
            Fold {
                title: words::PRIVACY.get(lang).into(),
                lines: vec![words::of(&privacy.text, lang).into()],
                bytes: String::new(),
            },
            Fold {
                title: words::SHOWN.get(lang).into(),
                lines: Vec::new(),
                bytes: self.ai.body.clone(),
            },
        ];
        message.main = Some(choice(texts::SEND, Press::Send, lang));
        message.more = vec![
            choice(words::EDIT, Press::Edit, lang),
            choice(words::STOP, Press::Stop, lang),
        ];
        self.add_person(&mut message, lang);
        self.say(message);
    }

    fn unfit(&mut self, why: Unfit, now: &Now) {
        match why {
            Unfit::Empty => self.edit_question(Some(texts::EMPTY), now),
            Unfit::Long => self.edit_question(Some(texts::LONG), now),
            Unfit::Secret => {
                self.step = Step::Preview;
                self.ai.body.clear();
                let mut message = line(texts::CANNOT, now.lang);
                message.main = Some(choice(words::EDIT, Press::Edit, now.lang));
                self.add_person(&mut message, now.lang);
                self.say(message);
            }
        }
    }

    /// The question in a field.
    pub(crate) fn edit_question(&mut self, fault: Option<elements::Phrase>, now: &Now) {
        let lang = now.lang;
        if self.step != Step::Question {
            self.step = Step::Question;
            let mut message = line(texts::ASK, lang);
            message.fields.push(Field {
                name: "text",
                label: texts::QUESTION.get(lang).into(),
                value: self.ai.question.clone(),
                want: Want::Text,
            });
            message.main = Some(choice(words::ON, Press::On, lang));
            message.more = vec![choice(words::STOP, Press::Stop, lang)];
            self.add_person(&mut message, lang);
            self.say(message);
        }
        if let Some(fault) = fault {
            self.fault("text", fault, now);
        }
    }

    pub(crate) fn question_filled(&mut self, fields: Fields, now: &Now) {
        self.ai.question = fields.text;
        self.preview(now);
    }

    /// Sends the bytes that were shown. From here on consent is given.
    pub(crate) fn send_question(&mut self, now: &Now) {
        let version = self
            .ai
            .terms
            .as_ref()
            .and_then(|terms| terms.privacy.as_ref());
        let Some(version) = version.map(|privacy| privacy.version.clone()) else {
            return;
        };
        if self.ai.body.is_empty() {
            return;
        }
        self.ai.consent = version;
        self.step = Step::Idle;
        let number = self.next_number();
        self.ai.answer = Some(Answer::new(number, now));
        self.waits(true, texts::LOOKS.get(now.lang));
        self.effects.push(Effect::Stream {
            number,
            path: path::FALLBACK.into(),
            body: core::mem::take(&mut self.ai.body),
        });
    }

    /// The API would not say what holds, or would not take the question.
    pub(crate) fn ai_refused(&mut self, status: u16, code: Code, now: &Now) {
        match code {
            Code::PrivacyChanged => {
                self.above = Some(words::CHANGED.get(now.lang));
                self.ask_terms(now);
            }
            Code::CprRefused | Code::Invalid => self.unfit(Unfit::Secret, now),
            Code::Closed | Code::NotFound => self.lacks(Lack::Off, now),
            _ if status == 429 => {
                self.plainly(words::TOO_MANY.get(now.lang).into(), true, now.lang);
            }
            _ => self.lacks(Lack::Provider, now),
        }
    }

    fn lacks(&mut self, lack: Lack, now: &Now) {
        let text = lack_text(lack);
        let text = words::of(&text, now.lang).to_string();
        self.plainly(text, lack == Lack::Provider, now.lang);
    }

    /// There is no answer: said plainly, with what can be done. `again`: asking once more can help.
    pub(crate) fn plainly(&mut self, text: String, again: bool, lang: Lang) {
        self.step = Step::Idle;
        let mut message = Message {
            lines: vec![text],
            ..Message::default()
        };
        if again {
            message
                .more
                .push(choice(words::AGAIN, Press::Question, lang));
        }
        self.add_sources(&mut message, |_| true);
        self.add_person(&mut message, lang);
        self.say(message);
    }

    /// What can always be done: a person, and the phone.
    fn add_person(&self, message: &mut Message, lang: Lang) {
        message
            .more
            .push(choice(texts::PERSON, Press::Person, lang));
        let phone = &self.ai.phone;
        if !phone.is_empty() {
            let digits = phone.replace(|c: char| !c.is_ascii_digit() && c != '+', "");
            let label = words::CALL.with(lang, phone);
            message.links.push((label, ["tel:", &digits].concat()));
        }
    }

    /// The kommune's own texts: answers as buttons, pages as links.
    fn add_sources(&self, message: &mut Message, wanted: impl Fn(u8) -> bool) {
        for (at, source) in self.ai.sources.iter().enumerate() {
            if !wanted(source.id) {
                continue;
            }
            if source.intent.is_some() {
                message.options.push(crate::message::Choice {
                    label: source.title.clone(),
                    press: Press::Source(at),
                });
            } else if let Some(url) = &source.url {
                message.links.push((source.title.clone(), url.clone()));
            }
        }
    }

    /// Opens one of them in the chat.
    pub(crate) fn show_source(&mut self, at: usize) {
        let source = self.ai.sources.get(at);
        if let Some(intent) = source.and_then(|source| source.intent.clone()) {
            self.effects.push(Effect::Show(intent));
        }
    }

    pub(crate) fn show_person(&mut self) {
        self.effects.push(Effect::Show(HUMAN.into()));
    }
}
