//! The contract test of contact centres: plays a citizen at a test system whose agent repeats what it is told (tests/adapters/handoff.mjs
//! does), and says for each promise of docs/handoff-adapter.md whether it was kept. `lokalsvar contract handoff --url … --token …`.

use super::contract::{Arrival, Happened, Heard, Sent, Utterance, end, hear, open, send};
use crate::adapter::call::{Line, Trouble};
use crate::adapter::trial::{Outcome, Restart, Verdict};
use crate::secret;
use protocol::Code;
use reqwest::Method;
use std::time::{Duration, Instant};

/// What is tried, and how.
pub struct Trial {
    /// The system, with a good token.
    pub line: Line,
    /// Id of a department that the system knows.
    pub department: String,
    /// How long the agent of the test system may take to repeat a message.
    pub patience: Duration,
    /// Restarts the system, if that is possible.
    pub restart: Option<Restart>,
}

/// Every promise, in the order in which they are tried.
pub const PROMISES: [(&str, &str); 12] = [
    ("token", "A wrong token gets nothing"),
    ("opens", "A conversation begins, and has a name"),
    ("opens-once", "The same conversation sent twice is one"),
    ("unknown", "A name that does not exist is not found"),
    (
        "nonsense",
        "What is no message is refused, and not with 5xx",
    ),
    ("takes", "A chat is taken and answered, in order"),
    (
        "letters",
        "Danish letters, line breaks and emoji come back as they were sent",
    ),
    ("once", "The same message sent twice is there once"),
    (
        "cursor",
        "The same cursor gives the same events, and none but later ones",
    ),
    ("pages", "Two hundred messages are heard whole and in order"),
    ("lasts", "What was acknowledged is there after a restart"),
    ("ends", "It ends, a second time too, and takes nothing more"),
];

enum Stop {
    Broken(String),
    Untried(String),
}

type Case = Result<(), Stop>;

impl From<Trouble> for Stop {
    fn from(trouble: Trouble) -> Stop {
        Stop::Broken(trouble.to_string())
    }
}

fn expect(good: bool, what: impl FnOnce() -> String) -> Case {
    if good {
        Ok(())
    } else {
        Err(Stop::Broken(what()))
    }
}

impl Trial {
    /// Tries every promise, one after the other. `told` hears of each as soon as it is tried.
    pub async fn run(&self, mut told: impl FnMut(&Outcome)) -> Vec<Outcome> {
        let mut all = Vec::new();
        for (name, promise) in PROMISES {
            let verdict = match self.one(name).await {
                Ok(()) => Verdict::Kept,
                Err(Stop::Broken(what)) => Verdict::Broken(what),
                Err(Stop::Untried(why)) => Verdict::Untried(why),
            };
            let outcome = Outcome {
                name,
                promise,
                verdict,
            };
            told(&outcome);
            all.push(outcome);
        }
        all
    }

    async fn one(&self, name: &str) -> Case {
        match name {
            "token" => self.token().await,
            "opens" => self.begin().await.map(|_| ()),
            "opens-once" => self.opens_once().await,
            "unknown" => self.unknown().await,
            "nonsense" => self.nonsense().await,
            "takes" => self.takes().await,
            "letters" => self
                .repeats(&["Æblegrød på Ærø\nto linjer\t😀 <b>&amp;</b> \u{301}"])
                .await
                .map(|_| ()),
            "once" => self.once().await,
            "cursor" => self.cursor().await,
            "pages" => self.pages().await,
            "lasts" => self.lasts().await,
            _ => self.ends().await,
        }
    }

    fn arrival(&self) -> Arrival {
        Arrival {
            conversation: secret::random::<18>(),
            receipt: "4KT8-6JPF".into(),
            kommune: "eksempelby".into(),
            department: self.department.clone(),
            way: "chat".into(),
            about: "pas/pris-paa-pas".into(),
            kle: "23.05.01".into(),
            language: "da".into(),
            said: vec![Utterance {
                who: "citizen".into(),
                text: "Prøve: er der nogen?".into(),
            }],
            contact: None,
        }
    }

    async fn begin(&self) -> Result<String, Stop> {
        Ok(open(&self.line, &self.arrival()).await?.remote)
    }

    async fn say(&self, remote: &str, seq: u64, text: &str) -> Result<Sent, Stop> {
        let sent = Sent {
            id: secret::uuid(),
            seq,
            text: text.to_owned(),
        };
        send(&self.line, remote, &sent).await?;
        Ok(sent)
    }

    async fn token(&self) -> Case {
        let wrong = self.line.with_token("wrong");
        match open(&wrong, &self.arrival()).await {
            Err(Trouble::NotSent("the token is refused")) => Ok(()),
            other => Err(Stop::Broken(format!(
                "a wrong token gets {other:?}, expected 401 or 403"
            ))),
        }
    }

    async fn opens_once(&self) -> Case {
        let arrival = self.arrival();
        let first = open(&self.line, &arrival).await?.remote;
        let again = open(&self.line, &arrival).await?.remote;
        expect(first == again, || format!("first {first}, then {again}"))
    }

    async fn unknown(&self) -> Case {
        match hear(&self.line, "no-such-conversation", "").await {
            Err(Trouble::Refused(Code::NotFound)) => Ok(()),
            other => Err(Stop::Broken(format!("{other:?}, expected 404"))),
        }
    }

    async fn nonsense(&self) -> Case {
        for body in ["", "{", "[]", "{\"conversation\":7}", "null"] {
            let body = Some(body.as_bytes().to_vec());
            let raw = self
                .line
                .raw(Method::POST, "/conversations", Some("x"), body)
                .await?;
            expect((400..500).contains(&raw.status), || {
                format!(
                    "{} for a body that is no conversation, expected 4xx",
                    raw.status
                )
            })?;
        }
        Ok(())
    }

    /// Events since a cursor until one fulfils `enough`.
    async fn until(
        &self,
        remote: &str,
        enough: impl Fn(&[Happened]) -> bool,
    ) -> Result<Vec<Happened>, Stop> {
        let (mut all, mut cursor) = (Vec::new(), String::new());
        let begun = Instant::now();
        loop {
            let heard = hear(&self.line, remote, &cursor).await?;
            all.extend(heard.events);
            cursor = heard.cursor;
            if enough(&all) {
                return Ok(all);
            }
            if begun.elapsed() > self.patience {
                return Err(Stop::Broken(format!(
                    "nothing more is heard after {} s; the test system must have an agent that repeats what it is told",
                    self.patience.as_secs()
                )));
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    async fn takes(&self) -> Case {
        let remote = self.begin().await?;
        let is_message = |e: &Happened| matches!(e, Happened::Message { .. });
        let all = self
            .until(&remote, |all| all.iter().any(is_message))
            .await?;
        let taken = all.iter().position(|e| *e == Happened::Taken);
        let said = all.iter().position(is_message);
        expect(taken.is_some() && taken < said, || {
            format!("{all:?}: `taken` does not come before the first message")
        })
    }

    /// Sends texts and waits until the agent has repeated the last; what it said after its greeting.
    async fn repeats(&self, texts: &[&str]) -> Result<(String, Vec<String>), Stop> {
        let remote = self.begin().await?;
        for (seq, text) in (1..).zip(texts) {
            self.say(&remote, seq, text).await?;
        }
        let said = self
            .said(&remote, texts.last().copied().unwrap_or_default())
            .await?;
        let own: Vec<String> = said
            .into_iter()
            .filter(|text| texts.contains(&text.as_str()))
            .collect();
        expect(own == texts, || {
            format!("{own:?} was repeated, expected {texts:?}")
        })?;
        Ok((remote, own))
    }

    async fn said(&self, remote: &str, last: &str) -> Result<Vec<String>, Stop> {
        let is_last = |e: &Happened| matches!(e, Happened::Message { text, .. } if text == last);
        let all = self.until(remote, |all| all.iter().any(is_last)).await?;
        let texts = all.into_iter().filter_map(|e| match e {
            Happened::Message { text, .. } => Some(text),
            _ => None,
        });
        Ok(texts.collect())
    }

    async fn once(&self) -> Case {
        let remote = self.begin().await?;
        let sent = self.say(&remote, 1, "kun en gang").await?;
        for _ in 0..3 {
            send(&self.line, &remote, &sent).await?;
        }
        self.say(&remote, 2, "bagefter").await?;
        let said = self.said(&remote, "bagefter").await?;
        let times = said.iter().filter(|text| *text == "kun en gang").count();
        expect(times == 1, || format!("it is there {times} times"))
    }

    async fn cursor(&self) -> Case {
        let (remote, _) = self.repeats(&["et", "to"]).await?;
        let all = hear(&self.line, &remote, "").await?;
        let again = hear(&self.line, &remote, "").await?;
        expect(all == again, || {
            "two looks from the beginning differ".into()
        })?;
        let later = hear(&self.line, &remote, &all.cursor).await?;
        expect(later.events.is_empty(), || {
            format!("{:?} comes again", later.events)
        })?;
        self.say(&remote, 3, "tre").await?;
        self.said(&remote, "tre").await?;
        let Heard { events, .. } = hear(&self.line, &remote, &all.cursor).await?;
        let old = events
            .iter()
            .any(|e| all.events.contains(e) && matches!(e, Happened::Message { .. }));
        expect(!old && !events.is_empty(), || {
            format!("{events:?} after a cursor holds what was before it, or nothing")
        })
    }

    async fn pages(&self) -> Case {
        let texts: Vec<String> = (0..200).map(|n| format!("besked {n}")).collect();
        let refs: Vec<&str> = texts.iter().map(String::as_str).collect();
        self.repeats(&refs).await.map(|_| ())
    }

    async fn lasts(&self) -> Case {
        let Some(restart) = &self.restart else {
            return Err(Stop::Untried("no --restart was given".into()));
        };
        let (remote, _) = self.repeats(&["før"]).await?;
        let before = hear(&self.line, &remote, "").await?;
        restart().await.map_err(Stop::Untried)?;
        let after = hear(&self.line, &remote, "").await?;
        expect(before == after, || {
            "events are gone or others after the restart".into()
        })
    }

    async fn ends(&self) -> Case {
        let remote = self.begin().await?;
        end(&self.line, &remote).await?;
        end(&self.line, &remote).await?;
        match self.say(&remote, 1, "for sent").await {
            Err(Stop::Broken(why)) if why.contains("WrongState") => Ok(()),
            Err(Stop::Broken(why)) => Err(Stop::Broken(format!("{why}, expected 409"))),
            Err(untried) => Err(untried),
            Ok(_) => Err(Stop::Broken("a message was taken after the end".into())),
        }
    }
}
