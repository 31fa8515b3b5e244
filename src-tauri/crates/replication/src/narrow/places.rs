//! Positions on a narrow pipe: the newest of each unit, told when nothing else is to be said, so
//! that they never delay an order. What is lost is told again when the unit has moved on.
//!
//! Not here: entries, which are answered for (`outbox`).

use std::collections::BTreeMap;

use fengsui_domain::log::dot::Dot;

use crate::port::Place;

/// Units of one frame at most.
const UNITS_MAX: usize = 16;
/// A unit that has moved less far than this is where it was told to be; 1e-5 degrees, some 50 m.
const MOVED_E5: u32 = 50;
/// What was told so long ago is told again although the unit stands still, s.
const AGAIN_S: i64 = 300;
/// Least time between two frames of positions, ms; and in frames, where those are slow.
const BETWEEN_MS: i64 = 10_000;
const BETWEEN_FRAMES: i64 = 4;

/// What is known here of units, and what was told.
#[derive(Debug, Default)]
pub(super) struct Places {
    newest: BTreeMap<Dot, Place>,
    /// As told last, and by which frame of positions.
    told: BTreeMap<Dot, (Place, u64)>,
    frames: u64,
    last_ms: Option<i64>,
}

impl Places {
    pub(super) fn set(&mut self, all: &[Place]) {
        self.newest = all.iter().map(|place| (place.unit, *place)).collect();
        self.told.retain(|unit, _| self.newest.contains_key(unit));
    }

    /// What the next frame tells: the units longest untold of those that moved or were told too
    /// long ago. Empty = nothing, or not yet.
    pub(super) fn next(&self, steady_ms: i64, frame_ms: i64) -> Vec<Place> {
        let between_ms = BETWEEN_MS.max(BETWEEN_FRAMES * frame_ms);
        let is_early = |last_ms| steady_ms < last_ms + between_ms;
        if self.last_ms.is_some_and(is_early) {
            return Vec::new();
        }
        let mut due: Vec<(u64, Place)> = self
            .newest
            .values()
            .filter_map(|place| match self.told.get(&place.unit) {
                None => Some((0, *place)),
                Some((told, frame)) => is_news(told, place).then_some((*frame, *place)),
            })
            .collect();
        due.sort_by_key(|(frame, place)| (*frame, place.unit));
        due.truncate(UNITS_MAX);
        let mut places: Vec<Place> = due.into_iter().map(|(_, place)| place).collect();
        // Neighbouring numbers are short.
        places.sort_by_key(|place| place.unit);
        places
    }

    /// Somebody else told it to all who hear.
    pub(super) fn heard(&mut self, places: &[Place]) {
        let heard = places
            .iter()
            .map(|place| (place.unit, (*place, self.frames)));
        self.told.extend(heard);
    }

    pub(super) fn told(&mut self, places: &[Place], steady_ms: i64) {
        self.frames += 1;
        self.last_ms = Some(steady_ms);
        let told = places
            .iter()
            .map(|place| (place.unit, (*place, self.frames)));
        self.told.extend(told);
    }
}

fn is_news(told: &Place, now: &Place) -> bool {
    let moved = told
        .lon_e5
        .abs_diff(now.lon_e5)
        .max(told.lat_e5.abs_diff(now.lat_e5));
    now.at_s > told.at_s && (moved >= MOVED_E5 || now.at_s - told.at_s >= AGAIN_S)
}
