//! The proposed set: which of those that may be sent together meet what is wanted.
//! Not here: who may be sent (`rank`).
//!
//! Greedy, so that it can be explained in one line per unit: walk from the nearest outwards
//! and take whoever brings something that is still lacking; then, from the farthest inwards,
//! let go whoever is not needed any more. The nearest always goes.

use std::collections::BTreeMap;

use super::reason::{Reason, ReasonCode};
use super::{CandidateFacts, Wanted};

/// The proposed set.
pub(super) struct Picked {
    /// Place in the ranking (from 0) of each chosen unit, and what it was chosen for.
    pub(super) chosen: BTreeMap<usize, Vec<Reason>>,
    /// What the set still lacks.
    pub(super) short: Vec<Reason>,
}

/// How much of the wanted a set has.
struct Tally<'a> {
    wanted: &'a Wanted,
    units: u32,
    officers: u32,
    kit: Vec<u32>,
}

impl<'a> Tally<'a> {
    fn of<'b>(wanted: &'a Wanted, set: impl Iterator<Item = &'b CandidateFacts>) -> Self {
        let kit = vec![0; wanted.kit.len()];
        let mut tally = Self {
            wanted,
            units: 0,
            officers: 0,
            kit,
        };
        for unit in set {
            tally.add(unit);
        }
        tally
    }

    fn add(&mut self, unit: &CandidateFacts) {
        self.units = self.units.saturating_add(1);
        self.officers = self.officers.saturating_add(unit.officers);
        for (have, (name, _)) in self.kit.iter_mut().zip(&self.wanted.kit) {
            *have = have.saturating_add(kit_count(unit, name));
        }
    }

    /// What `unit` would bring that is lacking, as reasons; empty = nothing.
    fn gains(&self, unit: &CandidateFacts) -> Vec<Reason> {
        let wanted = self.wanted;
        let mut gains = Vec::new();
        if self.units < wanted.min_units {
            let have = self.units.saturating_add(1);
            gains.push(Reason::have_want(
                ReasonCode::FillsUnits,
                have,
                wanted.min_units,
            ));
        }
        if self.officers < wanted.min_officers && unit.officers > 0 {
            let have = self.officers.saturating_add(unit.officers);
            gains.push(Reason::have_want(
                ReasonCode::FillsOfficers,
                have,
                wanted.min_officers,
            ));
        }
        for (have, (name, want)) in self.kit.iter().zip(&wanted.kit) {
            let count = kit_count(unit, name);
            if have < want && count > 0 {
                let have = have.saturating_add(count);
                gains.push(Reason::kit(ReasonCode::FillsKit, name, have, *want));
            }
        }
        gains
    }

    fn short(&self) -> Vec<Reason> {
        let wanted = self.wanted;
        let mut short = Vec::new();
        if self.units < wanted.min_units {
            short.push(Reason::have_want(
                ReasonCode::ShortUnits,
                self.units,
                wanted.min_units,
            ));
        }
        if self.officers < wanted.min_officers {
            let (have, want) = (self.officers, wanted.min_officers);
            short.push(Reason::have_want(ReasonCode::ShortOfficers, have, want));
        }
        for (have, (name, want)) in self.kit.iter().zip(&wanted.kit) {
            if have < want {
                short.push(Reason::kit(ReasonCode::ShortKit, name, *have, *want));
            }
        }
        short
    }

    /// Has at least as much as `other` of whatever is wanted.
    fn covers(&self, other: &Tally<'_>) -> bool {
        let enough = |have: u32, other: u32, want: u32| have >= other.min(want);
        enough(self.units, other.units, self.wanted.min_units)
            && enough(self.officers, other.officers, self.wanted.min_officers)
            && self
                .kit
                .iter()
                .zip(&other.kit)
                .zip(&self.wanted.kit)
                .all(|((have, other), (_, want))| enough(*have, *other, *want))
    }
}

/// Chooses from `free`, nearest first.
pub(super) fn pick(free: &[&CandidateFacts], wanted: &Wanted) -> Picked {
    let mut chosen: Vec<usize> = Vec::new();
    if wanted.min_units > 0 {
        let mut tally = Tally::of(wanted, std::iter::empty());
        for (at, unit) in free.iter().enumerate() {
            if !tally.gains(unit).is_empty() {
                tally.add(unit);
                chosen.push(at);
            }
        }
        let set = |places: &[usize]| -> Vec<&CandidateFacts> {
            places
                .iter()
                .filter_map(|at| free.get(*at).copied())
                .collect()
        };
        // What came first may have become needless by what came for its kit.
        for last in (1..chosen.len()).rev() {
            let mut fewer = chosen.clone();
            fewer.remove(last);
            let (now, then) = (set(&chosen), set(&fewer));
            let now = Tally::of(wanted, now.into_iter());
            if Tally::of(wanted, then.into_iter()).covers(&now) {
                chosen = fewer;
            }
        }
    }
    let mut tally = Tally::of(wanted, std::iter::empty());
    let mut reasons = BTreeMap::new();
    for at in chosen {
        if let Some(unit) = free.get(at) {
            reasons.insert(at, tally.gains(unit));
            tally.add(unit);
        }
    }
    let short = if wanted.min_units > 0 {
        tally.short()
    } else {
        Vec::new()
    };
    Picked {
        chosen: reasons,
        short,
    }
}

/// How many of a piece of kit a unit carries.
pub(super) fn kit_count(unit: &CandidateFacts, name: &str) -> u32 {
    let of_name = unit.kit.iter().filter(|(kit, _)| kit == name);
    of_name.fold(0, |sum, (_, count)| sum.saturating_add(*count))
}
