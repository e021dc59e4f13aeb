//! Follow-ups: how an utterance leans on what was said before, and which reading of it wins.
//!
//! An utterance is read up to four ways, each ranked by the matcher: alone; alone but among the
//! intents of the topic in hand only; with that topic's title in front ("Pas hvad koster det"); with
//! the earlier utterance in front ("har I åbent på lørdag og biblioteket"). A pronoun or a bare
//! question asks something else about the same thing; "og X", "hvad med X" ask the same about another
//! thing. Of all readings the one of highest confidence wins after its cost: the title has one, so has
//! repeating the last answer, and a leaning utterance read alone pays [`ALONE_HANDICAP`]: the topic
//! changes only when another one wins without help. What is put in front makes a reading sure, but of
//! what it says itself: so inside the topic such a reading pays for what the utterance alone would
//! rather be there ([`GAP_COST`]). An utterance that does not lean is read alone first; the others are
//! tried only if that gives no answer, and count only if they give one. Where the matcher knows no
//! word of the utterance, nothing helps it.
//!
//! The figures were tuned on the `.samtaler` files and the development dialogues, beside them questions
//! that follow one of another topic: what was tried stands in docs/matcher.md, "Follow-ups".

use crate::message::{Next, State};
use crate::words::{among, content, edge, is_question, same, words};
use alloc::string::String;
use alloc::vec::Vec;
use bundle::Knowledge;
use bundle::content::{IntentIdx, Lang, TopicIdx};
use matcher::{Class, Context, Hit, Outcome, Ranking, rank};

/// Boost of the intents of the topic in hand, in full word matches. Of 0.25, 0.4, 0.5 and 0.6 the highest that does not hold a citizen
/// back who turns to another topic.
const TOPIC_BOOST: f32 = 0.50;
/// Boost of the page's topics among the intents that the utterance alone leaves in doubt. Of 0.06, 0.15, 0.25 and 0.50
/// the one that gains most right answers for each wrong one (docs/matcher.md, "The page").
const PAGE_BOOST: f32 = 0.15;
/// Boost of intents on offer as options.
const OPTION_BOOST: f32 = 0.15;
/// After "nej": what was just answered is not it.
const REJECTED: f32 = -0.50;
/// What the reading with the title in front must be better by. The others pay nothing of the kind: 0.05 for the earlier utterance lost two turns.
const TITLE_COST: f32 = 0.05;
/// The same for repeating the last answer.
const AGAIN_COST: f32 = 0.20;
/// What a reading pays for each full word match by which its answer lies behind the one in the topic that the utterance alone speaks for most.
/// Of 0, 0.3, 0.5, 1 and 1.5 the last two find most turns of the dialogues.
const GAP_COST: f32 = 1.0;
/// Confidence that a leaning utterance's own reading must have above the leaning ones.
const ALONE_HANDICAP: f32 = 0.05;

/// How an utterance leans on the conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lean {
    /// It stands alone.
    Not,
    /// Another question about the same thing: "hvad koster det", "hvor skal jeg møde op".
    Refers,
    /// The same question about another thing: "og til mit barn", "hvad med biblioteket".
    Substitutes,
}

/// How `said` leans, by its form alone.
pub(crate) fn lean(said: &[String]) -> Lean {
    const PRONOUNS: &str = "det den dem denne dette han ham hun hende hans hendes dens dets deres it its that this them they those \
        he him she her hertil dertil derhen dertil saa bagefter imens";
    const OPENINGS: &str = "hvad saa med|hvad med|hva med|og hvad med|what about|how about|and|og|eller|or|men|but|\
        gaelder det ogsaa";
    let bears = content(said).len();
    if said.len() > 10 || bears > 4 {
        return Lean::Not;
    }
    if let Some(count) = edge(said, OPENINGS, false).filter(|count| said.len() > *count) {
        let rest = &said[count..];
        // "og hvad koster det" asks anew, "og til mit barn" repeats the question.
        return if rest.iter().any(|w| is_question(w)) {
            Lean::Refers
        } else {
            Lean::Substitutes
        };
    }
    let pronoun = said.iter().any(|w| among(PRONOUNS, w));
    let asks = said.iter().any(|w| is_question(w));
    let also = said.iter().any(|w| among("ogsaa also too", w));
    if (bears <= 3 && (pronoun || also)) || (asks && bears <= 1) {
        return Lean::Refers;
    }
    if bears == 1 && said.len() <= 2 && !asks {
        Lean::Not
    } else if bears <= 1 && said.len() > 1 {
        Lean::Refers
    } else {
        Lean::Not
    }
}

/// What the ranking came to.
pub(crate) struct Reading {
    /// The ranking that won.
    pub(crate) ranking: Ranking,
    /// What stands for this utterance when the next one leans on it.
    pub(crate) stands_for: String,
}

/// Ranks with the conversation as context.
pub(crate) struct Reader<'r> {
    pub(crate) knowledge: &'r Knowledge,
    pub(crate) state: &'r State,
    pub(crate) closed: &'r [Class],
    pub(crate) lang: Lang,
}

impl Reader<'_> {
    /// Reads an utterance that may lean on the conversation.
    pub(crate) fn read(&self, utterance: &str) -> Reading {
        let said = words(utterance);
        let before = &self.state.last_utterance;
        let lean = self.lean(&said);
        let alone = self.rank(utterance);
        let sure = matches!(alone.outcome, Outcome::Answer(_));
        let mut limit = confidence(&alone);
        let stays = first(&alone).is_some_and(|c| self.topic_of(c) == self.state.topic);
        // What nobody knows is not explained by what was said before: "og qwerty?".
        let unknown = alone.analysis.known == 0.0 && !content(&said).is_empty();
        let mut best = Reading {
            ranking: alone,
            stands_for: String::from(utterance),
        };
        if (lean == Lean::Not && (sure || said.len() > 6))
            || (self.state.topic.is_none() && before.is_empty())
            || unknown
        {
            return best;
        }
        if lean != Lean::Not && !(stays && sure) {
            limit -= ALONE_HANDICAP;
        }
        let mut weigh = |ranking: Ranking, query: String, cost: f32| {
            // An utterance that does not lean is helped only to an answer, never to another guess.
            if lean == Lean::Not && !matches!(ranking.outcome, Outcome::Answer(_)) {
                return;
            }
            // Repeating the last answer explains a new question less well than a new one.
            let answer = first(&ranking);
            let again = answer.is_some() && answer == self.state.last_intent;
            let worth = confidence(&ranking) - cost - if again { AGAIN_COST } else { 0.0 };
            if worth > limit {
                limit = worth;
                // "og X", "og Y": Y takes the place of X in the question that X took part in.
                let substitutes = lean == Lean::Substitutes && !before.is_empty();
                best = Reading {
                    ranking,
                    stands_for: if substitutes { before.clone() } else { query },
                };
            }
        };
        let inside = (self.state.topic).map(|topic| (topic, self.rank_inside(topic, utterance)));
        let own = inside.as_ref().map_or(&[][..], |(_, inside)| &inside.hits);
        if !before.is_empty() {
            let query = join(before, utterance);
            let ranking = self.rank(&query);
            let gap = self.gap(own, &ranking);
            weigh(ranking, query, gap);
        }
        if let Some((topic, inside)) = inside {
            let query = join(self.title(topic), utterance);
            let ranking = self.rank(&query);
            let gap = self.gap(&inside.hits, &ranking);
            weigh(ranking, query.clone(), TITLE_COST + gap);
            if lean == Lean::Refers {
                weigh(inside, query, 0.0);
            }
        }
        // What was not understood is nothing to lean on: the earlier utterance stays.
        let lost = lean != Lean::Not && matches!(best.ranking.outcome, Outcome::Fallback);
        if lost && !before.is_empty() {
            best.stands_for.clone_from(before);
        }
        best
    }

    /// Reads what follows "nej": a topic's name by the utterance before it; else alone, then with that utterance.
    pub(crate) fn correct(&self, rest: &str) -> Reading {
        let said = words(rest);
        let before = &self.state.last_utterance;
        let together = join(rest, before);
        if let Some(topic) = topic_named(self.knowledge, &said) {
            return Reading {
                ranking: self.rank_inside(topic, before),
                stands_for: together,
            };
        }
        let mut best = Reading {
            ranking: self.rank_rejecting(rest),
            stands_for: String::from(rest),
        };
        if !matches!(best.ranking.outcome, Outcome::Answer(_)) || content(&said).len() <= 2 {
            let ranking = self.rank_rejecting(&together);
            if confidence(&ranking) > confidence(&best.ranking) {
                best = Reading {
                    ranking,
                    stands_for: together,
                };
            }
        }
        best
    }

    /// What it costs that the answer lies behind the best of the topic for the utterance that `own` was ranked by; nothing for another topic's.
    fn gap(&self, own: &[Hit], ranking: &Ranking) -> f32 {
        let answer = first(ranking);
        let (Some(best), Some(last)) = (own.first(), own.last()) else {
            return 0.0;
        };
        if answer.and_then(|class| self.topic_of(class)) != self.state.topic {
            return 0.0;
        }
        let own = own
            .iter()
            .find(|hit| Some(hit.class) == answer)
            .unwrap_or(last);
        GAP_COST * (best.score - own.score)
    }

    /// Form tells most; without anything in hand nothing can be leaned on.
    fn lean(&self, said: &[String]) -> Lean {
        if self.state.topic.is_none() && self.state.last_utterance.is_empty() {
            Lean::Not
        } else {
            lean(said)
        }
    }

    /// Only the intents of one topic.
    fn rank_inside(&self, topic: TopicIdx, utterance: &str) -> Ranking {
        let mut closed: Vec<Class> = self.closed.to_vec();
        let mut boosts: Vec<(Class, f32)> = Vec::new();
        for (i, intent) in self.knowledge.core().intents.iter().enumerate() {
            if intent.topic == topic {
                boosts.push((i as Class, TOPIC_BOOST));
            } else {
                closed.push(i as Class);
            }
        }
        let context = Context {
            boosts: &boosts,
            closed: &closed,
        };
        rank(self.knowledge.model(), utterance, &context)
    }

    fn rank(&self, utterance: &str) -> Ranking {
        self.rank_with(utterance, None)
    }

    fn rank_rejecting(&self, utterance: &str) -> Ranking {
        self.rank_with(utterance, self.state.last_intent)
    }

    fn rank_with(&self, utterance: &str, rejected: Option<IntentIdx>) -> Ranking {
        let mut boosts: Vec<(Class, f32)> = Vec::new();
        for (i, intent) in self.knowledge.core().intents.iter().enumerate() {
            if Some(intent.topic) == self.state.topic {
                boosts.push((i as Class, TOPIC_BOOST));
            }
        }
        for option in self.state.options() {
            if let Next::Intent(intent) = option.then {
                boosts.push((intent, OPTION_BOOST));
            }
        }
        boosts.extend(rejected.map(|intent| (intent, REJECTED)));
        let ranked = |boosts: &[(Class, f32)]| {
            let context = Context {
                boosts,
                closed: self.closed,
            };
            rank(self.knowledge.model(), utterance, &context)
        };
        let ranking = ranked(&boosts);
        // What the page is about decides between those that could be meant. What is plain stays, and what nobody
        // knows stays unknown.
        if let Outcome::Clarify(options) = &ranking.outcome {
            for &class in options {
                let topic = self.topic_of(class);
                if topic.is_some_and(|topic| self.state.page_topics.contains(&topic)) {
                    boosts.push((class, PAGE_BOOST));
                }
            }
            let shifted = ranked(&boosts);
            if shifted.outcome != Outcome::Fallback {
                return shifted;
            }
        }
        ranking
    }

    fn topic_of(&self, class: Class) -> Option<TopicIdx> {
        self.knowledge
            .core()
            .intents
            .get(class as usize)
            .map(|i| i.topic)
    }

    fn title(&self, topic: TopicIdx) -> &str {
        self.knowledge
            .core()
            .topics
            .get(topic as usize)
            .map_or("", |t| match self.lang {
                Lang::En if !t.title_en.is_empty() => &t.title_en,
                _ => &t.title,
            })
    }
}

fn first(ranking: &Ranking) -> Option<Class> {
    ranking.hits.first().map(|h| h.class)
}

fn confidence(ranking: &Ranking) -> f32 {
    ranking.hits.first().map_or(0.0, |h| h.confidence)
}

/// Two texts as one sentence.
fn join(a: &str, b: &str) -> String {
    let mut out = String::with_capacity(a.len() + b.len() + 1);
    out.push_str(a.trim_end_matches(['.', '!', '?', ' ']));
    out.push(' ');
    out.push_str(b);
    out
}

/// The topic whose whole name these words are: "kørekort", "affald og genbrug".
pub(crate) fn topic_named(knowledge: &Knowledge, said: &[String]) -> Option<TopicIdx> {
    named_among(knowledge, said, &|_| true)
}

/// The same when the ranking is known. A name that finds an answer finds its topic, and to read the names of all topics takes
/// longer than to rank all intents: so after an answer only the topics of what was found are looked at.
pub(crate) fn topic_found(
    knowledge: &Knowledge,
    said: &[String],
    ranking: &Ranking,
) -> Option<TopicIdx> {
    let intents = &knowledge.core().intents;
    let sure = matches!(ranking.outcome, Outcome::Answer(_));
    let of = |hit: &Hit, topic| intents.get(hit.class as usize).map(|i| i.topic) == Some(topic);
    named_among(knowledge, said, &|topic| {
        !sure || ranking.hits.iter().any(|hit| of(hit, topic))
    })
}

fn named_among(
    knowledge: &Knowledge,
    said: &[String],
    among: &dyn Fn(TopicIdx) -> bool,
) -> Option<TopicIdx> {
    let meant = content(said);
    if meant.is_empty() || meant.len() > 3 {
        return None;
    }
    let is_whole = |name: &str| {
        let name = words(name);
        let name = content(&name);
        !name.is_empty()
            && meant.iter().all(|w| name.iter().any(|n| same(w, n)))
            && name.iter().all(|n| meant.iter().any(|w| same(w, n)))
    };
    let topics = &knowledge.core().topics;
    let mut at = 0;
    let found = topics.iter().position(|t| {
        at += 1;
        among(at - 1) && (is_whole(&t.id) || is_whole(&t.title) || is_whole(&t.title_en))
    })?;
    Some(found as TopicIdx)
}

/// How many of the meaning words stand in the name of the topic; all of them or none counts.
pub(crate) fn within_topic_name(knowledge: &Knowledge, topic: TopicIdx, said: &[String]) -> bool {
    let Some(topic) = knowledge.core().topics.get(topic as usize) else {
        return false;
    };
    let mut name = words(&topic.title);
    name.extend(words(&topic.id));
    name.extend(words(&topic.title_en));
    let meant = content(said);
    !meant.is_empty()
        && meant.len() <= 2
        && meant.iter().all(|w| {
            name.iter()
                .any(|n| same(w, n) || (w.len() >= 3 && n.starts_with(w)))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leaning_is_seen_by_form() {
        for (utterance, expected) in [
            ("hvad koster det?", Lean::Refers),
            ("hvor lang tid tager det", Lean::Refers),
            ("hvor skal jeg møde op", Lean::Refers),
            ("og hvad koster det", Lean::Refers),
            ("kan jeg også få det sendt", Lean::Refers),
            ("how long does it take", Lean::Refers),
            ("og til mit barn?", Lean::Substitutes),
            ("hvad med biblioteket", Lean::Substitutes),
            ("what about my son", Lean::Substitutes),
            ("og svømmehallen så", Lean::Substitutes),
            (
                "hvad koster et nyt pas til en voksen mand på fyrre",
                Lean::Not,
            ),
            ("jeg skal flytte til en anden by i næste måned", Lean::Not),
            ("pas", Lean::Not),
            ("hvornår henter I papir på min vej", Lean::Not),
        ] {
            assert_eq!(lean(&words(utterance)), expected, "{utterance}");
        }
    }
}
