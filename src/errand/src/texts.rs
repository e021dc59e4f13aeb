//! Every sentence of the booking, Danish and English side by side. Plain words, the citizen is "du".

pub(crate) use elements::Phrase;

macro_rules! phrases { ($($name:ident = $da:literal, $en:literal;)*) => {
    $( pub(crate) const $name: Phrase = Phrase($da, $en); )*
} }

phrases! {
    WAIT = "Et øjeblik. Jeg spørger kommunen …", "One moment. I am asking the municipality …";
    SENDING = "Sender …", "Sending …";
    INTRO = "Her i chatten kan du bestille tid. Du sender intet om dig selv, før du trykker på “Send og bestil”.",
        "You can book an appointment here in the chat. Nothing about you is sent until you press “Send and book”.";
    WHICH_SERVICE = "Hvad skal du have tid til?", "What do you need an appointment for?";
    WHICH_PLACE = "Hvor vil du komme hen?", "Where would you like to come?";
    ANY_PLACE = "Lige meget, bare hurtigst muligt", "Anywhere, as soon as possible";
    HOW_MANY = "Hvor mange skal have #?", "How many people need #?";
    ONE_PERSON = "1 person", "1 person";
    PERSONS = "# personer", "# persons";
    TOO_MANY = "Du kan højst bestille tid til # ad gangen her.",
        "You can book for at most # at a time here.";
    SLOTS = "Her er de første ledige tider.", "Here are the first available times.";
    SLOTS_MATCH = "Her er ledige tider #.", "Here are available times #.";
    SLOTS_NONE_MATCH = "Der er ingen ledige tider #. Her er de nærmeste.", "There are no available times #. Here are the nearest.";
    SLOTS_NONE = "Der er ingen ledige tider lige nu. Ring til kommunen.",
        "There are no available times right now. Call the municipality.";
    SLOTS_HINT = "Du kan også skrive, hvornår det passer dig, fx “fredag efter 14”.",
        "You can also write what suits you, for example “Friday after 14”.";
    TAKEN = "Øv, # blev lige taget af en anden. Her er de nærmeste ledige tider.",
        "Sorry, # was just taken by someone else. Here are the nearest available times.";
    MORE_THAT_DAY = "Alle tider den dag", "All times that day";
    MORNING = "Formiddag", "Morning";
    AFTERNOON = "Eftermiddag", "Afternoon";
    LATER = "Senere tider", "Later times";
    FROM_START = "De første tider", "The first times";
    CALENDAR = "Kalender", "Calendar";
    CALENDAR_SAYS = "Vælg en dag.", "Choose a day.";
    PREVIOUS_MONTH = "Forrige måned", "Previous month";
    NEXT_MONTH = "Næste måned", "Next month";
    OTHER_PLACE = "Et andet sted", "Another place";
    BACK = "Tilbage", "Back";
    STOP = "Fortryd", "Cancel";
    STOPPED = "Helt i orden. Der er ikke bestilt nogen tid.", "All right. Nothing has been booked.";
    AGAIN_LATER = "Bestil tid", "Book an appointment";
    HELD = "Jeg holder # til dig, indtil kl. %.", "I am holding # for you until %.";
    DETAILS = "Hvem kommer?", "Who is coming?";
    NAME = "Dit navn", "Your name";
    PHONE = "Telefonnummer", "Phone number";
    EMAIL = "E-mail", "E-mail";
    CPR = "Cpr-nummer", "CPR number";
    OPTIONAL = "# (hvis du vil)", "# (optional)";
    ONE_OF_TWO = "Skriv telefonnummer eller e-mail, så du kan få besked om tiden.",
        "Give a phone number or an e-mail, so that you can get word about the appointment.";
    NO_NAME = "Skriv dit navn.", "Enter your name.";
    NO_PHONE = "Skriv et telefonnummer med mindst 8 cifre, fx 12 34 56 78.", "Enter a phone number with at least 8 digits, for example 12 34 56 78.";
    NO_EMAIL = "Skriv en e-mailadresse, fx navn@eksempel.dk.", "Enter an e-mail address, for example name@example.com.";
    NO_CPR = "Skriv 10 cifre.", "Enter 10 digits.";
    LOOKS_LIKE_CPR = "Det ligner et cpr-nummer. Det skal ikke stå her.", "This looks like a CPR number. It does not belong here.";
    ON = "Videre", "Continue";
    NOT_SENT_YET = "Der bliver ikke sendt noget endnu.", "Nothing is sent yet.";
    CODE_ASK = "Før tiden er din, får du en kode på #.",
        "Before the time is yours, you get a code at #.";
    CODE_SEND = "Send mig en kode", "Send me a code";
    CODE_SENT = "Koden er på vej til #. Skriv den her.", "The code is on its way to #. Enter it here.";
    CODE = "Kode", "Code";
    NO_CODE = "Skriv koden.", "Enter the code.";
    CODE_WRONG = "Koden passer ikke. Se efter, eller få en ny.", "The code is not right. Check it, or get a new one.";
    CODE_ANEW = "Send en ny kode", "Send a new code";
    REVIEW = "Se efter, om det er rigtigt. Det her bliver sendt til kommunen:", "Check that it is right. This will be sent to the municipality:";
    REVIEW_SHOWN = "Se præcis, hvad der bliver sendt", "See exactly what is sent";
    PRIVACY = "Sådan passer kommunen på dine oplysninger", "How the municipality handles your data";
    CONTROLLER = "Ansvarlig", "Controller";
    PURPOSE = "Formål", "Purpose";
    RETENTION = "Gemmes", "Kept";
    SEND = "Send og bestil", "Send and book";
    EDIT = "Ret oplysninger", "Change details";
    SERVICE = "Ærinde", "Errand";
    PLACE = "Sted", "Place";
    TIME = "Tid", "Time";
    HOW_MANY_ROW = "Personer", "Persons";
    LOST_GET = "Jeg kan ikke få forbindelse lige nu. Der er ikke sendt noget.", "I cannot get a connection right now. Nothing has been sent.";
    LOST_POST = "Jeg fik ikke svar. Jeg ved ikke, om det lykkedes. Tryk på “Prøv igen”: du får ikke to tider.",
        "I got no answer. I do not know whether it worked. Press “Try again”: you will not get two appointments.";
    AGAIN = "Prøv igen", "Try again";
    REFUSED = "Det kunne ikke lade sig gøre her. Ring til kommunen, eller brug deres egen side.",
        "This could not be done here. Call the municipality, or use its own page.";
    OWN_PAGE = "Kommunens side til tidsbestilling", "The municipality's booking page";
    EXPIRED = "Tiden # er ikke længere holdt til dig. Der er ikke bestilt noget.", "# is no longer held for you. Nothing has been booked.";
    SAME_TIME = "Prøv samme tid igen", "Try the same time again";
    SEE_TIMES = "Se ledige tider", "See available times";
    WARN = "Om 1 minut holder jeg ikke længere tiden til dig.", "In 1 minute the time is no longer held for you.";
    MORE_TIME = "Giv mig mere tid", "Give me more time";
    EXTENDED = "Du har fået mere tid. Jeg holder tiden indtil kl. #.", "You have more time. I am holding it until #.";
    LAST = "Tiden kan ikke holdes længere end til kl. #.", "The time cannot be held beyond #.";
    BAR = "Tiden holdes til kl. #", "Held until #";
    PRIVACY_CHANGED = "Kommunen har ændret teksten om dine oplysninger. Læs den, og send igen.",
        "The municipality has changed its text about your data. Read it, and send again.";
    TOO_MANY_BOOKINGS = "Du har allerede så mange tider, som du kan have. Aflys en af dem, eller ring.",
        "You already have as many appointments as you can have. Cancel one, or call.";
    KEY_REUSED = "Din bestilling nåede frem første gang. Se din e-mail eller sms.",
        "Your booking got through the first time. See your e-mail or text message.";
    DOUBT = "Sidst fik jeg ikke svar på din bestilling. Jeg ved ikke, om den nåede frem. Se din e-mail eller sms, eller skriv de samme oplysninger igen.",
        "Last time I got no answer to your booking. I do not know whether it got through. See your e-mail or text message, or enter the same details again.";
    BOOKED = "Din tid er bestilt.", "Your appointment is booked.";
    IS_BOOKED = "Her er din tid.", "Here is your appointment.";
    MOVED = "Din tid er flyttet.", "Your appointment has been moved.";
    CANCELLED = "Din tid er aflyst.", "Your appointment is cancelled.";
    IS_CANCELLED = "Den tid er aflyst.", "That appointment is cancelled.";
    IS_OVER = "Den tid er afsluttet.", "That appointment is over.";
    RECEIPT = "Kvittering", "Receipt";
    BRING = "Tag med", "Bring";
    DIRECTIONS = "Find vej", "Directions";
    ICS = "Læg i kalender", "Add to calendar";
    MOVE = "Flyt tiden", "Move";
    CALL_OFF = "Aflys tiden", "Cancel the appointment";
    OWN_LINK = "Link til din tid (giv det ikke videre)", "Link to your appointment (do not share it)";
    NOTICE_MAIL = "Du får en bekræftelse på e-mail.", "You get a confirmation by e-mail.";
    NOTICE_SMS = "Du får en bekræftelse på sms.", "You get a confirmation by text message.";
    NO_NOTICE = "Skriv kvitteringsnummeret ned, eller læg tiden i din kalender.", "Note the receipt number, or add the appointment to your calendar.";
    MOVE_WHEN = "Hvornår passer det bedre?", "When would suit you better?";
    MOVE_SURE = "Skal jeg flytte din tid fra # til %?", "Shall I move your appointment from # to %?";
    MOVE_YES = "Ja, flyt tiden", "Yes, move it";
    KEEP = "Nej, behold tiden", "No, keep it";
    KEPT = "Helt i orden. Din tid er, som den var.", "All right. Your appointment is as it was.";
    CALL_OFF_SURE = "Vil du aflyse #?", "Do you want to cancel #?";
    CALL_OFF_YES = "Ja, aflys tiden", "Yes, cancel it";
    UNKNOWN_LINK = "Linket virker ikke længere.", "The link no longer works.";
    UNCHANGEABLE = "Tiden kan ikke ændres her. Ring til kommunen.", "The appointment cannot be changed here. Call the municipality.";
    BOOK_ANEW = "Bestil en ny tid", "Book a new appointment";
    RESUME = "Du var ved at bestille tid.", "You were booking an appointment.";
    STILL_BOOKED = "Du har en tid, som du bestilte her.", "You have an appointment that you booked here.";
    GO_ON = "Fortsæt", "Go on";
    ASK_AGAIN = "Vælg en af mulighederne, eller skriv “fortryd”.", "Choose one of the options, or write “cancel”.";
    NO_ICS = "Kalenderfilen kunne ikke hentes. Prøv igen om lidt.", "The calendar file could not be fetched. Try again in a moment.";
    HOLD_FIRST = "Når du vælger en tid, holder kommunen den til dig i # minutter. Der sendes kun ærinde, sted og tid.",
        "When you choose a time, the municipality holds it for you for # minutes. Only errand, place and time are sent.";
}
