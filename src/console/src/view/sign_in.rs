//! The cards of the sign-in.

use protocol::path;

use super::{Button, Card, Kind, Look, Part, field};
use crate::message::Press;
use crate::query;
use crate::state::{App, SignIn, SignInStep};

/// Light modules around a QR code, as the standard asks (ISO/IEC 18004: 4).
const QUIET: i32 = 4;

/// The card of a step.
pub(super) fn card(app: &App, page: &SignIn) -> Card {
    let mut parts = Vec::new();
    if let Some(told) = &page.told {
        parts.push(Part::Told(told.clone()));
    }
    let ways = page.ways.as_ref();
    let kommune = ways.and_then(|ways| ways.kommune.as_ref());
    let (title, send) = match page.step {
        SignInStep::Kommune => {
            let mut one = field(app, "kommune", "Kommune", Kind::Text);
            one.hint = "Som i adressen, fx eksempelby";
            parts.push(Part::Field(one));
            ("Log ind".to_string(), "Videre")
        }
        SignInStep::Password => {
            let local = ways.is_none_or(|ways| ways.local);
            if ways.is_some_and(|ways| ways.oidc) {
                let url = query::with(path::OIDC_START, &[("kommune", &app.kommune)]);
                parts.push(Part::Link("Log ind med din kommunes login".into(), url));
                if local {
                    parts.push(Part::Title("Eller med en konto her".into()));
                }
            }
            if local {
                parts.push(Part::Field(field(app, "user", "Brugernavn", Kind::User)));
                parts.push(Part::Field(field(
                    app,
                    "password",
                    "Adgangskode",
                    Kind::Password,
                )));
            }
            (title_at(kommune), if local { "Log ind" } else { "" })
        }
        SignInStep::Invitation => {
            parts.push(Part::Line(
                "Har du fået en kode, så du kan oprette din adgangskode? Den virker i 24 timer."
                    .into(),
            ));
            parts.push(Part::Field(field(app, "user", "Brugernavn", Kind::User)));
            parts.push(Part::Field(field(
                app,
                "invitation",
                "Kode fra invitationen",
                Kind::Text,
            )));
            let mut new = field(app, "password", "Ny adgangskode", Kind::NewPassword);
            new.hint = "Mindst 12 tegn. Flere ord efter hinanden er nemme at huske.";
            parts.push(Part::Field(new));
            parts.push(Part::Field(field(
                app,
                "password2",
                "Gentag adgangskoden",
                Kind::NewPassword,
            )));
            ("Opret din adgangskode".into(), "Opret")
        }
        SignInStep::Code => {
            let mut code = field(app, "code", "Kode fra din app", Kind::Code);
            code.hint = "De 6 tal, appen viser nu";
            parts.push(Part::Field(code));
            ("Skriv din kode".into(), "Log ind")
        }
        SignInStep::Enrol => {
            parts.push(Part::Line("Du skal bruge en app, der laver koder, fx Microsoft Authenticator, Google Authenticator eller 2FAS. Du skal bruge den, hver gang du logger ind.".into()));
            parts.push(Part::Title("1. Scan billedet med appen".into()));
            if let Some(enrol) = &page.enrol {
                if let Some((path, size)) = qr(&enrol.uri) {
                    parts.push(Part::Qr(path, size));
                }
                parts.push(Part::Line(
                    "Kan du ikke scanne? Skriv så denne nøgle i appen:".into(),
                ));
                parts.push(Part::Secret(grouped(&enrol.secret)));
            }
            parts.push(Part::Title("2. Skriv koden, appen viser".into()));
            let mut code = field(app, "code", "Kode fra din app", Kind::Code);
            code.hint = "6 tal";
            parts.push(Part::Field(code));
            ("Gør din konto sikker".into(), "Færdig")
        }
    };
    let mut buttons = Vec::new();
    if !send.is_empty() {
        let label = if page.busy { "Et øjeblik …" } else { send };
        buttons.push(Button::new("send", label, Press::SignIn, Look::Main).busy_if(page.busy));
    }
    match page.step {
        SignInStep::Kommune => {}
        SignInStep::Password => {
            if ways.is_none_or(|ways| ways.local) {
                buttons.push(Button::new(
                    "invited",
                    "Jeg har en invitation",
                    Press::Invited(true),
                    Look::Quiet,
                ));
            }
            buttons.push(Button::new(
                "other",
                "Skift kommune",
                Press::OtherKommune,
                Look::Quiet,
            ));
        }
        SignInStep::Invitation => buttons.push(Button::new(
            "back",
            "Tilbage",
            Press::Invited(false),
            Look::Quiet,
        )),
        SignInStep::Code | SignInStep::Enrol => {
            buttons.push(Button::new(
                "back",
                "Begynd forfra",
                Press::Again,
                Look::Quiet,
            ));
        }
    }
    parts.push(Part::Buttons(buttons));
    Card {
        title,
        parts,
        submit: Some(Press::SignIn),
        ..Card::default()
    }
}

fn title_at(kommune: Option<&protocol::Kommune>) -> String {
    match kommune {
        Some(kommune) => format!("Log ind hos {}", kommune.name),
        None => "Log ind".into(),
    }
}

/// In groups of four, as one reads it.
fn grouped(secret: &str) -> String {
    let chars: Vec<char> = secret.chars().collect();
    let groups: Vec<String> = chars
        .chunks(4)
        .map(|group| group.iter().collect())
        .collect();
    groups.join(" ")
}

/// A QR code as the path of an SVG and its size in modules with the margin. Nothing for a text that is too long.
fn qr(text: &str) -> Option<(String, u16)> {
    let code = qrcodegen::QrCode::encode_text(text, qrcodegen::QrCodeEcc::Medium).ok()?;
    let size = code.size();
    let mut path = String::new();
    for y in 0..size {
        let mut x = 0;
        while x < size {
            let begin = x;
            while x < size && code.get_module(x, y) {
                x += 1;
            }
            if x > begin {
                let width = x - begin;
                path.push_str(&format!(
                    "M{} {}h{width}v1h-{width}z",
                    begin + QUIET,
                    y + QUIET
                ));
            }
            x += 1;
        }
    }
    Some((path, u16::try_from(size + 2 * QUIET).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_read_in_groups() {
        assert_eq!(grouped("ABCDEFGH12"), "ABCD EFGH 12");
        assert_eq!(grouped(""), "");
    }

    #[test]
    fn the_code_is_drawn_module_by_module() {
        let text = "otpauth://totp/Eksempelby:anna?secret=ABCDEFGHIJKLMNOPQRSTUVWXYZ234567&issuer=Eksempelby";
        let (path, size) = qr(text).expect("fits");
        let code =
            qrcodegen::QrCode::encode_text(text, qrcodegen::QrCodeEcc::Medium).expect("fits");
        assert_eq!(i32::from(size), code.size() + 8);
        // Read the path back.
        let mut dark = 0;
        for piece in path.split('M').skip(1) {
            let (at, rest) = piece.split_once('h').expect("h");
            let (x, y) = at.split_once(' ').expect("x y");
            let (x, y): (i32, i32) = (x.parse().expect("x"), y.parse().expect("y"));
            let width: i32 = rest.split_once('v').expect("v").0.parse().expect("width");
            for column in x..x + width {
                assert!(code.get_module(column - QUIET, y - QUIET));
                dark += 1;
            }
        }
        let modules = (0..code.size()).flat_map(|y| (0..code.size()).map(move |x| (x, y)));
        assert_eq!(
            dark,
            modules.filter(|(x, y)| code.get_module(*x, *y)).count()
        );
    }
}
