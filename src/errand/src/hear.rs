//! What the citizen writes while a time is being booked, and which button it stands for. Nothing is ever sent by a "ja".

use protocol::{Location, Service};

use crate::free;
use crate::message::{Effect, Fields, Message, Now, Press};
use crate::said::{Command, Said, understand};
use crate::talk::{Step, Talk, line};
use crate::texts;

impl Talk {
    pub(crate) fn hear(&mut self, text: &str, now: &Now) {
        let all: &[Service] = match (&self.services, self.step) {
            (Some(list), Step::Service) => &list.services,
            _ => &[],
        };
        let places: &[Location] = self.service().map_or(&[], |one| &one.locations);
        let said = understand(text, self.today(now), all, places);
        let mine = said.whole && !said.is_nothing() && self.means_something(&said);
        if !mine || self.waiting {
            return self.effects.push(Effect::Pass);
        }
        self.effects.push(Effect::Write(text.trim().to_string()));
        if !self.take(&said, now) {
            self.say(line(texts::ASK_AGAIN, now.lang));
        }
    }

    /// Whether it can be meant for the booking at this step.
    fn means_something(&self, said: &Said) -> bool {
        match self.step {
            Step::Idle => {
                self.own.is_some() && matches!(said.command, Some(Command::Move | Command::CallOff))
            }
            Step::Resumed => matches!(
                said.command,
                Some(Command::Yes | Command::No | Command::Stop)
            ),
            _ => true,
        }
    }

    fn take(&mut self, said: &Said, now: &Now) -> bool {
        let fields = Fields::default();
        if let Some(command) = said.command {
            let press = match (command, self.step) {
                (Command::Back, _) => Press::Back,
                (Command::Stop, _) => Press::Stop,
                (Command::No, Step::MoveSure | Step::CallOffSure) => Press::Keep,
                (Command::No, Step::Review) => Press::Edit,
                (Command::No, _) => Press::Stop,
                (Command::Yes, Step::Resumed) => Press::GoOn,
                // What is sent is sent by a button alone.
                (Command::Yes, _) => return false,
                (Command::Elsewhere, Step::Persons | Step::Slots | Step::Details) => {
                    self.drop_hold(now);
                    Press::Elsewhere
                }
                (Command::Later, Step::Slots | Step::Moving) => Press::Later,
                (Command::Earlier, Step::Slots | Step::Moving) => Press::First,
                (Command::Calendar, Step::Slots | Step::Moving) => {
                    Press::Month(free::month_of(self.today(now)))
                }
                (Command::MoreTime, Step::Details | Step::Code | Step::Review) => Press::Extend,
                (Command::Move, Step::Idle) => Press::Move,
                (Command::CallOff, Step::Idle) => Press::CallOff,
                (Command::Again, _) if self.flight.is_some() => Press::Again,
                _ => return false,
            };
            self.press(press, fields, now);
            return true;
        }
        let mut again = false;
        if let Some(place) = said.place.filter(|_| self.step != Step::Moving) {
            self.place = Some(place);
            again = true;
        }
        if let Some(when) = &said.when {
            self.when = self.when.refined(when);
            again = true;
        }
        match self.step {
            Step::Service => {
                let number = said
                    .number
                    .map(|number| usize::from(number).wrapping_sub(1));
                let count = self.services.as_ref().map_or(0, |list| list.services.len());
                match said.service.or(number.filter(|at| *at < count)) {
                    Some(at) => self.choose_service(at, now),
                    None => return false,
                }
            }
            Step::Place => {
                let count = self.service().map_or(0, |one| one.locations.len());
                match (said.place, said.number.map(usize::from)) {
                    (Some(_), _) => self.after_place(now),
                    (None, Some(number)) if (1..=count).contains(&number) => {
                        self.place = Some(number - 1);
                        self.after_place(now);
                    }
                    (None, Some(number)) if number == count + 1 => {
                        self.press(Press::Place(None), fields, now);
                    }
                    _ if said.when.as_ref().is_some_and(|when| when.soonest) => {
                        self.press(Press::Place(None), fields, now);
                    }
                    _ => return false,
                }
            }
            Step::Persons => {
                let most = self.service().map_or(1, |one| one.persons_max);
                match said.number {
                    Some(count) if (1..=u16::from(most)).contains(&count) => {
                        self.press(Press::Persons(count as u8), fields, now);
                    }
                    Some(_) => {
                        let most = hours::number(most.into());
                        let mut message = Message {
                            lines: vec![texts::TOO_MANY.with(now.lang, &most)],
                            ..Message::default()
                        };
                        message.more = self.ways(now.lang);
                        self.say(message);
                        self.ask_persons(now);
                    }
                    None => return false,
                }
            }
            Step::Slots | Step::Moving if again => self.fetch_slots(now),
            Step::Details | Step::Code | Step::Review if again => {
                // Another time than the one that is held.
                self.drop_hold(now);
                self.fetch_slots(now);
            }
            _ => return false,
        }
        true
    }
}
