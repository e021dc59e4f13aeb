//! What will be sent, for the citizen to read and to the byte; and its sending.

use bundle::content::Lang;
use elements::json::Writer;
use protocol::handoff::{Said, Way, Who};
use protocol::{Contact, path};

use crate::ask::along;
use crate::hide;
use crate::json;
use crate::message::{Fold, Message, Now, Press, What};
use crate::show::choice;
use crate::talk::{Step, Talk};
use crate::texts;

/// What a conversation begins with.
pub(crate) struct Draft<'d> {
    pub(crate) way: Way,
    pub(crate) department: &'d str,
    pub(crate) text: &'d str,
    pub(crate) transcript: &'d [Said],
    pub(crate) about: &'d str,
    pub(crate) bundle: &'d str,
    pub(crate) contact: Option<&'d Contact>,
    pub(crate) when: &'d str,
    pub(crate) privacy: &'d str,
    pub(crate) lang: Lang,
}

/// The body of `POST conversations`.
pub(crate) fn body(draft: &Draft<'_>) -> String {
    let mut writer = Writer::new()
        .text("way", json::way_name(draft.way))
        .text("department", draft.department)
        .text("text", draft.text);
    if !draft.transcript.is_empty() {
        writer = writer.object("transcript", &json::transcript(draft.transcript));
    }
    writer = writer
        .some("about", draft.about)
        .text("bundle", draft.bundle);
    if let Some(contact) = draft.contact {
        writer = writer.object("contact", &json::contact(contact));
    }
    writer
        .some("when", draft.when)
        .text("privacy_version", draft.privacy)
        .text("language", draft.lang.tag())
        .end()
}

/// The body of `POST leave`.
pub(crate) fn leave_body(way: Way, contact: &Contact, when: &str, privacy: &str) -> String {
    Writer::new()
        .text("way", json::way_name(way))
        .object("contact", &json::contact(contact))
        .some("when", when)
        .text("privacy_version", privacy)
        .end()
}

impl Talk {
    fn contact(&self, way: Way) -> Option<Contact> {
        let some = |text: &String| (!text.is_empty()).then(|| text.clone());
        (way != Way::Chat).then(|| Contact {
            name: self.fields.name.clone(),
            phone: some(&self.fields.phone),
            email: some(&self.fields.email).filter(|_| way == Way::Message),
        })
    }

    /// Shows what will be sent: for reading, and to the byte.
    pub(crate) fn review(&mut self, now: &Now) {
        let lang = now.lang;
        let Some(there) = self.there.clone() else {
            return self.look(now);
        };
        self.step = Step::Review;
        let way = self.way.unwrap_or(Way::Chat);
        let contact = self.contact(way);
        let text = hide::all(&self.fields.text);
        let when: String = hide::all(&self.fields.when).chars().take(200).collect();
        let said = if self.fields.along && !self.leaving {
            along(&self.transcript)
        } else {
            Vec::new()
        };
        self.body = if self.leaving {
            let contact = contact.clone().unwrap_or(Contact {
                name: String::new(),
                phone: None,
                email: None,
            });
            leave_body(way, &contact, &when, &there.privacy.version)
        } else {
            body(&Draft {
                way,
                department: &there.department.id,
                text: &text,
                transcript: &said,
                about: &self.about,
                bundle: &self.bundle,
                contact: contact.as_ref(),
                when: &when,
                privacy: &there.privacy.version,
                lang,
            })
        };
        let name = texts::of(&there.department.name, lang).to_string();
        let mut message = Message {
            lines: vec![texts::REVIEW.with(lang, &name)],
            ..Message::default()
        };
        let hidden = text != self.fields.text
            || said
                .iter()
                .any(|one| !self.transcript.iter().any(|raw| raw.text == one.text));
        if hidden {
            message.lines.push(texts::HIDDEN.get(lang).to_string());
        }
        let mut row = |phrase: elements::Phrase, text: &str| {
            if !text.is_empty() {
                message
                    .rows
                    .push((phrase.get(lang).to_string(), text.to_string()));
            }
        };
        if !self.leaving {
            row(texts::SAYS, &text);
        }
        if let Some(contact) = &contact {
            row(texts::NAME, &contact.name);
            row(texts::PHONE, contact.phone.as_deref().unwrap_or_default());
            row(texts::EMAIL, contact.email.as_deref().unwrap_or_default());
        }
        row(texts::WHEN, &when);
        if !self.leaving && !along(&self.transcript).is_empty() {
            if said.is_empty() {
                row(texts::WITH, texts::WITH_NO.get(lang));
            } else {
                let count = hours::number(said.len() as u16);
                row(texts::WITH, &texts::WITH_YES.with(lang, &count));
            }
        }
        let privacy = &there.privacy;
        let reader = [&name, ", ", &privacy.controller].concat();
        row(texts::READER, &reader);
        row(texts::PURPOSE, texts::of(&privacy.purpose, lang));
        row(texts::RETENTION, texts::of(&privacy.retention, lang));
        if !said.is_empty() {
            message.folds.push(Fold {
                title: texts::ALONG_SEE.get(lang).to_string(),
                lines: lines_of(&said, lang),
                bytes: String::new(),
            });
        }
        message.folds.push(Fold {
            title: texts::PRIVACY.get(lang).to_string(),
            lines: vec![texts::of(&privacy.text, lang).to_string()],
            bytes: String::new(),
        });
        message.folds.push(Fold {
            title: texts::SHOWN.get(lang).to_string(),
            lines: Vec::new(),
            bytes: self.body.clone(),
        });
        message.main = Some(choice(texts::SEND, Press::Send, lang));
        message.more = vec![
            choice(texts::EDIT, Press::Edit, lang),
            choice(texts::STOP, Press::Stop, lang),
        ];
        self.say(message);
    }

    /// Sends the bytes that were shown.
    pub(crate) fn send(&mut self, now: &Now) {
        if self.step != Step::Review {
            return;
        }
        self.key.clone_from(&now.fresh);
        let (what, path) = if self.leaving {
            (What::Leave, path::LEAVE)
        } else {
            (What::Open, path::CONVERSATIONS)
        };
        let key = Some(self.key.clone());
        self.ask(what, path.into(), key, self.body.clone(), now);
    }

    /// "Du får svar på …"
    pub(crate) fn answer_at(&self, way: Way, lang: Lang) -> Option<String> {
        let to = match (&self.fields.email, &self.fields.phone) {
            (email, _) if way == Way::Message && !email.is_empty() => email,
            (_, phone) => phone,
        };
        let phrase = match way {
            Way::Callback => texts::CALLED_AT,
            _ => texts::ANSWER_AT,
        };
        (!to.is_empty()).then(|| phrase.with(lang, to))
    }
}

/// The chat with the bot, a line each.
pub(crate) fn lines_of(said: &[Said], lang: Lang) -> Vec<String> {
    let speaker = |who: Who| match who {
        Who::Citizen => texts::YOU.get(lang),
        _ => texts::BOT.get(lang),
    };
    said.iter()
        .map(|one| [speaker(one.who), ": ", &one.text].concat())
        .collect()
}
