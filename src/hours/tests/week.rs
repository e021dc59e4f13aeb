//! What a place's hours say at a moment: rows with behaviour in words, then properties of any week.

use hours::{
    Date, Exception, LOOK_AHEAD_DAYS, Lang, LocalTime, Reason, Span, Status, Week, WeekError,
    date_text, row_text, rows, spans_on, spans_text, status, status_text, upcoming_exceptions,
};
use proptest::prelude::*;

fn date(text: &str) -> Date {
    Date::parse(text).expect("a date")
}

fn span(open: u16, close: u16) -> Span {
    Span {
        open: open / 100 * 60 + open % 100,
        close: close / 100 * 60 + close % 100,
    }
}

/// Mon-Wed 10-15, Thu 10-12 and 13-17.30, Fri 10-14; holidays closed; two exceptions.
fn borgerservice() -> Week {
    let short = vec![span(1000, 1500)];
    Week {
        days: [
            short.clone(),
            short.clone(),
            short,
            vec![span(1000, 1200), span(1300, 1730)],
            vec![span(1000, 1400)],
            vec![],
            vec![],
        ],
        exceptions: vec![
            Exception {
                date: date("2026-11-24"),
                spans: vec![],
                note: Some("kursusdag".into()),
            },
            Exception {
                date: date("2026-12-30"),
                spans: vec![span(1000, 1200)],
                note: None,
            },
        ],
        closed_on_holidays: true,
        note: None,
    }
}

fn check(when: &str, da: &str, en: &str) {
    let (day, time) = when.split_once(' ').expect("day and time");
    let (hour, minute) = time.split_once(':').expect("hh:mm");
    let minute = hour.parse::<u16>().expect("hour") * 60 + minute.parse::<u16>().expect("minute");
    let now = LocalTime {
        date: date(day),
        minute,
    };
    let status = status(&borgerservice(), now);
    assert_eq!(status_text(&status, now, Lang::Da), da, "{when}");
    assert_eq!(status_text(&status, now, Lang::En), en, "{when}");
}

#[test]
fn the_status_is_said_as_a_person_would() {
    check(
        "2026-11-18 10:00",
        "Åbent nu, lukker kl. 15",
        "Open now, closes at 15:00",
    );
    check(
        "2026-11-18 14:59",
        "Åbent nu, lukker kl. 15",
        "Open now, closes at 15:00",
    );
    check(
        "2026-11-18 15:00",
        "Lukket nu. Åbner i morgen kl. 10",
        "Closed now. Opens tomorrow at 10:00",
    );
    check(
        "2026-11-18 07:30",
        "Lukket nu. Åbner kl. 10",
        "Closed now. Opens at 10:00",
    );
    check(
        "2026-11-19 12:30",
        "Lukket nu. Åbner kl. 13",
        "Closed now. Opens at 13:00",
    );
    check(
        "2026-11-19 13:00",
        "Åbent nu, lukker kl. 17.30",
        "Open now, closes at 17:30",
    );
    check(
        "2026-11-20 14:00",
        "Lukket nu. Åbner mandag kl. 10",
        "Closed now. Opens on Monday at 10:00",
    );
}

#[test]
fn a_closed_day_says_why() {
    check(
        "2026-11-24 11:00",
        "Lukket nu (kursusdag). Åbner i morgen kl. 10",
        "Closed now (kursusdag). Opens tomorrow at 10:00",
    );
    check(
        "2026-12-24 09:00",
        "Lukket nu (juleaften). Åbner mandag kl. 10",
        "Closed now (Christmas Eve). Opens on Monday at 10:00",
    );
    check(
        "2027-12-30 17:30",
        "Lukket nu. Åbner mandag kl. 10",
        "Closed now. Opens on Monday at 10:00",
    );
    check(
        "2026-12-31 12:00",
        "Lukket nu (nytårsaften). Åbner mandag kl. 10",
        "Closed now (New Year's Eve). Opens on Monday at 10:00",
    );
}

#[test]
fn a_short_day_is_a_reason_only_while_it_would_be_open() {
    let reason_at = |minute| {
        let now = LocalTime {
            date: date("2026-12-30"),
            minute,
        };
        match status(&borgerservice(), now) {
            Status::Closed { because, .. } => because,
            Status::Open { .. } => panic!("open at {minute}"),
        }
    };
    assert_eq!(reason_at(13 * 60), Some(Reason::Exception(None)));
    assert_eq!(reason_at(18 * 60), None);
}

#[test]
fn an_opening_a_week_or_more_away_has_its_date() {
    let mut week = Week::default();
    week.days[5] = vec![span(1000, 1300)];
    let now = LocalTime {
        date: date("2026-12-26"),
        minute: 800,
    };
    assert_eq!(
        status_text(&status(&week, now), now, Lang::Da),
        "Lukket nu. Åbner 2. januar kl. 10"
    );
    assert_eq!(
        status_text(&status(&Week::default(), now), now, Lang::Da),
        "Lukket nu"
    );
}

#[test]
fn an_exception_opens_a_holiday() {
    let mut week = borgerservice();
    week.exceptions.push(Exception {
        date: date("2026-06-05"),
        spans: vec![span(800, 1000)],
        note: None,
    });
    assert_eq!(spans_on(&week, date("2026-06-05")), [span(800, 1000)]);
    assert!(spans_on(&week, date("2027-12-31")).is_empty());
}

#[test]
fn spans_that_touch_are_one_opening() {
    let mut week = Week::default();
    week.days[0] = vec![span(1000, 1200), span(1200, 2400)];
    let now = LocalTime {
        date: date("2026-11-23"),
        minute: 11 * 60,
    };
    assert_eq!(status(&week, now), Status::Open { until: 1440 });
    assert_eq!(
        status_text(&status(&week, now), now, Lang::Da),
        "Åbent nu, lukker kl. 24"
    );
}

#[test]
fn equal_days_share_a_row() {
    let rows = rows(&borgerservice());
    let texts: Vec<_> = rows.iter().map(|row| row_text(row, Lang::Da)).collect();
    assert_eq!(
        texts,
        [
            "mandag-onsdag kl. 10-15",
            "torsdag kl. 10-12 og 13-17.30",
            "fredag kl. 10-14",
            "lørdag-søndag lukket"
        ]
    );
    assert_eq!(
        row_text(&rows[1], Lang::En),
        "Thursday 10:00-12:00 and 13:00-17:30"
    );
}

#[test]
fn the_coming_special_days_leave_out_holidays_on_closed_days() {
    let days = upcoming_exceptions(&borgerservice(), date("2026-12-20"), 14);
    let texts: Vec<_> = days
        .iter()
        .map(|day| {
            format!(
                "{} {}",
                date_text(day.date, Lang::Da),
                spans_text(&day.spans, Lang::Da)
            )
        })
        .collect();
    assert_eq!(
        texts,
        [
            "24. december lukket",
            "25. december lukket",
            "30. december kl. 10-12",
            "31. december lukket",
            "1. januar lukket"
        ]
    );
}

#[test]
fn every_mistake_is_reported_at_once() {
    let mut week = borgerservice();
    let (backwards, late, overlap) = (span(1500, 1000), span(1000, 2430), span(1100, 1300));
    week.days[0] = vec![backwards];
    week.days[1] = vec![span(1000, 1200), overlap];
    week.exceptions[0].spans = vec![late];
    week.exceptions.push(week.exceptions[1].clone());
    assert_eq!(
        week.validate(),
        Err(vec![
            WeekError::DaySpan(0, backwards),
            WeekError::DayOrder(1, overlap),
            WeekError::ExceptionSpan(date("2026-11-24"), late),
            WeekError::TwoExceptions(date("2026-12-30")),
        ])
    );
    assert_eq!(
        WeekError::DayOrder(1, overlap).to_string(),
        "`11:00-13:00` begins before the hours in front of it end on tirsdag"
    );
    assert_eq!(borgerservice().validate(), Ok(()));
}

#[test]
fn a_week_survives_its_bytes_and_a_false_date_does_not() {
    let bytes = wire::to_bytes(&borgerservice());
    assert_eq!(wire::from_bytes(&bytes), Some(borgerservice()));
    let false_date = wire::to_bytes(&(2026_i16, 2_u8, 30_u8));
    assert_eq!(wire::from_bytes::<Date>(&false_date), None);
}

/// Spans as an editor writes them: in order, not overlapping.
fn good_spans() -> impl Strategy<Value = Vec<Span>> {
    proptest::collection::btree_set(0_u16..=1440, 0..7).prop_map(|minutes| {
        let minutes: Vec<_> = minutes.into_iter().collect();
        minutes
            .chunks_exact(2)
            .map(|pair| Span {
                open: pair[0],
                close: pair[1],
            })
            .collect()
    })
}

fn any_spans() -> impl Strategy<Value = Vec<Span>> {
    let any_span = (any::<u16>(), any::<u16>()).prop_map(|(open, close)| Span { open, close });
    proptest::collection::vec(any_span, 0..4)
}

fn any_date() -> impl Strategy<Value = Date> {
    prop_oneof![
        9 => (20_000_i32..24_000).prop_map(Date::from_days_since_epoch),
        1 => any::<i32>().prop_map(Date::from_days_since_epoch),
    ]
}

fn week_of<S: Strategy<Value = Vec<Span>> + Clone>(spans: S) -> impl Strategy<Value = Week> {
    let exception = (20_000_i32..20_060, spans.clone()).prop_map(|(day, spans)| Exception {
        date: Date::from_days_since_epoch(day),
        spans,
        note: None,
    });
    let exceptions = proptest::collection::btree_map(20_000_i32..20_060, exception, 0..20)
        .prop_map(|map| {
            map.into_iter()
                .map(|(day, exception)| Exception {
                    date: Date::from_days_since_epoch(day),
                    ..exception
                })
                .collect::<Vec<_>>()
        });
    (proptest::array::uniform7(spans), exceptions, any::<bool>()).prop_map(
        |(days, exceptions, closed_on_holidays)| Week {
            days,
            exceptions,
            closed_on_holidays,
            note: None,
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn open_exactly_inside_a_span(
        week in week_of(good_spans().boxed()),
        day in 19_980_i32..20_080,
        minute in 0_u16..1440,
    ) {
        prop_assert_eq!(week.validate(), Ok(()));
        let now = LocalTime { date: Date::from_days_since_epoch(day), minute };
        let spans = spans_on(&week, now.date);
        match status(&week, now) {
            Status::Open { until } => {
                prop_assert!(spans.iter().any(|span| span.contains(minute)));
                prop_assert!(until > minute && until <= 1440);
                prop_assert!((minute..until).all(|m| spans.iter().any(|span| span.contains(m))));
                prop_assert!(!spans.iter().any(|span| span.contains(until)));
            }
            Status::Closed { opens, .. } => {
                prop_assert!(!spans.iter().any(|span| span.contains(minute)));
                // The next opening, found minute by minute.
                let minutes = u32::from(LOOK_AHEAD_DAYS) * 1440 + 1439 - u32::from(minute);
                let expected = (1..=minutes).map(|ahead| {
                    let total = u32::from(minute) + ahead;
                    LocalTime {
                        date: now.date.add_days((total / 1440).cast_signed()),
                        minute: (total % 1440) as u16,
                    }
                }).find(|time| spans_on(&week, time.date).iter().any(|span| span.contains(time.minute)));
                prop_assert_eq!(opens, expected);
            }
        }
    }

    #[test]
    fn nothing_panics_on_any_week(week in week_of(any_spans().boxed()), date in any_date(), minute in any::<u16>()) {
        let now = LocalTime { date, minute };
        let status = status(&week, now);
        for lang in [Lang::Da, Lang::En] {
            prop_assert!(!status_text(&status, now, lang).is_empty());
            for row in rows(&week) {
                prop_assert!(!row_text(&row, lang).is_empty());
            }
        }
        upcoming_exceptions(&week, date, 400);
        if let Err(errors) = week.validate() {
            prop_assert!(errors.iter().all(|error| !error.to_string().is_empty()));
        }
    }

    #[test]
    fn rows_cover_the_week_once(week in week_of(good_spans().boxed())) {
        let rows = rows(&week);
        let mut next_day = 0;
        for row in &rows {
            prop_assert_eq!(row.from, next_day);
            for day in row.from..=row.to {
                prop_assert_eq!(&week.days[usize::from(day)], &row.spans);
            }
            next_day = row.to + 1;
        }
        prop_assert_eq!(next_day, 7);
        prop_assert!(rows.windows(2).all(|pair| pair[0].spans != pair[1].spans));
    }

    #[test]
    fn dates_add_up(day in any::<i32>(), days in -400_000_i32..400_000) {
        let date = Date::from_days_since_epoch(day);
        let later = date.add_days(days);
        prop_assert_eq!(Date::new(later.year(), later.month(), later.day()), Some(later));
        if later != Date::MAX && later != Date::MIN {
            prop_assert_eq!(later.days_since_epoch() - date.days_since_epoch(), days);
            prop_assert_eq!(later > date, days > 0);
        }
    }
}

#[test]
fn a_booked_time_is_said_in_words() {
    for (date, minute, da, en) in [
        (
            "2026-12-04",
            14 * 60 + 15,
            "fredag den 4. december kl. 14.15",
            "Friday 4 December at 14:15",
        ),
        (
            "2027-01-01",
            9 * 60,
            "fredag den 1. januar kl. 9",
            "Friday 1 January at 9:00",
        ),
        (
            "2027-03-28",
            65,
            "søndag den 28. marts kl. 1.05",
            "Sunday 28 March at 1:05",
        ),
        (
            "2027-05-31",
            0,
            "mandag den 31. maj kl. 0",
            "Monday 31 May at 0:00",
        ),
    ] {
        let date = hours::Date::parse(date).expect("a date");
        let at = hours::LocalTime { date, minute };
        assert_eq!(hours::moment_text(at, hours::Lang::Da), da);
        assert_eq!(hours::moment_text(at, hours::Lang::En), en);
        assert!(da.starts_with(&hours::day_text(date, hours::Lang::Da)));
        assert!(en.ends_with(&hours::clock_text(minute, hours::Lang::En)));
    }
}
