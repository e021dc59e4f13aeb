//! Reads a folded text piece by piece: digits, letters, marks. Which rule fits a digit is tried in the order date, time, phone, number.

use super::names::{WEAK, month, spelt, unit_of, weekday};
use super::{Fact, Unit};
use bundle::content::Lang;

#[derive(Clone, Debug, PartialEq)]
enum Tok {
    Num(String),
    Word(String),
    Mixed(String),
    Mark(char),
}

/// A text cut into digits, letters and marks; each knows whether a blank stands before it.
pub(super) struct Scan {
    toks: Vec<(Tok, bool)>,
    lang: Lang,
    foreign: Vec<char>,
}

impl Scan {
    pub(super) fn new(folded: &str, lang: Lang) -> Scan {
        let mut toks: Vec<(Tok, bool)> = Vec::new();
        let mut run = String::new();
        let mut gap = true;
        let mut foreign = Vec::new();
        let close = |run: &mut String, toks: &mut Vec<(Tok, bool)>, gap: bool| {
            if run.is_empty() {
                return;
            }
            let word = std::mem::take(run);
            let digits = word.chars().filter(char::is_ascii_digit).count();
            let tok = if digits == word.len() {
                Tok::Num(word)
            } else if digits == 0 {
                Tok::Word(word)
            } else {
                Tok::Mixed(word)
            };
            toks.push((tok, gap));
        };
        for c in folded.chars() {
            if c.is_alphanumeric() {
                if c.is_numeric() && !c.is_ascii_digit() {
                    foreign.push(c);
                }
                run.push(c);
                continue;
            }
            if !run.is_empty() {
                close(&mut run, &mut toks, gap);
                gap = false;
            }
            if c.is_whitespace() {
                gap = true;
                if c == '\n' {
                    toks.push((Tok::Mark('\n'), true));
                }
            } else {
                toks.push((Tok::Mark(c), gap));
                gap = false;
            }
        }
        close(&mut run, &mut toks, gap);
        Scan {
            toks,
            lang,
            foreign,
        }
    }

    fn tok(&self, at: usize) -> Option<&Tok> {
        self.toks.get(at).map(|(tok, _)| tok)
    }

    /// A number that stands right behind what is before it.
    fn joined(&self, at: usize) -> Option<&str> {
        match self.toks.get(at) {
            Some((Tok::Num(n), false)) => Some(n),
            _ => None,
        }
    }

    fn num(&self, at: usize) -> Option<&str> {
        match self.tok(at) {
            Some(Tok::Num(n)) => Some(n),
            _ => None,
        }
    }

    fn word(&self, at: usize) -> Option<&str> {
        match self.tok(at) {
            Some(Tok::Word(w)) => Some(w),
            _ => None,
        }
    }

    /// A mark without a blank before it.
    fn tight(&self, at: usize, mark: char) -> bool {
        self.toks.get(at) == Some(&(Tok::Mark(mark), false))
    }

    fn mark(&self, at: usize, mark: char) -> bool {
        self.tok(at) == Some(&Tok::Mark(mark))
    }

    pub(super) fn read(&self, found: &mut Vec<Fact>) {
        found.extend(self.foreign.iter().map(|c| Fact::Foreign(*c)));
        let mut at = 0;
        // Where a number without a unit stands in `found`, while its range may still give it one.
        let mut open: Option<(usize, usize)> = None;
        let mut clock: Option<usize> = None;
        while at < self.toks.len() {
            let (fact, next) = match self.tok(at) {
                Some(Tok::Num(_)) => {
                    self.number(at, clock.is_some_and(|end| self.is_range(end, at)))
                }
                Some(Tok::Word(word)) => self.named(word, at),
                Some(Tok::Mixed(word)) => (Some(mixed(word)), at + 1),
                _ => (None, at + 1),
            };
            let Some(fact) = fact else {
                at = next;
                continue;
            };
            if let (Fact::Number(_, Some(unit)), Some((index, end))) = (&fact, open)
                && self.is_range(end, at)
                && let Some(Fact::Number(_, none @ None)) = found.get_mut(index)
            {
                *none = Some(*unit);
            }
            if let (Fact::Weekday(last), Some(Fact::Weekday(first))) =
                (&fact, found.last().cloned())
                && self.is_range_of_words(at)
            {
                found.extend((first + 1..*last).map(Fact::Weekday));
            }
            open = matches!(fact, Fact::Number(_, None)).then_some((found.len(), next));
            clock = matches!(fact, Fact::Time(_)).then_some(next);
            found.push(fact);
            at = next;
        }
    }

    /// Nothing but "-", "til", "eller" or the like between two places.
    fn is_range(&self, end: usize, at: usize) -> bool {
        at > end
            && (end..at).all(|i| match self.tok(i) {
                Some(Tok::Mark(c)) => matches!(c, '-' | '.' | '/'),
                Some(Tok::Word(w)) => matches!(
                    w.as_str(),
                    "til" | "to" | "og" | "eller" | "and" | "or" | "kl"
                ),
                _ => false,
            })
    }

    fn is_range_of_words(&self, at: usize) -> bool {
        at >= 2
            && (self.mark(at - 1, '-') || matches!(self.word(at - 1), Some("til" | "to")))
            && self.word(at - 2).is_some_and(|w| weekday(w).is_some())
    }

    /// The number that begins here; `clock` when it ends a range of times.
    fn number(&self, at: usize, clock: bool) -> (Option<Fact>, usize) {
        let Some(first) = self.num(at) else {
            return (None, at + 1);
        };
        if let Some(done) = self.date(at) {
            return done;
        }
        if let Some(done) = self.time(at, clock) {
            return done;
        }
        if let Some(done) = self.phone(at) {
            return done;
        }
        let mut value = first.to_owned();
        let mut next = at + 1;
        let (group, decimal) = match self.lang {
            Lang::Da => ('.', ','),
            Lang::En => (',', '.'),
        };
        if value.len() <= 3 {
            while let Some(more) = self.group(next, group) {
                value.push_str(more);
                next += 2;
            }
            while next == at + 1 + (value.len() - first.len()) / 3 && self.blank_group(next) {
                value.push_str(self.num(next).unwrap_or_default());
                next += 1;
            }
        }
        for mark in [decimal, group] {
            if self.tight(next, mark)
                && let Some(part) = self.joined(next + 1)
            {
                let part = part.trim_end_matches('0');
                if !part.is_empty() {
                    value = format!("{value}.{part}");
                }
                next += 2;
                break;
            }
        }
        let (unit, next) = self.unit(at, next);
        (Some(Fact::Number(plain(&value), unit)), next)
    }

    fn group(&self, at: usize, mark: char) -> Option<&str> {
        let more = self.joined(at + 1).filter(|n| n.len() == 3);
        self.tight(at, mark).then_some(more).flatten()
    }

    /// "10 000": three digits behind a single blank, and money or nothing else behind them.
    fn blank_group(&self, at: usize) -> bool {
        matches!(self.toks.get(at), Some((Tok::Num(n), true)) if n.len() == 3)
            && (unit_of(self.word(at + 1).unwrap_or_default()).is_some()
                || self.blank_group(at + 1))
    }

    fn unit(&self, first: usize, at: usize) -> (Option<Unit>, usize) {
        if self.mark(at, '%') {
            return (Some(Unit::Percent), at + 1);
        }
        if self.tight(at, ',') && self.tight(at + 1, '-') {
            return (Some(Unit::Kroner), at + 2);
        }
        let behind = if self.tight(at, '-') { at + 1 } else { at };
        if let Some(unit) = self.word(behind).and_then(unit_of) {
            return (Some(unit), behind + 1);
        }
        // "kr. 893", "DKK 893", "€ 5".
        let before = |back: usize| first.checked_sub(back).and_then(|i| self.word(i));
        let money = |w: &str| unit_of(w).filter(|u| matches!(u, Unit::Kroner | Unit::Money));
        let named = before(1).and_then(money).or_else(|| {
            let dotted = first >= 1 && self.mark(first - 1, '.');
            before(2)
                .and_then(money)
                .filter(|_| dotted && !self.is_amount_before(first - 2))
        });
        let sign = first >= 1 && matches!(self.tok(first - 1), Some(Tok::Mark('€' | '$' | '£')));
        (named.or(sign.then_some(Unit::Money)), at)
    }

    /// "893 kr. 10 ...": the unit belongs to what stands before it.
    fn is_amount_before(&self, word: usize) -> bool {
        word >= 1 && self.num(word - 1).is_some()
    }

    fn date(&self, at: usize) -> Option<(Option<Fact>, usize)> {
        let (n, value) = (self.num(at)?, |i: usize| {
            self.num(i).and_then(|n| n.parse::<u16>().ok())
        });
        let first = value(at)?;
        let day = |d: u16, m: u16, y: Option<u16>| {
            let (d, m) = (u8::try_from(d).ok()?, u8::try_from(m).ok()?);
            ((1..=31).contains(&d) && (1..=12).contains(&m)).then_some(Fact::Day(d, m, y))
        };
        let year = |i: usize| {
            self.joined(i)
                .filter(|y| y.len() == 4)
                .and_then(|y| y.parse::<u16>().ok())
        };
        // 2026-12-24
        if n.len() == 4 && self.tight(at + 1, '-') && self.tight(at + 3, '-') {
            let fact = day(
                self.joined(at + 4)?.parse().ok()?,
                self.joined(at + 2)?.parse().ok()?,
                Some(first),
            )?;
            return Some((Some(fact), at + 5));
        }
        if n.len() > 2 {
            return None;
        }
        // 24.12.2026, 24-12-2026, 24/12/2026, 24/12-2026, 24/12
        for (mark, next) in [('.', ".,"), ('-', "-"), ('/', "/-")] {
            if !self.tight(at + 1, mark) || self.joined(at + 2).is_none() {
                continue;
            }
            if let Some(y) = year(at + 4)
                && next.chars().any(|c| self.tight(at + 3, c))
            {
                let fact = day(first, value(at + 2)?, Some(y))?;
                return Some((Some(fact), at + 5));
            }
            if mark == '/' {
                return day(first, value(at + 2)?, None).map(|fact| (Some(fact), at + 3));
            }
        }
        // 24. december 2026
        let name = if self.tight(at + 1, '.') {
            at + 2
        } else {
            at + 1
        };
        let month = self.word(name).and_then(month)?;
        let mut next = name + 1;
        if self.tight(next, '.') && self.num(next + 1).is_some_and(|y| y.len() == 4) {
            next += 1;
        }
        let year = value(next).filter(|y| (1900..=2199).contains(y));
        let fact = day(first, month.into(), year)?;
        Some((Some(fact), next + usize::from(year.is_some())))
    }

    fn time(&self, at: usize, clock: bool) -> Option<(Option<Fact>, usize)> {
        let hour: u16 = self.num(at).filter(|n| n.len() <= 2)?.parse().ok()?;
        let named = |back: usize| at.checked_sub(back).and_then(|i| self.word(i));
        let told = clock
            || matches!(named(1), Some("kl" | "klokken"))
            || (matches!(named(2), Some("kl")) && self.mark(at - 1, '.'));
        let half = |i: usize, hour: u16| match self.word(i) {
            Some("am" | "a") if hour == 12 => Some(0),
            Some("pm" | "p") if hour < 12 => Some(hour + 12),
            Some("am" | "pm") => Some(hour),
            _ => None,
        };
        let minutes = |i: usize| {
            self.joined(i)
                .filter(|m| m.len() == 2)
                .and_then(|m| m.parse::<u16>().ok())
                .filter(|m| *m < 60)
        };
        if hour <= 24
            && (self.tight(at + 1, '.') || self.tight(at + 1, ':'))
            && let Some(minute) = minutes(at + 2)
        {
            let money = self.word(at + 3).and_then(unit_of).is_some() || self.mark(at + 3, '%');
            if self.tight(at + 1, ':') || !money {
                let hour = half(at + 3, hour);
                let next = at + 3 + usize::from(hour.is_some());
                let hour = hour.unwrap_or(self.num(at)?.parse().ok()?);
                return Some((Some(Fact::Time(hour * 60 + minute)), next));
            }
        }
        if let Some(hour) = half(at + 1, hour).filter(|_| self.lang == Lang::En) {
            return Some((Some(Fact::Time(hour * 60)), at + 2));
        }
        let counted = self.word(at + 1).and_then(unit_of).is_some() || self.mark(at + 1, '%');
        (told && hour <= 24 && !counted).then_some((Some(Fact::Time(hour * 60)), at + 1))
    }

    /// Eight digits in groups, perhaps behind +45.
    fn phone(&self, at: usize) -> Option<(Option<Fact>, usize)> {
        let behind = |i: usize| matches!(self.toks.get(i), Some((Tok::Num(_), true)));
        let mut begin = at;
        let abroad = at >= 1 && self.mark(at - 1, '+') && self.num(at) == Some("45")
            || self.num(at) == Some("0045");
        if abroad && behind(at + 1) {
            begin = at + 1;
        }
        for shape in [&[2, 2, 2, 2][..], &[4, 4], &[8], &[3, 2, 3], &[2, 3, 3]] {
            let fits = shape.iter().enumerate().all(|(i, length)| {
                self.num(begin + i).is_some_and(|n| n.len() == *length)
                    && (i == 0 || behind(begin + i))
            });
            if fits {
                let next = begin + shape.len();
                let all: String = (begin..next).filter_map(|i| self.num(i)).collect();
                return Some((Some(Fact::Number(all, None)), next));
            }
        }
        // +4500123456
        let whole = self
            .num(at)
            .filter(|n| at >= 1 && self.mark(at - 1, '+') && n.len() == 10)?;
        whole
            .strip_prefix("45")
            .map(|rest| (Some(Fact::Number(rest.into(), None)), at + 1))
    }

    fn named(&self, word: &str, at: usize) -> (Option<Fact>, usize) {
        if let Some(month) = month(word) {
            // March 3, 2026
            let beside = self.num(at + 1).filter(|_| self.lang == Lang::En);
            if let Some(day) = beside
                .filter(|d| d.len() <= 2)
                .and_then(|d| d.parse::<u8>().ok())
            {
                let comma = at + 2 + usize::from(self.tight(at + 2, ','));
                let year = self
                    .num(comma)
                    .filter(|y| y.len() == 4)
                    .and_then(|y| y.parse().ok());
                let next = if year.is_some() { comma + 1 } else { at + 2 };
                return (Some(Fact::Day(day, month, year)), next);
            }
            let year = self
                .num(at + 1)
                .filter(|y| y.len() == 4)
                .and_then(|y| y.parse().ok());
            if year.is_some() || !WEAK.contains(&word) {
                return (
                    Some(Fact::Month(month, year)),
                    at + 1 + usize::from(year.is_some()),
                );
            }
        }
        if let Some(day) = weekday(word) {
            return (Some(Fact::Weekday(day)), at + 1);
        }
        match spelt(word, self.lang) {
            Some(value) => {
                let (unit, next) = self.unit(at, at + 1);
                (Some(Fact::Number(value, unit)), next)
            }
            None => (None, at + 1),
        }
    }
}

/// Without zeros in front, unless it could be a phone.
fn plain(value: &str) -> String {
    let whole = value.split('.').next().unwrap_or_default();
    if whole.len() == 8 {
        return value.to_owned();
    }
    let rest = value.trim_start_matches('0');
    if rest.is_empty() || rest.starts_with('.') {
        format!("0{rest}")
    } else {
        rest.to_owned()
    }
}

/// "14aarig", "5dages", "3rd" are numbers; "a4" is a word.
fn mixed(word: &str) -> Fact {
    let digits = word.bytes().take_while(u8::is_ascii_digit).count();
    let (number, rest) = word.split_at(digits);
    if digits > 0 && matches!(rest, "st" | "nd" | "rd" | "th") {
        return Fact::Number(plain(number), None);
    }
    match unit_of(rest) {
        Some(unit) if digits > 0 => Fact::Number(plain(number), Some(unit)),
        _ => Fact::Word(word.to_owned()),
    }
}
