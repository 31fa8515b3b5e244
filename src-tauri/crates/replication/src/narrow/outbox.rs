//! What is to go: entries read from the log and not yet durable at everybody who hears us, what
//! is on its way, and what each frame carried.
//!
//! Not here: who lacks what (`other`), sealing.

use std::collections::BTreeMap;

use fengsui_domain::log::dot::Writer;

use super::item::Page;
use crate::run::Run;

/// Bytes of an entry in one piece: with everything around it, it fits a frame unpacked.
pub(super) const PIECE: usize = 150;
/// Frames whose contents are remembered.
const FRAMES_MAX: usize = 512;
/// Entries of one writer that may be on their way, bytes.
const AHEAD_MAX: usize = 6 * 1024;

/// One thing that a frame carries and that a station either has or has not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Thing {
    Page(Page),
    Entry(Writer, u64),
    Piece(Writer, u64, usize),
    Signed(Writer, u64),
}

/// An entry that was read.
#[derive(Debug)]
pub(super) struct Kept {
    pub(super) bytes: Vec<u8>,
    /// How many pieces it goes in; 0 = it fits a frame.
    pub(super) pieces: usize,
}

/// Neighbouring entries of one writer.
#[derive(Debug, Default)]
pub(super) struct Log {
    pub(super) entries: BTreeMap<u64, Kept>,
    pub(super) signs: BTreeMap<u64, [u8; 64]>,
}

#[derive(Debug, Clone, Copy)]
struct Flight {
    count: u32,
    at_ms: i64,
    tries: u32,
    is_lost: bool,
}

/// Everything to go.
#[derive(Debug, Default)]
pub(super) struct Outbox {
    pub(super) logs: BTreeMap<Writer, Log>,
    in_flight: BTreeMap<Thing, Flight>,
    frames: BTreeMap<u32, Vec<Thing>>,
    /// Writers whose log is not signed beyond this.
    pub(super) stalled: BTreeMap<Writer, u64>,
}

impl Outbox {
    /// From where to read a writer's log on when `lacking` is the first entry that somebody
    /// lacks: the last entry that is here; `None` = enough is here.
    pub(super) fn after(&mut self, writer: Writer, lacking: u64, head: u64) -> Option<u64> {
        let is_stalled = self.stalled.get(&writer).is_some_and(|at| *at >= head);
        let log = self.logs.entry(writer).or_default();
        let is_gone = log
            .entries
            .first_key_value()
            .is_some_and(|(first, _)| *first > lacking);
        if is_gone {
            *log = Log::default();
        }
        let last = log
            .entries
            .last_key_value()
            .map_or(lacking - 1, |(last, _)| *last);
        let last = last.max(lacking - 1);
        let ahead: usize = log
            .entries
            .range(lacking..)
            .map(|(_, kept)| kept.bytes.len())
            .sum();
        (!is_stalled && last < head && ahead < AHEAD_MAX).then_some(last)
    }

    /// Nothing that was read is still to go.
    pub(super) fn is_idle(&self) -> bool {
        self.logs.values().all(|log| log.entries.is_empty())
    }

    /// Keeps a run that was read.
    pub(super) fn keep(&mut self, run: Run, pieces: impl Fn(u64, &[u8]) -> usize) {
        let log = self.logs.entry(run.writer).or_default();
        log.signs.insert(run.last(), run.signature);
        for (seq, bytes) in (run.first..).zip(run.entries) {
            let pieces = pieces(seq, &bytes);
            log.entries.insert(seq, Kept { bytes, pieces });
        }
    }

    /// Forgets entries before the first that somebody lacks.
    pub(super) fn trim(&mut self, writer: Writer, lacking: u64) {
        if let Some(log) = self.logs.get_mut(&writer) {
            log.entries = log.entries.split_off(&lacking);
            log.signs = log.signs.split_off(&lacking);
        }
        self.in_flight.retain(|thing, _| match thing {
            Thing::Entry(w, seq) | Thing::Piece(w, seq, _) | Thing::Signed(w, seq) => {
                *w != writer || *seq >= lacking
            }
            Thing::Page(_) => true,
        });
    }

    /// Things of a writer's log from an entry on, in order.
    pub(super) fn things(&self, writer: Writer, from: u64) -> Vec<Thing> {
        let mut out = Vec::new();
        let Some(log) = self.logs.get(&writer) else {
            return out;
        };
        for (seq, kept) in log.entries.range(from..) {
            match kept.pieces {
                0 => out.push(Thing::Entry(writer, *seq)),
                pieces => out.extend((0..pieces).map(|at| Thing::Piece(writer, *seq, at))),
            }
            if log.signs.contains_key(seq) {
                out.push(Thing::Signed(writer, *seq));
            }
        }
        out
    }

    /// Whether a thing is on its way and may still come; each try is waited for longer.
    pub(super) fn is_on_its_way(&self, thing: Thing, now_ms: i64, again_ms: i64) -> bool {
        self.in_flight.get(&thing).is_some_and(|flight| {
            let wait_ms = again_ms.saturating_mul(1 << flight.tries.min(4));
            !flight.is_lost && now_ms < flight.at_ms.saturating_add(wait_ms)
        })
    }

    /// A frame went.
    pub(super) fn sent(&mut self, count: u32, things: &[Thing], now_ms: i64) {
        for thing in things {
            let tries = match self.in_flight.get(thing) {
                Some(flight) if flight.is_lost => flight.tries,
                Some(flight) => flight.tries + 1,
                None => 0,
            };
            let flight = Flight {
                count,
                at_ms: now_ms,
                tries,
                is_lost: false,
            };
            self.in_flight.insert(*thing, flight);
        }
        self.frames.insert(count, things.to_vec());
        while self.frames.len() > FRAMES_MAX {
            self.frames.pop_first();
        }
    }

    /// What a frame carried.
    pub(super) fn carried(&self, count: u32) -> &[Thing] {
        self.frames.get(&count).map_or(&[], Vec::as_slice)
    }

    /// A frame did not come to somebody: what it carried last goes again.
    pub(super) fn lost(&mut self, count: u32) {
        for thing in self.frames.get(&count).into_iter().flatten() {
            if let Some(flight) = self.in_flight.get_mut(thing)
                && flight.count == count
            {
                flight.is_lost = true;
            }
        }
    }

    /// Counts begin anew, under a new key.
    pub(super) fn restart(&mut self) {
        self.frames.clear();
        self.in_flight.clear();
    }
}
