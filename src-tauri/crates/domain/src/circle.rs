//! Forces in a circle (圈内警力): 从哪里出、能调动多少、谁带队, with a filter.
//! Not here: drawing the circle, words.
//!
//! 可调 are units that are 待命, 返回 or 备勤 and in no incident; the others inside are listed
//! but not counted. **Invariant:** a unit whose fix is too old, doubtful or missing is neither
//! inside nor outside: it is counted as 不明 and in no sum.

use std::collections::BTreeMap;

use fengsui_geo::{Wgs84, distance_m};

use crate::unit::{UnitKind, UnitState};
use crate::watch::{FixAge, FixLimits, fix_age};

#[cfg(test)]
mod tests;

/// Who leads a unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leader {
    /// Name.
    pub name: String,
    /// Telephone; `None` = not known.
    pub phone: Option<String>,
    /// Rank: the higher leads the whole; 0 = nothing is known of it.
    pub seniority: u8,
}

/// What is known of a unit.
#[derive(Debug, Clone, PartialEq)]
pub struct CircleFacts {
    /// Call sign.
    pub callsign: String,
    /// Kind.
    pub kind: UnitKind,
    /// State; `None` = unknown.
    pub state: Option<UnitState>,
    /// It is in an incident, or in more than one.
    pub is_engaged: bool,
    /// Officers.
    pub officers: u32,
    /// Auxiliaries.
    pub auxiliaries: u32,
    /// Kit with counts.
    pub kit: Vec<(String, u32)>,
    /// Who leads it; `None` = not known.
    pub leader: Option<Leader>,
    /// Newest fix; `None` = never seen.
    pub at: Option<Wgs84>,
    /// Its age in seconds, negative = from the future; `None` = never seen.
    pub fix_age_s: Option<f64>,
}

/// The circle and what is asked of those in it. An empty list or text asks nothing.
#[derive(Debug, Clone, PartialEq)]
pub struct CircleQuery {
    /// The middle.
    pub centre: Wgs84,
    /// Metres; on the edge is inside.
    pub radius_m: f64,
    /// Carries this: 枪, 持枪, 盾牌 … see [`carries`].
    pub kit: String,
    /// One of these kinds.
    pub kinds: Vec<UnitKind>,
    /// In one of these states.
    pub states: Vec<UnitState>,
}

/// A unit inside.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Inside {
    /// Index in the facts.
    pub unit: usize,
    /// Metres from the middle.
    pub distance_m: f64,
    /// 可调.
    pub is_free: bool,
}

/// What a circle holds.
#[derive(Debug, Clone, PartialEq)]
pub struct CircleForce {
    /// Units inside, 可调 ones first, then by distance and call sign.
    pub inside: Vec<Inside>,
    /// Of those 可调: units.
    pub units: u32,
    /// Vehicles: units that are not on foot.
    pub vehicles: u32,
    /// Officers.
    pub officers: u32,
    /// Auxiliaries.
    pub auxiliaries: u32,
    /// Kit, by name.
    pub kit: Vec<(String, u32)>,
    /// Index of the unit whose leader leads the whole: the highest rank, then the nearest;
    /// `None` = of none a leader is known.
    pub led_by: Option<usize>,
    /// Units that the filter fits but whose place is not known: 不明.
    pub unknown_place: Vec<usize>,
    /// Units inside whose state is not known; they are not 可调.
    pub unknown_state: u32,
}

impl CircleForce {
    /// Officers and auxiliaries together.
    #[must_use]
    pub fn people(&self) -> u32 {
        self.officers.saturating_add(self.auxiliaries)
    }
}

/// What a circle holds.
#[must_use]
pub fn in_circle(units: &[CircleFacts], query: &CircleQuery, fixes: FixLimits) -> CircleForce {
    let mut inside = Vec::new();
    let mut unknown_place = Vec::new();
    for (at, unit) in units
        .iter()
        .enumerate()
        .filter(|(_, unit)| fits(unit, query))
    {
        match known_place(unit, fixes).map(|place| distance_m(query.centre, place)) {
            Some(distance_m) if distance_m <= query.radius_m => inside.push(Inside {
                unit: at,
                distance_m,
                is_free: is_free(unit),
            }),
            Some(_) => {}
            None => unknown_place.push(at),
        }
    }
    let name = |inside: &Inside| units.get(inside.unit).map(|unit| &unit.callsign);
    inside.sort_by(|a, b| {
        let free_first = b.is_free.cmp(&a.is_free);
        free_first
            .then(a.distance_m.total_cmp(&b.distance_m))
            .then_with(|| name(a).cmp(&name(b)))
    });
    let free: Vec<(usize, &CircleFacts)> = inside
        .iter()
        .filter(|found| found.is_free)
        .filter_map(|found| Some((found.unit, units.get(found.unit)?)))
        .collect();
    let stateless = |found: &&Inside| units.get(found.unit).is_some_and(|u| u.state.is_none());
    let unknown_state = count(inside.iter().filter(stateless));
    let sum = |of: fn(&CircleFacts) -> u32| {
        let of_each = free.iter().map(|(_, unit)| of(unit));
        of_each.fold(0, u32::saturating_add)
    };
    CircleForce {
        units: count(free.iter()),
        vehicles: count(free.iter().filter(|(_, unit)| unit.kind != UnitKind::Foot)),
        officers: sum(|unit| unit.officers),
        auxiliaries: sum(|unit| unit.auxiliaries),
        kit: kit_of(free.iter().map(|(_, unit)| *unit)),
        led_by: led_by(&free),
        inside,
        unknown_place,
        unknown_state,
    }
}

/// Whether a unit carries a piece of kit. The word may be the kit's name or part of it (盾 for
/// 盾牌), and may say so as people do: 持枪, 带盾牌, 有枪. A count of 0 carries nothing.
#[must_use]
pub fn carries(kit: &[(String, u32)], word: &str) -> bool {
    let word = word.trim();
    let bare = word.strip_prefix(['持', '带', '有', '配']).unwrap_or(word);
    let word = if bare.is_empty() { word } else { bare };
    kit.iter()
        .any(|(name, count)| *count > 0 && (name.contains(word) || word == name))
}

fn fits(unit: &CircleFacts, query: &CircleQuery) -> bool {
    (query.kit.trim().is_empty() || carries(&unit.kit, &query.kit))
        && (query.kinds.is_empty() || query.kinds.contains(&unit.kind))
        && (query.states.is_empty() || unit.state.is_some_and(|s| query.states.contains(&s)))
}

fn known_place(unit: &CircleFacts, fixes: FixLimits) -> Option<Wgs84> {
    match fix_age(unit.fix_age_s, fixes) {
        FixAge::Solid | FixAge::Fading | FixAge::Ghost => unit.at,
        FixAge::Dropped | FixAge::Never | FixAge::Suspect => None,
    }
}

fn is_free(unit: &CircleFacts) -> bool {
    let rests = matches!(
        unit.state,
        Some(UnitState::Available | UnitState::Returning | UnitState::Standby)
    );
    rests && !unit.is_engaged
}

fn kit_of<'a>(units: impl Iterator<Item = &'a CircleFacts>) -> Vec<(String, u32)> {
    let mut sums: BTreeMap<&str, u32> = BTreeMap::new();
    for (name, count) in units
        .flat_map(|unit| &unit.kit)
        .filter(|(_, count)| *count > 0)
    {
        let sum = sums.entry(name).or_default();
        *sum = sum.saturating_add(*count);
    }
    sums.into_iter()
        .map(|(name, count)| (name.to_owned(), count))
        .collect()
}

/// `free` comes nearest first, so the first of the highest rank is the nearest of it.
fn led_by(free: &[(usize, &CircleFacts)]) -> Option<usize> {
    let mut best: Option<(usize, u8)> = None;
    for (at, unit) in free {
        let Some(leader) = &unit.leader else { continue };
        if best.is_none_or(|(_, seniority)| leader.seniority > seniority) {
            best = Some((*at, leader.seniority));
        }
    }
    best.map(|(at, _)| at)
}

fn count(some: impl Iterator) -> u32 {
    u32::try_from(some.count()).unwrap_or(u32::MAX)
}
