use super::*;
use proptest::prelude::*;

fn of(text: &str, lang: Lang) -> Vec<Fact> {
    facts(text, lang)
}

fn n(value: &str, unit: Option<Unit>) -> Fact {
    Fact::Number(value.into(), unit)
}

#[test]
fn danish_spellings_fold_to_one_fact() {
    let kr = Some(Unit::Kroner);
    let rows: &[(&str, &[Fact])] = &[
        ("Et pas koster 893 kr.", &[n("893", kr)]),
        ("kr. 893", &[n("893", kr)]),
        ("893,-", &[n("893", kr)]),
        ("893,00 kroner", &[n("893", kr)]),
        ("1.234,50 kr", &[n("1234.5", kr)]),
        ("10.000 kr.", &[n("10000", kr)]),
        ("10 000 kr.", &[n("10000", kr)]),
        (
            "3-4 uger",
            &[n("3", Some(Unit::Weeks)), n("4", Some(Unit::Weeks))],
        ),
        (
            "tre til fire uger",
            &[n("3", Some(Unit::Weeks)), n("4", Some(Unit::Weeks))],
        ),
        (
            "25 % eller 25 procent",
            &[n("25", Some(Unit::Percent)), n("25", Some(Unit::Percent))],
        ),
        ("en 14-årig", &[n("14", Some(Unit::Years))]),
        ("18 år", &[n("18", Some(Unit::Years))]),
        ("Ring 00 12 34 56", &[n("00123456", None)]),
        ("+45 00 12 34 56", &[n("00123456", None)]),
        ("tlf. 00123456", &[n("00123456", None)]),
        ("112 eller 1813", &[n("112", None), n("1813", None)]),
        ("24. december 2026", &[Fact::Day(24, 12, Some(2026))]),
        ("den 24/12-2026", &[Fact::Day(24, 12, Some(2026))]),
        ("24.12.2026", &[Fact::Day(24, 12, Some(2026))]),
        ("2026-12-24", &[Fact::Day(24, 12, Some(2026))]),
        ("1. januar", &[Fact::Day(1, 1, None)]),
        ("i december", &[Fact::Month(12, None)]),
        ("kl. 10.30", &[Fact::Time(630)]),
        ("10:30", &[Fact::Time(630)]),
        ("kl. 10-15", &[Fact::Time(600), Fact::Time(900)]),
        ("kl. 9.00 til 15.30", &[Fact::Time(540), Fact::Time(930)]),
        (
            "mandag-onsdag",
            &[Fact::Weekday(0), Fact::Weekday(1), Fact::Weekday(2)],
        ),
        ("femogtyve år", &[n("25", Some(Unit::Years))]),
        ("på A4-papir", &[Fact::Word("a4".into())]),
        ("§ 45", &[n("45", None)]),
        (
            "skriv til post@eksempelby.example.",
            &[Fact::Mail("post@eksempelby.example".into())],
        ),
        (
            "se https://www.borger.dk/pas/",
            &[Fact::Address("borger.dk/pas".into())],
        ),
        ("se borger.dk.", &[Fact::Address("borger.dk".into())]),
        ("f.eks. pas m.fl.", &[]),
        ("٣ uger", &[Fact::Foreign('٣'), Fact::Word("٣".into())]),
    ];
    for (text, wanted) in rows {
        let found = of(text, Lang::Da);
        let found: Vec<_> = found
            .into_iter()
            .filter(|f| !matches!(f, Fact::Word(w) if w == "٣"))
            .collect();
        let wanted: Vec<_> = wanted
            .iter()
            .filter(|f| !matches!(f, Fact::Word(w) if w == "٣"))
            .cloned()
            .collect();
        assert_eq!(found, wanted, "{text}");
    }
}

#[test]
fn english_spellings_fold_to_the_same_facts() {
    let rows: &[(&str, &[Fact])] = &[
        ("It costs DKK 1,234.50", &[n("1234.5", Some(Unit::Kroner))]),
        ("three weeks", &[n("3", Some(Unit::Weeks))]),
        ("on December 24, 2026", &[Fact::Day(24, 12, Some(2026))]),
        ("24 December 2026", &[Fact::Day(24, 12, Some(2026))]),
        ("from 10 am to 3 pm", &[Fact::Time(600), Fact::Time(900)]),
        (
            "Monday to Wednesday",
            &[Fact::Weekday(0), Fact::Weekday(1), Fact::Weekday(2)],
        ),
        ("you may go to the town hall", &[]),
    ];
    for (text, wanted) in rows {
        assert_eq!(of(text, Lang::En), *wanted, "{text}");
    }
}

#[test]
fn a_changed_number_unit_day_or_time_is_not_borne_out() {
    let passage = of(
        "Et pas koster 893 kr. og gælder i 10 år. Åbent mandag-fredag kl. 10-15. Frist 24. december 2026. Ring 00 12 34 56. Se borger.dk/pas.",
        Lang::Da,
    );
    let holds = |text: &str| of(text, Lang::Da).iter().all(|f| f.is_in(&passage));
    for good in [
        "893 kroner",
        "ti år",
        "kl. 10.00",
        "fra 10 til 15",
        "tirsdag",
        "24/12-2026",
        "i december",
        "2026",
        "00123456",
        "www.borger.dk",
        "https://borger.dk/pas",
    ] {
        assert!(holds(good), "{good}");
    }
    for bad in [
        "839 kr.",
        "10 kr.",
        "893 år",
        "10 uger",
        "kl. 11",
        "lørdag",
        "25. december",
        "24/12-2027",
        "i november",
        "2027",
        "00 12 34 57",
        "borger.dk/andet",
        "borger.dk.evil.example",
        "evil.example",
        "x@borger.dk",
        "a4",
        "elleve år",
        "1 000 000",
    ] {
        assert!(!holds(bad), "{bad}");
    }
}

proptest! {
    #[test]
    fn nothing_panics_and_no_digit_goes_unseen(text in ".{0,80}") {
        for lang in [Lang::Da, Lang::En] {
            let found = facts(&text, lang);
            let digit = text::fold(&text).chars().any(|c| c.is_ascii_digit());
            prop_assert!(!digit || !found.is_empty(), "{text}");
        }
    }

    #[test]
    fn whatever_is_said_bears_itself_out(text in "[0-9a-zæøå .,:/%-]{0,40}") {
        let found = facts(&text, Lang::Da);
        prop_assert!(found.iter().all(|f| matches!(f, Fact::Foreign(_)) || f.is_in(&found)));
    }
}
