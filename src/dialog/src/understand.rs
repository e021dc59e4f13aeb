//! What did the citizen mean? Looks, in this order, for a crisis, a choice among the options on
//! offer, a correction, and then ranks. Changes nothing and says nothing: `step` does.

use crate::choose::{self, Pick};
use crate::crisis;
use crate::follow::{self, Reader, Reading};
use crate::message::{Decision, Next, State};
use crate::openings;
use crate::place::{self, Place};
use crate::reply::{self, Voice, is_open};
use crate::words::{among, content, words};
use alloc::string::String;
use alloc::vec::Vec;
use bundle::Knowledge;
use bundle::content::{CrisisKind, IntentIdx, Lang, TopicIdx};
use hours::LocalTime;
use matcher::{Class, Hit, Outcome};
use text::Language;

/// Topic of the intents that are about the conversation itself.
pub(crate) const META: &str = "smalltalk-meta";
/// Longer utterances are read up to here, in bytes.
const MAX_LENGTH: usize = 2000;

/// What shall be done.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Plan {
    /// Nothing was said.
    Nothing,
    /// Authored help.
    Crisis(CrisisKind),
    /// That answer.
    Answer(IntentIdx),
    /// The last answer again, shorter; the intent that asks for it.
    Repeat(IntentIdx),
    /// What an option leads to.
    Go(Next),
    /// The topic's question.
    Topic(TopicIdx),
    /// Which of these?
    Offer(Vec<IntentIdx>),
    /// The same question again.
    AskAgain,
    /// Not known.
    Fallback,
}

/// An utterance, understood.
pub(crate) struct Heard {
    pub(crate) plan: Plan,
    pub(crate) lang: Lang,
    /// Whether the citizen asked for that language.
    pub(crate) lang_fixed: bool,
    pub(crate) place: Place,
    pub(crate) top: Vec<Hit>,
    /// What stands for the utterance when the next one leans on it; empty when nothing shall.
    pub(crate) stands_for: String,
}

/// Reads one utterance in its conversation.
pub(crate) fn understand(
    knowledge: &Knowledge,
    state: &State,
    utterance: &str,
    now: LocalTime,
) -> Heard {
    let utterance = cut(utterance.trim());
    let said = words(utterance);
    let lang = language(state, utterance);
    let mut heard = Heard {
        plan: Plan::Nothing,
        lang,
        lang_fixed: state.lang_fixed,
        place: Place::default(),
        top: Vec::new(),
        stands_for: String::new(),
    };
    if let Some(kind) = crisis::find(&knowledge.core().crisis, utterance) {
        heard.plan = Plan::Crisis(kind);
        return heard;
    }
    if utterance.is_empty() {
        return heard;
    }
    // The first words of a conversation are a question of their own: "pas" is not the chip "Hvordan bestiller jeg tid til pas?".
    let begun = state.transcript.len() > 1;
    if let Some(pick) = choose::choose(state.options(), utterance, begun) {
        heard.plan = match pick {
            Pick::Option(at) => Plan::Go(state.options()[at].then.clone()),
            Pick::None => Plan::Go(Next::NoneOfThese),
            Pick::Unclear => Plan::AskAgain,
        };
        heard.lang = state.lang;
        return heard;
    }
    // "Nej" to an answer, and nothing else.
    if state.last_intent.is_some()
        && !said.is_empty()
        && said.iter().all(|w| choose::is_no(w) || w == "forkert")
    {
        heard.plan = Plan::Go(Next::NoneOfThese);
        heard.lang = state.lang;
        return heard;
    }
    heard.place = place::find(knowledge.core(), openings::without_greeting(utterance));
    let closed: Vec<Class> = (0..knowledge.core().intents.len() as Class)
        .filter(|&i| !is_open(knowledge, i, now))
        .collect();
    let reader = Reader {
        knowledge,
        state,
        closed: &closed,
        lang,
    };
    let rest = heard.place.rest.as_str();
    let corrected = if state.last_utterance.is_empty() {
        None
    } else {
        openings::correction(rest)
    };
    let (reading, asked) = match corrected {
        Some(rest) => (reader.correct(rest), rest),
        None => (reader.read(rest), rest),
    };
    heard.plan = plan(
        knowledge,
        state,
        &reading,
        &words(asked),
        corrected.is_some(),
        now,
    );
    decide_language(knowledge, &mut heard, &said);
    if let Plan::Answer(intent) = heard.plan
        && is_meta(knowledge, intent)
    {
        heard.place = Place::default();
    }
    heard.stands_for = reading.stands_for;
    heard.top = reading.ranking.hits;
    heard
}

fn plan(
    knowledge: &Knowledge,
    state: &State,
    reading: &Reading,
    said: &[String],
    corrected: bool,
    now: LocalTime,
) -> Plan {
    let topics = &knowledge.core().topics;
    let has_tree = |t: TopicIdx| topics.get(t as usize).is_some_and(|t| t.tree.is_some());
    // Just the topic, "pas": its question. After "nej" the earlier question tells more.
    // A whole sentence that has its answer asks more than its only meaning word: "hvad skal der til for at få pas".
    let asks = matches!(reading.ranking.outcome, Outcome::Answer(_)) && said.len() > 4;
    if !corrected
        && !asks
        && let Some(topic) =
            follow::topic_found(knowledge, said, &reading.ranking).filter(|&t| has_tree(t))
    {
        return Plan::Topic(topic);
    }
    match &reading.ranking.outcome {
        Outcome::Answer(intent) => {
            let repeat = is(knowledge, *intent, "gentag-eller-forklar-enklere")
                && state.last_intent.is_some();
            if repeat {
                Plan::Repeat(*intent)
            } else {
                Plan::Answer(*intent)
            }
        }
        Outcome::Clarify(intents) => {
            let topic_of =
                |i: &IntentIdx| knowledge.core().intents.get(*i as usize).map(|i| i.topic);
            let first = intents.first().and_then(topic_of);
            let of_first = intents.iter().filter(|i| topic_of(i) == first).count();
            if let Some(topic) = first.filter(|&t| has_tree(t))
                && !corrected
                && of_first * 3 >= intents.len() * 2
                && follow::within_topic_name(knowledge, topic, said)
            {
                return Plan::Topic(topic);
            }
            let open = |i: &IntentIdx| is_open(knowledge, *i, now) && !is_meta(knowledge, *i);
            let mut offered: Vec<IntentIdx> = intents.iter().copied().filter(open).collect();
            // Small talk is answered, not asked back about.
            if let Some(&intent) = intents.first()
                && is_meta(knowledge, intent)
                && (content(said).len() <= 2 || offered.len() < 2)
            {
                return Plan::Answer(intent);
            }
            // One option is no choice.
            for hit in &reading.ranking.hits {
                if offered.len() < 2 && open(&hit.class) && !offered.contains(&hit.class) {
                    offered.push(hit.class);
                }
            }
            offered.truncate(4);
            if offered.is_empty() {
                Plan::Fallback
            } else {
                Plan::Offer(offered)
            }
        }
        Outcome::Fallback => {
            // Only the topic was named ("nej, kørekort") and nothing in it stands out.
            let topic = if corrected {
                follow::topic_named(knowledge, said)
            } else {
                None
            };
            topic.map_or_else(|| within_one_topic(knowledge, reading, now), Plan::Topic)
        }
    }
}

/// Share of all certainty that one topic must have before its questions are offered, though none of them stands out.
const TOPIC_SURE: f32 = 0.9;

/// No question stands out, but nearly all that come near are of one topic: "how do I renew my passport" is about passports.
fn within_one_topic(knowledge: &Knowledge, reading: &Reading, now: LocalTime) -> Plan {
    let hits = &reading.ranking.hits;
    let topic_of = |class: IntentIdx| {
        knowledge
            .core()
            .intents
            .get(class as usize)
            .map(|i| i.topic)
    };
    let Some(first) = hits.first() else {
        return Plan::Fallback;
    };
    let of_first = || {
        hits.iter()
            .filter(|hit| topic_of(hit.class) == topic_of(first.class))
    };
    let sure: f32 = of_first().map(|hit| hit.confidence).sum();
    let mut offered: Vec<IntentIdx> = of_first()
        .map(|hit| hit.class)
        .filter(|&i| is_open(knowledge, i, now) && !is_meta(knowledge, i))
        .collect();
    offered.truncate(4);
    if sure < TOPIC_SURE || offered.len() < 2 {
        Plan::Fallback
    } else {
        Plan::Offer(offered)
    }
}

/// A wish for a language goes before what was guessed.
fn decide_language(knowledge: &Knowledge, heard: &mut Heard, said: &[String]) {
    let Plan::Answer(intent) = heard.plan else {
        return;
    };
    if !is(knowledge, intent, "skift-sprog") {
        return;
    }
    let names = |list: &str| said.iter().any(|w| among(list, w));
    if names("engelsk english engelske engelks") {
        (heard.lang, heard.lang_fixed) = (Lang::En, true);
    } else if names("dansk danish danske") {
        (heard.lang, heard.lang_fixed) = (Lang::Da, true);
    }
}

/// The language to answer in: guessed from the utterance unless the citizen chose one. A word or
/// two that could be either keep the language spoken.
fn language(state: &State, utterance: &str) -> Lang {
    const DANISH: &str = "jeg og ikke hvad hvor hvornaar hvordan hvorfor kan skal vil det er mit min mine med til fra";
    if state.lang_fixed {
        return state.lang;
    }
    let tokens = text::tokenize(utterance);
    let english = text::guess_language(&tokens) == Language::English;
    let telling = tokens.len() >= 2
        || tokens
            .iter()
            .any(|t| among("hello english thanks help appointment", &t.word));
    if english && telling {
        return Lang::En;
    }
    let danish = tokens.iter().any(|t| among(DANISH, &t.word))
        || utterance
            .chars()
            .any(|c| matches!(c, 'æ' | 'ø' | 'å' | 'Æ' | 'Ø' | 'Å'));
    if !english && danish {
        Lang::Da
    } else {
        state.lang
    }
}

/// True for the intents about the conversation itself.
pub(crate) fn is_meta(knowledge: &Knowledge, intent: IntentIdx) -> bool {
    let core = knowledge.core();
    core.intents.get(intent as usize).is_some_and(|i| {
        core.topics
            .get(i.topic as usize)
            .is_some_and(|t| t.id == META)
    })
}

/// True for that intent about the conversation.
pub(crate) fn is(knowledge: &Knowledge, intent: IntentIdx, name: &str) -> bool {
    is_meta(knowledge, intent)
        && knowledge
            .core()
            .intents
            .get(intent as usize)
            .is_some_and(|i| i.name == name)
}

/// What the plan is to a citizen, as `eval` and conversation tests count it.
pub(crate) fn decision(
    knowledge: &Knowledge,
    state: &State,
    heard: &Heard,
    now: LocalTime,
) -> Decision {
    let voice = Voice {
        knowledge,
        lang: heard.lang,
        now,
    };
    let id = |i: &IntentIdx| knowledge.intent_id(*i);
    let answer = |id: String| Decision {
        outcome: "answer",
        answer: Some(id),
        ..Decision::default()
    };
    let asks = |options: &[crate::Choice]| {
        let options = reply::leaves(knowledge, options, now)
            .iter()
            .map(id)
            .collect();
        Decision {
            outcome: "clarify",
            options,
            ..Decision::default()
        }
    };
    let topic = |t: TopicIdx| voice.topic(t).map(|m| asks(&m.options));
    let found = match &heard.plan {
        Plan::Crisis(kind) => Some(answer(crisis::intent_id(*kind).into())),
        Plan::Answer(intent) | Plan::Repeat(intent) | Plan::Go(Next::Intent(intent)) => {
            Some(answer(id(intent)))
        }
        Plan::Topic(t) | Plan::Go(Next::Topic(t)) => topic(*t),
        Plan::Go(Next::Ask(tree)) => Some(asks(&voice.ask(tree).options)),
        Plan::Go(Next::Human) => Some(answer("smalltalk-meta/tal-med-et-menneske".into())),
        Plan::Offer(intents) => Some(asks(&voice.offer("", intents).options)),
        Plan::AskAgain => Some(asks(state.options())),
        Plan::Nothing | Plan::Fallback | Plan::Go(Next::NoneOfThese | Next::Model) => None,
    };
    let mut decision = found.unwrap_or(Decision {
        outcome: "fallback",
        ..Decision::default()
    });
    decision.top = heard
        .top
        .iter()
        .map(|hit| (id(&hit.class), hit.confidence))
        .collect();
    decision
}

/// At most [`MAX_LENGTH`] bytes, cut between characters.
fn cut(utterance: &str) -> &str {
    let mut end = utterance.len().min(MAX_LENGTH);
    while !utterance.is_char_boundary(end) {
        end -= 1;
    }
    &utterance[..end]
}
