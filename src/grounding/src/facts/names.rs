//! Names of months, weekdays, numbers and units in Danish and English, folded.

use super::Unit;
use bundle::content::Lang;

const MONTHS: [(&str, u8); 32] = [
    ("januar", 1),
    ("january", 1),
    ("jan", 1),
    ("februar", 2),
    ("february", 2),
    ("feb", 2),
    ("marts", 3),
    ("march", 3),
    ("mar", 3),
    ("april", 4),
    ("apr", 4),
    ("maj", 5),
    ("may", 5),
    ("juni", 6),
    ("june", 6),
    ("jun", 6),
    ("juli", 7),
    ("july", 7),
    ("jul", 7),
    ("august", 8),
    ("aug", 8),
    ("september", 9),
    ("sep", 9),
    ("sept", 9),
    ("oktober", 10),
    ("october", 10),
    ("okt", 10),
    ("oct", 10),
    ("november", 11),
    ("nov", 11),
    ("december", 12),
    ("dec", 12),
];
/// Months that are words of their own as well, or short: they count only beside a number.
pub(super) const WEAK: &[&str] = &[
    "jan", "feb", "mar", "march", "apr", "may", "jun", "jul", "aug", "sep", "sept", "okt", "oct",
    "nov", "dec",
];
const WEEKDAYS: [(&str, &str); 7] = [
    ("mandag", "monday"),
    ("tirsdag", "tuesday"),
    ("onsdag", "wednesday"),
    ("torsdag", "thursday"),
    ("fredag", "friday"),
    ("loerdag", "saturday"),
    ("soendag", "sunday"),
];
const DANISH: &[(&str, u32)] = &[
    ("nul", 0),
    ("to", 2),
    ("begge", 2),
    ("tre", 3),
    ("fire", 4),
    ("fem", 5),
    ("seks", 6),
    ("syv", 7),
    ("otte", 8),
    ("ni", 9),
    ("ti", 10),
    ("elleve", 11),
    ("tolv", 12),
    ("tretten", 13),
    ("fjorten", 14),
    ("femten", 15),
    ("seksten", 16),
    ("sytten", 17),
    ("atten", 18),
    ("nitten", 19),
    ("tyve", 20),
    ("tredive", 30),
    ("fyrre", 40),
    ("halvtreds", 50),
    ("tres", 60),
    ("halvfjerds", 70),
    ("firs", 80),
    ("halvfems", 90),
    ("hundrede", 100),
    ("tusind", 1000),
    ("tusinde", 1000),
    ("tredje", 3),
    ("fjerde", 4),
    ("femte", 5),
    ("sjette", 6),
    ("syvende", 7),
    ("ottende", 8),
    ("niende", 9),
    ("tiende", 10),
];
const ENGLISH: &[(&str, u32)] = &[
    ("zero", 0),
    ("two", 2),
    ("both", 2),
    ("three", 3),
    ("four", 4),
    ("five", 5),
    ("six", 6),
    ("seven", 7),
    ("eight", 8),
    ("nine", 9),
    ("ten", 10),
    ("eleven", 11),
    ("twelve", 12),
    ("thirteen", 13),
    ("fourteen", 14),
    ("fifteen", 15),
    ("sixteen", 16),
    ("seventeen", 17),
    ("eighteen", 18),
    ("nineteen", 19),
    ("twenty", 20),
    ("thirty", 30),
    ("forty", 40),
    ("fifty", 50),
    ("sixty", 60),
    ("seventy", 70),
    ("eighty", 80),
    ("ninety", 90),
    ("hundred", 100),
    ("thousand", 1000),
    ("third", 3),
    ("fourth", 4),
    ("fifth", 5),
    ("sixth", 6),
    ("tenth", 10),
];

pub(super) fn month(word: &str) -> Option<u8> {
    MONTHS
        .iter()
        .find(|(name, _)| *name == word)
        .map(|(_, month)| *month)
}

pub(super) fn weekday(word: &str) -> Option<u8> {
    let begins = |name: &str| {
        word.strip_prefix(name)
            .is_some_and(|rest| matches!(rest, "" | "e" | "en" | "ene" | "s" | "ens"))
    };
    (0..)
        .zip(WEEKDAYS)
        .find(|(_, (da, en))| begins(da) || begins(en))
        .map(|(day, _)| day)
}

/// "femogtyve" is 25, "tohundrede" is 200.
pub(super) fn spelt(word: &str, lang: Lang) -> Option<String> {
    let list = match lang {
        Lang::Da => DANISH,
        Lang::En => ENGLISH,
    };
    let one = |w: &str| list.iter().find(|(name, _)| *name == w).map(|(_, n)| *n);
    match word {
        "halvanden" | "halvandet" => return Some("1.5".into()),
        "halv" | "halve" | "half" | "halvdelen" => return Some("0.5".into()),
        "dobbelt" | "double" | "twice" => return Some("2".into()),
        _ => {}
    }
    let ones = |w: &str| {
        if matches!(w, "en" | "et") {
            Some(1)
        } else {
            one(w).filter(|n| (2..10).contains(n))
        }
    };
    let sum = || {
        let (unit, ten) = word.split_once("og")?;
        Some(ones(unit)? + one(ten).filter(|n| (20..100).contains(n))?)
    };
    let hundreds = || Some(ones(word.strip_suffix("hundrede")?)? * 100);
    let thousands = || Some(ones(word.strip_suffix("tusind")?)? * 1000);
    let value = one(word).or_else(|| {
        if lang == Lang::Da {
            sum().or_else(hundreds).or_else(thousands)
        } else {
            None
        }
    })?;
    Some(value.to_string())
}

pub(super) fn unit_of(word: &str) -> Option<Unit> {
    Some(match word {
        "kr" | "krone" | "kroner" | "kroners" | "dkk" => Unit::Kroner,
        "euro" | "eur" | "dollar" | "dollars" | "usd" | "pund" | "oere" => Unit::Money,
        "pct" | "procent" | "percent" | "procents" => Unit::Percent,
        "minut" | "minutter" | "min" | "minute" | "minutes" | "minutters" => Unit::Minutes,
        "time" | "timer" | "timers" | "hour" | "hours" => Unit::Hours,
        "dag" | "dage" | "dages" | "day" | "days" | "doegn" => Unit::Days,
        "hverdage" | "hverdag" | "arbejdsdage" | "arbejdsdag" | "weekdays" | "workdays" => {
            Unit::Workdays
        }
        "uge" | "uger" | "ugers" | "week" | "weeks" => Unit::Weeks,
        "maaned" | "maaneder" | "maaneders" | "mdr" | "month" | "months" => Unit::Months,
        "aar" | "aars" | "aarig" | "aarige" | "aariges" | "year" | "years" | "yearold" => {
            Unit::Years
        }
        "m" | "meter" | "km" | "kilometer" | "cm" | "centimeter" | "mm" => Unit::Length,
        "m2" | "kvm" | "kvadratmeter" | "ha" | "hektar" => Unit::Area,
        "kg" | "kilo" | "gram" | "g" | "ton" | "tons" => Unit::Weight,
        "l" | "liter" | "liters" | "m3" | "kubikmeter" => Unit::Volume,
        "mio" | "million" | "millioner" | "mia" | "milliard" | "milliarder" | "millions" => {
            Unit::Millions
        }
        _ => return None,
    })
}
