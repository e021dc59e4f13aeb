//! What is done with a conversation: taken, given back, handed on, ended, its record decided, deleted; and what the editors are
//! told. Each is a change with a key, as those of bookings are (`crate::deed`); nothing is claimed before the server has said it.

use protocol::handoff::Stage;
use protocol::staff_handoff::{
    CloseRequest, ConversationRequest, Deleted, FactDoneRequest, FactRequest, Outcome as Ended,
    Record, RecordRequest, TransferRequest,
};
use protocol::{Code, path};

use super::talk::{leave, open, talk, tell};
use super::{ChatPress, Dealing, TalkDeed, texts};
use crate::change::{Deed, Outcome};
use crate::deed::{begin, stop};
use crate::message::{Effect, Now};
use crate::state::{App, Told, What};
use crate::step::get;
use crate::{desk, when, wire};

/// Longest note, and longest text to the editors, characters.
const NOTE_MOST: usize = 1000;
/// Longest number of a case, or reason, characters.
const REASON_MOST: usize = 200;

/// A button.
pub(super) fn press(app: &mut App, press: ChatPress, now: &Now, out: &mut Vec<Effect>) {
    // While a change has no answer, nothing else begins: its result decides what can be done.
    if app.desk().is_none_or(|desk| desk.change.is_some()) {
        return;
    }
    let receipt = talk(app).map(|talk| talk.receipt.clone());
    match (press, receipt) {
        (ChatPress::Take(receipt), _) => named(app, TalkDeed::Take, receipt, now, out),
        (ChatPress::GiveBack, Some(receipt)) => named(app, TalkDeed::GiveBack, receipt, now, out),
        (ChatPress::DeleteYes, Some(receipt)) => named(app, TalkDeed::Delete, receipt, now, out),
        (ChatPress::Transfer, Some(_)) => deal(app, Dealing::Transfer, out),
        (ChatPress::End, Some(_)) => deal(app, Dealing::End, out),
        (ChatPress::Delete, Some(_)) => deal(app, Dealing::Delete, out),
        (ChatPress::Fact, Some(_)) => {
            let intent = talk(app).and_then(|talk| talk.answered().map(String::from));
            app.fields.insert("intent", intent.unwrap_or_default());
            deal(app, Dealing::Fact, out);
        }
        (ChatPress::TransferYes, Some(receipt)) => transfer(app, receipt, now, out),
        (ChatPress::EndYes, Some(receipt)) => end(app, receipt, now, out),
        (ChatPress::RecordYes, Some(receipt)) => record(app, receipt, now, out),
        (ChatPress::FactYes, Some(receipt)) => fact(app, receipt, now, out),
        (ChatPress::FactDone(fact), _) => {
            let body = wire::written(&FactDoneRequest { fact: fact.clone() });
            go(
                app,
                TalkDeed::FactDone,
                fact,
                path::STAFF_FACT_DONE,
                body,
                now,
                out,
            );
        }
        _ => {}
    }
}

/// Shows a form in the place of the field.
fn deal(app: &mut App, dealing: Dealing, out: &mut Vec<Effect>) {
    app.faults.clear();
    if let Some(talk) = talk(app) {
        talk.dealing = dealing;
        talk.told = None;
        talk.find = None;
    }
    out.push(Effect::Focus("deal-title".into()));
}

/// A change that needs nothing but the receipt.
fn named(app: &mut App, deed: TalkDeed, receipt: String, now: &Now, out: &mut Vec<Effect>) {
    let path = match deed {
        TalkDeed::Take => path::STAFF_TAKE,
        TalkDeed::GiveBack => path::STAFF_GIVE_BACK,
        _ => path::STAFF_DELETE,
    };
    let body = wire::written(&ConversationRequest {
        receipt: receipt.clone(),
    });
    go(app, deed, receipt, path, body, now, out);
}

fn go(
    app: &mut App,
    deed: TalkDeed,
    about: String,
    path: &'static str,
    body: String,
    now: &Now,
    out: &mut Vec<Effect>,
) {
    begin(app, Deed::Talk(deed), about, path, body, None, now, out);
    if let Some(talk) = talk(app) {
        talk.told = None;
    }
}

/// What stands in a field, or its fault is marked. `first` keeps focus at the first one.
fn needed(
    app: &mut App,
    field: &'static str,
    most: usize,
    missing: &str,
    out: &mut Vec<Effect>,
) -> Option<String> {
    let text = app.field(field).trim().to_string();
    app.faults.remove(field);
    let fault = match text.chars().count() {
        0 => missing.to_string(),
        n if n > most => format!("Skriv højst {most} tegn."),
        _ => return Some(text),
    };
    if app.faults.is_empty() {
        out.push(Effect::Focus(field.into()));
    }
    app.faults.insert(field, fault);
    None
}

fn transfer(app: &mut App, receipt: String, now: &Now, out: &mut Vec<Effect>) {
    app.faults.clear();
    let to = needed(app, "to", 200, "Vælg, hvem der skal have samtalen.", out);
    let missing = "Skriv, hvad din kollega skal vide. Borgeren ser det ikke.";
    let note = needed(app, "note", NOTE_MOST, missing, out);
    let (Some(to), Some(note)) = (to, note) else {
        return;
    };
    // "department" or "department colleague".
    let (department, colleague) = match to.split_once(' ') {
        Some((department, colleague)) => (department, Some(colleague)),
        None => (to.as_str(), None),
    };
    let Some(desk) = app.desk() else { return };
    let name = colleague.and_then(|account| {
        let there = &desk.chats.desk(department)?.there;
        let found = there.iter().find(|one| one.account == account)?;
        Some(found.name.clone())
    });
    let name = name.unwrap_or_else(|| desk.chats.department(department).to_string());
    let body = wire::written(&TransferRequest {
        receipt: receipt.clone(),
        department: department.to_string(),
        to: colleague.map(String::from),
        note,
    });
    go(
        app,
        TalkDeed::Transfer(name),
        receipt,
        path::STAFF_TRANSFER,
        body,
        now,
        out,
    );
}

fn end(app: &mut App, receipt: String, now: &Now, out: &mut Vec<Effect>) {
    app.faults.clear();
    let missing = "Vælg, hvordan samtalen sluttede.";
    let Some(chosen) = needed(app, "outcome", 40, missing, out) else {
        return;
    };
    let outcome = texts::OUTCOMES
        .iter()
        .find(|(outcome, _)| texts::outcome_name(*outcome) == chosen)
        .map_or(Ended::Answered, |(outcome, _)| *outcome);
    let body = wire::written(&CloseRequest {
        receipt: receipt.clone(),
        outcome,
    });
    go(
        app,
        TalkDeed::End,
        receipt,
        path::STAFF_CLOSE,
        body,
        now,
        out,
    );
}

fn record(app: &mut App, receipt: String, now: &Now, out: &mut Vec<Effect>) {
    app.faults.clear();
    let missing = "Vælg, hvad der skal ske med samtalen.";
    let chosen = needed(app, "record", 40, missing, out);
    let journalised = chosen.as_deref() == Some("journalised");
    let missing = if journalised {
        "Skriv sagens nummer."
    } else {
        "Skriv, hvorfor den ikke hører til en sag."
    };
    let reason = needed(app, "reason", REASON_MOST, missing, out);
    let (Some(_), Some(reason)) = (chosen, reason) else {
        return;
    };
    let body = wire::written(&RecordRequest {
        receipt: receipt.clone(),
        record: if journalised {
            Record::Journalised
        } else {
            Record::NotCaseRelevant
        },
        reason,
    });
    go(
        app,
        TalkDeed::Record,
        receipt,
        path::STAFF_RECORD,
        body,
        now,
        out,
    );
}

fn fact(app: &mut App, receipt: String, now: &Now, out: &mut Vec<Effect>) {
    app.faults.clear();
    let missing = "Skriv svarets id, fx pas/pris-paa-pas.";
    let intent = needed(app, "intent", 128, missing, out);
    let wrong = needed(app, "wrong", NOTE_MOST, "Skriv, hvad der er forkert.", out);
    let right = app.field("right").trim().to_string();
    let (Some(intent), Some(wrong)) = (intent, wrong) else {
        return;
    };
    let body = wire::written(&FactRequest {
        intent,
        wrong,
        right: (!right.is_empty()).then_some(right),
    });
    go(
        app,
        TalkDeed::Fact,
        receipt,
        path::STAFF_FACTS,
        body,
        now,
        out,
    );
}

/// What became of it.
pub(crate) fn answered(
    app: &mut App,
    deed: &TalkDeed,
    about: &str,
    outcome: Outcome,
    body: &str,
    out: &mut Vec<Effect>,
) {
    match outcome {
        Outcome::Done => {
            stop(app);
            done(app, deed, about, body, out);
            super::hurry(app, out);
        }
        Outcome::Refused(code) => {
            stop(app);
            report(app, about, Told::bad(texts::refused(deed, code)), out);
            if matches!(code, Code::WrongState | Code::NotFound)
                && let Some(talk) = talk(app)
            {
                talk.dealing = Dealing::Write;
                out.push(Effect::Focus("talk-title".into()));
            }
            super::hurry(app, out);
        }
        Outcome::Unsure | Outcome::SignedOut => {} // told where those of bookings are
    }
}

/// Nobody knows whether it was done, and nobody wants to know: what the server holds is shown.
pub(crate) fn given_up(app: &mut App, deed: &TalkDeed, out: &mut Vec<Effect>) {
    let text = "Det er måske gemt, måske ikke. Her er, hvad serveren har nu.";
    let about = talk(app)
        .map(|talk| talk.receipt.clone())
        .unwrap_or_default();
    report(app, &about, Told::note(text), out);
    if *deed != TalkDeed::Fact
        && let Some(talk) = talk(app)
    {
        talk.dealing = Dealing::Write;
    }
    super::hurry(app, out);
    out.push(Effect::Focus("talk-title".into()));
}

/// Says it where the clerk is: in the conversation, or above the list.
fn report(app: &mut App, about: &str, told: Option<Told>, out: &mut Vec<Effect>) {
    if talk(app).is_some_and(|talk| talk.receipt == about) {
        tell(app, told, out);
    } else {
        desk::notice(app, told, out);
    }
}

fn done(app: &mut App, deed: &TalkDeed, about: &str, body: &str, out: &mut Vec<Effect>) {
    let here = talk(app).is_some_and(|talk| talk.receipt == about);
    let text = texts::done(deed);
    match deed {
        TalkDeed::Take => {
            let now = Now {
                ms: app.now_ms,
                ..Now::default()
            };
            open(app, about, true, &now, out);
            tell(app, Told::good(text), out);
            if let Some(talk) = talk(app) {
                talk.taken = true;
            }
        }
        TalkDeed::GiveBack | TalkDeed::Transfer(_) => {
            let text = match deed {
                TalkDeed::Transfer(name) => format!("Samtalen er givet videre til {name}."),
                _ => text.to_string(),
            };
            if here {
                app.fields.remove("say"); // who takes it writes anew
                leave(app, out);
                out.push(Effect::Focus("title".into()));
            }
            desk::notice(app, Told::good(text), out);
        }
        TalkDeed::Delete => {
            if here {
                leave(app, out);
                out.push(Effect::Focus("title".into()));
            }
            let until = wire::read::<Deleted>(body, "receipt")
                .and_then(|deleted| hours::Date::parse(&deleted.copies_until?));
            let text = match until {
                Some(date) => format!(
                    "{text} Den sidste sikkerhedskopi, der kan have den, udløber {}.",
                    when::day(date, app.today())
                ),
                None => text.to_string(),
            };
            desk::notice(app, Told::good(text), out);
        }
        TalkDeed::End => {
            let finished = talk(app).filter(|_| here);
            if let Some(talk) = finished {
                talk.dealing = Dealing::Write;
                if let Some(reading) = &mut talk.reading {
                    reading.row.stage = Stage::Closed;
                }
            }
            app.fields.remove("say");
            report(app, about, Told::good(text), out);
            out.push(Effect::Focus("talk-title".into()));
        }
        TalkDeed::Record | TalkDeed::Fact => {
            if let Some(talk) = talk(app).filter(|_| here) {
                talk.dealing = Dealing::Write;
            }
            for field in ["wrong", "right", "reason", "record", "intent"] {
                app.fields.remove(field);
            }
            report(app, about, Told::good(text), out);
            out.push(Effect::Focus("talk-title".into()));
        }
        TalkDeed::FactDone => {
            if let Some(desk) = app.desk_mut()
                && let Some(facts) = &mut desk.chats.facts
            {
                facts.retain(|fact| fact.fact != about);
            }
            desk::notice(app, Told::good(text), out);
            out.push(Effect::Focus("facts-title".into()));
            get(app, What::Facts, path::STAFF_FACTS.to_string(), out);
        }
    }
}
