//! What the order of candidates is by: seconds where they are known, metres where not.
//! Not here: measuring either (they come in).

use std::cmp::Ordering;

use super::{By, Measure, NoRoad};

/// Walking: 5 km/h, over a way a third longer than the straight line. Both on the slow side, so
/// that the estimate is an upper bound for anybody who can go on foot.
const WALK_M_PER_S: f64 = 5.0 / 3.6;
const WALK_DETOUR: f64 = 4.0 / 3.0;

/// Seconds that somebody on foot needs at most over so many metres of straight line.
#[must_use]
pub fn walking_s(distance_m: f64) -> f64 {
    distance_m * WALK_DETOUR / WALK_M_PER_S
}

/// A unit's place in the order.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Cost {
    pub(super) measure: Measure,
    /// Seconds, or metres of a straight line; 0 when nothing is known.
    pub(super) value: f64,
}

impl Cost {
    /// From what is known of a unit; both values usable or absent.
    pub(super) fn of(
        by: By,
        distance_m: Option<f64>,
        travel_s: Option<f64>,
        no_road: Option<NoRoad>,
    ) -> Self {
        let (measure, value) = match (by, travel_s, distance_m) {
            (By::RoadTime, Some(seconds), _) => (Measure::Road, seconds),
            (By::RoadTime, None, Some(metres)) if walks(no_road) => {
                (Measure::Estimate, walking_s(metres))
            }
            (_, _, Some(metres)) => (Measure::StraightLine, metres),
            (_, _, None) => (Measure::Unknown, 0.0),
        };
        Self { measure, value }
    }

    /// Seconds, if it is seconds.
    pub(super) fn seconds(self) -> Option<f64> {
        match self.measure {
            Measure::Road | Measure::Estimate => Some(self.value),
            Measure::StraightLine | Measure::Unknown => None,
        }
    }

    /// Seconds before metres before nothing.
    pub(super) fn compare(&self, other: &Self) -> Ordering {
        let group = |cost: &Self| match cost.measure {
            Measure::Road | Measure::Estimate => 0,
            Measure::StraightLine => 1,
            Measure::Unknown => 2,
        };
        let by_group = group(self).cmp(&group(other));
        by_group.then_with(|| self.value.total_cmp(&other.value))
    }
}

/// Goes on foot, or could: no road is near, and none is needed.
fn walks(no_road: Option<NoRoad>) -> bool {
    matches!(no_road, Some(NoRoad::OffRoad | NoRoad::OnFoot))
}

/// A number that may be a distance or a time.
pub(super) fn is_usable(value: &f64) -> bool {
    value.is_finite() && *value >= 0.0
}
