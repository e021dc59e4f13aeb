//! Makes the files of one kommune: shared training (kept), local additions, resolved answers.

use crate::booking::Booking;
use crate::cache;
use crate::diagnostic::{Diagnostic, Severity, Sink};
use crate::load::{Knowledge, Local};
use crate::resolve::{self, Missing, World};
use crate::topic::{Intent, Topic};
use crate::train::{self, Sample, Settings};
use crate::variables::Value;
use bundle::Terms;
use bundle::content::{
    Answer, Core, CrisisKind, Fact, FactValue, Intent as IntentRow, IntentIdx, Lang, Language,
    Meta, Topic as TopicRow,
};
use matcher::{Class, Model, Posting, Vocabulary as _};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

/// The files of one kommune and what is missing in them.
pub struct Built {
    /// Slug.
    pub slug: String,
    /// `<slug>.kb`.
    pub core: Vec<u8>,
    /// `<slug>.details.kb`.
    pub details: Vec<u8>,
    /// `<slug>.en.kb`.
    pub english: Vec<u8>,
    /// `<slug>.booking.json`, when something can be booked.
    pub booking: Option<Vec<u8>>,
    /// `<slug>.samtale.json`, when a person can be talked to.
    pub talk: Option<Vec<u8>>,
    /// Mistakes found while resolving.
    pub diagnostics: Vec<Diagnostic>,
    /// What is missing.
    pub coverage: Coverage,
}

/// The trained shared knowledge, and what each of its classes was trained on.
pub struct Trained {
    pub(crate) model: Model<Terms>,
    /// Id and samples of each intent, in the order of the classes.
    intents: Vec<(String, String)>,
    /// Where it is kept: names all that went in.
    place: PathBuf,
}

/// How complete a kommune is.
#[derive(Clone, Debug, Default)]
pub struct Coverage {
    /// Intents answered.
    pub intents: usize,
    /// Intents whose variables all have values of their own.
    pub complete: usize,
    /// Per topic: intents answered, and those of them with full local data.
    pub topics: BTreeMap<String, (usize, usize)>,
    /// Variables without a value: tier and the intents that use them.
    pub missing: BTreeMap<String, (u8, BTreeSet<String>)>,
}

/// Shown first when a kommune names no welcome of its own.
const WELCOME: [&str; 6] = [
    "tidsbestilling/bestil-tid-til-andet",
    "pas/medbring-til-pas",
    "flytning/meld-flytning",
    "affald-og-genbrug/naar-bliver-affald-hentet",
    "koerekort/forny-koerekort",
    "kontakt-og-aabningstider/aabningstider-borgerservice",
];

/// Training texts of an intent.
fn samples(class: Class, intent: &Intent, out: &mut Vec<Sample>) {
    let mut add = |text: &str, weight: f32, utterance: bool| {
        if !text.is_empty() {
            out.push(Sample {
                class,
                text: text.to_owned(),
                weight,
                utterance,
            });
        }
    };
    for (text, _) in intent.utterances.iter().chain(&intent.utterances_en) {
        add(text, 1.0, true);
    }
    add(&intent.title, 1.0, false);
    add(&intent.english, 1.0, false);
    for word in &intent.words {
        add(word, 0.5, false);
    }
    for group in intent.words.chunks(4) {
        add(&group.join(" "), 0.5, false);
    }
}

/// The samples of an intent as text, to see whether they changed.
fn told_apart(intent: &Intent) -> String {
    let mut all = Vec::new();
    samples(0, intent, &mut all);
    all.iter().fold(String::new(), |mut text, sample| {
        text.push_str(&sample.weight.to_string());
        text.push('\t');
        text.push_str(&sample.text);
        text.push('\n');
        text
    })
}

impl Knowledge {
    pub(crate) fn shared_intents(&self) -> Vec<&Intent> {
        let mut all: Vec<&Intent> = self.topics.values().flat_map(|t| &t.intents).collect();
        all.sort_by(|a, b| a.id.cmp(&b.id));
        all.dedup_by(|a, b| a.id == b.id);
        all
    }

    pub(crate) fn shared_samples(&self) -> Vec<Sample> {
        let intents = self.shared_intents();
        let none = intents.len() as Class;
        let mut out = Vec::new();
        for (class, intent) in intents.iter().enumerate() {
            samples(class as Class, intent, &mut out);
        }
        for text in &self.negatives {
            out.push(Sample {
                class: none,
                text: text.clone(),
                weight: 1.0,
                utterance: true,
            });
        }
        out
    }

    /// Where the shared model of these examples is kept.
    fn place(&self, samples: &[Sample], settings: &Settings) -> PathBuf {
        let inputs = samples
            .iter()
            .map(|s| format!("{}\t{}\t{}", s.class, s.weight, s.text));
        let how = settings.folds.to_string();
        let trials = self.shared_trials();
        let trials = trials.iter().map(|trial| format!("{trial:?}"));
        cache::place(&self.root, inputs.chain(trials).chain([how]))
    }

    /// The model of the shared knowledge: from the cache when nothing in it changed, else trained, which takes seconds.
    pub fn trained(&self, settings: &Settings) -> Trained {
        let samples = self.shared_samples();
        let place = self.place(&samples, settings);
        let kept = cache::read(&place).and_then(|b| bundle::decode_model(&b));
        let model = kept.unwrap_or_else(|| {
            let terms = train::terms(samples.iter().map(|s| s.text.as_str()));
            let classes = self.shared_intents().len() as Class + 1;
            let model = train::train(&terms, &samples, &self.shared_trials(), classes, settings);
            cache::write(&place, &bundle::encode_model(&model));
            model
        });
        let intents = self.shared_intents();
        Trained {
            model,
            intents: intents
                .iter()
                .map(|i| (i.id.clone(), told_apart(i)))
                .collect(),
            place,
        }
    }

    /// Whether `trained` is what these examples give, so that training again would change nothing.
    pub fn is_trained(&self, trained: &Trained, settings: &Settings) -> bool {
        self.place(&self.shared_samples(), settings) == trained.place
    }

    /// Builds the files of one kommune. `None` when there is no such folder.
    pub fn build(&self, slug: &str, settings: &Settings) -> Option<Built> {
        self.locals.get(slug)?;
        self.build_with(slug, &self.trained(settings), settings)
    }

    /// Builds at once with a model that may be of former examples: only intents whose examples changed since get new
    /// weights, in its unit. The confidence is that of the former model, so train again before publishing.
    pub fn build_with(&self, slug: &str, trained: &Trained, settings: &Settings) -> Option<Built> {
        let local = self.locals.get(slug)?;
        let mut sink = Sink::default();
        let hidden: BTreeSet<String> = local.kommune.hidden.iter().cloned().collect();
        let mut intents = self.intents_of(local, &hidden);
        for merged in intents.iter_mut().filter(|m| m.shared.is_some()) {
            let id = &merged.intent.id;
            let class = trained.intents.iter().position(|(known, _)| known == id);
            let same = class.zip(merged.samples.as_ref());
            let same = same.is_some_and(|(class, samples)| trained.intents[class].1 == *samples);
            merged.shared = class.map(|class| class as Class);
            merged.retrain |= !same;
        }
        let intents = intents;
        let index: BTreeMap<String, IntentIdx> = intents
            .iter()
            .enumerate()
            .map(|(i, m)| (m.intent.id.clone(), i as IntentIdx))
            .collect();
        let world = World {
            definitions: &self.definitions,
            values: &local.values,
            name: &local.kommune.name,
            domain: &local.kommune.domain,
            facts: &self.facts,
            intents: &index,
            hidden: &hidden,
            planned: &self.planned,
        };
        let mut missing = Missing::new();
        let mut danish = Vec::new();
        let mut english = Vec::new();
        for merged in &intents {
            let texts = (&merged.intent, &merged.intent.danish);
            danish.push(resolve::answer(
                &world,
                texts.0,
                texts.1,
                Lang::Da,
                &mut missing,
                &mut sink,
            ));
            let mut quiet = Missing::new();
            english.push(merged.intent.in_english.as_ref().map(|t| {
                resolve::answer(&world, &merged.intent, t, Lang::En, &mut quiet, &mut sink)
            }));
        }
        resolve::report_missing(&missing, &self.definitions, (&local.file, 1), &mut sink);
        let model = self.model_of(&intents, &trained.model, settings);
        let core = self.core(local, &intents, &world, &mut sink);
        let language = Language {
            texts: Vec::new(),
            facts: self.facts(Lang::En),
            crisis_answers: self.crisis(&world, Lang::En, &mut sink),
        };
        let coverage = coverage(&intents, &missing, self);
        let (danish, details): (Vec<_>, Vec<_>) = danish
            .into_iter()
            .map(Answer::split)
            .map(|(a, d)| (Some(a), Some(d)))
            .unzip();
        let bookable = local.booking.as_ref().map(|booking| {
            let topic = |id: &str| core.topics.iter().position(|t| t.id == id);
            let intent = |id: &str| world.intents.get(id).copied();
            booking.bookable(|id| topic(id).map(|at| at as u16), intent)
        });
        let bookable = bookable.unwrap_or_default();
        Some(Built {
            booking: local.booking.as_ref().map(Booking::json),
            talk: local
                .talk
                .as_ref()
                .map(|talk| talk.json(subjects(&intents))),
            details: bundle::write_details(slug, &details, &self.crisis),
            slug: slug.to_owned(),
            core: bundle::write_full_core(&core, &model, &danish, local.placement, &bookable),
            english: bundle::write_language(&core, &language, &english),
            diagnostics: sink.sorted(),
            coverage,
        })
    }

    /// What a kommune lacks. Trains nothing.
    pub fn coverage(&self, slug: &str) -> Option<Coverage> {
        let (intents, missing) = self.resolved(self.locals.get(slug)?, &mut Sink::default());
        Some(coverage(&intents, &missing, self))
    }

    /// Resolves all texts of a kommune for what is wrong or missing in them.
    fn resolved(&self, local: &Local, sink: &mut Sink) -> (Vec<Merged>, Missing) {
        let hidden: BTreeSet<String> = local.kommune.hidden.iter().cloned().collect();
        let intents = self.intents_of(local, &hidden);
        let index: BTreeMap<String, IntentIdx> = intents
            .iter()
            .enumerate()
            .map(|(i, m)| (m.intent.id.clone(), i as IntentIdx))
            .collect();
        let world = World {
            definitions: &self.definitions,
            values: &local.values,
            name: &local.kommune.name,
            domain: &local.kommune.domain,
            facts: &self.facts,
            intents: &index,
            hidden: &hidden,
            planned: &self.planned,
        };
        let mut missing = Missing::new();
        for Merged { intent, .. } in &intents {
            resolve::answer(&world, intent, &intent.danish, Lang::Da, &mut missing, sink);
            if let Some(texts) = &intent.in_english {
                resolve::answer(&world, intent, texts, Lang::En, &mut Missing::new(), sink);
            }
        }
        self.core(local, &intents, &world, sink);
        (intents, missing)
    }

    /// Shared intents with their overrides, then the kommune's own; hidden ones left out.
    fn intents_of(&self, local: &Local, hidden: &BTreeSet<String>) -> Vec<Merged> {
        let own: Vec<&Intent> = local.topics.iter().flat_map(|t| &t.intents).collect();
        let shared = self.shared_intents();
        let mut out = Vec::new();
        for (class, intent) in shared.iter().enumerate() {
            if hidden.contains(&intent.id) {
                continue;
            }
            let change = own.iter().find(|o| o.id == intent.id);
            let merged = change.map_or_else(|| (*intent).clone(), |change| merge(intent, change));
            let retrain = change.is_some_and(|c| !c.utterances.is_empty() || !c.words.is_empty());
            out.push(Merged {
                intent: merged,
                shared: Some(class as Class),
                samples: Some(told_apart(intent)),
                retrain,
            });
        }
        let mut new: Vec<&Intent> = own
            .into_iter()
            .filter(|o| !shared.iter().any(|s| s.id == o.id) && !hidden.contains(&o.id))
            .collect();
        new.sort_by(|a, b| a.id.cmp(&b.id));
        new.dedup_by(|a, b| a.id == b.id);
        out.extend(new.into_iter().map(|i| Merged {
            intent: i.clone(),
            shared: None,
            samples: None,
            retrain: true,
        }));
        out
    }

    /// The shared model with the columns of hidden intents gone and those of local ones added.
    fn model_of(
        &self,
        intents: &[Merged],
        shared: &Model<Terms>,
        settings: &Settings,
    ) -> Model<Terms> {
        let changed = intents.iter().any(|m| m.retrain);
        let same = intents.len() as Class == shared.none();
        if !changed && same {
            return shared.clone();
        }
        let none = intents.len() as Class;
        let mut place_of = vec![None; shared.classes as usize];
        place_of[shared.none() as usize] = Some(none);
        for (at, merged) in intents.iter().enumerate() {
            if let (Some(class), false) = (merged.shared, merged.retrain) {
                place_of[class as usize] = Some(at as Class);
            }
        }
        let mut samples_all = Vec::new();
        for (class, merged) in intents.iter().enumerate() {
            samples(class as Class, &merged.intent, &mut samples_all);
        }
        for text in &self.negatives {
            samples_all.push(Sample {
                class: none,
                text: text.clone(),
                weight: 1.0,
                utterance: true,
            });
        }
        let wanted: Vec<Class> = intents
            .iter()
            .enumerate()
            .filter(|(_, m)| m.retrain)
            .map(|(i, _)| i as Class)
            .collect();
        let terms = train::terms(samples_all.iter().map(|s| s.text.as_str()));
        let fixed = combine(shared, terms, &place_of, none);
        let own = train::columns(&samples_all, &wanted, &fixed, settings);
        join(fixed, own)
    }

    fn facts(&self, lang: Lang) -> Vec<Fact> {
        let at = usize::from(lang == Lang::En);
        let convert = |fact: &crate::facts::Fact| Fact {
            values: fact
                .values
                .iter()
                .map(|v| FactValue {
                    from: v.from,
                    until: v.until,
                    text: resolve::fact_text(&v.text[at]),
                })
                .collect(),
            unknown: resolve::fact_text(&fact.unknown[at]),
        };
        self.facts.values().map(convert).collect()
    }

    fn crisis(&self, world: &World, lang: Lang, sink: &mut Sink) -> Vec<(CrisisKind, Answer)> {
        let kinds = [
            ("selvmord", CrisisKind::Suicide),
            ("vold", CrisisKind::Violence),
            ("fare", CrisisKind::Danger),
        ];
        let mut out = Vec::new();
        for (name, kind) in kinds {
            let Some(intent) = self
                .crisis_answers
                .iter()
                .find(|i| i.id == format!("krise/{name}"))
            else {
                continue;
            };
            let texts = if lang == Lang::En {
                intent.in_english.as_ref()
            } else {
                Some(&intent.danish)
            };
            if let Some(texts) = texts {
                out.push((
                    kind,
                    resolve::answer(world, intent, texts, lang, &mut Missing::new(), sink),
                ));
            }
        }
        out
    }

    fn core(&self, local: &Local, intents: &[Merged], world: &World, sink: &mut Sink) -> Core {
        let kommune = &local.kommune;
        let text = |name: &str| match local.values.get(name) {
            Some(Value::Text(text)) => text.clone(),
            _ => String::new(),
        };
        let ids: BTreeSet<&str> = intents
            .iter()
            .filter_map(|m| m.intent.id.split_once('/'))
            .map(|(t, _)| t)
            .collect();
        let authored: BTreeMap<&str, &Topic> = self
            .topics
            .values()
            .chain(&local.topics)
            .rev()
            .map(|t| (t.id.as_str(), t))
            .collect();
        let topics: Vec<TopicRow> = ids
            .iter()
            .map(|id| {
                // The shared file names the topic; a kommune's own file only when there is none.
                let topic = self.topics.get(*id).or_else(|| authored.get(id).copied());
                TopicRow {
                    id: (*id).to_owned(),
                    title: topic.map_or_else(|| (*id).to_owned(), |t| t.title.clone()),
                    title_en: topic.map_or_else(|| (*id).to_owned(), |t| t.english.clone()),
                    tree: topic.and_then(|t| Some((t, t.tree.as_ref()?))).and_then(
                        |(topic, tree)| resolve::tree(world, tree, (&topic.file, tree.line), sink),
                    ),
                }
            })
            .collect();
        let rows = intents
            .iter()
            .map(|m| {
                let (topic, name) = m.intent.id.split_once('/').unwrap_or(("", ""));
                IntentRow {
                    topic: ids.iter().position(|t| *t == topic).unwrap_or(0) as u16,
                    name: name.to_owned(),
                    title: m.intent.title.clone(),
                    title_en: m.intent.english.clone(),
                    prior: m.intent.prior,
                    from: m.intent.from,
                    until: m.intent.until,
                }
            })
            .collect();
        let chosen: Vec<String> = if kommune.welcome.is_empty() {
            WELCOME.map(str::to_owned).to_vec()
        } else {
            kommune.welcome.clone()
        };
        let phone_hours = match local.values.get("telefontid_hovednummer") {
            Some(Value::Week(week)) => Some(week.clone()),
            _ => None,
        };
        let bot_name = Some(text("navn_chatbot"))
            .filter(|n| !n.is_empty())
            .unwrap_or_else(|| "Automatisk assistent".into());
        let meta = Meta {
            slug: kommune.slug.clone(),
            name: kommune.name.clone(),
            short_name: kommune.short_name.clone(),
            code: kommune.code.clone(),
            domain: kommune.domain.clone(),
            phone: text("telefon_hovednummer"),
            phone_hours,
            demo: kommune.demo,
            bot_name,
            towns: kommune.towns.clone(),
            privacy_url: text("url_privatlivspolitik_chatbot"),
            welcome: chosen
                .iter()
                .filter_map(|id| world.intents.get(id).copied())
                .collect(),
            theme: local.theme.clone(),
            edited: intents.iter().filter_map(|m| m.intent.edited).max(),
        };
        let elsewhere = self
            .kommuner
            .iter()
            .filter(|(slug, ..)| *slug != kommune.slug)
            .map(|(slug, name, domain)| (slug.replace('-', " "), name.clone(), domain.clone()))
            .collect();
        Core {
            meta,
            topics,
            intents: rows,
            facts: self.facts(Lang::Da),
            elsewhere,
            crisis: Vec::new(),
            crisis_answers: self.crisis(world, Lang::Da, sink),
        }
    }
}

/// An intent as this kommune has it.
struct Merged {
    intent: Intent,
    /// Its class in the shared model.
    shared: Option<Class>,
    /// What the shared model is trained on for it.
    samples: Option<String>,
    /// Its examples differ from those that the shared model was trained on.
    retrain: bool,
}

/// A shared intent with a kommune's override or extension.
fn merge(shared: &Intent, own: &Intent) -> Intent {
    let mut out = shared.clone();
    out.utterances.extend(own.utterances.iter().cloned());
    out.utterances_en.extend(own.utterances_en.iter().cloned());
    out.words.extend(own.words.iter().cloned());
    out.place.clone_from(&own.place);
    if own.replaces {
        out.danish.clone_from(&own.danish);
        out.in_english.clone_from(&own.in_english);
        out.replaces = true;
        out.edited = own.edited.or(shared.edited);
        out.reviewed = own.reviewed;
        out.source = own.source.clone().or_else(|| shared.source.clone());
    } else {
        out.extends = true;
        for (texts, more) in [
            (Some(&mut out.danish), Some(&own.danish)),
            (out.in_english.as_mut(), own.in_english.as_ref()),
        ] {
            if let (Some(texts), Some(more)) = (texts, more) {
                texts.short.extend(more.short.iter().cloned());
                texts.steps.extend(more.steps.iter().cloned());
                texts.more.extend(more.more.iter().cloned());
                let mut buttons = more.buttons.clone();
                buttons.extend(texts.buttons.iter().cloned());
                buttons.truncate(4);
                texts.buttons = buttons;
            }
        }
    }
    out
}

/// The columns of shared classes at their new places, over more terms; the places of own classes are empty.
fn combine(
    shared: &Model<Terms>,
    terms: Terms,
    place_of: &[Option<Class>],
    none: Class,
) -> Model<Terms> {
    let mut features: BTreeMap<u32, Vec<Posting>> = BTreeMap::new();
    for (i, stem) in shared.terms.stems().iter().enumerate() {
        let Some(term) = terms.ordinal(stem) else {
            continue;
        };
        for posting in &shared.postings[shared.starts[i] as usize..shared.starts[i + 1] as usize] {
            if let Some(class) = place_of[posting.class as usize] {
                features.entry(term).or_default().push(Posting {
                    class,
                    weight: posting.weight,
                });
            }
        }
    }
    let mut bias = vec![0_i16; none as usize + 1];
    for (class, place) in place_of.iter().enumerate() {
        if let Some(place) = place {
            bias[*place as usize] = shared.bias[class];
        }
    }
    let (starts, postings) = in_order(features, terms.len());
    Model {
        terms,
        classes: none + 1,
        starts,
        postings,
        bias,
        scale: shared.scale,
        calibration: shared.calibration,
        thresholds: shared.thresholds,
    }
}

/// Puts own columns beside the shared ones.
fn join(mut model: Model<Terms>, own: train::Columns) -> Model<Terms> {
    let mut features = own.features;
    for (term, range) in model.starts.windows(2).enumerate() {
        let postings = &model.postings[range[0] as usize..range[1] as usize];
        features.entry(term as u32).or_default().extend(postings);
    }
    for (class, value) in own.bias {
        model.bias[class as usize] = value;
    }
    (model.starts, model.postings) = in_order(features, model.terms.len());
    model
}

/// Where each term's postings begin, and all of them by class.
fn in_order(mut features: BTreeMap<u32, Vec<Posting>>, terms: usize) -> (Vec<u32>, Vec<Posting>) {
    let (mut starts, mut all) = (vec![0_u32], Vec::new());
    for term in 0..terms as u32 {
        let mut postings = features.remove(&term).unwrap_or_default();
        postings.sort_unstable();
        all.extend(postings);
        starts.push(all.len() as u32);
    }
    (starts, all)
}

/// The number of KLE of each answer that has one.
fn subjects(intents: &[Merged]) -> BTreeMap<String, String> {
    let numbered = intents.iter().filter(|m| !m.intent.kle.is_empty());
    numbered
        .map(|m| (m.intent.id.clone(), m.intent.kle.clone()))
        .collect()
}

fn coverage(intents: &[Merged], missing: &Missing, knowledge: &Knowledge) -> Coverage {
    let lacking: BTreeSet<&String> = missing.values().flatten().collect();
    let mut topics: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    for Merged { intent, .. } in intents {
        let topic = intent.id.split_once('/').map_or("", |(topic, _)| topic);
        let row = topics.entry(topic.to_owned()).or_default();
        row.0 += 1;
        row.1 += usize::from(!lacking.contains(&intent.id));
    }
    Coverage {
        intents: intents.len(),
        complete: topics.values().map(|(_, complete)| complete).sum(),
        topics,
        missing: missing
            .iter()
            .map(|(name, ids)| {
                (
                    name.clone(),
                    (
                        knowledge.definitions.get(name).map_or(2, |d| d.tier),
                        ids.clone(),
                    ),
                )
            })
            .collect(),
    }
}

/// All mistakes of a knowledge folder: of the files themselves and of every kommune's answers. Each once.
pub fn check(knowledge: &Knowledge) -> Vec<Diagnostic> {
    let mut sink = Sink {
        all: knowledge.diagnostics.clone(),
    };
    for (slug, local) in &knowledge.locals {
        let (_, missing) = knowledge.resolved(local, &mut sink);
        if local.values.is_empty() {
            sink.at(
                Severity::Info,
                "kb::no-local-data",
                (&local.file, 1),
                format!("{slug}: no local data yet; `lokalsvar coverage --kommune {slug}` lists what is missing"),
                "",
            );
        } else {
            resolve::report_missing(
                &missing,
                &knowledge.definitions,
                (&local.file, 1),
                &mut sink,
            );
        }
        for id in local
            .kommune
            .hidden
            .iter()
            .filter(|id| !knowledge.planned.contains(*id))
        {
            let file = local.file.with_file_name("kommune.toml");
            sink.at(
                Severity::Error,
                "kb::unknown-intent",
                (&file, 1),
                format!("`skjul` names `{id}`, which does not exist"),
                "ids are `emne/navn`",
            );
        }
    }
    sink.sorted()
}
