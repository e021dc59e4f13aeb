//! Whole conversations with the small kommune of `fixture`, as tests.

use crate::fixture::{index, knowledge, now};
use crate::{Decision, Effect, Entry, Event, Kind, Message, Next, State, decide, step, turn};
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use bundle::Knowledge;
use bundle::content::{Block, CrisisKind, Inline, Lang, Target};

struct Play {
    knowledge: Knowledge,
    state: State,
}

impl Play {
    fn new() -> Play {
        Play {
            knowledge: knowledge(),
            state: State::default(),
        }
    }

    fn on(&mut self, event: Event) -> Vec<Effect> {
        let (state, effects) = step(
            &self.knowledge,
            core::mem::take(&mut self.state),
            event,
            now(),
        );
        self.state = state;
        effects
    }

    /// The message that an event ends with.
    fn after(&mut self, event: Event) -> Message {
        let effects = self.on(event);
        self.said(&effects)
    }

    fn said(&self, effects: &[Effect]) -> Message {
        let seq = effects.iter().rev().find_map(|e| match e {
            Effect::Say(seq) => Some(*seq),
            _ => None,
        });
        let message = self.state.message(seq.expect("something is said"));
        message.expect("it is in the transcript").clone()
    }

    /// Says it and returns the bot's message; `decide` and `turn` must agree with it.
    fn say(&mut self, text: &str) -> Message {
        let decided = decide(&self.knowledge, &self.state, text, now());
        let (turned, same) = turn(&self.knowledge, self.state.clone(), text, now());
        let effects = self.on(Event::Utterance(text.into()));
        assert_eq!((&turned, &decided), (&self.state, &same));
        self.said(&effects)
    }

    fn decision(&self, text: &str) -> Decision {
        decide(&self.knowledge, &self.state, text, now())
    }

    fn answers(&mut self, rows: &[(&str, &str)]) {
        for (text, id) in rows {
            let message = self.say(text);
            assert_eq!(message.kind, Kind::Answer(index(id)), "{text}");
        }
    }
}

fn text_of(blocks: &[Block]) -> String {
    let mut out = String::new();
    for block in blocks {
        if let Block::Paragraph(inlines) = block {
            for inline in inlines {
                match inline {
                    Inline::Text(t) | Inline::Strong(t) => out.push_str(t),
                    Inline::Link { url, .. } => out.push_str(url),
                    Inline::Fact(_) => panic!("a fact in a message"),
                }
            }
        }
    }
    out
}

#[test]
fn a_greeting_with_a_question_answers_the_question() {
    let mut play = Play::new();
    play.answers(&[
        ("hej", "smalltalk-meta/hilsen"),
        ("Hej, hvad koster et pas?", "pas/pris-paa-pas"),
    ]);
    let Some(Entry::Bot(message)) = play.state.transcript.last() else {
        panic!("a message")
    };
    assert_eq!(text_of(&message.answer.short), "Se prisen på borger.dk.");
    assert!(message.ratable && message.seq + 1 == play.state.next_seq);
}

#[test]
fn follow_ups_lean_on_the_topic() {
    let mut play = Play::new();
    play.answers(&[
        ("hvad koster et pas", "pas/pris-paa-pas"),
        ("hvor lang tid tager det", "pas/leveringstid-pas"),
        ("og til mit barn?", "pas/pas-til-barn"),
        (
            "hvordan fornyer jeg mit kørekort",
            "koerekort/forny-koerekort",
        ),
        ("hvad koster det", "koerekort/pris-paa-koerekort"),
    ]);
}

#[test]
fn the_same_question_about_another_place() {
    let mut play = Play::new();
    play.answers(&[
        (
            "har I åbent på lørdag",
            "kontakt/aabningstider-borgerservice",
        ),
        ("og biblioteket?", "bibliotek/aabningstider-bibliotek"),
    ]);
}

#[test]
fn corrections_move_the_question() {
    let mut play = Play::new();
    play.answers(&[
        ("hvad koster et pas", "pas/pris-paa-pas"),
        ("nej, kørekort", "koerekort/pris-paa-koerekort"),
    ]);
}

#[test]
fn small_talk_keeps_the_topic() {
    let mut play = Play::new();
    play.answers(&[
        ("hvad koster et kørekort", "koerekort/pris-paa-koerekort"),
        ("hej", "smalltalk-meta/hilsen"),
        ("og hvordan fornyer jeg det", "koerekort/forny-koerekort"),
    ]);
    let again = play.say("gentag kortere");
    assert_eq!(again.kind, Kind::Answer(index("koerekort/forny-koerekort")));
    assert_eq!(text_of(&again.note.expect("a note")), "Helt kort:");
}

#[test]
fn the_topic_alone_is_asked_back_about() {
    let mut play = Play::new();
    let decision = play.decision("pas");
    assert_eq!(
        decision.options,
        [
            "pas/pris-paa-pas",
            "pas/pas-til-barn",
            "pas/leveringstid-pas"
        ]
    );
    let message = play.say("pas");
    assert_eq!((message.kind, message.options.len()), (Kind::Clarify, 4));
    assert_eq!(message.options[3].then, Next::NoneOfThese);
    assert_eq!(play.say("ja").options.len(), 4);
    assert_eq!(
        play.decision("2").answer.as_deref(),
        Some("pas/pas-til-barn")
    );
    play.answers(&[("den anden", "pas/pas-til-barn")]);
    play.say("pas");
    assert_eq!(play.say("ingen af dem").kind, Kind::Fallback);
}

#[test]
fn a_crisis_goes_before_everything() {
    let mut play = Play::new();
    play.say("pas");
    assert_eq!(
        play.decision("jeg vil bare dø").answer.as_deref(),
        Some("udsatte-og-krise/selvmordstanker")
    );
    let message = play.say("2 jeg vil bare dø");
    assert_eq!(
        (message.kind, message.ratable),
        (Kind::Crisis(CrisisKind::Suicide), false)
    );
    assert_eq!(text_of(&message.answer.short), "Ring 70 20 12 01.");
}

#[test]
fn not_knowing_is_never_the_same_dead_end() {
    let mut play = Play::new();
    let said: Vec<Message> = ["qqq xyzz", "wvut qqq", "zzzx qq"]
        .iter()
        .map(|t| play.say(t))
        .collect();
    let texts: Vec<String> = said.iter().map(|m| text_of(&m.answer.short)).collect();
    assert!(texts[0] != texts[1] && texts[1] != texts[2]);
    for message in &said {
        assert_eq!(message.kind, Kind::Fallback);
        assert!(
            message
                .answer
                .actions
                .iter()
                .any(|a| a.target == Target::Phone("00 12 34 56".into()))
        );
        assert!(message.options.iter().any(|o| o.then == Next::Human));
    }
    assert!(
        said[1]
            .answer
            .actions
            .iter()
            .any(|a| matches!(a.target, Target::Url(_)))
    );
}

#[test]
fn a_language_model_is_offered_after_a_miss_last_of_all_and_only_where_the_release_says_so() {
    let miss = "xyzzy plugh frobnicate";
    let is_model = |message: &Message| message.options.last().map(|o| o.then == Next::Model);
    let mut play = Play::new();
    assert_eq!(is_model(&play.say(miss)), Some(false));

    let mut play = Play::new();
    play.knowledge.model_help = true;
    assert_ne!(
        is_model(&play.say("pas")),
        Some(true),
        "not where there is an answer"
    );
    play.on(Event::Restart);
    for _ in 0..4 {
        let message = play.say(miss);
        assert_eq!(
            (message.kind.clone(), is_model(&message)),
            (Kind::Fallback, Some(true))
        );
        assert!(message.options.iter().any(|o| o.then == Next::Human));
    }
    let last = play.state.options().len() - 1;
    assert_eq!(play.on(Event::Pick(last)), [Effect::LanguageModel]);
    assert_eq!(play.state.last_utterance, miss);
    let english = play.after(Event::Speak(Lang::En));
    assert_eq!(
        english.options.last().map(|o| o.label.as_str()),
        Some("Try AI help")
    );

    // "Ingen af dem" is a miss, too.
    play.say("pas");
    let none = play.state.options().len() - 1;
    assert_eq!(is_model(&play.after(Event::Pick(none))), Some(true));
}

#[test]
fn another_kommune_gets_a_note() {
    let mut play = Play::new();
    let message = play.say("hvad koster et pas i Odense?");
    assert_eq!(message.kind, Kind::Answer(index("pas/pris-paa-pas")));
    let note = text_of(&message.note.expect("a note"));
    assert!(
        note.contains("https://odense.dk") && note.contains("Eksempelby Kommune"),
        "{note}"
    );
}

#[test]
fn what_is_out_of_its_period_is_not_answered() {
    let mut play = Play::new();
    assert_ne!(play.say("julen").kind, Kind::Answer(index("kontakt/jul")));
    assert_eq!(
        play.after(Event::Show("kontakt/jul".into())).kind,
        Kind::Notice
    );
    let welcome = play.after(Event::Restart);
    assert!(
        !welcome
            .options
            .iter()
            .any(|o| o.then == Next::Intent(index("kontakt/jul")))
    );
}

#[test]
fn the_language_is_changed_and_the_answer_said_again() {
    let mut play = Play::new();
    play.answers(&[("hvad koster et pas", "pas/pris-paa-pas")]);
    let english = play.after(Event::Speak(Lang::En));
    assert_eq!(
        (english.answer_lang, text_of(&english.answer.short).as_str()),
        (Lang::En, "English.")
    );
    let danish_only = play.say("hvor lang tid tager pas");
    assert_eq!(
        (danish_only.lang, danish_only.answer_lang),
        (Lang::En, Lang::Da)
    );
    assert!(text_of(&danish_only.note.expect("a note")).contains("Danish"));
    let mut play = Play::new();
    play.say("kan du engelsk");
    assert_eq!((play.state.lang, play.state.lang_fixed), (Lang::En, true));
}

#[test]
fn opening_welcomes_once_and_the_page_topic_goes_first() {
    let mut play = Play::new();
    let welcome = play.after(Event::Opened {
        topic: Some("pas".into()),
    });
    assert_eq!(welcome.kind, Kind::Welcome);
    assert_eq!(
        welcome.options[0].then,
        Next::Intent(index("tidsbestilling/bestil-tid-til-andet"))
    );
    assert_eq!(welcome.options[1].label, "Hvad det koster");
    assert!(play.on(Event::Opened { topic: None }).is_empty());
    assert!(matches!(
        play.on(Event::Pick(1))[..],
        [Effect::Tell { .. }, Effect::Say(_)]
    ));
    assert!(play.on(Event::Pick(9)).is_empty());
}

#[test]
fn a_filter_of_several_topics_gives_chips_of_each_and_tells_what_it_does_not_know() {
    let mut play = Play::new();
    let opened = |topic: &str| Event::Opened {
        topic: Some(topic.into()),
    };
    let effects = play.on(opened(",koerekort,,pas,Pas,findes-ikke"));
    assert_eq!(
        effects[0],
        Effect::Tell {
            what: "topic?".into(),
            intent: "Pas".into()
        }
    );
    assert!(matches!(&effects[1], Effect::Tell { intent, .. } if intent == "findes-ikke"));
    let welcome = play.said(&effects);
    let leads: Vec<&Next> = welcome.options.iter().map(|o| &o.then).collect();
    assert_eq!(
        leads[1..5],
        [
            &Next::Intent(index("koerekort/pris-paa-koerekort")),
            &Next::Intent(index("koerekort/forny-koerekort")),
            &Next::Intent(index("pas/pris-paa-pas")),
            &Next::Intent(index("pas/pas-til-barn"))
        ]
    );
    // Another page takes the place of the first, and is quiet.
    assert!(play.on(opened("bibliotek")).is_empty());
    assert_eq!(play.state.page_topics.len(), 1);
    play.on(opened(","));
    assert!(play.state.page_topics.is_empty());
}

#[test]
fn show_knows_intents_topics_and_nothing() {
    let mut play = Play::new();
    let kind = |play: &mut Play, id: &str| play.after(Event::Show(id.into())).kind;
    assert_eq!(
        kind(&mut play, "pas/pas-til-barn"),
        Kind::Answer(index("pas/pas-til-barn"))
    );
    assert_eq!(kind(&mut play, "pas"), Kind::Clarify);
    assert_eq!(kind(&mut play, "koerekort"), Kind::Clarify);
    assert_eq!(kind(&mut play, "findes/ikke"), Kind::Notice);
    assert_eq!(kind(&mut play, ""), Kind::Notice);
}

#[test]
fn actions_ratings_and_people() {
    let mut play = Play::new();
    let seq = play.say("hvad koster et pas").seq;
    let booked = play.on(Event::Act { seq, action: 0 });
    assert!(matches!(&booked[..], [Effect::Book { intent, .. }] if intent == "pas/pris-paa-pas"));
    assert_eq!(
        play.after(Event::Act { seq, action: 1 }).kind,
        Kind::Answer(index("pas/pas-til-barn"))
    );
    assert!(matches!(
        play.on(Event::Rate { seq, helped: true })[..],
        [Effect::Tell { .. }]
    ));
    let no = play.on(Event::Rate { seq, helped: false });
    assert!(
        matches!(&no[0], Effect::Tell { what, intent } if what == "rated" && intent == "pas/pris-paa-pas")
    );
    assert_eq!(play.state.votes, (0, 1));
    let human = play.on(Event::Utterance("jeg vil tale med et menneske".to_string()));
    assert!(human.contains(&Effect::Human {
        about: "pas/pas-til-barn".to_string()
    }));
    let message = play.said(&human);
    assert!(
        message
            .answer
            .short
            .iter()
            .any(|b| matches!(b, Block::Hours { .. }))
    );
    assert_eq!(
        message.kind,
        Kind::Answer(index("smalltalk-meta/tal-med-et-menneske"))
    );
}

#[test]
fn any_utterance_is_survived() {
    let mut play = Play::new();
    for text in [
        "",
        " ",
        "?",
        "ø",
        "\u{0}\u{301}",
        "Я з України",
        "🙂🙂",
        "nej",
        "ja",
        "1",
        "-",
        &"æ ".repeat(9000),
    ] {
        play.on(Event::Utterance(text.into()));
    }
}
