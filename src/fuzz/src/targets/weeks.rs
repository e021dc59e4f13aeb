//! Opening hours: weeks of any shape, tidy or not, asked at any moment.

use super::Check;
use crate::dice::Dice;
use hours::{Date, Exception, LocalTime, Span, Status, Week};

pub(super) fn week(dice: &mut Dice) -> Vec<u8> {
    (0..160).map(|_| dice.below(256) as u8).collect()
}

/// Takes numbers from bytes; zeros behind the end.
struct Numbers<'i>(std::slice::Iter<'i, u8>);

impl Numbers<'_> {
    fn byte(&mut self) -> u8 {
        self.0.next().copied().unwrap_or_default()
    }

    fn word(&mut self) -> u16 {
        u16::from_le_bytes([self.byte(), self.byte()])
    }

    /// Spans in order, or, one time in 32, any: out of order, overlapping, of a day with 45 hours.
    fn spans(&mut self) -> Vec<Span> {
        let (count, tidy) = (self.byte() % 4, !self.byte().is_multiple_of(32));
        let mut from = 0;
        let span = |_| {
            if !tidy {
                let (open, close) = (self.word() % 2700, self.word() % 2700);
                return Span { open, close };
            }
            let open = from + self.word() % 240;
            from = open + 1 + self.word() % 240;
            Span { open, close: from }
        };
        (0..count).map(span).collect()
    }

    fn date(&mut self) -> Date {
        Date::new(
            i16::from(self.byte() % 4) + 2026,
            self.byte() % 12 + 1,
            self.byte() % 28 + 1,
        )
        .expect("it exists")
    }
}

pub(super) fn check() -> Check {
    Box::new(|input| {
        let mut numbers = Numbers(input.iter());
        let mut week = Week {
            closed_on_holidays: numbers.byte() % 2 == 0,
            ..Week::default()
        };
        for day in &mut week.days {
            *day = numbers.spans();
        }
        for _ in 0..numbers.byte() % 4 {
            let (date, spans) = (numbers.date(), numbers.spans());
            week.exceptions.push(Exception {
                date,
                spans,
                note: None,
            });
        }
        let good = week.validate().is_ok();
        let now = LocalTime {
            date: numbers.date(),
            minute: numbers.word() % 1440,
        };
        let status = hours::status(&week, now);
        for lang in [hours::Lang::Da, hours::Lang::En] {
            assert!(!hours::status_text(&status, now, lang).is_empty());
            for row in hours::rows(&week) {
                assert!(row.from <= row.to && row.to < 7);
                let _ = hours::row_text(&row, lang);
            }
            for day in hours::upcoming_exceptions(&week, now.date, 60) {
                assert!(day.date >= now.date);
            }
        }
        let inside = hours::spans_on(&week, now.date)
            .iter()
            .any(|span| span.contains(now.minute));
        if good {
            assert_eq!(
                matches!(status, Status::Open { .. }),
                inside,
                "{week:?} {now:?}"
            );
            if let Status::Open { until } = status {
                assert!(until > now.minute && until <= hours::MINUTES_PER_DAY);
            }
        }
    })
}
