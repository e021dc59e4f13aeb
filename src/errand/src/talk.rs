//! The booking conversation as a state machine: an event goes in, a new state and effects come out. No clock, network or
//! chance: they come in as [`Now`] and as answers. Nothing about the citizen is in any request before [`Press::Send`]
//! (or, where the kommune wants a code, [`Press::SendCode`]).

use std::rc::Rc;

use bundle::content::Lang;
use hours::{Date, copenhagen};
use protocol::{Adapter, Receipt, Service, Services, Slot, path};

use crate::free;
use crate::message::{Choice, Effect, Event, Fields, Kept, Message, Now, Press, Request, What};
use crate::said::understand;
use crate::texts;
use crate::when::When;

/// How far it has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Step {
    /// Nothing is being booked.
    #[default]
    Idle,
    /// Something lies there from before.
    Resumed,
    Service,
    Place,
    Persons,
    Slots,
    Details,
    Code,
    Review,
    /// A time for a booking that is there is being chosen.
    Moving,
    MoveSure,
    CallOffSure,
}

/// A time that is held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Held {
    pub(crate) holder: String,
    /// By our clock, milliseconds since 1970.
    pub(crate) until: i64,
    /// As the server says it.
    pub(crate) expires: String,
    pub(crate) extendable_until: String,
    pub(crate) warned: bool,
}

/// The conversation.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Talk {
    pub(crate) step: Step,
    pub(crate) services: Option<Rc<Services>>,
    pub(crate) service: usize,
    /// Place in the service's list of locations; `None`: any.
    pub(crate) place: Option<usize>,
    pub(crate) persons: u8,
    /// What the citizen asked before, until it was read.
    wish: String,
    /// Id of the service that was asked for.
    hint: String,
    pub(crate) when: When,
    pub(crate) slots: Vec<Slot>,
    pub(crate) next: Option<String>,
    pub(crate) page: usize,
    pub(crate) fetched: u8,
    /// Said above the next list of times.
    pub(crate) above: Option<String>,
    /// The time that somebody else took: those around it are shown.
    pub(crate) taken: Option<String>,
    pub(crate) chosen: Option<Slot>,
    pub(crate) held: Option<Held>,
    pub(crate) fields: Fields,
    pub(crate) code: String,
    /// What will be sent, to the byte.
    pub(crate) body: String,
    /// Key of the booking: stays until it is answered.
    pub(crate) key: String,
    /// The request that waits for its answer, or that got none.
    pub(crate) flight: Option<Request>,
    pub(crate) waiting: bool,
    number: u32,
    seq: u32,
    newest: u32,
    lasting: u32,
    pub(crate) secret: String,
    pub(crate) own: Option<Receipt>,
    kept: Option<Kept>,
    introduced: bool,
    pub(crate) effects: Vec<Effect>,
}

/// One step.
pub fn step(mut talk: Talk, event: Event, now: &Now) -> (Talk, Vec<Effect>) {
    talk.on(event, now);
    let effects = core::mem::take(&mut talk.effects);
    (talk, effects)
}

/// Before a hold runs out, milliseconds.
const WARN_MS: i64 = 60_000;

impl Talk {
    /// A hold is running, so time matters.
    pub fn ticks(&self) -> bool {
        self.held.is_some()
    }

    fn on(&mut self, event: Event, now: &Now) {
        match event {
            Event::Begin { service, wish } => self.begin(service, wish, now),
            Event::Open(secret) => {
                self.drop_hold(now);
                self.secret = secret;
                self.step = Step::Idle;
                self.keep();
                self.fetch_own(now);
            }
            Event::Resume(kept) => self.resume(&kept, now),
            Event::Said(text) => self.hear(&text, now),
            Event::Press { seq, press, fields } => {
                let alive = seq == self.newest || seq == self.lasting || press == Press::Extend;
                if alive && (!self.waiting || press == Press::Extend || press == Press::Stop) {
                    self.press(press, fields, now);
                }
            }
            Event::Answer {
                number,
                status,
                body,
            } => self.answered(number, status, &body, now),
            Event::Tick => self.tick(now),
        }
    }

    fn begin(&mut self, service: String, wish: String, now: &Now) {
        self.drop_hold(now);
        self.when = When::default();
        self.place = None;
        self.persons = 0;
        self.hint = service;
        self.wish = wish;
        self.step = Step::Service;
        self.keep();
        if self.services.is_some() {
            self.with_services(now);
        } else {
            self.ask(
                What::Services,
                path::SERVICES.into(),
                None,
                String::new(),
                now,
            );
        }
    }

    fn resume(&mut self, stored: &str, now: &Now) {
        let Some(kept) = Kept::read(stored) else {
            return self.effects.push(Effect::Keep(String::new()));
        };
        self.secret = kept.secret.clone();
        self.key = kept.key.clone();
        let lang = now.lang;
        let unfinished = !kept.service.is_empty();
        let phrase = if !unfinished && self.secret.is_empty() {
            return;
        } else if unfinished && !self.key.is_empty() {
            texts::DOUBT
        } else if unfinished {
            texts::RESUME
        } else {
            texts::STILL_BOOKED
        };
        self.kept = Some(kept);
        self.step = Step::Resumed;
        let mut message = line(phrase, lang);
        message.main = Some(choice(texts::GO_ON, Press::GoOn, lang));
        if unfinished {
            message.more = vec![choice(texts::STOP, Press::Stop, lang)];
        }
        self.say(message);
    }

    fn go_on(&mut self, now: &Now) {
        let Some(kept) = self.kept.take() else { return };
        if kept.service.is_empty() {
            self.step = Step::Idle;
            return self.fetch_own(now);
        }
        if !kept.holder.is_empty() {
            self.release(kept.holder.clone(), now);
        }
        self.hint = kept.service.clone();
        self.persons = kept.persons;
        self.step = Step::Service;
        self.kept = Some(kept);
        self.ask(
            What::Services,
            path::SERVICES.into(),
            None,
            String::new(),
            now,
        );
    }

    /// The services are known: which is meant?
    pub(crate) fn with_services(&mut self, now: &Now) {
        let Some(services) = self.services.clone() else {
            return;
        };
        let all = services.services.as_slice();
        let found = all.iter().position(|one| one.id == self.hint);
        let found = found.or_else(|| {
            let said = understand(&self.wish, self.today(now), all, &[]);
            said.service.or((all.len() == 1).then_some(0))
        });
        match self.step {
            Step::Moving => return self.fetch_slots(now),
            // The privacy text was another.
            Step::Details => return self.review(now),
            _ => {}
        }
        match found {
            Some(at) => self.choose_service(at, now),
            None => self.ask_service(now),
        }
    }

    pub(crate) fn ask_service(&mut self, now: &Now) {
        self.step = Step::Service;
        let mut message = line(texts::WHICH_SERVICE, now.lang);
        let services = self.services.iter().flat_map(|list| &list.services);
        message.options = services
            .enumerate()
            .map(|(at, one)| plain(&localised(&one.name, now.lang), Press::Service(at)))
            .collect();
        message.more = vec![choice(texts::STOP, Press::Stop, now.lang)];
        self.introduce(&mut message, now);
        self.say(message);
    }

    pub(crate) fn choose_service(&mut self, at: usize, now: &Now) {
        self.service = at;
        let Some(services) = self.services.clone() else {
            return;
        };
        let Some(service) = services.services.get(at) else {
            return;
        };
        if let Adapter::Link { url } = &service.adapter {
            let mut message = Message {
                lines: vec![localised(&service.name, now.lang)],
                ..Message::default()
            };
            message.links = vec![(texts::OWN_PAGE.get(now.lang).into(), url.clone())];
            self.step = Step::Idle;
            self.keep();
            return self.say(message);
        }
        let wish = core::mem::take(&mut self.wish);
        let places = service.locations.as_slice();
        let said = understand(&wish, self.today(now), &[], places);
        self.when = self.when.refined(&said.when.clone().unwrap_or_default());
        let kept = self.kept.take().filter(|kept| kept.service == service.id);
        if let Some(kept) = kept {
            self.place = places.iter().position(|place| place.id == kept.place);
            self.persons = kept.persons.min(service.persons_max);
            return match self.persons {
                0 => self.after_place(now),
                _ => self.fetch_slots(now),
            };
        }
        if let Some(count) = said
            .number
            .filter(|count| (1..=u16::from(service.persons_max)).contains(count))
        {
            self.persons = count as u8;
        }
        self.place = said.place.or((places.len() == 1).then_some(0));
        if self.place.is_some() || places.is_empty() {
            self.after_place(now);
        } else {
            self.ask_place(now);
        }
    }

    pub(crate) fn ask_place(&mut self, now: &Now) {
        self.step = Step::Place;
        self.keep();
        let mut message = line(texts::WHICH_PLACE, now.lang);
        let places = self
            .service()
            .map_or(&[][..], |one| one.locations.as_slice());
        message.options = places
            .iter()
            .enumerate()
            .map(|(at, place)| {
                plain(
                    &[&place.name, ", ", &place.address].concat(),
                    Press::Place(Some(at)),
                )
            })
            .collect();
        message
            .options
            .push(choice(texts::ANY_PLACE, Press::Place(None), now.lang));
        message.more = self.ways(now.lang);
        self.introduce(&mut message, now);
        self.say(message);
    }

    pub(crate) fn after_place(&mut self, now: &Now) {
        let most = self.service().map_or(1, |one| one.persons_max);
        if most <= 1 {
            self.persons = 1;
        }
        if self.persons > 0 {
            return self.fetch_slots(now);
        }
        self.ask_persons(now);
    }

    pub(crate) fn ask_persons(&mut self, now: &Now) {
        self.step = Step::Persons;
        self.keep();
        let Some(service) = self.service() else {
            return;
        };
        let name = localised(&service.name, now.lang);
        let most = service.persons_max;
        let mut message = Message {
            lines: vec![texts::HOW_MANY.with(now.lang, &lower_first(&name))],
            ..Message::default()
        };
        message.options = (1..=most)
            .map(|count| {
                let number = hours::number(count.into());
                let phrase = if count == 1 {
                    texts::ONE_PERSON
                } else {
                    texts::PERSONS
                };
                plain(&phrase.with(now.lang, &number), Press::Persons(count))
            })
            .collect();
        message.more = self.ways(now.lang);
        self.introduce(&mut message, now);
        self.say(message);
    }

    // --- what is pressed -------------------------------------------------------------------------------

    pub(crate) fn press(&mut self, press: Press, fields: Fields, now: &Now) {
        match press {
            Press::Service(at) => self.choose_service(at, now),
            Press::Place(at) => {
                self.place = at;
                self.after_place(now);
            }
            Press::Persons(count) => {
                self.persons = count;
                self.fetch_slots(now);
            }
            Press::Slot(at) => self.choose_slot(at, now),
            Press::Day(day) => self.show_day(day, now),
            Press::Later => self.later(now),
            Press::First | Press::SeeTimes => {
                self.when = When::default();
                self.fetch_slots(now);
            }
            Press::Month(number) => {
                let from = free::first_of(number).max(self.today(now));
                self.ask_slots(What::Month(number), from, now);
            }
            Press::Elsewhere => self.ask_place(now),
            Press::Back => self.back(now),
            Press::Stop => self.stop(now),
            Press::On => self.filled(fields, now),
            Press::SendCode => self.send_code(now),
            Press::Send => self.send(now),
            Press::Edit => self.ask_details(now),
            Press::Again => self.again(now),
            Press::Extend => self.extend(now),
            Press::SameTime => match self.chosen.clone() {
                Some(slot) => self.hold(slot, now),
                None => self.fetch_slots(now),
            },
            Press::Ics => self.ask_own(What::Ics, path::ICS, false, String::new(), now),
            Press::Move => self.begin_move(now),
            Press::MoveYes => self.move_it(now),
            Press::CallOff => self.sure_to_call_off(now),
            Press::CallOffYes => {
                self.ask_own(What::CallOff, path::CANCEL, true, String::new(), now);
            }
            Press::Keep => {
                self.step = Step::Idle;
                self.say(line(texts::KEPT, now.lang));
                self.show_own(None, now);
            }
            Press::Begin => self.begin(String::new(), String::new(), now),
            Press::GoOn => self.go_on(now),
        }
    }

    pub(crate) fn choose_slot(&mut self, at: usize, now: &Now) {
        let Some(slot) = self.slots.get(at).cloned() else {
            return;
        };
        if self.step == Step::Moving {
            self.sure_to_move(slot, now);
        } else {
            self.hold(slot, now);
        }
    }

    /// One step back; a held time is given back.
    fn back(&mut self, now: &Now) {
        match self.step {
            Step::Review | Step::Code => self.ask_details(now),
            Step::Details => {
                self.drop_hold(now);
                self.fetch_slots(now);
            }
            Step::MoveSure => self.begin_move(now),
            Step::Moving | Step::CallOffSure => self.press(Press::Keep, Fields::default(), now),
            Step::Slots if self.service().is_some_and(|one| one.persons_max > 1) => {
                self.ask_persons(now);
            }
            Step::Slots | Step::Persons
                if self.service().is_some_and(|one| one.locations.len() > 1) =>
            {
                self.ask_place(now);
            }
            Step::Slots | Step::Persons | Step::Place => self.ask_service(now),
            Step::Service | Step::Resumed | Step::Idle => self.stop(now),
        }
    }

    fn stop(&mut self, now: &Now) {
        if matches!(self.step, Step::Moving | Step::MoveSure | Step::CallOffSure) {
            return self.press(Press::Keep, Fields::default(), now);
        }
        if let Some(kept) = self.kept.take().filter(|kept| !kept.holder.is_empty()) {
            self.release(kept.holder, now);
        }
        self.drop_hold(now);
        self.flight = None;
        self.waiting = false;
        self.effects.push(Effect::Wait(String::new()));
        self.step = Step::Idle;
        self.fields = Fields::default();
        self.key.clear();
        self.keep();
        let mut message = line(texts::STOPPED, now.lang);
        message.more = vec![choice(texts::AGAIN_LATER, Press::Begin, now.lang)];
        self.say(message);
    }

    // --- small things ----------------------------------------------------------------------------------

    #[expect(clippy::unused_self, reason = "reads as one")]
    pub(crate) fn today(&self, now: &Now) -> Date {
        copenhagen(now.ms).date
    }

    pub(crate) fn service(&self) -> Option<&Service> {
        self.services.as_ref()?.services.get(self.service)
    }

    pub(crate) fn place_name(&self, id: &str) -> String {
        let services = self.services.iter().flat_map(|list| &list.services);
        let mut places = services.flat_map(|one| &one.locations);
        let found = places.find(|place| place.id == id);
        found.map_or_else(|| id.to_string(), |place| place.name.clone())
    }

    /// What lies in the tab: ids and step.
    pub(crate) fn keep(&mut self) {
        let unfinished = !matches!(
            self.step,
            Step::Idle | Step::Moving | Step::MoveSure | Step::CallOffSure
        );
        let service = if unfinished { self.service() } else { None };
        let place = self.place.and_then(|at| service?.locations.get(at));
        let kept = Kept {
            service: service.map(|one| one.id.clone()).unwrap_or_default(),
            place: place.map(|place| place.id.clone()).unwrap_or_default(),
            persons: self.persons,
            holder: self
                .held
                .as_ref()
                .map(|held| held.holder.clone())
                .unwrap_or_default(),
            key: self.key.clone(),
            secret: self.secret.clone(),
        };
        let nothing = kept.service.is_empty() && kept.secret.is_empty();
        let text = if nothing { String::new() } else { kept.write() };
        self.effects.push(Effect::Keep(text));
    }

    pub(crate) fn ask(
        &mut self,
        what: What,
        path: String,
        key: Option<String>,
        body: String,
        now: &Now,
    ) {
        let holder = match what {
            What::Extend | What::Code | What::Book => {
                self.held.as_ref().map(|held| held.holder.clone())
            }
            _ => None,
        };
        let own = matches!(what, What::Own | What::Move | What::CallOff | What::Ics);
        let request = Request {
            number: self.next_number(),
            what,
            path,
            key,
            holder,
            secret: own.then(|| self.secret.clone()),
            body,
        };
        self.fly(request, now);
    }

    pub(crate) fn next_number(&mut self) -> u32 {
        self.number += 1;
        self.number
    }

    pub(crate) fn fly(&mut self, request: Request, now: &Now) {
        let phrase = if request.key.is_some() {
            texts::SENDING
        } else {
            texts::WAIT
        };
        self.effects.push(Effect::Wait(phrase.get(now.lang).into()));
        self.flight = Some(request.clone());
        self.waiting = true;
        self.effects.push(Effect::Ask(request));
    }

    /// Gives a hold back. Nobody waits for the answer.
    pub(crate) fn release(&mut self, holder: String, now: &Now) {
        self.effects.push(Effect::Ask(Request {
            number: 0,
            what: What::Release,
            path: path::HOLD_RELEASE.into(),
            key: Some(now.fresh.clone()),
            holder: Some(holder),
            secret: None,
            body: String::new(),
        }));
    }

    pub(crate) fn drop_hold(&mut self, now: &Now) {
        if let Some(held) = self.held.take() {
            self.release(held.holder, now);
            self.effects.push(Effect::Bar(None));
        }
    }

    fn tick(&mut self, now: &Now) {
        let Some(held) = &mut self.held else { return };
        // While a booking is on its way, its answer says what became of the hold.
        let sending = self
            .flight
            .as_ref()
            .is_some_and(|request| request.what == What::Book);
        if now.ms >= held.until && !sending {
            self.held = None;
            self.effects.push(Effect::Bar(None));
            self.expired(now);
        } else if now.ms >= held.until - WARN_MS && !held.warned {
            held.warned = true;
            let extend = choice(texts::MORE_TIME, Press::Extend, now.lang);
            let text = texts::WARN.get(now.lang).to_string();
            self.effects
                .push(Effect::Status([&text, " ", &extend.label, "."].concat()));
            self.effects.push(Effect::Bar(Some((text, Some(extend)))));
        }
    }

    /// "Tilbage" and "Fortryd".
    #[expect(clippy::unused_self, reason = "reads as one")]
    pub(crate) fn ways(&self, lang: Lang) -> Vec<Choice> {
        vec![
            choice(texts::BACK, Press::Back, lang),
            choice(texts::STOP, Press::Stop, lang),
        ]
    }

    pub(crate) fn introduce(&mut self, message: &mut Message, now: &Now) {
        if !core::mem::replace(&mut self.introduced, true) {
            message.lines.insert(0, texts::INTRO.get(now.lang).into());
        }
    }

    pub(crate) fn say(&mut self, mut message: Message) {
        self.seq += 1;
        message.seq = self.seq;
        let buttons = !message.options.is_empty()
            || !message.days.is_empty()
            || message.month.is_some()
            || message.main.is_some()
            || !message.more.is_empty();
        if message.lasting {
            self.lasting = self.seq;
        }
        if buttons {
            self.newest = self.seq;
        }
        self.effects.push(Effect::Say(message));
    }
}

/// A message of one sentence.
pub(crate) fn line(phrase: texts::Phrase, lang: Lang) -> Message {
    Message {
        lines: vec![phrase.get(lang).into()],
        ..Message::default()
    }
}

pub(crate) fn choice(phrase: texts::Phrase, press: Press, lang: Lang) -> Choice {
    plain(phrase.get(lang), press)
}

pub(crate) fn plain(label: &str, press: Press) -> Choice {
    Choice {
        label: label.into(),
        spoken: String::new(),
        press,
    }
}

pub(crate) fn localised(text: &protocol::Text, lang: Lang) -> String {
    match (&text.en, lang) {
        (Some(english), Lang::En) => english.clone(),
        _ => text.da.clone(),
    }
}

/// "Pas" in the middle of a sentence; "MitID" stays.
fn lower_first(name: &str) -> String {
    let first = name.split(' ').next().unwrap_or_default();
    if first.chars().skip(1).any(text::is_upper) {
        return name.to_string();
    }
    let mut chars = name.chars();
    chars.next().map_or_else(String::new, |c| {
        core::iter::once(text::lower(c)).chain(chars).collect()
    })
}
