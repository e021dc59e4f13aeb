//! What agents read, in plain Danish, where it is said in more than one place.

use protocol::Code;
use protocol::handoff::{Requeue, Way, Who};
use protocol::staff_handoff::{Outcome, Record};

use super::{Find, TalkDeed};

/// A message has no answer yet.
pub(crate) const LOST: &str = "Ikke sendt endnu. Vi prøver igen, til det lykkes.";

/// How a conversation ends, in the order of the form.
pub(crate) const OUTCOMES: [(Outcome, &str); 5] = [
    (Outcome::Answered, "Borgeren fik svar"),
    (
        Outcome::Referred,
        "Borgeren fik at vide, hvor det hører til",
    ),
    (
        Outcome::Contacted,
        "Borgeren er ringet op eller skrevet til",
    ),
    (Outcome::NoReply, "Borgeren svarede ikke mere"),
    (Outcome::Abuse, "Ikke ment alvorligt, eller chikane"),
];

/// An outcome in a form.
pub(crate) fn outcome_name(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Answered => "answered",
        Outcome::Referred => "referred",
        Outcome::Contacted => "contacted",
        Outcome::NoReply => "no-reply",
        Outcome::Abuse => "abuse",
        Outcome::Other => "other",
    }
}

/// How many wait.
pub(crate) fn waiting(count: usize) -> String {
    match count {
        0 => "Ingen venter.".into(),
        1 => "1 venter.".into(),
        _ => format!("{count} venter."),
    }
}

/// How long somebody has waited: "42 sek.", "12 min. 5 sek.", "1 t 3 min.".
pub(crate) fn waited(seconds: i64) -> String {
    let seconds = seconds.max(0);
    match seconds {
        0..=59 => format!("{seconds} sek."),
        60..=3599 => format!("{} min. {} sek.", seconds / 60, seconds % 60),
        _ => format!("{} t {} min.", seconds / 3600, seconds / 60 % 60),
    }
}

/// How it was begun.
pub(crate) fn way(way: Way) -> &'static str {
    match way {
        Way::Message => "Besked",
        Way::Callback => "Ring op",
        Way::Chat | Way::Other => "Chat",
    }
}

/// What became of a record.
pub(crate) fn record(record: Record) -> &'static str {
    match record {
        Record::Open => "Ikke besluttet",
        Record::Journalised => "Journaliseret",
        Record::NotCaseRelevant => "Ikke sagsrelevant",
        Record::Other => "Besluttet",
    }
}

/// Why it is back in the queue.
pub(crate) fn requeued(why: Requeue) -> &'static str {
    match why {
        Requeue::StaffAway => "Medarbejderen var væk. Samtalen er tilbage i køen.",
        Requeue::GivenBack | Requeue::Other => "Samtalen er tilbage i køen.",
    }
}

/// Who ended it.
pub(crate) fn closed(by: Who) -> &'static str {
    match by {
        Who::Citizen => "Borgeren sluttede samtalen.",
        Who::Staff => "Medarbejderen sluttede samtalen.",
        _ => "Samtalen er slut.",
    }
}

/// What is said when a change is done.
pub(crate) fn done(deed: &TalkDeed) -> &'static str {
    match deed {
        TalkDeed::Take => "Du har samtalen. Borgeren kan se, at du er her.",
        TalkDeed::GiveBack => "Samtalen er tilbage i køen.",
        TalkDeed::Transfer(_) => "Samtalen er givet videre.",
        TalkDeed::End => "Samtalen er slut. Beslut nu, hvad der skal ske med den.",
        TalkDeed::Record => "Gemt. Samtalen kan slettes nu.",
        TalkDeed::Delete => "Samtalen er slettet.",
        TalkDeed::Fact => "Tak. Redaktørerne har fået det at vide.",
        TalkDeed::FactDone => "Rettelsen er markeret som klaret.",
    }
}

/// While a change is under way.
pub(crate) fn doing(deed: &TalkDeed) -> &'static str {
    match deed {
        TalkDeed::Take => "Tager samtalen …",
        TalkDeed::GiveBack => "Giver tilbage …",
        TalkDeed::Transfer(_) => "Giver videre …",
        TalkDeed::End => "Slutter …",
        TalkDeed::Delete => "Sletter …",
        TalkDeed::Record | TalkDeed::Fact | TalkDeed::FactDone => "Gemmer …",
    }
}

/// What nobody knows when no answer came; stands in a sentence.
pub(crate) fn unsure(deed: &TalkDeed) -> &'static str {
    match deed {
        TalkDeed::Take => "du fik samtalen",
        TalkDeed::GiveBack => "samtalen kom tilbage i køen",
        TalkDeed::Transfer(_) => "samtalen blev givet videre",
        TalkDeed::End => "samtalen blev sluttet",
        TalkDeed::Record => "det blev gemt",
        TalkDeed::Delete => "samtalen blev slettet",
        TalkDeed::Fact => "redaktørerne fik det at vide",
        TalkDeed::FactDone => "rettelsen blev markeret",
    }
}

/// Why a change was refused. Nothing has changed then.
pub(crate) fn refused(deed: &TalkDeed, code: Code) -> &'static str {
    match (deed, code) {
        (TalkDeed::Take, Code::WrongState) => "En kollega var hurtigere og har samtalen nu.",
        (TalkDeed::Delete, Code::WrongState) => {
            "Samtalen kan ikke slettes endnu: Beslut først, hvad der skal ske med den."
        }
        (_, Code::WrongState) => {
            "Det kan ikke lade sig gøre længere: Samtalen er ikke din mere, eller den er slut. Her er den, som den er nu."
        }
        (_, Code::NotFound) => "Samtalen findes ikke længere.",
        (_, Code::CprRefused) => "Skriv ikke et CPR-nummer.",
        _ => crate::texts::refused(code),
    }
}

/// Why a message was not taken.
pub(crate) fn not_said(code: Code) -> &'static str {
    match code {
        Code::WrongState => "Ikke sendt: Samtalen er ikke din mere, eller den er slut.",
        Code::NotFound => "Ikke sendt: Samtalen findes ikke længere.",
        Code::CprRefused => "Ikke sendt: Skriv ikke et CPR-nummer.",
        Code::TooManyRequests => "Ikke sendt: Der er sendt for meget på kort tid.",
        Code::Forbidden => "Ikke sendt: Din konto må ikke skrive her.",
        _ => "Ikke sendt: Serveren kan ikke bruge beskeden.",
    }
}

/// How many of the kommune's own answers were found.
pub(crate) fn found(find: &Find) -> String {
    if find.broken {
        return "Kommunens svar kunne ikke hentes.".into();
    }
    match find.replies.len() {
        0 => "Ingen svar fundet. Prøv med andre ord.".into(),
        1 => "1 svar fundet.".into(),
        count => format!("{count} svar fundet."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_are_read_as_minutes_then_hours() {
        for (seconds, text) in [
            (-3, "0 sek."),
            (42, "42 sek."),
            (725, "12 min. 5 sek."),
            (3780, "1 t 3 min."),
        ] {
            assert_eq!(waited(seconds), text);
        }
    }

    #[test]
    fn outcomes_have_the_names_of_the_wire() {
        for (outcome, _) in OUTCOMES {
            let wire = serde_json::to_string(&outcome).unwrap_or_default();
            assert_eq!(wire, format!("\"{}\"", outcome_name(outcome)));
        }
    }
}
