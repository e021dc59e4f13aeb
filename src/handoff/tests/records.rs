//! The record: one changed byte is found, and nothing written in it becomes anything but text on its page.

use handoff::Retention;
use handoff::record::{Broken, Contact, Decision, Entry, Head, Moment, Record, verify};
use proptest::prelude::*;

const HOSTILE: [&str; 12] = [
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "</p></li></ol><svg/onload=alert(1)>",
    "<!--",
    "]]>",
    "&lt;script&gt;",
    "javascript:alert(1)",
    "</style><style>@import 'https://x.example'</style>",
    "<a href=https://x.example>x</a>",
    "\u{202e}gnirts",
    "\u{0}\u{8}\u{1b}[31m",
    "' onmouseover='x",
];

fn record(texts: &[&str]) -> Record {
    let head = Head {
        kommune: "by".into(),
        name: "By Kommune".into(),
        receipt: "4KT8-6JPF".into(),
        way: "chat".into(),
        department: "borgerservice".into(),
        department_name: "Borgerservice".into(),
        about: "pas/pris".into(),
        kle: "23.05.01".into(),
        bundle: "2026-11-21 abc".into(),
        language: "da".into(),
        privacy_version: "001122".into(),
        contact: Some(Contact {
            name: "Bo".into(),
            ..Contact::default()
        }),
        begun: Moment::new(1_795_262_400_123),
        closed: Some(Moment::new(1_795_262_700_000)),
        outcome: "answered".into(),
        decision: Some(Decision {
            record: "journalised".into(),
            reason: "Sag 26/123".into(),
            by: "Anna".into(),
            at: Moment::new(1_795_263_000_000),
        }),
        received: 2,
        retention: Retention {
            days: 90,
            rule: "Slettepolitik 4.2".into(),
        },
        exported: Moment::new(1_795_264_000_000),
        ..Head::default()
    };
    let entry = |text: &&str| Entry {
        kind: "message".into(),
        seq: 1,
        at: Some(Moment::new(1_795_262_401_000)),
        who: "citizen".into(),
        text: (*text).to_owned(),
        answer: "pas/pris".into(),
        message: "0190c3a0-0000-4000-8000-000000000000".into(),
        ..Entry::default()
    };
    Record::new(head, texts.iter().map(entry).collect())
}

#[test]
fn a_record_that_nobody_touched_passes() {
    for texts in [&[][..], &["Hej æøå 😀"], &HOSTILE] {
        let record = record(texts);
        assert_eq!(verify(record.json().as_bytes()), Ok(record));
    }
    let begun = record(&[]).head.begun;
    assert_eq!(
        (begun.utc.as_str(), begun.copenhagen.as_str()),
        ("2026-11-21T12:00:00.123Z", "2026-11-21T13:00:00+01:00")
    );
}

/// Every byte of a whole file by every one of its eight bits, taken out, and doubled.
#[test]
fn one_changed_byte_is_found_wherever_it_stands() {
    let good = record(&["Hvad koster et pas? Æbler", "\\u00e6 \"x\" 😀"])
        .json()
        .into_bytes();
    for at in 0..good.len() {
        for bit in 0..8 {
            let mut bad = good.clone();
            bad[at] ^= 1 << bit;
            assert!(verify(&bad).is_err(), "byte {at}, bit {bit}");
        }
        let mut short = good.clone();
        short.remove(at);
        assert!(verify(&short).is_err(), "byte {at} taken out");
        let mut long = good.clone();
        long.insert(at, good[at]);
        assert!(verify(&long).is_err(), "byte {at} doubled");
    }
}

#[test]
fn the_first_entry_that_was_touched_is_named() {
    let whole = record(&["en", "to", "tre"]);
    let mut changed = whole.clone();
    changed.entries[1].text = "TO".into();
    assert_eq!(
        verify(changed.json().as_bytes()),
        Err(Broken::Entry { entry: 2 })
    );
    let mut gone = whole.clone();
    gone.entries.remove(1);
    assert_eq!(
        verify(gone.json().as_bytes()),
        Err(Broken::Entry { entry: 2 })
    );
    let mut swapped = whole.clone();
    swapped.entries.swap(0, 1);
    assert_eq!(
        verify(swapped.json().as_bytes()),
        Err(Broken::Entry { entry: 1 })
    );
    let mut cut = whole.clone();
    cut.entries.pop();
    assert_eq!(verify(cut.json().as_bytes()), Err(Broken::Seal));
    let mut head = whole.clone();
    head.head.received = 3;
    assert_eq!(
        verify(head.json().as_bytes()),
        Err(Broken::Entry { entry: 1 })
    );
    let mut newer = whole.clone();
    newer.head.format = 2;
    assert_eq!(verify(newer.json().as_bytes()), Err(Broken::Format(2)));
    let spaced = whole.json().replacen("  ", "   ", 1);
    assert_eq!(verify(spaced.as_bytes()), Err(Broken::Bytes));
    let added = whole
        .json()
        .replacen("\"head\": {", "\"head\": {\"more\": 1,", 1);
    assert!(matches!(verify(added.as_bytes()), Err(Broken::Form(_))));
}

/// A page's tags are the program's own: what was written adds none, and no attribute.
#[test]
fn what_was_written_stays_text_on_the_page() {
    let tags = |page: &str| page.matches('<').count();
    let plain = record(&["a"; HOSTILE.len()]).html();
    let hostile = record(&HOSTILE).html();
    assert_eq!(tags(&plain), tags(&hostile));
    for absent in [
        "<script",
        "<img",
        "<svg",
        "<a ",
        "onerror=alert(1)>",
        "\u{202e}",
        "\u{0}",
        "@import 'https",
    ] {
        assert!(!hostile.contains(absent), "{absent}");
    }
    assert!(hostile.contains("default-src 'none'; style-src 'sha256-"));
    // In every other field as well.
    let mut record = record(&["a"]);
    let plain = tags(&record.html());
    let bad = "\"><script>x</script>".to_owned();
    let Record {
        head,
        entries,
        seal,
    } = &mut record;
    let entry = &mut entries[0];
    for field in [
        &mut head.name,
        &mut head.receipt,
        &mut head.way,
        &mut head.department_name,
        &mut head.about,
        &mut head.kle,
        &mut head.bundle,
        &mut head.language,
        &mut head.privacy_version,
        &mut head.outcome,
        &mut head.retention.rule,
        seal,
        &mut entry.kind,
        &mut entry.answer,
        &mut entry.message,
        &mut entry.hash,
    ] {
        field.clone_from(&bad);
    }
    record.head.contact = Some(Contact {
        name: bad.clone(),
        phone: bad.clone(),
        email: bad.clone(),
        when: bad.clone(),
    });
    let page = record.html();
    assert!(!page.contains("<script"), "{page}");
    // Phone, mail and wanted time have become rows: two tags and their ends each.
    assert_eq!(tags(&page), plain + 3 * 4);
}

proptest! {
    #[test]
    fn any_text_passes_whole_and_adds_no_tag(texts in proptest::collection::vec("\\PC{0,40}", 0..6), turned in any::<u16>()) {
        let texts: Vec<String> = texts.into_iter().map(|t| format!("x{t}")).collect();
        let refs: Vec<&str> = texts.iter().map(String::as_str).collect();
        let record = record(&refs);
        let json = record.json();
        prop_assert!(verify(json.as_bytes()).is_ok());
        let mut bytes = json.into_bytes();
        let at = usize::from(turned) % bytes.len();
        bytes[at] = bytes[at].wrapping_add(1);
        prop_assert!(verify(&bytes).is_err());
        let plain = crate::record(&vec!["x"; texts.len()]).html();
        prop_assert_eq!(record.html().matches('<').count(), plain.matches('<').count());
    }

    #[test]
    fn no_bytes_make_the_check_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        prop_assert!(verify(&bytes).is_err());
    }
}
