//! Forces in a circle: 从哪里出、能调动多少、谁带队.
//!
//! Not here: what counts as inside and 可调 (`domain::circle`).

use fengsui_domain::circle::{CircleFacts, CircleForce, CircleQuery, Leader, in_circle};
use fengsui_domain::watch::FixLimits;
use fengsui_geo::Wgs84;

use super::PlacedUnit;
use crate::county::kit_item;
use crate::error::{AppError, invalid};
use crate::station::Station;
use crate::unit::UnitRow;

/// A unit inside.
#[derive(Debug, Clone, PartialEq)]
pub struct CircleUnit {
    /// Its row of the board.
    pub row: UnitRow,
    /// Metres from the middle.
    pub distance_m: f64,
    /// 可调.
    pub is_free: bool,
}

/// What a circle holds.
#[derive(Debug, Clone, PartialEq)]
pub struct CircleFound {
    /// The sums.
    pub force: CircleForce,
    /// Name and telephone of who leads.
    pub leader: Option<Leader>,
    /// Units inside, 可调 ones first, nearest first.
    pub units: Vec<CircleUnit>,
}

impl Station {
    /// Who is within `radius_m` of a point and carries `kit` (empty = anything).
    ///
    /// # Errors
    /// `ValueInvalid`, faults.
    pub fn force_in_circle(
        &self,
        centre: Wgs84,
        radius_m: f64,
        kit: &str,
    ) -> Result<CircleFound, AppError> {
        if !(50.0..=100_000.0).contains(&radius_m) {
            return Err(invalid("radius_m", "50-100000"));
        }
        if kit.chars().count() > 20 {
            return Err(invalid("kit", "0-20"));
        }
        let units = self.placed_units()?;
        let facts: Vec<CircleFacts> = units.iter().map(facts_of).collect();
        let query = CircleQuery {
            centre,
            radius_m,
            kit: kit.to_owned(),
            kinds: Vec::new(),
            states: Vec::new(),
        };
        let force = in_circle(&facts, &query, FixLimits::default());
        let inside = force.inside.iter().filter_map(|found| {
            Some(CircleUnit {
                row: units.get(found.unit)?.row.clone(),
                distance_m: found.distance_m,
                is_free: found.is_free,
            })
        });
        Ok(CircleFound {
            units: inside.collect(),
            leader: force.led_by.and_then(|at| facts.get(at)?.leader.clone()),
            force,
        })
    }
}

fn facts_of(unit: &PlacedUnit) -> CircleFacts {
    let row = &unit.row;
    let known = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
    CircleFacts {
        callsign: row.callsign.clone(),
        kind: row.kind,
        state: row.state,
        is_engaged: unit.is_engaged(),
        officers: row.officers,
        auxiliaries: row.auxiliaries,
        kit: row.kit.iter().map(|item| kit_item(item)).collect(),
        // The register has no ranks: the nearest of those with a leader leads.
        leader: known(&row.leader).map(|name| Leader {
            name,
            phone: known(&row.phone),
            seniority: 0,
        }),
        at: unit.at,
        fix_age_s: unit.fix_age_s,
    }
}
