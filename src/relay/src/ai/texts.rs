//! Every sentence of AI help, Danish and English side by side. Plain words, the citizen is "du".

use elements::Phrase;

/// Label of what a model wrote.
#[cfg(target_arch = "wasm32")]
pub(crate) const ANSWER: Phrase = Phrase("AI-svar", "AI answer");

macro_rules! phrases { ($($name:ident = $da:literal, $en:literal;)*) => {
    $( pub(crate) const $name: Phrase = Phrase($da, $en); )*
} }

phrases! {
    LOOKS = "AI-hjælpen leder i kommunens egne tekster …", "The AI help is looking in the municipality's own texts …";
    WHAT = "AI-hjælpen leder i kommunens egne tekster og skriver et svar ud fra dem. En sprogmodel skriver det, så det kan være forkert.",
        "The AI help looks in the municipality's own texts and writes an answer from them. A language model writes it, so it can be wrong.";
    REVIEW = "Se efter. Kun det her bliver sendt:", "Check this. Only this is sent:";
    QUESTION = "Dit spørgsmål", "Your question";
    READER = "#, på vegne af %", "#, on behalf of %";
    HIDDEN = "Det her har jeg skjult i spørgsmålet: #.", "This I have hidden in the question: #.";
    CHOICE = "Dit valg", "Your choice";
    CONSENT = "Når du trykker på “Send og få et AI-svar”, siger du ja til det i denne samtale.",
        "When you press “Send and get an AI answer”, you agree to this in this conversation.";
    SEND = "Send og få et AI-svar", "Send and get an AI answer";
    CANNOT = "Der står et nummer i spørgsmålet, som jeg ikke kan skjule. Derfor kan det ikke sendes. Ret spørgsmålet, eller tal med et menneske.",
        "There is a number in the question that I cannot hide. So it cannot be sent. Change the question, or talk to a person.";
    ASK = "Hvad vil du spørge om? Skriv ikke navn, adresse eller cpr-nummer.", "What do you want to ask? Do not write name, address or CPR number.";
    LONG = "Skriv højst 500 tegn.", "Write at most 500 characters.";
    EMPTY = "Skriv dit spørgsmål.", "Write your question.";
    CHECK = "Svaret er skrevet af AI ud fra kommunens egne tekster og kan være forkert. Se efter her:",
        "The answer is written by AI from the municipality's own texts and can be wrong. Check it here:";
    REST_WITHHELD = "Resten af svaret viser jeg ikke: det står ikke i kommunens tekster.", "I do not show the rest of the answer: it is not in the municipality's texts.";
    WITHHELD = "AI-hjælpen skrev noget, der ikke står i kommunens tekster. Derfor viser jeg det ikke. Se kommunens egne svar, eller tal med et menneske.",
        "The AI help wrote something that is not in the municipality's texts. So I do not show it. See the municipality's own answers, or talk to a person.";
    BROKEN = "Svaret blev afbrudt, så der kan mangle noget.", "The answer was cut short, so something may be missing.";
    AUTHOR = "Skrevet af", "Written by";
    MODEL = "AI (sprogmodellen #)", "AI (the language model #)";
    TIME = "Tidspunkt", "Time";
    LEFT = "Du kan spørge igen", "You can ask again";
    TIMES = "# gange i denne samtale", "# times in this conversation";
    PERSON = "Tal med et menneske", "Talk to a person";
}
