//! Makes messages: answers with notes, options and phone, welcome, questions back, and what is said
//! when nothing fits. Decides nothing; `understand` does.

use crate::facts::resolve;
use crate::message::{Choice, Kind, Message, Next, State};
use crate::place::Place;
use crate::texts::{self, Phrase};
use crate::words::words;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;
use bundle::Knowledge;
use bundle::content::{
    Action, Answer, Block, CrisisKind, Inline, IntentIdx, Lang, Target, Then, TopicIdx, Tree,
};
use hours::LocalTime;

/// Everything a message is made from.
#[derive(Clone, Copy)]
pub(crate) struct Voice<'k> {
    pub(crate) knowledge: &'k Knowledge,
    pub(crate) lang: Lang,
    pub(crate) now: LocalTime,
}

/// How many chips the welcome has at most.
const CHIPS: usize = 6;

impl Voice<'_> {
    /// A message without options; `seq` is set when it is said.
    pub(crate) fn message(&self, kind: Kind, answer: Answer) -> Message {
        Message {
            seq: 0,
            kind,
            lang: self.lang,
            answer_lang: self.lang,
            note: None,
            answer,
            options: Vec::new(),
            ratable: false,
            rated: None,
        }
    }

    /// A sentence of our own.
    pub(crate) fn say(&self, kind: Kind, phrase: Phrase) -> Message {
        self.message(
            kind,
            Answer {
                short: vec![paragraph(phrase.get(self.lang))],
                ..Answer::default()
            },
        )
    }

    /// First message. The first chip books a time, then come the page's own, then the most wanted.
    pub(crate) fn welcome(&self, page_topics: &[TopicIdx]) -> Message {
        let core = self.knowledge.core();
        let name = match (core.meta.bot_name.is_empty(), self.lang) {
            (false, _) => core.meta.bot_name.clone(),
            (true, Lang::Da) => "kommunens digitale hjælper".into(),
            (true, Lang::En) => "the digital helper of the kommune".into(),
        };
        let hello = texts::WELCOME.with(self.lang, &name);
        let mut message = self.say(Kind::Welcome, texts::WELCOME_HOW);
        message.answer.short.insert(0, paragraph(&hello));
        let booking = |i: &IntentIdx| self.knowledge.intent_id(*i).starts_with("tidsbestilling/");
        let wanted = &core.meta.welcome;
        let book = wanted.iter().copied().find(booking).or_else(|| {
            self.knowledge
                .find_intent("tidsbestilling/bestil-tid-til-andet")
        });
        let mut options: Vec<Choice> = book.into_iter().filter_map(|i| self.choice(i)).collect();
        // Three of one topic, two of each of two, one of each of more.
        for &topic in page_topics {
            let share = 1 + 2 / page_topics.len();
            options.extend(self.topic_choices(topic).into_iter().take(share));
        }
        options.extend(wanted.iter().filter_map(|&i| self.choice(i)));
        let mut chips: Vec<Choice> = Vec::new();
        for option in options {
            if chips.len() < CHIPS && !chips.iter().any(|c| leads_there(c, &option.then)) {
                chips.push(option);
            }
        }
        message.options = chips;
        message
    }

    /// An intent's answer; `None` when it has none or is out of its period.
    pub(crate) fn answer(&self, intent: IntentIdx) -> Option<Message> {
        if !is_open(self.knowledge, intent, self.now) {
            return None;
        }
        let (answer, answer_lang) = self.in_language(|lang| self.knowledge.answer(intent, lang))?;
        let mut message = self.message(Kind::Answer(intent), answer);
        message.answer_lang = answer_lang;
        if answer_lang != self.lang {
            message.note = Some(vec![paragraph(texts::ONLY_DANISH.get(self.lang))]);
        }
        if let Some(tree) = &message.answer.follow_up {
            message.options = self.branches(tree);
        }
        message.ratable = true;
        Some(message)
    }

    /// Authored help; if the bundle has none, the emergency number.
    pub(crate) fn crisis(&self, kind: CrisisKind) -> Message {
        let authored = self.in_language(|lang| self.knowledge.crisis_answer(kind, lang));
        let authored = authored.or_else(|| {
            let intent = self.knowledge.find_intent(crate::crisis::intent_id(kind))?;
            self.in_language(|lang| self.knowledge.answer(intent, lang))
        });
        if let Some((answer, answer_lang)) = authored {
            let mut message = self.message(Kind::Crisis(kind), answer);
            message.answer_lang = answer_lang;
            return message;
        }
        let mut message = self.say(Kind::Crisis(kind), texts::DANGER);
        let label = texts::DANGER_CALL.get(self.lang).into();
        message.answer.actions.push(Action {
            label,
            target: Target::Phone("112".into()),
        });
        message
    }

    /// The answer in the language spoken, else in Danish, with today's facts.
    fn in_language(&self, get: impl Fn(Lang) -> Option<Answer>) -> Option<(Answer, Lang)> {
        let (mut answer, lang) = get(self.lang)
            .map(|a| (a, self.lang))
            .or_else(|| get(Lang::Da).map(|a| (a, Lang::Da)))?;
        resolve(&mut answer, self.knowledge.facts(lang), self.now.date);
        answer
            .related
            .retain(|&i| is_open(self.knowledge, i, self.now));
        Some((answer, lang))
    }

    /// Asks a clarifying question.
    pub(crate) fn ask(&self, tree: &Tree) -> Message {
        let question = self.pick(&tree.question, &tree.question_en);
        let answer = Answer {
            short: vec![paragraph(question)],
            ..Answer::default()
        };
        let mut message = self.message(Kind::Clarify, answer);
        message.options = self.branches(tree);
        let yes_or_no = message.options.iter().any(|o| {
            words(&o.label)
                .first()
                .is_some_and(|w| crate::choose::is_yes(w) || crate::choose::is_no(w))
        });
        if !yes_or_no {
            message.options.push(self.fixed(Next::NoneOfThese));
        }
        message
    }

    /// Offers intents to choose from.
    pub(crate) fn offer(&self, phrase: &str, intents: &[IntentIdx]) -> Message {
        let answer = Answer {
            short: vec![paragraph(phrase)],
            ..Answer::default()
        };
        let mut message = self.message(Kind::Clarify, answer);
        message.options = intents
            .iter()
            .filter_map(|&i| self.choice(i))
            .take(4)
            .collect();
        message.options.push(self.fixed(Next::NoneOfThese));
        message
    }

    /// What is asked when only the topic is clear: its tree or its most wanted intents.
    pub(crate) fn topic(&self, topic: TopicIdx) -> Option<Message> {
        let entry = self.knowledge.core().topics.get(topic as usize)?;
        if let Some(tree) = entry.tree.as_ref().filter(|t| !self.branches(t).is_empty()) {
            return Some(self.ask(tree));
        }
        let intents = self.top_intents(topic);
        let title = self.pick(&entry.title, &entry.title_en);
        (!intents.is_empty())
            .then(|| self.offer(&texts::WHICH_OF_TOPIC.with(self.lang, title), &intents))
    }

    /// Nothing sure enough: the first time other words, then a person.
    pub(crate) fn fallback(&self, state: &State) -> Message {
        let phrase = match state.misses {
            0 | 1 => texts::MISS_FIRST,
            2 => texts::MISS_SECOND,
            _ => texts::MISS_LATER,
        };
        let mut message = self.say(Kind::Fallback, phrase);
        if state.misses > 2 {
            let wanted = &self.knowledge.core().meta.welcome;
            message.options = wanted
                .iter()
                .filter_map(|&i| self.choice(i))
                .take(4)
                .collect();
        } else {
            message
                .options
                .extend(state.topic.and_then(|t| self.topic_choice(t)));
        }
        self.add_help(&mut message);
        self.add_phone(&mut message, state.misses > 1);
        message
    }

    /// A person; and last of all a language model, where one may be asked.
    fn add_help(&self, message: &mut Message) {
        message.options.push(self.fixed(Next::Human));
        if self.knowledge.model_help {
            message.options.push(self.fixed(Next::Model));
        }
    }

    /// After "ingen af dem".
    pub(crate) fn none_fits(&self, state: &State) -> Message {
        if state.misses > 1 {
            return self.fallback(state);
        }
        let mut message = self.say(Kind::Fallback, texts::NONE_FITS);
        self.add_help(&mut message);
        self.add_phone(&mut message, false);
        message
    }

    /// A person is asked for: the authored answer when there is one, with phone and hours.
    pub(crate) fn human(&self) -> Message {
        let authored = self
            .knowledge
            .find_intent("smalltalk-meta/tal-med-et-menneske")
            .and_then(|i| self.answer(i));
        let mut message = authored.unwrap_or_else(|| self.say(Kind::Notice, texts::NO_LIVE_CHAT));
        message.ratable = false;
        self.add_phone(&mut message, true);
        message
    }

    /// Phone number with hours, where the answer does not have them yet; with `contact` also the ways beside it.
    pub(crate) fn add_phone(&self, message: &mut Message, contact: bool) {
        let meta = &self.knowledge.core().meta;
        let answer = &mut message.answer;
        let has = |actions: &[Action], f: fn(&Target) -> bool| actions.iter().any(|a| f(&a.target));
        if !meta.phone.is_empty() && !has(&answer.actions, |t| matches!(t, Target::Phone(_))) {
            answer
                .short
                .push(paragraph(&texts::CALL.with(self.lang, &meta.phone)));
            let label = texts::CALL_BUTTON.with(self.lang, &meta.phone);
            answer.actions.push(Action {
                label,
                target: Target::Phone(meta.phone.clone()),
            });
        }
        let shown = answer
            .short
            .iter()
            .chain(&answer.more)
            .any(|b| matches!(b, Block::Hours { .. }));
        if let Some(week) = meta.phone_hours.as_ref().filter(|_| !shown) {
            let title = texts::PHONE_HOURS.get(self.lang).into();
            answer.short.push(Block::Hours {
                title,
                week: week.clone(),
            });
        }
        if !contact {
            return;
        }
        if let Some(intent) = self
            .knowledge
            .find_intent("kontakt-og-aabningstider/telefonnummer-og-telefontid")
            && message.kind != Kind::Answer(intent)
            && !answer
                .actions
                .iter()
                .any(|a| a.target == Target::Goto(intent))
        {
            let label = texts::CONTACT.get(self.lang).into();
            answer.actions.push(Action {
                label,
                target: Target::Goto(intent),
            });
        }
        if !meta.domain.is_empty() && !has(&answer.actions, |t| matches!(t, Target::Url(_))) {
            let label = texts::GO_TO_SITE.with(self.lang, &meta.domain);
            answer.actions.push(Action {
                label,
                target: Target::Url(https(&meta.domain)),
            });
        }
    }

    /// The citizen named another kommune: what follows holds here.
    pub(crate) fn add_place_note(&self, message: &mut Message, place: &Place) {
        let Some((_, kommune, domain)) = place
            .elsewhere
            .and_then(|at| self.knowledge.core().elsewhere.get(at))
        else {
            return;
        };
        let site = Inline::Link {
            label: domain.clone(),
            url: https(domain),
        };
        let plain = |s: &str| Inline::Text(s.into());
        let line = if place.moving {
            vec![
                plain(&texts::MOVING_BEFORE.with(self.lang, kommune)),
                site,
                plain("."),
            ]
        } else {
            let ours = self.knowledge.core().meta.name.as_str();
            let after = if matches!(message.kind, Kind::Fallback) {
                "."
            } else {
                texts::ELSEWHERE_HERE.get(self.lang)
            };
            vec![
                plain(&texts::ELSEWHERE_BEFORE.with(self.lang, kommune)),
                plain(ours),
                plain(texts::ELSEWHERE_SEE.get(self.lang)),
                site,
                plain(after),
            ]
        };
        message
            .note
            .get_or_insert_default()
            .insert(0, Block::Paragraph(line));
    }

    /// The branches of a tree, without those that lead nowhere today.
    pub(crate) fn branches(&self, tree: &Tree) -> Vec<Choice> {
        let branches = tree
            .branches
            .iter()
            .filter(|b| first_leaf(self.knowledge, &b.then, self.now).is_some());
        branches
            .map(|b| Choice {
                label: self.pick(&b.label, &b.label_en).into(),
                then: match &b.then {
                    Then::Intent(intent) => Next::Intent(*intent),
                    Then::Ask(tree) => Next::Ask(tree.clone()),
                },
            })
            .collect()
    }

    /// The intent as an option; `None` when it is not answered today.
    pub(crate) fn choice(&self, intent: IntentIdx) -> Option<Choice> {
        let entry = self.knowledge.core().intents.get(intent as usize)?;
        is_open(self.knowledge, intent, self.now).then(|| Choice {
            label: self.pick(&entry.title, &entry.title_en).into(),
            then: Next::Intent(intent),
        })
    }

    /// "Mere om pas".
    pub(crate) fn topic_choice(&self, topic: TopicIdx) -> Option<Choice> {
        let entry = self.knowledge.core().topics.get(topic as usize)?;
        let label = texts::ALL_ABOUT.with(
            self.lang,
            &lower_first(self.pick(&entry.title, &entry.title_en)),
        );
        Some(Choice {
            label,
            then: Next::Topic(topic),
        })
    }

    fn topic_choices(&self, topic: TopicIdx) -> Vec<Choice> {
        let tree = self
            .knowledge
            .core()
            .topics
            .get(topic as usize)
            .and_then(|t| t.tree.as_ref());
        let branches = tree.map(|t| self.branches(t)).unwrap_or_default();
        if !branches.is_empty() {
            return branches;
        }
        self.top_intents(topic)
            .into_iter()
            .filter_map(|i| self.choice(i))
            .collect()
    }

    /// The four most wanted intents of a topic.
    pub(crate) fn top_intents(&self, topic: TopicIdx) -> Vec<IntentIdx> {
        let intents = &self.knowledge.core().intents;
        let wanted: Vec<f32> = intents
            .iter()
            .zip(0..)
            .map(|(intent, i)| {
                if intent.topic == topic && is_open(self.knowledge, i, self.now) {
                    f32::from(intent.prior)
                } else {
                    matcher::NEVER
                }
            })
            .collect();
        matcher::lead(&wanted, 4)
    }

    /// A choice that is called the same everywhere: a person, a language model, none of these.
    pub(crate) fn fixed(&self, then: Next) -> Choice {
        let phrase = match then {
            Next::Human => texts::HUMAN,
            Next::Model => texts::MODEL,
            _ => texts::NONE_OF_THESE,
        };
        Choice {
            label: phrase.get(self.lang).into(),
            then,
        }
    }

    fn pick<'t>(&self, da: &'t str, en: &'t str) -> &'t str {
        if self.lang == Lang::En && !en.is_empty() {
            en
        } else {
            da
        }
    }
}

/// True when the intent exists and today lies in its period.
pub(crate) fn is_open(knowledge: &Knowledge, intent: IntentIdx, now: LocalTime) -> bool {
    knowledge
        .core()
        .intents
        .get(intent as usize)
        .is_some_and(|i| {
            i.from.is_none_or(|d| d <= now.date) && i.until.is_none_or(|d| now.date <= d)
        })
}

/// The first intent that a branch leads to today.
pub(crate) fn first_leaf(knowledge: &Knowledge, then: &Then, now: LocalTime) -> Option<IntentIdx> {
    match then {
        Then::Intent(intent) => is_open(knowledge, *intent, now).then_some(*intent),
        Then::Ask(tree) => tree
            .branches
            .iter()
            .find_map(|b| first_leaf(knowledge, &b.then, now)),
    }
}

/// The intents that options lead to first, at most four, none twice.
pub(crate) fn leaves(knowledge: &Knowledge, options: &[Choice], now: LocalTime) -> Vec<IntentIdx> {
    let mut found = Vec::new();
    for option in options {
        let leaf = match &option.then {
            Next::Intent(intent) => Some(*intent),
            Next::Ask(tree) => first_leaf(knowledge, &Then::Ask(tree.clone()), now),
            _ => None,
        };
        found.extend(leaf.filter(|l| !found.contains(l) && found.len() < 4));
    }
    found
}

/// One line of plain text.
pub(crate) fn paragraph(text: &str) -> Block {
    Block::Paragraph(vec![Inline::Text(text.into())])
}

fn https(domain: &str) -> String {
    let mut url = String::from("https://");
    url.push_str(domain);
    url
}

/// "Pas og legitimation" as it stands in the middle of a sentence; abbreviations stay ("SU", "MitID").
fn lower_first(title: &str) -> String {
    let first_word = title.split(' ').next().unwrap_or("");
    if first_word.chars().skip(1).any(text::is_upper) {
        return title.to_string();
    }
    let mut chars = title.chars();
    chars.next().map_or_else(String::new, |c| {
        core::iter::once(text::lower(c)).chain(chars).collect()
    })
}

fn leads_there(choice: &Choice, to: &Next) -> bool {
    match (&choice.then, to) {
        (Next::Intent(a), Next::Intent(b)) | (Next::Topic(a), Next::Topic(b)) => a == b,
        _ => false,
    }
}
