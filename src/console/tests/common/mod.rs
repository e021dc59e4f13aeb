//! What the tests of the console share: somebody at it, and what a server could answer.
#![allow(dead_code, reason = "each test program uses a part of it")]

pub(crate) mod chats;

use console::{App, Card, Effect, Event, Now, Page, Part, Press, Request, page, step};
use serde_json::{Value, json};

/// A Friday, 09:50 in Denmark.
pub(crate) const FRIDAY_MS: i64 = 1_796_374_200_000;

pub(crate) struct Clerk {
    pub(crate) app: App,
    pub(crate) ms: i64,
    pub(crate) keys: u32,
    pub(crate) asked: Vec<Request>,
    pub(crate) said: Vec<String>,
    pub(crate) focus: Vec<String>,
    pub(crate) effects: Vec<Effect>,
}

impl Clerk {
    pub(crate) fn new() -> Self {
        Self {
            app: App::default(),
            ms: FRIDAY_MS,
            keys: 0,
            asked: Vec::new(),
            said: Vec::new(),
            focus: Vec::new(),
            effects: Vec::new(),
        }
    }

    pub(crate) fn on(&mut self, event: Event) -> &mut Self {
        self.keys += 1;
        let now = Now {
            ms: self.ms,
            fresh: format!("{:08}-0000-4000-8000-00000000000f", self.keys),
        };
        for effect in step(&mut self.app, event, &now) {
            match effect {
                Effect::Ask(request) => self.asked.push(request),
                Effect::Say(text) => self.said.push(text),
                Effect::Focus(id) => self.focus.push(id),
                Effect::Stop(number) => self.asked.retain(|one| one.number != number),
                other => self.effects.push(other),
            }
        }
        self
    }

    pub(crate) fn press(&mut self, press: Press) -> &mut Self {
        self.on(Event::Press(press))
    }

    pub(crate) fn typed(&mut self, field: &'static str, text: &str) -> &mut Self {
        self.on(Event::Typed(field, text.into()))
    }

    /// Answers the oldest request whose path holds `path`.
    pub(crate) fn answer(&mut self, path: &str, status: u16, body: &Value) -> Request {
        let at = self.asked.iter().position(|one| one.path.contains(path));
        let at = at.unwrap_or_else(|| panic!("nothing asked for {path}: {:?}", self.asked));
        let request = self.asked.remove(at);
        self.on(Event::Answer {
            number: request.number,
            status,
            body: if status == 0 {
                String::new()
            } else {
                body.to_string()
            },
        });
        request
    }

    pub(crate) fn page(&self) -> Page {
        page(&self.app)
    }

    pub(crate) fn panel(&self) -> Card {
        self.page().panel.expect("the panel is open")
    }

    /// Every text of the page, one after the other.
    pub(crate) fn text(&self) -> String {
        format!("{:?}", self.page())
    }

    pub(crate) fn at_desk(roles: &[&str]) -> Self {
        let mut clerk = Self::new();
        clerk.on(Event::Start {
            path: "booking".into(),
            query: "sted=raadhus&dag=2026-12-04".into(),
            kommune: "eksempelby".into(),
        });
        clerk.answer("/session", 200, &session(roles));
        clerk.answer("/places", 200, &places());
        clerk.answer("/alerts", 200, &json!({"alerts": []}));
        clerk.answer(
            "/days",
            200,
            &days(
                "1",
                &[visit(
                    "AAAA-1111",
                    "confirmed",
                    &["check-in", "move", "cancel"],
                )],
            ),
        );
        clerk
    }

    /// Opens the one visit and reads it.
    pub(crate) fn open(&mut self) -> &mut Self {
        self.press(Press::Visit("AAAA-1111".into()));
        let found = found(visit(
            "AAAA-1111",
            "confirmed",
            &["check-in", "no-show", "move", "cancel"],
        ));
        self.answer("/find", 200, &found);
        self
    }
}

pub(crate) fn session(roles: &[&str]) -> Value {
    json!({
        "name": "Anna Jensen", "kommune": {"slug": "eksempelby", "name": "Eksempelby Kommune"},
        "roles": roles, "csrf": "token", "expires_at": "2026-12-04T17:00:00+01:00"
    })
}

pub(crate) fn places() -> Value {
    json!({
        "locations": [
            {"id": "raadhus", "name": "Rådhuset", "counters": [
                {"id": "s1", "name": "Skranke 1", "services": ["pas"]}, {"id": "s2", "name": "Skranke 2", "services": ["pas"]}]},
            {"id": "bib", "name": "Biblioteket", "counters": [{"id": "b1", "name": "Bordet", "services": ["pas"]}]}],
        "services": [{"id": "pas", "name": "Pas", "minutes": 15}]
    })
}

pub(crate) fn visit(receipt: &str, state: &str, can: &[&str]) -> Value {
    json!({
        "visit": "v1", "receipt": receipt, "state": state, "service": "pas", "location": "raadhus", "counter": "s1",
        "start": "2026-12-04T10:00:00+01:00", "end": "2026-12-04T10:15:00+01:00", "persons": 2,
        "name": "<b>Kaj</b>", "phone": "+4512345678", "language": "da",
        "notices": [{"channel": "sms", "about": "confirmed", "state": "failed"}], "can": can
    })
}

pub(crate) fn days(version: &str, visits: &[Value]) -> Value {
    json!({"version": version, "days": [{
        "date": "2026-12-04", "opens": [{"from": "2026-12-04T10:00:00+01:00", "to": "2026-12-04T13:00:00+01:00"}],
        "visits": visits, "held": [], "blocks": []}]})
}

pub(crate) fn found(visit: Value) -> Value {
    json!({"visit": visit, "history": [{"at": "2026-12-01T09:00:00+01:00", "what": "confirmed", "by": "citizen", "text": "Booket af borgeren"}]})
}

pub(crate) fn changed(state: &str) -> Value {
    json!({"receipt": "AAAA-1111", "visit": "v1", "state": state, "location": "raadhus", "counter": "s1",
        "start": "2026-12-04T10:00:00+01:00", "end": "2026-12-04T10:15:00+01:00", "told": ["sms"]})
}

pub(crate) fn problem(code: &str) -> Value {
    json!({"type": "about:blank", "title": "", "status": 409, "detail": "", "code": code})
}

pub(crate) fn buttons(card: &Card) -> Vec<String> {
    card.parts
        .iter()
        .flat_map(|part| match part {
            Part::Buttons(buttons) | Part::Times(_, buttons) | Part::Item(_, _, buttons) => {
                buttons.clone()
            }
            _ => Vec::new(),
        })
        .map(|button| button.label)
        .collect()
}

pub(crate) fn told(card: &Card) -> String {
    card.parts
        .iter()
        .find_map(|part| match part {
            Part::Told(told) => Some(told.text.clone()),
            _ => None,
        })
        .unwrap_or_default()
}
