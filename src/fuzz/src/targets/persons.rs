//! Identifiers of persons in any text: spans on characters, in order and apart; a mask leaves no number and masks once;
//! a CPR number that was put in is always found.

use super::Check;
use crate::dice::Dice;

const PIECES: [&str; 40] = [
    "jeg hedder ",
    "mit navn er ",
    "my name is ",
    "Anna",
    "Holm",
    "kode ",
    "adgangskode: ",
    "MitID ",
    "konto ",
    "reg. ",
    "IBAN DK",
    "cpr ",
    "CPR-nr.",
    "cvr ",
    "sag ",
    "+45",
    "0045",
    "tlf. ",
    "@",
    "a@b.dk",
    ".dk",
    "vej ",
    "Solsikkevej 12",
    ", 2. tv",
    "8000",
    "2026-11-21",
    "-",
    " - ",
    ".",
    "/",
    "\u{a0}",
    "\u{2011}",
    "\u{200b}",
    "\u{661}",
    "\u{ff11}",
    "[cpr-nummer]",
    "[kode]",
    "123456",
    "4111",
    "0",
];

/// Now and then with a number of somebody born in 2037-2057 in it, written in one of the common ways.
pub(super) fn text(dice: &mut Dice) -> Vec<u8> {
    let mut text = String::new();
    for _ in 0..dice.below(10) {
        match dice.below(4) {
            0 => text += &dice.line(&PIECES),
            1 => {
                for _ in 0..dice.below(14) {
                    text.push(char::from(b'0' + dice.below(10) as u8));
                }
            }
            2 => text += dice.one_of(&PIECES),
            _ => {
                text.push(' ');
                text += &number(dice);
                text.push(' ');
            }
        }
    }
    text.into_bytes()
}

fn number(dice: &mut Dice) -> String {
    let (day, month, year) = (1 + dice.below(28), 1 + dice.below(12), 37 + dice.below(21));
    let (seventh, rest) = (5 + dice.below(4), dice.below(1000));
    let between = dice.one_of(&["", "-", " ", " - ", ".", "\u{2013}"]);
    format!("{day:02}{month:02}{year:02}{between}{seventh}{rest:03}")
}

pub(super) fn check() -> Check {
    Box::new(|input| {
        let text = String::from_utf8_lossy(input);
        let found = privacy::find(&text);
        let mut end = 0;
        for one in &found {
            assert!(one.start >= end && one.start < one.end, "{found:?}");
            assert!(text.is_char_boundary(one.start) && text.is_char_boundary(one.end));
            end = one.end;
        }
        let cpr = privacy::find_cpr(&text);
        assert!(
            cpr.iter().all(|one| found.contains(one)),
            "a CPR number comes first: {cpr:?} {found:?}"
        );
        let masked = privacy::mask(&text);
        assert_eq!(privacy::find_cpr(&masked), []);
        assert_eq!(privacy::mask(&masked), masked, "masked twice");
        let secrets = privacy::mask_secrets(&text);
        assert_eq!(privacy::find_secrets(&secrets), []);
        let middle = (0..=text.len() / 2)
            .rev()
            .find(|at| text.is_char_boundary(*at))
            .unwrap_or(0);
        let (before, next) = text.split_at(middle);
        for one in privacy::find_joined(before, next) {
            assert!(one.start == 0 && next.is_char_boundary(one.end));
        }
    })
}
