//! When the citizen would like to come: "på fredag efter 15", "næste uge", "hurtigst muligt", in Danish and English.
//! Takes the words that speak of time out of an utterance and leaves the rest. Today comes in as a value. What cannot be
//! meant (the 40th, half past 25) is left as a word that nobody understood. Cases stand in tests/when.txt.

use hours::Date;

use crate::words::Word;

mod point;

pub(crate) use point::numeral;

/// Minutes of a day.
const DAY: u16 = 24 * 60;

/// What was said about when. The default is any time at all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct When {
    /// First day, as days since 1970.
    pub from: Option<i32>,
    /// Last day, as days since 1970.
    pub until: Option<i32>,
    /// One bit for each weekday, Monday the lowest; 0 means any.
    pub weekdays: u8,
    /// Earliest start, minutes since midnight.
    pub after: u16,
    /// Starts before this minute; 1440 means any.
    pub before: u16,
    /// As soon as there is something.
    pub soonest: bool,
}

impl Default for When {
    fn default() -> Self {
        Self {
            from: None,
            until: None,
            weekdays: 0,
            after: 0,
            before: DAY,
            soonest: false,
        }
    }
}

impl When {
    /// Says nothing about days or hours.
    pub fn is_any(&self) -> bool {
        *self
            == Self {
                soonest: self.soonest,
                ..Self::default()
            }
    }

    /// Says something about days.
    pub fn has_days(&self) -> bool {
        self.from.is_some() || self.until.is_some() || self.weekdays != 0
    }

    /// Says something about hours.
    pub fn has_hours(&self) -> bool {
        self.after > 0 || self.before < DAY
    }

    /// Whether a start at this moment is meant.
    pub fn fits(&self, date: Date, minute: u16) -> bool {
        self.fits_day(date) && (self.after..self.before).contains(&minute)
    }

    /// Whether this day is meant.
    pub fn fits_day(&self, date: Date) -> bool {
        let day = date.days_since_epoch();
        self.from.is_none_or(|from| from <= day)
            && self.until.is_none_or(|until| day <= until)
            && (self.weekdays == 0 || self.weekdays >> date.weekday() & 1 == 1)
    }

    /// What is said later in a conversation: days take the place of days, hours of hours.
    #[must_use]
    pub fn refined(&self, by: &When) -> When {
        let mut new = self.clone();
        if by.soonest {
            new = When::default();
            new.soonest = true;
        }
        if by.has_days() {
            (new.from, new.until, new.weekdays) = (by.from, by.until, by.weekdays);
        }
        if by.has_hours() {
            (new.after, new.before) = (by.after, by.before);
        }
        new
    }
}

/// What a text says about when, and the words that say something else, parted by blanks. `None` when nothing does.
pub fn read(text: &str, today: Date) -> Option<(When, String)> {
    let folded = crate::words::fold(text);
    let (when, rest) = take(&crate::words::words(&folded), today);
    let rest: Vec<String> = rest.iter().map(|word| word.shown()).collect();
    when.map(|when| (when, rest.join(" ")))
}

/// Takes what speaks of time out of `words`; what is left comes back with it. `None` when nothing does.
pub(crate) fn take<'t>(words: &[Word<'t>], today: Date) -> (Option<When>, Vec<Word<'t>>) {
    let mut reader = Reader {
        words,
        at: 0,
        today: today.days_since_epoch(),
        when: When::default(),
        coming: false,
        following: false,
        found: false,
    };
    let mut rest = Vec::new();
    while reader.at < words.len() {
        let before = reader.at;
        if reader.phrase() {
            reader.found = true;
        } else {
            rest.push(words[before]);
            reader.at = before + 1;
        }
    }
    let found = reader.found;
    (found.then(|| reader.finish()), rest)
}

struct Reader<'w, 't> {
    words: &'w [Word<'t>],
    at: usize,
    today: i32,
    when: When,
    /// "på fredag": the one that comes.
    coming: bool,
    /// "næste fredag": the one of next week.
    following: bool,
    found: bool,
}

impl<'t> Reader<'_, 't> {
    fn peek(&self, ahead: usize) -> Option<Word<'t>> {
        self.words.get(self.at + ahead).copied()
    }

    fn plain(&self, ahead: usize) -> &'t str {
        self.peek(ahead).map_or("", Word::plain)
    }

    /// Moves on when these words come next. `|` parts words of which one is meant.
    fn eat(&mut self, phrase: &str) -> bool {
        let mut at = 0;
        for want in phrase.split(' ') {
            if !want.split('|').any(|one| one == self.plain(at)) {
                return false;
            }
            at += 1;
        }
        self.at += at;
        true
    }

    fn any(&mut self, phrases: &[&str]) -> bool {
        phrases.iter().any(|phrase| self.eat(phrase))
    }

    fn between(&mut self, from: i32, until: i32) -> bool {
        self.when.from = Some(from);
        self.when.until = Some(until);
        true
    }

    fn hours(&mut self, after: u16, before: u16) -> bool {
        self.when.after = after;
        self.when.before = before;
        true
    }

    /// Monday of this week.
    fn monday(&self) -> i32 {
        self.today - i32::from(Date::from_days_since_epoch(self.today).weekday())
    }

    /// One phrase about time at the present place. Puts `at` anywhere when it is none.
    fn phrase(&mut self) -> bool {
        self.soon() || self.near_days() || self.weeks() || self.part_of_day() || self.bounded() || {
            // "på", "om", "d." may stand before what follows, and mean something only with it.
            let start = self.at;
            let on = self.any(&[
                "paa",
                "on",
                "førstkommende",
                "foerstkommende",
                "this coming",
            ]);
            let next = self.any(&["naeste", "next"]);
            let this = self.any(&["den|d|the|kl|klokken|at|denne|this|om|i|in"]);
            if self.weekday() {
                self.coming |= on
                    || this
                        && !next
                        && self.words[start..]
                            .first()
                            .is_some_and(|w| matches!(w.plain(), "this"));
                self.following |= next;
                return true;
            }
            self.at = start;
            let clock = self.any(&["kl|klokken|ved|omkring|cirka|ca|around|about|at"]);
            if clock {
                self.eat("kl|klokken");
                if let Some(minute) = self.clock(true) {
                    self.any(&["tiden", "ish"]);
                    return self.hours(
                        minute.saturating_sub(
                            if self.words[start].plain() == "kl"
                                || self.words[start].plain() == "klokken"
                                || self.words[start].plain() == "at"
                            {
                                0
                            } else {
                                30
                            },
                        ),
                        minute + 60,
                    );
                }
            }
            self.at = start;
            self.any(&["den|d|the|paa|on"]);
            self.eat("den|d|the");
            if let Some(day) = self.day() {
                return self.between(day, day);
            }
            self.at = start;
            if let Some(minute) = self.clock(false) {
                if self.eat("tiden") {
                    return self.hours(minute.saturating_sub(30), minute + 60);
                }
                return self.hours(minute, minute + 60);
            }
            self.at = start;
            self.any(&["i|in|til|for"]);
            let part = if self.any(&["starten af", "begyndelsen af", "early", "the beginning of"]) {
                (1, 10)
            } else if self.any(&["midten af", "mid", "the middle of"]) {
                (11, 20)
            } else if self.any(&["slutningen af", "late", "the end of"]) {
                (21, 31)
            } else {
                (1, 31)
            };
            if self.at > start
                && let Some(month) = self.month()
            {
                return self.month_range(month, part);
            }
            self.at = start;
            false
        }
    }

    fn soon(&mut self) -> bool {
        let found = self.any(&[
            "hurtigst muligt",
            "saa hurtigt som muligt",
            "saa snart som muligt",
            "snarest muligt",
            "snarest",
            "asap",
            "as soon as possible",
            "as early as possible",
            "soonest",
            "earliest possible",
            "first available",
            "foerste ledige",
            "foerst mulige",
            "foerst muligt",
            "tidligst muligt",
            "den foerste",
            "hurtigt",
            "straks",
            "right away",
            "the first",
            "the earliest",
        ]);
        if found {
            self.any(&["time", "tid", "one", "appointment"]);
            self.when.soonest = true;
        }
        found
    }

    fn near_days(&mut self) -> bool {
        let start = self.at;
        let today = self.today;
        let ahead = if self.any(&[
            "i overmorgen",
            "overmorgen",
            "day after tomorrow",
            "the day after tomorrow",
        ]) {
            2
        } else if self.any(&["i morgen", "imorgen", "tomorrow"]) {
            // "i morgen tidlig", "tomorrow morning"
            if self.any(&["tidlig", "morning"]) {
                self.hours(0, 10 * 60);
            }
            1
        } else if self.any(&[
            "i dag",
            "idag",
            "today",
            "i eftermiddag",
            "i formiddag",
            "this afternoon",
            "this morning",
        ]) {
            match self.words[self.at - 1].plain() {
                "eftermiddag" | "afternoon" => self.hours(12 * 60, DAY),
                "formiddag" | "morning" => self.hours(0, 12 * 60),
                _ => true,
            };
            0
        } else if self.eat("om|in") {
            let Some(count) = self.count() else {
                self.at = start;
                return false;
            };
            if self.any(&["dag", "dage", "day", "days"]) {
                count
            } else if self.any(&["uge", "uger", "week", "weeks"]) {
                // A week from now means that week, not that day.
                let monday = self.monday() + 7 * count;
                return self.between(monday, monday + 6);
            } else if self.any(&["maaned", "maaneder", "month", "months"]) {
                let from = today + 30 * count;
                return self.between(from - 5, from + 10);
            } else {
                self.at = start;
                return false;
            }
        } else {
            return false;
        };
        self.between(today + ahead, today + ahead)
    }

    fn weeks(&mut self) -> bool {
        let start = self.at;
        self.eat("i|in");
        if self.eat("uge|week")
            && let Some(Word::Number(week @ 1..=53, _)) = self.peek(0)
        {
            self.at += 1;
            let monday = self.monday_of(week);
            return self.between(monday, monday + 6);
        }
        self.at = start;
        self.eat("i|in");
        let monday = self.monday();
        if self.any(&["naeste uge", "next week", "den kommende uge"]) {
            return self.between(monday + 7, monday + 13);
        }
        if self.any(&["naeste maaned", "next month"]) {
            let month = Date::from_days_since_epoch(self.today).month() % 12 + 1;
            return self.month_range(month, (1, 31));
        }
        if self.any(&["denne uge", "this week", "ugen"]) {
            return self.between(self.today, monday + 6);
        }
        if self.any(&["denne maaned", "this month"]) {
            let date = Date::from_days_since_epoch(self.today);
            return self.month_range(date.month(), (date.day().into(), 31));
        }
        if self.any(&["weekenden", "weekend", "the weekend"]) {
            self.when.weekdays |= 0b110_0000;
            return true;
        }
        if self.any(&["hverdage", "hverdag", "weekdays", "weekday"]) {
            self.when.weekdays |= 0b001_1111;
            return true;
        }
        self.at = start;
        // "ikke mandag", "alle dage undtagen fredag"
        if self.any(&["alle dage undtagen", "ikke", "undtagen", "not", "except"]) {
            self.any(&["paa|om|on"]);
            let before = self.when.weekdays;
            if self.weekday() {
                let named = self.when.weekdays & !before;
                self.when.weekdays = if before == 0 {
                    0b111_1111 & !named
                } else {
                    before & !named
                };
                return true;
            }
        }
        self.at = start;
        false
    }

    fn part_of_day(&mut self) -> bool {
        let start = self.at;
        self.any(&["om|in|i|sidst|foerst|lige"]);
        self.any(&["paa|the"]);
        let (after, before) = match self.plain(0) {
            "morgenen" | "morgen" | "tidligt" | "early" => (0, 10 * 60),
            "formiddag" | "formiddagen" | "formiddage" => (0, 12 * 60),
            "morning" | "mornings" => (0, 12 * 60),
            "middag" | "middagstid" | "noon" | "midday" | "lunch" => (11 * 60, 14 * 60),
            "eftermiddag" | "eftermiddagen" | "eftermiddage" | "afternoon" | "afternoons" => {
                (12 * 60, DAY)
            }
            "aften" | "aftenen" | "evening" | "evenings" => (16 * 60, DAY),
            "sent" | "late" => (15 * 60, DAY),
            "dagen" if self.at > start + 1 => match self.words[start].plain() {
                "sidst" => (15 * 60, DAY),
                "foerst" => (0, 10 * 60),
                _ => {
                    self.at = start;
                    return false;
                }
            },
            _ => {
                self.at = start;
                return false;
            }
        };
        self.at += 1;
        if matches!(self.words[self.at - 1].plain(), "late" | "early") {
            self.eat("in");
            self.eat("the");
            self.eat("day");
        } else {
            self.any(&["paa dagen", "time"]);
        }
        self.hours(after, before)
    }

    /// "efter 15", "før den 10.", "fra mandag", "mellem 10 og 12", "10-12".
    fn bounded(&mut self) -> bool {
        let start = self.at;
        if self.any(&["efter arbejde", "efter fyraften", "after work"]) {
            return self.hours(16 * 60, DAY);
        }
        if self.any(&["mellem", "between", "fra", "from"]) {
            self.eat("kl|klokken|den|d|the");
            let pair = self.pair_of_hours();
            if let Some((after, before)) = pair {
                return self.hours(after, before);
            }
            let here = self.at;
            if let Some(first) = self.day()
                && self.any(&["og|til|and|to|indtil|until"])
            {
                self.eat("den|d|the");
                if let Some(last) = self.day().filter(|last| *last >= first) {
                    return self.between(first, last);
                }
            }
            self.at = here;
            if !matches!(self.words[start].plain(), "fra" | "from") {
                self.at = start;
                return false;
            }
            if let Some(day) = self.some_day() {
                self.when.from = Some(day);
                return true;
            }
            self.at = here;
            if let Some(minute) = self.clock(true) {
                self.any(&["og frem", "onwards", "on"]);
                self.when.after = minute;
                return true;
            }
            self.at = start;
            return false;
        }
        let bound = if self.any(&["tidligst", "earliest", "not before", "ikke foer"]) {
            'f'
        } else if self.any(&["senest", "latest", "no later than", "by"]) {
            'l'
        } else if self.any(&["efter", "after", "later than", "senere end"]) {
            'a'
        } else if self.any(&["foer", "inden", "before", "tidligere end", "earlier than"]) {
            'b'
        } else if self.any(&["indtil", "until"]) {
            'l'
        } else {
            return self.pair_alone();
        };
        let here = self.at;
        self.eat("den|d|the");
        let strict = self.at > here;
        if (strict
            || !matches!(
                self.peek(0),
                Some(Word::Number(_, false) | Word::Pair(_, '.' | ':', _))
            ))
            && let Some(day) = self.some_day()
        {
            match bound {
                'f' => self.when.from = Some(day),
                'a' => self.when.from = Some(day + 1),
                'l' => self.when.until = Some(day),
                _ => self.when.until = Some(day - 1),
            }
            return true;
        }
        self.at = here;
        self.eat("kl|klokken");
        if let Some(minute) = self.clock(true) {
            match bound {
                'f' | 'a' => self.when.after = minute,
                'l' => self.when.before = minute + 1,
                _ => self.when.before = minute,
            }
            return true;
        }
        self.at = start;
        false
    }

    /// "10-12", "10 til 12".
    fn pair_alone(&mut self) -> bool {
        let start = self.at;
        if let Some(Word::Pair(first, '-', second)) = self.peek(0)
            && first < second
            && second <= 24
        {
            self.at += 1;
            return self.hours(first * 60, second * 60);
        }
        if let Some(Word::Number(_, false)) = self.peek(0)
            && let Some((after, before)) = self.pair_of_hours()
        {
            return self.hours(after, before);
        }
        self.at = start;
        false
    }

    fn pair_of_hours(&mut self) -> Option<(u16, u16)> {
        let start = self.at;
        if let Some(Word::Pair(first, '-', second)) = self.peek(0)
            && first < second
            && second <= 24
        {
            self.at += 1;
            return Some((first * 60, second * 60));
        }
        let after = self.clock(true);
        let joined = after.is_some() && self.any(&["og|til|and|to"]);
        if joined {
            self.eat("kl|klokken");
        }
        let before = if joined { self.clock(true) } else { None };
        match (after, before) {
            (Some(after), Some(before)) if after < before => Some((after, before)),
            _ => {
                self.at = start;
                None
            }
        }
    }

    fn finish(self) -> When {
        let mut when = self.when;
        if when.weekdays != 0 && when.from.is_none() && when.until.is_none() {
            let monday = self.today - i32::from(Date::from_days_since_epoch(self.today).weekday());
            if self.following {
                (when.from, when.until) = (Some(monday + 7), Some(monday + 13));
            } else if self.coming {
                (when.from, when.until) = (Some(self.today + 1), Some(self.today + 7));
            }
        }
        when
    }
}
