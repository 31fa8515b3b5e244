//! Words of a command line, and what they name.
//! Not here: which words a command takes (`command_line`).

use super::{CommandLineError, KnownCode, KnownIncident, KnownUnit, Named, Verb};
use crate::number::{IncidentNumber, ShortCode, half_width};

/// A text with a place in it; moves on word by word.
#[derive(Clone)]
pub(super) struct Cursor<'a> {
    rest: &'a str,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { rest: text.trim() }
    }

    /// What is left, as typed.
    pub(super) fn rest(&self) -> &'a str {
        self.rest
    }

    /// The next word; `None` at the end.
    pub(super) fn word(&mut self) -> Option<&'a str> {
        let (word, rest) = match self.rest.split_once(char::is_whitespace) {
            Some((word, rest)) => (word, rest.trim_start()),
            None => (self.rest, ""),
        };
        self.rest = rest;
        (!word.is_empty()).then_some(word)
    }

    /// The unit that the next word names; also a name and a number apart (`巡 03`).
    pub(super) fn unit(
        &mut self,
        units: &[KnownUnit<'_>],
        verb: Verb,
    ) -> Result<Named, CommandLineError> {
        let mut next = self.clone();
        let word = next.word().ok_or(CommandLineError::Usage(verb))?;
        let mut found = unit(word, units);
        if let Err(CommandLineError::NotFound(_)) = found {
            let mut after = next.clone();
            let second = after.word().unwrap_or_default();
            let is_digit = |c: char| half_width(c).is_ascii_digit();
            // Two numbers side by side are never one call sign.
            if !word.contains(is_digit)
                && second.starts_with(is_digit)
                && let Ok(named) = unit(&format!("{word}{second}"), units)
            {
                found = Ok(named);
                next = after;
            }
        }
        *self = next;
        found
    }

    /// The unit that the next word names, where the text may also begin without one. A bare
    /// number is text here: `/fk 215 号楼` speaks of a house, whatever units there are.
    pub(super) fn unit_if_any(
        &mut self,
        units: &[KnownUnit<'_>],
    ) -> Result<Option<Named>, CommandLineError> {
        let mut next = self.clone();
        let word = next.word().unwrap_or_default();
        if word.chars().map(half_width).all(|c| c.is_ascii_digit()) {
            return Ok(None);
        }
        match unit(word, units) {
            Ok(named) => {
                *self = next;
                Ok(Some(named))
            }
            Err(CommandLineError::NotFound(_)) => Ok(None),
            Err(refusal) => Err(refusal),
        }
    }
}

/// Half-width, lower case, without blanks: how names are compared, always whole.
pub(super) fn compact(text: &str) -> String {
    text.chars()
        .map(half_width)
        .filter(|c| !c.is_whitespace())
        .flat_map(char::to_lowercase)
        .collect()
}

/// The unit of that call sign; if there is none, the one with those initials.
fn unit(word: &str, units: &[KnownUnit<'_>]) -> Result<Named, CommandLineError> {
    let wanted = compact(word);
    let by = |name: &dyn Fn(&KnownUnit<'_>) -> String| -> Vec<Named> {
        let all = units.iter().enumerate();
        all.filter(|(_, unit)| !wanted.is_empty() && name(unit) == wanted)
            .map(|(at, unit)| Named {
                at,
                name: unit.callsign.to_owned(),
            })
            .collect()
    };
    let exact = by(&|unit| compact(unit.callsign));
    if exact.is_empty() {
        only(word, by(&|unit| compact(unit.initials)))
    } else {
        only(word, exact)
    }
}

/// The incident of that number, short code or counter (`42`, `00042`, `00042-K`).
pub(super) fn incident(
    word: &str,
    incidents: &[KnownIncident<'_>],
) -> Result<Named, CommandLineError> {
    let wanted = compact(word);
    let number = IncidentNumber::parse(word).ok();
    let code = ShortCode::parse(word).ok();
    let tail = Tail::parse(&wanted).filter(|_| !word.contains(char::is_whitespace));
    let fits = |known: &KnownIncident<'_>| {
        if !wanted.is_empty() && wanted == compact(known.number) {
            return true;
        }
        let own = IncidentNumber::parse(known.number).ok();
        (own.is_some() && own == number)
            || (code.is_some() && code == ShortCode::parse(known.short_code).ok())
            || tail.zip(own).is_some_and(|(tail, own)| tail.fits(&own))
    };
    let all = incidents
        .iter()
        .enumerate()
        .filter(|(_, known)| fits(known));
    only(
        word,
        all.map(|(at, known)| Named {
            at,
            name: known.number.to_owned(),
        })
        .collect(),
    )
}

/// The end of a number, as people say it within a day.
#[derive(Clone, Copy)]
struct Tail {
    counter: u32,
    check: Option<char>,
}

impl Tail {
    /// `42`, `00042` or `00042-K`; `wanted` is compact.
    fn parse(wanted: &str) -> Option<Self> {
        let (digits, check) = match wanted.split_once('-') {
            Some((digits, check)) => {
                let mut chars = check.chars();
                let only = chars.next().filter(|_| chars.next().is_none())?;
                (digits, Some(only.to_ascii_uppercase()))
            }
            None => (wanted, None),
        };
        let is_number =
            (1..=7).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
        let counter = digits.parse().ok().filter(|_| is_number)?;
        Some(Self { counter, check })
    }

    fn fits(self, own: &IncidentNumber) -> bool {
        own.counter() == self.counter && self.check.is_none_or(|check| check == own.check())
    }
}

/// The code of that code, name or alias.
pub(super) fn code(word: &str, codes: &[KnownCode<'_>]) -> Result<Named, CommandLineError> {
    let wanted = compact(word);
    let fits = |known: &KnownCode<'_>| {
        let own = [known.code, known.name];
        own.iter()
            .chain(known.aliases)
            .any(|name| !wanted.is_empty() && compact(name) == wanted)
    };
    let all = codes.iter().enumerate().filter(|(_, known)| fits(known));
    let found: Vec<(usize, &KnownCode<'_>)> = all.collect();
    // Choices are shown by their names: a code says nothing to a person.
    if found.len() > 1 {
        let names = found
            .iter()
            .map(|(_, known)| known.name.to_owned())
            .collect();
        return Err(CommandLineError::Ambiguous(names));
    }
    only(
        word,
        found
            .iter()
            .map(|(at, k)| Named {
                at: *at,
                name: k.code.to_owned(),
            })
            .collect(),
    )
}

fn only(word: &str, mut found: Vec<Named>) -> Result<Named, CommandLineError> {
    match (found.pop(), found.is_empty()) {
        (Some(named), true) => Ok(named),
        (Some(last), false) => {
            let mut names: Vec<String> = found.into_iter().map(|named| named.name).collect();
            names.push(last.name);
            Err(CommandLineError::Ambiguous(names))
        }
        (None, _) => Err(CommandLineError::NotFound(word.to_owned())),
    }
}
