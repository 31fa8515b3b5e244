//! The incident number (警情编号), its short code for voice, and how both are read aloud.
//! Not here: handing out counters (`app`), the dot that identifies an incident in the log.
//!
//! ```text
//! 20261122-HZ-00042-K      date · station · counter of that station and day · check
//! A7-41K                   short code: four characters and a check, for the radio
//! ```
//!
//! **Invariant:** two stations that never spoke cannot make the same number, since the
//! station's code is in it; a station cannot either, since its counter only goes up.

use std::fmt;

mod check;
#[cfg(test)]
mod tests;

/// Highest counter of one station and day.
pub const COUNTER_MAX: u32 = 9_999_999;

/// How many short codes there are: within one station and day the first this many
/// incidents have different ones (567 days of a county's 493 calls).
pub const SHORT_CODES: u32 = 279_841;

/// Counters that one incarnation of a station may use on one day before it would run into the
/// next one's: four times the largest burst of a day.
const PER_INCARNATION: u32 = 20_000;

/// Counters of an incarnation begin after this. A database that was restored from a copy does not
/// know the last counters it gave; its next incarnation counts from elsewhere, so that no number
/// is given twice. From the 500th incarnation on blocks are shared again.
#[must_use]
pub fn counter_floor(incarnation: u16) -> u32 {
    let block = u32::from(incarnation.saturating_sub(1)) % (COUNTER_MAX / PER_INCARNATION);
    block * PER_INCARNATION
}

/// Why something is not a number or a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NumberError {
    /// No such day between 2000-01-01 and 9999-12-31.
    #[error("no such day")]
    BadDate,
    /// A station code is 2 or 3 letters A–Z.
    #[error("a station code is two or three letters")]
    BadStation,
    /// A counter runs from 1 to [`COUNTER_MAX`].
    #[error("the counter is out of range")]
    BadCounter,
    /// Not of the form of a number or code at all.
    #[error("not of the right form")]
    BadShape,
    /// Of the right form, but the check character says that something was misread.
    #[error("the check character does not fit")]
    BadCheck,
}

/// A day of the local calendar, as it stands in the number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LocalDay {
    year: u16,
    month: u8,
    day: u8,
}

impl LocalDay {
    /// A day that exists.
    ///
    /// # Errors
    /// [`NumberError::BadDate`] outside 2000–9999 or for a day the month has not.
    pub fn new(year: u16, month: u8, day: u8) -> Result<Self, NumberError> {
        let by = |years: u16| year.is_multiple_of(years);
        let leap = by(4) && (!by(100) || by(400));
        let days = match month {
            1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
            4 | 6 | 9 | 11 => 30,
            2 if leap => 29,
            2 => 28,
            _ => 0,
        };
        if (2000..=9999).contains(&year) && (1..=days).contains(&day) {
            Ok(Self { year, month, day })
        } else {
            Err(NumberError::BadDate)
        }
    }

    /// The days before and after it; its own where the calendar of numbers ends.
    #[must_use]
    pub fn neighbours(self) -> (LocalDay, LocalDay) {
        let day = |year, month, day| LocalDay::new(year, month, day).ok();
        let last = |year, month| (28..=31).rev().find_map(|at| day(year, month, at));
        let LocalDay {
            year,
            month,
            day: at,
        } = self;
        let before = match (month, at) {
            (1, 1) => day(year.saturating_sub(1), 12, 31),
            (_, 1) => last(year, month - 1),
            _ => day(year, month, at - 1),
        };
        let after = day(year, month, at + 1)
            .or_else(|| day(year, month + 1, 1))
            .or_else(|| day(year.saturating_add(1), 1, 1));
        (before.unwrap_or(self), after.unwrap_or(self))
    }

    /// Year, month 1–12, day 1–31.
    #[must_use]
    pub fn parts(self) -> (u16, u8, u8) {
        (self.year, self.month, self.day)
    }
}

impl fmt::Display for LocalDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}{:02}{:02}", self.year, self.month, self.day)
    }
}

/// Code of a station within a number: two or three letters A–Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StationCode {
    // The third is a space for codes of two letters, so that they sort as their texts do.
    letters: [u8; 3],
}

impl StationCode {
    /// Checks a code; lower case and full-width letters are taken too.
    ///
    /// # Errors
    /// [`NumberError::BadStation`].
    pub fn new(text: &str) -> Result<Self, NumberError> {
        let mut letters = [b' '; 3];
        let mut length = 0;
        for c in text.chars() {
            let c = half_width(c).to_ascii_uppercase();
            let slot = letters.get_mut(length).ok_or(NumberError::BadStation)?;
            *slot = u8::try_from(c).map_err(|_| NumberError::BadStation)?;
            length += 1;
            if !c.is_ascii_uppercase() {
                return Err(NumberError::BadStation);
            }
        }
        if length < 2 {
            Err(NumberError::BadStation)
        } else {
            Ok(Self { letters })
        }
    }
}

impl fmt::Display for StationCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for letter in self.letters.iter().filter(|letter| **letter != b' ') {
            write!(f, "{}", char::from(*letter))?;
        }
        Ok(())
    }
}

/// 警情编号. Ordered by day, station, counter; within a station and day the texts sort the
/// same way up to counter 99,999 (beyond, the text grows by a digit and only `Ord` is right).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IncidentNumber {
    day: LocalDay,
    station: StationCode,
    counter: u32,
}

impl IncidentNumber {
    /// The number of the `counter`-th incident of a station and local day, counted from 1.
    ///
    /// # Errors
    /// [`NumberError::BadCounter`] for 0 and beyond [`COUNTER_MAX`].
    pub fn new(day: LocalDay, station: StationCode, counter: u32) -> Result<Self, NumberError> {
        if (1..=COUNTER_MAX).contains(&counter) {
            Ok(Self {
                day,
                station,
                counter,
            })
        } else {
            Err(NumberError::BadCounter)
        }
    }

    /// Reads a number as people type it: spaces and hyphens of any kind, or none; lower case;
    /// full-width characters; Chinese digits. A counter of more than five digits must keep
    /// the hyphen (or a blank) before it. What is read is the same number or an error.
    ///
    /// # Errors
    /// [`NumberError`]: the form, the day, the station, the counter or the check.
    pub fn parse(text: &str) -> Result<Self, NumberError> {
        let marked = tidy_marked(text);
        let chars: Vec<char> = marked.iter().map(|(c, _)| *c).collect();
        let (body, check) = match chars.split_last() {
            Some((check, body)) if body.len() >= 15 => (body, *check),
            _ => return Err(NumberError::BadShape),
        };
        let (date, rest) = body.split_at(8);
        let letters = rest.iter().take_while(|c| c.is_ascii_uppercase()).count();
        let (station, digits) = rest.split_at(letters);
        let counter = number_of(digits).ok_or(NumberError::BadShape)?;
        // One number has one text: five digits, more only where they are needed. Then the
        // border must be marked, or HZ-987654 with J misread for 9 would be HZJ-87654.
        let parted = |at: usize| marked.get(at).is_some_and(|(_, parted)| *parted);
        let border = parted(8 + letters);
        let long = digits.len() > 5 && (digits.first() == Some(&'0') || !border);
        if digits.len() < 5 || long || (!border && (9..8 + letters).any(parted)) {
            return Err(NumberError::BadShape);
        }
        let date = number_of(date).ok_or(NumberError::BadShape)?;
        let day = LocalDay::new(
            u16::try_from(date / 10_000).map_err(|_| NumberError::BadDate)?,
            u8::try_from(date / 100 % 100).map_err(|_| NumberError::BadDate)?,
            u8::try_from(date % 100).map_err(|_| NumberError::BadDate)?,
        )?;
        let station = StationCode::new(&station.iter().collect::<String>())?;
        let number = Self::new(day, station, counter)?;
        if number.check() == check {
            Ok(number)
        } else {
            Err(NumberError::BadCheck)
        }
    }

    /// The text, such as `20261122-HZ-00042-K`.
    #[must_use]
    pub fn text(&self) -> String {
        self.to_string()
    }

    /// The local day.
    #[must_use]
    pub fn day(&self) -> LocalDay {
        self.day
    }

    /// The station that opened it.
    #[must_use]
    pub fn station(&self) -> StationCode {
        self.station
    }

    /// Counter within station and day, from 1.
    #[must_use]
    pub fn counter(&self) -> u32 {
        self.counter
    }

    /// The check character.
    #[must_use]
    pub fn check(&self) -> char {
        let body = format!("{}{}{:05}", self.day, self.station, self.counter);
        check::number_check(&body)
    }
}

impl fmt::Display for IncidentNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}-{}-{:05}-{}",
            self.day,
            self.station,
            self.counter,
            self.check()
        )
    }
}

/// The short code of an incident, for voice: `A7-41K`.
///
/// Twenty-three characters of which no two look alike: the ten digits and `ACFHJKMPRUWXY`.
/// [`SHORT_CODES`] codes; the check character finds every wrong character and every swap of
/// neighbours. Codes of different stations or days may meet: of 40 incidents open at once,
/// once in 360 such boards; then the desk lists both and a person chooses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ShortCode(u32);

impl ShortCode {
    /// The code of a number: the same on every station that knows the number.
    #[must_use]
    pub fn from_number(number: &IncidentNumber) -> Self {
        // A walk through all codes: start and stride depend on station and day, so that
        // neighbours do not differ in one character only and stations do not run in step.
        let seed = blake3::hash(format!("{}{}", number.day, number.station).as_bytes());
        let word = |at: usize| {
            let bytes = seed.as_bytes();
            u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
        };
        let half = SHORT_CODES / 2;
        let mut stride = SHORT_CODES / 4 + word(0) % half;
        if stride.is_multiple_of(23) {
            stride += 1; // 23 is the only prime in SHORT_CODES; a stride free of it meets all.
        }
        let steps = u64::from(stride) * u64::from(number.counter % SHORT_CODES);
        let place = (u64::from(word(4)) + steps) % u64::from(SHORT_CODES);
        Self(u32::try_from(place).unwrap_or_default())
    }

    /// Reads a code as it was heard or written: with or without hyphen, lower case,
    /// full-width, O I L Z S B G for the digits they look like, Chinese radio digits.
    ///
    /// # Errors
    /// [`NumberError::BadShape`] or [`NumberError::BadCheck`].
    pub fn parse(text: &str) -> Result<Self, NumberError> {
        let chars = tidy(text);
        let [a, b, c, d, check] = chars.as_slice() else {
            return Err(NumberError::BadShape);
        };
        let mut place = 0;
        for char in [a, b, c, d] {
            place = place * 23 + check::code_value(*char).ok_or(NumberError::BadShape)?;
        }
        let given = check::code_value(*check).ok_or(NumberError::BadShape)?;
        if given == check::code_check(place) {
            Ok(Self(place))
        } else {
            Err(NumberError::BadCheck)
        }
    }

    /// The check character that would belong to the first four of a text of the right form: what
    /// to ask for again. `None` where the form itself is wrong.
    #[must_use]
    pub fn expected_check(text: &str) -> Option<char> {
        let chars = tidy(text);
        let [body @ .., _] = chars.as_slice() else {
            return None;
        };
        let place = body.iter().try_fold(0, |place, char| {
            Some(place * 23 + check::code_value(*char)?)
        })?;
        (body.len() == 4).then(|| check::code_char(check::code_check(place)))
    }

    /// The text, such as `A7-41K`.
    #[must_use]
    pub fn text(&self) -> String {
        self.to_string()
    }
}

impl fmt::Display for ShortCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = |power: u32| check::code_char(self.0 / power % 23);
        let check = check::code_char(check::code_check(self.0));
        write!(f, "{}{}-{}{}{check}", at(12_167), at(529), at(23), at(1))
    }
}

/// How a number, code, plate or phone number is said on the radio: digits as
/// 洞幺两三四五六拐八勾, letters by themselves, one blank between characters and a comma
/// between groups. Other characters stay as they are.
#[must_use]
pub fn read_aloud(text: &str) -> String {
    let mut out = String::new();
    let mut joined = true;
    for c in text.trim().chars().map(half_width) {
        if is_hyphen(c) || c.is_whitespace() {
            if !joined {
                out.push('，');
            }
            joined = true;
            continue;
        }
        if !joined {
            out.push(' ');
        }
        joined = false;
        let digit = c
            .to_digit(10)
            .and_then(|d| RADIO_DIGITS.get(usize::try_from(d).ok()?));
        out.push(digit.copied().unwrap_or_else(|| c.to_ascii_uppercase()));
    }
    out.trim_end_matches('，').to_owned()
}

/// 0 to 9 as they are said on the radio.
const RADIO_DIGITS: [char; 10] = ['洞', '幺', '两', '三', '四', '五', '六', '拐', '八', '勾'];

/// The half-width twin of a full-width character; every other character as it is.
pub(crate) fn half_width(c: char) -> char {
    match c {
        '\u{3000}' => ' ',
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        _ => c,
    }
}

/// Any of the dashes that keyboards, input methods and word processors make of a hyphen.
fn is_hyphen(c: char) -> bool {
    matches!(c, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '_' | '·')
}

/// Upper-case, half-width, Chinese digits as digits; without blanks and hyphens.
fn tidy(text: &str) -> Vec<char> {
    tidy_marked(text).into_iter().map(|(c, _)| c).collect()
}

/// As `tidy`, each character with whether a blank or hyphen stood before it.
fn tidy_marked(text: &str) -> Vec<(char, bool)> {
    let mut out = Vec::new();
    let mut parted = false;
    for c in text.chars().map(half_width) {
        if c.is_whitespace() || is_hyphen(c) {
            parted = true;
        } else {
            out.push((plain(c), std::mem::take(&mut parted)));
        }
    }
    out
}

/// A half-width character in upper case; a Chinese digit as the digit.
fn plain(c: char) -> char {
    match c {
        '洞' | '零' | '〇' => '0',
        '幺' | '一' => '1',
        '两' | '二' => '2',
        '三' => '3',
        '四' => '4',
        '五' => '5',
        '六' => '6',
        '拐' | '七' => '7',
        '八' => '8',
        '勾' | '九' => '9',
        _ => c.to_ascii_uppercase(),
    }
}

/// The value of up to nine digits; `None` for anything else.
fn number_of(digits: &[char]) -> Option<u32> {
    if digits.is_empty() || digits.len() > 9 {
        return None;
    }
    digits
        .iter()
        .try_fold(0, |value, c| Some(value * 10 + c.to_digit(10)?))
}
