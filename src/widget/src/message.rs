//! One entry of the log: what the citizen wrote, or what the bot said, as elements made from the typed
//! tree. Nothing here parses markup. Pressed options stay where they are and stay readable.

use bundle::content::{Action, Answer, Block, Inline, Lang, Place, Target};
use dialog::{Choice, Entry, Event, Kind, Message, Next};
use elements::{El, Signal, el, link};

use crate::app::App;
use crate::hours::{hours_card, status_line};
use crate::labels::Labels;
use crate::texts::texts;
use crate::transcript::{host_of, long_date, tel_url};

/// Draws an entry. `chosen` is the text of the entry that follows, when there is one (a restored log).
pub(crate) fn entry_view(app: App, entry: &Entry, chosen: Option<&str>) -> El {
    match entry {
        Entry::Citizen { text, .. } => el("div.entry.citizen[part=citizen-message]")
            .child(el("p.speaker").label(app.lang, |t| t.you_wrote))
            .child(el("div.bubble").child(el("p").text(text))),
        Entry::Bot(message) => bot_view(app, message, chosen),
    }
}

fn bot_view(app: App, message: &Message, chosen: Option<&str>) -> El {
    let lang = message.lang;
    let class = match message.kind {
        Kind::Crisis(_) => "entry bot crisis",
        _ => "entry bot",
    };
    let pen = Pen {
        app,
        lang: message.answer_lang,
    };
    let answer = &message.answer;
    // Names the answer from which a link leads away; empty where nothing was answered.
    let intent = match message.kind {
        Kind::Answer(idx) => app.shared().knowledge.borrow().intent_id(idx),
        _ => String::new(),
    };
    let body = el("div")
        .attr("lang", message.answer_lang.tag())
        .class("answer")
        .children(answer.short.iter().map(|block| pen.block(block)))
        .maybe((!answer.steps.is_empty()).then(|| pen.steps(&answer.steps)))
        .maybe((!answer.more.is_empty()).then(|| pen.more(&answer.more)));
    el("div")
        .class(class)
        .attr("part", "bot-message")
        .attr("data-intent", &intent)
        .attr("lang", lang.tag())
        .child(el("p.speaker[tabindex=-1]").text(texts(lang).answer_says))
        .child(
            el("div.bubble")
                .maybe(message.note.as_ref().map(|note| {
                    let pen = Pen { app, lang };
                    el("div.note").children(note.iter().map(|block| pen.block(block)))
                }))
                .child(body)
                .maybe(actions(app, message))
                .maybe(source(app, answer, lang)),
        )
        .maybe(options(app, message, chosen))
        .maybe(related(app, answer, lang))
        .maybe(message.ratable.then(|| rating(app, message)))
}

/// Draws blocks in one language.
struct Pen {
    app: App,
    lang: Lang,
}

impl Pen {
    fn block(&self, block: &Block) -> El {
        match block {
            Block::Paragraph(inlines) => self.inlines(el("p"), inlines),
            Block::List { ordered, items } => el(if *ordered { "ol" } else { "ul" })
                .children(items.iter().map(|item| self.inlines(el("li"), item))),
            Block::Hours { title, week } => hours_card(title, week, self.lang, self.app.now),
            Block::Places(places) => {
                el("div.places").children(places.iter().map(|p| self.place(p)))
            }
        }
    }

    fn inlines(&self, parent: El, inlines: &[Inline]) -> El {
        inlines.iter().fold(parent, |parent, inline| match inline {
            Inline::Text(text) => parent.text(text),
            Inline::Strong(text) => parent.child(el("strong").text(text)),
            Inline::Link { label, url } => parent.child(link("", label, url, self.lang)),
            Inline::Fact(idx) => {
                let fact =
                    self.app
                        .shared()
                        .fact(self.lang, *idx, self.app.now.get_untracked().date);
                // A fact holds no fact (the compiler sees to it); this keeps a damaged one from looping.
                let flat: Vec<Inline> = fact
                    .into_iter()
                    .filter(|i| !matches!(i, Inline::Fact(_)))
                    .collect();
                self.inlines(parent, &flat)
            }
        })
    }

    fn steps(&self, steps: &[Vec<Inline>]) -> El {
        el("div.steps")
            .child(el("p.card-title").text(texts(self.lang).steps))
            .child(el("ol").children(steps.iter().map(|step| {
                // The row is a grid of number and text, so the text needs a box of its own.
                el("li").child(self.inlines(el("span"), step))
            })))
    }

    fn more(&self, more: &[Block]) -> El {
        let open = Signal::new(false);
        el("div.more")
            .child(
                el("button.more-button[type=button]")
                    .state("aria-expanded", move || open.get())
                    .on_click(move || open.set(!open.get_untracked()))
                    .text(texts(self.lang).read_more),
            )
            .child(
                el("div")
                    .shown_if(move || open.get())
                    .children(more.iter().map(|block| self.block(block))),
            )
    }

    fn place(&self, place: &Place) -> El {
        let words = texts(self.lang);
        let some =
            |text: &str, class: &str| (!text.is_empty()).then(|| el("p").class(class).text(text));
        el("div.card.place")
            .maybe(some(&place.name, "card-title"))
            .maybe(some(&place.text, ""))
            .maybe(some(&place.address, ""))
            .maybe((!place.phone.is_empty()).then(|| {
                let label = [words.call, " ", &place.phone].concat();
                el("p").child(link("", &label, &tel_url(&place.phone), self.lang))
            }))
            .maybe((!place.email.is_empty()).then(|| {
                el("p").child(link(
                    "",
                    &place.email,
                    &["mailto:", &place.email].concat(),
                    self.lang,
                ))
            }))
            .maybe((!place.url.is_empty()).then(|| {
                let label = [words.website, " ", host_of(&place.url)].concat();
                el("p").child(link("", &label, &place.url, self.lang))
            }))
            .maybe(
                place
                    .week
                    .as_ref()
                    .map(|week| hours_card("", week, self.lang, self.app.now)),
            )
    }
}

fn actions(app: App, message: &Message) -> Option<El> {
    let list = &message.answer.actions;
    (!list.is_empty()).then(|| {
        el("div.actions[role=group]")
            .attr("aria-label", texts(message.lang).actions)
            .children(
                list.iter()
                    .enumerate()
                    .map(|(at, action)| action_view(app, message, at, action)),
            )
    })
}

fn action_view(app: App, message: &Message, at: usize, action: &Action) -> El {
    let class = if at == 0 { "button primary" } else { "button" };
    let seq = message.seq;
    let act = move || app.dispatch(Event::Act { seq, action: at });
    let button = || {
        el("button[type=button]")
            .class(class)
            .attr("lang", message.answer_lang.tag())
            .text(&action.label)
            .on_click(act)
    };
    let to = match &action.target {
        Target::Book(_) if books(app, message) => return button(),
        Target::Url(url) | Target::Book(url) => url.clone(),
        Target::Phone(number) => tel_url(number),
        Target::Mail(address) => {
            if address.starts_with("mailto:") {
                address.clone()
            } else {
                ["mailto:", address].concat()
            }
        }
        Target::Goto(_) | Target::Human => return button(),
    };
    let link = link(class, &action.label, &to, message.answer_lang)
        .attr("lang", message.answer_lang.tag())
        .on_click(act);
    match &action.target {
        Target::Phone(number) if !text::holds(&action.label, number) => {
            link.child(el("span.number").text(" ").text(number))
        }
        _ => link,
    }
}

/// Whether the time for this answer is booked in the chat.
fn books(app: App, message: &Message) -> bool {
    let shared = app.shared();
    matches!(message.kind, Kind::Answer(intent)
        if shared.give("book", &shared.knowledge.borrow().intent_id(intent), Lang::Da))
}

fn source(app: App, answer: &Answer, lang: Lang) -> Option<El> {
    let words = texts(lang);
    let mut line = el("p.source[part=source]");
    let mut first = true;
    let mut part = |line: El, name: &str, text: &str| {
        let line = if first { line } else { line.text(" · ") };
        first = false;
        line.text(name)
            .text(if name.is_empty() || text.is_empty() {
                ""
            } else {
                " "
            })
            .text(text)
    };
    if answer.local {
        line = part(
            line,
            words.local,
            &app.shared().meta(|meta| meta.name.clone()),
        );
    }
    if let Some(authority) = &answer.authority {
        line = part(line, words.authority, authority);
    }
    if let Some((name, url)) = &answer.source {
        line = part(line, words.source, "")
            .text(": ")
            .child(link("", name, url, lang));
    }
    if let Some(date) = answer.edited {
        line = part(line, words.edited, &long_date(date, lang));
    }
    if let Some(date) = answer.reviewed {
        line = part(line, words.reviewed, &long_date(date, lang));
    }
    (!first).then_some(line)
}

fn options(app: App, message: &Message, chosen: Option<&str>) -> Option<El> {
    if message.options.is_empty() {
        return None;
    }
    let before = message
        .options
        .iter()
        .position(|choice| Some(choice.label.as_str()) == chosen);
    let picked = Signal::new(before.map_or(0, |at| at as u32 + 1));
    let rows = message
        .options
        .iter()
        .enumerate()
        .map(|(at, choice)| el("li").child(option_view(app, message, at, choice, picked)));
    Some(
        el("ol.options[part=options]")
            .attr("aria-label", texts(message.lang).options)
            .children(rows),
    )
}

/// The options of the newest message are picked by place. Older ones still lead to their answer, when
/// they have one; those that lead to a question are switched off, but stay focusable and readable.
fn option_view(app: App, message: &Message, at: usize, choice: &Choice, picked: Signal<u32>) -> El {
    let seq = message.seq;
    let number = at as u32 + 1;
    let later = match choice.then {
        Next::Intent(idx) => Some(app.shared().knowledge.borrow().intent_id(idx)),
        Next::Topic(idx) => app.shared().topic_id(idx),
        _ => None,
    };
    let dead = later.is_none();
    el("button.option[type=button]")
        .attr_with("aria-disabled", move || {
            (dead && app.latest.get() != seq).then_some("true")
        })
        .on_click(move || {
            if app.latest.get_untracked() == seq {
                picked.set(number);
                app.dispatch(Event::Pick(at));
            } else if let Some(id) = &later {
                picked.set(number);
                app.dispatch(Event::Show(id.clone()));
            }
        })
        .child(el("span.option-number").text(&hours::number(number as u16)))
        .child(el("span").text(" ").text(&choice.label))
        .child({
            let words = texts(message.lang);
            el("span.picked").text_with(move || {
                if picked.get() == number {
                    [" ", words.chosen].concat()
                } else {
                    String::new()
                }
            })
        })
}

fn related(app: App, answer: &Answer, lang: Lang) -> Option<El> {
    let chips: Vec<El> = answer
        .related
        .iter()
        .filter_map(|idx| {
            let (id, title) = app.shared().intent(*idx, lang)?;
            Some(
                el("li").child(
                    el("button.chip[type=button]")
                        .text(&title)
                        .on_click(move || app.dispatch(Event::Show(id.clone()))),
                ),
            )
        })
        .collect();
    (!chips.is_empty()).then(|| {
        el("div.related")
            .child(el("p.speaker").text(texts(lang).related))
            .child(el("ul.chips[part=related]").children(chips))
    })
}

fn rating(app: App, message: &Message) -> El {
    let words = texts(message.lang);
    let seq = message.seq;
    // 0: not rated, 1: yes, 2: no.
    let rated = Signal::new(
        message
            .rated
            .map_or(0_u32, |helped| if helped { 1 } else { 2 }),
    );
    let vote = move |label: &str, value: u32| {
        el("button.vote[type=button]")
            .state("aria-pressed", move || rated.get() == value)
            .on_click(move || {
                if rated.get_untracked() != value {
                    rated.set(value);
                    app.dispatch(Event::Rate {
                        seq,
                        helped: value == 1,
                    });
                }
            })
            .text(label)
    };
    el("div.rating[part=rating][role=group]")
        .attr("aria-label", words.helped)
        .child(el("span[aria-hidden=true]").text(words.helped))
        .child(vote(words.yes, 1))
        .child(vote(words.no, 2))
        .child(el("span.muted").text_with(move || {
            if rated.get() == 0 {
                String::new()
            } else {
                words.thanks.to_string()
            }
        }))
}

/// The phone of the kommune with its hours, for the menu: reachable from everywhere.
pub(crate) fn phone_line(app: App) -> Option<El> {
    let (phone, week) = app
        .shared()
        .meta(|meta| (meta.phone.clone(), meta.phone_hours.clone()));
    (!phone.is_empty()).then(|| {
        el("div.phone-line")
            .child(
                el("a.menu-item")
                    .attr("href", &tel_url(&phone))
                    .label(app.lang, |t| t.call_us)
                    .text(": ")
                    .text(&phone),
            )
            .dynamic(move || {
                let lang = app.lang.get();
                week.as_ref().map(|week| status_line(week, lang, app.now))
            })
    })
}
