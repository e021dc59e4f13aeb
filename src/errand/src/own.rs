//! A booking that is there: its receipt, and moving or cancelling it, by the secret in a link or in this tab.

use protocol::{Channel, NoticeState, Receipt, Slot, State, path};

use crate::json::Writer;
use crate::message::{Effect, Fold, Message, Now, Press, What};
use crate::moment;
use crate::talk::{Step, Talk, choice, line, localised};
use crate::texts;
use crate::when::When;

impl Talk {
    pub(crate) fn fetch_own(&mut self, now: &Now) {
        self.ask_own(What::Own, path::BOOKING, false, String::new(), now);
    }

    pub(crate) fn ask_own(&mut self, what: What, path: &str, post: bool, body: String, now: &Now) {
        let key = post.then(|| now.fresh.clone());
        self.ask(what, path.into(), key, body, now);
    }

    /// The server has said that it is booked.
    pub(crate) fn booked(&mut self, receipt: Receipt, now: &Now) {
        if let Some(secret) = &receipt.secret {
            self.secret.clone_from(secret);
        }
        self.held = None;
        self.key.clear();
        self.body.clear();
        self.code.clear();
        self.effects.push(Effect::Bar(None));
        self.step = Step::Idle;
        self.own = Some(receipt);
        self.keep();
        self.show_own(Some(texts::BOOKED), now);
    }

    pub(crate) fn changed(&mut self, what: What, mut receipt: Receipt, now: &Now) {
        receipt.secret = None;
        self.step = Step::Idle;
        let state = receipt.state;
        self.own = Some(receipt);
        let phrase = match (what, state) {
            (What::Move, _) => texts::MOVED,
            (What::CallOff, _) => texts::CANCELLED,
            (_, State::Confirmed) => texts::IS_BOOKED,
            (_, State::Cancelled) => texts::IS_CANCELLED,
            _ => texts::IS_OVER,
        };
        if state == State::Cancelled {
            self.secret.clear();
        }
        self.keep();
        self.show_own(Some(phrase), now);
    }

    /// The receipt.
    pub(crate) fn show_own(&mut self, first: Option<texts::Phrase>, now: &Now) {
        let lang = now.lang;
        // Taken out and put back: a copy would be code of its own.
        let Some(own) = self.own.take() else { return };
        let mut message = line(first.unwrap_or(texts::IS_BOOKED), lang);
        let row = |phrase: texts::Phrase, text: String| (phrase.get(lang).to_string(), text);
        message.rows = vec![
            row(texts::RECEIPT, own.receipt.clone()),
            row(texts::SERVICE, localised(&own.service_name, lang)),
            row(
                texts::TIME,
                moment::capital(&moment::moment(&own.start, lang)),
            ),
            row(
                texts::PLACE,
                [&own.location_name, ", ", &own.address].concat(),
            ),
        ];
        if own.persons > 1 {
            message
                .rows
                .push(row(texts::HOW_MANY_ROW, hours::number(own.persons.into())));
        }
        if own.state == State::Confirmed {
            if !own.bring.is_empty() {
                let things = own
                    .bring
                    .iter()
                    .map(|thing| localised(thing, lang))
                    .collect();
                message.list = Some((texts::BRING.get(lang).into(), things));
            }
            let coming = own
                .notices
                .iter()
                .rev()
                .find(|notice| notice.state != NoticeState::Failed);
            let notice = match coming.map(|notice| notice.channel) {
                Some(Channel::Email) => texts::NOTICE_MAIL,
                Some(Channel::Sms) => texts::NOTICE_SMS,
                None => texts::NO_NOTICE,
            };
            if first.is_some_and(|first| first.0 != texts::IS_BOOKED.0) {
                message.lines.push(notice.get(lang).into());
            }
            if let Some(url) = &own.directions {
                message
                    .links
                    .push((texts::DIRECTIONS.get(lang).into(), url.clone()));
            }
            message.links.push((
                texts::OWN_LINK.get(lang).into(),
                ["#", protocol::LINK_HASH, &self.secret].concat(),
            ));
            message.main = Some(choice(texts::ICS, Press::Ics, lang));
            if own.changeable {
                message.more = vec![
                    choice(texts::MOVE, Press::Move, lang),
                    choice(texts::CALL_OFF, Press::CallOff, lang),
                ];
            }
            message.lasting = true;
        } else {
            message.more = vec![choice(texts::BOOK_ANEW, Press::Begin, lang)];
        }
        self.own = Some(own);
        self.say(message);
    }

    pub(crate) fn begin_move(&mut self, now: &Now) {
        let changeable = self.own.as_ref().is_some_and(|own| own.changeable);
        if !changeable {
            return self.say(line(texts::UNCHANGEABLE, now.lang));
        }
        self.step = Step::Moving;
        self.when = When::default();
        self.chosen = None;
        // The names of the places come with the services; without them the ids would be read.
        if self.services.is_none() {
            return self.ask(
                What::Services,
                path::SERVICES.into(),
                None,
                String::new(),
                now,
            );
        }
        self.fetch_slots(now);
    }

    pub(crate) fn sure_to_move(&mut self, slot: Slot, now: &Now) {
        let lang = now.lang;
        let Some(own) = &self.own else { return };
        let (from, to) = (
            moment::moment(&own.start, lang),
            moment::moment(&slot.start, lang),
        );
        let mut message = Message {
            lines: vec![texts::MOVE_SURE.with2(lang, &from, &to)],
            ..Message::default()
        };
        self.body = Writer::new()
            .text("start", &slot.start)
            .text("location", &slot.location)
            .end();
        message.folds = vec![Fold {
            title: texts::REVIEW_SHOWN.get(lang).into(),
            lines: vec![["POST ", path::MOVE].concat()],
            bytes: self.body.clone(),
        }];
        message.main = Some(choice(texts::MOVE_YES, Press::MoveYes, lang));
        message.more = vec![
            choice(texts::KEEP, Press::Keep, lang),
            choice(texts::BACK, Press::Back, lang),
        ];
        self.chosen = Some(slot);
        self.step = Step::MoveSure;
        self.say(message);
    }

    pub(crate) fn move_it(&mut self, now: &Now) {
        if self.step == Step::MoveSure {
            let body = self.body.clone();
            self.ask_own(What::Move, path::MOVE, true, body, now);
        }
    }

    pub(crate) fn sure_to_call_off(&mut self, now: &Now) {
        let Some(own) = &self.own else { return };
        let time = moment::moment(&own.start, now.lang);
        self.step = Step::CallOffSure;
        let mut message = Message {
            lines: vec![texts::CALL_OFF_SURE.with(now.lang, &time)],
            ..Message::default()
        };
        message.main = Some(choice(texts::CALL_OFF_YES, Press::CallOffYes, now.lang));
        message.more = vec![choice(texts::KEEP, Press::Keep, now.lang)];
        self.say(message);
    }
}
