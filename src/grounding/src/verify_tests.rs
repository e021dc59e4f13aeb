use super::*;
use crate::passage::{Kind, Passage};
use proptest::prelude::*;

fn passage(title: &str, text: &str, lang: Lang) -> Passage {
    Passage {
        kind: Kind::Answer,
        intent: "pas/pris-paa-pas".into(),
        title: title.into(),
        text: text.into(),
        lang,
        url: "https://www.borger.dk/pas".into(),
    }
}

fn hosts() -> Hosts {
    Hosts::new(["borger.dk", "eksempelby.example"])
}

fn danish() -> Passages {
    Passages::new(
        [
            passage(
                "Hvad koster et pas?",
                "Et pas til en voksen koster 893 kr. Du betaler, når du søger. Passet gælder i 10 år. Du skal ikke have et nyt foto med. \
                 Borgerservice har åbent mandag-torsdag kl. 10-15. Ring 00 12 34 56. Bestil tid (https://www.eksempelby.example/tid).",
                Lang::Da,
            ),
            passage(
                "Hvor afleverer jeg haveaffald?",
                "Du afleverer haveaffald på genbrugspladsen. Den har åbent alle dage kl. 8-18.",
                Lang::Da,
            ),
        ],
        &hosts(),
    )
}

/// "ok", or the reason's name.
fn told(sentence: &str, passages: &Passages, lang: Lang) -> &'static str {
    match verify(sentence, passages, &hosts(), lang) {
        Ok(_) => "ok",
        Err(reason) => reason.name(),
    }
}

#[test]
fn only_what_a_named_passage_bears_out_is_let_through() {
    let passages = danish();
    for (sentence, wanted) in [
        ("Et pas til en voksen koster 893 kr. [p1]", "ok"),
        ("Passet til en voksen koster 893 kroner [p1].", "ok"),
        ("Passet gælder i ti år [p1].", "ok"),
        ("- Du betaler, når du søger [p1].", "ok"),
        ("**Du betaler**, når du søger [1].", "ok"),
        (
            "Borgerservice har åbent om tirsdagen kl. 10.00-15.00 [p1].",
            "ok",
        ),
        ("Bestil tid på www.eksempelby.example/tid [p1].", "ok"),
        ("Du afleverer haveaffald på genbrugspladsen [p2].", "ok"),
        ("Et pas til en voksen koster 893 kr.", "uncited"),
        ("Et pas til en voksen koster 893 kr. [pas]", "markup"),
        (
            "Et pas til en voksen koster 893 kr. [p3]",
            "unknown-passage",
        ),
        (
            "Et pas til en voksen koster 893 kr. [p0]",
            "unknown-passage",
        ),
        (
            "Et pas til en voksen koster 893 kr. [p1][p77]",
            "unknown-passage",
        ),
        ("Et pas til en voksen koster 983 kr. [p1]", "number"),
        ("Et pas til en voksen koster 10 kr. [p1]", "number"),
        ("Et pas til en voksen koster otte kr. [p1]", "number"),
        ("Passet gælder i 10 uger [p1].", "number"),
        ("Passet gælder i femten år [p1].", "number"),
        ("Passet gælder i ٩ år [p1].", "number"),
        (
            "Borgerservice har åbent om fredagen kl. 10-15 [p1].",
            "number",
        ),
        (
            "Borgerservice har åbent mandag-torsdag kl. 10-16 [p1].",
            "number",
        ),
        ("Ring til Borgerservice på 00 12 34 57 [p1].", "number"),
        (
            "Skriv til pas@borger.dk og betal, når du søger [p1].",
            "number",
        ),
        ("Du betaler, når du søger, på evil.example [p1].", "link"),
        (
            "Du betaler, når du søger, på https://borger.dk.evil.example [p1].",
            "link",
        ),
        ("Du betaler, når du søger, på borger.dk/andet [p1].", "link"),
        (
            "Du betaler, når du søger, på javascript:alert(1) [p1].",
            "link",
        ),
        (
            "Du betaler, når du søger ![x](https://evil.example/a.png) [p1].",
            "markup",
        ),
        (
            "Du [betaler](https://borger.dk), når du søger [p1].",
            "markup",
        ),
        ("Du betaler, <b>når</b> du søger [p1].", "markup"),
        ("Du betaler, <img src=x> når du søger [p1].", "markup"),
        ("Du betaler, når\u{202e} du søger [p1].", "markup"),
        ("Du betaler, når `du` søger [p1].", "markup"),
        (
            "Du kan få hjælp til mange ting i kommunen [p1].",
            "unsupported",
        ),
        ("Ja [p1].", "unsupported"),
        (
            "Haveaffald afleveres på genbrugspladsen [p1].",
            "wrong-passage",
        ),
        (
            "Du skal ikke betale, når du søger pas [p2].",
            "wrong-passage",
        ),
        ("Du betaler ikke, når du søger [p1].", "negation"),
        ("Du skal have et nyt foto med [p1].", "negation"),
        (
            "Du afleverer ikke haveaffald på genbrugspladsen [p2].",
            "negation",
        ),
        ("[p1]", "empty"),
    ] {
        assert_eq!(told(sentence, &passages, Lang::Da), wanted, "{sentence}");
    }
    let long = format!("Du betaler, når du søger {}[p1].", "pas ".repeat(120));
    assert_eq!(told(&long, &passages, Lang::Da), "too-long");
}

#[test]
fn english_is_held_against_english() {
    let text = "A passport for an adult costs DKK 893. You pay when you apply. The passport is valid for 10 years.";
    let passages = Passages::new(
        [passage("What does a passport cost?", text, Lang::En)],
        &hosts(),
    );
    for (sentence, wanted) in [
        ("A passport for an adult costs DKK 893 [p1].", "ok"),
        ("The passport is valid for ten years [p1].", "ok"),
        ("You don't pay when you apply [p1].", "negation"),
        ("A passport for an adult costs DKK 839 [p1].", "number"),
    ] {
        assert_eq!(told(sentence, &passages, Lang::En), wanted, "{sentence}");
    }
}

#[test]
fn a_listed_address_becomes_a_link_and_the_rest_stays_text() {
    let found = verify(
        "Bestil tid på eksempelby.example/tid nu [p1].",
        &danish(),
        &hosts(),
        Lang::Da,
    )
    .expect("a sentence");
    let links: Vec<_> = found
        .parts
        .iter()
        .map(|p| (p.text.as_str(), p.url.as_str()))
        .collect();
    assert_eq!(
        links,
        [
            ("Bestil tid på ", ""),
            ("eksempelby.example/tid", "https://eksempelby.example/tid"),
            (" nu.", "")
        ]
    );
    assert_eq!(found.passages, [1]);
}

proptest! {
    #[test]
    fn whatever_is_written_no_unlisted_address_and_no_tag_comes_out(
        text in "[a-zæøå .:/<>@\\[\\]()!-]{0,60}",
        host in "[a-z]{2,8}\\.(com|example|dk|net)",
        at in 0_usize..3,
    ) {
        let written = match at {
            0 => format!("Et pas til en voksen koster 893 kr. {text} {host} [p1]"),
            1 => format!("Du betaler, når du søger på https://{host}/{text} [p1]"),
            _ => format!("{text} [p1] du betaler når du søger ({host})"),
        };
        if let Ok(found) = verify(&written, &danish(), &hosts(), Lang::Da) {
            prop_assert!(found.parts.iter().all(|p| p.url.is_empty() || hosts().lists(&p.url)), "{written}");
            prop_assert!(!found.text().contains("<img") && !found.text().contains("]("), "{written}");
            prop_assert!(!found.text().contains(&host) || hosts().lists(&host), "{written}");
        }
    }

    #[test]
    fn a_changed_amount_never_comes_out(amount in 0_u32..100_000, form in 0_usize..4) {
        prop_assume!(amount != 893);
        let said = match form {
            0 => format!("{amount} kr."),
            1 => format!("kr. {amount}"),
            2 => format!("{amount},-"),
            _ => format!("{amount} kroner"),
        };
        let written = format!("Et pas til en voksen koster {said} [p1]");
        prop_assert!(verify(&written, &danish(), &hosts(), Lang::Da).is_err(), "{written}");
    }

    #[test]
    fn a_passage_that_is_none_never_bears_anything_out(number in 3_u64..1_000_000) {
        let written = format!("Et pas til en voksen koster 893 kr. [p{number}]");
        prop_assert_eq!(verify(&written, &danish(), &hosts(), Lang::Da), Err(Reason::UnknownPassage));
    }
}
