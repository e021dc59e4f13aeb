//! What case workers read, in plain Danish. All of it but the labels of buttons and fields, which stand where they are drawn.

use protocol::staff::{Alert, AlertAbout};
use protocol::{About, Channel, Code, Language, Notice, NoticeState, State};

use crate::change::Deed;
use crate::chats::texts as chats;

/// Name of a state.
pub(crate) fn state(state: State) -> &'static str {
    match state {
        State::Confirmed => "Booket",
        State::CheckedIn => "Mødt",
        State::NoShow => "Udeblevet",
        State::Cancelled => "Aflyst",
    }
}

/// Short name for styles.
pub(crate) fn state_class(state: State) -> &'static str {
    match state {
        State::Confirmed => "booked",
        State::CheckedIn => "came",
        State::NoShow => "missed",
        State::Cancelled => "off",
    }
}

/// A language.
pub(crate) fn language(language: Language) -> &'static str {
    match language {
        Language::Da => "dansk",
        Language::En => "engelsk",
    }
}

/// "SMS om aflysning: ikke sendt".
pub(crate) fn notice(notice: Notice) -> String {
    let how = match notice.channel {
        Channel::Sms => "Sms",
        Channel::Email => "E-mail",
    };
    let about = match notice.about {
        About::Confirmed => "om bookingen",
        About::Moved => "om den nye tid",
        About::Cancelled => "om aflysningen",
        About::Reminder => "med en påmindelse",
        About::Code => "med en kode",
    };
    let state = match notice.state {
        NoticeState::Queued => "er på vej",
        NoticeState::Sent => "er sendt",
        NoticeState::Failed => "kunne ikke sendes. Ring til borgeren",
    };
    format!("{how} {about} {state}")
}

/// Title and advice of an alert, for somebody who may open conversations, or who may not.
pub(crate) fn alert(alert: &Alert, talks: bool) -> (String, &'static str) {
    let (title, advice) = match alert.about {
        AlertAbout::Conversation => {
            let receipt = alert.receipt.as_deref().unwrap_or_default();
            let advice = if talks {
                "Åbn samtalen. Venter borgeren endnu, så tag den, og svar herfra. Er den slut, mangler borgeren kun sin kvittering. Sig det også til den, der driver systemet."
            } else {
                "Bed en kollega med rollen “agent” om at se på samtalen. Sig det også til den, der driver systemet."
            };
            let title = format!("En besked om samtale {receipt} nåede ikke frem");
            return (title, advice);
        }
        AlertAbout::Undelivered => (
            "En besked er ikke kommet frem",
            "Borgeren har ikke fået sin sms eller e-mail. Ring til borgeren.",
        ),
        AlertAbout::Stranded => (
            "En aftale har ingen skranke",
            "Åbningstiderne er ændret, og ingen tager imod på det tidspunkt. Flyt eller aflys aftalen.",
        ),
        AlertAbout::Other => (
            "Noget skal ses efter",
            "Åbn aftalen, og se, hvad der er sket.",
        ),
    };
    (title.into(), advice)
}

/// When an alert that is to be marked is not there: for this account, or at all.
pub(crate) const SEEN_GONE: &str = "Beskeden er der ikke længere.";

/// What is said when a change is done.
pub(crate) fn done(deed: &Deed) -> &'static str {
    match deed {
        Deed::CheckIn => "Gemt: Borgeren er mødt.",
        Deed::Undo => "Gemt: Aftalen står som booket igen.",
        Deed::NoShow => "Gemt: Borgeren er udeblevet.",
        Deed::Cancel => "Aftalen er aflyst.",
        Deed::Move(_) => "Aftalen er flyttet.",
        Deed::Block => "Tiden er spærret.",
        Deed::Unblock => "Tiden kan bookes igen.",
        Deed::Seen => "Beskeden er markeret som set.",
        Deed::Talk(deed) => chats::done(deed),
    }
}

/// How the citizen is told, behind [`done`].
pub(crate) fn told(channels: &[Channel]) -> &'static str {
    match channels {
        [] => " Borgeren får ingen besked.",
        [Channel::Sms] => " Borgeren får besked med en sms.",
        [Channel::Email] => " Borgeren får besked med en e-mail.",
        _ => " Borgeren får besked med sms og e-mail.",
    }
}

/// While a change is under way.
pub(crate) fn doing(deed: &Deed) -> &'static str {
    match deed {
        Deed::Cancel => "Aflyser …",
        Deed::Move(_) => "Flytter …",
        Deed::Block => "Spærrer …",
        Deed::Talk(deed) => chats::doing(deed),
        _ => "Gemmer …",
    }
}

/// When no answer came.
pub(crate) fn unsure(deed: &Deed) -> String {
    let what = match deed {
        Deed::CheckIn => "borgeren blev skrevet som mødt",
        Deed::Undo => "det blev fortrudt",
        Deed::NoShow => "borgeren blev skrevet som udeblevet",
        Deed::Cancel => "aftalen blev aflyst",
        Deed::Move(_) => "aftalen blev flyttet",
        Deed::Block => "tiden blev spærret",
        Deed::Unblock => "tiden blev givet fri",
        Deed::Seen => "beskeden blev markeret",
        Deed::Talk(deed) => chats::unsure(deed),
    };
    format!(
        "Serveren svarede ikke. Vi ved ikke, om {what}. Prøv igen: Det sker kun én gang, også hvis det allerede er sket."
    )
}

/// Why a change was refused. Nothing has changed then.
pub(crate) fn refused(code: Code) -> &'static str {
    match code {
        Code::WrongState => {
            "Det kan ikke lade sig gøre længere: En anden har ændret aftalen imens, eller tiden er gået. Her er aftalen, som den er nu."
        }
        Code::NotFound => "Aftalen findes ikke længere.",
        Code::SlotTaken => "Tiden blev taget af en anden imens. Vælg en anden tid.",
        Code::NotASlot => "Den tid kan ikke bookes. Vælg en anden tid.",
        Code::Booked => "Der er aftaler i den tid.",
        Code::Invalid => "Serveren kan ikke bruge det, du skrev. Ret det, og prøv igen.",
        Code::CprRefused => "Skriv ikke et CPR-nummer.",
        Code::Forbidden => "Din konto må ikke gøre det.",
        Code::Csrf => "Din login passer ikke til siden længere. Genindlæs siden.",
        Code::TooManyRequests => "Der er sendt for meget på kort tid. Vent et minut, og prøv igen.",
        _ => "Serveren ville ikke gøre det. Intet er ændret.",
    }
}

/// Why somebody is not signed in.
pub(crate) fn sign_in_refused(code: Code) -> &'static str {
    match code {
        Code::SignInWrong => "Det passer ikke sammen. Se efter, om alt er skrevet rigtigt.",
        Code::TooManyRequests => "Der er prøvet for mange gange. Vent et minut, og prøv igen.",
        Code::CodeWrong => "Koden er forkert eller for gammel. Skriv den, appen viser nu.",
        Code::Invalid => {
            "Serveren kan ikke bruge det, du skrev. Adgangskoden skal have mindst 12 tegn."
        }
        _ => "Du kunne ikke logges ind. Prøv igen om lidt.",
    }
}
