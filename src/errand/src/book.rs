//! The second half of a booking: the time is held, the details are asked for and shown as they will be sent, and sent
//! when the button says so. Success is told only after the server's own word; without it the same bytes go again with
//! the same key.

use protocol::{Code, Hold, Need, Slot, header, path};

use std::rc::Rc;

use bundle::content::Lang;

use crate::json::{self, Writer};
use crate::message::{Choice, Effect, Field, Fields, Fold, Message, Now, Press, Request, What};
use crate::moment;
use crate::talk::{Held, Step, Talk, choice, line, localised};
use crate::texts;

fn language(lang: Lang) -> &'static str {
    lang.tag()
}

impl Talk {
    // --- the hold --------------------------------------------------------------------------------------

    pub(crate) fn hold(&mut self, slot: Slot, now: &Now) {
        self.drop_hold(now);
        let Some(service) = self.service() else {
            return;
        };
        let body = Writer::new()
            .text("service", &service.id)
            .text("location", &slot.location)
            .text("start", &slot.start)
            .number("persons", self.persons.max(1).into())
            .end();
        self.chosen = Some(slot);
        self.ask(
            What::Hold,
            path::HOLDS.into(),
            Some(now.fresh.clone()),
            body,
            now,
        );
    }

    fn held(&mut self, hold: Hold, now: &Now) {
        let seconds = self.services.as_ref().map_or(300, |list| list.hold_seconds);
        self.held = Some(Held {
            holder: hold.holder.unwrap_or_default(),
            // By how long a hold lasts, not by the server's clock: ours may be wrong.
            until: now.ms + i64::from(seconds) * 1000,
            expires: hold.expires_at,
            extendable_until: hold.extendable_until,
            warned: false,
        });
        self.bar(now);
        self.ask_details(now);
    }

    pub(crate) fn extend(&mut self, now: &Now) {
        if self.held.is_some() {
            self.ask(
                What::Extend,
                path::HOLD_EXTEND.into(),
                Some(now.fresh.clone()),
                String::new(),
                now,
            );
        }
    }

    fn extended(&mut self, hold: Hold, now: &Now) {
        let Some(mine) = &mut self.held else { return };
        let longer = match (moment::ms(&hold.expires_at), moment::ms(&mine.expires)) {
            (Some(new), Some(old)) => new - old,
            _ => 0,
        };
        mine.until += longer;
        mine.expires = hold.expires_at;
        // Warned again, unless there is less than a minute left in all.
        mine.warned = mine.until - now.ms < 60_000;
        let clock = moment::time_of(&mine.expires, now.lang);
        let last = mine.expires == mine.extendable_until || longer == 0;
        let phrase = if last { texts::LAST } else { texts::EXTENDED };
        self.effects
            .push(Effect::Status(phrase.with(now.lang, &clock)));
        self.bar(now);
    }

    fn bar(&mut self, now: &Now) {
        if let Some(held) = &self.held {
            let clock = moment::time_of(&held.expires, now.lang);
            let text = texts::BAR.with(now.lang, &clock);
            self.effects.push(Effect::Bar(Some((text, None))));
        }
    }

    pub(crate) fn expired(&mut self, now: &Now) {
        self.step = Step::Slots;
        self.keep();
        let time = self
            .chosen
            .as_ref()
            .map(|slot| moment::moment(&slot.start, now.lang));
        let text = texts::EXPIRED.with(now.lang, &time.unwrap_or_default());
        let mut message = Message {
            lines: vec![moment::capital(&text)],
            ..Message::default()
        };
        message.main = Some(choice(texts::SAME_TIME, Press::SameTime, now.lang));
        message.more = vec![
            choice(texts::SEE_TIMES, Press::SeeTimes, now.lang),
            choice(texts::STOP, Press::Stop, now.lang),
        ];
        self.say(message);
    }

    // --- the details -----------------------------------------------------------------------------------

    pub(crate) fn ask_details(&mut self, now: &Now) {
        let lang = now.lang;
        self.step = Step::Details;
        self.code.clear();
        self.keep();
        let Some(service) = self.service() else {
            return;
        };
        let ask = service.ask;
        let (Some(held), Some(slot)) = (&self.held, &self.chosen) else {
            return self.fetch_slots(now);
        };
        let until = moment::time_of(&held.expires, lang);
        let time = moment::moment(&slot.start, lang);
        let mut message = Message {
            lines: vec![
                texts::HELD.with2(lang, &time, &until),
                texts::DETAILS.get(lang).into(),
            ],
            ..Message::default()
        };
        message.fields.push(Field {
            name: "name",
            label: texts::NAME.get(lang).into(),
            value: self.fields.name.clone(),
            required: true,
        });
        let both = ask.phone == Need::Optional && ask.email == Need::Optional;
        if both {
            message.lines.push(texts::ONE_OF_TWO.get(lang).into());
        }
        for (name, need, phrase, value) in [
            ("phone", ask.phone, texts::PHONE, &self.fields.phone),
            ("email", ask.email, texts::EMAIL, &self.fields.email),
            ("cpr", ask.cpr, texts::CPR, &self.fields.cpr),
        ] {
            if need != Need::No {
                let label = phrase.get(lang);
                let free = need == Need::Optional && !(both && name != "cpr");
                message.fields.push(Field {
                    name,
                    label: if free {
                        texts::OPTIONAL.with(lang, label)
                    } else {
                        label.into()
                    },
                    value: value.clone(),
                    required: need == Need::Required,
                });
            }
        }
        message.lines.push(texts::NOT_SENT_YET.get(lang).into());
        message.main = Some(choice(texts::ON, Press::On, lang));
        message.more = self.ways(lang);
        self.say(message);
    }

    /// "Videre" in a form: the details, or the code.
    pub(crate) fn filled(&mut self, fields: Fields, now: &Now) {
        if self.step == Step::Code {
            let code = fields.code.trim();
            if code.is_empty() {
                return self.fault("code", texts::NO_CODE, now);
            }
            self.code = code.to_string();
            return self.review(now);
        }
        if self.step != Step::Details {
            return;
        }
        let Some(service) = self.service() else {
            return;
        };
        let (ask, code_needed) = (service.ask, service.code_needed);
        let fields = Fields {
            name: fields.name.split_whitespace().collect::<Vec<_>>().join(" "),
            phone: fields.phone.trim().to_string(),
            email: fields.email.trim().to_string(),
            cpr: fields.cpr.trim().to_string(),
            code: String::new(),
        };
        let mut faults = Vec::new();
        let mut fault =
            |name, phrase: texts::Phrase| faults.push((name, phrase.get(now.lang).to_string()));
        let digits = |text: &str| text.chars().filter(char::is_ascii_digit).count();
        if fields.name.is_empty() || fields.name.chars().count() > 100 {
            fault("name", texts::NO_NAME);
        } else if digits(&fields.name) == 10 {
            fault("name", texts::LOOKS_LIKE_CPR);
        }
        let wrong_phone = !(8..=15).contains(&digits(&fields.phone))
            || fields
                .phone
                .chars()
                .any(|c| !c.is_ascii_digit() && !matches!(c, '+' | ' ' | '-' | '(' | ')'));
        let wrong_email = !is_email(&fields.email);
        let neither = fields.phone.is_empty() && fields.email.is_empty();
        if ask.phone != Need::No
            && (ask.phone == Need::Required || !fields.phone.is_empty())
            && wrong_phone
        {
            fault("phone", texts::NO_PHONE);
        } else if ask.phone == Need::Optional && ask.email == Need::Optional && neither {
            fault("phone", texts::ONE_OF_TWO);
        }
        if ask.email != Need::No
            && (ask.email == Need::Required || !fields.email.is_empty())
            && wrong_email
        {
            fault("email", texts::NO_EMAIL);
        }
        if ask.cpr != Need::No
            && (ask.cpr == Need::Required || !fields.cpr.is_empty())
            && digits(&fields.cpr) != 10
        {
            fault("cpr", texts::NO_CPR);
        }
        self.fields = fields;
        if !faults.is_empty() {
            return self.effects.push(Effect::Faults(faults));
        }
        if code_needed {
            self.offer_code(now);
        } else {
            self.review(now);
        }
    }

    fn fault(&mut self, name: &'static str, phrase: texts::Phrase, now: &Now) {
        let text = phrase.get(now.lang).to_string();
        self.effects.push(Effect::Faults(vec![(name, text)]));
    }

    // --- the code --------------------------------------------------------------------------------------

    /// The e-mail, else the phone.
    fn code_address(&self) -> String {
        let fields = &self.fields;
        let email = &fields.email;
        if email.is_empty() {
            &fields.phone
        } else {
            email
        }
        .clone()
    }

    fn code_body(&self, now: &Now) -> String {
        let name = if self.fields.email.is_empty() {
            "phone"
        } else {
            "email"
        };
        let contact = Writer::new().text(name, &self.code_address()).end();
        Writer::new()
            .object("contact", &contact)
            .text("language", language(now.lang))
            .end()
    }

    fn offer_code(&mut self, now: &Now) {
        self.step = Step::Code;
        let lang = now.lang;
        let mut message = Message {
            lines: vec![texts::CODE_ASK.with(lang, &self.code_address())],
            ..Message::default()
        };
        message.folds = self.privacy(now);
        message
            .folds
            .push(Self::shown(path::CODES, &self.code_body(now), now));
        message.main = Some(choice(texts::CODE_SEND, Press::SendCode, lang));
        message.more = self.ways(lang);
        self.say(message);
    }

    pub(crate) fn send_code(&mut self, now: &Now) {
        let body = self.code_body(now);
        self.ask(
            What::Code,
            path::CODES.into(),
            Some(now.fresh.clone()),
            body,
            now,
        );
    }

    fn ask_code(&mut self, now: &Now) {
        self.step = Step::Code;
        let lang = now.lang;
        let mut message = Message {
            lines: vec![texts::CODE_SENT.with(lang, &self.code_address())],
            ..Message::default()
        };
        message.fields.push(Field {
            name: "code",
            label: texts::CODE.get(lang).into(),
            value: String::new(),
            required: true,
        });
        message.main = Some(choice(texts::ON, Press::On, lang));
        message.more = vec![choice(texts::CODE_ANEW, Press::SendCode, lang)];
        message.more.extend(self.ways(lang));
        self.say(message);
    }

    // --- the review ------------------------------------------------------------------------------------

    fn privacy(&self, now: &Now) -> Vec<Fold> {
        let Some(privacy) = self.services.as_ref().map(|list| &list.privacy) else {
            return Vec::new();
        };
        let lang = now.lang;
        let line = |phrase: texts::Phrase, text: &str| [phrase.get(lang), ": ", text].concat();
        let mut lines = vec![
            line(texts::CONTROLLER, &privacy.controller),
            line(texts::PURPOSE, &localised(&privacy.purpose, lang)),
            line(texts::RETENTION, &localised(&privacy.retention, lang)),
        ];
        lines.push(localised(&privacy.text, lang));
        vec![Fold {
            title: texts::PRIVACY.get(lang).into(),
            lines,
            bytes: String::new(),
        }]
    }

    fn shown(path: &str, body: &str, now: &Now) -> Fold {
        Fold {
            title: texts::REVIEW_SHOWN.get(now.lang).into(),
            lines: vec![["POST ", path].concat()],
            bytes: body.into(),
        }
    }

    pub(crate) fn review(&mut self, now: &Now) {
        let lang = now.lang;
        self.step = Step::Review;
        let contact = Writer::new()
            .text("name", &self.fields.name)
            .some("phone", &self.fields.phone)
            .some("email", &self.fields.email)
            .end();
        let privacy = self.services.as_ref().map(|list| &list.privacy.version);
        self.body = Writer::new()
            .object("contact", &contact)
            .text("privacy_version", privacy.map_or("", String::as_str))
            .some("code", &self.code)
            .text("language", language(lang))
            .some("cpr", &self.fields.cpr)
            .end();
        let (Some(service), Some(slot)) = (self.service(), &self.chosen) else {
            return;
        };
        let row = |phrase: texts::Phrase, text: String| (phrase.get(lang).to_string(), text);
        let mut message = line(texts::REVIEW, lang);
        message.rows = vec![
            row(texts::SERVICE, localised(&service.name, lang)),
            row(texts::PLACE, self.place_name(&slot.location)),
            row(
                texts::TIME,
                moment::capital(&moment::moment(&slot.start, lang)),
            ),
        ];
        if service.persons_max > 1 {
            message
                .rows
                .push(row(texts::HOW_MANY_ROW, hours::number(self.persons.into())));
        }
        for (phrase, text) in [
            (texts::NAME, &self.fields.name),
            (texts::PHONE, &self.fields.phone),
            (texts::EMAIL, &self.fields.email),
            (texts::CPR, &self.fields.cpr),
            (texts::CODE, &self.code),
        ] {
            if !text.is_empty() {
                message.rows.push(row(phrase, text.clone()));
            }
        }
        message.folds = self.privacy(now);
        if let Some(list) = &self.services {
            let kept = localised(&list.privacy.retention, lang);
            let purpose = localised(&list.privacy.purpose, lang);
            let who = [
                texts::CONTROLLER.get(lang),
                ": ",
                &list.privacy.controller,
                ". ",
            ]
            .concat();
            message.lines.push(
                [
                    &who,
                    texts::PURPOSE.get(lang),
                    ": ",
                    purpose.trim_end_matches('.'),
                    ". ",
                    texts::RETENTION.get(lang),
                    ": ",
                    kept.trim_end_matches('.'),
                    ".",
                ]
                .concat(),
            );
        }
        message
            .folds
            .push(Self::shown(path::BOOKINGS, &self.body, now));
        message.main = Some(choice(texts::SEND, Press::Send, lang));
        message.more = vec![
            choice(texts::EDIT, Press::Edit, lang),
            choice(texts::STOP, Press::Stop, lang),
        ];
        self.say(message);
    }

    pub(crate) fn send(&mut self, now: &Now) {
        if self.step != Step::Review || self.held.is_none() {
            return;
        }
        if self.key.is_empty() {
            self.key.clone_from(&now.fresh);
        }
        self.keep();
        let (key, body) = (self.key.clone(), self.body.clone());
        self.ask(What::Book, path::BOOKINGS.into(), Some(key), body, now);
    }

    /// The same request with the same key.
    pub(crate) fn again(&mut self, now: &Now) {
        if let Some(mut request) = self.flight.take() {
            // Another number: what still comes of the first try is not taken for this one's answer.
            request.number = self.next_number();
            self.fly(request, now);
        }
    }

    // --- answers ---------------------------------------------------------------------------------------

    pub(crate) fn answered(&mut self, number: u32, status: u16, body: &str, now: &Now) {
        let Some(request) = self
            .flight
            .clone()
            .filter(|request| request.number == number)
        else {
            return;
        };
        self.waiting = false;
        self.effects.push(Effect::Wait(String::new()));
        let good = (200..300).contains(&status);
        if good && self.done(&request, body, now) {
            return;
        }
        let code = match json::problem(body) {
            Some(code) if !good => code,
            // No answer of this API: a proxy in between, or an answer cut short.
            _ => Code::Unavailable,
        };
        self.failed(request, status, code, now);
    }

    fn done(&mut self, request: &Request, body: &str, now: &Now) -> bool {
        // Kept until the body could be read: without it, it is as if no answer had come.
        match request.what {
            What::Services => {
                let Some(services) = json::services(body) else {
                    return false;
                };
                self.services = Some(Rc::new(services));
                self.flight = None;
                self.with_services(now);
            }
            What::Slots => {
                let Some(found) = json::slots(body) else {
                    return false;
                };
                self.flight = None;
                self.take_slots(found, now);
            }
            What::Month(number) => {
                let Some(found) = json::slots(body) else {
                    return false;
                };
                self.flight = None;
                self.show_month(number, found, now);
            }
            What::Hold => {
                let Some(hold) = json::hold(body) else {
                    return false;
                };
                self.flight = None;
                self.held(hold, now);
            }
            What::Extend => {
                let Some(hold) = json::hold(body) else {
                    return false;
                };
                self.flight = None;
                self.extended(hold, now);
            }
            What::Code => {
                self.flight = None;
                self.ask_code(now);
            }
            What::Book => {
                let Some(receipt) = json::receipt(body) else {
                    return false;
                };
                self.flight = None;
                self.booked(receipt, now);
            }
            What::Own | What::Move | What::CallOff => {
                let Some(receipt) = json::receipt(body) else {
                    return false;
                };
                self.flight = None;
                self.changed(request.what, receipt, now);
            }
            What::Ics => {
                self.flight = None;
                self.effects.push(Effect::Save(body.into()));
            }
            What::Release => {}
        }
        true
    }

    fn failed(&mut self, request: Request, status: u16, code: Code, now: &Now) {
        let lang = now.lang;
        // No answer, one that is cut short or not ours, and all that may pass: what became of it is not known.
        let doubtful = matches!(code, Code::InProgress | Code::Unavailable)
            || matches!(status, 0 | 408 | 429 | 500..);
        if request.what == What::Ics {
            self.flight = None;
            return self
                .effects
                .push(Effect::Status(texts::NO_ICS.get(lang).into()));
        }
        if doubtful {
            // What is in flight stays, for "Prøv igen".
            let nothing =
                request.key.is_none() || matches!(request.what, What::Hold | What::Extend);
            let phrase = if nothing {
                texts::LOST_GET
            } else {
                texts::LOST_POST
            };
            let mut message = line(phrase, lang);
            message.main = Some(choice(texts::AGAIN, Press::Again, lang));
            if nothing {
                message.more = vec![choice(texts::STOP, Press::Stop, lang)];
            }
            return self.say(message);
        }
        self.flight = None;
        match (request.what, code) {
            (What::Hold, Code::SlotTaken | Code::NotASlot) => {
                let start = self.chosen.as_ref().map(|slot| slot.start.clone());
                self.offer_around(start.unwrap_or_default(), now);
            }
            (What::Move, Code::SlotTaken | Code::NotASlot) => {
                self.step = Step::Moving;
                let start = self.chosen.as_ref().map(|slot| slot.start.clone());
                self.offer_around(start.unwrap_or_default(), now);
            }
            (
                What::Book | What::Extend | What::Code,
                Code::HoldExpired | Code::NotFound | Code::WrongState | Code::SlotTaken,
            ) => {
                self.held = None;
                self.key.clear();
                self.effects.push(Effect::Bar(None));
                self.expired(now);
            }
            (What::Book, Code::PrivacyChanged) => {
                self.key.clear();
                self.services = None;
                self.step = Step::Details;
                self.effects
                    .push(Effect::Status(texts::PRIVACY_CHANGED.get(lang).into()));
                self.ask(
                    What::Services,
                    path::SERVICES.into(),
                    None,
                    String::new(),
                    now,
                );
            }
            (What::Book, Code::CodeWrong | Code::CodeNeeded) => {
                self.key.clear();
                self.ask_code(now);
                self.fault("code", texts::CODE_WRONG, now);
            }
            (What::Book | What::Code, Code::Invalid) => {
                self.key.clear();
                self.ask_details(now);
                self.fault("name", texts::REFUSED, now);
            }
            (What::Book, Code::KeyReused) => {
                self.key.clear();
                self.end(line(texts::KEY_REUSED, lang), now);
            }
            (_, Code::TooManyBookings) => {
                self.key.clear();
                self.end(line(texts::TOO_MANY_BOOKINGS, lang), now);
            }
            (What::Own | What::Move | What::CallOff, Code::NotFound | Code::NoSecret) => {
                self.secret.clear();
                self.own = None;
                self.end(line(texts::UNKNOWN_LINK, lang), now);
            }
            (What::Move | What::CallOff, Code::WrongState) => {
                self.step = Step::Idle;
                self.say(line(texts::UNCHANGEABLE, lang));
            }
            _ => self.end(line(texts::REFUSED, lang), now),
        }
    }

    /// The booking is over without a time.
    fn end(&mut self, mut message: Message, now: &Now) {
        self.drop_hold(now);
        self.step = Step::Idle;
        self.keep();
        message.more = vec![Choice {
            press: Press::Begin,
            ..choice(texts::AGAIN_LATER, Press::Begin, now.lang)
        }];
        self.say(message);
    }
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

/// What stands in the header of a request, besides what the browser adds; shown beside the body.
#[cfg_attr(
    not(target_arch = "wasm32"),
    allow(dead_code, reason = "natively nothing is sent")
)]
pub(crate) fn headers(request: &Request) -> Vec<(&'static str, &str)> {
    let optional = [
        (header::IDEMPOTENCY_KEY, request.key.as_deref()),
        (header::HOLDER, request.holder.as_deref()),
        (header::BOOKING, request.secret.as_deref()),
    ];
    optional
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)))
        .collect()
}
