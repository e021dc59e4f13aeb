//! Days, months and times of the day as they are written.

use hours::Date;

use super::Reader;
use crate::words::Word;

impl Reader<'_, '_> {
    /// A weekday or a date.
    pub(super) fn some_day(&mut self) -> Option<i32> {
        let start = self.at;
        let before = self.when.weekdays;
        self.any(&["paa|on"]);
        if self.weekday() {
            let named = self.when.weekdays & !before;
            self.when.weekdays = before;
            let next = (1..=7).find(|ahead| {
                let date = Date::from_days_since_epoch(self.today + ahead);
                named >> date.weekday() & 1 == 1
            });
            return next.map(|ahead| self.today + ahead);
        }
        self.at = start;
        if self.any(&["i morgen", "imorgen", "tomorrow"]) {
            return Some(self.today + 1);
        }
        self.day()
    }

    pub(super) fn weekday(&mut self) -> bool {
        let word = self.plain(0);
        let names = [
            ["mandag", "monday", "mon", ""],
            ["tirsdag", "tuesday", "tue", "tirs"],
            ["onsdag", "wednesday", "wed", "ons"],
            ["torsdag", "thursday", "thu", "tors"],
            ["fredag", "friday", "fri", "fre"],
            ["loerdag", "saturday", "sat", "loer"],
            ["soendag", "sunday", "", ""],
        ];
        let bare = ["en", "ene", "e", "s"]
            .iter()
            .find_map(|ending| {
                word.strip_suffix(ending)
                    .filter(|rest| rest.ends_with("dag") || rest.ends_with("day"))
            })
            .unwrap_or(word);
        let found = names
            .iter()
            .position(|names| !bare.is_empty() && names.contains(&bare));
        if let Some(at) = found {
            self.at += 1;
            self.when.weekdays |= 1 << at;
            // "fredag eller mandag": the joining word is one about time as well.
            if matches!(self.plain(0), "eller" | "og" | "or" | "and") {
                let here = self.at;
                self.at += 1;
                self.any(&["paa|on"]);
                if !self.weekday() {
                    self.at = here;
                }
            }
        }
        found.is_some()
    }

    /// "4. december", "4/12", "december 4th", "den 4.", "2026-12-04".
    pub(super) fn day(&mut self) -> Option<i32> {
        let start = self.at;
        match self.peek(0)? {
            Word::Triple(first, second, third) => {
                let (year, month, day) = match first {
                    1000.. => (first, second, third),
                    _ if third < 100 => (2000 + third, second, first),
                    _ => (third, second, first),
                };
                let date = Date::new(i16::try_from(year).ok()?, month as u8, day as u8)?;
                self.at += 1;
                Some(date.days_since_epoch())
            }
            Word::Pair(day, mark @ ('/' | '.'), month)
                if mark == '/' || !looks_like_a_time(day, month) =>
            {
                let found = self.coming_day(day, month as u8)?;
                self.at += 1;
                Some(found)
            }
            Word::Number(day, ordinal) => {
                self.at += 1;
                self.eat("of");
                if let Some(month) = self.month() {
                    let found = self.coming_day(day, month);
                    if found.is_none() {
                        self.at = start;
                    }
                    return found;
                }
                let named =
                    start > 0 && matches!(self.words[start - 1].plain(), "den" | "d" | "the");
                if !ordinal && !named {
                    self.at = start;
                    return None;
                }
                let found = self.coming_day_of_month(day);
                if found.is_none() {
                    self.at = start;
                }
                found
            }
            Word::Plain(_) => {
                let month = self.month()?;
                let day = match self.peek(0) {
                    Some(Word::Number(day, _)) => self.coming_day(day, month),
                    _ => None,
                };
                self.at = if day.is_some() { self.at + 1 } else { start };
                day
            }
            Word::Pair(..) => None,
        }
    }

    pub(super) fn month(&mut self) -> Option<u8> {
        let word = self.plain(0);
        let names: [&[&str]; 12] = [
            &["januar", "january", "jan"],
            &["februar", "february", "feb"],
            &["marts", "march", "mar"],
            &["april", "apr"],
            &["maj", "may"],
            &["juni", "june", "jun"],
            &["juli", "july", "jul"],
            &["august", "aug"],
            &["september", "sept", "sep"],
            &["oktober", "october", "okt", "oct"],
            &["november", "nov"],
            &["december", "dec"],
        ];
        let month = names.iter().position(|names| names.contains(&word))?;
        self.at += 1;
        Some(month as u8 + 1)
    }

    pub(super) fn month_range(&mut self, month: u8, (first, last): (u16, u16)) -> bool {
        let today = Date::from_days_since_epoch(self.today);
        let year = today.year() + i16::from(month < today.month());
        let days: Vec<i32> = (first..=last)
            .filter_map(|day| Date::new(year, month, day as u8))
            .map(Date::days_since_epoch)
            .collect();
        match (days.first(), days.last()) {
            (Some(from), Some(until)) => self.between((*from).max(self.today), *until),
            _ => false,
        }
    }

    /// That day this year, or next year when it is over.
    pub(super) fn coming_day(&self, day: u16, month: u8) -> Option<i32> {
        let year = Date::from_days_since_epoch(self.today).year();
        let day = u8::try_from(day).ok()?;
        // The 29th of February may be years away.
        (year..year + 9)
            .filter_map(|year| Date::new(year, month, day))
            .map(Date::days_since_epoch)
            .find(|day| *day >= self.today)
    }

    pub(super) fn coming_day_of_month(&self, day: u16) -> Option<i32> {
        (0..62)
            .map(|ahead| self.today + ahead)
            .find(|at| u16::from(Date::from_days_since_epoch(*at).day()) == day)
    }

    /// Monday of the week with that number (ISO 8601): the coming one.
    pub(super) fn monday_of(&self, week: u16) -> i32 {
        let year = Date::from_days_since_epoch(self.today).year();
        let first = |year: i16| {
            // Week 1 holds the 4th of January.
            let fourth = Date::new(year, 1, 4).unwrap_or(Date::MIN);
            fourth.days_since_epoch() - i32::from(fourth.weekday())
        };
        let monday = first(year) + 7 * (i32::from(week) - 1);
        if monday + 6 >= self.today {
            monday
        } else {
            first(year + 1) + 7 * (i32::from(week) - 1)
        }
    }

    pub(super) fn count(&mut self) -> Option<i32> {
        let count = match self.peek(0)? {
            Word::Number(count @ 1..=52, _) => i32::from(count),
            Word::Plain(word) => i32::from(numeral(word)?),
            _ => return None,
        };
        self.at += 1;
        Some(count)
    }

    /// A time of the day. `surely`: a number alone is one, because "kl." or "efter" stands before it. One to six is in
    /// the afternoon: nobody is open at night.
    pub(super) fn clock(&mut self, surely: bool) -> Option<u16> {
        let start = self.at;
        let half = surely && self.eat("halv");
        let past = self.any(&["half past"]);
        let (hour, minute) = match self.peek(0)? {
            Word::Pair(hour, ':', minute) => (hour, minute),
            Word::Pair(hour, '.', minute) if surely || looks_like_a_time(hour, minute) => {
                (hour, minute)
            }
            Word::Number(hour, _) if surely || matches!(self.plain(1), "pm" | "am" | "tiden") => {
                (hour, 0)
            }
            Word::Plain(word) if surely => (numeral(word)?, 0),
            _ => {
                self.at = start;
                return None;
            }
        };
        self.at += 1;
        let hour = match self.plain(0) {
            "pm" if hour < 12 => hour + 12,
            "am" | "pm" => hour,
            _ if hour < 7 => hour + 12,
            _ => hour,
        };
        self.any(&["am|pm"]);
        if hour > 23 || minute > 59 {
            self.at = start;
            return None;
        }
        let whole = hour * 60 + minute;
        Some(match (half, past) {
            (true, _) => whole - 30,
            (_, true) => whole + 30,
            _ => whole,
        })
    }
}

/// "9.10" is ten past nine, "4.12" the fourth of December: offices are open from 7, and a visit begins at a quarter or so.
fn looks_like_a_time(hour: u16, minute: u16) -> bool {
    minute > 12 || minute == 0 || ((7..=18).contains(&hour) && minute.is_multiple_of(5))
}

/// One to twelve in words.
pub(crate) fn numeral(word: &str) -> Option<u16> {
    const NAMES: [&[&str]; 12] = [
        &["en", "et", "one", "a"],
        &["to", "two"],
        &["tre", "three"],
        &["fire", "four"],
        &["fem", "five"],
        &["seks", "six"],
        &["syv", "seven"],
        &["otte", "eight"],
        &["ni", "nine"],
        &["ti", "ten"],
        &["elleve", "eleven"],
        &["tolv", "twelve"],
    ];
    let at = NAMES.iter().position(|names| names.contains(&word))?;
    Some(at as u16 + 1)
}
