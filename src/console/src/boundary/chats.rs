//! Talking with citizens, on the page: where each part of it is drawn, and how what stands there is left alone.

use std::iter::repeat_with;

use elements::{El, el};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlTextAreaElement};

use super::{Region, by_id};
use crate::draw;
use crate::draw::lines::Lines;
use crate::state::Told;
use crate::view::{Card, ChatsPage, DeskRow, Foot, Group, Head, Line, RowCard, TalkHead, TalkPage};

/// Talking with citizens, on the page.
pub(super) struct Chats {
    whole: Element,
    head: Region<Option<Head>>,
    groups: Vec<(Element, Element, Lines<RowCard>)>,
    alerts: Region<Option<Card>>,
    facts: Region<Option<Card>>,
    desks: Region<Option<Vec<DeskRow>>>,
    talk: Element,
    talk_head: Region<Option<TalkHead>>,
    log: Element,
    lines: Lines<Line>,
    typing: Region<bool>,
    told: Region<Option<Told>>,
    find: Region<Option<Card>>,
    replies: Lines<Card>,
    foot: Region<Foot>,
}

impl Chats {
    pub(super) fn new(part: &dyn Fn(&str) -> Element) -> Self {
        let groups = (0..GROUPS).map(|at| {
            let id = |begin: &str| format!("{begin}{at}");
            (
                part(&id("group-")),
                part(&id("group-title-")),
                Lines::new(part(&id("group-rows-"))),
            )
        });
        Self {
            whole: part("queue"),
            head: Region::new(part("chats-head")),
            groups: groups.collect(),
            alerts: Region::new(part("chats-alerts")),
            facts: Region::new(part("chats-facts")),
            desks: Region::new(part("chats-desks")),
            talk: part("talk"),
            talk_head: Region::new(part("talk-head")),
            log: part("talk-log"),
            lines: Lines::new(part("talk-lines")),
            typing: Region::new(part("talk-typing")),
            told: Region::new(part("talk-told")),
            find: Region::new(part("talk-find")),
            replies: Lines::new(part("talk-replies")),
            foot: Region::new(part("talk-foot")),
        }
    }

    /// Somebody writes: the page shows it already.
    pub(super) fn adopt(&mut self, page: Option<ChatsPage>) {
        if let Some(TalkPage { find, foot, .. }) = page.and_then(|page| page.talk) {
            self.find.drawn = Some(find);
            self.foot.drawn = Some(foot);
        }
    }

    /// Draws what differs.
    pub(super) fn draw(&mut self, page: Option<ChatsPage>) {
        show(&self.whole, page.is_some());
        let page = page.unwrap_or_default();
        let known = !page.groups.is_empty();
        self.head
            .draw(known.then_some(page.head), draw::chats::head);
        // Where there is no page, what stood there goes.
        let groups = page.groups.into_iter().chain(repeat_with(Group::default));
        for ((section, title, rows), group) in self.groups.iter_mut().zip(groups) {
            show(section, group.count > 0);
            let words = format!("{} ({})", group.title, group.count);
            if title.text_content().as_deref() != Some(&words) {
                title.set_text_content(Some(&words));
            }
            rows.draw(group.rows, draw::chats::row);
        }
        self.alerts.draw(page.alerts, draw::chats::alerts);
        self.facts.draw(page.facts, draw::chats::facts);
        self.desks
            .draw(known.then_some(page.desks), draw::chats::desks);
        for (id, text) in &page.clocks {
            if let Some(clock) = by_id(id)
                && clock.text_content().as_deref() != Some(text)
            {
                clock.set_text_content(Some(text));
            }
        }
        show(&self.talk, page.talk.is_some());
        self.draw_talk(page.talk);
    }

    fn draw_talk(&mut self, talk: Option<TalkPage>) {
        let open = talk.is_some();
        let talk = talk.unwrap_or_default();
        // Who reads at the end goes on there; who reads further up is left alone.
        let room = self.log.scroll_height() - self.log.client_height();
        let other = self
            .talk_head
            .drawn
            .as_ref()
            .and_then(Option::as_ref)
            .map(|head| &head.title)
            != Some(&talk.head.title);
        let at_end = other || room - self.log.scroll_top() < 40;
        self.talk_head
            .draw(open.then_some(talk.head), draw::talk::head);
        let new = self.lines.draw(talk.lines, draw::talk::line);
        self.typing.draw(talk.typing, draw::talk::typing);
        self.told.draw(talk.told, draw::talk::note);
        self.find.draw(talk.find, draw::talk::find);
        self.replies.draw(talk.replies, draw::talk::reply);
        self.foot.draw(talk.foot, draw::talk::foot);
        if new && at_end {
            self.log.set_scroll_top(self.log.scroll_height());
        }
        let field = by_id("say").and_then(|one| one.dyn_into::<HtmlTextAreaElement>().ok());
        if let Some(field) = field
            && field.value() != talk.say
        {
            field.set_value(&talk.say);
        }
    }
}

/// Parts of the list of conversations.
const GROUPS: usize = 5;

fn show(element: &Element, shown: bool) {
    let _ = if shown {
        element.remove_attribute("hidden")
    } else {
        element.set_attribute("hidden", "")
    };
}

/// Where the list of conversations is drawn.
pub(super) fn queue() -> El {
    let groups = (0..GROUPS).map(|at| {
        let id = |begin: &str| format!("{begin}{at}");
        el("section.group[hidden]")
            .attr("id", &id("group-"))
            .attr("aria-labelledby", &id("group-title-"))
            .child(el("h2").attr("id", &id("group-title-")))
            .child(el("ul.entries").attr("id", &id("group-rows-")))
    });
    el("div#queue[hidden]")
        .child(el("div#chats-head"))
        .child(el("div#chats-alerts"))
        .child(el("div#chats-facts"))
        .child(
            el("div.groups")
                .children(groups)
                .on("keydown", draw::chats::arrows),
        )
        .child(el("div#chats-desks"))
}

/// Where a conversation is drawn.
pub(super) fn talk() -> El {
    el("section#talk.card[hidden][aria-labelledby=talk-title]")
        .on("keydown", draw::chats::escape)
        .child(el("div#talk-head"))
        .child(
            el("div#talk-log[tabindex=0][role=region]")
                .attr("aria-label", "Beskeder")
                .child(el("ul#talk-lines")),
        )
        .child(el("div#talk-typing"))
        .child(el("div#talk-told"))
        .child(el("div#talk-find"))
        .child(el("ul#talk-replies"))
        .child(el("div#talk-foot"))
}
