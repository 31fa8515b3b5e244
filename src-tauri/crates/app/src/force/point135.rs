//! The 135 points (快反点) of the pack: who holds each now, and which incidents lie in a first ring.
//!
//! Not here: what holding means (`domain::point135`), drawing rings (`road`).

use std::collections::BTreeMap;

use fengsui_domain::point135::{Hold, RingFacts, RingLimits, hold};
use fengsui_domain::rank::{HeldPoint, walking_s};
use fengsui_domain::unit::UnitKind;
use fengsui_geo::{Wgs84, distance_m};
use fengsui_mappack::{OwnLayer, ThingRow};

use super::PlacedUnit;
use crate::error::AppError;
use crate::road::is_free;
use crate::station::Station;

/// A 135 point and who holds it.
#[derive(Debug, Clone, PartialEq)]
pub struct HeldPoint135 {
    /// Code.
    pub code: String,
    /// Name.
    pub name: String,
    /// Where.
    pub point: Wgs84,
    /// Call sign of its team; empty = none is given.
    pub team: String,
    /// Telephone.
    pub phone: String,
    /// Who holds it; the index is of nothing outside.
    pub hold: Hold,
    /// Call sign of who holds it, or of whom it cannot be said.
    pub unit: Option<String>,
}

impl HeldPoint135 {
    /// Seconds the holder needs to it; `None` = at it, or nobody holds it.
    #[must_use]
    pub fn seconds(&self) -> Option<f64> {
        match self.hold {
            Hold::Team(_, seconds) => seconds,
            Hold::Other(_, seconds) => Some(seconds),
            Hold::Nobody | Hold::Unknown(_) => None,
        }
    }

    /// Call sign of who holds it.
    #[must_use]
    pub fn held_by(&self) -> Option<&str> {
        let is_held = matches!(self.hold, Hold::Team(..) | Hold::Other(..));
        self.unit.as_deref().filter(|_| is_held)
    }
}

impl Station {
    /// All points, by code.
    ///
    /// # Errors
    /// Faults only.
    pub fn points135(&self) -> Result<Vec<HeldPoint135>, AppError> {
        let units = self.placed_units()?;
        let things = self.map().things();
        let points = things.of_layer(OwnLayer::Point135);
        let mut held: Vec<HeldPoint135> = points.map(|row| self.held(row, &units)).collect();
        held.sort_by(|a, b| a.code.cmp(&b.code).then_with(|| a.name.cmp(&b.name)));
        Ok(held)
    }

    fn held(&self, row: &ThingRow, units: &[PlacedUnit]) -> HeldPoint135 {
        let limits = RingLimits::default();
        let reach_m = limits.reach_m(limits.rings_s.first().copied().unwrap_or_default());
        // The team, and whoever is free and might be in the first ring.
        let asked: Vec<(&PlacedUnit, Option<f64>)> = units
            .iter()
            .map(|unit| (unit, unit.at.map(|at| distance_m(at, row.position))))
            .filter(|(unit, metres)| {
                let is_near = metres.is_some_and(|metres| metres <= reach_m);
                unit.row.callsign == row.team || (is_near && may_hold(unit))
            })
            .collect();
        // A team on foot has no use for the time of a car.
        let drives = |unit: &PlacedUnit| unit.row.kind != UnitKind::Foot;
        let driven = |unit: &PlacedUnit| unit.at.filter(|_| drives(unit));
        let places: Vec<Wgs84> = asked.iter().filter_map(|(unit, _)| driven(unit)).collect();
        let mut times = self.travel_times(&places, row.position).into_iter();
        let facts: Vec<RingFacts> = asked
            .iter()
            .map(|(unit, metres)| RingFacts {
                callsign: unit.row.callsign.clone(),
                is_team: unit.row.callsign == row.team,
                state: unit.row.state,
                in_conflict: unit.is_engaged(),
                distance_m: *metres,
                travel_s: match driven(unit) {
                    Some(_) => times.next().and_then(Result::ok).map(|way| way.seconds),
                    None => metres.map(walking_s).filter(|_| !drives(unit)),
                },
                fix_age_s: unit.fix_age_s,
            })
            .collect();
        let hold = hold(&facts, &limits);
        let unit = match hold {
            Hold::Team(at, _) | Hold::Other(at, _) | Hold::Unknown(at) => facts.get(at),
            Hold::Nobody => None,
        };
        HeldPoint135 {
            code: row.code.clone(),
            name: row.name.clone(),
            point: row.position,
            team: row.team.clone(),
            phone: row.phone.clone(),
            hold,
            unit: unit.map(|unit| unit.callsign.clone()),
        }
    }

    /// Teams that hold a point in whose first ring `place` lies, by call sign; of several points
    /// of one team the quickest. A reading that fails gives nobody: the ranking stands without.
    pub(crate) fn holders_near(&self, place: Wgs84) -> BTreeMap<String, HeldPoint> {
        let limits = RingLimits::default();
        let first_s = limits.rings_s.first().copied().unwrap_or_default();
        let things = self.map().things();
        let near: Vec<&ThingRow> = things
            .of_layer(OwnLayer::Point135)
            .filter(|row| distance_m(row.position, place) <= limits.reach_m(first_s))
            .collect();
        if near.is_empty() {
            return BTreeMap::new();
        }
        let units = self.placed_units().unwrap_or_default();
        let places: Vec<Wgs84> = near.iter().map(|row| row.position).collect();
        let times = self.travel_times(&places, place);
        let mut holders: BTreeMap<String, HeldPoint> = BTreeMap::new();
        for (row, travel) in near.into_iter().zip(times) {
            // Where no road is near, on foot.
            let on_foot_s = walking_s(distance_m(row.position, place));
            let seconds = travel.map_or(on_foot_s, |way| way.seconds.min(on_foot_s));
            if seconds > first_s {
                continue;
            }
            let held = self.held(row, &units);
            let Some(team) = held.unit.filter(|_| matches!(held.hold, Hold::Team(..))) else {
                continue;
            };
            let found = HeldPoint {
                point: held.name,
                expected_s: Some(seconds),
            };
            let is_quicker = |old: &HeldPoint| old.expected_s.is_none_or(|old_s| seconds < old_s);
            if holders.get(&team).is_none_or(is_quicker) {
                holders.insert(team, found);
            }
        }
        holders
    }
}

/// Free, or nobody can say.
fn may_hold(unit: &PlacedUnit) -> bool {
    unit.row.state.is_none() || (is_free(unit.row.state) && !unit.is_engaged())
}
