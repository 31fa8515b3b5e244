//! Forces (警力): who is in a circle, who holds a 135 point, what a sending leaves uncovered.
//!
//! Not here: the rules of each (`domain::{circle, point135, coverage}`), the ranking (`unit`).

mod circle;
mod coverage;
mod point135;

pub use circle::{CircleFound, CircleUnit};
pub use coverage::Uncovered;
pub use point135::HeldPoint135;

use fengsui_domain::log::dot::Dot;
use fengsui_geo::Wgs84;

use crate::error::AppError;
use crate::station::Station;
use crate::unit::UnitRow;

/// A unit with where it was last seen.
pub(crate) struct PlacedUnit {
    /// Its row of the board.
    pub(crate) row: UnitRow,
    /// Code of its post.
    pub(crate) post: String,
    /// Newest fix; `None` = never seen.
    pub(crate) at: Option<Wgs84>,
    /// Its age in seconds; `None` = never seen.
    pub(crate) fix_age_s: Option<f64>,
}

impl PlacedUnit {
    pub(crate) fn dot(&self) -> Dot {
        self.row.dot
    }

    /// In an incident, or claimed by more than one.
    pub(crate) fn is_engaged(&self) -> bool {
        self.row.incident.is_some() || self.row.assignment.is_some() || self.row.in_conflict
    }
}

impl Station {
    /// All units by call sign, each with its newest fix.
    pub(crate) fn placed_units(&self) -> Result<Vec<PlacedUnit>, AppError> {
        let now_ms = self.now_ms();
        let mut units: Vec<PlacedUnit> = Vec::new();
        for group in self.unit_board()? {
            for row in group.units {
                let fix = self.positions().get(row.dot);
                let at = fix.and_then(|fix| Wgs84::new(fix.lon, fix.lat).ok());
                let age_s = |at_ms: i64| now_ms.saturating_sub(at_ms) as f64 / 1000.0;
                units.push(PlacedUnit {
                    row,
                    post: group.post.clone(),
                    at,
                    fix_age_s: fix.filter(|_| at.is_some()).map(|fix| age_s(fix.at_ms)),
                });
            }
        }
        units.sort_by(|a, b| a.row.callsign.cmp(&b.row.callsign));
        Ok(units)
    }
}
