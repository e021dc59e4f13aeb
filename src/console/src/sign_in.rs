//! Signing in: which kommune, who, the code of an app, and setting that app up at the first time.

use protocol::{
    Code, EnrolRequest, InvitationRequest, Session, SignIn as Body, SignInWays, SignedIn, path,
};

use crate::change::code;
use crate::message::{Effect, Now, Press};
use crate::state::{App, Screen, SignIn, SignInStep, Told, What};
use crate::step::{ask, get};
use crate::{desk, query, texts, wire};

/// Shortest password that the server takes, characters.
const PASSWORD_LEAST: usize = 12;

/// Shows the sign-in. What anybody saw before is gone from the page.
pub(crate) fn open(app: &mut App, told: Option<Told>, out: &mut Vec<Effect>) {
    app.fields.clear();
    app.faults.clear();
    app.waiting.clear();
    if let Some(told) = &told {
        out.push(Effect::Say(told.text.clone()));
    }
    app.screen = Screen::SignIn(SignIn {
        told,
        busy: !app.kommune.is_empty(),
        ..SignIn::default()
    });
    if app.kommune.is_empty() {
        out.push(Effect::Focus("kommune".into()));
    } else {
        ways(app, out);
    }
}

fn ways(app: &mut App, out: &mut Vec<Effect>) {
    let path = query::with(path::SIGN_IN, &[("kommune", &app.kommune)]);
    get(app, What::Ways, path, out);
}

fn page(app: &mut App) -> Option<&mut SignIn> {
    match &mut app.screen {
        Screen::SignIn(page) => Some(page),
        _ => None,
    }
}

fn tell(app: &mut App, told: Option<Told>, out: &mut Vec<Effect>) {
    if let Some(told) = &told {
        out.push(Effect::Say(told.text.clone()));
    }
    if let Some(page) = page(app) {
        page.told = told;
        page.busy = false;
    }
}

fn go(app: &mut App, step: SignInStep, field: &str, out: &mut Vec<Effect>) {
    if let Some(page) = page(app) {
        page.step = step;
        page.busy = false;
        page.told = None;
    }
    app.faults.clear();
    out.push(Effect::Focus(field.into()));
}

/// A button of the sign-in.
pub(crate) fn press(app: &mut App, press: &Press, out: &mut Vec<Effect>) {
    let Some(now) = page(app) else { return };
    if now.busy {
        return;
    }
    match press {
        Press::SignIn => send(app, out),
        Press::OtherKommune => {
            app.fields.remove("password");
            go(app, SignInStep::Kommune, "kommune", out);
        }
        Press::Invited(true) => go(app, SignInStep::Invitation, "user", out),
        Press::Invited(false) => go(app, SignInStep::Password, "user", out),
        Press::Again => {
            for field in ["password", "password2", "code"] {
                app.fields.remove(field);
            }
            go(app, SignInStep::Password, "user", out);
        }
        _ => {}
    }
}

/// Sends the form, or marks what is missing in it.
fn send(app: &mut App, out: &mut Vec<Effect>) {
    let Some(now) = page(app) else { return };
    let (step, secret) = (
        now.step,
        now.enrol
            .as_ref()
            .map(|enrol| enrol.secret.clone())
            .unwrap_or_default(),
    );
    app.faults = faults(app, step);
    if let Some(first) = wanted(step)
        .iter()
        .find(|field| app.faults.contains_key(*field))
    {
        out.push(Effect::Focus((*first).into()));
        return;
    }
    if let Some(page) = page(app) {
        page.busy = true;
        page.told = None;
    }
    if step == SignInStep::Kommune {
        app.kommune = app.field("kommune").trim().to_lowercase();
        return ways(app, out);
    }
    let kommune = Some(app.kommune.clone());
    let user = app.field("user").trim().to_string();
    let password = app.field("password").to_string();
    let code: String = app
        .field("code")
        .chars()
        .filter(char::is_ascii_digit)
        .collect();
    let (path, body) = match step {
        SignInStep::Kommune => return,
        SignInStep::Password | SignInStep::Code => (
            path::SIGN_IN,
            wire::written(&Body {
                kommune,
                user,
                password,
                code: (step == SignInStep::Code).then_some(code),
            }),
        ),
        SignInStep::Invitation => (
            path::INVITATION,
            wire::written(&InvitationRequest {
                kommune,
                user,
                invitation: app.field("invitation").trim().to_string(),
                password,
            }),
        ),
        SignInStep::Enrol => (
            path::ENROL,
            wire::written(&EnrolRequest {
                kommune,
                user,
                password,
                secret,
                code,
            }),
        ),
    };
    ask(app, What::SignIn, path.to_string(), Some(body), "", out);
}

/// Fields of a step, in order.
pub(crate) fn wanted(step: SignInStep) -> &'static [&'static str] {
    match step {
        SignInStep::Kommune => &["kommune"],
        SignInStep::Password => &["user", "password"],
        SignInStep::Invitation => &["user", "invitation", "password", "password2"],
        SignInStep::Code | SignInStep::Enrol => &["code"],
    }
}

fn faults(app: &App, step: SignInStep) -> std::collections::BTreeMap<&'static str, String> {
    let fault = |field: &&'static str| {
        let text = app.field(field);
        let fault = match *field {
            "kommune" if text.trim().is_empty() => "Skriv, hvilken kommune du arbejder i.",
            "user" if text.trim().is_empty() => "Skriv dit brugernavn.",
            "invitation" if text.trim().is_empty() => "Skriv koden fra din invitation.",
            "password" if text.is_empty() => "Skriv din adgangskode.",
            "password"
                if step == SignInStep::Invitation && text.chars().count() < PASSWORD_LEAST =>
            {
                "Adgangskoden skal have mindst 12 tegn."
            }
            "password2" if text != app.field("password") => "De to adgangskoder er ikke ens.",
            "code" if text.chars().filter(char::is_ascii_digit).count() != 6 => {
                "Skriv de 6 tal, appen viser."
            }
            _ => return None,
        };
        Some((*field, fault.to_string()))
    };
    wanted(step).iter().filter_map(fault).collect()
}

/// The answer about the ways of a kommune.
pub(crate) fn ways_answered(app: &mut App, status: u16, body: &str, out: &mut Vec<Effect>) {
    let ways = wire::read::<SignInWays>(body, "local");
    if let (200, Some(ways)) = (status, ways) {
        out.push(Effect::Remember(app.kommune.clone()));
        let told = page(app).and_then(|page| page.told.take());
        if let Some(page) = page(app) {
            page.ways = Some(ways);
        }
        go(app, SignInStep::Password, "user", out);
        if let Some(page) = page(app) {
            page.told = told;
        }
    } else if (400..500).contains(&status) && status != 429 {
        go(app, SignInStep::Kommune, "kommune", out);
        let text = "Den kommune kender serveren ikke. Skriv den, som den står i adressen til dit login, fx eksempelby.";
        app.faults.insert("kommune", text.into());
        out.push(Effect::Say(text.into()));
    } else {
        go(app, SignInStep::Kommune, "kommune", out);
        let kommune = app.kommune.clone();
        app.fields.insert("kommune", kommune);
        tell(
            app,
            Told::bad("Vi kunne ikke nå serveren. Prøv igen om lidt."),
            out,
        );
    }
}

fn signed(body: &str) -> Option<SignedIn> {
    wire::read(body, "enrol").or_else(|| wire::read(body, "name"))
}

/// The answer to a form of the sign-in.
pub(crate) fn answered(app: &mut App, status: u16, body: &str, now: &Now, out: &mut Vec<Effect>) {
    match status {
        200..=299 => match signed(body) {
            Some(SignedIn::Session(session)) => signed_in(app, session, now, out),
            Some(SignedIn::Enrol { enrol }) => {
                app.fields.remove("code");
                if let Some(page) = page(app) {
                    page.enrol = Some(enrol);
                }
                go(app, SignInStep::Enrol, "title", out);
            }
            None => tell(app, Told::bad(texts::sign_in_refused(Code::Other)), out),
        },
        400..=499 => {
            let code = code(body);
            let step = page(app).map(|page| page.step).unwrap_or_default();
            if code == Code::CodeNeeded && step != SignInStep::Code {
                app.fields.remove("code");
                return go(app, SignInStep::Code, "code", out);
            }
            app.fields.remove("code");
            tell(app, Told::bad(texts::sign_in_refused(code)), out);
            let last = wanted(step).last().copied().unwrap_or("user");
            out.push(Effect::Focus(last.into()));
        }
        _ => tell(
            app,
            Told::bad("Serveren svarede ikke. Du er ikke logget ind. Prøv igen."),
            out,
        ),
    }
}

/// Somebody is signed in; what they typed is forgotten.
pub(crate) fn signed_in(app: &mut App, session: Session, now: &Now, out: &mut Vec<Effect>) {
    app.fields.clear();
    app.faults.clear();
    if let Some(kommune) = &session.kommune {
        app.kommune = kommune.slug.clone();
        out.push(Effect::Remember(kommune.slug.clone()));
    }
    desk::open(app, session, now, out);
}
