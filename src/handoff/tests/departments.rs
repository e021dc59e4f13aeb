//! Who gets a topic, when a department answers, how long a wait will be, and what is wrong with a kommune's data.

use booking::parse_instant;
use handoff::{
    Admin, Carrier, Closure, Department, Exception, Holidays, Opening, ResumeCode, Retention,
    Words, estimate,
};
use hours::{Date, Span};
use proptest::prelude::*;

fn words(text: &str) -> Words {
    Words {
        da: text.into(),
        en: text.into(),
    }
}

fn span(open: u16, close: u16) -> Span {
    Span {
        open: open * 60,
        close: close * 60,
    }
}

fn date(text: &str) -> Date {
    Date::parse(text).expect("a date")
}

/// Monday to Friday 9-15, and another that takes passports, and one pension answer that mail answers.
fn admin() -> Admin {
    let mut week = booking::Week::default();
    week.days[..5].fill(vec![span(9, 15)]);
    let department = |id: &str, topics: &[&str]| Department {
        id: id.into(),
        name: words(id),
        topics: topics.iter().map(|t| (*t).to_owned()).collect(),
        week: week.clone(),
        ..Department::default()
    };
    let mut all = vec![
        department("pas", &["pas", "koerekort"]),
        department("social", &["aeldre", "pas/nul-pris"]),
        department("service", &[]),
    ];
    all[2].fallback = true;
    all[2].kle = "23.05.00".into();
    Admin {
        format: 1,
        kommune: "by".into(),
        name: "By Kommune".into(),
        holidays: Holidays {
            public: true,
            customary: vec!["juleaften".into()],
        },
        privacy: handoff::Privacy {
            version: "1".into(),
            controller: "By Kommune".into(),
            purpose: words("At svare"),
            retention_days: 30,
            text: words("Vi sletter det."),
            url: String::new(),
        },
        retention: Retention {
            days: 30,
            rule: "Slettepolitik 2".into(),
        },
        warn_minutes: 5,
        departments: all,
        ..Admin::default()
    }
}

#[test]
fn an_answer_goes_before_its_topic_and_the_rest_to_the_fallback() {
    let admin = admin();
    let to = |about: Option<&str>| {
        admin
            .department_for(about)
            .expect("a department")
            .id
            .as_str()
    };
    for (about, department) in [
        (Some("pas"), "pas"),
        (Some("pas/pris"), "pas"),
        (Some("pas/nul-pris"), "social"),
        (Some("aeldre/madservice"), "social"),
        (Some("aeldreraad"), "service"),
        (Some("skole/indskrivning"), "service"),
        (Some(""), "service"),
        (Some("/"), "service"),
        (None, "service"),
    ] {
        assert_eq!(to(about), department, "{about:?}");
    }
    assert!(Admin::default().department_for(None).is_none());
}

#[test]
fn a_conversation_is_filed_under_its_answer_or_its_department() {
    let mut admin = admin();
    admin.subjects.insert("pas/pris".into(), "23.05.01".into());
    assert_eq!(admin.subject(Some("pas/pris"), "service"), Some("23.05.01"));
    assert_eq!(admin.subject(Some("pas"), "service"), Some("23.05.00"));
    assert_eq!(admin.subject(None, "pas"), None);
}

/// `open 12:00` closes at that time; `opens …`; both Copenhagen.
fn at(admin: &Admin, department: usize, now: &str) -> String {
    let now = parse_instant(now).unwrap_or_else(|e| panic!("{now}: {e}"));
    match admin.open(&admin.departments[department], now) {
        Opening::Open { until_ms: None } => "open".into(),
        Opening::Open {
            until_ms: Some(until),
        } => format!("open {}", booking::instant_text(until)),
        Opening::Opens { at_ms } => format!("opens {}", booking::instant_text(at_ms)),
        Opening::Never => "never".into(),
    }
}

#[test]
fn hours_know_holidays_exceptions_closures_and_the_clock() {
    let mut admin = admin();
    admin.departments[0].exceptions = vec![Exception {
        date: date("2026-12-24"),
        spans: vec![span(9, 11)],
        note: String::new(),
    }];
    admin.closures = vec![Closure {
        from: date("2026-12-10"),
        until: date("2026-12-10"),
        span: Some(span(12, 13)),
        only: vec!["pas".into()],
        note: String::new(),
    }];
    for (department, now, expected) in [
        // A Monday in winter, and one in summer.
        (
            0,
            "2026-11-23T09:00:00+01:00",
            "open 2026-11-23T15:00:00+01:00",
        ),
        (
            0,
            "2026-11-23T08:59:59+01:00",
            "opens 2026-11-23T09:00:00+01:00",
        ),
        (
            0,
            "2026-11-23T14:59:59+01:00",
            "open 2026-11-23T15:00:00+01:00",
        ),
        (
            0,
            "2026-11-23T15:00:00+01:00",
            "opens 2026-11-24T09:00:00+01:00",
        ),
        (
            0,
            "2026-07-06T12:00:00+02:00",
            "open 2026-07-06T15:00:00+02:00",
        ),
        // Friday evening before the clock goes back, Saturday night in both of the two hours.
        (
            0,
            "2026-10-23T16:00:00+02:00",
            "opens 2026-10-26T09:00:00+01:00",
        ),
        (
            0,
            "2026-10-25T02:30:00+02:00",
            "opens 2026-10-26T09:00:00+01:00",
        ),
        (
            0,
            "2026-10-25T02:30:00+01:00",
            "opens 2026-10-26T09:00:00+01:00",
        ),
        // Before it goes forward.
        (
            0,
            "2027-03-26T16:00:00+01:00",
            "opens 2027-03-30T09:00:00+02:00",
        ),
        // Christmas Eve: closed by custom, but this department wrote hours for it; then holidays and a weekend.
        (
            0,
            "2026-12-24T10:00:00+01:00",
            "open 2026-12-24T11:00:00+01:00",
        ),
        (
            1,
            "2026-12-24T10:00:00+01:00",
            "opens 2026-12-28T09:00:00+01:00",
        ),
        (
            0,
            "2026-12-24T11:00:00+01:00",
            "opens 2026-12-28T09:00:00+01:00",
        ),
        // A closure of one department for an hour.
        (
            0,
            "2026-12-10T11:59:00+01:00",
            "open 2026-12-10T12:00:00+01:00",
        ),
        (
            0,
            "2026-12-10T12:00:00+01:00",
            "opens 2026-12-10T13:00:00+01:00",
        ),
        (
            1,
            "2026-12-10T12:00:00+01:00",
            "open 2026-12-10T15:00:00+01:00",
        ),
    ] {
        assert_eq!(at(&admin, department, now), expected, "{department} {now}");
    }
}

#[test]
fn a_department_may_never_open_or_never_close() {
    let mut admin = admin();
    admin.departments[0].week = booking::Week::default();
    assert_eq!(at(&admin, 0, "2026-11-23T09:00:00+01:00"), "never");
    admin.holidays = Holidays::default();
    admin.departments[1].week.days.fill(vec![span(0, 24)]);
    assert_eq!(at(&admin, 1, "2026-11-23T09:00:00+01:00"), "open");
    // From Wednesday on closed for ever: open across three midnights until then.
    for day in 2..7 {
        admin.departments[1].week.days[day].clear();
    }
    admin.departments[1].exceptions = Vec::new();
    assert_eq!(
        at(&admin, 1, "2026-11-23T09:00:00+01:00"),
        "open 2026-11-25T00:00:00+01:00"
    );
    // 60 days ahead and not one more.
    admin.closures = vec![Closure {
        from: date("2026-01-01"),
        until: date("2027-01-18"),
        span: None,
        only: Vec::new(),
        note: String::new(),
    }];
    assert_eq!(
        at(&admin, 1, "2026-11-20T09:00:00+01:00"),
        "opens 2027-01-19T00:00:00+01:00"
    );
    assert_eq!(at(&admin, 1, "2026-11-19T09:00:00+01:00"), "never");
}

#[test]
fn hours_in_the_night_of_the_change_are_counted_by_the_wall() {
    let mut admin = admin();
    admin.departments[0].week.days.fill(vec![Span {
        open: 120,
        close: 180,
    }]);
    // Two hours long in October, not there in March.
    assert_eq!(
        at(&admin, 0, "2026-10-25T01:59:00+02:00"),
        "opens 2026-10-25T02:00:00+02:00"
    );
    assert_eq!(
        at(&admin, 0, "2026-10-25T02:00:00+02:00"),
        "open 2026-10-25T03:00:00+01:00"
    );
    assert_eq!(
        at(&admin, 0, "2027-03-28T01:59:00+01:00"),
        "opens 2027-03-30T02:00:00+02:00"
    );
}

#[test]
fn an_estimate_needs_five_waits_and_is_rounded_up() {
    for (waits, expected) in [
        (vec![], None),
        (vec![60; 4], None),
        (vec![0; 5], Some(1)),
        (vec![60; 5], Some(1)),
        (vec![61; 5], Some(2)),
        // Four of five within 2 minutes: the one who waited for an hour does not scare everybody.
        (vec![3600, 30, 60, 90, 120], Some(2)),
        (vec![u32::MAX; 5], Some(u16::MAX)),
        // Only the newest twenty.
        ([vec![3600; 100], vec![60; 20]].concat(), Some(1)),
    ] {
        assert_eq!(estimate(&waits), expected, "{waits:?}");
    }
}

#[test]
fn whole_data_pass_and_every_mistake_is_told_at_once() {
    assert_eq!(admin().check(), Ok(()));
    let bytes = serde_json::to_vec(&admin()).expect("json");
    assert_eq!(
        Admin::read(&bytes, "by"),
        Ok(admin()),
        "written and read back"
    );
    assert!(Admin::read(&bytes, "fjord").is_err());
    assert!(Admin::read(b"{}", "by").is_err());
    let mut bad = admin();
    bad.warn_minutes = 0;
    bad.retention.rule = " ".into();
    bad.departments[0].id = "Pas".into();
    bad.departments[0].carrier = Carrier::Mail {
        to: "Pas <pas@by.example>".into(),
    };
    bad.departments[1].topics.push("pas".into());
    bad.departments[1].carrier = Carrier::Http {
        url: "http://far.example".into(),
    };
    bad.departments[2].fallback = false;
    bad.departments[2].name.en.clear();
    bad.departments[2].kle = "23.5".into();
    bad.departments[2].week.days[0] = vec![Span {
        open: 600,
        close: 541,
    }];
    let told: Vec<String> = bad
        .check()
        .expect_err("faults")
        .iter()
        .map(ToString::to_string)
        .collect();
    let all = told.join("\n");
    for wanted in [
        "warn_minutes: 0",
        "retention: no rule",
        "departments: 0 departments take what belongs to no other",
        "departments[0].id: `Pas`",
        "departments[0].carrier: `Pas <pas@by.example>`",
        "departments[1].topics: `pas` stands twice",
        "departments[1].carrier: `http://far.example`",
        "departments[2].name: the English text",
        "departments[2].topics: nothing belongs",
        "departments[2].kle: `23.5`",
        "departments[2].week: 10:00-09:01 does not end",
    ] {
        assert!(all.contains(wanted), "{wanted} is missing in\n{all}");
    }
}

#[test]
fn addresses_that_would_break_a_header_are_no_mail() {
    for (text, fits) in [
        ("borger@by.example", true),
        ("a.b+c@x.y.example", true),
        ("borger@by", false),
        ("@by.example", false),
        ("a@b@by.example", false),
        ("a@by.example\r\nBcc: x@y.example", false),
        ("a b@by.example", false),
        ("<a@by.example>", false),
        ("a@by.example,b@by.example", false),
        ("å@by.example", false),
        ("a@.example", false),
    ] {
        assert_eq!(handoff::is_mail(text), fits, "{text}");
    }
}

proptest! {
    #[test]
    fn a_resume_code_is_read_as_it_was_written(bits in any::<u64>(), small in any::<bool>()) {
        let code = ResumeCode::from_bits(bits);
        let mut text = code.to_string();
        prop_assert_eq!(text.len(), 11);
        if small {
            text = text.to_lowercase().replace('0', "o").replace('1', "l").replace('-', " ");
        }
        prop_assert_eq!(text.parse::<ResumeCode>(), Ok(code));
        let same = ResumeCode::from_bits(bits & ((1 << ResumeCode::BITS) - 1));
        prop_assert!(same == code);
        prop_assert_ne!(code.hash("by"), code.hash("fjord"));
        prop_assert_eq!(format!("{code:?}"), "ResumeCode(…)");
    }

    #[test]
    fn no_text_makes_a_code_panic(text in "\\PC{0,14}") {
        let _ = text.parse::<ResumeCode>();
    }

    #[test]
    fn an_opening_is_right_on_both_sides(minutes in 0_i64..60 * 24 * 800) {
        let admin = admin();
        let department = &admin.departments[0];
        let now_ms = 1_790_000_000_000 / 60_000 * 60_000 + minutes * 60_000;
        match admin.open(department, now_ms) {
            Opening::Open { until_ms } => {
                let until = until_ms.expect("a moment");
                prop_assert!(until > now_ms);
                prop_assert!(!admin.open(department, until).is_open());
                prop_assert!(admin.open(department, until - 1).is_open());
            }
            Opening::Opens { at_ms } => {
                prop_assert!(at_ms > now_ms);
                prop_assert!(admin.open(department, at_ms).is_open());
                prop_assert!(!admin.open(department, at_ms - 1).is_open());
            }
            Opening::Never => prop_assert!(false, "it opens every week"),
        }
    }
}
