//! What sending units leaves behind (空防): areas without a free unit, and who moves up (前移).
//! Not here: which area a point lies in, how long a way takes (both come in), sending (`app`).
//!
//! An area is covered while as many free units as it needs (1, if the county says nothing) cover
//! it. Who moves up may not leave its own area with fewer than that area needs. Among those who
//! may, the quickest goes, by call sign if equally quick; areas that this sending empties are
//! served before those that were empty already. Moves are decided one after the other and each
//! counts for the next, so that two areas never get the same car or strip the same third.
//!
//! **Invariant:** a unit whose state is not known covers nothing and moves nowhere, but an area
//! with such a unit is said to be unsure; a way that is not known is never taken for short.

use crate::rank::{Reason, ReasonCode};
use crate::unit::UnitState;

#[cfg(test)]
mod tests;

/// What a unit is worth for covering an area.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cover {
    /// Free: covers its area.
    Free,
    /// Covers nothing now, but may be sent to cover: 返回, 备勤.
    Spare,
    /// On an incident, off duty, or claimed twice.
    Not,
    /// Its state is not known.
    Unknown,
}

impl Cover {
    /// By the state of a unit; `None` = unknown.
    #[must_use]
    pub fn of_state(state: Option<UnitState>) -> Self {
        match state {
            Some(UnitState::Available) => Self::Free,
            Some(UnitState::Returning | UnitState::Standby) => Self::Spare,
            Some(_) => Self::Not,
            None => Self::Unknown,
        }
    }
}

/// An area that wants to be covered: a jurisdiction, a town.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AreaFacts {
    /// Name, for the sentence.
    pub name: String,
    /// Free units it needs; 0 = never empty.
    pub needed: u32,
}

/// Where a unit belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Home {
    /// It covers the area with this index.
    Area(usize),
    /// It belongs to no area: 特警, 机关.
    Nowhere,
    /// It is not known what it covers.
    Unknown,
}

/// A unit that might cover.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CoverFacts {
    /// Call sign.
    pub callsign: String,
    /// What it is worth.
    pub cover: Cover,
    /// Where it belongs.
    pub home: Home,
}

impl CoverFacts {
    fn area(&self) -> Option<usize> {
        match self.home {
            Home::Area(area) => Some(area),
            Home::Nowhere | Home::Unknown => None,
        }
    }
}

/// Seconds for a unit (first) into an area (second), by index; `None` = not known.
pub type TravelTable<'a> = &'a dyn Fn(usize, usize) -> Option<f64>;

/// Who moves up.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MoveUp {
    /// Index of the unit.
    pub unit: usize,
    /// Seconds it needs.
    pub seconds: f64,
    /// Index of the area it leaves; `None` = it covered none.
    pub from: Option<usize>,
}

/// An area without the free units it needs.
#[derive(Debug, Clone, PartialEq)]
pub struct Gap {
    /// Index of the area.
    pub area: usize,
    /// It was so before anything was sent.
    pub was_empty: bool,
    /// Free units it keeps.
    pub left: u32,
    /// Units of it whose state is not known: it may be better covered than it seems.
    pub unsure: u32,
    /// Who moves up; `None` = see `spare_unknown`.
    pub move_up: Option<MoveUp>,
    /// Units that could move up but whose way is not known; 0 with no `move_up` = nobody is spare.
    pub spare_unknown: u32,
}

/// The answer.
#[derive(Debug, Clone, PartialEq)]
pub struct LeftBehind {
    /// Gaps this sending makes, then those there already, each by area.
    pub gaps: Vec<Gap>,
    /// Free units, not sent, of which it is not known what area they cover.
    pub unplaced: u32,
}

/// What is left when the units of `sent` (indexes) go.
#[must_use]
pub fn left_behind(
    areas: &[AreaFacts],
    units: &[CoverFacts],
    sent: &[usize],
    travel_s: TravelTable<'_>,
) -> LeftBehind {
    let mut board = Board::new(areas, units, sent);
    let mut gaps: Vec<Gap> = Vec::new();
    for was_empty in [false, true] {
        let mut open: Vec<usize> = board
            .short()
            .filter(|(_, was)| *was == was_empty)
            .map(|(area, _)| area)
            .collect();
        let from = gaps.len();
        gaps.extend(open.iter().map(|area| Gap {
            area: *area,
            was_empty,
            left: board.free_in(*area),
            unsure: board.unsure_in(*area),
            move_up: None,
            spare_unknown: 0,
        }));
        // The quickest move of all first: nobody else's choice makes it worse.
        while let Some((area, found)) = board.quickest(&open, travel_s) {
            board.make(found);
            open.retain(|other| *other != area);
            let gap = gaps.iter_mut().skip(from).find(|gap| gap.area == area);
            if let Some(gap) = gap {
                gap.move_up = Some(found);
            }
        }
        for gap in gaps.iter_mut().skip(from) {
            if gap.move_up.is_none() {
                gap.spare_unknown = board.spare_without_way(gap.area, travel_s);
            }
        }
    }
    LeftBehind {
        gaps,
        unplaced: board.unplaced(),
    }
}

impl LeftBehind {
    /// The gaps that this sending makes.
    pub fn made(&self) -> impl Iterator<Item = &Gap> {
        self.gaps.iter().filter(|gap| !gap.was_empty)
    }

    /// What to say of this sending, in order: each gap it makes with who moves up or why nobody
    /// does; last, if there is a gap, how many free units could not be placed. Nothing when all
    /// stays covered.
    #[must_use]
    pub fn reasons_of_sending(&self, areas: &[AreaFacts], units: &[CoverFacts]) -> Vec<Reason> {
        self.reasons_of(self.made(), areas, units)
    }

    /// The same for every gap, those that were there already behind the others.
    #[must_use]
    pub fn reasons(&self, areas: &[AreaFacts], units: &[CoverFacts]) -> Vec<Reason> {
        self.reasons_of(self.gaps.iter(), areas, units)
    }

    fn reasons_of<'a>(
        &self,
        gaps: impl Iterator<Item = &'a Gap>,
        areas: &[AreaFacts],
        units: &[CoverFacts],
    ) -> Vec<Reason> {
        let mut reasons = Vec::new();
        for gap in gaps {
            let area = areas.get(gap.area).map(|area| area.name.as_str());
            reasons.extend(gap.reasons(area.unwrap_or_default(), units));
        }
        if self.unplaced > 0 && !reasons.is_empty() {
            let code = ReasonCode::AreaUnknown;
            reasons.push(Reason::count(code, "count", self.unplaced));
        }
        reasons
    }
}

impl Gap {
    fn reasons(&self, area: &str, units: &[CoverFacts]) -> Vec<Reason> {
        let area = ("area", area.to_owned());
        let code = match self.was_empty {
            true => ReasonCode::EmptyAlready,
            false => ReasonCode::LeftEmpty,
        };
        let count = |code, count: u32| {
            let count = ("count", count.to_string());
            Reason::of(code, &[area.clone(), count])
        };
        let mut reasons = vec![Reason::of(code, std::slice::from_ref(&area))];
        if self.unsure > 0 {
            reasons.push(count(ReasonCode::AreaUnsure, self.unsure));
        }
        reasons.push(match self.move_up {
            Some(found) => {
                let unit = units.get(found.unit).map(|unit| unit.callsign.clone());
                let unit = ("unit", unit.unwrap_or_default());
                let minutes = ("minutes", format!("{:.0}", (found.seconds / 60.0).ceil()));
                Reason::of(ReasonCode::MoveUp, &[area, unit, minutes])
            }
            None if self.spare_unknown > 0 => count(ReasonCode::MoveUpUnknown, self.spare_unknown),
            None => Reason::of(ReasonCode::NobodySpare, &[area]),
        });
        reasons
    }
}

/// Who covers what while moves are decided.
struct Board<'a> {
    areas: &'a [AreaFacts],
    units: &'a [CoverFacts],
    /// May still be moved: free or spare, not sent, not moved.
    may_move: Vec<bool>,
    /// Free units per area, before sending and now.
    before: Vec<u32>,
    now: Vec<u32>,
}

impl<'a> Board<'a> {
    fn new(areas: &'a [AreaFacts], units: &'a [CoverFacts], sent: &[usize]) -> Self {
        let mut board = Self {
            areas,
            units,
            may_move: Vec::with_capacity(units.len()),
            before: vec![0; areas.len()],
            now: vec![0; areas.len()],
        };
        for (at, unit) in units.iter().enumerate() {
            let is_sent = sent.contains(&at);
            board
                .may_move
                .push(!is_sent && matches!(unit.cover, Cover::Free | Cover::Spare));
            let Some(area) = unit.area().filter(|_| unit.cover == Cover::Free) else {
                continue;
            };
            if let Some(count) = board.before.get_mut(area) {
                *count += 1;
            }
            if let Some(count) = board.now.get_mut(area).filter(|_| !is_sent) {
                *count += 1;
            }
        }
        board
    }

    fn needed(&self, area: usize) -> u32 {
        self.areas.get(area).map_or(0, |area| area.needed)
    }

    fn free_in(&self, area: usize) -> u32 {
        self.now.get(area).copied().unwrap_or_default()
    }

    /// Areas that have not what they need, and whether that was so before.
    fn short(&self) -> impl Iterator<Item = (usize, bool)> {
        let counts = self.before.iter().zip(&self.now).enumerate();
        counts.filter_map(|(area, (before, now))| {
            let needed = self.needed(area);
            (*now < needed).then_some((area, *before < needed))
        })
    }

    fn unsure_in(&self, area: usize) -> u32 {
        let unsure = |unit: &&CoverFacts| unit.cover == Cover::Unknown && unit.area() == Some(area);
        count(self.units.iter().filter(unsure))
    }

    fn unplaced(&self) -> u32 {
        let is_lost = |unit: &CoverFacts| match unit.home {
            Home::Area(area) => area >= self.areas.len(),
            Home::Unknown => true,
            Home::Nowhere => false,
        };
        let units = self.units.iter().zip(&self.may_move);
        count(units.filter(|(unit, may)| **may && unit.cover == Cover::Free && is_lost(unit)))
    }

    /// Units that may go into `area` without stripping their own.
    fn spare(&self, area: usize) -> impl Iterator<Item = usize> {
        let units = self.units.iter().zip(&self.may_move).enumerate();
        units.filter_map(move |(at, (unit, may_move))| {
            let leaves = unit.area().filter(|_| unit.cover == Cover::Free);
            let strips = |from| from < self.areas.len() && self.free_in(from) <= self.needed(from);
            (*may_move && leaves != Some(area) && !leaves.is_some_and(strips)).then_some(at)
        })
    }

    fn quickest(&self, open: &[usize], travel_s: TravelTable<'_>) -> Option<(usize, MoveUp)> {
        let moves = open.iter().flat_map(|area| {
            self.spare(*area).filter_map(move |unit| {
                let seconds = travel_s(unit, *area).filter(is_time)?;
                let from = self.units.get(unit)?.area();
                let found = MoveUp {
                    unit,
                    seconds,
                    from,
                };
                Some((*area, found))
            })
        });
        moves.min_by(|(area, a), (other, b)| {
            let name = |found: &MoveUp| self.units.get(found.unit).map(|unit| &unit.callsign);
            a.seconds
                .total_cmp(&b.seconds)
                .then_with(|| name(a).cmp(&name(b)))
                .then(a.unit.cmp(&b.unit))
                .then(area.cmp(other))
        })
    }

    fn make(&mut self, found: MoveUp) {
        if let Some(may_move) = self.may_move.get_mut(found.unit) {
            *may_move = false;
        }
        let is_free = self
            .units
            .get(found.unit)
            .is_some_and(|u| u.cover == Cover::Free);
        let from = found.from.filter(|_| is_free);
        if let Some(count) = from.and_then(|from| self.now.get_mut(from)) {
            *count = count.saturating_sub(1);
        }
    }

    fn spare_without_way(&self, area: usize, travel_s: TravelTable<'_>) -> u32 {
        count(
            self.spare(area)
                .filter(|unit| !travel_s(*unit, area).is_some_and(|s| is_time(&s))),
        )
    }
}

fn is_time(seconds: &f64) -> bool {
    seconds.is_finite() && *seconds >= 0.0
}

fn count(some: impl Iterator) -> u32 {
    u32::try_from(some.count()).unwrap_or(u32::MAX)
}
