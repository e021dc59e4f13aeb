//! What a language model may be shown, and which of its sentences a citizen may see.
//!
//! A model is a last resort and never believed: the best passages of the kommune's own answers go into the prompt ([`prompt`]), and
//! what comes back is taken apart into sentences ([`Reader`]), each of which must name a passage that exists, say no number,
//! date, phone or address that is not in it, and share its words ([`verify`]). What does not is withheld with a [`Reason`]. Questions
//! that no model may answer are met by authored texts before one is asked ([`refusal`]).
//!
//! Pure: no network, clock or chance. Tells that a sentence stands in a passage, not that it answers the question.
#![forbid(unsafe_code)]

mod answer;
mod cite;
mod facts;
mod find;
mod passage;
mod place;
mod prompt;
mod refuse;
mod sentences;
mod suspect;
mod verify;
mod words;

pub use answer::{Reader, SENTENCES_MOST, Step};
pub use facts::{Fact, Unit, facts};
pub use find::{PASSAGES_MOST, find, knows};
pub use passage::{Kind, Passage, Passages};
pub use place::{Hosts, host_of};
pub use prompt::{Message, PROMPT_VERSION, Role, prompt, tokens_most};
pub use refuse::{Refusal, refusal, unknown};
pub use sentences::Sentences;
pub use suspect::is_suspect;
pub use verify::{Part, Reason, Sentence, Verdict, verify};
