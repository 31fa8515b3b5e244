//! How a station's clock stands to the county's time (时钟误差), and what its written times are by
//! that time.
//!
//! An error is found in a contact, with a bound, and is an entry of the station itself: only it
//! knows which of its entries came before. An error holds from a stamp of that station on until
//! the next one; nothing that was written is altered. The founder's clock is the county's time as
//! long as no error of it was found.
//!
//! Not here: a wall clock, who is compared with whom (`app::clock`).

use std::collections::BTreeMap;

use crate::log::dot::{Dot, Writer};
use crate::log::field::Field;
use crate::log::hlc::Hlc;
use crate::log::register::{Live, Registers};
use crate::station::FOUNDER;

pub mod order;

/// Clocks further apart than this are worth a word, ms.
pub const WARN_MS: i64 = 2_000;
/// A clock further off than this is wrong: its times are shown corrected, ms.
pub const WRONG_MS: i64 = 60_000;
/// A wall clock that went otherwise than the steady one by more than this was moved, ms.
const MOVED_MS: i64 = 500;
/// Parts of the stored text stand between these.
const PART: char = '\u{1f}';

/// One clock less another, as a question and its answer tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reading {
    /// The difference, ms.
    pub ms: i64,
    /// It is right within so much, ms: half of the time that question and answer took.
    pub within_ms: i64,
}

impl Reading {
    /// From a question asked at `asked_ms` and answered at `heard_ms` (our wall clock) with
    /// `said_ms` (the other's): the other's clock less ours. `None` when our wall clock was moved
    /// in between, as `took_ms` by the steady clock shows. Source: Cristian, "Probabilistic clock
    /// synchronization" (1989).
    #[must_use]
    pub fn of_answer(asked_ms: i64, said_ms: i64, heard_ms: i64, took_ms: i64) -> Option<Reading> {
        let by_wall_ms = heard_ms.saturating_sub(asked_ms);
        let is_moved = by_wall_ms.saturating_sub(took_ms).saturating_abs() > MOVED_MS;
        (!is_moved && took_ms >= 0).then(|| Reading {
            ms: said_ms.saturating_sub(asked_ms.midpoint(heard_ms)),
            within_ms: took_ms.saturating_add(1) / 2,
        })
    }

    /// Less than was known would be said by keeping `known`: it cannot be true any more, or was
    /// much coarser. Jitter and a slow path are not.
    #[must_use]
    pub fn is_news(self, known: Reading) -> bool {
        let apart_ms = self.ms.saturating_sub(known.ms).saturating_abs();
        let bound_ms = self.within_ms.saturating_add(known.within_ms);
        apart_ms > bound_ms.saturating_add(WARN_MS) || self.is_finer(known)
    }

    /// It says the same much more closely.
    #[must_use]
    pub fn is_finer(self, known: Reading) -> bool {
        known.within_ms > WARN_MS && self.within_ms.saturating_mul(2) <= known.within_ms
    }
}

/// What a station says of its own clock; it stands in the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClockError {
    /// It holds for what this station stamped later than this.
    pub since: Hlc,
    /// Its clock less the county's time; `None` = unknown from here on.
    pub found: Option<Reading>,
    /// Number of the station that it was compared with.
    pub by: u16,
}

impl ClockError {
    /// The text that is stored.
    #[must_use]
    pub fn encode(&self) -> String {
        let part = |value: Option<i64>| value.map(|ms| ms.to_string()).unwrap_or_default();
        [
            self.since.0.to_string(),
            part(self.found.map(|found| found.ms)),
            part(self.found.map(|found| found.within_ms)),
            self.by.to_string(),
        ]
        .join(&PART.to_string())
    }

    /// Reads a stored text; parts that a newer program added behind are passed over. `None` = not
    /// to be read by this program.
    #[must_use]
    pub fn decode(text: &str) -> Option<ClockError> {
        let mut parts = text.split(PART);
        let since = Hlc(parts.next()?.parse().ok()?);
        let found = match (parts.next()?, parts.next()?) {
            ("", "") => None,
            (ms, within_ms) => Some(Reading {
                ms: ms.parse().ok()?,
                within_ms: within_ms.parse().ok().filter(|ms| *ms >= 0)?,
            }),
        };
        let by = parts.next()?.parse().ok()?;
        Some(ClockError { since, found, by })
    }
}

/// An instant in both times.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClockMark {
    /// By the clock of the station that wrote it, ms.
    pub own_ms: i64,
    /// By the county's time, ms.
    pub corrected_ms: i64,
}

/// The clocks of all stations, as one of them looks at what they wrote.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Clocks {
    /// Errors by the stamp they hold from, for each station and incarnation.
    of: BTreeMap<(u16, u16), Vec<(ClockError, Hlc)>>,
    /// Who looks: station and incarnation.
    viewer: (u16, u16),
}

impl Clocks {
    /// Nothing is known yet; `viewer` (station, incarnation) looks.
    #[must_use]
    pub fn seen_by(viewer: (u16, u16)) -> Clocks {
        Clocks {
            of: BTreeMap::new(),
            viewer,
        }
    }

    /// Adds what stands in the register of a station of this number. What another station wrote
    /// there is no word of its own clock and is passed over.
    pub fn note(&mut self, station: u16, regs: &Registers) {
        for live in regs.standing(Field::StationClock) {
            let Writer { station: by, .. } = live.dot.writer;
            let crate::log::entry::Value::Text(text) = &live.value else {
                continue;
            };
            let Some(error) = ClockError::decode(text).filter(|_| by == station) else {
                continue;
            };
            let errors = self.of.entry((by, live.dot.writer.incarnation));
            let errors = errors.or_default();
            errors.push((error, live.hlc));
            errors.sort_by_key(|(error, written)| (error.since, *written));
        }
    }

    /// What a station says of its clock now; `None` = it never said anything.
    #[must_use]
    pub fn latest(&self, station: u16, incarnation: u16) -> Option<ClockError> {
        let errors = self.of.get(&(station, incarnation))?;
        errors.last().map(|(error, _)| *error)
    }

    /// How a station's clock stands now, whichever of its incarnations said so last.
    #[must_use]
    pub fn now_of(&self, station: u16) -> Option<ClockError> {
        let of_station = self.of.range((station, 0)..=(station, u16::MAX));
        let (_, errors) = of_station.last()?;
        errors.last().map(|(error, _)| *error)
    }

    /// How far a station's clock was off when it stamped this, ms; `None` = unknown.
    #[must_use]
    pub fn error_ms(&self, dot: Dot, hlc: Hlc) -> Option<i64> {
        let Writer {
            station,
            incarnation,
            ..
        } = dot.writer;
        let Some(errors) = self.of.get(&(station, incarnation)) else {
            return (station == FOUNDER).then_some(0);
        };
        let then = errors.iter().rev().find(|(error, _)| error.since < hlc);
        match then {
            Some((error, _)) => error.found.map(|found| found.ms),
            None => (station == FOUNDER).then_some(0),
        }
    }

    /// A clock of another station that nobody could compare when this was written.
    #[must_use]
    pub fn is_unknown(&self, dot: Dot, hlc: Hlc) -> bool {
        dot.writer.station != self.viewer.0 && self.error_ms(dot, hlc).is_none()
    }

    /// Our own clock's error where it is wrong, ms; else 0.
    fn own_ms(&self) -> i64 {
        let own = self.latest(self.viewer.0, self.viewer.1);
        wrong(own.and_then(|own| own.found).map(|found| found.ms))
    }

    /// No clock is wrong, and none was: nothing has to be corrected.
    #[must_use]
    pub fn is_calm(&self) -> bool {
        let mut all = self.of.values().flatten();
        all.all(|(error, _)| wrong(error.found.map(|found| found.ms)) == 0)
    }

    /// An instant that a wrong clock gave, in both times; `None` where the clock was right or
    /// nothing is known of it.
    #[must_use]
    pub fn mark(&self, dot: Dot, hlc: Hlc, at_ms: i64) -> Option<ClockMark> {
        let off_ms = wrong(self.error_ms(dot, hlc));
        (off_ms != 0).then(|| ClockMark {
            own_ms: at_ms,
            corrected_ms: at_ms.saturating_sub(off_ms),
        })
    }

    /// A written instant as the viewer's own clock would have shown it: what is compared with its
    /// `now`, and with other instants.
    #[must_use]
    pub fn here_ms(&self, dot: Dot, hlc: Hlc, at_ms: i64) -> i64 {
        let off_ms = wrong(self.error_ms(dot, hlc));
        at_ms.saturating_sub(off_ms).saturating_add(self.own_ms())
    }

    /// An instant of the viewer's clock by the county's time.
    #[must_use]
    pub fn county_ms(&self, here_ms: i64) -> i64 {
        here_ms.saturating_sub(self.own_ms())
    }

    /// Registers with every instant as the viewer's clock would have shown it.
    #[must_use]
    pub fn correct(&self, regs: Registers) -> Registers {
        if self.is_calm() {
            return regs;
        }
        regs.with_ints(|field, live, at_ms| {
            let is_written = field.is_instant() && at_ms > 0;
            is_written.then(|| self.here_ms(live.dot, live.hlc, at_ms))
        })
    }

    /// Both times of an instant of corrected registers, where its clock was wrong.
    #[must_use]
    pub fn mark_of(&self, corrected: &Registers, field: Field) -> Option<ClockMark> {
        let Live { dot, hlc, .. } = corrected.shown(field)?;
        let here_ms = corrected.int(field)?;
        let off_ms = wrong(self.error_ms(*dot, *hlc));
        let county_ms = self.county_ms(here_ms);
        (off_ms != 0).then(|| ClockMark {
            own_ms: county_ms.saturating_add(off_ms),
            corrected_ms: county_ms,
        })
    }
}

/// What of an error is corrected.
fn wrong(error_ms: Option<i64>) -> i64 {
    error_ms
        .filter(|ms| ms.saturating_abs() > WRONG_MS)
        .unwrap_or(0)
}

#[cfg(test)]
mod tests;
