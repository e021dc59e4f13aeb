//! A citizen and staff who talk, at a desk: what is asked for, and what came back.

use super::{Place, key};
use api::desk::{Desk, Matters, Post, Reader, StaffWish, Sweeper, TalkDeed, TalkWish, Wish};
use api::fault::Fault;
use api::tenant::Site;
use protocol::Language;
use protocol::handoff::{
    Accepted, Conversation, Entry, Log, LogQuery, MessageRequest, OpenRequest, Opened,
    TypingRequest, Way, What,
};
use protocol::staff_handoff::{
    ConversationRequest, Done, PresenceRequest, Queue, QueueQuery, ReadQuery, Reading,
    StaffMessageRequest,
};
use serde_json::{Value, json};
use std::sync::Arc;

/// What who talks with citizens hears of.
pub const TALKS: Matters = Matters {
    bookings: false,
    talks: true,
};

/// Version of the privacy text of [`admin`].
pub const PRIVACY: &str = "samtale-1";

/// Borgerservice (all that no other takes) and Skat, both open on working days from 8 to 16; Post has a mailbox alone.
pub fn admin(slug: &str) -> Value {
    let open = json!(["08:00-16:00"]);
    let week = json!({"days": [open, open, open, open, open, [], []]});
    let department = |id: &str, name: &str, topics: Value, fallback: bool, carrier: Value| {
        json!({"id": id, "name": {"da": name, "en": format!("{name} (en)")}, "phone": "12 34 56 78", "email": format!("{id}@{slug}.example"),
            "address": "Torvet 1", "topics": topics, "fallback": fallback, "week": week, "exceptions": [], "carrier": carrier, "kle": "23.05.00"})
    };
    let here = json!({"kind": "builtin"});
    json!({"format": 1, "kommune": slug, "name": format!("{slug} Kommune"), "holidays": {"public": true, "customary": []},
        "privacy": {"version": PRIVACY, "controller": format!("{slug} Kommune"), "purpose": {"da": "Svar.", "en": "An answer."},
            "retention_days": 90, "text": {"da": "Vi gemmer samtalen.", "en": "We keep the conversation."}, "url": ""},
        "retention": {"days": 90, "rule": "Kommunens sletteplan, punkt 4"}, "show_names": true, "warn_minutes": 10, "callbacks": true,
        "departments": [
            department("borgerservice", "Borgerservice", json!(["pas"]), true, here.clone()),
            department("skat", "Skat", json!(["skat", "pas/pas-til-barn"]), false, here),
            department("post", "Post", json!(["post"]), false, json!({"kind": "mail", "to": format!("post@{slug}.example")})),
        ],
        "closures": []})
}

/// A chat about a passport.
pub fn chat(text: &str) -> OpenRequest {
    OpenRequest {
        way: Way::Chat,
        department: "borgerservice".into(),
        text: text.into(),
        transcript: Vec::new(),
        about: Some("pas/pris-paa-pas".into()),
        bundle: "2026-12-03".into(),
        contact: None,
        when: None,
        privacy_version: PRIVACY.into(),
        language: Language::Da,
    }
}

/// Where things are said and done: one node with one kommune.
#[derive(Clone)]
pub struct Talk {
    pub desk: Desk,
    pub site: Arc<Site>,
}

impl Talk {
    pub fn new(place: &Place) -> Talk {
        Talk {
            desk: place.desk.clone(),
            site: Arc::clone(&place.site),
        }
    }

    /// The same kommune at another node.
    pub fn at(&self, desk: &Desk) -> Talk {
        Talk {
            desk: desk.clone(),
            site: Arc::clone(&self.site),
        }
    }

    async fn post<T: serde::de::DeserializeOwned>(
        &self,
        key: &str,
        secret: &str,
        wish: Wish,
    ) -> Result<T, Fault> {
        let post = Post {
            key: key.to_owned(),
            secret: secret.to_owned(),
            browser: String::new(),
            fingerprint: api::secret::hash(&[&format!("{wish:?}"), secret]),
            wish,
        };
        let answer = self.desk.post(&self.site, &post).await?;
        Ok(serde_json::from_value(answer.body).expect("an answer"))
    }

    pub async fn wish<T: serde::de::DeserializeOwned>(
        &self,
        secret: &str,
        wish: TalkWish,
    ) -> Result<T, Fault> {
        self.post(&key(), secret, Wish::Talk(wish)).await
    }

    /// With a key of one's own: for retries.
    pub async fn wish_again(
        &self,
        key: &str,
        secret: &str,
        wish: TalkWish,
    ) -> Result<Value, Fault> {
        self.post(key, secret, Wish::Talk(wish)).await
    }

    pub async fn deed<T: serde::de::DeserializeOwned>(
        &self,
        who: &str,
        deed: TalkDeed,
    ) -> Result<T, Fault> {
        let wish = StaffWish::Talk(deed);
        let who_is = who.to_owned();
        self.post(&key(), who, Wish::Staff { who: who_is, wish })
            .await
    }

    /// Begins a chat; who has it has its secret.
    pub async fn open(&self, text: &str) -> Result<Opened, Fault> {
        self.wish("", TalkWish::Open(chat(text))).await
    }

    pub async fn say(&self, secret: &str, text: &str) -> Result<Accepted, Fault> {
        let wish = MessageRequest {
            id: key(),
            text: text.into(),
        };
        self.wish(secret, TalkWish::Say(wish)).await
    }

    pub async fn types(&self, secret: &str, on: bool) -> Result<Accepted, Fault> {
        let wish = TalkWish::Type(TypingRequest { on });
        self.wish(secret, wish).await
    }

    pub async fn end(&self, secret: &str) -> Result<Conversation, Fault> {
        self.wish(secret, TalkWish::End).await
    }

    pub async fn log(&self, secret: &str, after: u64, wait: u8) -> Result<Log, Fault> {
        let query = LogQuery { after, wait };
        self.desk.talk_log(&self.site, secret, &query).await
    }

    /// Takes chats of these departments; of all without any.
    pub async fn there(&self, who: &str, departments: &[&str]) {
        let wish = PresenceRequest {
            there: true,
            departments: departments.iter().map(ToString::to_string).collect(),
        };
        let done: Result<Value, Fault> = self.deed(who, TalkDeed::Presence(wish)).await;
        done.expect("there");
    }

    pub async fn take(&self, who: &str, receipt: &str) -> Result<Done, Fault> {
        let receipt = receipt.to_owned();
        let deed = TalkDeed::Take(ConversationRequest { receipt });
        self.deed(who, deed).await
    }

    pub async fn answer(&self, who: &str, receipt: &str, text: &str) -> Result<Done, Fault> {
        let deed = TalkDeed::Say(StaffMessageRequest {
            receipt: receipt.into(),
            id: key(),
            text: text.into(),
            answer: None,
            corrects: None,
        });
        self.deed(who, deed).await
    }

    pub async fn queue(&self, who: &str) -> Queue {
        let query = QueueQuery::default();
        let reader = reader(who);
        let queue = self.desk.talk_queue(&self.site, &reader, &query);
        queue.await.expect("a queue")
    }

    pub async fn read(&self, who: &str, receipt: &str) -> Result<Reading, Fault> {
        let query = ReadQuery {
            receipt: receipt.into(),
            ..ReadQuery::default()
        };
        self.desk.talk_reading(&self.site, who, &query).await
    }
}

pub fn reader(who: &str) -> Reader {
    Reader {
        account: who.to_owned(),
        talks: true,
    }
}

/// The clock goes on in small steps, as it does, while the server looks for who is away. Who stays there says so in each step.
pub async fn pass(place: &Place, sweeper: &mut Sweeper, seconds: i64, staff: &[&str]) -> usize {
    let talk = Talk::new(place);
    let mut back = 0;
    let step = if seconds > 600 { 20 } else { 5 };
    for _ in 0..seconds / step {
        place.clock.set(place.clock.now_ms() + step * 1000);
        for who in staff {
            talk.there(who, &[]).await;
        }
        back += sweeper.round(&place.desk).await;
    }
    back
}

/// What was written, in order.
pub fn texts(entries: &[Entry]) -> Vec<&str> {
    entries
        .iter()
        .filter_map(|entry| match &entry.what {
            What::Message { text, .. } => Some(text.as_str()),
            _ => None,
        })
        .collect()
}

/// Numbers 1, 2, 3 … without gaps.
pub fn in_order(entries: &[Entry], after: u64) {
    for (at, entry) in (after + 1..).zip(entries) {
        assert_eq!(entry.seq, at, "a gap or a wrong order");
    }
}
