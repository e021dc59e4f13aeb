//! From "Tal med et menneske" to what is sent: who is there, which way, the form, and the bytes for the citizen to see before they
//! leave. Nothing about the citizen is in any request before [`Press::Send`].

use bundle::content::Lang;
use protocol::handoff::{MESSAGE_MOST, Said, TRANSCRIPT_MOST, Way, Who};

use crate::hide;
use crate::message::{Choice, Field, Fields, Fold, Message, Now, Press, Want};
use crate::review::lines_of;
use crate::show::{ahead_text, choice, line, soon};
use crate::talk::{Step, Talk};
use crate::texts;

/// Id of the answer that a person may be talked to.
const HUMAN: &str = "smalltalk-meta/tal-med-et-menneske";

/// The chat with the bot as it may leave: the last entries, what the citizen said masked, without the asking for a person.
pub(crate) fn along(transcript: &[Said]) -> Vec<Said> {
    let mut said: Vec<Said> = Vec::new();
    for one in transcript {
        if one.answer.as_deref() == Some(HUMAN) {
            // And the press or the words that led there.
            if said.last().is_some_and(|last| last.who == Who::Citizen) {
                said.pop();
            }
            continue;
        }
        let mut one = one.clone();
        if one.who == Who::Citizen {
            one.text = hide::all(&one.text);
        }
        if let Some((at, _)) = one.text.char_indices().nth(MESSAGE_MOST) {
            one.text.truncate(at);
        }
        if !one.text.is_empty() {
            said.push(one);
        }
    }
    let first = said.len().saturating_sub(TRANSCRIPT_MOST);
    said.split_off(first)
}

impl Talk {
    // --- who is there, and which way ---------------------------------------------------------------------

    pub(crate) fn show_ways(&mut self, now: &Now) {
        let Some(there) = self.there.clone() else {
            return self.look(now);
        };
        let lang = now.lang;
        self.step = Step::Ways;
        let name = texts::of(&there.department.name, lang);
        let mut lines = Vec::new();
        if there.open {
            lines.push(texts::OPEN.with(lang, name));
            lines.push(ahead_text(there.waiting, lang));
            if let Some(minutes) = there.wait_minutes {
                lines.push(texts::ESTIMATE.with(lang, &hours::number(minutes)));
            }
            if let Some(closes) = &there.closes_at {
                lines.push(texts::CLOSES.with(lang, &soon(closes, now)));
            }
        } else if there.hours {
            lines.push(texts::NOBODY.with(lang, name));
        } else {
            lines.push(texts::SHUT.with(lang, name));
            if let Some(opens) = &there.opens_at {
                lines.push(texts::OPENS.with(lang, &soon(opens, now)));
            }
        }
        lines.push(texts::NOTHING_YET.get(lang).to_string());
        let mut message = Message {
            lines,
            ..Message::default()
        };
        for way in &there.ways {
            let (phrase, press) = match way {
                Way::Chat if there.open => (texts::CHAT, Press::Chat),
                Way::Chat => (texts::QUEUE, Press::Chat),
                Way::Message => (texts::MESSAGE, Press::Message),
                Way::Callback => (texts::CALLBACK, Press::Callback),
                Way::Other => continue,
            };
            message.options.push(choice(phrase, press, lang));
        }
        if !there.others.is_empty() {
            message
                .more
                .push(choice(texts::OTHERS, Press::Others, lang));
        }
        message
            .more
            .push(choice(texts::HAVE_CODE, Press::HaveCode, lang));
        message.more.push(choice(texts::STOP, Press::Stop, lang));
        self.add_ways_beside(&mut message, lang);
        self.say(message);
    }

    /// Phone, mail and address: what can always be done.
    pub(crate) fn add_ways_beside(&self, message: &mut Message, lang: Lang) {
        let live = self.live.as_ref().map(|live| &live.department);
        let there = self.there.as_ref().map(|there| &there.department);
        let Some(department) = there.or(live) else {
            return;
        };
        if let Some(phone) = &department.phone {
            let digits: String = phone
                .chars()
                .filter(|c| c.is_ascii_digit() || *c == '+')
                .collect();
            let link = ["tel:", &digits].concat();
            message.links.push((texts::CALL.with(lang, phone), link));
        }
        if let Some(email) = &department.email {
            let link = ["mailto:", email].concat();
            message.links.push((email.clone(), link));
        }
        if let Some(address) = &department.address {
            message.lines.push(texts::VISIT.with(lang, address));
        }
    }

    pub(crate) fn ask_department(&mut self, now: &Now) {
        let lang = now.lang;
        let mut message = line(texts::WHICH, lang);
        let others = self.there.iter().flat_map(|there| &there.others);
        message.options = others
            .enumerate()
            .map(|(at, one)| Choice {
                label: texts::of(&one.name, lang).to_string(),
                press: Press::Department(at),
            })
            .collect();
        message.more = vec![
            choice(texts::BACK, Press::Back, lang),
            choice(texts::STOP, Press::Stop, lang),
        ];
        self.say(message);
    }

    pub(crate) fn ask_code(&mut self, now: &Now) {
        self.step = Step::Code;
        let mut message = line(texts::ENTER_CODE, now.lang);
        message.fields = vec![field("code", texts::CODE.get(now.lang), "", Want::Line)];
        message.main = Some(choice(texts::ON, Press::On, now.lang));
        message.more = vec![
            choice(texts::BACK, Press::Back, now.lang),
            choice(texts::STOP, Press::Stop, now.lang),
        ];
        self.say(message);
    }

    // --- the form -----------------------------------------------------------------------------------------

    pub(crate) fn form(&mut self, way: Way, now: &Now) {
        let lang = now.lang;
        let first = self.step != Step::Form && self.step != Step::Review;
        self.step = Step::Form;
        self.way = Some(way);
        if first && !self.leaving && self.fields.text.is_empty() {
            self.fields.text = self.last_wish();
            self.fields.along = true;
        }
        let phrase = match way {
            _ if self.leaving => texts::SAY_LEAVE,
            Way::Message => texts::SAY_MESSAGE,
            Way::Callback => texts::SAY_CALLBACK,
            Way::Chat | Way::Other => texts::SAY_CHAT,
        };
        let mut message = line(phrase, lang);
        let fields = self.fields.clone();
        if !self.leaving {
            let label = texts::TEXT.get(lang);
            message
                .fields
                .push(field("text", label, &fields.text, Want::Text));
        }
        if way != Way::Chat {
            let phone = match way {
                Way::Callback => Want::Line,
                _ => Want::MayLine,
            };
            let name = texts::NAME.get(lang);
            message
                .fields
                .push(field("name", name, &fields.name, Want::Line));
            message
                .fields
                .push(field("phone", texts::PHONE.get(lang), &fields.phone, phone));
        }
        if way == Way::Message {
            let email = texts::EMAIL.get(lang);
            message
                .fields
                .push(field("email", email, &fields.email, Want::MayLine));
        }
        if way == Way::Callback {
            let when = texts::OPTIONAL.with(lang, texts::WHEN.get(lang));
            message
                .fields
                .push(field("when", &when, &fields.when, Want::MayLine));
        }
        let said = along(&self.transcript);
        if !self.leaving && !said.is_empty() {
            let yes = if fields.along { "1" } else { "" };
            message
                .fields
                .push(field("along", texts::ALONG.get(lang), yes, Want::Check));
            message.folds.push(Fold {
                title: texts::ALONG_SEE.get(lang).to_string(),
                lines: lines_of(&said, lang),
                bytes: String::new(),
            });
        }
        message.main = Some(choice(texts::ON, Press::On, lang));
        message.more = vec![
            choice(texts::BACK, Press::Back, lang),
            choice(texts::STOP, Press::Stop, lang),
        ];
        self.say(message);
    }

    /// What the citizen asked before asking for a person.
    fn last_wish(&self) -> String {
        let said = along(&self.transcript);
        let last = said.iter().rev().find(|one| one.who == Who::Citizen);
        last.map_or_else(String::new, |one| one.text.clone())
    }

    /// Looks at the fields; goes on to what will be sent.
    pub(crate) fn filled(&mut self, fields: Fields, now: &Now) {
        let way = self.way.unwrap_or(Way::Chat);
        self.fields = Fields {
            text: fields.text.trim().to_string(),
            name: words(&fields.name),
            phone: words(&fields.phone),
            email: fields.email.trim().to_string(),
            when: words(&fields.when),
            ..fields
        };
        let fields = &self.fields;
        let mut faults = Vec::new();
        let mut fault = |name, phrase: elements::Phrase| {
            faults.push((name, phrase.get(now.lang).to_string()));
        };
        if !self.leaving && fields.text.is_empty() {
            fault("text", texts::NO_TEXT);
        } else if hide::all(&fields.text).chars().count() > MESSAGE_MOST {
            fault("text", texts::TOO_LONG);
        }
        if way != Way::Chat {
            let digits = fields.phone.chars().filter(char::is_ascii_digit).count();
            if fields.name.is_empty() || fields.name.chars().count() > 100 {
                fault("name", texts::NO_NAME);
            } else if hide::has_cpr(&fields.name) {
                fault("name", texts::LOOKS_LIKE_CPR);
            }
            if fields.phone.is_empty() && way == Way::Message {
                if fields.email.is_empty() {
                    fault("phone", texts::ONE_OF_TWO);
                }
            } else if !(8..=15).contains(&digits) {
                fault("phone", texts::NO_PHONE);
            } else if hide::has_cpr(&fields.phone) {
                fault("phone", texts::LOOKS_LIKE_CPR);
            }
            if !fields.email.is_empty() && !is_email(&fields.email) {
                fault("email", texts::NO_EMAIL);
            }
            if hide::has_cpr(&fields.when) {
                fault("when", texts::LOOKS_LIKE_CPR);
            }
        }
        if !faults.is_empty() {
            return self.effects.push(crate::message::Effect::Faults(faults));
        }
        self.review(now);
    }
}

fn field(name: &'static str, label: &str, value: &str, want: Want) -> Field {
    Field {
        name,
        label: label.to_string(),
        value: value.to_string(),
        want,
    }
}

/// With one blank between words, and none around.
pub(crate) fn words(text: &str) -> String {
    let mut out = String::new();
    for word in text.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}

fn is_email(text: &str) -> bool {
    let Some((name, host)) = text.rsplit_once('@') else {
        return false;
    };
    let odd = |c: char| c.is_whitespace() || matches!(c, '@' | ',' | ';' | '<' | '>');
    !name.is_empty()
        && !name.contains(odd)
        && !host.contains(odd)
        && host.len() > 3
        && host.contains('.')
        && !host.starts_with('.')
        && !host.ends_with('.')
        && text.len() <= 254
}
