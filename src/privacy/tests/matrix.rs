//! Numbers that never belong to anybody (births to come), made at run time from a seed, in the forms in which
//! people write them; and what must be left alone. Figures: docs/privacy.md.
#![cfg(not(target_arch = "wasm32"))]

use privacy::{Finding, Kind, find, find_cpr, find_joined, mask};

/// A small generator, the same natively and in WASM.
struct Dice(u64);

impl Dice {
    fn next(&mut self, below: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % below
    }
}

fn days(month: u64, year: u64) -> u64 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year.is_multiple_of(4) => 29,
        2 => 28,
        _ => 31,
    }
}

/// Ten digits of somebody born in 2037-2057.
fn number(dice: &mut Dice) -> String {
    let year = 37 + dice.next(21);
    let month = 1 + dice.next(12);
    let day = 1 + dice.next(days(month, 2000 + year));
    let seventh = 5 + dice.next(4);
    format!("{day:02}{month:02}{year:02}{seventh}{:03}", dice.next(1000))
}

fn with_digits(number: &str, zero: u32) -> String {
    let digit = |c: char| char::from_u32(zero + c as u32 - '0' as u32).expect("a digit");
    number.chars().map(digit).collect()
}

/// The forms of a number: `#` is the bare one, `@` and `%` its two parts.
const TEMPLATES: [&str; 52] = [
    "#",
    "@-%",
    "@ %",
    "@ - %",
    "@.%",
    "@/%",
    "@\t%",
    "@\n%",
    "@\u{a0}%",
    "@\u{2011}%",
    "@\u{2013}%",
    "@\u{2212}%",
    "@\u{202f}%",
    "@\u{200b}%",
    "@\u{2009}%",
    "DD MM YY %",
    "DD.MM.YY-%",
    "DD/MM/YY %",
    "@-SS SS",
    "cpr:@-%",
    "CPR-nr. #",
    "CPR#",
    "(@-%)",
    "Hjælp! @-%!",
    "@-%?",
    "@-%, tak",
    "\"@-%\"",
    "'#'",
    "😀@-%😀",
    "&nbsp;@-%&nbsp;",
    "**@-%**",
    "[min datter](@-%)",
    "mit cpr er # og jeg",
    "nr 113 @-%",
    "113 #",
    "@-% 27",
    "@-% @-%",
    "ordrenummer 55 hører til @-%",
    "p-nr og CVR står her, født @-%",
    "ring 20 30 40 50, @-%",
    "tlf. 20304050 @-%",
    "(@-% uden slut",
    ":-) @-% :-)",
    "jeg hedder noget, #.",
    "<b>@-%</b>",
    "cpr=@-%;",
    "@ -%",
    "@- %",
    "født den DD-MM-YY %",
    "@–% (mor)",
    "person: @-%/far",
    "#\n#",
];

fn fill(template: &str, number: &str) -> String {
    let (date, serial) = number.split_at(6);
    template
        .replace('#', number)
        .replace("SS SS", &format!("{} {}", &serial[..2], &serial[2..]))
        .replace("DD", &date[..2])
        .replace("MM", &date[2..4])
        .replace("YY", &date[4..])
        .replace('@', date)
        .replace('%', serial)
}

/// Every digit of the number lies in a finding of a CPR number.
fn covered(text: &str, number: &str, found: &[Finding]) -> bool {
    let kept: String = text
        .char_indices()
        .filter(|(at, _)| !found.iter().any(|f| f.start <= *at && *at < f.end))
        .map(|(_, c)| c)
        .filter(char::is_ascii_digit)
        .collect();
    !found.is_empty() && !kept.contains(number) && !kept.contains(&number[6..])
}

#[test]
fn two_hundred_thousand_numbers_in_fifty_two_forms_are_all_found() {
    let mut dice = Dice(0x1234_5678_9abc_def1);
    let mut missed = Vec::new();
    for round in 0..208_000 {
        let number = number(&mut dice);
        let text = fill(TEMPLATES[round % TEMPLATES.len()], &number);
        if !covered(&text, &number, &find_cpr(&text)) {
            missed.push(text);
        }
    }
    assert!(
        missed.is_empty(),
        "{} missed, such as {:?}",
        missed.len(),
        &missed[..missed.len().min(5)]
    );
}

#[test]
fn digits_of_other_scripts_count() {
    let mut dice = Dice(77);
    for zero in [0xff10, 0x660, 0x6f0, 0x966, 0x1d7ce] {
        for _ in 0..500 {
            let number = number(&mut dice);
            let text = format!("nr {}", with_digits(&number, zero));
            assert_eq!(find_cpr(&text).len(), 1, "{text}");
        }
    }
}

#[test]
fn the_seventh_digit_decides_the_century_of_a_leap_day() {
    // (year, seventh digit, whether 29 February existed)
    let cases = [
        ("00", '0', false),
        ("00", '4', true),
        ("00", '5', true),
        ("00", '9', true),
        ("36", '4', true),
        ("37", '4', false),
        ("36", '5', true),
        ("37", '5', false),
        ("40", '4', true),
        ("40", '9', true),
        ("56", '6', true),
        ("57", '6', false),
        ("58", '5', false),
        ("60", '5', true),
        ("96", '8', true),
        ("96", '3', true),
    ];
    for (year, seventh, there) in cases {
        let text = format!("2902{year}-{seventh}001");
        assert_eq!(!find_cpr(&text).is_empty(), there, "{text}");
    }
}

#[test]
fn dates_that_are_none_are_left_alone_and_lent_numbers_need_a_sign() {
    let mut dice = Dice(5);
    for _ in 0..2_000 {
        let serial = format!("{}{:03}", 5 + dice.next(4), dice.next(1000));
        let year = 37 + dice.next(21);
        for date in [
            format!("3204{year}"),
            format!("3104{year}"),
            format!("3002{year}"),
            format!("0013{year}"),
            format!("1513{year}"),
            format!("1500{year}"),
        ] {
            assert_eq!(find_cpr(&format!("{date}-{serial}")), [], "{date}");
        }
        let lent = format!("{}{:02}{year}", 61 + dice.next(28), 1 + dice.next(12));
        assert_eq!(find_cpr(&format!("sag {lent}{serial}")), []);
        assert_eq!(
            find_cpr(&format!("sag {lent}-{serial}")).len(),
            1,
            "{lent}-{serial}"
        );
        assert_eq!(
            find_cpr(&format!("mit cpr-nummer er {lent}{serial}")).len(),
            1
        );
    }
}

#[test]
fn ordinary_numbers_of_a_kommune_are_rarely_taken_for_a_person() {
    let mut dice = Dice(99);
    let (mut alarms, mut all) = (0, 0);
    for _ in 0..5_000 {
        let mut n = |below: u64| dice.next(below);
        let phone = format!("{}{:07}", 2 + n(8), n(10_000_000));
        let p = phone.as_bytes();
        let pairs: Vec<&str> = (0..4)
            .map(|i| std::str::from_utf8(&p[i * 2..i * 2 + 2]).expect("ASCII"))
            .collect();
        let texts = [
            format!("ring på {phone}"),
            format!("ring på {}", pairs.join(" ")),
            format!("ring på +45 {}", pairs.join(" ")),
            format!("ring på 0045 {phone}"),
            format!("CVR {:08}", 10_000_000 + n(40_000_000)),
            format!("EAN 57980{:08}", n(100_000_000)),
            format!(
                "sag {:02}.{:02}.{:02}-G01-{}-26",
                n(100),
                n(100),
                n(100),
                n(100)
            ),
            format!("faktura 2026{:06}", n(1_000_000)),
            format!(
                "DK{:02} {:04} {:04} {:04} {:02}",
                10 + n(90),
                n(10_000),
                n(10_000),
                n(10_000),
                n(100)
            ),
            format!("id {:012}", n(1_000_000_000_000)),
            format!("550e8400-e29b-41d4-a716-{:012x}", n(1 << 48)),
            format!(
                "2026-{:02}-{:02}T{:02}:{:02}",
                1 + n(12),
                1 + n(28),
                n(24),
                n(60)
            ),
            format!("{} Eksempelby", 1000 + n(9000)),
            format!("https://www.eksempelby.example/side/{}", n(1_000_000)),
        ];
        for text in texts {
            all += 1;
            alarms += usize::from(!find_cpr(&text).is_empty());
        }
    }
    let share = alarms as f64 / f64::from(all) * 100.0;
    println!("false alarms on ordinary numbers: {alarms} of {all} ({share:.2} %)");
    assert!(share <= 0.5, "{share:.2} %");

    let random = (0..100_000)
        .filter(|_| !find_cpr(&format!("{:010}", dice.next(10_000_000_000))).is_empty())
        .count();
    println!(
        "random ten digits taken for a number: {:.2} %",
        random as f64 / 1000.0
    );
    assert!(random <= 4_000);
}

#[test]
fn lists_and_neighbours_do_not_hide_a_number() {
    let mut dice = Dice(3);
    let numbers: Vec<String> = (0..50).map(|_| number(&mut dice)).collect();
    for between in [", ", "; ", "\n", " og ", " | "] {
        assert_eq!(find_cpr(&numbers.join(between)).len(), 50, "{between:?}");
    }
    let masked = mask(&numbers.join(" "));
    for number in &numbers {
        assert!(!masked.contains(number.as_str()), "{masked}");
    }
}

#[test]
fn a_number_sent_in_two_messages_is_seen_in_the_second() {
    let number = number(&mut Dice(8));
    let (date, serial) = number.split_at(6);
    let found = find_joined(
        &format!("min søns nummer er {date}"),
        &format!("{serial} og han går i skole"),
    );
    assert_eq!(
        found,
        [Finding {
            kind: Kind::Cpr,
            start: 0,
            end: 4
        }]
    );
    assert_eq!(find_joined("jeg bor på nr. 12", "hvad koster et pas"), []);
}

#[test]
fn other_identifiers_are_named_for_what_they_are() {
    let rows = [
        (
            "ring til mig på 20 30 40 50",
            "ring til mig på [telefonnummer]",
        ),
        (
            "+45 20304050 er mit nummer",
            "[telefonnummer] er mit nummer",
        ),
        ("0045 20 30 40 50", "[telefonnummer]"),
        ("+4917612345678", "[telefonnummer]"),
        (
            "skriv til mor.søn@eksempel.dk, tak",
            "skriv til [e-mail], tak",
        ),
        ("(a@b.dk)", "([e-mail])"),
        ("min konto er 1234 0001234567", "min konto er [kontonummer]"),
        ("IBAN DK50 0040 0440 1162 43", "IBAN [kontonummer]"),
        ("kortet er 4111 1111 1111 1111", "kortet er [kortnummer]"),
        ("min MitID kode er 482913", "min MitID kode er [kode]"),
        ("adgangskode: Hund1234", "adgangskode: [kode]"),
        (
            "jeg bor Solsikkevej 12, 2. tv, 9999 Eksempelby nu",
            "jeg bor [adresse] nu",
        ),
        (
            "jeg hedder Anna Holm og vil flytte",
            "jeg hedder [navn] og vil flytte",
        ),
        ("my name is John Smith.", "my name is [navn]."),
    ];
    for (text, masked) in rows {
        assert_eq!(mask(text), masked);
    }
    for harmless in [
        "CVR 20304050",
        "hvad koster et pas til 2 børn",
        "lukker I kl. 15.30 den 24. december",
        "jeg flytter den 1. maj",
        "gebyret er 1.234,50 kr.",
        "hvad hedder det",
        "skoleåret 2026/2027",
        "postnummer 8000",
        "vejen er i stykker ved nr 12",
    ] {
        assert_eq!(find(harmless), [], "{harmless}");
    }
}
