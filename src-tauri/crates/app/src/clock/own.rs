//! This station's own clock: compared with the county's time at each contact with the reference,
//! and the entries that say what was found. Only what is news is written.
//!
//! Not here: how a reading is made (`replication`), what it means for what was written
//! (`domain::clock`).

use std::sync::{Mutex, MutexGuard, PoisonError};

use fengsui_domain::clock::{ClockError, Clocks, Reading, WRONG_MS};
use fengsui_domain::log::dot::{Dot, Lane};
use fengsui_domain::log::entry::Value;
use fengsui_domain::log::field::{Field, Noun};
use fengsui_domain::log::hlc::Hlc;
use fengsui_domain::log::kind::Kind;
use fengsui_domain::log::register::Registers;
use fengsui_domain::station::FOUNDER;
use fengsui_store::log::{FieldWrite, Log, Seen};
use fengsui_store::{Mode, peer, read};

use super::read::clocks_in;
use crate::error::AppError;
use crate::replica::MERGED;
use crate::session::Actor;
use crate::station::Station;

/// A wall clock that went otherwise than the steady one by more than this was set, ms.
const SET_MS: i64 = 1_000;
/// A clock that is set again and again is written about no oftener than this, ms.
const WRITE_EVERY_MS: i64 = 60_000;

struct Held {
    /// Wall clock less steady clock when last looked at, ms.
    ahead_ms: i64,
    /// Not compared with the reference since this start, or since the clock was set.
    is_doubtful: bool,
    /// Our newest stamp at this start; `None` = the clock was set since.
    began: Option<Hlc>,
    /// When something was written last, by the steady clock, ms.
    written_ms: Option<i64>,
}

/// What is known of our clock beyond the log.
pub(crate) struct OwnClock {
    held: Mutex<Held>,
}

impl OwnClock {
    /// At a start, where `began` is our newest stamp: while the program did not run anybody may
    /// have set the clock.
    pub(crate) fn at(wall_ms: i64, steady_ms: i64, began: Hlc) -> OwnClock {
        OwnClock {
            held: Mutex::new(Held {
                ahead_ms: wall_ms.saturating_sub(steady_ms),
                is_doubtful: true,
                began: Some(began),
                written_ms: None,
            }),
        }
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Looks whether the clock was set; whether it was not compared since.
    pub(crate) fn look(&self, wall_ms: i64, steady_ms: i64) -> bool {
        let mut held = self.held();
        let ahead_ms = wall_ms.saturating_sub(steady_ms);
        if ahead_ms.saturating_sub(held.ahead_ms).saturating_abs() > SET_MS {
            held.is_doubtful = true;
            held.began = None;
        }
        held.ahead_ms = ahead_ms;
        held.is_doubtful
    }

    /// It was compared, and what the log says of it is right.
    fn settle(&self, written_ms: Option<i64>) {
        let mut held = self.held();
        held.is_doubtful = false;
        held.written_ms = written_ms.or(held.written_ms);
    }

    /// Since when the clock goes as it goes now; `None` = since something was stamped last.
    fn began(&self) -> Option<Hlc> {
        self.held().began
    }

    fn may_write(&self, steady_ms: i64) -> bool {
        let written_ms = self.held().written_ms;
        written_ms.is_none_or(|ms| steady_ms.saturating_sub(ms) >= WRITE_EVERY_MS)
    }
}

/// The station whose clock is the county's time for `own`: that which holds the board, where its
/// own clock is known and not wrong, else the founder (decision 0036). `None` = nobody.
fn reference(own: u16, county: &Registers, clocks: &Clocks) -> Option<u16> {
    let mut holders = county.standing(Field::CountyBoard);
    let holder = match (holders.next(), holders.next()) {
        (Some(live), None) => match live.value {
            Value::Int(number) => u16::try_from(number).ok(),
            _ => None,
        },
        // Two that took the board: which of them was later is a clock's word.
        _ => None,
    };
    let is_fit = |number: u16| match clocks.now_of(number) {
        None => number == FOUNDER,
        Some(error) => error
            .found
            .is_some_and(|found| found.ms.saturating_abs() <= WRONG_MS),
    };
    let fit = [holder, Some(FOUNDER)].into_iter().flatten();
    fit.into_iter()
        .find(|number| is_fit(*number))
        .filter(|number| *number != own)
}

/// What is to be written, when anything is.
fn is_news(known: Option<ClockError>, found: Reading) -> bool {
    let known = known.and_then(|known| known.found);
    known.is_none_or(|known| found.is_news(known))
}

impl Station {
    /// A peer's clock was compared with ours: where it is the reference, what that says of our
    /// clock goes into the log if it is news.
    ///
    /// # Errors
    /// Faults only.
    pub(crate) fn compare_clock(&self, from: u16, read: Reading) -> Result<(), AppError> {
        let (at_ms, steady_ms) = (self.now_ms(), self.steady_ms());
        self.own_clock().look(at_ms, steady_ms);
        let (clocks, county, own, is_enrolled) = self.store().read(|conn| {
            let own = read::own_writer(conn)?;
            let mut stations = peer::stations(conn)?.into_iter();
            let is_enrolled = stations.any(|station| station.number == own.0);
            Ok::<_, AppError>((clocks_in(conn)?, read::county(conn)?, own, is_enrolled))
        })?;
        if !is_enrolled || reference(own.0, &county, &clocks) != Some(from) {
            return Ok(());
        }
        let theirs = clocks.now_of(from).and_then(|error| error.found);
        let found = Reading {
            ms: theirs.map_or(0, |theirs| theirs.ms).saturating_sub(read.ms),
            within_ms: theirs.map_or(0, |theirs| theirs.within_ms) + read.within_ms,
        };
        if !is_news(clocks.latest(own.0, own.1), found) {
            self.own_clock().settle(None);
            return Ok(());
        }
        if !self.own_clock().may_write(steady_ms) || self.store().state().mode != Mode::ReadWrite {
            return Ok(());
        }
        let (itself, began) = (self.itself(), self.own_clock().began());
        let said = self.store().act(at_ms, move |log| {
            say(log, &itself, began, Some(found), from)
        })?;
        if said {
            self.own_clock().settle(Some(steady_ms));
            self.announce(MERGED);
        }
        Ok(())
    }
}

/// Our clock may have been set since it was compared: what follows is stamped by a clock of which
/// nothing is known. Nothing is said where nothing was known before.
///
/// # Errors
/// Any store error.
pub(crate) fn say_doubt(log: &mut Log<'_>, itself: &Actor) -> Result<(), AppError> {
    let (station, incarnation) = log.own();
    let known = clocks_in(log.conn())?.latest(station, incarnation);
    if known.is_some_and(|known| known.found.is_some()) {
        say(log, itself, None, None, station)?;
    }
    Ok(())
}

/// Writes what is known of our clock from now on, or from the start of the doubt that it ends;
/// whether it could, the station being enrolled here.
fn say(
    log: &mut Log<'_>,
    itself: &Actor,
    began: Option<Hlc>,
    found: Option<Reading>,
    by: u16,
) -> Result<bool, AppError> {
    let (station, incarnation) = log.own();
    let stations = peer::stations(log.conn())?;
    let Some(own) = stations.iter().find(|known| known.number == station) else {
        return Ok(false);
    };
    let Some(regs) = log.registers(Noun::Station, own.dot)? else {
        return Ok(false);
    };
    let began = began.unwrap_or(log.hlc());
    let (error, seen) = next(&said_by(&regs, incarnation), found, by, (began, log.hlc()));
    let mut write = FieldWrite::of_subject(Field::StationClock, Value::Text(error.encode()));
    write.seen = Seen::Exactly(seen);
    let (kind, at_ms) = (Kind::StationClock, log.now_ms());
    log.append(itself.act(Lane::Urgent, kind, at_ms, Some(own.dot), vec![write]))?;
    Ok(true)
}

/// What an incarnation of ours said of its clock, by the stamp it holds from.
fn said_by(regs: &Registers, incarnation: u16) -> Vec<(ClockError, Dot)> {
    let own = regs
        .standing(Field::StationClock)
        .filter(|live| live.dot.writer.incarnation == incarnation);
    let mut said: Vec<(ClockError, Dot)> = own
        .filter_map(|live| match &live.value {
            Value::Text(text) => Some((ClockError::decode(text)?, live.dot)),
            _ => None,
        })
        .collect();
    said.sort_by_key(|(error, dot)| (error.since, *dot));
    said
}

/// The next word about our clock and the words it takes the place of. A doubt is ended from its
/// beginning on; where what was known before it still holds, nothing was ever otherwise. The
/// first word of all holds from this start on (`began`), others from `now` on.
fn next(
    said: &[(ClockError, Dot)],
    found: Option<Reading>,
    by: u16,
    (began, now): (Hlc, Hlc),
) -> (ClockError, Vec<Dot>) {
    let new = |since, found| ClockError { since, found, by };
    let (Some((last, dot)), before) = (said.last(), said.iter().rev().nth(1)) else {
        return (new(began, found), Vec::new());
    };
    let Some(read) = found else {
        return (new(now, None), Vec::new());
    };
    match (last.found, before) {
        (None, Some((before, earlier))) => match before.found {
            Some(known) if !read.is_news(known) => {
                let error = ClockError { by, ..*before };
                (error, vec![*dot, *earlier])
            }
            _ => (new(last.since, found), vec![*dot]),
        },
        (None, None) => (new(last.since, found), vec![*dot]),
        (Some(known), _) if read.is_finer(known) && agrees(read, known) => {
            (new(last.since, found), vec![*dot])
        }
        (Some(_), _) => (new(now, found), Vec::new()),
    }
}

/// Both may be true.
fn agrees(one: Reading, other: Reading) -> bool {
    let apart_ms = one.ms.saturating_sub(other.ms).saturating_abs();
    apart_ms <= one.within_ms.saturating_add(other.within_ms)
}

#[cfg(test)]
mod tests;
