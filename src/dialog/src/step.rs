//! One event after the other: brings understanding and speaking together and keeps the state.

use crate::message::{Choice, Decision, Effect, Entry, Event, Kind, Message, Next, State};
use crate::place::Place;
use crate::reply::{Voice, leaves, paragraph};
use crate::texts;
use crate::understand::{Heard, Plan, decision, is, is_meta, understand};
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;
use bundle::Knowledge;
use bundle::content::{IntentIdx, Lang, Target, TopicIdx};
use hours::LocalTime;

/// One step of the conversation. Never fails: not knowing is an answer too.
pub fn step(
    knowledge: &Knowledge,
    state: State,
    event: Event,
    now: LocalTime,
) -> (State, Vec<Effect>) {
    let mut talk = Talk {
        knowledge,
        state,
        now,
        effects: Vec::new(),
    };
    talk.on(event);
    (talk.state, talk.effects)
}

/// What the bot would make of `utterance` now, without saying it.
pub fn decide(knowledge: &Knowledge, state: &State, utterance: &str, now: LocalTime) -> Decision {
    decision(
        knowledge,
        state,
        &understand(knowledge, state, utterance, now),
        now,
    )
}

/// One utterance as [`step`] takes it, with the decision instead of the effects.
pub fn turn(
    knowledge: &Knowledge,
    state: State,
    utterance: &str,
    now: LocalTime,
) -> (State, Decision) {
    let mut talk = Talk {
        knowledge,
        state,
        now,
        effects: Vec::new(),
    };
    let heard = understand(knowledge, &talk.state, utterance, now);
    let decision = decision(knowledge, &talk.state, &heard, now);
    talk.hear(utterance, heard);
    (talk.state, decision)
}

struct Talk<'k> {
    knowledge: &'k Knowledge,
    state: State,
    now: LocalTime,
    effects: Vec<Effect>,
}

impl Talk<'_> {
    fn on(&mut self, event: Event) {
        match event {
            Event::Opened { topic } => {
                self.page(&topic.unwrap_or_default());
                if self.state.transcript.is_empty() {
                    self.say(self.voice().welcome(&self.state.page_topics));
                }
            }
            Event::Utterance(text) => {
                let heard = understand(self.knowledge, &self.state, &text, self.now);
                self.hear(&text, heard);
            }
            Event::Pick(at) => {
                if let Some(choice) = self.state.options().get(at).cloned() {
                    self.write(&choice.label);
                    self.go(choice.then);
                }
            }
            Event::Show(id) => self.show(&id),
            Event::Act { seq, action } => self.act(seq, action),
            Event::Rate { seq, helped } => self.rate(seq, helped),
            Event::RateConversation(value) => {
                self.state.rating = Some(value.clamp(1, 3));
                self.tell("rated", String::new());
            }
            Event::Speak(lang) => self.speak(lang),
            Event::Restart => {
                let old = core::mem::take(&mut self.state);
                self.state.lang = old.lang;
                self.state.lang_fixed = old.lang_fixed;
                self.state.page_topics = old.page_topics;
                // Numbers go on, so that nothing on screen is taken for something new.
                self.state.next_seq = old.next_seq;
                self.effects.push(Effect::Clear);
                self.say(self.voice().welcome(&self.state.page_topics));
            }
        }
    }

    /// The page is about these topics: ids parted by commas. Those that nobody knows are told to the page.
    fn page(&mut self, ids: &str) {
        self.state.page_topics.clear();
        for id in ids.split(',').filter(|id| !id.is_empty()) {
            if let Some(topic) = self.knowledge.find_topic(id) {
                self.state.page_topics.push(topic);
            } else {
                self.tell("topic?", id.into());
            }
        }
    }

    fn hear(&mut self, utterance: &str, heard: Heard) {
        if heard.plan == Plan::Nothing {
            return;
        }
        self.write(utterance.trim());
        self.state.lang = heard.lang;
        self.state.lang_fixed = heard.lang_fixed;
        self.carry_out(heard);
    }

    fn carry_out(&mut self, heard: Heard) {
        let Heard {
            plan,
            place,
            stands_for,
            ..
        } = heard;
        match plan {
            Plan::Nothing => {}
            Plan::Crisis(kind) => {
                let intent = self.knowledge.find_intent(crate::crisis::intent_id(kind));
                self.state.last_intent = intent.or(self.state.last_intent);
                self.state.topic = intent.and_then(|i| self.topic_of(i)).or(self.state.topic);
                self.state.misses = 0;
                self.say(self.voice().crisis(kind));
            }
            Plan::Answer(intent) => {
                if !is_meta(self.knowledge, intent) {
                    self.state.last_utterance = stands_for;
                }
                self.answer(intent, &place);
            }
            Plan::Repeat(intent) => self.repeat(intent),
            Plan::Go(next) => self.go(next),
            Plan::Topic(topic) => {
                self.state.last_utterance = stands_for;
                self.topic(topic, &place);
            }
            Plan::Offer(intents) => {
                self.state.last_utterance = stands_for;
                // Most of one topic: that is what we are talking about.
                let topic = intents.first().and_then(|&i| self.topic_of(i));
                let of_it = intents
                    .iter()
                    .filter(|&&i| self.topic_of(i) == topic)
                    .count();
                if of_it * 2 >= intents.len() {
                    self.state.topic = topic;
                }
                self.state.misses = 0;
                let message = self
                    .voice()
                    .offer(texts::WHICH.get(self.state.lang), &intents);
                self.say_about(message, &place);
            }
            Plan::AskAgain => {
                let mut message = self.voice().say(Kind::Clarify, texts::WHICH_AGAIN);
                message.options = self.state.options().to_vec();
                self.say(message);
            }
            Plan::Fallback => {
                self.state.last_utterance = stands_for;
                self.state.misses = self.state.misses.saturating_add(1);
                self.tell("unanswered", String::new());
                let message = self.voice().fallback(&self.state);
                self.say_about(message, &place);
            }
        }
    }

    fn go(&mut self, next: Next) {
        match next {
            Next::Intent(intent) => self.answer(intent, &Place::default()),
            Next::Topic(topic) => self.topic(topic, &Place::default()),
            Next::Ask(tree) => self.say(self.voice().ask(&tree)),
            Next::NoneOfThese => {
                self.state.misses = self.state.misses.saturating_add(1);
                self.tell("unanswered", String::new());
                self.say(self.voice().none_fits(&self.state));
            }
            Next::Human => self.human(),
            Next::Model => self.effects.push(Effect::LanguageModel),
        }
    }

    fn answer(&mut self, intent: IntentIdx, place: &Place) {
        if is(self.knowledge, intent, "tal-med-et-menneske") {
            return self.human();
        }
        let Some(mut message) = self.voice().answer(intent) else {
            let mut message = self.voice().say(Kind::Notice, texts::NOT_NOW);
            message.options.extend(
                self.topic_of(intent)
                    .and_then(|t| self.voice().topic_choice(t)),
            );
            return self.say(message);
        };
        if is_meta(self.knowledge, intent) {
            message.ratable = false;
            self.add_meta_options(&mut message, intent);
        } else {
            self.state.topic = self.topic_of(intent);
            self.state.last_intent = Some(intent);
            self.state.misses = 0;
        }
        self.tell("answered", self.knowledge.intent_id(intent));
        self.say_about(message, place);
    }

    /// Small talk leads on: a greeting to the chips, a complaint to a person.
    fn add_meta_options(&self, message: &mut Message, intent: IntentIdx) {
        let voice = self.voice();
        if is(self.knowledge, intent, "hilsen") || is(self.knowledge, intent, "hvad-kan-du") {
            message.options = voice.welcome(&self.state.page_topics).options;
        }
        if is(self.knowledge, intent, "utilfreds-med-svar") {
            message
                .options
                .extend(self.state.topic.and_then(|t| voice.topic_choice(t)));
            message.options.push(self.human_choice());
        }
    }

    /// The last answer again, its short part only.
    fn repeat(&mut self, asking: IntentIdx) {
        let Some(mut message) = self.state.last_intent.and_then(|i| self.voice().answer(i)) else {
            return self.answer(asking, &Place::default());
        };
        message.answer.steps.clear();
        message.answer.more.clear();
        message
            .note
            .get_or_insert_default()
            .push(paragraph(texts::IN_SHORT.get(self.state.lang)));
        self.say(message);
    }

    fn topic(&mut self, topic: TopicIdx, place: &Place) {
        self.state.topic = Some(topic);
        self.state.misses = 0;
        match self.voice().topic(topic) {
            Some(message) => self.say_about(message, place),
            None => self.say(self.voice().say(Kind::Notice, texts::UNKNOWN_LINK)),
        }
    }

    fn human(&mut self) {
        // Another topic may have been in hand since the last answer.
        let answered = self.state.last_intent;
        let answered = answered.filter(|intent| self.topic_of(*intent) == self.state.topic);
        let topics = &self.knowledge.core().topics;
        let about = match (answered, self.state.topic) {
            (Some(intent), _) => self.knowledge.intent_id(intent),
            (None, Some(topic)) => topics[usize::from(topic)].id.clone(),
            _ => String::new(),
        };
        self.effects.push(Effect::Human { about });
        self.tell("answered", "smalltalk-meta/tal-med-et-menneske".into());
        self.say(self.voice().human());
    }

    fn show(&mut self, id: &str) {
        if let Some(intent) = self.knowledge.find_intent(id) {
            let core = self.knowledge.core();
            let choice = self.voice().choice(intent);
            let title =
                choice.map_or_else(|| core.intents[intent as usize].title.clone(), |c| c.label);
            self.write(&title);
            self.answer(intent, &Place::default());
        } else if let Some(topic) = self.knowledge.find_topic(id) {
            self.topic(topic, &Place::default());
        } else {
            let mut message = self.voice().welcome(&self.state.page_topics);
            message.kind = Kind::Notice;
            message.answer.short = vec![paragraph(texts::UNKNOWN_LINK.get(self.state.lang))];
            self.say(message);
        }
    }

    fn act(&mut self, seq: u32, action: usize) {
        let Some(message) = self.find(seq) else {
            return;
        };
        let (kind, action) = (
            message.kind.clone(),
            message.answer.actions.get(action).cloned(),
        );
        let Some(action) = action else { return };
        let intent = match kind {
            Kind::Answer(intent) => Some(intent),
            _ => None,
        };
        match action.target {
            Target::Goto(to) => {
                self.write(&action.label);
                self.answer(to, &Place::default());
            }
            Target::Human => {
                self.write(&action.label);
                self.human();
            }
            Target::Book(fallback) => self.effects.push(Effect::Book {
                intent: intent.map_or_else(String::new, |intent| self.knowledge.intent_id(intent)),
                fallback,
            }),
            // The link itself does it.
            Target::Url(_) | Target::Phone(_) | Target::Mail(_) => {}
        }
    }

    fn rate(&mut self, seq: u32, helped: bool) {
        let Some(message) = self.find(seq).filter(|m| m.ratable) else {
            return;
        };
        let Kind::Answer(intent) = message.kind else {
            return;
        };
        let before = message.rated.replace(helped);
        if before == Some(helped) {
            return;
        }
        let (yes, no) = &mut self.state.votes;
        match before {
            Some(true) => *yes = yes.saturating_sub(1),
            Some(false) => *no = no.saturating_sub(1),
            None => {}
        }
        let vote = if helped { yes } else { no };
        *vote = vote.saturating_add(1);
        let first_no = !helped && before.is_none() && self.state.votes.1 == 1;
        self.tell("rated", self.knowledge.intent_id(intent));
        if first_no {
            let mut message = self.voice().say(Kind::Notice, texts::RATED_NO);
            message.options.extend(
                self.topic_of(intent)
                    .and_then(|t| self.voice().topic_choice(t)),
            );
            message.options.push(self.human_choice());
            self.say(message);
        }
    }

    /// From now on that language; what was said last is said again in it.
    fn speak(&mut self, lang: Lang) {
        self.state.lang = lang;
        self.state.lang_fixed = true;
        let last = self
            .state
            .transcript
            .iter()
            .rev()
            .find_map(|entry| match entry {
                Entry::Bot(message) if message.kind != Kind::Notice => Some(message.kind.clone()),
                _ => None,
            });
        let message = match last {
            Some(Kind::Answer(intent)) => self.voice().answer(intent).map(|mut message| {
                message.ratable = !is_meta(self.knowledge, intent);
                if is_meta(self.knowledge, intent) {
                    self.add_meta_options(&mut message, intent);
                }
                message
            }),
            Some(Kind::Crisis(kind)) => Some(self.voice().crisis(kind)),
            Some(Kind::Welcome) => Some(self.voice().welcome(&self.state.page_topics)),
            _ => None,
        };
        let mut message = message.unwrap_or_else(|| self.voice().say(Kind::Notice, texts::SPEAKS));
        if message.kind == Kind::Notice {
            message.options = self.in_language_now(self.state.options());
        }
        self.say(message);
    }

    /// Options on offer with their labels in the language spoken now, as far as they have titles.
    fn in_language_now(&self, options: &[Choice]) -> Vec<Choice> {
        let voice = self.voice();
        let renamed = |choice: &Choice| match &choice.then {
            Next::Intent(intent) => voice.choice(*intent),
            Next::Topic(topic) => voice.topic_choice(*topic),
            Next::Ask(_) => Some(choice.clone()),
            fixed => Some(voice.fixed(fixed.clone())),
        };
        options.iter().filter_map(renamed).collect()
    }

    fn human_choice(&self) -> Choice {
        self.voice().fixed(Next::Human)
    }

    fn voice(&self) -> Voice<'_> {
        Voice {
            knowledge: self.knowledge,
            lang: self.state.lang,
            now: self.now,
        }
    }

    fn topic_of(&self, intent: IntentIdx) -> Option<TopicIdx> {
        self.knowledge
            .core()
            .intents
            .get(intent as usize)
            .map(|i| i.topic)
    }

    fn find(&mut self, seq: u32) -> Option<&mut Message> {
        self.state
            .transcript
            .iter_mut()
            .find_map(|entry| match entry {
                Entry::Bot(message) if message.seq == seq => Some(message),
                _ => None,
            })
    }

    fn tell(&mut self, what: &str, intent: String) {
        self.effects.push(Effect::Tell {
            what: what.to_string(),
            intent,
        });
    }

    fn write(&mut self, text: &str) {
        let seq = self.next();
        self.state.transcript.push(Entry::Citizen {
            seq,
            text: text.to_string(),
        });
    }

    fn say_about(&mut self, mut message: Message, place: &Place) {
        self.voice().add_place_note(&mut message, place);
        self.say(message);
    }

    fn say(&mut self, mut message: Message) {
        message.seq = self.next();
        debug_assert!(leaves(self.knowledge, &message.options, self.now).len() <= 4);
        self.effects.push(Effect::Say(message.seq));
        self.state.transcript.push(Entry::Bot(message));
    }

    fn next(&mut self) -> u32 {
        let seq = self.state.next_seq;
        self.state.next_seq = seq.wrapping_add(1);
        seq
    }
}
