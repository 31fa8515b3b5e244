//! The 135 points (快反点) and their rings of 1, 3 and 5 minutes: who holds each now.
//! Not here: measuring ways (they come in), drawing rings (`routing`), the ranking (`rank`).
//!
//! A point is held by its own team if that team is free and at the point or inside the first
//! ring; else by the quickest other free unit inside the first ring. Where the team, or a unit
//! beside it, cannot be placed because its fix is too old or its state is unknown, nobody is
//! *known* to hold it: that is 不明, not 无人.

use crate::unit::UnitState;
use crate::watch::{FixAge, FixLimits, fix_age};

#[cfg(test)]
mod tests;

/// Settings of the rings.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RingLimits {
    /// Seconds of the three rings, growing.
    pub rings_s: [f64; 3],
    /// A team this near its point, in metres, is at it.
    pub at_point_m: f64,
    /// Nobody drives faster, km/h: a unit whose straight line alone takes longer than a ring is
    /// outside it, also where its way is not known.
    pub fastest_kmh: f64,
    /// Which fixes are too old to place a unit by.
    pub fixes: FixLimits,
}

impl RingLimits {
    /// How far off, in a straight line, nobody can be within `seconds`; metres.
    #[must_use]
    pub fn reach_m(&self, seconds: f64) -> f64 {
        seconds * self.fastest_kmh / 3.6
    }
}

impl Default for RingLimits {
    fn default() -> Self {
        Self {
            rings_s: [60.0, 180.0, 300.0],
            at_point_m: 100.0,
            fastest_kmh: 150.0,
            fixes: FixLimits::default(),
        }
    }
}

/// A unit as seen from a point.
#[derive(Debug, Clone, PartialEq)]
pub struct RingFacts {
    /// Call sign.
    pub callsign: String,
    /// It belongs to this point.
    pub is_team: bool,
    /// State; `None` = unknown.
    pub state: Option<UnitState>,
    /// More than one live assignment (冲突), or a live one beside 待命.
    pub in_conflict: bool,
    /// Straight-line metres to the point; `None` = never seen.
    pub distance_m: Option<f64>,
    /// Seconds to the point; `None` = not known.
    pub travel_s: Option<f64>,
    /// Age of its fix in seconds, negative = from the future; `None` = never seen.
    pub fix_age_s: Option<f64>,
}

/// Who holds a point.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Hold {
    /// Its team: index, and seconds it needs; `None` = it is at the point.
    Team(usize, Option<f64>),
    /// Another free unit inside the first ring: index, and seconds it needs.
    Other(usize, f64),
    /// 无人: everybody who could is known to be elsewhere or not free.
    Nobody,
    /// 不明: of this unit it cannot be said.
    Unknown(usize),
}

impl Hold {
    /// Stable word for the wire.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Team(..) => "team",
            Self::Other(..) => "other",
            Self::Nobody => "nobody",
            Self::Unknown(_) => "unknown",
        }
    }
}

/// A ring and who is in it.
#[derive(Debug, Clone, PartialEq)]
pub struct RingUnits {
    /// Its limit in seconds.
    pub limit_s: f64,
    /// Free units inside it and not inside a smaller one: index and seconds, quickest first.
    pub units: Vec<(usize, f64)>,
}

/// The rings of a point.
#[derive(Debug, Clone, PartialEq)]
pub struct Rings {
    /// Smallest first.
    pub rings: Vec<RingUnits>,
    /// Free units whose way is not known, or whose fix is too old: neither in nor out.
    pub unknown: u32,
}

/// Who holds a point, and why not.
#[must_use]
pub fn hold(units: &[RingFacts], limits: &RingLimits) -> Hold {
    let first_s = limits.rings_s.first().copied().unwrap_or_default();
    let placed = |unit: &RingFacts| is_placed(unit, limits);
    let mut teams: Vec<(usize, Option<f64>)> = Vec::new();
    let mut others: Vec<(usize, f64)> = Vec::new();
    let mut unsure: Vec<usize> = Vec::new();
    for (at, unit) in units.iter().enumerate() {
        let is_at = unit.distance_m.is_some_and(|m| m <= limits.at_point_m) && unit.is_team;
        let seconds = unit.travel_s.filter(is_time);
        let is_in = seconds.filter(|s| *s <= first_s);
        let is_far = is_beyond(unit, first_s, limits);
        match (free(unit), placed(unit)) {
            (Some(false), _) => {}
            (_, true) if is_far => {}
            (Some(true), true) if is_at => teams.push((at, None)),
            (Some(true), true) if unit.is_team && seconds.is_none() => unsure.push(at),
            (Some(true), true) => match is_in {
                Some(seconds) if unit.is_team => teams.push((at, Some(seconds))),
                Some(seconds) => others.push((at, seconds)),
                None => {}
            },
            // Its team might stand there; of a stranger nobody expects it.
            (_, false) | (None, true) if unit.is_team => unsure.push(at),
            (None, true) if is_in.is_some() => unsure.push(at),
            (_, false) | (None, true) => {}
        }
    }
    let name = |at: &usize| units.get(*at).map(|unit| &unit.callsign);
    teams.sort_by(|(a, in_a), (b, in_b)| {
        let time = |s: &Option<f64>| s.unwrap_or(-1.0);
        time(in_a)
            .total_cmp(&time(in_b))
            .then_with(|| name(a).cmp(&name(b)))
    });
    quickest_first(&mut others, units);
    match (teams.first(), others.first(), unsure.first()) {
        (Some((at, seconds)), _, _) => Hold::Team(*at, *seconds),
        (None, Some((at, seconds)), _) => Hold::Other(*at, *seconds),
        (None, None, Some(at)) => Hold::Unknown(*at),
        (None, None, None) => Hold::Nobody,
    }
}

/// The free units in each ring.
#[must_use]
pub fn rings(units: &[RingFacts], limits: &RingLimits) -> Rings {
    let mut rings: Vec<RingUnits> = limits
        .rings_s
        .iter()
        .map(|limit_s| RingUnits {
            limit_s: *limit_s,
            units: Vec::new(),
        })
        .collect();
    let mut unknown = 0;
    for (at, unit) in units.iter().enumerate() {
        if free(unit) == Some(false) {
            continue;
        }
        let seconds = unit.travel_s.filter(is_time);
        let last_s = limits.rings_s.last().copied().unwrap_or_default();
        if is_placed(unit, limits) && is_beyond(unit, last_s, limits) {
            continue;
        }
        match seconds.filter(|_| free(unit) == Some(true) && is_placed(unit, limits)) {
            None => unknown += 1,
            Some(seconds) => {
                let ring = rings.iter_mut().find(|ring| seconds <= ring.limit_s);
                if let Some(ring) = ring {
                    ring.units.push((at, seconds));
                }
            }
        }
    }
    for ring in &mut rings {
        quickest_first(&mut ring.units, units);
    }
    Rings { rings, unknown }
}

/// Whether a unit is free to act from where it is; `None` = its state is not known.
fn free(unit: &RingFacts) -> Option<bool> {
    let is_free = |state| state == UnitState::Available && !unit.in_conflict;
    unit.state.map(is_free)
}

fn is_placed(unit: &RingFacts, limits: &RingLimits) -> bool {
    matches!(
        fix_age(unit.fix_age_s, limits.fixes),
        FixAge::Solid | FixAge::Fading | FixAge::Ghost
    )
}

/// So far off that no speed brings it there in time.
fn is_beyond(unit: &RingFacts, seconds: f64, limits: &RingLimits) -> bool {
    unit.distance_m.is_some_and(|m| m > limits.reach_m(seconds))
}

fn is_time(seconds: &f64) -> bool {
    seconds.is_finite() && *seconds >= 0.0
}

fn quickest_first(found: &mut [(usize, f64)], units: &[RingFacts]) {
    let name = |at: usize| units.get(at).map(|unit| &unit.callsign);
    found.sort_by(|(a, in_a), (b, in_b)| {
        let by_time = in_a.total_cmp(in_b);
        by_time.then_with(|| name(*a).cmp(&name(*b))).then(a.cmp(b))
    });
}
