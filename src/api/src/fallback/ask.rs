//! One question from its arrival to its last event. It runs in a task of its own, so that what was used is counted even when the citizen has
//! gone; a citizen who goes ends the model's work, too.

use super::provider::{Failure, Usage};
use super::{Fallback, Help, terms};
use crate::desk::Desk;
use crate::fault::Fault;
use crate::http::is_uuid;
use crate::secret;
use crate::store::StoreError;
use crate::store::fallback::{Ended, Worst};
use crate::tenant::Site;
use booking::instant_text;
use bundle::Knowledge;
use bundle::content::Lang;
use grounding::{Message, PROMPT_VERSION, Passages, Reader, Refusal, Step, find, prompt, refusal};
use protocol::fallback::{
    AskRequest, Degraded, Finished, Lack, QUESTION_MOST, Refused, Said, SaidPart, Source, Sources,
    Terms, Withheld, lack_text,
};
use protocol::{Code, Language};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::mpsc::{Receiver, Sender, channel};

/// A second try must have at least this long.
const LEAST: Duration = Duration::from_secs(3);
/// Events that wait for a slow reader.
const WAITING: usize = 32;
/// One event of an answer.
#[derive(Clone, Debug, PartialEq)]
pub enum Out {
    /// What an answer will stand on.
    Sources(Sources),
    /// A sentence that may be shown.
    Sentence(Said),
    /// Something may not.
    Withheld(Withheld),
    /// An authored text.
    Refused(Refused),
    /// No answer now.
    Degraded(Degraded),
    /// The end.
    Done(Finished),
}

/// How the work at a model ended.
enum Outcome {
    Read(Ended),
    Failed(Lack),
    /// The citizen is gone.
    Gone,
}

/// What is being worked on.
pub(super) struct Work {
    pub(super) desk: Desk,
    fallback: Fallback,
    pub(super) help: Arc<Help>,
    pub(super) site: Arc<Site>,
    question: String,
    lang: Lang,
    pub(super) talk: String,
    pub(super) day: String,
    out: Sender<Out>,
    /// Sentences that were sent.
    shown: usize,
    pub(super) turns_left: u32,
    pub(super) set_aside: Worst,
    pub(super) used: Usage,
    outcome: &'static str,
}

impl Fallback {
    /// What holds at a kommune.
    pub fn terms(&self, site: &Site) -> Terms {
        match self.of(&site.tenant) {
            Some(help) if !help.is_off() => help.terms(site),
            _ => terms::off(),
        }
    }

    /// Takes a question. Its events come from the receiver; when that goes, the work ends.
    ///
    /// # Errors
    /// AI help is off, consent was given to another text, or the question cannot be taken.
    pub fn ask(
        &self,
        desk: &Desk,
        site: Arc<Site>,
        request: &AskRequest,
    ) -> Result<Receiver<Out>, Fault> {
        let off = Fault::No(Code::Closed, "AI help is off here");
        let Some(help) = self.of(&site.tenant).filter(|help| !help.is_off()) else {
            return Err(off);
        };
        if request.consent != help.privacy(&site).version {
            return Err(Fault::No(
                Code::PrivacyChanged,
                "consent was given to another text; show the one in force and ask again",
            ));
        }
        if !is_uuid(&request.conversation) {
            return Err(Fault::No(Code::Invalid, "conversation: a UUID"));
        }
        let question = masked(&request.question)?;
        let now_ms = desk.clock.now_ms();
        let (out, events) = channel(WAITING);
        let conversation = request.conversation.to_ascii_lowercase();
        let work = Work {
            fallback: self.clone(),
            talk: secret::keyed(
                &desk.key(),
                &[
                    b"fallback",
                    site.tenant.slug().as_bytes(),
                    conversation.as_bytes(),
                ],
            ),
            day: hours::copenhagen(now_ms).date.to_string(),
            turns_left: help.config.turns_per_conversation,
            desk: desk.clone(),
            help,
            site,
            question,
            lang: match request.language {
                Language::Da => Lang::Da,
                Language::En => Lang::En,
            },
            out,
            shown: 0,
            set_aside: Worst::default(),
            used: Usage::default(),
            outcome: "answered",
        };
        tokio::spawn(work.run());
        Ok(events)
    }

    /// Forgets conversations that began more than a day ago.
    ///
    /// # Errors
    /// The database refuses.
    pub async fn tidy(&self, desk: &Desk, site: &Site) -> Result<(), StoreError> {
        let mut tx = desk.store.write(&site.tenant).await?;
        tx.forget_fallback_talks(desk.clock.now_ms() - 24 * 3_600_000)
            .await?;
        tx.commit().await
    }
}

/// The question without what says who somebody is. The browser has masked it; what is found here is masked, too, and a CPR number that
/// is still there stops everything.
fn masked(question: &str) -> Result<String, Fault> {
    let length = question.chars().count();
    if question.trim().is_empty() || length > QUESTION_MOST {
        return Err(Fault::No(Code::Invalid, "question: 1 to 500 characters"));
    }
    let plain: String = question
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    let masked = privacy::mask(&plain);
    let folded = text::fold(&masked);
    if !privacy::find_cpr(&masked).is_empty() || !privacy::find_cpr(&folded).is_empty() {
        return Err(Fault::No(
            Code::CprRefused,
            "a CPR number is in the question",
        ));
    }
    Ok(masked)
}

impl Work {
    async fn run(mut self) {
        let begun = Instant::now();
        let ended = self.answer().await;
        if let Some(ended) = ended {
            if let Err(e) = self.settle(ended).await {
                tracing::error!(error = %e, kommune = self.site.tenant.slug(), "what AI help has used could not be written down");
            }
            self.fallback.count(&self.site, self.outcome);
            let c = &self.help.config;
            tracing::info!(
                kommune = self.site.tenant.slug(),
                model = c.model,
                temperature = c.temperature,
                prompt = PROMPT_VERSION,
                outcome = self.outcome,
                sentences = self.shown,
                tokens_in = self.used.tokens_in,
                tokens_out = self.used.tokens_out,
                ms = begun.elapsed().as_millis() as u64,
                "AI help answered"
            );
        }
        let done = Finished {
            ai_generated: self.shown > 0,
            model: self.help.config.model.clone(),
            prompt: PROMPT_VERSION.into(),
            at: instant_text(self.desk.clock.now_ms()),
            turns_left: self.turns_left,
        };
        self.say(Out::Done(done)).await;
    }

    /// Everything before the last event; `None` when the database could not even say whether to ask.
    async fn answer(&mut self) -> Option<Ended> {
        let knowledge = self.help.shelf.knowledge();
        if let Some((kind, text)) = self.refused(&knowledge) {
            return Some(self.refuse(kind, text).await);
        }
        let now_ms = self.desk.clock.now_ms();
        let found = find(&knowledge, &self.question, self.lang, now_ms);
        // A sentence is held against text of its own language.
        let lang = self.lang;
        let own = found.into_iter().filter(|p| p.lang == lang);
        let shown = own.take(self.help.config.passages as usize);
        let words = Arc::clone(&knowledge);
        let passages = Passages::new(shown, &self.help.hosts)
            .knowing(move |stem| grounding::knows(&words, stem));
        self.say(Out::Sources(sources(&passages))).await;
        if passages.is_empty() {
            return Some(
                self.refuse(Refusal::Unknown.name(), Refusal::Unknown.text(lang).into())
                    .await,
            );
        }
        let messages = prompt(&knowledge.core().meta.name, &self.question, &passages, lang);
        match self.reserve(&messages).await {
            Ok(None) => {}
            Ok(Some(lack)) => return Some(self.lack(lack).await),
            Err(e) => {
                tracing::error!(error = %e, kommune = self.site.tenant.slug(), "AI help could not look at its budget");
                self.lack(Lack::Provider).await;
                return None;
            }
        }
        let outcome = self.read(&messages, &passages).await;
        Some(match outcome {
            Outcome::Read(ended) => ended,
            Outcome::Failed(lack) => self.lack(lack).await,
            Outcome::Gone => {
                self.outcome = "gone";
                Ended::Degraded
            }
        })
    }

    /// An authored text, where no model may be asked.
    fn refused(&self, knowledge: &Knowledge) -> Option<(&'static str, String)> {
        let danger = dialog::crisis::find(&knowledge.core().crisis, &self.question)
            .map(|_| Refusal::Emergency);
        let kind = danger.or_else(|| refusal(&self.question))?;
        Some((kind.name(), kind.text(self.lang).to_owned()))
    }

    /// Asks, and once more when nothing was shown and a second try can help.
    async fn read(&mut self, messages: &[Message], passages: &Passages) -> Outcome {
        let last_by = Instant::now() + self.help.config.total();
        let name = self.site.tenant.slug().to_owned();
        let Ok(_seat) = Arc::clone(&self.help.seats).try_acquire_owned() else {
            return Outcome::Failed(Lack::Provider);
        };
        for attempt in 0..2 {
            if !self.fallback.inner.breaker.may(&name, Instant::now()) {
                return Outcome::Failed(Lack::Provider);
            }
            let done = self.once(messages, passages, last_by).await;
            let good = !matches!(
                done,
                Err(Failure::Connection
                    | Failure::Slow
                    | Failure::Garbage
                    | Failure::Broken
                    | Failure::Status(_))
            );
            if self
                .fallback
                .inner
                .breaker
                .told(&name, good, Instant::now())
            {
                tracing::warn!(
                    kommune = name,
                    "AI help pauses: the model has failed five times"
                );
            }
            let failure = match done {
                Ok(outcome) => return outcome,
                Err(failure) => failure,
            };
            tracing::warn!(kommune = name, reason = %failure, attempt, "the model did not answer");
            let late = Instant::now() + LEAST > last_by;
            if attempt > 0 || self.shown > 0 || late || !failure.may_pass() || self.out.is_closed()
            {
                break;
            }
            tokio::time::sleep(Duration::from_millis(100 + secret::random_number() % 300)).await;
            if !matches!(self.reserve_again(messages).await, Ok(true)) {
                break;
            }
        }
        Outcome::Failed(Lack::Provider)
    }

    /// One try.
    async fn once(
        &mut self,
        messages: &[Message],
        passages: &Passages,
        last_by: Instant,
    ) -> Result<Outcome, Failure> {
        let help = Arc::clone(&self.help);
        let first_by = (Instant::now() + help.config.first()).min(last_by);
        let asked = help
            .provider
            .ask(messages, help.config.max_tokens, first_by, last_by)
            .await;
        let mut answer = asked.inspect_err(|e| self.failed_before(messages, *e))?;
        let mut reader = Reader::new(passages.clone(), help.hosts.clone(), self.lang);
        let mut said = 0_u64;
        let outcome = loop {
            let piece = match answer.next().await {
                Ok(piece) => piece,
                Err(e) => {
                    self.use_up(answer.usage, messages, said);
                    return Err(e);
                }
            };
            if help.is_off() {
                break Outcome::Failed(Lack::Off);
            }
            let steps = match &piece {
                Some(text) => {
                    said += text.len() as u64;
                    reader.push(text)
                }
                None => reader.end(answer.cut),
            };
            if let Some(outcome) = self.tell(steps).await {
                break outcome;
            }
            if piece.is_none() || reader.is_over() {
                break Outcome::Read(Ended::Answered);
            }
            if self.out.is_closed() {
                break Outcome::Gone;
            }
        };
        self.use_up(answer.usage, messages, said);
        Ok(outcome)
    }

    /// Sends what the reader let through. An outcome ends the answer.
    async fn tell(&mut self, steps: Vec<Step>) -> Option<Outcome> {
        for step in steps {
            match step {
                Step::Sentence(sentence) => {
                    self.shown += 1;
                    let part = |part: grounding::Part| SaidPart {
                        text: part.text,
                        url: Some(part.url).filter(|url| !url.is_empty()),
                    };
                    let said = Said {
                        parts: sentence.parts.into_iter().map(part).collect(),
                        sources: sentence.passages,
                    };
                    if !self.say(Out::Sentence(said)).await {
                        return Some(Outcome::Gone);
                    }
                }
                Step::Withheld(reason) => {
                    self.outcome = "withheld";
                    tracing::info!(
                        kommune = self.site.tenant.slug(),
                        reason = reason.name(),
                        "a sentence was withheld"
                    );
                    let withheld = Withheld {
                        reason: reason.name().into(),
                        shown: self.shown as u32,
                    };
                    self.say(Out::Withheld(withheld)).await;
                    return Some(Outcome::Read(Ended::Withheld));
                }
                Step::Nothing => {
                    let text = Refusal::Unknown.text(self.lang).to_owned();
                    return Some(Outcome::Read(
                        self.refuse(Refusal::Unknown.name(), text).await,
                    ));
                }
            }
        }
        None
    }

    async fn refuse(&mut self, kind: &str, text: String) -> Ended {
        self.outcome = "refused";
        let kind = kind.to_owned();
        self.say(Out::Refused(Refused { kind, text })).await;
        Ended::Refused
    }

    async fn lack(&mut self, kind: Lack) -> Ended {
        self.outcome = match kind {
            Lack::Budget => "budget",
            Lack::Turns => "turns",
            Lack::Off => "off",
            Lack::Provider | Lack::Other => "failed",
        };
        let text = lack_text(kind);
        let text = match self.lang {
            Lang::Da => text.da,
            Lang::En => text.en.unwrap_or(text.da),
        };
        self.say(Out::Degraded(Degraded { kind, text })).await;
        Ended::Degraded
    }

    /// False when nobody listens any more.
    async fn say(&self, out: Out) -> bool {
        self.out.send(out).await.is_ok()
    }
}

fn sources(passages: &Passages) -> Sources {
    let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    let source = |(id, passage): (u8, &grounding::Passage)| Source {
        id,
        title: passage.title.clone(),
        intent: some(&passage.intent),
        url: some(&passage.url),
    };
    Sources {
        sources: passages.iter().map(source).collect(),
    }
}
