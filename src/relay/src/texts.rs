//! Every sentence of talking with a person, Danish and English side by side. Plain words, the citizen is "du".

use bundle::content::Lang;
use elements::Phrase;
use protocol::Text;

/// A text of the kommune in the language spoken; Danish where there is no English.
pub(crate) fn of(text: &Text, lang: Lang) -> &str {
    match (lang, &text.en) {
        (Lang::En, Some(english)) => english,
        _ => &text.da,
    }
}

macro_rules! phrases { ($($name:ident = $da:literal, $en:literal;)*) => {
    $( pub(crate) const $name: Phrase = Phrase($da, $en); )*
} }

phrases! {
    LOOKING = "Et øjeblik. Jeg ser, om der er en medarbejder …", "One moment. I am looking for a member of staff …";
    MOMENT = "Et øjeblik …", "One moment …";
    SENDING = "Sender …", "Sending …";
    OPEN = "# har åbent, og der er en medarbejder ved chatten.", "# is open, and a member of staff is at the chat.";
    CLOSES = "Chatten lukker #.", "The chat closes #.";
    NOBODY = "# har åbent, men der er ingen medarbejder ved chatten lige nu.",
        "# is open, but no member of staff is at the chat right now.";
    SHUT = "Chatten med # er lukket nu.", "The chat with # is closed now.";
    OPENS = "Den åbner #.", "It opens #.";
    ALONE = "Der er ingen i kø foran dig.", "Nobody is ahead of you in the queue.";
    ONE_AHEAD = "Der er 1 i kø foran dig.", "There is 1 ahead of you in the queue.";
    AHEAD = "Der er # i kø foran dig.", "There are # ahead of you in the queue.";
    ESTIMATE = "Ventetiden er omkring # min. lige nu.", "The wait is about # min. right now.";
    NOTHING_YET = "Der bliver ikke sendt noget, før du har set det og trykket på “Send til kommunen”.",
        "Nothing is sent before you have seen it and pressed “Send to the municipality”.";
    VISIT = "Du kan også komme forbi: #.", "You can also come by: #.";
    CHAT = "Skriv med en medarbejder", "Chat with a member of staff";
    QUEUE = "Vent på en medarbejder", "Wait for a member of staff";
    MESSAGE = "Læg en besked, og få svar senere", "Leave a message and get an answer later";
    CALLBACK = "Bliv ringet op", "Be called back";
    OTHERS = "Det er et andet område", "It is about something else";
    WHICH = "Hvem skal svare dig?", "Who should answer you?";
    HAVE_CODE = "Jeg har en kode", "I have a code";
    STOP = "Fortryd", "Cancel";
    STOPPED = "Helt i orden. Der er ikke sendt noget.", "All right. Nothing has been sent.";
    LET_BE = "Helt i orden. Jeg venter ikke på svaret.", "All right. I am not waiting for the answer.";
    BACK = "Tilbage", "Back";
    ON = "Videre", "Continue";
    CALL = "Ring #", "Call #";
    SAY_CHAT = "Skriv kort, hvad det handler om. Du behøver ikke skrive, hvem du er.",
        "Write briefly what it is about. You need not write who you are.";
    SAY_MESSAGE = "Skriv din besked, og hvordan du vil have svar.", "Write your message, and how you want the answer.";
    SAY_CALLBACK = "Skriv, hvad det handler om, og hvem der skal ringes til.", "Write what it is about, and who should be called.";
    SAY_LEAVE = "Så venter du ikke længere. Skriv, hvordan du vil have svar på det, du har skrevet.",
        "Then you wait no longer. Write how you want the answer to what you have written.";
    TEXT = "Hvad handler det om?", "What is it about?";
    NAME = "Dit navn", "Your name";
    PHONE = "Telefonnummer", "Phone number";
    EMAIL = "E-mail", "E-mail";
    WHEN = "Hvornår passer det?", "When does it suit you?";
    OPTIONAL = "# (hvis du vil)", "# (optional)";
    ALONG = "Send samtalen med den automatiske assistent med", "Send the conversation with the automated assistant along";
    ALONG_SEE = "Se den samtale, der sendes med", "See the conversation that is sent along";
    YOU = "Du", "You";
    BOT = "Automatisk svar", "Automated answer";
    NO_TEXT = "Skriv, hvad det handler om.", "Write what it is about.";
    TOO_LONG = "Skriv højst 4000 tegn.", "Write at most 4000 characters.";
    NO_NAME = "Skriv dit navn.", "Enter your name.";
    NO_PHONE = "Skriv et telefonnummer med mindst 8 cifre, fx 12 34 56 78.",
        "Enter a phone number with at least 8 digits, for example 12 34 56 78.";
    NO_EMAIL = "Skriv en e-mailadresse, fx navn@eksempel.dk.", "Enter an e-mail address, for example name@example.com.";
    ONE_OF_TWO = "Skriv telefonnummer eller e-mail, så du kan få svar.", "Give a phone number or an e-mail, so that you can be answered.";
    LOOKS_LIKE_CPR = "Det ligner et cpr-nummer. Det skal ikke stå her.", "This looks like a CPR number. It does not belong here.";
    REVIEW = "Se efter. Det her bliver sendt til #:", "Check this. It will be sent to #:";
    HIDDEN = "Det, der ligner personlige oplysninger, har jeg skjult.", "What looks like personal details I have hidden.";
    SAYS = "Du skriver", "You write";
    WITH = "Samtalen", "The conversation";
    WITH_YES = "sendes med (# indlæg)", "is sent along (# entries)";
    WITH_NO = "sendes ikke med", "is not sent along";
    SHOWN = "Se præcis, hvad der bliver sendt", "See exactly what is sent";
    READER = "Hvem får det", "Who gets it";
    PURPOSE = "Hvorfor", "Why";
    RETENTION = "Hvor længe", "How long";
    PRIVACY = "Sådan passer kommunen på dine oplysninger", "How the municipality handles your data";
    SEND = "Send til kommunen", "Send to the municipality";
    EDIT = "Ret", "Change";
    LOST_GET = "Jeg kan ikke få forbindelse lige nu. Der er ikke sendt noget.", "I cannot get a connection right now. Nothing has been sent.";
    LOST_POST = "Jeg fik ikke svar. Jeg ved ikke, om det nåede frem. Tryk på “Prøv igen”: det kommer ikke frem to gange.",
        "I got no answer. I do not know whether it got through. Press “Try again”: it will not arrive twice.";
    DOUBT = "Sidst fik jeg ikke svar, da du sendte. Jeg ved ikke, om det nåede frem. Ring, eller send igen.",
        "Last time I got no answer when you sent. I do not know whether it got through. Call, or send again.";
    AGAIN = "Prøv igen", "Try again";
    REFUSED = "Det kunne ikke lade sig gøre her. Ring til kommunen.", "This could not be done here. Call the municipality.";
    CHANGED = "Det har ændret sig, siden du begyndte. Her er, hvordan det er nu.", "This has changed since you began. This is how it is now.";
    TOO_MANY = "Der er skrevet for meget herfra lige nu. Vent lidt, og prøv igen.", "Too much has been written from here just now. Wait a little and try again.";
    STARTED = "Din henvendelse er nået frem til #. Bliv her: svaret kommer her i chatten.",
        "Your request has reached #. Stay here: the answer comes here in the chat.";
    LEFT = "Din besked er nået frem til #.", "Your message has reached #.";
    ANSWER_AT = "Du får svar på #.", "You get the answer at #.";
    CALLED_AT = "Du bliver ringet op på #.", "You will be called at #.";
    RECEIPT = "Kvittering", "Receipt";
    CODE = "Kode", "Code";
    CODE_WHY = "Skriv koden ned. Med den kan du komme tilbage til samtalen det næste døgn, hvis siden lukker. Den vises kun nu.",
        "Note the code. With it you can come back to the conversation for the next 24 hours if the page closes. It is shown only now.";
    ENTER_CODE = "Skriv koden fra sidst.", "Enter the code from last time.";
    NO_CODE = "Skriv koden.", "Enter the code.";
    CODE_WRONG = "Koden passer ikke, eller den er for gammel.", "The code is not right, or too old.";
    RETURNED = "Du er tilbage i samtalen med #.", "You are back in the conversation with #.";
    BEFORE = "Du er allerede i gang med at skrive med #.", "You are already writing with #.";
    WAITING_LINE = "Du venter på en medarbejder hos #. Det, du skriver her, sendes dertil.",
        "You are waiting for a member of staff at #. What you write here is sent there.";
    ACTIVE_LINE = "Du skriver med en medarbejder hos #. Det, du skriver her, sendes dertil.",
        "You are writing with a member of staff at #. What you write here is sent there.";
    END = "Afslut", "End";
    END_SURE = "Vil du afslutte samtalen med medarbejderen?", "Do you want to end the conversation with the member of staff?";
    END_YES = "Ja, afslut", "Yes, end it";
    STAY = "Nej, bliv her", "No, stay";
    STAYED = "Helt i orden. Samtalen fortsætter.", "All right. The conversation goes on.";
    NEXT = "Du er den næste i køen.", "You are next in the queue.";
    NOT_THERE = "Der er ingen medarbejder ved chatten lige nu. Du beholder din plads.",
        "No member of staff is at the chat right now. You keep your place.";
    OPENS_AGAIN = "Chatten er lukket nu. Den åbner #. Du beholder din plads.", "The chat is closed now. It opens #. You keep your place.";
    LEAVE = "Læg en besked i stedet", "Leave a message instead";
    STAFF = "Medarbejder", "Member of staff";
    TAKEN = "Du skriver nu med en medarbejder hos #.", "You are now writing with a member of staff at #.";
    TAKEN_BY = "Du skriver nu med %, medarbejder hos #.", "You are now writing with %, member of staff at #.";
    STAFF_AWAY = "Medarbejderen har mistet forbindelsen. Du er tilbage i køen.",
        "The member of staff has lost the connection. You are back in the queue.";
    GIVEN_BACK = "Medarbejderen har givet samtalen videre. Du er tilbage i køen.", "The member of staff has passed the conversation on. You are back in the queue.";
    TRANSFERRED = "Du er sendt videre til #. Det, du har skrevet, følger med.", "You have been passed on to #. What you have written goes along.";
    CORRECTION = "Rettelse", "Correction";
    CLOSED = "Medarbejderen har afsluttet samtalen. Samtalen er slut. Det, du skriver nu, går igen til den automatiske assistent.",
        "The member of staff has ended the conversation. The conversation is over. What you write now goes to the automated assistant again.";
    CLOSED_SELF = "Du har afsluttet samtalen. Samtalen er slut. Det, du skriver nu, går igen til den automatiske assistent.",
        "You have ended the conversation. The conversation is over. What you write now goes to the automated assistant again.";
    KEEP_IT = "Du kan hente en udskrift i menuen.", "You can download a transcript in the menu.";
    GONE = "Samtalen findes ikke længere.", "The conversation no longer exists.";
    TYPES = "Medarbejderen skriver …", "The member of staff is writing …";
    OFFLINE = "Forbindelsen er væk. Jeg prøver igen.", "The connection is lost. I am trying again.";
    UNSENT = "Beskeden er ikke sendt.", "The message has not been sent.";
    TOO_LATE = "Samtalen er slut, så beskeden er ikke sendt.", "The conversation is over, so the message has not been sent.";
}
