//! Every sentence that the bot says on its own, in Danish and English. Answers are authored in
//! `kb-bundle/`; here stands only what holds a conversation together. `{}` is filled in.

use alloc::string::String;
use bundle::content::Lang;

/// A sentence in both languages.
#[derive(Clone, Copy)]
pub(crate) struct Phrase {
    da: &'static str,
    en: &'static str,
}

impl Phrase {
    /// The sentence.
    pub(crate) fn get(self, lang: Lang) -> &'static str {
        match lang {
            Lang::Da => self.da,
            Lang::En => self.en,
        }
    }

    /// The sentence with `{}` filled in.
    pub(crate) fn with(self, lang: Lang, value: &str) -> String {
        let (before, after) = self.get(lang).split_once('{').unwrap_or_default();
        [before, value, after.trim_start_matches('}')].concat()
    }
}

const fn phrase(da: &'static str, en: &'static str) -> Phrase {
    Phrase { da, en }
}

pub(crate) const WELCOME: Phrase = phrase("Hej! Jeg er {}.", "Hi! I am {}.");
pub(crate) const WELCOME_HOW: Phrase = phrase(
    "Skriv dit spørgsmål med dine egne ord, eller vælg et emne. Skriv ikke cpr-nummer.",
    "Write your question in your own words, or choose a topic. Please do not write your CPR number.",
);
pub(crate) const UNKNOWN_LINK: Phrase = phrase(
    "Det emne har jeg ikke her. Skriv, hvad du leder efter, så finder jeg det.",
    "I do not have that topic here. Write what you are looking for, and I will find it.",
);
pub(crate) const WHICH: Phrase = phrase("Mener du en af disse?", "Do you mean one of these?");
pub(crate) const WHICH_OF_TOPIC: Phrase = phrase(
    "Hvad vil du vide om {}?",
    "What would you like to know about {}?",
);
pub(crate) const WHICH_AGAIN: Phrase =
    phrase("Hvilken af dem mener du?", "Which of them do you mean?");
pub(crate) const NONE_OF_THESE: Phrase = phrase("Ingen af dem", "None of these");
pub(crate) const HUMAN: Phrase = phrase("Tal med et menneske", "Talk to a person");
pub(crate) const MODEL: Phrase = phrase("Prøv med AI-hjælp", "Try AI help");
pub(crate) const ALL_ABOUT: Phrase = phrase("Mere om {}", "More about {}");

pub(crate) const MISS_FIRST: Phrase = phrase(
    "Det ved jeg desværre ikke. Prøv at skrive det med andre ord, for eksempel hvad du vil søge om eller melde.",
    "I am sorry, I do not know that. Try writing it in other words, for example what you want to apply for or report.",
);
pub(crate) const MISS_SECOND: Phrase = phrase(
    "Jeg kan stadig ikke finde et svar, og jeg vil ikke gætte. En medarbejder kan hjælpe dig.",
    "I still cannot find an answer, and I do not want to guess. A member of staff can help you.",
);
pub(crate) const MISS_LATER: Phrase = phrase(
    "Det kan jeg heller ikke svare på. Ring til os, eller vælg et af de emner, jeg kender.",
    "I cannot answer that either. Call us, or choose one of the topics I know.",
);
pub(crate) const NONE_FITS: Phrase = phrase(
    "Okay. Skriv det med andre ord, så prøver jeg igen. Du kan også tale med en medarbejder.",
    "Okay. Write it in other words, and I will try again. You can also talk to a member of staff.",
);
pub(crate) const CALL: Phrase = phrase("Ring til os på {}.", "Call us on {}.");
pub(crate) const CALL_BUTTON: Phrase = phrase("Ring {}", "Call {}");
pub(crate) const PHONE_HOURS: Phrase = phrase("Telefontid", "Telephone hours");
pub(crate) const GO_TO_SITE: Phrase = phrase("Gå til {}", "Go to {}");
pub(crate) const CONTACT: Phrase = phrase(
    "Se kontakt og åbningstider",
    "See contact and opening hours",
);
pub(crate) const NO_LIVE_CHAT: Phrase = phrase(
    "Jeg er en robot, og her er ikke chat med en medarbejder endnu.",
    "I am a robot, and there is no live chat with staff here yet.",
);

pub(crate) const ELSEWHERE_BEFORE: Phrase = phrase(
    "Du nævner {}. Jeg svarer kun for ",
    "You mention {}. I only answer for ",
);
pub(crate) const ELSEWHERE_SEE: Phrase = phrase(". Se ", ". See ");
pub(crate) const ELSEWHERE_HERE: Phrase = phrase(". Her gælder:", ". This is what applies here:");
pub(crate) const MOVING_BEFORE: Phrase = phrase("{} har sin egen side: ", "{} has its own site: ");
pub(crate) const ONLY_DANISH: Phrase = phrase(
    "Svaret findes kun på dansk.",
    "This answer is only available in Danish.",
);
pub(crate) const IN_SHORT: Phrase = phrase("Helt kort:", "In short:");
pub(crate) const NOT_NOW: Phrase = phrase(
    "Det kan man ikke lige nu. Skriv, hvad du leder efter, så ser jeg, hvad der gælder.",
    "That is not possible right now. Write what you are looking for, and I will see what applies.",
);
pub(crate) const SPEAKS: Phrase =
    phrase("Jeg svarer på dansk nu.", "I will answer in English now.");
pub(crate) const RATED_NO: Phrase = phrase(
    "Tak, fordi du siger det. Prøv at skrive det med andre ord, eller tal med en medarbejder.",
    "Thank you for telling me. Try writing it in other words, or talk to a member of staff.",
);
pub(crate) const DANGER: Phrase = phrase(
    "Ring 112 nu, hvis nogen er i fare.",
    "Call 112 now if someone is in danger.",
);
pub(crate) const DANGER_CALL: Phrase = phrase("Ring 112", "Call 112");
