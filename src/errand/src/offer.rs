//! Free times are asked for and shown: those that fit what was said, further ones, a day, a month, those around a time
//! that somebody else took.

use bundle::content::Lang;
use hours::Date;
use protocol::path;

use crate::free;
use crate::message::{Message, Now, Press, What};
use crate::moment;
use crate::talk::{Step, Talk, choice, line};
use crate::texts;
use crate::when::When;

/// Days asked for at once.
const SPAN: i32 = 31;
/// How often further days are fetched to find what fits.
const FETCHES: u8 = 4;

impl Talk {
    pub(crate) fn fetch_slots(&mut self, now: &Now) {
        if self.step != Step::Moving {
            self.step = Step::Slots;
        }
        self.keep();
        self.slots.clear();
        self.next = None;
        self.fetched = 0;
        self.page = 0;
        let today = self.today(now).days_since_epoch();
        let wanted = self.when.from.map_or(today, |from| from - 7);
        self.ask_slots(
            What::Slots,
            Date::from_days_since_epoch(wanted.max(today)),
            now,
        );
    }

    pub(crate) fn ask_slots(&mut self, what: What, from: Date, now: &Now) {
        let own = self.own.as_ref().filter(|_| self.step == Step::Moving);
        let (service, place, persons) = if let Some(own) = own {
            (own.service.clone(), None, own.persons)
        } else {
            {
                let Some(service) = self.service() else {
                    return;
                };
                let place = self.place.and_then(|at| service.locations.get(at));
                (
                    service.id.clone(),
                    place.map(|place| place.id.clone()),
                    self.persons,
                )
            }
        };
        let mut query = [path::SLOTS, "?service=", &service].concat();
        if let Some(place) = place {
            query.push_str("&location=");
            query.push_str(&place);
        }
        query.push_str("&from=");
        for (number, width) in [
            (from.year().cast_unsigned(), 4),
            (from.month().into(), 2),
            (from.day().into(), 2),
        ] {
            if width == 2 {
                query.push('-');
            }
            let digits = hours::number(number);
            query.push_str(&"0000"[..width - digits.len().min(width)]);
            query.push_str(&digits);
        }
        query.push_str("&days=");
        query.push_str(&hours::number(SPAN as u16));
        query.push_str("&persons=");
        query.push_str(&hours::number(u16::from(persons.max(1))));
        self.ask(what, query, None, String::new(), now);
    }

    pub(crate) fn take_slots(&mut self, found: protocol::Slots, now: &Now) {
        self.slots.extend(found.slots);
        self.next = found.next;
        self.fetched += 1;
        let open_ended = self.when.until.is_none();
        let fits = !free::fitting(&self.slots, &self.when).is_empty();
        if !fits
            && open_ended
            && self.taken.is_none()
            && self.fetched < FETCHES
            && let Some(from) = self.next.as_deref().and_then(Date::parse)
        {
            return self.ask_slots(What::Slots, from, now);
        }
        self.show_slots(now);
    }

    fn show_slots(&mut self, now: &Now) {
        let lang = now.lang;
        let fitting = free::fitting(&self.slots, &self.when);
        let wanted = free::said(&self.when, lang);
        let mut message = Message::default();
        let taken = self.taken.take();
        let (places, phrase) = if self.slots.is_empty() {
            (Vec::new(), texts::SLOTS_NONE.get(lang).to_string())
        } else if let Some(instant) = &taken {
            (
                free::around(&self.slots, instant),
                texts::TAKEN.with(lang, &moment::moment(instant, lang)),
            )
        } else if fitting.is_empty() {
            (
                free::nearest(&self.slots, &self.when, self.today(now)),
                texts::SLOTS_NONE_MATCH.with(lang, &wanted),
            )
        } else if wanted.is_empty() {
            (fitting, texts::SLOTS.get(lang).to_string())
        } else {
            (fitting, texts::SLOTS_MATCH.with(lang, &wanted))
        };
        message.lines.extend(self.above.take());
        if self.step == Step::Moving && taken.is_none() && self.page == 0 {
            message.lines.push(texts::MOVE_WHEN.get(lang).into());
        }
        message.lines.push(if self.page == 0 {
            phrase
        } else {
            texts::LATER.get(lang).into()
        });
        let (days, more) = self.days(&places, self.page, false, lang);
        message.days = days;
        if !self.slots.is_empty() {
            if self.page == 0 && self.step == Step::Slots && taken.is_none() {
                message.lines.push(texts::SLOTS_HINT.get(lang).into());
                let minutes = self
                    .services
                    .as_ref()
                    .map_or(5, |list| list.hold_seconds / 60);
                message
                    .lines
                    .push(texts::HOLD_FIRST.with(lang, &hours::number(minutes as u16)));
            }
            if more || self.next.is_some() {
                message.more.push(choice(texts::LATER, Press::Later, lang));
            }
            let month = free::month_of(self.today(now));
            message
                .more
                .push(choice(texts::CALENDAR, Press::Month(month), lang));
        }
        self.finish_slots(message, now);
    }

    /// A list of times: the ways on, and out.
    fn finish_slots(&mut self, mut message: Message, now: &Now) {
        if self.step == Step::Slots && self.service().is_some_and(|one| one.locations.len() > 1) {
            message
                .more
                .push(choice(texts::OTHER_PLACE, Press::Elsewhere, now.lang));
        }
        message.more.extend(self.ways(now.lang));
        self.introduce(&mut message, now);
        self.say(message);
    }

    fn days(
        &self,
        places: &[usize],
        page: usize,
        whole: bool,
        lang: Lang,
    ) -> (Vec<crate::message::Day>, bool) {
        let any = self.place.is_none() || self.step == Step::Moving;
        let several = any && {
            let mut ids = self.slots.iter().map(|slot| &slot.location);
            let first = ids.next();
            ids.any(|id| Some(id) != first)
        };
        let name = |id: &str| {
            if several {
                self.place_name(id)
            } else {
                String::new()
            }
        };
        free::days(&self.slots, places, page, whole, lang, &name)
    }

    pub(crate) fn show_day(&mut self, day: i32, now: &Now) {
        let only = When {
            from: Some(day),
            until: Some(day),
            ..When::default()
        };
        let places = free::fitting(&self.slots, &only);
        let mut message = line(texts::MORE_THAT_DAY, now.lang);
        message.days = self.days(&places, 0, true, now.lang).0;
        let month = free::month_of(Date::from_days_since_epoch(day));
        message.more = vec![
            choice(texts::FROM_START, Press::First, now.lang),
            choice(texts::CALENDAR, Press::Month(month), now.lang),
        ];
        self.finish_slots(message, now);
    }

    pub(crate) fn show_month(&mut self, number: i32, found: protocol::Slots, now: &Now) {
        self.slots = found.slots;
        self.next = found.next;
        let lang = now.lang;
        let mut message = line(texts::CALENDAR_SAYS, lang);
        message.month = Some(free::month(&self.slots, number, lang));
        if number > free::month_of(self.today(now)) {
            message.more.push(choice(
                texts::PREVIOUS_MONTH,
                Press::Month(number - 1),
                lang,
            ));
        }
        if self.next.is_some() {
            message
                .more
                .push(choice(texts::NEXT_MONTH, Press::Month(number + 1), lang));
        }
        message
            .more
            .push(choice(texts::FROM_START, Press::First, lang));
        message.more.extend(self.ways(lang));
        self.say(message);
    }

    /// The time is gone: those around it.
    pub(crate) fn offer_around(&mut self, instant: String, now: &Now) {
        let day = moment::wall(&instant).map(|(date, _)| date.days_since_epoch());
        self.taken = Some(instant);
        self.chosen = None;
        let before = core::mem::take(&mut self.when);
        self.when.from = day;
        self.fetch_slots(now);
        self.when = before;
    }

    pub(crate) fn later(&mut self, now: &Now) {
        self.page += free::DAYS;
        let fitting = free::fitting(&self.slots, &self.when);
        let (days, more) = self.days(&fitting, self.page, false, now.lang);
        match self.next.as_deref().and_then(Date::parse) {
            Some(from) if !more && days.len() < free::DAYS => {
                self.fetched = FETCHES;
                self.ask_slots(What::Slots, from, now);
            }
            _ => self.show_slots(now),
        }
    }
}
